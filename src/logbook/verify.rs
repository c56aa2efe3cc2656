//! Reads a whole logbook and says what is wrong with it. Shares no code with what writes it but the
//! digest and the calendar: the forms of lines, leaves, tree and checkpoints are read here again,
//! from their descriptions.
//!
//! # What is found
//!
//! Any change of a header, and any entry put in, taken out or moved, before the newest checkpoint
//! that is held against the logbook; any change of a body, without a checkpoint even; entries cut
//! off that a checkpoint counts; two checkpoints that contradict one another; a checkpoint signed
//! with another key; a body destroyed without a `forgotten` entry, or there in spite of one; time
//! that goes back with no `clock-step`; more than two hours without a heartbeat that nothing
//! explains, at the end too (R5.4); a TPM counter that does not go up, that leaps, or that is ahead
//! of the newest heartbeat (R5.5); `about` that points to a later entry.
//!
//! # What is not found
//!
//! Whoever has the box's own key and its disks can write everything anew that no checkpoint outside
//! the box has seen. The limit is therefore the newest checkpoint that left: printed and signed on
//! paper, on a stick with an export, or on a footage disk that was taken away.
//!
//! - Entries since that checkpoint, changed or cut off and signed anew with the box's key: not
//!   found
//!   until a newer checkpoint from outside is compared, or, for a cut, until two hours are missing.
//!   `ledger::attacks::rewriting_with_the_boxs_own_key_shows_from_the_checkpoint_that_left`.
//! - The state folder and every copy put back together to an earlier moment: looks like a box that
//!   was off since. Found by a checkpoint that left after that moment, by a TPM counter if three
//!   hours or more are missing, or by the silence if the clock is right. A state folder alone gets
//!   its entries from a copy at the next start.
//!   `ledger::attacks::a_folder_put_back_shows_by_what_left_it`.
//! - An entry that was never made, or that says what is not true: not found by any means here.
//! - A record whose line was damaged and made good with the same header and body is the same
//!   record.
//!
//! A logbook that has lost a line in the middle cannot be summed up past it: what the later
//! checkpoints say is then left open, and the report says so.

mod sums;
mod tale;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::digest::{Digest, Summing};
use crate::base::time::Utc;
use sums::{Noted, Roots, read_note};
use tale::Tale;

/// Findings kept for the reader; the rest is counted.
pub const FINDINGS_MAX: usize = 200;

/// Entries missing in one place that are believed: more than a logbook has in its life. A number
/// further on is a damaged number.
const SKIPPED_MAX: u64 = 10_000_000;

/// What the logbook is held against.
#[derive(Clone, Copy, Default)]
pub struct Expect<'a> {
    /// `beadle/<site id>`.
    pub origin: &'a str,
    /// The box's public keys: the present one, and those of before.
    pub keys: &'a [[u8; 32]],
    /// Any number of old checkpoints, in any order.
    pub checkpoints: &'a [String],
    /// Now, of a clock that is right: asks whether the end is missing. `None` for an old copy.
    pub now: Option<Utc>,
    /// What the TPM's counter stands at, where there is one.
    pub counter: Option<u64>,
}

/// What a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A line that is not as it was written.
    Line,
    /// Entries missing, twice or out of order.
    Order,
    /// A header that cannot be read, or in another form.
    Header,
    /// A body that is not the one entered.
    Body,
    /// A body that is gone and nobody says why, or there though it was to be forgotten.
    Forgotten,
    /// The root is not the one that was signed.
    Root,
    /// Fewer entries than were signed.
    Cut,
    /// Two checkpoints that cannot both be true.
    Fork,
    /// A checkpoint that is none, or signed by somebody else.
    Signature,
    Time,
    Silence,
    /// `about` points nowhere.
    About,
    Counter,
    /// Not stopped before it was started: the power, a crash, or a cut.
    Unclean,
}

/// One sentence for the reader.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The entry, where it is about one.
    pub number: Option<u64>,
    pub what: What,
    pub text: String,
}

/// All that was found.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub entries: u64,
    /// `None`: it could not be made, because entries are missing.
    pub root: Option<Digest>,
    /// Of the first and the last entry.
    pub first: Option<Utc>,
    pub last: Option<Utc>,
    /// Sizes of the checkpoints that hold.
    pub held: Vec<u64>,
    /// What is wrong, at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// ... and how many more there are.
    pub more: u64,
    /// What is worth a look and wrong by itself: starts after a power cut or crash.
    pub remarks: Vec<Finding>,
}

impl Report {
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, number: Option<u64>, what: What, text: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { number, what, text: text.into() });
        } else {
            self.more += 1;
        }
    }

    fn remark(&mut self, number: u64, what: What, text: String) {
        if self.remarks.len() < FINDINGS_MAX {
            self.remarks.push(Finding { number: Some(number), what, text });
        }
    }
}

/// Takes a logbook chunk by chunk, or record by record, from the first on.
pub struct Verifier {
    report: Report,
    roots: Roots,
    /// Signed roots by size; what is left of them when the entries end was cut off.
    signed: BTreeMap<u64, Noted>,
    tale: Tale,
    counter: Option<u64>,
    now: Option<Utc>,
    /// The first entry from which no root can be made.
    broken: Option<u64>,
    /// A root was wrong already; those that follow are too.
    strayed: bool,
}

impl Verifier {
    pub fn new(expect: &Expect) -> Verifier {
        let mut report = Report::default();
        let mut signed: BTreeMap<u64, Noted> = BTreeMap::new();
        for text in expect.checkpoints {
            let noted = match read_note(text, expect.origin, expect.keys) {
                Ok(noted) => noted,
                Err(wrong) => {
                    report.find(None, What::Signature, wrong);
                    continue;
                }
            };
            match signed.get(&noted.size) {
                Some(other) if other.root != noted.root => report.find(
                    None,
                    What::Fork,
                    format!(
                        "two checkpoints of {} entries have different roots: the box's key signed \
                         two logbooks",
                        noted.size
                    ),
                ),
                _ => drop(signed.insert(noted.size, noted)),
            }
        }
        if let Some(noted) = signed.remove(&0).filter(|n| n.root != Digest::of(b"")) {
            let text = format!("the checkpoint of no entries has the root {}", noted.root);
            report.find(None, What::Root, text);
        }
        Verifier {
            report,
            roots: Roots::default(),
            signed,
            tale: Tale::default(),
            counter: expect.counter,
            now: expect.now,
            broken: None,
            strayed: false,
        }
    }

    /// A whole chunk file: the line that names it, then a line a record.
    pub fn chunk(&mut self, name: &str, bytes: &[u8]) {
        let mut lines = bytes.split(|b| *b == b'\n');
        let first = lines.next().unwrap_or_default();
        let title = format!("beadle-logbook 1 chunk {} revision ", self.roots.size() / 4096);
        if !first.starts_with(title.as_bytes()) && self.broken.is_none() {
            let first = String::from_utf8_lossy(&first[..first.len().min(80)]).into_owned();
            let text = format!("{name} begins with \"{first}\" instead of \"{title}...\"");
            self.report.find(Some(self.roots.size()), What::Line, text);
        }
        if !bytes.ends_with(b"\n") {
            let text = format!("{name} ends in the middle of a line");
            self.report.find(Some(self.roots.size()), What::Line, text);
        }
        for line in lines.filter(|line| !line.is_empty()) {
            self.line(name, line);
        }
    }

    fn line(&mut self, name: &str, line: &[u8]) {
        let next = self.roots.size();
        let mut parts = line.splitn(5, |b| *b == b'\t');
        let [Some(sum), Some(number), Some(header), Some(salt), Some(body)] =
            [(); 5].map(|()| parts.next())
        else {
            let text = format!("entry {next}: its line in {name} cannot be read");
            self.report.find(Some(next), What::Line, text);
            self.broken.get_or_insert(next);
            return;
        };
        let rest = &line[(sum.len() + 1).min(line.len())..];
        if !is_sum_of(sum, rest) {
            let text = format!("entry {next}: its line in {name} is not as it was written");
            self.report.find(Some(next), What::Line, text);
        }
        let number = std::str::from_utf8(number).ok().and_then(|n| n.parse().ok());
        let Some(number) = number else {
            let text = format!("entry {next}: no number in its line in {name}");
            self.report.find(Some(next), What::Line, text);
            self.broken.get_or_insert(next);
            return;
        };
        let salted = match (salt, body) {
            (b"-", b"-") => None,
            _ => Some((std::str::from_utf8(salt).ok().and_then(|s| s.parse().ok()), body)),
        };
        if let Some((None, _)) = salted {
            let text = format!("entry {number}: its salt cannot be read");
            self.report.find(Some(number), What::Body, text);
        }
        let salted = salted.map(|(salt, body)| (salt.unwrap_or(Digest([0; 32])), body));
        self.record(number, header, salted.as_ref().map(|(salt, body)| (&salt.0, *body)));
    }

    /// One record: its number, the bytes of its header, and salt and body where they are kept.
    pub fn record(&mut self, number: u64, header: &[u8], body: Option<(&[u8; 32], &[u8])>) {
        let next = self.roots.size();
        if number != next {
            let text = match number.checked_sub(next) {
                Some(1) => format!("entry {next} is missing"),
                Some(_) => format!("entries {next} to {} are missing", number - 1),
                None => format!("entry {number} comes again after entry {}", next.wrapping_sub(1)),
            };
            self.report.find(Some(number), What::Order, text);
            self.broken.get_or_insert(next.min(number));
            // A number out of any order must not make us believe in entries that nobody wrote.
            if number < next || number - next > SKIPPED_MAX {
                return;
            }
            self.roots.skip_to(number);
        }
        self.roots.push(header);
        self.compare();
        let seen = match tale::read_header(header) {
            Ok(seen) => seen,
            Err(wrong) => {
                let text = format!("entry {number}: {wrong}");
                return self.report.find(Some(number), What::Header, text);
            }
        };
        self.report.first.get_or_insert(seen.at);
        self.report.last = Some(seen.at);
        if let Some((salt, bytes)) = body {
            let mut sum = Summing::default();
            sum.add(salt);
            sum.add(bytes);
            if seen.body.parse() != Ok(sum.finish()) {
                let text = format!("entry {number}: what it says is not what was entered");
                self.report.find(Some(number), What::Body, text);
            }
        }
        self.tale.entry(&mut self.report, number, &seen, body.map(|(_, bytes)| bytes));
    }

    /// The root so far against the checkpoint of this size.
    fn compare(&mut self) {
        let size = self.roots.size();
        let Some(noted) = self.signed.remove(&size) else { return };
        if let Some(broken) = self.broken {
            let text = format!(
                "the checkpoint of {size} entries cannot be compared: nothing adds up from entry \
                 {broken} on"
            );
            return self.report.find(Some(size - 1), What::Root, text);
        }
        if self.roots.root() == noted.root {
            self.report.held.push(size);
        } else if !self.strayed {
            self.strayed = true;
            let since = match self.report.held.last() {
                Some(held) => format!("entries {held} to {} are", size - 1),
                None => format!("one or more of the first {size} entries is"),
            };
            let text = format!("the root of {size} entries is not the one signed: {since} changed");
            let text = text.replace("are changed", "hold a change");
            self.report.find(Some(size - 1), What::Root, text);
        } else {
            let text = format!("the root of {size} entries is not the one signed either");
            self.report.find(Some(size - 1), What::Root, text);
        }
    }

    pub fn finish(mut self) -> Report {
        let size = self.roots.size();
        self.report.entries = size;
        self.report.root = self.broken.is_none().then(|| self.roots.root());
        if let Some((most, _)) = self.signed.last_key_value() {
            let text = format!("{size} entries are here, and a checkpoint was signed over {most}");
            self.report.find(None, What::Cut, text);
        }
        self.tale.end(&mut self.report, size, self.now, self.counter);
        self.report
    }
}

/// The first 16 digits of the digest, in lower case.
fn is_sum_of(sum: &[u8], rest: &[u8]) -> bool {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).map(|c| c as u8);
    let digest = Digest::of(rest).0;
    let digits = digest.iter().take(8).flat_map(|b| [digit(b >> 4), digit(b & 15)]);
    digits.eq(sum.iter().map(|b| Some(*b)))
}

#[cfg(test)]
mod tests;
