//! Entries folded into one record: what it says today, corrections counted in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clocks::{self, Clocks};
use super::titles;
use crate::base::time::Utc;
use crate::logbook::entry::{Act, Entry, Number, Value};
use crate::logbook::kind::Kind;

/// Is there still something to do?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Open,
    Closed,
}

/// By when something has to be done about an open record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Due {
    pub at: Utc,
    /// Completes "by then ...": "it is acknowledged".
    pub what: String,
    /// It ends by itself then, and nothing is overdue: a permission.
    pub lapses: bool,
}

/// One entry of a record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Part {
    pub number: Number,
    pub at: Utc,
    pub kind: Kind,
    pub act: Act,
    /// The person's id; `None`: the machine, or a body that was destroyed.
    pub who: Option<String>,
    /// As corrected.
    pub answers: BTreeMap<String, Value>,
    /// The corrections, oldest first; the last one counts.
    pub corrected_by: Vec<Number>,
    /// Its body was destroyed (R5.7).
    pub gone: bool,
    /// A correction took it back: what it said counts as not said.
    pub withdrawn: bool,
}

/// One record: what its entries say together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Of the entry that began it.
    pub number: Number,
    pub kind: Kind,
    pub opened: Utc,
    pub state: State,
    /// By a closing entry, not because such a record is complete at once.
    pub closed_by_hand: bool,
    pub due: Option<Due>,
    /// One line for lists.
    pub title: String,
    pub parts: Vec<Part>,
    /// What was said last to each question, corrections counted in; steps left out.
    pub answers: BTreeMap<String, Value>,
}

/// What a note says about itself and not about its record.
const OF_THE_NOTE: [&str; 3] = ["step", "seen", "correction"];

/// The record of these entries, the first of which begins it; `None` without entries. Entries are
/// in the order of their numbers.
pub fn fold<'e>(entries: impl IntoIterator<Item = &'e Entry>, clocks: &Clocks) -> Option<Record> {
    let mut entries = entries.into_iter();
    let mut record = Record::begin(entries.next()?);
    entries.for_each(|e| record.take(e));
    record.settle(clocks);
    Some(record)
}

impl Record {
    fn begin(entry: &Entry) -> Record {
        let mut record = Record {
            number: entry.number,
            kind: entry.header.kind,
            opened: entry.header.at,
            state: State::Open,
            closed_by_hand: false,
            due: None,
            title: String::new(),
            parts: Vec::new(),
            answers: BTreeMap::new(),
        };
        record.take(entry);
        record
    }

    /// Goes on with one more entry.
    pub fn add(&mut self, entry: &Entry, clocks: &Clocks) {
        self.take(entry);
        self.settle(clocks);
    }

    fn take(&mut self, entry: &Entry) {
        let (number, header) = (entry.number, &entry.header);
        let answers = entry.body.as_ref().map(|b| b.answers()).unwrap_or_default();
        let gone = entry.body.is_none();
        if header.act == Act::Correct {
            // A correction of a correction puts right what that one put right.
            let about = header.about.unwrap_or(self.number);
            let part = self
                .parts
                .iter_mut()
                .find(|p| p.number == about || p.corrected_by.contains(&about));
            if let Some(part) = part {
                part.corrected_by.push(number);
                if answers.get("withdrawn") == Some(&Value::Yes(true)) {
                    part.withdrawn = true;
                    part.answers.clear();
                } else if !gone {
                    part.withdrawn = false;
                    part.answers = answers;
                }
            }
            return;
        }
        let who = entry.body.as_ref().and_then(|b| b.who.as_ref()).map(|w| w.person.clone());
        let (at, kind, act) = (header.at, header.kind, header.act);
        let corrected_by = Vec::new();
        let withdrawn = false;
        self.parts.push(Part {
            number,
            at,
            kind,
            act,
            who,
            answers,
            corrected_by,
            gone,
            withdrawn,
        });
    }

    /// Computes everything anew, after entries or the file's clocks have changed.
    pub fn settle(&mut self, clocks: &Clocks) {
        self.answers.clear();
        for part in &self.parts {
            let said = part.answers.iter().filter(|(n, _)| !OF_THE_NOTE.contains(&n.as_str()));
            self.answers.extend(said.map(|(n, v)| (n.clone(), v.clone())));
        }
        let ends = |p: &Part| p.act == Act::Close && !p.withdrawn;
        self.closed_by_hand = self.parts.iter().any(ends);
        // An entry that was taken back leaves nothing to be done.
        let begun = self.parts.first().is_some_and(|p| !p.withdrawn);
        let open = begun && !self.closed_by_hand && clocks::stays_open(self);
        self.state = if open { State::Open } else { State::Closed };
        self.title = titles::title(self);
        self.due = if open || clocks::outlives(self) { clocks::due(self, clocks) } else { None };
    }

    /// Something should have been done by now.
    pub fn overdue(&self, now: Utc) -> bool {
        self.due.as_ref().is_some_and(|due| !due.lapses && due.at < now)
    }

    /// The state, counting what ends by itself.
    pub fn state_at(&self, now: Utc) -> State {
        match &self.due {
            Some(due) if due.lapses && due.at < now => State::Closed,
            _ => self.state,
        }
    }

    /// Was there such a step?
    pub fn had_step(&self, step: &str) -> bool {
        self.steps(step).next().is_some()
    }

    /// The notes of one step, oldest first.
    pub fn steps<'r>(&'r self, step: &'r str) -> impl Iterator<Item = &'r Part> {
        let is = move |p: &&Part| p.answers.get("step").and_then(Value::text) == Some(step);
        self.parts.iter().filter(is)
    }

    /// The newest entry, corrections included.
    pub fn newest(&self) -> Number {
        let all = self.parts.iter().flat_map(|p| p.corrected_by.iter().chain([&p.number]));
        all.copied().max().unwrap_or(self.number)
    }

    /// The answer to a question, as a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.answers.get(name).and_then(Value::text)
    }

    pub fn yes(&self, name: &str) -> bool {
        self.answers.get(name) == Some(&Value::Yes(true))
    }
}

impl Part {
    pub fn text(&self, name: &str) -> Option<&str> {
        self.answers.get(name).and_then(Value::text)
    }

    pub fn day(&self, name: &str) -> Option<crate::base::time::Day> {
        self.text(name).and_then(|t| t.parse().ok())
    }
}
