//! File names of segments, both ways: `front-gate/2026-11-21/084100Z.mp4`.
//!
//! Names are UTC and truncated to the second; the exact start is inside the file. A start that was
//! already used (a clock that stepped back, two short segments within one second) gets `-2`, `-3`
//! and so on.

use crate::base::name::CameraId;
use crate::base::time::{Day, Utc};

/// The text file in each camera-day folder with one line per closed segment.
pub const INDEX: &str = "INDEX";

/// What a segment's path says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    pub camera: CameraId,
    /// To the second.
    pub start: Utc,
    /// 1, or more where the second was used before.
    pub copy: u32,
}

/// The camera-day folder below the footage folder: `front-gate/2026-11-21`.
pub fn folder(camera: &CameraId, at: Utc) -> String {
    format!("{camera}/{}", at.folder_and_stem().0)
}

/// The path of a segment below the footage folder; `copy` counts from 1.
pub fn path(camera: &CameraId, start: Utc, copy: u32) -> String {
    let (day, stem) = start.folder_and_stem();
    match copy {
        0 | 1 => format!("{camera}/{day}/{stem}.mp4"),
        n => format!("{camera}/{day}/{stem}-{n}.mp4"),
    }
}

/// Reads a path below the footage folder; `None` for everything that [`path`] does not write.
pub fn parse(text: &str) -> Option<Named> {
    let mut parts = text.split('/');
    let (camera, day, file) = (parts.next()?, parts.next()?, parts.next()?);
    let camera = CameraId::new(camera).ok()?;
    let stem = file.strip_suffix(".mp4")?;
    let (clock, copy) = match stem.split_once('-') {
        None => (stem, 1),
        Some((clock, copy)) => (clock, copy.parse::<u32>().ok()?),
    };
    let clock = clock.strip_suffix('Z')?;
    if clock.len() != 6 || !clock.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
    let start: Utc = format!("{day}T{hour}:{minute}:{second}Z").parse().ok()?;
    // Writing it again catches leading zeros, odd days and a third folder in one comparison.
    (path(&camera, start, copy) == text).then_some(Named { camera, start, copy })
}

/// Reads a camera-day folder: `front-gate/2026-11-21`.
pub fn parse_folder(text: &str) -> Option<(CameraId, Day)> {
    let (camera, day) = text.split_once('/')?;
    let day: Day = day.parse().ok()?;
    let camera = CameraId::new(camera).ok()?;
    (format!("{camera}/{day}") == text).then_some((camera, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        let camera = CameraId::new("front-gate").unwrap();
        let start: Utc = "2026-11-21T08:41:00Z".parse().unwrap();
        for (copy, text) in [
            (1, "front-gate/2026-11-21/084100Z.mp4"),
            (2, "front-gate/2026-11-21/084100Z-2.mp4"),
            (31, "front-gate/2026-11-21/084100Z-31.mp4"),
        ] {
            assert_eq!(path(&camera, start, copy), text);
            assert_eq!(parse(text), Some(Named { camera: camera.clone(), start, copy }));
        }
        let folder = folder(&camera, start);
        assert_eq!(parse_folder(&folder), Some((camera, "2026-11-21".parse().unwrap())));
    }

    #[test]
    fn what_we_did_not_write_is_not_ours() {
        for text in [
            "",
            "front-gate",
            "front-gate/2026-11-21/INDEX",
            "front-gate/2026-11-21/084100Z.mp4.part",
            "front-gate/2026-11-21/084100Z-1.mp4",
            "front-gate/2026-11-21/084100Z-02.mp4",
            "front-gate/2026-11-21/84100Z.mp4",
            "front-gate/2026-11-21/256100Z.mp4",
            "front-gate/2026-13-21/084100Z.mp4",
            "front-gate/2026-11-21/x/084100Z.mp4",
            "Front/2026-11-21/084100Z.mp4",
            "../2026-11-21/084100Z.mp4",
            "front-gate/2026-11-21/\u{e9}84100Z.mp4",
            "front-gate/2026-11-21/08410\u{e9}Z.mp4",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse_folder("front-gate/2026-11-21/x"), None);
        assert_eq!(parse_folder("lost+found/2026-11-21"), None);
    }
}
