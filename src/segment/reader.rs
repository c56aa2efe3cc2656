//! Reads segment files: who and when, whole fragments, samples, trailer. Any bytes at all: never a
//! panic.
//!
//! What is not whole does not count: reading stops at the first box that does not fit, and `whole`
//! says where. A scan reads heads only (about 4 kB a fragment); [`verify`] reads the pictures too
//! and compares the sums.

use bytes::Bytes;
use mp4_atom::{Atom, Tfdt, Tfhd, Trun, TrunSamples};

use super::boxes::{
    AUDIO_TRACK, CHECK_UUID, END_UUID, StoredEnd, StoredTag, TAG_UUID, VIDEO_TRACK,
};
use super::times;
use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{BOX_BYTES_MAX, UNIT_BYTES_MAX};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::disk::Disk;
use crate::footage::Codec;
use crate::footage::unit::{AudioCodec, AudioParams, VideoParams};

/// Read ahead at each head: a `moof` of a second is under 1 kB.
const HEAD_BYTES: usize = 4_096;
/// One fragment: the longest tick at 100 Mbit/s, and never less than one unit.
const FRAGMENT_BYTES_MAX: u64 = 4 * UNIT_BYTES_MAX as u64;

/// What stands before the first fragment.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    pub camera: CameraId,
    pub site: String,
    pub start: Utc,
    pub video: VideoParams,
    pub audio: Option<AudioParams>,
    /// Media time at which presentation begins.
    pub edit: i64,
}

impl Header {
    /// When a video sample was taken.
    pub fn at(&self, sample: &Sample) -> Utc {
        self.start + times::span(sample.shown() - self.edit)
    }
}

/// One picture or packet of sound, and where its bytes stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    pub at: u64,
    pub size: u32,
    /// Decode time in ticks of its track.
    pub time: i64,
    pub offset: i32,
    pub duration: u32,
    pub key: bool,
    pub sound: bool,
}

impl Sample {
    /// Presentation time in ticks of its track.
    pub fn shown(&self) -> i64 {
        self.time.saturating_add(i64::from(self.offset))
    }
}

/// One whole `moof` and `mdat`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fragment {
    pub at: u64,
    pub bytes: u64,
    /// Decode time of its first picture.
    pub time: i64,
    /// Pictures.
    pub frames: u32,
    /// Its first picture is a key frame.
    pub key: bool,
    /// First 8 bytes of the SHA-256 over all pictures up to its end.
    pub check: [u8; 8],
    pub samples: Vec<Sample>,
}

/// What was found in a file.
#[derive(Clone, PartialEq, Debug)]
pub struct Contents {
    pub header: Option<Header>,
    pub fragments: Vec<Fragment>,
    pub end: Option<StoredEnd>,
    /// Up to here everything is whole: header, fragments, trailer.
    pub whole: u64,
    pub size: u64,
}

impl Contents {
    /// Every picture and sound in the order of the file; pictures in decode order.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.fragments.iter().flat_map(|fragment| fragment.samples.iter())
    }
}

/// Gives at most so many bytes from an offset; short at the end.
pub type Read<'a> = &'a mut dyn FnMut(u64, usize) -> Result<Vec<u8>, Fault>;

/// Scans a file on a disk.
///
/// # Errors
/// The disk's; strange content is no fault.
pub fn scan_file(disk: &dyn Disk, path: &str) -> Result<Contents, Fault> {
    let size = disk.size(path)?;
    scan(size, &mut |at, len| disk.read_at(path, at, len))
}

/// Scans bytes in memory.
pub fn scan_bytes(bytes: &[u8]) -> Contents {
    let read = &mut |at, len| Ok(slice(bytes, at, len).to_vec());
    // Reading memory has no faults; an empty answer would be the honest one if it had.
    scan(bytes.len() as u64, read).unwrap_or_else(|_| Contents::empty(0))
}

fn slice(bytes: &[u8], at: u64, len: usize) -> &[u8] {
    let from = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    &bytes[from..from.saturating_add(len).min(bytes.len())]
}

impl Contents {
    /// Nothing is known yet of a file of this size.
    pub fn empty(size: u64) -> Contents {
        Contents { header: None, fragments: Vec::new(), end: None, whole: 0, size }
    }
}

/// Scans whatever `read` gives.
///
/// # Errors
/// Those of `read`.
pub fn scan(size: u64, read: Read) -> Result<Contents, Fault> {
    scan_on(Contents::empty(size), read, &mut |_| false)
}

/// Scans on from where `found` ends (its `whole`), up to its `size`, until `enough`. With a header
/// alone and `whole` at a fragment, it begins at that fragment.
///
/// # Errors
/// Those of `read`.
pub fn scan_on(
    mut found: Contents,
    read: Read,
    enough: &mut dyn FnMut(&Contents) -> bool,
) -> Result<Contents, Fault> {
    let mut window = Window { read, at: 0, bytes: Vec::new() };
    let (mut at, mut video, size) = (found.whole, None, found.size);
    while !enough(&found)
        && let Some(head) = window.head(at, size)?
    {
        let next = at + head.size;
        match &head.kind {
            b"moov" if head.size <= BOX_BYTES_MAX => {
                video = movie(window.get(at, head.size as usize)?.get(8..).unwrap_or_default());
            }
            b"uuid" if head.size <= BOX_BYTES_MAX => {
                let body = window.get(at, head.size as usize)?.get(8..).unwrap_or_default();
                match (body.get(..16), video.take()) {
                    (Some(kind), Some((params, audio))) if kind == TAG_UUID => {
                        found.header = tag(&body[16..], params, audio);
                        if found.header.is_none() {
                            break;
                        }
                    }
                    (Some(kind), _) if kind == END_UUID => {
                        found.end = serde_json::from_slice(&body[16..]).ok();
                    }
                    _ => break,
                }
            }
            b"moof" if head.size <= BOX_BYTES_MAX && found.header.is_some() => {
                let Some(mdat) = window.head(next, size)? else {
                    break;
                };
                if &mdat.kind != b"mdat" || mdat.size > FRAGMENT_BYTES_MAX {
                    break;
                }
                let body = window.get(at, head.size as usize)?.get(8..).unwrap_or_default();
                let room = (next + 8, next + mdat.size);
                let Some(fragment) = fragment(body, at, room) else {
                    break;
                };
                found.fragments.push(fragment);
                at = room.1;
                found.whole = at;
                continue;
            }
            b"ftyp" | b"mfra" | b"free" => {}
            _ => break,
        }
        at = next;
        found.whole = at;
    }
    Ok(found)
}

struct Head {
    kind: [u8; 4],
    size: u64,
}

struct Window<'a> {
    read: Read<'a>,
    at: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    /// The bytes from `at`; fewer at the end of the file.
    fn get(&mut self, at: u64, len: usize) -> Result<&[u8], Fault> {
        let inside = at >= self.at && at + len as u64 <= self.at + self.bytes.len() as u64;
        if !inside {
            self.bytes = (self.read)(at, len.max(HEAD_BYTES))?;
            self.at = at;
        }
        Ok(slice(&self.bytes, at - self.at, len))
    }

    /// The box at `at` if all of it is inside the file.
    fn head(&mut self, at: u64, size: u64) -> Result<Option<Head>, Fault> {
        let bytes = self.get(at, 8)?;
        let (Some(length), Some(kind)) = (be32(bytes, 0), bytes.get(4..8)) else {
            return Ok(None);
        };
        let kind = [kind[0], kind[1], kind[2], kind[3]];
        let head = Head { kind, size: u64::from(length) };
        // Neither "to the end" nor 64-bit sizes are ever written by us.
        Ok((length >= 8 && at.saturating_add(head.size) <= size).then_some(head))
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

/// Boxes inside a box; ends at the first that does not fit.
fn children(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = be32(bytes, 0)? as usize;
        let (kind, body) = (bytes.get(4..8)?, bytes.get(8..size)?);
        bytes = &bytes[size..];
        Some((kind, body))
    })
}

fn child<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, want| {
        children(bytes).find(|(kind, _)| kind == want).map(|(_, body)| body)
    })
}

type Tracks = (VideoParams, Option<AudioParams>);

fn movie(moov: &[u8]) -> Option<Tracks> {
    let (mut video, mut audio) = (None, None);
    for (_, trak) in children(moov).filter(|(kind, _)| kind == b"trak") {
        let mdia = child(trak, &[b"mdia"])?;
        let stsd = child(mdia, &[b"minf", b"stbl", b"stsd"])?;
        let (entry, body) = children(stsd.get(8..)?).next()?;
        // Version 1, as ours is: 4 flags, 8 + 8 dates, then the clock.
        let clock = child(mdia, &[b"mdhd"]).and_then(|mdhd| be32(mdhd, 20))?;
        match entry {
            b"avc1" => video = picture(Codec::H264, body, b"avcC"),
            b"hvc1" => video = picture(Codec::H265, body, b"hvcC"),
            b"mp4a" => audio = sound(AudioCodec::Aac, clock, body),
            b"alaw" => audio = sound(AudioCodec::Alaw, clock, body),
            b"ulaw" => audio = sound(AudioCodec::Ulaw, clock, body),
            _ => {}
        }
    }
    Some((video?, audio))
}

fn picture(codec: Codec, entry: &[u8], record: &[u8; 4]) -> Option<VideoParams> {
    let size = be32(entry, 24)?;
    let config = Bytes::copy_from_slice(child(entry.get(78..)?, &[record])?);
    Some(VideoParams { codec, config, width: (size >> 16) as u16, height: size as u16 })
}

fn sound(codec: AudioCodec, rate_hz: u32, entry: &[u8]) -> Option<AudioParams> {
    let channels = (be32(entry, 16)? >> 16) as u16;
    let config = match codec {
        // Where our own writer puts the AudioSpecificConfig: behind its one-byte length.
        AudioCodec::Aac => {
            let esds = child(entry.get(28..)?, &[b"esds"])?;
            let len = usize::from(*esds.get(25)?);
            Bytes::copy_from_slice(esds.get(26..26 + len)?)
        }
        AudioCodec::Alaw | AudioCodec::Ulaw => Bytes::new(),
    };
    Some(AudioParams { codec, rate_hz, channels, config })
}

fn tag(text: &[u8], video: VideoParams, audio: Option<AudioParams>) -> Option<Header> {
    let stored: StoredTag = serde_json::from_slice(text).ok()?;
    let camera = CameraId::new(&stored.camera).ok()?;
    let edit = i64::try_from(stored.edit).ok()?;
    Some(Header { camera, site: stored.site, start: Utc(stored.start_us), video, audio, edit })
}

/// `mdat` holds the samples from `room.0` to `room.1`.
fn fragment(moof: &[u8], at: u64, room: (u64, u64)) -> Option<Fragment> {
    let mut found = Fragment {
        at,
        bytes: room.1 - at,
        time: 0,
        frames: 0,
        key: false,
        check: [0; 8],
        samples: Vec::new(),
    };
    for (kind, body) in children(moof) {
        match kind {
            b"traf" => run(body, at, room, &mut found)?,
            b"uuid" if body.get(..16)? == CHECK_UUID => {
                found.check = body.get(16..24)?.try_into().ok()?;
            }
            _ => {}
        }
    }
    let first = found.samples.iter().find(|s| !s.sound)?;
    (found.time, found.key) = (first.time, first.key);
    found.frames = found.samples.iter().filter(|s| !s.sound).count() as u32;
    Some(found)
}

fn run(traf: &[u8], moof_at: u64, room: (u64, u64), found: &mut Fragment) -> Option<()> {
    let tfhd = Tfhd::decode(child(traf, &[b"tfhd"])?)?;
    let mut time = i64::try_from(Tfdt::decode(child(traf, &[b"tfdt"])?)?.base_media_decode_time);
    let sound = match tfhd.track_id {
        VIDEO_TRACK => false,
        AUDIO_TRACK => true,
        _ => return None,
    };
    for (_, body) in children(traf).filter(|(kind, _)| kind == b"trun") {
        let trun = Trun::decode(body)?;
        // A bare count could claim four thousand million samples; we always state each one's size.
        let TrunSamples::Explicit(entries) = trun.samples else {
            return None;
        };
        let mut at = moof_at.checked_add_signed(i64::from(trun.data_offset?))?;
        for entry in entries {
            let size = entry.size?;
            let begin = *time.as_ref().ok()?;
            let duration = entry.duration?;
            if at < room.0 || at.checked_add(u64::from(size))? > room.1 {
                return None;
            }
            let offset = i32::try_from(entry.cts.unwrap_or(0)).ok()?;
            // Bit 16 of the flags: "is no sync sample". Ours are explicit wherever it is unset.
            let key = sound || entry.flags.is_some_and(|flags| flags & 0x0001_0000 == 0);
            found.samples.push(Sample { at, size, time: begin, offset, duration, key, sound });
            at += u64::from(size);
            time = Ok(begin.checked_add(i64::from(duration))?);
        }
    }
    Some(())
}

/// Decodes one leaf box from its body; `None` for anything malformed.
trait Leaf: Sized {
    fn decode(body: &[u8]) -> Option<Self>;
}

impl<T: Atom> Leaf for T {
    fn decode(mut body: &[u8]) -> Option<T> {
        T::decode_body(&mut body).ok()
    }
}

/// How much of a scanned file carries the pictures that were written.
pub struct Verified {
    /// Fragments from the start whose sums agree.
    pub fragments: usize,
    pub frames: u32,
    /// Over the pictures of those fragments.
    pub digest: Digest,
}

/// Reads every picture and compares the sums, fragment by fragment, up to the first that differs.
///
/// # Errors
/// The disk's.
pub fn verify(disk: &dyn Disk, path: &str, contents: &Contents) -> Result<Verified, Fault> {
    let (mut summing, mut good) = (Summing::default(), Summing::default());
    let mut verified = Verified { fragments: 0, frames: 0, digest: Digest([0; 32]) };
    for fragment in &contents.fragments {
        let len = usize::try_from(fragment.bytes)
            .map_err(|_| Fault::new(FaultKind::Corrupt, format!("{path}: fragment too long")))?;
        let bytes = disk.read_at(path, fragment.at, len)?;
        for sample in fragment.samples.iter().filter(|s| !s.sound) {
            summing.add(slice(&bytes, sample.at - fragment.at, sample.size as usize));
        }
        if summing.clone().finish().0[..8] != fragment.check {
            break;
        }
        good = summing.clone();
        verified.fragments += 1;
        verified.frames += fragment.frames;
    }
    verified.digest = good.finish();
    Ok(verified)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::proof::{Stage, synthetic};
    use proptest::prelude::*;

    fn good_file() -> Vec<u8> {
        let mut stage = Stage::fake(7);
        stage.begin("a", 1);
        stage.feed("a", 1, &synthetic(40, 10, 500), 0.0);
        stage.stop();
        let files = stage.fake_disk().files();
        files.into_iter().find(|(path, _)| path.ends_with(".mp4")).unwrap().1
    }

    #[test]
    fn every_truncation_gives_whole_fragments_only() {
        let file = good_file();
        let full = scan_bytes(&file);
        assert_eq!((full.whole, full.size), (file.len() as u64, file.len() as u64));
        assert_eq!(full.samples().count(), 40);
        assert_eq!(full.end.as_ref().map(|e| e.frames), Some(40));
        for n in 0..file.len() {
            let part = scan_bytes(&file[..n]);
            assert!(part.whole <= n as u64);
            assert!(full.fragments.starts_with(&part.fragments));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_bytes_are_read_without_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..4_000)
        ) {
            let found = scan_bytes(&bytes);
            prop_assert!(found.whole <= bytes.len() as u64);
        }

        #[test]
        fn a_damaged_file_is_read_without_a_panic(
            hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)
        ) {
            let mut file = good_file();
            for (at, byte) in hits {
                let at = at.index(file.len().min(3_000));
                file[at] = byte;
            }
            let found = scan_bytes(&file);
            for sample in found.samples() {
                prop_assert!(sample.at + u64::from(sample.size) <= file.len() as u64);
            }
        }
    }
}
