//! Keeping a copy on a footage disk: bounded work each turn, from any lag, and never over a copy
//! that says something else.
//!
//! Order of a turn: first chunks that were rewritten to forget, so that what the logbook forgot is
//! gone from the copy before the entry that says so arrives; then new records; the checkpoint last.

use super::line::Record;
use super::seal::{self, Sealer};
use super::{Ledger, RecoveryKey};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{LOGBOOK_CHUNK_BYTES_MAX, LOGBOOK_COPIED_AT_ONCE};
use crate::disk::{Disk, DiskFile};
use crate::logbook::tree::CHUNK;
use crate::logbook::{Number, checkpoint};

pub(super) const CHECKPOINT: &str = ".beadle/logbook/checkpoint";

/// What a turn did, and what is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub copied: u64,
    /// Chunks written anew because bodies in them were forgotten.
    pub rewritten: u64,
    /// Entries that the copy has not.
    pub lag: u64,
    /// The copy contradicts the logbook from this entry on and was left alone: `restore` puts it
    /// aside.
    pub forked: Option<Number>,
}

/// The copy on one footage disk. Keep one for each disk; after a fault it looks anew by itself.
pub struct Copy {
    sealer: Sealer,
    cursor: Option<Cursor>,
}

/// How far the copy is.
struct Cursor {
    size: u64,
    revisions: Vec<u64>,
    /// Of the chunk that grows, and the bytes of it that are whole.
    len: u64,
    file: Option<Box<dyn DiskFile>>,
    checkpoint: Option<u64>,
}

impl Copy {
    /// `site`: the site's id, as for [`Ledger::open`].
    pub fn new(key: &RecoveryKey, site: &str) -> Copy {
        Copy { sealer: Sealer::new(key, site), cursor: None }
    }

    /// One turn. Call it until `lag` is 0, and then each turn: it costs nothing while nothing is
    /// new.
    ///
    /// # Errors
    /// Either disk's. Nothing is lost: the next turn looks at what is there and goes on.
    pub fn replicate(&mut self, ledger: &mut Ledger, disk: &dyn Disk) -> Result<Progress, Fault> {
        let cursor = self.cursor.take();
        let mut cursor = match cursor {
            Some(cursor) => cursor,
            None => match self.attach(ledger, disk)? {
                Ok(cursor) => cursor,
                Err(number) => {
                    let lag = ledger.size();
                    return Ok(Progress { lag, forked: Some(number), ..Progress::default() });
                }
            },
        };
        let mut progress = Progress::default();
        if let Some(chunk) = stale(ledger, &cursor) {
            self.rewrite(ledger, disk, &mut cursor, chunk)?;
            progress.rewritten = 1;
        } else {
            progress.copied = self.append(ledger, disk, &mut cursor)?;
        }
        progress.lag = ledger.size() - cursor.size;
        let newest = ledger.last_checkpoint();
        let newest = newest.filter(|(head, _)| head.size <= cursor.size);
        if let Some((head, text)) = newest.filter(|(head, _)| Some(head.size) != cursor.checkpoint)
        {
            disk.replace(CHECKPOINT, text.as_bytes())?;
            cursor.checkpoint = Some(head.size);
        }
        self.cursor = Some(cursor);
        Ok(progress)
    }

    /// Looks at the copy; `Err`: it contradicts the logbook from that entry on.
    fn attach(&self, ledger: &Ledger, disk: &dyn Disk) -> Result<Result<Cursor, Number>, Fault> {
        let found = survey(&self.sealer, disk)?;
        let size = found.size();
        if size > ledger.size() {
            return Ok(Err(ledger.size()));
        }
        if !found.last.is_empty() {
            let mine = ledger.chunk(size / CHUNK)?.records;
            let mut pairs = mine.iter().zip(&found.last);
            if let Some((record, _)) = pairs.find(|(a, b)| a.leaf != b.leaf) {
                return Ok(Err(record.number));
            }
        }
        let signed = found.checkpoint.as_deref().and_then(|text| checkpoint::read(text).ok());
        let signed = signed.filter(|signed| signed.origin == ledger.origin()).map(|c| c.head);
        if let Some(head) = signed
            && (head.size > ledger.size() || ledger.root_at(head.size)? != head.root)
        {
            return Ok(Err(head.size.saturating_sub(1).min(ledger.size())));
        }
        let cursor = Cursor {
            size,
            len: found.whole,
            revisions: found.revisions,
            file: None,
            checkpoint: signed.map(|head| head.size),
        };
        Ok(Ok(cursor))
    }

    /// A chunk whole, as far as the copy had it.
    fn rewrite(
        &self,
        ledger: &mut Ledger,
        disk: &dyn Disk,
        cursor: &mut Cursor,
        chunk: u64,
    ) -> Result<(), Fault> {
        let revision = ledger.revision(chunk);
        let had = cursor.size.saturating_sub(chunk * CHUNK).min(CHUNK) as usize;
        let mut bytes = self.sealer.title(chunk, revision).into_bytes();
        for record in ledger.chunk(chunk)?.records.iter().take(had) {
            bytes.extend(self.sealer.seal(record, revision, &mut ledger.dice)?);
        }
        disk.replace(&seal::path(chunk), &bytes)?;
        cursor.revisions[chunk as usize] = revision;
        if chunk == cursor.size / CHUNK {
            cursor.len = bytes.len() as u64;
            cursor.file = None;
        }
        Ok(())
    }

    fn append(
        &self,
        ledger: &mut Ledger,
        disk: &dyn Disk,
        cursor: &mut Cursor,
    ) -> Result<u64, Fault> {
        let chunk = cursor.size / CHUNK;
        let records = ledger.to_copy(cursor.size, LOGBOOK_COPIED_AT_ONCE)?;
        if records.is_empty() {
            return Ok(0);
        }
        let revision = ledger.revision(chunk);
        let mut bytes = Vec::new();
        for record in &records {
            bytes.extend(self.sealer.seal(record, revision, &mut ledger.dice)?);
        }
        if cursor.len == 0 {
            let path = seal::path(chunk);
            disk.make_folder(seal::PLACE)?;
            disk.remove(&path)?;
            let mut file = disk.create_new(&path)?;
            let title = self.sealer.title(chunk, revision);
            file.append(&[title.as_bytes(), &bytes])?;
            file.flush()?;
            disk.sync_folder(seal::PLACE)?;
            cursor.len = title.len() as u64;
            cursor.file = Some(file);
            cursor.revisions.truncate(chunk as usize);
            cursor.revisions.push(revision);
        } else {
            let mut file = match cursor.file.take() {
                Some(file) => file,
                None => {
                    let mut file = disk.open_append(&seal::path(chunk))?;
                    if file.len() > cursor.len {
                        file.truncate(cursor.len)?;
                    }
                    file
                }
            };
            file.append(&[&bytes])?;
            file.flush()?;
            cursor.file = Some(file);
        }
        cursor.len += bytes.len() as u64;
        cursor.size += records.len() as u64;
        if cursor.size.is_multiple_of(CHUNK) {
            cursor.len = 0;
            cursor.file = None;
        }
        Ok(records.len() as u64)
    }
}

/// The first chunk of the copy that the logbook has rewritten since.
fn stale(ledger: &Ledger, cursor: &Cursor) -> Option<u64> {
    let revisions = cursor.revisions.iter().zip(0..);
    let mut stale = revisions.filter(|(revision, chunk)| **revision != ledger.revision(*chunk));
    stale.next().map(|(_, chunk)| chunk)
}

impl Ledger {
    fn revision(&self, chunk: u64) -> u64 {
        self.revisions.get(&chunk).copied().unwrap_or(0)
    }

    /// Records in order, no further than the end of a chunk.
    fn to_copy(&self, from: Number, limit: usize) -> Result<Vec<Record>, Fault> {
        if from >= self.size() {
            return Ok(Vec::new());
        }
        let records = self.records(from, limit)?;
        if records.is_empty() {
            let text = format!("entry {from} is damaged, and is not copied");
            return Err(Fault::new(FaultKind::Corrupt, text));
        }
        Ok(records)
    }
}

/// A copy as it lies on a disk.
pub(super) struct Found {
    pub(super) revisions: Vec<u64>,
    /// Records of the last chunk, where it is not full.
    pub(super) last: Vec<Record>,
    /// ... and the bytes of them.
    pub(super) whole: u64,
    pub(super) checkpoint: Option<String>,
    full: u64,
}

impl Found {
    pub(super) fn size(&self) -> u64 {
        self.full * CHUNK + self.last.len() as u64
    }
}

/// Reads what is there and changes nothing. A chunk with another behind it is full: the next one is
/// begun when it is.
///
/// # Errors
/// The disk's. `Foreign`: the copy is another site's, or sealed under another recovery key: it may
/// be the only one that somebody has, and is left alone.
pub(super) fn survey(sealer: &Sealer, disk: &dyn Disk) -> Result<Found, Fault> {
    let mut found =
        Found { revisions: Vec::new(), last: Vec::new(), whole: 0, checkpoint: None, full: 0 };
    let listed = match disk.list(seal::PLACE) {
        Ok(listed) => listed,
        Err(fault) if fault.kind == FaultKind::Missing => return Ok(found),
        Err(fault) => return Err(fault),
    };
    let chunks: Vec<u64> = listed
        .iter()
        .filter(|l| l.bytes > 0)
        .filter_map(|l| super::line::chunk_named(&l.name, seal::ENDING))
        .zip(0..)
        .map_while(|(chunk, i)| (chunk == i).then_some(chunk))
        .collect();
    for chunk in &chunks {
        let path = seal::path(*chunk);
        let front = disk.read_at(&path, 0, seal::OPENING_BYTES)?;
        let ours = sealer.is_ours(&front, *chunk);
        if *chunk == 0 && ours == Some(false) {
            let text = format!(
                "{path} on a footage disk is a logbook of another site, or sealed under another \
                 recovery key; restore it with that key, or move the folder away"
            );
            return Err(Fault::new(FaultKind::Foreign, text));
        }
        if chunks.contains(&(chunk + 1))
            && ours == Some(true)
            && let Some(revision) = sealer.read_title(&front, *chunk)
        {
            found.revisions.push(revision);
            found.full += 1;
            continue;
        }
        let opened = sealer.open(&disk.read_at(&path, 0, LOGBOOK_CHUNK_BYTES_MAX)?, *chunk);
        if opened.whole == 0 {
            break;
        }
        found.revisions.push(opened.revision);
        if opened.records.len() as u64 == CHUNK {
            found.full += 1;
        } else {
            (found.last, found.whole) = (opened.records, opened.whole);
            break;
        }
    }
    found.checkpoint = match disk.read_at(CHECKPOINT, 0, 4_096) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(fault) if fault.kind == FaultKind::Missing => None,
        Err(fault) => return Err(fault),
    };
    Ok(found)
}

/// How far a copy opens with a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    pub entries: u64,
}

/// Opens the copy on a disk and changes nothing: the first entry of each file and every entry of
/// the newest; `None`: there is no copy.
///
/// # Errors
/// As [`Copy::replicate`]; `Foreign`: it is another site's, or sealed under another key.
pub fn check(key: &RecoveryKey, site: &str, disk: &dyn Disk) -> Result<Option<Checked>, Fault> {
    let found = survey(&Sealer::new(key, site), disk)?;
    Ok((found.size() > 0).then(|| Checked { entries: found.size() }))
}

/// Takes the copy that this key opens from the disk, the newest file first; any other is left
/// alone.
///
/// # Errors
/// The disk's.
pub fn discard(key: &RecoveryKey, site: &str, disk: &dyn Disk) -> Result<(), Fault> {
    let found = match survey(&Sealer::new(key, site), disk) {
        Err(fault) if fault.kind == FaultKind::Foreign => return Ok(()),
        found => found?,
    };
    if found.size() == 0 {
        return Ok(());
    }
    for chunk in (0..found.revisions.len() as u64).rev() {
        disk.remove(&seal::path(chunk))?;
    }
    disk.remove(CHECKPOINT)?;
    disk.sync_folder(seal::PLACE)
}
