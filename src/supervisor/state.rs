//! What the state folder holds, and the order in which it is written. One hand writes it: the
//! supervisor.
//!
//! ```text
//! site-id                  random, made once; footage disks carry it too
//! accepted/000007.kdl      each version of the file that was ever in force, byte for byte (S4.17)
//! accepted/000007.json     when, by whom, digest, changes; written after the .kdl, and accepts it
//! disks.json               the disk last seen at each path, so that an unmounted one is noticed
//! rules.json               floor and ceiling of every camera the file ever named, while they count
//! running.json             there while we run: found at start, we did not stop cleanly
//! trying.json              there while a version with another network or storage is tried
//! secrets.sealed, .json    camera passwords by name; see `accounts::vault`
//! people.json, log-ins.json  how people prove who they are; see `accounts::people`
//! logbook/, identity.key, recovery.key, recovering.key  see `ledger`
//! index.sqlite             a cache; see `store`
//! lock                     held by the one supervisor that may write here
//! ```
//! Every file is replaced whole (temporary file, flush, rename, sync of the folder), so each is the
//! old or the new one.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::grace::BoxWide;
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::FILE_BYTES_MAX;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::Utc;
use crate::disk::Disk;
use crate::footage::retention::Version;

/// One accepted version, beside its bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    pub revision: u64,
    pub at: Utc,
    pub digest: String,
    /// Who saved it: the session, or "unknown" for an edit outside the console (S4.17).
    pub author: String,
    /// One line per change, as `beadle plan` prints it.
    pub changes: Vec<String>,
    /// Who confirmed it before it counted (S4.48); absent in versions of before this was kept.
    #[serde(default)]
    pub approved_by: Vec<String>,
}

/// What was last seen at a footage path.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownDisk {
    pub id: DiskId,
    pub own_filesystem: bool,
}

/// Floor and ceiling by camera, each with the versions that still count; rules outlive the camera's
/// place in the file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct KnownRules {
    pub cameras: BTreeMap<CameraId, Vec<Version>>,
    pub otherwise: Vec<Version>,
    /// What else an edit could delete by; absent in files of before these were kept.
    #[serde(flatten)]
    pub box_wide: BoxWide,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Running {
    /// The kernel's boot id: another one at the next start means that the machine went down.
    pub boot: String,
    pub since: Utc,
}

pub const DISKS: &str = "disks.json";
pub const RULES: &str = "rules.json";
pub const RUNNING: &str = "running.json";
pub const TRYING: &str = "trying.json";
pub const SITE_ID: &str = "site-id";
const ACCEPTED: &str = "accepted";

pub type KnownDisks = BTreeMap<String, KnownDisk>;

/// A JSON file of the state folder; `None` when it is absent.
///
/// # Errors
/// It cannot be read, or is not what we wrote (`FaultKind::Corrupt`, with the path).
pub fn read<T: DeserializeOwned>(state: &dyn Disk, path: &str) -> Result<Option<T>, Fault> {
    let bytes = match state.read_at(path, 0, FILE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(e) if e.kind == FaultKind::Missing => return Ok(None),
        Err(e) => return Err(e),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| {
        Fault::new(FaultKind::Corrupt, format!("{path} in the state folder is damaged: {e}"))
    })
}

pub fn write<T: Serialize>(state: &dyn Disk, path: &str, value: &T) -> Result<(), Fault> {
    let bytes = serde_json::to_vec_pretty(value)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{path}: {e}")))?;
    state.replace(path, &bytes)
}

/// The site's id, made on the first start.
pub fn site_id(state: &dyn Disk, random: impl FnOnce() -> String) -> Result<String, Fault> {
    match state.read_at(SITE_ID, 0, 64) {
        Ok(bytes) if bytes.len() >= 32 => Ok(String::from_utf8_lossy(&bytes).trim().to_string()),
        Ok(_) => Err(Fault::new(
            FaultKind::Corrupt,
            "site-id in the state folder is damaged; restore the folder, or copy the site id from \
             beadle-disk.json of a footage disk into it",
        )),
        Err(e) if e.kind == FaultKind::Missing => {
            let id = random();
            state.replace(SITE_ID, id.as_bytes())?;
            Ok(id)
        }
        Err(e) => Err(e),
    }
}

/// Keeps a version: its bytes first, then the record that makes it accepted.
pub fn accept(state: &dyn Disk, record: &Accepted, bytes: &[u8]) -> Result<(), Fault> {
    state.make_folder(ACCEPTED)?;
    state.replace(&version_path(record.revision, "kdl"), bytes)?;
    write(state, &version_path(record.revision, "json"), record)
}

/// All accepted versions, oldest first. A damaged record is skipped and told.
pub fn accepted(state: &dyn Disk) -> Result<(Vec<Accepted>, Vec<Fault>), Fault> {
    let listed = match state.list(ACCEPTED) {
        Ok(listed) => listed,
        Err(e) if e.kind == FaultKind::Missing => return Ok((Vec::new(), Vec::new())),
        Err(e) => return Err(e),
    };
    let (mut versions, mut faults) = (Vec::new(), Vec::new());
    for name in listed.iter().map(|l| &l.name).filter(|n| n.ends_with(".json")) {
        match read::<Accepted>(state, &format!("{ACCEPTED}/{name}")) {
            Ok(Some(version)) => versions.push(version),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    versions.sort_by_key(|v| v.revision);
    Ok((versions, faults))
}

/// A version as it is copied to footage disks: length of the record, the record, the bytes.
///
/// # Errors
/// None that a caller could cause.
pub fn packed(record: &Accepted, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let json = serde_json::to_vec(record).map_err(|e| {
        Fault::new(FaultKind::Corrupt, format!("revision {}: {e}", record.revision))
    })?;
    Ok([&(json.len() as u32).to_be_bytes()[..], &json, bytes].concat())
}

/// `None`: not what [`packed`] gave, or the bytes are not those of the record's digest.
pub fn unpacked(packed: &[u8]) -> Option<(Accepted, Vec<u8>)> {
    let (len, rest) = packed.split_first_chunk::<4>()?;
    let (json, bytes) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    let record: Accepted = serde_json::from_slice(json).ok()?;
    (Digest::of(bytes).to_string() == record.digest).then(|| (record, bytes.to_vec()))
}

/// The bytes of an accepted version.
pub fn version_bytes(state: &dyn Disk, revision: u64) -> Result<Vec<u8>, Fault> {
    state.read_at(&version_path(revision, "kdl"), 0, FILE_BYTES_MAX)
}

fn version_path(revision: u64, ending: &str) -> String {
    format!("{ACCEPTED}/{revision:06}.{ending}")
}
