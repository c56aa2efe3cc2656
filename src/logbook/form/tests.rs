//! Every form filled in as its own table says, and every needed field left out once. `rules` and
//! `matters` hold the tables of behaviour.

mod events;
mod leaving;
mod matters;
mod rules;

use std::collections::BTreeSet;

use super::*;
use crate::base::digest::Digest;
use crate::base::time::Utc;
use crate::config::{Config, parse};
use crate::logbook::registers::{Clocks, Record, clocks, fold};
use crate::logbook::{Account, Body, ClockState, Draft, Entry, Header, Number, Value, Who};

pub(in crate::logbook) fn school(name: &str) -> Config {
    let text = match name {
        "clere" => include_str!("../../../configs/clere.kdl"),
        "john-colet" => include_str!("../../../configs/john-colet.kdl"),
        _ => include_str!("../../../configs/st-thomas-more.kdl"),
    };
    parse(name, text.as_bytes()).config.expect("the school's file loads")
}

pub(in crate::logbook) fn edited(name: &str, from: &str, to: &str) -> Config {
    let text = match name {
        "clere" => include_str!("../../../configs/clere.kdl"),
        _ => include_str!("../../../configs/st-thomas-more.kdl"),
    };
    assert!(text.contains(from), "{from}");
    let parsed = parse(name, text.replacen(from, to, 1).as_bytes());
    parsed.config.unwrap_or_else(|| panic!("{:#?}", parsed.notes))
}

pub(in crate::logbook) fn now() -> Utc {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

pub(in crate::logbook) fn draft(kind: Kind, act: Act, who: &str) -> Draft {
    let who = Who { person: who.into(), account: Account::Own, acting_for: None, second: None };
    Draft {
        at: now(),
        clock: ClockState::Synced,
        kind,
        act,
        about: None,
        body: Body { who: Some(who), ..Body::default() },
    }
}

pub(in crate::logbook) fn entry(number: Number, draft: &Draft) -> Entry {
    let header = Header {
        at: draft.at,
        clock: draft.clock,
        kind: draft.kind,
        act: draft.act,
        about: draft.about,
        body: Digest::of(b""),
    };
    Entry { number, header, body: Some(draft.body.clone()) }
}

/// Answers that a good draft gives, where the first choice would not do.
const GIVEN: &[(&str, &str)] = &[
    ("authority-by", "headteacher"),
    ("authority-form", "written"),
    ("witness", "site-manager"),
    ("supervisor", "site-manager"),
    ("investigator", "leader-1"),
    ("independent", "An investigator from outside the school"),
    ("signed-by", "leader-1"),
    ("operator", "Somebody of the firm"),
    ("approved-by", "headteacher"),
    ("approved-and", "it-support"),
    ("subject", "pastoral-1"),
    ("person", "pastoral-1"),
    ("to", "pastoral-1"),
    ("severity", "minor"),
    ("paper", "code"),
    ("version", "1.0"),
    ("method", "destroy"),
];

const NO: &[&str] =
    &["about-head", "staff-involved", "protected-person", "offence-withheld", "personal-data"];

fn filled(field: &Field, config: &Config) -> Value {
    let given = GIVEN.iter().find(|(name, _)| *name == field.name);
    match (field.sort, given) {
        (Sort::Line, Some((_, word))) => (*word).into(),
        (Sort::Choice(words), Some((_, word)))
            if choices(words, config).iter().any(|c| c.word == *word) =>
        {
            (*word).into()
        }
        (Sort::Moment(_), _) if field.name == "from" => "2026-11-20T08:00:00.000Z".into(),
        (Sort::Line | Sort::Text, None) => "in a few words".into(),
        (Sort::Text, Some(_)) => "in a few words".into(),
        (Sort::Choice(words), _) => {
            let first = choices(words, config).into_iter().next();
            Value::Text(first.unwrap_or_else(|| panic!("{}: no choice", field.name)).word)
        }
        (Sort::Several(words), _) => {
            Value::List(choices(words, config).into_iter().take(2).map(|c| c.word).collect())
        }
        (Sort::YesNo, _) => (!NO.contains(&field.name)).into(),
        (Sort::Confirmed, _) => true.into(),
        (Sort::Day(Side::Ahead), _) => "2026-12-01".into(),
        (Sort::Day(_), _) => "2026-11-20".into(),
        (Sort::Moment(Side::Ahead), _) => "2026-12-01T08:00:00.000Z".into(),
        (Sort::Moment(_), _) => "2026-11-21T08:00:00.000Z".into(),
        (Sort::Clock, _) => "09:14".into(),
        (Sort::Number { min, .. }, _) => Value::Number(min.max(0)),
        (Sort::List, _) => Value::List(vec!["one".into()]),
        (Sort::Dated, _) => Value::List(vec!["2026-12-01 Change the lock".into()]),
        (Sort::Entry(_), _) => Value::Number(1),
        (Sort::Digest, _) => Value::Text(Digest::of(b"").to_string()),
    }
}

/// Fills in what is missing until nothing is, in the order in which a screen would ask.
pub(in crate::logbook) fn fill(form: &Form, draft: &mut Draft, scene: &Scene<'_>) {
    for _ in 0..60 {
        let missing = check(form, draft, scene).into_iter().find(|o| o.ill == Ill::Missing);
        let Some(field) = missing.and_then(|o| form.field(&o.field)) else {
            return;
        };
        let value = filled(field, scene.config);
        draft.body.put(field.name, value).unwrap();
        if field.name == "authority-by" {
            draft.body.put("authority-form", "written".into()).unwrap();
        }
    }
}

/// The record that a filled-in opening draft begins, with some answers given.
pub(in crate::logbook) fn record(config: &Config, kind: Kind, given: &[(&str, Value)]) -> Record {
    let form = form(kind, Act::Open).unwrap();
    let mut draft = draft(kind, Act::Open, "leader-2");
    for (name, value) in given {
        draft.body.put(name, value.clone()).unwrap();
    }
    let scene = Scene { config, now: now(), record: None, corrects: false };
    fill(form, &mut draft, &scene);
    fold([&entry(0, &draft)], &Clocks::of(config)).unwrap()
}

pub(in crate::logbook) fn blocking(objections: &[Objection]) -> Vec<String> {
    let blocking = objections.iter().filter(|o| o.blocks());
    blocking.map(|o| format!("{}: {}; {}", o.field, o.sentence, o.remedy)).collect()
}

/// One form with some answers given: what is filled in passes, and each needed answer that is
/// left out is named. The names of the needed fields.
fn good_and_gaps(form: &Form, config: &Config, given: &[(&str, &str)]) -> BTreeSet<&'static str> {
    let said = format!("{} {:?} {given:?}", form.kind, form.act);
    let begun = match form.act {
        Act::Open => None,
        _ if super::form(form.kind, Act::Open).is_none() => Some(record(config, Kind::Visit, &[])),
        _ => Some(record(config, form.kind, &[])),
    };
    let scene = Scene { config, now: now(), record: begun.as_ref(), corrects: false };
    let mut draft = draft(form.kind, form.act, "leader-2");
    draft.about = begun.as_ref().map(|r| r.number);
    if form.maker == Maker::Machine {
        draft.body.who = None;
    }
    for (name, value) in given {
        draft.body.put(name, (*value).into()).unwrap();
    }
    fill(form, &mut draft, &scene);
    let objections = check(form, &draft, &scene);
    assert_eq!(blocking(&objections), Vec::<String>::new(), "{said}: {:#?}", draft.body);
    let mut needs = BTreeSet::new();
    for field in form.fields().filter(|f| needed(f, &draft, &scene)) {
        if draft.body.answer(field.name).is_none() {
            continue; // The record said it already.
        }
        let mut without = draft.clone();
        match field.name {
            "authority-form" => continue, // It has no empty form: it goes with whoever gave it.
            "authority-by" => without.body.authority = None,
            "authority-reference" => {
                without.body.authority.iter_mut().for_each(|a| a.reference = None);
            }
            "witness" => without.body.who.iter_mut().for_each(|w| w.second = None),
            "purpose" => without.body.purpose = None,
            "reason" => without.body.reason = None,
            "outcome" => without.body.outcome = None,
            name => drop(without.body.fields.remove(name)),
        }
        let now_missing = check(form, &without, &scene);
        let told = now_missing.iter().find(|o| o.field == field.name && o.ill == Ill::Missing);
        let told = told.unwrap_or_else(|| panic!("{said}: {} is not missed", field.name));
        assert!(told.sentence.contains(field.title), "{said}: {told:?}");
        assert!(!told.remedy.is_empty(), "{said}: {told:?}");
        needs.insert(field.name);
    }
    needs
}

/// Words of a choice that lead to a refusal, which the tables in `rules` are about.
const REFUSED: &[(&str, &str)] = &[
    ("type", "subject-access"),
    ("media-use", "entertainment"),
    ("recipient", "data-subject"),
    ("recipient", "other"),
    // Cannot be said in a first note: the clock is running, nothing was authorised yet.
    ("step", "resume"),
    ("step", "reviewed"),
    ("step", "renewed"),
    ("method", "erase"),
];

#[test]
fn each_form_passes_filled_in_and_names_what_is_left_out() {
    let config = school("clere");
    let mut exercised = 0;
    for form in all() {
        exercised += good_and_gaps(form, &config, &[]).len();
        for field in form.fields() {
            let Sort::Choice(words @ (Words::These(_) | Words::From(_))) = field.sort else {
                continue;
            };
            let by_word = match words {
                Words::These(_) => true,
                Words::From(from) => matches!(from, Source::Viewers | Source::Recipients),
            };
            if !by_word || field.name.starts_with("authority") {
                continue;
            }
            for choice in choices(words, &config) {
                let pair = (field.name, choice.word.as_str());
                if !REFUSED.contains(&pair) {
                    exercised += good_and_gaps(form, &config, &[pair]).len();
                }
            }
        }
    }
    assert!(exercised > 1_500, "{exercised} gaps were tried");
}

#[test]
fn the_table_is_whole() {
    let mut seen = BTreeSet::new();
    for form in all() {
        assert!(seen.insert((form.kind, form.act)), "{} {:?} twice", form.kind, form.act);
        assert_ne!(form.act, Act::Correct);
        let mut names = BTreeSet::new();
        for field in form.fields() {
            let said = format!("{} {:?} {}", form.kind, form.act, field.name);
            assert!(names.insert(field.name), "{said} twice");
            let good = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(field.name.chars().all(good) && !field.title.is_empty(), "{said}");
            if let Sort::Choice(Words::These(words)) | Sort::Several(Words::These(words)) =
                field.sort
            {
                let distinct: BTreeSet<&str> = words.iter().map(|(w, _)| *w).collect();
                assert!(distinct.len() == words.len() && !words.is_empty(), "{said}");
            }
            let (Need::If(cond) | Need::MayIf(cond)) = field.need else {
                continue;
            };
            for about in mentions(&cond) {
                let here = form.field(about).is_some() || added(about).is_some();
                let before =
                    super::form(form.kind, Act::Open).is_some_and(|f| f.field(about).is_some());
                assert!(here || before, "{said} waits for {about}, which nobody asks");
            }
        }
    }
    for kind in Kind::ALL {
        let begins = form(*kind, Act::Open).is_some() || *kind == Kind::Confirmation;
        assert!(begins, "{kind} cannot be entered");
        let ends = form(*kind, Act::Close).is_some();
        let by_hand = clocks::CLOSED_BY_HAND.contains(kind);
        let sometimes = matches!(kind, Kind::Release | Kind::BreakGlass);
        assert_eq!(ends, by_hand || sometimes, "{kind}: what is open can be closed");
    }
}

fn mentions(cond: &Cond) -> Vec<&'static str> {
    match cond {
        Cond::Is(name, _) | Cond::Yes(name) | Cond::No(name) | Cond::Given(name) => vec![name],
        Cond::Not(cond) => mentions(cond),
        Cond::All(all) | Cond::Any(all) => all.iter().flat_map(mentions).collect(),
        Cond::File(_) | Cond::Proof(_) | Cond::PurposeAsks | Cond::PrivilegedPaper => vec![],
    }
}

#[test]
fn a_word_of_a_choice_in_a_condition_is_one_that_can_be_chosen() {
    fn words(cond: &Cond) -> Vec<(&'static str, &'static str)> {
        match cond {
            Cond::Is(name, words) => words.iter().map(|w| (*name, *w)).collect(),
            Cond::Not(cond) => words(cond),
            Cond::All(all) | Cond::Any(all) => all.iter().flat_map(words).collect(),
            _ => vec![],
        }
    }
    let schools = [school("st-thomas-more"), school("john-colet")];
    for form in all() {
        for field in form.fields() {
            let (Need::If(cond) | Need::MayIf(cond)) = field.need else {
                continue;
            };
            for (name, word) in words(&cond) {
                let asks =
                    form.field(name).or_else(|| super::form(form.kind, Act::Open)?.field(name));
                let Some(Sort::Choice(from) | Sort::Several(from)) = asks.map(|f| f.sort) else {
                    panic!("{}: {name} is no choice", form.kind);
                };
                let has = |c| choices(from, c).iter().any(|c| c.word == word);
                let known = schools.iter().any(has);
                assert!(known, "{} {}: {name} is never {word}", form.kind, field.name);
            }
        }
    }
}

#[test]
fn answers_of_the_wrong_sort_are_told_with_a_remedy() {
    let config = school("clere");
    let scene = Scene { config: &config, now: now(), record: None, corrects: false };
    for (kind, name, value, sentence) in [
        (Kind::Meeting, "held", Value::from("22 November"), "is not a date"),
        (Kind::Meeting, "held", Value::from("2026-11-23"), "has not come yet"),
        (Kind::Meeting, "bodies", Value::from("Police"), "this is not a list"),
        (Kind::Meeting, "bodies", Value::List(vec![" ".into()]), "a line of the list is empty"),
        (Kind::Meeting, "minutes", Value::from("x".repeat(201).as_str()), "too many"),
        (Kind::Meeting, "minutes", Value::from("a\u{1b}[2J"), "cannot be shown"),
        (Kind::Meeting, "colour", Value::from("blue"), "no field of this form"),
        (Kind::Exception, "until", Value::from("2026-11-21"), "is past"),
        (Kind::Incident, "type", Value::from("bullyng"), "not among the choices"),
        (Kind::Breach, "time", Value::from("9:14"), "not a time of day"),
        (Kind::SpotCheck, "seconds", Value::Number(0), "out of range"),
        (Kind::SpotCheck, "seconds", Value::Number(61), "more than a spot check may show"),
        (Kind::ClockCheck, "offset-ms", Value::Number(7), "the readings differ by 0 ms"),
        (Kind::Acceptance, "person", Value::from("nobody"), "not among the choices"),
    ] {
        let form = form(kind, Act::Open).unwrap();
        let mut draft = draft(kind, Act::Open, "leader-2");
        fill(form, &mut draft, &scene);
        draft.body.put(name, value).unwrap();
        let objections = check(form, &draft, &scene);
        let told = objections.iter().find(|o| o.field == name && o.blocks());
        let told = told.unwrap_or_else(|| panic!("{kind} {name}: {objections:?}"));
        assert!(told.sentence.contains(sentence), "{kind} {name}: {}", told.sentence);
        assert!(!told.remedy.is_empty());
    }
    // A camera that the file no longer has may still have footage.
    let form = form(Kind::SpotCheck, Act::Open).unwrap();
    let mut draft = draft(Kind::SpotCheck, Act::Open, "leader-2");
    fill(form, &mut draft, &scene);
    draft.body.put("cameras", Value::List(vec!["old-gate".into()])).unwrap();
    let objections = check(form, &draft, &scene);
    assert_eq!(objections.iter().map(|o| o.ill).collect::<Vec<_>>(), [Ill::Doubt]);
}

#[test]
fn all_faults_come_at_once() {
    let config = school("clere");
    let scene = Scene { config: &config, now: now(), record: None, corrects: false };
    let form = form(Kind::Release, Act::Open).unwrap();
    let objections = check(form, &draft(Kind::Release, Act::Open, "leader-2"), &scene);
    let missing: BTreeSet<&str> = objections.iter().map(|o| o.field.as_str()).collect();
    for name in ["recipient", "recipient-name", "necessity", "possible-crime", "basis", "purpose"] {
        assert!(missing.contains(name), "{name}");
    }
}

#[test]
fn what_is_typed_becomes_an_answer() {
    let zone = school("clere").site.zone;
    let side = Side::Any;
    let words = Words::From(Source::Cameras);
    for (sort, text, value) in [
        (Sort::YesNo, "Yes", Value::Yes(true)),
        (Sort::YesNo, "n", Value::Yes(false)),
        (Sort::Entry(&[]), "#1204", Value::Number(1204)),
        (Sort::Moment(side), "2026-07-22 09:14", "2026-07-22T08:14:00.000Z".into()),
        (Sort::Moment(side), "2026-11-22 09:14:30", "2026-11-22T09:14:30.000Z".into()),
        (Sort::Moment(side), "2026-11-22T09:14:00Z", "2026-11-22T09:14:00.000Z".into()),
        (Sort::List, "one; two", Value::List(vec!["one".into(), "two".into()])),
        (Sort::Several(words), "a, b c", Value::List(["a", "b", "c"].map(String::from).into())),
        (Sort::Several(words), "all", "all".into()),
    ] {
        assert_eq!(parse_answer(sort, text, &zone), Ok(value), "{text}");
    }
    for (sort, text) in [
        (Sort::YesNo, "perhaps"),
        (Sort::Entry(&[]), "seven"),
        (Sort::Moment(side), "2026-11-22"),
        (Sort::Moment(side), "2026-11-22 25:00"),
        (Sort::Moment(side), "2026-11-22 09:14é30"),
    ] {
        assert!(parse_answer(sort, text, &zone).is_err(), "{text}");
    }
}
