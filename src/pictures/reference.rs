//! Reference stills: what a camera's picture was when somebody found it good (R4.20).
//!
//! Taken at commissioning, and again after a camera was moved or replaced; the daily check shows
//! them beside today's pictures. They live in the state folder: the camera's folder below
//! `reference`, and in it for each still a JPEG, a small twin of it as PNG and a note:
//! `20261121T084100Z.jpg`, `.png` and `.json`. The pictures are written first: a note without them
//! does not exist. None is ever replaced; the newest that was found good counts.

use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::REFERENCE_BYTES_MAX;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::disk::Disk;

/// Below the state folder.
pub const FOLDER: &str = "reference";

/// What stands in the note.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reference {
    pub camera: CameraId,
    /// When the picture was taken.
    pub taken: Utc,
    /// When it was kept, and by whom.
    pub kept: Utc,
    pub by: String,
    /// Does it show what the camera is there for?
    pub good: bool,
    /// What the person says to it.
    pub verdict: String,
    pub width: u16,
    pub height: u16,
    /// Of the JPEG's bytes.
    pub sha256: Digest,
    /// Of the small PNG's.
    pub small_sha256: Digest,
}

fn folder(camera: &CameraId) -> String {
    format!("{FOLDER}/{camera}")
}

fn stem(taken: Utc) -> String {
    let (day, clock) = taken.folder_and_stem();
    format!("{}T{clock}", day.replace('-', ""))
}

/// Keeps one; durable on return.
///
/// # Errors
/// The disk's; `Exists`: one of that second is there.
pub fn keep(
    disk: &dyn Disk,
    reference: &Reference,
    jpeg: &[u8],
    small: &[u8],
) -> Result<(), Fault> {
    let (folder, stem) = (folder(&reference.camera), stem(reference.taken));
    disk.make_folder(&folder)?;
    let (picture, note) = (format!("{folder}/{stem}.jpg"), format!("{folder}/{stem}.json"));
    if disk.size(&note).is_ok() {
        let text = format!("{note}: a reference still of that second is kept already");
        return Err(Fault::new(FaultKind::Exists, text));
    }
    let text = serde_json::to_vec_pretty(reference)
        .map_err(|e| Fault::new(FaultKind::Corrupt, e.to_string()))?;
    disk.replace_private(&picture, jpeg)?;
    disk.replace_private(&format!("{folder}/{stem}.png"), small)?;
    disk.replace_private(&note, &text)
}

/// The notes of one camera, oldest first. A damaged one is left out.
///
/// # Errors
/// The disk's.
pub fn notes(disk: &dyn Disk, camera: &CameraId) -> Result<Vec<Reference>, Fault> {
    let folder = folder(camera);
    let listed = match disk.list(&folder) {
        Err(fault) if fault.kind == FaultKind::Missing => return Ok(Vec::new()),
        listed => listed?,
    };
    let mut notes = Vec::new();
    for one in listed.iter().filter(|l| l.name.ends_with(".json")) {
        let bytes = disk.read_at(&format!("{folder}/{}", one.name), 0, REFERENCE_BYTES_MAX)?;
        let read: Result<Reference, _> = serde_json::from_slice(&bytes);
        notes.extend(read.ok().filter(|note| note.camera == *camera));
    }
    notes.sort_by_key(|note| note.kept);
    Ok(notes)
}

/// The picture of a note.
///
/// # Errors
/// The disk's; `Corrupt`: it is not the picture that was kept.
pub fn picture(disk: &dyn Disk, note: &Reference) -> Result<Vec<u8>, Fault> {
    read(disk, note, "jpg", note.sha256)
}

/// Its small twin, a PNG no larger than a thumbnail.
///
/// # Errors
/// As [`picture`].
pub fn small(disk: &dyn Disk, note: &Reference) -> Result<Vec<u8>, Fault> {
    read(disk, note, "png", note.small_sha256)
}

fn read(disk: &dyn Disk, note: &Reference, end: &str, is: Digest) -> Result<Vec<u8>, Fault> {
    let path = format!("{}/{}.{end}", folder(&note.camera), stem(note.taken));
    let bytes = disk.read_at(&path, 0, REFERENCE_BYTES_MAX)?;
    if Digest::of(&bytes) != is {
        let text = format!("{path} is not the picture that was kept; take a new reference still");
        return Err(Fault::new(FaultKind::Corrupt, text));
    }
    Ok(bytes)
}

/// The one that counts: the newest that was found good.
///
/// # Errors
/// The disk's.
pub fn current(disk: &dyn Disk, camera: &CameraId) -> Result<Option<Reference>, Fault> {
    Ok(notes(disk, camera)?.into_iter().rfind(|note| note.good))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;
    use crate::disk::fake::FakeDisk;

    fn reference(mins: i64, good: bool, jpeg: &[u8]) -> Reference {
        let taken = "2026-11-21T08:41:00Z".parse::<Utc>().unwrap() + Span::mins(mins);
        Reference {
            camera: CameraId::new("gate").unwrap(),
            taken,
            kept: taken + Span::secs(9),
            by: "site-manager".into(),
            good,
            verdict: "both doors, faces at the bell".into(),
            width: 1920,
            height: 1080,
            sha256: Digest::of(jpeg),
            small_sha256: Digest::of(b"small"),
        }
    }

    #[test]
    fn the_newest_good_one_counts_and_all_are_kept() {
        let disk = FakeDisk::new(1);
        let camera = CameraId::new("gate").unwrap();
        assert_eq!(current(&disk, &camera).unwrap(), None);
        for (mins, good, counts) in [(0, true, 0), (10, false, 0), (20, true, 20), (30, false, 20)]
        {
            let jpeg = format!("picture {mins}");
            let note = reference(mins, good, jpeg.as_bytes());
            keep(&disk, &note, jpeg.as_bytes(), b"small").unwrap();
            let now = current(&disk, &camera).unwrap().unwrap();
            assert_eq!(now.taken, reference(counts, true, b"").taken, "after {mins}");
            assert_eq!(picture(&disk, &now).unwrap(), format!("picture {counts}").as_bytes());
            assert_eq!(small(&disk, &now).unwrap(), b"small");
        }
        assert_eq!(notes(&disk, &camera).unwrap().len(), 4);
        assert_eq!(notes(&disk, &CameraId::new("hall").unwrap()).unwrap(), []);
        let again = keep(&disk, &reference(20, false, b"x"), b"x", b"").unwrap_err();
        assert_eq!(again.kind, FaultKind::Exists);
    }

    #[test]
    fn another_picture_in_its_place_is_noticed() {
        let disk = FakeDisk::new(1);
        let note = reference(0, true, b"picture");
        keep(&disk, &note, b"picture", b"small").unwrap();
        disk.replace("reference/gate/20261121T084100Z.jpg", b"another").unwrap();
        assert_eq!(picture(&disk, &note).unwrap_err().kind, FaultKind::Corrupt);
    }
}
