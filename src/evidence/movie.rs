//! A clip's file up to its first picture: progressive MP4 with the whole index in front, so that
//! any player can seek in it at once, and what standard-aware players look for: who exported it,
//! which camera, and the true time of its first picture (R2.31: ONVIF Export File Format, IEC
//! 62676-2-32).
//!
//! ```text
//! ftyp · meta { hdlr, suep, cstb } · moov { mvhd, trak { tkhd, edts, mdia ... } } · mdat
//! ```
//! Boxes are written here by hand: they are few, and their bytes are evidence. The camera's record
//! of parameters is stored byte for byte, pictures follow as they were recorded (R2.16, R2.32).

use super::cut::FILE_BYTES_MAX;
use super::tables::Tables;
use crate::base::time::{Span, Utc};
use crate::footage::Codec;
use crate::footage::unit::{TICKS_PER_SEC, VideoParams};

/// From 1904, where MP4 begins to count, to 1970, in seconds.
const MP4_EPOCH_SECS: i64 = 2_082_844_800;
/// From 1601 to 1970, in 100 ns.
const EPOCH_1601_UNITS: i64 = 116_444_736_000_000_000;
const MOVIE_TICKS: u64 = 1_000;
const TRACK: u32 = 1;

/// What stands in a clip's file beside its pictures.
#[derive(Clone, PartialEq, Debug)]
pub struct Head<'a> {
    pub video: &'a VideoParams,
    /// When the first shown picture was taken.
    pub start: Utc,
    /// When the export began.
    pub exported: Utc,
    /// Site and recorder, for `suep`; the operator by the id of the file.
    pub unit: &'a str,
    pub operator: &'a str,
    /// The camera's name, its address without any login, and its hardware address, where known.
    pub camera: &'a str,
    pub address: &'a str,
    pub mac: &'a str,
}

/// The bytes before the first picture.
///
/// # Errors
/// Too many pictures for one file: the cut was wrong.
pub fn header(head: &Head<'_>, tables: &Tables) -> Result<Vec<u8>, String> {
    let mut out = Boxes(Vec::new());
    out.one(b"ftyp", |out| {
        out.bytes(b"isom");
        out.u32(0x200);
        out.bytes(b"isomiso2mp41");
        out.bytes(if head.video.codec == Codec::H264 { b"avc1" } else { b"hvc1" });
    });
    side_information(&mut out, head, tables);
    let front = out.0.len();
    movie(&mut out, head, tables, 0);
    let base = out.0.len() as u64 + 8;
    let size = base + tables.bytes;
    if size > FILE_BYTES_MAX {
        return Err(format!("a clip of {size} bytes; {FILE_BYTES_MAX} are the most"));
    }
    // The index has a fixed size: the same again, now that it is known where pictures begin.
    out.0.truncate(front);
    movie(&mut out, head, tables, base as u32);
    out.u32((tables.bytes + 8) as u32);
    out.bytes(b"mdat");
    Ok(out.0)
}

/// `suep` and `cstb`, at the level of the file.
fn side_information(out: &mut Boxes, head: &Head<'_>, tables: &Tables) {
    out.full(b"meta", 0, 0, |out| {
        kind_of_media(out, b"null", "");
        out.full(b"suep", 1, 0, |out| {
            for text in [head.unit, "", ""] {
                out.text(text);
            }
            out.u64((head.exported.as_secs() + MP4_EPOCH_SECS).max(0) as u64);
            out.text(head.operator);
            out.u32(1);
            out.u16(TRACK as u16);
            for text in [head.camera, head.address, head.mac, ""] {
                out.text(text);
            }
        });
        out.one(b"cstb", |out| {
            out.u32(1);
            out.u32(TRACK);
            // Of the origin of the media's line, which lies before the first shown picture where
            // pictures are reordered.
            let origin = head.start - super::cut::span(tables.lead);
            out.u64((origin.0 * 10 + EPOCH_1601_UNITS).max(0) as u64);
        });
    });
}

/// What `cstb` says, as a moment.
pub fn moment_of_1601(units: u64) -> Utc {
    let units = i64::try_from(units).unwrap_or(i64::MAX);
    Utc(0) + Span((units - EPOCH_1601_UNITS) / 10)
}

fn kind_of_media(out: &mut Boxes, kind: &[u8; 4], name: &str) {
    out.full(b"hdlr", 0, 0, |out| {
        out.u32(0);
        out.bytes(kind);
        out.bytes(&[0; 12]);
        out.text(name);
    });
}

/// Unity, as 16.16 and 2.30 fixed point.
fn matrix(out: &mut Boxes) {
    for n in [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000] {
        out.u32(n);
    }
}

fn movie(out: &mut Boxes, head: &Head<'_>, tables: &Tables, base: u32) {
    let created = (head.start.as_secs() + MP4_EPOCH_SECS).max(0) as u64;
    let shown = tables.shown_ticks() * MOVIE_TICKS / TICKS_PER_SEC as u64;
    out.one(b"moov", |out| {
        out.full(b"mvhd", 1, 0, |out| {
            out.u64(created);
            out.u64(created);
            out.u32(MOVIE_TICKS as u32);
            out.u64(shown);
            out.u32(0x1_0000);
            out.u16(0x100);
            out.bytes(&[0; 10]);
            matrix(out);
            out.bytes(&[0; 24]);
            out.u32(TRACK + 1);
        });
        out.one(b"trak", |out| {
            // Enabled, in the movie, in its preview.
            out.full(b"tkhd", 1, 7, |out| {
                out.u64(created);
                out.u64(created);
                out.u32(TRACK);
                out.u32(0);
                out.u64(shown);
                out.bytes(&[0; 16]);
                matrix(out);
                out.u32(u32::from(head.video.width) << 16);
                out.u32(u32::from(head.video.height) << 16);
            });
            out.one(b"edts", |out| {
                out.full(b"elst", 1, 0, |out| {
                    out.u32(1);
                    out.u64(shown);
                    out.u64(tables.lead.max(0) as u64);
                    out.u32(0x1_0000);
                });
            });
            media(out, head, tables, created, base);
        });
    });
}

fn media(out: &mut Boxes, head: &Head<'_>, tables: &Tables, created: u64, base: u32) {
    out.one(b"mdia", |out| {
        out.full(b"mdhd", 1, 0, |out| {
            out.u64(created);
            out.u64(created);
            out.u32(TICKS_PER_SEC as u32);
            out.u64(tables.ticks);
            // "und": three letters of five bits.
            out.u16(0x55c4);
            out.u16(0);
        });
        kind_of_media(out, b"vide", "Video");
        out.one(b"minf", |out| {
            out.full(b"vmhd", 0, 1, |out| out.bytes(&[0; 8]));
            out.one(b"dinf", |out| {
                out.full(b"dref", 0, 0, |out| {
                    out.u32(1);
                    out.full(b"url ", 0, 1, |_| {});
                });
            });
            out.one(b"stbl", |out| {
                out.full(b"stsd", 0, 0, |out| {
                    out.u32(1);
                    sample_entry(out, head.video);
                });
                index(out, tables, base);
            });
        });
    });
}

fn sample_entry(out: &mut Boxes, video: &VideoParams) {
    let (entry, record) = match video.codec {
        Codec::H264 => (b"avc1", b"avcC"),
        Codec::H265 => (b"hvc1", b"hvcC"),
    };
    out.one(entry, |out| {
        out.bytes(&[0; 6]);
        out.u16(1);
        out.bytes(&[0; 16]);
        out.u16(video.width);
        out.u16(video.height);
        // 72 dots an inch, one frame a sample, no compressor's name, 24 bits, no colour table.
        out.u32(0x48_0000);
        out.u32(0x48_0000);
        out.u32(0);
        out.u16(1);
        out.bytes(&[0; 32]);
        out.u16(0x18);
        out.u16(0xffff);
        out.one(record, |out| out.bytes(&video.config));
    });
}

fn index(out: &mut Boxes, tables: &Tables, base: u32) {
    out.full(b"stts", 0, 0, |out| {
        out.u32(tables.durations.len() as u32);
        for (n, ticks) in &tables.durations {
            out.u32(*n);
            out.u32(*ticks);
        }
    });
    if tables.offsets.iter().any(|(_, offset)| *offset != 0) {
        out.full(b"ctts", 1, 0, |out| {
            out.u32(tables.offsets.len() as u32);
            for (n, offset) in &tables.offsets {
                out.u32(*n);
                out.u32(*offset as u32);
            }
        });
    }
    out.full(b"stss", 0, 0, |out| {
        out.u32(tables.keys.len() as u32);
        tables.keys.iter().for_each(|key| out.u32(*key));
    });
    out.full(b"stsz", 0, 0, |out| {
        out.u32(0);
        out.u32(tables.sizes.len() as u32);
        tables.sizes.iter().for_each(|size| out.u32(*size));
    });
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (n, (_, pictures)) in tables.chunks.iter().enumerate() {
        if runs.last().is_none_or(|(_, same)| same != pictures) {
            runs.push((n as u32 + 1, *pictures));
        }
    }
    out.full(b"stsc", 0, 0, |out| {
        out.u32(runs.len() as u32);
        for (first, pictures) in runs {
            out.u32(first);
            out.u32(pictures);
            out.u32(1);
        }
    });
    out.full(b"stco", 0, 0, |out| {
        out.u32(tables.chunks.len() as u32);
        tables.chunks.iter().for_each(|(at, _)| out.u32(base.saturating_add(*at as u32)));
    });
}

/// Bytes in the making.
struct Boxes(Vec<u8>);

impl Boxes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn u16(&mut self, n: u16) {
        self.bytes(&n.to_be_bytes());
    }

    fn u32(&mut self, n: u32) {
        self.bytes(&n.to_be_bytes());
    }

    fn u64(&mut self, n: u64) {
        self.bytes(&n.to_be_bytes());
    }

    /// With a zero behind; what would end it early is left out.
    fn text(&mut self, text: &str) {
        self.0.extend(text.bytes().filter(|b| *b != 0));
        self.0.push(0);
    }

    fn one(&mut self, kind: &[u8; 4], body: impl FnOnce(&mut Boxes)) {
        let at = self.0.len();
        self.u32(0);
        self.bytes(kind);
        body(self);
        let size = (self.0.len() - at) as u32;
        self.0[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }

    fn full(&mut self, kind: &[u8; 4], version: u8, flags: u32, body: impl FnOnce(&mut Boxes)) {
        self.one(kind, |out| {
            out.u32(u32::from(version) << 24 | flags);
            body(out);
        });
    }
}
