//! Group commit: the one writer of one footage disk, as a state machine that is stepped.
//!
//! [`Writer::order`] takes units and writes nothing (but `Delete`, which is immediate);
//! [`Writer::tick`] does this, in this order:
//! 1. files that a fault left open are repaired, at most every DISK_RETRY_SPAN;
//! 2. each segment to be closed gets its last fragment, trailer and `mfra`, and gives its surplus
//!    back;
//! 3. each open segment gets one fragment (its header before the first);
//! 4. journal lines are appended, among them the `INDEX` lines of segments that became durable one
//!    tick ago: a line therefore never stands before its segment does, and costs no flush of its
//!    own;
//! 5. write-back is started on all files and waited for, then one flush makes it all durable (the
//!    commit of the file system's journal, or `syncfs`); where there is neither, each file is
//!    flushed and each folder with a new name synced;
//! 6. only now is anything told.
//!
//! Every tick writes, which is what survives `kill -9`; only every FLUSH_TICKS-th does 4 to 6,
//! which is what survives a power cut. A slow disk is flushed less often: `pace.rs`.
//!
//! Costs: per tick one `writev` a camera; per flush one commit (or one `fdatasync` a file); per
//! segment one create, one truncate, one line.
//!
//! Write requests of a flush of 32 cameras on ext4, counted on a disk held to 120 a second, as the
//! file system sends them (neighbours not merged, which halves them):
//! - 64 of pictures: two a file, one for the page that the last flush left half full, one for all
//!   new pages, which lie together because room was reserved from the first fragment on;
//! - about 13 of the journal: a head, an end, and between them blocks of 16 inodes each;
//! - 2 to 4, on average, of files that turn: 32 a minute.
//!
//! These 80 take 0.55 to 0.7 s, so footage is safe after 1.75 to 1.9 s. Without the room reserved
//! each file has a block that lists its places, 27 more in the journal; `syncfs` instead of the
//! commit wrote 36 of those blocks a second time: 145 in all, each request that such a disk has.
//! The first kind could be halved by filling up the last page of each flush, for 2 kB of file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::open::{OpenSegment, Scratch};
use super::pace::Pace;
use super::take::{Now, Out, Take};
use super::{Order, Progress, Told, index_line, journal};
use crate::base::clock::{Clock, Mono};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{DISK_RETRY_SPAN, TICK_SPAN, TICK_SPAN_MAX};
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
        Options { tick: TICK_SPAN, tick_max: TICK_SPAN_MAX }
    }
}

/// See the top of this file.
pub struct Writer {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) id: DiskId,
    pub(super) takes: BTreeMap<CameraId, Take>,
    pub(super) closing: Vec<OpenSegment>,
    /// Closed and written, not flushed yet.
    pub(super) written: Vec<OpenSegment>,
    /// Left behind by a fault: to be repaired.
    pub(super) abandoned: Vec<Abandoned>,
    pub(super) lines: Vec<Line>,
    pub(super) deleted: Vec<String>,
    /// Folders whose names changed since the last flush.
    pub(super) renamed: BTreeSet<String>,
    /// Bytes a second of each camera's last segment.
    pub(super) rates: HashMap<CameraId, u64>,
    pub(super) scratch: Scratch,
    pub(super) pace: Pace,
    pub(super) trouble: Option<FaultKind>,
    pub(super) retry_at: Mono,
    pub(super) dropped: u64,
    pub(super) stopped: bool,
}

pub(super) struct Abandoned {
    pub(super) camera: CameraId,
    pub(super) take: u64,
    pub(super) path: String,
    pub(super) told: bool,
    /// Everything that came for it, on the disk or not.
    pub(super) start: Utc,
    pub(super) end: Utc,
    pub(super) reason: GapReason,
}

pub(super) struct Line {
    pub(super) path: String,
    pub(super) line: Vec<u8>,
    /// The segment that this line closes; else it is an `Append`.
    pub(super) closes: Option<(u64, Segment)>,
}

/// What one tick has in hand between writing and telling.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) closed: Vec<OpenSegment>,
    pub(super) journals: Vec<(Box<dyn DiskFile>, Vec<Line>)>,
    pub(super) faults: Vec<Fault>,
    pub(super) worked: bool,
}

impl Writer {
    pub fn new(disk: Arc<dyn Disk>, clock: Arc<dyn Clock>, id: DiskId, options: Options) -> Writer {
        let now = clock.mono();
        Writer {
            disk,
            clock,
            id,
            takes: BTreeMap::new(),
            closing: Vec::new(),
            written: Vec::new(),
            abandoned: Vec::new(),
            lines: Vec::new(),
            deleted: Vec::new(),
            renamed: BTreeSet::new(),
            rates: HashMap::new(),
            scratch: Scratch::default(),
            pace: Pace::new(options, now),
            trouble: None,
            retry_at: now,
            dropped: 0,
            stopped: false,
        }
    }

    /// When [`Writer::tick`] is due.
    pub fn next_tick(&self) -> Mono {
        self.pace.next_tick()
    }

    /// After `Stop`.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Bytes of units that wait for the tick.
    pub fn pending_bytes(&self) -> usize {
        let open = self.takes.values().filter_map(Take::peek);
        open.chain(&self.closing).map(OpenSegment::pending_bytes).sum()
    }

    /// Pictures that came while the disk failed and were not kept.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(super) fn now(&self) -> Now {
        Now { mono: self.clock.mono(), utc: self.clock.utc() }
    }

    pub fn order(&mut self, order: Order, told: &mut Vec<Told>) {
        match order {
            Order::Unit { camera, take, unit } => self.unit(&camera, take, unit, told),
            Order::Begin { tag, take } => {
                let now = self.now().mono;
                self.finish(&tag.camera.clone());
                self.takes.insert(tag.camera.clone(), Take::new(tag, take, now));
            }
            Order::Finish { camera, take } => {
                if self.takes.get(&camera).is_some_and(|t| t.take == take) {
                    self.finish(&camera);
                }
            }
            Order::Delete { paths } => self.delete(paths, told),
            Order::Append { path, mut line } => {
                if line.last() != Some(&b'\n') {
                    line.push(b'\n');
                }
                self.keep(Line { path, line, closes: None }, told);
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
        let rate = self.rates.get(camera).copied();
        found.video(unit, now, &mut Out { told, closing: &mut self.closing, rate });
        self.dropped += u64::from(found.is_paused());
    }

    fn finish(&mut self, camera: &CameraId) {
        let now = self.now().mono;
        self.closing.extend(self.takes.remove(camera).and_then(|mut take| take.close(now)));
    }

    fn stop(&mut self, told: &mut Vec<Told>) {
        let cameras: Vec<CameraId> = self.takes.keys().cloned().collect();
        cameras.iter().for_each(|camera| self.finish(camera));
        self.retry_at = self.now().mono;
        // The first makes the segments durable, the second their lines.
        self.pace.hurry();
        self.tick(told);
        self.pace.hurry();
        self.tick(told);
        self.stopped = true;
        told.push(Told::Stopped);
    }

    /// One group commit; see the top of this file.
    pub fn tick(&mut self, told: &mut Vec<Told>) {
        let began = self.now().mono;
        let mut batch = Batch { closed: std::mem::take(&mut self.written), ..Batch::default() };
        self.takes.values_mut().for_each(|take| take.look(began, told));
        let retry = began >= self.retry_at;
        if retry {
            self.repair_abandoned(&mut batch, told);
        }
        self.write_segments(&mut batch, told);
        let due = self.pace.wrote(began) || self.trouble.is_some() || self.many_begin();
        if due || !batch.faults.is_empty() {
            if retry {
                self.write_lines(&mut batch);
            }
            self.flush(&mut batch, told);
            let progress = self.conclude(&mut batch, told);
            let ended = self.clock.mono();
            let safe_up_to = self.pace.flushed(began, ended);
            told.push(Told::Tick { progress, took: ended - began, safe_up_to });
        } else {
            self.written = std::mem::take(&mut batch.closed);
        }
        self.pace.ticked(self.clock.mono());
        self.judge_faults(batch, told);
    }

    /// More than a quarter of the cameras wait to be told that they record: a start, or a switch
    /// that came back. One that merely begins its next minute waits for the others.
    fn many_begin(&self) -> bool {
        let begun = |t: &&Take| t.peek().is_some_and(|s| !s.told && !s.path().is_empty());
        self.takes.values().filter(begun).count() * 4 > self.takes.len()
    }

    fn judge_faults(&mut self, batch: Batch, told: &mut Vec<Told>) {
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

    pub(super) fn tell_trouble(&mut self, faults: Vec<Fault>, told: &mut Vec<Told>) {
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
            let depth = self.takes.get(camera).map_or(segment.tail_depth(), Take::depth);
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

    /// Everything left in the batch is durable: says so and hands the `INDEX` lines to the next
    /// tick.
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
            self.rates.insert(segment.tag.camera.clone(), segment.rate());
            let Some(row) = segment.row(&self.id, true) else {
                continue;
            };
            let (Some(line), Some(folder)) = (index_line::format(&row), folder_of(&row.path))
            else {
                continue;
            };
            let (path, line) = (format!("{folder}/{INDEX}"), line.into_bytes());
            self.lines.push(Line { path, line, closes: Some((segment.take, row)) });
        }
        for line in std::mem::take(&mut batch.journals).into_iter().flat_map(|(_, lines)| lines) {
            told.push(match line.closes {
                Some((take, segment)) => Told::Closed { take, segment },
                None => Told::Kept { path: line.path },
            });
        }
        if self.renamed.is_empty() && !self.deleted.is_empty() {
            told.push(Told::Deleted { paths: std::mem::take(&mut self.deleted) });
        }
        progress
    }
}

pub(super) fn folder_of(path: &str) -> Option<String> {
    path.rsplit_once('/').map(|(folder, _)| folder.to_string())
}

fn tell_opened(segment: &mut OpenSegment, id: &DiskId, told: &mut Vec<Told>) {
    if !segment.told
        && let Some(row) = segment.row(id, false)
    {
        segment.told = true;
        let picture = segment.video_params().map(|v| (v.width, v.height));
        told.push(Told::Opened { take: segment.take, segment: row, picture });
    }
}
