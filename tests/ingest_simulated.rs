//! `ingest::record` against the simulator: every frame counted by its stamp, every fault of it
//! judged. (No key frame at all takes 75 s to be judged and is tested in `ingest::offer`; an 8K
//! film takes minutes to encode.)

mod tray;

use std::time::Duration;

use beadle::footage::{Codec, GapReason as G};
use beadle::ingest::{Attempt, Ended, Login, Source, Transport};
use beadle::simulate::count::frames_in;
use beadle::simulate::{Fault, SimCamera, SimHandle, SimLogin, SimOptions, Simulator};
use tray::*;

fn simulator(cameras: Vec<SimCamera>) -> SimHandle {
    Simulator::start(SimOptions::new(cameras)).unwrap()
}

/// The frame counters in what came, in order.
fn counters(tray: &Tray) -> Vec<u32> {
    tray.pictures().iter().flat_map(|u| frames_in(&u.data)).map(|s| s.counter).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_a_frame_is_missing() {
    let dribble = SimCamera { faults: vec![Fault::Dribble], ..SimCamera::named("dribble") };
    let h265 = SimCamera { codec: Codec::H265, ..SimCamera::named("h265") };
    let inband = SimCamera { faults: vec![Fault::InBandOnly], ..SimCamera::named("inband") };
    let b_frames = SimCamera { faults: vec![Fault::BFrames], ..SimCamera::named("b-frames") };
    let names = ["plain", "dribble", "h265", "inband", "b-frames"];
    let sim = simulator(vec![SimCamera::named("plain"), dribble, h265, inband, b_frames]);
    let runs: Vec<_> =
        names.iter().map(|n| (n, start(attempt(rtsp(&sim.url(n))), plain_tools()))).collect();
    for (name, (tray, task)) in &runs {
        assert!(tray.wait(75, 30).await >= 75, "{name}: {:?}", task.is_finished());
        let seen = counters(tray);
        let units = tray.pictures();
        assert_eq!(seen.len(), units.len(), "{name}: one stamp per unit");
        // Frames of a film with B-frames are stamped in the order they are sent.
        assert!(seen.windows(2).all(|w| w[1] == w[0] + 1), "{name}: {seen:?}");
        assert!(units[0].key && units.iter().all(|u| u.lost_packets == 0), "{name}");
        let sets = if *name == &"h265" { 32..=34 } else { 7..=8 };
        assert!(units.iter().all(|u| !nal_kinds(u).iter().any(|k| sets.contains(k))), "{name}");
        task.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_that_end_an_attempt() {
    // What the camera does wrong, while it plays or from the start, and what is to be said.
    let table = [
        (Fault::Stall, true, G::Stalled, "no picture for"),
        (Fault::Close, true, G::Closed, "closed the connection"),
        (Fault::HangUp, false, G::Closed, "closed the connection"),
        (Fault::Refuse, false, G::Refused, "refuses the connection"),
        (Fault::Http, false, G::Refused, "HTTP"),
        (Fault::NotFound, false, G::NoStream, "no such stream"),
        (Fault::RefuseLogin, false, G::WrongPassword, "user and password"),
        (Fault::Garbage, true, G::Garbage, "not RTSP"),
        (Fault::Jpeg, false, G::Codec, "MJPEG"),
        (Fault::Mpeg4, false, G::Codec, "MPEG-4"),
        (Fault::NoParameters, false, G::NoKeyFrame, "no parameter sets"),
        (Fault::OtherCodec, false, G::Garbage, "announces H.265, but for 10 s"),
    ];
    let camera = |n: usize, fault: Fault| SimCamera {
        own_port: fault == Fault::Refuse,
        ..SimCamera::named(&format!("cam-{n}"))
    };
    let cameras = table.iter().enumerate().map(|(n, row)| camera(n, row.0)).collect();
    let sim = simulator(cameras);
    let mut runs = Vec::new();
    for (n, (fault, playing, reason, words)) in table.into_iter().enumerate() {
        let name = format!("cam-{n}");
        if !playing {
            sim.misbehave(&name, fault).unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (tray, task) = start(attempt(rtsp(&sim.url(&name))), plain_tools());
        if playing {
            assert!(tray.wait(5, 20).await >= 5, "{fault:?} plays first");
            sim.misbehave(&name, fault).unwrap();
        }
        runs.push((fault, reason, words, task));
    }
    let mut wrong = Vec::new();
    for (fault, reason, words, task) in runs {
        match tokio::time::timeout(Duration::from_secs(20), task).await {
            Ok(Ok(Ended { reason: r, text })) if r == reason && text.contains(words) => {}
            other => wrong.push(format!("{fault:?}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_codec_than_the_file_says_is_recorded_all_the_same() {
    let h265 = SimCamera { codec: Codec::H265, ..SimCamera::named("h265") };
    let other = SimCamera { faults: vec![Fault::OtherCodec], ..h265.clone() };
    let sim = simulator(vec![
        SimCamera::named("h264"),
        h265,
        SimCamera { name: "other".into(), ..other },
    ]);
    let (a, b) = (Codec::H264, Codec::H265);
    for (name, codec) in
        [("h264", None), ("h264", Some(a)), ("h264", Some(b)), ("h265", None), ("h265", Some(a))]
    {
        let attempt = Attempt { codec, ..attempt(rtsp(&sim.url(name))) };
        let (tray, task) = start(attempt, plain_tools());
        assert!(tray.wait(5, 20).await >= 5, "{name} {codec:?}");
        task.abort();
    }
    // H.265 in packets that are announced as H.264.
    let (tray, task) = start(attempt(rtsp(&sim.url("other"))), plain_tools());
    let ended = tokio::time::timeout(Duration::from_secs(15), task).await.unwrap().unwrap();
    assert!(ended.reason == G::Garbage && ended.text.contains("announces H.264"), "{ended:?}");
    assert!(tray.all().is_empty());
    // Through the child.
    let words = "videotestsrc is-live=true ! video/x-raw,width=320,height=240 \
        ! x264enc tune=zerolatency speed-preset=ultrafast";
    let source = Source::Pipeline { words: words.into() };
    let (tray, task) = start(Attempt { codec: Some(b), ..attempt(source) }, tools());
    assert!(tray.wait(5, 20).await >= 5);
    task.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_that_end_nothing() {
    let faults = [
        Fault::Lose { one_in: 10 },
        Fault::RtpJump { ms: 3_600_000 },
        Fault::RtpJump { ms: -5_000 },
        Fault::Backwards,
        Fault::NewParameters,
        Fault::Freeze,
        Fault::OneFps,
    ];
    let name = |n: usize| format!("cam-{n}");
    let sim = simulator((0..faults.len()).map(|n| SimCamera::named(&name(n))).collect());
    let runs: Vec<_> = (0..faults.len())
        .map(|n| start(attempt(rtsp(&sim.url(&name(n)))), plain_tools()))
        .collect();
    for (n, (tray, _)) in runs.iter().enumerate() {
        assert!(tray.wait(5, 20).await >= 5);
        sim.misbehave(&name(n), faults[n]).unwrap();
    }
    for (n, (tray, task)) in runs.iter().enumerate() {
        let before = tray.pictures().len();
        let more = if faults[n] == Fault::OneFps { 2 } else { 45 };
        let count = tray.wait(before + more, 20).await;
        let fault = faults[n];
        assert!(count >= before + more && !task.is_finished(), "{fault:?}: {before}, {count}");
        let units = tray.pictures();
        let steps: Vec<i64> = units.windows(2).map(|w| w[1].time - w[0].time).collect();
        match fault {
            Fault::Lose { .. } => {
                let seen = counters(tray);
                let missing = seen.windows(2).filter(|w| w[1] != w[0] + 1).count();
                let told = units.iter().filter(|u| u.lost_packets > 0).count();
                assert!(missing > 0 && told == missing, "{missing} holes, {told} told");
            }
            Fault::RtpJump { ms } => {
                // Passed on as it came: judging is the writer's part.
                assert!(steps.iter().any(|s| (s - ms * 90).abs() < 90_000), "{fault:?}: {steps:?}");
            }
            Fault::Backwards => assert!(steps.iter().any(|s| *s < 0)),
            Fault::NewParameters => {
                let (first, last) = (video(&units[0]), video(&units[units.len() - 1]));
                assert_eq!((first.width, last.width), (320, 160));
                let change = units.iter().position(|u| video(u).width == 160).unwrap();
                assert!(units[change].key, "new parameters begin with a key frame");
            }
            _ => {}
        }
        task.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_and_the_way_over_the_child() {
    let login = |scheme| SimLogin { user: "rec".into(), password: "sword:fish".into(), scheme };
    use beadle::simulate::Scheme;
    let sim = simulator(vec![
        SimCamera { login: Some(login(Scheme::Basic)), ..SimCamera::named("basic") },
        SimCamera { login: Some(login(Scheme::Digest)), ..SimCamera::named("digest") },
    ]);
    for name in ["basic", "digest"] {
        let url = sim.url(name);
        let (tray, task) = start(attempt(with_login(&url, "rec", "sword:fish")), plain_tools());
        assert!(tray.wait(20, 20).await >= 20, "{name}: {:?}", task.is_finished());
        task.abort();
        for source in [with_login(&url, "rec", "wrong"), rtsp(&url)] {
            let (_, task) = start(attempt(source), plain_tools());
            assert_eq!(task.await.unwrap().reason, G::WrongPassword, "{name}");
        }
        // The simulator has no UDP.
        let login = Login { user: "rec".into(), password: "sword:fish".into() };
        let source = Source::Rtsp { url, login: Some(login), transport: Transport::Udp };
        let (_, task) = start(attempt(source), tools());
        let ended = task.await.unwrap();
        assert_eq!(ended.reason, G::Refused, "{}", ended.text);
        assert!(ended.text.contains("leave out transport"), "{}", ended.text);
    }
}
