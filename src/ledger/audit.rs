//! The logbook's files before the verifier, which knows nothing of this module.

use super::line::{self, FOLDER};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::LOGBOOK_CHUNK_BYTES_MAX;
use crate::disk::Disk;
use crate::logbook::verify::{Expect, Report, Verifier};

pub(super) const CHECKPOINT: &str = "logbook/checkpoint";
const CHECKPOINT_BYTES_MAX: usize = 4_096;

/// The checkpoint that was signed last, as the state folder has it.
///
/// # Errors
/// The disk's; none was signed is `None`.
pub fn stored_checkpoint(disk: &dyn Disk) -> Result<Option<String>, Fault> {
    match disk.read_at(CHECKPOINT, 0, CHECKPOINT_BYTES_MAX) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(fault) if fault.kind == FaultKind::Missing => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Reads the whole logbook of a state folder and holds it against `expect` and the checkpoint that
/// lies beside it. It may be written meanwhile: what comes after the start of the last chunk's
/// reading is left out. Bounded in memory by one chunk.
///
/// # Errors
/// The disk's. Everything else is in the report.
pub fn verify(disk: &dyn Disk, expect: &Expect) -> Result<Report, Fault> {
    let mut checkpoints = expect.checkpoints.to_vec();
    checkpoints.extend(stored_checkpoint(disk)?);
    let mut verifier = Verifier::new(&Expect { checkpoints: &checkpoints, ..*expect });
    let listed = disk.list(FOLDER)?;
    for name in listed.iter().map(|l| &l.name) {
        if line::chunk_named(name, ".log").is_some() {
            let bytes = disk.read_at(&format!("{FOLDER}/{name}"), 0, LOGBOOK_CHUNK_BYTES_MAX)?;
            verifier.chunk(name, &bytes);
        }
    }
    Ok(verifier.finish())
}
