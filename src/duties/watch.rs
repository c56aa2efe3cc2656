//! The moment of asking, which remembers what it was compared with.

use std::cell::Cell;

use crate::base::time::{Day, Utc, Zone};

/// Every comparison with `now` goes through [`Watch::reached`]. Whatever was decided stays so until
/// the earliest moment that was asked for and not reached: before it, each comparison would come
/// out the same. That moment is [`Watch::wake`].
pub(super) struct Watch<'a> {
    zone: &'a Zone,
    now: Utc,
    wake: Cell<Utc>,
}

impl<'a> Watch<'a> {
    pub fn new(zone: &'a Zone, now: Utc) -> Watch<'a> {
        Watch { zone, now, wake: Cell::new(Utc(i64::MAX)) }
    }

    pub fn zone(&self) -> &'a Zone {
        self.zone
    }

    pub fn reached(&self, at: Utc) -> bool {
        if at > self.now {
            self.wake.set(self.wake.get().min(at));
        }
        at <= self.now
    }

    /// The local day; it lasts until midnight.
    pub fn today(&self) -> Day {
        let day = self.zone.day_of(self.now);
        self.reached(self.zone.end_of(day));
        day
    }

    /// Later than now; the end of time where nothing was ahead.
    pub fn wake(&self) -> Utc {
        self.wake.get()
    }
}
