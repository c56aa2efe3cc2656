//! What a new version of the file loosens, in words: wider rights, shorter retention, safeguards
//! that are gone or weaker (S4.38, S4.48).
//!
//! Everything else counts at once: cameras, titles, papers, calendars, duties but training and the
//! review of access, longer retention, narrower rights. Whether a change waits is not decided here:
//! `waiting` asks the `approvals` of the file in force.
//!
//! Two limits. A human being who takes over a post keeps its short name: that somebody else sits
//! there now is no change of rights, and their own enrolment is what admits them. Masks are
//! compared at points of a grid, 1/128 of the picture apart: a thinner strip is not seen to be
//! missing.

mod keeping;
mod masks;
mod people;
mod pictures;
mod places;
mod words;

use crate::config::Config;
use crate::config::approvals::Change as ChangeKind;
use crate::config::value::{At, Id};

/// One thing that a new version loosens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub kind: ChangeKind,
    /// What, in a sentence.
    pub what: String,
    /// Whom it favours; one alone never confirms it.
    pub favours: Vec<Id>,
}

/// Both versions, and what was found so far.
struct Versions<'a> {
    old: &'a Config,
    new: &'a Config,
    found: Vec<Change>,
}

impl Versions<'_> {
    fn widen(&mut self, favours: Vec<Id>, what: impl Into<String>) {
        self.found.push(Change { kind: ChangeKind::WidenRights, what: what.into(), favours });
    }

    fn shorten(&mut self, what: impl Into<String>) {
        let kind = ChangeKind::ShortenRetention;
        self.found.push(Change { kind, what: what.into(), favours: Vec::new() });
    }

    fn weaken(&mut self, what: impl Into<String>) {
        let kind = ChangeKind::DropSafeguard;
        self.found.push(Change { kind, what: what.into(), favours: Vec::new() });
    }

    /// A safeguard that was on and is off.
    fn switched_off(&mut self, was: bool, is: bool, what: impl Into<String>) {
        if was && !is {
            self.weaken(what);
        }
    }

    /// Persons of a list of names in the new version who were not in that of the old one.
    fn gained(&self, old: &[At<Id>], new: &[At<Id>]) -> Vec<Id> {
        let mut before = old.iter().flat_map(|name| self.old.persons_of(&name.value));
        let before: Vec<&Id> = before.by_ref().map(|person| &person.id.value).collect();
        let after = new.iter().flat_map(|name| self.new.persons_of(&name.value));
        let mut gained: Vec<Id> = after.map(|person| person.id.value.clone()).collect();
        gained.retain(|id| !before.contains(&id));
        gained.sort();
        gained.dedup();
        gained
    }
}

/// What `new` loosens against `old`, in the order: people and rights, words, retention, safeguards.
/// Empty: the new version counts at once.
pub fn widening(old: &Config, new: &Config) -> Vec<Change> {
    let mut versions = Versions { old, new, found: Vec::new() };
    // Taken apart without `..`: a new section does not compile until somebody thought of it here.
    let Config {
        site: _,
        practice: _,
        people: _,
        roles: _,
        approvals: _,
        cameras: _,
        zones: _,
        routes: _,
        retention: _,
        signage: _,
        calendar: _,
        duties: _,
        viewing: _,
        disclosure: _,
        registers: _,
        incident_types: _,
        escalation: _,
        breaches: _,
        complaints: _,
        covert: _,
        logbook: _,
        disposal: _,
        clock: _,
        stations: _,
        accounts: _,
        storage: _,
        network: _,
    } = new;
    people::compare(&mut versions);
    words::compare(&mut versions);
    keeping::compare(&mut versions);
    pictures::compare(&mut versions);
    places::compare(&mut versions);
    versions.found
}
