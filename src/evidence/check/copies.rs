//! Working copies and stills: the list and the manifest name the same files. What a copy shows is
//! no evidence, so nothing but its bytes is compared; the master it was made from is named.

use super::{Report, What};
use crate::base::digest::Digest;
use crate::evidence::manifest::Manifest;
use crate::evidence::names;
use crate::evidence::sums::Sums;

pub(super) fn examine(sums: Option<&Sums>, manifest: &Manifest, report: &mut Report) {
    let mut named: Vec<(&str, Digest)> = Vec::new();
    for camera in &manifest.cameras {
        report.copies += camera.copies.len();
        report.stills += camera.stills.len();
        named.extend(camera.copies.iter().map(|copy| (copy.file.as_str(), copy.sha256)));
        named.extend(camera.stills.iter().map(|still| (still.file.as_str(), still.sha256)));
        let masters: Vec<_> = camera.clips.iter().map(|clip| &clip.file).collect();
        for copy in &camera.copies {
            if copy.of.as_ref().is_some_and(|of| !masters.contains(&of)) {
                let text = "it is said to be a copy of a master that the manifest does not name";
                report.wrong(What::Manifest, &copy.file, text);
            }
        }
    }
    let Some(sums) = sums else { return };
    for (file, digest) in &named {
        if sums.get(*file) != Some(digest) {
            report.wrong(What::Manifest, file, "the list and the manifest do not agree on it");
        }
    }
    let derived = |path: &&String| {
        let folder = path.split('/').next().unwrap_or_default();
        matches!(folder, names::COPIES | names::STILLS)
    };
    for path in sums.keys().filter(derived) {
        if !named.iter().any(|(file, _)| file == path) {
            report.wrong(What::Extra, path, "the manifest does not name it");
        }
    }
}
