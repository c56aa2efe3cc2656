//! The logbook on disk: opened, appended to, proved from, made to forget, copied and restored.
//!
//! ```text
//! logbook/000000000000.log   4,096 records, one line each (`line`); the next at 000000004096.log
//! logbook/roots              roots of the full chunks: a cache, made again where it is missing
//! logbook/checkpoint         the newest checkpoint that was signed
//! logbook/reserve            room given up when the disk is full (`reserve`)
//! logbook/forgetting.json    bodies being destroyed, until they are
//! logbook/fork-17/           a copy that contradicts this logbook from entry 17 on
//! logbook/damaged-17/        what stood behind a damaged record
//! identity.key, recovery.key see `keys`
//! ```
//!
//! # Promises
//!
//! 1. [`Ledger::append`] returns when its entries survive a power cut: one write and one flush, and
//!    one of each more where a chunk ends. On an error none of them counts, and what was written of
//!    them is cut off again before anything else is written.
//! 2. A crash loses nothing that was acknowledged. Of a batch that was not, whole records from the
//!    front may be there; half a record never is: [`Ledger::open`] cuts it off.
//! 3. A checkpoint is on disk before it leaves, and none is signed that contradicts an older one of
//!    the same key (R5.1).
//! 4. A record is never changed, but for forgetting, which takes salt and body and leaves the
//!    header (R5.7): roots, checkpoints and proofs stay what they were.
//!
//! What is not promised: copies follow with the next turn, so that losing the state disk may cost
//! the entries of that lag; entries owed because the disk was full (`owed`) are in memory until
//! they are written; a rewritten chunk's old blocks are free and not overwritten, and flash keeps
//! what it likes (R6.4). What an attacker can do unseen stands in `logbook/verify.rs`.
//!
//! # Costs
//!
//! Opening reads the cache of roots and the newest chunk, whatever the size; without the cache it
//! reads everything. The first entry that is read of a full chunk reads that chunk (3 MB) and keeps
//! where its records stand (`stands`); each further one reads its own line. Figures are in
//! `ledger/slow.rs`, which measures them.

mod append;
mod audit;
mod copy;
pub mod counter;
pub mod forget;
pub mod index;
pub mod kept;
mod keys;
mod line;
mod open;
pub mod owed;
mod prove;
mod reserve;
mod restore;
mod seal;
mod stands;

pub use audit::{stored_checkpoint, verify};
pub use copy::{Checked, check as check_copy, discard as discard_copy};
pub use copy::{Copy, Progress};
pub use keys::{Dice, Identity, RecoveryKey, fingerprint, system_dice};
pub use line::FOLDER;
pub use open::{Damage, Opened};
pub use owed::Owed;
pub use restore::{Fork, Restored, restore, step_aside};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::LOGBOOK_CHUNK_BYTES_MAX;
use crate::disk::{Disk, DiskFile};
use crate::logbook::tree::{Head, Tree};
use crate::logbook::{Entry, Number};
use line::Chunk;
use reserve::Reserve;
use stands::Stands;

/// The one writer of a logbook.
pub struct Ledger {
    disk: Arc<dyn Disk>,
    key: Arc<Identity>,
    origin: String,
    dice: Box<Dice>,
    tree: Tree,
    /// The chunk that grows: its bytes so far (none: no file yet) and where its records begin.
    len: u64,
    offsets: Vec<u64>,
    file: Option<Box<dyn DiskFile>>,
    /// Bytes of a failed write may stand behind the last record.
    torn: bool,
    /// How often each chunk was rewritten; the growing one is the last.
    revisions: BTreeMap<u64, u64>,
    /// The newest checkpoint, and why no other may be signed.
    signed: Option<(Head, String)>,
    disputed: Option<String>,
    reserve: Reserve,
    /// Where the records of full chunks stand, of those that were read last.
    stands: Mutex<Stands>,
}

impl Ledger {
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// How many entries there are and the root over them.
    pub fn head(&self) -> Head {
        self.tree.head()
    }

    /// `beadle/<site id>`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn identity(&self) -> &Identity {
        &self.key
    }

    /// One entry.
    ///
    /// # Errors
    /// There is none of this number, or it is damaged (`Corrupt`).
    pub fn entry(&self, number: Number) -> Result<Entry, Fault> {
        let found = self.entries(number, 1)?.pop();
        found.ok_or_else(|| {
            let text = format!("the logbook has {} entries, and no entry {number}", self.size());
            Fault::new(FaultKind::Missing, text)
        })
    }

    /// Entries in order from `from`, at most `limit`, and no further than the end of a chunk: the
    /// caller goes on from behind the last one. None: the logbook ends there.
    ///
    /// # Errors
    /// The disk's, or the first of them is damaged (`Corrupt`); one further on ends the list.
    pub fn entries(&self, from: Number, limit: usize) -> Result<Vec<Entry>, Fault> {
        if from >= self.size() {
            return Ok(Vec::new());
        }
        let records = self.records(from, limit)?;
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            match record.entry() {
                Ok(entry) => entries.push(entry),
                Err(wrong) if entries.is_empty() => {
                    return Err(Fault::new(FaultKind::Corrupt, wrong));
                }
                Err(_) => break,
            }
        }
        if entries.is_empty() && limit > 0 {
            let text = format!("entry {from} is damaged; `beadle audit verify` says more");
            return Err(Fault::new(FaultKind::Corrupt, text));
        }
        Ok(entries)
    }

    fn chunk(&self, chunk: u64) -> Result<Chunk, Fault> {
        read_chunk(&*self.disk, chunk)
    }

    /// The head of what was signed last, and its text.
    pub fn last_checkpoint(&self) -> Option<(Head, &str)> {
        self.signed.as_ref().map(|(head, text)| (*head, text.as_str()))
    }

    /// How much of the reserve is left, and how much it should be, in bytes.
    pub fn reserve(&self) -> (u64, u64) {
        (self.reserve.left(), self.reserve.total())
    }

    /// Fills the reserve again where there is room; cheap when it is full.
    ///
    /// # Errors
    /// The disk's; what was filled stays.
    pub fn refill_reserve(&mut self) -> Result<(), Fault> {
        self.reserve.refill(&*self.disk)
    }
}

fn read_chunk(disk: &dyn Disk, chunk: u64) -> Result<Chunk, Fault> {
    let bytes = disk.read_at(&line::path(chunk), 0, LOGBOOK_CHUNK_BYTES_MAX)?;
    Ok(line::read_chunk(&bytes, chunk))
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod proof_copies;
#[cfg(test)]
mod proof_crash;
#[cfg(test)]
mod proof_kept;
#[cfg(test)]
mod slow;
