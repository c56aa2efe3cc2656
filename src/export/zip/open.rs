//! An archive of ours, opened with its passphrase for a check: read only, on any machine.
//!
//! What its own codes say (HMAC-SHA1, ten bytes) is not asked: the package inside has a signed
//! SHA-256 of each file, which says the same and more.

use std::collections::BTreeMap;

use super::records::{self, Found};
use super::seal::{Keys, SALT_BYTES, VERIFIER_BYTES};
use super::{fixed, listing, missing};
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;
use crate::disk::{Disk, DiskFile, Listed, Room};

/// The list of its files has at most this many bytes; a package of 100,000 files has fewer.
const LIST_BYTES_MAX: u64 = 64 << 20;
/// The records at the end, with those of 64 bits.
const END_BYTES: u64 = 22 + 20 + 56;
/// A local record up to its name.
const LOCAL_BYTES: usize = 30;

/// See the module.
pub struct OpenedZip<'a> {
    source: &'a dyn Disk,
    path: String,
    entries: BTreeMap<String, Entry>,
}

struct Entry {
    keys: Keys,
    /// Where its content begins, and how much of it there is.
    at: u64,
    bytes: u64,
}

impl<'a> OpenedZip<'a> {
    /// # Errors
    /// `Denied`: the passphrase is another one. `Foreign`: no archive of Beadle's. `Corrupt`: cut
    /// short or damaged. The source's.
    pub fn open(source: &'a dyn Disk, path: &str, phrase: &Secret) -> Result<Self, Fault> {
        let size = source.size(path)?;
        let from = size.saturating_sub(END_BYTES);
        let end = source.read_at(path, from, END_BYTES as usize)?;
        let (at, bytes) = records::end(&end).ok_or_else(|| cut_short(path))?;
        if bytes > LIST_BYTES_MAX || at.saturating_add(bytes) > size {
            return Err(cut_short(path));
        }
        let list = source.read_at(path, at, bytes as usize)?;
        let found = records::listed(&list).map_err(|why| {
            let text =
                format!("{path} is no archive of Beadle's: {why}; unpack it, and check that");
            Fault::new(FaultKind::Foreign, text)
        })?;
        let mut entries = BTreeMap::new();
        for file in found {
            let entry = entry(source, path, &file, phrase)?;
            if entry.at.saturating_add(entry.bytes) > at {
                return Err(cut_short(path));
            }
            entries.insert(file.name, entry);
        }
        Ok(OpenedZip { source, path: path.to_string(), entries })
    }

    /// The folder that everything in it lies in: the package.
    pub fn top(&self) -> Option<String> {
        let name = self.entries.keys().next()?;
        name.split_once('/').map(|(top, _)| top.to_string())
    }

    fn entry(&self, path: &str) -> Result<&Entry, Fault> {
        self.entries.get(path).ok_or_else(|| missing(path))
    }
}

fn cut_short(path: &str) -> Fault {
    Fault::new(FaultKind::Corrupt, format!("{path} is no archive, or was cut short"))
}

/// The keys of one file, where the passphrase is the one that sealed it.
fn entry(source: &dyn Disk, path: &str, file: &Found, phrase: &Secret) -> Result<Entry, Fault> {
    let local = source.read_at(path, file.at, LOCAL_BYTES)?;
    let front_at = file.at + records::local_bytes(&local).ok_or_else(|| cut_short(path))?;
    let front = source.read_at(path, front_at, SALT_BYTES + VERIFIER_BYTES)?;
    let Some((salt, verifier)) = front.split_first_chunk::<SALT_BYTES>() else {
        return Err(cut_short(path));
    };
    let keys = Keys::derive(phrase, salt);
    if keys.verifier() != verifier {
        let text = format!("this passphrase does not open {path}; is it the one of this archive?");
        return Err(Fault::new(FaultKind::Denied, text));
    }
    let at = front_at + (SALT_BYTES + VERIFIER_BYTES) as u64;
    Ok(Entry { keys, at, bytes: file.bytes })
}

impl Disk for OpenedZip<'_> {
    fn create_new(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        Err(fixed(path))
    }

    fn open_append(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        Err(fixed(path))
    }

    fn make_folder(&self, path: &str) -> Result<(), Fault> {
        Err(fixed(path))
    }

    fn sync_folder(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault> {
        let entry = self.entry(path)?;
        let len = entry.bytes.saturating_sub(at).min(len as u64) as usize;
        let mut bytes = self.source.read_at(&self.path, entry.at + at, len)?;
        entry.keys.open(at, &mut bytes);
        Ok(bytes)
    }

    fn size(&self, path: &str) -> Result<u64, Fault> {
        self.entry(path).map(|entry| entry.bytes)
    }

    fn replace(&self, path: &str, _: &[u8]) -> Result<(), Fault> {
        Err(fixed(path))
    }

    fn replace_private(&self, path: &str, _: &[u8]) -> Result<(), Fault> {
        Err(fixed(path))
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        Err(fixed(path))
    }

    fn remove_folder(&self, path: &str) -> Result<(), Fault> {
        Err(fixed(path))
    }

    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        listing(self.entries.iter().map(|(name, entry)| (name, entry.bytes)), path)
    }

    fn room(&self) -> Result<Room, Fault> {
        self.source.room()
    }

    fn flush_all(&self) -> Result<bool, Fault> {
        Ok(false)
    }
}
