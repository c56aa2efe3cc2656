//! A box was replaced: two people hold the printed seal against the logbook that came back (R5.3).
//!
//! The key that signed before is gone with its box, so nothing but paper outside of it can say that
//! the logbook which a footage disk gave back is the one that was signed. Until two persons have
//! compared them, together or each for themselves, the duty stays.

use std::collections::{BTreeMap, BTreeSet};

use super::duty::{Duty, Key};
use super::watch::Watch;
use super::{Item, dated, fields, item, next_open, persons};
use crate::base::time::Utc;
use crate::config::Config;
use crate::logbook::{Act, Entry, Kind, Number};

/// Persons who have to have compared.
const PERSONS: usize = 2;
/// It is asked for from the moment on at which the box was replaced.
const LEAD_DAYS: i64 = 3_650;

/// Takeovers by their entries, and who compared. Folding an entry twice changes nothing.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Replaced {
    taken: BTreeMap<Number, (Utc, String)>,
    /// By the entry that says so: of which takeover, and who stands behind it.
    compared: BTreeMap<Number, (Number, BTreeSet<String>)>,
}

impl Replaced {
    pub(super) fn fold(&mut self, entry: &Entry) {
        let Some(body) = &entry.body else { return };
        match (entry.header.kind, entry.header.act) {
            (Kind::Restored, Act::Open) => {
                if let Some(before) = body.text(fields::KEY_BEFORE) {
                    self.taken.insert(entry.number, (entry.header.at, before.to_string()));
                }
            }
            (Kind::DutyDone, Act::Open) if body.text(fields::DUTY) == Some(fields::KEY_CHECK) => {
                let of = body.text(fields::OF).and_then(|of| of.parse().ok());
                if let (Some(of), Some(who)) = (of, &body.who) {
                    let both = [Some(who.person.clone()), who.second.clone()];
                    let both = both.into_iter().flatten().collect();
                    self.compared.insert(entry.number, (of, both));
                }
            }
            _ => {}
        }
    }

    /// Public keys that signed before, 64 digits each.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.taken.values().map(|(_, key)| key.as_str())
    }

    /// Takeovers that wait: since when, and who has compared already.
    pub(super) fn waiting(
        &self,
        withdrawn: impl Fn(Number) -> bool,
    ) -> Vec<(Number, Utc, BTreeSet<&str>)> {
        let open = self.taken.iter().filter_map(|(number, (at, _))| {
            let here = self.compared.iter().filter(|(n, (of, _))| of == number && !withdrawn(**n));
            let who: BTreeSet<&str> =
                here.flat_map(|(_, (_, who))| who.iter().map(String::as_str)).collect();
            (who.len() < PERSONS).then_some((*number, *at, who))
        });
        open.collect()
    }
}

pub(super) fn all(config: &Config, facts: &super::Facts, watch: &Watch<'_>) -> Vec<Item> {
    let waiting = facts.seals_to_compare().into_iter();
    let items = waiting.map(|(number, at, who)| {
        let left = match who.first() {
            None => "two people compare".to_string(),
            Some(one) => {
                let known = config.people.iter().find(|p| p.id.value.as_str() == *one);
                let one = known.map_or(*one, |p| p.title.value.as_str());
                format!("{one} did; a second person compares")
            }
        };
        let what = format!(
            "The box was replaced (entry {number}): {left} the last printed seal with its logbook"
        );
        let last = next_open(config, watch.zone().day_of(at));
        let by = persons(config, &[]);
        let by = by.into_iter().filter(|id| !who.contains(id.as_str())).collect();
        item(Key::of(Duty::KeyCheck, number), what, by, dated(watch, last, LEAD_DAYS))
    });
    items.collect()
}
