//! A crash after every single operation, by `kill -9` and by power cut: what is lost, and what is
//! there.

use super::proof::{Stage, id, synthetic};
use super::{Told, reader, repair};
use crate::base::limits::{FLUSH_TICKS, TICK_SPAN};
use crate::base::time::{Span, Utc};

/// Two cameras for 75 s, so that each turns once, until the disk dies after `operations`.
fn record_until(operations: u64, own: bool) -> Stage {
    let mut stage = Stage::fake(operations);
    stage.fake_disk().set_own_file_system(own);
    stage.begin("a", 1);
    stage.begin("b", 1);
    stage.fake_disk().crash_after(operations);
    for au in synthetic(15 * 75, 15, 150) {
        stage.unit("a", 1, &au, 0);
        stage.unit("b", 1, &au, 0);
        stage.pass(Span(1_000_000 / 15));
        if stage.fake_disk().has_crashed() {
            return stage;
        }
    }
    stage.stop();
    stage
}

fn durable_end(stage: &Stage, path: &str) -> Option<Utc> {
    stage.told.iter().rev().find_map(|told| match told {
        Told::Tick { progress, .. } => progress.iter().find(|p| p.path == path).map(|p| p.end),
        Told::Closed { segment, .. } if segment.path == path => Some(segment.end),
        _ => None,
    })
}

fn check(stage: &Stage, what: &str) {
    let disk = &*stage.disk;
    let mut found = Vec::new();
    for name in ["a", "b"] {
        let folder = format!("{name}/2026-11-21");
        let segments = repair::read_folder(disk, &id(), &folder, &|_| false).unwrap();
        let again = repair::read_folder(disk, &id(), &folder, &|_| false).unwrap();
        assert_eq!(segments, again, "{what}: reading repairs once");
        found.extend(segments);
    }
    let files = stage.fake_disk().files();
    let on_disk: Vec<&String> = files.keys().filter(|path| path.ends_with(".mp4")).collect();
    let listed: Vec<String> = found.iter().map(|s| s.path.clone()).collect();
    assert_eq!(on_disk, listed.iter().collect::<Vec<_>>(), "{what}: INDEX is not the files");
    for segment in &found {
        let bytes = &files[&segment.path];
        let contents = reader::scan_bytes(bytes);
        assert_eq!(contents.whole, bytes.len() as u64, "{what}: {}", segment.path);
        let file = segment.path.clone();
        let verified = reader::verify(disk, &file, &contents).unwrap();
        assert_eq!(Some(verified.digest), segment.digest, "{what}: {}", segment.path);
        assert_eq!(verified.frames, segment.frames, "{what}: {}", segment.path);
        assert_eq!(segment.bytes, bytes.len() as u64);
    }
    // Whatever was told is there.
    for path in stage.opened() {
        let end = durable_end(stage, &path);
        let kept = found.iter().find(|s| s.path == path);
        let kept = kept.unwrap_or_else(|| panic!("{what}: {path} was told and is gone"));
        assert!(Some(kept.end + Span::millis(2)) >= end, "{what}: {path} {:?} {end:?}", kept.end);
    }
}

/// What arrived and is older than the ticks of a flush, and the flush's own, was told durable.
fn check_loss(stage: &Stage, what: &str) {
    use crate::base::clock::Clock;
    let last = stage.opened().iter().filter_map(|path| durable_end(stage, path)).max();
    if let Some(last) = last {
        let lost = stage.clock.utc() - last;
        let most = Span(TICK_SPAN.0 * (i64::from(FLUSH_TICKS) + 1));
        assert!(lost <= most, "{what}: {lost:?} lost");
    }
}

/// Killed, it loses what came since the last tick, flushed or not: never a second's footage. Only
/// the take's very first fragment may wait for a second tick.
fn check_killed(stage: &Stage, what: &str) {
    use crate::base::clock::Clock;
    let ends = ["a", "b"].map(|name| {
        let folder = format!("{name}/2026-11-21");
        let found = repair::read_folder(&*stage.disk, &id(), &folder, &|_| false);
        found.unwrap().iter().map(|s| s.end).max()
    });
    if let [Some(a), Some(b)] = ends {
        let lost = stage.clock.utc() - a.min(b);
        assert!(lost <= Span::secs(1), "{what}: {lost:?} lost by a kill");
    }
}

#[test]
fn a_crash_after_any_operation_loses_at_most_the_unticked_tail() {
    for own in [true, false] {
        let whole = record_until(u64::MAX / 2, own);
        assert_eq!(whole.closed().iter().map(|s| s.frames).sum::<u32>(), 2 * 15 * 75);
        let operations = whole.fake_disk().operations();
        assert!(operations > 150, "{operations}");
        // Every operation around the ends, and around the turn every third.
        let steps = (0..40).chain((40..operations).step_by(3));
        for n in steps {
            for power in [true, false] {
                let stage = record_until(n, own);
                let what = format!("own {own}, operation {n} of {operations}, power {power}");
                if stage.fake_disk().has_crashed() {
                    check_loss(&stage, &what);
                }
                match power {
                    true => stage.fake_disk().power_cut(n),
                    false => stage.fake_disk().kill(),
                }
                check(&stage, &what);
                if !power && stage.fake_disk().has_crashed() {
                    check_killed(&stage, &what);
                }
            }
        }
    }
}

#[test]
fn a_crash_in_the_middle_of_repair_is_repaired_too() {
    for n in 0..12 {
        for seed in 0..4 {
            let stage = record_until(150, false);
            let disk = stage.fake_disk();
            disk.power_cut(seed);
            disk.crash_after(n);
            for name in ["a", "b"] {
                let folder = format!("{name}/2026-11-21");
                let _ = repair::read_folder(disk, &id(), &folder, &|_| false);
            }
            if disk.has_crashed() {
                disk.power_cut(seed + 100);
            } else {
                disk.kill();
            }
            check(&stage, &format!("repair stopped after {n}, seed {seed}"));
        }
    }
}

#[test]
fn a_fragment_torn_inside_a_picture_is_found_by_its_sum() {
    let mut stage = Stage::fake(3);
    stage.begin("a", 1);
    stage.feed("a", 1, &synthetic(60, 15, 9_000), 0.0);
    let path = stage.opened().pop().unwrap();
    let file = path.to_string();
    stage.fake_disk().kill();
    let before = reader::scan_file(&*stage.disk, &file).unwrap();
    let last = before.fragments.last().unwrap();
    let middle = last.samples[last.samples.len() / 2].at as usize + 4_000;
    stage.fake_disk().overwrite(&file, middle, &[0; 512]);
    let repaired = repair::repair(&*stage.disk, &id(), &path).unwrap();
    let repair::Repaired::Closed { segment, trimmed } = repaired else { panic!("removed") };
    let good: u32 = before.fragments.iter().rev().skip(1).map(|f| f.frames).sum();
    assert_eq!((segment.frames, trimmed), (good, last.bytes));
    assert!(stage.disk.size(&file).unwrap() < last.at + 2_000);
}
