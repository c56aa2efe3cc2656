//! The footage disks: whose they are, whether they can be written to, what to say of them.
//!
//! ```text
//!   Missing <--- folder absent, unmounted, gone ---+
//!      |                                           |
//!      | answers, ours or to be claimed            |
//!      v                                           |
//!   Writing <--> Slow, Full <--> ReadOnly, Failed -+      Foreign: never written to
//! ```
//! A path whose disk had a file system of its own and now shows a folder of the box's disk is not
//! mounted: nothing is written there, however empty and inviting it is.

use std::sync::Arc;

mod words;

use self::words::{host_name, not_ours, state_of, twins};
use super::Supervisor;
use super::state::{self, KnownDisk, KnownDisks};
use super::world::World;
use crate::base::clock::Mono;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{DISK_HANG_SPAN, DISK_LOOK_SPAN, SLOW_SHOWS_FROM};
use crate::base::name::DiskId;
use crate::base::time::{Span, Utc};
use crate::config::Config;
use crate::disk::identity::{self, Identity};
use crate::disk::{Disk, Room};
use crate::footage::journal;
use crate::footage::retention::Space;
use crate::segment::Order;
use crate::wire::{DiskState, DiskStatus};

/// One footage folder of the file.
pub struct Unit {
    pub path: String,
    pub id: Option<DiskId>,
    pub state: DiskState,
    pub why: Option<String>,
    pub since: Utc,
    pub room: Room,
    pub safe_up_to: Span,
    /// A writer runs on it.
    pub writer: bool,
    /// Looks since that writer last ticked. Not a time: a box that slept is no disk that hangs.
    silent: u32,
    /// So many that the disk counts as hanging.
    hangs: bool,
    pub disk: Option<Arc<dyn Disk>>,
    /// Another site's, which is left alone.
    stranger: Option<Arc<dyn Disk>>,
    /// No longer in the file: closed at the next look.
    dropped: bool,
}

pub struct Disks {
    pub units: Vec<Unit>,
    /// One folder from the command line instead of the file's.
    override_path: Option<String>,
    known: KnownDisks,
    looked: Option<Mono>,
    only_mounted: bool,
}

impl Unit {
    fn new(path: &str, utc: Utc) -> Unit {
        Unit {
            path: path.to_string(),
            id: None,
            state: DiskState::Missing,
            why: None,
            since: utc,
            room: Room::default(),
            safe_up_to: Span::ZERO,
            writer: false,
            silent: 0,
            hangs: false,
            disk: None,
            stranger: None,
            dropped: false,
        }
    }

    fn becomes(&mut self, state: DiskState, why: Option<String>, utc: Utc) {
        if self.state != state || self.since == Utc::default() {
            self.since = utc;
        }
        (self.state, self.why) = (state, why);
    }

    fn takes_footage(&self) -> bool {
        self.writer && matches!(self.state, DiskState::Writing | DiskState::Slow)
    }
}

impl Disks {
    pub fn new(
        override_path: Option<String>,
        known: KnownDisks,
        config: &Config,
        utc: Utc,
    ) -> Disks {
        let (units, only_mounted) = (Vec::new(), false);
        let mut disks = Disks { units, override_path, known, looked: None, only_mounted };
        disks.wish(config);
        for unit in &mut disks.units {
            unit.since = utc;
        }
        disks
    }

    /// The file's folders, in its order; folders that left it are closed at the next look.
    pub fn wish(&mut self, config: &Config) {
        let paths = match &self.override_path {
            Some(path) => vec![path.clone()],
            None => config.storage.footage.value.clone(),
        };
        for unit in &mut self.units {
            unit.dropped = !paths.contains(&unit.path);
        }
        for path in paths {
            if !self.units.iter().any(|u| u.path == path) {
                self.units.push(Unit::new(&path, Utc::default()));
            }
        }
        self.looked = None;
    }

    /// Footage goes to file systems of its own alone, as in the image.
    pub fn mounted(self, only_mounted: bool) -> Disks {
        Disks { only_mounted, ..self }
    }

    pub fn only_mounted(&self) -> bool {
        self.only_mounted
    }

    /// A box of the image that never had a footage disk: it is fit, and says what it lacks.
    pub fn is_new_box(&self) -> bool {
        self.only_mounted && self.known.is_empty()
    }

    /// Disks that cameras may be put on: those with room; when there are none, those that are full,
    /// since retention is making room there, and those that hang.
    pub fn writable(&self) -> Vec<DiskId> {
        let ids = |pick: &dyn Fn(&Unit) -> bool| -> Vec<DiskId> {
            self.units.iter().filter(|u| pick(u)).filter_map(|u| u.id.clone()).collect()
        };
        let with_room = ids(&Unit::takes_footage);
        if !with_room.is_empty() {
            return with_room;
        }
        // A disk that hangs may come back, and until then its queue keeps the newest footage.
        ids(&|u| u.writer && (u.state == DiskState::Full || u.hangs))
    }

    /// Disks whose writer runs, whatever it meets.
    pub fn started(&self) -> Vec<DiskId> {
        self.units.iter().filter(|u| u.writer).filter_map(|u| u.id.clone()).collect()
    }

    /// Room on every disk that retention may relieve; `keep_free` says how much of a total is to be
    /// left.
    pub fn space(
        &self,
        keep_free: impl Fn(u64) -> u64,
    ) -> std::collections::BTreeMap<DiskId, Space> {
        let able = self.units.iter().filter(|u| {
            u.writer && matches!(u.state, DiskState::Writing | DiskState::Slow | DiskState::Full)
        });
        able.filter_map(|u| Some((u.id.clone()?, Space::new(u.room.free, keep_free(u.room.total)))))
            .collect()
    }

    /// Disks of another site that are here, and left alone.
    pub fn strangers(&self) -> impl Iterator<Item = Arc<dyn Disk>> + '_ {
        self.units
            .iter()
            .filter(|u| u.state == DiskState::Foreign)
            .filter_map(|u| u.stranger.clone())
    }

    /// Asks every disk for its room now: a figure of a moment ago does not know what was deleted
    /// since.
    pub fn measure(&mut self) {
        for unit in self.units.iter_mut().filter(|u| u.writer) {
            if let Some(Ok(room)) = unit.disk.as_ref().map(|d| d.room()) {
                unit.room = room;
            }
        }
    }

    fn unit(&mut self, id: &DiskId) -> Option<&mut Unit> {
        self.units.iter_mut().find(|u| u.id.as_ref() == Some(id))
    }

    /// Footage is taken, and its writer ticked since the last look but one.
    pub fn works(&self, id: &DiskId) -> bool {
        let it = self.units.iter().find(|u| u.id.as_ref() == Some(id));
        it.is_some_and(|u| u.takes_footage() && u.silent <= 2)
    }

    /// Its writer ticks, whatever it meets: what is written there beside the footage hangs nobody.
    pub fn answers(&self, id: &DiskId) -> bool {
        let it = self.units.iter().find(|u| u.id.as_ref() == Some(id));
        it.is_some_and(|u| u.writer && u.silent <= 2 && !u.hangs)
    }

    pub fn path_of(&self, id: &DiskId) -> Option<&str> {
        Some(&self.units.iter().find(|u| u.id.as_ref() == Some(id))?.path)
    }

    pub fn handle(&self, id: &DiskId) -> Option<Arc<dyn Disk>> {
        self.units.iter().find(|u| u.id.as_ref() == Some(id))?.disk.clone()
    }

    pub fn ticked(&mut self, id: &DiskId, safe_up_to: Span, utc: Utc) {
        let Some(unit) = self.unit(id).filter(|u| u.writer) else { return };
        unit.safe_up_to = safe_up_to;
        unit.silent = 0;
        if std::mem::take(&mut unit.hangs) {
            unit.becomes(DiskState::Writing, None, utc);
        }
        let slow = safe_up_to >= SLOW_SHOWS_FROM;
        match unit.state {
            DiskState::Writing if slow => {
                let text = "the disk takes long to make footage safe";
                unit.becomes(DiskState::Slow, Some(text.into()), utc);
            }
            DiskState::Slow if !slow => unit.becomes(DiskState::Writing, None, utc),
            _ => {}
        }
    }

    pub fn trouble(&mut self, id: &DiskId, fault: &Fault, utc: Utc) {
        let state = match fault.kind {
            FaultKind::Full => DiskState::Full,
            FaultKind::ReadOnly => DiskState::ReadOnly,
            FaultKind::Missing => DiskState::Missing,
            FaultKind::Foreign => DiskState::Foreign,
            _ => DiskState::Failed,
        };
        // A writer that was let go of may still complain about the disk that is gone.
        if let Some(unit) = self.unit(id).filter(|u| u.writer) {
            unit.becomes(state, Some(fault.text.clone()), utc);
        }
    }

    pub fn recovered(&mut self, id: &DiskId, utc: Utc) {
        if let Some(unit) = self.unit(id).filter(|u| u.writer) {
            unit.becomes(DiskState::Writing, None, utc);
        }
    }

    pub fn died(&mut self, id: &DiskId, utc: Utc) {
        if let Some(unit) = self.unit(id) {
            let text = "its writer stopped unexpectedly and is started anew";
            unit.becomes(DiskState::Failed, Some(text.into()), utc);
            (unit.writer, unit.disk) = (false, None);
        }
    }

    pub fn stopped(&mut self, id: &DiskId) {
        if let Some(unit) = self.unit(id) {
            (unit.writer, unit.disk) = (false, None);
        }
    }

    pub fn statuses(&self, cameras_on: impl Fn(&DiskId) -> u32) -> Vec<DiskStatus> {
        let status = |u: &Unit| DiskStatus {
            path: u.path.clone(),
            id: u.id.clone(),
            state: u.state,
            why: u.why.clone(),
            since: u.since,
            total: u.room.total,
            free: u.room.free,
            cameras: u.id.as_ref().map_or(0, &cameras_on),
            safe_up_to: u.safe_up_to.as_secs_f64(),
        };
        self.units.iter().filter(|u| !u.dropped).map(status).collect()
    }
}

/// What a look at a folder found.
enum Found {
    Ready { id: DiskId, disk: Arc<dyn Disk>, own: bool, claimed: bool },
    Not(DiskState, String),
}

impl Supervisor {
    /// Every few seconds: are the disks still there, still ours, is there a new one?
    pub(super) fn look_at_disks(&mut self, world: &mut dyn World) {
        let (now, utc) = self.now();
        if self.stopping.is_some() || self.disks.looked.is_some_and(|at| now - at < DISK_LOOK_SPAN)
        {
            return;
        }
        self.disks.looked = Some(now);
        self.close_dropped(world);
        let mut begun = Vec::new();
        for n in 0..self.disks.units.len() {
            if self.disks.units[n].writer {
                self.look_again(n, world, utc);
            } else {
                match self.examine(n, world, utc) {
                    Found::Not(state, why) => self.disks.units[n].becomes(state, Some(why), utc),
                    Found::Ready { id, disk, own, claimed } => {
                        self.begin_disk(n, id.clone(), disk.clone(), own, claimed);
                        begun.push((id, disk));
                    }
                }
            }
        }
        self.begin_gaps(&begun);
        for (id, disk) in begun {
            world.start_writer(&id, disk);
        }
    }

    fn close_dropped(&mut self, world: &mut dyn World) {
        let leaves = |u: &Unit| u.id.clone().filter(|_| u.dropped && u.writer);
        let ids: Vec<DiskId> = self.disks.units.iter().filter_map(leaves).collect();
        for id in ids {
            world.order(&id, Order::Stop);
            world.drop_writer(&id);
            self.forget_leaving(&id);
        }
        self.disks.units.retain(|u| !u.dropped);
    }

    /// A disk that is being written to: its room, and whether it still is the one it was.
    fn look_again(&mut self, n: usize, world: &mut dyn World, utc: Utc) {
        let site = self.site_id.clone();
        let unit = &mut self.disks.units[n];
        let (Some(disk), Some(id)) = (unit.disk.clone(), unit.id.clone()) else { return };
        let same =
            matches!(identity::examine(disk.as_ref(), &site), Ok(Identity::Ours(i)) if i == id);
        if same {
            if let Ok(room) = disk.room() {
                unit.room = room;
            }
            unit.silent += 1;
            if i64::from(unit.silent) * DISK_LOOK_SPAN.0 > DISK_HANG_SPAN.0 && !unit.hangs {
                unit.hangs = true;
                let why = "it takes nothing any more; it or its cable may be dying".to_string();
                tracing::warn!("{}: {why}", unit.path);
                unit.becomes(DiskState::Failed, Some(why), utc);
            }
            if !matches!(unit.state, DiskState::Writing | DiskState::Slow) && !unit.hangs {
                // A blank line means nothing, but when it is durable the writer says that the disk
                // works again, even if no camera is left on it whose footage could show that.
                world.order(&id, Order::Append { path: journal::path(utc), line: b"\n".to_vec() });
            }
            return;
        }
        let why = "the disk is no longer there, or another one took its place";
        tracing::warn!("{}: {why}", unit.path);
        unit.becomes(DiskState::Missing, Some(why.into()), utc);
        (unit.writer, unit.disk) = (false, None);
        world.order(&id, Order::Stop);
        world.drop_writer(&id);
        self.forget_leaving(&id);
    }

    fn examine(&mut self, n: usize, world: &mut dyn World, utc: Utc) -> Found {
        let path = self.disks.units[n].path.clone();
        let known = self.disks.known.get(&path).cloned();
        // A folder that was there before and is gone is a disk that is away, never a reason to make
        // another.
        let open = match world.open_disk(&path, known.is_none()) {
            Ok(open) => open,
            Err(fault) => return Found::Not(state_of(fault.kind), fault.text),
        };
        let (disk, own) = (open.disk, open.own_filesystem);
        if self.disks.only_mounted && !own {
            let why = format!(
                "no footage disk is mounted at {path}: make one, or open the one that is here \
                 (screen Box, n)"
            );
            return Found::Not(DiskState::Missing, why);
        }
        let identity = match identity::examine(disk.as_ref(), &self.site_id) {
            Ok(identity) => identity,
            Err(fault) => return Found::Not(state_of(fault.kind), fault.text),
        };
        let twin = match &identity {
            Identity::Ours(id) => self.twin_of(n, id, world),
            _ => None,
        };
        match identity {
            Identity::Ours(id)
                if self
                    .disks
                    .units
                    .iter()
                    .any(|u| u.id.as_ref() == Some(&id) && u.path != path && u.writer) =>
            {
                let why =
                    format!("{path} is a copy of another footage disk of this box; remove one");
                Found::Not(DiskState::Foreign, why)
            }
            // Which of two has the newest footage, nobody can tell: whoever copied it knows.
            Identity::Ours(id) if twin.is_some() => {
                Found::Not(DiskState::Foreign, twins(&path, &twin.unwrap_or_default(), &id))
            }
            // Footage may have been kept in the folder before a disk was ever mounted there.
            Identity::Ours(id)
                if known.as_ref().is_some_and(|k| k.own_filesystem && k.id != id) && !own =>
            {
                let why = format!("no disk is mounted at {path}; the one known there is away");
                Found::Not(DiskState::Missing, why)
            }
            Identity::Ours(id) if !world.writer_ended(&id) => {
                let why = "its last writer has not let go of it yet";
                Found::Not(DiskState::Failed, why.into())
            }
            Identity::Ours(id) => Found::Ready { id, disk, own, claimed: false },
            Identity::Fresh => {
                if known.as_ref().is_some_and(|k| k.own_filesystem) && !own {
                    let why = format!("no disk is mounted at {path}; the one known there is away");
                    return Found::Not(DiskState::Missing, why);
                }
                let fresh = DiskId(world.random_id());
                let name = host_name();
                match identity::claim(disk.as_ref(), &self.site_id, fresh, &name, utc) {
                    Ok(id) => Found::Ready { id, disk, own, claimed: true },
                    Err(fault) => Found::Not(state_of(fault.kind), fault.text),
                }
            }
            other => self.leave_alone(n, &other, disk),
        }
    }

    fn leave_alone(&mut self, n: usize, whose: &Identity, disk: Arc<dyn Disk>) -> Found {
        let school = &self.file.config.site.name.value;
        let unit = &mut self.disks.units[n];
        let why = not_ours(whose, &unit.path, disk.as_ref(), school);
        unit.stranger = matches!(whose, Identity::Foreign { .. }).then_some(disk);
        Found::Not(DiskState::Foreign, why)
    }

    /// Another folder, not in use, whose disk has the same identity.
    fn twin_of(&self, n: usize, id: &DiskId, world: &mut dyn World) -> Option<String> {
        let others = self.disks.units.iter().enumerate();
        let mut others = others.filter(|(m, u)| *m != n && !u.writer && !u.dropped);
        let twin = others.find(|(_, u)| {
            let found = world.open_disk(&u.path, false).ok();
            let found = found.and_then(|o| identity::examine(o.disk.as_ref(), &self.site_id).ok());
            matches!(found, Some(Identity::Ours(other)) if other == *id)
        });
        twin.map(|(_, u)| u.path.clone())
    }

    /// Takes a disk into use: what it remembers first, then its newest footage. New footage comes
    /// to it once its writer was started.
    fn begin_disk(&mut self, n: usize, id: DiskId, disk: Arc<dyn Disk>, own: bool, claimed: bool) {
        let (_, utc) = self.now();
        let path = self.disks.units[n].path.clone();
        let known = KnownDisk { id: id.clone(), own_filesystem: own };
        if self.disks.known.get(&path) != Some(&known) {
            self.disks.known.insert(path, known);
            if let Err(fault) = state::write(self.state.as_ref(), state::DISKS, &self.disks.known) {
                tracing::warn!("{fault}");
            }
        }
        let school = &self.file.config.site.name.value;
        if let Err(fault) = identity::label(disk.as_ref(), &self.site_id, school, &host_name()) {
            tracing::warn!("{fault}"); // whose it is, it says; what they are called, it does not
        }
        let unit = &mut self.disks.units[n];
        unit.stranger = None;
        unit.id = Some(id.clone());
        unit.room = disk.room().unwrap_or_default();
        unit.disk = Some(disk.clone());
        (unit.writer, unit.silent, unit.hangs) = (true, 0, false);
        unit.becomes(DiskState::Writing, None, utc);
        self.adopt_disk(&id, disk.as_ref(), claimed);
        self.keep.compare = true;
        self.copies.hurry();
        if let Err(why) = self.share_holds() {
            tracing::warn!("holds: {why}");
        }
    }
}
