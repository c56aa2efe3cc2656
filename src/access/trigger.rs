//! What suspends privileged rights by itself (S4.59). Notice to leave and breaches are told by
//! people, as entries; a new post and an ended contract are seen in the file.

use std::collections::BTreeSet;

use super::right;
use crate::base::time::Day;
use crate::config::Config;
use crate::config::people::Person;
use crate::config::stations::Trigger;
use crate::config::value::Id;

/// Who is to be suspended, and by what, when `new` comes into force or a day begins (`old` is then
/// the same file). Only persons with privileged rights in either version, and only triggers of the
/// new file's `review-on`. Whoever is in `reviewed` was just looked at: the keys of a wider right
/// are such a look.
pub fn triggers(
    old: &Config,
    new: &Config,
    today: Day,
    reviewed: &BTreeSet<Id>,
) -> Vec<(Id, Trigger)> {
    let counts = |trigger| new.accounts.review_on.value.contains(&trigger);
    let mut out = Vec::new();
    for person in &new.people {
        let id = &person.id.value;
        if !privileged(old, id) && !privileged(new, id) {
            continue;
        }
        let ended = person.until.as_ref().is_some_and(|until| until.value < today);
        if ended && counts(Trigger::ContractExpiry) {
            out.push((id.clone(), Trigger::ContractExpiry));
        }
        let moved = old.person(id).is_some_and(|was| is_moved(old, new, was, person));
        if moved && counts(Trigger::RoleChange) && !reviewed.contains(id) {
            out.push((id.clone(), Trigger::RoleChange));
        }
    }
    out
}

fn privileged(config: &Config, id: &Id) -> bool {
    let held = right::roles_ever(config, id).into_iter();
    let mut deeds = held.flat_map(|held| held.role.may.iter().flat_map(|may| &may.deeds));
    deeds.any(|deed| deed.value.privileged())
}

/// Another post, other roles, or deputy of somebody else.
fn is_moved(old: &Config, new: &Config, was: &Person, is: &Person) -> bool {
    let roles = |config: &Config| -> BTreeSet<String> {
        let held = right::roles_ever(config, &is.id.value).into_iter();
        held.map(|held| held.role.id.value.to_string()).collect()
    };
    was.post != is.post || was.deputises != is.deputises || roles(old) != roles(new)
}
