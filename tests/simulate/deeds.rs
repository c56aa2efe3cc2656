//! Everything that can happen, and how each thing is done to a running box and undone.

use std::collections::BTreeMap;

use beadle::base::clock::Clock;
use beadle::base::name::CameraId;
use beadle::base::time::Span;
use beadle::disk::fake::FakeDisk;
use beadle::disk::{Disk, identity};
use beadle::footage::{GapReason, Hold};
use beadle::supervisor::event::Event;
use beadle::watch::Look;
use beadle::wire::{Reply, Request};

use super::super::site::Site;
use super::super::world::CameraIs;
use super::troubles::StateIs;
use super::{IndexFate, Sim};

/// Everything that can happen to a box in a cupboard.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    Wait(Span),
    Edit(Site, &'static str),
    /// The file has a mistake, is not there, or is right again.
    FileBroken,
    FileGone,
    FileBack,
    Camera(CameraId, CameraIs),
    Full(usize),
    ReadOnly(usize),
    Failing(usize),
    Slow(usize, Span),
    Healthy(usize),
    PullOut(String),
    PutBack(String),
    /// Another disk is put in: empty, or another school's.
    PutFresh(String),
    PutForeign(String),
    /// The machine dies after so many more operations of one disk (`None`: the state disk).
    DieAfter(Option<usize>, u64, Death),
    DieNow(Death),
    /// A clean stop, time off, a start.
    Stop(Span),
    StepClock(Span),
    HoldAdd(Vec<CameraId>, Span, Span),
    HoldEnd,
    Reindex,
    /// The state folder's disk takes nothing for a while, in one of three ways.
    StateSick(StateIs),
    /// Events are lost and come twice for a while.
    Garbled,
}

/// How it dies, and how long it stays dead.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Death {
    Kill(Span),
    Power(Span),
}

impl Sim {
    /// What happens next.
    pub fn roll(&mut self) -> Op {
        let d = &mut self.dice;
        let n = d.below(self.world.shelf.len().min(2));
        let path = d.pick(&["/mnt/a", "/mnt/b"]).to_string();
        let longest = if d.one_in(8) { Span::days(16) } else { Span::hours(3) };
        let off = d.span(Span::secs(2), longest);
        let death = if d.one_in(2) { Death::Kill(off) } else { Death::Power(off) };
        let camera = self.site.cameras[d.below(self.site.cameras.len())].id.clone();
        match d.below(27) {
            0..=3 => match self.site.edit(d) {
                Some((site, what)) => Op::Edit(site, what),
                None => Op::Wait(Span::secs(1)),
            },
            4 => {
                if d.one_in(2) {
                    Op::FileBroken
                } else {
                    Op::FileGone
                }
            }
            5 | 6 => {
                use GapReason as R;
                let reason = d.pick(&[R::NoRoute, R::WrongPassword, R::Closed, R::NoStream]);
                let is = d.pick(&[CameraIs::Failing(reason), CameraIs::Silent, CameraIs::Keyless]);
                Op::Camera(camera, is)
            }
            7 => Op::Full(n),
            8 => Op::ReadOnly(n),
            9 => Op::Failing(n),
            10 => Op::Slow(n, d.pick(&[Span::millis(700), Span::secs(3)])),
            11 => Op::PullOut(path),
            12 => Op::PutFresh(path),
            13 => Op::PutForeign(path),
            14 | 15 => {
                let disk = if d.one_in(3) { None } else { Some(n) };
                Op::DieAfter(disk, d.span(Span(1), Span(400)).0 as u64 - 1, death)
            }
            16 => Op::DieNow(death),
            17 => Op::Stop(off),
            18 => {
                let by = d.span(Span::millis(600), Span::hours(3));
                Op::StepClock(if d.one_in(2) { by } else { Span(-by.0) })
            }
            19 | 20 => {
                let which = if d.one_in(3) { vec![] } else { vec![camera] };
                let ago = d.span(Span::mins(1), Span::days(4));
                Op::HoldAdd(which, ago, d.span(Span::mins(1), Span::days(1)))
            }
            21 => Op::HoldEnd,
            22 => Op::Reindex,
            23 => {
                let is = d.pick(&[StateIs::Failing, StateIs::Full, StateIs::ReadOnly]);
                Op::StateSick(is)
            }
            24 => Op::Garbled,
            _ => Op::Wait(d.span(Span::hours(1), Span::days(2))),
        }
    }

    /// One thing happens, and what undoes it after a while.
    pub fn happen(&mut self, op: Op) {
        self.ops += 1;
        self.log(format!("{op:?}").chars().take(160).collect::<String>());
        let a_while = self.dice.span(Span::secs(20), Span::hours(4));
        match op {
            Op::Wait(span) => self.go_on(span),
            Op::Edit(site, _) => self.edit(site),
            Op::FileBroken => self.spoil(Look::Bytes(b"site \"x\" {".to_vec()), a_while),
            Op::FileGone => self.spoil(Look::Missing, a_while),
            Op::FileBack => self.give_file(),
            Op::Camera(id, is) => self.camera_fault(id, is, a_while),
            Op::Full(n) => self.fill(n, a_while),
            Op::ReadOnly(n) => {
                self.world.shelf[n].set_read_only(true);
                self.sick(n, "read-only", a_while);
                self.happen(Op::Healthy(n));
            }
            Op::Failing(n) => {
                self.world.shelf[n].set_failing(true);
                self.sick(n, "failing", a_while);
                self.happen(Op::Healthy(n));
            }
            Op::Slow(n, latency) => {
                self.world.shelf[n].set_slow(&self.clock, latency);
                let short = Span(a_while.0.min(Span::mins(20).0));
                self.sick(n, "slow", short);
                self.happen(Op::Healthy(n));
            }
            Op::Healthy(n) => {
                self.world.shelf[n].set_read_only(false);
                self.world.shelf[n].set_failing(false);
                self.world.shelf[n].set_slow(&self.clock, Span::ZERO);
                self.well(n);
            }
            Op::PullOut(path) => {
                self.swap(&path, None);
                self.go_on(a_while);
                self.happen(Op::PutBack(path));
            }
            Op::PutBack(path) => self.put_back(&path),
            Op::PutFresh(path) => self.put_other(path, false, a_while),
            Op::PutForeign(path) => self.put_other(path, true, a_while),
            Op::DieAfter(disk, operations, death) => self.die_after(disk, operations, death),
            Op::DieNow(death) => {
                self.die(death);
                self.go_on(Span::mins(3));
            }
            Op::Stop(off) => self.stop(off),
            Op::StepClock(by) => self.step_clock(by),
            Op::HoldAdd(cameras, ago, long) => self.hold(cameras, ago, long),
            Op::HoldEnd => self.hold_end(),
            Op::Reindex => {
                self.ask(Request::Reindex);
                self.world.model.index_partial = true;
                self.go_on(Span::mins(5));
            }
            Op::StateSick(is) => self.state_sick(is, a_while),
            Op::Garbled => self.garbled(a_while),
        }
    }

    /// Time passes, deaths included.
    pub fn go_on(&mut self, span: Span) {
        let end = self.clock.mono() + span;
        while self.clock.mono() < end && self.faults.is_empty() {
            if self.pass(end - self.clock.mono()) {
                self.die(Death::Power(Span::secs(30)));
            }
        }
        self.hear_wrongs();
    }

    fn sick(&mut self, n: usize, what: &'static str, span: Span) {
        self.sick.insert(n, what);
        self.disturb();
        self.go_on(span);
    }

    fn well(&mut self, n: usize) {
        self.sick.remove(&n);
        self.disturb();
        self.go_on(Span::mins(3));
    }

    fn edit(&mut self, site: Site) {
        let (before, same) = (self.world.disturbed.clone(), self.site.untouched(&site));
        let calm = self.is_calm() && site.folders == self.site.folders;
        let recording: Vec<CameraId> = self.recording();
        self.site = site;
        self.disturb();
        self.give_file();
        self.go_on(Span::secs(40));
        if calm {
            self.undisturbed(&before, &same, &recording, "the edit of another");
        }
        self.go_on(Span::mins(3));
    }

    pub fn undisturbed(
        &mut self,
        before: &BTreeMap<CameraId, u32>,
        same: &[CameraId],
        recording: &[CameraId],
        what: &str,
    ) {
        for id in same.iter().filter(|id| recording.contains(id)) {
            if before.get(id) != self.world.disturbed.get(id) {
                self.wrong(format!("{id} was disturbed by {what}"));
            }
        }
    }

    pub fn recording(&self) -> Vec<CameraId> {
        use beadle::wire::CameraState::Recording;
        let status = self.status().map(|s| s.cameras).unwrap_or_default();
        let old = self.clock.utc() - Span::mins(2);
        let all = status.into_iter().filter(|c| c.state == Recording && c.since < old);
        all.map(|c| c.id).collect()
    }

    /// Nothing but what is done next can touch a recording.
    pub fn is_calm(&self) -> bool {
        self.sick.is_empty()
            && self.shelved.is_empty()
            && self.clock.mono() - self.able_since > Span::mins(5)
            && self.status().is_some_and(|s| {
                s.disks.iter().all(|d| d.state == beadle::wire::DiskState::Writing)
            })
    }

    pub fn give_file(&mut self) {
        self.file = Look::Bytes(self.site.text().into_bytes());
        let look = self.file.clone();
        match self.dice.below(8) {
            // The wake-up is lost: the watch's own poll finds the change.
            0 => self.go_on(Span::secs(5)),
            1 => self.fold(Event::File(look.clone())),
            _ => {}
        }
        self.fold(Event::File(look));
        let able = !self.crashed() && !self.state_sick;
        let Some(status) = self.status().filter(|_| able) else { return };
        if status.file.stale {
            let found = status.file.findings.first().map(|f| f.rendered.clone());
            self.wrong(format!("a good file is refused: {found:?} {:?}", status.alarms));
        }
    }

    pub fn spoil(&mut self, look: Look, a_while: Span) {
        let before = (self.in_force.clone(), self.world.disturbed.clone());
        let (calm, recording) = (self.is_calm(), self.recording());
        let accepted = self.state.list("accepted").map(|l| l.len()).ok();
        self.file = look;
        self.fold(Event::File(self.file.clone()));
        self.go_on(Span::secs(40));
        if calm {
            self.undisturbed(&before.1, &recording, &recording, "a file that does not load");
        }
        if before.0 != self.in_force {
            self.wrong("a file that does not load came into force");
        }
        if accepted != self.state.list("accepted").map(|l| l.len()).ok() {
            self.wrong("a file that does not load was kept as a version");
        }
        if self.status().is_some_and(|s| !s.file.stale) {
            self.wrong("the file does not load, and the status does not say so");
        }
        if self.dice.one_in(3) {
            self.happen(Op::DieNow(Death::Power(Span::mins(2))));
        }
        self.go_on(a_while);
        self.happen(Op::FileBack);
    }

    fn camera_fault(&mut self, id: CameraId, is: CameraIs, a_while: Span) {
        let before = self.world.disturbed.clone();
        let (calm, recording) = (self.is_calm(), self.recording());
        self.world.cameras.insert(id.clone(), is);
        self.fine_until = self.clock.mono() + Span::mins(2);
        self.go_on(a_while);
        self.world.cameras.insert(id.clone(), CameraIs::Well);
        self.fine_until = self.clock.mono() + Span::mins(2);
        self.go_on(Span::mins(2));
        if calm && self.is_calm() {
            let others: Vec<_> = recording.iter().filter(|o| **o != id).cloned().collect();
            self.undisturbed(&before, &others, &recording, &format!("{id}'s failure"));
        }
    }

    fn mount(&mut self, path: &str, disk: Option<usize>) {
        if let Some(mount) = self.world.mounts.get_mut(path) {
            mount.disk = disk;
        }
    }

    fn swap(&mut self, path: &str, new: Option<usize>) {
        let old = self.world.mounts.get(path).and_then(|m| m.disk);
        if let Some(n) = old {
            self.world.shelf[n].set_gone(true);
            self.shelved.insert(path.to_string(), n);
        }
        self.mount(path, new);
        self.disturb();
    }

    /// Another disk in the place of the right one, for a while.
    fn put_other(&mut self, path: String, foreign: bool, a_while: Span) {
        let seed = self.dice.next();
        let disk = FakeDisk::new(seed);
        disk.set_capacity(20_000_000);
        if foreign {
            let id = beadle::base::name::DiskId(format!("{seed:032x}"));
            identity::claim(&disk, "another-school", id, "box", self.clock.utc()).unwrap();
            self.foreign.push((self.world.shelf.len(), disk.operations()));
        }
        self.world.shelf.push(disk);
        self.world.model.files.push(BTreeMap::new());
        let n = self.world.shelf.len() - 1;
        self.swap(&path, Some(n));
        self.go_on(a_while);
        self.world.shelf[n].set_gone(true);
        self.happen(Op::PutBack(path));
    }

    fn stop(&mut self, off: Span) {
        if let Some(supervisor) = self.supervisor.as_mut() {
            supervisor.begin_stop(&mut self.world);
            while self.world.has_news() {
                for event in self.world.news() {
                    supervisor.fold(event, &mut self.world);
                }
            }
            if !supervisor.stopped() && self.sick.is_empty() {
                self.wrong("a clean stop did not end");
            }
        }
        if let Some(supervisor) = self.supervisor.as_mut() {
            supervisor.end_stop();
        }
        self.supervisor = None;
        self.forget_late();
        self.world.die();
        self.compare_disks();
        self.clock.advance(off);
        self.boot(IndexFate::Kept);
        self.go_on(Span::mins(3));
    }

    pub fn hold(&mut self, cameras: Vec<CameraId>, ago: Span, long: Span) {
        let now = self.clock.utc();
        let request = Request::HoldAdd {
            cameras,
            start: now - ago,
            end: now - ago + long,
            reference: "CR/1".into(),
            reason: "police".into(),
            review_days: None,
            class: None,
            case: None,
        };
        match self.ask(request) {
            Some(Reply::Hold(hold)) => self.world.model.holds.push(hold),
            Some(Reply::Refused { why }) => self.log(format!("hold refused: {why}")),
            _ => {}
        }
        self.go_on(Span::mins(1));
    }

    fn hold_end(&mut self) {
        let Some(id) = self.world.model.holds.iter().find(|h| h.ended.is_none()) else { return };
        let id = id.id.clone();
        if let Some(Reply::Hold(ended)) = self.ask(Request::HoldEnd { id }) {
            let known = self.world.model.holds.iter_mut().find(|h: &&mut Hold| h.id == ended.id);
            *known.unwrap() = ended;
        }
        self.disturb();
        self.go_on(Span::mins(1));
    }

    fn fill(&mut self, n: usize, a_while: Span) {
        let room = self.world.shelf[n].room().map_or((1, 0), |r| (r.total, r.free));
        self.world.shelf[n].set_capacity(room.0.saturating_sub(room.1));
        self.sick(n, "full", a_while);
        self.world.shelf[n].set_capacity(room.0);
        self.well(n);
    }

    fn put_back(&mut self, path: &str) {
        if let Some(n) = self.shelved.remove(path) {
            self.world.shelf[n].set_gone(false);
            self.mount(path, Some(n));
        }
        self.disturb();
        self.go_on(Span::mins(3));
    }

    fn die_after(&mut self, disk: Option<usize>, operations: u64, death: Death) {
        let fake = disk.map_or(&self.state, |n| &self.world.shelf[n]);
        fake.crash_after(operations);
        if disk.is_none() {
            // The state disk is written when a version is accepted.
            if let Some((site, _)) = self.site.clone().edit(&mut self.dice) {
                self.site = site;
                self.file = Look::Bytes(self.site.text().into_bytes());
                self.fold(Event::File(self.file.clone()));
            }
        }
        let died = self.crashed() || self.pass(Span::mins(20));
        if died {
            self.die(death);
        } else {
            let fake = disk.map_or(&self.state, |n| &self.world.shelf[n]);
            fake.crash_after(u64::MAX / 4);
        }
        self.go_on(Span::mins(3));
    }

    fn step_clock(&mut self, by: Span) {
        let before = self.clock.utc();
        self.turn();
        self.clock.step(by);
        self.judged_from = before.max(self.clock.utc()) + Span::mins(10);
        self.disturb();
        self.go_on(Span::mins(3));
    }
}
