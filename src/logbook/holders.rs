//! Whom the file means: holders of rights with their deputies, deciders, the head of the school.

use crate::config::Config;
use crate::config::people::Person;
use crate::config::roles::{Deed, Role};
use crate::config::value::{At, Id};

/// Persons of all roles that `counts`, deputies included where the role lets them (S4.5). In the
/// order of the file's people; nobody twice.
pub fn holders(config: &Config, counts: impl Fn(&Role) -> bool) -> Vec<&Person> {
    let roles: Vec<&Role> = config.roles.iter().filter(|r| counts(r)).collect();
    let holds = |p: &&Person| roles.iter().any(|r| in_role(r, p));
    config.people.iter().filter(holds).collect()
}

fn in_role(role: &Role, person: &Person) -> bool {
    let held = |id: &Id| role.held_by.iter().any(|h| h.value == *id);
    let principal = person.deputises.as_ref().filter(|_| role.deputies.value);
    held(&person.id.value) || principal.is_some_and(|p| held(&p.value))
}

/// Who holds a right by the file.
pub fn with_right(config: &Config, deed: Deed) -> Vec<&Person> {
    holders(config, |r| r.may.iter().any(|m| m.deeds.iter().any(|d| d.value == deed)))
}

/// The persons that a list of the file names: persons, and holders of roles with their deputies
/// where the role lets them.
pub fn named<'a>(config: &'a Config, names: &[At<Id>]) -> Vec<&'a Person> {
    let is = |p: &&Person| {
        names.iter().any(|n| {
            let role = config.role(&n.value).is_some_and(|r| in_role(r, p));
            n.value == p.id.value || role
        })
    };
    config.people.iter().filter(is).collect()
}

/// The Headteacher, as far as the file tells: `breaches head=`, else the one who investigates
/// breaches, else whoever has that post.
pub fn heads(config: &Config) -> Vec<&Person> {
    if let Some(head) = &config.breaches.head {
        return named(config, std::slice::from_ref(head));
    }
    if let [only] = named(config, &config.breaches.by)[..] {
        return vec![only];
    }
    let post = |p: &&Person| {
        let post = p.post.as_ref().unwrap_or(&p.title);
        post.value.eq_ignore_ascii_case("headteacher")
    };
    config.people.iter().filter(post).collect()
}

/// Does the list have this person?
pub fn has(persons: &[&Person], id: &str) -> bool {
    persons.iter().any(|p| p.id.as_str() == id)
}

/// "Headteacher, Deputy Headteacher" for a sentence; "nobody" where the list is empty.
pub fn titles(persons: &[&Person]) -> String {
    let titles: Vec<&str> = persons.iter().map(|p| p.title.as_str()).collect();
    if titles.is_empty() { "nobody".into() } else { titles.join(", ") }
}
