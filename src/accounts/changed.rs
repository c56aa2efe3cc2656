//! What was done to camera passwords while the box was stopped (S4.62): noted beside them by the
//! verb, entered in the logbook by the next start.
//!
//! The note is durable before the passwords are written, so that no change goes unseen; one that
//! was noted and then failed is entered too, which costs a question and hides nothing.

use serde::{Deserialize, Serialize};

use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Utc;
use crate::disk::Disk;

pub const CHANGED: &str = "secrets.changed";
/// Two thousand changes; somebody who makes more than that has the box stopped for good.
const BYTES_MAX: usize = 256 * 1024;

/// One of them: never a value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Changed {
    /// Of the password.
    pub name: String,
    /// In words: "set", "removed", "listed".
    pub what: String,
    /// By the clock of the machine at that time.
    pub at: Utc,
    /// The user of the machine who did it.
    pub user: u32,
}

/// Notes one more; durable on return.
///
/// # Errors
/// The disk's; or there are too many already, because the box was never started.
pub fn note(state: &dyn Disk, changed: Changed) -> Result<(), Fault> {
    let mut all = waiting(state)?;
    all.push(changed);
    let bytes = serde_json::to_vec(&all)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{CHANGED}: {e}")))?;
    if bytes.len() > BYTES_MAX {
        let text = format!("{CHANGED} is full: start the box, which enters it in the logbook");
        return Err(Fault::new(FaultKind::Full, text));
    }
    state.replace_private(CHANGED, &bytes)
}

/// All that wait to be entered, oldest first.
///
/// # Errors
/// The file is damaged, or cannot be read.
pub fn waiting(state: &dyn Disk) -> Result<Vec<Changed>, Fault> {
    match state.read_at(CHANGED, 0, BYTES_MAX) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{CHANGED} is damaged: {e}"))),
        Err(e) if e.kind == FaultKind::Missing => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// They are entered.
///
/// # Errors
/// The disk's.
pub fn entered(state: &dyn Disk) -> Result<(), Fault> {
    state.remove(CHANGED)?;
    state.sync_folder("")
}
