//! A disk made a footage disk, as far as a machine without device mapper lets it: everything but
//! opening, on a file in place of the partition.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::footage;
use super::kernel::Kernel;
use super::luks::{self, Guard};
use super::mount::Owner;
use super::order::{Holds, Which};
use crate::base::fault::FaultKind;
use crate::base::secret::Secret;

const PAPER: &str = "0101-0101-paper";

/// A sysfs with a system disk that has an empty footage partition, and a Windows disk.
fn lab(folder: &Path) -> Kernel {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
    };
    let bytes: u64 = 300 << 20;
    for (disk, seq, serial) in [("vda", 1, "SYS-0001"), ("sda", 2, "WX42A90F1234")] {
        for (file, text) in [
            ("diskseq", seq.to_string()),
            ("size", (bytes / 512).to_string()),
            ("ro", "0".into()),
            ("device/vendor", "ATA".into()),
            ("device/model", "WDC  WD40".into()),
            ("device/serial", serial.into()),
        ] {
            write(&format!("sys/devices/{disk}/{file}"), &text);
        }
    }
    for (part, name) in [("vda/vda4", "beadle-state"), ("vda/vda5", "beadle-footage")] {
        write(&format!("sys/devices/{part}/partition"), "5");
        write(&format!("sys/devices/{part}/size"), &(bytes / 512).to_string());
        write(
            &format!("sys/devices/{part}/uevent"),
            &format!("DEVTYPE=partition\nPARTNAME={name}"),
        );
    }
    write("sys/devices/sda/sda1/partition", "1");
    fs::create_dir_all(folder.join("sys/block")).unwrap();
    fs::create_dir_all(folder.join("dev")).unwrap();
    for disk in ["vda", "sda"] {
        symlink(folder.join("sys/devices").join(disk), folder.join("sys/block").join(disk))
            .unwrap();
    }
    for node in ["vda", "vda4", "vda5", "sda", "sda1"] {
        let file = fs::File::create(folder.join("dev").join(node)).unwrap();
        file.set_len(bytes).unwrap();
    }
    let mut windows = vec![0; 512];
    windows[3..11].copy_from_slice(b"NTFS    ");
    let sda1 = fs::OpenOptions::new().write(true).open(folder.join("dev/sda1")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&sda1, &windows, 0).unwrap();
    Kernel { sys: folder.join("sys"), dev: folder.join("dev"), also: Vec::new() }
}

#[test]
fn what_is_on_each_disk_is_told_before_anything_is_erased() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = lab(folder.path());
    let spaces = kernel.spaces();
    let told: Vec<_> = spaces
        .iter()
        .map(|s| (s.which.name.as_str(), s.part.as_deref(), s.holds, s.typed.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("sda", None, Holds::Windows, "0F1234"),
            ("vda", Some("vda5"), Holds::Nothing, "YS0001"),
            ("vda", None, Holds::Recorder, "YS0001"),
        ]
    );
    assert!(spaces[2].why.as_ref().is_some_and(|why| why.contains("own system disk")));
    assert!(spaces[0].why.is_none() && spaces[0].title == "ATA WDC WD40", "{spaces:?}");
}

#[test]
fn a_disk_is_erased_only_when_its_number_was_typed_and_it_still_is_that_disk() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = lab(folder.path());
    let which = |name: &str, seq| Which { name: name.into(), seq };
    for (disk, part, typed, kind, words) in [
        (which("sda", 2), None, "0f1234", FaultKind::Denied, "type 0F1234"),
        (which("sda", 2), None, "", FaultKind::Denied, "type 0F1234"),
        (which("sda", 3), None, "0F1234", FaultKind::Missing, "no longer there"),
        (which("vda", 1), None, "YS0001", FaultKind::Denied, "own system disk"),
        (which("vda", 1), Some("vda4"), "YS0001", FaultKind::Missing, "no longer there"),
        (which("../vda", 1), None, "YS0001", FaultKind::Missing, "no longer there"),
    ] {
        let fault = footage::checked(&kernel, &disk, part, typed).unwrap_err();
        assert_eq!(fault.kind, kind, "{disk:?} {part:?} {typed}: {fault}");
        assert!(fault.text.contains(words), "{fault}");
    }
    assert!(footage::checked(&kernel, &which("sda", 2), None, "0F1234").is_ok());
}

/// S4.38: whatever is asked for, the volume is encrypted; recovery key and box each have a slot.
#[test]
fn a_footage_disk_has_the_key_on_paper_and_one_of_the_box() {
    if !Path::new("/usr/sbin/cryptsetup").exists() {
        println!("SKIPPED: cryptsetup is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kernel = lab(folder.path());
    let guard = Guard { tpm: None, keys: folder.path().join("keys") };
    let (disk, part) = (Which { name: "vda".into(), seq: 1 }, Some("vda5"));
    let (paper, other) = (Secret::new(PAPER), Secret::new("0202-0202"));
    let mut steps = Vec::new();
    let mut going = |step| {
        steps.push(step);
        Ok(())
    };
    let owner = Owner { uid: 7, gid: 7 };
    let word = ("YS0001", &paper);
    // Without device mapper it ends where the volume is opened, with it where the lab has no nodes.
    let ended = footage::make(&kernel, &guard, owner, (&disk, part), word, &mut going);
    assert!(ended.is_err());
    assert_eq!(steps, [1, 2, 3], "{ended:?}");
    let node = folder.path().join("dev/vda5");
    let told = Command::new("/usr/sbin/cryptsetup").arg("luksDump").arg(&node).output().unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("Version:       \t2") && told.contains("beadle-footage"), "{told}");
    assert!(told.contains("0: luks2") && told.contains("1: luks2"), "{told}");
    assert!(told.contains("argon2id") && told.contains("Memory:     65536"), "{told}");
    luks::try_key(&node, &paper).unwrap();
    assert_eq!(luks::try_key(&node, &other).unwrap_err().kind, FaultKind::Denied);
    let own = folder.path().join("keys/beadle-footage.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&own).unwrap().permissions());
    assert_eq!((fs::read(&own).unwrap().len(), mode & 0o777), (64, 0o600));
    let opens = Command::new("/usr/sbin/cryptsetup")
        .args(["open", "--test-passphrase", "--key-file"])
        .args([&own, &node])
        .status();
    assert!(opens.unwrap().success(), "the box opens it by itself");
    // It is known as what it is from then on, and the key is tried without changing anything.
    let place = (&disk, part);
    let space = kernel.spaces().into_iter().find(|s| s.part.as_deref() == part).unwrap();
    assert_eq!(space.holds, Holds::Footage { open: false });
    let before = fs::read(&node).unwrap();
    footage::try_key(&kernel, place, &paper).unwrap();
    assert_eq!(footage::try_key(&kernel, place, &other).unwrap_err().kind, FaultKind::Denied);
    assert!(before == fs::read(&node).unwrap(), "trying a key writes nothing");
    let refused = footage::unlock(&kernel, &guard, place, &other).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Denied);
    let windows = (&Which { name: "sda".into(), seq: 2 }, None);
    assert!(footage::try_key(&kernel, windows, &paper).is_err());
}

#[test]
fn a_whole_disk_gets_one_partition_and_a_file_system_of_the_recorders() {
    if !Path::new("/usr/sbin/sfdisk").exists() || !Path::new("/usr/sbin/mkfs.ext4").exists() {
        println!("SKIPPED: sfdisk or mkfs.ext4 is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::File::create(&disk).unwrap().set_len(300 << 20).unwrap();
    footage::table(&disk, "beadle-footage").unwrap();
    let told = Command::new("/usr/sbin/sfdisk").arg("--dump").arg(&disk).output().unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("label: gpt") && told.contains("name=\"beadle-footage\""), "{told}");
    assert_eq!(told.matches("start=").count(), 1, "{told}");
    let volume = folder.path().join("volume");
    fs::File::create(&volume).unwrap().set_len(64 << 20).unwrap();
    footage::file_system(&volume, "beadle-footage", Owner { uid: 7, gid: 8 }).unwrap();
    let told = Command::new("/usr/sbin/debugfs").args(["-R", "stat /"]).arg(&volume).output();
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned());
    assert!(told.is_ok_and(|told| told.contains("User:     7   Group:     8")));
}

/// The installer writes to the disk that was named and typed, from a stick alone.
#[test]
fn the_image_is_installed_on_the_disk_that_was_named_and_from_a_stick_alone() {
    use super::install::{Installer, install};
    let folder = tempfile::tempdir().unwrap();
    let kernel = lab(folder.path());
    let program = folder.path().join("repart");
    fs::write(&program, "#!/bin/sh\necho \"$@\" > \"$0.called\"\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(&program, mode).unwrap();
    let definitions = folder.path().join("definitions");
    let stick = Installer { program, definitions, from_stick: true };
    let own = Installer { from_stick: false, ..stick.clone() };
    let disk = Which { name: "sda".into(), seq: 2 };
    let why = |installer: &Installer, which: &Which, typed: &str| {
        install(&kernel, installer, which, typed).unwrap_err().text
    };
    assert!(why(&own, &disk, "0F1234").contains("runs from its own disk"));
    assert!(why(&stick, &disk, "0F9999").contains("type 0F1234"));
    assert!(why(&stick, &disk, "0F1234").contains("smaller than 8 GB"));
    let system = Which { name: "vda".into(), seq: 1 };
    // The system disk of a box before this one may be overwritten, by whoever typed its number.
    assert!(why(&stick, &system, "YS0002").contains("type YS0001"));
    assert!(why(&stick, &system, "YS0001").contains("smaller than 8 GB"));
    assert!(!folder.path().join("repart.called").exists(), "nothing was started");
    fs::write(folder.path().join("sys/devices/sda/size"), format!("{}\n", 16u64 << 21)).unwrap();
    install(&kernel, &stick, &disk, "0F1234").unwrap();
    let called = fs::read_to_string(folder.path().join("repart.called")).unwrap();
    assert!(called.contains("--empty=force") && called.trim().ends_with("dev/sda"), "{called}");
}
