//! The footage index: which minutes are on which disk, and what is missing, answered in a
//! millisecond.
//!
//! # Invariants
//!
//! 1. **Cache.** Nothing is only here. Segments stand in the files and `INDEX` lines of the
//!    camera-day folders; gaps, offsets, digests and deletions in the journals; holds in the file
//!    of holds (`footage/journal.rs`).
//! 2. One row a file: `(disk, path)` occurs once.
//! 3. A row without digest is a file that is being written, or that a crash left open. A camera
//!    writes one at a time.
//! 4. The hour table is the sum of the closed rows, changed in the same transaction. (An open
//!    segment's progress is kept in memory and added when asked: written each tick it would cost
//!    128 pages for 64 cameras, 5 % of the video's own bytes, for something that repair reads from
//!    the file anyway.)
//! 5. Gaps of one camera do not begin at the same moment; at most one is open.
//! 6. Every call that changes something is one transaction; what this struct remembers changes
//!    after its commit.
//! 7. While the fact `holds` is not set, the holds here are not known to be all.
//!
//! # Procedures
//!
//! Create a segment: (1) the writer makes file and folder entry durable, with the first fragment;
//! (2) [`Store::opened`]. A power cut between leaves a file without a row: the comparison of
//! folders finds it. Close: (1) trailer and `INDEX` line durable; (2) [`Store::closed`]. Delete:
//! (1) the writer unlinks and syncs the folder; (2) [`Store::removed`]. A cut between leaves rows
//! without a file: the comparison finds them. The other order would leave files that nobody counts.
//! Recover: [`Store::open`] (a damaged file is set aside and a new one made); the open rows are
//! repaired from their files and closed; recording starts; [`rebuild::Rebuild`] compares every
//! folder, newest first, behind it.
//!
//! SQLite runs in WAL mode with `synchronous=NORMAL`: a commit costs no fsync, a power cut can lose
//! the last commits but never spoils the file; the comparison of folders brings them back. A
//! checkpoint after 1,000 pages flushes the state disk, about once in ten minutes at 64 cameras.
//!
//! # Costs (4,147,200 rows, 90 days x 32 cameras; two shared, busy cores; `store/slow.rs` prints
//! them)
//!
//! A page of 100 segments 0.2 ms, the segments at one minute 0.08 ms, gaps of an hour 0.1 ms, days
//! held 0.6 ms, opening 9 ms, one segment opened and closed 0.04 ms, a folder of 1,440 segments
//! adopted 20 ms or removed 18 ms (the last day of the 90 no slower than the first). The file has
//! 304 MB. Checking every sum ([`check::Depth::Sums`]) takes 3.4 s, SQLite's look at every page 4.2
//! s more; both run on a connection of their own, so that recording waits for neither.

pub mod check;
mod hours;
mod journals;
mod listing;
mod migrate;
mod names;
mod notes;
pub mod rebuild;
mod segments;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

use crate::base::fault::{Fault, FaultKind};
use crate::base::name::DiskId;
use crate::base::time::Utc;
use crate::footage::Segment;
use migrate::Found;
use names::Names;

pub use segments::Totals;

/// The open index. Used from one thread.
pub struct Store {
    db: Connection,
    names: Names,
    /// Invariants 3 and 4: segments without digest, as far as they are known.
    open: HashMap<(DiskId, String), Open>,
    totals: Totals,
}

struct Open {
    segment: Segment,
    /// Begun since this process opened the index; otherwise a crash left it.
    ours: bool,
}

/// What [`Store::open`] found.
pub struct Opened {
    pub store: Store,
    /// The index is new and empty.
    pub fresh: bool,
    /// Every folder was compared at least once since the index was made; otherwise a rebuild is
    /// due.
    pub whole: bool,
    /// What was wrong with the old file, and where it lies now.
    pub damaged: Option<String>,
}

/// Turns SQLite's error into ours; says which database, and what was being done with it. The
/// logbook's index is one too.
pub fn sqlite_fault<'a>(
    database: &'a str,
    doing: &'a str,
) -> impl Fn(rusqlite::Error) -> Fault + 'a {
    move |e| {
        let kind = match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => FaultKind::Corrupt,
            Some(ErrorCode::DiskFull) => FaultKind::Full,
            Some(ErrorCode::ReadOnly) => FaultKind::ReadOnly,
            Some(ErrorCode::PermissionDenied) => FaultKind::Denied,
            Some(ErrorCode::CannotOpen) => FaultKind::Missing,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FaultKind::Busy,
            // A value that does not fit our types was not written by us.
            None => FaultKind::Corrupt,
            _ => FaultKind::Io,
        };
        Fault::new(kind, format!("{database}, {doing}: {e}"))
    }
}

fn fault(doing: &str) -> impl Fn(rusqlite::Error) -> Fault + '_ {
    sqlite_fault("footage index", doing)
}

impl Store {
    /// Opens the index, or makes it. A file that is damaged, not ours or of a newer Beadle is set
    /// aside.
    ///
    /// # Errors
    /// The folder is not there or not writable, the disk is full, or another process holds the
    /// file.
    pub fn open(path: &Path) -> Result<Opened, Fault> {
        let why = match attempt(path) {
            Ok((store, Found::Fresh)) => {
                return Ok(Opened { store, fresh: true, whole: false, damaged: None });
            }
            Ok((store, Found::Ours)) => {
                let whole = store.fact("whole")?.is_some();
                return Ok(Opened { store, fresh: false, whole, damaged: None });
            }
            Ok((_, Found::Foreign)) => "not an index of this version of Beadle".to_string(),
            Err(e) if e.kind == FaultKind::Corrupt => e.text,
            Err(e) => return Err(e),
        };
        let aside = Store::set_aside(path)?;
        let (store, _) = attempt(path)?;
        let damaged = Some(format!("{why}; it now lies in {}", aside.display()));
        Ok(Opened { store, fresh: true, whole: false, damaged })
    }

    /// Renames a damaged index with its companions. For the supervisor, when a call returns
    /// `Corrupt`: drop the store, set the file aside, open again.
    ///
    /// # Errors
    /// The state folder does not let us.
    pub fn set_aside(path: &Path) -> Result<PathBuf, Fault> {
        let named = |tail: &str| PathBuf::from(format!("{}{tail}", path.display()));
        // Three are kept for whoever wants to look; the fourth takes the last one's place.
        let n = (1..3).find(|n| !named(&format!(".damaged-{n}")).exists()).unwrap_or(3);
        let aside = named(&format!(".damaged-{n}"));
        for tail in ["", "-wal", "-shm"] {
            let to = PathBuf::from(format!("{}{tail}", aside.display()));
            match std::fs::rename(named(tail), &to) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Fault::io(format!("setting {} aside", path.display()), &e));
                }
                _ => {}
            }
        }
        Ok(aside)
    }

    /// For tests and the simulator.
    ///
    /// # Errors
    /// None that was ever seen; SQLite could lack memory.
    pub fn in_memory() -> Result<Store, Fault> {
        let db = Connection::open_in_memory().map_err(fault("opening"))?;
        migrate::upgrade(&db).map_err(fault("making the tables"))?;
        Store::with(db)
    }

    fn with(db: Connection) -> Result<Store, Fault> {
        db.set_prepared_statement_cache_capacity(64);
        // Else every statement with a range is compiled anew whenever other values are bound: twice
        // the time of a query, for plans that our tables give only one of.
        db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(fault("opening"))?;
        let names = Names::load(&db)?;
        let mut store = Store { db, names, open: HashMap::new(), totals: Totals::default() };
        store.load_open()?;
        store.load_totals()?;
        Ok(store)
    }

    /// When a fact of the index was noted: `whole`, `holds`.
    fn fact(&self, name: &str) -> Result<Option<Utc>, Fault> {
        let mut found = self
            .db
            .prepare_cached("SELECT at FROM fact WHERE name = ?1")
            .map_err(fault("reading a fact"))?;
        let mut rows = found.query([name]).map_err(fault("reading a fact"))?;
        let row = rows.next().map_err(fault("reading a fact"))?;
        row.map(|r| r.get(0).map(Utc)).transpose().map_err(fault("reading a fact"))
    }

    fn note_fact(&mut self, name: &str, at: Utc) -> Result<(), Fault> {
        self.db
            .execute("INSERT OR REPLACE INTO fact VALUES (?1, ?2)", (name, at.0))
            .map_err(fault("noting a fact"))?;
        Ok(())
    }
}

fn attempt(path: &Path) -> Result<(Store, Found), Fault> {
    let doing = format!("opening {}", path.display());
    let db = Connection::open(path).map_err(fault(&doing))?;
    // 8 MB of pages: the newest leaf of each camera and every inner page of 4 million rows.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 16777216;",
    )
    .map_err(fault(&doing))?;
    let found = migrate::upgrade(&db).map_err(fault(&doing))?;
    if found == Found::Foreign {
        // Nothing of it is read: the caller sets it aside.
        return Ok((Store::in_memory()?, found));
    }
    Ok((Store::with(db)?, found))
}
