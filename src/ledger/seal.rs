//! Copies of the logbook as they lie on footage disks: sealed record by record under the recovery
//! key.
//!
//! ```text
//! beadle-logbook-copy 1 site 5f… chunk 0 revision 0 ⏎     in the clear
//! length (4 bytes) number (8) nonce (24) sealed line (length) 32 bytes at least
//! …
//! ```
//! Each record is sealed by itself with XChaCha20-Poly1305, so that a copy can grow by appending
//! and a torn end costs the torn record alone. Nonces are 24 random bytes: at 2^32 records under
//! one key the chance that two are the same is below 2^-128, and no counter has to survive a crash.
//! What is sealed along without being stored again is the file's first line and the record's
//! number, so that records cannot be moved between places, chunks, revisions or sites. How many
//! records there are, how long each is, and when the file changed can be seen without the key.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::keys::RecoveryKey;
use super::line::{self, Record};
use crate::base::fault::Fault;
use crate::base::limits::LOGBOOK_BODY_BYTES_MAX;
use crate::logbook::Number;
use crate::logbook::tree::CHUNK;

const NONCE_BYTES: usize = 24;
const FRONT_BYTES: usize = 4 + 8 + NONCE_BYTES;
const TAG_BYTES: usize = 16;
/// Body, header, salt, sum and tag.
const SEALED_BYTES_MAX: usize = LOGBOOK_BODY_BYTES_MAX + 1_024;

/// Seals and opens the copies of one site.
pub(super) struct Sealer {
    cipher: XChaCha20Poly1305,
    site: String,
}

/// A chunk of a copy as far as it can be opened.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) revision: u64,
    pub(super) records: Vec<Record>,
    /// Bytes of the first line and of the whole records.
    pub(super) whole: u64,
}

impl Sealer {
    pub(super) fn new(key: &RecoveryKey, site: &str) -> Sealer {
        Sealer { cipher: XChaCha20Poly1305::new(key.bytes().into()), site: site.to_string() }
    }

    pub(super) fn title(&self, chunk: u64, revision: u64) -> String {
        format!("beadle-logbook-copy 1 site {} chunk {chunk} revision {revision}\n", self.site)
    }

    /// The revision in a first line of ours; `None`: it is another site's, or none.
    pub(super) fn read_title(&self, bytes: &[u8], chunk: u64) -> Option<u64> {
        let line = bytes.split_inclusive(|b| *b == b'\n').next()?;
        let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
        let revision = line.rsplit(' ').next()?.parse().ok()?;
        (format!("{line}\n") == self.title(chunk, revision)).then_some(revision)
    }

    pub(super) fn seal(
        &self,
        record: &Record,
        revision: u64,
        dice: &mut super::Dice,
    ) -> Result<Vec<u8>, Fault> {
        let mut nonce = [0; NONCE_BYTES];
        dice(&mut nonce)?;
        let line = record.line();
        let aad = self.along(record.number, revision);
        let payload = Payload { msg: &line, aad: &aad };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        // cannot fail: only more than 256 GB cannot be sealed.
        let sealed = sealed.expect("a line is short");
        let mut frame = (sealed.len() as u32).to_be_bytes().to_vec();
        frame.extend(record.number.to_be_bytes());
        frame.extend(nonce);
        frame.extend(sealed);
        Ok(frame)
    }

    fn along(&self, number: Number, revision: u64) -> Vec<u8> {
        let mut along = self.title(number / CHUNK, revision).into_bytes();
        along.extend(number.to_be_bytes());
        along
    }

    /// Reads as far as everything is in order; any bytes will do.
    pub(super) fn open(&self, bytes: &[u8], chunk: u64) -> Opened {
        let mut opened = Opened::default();
        let Some(revision) = self.read_title(bytes, chunk) else { return opened };
        opened.revision = revision;
        let mut at = self.title(chunk, revision).len();
        opened.whole = at as u64;
        while (opened.records.len() as u64) < CHUNK {
            let number = chunk.saturating_mul(CHUNK) + opened.records.len() as u64;
            let Some((record, len)) = self.open_one(&bytes[at..], number, revision) else { break };
            at += len;
            opened.whole = at as u64;
            opened.records.push(record);
        }
        opened
    }

    /// Whether the front of a chunk's file is of this site and key; `None`: there is not one whole
    /// record to tell by.
    pub(super) fn is_ours(&self, front: &[u8], chunk: u64) -> Option<bool> {
        let title = front.split_inclusive(|b| *b == b'\n').next().filter(|l| l.ends_with(b"\n"))?;
        let Some(revision) = self.read_title(title, chunk) else { return Some(false) };
        let rest = &front[title.len()..];
        let len = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        if !(TAG_BYTES..=SEALED_BYTES_MAX).contains(&len) || rest.len() < FRONT_BYTES + len {
            return None;
        }
        Some(self.open_one(rest, chunk.saturating_mul(CHUNK), revision).is_some())
    }

    fn open_one(&self, bytes: &[u8], number: Number, revision: u64) -> Option<(Record, usize)> {
        let (front, rest) = bytes.split_at_checked(FRONT_BYTES)?;
        let len = u32::from_be_bytes(front[..4].try_into().ok()?) as usize;
        if !(TAG_BYTES..=SEALED_BYTES_MAX).contains(&len) || front[4..12] != number.to_be_bytes() {
            return None;
        }
        let aad = self.along(number, revision);
        let payload = Payload { msg: rest.get(..len)?, aad: &aad };
        let line = self.cipher.decrypt(XNonce::from_slice(&front[12..]), payload).ok()?;
        let record = Record::read(line.strip_suffix(b"\n")?)?;
        (record.number == number).then_some((record, FRONT_BYTES + len))
    }
}

/// Enough of a file for its first record.
pub(super) const OPENING_BYTES: usize = SEALED_BYTES_MAX + FRONT_BYTES + 512;

/// Of a copy, below the root of a footage disk.
pub(super) const PLACE: &str = ".beadle/logbook";
pub(super) const ENDING: &str = ".sealed";

pub(super) fn path(chunk: u64) -> String {
    let name = line::file_name(chunk);
    format!("{PLACE}/{}{ENDING}", name.trim_end_matches(".log"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&RecoveryKey::of([5; 32]), "site")
    }

    fn record(number: Number) -> Record {
        Record { number, leaf: b"{}".to_vec(), body: Some(([1; 32], b"{}".to_vec())) }
    }

    fn dice() -> impl FnMut(&mut [u8]) -> Result<(), Fault> + Send {
        let mut n = 0;
        move |bytes: &mut [u8]| {
            n += 1;
            bytes.fill(n);
            Ok(())
        }
    }

    fn file(sealer: &Sealer) -> Vec<u8> {
        let mut dice = dice();
        let mut bytes = sealer.title(0, 3).into_bytes();
        for n in 0..3 {
            bytes.extend(sealer.seal(&record(n), 3, &mut dice).unwrap());
        }
        bytes
    }

    #[test]
    fn a_copy_is_opened_as_far_as_it_is_whole() {
        let sealer = sealer();
        let file = file(&sealer);
        let opened = sealer.open(&file, 0);
        assert_eq!((opened.revision, opened.records.len()), (3, 3));
        assert_eq!((opened.whole, &opened.records[2]), (file.len() as u64, &record(2)));
        assert!(!file.windows(4).any(|w| w == b"{}\t0"), "nothing of a line is in the clear");
        let one = (file.len() - sealer.title(0, 3).len()) / 3;
        for cut in 0..file.len() {
            let behind = (file.len() - cut).div_ceil(one);
            let whole = 3usize.saturating_sub(behind);
            assert_eq!(sealer.open(&file[..cut], 0).records.len(), whole, "{cut}");
        }
    }

    #[test]
    fn a_record_holds_in_its_place_alone() {
        let sealer = sealer();
        let file = file(&sealer);
        let front = sealer.title(0, 3).len();
        for at in 0..file.len() {
            let mut wrong = file.clone();
            wrong[at] ^= 1;
            assert!(sealer.open(&wrong, 0).records.len() < 3, "{at}");
        }
        let one = (file.len() - front) / 3;
        let mut swapped = file.clone();
        swapped[front..front + 2 * one].rotate_left(one);
        assert_eq!(sealer.open(&swapped, 0).records.len(), 0);
        // The same records under another revision, chunk, site or key.
        let rest = &file[front..];
        for title in [sealer.title(0, 4), sealer.title(1, 3)] {
            let moved = [title.as_bytes(), rest].concat();
            assert_eq!(sealer.open(&moved, 0).records.len(), 0, "{title}");
            assert_eq!(sealer.open(&moved, 1).records.len(), 0, "{title}");
        }
        for other in [
            Sealer::new(&RecoveryKey::of([5; 32]), "other"),
            Sealer::new(&RecoveryKey::of([6; 32]), "site"),
        ] {
            let moved = [other.title(0, 3).as_bytes(), rest].concat();
            assert_eq!(other.open(&moved, 0).records.len(), 0);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_copy_of_some_records(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let sealer = sealer();
            sealer.open(&bytes, 0);
            let titled = [sealer.title(0, 3).as_bytes(), &bytes].concat();
            prop_assert_eq!(sealer.open(&titled, 0).records.len(), 0);
        }
    }
}
