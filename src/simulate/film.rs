//! A film: a few seconds of coded pictures that a simulated camera plays for ever.
//!
//! The file is ours because Annex-B alone carries no presentation times, and films with B-frames need
//! them: `BEADLEF1`, codec, rate, size, count, then each picture with its length, its place in the order
//! of showing, and whether it is a key frame. Integers are big-endian.

use bytes::Bytes;

use crate::base::limits::SIM_PICTURES_MAX;
use crate::footage::Codec;

const MAGIC: &[u8; 8] = b"BEADLEF1";

/// One coded picture in decode order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// NAL units with Annex-B start codes, parameter sets before key frames.
    pub annex_b: Bytes,
    /// Its place in the order of showing, counted in pictures from the film's first.
    pub shown: u32,
    pub key: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Film {
    pub codec: Codec,
    pub fps: u16,
    pub width: u16,
    pub height: u16,
    pub pictures: Vec<Picture>,
}

impl Film {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let size: usize = self.pictures.iter().map(|p| p.annex_b.len() + 9).sum();
        let mut out = Vec::with_capacity(size + 32);
        out.extend_from_slice(MAGIC);
        out.push(match self.codec {
            Codec::H264 => 4,
            Codec::H265 => 5,
        });
        for figure in [self.fps, self.width, self.height] {
            out.extend_from_slice(&figure.to_be_bytes());
        }
        out.extend_from_slice(&(self.pictures.len() as u32).to_be_bytes());
        for picture in &self.pictures {
            out.extend_from_slice(&(picture.annex_b.len() as u32).to_be_bytes());
            out.extend_from_slice(&picture.shown.to_be_bytes());
            out.push(u8::from(picture.key));
            out.extend_from_slice(&picture.annex_b);
        }
        out
    }

    /// # Errors
    /// A sentence: not a film, cut short, or without a key frame at its start.
    pub fn from_bytes(bytes: Bytes) -> Result<Film, String> {
        let mut rest = bytes;
        if take(&mut rest, 8)? != MAGIC[..] {
            return Err("not a film of the simulator".into());
        }
        let codec = match take(&mut rest, 1)?[0] {
            4 => Codec::H264,
            5 => Codec::H265,
            other => return Err(format!("codec {other} is not known")),
        };
        let (fps, width, height) = (u16_of(&mut rest)?, u16_of(&mut rest)?, u16_of(&mut rest)?);
        let count = u32_of(&mut rest)? as usize;
        if count == 0 || count > SIM_PICTURES_MAX || fps == 0 {
            return Err(format!("{count} pictures at {fps} a second make no film"));
        }
        let mut pictures = Vec::with_capacity(count);
        for _ in 0..count {
            let len = u32_of(&mut rest)? as usize;
            let shown = u32_of(&mut rest)?;
            let key = take(&mut rest, 1)?[0] == 1;
            pictures.push(Picture { annex_b: take(&mut rest, len)?, shown, key });
        }
        if !pictures[0].key {
            return Err("the film does not begin with a key frame".into());
        }
        Ok(Film { codec, fps, width, height, pictures })
    }
}

fn take(rest: &mut Bytes, n: usize) -> Result<Bytes, String> {
    if rest.len() < n {
        return Err("the film is cut short".into());
    }
    Ok(rest.split_to(n))
}

fn u16_of(rest: &mut Bytes) -> Result<u16, String> {
    let b = take(rest, 2)?;
    Ok(u16::from_be_bytes([b[0], b[1]]))
}

fn u32_of(rest: &mut Bytes) -> Result<u32, String> {
    let b = take(rest, 4)?;
    Ok(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}

/// The NAL units between Annex-B start codes, without trailing zero bytes.
pub fn nal_units(annex_b: &Bytes) -> Vec<Bytes> {
    let mut starts = Vec::new();
    let mut i = 0;
    while i + 3 <= annex_b.len() {
        if annex_b[i..i + 3] == [0, 0, 1] {
            starts.push(i);
            i += 3;
        } else {
            i += 1;
        }
    }
    let mut units = Vec::with_capacity(starts.len());
    for (k, start) in starts.iter().enumerate() {
        let mut end = starts.get(k + 1).copied().unwrap_or(annex_b.len());
        // A NAL unit never ends in a zero byte: zeros there belong to the next start code.
        while end > start + 3 && annex_b[end - 1] == 0 {
            end -= 1;
        }
        if end > start + 3 {
            units.push(annex_b.slice(start + 3..end));
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film() -> Film {
        let picture = |key, shown, nal: &[u8]| {
            let mut annex_b = vec![0, 0, 0, 1];
            annex_b.extend_from_slice(nal);
            Picture { annex_b: annex_b.into(), shown, key }
        };
        let pictures =
            vec![picture(true, 0, b"ab"), picture(false, 2, b"c"), picture(false, 1, b"d")];
        Film { codec: Codec::H265, fps: 15, width: 320, height: 180, pictures }
    }

    #[test]
    fn a_film_survives_its_file() {
        let bytes = film().to_bytes();
        assert_eq!(Film::from_bytes(bytes.into()).unwrap(), film());
    }

    #[test]
    fn a_film_cut_anywhere_is_refused_without_panic() {
        let bytes = film().to_bytes();
        for n in 0..bytes.len() {
            assert!(Film::from_bytes(bytes[..n].to_vec().into()).is_err(), "cut at {n}");
        }
    }

    #[test]
    fn nal_units_are_found_behind_both_start_codes() {
        let bytes = Bytes::from_static(&[0, 0, 0, 1, 9, 16, 0, 0, 1, 7, 5, 0, 0, 0, 1, 8]);
        let units = nal_units(&bytes);
        assert_eq!(units, [&[9u8, 16][..], &[7, 5], &[8]]);
        assert!(nal_units(&Bytes::from_static(&[0, 0])).is_empty());
    }
}
