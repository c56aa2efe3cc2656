//! The box's own disk: the partition with file, keys, people and logbook, encrypted like the
//! footage (S4.38), opened at each start before anything of the box's own is read.
//!
//! # Slots of the state partition
//! 1. A random key that nobody is told. It lies in the LUKS header itself while no TPM guards the
//!    box, which protects nothing from a thief and lets the whole disk be destroyed in a moment
//!    (R6.5); and on the state partition, so that other slots can be made.
//! 2. Where a TPM is: a key that it gives to the boot chain it knows. Then the one in the header
//!    goes.
//! 3. The recovery key, in a slot of its own, as soon as the first footage disk is made or
//!    opened with it: what opens the box again when its TPM was cleared.
//!
//! # Made once, whenever the plug is pulled
//! ```text
//! format -> key into the header -> open -> file system      [each start goes on where it stood]
//! later, with the partition mounted: key file -> TPM slot -> key out of the header
//! ```
//! A header with one slot and no key in it is one that was never finished: nothing was ever stored
//! behind it, and it is made anew. A partition that holds anything else is left alone.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::footage::file_system;
use super::kernel::{self, Kernel};
use super::luks::{self, Guard};
use super::mount::Owner;
use super::order::Filing;
use super::space::is_luks;
use super::table;
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;

/// Partition, LUKS volume, mapping and file system.
pub const STATE: &str = "beadle-state";
const ROOT: Owner = Owner { uid: 0, gid: 0 };
/// The place of our own token in the header, which holds 32.
const TOKEN: &str = "9";
/// Where the recovery key is.
const RECOVERY_SLOT: &str = "7";
/// Until the kernel shows the partition that the first start has just made.
const SHOWS_WITHIN: Duration = Duration::from_secs(60);

/// The state partition of the disk that this system was started from.
#[derive(Clone, Debug)]
pub struct Volume {
    node: PathBuf,
    mapper: PathBuf,
    /// The disk hangs on USB: this is no box, but a stick to install one from.
    pub on_usb: bool,
}

/// What the header says of itself.
#[derive(Default, serde::Deserialize)]
struct Header {
    #[serde(default)]
    keyslots: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    tokens: serde_json::Map<String, serde_json::Value>,
}

impl Header {
    fn has_token(&self, kind: &str) -> bool {
        self.tokens.values().any(|token| token["type"] == kind)
    }

    /// Made, but cut off before its key was kept.
    fn is_unfinished(&self) -> bool {
        self.tokens.is_empty() && self.keyslots.len() <= 1
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Token {
    r#type: String,
    keyslots: Vec<String>,
    key: String,
}

impl Volume {
    /// Waits for the partition, which the first start makes a moment before.
    ///
    /// # Errors
    /// The system runs from no disk that has one.
    pub fn find(kernel: &Kernel, root: &Path) -> Result<Volume, Fault> {
        let late = Instant::now() + SHOWS_WITHIN;
        loop {
            match Volume::look(kernel, root) {
                Err(fault) if Instant::now() > late => return Err(fault),
                Err(_) => std::thread::sleep(Duration::from_millis(200)),
                found => return found,
            }
        }
    }

    /// As [`Volume::find`], without waiting.
    ///
    /// # Errors
    /// There is none now.
    pub fn look(kernel: &Kernel, root: &Path) -> Result<Volume, Fault> {
        let none = |what: &str| Fault::new(FaultKind::Missing, what);
        let number = fs::metadata(root).map_err(|e| Fault::io("looking at the root", &e))?.dev();
        let number = format!("{}:{}", libc::major(number), libc::minor(number));
        let mut block = fs::canonicalize(kernel.sys.join("dev/block").join(number))
            .map_err(|_| none("the system runs from no disk"))?;
        // From a checked mapping to what it lies on.
        while let Some(below) = first_below(&block) {
            block = below;
        }
        let disk = match block.join("partition").is_file() {
            true => block.parent().map(Path::to_path_buf).unwrap_or_default(),
            false => block,
        };
        let name = disk.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let parts = kernel::partitions(&disk, name);
        let part = parts.iter().find(|part| table::label(kernel, &disk, part) == STATE);
        let part = part.ok_or_else(|| none("the system's disk has no partition for its state"))?;
        let node = kernel.dev.join(part);
        if !node.exists() {
            return Err(none("the state partition has no device node yet"));
        }
        let on_usb = kernel::usb_device(&disk).is_some();
        Ok(Volume { node, mapper: kernel.dev.join("mapper").join(STATE), on_usb })
    }

    /// Opens it under its name, made first where nothing was there. `ask` asks somebody for the
    /// recovery key until one fits, or gives up with `None`; the key that opened it comes back, and
    /// this machine's TPM knows the partition from then on.
    ///
    /// # Errors
    /// Nothing opens it; it holds something of another; the disk's.
    pub fn open(
        &self,
        guard: &Guard,
        ask: &mut dyn FnMut(&Fault) -> Option<Secret>,
    ) -> Result<Option<Secret>, Fault> {
        if self.mapper.exists() {
            return Ok(None);
        }
        let header = self.header()?;
        let typed = match header.filter(|header| !header.is_unfinished()) {
            None => luks::open(&self.node, STATE, &self.make()?).map(|()| None),
            Some(header) => self.open_made(guard, &header, ask),
        }?;
        if kernel::front(&self.mapper) == Filing::Nothing {
            file_system(&self.mapper, STATE, ROOT)?;
        }
        Ok(typed)
    }

    fn open_made(
        &self,
        guard: &Guard,
        header: &Header,
        ask: &mut dyn FnMut(&Fault) -> Option<Secret>,
    ) -> Result<Option<Secret>, Fault> {
        let mut why = Fault::new(FaultKind::Denied, "this box has no key of its own to its disk");
        if header.has_token(STATE) {
            match self.kept().and_then(|key| luks::open(&self.node, STATE, &key)) {
                Ok(()) => return Ok(None),
                Err(fault) => why = fault,
            }
        }
        if header.has_token("systemd-tpm2") && guard.tpm.is_some() {
            match luks::attach_by_tpm(&self.node, STATE) {
                Ok(()) => return Ok(None),
                Err(fault) => why = fault,
            }
        }
        loop {
            let Some(key) = ask(&why) else { return Err(why) };
            match luks::open(&self.node, STATE, &key) {
                Ok(()) => {
                    if let (Some(_), Err(fault)) =
                        (&guard.tpm, luks::enroll_tpm(&self.node, key.expose().as_bytes()))
                    {
                        tracing::warn!("this TPM does not guard the state partition: {fault}");
                    }
                    return Ok(Some(key));
                }
                Err(fault) => why = fault,
            }
        }
    }

    /// `None`: it is empty.
    fn header(&self) -> Result<Option<Header>, Fault> {
        if is_luks(&self.node) {
            let dump = luks::said(&["luksDump", "--dump-json-metadata"], &self.node, None)?;
            let read = serde_json::from_slice(&dump).map_err(|e| damaged(&e));
            return read.map(Some);
        }
        match kernel::front(&self.node) {
            Filing::Nothing => Ok(None),
            _ => Err(Fault::new(
                FaultKind::Foreign,
                "the state partition holds what no Beadle wrote: nothing was changed. Erase this \
                 disk elsewhere, or install on another",
            )),
        }
    }

    fn make(&self) -> Result<Secret, Fault> {
        let bytes = luks::random::<32>()?;
        // As text, since it goes through JSON.
        let key = Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        luks::format(&self.node, STATE, &key)?;
        self.put_in_header(&key)?;
        Ok(key)
    }

    fn put_in_header(&self, key: &Secret) -> Result<(), Fault> {
        let token = Token {
            r#type: STATE.into(),
            keyslots: vec!["0".into()],
            key: key.expose().to_string(),
        };
        let json = Zeroizing::new(serde_json::to_vec(&token).map_err(|e| damaged(&e))?);
        let words = ["token", "import", "--json-file=-", "--token-id", TOKEN];
        luks::said(&words, &self.node, Some(&json)).map(|_| ())
    }

    /// The key that lies in the header.
    fn kept(&self) -> Result<Secret, Fault> {
        let json = luks::said(&["token", "export", "--token-id", TOKEN], &self.node, None)?;
        let token: Token = serde_json::from_slice(&json).map_err(|e| damaged(&e))?;
        Ok(Secret::new(&token.key))
    }

    /// With the state partition mounted: the TPM guards it from now on, where there is one; where
    /// there is none any more, the box opens it by itself all the same.
    ///
    /// # Errors
    /// The TPM's or the disk's: it opens as it did before.
    pub fn furnish(&self, guard: &Guard) -> Result<(), Fault> {
        let in_header = self.header()?.unwrap_or_default().has_token(STATE);
        let key = guard.key_file(STATE);
        if in_header && !key.exists() {
            guard.keep(STATE, self.kept()?.expose().as_bytes())?;
        }
        match guard.tpm.is_some() {
            true if in_header => {
                luks::enroll_tpm(&self.node, &read(&key)?)?;
                luks::said(&["token", "remove", "--token-id", TOKEN], &self.node, None).map(|_| ())
            }
            false if !in_header => {
                let key = read(&key)?;
                self.put_in_header(&Secret::new(String::from_utf8_lossy(&key)))
            }
            _ => Ok(()),
        }
    }

    /// The recovery key opens it too, in place of one of before.
    ///
    /// # Errors
    /// The disk's: then it may be opened by the box alone.
    pub fn put_recovery(&self, guard: &Guard, recovery: &Secret) -> Result<(), Fault> {
        let key = guard.key_file(STATE);
        let header = self.header()?.unwrap_or_default();
        if header.keyslots.contains_key(RECOVERY_SLOT) {
            let key = read(&key)?;
            let mut command = luks::cryptsetup();
            command.args(["luksKillSlot", "--batch-mode", "--key-file=-"]);
            command.arg(&self.node).arg(RECOVERY_SLOT);
            luks::run(command, "cryptsetup", Some(&key))?;
        }
        let mut command = luks::cryptsetup();
        command.args(["luksAddKey", "--batch-mode", "--pbkdf=pbkdf2"]);
        command.args(["--pbkdf-force-iterations=1000", "--key-slot", RECOVERY_SLOT]);
        command.arg("--key-file").arg(&key).arg(&self.node).arg("/dev/stdin");
        luks::run(command, "cryptsetup", Some(recovery.expose().as_bytes()))
    }
}

fn read(key: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let key = fs::read(key).map_err(|e| Fault::io("reading the key of the state partition", &e))?;
    Ok(Zeroizing::new(key))
}

fn damaged(why: &dyn std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Corrupt, format!("the header of the state partition: {why}"))
}

/// The key of this box's own disk is kept, and a TPM guards it from now on; where a machine has no
/// such disk there is nothing to do.
pub(super) fn furnish_own(kernel: &Kernel, guard: &Guard) {
    let Ok(volume) = Volume::look(kernel, Path::new("/")) else { return };
    if let Err(fault) = volume.furnish(guard) {
        tracing::warn!("the state partition opens as it did before: {fault}");
    }
}

/// The same for the recovery key.
pub(super) fn put_recovery_own(kernel: &Kernel, guard: &Guard, recovery: &Secret) {
    let Ok(volume) = Volume::look(kernel, Path::new("/")) else { return };
    if let Err(fault) = volume.put_recovery(guard, recovery) {
        tracing::warn!("the recovery key does not open the state partition: {fault}");
    }
}

fn first_below(block: &Path) -> Option<PathBuf> {
    let mut below = fs::read_dir(block.join("slaves")).ok()?.filter_map(Result::ok);
    fs::canonicalize(below.next()?.path()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `cryptsetup` does to a file; opening needs a device mapper, and is seen under QEMU.
    #[test]
    fn the_state_partition_is_made_once_and_takes_the_recovery_key() {
        let folder = tempfile::tempdir().unwrap();
        if !Path::new("/usr/sbin/cryptsetup").exists() {
            println!("SKIPPED: cryptsetup is not installed");
            return;
        }
        let node = folder.path().join("part");
        fs::File::create(&node).unwrap().set_len(32 << 20).unwrap();
        let mapper = folder.path().join("mapper");
        let volume = Volume { node: node.clone(), mapper, on_usb: false };
        assert!(volume.header().unwrap().is_none(), "empty: it is made");
        // Cut off between the header and its key: nothing was ever behind it.
        luks::format(&node, STATE, &Secret::new("lost")).unwrap();
        assert!(volume.header().unwrap().unwrap().is_unfinished());
        let key = volume.make().unwrap();
        let header = volume.header().unwrap().unwrap();
        assert!(!header.is_unfinished() && header.has_token(STATE));
        assert_eq!(volume.kept().unwrap(), key);
        luks::try_key(&node, &key).unwrap();
        // No TPM: the key is kept for slots to come, and stays in the header.
        let guard = Guard { tpm: None, keys: folder.path().join("keys") };
        volume.furnish(&guard).unwrap();
        volume.furnish(&guard).unwrap();
        assert!(volume.header().unwrap().unwrap().has_token(STATE));
        for recovery in ["one", "another"] {
            volume.put_recovery(&guard, &Secret::new(recovery)).unwrap();
            luks::try_key(&node, &Secret::new(recovery)).unwrap();
        }
        luks::try_key(&node, &Secret::new("one")).unwrap_err();
        luks::try_key(&node, &key).unwrap();
    }

    #[test]
    fn what_another_wrote_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let node = folder.path().join("part");
        let mut ext4 = vec![0; 4096];
        ext4[1_080..1_082].copy_from_slice(b"\x53\xef");
        fs::write(&node, &ext4).unwrap();
        let mapper = folder.path().join("mapper");
        let volume = Volume { node: node.clone(), mapper, on_usb: false };
        let fault = volume.open(&Guard::default(), &mut |_| panic!("nobody is asked")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Foreign);
        assert_eq!(fs::read(&node).unwrap(), ext4);
    }

    #[test]
    fn the_system_s_disk_is_found_below_what_checks_it() {
        let folder = tempfile::tempdir().unwrap();
        let (sys, dev) = (folder.path().join("sys"), folder.path().join("dev"));
        let disk = sys.join("devices/pci/vda");
        for (part, label) in [("vda1", "esp"), ("vda2", "beadle_1"), ("vda6", STATE)] {
            fs::create_dir_all(disk.join(part)).unwrap();
            fs::write(disk.join(part).join("partition"), "1").unwrap();
            fs::write(disk.join(part).join("uevent"), format!("PARTNAME={label}\n")).unwrap();
        }
        let checked = sys.join("devices/virtual/dm-0");
        fs::create_dir_all(checked.join("slaves")).unwrap();
        let link = std::os::unix::fs::symlink;
        link(disk.join("vda2"), checked.join("slaves/vda2")).unwrap();
        let number = fs::metadata(folder.path()).unwrap().dev();
        fs::create_dir_all(sys.join("dev/block")).unwrap();
        let number = format!("dev/block/{}:{}", libc::major(number), libc::minor(number));
        link(checked, sys.join(number)).unwrap();
        fs::create_dir_all(&dev).unwrap();
        let kernel = Kernel { sys: sys.clone(), dev: dev.clone(), also: Vec::new() };
        let missing = Volume::look(&kernel, folder.path()).unwrap_err();
        assert!(missing.text.contains("no device node yet"), "{missing}");
        fs::write(dev.join("vda6"), "").unwrap();
        let found = Volume::look(&kernel, folder.path()).unwrap();
        assert_eq!((found.node, found.on_usb), (dev.join("vda6"), false));
        fs::write(sys.join("devices/pci/idVendor"), "1234").unwrap();
        assert!(Volume::look(&kernel, folder.path()).unwrap().on_usb, "a stick to install from");
    }
}
