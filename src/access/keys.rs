//! One key of an approval: any one of the persons whom a line of `approvals` names (S4.48).

use super::right;
use crate::base::time::Day;
use crate::config::Config;
use crate::config::approvals::Approval;
use crate::config::value::{At, Id};

/// `by=` or `and=` of an approval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    names: &'a [At<Id>],
    deputies: bool,
}

impl<'a> Key<'a> {
    /// One or two.
    pub fn of(approval: &'a Approval) -> impl Iterator<Item = Key<'a>> {
        let lists = [approval.by.as_slice(), approval.and.as_slice()].into_iter();
        let given = lists.filter(|names| !names.is_empty());
        given.map(|names| Key { names, deputies: approval.deputies })
    }

    /// `Some` when that person can turn it, with the principal where they do so as a deputy. A
    /// deputy counts where the line says so, whatever roles say.
    pub fn turned_by<'c>(&self, config: &'c Config, id: &Id, today: Day) -> Option<Option<&'c Id>> {
        let person = right::person(config, id, today).ok()?;
        let named = |id: &Id| {
            let role = |name: &Id| {
                config.role(name).is_some_and(|r| r.held_by.iter().any(|h| h.value == *id))
            };
            self.names.iter().any(|name| name.value == *id || role(&name.value))
        };
        if named(id) {
            return Some(None);
        }
        let of = &person.deputises.as_ref().filter(|_| self.deputies)?.value;
        let stands = named(of) && right::person(config, of, today).is_ok();
        stands.then_some(Some(of))
    }

    /// Those who can, for a sentence.
    pub fn titles(&self, config: &Config) -> String {
        let named = self.names.iter().flat_map(|name| config.persons_of(&name.value));
        let titles: Vec<&str> = named.map(|person| person.title.value.as_str()).collect();
        let deputies = if self.deputies { " or a deputy" } else { "" };
        titles.join(" or ") + deputies
    }
}
