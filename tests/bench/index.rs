//! The index at its greatest: 90 days of 32 cameras are 4,147,200 segments.

use std::time::Instant;

use beadle::base::digest::Digest;
use beadle::base::name::{CameraId, DiskId};
use beadle::base::time::{Span, Utc};
use beadle::footage::{Codec, Segment};
use beadle::store::Store;
use beadle::store::check::{Depth, inspect};

use super::Outcome;
use super::figures::{median, since};
use super::place::Place;
use super::table::Table;

const CAMERAS: i64 = 32;
const MINUTES: i64 = 1_440;

pub fn run(days: i64, place: &Place, table: &mut Table) -> Outcome<()> {
    place.clear()?;
    let path = place.state.join("index.sqlite");
    let begin: Utc = "2026-08-23T00:00:00Z".parse().map_err(|e| format!("{e:?}"))?;
    let words = |e: beadle::base::fault::Fault| e.to_string();
    let mut store = Store::open(&path).map_err(words)?.store;
    let began = Instant::now();
    for day in 0..days {
        for n in 0..CAMERAS {
            let start = |m| begin + Span::days(day) + Span::mins(m) + Span::millis(n * 900);
            let folder: Vec<_> = (0..MINUTES)
                .map(|m| segment(n, start(m)))
                .collect::<Option<_>>()
                .ok_or("no camera of that name")?;
            store.adopt(&folder).map_err(words)?;
        }
    }
    let rows = store.totals().segments;
    eprintln!("{rows} segments put into the index in {:.0} s", since(began));
    drop(store);
    let store = Store::open(&path).map_err(words)?.store;
    let mut took = Vec::new();
    for i in 0..400 {
        let at = begin + Span::mins((i * 7_919) % (days * MINUTES));
        let camera = camera(i % CAMERAS).ok_or("no camera of that name")?;
        let began = Instant::now();
        let to = Some(at + Span::secs(1));
        let found = store.segments(Some(&camera), Some(at), to, None, 10).map_err(words)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        if i > CAMERAS && found.0.is_empty() && at > begin + Span::mins(2) {
            return Err(format!("no segment of {camera} at {at:?}"));
        }
    }
    drop(store);
    let query = median(took);
    let what = format!("index query: the segment at one moment, of {rows}");
    table.row(&what, "< 2 ms", format!("{query:.2} ms"), query < 2.0);
    let began = Instant::now();
    let findings = inspect(&path, Depth::Sums).map_err(words)?;
    let check = since(began);
    if let Some(finding) = findings.first() {
        return Err(format!("the index does not add up: {finding:?}"));
    }
    let what = format!("index check: every sum of {rows} segments");
    table.row(&what, "< 5 s", format!("{check:.1} s"), check < 5.0);
    Ok(())
}

fn camera(n: i64) -> Option<CameraId> {
    CameraId::new(&format!("camera-{n:02}")).ok()
}

fn segment(n: i64, start: Utc) -> Option<Segment> {
    let camera = camera(n)?;
    let (day, stem) = start.folder_and_stem();
    Some(Segment {
        path: format!("{camera}/{day}/{stem}.mp4"),
        camera,
        disk: DiskId("0123456789abcdef0123456789abcdef".into()),
        start,
        end: start + Span::mins(1),
        frames: 900,
        bytes: 15_000_000,
        codec: Codec::H264,
        digest: Some(Digest::of(&start.0.to_le_bytes())),
    })
}
