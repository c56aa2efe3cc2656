//! The entry that a decision makes: one place, so that no effect words its own.

use std::collections::BTreeMap;

use super::ask::{Asking, Situation, Wish};
use super::decide::Found;
use super::denied::Why;
use super::fields;
use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::roles::Deed;
use crate::logbook::{
    Account, Act, Authority, AuthorityForm, Body, Draft, Kind, Number, Value, Who,
};

/// Kind and act of a wish; `None`: it leaves no entry.
fn kind(asking: &Asking) -> Option<(Kind, Act)> {
    // What goes on with a record is a note to it, what begins one opens it.
    let open = if asking.about.is_some() { Act::Note } else { Act::Open };
    Some(match asking.wish {
        Wish::Read(_) => return None,
        Wish::Write(kind, act) => (kind, act),
        Wish::Duty(kind) => (duty(kind), Act::Open),
        Wish::Forget => (Kind::Forgotten, Act::Open),
        Wish::Sign => (Kind::Acceptance, Act::Open),
        Wish::Report => (Kind::Misuse, Act::Open),
        Wish::Confirm => (Kind::Confirmation, Act::Note),
        Wish::Approve => (Kind::Approval, Act::Note),
        Wish::Deed(Deed::EndHold) => (Kind::Hold, Act::Close),
        // A permission that is named is taken back.
        Wish::Deed(Deed::AuthoriseViewing) if asking.about.is_some() => {
            (Kind::Permission, Act::Close)
        }
        Wish::Deed(Deed::Audit) if asking.subject.is_some() => (Kind::PersonReport, open),
        Wish::Deed(deed) => (of_deed(deed), open),
    })
}

fn of_deed(deed: Deed) -> Kind {
    match deed {
        Deed::Live => Kind::Live,
        Deed::Playback => Kind::Viewing,
        Deed::SpotCheck => Kind::SpotCheck,
        // A picture on paper is a still too.
        Deed::Still | Deed::Print => Kind::Still,
        Deed::Export => Kind::Export,
        Deed::AuthoriseViewing => Kind::Permission,
        Deed::AuthoriseDisclosure => Kind::Request,
        Deed::AuthoriseAdmission => Kind::Visit,
        Deed::Witness => Kind::Release,
        Deed::Hold | Deed::EndHold => Kind::Hold,
        Deed::LiftMask => Kind::LiftMask,
        Deed::DailyCheck => Kind::DailyCheck,
        Deed::Investigate => Kind::Breach,
        Deed::Configure => Kind::Change,
        Deed::ManageAccess => Kind::AccessGrant,
        Deed::SetClock => Kind::ClockStep,
        Deed::Restart | Deed::Update => Kind::AdminSession,
        Deed::Dispose => Kind::Disposal,
        Deed::Audit => Kind::AccessReview,
    }
}

fn duty(kind: DutyKind) -> Kind {
    match kind {
        DutyKind::DailyCheck => Kind::DailyCheck,
        DutyKind::RandomCheck => Kind::RandomCheck,
        DutyKind::ClockCheck => Kind::ClockCheck,
        DutyKind::AccessReview => Kind::AccessReview,
        DutyKind::SignCheck => Kind::SignCheck,
        DutyKind::Maintenance => Kind::Maintenance,
        DutyKind::PolicyReview | DutyKind::DpiaReview | DutyKind::Audit => Kind::Review,
        DutyKind::YearlyReport => Kind::Review,
        DutyKind::Liaison => Kind::Meeting,
        DutyKind::Training => Kind::Training,
        DutyKind::PrintCheckpoint | DutyKind::RecoveryCheck => Kind::DutyDone,
    }
}

pub(super) fn granted(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    found: &Found,
) -> Option<Draft> {
    let (kind, act) = kind(asking)?;
    let mut fields = fields(asking);
    guests(&mut fields, at, found);
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
    let spoken = spoken(found);
    if !spoken.is_empty() {
        let confirm_by = at.now + config.viewing.confirm_within.value.0;
        fields.insert(fields::CONFIRM_BY.into(), Value::Text(confirm_by.to_string()));
        fields.insert(fields::SPOKEN_BY.into(), Value::List(spoken));
    }
    if let Some(waiting) = at.waiting.filter(|_| asking.wish == Wish::Approve) {
        fields.insert(fields::DIGEST.into(), Value::Text(waiting.digest().to_string()));
    }
    let mut who = who(at);
    who.acting_for = found.acting_for.as_ref().map(ToString::to_string);
    who.second = found.second.as_ref().map(ToString::to_string);
    let mut body = body(asking, at, who, fields);
    body.authority = found.authority.clone();
    Some(draft(at, kind, act, about(asking, at), body))
}

/// A restart belongs to the privileged session that it happens in.
fn about(asking: &Asking, at: &Situation<'_>) -> Option<Number> {
    let in_session = matches!(asking.wish, Wish::Deed(Deed::Restart | Deed::Update));
    asking.about.or(at.who.entry.filter(|_| in_session))
}

/// The entry about a refusal: who wanted what, and why not.
pub(super) fn refused(why: &Why, asking: &Asking, at: &Situation<'_>) -> Draft {
    let mut body = body(asking, at, who(at), fields(asking));
    // A refusal must not pass for the last use of a right, nor for a permission.
    body.fields.retain(|name, _| {
        [fields::CAMERAS, fields::FROM, fields::UNTIL, fields::SUBJECT].contains(&name.as_str())
    });
    body.fields.insert("wish".into(), Value::Text(asking.wish.to_string()));
    body.authority = asking.authority.clone();
    body.outcome = Some(why.to_string());
    draft(at, Kind::Refused, Act::Open, None, body)
}

fn draft(at: &Situation<'_>, kind: Kind, act: Act, about: Option<Number>, body: Body) -> Draft {
    Draft { at: at.now, clock: at.clock, kind, act, about, body }
}

fn who(at: &Situation<'_>) -> Who {
    let (person, account) = (at.who.person.to_string(), at.who.account);
    Who { person, account, acting_for: None, second: None }
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
    for own in OWN {
        out.remove(own);
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
    if asking.wish == Wish::Sign {
        out.remove(fields::PERSON);
    }
    permit(&mut out, asking);
    out
}

/// Fields that are ours in every entry.
const OWN: [&str; 12] = [
    fields::DEED,
    fields::SUBJECT,
    fields::ANSWER,
    fields::RECIPIENT,
    fields::PROOFS,
    fields::SPOKEN_BY,
    fields::CONFIRM_BY,
    fields::GUESTS,
    fields::GUEST_AUTHORITY,
    fields::SUPERVISOR,
    fields::COVERT,
    fields::DECLARATION,
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

fn guests(out: &mut BTreeMap<String, Value>, at: &Situation<'_>, found: &Found) {
    if at.guests.is_empty() || found.seen.guests.is_empty() {
        return;
    }
    let names = at.guests.iter().map(|guest| format!("{}: {}", guest.class, guest.name));
    let words = found.seen.guests.iter().map(in_words);
    let beside = at.guests.iter().map(|g| g.supervisor.as_ref().unwrap_or(&at.who.person));
    let beside = beside.map(ToString::to_string);
    out.insert(fields::GUESTS.into(), Value::List(names.collect()));
    out.insert(fields::GUEST_AUTHORITY.into(), Value::List(words.collect()));
    out.insert(fields::SUPERVISOR.into(), Value::List(beside.collect()));
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
fn spoken(found: &Found) -> Vec<String> {
    let words = found.authority.iter().chain(&found.seen.guests);
    let verbal = words.filter(|word| word.form == AuthorityForm::Verbal);
    let mut by: Vec<String> = verbal.map(|word| word.by.clone()).collect();
    by.sort();
    by.dedup();
    by
}
