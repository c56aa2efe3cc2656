//! Pictures that somebody watches here: a look, its entry, and what comes down its line.
//!
//! ```text
//! View --> Viewing(number) --Sight--> Way --Action::Look--> Pictures, News ... Gone --Sight--> Way
//! ```
//! The look is the supervisor's: when it ends there the pictures go, and here they are wiped. A
//! line that breaks while the look goes on is asked for again, and said with since when. The
//! screens `live` and `playback` show one; there is one at a time.

pub mod paint;
pub mod tiles;

use super::ask::For;
use super::event::Action;
use super::state::{Screen, State};
use super::theme::Tone;
use crate::base::limits::{LIVE_SEATS_MAX, SEATS_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::logbook::Number;
use crate::wire::Request;
use crate::wire::look::{End, Looking, Sight, View, Way};
use crate::wire::pictures::{Picture, WHOLE};
use crate::wire::viewing::{News, Wish};

/// A broken line is tried again after so many seconds.
const AGAIN: i64 = 2;

/// A look that goes on, as far as this screen knows.
#[derive(Clone, PartialEq, Debug)]
pub struct Watch {
    pub number: Number,
    pub wish: Looking,
    /// What was said when asking; the same is said when another time is wanted.
    pub view: View,
    /// When it ends by itself.
    pub until: Option<Utc>,
    /// Those that are shown, in the order in which they were asked for.
    pub seats: Vec<Seat>,
    pub line: Line,
    /// Counts lines; what an older one says does not count.
    pub turn: u64,
    /// The largest picture that was asked for.
    pub within: (u16, u16),
    pub clock: Option<Clock>,
    /// Of the last wish, milliseconds from the wish to the picture.
    pub settled: Option<u32>,
    /// Pictures shown and dropped.
    pub counts: (u64, u64),
    /// Bytes a second that the disk gave, as it was measured when the line was made.
    pub read_rate: Option<u64>,
    /// What the picture service said last, and when.
    pub trouble: Option<(Utc, String)>,
}

/// Where the one clock of the pictures stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    pub at: Utc,
    /// In quarters of real time; none while it stands.
    pub quarters: Option<u16>,
    pub back: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Seat {
    pub camera: CameraId,
    pub picture: Option<Picture>,
    /// There is no footage at the clock's moment.
    pub hole: bool,
    /// Part of the picture: left, top, width, height in 1/65,535.
    pub crop: [u16; 4],
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// The way is asked for, or the line is being made.
    Coming(Utc),
    Open,
    Broken {
        since: Utc,
        why: String,
    },
}

impl Watch {
    /// The moment that the pictures are of.
    pub fn at(&self) -> Option<Utc> {
        self.clock.map(|clock| clock.at)
    }

    pub fn window(&self) -> Option<(Utc, Utc)> {
        self.view.window
    }
}

/// Pictures as they come from the line, the newest of each seat.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    pub turn: u64,
    pub pictures: Vec<(u16, Picture)>,
}

/// Asks for a look; its entry comes first.
pub fn begin(state: &mut State, view: View) -> Vec<Action> {
    let mut actions = put_away(state);
    let wanted = For::View(Box::new(view.clone()));
    actions.push(state.ask(wanted, Request::View(view)));
    actions
}

/// The entry is made: the way to its pictures is asked for.
pub fn begun(state: &mut State, view: View, number: Number, until: Option<Utc>) -> Vec<Action> {
    if view.wish == Looking::LiftMask {
        state.say(Tone::Good, format!("Entry {number}: the mask is lifted for a minute."));
        return show(state, None);
    }
    state.turns += 1;
    state.watch = Some(Watch {
        number,
        wish: view.wish,
        until,
        seats: Vec::new(),
        line: Line::Coming(state.now),
        turn: state.turns,
        within: (0, 0),
        clock: None,
        settled: None,
        counts: (0, 0),
        read_rate: None,
        trouble: None,
        view,
    });
    state.screen = match state.watch.as_ref().map(|watch| watch.wish) {
        Some(Looking::Live) => Screen::Live,
        _ => Screen::Playback,
    };
    let mut actions = show(state, None);
    if state.screen == Screen::Playback {
        actions.extend(super::playback::begun(state));
    }
    actions
}

/// Asks for the way to what the screen shows now.
pub fn show(state: &mut State, at: Option<Utc>) -> Vec<Action> {
    let cameras = match state.screen {
        Screen::Live => super::live::shown(state),
        _ => super::playback::shown(state),
    };
    let now = state.now;
    let Some(watch) = &mut state.watch else { return vec![] };
    let most = if watch.wish == Looking::Live { LIVE_SEATS_MAX } else { SEATS_MAX };
    let seat = |camera: &CameraId| {
        let old = watch.seats.iter().find(|seat| seat.camera == *camera);
        let crop = old.map_or(WHOLE, |seat| seat.crop);
        let picture = old.and_then(|seat| seat.picture.clone());
        Seat { camera: camera.clone(), picture, hole: false, crop }
    };
    watch.seats = cameras.iter().take(most).map(seat).collect();
    let at = at.or(watch.at()).filter(|_| watch.wish != Looking::Live);
    if !matches!(watch.line, Line::Broken { .. }) {
        watch.line = Line::Coming(now);
    }
    let (number, cameras) = (watch.number, cameras.into_iter().take(most).collect());
    let within = tiles::wanted(state);
    if let Some(watch) = &mut state.watch {
        watch.within = within;
    }
    let sight = Sight { number, cameras, at, within, burnt: false };
    vec![state.ask(For::Sight, Request::Sight(sight))]
}

/// The way is open.
pub fn way(state: &mut State, way: Way) -> Vec<Action> {
    state.turns += 1;
    let turn = state.turns;
    let Some(watch) = &mut state.watch else { return vec![] };
    watch.turn = turn;
    if let Line::Broken { since, .. } = watch.line {
        watch.line = Line::Coming(since);
    }
    let zooms = watch.seats.iter().enumerate().filter(|(_, seat)| seat.crop != WHOLE);
    let zooms = zooms.map(|(n, seat)| Wish::Zoom { seat: n as u8, crop: seat.crop });
    let wishes = zooms.collect();
    vec![Action::Look { turn, way: Box::new(way), wishes }]
}

/// The way is refused: the look is over there, so it is here.
pub fn no_way(state: &mut State, why: &str) {
    state.watch = None;
    state.say(Tone::Warn, why);
}

pub fn pictures(state: &mut State, batch: Batch) {
    let Some(watch) = state.watch.as_mut().filter(|watch| watch.turn == batch.turn) else { return };
    watch.line = Line::Open;
    for (seat, picture) in batch.pictures {
        if let Some(seat) = watch.seats.get_mut(usize::from(seat)) {
            seat.picture = Some(picture);
        }
    }
}

pub fn news(state: &mut State, turn: u64, news: News) {
    let now = state.now;
    let Some(watch) = state.watch.as_mut().filter(|watch| watch.turn == turn) else { return };
    match news {
        News::Clock { at, quarters, back } => {
            watch.line = Line::Open;
            watch.clock = Some(Clock { at, quarters, back });
        }
        News::Hole { seat, hole } => {
            if let Some(seat) = watch.seats.get_mut(usize::from(seat)) {
                seat.hole = hole;
            }
        }
        News::Settled { millis } => {
            watch.settled = Some(millis);
            watch.trouble = None;
        }
        News::DiskRate { bytes } => watch.read_rate = Some(bytes),
        News::Counts { shown, dropped } => watch.counts = (shown, dropped),
        // It is `whole`'s.
        News::Screen { .. } => {}
        // The same trouble began when it was said first.
        News::Trouble { text } => match &mut watch.trouble {
            Some((_, old)) if *old == text => {}
            trouble => *trouble = Some((now, text)),
        },
        News::Ended { text } => broken(watch, now, text),
    }
}

fn broken(watch: &mut Watch, now: Utc, why: String) {
    match &mut watch.line {
        Line::Broken { why: old, .. } => *old = why,
        // Nothing was seen since it was asked for.
        Line::Coming(since) => watch.line = Line::Broken { since: *since, why },
        line => *line = Line::Broken { since: now, why },
    }
}

/// The line is gone, by whatever way.
pub fn gone(state: &mut State, turn: u64, why: String) {
    let now = state.now;
    let Some(watch) = state.watch.as_mut().filter(|watch| watch.turn == turn) else { return };
    if !matches!(watch.line, Line::Broken { .. }) {
        broken(watch, now, why);
    }
    watch.clock = watch.clock.map(|clock| Clock { quarters: None, ..clock });
}

/// Nobody answered: it is tried again.
pub fn unreached(state: &mut State, why: &str) {
    let now = state.now;
    if let Some(watch) = &mut state.watch {
        broken(watch, now, why.to_string());
    }
}

/// A second has passed: a line that broke is asked for again.
pub fn tick(state: &mut State) -> Vec<Action> {
    let now = state.now;
    let over = state.watch.as_ref().and_then(|watch| watch.until).is_some_and(|end| end <= now);
    if over {
        state.watch = None;
        state.say(Tone::Plain, "The time of these pictures is over.");
        return vec![];
    }
    // Nobody is there who may ask again.
    if !state.is_open() && trouble(state).is_some() {
        state.watch = None;
        return vec![];
    }
    let waits = state.asks.waits(&For::Sight);
    match state.watch.as_ref().map(|watch| &watch.line) {
        Some(Line::Broken { since, .. }) if !waits && (now - *since).as_secs() % AGAIN == 1 => {
            show(state, None)
        }
        _ => vec![],
    }
}

/// The line to the gate, as it was asked for last, is to be of this size by now.
pub fn resized(state: &mut State) -> Vec<Action> {
    let wanted = tiles::wanted(state);
    let Some(watch) = &mut state.watch else { return vec![] };
    if watch.line != Line::Open || watch.within == wanted || wanted.0 == 0 {
        return vec![];
    }
    watch.within = wanted;
    vec![Action::Wish(Wish::Size { width: wanted.0, height: wanted.1 })]
}

/// The pictures go, and the end is entered.
pub fn put_away(state: &mut State) -> Vec<Action> {
    let Some(watch) = state.watch.take() else { return vec![] };
    let end = End { number: watch.number, outcome: None, more: Default::default() };
    vec![state.ask(For::ViewEnd, Request::ViewEnd(end))]
}

/// Something is wrong with the pictures, since then; for the reader.
pub fn trouble(state: &State) -> Option<(Utc, String)> {
    let watch = state.watch.as_ref()?;
    match &watch.line {
        Line::Broken { since, why } => Some((*since, why.clone())),
        Line::Coming(since) if state.now - *since >= Span::secs(3) => {
            Some((*since, "No picture has come yet.".into()))
        }
        _ => watch.trouble.clone(),
    }
}
