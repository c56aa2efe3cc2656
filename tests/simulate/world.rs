//! The supervisor's hands: writers that are stepped, cameras on a script, disks on a shelf.

use std::collections::BTreeMap;
use std::sync::Arc;

use beadle::base::clock::{Clock, Mono, SimClock};
use beadle::base::fault::{Fault, FaultKind};
use beadle::base::name::{CameraId, DiskId};
use beadle::base::time::Span;
use beadle::disk::Disk;
use beadle::disk::fake::FakeDisk;
use beadle::footage::unit::{AccessUnit, Params, VideoParams};
use beadle::footage::{Codec, GapReason};
use beadle::ingest::{Attempt, Ended, Login, Source};
use beadle::segment::commit::{Options, Writer};
use beadle::segment::{Order, Told};
use beadle::supervisor::event::Event;
use beadle::supervisor::world::{OpenDisk, World};
use bytes::Bytes;

use super::dice::Dice;
use super::model::Model;

/// One picture in this time: the slowest that still shows every rule at work.
pub const FRAME: Span = Span::secs(30);

/// A place for a footage disk: what is mounted there now.
pub struct Mount {
    /// Number on the shelf; `None`: pulled out.
    pub disk: Option<usize>,
    /// A file system of its own, or a folder of the box's disk.
    pub own: bool,
    /// What shows while nothing is mounted.
    pub bare: FakeDisk,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CameraIs {
    Well,
    /// Every attempt ends with this.
    Failing(GapReason),
    /// Connects, and sends nothing more.
    Silent,
    /// Sends pictures, never a key frame.
    Keyless,
}

/// What a run is broken by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    Nothing,
    /// With each order to delete one more file goes that nobody ordered and a hold keeps.
    DeletesHeld,
    /// The same, as part of the order.
    OrdersHeld,
    /// One more file is in each order, the youngest.
    DeletesOneMore,
    /// Orders to delete name nothing.
    DeletesNothing,
    /// What was deleted never reaches a journal.
    ForgetsShortfall,
    /// Attempts neither give pictures nor end.
    DumbCamera,
}

/// Every sixth event comes twice; every sixth of those that may be lost is.
fn garble(events: Vec<Event>, dice: &mut Dice) -> Vec<Event> {
    let mut out = Vec::new();
    for event in events {
        let tick = matches!(event, Event::Told { told: Told::Tick { .. }, .. });
        let may_be_lost = tick || matches!(event, Event::Ended { .. });
        match dice.below(6) {
            0 => out.extend([event.clone(), event]),
            1 if may_be_lost => {}
            _ => out.push(event),
        }
    }
    out
}

struct Run {
    take: u64,
    disk: DiskId,
    due: Mono,
    sent: u32,
}

pub struct SimWorld {
    pub clock: Arc<SimClock>,
    pub shelf: Vec<FakeDisk>,
    pub mounts: BTreeMap<String, Mount>,
    writers: BTreeMap<DiskId, (Writer, usize)>,
    pub cameras: BTreeMap<CameraId, CameraIs>,
    runs: BTreeMap<CameraId, Run>,
    events: Vec<Event>,
    /// Attempts begun and ended by the supervisor, per camera.
    pub disturbed: BTreeMap<CameraId, u32>,
    pub model: Model,
    ids: u64,
    params: Arc<Params>,
    /// Events come twice, and those that can be lost are lost, each so often.
    pub garbled: Option<Dice>,
    /// What is broken on purpose, to see the judge notice it (`tests/simulate/broken.rs`).
    pub broken: Broken,
}

impl SimWorld {
    pub fn new(clock: Arc<SimClock>, model: Model) -> SimWorld {
        let video = VideoParams {
            codec: Codec::H264,
            config: Bytes::from_static(&[1, 100, 0, 31, 1]),
            width: 320,
            height: 240,
        };
        SimWorld {
            clock,
            shelf: Vec::new(),
            mounts: BTreeMap::new(),
            writers: BTreeMap::new(),
            cameras: BTreeMap::new(),
            runs: BTreeMap::new(),
            events: Vec::new(),
            disturbed: BTreeMap::new(),
            model,
            ids: 0,
            params: Arc::new(Params::Video(video)),
            garbled: None,
            broken: Broken::Nothing,
        }
    }

    /// The process is gone: threads, tasks and what they had not said.
    pub fn die(&mut self) {
        self.writers.clear();
        self.runs.clear();
        self.events.clear();
    }

    pub fn camera_is(&self, id: &CameraId) -> CameraIs {
        self.cameras.get(id).copied().unwrap_or(CameraIs::Well)
    }

    /// Cameras send what is due, writers tick that are due; what came of it.
    pub fn step(&mut self) -> Vec<Event> {
        let now = self.clock.mono();
        let due: Vec<CameraId> =
            self.runs.iter().filter(|(_, r)| r.due <= now).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.send(&id, now);
        }
        let ids: Vec<DiskId> = self.writers.keys().cloned().collect();
        for id in ids {
            let mut told = Vec::new();
            let Some((writer, shelf)) = self.writers.get_mut(&id) else { continue };
            let shelf = *shelf;
            if writer.next_tick() <= now && !writer.is_stopped() {
                writer.tick(&mut told);
            }
            self.hear(&id, shelf, told);
        }
        let events = std::mem::take(&mut self.events);
        match &mut self.garbled {
            Some(dice) => garble(events, dice),
            None => events,
        }
    }

    pub fn has_news(&self) -> bool {
        !self.events.is_empty()
    }

    pub fn news(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn hear(&mut self, id: &DiskId, shelf: usize, told: Vec<Told>) {
        for told in told {
            self.model.hear(shelf, &told, self.clock.mono(), self.clock.utc());
            self.events.push(Event::Told { disk: id.clone(), told });
        }
    }

    fn send(&mut self, id: &CameraId, now: Mono) {
        let is = self.camera_is(id);
        if self.broken == Broken::DumbCamera {
            return; // connected, and neither pictures nor an end ever come
        }
        let Some(run) = self.runs.get_mut(id) else { return };
        let take = run.take;
        let ended = match is {
            CameraIs::Failing(reason) => Some(reason),
            CameraIs::Silent => Some(GapReason::Stalled),
            _ => None,
        };
        if let Some(reason) = ended {
            self.runs.remove(id);
            let ended = Ended { reason, text: format!("the camera fails: {reason:?}") };
            self.events.push(Event::Ended { camera: id.clone(), take, ended });
            return;
        }
        run.due = now + if run.sent == 0 { Span::secs(1) } else { FRAME };
        run.sent += 1;
        let unit = AccessUnit {
            data: Bytes::from(vec![0, 0, 0, 4, 0x65, run.sent as u8, 2, 3]),
            time: now.0 / 100 * 9,
            key: is == CameraIs::Well,
            arrived: self.clock.utc(),
            params: self.params.clone(),
            camera_offset: None,
            lost_packets: 0,
        };
        let disk = run.disk.clone();
        let order = Order::Unit { camera: id.clone(), take, unit };
        self.order(&disk, order);
    }

    /// Writers by what they write to: does one run on this disk of the shelf?
    pub fn writes_to(&self, shelf: usize) -> bool {
        self.writers.values().any(|(w, n)| *n == shelf && !w.is_stopped())
    }

    fn number_of(&self, path: &str) -> Option<usize> {
        self.mounts.get(path)?.disk
    }
}

impl World for SimWorld {
    fn start(&mut self, attempt: Attempt, disk: &DiskId) {
        let id = attempt.camera.clone();
        *self.disturbed.entry(id.clone()).or_default() += 1;
        if !matches!(attempt.source, Source::Rtsp { .. }) {
            self.model.wrong(format!("{id}: started with no stream"));
        }
        let wait = match self.camera_is(&id) {
            CameraIs::Silent => Span::secs(10),
            _ => Span::millis(500),
        };
        let due = self.clock.mono() + wait;
        self.runs.insert(id, Run { take: attempt.take, disk: disk.clone(), due, sent: 0 });
    }

    fn stop(&mut self, camera: &CameraId, take: u64) {
        if self.runs.get(camera).is_some_and(|r| r.take == take) {
            *self.disturbed.entry(camera.clone()).or_default() += 1;
            self.runs.remove(camera);
        }
    }

    fn order(&mut self, disk: &DiskId, order: Order) {
        let mounted: Vec<usize> = self.writers.values().map(|(_, n)| *n).collect();
        let Some((writer, shelf)) = self.writers.get_mut(disk) else { return };
        if writer.is_stopped() {
            return;
        }
        let shelf = *shelf;
        let mut told = Vec::new();
        let mut order = order;
        if let Order::Delete { paths } = &mut order {
            let fake = &self.shelf[shelf];
            match self.broken {
                Broken::DeletesOneMore => paths.extend(self.model.any(shelf, false)),
                Broken::OrdersHeld => paths.extend(self.model.any(shelf, true)),
                Broken::DeletesHeld => {
                    if let Some(path) = self.model.any(shelf, true) {
                        let _ = fake.remove(&path);
                    }
                }
                Broken::DeletesNothing => paths.clear(),
                _ => {}
            }
            self.model.judge_journals(&mounted, fake, paths);
            self.model.judge_deletion(shelf, fake, paths, self.clock.utc());
        }
        if self.broken == Broken::ForgetsShortfall
            && let Order::Append { line, .. } = &mut order
            && String::from_utf8_lossy(line).contains("deleted")
        {
            line.clear();
        }
        writer.order(order, &mut told);
        let id = disk.clone();
        self.hear(&id, shelf, told);
    }

    fn open_disk(&mut self, path: &str, make: bool) -> Result<OpenDisk, Fault> {
        let mount = self.mounts.get(path);
        let missing = || Fault::new(FaultKind::Missing, format!("{path}: no such folder"));
        let mount = mount.ok_or_else(missing)?;
        match mount.disk {
            Some(n) => {
                let disk = self.shelf[n].clone();
                disk.list("")?;
                Ok(OpenDisk { disk: Arc::new(disk), own_filesystem: mount.own })
            }
            // The mount point below a pulled disk; a folder that is itself gone otherwise.
            None if mount.own && !make => {
                Ok(OpenDisk { disk: Arc::new(mount.bare.clone()), own_filesystem: false })
            }
            None => Err(missing()),
        }
    }

    fn start_writer(&mut self, id: &DiskId, disk: Arc<dyn Disk>) {
        let mounted = self.mounts.keys().filter_map(|p| self.number_of(p));
        let shelf = mounted.into_iter().find(|n| {
            // The same disk as the one handed in: its identity file is the same.
            let file = beadle::disk::identity::IDENTITY_FILE;
            let (a, b) = (self.shelf[*n].read_at(file, 0, 999), disk.read_at(file, 0, 999));
            a.is_ok() && a == b
        });
        let Some(shelf) = shelf else {
            // It went between the look and now: a writer that meets nothing but faults.
            return;
        };
        let options = Options::default();
        let writer = Writer::new(disk, self.clock.clone(), id.clone(), options);
        self.writers.insert(id.clone(), (writer, shelf));
    }

    fn drop_writer(&mut self, id: &DiskId) {
        self.writers.remove(id);
    }

    fn login(&mut self, _user: &str, _secret: &str) -> Option<Login> {
        None
    }

    fn random_id(&mut self) -> String {
        self.ids += 1;
        format!("{:032x}", self.ids)
    }
}
