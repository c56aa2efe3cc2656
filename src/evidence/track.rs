//! Reads a clip as Beadle writes it: the boxes of its front, the sizes of its pictures, who and
//! when the file says it is. Any bytes at all: never a panic.
//!
//! A clip of another make is told as such: what is checked here is that a file is the one that was
//! written, not that it could be played.

use crate::base::time::Utc;

use super::movie::moment_of_1601;

/// A movie's front is never larger: 4 bytes and some for each of 40 million pictures.
pub const FRONT_BYTES_MAX: u64 = 400_000_000;

/// A box at the level of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outer {
    pub kind: [u8; 4],
    /// Where it begins, and its bytes with its head.
    pub at: u64,
    pub bytes: u64,
}

/// The head of a box from its first 16 bytes; `None`: it is none, or does not end.
pub fn outer(at: u64, head: &[u8]) -> Option<Outer> {
    let size = u64::from(be32(head, 0)?);
    let kind: [u8; 4] = head.get(4..8)?.try_into().ok()?;
    (size >= 8).then_some(Outer { kind, at, bytes: size })
}

/// What a clip's file says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Front {
    /// Sizes of the pictures, in the order of the file.
    pub sizes: Vec<u32>,
    /// Where the first picture begins.
    pub first_at: u64,
    /// Of `suep`: the recorder, when it exported, who, and which camera.
    pub unit: String,
    pub operator: String,
    pub camera: String,
    /// Of `cstb`.
    pub start: Option<Utc>,
}

impl Front {
    pub fn bytes(&self) -> u64 {
        self.sizes.iter().map(|size| u64::from(*size)).sum()
    }
}

/// Reads the bodies of `meta` and `moov`, heads left off; `mdat` is where pictures may lie.
///
/// # Errors
/// What is not as Beadle writes it, in words.
pub fn read(meta: &[u8], moov: &[u8], mdat: Outer) -> Result<Front, String> {
    let mut front = Front::default();
    side_information(meta, &mut front).ok_or("it does not say who exported it")?;
    let stbl = path(moov, &[b"trak", b"mdia", b"minf", b"stbl"]).ok_or("it has no index")?;
    front.sizes = sizes(stbl).ok_or("its index has no sizes")?;
    let chunks = chunks(stbl, front.sizes.len()).ok_or("its index does not add up")?;
    let mut at = mdat.at + 8;
    front.first_at = at;
    let mut sizes = front.sizes.iter();
    for (begins, pictures) in chunks {
        if begins != at {
            return Err("its pictures do not follow each other".into());
        }
        at += sizes.by_ref().take(pictures).map(|size| u64::from(*size)).sum::<u64>();
    }
    match at == mdat.at + mdat.bytes {
        true => Ok(front),
        false => Err("its index and its pictures do not agree".into()),
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn child<'a>(mut bytes: &'a [u8], want: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let size = be32(bytes, 0)? as usize;
        let (kind, body) = (bytes.get(4..8)?, bytes.get(8..size)?);
        if kind == want {
            return Some(body);
        }
        bytes = bytes.get(size..)?;
    }
}

fn path<'a>(bytes: &'a [u8], names: &[&[u8; 4]]) -> Option<&'a [u8]> {
    names.iter().try_fold(bytes, |bytes, name| child(bytes, name))
}

/// The 32-bit words of a table behind version and flags: so many at `at`, `each` an entry.
fn words(table: &[u8], at: usize, entries: usize, each: usize) -> Option<Vec<u32>> {
    let bytes = table.get(at..at.checked_add(entries.checked_mul(each * 4)?)?)?;
    Some(bytes.as_chunks::<4>().0.iter().map(|four| u32::from_be_bytes(*four)).collect())
}

fn sizes(stbl: &[u8]) -> Option<Vec<u32>> {
    let stsz = child(stbl, b"stsz")?;
    (be32(stsz, 4)? == 0).then_some(())?;
    words(stsz, 12, be32(stsz, 8)? as usize, 1)
}

/// Where each chunk begins, and its pictures.
fn chunks(stbl: &[u8], pictures: usize) -> Option<Vec<(u64, usize)>> {
    let (stco, stsc) = (child(stbl, b"stco")?, child(stbl, b"stsc")?);
    let starts = words(stco, 8, be32(stco, 4)? as usize, 1)?;
    let runs = words(stsc, 8, be32(stsc, 4)? as usize, 3)?;
    let runs = runs.as_chunks::<3>().0;
    let mut out = Vec::with_capacity(starts.len());
    let mut run = 0;
    for (n, start) in (1..).zip(&starts) {
        while runs.get(run + 1).is_some_and(|next| next[0] <= n) {
            run += 1;
        }
        out.push((u64::from(*start), runs.get(run)?[1] as usize));
    }
    (out.iter().map(|(_, n)| n).sum::<usize>() == pictures).then_some(out)
}

fn side_information(meta: &[u8], front: &mut Front) -> Option<()> {
    let meta = meta.get(4..)?;
    let suep = child(meta, b"suep")?;
    (suep.first() == Some(&1)).then_some(())?;
    let mut rest = suep.get(4..)?;
    let mut text = |skip: usize| {
        rest = rest.get(skip..)?;
        let end = rest.iter().position(|b| *b == 0)?;
        let text = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        Some(text)
    };
    front.unit = text(0)?;
    // Its address and its hardware's.
    text(0)?;
    text(0)?;
    // The time of the export stands between, and behind it the number of tracks and the first's.
    front.operator = text(8)?;
    front.camera = text(6)?;
    let cstb = child(meta, b"cstb")?;
    front.start = be64(cstb, 8).map(moment_of_1601);
    Some(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::super::movie::{Head, header};
    use super::super::tables::{Picture, Tables};
    use super::*;
    use crate::footage::Codec;
    use crate::footage::unit::VideoParams;

    fn file() -> (Vec<u8>, Tables) {
        let config = Bytes::from_static(&[1, 100, 0, 31]);
        let video = VideoParams { codec: Codec::H264, config, width: 320, height: 240 };
        let mut tables = Tables::default();
        for n in 0..25 {
            let time = n * 6_000;
            let bytes = 10 + n as u32;
            tables.add(
                0,
                &Picture { bytes, decoded: time, shown: time, duration: 6_000, key: n % 10 == 0 },
            );
        }
        tables.close();
        let head = Head {
            video: &video,
            start: "2026-11-21T08:41:00.250Z".parse().unwrap(),
            exported: "2026-11-22T09:14:00Z".parse().unwrap(),
            unit: "School, export-7",
            operator: "headteacher",
            camera: "Front gate",
            address: "rtsp://10.20.0.11/main",
            mac: "",
        };
        let mut bytes = header(&head, &tables).unwrap();
        bytes.extend(vec![7; tables.bytes as usize]);
        (bytes, tables)
    }

    fn read_all(bytes: &[u8]) -> Result<Front, String> {
        let (mut at, mut found) = (0, [None, None, None]);
        while let Some(outer) = outer(at as u64, &bytes[at.min(bytes.len())..]) {
            let end = at + outer.bytes as usize;
            let Some(body) = bytes.get(at + 8..end) else { return Err("cut short".into()) };
            match &outer.kind {
                b"meta" => found[0] = Some((body, outer)),
                b"moov" => found[1] = Some((body, outer)),
                b"mdat" => found[2] = Some((body, outer)),
                _ => {}
            }
            at = end;
        }
        match found {
            [Some((meta, _)), Some((moov, _)), Some((_, mdat))] => read(meta, moov, mdat),
            _ => Err("a box is missing".into()),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let (bytes, tables) = file();
        let front = read_all(&bytes).unwrap();
        assert_eq!(front.sizes, tables.sizes);
        assert_eq!(
            (front.unit.as_str(), front.operator.as_str()),
            ("School, export-7", "headteacher")
        );
        assert_eq!(front.camera, "Front gate");
        assert_eq!(front.start, Some("2026-11-21T08:41:00.250Z".parse().unwrap()));
        assert_eq!(front.first_at + front.bytes(), bytes.len() as u64);
    }

    proptest! {
        #[test]
        fn a_damaged_file_is_read_without_a_panic(
            hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
            cut in any::<prop::sample::Index>(),
        ) {
            let (mut bytes, _) = file();
            for (at, byte) in hits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let _ = read_all(&bytes);
            let _ = read_all(&bytes[..cut.index(bytes.len())]);
        }
    }
}
