//! Which wish an entry made by hand stands for, and which entries are made in another way.

use super::look;
use crate::access::{Asking, Permit, Wish};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::config::duties::DutyKind;
use crate::config::roles::Deed;
use crate::config::value::{Id, Word};
use crate::logbook::fields as f;
use crate::logbook::form::{self, Maker};
use crate::logbook::{Act, Body, ClockState, Draft, Kind, Value};
use crate::wire::look::Looking;

/// How such an entry is made, where it is not by filling in its form; `None`: by hand.
pub(super) fn otherwise(kind: Kind, act: Act) -> Option<&'static str> {
    if act == Act::Correct {
        return None; // whether it can be put right, the decision says
    }
    let Some(form) = form::form(kind, act) else { return Some("there is no such form") };
    Some(match (kind, act) {
        _ if form.maker == Maker::Machine => "the recorder alone writes it",
        (Kind::Live | Kind::Viewing | Kind::SpotCheck, Act::Open | Act::Close) => {
            "it is made when pictures are shown, and when they are put away"
        }
        (Kind::Still | Kind::LiftMask, Act::Open) => "it is made when the picture is",
        (Kind::Export, Act::Open | Act::Close) => "it is made by the export",
        (Kind::PersonReport, _) => "ask for the report: beadle people --report PERSON",
        (Kind::Forgotten, _) => "destroy them: beadle logbook forget",
        (Kind::Edit, _) => "save the file",
        (Kind::Approval, _) => "approve the version: beadle approve DIGEST",
        (Kind::BreakGlass | Kind::AdminSession | Kind::Enrolment, Act::Open)
        | (Kind::AdminSession, _)
        | (
            Kind::Stopped
            | Kind::ClockStep
            | Kind::LogIn
            | Kind::LogInFailed
            | Kind::LogOut
            | Kind::Audit
            | Kind::Secret
            | Kind::Stick
            | Kind::Refused,
            _,
        )
        | (Kind::Told, Act::Note) => "the recorder writes it when it happens",
        _ => return None,
    })
}

/// What a form may come to, before anything is filled in; nothing where that cannot be known yet.
pub(super) fn of_form(kind: Kind, act: Act) -> Vec<Wish> {
    let plain = match (kind, act) {
        // One's own paper, somebody else's; the duty is the first field.
        (Kind::Acceptance, Act::Open) | (Kind::DutyDone, _) => return Vec::new(),
        // Entered by the wish to take away, itself: see `export`.
        (Kind::Export, _) => vec![Wish::Deed(Deed::Export)],
        (Kind::Request, Act::Note) => {
            vec![Wish::Write(kind, act), Wish::Deed(Deed::AuthoriseDisclosure)]
        }
        _ => match Looking::of(kind) {
            // Entered by the wish to look itself: see `look`.
            Some(looking) => vec![Wish::Deed(look::deed(looking))],
            None => {
                let nothing = Draft {
                    at: Utc(0),
                    clock: ClockState::Unknown,
                    kind,
                    act,
                    about: None,
                    body: Body::default(),
                };
                wish(&nothing).into_iter().collect()
            }
        },
    };
    // The same form puts such an entry right.
    plain.into_iter().chain([Wish::Write(kind, Act::Correct)]).collect()
}

/// What somebody asks for with such an entry, at that moment.
///
/// # Errors
/// A field that the decision needs is not what it should be.
pub(super) fn asking(draft: &Draft, now: Utc) -> Result<Asking, String> {
    let body = &draft.body;
    let mut asking = Asking::to(wish(draft)?);
    asking.entry = Some((draft.kind, draft.act));
    asking.purpose = body.purpose.as_deref().map(Id::new).transpose()?;
    asking.reason = body.reason.clone();
    if asking.wish.privileged() && asking.reason.is_none() {
        // Privilege wants a reason (S4.53), and some forms say it by what they are.
        asking.reason = form::form(draft.kind, draft.act).map(|form| form.title.to_string());
    }
    asking.outcome = body.outcome.clone();
    asking.authority = body.authority.clone();
    asking.about = draft.about;
    asking.more = body.fields.clone();
    asking.subject = body.text(f::SUBJECT).and_then(|id| Id::new(id).ok());
    asking.answer = body.text(f::ANSWER).map(String::from);
    if draft.kind == Kind::Permission && draft.act == Act::Open {
        asking.permit = Some(permit(body, now)?);
    }
    if draft.kind == Kind::Hold && draft.act == Act::Open {
        asking.cameras = cameras(body)?;
        asking.window = moment(body, f::FROM)?.zip(moment(body, f::UNTIL)?);
    }
    Ok(asking)
}

fn wish(draft: &Draft) -> Result<Wish, String> {
    let body = &draft.body;
    let signer = body.who.as_ref().map(|who| who.person.as_str());
    Ok(match (draft.kind, draft.act) {
        (kind, Act::Correct) => Wish::Write(kind, Act::Correct),
        (Kind::Misuse, Act::Open) => Wish::Report,
        (Kind::Acceptance, Act::Open) if body.text(f::PERSON) == signer => Wish::Sign,
        (Kind::Confirmation, _) => Wish::Confirm,
        (Kind::DailyCheck, _) => Wish::Duty(DutyKind::DailyCheck),
        (Kind::RandomCheck, _) => Wish::Duty(DutyKind::RandomCheck),
        (Kind::ClockCheck, _) => Wish::Duty(DutyKind::ClockCheck),
        (Kind::SignCheck, _) => Wish::Duty(DutyKind::SignCheck),
        (Kind::AccessReview, _) => Wish::Duty(DutyKind::AccessReview),
        (Kind::DutyDone, _) => duty(body.text(f::DUTY).unwrap_or_default()),
        (Kind::Permission | Kind::Clip, Act::Open | Act::Close) => {
            Wish::Deed(Deed::AuthoriseViewing)
        }
        (Kind::Request, Act::Note) if body.fields.contains_key(f::DECISION) => {
            Wish::Deed(Deed::AuthoriseDisclosure)
        }
        (Kind::AccessGrant, _) => Wish::Deed(Deed::ManageAccess),
        (Kind::BreakGlass, Act::Close) => Wish::Deed(Deed::Audit),
        (Kind::Disposal, _) => Wish::Deed(Deed::Dispose),
        (Kind::Hold, Act::Close) => Wish::Deed(Deed::EndHold),
        (Kind::Hold, _) => Wish::Deed(Deed::Hold),
        (kind, act) => Wish::Write(kind, act),
    })
}

/// A duty of the file is for whom it names; one that comes by itself for whoever is responsible.
fn duty(word: &str) -> Wish {
    let found = DutyKind::WORDS.iter().find(|(known, _)| *known == word);
    found.map_or(Wish::OwnDuty, |(_, kind)| Wish::Duty(*kind))
}

fn moment(body: &Body, name: &str) -> Result<Option<Utc>, String> {
    let parse = |text: &str| text.parse().map_err(|_| format!("{name}: \"{text}\" is no moment."));
    body.text(name).map(parse).transpose()
}

/// Empty: all of them.
fn cameras(body: &Body) -> Result<Vec<CameraId>, String> {
    match body.fields.get(f::CAMERAS) {
        Some(Value::List(list)) => list.iter().map(|id| CameraId::new(id)).collect(),
        _ => Ok(Vec::new()),
    }
}

/// Without a window it is for what happens from now until it ends.
fn permit(body: &Body, now: Utc) -> Result<Permit, String> {
    let expires = moment(body, f::EXPIRES)?.ok_or("Say when the permission ends.")?;
    let from = moment(body, f::FROM)?.unwrap_or(now);
    let until = moment(body, f::UNTIL)?.unwrap_or(expires);
    let to = Id::new(body.text(f::TO).unwrap_or_default())?;
    Ok(Permit { to, cameras: cameras(body)?, window: (from, until), expires })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logbook::Who;

    /// Every form is either filled in by hand, and then `access` lets its wish make that entry; or
    /// the reader is told how it is made.
    #[test]
    fn every_form_can_be_reached() {
        let by_hand = form::all().filter(|form| otherwise(form.kind, form.act).is_none());
        let mut count = 0;
        for form in by_hand {
            let who = Who {
                person: "head".into(),
                account: crate::logbook::Account::Own,
                acting_for: None,
                second: None,
            };
            let mut body = Body { who: Some(who), ..Body::default() };
            for (name, text) in [
                (f::EXPIRES, "2026-12-01T08:00:00Z"),
                (f::TO, "guard"),
                (f::DUTY, "fee-renewal"),
                (f::PERSON, "guard"),
            ] {
                body.fields.insert(name.into(), text.into());
            }
            let (kind, act, about) = (form.kind, form.act, (form.act != Act::Open).then_some(3));
            let draft = Draft { at: Utc(0), clock: ClockState::Synced, kind, act, about, body };
            let asking = asking(&draft, Utc(0)).unwrap();
            assert!(crate::access::can_make(&asking), "{kind} {act:?} by {}", asking.wish);
            count += 1;
        }
        assert!(count > 60, "{count} forms are filled in by hand");
    }
}
