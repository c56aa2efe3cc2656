//! Deeds that take two: two persons, not two accounts, and neither of them the one it is about.

use super::ask::{Asking, Situation, Wish};
use super::denied::Why;
use super::keys::Key;
use super::right;
use super::session;
use crate::config::Config;
use crate::config::approvals::Change;
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::logbook::{Account, Act, Kind};

/// What the second person must be.
enum Wanted<'a> {
    /// A holder of the right `witness` (S1.61).
    Witness,
    /// The holder of the other key of a widened right (S4.48).
    Key(Key<'a>),
}

/// The second person, where there has to be one.
#[derive(Default)]
pub(super) struct Pair {
    pub second: Option<Id>,
    /// They are no holder of `witness`: out of hours, and reviewed afterwards (S1.61).
    pub exception: bool,
}

/// The second person, where the wish takes two.
pub(super) fn judge(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<Pair, Why> {
    let wanted = wanted(config, asking, at);
    let own = |id: &Id| asking.subject.as_ref() == Some(id);
    let about_a_person =
        matches!(asking.wish, Wish::Deed(Deed::ManageAccess | Deed::Audit | Deed::Investigate));
    if (about_a_person || wanted.is_some()) && own(&at.who.person) {
        return Err(Why::OwnMatter);
    }
    let Some(wanted) = wanted else {
        return Ok(Pair::default());
    };
    let word = match &wanted {
        Wanted::Witness => "witness".to_string(),
        Wanted::Key(key) => format!("to approve ({})", key.titles(config)),
    };
    let second = at.second.ok_or(Why::Alone(word))?;
    if second.person == at.who.person {
        return Err(Why::SamePerson);
    }
    if own(&second.person) {
        return Err(Why::OwnMatter);
    }
    let beside = |why: Why| Why::Second(Box::new(why));
    let exception = take_part(config, asking, at, second, &wanted).map_err(beside)?;
    Ok(Pair { second: Some(second.person.clone()), exception })
}

/// Something leaves the school.
fn is_release(wish: Wish) -> bool {
    matches!(wish, Wish::Deed(Deed::Export) | Wish::Write(Kind::Release, Act::Open))
}

/// Copies leave with a witness where the file says so; what ends a hold, a carrier or an entry
/// takes two (S4.49, S4.23, R5.7); and so does the account of somebody with privileged rights.
fn wanted<'a>(config: &'a Config, asking: &Asking, at: &Situation<'_>) -> Option<Wanted<'a>> {
    let witness = match asking.wish {
        // Whoever stands above the file is alone by nature: the entry is reviewed instead.
        _ if session::stands_above_the_file(at.who.account) => false,
        wish if is_release(wish) => config.disclosure.witness.value,
        Wish::Deed(Deed::Dispose) => config.disposal.witness.value,
        Wish::Deed(Deed::EndHold) | Wish::Forget => true,
        // Two signatures, whatever the file says (S1.48).
        Wish::Write(Kind::OriginalDrive, Act::Open) => true,
        Wish::Deed(Deed::ManageAccess) => return other_key(config, asking, at).map(Wanted::Key),
        _ => false,
    };
    witness.then_some(Wanted::Witness)
}

/// The key that whoever asks does not hold themselves, where somebody enrolled can turn it. A key
/// that nobody can turn shuts nobody out: then one is enough, and the entry shows it.
fn other_key<'a>(config: &'a Config, asking: &Asking, at: &Situation<'_>) -> Option<Key<'a>> {
    let today = config.site.zone.day_of(at.now);
    let subject = asking.subject.as_ref()?;
    if !right::is_privileged(config, subject, today) {
        return None;
    }
    let approval = config.approvals.iter().find(|a| a.change.value == Change::WidenRights)?;
    let keys = Key::of(approval).filter(|key| {
        let turns = |id: &&Id| **id != at.who.person && **id != *subject;
        at.enrolled.iter().filter(turns).any(|id| key.turned_by(config, id, today).is_some())
    });
    let keys: Vec<Key<'a>> = keys.collect();
    let mine = |key: &&Key<'a>| key.turned_by(config, &at.who.person, today).is_some();
    match keys.as_slice() {
        // One key in the file: theirs, or somebody else's.
        [only] if mine(&only) => None,
        [only] => Some(*only),
        [first, second] if mine(&first) => Some(*second),
        [first, ..] => Some(*first),
        [] => None,
    }
}

/// May they? With whether that is an exception.
fn take_part(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    second: &super::ask::Session,
    wanted: &Wanted<'_>,
) -> Result<bool, Why> {
    let today = config.site.zone.day_of(at.now);
    let id = &second.person;
    right::person(config, id, today)?;
    if second.account != Account::Own {
        return Err(Why::AdminRoutine);
    }
    // What the first has to show for this deed the second shows as well (R1.26).
    session::second_factor(config, asking.wish, second)?;
    session::signed(config, id, false, at, today)?;
    match wanted {
        Wanted::Witness => {
            let here = |may: &crate::config::roles::May| {
                may.at.is_empty() || may.at.iter().any(|s| Some(&s.value) == at.station)
            };
            let lines = right::lines(config, id, Deed::Witness, today);
            let late = || config.calendar.is_out_of_hours(&config.site.zone, at.now);
            let any = config.disclosure.out_of_hours_witness.value && is_release(asking.wish);
            match lines.iter().any(|(_, may)| here(may)) {
                true => Ok(false),
                false if any && late() => Ok(true),
                false => Err(Why::NoRight("witness".into())),
            }
        }
        Wanted::Key(key) => match key.turned_by(config, id, today) {
            Some(_) => Ok(false),
            None => Err(Why::NoAuthority(key.titles(config))),
        },
    }
}
