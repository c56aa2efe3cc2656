//! The files of the logbook: what a chunk and a record look like, written and read.
//!
//! ```text
//! beadle-logbook 1 chunk 0 revision 0
//! 4b1d29f0a6c3e877 ⇥ 0 ⇥ {"act":"open",…,"v":1} ⇥ 64 digits of salt ⇥ {"fields":{…}}
//! 90c7e2b15d3fa846 ⇥ 1 ⇥ {"act":"open",…,"v":1} ⇥ - ⇥ -
//! ```
//! Tabs part the columns: sum (the first 16 digits of SHA-256 over the rest of the line), number,
//! leaf, salt, body. Canonical bytes have neither tab nor line end in them, so that
//! `cut -f5 000000000000.log | jq` shows what was entered. A forgotten body leaves two dashes. The
//! revision counts how often the chunk was rewritten to forget.

use crate::base::digest::Digest;
use crate::logbook::leaf::{self, Salt};
use crate::logbook::tree::CHUNK;
use crate::logbook::{Body, Entry, Number};

/// Of the state folder, and of copies within their own place.
pub const FOLDER: &str = "logbook";

const SUM_DIGITS: usize = 16;

fn sum(rest: &[u8]) -> [u8; SUM_DIGITS] {
    let mut digits = [0; SUM_DIGITS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(Digest::of(rest).0) {
        pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    digits
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// One record with the exact bytes that are summed up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Record {
    pub(super) number: Number,
    pub(super) leaf: Vec<u8>,
    pub(super) body: Option<(Salt, Vec<u8>)>,
}

impl Record {
    pub(super) fn hash(&self) -> Digest {
        leaf::leaf_hash(&self.leaf)
    }

    /// With its line end.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut rest = format!("{}\t", self.number).into_bytes();
        rest.extend(&self.leaf);
        rest.push(b'\t');
        match &self.body {
            Some((salt, body)) => {
                rest.extend(
                    salt.iter().flat_map(|b| [HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]),
                );
                rest.push(b'\t');
                rest.extend(body);
            }
            None => rest.extend(b"-\t-"),
        }
        let mut line = Vec::with_capacity(SUM_DIGITS + 2 + rest.len());
        line.extend(sum(&rest));
        line.push(b'\t');
        line.extend(rest);
        line.push(b'\n');
        line
    }

    /// A line without its end; `None`: not as it was written.
    pub(super) fn read(line: &[u8]) -> Option<Record> {
        let (sum, rest) = line.split_at_checked(SUM_DIGITS)?;
        let rest = rest.strip_prefix(b"\t")?;
        if self::sum(rest) != sum {
            return None;
        }
        let mut parts = rest.splitn(4, |b| *b == b'\t');
        let number = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
        let leaf = parts.next()?.to_vec();
        let (salt, body) = (parts.next()?, parts.next()?);
        if (salt, body) == (b"-", b"-") {
            return Some(Record { number, leaf, body: None });
        }
        let salt: Digest = std::str::from_utf8(salt).ok()?.parse().ok()?;
        Some(Record { number, leaf, body: Some((salt.0, body.to_vec())) })
    }

    /// # Errors
    /// A sentence: the header or the body is not what this Beadle writes.
    pub(super) fn entry(&self) -> Result<Entry, String> {
        let number = self.number;
        let header = leaf::read_leaf(&self.leaf).map_err(|e| format!("entry {number}: {e}"))?;
        let body = match &self.body {
            None => None,
            Some((_, bytes)) => Some(
                serde_json::from_slice::<Body>(bytes)
                    .map_err(|e| format!("entry {number}: its body: {e}"))?,
            ),
        };
        Ok(Entry { number, header, body })
    }
}

/// The first line of a chunk.
pub(super) fn title(chunk: u64, revision: u64) -> String {
    format!("beadle-logbook 1 chunk {chunk} revision {revision}\n")
}

/// The revision in a chunk's first line (without its end).
pub(super) fn read_title(line: &[u8], chunk: u64) -> Option<u64> {
    let front = format!("beadle-logbook 1 chunk {chunk} revision ");
    std::str::from_utf8(line.strip_prefix(front.as_bytes())?).ok()?.parse().ok()
}

/// `000000004096.log`: named by its first entry.
pub(super) fn file_name(chunk: u64) -> String {
    format!("{:012}.log", chunk.saturating_mul(CHUNK))
}

pub(super) fn path(chunk: u64) -> String {
    format!("{FOLDER}/{}", file_name(chunk))
}

/// The chunk that a file of this name holds.
pub(super) fn chunk_named(name: &str, ending: &str) -> Option<u64> {
    let first: u64 = name.strip_suffix(ending).filter(|stem| stem.len() == 12)?.parse().ok()?;
    first.is_multiple_of(CHUNK).then_some(first / CHUNK)
}

/// What a chunk file holds, from the front.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) revision: u64,
    pub(super) records: Vec<Record>,
    /// Where each record begins.
    pub(super) offsets: Vec<u64>,
    /// Bytes of the title and of the whole records that follow one another.
    pub(super) whole: u64,
    /// Whole records that stand behind something that is none: not what a torn write leaves.
    pub(super) beyond: bool,
}

/// Reads as far as everything is in order; any bytes will do.
pub(super) fn read_chunk(bytes: &[u8], chunk: u64) -> Chunk {
    let mut read = Chunk::default();
    let mut at = 0;
    let mut lines = bytes.split_inclusive(|b| *b == b'\n');
    let first = lines.next().unwrap_or_default();
    let mut good = false;
    if let Some(revision) = first.strip_suffix(b"\n").and_then(|line| read_title(line, chunk)) {
        read.revision = revision;
        at = first.len() as u64;
        good = true;
    }
    read.whole = at;
    for line in lines {
        let next = chunk.saturating_mul(CHUNK) + read.records.len() as u64;
        let record = line.strip_suffix(b"\n").and_then(Record::read);
        match record {
            Some(record) if good && record.number == next && next / CHUNK == chunk => {
                read.offsets.push(at);
                at += line.len() as u64;
                read.whole = at;
                read.records.push(record);
            }
            Some(_) => {
                read.beyond = true;
                break;
            }
            None => good = false,
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(number: Number) -> Record {
        let leaf = format!("{{\"n\":{number}}}").into_bytes();
        Record { number, leaf, body: Some(([number as u8; 32], b"{\"a\":\"b c\"}".to_vec())) }
    }

    fn file() -> Vec<u8> {
        let lines = (0..3).map(|n| match n {
            1 => Record { body: None, ..record(1) }.line(),
            _ => record(n).line(),
        });
        lines.fold(title(0, 7).into_bytes(), |mut all, line| {
            all.extend(line);
            all
        })
    }

    #[test]
    fn records_go_both_ways() {
        let read = read_chunk(&file(), 0);
        assert_eq!((read.revision, read.records.len(), read.beyond), (7, 3, false));
        assert_eq!(read.records[2], record(2));
        assert_eq!(read.records[1].body, None);
        assert_eq!(read.whole, file().len() as u64);
        assert_eq!(read_chunk(&file(), 1).records.len(), 0, "another chunk's");
        assert_eq!(chunk_named("000000004096.log", ".log"), Some(1));
        assert_eq!(chunk_named("000000004097.log", ".log"), None);
    }

    #[test]
    fn a_torn_end_is_told_from_damage() {
        let file = file();
        let ends: Vec<usize> =
            file.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1).collect();
        for cut in 0..file.len() {
            let read = read_chunk(&file[..cut], 0);
            let whole = ends.iter().rfind(|end| **end <= cut).copied().unwrap_or(0);
            assert_eq!((read.whole, read.beyond), (whole as u64, false), "{cut}");
        }
        // The revision in the first line may be any number.
        for at in (0..file.len()).filter(|at| *at != ends[0] - 2) {
            let mut wrong = file.clone();
            wrong[at] ^= 1;
            let read = read_chunk(&wrong, 0);
            let before = ends.iter().filter(|end| **end <= at).count().saturating_sub(1);
            assert_eq!(read.records.len(), before, "{at}");
            // Without its end the last but one is a part of the last.
            assert_eq!(read.beyond, at + 1 < ends[2], "{at}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_chunk_of_some_records(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            at in 0usize..300,
        ) {
            let read = read_chunk(&bytes, 0);
            prop_assert!(read.whole <= bytes.len() as u64);
            let mut half = file();
            half.truncate(at);
            half.extend(&bytes);
            let read = read_chunk(&half, 0);
            for (i, record) in read.records.iter().enumerate() {
                prop_assert_eq!(record.number, i as u64);
                let _ = record.entry();
            }
        }
    }
}
