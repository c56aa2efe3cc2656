//! `beadle demo`: cameras, recorder and console in one command, everything in one folder.
//!
//! 1. `site.kdl` is written into the folder, with the port where the simulated cameras will be.
//! 2. `beadle simulate` is started; its first line of output says that the cameras can be reached.
//! 3. `beadle run` is started on that file; the demo waits until its socket answers.
//! 4. Its first two people are enrolled, with passphrases that the folder's `README.txt` tells;
//!    with `--for` one of them logs in.
//! 5. The console, until somebody leaves it; or, without a terminal or with `--for`, a line of
//!    status every two seconds.
//! 6. The recorder is stopped, which closes every file; then the cameras.
//! 7. After 5 without a console: the recorded files are searched for the stamp that every frame
//!    carries, and each camera must have every one.
//!
//! Both children are told to end when this process does, however it ends.

mod children;
mod people;
mod tally;

use std::io::IsTerminal;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::children::Child;
pub use self::tally::Stamp;
use super::{Failure, ask_status, footage, print};
use crate::base::time::{Span, Utc};
use crate::console::run::{Options, run as show};
use crate::console::words;
use crate::footage::Segment;
use crate::socket::dial::Client;
use crate::wire::{CameraState, Status};

/// What the demo file says; replaced by where the cameras really are.
const PORT_IN_FILE: &str = "127.0.0.1:8554";
/// Encoding the films of the cameras, once: a minute on one slow core.
const CAMERAS_READY: Duration = Duration::from_secs(180);
/// The recorder's socket answers in well under a second; a slow disk may take its time.
const RECORDER_READY: Duration = Duration::from_secs(20);
/// Without a terminal and without `--for`.
const LENGTH: Duration = Duration::from_secs(20);
const LINE_EVERY: Duration = Duration::from_secs(2);

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Without the console: run so long (20s, 2m), check that no frame is missing, and end
    #[arg(long = "for", value_name = "TIME", value_parser = length)]
    length: Option<Duration>,
    /// So many made-up cameras instead of the little school
    #[arg(long, value_name = "N")]
    cameras: Option<u16>,
    /// Where everything goes [default: beadle-demo in the folder for temporary files]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// What the demo takes from elsewhere in the program.
pub struct Kit {
    /// The embedded demo file.
    pub file: &'static str,
    /// Every stamp of a recorded stream in these bytes, in their order.
    pub stamps: fn(&[u8]) -> Vec<Stamp>,
}

/// The little school of the demo file, and the stamps of the simulated cameras.
pub const KIT: Kit =
    Kit { file: include_str!("../../../configs/demo.kdl"), stamps: stamps_of_main_streams };

fn stamps_of_main_streams(bytes: &[u8]) -> Vec<Stamp> {
    let found = crate::simulate::count::frames_in(bytes).into_iter().filter(|s| !s.preview);
    found.map(|s| Stamp { camera: s.camera, counter: s.counter, wall_ms: s.wall_ms }).collect()
}

/// `20s`, `2m`, `1h`, or seconds alone.
fn length(text: &str) -> Result<Duration, String> {
    let fault = || format!("\"{text}\" is not a length of time; write it like 20s or 2m");
    let digits = text.trim_end_matches(['s', 'm', 'h']);
    let unit = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(fault()),
    };
    let seconds = digits.parse::<u32>().map_err(|_| fault())?;
    Ok(Duration::from_secs(u64::from(seconds) * unit))
}

/// # Errors
/// A part does not start, or a frame is missing.
pub fn run(args: &Args, kit: &Kit) -> Result<(), Failure> {
    let folder = args.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("beadle-demo"));
    let folder = prepare(&folder)?;
    let socket = folder.join("beadle.sock");
    if Client::connect(&socket).is_ok() {
        return Err(Failure::refused(format!(
            "A demo runs in {} already. Look at it with beadle console --socket {}, \
             or give this one another --folder.",
            folder.display(),
            socket.display()
        )));
    }
    let site = folder.join("site.kdl");
    let quiet = args.length.is_some() || !std::io::stdout().is_terminal();
    print(&format!("Everything of this demo is in {}.", folder.display()))?;
    print("Starting the simulated cameras; the first time their films are made, about a minute.")?;
    let mut cameras = start_cameras(args, kit, &folder, &site)?;
    let mut recorder = start_recorder(&folder, &site, &socket)?;
    let since = ask_status(&mut Client::connect(&socket)?)?.now;
    // Made-up sites have one person, and two begin.
    let known = args.cameras.is_none() && people::settle(&mut Client::connect(&socket)?, &folder)?;
    let shown = if quiet {
        let length = args.length.unwrap_or(LENGTH);
        let mut client = Client::connect(&socket)?;
        if known {
            people::log_in(&mut client, &folder)?;
        }
        watch((client, since), length, &mut [&mut recorder, &mut cameras]).map(Some)
    } else {
        let options = Options { socket: socket.clone(), leaving: "end the demo", record: None };
        show(options).map(|()| None).map_err(Failure::refused)
    };
    // Stopped in any case, so that files are closed even when something went wrong.
    let stopped = recorder.stop();
    cameras.stop().and(stopped)?;
    if let Some(seen) = shown? {
        check(&seen, kit)?;
    }
    print(&format!("The recordings stay in {}: delete it when you like.", folder.display()))
}

/// A folder of our own, nobody else's to read.
fn prepare(folder: &Path) -> Result<PathBuf, Failure> {
    let fault = |e: std::io::Error| {
        let folder = folder.display();
        Failure::refused(format!("The folder {folder}: {e}. Give another with --folder."))
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
    folder.canonicalize().map_err(fault)
}

fn write_site(kit: &Kit, site: &Path) -> Result<(), Failure> {
    let fault = |e: std::io::Error| Failure::refused(format!("Writing {}: {e}.", site.display()));
    // Free now; should somebody take it before the cameras do, they say so.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
    let address = free.map_err(fault)?;
    let text = kit.file.replace(PORT_IN_FILE, &address.to_string());
    std::fs::write(site, text).map_err(fault)
}

fn start_cameras(args: &Args, kit: &Kit, folder: &Path, site: &Path) -> Result<Child, Failure> {
    let mut words: Vec<String> = vec!["simulate".into()];
    let site_word = site.display().to_string();
    match args.cameras {
        Some(n) => words.extend(["--cameras".into(), n.to_string(), "--write-site".into()]),
        None => {
            write_site(kit, site)?;
            words.push("--kdl".into());
        }
    }
    words.push(site_word);
    let mut cameras = Child::start(&words, &folder.join("simulate.log"))?;
    cameras.wait_for_line(CAMERAS_READY)?;
    Ok(cameras)
}

fn start_recorder(folder: &Path, site: &Path, socket: &Path) -> Result<Child, Failure> {
    let word = |path: &Path| path.display().to_string();
    let words = [
        "run".into(),
        "--config".into(),
        word(site),
        "--state".into(),
        word(&folder.join("state")),
        "--footage".into(),
        word(&folder.join("footage")),
        "--socket".into(),
        word(socket),
    ];
    let mut recorder = Child::start(&words, &folder.join("run.log"))?;
    let late = Instant::now() + RECORDER_READY;
    while Client::connect(socket).is_err() {
        recorder.check()?;
        if Instant::now() > late {
            return Err(recorder.complain("does not answer"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(recorder)
}

/// What was there to be checked, at the end of the time.
struct Seen {
    status: Box<Status>,
    segments: Vec<Segment>,
}

/// Prints a line of status every two seconds; at the end lists what was recorded since then.
fn watch(
    (mut client, since): (Client, Utc),
    length: Duration,
    children: &mut [&mut Child],
) -> Result<Seen, Failure> {
    let began = Instant::now();
    loop {
        for child in children.iter_mut() {
            child.check()?;
        }
        let status = ask_status(&mut client)?;
        let passed = began.elapsed();
        print(&line(passed, &status))?;
        if passed >= length {
            let segments = recorded(&mut client, since)?;
            return Ok(Seen { status, segments });
        }
        std::thread::sleep(LINE_EVERY.min(length - passed));
    }
}

/// `  12 s  OK       6 of 6 cameras recording  1,080 frames  All 6 cameras are recording.`
fn line(passed: Duration, status: &Status) -> String {
    let recording = |state| state == CameraState::Recording;
    let n = status.cameras.iter().filter(|c| recording(c.state)).count();
    let frames = status.cameras.iter().map(|c| c.frames).sum();
    format!(
        "{:>4} s  {:<8} {n} of {} cameras recording  {:>9} frames  {}",
        passed.as_secs(),
        words::level(status.verdict.level),
        status.cameras.len(),
        words::count(frames),
        status.verdict.text
    )
}

fn recorded(client: &mut Client, since: Utc) -> Result<Vec<Segment>, Failure> {
    let mut all = Vec::new();
    // A segment that began before this demo belongs to an earlier one, with counters of its own.
    let mine = |segment: &Segment| segment.start >= since - Span::secs(1);
    footage::pages(client, (None, Some(since), None), |segments, _| {
        all.extend(segments.into_iter().filter(mine));
        Ok(())
    })?;
    all.sort_by_key(|segment| segment.start);
    Ok(all)
}

/// Reads back every file and counts.
fn check(seen: &Seen, kit: &Kit) -> Result<(), Failure> {
    let mut lines = Vec::new();
    let mut bad = 0;
    for camera in &seen.status.cameras {
        if camera.state == CameraState::Disabled {
            continue;
        }
        let mut stamps = Vec::new();
        for segment in seen.segments.iter().filter(|s| s.camera == camera.id) {
            let path = &segment.path;
            let bytes = std::fs::read(path)
                .map_err(|e| Failure::refused(format!("Reading back {path}: {e}.")))?;
            stamps.extend((kit.stamps)(&bytes));
        }
        let counted = tally::count(&stamps, seen.status.now);
        bad += usize::from(!counted.is_whole());
        lines.push(format!("  {:<24} {counted}", camera.id));
    }
    print(&format!("\nRead back from the files:\n{}", lines.join("\n")))?;
    match (lines.len(), bad) {
        (0, _) => Err(Failure::refused("FAULT: no camera was to be recorded.")),
        (n, 0) => print(&format!(
            "OK: {} recorded, and no frame is missing.",
            words::several(n as u64, "camera")
        )),
        (n, bad) => Err(Failure::refused(format!("FAULT: {bad} of {n} cameras are not whole."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, want) in
            [("20s", Some(20)), ("2m", Some(120)), ("1h", Some(3_600)), ("7", Some(7))]
        {
            assert_eq!(length(text).ok().map(|d| d.as_secs()), want, "{text}");
        }
        for text in ["", "s", "20ms", "-3s", "2 m", "99999999999s"] {
            assert!(length(text).is_err(), "{text}");
        }
    }
}
