//! Records that wait: cases with a date, words given by mouth, uses that another person reviews.

use super::duty::{Duty, Key};
use super::facts::{Asked, Clock, Facts};
use super::watch::Watch;
use super::{Item, dated, item, next_open, persons, until};
use crate::config::Config;
use crate::config::value::{At, Id};
use crate::logbook::{Kind, Number};

/// A hold is looked at again within this of its date.
const HOLD_DAYS: i64 = 14;
/// Any other open record is asked for at once: no law gives longer.
const ANY_DAYS: i64 = 3_650;

pub(super) fn all(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
    let mut items: Vec<Item> = facts.clocks.iter().map(|c| record(config, watch, c)).collect();
    for (number, asked) in facts.spoken.iter().filter(|(n, _)| !facts.is_withdrawn(**n)) {
        items.extend(spoken(config, facts, watch, *number, asked));
    }
    let used = |what, duty, all| Second { what, duty, all };
    for second in [
        used("a sealed code was used", Duty::BreakGlassReview, &facts.unsealed),
        used("a release had no ordinary witness", Duty::WitnessReview, &facts.unwitnessed),
    ] {
        items.extend(second.items(config, facts, watch));
    }
    items
}

fn record(config: &Config, watch: &Watch<'_>, clock: &Clock) -> Item {
    let (duty, by, lead_days) = match clock.kind {
        Kind::Complaint => (Duty::Complaint, config.complaints.to.as_slice(), ANY_DAYS),
        Kind::Breach | Kind::Misuse => (Duty::Breach, config.breaches.by.as_slice(), ANY_DAYS),
        Kind::SubjectAccess => {
            (Duty::SubjectAccess, config.disclosure.subject_access.to.as_slice(), ANY_DAYS)
        }
        Kind::Hold => (Duty::HoldReview, &[][..], HOLD_DAYS),
        _ => (Duty::OpenRecord, &[][..], ANY_DAYS),
    };
    let state = until(watch, clock.due, lead_days);
    let key = Key::of(duty, clock.number);
    let item = item(key, clock.what.clone(), persons(config, by), state);
    Item { about: Some(clock.number), ..item }
}

/// A word given by mouth, until its giver confirms it under their own log-in (S4.12, K7). Where the
/// giver is no person of the file, any person's confirmation is taken: it names the paper.
fn spoken(
    config: &Config,
    facts: &Facts,
    watch: &Watch<'_>,
    number: Number,
    asked: &Asked,
) -> Option<Item> {
    let repeats = |about: Number| facts.spoken.get(&about).is_some_and(|r| r.by == asked.by);
    if asked.about.is_some_and(repeats) {
        return None;
    }
    let giver = asked.by.as_deref().unwrap_or_default();
    let id = Id::new(giver).ok();
    let givers: Vec<Id> =
        id.iter().flat_map(|id| config.persons_of(id)).map(|p| p.id.value.clone()).collect();
    let answers = facts.answers.get(&number).into_iter().flatten();
    let confirmed =
        answers.filter(|(n, a)| a.duty == Some(Duty::Confirmation) && !facts.is_withdrawn(**n));
    let by_giver = |by: &Option<String>| {
        by.as_deref().is_some_and(|by| givers.is_empty() || givers.iter().any(|g| g.as_str() == by))
    };
    if confirmed.map(|(_, answer)| &answer.by).any(by_giver) {
        return None;
    }
    let title = id.and_then(|id| config.person(&id)).map(|p| p.title.value.as_str());
    let what = format!(
        "{} confirms what they allowed by mouth (entry {number}, {})",
        title.unwrap_or(giver),
        asked.kind
    );
    let state = until(watch, asked.at + config.viewing.confirm_within.0, ANY_DAYS);
    let givers: Vec<At<Id>> = givers.into_iter().map(|g| At::new(g, Default::default())).collect();
    let item = item(Key::of(Duty::Confirmation, number), what, persons(config, &givers), state);
    Some(Item { about: Some(number), ..item })
}

/// What another person looks at on the next school day.
struct Second<'a> {
    what: &'static str,
    duty: Duty,
    all: &'a std::collections::BTreeMap<Number, Asked>,
}

impl Second<'_> {
    fn items(&self, config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
        let open = self.all.iter().filter(|(n, asked)| {
            let answers = facts.answers.get(n).into_iter().flatten();
            let mut other = answers.filter(|(n, answer)| {
                let second = answer.by.is_some() && answer.by != asked.by;
                answer.duty == Some(self.duty) && second && !facts.is_withdrawn(**n)
            });
            !facts.is_withdrawn(**n) && other.next().is_none()
        });
        let items = open.map(|(number, asked)| {
            let last = next_open(config, watch.zone().day_of(asked.at));
            let what = format!("Review entry {number}: {}", self.what);
            let by = persons(config, &config.accounts.in_doubt);
            let by = by.into_iter().filter(|id| asked.by.as_deref() != Some(id.as_str())).collect();
            let state = dated(watch, last, ANY_DAYS);
            Item { about: Some(*number), ..item(Key::of(self.duty, number), what, by, state) }
        });
        items.collect()
    }
}
