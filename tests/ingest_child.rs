//! The second ingest with the real `beadle-pictures`: words of the file, cameras over UDP, and
//! children that die.

mod tray;

use std::time::{Duration, Instant};

use beadle::footage::{Codec, GapReason as G};
use beadle::ingest::{Source, record};
use tray::*;

const H264: &str = "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=50/1 \
    ! x264enc tune=zerolatency key-int-max=25 speed-preset=ultrafast";

fn words(words: &str) -> Source {
    Source::Pipeline { words: words.to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_the_file_give_pictures() {
    let h265 = "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=50/1 \
        ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25";
    for (text, codec, head, sets) in
        [(H264, Codec::H264, 1, [7u8, 8].as_slice()), (h265, Codec::H265, 1, &[32, 33, 34])]
    {
        let (tray, task) = start(attempt(words(text)), tools());
        assert!(tray.wait(100, 30).await >= 100, "{text}: {:?}", task.is_finished());
        let units = tray.pictures();
        let params = video(&units[0]);
        assert_eq!((params.codec, params.width, params.height), (codec, 320, 240));
        assert_eq!(params.config[0], head, "avcC and hvcC begin with version 1");
        assert!(units[0].key && units.iter().any(|u| !u.key));
        for unit in &units {
            let kinds = nal_kinds(unit);
            assert!(!kinds.is_empty() && !kinds.iter().any(|k| sets.contains(k)), "{kinds:?}");
        }
        // 50 a second: 1,800 ticks apart, and none missing.
        assert!(units.windows(2).all(|w| w[1].time - w[0].time == 1_800));
        assert!(!task.is_finished());
        task.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_do_not_record_say_what_to_write() {
    let table = [
        ("videotestsrc ! nosuchthing", G::Pipeline, "nosuchthing"),
        ("videotestsrc ! x264enc ! fakesink", G::Pipeline, "not understood"),
        ("videotestsrc !", G::Pipeline, "not understood"),
        ("", G::Pipeline, "not understood"),
        ("videotestsrc", G::Codec, "add ! x264enc tune=zerolatency"),
        ("videotestsrc num-buffers=9 ! jpegenc", G::Codec, "add ! jpegdec ! x264enc"),
        ("audiotestsrc", G::Codec, "ends in audio/x-raw"),
        ("videotestsrc num-buffers=30 ! x264enc", G::Pipeline, "came to its end"),
        ("v4l2src device=/dev/video99 ! x264enc", G::Pipeline, "/dev/video99"),
    ];
    for (text, reason, said) in table {
        let ended = record(attempt(words(text)), tools(), Tray::default()).await;
        assert!(ended.reason == reason && ended.text.contains(said), "{text}: {ended:?}");
        assert!(!ended.text.contains("beadle-end"), "{}", ended.text);
    }
}

/// Process ids of children of this test process that run `ingest` with this text in their threads'
/// names cannot be told apart from outside, so each test that needs one starts exactly one.
fn child_pid() -> i32 {
    let me = std::process::id();
    for _ in 0..100 {
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
                continue;
            };
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            let Some((name, rest)) = stat.rsplit_once(')') else {
                continue;
            };
            let parent = rest.split_whitespace().nth(1).and_then(|p| p.parse().ok());
            if parent == Some(me) && name.contains("(beadle-pictures") {
                return pid;
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no child of ours");
}

fn signal(pid: i32, signal: nix::sys::signal::Signal) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal).unwrap();
}

fn alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

/// One test, because each part has to know its own child among the children of this process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_dies_or_hangs_costs_only_itself() {
    // This program runs the other tests beside this one, so a process of its own holds the
    // children.
    if std::env::var_os("BEADLE_TEST_ALONE").is_none() {
        let me = std::env::current_exe().unwrap();
        let name = "a_child_that_dies_or_hangs_costs_only_itself";
        let status = tokio::process::Command::new(me)
            .args([name, "--exact", "--nocapture"])
            .env("BEADLE_TEST_ALONE", "1")
            .status()
            .await
            .unwrap();
        assert!(status.success());
        return;
    }
    use nix::sys::signal::Signal::{SIGKILL, SIGSTOP};

    let (tray, task) = start(attempt(words(H264)), tools());
    tray.wait(10, 30).await;
    signal(child_pid(), SIGKILL);
    let ended = tokio::time::timeout(Duration::from_secs(3), task).await.unwrap().unwrap();
    assert!(ended.reason == G::Pipeline && ended.text.contains("signal 9"), "{ended:?}");

    // Dropped by the supervisor: gone at once.
    let (tray, task) = start(attempt(words(H264)), tools());
    tray.wait(10, 30).await;
    let pid = child_pid();
    task.abort();
    let _ = task.await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!alive(pid), "the child outlived its attempt");

    // Hanging: killed when its time is over.
    let (tray, task) = start(attempt(words(H264)), tools());
    tray.wait(10, 30).await;
    let pid = child_pid();
    signal(pid, SIGSTOP);
    let began = Instant::now();
    let ended = task.await.unwrap();
    assert!(ended.reason == G::Pipeline && ended.text.contains("hung"), "{ended:?}");
    assert!((12..16).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!alive(pid), "the hanging child was left");
}

#[test]
fn the_child_leaves_no_core_and_lets_nobody_look_into_it() {
    use std::os::fd::OwnedFd;
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_beadle-pictures"))
        .arg("ingest")
        .stdin(OwnedFd::from(theirs))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // It waits for its job, with a camera's password in it.
    let limits = format!("/proc/{}/limits", child.id());
    let late = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let limited = |text: String| {
        let line = text.lines().find(|l| l.starts_with("Max core file size"));
        line.map(|l| l.split_whitespace().skip(4).take(2).all(|word| word == "0"))
    };
    while std::fs::read_to_string(&limits).ok().and_then(limited) != Some(true) {
        assert!(std::time::Instant::now() < late, "a dump of it would hold the password");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    drop(ours);
    let _ = child.kill(); // it may have ended with its socket
    child.wait().unwrap();
}
