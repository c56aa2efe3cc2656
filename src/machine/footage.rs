//! Footage disks made, opened and tried.
//!
//! ```text
//! make    typed? still there? nobody uses it? -> table -> LUKS, recovery key -> the box's own slot
//!         -> opened under another name -> ext4 -> closed -> opened under its name, and mounted
//! unlock  opened with the recovery key -> the box's own slot made anew
//! ```
//! Mounting is systemd's: a unit that the opened mapping pulls in. This service opens and closes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::kernel::Kernel;
use super::luks::{self, Guard};
use super::mount::Owner;
use super::order::{Holds, Which};
use super::space::{FOOTAGE, Site};
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;

const SFDISK: &str = "/usr/sbin/sfdisk";
const MKFS: &str = "/usr/sbin/mkfs.ext4";
/// A volume that has no file system yet is open under this name, and mounted by nobody.
const MAKING: &str = "beadle-making";
/// Until the kernel shows a new partition or mapping.
const SHOWS_WITHIN: Duration = Duration::from_secs(15);

/// What is told while a disk is made: steps done, of so many.
pub const STEPS: u64 = 5;

/// # Errors
/// What was typed is not what the list said; the disk is gone, in use, or fails.
pub fn make(
    kernel: &Kernel,
    guard: &Guard,
    owner: Owner,
    (which, part): (&Which, Option<&str>),
    (typed, recovery): (&str, &Secret),
    going: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let site = checked(kernel, which, part, typed)?;
    let name = free_name(&kernel.dev)?;
    let node = match part {
        Some(_) => site.node.clone(),
        None => lay_out(kernel, &site, &name)?,
    };
    going(1)?;
    luks::format(&node, &name, recovery)?;
    going(2)?;
    guard.enroll(&node, &name, recovery)?;
    going(3)?;
    luks::open(&node, MAKING, recovery)?;
    let made = file_system(&kernel.dev.join("mapper").join(MAKING), &name, owner);
    let closed = luks::close(MAKING);
    made.and(closed)?;
    going(4)?;
    luks::open(&node, &name, recovery)?;
    going(STEPS)
}

/// The place, where it is still the one that was shown and may be erased.
///
/// # Errors
/// As [`make`].
pub fn checked(
    kernel: &Kernel,
    which: &Which,
    part: Option<&str>,
    typed: &str,
) -> Result<Site, Fault> {
    let site = kernel.site(which, part)?;
    if let Some(why) = &site.space.why {
        return Err(Fault::new(FaultKind::Denied, why.clone()));
    }
    typed_right(&site, typed).map(|()| site)
}

/// Whoever typed the end of the number has read the label.
///
/// # Errors
/// They did not.
pub fn typed_right(site: &Site, typed: &str) -> Result<(), Fault> {
    if typed == site.space.typed {
        return Ok(());
    }
    let text = format!(
        "type {} to erase this disk, the end of the number on its label; nothing was done",
        site.space.typed
    );
    Err(Fault::new(FaultKind::Denied, text))
}

/// # Errors
/// The key does not fit; no footage disk is there, or it is open already.
pub fn unlock(
    kernel: &Kernel,
    guard: &Guard,
    (which, part): (&Which, Option<&str>),
    recovery: &Secret,
) -> Result<(), Fault> {
    let site = kernel.site(which, part)?;
    match site.space.holds {
        Holds::Footage { open: false } => {}
        Holds::Footage { open: true } => return Ok(()),
        _ => return Err(Fault::new(FaultKind::Denied, "it is no footage disk")),
    }
    luks::try_key(&site.node, recovery)?;
    let name = free_name(&kernel.dev)?;
    // A TPM that cannot be had keeps nobody from footage: it is asked for again after each boot.
    let own = guard.enroll(&site.node, &name, recovery);
    luks::open(&site.node, &name, recovery)?;
    own
}

/// # Errors
/// The key does not fit.
pub fn try_key(
    kernel: &Kernel,
    (which, part): (&Which, Option<&str>),
    key: &Secret,
) -> Result<(), Fault> {
    let site = kernel.site(which, part)?;
    match site.space.holds {
        Holds::Footage { .. } => luks::try_key(&site.node, key),
        _ => Err(Fault::new(FaultKind::Denied, "it is no footage disk")),
    }
}

/// At the service's start: what this box can open by itself.
pub fn open_own(kernel: &Kernel, guard: &Guard) {
    for site in kernel.sites() {
        if site.space.holds != (Holds::Footage { open: false }) {
            continue;
        }
        let opened = free_name(&kernel.dev).and_then(|name| guard.attach(&site.node, &name));
        if let Err(fault) = opened {
            tracing::warn!("the footage disk {} stays closed: {fault}", site.node.display());
        }
    }
}

/// The same disks with a key that somebody has typed anyway, and the box's own slots made anew.
pub fn open_all(kernel: &Kernel, guard: &Guard, recovery: &Secret) {
    for space in kernel.spaces() {
        if space.holds != (Holds::Footage { open: false }) {
            continue;
        }
        // Those of another box stay closed; the console asks for their key.
        if let Err(fault) = unlock(kernel, guard, (&space.which, space.part.as_deref()), recovery) {
            tracing::warn!("the footage disk {} stays closed: {fault}", space.which.name);
        }
    }
}

/// The first name that no open mapping has.
fn free_name(dev: &Path) -> Result<String, Fault> {
    let names = (1..=8).map(|n| match n {
        1 => FOOTAGE.to_string(),
        n => format!("{FOOTAGE}-{n}"),
    });
    let mut free = names.filter(|name| !dev.join("mapper").join(name).exists());
    free.next().ok_or_else(|| Fault::new(FaultKind::Full, "eight footage disks are open already"))
}

/// A table with one partition over the whole disk; the node of it.
fn lay_out(kernel: &Kernel, site: &Site, name: &str) -> Result<PathBuf, Fault> {
    table(&site.node, name)?;
    let late = Instant::now() + SHOWS_WITHIN;
    loop {
        let parts = kernel.sites();
        let new = parts
            .into_iter()
            .find(|other| other.space.which == site.space.which && other.space.part.is_some());
        if let Some(new) = new.filter(|new| new.node.exists()) {
            return Ok(new.node);
        }
        if Instant::now() > late {
            return Err(Fault::new(FaultKind::Timeout, "the new partition does not appear"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every trace of an old table goes.
pub(super) fn table(disk: &Path, name: &str) -> Result<(), Fault> {
    let mut command = Command::new(SFDISK);
    command.args(["--quiet", "--wipe=always", "--wipe-partitions=always"]).arg(disk);
    luks::run(command, "sfdisk", Some(format!("label: gpt\nname={name}, type=linux\n").as_bytes()))
}

/// Owned by the recorder from its top folder on.
pub(super) fn file_system(node: &Path, label: &str, owner: Owner) -> Result<(), Fault> {
    let label: String = label.chars().take(16).collect(); // ext4 has room for no more
    let owner = format!("root_owner={}:{}", owner.uid, owner.gid);
    let mut command = Command::new(MKFS);
    command.args(["-q", "-F", "-m", "0", "-L", &label, "-E", &owner]).arg(node);
    luks::run(command, "mkfs.ext4", None)
}
