//! Where the key frames of a closed segment stand: its `mfra`, read from the end of the file, so
//! that a seek reads one group of pictures and not the heads of all.

use mp4_atom::{Atom, Mfro, Tfra};

use super::boxes::VIDEO_TRACK;
use super::reader::Read;
use crate::base::fault::Fault;
use crate::base::limits::BOX_BYTES_MAX;

/// `mfro`: head, version and flags, size.
const MFRO_BYTES: u64 = 16;

/// A fragment that begins with a key frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyPlace {
    /// Presentation time in ticks of the track.
    pub shown: i64,
    /// Where its `moof` begins.
    pub at: u64,
}

/// In the order of the file; `None`: the segment is not closed, or its table is not ours.
///
/// # Errors
/// Those of `read`.
pub fn key_places(size: u64, read: Read) -> Result<Option<Vec<KeyPlace>>, Fault> {
    let Some(at) = size.checked_sub(MFRO_BYTES) else { return Ok(None) };
    let tail = read(at, MFRO_BYTES as usize)?;
    let Some(length) = table_length(&tail).filter(|n| *n <= size.min(BOX_BYTES_MAX)) else {
        return Ok(None);
    };
    let table = read(size - length, length as usize)?;
    Ok(table_of(&table, size))
}

fn table_length(tail: &[u8]) -> Option<u64> {
    let body = tail.strip_prefix(b"\0\0\0\x10mfro")?;
    let mfro = Mfro::decode_body(&mut &*body).ok()?;
    Some(u64::from(mfro.parent_size)).filter(|n| *n >= MFRO_BYTES)
}

fn table_of(mfra: &[u8], size: u64) -> Option<Vec<KeyPlace>> {
    if mfra.get(4..8)? != b"mfra" {
        return None;
    }
    let length = u32::from_be_bytes(mfra.get(8..12)?.try_into().ok()?) as usize;
    if mfra.get(12..16)? != b"tfra" {
        return None;
    }
    let mut body = mfra.get(16..8 + length)?;
    let tfra = Tfra::decode_body(&mut body).ok()?;
    let mut places = Vec::with_capacity(tfra.entries.len());
    for entry in &tfra.entries {
        let place = KeyPlace { shown: i64::try_from(entry.time).ok()?, at: entry.moof_offset };
        let follows = places.last().is_none_or(|before: &KeyPlace| before.at < place.at);
        if !follows || place.at >= size {
            return None;
        }
        places.push(place);
    }
    (tfra.track_id == VIDEO_TRACK && !places.is_empty()).then_some(places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::segment::proof::{Stage, synthetic};
    use crate::segment::reader::scan_bytes;

    fn file(closed: bool) -> Vec<u8> {
        let mut stage = Stage::fake(7);
        stage.begin("a", 1);
        stage.feed("a", 1, &synthetic(60, 10, 500), 0.0);
        if closed {
            stage.stop();
        }
        let files = stage.fake_disk().files();
        files.into_iter().find(|(path, _)| path.ends_with(".mp4")).unwrap().1
    }

    fn places(bytes: &[u8]) -> Option<Vec<KeyPlace>> {
        let read = &mut |at: u64, len: usize| {
            let from = (at as usize).min(bytes.len());
            Ok(bytes[from..(from + len).min(bytes.len())].to_vec())
        };
        key_places(bytes.len() as u64, read).unwrap()
    }

    #[test]
    fn the_table_says_what_a_scan_finds() {
        let bytes = file(true);
        let scanned = scan_bytes(&bytes);
        let keys = scanned
            .fragments
            .iter()
            .filter(|f| f.key)
            .map(|f| KeyPlace { shown: f.samples[0].shown(), at: f.at });
        assert_eq!(places(&bytes), Some(keys.collect()));
        assert_eq!(places(&file(false)), None, "an open segment has none");
        assert_eq!(places(b""), None);
    }

    proptest! {
        #[test]
        fn a_damaged_table_is_read_without_a_panic(
            hits in prop::collection::vec((0usize..400, any::<u8>()), 1..20)
        ) {
            let mut bytes = file(true);
            let length = bytes.len();
            for (back, byte) in hits {
                bytes[length - 1 - back.min(length - 1)] = byte;
            }
            for place in places(&bytes).unwrap_or_default() {
                prop_assert!(place.at < length as u64);
            }
        }
    }
}
