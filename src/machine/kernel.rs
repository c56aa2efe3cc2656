//! What the kernel says now: which sticks there are, and why one of them is not used.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::order::{Filing, Stick, Which};
use super::{keyed, lend, probe};
use crate::base::fault::{Fault, FaultKind};

/// The kernel counts disks in these, whatever the disk does.
const SECTOR_BYTES: u64 = 512;
/// USB's class of keyboards, mice and the like.
const HID: &str = "03";
/// Names of one stick, and folders in a folder of `/sys/block`.
const NAME_CHARS_MAX: usize = 32;

/// Where the kernel shows itself; other places in tests.
#[derive(Clone, Debug)]
pub struct Kernel {
    pub sys: PathBuf,
    pub dev: PathBuf,
    /// File systems beside those of sticks, for machines whose kernel has none of those.
    pub also: Vec<String>,
}

impl Default for Kernel {
    fn default() -> Kernel {
        Kernel { sys: "/sys".into(), dev: "/dev".into(), also: Vec::new() }
    }
}

/// A stick that may be worked on, checked a moment ago.
#[derive(Debug)]
pub struct Checked {
    pub stick: Stick,
    /// The node of the whole disk.
    pub disk: PathBuf,
    /// What is mounted: its one partition, else the disk.
    pub part: PathBuf,
    /// The same in sysfs.
    pub part_sys: PathBuf,
}

impl Kernel {
    /// All sticks, in the order of their names. Disks that are on no USB bus are not mentioned.
    pub fn sticks(&self) -> Vec<Stick> {
        let Ok(listed) = fs::read_dir(self.sys.join("block")) else { return Vec::new() };
        let names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut found: Vec<Stick> =
            names.filter_map(|name| Some(self.look(&name)?.stick)).collect();
        found.sort_by(|a, b| a.which.cmp(&b.which));
        found
    }

    /// # Errors
    /// It is not there, not this one any more, or not to be used.
    pub fn check(&self, which: &Which) -> Result<Checked, Fault> {
        let found = self.named(which)?;
        match &found.stick.why {
            Some(why) => Err(Fault::new(FaultKind::Denied, why.clone())),
            None => Ok(found),
        }
    }

    /// The same for making it new, which cures what is wrong with its content.
    ///
    /// # Errors
    /// As [`Kernel::check`]; it is protected against writing.
    pub fn check_to_erase(&self, which: &Which) -> Result<Checked, Fault> {
        let found = self.named(which)?;
        let denied = |why: &str| Err(Fault::new(FaultKind::Denied, why));
        match &found.stick.why {
            Some(why) if !found.stick.format_helps => denied(why),
            _ if found.stick.read_only => denied("it is protected against writing"),
            _ => Ok(found),
        }
    }

    /// This plugging-in of it, whatever is the matter with it.
    pub fn named(&self, which: &Which) -> Result<Checked, Fault> {
        let gone = || {
            let text = format!("the stick {} is no longer plugged in", which.name);
            Fault::new(FaultKind::Missing, text)
        };
        let found = self.look(&which.name).ok_or_else(gone)?;
        if found.stick.which.seq != which.seq { Err(gone()) } else { Ok(found) }
    }

    /// `None`: no such disk, or none on a USB bus.
    fn look(&self, name: &str) -> Option<Checked> {
        let plain = |c: char| c.is_ascii_alphanumeric();
        if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(plain) {
            return None;
        }
        let block = fs::canonicalize(self.sys.join("block").join(name)).ok()?;
        let device = usb_device(&block)?;
        let number = |file: &str| read(&block, file).and_then(|text| text.parse::<u64>().ok());
        let which = Which { name: name.to_string(), seq: number("diskseq")? };
        let text = |file: &str| read(&device, file).unwrap_or_default();
        let title = format!("{} {}", text("manufacturer"), text("product"));
        let parts = partitions(&block, name);
        let (part, part_sys) = match &parts[..] {
            [one] => (self.dev.join(one), block.join(one)),
            _ => (self.dev.join(name), block.clone()),
        };
        let disk = self.dev.join(name);
        let filings: Vec<Filing> = match parts.len() {
            0 => vec![front(&disk)],
            _ => parts.iter().map(|part| front(&self.dev.join(part))).collect(),
        };
        let filing = match &filings[..] {
            [one] => *one,
            all if all.contains(&Filing::Linux) => Filing::Linux,
            _ => Filing::Nothing,
        };
        let mut stick = Stick {
            which,
            title: clean(&title),
            serial: clean(&text("serial")),
            bytes: number("size").unwrap_or_default() * SECTOR_BYTES,
            filing,
            read_only: number("ro") == Some(1),
            why: None,
            format_helps: false,
        };
        // A volume of ours on it, opened for an export, is no other use of it.
        let ours = keyed::holder(&part_sys).is_some() || lend::is_lent(&stick.which);
        let facts = Facts {
            keyboard: interfaces(&device).iter().any(|class| class == HID),
            there: stick.bytes > 0 && is_its_node(&disk, &block),
            busy: !ours && is_busy(&disk),
            parts: parts.len(),
        };
        // In a laboratory something of Linux stands for a stick.
        let lab = filing == Filing::Linux && !self.also.is_empty();
        let judged = if lab { Filing::Fat } else { filing };
        let (why, format_helps) = ill(judged, facts).unwrap_or_default();
        stick.why = (!why.is_empty()).then_some(why);
        stick.format_helps = format_helps;
        Some(Checked { stick, disk, part, part_sys })
    }
}

/// What counts beside the stick's own content.
#[derive(Clone, Copy, Default)]
pub(super) struct Facts {
    /// The same device says that it is a keyboard or the like.
    pub keyboard: bool,
    /// It has a medium, and its node is that of the disk.
    pub there: bool,
    /// Somebody has it, and it is not us.
    pub busy: bool,
    pub parts: usize,
}

/// The first reason not to use it, and whether formatting would cure it.
pub(super) fn ill(filing: Filing, facts: Facts) -> Option<(String, bool)> {
    let incurable = |why: &str| Some((why.to_string(), false));
    if facts.keyboard {
        return incurable(
            "it says that it is a keyboard as well; take another stick, and show this one to \
             whoever looks after computers",
        );
    }
    if !facts.there {
        return incurable("it has no medium in it, or is just being recognised");
    }
    if facts.busy {
        return incurable("it is in use by this box as one of its own disks");
    }
    if filing == Filing::Linux {
        return incurable(
            "it holds a file system of Linux, perhaps footage or a recorder's own disk; it is \
             never written here",
        );
    }
    if facts.parts > 1 {
        let text = format!("it has {} partitions; format it, or take another", facts.parts);
        return Some((text, true));
    }
    let unknown = filing == Filing::Nothing;
    unknown.then(|| ("it is not formatted for this; format it".to_string(), true))
}

/// The USB device that a disk hangs on: the nearest folder above that has a vendor.
pub(super) fn usb_device(block: &Path) -> Option<PathBuf> {
    let mut above = block.ancestors().skip(1);
    above.find(|path| path.join("idVendor").is_file()).map(Path::to_path_buf)
}

/// Classes of everything that the device says it is.
fn interfaces(device: &Path) -> Vec<String> {
    let Ok(listed) = fs::read_dir(device) else { return Vec::new() };
    listed.filter_map(|entry| read(&entry.ok()?.path(), "bInterfaceClass")).collect()
}

pub(super) fn partitions(block: &Path, name: &str) -> Vec<String> {
    let Ok(listed) = fs::read_dir(block) else { return Vec::new() };
    let names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_part =
        |part: &String| part.starts_with(name) && block.join(part).join("partition").is_file();
    let mut parts: Vec<String> = names.filter(is_part).collect();
    parts.sort();
    parts
}

/// Is this node the block device that sysfs speaks of?
fn is_its_node(node: &Path, block: &Path) -> bool {
    let Ok(meta) = fs::metadata(node) else { return false };
    let numbers = format!("{}:{}", libc::major(meta.rdev()), libc::minor(meta.rdev()));
    meta.file_type().is_block_device() && read(block, "dev").as_deref() == Some(&numbers)
}

/// Mounted, or taken whole by somebody, in whatever name space.
pub(super) fn is_busy(disk: &Path) -> bool {
    let exclusive = OpenOptions::new().read(true).custom_flags(libc::O_EXCL).open(disk);
    exclusive.is_err_and(|e| e.raw_os_error() == Some(libc::EBUSY))
}

/// What begins on this node.
pub(super) fn front(node: &Path) -> Filing {
    let mut bytes = vec![0; probe::BYTES];
    let read = || -> std::io::Result<usize> {
        let file = File::open(node)?;
        let mut all = 0;
        while all < bytes.len() {
            match file.read_at(&mut bytes[all..], all as u64)? {
                0 => break,
                n => all += n,
            }
        }
        Ok(all)
    }();
    probe::filing(&bytes[..read.unwrap_or(0)])
}

pub(super) fn read(folder: &Path, file: &str) -> Option<String> {
    fs::read_to_string(folder.join(file)).ok().map(|text| text.trim().to_string())
}

/// A maker's text, fit for a screen.
pub(super) fn clean(text: &str) -> String {
    let fit = text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(64);
    fit.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
