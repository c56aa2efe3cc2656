//! Whose word counts, for what, and with which papers: approvals, viewers, recipients, purposes.

use super::{Change, Versions};
use crate::access::right;
use crate::config::approvals::{Approval, Change as ChangeKind};
use crate::config::covert::AuthorisationState;
use crate::config::disclosure::{Medium, Proof};
use crate::config::roles::Deed;
use crate::config::value::{At, Id};

pub(super) fn compare(v: &mut Versions<'_>) {
    approvals(v);
    viewers(v);
    visits(v);
    recipients(v);
    disclosure(v);
    purposes(v);
    covert(v);
    breaches(v);
}

/// Weakening a line of `approvals` is a change of that line's own kind: it takes its own keys.
fn approvals(v: &mut Versions<'_>) {
    for was in &v.old.approvals {
        let kind = was.change.value;
        let is = v.new.approvals.iter().find(|a| a.change.value == kind);
        let Some(is) = is else {
            weaker(v, kind, Vec::new(), format!("{kind} needs no approval any more"));
            continue;
        };
        if !was.and.is_empty() && is.and.is_empty() {
            weaker(v, kind, Vec::new(), format!("{kind} takes one key instead of two"));
        }
        if is.deputies && !was.deputies {
            let what = format!("deputies may approve {kind}");
            weaker(v, kind, Vec::new(), what);
        }
        for id in gained_keys(v, was, is) {
            weaker(v, kind, vec![id.clone()], format!("{id} may approve {kind}"));
        }
    }
}

fn weaker(v: &mut Versions<'_>, kind: ChangeKind, favours: Vec<Id>, what: String) {
    v.found.push(Change { kind, what, favours });
}

fn gained_keys(v: &Versions<'_>, was: &Approval, is: &Approval) -> Vec<Id> {
    let mut all = v.gained(&was.by, &is.by);
    if !was.and.is_empty() {
        all.extend(v.gained(&was.and, &is.and));
    }
    all.sort();
    all.dedup();
    all
}

fn missing(was: &[At<Proof>], is: &[At<Proof>]) -> Vec<Proof> {
    let gone = was.iter().filter(|proof| !is.iter().any(|p| p.value == proof.value));
    gone.map(|proof| proof.value).collect()
}

/// Whose word is enough: people of the list, or, where it names nobody, the holders of a right.
fn more_givers(v: &mut Versions<'_>, was: &[At<Id>], is: &[At<Id>], right: Deed, about: &str) {
    if is.is_empty() && !was.is_empty() {
        v.widen(Vec::new(), format!("{about}: the word of more people counts"));
        return;
    }
    let held = |id: &Id| {
        let held = right::roles_ever(v.old, id).into_iter();
        let mut deeds = held.flat_map(|held| held.role.may.iter().flat_map(|may| &may.deeds));
        deeds.any(|deed| deed.value == right)
    };
    let mut gained = v.gained(was, is);
    gained.retain(|id| !was.is_empty() || !held(id));
    for id in gained {
        v.widen(vec![id.clone()], format!("{about}: the word of {id} counts"));
    }
}

fn viewers(v: &mut Versions<'_>) {
    for is in &v.new.viewing.viewers {
        let about = format!("viewers of the class {}", is.kind.value);
        let was = v.old.viewing.viewers.iter().find(|was| was.kind.value == is.kind.value);
        let Some(was) = was else {
            if !is.refused {
                v.widen(Vec::new(), format!("{about} are let in"));
            }
            continue;
        };
        if was.refused && !is.refused {
            v.widen(Vec::new(), format!("{about} are let in"));
        }
        v.switched_off(was.supervised.value, is.supervised.value, format!("{about}: supervision"));
        let (clips, now) = (was.approved_clips.value, is.approved_clips.value);
        v.switched_off(clips, now, format!("{about}: approved clips only"));
        for proof in missing(&was.needs, &is.needs) {
            v.weaken(format!("{about}: {proof} is not asked for any more"));
        }
        more_givers(v, &was.by, &is.by, Deed::AuthoriseViewing, &about);
    }
}

fn visits(v: &mut Versions<'_>) {
    let (was, is) = (&v.old.viewing, &v.new.viewing);
    if is.spot_check.value > was.spot_check.value {
        v.widen(Vec::new(), format!("spot checks may show {}", is.spot_check.value));
    }
    if is.verbal.value && !was.verbal.value {
        v.weaken("a spoken word counts");
    }
    if is.confirm_within.value > was.confirm_within.value {
        v.weaken(format!("spoken words wait {} for confirmation", is.confirm_within.value));
    }
    v.switched_off(was.declaration.is_some(), is.declaration.is_some(), "the declaration");
    let (was, is) = (&was.visits, &is.visits);
    v.switched_off(was.identity.value, is.identity.value, "visits: identity is seen");
    v.switched_off(was.supervised.value, is.supervised.value, "visits: supervision");
}

fn recipients(v: &mut Versions<'_>) {
    for is in &v.new.disclosure.recipients {
        let about = format!("recipients of the class {}", is.kind.value);
        let was = v.old.disclosure.recipients.iter().find(|was| was.kind.value == is.kind.value);
        let Some(was) = was else {
            if !is.refused {
                v.widen(Vec::new(), format!("{about} may receive copies"));
            }
            continue;
        };
        if was.refused && !is.refused {
            v.widen(Vec::new(), format!("{about} may receive copies"));
        }
        for proof in missing(&was.needs, &is.needs) {
            v.weaken(format!("{about}: {proof} is not asked for any more"));
        }
        let more = missing(&is.needs_one, &was.needs_one);
        if !was.needs_one.is_empty() && (is.needs_one.is_empty() || !more.is_empty()) {
            v.weaken(format!("{about}: other papers are enough"));
        }
        more_givers(v, &was.by, &is.by, Deed::AuthoriseDisclosure, &about);
    }
    // A class that was refused and is listed no more is refused still.
}

fn disclosure(v: &mut Versions<'_>) {
    let (was, is) = (&v.old.disclosure, &v.new.disclosure);
    v.switched_off(was.witness.value, is.witness.value, "releases: the witness");
    let (any, now) = (was.out_of_hours_witness.value, is.out_of_hours_witness.value);
    v.switched_off(!any, !now, "releases: the witness's right, out of hours");
    if is.medium.value == Medium::Plain && was.medium.value != Medium::Plain {
        v.weaken("releases: encryption of the carrier");
    }
    let asked = (was.protected_persons.value, is.protected_persons.value);
    v.switched_off(asked.0, asked.1, "releases: the question about protected persons");
    let (to, now) = (&was.subject_access.to, &is.subject_access.to);
    more_givers(v, to, now, Deed::AuthoriseDisclosure, "subject access");
    v.switched_off(
        v.old.disposal.witness.value,
        v.new.disposal.witness.value,
        "disposal: the witness",
    );
}

/// A purpose more is a use more (S0.3, K1); its question is a safeguard (S0.10).
fn purposes(v: &mut Versions<'_>) {
    for is in &v.new.practice.purposes {
        let was = v.old.practice.purposes.iter().find(|was| was.id.value == is.id.value);
        match was {
            None => v.widen(Vec::new(), format!("a new purpose: {}", is.title.value)),
            Some(was) => {
                let question = (was.needs.is_some(), is.needs.is_some());
                let what = format!("the question that the purpose {} asks", is.id.value);
                v.switched_off(question.0, question.1, what);
            }
        }
    }
    for is in &v.new.zones.list {
        let Some(was) = v.old.zone(&is.id.value).filter(|was| !was.purposes.is_empty()) else {
            continue;
        };
        let more = is.purposes.iter().any(|p| !was.purposes.iter().any(|w| w.value == p.value));
        if is.purposes.is_empty() || more {
            v.widen(Vec::new(), format!("{} serves more purposes", is.title.value));
        }
    }
}

/// An authorisation that is new or newly in force lets somebody see what nobody is told of (S1.39).
fn covert(v: &mut Versions<'_>) {
    for is in &v.new.covert.authorisations {
        let all = &v.old.covert.authorisations;
        let was = all.iter().find(|was| was.reference.value == is.reference.value);
        let stands = |state| state == AuthorisationState::Authorised;
        let same = was.is_some_and(|was| {
            (was.in_charge == is.in_charge || !stands(is.state.value))
                && (stands(was.state.value) || !stands(is.state.value))
                && was.until == is.until
                && was.from == is.from
                && was.cameras == is.cameras
        });
        if !same && is.state.value != AuthorisationState::Applied {
            let named: Vec<At<Id>> = is.in_charge.iter().cloned().collect();
            let favours = v.gained(&[], &named);
            v.widen(favours, format!("covert authorisation {}", is.reference.value));
        }
    }
}

/// Who looks into matters about those who look into matters (K13, S1.53).
fn breaches(v: &mut Versions<'_>) {
    let (was, is) = (&v.old.breaches, &v.new.breaches);
    let about = (was.about_head.is_some(), is.about_head.is_some());
    v.switched_off(about.0, about.1, "breaches: who acts in matters about the Headteacher");
    let apart = (was.independent.is_some(), is.independent.is_some());
    v.switched_off(apart.0, apart.1, "breaches: the independent investigator");
    if is.notify_within.value > was.notify_within.value {
        v.weaken(format!("breaches are notified within {}", is.notify_within.value));
    }
}
