//! After a cut: segments without a trailer are trimmed to their last whole fragment and closed.
//!
//! Procedure for one file, safe to repeat after a crash anywhere in it:
//! 1. scan it and compare the sums; nothing whole in it: remove it, sync the folder;
//! 2. cut it to the last fragment whose sum agrees, append trailer and `mfra`, flush the file;
//! 3. append its line to the folder's `INDEX`, flush that, sync the folder.
//!
//! `INDEX` is only ever appended to, never replaced: the writer may hold it open in the same
//! folder.

use std::collections::HashMap;

use super::boxes::{self, KeyFragment, StoredEnd};
use super::reader::{self, Contents, Header, Verified};
use super::{index_line, journal, times};
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::DiskId;
use crate::disk::Disk;
use crate::footage::Segment;
use crate::footage::naming::{self, INDEX};

/// An `INDEX` of a day of one-second segments is 13 MB.
const INDEX_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repaired {
    /// It is closed now, or was already; `trimmed` bytes were cut off.
    Closed { segment: Segment, trimmed: u64 },
    /// It had no whole fragment and is gone.
    Removed { bytes: u64 },
}

/// Repairs one segment file (a path below the footage folder) and lists it in `INDEX`. Nobody may
/// be writing it.
///
/// # Errors
/// The disk's; then nothing that was whole is harmed, and calling again goes on.
pub fn repair(disk: &dyn Disk, id: &DiskId, path: &str) -> Result<Repaired, Fault> {
    let strange = || Fault::new(FaultKind::Corrupt, format!("\"{path}\" is no segment's path"));
    naming::parse(path).ok_or_else(strange)?;
    let (folder, _) = path.rsplit_once('/').ok_or_else(strange)?;
    let contents = reader::scan_file(disk, path)?;
    let verified = reader::verify(disk, path, &contents)?;
    let header = match &contents.header {
        Some(header) if verified.fragments > 0 => header,
        _ => {
            disk.remove(path)?;
            disk.sync_folder(folder)?;
            return Ok(Repaired::Removed { bytes: contents.size });
        }
    };
    let (segment, trimmed) = close(disk, id, path, &contents, header, &verified)?;
    if let Some(line) = index_line::format(&segment) {
        let mut index = journal::open(disk, &format!("{folder}/{INDEX}"))?;
        index.append(&[line.as_bytes()])?;
        index.flush()?;
    }
    disk.sync_folder(folder)?;
    Ok(Repaired::Closed { segment, trimmed })
}

fn close(
    disk: &dyn Disk,
    id: &DiskId,
    path: &str,
    contents: &Contents,
    header: &Header,
    verified: &Verified,
) -> Result<(Segment, u64), Fault> {
    let good = &contents.fragments[..verified.fragments];
    let samples = || good.iter().flat_map(|f| &f.samples).filter(|s| !s.sound);
    let shown = samples().map(|s| s.shown()).max().unwrap_or(0);
    let last = samples().next_back().map_or(0, |s| i64::from(s.duration));
    let mut end = header.start + times::span(shown + last - header.edit);
    let mut bytes = contents.size;
    let whole = contents.whole == contents.size;
    let stated = contents.end.as_ref().filter(|stated| {
        whole && verified.frames == stated.frames && verified.digest == stated.sha256
    });
    let mut trimmed = 0;
    if let Some(stated) = stated {
        end = crate::base::time::Utc(stated.end_us);
    } else {
        let keep = good.last().map_or(0, |f| f.at + f.bytes);
        trimmed = contents.size - keep;
        let keys: Vec<KeyFragment> = (good.iter().filter(|f| f.key))
            .filter_map(|f| {
                let first = f.samples.iter().find(|s| !s.sound)?;
                Some(KeyFragment { time: first.shown().max(0) as u64, at: f.at })
            })
            .collect();
        let stored = StoredEnd { end_us: end.0, frames: verified.frames, sha256: verified.digest };
        let mut tail = Vec::new();
        boxes::trailer(&mut tail, &stored, &keys)?;
        let mut file = disk.open_append(path)?;
        file.truncate(keep)?;
        file.append(&[&tail])?;
        // Gives back what was reserved beyond; the size is right already.
        file.truncate(keep + tail.len() as u64)?;
        file.flush()?;
        bytes = keep + tail.len() as u64;
    }
    let segment = Segment {
        camera: header.camera.clone(),
        disk: id.clone(),
        path: path.to_string(),
        start: header.start,
        end,
        frames: verified.frames,
        bytes,
        codec: header.video.codec,
        digest: Some(verified.digest),
    };
    Ok((segment, trimmed))
}

/// Every segment of a camera-day folder (`front-gate/2026-11-21`), oldest first: what `INDEX` lists
/// and is there, then what is there and not listed, repaired. Unlisted files for which `live` says
/// yes (path below the footage folder) may be being written and are left alone; a line is written
/// after its file was closed, so a listed one is not.
///
/// # Errors
/// The disk's. A file that cannot be repaired for another reason is left out and kept.
pub fn read_folder(
    disk: &dyn Disk,
    id: &DiskId,
    folder: &str,
    live: &dyn Fn(&str) -> bool,
) -> Result<Vec<Segment>, Fault> {
    let base = folder.to_string();
    let listed = match disk.list(&base) {
        Ok(listed) => listed,
        Err(fault) if fault.kind == FaultKind::Missing => return Ok(Vec::new()),
        Err(fault) => return Err(fault),
    };
    let index = match disk.read_at(&format!("{base}/{INDEX}"), 0, INDEX_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(fault) if fault.kind == FaultKind::Missing => Vec::new(),
        Err(fault) => return Err(fault),
    };
    let text = String::from_utf8_lossy(&index);
    // Whole lines only; of two lines for one file the later is right (it was repaired again).
    let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let mut known: HashMap<String, Segment> = lines
        .filter_map(|line| index_line::parse(folder, id, line))
        .map(|segment| (segment.path.clone(), segment))
        .collect();
    let mut segments = Vec::new();
    for entry in listed.iter().filter(|entry| !entry.folder) {
        let path = format!("{folder}/{}", entry.name);
        if naming::parse(&path).is_none() {
            continue;
        }
        match known.remove(&path).filter(|segment| segment.bytes == entry.bytes) {
            Some(segment) => segments.push(segment),
            None if live(&path) => {}
            None => match repair(disk, id, &path) {
                Ok(Repaired::Closed { segment, .. }) => segments.push(segment),
                Ok(Repaired::Removed { .. }) => {}
                // Deleted meanwhile.
                Err(fault) if fault.kind == FaultKind::Missing => {}
                Err(fault) => return Err(fault),
            },
        }
    }
    segments.sort_by(|a, b| (a.start, &a.path).cmp(&(b.start, &b.path)));
    Ok(segments)
}
