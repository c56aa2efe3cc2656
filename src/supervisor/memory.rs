//! What the disks remember: holds and journals beside the footage, and the index made again from them.

use super::Supervisor;
use super::world::World;
use crate::base::clock::Mono;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{HOLDS_BYTES_MAX, REBUILD_FOLDERS_A_TURN};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Span, Utc};
use crate::disk::Disk;
use crate::footage::journal::{self, Copy, Entry, StoredHold, encode_holds, merge_holds};
use crate::footage::{Gap, Hold, Segment};
use crate::segment::{Order, repair};
use crate::store::rebuild::Rebuild;

impl Supervisor {
    /// Takes in what a disk knows: holds, and each camera's newest day, repaired. The rest is compared behind the recording.
    pub(super) fn adopt_disk(&mut self, id: &DiskId, disk: &dyn Disk, claimed: bool) {
        self.keep.copies.insert(id.clone(), holds_copy(disk, claimed));
        self.merge_holds();
        match newest_folders(disk) {
            Ok(folders) => {
                for folder in folders {
                    self.adopt_folder(id, disk, &folder);
                }
            }
            Err(fault) => tracing::warn!("disk {id}: {fault}"),
        }
        for (camera, state) in &mut self.cameras {
            let last = self.store.last_end(camera).ok().flatten();
            state.covered_until = state.covered_until.max(last);
        }
        self.begin_rebuild();
    }

    fn adopt_folder(&mut self, id: &DiskId, disk: &dyn Disk, folder: &str) {
        match repair::read_folder(disk, id, folder) {
            Ok(segments) => {
                let cameras: std::collections::BTreeSet<_> =
                    segments.iter().map(|s| s.camera.clone()).collect();
                self.index(|store| store.adopt(&segments));
                let (now, utc) = self.now();
                for camera in cameras {
                    self.cameras
                        .entry(camera)
                        .or_insert_with(|| super::camera::Camera::new(now, utc));
                }
            }
            Err(fault) => tracing::warn!("{folder} on disk {id}: {fault}"),
        }
    }

    fn merge_holds(&mut self) {
        let copies: Vec<_> =
            self.keep.copies.iter().map(|(id, copy)| (id.to_string(), copy.clone())).collect();
        let cached = self.store.stored_holds().ok().flatten();
        let merged = merge_holds(&copies, cached.as_deref());
        self.keep.holds = merged.holds;
        self.keep.doubt = merged.doubt;
        if self.keep.doubt.is_none() {
            let (_, utc) = self.now();
            let holds = self.keep.holds.clone();
            self.index(|store| store.holds_known(&holds, utc));
        }
    }

    /// Every writable disk gets the same file of holds, where its copy differs. Written here and now, not by the writer:
    /// a hold is durable before it is answered.
    pub(super) fn share_holds(&mut self, _world: &mut dyn World) -> Result<(), String> {
        if self.keep.doubt.is_some() {
            return Err("the holds of a footage disk cannot be read".into());
        }
        let bytes = encode_holds(&self.keep.holds);
        let mut kept = 0;
        let mut fault = None;
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
                Err(e) => fault = Some(e.text),
            }
        }
        match (kept, fault) {
            (0, Some(fault)) => Err(fault),
            (0, None) => Err("there is no footage disk to keep it on".into()),
            _ => Ok(()),
        }
    }

    /// A hold, new or ended: durable on the disks, then in force.
    pub(super) fn keep_hold(&mut self, hold: Hold, world: &mut dyn World) -> Result<(), String> {
        let before = self.keep.holds.clone();
        match self.keep.holds.iter_mut().find(|h| h.hold.id == hold.id) {
            Some(known) => *known = StoredHold { version: known.version + 1, hold },
            None => self.keep.holds.push(StoredHold { version: 1, hold }),
        }
        if let Err(why) = self.share_holds(world) {
            self.keep.holds = before;
            return Err(format!("The hold could not be kept: {why}. Nothing was changed."));
        }
        let (_, utc) = self.now();
        let holds = self.keep.holds.clone();
        self.index(|store| store.holds_known(&holds, utc));
        Ok(())
    }

    pub(super) fn journal(&mut self, entry: &Entry, world: &mut dyn World) {
        let (_, utc) = self.now();
        let (path, line) = (journal::path(utc), journal::encode(entry));
        for disk in self.disks.started() {
            world.order(&disk, Order::Append { path: path.clone(), line: line.clone() });
        }
    }

    pub(super) fn journal_gap(&mut self, gap: &Gap, world: &mut dyn World) {
        self.journal(&Entry::Gap(gap.clone()), world);
    }

    pub(super) fn journal_segment(&mut self, segment: &Segment, world: &mut dyn World) {
        self.journal(&Entry::Segment(segment.clone()), world);
    }

    pub(super) fn journal_offset(
        &mut self,
        camera: &CameraId,
        at: Utc,
        offset: Span,
        world: &mut dyn World,
    ) {
        let offset_ms = offset.as_millis();
        self.journal(&Entry::Offset { camera: camera.clone(), at, offset_ms }, world);
    }

    /// `beadle reindex`: forgets the index and makes it again behind the recording.
    pub(super) fn reindex(&mut self) -> Result<(), String> {
        if self.keep.rebuild.is_some() {
            return Err("The index is being made again already; `beadle status` shows how far.".into());
        }
        self.store.forget().map_err(|e| e.text)?;
        self.merge_holds();
        self.begin_rebuild();
        Ok(())
    }

    /// The index gave an error: shown, and compared with the files again.
    pub(super) fn index_failed(&mut self, fault: &Fault) {
        tracing::warn!("{fault}");
        let (_, utc) = self.now();
        let since = self.keep.index_fault.as_ref().map_or(utc, |f| f.1);
        self.keep.index_fault = Some((fault.text.clone(), since));
    }

    pub(super) fn begin_rebuild(&mut self) {
        let disks: Vec<_> = self
            .disks
            .started()
            .into_iter()
            .filter_map(|id| Some((id.clone(), self.disks.handle(&id)?)))
            .collect();
        self.keep.rebuild = Some(Rebuild::begin(disks));
        self.keep.percent = 0;
    }

    /// A few folders a turn, so that recording, status and retention go on meanwhile.
    pub(super) fn rebuild_some(&mut self) -> Option<Mono> {
        let (now, _) = self.now();
        let mut rebuild = self.keep.rebuild.take()?;
        let started = self.started.utc_day();
        let read = |disk: &dyn Disk, id: &DiskId, folder: &str| read_quietly(disk, id, folder, started);
        match rebuild.step(&mut self.store, REBUILD_FOLDERS_A_TURN, &read) {
            Ok(progress) if progress.done => {
                self.keep.index_fault = None;
                self.keep.index_fresh = false;
                tracing::info!("the footage index agrees with the files");
                return None;
            }
            Ok(progress) => self.keep.percent = progress.percent,
            Err(fault) => {
                self.index_failed(&fault);
                return None;
            }
        }
        self.keep.rebuild = Some(rebuild);
        Some(now + Span::millis(5))
    }
}

/// Folders of days before this run are repaired as they are read; in later ones a file without a trailer is being
/// written right now.
fn read_quietly(
    disk: &dyn Disk,
    id: &DiskId,
    folder: &str,
    started: Day,
) -> Result<Vec<Segment>, Fault> {
    let day = folder.rsplit('/').next().and_then(|d| d.parse::<Day>().ok());
    match day {
        Some(day) if day < started => repair::read_folder(disk, id, folder),
        _ => repair::read_closed(disk, id, folder),
    }
}

fn holds_copy(disk: &dyn Disk, claimed: bool) -> Copy {
    match disk.read_at(journal::HOLDS, 0, HOLDS_BYTES_MAX + 1) {
        Ok(bytes) => Copy::Bytes(bytes),
        Err(e) if e.kind == FaultKind::Missing && claimed => Copy::Fresh,
        Err(e) if e.kind == FaultKind::Missing => Copy::Absent,
        Err(e) => Copy::Unreadable(e.text),
    }
}

/// The newest day folder of each camera: where a crash left its open segment.
fn newest_folders(disk: &dyn Disk) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for camera in disk.list("")?.into_iter().filter(|l| l.folder && !l.name.starts_with('.')) {
        let days = disk.list(&camera.name)?;
        let newest = days.iter().filter(|l| l.folder && l.name.parse::<Day>().is_ok()).next_back();
        if let Some(day) = newest {
            out.push(format!("{}/{}", camera.name, day.name));
        }
    }
    Ok(out)
}
