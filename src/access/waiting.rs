//! A version of the file that waits until those whom the file in force names have confirmed it
//! (S4.38, S4.48, S4.66).
//!
//! # What turns a key
//! - The lines of `approvals` that count are those of the file in force, never those of the one
//!   that waits: nobody approves themselves into approving. Weakening a line is a change of that
//!   line's own kind, so it takes its own keys.
//! - A line with `and=` has two keys, and two different persons turn them.
//! - Nobody turns a key for a change that favours them alone. A change that favours several, such
//!   as a wider role, is no one's own; then two keys still take two of them.
//! - Deputies turn their principal's key where the line says `deputies=#true`.
//! - A kind of change without a line counts at once, as the file wants it.
//!
//! # Why nobody is ever locked out
//! The file in force goes on working while another waits, and whoever saved that one can withdraw
//! it. A key is *stuck* when no enrolled person in force could turn it: they left, were never
//! enrolled, or the change favours the only one. A sealed code (S4.42) turns stuck keys, and only
//! those; its use is entered and reviewed. While nobody at all is enrolled, whoever owns the box
//! turns them: a new box has no approvers. A change that removes the only approver is confirmed by
//! that approver, or by a sealed code when they are gone. The one thing that is lost is a box
//! without approvers and without sealed codes: [`stuck`] names such lines beforehand, for a
//! finding.

use std::collections::BTreeSet;

use super::denied::Why;
use super::grant::Entered;
use super::keys::Key;
use super::widen::Change;
use super::{Wish, right};
use crate::base::digest::Digest;
use crate::base::time::{Day, Utc};
use crate::config::Config;
use crate::config::approvals::{Approval, Change as ChangeKind};
use crate::config::value::Id;
use crate::logbook::Account;

/// A version of the file that waits as a whole.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    digest: Digest,
    changes: Vec<Change>,
    needs: Vec<Need>,
    confirmed: Vec<Confirmed>,
}

/// One line of `approvals` that the changes call for.
#[derive(Clone, PartialEq, Debug)]
struct Need {
    approval: Approval,
    /// Whom a change of this kind favours alone.
    excluded: BTreeSet<Id>,
}

/// A confirmation that counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmed {
    pub person: Id,
    /// By a sealed code, or by the owner of a box that nobody is enrolled on.
    pub emergency: bool,
}

/// What is still missing: for each line, those who can turn a key that nobody turned yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    pub change: ChangeKind,
    /// Titles, for the screen.
    pub who: String,
    /// Nobody enrolled can: a sealed code is the way out.
    pub stuck: bool,
}

impl Waiting {
    /// `None`: nothing in it has to wait, and it counts at once. `in_force` names the approvers.
    pub fn new(digest: Digest, in_force: &Config, changes: Vec<Change>) -> Option<Waiting> {
        let lines = in_force.approvals.iter();
        let needs: Vec<Need> = lines
            .filter(|line| changes.iter().any(|change| change.kind == line.change.value))
            .map(|line| {
                let own = changes.iter().filter(|change| change.kind == line.change.value);
                let alone = own.filter(|change| change.favours.len() == 1);
                let excluded = alone.flat_map(|change| change.favours.clone()).collect();
                Need { approval: line.clone(), excluded }
            })
            .collect();
        (!needs.is_empty()).then_some(Waiting { digest, changes, needs, confirmed: Vec::new() })
    }

    /// Of the file that waits.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    pub fn confirmed(&self) -> &[Confirmed] {
        &self.confirmed
    }

    /// Takes the confirmation that [`super::decide()`] allowed and the logbook holds.
    ///
    /// # Errors
    /// It was made for another wish: it comes back.
    pub fn confirm(&mut self, entered: Entered) -> Result<(), Box<Entered>> {
        if entered.wish() != Wish::Approve {
            return Err(Box::new(entered));
        }
        let emergency = matches!(entered.account(), Account::BreakGlass | Account::Owner);
        self.restore(Confirmed { person: entered.person().clone(), emergency });
        Ok(())
    }

    /// Puts back a confirmation that the logbook holds, after a restart.
    pub fn restore(&mut self, confirmed: Confirmed) {
        if !self.confirmed.contains(&confirmed) {
            self.confirmed.push(confirmed);
        }
    }

    /// Is every key turned?
    pub fn is_settled(&self, in_force: &Config, enrolled: &BTreeSet<Id>, now: Utc) -> bool {
        let table = Table { config: in_force, enrolled, today: in_force.site.zone.day_of(now) };
        self.needs.iter().all(|need| table.turned(need, &self.confirmed) == table.keys(need))
    }

    /// The lines whose keys are not all turned.
    pub fn missing(&self, in_force: &Config, enrolled: &BTreeSet<Id>, now: Utc) -> Vec<Missing> {
        let table = Table { config: in_force, enrolled, today: in_force.site.zone.day_of(now) };
        let open = self.needs.iter();
        let open = open.filter(|n| table.turned(n, &self.confirmed) < table.keys(n));
        let each = open.flat_map(|need| {
            let keys = Key::of(&need.approval).filter(|key| {
                let free = |c: &&Confirmed| table.turns(key, need, &c.person).is_none();
                self.confirmed.iter().all(|c| free(&c))
            });
            let keys: Vec<Key<'_>> = keys.collect();
            // Both were turned by one person: either will do.
            let keys = if keys.is_empty() { Key::of(&need.approval).collect() } else { keys };
            keys.into_iter().map(|key| Missing {
                change: need.approval.change.value,
                who: key.titles(in_force),
                stuck: table.stuck(&key, need),
            })
        });
        each.collect()
    }

    /// Does a confirmation of this person bring it further? With the principal of a deputy.
    pub(super) fn asks(
        &self,
        in_force: &Config,
        person: &Id,
        emergency: bool,
        enrolled: &BTreeSet<Id>,
        now: Utc,
    ) -> Result<Option<Id>, Why> {
        let table = Table { config: in_force, enrolled, today: in_force.site.zone.day_of(now) };
        let mut with = self.confirmed.clone();
        with.push(Confirmed { person: person.clone(), emergency });
        let further =
            |need: &&Need| table.turned(need, &with) > table.turned(need, &self.confirmed);
        let Some(need) = self.needs.iter().find(further) else {
            let missing = self.missing(in_force, enrolled, now);
            let who: Vec<String> = missing.into_iter().map(|m| m.who).collect();
            return Err(Why::NotAsked(who.join("; ")));
        };
        let mut keys = Key::of(&need.approval);
        let acting_for = keys.find_map(|key| table.turns(&key, need, person)).flatten();
        Ok(acting_for.filter(|_| !emergency).cloned())
    }
}

/// Who can turn what, today.
struct Table<'a> {
    config: &'a Config,
    enrolled: &'a BTreeSet<Id>,
    today: Day,
}

impl<'a> Table<'a> {
    fn keys(&self, need: &Need) -> usize {
        Key::of(&need.approval).count()
    }

    fn turns(&self, key: &Key<'_>, need: &Need, id: &Id) -> Option<Option<&'a Id>> {
        key.turned_by(self.config, id, self.today).filter(|_| !need.excluded.contains(id))
    }

    /// No enrolled person can turn it.
    fn stuck(&self, key: &Key<'_>, need: &Need) -> bool {
        !self.enrolled.iter().any(|id| self.turns(key, need, id).is_some())
    }

    /// How many keys of a line these confirmations turn, one person one key. An emergency turns
    /// what is stuck, and that person turns nothing else.
    fn turned(&self, need: &Need, confirmed: &[Confirmed]) -> usize {
        let keys: Vec<Key<'_>> = Key::of(&need.approval).collect();
        let emergency = confirmed.iter().filter(|c| c.emergency);
        let emergency: BTreeSet<&Id> =
            emergency.map(|c| &c.person).filter(|id| !need.excluded.contains(id)).collect();
        let (stuck, live): (Vec<&Key<'_>>, Vec<&Key<'_>>) =
            keys.iter().partition(|key| self.stuck(key, need));
        let opened = if emergency.is_empty() { 0 } else { stuck.len() };
        let own = confirmed.iter().filter(|c| !c.emergency && !emergency.contains(&c.person));
        let own: Vec<&Id> = own.map(|c| &c.person).collect();
        let can = |key: &Key<'_>, id: &Id| self.turns(key, need, id).is_some();
        let by_people = match live.as_slice() {
            [] => 0,
            [only] => usize::from(own.iter().any(|id| can(only, id))),
            [first, second, ..] => {
                let both = own
                    .iter()
                    .any(|a| can(first, a) && own.iter().any(|b| a != b && can(second, b)));
                let one = own.iter().any(|id| can(first, id) || can(second, id));
                if both { 2 } else { usize::from(one) }
            }
        };
        opened + by_people
    }
}

/// Lines of the file that only a sealed code could satisfy today: a finding, before it is needed.
pub fn stuck(config: &Config, enrolled: &BTreeSet<Id>, now: Utc) -> Vec<Missing> {
    let today = config.site.zone.day_of(now);
    let lines = config
        .approvals
        .iter()
        .flat_map(|line| Key::of(line).map(move |key| (line.change.value, key)));
    let nobody = lines.filter(|(_, key)| {
        let turns = |id: &&Id| {
            right::person(config, id, today).is_ok() && key.turned_by(config, id, today).is_some()
        };
        !enrolled.iter().any(|id| turns(&id))
    });
    let missing = |(change, key): (ChangeKind, Key<'_>)| Missing {
        change,
        who: key.titles(config),
        stuck: true,
    };
    nobody.map(missing).collect()
}
