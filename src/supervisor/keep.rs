//! Retention at run time: asks for the oldest footage, lets the pure rules decide, has it deleted,
//! counts it.
//!
//! Order of a deletion: (1) decided from rules, holds and room; (2) the writer unlinks and syncs
//! the folder; (3) the index rows go, the day's count is kept. A crash between any two is found by
//! the comparison of folders at the next start.

use std::collections::{BTreeMap, BTreeSet};

use super::Supervisor;
use super::desired::{rules, rules_otherwise};
use super::figures::Figures;
use super::report::with_version;
use super::state::{self, KnownRules};
use super::world::World;
use crate::base::clock::Mono;
use crate::base::limits::{
    CLOCK_REST_SPAN, DELETED_AT_ONCE_MAX, EDIT_GRACE, LOT_SEGMENTS, RETAIN_SPAN,
};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Span, Utc, Zone};
use crate::config::Config;
use crate::config::retention as named;
use crate::config::storage::KeepFree;
use crate::disk::Disk;
use crate::footage::journal::{Copy, Entry, StoredHold};
use crate::footage::retention::{
    self, DayCounts, Decision, Lot, Policy, Shortfall, Space, WhenFull, Why, mildest, prune,
};
use crate::footage::{Hold, Segment};
use crate::segment::Order;
use crate::store::rebuild::Rebuild;
use crate::wire::{Alarm, Level};

/// What retention remembers.
pub struct Keep {
    pub policy: Policy,
    pub(super) holds: Vec<StoredHold>,
    /// Why the holds are not certain; while this is set nothing is deleted.
    pub(super) doubt: Option<String>,
    /// Each disk's copy of the holds as it was when the disk was taken into use.
    pub(super) copies: BTreeMap<DiskId, Copy>,
    /// Ordered to be deleted, not told deleted yet; and when the order was given.
    leaving: BTreeMap<(DiskId, String), (Segment, Why)>,
    ordered: Mono,
    /// On each disk, folders from this day on may hold files that are being written.
    pub(super) writing_since: BTreeMap<DiskId, Day>,
    /// `keep-free` and `when-full` of every version of the file that still counts.
    keep_free: Vec<(Utc, KeepFree)>,
    when_full: Vec<(Utc, WhenFull)>,
    pub(super) stop: BTreeSet<DiskId>,
    pub(super) shortfall: Vec<Shortfall>,
    next: Mono,
    pub figures: Figures,
    pub(super) rebuild: Option<Rebuild>,
    pub(super) percent: u8,
    /// The index failed; it is made again from the files.
    pub(super) index_fault: Option<(String, Utc)>,
    /// Every folder is to be compared with the index.
    pub(super) compare: bool,
}

impl Keep {
    pub fn new(known: KnownRules) -> Keep {
        Keep {
            policy: Policy {
                cameras: known.cameras,
                otherwise: known.otherwise,
                when_full: WhenFull::Oldest,
            },
            holds: Vec::new(),
            doubt: Some("no footage disk was read yet".into()),
            copies: BTreeMap::new(),
            leaving: BTreeMap::new(),
            ordered: Mono(0),
            writing_since: BTreeMap::new(),
            keep_free: known.keep_free,
            when_full: known.when_full,
            stop: BTreeSet::new(),
            shortfall: Vec::new(),
            next: Mono(0),
            figures: Figures::default(),
            rebuild: None,
            percent: 0,
            index_fault: None,
            compare: true,
        }
    }

    /// An accepted file's figures become the newest version of every camera's rules; cameras that
    /// it no longer names keep theirs. What a crash loses of this is made again from the file at
    /// the next start.
    pub fn adopt_rules(&mut self, folder: &dyn Disk, config: &Config, at: Utc) {
        for (camera, new) in rules(config) {
            let versions = self.policy.cameras.entry(camera).or_default();
            *versions = with_version(versions, new, at);
            prune(versions, at);
        }
        self.policy.otherwise = with_version(&self.policy.otherwise, rules_otherwise(config), at);
        prune(&mut self.policy.otherwise, at);
        let when_full = match config.retention.when_full.value {
            named::WhenFull::Oldest => WhenFull::Oldest,
            named::WhenFull::Stop => WhenFull::Stop,
        };
        adopt(&mut self.when_full, when_full, at);
        adopt(&mut self.keep_free, config.storage.keep_free.value, at);
        let known = KnownRules {
            cameras: self.policy.cameras.clone(),
            otherwise: self.policy.otherwise.clone(),
            keep_free: self.keep_free.clone(),
            when_full: self.when_full.clone(),
        };
        if let Err(fault) = state::write(folder, state::RULES, &known) {
            tracing::warn!("{fault}");
        }
    }

    pub fn ceiling(&self, camera: &CameraId, now: Utc) -> u32 {
        self.policy.rules(camera, now).map_or(0, |r| r.ceiling_days)
    }

    pub fn holds(&self) -> Vec<Hold> {
        self.holds.iter().map(|h| h.hold.clone()).collect()
    }

    pub fn holds_in_force(&self) -> u32 {
        self.holds.iter().filter(|h| h.hold.ended.is_none()).count() as u32
    }

    pub fn rebuilding(&self) -> Option<u8> {
        self.rebuild.as_ref().map(|_| self.percent)
    }

    /// Retention looks again at once: a disk is full.
    pub fn hurry(&mut self, now: Mono) {
        self.next = now;
    }

    /// The rest of what a status shows as wrong.
    pub fn alarms(&self, zone: &Zone, now: Utc) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let mut add = |level, text: String, remedy: &str, since| {
            alarms.push(Alarm { level, text, remedy: remedy.into(), since });
        };
        if let Some(why) = &self.doubt {
            let text = format!("nothing is deleted, because the holds cannot be read: {why}");
            add(Level::Warning, text, "Connect the footage disk that was there before.", now);
        }
        for short in &self.shortfall {
            let floor = "the floor is not kept";
            let text = match short.missing {
                0 => format!(
                    "{floor}: {} segments younger than it were deleted on disk {}",
                    short.segments, short.disk
                ),
                _ => format!("disk {} is full and nothing on it may be deleted", short.disk),
            };
            add(Level::Fault, text, "Add a disk, or ask for fewer days in the file.", now);
        }
        if let Some(f) =
            self.figures.forecast.filter(|f| !f.floor_kept && self.shortfall.is_empty())
        {
            let when = f.breaks_at.map(|at| zone.show_near(at, now)).unwrap_or_default();
            let text = format!(
                "only {:.1} days fit at the present bit rate: the floor breaks {when}",
                f.days
            );
            add(Level::Warning, text, "Add a disk before then.", now);
        }
        if let Some((why, since)) = &self.index_fault {
            let text = format!("the footage index failed and is made again: {why}");
            add(Level::Warning, text, "Check the state disk's room and health.", *since);
        }
        alarms
    }
}

impl Supervisor {
    /// Decides and orders deletions when it is time; returns when it wants to come back.
    pub(super) fn retain(&mut self, world: &mut dyn World) -> Option<Mono> {
        let (now, utc) = self.now();
        if now - self.keep.ordered > RETAIN_SPAN {
            // What a disk refused to delete is decided upon anew; deleting twice does no harm.
            self.keep.leaving.clear();
        }
        if now < self.keep.next || !self.keep.leaving.is_empty() || self.stopping.is_some() {
            return Some(self.keep.next.max(now + Span::millis(200)));
        }
        self.keep.next = now + RETAIN_SPAN;
        let rests = |(at, _): &(Utc, Span)| utc - *at < CLOCK_REST_SPAN && utc >= *at;
        if self.clocks.stepped.as_ref().is_some_and(rests) {
            return Some(self.keep.next);
        }
        let decision = self.decide(utc);
        self.keep.stop = decision.stop.clone();
        if !decision.shortfall.is_empty() || self.keep.stop.is_empty() {
            self.keep.shortfall = decision.shortfall.clone();
        }
        self.order_deletions(decision, world);
        Some(self.keep.next)
    }

    /// Room on the disks against the least `keep-free` that still counts: an edit deletes nothing
    /// for [`EDIT_GRACE`].
    pub(super) fn space(&self, utc: Utc) -> BTreeMap<DiskId, Space> {
        self.disks.space(|total| {
            let least = |a: KeepFree, b: KeepFree| if a.of(total) < b.of(total) { a } else { b };
            mildest(&self.keep.keep_free, utc, least).map_or(0, |free| free.of(total))
        })
    }

    fn decide(&mut self, utc: Utc) -> Decision {
        let holds = self.keep.holds();
        let certain = self.keep.doubt.is_none().then_some(holds.as_slice());
        let mut lots = Vec::new();
        self.disks.measure();
        let space = self.space(utc);
        let stop = |a, b| if a == WhenFull::Stop { a } else { b };
        self.keep.policy.when_full = mildest(&self.keep.when_full, utc, stop).unwrap_or_default();
        for camera in self.store.cameras().unwrap_or_default() {
            for disk in space.keys() {
                match self.store.oldest(disk, &camera, utc, LOT_SEGMENTS) {
                    Ok(segments) => {
                        let complete = segments.len() < LOT_SEGMENTS;
                        let (disk, camera) = (disk.clone(), camera.clone());
                        lots.push(Lot { disk, camera, segments, complete });
                    }
                    Err(fault) => {
                        self.index_failed(&fault);
                        return Decision::default();
                    }
                }
            }
        }
        retention::plan(&lots, certain, &self.keep.policy, &space, utc, self.zone())
    }

    fn order_deletions(&mut self, decision: Decision, world: &mut dyn World) {
        let mut by_disk: BTreeMap<DiskId, Vec<String>> = BTreeMap::new();
        (self.keep.ordered, _) = self.now();
        for (segment, why) in decision.delete.into_iter().take(DELETED_AT_ONCE_MAX) {
            by_disk.entry(segment.disk.clone()).or_default().push(segment.path.clone());
            let key = (segment.disk.clone(), segment.path.clone());
            self.keep.leaving.insert(key, (segment, why));
        }
        for (disk, paths) in by_disk {
            world.order(&disk, Order::Delete { paths });
        }
    }

    /// The writer unlinked them: rows go, the day's summary is kept.
    pub(super) fn deleted(&mut self, disk: &DiskId, paths: &[String], world: &mut dyn World) {
        let (now, utc) = self.now();
        self.index(|store| store.removed(disk, paths));
        let day = self.zone().day_of(utc);
        let mut counts = DayCounts::new(day);
        let mut trimmed: BTreeMap<CameraId, Utc> = BTreeMap::new();
        for path in paths {
            let key = (disk.clone(), path.clone());
            if let Some((segment, why)) = self.keep.leaving.remove(&key) {
                counts.add(&segment, why);
                let until = trimmed.entry(segment.camera.clone()).or_insert(segment.end);
                *until = (*until).max(segment.end);
            }
        }
        for (camera, until) in trimmed {
            self.index(|store| store.trimmed_put(&camera, until));
            self.index(|store| store.gaps_forget(&camera, until));
            self.journal(&Entry::Trimmed { camera, until }, world);
        }
        if let Some(sum) = self.index(|store| store.deletion_day_add(&counts)) {
            self.journal(&Entry::Deleted(sum), world);
        }
        if self.keep.leaving.is_empty() {
            self.keep.next = now; // there may be more
        }
    }

    /// A disk went away with orders outstanding: its files are still there, so nothing was deleted.
    pub(super) fn forget_leaving(&mut self, disk: &DiskId) {
        self.keep.leaving.retain(|(d, _), _| d != disk);
    }
}

/// Adds a figure where it is new, and forgets those that can never count again.
fn adopt<T: std::marker::Copy + PartialEq>(versions: &mut Vec<(Utc, T)>, new: T, at: Utc) {
    if versions.last().is_none_or(|(_, last)| *last != new) {
        versions.push((at, new));
    }
    let ended = versions.windows(2).take_while(|pair| at >= pair[1].0 + EDIT_GRACE).count();
    versions.drain(..ended);
}
