//! The boxes of a segment file, in the order in which they are written.
//!
//! `ftyp`, `moov`, our tag (`uuid`: who and when), then per tick `moof` + `mdat`, and at close our
//! trailer (`uuid`: end, frames, digest) and `mfra`. Leaf boxes are `mp4-atom`'s; containers and
//! sample entries are put together here, because the camera's `avcC` or `hvcC` record is stored
//! byte for byte and not decoded and encoded again.

use mp4_atom::{
    Audio, BufMut, Dinf, Dref, DrefEntry, Elst, ElstEntry, Encode, FragmentInfo, Ftyp, Hdlr, Mdhd,
    Mfhd, Mfro, Mvhd, Smhd, Stco, Stsc, Stsz, Stts, Tfdt, Tfhd, Tfra, Tkhd, Trex, Trun, TrunEntry,
    Url, Visual, Vmhd,
};
use serde::{Deserialize, Serialize};

use super::Tag;
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Utc;
use crate::footage::Codec;
use crate::footage::unit::{AudioCodec, AudioParams, TICKS_PER_SEC, VideoParams};

/// `uuid` types of our boxes; random, made once.
pub const TAG_UUID: [u8; 16] = *b"\x5b\x1e\x2f\x90beadle.tag-\x01";
pub const END_UUID: [u8; 16] = *b"\x5b\x1e\x2f\x90beadle.end-\x01";
/// Inside each `moof`: the first 8 bytes of the SHA-256 over all video samples up to this
/// fragment's end. Repair tells a fragment that reached the platter whole from one that tore inside
/// a large slice.
pub const CHECK_UUID: [u8; 16] = *b"\x5b\x1e\x2f\x90beadle.sum-\x01";

pub const VIDEO_TRACK: u32 = 1;
pub const AUDIO_TRACK: u32 = 2;
/// ISO/IEC 14496-12 8.8.3.1: depends on no other sample; depends on others and is no sync sample.
const KEY_FLAGS: u32 = 0x0200_0000;
const OTHER_FLAGS: u32 = 0x0101_0000;
/// From 1904-01-01, where MP4 begins to count, to 1970-01-01.
const MP4_EPOCH_SECS: i64 = 2_082_844_800;
/// Movie header's clock: milliseconds, as most writers have it.
const MOVIE_TICKS: u32 = 1_000;

/// What a segment's file says of itself before its first picture.
pub struct Start<'a> {
    pub tag: &'a Tag,
    pub start: Utc,
    pub video: &'a VideoParams,
    pub audio: Option<&'a AudioParams>,
    /// Media time (ticks) at which presentation begins: above 0 where pictures are reordered.
    pub edit: u64,
}

/// The tag box's content: JSON, so that a person with `strings` can read it too.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredTag {
    pub version: u32,
    pub camera: String,
    pub site: String,
    pub start_us: i64,
    pub codec: Codec,
    pub edit: u64,
}

/// The trailer's content.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredEnd {
    pub end_us: i64,
    pub frames: u32,
    pub sha256: Digest,
}

/// One sample as the fragment's header has it.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub size: u32,
    pub duration: u32,
    pub offset: i32,
    pub key: bool,
}

/// Samples of one track in one fragment.
pub struct Run<'a> {
    pub time: u64,
    pub pieces: &'a [Piece],
}

type Encoded = mp4_atom::Result<()>;

fn refused(what: &str, e: mp4_atom::Error) -> Fault {
    Fault::new(FaultKind::Corrupt, format!("the {what} of a segment cannot be written: {e}"))
}

/// Everything before the first fragment.
///
/// # Errors
/// Parameters that no MP4 box can hold.
pub fn header(out: &mut Vec<u8>, start: &Start) -> Result<(), Fault> {
    let stored = StoredTag {
        version: 1,
        camera: start.tag.camera.to_string(),
        site: start.tag.site.clone(),
        start_us: start.start.0,
        codec: start.video.codec,
        edit: start.edit,
    };
    let ftyp = Ftyp {
        major_brand: b"isom".into(),
        minor_version: 0x200,
        compatible_brands: vec![b"isom".into(), b"iso6".into(), b"mp41".into()],
    };
    ftyp.encode(out)
        .and_then(|()| out.encode_atom(b"moov", |out| movie(out, start)))
        .map_err(|e| refused("header", e))?;
    json_box(out, TAG_UUID, &stored)
}

fn json_box(out: &mut Vec<u8>, kind: [u8; 16], content: &impl Serialize) -> Result<(), Fault> {
    let text = serde_json::to_vec(content).unwrap_or_default();
    let written = out.encode_atom(b"uuid", |out| {
        out.extend_from_slice(&kind);
        out.extend_from_slice(&text);
        Ok(())
    });
    written.map_err(|e| refused("tag", e))
}

fn movie(out: &mut Vec<u8>, start: &Start) -> Encoded {
    let created = (start.start.as_secs() + MP4_EPOCH_SECS).max(0) as u64;
    let mvhd = Mvhd {
        creation_time: created,
        modification_time: created,
        timescale: MOVIE_TICKS,
        rate: 1.into(),
        volume: 1.into(),
        next_track_id: AUDIO_TRACK + 1,
        ..Mvhd::default()
    };
    mvhd.encode(out)?;
    out.encode_atom(b"trak", |out| video_track(out, start, created))?;
    if let Some(audio) = start.audio {
        out.encode_atom(b"trak", |out| audio_track(out, audio, created))?;
    }
    out.encode_atom(b"mvex", |out| {
        trex(VIDEO_TRACK, OTHER_FLAGS).encode(out)?;
        match start.audio {
            Some(_) => trex(AUDIO_TRACK, KEY_FLAGS).encode(out),
            None => Ok(()),
        }
    })
}

fn trex(track_id: u32, default_sample_flags: u32) -> Trex {
    let default_sample_description_index = 1;
    Trex { track_id, default_sample_description_index, default_sample_flags, ..Trex::default() }
}

fn tkhd(track_id: u32, created: u64) -> Tkhd {
    let (creation_time, modification_time) = (created, created);
    Tkhd {
        track_id,
        creation_time,
        modification_time,
        enabled: true,
        in_movie: true,
        ..Tkhd::default()
    }
}

fn mdhd(timescale: u32, created: u64) -> Mdhd {
    Mdhd {
        creation_time: created,
        modification_time: created,
        timescale,
        duration: 0,
        language: "und".into(),
    }
}

fn hdlr(out: &mut Vec<u8>, kind: &[u8; 4], name: &str) -> Encoded {
    Hdlr { handler: kind.into(), name: name.into() }.encode(out)
}

fn video_track(out: &mut Vec<u8>, start: &Start, created: u64) -> Encoded {
    let video = start.video;
    let (width, height) = (video.width.into(), video.height.into());
    Tkhd { width, height, ..tkhd(VIDEO_TRACK, created) }.encode(out)?;
    if start.edit > 0 {
        let edit = ElstEntry {
            // Unknown while the file grows: 0 means "to the end" in a fragmented file.
            segment_duration: 0,
            media_time: Some(start.edit),
            media_rate: 1.into(),
        };
        out.encode_atom(b"edts", |out| Elst { entries: vec![edit] }.encode(out))?;
    }
    out.encode_atom(b"mdia", |out| {
        mdhd(TICKS_PER_SEC as u32, created).encode(out)?;
        hdlr(out, b"vide", "Video")?;
        out.encode_atom(b"minf", |out| {
            Vmhd::default().encode(out)?;
            tables(out, |out| {
                let (entry, record) = match video.codec {
                    Codec::H264 => (b"avc1", b"avcC"),
                    Codec::H265 => (b"hvc1", b"hvcC"),
                };
                out.encode_atom(entry, |out| {
                    let (width, height) = (video.width, video.height);
                    let visual =
                        Visual { data_reference_index: 1, width, height, ..Visual::default() };
                    visual.encode(out)?;
                    raw_box(out, record, &video.config)
                })
            })
        })
    })
}

fn raw_box(out: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) -> Encoded {
    out.encode_atom(kind, |out| {
        out.extend_from_slice(content);
        Ok(())
    })
}

fn audio_track(out: &mut Vec<u8>, audio: &AudioParams, created: u64) -> Encoded {
    Tkhd { volume: 1.into(), ..tkhd(AUDIO_TRACK, created) }.encode(out)?;
    out.encode_atom(b"mdia", |out| {
        mdhd(audio.rate_hz, created).encode(out)?;
        hdlr(out, b"soun", "Sound")?;
        out.encode_atom(b"minf", |out| {
            Smhd::default().encode(out)?;
            tables(out, |out| {
                let entry = match audio.codec {
                    AudioCodec::Aac => b"mp4a",
                    AudioCodec::Alaw => b"alaw",
                    AudioCodec::Ulaw => b"ulaw",
                };
                out.encode_atom(entry, |out| {
                    let fields = Audio {
                        data_reference_index: 1,
                        channel_count: audio.channels,
                        sample_size: 16,
                        // The field has 16 bits; a faster clock stands in the track header alone.
                        sample_rate: u16::try_from(audio.rate_hz).unwrap_or(0).into(),
                    };
                    fields.encode(out)?;
                    match audio.codec {
                        AudioCodec::Aac => raw_box(out, b"esds", &esds(&audio.config)),
                        AudioCodec::Alaw | AudioCodec::Ulaw => channels(out, audio.channels),
                    }
                })
            })
        })
    })
}

/// QuickTime's `chan`: which speaker, so that a player need not guess and say so. Mono is layout
/// 100, stereo 101.
fn channels(out: &mut Vec<u8>, channels: u16) -> Encoded {
    let layout: u32 = match channels {
        1 => 100 << 16 | 1,
        2 => 101 << 16 | 2,
        _ => return Ok(()),
    };
    out.encode_atom(b"chan", |out| {
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&layout.to_be_bytes());
        out.extend_from_slice(&[0; 8]);
        Ok(())
    })
}

/// ISO/IEC 14496-14 elementary stream descriptor around the camera's own AudioSpecificConfig, which
/// is under 100 bytes, so that every length fits one byte.
fn esds(config: &[u8]) -> Vec<u8> {
    let config = &config[..config.len().min(96)];
    let n = config.len() as u8;
    let mut out = vec![0, 0, 0, 0, 3, 3 + 2 + 13 + 2 + n + 3, 0, 2, 0, 4, 13 + 2 + n, 0x40, 0x15];
    out.extend_from_slice(&[0; 11]);
    out.extend_from_slice(&[5, n]);
    out.extend_from_slice(config);
    out.extend_from_slice(&[6, 1, 2]);
    out
}

/// `dinf` and `stbl`: the sample tables of a fragmented file are empty.
fn tables(out: &mut Vec<u8>, entry: impl FnOnce(&mut Vec<u8>) -> Encoded) -> Encoded {
    Dinf { dref: Dref { entries: vec![DrefEntry::Url(Url::default())] } }.encode(out)?;
    out.encode_atom(b"stbl", |out| {
        out.encode_atom(b"stsd", |out| {
            out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
            entry(out)
        })?;
        Stts::default().encode(out)?;
        Stsc::default().encode(out)?;
        Stsz::default().encode(out)?;
        Stco::default().encode(out)
    })
}

/// `moof` and the head of its `mdat`; the samples follow in the order video, sound.
///
/// # Errors
/// More than 2 GB in one fragment.
pub fn fragment(
    out: &mut Vec<u8>,
    number: u32,
    check: &[u8],
    video: &Run,
    sound: &Run,
) -> Result<(), Fault> {
    let bytes = |run: &Run| run.pieces.iter().map(|p| u64::from(p.size)).sum::<u64>();
    let (video_bytes, all) = (bytes(video), bytes(video) + bytes(sound));
    let too_large = || Fault::new(FaultKind::Corrupt, "a fragment of more than 2 GB");
    let mdat = u32::try_from(all + 8).ok().filter(|n| *n < 1 << 31).ok_or_else(too_large)?;
    let begin = out.len();
    let mut patches = [0; 2];
    let written = out.encode_atom(b"moof", |out| {
        Mfhd { sequence_number: number }.encode(out)?;
        patches[0] = track(out, VIDEO_TRACK, video)?;
        if !sound.pieces.is_empty() {
            patches[1] = track(out, AUDIO_TRACK, sound)?;
        }
        out.encode_atom(b"uuid", |out| {
            out.extend_from_slice(&CHECK_UUID);
            out.extend_from_slice(check);
            Ok(())
        })
    });
    written.map_err(|e| refused("fragment", e))?;
    let first = (out.len() - begin + 8) as u32;
    for (patch, offset) in patches.into_iter().zip([first, first + video_bytes as u32]) {
        if patch > 0 {
            out[patch..patch + 4].copy_from_slice(&offset.to_be_bytes());
        }
    }
    out.extend_from_slice(&mdat.to_be_bytes());
    out.extend_from_slice(b"mdat");
    Ok(())
}

/// One `traf`; returns where its data offset stands, which is known only when the `moof` is whole.
fn track(out: &mut Vec<u8>, track_id: u32, run: &Run) -> mp4_atom::Result<usize> {
    let video = track_id == VIDEO_TRACK;
    let reordered = run.pieces.iter().any(|p| p.offset != 0);
    let keys = run.pieces.iter().filter(|p| p.key).count();
    let first_only = keys == 0 || (keys == 1 && run.pieces.first().is_some_and(|p| p.key));
    let entry = |(n, piece): (usize, &Piece)| TrunEntry {
        duration: Some(piece.duration),
        size: Some(piece.size),
        flags: match (video, first_only) {
            (false, _) => None,
            (true, true) => (n == 0 && piece.key).then_some(KEY_FLAGS),
            (true, false) => Some(if piece.key { KEY_FLAGS } else { OTHER_FLAGS }),
        },
        cts: reordered.then_some(i64::from(piece.offset)),
    };
    let samples: Vec<TrunEntry> = run.pieces.iter().enumerate().map(entry).collect();
    let mut patch = 0;
    out.encode_atom(b"traf", |out| {
        Tfhd { track_id, default_base_is_moof: true, ..Tfhd::default() }.encode(out)?;
        Tfdt { base_media_decode_time: run.time }.encode(out)?;
        // Size, kind, flags and count come before the offset.
        patch = out.len() + 16;
        Trun { data_offset: Some(0), samples: samples.into() }.encode(out)
    })?;
    Ok(patch)
}

/// Where a fragment that begins with a key frame stands, for `mfra`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyFragment {
    /// Presentation time in media ticks.
    pub time: u64,
    pub at: u64,
}

/// Our trailer and the random access table, which closes the file.
///
/// # Errors
/// None that a segment of [`crate::base::limits::SEGMENT_SPAN_MAX`] can reach.
pub fn trailer(out: &mut Vec<u8>, end: &StoredEnd, keys: &[KeyFragment]) -> Result<(), Fault> {
    json_box(out, END_UUID, end)?;
    let entry = |key: &KeyFragment| FragmentInfo {
        time: key.time,
        moof_offset: key.at,
        traf_number: 1,
        trun_number: 1,
        sample_delta: 1,
    };
    let tfra = Tfra { track_id: VIDEO_TRACK, entries: keys.iter().map(entry).collect() };
    let begin = out.len();
    let written = out.encode_atom(b"mfra", |out| {
        tfra.encode(out)?;
        // Its own 16 bytes are part of the size it states.
        let parent_size = (out.len() - begin + 16) as u32;
        Mfro { parent_size }.encode(out)
    });
    written.map_err(|e| refused("trailer", e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_behind_the_mdat_head() {
        let piece = |size, key| Piece { size, duration: 3_000, offset: 0, key };
        let (video, sound) = ([piece(100, true), piece(50, false)], [piece(7, true)]);
        let mut out = Vec::new();
        let video = Run { time: 9, pieces: &video };
        fragment(&mut out, 1, &[0; 8], &video, &Run { time: 0, pieces: &sound }).unwrap();
        let head = out.len() as u32;
        let offsets: Vec<u32> = (0..out.len() - 16)
            .filter(|i| &out[*i..*i + 4] == b"trun")
            .map(|i| u32::from_be_bytes(out[i + 12..i + 16].try_into().unwrap()))
            .collect();
        assert_eq!(offsets, [head, head + 150]);
        assert_eq!(out[out.len() - 8..out.len() - 4], 165_u32.to_be_bytes());
    }

    #[test]
    fn the_file_ends_with_the_size_of_its_table() {
        let mut out = Vec::new();
        let end = StoredEnd { end_us: 1, frames: 2, sha256: Digest([0; 32]) };
        trailer(&mut out, &end, &[KeyFragment { time: 0, at: 900 }]).unwrap();
        let size = u32::from_be_bytes(out[out.len() - 4..].try_into().unwrap()) as usize;
        assert_eq!(&out[out.len() - size + 4..out.len() - size + 8], b"mfra");
    }
}
