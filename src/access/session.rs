//! Is this person, at this account and place, in a state to ask for anything at all?

use super::ask::{Asking, Session, Situation, Wish};
use super::denied::Why;
use super::right;
use crate::base::time::Day;
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::people::Person;
use crate::config::practice::Acceptance;
use crate::config::roles::Deed;
use crate::config::stations::SecondFactor;
use crate::config::value::{Every, Id};
use crate::logbook::Account;

/// What a sealed code opens (S4.42): whatever gets the box and its people going again. No footage,
/// no end of a hold, no disposal.
const EMERGENCY: [Wish; 7] = [
    Wish::Deed(Deed::Configure),
    Wish::Deed(Deed::ManageAccess),
    Wish::Deed(Deed::SetClock),
    Wish::Deed(Deed::Restart),
    Wish::Deed(Deed::Update),
    Wish::Approve,
    Wish::Report,
];

/// What whoever owns the box may do while nobody is enrolled: set it up, and keep footage.
const SETTING_UP: [Wish; 7] = [
    Wish::Deed(Deed::Configure),
    Wish::Deed(Deed::ManageAccess),
    Wish::Deed(Deed::SetClock),
    Wish::Deed(Deed::Restart),
    Wish::Deed(Deed::Update),
    Wish::Deed(Deed::Hold),
    Wish::Approve,
];

/// Does the file have to give the right? Not to these two.
pub(super) fn stands_above_the_file(account: Account) -> bool {
    matches!(account, Account::Owner | Account::BreakGlass)
}

/// Person, account, place, papers: in that order, so that the first thing wrong is said first.
pub(super) fn judge(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<(), Why> {
    let wish = asking.wish;
    if at.who.account == Account::Owner {
        return owner(wish, at);
    }
    if at.who.account == Account::BreakGlass {
        return sealed(config, asking, at);
    }
    let today = config.site.zone.day_of(at.now);
    let person = right::person(config, &at.who.person, today)?;
    account(person, at.who, wish)?;
    place(config, wish, at)?;
    if wish == Wish::Report {
        return Ok(());
    }
    second_factor(config, wish, at.who)?;
    if wish.privileged() {
        privileged(config, asking, at)?;
    }
    if wish != Wish::Sign {
        papers(config, wish, person, at, today)?;
    }
    Ok(())
}

/// A sealed code names nobody: the seal is the lock, and its use is reviewed. It must not hang on
/// dates, papers or stations, for what stands in the file may be what is wrong.
fn sealed(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<(), Why> {
    match asking.wish {
        wish if !EMERGENCY.contains(&wish) => Err(Why::EmergencyOnly),
        Wish::Report => Ok(()),
        _ => privileged(config, asking, at),
    }
}

fn owner(wish: Wish, at: &Situation<'_>) -> Result<(), Why> {
    match (at.enrolled.is_empty(), SETTING_UP.contains(&wish)) {
        (false, _) => Err(Why::OwnerNoMore),
        (true, false) => Err(Why::OwnerSetsUp),
        (true, true) => Ok(()),
    }
}

/// Two accounts of one person, each for its own work (S4.47).
fn account(person: &Person, who: &Session, wish: Wish) -> Result<(), Why> {
    let anywhere = matches!(wish, Wish::Sign | Wish::Report | Wish::Approve | Wish::Confirm);
    match who.account {
        Account::Own if wish.privileged() && person.admin => Err(Why::NeedsAdminAccount),
        Account::Admin if !person.admin => Err(Why::NoAdminAccount),
        Account::Admin if wish.watches() => Err(Why::AdminWatches),
        Account::Admin if !wish.privileged() && !anywhere => Err(Why::AdminRoutine),
        _ => Ok(()),
    }
}

/// People ask at the stations of the file; where it lists none, at this box (S4.10, S4.70).
fn place(config: &Config, wish: Wish, at: &Situation<'_>) -> Result<(), Why> {
    if wish == Wish::Report || config.stations.is_empty() {
        return Ok(());
    }
    let here = config.stations.iter().find(|s| Some(&s.id.value) == at.station);
    match here {
        None => Err(Why::NoStation),
        Some(station) if wish.privileged() && !station.admin.value => Err(Why::NoAdminHere),
        Some(_) => Ok(()),
    }
}

pub(super) fn second_factor(config: &Config, wish: Wish, who: &Session) -> Result<(), Why> {
    let wanted = match config.accounts.second_factor.value {
        SecondFactor::None => false,
        SecondFactor::Privileged => wish.privileged() || who.account == Account::Admin,
        SecondFactor::Everyone => true,
    };
    if wanted && !who.second_factor {
        return Err(Why::SecondFactor);
    }
    Ok(())
}

/// Privilege is lent for a reason and a while (S4.53), and not while a review is due (S4.59).
fn privileged(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<(), Why> {
    let limit = config.accounts.admin_session.value;
    // A clock that stepped back makes a session no younger.
    if (at.now - at.who.began).abs() > limit.0 {
        return Err(Why::SessionOver(limit.to_string()));
    }
    if !said(&at.who.reason) && !said(&asking.reason) {
        return Err(Why::NoReason);
    }
    match at.standing.suspended(&at.who.person, &config.accounts.review_on.value) {
        // If all who administer are suspended, a sealed code lets one of them be reviewed.
        Some(trigger) if at.who.account != Account::BreakGlass => {
            Err(Why::Suspended(trigger.to_string()))
        }
        _ => Ok(()),
    }
}

pub(super) fn said(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.trim().is_empty())
}

/// Signed and trained (S4.25, S4.71, S4.90). Training is asked of those who watch or administer, so
/// that whoever enters it is never shut out by it.
fn papers(
    config: &Config,
    wish: Wish,
    person: &Person,
    at: &Situation<'_>,
    today: Day,
) -> Result<(), Why> {
    signed(config, &person.id.value, wish.privileged(), at, today)?;
    if !wish.watches() && !wish.privileged() {
        return Ok(());
    }
    match training_due(config, &person.id.value, at, today) {
        Some(due) => Err(Why::Untrained(due)),
        None => Ok(()),
    }
}

/// Every paper that the person must sign is signed, in its present version and in time.
pub(super) fn signed(
    config: &Config,
    id: &Id,
    privileged: bool,
    at: &Situation<'_>,
    today: Day,
) -> Result<(), Why> {
    for paper in &config.practice.acceptances {
        let asked = paper.by.is_empty() || right::among(config, &paper.by, id, today).is_some();
        let asked = asked && (privileged || !paper.privileged);
        if asked && !is_signed(config, paper, id, at, today) {
            return Err(Why::Unsigned(paper.title.value.clone()));
        }
    }
    Ok(())
}

fn is_signed(config: &Config, paper: &Acceptance, id: &Id, at: &Situation<'_>, today: Day) -> bool {
    let Some(last) = at.standing.signed(id, &paper.id.value) else {
        return false;
    };
    let version = paper.version.as_ref().is_none_or(|v| last.version.as_ref() == Some(&v.value));
    let signed_on = config.site.zone.day_of(last.at);
    let timely = paper.renew.as_ref().is_none_or(|e| today <= signed_on.plus(days(e.value)));
    version && timely
}

/// Since when training is out of date, if it is: it lasts one round, and nobody needs it before the
/// first day that the file gives.
fn training_due(config: &Config, id: &Id, at: &Situation<'_>, today: Day) -> Option<Day> {
    let trained = at.standing.trained(id).map(|at| config.site.zone.day_of(at));
    let duties = config.duties.iter().filter(|d| d.kind.value == DutyKind::Training);
    let mut due = duties.filter_map(|duty| {
        let first = duty.due.as_ref().map(|due| due.value);
        let ends = trained.map(|day| day.plus(days(duty.every.value)));
        let since = ends.or(first).unwrap_or(today);
        let needed = first.is_none_or(|first| first <= today);
        let fresh = ends.is_some_and(|last| today <= last);
        (needed && !fresh).then_some(since)
    });
    due.next()
}

/// Days of a round, rounded up: nobody is shut out by a leap year.
fn days(every: Every) -> i64 {
    match every {
        Every::Day => 1,
        Every::Week => 7,
        Every::Month => 31,
        Every::Term => 123,
        Every::HalfYear => 184,
        Every::Year => 366,
    }
}
