//! Duties about persons: papers that they sign, and their last day.

use super::duty::{Duty, Key};
use super::facts::Facts;
use super::rounds::months_after;
use super::watch::Watch;
use super::{Item, State, dated, fields, item, persons};
use crate::base::time::{Day, Utc};
use crate::config::Config;
use crate::config::people::Person;
use crate::config::practice::Acceptance;
use crate::config::value::{Every, Id};

/// To sign a paper that one has never seen takes no longer.
const SIGN_DAYS: i64 = 14;
/// A signature is renewed, and a leaver's access prepared, from this long before.
const LEAD_DAYS: i64 = 30;

pub(super) fn all(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for paper in &config.practice.acceptances {
        let signers = signers(config, paper).into_iter();
        let here = signers.filter(|p| !p.until.as_ref().is_some_and(|d| over(watch, d.value)));
        items.extend(here.map(|person| signature(facts, watch, paper, person)));
    }
    items.extend(config.people.iter().filter_map(|person| leaver(config, watch, person)));
    items
}

fn over(watch: &Watch<'_>, day: Day) -> bool {
    watch.reached(watch.zone().end_of(day))
}

/// Everybody who holds a role, or stands in for somebody who does.
pub(super) fn users(config: &Config) -> Vec<&Person> {
    config.people.iter().filter(|person| is_user(config, person)).collect()
}

fn is_user(config: &Config, person: &Person) -> bool {
    config.roles.iter().any(|role| {
        let holds = |id: &Id| role.held_by.iter().any(|holder| holder.value == *id);
        let deputy = person.deputises.as_ref().is_some_and(|of| holds(&of.value));
        holds(&person.id.value) || (role.deputies.value && deputy)
    })
}

/// Who has to sign a paper (S4.25), those with privileged rights alone where it says so (S4.71).
fn signers<'a>(config: &'a Config, paper: &Acceptance) -> Vec<&'a Person> {
    let mut all: Vec<&Person> = match paper.by.as_slice() {
        [] => config.people.iter().collect(),
        names => names.iter().flat_map(|name| config.persons_of(&name.value)).collect(),
    };
    let mut seen = Vec::new();
    all.retain(|person| {
        let new = !seen.contains(&&person.id.value);
        seen.push(&person.id.value);
        new && (person.admin || !paper.privileged)
    });
    all
}

fn signature(facts: &Facts, watch: &Watch<'_>, paper: &Acceptance, person: &Person) -> Item {
    let (zone, id) = (watch.zone(), person.id.as_str());
    let version = paper.version.as_ref().map(|v| v.as_str());
    let all = facts.signed.get(&(id.to_string(), paper.id.to_string())).into_iter().flatten();
    let valid = all.filter(|(number, signed)| {
        let same = version.is_none_or(|v| signed.version.as_deref() == Some(v));
        same && !facts.is_withdrawn(**number)
    });
    let last = valid.map(|(_, signed)| signed.when).max();
    let asked = [
        facts.began(),
        facts.changed(fields::PEOPLE_ADDED, id),
        facts.changed(fields::PAPERS_NEW, paper.id.as_str()),
        person.from.as_ref().map(|d| zone.start_of(d.value)),
    ];
    let asked: Option<Utc> = asked.into_iter().flatten().max();
    let first = asked.map(|at| zone.day_of(at).plus(SIGN_DAYS));
    let state = match last {
        Some(when) => {
            let done = State::Done { when, by: Some(id.to_string()) };
            let renewed = paper.renew.as_ref().map(|e| after(zone.day_of(when), e.value));
            match renewed.max(first.filter(|_| renewed.is_some())) {
                None => done,
                Some(day) => match dated(watch, day, LEAD_DAYS) {
                    State::NotYet { .. } => done,
                    state => state,
                },
            }
        }
        None => match first {
            Some(first) => dated(watch, first, SIGN_DAYS),
            None => State::Due { until: zone.end_of(watch.today()) },
        },
    };
    let version = version.map(|v| format!(", version {v}")).unwrap_or_default();
    let what = format!("{} signs \"{}\"{version}", person.title.value, paper.title.value);
    let key = Key::of(Duty::Acceptance, format!("{id} {}", paper.id.value));
    item(key, what, vec![person.id.value.clone()], state)
}

fn after(day: Day, every: Every) -> Day {
    match every {
        Every::Day => day.plus(1),
        Every::Week => day.plus(7),
        Every::Month => months_after(day, 1),
        Every::Term => months_after(day, 4),
        Every::HalfYear => months_after(day, 6),
        Every::Year => months_after(day, 12),
    }
}

/// Somebody whose last day stands in the file and who still has rights in it (S4.54).
fn leaver(config: &Config, watch: &Watch<'_>, person: &Person) -> Option<Item> {
    let last = person.until.as_ref()?.value;
    if !(person.admin || is_user(config, person)) {
        return None;
    }
    let what = format!("{} leaves on {last}: take back rights, keys and codes", person.title.value);
    let key = Key::of(Duty::Leaver, &person.id.value);
    Some(item(key, what, persons(config, &[]), dated(watch, last, LEAD_DAYS)))
}
