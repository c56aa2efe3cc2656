//! What somebody has to do: due, overdue, done, missed. From the file, the entries and a moment.
//!
//! [`due`] is what the console and `beadle duties` show. [`missed`] gives the entries that are
//! owed because a day or a date passed without its duty (S1.26). [`wake_at`] is when either of
//! them next answers differently. All three are pure: the same file, facts and moment give the same
//! answer, in the same order.
//!
//! # How it is used
//!
//! 1. At the start, fold every entry of the kinds in [`Facts::KINDS`] into [`Facts`], and each new
//!    one when it is durable. Set [`Facts::clocks`] from the open records.
//! 2. Append one entry for each of [`missed`], with [`Missed::draft`], and fold it. Then it is not
//!    given again: after a week without power each missed day is entered once.
//! 3. Show [`due`]; sleep until [`wake_at`] or the next entry.
//! 4. Before a new version of the file comes into force, do step 2 with the old one: the past is
//!    judged by the rules that it had. Put [`changes::fields`] into the entry of the change, so
//!    that nobody is asked for what the file did not ask for then.
//!
//! # Rules
//!
//! - Days are the school's own (R7.2). `before="09:00"` makes the check of that day overdue at
//!   nine; until midnight it can still be done, after that the day is missed.
//! - On a closed day the box checks itself and nobody misses anything (K14). A day of which the
//!   calendar knows nothing counts as open.
//! - A missed day stays missed. A missed month, term or date stays overdue until somebody does it.
//! - Rounds that had begun before the logbook did, or before the file asked, are owed to nobody.
//! - Whoever did it, it is done; `by` says who is asked. The box itself never does a person's duty.

pub mod changes;
mod duty;
mod facts;
mod open;
mod papers;
mod people;
pub mod pick;
mod replaced;
mod rounds;
mod routine;
#[cfg(test)]
mod tests;
mod watch;

pub use crate::logbook::fields;
pub use duty::{Duty, Key};
pub use facts::{Clock, Done, Facts};

use std::collections::BTreeMap;

use watch::Watch;

use crate::base::time::{Day, Utc};
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::value::{At, Every, Id};
use crate::logbook::{Act, Body, ClockState, Draft, Kind, Number, Value};

/// How it stands with one duty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// The moment passed, and it is not done.
    Overdue {
        since: Utc,
    },
    /// It is asked for.
    Due {
        until: Utc,
    },
    /// It will be asked for from then on; it can be done sooner.
    NotYet {
        opens: Utc,
    },
    /// The school is closed today: the box looks after itself (K14).
    ByMachine,
    Done {
        when: Utc,
        by: Option<String>,
    },
}

/// One duty as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub duty: Duty,
    /// Whom or what it is about, where there are several.
    pub of: Option<String>,
    /// For the reader, one sentence without its stop.
    pub what: String,
    /// Persons of the file who are asked; empty where the file names nobody.
    pub by: Vec<Id>,
    pub state: State,
    /// The entry that it is about.
    pub about: Option<Number>,
    /// Of `tests/rows.kdl`.
    pub row: &'static str,
}

/// A day or date that passed without its duty, and has no entry yet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Missed {
    pub day: Day,
    pub duty: Duty,
    pub of: Option<String>,
}

impl Missed {
    /// Its entry: the box's own, made at `at`.
    pub fn draft(&self, at: Utc, clock: ClockState) -> Draft {
        let mut all = BTreeMap::new();
        all.insert(fields::DUTY.to_string(), Value::Text(self.duty.to_string()));
        all.insert(fields::DAY.to_string(), Value::Text(self.day.to_string()));
        if let Some(of) = &self.of {
            all.insert(fields::OF.to_string(), Value::Text(of.clone()));
        }
        let body = Body { fields: all, ..Body::default() };
        Draft { at, clock, kind: Kind::DutyMissed, act: Act::Open, about: None, body }
    }
}

/// Everything that is or was to be done, worst first: what is overdue longest, then what is due
/// soonest, then what comes, what the box does, what is done.
pub fn due(config: &Config, facts: &Facts, now: Utc) -> Vec<Item> {
    look(config, facts, &Watch::new(&config.site.zone, now))
}

/// Days and dates that passed in `since < end <= now` without their duty, and have no entry yet,
/// earliest first. `since` is when this version of the file came into force
/// ([`Facts::in_force_since`]). A logbook without an entry owes nothing.
pub fn missed(config: &Config, facts: &Facts, since: Utc, now: Utc) -> Vec<Missed> {
    let Some(began) = facts.began() else { return Vec::new() };
    let since = since.max(began);
    let watch = Watch::new(&config.site.zone, now);
    let mut all: Vec<Missed> = Vec::new();
    for routine in routine::all(config, facts) {
        all.extend(routine.missed(facts, since, now));
    }
    for item in singles(config, facts, &watch) {
        let State::Overdue { since: passed } = item.state else { continue };
        let key = Key { duty: item.duty, of: item.of.clone() };
        // The day that the moment ends, or falls into.
        let day = config.site.zone.day_of(Utc(passed.0 - 1));
        if passed > since && !facts.missed(&key).any(|known| known == day) {
            all.push(Missed { day, duty: item.duty, of: item.of });
        }
    }
    all.sort();
    // Two lines of the file may name the same firm or rule.
    all.dedup();
    all
}

/// The next moment at which [`due`], [`missed`] or [`own_check`] answers differently if no entry
/// comes: later than `now`, and at most the next midnight.
pub fn wake_at(config: &Config, facts: &Facts, now: Utc) -> Utc {
    let watch = Watch::new(&config.site.zone, now);
    watch.today();
    look(config, facts, &watch);
    own(config, facts, &watch);
    watch.wake()
}

/// The closed day on which the box is to enter its own check now (K14): at the hour at which a
/// person would have done it, at noon where the file names none.
pub fn own_check(config: &Config, facts: &Facts, now: Utc) -> Option<Day> {
    own(config, facts, &Watch::new(&config.site.zone, now))
}

fn own(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Option<Day> {
    let daily = config.duties.iter().find(|d| d.kind.value == DutyKind::DailyCheck)?;
    let today = watch.today();
    if daily.every.value != Every::Day || config.calendar.is_open(today) {
        return None;
    }
    let hour = daily.before.as_ref().map_or((12, 0, 0), |t| (t.hour as i8, t.minute as i8, 0));
    let (_, at) = watch.zone().moments_of(today, hour).ok()?;
    let done = facts.last_own_check().is_some_and(|at| watch.zone().day_of(at) >= today);
    (watch.reached(at) && !done).then_some(today)
}

fn look(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
    let routines = routine::all(config, facts);
    let mut items: Vec<Item> =
        routines.iter().filter_map(|routine| routine.item(facts, watch)).collect();
    items.extend(singles(config, facts, watch));
    items.sort_by(|a, b| {
        let rank = |item: &Item| (item.duty, item.of.clone(), item.about);
        a.state.cmp(&b.state).then_with(|| rank(a).cmp(&rank(b)))
    });
    items
}

/// Duties that come once, each by its own date.
fn singles(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
    let mut items = papers::all(config, facts, watch);
    items.extend(people::all(config, facts, watch));
    items.extend(open::all(config, facts, watch));
    items.extend(replaced::all(config, facts, watch));
    items
}

/// A date: overdue when its day is over, asked for some days before.
fn dated(watch: &Watch<'_>, last: Day, lead_days: i64) -> State {
    until(watch, watch.zone().end_of(last), lead_days)
}

/// The same with a moment.
fn until(watch: &Watch<'_>, until: Utc, lead_days: i64) -> State {
    let zone = watch.zone();
    let opens = zone.start_of(zone.day_of(Utc(until.0 - 1)).plus(-lead_days));
    match (watch.reached(until), watch.reached(opens)) {
        (true, _) => State::Overdue { since: until },
        (false, true) => State::Due { until },
        (false, false) => State::NotYet { opens },
    }
}

fn item(key: Key, what: String, by: Vec<Id>, state: State) -> Item {
    let row = key.duty.row();
    Item { duty: key.duty, of: key.of, what, by, state, about: None, row }
}

/// The persons whom names of the file mean; where there are none, the officer responsible, then
/// whoever manages the scheme.
fn persons(config: &Config, names: &[At<Id>]) -> Vec<Id> {
    let of = |names: &[At<Id>]| {
        let mut out: Vec<Id> = Vec::new();
        for person in names.iter().flat_map(|name| config.persons_of(&name.value)) {
            if !out.contains(&person.id.value) {
                out.push(person.id.value.clone());
            }
        }
        out
    };
    let responsible: Vec<At<Id>> = config.site.responsible.iter().cloned().collect();
    let asked = [names, &responsible, &config.site.managed_by];
    asked.into_iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The first open day after a day; a calendar that is closed for months is not waited for.
fn next_open(config: &Config, day: Day) -> Day {
    let mut days = (1..=120).map(|n| day.plus(n));
    days.find(|d| config.calendar.is_open(*d)).unwrap_or(day.plus(1))
}
