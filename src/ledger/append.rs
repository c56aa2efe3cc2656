//! Appending: one write and one flush, and nothing half done.

use super::line::{self, FOLDER, Record};
use super::{Ledger, open};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::LOGBOOK_BODY_BYTES_MAX;
use crate::logbook::leaf::{self, Salt};
use crate::logbook::tree::CHUNK;
use crate::logbook::{Draft, Entry, Header, Number};

impl Ledger {
    /// Enters the drafts in order; on return they survive a power cut. Times are kept to the
    /// millisecond.
    ///
    /// # Errors
    /// None of them is entered. `Full`: the reserve is spent too, and the caller owes them
    /// (`Owed`). `Denied`: a draft that cannot be entered as it is. Else the disk's.
    pub fn append(&mut self, drafts: Vec<Draft>) -> Result<Vec<Entry>, Fault> {
        let mut entries = Vec::with_capacity(drafts.len());
        let mut records = Vec::with_capacity(drafts.len());
        for (draft, number) in drafts.into_iter().zip(self.size()..) {
            let (entry, record) = self.make(draft, number)?;
            entries.push(entry);
            let line = record.line();
            records.push((record, line));
        }
        if records.is_empty() {
            return Ok(entries);
        }
        while let Err(fault) = self.write(&records) {
            let full = fault.kind == FaultKind::Full;
            if !full || !self.reserve.give_up(&*self.disk)? {
                return Err(fault);
            }
        }
        let last = records.last().map(|(record, _)| record.number / CHUNK);
        for (record, line) in &records {
            self.count(record, line.len() as u64);
        }
        if last != Some(self.size() / CHUNK) {
            // The batch filled its last chunk: the next record begins a file of its own.
            self.file = None;
        }
        Ok(entries)
    }

    fn make(&mut self, draft: Draft, number: Number) -> Result<(Entry, Record), Fault> {
        let bytes = written(&draft, number)?;
        let mut salt: Salt = [0; 32];
        (self.dice)(&mut salt)?;
        let header = header(&draft, leaf::body_digest(&salt, &bytes));
        let leaf = leaf::leaf_bytes(&header).map_err(|e| denied(&draft, &e.to_string()))?;
        let record = Record { number, leaf, body: Some((salt, bytes)) };
        Ok((Entry { number, header, body: Some(draft.body) }, record))
    }

    /// To the disk, chunk by chunk. Until it returns `Ok` nothing of it counts.
    fn write(&mut self, records: &[(Record, Vec<u8>)]) -> Result<(), Fault> {
        self.cut_torn()?;
        self.torn = true;
        let mut rest = records;
        while let Some((first, _)) = rest.first() {
            let chunk = first.number / CHUNK;
            let room = (CHUNK - first.number % CHUNK) as usize;
            let (here, later) = rest.split_at(room.min(rest.len()));
            let lines: Vec<&[u8]> = here.iter().map(|(_, line)| &line[..]).collect();
            if let Err(fault) = self.write_chunk(chunk, &lines.concat()) {
                // Where this fails as well, the next write tries it first.
                let _ = self.cut_torn();
                return Err(fault);
            }
            rest = later;
        }
        self.torn = false;
        Ok(())
    }

    fn write_chunk(&mut self, chunk: u64, bytes: &[u8]) -> Result<(), Fault> {
        let path = line::path(chunk);
        let grows = chunk == self.size() / CHUNK && self.len > 0;
        if grows {
            let mut file = match self.file.take() {
                Some(file) => file,
                None => self.disk.open_append(&path)?,
            };
            file.append(&[bytes])?;
            file.flush()?;
            self.file = Some(file);
            return Ok(());
        }
        let mut file = self.disk.create_new(&path)?;
        file.append(&[line::title(chunk, 0).as_bytes(), bytes])?;
        file.flush()?;
        self.disk.sync_folder(FOLDER)?;
        self.file = Some(file);
        Ok(())
    }

    /// Takes away what a failed write left behind the last record.
    fn cut_torn(&mut self) -> Result<(), Fault> {
        if !self.torn {
            return Ok(());
        }
        self.file = None;
        let chunk = self.size() / CHUNK;
        let mut after = chunk + u64::from(self.len > 0);
        // The chunk behind goes for good before this one is cut: a gap between them would read as
        // damage.
        while self.disk.size(&line::path(after)).is_ok() {
            self.disk.remove(&line::path(after))?;
            after += 1;
        }
        self.disk.sync_folder(FOLDER)?;
        if self.len > 0 {
            let mut file = self.disk.open_append(&line::path(chunk))?;
            file.truncate(self.len)?;
            file.flush()?;
            self.file = Some(file);
        }
        self.torn = false;
        Ok(())
    }

    /// A record that is on disk becomes a part of the tree.
    fn count(&mut self, record: &Record, bytes: u64) {
        let chunk = record.number / CHUNK;
        if self.len == 0 {
            self.len = line::title(chunk, 0).len() as u64;
            self.revisions.insert(chunk, 0);
        }
        self.offsets.push(self.len);
        self.len += bytes;
        if self.tree.push(record.hash()).is_some() {
            self.len = 0;
            self.offsets.clear();
            // Only a cache: without it the next start reads the chunk.
            if let Err(fault) = open::write_roots(&*self.disk, &self.tree) {
                tracing::warn!("the logbook's cache of roots was not written: {fault}");
            }
        }
    }
}

fn header(draft: &Draft, body: Digest) -> Header {
    let Draft { at, clock, kind, act, about, .. } = *draft;
    Header { at: leaf::whole_millis(at), clock, kind, act, about, body }
}

fn denied(draft: &Draft, why: &str) -> Fault {
    let text = format!("an entry of kind {} cannot be made: {why}", draft.kind);
    Fault::new(FaultKind::Denied, text)
}

/// The canonical bytes of a draft's body, where it can be entered as this number.
pub(super) fn written(draft: &Draft, number: Number) -> Result<Vec<u8>, Fault> {
    if let Some(about) = draft.about.filter(|about| *about >= number) {
        return Err(denied(draft, &format!("it is about entry {about}, which is not there yet")));
    }
    let bytes = leaf::body_bytes(&draft.body).map_err(|e| denied(draft, &e.to_string()))?;
    if bytes.len() > LOGBOOK_BODY_BYTES_MAX {
        let most = LOGBOOK_BODY_BYTES_MAX / 1024;
        let why = format!("it is longer than {most} KiB; keep long papers elsewhere");
        return Err(denied(draft, &why));
    }
    // The digest is of no matter for whether the time can be written.
    leaf::leaf_bytes(&header(draft, Digest([0; 32]))).map_err(|e| denied(draft, &e.to_string()))?;
    Ok(bytes)
}
