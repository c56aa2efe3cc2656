//! Which segment holds a moment: read from the names below the footage folders.
//!
//! Not from the index: that belongs to the supervisor's thread, which a viewing must never hold up,
//! and is a cache of what stands here. A camera's day is 1,440 names, listed in about a
//! millisecond; the listing of a day is kept for a second.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::fault::{Fault, FaultKind};
use crate::base::name::CameraId;
use crate::base::time::{Day, Utc};
use crate::disk::Disk;
use crate::footage::naming;

/// A listing is believed for this long: a segment begins every minute, and a second late is soon
/// enough for whoever follows the newest.
const BELIEVED: Duration = Duration::from_secs(1);

/// A segment's file. Its name tells its start to the second.
#[derive(Clone)]
pub struct Place {
    pub disk: Arc<dyn Disk>,
    pub path: String,
    pub start: Utc,
    copy: u32,
}

impl Place {
    fn order(&self) -> (Utc, u32) {
        (self.start, self.copy)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        self.path == other.path
    }
}

/// Listings of one camera.
pub struct Shelf {
    disks: Vec<Arc<dyn Disk>>,
    camera: CameraId,
    days: Option<(Instant, Vec<Day>)>,
    listed: HashMap<Day, (Instant, Vec<Place>)>,
}

impl Shelf {
    pub fn new(disks: Vec<Arc<dyn Disk>>, camera: CameraId) -> Shelf {
        Shelf { disks, camera, days: None, listed: HashMap::new() }
    }

    /// The newest segment that began at or before this moment, to the second.
    ///
    /// # Errors
    /// The disks'.
    pub fn at(&mut self, at: Utc) -> Result<Option<Place>, Fault> {
        self.newest(at.utc_day(), |place| place.start <= at)
    }

    /// The segment before this one.
    ///
    /// # Errors
    /// The disks'.
    pub fn before(&mut self, place: &Place) -> Result<Option<Place>, Fault> {
        let order = place.order();
        self.newest(place.start.utc_day(), |place| place.order() < order)
    }

    /// The segment after this one.
    ///
    /// # Errors
    /// The disks'.
    pub fn after(&mut self, place: &Place) -> Result<Option<Place>, Fault> {
        let order = place.order();
        self.oldest(place.start.utc_day(), |place| place.order() > order)
    }

    /// The first segment that began after this moment.
    ///
    /// # Errors
    /// The disks'.
    pub fn next(&mut self, at: Utc) -> Result<Option<Place>, Fault> {
        self.oldest(at.utc_day(), |place| place.start > at)
    }

    fn newest(&mut self, day: Day, fits: impl Fn(&Place) -> bool) -> Result<Option<Place>, Fault> {
        let days = self.days()?;
        for day in days.into_iter().rev().filter(|d| *d <= day) {
            if let Some(place) = self.list(day)?.iter().rev().find(|p| fits(p)) {
                return Ok(Some(place.clone()));
            }
        }
        Ok(None)
    }

    fn oldest(&mut self, day: Day, fits: impl Fn(&Place) -> bool) -> Result<Option<Place>, Fault> {
        let days = self.days()?;
        for day in days.into_iter().filter(|d| *d >= day) {
            if let Some(place) = self.list(day)?.iter().find(|p| fits(p)) {
                return Ok(Some(place.clone()));
            }
        }
        Ok(None)
    }

    /// Days of which there is a folder, oldest first.
    fn days(&mut self) -> Result<Vec<Day>, Fault> {
        if let Some((_, days)) = self.days.as_ref().filter(|(when, _)| when.elapsed() < BELIEVED) {
            return Ok(days.clone());
        }
        let mut days = BTreeSet::new();
        for disk in &self.disks {
            let listed = listing(disk.as_ref(), self.camera.as_str())?;
            days.extend(listed.iter().filter_map(|name| name.parse::<Day>().ok()));
        }
        let days: Vec<Day> = days.into_iter().collect();
        self.days = Some((Instant::now(), days.clone()));
        Ok(days)
    }

    /// Segments of a day in order; what stands on two disks (a held copy) counts once.
    fn list(&mut self, day: Day) -> Result<&[Place], Fault> {
        let fresh = self.listed.get(&day).is_some_and(|(when, _)| when.elapsed() < BELIEVED);
        if !fresh {
            let folder = format!("{}/{day}", self.camera);
            let mut places: Vec<Place> = Vec::new();
            for disk in &self.disks {
                for name in listing(disk.as_ref(), &folder)? {
                    let path = format!("{folder}/{name}");
                    if let Some(named) = naming::parse(&path) {
                        let (start, copy) = (named.start, named.copy);
                        places.push(Place { disk: disk.clone(), path, start, copy });
                    }
                }
            }
            places.sort_by_key(Place::order);
            places.dedup();
            // Whoever scrubs through a month has no use for all of it.
            if self.listed.len() > 8 {
                self.listed.clear();
            }
            self.listed.insert(day, (Instant::now(), places));
        }
        Ok(self.listed.get(&day).map_or(&[], |(_, places)| places))
    }
}

/// Names in a folder; one that is not there is empty.
fn listing(disk: &dyn Disk, folder: &str) -> Result<Vec<String>, Fault> {
    match disk.list(folder) {
        Ok(listed) => Ok(listed.into_iter().map(|l| l.name).collect()),
        Err(fault) if fault.kind == FaultKind::Missing => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::fake::FakeDisk;

    fn disk(paths: &[&str]) -> Arc<dyn Disk> {
        let disk = FakeDisk::new(1);
        for path in paths {
            let folder = path.rsplit_once('/').unwrap().0;
            disk.make_folder(folder).unwrap();
            disk.create_new(path).unwrap().append(&[b"x"]).unwrap();
        }
        Arc::new(disk)
    }

    #[test]
    fn the_segment_of_a_moment_is_found_across_days_and_disks() {
        let one = disk(&[
            "a/2026-11-20/235900Z.mp4",
            "a/2026-11-21/000000Z.mp4",
            "b/2026-11-21/000010Z.mp4",
        ]);
        let two = disk(&[
            "a/2026-11-21/000000Z.mp4",
            "a/2026-11-21/000100Z.mp4",
            "a/2026-11-21/000100Z-2.mp4",
            "a/2026-11-23/120000Z.mp4",
        ]);
        let mut shelf = Shelf::new(vec![one, two], CameraId::new("a").unwrap());
        let name = |place: Option<Place>| place.map(|p| p.path.replace("a/2026-11-", ""));
        for (at, found, next) in [
            ("2026-11-20T12:00:00Z", None, Some("20/235900Z.mp4")),
            ("2026-11-20T23:59:00Z", Some("20/235900Z.mp4"), Some("21/000000Z.mp4")),
            ("2026-11-21T00:00:59.9Z", Some("21/000000Z.mp4"), Some("21/000100Z.mp4")),
            ("2026-11-21T00:01:00Z", Some("21/000100Z-2.mp4"), Some("23/120000Z.mp4")),
            ("2026-11-22T09:00:00Z", Some("21/000100Z-2.mp4"), Some("23/120000Z.mp4")),
            ("2026-12-01T00:00:00Z", Some("23/120000Z.mp4"), None),
        ] {
            let at: Utc = at.parse().unwrap();
            assert_eq!(name(shelf.at(at).unwrap()).as_deref(), found, "{at}");
            assert_eq!(name(shelf.next(at).unwrap()).as_deref(), next, "{at}");
        }
        let mut walked = Vec::new();
        let mut place = shelf.next(Utc(0)).unwrap();
        while let Some(here) = place {
            place = shelf.after(&here).unwrap();
            if let Some(next) = &place {
                assert!(shelf.before(next).unwrap() == Some(here.clone()));
            }
            walked.extend(name(Some(here)));
        }
        let all = ["20/235900Z", "21/000000Z", "21/000100Z", "21/000100Z-2", "23/120000Z"];
        assert_eq!(walked, all.map(|n| format!("{n}.mp4")));
    }
}
