//! From any older index to this one: an array of steps, step N leads from version N to N+1.
//!
//! A published step is never edited. A step may also drop everything and let the rebuild do the
//! work: it is a cache.

use rusqlite::Connection;

/// Marks the file as ours: "Bead" in ASCII.
pub const APPLICATION: i32 = 0x4265_6164;

/// Step 0 makes the first schema.
const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// What stands in the file after all steps.
pub const VERSION: i32 = STEPS.len() as i32;

/// What `upgrade` found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// An empty file: the schema was just made.
    Fresh,
    /// An index of ours, brought to [`VERSION`] where it was older.
    Ours,
    /// Not ours, or of a newer Beadle.
    Foreign,
}

pub fn upgrade(db: &Connection) -> rusqlite::Result<Found> {
    let application: i32 = db.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    let version: i32 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    let fresh = application == 0 && version == 0 && tables == 0;
    if !fresh && (application != APPLICATION || !(1..=VERSION).contains(&version)) {
        return Ok(Found::Foreign);
    }
    for (n, step) in STEPS.iter().enumerate().skip(version as usize) {
        let tx = db.unchecked_transaction()?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "application_id", APPLICATION)?;
        tx.pragma_update(None, "user_version", n as i32 + 1)?;
        tx.commit()?;
    }
    Ok(if fresh { Found::Fresh } else { Found::Ours })
}
