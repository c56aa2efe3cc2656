//! What lies around an archive: is it the one that was written, and did its copy end?

use std::path::Path;

use super::read;
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::evidence::check::{Finding, What};
use crate::evidence::{names, sums};

/// The archive of a folder that holds one and is no package itself.
///
/// # Errors
/// The disk's.
pub fn archive_in(disk: &dyn Disk) -> Result<Option<String>, Fault> {
    let listed = disk.list("")?;
    if listed.iter().any(|item| item.name == names::MANIFEST) {
        return Ok(None);
    }
    let mut found = listed.into_iter().filter(|item| !item.folder && is_archive(&item.name));
    Ok(match (found.next(), found.next()) {
        (Some(one), None) => Some(one.name),
        _ => None,
    })
}

pub fn is_archive(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// The archive against the digests beside it; without them there is nothing to say, for what is
/// inside has its own. `passed` hears how many bytes were read.
///
/// # Errors
/// The disk's.
pub fn examine(
    disk: &dyn Disk,
    archive: &str,
    passed: &mut dyn FnMut(u64),
) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    let mut wrong = |what, file: &str, text: &str| {
        findings.push(Finding { what, file: file.into(), text: text.into() });
    };
    if disk.size(names::UNFINISHED).is_ok() {
        let text = "the copy was never finished; ask for another one";
        wrong(What::Unfinished, names::UNFINISHED, text);
    }
    let list = match disk.size(names::SUMS) {
        Ok(bytes) => disk.read_at(names::SUMS, 0, bytes.min(1 << 20) as usize)?,
        Err(fault) if fault.kind == FaultKind::Missing => return Ok(findings),
        Err(fault) => return Err(fault),
    };
    let Some(list) = std::str::from_utf8(&list).ok().and_then(|text| sums::read(text).ok()) else {
        wrong(What::List, names::SUMS, "beside the archive: it is no list of digests");
        return Ok(findings);
    };
    if !list.contains_key(archive) {
        wrong(What::List, names::SUMS, "beside the archive: it does not name the archive");
    }
    for (path, digest) in &list {
        if disk.size(path).is_err() {
            wrong(What::Missing, path, "it is in the list beside the archive and not there");
            continue;
        }
        let read = read::digest(disk, path, &mut |n| {
            passed(n);
            Ok(())
        })?;
        if read.sha256 != *digest {
            wrong(What::Changed, path, "it is not the one that was written beside this list");
        }
    }
    Ok(findings)
}
