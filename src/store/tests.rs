//! Each call by example, then any calls against a plain model of the index.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::check::{Depth, inspect};
use super::*;
use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Zone};
use crate::footage::journal::Entry;
use crate::footage::retention::DayCounts;
use crate::footage::{Codec, Gap, GapReason, Hold};

pub(super) fn utc(text: &str) -> Utc {
    text.parse().unwrap()
}

pub(super) fn id(name: &str) -> CameraId {
    CameraId::new(name).unwrap()
}

pub(super) fn disk(n: usize) -> DiskId {
    DiskId(format!("disk-{n}"))
}

/// A closed segment of a minute whose path follows from its start.
pub(super) fn segment(camera: &str, start: Utc) -> Segment {
    let (day, stem) = start.folder_and_stem();
    Segment {
        camera: id(camera),
        disk: disk(0),
        path: format!("{camera}/{day}/{stem}.mp4"),
        start,
        end: start + Span::mins(1),
        frames: 900,
        bytes: 15_000_000,
        codec: Codec::H265,
        digest: Some(Digest::of(b"video")),
    }
}

pub(super) fn open(s: &Segment) -> Segment {
    Segment { digest: None, end: s.start + Span::secs(1), frames: 15, bytes: 250_000, ..s.clone() }
}

fn hold(from: Utc, to: Utc) -> Hold {
    Hold {
        id: "H-2026-0001".into(),
        cameras: vec![],
        start: from,
        end: to,
        reference: "CR/1".into(),
        reason: "police".into(),
        placed: from,
        review: to,
        ended: None,
    }
}

pub(super) const T: &str = "2026-11-21T08:41:00.250Z";

#[test]
fn a_segment_opens_grows_closes_and_goes() {
    let mut store = Store::in_memory().unwrap();
    let s = segment("front-gate", utc(T));
    let grown = open(&s);
    store.opened(&open(&s)).unwrap();
    store.opened(&open(&s)).unwrap();
    let end = s.start + Span::secs(30);
    store.progress(&[(disk(0), s.path.clone(), end, 450, 7_000_000)]).unwrap();
    let all = |store: &Store| store.segments(None, None, None, None, 10).unwrap().0;
    assert_eq!(all(&store), [Segment { end, frames: 450, bytes: 7_000_000, ..grown }]);
    assert_eq!(store.last_end(&s.camera).unwrap(), Some(end));
    assert_eq!(store.totals(), Totals { segments: 1, bytes: 7_000_000 });
    assert!((store.held(&s.camera, &Zone::utc(), end).unwrap().hours - 30.0 / 3600.0).abs() < 1e-9);
    assert!(store.is_being_written(&disk(0), &s.path) && store.left_open().is_empty());
    // Retention is never offered an open one.
    assert!(store.oldest(&disk(0), &s.camera, utc("2100-01-01T00:00:00Z"), 5).unwrap().is_empty());

    store.closed(&s).unwrap();
    assert_eq!(all(&store), std::slice::from_ref(&s));
    assert_eq!(store.totals(), Totals { segments: 1, bytes: s.bytes });
    assert_eq!(store.cameras().unwrap(), std::slice::from_ref(&s.camera));
    store.removed(&disk(0), &[s.path.clone(), "front-gate/none.mp4".into()]).unwrap();
    assert_eq!((all(&store), store.totals()), (vec![], Totals::default()));
    assert!(store.hours(&s.camera).unwrap().is_empty());
    assert!(store.cameras().unwrap().is_empty());
}

#[test]
fn what_a_crash_left_open_is_known_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    let s = segment("front-gate", utc(T));
    let mut first = Store::open(&path).unwrap();
    assert!(first.fresh && !first.whole && first.damaged.is_none());
    first.store.opened(&open(&s)).unwrap();
    drop(first);
    let mut second = Store::open(&path).unwrap();
    assert!(!second.fresh);
    assert_eq!(second.store.left_open(), [open(&s)]);
    assert!(!second.store.is_being_written(&disk(0), &s.path));
    second.store.closed(&s).unwrap();
    assert!(second.store.left_open().is_empty());
    assert_eq!(inspect(&path, Depth::Pages).unwrap(), []);
}

#[test]
fn a_damaged_or_foreign_file_is_set_aside() {
    type Spoil = fn(&Path);
    let spoils: [Spoil; 4] = [
        |p| {
            std::fs::write(p, b"not a database, but longer than a header of one hundred bytes")
                .unwrap()
        },
        |p| {
            let mut bytes = std::fs::read(p).unwrap();
            bytes[100..3000].fill(0x5a);
            std::fs::write(p, bytes).unwrap();
        },
        |p| Connection::open(p).unwrap().execute_batch("PRAGMA user_version = 99").unwrap(),
        |p| {
            std::fs::remove_file(p).unwrap();
            Connection::open(p).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
        },
    ];
    for (i, spoil) in spoils.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.db");
        drop(Store::open(&path).unwrap());
        spoil(&path);
        let mut again = Store::open(&path).unwrap();
        assert!(again.fresh && again.damaged.is_some(), "spoil {i}");
        assert!(folder.path().join("index.db.damaged-1").exists(), "spoil {i}");
        again.store.closed(&segment("a", utc(T))).unwrap();
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_fault_and_nothing_is_set_aside() {
    let e = Store::open(Path::new("/nowhere/at/all/index.db")).err().unwrap();
    assert_eq!(e.kind, FaultKind::Missing);
}

#[test]
fn windows_and_pages() {
    let mut store = Store::in_memory().unwrap();
    let t = utc("2026-11-21T08:00:00Z");
    for camera in ["b", "a"] {
        for n in 0..10 {
            store.closed(&segment(camera, t + Span::mins(n))).unwrap();
        }
    }
    // (camera, from, to in minutes, segments)
    let table = [
        (None, None, None, 20),
        (Some("a"), None, None, 10),
        (Some("a"), Some((0, 0)), Some((10, 0)), 10),
        (Some("a"), Some((3, 0)), Some((4, 0)), 1),
        (Some("a"), Some((3, 30)), Some((4, 1)), 2),
        (Some("none"), None, None, 0),
        (None, Some((9, 59)), None, 2),
    ];
    for (camera, from, to, count) in table {
        let at = |(m, s)| t + Span::mins(m) + Span::secs(s);
        let camera = camera.map(id);
        let mut got = vec![];
        let mut mark = None;
        loop {
            let page = store.segments(camera.as_ref(), from.map(at), to.map(at), mark, 3).unwrap();
            got.extend(page.0);
            mark = page.1;
            if mark.is_none() {
                break;
            }
        }
        assert_eq!(got.len(), count, "{camera:?} {from:?} {to:?}");
        assert!(got.is_sorted_by_key(|s| (s.camera.clone(), s.start)));
    }
}

#[test]
fn retentions_lot_jumps_over_holds() {
    let mut store = Store::in_memory().unwrap();
    let t = utc("2026-11-21T08:00:00Z");
    (0..10).for_each(|n| store.closed(&segment("a", t + Span::mins(n))).unwrap());
    store.hold_put(&hold(t + Span::secs(150), t + Span::secs(301))).unwrap();
    let lot = store.oldest(&disk(0), &id("a"), t + Span::mins(8), 4).unwrap();
    let minutes: Vec<_> = lot.iter().map(|s| (s.start - t).as_secs() / 60).collect();
    assert_eq!(minutes, [0, 1, 6, 7]);
    assert!(store.oldest(&disk(1), &id("a"), t + Span::mins(8), 4).unwrap().is_empty());
}

#[test]
fn gaps_begin_change_reason_and_end() {
    use GapReason::*;
    let mut store = Store::in_memory().unwrap();
    let (a, t) = (id("a"), utc("2026-11-21T08:00:00Z"));
    let at = |s| t + Span::secs(s);
    assert_eq!(store.gap_begin(&a, at(0), NoRoute).unwrap().len(), 1);
    assert!(store.gap_begin(&a, at(5), NoRoute).unwrap().is_empty());
    let changed = store.gap_begin(&a, at(10), WrongPassword).unwrap();
    assert_eq!((changed[0].reason, changed[0].end), (NoRoute, Some(at(10))));
    assert_eq!(store.open_gaps().unwrap(), changed[1..]);
    let ended = store.gap_end(&a, at(20) + Span::micros(7)).unwrap().unwrap();
    assert_eq!((ended.start, ended.end), (at(10), Some(at(20))));
    assert_eq!(store.gap_end(&a, at(30)).unwrap(), None);
    assert_eq!(store.gaps(None, at(10), at(99), 10).unwrap(), std::slice::from_ref(&ended));
    // What a journal repeats takes nothing back.
    store.recall(&Entry::Gap(Gap { end: None, ..ended.clone() })).unwrap();
    store.recall(&Entry::Gap(Gap { reason: Unknown, ..ended.clone() })).unwrap();
    assert_eq!(store.gaps(Some(&a), at(10), at(99), 10).unwrap(), [ended]);
    store.gaps_forget(&a, at(15)).unwrap();
    assert_eq!(store.gaps(None, at(0), at(99), 10).unwrap().len(), 1);
}

#[test]
fn holds_count_up_and_never_come_twice() {
    let mut store = Store::in_memory().unwrap();
    assert_eq!(store.next_hold_id(2026).unwrap(), "H-2026-0001");
    let t = utc(T);
    let first = store.hold_put(&hold(t, t + Span::micros(1))).unwrap();
    assert_eq!((first.version, first.hold.end), (1, t + Span::millis(1)));
    assert_eq!(store.next_hold_id(2026).unwrap(), "H-2026-0002");
    assert_eq!(store.next_hold_id(2027).unwrap(), "H-2027-0001");
    let ended = store.hold_put(&Hold { ended: Some(t), ..first.hold.clone() }).unwrap();
    assert_eq!(ended.version, 2);
    // An older copy from a disk that was away changes nothing; the index knows all only when told
    // so.
    store.holds_merge(&[first], false, t).unwrap();
    assert_eq!(store.stored_holds().unwrap(), std::slice::from_ref(&ended));
    assert_eq!(store.holds_cache().unwrap(), None);
    store.holds_merge(&[], true, t).unwrap();
    assert_eq!(store.holds_cache().unwrap(), Some(vec![ended]));
}

#[test]
fn offsets_deletions_and_trims() {
    let mut store = Store::in_memory().unwrap();
    let (a, t) = (id("a"), utc("2026-11-21T08:00:00Z"));
    for (m, ms) in [(0, 100), (10, 200), (20, 300)] {
        store.offset_add(&a, t + Span::mins(m), ms).unwrap();
    }
    let of = |from, to| {
        let found = store.offsets(&a, t + Span::mins(from), t + Span::mins(to)).unwrap();
        found.into_iter().map(|(_, ms)| ms).collect::<Vec<_>>()
    };
    assert_eq!((of(5, 15), of(10, 15), of(-5, 5)), (vec![100, 200], vec![200], vec![100]));
    assert!(of(-9, -5).is_empty());

    let day: Day = "2026-11-21".parse().unwrap();
    let counts = DayCounts { segments: 3, bytes: 30, ceiling: 2, space: 1, ..DayCounts::new(day) };
    store.deletion_day_add(&counts).unwrap();
    let sum = store.deletion_day_add(&counts).unwrap();
    assert_eq!((sum.segments, sum.bytes, sum.ceiling), (6, 60, 4));
    store.recall(&Entry::Deleted(counts)).unwrap();
    assert_eq!(store.deletion_days(day).unwrap(), [sum]);
    assert!(store.deletion_days(day.plus(1)).unwrap().is_empty());
    store.trimmed_put(&a, t).unwrap();
    store.trimmed_put(&a, t - Span::hours(1)).unwrap();
    assert_eq!(store.trimmed(&a).unwrap(), Some(t));
}

#[test]
fn the_check_finds_what_is_wrong() {
    let spoil = |sql: &str| {
        let mut store = Store::in_memory().unwrap();
        store.closed(&segment("a", utc(T))).unwrap();
        assert_eq!(store.check(Depth::Pages).unwrap(), []);
        store.db.execute_batch(sql).unwrap();
        store.check(Depth::Sums).unwrap().iter().map(|f| f.invariant).collect::<Vec<_>>()
    };
    assert_eq!(spoil("UPDATE hour SET bytes = bytes + 1"), [4]);
    assert_eq!(spoil("DELETE FROM hour"), [4]);
    let copy = "INSERT INTO segment SELECT camera, start + 1, disk, path, span, frames, bytes,
                codec, digest FROM segment";
    assert_eq!(spoil(copy), [4, 2]);
    let opens = "INSERT INTO segment SELECT camera, start + 9000000 * x, disk, path, 0, 0, 0, 4,
                 NULL FROM segment, (SELECT 1 AS x UNION SELECT 2)";
    assert_eq!(spoil(opens), [3]);
    let gaps = "INSERT INTO gap VALUES (1, 1, 9223372036854775807, 'unknown'),
                (1, 2, 9223372036854775807, 'unknown')";
    assert_eq!(spoil(gaps), [5]);
}

proptest! {
    #[test]
    fn the_index_is_what_was_told(
        ops in prop::collection::vec((0u8..5, 0usize..3, 0i64..90, 0usize..2, 1u64..1000), 1..80)
    ) {
        let mut store = Store::in_memory().unwrap();
        let mut model: BTreeMap<(DiskId, String), Segment> = BTreeMap::new();
        let t = utc("2026-11-21T23:00:00.500Z");
        for (op, camera, minute, d, bytes) in ops {
            let mut s = segment(["a", "b", "c"][camera], t + Span::mins(minute));
            s.disk = disk(d);
            s.bytes = bytes;
            if op == 4 {
                // A name that does not follow from the start, and a start corrected by repair.
                s.start = s.start + Span::micros(bytes as i64 * 7_001);
                s.end = s.end + Span::secs(5);
            }
            let key = (s.disk.clone(), s.path.clone());
            match op {
                0 => {
                    store.opened(&open(&s)).unwrap();
                    model.insert(key, open(&s));
                }
                1 | 4 => {
                    store.closed(&s).unwrap();
                    model.insert(key, s);
                }
                2 => {
                    store.removed(&s.disk, std::slice::from_ref(&s.path)).unwrap();
                    model.remove(&key);
                }
                _ => {
                    let new = u64::from(!model.contains_key(&key));
                    prop_assert_eq!(store.adopt(std::slice::from_ref(&s)).unwrap(), new);
                    model.insert(key, s);
                }
            }
        }
        let key = |s: &Segment| (s.camera.clone(), s.start, s.disk.clone(), s.path.clone());
        let mut expected: Vec<Segment> = model.into_values().collect();
        expected.sort_by_key(key);
        let (mut got, _) = store.segments(None, None, None, None, 1000).unwrap();
        got.sort_by_key(key);
        prop_assert_eq!(&got, &expected);
        let bytes = expected.iter().map(|s| s.bytes).sum();
        prop_assert_eq!(store.totals(), Totals { segments: expected.len() as u64, bytes });
        let hours: u64 = ["a", "b", "c"]
            .iter()
            .flat_map(|c| store.hours(&id(c)).unwrap())
            .map(|h| h.bytes)
            .sum();
        prop_assert_eq!(hours, bytes);
        let broken: Vec<_> =
            store.check(Depth::Pages).unwrap().into_iter().filter(|f| f.invariant != 3).collect();
        prop_assert_eq!(broken, []);
        // Closed and open alike are found by their folder.
        let mut listed = 0;
        for d in 0..2 {
            for c in ["a", "b", "c"] {
                for day in ["2026-11-21", "2026-11-22"] {
                    let day = day.parse().unwrap();
                    listed += store.folder_listed(&disk(d), &id(c), day).unwrap().len();
                }
            }
        }
        prop_assert_eq!(listed, expected.len());
    }
}
