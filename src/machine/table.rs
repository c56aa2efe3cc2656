//! What the partitions of a disk are called.
//!
//! The kernel says so of those that it read from a table. Of those that somebody made while it ran
//! (`systemd-repart` at the first start) it knows place and size alone until the next start: then
//! the table itself is read, as far as the name.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::kernel::{self, Kernel};

/// More than any disk has that a PC starts from.
const PARTS_MAX: u64 = 256;
const NAME_AT: usize = 56;
const NAME_BYTES: usize = 72;

/// Nothing where it has none. `block`: the disk in sysfs.
pub fn label(kernel: &Kernel, block: &Path, part: &str) -> String {
    let sys = block.join(part);
    let uevent = kernel::read(&sys, "uevent").unwrap_or_default();
    if let Some(named) = uevent.lines().find_map(|line| line.strip_prefix("PARTNAME=")) {
        return named.to_string();
    }
    let number = |folder: &Path, file| kernel::read(folder, file).and_then(|t| t.parse().ok());
    let sector = number(&block.join("queue"), "logical_block_size").unwrap_or(512);
    let Some(place) = number(&sys, "partition") else { return String::new() };
    let disk = block.file_name().map(|name| kernel.dev.join(name)).unwrap_or_default();
    let read = File::open(disk).ok().and_then(|disk| in_table(&disk, sector, place));
    read.unwrap_or_default()
}

/// From the GPT in front; `None`: there is no such table, or no such place in it.
fn in_table(disk: &File, sector: u64, place: u64) -> Option<String> {
    let mut head = [0; 92];
    disk.read_exact_at(&mut head, sector).ok()?;
    let number = |at: usize| head.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    let first = u64::from(number(72)?) | u64::from(number(76)?) << 32;
    let (count, bytes) = (u64::from(number(80)?), u64::from(number(84)?));
    let fits = (1..=count.min(PARTS_MAX)).contains(&place) && (128..=4_096).contains(&bytes);
    if !head.starts_with(b"EFI PART") || !fits {
        return None;
    }
    let at = first.checked_mul(sector)?.checked_add((place - 1) * bytes + NAME_AT as u64)?;
    let mut name = [0; NAME_BYTES];
    disk.read_exact_at(&mut name, at).ok()?;
    let letters = name.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    let letters: Vec<u16> = letters.take_while(|letter| *letter != 0).collect();
    String::from_utf16(&letters).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_partition_made_while_the_kernel_ran_has_its_name_from_the_table() {
        let folder = tempfile::tempdir().unwrap();
        let (block, dev) = (folder.path().join("vda"), folder.path().join("dev"));
        fs::create_dir_all(&dev).unwrap();
        for (part, number) in [("vda1", "1"), ("vda2", "2"), ("vda9", "9")] {
            fs::create_dir_all(block.join(part)).unwrap();
            fs::write(block.join(part).join("partition"), number).unwrap();
        }
        fs::write(block.join("vda1/uevent"), "PARTN=1\nPARTNAME=esp\n").unwrap();
        let mut disk = vec![0; 4_096];
        disk[512..520].copy_from_slice(b"EFI PART");
        disk[512 + 72] = 2;
        disk[512 + 80] = 4;
        disk[512 + 84] = 128;
        for (n, letter) in "beadle-state".bytes().enumerate() {
            disk[1_024 + 128 + NAME_AT + 2 * n] = letter;
        }
        fs::write(dev.join("vda"), &disk).unwrap();
        let kernel = Kernel { sys: folder.path().into(), dev: dev.clone(), also: Vec::new() };
        for (part, want) in [("vda1", "esp"), ("vda2", "beadle-state"), ("vda9", "")] {
            assert_eq!(label(&kernel, &block, part), want, "{part}");
        }
        fs::write(dev.join("vda"), vec![0; 4_096]).unwrap();
        assert_eq!(label(&kernel, &block, "vda2"), "", "no table");
    }
}
