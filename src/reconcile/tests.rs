//! Desired and observed in, steps out.

use super::*;
use crate::base::time::Span;

fn id(name: &str) -> CameraId {
    CameraId::new(name).unwrap()
}

fn disk(name: &str) -> DiskId {
    DiskId(name.into())
}

fn feed(path: &str) -> Feed {
    Feed::Rtsp { url: format!("rtsp://10.0.0.1/{path}"), user: None, secret: None, udp: false }
}

fn record(path: &str) -> Wish {
    Wish::Record { feed: feed(path), audio: false, codec: None }
}

fn recording(path: &str, on: &str) -> Seen {
    Seen {
        phase: Phase::Recording,
        feed: Some(feed(path)),
        audio: false,
        declared: None,
        sent: Some(Codec::H264),
        disk: Some(disk(on)),
        failures: 0,
    }
}

fn desired(cameras: &[(&str, Wish)]) -> Desired {
    Desired { cameras: cameras.iter().map(|(n, w)| (id(n), w.clone())).collect() }
}

fn observed(cameras: &[(&str, Seen)], disks: &[&str]) -> Observed {
    Observed {
        cameras: cameras.iter().map(|(n, s)| (id(n), s.clone())).collect(),
        disks: disks.iter().map(|d| disk(d)).collect(),
        stopped_for_space: false,
    }
}

fn words(plan: &Plan) -> Vec<String> {
    let word = |step: &Step| match step {
        Step::Stop { camera, reason } => format!("stop {camera} {reason:?}"),
        Step::Start { camera, disk, .. } => format!("start {camera} {disk}"),
        Step::Forget { camera } => format!("forget {camera}"),
    };
    plan.steps.iter().map(word).collect()
}

#[test]
fn each_difference_gives_its_step_and_nothing_else() {
    let waiting =
        |until| Seen { phase: Phase::Waiting { until: Mono(until) }, ..recording("a", "d") };
    let off = Wish::Off { because: "summer".into() };
    let table: &[(&str, Desired, Observed, &[&str])] = &[
        ("nothing wanted", desired(&[]), observed(&[], &["d"]), &[]),
        ("new camera", desired(&[("a", record("a"))]), observed(&[], &["d"]), &["start a d"]),
        ("no disk", desired(&[("a", record("a"))]), observed(&[], &[]), &[]),
        (
            "as wanted",
            desired(&[("a", record("a"))]),
            observed(&[("a", recording("a", "d"))], &["d"]),
            &[],
        ),
        (
            "removed",
            desired(&[]),
            observed(&[("a", recording("a", "d"))], &["d"]),
            &["stop a Disabled"],
        ),
        (
            "removed and stopped",
            desired(&[]),
            observed(&[("a", Seen::idle())], &["d"]),
            &["forget a"],
        ),
        (
            "disabled",
            desired(&[("a", off.clone())]),
            observed(&[("a", recording("a", "d"))], &["d"]),
            &["stop a Disabled"],
        ),
        ("stays disabled", desired(&[("a", off)]), observed(&[("a", Seen::idle())], &["d"]), &[]),
        (
            "another stream",
            desired(&[("a", record("b")), ("c", record("c"))]),
            observed(&[("a", recording("a", "d")), ("c", recording("c", "d"))], &["d"]),
            &["stop a Reconfigured"],
        ),
        (
            "disk lost",
            desired(&[("a", record("a"))]),
            observed(&[("a", recording("a", "d"))], &["e"]),
            &["stop a NoDisk"],
        ),
        (
            "waits",
            desired(&[("a", record("a"))]),
            observed(&[("a", waiting(11_000_000))], &["d"]),
            &[],
        ),
        (
            "waited",
            desired(&[("a", record("a"))]),
            observed(&[("a", waiting(10_000_000))], &["d"]),
            &["start a d"],
        ),
        (
            "a corrected address does not wait",
            desired(&[("a", record("b"))]),
            observed(&[("a", waiting(99_000_000))], &["d"]),
            &["start a d"],
        ),
    ];
    for (name, desired, observed, expected) in table {
        let got = plan(desired, observed, Mono(10_000_000));
        assert_eq!(words(&got), *expected, "{name}");
    }
}

#[test]
fn a_declared_codec_costs_a_frame_only_where_another_one_comes() {
    let waiting =
        |until| Seen { phase: Phase::Waiting { until: Mono(until) }, ..recording("a", "d") };
    let declared = |codec| Wish::Record { feed: feed("a"), audio: false, codec: Some(codec) };
    let table: &[(&str, Desired, Observed, &[&str])] = &[
        (
            "the codec that it sends is declared",
            desired(&[("a", declared(Codec::H264))]),
            observed(&[("a", recording("a", "d"))], &["d"]),
            &[],
        ),
        (
            "another codec is declared",
            desired(&[("a", declared(Codec::H265))]),
            observed(&[("a", recording("a", "d"))], &["d"]),
            &["stop a Reconfigured"],
        ),
        (
            "another codec came all the same",
            desired(&[("a", declared(Codec::H265))]),
            observed(&[("a", Seen { declared: Some(Codec::H265), ..recording("a", "d") })], &["d"]),
            &[],
        ),
        (
            "a corrected codec does not wait",
            desired(&[("a", declared(Codec::H265))]),
            observed(&[("a", waiting(99_000_000))], &["d"]),
            &["start a d"],
        ),
    ];
    for (name, desired, observed, expected) in table {
        let got = plan(desired, observed, Mono(10_000_000));
        assert_eq!(words(&got), *expected, "{name}");
    }
}

#[test]
fn cameras_spread_over_the_disks_and_stay_where_they_were() {
    let wanted: Vec<_> = ["a", "b", "c", "d"].iter().map(|n| (*n, record(n))).collect();
    let last = Seen { phase: Phase::Idle, ..recording("c", "y") };
    let seen = observed(&[("a", recording("a", "x")), ("c", last)], &["x", "y"]);
    let got = plan(&desired(&wanted), &seen, Mono(0));
    assert_eq!(words(&got), ["start b y", "start c y", "start d x"]);
}

#[test]
fn a_full_box_that_must_stop_stops_everything() {
    let mut seen = observed(&[("a", recording("a", "d"))], &["d"]);
    seen.stopped_for_space = true;
    let got = plan(&desired(&[("a", record("a")), ("b", record("b"))]), &seen, Mono(0));
    assert_eq!(words(&got), ["stop a DiskFull"]);
}

#[test]
fn it_wakes_for_the_first_camera_that_may_try_again() {
    let waiting =
        |s| Seen { phase: Phase::Waiting { until: Mono(0) + Span::secs(s) }, ..Seen::idle() };
    let with_feed = |s: i64, p: &str| Seen { feed: Some(feed(p)), ..waiting(s) };
    let seen = observed(&[("a", with_feed(9, "a")), ("b", with_feed(5, "b"))], &["d"]);
    let got = plan(&desired(&[("a", record("a")), ("b", record("b"))]), &seen, Mono(0));
    assert_eq!(got.wake_at, Some(Mono(0) + Span::secs(5)));
}

/// Carries steps out in the model, as the supervisor would.
fn carry_out(seen: &mut Observed, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Stop { camera, .. } => {
                seen.cameras.get_mut(camera).unwrap().phase = Phase::Idle;
            }
            Step::Forget { camera } => {
                seen.cameras.remove(camera);
            }
            Step::Start { camera, feed, audio, codec, disk } => {
                let now = Seen {
                    phase: Phase::Connecting,
                    feed: Some(feed.clone()),
                    audio: *audio,
                    declared: *codec,
                    sent: None,
                    disk: Some(disk.clone()),
                    failures: 0,
                };
                seen.cameras.insert(camera.clone(), now);
            }
        }
    }
}

proptest::proptest! {
    /// From any state, two turns reach a state that needs nothing more, and unchanged cameras are
    /// not touched.
    #[test]
    fn two_turns_settle(
        wanted in proptest::collection::vec(0..3_u8, 8),
        phases in proptest::collection::vec(0..4_u8, 8),
        disks in 1..3_usize,
    ) {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let wish = |n: usize| match wanted[n] {
            0 => None,
            1 => Some(record(names[n])),
            _ => Some(Wish::Off { because: "x".into() }),
        };
        let want = Desired {
            cameras: (0..8).filter_map(|n| Some((id(names[n]), wish(n)?))).collect(),
        };
        let look = |n: usize| match phases[n] {
            0 => None,
            1 => Some(recording(names[n], "x")),
            2 => Some(recording("old", "y")),
            _ => Some(Seen::idle()),
        };
        let mut seen = Observed {
            cameras: (0..8).filter_map(|n| Some((id(names[n]), look(n)?))).collect(),
            disks: ["x", "y"][..disks].iter().map(|d| disk(d)).collect(),
            stopped_for_space: false,
        };
        let right: Vec<_> = (0..8).filter(|n| wanted[*n] == 1 && phases[*n] == 1).collect();
        for _ in 0..2 {
            let steps = plan(&want, &seen, Mono(0)).steps;
            for n in &right {
                let name = id(names[*n]);
                let touched = steps.iter().any(|s| matches!(s,
                    Step::Stop { camera, .. } | Step::Start { camera, .. } if *camera == name));
                proptest::prop_assert!(!touched, "{name} was disturbed");
            }
            carry_out(&mut seen, &steps);
        }
        let rest = plan(&want, &seen, Mono(0)).steps;
        let forgets = rest.iter().all(|s| matches!(s, Step::Forget { .. }));
        proptest::prop_assert!(forgets, "not settled: {rest:?}");
    }
}
