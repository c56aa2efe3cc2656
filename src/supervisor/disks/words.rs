//! What is said of a disk that is not used, and whose it is.

use crate::base::fault::FaultKind;
use crate::base::name::DiskId;
use crate::disk::Disk;
use crate::disk::identity::{self, Identity};
use crate::wire::DiskState;

pub(super) fn state_of(kind: FaultKind) -> DiskState {
    match kind {
        FaultKind::Missing => DiskState::Missing,
        FaultKind::ReadOnly => DiskState::ReadOnly,
        FaultKind::Foreign => DiskState::Foreign,
        FaultKind::Full => DiskState::Full,
        _ => DiskState::Failed,
    }
}

pub(super) fn twins(path: &str, twin: &str, id: &DiskId) -> String {
    format!(
        "{path} and {twin} both say that they are disk {id}: one is a copy of the other, and \
         neither is used; take one out"
    )
}

/// Whose it is instead, and that nothing is written to it.
pub(super) fn not_ours(identity: &Identity, path: &str, disk: &dyn Disk, school: &str) -> String {
    match identity {
        Identity::Foreign { .. } => {
            let owner = identity::owner(disk).ok().flatten();
            let whose = owner.map(|owner| format!(", that of {owner}")).unwrap_or_default();
            format!(
                "the disk at {path} holds another site's footage{whose}; this box is of \"{school}\", \
                 and leaves it alone"
            )
        }
        Identity::Newer { version } => {
            format!("the disk at {path} was written by a newer Beadle (format {version})")
        }
        _ => format!(
            "the identity of the disk at {path} ({}) cannot be read; it is left alone",
            identity::IDENTITY_FILE
        ),
    }
}

pub(super) fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_string()
}
