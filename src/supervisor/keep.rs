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
use super::grace::BoxWide;
use super::index::IndexHealth;
use super::report::with_version;
use super::state::{self, KnownRules};
use super::world::World;
use crate::base::clock::Mono;
use crate::base::fault::Fault;
use crate::base::limits::{
    DELETED_AT_ONCE_MAX, LOT_SEGMENTS, LOT_SEGMENTS_FIRST, RETAIN_SPAN, STUCK_RETRY_SPAN,
};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Span, Utc};
use crate::config::Config;
use crate::disk::Disk;
use crate::footage::journal::{Copy, Entry, StoredHold};
use crate::footage::retention::{
    self, DayCounts, Decision, Lot, Policy, Shortfall, Space, WhenFull, Why, prune,
};
use crate::footage::{Hold, Segment};
use crate::segment::Order;
use crate::store::rebuild::Rebuild;

/// What retention remembers.
pub struct Keep {
    pub policy: Policy,
    pub(super) holds: Vec<StoredHold>,
    /// Why the holds are not certain; while this is set nothing is deleted.
    pub(super) doubt: Option<String>,
    /// Each disk's copy of the holds as it was when the disk was taken into use.
    pub(super) copies: BTreeMap<DiskId, Copy>,
    /// On each disk, folders from this day on may hold files that are being written.
    pub(super) writing_since: BTreeMap<DiskId, Day>,
    /// Milder figures of the whole box, while they still count.
    pub(super) box_wide: BoxWide,
    /// Ordered to be deleted, not told deleted yet; since when.
    leaving: BTreeMap<(DiskId, String), (Segment, Why)>,
    leaving_since: Mono,
    /// Could not be deleted; tried again from then on.
    pub(super) stuck: BTreeMap<(DiskId, String), Mono>,
    /// Nothing goes for its age until then, and why.
    pub(super) rest: Option<Rest>,
    /// Since when each condition lasts; see `conditions`.
    pub(super) since: BTreeMap<String, Utc>,
    pub(super) stop: BTreeSet<DiskId>,
    pub(super) shortfall: Vec<Shortfall>,
    next: Mono,
    /// When journals are looked at next; see `prune`.
    pub(super) prune_at: Mono,
    pub figures: Figures,
    pub(super) rebuild: Option<Rebuild>,
    pub(super) percent: u8,
    pub(super) index: IndexHealth,
    /// Every folder is to be compared with the index.
    pub(super) compare: bool,
}

/// The clock is in doubt: what looks past its ceiling may not be.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Rest {
    pub from: Utc,
    pub until: Utc,
    pub why: String,
}

impl Keep {
    pub fn new(known: KnownRules) -> Keep {
        Keep {
            policy: Policy {
                cameras: known.cameras,
                otherwise: known.otherwise,
                when_full: WhenFull::Oldest,
            },
            box_wide: known.box_wide,
            holds: Vec::new(),
            doubt: Some("no footage disk was read yet".into()),
            copies: BTreeMap::new(),
            leaving: BTreeMap::new(),
            leaving_since: Mono(0),
            stuck: BTreeMap::new(),
            writing_since: BTreeMap::new(),
            rest: None,
            since: BTreeMap::new(),
            stop: BTreeSet::new(),
            shortfall: Vec::new(),
            next: Mono(0),
            prune_at: Mono(0),
            figures: Figures::default(),
            rebuild: None,
            percent: 0,
            index: IndexHealth::default(),
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
        self.box_wide.adopt(config, at);
        let known = KnownRules {
            cameras: self.policy.cameras.clone(),
            otherwise: self.policy.otherwise.clone(),
            box_wide: self.box_wide.clone(),
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

    pub(super) fn holds_stored(&self) -> Vec<StoredHold> {
        self.holds.clone()
    }

    pub fn holds_in_force(&self) -> u32 {
        self.holds.iter().filter(|h| h.hold.ended.is_none()).count() as u32
    }

    pub fn rebuilding(&self) -> Option<u8> {
        self.rebuild.as_ref().map(|_| self.percent)
    }

    pub(super) fn rests(&self, now: Utc) -> bool {
        self.rest.as_ref().is_some_and(|r| now < r.until && now >= r.from)
    }

    /// Retention looks again at once: a disk is full.
    pub fn hurry(&mut self, now: Mono) {
        self.next = now;
    }
}

impl Supervisor {
    /// Decides and orders deletions when it is time; returns when it wants to come back.
    pub(super) fn retain(&mut self, world: &mut dyn World) -> Option<Mono> {
        let (now, utc) = self.now();
        if self.stopping.is_some() {
            return None;
        }
        if !self.keep.leaving.is_empty() && now - self.keep.leaving_since > RETAIN_SPAN {
            self.give_up_leaving(None);
        }
        if self.keep.rebuild.as_ref().map_or(self.keep.compare, Rebuild::reads_journals) {
            // A new index does not know yet what went today: its sums would begin at nothing.
            return Some(now + Span::millis(200));
        }
        if now < self.keep.next || !self.keep.leaving.is_empty() {
            return Some(self.keep.next.max(now + Span::millis(200)));
        }
        self.keep.next = now + RETAIN_SPAN;
        let decision = self.decide(utc);
        self.keep.stop = decision.stop.clone();
        self.keep.shortfall = decision.shortfall.clone();
        self.order_deletions(decision, world);
        Some(self.keep.next)
    }

    fn decide(&mut self, utc: Utc) -> Decision {
        let (now, _) = self.now();
        self.keep.stuck.retain(|_, again| *again > now);
        self.disks.measure();
        let space = self.disks.space(|total| self.keep.box_wide.keep_free(total, utc));
        let mut policy = self.keep.policy.clone();
        policy.when_full = self.keep.box_wide.when_full(utc);
        if self.keep.rests(utc) {
            // Room is still made, oldest first: that needs no clock, and a full disk records
            // nothing.
            lift_ceilings(&mut policy);
        }
        let holds = self.keep.holds();
        let certain = self.keep.doubt.is_none().then_some(holds.as_slice());
        let mut decision = Decision::default();
        for most in [LOT_SEGMENTS_FIRST, LOT_SEGMENTS] {
            match self.lots(&space, utc, most) {
                Ok(lots) => decision = self.plan_over(&lots, certain, &policy, &space, utc),
                Err(fault) => {
                    self.index_failed(&fault);
                    return Decision::default();
                }
            }
            if !decision.unseen {
                break;
            }
        }
        decision
    }

    /// The decision by the zone in force, without what an earlier one that still counts would keep.
    fn plan_over(
        &self,
        lots: &[Lot],
        holds: Option<&[Hold]>,
        policy: &Policy,
        space: &BTreeMap<DiskId, Space>,
        utc: Utc,
    ) -> Decision {
        let mut decision = retention::plan(lots, holds, policy, space, utc, self.zone());
        for zone in self.keep.box_wide.older_zones(utc) {
            let by_it = retention::plan(lots, holds, policy, space, utc, &zone).delete;
            let gone: BTreeSet<_> = by_it.iter().map(|(s, _)| (&s.disk, &s.path)).collect();
            decision.delete.retain(|(s, _)| gone.contains(&(&s.disk, &s.path)));
        }
        decision
    }

    /// The oldest of every camera on every disk that retention may relieve.
    fn lots(
        &self,
        space: &BTreeMap<DiskId, Space>,
        utc: Utc,
        most: usize,
    ) -> Result<Vec<Lot>, Fault> {
        let mut lots = Vec::new();
        let stuck = &self.keep.stuck;
        for camera in self.store.cameras()? {
            for disk in space.keys() {
                let limit = most + stuck.len();
                let mut segments = self.store.oldest(disk, &camera, utc, limit)?;
                let complete = segments.len() < limit;
                segments.retain(|s| {
                    stuck.is_empty() || !stuck.contains_key(&(s.disk.clone(), s.path.clone()))
                });
                let (disk, camera) = (disk.clone(), camera.clone());
                lots.push(Lot { disk, camera, segments, complete });
            }
        }
        Ok(lots)
    }

    fn order_deletions(&mut self, decision: Decision, world: &mut dyn World) {
        let mut by_disk: BTreeMap<DiskId, Vec<String>> = BTreeMap::new();
        for (segment, why) in decision.delete.into_iter().take(DELETED_AT_ONCE_MAX) {
            by_disk.entry(segment.disk.clone()).or_default().push(segment.path.clone());
            let key = (segment.disk.clone(), segment.path.clone());
            self.keep.leaving.insert(key, (segment, why));
        }
        (self.keep.leaving_since, _) = self.now();
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
        let mut ordered = false;
        let mut trimmed: BTreeMap<CameraId, Utc> = BTreeMap::new();
        for path in paths {
            let key = (disk.clone(), path.clone());
            if let Some((segment, why)) = self.keep.leaving.remove(&key) {
                counts.add(&segment, why);
                ordered = true;
                let until = trimmed.entry(segment.camera.clone()).or_insert(segment.end);
                *until = (*until).max(segment.end);
            }
        }
        for (camera, until) in trimmed {
            self.index(|store| store.trimmed_put(&camera, until));
            self.index(|store| store.gaps_forget(&camera, until));
            self.journal(&Entry::Trimmed { camera, until }, world);
        }
        if !ordered {
            return; // a file that repair found to hold nothing
        }
        // One order a disk at a time, answered at once: what it did not name could not be deleted.
        self.give_up_leaving(Some(disk));
        if let Some(sum) = self.index(|store| store.deletion_day_add(&counts)) {
            self.journal(&Entry::Deleted(sum), world);
        }
        if self.keep.leaving.is_empty() {
            self.keep.next = now; // there may be more
        }
    }

    /// Files that were ordered to go and did not: others must not wait for them.
    fn give_up_leaving(&mut self, on: Option<&DiskId>) {
        let (now, _) = self.now();
        let left = std::mem::take(&mut self.keep.leaving);
        for (key, what) in left {
            if on.is_none_or(|disk| key.0 == *disk) {
                tracing::warn!("{} on disk {} could not be deleted", key.1, key.0);
                self.keep.stuck.insert(key, now + STUCK_RETRY_SPAN);
            } else {
                self.keep.leaving.insert(key, what);
            }
        }
    }

    /// A disk went away with orders outstanding: its files are still there, so nothing was deleted.
    pub(super) fn forget_leaving(&mut self, disk: &DiskId) {
        self.keep.leaving.retain(|(d, _), _| d != disk);
    }
}

/// A hundred years: longer than any ceiling that a file may name.
const NO_CEILING_DAYS: u32 = 36_500;

fn lift_ceilings(policy: &mut Policy) {
    let all = policy.cameras.values_mut().chain([&mut policy.otherwise]).flatten();
    all.for_each(|version| version.rules.ceiling_days = NO_CEILING_DAYS);
}
