//! Where and how people log in, what they sign and learn, how the disks are kept.

use super::Versions;
use crate::config::duties::DutyKind;
use crate::config::practice::Acceptance;
use crate::config::stations::SecondFactor;
use crate::config::value::{Every, Id};

pub(super) fn compare(v: &mut Versions<'_>) {
    stations(v);
    accounts(v);
    papers(v);
    duties(v);
}

fn stations(v: &mut Versions<'_>) {
    for is in &v.new.stations {
        let title = &is.title.value;
        let Some(was) = v.old.stations.iter().find(|was| was.id.value == is.id.value) else {
            // A file without stations lets people ask anywhere at the box: the first one narrows.
            if !v.old.stations.is_empty() {
                v.widen(Vec::new(), format!("a new station: {title}"));
            }
            continue;
        };
        v.switched_off(
            was.declaration.value,
            is.declaration.value,
            format!("{title}: the declaration"),
        );
        if is.idle_lock.value > was.idle_lock.value {
            v.weaken(format!("{title} locks only after {}", is.idle_lock.value));
        }
        if is.wall.value && !was.wall.value {
            v.weaken(format!("{title} keeps live pictures on its locked screen"));
        }
        if is.admin.value && !was.admin.value {
            v.widen(Vec::new(), format!("privileged work at {title}"));
        }
        if was.tty != is.tty && is.tty.is_some() {
            v.widen(Vec::new(), format!("{title} stands at another screen"));
        }
    }
    if v.new.stations.is_empty() && !v.old.stations.is_empty() {
        v.weaken("no stations: people may ask anywhere at the box");
    }
}

fn accounts(v: &mut Versions<'_>) {
    let (was, is) = (&v.old.accounts, &v.new.accounts);
    let rank = |factor| match factor {
        SecondFactor::None => 0,
        SecondFactor::Privileged => 1,
        SecondFactor::Everyone => 2,
    };
    if rank(is.second_factor.value) < rank(was.second_factor.value) {
        v.weaken(format!("the second factor is asked of {}", is.second_factor.value));
    }
    if is.passphrase_min.value < was.passphrase_min.value {
        v.weaken(format!("passphrases may have {} characters", is.passphrase_min.value));
    }
    if is.admin_session.value > was.admin_session.value {
        v.weaken(format!("privileged sessions last {}", is.admin_session.value));
    }
    if is.break_glass.value < was.break_glass.value {
        v.weaken(format!(
            "{} sealed codes instead of {}",
            is.break_glass.value, was.break_glass.value
        ));
    }
    v.switched_off(was.banner.is_some(), is.banner.is_some(), "the notice before log-in");
    for trigger in &was.review_on.value {
        if !is.review_on.value.contains(trigger) {
            v.weaken(format!("{trigger} suspends nothing any more"));
        }
    }
}

/// Papers that somebody had to sign and has not, or less often (S4.25).
fn papers(v: &mut Versions<'_>) {
    for was in &v.old.practice.acceptances {
        let title = &was.title.value;
        let is = v.new.practice.acceptances.iter().find(|is| is.id.value == was.id.value);
        let Some(is) = is else {
            v.weaken(format!("nobody signs \"{title}\" any more"));
            continue;
        };
        let fewer = (is.privileged && !was.privileged) || signs_less(v, was, is);
        let rarer = match (&was.renew, &is.renew) {
            (Some(was), Some(is)) => rounds(was.value) < rounds(is.value),
            (was, is) => was.is_some() && is.is_none(),
        };
        if fewer {
            v.weaken(format!("fewer people sign \"{title}\""));
        }
        if rarer {
            v.weaken(format!("\"{title}\" is signed less often"));
        }
    }
}

/// Is anybody who is still there no longer asked to sign?
fn signs_less(v: &Versions<'_>, was: &Acceptance, is: &Acceptance) -> bool {
    let asked = |config: &crate::config::Config, paper: &Acceptance, id: &Id| {
        let named = paper.by.iter().flat_map(|name| config.persons_of(&name.value));
        paper.by.is_empty() || named.into_iter().any(|person| person.id.value == *id)
    };
    v.new
        .people
        .iter()
        .map(|p| &p.id.value)
        .any(|id| v.old.person(id).is_some() && asked(v.old, was, id) && !asked(v.new, is, id))
}

fn rounds(every: Every) -> u8 {
    match every {
        Every::Day => 0,
        Every::Week => 1,
        Every::Month => 2,
        Every::Term => 3,
        Every::HalfYear => 4,
        Every::Year => 5,
    }
}

/// Training and the review of access: what decides about people. Other duties count at once.
fn duties(v: &mut Versions<'_>) {
    for kind in [DutyKind::Training, DutyKind::AccessReview] {
        let often = |config: &crate::config::Config| {
            let duties = config.duties.iter().filter(|duty| duty.kind.value == kind);
            duties.map(|duty| rounds(duty.every.value)).min()
        };
        match (often(v.old), often(v.new)) {
            (Some(_), None) => v.weaken(format!("the duty {kind} is gone")),
            (Some(was), Some(is)) if was < is => v.weaken(format!("the duty {kind} is rarer")),
            _ => {}
        }
    }
}
