//! Group commit: the one writer of one footage disk, as a state machine that is stepped.
//!
//! [`Writer::order`] takes units and writes nothing (but `Replace` and `Delete`, which are immediate);
//! [`Writer::tick`] does this, in this order:
//! 1. files that a fault left open are repaired, at most every DISK_RETRY_SPAN;
//! 2. each segment to be closed gets its last fragment, trailer and `mfra`, and gives its surplus back;
//! 3. each open segment gets one fragment (its header before the first);
//! 4. journal lines are appended, among them the `INDEX` lines of segments that became durable one tick ago: a
//!    line therefore never stands before its segment does, and costs no flush of its own;
//! 5. one flush of everything (`syncfs`), or write-back started on all files and then each flushed and each folder
//!    with a new name synced;
//! 6. only now is anything told.
//!
//! Costs: per tick one `writev` a camera and one flush (or one a file); per segment one create, one truncate, one
//! line. A flush that takes more than 0.9 of the period doubles the period, up to TICK_SPAN_MAX; one that would fit
//! the half thrice over halves it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::open::{FOOTAGE, OpenSegment, Scratch};
use super::repair::{self, Repaired};
use super::take::{Now, Out, Take};
use super::{Order, Progress, Told, index_line, journal};
use crate::base::clock::{Clock, Mono};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{
    DISK_RETRY_SPAN, HOLE_SPAN_MIN, JOURNAL_LINES_MAX, TICK_SPAN, TICK_SPAN_MAX,
};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc};
use crate::disk::{Disk, DiskFile};
use crate::footage::naming::INDEX;
use crate::footage::{GapReason, Segment};

/// How often, for benches and tests; the defaults are the limits.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub tick: Span,
    pub tick_max: Span,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            tick: TICK_SPAN,
            tick_max: TICK_SPAN_MAX,
        }
    }
}

/// See the top of this file.
pub struct Writer {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    id: DiskId,
    options: Options,
    takes: BTreeMap<CameraId, Take>,
    closing: Vec<OpenSegment>,
    /// Left behind by a fault: to be repaired.
    abandoned: Vec<Abandoned>,
    lines: Vec<Line>,
    deleted: Vec<String>,
    /// Folders whose names changed since the last flush.
    renamed: BTreeSet<String>,
    sizes: HashMap<CameraId, u64>,
    scratch: Scratch,
    period: Span,
    next_tick: Mono,
    trouble: Option<FaultKind>,
    retry_at: Mono,
    dropped: u64,
    stopped: bool,
}

struct Abandoned {
    camera: CameraId,
    take: u64,
    path: String,
    told: bool,
    /// Everything that came for it, on the disk or not.
    start: Utc,
    end: Utc,
    reason: GapReason,
}

struct Line {
    path: String,
    line: Vec<u8>,
    /// The segment that this line closes; else it is an `Append`.
    closes: Option<(u64, Segment)>,
}

/// What one tick has in hand between writing and telling.
#[derive(Default)]
struct Batch {
    closed: Vec<OpenSegment>,
    journals: Vec<(Box<dyn DiskFile>, Vec<Line>)>,
    faults: Vec<Fault>,
    worked: bool,
}

impl Writer {
    pub fn new(disk: Arc<dyn Disk>, clock: Arc<dyn Clock>, id: DiskId, options: Options) -> Writer {
        let now = clock.mono();
        Writer {
            disk,
            clock,
            id,
            options,
            takes: BTreeMap::new(),
            closing: Vec::new(),
            abandoned: Vec::new(),
            lines: Vec::new(),
            deleted: Vec::new(),
            renamed: BTreeSet::new(),
            sizes: HashMap::new(),
            scratch: Scratch::default(),
            period: options.tick,
            next_tick: now + options.tick,
            trouble: None,
            retry_at: now,
            dropped: 0,
            stopped: false,
        }
    }

    /// When [`Writer::tick`] is due.
    pub fn next_tick(&self) -> Mono {
        self.next_tick
    }

    /// After `Stop`.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Bytes of units that wait for the tick.
    pub fn pending_bytes(&self) -> usize {
        let open = self.takes.values().filter_map(Take::peek);
        open.chain(&self.closing)
            .map(OpenSegment::pending_bytes)
            .sum()
    }

    /// Pictures that came while the disk failed and were not kept.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn now(&self) -> Now {
        Now {
            mono: self.clock.mono(),
            utc: self.clock.utc(),
        }
    }

    pub fn order(&mut self, order: Order, told: &mut Vec<Told>) {
        match order {
            Order::Unit { camera, take, unit } => self.unit(&camera, take, unit, told),
            Order::Begin { tag, take } => {
                let now = self.now().mono;
                self.finish(&tag.camera.clone());
                self.takes
                    .insert(tag.camera.clone(), Take::new(tag, take, now));
            }
            Order::Finish { camera, take } => {
                if self.takes.get(&camera).is_some_and(|t| t.take == take) {
                    self.finish(&camera);
                }
            }
            Order::Delete { paths } => self.delete(paths, told),
            Order::Replace { path, content } => self.replace(path, content, told),
            Order::Append { path, mut line } => {
                if line.last() != Some(&b'\n') {
                    line.push(b'\n');
                }
                self.keep(
                    Line {
                        path,
                        line,
                        closes: None,
                    },
                    told,
                );
            }
            Order::Stop => self.stop(told),
        }
    }

    fn unit(
        &mut self,
        camera: &CameraId,
        take: u64,
        unit: crate::footage::unit::AccessUnit,
        told: &mut Vec<Told>,
    ) {
        let now = self.now();
        let Some(found) = self.takes.get_mut(camera).filter(|t| t.take == take) else {
            return;
        };
        if unit.data.is_empty() {
            return;
        }
        if !unit.is_video() {
            found.sound(unit, now);
            return;
        }
        let reserve = self.sizes.get(camera).map_or(0, |bytes| bytes + bytes / 16);
        found.video(
            unit,
            now,
            &mut Out {
                told,
                closing: &mut self.closing,
                reserve,
            },
        );
        self.dropped += u64::from(found.is_paused());
    }

    fn finish(&mut self, camera: &CameraId) {
        let now = self.now().mono;
        self.closing.extend(
            self.takes
                .remove(camera)
                .and_then(|mut take| take.close(now)),
        );
    }

    fn stop(&mut self, told: &mut Vec<Told>) {
        let cameras: Vec<CameraId> = self.takes.keys().cloned().collect();
        cameras.iter().for_each(|camera| self.finish(camera));
        self.retry_at = self.now().mono;
        // The first makes the segments durable, the second their lines.
        self.tick(told);
        self.tick(told);
        self.stopped = true;
        told.push(Told::Stopped);
    }

    fn delete(&mut self, paths: Vec<String>, told: &mut Vec<Told>) {
        let open: BTreeSet<&str> = (self.takes.values().filter_map(Take::peek))
            .chain(&self.closing)
            .map(OpenSegment::path)
            .collect();
        let (mut folders, mut gone, mut faults) = (BTreeSet::new(), Vec::new(), Vec::new());
        for path in paths {
            let Some((folder, _)) = path.rsplit_once('/') else {
                continue;
            };
            if open.contains(path.as_str()) {
                continue;
            }
            match self.disk.remove(&format!("{FOOTAGE}/{path}")) {
                Ok(()) => {
                    folders.insert(folder.to_string());
                    gone.push(path);
                }
                Err(fault) => faults.push(fault),
            }
        }
        self.abandoned.retain(|a| !gone.contains(&a.path));
        for folder in folders {
            if let Err(fault) = self.remove_if_empty(&folder) {
                faults.push(fault);
            }
        }
        if !gone.is_empty() && self.trouble == Some(FaultKind::Full) {
            self.takes.values_mut().for_each(Take::resume);
            self.retry_at = self.now().mono;
        }
        self.deleted.extend(gone);
        self.tell_trouble(faults, told);
    }

    /// A camera-day folder that has nothing but its `INDEX` goes, and the camera's folder when that is empty.
    fn remove_if_empty(&mut self, folder: &str) -> Result<(), Fault> {
        let full = format!("{FOOTAGE}/{folder}");
        self.renamed.insert(full.clone());
        let listed = match self.disk.list(&full) {
            Ok(listed) => listed,
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let index = format!("{full}/{INDEX}");
        let awaited = self.lines.iter().any(|line| line.path == index);
        if awaited || listed.iter().any(|entry| entry.name != INDEX) {
            return Ok(());
        }
        self.disk.remove(&index)?;
        self.disk.remove_folder(&full)?;
        self.renamed.remove(&full);
        let camera = full.rsplit_once('/').map_or(FOOTAGE, |(camera, _)| camera);
        self.renamed.insert(camera.to_string());
        if camera != FOOTAGE && self.disk.list(camera)?.is_empty() {
            self.disk.remove_folder(camera)?;
            self.renamed.remove(camera);
            self.renamed.insert(FOOTAGE.to_string());
        }
        Ok(())
    }

    fn replace(&mut self, path: String, content: Vec<u8>, told: &mut Vec<Told>) {
        // Lines for the old content that still wait are part of the past.
        self.lines.retain(|line| line.path != path);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let made = if folder.is_empty() {
            Ok(())
        } else {
            self.disk.make_folder(folder)
        };
        match made.and_then(|()| self.disk.replace(&path, &content)) {
            Ok(()) => told.push(Told::Kept { path }),
            Err(fault) => self.tell_trouble(vec![fault], told),
        }
    }

    fn keep(&mut self, line: Line, told: &mut Vec<Told>) {
        if self.lines.len() < JOURNAL_LINES_MAX {
            self.lines.push(line);
            return;
        }
        let text = format!(
            "{}: {JOURNAL_LINES_MAX} lines wait already; one is lost",
            line.path
        );
        self.tell_trouble(vec![Fault::new(FaultKind::Full, text)], told);
    }

    /// One group commit; see the top of this file.
    pub fn tick(&mut self, told: &mut Vec<Told>) {
        let began = self.now().mono;
        let mut batch = Batch::default();
        self.takes
            .values_mut()
            .for_each(|take| take.look(began, told));
        let retry = began >= self.retry_at;
        if retry {
            self.repair_abandoned(&mut batch, told);
        }
        self.write_segments(&mut batch, told);
        if retry {
            self.write_lines(&mut batch);
        }
        self.flush(&mut batch, told);
        let progress = self.conclude(&mut batch, told);
        let took = self.clock.mono() - began;
        let safe_up_to = self.period + took;
        self.pace(began, took);
        told.push(Told::Tick {
            progress,
            took,
            safe_up_to,
        });
        if batch.faults.is_empty() {
            let well = self.abandoned.is_empty() && !self.takes.values().any(Take::is_paused);
            if self.trouble.is_some() && batch.worked && well {
                self.trouble = None;
                told.push(Told::Recovered);
            }
        } else {
            self.retry_at = self.clock.mono() + DISK_RETRY_SPAN;
            self.tell_trouble(batch.faults, told);
        }
    }

    fn pace(&mut self, began: Mono, took: Span) {
        if took.0 * 10 > self.period.0 * 9 {
            self.period = Span((self.period.0 * 2).min(self.options.tick_max.0));
        } else if took.0 * 6 < self.period.0 {
            self.period = Span((self.period.0 / 2).max(self.options.tick.0));
        }
        self.next_tick = (began + self.period).max(self.clock.mono());
    }

    fn tell_trouble(&mut self, faults: Vec<Fault>, told: &mut Vec<Told>) {
        for fault in faults {
            if self.trouble != Some(fault.kind) {
                self.trouble = Some(fault.kind);
                told.push(Told::Trouble { fault });
            }
        }
    }

    fn write_segments(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        let disk = self.disk.clone();
        for mut segment in std::mem::take(&mut self.closing) {
            let camera = &segment.tag.camera;
            let depth = self
                .takes
                .get(camera)
                .map_or(segment.tail_depth(), Take::depth);
            match segment.write(&*disk, &mut self.scratch, depth, true) {
                Ok(()) => batch.closed.push(segment),
                Err(fault) => self.abandon(segment, fault, batch, told),
            }
        }
        let mut failed = Vec::new();
        for (camera, take) in &mut self.takes {
            let depth = take.depth();
            let Some(segment) = take.segment() else {
                continue;
            };
            if let Err(fault) = segment.write(&*disk, &mut self.scratch, depth, false) {
                failed.push((camera.clone(), fault));
            }
        }
        self.give_up(failed, batch, told);
    }

    /// Takes the open segments of these cameras off, because their file failed.
    fn give_up(&mut self, failed: Vec<(CameraId, Fault)>, batch: &mut Batch, told: &mut Vec<Told>) {
        let now = self.now().mono;
        for (camera, fault) in failed {
            if let Some(segment) = self.takes.get_mut(&camera).and_then(|take| take.close(now)) {
                self.abandon(segment, fault, batch, told);
            }
        }
    }

    fn abandon(
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
        let lost_from = if segment.path().is_empty() {
            start
        } else {
            end
        };
        let took_over = self
            .takes
            .get(&camera)
            .is_some_and(|take| take.peek().is_some());
        if let Some(take) = self.takes.get_mut(&camera).filter(|_| !took_over) {
            take.pause(until, lost_from, reason);
        } else if lost_from < end {
            let camera = camera.clone();
            told.push(Told::Hole {
                camera,
                from: lost_from,
                to: end,
                reason,
            });
        }
        if !segment.path().is_empty() {
            let (take, told, path) = (segment.take, segment.told, segment.path().to_string());
            let left = Abandoned {
                camera,
                take,
                path,
                told,
                start,
                end,
                reason,
            };
            self.abandoned.push(left);
        }
        batch.faults.push(fault);
    }

    fn repair_abandoned(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        for left in std::mem::take(&mut self.abandoned) {
            match repair::repair(&*self.disk, &self.id, &left.path) {
                Ok(Repaired::Closed { segment, .. }) => {
                    batch.worked = true;
                    tell_hole(&left, segment.end, told);
                    if !left.told {
                        let opened = Segment {
                            digest: None,
                            ..segment.clone()
                        };
                        told.push(Told::Opened {
                            take: left.take,
                            segment: opened,
                        });
                    }
                    told.push(Told::Closed {
                        take: left.take,
                        segment,
                    });
                }
                Ok(Repaired::Removed { .. }) => {
                    batch.worked = true;
                    tell_hole(&left, left.start, told);
                    if left.told {
                        told.push(Told::Deleted {
                            paths: vec![left.path],
                        });
                    }
                }
                Err(fault) if fault.kind == FaultKind::Missing && self.disk.list("").is_ok() => {
                    // The disk is there and the file is not: it was never durable.
                    tell_hole(&left, left.start, told);
                    if left.told {
                        told.push(Told::Deleted {
                            paths: vec![left.path],
                        });
                    }
                }
                Err(fault) => {
                    batch.faults.push(fault);
                    self.abandoned.push(left);
                }
            }
        }
    }

    fn write_lines(&mut self, batch: &mut Batch) {
        let mut by_path: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for line in std::mem::take(&mut self.lines) {
            by_path.entry(line.path.clone()).or_default().push(line);
        }
        for (path, lines) in by_path {
            let written = journal::open(&*self.disk, &path).and_then(|mut file| {
                let fresh = file.is_empty();
                let parts: Vec<&[u8]> = lines.iter().map(|line| &line.line[..]).collect();
                file.append(&parts)?;
                Ok((file, fresh))
            });
            match written {
                Ok((file, fresh)) => {
                    if fresh {
                        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                        self.renamed.insert(folder.to_string());
                    }
                    batch.journals.push((file, lines));
                }
                Err(fault) => {
                    batch.faults.push(fault);
                    self.lines.extend(lines);
                }
            }
        }
    }

    /// Makes everything written durable; what fails is taken out of the batch.
    fn flush(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
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
        match self.disk.flush_all() {
            Ok(true) => {
                self.renamed.clear();
                batch.worked = true;
            }
            Ok(false) => self.flush_each(batch, told),
            Err(fault) => self.lose_batch(&fault, batch, told),
        }
    }

    fn lose_batch(&mut self, fault: &Fault, batch: &mut Batch, told: &mut Vec<Told>) {
        let open = self
            .takes
            .iter()
            .filter(|(_, t)| t.peek().is_some_and(|s| s.dirty));
        let failed = open
            .map(|(camera, _)| (camera.clone(), fault.clone()))
            .collect();
        self.give_up(failed, batch, told);
        for segment in std::mem::take(&mut batch.closed) {
            self.abandon(segment, fault.clone(), batch, told);
        }
        for (_, lines) in std::mem::take(&mut batch.journals) {
            self.lines.extend(lines);
        }
        batch.faults.push(fault.clone());
    }

    fn flush_each(&mut self, batch: &mut Batch, told: &mut Vec<Told>) {
        let open = self.takes.values_mut().filter_map(Take::segment);
        for segment in open.chain(&mut batch.closed).filter(|s| s.dirty) {
            // Its own fault comes back from the flush below.
            let _ = segment.file.as_mut().map(|file| file.start_flush());
        }
        let flush = |segment: &mut OpenSegment| match segment.file.as_mut() {
            Some(file) => file.flush(),
            None => Ok(()),
        };
        let mut failed = Vec::new();
        for (camera, take) in &mut self.takes {
            let Some(segment) = take.segment().filter(|s| s.dirty) else {
                continue;
            };
            match flush(segment) {
                Ok(()) => batch.worked = true,
                Err(fault) => failed.push((camera.clone(), fault)),
            }
        }
        self.give_up(failed, batch, told);
        for mut segment in std::mem::take(&mut batch.closed) {
            match flush(&mut segment) {
                Ok(()) => batch.closed.push(segment),
                Err(fault) => self.abandon(segment, fault, batch, told),
            }
        }
        for (mut file, lines) in std::mem::take(&mut batch.journals) {
            match file.flush() {
                Ok(()) => batch.journals.push((file, lines)),
                Err(fault) => {
                    batch.faults.push(fault);
                    self.lines.extend(lines);
                }
            }
        }
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

    /// Everything left in the batch is durable: says so and hands the `INDEX` lines to the next tick.
    fn conclude(&mut self, batch: &mut Batch, told: &mut Vec<Told>) -> Vec<Progress> {
        let unsynced = &self.renamed;
        let sure = |path: &str| folder_of(path).is_none_or(|folder| !unsynced.contains(&folder));
        let mut progress = Vec::with_capacity(self.takes.len());
        let open = self.takes.values_mut().filter_map(Take::segment);
        for segment in open.filter(|s| s.dirty && sure(s.path())) {
            progress.push(segment.flushed());
            tell_opened(segment, &self.id, told);
        }
        for mut segment in std::mem::take(&mut batch.closed) {
            progress.push(segment.flushed());
            tell_opened(&mut segment, &self.id, told);
            self.sizes
                .insert(segment.tag.camera.clone(), segment.file_bytes());
            let Some(row) = segment.row(&self.id, true) else {
                continue;
            };
            let (Some(line), Some(folder)) = (index_line::format(&row), folder_of(&row.path))
            else {
                continue;
            };
            let (path, line) = (format!("{folder}/{INDEX}"), line.into_bytes());
            self.lines.push(Line {
                path,
                line,
                closes: Some((segment.take, row)),
            });
        }
        for line in std::mem::take(&mut batch.journals)
            .into_iter()
            .flat_map(|(_, lines)| lines)
        {
            told.push(match line.closes {
                Some((take, segment)) => Told::Closed { take, segment },
                None => Told::Kept { path: line.path },
            });
        }
        if self.renamed.is_empty() && !self.deleted.is_empty() {
            told.push(Told::Deleted {
                paths: std::mem::take(&mut self.deleted),
            });
        }
        progress
    }
}

fn folder_of(path: &str) -> Option<String> {
    path.rsplit_once('/')
        .map(|(folder, _)| format!("{FOOTAGE}/{folder}"))
}

fn tell_opened(segment: &mut OpenSegment, id: &DiskId, told: &mut Vec<Told>) {
    if !segment.told
        && let Some(row) = segment.row(id, false)
    {
        segment.told = true;
        told.push(Told::Opened {
            take: segment.take,
            segment: row,
        });
    }
}

fn tell_hole(left: &Abandoned, kept: Utc, told: &mut Vec<Told>) {
    if left.end - kept > HOLE_SPAN_MIN {
        let (camera, reason) = (left.camera.clone(), left.reason);
        told.push(Told::Hole {
            camera,
            from: kept,
            to: left.end,
            reason,
        });
    }
}
