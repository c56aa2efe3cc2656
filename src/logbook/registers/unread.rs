//! What somebody has still to read: breaches and complaints wait for the Headteacher (S1.64).

use super::record::{Part, Record};
use crate::base::time::Utc;
use crate::logbook::entry::{Account, Act, Body, ClockState, Draft, Number, Value, Who};
use crate::logbook::fields;
use crate::logbook::kind::Kind;

/// Records of breaches, complaints and misuse with something newer than the last time that this
/// person opened them. Having written to one counts as having read it; a deputy's look does not.
/// Matters about the Headteacher are on nobody's list here: they are for whom the file names (K13).
pub fn unread<'r>(records: impl IntoIterator<Item = &'r Record>, person: &str) -> Vec<Number> {
    let waits = |r: &&Record| is_unread(r, person, Reader::Head);
    records.into_iter().filter(waits).map(|r| r.number).collect()
}

/// For whom a matter waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// The Headteacher: everything but what is about the Headteacher.
    Head,
    /// Whom the file names for that (K13).
    Alternate,
}

/// Does this record say something that its reader has not seen?
pub fn is_unread(record: &Record, person: &str, reader: Reader) -> bool {
    matches!(record.kind, Kind::Breach | Kind::Complaint | Kind::Misuse)
        && record.yes(fields::ABOUT_HEAD) == (reader == Reader::Alternate)
        && record.newest_said() > last_look(record, person)
}

/// One past the newest entry of theirs; 0 where there is none.
fn last_look(record: &Record, person: &str) -> Number {
    let theirs = |p: &&Part| p.who.as_deref() == Some(person);
    record.parts.iter().filter(theirs).map(|p| p.number + 1).max().unwrap_or(0)
}

impl Record {
    /// One past the newest entry that says something: looks by others are no news.
    fn newest_said(&self) -> Number {
        let looked = |p: &Part| p.answers.get(fields::SEEN) == Some(&Value::Yes(true));
        let said = self.parts.iter().filter(|p| !looked(p));
        let all = said.flat_map(|p| p.corrected_by.iter().chain([&p.number]));
        all.max().map_or(0, |n| n + 1)
    }
}

/// The entry to make when a person opens a record.
pub fn read_by(record: &Record, person: &str, at: Utc, clock: ClockState) -> Draft {
    let who = Who { person: person.into(), account: Account::Own, acting_for: None, second: None };
    let fields = [(fields::SEEN.to_string(), Value::Yes(true))].into();
    Draft {
        at,
        clock,
        kind: record.kind,
        act: Act::Note,
        about: Some(record.number),
        body: Body { who: Some(who), fields, ..Body::default() },
    }
}
