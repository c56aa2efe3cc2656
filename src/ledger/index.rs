//! Finds entries: by register, kind, person, time, state and words; pages and counts them.
//!
//! # Invariants
//! 1. **Cache.** Every row comes from an entry of the ledger. A file that is missing, damaged or of
//!    another version is made anew: the caller adds the entries from [`Index::next`] on.
//! 2. Entries are in without a gap from 0; what is added twice counts once.
//! 3. Tallies, days and words change in the transaction of their entries.
//! 4. A body that the logbook forgot is forgotten here: its person, purpose and words go, the
//!    header stays (R5.7). Freed pages are overwritten, and the write-ahead log is emptied.
//!
//! An entry belongs to the record of the entry that it is about, and to the register of that
//! record: the confirmation of a spoken word stands with the visit that it is about.
//!
//! Records that are open, or that wait for something, are kept folded (`Record`), so that one
//! more entry needs no older ones. A correction of a record that is over may bring it back to life;
//! [`Index::add`] names such records, and [`Index::settle`] takes them folded anew.
//!
//! SQLite runs in WAL mode with `synchronous=NORMAL`: a power cut loses the last commits, never the
//! file, and the entries are added again. Counts that would touch many rows end at [`COUNT_MAX`].

mod add;
mod page;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod year;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Utc;
use crate::config::registers::Register;
use crate::logbook::registers::State;
use crate::logbook::{Kind, Number};
use crate::store::sqlite_fault;

pub use page::{COUNT_MAX, Page, Query};

/// The open index. Used from one thread.
pub struct Index {
    db: Connection,
    words: HashMap<String, i64>,
    next: Number,
}

/// What [`Index::open`] found.
pub struct Opened {
    pub index: Index,
    /// It is new and empty: every entry has to be added.
    pub fresh: bool,
    /// What was wrong with the old file, which is gone.
    pub damaged: Option<String>,
}

/// Marks the file as ours: "Book" in ASCII.
const APPLICATION: i32 = 0x426f_6f6b;
/// Another number makes every index anew.
const VERSION: i32 = 1;

fn fault(doing: &str) -> impl Fn(rusqlite::Error) -> Fault + '_ {
    sqlite_fault("index of the logbook", doing)
}

impl Index {
    /// Opens the index at `path`, or makes it. A file that is damaged, not ours or of another
    /// version is removed: it holds nothing that the ledger has not, and it may hold what the
    /// ledger has forgotten since.
    ///
    /// # Errors
    /// The folder is not there or not writable, the disk is full, or another process holds the
    /// file.
    pub fn open(path: &Path) -> Result<Opened, Fault> {
        let there = path.exists();
        let why = match attempt(path) {
            Ok(Some(index)) => return Ok(Opened { index, fresh: !there, damaged: None }),
            Ok(None) => "not an index of this version of Beadle".to_string(),
            Err(e) if e.kind == FaultKind::Corrupt => e.text,
            Err(e) => return Err(e),
        };
        Index::remove(path)?;
        match attempt(path)? {
            Some(index) => Ok(Opened { index, fresh: true, damaged: Some(why) }),
            None => {
                Err(Fault::new(FaultKind::Corrupt, format!("{} stays damaged", path.display())))
            }
        }
    }

    /// Removes the file with its companions: for the caller, when a call returns `Corrupt`, before
    /// it opens the index again.
    ///
    /// # Errors
    /// The folder does not let us.
    pub fn remove(path: &Path) -> Result<(), Fault> {
        for tail in ["", "-wal", "-shm"] {
            let file = PathBuf::from(format!("{}{tail}", path.display()));
            match std::fs::remove_file(&file) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Fault::io(format!("removing {}", file.display()), &e));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// For tests and the simulator.
    ///
    /// # Errors
    /// None that was ever seen; SQLite could lack memory.
    pub fn in_memory() -> Result<Index, Fault> {
        let db = Connection::open_in_memory().map_err(fault("opening"))?;
        Index::with(db)?
            .ok_or_else(|| Fault::new(FaultKind::Corrupt, "an empty index is not empty"))
    }

    /// `None`: not ours, or of another version.
    fn with(db: Connection) -> Result<Option<Index>, Fault> {
        let doing = "opening";
        let number =
            |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).map_err(fault(doing));
        let application = number("PRAGMA application_id")?;
        let version = number("PRAGMA user_version")?;
        let tables = number("SELECT count(*) FROM sqlite_schema")?;
        match (application, version, tables) {
            (0, 0, 0) => {
                let tx = db.unchecked_transaction().map_err(fault(doing))?;
                tx.execute_batch(include_str!("index/schema.sql")).map_err(fault(doing))?;
                tx.pragma_update(None, "application_id", APPLICATION).map_err(fault(doing))?;
                tx.pragma_update(None, "user_version", VERSION).map_err(fault(doing))?;
                tx.commit().map_err(fault(doing))?;
            }
            (a, v, _) if a == i64::from(APPLICATION) && v == i64::from(VERSION) => {}
            _ => return Ok(None),
        }
        db.set_prepared_statement_cache_capacity(64);
        let next = number("SELECT coalesce(max(number) + 1, 0) FROM entry")? as Number;
        let words = {
            let mut all = db.prepare("SELECT text, id FROM word").map_err(fault(doing))?;
            let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).map_err(fault(doing))?;
            rows.collect::<Result<_, _>>().map_err(fault(doing))?
        };
        Ok(Some(Index { db, words, next }))
    }

    /// The first entry that is not yet in.
    pub fn next(&self) -> Number {
        self.next
    }

    /// Takes everything out: the logbook was restored from an older copy.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn clear(&mut self) -> Result<(), Fault> {
        let sql = "DELETE FROM entry; DELETE FROM pending; DELETE FROM day; DELETE FROM tally;
                   DELETE FROM total; DELETE FROM said; DELETE FROM word;";
        let tx = self.db.transaction().map_err(fault("clearing"))?;
        tx.execute_batch(sql).map_err(fault("clearing"))?;
        tx.commit().map_err(fault("clearing"))?;
        self.words.clear();
        self.next = 0;
        self.empty_log()
    }

    /// Entries of these kinds, ascending: for whoever folds facts of them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn numbers_of(&self, kinds: &[Kind]) -> Result<Vec<Number>, Fault> {
        let ids: Vec<i64> = kinds.iter().filter_map(|k| self.known(k.as_str())).collect();
        let marks = vec!["?"; ids.len()].join(",");
        let sql = format!(
            "SELECT number FROM entry INDEXED BY entry_kind WHERE kind IN ({marks}) ORDER BY number"
        );
        self.numbers(&sql, rusqlite::params_from_iter(ids))
    }

    /// The entries of one record, ascending.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn numbers_in(&self, record: Number) -> Result<Vec<Number>, Fault> {
        let sql = "SELECT number FROM entry INDEXED BY entry_record WHERE record = ?1
                   ORDER BY number";
        self.numbers(sql, [record as i64])
    }

    /// The record that an entry belongs to: the number of its first entry.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn record_of(&self, number: Number) -> Result<Option<Number>, Fault> {
        let sql = "SELECT record FROM entry WHERE number = ?1";
        let mut find = self.db.prepare_cached(sql).map_err(fault("reading"))?;
        let found = find.query_row([number as i64], |r| r.get::<_, i64>(0)).optional();
        Ok(found.map_err(fault("reading"))?.map(|n| n as Number))
    }

    /// State of a record, and by when something has to be done about it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn state_of(&self, record: Number) -> Result<Option<(State, Option<Utc>)>, Fault> {
        let sql = "SELECT state, due FROM entry WHERE number = ?1 AND record = number";
        let mut find = self.db.prepare_cached(sql).map_err(fault("reading"))?;
        let row = |r: &rusqlite::Row<'_>| {
            let state = if r.get::<_, i64>(0)? == 1 { State::Open } else { State::Closed };
            Ok((state, r.get::<_, Option<i64>>(1)?.map(Utc)))
        };
        find.query_row([record as i64], row).optional().map_err(fault("reading"))
    }

    /// Records that are due before `until`, the most urgent first; at most `limit`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn due(&self, until: Utc, limit: usize) -> Result<Vec<(Number, Utc)>, Fault> {
        let sql = "SELECT number, due FROM entry INDEXED BY entry_due
                   WHERE due IS NOT NULL AND due < ?1 ORDER BY due, number LIMIT ?2";
        let mut find = self.db.prepare_cached(sql).map_err(fault("reading"))?;
        let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, i64>(0)? as Number, Utc(r.get(1)?)));
        let rows = find.query_map((until.0, limit as i64), row).map_err(fault("reading"))?;
        rows.collect::<Result<_, _>>().map_err(fault("reading"))
    }

    fn numbers(&self, sql: &str, given: impl rusqlite::Params) -> Result<Vec<Number>, Fault> {
        let mut find = self.db.prepare_cached(sql).map_err(fault("reading"))?;
        let rows = find.query_map(given, |r| r.get::<_, i64>(0)).map_err(fault("reading"))?;
        rows.map(|n| n.map(|n| n as Number)).collect::<Result<_, _>>().map_err(fault("reading"))
    }

    /// The number of a word that the index has met; without one nothing can match it.
    fn known(&self, word: &str) -> Option<i64> {
        self.words.get(word).copied()
    }

    /// What was deleted is not left in the write-ahead log.
    fn empty_log(&self) -> Result<(), Fault> {
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(fault("emptying the log"))
    }
}

/// The name that a register has among the words; kinds have names of their own.
fn register_word(register: Register) -> String {
    format!("register {register}")
}

fn attempt(path: &Path) -> Result<Option<Index>, Fault> {
    let doing = format!("opening {}", path.display());
    let db = Connection::open(path).map_err(fault(&doing))?;
    // 32 MB of pages: the inner pages of all trees at a million entries, and the words asked for
    // last.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
         PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 16777216;",
    )
    .map_err(fault(&doing))?;
    Index::with(db)
}
