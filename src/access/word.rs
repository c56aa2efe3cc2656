//! On whose word: their own right, a paper, a word given by mouth, a permission in the logbook.

use super::ask::{Asking, Situation};
use super::denied::Why;
use super::right;
use super::session::said;
use crate::config::Config;
use crate::config::disclosure::{Proof, Recipient, RecipientKind};
use crate::config::roles::Deed;
use crate::config::value::{At, Id};
use crate::logbook::{Authority, AuthorityForm, Number};

/// Whose word counts: those whom the file names, else the holders of a right.
#[derive(Clone, Copy)]
pub(super) struct Givers<'a> {
    pub names: &'a [At<Id>],
    pub right: Deed,
}

/// The word that is claimed, if it counts. Without a claim it is that of whoever asks.
pub(super) fn judge(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    claimed: Option<&Authority>,
    givers: Givers<'_>,
) -> Result<Authority, Why> {
    let today = config.site.zone.day_of(at.now);
    let speaks = |id: &Id| right::speaks(config, givers.names, givers.right, id, today).is_some();
    let nobody = || Why::NoAuthority(right::titles(config, speaks));
    let own = |id: &Id| Authority { by: id.to_string(), form: AuthorityForm::Own, reference: None };
    let who = &at.who.person;
    let Some(claimed) = claimed else {
        return if speaks(who) { Ok(own(who)) } else { Err(nobody()) };
    };
    let by = Id::new(&claimed.by).map_err(|_| nobody())?;
    match claimed.form {
        _ if !speaks(&by) => return Err(nobody()),
        // Their own word needs neither paper nor confirmation, whatever they call it.
        _ if by == *who => return Ok(own(who)),
        AuthorityForm::Own => return Err(nobody()),
        AuthorityForm::Written if !said(&claimed.reference) => return Err(Why::NoReference),
        AuthorityForm::Written => {}
        AuthorityForm::Verbal if !config.viewing.verbal.value => return Err(Why::SpokenWord),
        AuthorityForm::Verbal => {}
        AuthorityForm::Permission => stored(config, asking, at, claimed, givers.right)?,
    }
    Ok(claimed.clone())
}

/// Is it the word of this person, given by themselves or by whoever stands in for them?
pub(super) fn is_of(
    config: &Config,
    word: &Authority,
    givers: Givers<'_>,
    person: &Id,
    at: &Situation<'_>,
) -> bool {
    let today = config.site.zone.day_of(at.now);
    let stands_in = |by: Id| {
        right::speaks(config, givers.names, givers.right, &by, today).flatten() == Some(person)
    };
    word.by == person.as_str() || Id::new(&word.by).is_ok_and(stands_in)
}

/// The entry that is named says so, and was made by the one who is named.
fn stored(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    claimed: &Authority,
    right: Deed,
) -> Result<(), Why> {
    let number = number(claimed.reference.as_deref()).ok_or(Why::NoReference)?;
    let good = match right {
        Deed::AuthoriseDisclosure => {
            let decision = at.standing.decision_of(number);
            decision.is_some_and(|d| d.by == claimed.by && d.request == asking.about)
        }
        Deed::AuthoriseViewing => {
            let found = at.standing.permission_of(number);
            found.is_some_and(|p| p.by == claimed.by && p.covers(config, asking, at))
        }
        _ => false,
    };
    if good { Ok(()) } else { Err(Why::NoPermission) }
}

/// The entry of the permission that somebody's word is, if it is one.
pub(super) fn entry_of(authority: &Authority) -> Option<Number> {
    let stored = authority.form == AuthorityForm::Permission;
    number(authority.reference.as_deref().filter(|_| stored))
}

/// `12` or `#12`.
fn number(reference: Option<&str>) -> Option<Number> {
    reference?.trim().trim_start_matches('#').parse().ok()
}

/// A permission for this person, these cameras, this time, by somebody who may still give it
/// (S0.18). Who may permit others needs nobody's leave: their own word, and the entry says so.
pub(super) fn permission(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
) -> Result<Authority, Why> {
    let today = config.site.zone.day_of(at.now);
    let may_permit = |id: &Id| !right::lines(config, id, Deed::AuthoriseViewing, today).is_empty();
    if may_permit(&at.who.person) {
        let by = at.who.person.to_string();
        return Ok(Authority { by, form: AuthorityForm::Own, reference: None });
    }
    let live = at.standing.permissions().find(|(_, permission)| {
        let by = Id::new(&permission.by);
        by.is_ok_and(|by| may_permit(&by)) && permission.covers(config, asking, at)
    });
    let (number, permission) = live.ok_or(Why::NoPermission)?;
    let reference = Some(format!("#{number}"));
    Ok(Authority { by: permission.by.clone(), form: AuthorityForm::Permission, reference })
}

/// May a copy go to that recipient, and on whose word (S1.16, S1.17, S1.50, S1.51)?
///
/// A recipient that the file does not list gets nothing, but for the two whom the law entitles:
/// a court with its order, and the person shown. The media always need a crime and the written word
/// of the police.
pub(super) fn release(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
) -> Result<Authority, Why> {
    let release = asking.release.as_ref().ok_or(Why::NoRecipient)?;
    let kind = release.recipient;
    let listed = config.disclosure.recipients.iter().filter(|r| r.kind.value == kind);
    let rules: Vec<&Recipient> = listed.collect();
    if let Some(rule) = rules.iter().find(|rule| rule.refused) {
        let title = rule.title.as_ref().map_or(kind.to_string(), |t| t.value.clone());
        return Err(Why::RecipientRefused(title));
    }
    let shown = |proof: &Proof| release.proofs.contains(proof);
    let by_law: &[Proof] = match kind {
        RecipientKind::Media => &[Proof::CrimeReference, Proof::WrittenPoliceAuthority],
        RecipientKind::Court if rules.is_empty() => &[Proof::CourtOrder],
        RecipientKind::DataSubject if rules.is_empty() => &[Proof::Identity],
        _ if rules.is_empty() => return Err(Why::RecipientUnlisted(kind.to_string())),
        _ => &[],
    };
    let wanted = rules.iter().flat_map(|rule| &rule.needs).map(|proof| &proof.value);
    if let Some(missing) = by_law.iter().chain(wanted).find(|proof| !shown(proof)) {
        return Err(Why::MissingProof(missing.to_string()));
    }
    for rule in rules.iter().filter(|rule| !rule.needs_one.is_empty()) {
        if !rule.needs_one.iter().any(|proof| shown(&proof.value)) {
            let either: Vec<&str> = rule.needs_one.iter().map(|p| p.value.as_str()).collect();
            return Err(Why::MissingProof(either.join(" or ")));
        }
    }
    let mut names = rules.first().map_or(&[][..], |rule| rule.by.as_slice());
    if names.is_empty() && kind == RecipientKind::DataSubject {
        names = &config.disclosure.subject_access.to;
    }
    let givers = Givers { names, right: Deed::AuthoriseDisclosure };
    judge(config, asking, at, asking.authority.as_ref(), givers)
}
