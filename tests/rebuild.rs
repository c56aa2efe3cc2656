//! The index is thrown away with 100,000 segments on the disk: recording does not wait for it, it
//! becomes whole by itself, and the days held are right again.
//!
//! The segments of past days are links to files that were really recorded, one a minute, with the
//! lines that the writer would have written. The short version has 5,760 of them; `SLOW=1` is the
//! long one.

#![cfg(feature = "simulate")]

mod live;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use beadle::base::time::{Span, Utc, Zone};
use beadle::footage::Segment;
use beadle::footage::naming;
use beadle::simulate::{SimHandle, site_kdl};
use live::{Places, Recorder};

/// In summer a school's day is not UTC's, and the oldest would begin an hour late.
fn write_site(places: &Places, sim: &SimHandle) {
    let text = site_kdl(&live::streams(sim), None);
    places.write(&text.replace("Europe/London", "Etc/UTC"));
}

/// A file and a line for every minute of these days; how many.
fn fill(footage: &Path, real: &Segment, days: i64) -> usize {
    let (today, zone) = (live::now().utc_day(), Zone::utc());
    for day in (1..=days).map(|n| today.plus(-n)) {
        let begin = zone.start_of(day);
        let folder = footage.join(naming::folder(&real.camera, begin));
        std::fs::create_dir_all(&folder).unwrap();
        let mut index = String::new();
        for minute in 0..1_440 {
            let start = begin + Span::mins(minute);
            let path = footage.join(naming::path(&real.camera, start, 1));
            std::fs::hard_link(&real.path, &path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            let (from, to) = (start.0, (start + Span::mins(1)).0);
            let (frames, bytes, digest) = (real.frames, real.bytes, real.digest.unwrap());
            writeln!(index, "{name} {from} {to} {frames} {bytes} h264 {digest}").unwrap();
        }
        std::fs::write(folder.join(naming::INDEX), index).unwrap();
    }
    days as usize * 1_440
}

fn forget_index(places: &Places) {
    let ours = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("index");
    let files = std::fs::read_dir(&places.state).unwrap().map(|e| e.unwrap().path());
    let files: Vec<PathBuf> = files.filter(ours).collect();
    assert!(!files.is_empty(), "there is no index in {}", places.state.display());
    files.iter().for_each(|file| std::fs::remove_file(file).unwrap());
}

#[test]
fn recording_does_not_wait_for_the_index() {
    let (count, days) = if live::slow() { (24, 3) } else { (2, 2) };
    let folder = tempfile::tempdir().unwrap();
    let places = Places::below(folder.path());
    let sim = live::cameras(count);
    write_site(&places, &sim);
    let mut recorder = Recorder::start(&places);
    std::thread::sleep(Duration::from_secs(2));
    let (recorded, _) = recorder.all_off(&sim);
    recorder.stop();
    let real: BTreeMap<&str, &Segment> = recorded.iter().map(|s| (s.camera.as_str(), s)).collect();
    assert_eq!(real.len(), count);
    let made: usize = real.values().map(|s| fill(&places.footage, s, days)).sum();
    forget_index(&places);
    write_site(&places, &sim);

    let mut recorder = Recorder::exec(&places);
    let status = recorder.all_recording();
    let (started, index) = (recorder.began.elapsed(), status.index.clone());
    let behind = index.rebuilding.is_some() || index.segments < made as u64;
    recorder.wait("the index is whole", |s| {
        s.index.rebuilding.is_none() && s.index.segments >= (made + recorded.len()) as u64
    });
    let whole = recorder.began.elapsed();
    println!(
        "{made} segments and no index: {count} cameras recorded {} ms after exec, when {} were \
         indexed; whole after {} ms",
        started.as_millis(),
        index.segments,
        whole.as_millis()
    );
    days_held_are_right(&mut recorder, days);
    every_file_is_listed(&places, made + recorded.len());
    recorder.stop();

    let mut recorder = Recorder::exec(&places);
    recorder.all_recording();
    let again = recorder.began.elapsed();
    println!("with the index: recorded {} ms after exec", again.as_millis());
    recorder.stop();
    if live::slow() {
        assert!(behind, "recording waited for the index");
        assert!(started < Duration::from_secs(2), "recording began {started:?} after exec");
    }
}

fn days_held_are_right(recorder: &mut Recorder, days: i64) {
    let oldest: Utc = Zone::utc().start_of(live::now().utc_day().plus(-days));
    let hours = (days * 24) as f64;
    let status = recorder.wait("the days held are right", |status| {
        status.cameras.iter().all(|camera| {
            let held = &camera.held;
            held.days == days as f64 && held.oldest == Some(oldest) && held.hours >= hours
        })
    });
    // What was recorded today beside the days made up is minutes.
    assert!(status.cameras.iter().all(|c| c.held.hours < hours + 0.2), "{:?}", status.cameras);
}

/// Each file once, and only those that are there.
fn every_file_is_listed(places: &Places, at_least: usize) {
    let (segments, _) = places.listed();
    let mut listed: Vec<PathBuf> = segments.into_iter().map(|s| s.path.into()).collect();
    listed.sort();
    assert!(listed.len() >= at_least, "{} of {at_least} are listed", listed.len());
    assert!(listed.windows(2).all(|w| w[0] != w[1]), "a file is listed twice");
    // A file that was just begun may be on the disk a tick before it is in the index.
    let there: std::collections::BTreeSet<PathBuf> =
        live::files::paths(&places.footage).into_iter().collect();
    assert!(listed.iter().all(|path| there.contains(path)), "listed and not there");
    assert!(there.len() - listed.len() <= 24, "{} files, {} listed", there.len(), listed.len());
}
