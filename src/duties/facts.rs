//! What the logbook says about duties, folded entry by entry.

use std::collections::{BTreeMap, BTreeSet};

use super::duty::{Duty, Key};
use super::fields;
use super::replaced::Replaced;
use crate::base::time::{Day, Utc};
use crate::logbook::{Act, AuthorityForm, Body, ClockState, Entry, Kind, Number, Value};

/// An open record with a date, which the registers know of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    /// `complaint`, `breach`, `misuse`, `subject-access`, `hold` or another.
    pub kind: Kind,
    pub number: Number,
    pub due: Utc,
    /// For the reader, without names: "Complaint 2026-014".
    pub what: String,
}

/// A duty was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    pub when: Utc,
    /// The person's id; `None` where the entry's body was destroyed.
    pub by: Option<String>,
}

/// Something in an entry that wants an answer: who did it, on whose word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    pub at: Utc,
    pub kind: Kind,
    pub by: Option<String>,
    pub about: Option<Number>,
}

/// An answer to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    pub by: Option<String>,
    pub duty: Option<Duty>,
}

/// A paper that somebody signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Signed {
    pub when: Utc,
    pub version: Option<String>,
}

/// A departure from a rule that was entered, not written into the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Departure {
    pub rule: String,
    pub until: Day,
    pub by: Option<String>,
}

/// The state of all duties so far. Folding an entry twice changes nothing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// Given by whoever keeps the registers; not folded.
    pub clocks: Vec<Clock>,
    /// The earliest entry, and the earliest whose clock could be trusted.
    first: Option<Utc>,
    first_trusted: Option<Utc>,
    in_force: Option<Utc>,
    done: BTreeMap<Key, BTreeMap<Number, Done>>,
    /// The box's own daily check.
    own: BTreeMap<Number, Utc>,
    missed: BTreeMap<Key, BTreeSet<Day>>,
    /// By field of `change` and id: when the file first asked for it, and since.
    changed: BTreeMap<(&'static str, String), BTreeSet<Utc>>,
    pub(super) signed: BTreeMap<(String, String), BTreeMap<Number, Signed>>,
    /// Authorities given by mouth.
    pub(super) spoken: BTreeMap<Number, Asked>,
    /// Sealed codes that were used.
    pub(super) unsealed: BTreeMap<Number, Asked>,
    /// Releases without the ordinary witness.
    pub(super) unwitnessed: BTreeMap<Number, Asked>,
    pub(super) answers: BTreeMap<Number, BTreeMap<Number, Answer>>,
    pub(super) departures: BTreeMap<Number, Departure>,
    pub(super) covert: BTreeMap<String, BTreeSet<Utc>>,
    replaced: Replaced,
    withdrawn: BTreeSet<Number>,
    /// Departures that ended.
    closed: BTreeSet<Number>,
}

impl Facts {
    /// The kinds of entries that matter here; others may be folded and change nothing but the
    /// logbook's beginning.
    pub const KINDS: &'static [Kind] = &[
        Kind::Started,
        Kind::Restored,
        Kind::Change,
        Kind::Exception,
        Kind::AccessReview,
        Kind::BreakGlass,
        Kind::Acceptance,
        Kind::Training,
        Kind::Permission,
        Kind::Live,
        Kind::Viewing,
        Kind::Still,
        Kind::LiftMask,
        Kind::PtzDirection,
        Kind::Visit,
        Kind::Confirmation,
        Kind::Request,
        Kind::SubjectAccess,
        Kind::Release,
        Kind::Export,
        Kind::Hold,
        Kind::Disposal,
        Kind::OriginalDrive,
        Kind::Maintenance,
        Kind::Covert,
        Kind::Meeting,
        Kind::Review,
        Kind::DailyCheck,
        Kind::RandomCheck,
        Kind::ClockCheck,
        Kind::SignCheck,
        Kind::DutyDone,
        Kind::DutyMissed,
    ];

    /// Takes in one entry; in the order of their numbers, or any other.
    pub fn fold(&mut self, entry: &Entry) {
        let header = &entry.header;
        let earlier = |was: Option<Utc>| Some(was.map_or(header.at, |was| was.min(header.at)));
        self.first = earlier(self.first);
        if header.clock != ClockState::Unknown {
            self.first_trusted = earlier(self.first_trusted);
        }
        let body = entry.body.as_ref();
        if header.act == Act::Correct {
            if let (Some(about), Some(body)) = (header.about, body)
                && body.fields.get(fields::WITHDRAWN) == Some(&Value::Yes(true))
            {
                self.withdrawn.insert(about);
            }
            return;
        }
        if let (Kind::Exception, Act::Close, Some(about)) = (header.kind, header.act, header.about)
        {
            self.closed.insert(about);
        }
        self.fold_done(entry);
        self.replaced.fold(entry);
        let Some(body) = body else { return };
        // A word on which nothing was done needs nobody's confirmation.
        if header.kind != Kind::Refused {
            self.fold_spoken(entry, body);
        }
        self.fold_answer(entry, body);
        match header.kind {
            Kind::Change => self.fold_change(header.at, body),
            Kind::DutyMissed => self.fold_missed(body),
            Kind::Acceptance => self.fold_signed(entry, body),
            Kind::BreakGlass if body.text(fields::EVENT) == Some(fields::USED) => {
                self.unsealed.insert(entry.number, asked(entry, person(body)));
            }
            Kind::Release | Kind::Export
                if body.fields.get(fields::WITNESS_EXCEPTION) == Some(&Value::Yes(true)) =>
            {
                self.unwitnessed.insert(entry.number, asked(entry, person(body)));
            }
            Kind::Exception if header.act == Act::Open => {
                let until = body.text(fields::UNTIL).and_then(|day| day.parse().ok());
                if let (Some(rule), Some(until)) = (body.text(fields::RULE), until) {
                    let departure = Departure { rule: rule.into(), until, by: person(body) };
                    self.departures.insert(entry.number, departure);
                }
            }
            Kind::Covert if body.text(fields::STEP) == Some(fields::REVIEWED) => {
                if let Some(reference) = body.text(fields::REFERENCE) {
                    self.covert.entry(reference.into()).or_default().insert(header.at);
                }
            }
            _ => {}
        }
    }

    /// A duty counts as done by a person alone: the box's own check never stands in for one.
    fn fold_done(&mut self, entry: &Entry) {
        let (at, number) = (entry.header.at, entry.number);
        let body = entry.body.as_ref();
        let by = body.and_then(person);
        if body.is_some() && by.is_none() {
            if entry.header.kind == Kind::DailyCheck {
                self.own.insert(number, at);
            }
            return;
        }
        let named = body.and_then(|b| b.text(fields::DUTY)).and_then(Duty::named);
        let of = body.and_then(|b| b.text(fields::OF)).map(str::to_string);
        let keys: Vec<Key> = match entry.header.kind {
            Kind::DailyCheck => vec![Key::one(Duty::DailyCheck)],
            Kind::RandomCheck => vec![Key::one(Duty::RandomCheck)],
            Kind::ClockCheck => vec![Key::one(Duty::ClockCheck)],
            Kind::SignCheck => vec![Key::one(Duty::SignCheck)],
            Kind::AccessReview => vec![Key::one(Duty::AccessReview)],
            Kind::Meeting => vec![Key::one(Duty::Liaison)],
            Kind::Training => {
                let persons = body.map(|b| b.list(fields::PERSONS)).unwrap_or_default();
                persons.into_iter().map(|p| Key::of(Duty::Training, p)).collect()
            }
            Kind::DutyDone | Kind::Review | Kind::Maintenance => {
                named.map(|duty| Key { duty, of }).into_iter().collect()
            }
            _ => Vec::new(),
        };
        for key in keys {
            let done = Done { when: at, by: by.clone() };
            self.done.entry(key).or_default().insert(number, done);
        }
    }

    fn fold_spoken(&mut self, entry: &Entry, body: &Body) {
        let own = body.authority.as_ref().filter(|a| a.form == AuthorityForm::Verbal);
        let own = own.map(|authority| authority.by.clone());
        // The word for a guest stands beside the entry's own.
        let guests = body.list(fields::SPOKEN_BY).first().map(|by| by.to_string());
        if let Some(by) = own.or(guests)
            && entry.header.kind != Kind::Confirmation
        {
            self.spoken.insert(entry.number, asked(entry, Some(by)));
        }
    }

    fn fold_answer(&mut self, entry: &Entry, body: &Body) {
        let kinds = [Kind::Confirmation, Kind::Review, Kind::BreakGlass];
        if let Some(about) = entry.header.about
            && kinds.contains(&entry.header.kind)
        {
            let duty = match entry.header.kind {
                Kind::Confirmation => Some(Duty::Confirmation),
                Kind::BreakGlass => Some(Duty::BreakGlassReview),
                _ => body.text(fields::DUTY).and_then(Duty::named),
            };
            let answer = Answer { by: person(body), duty };
            self.answers.entry(about).or_default().insert(entry.number, answer);
        }
    }

    fn fold_change(&mut self, at: Utc, body: &Body) {
        self.in_force = self.in_force.max(Some(at));
        for field in [
            fields::CAMERAS_ADDED,
            fields::CAMERAS_MOVED,
            fields::PEOPLE_ADDED,
            fields::PAPERS_NEW,
            fields::DUTIES_NEW,
        ] {
            for id in body.list(field) {
                self.changed.entry((field, id.to_string())).or_default().insert(at);
            }
        }
    }

    fn fold_missed(&mut self, body: &Body) {
        let duty = body.text(fields::DUTY).and_then(Duty::named);
        let day = body.text(fields::DAY).and_then(|day| day.parse().ok());
        if let (Some(duty), Some(day)) = (duty, day) {
            let of = body.text(fields::OF).map(str::to_string);
            self.missed.entry(Key { duty, of }).or_default().insert(day);
        }
    }

    fn fold_signed(&mut self, entry: &Entry, body: &Body) {
        let signer = body.text(fields::PERSON).map(str::to_string).or_else(|| person(body));
        if let (Some(signer), Some(paper)) = (signer, body.text(fields::PAPER)) {
            let version = body.text(fields::VERSION).map(str::to_string);
            let signed = Signed { when: entry.header.at, version };
            let key = (signer, paper.to_string());
            self.signed.entry(key).or_default().insert(entry.number, signed);
        }
    }

    /// When the logbook began; where some clocks could be trusted, by those alone.
    pub fn began(&self) -> Option<Utc> {
        self.first_trusted.or(self.first)
    }

    /// Since when the present file is in force; the beginning of the logbook where nothing says.
    /// That is what [`super::missed`] wants as `since`.
    pub fn in_force_since(&self) -> Option<Utc> {
        self.in_force.or(self.began())
    }

    /// When a duty was done, in order.
    pub fn done<'a>(&'a self, key: &Key) -> impl Iterator<Item = &'a Done> + use<'a> {
        let all = self.done.get(key).into_iter().flatten();
        all.filter(|(number, _)| !self.withdrawn.contains(number)).map(|(_, done)| done)
    }

    /// The days on record as missed.
    pub fn missed(&self, key: &Key) -> impl Iterator<Item = Day> + use<'_> {
        self.missed.get(key).into_iter().flatten().copied()
    }

    /// The last time that the box checked itself.
    pub(super) fn last_own_check(&self) -> Option<Utc> {
        self.own.values().max().copied()
    }

    /// When the file last began to ask for it, where an entry says so.
    pub(super) fn changed(&self, field: &'static str, id: &str) -> Option<Utc> {
        self.changed.get(&(field, id.to_string()))?.last().copied()
    }

    /// The ids in a field of `change`, each with every time that it was named.
    pub(super) fn all_changed(
        &self,
        field: &'static str,
    ) -> impl Iterator<Item = (&str, &BTreeSet<Utc>)> {
        let all = self.changed.iter().filter(move |((f, _), _)| *f == field);
        all.map(|((_, id), times)| (id.as_str(), times))
    }

    /// Boxes that were replaced, by their entries, whose logbook was not yet compared with paper by
    /// two persons: since when, and who did.
    pub fn seals_to_compare(&self) -> Vec<(Number, Utc, BTreeSet<&str>)> {
        self.replaced.waiting(|number| self.is_withdrawn(number))
    }

    /// Public keys that boxes before this one signed with, 64 digits each.
    pub fn keys_before(&self) -> impl Iterator<Item = &str> {
        self.replaced.keys()
    }

    pub(super) fn is_withdrawn(&self, number: Number) -> bool {
        self.withdrawn.contains(&number)
    }

    pub(super) fn is_closed(&self, number: Number) -> bool {
        self.closed.contains(&number)
    }
}

fn asked(entry: &Entry, by: Option<String>) -> Asked {
    Asked { at: entry.header.at, kind: entry.header.kind, by, about: entry.header.about }
}

fn person(body: &Body) -> Option<String> {
    body.who.as_ref().map(|who| who.person.clone())
}
