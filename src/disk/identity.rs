//! Whose disk this is: one small file at its root, read before anything is written.
//!
//! The rule: a disk of another site, or of a newer Beadle, or one whose identity cannot be
//! read, is never written to. A *fresh* disk may be claimed. Whether a fresh one is expected is the
//! caller's knowledge: where the state folder remembers an identity for this path and the path
//! shows a fresh one, the disk is not mounted and the folder below the mount point is showing.

use serde::{Deserialize, Serialize};

use super::Disk;
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::DiskId;
use crate::base::time::Utc;

/// At the root of the disk, beside the `footage` folder.
pub const IDENTITY_FILE: &str = "beadle-disk.json";
/// What this release writes and reads; a higher number is a newer Beadle's disk.
pub const FORMAT_VERSION: u32 = 1;
/// The file is about 250 bytes; more is not ours.
const IDENTITY_BYTES_MAX: usize = 64 * 1024;

/// What the identity file says, seen from one site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    Ours(DiskId),
    /// No identity file. Also what the folder under an unmounted disk looks like.
    Fresh,
    /// Another site's.
    Foreign {
        site: String,
    },
    /// Written by a newer Beadle in a format that we do not know.
    Newer {
        version: u32,
    },
    /// There is a file, but it cannot be understood.
    Damaged,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    disk: DiskId,
    site: String,
    created: Utc,
    /// The machine that used it last, for people.
    last_box: String,
    /// What the school is called, for people; older disks do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school: Option<String>,
}

/// A newer format may change everything but this.
#[derive(Deserialize)]
struct StoredVersion {
    version: u32,
}

/// Reads the identity; writes nothing.
///
/// # Errors
/// The disk cannot be read at all.
pub fn examine(disk: &dyn Disk, site: &str) -> Result<Identity, Fault> {
    let bytes = match disk.read_at(IDENTITY_FILE, 0, IDENTITY_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(fault) if fault.kind == FaultKind::Missing => {
            // The root itself may be what is missing: then this fails, and that is the answer.
            disk.list("")?;
            return Ok(Identity::Fresh);
        }
        Err(fault) => return Err(fault),
    };
    let Ok(StoredVersion { version }) = serde_json::from_slice(&bytes) else {
        return Ok(Identity::Damaged);
    };
    if version > FORMAT_VERSION {
        return Ok(Identity::Newer { version });
    }
    match serde_json::from_slice::<Stored>(&bytes) {
        Ok(stored) if !is_id(&stored.disk.0) => Ok(Identity::Damaged),
        Ok(stored) if stored.site == site => Ok(Identity::Ours(stored.disk)),
        Ok(stored) => Ok(Identity::Foreign { site: stored.site }),
        Err(_) => Ok(Identity::Damaged),
    }
}

/// The site whose footage lies on the disk, where the disk says so in a way that we understand.
///
/// # Errors
/// The disk cannot be read at all.
pub fn site(disk: &dyn Disk) -> Result<Option<String>, Fault> {
    match examine(disk, "")? {
        Identity::Foreign { site } if is_id(&site) => Ok(Some(site)),
        _ => Ok(None),
    }
}

/// Whose footage disk it is, for people who have to decide about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    pub site: String,
    /// The machine that used it last.
    pub last_box: String,
    pub created: Utc,
    pub school: Option<String>,
}

impl Owner {
    /// May it be the disk of a school of this name? Older disks do not say.
    pub fn may_be(&self, school: &str) -> bool {
        let same = |own: &String| own.trim().eq_ignore_ascii_case(school.trim());
        self.school.as_ref().is_none_or(same)
    }
}

/// `"Oakfield" (box cctv-1)`.
impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.school {
            Some(school) => write!(f, "\"{school}\" (box {})", self.last_box),
            None => write!(f, "the box {}", self.last_box),
        }
    }
}

/// `None`: nobody's, or what is written there is not understood.
///
/// # Errors
/// The disk cannot be read at all.
pub fn owner(disk: &dyn Disk) -> Result<Option<Owner>, Fault> {
    let Some(site) = site(disk)? else { return Ok(None) };
    let bytes = disk.read_at(IDENTITY_FILE, 0, IDENTITY_BYTES_MAX)?;
    let stored = serde_json::from_slice::<Stored>(&bytes).ok();
    Ok(stored.map(|s| Owner { site, last_box: s.last_box, created: s.created, school: s.school }))
}

/// Writes into a disk of ours what the school and the box are called now; costs a look where it
/// says so already.
///
/// # Errors
/// Faults of the disk. One that is not ours is left alone.
pub fn label(disk: &dyn Disk, site: &str, school: &str, last_box: &str) -> Result<(), Fault> {
    let Identity::Ours(_) = examine(disk, site)? else { return Ok(()) };
    let bytes = disk.read_at(IDENTITY_FILE, 0, IDENTITY_BYTES_MAX)?;
    let Ok(stored) = serde_json::from_slice::<Stored>(&bytes) else { return Ok(()) };
    if stored.school.as_deref() == Some(school) && stored.last_box == last_box {
        return Ok(());
    }
    let (school, last_box) = (Some(school.to_string()), last_box.to_string());
    store(disk, &Stored { school, last_box, ..stored })
}

fn store(disk: &dyn Disk, stored: &Stored) -> Result<(), Fault> {
    let text = serde_json::to_vec_pretty(stored)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("writing {IDENTITY_FILE}: {e}")))?;
    disk.replace(IDENTITY_FILE, &text)
}

/// Makes a fresh disk ours, or writes our box's name into one that is ours. Durable on return.
///
/// # Errors
/// `Foreign` or `Corrupt` where the disk is neither fresh nor ours: nothing is written then. Faults
/// of the disk.
pub fn claim(
    disk: &dyn Disk,
    site: &str,
    fresh: DiskId,
    last_box: &str,
    now: Utc,
) -> Result<DiskId, Fault> {
    let (id, created) = match examine(disk, site)? {
        Identity::Fresh => (fresh, now),
        Identity::Ours(id) => (id, created(disk).unwrap_or(now)),
        Identity::Foreign { .. } => {
            return Err(Fault::new(
                FaultKind::Foreign,
                "this disk holds footage of another site; nothing was written. Use an empty disk",
            ));
        }
        Identity::Newer { version } => {
            return Err(Fault::new(
                FaultKind::Foreign,
                format!(
                    "this disk was written by a newer Beadle (format {version}, this one knows \
                     {FORMAT_VERSION}); nothing was written. Update this box"
                ),
            ));
        }
        Identity::Damaged => {
            return Err(Fault::new(
                FaultKind::Corrupt,
                format!(
                    "{IDENTITY_FILE} on this disk cannot be read; nothing was written. If the disk \
                     is this box's, remove that file"
                ),
            ));
        }
    };
    let stored = Stored {
        version: FORMAT_VERSION,
        disk: id.clone(),
        site: site.to_string(),
        created,
        last_box: last_box.to_string(),
        school: None,
    };
    store(disk, &stored)?;
    Ok(id)
}

/// Sixteen random bytes for a disk that was never seen before.
///
/// # Errors
/// The kernel gives no randomness: then this machine should not claim anything.
pub fn fresh_id() -> Result<DiskId, Fault> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|e| Fault::io("reading /dev/urandom", &e))?;
    Ok(DiskId(bytes.iter().map(|b| format!("{b:02x}")).collect()))
}

fn created(disk: &dyn Disk) -> Option<Utc> {
    let bytes = disk.read_at(IDENTITY_FILE, 0, IDENTITY_BYTES_MAX).ok()?;
    Some(serde_json::from_slice::<Stored>(&bytes).ok()?.created)
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::fake::FakeDisk;

    fn id() -> DiskId {
        DiskId("00112233445566778899aabbccddeeff".into())
    }

    #[test]
    fn a_fresh_disk_is_claimed_once_and_stays_claimed() {
        let disk = FakeDisk::new(1);
        assert_eq!(examine(&disk, "site-a").unwrap(), Identity::Fresh);
        assert_eq!(claim(&disk, "site-a", id(), "box", Utc(0)).unwrap(), id());
        assert_eq!(examine(&disk, "site-a").unwrap(), Identity::Ours(id()));
        let other = DiskId("ff".repeat(16));
        assert_eq!(claim(&disk, "site-a", other, "box-2", Utc(9)).unwrap(), id());
        assert_eq!(created(&disk), Some(Utc(0)));
    }

    #[test]
    fn what_is_not_ours_is_not_written() {
        let newer = br#"{"version": 7, "colour": "blue"}"#.to_vec();
        let foreign = br#"{"version":1,"disk":"00112233445566778899aabbccddeeff","site":"b",
            "created":"2026-01-01T00:00:00Z","last_box":"x"}"#;
        for (content, want) in [
            (newer, Identity::Newer { version: 7 }),
            (foreign.to_vec(), Identity::Foreign { site: "b".into() }),
            (b"{\"version\":1}".to_vec(), Identity::Damaged),
            (b"\0\0\0\0".to_vec(), Identity::Damaged),
            (Vec::new(), Identity::Damaged),
        ] {
            let disk = FakeDisk::new(1);
            disk.replace(IDENTITY_FILE, &content).unwrap();
            assert_eq!(examine(&disk, "a").unwrap(), want);
            let before = disk.operations();
            claim(&disk, "a", id(), "box", Utc(0)).unwrap_err();
            assert_eq!(disk.operations(), before, "{want:?} was written to");
        }
    }

    #[test]
    fn a_disk_says_whose_it_is_in_names_that_people_know() {
        let disk = FakeDisk::new(1);
        claim(&disk, &"a".repeat(32), id(), "box-1", Utc(0)).unwrap();
        let site = "a".repeat(32);
        let told = |disk: &FakeDisk| owner(disk).unwrap().unwrap();
        assert!(told(&disk).may_be("Oakfield"), "it does not say");
        label(&disk, &site, "Oakfield", "box-2").unwrap();
        assert_eq!(told(&disk).to_string(), "\"Oakfield\" (box box-2)");
        assert!(told(&disk).may_be("oakfield ") && !told(&disk).may_be("Clere"));
        assert_eq!(examine(&disk, &site).unwrap(), Identity::Ours(id()));
        // What it says already is not written again, nor is a disk of others.
        let before = disk.operations();
        label(&disk, &site, "Oakfield", "box-2").unwrap();
        label(&disk, &"b".repeat(32), "Clere", "box-3").unwrap();
        assert_eq!(told(&disk).school.as_deref(), Some("Oakfield"));
        assert!(disk.operations() <= before + 5, "looks alone");
    }

    #[test]
    fn ids_are_sixteen_bytes_and_differ() {
        let (a, b) = (fresh_id().unwrap(), fresh_id().unwrap());
        assert!(is_id(&a.0) && a != b);
    }
}
