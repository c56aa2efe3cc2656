//! Versions of the file that wait for approval (S4.38, S4.48, S4.66), and what an accepted one
//! leaves in the logbook (S4.17).
//!
//! ```text
//! new file --> widens nothing ------------------------------> in force, entry `change`
//!         \--> widens: entry `approval` (open) --> keys turned, one entry each (note)
//!                 |--> refused by one who was asked: the entry is closed, and says why
//!                 \--> another file is saved: the entry is closed, that one is judged
//! ```
//! While nobody is enrolled nobody could approve: the box's owner edits the file, and it counts.

use super::super::Supervisor;
use super::super::file::{Judged, Stale};
use super::call::Caller;
use super::machine::{fields, text};
use crate::access::{Confirmed, Waiting, Wish, has_right, rights, widening};
use crate::base::clock::Mono;
use crate::base::digest::Digest;
use crate::base::limits::DISK_RETRY_SPAN;
use crate::base::time::Utc;
use crate::config::Config;
use crate::config::diff::{Change, Effect, diff};
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::duties;
use crate::logbook::fields as f;
use crate::logbook::{Account, Act, Body, Kind, Number, Value};
use crate::wire::Reply;

/// A version that waits, whole.
pub struct Held {
    pub waiting: Waiting,
    pub judged: Judged,
    pub config: Config,
    /// The entry that says so; `None` while it is owed.
    pub number: Option<Number>,
    /// Every key is turned, and the state disk did not take the version: tried again from then on.
    pub again: Option<Mono>,
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
        if let Some((_, why)) = self.office.refused.as_ref().filter(|(d, _)| *d == judged.digest) {
            let (text, (_, utc)) = (why.clone(), self.now());
            let since = self.file.stale.as_ref().map_or(utc, |s| s.since);
            self.file.stale = Some(Stale { text, since });
            return true;
        }
        self.office.refused = None;
        self.withdraw("another version was saved");
        let changes = widening(&self.file.config, config);
        let Some(mut waiting) = Waiting::new(judged.digest, &self.file.config, changes) else {
            return false;
        };
        let first = !std::mem::replace(&mut self.office.refusals_read, true);
        if let Some(why) = self.refused_before(&judged.digest).filter(|_| first) {
            self.office.refused = Some((judged.digest, why));
            return self.holds_back(judged, config);
        }
        let number = match self.asked_before(&judged.digest) {
            Some((number, confirmed)) => {
                confirmed.into_iter().for_each(|c| waiting.restore(c));
                Some(number)
            }
            None => {
                let changes: Vec<String> =
                    waiting.changes().iter().map(|c| c.what.clone()).collect();
                let pairs = [
                    (f::DIGEST, text(judged.digest)),
                    (f::CHANGES, Value::List(changes)),
                    (f::AUTHOR, text(self.author_of(&judged.digest))),
                ];
                let body = Body { fields: fields(pairs), ..Body::default() };
                let draft = self.draft(Kind::Approval, Act::Open, None, body);
                self.note(draft)
            }
        };
        let (judged, config) = (judged.clone(), config.clone());
        self.office.waiting = Some(Held { waiting, judged, config, number, again: None });
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
            let ours = body.fields.get(f::DIGEST) == Some(&text(digest));
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

    /// Records of waiting versions that a crash left open are ended: the version is in force, or
    /// it is not the one that waits now. Once a run.
    pub(super) fn settle_waits(&mut self) {
        if std::mem::replace(&mut self.office.settled, true) {
            return;
        }
        let held = self.office.waiting.as_ref().and_then(|held| held.number);
        let in_force = text(&self.file.record.digest);
        for (number, digest) in self.open_waits() {
            if Some(number) == held {
                continue;
            }
            match digest.as_ref() == Some(&in_force) {
                true => {
                    self.end_wait(Some(number), f::IN_FORCE, "in force; entered after a restart")
                }
                false => {
                    let why = "another version is on disk; entered after a restart";
                    self.end_wait(Some(number), f::WITHDRAWN, why);
                }
            }
        }
    }

    /// Waits without an end, with the digest of their version.
    fn open_waits(&self) -> Vec<(Number, Option<Value>)> {
        let office = &self.office;
        let Ok(ledger) = &office.ledger else { return Vec::new() };
        let numbers = office.index.numbers_of(&[Kind::Approval]).unwrap_or_default();
        let mut open = Vec::new();
        for entry in numbers.into_iter().filter_map(|number| ledger.entry(number).ok()) {
            match entry.header.act {
                Act::Open => {
                    let digest = entry.body.and_then(|b| b.fields.get(f::DIGEST).cloned());
                    open.push((entry.number, digest));
                }
                Act::Close => open.retain(|(number, _)| entry.header.about != Some(*number)),
                Act::Note | Act::Correct => {}
            }
        }
        open
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
            "{} waits for approval by {}: {first}{more}; look at it on the screen Site, or \
             `beadle approve {}`",
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
            self.end_wait(held.number, f::WITHDRAWN, why);
        }
    }

    fn end_wait(&mut self, number: Option<Number>, ended: &str, outcome: &str) {
        let fields = fields([(f::ENDED, text(ended))]);
        let body = Body { outcome: Some(outcome.into()), fields, ..Body::default() };
        let draft = self.draft(Kind::Approval, Act::Close, number, body);
        self.note(draft);
    }

    /// Somebody who was asked to approve it says no, with their name and why. It stays on disk, and
    /// not in force, until another one is saved.
    pub(super) fn refuse_file(
        &mut self,
        caller: &Caller,
        digest: &str,
        why: String,
    ) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let held = self.office.waiting.as_ref().map(|held| (held.judged.digest, held.number));
        let Some((full, number)) = held.filter(|(d, _)| d.to_string() == digest) else {
            return Err("That version no longer waits. Look again.".into());
        };
        if why.trim().is_empty() {
            return Err("Say why, for whoever saved it.".into());
        }
        if !self.would_be(caller, Wish::Approve) {
            return Err("Only those who are asked to approve it can refuse it.".into());
        }
        let who = match self.file.config.person(&caller.session.person) {
            Some(person) => person.title.value.clone(),
            None => caller.session.person.to_string(),
        };
        let sentence = format!("refused by {who}: {}", why.trim());
        let body = Body {
            who: Some(caller.who()),
            outcome: Some(sentence.clone()),
            fields: fields([(f::ENDED, text(f::REFUSED)), (f::DIGEST, text(full))]),
            ..Body::default()
        };
        let draft = self.draft(Kind::Approval, Act::Close, number, body);
        self.enter(draft)?;
        self.office.waiting = None;
        let (_, utc) = self.now();
        let told = format!("{} was {sentence}", self.file.path);
        let since = self.file.stale.as_ref().map_or(utc, |s| s.since);
        self.file.stale = Some(Stale { text: told.clone(), since });
        self.office.refused = Some((full, told));
        Ok(Reply::Text { text: "Refused. What is in force stays in force.".into() })
    }

    /// The sentence with which this version was refused before a restart, if nobody asked again.
    fn refused_before(&self, digest: &Digest) -> Option<String> {
        let ledger = self.office.ledger.as_ref().ok()?;
        let numbers = self.office.index.numbers_of(&[Kind::Approval]).ok()?;
        let mut last = None;
        for number in numbers {
            let entry = ledger.entry(number).ok()?;
            let Some(body) = &entry.body else { continue };
            match entry.header.act {
                Act::Close => last = Some(body.clone()),
                _ => last = None,
            }
        }
        let body = last?;
        let ours = body.fields.get(f::DIGEST) == Some(&text(digest))
            && body.fields.get(f::ENDED) == Some(&text(f::REFUSED));
        ours.then(|| format!("{} was {}", self.file.path, body.outcome.unwrap_or_default()))
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
            Some(held) if held.again.is_some() => {
                "Approved. It cannot be kept yet, since the state disk does not take it; it is tried \
                 again, and the approval stands."
                    .into()
            }
            Some(_) => {
                self.say_that_it_waits();
                "Approved by you. Another person has to approve it too.".into()
            }
        })
    }

    /// Brings a version into force whose keys are all turned. One that cannot be kept stays here,
    /// with its keys, and is tried again.
    pub(super) fn look_at_waiting(&mut self) {
        let (mono, now) = self.now();
        let enrolled = self.office.enrolled();
        let due = |held: &&mut Held| {
            held.again.is_none_or(|again| again <= mono)
                && held.waiting.is_settled(&self.file.config, &enrolled, now)
        };
        let Some(held) = self.office.waiting.take_if(|held| due(&held)) else { return };
        let approvers: Vec<String> =
            held.waiting.confirmed().iter().map(|c| c.person.to_string()).collect();
        match self.bring_into_force(&held.judged, held.config.clone(), approvers) {
            Ok(()) => self.end_wait(held.number, f::IN_FORCE, "in force"),
            Err(fault) => {
                let text = format!(
                    "{} is approved, and cannot be kept yet, so it is not in force: {fault}",
                    self.file.path
                );
                let since = self.file.stale.as_ref().map_or(now, |s| s.since);
                self.file.stale = Some(Stale { text, since });
                let again = Some(mono + DISK_RETRY_SPAN);
                self.office.waiting = Some(Held { again, ..held });
            }
        }
    }

    /// Who saved the version of that digest, by its entry; "unknown" for an edit outside of Beadle
    /// (S4.17).
    pub(in crate::supervisor) fn author_of(&self, digest: &Digest) -> String {
        self.saver_of(digest).unwrap_or_else(|| "unknown".to_string())
    }

    pub(super) fn saved_at_screen(&self, digest: &Digest) -> bool {
        self.saver_of(digest).is_some()
    }

    fn saver_of(&self, digest: &Digest) -> Option<String> {
        let ledger = self.office.ledger.as_ref().ok()?;
        let numbers = self.office.index.numbers_of(&[Kind::Edit]).ok()?;
        let bodies = numbers.into_iter().rev().filter_map(|n| ledger.entry(n).ok()?.body);
        let digest = Some(text(digest));
        let saved = bodies.into_iter().find(|b| b.fields.get(f::DIGEST) == digest.as_ref())?;
        saved.who.map(|who| who.person)
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
            (f::REVISION, super::machine::number(record.revision)),
            (f::DIGEST, text(&record.digest)),
            (f::AUTHOR, text(&record.author)),
            (f::CHANGES, Value::List(record.changes.clone())),
        ]);
        if !approvers.is_empty() {
            fields.insert(f::APPROVED_BY.into(), Value::List(approvers.to_vec()));
        }
        let config = self.file.config.clone();
        fields.extend(duties::changes::fields(before, &config));
        let (_, now) = self.now();
        let affected = before.map(|b| affected(b, &config, now)).unwrap_or_default();
        if !affected.is_empty() {
            fields.insert(f::AFFECTS.into(), Value::List(affected));
        }
        let body = Body { fields, ..Body::default() };
        let draft = self.draft(Kind::Change, Act::Open, None, body);
        self.note(draft);
    }
}

/// Persons whose rights are others now, and those who look at what is stored where other footage is
/// stored from now on, or for another time: they are told at their next log-in (S4.50).
fn affected(before: &Config, after: &Config, now: Utc) -> Vec<String> {
    let today = after.site.zone.day_of(now);
    let was = rights(before, before.site.zone.day_of(now));
    let is = rights(after, today);
    let stored = diff(Some(before), after).iter().any(changes_what_is_stored);
    let looks = |id: &str| {
        let id = Id::new(id);
        id.is_ok_and(|id| LOOKS.iter().any(|deed| has_right(after, &id, *deed, today)))
    };
    let told = is.iter().filter(|p| !was.contains(p) || stored && looks(&p.person));
    told.map(|p| p.person.to_string()).collect()
}

/// Who holds one of these knows what there is to be seen.
const LOOKS: [Deed; 3] = [Deed::Playback, Deed::Still, Deed::Export];

fn changes_what_is_stored(change: &Change) -> bool {
    let camera = change.unit.starts_with("camera ") && change.effect == Effect::Records;
    change.sign != '=' && (change.unit == "retention" || camera)
}
