//! The writer as a table of behaviour, on the simulated disk.

use super::proof::*;
use super::{Order, Told, index_line, reader, repair};
use crate::base::fault::FaultKind;
use crate::base::limits::{FIRST_FRAME_SPAN, FLUSH_TICKS, SEGMENT_SPAN_MAX, TICK_SPAN};
use crate::base::time::Span;
use crate::disk::fake::FakeDisk;
use crate::footage::unit::Params;
use crate::footage::{GapReason, Segment, naming};

#[test]
fn segments_turn_at_key_frames_about_once_a_minute_and_lose_nothing() {
    let mut stage = Stage::fake(1);
    stage.begin("front-gate", 1);
    stage.feed("front-gate", 1, &synthetic(15 * 190, 30, 300), 0.0);
    stage.stop();
    let closed = stage.closed();
    assert!((3..=5).contains(&closed.len()), "{closed:#?}");
    assert_eq!(closed.iter().map(|s| s.frames).sum::<u32>(), 15 * 190);
    for pair in closed.windows(2) {
        assert!((pair[1].start - pair[0].end).abs() < Span::millis(5), "{pair:#?}");
    }
    assert!(closed.iter().all(|s| s.span() < Span::secs(63)));
    assert_eq!(stage.opened(), closed.iter().map(|s| s.path.clone()).collect::<Vec<_>>());
    // A day that is still being written to may be compared too: what is listed is closed.
    for live in [false, true] {
        let listed = repair::read_folder(&*stage.disk, &id(), "front-gate/2026-11-21", &|_| live);
        assert_eq!(listed.unwrap(), closed);
    }
    assert!(matches!(stage.told.last(), Some(Told::Stopped)));
}

#[test]
fn the_bytes_on_the_disk_are_the_cameras_and_the_overhead_is_small() {
    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    let units = synthetic(600, 30, 16_000);
    stage.feed("a", 1, &units, 0.0);
    stage.stop();
    let video: u64 = units.iter().map(|au| au.data.len() as u64).sum();
    let flushed = stage.fake_disk().flushed_bytes();
    assert!(flushed * 1_000 < video * 1_010, "{flushed} for {video}");
    let mut stored = Vec::new();
    for segment in stage.closed() {
        let path = segment.path.clone();
        let file = stage.disk.read_at(&path, 0, usize::MAX / 2).unwrap();
        let found = reader::scan_bytes(&file);
        let header = found.header.clone().unwrap();
        assert_eq!((header.camera.as_str(), &header.site[..]), ("a", "s1"));
        assert_eq!(header.start, segment.start);
        assert_eq!(Params::Video(header.video), *units[0].params);
        let mut all = Vec::new();
        for s in found.samples() {
            all.extend_from_slice(&file[s.at as usize..][..s.size as usize]);
        }
        assert_eq!(segment.digest, Some(crate::base::digest::Digest::of(&all)));
        stored.extend(all);
    }
    assert!(stored == units.iter().map(|au| &au.data[..]).collect::<Vec<_>>().concat());
}

#[test]
fn what_begins_a_new_segment_and_what_is_a_hole() {
    // Each: what happens after 5 s, the holes that are told for it, and how many segments there
    // are.
    type Case = (&'static str, fn(&mut Stage), Vec<GapReason>, usize);
    fn go(stage: &mut Stage, shift: f64, mark: u8) {
        let fresh = params(mark);
        let mut units = synthetic(75, 15, 200);
        units.iter_mut().for_each(|au| au.params = fresh.clone());
        stage.feed("a", 1, &units, shift);
    }
    let cases: Vec<Case> = vec![
        ("nothing", |s| go(s, 5.0, 1), vec![], 1),
        ("other parameters", |s| go(s, 5.0, 2), vec![], 2),
        ("time back an hour", |s| go(s, -3_600.0, 1), vec![], 2),
        ("time on an hour", |s| go(s, 3_600.0, 1), vec![], 2),
        (
            "wall clock on an hour",
            |s| {
                s.clock.step(Span::hours(1));
                go(s, 5.0, 1);
            },
            vec![GapReason::ClockStep],
            2,
        ),
        (
            "wall clock back a minute",
            |s| {
                s.clock.step(Span::mins(-1));
                go(s, 5.0, 1);
            },
            vec![],
            2,
        ),
        (
            "time on, and 8 s nothing",
            |s| {
                s.pass(Span::secs(8));
                go(s, 3_600.0, 1);
            },
            vec![GapReason::TimeJump],
            2,
        ),
    ];
    for (name, happens, holes, segments) in cases {
        let mut stage = Stage::fake(1);
        // Away from the boundary, so that only the event can turn the segment.
        let ahead = crate::footage::rotation::boundary(&camera("a"), start()) - start();
        stage.clock.advance(ahead + Span::secs(1));
        stage.begin("a", 1);
        stage.feed("a", 1, &synthetic(75, 15, 200), 0.0);
        happens(&mut stage);
        stage.stop();
        let closed = stage.closed();
        assert_eq!(closed.len(), segments, "{name}: {closed:#?}");
        assert_eq!(closed.iter().map(|s| s.frames).sum::<u32>(), 150, "{name}");
        let told: Vec<GapReason> = stage.holes().into_iter().map(|(reason, _)| reason).collect();
        assert_eq!(told, holes, "{name}: {:?}", stage.holes());
        assert!(closed.iter().all(|s| naming::parse(&s.path).is_some()));
    }
}

#[test]
fn a_second_used_twice_gets_a_number() {
    let mut stage = Stage::fake(1);
    for take in 1..=3 {
        stage.begin("a", take);
        stage.unit("a", take, &synthetic(1, 1, 100)[0], 0);
    }
    stage.stop();
    let names = stage.closed().into_iter().map(|s| s.path).collect::<Vec<_>>();
    let day = "a/2026-11-21/084100Z";
    assert_eq!(names, [format!("{day}.mp4"), format!("{day}-2.mp4"), format!("{day}-3.mp4")]);
}

#[test]
fn units_of_another_take_and_before_the_first_key_frame_are_not_stored() {
    let mut stage = Stage::fake(1);
    stage.begin("a", 2);
    stage.feed("a", 1, &synthetic(10, 5, 100), 0.0);
    stage.feed("a", 2, &synthetic(20, 10, 100)[3..], 0.0);
    stage.order(Order::Finish { camera: camera("a"), take: 1 });
    stage.stop();
    assert_eq!(stage.closed().iter().map(|s| s.frames).collect::<Vec<_>>(), [10]);
}

#[test]
fn long_gops_work_and_endless_ones_are_unfit() {
    let unfit = |stage: &Stage| {
        stage.count(|t| matches!(t, Told::Unfit { reason: GapReason::NoKeyFrame, .. }))
    };
    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    stage.feed("a", 1, &synthetic(15 * 130, 15 * 60, 50), 0.0);
    stage.stop();
    assert_eq!((unfit(&stage), stage.closed().len()), (0, 3));
    assert_eq!(stage.closed().iter().map(|s| s.frames).sum::<u32>(), 15 * 130);

    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    let frames = 15 * (SEGMENT_SPAN_MAX.as_secs() + 5);
    stage.feed("a", 1, &synthetic(frames, frames, 50), 0.0);
    assert_eq!((unfit(&stage), stage.closed().len()), (1, 1));

    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    let frames = 15 * (FIRST_FRAME_SPAN.as_secs() + 5);
    stage.feed("a", 1, &synthetic(frames, frames, 50)[1..], 0.0);
    assert_eq!((unfit(&stage), stage.opened().len()), (1, 0));
}

#[test]
fn one_frame_a_second_makes_whole_segments() {
    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    for (n, au) in synthetic(130, 10, 100).iter().enumerate() {
        stage.unit("a", 1, au, n as i64 * (90_000 - FRAME));
        stage.pass(Span::secs(1));
    }
    stage.stop();
    let (frames, span) = stage
        .closed()
        .iter()
        .fold((0, Span::ZERO), |(f, s), segment| (f + segment.frames, s + segment.span()));
    assert_eq!(frames, 130);
    assert!((span - Span::secs(130)).abs() < Span::secs(2), "{span:?}");
}

#[test]
fn a_disk_that_fails_is_told_once_and_recording_goes_on_after() {
    type Break = fn(&FakeDisk, bool);
    let cases: [(&str, FaultKind, Break); 4] = [
        ("full", FaultKind::Full, |d, on| d.set_capacity(if on { 1 } else { 1 << 40 })),
        ("read-only", FaultKind::ReadOnly, FakeDisk::set_read_only),
        ("failing", FaultKind::Io, FakeDisk::set_failing),
        ("gone", FaultKind::Missing, FakeDisk::set_gone),
    ];
    for own in [true, false] {
        for (name, kind, turn) in cases {
            let mut stage = Stage::fake(1);
            stage.fake_disk().set_own_file_system(own);
            stage.begin("a", 1);
            stage.begin("b", 1);
            let mut shift = 0.0;
            for (seconds, broken) in [(10, false), (20, true), (10, false)] {
                turn(stage.fake_disk(), broken);
                for _ in 0..seconds {
                    let units = synthetic(15, 15, 500);
                    for au in &units {
                        stage.unit("a", 1, au, (shift * 90_000.0) as i64);
                        stage.unit("b", 1, au, (shift * 90_000.0) as i64);
                        stage.pass(Span(1_000_000 / FPS));
                    }
                    shift += 1.0;
                }
            }
            stage.order(Order::Append { path: "holds.jsonl".into(), line: b"{}".to_vec() });
            stage.stop();
            let troubles: Vec<FaultKind> = (stage.told.iter())
                .filter_map(|t| match t {
                    Told::Trouble { fault } => Some(fault.kind),
                    _ => None,
                })
                .collect();
            assert_eq!(troubles, [kind], "{name} {own}");
            assert_eq!(stage.count(|t| matches!(t, Told::Recovered)), 1, "{name} {own}");
            let reasons = stage.holes();
            let total: i64 = reasons.iter().map(|(_, ms)| ms).sum();
            assert!((38_000..56_000).contains(&total), "{name} {own}: {reasons:?}");
            let frames = stage.closed().iter().map(|s| s.frames).sum::<u32>();
            // Two cameras; at most one tick before, and up to three seconds after the fault.
            assert!((2 * 15 * 15..=2 * 15 * 20).contains(&frames), "{name} {own}: {frames}");
            let listed = ["a", "b"].map(|name| {
                let folder = format!("{name}/2026-11-21");
                repair::read_folder(&*stage.disk, &id(), &folder, &|_| false).unwrap()
            });
            let mut closed = stage.closed();
            closed.sort_by(|x, y| x.path.cmp(&y.path));
            assert_eq!(listed.concat(), closed, "{name} {own}");
            assert_eq!(stage.disk.read_at("holds.jsonl", 0, 9).unwrap(), b"{}\n");
        }
    }
}

#[test]
fn a_slow_disk_stretches_the_tick_and_a_quick_one_brings_it_back() {
    let mut stage = Stage::fake(1);
    let fake = stage.fake_disk().clone();
    stage.begin("a", 1);
    let safe = |stage: &Stage| {
        stage.told.iter().rev().find_map(|t| match t {
            Told::Tick { safe_up_to, .. } => Some(*safe_up_to),
            _ => None,
        })
    };
    fake.set_slow(&stage.clock, Span::millis(2_000));
    stage.feed("a", 1, &synthetic(600, 15, 200), 0.0);
    let slow = safe(&stage).unwrap();
    assert!(slow > Span::secs(4) && slow < Span::secs(13), "{slow:?}");
    fake.set_slow(&stage.clock, Span::ZERO);
    stage.feed("a", 1, &synthetic(600, 15, 200), 40.0);
    assert_eq!(safe(&stage), Some(Span(TICK_SPAN.0 * i64::from(FLUSH_TICKS))));
    stage.stop();
    assert_eq!(stage.closed().iter().map(|s| s.frames).sum::<u32>(), 1_200);
}

#[test]
fn deleting_removes_files_then_the_day_and_never_an_open_one() {
    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    stage.feed("a", 1, &synthetic(15 * 130, 15, 50), 0.0);
    let closed: Vec<String> = stage.closed().into_iter().map(|s| s.path).collect();
    let open = stage.opened().pop().unwrap();
    let mut paths = closed.clone();
    paths.push(open.clone());
    stage.order(Order::Delete { paths });
    stage.pass(Span::secs(1));
    let deleted: Vec<String> = (stage.told.iter())
        .filter_map(|t| match t {
            Told::Deleted { paths } => Some(paths.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(deleted, closed);
    stage.feed("a", 1, &synthetic(30, 15, 50), 130.0);
    stage.order(Order::Finish { camera: camera("a"), take: 1 });
    stage.pass(Span::secs(2));
    stage.order(Order::Delete { paths: vec![open] });
    stage.pass(Span::secs(1));
    assert_eq!(stage.fake_disk().files().len(), 0, "{:?}", stage.fake_disk().files().keys());
    assert!(stage.disk.list("").unwrap().is_empty(), "the folders went with their last file");
}

#[test]
fn journals_are_kept() {
    let mut stage = Stage::fake(1);
    let line = |n: u8| Order::Append { path: "j/gaps".into(), line: vec![b'0' + n] };
    stage.order(line(1));
    stage.order(line(2));
    stage.pass(Span::secs(1));
    stage.order(line(3));
    stage.pass(Span::secs(1));
    assert_eq!(stage.count(|t| matches!(t, Told::Kept { .. })), 3);
    stage.fake_disk().power_cut(1);
    assert_eq!(stage.disk.read_at("j/gaps", 0, 99).unwrap(), b"1\n2\n3\n");
}

#[test]
fn index_lines_follow_their_segments() {
    let mut stage = Stage::fake(1);
    stage.begin("a", 1);
    stage.feed("a", 1, &synthetic(15 * 70, 15, 50), 0.0);
    stage.stop();
    let text = stage.disk.read_at("a/2026-11-21/INDEX", 0, 1 << 20).unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<Segment> =
        text.lines().map(|l| index_line::parse("a/2026-11-21", &id(), l).unwrap()).collect();
    assert_eq!(lines, stage.closed());
}
