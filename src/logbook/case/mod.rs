//! A case: a request for footage, and every entry that points to it.
//!
//! Nothing is stored: a case is gathered from the logbook whenever somebody looks. What belongs to
//! it: the record of the request, with its decision; exports, releases, stills and drives that name
//! it as their `request`; holds that name it, that those exports name, or that cover its footage;
//! disposals that name one of its copies.
//!
//! A copy is what left the recorder on something: an export, a still, or a release that no export
//! was made for. Each has to come to an end that is on record before the case can (S4.23): handed
//! over, given back, wiped or destroyed. An upload to a portal is no such end: what carried the
//! copy to the office PC is still in the school (R2.25).

mod copies;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::{Act, Entry, Number, Value};
use super::fields as f;
use super::kind::Kind;
use super::registers::{Clocks, Due, Part, Record, State, fold};
use crate::base::time::{Day, Utc};

pub use copies::{Copy, Fate, How, Onward, Released};
pub use steps::{Scene, Stage, Step, What};

/// Kinds of entries that a case is gathered from; [`Case::of`] needs all of these.
pub const KINDS: [Kind; 8] = [
    Kind::Request,
    Kind::SubjectAccess,
    Kind::Release,
    Kind::Export,
    Kind::Hold,
    Kind::Still,
    Kind::Disposal,
    Kind::OriginalDrive,
];

/// Is it the beginning of a case?
pub fn begins(kind: Kind) -> bool {
    matches!(kind, Kind::Request | Kind::SubjectAccess)
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Of the entry that began it: the number that `beadle export --case` wants.
    pub number: Number,
    /// `Request` or `SubjectAccess`.
    pub kind: Kind,
    pub opened: Utc,
    /// Who entered it; `None`: the body was destroyed.
    pub by: Option<String>,
    pub closed: Option<Utc>,
    pub due: Option<Due>,
    /// One line for lists.
    pub title: String,
    /// The requester's own reference, else "case N".
    pub reference: String,
    /// The word of `disclosure`: "police". Access requests: "data-subject".
    pub recipient: Option<String>,
    /// Camera ids; empty where the request names none.
    pub cameras: Vec<String>,
    pub window: Option<(Utc, Utc)>,
    pub decision: Option<Decision>,
    pub holds: Vec<Held>,
    pub copies: Vec<Copy>,
    pub releases: Vec<Released>,
    /// Entries of drives that a court took because of it (S1.48).
    pub drives: Vec<Number>,
}

/// How the request was decided (R1.12).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Decision {
    pub entry: Number,
    pub at: Utc,
    pub allowed: bool,
    /// What of it is left out.
    pub in_part: Option<String>,
    pub by: Option<String>,
    pub reason: Option<String>,
}

/// Footage that is held for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Held {
    pub entry: Number,
    /// `H-2026-0001`.
    pub id: String,
    pub class: Option<String>,
    /// Empty: every camera.
    pub cameras: Vec<String>,
    pub window: Option<(Utc, Utc)>,
    pub review_by: Option<Day>,
    pub ended: bool,
    /// It names the case, or the case names it; else it merely covers the same footage.
    pub own: bool,
}

/// Entries folded into records, by the entry that began each.
pub fn records<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    clocks: &Clocks,
) -> BTreeMap<Number, Record> {
    let all: BTreeMap<Number, &Entry> = entries.into_iter().map(|e| (e.number, e)).collect();
    let mut gathered: BTreeMap<Number, Vec<&Entry>> = BTreeMap::new();
    for (number, entry) in &all {
        gathered.entry(first_of(&all, *number)).or_default().push(entry);
    }
    let folded = gathered.into_iter().filter_map(|(first, entries)| {
        (entries.first()?.number == first).then(|| fold(entries, clocks))?
    });
    folded.map(|record| (record.number, record)).collect()
}

/// The entry that began the record of `number`: `about` always points backwards.
fn first_of(all: &BTreeMap<Number, &Entry>, mut number: Number) -> Number {
    while let Some(entry) = all.get(&number)
        && entry.header.act != Act::Open
        && let Some(about) = entry.header.about.filter(|about| *about < number)
    {
        number = about;
    }
    number
}

impl Case {
    /// The case that this entry began, from entries of [`KINDS`], in any order. `None`: it began
    /// none, or was taken back.
    pub fn of<'e>(
        number: Number,
        entries: impl IntoIterator<Item = &'e Entry>,
        clocks: &Clocks,
    ) -> Option<Case> {
        Case::gather(number, &records(entries, clocks))
    }

    /// The same from records; for lists.
    pub fn gather(number: Number, records: &BTreeMap<Number, Record>) -> Option<Case> {
        let own = records.get(&number).filter(|r| begins(r.kind) && stands(r))?;
        let first = own.parts.first()?;
        let close = own.parts.iter().rfind(|p| p.act == Act::Close && !p.withdrawn);
        let mut case = Case {
            number,
            kind: own.kind,
            opened: own.opened,
            by: first.who.clone(),
            closed: close.filter(|_| own.state == State::Closed).map(|p| p.at),
            due: own.due.clone(),
            title: own.title.clone(),
            reference: reference(own),
            recipient: match own.kind {
                Kind::SubjectAccess => Some("data-subject".into()),
                _ => own.text(f::RECIPIENT).map(String::from),
            },
            cameras: cameras(own),
            window: window(own),
            decision: own.parts.iter().rev().find_map(decision),
            holds: Vec::new(),
            copies: Vec::new(),
            releases: Vec::new(),
            drives: Vec::new(),
        };
        copies::gather(&mut case, records);
        case.gather_holds(own, records);
        let of_it = |r: &&Record| points_to(r, f::REQUEST, number) && stands(r);
        let drives = records.values().filter(|r| r.kind == Kind::OriginalDrive).filter(of_it);
        case.drives = drives.map(|r| r.number).collect();
        Some(case)
    }

    fn gather_holds(&mut self, own: &Record, records: &BTreeMap<Number, Record>) {
        let of_exports = records
            .values()
            .filter(|r| r.kind == Kind::Export && points_to(r, f::REQUEST, self.number));
        let named: Vec<Number> =
            of_exports.chain([own]).filter_map(|r| entry_in(r, f::HOLD)).collect();
        for record in records.values().filter(|r| r.kind == Kind::Hold && stands(r)) {
            let own = named.contains(&record.number) || points_to(record, f::REQUEST, self.number);
            let held = Held {
                entry: record.number,
                id: record.text(f::HOLD).unwrap_or_default().to_string(),
                class: record.text(f::CLASS).map(String::from),
                cameras: cameras(record),
                window: window(record),
                review_by: record.text(f::REVIEW_BY).and_then(|day| day.parse().ok()),
                ended: record.state == State::Closed,
                own,
            };
            if own || held.covers(&self.cameras, self.window) {
                self.holds.push(held);
            }
        }
    }

    /// A hold that lasts and keeps all of its footage; its own before any other.
    pub fn held(&self) -> Option<&Held> {
        let mut covering = self.holds.iter().filter(|h| h.covers(&self.cameras, self.window));
        covering.clone().find(|held| held.own).or_else(|| covering.next())
    }

    /// The copies that are still somewhere (S4.23).
    pub fn copies_out(&self) -> impl Iterator<Item = &Copy> {
        self.copies.iter().filter(|copy| copy.fate.is_none())
    }

    /// Why it cannot be closed, a sentence each; empty: it can.
    pub fn keeps_open(&self) -> Vec<String> {
        let line = |copy: &Copy| {
            format!(
                "{} has no end on record: enter its disposal (given back, wiped or destroyed), or \
                 the release that handed it over (S4.23).",
                copy.in_words()
            )
        };
        self.copies_out().map(line).collect()
    }
}

impl Held {
    fn covers(&self, cameras: &[String], window: Option<(Utc, Utc)>) -> bool {
        let all = self.cameras.is_empty()
            || !cameras.is_empty() && cameras.iter().all(|id| self.cameras.contains(id));
        self.covers_time(window) && all
    }

    fn covers_time(&self, window: Option<(Utc, Utc)>) -> bool {
        let Some(((from, until), (start, end))) = self.window.zip(window) else { return false };
        !self.ended && from <= start && until >= end
    }
}

/// An entry that was taken back begins nothing.
fn stands(record: &Record) -> bool {
    record.parts.first().is_some_and(|part| !part.withdrawn)
}

fn entry_in(record: &Record, field: &str) -> Option<Number> {
    match record.answers.get(field) {
        Some(Value::Number(n)) => u64::try_from(*n).ok(),
        _ => None,
    }
}

fn points_to(record: &Record, field: &str, number: Number) -> bool {
    entry_in(record, field) == Some(number)
}

fn cameras(record: &Record) -> Vec<String> {
    match record.answers.get(f::CAMERAS) {
        Some(Value::List(list)) => list.clone(),
        _ => Vec::new(),
    }
}

fn window(record: &Record) -> Option<(Utc, Utc)> {
    let moment = |name: &str| record.text(name)?.parse::<Utc>().ok();
    moment(f::FROM).zip(moment(f::UNTIL))
}

fn decision(part: &Part) -> Option<Decision> {
    let word = part.text(f::DECISION).filter(|_| !part.withdrawn)?;
    Some(Decision {
        entry: part.number,
        at: part.at,
        allowed: word == f::ALLOWED,
        in_part: part.text("in-part").map(String::from),
        by: part.text("authority-by").map(String::from).or_else(|| part.who.clone()),
        reason: part.text("reason").map(String::from),
    })
}

/// What the requester calls it.
fn reference(record: &Record) -> String {
    let names = ["crime-reference", "court-order", "proceedings", f::REFERENCE];
    let given = names.into_iter().find_map(|name| record.text(name));
    given.map_or_else(|| format!("case {}", record.number), ToString::to_string)
}
