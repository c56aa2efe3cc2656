//! Camera passwords by name, which `site.kdl` never holds.
//!
//! ```text
//! secrets.sealed    all of them in one, sealed by the machine's TPM (`systemd-creds`)
//! secrets.json      the same in plain, mode 0600, where there is no TPM
//! ```
//! Sealing keeps the passwords from whoever copies or finds the state disk. It is bound to the
//! TPM and not to what was booted (no PCRs): a firmware update that changed those would stop the
//! recording of every camera; a stolen box is what the encryption of the disk is for. One blob and
//! not one for each name, because opening it takes the TPM up to a second, and 64 cameras start
//! together.
//!
//! Once sealed they are never written in plain again: where the TPM then fails, setting one is
//! refused, with what to do.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::base::clock::Mono;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{SEAL_SPAN_MAX, UNSEAL_RETRY_SPAN};
use crate::base::secret::Secret;
use crate::disk::Disk;
use crate::disk::real::RealDisk;

pub const PLAIN: &str = "secrets.json";
pub const SEALED: &str = "secrets.sealed";
/// A thousand names with passwords of 256 bytes are 350 kB; base64 adds a third.
const BYTES_MAX: usize = 1024 * 1024;
/// Written into the sealed file, and looked for when it is opened.
const CREDENTIAL: &str = "beadle-secrets";

/// All passwords by name.
pub type Secrets = BTreeMap<String, Secret>;

/// How they are kept, for status and for the answer to whoever set one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    Nothing,
    Sealed,
    Plain,
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kept::Nothing => "no secrets are stored",
            Kept::Sealed => "sealed by this machine's TPM",
            Kept::Plain => {
                "kept in a file that only the recorder's user may read; not encrypted, because \
                 this machine has no TPM that can be used"
            }
        })
    }
}

/// The state folder's passwords, opened once and looked at again when their file changes.
pub struct Vault {
    state: PathBuf,
    sealer: PathBuf,
    opened: Option<Look>,
    sealing: Option<Sealing>,
}

/// What this machine can do about sealing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sealing {
    Tpm,
    NoTpm,
    /// `systemd-creds` is not installed.
    NoProgram,
}

/// A sealed file that was opened, or was not.
struct Look {
    sealed: Vec<u8>,
    secrets: Result<Secrets, Fault>,
    at: Mono,
}

impl Vault {
    pub fn new(state: &Path) -> Vault {
        Vault::with_sealer(state, Path::new("systemd-creds"))
    }

    /// With another program in the place of `systemd-creds`.
    pub fn with_sealer(state: &Path, sealer: &Path) -> Vault {
        Vault {
            state: state.to_path_buf(),
            sealer: sealer.to_path_buf(),
            opened: None,
            sealing: None,
        }
    }

    /// All of them; nothing where none were set. Reads the file each time, so that a corrected
    /// password counts at the next attempt. Opening a sealed file that changed blocks for a
    /// second, at most ten.
    ///
    /// # Errors
    /// It cannot be read, is damaged, or the TPM does not open it; asked of the TPM again after a
    /// minute.
    pub fn read(&mut self, now: Mono) -> Result<&Secrets, Fault> {
        let bytes = match self.bytes(SEALED)? {
            Some(sealed) => {
                let fresh = self.opened.as_ref().is_some_and(|look| {
                    look.sealed == sealed
                        && (look.secrets.is_ok() || now - look.at < UNSEAL_RETRY_SPAN)
                });
                if !fresh {
                    let secrets = self.unseal(&sealed);
                    self.opened = Some(Look { sealed, secrets, at: now });
                }
                None
            }
            None => Some(self.bytes(PLAIN)?),
        };
        if let Some(plain) = bytes {
            let sealed = Vec::new();
            let secrets = match plain {
                Some(plain) => parse(&Zeroizing::new(plain), &self.state.join(PLAIN)),
                None => Ok(Secrets::new()),
            };
            self.opened = Some(Look { sealed, secrets, at: now });
        }
        match &self.opened {
            Some(Look { secrets: Ok(secrets), .. }) => Ok(secrets),
            Some(Look { secrets: Err(fault), .. }) => Err(fault.clone()),
            None => Err(Fault::new(FaultKind::Missing, "the secrets were not read")),
        }
    }

    /// All of them in one, for the copies on footage disks, which are sealed under the recovery
    /// key; `None`: none were ever set. Blocks as [`Vault::read`] does.
    ///
    /// # Errors
    /// As [`Vault::read`].
    pub fn export(&mut self, now: Mono) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        match self.kept()? {
            Kept::Nothing => Ok(None),
            Kept::Sealed | Kept::Plain => plain(self.read(now)?).map(Some),
        }
    }

    /// Takes over those of a copy whose names are not set here; how many. Blocks as
    /// [`Vault::read`] does.
    ///
    /// # Errors
    /// The bytes are not what [`Vault::export`] gave; as [`Vault::write`].
    pub fn import(&mut self, bytes: &[u8], now: Mono) -> Result<usize, Fault> {
        let copied = parse(bytes, Path::new("the copy of the secrets"))?;
        let mut secrets = self.read(now)?.clone();
        let before = secrets.len();
        for (name, secret) in copied {
            secrets.entry(name).or_insert(secret);
        }
        let gained = secrets.len() - before;
        if gained > 0 || self.kept()? == Kept::Nothing {
            self.write(&secrets)?;
        }
        Ok(gained)
    }

    /// Whether they can be sealed here, asked of the machine once. Blocks for a moment, at most ten
    /// seconds.
    pub fn sealing(&mut self) -> Sealing {
        if let Some(known) = self.sealing {
            return known;
        }
        let found = match self.run(&["has-tpm2", "--quiet"], &[]) {
            Ok(_) => Sealing::Tpm,
            Err(fault) if fault.kind == FaultKind::Missing => Sealing::NoProgram,
            Err(_) => Sealing::NoTpm,
        };
        self.sealing = Some(found);
        found
    }

    /// How they are kept now.
    ///
    /// # Errors
    /// The state folder cannot be read.
    pub fn kept(&self) -> Result<Kept, Fault> {
        Ok(match (self.bytes(SEALED)?, self.bytes(PLAIN)?) {
            (Some(_), _) => Kept::Sealed,
            (None, Some(_)) => Kept::Plain,
            (None, None) => Kept::Nothing,
        })
    }

    /// Replaces all of them; durable on return. Blocks as [`Vault::read`] does.
    ///
    /// # Errors
    /// The disk's; or they were sealed and this machine's TPM does not seal now. The old ones stand
    /// then.
    pub fn write(&mut self, secrets: &Secrets) -> Result<Kept, Fault> {
        let disk = RealDisk::open(&self.state, None)?;
        let plain = plain(secrets)?;
        let was_sealed = self.bytes(SEALED)?.is_some();
        let has_tpm = self.run(&["has-tpm2", "--quiet"], &[]).is_ok();
        if !was_sealed && !has_tpm {
            disk.replace_private(PLAIN, &plain)?;
            return Ok(Kept::Plain);
        }
        let name = format!("--name={CREDENTIAL}");
        let words = ["encrypt", "--with-key=tpm2", "--tpm2-pcrs=", &name, "-", "-"];
        match self.run(&words, &plain) {
            Ok(sealed) => {
                disk.replace_private(SEALED, &sealed)?;
                disk.remove(PLAIN)?;
                disk.sync_folder("")?;
                Ok(Kept::Sealed)
            }
            // Such as a service that may not open the device.
            Err(fault) if !was_sealed => {
                tracing::warn!("the TPM does not seal the secrets: {fault}");
                disk.replace_private(PLAIN, &plain)?;
                Ok(Kept::Plain)
            }
            Err(fault) => Err(Fault::new(
                fault.kind,
                format!(
                    "{fault}. The secrets were sealed before, so they are not written in plain. If \
                     this machine's TPM is gone, remove {} and set every secret anew",
                    self.state.join(SEALED).display()
                ),
            )),
        }
    }

    fn unseal(&self, sealed: &[u8]) -> Result<Secrets, Fault> {
        let name = format!("--name={CREDENTIAL}");
        let plain = self.run(&["decrypt", &name, "-", "-"], sealed).map_err(|fault| {
            let text = format!(
                "{fault}. The secrets cannot be opened. If the state came from another machine, \
                 remove {} and set every secret anew",
                self.state.join(SEALED).display()
            );
            Fault::new(fault.kind, text)
        })?;
        parse(&plain, &self.state.join(SEALED))
    }

    fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let read =
            RealDisk::open(&self.state, None).and_then(|disk| disk.read_at(name, 0, BYTES_MAX));
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind == FaultKind::Missing => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Secrets go through the child's standard input and output, never through its arguments.
    fn run(&self, words: &[&str], input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let program = self.sealer.display();
        let mut child = Command::new(&self.sealer)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| Fault::io(format!("starting {program}"), &e))?;
        let (mut to, mut from, mut said) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // A child that ends early says why itself; dropping the pipe tells it the end.
                let _ = to.take().map(|mut to| to.write_all(input));
            });
            let error = scope.spawn(move || text_of(said.as_mut()));
            let output = scope.spawn(move || {
                let mut bytes = Zeroizing::new(Vec::new());
                // What came before an error is judged with the exit code.
                let _ =
                    from.as_mut().map(|from| from.take(BYTES_MAX as u64).read_to_end(&mut bytes));
                bytes
            });
            let ended = wait(&mut child);
            let output = output.join().unwrap_or_default();
            let said = error.join().unwrap_or_default();
            match ended {
                Ok(true) => Ok(output),
                Ok(false) => {
                    let line = said.lines().last().unwrap_or("it gave no reason");
                    Err(Fault::new(FaultKind::Denied, format!("{program} {}: {line}", words[0])))
                }
                Err(fault) => Err(fault),
            }
        })
    }
}

/// In the file alone.
struct Exposed<'a>(&'a Secret);

impl Serialize for Exposed<'_> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Secret::write_out(self.0, s)
    }
}

fn plain(secrets: &Secrets) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let exposed: BTreeMap<&str, Exposed<'_>> =
        secrets.iter().map(|(name, secret)| (name.as_str(), Exposed(secret))).collect();
    serde_json::to_vec_pretty(&exposed)
        .map(Zeroizing::new)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{PLAIN}: {e}")))
}

fn parse(plain: &[u8], path: &Path) -> Result<Secrets, Fault> {
    serde_json::from_slice(plain).map_err(|_| {
        // The parser's own words could quote what it read.
        let text = format!("{} is damaged; set the secrets anew", path.display());
        Fault::new(FaultKind::Corrupt, text)
    })
}

fn text_of(from: Option<&mut impl Read>) -> String {
    let mut text = Vec::new();
    let _ = from.map(|from| from.take(4096).read_to_end(&mut text)); // half a reason is one too
    String::from_utf8_lossy(&text).trim().to_string()
}

/// Whether the child ended well; one that takes too long is killed.
fn wait(child: &mut Child) -> Result<bool, Fault> {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if began.elapsed() > SEAL_SPAN_MAX.to_std() => {
                let _ = child.kill(); // it may just have ended
                let _ = child.wait();
                return Err(Fault::new(FaultKind::Timeout, "the TPM did not answer in time"));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(e) => return Err(Fault::io("waiting for systemd-creds", &e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// Stands for `systemd-creds`: turns the text round, counts how often it opened one.
    const SEALER: &str = r#"#!/bin/sh
here=$(dirname "$0")
case "$1" in
has-tpm2) test -e "$here/tpm" ;;
encrypt) test -e "$here/tpm" || { echo "no TPM" >&2; exit 1; }; echo sealed; rev ;;
decrypt) echo x >> "$here/opened"
    test -e "$here/tpm" || { echo "no TPM" >&2; exit 1; }; tail -n +2 | rev ;;
esac
"#;

    struct Place {
        folder: tempfile::TempDir,
        vault: Vault,
    }

    fn place(tpm: bool) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("creds");
        std::fs::write(&program, SEALER).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let state = folder.path().join("state");
        std::fs::create_dir(&state).unwrap();
        let place = Place { vault: Vault::with_sealer(&state, &program), folder };
        place.tpm(tpm);
        place
    }

    impl Place {
        fn tpm(&self, there: bool) {
            let path = self.folder.path().join("tpm");
            match there {
                true => std::fs::write(path, "").unwrap(),
                false => drop(std::fs::remove_file(path)),
            }
        }

        fn opened(&self) -> usize {
            std::fs::read(self.folder.path().join("opened")).unwrap_or_default().len() / 2
        }

        fn text(&self, name: &str) -> Option<String> {
            std::fs::read_to_string(self.folder.path().join("state").join(name)).ok()
        }
    }

    fn secrets(password: &str) -> Secrets {
        Secrets::from([("cameras".to_string(), Secret::new(password))])
    }

    #[test]
    fn with_a_tpm_nothing_readable_is_kept_and_it_is_opened_once() {
        let mut p = place(true);
        assert_eq!(p.vault.read(Mono(0)).unwrap(), &Secrets::new());
        assert_eq!(p.vault.write(&secrets("hunter2")), Ok(Kept::Sealed));
        assert_eq!((p.text(PLAIN), p.vault.kept()), (None, Ok(Kept::Sealed)));
        assert!(!p.text(SEALED).unwrap().contains("hunter2"));
        for _ in 0..64 {
            assert_eq!(p.vault.read(Mono(0)).unwrap(), &secrets("hunter2"));
        }
        assert_eq!(p.opened(), 1);
        p.vault.write(&secrets("hunter3")).unwrap();
        assert_eq!(p.vault.read(Mono(0)).unwrap(), &secrets("hunter3"), "a new one counts at once");
    }

    #[test]
    fn without_a_tpm_it_is_plain_for_one_user_and_says_so() {
        let mut p = place(false);
        let kept = p.vault.write(&secrets("hunter2")).unwrap();
        assert!(kept == Kept::Plain && kept.to_string().contains("not encrypted"), "{kept}");
        let path = p.folder.path().join("state").join(PLAIN);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(p.vault.read(Mono(0)).unwrap(), &secrets("hunter2"));
        p.tpm(true);
        assert_eq!(p.vault.write(&secrets("hunter2")), Ok(Kept::Sealed), "a TPM came");
        assert_eq!(p.text(PLAIN), None, "and the plain file is gone");
        let mut elsewhere = Vault::with_sealer(&p.vault.state, Path::new("/no/such/program"));
        assert!(elsewhere.write(&secrets("x")).is_err() && elsewhere.read(Mono(0)).is_err());
        std::fs::remove_file(p.folder.path().join("state").join(SEALED)).unwrap();
        assert_eq!(elsewhere.write(&secrets("x")), Ok(Kept::Plain), "no such program is no TPM");
    }

    #[test]
    fn a_tpm_that_is_gone_is_told_and_never_means_plain() {
        let mut p = place(true);
        p.vault.write(&secrets("hunter2")).unwrap();
        p.tpm(false);
        let before = p.text(SEALED);
        let why = p.vault.write(&secrets("hunter3")).unwrap_err();
        assert!(why.text.contains("no TPM") && why.text.contains("set every secret anew"), "{why}");
        assert_eq!((p.text(SEALED), p.text(PLAIN)), (before, None));
        let minute = UNSEAL_RETRY_SPAN.0;
        for (at, opened) in [(0, 1), (minute - 1, 1), (minute, 2)] {
            assert!(p.vault.read(Mono(at)).is_err());
            assert_eq!(p.opened(), opened, "asked once a minute");
        }
        p.tpm(true);
        assert_eq!(p.vault.read(Mono(2 * minute)).unwrap(), &secrets("hunter2"));
    }

    #[test]
    fn a_copy_gives_back_what_is_not_set_here() {
        for tpm in [true, false] {
            let mut p = place(tpm);
            assert_eq!(p.vault.export(Mono(0)).unwrap(), None);
            p.vault.write(&secrets("hunter2")).unwrap();
            let copy = p.vault.export(Mono(0)).unwrap().unwrap();
            let mut new = place(!tpm);
            assert_eq!(new.vault.import(&copy, Mono(0)), Ok(1));
            assert_eq!(new.vault.read(Mono(0)).unwrap(), &secrets("hunter2"));
            new.vault.write(&secrets("hunter3")).unwrap();
            assert_eq!(new.vault.import(&copy, Mono(0)), Ok(0), "what was set anew stands");
            assert_eq!(new.vault.read(Mono(0)).unwrap(), &secrets("hunter3"));
            let why = new.vault.import(b"{\"a\": hunter2}", Mono(0)).unwrap_err();
            assert!(!why.text.contains("hunter"), "{why}");
            assert_eq!(p.vault.sealing(), if tpm { Sealing::Tpm } else { Sealing::NoTpm });
        }
        let mut p = place(true);
        p.vault.sealer = "/no/such/program".into();
        assert_eq!(p.vault.sealing(), Sealing::NoProgram);
    }

    #[test]
    fn what_is_damaged_is_named_and_not_quoted() {
        let mut p = place(false);
        std::fs::write(p.folder.path().join("state").join(PLAIN), "{\"a\": hunter2}").unwrap();
        let why = p.vault.read(Mono(0)).unwrap_err();
        assert!(why.kind == FaultKind::Corrupt && !why.text.contains("hunter2"), "{why}");
        let shown = format!("{:?}", secrets("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
