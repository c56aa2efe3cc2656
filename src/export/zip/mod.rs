//! A disk that is one encrypted archive on another disk (R3.5): a package is written into it as
//! into a folder, and read back through the passphrase.
//!
//! Files are stored, not packed: video does not get smaller, and stored bytes can be read from any
//! place. Every file's size has to be known when it begins, so that the archive is written from
//! front to end and its own digest grows with it. Names stay readable in a listing (R3.1).
//!
//! After the carrier was pulled out, [`ZipDisk::back`] cuts the archive behind its last whole file.

mod file;
pub mod open;
mod records;
mod seal;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use file::ZipFile;
use records::Record;
use seal::{EXTRA_BYTES, Keys, SALT_BYTES, Sealing};

use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;
use crate::disk::{Disk, DiskFile, Listed, Room};
use crate::evidence::names;

/// Random bytes, for salts.
pub type Dice<'a> = &'a (dyn Fn(&mut [u8]) -> Result<(), Fault> + Sync);

/// See the module.
pub struct ZipDisk<'a> {
    target: &'a dyn Disk,
    path: String,
    phrase: &'a Secret,
    dice: Dice<'a>,
    date: (u16, u16),
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    out: Option<Box<dyn DiskFile>>,
    /// Bytes of the archive so far.
    len: u64,
    sum: Summing,
    entries: BTreeMap<String, Entry>,
    /// Names in the order in which they lie there.
    order: Vec<String>,
    /// What is neither content nor secret: where it lies, and what it is.
    frames: Vec<(u64, Vec<u8>)>,
    /// A mark that comes and goes and never gets into the archive.
    marks: BTreeMap<String, Vec<u8>>,
}

struct Entry {
    record: Record,
    keys: Keys,
    /// Where its content begins.
    content: u64,
    /// Where the next record begins, and the archive's digest up to there.
    end: u64,
    sum: Summing,
    frames: usize,
}

impl State {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let out = self.out.as_mut().ok_or_else(closed)?;
        out.append(&[bytes])?;
        self.sum.add(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    fn put_frame(&mut self, bytes: Vec<u8>) -> Result<(), Fault> {
        let at = self.len;
        self.put(&bytes)?;
        self.frames.push((at, bytes));
        Ok(())
    }

    /// A whole file's code; from here on it is one of the archive's.
    fn close(&mut self, name: String, entry: Opened, code: Vec<u8>) -> Result<(), Fault> {
        self.put_frame(code)?;
        self.out.as_mut().ok_or_else(closed)?.flush()?;
        let Opened { record, keys, content } = entry;
        let (end, sum, frames) = (self.len, self.sum.clone(), self.frames.len());
        self.order.push(name.clone());
        self.entries.insert(name, Entry { record, keys, content, end, sum, frames });
        Ok(())
    }
}

/// A file that was begun.
struct Opened {
    record: Record,
    keys: Keys,
    content: u64,
}

fn closed() -> Fault {
    Fault::new(FaultKind::Io, "the archive is not open")
}

impl<'a> ZipDisk<'a> {
    /// A new archive at `path`; one that is there is replaced. `date`: MS-DOS date and time of its
    /// files.
    ///
    /// # Errors
    /// The target's.
    pub fn create(
        target: &'a dyn Disk,
        path: &str,
        phrase: &'a Secret,
        dice: Dice<'a>,
        date: (u16, u16),
    ) -> Result<ZipDisk<'a>, Fault> {
        let state = Arc::new(Mutex::new(State::default()));
        let disk = ZipDisk { target, path: path.to_string(), phrase, dice, date, state };
        target.remove(path)?;
        disk.state().out = Some(disk.fresh()?);
        Ok(disk)
    }

    /// An empty file, and its name durable.
    fn fresh(&self) -> Result<Box<dyn DiskFile>, Fault> {
        let file = self.target.create_new(&self.path)?;
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.target.sync_folder(folder)?;
        Ok(file)
    }

    /// What a panic left is as good as any: it is cut behind its last whole file.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list of its files and the end of the archive; its digest.
    ///
    /// # Errors
    /// The target's.
    pub fn finish(&self) -> Result<Digest, Fault> {
        let mut state = self.state();
        let records: Vec<Record> =
            state.order.iter().map(|name| state.entries[name].record.clone()).collect();
        let at = state.len;
        state.put_frame(records::directory(&records, at))?;
        let mut out = state.out.take().ok_or_else(closed)?;
        out.flush()?;
        Ok(state.sum.clone().finish())
    }

    /// Is everything there that is not content, byte for byte? Content is read through [`Disk`].
    ///
    /// # Errors
    /// The target's; `Corrupt` where a byte differs.
    pub fn prove(&self) -> Result<(), Fault> {
        let state = self.state();
        for (at, bytes) in &state.frames {
            if self.target.read_at(&self.path, *at, bytes.len())? != *bytes {
                let text = "the archive is not on the carrier as it was written; take another";
                return Err(Fault::new(FaultKind::Corrupt, text));
            }
        }
        match self.target.size(&self.path)? == state.len {
            true => Ok(()),
            false => Err(Fault::new(FaultKind::Corrupt, "the archive has another size")),
        }
    }

    /// The carrier is away: nothing of it is kept open, else the system would not let go of it.
    pub fn let_go(&self) {
        self.state().out = None;
    }

    /// The carrier was away and is back: what of the archive is whole stays.
    ///
    /// # Errors
    /// The target's.
    pub fn back(&self) -> Result<(), Fault> {
        let mut state = self.state();
        state.out = None;
        let there = match self.target.size(&self.path) {
            Ok(bytes) => bytes,
            Err(fault) if fault.kind == FaultKind::Missing => 0,
            Err(fault) => return Err(fault),
        };
        while let Some(last) = state.order.last().cloned()
            && state.entries.get(&last).is_none_or(|entry| entry.end > there)
        {
            state.entries.remove(&last);
            state.order.pop();
        }
        let last = state.order.last().and_then(|last| state.entries.get(last));
        let kept = last.map(|entry| (entry.end, entry.sum.clone(), entry.frames));
        let (len, sum, frames) = kept.unwrap_or_default();
        (state.len, state.sum) = (len, sum);
        state.frames.truncate(frames);
        let mut out = match there {
            0 => {
                self.target.remove(&self.path)?;
                self.fresh()?
            }
            _ => self.target.open_append(&self.path)?,
        };
        out.truncate(len)?;
        state.out = Some(out);
        Ok(())
    }

    fn begin(&self, name: &str, bytes: u64) -> Result<ZipFile, Fault> {
        let mut salt = [0; SALT_BYTES];
        (self.dice)(&mut salt)?;
        let keys = Keys::derive(self.phrase, &salt);
        let mut state = self.state();
        if state.entries.contains_key(name) {
            let text = format!("{name} is in the archive already");
            return Err(Fault::new(FaultKind::Exists, text));
        }
        let record = Record { name: name.to_string(), bytes, at: state.len, date: self.date };
        let mut front = record.local();
        front.extend_from_slice(&salt);
        front.extend_from_slice(&keys.verifier());
        state.put_frame(front)?;
        let opened = Opened { record, content: state.len, keys };
        drop(state);
        Ok(ZipFile::new(self.state.clone(), opened))
    }

    fn is_mark(path: &str) -> bool {
        path.rsplit('/').next() == Some(names::UNFINISHED)
    }
}

fn missing(path: &str) -> Fault {
    Fault::new(FaultKind::Missing, format!("{path} is not in the archive"))
}

fn fixed(path: &str) -> Fault {
    let text = format!("{path}: a file of an archive cannot be changed");
    Fault::new(FaultKind::Denied, text)
}

/// What of these paths lies in a folder.
fn listing<'n>(
    files: impl Iterator<Item = (&'n String, u64)>,
    path: &str,
) -> Result<Vec<Listed>, Fault> {
    let before = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut found: BTreeMap<String, Listed> = BTreeMap::new();
    for (name, bytes) in files {
        let Some(rest) = name.strip_prefix(&before) else { continue };
        let (name, folder) = match rest.split_once('/') {
            Some((folder, _)) => (folder, true),
            None => (rest, false),
        };
        let bytes = if folder { 0 } else { bytes };
        found.insert(name.into(), Listed { name: name.into(), folder, bytes });
    }
    match found.is_empty() && !path.is_empty() {
        true => Err(missing(path)),
        false => Ok(found.into_values().collect()),
    }
}

impl Disk for ZipDisk<'_> {
    fn create_new(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        let text = format!("{path}: the size of a file in an archive has to be known");
        Err(Fault::new(FaultKind::Denied, text))
    }

    fn create_sized(&self, path: &str, bytes: u64) -> Result<Box<dyn DiskFile>, Fault> {
        Ok(Box::new(self.begin(path, bytes)?))
    }

    fn open_append(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        Err(fixed(path))
    }

    fn make_folder(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    fn sync_folder(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault> {
        let state = self.state();
        if let Some(mark) = state.marks.get(path) {
            let from = mark.len().min(at as usize);
            return Ok(mark[from..mark.len().min(from.saturating_add(len))].to_vec());
        }
        let entry = state.entries.get(path).ok_or_else(|| missing(path))?;
        let (keys, content) = (entry.keys.clone(), entry.content);
        let len = entry.record.bytes.saturating_sub(at).min(len as u64) as usize;
        drop(state);
        let mut bytes = self.target.read_at(&self.path, content + at, len)?;
        keys.open(at, &mut bytes);
        Ok(bytes)
    }

    fn size(&self, path: &str) -> Result<u64, Fault> {
        let state = self.state();
        if let Some(mark) = state.marks.get(path) {
            return Ok(mark.len() as u64);
        }
        state.entries.get(path).map(|entry| entry.record.bytes).ok_or_else(|| missing(path))
    }

    fn uncache(&self, _: &str) {
        self.target.uncache(&self.path);
    }

    fn replace(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        if Self::is_mark(path) {
            self.state().marks.insert(path.to_string(), content.to_vec());
            return Ok(());
        }
        let mut file = self.begin(path, content.len() as u64)?;
        file.append(&[content])?;
        file.flush()
    }

    fn replace_private(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        self.replace(path, content)
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        let mut state = self.state();
        state.marks.remove(path);
        if state.entries.contains_key(path) { Err(fixed(path)) } else { Ok(()) }
    }

    fn remove_folder(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        let state = self.state();
        let files = state.entries.iter().map(|(name, entry)| (name, entry.record.bytes));
        let marks = state.marks.iter().map(|(name, mark)| (name, mark.len() as u64));
        listing(files.chain(marks), path)
    }

    fn room(&self) -> Result<Room, Fault> {
        self.target.room()
    }

    fn flush_all(&self) -> Result<bool, Fault> {
        Ok(false)
    }
}

/// What an archive of files of these sizes takes at most, its records included.
pub fn bytes_max(content: u64, files: u64) -> u64 {
    // A record twice, each with a name of at most 128 bytes and its extra fields; the ends.
    content + files * (2 * 256 + EXTRA_BYTES) + 256
}
