//! What the files of a package are called. Camera, time and part: never a person (S1.10).

use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::Number;

pub const README: &str = "READ-ME-FIRST.txt";
pub const SUMS: &str = "SHA256SUMS";
pub const SIGNATURE: &str = "SHA256SUMS.sig";
pub const SIGNER: &str = "signer.txt";
pub const ALLOWED: &str = "allowed_signers";
pub const MANIFEST: &str = "manifest.json";
pub const CLOCK: &str = "clock.txt";
pub const PLAYER: &str = "player.html";
pub const EXTRACT: &str = "logbook-extract.txt";
pub const CHECKPOINT: &str = "logbook/checkpoint.txt";
/// There until the package is whole.
pub const UNFINISHED: &str = "NOT-FINISHED.txt";
pub const VIDEO: &str = "video";
pub const LOGBOOK: &str = "logbook";
/// Copies that were coded anew.
pub const COPIES: &str = "viewing-copies";
pub const STILLS: &str = "stills";
/// Of the box itself, on sticks that are locked away: neither may leave with a copy, nor lie beside
/// the other, since the key opens the backup.
pub const RECOVERY_KEY: &str = "BEADLE-RECOVERY-KEY.txt";
pub const BACKUP: &str = "beadle-backup";

/// The folder of the package that this entry made.
pub fn package(export: Number) -> String {
    format!("export-{export}")
}

/// The archive that a package is in.
pub fn archive(package: &str) -> String {
    format!("{package}.zip")
}

/// What a signature over this package's list is made for: one of another package does not fit, and
/// says of which it is.
pub fn namespace(package: &str) -> String {
    format!("beadle-evidence:{package}")
}

/// `video/front-gate_2026-11-21_084100Z.mp4`; `_2of3` where a camera has several (R3.16).
pub fn clip(camera: &CameraId, start: Utc, part: usize, of: usize) -> String {
    let (day, stem) = start.folder_and_stem();
    match of {
        0 | 1 => format!("{VIDEO}/{camera}_{day}_{stem}.mp4"),
        _ => format!("{VIDEO}/{camera}_{day}_{stem}_{part}of{of}.mp4"),
    }
}

/// `viewing-copies/front-gate_2026-11-21_084100Z_masked.mp4`.
pub fn copy(camera: &CameraId, start: Utc, part: usize, of: usize, word: &str) -> String {
    let clip = clip(camera, start, part, of);
    let stem = clip.trim_start_matches(VIDEO).trim_end_matches(".mp4");
    format!("{COPIES}{stem}_{word}.mp4")
}

/// `stills/front-gate_2026-11-21_084107-349Z.png`, by the picture's own time.
pub fn still(camera: &CameraId, at: Utc) -> String {
    let (day, stem) = at.folder_and_stem();
    let millis = at.0.rem_euclid(1_000_000) / 1_000;
    format!("{STILLS}/{camera}_{day}_{}-{millis:03}Z.png", stem.trim_end_matches('Z'))
}

pub fn proof(number: Number) -> String {
    format!("{LOGBOOK}/entry-{number}.tlog-proof")
}

/// Is this a path that a package may have: relative, downwards, plain letters? What a list of
/// digests names is opened, so nothing else is let through.
pub fn is_plain(path: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let parts = path.split('/').count();
    let part =
        |p: &str| !p.is_empty() && p.len() < 128 && !p.starts_with('.') && p.chars().all(good);
    parts <= 3 && path.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_camera_and_time() {
        let camera = CameraId::new("front-gate").unwrap();
        let start: Utc = "2026-11-21T08:41:00.900Z".parse().unwrap();
        for (part, of, name) in [
            (1, 1, "video/front-gate_2026-11-21_084100Z.mp4"),
            (2, 3, "video/front-gate_2026-11-21_084100Z_2of3.mp4"),
        ] {
            assert_eq!(clip(&camera, start, part, of), name);
            assert!(is_plain(name));
        }
        let copied = copy(&camera, start, 2, 3, "masked");
        assert_eq!(copied, "viewing-copies/front-gate_2026-11-21_084100Z_2of3_masked.mp4");
        let still = still(&camera, start);
        assert_eq!(still, "stills/front-gate_2026-11-21_084100-900Z.png");
        assert!(is_plain(&copied) && is_plain(&still));
        for wrong in ["", "../x", "/x", "video//x", "video/..", ".ssh/x", "a b", "a/b/c/d", "x\0"] {
            assert!(!is_plain(wrong), "{wrong}");
        }
    }
}
