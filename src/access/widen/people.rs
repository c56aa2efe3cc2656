//! Persons, roles and rights: who may do more than before.

use std::collections::BTreeMap;

use super::Versions;
use crate::access::right::{self, Held};
use crate::config::people::Person;
use crate::config::roles::{Deed, May, Role};
use crate::config::value::{At, Id};

pub(super) fn compare(v: &mut Versions<'_>) {
    for person in &v.new.people {
        match v.old.person(&person.id.value) {
            None => v.widen(vec![person.id.value.clone()], added(person)),
            Some(was) => dates(v, was, person),
        }
    }
    holders(v);
    rights(v);
    registers(v);
}

fn added(person: &Person) -> String {
    format!("{} is added to the people", person.title.value)
}

/// In force earlier or longer, no contractor any more, or with an admin account.
fn dates(v: &mut Versions<'_>, was: &Person, is: &Person) {
    let day = |at: &Option<At<crate::base::time::Day>>| at.as_ref().map(|at| at.value);
    let title = &is.title.value;
    let mut more = Vec::new();
    let earlier = match (day(&was.from), day(&is.from)) {
        (Some(was), Some(is)) => is < was,
        (was, is) => was.is_some() && is.is_none(),
    };
    if earlier {
        more.push(format!("{title} counts from an earlier day"));
    }
    let longer = match (day(&was.until), day(&is.until)) {
        (Some(was), Some(is)) => was < is,
        (was, is) => was.is_some() && is.is_none(),
    };
    if longer {
        more.push(format!("{title} counts until a later day"));
    }
    if was.contractor.is_some() && is.contractor.is_none() {
        more.push(format!("{title} is no contractor any more"));
    }
    if is.admin && !was.admin {
        more.push(format!("{title} gets an admin account"));
    }
    for what in more {
        v.widen(vec![is.id.value.clone()], what);
    }
}

/// New holders of a role, by name or as a deputy: each a change of their own.
fn holders(v: &mut Versions<'_>) {
    for person in &v.new.people {
        let id = &person.id.value;
        let before = right::roles_ever(v.old, id);
        for held in right::roles_ever(v.new, id) {
            if !has(v, &before, held.role) {
                let of = held.acting_for.map(|of| format!(", as deputy of {of}"));
                let role = &held.role.id.value;
                let of = of.unwrap_or_default();
                v.widen(
                    vec![id.clone()],
                    format!("{} gets the role {role}{of}", person.title.value),
                );
            }
        }
    }
}

/// The same role, or one that was renamed and says what it said.
fn has(v: &Versions<'_>, held: &[Held<'_>], role: &Role) -> bool {
    let same = |was: &Role| was.id.value == role.id.value;
    let renamed = |was: &Role| {
        v.new.role(&was.id.value).is_none()
            && v.old.role(&role.id.value).is_none()
            && (&was.may, &was.registers, &was.deputies)
                == (&role.may, &role.registers, &role.deputies)
    };
    held.iter().any(|h| same(h.role) || renamed(h.role))
}

/// What the old file gave a person for one deed.
fn lines<'a>(held: &[Held<'a>], deed: Deed) -> Vec<&'a May> {
    let all = held.iter().flat_map(|held| &held.role.may);
    all.filter(|may| may.deeds.iter().any(|d| d.value == deed)).collect()
}

/// Lines of roles that a person had before and that now give more. One change for each line, for
/// all who gain by it: a wider role is no one's own.
fn rights(v: &mut Versions<'_>) {
    let mut wider: BTreeMap<(Id, String), Vec<Id>> = BTreeMap::new();
    for person in &v.new.people {
        let id = &person.id.value;
        let before = right::roles_ever(v.old, id);
        for held in right::roles_ever(v.new, id) {
            let role = &held.role.id.value;
            // What comes with a new role or a new person is told with that.
            if !has(v, &before, held.role) {
                continue;
            }
            for may in &held.role.may {
                for deed in &may.deeds {
                    let old = lines(&before, deed.value);
                    if let Some(more) = more(v, &old, may, deed.value) {
                        let what = format!("the role {role} may {}: {more}", deed.value);
                        wider.entry((role.clone(), what)).or_default().push(id.clone());
                    }
                }
            }
        }
    }
    for ((_, what), favours) in wider {
        v.widen(favours, what);
    }
}

/// What this line gives beyond all old lines of the same deed; `None`: nothing. Places are compared
/// one by one, so that two old lines may cover one new line.
fn more(v: &Versions<'_>, old: &[&May], new: &May, deed: Deed) -> Option<&'static str> {
    if old.is_empty() {
        return Some("a new right");
    }
    // Recordings never go without a reason, whatever the line says; a spot check is its own.
    let recorded = deed.watches() && deed != Deed::Live && deed != Deed::SpotCheck;
    let freer = |was: &May| {
        let reason = !recorded && was.reason.value && !new.reason.value;
        let permission = was.permission.value && !new.permission.value;
        let limit = |may: &May| {
            let own = may.limit.as_ref().map(|limit| limit.value.0);
            own.or((deed == Deed::SpotCheck).then_some(v.old.viewing.spot_check.value.0))
        };
        let longer = match (limit(was), limit(new)) {
            (Some(was), Some(is)) => was < is,
            (was, is) => was.is_some() && is.is_none(),
        };
        reason || permission || longer
    };
    let strict: Vec<&&May> = old.iter().filter(|was| !freer(was)).collect();
    if strict.is_empty() {
        return Some("with fewer conditions");
    }
    let covered = |station: Option<&Id>, zone: Option<&Id>| {
        strict.iter().any(|was| within(&was.at, station) && within(&was.zones, zone))
    };
    // `None` stands for all that the file does not list.
    let stations = places(&new.at, v.new.stations.iter().map(|s| &s.id.value));
    let zones = zones(v, new);
    for station in &stations {
        for (was, _) in &zones {
            if !covered(*station, *was) {
                return Some("at more places or cameras");
            }
        }
    }
    None
}

fn within(list: &[At<Id>], one: Option<&Id>) -> bool {
    list.is_empty() || one.is_some_and(|one| list.iter().any(|at| at.value == *one))
}

/// What a binding covers: its names, or everything and more.
fn places<'a>(bound: &'a [At<Id>], all: impl Iterator<Item = &'a Id>) -> Vec<Option<&'a Id>> {
    match bound.is_empty() {
        true => all.map(Some).chain([None]).collect(),
        false => bound.iter().map(|at| Some(&at.value)).collect(),
    }
}

/// The zones that a line covers, each as the old file would look at it: also the old zone of a
/// camera that was moved into one of them.
fn zones<'a>(v: &Versions<'a>, may: &'a May) -> Vec<(Option<&'a Id>, Option<&'a Id>)> {
    let listed = places(&may.zones, v.new.zones.list.iter().map(|z| &z.id.value));
    let mut all: Vec<_> = listed.iter().map(|zone| (*zone, *zone)).collect();
    for camera in &v.new.cameras.list {
        let zone = &camera.zone.value;
        let was = v.old.camera(&camera.id.value).map(|camera| &camera.zone.value);
        if let Some(was) = was.filter(|was| *was != zone)
            && within(&may.zones, Some(zone))
        {
            all.push((Some(was), Some(zone)));
        }
    }
    all
}

/// Registers that a role opens wider, for those who had the role before.
fn registers(v: &mut Versions<'_>) {
    let mut wider: BTreeMap<(Id, String), Vec<Id>> = BTreeMap::new();
    for person in &v.new.people {
        let id = &person.id.value;
        let before = right::roles_ever(v.old, id);
        let old = before.iter().flat_map(|held| &held.role.registers);
        let old = old.flat_map(|line| line.may.iter().map(|m| (line.register.value, m.value)));
        let old: Vec<_> = old.collect();
        for held in right::roles_ever(v.new, id) {
            let role = &held.role.id.value;
            for line in held.role.registers.iter().filter(|_| has(v, &before, held.role)) {
                for deed in &line.may {
                    if !old.contains(&(line.register.value, deed.value)) {
                        let (deed, register) = (deed.value, line.register.value);
                        let what = format!("the role {role} may {deed} the register {register}");
                        wider.entry((role.clone(), what)).or_default().push(id.clone());
                    }
                }
            }
        }
    }
    for ((_, what), favours) in wider {
        v.widen(favours, what);
    }
}
