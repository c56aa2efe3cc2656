//! The rebuild against files that change under its hands.

use std::sync::Mutex;

use super::*;
use crate::base::time::Span;
use crate::disk::{DiskFile, Listed, Room};
use crate::store::check::Depth;
use crate::store::tests::{T, disk, id, open, segment, utc};

/// Files in memory: as much of a disk as reading needs.
#[derive(Default)]
struct Shelf(Mutex<BTreeMap<String, Vec<u8>>>);

impl Shelf {
    fn put(&self, path: &str, bytes: &[u8]) {
        self.0.lock().unwrap().entry(path.into()).or_default().extend_from_slice(bytes);
    }
}

fn read_only<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultKind::ReadOnly, "a rebuild writes nothing"))
}

impl Disk for Shelf {
    fn create_new(&self, _: &str) -> Result<Box<dyn DiskFile>, Fault> {
        read_only()
    }
    fn open_append(&self, _: &str) -> Result<Box<dyn DiskFile>, Fault> {
        read_only()
    }
    fn make_folder(&self, _: &str) -> Result<(), Fault> {
        read_only()
    }
    fn sync_folder(&self, _: &str) -> Result<(), Fault> {
        read_only()
    }
    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault> {
        let files = self.0.lock().unwrap();
        let missing = || Fault::new(FaultKind::Missing, path);
        let bytes = files.get(path).ok_or_else(missing)?;
        Ok(bytes.iter().skip(at as usize).take(len).copied().collect())
    }
    fn size(&self, path: &str) -> Result<u64, Fault> {
        self.read_at(path, 0, usize::MAX).map(|b| b.len() as u64)
    }
    fn replace(&self, _: &str, _: &[u8]) -> Result<(), Fault> {
        read_only()
    }
    fn replace_private(&self, _: &str, _: &[u8]) -> Result<(), Fault> {
        read_only()
    }
    fn remove(&self, _: &str) -> Result<(), Fault> {
        read_only()
    }
    fn remove_folder(&self, _: &str) -> Result<(), Fault> {
        read_only()
    }
    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut out: Vec<Listed> = Vec::new();
        for (name, bytes) in self.0.lock().unwrap().iter() {
            let Some(rest) = name.strip_prefix(&prefix) else {
                continue;
            };
            let (name, folder) = rest.split_once('/').map_or((rest, false), |(f, _)| (f, true));
            if out.last().is_none_or(|l| l.name != name) {
                out.push(Listed { name: name.into(), folder, bytes: bytes.len() as u64 });
            }
        }
        if out.is_empty() {
            return Err(Fault::new(FaultKind::Missing, path));
        }
        Ok(out)
    }
    fn room(&self) -> Result<Room, Fault> {
        Ok(Room::default())
    }
    fn flush_all(&self) -> Result<bool, Fault> {
        Ok(true)
    }
}

/// Every file of the shelf holds its segment as JSON.
fn read_json(disk: &dyn Disk, _: &DiskId, folder: &str) -> Result<Vec<Segment>, Fault> {
    disk.list(folder)?
        .iter()
        .map(|f| {
            let bytes = disk.read_at(&format!("{folder}/{}", f.name), 0, 10_000)?;
            Ok(serde_json::from_slice(&bytes).unwrap())
        })
        .collect()
}

fn shelve(shelf: &Shelf, s: &Segment) {
    shelf.put(&s.path, &serde_json::to_vec(s).unwrap());
}

fn rebuilding(shelf: &Arc<Shelf>, store: &Store) -> Rebuild {
    let disks: Vec<(DiskId, Arc<dyn Disk>)> = vec![(disk(0), shelf.clone())];
    Rebuild::begin(disks, store.folders().unwrap(), utc(T)).unwrap()
}

#[test]
fn a_deleted_index_comes_back_with_its_reasons() {
    let shelf = Arc::new(Shelf::default());
    let t = utc("2026-11-20T22:00:00Z");
    let mut all = vec![];
    // Minutes 30 to 39 are missing with a reason for five of them; 60 to 69 were deleted; 80 has a
    // seam of 1 s.
    for minute in (0..120).filter(|m| !(30..40).contains(m)) {
        let mut s = segment("a", t + Span::mins(minute));
        if minute == 80 {
            s.end = s.end - Span::secs(1);
        }
        all.push(s);
    }
    all.iter().for_each(|s| shelve(&shelf, s));
    let gap = |from, to: Option<i64>, reason| Gap {
        camera: id("a"),
        start: t + Span::mins(from),
        end: to.map(|m| t + Span::mins(m)),
        reason,
    };
    let told = gap(33, Some(38), GapReason::NoRoute);
    let stale = gap(90, None, GapReason::Stalled);
    for entry in [Entry::Gap(told.clone()), Entry::Gap(stale)] {
        shelf.put(".beadle/journal/2026-11-20.log", &journal::encode(&entry));
    }
    let mut store = Store::in_memory().unwrap();
    let mut work = rebuilding(&shelf, &store);
    let mut last = 0;
    while !work.step(&mut store, 1, &read_json).unwrap().finished {
        assert!(work.progress().percent() >= last);
        last = work.progress().percent();
    }
    assert_eq!(work.progress().added, 110);
    assert_eq!(store.segments(None, None, None, None, 1000).unwrap().0, all);
    let unknown = |from, to| gap(from, Some(to), GapReason::Unknown);
    let expected = [unknown(30, 33), told, unknown(38, 40), gap(90, Some(90), GapReason::Stalled)];
    let gaps = store.gaps(None, Utc(0), utc("2030-01-01T00:00:00Z"), 99).unwrap();
    assert_eq!(gaps, expected);
    assert!(store.fact("whole").unwrap().is_some());
    assert_eq!(store.check(Depth::Pages).unwrap(), []);
}

#[test]
fn what_retention_deleted_between_held_minutes_is_no_gap() {
    let shelf = Arc::new(Shelf::default());
    let t = utc("2026-11-20T10:00:00Z");
    [0, 50, 60].iter().for_each(|m| shelve(&shelf, &segment("a", t + Span::mins(*m))));
    let trimmed = Entry::Trimmed { camera: id("a"), until: t + Span::mins(50) };
    shelf.put(".beadle/journal/2026-11-20.log", &journal::encode(&trimmed));
    let mut store = Store::in_memory().unwrap();
    let mut work = rebuilding(&shelf, &store);
    while !work.step(&mut store, 9, &read_json).unwrap().finished {}
    let gaps = store.gaps(None, Utc(0), utc("2030-01-01T00:00:00Z"), 99).unwrap();
    assert_eq!(gaps.iter().map(|g| g.start).collect::<Vec<_>>(), [t + Span::mins(51)]);
}

#[test]
fn a_rebuild_leaves_alone_what_happens_while_it_reads() {
    let shelf = Arc::new(Shelf::default());
    let t = utc("2026-11-21T08:00:00Z");
    let s = |m| segment("a", t + Span::mins(m));
    // 0 is whole, 1 lies about its bytes, 2 has no row, 3 will be deleted, 4 is written, 5 has no
    // file.
    (0..=4).for_each(|m| shelve(&shelf, &s(m)));
    let mut store = Store::in_memory().unwrap();
    store.closed(&s(0)).unwrap();
    store.closed(&Segment { bytes: 1, ..s(1) }).unwrap();
    store.closed(&s(3)).unwrap();
    store.opened(&open(&s(4))).unwrap();
    store.closed(&s(5)).unwrap();
    let mut work = rebuilding(&shelf, &store);
    let job = work.next(&mut store).unwrap().unwrap();
    shelve(&shelf, &s(6));
    let done = job.read(&read_json);
    store.removed(&disk(0), &[s(3).path]).unwrap();
    store.closed(&Segment { frames: 7, ..s(6) }).unwrap();
    store.opened(&open(&s(7))).unwrap();
    work.take(&mut store, done).unwrap();
    let got = store.segments(None, None, None, None, 99).unwrap().0;
    let told = Segment { frames: 7, ..s(6) };
    // `.beadle` is not on this shelf, yet the folder was read, so what is missing in it is gone.
    assert_eq!(got, [s(0), s(1), s(2), open(&s(4)), told, open(&s(7))]);
    assert_eq!((work.progress().added, work.progress().removed), (1, 1));
}

#[test]
fn an_unmounted_disk_is_not_an_empty_one() {
    for marked in [false, true] {
        let shelf = Arc::new(Shelf::default());
        let mut store = Store::in_memory().unwrap();
        store.closed(&segment("a", utc(T))).unwrap();
        if marked {
            shelf.put(".beadle/identity", b"x");
        }
        let mut work = rebuilding(&shelf, &store);
        while !work.step(&mut store, 1, &read_json).unwrap().finished {}
        assert_eq!(store.totals().segments, u64::from(!marked));
        assert_eq!(work.progress().faults.len(), usize::from(!marked));
        assert_eq!(store.fact("whole").unwrap().is_some(), marked);
    }
}

#[test]
fn a_disks_copy_of_the_holds() {
    let shelf = Shelf::default();
    assert_eq!((hold_copy(&shelf, true), hold_copy(&shelf, false)), (Copy::Fresh, Copy::Absent));
    let bytes = journal::encode_holds(&[]);
    shelf.put(journal::HOLDS, &bytes);
    assert_eq!(hold_copy(&shelf, true), Copy::Bytes(bytes));
}
