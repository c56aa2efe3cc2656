//! The costs that `store/mod.rs` states, measured: `SLOW=1 cargo test --lib store::slow --
//! --nocapture`.
//!
//! What is asserted is the plan of each query, not its time: a machine under load is slow, a query
//! without its index is wrong. Without `SLOW` the table is small, and the plans are the same.

use std::time::{Duration, Instant};

use super::check::{Depth, inspect};
use super::listing::{OLDEST, PAGE};
use super::*;
use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::{Span, Zone};
use crate::footage::{Codec, Gap, GapReason};

const CAMERAS: i64 = 32;

fn camera(n: i64) -> CameraId {
    CameraId::new(&format!("camera-{n:02}")).unwrap()
}

fn segment(n: i64, start: Utc) -> Segment {
    let (day, stem) = start.folder_and_stem();
    Segment {
        camera: camera(n),
        disk: DiskId("0123456789abcdef0123456789abcdef".into()),
        path: format!("{}/{day}/{stem}.mp4", camera(n)),
        start,
        end: start + Span::mins(1),
        frames: 900,
        bytes: 15_000_000,
        codec: Codec::H264,
        digest: Some(Digest::of(&start.0.to_le_bytes())),
    }
}

/// The slowest and the middle of some runs.
fn measured(what: &str, times: usize, mut run: impl FnMut(usize)) {
    let mut took: Vec<Duration> = (0..times)
        .map(|i| {
            let began = Instant::now();
            run(i);
            began.elapsed()
        })
        .collect();
    took.sort();
    let (middle, worst) =
        (took[times / 2].as_secs_f64() * 1e3, took[times - 1].as_secs_f64() * 1e3);
    eprintln!("{what}: {middle:.3} ms, at worst {worst:.3} ms of {times}");
}

/// Fills `days` of all cameras, a folder a batch, oldest day first; seconds of the first and the
/// last day.
fn fill(store: &mut Store, begin: Utc, days: i64) -> (f64, f64) {
    let mut took = vec![];
    for day in 0..days {
        let batches: Vec<Vec<Segment>> = (0..CAMERAS)
            .map(|n| {
                let at = |m| begin + Span::days(day) + Span::mins(m) + Span::millis(n * 900);
                (0..1440).map(|m| segment(n, at(m))).collect()
            })
            .collect();
        let began = Instant::now();
        for batch in &batches {
            assert_eq!(store.adopt(batch).unwrap(), 1440);
        }
        took.push(began.elapsed().as_secs_f64());
    }
    (took[0], took[took.len() - 1])
}

fn uses(store: &Store, sql: &str, index: &str) {
    let mut query = store.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let none = vec![rusqlite::types::Null; query.parameter_count()];
    let lines: Vec<String> = query
        .query_map(rusqlite::params_from_iter(none), |r| r.get(3))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let plan = lines.join("; ");
    assert!(plan.contains(&format!("USING {index}")), "{sql}: {plan}");
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
}

#[test]
fn every_query_that_grows_uses_its_index() {
    let store = Store::in_memory().unwrap();
    uses(&store, PAGE, "PRIMARY KEY (camera=? AND start>? AND start<?)");
    uses(&store, OLDEST, "PRIMARY KEY (camera=? AND start>? AND start<?)");
    let find = "SELECT * FROM segment
                WHERE camera = ?1 AND start >= ?2 AND start < ?3 AND disk = ?4 AND path = ''";
    uses(&store, find, "PRIMARY KEY (camera=? AND start>? AND start<?)");
    let odd = "SELECT * FROM segment WHERE disk = ?1 AND path = ?2 AND path <> ''";
    uses(&store, odd, "INDEX segment_odd (disk=? AND path=?)");
    let newest = "SELECT * FROM segment WHERE camera = ?1 ORDER BY start DESC LIMIT 2";
    uses(&store, newest, "PRIMARY KEY (camera=?)");
    let hours = "SELECT hour, covered, bytes FROM hour WHERE camera = ?1 ORDER BY hour";
    uses(&store, hours, "PRIMARY KEY (camera=?)");
    let gaps = "SELECT start, end, reason FROM gap WHERE camera = ?1 AND end > ?2
                AND start < ?3 ORDER BY end, start";
    uses(&store, gaps, "INDEX gap_by_end (camera=? AND end>?)");
}

#[test]
fn the_index_at_full_size() {
    let slow = std::env::var("SLOW").is_ok_and(|v| v == "1");
    let days = if slow { 90 } else { 2 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    let begin: Utc = "2026-08-23T00:00:00Z".parse().unwrap();
    let now = begin + Span::days(days);
    let mut store = Store::open(&path).unwrap().store;
    let (first, last) = fill(&mut store, begin, days);
    let rows = store.totals().segments;
    assert_eq!(rows, (days * CAMERAS * 1440) as u64);
    eprintln!(
        "{rows} rows adopted; 46,080 of them took {first:.2} s at first, {last:.2} s at last"
    );
    add_gaps(&mut store, begin, days);
    drop(store);
    let bytes = std::fs::metadata(&path).unwrap().len();
    eprintln!("file: {:.0} MB, {} bytes a row", bytes as f64 / 1e6, bytes / rows);

    measured("open", 5, |_| drop(Store::open(&path).unwrap()));
    let mut store = Store::open(&path).unwrap().store;
    let zone = Zone::named("Europe/London").unwrap();
    let c = |i: usize| camera(i as i64 % CAMERAS);
    let at = |i: usize| begin + Span::mins((i as i64 * 7919) % (days * 1440));
    measured("page of 100 segments anywhere", 200, |i| {
        let got = store.segments(Some(&c(i)), Some(at(i)), None, None, 100).unwrap();
        assert!(!got.0.is_empty());
    });
    measured("the segments of one minute (seek)", 200, |i| {
        let to = Some(at(i) + Span::secs(1));
        store.segments(Some(&c(i)), Some(at(i)), to, None, 10).unwrap();
    });
    measured("gaps of an hour", 200, |i| {
        store.gaps(Some(&camera(7)), at(i), at(i) + Span::hours(1), 100).unwrap();
    });
    measured("days held", 64, |i| {
        assert_eq!(i64::from(store.held(&c(i), &zone, now).unwrap().reach_days), days);
    });
    measured("retention's lot of 2,000", 64, |i| {
        let disk = segment(0, begin).disk;
        assert_eq!(store.oldest(&disk, &c(i), now, 2000).unwrap().len(), 2000);
    });
    writes(&mut store, &path, begin, now);
}

fn add_gaps(store: &mut Store, begin: Utc, days: i64) {
    for n in 0..1000 {
        let start = begin + Span::mins(n * 60 * 24 * days / 1000);
        let end = Some(start + Span::secs(30));
        let gap = Gap { camera: camera(7), start, end, reason: GapReason::NoRoute };
        store.gap_add(&gap).unwrap();
    }
}

/// What changes the index, and the checks of all of it.
fn writes(store: &mut Store, path: &Path, begin: Utc, now: Utc) {
    measured("opened and closed", 500, |i| {
        let s = segment(i as i64 % CAMERAS, now + Span::secs(i as i64 * 2));
        store.opened(&Segment { digest: None, ..s.clone() }).unwrap();
        store.closed(&s).unwrap();
    });
    measured("a folder of 1,440 removed", 16, |i| {
        let (n, begin) = (i as i64, begin);
        let all = (0..1440).map(|m| begin + Span::mins(m) + Span::millis(n * 900));
        let paths: Vec<String> = all.map(|at| segment(n, at).path).collect();
        let before = store.totals().segments;
        store.removed(&segment(0, begin).disk, &paths).unwrap();
        assert_eq!(store.totals().segments, before - 1440);
    });
    measured("check of every sum", 1, |_| {
        assert_eq!(inspect(path, Depth::Sums).unwrap(), []);
    });
    measured("check of every sum and page", 1, |_| {
        assert_eq!(inspect(path, Depth::Pages).unwrap(), []);
    });
}
