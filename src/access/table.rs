//! Who may do what on a day: the table that a review of access looks at (S4.17, S4.44).

use std::collections::BTreeSet;

use serde::Serialize;

use super::right;
use crate::base::time::Day;
use crate::config::Config;
use crate::config::roles::Deed;
use crate::config::value::{At, Id, Word};

/// One person and everything that the file lets them do on that day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PersonRights {
    pub person: String,
    pub title: String,
    pub post: Option<String>,
    /// The firm of somebody who is not employed by the school.
    pub contractor: Option<String>,
    /// Has a second account for privileged work.
    pub admin: bool,
    pub deputises: Option<String>,
    /// Why this person has no rights on that day, where that is so.
    pub not_in_force: Option<String>,
    /// In the order of the file, own roles first.
    pub rights: Vec<Right>,
}

/// One line of a role.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Right {
    /// `playback`, or `read` where `register` says which.
    pub may: Vec<String>,
    pub register: Option<String>,
    /// Only at these stations; empty: at any.
    pub at: Vec<String>,
    /// Only cameras of these zones; empty: all.
    pub zones: Vec<String>,
    /// With a permission only (S0.18).
    pub permission: bool,
    /// With a purpose and a reason only.
    pub reason: bool,
    /// Longest stretch at once.
    pub limit: Option<String>,
    pub role: String,
    /// For whom, as a deputy.
    pub acting_for: Option<String>,
}

/// Who has a right: conditions (empty: none), and the persons who have it under those.
pub type Holders = Vec<(String, Vec<String>)>;

/// Everybody in the file, in its order, on that day.
pub fn rights(config: &Config, on: Day) -> Vec<PersonRights> {
    let each = config.people.iter().map(|person| {
        let text = |given: &Option<At<String>>| given.as_ref().map(|at| at.value.clone());
        PersonRights {
            person: person.id.value.to_string(),
            title: person.title.value.clone(),
            post: text(&person.post),
            contractor: text(&person.contractor),
            admin: person.admin,
            deputises: person.deputises.as_ref().map(|id| id.value.to_string()),
            not_in_force: right::in_force(person, on).err().map(|why| why.to_string()),
            rights: of(config, &person.id.value, on),
        }
    });
    each.collect()
}

fn of(config: &Config, id: &Id, on: Day) -> Vec<Right> {
    let words = |list: &[At<Id>]| list.iter().map(|at| at.value.to_string()).collect::<Vec<_>>();
    let mut out = Vec::new();
    for held in right::roles(config, id, on) {
        let role = held.role.id.value.to_string();
        let acting_for = held.acting_for.map(ToString::to_string);
        out.extend(held.role.may.iter().map(|may| Right {
            may: may.deeds.iter().map(|d| d.value.to_string()).collect(),
            register: None,
            at: words(&may.at),
            zones: words(&may.zones),
            permission: may.permission.value,
            reason: may.reason.value,
            limit: may.limit.as_ref().map(|limit| limit.value.to_string()),
            role: role.clone(),
            acting_for: acting_for.clone(),
        }));
        out.extend(held.role.registers.iter().map(|line| Right {
            may: line.may.iter().map(|d| d.value.to_string()).collect(),
            register: Some(line.register.value.to_string()),
            at: Vec::new(),
            zones: Vec::new(),
            permission: false,
            reason: false,
            limit: None,
            role: role.clone(),
            acting_for: acting_for.clone(),
        }));
    }
    out
}

/// The same by right, in the order of the file's words: each right, and who has it how. Rights that
/// nobody has are there too, with nobody.
pub fn by_right(table: &[PersonRights]) -> Vec<(Deed, Holders)> {
    let each = Deed::WORDS.iter().map(|(word, deed)| {
        // Grouped by conditions, in the order in which they are met.
        let mut who: Holders = Vec::new();
        for person in table {
            let giving = person.rights.iter().filter(|right| right.register.is_none());
            for right in giving.filter(|right| right.may.iter().any(|may| may == word)) {
                let how = right.conditions(*deed);
                let name = match &right.acting_for {
                    Some(of) => format!("{} for {of}", person.person),
                    None => person.person.clone(),
                };
                match who.iter_mut().find(|(was, _)| *was == how) {
                    Some((_, names)) if names.contains(&name) => {}
                    Some((_, names)) => names.push(name),
                    None => who.push((how, vec![name])),
                }
            }
        }
        (*deed, who)
    });
    each.collect()
}

impl Right {
    /// `at data-centre; with permission`; empty: without conditions. Recordings always want a
    /// purpose and a reason; that is said where a line asks it of another deed.
    pub fn conditions(&self, deed: Deed) -> String {
        let mut all = Vec::new();
        if !self.at.is_empty() {
            all.push(format!("at {}", self.at.join(", ")));
        }
        if !self.zones.is_empty() {
            all.push(format!("zones {}", self.zones.join(", ")));
        }
        if self.permission {
            all.push("with permission".to_string());
        }
        if self.reason && !(deed.watches() && deed != Deed::Live) {
            all.push("with a reason".to_string());
        }
        if let Some(limit) = &self.limit {
            all.push(format!("at most {limit}"));
        }
        all.join("; ")
    }
}

/// The deeds that a person has in whatever role.
pub(super) fn deeds(config: &Config, id: &Id, on: Day) -> BTreeSet<Deed> {
    let held = right::roles(config, id, on).into_iter();
    let all = held.flat_map(|held| held.role.may.iter().flat_map(|may| &may.deeds));
    all.map(|deed| deed.value).collect()
}
