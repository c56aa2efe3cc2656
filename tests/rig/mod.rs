//! A recorder that really runs, with simulated cameras, in a folder of its own.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use beadle::footage::{Gap, Segment};
use beadle::simulate::count::{Tally, frames_in, tally};
use beadle::simulate::{SimCamera, SimHandle, SimOptions, Simulator, SiteStream, site_kdl};
use beadle::socket::dial::Client;
use beadle::wire::{CameraStatus, Reply, Request, Status};

pub fn simulator(cameras: Vec<SimCamera>) -> SimHandle {
    Simulator::start(SimOptions::new(cameras)).expect("the simulator starts")
}

/// A site file that records these cameras.
pub fn site(cameras: &[(String, String)], user: Option<&str>) -> String {
    let stream = |(id, url): &(String, String)| SiteStream {
        id: id.clone(),
        title: id.clone(),
        main: url.clone(),
        ..SiteStream::default()
    };
    site_kdl(&cameras.iter().map(stream).collect::<Vec<_>>(), user)
}

/// All cameras of a simulator, by their names.
pub fn all(sim: &SimHandle) -> Vec<(String, String)> {
    sim.names().into_iter().map(|name| (name.clone(), sim.url(&name))).collect()
}

/// Where one recorder lives.
pub struct Place {
    folder: tempfile::TempDir,
    pub config: PathBuf,
    pub state: PathBuf,
    pub footage: PathBuf,
    pub socket: PathBuf,
    /// Footage folders as the file names them, instead of one from the command line.
    pub as_filed: bool,
}

impl Place {
    pub fn new() -> Place {
        let folder = tempfile::Builder::new().prefix("bad-").tempdir_in("/tmp").unwrap();
        // For runs as another user than root.
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let at = |name: &str| folder.path().join(name);
        let (config, state) = (at("site.kdl"), at("state"));
        let (footage, socket) = (at("footage"), at("socket"));
        Place { config, state, footage, socket, folder, as_filed: false }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, text: &str) {
        std::fs::write(self.path("site.new"), text).unwrap();
        std::fs::rename(self.path("site.new"), &self.config).unwrap();
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.arg("run").arg("--config").arg(&self.config);
        command.arg("--state").arg(&self.state).arg("--socket").arg(&self.socket);
        if !self.as_filed {
            command.arg("--footage").arg(&self.footage);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs it as nobody, who may not read or write what is root's.
    pub fn as_nobody(&self) -> Option<Command> {
        let mut command = self.command();
        nix::unistd::geteuid().is_root().then(|| {
            command.uid(65_534).gid(65_534);
            command
        })
    }

    pub fn run(&self) -> Running<'_> {
        let log = std::fs::File::create(self.path("log")).unwrap();
        let child = self.command().stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Running { child: Some(child), place: self }
    }

    /// Nothing of a start is left that the next one could take for a crash.
    pub fn left_no_trace(&self) -> bool {
        !self.state.join("running.json").exists() && !self.footage.exists()
    }
}

/// Starts it, waits for its end, which must come soon and with a failure; what it said.
pub fn refuses(mut command: Command) -> String {
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let until = Instant::now() + Duration::from_secs(20);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            let _ = child.kill();
            panic!("it runs, and should have refused");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output: Output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it ended well: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A supervisor; killed when the test ends without having stopped it.
pub struct Running<'a> {
    child: Option<Child>,
    place: &'a Place,
}

impl Running<'_> {
    pub fn ask(&self, request: &Request) -> Option<Reply> {
        Client::connect(&self.place.socket).ok()?.ask(request).ok()
    }

    pub fn status(&self) -> Option<Status> {
        match self.ask(&Request::Status)? {
            Reply::Status(status) => Some(*status),
            other => panic!("{other:?}"),
        }
    }

    /// Waits until a status is as wanted.
    pub fn until(&self, what: &str, seconds: u64, wanted: impl Fn(&Status) -> bool) -> Status {
        let until = Instant::now() + Duration::from_secs(seconds);
        let mut last = None;
        while Instant::now() < until {
            last = self.status();
            if let Some(status) = last.as_ref().filter(|s| wanted(s)) {
                return status.clone();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("not within {seconds} s: {what}\n{last:#?}\n{}", self.log());
    }

    pub fn footage(&self) -> (Vec<Segment>, Vec<Gap>) {
        let ask = Request::Footage { camera: None, from: None, to: None, after: None };
        match self.ask(&ask) {
            Some(Reply::Footage { segments, gaps, .. }) => (segments, gaps),
            other => panic!("{other:?}\n{}", self.log()),
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.place.path("log")).unwrap_or_default()
    }

    /// SIGTERM; how long it took to end. It must end well.
    pub fn stop(mut self) -> Duration {
        let mut child = self.child.take().unwrap();
        let began = Instant::now();
        let pid = nix::unistd::Pid::from_raw(child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        while began.elapsed() < Duration::from_secs(20) {
            if let Some(status) = child.try_wait().unwrap() {
                let took = began.elapsed();
                assert!(status.success(), "{status}\n{}", self.log());
                assert!(!self.log().contains("panicked"), "{}", self.log());
                return took;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("it does not stop\n{}", self.log());
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn camera<'a>(status: &'a Status, id: &str) -> &'a CameraStatus {
    let found = status.cameras.iter().find(|c| c.id.as_str() == id);
    found.unwrap_or_else(|| panic!("{id} is not in the status"))
}

/// The frames of one camera's files below this folder, counted by their stamps.
pub fn recorded(footage: &Path, id: &str) -> Tally {
    let mut stamps = Vec::new();
    let mut folders = vec![footage.join(id)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut entries: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "mp4") {
                stamps.extend(frames_in(&std::fs::read(&path).unwrap()));
            }
        }
    }
    stamps.sort_by_key(|stamp| stamp.counter);
    tally(&stamps).into_values().next().unwrap_or_else(|| panic!("{id} recorded nothing"))
}

/// Every frame between the first and the last of this camera is there, once, and no gap was told.
pub fn unharmed(place: &Place, gaps: &[Gap], id: &str) {
    let its: Vec<_> = gaps.iter().filter(|g| g.camera.as_str() == id).collect();
    assert!(its.is_empty(), "{id}: {its:?}");
    let tally = recorded(&place.footage, id);
    assert_eq!((tally.missing, tally.doubled), (0, 0), "{id}: {tally:?}");
}
