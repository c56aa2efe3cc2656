//! All segments of one camera as one film: seek, then go on, over the ends of files and gaps.

use bytes::Bytes;

use super::deck::Unit;
use super::reel::{Grain, Reel};
use super::shelf::{Place, Shelf};
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::{Span, Utc};
use crate::footage::unit::VideoParams;

/// Units that were coded with the same parameters, from a key frame on or following the last ones.
pub struct Stretch {
    pub params: VideoParams,
    pub units: Vec<Unit<Bytes>>,
}

pub struct Film {
    shelf: Shelf,
    reel: Option<Reel>,
    /// Where the file of `reel` is read on.
    cursor: u64,
}

/// A segment that is gone was deleted by retention just now: it is as if it had not been there.
fn still_there<T>(result: Result<Option<T>, Fault>) -> Result<Option<T>, Fault> {
    match result {
        Err(fault) if fault.kind == FaultKind::Missing => Ok(None),
        other => other,
    }
}

impl Film {
    pub fn new(shelf: Shelf) -> Film {
        Film { shelf, reel: None, cursor: 0 }
    }

    /// The group that holds this moment, or the last one before it, or the first after it; `None`:
    /// there is no footage at all.
    ///
    /// # Errors
    /// The disks'.
    pub fn seek(&mut self, at: Utc, grain: Grain) -> Result<Option<Stretch>, Fault> {
        let mut place = self.shelf.at(at)?;
        while let Some(here) = place {
            self.take(&here)?;
            let group = self.reel.as_ref().and_then(|reel| reel.group_at(at));
            if let Some(group) = group {
                self.cursor = group;
                return self.read(grain);
            }
            // It began later in that second, or holds nothing whole.
            place = self.shelf.before(&here)?;
        }
        let mut place = self.shelf.next(at - Span::secs(1))?;
        while let Some(here) = place {
            self.take(&here)?;
            if let Some(first) = self.reel.as_ref().and_then(Reel::first) {
                self.cursor = first;
                return self.read(grain);
            }
            place = self.shelf.after(&here)?;
        }
        Ok(None)
    }

    /// What follows; `None`: nothing, for now.
    ///
    /// # Errors
    /// The disks'.
    pub fn next(&mut self, grain: Grain) -> Result<Option<Stretch>, Fault> {
        loop {
            let Some(reel) = &mut self.reel else { return Ok(None) };
            if reel.is_growing() {
                reel.refresh()?;
            }
            let from = match grain {
                Grain::Whole => Some(self.cursor),
                Grain::Key => reel.group_after(self.cursor),
            };
            if let Some(from) = from {
                self.cursor = from;
                if let Some(stretch) = self.read(grain)? {
                    return Ok(Some(stretch));
                }
            }
            let Some(reel) = &self.reel else { return Ok(None) };
            let Some(next) = self.shelf.after(&reel.place)? else { return Ok(None) };
            // Nothing whole in it yet: it is looked at again.
            let Some(reel) = still_there(Reel::open(&next))? else { return Ok(None) };
            self.cursor = reel.first().unwrap_or(0);
            self.reel = Some(reel);
        }
    }

    /// When the last picture before this moment was taken.
    ///
    /// # Errors
    /// The disks'.
    pub fn before(&mut self, at: Utc) -> Result<Option<Utc>, Fault> {
        let found = self.seek(at - Span(1), Grain::Whole)?;
        let times = found.into_iter().flat_map(|stretch| stretch.units).map(|unit| unit.at);
        Ok(times.filter(|t| *t < at).max())
    }

    /// Makes this segment the one that is read, unless it is already.
    fn take(&mut self, place: &Place) -> Result<(), Fault> {
        match &mut self.reel {
            Some(reel) if reel.place == *place => reel.refresh(),
            _ => {
                self.reel = still_there(Reel::open(place))?;
                Ok(())
            }
        }
    }

    fn read(&mut self, grain: Grain) -> Result<Option<Stretch>, Fault> {
        let Some(reel) = &self.reel else { return Ok(None) };
        let (units, cursor) = reel.read(self.cursor, grain)?;
        self.cursor = cursor;
        let params = reel.params().clone();
        Ok((!units.is_empty()).then_some(Stretch { params, units }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::segment::proof::{FPS, Stage, camera, start, synthetic};

    const FRAME: Span = Span(1_000_000 / FPS);

    fn film(stage: &Stage) -> Film {
        Film::new(Shelf::new(vec![stage.disk.clone()], camera("a")))
    }

    fn walk(film: &mut Film, at: Utc, grain: Grain) -> Vec<(Utc, bool)> {
        let mut seen = Vec::new();
        let mut found = film.seek(at, grain).unwrap();
        while let Some(stretch) = found {
            seen.extend(stretch.units.iter().map(|u| (u.at, u.key)));
            found = film.next(grain).unwrap();
        }
        seen
    }

    /// 130 s at 15 fps with a key frame every 2 s: more than one file, and one that is written.
    fn stage(stop: bool) -> Stage {
        let mut stage = Stage::fake(3);
        stage.begin("a", 1);
        stage.feed("a", 1, &synthetic(130 * FPS, 2 * FPS, 200), 0.0);
        if stop {
            stage.stop();
        }
        stage
    }

    #[test]
    fn a_film_goes_on_over_the_ends_of_files() {
        for stop in [true, false] {
            let stage = stage(stop);
            let seen = walk(&mut film(&stage), start(), Grain::Whole);
            let lost = 130 * FPS as usize - seen.len();
            assert!(lost == 0 || (!stop && lost <= 2 * FPS as usize), "{lost} missing");
            let even = |w: &[(Utc, bool)]| (w[1].0 - w[0].0 - FRAME).abs() < Span::millis(1);
            assert!(seen.windows(2).all(even));
            let keys = walk(&mut film(&stage), start(), Grain::Key);
            let of_all: Vec<_> = seen.iter().filter(|(_, key)| *key).copied().collect();
            assert_eq!(keys, of_all);
        }
    }

    #[test]
    fn a_seek_finds_the_group_of_its_moment() {
        let stage = stage(false);
        let mut film = film(&stage);
        for secs in [0.0, 0.5, 1.99, 2.01, 59.0, 61.0, 100.0, 121.5, 3.0] {
            let at = start() + Span((secs * 1e6) as i64);
            let stretch = film.seek(at, Grain::Whole).unwrap().unwrap();
            let (first, last) = (&stretch.units[0], stretch.units.last().unwrap());
            assert!(first.key && first.at <= at && at <= last.at + FRAME + FRAME, "{secs}");
            let before = film.before(at).unwrap();
            let near = before.is_some_and(|t| t < at && at - t <= FRAME + Span::millis(1));
            assert!(near || secs == 0.0, "{secs}: {before:?}");
        }
        // Before all footage: the first there is. After it: the last.
        let early = film.seek(start() - Span::hours(30), Grain::Key).unwrap().unwrap();
        assert!(early.units[0].at - start() < FRAME);
        let late = film.seek(start() + Span::hours(30), Grain::Whole).unwrap().unwrap();
        assert!(late.units[0].at - start() > Span::secs(120));
    }

    #[test]
    fn what_is_written_later_is_found_later() {
        let mut stage = Stage::fake(4);
        stage.begin("a", 1);
        let units = synthetic(20 * FPS, 2 * FPS, 200);
        stage.feed("a", 1, &units[..75], 0.0);
        let mut film = film(&stage);
        let mut seen = walk(&mut film, start(), Grain::Whole);
        assert!(seen.len() > 40 && seen.len() < 75, "{}", seen.len());
        assert!(film.next(Grain::Whole).unwrap().is_none());
        stage.feed("a", 1, &units[75..], 0.0);
        stage.stop();
        while let Some(stretch) = film.next(Grain::Whole).unwrap() {
            seen.extend(stretch.units.iter().map(|u| (u.at, u.key)));
        }
        assert_eq!(seen.len(), units.len());
    }

    #[test]
    fn no_footage_is_no_fault() {
        let disk = Arc::new(crate::disk::fake::FakeDisk::new(1));
        let mut film = Film::new(Shelf::new(vec![disk], camera("a")));
        assert!(film.seek(start(), Grain::Whole).unwrap().is_none());
        assert!(film.next(Grain::Key).unwrap().is_none());
        assert_eq!(film.before(start()).unwrap(), None);
    }
}
