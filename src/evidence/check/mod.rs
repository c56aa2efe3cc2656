//! What a check of a package finds: each fault named, with the file it is in. Works on what was
//! read; reading is somebody else's.
//!
//! Order: is it finished; is the list signed, for this package, with the right key; is every file
//! the one of the list; is each clip the one of the manifest, down to the recording that it was cut
//! from; is the release in the logbook, in these words.

mod clips;
mod copies;
mod release;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use super::manifest::Manifest;
use super::sshsig::{self, Sealed};
use super::sums::{self, Sums};
use super::track::Front;
use super::{names, texts};
use crate::base::digest::Digest;
use crate::base::time::Utc;

/// A package as it was read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Seen {
    /// Every file, by its path below the package.
    pub files: BTreeMap<String, SeenFile>,
    /// Content of those that are no clips.
    pub small: BTreeMap<String, Vec<u8>>,
    /// What the clips' files say; why one cannot be read.
    pub clips: BTreeMap<String, Result<SeenClip, String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenFile {
    pub bytes: u64,
    pub sha256: Digest,
}

#[derive(Clone, PartialEq, Debug)]
pub struct SeenClip {
    pub front: Front,
    /// Over all pictures, and over those of each piece that the manifest names.
    pub stream: Digest,
    pub pieces: Vec<Digest>,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The copy was broken off.
    Unfinished,
    /// The list of digests is missing or is none.
    List,
    /// There is no signature, or it is not over this list.
    Signature,
    /// A genuine signature of another package.
    OtherPackage,
    /// Not the key that was expected.
    Key,
    Missing,
    /// A file that the list does not name.
    Extra,
    Changed,
    CutShort,
    /// Another clip under this one's name.
    Swapped,
    Manifest,
    /// Pictures that are not those of the recording.
    Stream,
    Logbook,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    pub what: What,
    /// Empty: the package as a whole.
    pub file: String,
    pub text: String,
}

/// Everything that a check has to say.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Report {
    pub package: String,
    pub site: String,
    pub made: Option<Utc>,
    /// Fingerprint of the key that signed.
    pub key: String,
    pub files: usize,
    pub clips: usize,
    pub frames: u64,
    pub bytes: u64,
    /// Working copies and stills that were made from the masters.
    pub copies: usize,
    pub stills: usize,
    /// Recordings whose own digest the clips agree with, and parts of recordings.
    pub whole_recordings: usize,
    pub parts_of_recordings: usize,
    /// Entries that are proven.
    pub entries: Vec<u64>,
    pub findings: Vec<Finding>,
    pub remarks: Vec<String>,
}

impl Report {
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    fn wrong(&mut self, what: What, file: &str, text: impl Into<String>) {
        self.findings.push(Finding { what, file: file.to_string(), text: text.into() });
    }
}

/// Checks it all. `expected`: the box's key from elsewhere, a printed page or the console.
pub fn examine(seen: &Seen, expected: Option<[u8; 32]>) -> Report {
    let mut report = Report::default();
    if seen.files.contains_key(names::UNFINISHED) {
        let text = "the copy was never finished; ask for another one";
        report.wrong(What::Unfinished, names::UNFINISHED, text);
    }
    let manifest = manifest(seen, &mut report);
    let sums = list(seen, &mut report);
    let key = signature(seen, manifest.as_ref(), expected, &mut report);
    if let Some(sums) = &sums {
        files(seen, sums, manifest.as_ref(), &mut report);
    }
    if let Some(manifest) = &manifest {
        clips::examine(seen, sums.as_ref(), manifest, &mut report);
        copies::examine(sums.as_ref(), manifest, &mut report);
        release::examine(seen, manifest, key, &mut report);
    }
    report.findings.sort_by_key(|finding| finding.what);
    report
}

fn manifest(seen: &Seen, report: &mut Report) -> Option<Manifest> {
    let bytes = seen.small.get(names::MANIFEST)?; // told as missing by the list
    match Manifest::read(bytes) {
        Ok(manifest) => {
            report.package = manifest.package.clone();
            report.site = manifest.site.name.clone();
            report.made = Some(manifest.release.at);
            Some(manifest)
        }
        Err(why) => {
            report.wrong(What::Manifest, names::MANIFEST, why);
            None
        }
    }
}

fn list(seen: &Seen, report: &mut Report) -> Option<Sums> {
    let Some(bytes) = seen.small.get(names::SUMS) else {
        report.wrong(What::List, names::SUMS, "there is no list of digests");
        return None;
    };
    match std::str::from_utf8(bytes).map_err(|e| e.to_string()).and_then(sums::read) {
        Ok(sums) => Some(sums),
        Err(why) => {
            report.wrong(What::List, names::SUMS, why);
            None
        }
    }
}

fn text<'a>(seen: &'a Seen, name: &str) -> Option<&'a str> {
    std::str::from_utf8(seen.small.get(name)?).ok()
}

/// The key that signed the list, if it did.
fn signature(
    seen: &Seen,
    manifest: Option<&Manifest>,
    expected: Option<[u8; 32]>,
    report: &mut Report,
) -> Option<[u8; 32]> {
    let Some(text) = text(seen, names::SIGNATURE) else {
        report.wrong(What::Signature, names::SIGNATURE, "there is no signature");
        return None;
    };
    let sealed = match sshsig::read(text) {
        Ok(sealed) => sealed,
        Err(why) => {
            report.wrong(What::Signature, names::SIGNATURE, why);
            return None;
        }
    };
    report.key = texts::fingerprint(&sealed.public);
    whose(seen, &sealed, expected, report);
    if let Some(manifest) = manifest {
        let own = names::namespace(&manifest.package);
        if sealed.namespace != own {
            let package = &manifest.package;
            let text = format!(
                "it is a signature for \"{}\", put into the package {package}",
                sealed.namespace
            );
            report.wrong(What::OtherPackage, names::SIGNATURE, text);
        }
    }
    let list = seen.small.get(names::SUMS).map_or(&[][..], Vec::as_slice);
    if !sealed.fits(list) {
        let text = "the list of digests is not the one that was signed";
        report.wrong(What::Signature, names::SUMS, text);
        return None;
    }
    Some(sealed.public)
}

fn whose(seen: &Seen, sealed: &Sealed, expected: Option<[u8; 32]>, report: &mut Report) {
    let own = text(seen, names::ALLOWED).and_then(|text| sshsig::read_key(text).ok());
    match expected {
        Some(key) if key != sealed.public => {
            let text = format!(
                "signed with {}, and not with the key that was expected, {}",
                texts::fingerprint(&sealed.public),
                texts::fingerprint(&key)
            );
            report.wrong(What::Key, names::SIGNATURE, text);
        }
        Some(_) => {}
        None => report.remarks.push(format!(
            "The key is the package's own: compare {} with the school's printed pages.",
            texts::fingerprint(&sealed.public)
        )),
    }
    if own.is_some_and(|own| own != sealed.public) {
        let text = "signed with another key than the one in allowed_signers";
        report.wrong(What::Key, names::SIGNATURE, text);
    }
}

fn files(seen: &Seen, sums: &Sums, manifest: Option<&Manifest>, report: &mut Report) {
    let clips: Vec<&str> =
        manifest.iter().flat_map(|m| m.clips()).map(|(_, c)| c.file.as_str()).collect();
    for (path, digest) in sums {
        match seen.files.get(path) {
            None => report.wrong(What::Missing, path, "it is in the list and not there"),
            // Clips are looked at closely.
            Some(file) if file.sha256 != *digest && !clips.contains(&path.as_str()) => {
                let what = match path.as_str() {
                    names::MANIFEST => What::Manifest,
                    path if path == names::EXTRACT || path.starts_with(names::LOGBOOK) => {
                        What::Logbook
                    }
                    _ => What::Changed,
                };
                report.wrong(what, path, "it was changed after the list was made");
            }
            Some(_) => {}
        }
    }
    let beside = [names::SUMS, names::SIGNATURE, names::UNFINISHED];
    for path in seen.files.keys().filter(|p| !beside.contains(&p.as_str())) {
        if !sums.contains_key(path) {
            report.wrong(What::Extra, path, "it was put in: the list does not name it");
        }
    }
    report.files = sums.len();
}
