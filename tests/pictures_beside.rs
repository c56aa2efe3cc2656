//! The picture service beside a recorder: children are killed and hang while cameras record, and
//! not one frame is missing; and what thumbnails of 64 cameras cost.

#[allow(dead_code)] // a part of it is enough here
mod rig;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use beadle::accounts::vault::Vault;
use beadle::base::clock::SystemClock;
use beadle::base::name::{CameraId, DiskId};
use beadle::base::time::{Utc, Zone};
use beadle::disk::Disk;
use beadle::disk::real::RealDisk;
use beadle::ingest::{Attempt, Source, Tools, Transport};
use beadle::pictures::player::{Input, Output, Player, Reach, Setup, Shown, Wish};
use beadle::pictures::playhead::Speed;
use beadle::pictures::thumbs::{Thumbs, Wanted};
use beadle::segment::{Order, Tag, Told};
use beadle::simulate::count::{Tally, frames_in, tally};
use beadle::simulate::{SimCamera, SimHandle, SimOptions, Simulator};
use beadle::supervisor::event::Event;
use beadle::supervisor::hands::Hands;
use beadle::supervisor::world::World;
use beadle::wire::pictures::Look;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::mpsc;

fn slow() -> bool {
    std::env::var_os("SLOW").is_some()
}

fn program() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_beadle-pictures").into()
}

/// The recorder's own hands, without the supervisor: cameras, ingest, one writer, taps.
struct Recorder {
    folder: tempfile::TempDir,
    disk: Arc<dyn Disk>,
    id: DiskId,
    hands: Hands,
    events: mpsc::Receiver<Event>,
    runtime: tokio::runtime::Runtime,
    cameras: Vec<CameraId>,
    _sim: SimHandle,
}

impl Recorder {
    fn new(cameras: Vec<SimCamera>) -> Recorder {
        let sim = Simulator::start(SimOptions::new(cameras)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let footage = folder.path().join("footage");
        std::fs::create_dir(&footage).unwrap();
        let disk: Arc<dyn Disk> = Arc::new(RealDisk::open(&footage, None).unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (events_in, events) = mpsc::channel(65_536);
        let clock = Arc::new(SystemClock::new());
        let tools = Tools::new(clock.clone(), Some(program()));
        let handle = runtime.handle().clone();
        let vault = Arc::new(Mutex::new(Vault::new(folder.path())));
        let mut hands = Hands::new(handle, clock, tools, folder.path(), vault, events_in);
        let id = DiskId("00112233445566778899aabbccddeeff".into());
        hands.start_writer(&id, disk.clone());
        let cameras: Vec<CameraId> =
            sim.names().iter().map(|name| CameraId::new(name).unwrap()).collect();
        for camera in &cameras {
            let tag = Tag { camera: camera.clone(), site: "s1".into() };
            hands.order(&id, Order::Begin { tag, take: 1 });
            let url = sim.url(camera.as_str());
            let source = Source::Rtsp { url, login: None, transport: Transport::Tcp };
            let attempt =
                Attempt { camera: camera.clone(), take: 1, source, audio: false, codec: None };
            hands.start(attempt, &id);
        }
        Recorder { folder, disk, id, hands, events, runtime, cameras, _sim: sim }
    }

    fn thumbs(&self, within: (u16, u16)) -> Thumbs {
        let clock = Arc::new(SystemClock::new());
        let thumbs = Thumbs::start(program(), clock, self.hands.taps()).unwrap();
        let wanted = |camera: &CameraId| Wanted {
            camera: camera.clone(),
            look: Look::within(within.0, within.1),
        };
        thumbs.want(self.cameras.iter().map(wanted).collect());
        thumbs
    }

    fn player(&self, at: Utc) -> Player {
        let shown = |camera: &CameraId| Shown {
            camera: camera.clone(),
            title: String::new(),
            masks: Vec::new(),
        };
        let setup = Setup {
            program: program(),
            reach: Reach::All,
            clock: Arc::new(SystemClock::new()),
            disks: vec![self.disk.clone()],
            cameras: self.cameras.iter().take(4).map(shown).collect(),
            zone: Zone::utc(),
            within: (160, 90),
            overlay: true,
            watermark: "nobody".into(),
        };
        Player::new(setup, at)
    }

    /// Closes everything; what was recorded of each camera.
    fn stop(mut self) -> BTreeMap<CameraId, Tally> {
        for camera in &self.cameras {
            self.hands.stop(camera, 1);
        }
        self.hands.order(&self.id, Order::Stop);
        let stopped = async {
            while let Some(event) = self.events.recv().await {
                match event {
                    Event::Told { told: Told::Stopped, .. } => return,
                    Event::Ended { camera, ended, .. } => panic!("{camera}: {ended}"),
                    Event::Told { told: Told::Hole { camera, reason, .. }, .. } => {
                        panic!("{camera}: a hole, {reason:?}")
                    }
                    _ => {}
                }
            }
        };
        let stopped = async { tokio::time::timeout(Duration::from_secs(30), stopped).await };
        self.runtime.block_on(stopped).expect("the writer stops");
        let footage = self.folder.path().join("footage");
        let count = |camera: &CameraId| (camera.clone(), recorded(&footage.join(camera.as_str())));
        self.cameras.iter().map(count).collect()
    }
}

fn recorded(folder: &Path) -> Tally {
    let mut stamps = Vec::new();
    for day in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(day.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "mp4") {
                stamps.extend(frames_in(&std::fs::read(path).unwrap()));
            }
        }
    }
    stamps.sort_by_key(|stamp| stamp.counter);
    tally(&stamps).into_values().next().expect("something was recorded")
}

fn until(what: &str, seconds: u64, mut so: impl FnMut() -> bool) {
    let late = Instant::now() + Duration::from_secs(seconds);
    while !so() {
        assert!(Instant::now() < late, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn signal(pid: u32, how: Signal) {
    kill(Pid::from_raw(pid as i32), how).unwrap();
}

/// Five times in the fast form, fifty under SLOW: the thumbnails' child and a viewing's child are
/// killed, or stopped so that they hang.
#[test]
fn not_a_frame_is_lost_however_the_children_die() {
    let cameras = (0..4).map(|n| SimCamera { name: format!("cam-{n}"), ..SimCamera::default() });
    let recorder = Recorder::new(cameras.collect());
    let thumbs = recorder.thumbs((160, 90));
    let all_there = || recorder.cameras.iter().all(|c| matches!(thumbs.latest(c), Ok(Some(_))));
    until("every camera has a thumbnail", 30, all_there);
    let now = || Utc(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64);
    let mut player = recorder.player(now());
    player.inlet().send(Input::Wish(Wish::Play(Speed::REAL))).unwrap();
    let mut shown = 0;
    let mut turn = |player: &mut Player, span: Duration| {
        let until = Instant::now() + span;
        while Instant::now() < until {
            player.turn(&mut |output| {
                shown += u64::from(matches!(output, Output::Picture { .. }));
                true
            });
        }
        shown
    };
    turn(&mut player, Duration::from_millis(2_500));
    let times = if slow() { 50 } else { 5 };
    for n in 0..times {
        // Hanging is found after five seconds, so a few times are enough.
        let how = if n % 5 == 2 { Signal::SIGSTOP } else { Signal::SIGKILL };
        let (seen, starts) = (thumbs.health().pictures, thumbs.health().starts);
        let before = turn(&mut player, Duration::from_millis(300));
        until("a thumbnails' child", 60, || thumbs.health().pid.is_some());
        signal(thumbs.health().pid.unwrap(), how);
        if let Some(pid) = player.pid() {
            signal(pid, how);
        }
        let late = Instant::now() + Duration::from_secs(60);
        let back = |health: beadle::pictures::thumbs::Health| {
            health.starts > starts && health.pictures > seen + 4 && health.trouble.is_none()
        };
        while !back(thumbs.health()) || turn(&mut player, Duration::from_millis(50)) < before + 4 {
            let health = thumbs.health();
            assert!(Instant::now() < late, "{n}: {how}: {health:?}, {before} pictures shown");
        }
    }
    let health = thumbs.health();
    drop((player, thumbs));
    let recorded = recorder.stop();
    println!("killed {times} times: {} children, {} thumbnails", health.starts, health.pictures);
    for (camera, tally) in recorded {
        println!("{camera}: {} frames, {} missing", tally.frames, tally.missing);
        assert_eq!((tally.missing, tally.doubled, tally.disordered), (0, 0, 0), "{camera}");
        assert!(tally.frames > 60, "{camera}: {tally:?}");
    }
}

/// 64 cameras of 1080p at 2 Mbit/s with a key frame a second: about one thumbnail a second each,
/// within three quarters of a core. Only under SLOW: it wants the machine to itself.
#[test]
fn thumbnails_of_64_cameras_take_less_than_three_quarters_of_a_core() {
    if !slow() {
        return;
    }
    let camera = |n: usize| SimCamera {
        name: format!("cam-{n}"),
        size: (1920, 1080),
        kbps: 2_000,
        gop: 15,
        scene: (n % 2) as u8,
        ..SimCamera::default()
    };
    let recorder = Recorder::new((0..64).map(camera).collect());
    let thumbs = recorder.thumbs((160, 90));
    let all_there = || recorder.cameras.iter().all(|c| matches!(thumbs.latest(c), Ok(Some(_))));
    until("every camera has a thumbnail", 60, all_there);
    let (before, ticks, began) = (thumbs.health(), cpu_ms(pid_of(&thumbs)), Instant::now());
    std::thread::sleep(Duration::from_secs(30));
    let (after, spent) = (thumbs.health(), cpu_ms(pid_of(&thumbs)) - ticks);
    let secs = began.elapsed().as_secs_f64();
    let rate = (after.pictures - before.pictures) as f64 / secs / 64.0;
    let share = spent as f64 / 10.0 / secs;
    let busy = (after.busy_us - before.busy_us) as f64 / 1e4 / secs;
    println!(
        "64 cameras, 1080p, 2 Mbit/s: {rate:.2} thumbnails a second each, the child takes \
         {share:.0} % of a core ({busy:.0} % decoding), {:.1} ms each",
        (after.busy_us - before.busy_us) as f64 / 1e3 / (after.pictures - before.pictures) as f64
    );
    let recorded = recorder.stop();
    assert!(recorded.values().all(|t| t.missing == 0), "{recorded:?}");
    assert!(share <= 76.0, "{share:.0} % of a core");
    assert!(rate > 0.5, "{rate:.2} thumbnails a second");
}

fn pid_of(thumbs: &Thumbs) -> u32 {
    thumbs.health().pid.expect("a child runs")
}

/// Processor time of a process so far, all threads.
fn cpu_ms(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks * 10
}

/// Nobody gets a still by having the socket alone: the office is asked first, and says no to the
/// owner of a box on which nobody is enrolled.
#[test]
fn a_still_needs_a_right() {
    let camera = SimCamera { name: "gate".into(), ..SimCamera::default() };
    let sim = rig::simulator(vec![camera]);
    let place = rig::Place::new();
    place.write(&rig::site(&rig::all(&sim), None));
    let running = place.run();
    running.until("something is recorded", 60, |s| rig::camera(s, "gate").fps > 5.0);
    let out = place.path("a.png");
    let still = |out: &Path, camera: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.args(["still", camera, "--reason", "a test", "--purpose", "safety", "--out"]);
        let out = command.arg(out).arg("--socket").arg(&place.socket).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, said) = still(&out, "gate");
    assert!(code == Some(1) && said.contains("enrol") && !out.exists(), "{code:?} {said}");
    let (code, said) = still(&place.path("a.gif"), "gate");
    assert!(code == Some(2) && said.contains("does not end in .png or .jpg"), "{said}");
    let (code, said) = still(&out, "nowhere");
    assert!(code == Some(1) && said.contains("no camera nowhere"), "{said}");
    running.stop();
}
