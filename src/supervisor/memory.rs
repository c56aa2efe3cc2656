//! What the disks remember: holds and journals beside the footage, and the index made again from
//! them.

use std::sync::Arc;

use super::Supervisor;
use super::camera::Trouble;
use super::world::World;
use crate::base::clock::Mono;
use crate::base::fault::Fault;
use crate::base::limits::{ADOPTED_AT_START_MAX, REBUILD_FOLDERS_A_TURN};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Span};
use crate::disk::{Disk, Listed};
use crate::footage::journal::{self, Copy, Entry, encode, encode_holds, merge_holds};
use crate::footage::{Gap, Hold, Segment};
use crate::reconcile::Wish;
use crate::segment::{Order, repair};
use crate::store::rebuild::{Rebuild, hold_copy};

impl Supervisor {
    /// Takes in what a disk knows: holds, and the end of each camera's newest day, repaired. The
    /// rest is compared behind the recording. Called before the disk's writer starts, so nothing on
    /// it is being written.
    pub(super) fn adopt_disk(&mut self, id: &DiskId, disk: &dyn Disk, claimed: bool) {
        let today = self.clock.utc().utc_day();
        self.note_disk(id, if claimed { "taken into use" } else { "found again" });
        self.keep.writing_since.insert(id.clone(), today);
        let fresh = claimed || has_no_footage(disk);
        self.keep.copies.insert(id.clone(), hold_copy(disk, fresh));
        self.merge_holds();
        match live_folders(disk, today) {
            Ok(folders) => {
                for folder in folders {
                    self.adopt_folder(id, disk, &folder);
                }
            }
            Err(fault) => tracing::warn!("disk {id}: {fault}"),
        }
        let mut ended = Vec::new();
        for (camera, state) in &mut self.cameras {
            let last = self.store.last_end(camera).ok().flatten();
            state.covered_until = state.covered_until.max(last);
            // A gap whose end a power cut took from the index: footage that begins after it ended
            // it.
            let Some((from, reason)) = state.gap.filter(|(from, _)| last > Some(*from)) else {
                continue;
            };
            let found = self.store.segments(Some(camera), Some(from), None, None, 2);
            let after = |s: &&Segment| s.start >= from;
            let first = found.ok().and_then(|(found, _)| Some(found.iter().find(after)?.start));
            if let Some(end) = first {
                state.gap = None;
                ended.push(Gap { camera: camera.clone(), start: from, end: Some(end), reason });
            }
        }
        for gap in ended {
            self.index(|store| store.gap_add(&gap));
        }
    }

    /// Step 6 of the start: what no camera has footage of since the last run is a gap from now on,
    /// in the index and durable on the disks that were just taken into use. Their writers have not
    /// started yet, so the journals are ours to write.
    pub(super) fn begin_gaps(&mut self, begun: &[(DiskId, Arc<dyn Disk>)]) {
        let (_, utc) = self.now();
        let Some(Trouble { reason, .. }) = self.before.take_if(|_| !begun.is_empty()) else {
            return;
        };
        let mut found = Vec::new();
        for (id, camera) in &mut self.cameras {
            let wanted = matches!(self.desired.cameras.get(id), Some(Wish::Record { .. }));
            let Some(start) = camera.covered_until.filter(|end| wanted && *end < utc) else {
                continue; // nothing yet, or a clock that was set back: judged as it goes on
            };
            match camera.gap {
                None => {
                    camera.gap = Some((start, reason));
                    found.push(Gap { camera: id.clone(), start, end: None, reason });
                }
                // It lasts since a moment when this footage was not known: a new index, or a disk
                // that came late.
                Some((later, _)) if start < later => {
                    let known = self.store.gaps(Some(id), start, later, 1);
                    if known.is_ok_and(|known| known.is_empty()) {
                        found.push(Gap { camera: id.clone(), start, end: Some(later), reason });
                    }
                }
                Some(_) => {}
            }
        }
        let mut lines = Vec::new();
        for gap in found {
            let told = match gap.end {
                None => self.index(|store| store.gap_begin(&gap.camera, gap.start, gap.reason)),
                Some(_) => self.index(|store| store.gap_add(&gap)).map(|()| vec![gap.clone()]),
            };
            lines.extend(told.unwrap_or(vec![gap]).into_iter().map(|g| encode(&Entry::Gap(g))));
        }
        for (id, disk) in begun.iter().filter(|_| !lines.is_empty()) {
            if let Err(fault) = write_lines(disk.as_ref(), &journal::path(utc), &lines) {
                tracing::warn!("disk {id}: {fault}");
            }
        }
    }

    fn adopt_folder(&mut self, id: &DiskId, disk: &dyn Disk, folder: &str) {
        match repair::read_folder(disk, id, folder, &|_| false) {
            Ok(segments) => {
                // A whole day of rows would hold recording up; the comparison behind it has them.
                let newest = &segments[segments.len().saturating_sub(ADOPTED_AT_START_MAX)..];
                self.index(|store| store.adopt(newest));
            }
            Err(fault) => tracing::warn!("{folder} on disk {id}: {fault}"),
        }
    }

    pub(super) fn merge_holds(&mut self) {
        let copies: Vec<_> =
            self.keep.copies.iter().map(|(id, copy)| (id.to_string(), copy.clone())).collect();
        let cached = self.store.holds_cache().ok().flatten();
        let merged = merge_holds(&copies, cached.as_deref());
        let (certain, (_, utc)) = (merged.doubt.is_none(), self.now());
        self.index(|store| store.holds_merge(&merged.holds, certain, utc));
        self.keep.holds = merged.holds;
        self.keep.doubt = merged.doubt;
    }

    /// Every writable disk gets the same file of holds, where its copy differs. Written here and
    /// now, not by the writer: a hold is durable before it is answered.
    ///
    /// # Errors
    /// No disk has it; a sentence that says why.
    pub(super) fn share_holds(&mut self) -> Result<(), String> {
        if let Some(doubt) = &self.keep.doubt {
            return Err(format!("the holds cannot be read: {doubt}"));
        }
        let bytes = encode_holds(&self.keep.holds);
        let mut kept = 0;
        let mut fault = "there is no footage disk to keep it on".to_string();
        for id in self.disks.started() {
            let Some(disk) = self.disks.handle(&id) else { continue };
            if self.keep.copies.get(&id) == Some(&Copy::Bytes(bytes.clone())) {
                kept += 1;
                continue;
            }
            let written = disk
                .make_folder(journal::FOLDER)
                .and_then(|()| disk.replace(journal::HOLDS, &bytes));
            match written {
                Ok(()) => {
                    kept += 1;
                    self.keep.copies.insert(id, Copy::Bytes(bytes.clone()));
                }
                Err(e) => fault = e.text,
            }
        }
        if kept > 0 { Ok(()) } else { Err(fault) }
    }

    /// A hold, new or ended: in the index, durable on the disks, then in force.
    ///
    /// # Errors
    /// A sentence for whoever placed it.
    pub(super) fn keep_hold(&mut self, hold: &Hold) -> Result<(), String> {
        if let Some(doubt) = &self.keep.doubt {
            return Err(format!("The holds cannot be read ({doubt}). Nothing was changed."));
        }
        let before = self.keep.holds.clone();
        let stored = self.store.hold_put(hold).map_err(|e| e.text)?;
        match self.keep.holds.iter_mut().find(|h| h.hold.id == hold.id) {
            Some(known) => *known = stored,
            None => self.keep.holds.push(stored),
        }
        self.copies.hurry();
        self.share_holds().map_err(|why| {
            self.keep.holds = before;
            format!("The hold could not be made durable: {why}. Try again.")
        })
    }

    /// One line into the journal of every disk, durable with its next tick.
    pub(super) fn journal(&mut self, entry: &Entry, world: &mut dyn World) {
        let (_, utc) = self.now();
        let (path, line) = (journal::path(utc), journal::encode(entry));
        for disk in self.disks.started() {
            world.order(&disk, Order::Append { path: path.clone(), line: line.clone() });
        }
    }

    /// `beadle reindex`: every folder is compared with the index again, behind the recording.
    pub(super) fn reindex(&mut self) -> Result<(), String> {
        if self.keep.rebuild.is_some() {
            return Err(
                "The index is being compared with the files already; `beadle status` shows \
                        how far."
                    .into(),
            );
        }
        self.store.journals_unread().map_err(|e| e.text)?;
        self.keep.compare = true;
        Ok(())
    }

    fn begin_rebuild(&mut self) {
        let (_, utc) = self.now();
        self.keep.compare = false;
        let with_handle = |id: DiskId| Some((id.clone(), self.disks.handle(&id)?));
        let disks: Vec<_> = self.disks.started().into_iter().filter_map(with_handle).collect();
        let begun = self.store.folders().and_then(|known| Rebuild::begin(disks, known, utc));
        match begun.and_then(|rebuild| rebuild.unread_only(&self.store)) {
            Ok(rebuild) => self.keep.rebuild = Some(rebuild),
            Err(fault) => self.index_failed(&fault),
        }
    }

    /// A few folders a turn, so that recording, status and retention go on meanwhile.
    pub(super) fn rebuild_some(&mut self) -> Option<Mono> {
        let (now, _) = self.now();
        if self.keep.compare && self.keep.rebuild.is_none() && !self.disks.started().is_empty() {
            self.begin_rebuild();
        }
        let mut rebuild = self.keep.rebuild.take()?;
        let since = &self.keep.writing_since;
        let read = |disk: &dyn Disk, id: &DiskId, folder: &str| -> Result<Vec<Segment>, Fault> {
            // Folders of days before the disk was taken into use hold nothing that is being
            // written; in the others a file that is not listed is ours, or was repaired then.
            let day = folder.rsplit('/').next().and_then(|d| d.parse::<Day>().ok());
            let live = day.is_none_or(|day| since.get(id).is_none_or(|first| day >= *first));
            repair::read_folder(disk, id, folder, &|_| live)
        };
        match rebuild.step(&mut self.store, REBUILD_FOLDERS_A_TURN, &read) {
            Ok(progress) if progress.finished => {
                for fault in &progress.faults {
                    tracing::warn!("comparing the index with the files: {fault}");
                }
                self.keep.index.compared();
                return None;
            }
            Ok(progress) => self.keep.percent = progress.percent(),
            Err(fault) => {
                self.index_failed(&fault);
                return None;
            }
        }
        self.keep.rebuild = Some(rebuild);
        Some(now + Span::millis(5))
    }
}

/// A disk that was claimed a moment before a crash has neither footage nor a file of holds; there
/// is nothing on it that a hold could have kept.
fn has_no_footage(disk: &dyn Disk) -> bool {
    let folder = |l: &Listed| l.folder && CameraId::new(&l.name).is_ok();
    disk.list("").is_ok_and(|listed| !listed.iter().any(folder))
}

/// Appends to a journal; durable on return.
fn write_lines(disk: &dyn Disk, path: &str, lines: &[Vec<u8>]) -> Result<(), Fault> {
    let mut file = crate::segment::journal::open(disk, path)?;
    let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    file.append(&lines)?;
    file.flush()?;
    disk.sync_folder(journal::JOURNALS)
}

/// The newest day folder of each camera, where a crash left its open segment, and every one in
/// which the writer may write from now on (a clock that was set back leaves folders of days to
/// come).
fn live_folders(disk: &dyn Disk, today: Day) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for camera in disk.list("")?.into_iter().filter(|l| l.folder && !l.name.starts_with('.')) {
        let days = disk.list(&camera.name)?;
        let days = days.iter().filter(|l| l.folder);
        let mut days: Vec<Day> = days.filter_map(|l| l.name.parse().ok()).collect();
        days.sort();
        let newest = days.last().copied();
        let live = days.into_iter().filter(|day| *day >= today || Some(*day) == newest);
        out.extend(live.map(|day| format!("{}/{day}", camera.name)));
    }
    Ok(out)
}
