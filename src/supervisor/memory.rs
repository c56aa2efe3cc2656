//! What the disks remember: holds and journals beside the footage, and the index made again from
//! them.

use super::Supervisor;
use super::world::World;
use crate::base::clock::Mono;
use crate::base::fault::Fault;
use crate::base::limits::REBUILD_FOLDERS_A_TURN;
use crate::base::name::DiskId;
use crate::base::time::{Day, Span};
use crate::disk::Disk;
use crate::footage::journal::{self, Copy, Entry, encode_holds, merge_holds};
use crate::footage::{Gap, Hold, Segment};
use crate::segment::{Order, repair};
use crate::store::rebuild::{Rebuild, hold_copy};

impl Supervisor {
    /// Takes in what a disk knows: holds, and each camera's newest day, repaired. The rest is
    /// compared behind the recording. Called before the disk's writer starts, so nothing on it is
    /// being written.
    pub(super) fn adopt_disk(&mut self, id: &DiskId, disk: &dyn Disk, claimed: bool) {
        let today = self.clock.utc().utc_day();
        self.keep.writing_since.insert(id.clone(), today);
        self.keep.copies.insert(id.clone(), hold_copy(disk, claimed));
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

    fn adopt_folder(&mut self, id: &DiskId, disk: &dyn Disk, folder: &str) {
        match repair::read_folder(disk, id, folder, &|_| false) {
            Ok(segments) => {
                self.index(|store| store.adopt(&segments));
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
        self.keep.compare = true;
        Ok(())
    }

    fn begin_rebuild(&mut self) {
        let (_, utc) = self.now();
        self.keep.compare = false;
        let with_handle = |id: DiskId| Some((id.clone(), self.disks.handle(&id)?));
        let disks: Vec<_> = self.disks.started().into_iter().filter_map(with_handle).collect();
        let begun = self.store.folders().and_then(|known| Rebuild::begin(disks, known, utc));
        match begun {
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
