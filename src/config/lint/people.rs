//! Rules about people: who holds which right, through which account, and until when.

use std::collections::BTreeSet;

use super::{Known, Out, ids, listed, place_or};
use crate::config::Config;
use crate::config::approvals::Change;
use crate::config::duties::DutyKind;
use crate::config::people::Person;
use crate::config::roles::Deed;
use crate::config::stations::SecondFactor;
use crate::config::value::{At, Id, Place};

/// The persons who have a right, deputies included where the role says so; in order of name.
fn holders(config: &Config, wanted: impl Fn(Deed) -> bool) -> BTreeSet<&Id> {
    let mut found = BTreeSet::new();
    for role in &config.roles {
        let gives = role.may.iter().flat_map(|m| &m.deeds).any(|d| wanted(d.value));
        if !gives {
            continue;
        }
        found.extend(ids(&role.held_by));
        if role.deputies.value {
            found.extend(deputies(config, &role.held_by));
        }
    }
    found
}

fn deputies<'a>(config: &'a Config, of: &[At<Id>]) -> impl Iterator<Item = &'a Id> {
    let deputy =
        |p: &&Person| p.deputises.as_ref().is_some_and(|d| ids(of).any(|id| *id == d.value));
    config.people.iter().filter(deputy).map(|p| &p.id.value).collect::<Vec<_>>().into_iter()
}

/// Where the right is given, or the nearest thing to it.
fn near_right(config: &Config, wanted: impl Fn(Deed) -> bool) -> Place {
    let given = config.roles.iter().flat_map(|r| &r.may).flat_map(|m| &m.deeds);
    let first = given.filter(|d| wanted(d.value)).map(|d| d.place).next();
    let role = config.roles.first().map(|r| r.id.place);
    let person = config.people.first().map(|p| p.id.place);
    first.or(role).or(person).unwrap_or(config.site.name.place)
}

fn people<'a>(config: &'a Config, found: &BTreeSet<&Id>) -> Vec<&'a Person> {
    config.people.iter().filter(|p| found.contains(&p.id.value)).collect()
}

/// `nobody`, `only head` ...
fn only(found: &BTreeSet<&Id>) -> String {
    let prefix = if found.is_empty() { "" } else { "only " };
    format!("{prefix}{}", names(found))
}

fn names(of: &BTreeSet<&Id>) -> String {
    listed(&of.iter().map(|id| id.as_str()).collect::<Vec<_>>())
}

/// Somebody must be there who can export, also when one is away (R2.10).
pub(super) fn exporters(config: &Config, _: Known, out: &mut Out) {
    let wanted = |d| d == Deed::Export;
    let found = holders(config, wanted);
    if found.len() < 2 {
        out.warn(
            near_right(config, wanted),
            format!("{} can export: when the police come somebody must be there", only(&found)),
            "give the right \"export\" to a second person",
        );
    }
}

/// At least two people can administer, besides the sealed codes (S4.42).
pub(super) fn admins(config: &Config, _: Known, out: &mut Out) {
    let wanted = |d| matches!(d, Deed::Configure | Deed::ManageAccess);
    let found = holders(config, wanted);
    if found.len() < 2 {
        out.warn(
            near_right(config, wanted),
            format!("{} can administer the system; there should be two", only(&found)),
            "give \"configure\" and \"manage-access\" to a second person with admin=#true",
        );
    }
}

/// Privileged deeds are done on an account of their own, which sees no footage (S4.47).
pub(super) fn separate_account(config: &Config, _: Known, out: &mut Out) {
    let found = holders(config, Deed::privileged);
    for person in people(config, &found).into_iter().filter(|p| !p.admin) {
        out.warn(
            person.id.place,
            format!(
                "\"{}\" has privileged rights but no separate account for them",
                person.id.value
            ),
            "add admin=#true: a second account, which cannot watch footage",
        );
    }
}

/// Personal data behind more than a passphrase (R1.26).
pub(super) fn second_factor(config: &Config, _: Known, out: &mut Out) {
    let factor = &config.accounts.second_factor;
    if factor.value != SecondFactor::None || holders(config, Deed::privileged).is_empty() {
        return;
    }
    out.advise(
        place_or(factor, near_right(config, Deed::privileged)),
        "nobody needs more than a passphrase, not even for privileged rights",
        "write `accounts second-factor=\"privileged\"`, or \"everyone\"",
    );
}

/// Only the school's own staff operate and watch (S4.3).
pub(super) fn contractor(config: &Config, _: Known, out: &mut Out) {
    let found = holders(config, Deed::watches);
    for person in people(config, &found) {
        if let Some(firm) = &person.contractor {
            out.warn(
                firm.place,
                format!("\"{}\" of {} may see footage", person.id.value, firm.value),
                "take the rights that show footage from this person's roles",
            );
        }
    }
}

/// What has ended is still in the file; what will end has no date (S4.54, S4.8, S4.58).
pub(super) fn until(config: &Config, known: Known, out: &mut Out) {
    for person in &config.people {
        if let (Some(firm), None) = (&person.contractor, &person.until) {
            out.advise(
                firm.place,
                format!("the account of \"{}\" has no end", person.id.value),
                "add until=\"...\": the last day of the contract",
            );
        }
    }
    let Some(today) = known.today else { return };
    let people = config.people.iter().filter_map(|p| Some((p.until.as_ref()?, "this person")));
    let contracts = config.duties.iter().filter_map(|d| d.contract.as_ref());
    let contracts = contracts.filter_map(|c| Some((c.until.as_ref()?, "this contract")));
    let exceptions = config.practice.exceptions.iter();
    let exceptions = exceptions.filter_map(|e| Some((e.until.as_ref()?, "this exception")));
    for (day, what) in people.chain(contracts).chain(exceptions) {
        if day.value < today {
            out.warn(
                day.place,
                format!("{what} ended on {}", day.value),
                "take it out of the file, or write the new end",
            );
        }
    }
}

/// A release needs two different people (S1.61).
pub(super) fn witness(config: &Config, _: Known, out: &mut Out) {
    if !config.disclosure.witness.value {
        return;
    }
    let export = holders(config, |d| d == Deed::Export);
    let witness = holders(config, |d| d == Deed::Witness);
    let pair = export.iter().any(|e| witness.iter().any(|w| w != e));
    if export.is_empty() || pair {
        return;
    }
    out.warn(
        near_right(config, |d| d == Deed::Witness),
        format!(
            "no release is possible: {} can export and {} can witness, and they must be two people",
            names(&export),
            names(&witness)
        ),
        "give the right \"witness\" to a further person",
    );
}

/// Two keys are two people (S4.48).
pub(super) fn approvals(config: &Config, _: Known, out: &mut Out) {
    let widen = config.approvals.iter().any(|a| a.change.value == Change::WidenRights);
    if !widen {
        out.advise(
            near_right(config, |d| d == Deed::ManageAccess),
            "an edit that widens somebody's rights counts at once, and nobody confirms it",
            "add `approvals { widen-rights by=\"headteacher\" and=\"it-manager\" }`",
        );
    }
    for approval in &config.approvals {
        let (by, and) =
            (keys(config, approval, &approval.by), keys(config, approval, &approval.and));
        let one = by.len() == 1 && by == and;
        if one {
            out.warn(
                approval.change.place,
                format!("only {} holds both keys for {}", names(&by), approval.change.value),
                "name another person in by= or and=",
            );
        }
    }
}

fn keys<'a>(
    config: &'a Config,
    approval: &crate::config::approvals::Approval,
    list: &[At<Id>],
) -> BTreeSet<&'a Id> {
    let named = ids(list).flat_map(|id| config.persons_of(id));
    let mut found: BTreeSet<&Id> = named.map(|p| &p.id.value).collect();
    if approval.deputies {
        found.extend(deputies(config, list));
    }
    found
}

/// Who manages day to day and who may look are shown together where they differ (K5).
pub(super) fn day_to_day(config: &Config, _: Known, out: &mut Out) {
    let able = holders(config, |_| true);
    let reading = config.roles.iter().filter(|r| !r.registers.is_empty());
    let reading: BTreeSet<&Id> = reading.flat_map(|r| ids(&r.held_by)).collect();
    let looking = holders(config, Deed::watches);
    for name in &config.site.day_to_day {
        let managing: BTreeSet<&Id> =
            config.persons_of(&name.value).into_iter().map(|p| &p.id.value).collect();
        let idle: BTreeSet<&Id> = managing.difference(&looking).copied().collect();
        if idle.is_empty() {
            continue;
        }
        let none = idle.iter().all(|id| !able.contains(id) && !reading.contains(id));
        let one = idle.len() == 1;
        let manage = if one { "manages" } else { "manage" };
        let what = match (none, one) {
            (true, true) => "holds no right at all",
            (true, false) => "hold no right at all",
            (false, _) => "may see no picture",
        };
        out.advise(
            name.place,
            format!(
                "{} {manage} the system day to day and {what}; those who may look are {}",
                names(&idle),
                names(&looking)
            ),
            "settle which of the two lists is meant, or leave it where the policy wants it so",
        );
    }
}

/// Somebody confirms every day that it works (S1.26).
pub(super) fn daily_check(config: &Config, _: Known, out: &mut Out) {
    let able = holders(config, |d| d == Deed::DailyCheck);
    let duty = config.duties.iter().find(|d| d.kind.value == DutyKind::DailyCheck);
    let named = duty.map(|d| d.by.as_slice()).unwrap_or_default();
    if named.is_empty() && able.is_empty() {
        return out.advise(
            near_right(config, |d| d == Deed::DailyCheck),
            "nobody confirms each day that the cameras record",
            "add `daily-check by=\"...\"` to duties, and that right to a role",
        );
    }
    for name in named {
        let persons = config.persons_of(&name.value);
        if !persons.iter().any(|p| able.contains(&p.id.value)) {
            out.warn(
                name.place,
                format!("\"{}\" is to do the daily check and may not", name.value),
                "add \"daily-check\" to what a role of theirs may do",
            );
        }
    }
}
