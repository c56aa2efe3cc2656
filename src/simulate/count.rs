//! Counting frames exactly: a stamp in an SEI of every frame, and the search for it in any bytes.
//!
//! The stamp is a `user_data_unregistered` message: our UUID, then 25 hexadecimal digits and a letter's
//! worth of kind, so its size never changes and no byte of it can need emulation prevention. Any container
//! that keeps a sample contiguous (MP4, fMP4, Matroska, RTP over TCP) can be searched without parsing it.

use std::collections::BTreeMap;

use crate::footage::Codec;

/// Marks our frames. No zero byte, so no emulation prevention can split it.
pub const STAMP_UUID: [u8; 16] = [
    0xbe, 0xad, 0x1e, 0x5e, 0xc0, 0x7e, 0x4f, 0x2a, 0x9d, 0x51, 0xf3, 0x8b, 0x66, 0xd4, 0x1a, 0xe7,
];

/// 4 digits camera, `M` or `P`, 8 digits counter, 12 digits wall clock.
const STAMP_CHARS: usize = 4 + 1 + 8 + 12;

/// What one frame says about itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameStamp {
    /// The camera's number in the simulator, counted from 0.
    pub camera: u16,
    /// Counts the camera's frames since the simulator began; steps by one per frame.
    pub counter: u32,
    /// The simulator's wall clock when the frame was sent: milliseconds since 1970.
    pub wall_ms: u64,
    /// A frame of the preview stream, which is never recorded.
    pub preview: bool,
}

impl FrameStamp {
    /// Overwrites the digits behind the UUID.
    pub fn write(&self, digits: &mut [u8]) {
        hex(&mut digits[..4], u64::from(self.camera));
        digits[4] = if self.preview { b'P' } else { b'M' };
        hex(&mut digits[5..13], u64::from(self.counter));
        hex(&mut digits[13..STAMP_CHARS], self.wall_ms);
    }

    /// `None` when these are not the digits of a stamp.
    pub fn read(digits: &[u8]) -> Option<FrameStamp> {
        let number = |range: std::ops::Range<usize>| {
            let text = std::str::from_utf8(digits.get(range)?).ok()?;
            u64::from_str_radix(text, 16).ok()
        };
        let preview = match digits.get(4)? {
            b'M' => false,
            b'P' => true,
            _ => return None,
        };
        Some(FrameStamp {
            camera: number(0..4)? as u16,
            counter: number(5..13)? as u32,
            wall_ms: number(13..STAMP_CHARS)?,
            preview,
        })
    }
}

fn hex(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

/// A whole SEI NAL unit with an empty stamp, and where the stamp's digits begin in it.
pub fn stamp_nal(codec: Codec) -> (Vec<u8>, usize) {
    let mut nal = match codec {
        Codec::H264 => vec![0x06],
        Codec::H265 => vec![0x4e, 0x01],
    };
    nal.push(5); // user_data_unregistered
    nal.push((STAMP_UUID.len() + STAMP_CHARS) as u8);
    nal.extend_from_slice(&STAMP_UUID);
    let at = nal.len();
    nal.resize(at + STAMP_CHARS, b'0');
    nal.push(0x80);
    (nal, at)
}

/// Every stamp in `bytes`, in their order. Skips 16 bytes at a time where it can (Horspool), because the
/// bench searches gigabytes.
pub fn frames_in(bytes: &[u8]) -> Vec<FrameStamp> {
    let last = STAMP_UUID.len() - 1;
    let mut skip = [STAMP_UUID.len(); 256];
    for (i, byte) in STAMP_UUID[..last].iter().enumerate() {
        skip[usize::from(*byte)] = last - i;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at + STAMP_UUID.len() + STAMP_CHARS <= bytes.len() {
        if bytes[at + last] == STAMP_UUID[last] && bytes[at..=at + last] == STAMP_UUID {
            at += STAMP_UUID.len();
            found.extend(FrameStamp::read(&bytes[at..at + STAMP_CHARS]));
        } else {
            at += skip[usize::from(bytes[at + last])];
        }
    }
    found
}

/// What the stamps of one camera add up to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Different frames seen.
    pub frames: u64,
    pub first: u32,
    pub last: u32,
    /// Frames between first and last that were not seen.
    pub missing: u64,
    /// Frames seen again.
    pub doubled: u64,
    /// Times that a counter was lower than the one before it.
    pub disordered: u64,
}

/// Adds up main-stream stamps by camera number.
pub fn tally(stamps: &[FrameStamp]) -> BTreeMap<u16, Tally> {
    let mut sums: BTreeMap<u16, Tally> = BTreeMap::new();
    for (camera, counters) in by_camera(stamps) {
        let disordered = counters.windows(2).filter(|w| w[1] < w[0]).count() as u64;
        let mut sorted = counters.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
        let frames = sorted.len() as u64;
        sums.insert(
            camera,
            Tally {
                frames,
                first,
                last,
                missing: u64::from(last - first) + 1 - frames,
                doubled: counters.len() as u64 - frames,
                disordered,
            },
        );
    }
    sums
}

/// A run of frames that were sent and are not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameGap {
    pub camera: u16,
    /// The last counter before the hole.
    pub after: u32,
    /// How many counters are missing.
    pub missing: u32,
}

/// The holes between the first and the last frame of each camera's main stream.
pub fn gaps(stamps: &[FrameStamp]) -> Vec<FrameGap> {
    let mut holes = Vec::new();
    for (camera, mut counters) in by_camera(stamps) {
        counters.sort_unstable();
        for pair in counters.windows(2).filter(|w| w[1] > w[0] + 1) {
            holes.push(FrameGap { camera, after: pair[0], missing: pair[1] - pair[0] - 1 });
        }
    }
    holes
}

fn by_camera(stamps: &[FrameStamp]) -> BTreeMap<u16, Vec<u32>> {
    let mut cameras: BTreeMap<u16, Vec<u32>> = BTreeMap::new();
    for stamp in stamps.iter().filter(|s| !s.preview) {
        cameras.entry(stamp.camera).or_default().push(stamp.counter);
    }
    cameras
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(camera: u16, counter: u32) -> FrameStamp {
        FrameStamp { camera, counter, wall_ms: 1_795_000_000_123, preview: false }
    }

    fn written(stamps: &[FrameStamp]) -> Vec<u8> {
        let mut bytes = vec![0xbe; 7];
        for (i, s) in stamps.iter().enumerate() {
            let (mut nal, at) = stamp_nal(if i % 2 == 0 { Codec::H264 } else { Codec::H265 });
            s.write(&mut nal[at..]);
            bytes.extend_from_slice(&nal);
            bytes.resize(bytes.len() + i * 13, 0xe7);
        }
        bytes
    }

    #[test]
    fn a_stamp_is_read_back_wherever_it_lies() {
        let stamps = [stamp(0, 0), stamp(511, u32::MAX), stamp(7, 1), stamp(7, 2)];
        assert_eq!(frames_in(&written(&stamps)), stamps);
        let preview = [FrameStamp { preview: true, ..stamp(3, 9) }];
        assert_eq!(frames_in(&written(&preview)), preview);
        assert!(tally(&preview).is_empty());
    }

    #[test]
    fn half_a_stamp_is_no_frame() {
        let bytes = written(&[stamp(1, 1)]);
        assert_eq!(frames_in(&bytes[..bytes.len() - 2]), []);
        assert_eq!(frames_in(&bytes[..bytes.len() - 1]).len(), 1);
    }

    #[test]
    fn no_emulation_prevention_is_ever_needed() {
        for codec in [Codec::H264, Codec::H265] {
            let (mut nal, at) = stamp_nal(codec);
            FrameStamp { camera: 0, counter: 0, wall_ms: 0, preview: false }.write(&mut nal[at..]);
            assert!(!nal.contains(&0), "{nal:02x?}");
        }
    }

    #[test]
    fn holes_doubles_and_disorder_are_counted() {
        let stamps: Vec<_> = [10, 11, 14, 14, 13, 20].map(|n| stamp(5, n)).into();
        assert_eq!(
            gaps(&stamps),
            [
                FrameGap { camera: 5, after: 11, missing: 1 },
                FrameGap { camera: 5, after: 14, missing: 5 }
            ]
        );
        let sum = &tally(&stamps)[&5];
        assert_eq!((sum.frames, sum.missing, sum.doubled, sum.disordered), (5, 6, 1, 1));
    }
}
