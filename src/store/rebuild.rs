//! The index made again from the files, behind the recording, a folder at a time.
//!
//! 1. [`Rebuild::begin`] lists journals and camera-day folders of every disk, and the folders that
//!    the index knows. Journals come first (few, and they explain gaps), then folders, newest day
//!    first.
//!    Journals from before the day up to which the index has read a disk are left out
//!    ([`Rebuild::unread_only`]): a start reads those of a day or two, a new index all.
//! 2. For each folder: (a) the index's rows of it are taken down; (b) its files are read; (c) the
//!    two are compared, and what differs is corrected in one transaction.
//! 3. For each camera: stretches without footage and without a reason become gaps with reason
//!    `unknown`.
//! 4. When no folder failed, the index is noted as whole.
//!
//! Recording and retention go on between (a) and (c), so (c) looks at the rows again: what the
//! writer told meanwhile is left alone, what retention removed meanwhile does not come back, and a
//! file that this process is writing is never touched. A row goes only if it stood in (a) and its
//! file was missing in (b). A missing folder empties its rows only while the disk's own `.beadle`
//! folder is there: an unmounted disk is not an empty one.
//!
//! Cost: 1,440 rows a folder, about 10 ms of the store's thread; reading is done by [`Job::read`]
//! on any thread.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::Store;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{HOLDS_BYTES_MAX, JOURNAL_READ_BYTES, SEAM_SPAN_MAX};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Utc};
use crate::disk::Disk;
use crate::footage::journal::{self, Copy, Entry, Reader};
use crate::footage::outlived::BEFORE;
use crate::footage::{Gap, GapReason, Segment};

/// Rows looked at in one step of looking for unexplained stretches: about 3 ms.
const SEAM_ROWS: usize = 1_000;

/// Reads one camera-day folder; `segment::repair::read_folder` outside tests. Must change nothing
/// on the disk.
pub type ReadFolder<'a> = &'a dyn Fn(&dyn Disk, &DiskId, &str) -> Result<Vec<Segment>, Fault>;

/// A footage disk that is there.
#[derive(Clone)]
struct Mounted {
    id: DiskId,
    disk: Arc<dyn Disk>,
}

enum Task {
    Journal { at: Mounted, name: String },
    Folder { at: Mounted, camera: CameraId, day: Day },
    Seams { camera: CameraId, after: Option<u64>, last_end: Option<Utc> },
}

/// How far it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
    /// Rows that were missing, and rows whose file was missing.
    pub added: u64,
    pub removed: u64,
    /// Folders and journals that could not be read; they are tried again by the next rebuild.
    pub faults: Vec<Fault>,
    pub finished: bool,
}

impl Progress {
    pub fn percent(&self) -> u8 {
        if self.finished { 100 } else { (self.done * 100 / self.total.max(1)).min(99) as u8 }
    }
}

/// A rebuild under way.
pub struct Rebuild {
    tasks: VecDeque<Task>,
    progress: Progress,
    began: Utc,
    seams_planned: bool,
    disks: Vec<DiskId>,
}

/// Rows of one folder by path: open, bytes.
type Rows = BTreeMap<String, (bool, u64)>;

/// A piece of reading that needs no store.
pub struct Job {
    at: Mounted,
    path: String,
    /// Rows of the folder before it was read; `None` for a journal.
    before: Option<(CameraId, Day, Rows)>,
}

/// What a job read.
pub struct Done {
    job: Job,
    entries: Vec<Entry>,
    segments: Result<Vec<Segment>, Fault>,
}

impl Job {
    /// The slow part: lists and reads. May run on any thread.
    pub fn read(self, read_folder: ReadFolder) -> Done {
        let disk = &*self.at.disk;
        let mut entries = Vec::new();
        let segments = if self.before.is_some() {
            match read_folder(disk, &self.at.id, &self.path) {
                Err(e) if e.kind == FaultKind::Missing => {
                    disk.list(journal::FOLDER).map(|_| Vec::new())
                }
                other => other,
            }
        } else {
            read_notes(disk, &self.path, |e| entries.push(e)).map(|()| Vec::new())
        };
        Done { job: self, entries, segments }
    }
}

/// Reads one journal through, without what it says of segments; spoiled lines are skipped.
///
/// # Errors
/// The disk's.
pub fn read_notes(disk: &dyn Disk, path: &str, mut found: impl FnMut(Entry)) -> Result<(), Fault> {
    let (mut reader, mut at) = (Reader::of_notes(), 0);
    loop {
        let piece = disk.read_at(path, at, JOURNAL_READ_BYTES)?;
        if piece.is_empty() {
            reader.finish(&mut found);
            return Ok(());
        }
        at += piece.len() as u64;
        reader.feed(&piece, &mut found);
    }
}

/// One disk's copy of the holds. `fresh`: this process made the disk ours a moment ago.
pub fn hold_copy(disk: &dyn Disk, fresh: bool) -> Copy {
    match disk.read_at(journal::HOLDS, 0, HOLDS_BYTES_MAX + 1) {
        Ok(bytes) => Copy::Bytes(bytes),
        Err(e) if e.kind == FaultKind::Missing && fresh => Copy::Fresh,
        Err(e) if e.kind == FaultKind::Missing => Copy::Absent,
        Err(e) => Copy::Unreadable(e.text),
    }
}

impl Rebuild {
    /// Lists what there is to read: a folder listing a camera and disk. `known` is
    /// [`Store::folders`].
    ///
    /// # Errors
    /// A disk whose root cannot be listed; leave it out and begin again.
    pub fn begin(
        disks: Vec<(DiskId, Arc<dyn Disk>)>,
        known: Vec<(DiskId, CameraId, Day)>,
        now: Utc,
    ) -> Result<Rebuild, Fault> {
        let mut tasks = VecDeque::new();
        let mut folders = BTreeSet::new();
        let mut mounted = BTreeMap::new();
        for (id, disk) in disks {
            for name in names(&*disk, journal::JOURNALS, false)? {
                let before = BEFORE.strip_prefix(journal::JOURNALS) == Some(&format!("/{name}"));
                if before || journal::day_of(&name).is_some() {
                    let at = Mounted { id: id.clone(), disk: disk.clone() };
                    tasks.push_back(Task::Journal { at, name });
                }
            }
            for name in names(&*disk, "", true)? {
                let Ok(camera) = CameraId::new(&name) else {
                    continue;
                };
                let days = names(&*disk, &name, true)?;
                let days = days.iter().filter_map(|d| d.parse::<Day>().ok());
                folders.extend(days.map(|day| (day, id.clone(), camera.clone())));
            }
            mounted.insert(id, disk);
        }
        folders.extend(known.into_iter().map(|(disk, camera, day)| (day, disk, camera)));
        for (day, id, camera) in folders.into_iter().rev() {
            if let Some(disk) = mounted.get(&id) {
                let at = Mounted { id, disk: disk.clone() };
                tasks.push_back(Task::Folder { at, camera, day });
            }
        }
        let progress = Progress { total: tasks.len(), ..Progress::default() };
        let disks = mounted.into_keys().collect();
        Ok(Rebuild { tasks, progress, began: now, seams_planned: false, disks })
    }

    /// Leaves out journals of days that the index has read whole before ([`Store::journals_read`]).
    ///
    /// # Errors
    /// The index's own.
    pub fn unread_only(mut self, store: &Store) -> Result<Rebuild, Fault> {
        let mut read = BTreeMap::new();
        for disk in &self.disks {
            read.extend(store.journals_read(disk)?.map(|at| (disk.clone(), at.utc_day())));
        }
        self.tasks.retain(|task| match task {
            Task::Journal { at, name } => {
                let day = journal::day_of(name);
                day.is_none() || read.get(&at.id).is_none_or(|until| day >= Some(*until))
            }
            _ => true,
        });
        self.progress.total = self.tasks.len();
        Ok(self)
    }

    /// There are journals that were not read yet.
    pub fn reads_journals(&self) -> bool {
        matches!(self.tasks.front(), Some(Task::Journal { .. }))
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// At most `budget` folders, journals or looks for seams, reading on this thread.
    ///
    /// # Errors
    /// The index's own; what a disk refuses is noted in the progress and skipped.
    pub fn step(
        &mut self,
        store: &mut Store,
        budget: usize,
        read_folder: ReadFolder,
    ) -> Result<&Progress, Fault> {
        for _ in 0..budget {
            match self.next(store)? {
                Some(job) => self.take(store, job.read(read_folder))?,
                None if self.progress.finished => break,
                None => {}
            }
        }
        Ok(&self.progress)
    }

    /// The next piece of reading. `None`: a look for seams was done instead, or all is finished.
    ///
    /// # Errors
    /// The index's own.
    pub fn next(&mut self, store: &mut Store) -> Result<Option<Job>, Fault> {
        if self.tasks.is_empty() && !self.seams_planned {
            self.seams_planned = true;
            let cameras = store.cameras()?;
            self.progress.total += cameras.len();
            let seams = |camera| Task::Seams { camera, after: None, last_end: None };
            self.tasks.extend(cameras.into_iter().map(seams));
        }
        match self.tasks.pop_front() {
            None => {
                if !self.progress.finished && self.progress.faults.is_empty() {
                    store.note_fact("whole", self.began)?;
                    for disk in &self.disks {
                        store.journals_were_read(disk, self.began)?;
                    }
                }
                self.progress.finished = true;
                Ok(None)
            }
            Some(Task::Journal { at, name }) => {
                let path = format!("{}/{name}", journal::JOURNALS);
                Ok(Some(Job { at, path, before: None }))
            }
            Some(Task::Folder { at, camera, day }) => {
                let path = format!("{camera}/{day}");
                let before = by_path(store.folder_listed(&at.id, &camera, day)?);
                Ok(Some(Job { at, path, before: Some((camera, day, before)) }))
            }
            Some(Task::Seams { camera, after, last_end }) => {
                self.seams(store, camera, after, last_end)?;
                Ok(None)
            }
        }
    }

    /// Takes what a job read into the index.
    ///
    /// # Errors
    /// The index's own.
    pub fn take(&mut self, store: &mut Store, done: Done) -> Result<(), Fault> {
        self.progress.done += 1;
        let found = match done.segments {
            Ok(found) => found,
            Err(e) => {
                self.progress.faults.push(e);
                return Ok(());
            }
        };
        for entry in &done.entries {
            store.recall(entry)?;
        }
        let Some((camera, day, before)) = done.job.before else {
            return Ok(());
        };
        let disk = &done.job.at.id;
        let now = by_path(store.folder_listed(disk, &camera, day)?);
        let files: BTreeSet<String> = found.iter().map(|s| s.path.clone()).collect();
        let wanted: Vec<Segment> = found
            .into_iter()
            .filter(|s| match (before.get(&s.path), now.get(&s.path)) {
                (None, None) => true,
                (Some(_), Some(row)) => *row != (s.is_open(), s.bytes),
                // Told by the writer, or removed by retention, while the folder was being read.
                _ => false,
            })
            .filter(|s| !store.is_being_written(disk, &s.path))
            .collect();
        let gone: Vec<String> = before
            .into_keys()
            .filter(|p| !files.contains(p) && now.contains_key(p))
            .filter(|p| !store.is_being_written(disk, p))
            .collect();
        self.progress.added += store.adopt(&wanted)?;
        self.progress.removed += gone.len() as u64;
        store.removed(disk, &gone)
    }

    /// Looks at the next rows of one camera for stretches that nothing explains.
    fn seams(
        &mut self,
        store: &mut Store,
        camera: CameraId,
        after: Option<u64>,
        mut last_end: Option<Utc>,
    ) -> Result<(), Fault> {
        let (rows, more) = store.segments(Some(&camera), None, None, after, SEAM_ROWS)?;
        let trimmed = store.trimmed(&camera)?.unwrap_or(Utc(0));
        // Gaps that no line ended: the journal's last lines were lost. Footage after it is their
        // end.
        let mut stale = store.gaps(Some(&camera), Utc(i64::MAX - 1), Utc(i64::MAX), usize::MAX)?;
        for s in &rows {
            for gap in stale.extract_if(.., |g| s.start >= g.start) {
                store.gap_add(&Gap { end: Some(s.start), ..gap })?;
            }
            let from = last_end.unwrap_or(s.start);
            if s.start - from > SEAM_SPAN_MAX && from >= trimmed {
                for gap in unexplained(store, &camera, from, s.start)? {
                    store.gap_add(&gap)?;
                }
            }
            last_end = Some(from.max(s.end));
        }
        match more {
            Some(_) => self.tasks.push_front(Task::Seams { camera, after: more, last_end }),
            None => self.progress.done += 1,
        }
        Ok(())
    }
}

/// The parts of `from..to` longer than a seam that no known gap covers.
fn unexplained(store: &Store, camera: &CameraId, from: Utc, to: Utc) -> Result<Vec<Gap>, Fault> {
    let mut known = store.gaps(Some(camera), from, to, usize::MAX)?;
    known.sort_by_key(|g| g.start);
    let mut out = Vec::new();
    let mut at = from;
    let ends = known.iter().map(|g| (g.start, g.end.unwrap_or(to)));
    for (start, end) in ends.chain([(to, to)]) {
        if start - at > SEAM_SPAN_MAX {
            let reason = GapReason::Unknown;
            out.push(Gap { camera: camera.clone(), start: at, end: Some(start), reason });
        }
        at = at.max(end);
    }
    Ok(out)
}

fn by_path(rows: Vec<(String, bool, u64)>) -> Rows {
    rows.into_iter().map(|(path, open, bytes)| (path, (open, bytes))).collect()
}

/// Names in a folder; none where the folder is not there.
fn names(disk: &dyn Disk, path: &str, folders: bool) -> Result<Vec<String>, Fault> {
    match disk.list(path) {
        Ok(all) => Ok(all.into_iter().filter(|e| e.folder == folders).map(|e| e.name).collect()),
        Err(e) if e.kind == FaultKind::Missing => Ok(vec![]),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests;
