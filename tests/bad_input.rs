//! Bad input to the real program: a clear message or state, nothing else harmed, nothing lost.
//!
//! What takes minutes (a GOP of a minute, no key frame at all, pictures of 8K) runs with `SLOW=1`.

#![cfg(feature = "simulate")]

mod rig;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use beadle::footage::GapReason as G;
use beadle::simulate::{Fault, Scheme, SimCamera, SimHandle, SimLogin};
use beadle::wire::{CameraState, DiskState, Status};
use rig::*;

fn steady() -> SimHandle {
    simulator(vec![SimCamera::named("steady")])
}

fn records(status: &Status, id: &str) -> bool {
    let camera = camera(status, id);
    camera.state == CameraState::Recording && camera.frames > 30
}

/// Puts something that is no site file at a path.
type Spoil = fn(&Path);

const SPOILED: [(&str, Spoil, &str); 6] = [
    ("missing", |_| (), "is not there"),
    ("a folder", |path| std::fs::create_dir(path).unwrap(), "is a folder"),
    ("empty", |path| std::fs::write(path, b"").unwrap(), "is empty"),
    ("binary", |path| std::fs::write(path, noise(100_000)).unwrap(), "not"),
    ("50 MB", |path| std::fs::write(path, vec![b'a'; 50_000_000]).unwrap(), "larger than"),
    (
        "a pipe",
        |path| nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap(),
        "not a file",
    ),
];

fn noise(bytes: usize) -> Vec<u8> {
    let mut x = 88_172_645_463_325_252_u64;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x as u8
    };
    (0..bytes).map(|_| next()).collect()
}

fn clear(path: &Path) {
    let _ = std::fs::remove_dir(path);
    let _ = std::fs::remove_file(path);
}

#[test]
fn a_first_start_with_no_file_says_so_and_leaves_nothing() {
    for (what, spoil, words) in SPOILED {
        let place = Place::new();
        spoil(&place.config);
        let said = refuses(place.command());
        assert!(said.contains(words), "{what}: {said}");
        assert!(said.contains("site.kdl"), "{what}: {said}");
        assert!(place.left_no_trace(), "{what}");
        if what == "a pipe" {
            continue; // `check` and `plan` read pipes: `beadle check <(make-site)`
        }
        for verb in ["check", "plan"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
            command.arg(verb).arg(&place.config);
            command.env("BEADLE_SOCKET", place.path("nobody"));
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned()
                + &String::from_utf8_lossy(&output.stdout);
            assert!(!output.status.success() && said.len() > 20, "{verb}, {what}: {said}");
            assert!(!said.contains("panicked"), "{verb}, {what}: {said}");
        }
    }
}

#[test]
fn a_file_that_may_not_be_read_says_so() {
    let place = Place::new();
    place.write(&site(&[("a".into(), "rtsp://127.0.0.1:9/a".into())], None));
    std::fs::set_permissions(&place.config, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything, so the program runs as nobody.
    let said = refuses(place.as_nobody().unwrap_or_else(|| place.command()));
    assert!(said.contains("ermission denied") && said.contains("site.kdl"), "{said}");
    assert!(place.left_no_trace());
}

#[test]
fn a_file_that_is_spoiled_while_it_runs_changes_nothing() {
    let sim = steady();
    let place = Place::new();
    let good = site(&all(&sim), None);
    place.write(&good);
    let run = place.run();
    run.until("it records", 30, |s| records(s, "steady"));
    for (what, spoil, words) in SPOILED {
        clear(&place.config);
        spoil(&place.config);
        let status = run.until(what, 15, |s| s.file.stale);
        let text = &status.verdict.text;
        assert_eq!(camera(&status, "steady").state, CameraState::Recording, "{what}");
        let told = status.alarms.iter().any(|a| a.text.contains("stays in force"));
        assert!(told && text.contains("site.kdl"), "{what}: {text}");
        let findings = status.file.findings.iter().map(|f| f.rendered.as_str());
        let all = findings.chain([text.as_str()]).collect::<String>();
        assert!(all.contains(words), "{what}: {all}");
        clear(&place.config);
        place.write(&good);
        let status = run.until("the good file is back", 15, |s| !s.file.stale);
        assert_eq!(status.file.revision, 1, "{what}");
    }
    let (_, gaps) = run.footage();
    run.stop();
    unharmed(&place, &gaps, "steady");

    // And a start with a spoiled file goes on with the last good copy.
    place.write("cameras {");
    let run = place.run();
    let status = run.until("the last good copy", 30, |s| records(s, "steady"));
    assert_eq!(status.file.source, "the last good copy");
    assert!(status.file.stale && status.alarms[0].text.contains("last good copy"));
    let (_, gaps) = run.footage();
    assert!(gaps.iter().all(|g| g.reason == G::Stopped), "{gaps:?}");
    run.stop();
}

#[test]
fn a_state_folder_that_cannot_be_one_says_so() {
    let place = Place::new();
    place.write(&site(&[("a".into(), "rtsp://127.0.0.1:9/a".into())], None));
    std::fs::write(&place.state, "in its place").unwrap();
    let said = refuses(place.command());
    assert!(said.contains("state") && said.contains(place.state.to_str().unwrap()), "{said}");

    std::fs::remove_file(&place.state).unwrap();
    std::fs::create_dir(&place.state).unwrap();
    let Some(command) = place.as_nobody() else {
        eprintln!("SKIPPED: only root can run it as somebody else");
        return;
    };
    let said = refuses(command);
    assert!(said.contains("state") && said.contains("ermission denied"), "{said}");
    assert_eq!(std::fs::read_dir(&place.state).unwrap().count(), 0);
    assert!(!place.footage.exists() && !place.socket.exists());
}

/// A file system of its own for the state folder; unmounted when dropped.
struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_state_folder_that_fills_stops_no_recording() {
    let sim = steady();
    let place = Place::new();
    place.write(&site(&all(&sim), None));
    std::fs::create_dir(&place.state).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=8m", "none"]).arg(&place.state);
    if !mount.status().is_ok_and(|s| s.success()) {
        eprintln!("SKIPPED: only root may mount a file system of 8 MB");
        return;
    }
    let _mounted = Mounted(&place.state);
    let run = place.run();
    run.until("it records", 30, |s| records(s, "steady"));

    let full = place.state.join("ballast");
    let fill = || {
        let mut bytes = 8 << 20;
        while bytes > 0 {
            use std::io::Write;
            let mut file =
                std::fs::OpenOptions::new().create(true).append(true).open(&full).unwrap();
            bytes = if file.write_all(&vec![0; bytes]).is_ok() { bytes } else { bytes / 2 };
        }
    };
    fill();
    place.write(&site(&all(&sim), None).replace("Simulated school", "Another name"));
    let status = run.until("the edit cannot be kept", 15, |s| s.file.stale);
    assert_eq!(status.site, "Simulated school");
    assert!(status.verdict.text.contains("cannot be kept"), "{:?}", status.verdict);
    std::fs::remove_file(&full).unwrap();

    fill();
    let before = camera(&run.status().unwrap(), "steady").frames;
    // Segments end and begin meanwhile, which the index cannot write down.
    run.until("the index fails", 150, |s| s.alarms.iter().any(|a| a.text.contains("index")));
    let status = run.until("it records on", 10, |s| camera(s, "steady").frames > before + 30);
    assert_eq!(camera(&status, "steady").state, CameraState::Recording);
    std::fs::remove_file(&full).unwrap();
    run.until("the index is made again", 150, |s| {
        !s.alarms.iter().any(|a| a.text.contains("index")) && s.index.rebuilding.is_none()
    });
    let (segments, gaps) = run.footage();
    run.stop();
    unharmed(&place, &gaps, "steady");
    let closed: u64 = segments.iter().map(|s| u64::from(s.frames)).sum();
    let there = recorded(&place.footage, "steady").frames;
    // The newest segment may still have been open when the list was made.
    assert!(closed + 15 * 70 > there, "{closed} of {there} frames are in the index");
}

#[test]
fn an_index_that_is_spoiled_while_it_runs_is_made_again() {
    let sim = steady();
    let place = Place::new();
    place.write(&site(&all(&sim), None));
    let run = place.run();
    run.until("it records", 30, |s| records(s, "steady"));
    for tail in ["", "-wal", "-shm"] {
        let path = place.state.join(format!("index.sqlite{tail}"));
        let bytes = std::fs::metadata(&path).unwrap().len() as usize;
        use std::os::unix::fs::FileExt;
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&noise(bytes.max(4096)), 0).unwrap();
    }
    let aside = place.state.join("index.sqlite.damaged-1");
    run.until("it is set aside and made again", 150, |s| {
        aside.exists() && s.index.rebuilding.is_none() && s.index.segments > 0
    });
    let status =
        run.until("the alarm is over", 60, |s| !s.alarms.iter().any(|a| a.text.contains("index")));
    assert_eq!(camera(&status, "steady").state, CameraState::Recording);
    let (_, gaps) = run.footage();
    run.stop();
    unharmed(&place, &gaps, "steady");
}

#[test]
fn a_disk_that_is_not_ours_is_never_written_to() {
    let sim = steady();
    let foreign = r#"{"version":1,"disk":"00112233445566778899aabbccddeeff","site":"another",
        "created":"2026-01-01T00:00:00Z","last_box":"x"}"#;
    let newer = r#"{"version": 9}"#;
    for (what, identity, words) in [
        ("foreign", foreign, "another site"),
        ("newer", newer, "newer Beadle"),
        ("damaged", "{", "cannot be read"),
    ] {
        let mut place = Place::new();
        place.as_filed = true;
        let (bad, good) = (place.path("footage"), place.path("second"));
        std::fs::create_dir(&bad).unwrap();
        std::fs::write(bad.join("beadle-disk.json"), identity).unwrap();
        let storage = |folders: &str| {
            site(&all(&sim), None)
                + "storage because=\"A test\" {\n    footage "
                + folders
                + "\n}\n"
        };
        place.write(&storage(&format!("{bad:?}")));
        let run = place.run();
        let status = run.until(what, 30, |s| s.disks[0].state == DiskState::Foreign);
        let why = status.disks[0].why.clone().unwrap();
        assert!(why.contains(words), "{what}: {why}");
        assert!(status.verdict.text.contains("footage disk"), "{what}: {:?}", status.verdict);
        assert_eq!(camera(&status, "steady").reason, Some(G::NoDisk), "{what}");
        // A second disk takes the cameras, by an edit.
        place.write(&storage(&format!("{bad:?} {good:?}")));
        run.until("the second disk", 20, |s| records(s, "steady"));
        run.stop();
        let left: Vec<_> =
            std::fs::read_dir(&bad).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["beadle-disk.json"], "{what}");
        assert_eq!(std::fs::read_to_string(bad.join("beadle-disk.json")).unwrap(), identity);
        place.footage = good;
        unharmed(&place, &[], "steady");
    }
}

#[test]
fn what_is_taken_is_said_and_the_one_who_has_it_goes_on() {
    let sim = steady();
    let place = Place::new();
    place.write(&site(&all(&sim), None));
    // The socket of one that died is no obstacle.
    drop(std::os::unix::net::UnixListener::bind(&place.socket).unwrap());
    assert!(place.socket.exists());
    let run = place.run();
    run.until("it records", 30, |s| records(s, "steady"));

    let mut other = Place::new();
    other.write(&site(&all(&sim), None));
    std::fs::write(&other.socket, "in its place").unwrap();
    let said = refuses(other.command());
    assert!(said.contains("is not a socket"), "{said}");
    assert!(other.left_no_trace());
    other.socket = place.socket.clone();
    let said = refuses(other.command());
    assert!(said.contains("another Beadle answers"), "{said}");
    assert!(other.left_no_trace(), "the next start would take this for a crash");
    other.socket = other.path("own");
    other.state = place.state.clone();
    let said = refuses(other.command());
    assert!(said.contains("another Beadle already runs on the state folder"), "{said}");
    assert!(place.state.join("running.json").exists());

    let port = sim.addr().port().to_string();
    let mut simulate = Command::new(env!("CARGO_BIN_EXE_beadle"));
    simulate.args(["simulate", "--cameras", "1", "--port", &port]);
    let said = refuses(simulate);
    assert!(said.contains(&port) && said.contains("--port"), "{said}");

    let (_, gaps) = run.footage();
    let took = run.stop();
    assert!(took < Duration::from_secs(2), "{took:?}");
    unharmed(&place, &gaps, "steady");
    assert!(!place.socket.exists() && !place.state.join("running.json").exists());
}

/// What one camera does wrong, and how it is shown: `None` is recorded all the same.
fn wrong(name: &str, fault: Fault, shown: Option<G>) -> (SimCamera, Option<G>) {
    let own_port = fault == Fault::Refuse;
    let camera = SimCamera { faults: vec![fault], own_port, ..SimCamera::named(name) };
    (camera, shown)
}

fn judge(cameras: Vec<(SimCamera, Option<G>)>, seconds: u64) {
    let shown: Vec<_> = cameras.iter().map(|(c, g)| (c.name.clone(), *g)).collect();
    let mut cameras: Vec<_> = cameras.into_iter().map(|(c, _)| c).collect();
    cameras.push(SimCamera::named("steady"));
    let sim = simulator(cameras);
    let mut all = all(&sim);
    all.push(("no-route".into(), "rtsp://no-such-camera.invalid/main".into()));
    let place = Place::new();
    place.write(&site(&all, Some("recorder")));
    let mut secret = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_beadle");
    let state = place.state.display();
    std::fs::create_dir(&place.state).unwrap();
    secret.arg("-c").arg(format!("echo wrong | {program} secret --state {state} set cameras"));
    assert!(secret.status().unwrap().success());
    let run = place.run();
    let as_wanted = |s: &Status| {
        shown.iter().chain([&("no-route".to_string(), Some(G::NoRoute))]).all(|(id, want)| {
            let is = camera(s, id);
            match want {
                None => is.state == CameraState::Recording && is.frames > 2,
                Some(reason) => {
                    is.state == CameraState::Failed
                        && is.reason == Some(*reason)
                        && is.reason_text.as_ref().is_some_and(|text| text.len() > 10)
                }
            }
        })
    };
    let status = run.until("each camera is shown as it is", seconds, as_wanted);
    for is in &status.cameras {
        eprintln!("{}: {:?} {:?} {:?}", is.id, is.state, is.reason, is.reason_text);
    }
    let (segments, gaps) = run.footage();
    let took = run.stop();
    assert!(took < Duration::from_secs(2), "{took:?}");
    unharmed(&place, &gaps, "steady");
    for (id, want) in &shown {
        let told = gaps.iter().any(|g| g.camera.as_str() == id);
        let recorded = segments.iter().any(|s| s.camera.as_str() == id);
        assert!(want.is_none() && recorded || want.is_some() && told, "{id}");
    }
}

#[test]
fn a_bad_camera_is_told_from_others_and_harms_none() {
    let login =
        SimLogin { scheme: Scheme::Digest, user: "recorder".into(), password: "right".into() };
    let locked = SimCamera { login: Some(login), ..SimCamera::named("wrong-password") };
    judge(
        vec![
            (locked, Some(G::WrongPassword)),
            wrong("http", Fault::Http, Some(G::Refused)),
            wrong("refuses", Fault::Refuse, Some(G::Refused)),
            wrong("hangs-up", Fault::HangUp, Some(G::Closed)),
            wrong("no-stream", Fault::NotFound, Some(G::NoStream)),
            // H.265 in packets that are announced as H.264: nothing of it can be understood.
            wrong("other-codec", Fault::OtherCodec, Some(G::Garbage)),
            wrong("mpeg4", Fault::Mpeg4, Some(G::Codec)),
            wrong("no-parameters", Fault::NoParameters, Some(G::NoKeyFrame)),
            wrong("in-band", Fault::InBandOnly, None),
            wrong("backwards", Fault::Backwards, None),
            wrong("one-fps", Fault::OneFps, None),
        ],
        90,
    );
}

#[test]
fn a_camera_that_needs_patience_gets_it() {
    if std::env::var("SLOW").is_err() {
        eprintln!("SKIPPED: SLOW=1 waits the minutes that this takes");
        return;
    }
    judge(
        vec![
            wrong("long-gop", Fault::LongGop, None),
            wrong("no-key", Fault::NoKeyFrames, Some(G::NoKeyFrame)),
            wrong("huge", Fault::Huge, None),
        ],
        240,
    );
}

/// Files below a folder whose names end like this.
fn files(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path, ending)),
            false if path.to_str().unwrap().ends_with(ending) => found.push(path),
            false => {}
        }
    }
    found
}

#[test]
fn held_footage_has_a_copy_on_the_second_disk_while_it_is_held() {
    use beadle::base::time::{Span, Utc};
    use beadle::wire::{Reply, Request};
    let sim = steady();
    let mut place = Place::new();
    place.as_filed = true;
    let (one, two) = (place.path("one"), place.path("two"));
    let storage = format!(
        "storage because=\"A test\" {{\n    footage {one:?} {two:?}\n    \
         keep-free \"0%\"\n}}\n"
    );
    place.write(&(site(&all(&sim), None) + &storage));
    let run = place.run();
    run.until("it records", 30, |s| records(s, "steady"));
    run.stop(); // closes the segment
    let run = place.run();
    run.until("it records again", 30, |s| records(s, "steady") && s.index.rebuilding.is_none());
    let closed = run.footage().0.into_iter().find(|s| !s.is_open()).unwrap();
    let now = Utc(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64);
    let hold = Request::HoldAdd {
        cameras: vec![],
        start: now + Span::hours(-1),
        end: now,
        reference: "1234".into(),
        reason: "asked for".into(),
        review_days: None,
        class: None,
        case: None,
    };
    let Some(Reply::Hold(hold)) = run.ask(&hold) else { panic!("{}", run.log()) };
    let other = if closed.path.starts_with(one.to_str().unwrap()) { &two } else { &one };
    let copies = || files(&other.join(".beadle/held"), ".mp4");
    let wait = |what: &str, wanted: usize| {
        for _ in 0..200 {
            if copies().len() == wanted {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{what}: {:?}\n{}", copies(), run.log());
    };
    wait("a copy of the closed segment", 1);
    std::thread::sleep(Duration::from_millis(500)); // until it is whole
    assert_eq!(std::fs::read(&copies()[0]).unwrap(), std::fs::read(&closed.path).unwrap());
    assert_eq!(run.footage().0.iter().filter(|s| s.start == closed.start).count(), 1);
    run.ask(&Request::HoldEnd { id: hold.id });
    wait("the copy goes with the hold", 0);
    assert!(Path::new(&closed.path).exists(), "the original is retention's");
    run.stop();
}
