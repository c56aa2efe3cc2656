//! One camera of a viewing: which unit is decoded next, and which picture is shown when. Pure.
//!
//! ```text
//!   loaded units --feed--> under way --picture--> ready --show--> shown
//! ```
//! Units are fed in decode order, from a key frame on; pictures come back in the order of showing.
//! At any position the newest picture at or before it is shown, so that all cameras of a viewing
//! are in step within one picture of theirs. Whoever is behind drops units up to the next key
//! frame, and counts them.

use std::collections::VecDeque;

use crate::base::limits::REORDER_DEPTH_MAX;
use crate::base::time::{Span, Utc};

/// Units under way to the decoder and back: enough to keep it busy, few enough to throw away.
const UNDER_WAY_MAX: usize = 4;
/// Pictures that wait for their moment: they are raw, and large.
const READY_MAX: usize = 6;
/// Behind by more than this, units up to the next key frame are dropped.
const LATE_SPAN: Span = Span::millis(400);
/// Without a picture for this much longer than the last one lasts, there is none.
const HOLE_SPAN: Span = Span::millis(700);

/// An access unit with what comes with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit<U> {
    pub at: Utc,
    pub lasts: Span,
    pub key: bool,
    pub load: U,
}

/// What the deck needs to go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// Nothing for now.
    Rest,
    /// The units after those that it has.
    Load,
    /// Its next unit to the decoder.
    Feed,
    /// What the decoder keeps back: no unit follows that would bring it out.
    Drain,
}

pub struct Deck<U, P> {
    units: VecDeque<Unit<U>>,
    /// Fed, wanted, and not back yet.
    coming: Vec<(Utc, Span)>,
    ready: VecDeque<(Utc, Span, P)>,
    shown: Option<(Utc, Span)>,
    under_way: usize,
    from: Utc,
    /// There was nothing more to load.
    ended: bool,
    /// The decoder was emptied: it can only begin anew.
    drained: bool,
    /// Pictures given to be shown, and units and pictures that never were.
    pub given: u64,
    pub dropped: u64,
}

impl<U, P> Default for Deck<U, P> {
    fn default() -> Deck<U, P> {
        Deck {
            units: VecDeque::new(),
            coming: Vec::new(),
            ready: VecDeque::new(),
            shown: None,
            under_way: 0,
            from: Utc(0),
            ended: false,
            drained: false,
            given: 0,
            dropped: 0,
        }
    }
}

impl<U, P> Deck<U, P> {
    /// A new round with the units from a key frame on: gives the moment from which pictures are
    /// wanted, which is the newest picture at or before `at`, or the first where all come later.
    pub fn begin(&mut self, at: Utc, units: Vec<Unit<U>>) -> Utc {
        let (given, dropped) = (self.given, self.dropped);
        *self = Deck { given, dropped, ended: units.is_empty(), ..Deck::default() };
        let newest = units.iter().map(|u| u.at).filter(|t| *t <= at).max();
        let target = newest.or_else(|| units.iter().map(|u| u.at).min()).unwrap_or(at);
        // Where a group holds more than one key frame the last one before the target will do.
        let key = units.iter().rposition(|u| u.key && u.at <= target).unwrap_or(0);
        self.units = units.into_iter().skip(key).collect();
        self.from = target;
        target
    }

    /// More units, in decode order after those that it has; none: nothing more for now.
    pub fn add(&mut self, units: Vec<Unit<U>>) {
        self.ended = units.is_empty();
        self.units.extend(units);
    }

    /// There may be more by now.
    pub fn retry(&mut self) {
        self.ended = false;
    }

    pub fn ended(&self) -> bool {
        self.ended
    }

    /// It has to begin anew before it can go on.
    pub fn drained(&self) -> bool {
        self.drained
    }

    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// What next, for a clock at `at` and pictures wanted up to `horizon`.
    pub fn want(&self, at: Utc, horizon: Utc) -> Want {
        if self.under_way >= UNDER_WAY_MAX || self.ready.len() >= READY_MAX {
            return Want::Rest;
        }
        let awaited = self.under_way == 0 && self.awaits(at);
        if self.units.is_empty() {
            return match (self.ended, self.drained, awaited) {
                (false, ..) => Want::Load,
                (true, false, true) => Want::Drain,
                _ => Want::Rest,
            };
        }
        let due = self.units.iter().take(REORDER_DEPTH_MAX).any(|u| u.at <= horizon);
        if due || awaited { Want::Feed } else { Want::Rest }
    }

    /// Is a picture for this moment still to come, though all units up to it were fed?
    fn awaits(&self, at: Utc) -> bool {
        let best = self.best(at);
        self.coming.iter().any(|(t, _)| *t <= at && Some(*t) > best)
            // Before the first picture there is: that one is shown as soon as it comes.
            || (best.is_none() && self.ready.is_empty() && self.from > at)
    }

    /// The newest picture at or before `at` that is shown or ready.
    fn best(&self, at: Utc) -> Option<Utc> {
        let ready = self.ready.iter().map(|(t, ..)| *t).filter(|t| *t <= at).max();
        self.shown.map(|(t, _)| t).max(ready)
    }

    /// The next unit for the decoder; it is under way from now on.
    pub fn feed(&mut self) -> Option<Unit<U>> {
        let unit = self.units.pop_front()?;
        if unit.at >= self.from {
            self.coming.push((unit.at, unit.lasts));
        }
        self.under_way += 1;
        Some(unit)
    }

    /// A drain is under way.
    pub fn drain(&mut self) {
        self.drained = true;
        self.under_way += 1;
    }

    /// The decoder is through with a unit.
    pub fn done(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
        if self.drained && self.under_way == 0 {
            self.coming.clear(); // what has not come now never will
        }
    }

    /// A picture came back.
    pub fn picture(&mut self, at: Utc, picture: P) {
        let place = self.coming.iter().position(|(t, _)| *t == at);
        let lasts = place.map_or(Span::millis(40), |place| self.coming.swap_remove(place).1);
        let place = self.ready.partition_point(|(t, ..)| *t <= at);
        self.ready.insert(place, (at, lasts, picture));
    }

    /// The picture for this moment, if it is another one than is shown; older ones are dropped.
    pub fn show(&mut self, at: Utc) -> Option<(Utc, P)> {
        let first = self.shown.is_none() && self.from > at;
        let mut found = None;
        while let Some((t, ..)) = self.ready.front()
            && *t <= at
        {
            self.dropped += u64::from(found.is_some());
            found = self.ready.pop_front();
        }
        // Nothing as old as that: the first that there is stands in, marked as a hole.
        if first && found.is_none() {
            found = self.ready.pop_front();
        }
        let (at, lasts, picture) = found?;
        self.shown = Some((at, lasts));
        self.given += 1;
        Some((at, picture))
    }

    /// Behind the clock by too much: gives up the units before the newest key frame that is due.
    pub fn catch_up(&mut self, at: Utc) {
        if self.units.front().is_none_or(|u| u.at + LATE_SPAN > at) {
            return;
        }
        let due = self.units.iter().rposition(|u| u.key && u.at <= at).unwrap_or(0);
        self.dropped += due as u64;
        self.units.drain(..due);
    }

    /// Is what should be seen at this moment seen, as far as there is anything?
    pub fn settled(&self, at: Utc) -> bool {
        let shown = self.shown.map(|(t, _)| t);
        let newer = |t: Utc| t <= at && Some(t) > shown;
        let missing = self.units.iter().take(REORDER_DEPTH_MAX).any(|u| newer(u.at))
            || self.coming.iter().any(|(t, _)| newer(*t))
            || self.ready.iter().any(|(t, ..)| newer(*t));
        let nothing_there = self.ended && self.units.is_empty() && self.under_way == 0;
        !missing && (shown.is_some() || nothing_there)
    }

    /// The first picture after this moment, of those that are known.
    pub fn after(&self, at: Utc) -> Option<Utc> {
        let units = self.units.iter().map(|u| u.at);
        let coming = self.coming.iter().map(|(t, _)| *t);
        let ready = self.ready.iter().map(|(t, ..)| *t);
        units.chain(coming).chain(ready).filter(|t| *t > at).min()
    }

    /// What is shown was taken at this time.
    pub fn shown(&self) -> Option<Utc> {
        self.shown.map(|(t, _)| t)
    }

    /// There is no footage at this moment: what is shown is older than it lasts, or younger.
    /// `between`: from one picture to the next, where not all are shown.
    pub fn hole(&self, at: Utc, between: Span) -> bool {
        let covers = |(t, lasts): (Utc, Span)| t <= at && at <= t + lasts + HOLE_SPAN + between;
        !self.shown.is_some_and(covers)
    }
}
