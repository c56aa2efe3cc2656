//! The entry that a decision makes: one place, so that no effect words its own.

use std::collections::BTreeMap;

use super::ask::{Asking, Guest, Situation, Wish};
use super::decide::Found;
use super::denied::Why;
use super::{fields, makes, word};
use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::config::Config;
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::logbook::{
    Account, Act, Authority, AuthorityForm, Body, Draft, Kind, Number, Value, Who,
};

pub(super) fn granted(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    found: &Found,
) -> Option<Draft> {
    let about = about(asking, at);
    let (kind, act) = makes::entry(asking, about.is_some())?;
    let mut fields = fields(asking);
    if asking.wish == Wish::Sign {
        // One signs for oneself, whatever the form says.
        fields.insert(fields::PERSON.into(), Value::Text(at.who.person.to_string()));
    }
    looking(&mut fields, asking, at, found);
    if !found.seen.covert.is_empty() {
        fields.insert(fields::COVERT.into(), Value::List(found.seen.covert.clone()));
    }
    if asking.wish.recorded()
        && at.declared
        && let Some(text) = &config.viewing.declaration
    {
        let digest = Digest::of(text.value.as_bytes());
        fields.insert(fields::DECLARATION.into(), Value::Text(digest.to_string()));
    }
    let authority = on_whose_word(asking, found);
    let spoken = spoken(authority.as_ref(), found);
    if !spoken.is_empty() {
        let confirm_by = at.now + config.viewing.confirm_within.value.0;
        fields.insert(fields::CONFIRM_BY.into(), Value::Text(confirm_by.to_string()));
        fields.insert(fields::SPOKEN_BY.into(), Value::List(spoken));
    }
    if let Some(waiting) = at.waiting.filter(|_| asking.wish == Wish::Approve) {
        fields.insert(fields::DIGEST.into(), Value::Text(waiting.digest().to_string()));
    }
    if found.exception {
        fields.insert(fields::WITNESS_EXCEPTION.into(), Value::Yes(true));
    }
    let mut who = who(at);
    who.acting_for = found.acting_for.as_ref().map(ToString::to_string);
    let beside = || at.second.map(|second| second.person.clone());
    who.second = found.second.clone().or_else(beside).map(|id| id.to_string());
    let mut body = body(asking, at, who, fields);
    body.authority = authority;
    Some(draft(at, kind, act, about, body))
}

/// That of a guest first: it is the one that somebody is asked about. A word that no rule asked for
/// is entered as it was given.
fn on_whose_word(asking: &Asking, found: &Found) -> Option<Authority> {
    let guest = found.seen.guests.first().or(found.authority.as_ref());
    guest.or(asking.authority.as_ref()).cloned()
}

/// A restart belongs to the privileged session that it happens in. A look begins a record of its
/// own: what it is for stands in its fields.
fn about(asking: &Asking, at: &Situation<'_>) -> Option<Number> {
    if asking.wish.watches() {
        return None;
    }
    let in_session = matches!(asking.wish, Wish::Deed(Deed::Restart | Deed::Update));
    asking.about.or(at.who.entry.filter(|_| in_session))
}

/// The entry about a refusal: who wanted what, and why not.
pub(super) fn refused(why: &Why, asking: &Asking, at: &Situation<'_>) -> Draft {
    let mut body = body(asking, at, who(at), fields(asking));
    // A refusal must not pass for the last use of a right, nor for a permission.
    // The forms of other entries have days where this one has moments.
    body.fields.retain(|name, value| match (name.as_str(), value) {
        (fields::CAMERAS, Value::List(_)) | (fields::SUBJECT, Value::Text(_)) => true,
        (fields::CAMERAS, Value::Text(word)) => word == fields::ALL,
        (fields::FROM | fields::UNTIL, Value::Text(at)) => at.parse::<Utc>().is_ok(),
        _ => false,
    });
    body.fields.insert(fields::WISH.into(), Value::Text(asking.wish.to_string()));
    body.authority = asking.authority.clone();
    body.outcome = Some(why.to_string());
    draft(at, Kind::Refused, Act::Open, None, body)
}

fn draft(at: &Situation<'_>, kind: Kind, act: Act, about: Option<Number>, body: Body) -> Draft {
    Draft { at: at.now, clock: at.clock, kind, act, about, body }
}

fn who(at: &Situation<'_>) -> Who {
    Who::alone(at.who.person.as_str(), at.who.account)
}

fn body(asking: &Asking, at: &Situation<'_>, who: Who, fields: BTreeMap<String, Value>) -> Body {
    // A privileged session was opened for a reason; it stands for those deeds that give none.
    let lent = at.who.reason.clone().filter(|_| at.who.account != Account::Own);
    Body {
        who: Some(who),
        station: at.station.map(ToString::to_string),
        purpose: asking.purpose.as_ref().map(ToString::to_string),
        reason: asking.reason.clone().or(lent),
        authority: None,
        outcome: asking.outcome.clone(),
        fields,
    }
}

/// What the form gave, then what is known here: nobody's form overwrites that.
fn fields(asking: &Asking) -> BTreeMap<String, Value> {
    let mut out = asking.more.clone();
    let looks = asking.wish.watches().then_some(OWN_OF_LOOKS);
    for own in OWN.iter().chain(looks.iter().flatten()) {
        out.remove(*own);
    }
    let mut text = |name: &str, value: String| out.insert(name.to_string(), Value::Text(value));
    text(fields::DEED, asking.wish.to_string());
    if let Some(subject) = &asking.subject {
        text(fields::SUBJECT, subject.to_string());
    }
    if let Some(answer) = &asking.answer {
        text(fields::ANSWER, answer.clone());
    }
    if let Some((from, until)) = asking.window {
        text(fields::FROM, from.to_string());
        text(fields::UNTIL, until.to_string());
    }
    if let Some(release) = &asking.release {
        text(fields::RECIPIENT, release.recipient.to_string());
        let proofs = release.proofs.iter().map(ToString::to_string).collect();
        out.insert(fields::PROOFS.into(), Value::List(proofs));
    }
    if !asking.cameras.is_empty() {
        out.insert(fields::CAMERAS.into(), cameras(&asking.cameras));
    }
    permit(&mut out, asking);
    out
}

/// Fields that are ours in every entry.
const OWN: [&str; 6] = [
    fields::DEED,
    fields::SUBJECT,
    fields::SPOKEN_BY,
    fields::CONFIRM_BY,
    fields::COVERT,
    fields::WITNESS_EXCEPTION,
];

/// Fields that are ours where pictures are seen; a form about a visit asks for some of them itself.
const OWN_OF_LOOKS: [&str; 11] = [
    fields::ANSWER,
    fields::RECIPIENT,
    fields::PROOFS,
    fields::GUESTS,
    fields::GUEST_AUTHORITY,
    fields::SUPERVISOR,
    fields::DECLARATION,
    fields::DECLARED,
    fields::VIEWER,
    fields::VIEWER_NAME,
    fields::PERMISSION,
];

fn permit(out: &mut BTreeMap<String, Value>, asking: &Asking) {
    let Some(permit) = &asking.permit else { return };
    let moment = |at: Utc| Value::Text(at.to_string());
    out.insert(fields::TO.into(), Value::Text(permit.to.to_string()));
    out.insert(fields::FROM.into(), moment(permit.window.0));
    out.insert(fields::UNTIL.into(), moment(permit.window.1));
    out.insert(fields::EXPIRES.into(), moment(permit.expires));
    let seen = match permit.cameras.is_empty() {
        true => Value::Text(fields::ALL.into()),
        false => cameras(&permit.cameras),
    };
    out.insert(fields::CAMERAS.into(), seen);
}

fn cameras(list: &[CameraId]) -> Value {
    Value::List(list.iter().map(ToString::to_string).collect())
}

const SPOT_CHECK: Wish = Wish::Deed(Deed::SpotCheck);

/// What an entry about pictures says beside the question: who looks on, under which permission, and
/// that the declaration was accepted.
fn looking(out: &mut BTreeMap<String, Value>, asking: &Asking, at: &Situation<'_>, found: &Found) {
    if !asking.wish.watches() {
        return;
    }
    if let Some(number) = found.authority.as_ref().and_then(word::entry_of) {
        out.insert(fields::PERMISSION.into(), Value::Number(number.cast_signed()));
    }
    if let Some(request) = asking.about.filter(|_| !out.contains_key(fields::REQUEST)) {
        out.insert(fields::REQUEST.into(), Value::Number(request.cast_signed()));
    }
    if let Some((from, until)) = asking.window.filter(|_| asking.wish == SPOT_CHECK) {
        let seconds = ((until - from).as_millis() + 999) / 1_000;
        out.insert(fields::SECONDS.into(), Value::Number(seconds.max(1)));
    }
    if asking.wish.recorded() && at.declared {
        out.insert(fields::DECLARED.into(), Value::Yes(true));
    }
    let mut text = |name: &str, value: String| out.insert(name.to_string(), Value::Text(value));
    let Some(first) = at.guests.first() else {
        if asking.wish == Wish::Deed(Deed::Playback) {
            text(fields::VIEWER, fields::STAFF.into());
        }
        return;
    };
    text(fields::VIEWER, first.class.to_string());
    text(fields::VIEWER_NAME, first.name.clone());
    text(fields::SUPERVISOR, beside(first, at).to_string());
    for (name, said) in &first.shown {
        text(name, said.clone());
    }
    let guests = at.guests.iter().map(|guest| match at.guests.len() {
        1 => format!("{}: {}", guest.class, guest.name),
        // The form has room for one companion.
        _ => format!("{}: {} (with {})", guest.class, guest.name, beside(guest, at)),
    });
    out.insert(fields::GUESTS.into(), Value::List(guests.collect()));
    let words = found.seen.guests.iter().map(in_words);
    out.insert(fields::GUEST_AUTHORITY.into(), Value::List(words.collect()));
}

fn beside<'a>(guest: &'a Guest, at: &Situation<'a>) -> &'a Id {
    guest.supervisor.as_ref().unwrap_or(&at.who.person)
}

fn in_words(authority: &Authority) -> String {
    let form = match authority.form {
        AuthorityForm::Own => "own",
        AuthorityForm::Written => "written",
        AuthorityForm::Verbal => "verbal",
        AuthorityForm::Permission => "permission",
    };
    let reference = authority.reference.as_ref().map(|r| format!(" {r}")).unwrap_or_default();
    format!("{}: {form}{reference}", authority.by)
}

/// Who gave their word by mouth, each once (K7).
fn spoken(authority: Option<&Authority>, found: &Found) -> Vec<String> {
    let words = authority.into_iter().chain(&found.authority).chain(&found.seen.guests);
    let verbal = words.filter(|word| word.form == AuthorityForm::Verbal);
    let mut by: Vec<String> = verbal.map(|word| word.by.clone()).collect();
    by.sort();
    by.dedup();
    by
}
