//! The image written to a disk of the machine, from the stick that it runs from.
//!
//! ```text
//! does it run from a stick? -> was the disk named, and the end of its number typed? -> nobody uses
//! it, it is no stick, it is large enough -> systemd-repart makes the partitions and copies blocks
//! ```
//! Which partitions there are says the image (`systemd-repart` reads its definitions); this service
//! says only to which disk, after it has looked at it once more. The running system is copied block
//! by block, so that what is installed is what was signed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::footage::typed_right;
use super::kernel::{self, Kernel};
use super::luks;
use super::order::{Holds, Which};
use crate::base::fault::{Fault, FaultKind};

/// Two slots of 1 GB, kernels and state.
const BYTES_MIN: u64 = 8 << 30;

/// Made at the start of a system that runs from a disk on USB.
pub const ON_STICK: &str = "/run/beadle-state/on-stick";

/// How the image gets on a disk; other places in tests.
#[derive(Clone, Debug)]
pub struct Installer {
    pub program: PathBuf,
    /// What partitions an installed box has, with `CopyBlocks=auto` for those that are copied.
    pub definitions: PathBuf,
    /// Is this system run from a stick?
    pub from_stick: bool,
}

impl Installer {
    /// As the machine is now: the image says so with a file that only a stick's start makes.
    pub fn here() -> Installer {
        Installer {
            program: "/usr/bin/systemd-repart".into(),
            definitions: "/usr/share/beadle/install.repart.d".into(),
            from_stick: Path::new(ON_STICK).exists(),
        }
    }
}

/// # Errors
/// The system does not run from a stick; the disk is not the one that was named; `systemd-repart`
/// says why not.
pub fn install(
    kernel: &Kernel,
    installer: &Installer,
    which: &Which,
    typed: &str,
) -> Result<(), Fault> {
    let denied = |text: &str| Err(Fault::new(FaultKind::Denied, text));
    if !installer.from_stick {
        return denied("this box runs from its own disk: it is updated, not installed");
    }
    let site = kernel.site(which, None)?;
    match &site.space.why {
        // The disk of a box before this one is what an installer is for.
        Some(why) if site.space.holds != Holds::Recorder => return denied(why),
        _ => typed_right(&site, typed)?,
    }
    if site.space.bytes < BYTES_MIN {
        return denied("it is smaller than 8 GB");
    }
    if kernel::is_busy(&site.node) {
        return denied("it is in use");
    }
    let mut command = Command::new(&installer.program);
    command.args(["--dry-run=no", "--empty=force", "--no-pager", "--definitions"]);
    command.arg(&installer.definitions).arg(&site.node);
    luks::run(command, "systemd-repart", None)
}
