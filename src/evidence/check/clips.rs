//! Each clip against list and manifest: changed where, cut short, swapped for another, or whole.

use super::{Report, Seen, SeenClip, What};
use crate::base::time::Span;
use crate::evidence::manifest::{CameraPart, ClipSays, Manifest};
use crate::evidence::sums::Sums;

/// The manifest has milliseconds, the file 100 ns.
const ROUNDING: Span = Span::millis(1);

pub fn examine(seen: &Seen, sums: Option<&Sums>, manifest: &Manifest, report: &mut Report) {
    for (camera, clip) in manifest.clips() {
        report.clips += 1;
        report.frames += clip.frames;
        report.bytes += clip.bytes;
        let listed = sums.and_then(|sums| sums.get(&clip.file));
        if sums.is_some() && listed != Some(&clip.sha256) {
            let text = "list and manifest have different digests for it";
            report.wrong(What::Manifest, &clip.file, text);
        }
        let Some(file) = seen.files.get(&clip.file) else {
            if listed.is_none() {
                report.wrong(
                    What::Missing,
                    &clip.file,
                    "the manifest names it, and it is not there",
                );
            }
            continue;
        };
        let read = seen.clips.get(&clip.file);
        if file.sha256 == clip.sha256 {
            match read {
                Some(Ok(read)) => agrees(read, clip, report),
                Some(Err(why)) => report.wrong(What::Stream, &clip.file, why.clone()),
                None => report.wrong(What::Stream, &clip.file, "it was not read"),
            }
            continue;
        }
        let (what, text) = match read {
            Some(Ok(read)) if read.stream == clip.stream_sha256 || file.bytes <= clip.bytes => {
                altered(read, camera, clip, manifest)
            }
            Some(Ok(read)) if read.front.bytes() + read.front.first_at == clip.bytes => {
                (What::Changed, "bytes were put behind its pictures".into())
            }
            Some(Ok(read)) => altered(read, camera, clip, manifest),
            _ if file.bytes < clip.bytes => (
                What::CutShort,
                format!("it was cut short: {} of {} bytes are there", file.bytes, clip.bytes),
            ),
            Some(Err(why)) => (What::Changed, format!("it was changed: {why}")),
            None => (What::Changed, "it was changed".into()),
        };
        report.wrong(what, &clip.file, text);
    }
}

/// The file is the one that was signed: are its pictures those of the recordings?
fn agrees(read: &SeenClip, clip: &ClipSays, report: &mut Report) {
    if read.stream != clip.stream_sha256 || read.front.sizes.len() as u64 != clip.frames {
        report.wrong(
            What::Stream,
            &clip.file,
            "its pictures are not those that the manifest names",
        );
    }
    for (n, piece) in clip.pieces.iter().enumerate() {
        if read.pieces.get(n) != Some(&piece.sha256) {
            let text = format!("its pictures from {} are not those of the manifest", piece.segment);
            report.wrong(What::Stream, &clip.file, text);
        } else if !piece.whole || piece.segment_sha256.is_none() {
            report.parts_of_recordings += 1;
        } else if piece.segment_sha256 == Some(piece.sha256) {
            report.whole_recordings += 1;
        } else {
            let segment = &piece.segment;
            let text = format!(
                "the recording {segment} was damaged before the copy was made: its pictures are \
                 not those that the recorder entered"
            );
            report.wrong(What::Stream, &clip.file, text);
        }
    }
}

/// A readable clip that is not the one of the manifest: which is it, or where was it changed?
fn altered(
    read: &SeenClip,
    camera: &CameraPart,
    clip: &ClipSays,
    manifest: &Manifest,
) -> (What, String) {
    let front = &read.front;
    let other = manifest.clips().find(|(_, other)| other.stream_sha256 == read.stream);
    if let Some((_, other)) = other.filter(|(_, other)| other.file != clip.file) {
        return (What::Swapped, format!("it is {} under another name", other.file));
    }
    let elsewhere = front.start.is_some_and(|start| (start - clip.from).abs() > ROUNDING);
    if front.unit != manifest.unit() || front.camera != camera.title || elsewhere {
        let when = front.start.map(|start| format!(" of {start}")).unwrap_or_default();
        let text = format!(
            "it is another clip: it says {}, camera \"{}\"{when}",
            front.unit, front.camera
        );
        return (What::Swapped, text);
    }
    if read.stream == clip.stream_sha256 {
        let text = "its pictures are untouched; what stands around them was changed";
        return (What::Changed, text.into());
    }
    let differs =
        clip.pieces.iter().zip(&read.pieces).position(|(piece, got)| piece.sha256 != *got);
    let text = match differs.and_then(|n| clip.pieces.get(n)) {
        Some(piece) => format!("its pictures from {} were changed", piece.segment),
        None => "its pictures were changed".to_string(),
    };
    (What::Changed, text)
}
