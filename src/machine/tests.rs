//! The root service against a tree like that of the kernel, and its door.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::client::Machine;
use super::kernel::{Facts, Kernel, ill};
use super::order::{Filing, Which};
use super::serve::Service;
use super::{make, probe};
use crate::base::fault::FaultKind;
use crate::disk::Disk;
use crate::disk::real::RealDisk;

#[test]
fn a_stick_is_used_or_the_first_reason_is_told() {
    let good = Facts { there: true, parts: 1, ..Facts::default() };
    let none = Facts { parts: 0, ..good };
    let two = Facts { parts: 2, ..good };
    let keyboard = Facts { keyboard: true, ..good };
    let busy = Facts { busy: true, ..good };
    let table = [
        ("FAT", Filing::Fat, good, None),
        ("exFAT without a table", Filing::ExFat, none, None),
        ("NTFS", Filing::Ntfs, good, None),
        ("BitLocker", Filing::BitLocker, good, None),
        ("a keyboard in it", Filing::ExFat, keyboard, Some(("keyboard", false))),
        ("no medium", Filing::Nothing, Facts::default(), Some(("no medium", false))),
        ("mounted somewhere", Filing::ExFat, busy, Some(("in use", false))),
        ("footage", Filing::Linux, good, Some(("Linux", false))),
        ("footage beside FAT", Filing::Linux, two, Some(("Linux", false))),
        ("two partitions", Filing::Nothing, two, Some(("2 partitions", true))),
        ("blank", Filing::Nothing, none, Some(("not formatted", true))),
    ];
    for (what, filing, facts, want) in table {
        let told = ill(filing, facts);
        assert_eq!(told.is_some(), want.is_some(), "{what}: {told:?}");
        if let (Some((text, cures)), Some((part, format_helps))) = (told, want) {
            assert!(text.contains(part), "{what}: {text}");
            assert_eq!(cures, format_helps, "{what}");
        }
    }
}

#[test]
fn file_systems_are_known_by_their_marks() {
    let with = |at: usize, mark: &[u8]| {
        let mut front = vec![0; probe::BYTES];
        front[at..at + mark.len()].copy_from_slice(mark);
        probe::filing(&front)
    };
    for (at, mark, want) in [
        (3, &b"EXFAT   "[..], Filing::ExFat),
        (3, b"NTFS    ", Filing::Ntfs),
        (3, b"-FVE-FS-", Filing::BitLocker),
        (82, b"FAT32   ", Filing::Fat),
        (54, b"FAT16   ", Filing::Fat),
        (0, b"LUKS\xba\xbe", Filing::Linux),
        (1_080, b"\x53\xef", Filing::Linux),
        (0, b"beadle!!", Filing::Nothing),
    ] {
        assert_eq!(with(at, mark), want, "{at}");
    }
    assert_eq!(probe::filing(&[]), Filing::Nothing);
}

#[test]
fn a_stick_is_laid_out_as_others_expect_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let bytes = 48 << 20;
    fs::write(&path, vec![0xff; bytes]).unwrap();
    let disk = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    make::lay_out(&disk, bytes as u64).unwrap();
    assert!(make::lay_out(&disk, 1 << 20).is_err());
    let written = fs::read(&path).unwrap();
    assert_eq!(written[510..512], [0x55, 0xaa]);
    assert!(written[512..4 << 20].iter().all(|b| *b == 0), "an old table shows");
    assert!(written[bytes - (1 << 20)..].iter().all(|b| *b == 0), "the end of a GPT shows");
    match Command::new("sfdisk").arg("--dump").arg(&path).output() {
        Ok(told) => {
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            assert!(told.contains("start=        2048, size=       96256, type=7"), "{told}");
        }
        Err(e) => println!("SKIPPED: sfdisk: {e}"),
    }
    if !Path::new("/usr/sbin/mkfs.exfat").exists() {
        println!("SKIPPED: mkfs.exfat is not installed");
        return;
    }
    make::file_system(&path).unwrap();
    let front = fs::read(&path).unwrap();
    assert_eq!(probe::filing(&front[..probe::BYTES]), Filing::ExFat);
}

/// A sysfs with one stick, whose disk is `node`.
pub fn lab(
    folder: &Path,
    node: &Path,
    numbers: &str,
    bytes: u64,
    serial: &str,
    seq: u64,
) -> Kernel {
    let usb = folder.join("sys/devices/usb1/1-1");
    let block = usb.join("1-1:1.0/host0/block/sdb");
    fs::create_dir_all(&block).unwrap();
    fs::create_dir_all(folder.join("sys/block")).unwrap();
    fs::create_dir_all(folder.join("dev")).unwrap();
    let write = |path: PathBuf, text: &str| fs::write(path, format!("{text}\n")).unwrap();
    for (file, text) in [
        ("idVendor", "0781"),
        ("manufacturer", "SanDisk"),
        ("product", "Ultra\u{1b}[2J"),
        ("serial", serial),
        ("1-1:1.0/bInterfaceClass", "08"),
    ] {
        write(usb.join(file), text);
    }
    write(block.join("dev"), numbers);
    write(block.join("size"), &(bytes / 512).to_string());
    write(block.join("ro"), "0");
    write(block.join("diskseq"), &seq.to_string());
    for (from, to) in [(block.as_path(), "sys/block/sdb"), (node, "dev/sdb")] {
        let _ = fs::remove_file(folder.join(to)); // none is there the first time
        symlink(from, folder.join(to)).unwrap();
    }
    let (sys, dev) = (folder.join("sys"), folder.join("dev"));
    Kernel { sys, dev, also: vec!["ext4".into()] }
}

pub fn serve(folder: &Path, kernel: Kernel, uid: u32) -> Machine {
    let socket = folder.join("machine.sock");
    let service = Service::new(kernel, uid, 0);
    let (to, ready) = std::sync::mpsc::channel();
    let own = socket.clone();
    std::thread::spawn(move || {
        let _ = service.serve(&own, move || to.send(()).unwrap());
    });
    ready.recv_timeout(Duration::from_secs(60)).unwrap();
    Machine::at(&socket)
}

#[test]
fn only_the_recorders_user_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("file");
    fs::write(&node, b"no disk").unwrap();
    let kernel = lab(folder.path(), &node, "8:16", 1 << 30, "4C530001", 3);
    let us = nix::unistd::getuid().as_raw();
    let machine = serve(folder.path(), kernel.clone(), us);
    let sticks = machine.sticks().unwrap();
    let [stick] = &sticks[..] else { panic!("{sticks:?}") };
    assert_eq!((stick.title.as_str(), stick.serial.as_str()), ("SanDisk Ultra[2J", "4C530001"));
    // A file in place of its node is no medium, whatever sysfs says.
    assert!(stick.why.as_ref().is_some_and(|why| why.contains("no medium")), "{stick:?}");
    for (which, kind) in [
        (stick.which.clone(), FaultKind::Denied),
        (Which { seq: 4, ..stick.which.clone() }, FaultKind::Missing),
        (Which { name: "../sdb".into(), seq: 3 }, FaultKind::Missing),
        (Which { name: String::new(), seq: 3 }, FaultKind::Missing),
    ] {
        assert_eq!(machine.mount(&which, true).unwrap_err().kind, kind, "{which:?}");
        assert_eq!(machine.format(&which).unwrap_err().kind, kind, "{which:?}");
    }
    fs::write(folder.path().join("sys/devices/usb1/1-1/1-1:1.0/bInterfaceClass"), "03\n").unwrap();
    let why = machine.sticks().unwrap()[0].why.clone().unwrap_or_default();
    assert!(why.contains("keyboard"), "{why}");
    let other = tempfile::tempdir().unwrap();
    let closed = serve(other.path(), kernel, us + 1).sticks();
    assert_eq!(closed.map_err(|fault| fault.kind), Err(FaultKind::Denied));
}

/// A block device that this test made; gone with it.
pub struct Loop(pub PathBuf);

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = Command::new("losetup").arg("-d").arg(&self.0).status(); // it is on its way out
    }
}

/// Where the machine lets us: root, loop devices, ext4 in place of exFAT.
pub fn loop_with_ext4(folder: &Path, bytes: u64) -> Option<(Loop, String)> {
    let image = folder.join("image");
    fs::File::create(&image).and_then(|file| file.set_len(bytes)).ok()?;
    let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image).status();
    made.ok().filter(|status| status.success())?;
    let made = Command::new("losetup").args(["-f", "--show"]).arg(&image).output();
    let made = made.ok().filter(|output| output.status.success())?;
    let node = PathBuf::from(String::from_utf8(made.stdout).ok()?.trim());
    let name = node.file_name()?.to_str()?;
    let numbers = fs::read_to_string(format!("/sys/block/{name}/dev")).ok()?;
    Some((Loop(node), numbers.trim().into()))
}

#[test]
fn a_mounted_stick_is_seen_by_its_holder_alone_and_nothing_on_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let Some((node, numbers)) = loop_with_ext4(folder.path(), 32 << 20) else {
        println!("SKIPPED: wants root and loop devices");
        return;
    };
    let kernel = lab(folder.path(), &node.0, &numbers, 32 << 20, "4C530001", 3);
    let mount = |write| {
        let owner = super::mount::Owner { uid: 0, gid: 0 };
        super::mount::mount(&node.0, Filing::Linux, &kernel.also, write, owner)
    };
    let top = match mount(true) {
        Ok(top) => top,
        Err(fault) => return println!("SKIPPED: this machine lets nobody mount: {fault}"),
    };
    let disk = RealDisk::at(top);
    disk.make_folder("export-1/video").unwrap();
    disk.replace("export-1/video/x", b"pictures").unwrap();
    assert_eq!(disk.read_at("export-1/video/x", 0, 99).unwrap(), b"pictures");
    let room = disk.room().unwrap();
    assert!(room.total < 64 << 20 && room.free > 0, "{room:?}: it is another file system");
    let told = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let name = node.0.to_str().unwrap();
    assert!(!told.contains(name), "it shows among the mounts");
    // Taken: whoever asks for it alone does not get it, and nobody could format it.
    let patience = Duration::from_millis(100);
    let busy = super::mount::wait_until_free(&node.0, patience);
    assert_eq!(busy.map_err(|fault| fault.kind), Err(FaultKind::Busy));
    drop(disk);
    super::mount::wait_until_free(&node.0, Duration::from_secs(60)).unwrap();
    let disk = RealDisk::at(mount(false).unwrap());
    assert_eq!(disk.replace("x", b"y").map_err(|fault| fault.kind), Err(FaultKind::ReadOnly));
    assert_eq!(disk.read_at("export-1/video/x", 0, 99).unwrap(), b"pictures");
}

#[test]
fn a_watcher_hears_of_a_stick_that_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("file");
    fs::write(&node, b"no disk").unwrap();
    let kernel = lab(folder.path(), &node, "8:16", 1 << 30, "4C530001", 3);
    let machine = serve(folder.path(), kernel, nix::unistd::getuid().as_raw());
    let mut watching = machine.watch().unwrap();
    assert_eq!(watching.hear().unwrap().len(), 1);
    fs::remove_file(folder.path().join("sys/block/sdb")).unwrap();
    let began = Instant::now();
    assert_eq!(watching.hear().unwrap(), []);
    assert!(began.elapsed() < Duration::from_secs(60));
}
