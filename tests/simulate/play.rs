//! One run: everything that can happen, in an order from the seed, and time between.

mod deeds;
mod troubles;

use std::collections::BTreeMap;
use std::sync::Arc;

use beadle::base::clock::{Clock, Mono, SimClock};
use beadle::base::name::CameraId;
use beadle::base::time::{Span, Utc};
use beadle::disk::fake::FakeDisk;
use beadle::socket::Peer;
use beadle::store::{Opened, Store};
use beadle::supervisor::Supervisor;
use beadle::supervisor::event::Event;
use beadle::supervisor::office::{Answer, Desk};
use beadle::supervisor::start::{Place, start};
use beadle::watch::Look;
use beadle::wire::{Reply, Request, Status};

pub use deeds::{Death, Op};

use super::dice::Dice;
use super::model::Model;
use super::site::Site;
use super::world::{FRAME, Mount, SimWorld};

/// What becomes of the index while the box is down.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum IndexFate {
    Kept,
    Lost,
}

pub struct Sim {
    pub seed: u64,
    pub dice: Dice,
    pub clock: Arc<SimClock>,
    pub world: SimWorld,
    pub state: FakeDisk,
    pub supervisor: Option<Supervisor>,
    pub site: Site,
    pub file: Look,
    /// Revision and digest in force as last shown.
    pub in_force: (u64, String),
    /// What is in force is this site.
    pub site_in_force: Option<Site>,
    boots: u64,
    index: tempfile::TempDir,
    index_kept: bool,
    pub log: Vec<(Utc, String)>,
    pub ops: u64,
    pub turns: u64,
    pub faults: Vec<String>,
    /// Look closely until then.
    fine_until: Mono,
    /// Since then nothing kept retention from its work.
    pub able_since: Mono,
    /// Stretches before this are not judged: clocks were stepped.
    pub judged_from: Utc,
    /// Since when each camera is wanted without a break.
    pub wanted_since: BTreeMap<CameraId, Utc>,
    /// Footage on a disk that is away, by place on the shelf, and another site's disk with its
    /// operations.
    pub foreign: Vec<(usize, u64)>,
    /// The clean share's disks as they were mounted before they were pulled out.
    pub shelved: BTreeMap<String, usize>,
    /// Every place of a footage disk is healthy.
    pub sick: BTreeMap<usize, &'static str>,
    pub next_hourly: Mono,
    pub next_daily: Mono,
    pub recovered_at: Mono,
    /// The state disk takes nothing.
    pub state_sick: bool,
    /// A file that the sick state disk did not take, or that changed while nobody ran, comes into
    /// force by itself.
    pub awaited: bool,
    /// Events that wait for the next wake-up.
    late: Vec<Event>,
}

impl Sim {
    pub fn new(seed: u64) -> Sim {
        let mut dice = Dice::new(seed);
        // The weeks around both clock changes, and two ordinary ones.
        let begin = dice.pick(&[
            "2026-10-20T08:41:00Z",
            "2027-03-24T22:10:00Z",
            "2026-12-28T13:00:00Z",
            "2026-06-15T23:30:00Z",
        ]);
        let clock = Arc::new(SimClock::at(begin.parse().unwrap()));
        let site = Site::roll(&mut dice);
        let mut world = SimWorld::new(clock.clone(), Model::new());
        let tight = dice.one_in(2);
        let own = !dice.one_in(4);
        for (n, path) in ["/mnt/a", "/mnt/b"].iter().enumerate() {
            let disk = FakeDisk::new(seed * 10 + n as u64);
            disk.set_own_file_system(own);
            // A camera-day is 2.4 MB at these pictures: tight disks fill within days.
            disk.set_capacity(if tight { 9_000_000 } else { 200_000_000 });
            world.shelf.push(disk);
            world.model.files.push(BTreeMap::new());
            let bare = FakeDisk::new(99);
            world.mounts.insert(path.to_string(), Mount { disk: Some(n), own, bare });
        }
        let file = Look::Bytes(site.text().into_bytes());
        let judged_from = clock.utc();
        Sim {
            seed,
            dice,
            clock,
            world,
            state: FakeDisk::new(seed + 7),
            supervisor: None,
            site,
            file,
            in_force: (0, String::new()),
            site_in_force: None,
            boots: 1,
            index: memory_folder(),
            index_kept: false,
            log: Vec::new(),
            ops: 0,
            turns: 0,
            faults: Vec::new(),
            fine_until: Mono(0),
            able_since: Mono(0),
            judged_from,
            wanted_since: BTreeMap::new(),
            foreign: Vec::new(),
            shelved: BTreeMap::new(),
            sick: BTreeMap::new(),
            next_hourly: Mono(0),
            next_daily: Mono(0),
            recovered_at: Mono(0),
            state_sick: false,
            awaited: false,
            late: Vec::new(),
        }
    }

    pub fn now(&self) -> (Mono, Utc) {
        (self.clock.mono(), self.clock.utc())
    }

    pub fn wrong(&mut self, text: impl Into<String>) {
        let at = self.clock.utc();
        self.faults.push(format!("{at}: {}", text.into()));
    }

    pub fn disturb(&mut self) {
        self.able_since = self.clock.mono();
        self.fine_until = self.clock.mono() + Span::secs(90);
    }

    /// Starts the supervisor; again, when the machine dies under it.
    pub fn boot(&mut self, fate: IndexFate) {
        for attempt in 0..20 {
            let place = Place {
                config: "site.kdl".into(),
                footage: None,
                boot: format!("boot-{}", self.boots),
                only_mounted: false,
                backup: None,
            };
            let index = self.open_index(if attempt == 0 { fate } else { IndexFate::Kept });
            let (clock, state) = (self.clock.clone(), Arc::new(self.state.clone()));
            let look = self.file.clone();
            let desk = Desk::in_memory().expect("an index in memory");
            let started = start(place, clock, state, index, desk, &look, &mut self.world);
            self.disturb();
            self.recovered_at = self.clock.mono();
            match started {
                Ok(supervisor) => {
                    self.supervisor = Some(supervisor);
                    self.world.model.index_partial = true;
                    self.sync_file();
                    self.await_what_changed_meanwhile();
                    return;
                }
                Err(_) if self.crashed() => {
                    self.log("died while starting");
                    self.revive(attempt % 2 == 0);
                    self.clock.advance(Span::secs(20));
                }
                Err(fault) => {
                    self.wrong(format!("the supervisor does not start: {fault}"));
                    return;
                }
            }
        }
        self.wrong("twenty starts, none came through");
    }

    /// A file that changed while nobody ran comes into force when the logbook is read.
    fn await_what_changed_meanwhile(&mut self) {
        let loads =
            matches!(&self.file, Look::Bytes(bytes) if bytes == self.site.text().as_bytes());
        self.awaited |= loads && self.status().is_some_and(|s| s.file.stale);
    }

    fn open_index(&mut self, fate: IndexFate) -> Opened {
        let path = self.index.path().join("index.sqlite");
        if fate == IndexFate::Lost || !self.index_kept {
            for tail in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{tail}", path.display()));
            }
        }
        // In memory it is three times as quick, and lost with the next start.
        self.index_kept = self.dice.one_in(2);
        if self.index_kept {
            return Store::open(&path).unwrap();
        }
        let store = Store::in_memory().unwrap();
        Opened { store, fresh: true, whole: false, damaged: None }
    }

    pub fn crashed(&self) -> bool {
        self.state.has_crashed() || self.world.shelf.iter().any(FakeDisk::has_crashed)
    }

    /// Everything that ran is gone; the disks have what they have.
    pub fn revive(&mut self, power: bool) {
        self.supervisor = None;
        self.late.clear();
        self.world.die();
        if power {
            self.boots += 1;
        }
        let seed = self.dice.next();
        let sure = self.clock.mono() + Span::secs(-61);
        let away = !self.sick.is_empty() || !self.shelved.is_empty();
        self.world.model.forget_counts(if away { Mono(0) } else { sure });
        for disk in self.world.shelf.iter().chain([&self.state]) {
            if power { disk.power_cut(seed) } else { disk.kill() }
        }
        self.compare_disks();
    }

    pub fn compare_disks(&mut self) {
        for n in 0..self.world.shelf.len() {
            let disk = self.world.shelf[n].clone();
            self.world.model.compare(n, &disk);
        }
        self.hear_wrongs();
    }

    pub fn hear_wrongs(&mut self) {
        for wrong in self.world.model.wrongs() {
            self.wrong(wrong);
        }
    }

    pub fn die(&mut self, death: Death) {
        let (power, off) = match death {
            Death::Kill(off) => (false, off),
            Death::Power(off) => (true, off),
        };
        self.log(format!("dead: {death:?}"));
        self.revive(power);
        self.clock.advance(off);
        let fate = if self.dice.one_in(2) { IndexFate::Kept } else { IndexFate::Lost };
        self.boot(fate);
    }

    pub fn log(&mut self, what: impl Into<String>) {
        self.log.push((self.clock.utc(), what.into()));
    }

    /// Time passes; ends early, with `true`, when the machine died.
    pub fn pass(&mut self, span: Span) -> bool {
        let end = self.clock.mono() + span;
        while self.clock.mono() < end && self.faults.is_empty() {
            let wake = self.turn();
            if self.crashed() {
                return true;
            }
            self.look();
            let now = self.clock.mono();
            let most = if now < self.fine_until { Span::secs(1) } else { FRAME };
            let soon = wake - now;
            let step = match soon < Span::secs(1) {
                true => Span(soon.0.max(Span::millis(300).0)),
                false => most,
            };
            self.clock.advance(Span(step.0.min((end - now).0).max(1)));
        }
        false
    }

    /// News folded, one turn taken.
    pub fn turn(&mut self) -> Mono {
        // A wake-up that never comes: what happened is seen with the next one.
        let sleeps = self.world.garbled.as_mut().is_some_and(|dice| dice.one_in(4));
        let mut events = std::mem::take(&mut self.late);
        events.extend(self.world.step());
        let Some(supervisor) = self.supervisor.as_mut() else { return Mono(i64::MAX / 2) };
        if sleeps {
            self.late = events;
            return self.clock.mono() + FRAME;
        }
        self.turns += 1;
        while !events.is_empty() {
            for event in events {
                supervisor.fold(event, &mut self.world);
            }
            events = self.world.news();
        }
        let wake = supervisor.turn(&mut self.world);
        if self.awaited {
            self.sync_file();
        }
        wake
    }

    pub fn forget_late(&mut self) {
        self.late.clear();
    }

    pub fn fold(&mut self, event: Event) {
        if let Some(supervisor) = self.supervisor.as_mut() {
            supervisor.fold(event, &mut self.world);
        }
        self.sync_file();
    }

    pub fn ask(&mut self, request: Request) -> Option<Reply> {
        let owner = Peer { uid: 0, pid: None, terminal: None };
        match self.supervisor.as_mut()?.answer(request.into(), owner) {
            Answer::Now(reply) => Some(*reply),
            Answer::After(..) | Answer::Later(_) => None, // nobody logs in or looks here
        }
    }

    pub fn status(&self) -> Option<Status> {
        Some(self.supervisor.as_ref()?.status())
    }

    /// Takes note of what is in force now.
    fn sync_file(&mut self) {
        let Some(status) = self.status() else { return };
        let now = self.clock.utc();
        let shown = (status.file.revision, status.file.digest.clone());
        if shown.0 < self.in_force.0 {
            let (was, is) = (self.in_force.0, shown.0);
            self.wrong(format!("revision {was} was in force, and {is} after a restart"));
        }
        if shown != self.in_force {
            self.awaited = false;
            self.in_force = shown;
            self.site_in_force = Some(self.site.clone());
            self.world.model.accepted(&self.site, now);
            let wanted: Vec<CameraId> =
                (self.site.cameras.iter()).filter(|c| !c.disabled).map(|c| c.id.clone()).collect();
            self.wanted_since.retain(|id, _| wanted.contains(id));
            for id in wanted {
                self.wanted_since.entry(id).or_insert(now);
            }
        }
    }
}

/// SQLite's flushes would cost more than the weeks.
fn memory_folder() -> tempfile::TempDir {
    let shared = std::path::Path::new("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
    folder.unwrap()
}
