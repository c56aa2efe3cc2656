//! The box's own key, the recovery key, and where their randomness comes from.
//!
//! `identity.key` is the 32 bytes of an Ed25519 seed: the same key signs checkpoints here and, in
//! SSH's form, evidence packages. `recovery.key` seals what leaves the state disk for the footage
//! disks; whoever restores needs it, from paper. Both are written once, mode 0600, and never shown
//! by `Debug`. Neither is copied anywhere: a box that lost its state disk signs with a new key, so
//! that a copy of the old state disk, wherever it went, cannot speak for the new box. Only the old
//! *public* key comes back with the copies; the entry about the recovery names both, and
//! `beadle logbook verify --key` takes the old one for seals of before.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::logbook::checkpoint::Signs;

/// Fills bytes with randomness nobody can guess.
pub type Dice = dyn FnMut(&mut [u8]) -> Result<(), Fault> + Send;

const IDENTITY_FILE: &str = "identity.key";
const RECOVERY_FILE: &str = "recovery.key";
/// There from when a key was put until its copies are taken in.
const RECOVERING_FILE: &str = "recovering.key";
/// So many keys may be tried in a row; who has more sheets of paper reads them first.
const RECOVERING_BYTES_MAX: usize = 32 * 32;

/// The kernel's randomness.
///
/// # Errors
/// The kernel gives none.
pub fn system_dice(bytes: &mut [u8]) -> Result<(), Fault> {
    getrandom::fill(bytes)
        .map_err(|e| Fault::new(FaultKind::Io, format!("the kernel gives no randomness: {e}")))
}

/// The box's Ed25519 key.
pub struct Identity(SigningKey);

impl Identity {
    /// Reads the key of the state folder, or makes it. `true`: it was made now.
    ///
    /// # Errors
    /// The file cannot be read or written, or is no key.
    pub fn open(state: &Path, dice: &mut Dice) -> Result<(Identity, bool), Fault> {
        let (seed, made) = open(&state.join(IDENTITY_FILE), dice)?;
        Ok((Identity::of(&seed), made))
    }

    pub fn of(seed: &[u8; 32]) -> Identity {
        Identity(SigningKey::from_bytes(seed))
    }

    /// The raw seed, for the same key in another form.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// As `ssh-keygen -l` shows it: `SHA256:` and 43 letters.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.public())
    }
}

/// As `ssh-keygen -l` shows a public key.
pub fn fingerprint(public: &[u8; 32]) -> String {
    let kind = b"ssh-ed25519";
    let mut blob = Vec::new();
    for part in [&kind[..], &public[..]] {
        blob.extend((part.len() as u32).to_be_bytes());
        blob.extend(part);
    }
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Digest::of(&blob).0))
}

impl Signs for Identity {
    fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.fingerprint())
    }
}

/// What the copies on footage disks are sealed with.
pub struct RecoveryKey(Zeroizing<[u8; 32]>);

impl RecoveryKey {
    /// Reads the key of the state folder, or makes it. `true`: it was made now, and somebody should
    /// write it down.
    ///
    /// # Errors
    /// The file cannot be read or written, or is no key.
    pub fn open(state: &Path, dice: &mut Dice) -> Result<(RecoveryKey, bool), Fault> {
        let (key, made) = open(&state.join(RECOVERY_FILE), dice)?;
        Ok((RecoveryKey(key), made))
    }

    /// Puts the key from paper into a new state folder, before anything else makes another.
    ///
    /// # Errors
    /// There is a key already, or it cannot be written.
    pub fn put(&self, state: &Path) -> Result<(), Fault> {
        write(&state.join(RECOVERY_FILE), &self.0)
    }

    /// Replaces the key of a state folder by this one; durable on return. The caller has seen that
    /// nothing is lost with the one before.
    ///
    /// # Errors
    /// The disk's; the old key stands.
    pub fn keep(&self, state: &dyn Disk) -> Result<(), Fault> {
        state.replace_private(RECOVERY_FILE, &self.0[..])
    }

    /// The key of a state folder that has one; none is made.
    ///
    /// # Errors
    /// It cannot be read, or is no key.
    pub fn kept(state: &dyn Disk) -> Result<Option<RecoveryKey>, Fault> {
        match state.read_at(RECOVERY_FILE, 0, 64).map(Zeroizing::new) {
            Ok(bytes) => match <[u8; 32]>::try_from(&bytes[..]) {
                Ok(key) => Ok(Some(RecoveryKey::of(key))),
                Err(_) => {
                    let text = format!("{RECOVERY_FILE} is damaged: a key has 32 bytes");
                    Err(Fault::new(FaultKind::Corrupt, text))
                }
            },
            Err(fault) if fault.kind == FaultKind::Missing => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Another value of the same key; both are wiped when they go.
    pub fn copy(&self) -> RecoveryKey {
        RecoveryKey::of(*self.0)
    }

    /// Leaves word for the next start that copies under this state folder's key are to be taken in.
    /// What was its key before is kept until then, so that copies under it can go. Durable on
    /// return; before the key itself is replaced.
    ///
    /// # Errors
    /// The disk's; nothing was changed.
    pub fn announce(state: &dyn Disk) -> Result<(), Fault> {
        let mut before = Zeroizing::new(Vec::new());
        for name in [RECOVERING_FILE, RECOVERY_FILE] {
            match state.read_at(name, 0, RECOVERING_BYTES_MAX) {
                Ok(bytes) => before.extend(Zeroizing::new(bytes).iter()),
                Err(fault) if fault.kind == FaultKind::Missing => {}
                Err(fault) => return Err(fault),
            }
        }
        before.truncate(RECOVERING_BYTES_MAX);
        state.replace_private(RECOVERING_FILE, &before)
    }

    /// The keys before the one that copies are to be taken in with; `None`: nobody left word.
    ///
    /// # Errors
    /// The disk's.
    pub fn announced(state: &dyn Disk) -> Result<Option<Vec<RecoveryKey>>, Fault> {
        match state.read_at(RECOVERING_FILE, 0, RECOVERING_BYTES_MAX).map(Zeroizing::new) {
            Ok(bytes) => {
                let keys = bytes.as_chunks::<32>().0.iter();
                Ok(Some(keys.map(|key| RecoveryKey::of(*key)).collect()))
            }
            Err(fault) if fault.kind == FaultKind::Missing => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The copies are taken in.
    ///
    /// # Errors
    /// The disk's; it is done again with the next start, and does no harm.
    pub fn settled(state: &dyn Disk) -> Result<(), Fault> {
        state.remove(RECOVERING_FILE)?;
        state.sync_folder("")
    }

    /// Tells keys apart without telling anything about them.
    pub fn mark(&self) -> String {
        let mut text = Zeroizing::new(b"beadle recovery key ".to_vec());
        text.extend(self.0.iter());
        Digest::of(&text).to_string()[..8].to_string()
    }

    pub fn is(&self, other: &RecoveryKey) -> bool {
        crate::base::secret::same_digest(&Digest(*self.0), &Digest(*other.0))
    }

    pub fn of(key: [u8; 32]) -> RecoveryKey {
        RecoveryKey(Zeroizing::new(key))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// For paper: 17 groups of four digits, of which the last is a check on the others.
    pub fn to_text(&self) -> Zeroizing<String> {
        let check = Digest::of(&self.0[..]);
        let digits = Zeroizing::new(format!("{}{}", Digest(*self.0), &check.to_string()[..4]));
        let mut text = Zeroizing::new(String::with_capacity(17 * 5));
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }
}

impl FromStr for RecoveryKey {
    type Err = String;

    /// Spaces and dashes do not count, nor do capitals.
    fn from_str(text: &str) -> Result<RecoveryKey, String> {
        let digits: Zeroizing<String> = Zeroizing::new(
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>(),
        );
        let digits = Zeroizing::new(digits.to_ascii_lowercase());
        if digits.len() != 68 || !digits.is_ascii() {
            return Err("a recovery key has 17 groups of four digits 0-9 and a-f".into());
        }
        let key: Digest = digits[..64]
            .parse()
            .map_err(|_| "a recovery key has digits 0-9 and a-f only".to_string())?;
        let key = RecoveryKey::of(key.0);
        if Digest::of(&key.0[..]).to_string()[..4] != digits[64..] {
            return Err("this recovery key has a slip in it: its last group does not fit".into());
        }
        Ok(key)
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey")
    }
}

fn open(path: &Path, dice: &mut Dice) -> Result<(Zeroizing<[u8; 32]>, bool), Fault> {
    match fs::read(path).map(Zeroizing::new) {
        Ok(bytes) => match <[u8; 32]>::try_from(&bytes[..]) {
            Ok(key) => Ok((Zeroizing::new(key), false)),
            Err(_) => {
                let text = format!("{} is damaged: a key has 32 bytes", path.display());
                Err(Fault::new(FaultKind::Corrupt, text))
            }
        },
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let mut key = Zeroizing::new([0; 32]);
            dice(&mut key[..])?;
            write(path, &key)?;
            Ok((key, true))
        }
        Err(e) => Err(Fault::io(format_args!("reading {}", path.display()), &e)),
    }
}

/// Never over a key that is there: whole beside it first, then under its name.
fn write(path: &Path, key: &[u8; 32]) -> Result<(), Fault> {
    let wrong = |e: std::io::Error| Fault::io(format_args!("writing {}", path.display()), &e);
    if path.exists() {
        let text = format!("{} is there already; keep it", path.display());
        return Err(Fault::new(FaultKind::Exists, text));
    }
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(wrong(e)),
        _ => {}
    }
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh).map_err(wrong)?;
    file.write_all(key).and_then(|()| file.sync_all()).map_err(wrong)?;
    fs::rename(&fresh, path).map_err(wrong)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let (first, made) = Identity::open(folder.path(), &mut system_dice).unwrap();
        assert!(made);
        let (again, made) = Identity::open(folder.path(), &mut system_dice).unwrap();
        assert!(!made);
        assert_eq!(first.public(), again.public());
        let (recovery, made) = RecoveryKey::open(folder.path(), &mut system_dice).unwrap();
        assert!(made && recovery.bytes() != &*first.seed());
        for name in [IDENTITY_FILE, RECOVERY_FILE] {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(recovery.put(folder.path()).unwrap_err().kind, FaultKind::Exists);
        fs::write(folder.path().join(IDENTITY_FILE), b"short").unwrap();
        let damaged = Identity::open(folder.path(), &mut system_dice).unwrap_err();
        assert_eq!(damaged.kind, FaultKind::Corrupt);
    }

    #[test]
    fn nothing_shows_a_key() {
        let identity = Identity::of(&[7; 32]);
        let shown = format!("{identity:?} {:?}", RecoveryKey::of([7; 32]));
        assert!(!shown.contains("0707") && !shown.contains("7, 7"), "{shown}");
        assert!(shown.starts_with("Identity(SHA256:"));
    }

    #[test]
    fn a_recovery_key_survives_paper() {
        let key = RecoveryKey::of(std::array::from_fn(|i| i as u8 * 7));
        let text = key.to_text();
        assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [4; 17]);
        let typed = text.to_uppercase().replace('-', " ");
        assert_eq!(typed.parse::<RecoveryKey>().unwrap().bytes(), key.bytes());
        for (from, to) in [("0007", "0008"), ("0", "o")] {
            assert!(text.replacen(from, to, 1).parse::<RecoveryKey>().is_err());
        }
        assert!(text[..83].parse::<RecoveryKey>().is_err());
    }

    #[test]
    fn the_fingerprint_is_what_ssh_keygen_shows() {
        let folder = tempfile::tempdir().unwrap();
        let seed = [9; 32];
        let public = Identity::of(&seed).public();
        let mut blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20".to_vec();
        blob.extend(public);
        let line = format!("ssh-ed25519 {}\n", base64::prelude::BASE64_STANDARD.encode(blob));
        let path = folder.path().join("k.pub");
        fs::write(&path, line).unwrap();
        let Ok(out) = std::process::Command::new("ssh-keygen").arg("-lf").arg(&path).output()
        else {
            eprintln!("SKIPPED: no ssh-keygen here");
            return;
        };
        let shown = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(shown.contains(&Identity::of(&seed).fingerprint()), "{shown}");
    }
}
