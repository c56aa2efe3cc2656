//! The durable small files beside the footage: what they look like, byte for byte.
//!
//! The index is a cache; what footage alone cannot tell (why there is a gap, what a camera's clock
//! said, what was deleted, who wants which minutes kept) stands in these files on every footage
//! disk.
//!
//! - `.beadle/journal/2026-11-21.log`, one a UTC day, append-only text: one entry a line as JSON, a
//!   space, and the first twelve digits of the SHA-256 of that JSON. Every line is written with a
//!   newline before and behind it, so that a line torn by a power cut spoils itself alone; blank
//!   lines mean nothing.
//! - `.beadle/holds.json`, replaced whole: a first line with the digest of the rest, then all
//!   holds, ended ones too.
//!
//! Times in them have milliseconds; what is compared with the index is cut to that first
//! ([`to_millis`]).
//!
//! Several disks hold copies. Journals are united: the same line twice means the same once, and of
//! two lines about one gap the one that knows the end counts. Of two records of one hold the one
//! with the higher version counts.
//!
//! - `.beadle/journal/before.log`, replaced whole: what journals that are gone still have to say.
//!
//! Which journals go, when and in what order: `footage/outlived.rs`.
//!
//! Not detected: a whole line that somebody removed on every disk. These files are memory, not
//! proof.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::retention::DayCounts;
use super::{Gap, Hold, Segment};
use crate::base::digest::Digest;
use crate::base::limits::{HOLDS_BYTES_MAX, JOURNAL_LINE_BYTES_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Day, Utc};

/// The folder of everything that is ours beside the footage.
pub const FOLDER: &str = ".beadle";
/// The folder of the journals.
pub const JOURNALS: &str = ".beadle/journal";
/// The file of holds.
pub const HOLDS: &str = ".beadle/holds.json";

/// One thing worth remembering.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Entry {
    /// Written when it begins, and again with its end.
    Gap(Gap),
    /// The camera's clock minus ours at that moment (R7.4).
    Offset { camera: CameraId, at: Utc, offset_ms: i64 },
    /// A closed segment with its digest.
    Segment(Segment),
    /// Deletions of one local day so far; the last line of a day counts.
    Deleted(DayCounts),
    /// Retention deleted unheld footage of this camera up to `until`: what is missing before is no
    /// gap.
    Trimmed { camera: CameraId, until: Utc },
}

/// The journal that an entry made at `now` belongs into.
pub fn path(now: Utc) -> String {
    path_of(now.utc_day())
}

/// The journal of a UTC day.
pub fn path_of(day: Day) -> String {
    format!("{JOURNALS}/{day}.log")
}

/// The UTC day of a journal's file name.
pub fn day_of(name: &str) -> Option<Day> {
    name.strip_suffix(".log")?.parse().ok()
}

/// Cut to what a journal can say.
pub fn to_millis(at: Utc) -> Utc {
    Utc(at.0.div_euclid(1000) * 1000)
}

/// One line, ready to append.
///
/// # Panics
/// Never: the entry's types have no map with keys that are not text.
pub fn encode(entry: &Entry) -> Vec<u8> {
    let json = serde_json::to_string(entry).expect("entries are plain structs");
    format!("\n{json} {}\n", Digest::of(json.as_bytes()).short()).into_bytes()
}

/// One line of a journal: `Ok(None)` for a blank one, `Err` for one that was torn or spoiled.
fn decode(line: &[u8]) -> Result<Option<Entry>, ()> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let text = std::str::from_utf8(line).map_err(|_| ())?;
    let (json, sum) = text.rsplit_once(' ').ok_or(())?;
    if Digest::of(json.as_bytes()).short() != sum {
        return Err(());
    }
    serde_json::from_str(json).map(Some).map_err(|_| ())
}

/// Reads a journal in pieces, in constant memory.
#[derive(Default, Debug)]
pub struct Reader {
    rest: Vec<u8>,
    /// Skipping the rest of a line that is longer than any of ours.
    skipping: bool,
    /// Lines about segments are passed over unread: nearly all of a journal, and the `INDEX` beside
    /// the footage says the same.
    notes_only: bool,
    /// Lines that were torn or spoiled. One at the end of a file is what a power cut leaves.
    pub spoiled: u64,
}

/// How a line about a segment begins; the tag of an [`Entry`] comes first.
const SEGMENT_HEAD: &[u8] = b"{\"kind\":\"segment\"";

impl Reader {
    /// A reader that passes over what is said of segments.
    pub fn of_notes() -> Reader {
        Reader { notes_only: true, ..Reader::default() }
    }

    /// Takes the next piece; calls `found` for each whole entry.
    pub fn feed(&mut self, piece: &[u8], mut found: impl FnMut(Entry)) {
        for part in piece.split_inclusive(|&b| b == b'\n') {
            if !self.skipping {
                self.rest.extend_from_slice(part);
            }
            if self.rest.len() > JOURNAL_LINE_BYTES_MAX {
                self.skipping = true;
                self.rest.clear();
            }
            if part.ends_with(b"\n") {
                self.line(&mut found);
            }
        }
    }

    /// The file has ended.
    pub fn finish(&mut self, mut found: impl FnMut(Entry)) {
        self.line(&mut found);
    }

    fn line(&mut self, found: &mut impl FnMut(Entry)) {
        let line = std::mem::take(&mut self.rest);
        if std::mem::take(&mut self.skipping) {
            self.spoiled += 1;
            return;
        }
        if self.notes_only && line.starts_with(SEGMENT_HEAD) {
            return;
        }
        match decode(line.strip_suffix(b"\n").unwrap_or(&line)) {
            Ok(Some(entry)) => found(entry),
            Ok(None) => {}
            Err(()) => self.spoiled += 1,
        }
    }
}

/// A hold as it is stored: with the number of its version, so that of two copies the newer is
/// known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredHold {
    /// 1 when placed, one more with each change.
    pub version: u32,
    #[serde(flatten)]
    pub hold: Hold,
}

const HOLDS_HEAD: &str = "beadle holds 1 sha256:";

/// The file of holds, whole.
///
/// # Panics
/// Never: holds are plain structs.
pub fn encode_holds(holds: &[StoredHold]) -> Vec<u8> {
    let body = serde_json::to_string_pretty(holds).expect("holds are plain structs") + "\n";
    format!("{HOLDS_HEAD}{}\n{body}", Digest::of(body.as_bytes())).into_bytes()
}

/// # Errors
/// A sentence: torn, changed, or of a newer format. An empty file is an error too: ours is never
/// empty.
pub fn decode_holds(bytes: &[u8]) -> Result<Vec<StoredHold>, String> {
    if bytes.len() > HOLDS_BYTES_MAX {
        return Err(format!("the file of holds is larger than {HOLDS_BYTES_MAX} bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "the file of holds is not text")?;
    let (head, body) = text.split_once('\n').ok_or("the file of holds has no first line")?;
    let sum = head.strip_prefix(HOLDS_HEAD).ok_or("the file of holds has an unknown first line")?;
    if sum.parse::<Digest>() != Ok(Digest::of(body.as_bytes())) {
        return Err("the file of holds is torn or was changed: its digest does not fit".into());
    }
    serde_json::from_str(body).map_err(|e| format!("the file of holds cannot be read: {e}"))
}

/// One disk's copy of the holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Copy {
    /// The disk was made ours a moment ago and has no footage of before.
    Fresh,
    /// There is no such file.
    Absent,
    /// The file's bytes.
    Bytes(Vec<u8>),
    /// The disk could not give them.
    Unreadable(String),
}

/// What several copies say together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merged {
    /// Every hold that any copy knows, by id.
    pub holds: Vec<StoredHold>,
    /// Why the holds are not certain. While this is set nothing may be deleted.
    pub doubt: Option<String>,
}

/// Unites the copies of all footage disks with what the index remembers.
///
/// `cache` is `None` when the index was made anew: then only the files know. Certain is the result
/// when the index remembers, or when no copy is damaged and at least one is whole (or every disk is
/// fresh). An absent copy beside a whole one is a new disk's; a damaged copy may have been the only
/// one that knew of a hold.
pub fn merge_holds(copies: &[(String, Copy)], cache: Option<&[StoredHold]>) -> Merged {
    let mut all: BTreeMap<String, StoredHold> = BTreeMap::new();
    let mut add = |found: &[StoredHold]| {
        for h in found {
            let slot = all.entry(h.hold.id.clone()).or_insert_with(|| h.clone());
            if h.version > slot.version {
                *slot = h.clone();
            }
        }
    };
    add(cache.unwrap_or_default());
    let mut whole = 0;
    let mut doubt = None;
    for (disk, copy) in copies {
        match copy {
            Copy::Fresh | Copy::Absent => {}
            Copy::Unreadable(why) => doubt = Some(format!("disk {disk}: {why}")),
            Copy::Bytes(bytes) => match decode_holds(bytes) {
                Ok(found) => {
                    add(&found);
                    whole += 1;
                }
                Err(why) => doubt = Some(format!("disk {disk}: {why}")),
            },
        }
    }
    let fresh = !copies.is_empty() && copies.iter().all(|(_, c)| *c == Copy::Fresh);
    if doubt.is_none() && whole == 0 && !fresh {
        doubt = Some("no footage disk has a file of holds".into());
    }
    Merged { holds: all.into_values().collect(), doubt: doubt.filter(|_| cache.is_none()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::time::Span;
    use crate::footage::GapReason;

    fn gap(start: i64) -> Entry {
        let camera = CameraId::new("front-gate").unwrap();
        let start = Utc::from_secs(start);
        Entry::Gap(Gap { camera, start, end: None, reason: GapReason::NoRoute })
    }

    fn hold(id: &str, version: u32) -> StoredHold {
        let at = Utc::from_secs(1_795_000_000);
        StoredHold {
            version,
            hold: Hold {
                id: id.into(),
                cameras: vec![],
                start: at,
                end: at + Span::hours(1),
                reference: "CR/1".into(),
                reason: "police".into(),
                placed: at,
                review: at + Span::days(90),
                ended: (version > 1).then_some(at),
            },
        }
    }

    fn read(bytes: &[u8], piece: usize) -> (Vec<Entry>, u64) {
        let (mut reader, mut out) = (Reader::default(), vec![]);
        for part in bytes.chunks(piece) {
            reader.feed(part, |e| out.push(e));
        }
        reader.finish(|e| out.push(e));
        (out, reader.spoiled)
    }

    #[test]
    fn a_torn_line_spoils_itself_alone() {
        let (a, b) = (encode(&gap(1)), encode(&gap(2)));
        for cut in 1..a.len() {
            let bytes = [&a[..cut], &b[..]].concat();
            let (found, spoiled) = read(&bytes, 7);
            let whole = cut >= a.len() - 1;
            let expected = if whole { vec![gap(1), gap(2)] } else { vec![gap(2)] };
            assert_eq!(found, expected, "cut at {cut}");
            assert_eq!(spoiled, u64::from(!whole && cut > 1), "cut at {cut}");
        }
    }

    #[test]
    fn an_endless_line_is_skipped_in_constant_memory() {
        let bytes = [vec![b'x'; 3 * JOURNAL_LINE_BYTES_MAX], encode(&gap(3))].concat();
        assert_eq!(read(&bytes, 1000), (vec![gap(3)], 1));
    }

    #[test]
    fn notes_are_read_without_what_is_said_of_segments() {
        let segment = Entry::Segment(Segment {
            camera: CameraId::new("front-gate").unwrap(),
            disk: crate::base::name::DiskId("ab".repeat(16)),
            path: "front-gate/2026-11-21/084100Z.mp4".into(),
            start: Utc::from_secs(1_795_000_000),
            end: Utc::from_secs(1_795_000_060),
            frames: 900,
            bytes: 15_000_000,
            codec: super::super::Codec::H264,
            digest: Some(Digest::of(b"")),
        });
        let bytes = [encode(&gap(1)), encode(&segment), encode(&gap(2))].concat();
        assert_eq!(read(&bytes, 50).0, [gap(1), segment, gap(2)]);
        let (mut reader, mut out) = (Reader::of_notes(), vec![]);
        reader.feed(&bytes, |e| out.push(e));
        reader.finish(|e| out.push(e));
        assert_eq!((out, reader.spoiled), (vec![gap(1), gap(2)], 0));
    }

    #[test]
    fn holds_torn_absent_and_empty_are_three_things() {
        let whole = encode_holds(&[hold("H-2026-0001", 1)]);
        let copy = |bytes: &[u8]| ("a".to_string(), Copy::Bytes(bytes.to_vec()));
        let none = encode_holds(&[]);
        let other = ("b".to_string(), Copy::Absent);
        let fresh = ("b".to_string(), Copy::Fresh);
        let failed = ("b".to_string(), Copy::Unreadable("read error".into()));
        // (copies, index remembers, holds known, certain)
        type Row = (Vec<(String, Copy)>, bool, usize, bool);
        let table: Vec<Row> = vec![
            (vec![copy(&whole)], false, 1, true),
            (vec![copy(&none)], false, 0, true),
            (vec![copy(&whole[..whole.len() - 1])], false, 0, false),
            (vec![copy(&whole[..whole.len() - 1])], true, 0, true),
            (vec![copy(b"")], false, 0, false),
            (vec![other.clone()], false, 0, false),
            (vec![fresh.clone()], false, 0, true),
            (vec![copy(&whole), other], false, 1, true),
            (vec![copy(&whole), fresh], false, 1, true),
            (vec![copy(&whole), failed], false, 1, false),
            (vec![], false, 0, false),
        ];
        for (i, (copies, cached, known, certain)) in table.into_iter().enumerate() {
            let got = merge_holds(&copies, cached.then_some(&[]));
            assert_eq!((got.holds.len(), got.doubt.is_none()), (known, certain), "row {i}");
        }
    }

    #[test]
    fn the_newer_record_of_a_hold_wins() {
        let old = ("a".into(), Copy::Bytes(encode_holds(&[hold("H-1", 1), hold("H-2", 1)])));
        let new = ("b".into(), Copy::Bytes(encode_holds(&[hold("H-1", 2)])));
        for copies in [[old.clone(), new.clone()], [new, old]] {
            let got = merge_holds(&copies, None);
            assert_eq!(got.holds, [hold("H-1", 2), hold("H-2", 1)]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            read(&bytes, 100);
            let _ = decode_holds(&bytes);
        }

        #[test]
        fn one_changed_byte_never_gives_another_hold(at in 0usize..400, bit in 0u8..8) {
            let whole = encode_holds(&[hold("H-2026-0001", 1)]);
            let mut bytes = whole.clone();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(found) = decode_holds(&bytes) {
                // Hexadecimal digits in capitals mean the same digest.
                prop_assert_eq!(found, vec![hold("H-2026-0001", 1)]);
            }
        }
    }
}
