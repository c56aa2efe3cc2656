//! Signs of misuse that the box itself sees, in one summary (S4.73): for whoever audits, so that
//! use is looked at though nobody complains.
//!
//! It accuses nobody, and says where to look: how often, of whom, and the entries. What cannot wait
//! is an alarm at once (guessed passphrases, two sessions, sealed codes).

use std::collections::{BTreeMap, BTreeSet};

use super::{curiosity, fields, withdrawn};
use crate::base::time::Utc;
use crate::config::Config;
use crate::logbook::entry::{Act, Body, Entry, Number};
use crate::logbook::kind::Kind;

/// Kinds of entries that the summary is made of.
pub const KINDS: &[Kind] = &[
    Kind::Refused,
    Kind::LogInFailed,
    Kind::TwoSessions,
    Kind::BreakGlass,
    Kind::Misuse,
    Kind::Alarm,
    Kind::Viewing,
    Kind::Still,
];

/// Alarms that say that somebody wrote to the disks behind the box's back.
const DISKS: [&str; 2] = ["fork ", "counter-odd"];

/// One sort of sign, with its entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sign {
    pub what: What,
    /// In the order of the logbook.
    pub entries: Vec<Number>,
    /// How often whom; what names nobody counts for nobody.
    pub persons: BTreeMap<String, usize>,
}

/// In the order of the summary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// Somebody entered that they saw misuse (S4.32).
    Reported,
    /// A logbook says something else than its copy or than the counter.
    Disks,
    SealedCode,
    TwoSessions,
    LogInFailed,
    Refused,
    /// The curiosity report has something to ask (S4.67).
    Looks,
}

impl What {
    /// Completes "3 times: ...".
    pub const fn sentence(self) -> &'static str {
        match self {
            What::Reported => "somebody reported misuse",
            What::Disks => "a logbook did not say what its copy or the counter says",
            What::SealedCode => "a sealed code was used or tried",
            What::TwoSessions => "one person was logged in twice",
            What::LogInFailed => "a log-in failed",
            What::Refused => "something was refused",
            What::Looks => "a viewing to ask about (the curiosity report says why)",
        }
    }
}

/// What there is to look at among entries of `from <= at < to`; empty: no sign.
pub fn misuse(config: &Config, entries: &[Entry], from: Utc, to: Utc) -> Vec<Sign> {
    let mut signs: BTreeMap<What, Sign> = BTreeMap::new();
    let mut add = |what, number, person: Option<String>| {
        let new = || Sign { what, entries: Vec::new(), persons: BTreeMap::new() };
        let sign = signs.entry(what).or_insert_with(new);
        sign.entries.push(number);
        if let Some(person) = person {
            *sign.persons.entry(person).or_default() += 1;
        }
    };
    let back: BTreeSet<Number> = withdrawn(entries);
    let within = entries.iter().filter(|e| (from <= e.header.at) && e.header.at < to);
    for entry in within.filter(|e| e.header.act == Act::Open && !back.contains(&e.number)) {
        // What was destroyed is past its years, and no sign of these days.
        let Some(body) = &entry.body else { continue };
        if let Some(what) = sign(entry.header.kind, body) {
            add(what, entry.number, whom(config, what, body));
        }
    }
    for finding in curiosity(config, entries, from, to).findings {
        add(What::Looks, finding.look.number, Some(finding.look.person));
    }
    let mut signs: Vec<Sign> = signs.into_values().collect();
    signs.iter_mut().for_each(|sign| sign.entries.sort_unstable());
    signs
}

fn sign(kind: Kind, body: &Body) -> Option<What> {
    match kind {
        Kind::Misuse => Some(What::Reported),
        Kind::Refused => Some(What::Refused),
        Kind::LogInFailed => Some(What::LogInFailed),
        Kind::TwoSessions => Some(What::TwoSessions),
        // That codes were sealed is no sign.
        Kind::BreakGlass if body.text(fields::EVENT) != Some(fields::PRINTED) => {
            Some(What::SealedCode)
        }
        Kind::Alarm => {
            let key = body.text(fields::ALARM)?;
            DISKS.iter().any(|front| key.starts_with(front)).then_some(What::Disks)
        }
        _ => None,
    }
}

/// Of whom the entry speaks: never who reported it, nor what somebody typed for a name.
fn whom(config: &Config, what: What, body: &Body) -> Option<String> {
    let said = |field| body.text(field).map(String::from);
    match what {
        What::Reported | What::Disks | What::SealedCode => None,
        What::TwoSessions => said(fields::SUBJECT),
        What::LogInFailed => {
            said(fields::TRIED).filter(|id| config.people.iter().any(|p| p.id.as_str() == id))
        }
        _ => body.who.as_ref().map(|who| who.person.clone()),
    }
}
