//! The cameras and the recorders, each as child processes that end with their value.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use beadle::socket::dial::Client;
use beadle::wire::{CameraState, Reply, Request, Status};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Outcome;
use super::place::Place;

pub const BEADLE: &str = env!("CARGO_BIN_EXE_beadle");

/// Simulated cameras in a process of their own: 1080p15, 2 Mbit/s, H.264.
pub struct Cameras {
    child: Child,
    pub urls: Vec<String>,
    pub site: PathBuf,
}

impl Cameras {
    pub fn start(count: u16, place: &Place) -> Outcome<Cameras> {
        let site = place.scratch().join("site.kdl");
        let log = std::fs::File::create(place.scratch().join("cameras.log"));
        let mut child = Command::new(BEADLE)
            .args(["simulate", "--cameras", &count.to_string(), "--size", "1920x1080"])
            .args(["--fps", "15", "--kbps", "2000", "--write-site"])
            .arg(&site)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log.map_err(|e| e.to_string())?)
            .spawn()
            .map_err(|e| format!("{BEADLE}: {e}"))?;
        let out = child.stdout.take().ok_or("no output of the cameras")?;
        let lines = BufReader::new(out).lines().map_while(Result::ok);
        let urls: Vec<String> = lines.take(usize::from(count)).collect();
        let cameras = Cameras { child, urls, site };
        if cameras.urls.len() < usize::from(count) {
            let log = std::fs::read_to_string(place.scratch().join("cameras.log"));
            return Err(format!("the cameras did not start: {}", log.unwrap_or_default()));
        }
        Ok(cameras)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Cameras {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One recorder: some processes.
pub struct Recorder {
    children: Vec<Child>,
    /// Of Beadle: where it listens, and from exec to all cameras recording.
    pub socket: Option<PathBuf>,
    pub started: Duration,
}

impl Recorder {
    pub fn pids(&self) -> Vec<u32> {
        self.children.iter().map(Child::id).collect()
    }

    pub fn status(&self) -> Outcome<Status> {
        status(self.socket.as_deref().ok_or("no socket")?)
    }

    /// Asked to end, and waited for.
    pub fn stop(mut self) -> Outcome<()> {
        for child in &self.children {
            let _ = kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM);
        }
        let until = Instant::now() + Duration::from_secs(10);
        for child in &mut self.children {
            while child.try_wait().map_err(|e| e.to_string())?.is_none() {
                if Instant::now() > until {
                    child.kill().map_err(|e| e.to_string())?;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        self.children.clear();
        Ok(())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn status(socket: &Path) -> Outcome<Status> {
    let mut client = Client::connect(socket).map_err(|e| e.to_string())?;
    match client.ask(&Request::Status).map_err(|e| e.to_string())? {
        Reply::Status(status) => Ok(*status),
        other => Err(format!("{other:?}")),
    }
}

fn spawn(command: &mut Command, log: &Path) -> Outcome<Child> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log);
    let log = log.map_err(|e| e.to_string())?;
    let shown = format!("{:?}", command.get_program());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|e| format!("{shown}: {e}"))
}

fn recorder(children: Vec<Child>) -> Recorder {
    Recorder { children, socket: None, started: Duration::ZERO }
}

pub fn floor(cameras: &Cameras, place: &Place) -> Outcome<Recorder> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let folder = place.folder("floor")?;
    let mut command = Command::new(me);
    command.arg("floor").arg(folder).args(&cameras.urls);
    Ok(recorder(vec![spawn(&mut command, &place.scratch().join("floor.log"))?]))
}

/// `under`: a program with its words, which runs Beadle.
pub fn beadle(cameras: &Cameras, place: &Place, under: Option<&str>) -> Outcome<Recorder> {
    place.clear()?;
    let socket = place.scratch().join("socket");
    let mut words = under.into_iter().flat_map(str::split_whitespace).chain([BEADLE]);
    let mut command = Command::new(words.next().unwrap_or(BEADLE));
    command.args(words).args(["run", "--config"]).arg(&cameras.site);
    command.arg("--state").arg(place.state.join("beadle")).arg("--footage").arg(&place.footage);
    command.arg("--socket").arg(&socket);
    let began = Instant::now();
    let child = spawn(&mut command, &place.scratch().join("beadle.log"))?;
    let mut run = Recorder { children: vec![child], socket: Some(socket), started: Duration::ZERO };
    let wanted = cameras.urls.len();
    loop {
        std::thread::sleep(Duration::from_millis(20));
        let recording = |s: &Status| {
            s.cameras.iter().filter(|c| c.state == CameraState::Recording).count() == wanted
        };
        if run.status().is_ok_and(|s| recording(&s)) {
            run.started = began.elapsed();
            return Ok(run);
        }
        if began.elapsed() > Duration::from_secs(60) {
            let log = std::fs::read_to_string(place.scratch().join("beadle.log"));
            return Err(format!("Beadle does not record: {}", log.unwrap_or_default()));
        }
    }
}

/// One process a camera, as the many recipes have it: fragmented MP4, a file a minute.
pub fn ffmpeg(cameras: &Cameras, place: &Place) -> Outcome<Recorder> {
    let folder = place.folder("ffmpeg")?;
    let mut children = Vec::new();
    for (n, url) in cameras.urls.iter().enumerate() {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-c", "copy"])
            .args(["-f", "segment", "-segment_time", "60", "-segment_format", "mp4"])
            .args(["-segment_format_options", "movflags=frag_keyframe+empty_moov"])
            .arg(folder.join(format!("{n}-%05d.mp4")));
        children.push(spawn(&mut command, &place.scratch().join("ffmpeg.log"))?);
    }
    Ok(recorder(children))
}

/// One process with a chain a camera; Matroska, which loses the least when it is killed.
pub fn gstreamer(cameras: &Cameras, place: &Place) -> Outcome<Recorder> {
    let folder = place.folder("gstreamer")?;
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q");
    for (n, url) in cameras.urls.iter().enumerate() {
        let path = folder.join(format!("{n}-%05d.mkv"));
        command
            .args(["rtspsrc", &format!("location={url}"), "protocols=tcp", "!", "rtph264depay"])
            .args(["!", "h264parse", "!", "splitmuxsink", "muxer-factory=matroskamux"])
            .args(["max-size-time=60000000000", &format!("location={}", path.display())]);
    }
    Ok(recorder(vec![spawn(&mut command, &place.scratch().join("gstreamer.log"))?]))
}
