//! What is deleted, when, and why: decisions over segments, as pure functions (S1.49, S0.20).
//!
//! 1. Footage of local day D is inside N days until the midnight that ends day D+N, for floor and
//!    ceiling alike; the zone's own midnights count, so a clock change makes a day of 23 or 25
//!    hours and nothing else. A segment across midnight is as old as its beginning for the ceiling
//!    and as young as its end for the floor.
//! 2. Past the ceiling it always goes.
//! 3. For space, what is past its floor goes first, oldest first across all cameras of the disk.
//! 4. What is inside its floor goes only when the disk is truly full (below its reserve, not merely
//!    below `keep-free`) and nothing else on that disk can go: `when-full "oldest"`. With `"stop"`
//!    it stays and the disk's recording stops.
//! 5. What a hold touches never goes; while the holds cannot be read nothing goes. An open segment
//!    never goes.
//! 6. An edit deletes nothing within [`EDIT_GRACE`] of being accepted: a version that was
//!    superseded less than that ago still counts, and the longest figure among those that count is
//!    in force. The caller does the same for `keep-free` and `when-full` ([`mildest`]).
//!
//! The caller hands in the oldest closed, unheld segments of every camera and disk in lots of at
//! most [`crate::base::limits::LOT_SEGMENTS`], deletes, and asks again while [`Decision::more`].
//! The answer does not depend on the order of lots, and once its deletions are applied the same
//! question has an empty answer.
//!
//! Not decided here: whether `now` can be trusted. A clock that jumps ten years ahead makes
//! everything old, so the caller asks nothing while a step of the clock is unexplained.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Hold, Segment};
use crate::base::limits::{DISK_RESERVE_BYTES_MAX, EDIT_GRACE};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Utc, Zone};

/// Days of one camera, zone overrides already applied by the caller. `floor_days <= ceiling_days`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rules {
    pub floor_days: u32,
    pub ceiling_days: u32,
}

/// Rules from the moment that a version of the file was accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Version {
    pub accepted: Utc,
    pub rules: Rules,
}

/// What happens when only footage inside its floor is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenFull {
    #[default]
    Oldest,
    Stop,
}

/// The rules of every camera. Versions are in the order of acceptance; a removed camera keeps its
/// last one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    pub cameras: BTreeMap<CameraId, Vec<Version>>,
    /// For a camera that no known version of the file ever named: footage of an adopted disk.
    pub otherwise: Vec<Version>,
    pub when_full: WhenFull,
}

impl Policy {
    pub(super) fn versions(&self, camera: &CameraId) -> &[Version] {
        self.cameras.get(camera).unwrap_or(&self.otherwise)
    }

    /// The rules in force, edits in their grace included. `None`: nobody ever said, so nothing
    /// goes.
    pub fn rules(&self, camera: &CameraId, now: Utc) -> Option<Rules> {
        in_force(self.versions(camera), now)
    }

    /// The next moment at which an older version ceases to count for this camera.
    fn grace_ends(&self, camera: &CameraId, now: Utc) -> Option<Utc> {
        superseded(self.versions(camera)).map(|(_, s)| s + EDIT_GRACE).filter(|&e| e > now).min()
    }
}

/// Each version that was replaced, with the moment when it was.
pub(super) fn superseded(versions: &[Version]) -> impl Iterator<Item = (Rules, Utc)> + '_ {
    versions.windows(2).map(|pair| (pair[0].rules, pair[1].accepted))
}

pub(super) fn in_force(versions: &[Version], now: Utc) -> Option<Rules> {
    let pairs: Vec<(Utc, Rules)> = versions.iter().map(|v| (v.accepted, v.rules)).collect();
    mildest(&pairs, now, |a, b| Rules {
        floor_days: a.floor_days.max(b.floor_days),
        ceiling_days: a.ceiling_days.max(b.ceiling_days),
    })
}

/// The same rule for a figure that is not in [`Rules`] (`keep-free`: the least counts; `when-full`:
/// `stop` counts): of all versions that count at `now`, the one that `milder` prefers. Values in
/// order of acceptance.
pub fn mildest<T: Copy>(versions: &[(Utc, T)], now: Utc, milder: impl Fn(T, T) -> T) -> Option<T> {
    let newest = versions.last()?.1;
    let counting = versions.windows(2).filter(|pair| now < pair[1].0 + EDIT_GRACE);
    Some(counting.fold(newest, |a, pair| milder(a, pair[0].1)))
}

/// Forgets versions that can never count again, so that the kept list stays short. The newest
/// always stays.
pub fn prune(versions: &mut Vec<Version>, now: Utc) {
    let mut keep: Vec<bool> =
        superseded(versions).map(|(_, since)| now < since + EDIT_GRACE).collect();
    keep.push(true);
    let mut keep = keep.into_iter();
    versions.retain(|_| keep.next().unwrap_or(true));
}

/// The midnight until which footage of that moment is inside `days`.
pub fn inside_until(at: Utc, days: u32, zone: &Zone) -> Utc {
    zone.end_of(zone.day_of(at).plus(i64::from(days)))
}

/// Past this moment the segment is past its ceiling.
pub fn expires(s: &Segment, rules: Rules, zone: &Zone) -> Utc {
    inside_until(s.start, rules.ceiling_days, zone)
}

/// Until this moment the segment is protected by its floor.
pub fn protected_until(s: &Segment, rules: Rules, zone: &Zone) -> Utc {
    inside_until(last_moment(s), rules.floor_days, zone)
}

/// The end is exclusive: a segment that ends at midnight belongs to the day that midnight ends.
fn last_moment(s: &Segment) -> Utc {
    Utc((s.end.0 - 1).max(s.start.0))
}

/// The oldest closed, unheld segments of one camera on one disk, oldest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lot {
    pub camera: CameraId,
    pub disk: DiskId,
    pub segments: Vec<Segment>,
    /// False when there are younger ones that are not in the lot.
    pub complete: bool,
}

/// Room on one disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Space {
    pub free: u64,
    /// Below this, footage past its floor goes.
    pub keep_free: u64,
    /// Below this the disk is truly full.
    pub reserve: u64,
}

impl Space {
    pub fn new(free: u64, keep_free: u64) -> Space {
        Space { free, keep_free, reserve: DISK_RESERVE_BYTES_MAX.min(keep_free / 2) }
    }
}

/// Why a segment goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// Past its ceiling.
    Ceiling,
    /// For space, past its floor.
    Space,
    /// For space although inside its floor: an alarm.
    Shortfall,
}

/// A floor that is not kept on this disk, or a disk that cannot be relieved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shortfall {
    pub disk: DiskId,
    /// Segments inside their floor that go now.
    pub segments: u64,
    pub bytes: u64,
    /// Bytes below the reserve that nothing can bring back: holds, open segments, or `when-full
    /// "stop"`.
    pub missing: u64,
}

/// What to do now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    /// Sorted by start, camera, disk, path.
    pub delete: Vec<(Segment, Why)>,
    pub shortfall: Vec<Shortfall>,
    /// Disks on which recording stops until there is room above the reserve.
    pub stop: BTreeSet<DiskId>,
    /// A lot was used up: delete, then ask again at once.
    pub more: bool,
    /// Something in a lot that was cut short may belong to this answer: ask again with longer lots.
    /// While this is not set, longer lots would give the same answer.
    pub unseen: bool,
    /// When the next ceiling or grace runs out, judged by what was handed in.
    pub wake_at: Option<Utc>,
}

/// One day of deletion, counted for its one summary entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DayCounts {
    /// The local day on which it was deleted.
    pub day: Day,
    pub segments: u64,
    pub bytes: u64,
    pub ceiling: u64,
    pub space: u64,
    pub shortfall: u64,
}

impl DayCounts {
    pub fn new(day: Day) -> DayCounts {
        DayCounts { day, segments: 0, bytes: 0, ceiling: 0, space: 0, shortfall: 0 }
    }

    pub fn add(&mut self, s: &Segment, why: Why) {
        self.segments += 1;
        self.bytes += s.bytes;
        match why {
            Why::Ceiling => self.ceiling += 1,
            Why::Space => self.space += 1,
            Why::Shortfall => self.shortfall += 1,
        }
    }
}

/// A segment with what its rules make of it at `now`.
struct Judged<'a> {
    segment: &'a Segment,
    expires: Utc,
    protected_until: Utc,
}

/// Decides deletions; see the head of this file for the rules.
///
/// `holds` is `None` while they cannot be read. Disks that are not in `space` (missing, read-only)
/// lose nothing.
pub fn plan(
    lots: &[Lot],
    holds: Option<&[Hold]>,
    policy: &Policy,
    space: &BTreeMap<DiskId, Space>,
    now: Utc,
    zone: &Zone,
) -> Decision {
    let mut out = Decision::default();
    for (disk, room) in space {
        let mut view = View {
            disk,
            room: *room,
            judged: vec![],
            cut: None,
            cut_past_floor: None,
            hidden: false,
        };
        for lot in lots.iter().filter(|lot| lot.disk == *disk) {
            out.wake_at = earlier(out.wake_at, policy.grace_ends(&lot.camera, now));
            if let Some(rules) = policy.rules(&lot.camera, now) {
                view.look_at(lot, rules, holds, now, zone);
            }
        }
        view.decide(policy.when_full, holds.is_some(), now, &mut out);
    }
    out.delete.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)));
    let gone: BTreeSet<_> = out.delete.iter().map(|(s, _)| (&s.disk, &s.path)).collect();
    out.more = lots.iter().any(|lot| {
        let last = lot.segments.last();
        !lot.complete && last.is_some_and(|s| gone.contains(&(&s.disk, &s.path)))
    });
    out.unseen |= out.more;
    out
}

fn order(s: &Segment) -> (Utc, &CameraId, &DiskId, &str) {
    (s.start, &s.camera, &s.disk, &s.path)
}

fn earlier(a: Option<Utc>, b: Option<Utc>) -> Option<Utc> {
    a.into_iter().chain(b).min()
}

/// One disk's candidates, and how far they can be trusted to be all.
struct View<'a> {
    disk: &'a DiskId,
    room: Space,
    judged: Vec<Judged<'a>>,
    /// Up to this start the candidates are complete; `None`: to the end.
    cut: Option<Utc>,
    /// The same for those past their floor alone: a cut lot whose youngest is inside its floor
    /// hides none.
    cut_past_floor: Option<Utc>,
    /// A cut lot ends past its ceiling, so what lies behind it may be, too.
    hidden: bool,
}

impl<'a> View<'a> {
    fn look_at(
        &mut self,
        lot: &'a Lot,
        rules: Rules,
        holds: Option<&[Hold]>,
        now: Utc,
        zone: &Zone,
    ) {
        let free = |s: &&Segment| {
            holds.is_some_and(|all| !all.iter().any(|h| h.covers(&s.camera, s.start, s.end)))
        };
        let able = lot.segments.iter().filter(|s| !s.is_open()).filter(free);
        self.judged.extend(able.map(|segment| Judged {
            segment,
            expires: expires(segment, rules, zone),
            protected_until: protected_until(segment, rules, zone),
        }));
        if !lot.complete {
            let last = lot.segments.last();
            let until = last.map_or(Utc(i64::MIN), |s| s.start);
            self.cut = earlier(self.cut, Some(until));
            self.hidden |= last.is_none_or(|s| now >= expires(s, rules, zone));
            if last.is_none_or(|s| now >= protected_until(s, rules, zone)) {
                self.cut_past_floor = earlier(self.cut_past_floor, Some(until));
            }
        }
    }

    /// Rules 2 to 4 for this disk.
    fn decide(mut self, when_full: WhenFull, holds_known: bool, now: Utc, out: &mut Decision) {
        self.judged.sort_by(|a, b| order(a.segment).cmp(&order(b.segment)));
        let (past, rest): (Vec<_>, Vec<_>) =
            self.judged.iter().partition(|j: &&Judged| now >= j.expires);
        let back: u64 = past.iter().map(|j| j.segment.bytes).sum();
        out.delete.extend(past.iter().map(|j| (j.segment.clone(), Why::Ceiling)));
        let mut free = self.room.free.saturating_add(back);
        let (old, young): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|j| now >= j.protected_until);
        let kept = take(&old, self.room.keep_free, self.cut_past_floor, &mut free, |j| {
            out.delete.push((j.segment.clone(), Why::Space));
        });
        out.wake_at = earlier(out.wake_at, kept.iter().chain(&young).map(|j| j.expires).min());
        out.unseen |= self.hidden;
        out.unseen |= free < self.room.keep_free && self.cut_past_floor.is_some();
        // While something past its floor may be unseen, nothing inside it is touched.
        if free >= self.room.reserve || (holds_known && self.cut_past_floor.is_some()) {
            return;
        }
        let mut short = Shortfall { disk: self.disk.clone(), segments: 0, bytes: 0, missing: 0 };
        let mut unseen = false;
        if when_full == WhenFull::Oldest {
            let left = take(&young, self.room.reserve, self.cut, &mut free, |j| {
                short.segments += 1;
                short.bytes += j.segment.bytes;
                out.delete.push((j.segment.clone(), Why::Shortfall));
            });
            unseen = holds_known && self.cut.is_some() && (short.segments > 0 || !left.is_empty());
            out.unseen |= free < self.room.reserve && self.cut.is_some();
        }
        short.missing = self.room.reserve.saturating_sub(free);
        if short.missing > 0 && !unseen {
            out.stop.insert(self.disk.clone());
        }
        out.shortfall.push(short);
    }
}

/// Takes the oldest until there is `enough` room or the candidates end; gives back what was not
/// taken.
fn take<'a, 'b>(
    from: &'b [&'a Judged<'a>],
    enough: u64,
    cut: Option<Utc>,
    free: &mut u64,
    mut chosen: impl FnMut(&Judged<'a>),
) -> &'b [&'a Judged<'a>] {
    for (i, j) in from.iter().enumerate() {
        if *free >= enough || cut.is_some_and(|c| j.segment.start > c) {
            return &from[i..];
        }
        *free = free.saturating_add(j.segment.bytes);
        chosen(j);
    }
    &[]
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
