//! The backup stick (R1.26, R4.7): file, people, passwords, logbook and public keys, as they lie
//! sealed on a footage disk. No footage: that is what footage disks are for.
//!
//! ```text
//! footage disk: .beadle/kept, .beadle/logbook, beadle-disk.json  -->  stick: beadle-backup/...
//! stick --> state folder: backup/...  --> read like a footage disk of the box before (`recover`)
//! ```
//! What is copied is sealed under the recovery key already: a stick that is lost tells nobody more
//! than that there is such a box. The identity file comes last: without it there is no backup.

use super::Supervisor;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{KEPT_BYTES_MAX, LOGBOOK_CHUNK_BYTES_MAX};
use crate::disk::{Disk, identity};
use crate::evidence::names;
use crate::ledger::kept::KEPT;

/// On the stick, and in the state folder of a box that begins with one.
pub const FOLDER: &str = names::BACKUP;
const LOGBOOK: &str = ".beadle/logbook";
const READ_ME: &str = "READ-ME.txt";
const WORDS: &str = "This is the backup of a Beadle box: its file, people, camera passwords and \
                     logbook, sealed under its recovery key.\r\nOn a new box: plug it in when the \
                     box asks for its file, and type the recovery key from paper.\r\n";
/// Whoever finds key and backup together reads everything.
pub const APART: &str = "the recovery key and the backup that it opens may not lie on one stick; \
                         take another stick";
/// A sealed item, its first line and what sealing adds.
const ITEM_BYTES_MAX: usize = KEPT_BYTES_MAX + 1_024;

fn below(top: &str, path: &str) -> String {
    if top.is_empty() { path.to_string() } else { format!("{top}/{path}") }
}

/// Copies what is sealed; bytes copied.
///
/// # Errors
/// Either disk's. `Missing`: there is nothing to copy.
pub fn copy(from: (&dyn Disk, &str), to: (&dyn Disk, &str)) -> Result<u64, Fault> {
    let ((from, source), (to, target)) = (from, to);
    let whose = from.read_at(&below(source, identity::IDENTITY_FILE), 0, 64 << 10)?;
    let mut bytes = 0;
    for (folder, most) in [(KEPT, ITEM_BYTES_MAX), (LOGBOOK, LOGBOOK_CHUNK_BYTES_MAX)] {
        let listed = match from.list(&below(source, folder)) {
            Err(fault) if fault.kind == FaultKind::Missing => continue,
            listed => listed?,
        };
        let place = below(target, folder);
        to.make_folder(&place)?;
        for file in listed.iter().filter(|file| !file.folder && !file.name.ends_with(".new")) {
            let path = below(source, &format!("{folder}/{}", file.name));
            let content = from.read_at(&path, 0, most)?;
            bytes += content.len() as u64;
            to.replace(&format!("{place}/{}", file.name), &content)?;
        }
    }
    if bytes == 0 {
        let text = "nothing is sealed on the footage disk yet; try again in a minute";
        return Err(Fault::new(FaultKind::Missing, text));
    }
    to.replace(&below(target, identity::IDENTITY_FILE), &whose)?;
    Ok(bytes)
}

/// As [`copy`], onto a stick, with words for whoever finds it.
///
/// # Errors
/// As [`copy`]. `Exists`: the key that opens it is on that stick.
pub fn write(disk: &dyn Disk, stick: &dyn Disk) -> Result<u64, Fault> {
    if stick.size(names::RECOVERY_KEY).is_ok() {
        return Err(Fault::new(FaultKind::Exists, APART));
    }
    stick.make_folder(FOLDER)?;
    stick.replace(&below(FOLDER, READ_ME), WORDS.as_bytes())?;
    copy((disk, ""), (stick, FOLDER))
}

/// From a stick into the state folder, where the start looks; `false`: there is none on it.
///
/// # Errors
/// Either disk's.
pub fn bring(stick: &dyn Disk, state: &dyn Disk) -> Result<bool, Fault> {
    match stick.size(&below(FOLDER, identity::IDENTITY_FILE)) {
        Err(fault) if fault.kind == FaultKind::Missing => Ok(false),
        Err(fault) => Err(fault),
        Ok(_) => copy((stick, FOLDER), (state, FOLDER)).map(|_| true),
    }
}

impl Supervisor {
    /// A footage disk whose copies are whole and as new as the state folder.
    pub(super) fn disk_for_backup(&self) -> Result<std::sync::Arc<dyn Disk>, String> {
        let ids = self.disks.started().into_iter();
        let mut level = ids.filter(|id| self.disks.answers(id) && self.office.copies_are_level(id));
        let found = level.find_map(|id| self.disks.handle(&id));
        found.ok_or_else(|| {
            "No footage disk has whole copies just now: a backup is made of those. Look at the \
             alarms, or try again in a minute."
                .to_string()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::DiskId;
    use crate::base::time::Utc;
    use crate::disk::fake::FakeDisk;

    #[test]
    fn a_backup_is_what_lies_sealed_and_begins_with_nothing_half() {
        let (disk, stick, state) = (FakeDisk::new(1), FakeDisk::new(2), FakeDisk::new(3));
        assert!(write(&disk, &stick).is_err(), "no footage disk of anybody's");
        let site = "00112233445566778899aabbccddeeff";
        identity::claim(&disk, site, DiskId("ab".repeat(16)), "box", Utc(0)).unwrap();
        assert!(write(&disk, &stick).unwrap_err().text.contains("nothing is sealed"));
        assert!(!bring(&stick, &state).unwrap(), "half a backup is none");
        for (path, content) in
            [(".beadle/kept/people.sealed", "people"), (".beadle/logbook/000000.log", "entries")]
        {
            disk.make_folder(path.rsplit_once('/').unwrap().0).unwrap();
            disk.replace(path, content.as_bytes()).unwrap();
        }
        disk.make_folder("front-gate").unwrap();
        let with_key = FakeDisk::new(4);
        with_key.replace(names::RECOVERY_KEY, b"the key").unwrap();
        assert!(write(&disk, &with_key).unwrap_err().text.contains("may not lie on one stick"));
        assert!(with_key.list(FOLDER).is_err(), "nothing was written beside the key");
        assert_eq!(write(&disk, &stick).unwrap(), 13);
        assert!(stick.list(FOLDER).unwrap().iter().any(|file| file.name == READ_ME));
        assert!(stick.list("").unwrap().iter().all(|file| file.name == FOLDER), "no footage");
        assert!(bring(&stick, &state).unwrap());
        let copied = state.read_at("beadle-backup/.beadle/kept/people.sealed", 0, 99).unwrap();
        assert_eq!(copied, b"people");
        assert!(state.size("beadle-backup/beadle-disk.json").is_ok());
    }
}
