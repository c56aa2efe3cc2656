//! The disks of the box itself: what is on each, and which may become a footage disk.
//!
//! Listed are whole disks that are no stick, and partitions that are there for footage: one that
//! the image left empty on the system disk, or one of a box before this. Nothing else of a disk
//! with something on it is ever offered.

use std::fs;
use std::path::{Path, PathBuf};

use super::kernel::{self, Kernel};
use super::order::{Filing, Holds, Space, Which};
use super::table;
use crate::base::fault::{Fault, FaultKind};

/// How partition, LUKS volume, mapping and file system of a footage disk are called; a second one
/// has a `-2` behind it.
pub const FOOTAGE: &str = "beadle-footage";
/// Partitions by which the recorder's own disk is known.
const OWN: [&str; 2] = ["beadle-state", "beadle_"];
/// Disks that are none: memory, loops, mappings.
const NO_DISKS: [&str; 7] = ["ram", "loop", "dm-", "zram", "sr", "fd", "md"];
/// Below this a footage disk holds hardly a day of one camera.
const BYTES_MIN: u64 = 256 << 20;
/// What somebody types before a disk is erased.
const TYPED_CHARS: usize = 6;
const SECTOR_BYTES: u64 = 512;

/// A place that was checked a moment ago.
#[derive(Clone, Debug)]
pub struct Site {
    pub space: Space,
    /// The node that is written: the partition's, else the disk's.
    pub node: PathBuf,
    /// The same in sysfs.
    pub sys: PathBuf,
}

impl Kernel {
    /// All of them, in the order of their names.
    pub fn spaces(&self) -> Vec<Space> {
        self.sites().into_iter().map(|site| site.space).collect()
    }

    pub(super) fn sites(&self) -> Vec<Site> {
        let Ok(listed) = fs::read_dir(self.sys.join("block")) else { return Vec::new() };
        let names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| !NO_DISKS.iter().any(|no| name.starts_with(no))).collect();
        names.sort();
        names.iter().flat_map(|name| self.of_disk(name)).collect()
    }

    /// The place that an order names, as it is now.
    ///
    /// # Errors
    /// It is gone, or another disk took its name.
    pub fn site(&self, which: &Which, part: Option<&str>) -> Result<Site, Fault> {
        let found = self
            .of_disk(&which.name)
            .into_iter()
            .find(|site| site.space.which == *which && site.space.part.as_deref() == part);
        found.ok_or_else(|| {
            Fault::new(FaultKind::Missing, format!("the disk {} is no longer there", which.name))
        })
    }

    fn of_disk(&self, name: &str) -> Vec<Site> {
        let plain = |c: char| c.is_ascii_alphanumeric();
        if name.is_empty() || name.len() > 32 || !name.chars().all(plain) {
            return Vec::new();
        }
        let Ok(block) = fs::canonicalize(self.sys.join("block").join(name)) else {
            return Vec::new();
        };
        let number = |file: &str| kernel::read(&block, file).and_then(|t| t.parse::<u64>().ok());
        let (Some(seq), Some(sectors)) = (number("diskseq"), number("size")) else {
            return Vec::new();
        };
        let stick = kernel::usb_device(&block).is_some() && number("removable") == Some(1);
        if stick || sectors == 0 {
            return Vec::new();
        }
        let text = |file: &str| kernel::read(&block, file).unwrap_or_default();
        let title = kernel::clean(&format!("{} {}", text("device/vendor"), text("device/model")));
        let serial = [text("device/serial"), text("serial"), text("device/wwid"), text("wwid")];
        let serial = serial.into_iter().map(|s| kernel::clean(&s)).find(|s| !s.is_empty());
        let serial = serial.unwrap_or_default();
        let parts = kernel::partitions(&block, name);
        let labels: Vec<String> =
            parts.iter().map(|part| table::label(self, &block, part)).collect();
        let which = Which { name: name.to_string(), seq };
        let base = Space {
            which,
            part: None,
            title,
            typed: typed(&serial, name),
            serial,
            bytes: sectors * SECTOR_BYTES,
            holds: Holds::Nothing,
            why: None,
        };
        let node = self.dev.join(name);
        let own = labels.iter().any(|label| OWN.iter().any(|own| label.starts_with(own)));
        let mut out = Vec::new();
        for (part, _) in parts.iter().zip(&labels).filter(|(_, l)| l.starts_with(FOOTAGE)) {
            out.push(self.of_part(&base, &block, part));
        }
        // Its footage partition speaks for a disk; the disk itself may be made new all the same,
        // but that of the recorder.
        if !out.is_empty() && !own {
            return out;
        }
        let holds = match () {
            () if own => Holds::Recorder,
            () if parts.is_empty() => filed(kernel::front(&node)),
            () => self.of_parts(&parts),
        };
        let busy = kernel::is_busy(&node);
        let why = ill(holds, base.bytes, busy, number("ro") == Some(1));
        out.push(Site { space: Space { holds, why, ..base }, node, sys: block });
        out
    }

    /// A partition that is there for footage.
    fn of_part(&self, base: &Space, block: &Path, part: &str) -> Site {
        let (node, sys) = (self.dev.join(part), block.join(part));
        let sectors = kernel::read(&sys, "size").and_then(|t| t.parse::<u64>().ok()).unwrap_or(0);
        let open = holder(&sys).is_some();
        let holds = match kernel::front(&node) {
            Filing::Nothing => Holds::Nothing,
            Filing::Linux if is_luks(&node) => Holds::Footage { open },
            filing => filed(filing),
        };
        let bytes = sectors * SECTOR_BYTES;
        let why = ill(holds, bytes, open, false);
        let typed = typed(&base.serial, part);
        let part = Some(part.to_string());
        Site { space: Space { part, bytes, holds, why, typed, ..base.clone() }, node, sys }
    }

    fn of_parts(&self, parts: &[String]) -> Holds {
        let filings: Vec<Filing> =
            parts.iter().map(|part| kernel::front(&self.dev.join(part))).collect();
        let any = |wanted: &[Filing]| filings.iter().any(|filing| wanted.contains(filing));
        match () {
            () if any(&[Filing::Ntfs, Filing::BitLocker]) => Holds::Windows,
            () if any(&[Filing::Linux]) => Holds::Linux,
            () => Holds::Other,
        }
    }
}

/// Why a footage disk cannot be made there.
fn ill(holds: Holds, bytes: u64, busy: bool, read_only: bool) -> Option<String> {
    let why = match holds {
        Holds::Recorder => "it is this box's own system disk",
        Holds::Footage { open: true } => "it is this box's footage disk",
        _ if busy => "it is in use",
        _ if read_only => "it is protected against writing",
        _ if bytes < BYTES_MIN => "it is too small for footage",
        _ => return None,
    };
    Some(why.to_string())
}

fn filed(filing: Filing) -> Holds {
    match filing {
        Filing::Nothing => Holds::Nothing,
        Filing::Linux => Holds::Linux,
        Filing::Ntfs | Filing::BitLocker => Holds::Windows,
        Filing::Fat | Filing::ExFat => Holds::Other,
    }
}

/// The last six letters and digits of its serial number; a disk without one is known by its name.
fn typed(serial: &str, name: &str) -> String {
    let all: Vec<char> = serial.chars().filter(char::is_ascii_alphanumeric).collect();
    match all.len() {
        0 => name.to_string(),
        len => all[len.saturating_sub(TYPED_CHARS)..].iter().collect(),
    }
}

/// LUKS of either version begins like this.
pub fn is_luks(node: &Path) -> bool {
    use std::io::Read;
    let mut front = [0; 6];
    let read = fs::File::open(node).and_then(|mut file| file.read_exact(&mut front));
    read.is_ok() && front == *b"LUKS\xba\xbe"
}

/// The mapping that is open on a volume, where it is one of a footage disk.
pub fn holder(part_sys: &Path) -> Option<String> {
    let listed = fs::read_dir(part_sys.join("holders")).ok()?;
    let mut names = listed.filter_map(|entry| {
        kernel::read(&entry.ok()?.path(), "dm/name").filter(|name| name.starts_with(FOOTAGE))
    });
    names.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_erased_is_offered() {
        let big = 1 << 40;
        for (holds, bytes, busy, read_only, want) in [
            (Holds::Nothing, big, false, false, None),
            (Holds::Windows, big, false, false, None),
            (Holds::Footage { open: false }, big, false, false, None),
            (Holds::Footage { open: true }, big, false, false, Some("this box's footage disk")),
            (Holds::Recorder, big, false, false, Some("own system disk")),
            (Holds::Linux, big, true, false, Some("in use")),
            (Holds::Nothing, big, false, true, Some("protected")),
            (Holds::Nothing, 1 << 20, false, false, Some("too small")),
        ] {
            let told = ill(holds, bytes, busy, read_only);
            assert_eq!(told.is_some(), want.is_some(), "{holds:?}: {told:?}");
            assert!(told.unwrap_or_default().contains(want.unwrap_or_default()), "{holds:?}");
        }
    }

    #[test]
    fn what_is_typed_is_the_end_of_the_number_on_the_disk() {
        assert_eq!(typed("WD-WX42A90F1234", "sda"), "0F1234");
        assert_eq!(typed("A-1", "sda"), "A1");
        assert_eq!(typed("", "vdb"), "vdb");
    }
}
