//! What holds between fields, the file and the record: one function a rule.

mod disclosure;
mod matters;
mod steps;

use super::check::{Ill, Objection};
use super::condition::Talk;
use super::{Rule, choices};
use crate::base::time::{Day, Utc};
use crate::config::approvals::Change;
use crate::config::value::Id;
use crate::logbook::entry::{AuthorityForm, Value};
use crate::logbook::fields as f;
use crate::logbook::holders;

pub(super) fn apply(rule: Rule, talk: &Talk<'_>, out: &mut Vec<Objection>) {
    match rule {
        Rule::Apart(a, b) => out.extend(apart(talk, a, b)),
        Rule::NotSelf(name) => out.extend(not_self(talk, name)),
        Rule::InOrder(first, second) => out.extend(in_order(talk, first, second)),
        Rule::OneOf(names, called) => out.extend(one_of(talk, names, called)),
        Rule::Authority => out.extend(authority(talk)),
        Rule::Recipient => out.extend(disclosure::recipient(talk)),
        Rule::Proofs => disclosure::proofs_brought(talk, out),
        Rule::Decider => out.extend(disclosure::decider(talk)),
        Rule::Viewer => out.extend(disclosure::viewer(talk)),
        Rule::OwnRegister => out.extend(disclosure::own_register(talk)),
        Rule::Countersigned => out.extend(disclosure::countersigned(talk)),
        Rule::Protected => out.extend(disclosure::protected(talk)),
        Rule::Unmasked => out.extend(disclosure::unmasked(talk)),
        Rule::Witness => out.extend(disclosure::witness(talk)),
        Rule::SpotLimit => out.extend(spot_limit(talk)),
        Rule::Serious => matters::serious(talk, out),
        Rule::AboutHead => out.extend(matters::about_head(talk)),
        Rule::Notified => out.extend(matters::notified(talk)),
        Rule::AccessSteps => out.extend(steps::access(talk)),
        Rule::CovertSteps => out.extend(steps::covert(talk)),
        Rule::Offset => out.extend(offset(talk)),
        Rule::Erasable => out.extend(erasable(talk)),
        Rule::Approvers => approvers(talk, out),
        Rule::PresentVersion => out.extend(present_version(talk)),
        Rule::NotAuthority(name) => out.extend(not_authority(talk, name)),
    }
}

fn object(
    field: &str,
    ill: Ill,
    sentence: impl Into<String>,
    remedy: impl Into<String>,
) -> Option<Objection> {
    let (sentence, remedy) = (sentence.into(), remedy.into());
    Some(Objection { field: field.into(), ill, sentence, remedy })
}

fn apart(talk: &Talk<'_>, a: &str, b: &str) -> Option<Objection> {
    let (one, two) = (talk.text(a)?, talk.text(b)?);
    // One may stand there by id and the other by name.
    let same = one.eq_ignore_ascii_case(&two)
        || talk.scene.config.people.iter().any(|p| {
            let known = |w: &str| w == p.id.as_str() || w.eq_ignore_ascii_case(&p.title);
            known(&one) && known(&two)
        });
    if !same {
        return None;
    }
    object(b, Ill::Wrong, format!("\"{two}\" stands there twice"), "two different persons sign")
}

fn not_self(talk: &Talk<'_>, name: &str) -> Option<Objection> {
    let who = talk.person()?;
    let is = match talk.draft.body.answer(name)? {
        Value::Text(text) => text == who,
        Value::List(list) => list.iter().any(|w| w == who),
        Value::Yes(_) | Value::Number(_) => false,
    };
    if !is {
        return None;
    }
    let sentence = "it names the person who writes the entry";
    object(name, Ill::Wrong, sentence, "another person has to be named")
}

/// Days and moments compare by what they are; a day and a moment by the school's day.
fn in_order(talk: &Talk<'_>, first: &str, second: &str) -> Option<Objection> {
    let (a, b) = (talk.text(first)?, talk.text(second)?);
    let zone = &talk.scene.config.site.zone;
    let late = match (a.parse::<Utc>(), b.parse::<Utc>()) {
        (Ok(a), Ok(b)) => a > b,
        (one, two) => {
            let day = |moment: Result<Utc, String>, text: &str| match moment {
                Ok(at) => Some(zone.day_of(at)),
                Err(_) => text.parse::<Day>().ok(),
            };
            day(one, &a)? > day(two, &b)?
        }
    };
    if !late {
        return None;
    }
    let sentence = format!("{second} lies before {first}");
    object(second, Ill::Wrong, sentence, "put the two in order")
}

fn one_of(talk: &Talk<'_>, names: &[&str], called: &str) -> Option<Objection> {
    if names.iter().any(|n| talk.said(n).is_some()) {
        return None;
    }
    let first = names.first().copied().unwrap_or_default();
    let remedy = format!("fill in one of: {}", names.join(", "));
    object(first, Ill::Missing, format!("{called} is missing"), remedy)
}

/// One's own word is one's own; a word by mouth counts where the file lets it (S4.12).
fn authority(talk: &Talk<'_>) -> Option<Objection> {
    let authority = talk.draft.body.authority.as_ref()?;
    let who = talk.draft.body.who.as_ref()?;
    let own = who.person == authority.by || who.acting_for.as_ref() == Some(&authority.by);
    match authority.form {
        AuthorityForm::Own if !own && !authority.by.is_empty() => object(
            "authority-form",
            Ill::Wrong,
            format!("\"{}\" is somebody else, so it is not one's own right", authority.by),
            "say whether the word was written or spoken",
        ),
        AuthorityForm::Verbal if !talk.scene.config.viewing.verbal.value => object(
            "authority-form",
            Ill::Refused,
            "the file does not let a spoken word count",
            "get it in writing, or have the person log in",
        ),
        _ => None,
    }
}

/// A spot check shows that a camera works, and no more (S1.28).
fn spot_limit(talk: &Talk<'_>) -> Option<Objection> {
    let limit = talk.scene.config.viewing.spot_check.value.0.as_secs();
    match talk.said("seconds")? {
        Value::Number(n) if n > limit => object(
            "seconds",
            Ill::Wrong,
            format!("{n} s are more than a spot check may show"),
            format!("at most {limit} s; anything longer is a viewing, with its purpose"),
        ),
        _ => None,
    }
}

/// The offset is what the two readings say (R7.1).
fn offset(talk: &Talk<'_>) -> Option<Objection> {
    let at = |name: &str| talk.text(name)?.parse::<Utc>().ok();
    let (recorder, reference) = (at("recorder")?, at("reference")?);
    let Some(Value::Number(said)) = talk.said("offset-ms") else {
        return None;
    };
    let real = (recorder - reference).as_millis();
    if said == real {
        return None;
    }
    let sentence = format!("the readings differ by {real} ms, not by {said}");
    object("offset-ms", Ill::Wrong, sentence, format!("write {real}, or read the clocks again"))
}

/// What cannot be erased is made unusable (S4.23); on flash one pass reaches not every cell (R6.2).
fn erasable(talk: &Talk<'_>) -> Option<Objection> {
    if !talk.is("method", &["erase"]) {
        return None;
    }
    if talk.is("carrier", &["disc", "paper"]) {
        let sentence = "such a carrier cannot be erased";
        return object("method", Ill::Wrong, sentence, "destroy it, and say how");
    }
    let technique = talk.text("technique").unwrap_or_default().to_lowercase();
    let by_key = ["key", "luks", "cryptsetup"].iter().any(|w| technique.contains(w));
    if talk.is("carrier", &["ssd", "stick"]) && by_key {
        let sentence =
            "dropping a key is no erasure on flash: a copy of it may stay in spare cells";
        return object("technique", Ill::Doubt, sentence, "destroy the carrier, or keep it sealed");
    }
    let by_drive = ["sanitize", "secure erase", "crypto"].iter().any(|w| technique.contains(w));
    if talk.is("carrier", &["ssd", "stick"]) && !by_drive {
        let sentence = "overwriting does not reach every cell of flash memory";
        return object(
            "technique",
            Ill::Doubt,
            sentence,
            "have the drive sanitise itself, or destroy it",
        );
    }
    None
}

/// Whom `approvals` names, one of each list, two persons, and not who gains by it (S4.48).
fn approvers(talk: &Talk<'_>, out: &mut Vec<Objection>) {
    let config = talk.scene.config;
    let rule = config.approvals.iter().find(|a| a.change.value == Change::WidenRights);
    for (field, names) in [
        ("approved-by", rule.map(|r| r.by.as_slice())),
        ("approved-and", rule.map(|r| r.and.as_slice())),
    ] {
        let Some(by) = talk.draft.body.answer(field).and_then(|v| v.text().map(String::from))
        else {
            continue;
        };
        if talk.text("subject").as_ref() == Some(&by) {
            let sentence = "nobody approves their own rights";
            out.extend(object(field, Ill::Refused, sentence, "another person has to approve"));
        }
        let Some(names) = names.filter(|n| !n.is_empty()) else {
            continue;
        };
        let mut may = holders::named(config, names);
        if rule.is_some_and(|r| r.deputies) {
            let ids: Vec<&Id> = may.iter().map(|p| &p.id.value).collect();
            let of = |p: &&crate::config::people::Person| {
                p.deputises.as_ref().is_some_and(|d| ids.contains(&&d.value))
            };
            let deputies: Vec<_> = config.people.iter().filter(of).collect();
            may.extend(deputies);
        }
        if !holders::has(&may, &by) {
            let sentence = format!("\"{by}\" is not among those who approve");
            let remedy = format!("the file names: {}", holders::titles(&may));
            out.extend(object(field, Ill::Refused, sentence, remedy));
        }
    }
    out.extend(apart(talk, "approved-by", "approved-and"));
}

/// Another version than that of the file opens nothing: whoever signed it would be shut out until
/// they sign again, and would not know why (S4.25). An old entry was made under its own file.
fn present_version(talk: &Talk<'_>) -> Option<Objection> {
    let (paper, present) = talk.paper()?;
    let said = talk.text(f::VERSION)?;
    if said == present {
        return None;
    }
    let title = &paper.title.value;
    let sentence = format!("version {present} of \"{title}\" is in force, not {said}");
    let remedy = format!("have version {present} signed, and enter that");
    let ill = if talk.scene.corrects { Ill::Doubt } else { Ill::Refused };
    object(f::VERSION, ill, sentence, remedy)
}

/// The word of the one whom it is about is no authority over them (S4.52).
fn not_authority(talk: &Talk<'_>, about: &str) -> Option<Objection> {
    let authority = talk.draft.body.authority.as_ref()?;
    if talk.text(about)? != authority.by {
        return None;
    }
    let sentence = format!("\"{}\" is whom it is about", authority.by);
    object("authority-by", Ill::Refused, sentence, "somebody else has to allow it")
}

/// The title of a word of a choice, for sentences.
fn titled(talk: &Talk<'_>, words: super::Words, word: &str) -> String {
    let all = choices(words, talk.scene.config);
    all.into_iter().find(|c| c.word == word).map_or_else(|| word.into(), |c| c.title)
}
