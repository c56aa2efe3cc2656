//! The invariants, one function each, with the sentence that a failure prints.

use std::collections::{BTreeMap, BTreeSet};

use beadle::base::clock::Clock;
use beadle::base::name::CameraId;
use beadle::base::time::{Span, Utc};
use beadle::footage::{Gap, Segment};
use beadle::wire::{CameraState, DiskState, Reply, Request, Status};

use super::play::Sim;
use super::world::{CameraIs, FRAME};

/// Footage and gaps of everything.
pub struct Listing {
    pub segments: Vec<Segment>,
    pub gaps: Vec<Gap>,
}

impl Sim {
    /// After every turn what is cheap; each simulated half hour and half day the rest.
    pub fn look(&mut self) {
        self.hear_wrongs();
        let (mono, utc) = self.now();
        if mono < self.next_hourly {
            return;
        }
        self.next_hourly = mono + Span::mins(30);
        let Some(status) = self.status() else { return };
        self.the_status_builds(&status);
        if status.alarms.iter().any(|a| a.text.contains("holds cannot be read")) {
            self.able_since = mono;
        }
        if status.index.rebuilding.is_none() && mono - self.recovered_at > Span::mins(2) {
            self.world.model.index_partial = false;
        }
        self.nothing_of_another_school_is_written();
        self.compare_disks();
        self.nothing_is_kept_past_its_ceiling(utc);
        self.holds_are_remembered();
        let quiet = mono - self.able_since.max(self.recovered_at) > Span::mins(10);
        if quiet && self.world.garbled.is_none() && self.sick.is_empty() {
            self.what_is_wanted_is_recorded(&status);
        }
        let settled = mono - self.able_since > Span::mins(5)
            && mono - self.recovered_at > Span::mins(5)
            && !self.world.model.index_partial
            && self.sick.is_empty();
        if mono >= self.next_daily && settled && self.faults.is_empty() {
            self.next_daily = mono + Span::hours(11);
            self.judge_listing(&status, utc);
        }
    }

    /// A status always builds, and can be sent.
    fn the_status_builds(&mut self, status: &Status) {
        if serde_json::to_string(status).is_err() {
            self.wrong("the status cannot be sent");
        }
        if status.file.revision != self.in_force.0 {
            self.wrong(format!("revision {} came by itself", status.file.revision));
        }
        let deleted: u64 = status.retention.deleted.iter().map(|d| d.shortfall).sum();
        let known = self.world.model.shortfall + self.world.model.untold;
        if deleted > known {
            self.wrong(format!("a shortfall of {deleted} is counted, and {known} were ordered"));
        }
        self.what_went_inside_its_floor_is_counted(status);
    }

    /// Not judged while the sums may be on disks that are away, or unread yet.
    fn what_went_inside_its_floor_is_counted(&mut self, status: &Status) {
        if self.world.model.index_partial || !self.shelved.is_empty() {
            return;
        }
        let until = self.clock.mono() + Span::mins(-5);
        let today = self.world.model.day_of(self.clock.utc());
        let shown = &status.retention.deleted;
        for (day, told) in self.world.model.short_by_day(until) {
            let counted = shown.iter().find(|d| d.day == day).map_or(0, |d| d.shortfall);
            // Yesterday's sum is shown as well, and no older one.
            if day >= today.plus(-1) && counted < told {
                self.wrong(format!("{told} went inside their floor on {day}, {counted} counted"));
            }
        }
    }

    /// A camera that is well, wanted and has a disk is recorded, minutes after whatever happened.
    fn what_is_wanted_is_recorded(&mut self, status: &Status) {
        let well = |id: &CameraId| self.world.camera_is(id) == CameraIs::Well;
        let full = status.alarms.iter().any(|a| a.text.contains("nothing on it may be deleted"));
        // One that takes long is written to all the same.
        let takes = |s| matches!(s, DiskState::Writing | DiskState::Slow);
        let writing = status.disks.iter().any(|d| takes(d.state));
        let lost = status.cameras.iter().find(|c| {
            well(&c.id) && !matches!(c.state, CameraState::Recording | CameraState::Disabled)
        });
        if let Some(c) = lost.filter(|_| writing && !full) {
            let text = format!("{} is well and wanted, and not recorded: {:?}", c.id, c.reason);
            self.wrong(text);
        }
    }

    /// A disk of another school, and the folder under a pulled disk, are never written to.
    fn nothing_of_another_school_is_written(&mut self) {
        for (n, operations) in self.foreign.clone() {
            if self.world.shelf[n].operations() != operations {
                self.wrong("another school's disk was written to");
            }
        }
        let bare = self.world.mounts.iter().find(|(_, m)| m.bare.operations() > 0);
        if let Some(path) = bare.map(|(path, _)| path.clone()) {
            self.wrong(format!("the folder under the unmounted disk at {path} was written to"));
        }
    }

    /// What is past its ceiling is gone within the hour, unless held.
    fn nothing_is_kept_past_its_ceiling(&mut self, now: Utc) {
        let up = self.clock.mono() - self.able_since;
        if up < Span::mins(65) {
            return;
        }
        let allowed = now - Span::mins(62);
        let mut late = Vec::new();
        for (n, files) in self.world.model.files.iter().enumerate() {
            if !self.world.writes_to(n) || !self.is_well(n) {
                continue;
            }
            let overdue = files.iter().filter(|(_, d)| d.closed && d.end < now - Span::hours(2));
            for (path, d) in overdue {
                if let Some(since) = self.world.model.overdue_since(d, allowed) {
                    late.push(format!("{path} had to be gone on {since}"));
                }
            }
        }
        if let Some(first) = late.first() {
            self.wrong(format!("{first} and is there ({} such files)", late.len()));
        }
    }

    fn is_well(&self, n: usize) -> bool {
        let path = self.world.mounts.iter().find(|(_, m)| m.disk == Some(n)).map(|(p, _)| p);
        let disks = self.status().map(|s| s.disks).unwrap_or_default();
        let state = disks.iter().find(|d| Some(&d.path) == path).map(|d| d.state);
        matches!(state, Some(DiskState::Writing | DiskState::Slow | DiskState::Full))
    }

    /// A hold that was answered is there, as it was answered, and its footage with it.
    fn holds_are_remembered(&mut self) {
        let Some(Reply::Holds { holds }) = self.ask(Request::HoldList) else { return };
        let missing = self.world.model.holds.iter().find(|h| {
            let known = holds.iter().find(|k| k.id == h.id);
            known.is_none_or(|k| k.ended.is_some() != h.ended.is_some())
        });
        // While its disks are away a box without index cannot know.
        let some_disk = self.shelved.is_empty();
        if let Some(hold) = missing.filter(|_| some_disk) {
            let text = format!("hold {} is forgotten or not as it was: {hold:?}", hold.id);
            self.wrong(text);
        }
    }

    fn listing(&mut self) -> Option<Listing> {
        let mut all = Listing { segments: Vec::new(), gaps: Vec::new() };
        let mut after = None;
        loop {
            let ask = Request::Footage { camera: None, from: None, to: None, after };
            let Some(Reply::Footage { segments, gaps, more }) = self.ask(ask) else {
                return None;
            };
            all.segments.extend(segments);
            all.gaps.extend(gaps);
            after = more;
            if more.is_none() {
                return Some(all);
            }
        }
    }

    fn judge_listing(&mut self, status: &Status, now: Utc) {
        let Some(listing) = self.listing() else {
            self.wrong("the footage cannot be listed");
            return;
        };
        self.the_index_is_the_files(&listing);
        self.gaps_are_whole(&listing, status, now);
        for camera in status.cameras.iter().filter(|c| c.state != CameraState::Disabled) {
            self.every_stretch_is_explained(&camera.id, &listing, now);
        }
    }

    /// The index lists every file of the mounted disks, once, and no other.
    fn the_index_is_the_files(&mut self, listing: &Listing) {
        let mut wrong = Vec::new();
        for (path, mount) in &self.world.mounts {
            let Some(n) = mount.disk.filter(|n| self.world.writes_to(*n)) else { continue };
            let front = format!("{path}/");
            let mut listed: BTreeMap<&str, &Segment> = BTreeMap::new();
            for s in &listing.segments {
                if let Some(file) = s.path.strip_prefix(&front)
                    && listed.insert(file, s).is_some()
                {
                    wrong.push(format!("{file} is listed twice"));
                }
            }
            let sizes = self.world.shelf[n].sizes();
            // Copies of held footage lie below `.beadle` and are in no index.
            let segment = |p: &&str| beadle::footage::naming::parse(p).is_some();
            let files: BTreeSet<&str> = sizes.keys().map(String::as_str).filter(segment).collect();
            let recent = |p: &&&str| {
                // Being written: the row comes with the first tick.
                self.world.model.files[n].get(**p).is_none_or(|d| !d.closed)
                    && beadle::footage::naming::parse(p)
                        .is_some_and(|f| self.clock.utc() - f.start < Span::mins(10))
            };
            for p in files.iter().filter(|p| !listed.contains_key(**p)).filter(|p| !recent(p)) {
                wrong.push(format!("{p} on {path} is not in the index"));
            }
            for (p, s) in &listed {
                let size = sizes.get(*p);
                let ordered = self.world.model.leaving.get(&(n, p.to_string()));
                let leaves = ordered.is_some_and(|at| self.clock.utc() - *at < Span::mins(2));
                if size.is_none() && leaves {
                    // The row goes when the writer has told it.
                } else if size.is_none() {
                    wrong.push(format!("the index lists {p} on {path}, which is not there"));
                } else if !s.is_open() && size != Some(&s.bytes) {
                    wrong.push(format!("{p}: {} bytes listed, {size:?} there", s.bytes));
                }
                let told = self.world.model.files[n].get(*p);
                if told.is_some_and(|d| s.end < d.end || s.frames < d.frames) {
                    wrong.push(format!("{p}: less is listed than was told durable"));
                }
            }
        }
        if !wrong.is_empty() {
            let n = wrong.len();
            self.wrong(format!(
                "index and files differ in {n} places: {}",
                wrong[..n.min(3)].join("; ")
            ));
        }
    }

    /// A gap does not end before it begins, and none lasts while its camera records.
    pub fn gaps_are_whole(&mut self, listing: &Listing, status: &Status, now: Utc) {
        let mut wrong = Vec::new();
        for gap in &listing.gaps {
            if gap.end.is_some_and(|end| end < gap.start) {
                wrong.push(format!("a gap that ends before it begins: {gap:?}"));
            }
        }
        for c in status.cameras.iter().filter(|c| c.state == CameraState::Recording) {
            let open: Vec<_> =
                listing.gaps.iter().filter(|g| g.camera == c.id && g.end.is_none()).collect();
            if !open.is_empty() && now - c.since > Span::mins(2) {
                wrong
                    .push(format!("{} records since {}, and a gap lasts: {open:?}", c.id, c.since));
            }
        }
        if let Some(first) = wrong.first() {
            self.wrong(first.clone());
        }
    }

    /// Every stretch without footage of a wanted camera is a gap with a reason.
    pub fn every_stretch_is_explained(&mut self, id: &CameraId, listing: &Listing, now: Utc) {
        let Some(since) = self.wanted_since.get(id).copied() else { return };
        let trimmed = self.world.model.trimmed.get(id).copied().unwrap_or(since);
        let from = since.max(trimmed).max(self.judged_from).max(now - Span::hours(30));
        // Half a frame before a segment ends its length is a guess.
        let slack = FRAME + FRAME + Span::secs(5);
        let mut covered: Vec<(Utc, Utc)> = listing
            .segments
            .iter()
            .filter(|s| s.camera == *id && s.end > from)
            .map(|s| (s.start, s.end))
            .collect();
        let gaps = listing.gaps.iter().filter(|g| g.camera == *id);
        covered.extend(gaps.map(|g| (g.start, g.end.unwrap_or(now))));
        // Footage on disks that are away: a box that lost its index cannot know of it.
        for (n, files) in self.world.model.files.iter().enumerate() {
            if !self.world.writes_to(n) {
                let theirs = files.values().filter(|d| d.camera == *id);
                covered.extend(theirs.map(|d| (d.start, d.end)));
            }
        }
        covered.push((now, now));
        covered.sort();
        let mut at = from;
        for (start, end) in covered {
            if start - at > slack {
                self.wrong(format!("{id}: nobody knows why there is nothing from {at} to {start}"));
                return;
            }
            at = at.max(end);
        }
    }
}
