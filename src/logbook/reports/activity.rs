//! What one person did with the system (S4.51, S4.52).
//!
//! Only a report that was authorised may be shown: an entry `person-report` says by whom and why.

use std::collections::BTreeMap;

use crate::base::time::Utc;
use crate::logbook::entry::{Account, Act, Entry, Number};
use crate::logbook::kind::Kind;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Activity {
    /// In the order of entries.
    pub deeds: Vec<Deed>,
    /// How many of each kind.
    pub kinds: BTreeMap<Kind, usize>,
    /// Entries of the time whose body was destroyed: whose they were cannot be said.
    pub unreadable: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Deed {
    pub number: Number,
    pub at: Utc,
    pub kind: Kind,
    pub act: Act,
    pub part: Part,
    pub account: Account,
    pub station: Option<String>,
    pub purpose: Option<String>,
    pub reason: Option<String>,
    pub outcome: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// By themselves.
    Own,
    /// As the deputy of somebody (S4.5).
    For(String),
    /// As the second person (S1.61).
    Second,
}

/// Everything that a person did or witnessed in `from <= at < to`.
pub fn activity(entries: &[Entry], person: &str, from: Utc, to: Utc) -> Activity {
    let mut report = Activity::default();
    for entry in entries.iter().filter(|e| from <= e.header.at && e.header.at < to) {
        let Some(body) = &entry.body else {
            report.unreadable += 1;
            continue;
        };
        let Some(who) = &body.who else { continue };
        let part = match &who.acting_for {
            _ if who.person != person && who.second.as_deref() == Some(person) => Part::Second,
            _ if who.person != person => continue,
            Some(principal) => Part::For(principal.clone()),
            None => Part::Own,
        };
        *report.kinds.entry(entry.header.kind).or_default() += 1;
        report.deeds.push(Deed {
            number: entry.number,
            at: entry.header.at,
            kind: entry.header.kind,
            act: entry.header.act,
            part,
            account: who.account,
            station: body.station.clone(),
            purpose: body.purpose.clone(),
            reason: body.reason.clone(),
            outcome: body.outcome.clone(),
        });
    }
    report
}
