//! Seek, step and play.

use std::time::Duration;

use beadle::base::time::{Span, Utc};
use beadle::footage::Codec;
use beadle::pictures::player::Wish;
use beadle::pictures::playhead::Speed;
use bytes::Bytes;

use crate::footage::{FULL, Footage, Kind, SMALL, camera, frame, start};
use crate::rig::{Rig, setup};

/// A recorded time is a tick of 1/90,000 s off a computed one at most.
fn near(a: Utc, b: Utc) -> bool {
    (a - b).abs() < Span::millis(2)
}

fn slow() -> bool {
    std::env::var_os("SLOW").is_some()
}

fn speed(times: u16) -> Wish {
    Wish::Play(Speed::quarters(times * 4).unwrap())
}

#[test]
fn a_seek_shows_the_picture_of_its_moment_and_no_other() {
    let b_frames = Kind { b_frames: true, ..SMALL };
    let h265 = Kind { codec: Codec::H265, ..SMALL };
    for kind in [SMALL, b_frames, h265] {
        let footage = Footage::new();
        footage.record(&camera(0), kind, 8, true);
        let mut rig = Rig::new(setup(&footage, 1, (320, 180)), start());
        rig.settle();
        // Picture by picture, as the truth to compare with.
        let mut truth: Vec<(Utc, Bytes)> = vec![(rig.shows[&0].at, rig.shows[&0].rgb.clone())];
        for _ in 1..100 {
            rig.go(Wish::Step(1));
            truth.push((rig.shows[&0].at, rig.shows[&0].rgb.clone()));
        }
        for (n, (at, rgb)) in truth.iter().enumerate() {
            assert!(near(*at, frame(n as i64)), "{kind:?}: picture {n} is of {at}");
            assert!(n == 0 || *rgb != truth[n - 1].1, "{kind:?}: picture {n} is the one before");
        }
        for n in [0, 1, 29, 30, 31, 45, 59, 88, 99, 3] {
            for late in [Span::millis(1), Span::millis(60)] {
                rig.go(Wish::Seek(truth[n].0 + late));
                let shows = &rig.shows[&0];
                assert_eq!(shows.at, truth[n].0, "{kind:?}: seek to {n} + {}", late.in_words());
                assert!(shows.rgb == truth[n].1, "{kind:?}: {n} is another picture");
            }
        }
        // Back over the beginning of a group.
        rig.go(Wish::Seek(truth[32].0));
        for n in (20..32).rev() {
            rig.go(Wish::Step(-1));
            assert_eq!(rig.shows[&0].at, truth[n].0, "{kind:?}: back to {n}");
            assert!(rig.shows[&0].rgb == truth[n].1, "{kind:?}: {n} is another picture");
        }
        rig.go(Wish::Step(3));
        assert_eq!(rig.shows[&0].at, truth[23].0);
        assert_eq!(rig.troubles, Vec::<String>::new());
    }
}

#[test]
fn what_is_being_written_is_shown_up_to_its_last_fragment() {
    let footage = Footage::new();
    footage.record(&camera(0), SMALL, 7, false);
    let mut rig = Rig::new(setup(&footage, 1, (160, 90)), frame(15));
    rig.settle();
    assert!(near(rig.shows[&0].at, frame(15)));
    rig.go(Wish::Seek(start() + Span::hours(1)));
    let last = rig.shows[&0].at;
    assert!(frame(7 * 15) - last < Span::millis(1_400), "the newest is of {last}");
    assert!(rig.holes[&0], "nothing was recorded an hour later");
    rig.go(Wish::Step(1));
    assert_eq!(rig.shows[&0].at, last, "there is nothing after it");
    rig.go(Wish::Seek(start() - Span::hours(1)));
    assert!(near(rig.shows[&0].at, start()) && rig.holes[&0]);
}

#[test]
fn nine_cameras_are_in_step_within_a_picture() {
    let footage = Footage::new();
    for n in 0..9 {
        footage.record(&camera(n), Kind { scene: n as u8 % 4, ..SMALL }, 12, true);
    }
    let mut rig = Rig::new(setup(&footage, 9, (160, 90)), frame(40));
    rig.settle();
    assert_eq!(rig.shows.len(), 9);
    let picture = Span(1_000_000 / 15);
    for (times, pictures) in [(1, 9 * 15 * 2), (4, 9 * 15 * 6)] {
        rig.go(Wish::Seek(frame(40)));
        rig.wish(speed(times));
        rig.settle();
        let (given, dropped, ..) = rig.player.counts();
        rig.clocks.clear();
        rig.run_for(Duration::from_millis(if times == 1 { 2_000 } else { 1_500 }));
        let mut off = 0;
        for (at, _, shows) in &rig.clocks {
            // One picture, and what passes between two looks of the player.
            let most = picture + Span::millis(30 * i64::from(times));
            off += usize::from(shows.iter().any(|t| *at - *t > most || *t > *at));
        }
        let (after, late, ..) = rig.player.counts();
        let (given, dropped) = (after - given, late - dropped);
        println!("{times}x, nine cameras: {given} pictures, {dropped} dropped");
        // Beside other tests on two cores a camera may be late more often.
        let most = if slow() { rig.clocks.len() / 5 } else { rig.clocks.len() * 3 / 4 };
        // Nine at 4x want a machine to themselves.
        let crowded = times > 1 && !slow();
        assert!(crowded || off <= most, "{off} of {} looks were off", rig.clocks.len());
        assert!(given + dropped >= pictures * 3 / 4, "{times}x: {given} + {dropped}");
        rig.go(Wish::Stop);
    }
}

#[test]
fn speeds_show_what_they_can_and_count_the_rest() {
    let footage = Footage::new();
    footage.record(&camera(0), SMALL, 100, true);
    let mut rig = Rig::new(setup(&footage, 1, (160, 90)), start());
    rig.settle();
    for quarters in Speed::ALL.map(Speed::in_quarters) {
        rig.go(Wish::Stop);
        rig.go(Wish::Seek(start()));
        rig.go(Wish::Play(Speed::quarters(quarters).unwrap()));
        let (given, dropped, ..) = rig.player.counts();
        rig.clocks.clear();
        rig.run_for(Duration::from_millis(1_200));
        let (after, late, ..) = rig.player.counts();
        let (first, last) = (rig.clocks[0].0, rig.clocks.last().unwrap().0);
        let passed = (last - first).as_secs_f64();
        let shown = after - given;
        println!(
            "{:>5}x: {shown} pictures shown, {} dropped, {passed:.1} s of footage in 1.2 s",
            f64::from(quarters) / 4.0,
            late - dropped
        );
        let wanted = f64::from(quarters) / 4.0;
        assert!(passed > wanted * 0.6 && passed < wanted * 1.4, "{quarters}: {passed}");
        // A picture each 1/15 s, or each key frame.
        let there = passed * if quarters >= 32 { 0.5 } else { 15.0 };
        let rate = (shown + late - dropped) as f64;
        assert!(rate >= there * 0.6 - 2.0 && rate <= there * 1.5 + 8.0, "{rate} of {there}");
    }
}

/// Towards the past the clock keeps its pace; pictures come as fast as they can be fetched, none of
/// a moment after the last.
#[test]
fn it_plays_towards_the_past() {
    let footage = Footage::new();
    for n in 0..2 {
        footage.record(&camera(n), SMALL, 100, true);
    }
    let mut rig = Rig::new(setup(&footage, 2, (160, 90)), frame(90 * 15));
    rig.settle();
    for quarters in [1, 4, 16, 64] {
        rig.go(Wish::Stop);
        rig.go(Wish::Seek(frame(90 * 15)));
        // From going forwards too.
        rig.go(Wish::Play(Speed::quarters(quarters).unwrap()));
        rig.run_for(Duration::from_millis(300));
        rig.go(Wish::Back(Speed::quarters(quarters).unwrap()));
        rig.seen.clear();
        rig.clocks.clear();
        rig.run_for(Duration::from_millis(2_000));
        let (first, last) = (rig.clocks[0].0, rig.clocks.last().unwrap().0);
        let passed = (first - last).as_secs_f64();
        let times: Vec<Utc> = rig.seen.iter().filter(|s| s.0 == 0).map(|s| s.1).collect();
        println!(
            "back {}x: {} pictures of one of two cameras, {passed:.1} s of footage in 2 s",
            f64::from(quarters) / 4.0,
            times.len()
        );
        let wanted = f64::from(quarters) / 2.0;
        assert!(passed > wanted * 0.6 && passed < wanted * 1.4, "{quarters}: {passed}");
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        assert!(times.len() >= 3, "{quarters}: {times:?}");
    }
    // Forwards again from there.
    rig.go(Wish::Play(Speed::REAL));
    rig.seen.clear();
    rig.run_for(Duration::from_millis(1_000));
    assert!(rig.seen.len() > 8, "{:?}", rig.seen);
}

#[test]
fn a_child_that_dies_or_hangs_is_replaced() {
    use nix::sys::signal::{Signal, kill};
    let footage = Footage::new();
    footage.record(&camera(0), SMALL, 30, true);
    let mut rig = Rig::new(setup(&footage, 1, (160, 90)), start());
    rig.settle();
    for (how, said) in [(Signal::SIGKILL, "ended"), (Signal::SIGSTOP, "hung")] {
        let pid = rig.player.pid().unwrap();
        kill(nix::unistd::Pid::from_raw(pid as i32), how).unwrap();
        rig.troubles.clear();
        rig.go(Wish::Seek(frame(100)));
        let told = rig.troubles.iter().any(|t| t.contains(said) || t.contains("killed"));
        assert!(told, "{how}: {:?}", rig.troubles);
        assert!(near(rig.shows[&0].at, frame(100)), "{how}");
        rig.go(Wish::Seek(frame(50)));
        assert_ne!(rig.player.pid(), Some(pid));
        assert!(near(rig.shows[&0].at, frame(50)), "{how}");
        let gone = !std::path::Path::new(&format!("/proc/{pid}")).exists();
        assert!(gone, "{how}: the old child was left");
    }
}

/// The figure of the README: key press to picture, 1080p at 2 Mbit/s with a key frame every 2 s.
#[test]
fn a_seek_takes_less_than_200_ms() {
    let footage = Footage::new();
    footage.record(&camera(0), FULL, 70, true);
    for within in [(160, 90), (1920, 1080)] {
        let mut rig = Rig::new(setup(&footage, 1, within), start());
        rig.settle();
        let mut took = Vec::new();
        for n in 0..40 {
            took.push(rig.go(Wish::Seek(frame((n * 263) % 1_000))).as_millis());
        }
        took.sort_unstable();
        let (middle, worst) = (took[took.len() / 2], took[took.len() - 1]);
        let (.., busy_us) = rig.player.counts();
        println!(
            "seek, {}x{}: median {middle} ms, worst {worst} ms; {} ms of processor time each",
            within.0,
            within.1,
            busy_us / 41 / 1_000
        );
        // Beside other tests on two cores; alone the worst is held to it.
        let good = if slow() { worst < 200 } else { middle < 1_000 };
        assert!(good, "median {middle} ms, worst {worst} ms");
    }
}
