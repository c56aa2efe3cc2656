//! One line of a camera-day's `INDEX`: `084100Z.mp4 1795250460000000 1795250520000000 900 15000123
//! h264 <sha256>`.
//!
//! Lines are only ever appended, each after the file it names is durable. A torn line is not a
//! line: the file it was for is found by looking at the folder.

use crate::base::digest::Digest;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::Utc;
use crate::footage::{Codec, Segment, naming};

/// `None` for an open segment, which has no line yet. Ends with a line feed.
pub fn format(segment: &Segment) -> Option<String> {
    let name = segment.path.rsplit('/').next()?;
    let codec = match segment.codec {
        Codec::H264 => "h264",
        Codec::H265 => "h265",
    };
    let (start, end, digest) = (segment.start.0, segment.end.0, segment.digest?);
    let (frames, bytes) = (segment.frames, segment.bytes);
    Some(format!("{name} {start} {end} {frames} {bytes} {codec} {digest}\n"))
}

/// Reads one line of the `INDEX` in `folder` (`front-gate/2026-11-21`); `None` for anything torn or
/// strange.
pub fn parse(folder: &str, disk: &DiskId, line: &str) -> Option<Segment> {
    let mut words = line.split(' ');
    let path = format!("{folder}/{}", words.next()?);
    let camera: CameraId = naming::parse(&path)?.camera;
    let start = Utc(words.next()?.parse().ok()?);
    let end = Utc(words.next()?.parse().ok()?);
    let frames = words.next()?.parse().ok()?;
    let bytes = words.next()?.parse().ok()?;
    let codec = match words.next()? {
        "h264" => Codec::H264,
        "h265" => Codec::H265,
        _ => return None,
    };
    let digest: Digest = words.next()?.parse().ok()?;
    if words.next().is_some() || end < start {
        return None;
    }
    let disk = disk.clone();
    Some(Segment { camera, disk, path, start, end, frames, bytes, codec, digest: Some(digest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_both_ways_and_a_torn_one_is_none() {
        let disk = DiskId("d".into());
        let segment = Segment {
            camera: CameraId::new("hall").unwrap(),
            disk: disk.clone(),
            path: "hall/2026-11-21/084100Z-2.mp4".into(),
            start: Utc(1_795_250_460_123_456),
            end: Utc(1_795_250_520_000_000),
            frames: 900,
            bytes: 15_000_123,
            codec: Codec::H265,
            digest: Some(Digest::of(b"x")),
        };
        let line = format(&segment).unwrap();
        let folder = "hall/2026-11-21";
        assert_eq!(parse(folder, &disk, line.trim_end()), Some(segment));
        for n in 0..line.len() - 1 {
            assert_eq!(parse(folder, &disk, &line[..n]), None, "{}", &line[..n]);
        }
        assert_eq!(parse(folder, &disk, &format!("\0\0{line}")), None);
    }
}
