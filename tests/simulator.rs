//! The simulated cameras against clients that know nothing of them: retina, ffmpeg, and a plain
//! socket.

#![cfg(feature = "simulate")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use beadle::footage::Codec;
use beadle::simulate::count::{FrameStamp, frames_in, gaps, tally};
use beadle::simulate::{
    Fault, Scheme, SimAudio, SimCamera, SimHandle, SimLogin, SimOptions, Simulator, listen_at,
};
use futures::StreamExt;
use retina::client::{Credentials, PlayOptions, Session, SessionOptions, SetupOptions};
use retina::codec::{CodecItem, ParametersRef};

/// What retina made of a stream.
#[derive(Default)]
struct Watched {
    stamps: Vec<FrameStamp>,
    times: Vec<i64>,
    keys: usize,
    lost_packets: u32,
    sizes: Vec<(u32, u32)>,
    sounds: usize,
    /// What sender reports say, in Unix seconds.
    told: Vec<i64>,
    ended: Option<String>,
}

fn start(cameras: Vec<SimCamera>) -> SimHandle {
    Simulator::start(SimOptions::new(cameras)).expect("the simulator starts")
}

fn watch(url: &str, login: Option<(&str, &str)>, frames: usize) -> Watched {
    watch_and(url, login, frames, |_| {})
}

/// Watches until so many frames came, the stream ends, or 15 s passed; `at_frame` is told of each
/// frame.
fn watch_and(
    url: &str,
    login: Option<(&str, &str)>,
    frames: usize,
    mut at_frame: impl FnMut(usize),
) -> Watched {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut watched = Watched::default();
    let done = runtime.block_on(async {
        let all = pull(url, login, frames, &mut watched, &mut at_frame);
        tokio::time::timeout(Duration::from_secs(15), all).await
    });
    watched.ended = match done {
        Ok(Ok(())) => None,
        Ok(Err(e)) => Some(e.to_string()),
        Err(_) => Some("nothing came for too long".into()),
    };
    watched
}

async fn pull(
    url: &str,
    login: Option<(&str, &str)>,
    frames: usize,
    watched: &mut Watched,
    at_frame: &mut impl FnMut(usize),
) -> Result<(), retina::Error> {
    let creds = login
        .map(|(user, password)| Credentials { username: user.into(), password: password.into() });
    let options = SessionOptions::default().creds(creds);
    let mut session = Session::describe(url.parse().unwrap(), options).await?;
    for i in 0..session.streams().len() {
        session.setup(i, SetupOptions::default()).await?;
    }
    let mut items = session.play(PlayOptions::default()).await?.demuxed()?;
    while watched.stamps.len() < frames {
        let Some(item) = items.next().await else {
            break;
        };
        let frame = match item? {
            CodecItem::VideoFrame(frame) => frame,
            CodecItem::Rtcp(compound) => {
                for packet in compound.pkts() {
                    if let Ok(Some(report)) = packet.as_sender_report() {
                        let since_1900 = (report.ntp_timestamp().0 >> 32) as i64;
                        watched.told.push(since_1900 - 2_208_988_800);
                    }
                }
                continue;
            }
            CodecItem::AudioFrame(_) => {
                watched.sounds += 1;
                continue;
            }
            _ => continue,
        };
        let parameters = items.streams()[frame.stream_id()].parameters();
        if let Some(ParametersRef::Video(v)) = parameters
            && watched.sizes.last() != Some(&v.pixel_dimensions())
        {
            watched.sizes.push(v.pixel_dimensions());
        }
        let found = frames_in(frame.data());
        assert_eq!(found.len(), 1, "every frame has one stamp");
        watched.stamps.extend(found);
        watched.times.push(frame.timestamp().elapsed());
        watched.keys += usize::from(frame.is_random_access_point());
        watched.lost_packets += u32::from(frame.loss());
        at_frame(watched.stamps.len());
    }
    Ok(())
}

fn steps(times: &[i64]) -> Vec<i64> {
    times.windows(2).map(|w| w[1] - w[0]).collect()
}

#[test]
fn every_frame_of_both_codecs_arrives_and_counts() {
    let h264 = SimCamera::named("h264");
    let h265 = SimCamera { name: "h265".into(), codec: Codec::H265, ..SimCamera::default() };
    let sim = start(vec![h264, h265]);
    for (number, name) in ["h264", "h265"].into_iter().enumerate() {
        // More than one round of the film of 120 pictures would take 8 s; the seam is tested below.
        let seen = watch(&sim.url(name), None, 40);
        assert_eq!(seen.ended, None, "{name}");
        assert_eq!(gaps(&seen.stamps), []);
        assert_eq!(tally(&seen.stamps)[&(number as u16)].frames, 40);
        assert_eq!((seen.keys, seen.lost_packets, &seen.sizes[..]), (2, 0, &[(320, 184)][..]));
        assert!(steps(&seen.times).iter().all(|s| *s == 6_000), "{:?}", seen.times);
        assert!(sim.sent(name) >= 40);
    }
}

#[test]
fn the_film_begins_again_without_a_seam() {
    let fast = SimCamera { fps: 60, gop: 60, ..SimCamera::named("fast") };
    let sim = start(vec![fast]);
    let seen = watch(&sim.url("fast"), None, 60 * 9);
    assert_eq!((seen.ended, seen.keys), (None, 9));
    assert_eq!(gaps(&seen.stamps), []);
    assert!(steps(&seen.times).iter().all(|s| *s == 1_500));
}

#[test]
fn previews_are_smaller_and_never_counted_as_recorded() {
    let sim = start(vec![SimCamera::named("a")]);
    let seen = watch(&sim.preview_url("a"), None, 5);
    assert_eq!((seen.ended, &seen.sizes[..]), (None, &[(160, 88)][..]));
    assert!(seen.stamps.iter().all(|s| s.preview) && tally(&seen.stamps).is_empty());
    assert_eq!(sim.sent("a"), 0);
}

#[test]
fn logins_are_asked_for_and_judged() {
    let login = |scheme| {
        Some(SimLogin { scheme, user: "recorder".into(), password: "right, \"no\"?".into() })
    };
    let camera = |name, scheme| SimCamera { login: login(scheme), ..SimCamera::named(name) };
    let sim = start(vec![camera("basic", Scheme::Basic), camera("digest", Scheme::Digest)]);
    for name in ["basic", "digest"] {
        let right = Some(("recorder", "right, \"no\"?"));
        assert_eq!(watch(&sim.url(name), right, 3).ended, None, "{name}");
        for login in [None, Some(("recorder", "wrong")), Some(("other", "right, \"no\"?"))] {
            let refused = watch(&sim.url(name), login, 1);
            let why = refused.ended.expect("refused");
            assert!(why.contains("401") || why.contains("nauthorized"), "{name} {login:?}: {why}");
        }
        sim.misbehave(name, Fault::RefuseLogin).unwrap();
        assert!(watch(&sim.url(name), right, 1).ended.is_some());
    }
}

#[test]
fn losses_are_counted_to_the_frame() {
    let sim = start(vec![SimCamera::named("a")]);
    let url = sim.url("a");
    let seen = watch_and(&url, None, 40, |n| {
        if n == 5 {
            sim.misbehave("a", Fault::LoseNext { frames: 3 }).unwrap();
        }
    });
    let holes = gaps(&seen.stamps);
    assert_eq!(holes.iter().map(|g| g.missing).sum::<u32>(), 3);
    assert!(seen.lost_packets > 0, "lost packets show in the sequence numbers");
    sim.misbehave("a", Fault::Skip { one_in: 5 }).unwrap();
    let seen = watch(&url, None, 20);
    assert!(gaps(&seen.stamps).len() >= 4 && seen.lost_packets == 0, "{:?}", seen.stamps);
}

#[test]
fn pictures_and_clocks_go_wrong_on_command() {
    let sim = start(vec![SimCamera::named("a")]);
    let url = sim.url("a");
    let after = |fault: Fault, frames: usize| {
        let seen = watch_and(&url, None, frames, |n| {
            if n == 4 {
                sim.misbehave("a", fault).unwrap();
            }
        });
        sim.heal("a").unwrap();
        seen
    };
    let seen = after(Fault::NewParameters, 20);
    assert_eq!(seen.sizes, [(320, 184), (160, 88)]);
    assert_eq!(gaps(&seen.stamps), []);
    let seen = after(Fault::RtpJump { ms: 60_000 }, 20);
    assert!(steps(&seen.times).contains(&(60 * 90_000 + 6_000)), "{:?}", seen.times);
    let seen = after(Fault::Backwards, 20);
    assert!(steps(&seen.times).iter().filter(|s| **s < 0).count() > 5, "{:?}", seen.times);
    let seen = after(Fault::BFrames, 30);
    assert!(steps(&seen.times).contains(&-12_000), "{:?}", seen.times);
    for fault in [Fault::Black, Fault::Freeze] {
        let seen = after(fault, 20);
        assert_eq!((seen.ended, gaps(&seen.stamps)), (None, vec![]), "{fault}");
    }
    sim.misbehave("a", Fault::NoKeyFrames).unwrap();
    let seen = watch(&url, None, 40);
    assert_eq!((seen.keys, gaps(&seen.stamps)), (0, vec![]));
}

#[test]
fn odd_cameras_are_odd_from_the_start() {
    let odd = |fault, name| SimCamera { faults: vec![fault], ..SimCamera::named(name) };
    let sim = start(vec![
        odd(Fault::NtpJump { ms: -7_200_000 }, "clock"),
        odd(Fault::OneFps, "slow"),
        odd(Fault::LongGop, "long"),
        odd(Fault::Huge, "huge"),
    ]);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
    let seen = watch(&sim.url("clock"), None, 20);
    assert!(seen.told.iter().all(|t| (t - now + 7_200).abs() < 30) && !seen.told.is_empty());
    let seen = watch(&sim.url("slow"), None, 4);
    assert_eq!((seen.ended, steps(&seen.times)), (None, vec![90_000; 3]));
    let seen = watch(&sim.url("long"), None, 100);
    assert_eq!((seen.ended, seen.keys), (None, 1));
    let seen = watch(&sim.url("huge"), None, 20);
    assert_eq!((seen.ended, &seen.sizes[..]), (None, &[(7680, 4320)][..]));
}

#[test]
fn a_stalled_camera_comes_back_at_a_key_frame() {
    let sim = start(vec![SimCamera::named("a")]);
    let (url, mut stalled) = (sim.url("a"), None);
    std::thread::scope(|scope| {
        let seen = watch_and(&url, None, 20, |n| {
            if n == 5 {
                sim.misbehave("a", Fault::Stall).unwrap();
                stalled = Some(Instant::now());
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_secs(1));
                    sim.heal("a").unwrap();
                });
            }
        });
        assert_eq!((seen.ended, seen.keys), (None, 2));
        let missing: u32 = gaps(&seen.stamps).iter().map(|g| g.missing).sum();
        assert!((13..=18).contains(&missing), "about a second at 15 a second: {missing}");
    });
    assert!(stalled.unwrap().elapsed() > Duration::from_secs(1));
}

#[test]
fn connections_go_wrong_on_command() {
    let alone = SimCamera { own_port: true, ..SimCamera::named("alone") };
    let sim = start(vec![alone, SimCamera::named("shared")]);
    assert!(sim.misbehave("shared", Fault::Refuse).is_err(), "it shares its port");
    for fault in
        [Fault::Refuse, Fault::HangUp, Fault::Http, Fault::NotFound, Fault::Garbage, Fault::Mpeg4]
    {
        sim.misbehave("alone", fault).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let seen = watch(&sim.url("alone"), None, 30);
        assert!(seen.ended.is_some(), "{fault} should end it");
        sim.heal("alone").unwrap();
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(watch(&sim.url("alone"), None, 2).ended, None, "healed of {fault}");
    }
    let seen = watch_and(&sim.url("shared"), None, 50, |n| {
        if n == 3 {
            sim.misbehave("shared", Fault::Close).unwrap();
        }
    });
    assert!((3..6).contains(&seen.stamps.len()), "closed after three: {}", seen.stamps.len());
    assert!(watch(&format!("rtsp://{}/nobody", sim.addr()), None, 1).ended.is_some());
}

#[test]
fn parameter_sets_may_come_in_band_only() {
    let sim = start(vec![
        SimCamera { faults: vec![Fault::InBandOnly], ..SimCamera::named("h264") },
        SimCamera { faults: vec![Fault::Dribble], ..SimCamera::named("dribble") },
    ]);
    for name in ["h264", "dribble"] {
        let seen = watch(&sim.url(name), None, 20);
        assert_eq!(
            (seen.ended, gaps(&seen.stamps), &seen.sizes[..]),
            (None, vec![], &[(320, 184)][..])
        );
    }
    sim.misbehave("h264", Fault::NoParameters).unwrap();
    let seen = watch(&sim.url("h264"), None, 20);
    assert_eq!((seen.stamps.len(), &seen.sizes[..]), (20, &[][..]), "frames, but no parameters");
}

#[test]
fn ffmpeg_decodes_picture_and_sound_without_a_word() {
    let camera = |name, codec, audio| SimCamera { codec, audio, ..SimCamera::named(name) };
    let sim = start(vec![
        camera("h264", Codec::H264, Some(SimAudio::Alaw)),
        camera("h265", Codec::H265, Some(SimAudio::Aac)),
        SimCamera { faults: vec![Fault::BFrames], ..SimCamera::named("b") },
    ]);
    for name in ["h264", "h265", "b"] {
        let out = Command::new("ffmpeg")
            .args(["-v", "warning", "-rtsp_transport", "tcp", "-i", &sim.url(name)])
            .args(["-t", "3", "-map", "0", "-f", "null", "-"])
            .output()
            .expect("ffmpeg is installed");
        assert!(out.status.success());
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(said, "", "{name}");
    }
    let seen = watch(&sim.url("h264"), None, 30);
    assert!((45..=55).contains(&seen.sounds), "25 packets a second: {}", seen.sounds);
    assert!(watch(&sim.url("h265"), None, 30).sounds > 25);
}

#[test]
fn a_client_that_takes_nothing_is_dropped_after_three_seconds() {
    // 8 Mbit/s fill the buffers of both ends (under 1 MB here) in about a second.
    let heavy = SimCamera { kbps: 8_000, size: (640, 360), ..SimCamera::named("heavy") };
    let sim = start(vec![heavy]);
    let mut client = TcpStream::connect(sim.addr()).unwrap();
    let url = sim.url("heavy");
    let mut ask = |text: String| {
        client.write_all(text.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let n = client.read(&mut answer).unwrap();
        assert!(answer[..n].starts_with(b"RTSP/1.0 200"), "{text}");
    };
    ask(format!(
        "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n\
         Transport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    ));
    ask(format!("PLAY {url} RTSP/1.0\r\nCSeq: 2\r\n\r\n"));
    let began = Instant::now();
    while sim.dropped("heavy") == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "never dropped");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(began.elapsed() > Duration::from_secs(3));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(sim.connections("heavy"), 0);
}

#[test]
fn orders_come_over_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control");
    let sim = std::sync::Arc::new(start(vec![SimCamera::named("a"), SimCamera::named("b")]));
    listen_at(&path, sim.clone()).unwrap();
    let mut socket = std::os::unix::net::UnixStream::connect(&path).unwrap();
    let mut ask = |line: &str| {
        writeln!(socket, "{line}").unwrap();
        let mut answer = String::new();
        let mut reader = std::io::BufReader::new(&socket);
        while !answer.ends_with("ok\n") && !answer.starts_with("no: ") {
            std::io::BufRead::read_line(&mut reader, &mut answer).unwrap();
        }
        answer
    };
    assert_eq!(ask("* stall"), "ok\n");
    assert_eq!(ask("a lose:7"), "ok\n");
    assert_eq!(sim.faults("a"), [Fault::Stall, Fault::Lose { one_in: 7 }]);
    assert!(ask("status").contains("b sent=0 connections=0 dropped=0 faults=stall\n"));
    assert_eq!(ask("heal *"), "ok\n");
    assert!(sim.faults("a").is_empty());
    assert!(ask("c stall").starts_with("no: no camera"));
    assert!(ask("a dance").contains("is no fault"));
}

/// CPU seconds of the thread that serves.
fn simulator_seconds() -> f64 {
    let mut seconds = 0.0;
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if read("comm").trim() == "simulator" {
            let nanos = read("schedstat").split(' ').next().and_then(|n| n.parse::<f64>().ok());
            seconds += nanos.unwrap_or(0.0) / 1e9;
        }
    }
    seconds
}

/// Slow, and a figure of the machine: `just slow --test simulator`.
#[test]
fn serving_512_cameras_takes_less_than_half_a_core() {
    const SECS: u64 = 15;
    if std::env::var("SLOW").is_err() {
        println!("SKIPPED: takes a minute and measures this machine; set SLOW=1");
        return;
    }
    for n in [64u16, 512] {
        let camera = |i: u16| SimCamera {
            size: (1920, 1080),
            kbps: 2_000,
            title: "Bench".into(),
            scene: (i % 4) as u8,
            ..SimCamera::named(&format!("cam-{i}"))
        };
        let sim = start((0..n).map(camera).collect());
        let names = sim.names();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (busy, sent) = runtime.block_on(async {
            for name in &names {
                tokio::spawn(swallow(sim.url(name)));
            }
            tokio::time::sleep(Duration::from_secs(4)).await;
            let frames = || names.iter().map(|name| sim.sent(name)).sum::<u64>();
            let before = (simulator_seconds(), frames());
            tokio::time::sleep(Duration::from_secs(SECS)).await;
            (simulator_seconds() - before.0, frames() - before.1)
        });
        let percent = busy / SECS as f64 * 100.0;
        println!(
            "{n} cameras: {percent:.1} % of a core, {:.3} % each, {sent} frames in {SECS} s",
            percent / f64::from(n)
        );
        let due = u64::from(n) * 15 * SECS;
        assert!(sent.abs_diff(due) < due / 50, "{sent} of {due} frames were sent");
        assert!(names.iter().all(|name| sim.dropped(name) == 0));
        assert!(percent < 50.0);
    }
}

/// Plays one stream and throws it away, one read per frame where the kernel allows it.
async fn swallow(url: String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let at = url.split('/').nth(2).unwrap().to_string();
    let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
    let mut bytes = vec![0; 64 * 1024];
    for ask in [
        format!("SETUP {url}/trackID=0 RTSP/1.0\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"),
        format!("PLAY {url} RTSP/1.0\r\n\r\n"),
    ] {
        stream.write_all(ask.as_bytes()).await.unwrap();
        assert!(stream.read(&mut bytes).await.unwrap() > 0);
    }
    while stream.read(&mut bytes).await.unwrap_or(0) > 0 {}
}
