//! Held footage on a second disk, where there is one (R6.6): a dead disk must not take evidence
//! with it.
//!
//! Copies lie under `.beadle/held/<disk>/<path>`, `disk` and `path` being those of the original;
//! they are not in the index, so that no hour counts twice, and any player opens them. One segment
//! a turn is copied, read back and compared with its digest, so that recording and answers go on
//! beside it; a day of one camera takes about half an hour.
//!
//! A copy goes when no hold covers it any more, within [`COPY_LOOK_SPAN`]; while the holds are in
//! doubt it stays. It needs room above `keep-free` and takes none from what is recorded.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::Supervisor;
use crate::base::clock::Mono;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{COPY_LOOK_SPAN, COPY_READ_BYTES, SEGMENT_SPAN_MAX};
use crate::base::name::DiskId;
use crate::base::time::Span;
use crate::disk::Disk;
use crate::footage::{Segment, naming};
use crate::segment::reader;
use crate::wire::DiskState;

/// Below each footage disk.
const FOLDER: &str = ".beadle/held";

/// What is to be copied, and what was found to be.
#[derive(Default)]
pub struct Copies {
    queue: VecDeque<Segment>,
    /// Copied, read back and right: original's disk and path, and the disk of the copy.
    done: BTreeSet<(DiskId, String)>,
    look_at: Mono,
    /// The last copy that failed, for the reader.
    pub(super) fault: Option<String>,
}

impl Copies {
    /// Holds or disks changed.
    pub fn hurry(&mut self) {
        self.look_at = Mono(0);
        self.done.clear();
    }
}

impl Supervisor {
    /// Copies one held segment; returns when to come back if there is more.
    pub(super) fn copy_some(&mut self) -> Option<Mono> {
        let (now, _) = self.now();
        if self.keep.doubt.is_some() || self.keep.rebuild.is_some() {
            return None;
        }
        if now >= self.copies.look_at {
            self.copies.look_at = now + COPY_LOOK_SPAN;
            self.drop_copies();
            self.queue_copies();
        }
        let segment = self.copies.queue.pop_front()?;
        if let Some((id, to)) = self.second_disk(&segment) {
            match self.copy(&segment, to.as_ref()) {
                Ok(()) => {
                    self.copies.fault = None;
                    self.copies.done.insert((segment.disk.clone(), segment.path.clone()));
                }
                // Deleted or moved away meanwhile; the next look decides.
                Err(fault) if fault.kind == FaultKind::Missing => {}
                Err(fault) => {
                    tracing::warn!("{} on disk {id}: {fault}", segment.path);
                    self.copies.fault = Some(fault.text);
                }
            }
        }
        (!self.copies.queue.is_empty()).then(|| now + Span::millis(100))
    }

    /// The disk with most room, other than the segment's own.
    fn second_disk(&self, segment: &Segment) -> Option<(DiskId, Arc<dyn Disk>)> {
        let (_, utc) = self.now();
        let able = self.disks.units.iter().filter(|u| {
            let needs = self.keep.box_wide.keep_free(u.room.total, utc) + segment.bytes;
            u.writer && u.state == DiskState::Writing && u.room.free > needs
        });
        let other = able.filter(|u| u.id.as_ref().is_some_and(|id| *id != segment.disk));
        let unit = other.max_by_key(|u| u.room.free)?;
        Some((unit.id.clone()?, unit.disk.clone()?))
    }

    fn copy(&self, segment: &Segment, to: &dyn Disk) -> Result<(), Fault> {
        let from = self.disks.handle(&segment.disk).ok_or_else(|| {
            Fault::new(FaultKind::Missing, "the disk of the original is not there")
        })?;
        let path = format!("{FOLDER}/{}/{}", segment.disk, segment.path);
        if self.copy_is_elsewhere(segment, &path) {
            return Ok(());
        }
        if let Some((folder, _)) = path.rsplit_once('/') {
            to.make_folder(folder)?;
            to.remove(&path)?; // half of one, from before a crash
            let mut file = to.create_new(&path)?;
            let mut at = 0;
            loop {
                let piece = from.read_at(&segment.path, at, COPY_READ_BYTES)?;
                if piece.is_empty() {
                    break;
                }
                at += piece.len() as u64;
                file.append(&[&piece])?;
            }
            file.flush()?;
            to.sync_folder(folder)?;
        }
        if is_whole(to, &path, segment) {
            return Ok(());
        }
        to.remove(&path)?;
        let text = format!(
            "{} is damaged, or its copy is: the digest does not agree; play the original and \
             check both disks",
            segment.path
        );
        Err(Fault::new(FaultKind::Corrupt, text))
    }

    /// A whole copy lies on some disk already.
    fn copy_is_elsewhere(&self, segment: &Segment, path: &str) -> bool {
        let others = self.disks.units.iter().filter(|u| u.id.as_ref() != Some(&segment.disk));
        let mut disks = others.filter_map(|u| u.disk.as_deref());
        disks.any(|disk| is_whole(disk, path, segment))
    }

    /// Closed, held segments of disks that are there, that were not seen to be copied yet.
    fn queue_copies(&mut self) {
        self.copies.queue.clear();
        if self.disks.started().len() < 2 {
            return;
        }
        let started = self.disks.started();
        for hold in self.keep.holds().iter().filter(|h| h.ended.is_none()) {
            let cameras = match hold.cameras.is_empty() {
                true => self.store.cameras().unwrap_or_default(),
                false => hold.cameras.clone(),
            };
            for camera in cameras {
                let mut after = None;
                loop {
                    let (from, to) = (Some(hold.start), Some(hold.end));
                    let listed = self.store.segments(Some(&camera), from, to, after, 1_000);
                    let Ok((found, more)) = listed else { break };
                    let new = found.into_iter().filter(|s| {
                        let key = (s.disk.clone(), s.path.clone());
                        !s.is_open()
                            && started.contains(&s.disk)
                            && !self.copies.done.contains(&key)
                    });
                    self.copies.queue.extend(new);
                    after = more;
                    if after.is_none() {
                        break;
                    }
                }
            }
        }
    }

    /// Removes copies that no hold covers any more.
    fn drop_copies(&mut self) {
        let holds = self.keep.holds();
        for disk in self.disks.units.iter().filter_map(|u| u.disk.clone()) {
            let spare = |path: &str| {
                let below = path.strip_prefix(FOLDER)?.strip_prefix('/')?;
                let named = naming::parse(below.split_once('/')?.1)?;
                // Its end is not in its name: it is kept rather too long than too short.
                let until = named.start + SEGMENT_SPAN_MAX;
                let covers = |h: &crate::footage::Hold| h.covers(&named.camera, named.start, until);
                (!holds.iter().any(covers)).then_some(())
            };
            if let Err(fault) = sweep(disk.as_ref(), FOLDER, 0, &spare) {
                tracing::warn!("copies of held footage: {fault}");
            }
        }
    }
}

/// Removes the files that are `spare`, and folders that are empty then. Four deep: disk, camera,
/// day, file.
fn sweep(
    disk: &dyn Disk,
    folder: &str,
    depth: u32,
    spare: &dyn Fn(&str) -> Option<()>,
) -> Result<(), Fault> {
    let listed = match disk.list(folder) {
        Ok(listed) => listed,
        Err(fault) if fault.kind == FaultKind::Missing => return Ok(()),
        Err(fault) => return Err(fault),
    };
    for entry in listed {
        let path = format!("{folder}/{}", entry.name);
        if entry.folder && depth < 3 {
            sweep(disk, &path, depth + 1, spare)?;
            disk.remove_folder(&path)?; // stays where anything is in it
        } else if !entry.folder && spare(&path).is_some() {
            disk.remove(&path)?;
        }
    }
    Ok(())
}

/// The copy is there, of the right size, and its pictures have the original's digest.
fn is_whole(disk: &dyn Disk, path: &str, segment: &Segment) -> bool {
    disk.size(path).is_ok_and(|bytes| bytes == segment.bytes)
        && reader::scan_file(disk, path)
            .and_then(|contents| reader::verify(disk, path, &contents))
            .is_ok_and(|verified| Some(verified.digest) == segment.digest)
}
