//! The next version from a stick: looked at, checked whole, copied, and only then written to the
//! slot that does not run.
//!
//! ```text
//! beadle-update/SHA256SUMS       every file of the set with its digest; names hold the version
//! beadle-update/SHA256SUMS.sig   an OpenSSH signature of it, for the purpose "beadle-update"
//! beadle-update/beadle_V...      kernel, root, its hashes, as `systemd-sysupdate` takes them
//! ```
//! 1. The signature is by one of the keys that came with the running image; without one nothing
//!    else of the stick is read.
//! 2. The version is newer than the one that runs. An older or the same one is refused: what it
//!    lacked was mended since (S4.38).
//! 3. Every file is copied to the state disk and hashed on the way: what is written later is what
//!    was checked, whatever a stick says the second time it is read.
//! 4. `systemd-sysupdate` writes the copy into the other slot; the one that runs is protected. The
//!    set is verified by then, so its own verification, which wants GPG keys, is off.
//!
//! A set that is torn, forged or half copied ends in 1 to 3: nothing was written. A version that
//! does not come up is counted down by the boot loader, and this one comes back.

use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use super::luks::run;
use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::evidence::sshsig;

pub const FOLDER: &str = "beadle-update";
pub const PURPOSE: &str = "beadle-update";
const SUMS: &str = "SHA256SUMS";
const SUMS_BYTES_MAX: usize = 64 << 10;
/// Every file of a set is called so, with its version behind.
const PREFIX: &str = "beadle_";
const FILES_MAX: usize = 16;
const BLOCK: usize = 4 << 20;

/// Where versions come from and go to; other places in tests.
#[derive(Clone, Debug)]
pub struct Slots {
    /// Public keys, a line each.
    pub keys: PathBuf,
    /// The version that runs; `None`: this is no image.
    pub running: Option<String>,
    /// Where a set is copied to.
    pub copy: PathBuf,
    pub program: PathBuf,
}

impl Slots {
    /// As the machine is now.
    pub fn here() -> Slots {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let version = release.lines().find_map(|line| line.strip_prefix("IMAGE_VERSION="));
        Slots {
            keys: "/usr/share/beadle/update-keys".into(),
            running: version.map(|v| v.trim_matches('"').to_string()),
            copy: "/var/lib/beadle-machine/update".into(),
            program: "/usr/lib/systemd/systemd-sysupdate".into(),
        }
    }
}

/// A set whose signature is good.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    pub version: String,
    files: Vec<(String, Digest, u64)>,
}

impl Set {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, _, bytes)| bytes).sum()
    }
}

fn refused(text: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Denied, text.into())
}

/// Which set lies there, if it is signed, whole by its list, and newer than what runs.
///
/// # Errors
/// `Missing`: there is none. `Denied`: why it is not taken. The stick's.
pub fn look(disk: &dyn Disk, slots: &Slots) -> Result<Set, Fault> {
    let running = slots.running.as_ref().ok_or_else(|| {
        refused("this machine does not run the image, so it is updated in another way")
    })?;
    let path = |name: &str| format!("{FOLDER}/{name}");
    let sums = match disk.read_at(&path(SUMS), 0, SUMS_BYTES_MAX + 1) {
        Err(fault) if fault.kind == FaultKind::Missing => {
            let text = format!("there is no update on this stick (no folder {FOLDER})");
            return Err(Fault::new(FaultKind::Missing, text));
        }
        read => read?,
    };
    if sums.len() > SUMS_BYTES_MAX {
        return Err(refused("its list of files is too long to be one of ours"));
    }
    let unsigned = || refused("it is not signed: an update carries SHA256SUMS.sig");
    let signature = disk.read_at(&path("SHA256SUMS.sig"), 0, 4_096).map_err(|_| unsigned())?;
    check_signature(&sums, &String::from_utf8_lossy(&signature), slots)?;
    let (version, listed) = parse(&sums)?;
    if newer(&version, running) != Ordering::Greater {
        return Err(refused(format!(
            "it is version {version}, and this box runs {running}: only a newer one is taken"
        )));
    }
    let there = disk.list(FOLDER)?;
    let mut files = Vec::new();
    for (name, digest) in listed {
        let found = there.iter().find(|file| file.name == name && file.bytes > 0);
        let found = found.ok_or_else(|| {
            refused(format!("{name} is missing: the stick was not copied to its end"))
        })?;
        files.push((name, digest, found.bytes));
    }
    Ok(Set { version, files })
}

fn check_signature(sums: &[u8], signature: &str, slots: &Slots) -> Result<(), Fault> {
    let sealed = sshsig::read(signature)
        .map_err(|why| refused(format!("its signature cannot be read: {why}")))?;
    let keys = fs::read_to_string(&slots.keys).unwrap_or_default();
    let known = keys.lines().filter_map(|line| sshsig::read_key(line).ok());
    if !known.into_iter().any(|key| key == sealed.public) || sealed.namespace != PURPOSE {
        return Err(refused("it is signed by somebody else: this box takes updates of ours alone"));
    }
    if !sealed.fits(sums) {
        return Err(refused("its list of files was changed after it was signed"));
    }
    Ok(())
}

type Listed = (String, Vec<(String, Digest)>);

/// `digest  name`, as `sha256sum` writes it. All of one version.
fn parse(sums: &[u8]) -> Result<Listed, Fault> {
    let wrong = || refused("its list of files is not as ours are");
    let text = std::str::from_utf8(sums).map_err(|_| wrong())?;
    let mut files = Vec::new();
    let mut versions = Vec::new();
    for line in text.lines() {
        let (digest, name) = line.split_once("  ").ok_or_else(wrong)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
        if !name.chars().all(plain) {
            return Err(wrong());
        }
        let rest = name.strip_prefix(PREFIX).ok_or_else(wrong)?;
        versions.push(rest.to_string());
        files.push((name.to_string(), digest.parse().map_err(|_| wrong())?));
    }
    // The kernel's name has nothing behind the version but its ending.
    let kernel = versions
        .iter()
        .find_map(|rest| rest.strip_suffix(".efi").or_else(|| rest.strip_suffix(".efi.gz")));
    let version = kernel.ok_or_else(wrong)?.to_string();
    let same = |rest: &String| {
        rest.strip_prefix(&version).is_some_and(|r| r.starts_with('.') || r.starts_with('_'))
    };
    if version.is_empty() || files.len() > FILES_MAX || !versions.iter().all(same) {
        return Err(wrong());
    }
    Ok((version, files))
}

/// By the numbers in them, the first that differs.
pub fn newer(one: &str, two: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        parts.map(|part| part.parse().unwrap_or(u64::MAX)).collect()
    };
    numbers(one).cmp(&numbers(two))
}

/// Copies the set and checks every byte of it; `going` hears how many are done.
///
/// # Errors
/// A file is not what the list says; the stick's, the state disk's. What was copied is gone.
pub fn copy(
    disk: &dyn Disk,
    set: &Set,
    slots: &Slots,
    going: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let made = copy_all(disk, set, slots, going);
    if made.is_err() {
        discard(slots);
    }
    made
}

fn copy_all(
    disk: &dyn Disk,
    set: &Set,
    slots: &Slots,
    going: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let io = |e: std::io::Error| Fault::io("copying the update", &e);
    discard(slots);
    fs::create_dir_all(&slots.copy).map_err(io)?;
    let mut done = 0;
    for (name, digest, bytes) in &set.files {
        let mut file = File::create_new(slots.copy.join(name)).map_err(io)?;
        let (mut at, mut hash) = (0, Summing::default());
        while at < *bytes {
            let block = disk.read_at(&format!("{FOLDER}/{name}"), at, BLOCK)?;
            if block.is_empty() {
                break;
            }
            hash.add(&block);
            file.write_all(&block).map_err(io)?;
            at += block.len() as u64;
            done += block.len() as u64;
            going(done)?;
        }
        file.sync_all().map_err(io)?;
        if hash.finish() != *digest {
            return Err(Fault::new(
                FaultKind::Corrupt,
                format!("{name} is not what was signed: copy the update to the stick once more"),
            ));
        }
    }
    Ok(())
}

/// Writes the copy into the slot that does not run.
///
/// # Errors
/// `systemd-sysupdate` says why not; the slot that runs is as it was.
pub fn install(set: &Set, slots: &Slots) -> Result<(), Fault> {
    let mut command = Command::new(&slots.program);
    command.args(["--verify=no", "update", &set.version]);
    let done = run(command, "systemd-sysupdate", None);
    discard(slots);
    done
}

fn discard(slots: &Slots) {
    let _ = fs::remove_dir_all(&slots.copy); // what is there is made anew, or told when it is not
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::fake::FakeDisk;
    use crate::logbook::checkpoint::Signs;
    use crate::logbook::checkpoint::tests::TestKey;

    const KERNEL: &str = "beadle_1.2.10.efi";
    const ROOT: &str = "beadle_1.2.10_0a0b.root.gz";

    struct Bench {
        folder: tempfile::TempDir,
        stick: FakeDisk,
        slots: Slots,
    }

    impl Bench {
        fn new() -> Bench {
            let folder = tempfile::tempdir().unwrap();
            let keys = folder.path().join("keys");
            let lines = [7, 8].map(|n| sshsig::key_line(&TestKey::new(n).public()));
            fs::write(&keys, lines.join("\n")).unwrap();
            let program = folder.path().join("sysupdate");
            let script =
                "#!/bin/sh\necho \"$@\" > \"$0.called\"\nls \"$0.copy\" >> \"$0.called\"\n";
            fs::write(&program, script).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(&program, mode).unwrap();
            let copy = folder.path().join("sysupdate.copy");
            let running = Some("1.2.9".into());
            let slots = Slots { keys, running, copy, program };
            let stick = FakeDisk::new(1);
            stick.make_folder(FOLDER).unwrap();
            let bench = Bench { folder, stick, slots };
            bench.put(KERNEL, b"kernel");
            bench.put(ROOT, &vec![7; BLOCK + 9]);
            let sums = bench.sums(&[KERNEL, ROOT]);
            bench.sign(&sums, 7, PURPOSE);
            bench
        }

        fn put(&self, name: &str, bytes: &[u8]) {
            self.stick.replace(&format!("{FOLDER}/{name}"), bytes).unwrap();
        }

        fn sums(&self, names: &[&str]) -> String {
            let line = |name: &&str| {
                let bytes = self.stick.read_at(&format!("{FOLDER}/{name}"), 0, 1 << 30).unwrap();
                format!("{}  {name}\n", Digest::of(&bytes))
            };
            names.iter().map(line).collect()
        }

        fn sign(&self, sums: &str, key: u8, purpose: &str) {
            let signature = sshsig::sign(&TestKey::new(key), purpose, sums.as_bytes());
            self.put(SUMS, sums.as_bytes());
            self.put("SHA256SUMS.sig", signature.as_bytes());
        }

        fn why(&self) -> String {
            look(&self.stick, &self.slots).unwrap_err().text
        }
    }

    #[test]
    fn a_newer_signed_set_is_copied_checked_and_written() {
        let bench = Bench::new();
        let set = look(&bench.stick, &bench.slots).unwrap();
        assert_eq!((set.version.as_str(), set.bytes()), ("1.2.10", BLOCK as u64 + 15));
        let mut last = 0;
        let mut going = |done| {
            last = done;
            Ok(())
        };
        copy(&bench.stick, &set, &bench.slots, &mut going).unwrap();
        assert_eq!(last, set.bytes());
        install(&set, &bench.slots).unwrap();
        let called = fs::read_to_string(bench.folder.path().join("sysupdate.called")).unwrap();
        assert_eq!(called, format!("--verify=no update 1.2.10\n{KERNEL}\n{ROOT}\n"));
        assert!(!bench.slots.copy.exists(), "the copy goes");
    }

    /// S4.38, S4.76: nothing but a newer version of ours, whole.
    #[test]
    fn whatever_is_forged_older_or_torn_is_refused_before_anything_is_written() {
        type Spoil = fn(&mut Bench);
        let cases: [(&str, Spoil, &str); 10] = [
            ("nothing", |b| b.stick = FakeDisk::new(2), "no update on this stick"),
            ("older", |b| b.slots.running = Some("1.3".into()), "only a newer one"),
            ("the same", |b| b.slots.running = Some("1.2.10".into()), "only a newer one"),
            ("no image", |b| b.slots.running = None, "does not run the image"),
            ("unsigned", |b| b.stick.remove("beadle-update/SHA256SUMS.sig").unwrap(), "not signed"),
            ("a stranger", |b| b.sign(&b.sums(&[KERNEL, ROOT]), 9, PURPOSE), "somebody else"),
            ("another purpose", |b| b.sign(&b.sums(&[KERNEL]), 7, "evidence"), "somebody else"),
            (
                "another list",
                |b| {
                    let sums = b.sums(&[KERNEL]);
                    b.put(SUMS, sums.as_bytes());
                },
                "changed after it was signed",
            ),
            (
                "a path",
                |b| b.sign(&b.sums(&[KERNEL]).replace(KERNEL, "../../etc/x.efi"), 7, PURPOSE),
                "not as ours are",
            ),
            (
                "half copied",
                |b| b.stick.remove("beadle-update/beadle_1.2.10_0a0b.root.gz").unwrap(),
                "not copied to its end",
            ),
        ];
        for (what, spoil, want) in cases {
            let mut bench = Bench::new();
            spoil(&mut bench);
            assert!(bench.why().contains(want), "{what}: {}", bench.why());
        }
        // A byte of a file is another one: found while it is copied, and the copy goes.
        let bench = Bench::new();
        bench.put(ROOT, &vec![8; BLOCK + 9]);
        let set = look(&bench.stick, &bench.slots).unwrap();
        let fault = copy(&bench.stick, &set, &bench.slots, &mut |_| Ok(())).unwrap_err();
        assert!(fault.text.contains("not what was signed"), "{fault}");
        assert!(!bench.slots.copy.exists());
        // The second key of the image counts as the first.
        let bench = Bench::new();
        bench.sign(&bench.sums(&[KERNEL, ROOT]), 8, PURPOSE);
        assert!(look(&bench.stick, &bench.slots).is_ok());
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        for (one, two, want) in [
            ("1.2.10", "1.2.9", Ordering::Greater),
            ("2", "1.9", Ordering::Greater),
            ("1.2", "1.2", Ordering::Equal),
            ("1.2", "1.2.1", Ordering::Less),
        ] {
            assert_eq!(newer(one, two), want, "{one} {two}");
        }
    }
}
