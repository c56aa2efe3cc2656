//! A stick made new: every trace of the old order gone, one partition, exFAT.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::kernel::{Checked, Kernel};
use crate::base::fault::{Fault, FaultKind};

/// linux/fs.h: read the table of partitions again.
const BLKRRPART: libc::Ioctl = 0x125f;
const MKFS: &str = "/usr/sbin/mkfs.exfat";
/// What a stick of ours is called on an office PC.
const LABEL: &str = "BEADLE";
const SECTOR: u64 = 512;
/// The partition begins here, as everybody's does; flash is written in units that divide it.
const FIRST_BYTES: u64 = 1 << 20;
/// Old tables stand in front and, of GPT, at the end.
const FRONT_BYTES: u64 = 4 << 20;
const END_BYTES: u64 = 1 << 20;
const BLOCK: usize = 4 << 20;
/// Written pages are waited for after so many bytes, so that the figure shown is true.
const BURST_BYTES: u64 = 64 << 20;
/// Microsoft's number of a partition with NTFS or exFAT.
const KIND: u8 = 7;
/// Until the kernel shows the new partition.
const SHOWS_WITHIN: Duration = Duration::from_secs(10);

/// # Errors
/// The stick's; `mkfs.exfat` is not there.
pub fn format(kernel: &Kernel, checked: &Checked) -> Result<(), Fault> {
    let disk = claim(&checked.disk)?;
    lay_out(&disk, checked.stick.bytes)?;
    let io = |e: std::io::Error| Fault::io("making the stick's partition", &e);
    disk.sync_all().map_err(io)?;
    // SAFETY: a system call on a descriptor that `disk` keeps open; it has no argument.
    if unsafe { libc::ioctl(disk.as_raw_fd(), BLKRRPART) } < 0 {
        return Err(io(std::io::Error::last_os_error()));
    }
    drop(disk);
    let late = Instant::now() + SHOWS_WITHIN;
    let part = loop {
        let now = kernel.named(&checked.stick.which)?;
        if now.part != now.disk && now.part.exists() {
            break now.part;
        }
        if Instant::now() > late {
            return Err(Fault::new(FaultKind::Timeout, "the new partition does not appear"));
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    file_system(&part)
}

/// Zeros over everything, flushed, then read back from the stick itself: over when the stick says
/// so (R6.1, R6.3). `going` hears how many bytes are done, of twice as many as it has.
///
/// # Errors
/// The stick's; `Corrupt` where something else than zeros is read; those of `going`.
pub fn wipe(
    checked: &Checked,
    going: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let disk = claim(&checked.disk)?;
    let io = |e: std::io::Error| Fault::io("overwriting the stick", &e);
    let zeros = vec![0; BLOCK];
    let (mut at, mut synced) = (0, 0);
    while at < checked.stick.bytes {
        let now = (checked.stick.bytes - at).min(BLOCK as u64);
        disk.write_all_at(&zeros[..now as usize], at).map_err(io)?;
        at += now;
        if at - synced >= BURST_BYTES || at == checked.stick.bytes {
            disk.sync_data().map_err(io)?;
            synced = at;
            going(at)?;
        }
    }
    read_zeros(&disk, checked.stick.bytes, &mut |read| going(at + read))
}

fn read_zeros(
    disk: &File,
    bytes: u64,
    going: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let io = |e: std::io::Error| Fault::io("reading back what was overwritten", &e);
    let fd = disk.as_raw_fd();
    // SAFETY: a system call on a descriptor that `disk` keeps open; it takes numbers alone. A
    // kernel that keeps the pages all the same reads them from memory.
    unsafe { libc::posix_fadvise(fd, 0, 0, libc::POSIX_FADV_DONTNEED) };
    let (mut block, mut at, mut told) = (vec![0; BLOCK], 0, 0);
    while at < bytes {
        let now = (bytes - at).min(BLOCK as u64) as usize;
        disk.read_exact_at(&mut block[..now], at).map_err(io)?;
        if block[..now].iter().any(|byte| *byte != 0) {
            let text =
                format!("the stick does not hold what was written near byte {at}: destroy it");
            return Err(Fault::new(FaultKind::Corrupt, text));
        }
        at += now as u64;
        if at - told >= BURST_BYTES || at == bytes {
            told = at;
            going(at)?;
        }
    }
    Ok(())
}

/// Nobody else uses it, and nobody can begin to.
fn claim(disk: &Path) -> Result<File, Fault> {
    let open = OpenOptions::new().read(true).write(true).custom_flags(libc::O_EXCL).open(disk);
    open.map_err(|e| Fault::io("taking the stick", &e))
}

/// Old tables away, and a table with one partition.
pub(super) fn lay_out(disk: &File, bytes: u64) -> Result<(), Fault> {
    if bytes < 16 << 20 {
        return Err(Fault::new(FaultKind::Full, "the stick is smaller than 16 MB"));
    }
    let io = |e: std::io::Error| Fault::io("making the stick's partition", &e);
    disk.write_all_at(&vec![0; FRONT_BYTES as usize], 0).map_err(io)?;
    disk.write_all_at(&vec![0; END_BYTES as usize], bytes - END_BYTES).map_err(io)?;
    disk.write_all_at(&table(bytes), 0).map_err(io)
}

/// A master boot record without a program.
fn table(bytes: u64) -> [u8; SECTOR as usize] {
    let mut out = [0; SECTOR as usize];
    let first = (FIRST_BYTES / SECTOR) as u32;
    let count = ((bytes - FIRST_BYTES) / SECTOR).min(u64::from(u32::MAX)) as u32;
    let entry = &mut out[446..462];
    // Cylinders, heads and sectors as they are said where nobody counts in them any more.
    entry[1..4].copy_from_slice(&[0xfe, 0xff, 0xff]);
    entry[4] = KIND;
    entry[5..8].copy_from_slice(&[0xfe, 0xff, 0xff]);
    entry[8..12].copy_from_slice(&first.to_le_bytes());
    entry[12..16].copy_from_slice(&count.to_le_bytes());
    out[510..].copy_from_slice(&[0x55, 0xaa]);
    out
}

pub(super) fn file_system(part: &Path) -> Result<(), Fault> {
    let mut command = Command::new(MKFS);
    command.args(["-L", LABEL]).arg(part).env_clear().stdin(Stdio::null());
    let ended = command.output().map_err(|e| Fault::io(format_args!("starting {MKFS}"), &e))?;
    if ended.status.success() {
        return Ok(());
    }
    // Into the journal; whoever waits gets one line of it.
    let _ = std::io::stderr().write_all(&ended.stdout);
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.lines().last().unwrap_or("it does not say why");
    Err(Fault::new(FaultKind::Io, format!("mkfs.exfat: {said}")))
}
