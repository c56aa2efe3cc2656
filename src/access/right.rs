//! Who holds what by the file alone: persons in force, their roles, their deputies.

use crate::base::time::Day;
use crate::config::Config;
use crate::config::people::Person;
use crate::config::registers::Register;
use crate::config::roles::{Deed, May, RegisterDeed, Role};
use crate::config::value::{At, Id};

use super::denied::Why;

/// A role that a person has on a day, and whom they act for in it (S4.5).
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    pub role: &'a Role,
    pub acting_for: Option<&'a Id>,
}

/// Does the person count on that day (S4.54)? A contractor without a last day never does (S1.23).
pub fn in_force(person: &Person, today: Day) -> Result<(), Why> {
    if let Some(from) = person.from.as_ref().filter(|from| today < from.value) {
        return Err(Why::NotYet(from.value));
    }
    if let Some(until) = person.until.as_ref().filter(|until| until.value < today) {
        return Err(Why::Ended(until.value));
    }
    if person.contractor.is_some() && person.until.is_none() {
        return Err(Why::Endless);
    }
    Ok(())
}

/// The person of that id, if in force.
pub fn person<'a>(config: &'a Config, id: &Id, today: Day) -> Result<&'a Person, Why> {
    let found = config.person(id).ok_or_else(|| Why::UnknownPerson(id.to_string()))?;
    in_force(found, today).map(|()| found)
}

fn holds(role: &Role, id: &Id) -> bool {
    role.held_by.iter().any(|holder| holder.value == *id)
}

/// The principal of a deputy, while both are in force: who has no rights lends none.
fn principal<'a>(config: &'a Config, deputy: &'a Person, today: Day) -> Option<&'a Id> {
    let of = &deputy.deputises.as_ref()?.value;
    person(config, of, today).is_ok().then_some(of)
}

/// The roles of a person on that day: their own first, then those that they have as a deputy, where
/// the role says `deputies=#true`.
pub fn roles<'a>(config: &'a Config, id: &Id, today: Day) -> Vec<Held<'a>> {
    match person(config, id, today) {
        Ok(person) => held(config, id, principal(config, person, today)),
        Err(_) => Vec::new(),
    }
}

/// The same whatever the day: what a file can ever give them.
pub fn roles_ever<'a>(config: &'a Config, id: &Id) -> Vec<Held<'a>> {
    let person = config.person(id);
    let of = person.and_then(|person| person.deputises.as_ref()).map(|of| &of.value);
    if person.is_some() { held(config, id, of) } else { Vec::new() }
}

fn held<'a>(config: &'a Config, id: &Id, principal: Option<&'a Id>) -> Vec<Held<'a>> {
    let own = config.roles.iter().filter(|role| holds(role, id));
    let mut held: Vec<Held<'a>> = own.map(|role| Held { role, acting_for: None }).collect();
    if let Some(of) = principal {
        let lent = config.roles.iter().filter(|r| r.deputies.value && holds(r, of));
        let lent = lent.filter(|role| !holds(role, id));
        held.extend(lent.map(|role| Held { role, acting_for: Some(of) }));
    }
    held
}

/// Every line of the file that gives this person the right.
pub fn lines<'a>(config: &'a Config, id: &Id, deed: Deed, today: Day) -> Vec<(Held<'a>, &'a May)> {
    let held = roles(config, id, today).into_iter();
    let all = held.flat_map(|held| held.role.may.iter().map(move |may| (held, may)));
    all.filter(|(_, may)| may.deeds.iter().any(|d| d.value == deed)).collect()
}

/// Does the file give this person the right, in whatever way?
pub fn has(config: &Config, id: &Id, deed: Deed, today: Day) -> bool {
    !lines(config, id, deed, today).is_empty()
}

/// May they do this with the register? In which role?
pub fn register<'a>(
    config: &'a Config,
    id: &Id,
    register: Register,
    deed: RegisterDeed,
    today: Day,
) -> Option<Held<'a>> {
    roles(config, id, today).into_iter().find(|held| {
        let lines = held.role.registers.iter().filter(|line| line.register.value == register);
        lines.flat_map(|line| &line.may).any(|d| d.value == deed)
    })
}

/// Any right above a normal user (S4.40)?
pub fn is_privileged(config: &Config, id: &Id, today: Day) -> bool {
    let mut held = roles(config, id, today).into_iter();
    held.any(|h| h.role.may.iter().flat_map(|m| &m.deeds).any(|d| d.value.privileged()))
}

/// Is this person one of `names`, or a deputy who stands for one of them in a role that lends
/// itself? `Some` with the principal of a deputy.
pub fn among<'a>(
    config: &'a Config,
    names: &[At<Id>],
    id: &Id,
    today: Day,
) -> Option<Option<&'a Id>> {
    let asked = person(config, id, today).ok()?;
    let direct = |name: &Id| name == id || config.role(name).is_some_and(|role| holds(role, id));
    if names.iter().any(|name| direct(&name.value)) {
        return Some(None);
    }
    let of = principal(config, asked, today)?;
    let lent = |name: &Id| config.role(name).is_some_and(|r| r.deputies.value && holds(r, of));
    names.iter().any(|name| lent(&name.value)).then_some(Some(of))
}

/// May this person give their word: one of `names`, or, where the file names nobody, a holder of
/// the right?
pub fn speaks<'a>(
    config: &'a Config,
    names: &[At<Id>],
    right: Deed,
    id: &Id,
    today: Day,
) -> Option<Option<&'a Id>> {
    if !names.is_empty() {
        return among(config, names, id, today);
    }
    lines(config, id, right, today).first().map(|(held, _)| held.acting_for)
}

/// Titles of those who may do it, for a sentence: at most four.
pub fn titles(config: &Config, of: impl Fn(&Id) -> bool) -> String {
    let found = config.people.iter().filter(|p| of(&p.id.value));
    let titles: Vec<&str> = found.map(|p| p.title.value.as_str()).collect();
    match titles.len() {
        0 => "somebody whom the file does not name".to_string(),
        1..=4 => titles.join(" or "),
        n => format!("{} or {} others", titles[..3].join(", "), n - 3),
    }
}
