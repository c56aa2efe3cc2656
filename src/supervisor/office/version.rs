//! Versions of the file that wait for approval (S4.38, S4.48, S4.66), and what an accepted one
//! leaves in the logbook (S4.17).
//!
//! ```text
//! new file --> widens nothing ------------------------------> in force, entry `change`
//!         \--> widens: entry `approval` (open) --> keys turned, one entry each (note)
//!                 \--> another file is saved: the entry is closed, that one is judged
//! ```
//! While nobody is enrolled nobody could approve: the box's owner edits the file, and it counts.

use super::super::Supervisor;
use super::super::file::{Judged, Stale};
use super::machine::{fields, text};
use crate::access::{Confirmed, Waiting, Wish, fields as access_fields, rights, widening};
use crate::base::digest::Digest;
use crate::base::time::Utc;
use crate::config::Config;
use crate::config::value::Id;
use crate::duties;
use crate::logbook::{Account, Act, Body, Kind, Number, Value};

/// A version that waits, whole.
pub struct Held {
    pub waiting: Waiting,
    pub judged: Judged,
    pub config: Config,
    /// The entry that says so.
    pub number: Number,
}

impl Supervisor {
    /// Must this version wait? Then it is held, and said.
    pub(in crate::supervisor) fn holds_back(&mut self, judged: &Judged, config: &Config) -> bool {
        let enrolled = self.office.enrolled();
        if enrolled.is_empty() {
            return false;
        }
        let held = self.office.waiting.as_ref();
        if held.is_some_and(|held| held.judged.digest == judged.digest) {
            return true;
        }
        self.withdraw("another version was saved");
        let changes = widening(&self.file.config, config);
        let Some(mut waiting) = Waiting::new(judged.digest, &self.file.config, changes) else {
            return false;
        };
        let number = match self.asked_before(&judged.digest) {
            Some((number, confirmed)) => {
                confirmed.into_iter().for_each(|c| waiting.restore(c));
                number
            }
            None => {
                let changes: Vec<String> =
                    waiting.changes().iter().map(|c| c.what.clone()).collect();
                let pairs = [("digest", text(judged.digest)), ("changes", Value::List(changes))];
                let number = self.office.size();
                let body = Body { fields: fields(pairs), ..Body::default() };
                let draft = self.draft(Kind::Approval, Act::Open, None, body);
                self.note(draft);
                number
            }
        };
        let (judged, config) = (judged.clone(), config.clone());
        self.office.waiting = Some(Held { waiting, judged, config, number });
        self.say_that_it_waits();
        true
    }

    /// The entry that opened this wait before a restart, and the keys turned since.
    fn asked_before(&self, digest: &Digest) -> Option<(Number, Vec<Confirmed>)> {
        let office = &self.office;
        let ledger = office.ledger.as_ref().ok()?;
        let numbers = office.index.numbers_of(&[Kind::Approval]).ok()?;
        let mut found = None;
        for number in numbers {
            let entry = ledger.entry(number).ok()?;
            let Some(body) = &entry.body else { continue };
            let ours = body.fields.get("digest") == Some(&text(digest));
            match (entry.header.act, &mut found) {
                (Act::Open, _) if ours => found = Some((number, Vec::new())),
                (Act::Close, Some((opened, _))) if entry.header.about == Some(*opened) => {
                    found = None;
                }
                (Act::Note, Some((_, keys))) if ours => {
                    let who = body.who.as_ref();
                    let emergency = who
                        .is_some_and(|w| matches!(w.account, Account::BreakGlass | Account::Owner));
                    let person = who.and_then(|w| Id::new(&w.person).ok());
                    keys.extend(person.map(|person| Confirmed { person, emergency }));
                }
                _ => {}
            }
        }
        found
    }

    fn say_that_it_waits(&mut self) {
        let (_, now) = self.now();
        let enrolled = self.office.enrolled();
        let Some(held) = &self.office.waiting else { return };
        let missing = held.waiting.missing(&self.file.config, &enrolled, now);
        let missing = missing.iter().map(|m| match m.stuck {
            true => format!("{} (nobody enrolled can: use a sealed code)", m.who),
            false => m.who.clone(),
        });
        let who: Vec<String> = missing.collect();
        let first = held.waiting.changes().first().map(|c| c.what.clone()).unwrap_or_default();
        let more = match held.waiting.changes().len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let why = format!(
            "{} waits for approval by {}: {first}{more}; `beadle approve {}`",
            self.file.path,
            who.join(" and "),
            held.judged.digest.short(),
        );
        let since = self.file.stale.as_ref().map_or(now, |s| s.since);
        self.file.stale = Some(Stale { text: why, since });
    }

    /// A version that waited is no longer the one on disk.
    pub(in crate::supervisor) fn withdraw(&mut self, why: &str) {
        if let Some(held) = self.office.waiting.take() {
            let body = Body { outcome: Some(why.into()), ..Body::default() };
            let draft = self.draft(Kind::Approval, Act::Close, Some(held.number), body);
            self.note(draft);
        }
    }

    /// A key was turned: entered already.
    pub(super) fn turn_key(&mut self, entered: crate::access::Entered) -> Result<String, String> {
        debug_assert_eq!(entered.wish(), Wish::Approve);
        let Some(held) = &mut self.office.waiting else {
            return Err("No version of the file waits for approval.".into());
        };
        // Another wish cannot come here: `decide` was asked for this one.
        let _ = held.waiting.confirm(entered);
        self.look_at_waiting();
        Ok(match &self.office.waiting {
            None => "Approved. The file is in force.".into(),
            Some(_) => {
                self.say_that_it_waits();
                "Approved by you. Another person has to approve it too.".into()
            }
        })
    }

    /// Brings a version into force whose keys are all turned.
    pub(super) fn look_at_waiting(&mut self) {
        let (_, now) = self.now();
        let enrolled = self.office.enrolled();
        let settled = |held: &&Held| held.waiting.is_settled(&self.file.config, &enrolled, now);
        if self.office.waiting.as_ref().is_none_or(|held| !settled(&held)) {
            return;
        }
        let Some(held) = self.office.waiting.take() else { return };
        let approvers: Vec<String> =
            held.waiting.confirmed().iter().map(|c| c.person.to_string()).collect();
        let body = Body { outcome: Some("in force".into()), ..Body::default() };
        let draft = self.draft(Kind::Approval, Act::Close, Some(held.number), body);
        self.note(draft);
        self.bring_into_force(&held.judged, held.config, approvers);
    }

    /// What an accepted version leaves in the logbook, for duties, for people who have to be told,
    /// and for whoever asks later who could do what (S4.17, S4.50).
    pub(in crate::supervisor) fn note_change(
        &mut self,
        before: Option<&Config>,
        approvers: &[String],
    ) {
        let record = &self.file.record;
        let mut fields = fields([
            ("revision", super::machine::number(record.revision)),
            ("digest", text(&record.digest)),
            ("author", text(&record.author)),
            ("changes", Value::List(record.changes.clone())),
        ]);
        if !approvers.is_empty() {
            fields.insert("approved-by".into(), Value::List(approvers.to_vec()));
        }
        let config = self.file.config.clone();
        fields.extend(duties::changes::fields(before, &config));
        let (_, now) = self.now();
        let affected = before.map(|b| affected(b, &config, now)).unwrap_or_default();
        if !affected.is_empty() {
            fields.insert(access_fields::AFFECTS.into(), Value::List(affected));
        }
        let body = Body { fields, ..Body::default() };
        let draft = self.draft(Kind::Change, Act::Open, None, body);
        self.note(draft);
    }
}

/// Persons whose rights are others now: they are told at their next log-in (S4.50).
fn affected(before: &Config, after: &Config, now: Utc) -> Vec<String> {
    let was = rights(before, before.site.zone.day_of(now));
    let is = rights(after, after.site.zone.day_of(now));
    let changed = is.iter().filter(|p| !was.contains(p));
    changed.map(|p| p.person.to_string()).collect()
}
