//! What the office sees to by itself: rights that rest until somebody looked at them (S4.59),
//! accounts of people who left (S4.54), words and authenticators that are missing (S4.12, R1.26).

use std::collections::{BTreeMap, BTreeSet};

use super::super::Supervisor;
use super::super::report::thousands;
use super::machine::{fields, text};
use crate::access::triggers;
use crate::accounts::Who;
use crate::base::clock::Mono;
use crate::base::limits::SWEEP_SPAN;
use crate::base::time::Utc;
use crate::config::Config;
use crate::config::stations::Trigger;
use crate::config::value::Id;
use crate::logbook::fields as f;
use crate::logbook::{Act, Body, Entry, Kind, Value};
use crate::wire::{Alarm, Level};

impl Supervisor {
    /// A version came into force: another post or another role lets privileged rights rest. Those
    /// who approved the version have looked at it.
    pub(in crate::supervisor) fn suspend_after(&mut self, before: &Config, approvers: &[String]) {
        if self.office.enrolled().is_empty() {
            return; // nobody could look at it
        }
        let config = self.file.config.clone();
        let (_, now) = self.now();
        let reviewed: BTreeSet<Id> = match approvers.is_empty() {
            true => BTreeSet::new(),
            false => config.people.iter().map(|p| p.id.value.clone()).collect(),
        };
        for (person, trigger) in triggers(before, &config, self.zone().day_of(now), &reviewed) {
            self.suspend(person.as_str(), trigger, "the file gives another post or role".into());
        }
        self.sweep();
    }

    /// Once a day: contracts that have ended.
    pub(super) fn look_at_contracts(&mut self) {
        let (_, now) = self.now();
        let today = self.zone().day_of(now);
        if self.office.looked_at == Some(today) || self.office.enrolled().is_empty() {
            return;
        }
        self.office.looked_at = Some(today);
        let config = self.file.config.clone();
        for (person, trigger) in triggers(&config, &config, today, &BTreeSet::new()) {
            self.suspend(person.as_str(), trigger, "their time in the file is over".into());
        }
    }

    /// An entry may let somebody's rights rest: one that says so, or a breach that names them.
    pub(super) fn suspend_by(&mut self, entry: &Entry) {
        let Some(body) = &entry.body else { return };
        let said = |name| body.text(name);
        match entry.header.kind {
            Kind::AccessGrant if said(f::CHANGE) == Some(f::SUSPENDED) => {
                let person = said(f::SUBJECT).unwrap_or_default().to_string();
                let told = self.office.sessions.suspend(&person);
                self.note_told(told);
            }
            Kind::Breach => {
                let Some(Value::List(named)) = body.fields.get(f::SUSPECTS) else { return };
                let why = format!("entry {} names them", entry.number);
                for person in named.clone() {
                    self.suspend(&person, Trigger::Breach, why.clone());
                }
            }
            _ => {}
        }
    }

    /// The entry; the sessions end with it. A trigger that the file does not have suspends nobody,
    /// nor does one that did already.
    fn suspend(&mut self, person: &str, trigger: Trigger, why: String) {
        let counts = self.file.config.accounts.review_on.value.contains(&trigger);
        if !counts || self.office.standing.is_suspended_by(person, trigger) {
            return;
        }
        let (now, today) = (self.clock_now(), self.zone().day_of(self.now().1));
        let said = fields([
            (f::SUBJECT, text(person)),
            (f::CHANGE, text(f::SUSPENDED)),
            (f::TRIGGER, text(trigger)),
            (f::ON, text(today)),
        ]);
        let body = Body { reason: Some(why.clone()), fields: said, ..Body::default() };
        let draft = self.draft(Kind::AccessGrant, Act::Open, None, body);
        self.note(draft);
        let word = format!("Your privileged rights rest until somebody looked at them: {why}.");
        if self.office.accounts.leave_word(person, &word, now).is_err() {
            tracing::warn!("{person} could not be left word of a suspension");
        }
    }

    /// Codes whose time is over, and accounts of people who left the file (S4.54).
    pub(super) fn sweep(&mut self) {
        let now = self.clock_now();
        let config = self.file.config.clone();
        let known = |id: &str| config.people.iter().any(|p| p.id.as_str() == id);
        if let Err(fault) = self.office.accounts.sweep(&known, now) {
            tracing::warn!("accounts could not be swept, which is tried again: {fault}");
        }
        self.note_facts();
        self.office.sweep_due = now.mono + SWEEP_SPAN;
    }

    /// When that is due again.
    pub(super) fn sweep_when_due(&mut self) -> Mono {
        if self.now().0 >= self.office.sweep_due {
            self.sweep();
        }
        self.office.sweep_due
    }

    /// For the person who logs in: an authenticator that the file asks for is missing.
    pub(super) fn lacking(&self, who: &Who) -> Option<String> {
        let asked = self.file.config.accounts.second_factor.value;
        self.office.accounts.lacks_factor(who, asked).then(|| {
            "The file asks for an authenticator that this account has not: beadle authenticator. \
             Until then what needs one is refused."
                .into()
        })
    }

    /// What lasts and somebody has to do something about, by a key of its own. The status shows it
    /// to everybody, so it names nobody.
    pub(in crate::supervisor) fn office_conditions(&self) -> BTreeMap<String, Condition> {
        let (_, now) = self.now();
        let mut out = BTreeMap::new();
        out.extend(self.owing());
        if !self.office.is_read() {
            return out;
        }
        out.extend(self.office.counter.conditions());
        out.extend(self.unread_seals());
        for (number, spoken) in self.office.standing.words() {
            if let Some(since) = spoken.confirm_by.filter(|by| *by < now) {
                let text = format!(
                    "entry {number}: a word given by mouth was not confirmed in time (S4.12)"
                );
                let remedy = "Whoever gave it logs in and confirms it, or says that it is not so.";
                out.insert(format!("word {number}"), Condition { text, remedy, since });
            }
        }
        let asked = self.file.config.accounts.second_factor.value;
        let accounts = self.office.accounts.enrolled().into_iter();
        let lacking: Vec<Utc> = accounts
            .filter(|(who, _)| self.office.accounts.lacks_factor(who, asked))
            .map(|(_, since)| since)
            .collect();
        if let Some(since) = lacking.iter().min() {
            let text = match lacking.len() {
                1 => "one account lacks the authenticator that the file asks for".to_string(),
                n => format!("{n} accounts lack the authenticator that the file asks for"),
            };
            let remedy = "They log in and enrol one: beadle authenticator.";
            let since = (*since).max(self.file.record.at);
            out.insert("authenticators".into(), Condition { text, remedy, since });
        }
        out
    }

    /// Nobody can do anything meanwhile, and the box goes on recording.
    fn owing(&self) -> Option<(String, Condition)> {
        let owed = &self.office.owed;
        let since = owed.since()?;
        let count = match owed.len() as u64 + owed.dropped() {
            1 => "1 entry is".to_string(),
            n => format!("{} entries are", thousands(n)),
        };
        let text = format!(
            "the logbook cannot be written: {count} owed, and what people ask for is refused"
        );
        let remedy = "Make room on the state disk, or replace it. Recording goes on.";
        Some(("logbook".into(), Condition { text, remedy, since }))
    }

    /// The same as alarms of the status.
    pub(in crate::supervisor) fn office_alarms(&self) -> Vec<Alarm> {
        let alarm = |c: Condition| Alarm {
            level: Level::Warning,
            text: c.text,
            remedy: c.remedy.into(),
            since: c.since,
        };
        self.office_conditions().into_values().map(alarm).collect()
    }
}

/// Something that lasts.
pub(in crate::supervisor) struct Condition {
    pub text: String,
    pub remedy: &'static str,
    pub since: Utc,
}
