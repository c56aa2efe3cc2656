//! The whole program under test: simulated cameras in this process, a real `beadle run` beside it
//! with a folder of its own, and what the two can be asked.
//!
//! Nothing here is simulated but the cameras: the recorder is the program that cargo built, files
//! are read from its disk, and the index is asked through `beadle footage --json`.
#![allow(dead_code)] // each test file uses its part

pub mod files;
pub mod machine;

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use beadle::base::clock::{Clock, SystemClock};
use beadle::base::time::Utc;
use beadle::footage::{Gap, Segment};
use beadle::simulate::{SimCamera, SimHandle, SimOptions, Simulator, SiteStream, site_kdl};
use beadle::socket::dial::Client;
use beadle::wire::{CameraState, Reply, Request, Status};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Whatever has to happen does so within this, on a machine that does other things too.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// `just slow`: the long version of a test.
pub fn slow() -> bool {
    std::env::var_os("SLOW").is_some()
}

/// What a promise of so many milliseconds is held to: under `just slow`, which has the machine to
/// itself, to the word. The fast tests run beside all others on two cores, where each of the
/// threads between camera and disk waits for its turn (at a load of 12 a flush was seen 0.6 s
/// late); they are given a second and a half, and still fail if flushes stop or a file is lost.
pub fn promise(ms: i64) -> i64 {
    if slow() { ms } else { ms + 1_500 }
}

/// The recorder's own clock, so that both mean the same by a moment.
pub fn now() -> Utc {
    SystemClock::new().utc()
}

/// The same figures from the same seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// Below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// Small cameras `cam-1` to `cam-N`, all alike, so that one film serves them.
pub fn cameras(n: usize) -> SimHandle {
    let named = |n: usize| SimCamera::named(&format!("cam-{n}"));
    Simulator::start(SimOptions::new((1..=n).map(named).collect())).expect("the cameras start")
}

/// The cameras as the file has them.
pub fn streams(sim: &SimHandle) -> Vec<SiteStream> {
    let stream = |name: &String| SiteStream {
        id: name.clone(),
        title: format!("Camera {name}"),
        main: sim.url(name),
        ..SiteStream::default()
    };
    sim.names().iter().map(stream).collect()
}

/// Where one recorder keeps everything.
#[derive(Clone, Debug)]
pub struct Places {
    pub config: PathBuf,
    pub state: PathBuf,
    pub footage: PathBuf,
    pub socket: PathBuf,
    pub log: PathBuf,
}

impl Places {
    pub fn below(folder: &Path) -> Places {
        Places {
            config: folder.join("site.kdl"),
            state: folder.join("state"),
            footage: folder.join("footage"),
            socket: folder.join("beadle.sock"),
            log: folder.join("run.log"),
        }
    }

    /// The file, replaced as a careful editor does it.
    pub fn write(&self, text: &str) {
        let fresh = self.config.with_extension("new");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(&fresh, &self.config).unwrap();
    }

    /// The same cameras, none of them to be recorded.
    pub fn write_site_off(&self, sim: &SimHandle) {
        let off = "        disabled because=\"The test is over\"\n        stream ";
        self.write(&site_kdl(&streams(sim), None).replace("        stream ", off));
    }

    pub fn write_site(&self, sim: &SimHandle) {
        self.write(&site_kdl(&streams(sim), None));
    }

    /// A verb of `beadle` that talks to this recorder.
    pub fn ask(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.args(words).arg("--socket").arg(&self.socket);
        command.output().expect("beadle runs")
    }

    /// Everything that the index knows, as `beadle footage --json` prints it.
    pub fn listed(&self) -> (Vec<Segment>, Vec<Gap>) {
        let output = self.ask(&["footage", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let segments = serde_json::from_value(json["segments"].clone()).unwrap();
        (segments, serde_json::from_value(json["gaps"].clone()).unwrap())
    }

    /// The end of the recorder's log, for whoever reads a failure.
    pub fn said(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

/// A running `beadle run`; killed when the test ends.
pub struct Recorder {
    child: Child,
    pub places: Places,
    pub began: Instant,
}

impl Recorder {
    /// Starts it and does not wait.
    pub fn exec(places: &Places) -> Recorder {
        Recorder::exec_as(places, &mut Recorder::command(places))
    }

    /// How it is started, for tests that add to it.
    pub fn command(places: &Places) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.arg("run");
        for (word, path) in [
            ("--config", &places.config),
            ("--state", &places.state),
            ("--footage", &places.footage),
            ("--socket", &places.socket),
        ] {
            command.arg(word).arg(path);
        }
        // Beside its socket: most tests have no service for sticks.
        command.arg("--machine").arg(places.socket.with_file_name("machine.sock"));
        let log = File::options().create(true).append(true).open(&places.log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        // SAFETY: between fork and exec one system call is made, which is safe there.
        unsafe {
            command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        command
    }

    /// The same, started as the caller wants it.
    pub fn exec_as(places: &Places, command: &mut Command) -> Recorder {
        let began = Instant::now();
        Recorder { child: command.spawn().expect("beadle runs"), places: places.clone(), began }
    }

    /// Starts it and waits until every camera that it should record is being recorded.
    pub fn start(places: &Places) -> Recorder {
        let mut recorder = Recorder::exec(places);
        recorder.all_recording();
        recorder
    }

    pub fn all_recording(&mut self) -> Box<Status> {
        self.wait("every camera is being recorded", |status| {
            let off = |state| matches!(state, CameraState::Recording | CameraState::Disabled);
            !status.cameras.is_empty() && status.cameras.iter().all(|c| off(c.state))
        })
    }

    /// Ends every recording through the file, so that all is closed and the index can still be
    /// asked: every segment and gap.
    pub fn all_off(&mut self, sim: &SimHandle) -> (Vec<Segment>, Vec<Gap>) {
        self.places.write_site_off(sim);
        self.wait("every camera is off", |status| {
            status.cameras.iter().all(|c| c.state == CameraState::Disabled)
        });
        let late = Instant::now() + PATIENCE;
        loop {
            let (segments, gaps) = self.places.listed();
            if !segments.iter().any(Segment::is_open) {
                return (segments, gaps);
            }
            assert!(Instant::now() < late, "segments stay open: {segments:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `None` while nothing answers.
    pub fn look(&self) -> Option<Box<Status>> {
        let mut client = Client::connect(&self.places.socket).ok()?;
        match client.ask(&Request::Status).ok()? {
            Reply::Status(status) => Some(status),
            _ => None,
        }
    }

    pub fn status(&self) -> Box<Status> {
        self.look().unwrap_or_else(|| panic!("no answer; it said:\n{}", self.places.said()))
    }

    /// Asks until it is so.
    pub fn wait(&mut self, what: &str, so: impl Fn(&Status) -> bool) -> Box<Status> {
        let late = Instant::now() + PATIENCE;
        loop {
            let status = self.look();
            if let Some(status) = status.filter(|s| so(s)) {
                return status;
            }
            let said = || self.places.said();
            if let Ok(Some(how)) = self.child.try_wait() {
                panic!("beadle run ended ({how}); it said:\n{}", said());
            }
            let last = || self.look().map(|s| (s.verdict.text, s.cameras.len()));
            assert!(Instant::now() < late, "never: {what}; {:?}; it said:\n{}", last(), said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// `kill -9`; the moment before it.
    pub fn kill(mut self) -> Utc {
        let at = now();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        at
    }

    /// SIGTERM; how long it took to end well.
    pub fn stop(mut self) -> Duration {
        let began = Instant::now();
        kill(Pid::from_raw(self.child.id() as i32), Signal::SIGTERM).unwrap();
        let how = self.child.wait().unwrap();
        assert!(how.success(), "{how}; it said:\n{}", self.places.said());
        began.elapsed()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
