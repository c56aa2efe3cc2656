//! What a decision enters, against the form of its kind: names, sorts, and what has to be there.

use super::world::{Case, camera, edited, id, now};
use crate::access::{Asking, Grant, Wish};
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::roles::Deed;
use crate::config::value::Word;
use crate::config::viewing::Viewer;
use crate::logbook::form::{self, Field, Ill, Objection, Scene, Side, Sort};
use crate::logbook::{Act, Authority, AuthorityForm, Draft, Kind, Value};

/// The head may do all.
fn permissive() -> Config {
    let all: Vec<String> = Deed::WORDS.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    let role = format!(
        "role \"all\" {{ may {}; register \"visits\" \"write\"; held-by \"head\"; }}",
        all.join(" ")
    );
    edited(&[("    role \"service\"", &format!("    {role}\n    role \"service\""))])
}

/// What a person would fill in.
fn answer(field: &Field, config: &Config) -> Value {
    match field.sort {
        Sort::Choice(words) => {
            let all = form::choices(words, config);
            Value::Text(all.into_iter().next().map(|c| c.word).unwrap_or_default())
        }
        Sort::Several(words) => {
            Value::List(form::choices(words, config).into_iter().take(1).map(|c| c.word).collect())
        }
        Sort::YesNo | Sort::Confirmed => Value::Yes(true),
        Sort::Day(Side::Ahead) => "2026-12-01".into(),
        Sort::Day(_) => "2026-11-20".into(),
        Sort::Moment(Side::Ahead) => "2026-12-01T08:00:00.000Z".into(),
        Sort::Moment(_) => "2026-11-20T08:00:00.000Z".into(),
        Sort::Clock => "09:14".into(),
        Sort::Number { min, .. } => Value::Number(min.max(0)),
        Sort::List => Value::List(vec!["one".into()]),
        Sort::Dated => Value::List(vec!["2026-12-01 One".into()]),
        Sort::Entry(_) => Value::Number(1),
        Sort::Digest => Value::Text(crate::base::digest::Digest::of(b"").to_string()),
        // Of the little school's staff code.
        Sort::Line if field.name == "version" => "2".into(),
        Sort::Line | Sort::Text => "in a few words".into(),
    }
}

fn put(asking: &mut Asking, name: &str, value: Value) {
    let said = value.text().map(String::from);
    match name {
        "outcome" => asking.outcome = said,
        "reason" => asking.reason = said,
        "authority-by" => {
            let (by, form) = (said.unwrap_or_default(), AuthorityForm::Written);
            let reference = Some("letter 5".into());
            asking.authority = Some(Authority { by, form, reference });
        }
        _ => drop(asking.more.insert(name.into(), value)),
    }
}

/// All that is wrong with the draft, whatever record it belongs to.
fn wrong(draft: &Draft, config: &Config) -> Vec<Objection> {
    let form = form::form(draft.kind, draft.act);
    let form = form.unwrap_or_else(|| panic!("{} {:?} has no form", draft.kind, draft.act));
    let scene = Scene { config, now: now(), record: None, corrects: false };
    let found = form::check(form, draft, &scene).into_iter();
    found.filter(|o| o.blocks() && !o.field.is_empty()).collect()
}

/// Asks, fills in what the form misses, and asks again; what the decision itself has to say is in
/// no reach of the filling in.
fn filled(case: &mut Case, config: &Config) -> Grant {
    for _ in 0..40 {
        let grant = case.ask(config).unwrap_or_else(|no| panic!("{}: {no}", case.asking.wish));
        let draft = grant.draft().expect("it makes an entry").clone();
        let missing = wrong(&draft, config).into_iter().find(|o| o.ill == Ill::Missing);
        let Some(field) = missing.and_then(|o| form::form(draft.kind, draft.act)?.field(&o.field))
        else {
            return grant;
        };
        put(&mut case.asking, field.name, answer(field, config));
    }
    panic!("{} is never filled in", case.asking.wish);
}

fn good(case: &mut Case, config: &Config) -> Draft {
    let grant = filled(case, config);
    let draft = grant.draft().unwrap().clone();
    assert_eq!(wrong(&draft, config), [], "{}: {:#?}", case.asking.wish, draft.body);
    assert_eq!(form::shape(&draft), Ok(()), "{}", case.asking.wish);
    draft
}

#[test]
fn every_deed_enters_what_its_form_declares() {
    let config = permissive();
    for (word, deed) in Deed::WORDS {
        // Nobody asks for this by itself: a witness stands beside another's deed.
        if *deed == Deed::Witness {
            continue;
        }
        let mut case = Case::deed("head", *deed).beside("clerk");
        match deed {
            Deed::ManageAccess => {
                case.asking.subject = Some(id("guard"));
                case.asking.more.insert("change".into(), "suspended".into());
            }
            Deed::AuthoriseDisclosure | Deed::EndHold => case.asking.about = Some(3),
            Deed::Hold => {
                case.asking.cameras = vec![camera("yard-1")];
                case.asking.window = Some((now() - crate::base::time::Span::hours(1), now()));
            }
            _ => {}
        }
        let draft = good(&mut case, &config);
        let who = draft.body.who.as_ref().unwrap();
        assert_eq!(who.person, "head", "{word}");
        assert_eq!(draft.body.fields["deed"], Value::Text(word.to_string()));
    }
}

#[test]
fn every_other_wish_does_too() {
    let config = permissive();
    let of = |person: &str, wish| Case::of(person, wish);
    let about = |case: Case| case.with(|c| c.asking.about = Some(3));
    let mut spoken = Case::deed("clerk", Deed::Export).beside("head").word(
        "deputy",
        AuthorityForm::Verbal,
        None,
    );
    let word = spoken.entered(&super::world::school()).number();
    let book = spoken.book.clone();
    let confirm = of("deputy", Wish::Confirm).with(|c| (c.book, c.asking.about) = (book, word));
    let own_duty = of("tech", Wish::OwnDuty).with(|c| {
        c.asking.entry = Some((Kind::DutyDone, Act::Open));
    });
    let review = Case::deed("head", Deed::Audit).with(|c| {
        c.asking.entry = Some((Kind::BreakGlass, Act::Close));
        c.asking.about = Some(3);
    });
    let code = Case::deed("head", Deed::ManageAccess).with(|c| {
        c.asking.entry = Some((Kind::Enrolment, Act::Open));
        c.asking.subject = Some(id("guard"));
    });
    let cases = [
        (of("head", Wish::Forget).beside("clerk"), Kind::Forgotten, Act::Open),
        (of("guard", Wish::Sign), Kind::Acceptance, Act::Open),
        (of("guard", Wish::Report), Kind::Misuse, Act::Open),
        (of("tech", Wish::Duty(DutyKind::ClockCheck)), Kind::ClockCheck, Act::Open),
        (of("tech", Wish::Duty(DutyKind::AccessReview)), Kind::AccessReview, Act::Open),
        (own_duty, Kind::DutyDone, Act::Open),
        (confirm, Kind::Confirmation, Act::Note),
        (review, Kind::BreakGlass, Act::Close),
        (code, Kind::Enrolment, Act::Open),
        (of("guard", Wish::Write(Kind::Visit, Act::Open)), Kind::Visit, Act::Open),
        (of("guard", Wish::Write(Kind::Visit, Act::Note)), Kind::Visit, Act::Note),
    ];
    for (case, kind, act) in cases {
        let mut case =
            if act == Act::Note && case.asking.about.is_none() { about(case) } else { case };
        if kind == Kind::Visit && act == Act::Open {
            case = case.word("head", AuthorityForm::Written, Some("letter 5"));
        }
        let draft = good(&mut case, &config);
        assert_eq!((draft.kind, draft.act), (kind, act), "{}", case.asking.wish);
    }
}

#[test]
fn looks_with_guests_enter_who_looks_on() {
    let config = permissive();
    let shown = [
        ("viewer-organisation", "Essex Police"),
        ("viewer-number", "118"),
        ("crime-reference", "42/1/26"),
        ("identity", "warrant card"),
    ];
    let mut case = Case::deed("head", Deed::Playback)
        .guest(Viewer::Police, &[crate::config::disclosure::Proof::CrimeReference]);
    for (name, said) in shown {
        case.guests[0].shown.insert(name.into(), said.into());
    }
    let draft = good(&mut case, &config);
    for (name, said) in [("viewer", "police"), ("viewer-name", "PC 118"), ("supervisor", "head")] {
        assert_eq!(draft.body.fields[name], Value::Text(said.into()));
    }
    // What the form asks of the police cannot be left out.
    case.guests[0].shown.remove("viewer-number");
    let draft = case.ask(&config).unwrap().draft().unwrap().clone();
    let fields: Vec<_> = wrong(&draft, &config).into_iter().map(|o| o.field).collect();
    assert_eq!(fields, ["viewer-number"]);
    // Under a permission the entry names it.
    let mut guard = Case::deed("guard", Deed::Playback);
    let number = guard.book.permit_guard();
    let draft = good(&mut guard, &config);
    assert_eq!(draft.body.fields["permission"], Value::Number(number as i64));
}

#[test]
fn a_wish_makes_its_own_entries_and_no_others() {
    let config = permissive();
    for (wish, kind, act) in [
        (Wish::Deed(Deed::ManageAccess), Kind::Permission, Act::Open),
        (Wish::Deed(Deed::Audit), Kind::AccessGrant, Act::Open),
        (Wish::Write(Kind::Visit, Act::Open), Kind::Permission, Act::Open),
        (Wish::Report, Kind::AccessGrant, Act::Open),
        (Wish::OwnDuty, Kind::AccessReview, Act::Open),
    ] {
        let case = Case::of("head", wish).with(|c| c.asking.entry = Some((kind, act)));
        let why = case.why(&config);
        assert_eq!(why, Some(crate::access::Why::NotByHand(kind.to_string())), "{wish}");
    }
}
