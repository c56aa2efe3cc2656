//! What is copied to footage disks beside the logbook: small files, each sealed whole under the
//! recovery key.
//!
//! ```text
//! .beadle/kept/people.sealed            one file an item, replaced whole
//! beadle-kept-copy 1 key 1a2b3c4d site 5f… item people generation 1795…⏎   in the clear
//! nonce (24) content, sealed with XChaCha20-Poly1305
//! ```
//!
//! The first line is sealed along, so that a copy holds under its own name, site and generation
//! alone. `key` is the front of a digest of the recovery key: it tells a copy under another key
//! from a damaged one, and 32 bits of a digest of 256 random bits help nobody to guess them. What
//! can be seen without the key: which items there are, how long each is, and when it changed.
//!
//! # The newest whole copy wins
//!
//! A generation is the moment of the copy in microseconds, and more than any generation seen: so a
//! newer copy is ahead also of one on a disk that was away, and a clock that was set back does no
//! harm. A copy that is damaged, of another site or under another key is passed over.
//!
//! # Order and cost of a replacement
//!
//! Folder and its parents made and synced (once); a temporary file written and flushed; renamed;
//! the folder synced. So two flushes, and a crash at any moment leaves the old copy or the new one
//! (`ledger/proof_kept.rs`). A file of people of 50 persons has 40 kB.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{Dice, RecoveryKey};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::KEPT_BYTES_MAX;
use crate::base::time::Utc;
use crate::disk::Disk;

/// Below the root of a footage disk.
pub const KEPT: &str = ".beadle/kept";
const ENDING: &str = ".sealed";
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Longer than any first line of ours.
const TITLE_BYTES_MAX: usize = 300;
/// What this release writes and reads.
const FORMAT_VERSION: u32 = 1;

/// Seals and opens the copies of one site under one key.
pub struct Shelf {
    cipher: XChaCha20Poly1305,
    mark: String,
    site: String,
}

/// An item as one disk has it.
#[derive(Debug)]
pub enum Found {
    Missing,
    Whole(Whole),
    /// Sealed under another recovery key: perhaps the only copy that somebody has.
    Locked,
    /// Another site's.
    Foreign,
    /// Of a newer Beadle.
    Newer,
    /// Ours by its first line, or none at all, and it does not open.
    Damaged,
}

/// An item that opens.
pub struct Whole {
    pub generation: u64,
    pub content: Zeroizing<Vec<u8>>,
}

impl Whole {
    /// When it was written, as far as its generation tells.
    pub fn at(&self) -> Utc {
        Utc(i64::try_from(self.generation).unwrap_or(i64::MAX))
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole({})", self.generation)
    }
}

/// The generation of a copy made now; `highest`: of any copy seen so far.
pub fn generation(now: Utc, highest: u64) -> u64 {
    u64::try_from(now.0).unwrap_or(0).max(highest.saturating_add(1))
}

impl Shelf {
    pub fn new(key: &RecoveryKey, site: &str) -> Shelf {
        Shelf {
            cipher: XChaCha20Poly1305::new(key.bytes().into()),
            mark: key.mark(),
            site: site.to_string(),
        }
    }

    /// What the disk has under this name. Writes nothing.
    ///
    /// # Errors
    /// The disk's. A copy that does not open is no error.
    pub fn look(&self, disk: &dyn Disk, item: &str) -> Result<Found, Fault> {
        let most = TITLE_BYTES_MAX + NONCE_BYTES + TAG_BYTES + KEPT_BYTES_MAX;
        match disk.read_at(&path(item), 0, most) {
            Ok(bytes) => Ok(self.open(item, &bytes)),
            Err(fault) if fault.kind == FaultKind::Missing => Ok(Found::Missing),
            Err(fault) => Err(fault),
        }
    }

    /// The same by its first line alone: `Whole` without content is one that says it is ours.
    ///
    /// # Errors
    /// As [`Shelf::look`].
    pub fn peek(&self, disk: &dyn Disk, item: &str) -> Result<Found, Fault> {
        match self.front(disk, item)? {
            None => Ok(Found::Missing),
            Some(Err(found)) => Ok(found),
            Some(Ok(generation)) => {
                let content = Zeroizing::new(Vec::new());
                Ok(Found::Whole(Whole { generation, content }))
            }
        }
    }

    /// What the first line says; `None`: there is no copy.
    fn front(&self, disk: &dyn Disk, item: &str) -> Result<Option<Result<u64, Found>>, Fault> {
        let front = match disk.read_at(&path(item), 0, TITLE_BYTES_MAX) {
            Ok(front) => front,
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let line = front.split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
        Ok(Some(self.read_title(item, line)))
    }

    /// Any bytes will do.
    fn open(&self, item: &str, bytes: &[u8]) -> Found {
        let end = bytes.iter().take(TITLE_BYTES_MAX).position(|b| *b == b'\n');
        let Some((title, rest)) = end.map(|end| bytes.split_at(end + 1)) else {
            return Found::Damaged;
        };
        let generation = match self.read_title(item, title) {
            Ok(generation) => generation,
            Err(found) => return found,
        };
        let Some((nonce, sealed)) = rest.split_at_checked(NONCE_BYTES) else {
            return Found::Damaged;
        };
        let payload = Payload { msg: sealed, aad: title };
        match self.cipher.decrypt(XNonce::from_slice(nonce), payload) {
            Ok(content) => Found::Whole(Whole { generation, content: Zeroizing::new(content) }),
            Err(_) => Found::Damaged,
        }
    }

    fn title(&self, item: &str, generation: u64) -> String {
        let Shelf { mark, site, .. } = self;
        format!(
            "beadle-kept-copy {FORMAT_VERSION} key {mark} site {site} item {item} generation \
             {generation}\n"
        )
    }

    fn read_title(&self, item: &str, title: &[u8]) -> Result<u64, Found> {
        let text = std::str::from_utf8(title).map_err(|_| Found::Damaged)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["beadle-kept-copy", version, ..]
                if version.parse::<u32>().is_ok_and(|v| v > FORMAT_VERSION) =>
            {
                Err(Found::Newer)
            }
            ["beadle-kept-copy", _, "key", mark, "site", site, "item", _, "generation", n] => {
                let generation = n.parse().map_err(|_| Found::Damaged)?;
                match () {
                    () if site != self.site => Err(Found::Foreign),
                    () if mark != self.mark => Err(Found::Locked),
                    () if text != self.title(item, generation) => Err(Found::Damaged),
                    () => Ok(generation),
                }
            }
            _ => Err(Found::Damaged),
        }
    }

    /// Replaces the disk's copy. One of another site, key or release is left alone.
    ///
    /// # Errors
    /// The disk's; the old copy stands. `Foreign`: what stands there is not ours to replace.
    /// `Full`: longer than [`KEPT_BYTES_MAX`].
    pub fn put(
        &self,
        disk: &dyn Disk,
        item: &str,
        whole: &Whole,
        dice: &mut Dice,
    ) -> Result<(), Fault> {
        if whole.content.len() > KEPT_BYTES_MAX {
            let text = format!("{item} is too long for a copy: {} bytes", whole.content.len());
            return Err(Fault::new(FaultKind::Full, text));
        }
        if let Some(Err(Found::Locked | Found::Foreign | Found::Newer)) = self.front(disk, item)? {
            let text = format!("{} is not this box's to replace", path(item));
            return Err(Fault::new(FaultKind::Foreign, text));
        }
        let title = self.title(item, whole.generation);
        let mut nonce = [0; NONCE_BYTES];
        dice(&mut nonce)?;
        let payload = Payload { msg: &whole.content, aad: title.as_bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        // cannot fail: only more than 256 GB cannot be sealed.
        let sealed = sealed.expect("an item is short");
        disk.make_folder(KEPT)?;
        disk.replace(&path(item), &[title.as_bytes(), &nonce, &sealed].concat())
    }

    /// Names of the items that lie there, whosever they are, in order.
    ///
    /// # Errors
    /// The disk's.
    pub fn items(&self, disk: &dyn Disk) -> Result<Vec<String>, Fault> {
        let listed = match disk.list(KEPT) {
            Ok(listed) => listed,
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(Vec::new()),
            Err(fault) => return Err(fault),
        };
        let names = listed.iter().filter_map(|l| l.name.strip_suffix(ENDING));
        Ok(names.map(String::from).collect())
    }

    /// Takes away what this key opens by its first line: copies that a box made under a key of its
    /// own before it was given the one on paper.
    ///
    /// # Errors
    /// The disk's.
    pub fn clear(&self, disk: &dyn Disk) -> Result<(), Fault> {
        for item in self.items(disk)? {
            if let Some(Ok(_)) = self.front(disk, &item)? {
                disk.remove(&path(&item))?;
            }
        }
        match disk.sync_folder(KEPT) {
            Err(fault) if fault.kind == FaultKind::Missing => Ok(()),
            synced => synced,
        }
    }
}

fn path(item: &str) -> String {
    format!("{KEPT}/{item}{ENDING}")
}

/// The newest whole copy of an item; whether any is locked; what could not be read, and where.
#[derive(Debug, Default)]
pub struct Newest {
    pub whole: Option<Whole>,
    pub locked: bool,
    pub unread: Vec<(usize, Fault)>,
}

/// Looks at every disk.
pub fn newest(shelf: &Shelf, disks: &[&dyn Disk], item: &str) -> Newest {
    let mut newest = Newest::default();
    for (i, disk) in disks.iter().enumerate() {
        match shelf.look(*disk, item) {
            Ok(Found::Whole(whole)) => {
                let older = newest.whole.as_ref().map_or(0, |w| w.generation);
                if whole.generation > older {
                    newest.whole = Some(whole);
                }
            }
            Ok(Found::Locked) => newest.locked = true,
            Ok(Found::Damaged) => {
                let text = format!("{} is damaged", path(item));
                newest.unread.push((i, Fault::new(FaultKind::Corrupt, text)));
            }
            Ok(Found::Missing | Found::Foreign | Found::Newer) => {}
            Err(fault) => newest.unread.push((i, fault)),
        }
    }
    newest
}
