//! `cryptsetup` and `systemd-cryptenroll`, by their full paths and with fixed words. A key goes
//! through a pipe or a file in memory, never through a command line, which every process may read.
//!
//! # Slots of a footage disk
//! 1. The recovery key (`ledger::RecoveryKey`), as it stands on paper. It has 256 bits, so it is
//!    not stretched for long, and opening costs little memory.
//! 2. The box: where a TPM is, a key that this TPM gives to the boot chain it knows (PCR 7); else a
//!    key file on the state partition, which protects a footage disk that leaves the box alone, and
//!    not one that is stolen with it. The console says so in red.
//!
//! There is no way to make a footage disk without LUKS, whatever the file says (S4.38).

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::fd::FromRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;

const CRYPTSETUP: &str = "/usr/sbin/cryptsetup";
const ENROLL: &str = "/usr/bin/systemd-cryptenroll";
const ATTACH: &str = "/usr/bin/systemd-cryptsetup";
/// `cryptsetup` says 2 where no key fits.
const NO_KEY_FITS: i32 = 2;
/// What the service runs in has 256 MB.
const STRETCH_KIB: &str = "65536";
const STRETCH_MS: &str = "500";
/// The state that Secure Boot's keys are measured into: another boot chain gets nothing.
const PCRS: &str = "--tpm2-pcrs=7";
const KEY_FILE_BYTES: usize = 64;

/// How the box opens its own disks.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The TPM, where there is one.
    pub tpm: Option<PathBuf>,
    /// Where key files lie, where there is none.
    pub keys: PathBuf,
}

impl Default for Guard {
    fn default() -> Guard {
        Guard { tpm: None, keys: "/var/lib/beadle-machine".into() }
    }
}

impl Guard {
    /// As the machine is now.
    pub fn here() -> Guard {
        let tpm = PathBuf::from("/dev/tpmrm0");
        Guard { tpm: tpm.exists().then_some(tpm), ..Guard::default() }
    }

    pub(super) fn key_file(&self, name: &str) -> PathBuf {
        self.keys.join(format!("{name}.key"))
    }

    /// Gives the box a slot of its own, in place of one that it had.
    ///
    /// # Errors
    /// The recovery key does not fit, or a program fails; the slot of before may be gone.
    pub fn enroll(&self, node: &Path, name: &str, recovery: &Secret) -> Result<(), Fault> {
        if self.tpm.is_some() {
            return enroll_tpm(node, recovery.expose().as_bytes());
        }
        // 64 random bytes need no stretching.
        let fresh = self.keep(name, &random::<KEY_FILE_BYTES>()?[..])?;
        let mut command = Command::new(CRYPTSETUP);
        command.args(["luksAddKey", "--batch-mode", "--pbkdf=pbkdf2"]);
        command.args(["--pbkdf-force-iterations=1000", "--key-file=-"]).arg(node).arg(&fresh);
        run(command, "cryptsetup", Some(recovery.expose().as_bytes()))
    }

    /// Writes a key file, durable on return. One that is there belonged to a disk of before.
    pub(super) fn keep(&self, name: &str, key: &[u8]) -> Result<PathBuf, Fault> {
        let io = |e: std::io::Error| Fault::io("keeping the box's own key", &e);
        let path = self.key_file(name);
        fs::create_dir_all(&self.keys).map_err(io)?;
        let fresh = path.with_extension("new");
        let _ = fs::remove_file(&fresh); // one that a crash left
        let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh);
        open.and_then(|mut file| file.write_all(key).and_then(|()| file.sync_all())).map_err(io)?;
        fs::rename(&fresh, &path).map_err(io)?;
        File::open(&self.keys).and_then(|folder| folder.sync_all()).map_err(io)?;
        Ok(path)
    }

    /// Opens without anybody at the keyboard.
    ///
    /// # Errors
    /// Neither TPM nor key file opens it: somebody has to type the recovery key.
    pub fn attach(&self, node: &Path, name: &str) -> Result<(), Fault> {
        let mut why = Fault::new(FaultKind::Denied, "this box has no key of its own to it");
        if self.tpm.is_some() {
            match attach_by_tpm(node, name) {
                Ok(()) => return Ok(()),
                Err(fault) => why = fault,
            }
        }
        let key = self.key_file(name);
        if !key.exists() {
            return Err(why);
        }
        let mut command = Command::new(CRYPTSETUP);
        command.args(["open", "--type=luks2", "--key-file"]).arg(key).arg(node).arg(name);
        run(command, "cryptsetup", None)
    }
}

/// # Errors
/// The kernel gives none.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Fault> {
    let mut bytes = Zeroizing::new([0; N]);
    let dice = |e| Fault::new(FaultKind::Io, format!("the kernel gives no randomness: {e}"));
    getrandom::fill(&mut bytes[..]).map_err(dice)?;
    Ok(bytes)
}

/// A slot that this machine's TPM opens, in place of one that it had; `key` is one that opens it.
///
/// # Errors
/// The key does not fit; the TPM's; the slot of before may be gone.
pub(super) fn enroll_tpm(node: &Path, key: &[u8]) -> Result<(), Fault> {
    let mut command = Command::new(ENROLL);
    command.args(["--wipe-slot=tpm2", "--tpm2-device=auto", PCRS]);
    command.arg("--unlock-key-file=/dev/stdin").arg(node);
    run(command, "systemd-cryptenroll", Some(key))
}

/// # Errors
/// The TPM does not open it: it is another, or another boot chain asks.
pub(super) fn attach_by_tpm(node: &Path, name: &str) -> Result<(), Fault> {
    let mut command = Command::new(ATTACH);
    command.arg("attach").arg(name).arg(node).arg("-").arg("tpm2-device=auto,headless=true");
    run(command, "systemd-cryptsetup", None)
}

pub(super) fn cryptsetup() -> Command {
    Command::new(CRYPTSETUP)
}

/// What `cryptsetup` prints of a volume.
///
/// # Errors
/// As it says.
pub(super) fn said(words: &[&str], node: &Path, input: Option<&[u8]>) -> Result<Vec<u8>, Fault> {
    let mut command = cryptsetup();
    command.args(words).arg(node);
    output(command, "cryptsetup", input)
}

/// A new volume that this key opens; all that was there is lost.
///
/// # Errors
/// The disk's; `cryptsetup` is not there.
pub fn format(node: &Path, label: &str, recovery: &Secret) -> Result<(), Fault> {
    let mut command = Command::new(CRYPTSETUP);
    command.args(["luksFormat", "--type=luks2", "--batch-mode", "--label", label]);
    command.args(["--pbkdf=argon2id", "--pbkdf-memory", STRETCH_KIB, "--pbkdf-parallel=1"]);
    command.args(["--iter-time", STRETCH_MS, "--key-file=-"]).arg(node);
    run(command, "cryptsetup", Some(recovery.expose().as_bytes()))
}

/// # Errors
/// The key does not fit (`Denied`), or it is no LUKS volume.
pub fn try_key(node: &Path, key: &Secret) -> Result<(), Fault> {
    let mut command = Command::new(CRYPTSETUP);
    command.args(["open", "--test-passphrase", "--type=luks2", "--key-file=-"]).arg(node);
    run(command, "cryptsetup", Some(key.expose().as_bytes()))
}

/// # Errors
/// As [`try_key`].
pub fn open(node: &Path, name: &str, key: &Secret) -> Result<(), Fault> {
    let mut command = Command::new(CRYPTSETUP);
    command.args(["open", "--type=luks2", "--key-file=-"]).arg(node).arg(name);
    run(command, "cryptsetup", Some(key.expose().as_bytes()))
}

/// # Errors
/// Somebody still uses it.
pub fn close(name: &str) -> Result<(), Fault> {
    let mut command = Command::new(CRYPTSETUP);
    command.arg("close").arg(name);
    run(command, "cryptsetup", None)
}

/// Starts a program of the list with a key on its standard input: a file in memory, which some read
/// twice and none finds on a disk.
pub fn run(command: Command, name: &str, input: Option<&[u8]>) -> Result<(), Fault> {
    output(command, name, input).map(|_| ())
}

fn output(mut command: Command, name: &str, input: Option<&[u8]>) -> Result<Vec<u8>, Fault> {
    let wrong = |e: &std::io::Error| Fault::io(format_args!("starting {name}"), e);
    let input = match input {
        Some(bytes) => Stdio::from(in_memory(bytes).map_err(|e| wrong(&e))?),
        None => Stdio::null(),
    };
    command.env_clear().stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = command.output().map_err(|e| wrong(&e))?;
    if ended.status.success() {
        return Ok(ended.stdout);
    }
    if name == "cryptsetup" && ended.status.code() == Some(NO_KEY_FITS) {
        let text = "this key does not open the disk; is it the paper of this disk?";
        return Err(Fault::new(FaultKind::Denied, text));
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    Err(Fault::new(FaultKind::Io, format!("{name}: {said}")))
}

fn in_memory(bytes: &[u8]) -> std::io::Result<File> {
    // SAFETY: a system call with a text that ends in zero; the kernel makes a descriptor for us.
    let made = unsafe { libc::memfd_create(c"key".as_ptr(), libc::MFD_CLOEXEC) };
    if made < 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: made a moment ago; nobody else has it.
    let mut file = unsafe { File::from_raw_fd(made) };
    file.write_all(bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
