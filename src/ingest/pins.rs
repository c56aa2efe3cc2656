//! Certificates of cameras over RTSPS: the first one counts.
//!
//! Cameras sign their own certificates, so validation alone would refuse them all, and believing
//! any would let anybody on the camera network pose as a camera and collect its password. So:
//!
//! 1. A certificate that an authority of this machine vouches for, for the address in the file, is
//!    taken.
//! 2. Any other is taken the first time, and its SHA-256 is kept in the state folder under
//!    `certificates/`, one file per host and port.
//! 3. From then on that camera must show the same one. Another is refused before any password is
//!    sent, with both digests, until somebody says `beadle secret forget HOST:PORT`.
//!
//! TLS itself comes from glib-networking, which the child says if it is not installed.
//!
//! Not detected: an impostor who is there at the very first connection. Compare the digest in
//! `beadle status` with the one that the camera's own page shows.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::base::fault::{Fault, FaultKind};
use crate::wire::frames::CERTIFICATE_CHARS;

/// The folder of pins. Cheap to clone; every call reads or writes one small file.
#[derive(Clone, Debug)]
pub struct Pins {
    folder: PathBuf,
}

impl Pins {
    pub fn new(state: &Path) -> Pins {
        Pins { folder: state.join("certificates") }
    }

    /// The digest that this host and port showed first; `None` if it was never seen.
    ///
    /// # Errors
    /// The file is there and cannot be read, or holds something else.
    pub fn known(&self, place: &str) -> Result<Option<String>, Fault> {
        let path = self.folder.join(place);
        match std::fs::read_to_string(&path) {
            Ok(text) if is_digest(text.trim()) => Ok(Some(text.trim().to_owned())),
            Ok(_) => Err(Fault::new(
                FaultKind::Corrupt,
                format!(
                    "{} is damaged, so nobody knows which certificate is right; compare the \
                     camera's, then run `beadle secret forget {place}`",
                    path.display()
                ),
            )),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Fault::io(format!("reading {}", path.display()), &e)),
        }
    }

    /// Keeps the first one: a whole file or none, whenever the power goes.
    ///
    /// # Errors
    /// The state folder cannot be written.
    pub fn keep(&self, place: &str, sha256: &str) -> Result<(), Fault> {
        let path = self.folder.join(place);
        let temporary = self.folder.join(format!(".{place}.new"));
        let written = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            let mut file = std::fs::File::create(&temporary)?;
            writeln!(file, "{sha256}")?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)?;
            std::fs::File::open(&self.folder)?.sync_all()
        };
        written().map_err(|e| Fault::io(format!("writing {}", path.display()), &e))
    }

    /// Every host and port, with its digest; damaged ones say so.
    ///
    /// # Errors
    /// The folder is there and cannot be read.
    pub fn list(&self) -> Result<Vec<(String, String)>, Fault> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Fault::io(format!("reading {}", self.folder.display()), &e)),
        };
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        let mut all: Vec<_> = names
            .filter(|name| !name.starts_with('.'))
            .map(|name| {
                let digest = self.known(&name).ok().flatten();
                (name, digest.unwrap_or_else(|| "damaged".into()))
            })
            .collect();
        all.sort();
        Ok(all)
    }

    /// The next certificate of this host and port is taken as its first. `false`: none was known.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn forget(&self, place: &str) -> Result<bool, Fault> {
        if place.contains('/') || place.starts_with('.') {
            return Ok(false);
        }
        let path = self.folder.join(place);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(Fault::io(format!("removing {}", path.display()), &e)),
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == CERTIFICATE_CHARS && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_stays_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let pins = Pins::new(folder.path());
        let (place, digest) = ("[fe80::1]:322", "0f".repeat(32));
        assert_eq!(pins.known(place).unwrap(), None);
        assert_eq!(pins.list().unwrap(), []);
        assert!(!pins.forget(place).unwrap());
        pins.keep(place, &digest).unwrap();
        assert_eq!(pins.known(place).unwrap(), Some(digest.clone()));
        assert_eq!(pins.list().unwrap(), [(place.to_string(), digest)]);
        assert!(pins.forget(place).unwrap());
        assert_eq!(pins.known(place).unwrap(), None);
    }

    #[test]
    fn a_damaged_one_is_not_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let pins = Pins::new(folder.path());
        pins.keep("cam:322", &"0f".repeat(32)).unwrap();
        for text in ["", "0f", &"zz".repeat(32)] {
            std::fs::write(folder.path().join("certificates/cam:322"), text).unwrap();
            let said = pins.known("cam:322").unwrap_err().text;
            assert!(said.contains("beadle secret forget cam:322"), "{said}");
        }
        assert!(!pins.forget("../secrets.json").unwrap());
    }
}
