//! Step 5 of the tick, and what happens to segments whose file or flush failed.
//!
//! A failed segment is let go of at once: its camera pauses for DISK_RETRY_SPAN and begins a new
//! one with the next key frame, other cameras go on. The file is repaired when the disk works
//! again. After a failed flush the kernel forgets which pages were dirty, so the file is not
//! flushed again and trusted, but read and compared with its sums.

use super::Told;
use super::commit::{Abandoned, Batch, Writer, folder_of};
use super::open::OpenSegment;
use super::repair::{self, Repaired};
use super::take::Take;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{DISK_RETRY_SPAN, HOLE_SPAN_MIN};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::disk::DiskFile;
use crate::footage::{GapReason, Segment};

impl Writer {
    /// Takes the open segments of these cameras off, because their file failed.
    pub(super) fn give_up(
        &mut self,
        failed: Vec<(CameraId, Fault)>,
        batch: &mut Batch,
        told: &mut Vec<Told>,
    ) {
        let now = self.now().mono;
        for (camera, fault) in failed {
            if let Some(segment) = self.takes.get_mut(&camera).and_then(|take| take.close(now)) {
                self.abandon(segment, fault, batch, told);
            }
        }
    }

    pub(super) fn abandon(
        &mut self,
        segment: OpenSegment,
        fault: Fault,
        batch: &mut Batch,
        told: &mut Vec<Told>,
    ) {
        let reason = match fault.kind {
            FaultKind::Full => GapReason::DiskFull,
            _ => GapReason::NoDisk,
        };
        let camera = segment.tag.camera.clone();
        let until = self.now().mono + DISK_RETRY_SPAN;
        let (start, end) = (segment.start, segment.end());
        // Without a file all of it is lost; with one, repair says how much.
        let lost_from = if segment.path().is_empty() { start } else { end };
        let took_over = self.takes.get(&camera).is_some_and(|take| take.peek().is_some());
        if let Some(take) = self.takes.get_mut(&camera).filter(|_| !took_over) {
            take.pause(until, lost_from, reason);
        } else if lost_from < end {
            let camera = camera.clone();
            told.push(Told::Hole { camera, from: lost_from, to: end, reason });
        }
        if !segment.path().is_empty() {
            let (take, told, path) = (segment.take, segment.told, segment.path().to_string());
            let left = Abandoned { camera, take, path, told, start, end, reason };
            self.abandoned.push(left);
        }
        batch.faults.push(fault);
    }

    pub(super) fn repair_abandoned(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        for left in std::mem::take(&mut self.abandoned) {
            match repair::repair(&*self.disk, &self.id, &left.path) {
                Ok(Repaired::Closed { segment, .. }) => {
                    batch.worked = true;
                    tell_hole(&left, segment.end, told);
                    if !left.told {
                        let opened = Segment { digest: None, ..segment.clone() };
                        let picture = None; // only the header knows, and nobody watches a repair
                        told.push(Told::Opened { take: left.take, segment: opened, picture });
                    }
                    told.push(Told::Closed { take: left.take, segment });
                }
                Ok(Repaired::Removed { .. }) => {
                    batch.worked = true;
                    tell_hole(&left, left.start, told);
                    if left.told {
                        told.push(Told::Deleted { paths: vec![left.path] });
                    }
                }
                Err(fault) if fault.kind == FaultKind::Missing && self.disk.list("").is_ok() => {
                    // The disk is there and the file is not: it was never durable.
                    tell_hole(&left, left.start, told);
                    if left.told {
                        told.push(Told::Deleted { paths: vec![left.path] });
                    }
                }
                Err(fault) => {
                    batch.faults.push(fault);
                    self.abandoned.push(left);
                }
            }
        }
    }

    pub(super) fn lose_batch(&mut self, fault: &Fault, batch: &mut Batch, told: &mut Vec<Told>) {
        let open = self.takes.iter().filter(|(_, t)| t.peek().is_some_and(|s| s.dirty));
        let failed = open.map(|(camera, _)| (camera.clone(), fault.clone())).collect();
        self.give_up(failed, batch, told);
        for segment in std::mem::take(&mut batch.closed) {
            self.abandon(segment, fault.clone(), batch, told);
        }
        for (_, lines) in std::mem::take(&mut batch.journals) {
            self.lines.extend(lines);
        }
        batch.faults.push(fault.clone());
    }

    /// Makes everything written durable; what fails is taken out of the batch.
    pub(super) fn flush(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        let fresh = (self.takes.values().filter_map(Take::peek))
            .chain(&batch.closed)
            .filter(|segment| segment.dirty && !segment.told);
        let folders: Vec<String> = fresh.filter_map(|s| folder_of(s.path())).collect();
        self.renamed.extend(folders);
        let dirty = self.takes.values().filter_map(Take::peek).any(|s| s.dirty);
        let nothing = !dirty
            && batch.closed.is_empty()
            && batch.journals.is_empty()
            && self.renamed.is_empty();
        if nothing {
            return;
        }
        self.write_back(batch, told);
        match self.disk.flush_all() {
            Ok(true) => {
                self.renamed.clear();
                batch.worked = true;
            }
            Ok(false) => self.flush_each(batch, told),
            Err(fault) => self.lose_batch(&fault, batch, told),
        }
    }

    /// Puts all bytes on the disk before anything is flushed, all files at once: what `flush_all`
    /// asks for. The file system then has one change of each inode to write down; a flush alone
    /// makes ext4 commit while the pages still go out, so that most inodes stand in its journal two
    /// or three times.
    fn write_back(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        let open = self.takes.values_mut().filter_map(Take::segment);
        for segment in open.chain(&mut batch.closed).filter(|s| s.dirty) {
            // Its own fault comes back from waiting or from the flush.
            let _ = segment.file.as_mut().map(|file| file.start_flush());
        }
        for (file, _) in &mut batch.journals {
            let _ = file.start_flush();
        }
        self.each_dirty(batch, told, |file| file.wait_flush());
        self.each_journal(batch, |file| file.wait_flush());
    }

    /// One step with every journal that was written; the lines of one that fails come again.
    fn each_journal(
        &mut self,
        batch: &mut Batch,
        step: impl Fn(&mut dyn DiskFile) -> Result<(), Fault>,
    ) {
        for (mut file, lines) in std::mem::take(&mut batch.journals) {
            match step(&mut *file) {
                Ok(()) => batch.journals.push((file, lines)),
                Err(fault) => {
                    batch.faults.push(fault);
                    self.lines.extend(lines);
                }
            }
        }
    }

    /// One step with every file that was written; those that fail are let go of.
    fn each_dirty(
        &mut self,
        batch: &mut Batch,
        told: &mut Vec<Told>,
        step: impl Fn(&mut dyn DiskFile) -> Result<(), Fault>,
    ) {
        let run = |segment: &mut OpenSegment| match segment.file.as_mut() {
            Some(file) => step(&mut **file),
            None => Ok(()),
        };
        let mut failed = Vec::new();
        for (camera, take) in &mut self.takes {
            if let Some(segment) = take.segment().filter(|s| s.dirty)
                && let Err(fault) = run(segment)
            {
                failed.push((camera.clone(), fault));
            }
        }
        self.give_up(failed, batch, told);
        for mut segment in std::mem::take(&mut batch.closed) {
            match run(&mut segment) {
                Ok(()) => batch.closed.push(segment),
                Err(fault) => self.abandon(segment, fault, batch, told),
            }
        }
    }

    fn flush_each(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        self.each_dirty(batch, told, |file| file.flush());
        batch.worked |= !batch.closed.is_empty()
            || self.takes.values().filter_map(Take::peek).any(|segment| segment.dirty);
        self.each_journal(batch, |file| file.flush());
        for folder in std::mem::take(&mut self.renamed) {
            match self.disk.sync_folder(&folder) {
                Ok(()) => batch.worked = true,
                // Removed since: its parent is synced too.
                Err(fault) if fault.kind == FaultKind::Missing => {}
                Err(fault) => {
                    self.renamed.insert(folder);
                    batch.faults.push(fault);
                }
            }
        }
    }
}

fn tell_hole(left: &Abandoned, kept: Utc, told: &mut Vec<Told>) {
    if left.end - kept > HOLE_SPAN_MIN {
        let (camera, reason) = (left.camera.clone(), left.reason);
        told.push(Told::Hole { camera, from: kept, to: left.end, reason });
    }
}
