//! Duties that come round: those of the file, the yearly self-assessment, the impact assessment
//! whose paper names a date, and the yearly fee.

use super::duty::{Duty, Key};
use super::facts::{Done, Facts};
use super::rounds::{Round, Rounds};
use super::watch::Watch;
use super::{Item, Missed, State, fields, item, next_open, people, persons};
use crate::base::time::{Day, Utc};
use crate::config::Config;
use crate::config::duties::{Duty as Line, DutyKind};
use crate::config::value::{Every, Id};

/// One duty that comes round.
pub(super) struct Routine<'a> {
    config: &'a Config,
    key: Key,
    what: String,
    by: Vec<Id>,
    rounds: Rounds<'a>,
    /// Since when it is asked for; `None`: there is no logbook yet.
    owed: Option<Utc>,
    /// When it stops: the last day of the person whom it is about.
    ends: Option<Utc>,
}

/// All of them, in the order of the file.
pub(super) fn all<'a>(config: &'a Config, facts: &Facts) -> Vec<Routine<'a>> {
    let mut out = Vec::new();
    for line in &config.duties {
        let duty = Duty::from(line.kind.value);
        if duty == Duty::Training {
            out.extend(people::users(config).into_iter().map(|person| {
                let what = format!("Training of {}", person.title.value);
                let key = Key::of(duty, &person.id.value);
                let mut one = Routine::of(config, facts, line, key, what);
                let added = facts.changed(fields::PEOPLE_ADDED, person.id.as_str());
                let from = person.from.as_ref().map(|d| config.site.zone.start_of(d.value));
                one.owe(added.max(from));
                one.ends = person.until.as_ref().map(|d| config.site.zone.end_of(d.value));
                one
            }));
            continue;
        }
        let firm = line.contract.as_ref().map(|c| c.firm.value.clone());
        let key = Key { duty, of: firm };
        out.push(Routine::of(config, facts, line, key, words(config, line)));
    }
    let year = |duty, due, what: String| {
        let rounds = rounds(config, Every::Year, due);
        let (by, key) = (persons(config, &[]), Key::one(duty));
        let mut one = Routine { config, key, what, by, rounds, owed: facts.began(), ends: None };
        one.owe(None);
        one
    };
    let assess = "Go through the Commissioner's checklist and the twelve principles";
    out.push(year(Duty::SelfAssessment, None, assess.to_string()));
    // The paper's own date counts where no line of the file does (R1.6).
    let decided = config.practice.decided.as_ref();
    let paper = decided.and_then(|d| Some((d, d.dpia_review_by.as_ref()?.value)));
    let lined = config.duties.iter().any(|line| line.kind.value == DutyKind::DpiaReview);
    if let Some((decided, due)) = paper.filter(|_| !lined) {
        let reference = decided.dpia.as_ref().map(|p| format!(" {}", p.value)).unwrap_or_default();
        let what = format!("Review the data protection impact assessment{reference}");
        out.push(year(Duty::DpiaReview, Some(due), what));
    }
    let controller = &config.site.controller;
    if let Some(renews) = &controller.renews {
        let number = controller.registration.as_ref().map(|r| format!(" for {}", r.value));
        let what = format!("Renew the data protection fee{}", number.unwrap_or_default());
        out.push(year(Duty::FeeRenewal, Some(renews.value), what));
    }
    out
}

fn rounds(config: &Config, every: Every, due: Option<Day>) -> Rounds<'_> {
    let (zone, calendar) = (&config.site.zone, &config.calendar);
    // `Routine::owe` sets the year's beginning.
    let anchor = zone.day_of(Utc(0));
    Rounds { zone, calendar, every, due, before: None, anchor }
}

/// The date of a line, or the one that stands beside its paper; the earlier where both do.
fn date_of(config: &Config, line: &Line) -> Option<Day> {
    let own = line.due.as_ref().map(|d| d.value);
    let paper = match line.kind.value {
        DutyKind::PolicyReview => config.practice.review_by.as_ref().map(|d| d.value),
        DutyKind::DpiaReview => {
            let decided = config.practice.decided.as_ref();
            decided.and_then(|d| d.dpia_review_by.as_ref()).map(|d| d.value)
        }
        _ => None,
    };
    own.into_iter().chain(paper).min()
}

fn listed(lead: &str, all: &[crate::config::value::At<String>]) -> String {
    let names: Vec<&str> = all.iter().map(|name| name.as_str()).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => format!("{lead}{last}"),
        Some((last, rest)) => format!("{lead}{} and {last}", rest.join(", ")),
    }
}

fn words(config: &Config, line: &Line) -> String {
    let code = &config.practice;
    match line.kind.value {
        DutyKind::DailyCheck => {
            let locked = config.site.location.as_ref().is_some_and(|l| l.locked.value);
            let room = if locked { ", the recorder's room locked" } else { "" };
            format!("Daily check: every camera recording, every picture good{room}")
        }
        DutyKind::RandomCheck => {
            "Random check: the box picks a camera and a time, you judge the picture".to_string()
        }
        DutyKind::ClockCheck => {
            "Compare the recorder's clock with one you trust, and enter both readings".to_string()
        }
        DutyKind::AccessReview => {
            "Go through who may do what, and take back what is not needed".to_string()
        }
        DutyKind::SignCheck => "Walk to every sign: is it there, readable and right".to_string(),
        DutyKind::Maintenance => match &line.contract {
            Some(contract) => format!("Maintenance visit by {}", contract.firm.value),
            None => "Maintenance visit".to_string(),
        },
        DutyKind::PolicyReview => {
            format!("Review the code of practice{}", listed(", consulting ", &code.consult))
        }
        DutyKind::DpiaReview => {
            let paper = code.decided.as_ref().and_then(|d| d.dpia.as_ref());
            let paper = paper.map(|p| format!(" {}", p.value)).unwrap_or_default();
            format!("Review the data protection impact assessment{paper}")
        }
        DutyKind::Liaison => format!("Meeting{}", listed(" with ", &line.with)),
        DutyKind::YearlyReport => {
            format!("Yearly report{}, with recommendations", listed(" to ", &line.with))
        }
        DutyKind::Audit => "Audit and risk assessment of the system".to_string(),
        DutyKind::Training => "Training".to_string(),
        DutyKind::PrintCheckpoint => "Print the logbook's seal, sign it, file it".to_string(),
        DutyKind::RecoveryCheck => {
            "Fetch the recovery key and the copy of the file from their places, and type the key: \
             beadle recovery check"
                .to_string()
        }
    }
}

impl<'a> Routine<'a> {
    fn of(config: &'a Config, facts: &Facts, line: &Line, key: Key, what: String) -> Routine<'a> {
        let mut rounds = rounds(config, line.every.value, date_of(config, line));
        rounds.before = line.before.as_ref().map(|t| t.value);
        let by = persons(config, &line.by);
        let added = facts.changed(fields::DUTIES_NEW, &super::changes::name(line));
        let mut one = Routine { config, key, what, by, rounds, owed: facts.began(), ends: None };
        one.owe(added);
        one
    }

    /// Not asked for before `from` either. Years without a date are counted from the result.
    fn owe(&mut self, from: Option<Utc>) {
        self.owed = self.owed.map(|owed| from.map_or(owed, |from| owed.max(from)));
        self.rounds.anchor = self.rounds.zone.day_of(self.owed.unwrap_or(Utc(0)));
    }

    /// When it was done, in order. A visit whose entry names no firm counts for each.
    fn done(&self, facts: &Facts) -> Vec<Done> {
        let any = Key::one(self.key.duty);
        let also = (self.key.of.is_some() && self.key.duty == Duty::Maintenance).then_some(&any);
        let mut all: Vec<Done> =
            also.into_iter().chain([&self.key]).flat_map(|key| facts.done(key)).cloned().collect();
        all.sort_by_key(|done| done.when);
        all
    }

    /// Is a round owed: did the file ask for it when it began, or before its date?
    fn counts(&self, round: Round) -> bool {
        let Some(owed) = self.owed else { return false };
        if !self.rounds.is_tiled() {
            return self.rounds.deadline(round) >= owed;
        }
        match self.rounds.every {
            // The year is counted from the day on which it was first owed.
            Every::Year => round.first >= self.rounds.anchor,
            _ => self.rounds.zone.start_of(round.first) >= owed,
        }
    }

    /// `None` once it has stopped.
    pub(super) fn item(&self, facts: &Facts, watch: &Watch<'_>) -> Option<Item> {
        if self.ends.is_some_and(|ends| watch.reached(ends)) {
            return None;
        }
        let state = self.state(facts, watch);
        Some(item(self.key.clone(), self.what.clone(), self.by.clone(), state))
    }

    fn state(&self, facts: &Facts, watch: &Watch<'_>) -> State {
        let (rounds, zone) = (&self.rounds, self.rounds.zone);
        let today = watch.today();
        let round = rounds.at(today);
        let (opens, closes) = (zone.start_of(round.first), zone.start_of(round.next));
        let done = self.done(facts);
        if let Some(last) = done.iter().rfind(|d| opens <= d.when && d.when < closes) {
            return State::Done { when: last.when, by: last.by.clone() };
        }
        let daily = rounds.every == Every::Day;
        if daily && !self.config.calendar.is_open(today) {
            let opens = zone.start_of(next_open(self.config, today));
            return match self.key.duty {
                Duty::DailyCheck => State::ByMachine,
                _ => State::NotYet { opens },
            };
        }
        let late = || self.carried(facts, &done, watch).or(self.never(&done, watch));
        if !daily && let Some(since) = late() {
            return State::Overdue { since };
        }
        let (asks, deadline) = (zone.start_of(round.asks), rounds.deadline(round));
        if !watch.reached(asks) {
            return State::NotYet { opens: asks };
        }
        if !watch.reached(deadline) {
            return State::Due { until: deadline };
        }
        match self.is_named() || self.counts(round) {
            true => State::Overdue { since: deadline },
            false => State::Due { until: closes },
        }
    }

    /// A date that the file names is overdue even where the logbook is younger.
    fn is_named(&self) -> bool {
        !self.rounds.is_tiled() && self.key.duty != Duty::Training
    }

    /// The date that the file calls the next one passed, and nobody has done it since.
    fn never(&self, done: &[Done], watch: &Watch<'_>) -> Option<Utc> {
        let due = self.rounds.due.filter(|_| self.is_named())?;
        let round = self.rounds.at(due);
        let (opens, since) = (self.rounds.zone.start_of(round.first), self.rounds.deadline(round));
        let last = done.last().map(|d| d.when);
        (last.is_none_or(|last| last < opens) && watch.reached(since)).then_some(since)
    }

    /// The first round on record as missed since which nobody has done it.
    fn carried(&self, facts: &Facts, done: &[Done], watch: &Watch<'_>) -> Option<Utc> {
        let zone = self.rounds.zone;
        let last = done.last().map(|d| d.when);
        facts.missed(&self.key).find_map(|day| {
            let round = self.rounds.at(day);
            let opens = zone.start_of(round.first.min(day));
            let since = match round.last == day {
                true => self.rounds.deadline(round),
                false => zone.end_of(day),
            };
            (last.is_none_or(|last| last < opens) && watch.reached(since)).then_some(since)
        })
    }

    /// Rounds whose last day ended in `since < end <= now` without it, and without an entry.
    pub(super) fn missed(&self, facts: &Facts, since: Utc, now: Utc) -> Vec<Missed> {
        let Some(owed) = self.owed else { return Vec::new() };
        let zone = self.rounds.zone;
        let done = self.done(facts);
        let known: Vec<Day> = facts.missed(&self.key).collect();
        let mut out = Vec::new();
        let mut day = zone.day_of(since.max(owed));
        loop {
            let round = self.rounds.at(day);
            let end = zone.end_of(round.last);
            if end > now || self.ends.is_some_and(|ends| ends < end) {
                return out;
            }
            let opens = zone.start_of(round.first);
            let first = done.partition_point(|d| d.when < opens);
            let met = done.get(first).is_some_and(|d| d.when < end);
            let closed =
                self.rounds.every == Every::Day && !self.config.calendar.is_open(round.last);
            let at = known.partition_point(|d| *d < round.first);
            let entered = known.get(at).is_some_and(|d| *d < round.next);
            if end > since && self.counts(round) && !(met || closed || entered) {
                let Key { duty, of } = self.key.clone();
                out.push(Missed { day: round.last, duty, of });
            }
            day = round.next;
        }
    }
}
