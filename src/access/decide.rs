//! The decision. Deny by default: every path to a grant goes through [`judge`].

use super::ask::{Asking, Situation, Wish};
use super::denied::{Denied, Why};
use super::draft;
use super::grant::{Allowed, Grant};
use super::makes;
use super::pair;
use super::right;
use super::session;
use super::watch::{self, Seen};
use super::word::{self, Givers};
use crate::base::time::Day;
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::registers::Register;
use crate::config::roles::{Deed, RegisterDeed};
use crate::config::value::{At, Id};
use crate::logbook::{Account, Act, Authority, Kind, registers};

/// What was found on the way to a yes: what the entry must say.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Found {
    pub acting_for: Option<Id>,
    pub authority: Option<Authority>,
    pub second: Option<Id>,
    /// The second is no ordinary witness (S1.61).
    pub exception: bool,
    pub seen: Seen,
}

/// May they? Pure: the same arguments give the same answer.
///
/// # Errors
/// [`Denied`]: why not, whom to ask, and the entry about it.
pub fn decide(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<Grant, Denied> {
    let found = match judge(config, asking, at) {
        Ok(found) => found,
        Err(why) => return Err(Denied::new(why, config, asking, at)),
    };
    let draft = draft::granted(config, asking, at, &found);
    let allowed = Allowed {
        asking: asking.clone(),
        person: at.who.person.clone(),
        account: at.who.account,
        acting_for: found.acting_for,
        second: found.second,
    };
    Ok(Grant::new(allowed, draft))
}

fn judge(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<Found, Why> {
    if let Some((kind, _)) = asking.entry.filter(|entry| !makes::may_make(asking, *entry)) {
        return Err(Why::NotByHand(kind.to_string()));
    }
    session::judge(config, asking, at)?;
    let mut found = match asking.wish {
        _ if session::stands_above_the_file(at.who.account) => above_the_file(config, asking, at)?,
        Wish::Deed(deed) => by_right(config, asking, at, deed)?,
        Wish::Forget => by_right(config, asking, at, Deed::Dispose)?,
        Wish::Read(register) => by_register(config, at, register, RegisterDeed::Read)?,
        Wish::Write(kind, act) => by_hand(config, asking, at, kind, act)?,
        Wish::Duty(kind) => by_duty(config, asking, at, kind)?,
        Wish::OwnDuty => by_nobody_named(config, at)?,
        Wish::Sign | Wish::Report => Found::default(),
        Wish::Confirm => own_word(asking, at)?,
        Wish::Approve => approval(config, at)?,
    };
    let pair = pair::judge(config, asking, at)?;
    (found.second, found.exception) = (pair.second, pair.exception);
    Ok(found)
}

/// An owner who sets up, or a sealed code: the session said which wishes, the file gives none.
fn above_the_file(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<Found, Why> {
    match asking.wish {
        Wish::Approve => approval(config, at),
        _ => Ok(Found::default()),
    }
}

fn by_right(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    deed: Deed,
) -> Result<Found, Why> {
    let today = config.site.zone.day_of(at.now);
    let mut refused: Option<(u8, Why)> = None;
    let mut found = None;
    for (held, may) in right::lines(config, &at.who.person, deed, today) {
        match watch::line(config, asking, at, deed, may) {
            Ok(authority) => {
                let acting_for = held.acting_for.cloned();
                found = Some(Found { acting_for, authority, ..Found::default() });
                break;
            }
            // The line that came furthest tells best what is missing.
            Err(no) if refused.as_ref().is_none_or(|was| was.0 < no.0) => refused = Some(no),
            Err(_) => {}
        }
    }
    let Some(mut found) = found else {
        return Err(refused.map_or(Why::NoRight(asking.wish.to_string()), |(_, why)| why));
    };
    if asking.wish.watches() {
        found.seen = watch::judge(config, asking, at)?;
    }
    match asking.wish {
        Wish::Deed(Deed::Export) => found.authority = Some(word::release(config, asking, at)?),
        Wish::Deed(Deed::AuthoriseViewing) if asking.entry != Some((Kind::Clip, Act::Open)) => {
            permit(asking, at)?;
        }
        Wish::Deed(Deed::Audit) if asking.subject.is_some() => {
            found.authority = report(config, asking, at)?;
        }
        _ => {}
    }
    Ok(found)
}

/// A permission says for whom, what and until when, and is not over before it begins (S0.18).
fn permit(asking: &Asking, at: &Situation<'_>) -> Result<(), Why> {
    let permit = asking.permit.as_ref();
    let good = permit.is_some_and(|p| p.window.0 <= p.window.1 && at.now < p.expires);
    // Taking one back names it, and nothing else.
    if good || asking.about.is_some() { Ok(()) } else { Err(Why::BadPermit) }
}

/// A look at one person's use: they were told (S4.51), and somebody who investigates says so, who
/// is not that person and does not stand in for them (S4.52).
fn report(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<Option<Authority>, Why> {
    let told = config.accounts.banner.is_some()
        || asking.subject.as_ref().is_some_and(|subject| at.standing.was_told(subject));
    if !told {
        return Err(Why::NotTold);
    }
    let givers = Givers { names: &[], right: Deed::Investigate };
    let word = word::judge(config, asking, at, asking.authority.as_ref(), givers)?;
    match asking.subject.as_ref().filter(|subject| word::is_of(config, &word, givers, subject, at))
    {
        Some(subject) => Err(Why::OwnWord(right::titles(config, |id| id == subject))),
        None => Ok(Some(word)),
    }
}

fn by_register(
    config: &Config,
    at: &Situation<'_>,
    register: Register,
    deed: RegisterDeed,
) -> Result<Found, Why> {
    let today = config.site.zone.day_of(at.now);
    let who = &at.who.person;
    if let Some(held) = right::register(config, who, register, deed, today) {
        return Ok(Found { acting_for: held.acting_for.cloned(), ..Found::default() });
    }
    // Registers that no role mentions are kept by those whose rights come nearest, and those whom
    // the file names for a matter keep its register.
    let stand_ins = registers::rights(config, register, deed);
    if !stand_ins.iter().any(|person| person.id.value == *who) {
        return Err(Why::NoRight(format!("{deed} the register {register}")));
    }
    let own = right::roles(config, who, today).iter().any(|held| held.acting_for.is_none());
    let principal = config.person(who).and_then(|p| p.deputises.as_ref()).filter(|_| !own);
    Ok(Found { acting_for: principal.map(|of| of.value.clone()), ..Found::default() })
}

fn by_hand(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    kind: Kind,
    act: Act,
) -> Result<Found, Why> {
    let register = kind.register().filter(|_| makes::by_hand(kind, act));
    let register = register.ok_or_else(|| Why::NotByHand(kind.to_string()))?;
    let deed = match act {
        Act::Close => RegisterDeed::Close,
        Act::Open | Act::Note | Act::Correct => RegisterDeed::Write,
    };
    let mut found = by_register(config, at, register, deed)?;
    if (kind, act) == (Kind::Visit, Act::Open) {
        // Who lets somebody in is not who releases (S4.15).
        let givers = Givers { names: &[], right: Deed::AuthoriseAdmission };
        found.authority = Some(word::judge(config, asking, at, asking.authority.as_ref(), givers)?);
    }
    Ok(found)
}

/// Whoever the file names for the duty; else whoever is responsible. The daily check is a right.
fn by_duty(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    kind: DutyKind,
) -> Result<Found, Why> {
    let today = config.site.zone.day_of(at.now);
    watch::no_covert(config, &asking.cameras)?;
    let none = || Why::NoRight(format!("duty {kind}"));
    if kind == DutyKind::DailyCheck {
        let lines = right::lines(config, &at.who.person, Deed::DailyCheck, today);
        let at_station = |m: &crate::config::roles::May| {
            m.at.is_empty() || m.at.iter().any(|s| Some(&s.value) == at.station)
        };
        let zones = |m: &crate::config::roles::May| watch::in_zones(config, m, &asking.cameras);
        let mut lines = lines.into_iter().filter(|(_, may)| at_station(may)).peekable();
        lines.peek().ok_or_else(none)?;
        let line = lines.find(|(_, may)| zones(may)).ok_or_else(none)?;
        return Ok(Found { acting_for: line.0.acting_for.cloned(), ..Found::default() });
    }
    let mut duties = config.duties.iter().filter(|duty| duty.kind.value == kind);
    let found = duties.find_map(|duty| match duty.by.is_empty() {
        true => answers_for_all(config, &at.who.person, today),
        false => right::among(config, &duty.by, &at.who.person, today),
    });
    let acting_for = found.ok_or_else(none)?.cloned();
    Ok(Found { acting_for, ..Found::default() })
}

fn by_nobody_named(config: &Config, at: &Situation<'_>) -> Result<Found, Why> {
    let today = config.site.zone.day_of(at.now);
    let found = answers_for_all(config, &at.who.person, today);
    let acting_for = found.ok_or_else(|| Why::NoRight("duty".into()))?.cloned();
    Ok(Found { acting_for, ..Found::default() })
}

/// Whoever is responsible, else whoever manages the scheme, else those who look after the box every
/// day: a duty that nobody is named for is still done by somebody.
fn answers_for_all<'a>(config: &'a Config, id: &Id, today: Day) -> Option<Option<&'a Id>> {
    let responsible: Vec<At<Id>> = config.site.responsible.iter().cloned().collect();
    let named = [responsible.as_slice(), &config.site.managed_by];
    match named.into_iter().find(|names| !names.is_empty()) {
        Some(names) => right::among(config, names, id, today),
        None => right::lines(config, id, Deed::DailyCheck, today)
            .first()
            .map(|(held, _)| held.acting_for),
    }
}

fn own_word(asking: &Asking, at: &Situation<'_>) -> Result<Found, Why> {
    let open = asking.about.is_some_and(|number| at.standing.waits_for(number, &at.who.person));
    if open { Ok(Found::default()) } else { Err(Why::NoOpenWord) }
}

fn approval(config: &Config, at: &Situation<'_>) -> Result<Found, Why> {
    let waiting = at.waiting.ok_or(Why::NothingWaits)?;
    let emergency = at.who.account != Account::Own && at.who.account != Account::Admin;
    let acting_for = waiting.asks(config, &at.who.person, emergency, at.enrolled, at.now)?;
    Ok(Found { acting_for, ..Found::default() })
}
