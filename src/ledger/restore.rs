//! At start: the state disk and the copies compared, what one has lost taken from another, what
//! contradicts set aside.
//!
//! The longest copy that begins as the logbook does wins. A copy that contradicts it (the same
//! number, another leaf) is kept in the open below `logbook/fork-<n>/` and removed from its disk
//! from that chunk on, so that the copy can be made anew. Compared is the chunk that both have
//! last: a difference further back shows when the roots are held against a checkpoint, which `open`
//! and `verify` do.

use super::copy::{self, Found};
use super::line::{self, Chunk, FOLDER};
use super::open::{self, Survey, set_aside};
use super::seal::{self, Sealer};
use super::{RecoveryKey, audit, read_chunk};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::LOGBOOK_CHUNK_BYTES_MAX;
use crate::disk::Disk;
use crate::logbook::tree::CHUNK;
use crate::logbook::{Number, checkpoint};

/// What comparing found and did; the caller makes an entry of it where it is not the default.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Restored {
    /// Entries that came from a copy, from the first to the last.
    pub gained: Option<(Number, Number)>,
    /// Which copy they came from: its place in the list given.
    pub from: Option<usize>,
    /// Chunks in which a copy had forgotten more than the state disk had.
    pub forgot: u64,
    /// Where a damaged file of the logbook was put before it was made good.
    pub damaged: Option<String>,
    pub forks: Vec<Fork>,
    /// Copies that could not be read, and why.
    pub unread: Vec<(usize, Fault)>,
}

/// A copy that contradicts the logbook. Two histories were written under one name: find out why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fork {
    /// The first entry that differs.
    pub number: Number,
    pub copy: usize,
    /// Where it was put, below the state folder.
    pub folder: String,
}

/// Compares the logbook of a state folder with its copies and makes it whole. To be called before
/// [`super::Ledger::open`]; repeated, it does nothing more. An empty state folder is filled.
///
/// # Errors
/// The state disk's. A copy that cannot be read is told and left out.
pub fn restore(
    state: &dyn Disk,
    copies: &[&dyn Disk],
    key: &RecoveryKey,
    site: &str,
) -> Result<Restored, Fault> {
    let sealer = Sealer::new(key, site);
    let mut restored = Restored::default();
    state.make_folder(FOLDER)?;
    let mut found = Vec::new();
    for (i, disk) in copies.iter().enumerate() {
        match copy::survey(&sealer, *disk) {
            Ok(copy) => found.push((i, *disk, copy)),
            Err(fault) => restored.unread.push((i, fault)),
        }
    }
    // The longest first: what is shorter is then compared with what was won.
    found.sort_by_key(|(i, _, copy)| (std::cmp::Reverse(copy.size()), *i));
    for (i, disk, copy) in &found {
        let ours = open::survey(state, true)?;
        let one = Side { sealer: &sealer, disk: *disk, copy };
        match differs(state, &ours, &one, site)? {
            Some(number) => {
                let folder = put_aside(state, &one, number)?;
                restored.forks.push(Fork { number, copy: *i, folder });
            }
            None => take(state, ours, &one, *i, &mut restored)?,
        }
    }
    Ok(restored)
}

/// One copy.
struct Side<'a> {
    sealer: &'a Sealer,
    disk: &'a dyn Disk,
    copy: &'a Found,
}

impl Side<'_> {
    fn chunk(&self, chunk: u64) -> Result<seal::Opened, Fault> {
        let bytes = self.disk.read_at(&seal::path(chunk), 0, LOGBOOK_CHUNK_BYTES_MAX)?;
        Ok(self.sealer.open(&bytes, chunk))
    }
}

/// The first entry that is another one there.
fn differs(
    state: &dyn Disk,
    ours: &Survey,
    side: &Side,
    site: &str,
) -> Result<Option<Number>, Fault> {
    let shared = ours.tree.size().min(side.copy.size());
    let Some(last) = shared.checked_sub(1) else { return Ok(None) };
    let chunk = last / CHUNK;
    let (mine, theirs) = (read_chunk(state, chunk)?, side.chunk(chunk)?);
    let pairs = mine.records.iter().zip(&theirs.records);
    let mut wrong = pairs.filter(|(a, b)| a.leaf != b.leaf).map(|(a, _)| a.number);
    if let Some(number) = wrong.next() {
        return Ok(Some(number));
    }
    // What the copy knows to have been signed, where that needs no more than the roots at hand.
    let signed = side.copy.checkpoint.as_deref().and_then(|text| checkpoint::read(text).ok());
    let signed = signed.filter(|s| s.origin == checkpoint::origin(site)).map(|s| s.head);
    let known = signed.filter(|head| ours.tree.needs(&[], &[head.size]).is_empty());
    let root = known.and_then(|head| ours.tree.root_at(head.size, &Default::default()).ok());
    let strays = known.zip(root).filter(|(head, root)| head.root != *root);
    Ok(strays.map(|(head, _)| head.size.saturating_sub(1)))
}

/// Takes over what the copy has more: entries, and forgotten bodies.
fn take(
    state: &dyn Disk,
    ours: Survey,
    side: &Side,
    place: usize,
    restored: &mut Restored,
) -> Result<(), Fault> {
    let size = ours.tree.size();
    for (chunk, theirs) in side.copy.revisions.iter().enumerate() {
        let chunk = chunk as u64;
        let mine = ours.revisions.get(&chunk).copied().unwrap_or(0);
        if *theirs > mine && chunk * CHUNK < size {
            merge(state, side, chunk)?;
            restored.forgot += 1;
        }
    }
    if side.copy.size() <= size {
        return Ok(());
    }
    if ours.is_damaged() {
        let path = line::path(ours.chunk());
        let bytes = match state.read_at(&path, 0, LOGBOOK_CHUNK_BYTES_MAX) {
            Err(fault) if fault.kind == FaultKind::Missing => Vec::new(),
            read => read?,
        };
        let files = vec![(line::file_name(ours.chunk()), bytes)];
        restored.damaged = Some(set_aside(state, "damaged", size, files)?);
    }
    open::drop_roots(state)?;
    let mut reached = size;
    for chunk in ours.chunk()..=(side.copy.size() - 1) / CHUNK {
        let expected = (side.copy.size() - chunk * CHUNK).min(CHUNK);
        let got = merge(state, side, chunk)?;
        reached = reached.max(chunk * CHUNK + got);
        if got < expected {
            let text = format!("the copy is damaged from entry {reached} on");
            restored.unread.push((place, Fault::new(FaultKind::Corrupt, text)));
            break;
        }
    }
    if reached > size {
        let older = restored.gained.map_or(size, |(from, _)| from);
        restored.gained = Some((older, reached - 1));
        restored.from.get_or_insert(place);
        keep_newer_checkpoint(state, side)?;
    }
    Ok(())
}

/// A chunk from both sides: records of either, bodies that neither has forgotten. How many records
/// it has now; one that both have none of is not written.
fn merge(state: &dyn Disk, side: &Side, chunk: u64) -> Result<u64, Fault> {
    let mine = match read_chunk(state, chunk) {
        Err(fault) if fault.kind == FaultKind::Missing => Chunk::default(),
        read => read?,
    };
    let theirs = side.chunk(chunk)?;
    let mut records = mine.records;
    for (i, record) in theirs.records.into_iter().enumerate() {
        match records.get_mut(i) {
            Some(own) if record.body.is_none() => own.body = None,
            Some(_) => {}
            None => records.push(record),
        }
    }
    if records.is_empty() {
        return Ok(0);
    }
    let mut bytes = line::title(chunk, mine.revision.max(theirs.revision)).into_bytes();
    records.iter().for_each(|record| bytes.extend(record.line()));
    state.replace(&line::path(chunk), &bytes)?;
    Ok(records.len() as u64)
}

fn keep_newer_checkpoint(state: &dyn Disk, side: &Side) -> Result<(), Fault> {
    let size = |text: &str| checkpoint::read(text).map_or(0, |c| c.head.size);
    let Some(theirs) = &side.copy.checkpoint else { return Ok(()) };
    let ours = audit::stored_checkpoint(state)?;
    if ours.is_none_or(|ours| size(&ours) < size(theirs)) {
        state.replace(audit::CHECKPOINT, theirs.as_bytes())?;
    }
    Ok(())
}

/// A box that was given the recovery key only after its first start has a short logbook of its own.
/// Where a copy tells another story from the first entry on, that one goes aside, in the open, so
/// that [`restore`] takes the copy's. Says where to. Repeated, it does nothing more.
///
/// # Errors
/// The state disk's. A copy that cannot be read is left out.
pub fn step_aside(
    state: &dyn Disk,
    copies: &[&dyn Disk],
    key: &RecoveryKey,
    site: &str,
) -> Result<Option<String>, Fault> {
    let sealer = Sealer::new(key, site);
    let ours = open::survey(state, true)?;
    if ours.tree.size() == 0 {
        return Ok(None);
    }
    let mine = read_chunk(state, 0)?.records.into_iter().next();
    for disk in copies {
        let Ok(copy) = copy::survey(&sealer, *disk) else { continue };
        let side = Side { sealer: &sealer, disk: *disk, copy: &copy };
        if copy.size() == 0 {
            continue;
        }
        let Ok(theirs) = side.chunk(0) else { continue };
        let theirs = theirs.records.into_iter().next();
        let differs = mine.as_ref().map(|r| &r.leaf) != theirs.as_ref().map(|r| &r.leaf);
        return if differs { own_aside(state, &ours).map(Some) } else { Ok(None) };
    }
    Ok(None)
}

/// The last chunk goes first: what a crash leaves reads as a logbook that is shorter.
fn own_aside(state: &dyn Disk, ours: &Survey) -> Result<String, Fault> {
    let last = ours.tree.size().saturating_sub(1) / CHUNK;
    let mut files = Vec::new();
    for chunk in 0..=last {
        let bytes = state.read_at(&line::path(chunk), 0, LOGBOOK_CHUNK_BYTES_MAX)?;
        files.push((line::file_name(chunk), bytes));
    }
    files.extend(audit::stored_checkpoint(state)?.map(|t| ("checkpoint".into(), t.into_bytes())));
    let folder = set_aside(state, "before-recovery", 0, files)?;
    open::drop_roots(state)?;
    state.remove(audit::CHECKPOINT)?;
    for chunk in (0..=last).rev() {
        state.remove(&line::path(chunk))?;
    }
    state.sync_folder(FOLDER)?;
    Ok(folder)
}

/// The copy's side of a fork goes to the state folder, in the open, and then from its disk.
fn put_aside(state: &dyn Disk, side: &Side, number: Number) -> Result<String, Fault> {
    let from = number / CHUNK;
    let last = side.copy.revisions.len() as u64;
    let mut files = Vec::new();
    for chunk in from..last {
        let opened = side.chunk(chunk)?;
        let mut bytes = line::title(chunk, opened.revision).into_bytes();
        opened.records.iter().for_each(|record| bytes.extend(record.line()));
        files.push((line::file_name(chunk), bytes));
    }
    let checkpoint = side.copy.checkpoint.as_ref();
    files.extend(checkpoint.map(|text| ("checkpoint".to_string(), text.clone().into_bytes())));
    let folder = set_aside(state, "fork", number, files)?;
    for chunk in (from..last).rev() {
        side.disk.remove(&seal::path(chunk))?;
    }
    side.disk.remove(copy::CHECKPOINT)?;
    side.disk.sync_folder(seal::PLACE)?;
    Ok(folder)
}
