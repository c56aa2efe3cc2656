//! Small text files that only grow: `INDEX` and what the supervisor keeps beside the footage.

use crate::base::fault::{Fault, FaultKind};
use crate::disk::{Disk, DiskFile};

/// Opens a journal for appending, makes it where it is not, and ends a line that a power cut tore,
/// so that the next one stands alone. The folder's name of it is the caller's to sync.
///
/// # Errors
/// The disk's.
pub fn open(disk: &dyn Disk, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
    let mut file = match disk.open_append(path) {
        Ok(file) => file,
        Err(fault) if fault.kind == FaultKind::Missing => {
            if let Some((folder, _)) = path.rsplit_once('/') {
                disk.make_folder(folder)?;
            }
            return disk.create_new(path);
        }
        Err(fault) => return Err(fault),
    };
    let len = file.len();
    if len > 0 && disk.read_at(path, len - 1, 1)? != b"\n" {
        file.append(&[b"\n"])?;
    }
    Ok(file)
}
