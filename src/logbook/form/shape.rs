//! An entry that is about to be made against its form, whoever makes it.
//!
//! [`super::check()`] is for what people fill in: it asks the file, the record and the rules, and
//! speaks to the reader. This asks one thing of every entry, the recorder's and those of deeds too:
//! do its fields have the names, sorts and words that the form declares, and is what it always
//! needs there? Who writes a name that nobody declares, or leaves out one that readers look for, is
//! told by the first test that makes such an entry.

use super::{Field, Form, Need, Sort, Words, added, form};
use crate::base::digest::Digest;
use crate::base::time::{Day, Utc};
use crate::logbook::answer::SLOTS;
use crate::logbook::entry::{Act, Draft, Value};

/// # Errors
/// A sentence for whoever writes the program: kind, act, field, and what is wrong with it.
pub fn shape(draft: &Draft) -> Result<(), String> {
    let said = format!("{} {:?}", draft.kind, draft.act);
    if draft.act == Act::Correct {
        return Ok(()); // judged when it was filled in, against the form of what it puts right
    }
    let form = form(draft.kind, draft.act).ok_or_else(|| format!("{said} has no form"))?;
    for (name, value) in draft.body.answers() {
        let slot = SLOTS.contains(&name.as_str()).then_some(Sort::Line);
        let sort = form.field(&name).map(|field| field.sort).or(added(&name)).or(slot);
        let sort = sort.ok_or_else(|| format!("{said}: {name} is in no form"))?;
        fits(sort, &value).map_err(|why| format!("{said}: {name} {why}: {value:?}"))?;
    }
    match missing(form, draft) {
        Some(field) => Err(format!("{said}: {} is missing", field.name)),
        None => Ok(()),
    }
}

fn missing(form: &Form, draft: &Draft) -> Option<&'static Field> {
    let mut needed = form.fields().filter(|field| field.need == Need::Always);
    needed.find(|field| {
        // An empty list says "none" where the recorder fills it in.
        draft.body.answer(field.name).is_none() && !draft.body.fields.contains_key(field.name)
    })
}

/// Words of the file may be those of an earlier version; all else can be judged by itself.
fn fits(sort: Sort, value: &Value) -> Result<(), &'static str> {
    let good = match (sort, value) {
        (Sort::Line | Sort::Text | Sort::Clock, Value::Text(_)) => true,
        (Sort::Choice(Words::These(words)), Value::Text(text)) => {
            words.iter().any(|(word, _)| word == text)
        }
        (Sort::Several(Words::These(words)), Value::List(list)) => {
            list.iter().all(|text| words.iter().any(|(word, _)| word == text))
        }
        (Sort::Choice(Words::From(_)), Value::Text(_)) => true,
        (Sort::Several(Words::From(_)), Value::List(_)) => true,
        (Sort::Several(Words::From(_)), Value::Text(text)) => text == super::fields::ALL,
        (Sort::Day(_), Value::Text(text)) => text.parse::<Day>().is_ok(),
        (Sort::Moment(_), Value::Text(text)) => text.parse::<Utc>().is_ok(),
        (Sort::Digest, Value::Text(text)) => text.parse::<Digest>().is_ok(),
        (Sort::YesNo, Value::Yes(_)) | (Sort::Confirmed, Value::Yes(true)) => true,
        (Sort::Number { min, max, .. }, Value::Number(n)) => (min..=max).contains(n),
        (Sort::Entry(_), Value::Number(n)) => *n >= 0,
        (Sort::List | Sort::Dated, Value::List(_)) => true,
        _ => false,
    };
    if good { Ok(()) } else { Err("is not of its sort") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logbook::{Body, ClockState, Kind, fields};

    #[test]
    fn an_entry_that_no_form_knows_is_told() {
        let text = |text: &str| Value::Text(text.into());
        let digest = || Value::Text(Digest::of(b"").to_string());
        let edit = [(fields::DIGEST, digest())];
        for (kind, act, said, want) in [
            (Kind::Edit, Act::Open, edit.to_vec(), None),
            (Kind::Edit, Act::Open, vec![(fields::DEED, text("configure"))], None),
            (Kind::Edit, Act::Close, vec![], Some("edit Close has no form")),
            (Kind::Edit, Act::Open, vec![("diff", text("x"))], Some("diff is in no form")),
            (Kind::Edit, Act::Open, vec![(fields::DIGEST, text("x"))], Some("not of its sort")),
            (Kind::Disk, Act::Open, vec![(fields::DISK, text("a"))], Some("what is missing")),
            (Kind::Approval, Act::Close, vec![(fields::ENDED, text("over"))], Some("of its sort")),
        ] {
            let fields = said.iter().map(|(n, v)| (n.to_string(), v.clone())).collect();
            let body = Body { fields, outcome: Some("over".into()), ..Body::default() };
            let (at, clock) = (Utc(0), ClockState::Synced);
            let got = shape(&Draft { at, clock, kind, act, about: None, body });
            let fits = match want {
                None => got.is_ok(),
                Some(words) => got.as_ref().is_err_and(|why| why.contains(words)),
            };
            assert!(fits, "{kind} {said:?}: {got:?}");
        }
    }
}
