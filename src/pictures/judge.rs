//! What can be told from small pictures alone: that one stands still, is black, is covered, or
//! shows something else than its reference still (R4.20, S1.26). Pure.
//!
//! | what | compared | for how long |
//! | --- | --- | --- |
//! | frozen | each picture with the one before, to the last bit | 10 minutes, 10 pictures |
//! | frozen | cells, with those of the first picture | 2 hours of daylight hours, outdoors |
//! | black | brightness | 2 minutes of daylight hours |
//! | covered | contrast, with that of the reference | 10 minutes of daylight hours |
//! | moved | edges, with those of the reference | 30 minutes of daylight hours |
//!
//! Outside daylight hours, and indoors on a closed day, only stillness is judged: a dark yard is no
//! fault, and a picture by infra-red is like no reference of the day. What was found by day stands
//! until the next day shows otherwise.
//!
//! Not detected: indoors a frozen picture that the camera compresses anew each time (a room that
//! nobody enters looks no different); one into which it goes on writing its clock; a lens that is
//! dirty or out of focus; a camera that was turned by less than a fifteenth of its picture; at
//! night anything but stillness. Fog looks like a cover. A person looks every day: this comes
//! beside that.

use super::sketch::Sketch;
use crate::base::time::{Span, Utc};
pub use crate::wire::Ill;

/// Local hours in which it is light outdoors in any season up to 60 degrees north (the shortest day
/// in Shetland is from 09:08 to 14:57), with an hour on either side for summer time and haste.
pub const LIGHT_HOURS: std::ops::Range<i8> = 10..14;
/// References taken in these local hours are of the day; wider, since a person found them good.
pub const REFERENCE_HOURS: std::ops::Range<i8> = 8..17;

/// Noise of a sensor changes some of 14,400 pixels in each picture; a coder that skips a still
/// scene does so between key frames, and these are key frames. Ten in a row that are the same to
/// the bit are one picture sent again.
const FROZEN_SPAN: Span = Span::mins(10);
const FROZEN_PICTURES: u32 = 10;
/// A picture that stands still and is compressed anew differs by as much: the simulated one at 500
/// kbit/s has 2.8 in its worst cell and 0.3 in the mean. Daylight alone changes more.
const STILL_CELL: f32 = 4.0;
const STILL_MEAN: f32 = 0.6;
const STILL_SPAN: Span = Span::hours(2);
/// Of 255. Black video decodes to 0 to 4; a lens cap in a lit room lets 5 to 12 through.
const BLACK_BELOW: f32 = 14.0;
/// A flash, a door, a reboot of the camera are over by then.
const BLACK_SPAN: Span = Span::mins(2);
/// Standard deviation of cells: a grey wall filling the picture has 4 to 8, a bag over the lens 1
/// to 5, an ordinary scene 20 to 70.
const BARE_BELOW: f32 = 7.0;
/// A reference with less than this has too little to compare with.
const PLAIN_BELOW: f32 = 12.0;
/// Somebody stands before the lens, a lorry before the gate: they leave.
const COVERED_SPAN: Span = Span::mins(10);
const MOVED_SPAN: Span = Span::mins(30);
/// Of edges. The tests print it: one generated scene in other light, with shadow, noise and people,
/// is alike by 0.64 and more; two scenes by 0.25 and less. Nearer to the second: a person looks
/// too.
pub(super) const STRANGE_BELOW: f32 = 0.38;
/// Cells: a fifteenth of the width.
const TURNED_FROM: i32 = 2;
const TURNED_MOST: i32 = 6;
/// How much better the moved place has to fit than the old one, and how well.
const TURNED_BETTER: f32 = 0.15;
const TURNED_FITS: f32 = 0.5;

/// May the picture be judged by what it shows?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Light {
    /// There has to be light: daylight, which is never the same for long.
    Sky,
    /// There has to be light.
    Day,
    /// Nobody knows: only stillness counts.
    Unknown,
}

/// What was seen of one camera so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Looked {
    last: Option<(Utc, Sketch)>,
    same: Option<(Utc, u32)>,
    /// The first of pictures that are all nearly the same, and from when to when they are.
    still: Option<(Sketch, Utc, Utc)>,
    black: Option<(Utc, Utc)>,
    covered: Option<(Utc, Utc)>,
    moved: Option<(Utc, Utc)>,
}

impl Looked {
    /// One more picture, taken at `at`; `reference`: of the day, found good by a person.
    pub fn see(&mut self, at: Utc, sketch: &Sketch, reference: Option<&Sketch>, light: Light) {
        match &self.last {
            Some((before, _)) if *before >= at => return,
            Some((before, last)) if last.is_same(sketch) => {
                let (since, count) = self.same.unwrap_or((*before, 1));
                self.same = Some((since, count + 1));
            }
            _ => self.same = None,
        }
        self.last = Some((at, sketch.clone()));
        if light == Light::Unknown {
            return;
        }
        self.still = match self.still.take() {
            kept if light != Light::Sky => kept,
            Some((first, since, _)) if is_still(&first, sketch) => Some((first, since, at)),
            _ => Some((sketch.clone(), at, at)),
        };
        // A reference that is dark or bare itself was found good as it is.
        let black = sketch.brightness() < BLACK_BELOW
            && reference.is_none_or(|r| r.brightness() >= 2.0 * BLACK_BELOW);
        let rich = reference.filter(|r| r.contrast() >= PLAIN_BELOW);
        let bare = sketch.contrast() < BARE_BELOW;
        lasts(&mut self.black, black, at);
        lasts(&mut self.covered, !black && bare && rich.is_some(), at);
        lasts(&mut self.moved, !black && !bare && rich.is_some_and(|r| is_moved(r, sketch)), at);
    }

    /// What is wrong, and since when; the plainest first.
    pub fn ill(&self) -> Option<(Ill, Utc)> {
        let (last, sketch) = self.last.as_ref()?;
        let for_long = |what: Option<(Utc, Utc)>, span| {
            what.filter(|(since, until)| *until - *since >= span).map(|(since, _)| since)
        };
        let black = for_long(self.black, BLACK_SPAN).map(|since| (Ill::Black, since));
        // A black picture is the same as the one before: that it is black says more.
        let to_be_seen = sketch.contrast() >= BARE_BELOW;
        let same = self.same.filter(|(since, count)| {
            to_be_seen && *count >= FROZEN_PICTURES && *last - *since >= FROZEN_SPAN
        });
        let still = self
            .still
            .as_ref()
            .filter(|(_, since, until)| to_be_seen && *until - *since >= STILL_SPAN);
        let still = still.map(|(_, since, _)| *since);
        let frozen = same.map(|(since, _)| since).or(still).map(|since| (Ill::Frozen, since));
        let covered = for_long(self.covered, COVERED_SPAN).map(|since| (Ill::Covered, since));
        let moved = for_long(self.moved, MOVED_SPAN).map(|since| (Ill::Moved, since));
        black.or(frozen).or(covered).or(moved)
    }

    /// When the newest picture was taken.
    pub fn newest(&self) -> Option<Utc> {
        self.last.as_ref().map(|(at, _)| *at)
    }

    /// Another reference counts from now on.
    pub fn compare_anew(&mut self) {
        (self.covered, self.moved, self.black) = (None, None, None);
    }
}

/// Keeps from when to when something has been so without a break.
fn lasts(kept: &mut Option<(Utc, Utc)>, is_so: bool, at: Utc) {
    *kept = match (*kept, is_so) {
        (_, false) => None,
        (Some((since, _)), true) => Some((since, at)),
        (None, true) => Some((at, at)),
    };
}

fn is_still(first: &Sketch, now: &Sketch) -> bool {
    let (mean, most) = first.difference(now);
    mean <= STILL_MEAN && most <= STILL_CELL
}

/// Does it show something else, or the same from another place?
fn is_moved(reference: &Sketch, now: &Sketch) -> bool {
    let here = reference.likeness(now, (0, 0));
    if here < STRANGE_BELOW {
        return true;
    }
    let away = |d: i32| d.abs() >= TURNED_FROM;
    let reach = -TURNED_MOST..=TURNED_MOST;
    let places = reach.clone().flat_map(|dx| reach.clone().map(move |dy| (dx, dy)));
    let turned = places.filter(|(dx, dy)| away(*dx) || away(*dy));
    let best = turned.map(|by| reference.likeness(now, by)).fold(0.0, f32::max);
    best >= TURNED_FITS && best >= here + TURNED_BETTER
}
