//! Sealed codes (S4.42), and what `accounts` saw, as entries.

use super::super::Supervisor;
use super::account::place;
use super::machine::{fields, text};
use crate::access::sessions::{Arrival, banner};
use crate::accounts::{Fact, Who};
use crate::logbook::fields as f;
use crate::logbook::{self, Account, Act, Body, Draft, Kind, Value};
use crate::socket::Peer;
use crate::wire::people::LoggedIn;
use crate::wire::{Reply, Sent};

/// Whom a session by a sealed code stands for: `sealed-2`, the number on the envelope.
const SEALED: &str = "sealed-";

impl Supervisor {
    pub(super) fn break_glass(&mut self, code: &Sent, reason: String, peer: Peer) -> Reply {
        if reason.trim().is_empty() {
            return Reply::Refused { why: "Say why the sealed code is needed (S4.42).".into() };
        }
        let (now, station) = (self.clock_now(), self.station_of(peer));
        let place = place(station.as_ref(), peer);
        let opened = self.office.accounts.open_sealed(&code.0, &place);
        self.note_facts_for(Some(&reason));
        let number = match opened {
            Ok(opened) => opened.number,
            Err(refusal) => return Reply::Refused { why: refusal.to_string() },
        };
        let arrival = Arrival {
            person: format!("{SEALED}{number}"),
            account: Account::BreakGlass,
            station: station.map(|s| s.to_string()),
            reason: Some(reason),
            second_factor: true,
            script: false,
        };
        match self.open_session(arrival, now) {
            Ok((session, who)) => Reply::LoggedIn(Box::new(LoggedIn {
                session,
                who,
                banner: Some(banner(&self.file.config)),
                last_log_in: None,
                failures_since: 0,
                notices: vec!["This use is in the logbook and has to be reviewed (S4.42).".into()],
            })),
            Err(why) => Reply::Refused { why },
        }
    }

    /// A locked screen that a sealed code opened wakes by that code, and by no other.
    pub(super) fn unlock_sealed(
        &mut self,
        session: u64,
        person: &str,
        code: &Sent,
        place: &str,
    ) -> Reply {
        let number = person.strip_prefix(SEALED).and_then(|number| number.parse().ok());
        let wakes = number.is_some_and(|n| self.office.accounts.wakes_sealed(n, &code.0, place));
        self.note_facts();
        if !wakes {
            return Reply::Refused { why: "Type the sealed code that opened this screen.".into() };
        }
        let now = self.clock_now();
        match self.office.sessions.unlock(session, now) {
            Ok(()) => Reply::Done,
            Err(closed) => Reply::LogIn { why: closed.to_string() },
        }
    }

    /// What `accounts` saw becomes entries, and alarms where somebody has to look today.
    pub(super) fn note_facts(&mut self) {
        self.note_facts_for(None);
    }

    fn note_facts_for(&mut self, reason: Option<&str>) {
        for fact in self.office.accounts.take_facts() {
            if fact.is_loud() {
                let remedy = "Look into it today; the logbook has the entry.";
                self.alert(fact.for_everybody(), remedy);
            }
            let draft = self.draft_of(&fact, reason);
            self.note(draft);
        }
    }

    fn draft_of(&self, fact: &Fact, reason: Option<&str>) -> Draft {
        let own = |who: &Who| logbook::Who::alone(&who.person, who.account.into());
        let who = match fact {
            Fact::LoggedIn { who, .. }
            | Fact::Enrolled { who, .. }
            | Fact::PassphraseChanged { who, .. }
            | Fact::FactorEnrolled { who } => Some(own(who)),
            Fact::SealedUsed { number, .. } => {
                Some(logbook::Who::alone(format!("{SEALED}{number}"), Account::BreakGlass))
            }
            _ => None,
        };
        let outcome = fact.to_string();
        let seal = |event, seals: String| fields([(f::EVENT, text(event)), (f::SEAL, text(seals))]);
        let said = match fact {
            Fact::CodeIssued { to, .. } | Fact::CodeVoid { to } => {
                fields([(f::SUBJECT, text(&to.person))])
            }
            Fact::FactorDropped { who, .. } => fields([(f::SUBJECT, text(&who.person))]),
            Fact::Forgotten { person } => fields([(f::SUBJECT, text(person))]),
            Fact::Told { person, texts } => fields([
                (f::PERSONS, Value::List(vec![person.clone()])),
                (f::WHAT, text(texts.join("\n"))),
            ]),
            Fact::LogInFailed { who, .. } => fields([(f::TRIED, text(who))]),
            Fact::SealedPrinted { numbers, .. } => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                seal(f::PRINTED, numbers.join(", "))
            }
            Fact::SealedUsed { number, .. } => seal(f::USED, number.to_string()),
            Fact::SealedRefused { .. } => fields([(f::EVENT, text("refused"))]),
            Fact::Unsaved { .. } => fields([
                (f::ALARM, text("log-ins")),
                (f::LEVEL, text("warning")),
                (f::WHAT, text(&outcome)),
            ]),
            _ => fields([]),
        };
        let outcome = (fact.kind() != Kind::Told).then_some(outcome);
        let used = matches!(fact, Fact::SealedUsed { .. });
        let reason = reason.filter(|_| used).map(String::from);
        let body = Body { who, reason, outcome, fields: said, ..Body::default() };
        self.draft(fact.kind(), Act::Open, None, body)
    }
}
