//! One camera in a viewing: its film, its deck, its channel to the child.

use std::sync::Arc;

use bytes::Bytes;

use super::child::Child;
use super::deck::{Deck, Unit, Want};
use super::film::{Film, Stretch};
use super::reel::Grain;
use super::shelf::Shelf;
use crate::base::clock::Mono;
use crate::base::fault::Fault;
use crate::base::limits::UNIT_BYTES_MAX;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::disk::Disk;
use crate::footage::unit::VideoParams;
use crate::wire::pictures::{Coded, Counts, Each, Look, Picture, ToChild};

/// The end of what was written is looked at again after this.
const LOOK_AGAIN: Span = Span::millis(300);
/// Cameras send a key frame each few seconds.
const KEYS_APART: Span = Span::secs(5);

/// Bytes of a unit, and what they were coded with.
struct Load {
    params: Arc<VideoParams>,
    data: Bytes,
}

pub struct Seat {
    pub camera: CameraId,
    pub look: Look,
    pub channel: u16,
    round: u32,
    film: Film,
    deck: Deck<Load, Picture>,
    /// What the child knows.
    params: Option<Arc<VideoParams>>,
    look_again: Option<Mono>,
    /// Told as it changes.
    pub hole: Option<bool>,
    pub decoded: u64,
    pub busy_us: u64,
}

impl Seat {
    pub fn new(channel: u16, camera: CameraId, disks: Vec<Arc<dyn Disk>>, look: Look) -> Seat {
        Seat {
            channel,
            film: Film::new(Shelf::new(disks, camera.clone())),
            camera,
            look,
            round: 0,
            deck: Deck::default(),
            params: None,
            look_again: None,
            hole: None,
            decoded: 0,
            busy_us: 0,
        }
    }

    /// A new child knows nothing of what the last one was told.
    pub fn forget_child(&mut self) {
        self.params = None;
    }

    /// How its pictures are to look from now on.
    ///
    /// # Errors
    /// The child's end.
    pub fn say_look(&mut self, child: &mut Child) -> Result<(), String> {
        child.say(&ToChild::Look { channel: self.channel, look: self.look.clone() })
    }

    /// Begins anew at this moment.
    ///
    /// # Errors
    /// `Ok(Err)`: the disk's; `Err`: the child's end.
    pub fn begin(
        &mut self,
        child: &mut Child,
        at: Utc,
        grain: Grain,
    ) -> Result<Result<(), Fault>, String> {
        let (units, fault) = match self.film.seek(at, grain) {
            Ok(found) => (units(found), None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        let from = self.deck.begin(at, units);
        self.round = self.round.wrapping_add(1);
        self.look_again = None;
        let each = if grain == Grain::Key { Each::Alone } else { Each::Follows };
        let (channel, round) = (self.channel, self.round);
        child.say(&ToChild::Round { channel, round, from, each })?;
        Ok(fault.map_or(Ok(()), Err))
    }

    /// Feeds the child what it is to have by now.
    ///
    /// # Errors
    /// As [`Seat::begin`].
    pub fn feed(
        &mut self,
        child: &mut Child,
        (at, horizon): (Utc, Utc),
        grain: Grain,
        now: Mono,
    ) -> Result<Result<(), Fault>, String> {
        if self.look_again.is_some_and(|when| now >= when) {
            self.look_again = None;
            self.deck.retry();
        }
        if self.deck.drained() && self.deck.under_way() == 0 && horizon > at {
            return self.begin(child, at, grain);
        }
        loop {
            match self.deck.want(at, horizon) {
                Want::Rest => return Ok(Ok(())),
                Want::Load => {
                    if let Err(fault) = self.load(grain, now) {
                        return Ok(Err(fault));
                    }
                }
                Want::Feed => self.feed_one(child)?,
                Want::Drain => {
                    self.deck.drain();
                    let (channel, round) = (self.channel, self.round);
                    child.say(&ToChild::Drain { channel, round })?;
                }
            }
        }
    }

    fn load(&mut self, grain: Grain, now: Mono) -> Result<(), Fault> {
        let (found, fault) = match self.film.next(grain) {
            Ok(found) => (found, None),
            Err(fault) => (None, Some(fault)),
        };
        if found.is_none() {
            self.look_again = Some(now + LOOK_AGAIN);
        }
        self.deck.add(units(found));
        fault.map_or(Ok(()), Err)
    }

    fn feed_one(&mut self, child: &mut Child) -> Result<(), String> {
        let Some(unit) = self.deck.feed() else { return Ok(()) };
        let Load { params, data } = unit.load;
        if self.params.as_ref() != Some(&params) {
            let told = ToChild::Params { channel: self.channel, params: (*params).clone() };
            child.say(&told)?;
            self.params = Some(params);
        }
        child.unit(self.channel, self.round, &Coded { at: unit.at, key: unit.key, data })
    }

    /// The child gave a picture.
    pub fn picture(&mut self, round: u32, picture: Picture) {
        if round == self.round {
            self.deck.picture(picture.at, picture);
        }
    }

    /// The child is through with a unit.
    pub fn done(&mut self, round: u32, counts: Counts) {
        self.decoded += u64::from(counts.decoded);
        self.busy_us += u64::from(counts.busy_us);
        if round == self.round {
            self.deck.done();
        }
    }

    /// What is to be shown at this moment, where that is another picture than before.
    pub fn show(&mut self, at: Utc, playing: bool) -> Option<Picture> {
        if playing {
            self.deck.catch_up(at);
        }
        self.deck.show(at).map(|(_, picture)| picture)
    }

    pub fn settled(&self, at: Utc) -> bool {
        self.deck.settled(at)
    }

    /// Is something under way to the child and back?
    pub fn is_busy(&self) -> bool {
        self.deck.under_way() > 0
    }

    pub fn is_hole(&self, at: Utc, grain: Grain) -> bool {
        let between = if grain == Grain::Key { KEYS_APART } else { Span::default() };
        self.deck.hole(at, between)
    }

    /// The moment of the next picture after this one; loads what is needed to know.
    ///
    /// # Errors
    /// The disk's.
    pub fn after(&mut self, at: Utc, now: Mono) -> Result<Option<Utc>, Fault> {
        // A group is 2 s as a rule; one in which all pictures are older is passed over.
        for _ in 0..4 {
            let found = self.deck.after(at);
            if found.is_some() || self.deck.ended() {
                return Ok(found);
            }
            self.load(Grain::Whole, now)?;
        }
        Ok(self.deck.after(at))
    }

    /// The moment of the last picture before this one. The deck has to begin anew after it.
    ///
    /// # Errors
    /// The disk's.
    pub fn before(&mut self, at: Utc) -> Result<Option<Utc>, Fault> {
        self.film.before(at)
    }

    pub fn shown(&self) -> Option<Utc> {
        self.deck.shown()
    }

    /// Pictures given to be shown, and dropped.
    pub fn counts(&self) -> (u64, u64) {
        (self.deck.given, self.deck.dropped)
    }
}

/// With their parameters; a unit that no child would take is left out.
fn units(stretch: Option<Stretch>) -> Vec<Unit<Load>> {
    let Some(Stretch { params, units }) = stretch else { return Vec::new() };
    let params = Arc::new(params);
    let fits = units.into_iter().filter(|u| u.load.len() <= UNIT_BYTES_MAX);
    let with = |u: Unit<Bytes>| Unit {
        at: u.at,
        lasts: u.lasts,
        key: u.key,
        load: Load { params: params.clone(), data: u.load },
    };
    fits.map(with).collect()
}
