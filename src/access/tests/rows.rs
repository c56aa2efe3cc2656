//! One thing at a time: a situation that is allowed, one change, and what comes of it.

use super::world::{Book, Case, camera, edited, id, now, school, session};
use crate::access::{Why, Wish, fields};
use crate::base::time::Span;
use crate::config::duties::DutyKind;
use crate::config::registers::Register;
use crate::config::roles::Deed;
use crate::logbook::{Account, Act, AuthorityForm, Kind};

pub fn told(rows: Vec<(&str, Case, Option<Why>)>) {
    let config = school();
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(name, case, want)| {
            let got = case.why(&config);
            (got != want).then(|| format!("{name}: {got:?}, wanted {want:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub fn text(words: &str) -> String {
    words.to_string()
}

pub fn suspended(case: Case, person: &str, trigger: &str) -> Case {
    case.with(|case| case.book.suspend(person, trigger))
}

/// S4.40, S4.41, S4.47, S4.53, S4.54, S4.59, S1.23.
#[test]
fn who_asks_and_with_which_account() {
    let play = || Case::deed("head", Deed::Playback);
    let set = || Case::deed("tech", Deed::Configure);
    let as_account =
        |case: Case, account| case.with(|c| c.who = session(c.who.person.as_str(), account));
    let day = |text: &str| text.parse().unwrap();
    told(vec![
        ("the head plays back", play(), None),
        (
            "nobody of the file",
            play().with(|c| c.who.person = id("x")),
            Some(Why::UnknownPerson(text("x"))),
        ),
        ("not yet", Case::deed("new", Deed::SpotCheck), Some(Why::NotYet(day("2027-01-01")))),
        ("no longer", Case::deed("gone", Deed::SpotCheck), Some(Why::Ended(day("2026-10-31")))),
        ("endless", Case::deed("endless", Deed::SpotCheck), Some(Why::Endless)),
        ("a contractor in time", Case::of("firm", Wish::Read(Register::Maintenance)), None),
        (
            "an admin account sees nothing",
            as_account(play(), Account::Admin),
            Some(Why::AdminWatches),
        ),
        (
            "nor does routine work",
            as_account(Case::of("tech", Wish::Read(Register::Maintenance)), Account::Admin),
            Some(Why::AdminRoutine),
        ),
        ("an admin configures", set(), None),
        (
            "on the admin account alone",
            as_account(set(), Account::Own),
            Some(Why::NeedsAdminAccount),
        ),
        ("who has one account uses that", Case::deed("tech-2", Deed::Configure), None),
        (
            "who has none has none",
            as_account(Case::deed("tech-2", Deed::Configure), Account::Admin),
            Some(Why::NoAdminAccount),
        ),
        (
            "a session ends",
            set().with(|c| c.who.began = now() - Span::mins(31)),
            Some(Why::SessionOver(text("30m"))),
        ),
        (
            "also when the clock steps back",
            set().with(|c| c.who.began = now() + Span::mins(31)),
            Some(Why::SessionOver(text("30m"))),
        ),
        (
            "what for",
            set().with(|c| (c.who.reason, c.asking.reason) = (None, Some(text(" ")))),
            Some(Why::NoReason),
        ),
        (
            "a breach suspends",
            suspended(set(), "tech", "breach"),
            Some(Why::Suspended(text("breach"))),
        ),
        ("but not what is not privileged", suspended(play(), "head", "breach"), None),
        ("nor another person", suspended(set(), "head", "breach"), None),
    ]);
    let config = edited(&[("in-doubt=\"head\"", "in-doubt=\"head\" review-on=\"breach\"")]);
    let case = suspended(set(), "tech", "role-change");
    assert_eq!(case.why(&config), None, "a trigger that the file leaves out suspends nothing");
}

/// S4.42: sealed codes. Before anybody is enrolled: the owner.
#[test]
fn who_stands_above_the_file() {
    let sealed =
        |deed| Case::deed("clerk", deed).with(|c| c.who = session("clerk", Account::BreakGlass));
    let owner = |deed| {
        Case::deed("head", deed).with(|c| {
            c.who = session("owner", Account::Owner);
            c.enrolled.clear();
        })
    };
    told(vec![
        ("a sealed code configures", sealed(Deed::Configure), None),
        ("from anywhere", sealed(Deed::Configure).with(|c| c.station = None), None),
        (
            "also for somebody suspended",
            suspended(sealed(Deed::Configure), "clerk", "breach"),
            None,
        ),
        (
            "with a reason",
            sealed(Deed::Configure).with(|c| (c.who.reason, c.asking.reason) = (None, None)),
            Some(Why::NoReason),
        ),
        ("shows nothing", sealed(Deed::Playback), Some(Why::EmergencyOnly)),
        ("ends no hold", sealed(Deed::EndHold), Some(Why::EmergencyOnly)),
        ("destroys nothing", sealed(Deed::Dispose), Some(Why::EmergencyOnly)),
        ("the owner sets up", owner(Deed::ManageAccess), None),
        ("and keeps", owner(Deed::Hold), None),
        ("and sees nothing", owner(Deed::Live), Some(Why::OwnerSetsUp)),
        (
            "once somebody is enrolled",
            owner(Deed::ManageAccess).with(|c| {
                c.enrolled.insert(id("head"));
            }),
            Some(Why::OwnerNoMore),
        ),
    ]);
}

/// S4.6, S4.10, S4.14, S4.70.
#[test]
fn where_it_may_be() {
    let live = || Case::deed("guard", Deed::Live);
    let play = || Case::deed("head", Deed::Playback);
    told(vec![
        ("live at the gate", live().at("gate"), None),
        (
            "not in the server room",
            live().at("server"),
            Some(Why::OtherStation(text("Office, Gate"))),
        ),
        ("nor nowhere", live().with(|c| c.station = None), Some(Why::NoStation)),
        ("nor at a station of another file", live().at("attic"), Some(Why::NoStation)),
        (
            "no admin at the gate",
            Case::deed("tech", Deed::Restart).at("gate"),
            Some(Why::NoAdminHere),
        ),
        ("the declaration comes first", play().at("server"), Some(Why::Undeclared)),
        ("then the pictures", play().at("server").with(|c| c.declared = true), None),
        ("live needs none", Case::deed("head", Deed::Live).at("server"), None),
        (
            "misuse is reported from anywhere",
            Case::of("guard", Wish::Report).with(|c| c.station = None),
            None,
        ),
    ]);
    let open = edited(&[
        ("station \"office\" \"Office\"", ""),
        ("station \"server\" \"Server room\" declaration=#true", ""),
        ("station \"gate\" \"Gate\" admin=#false", ""),
        ("at=\"gate office\"", ""),
        (" at=\"office server\"", ""),
    ]);
    let anywhere = live().with(|c| c.station = None);
    assert_eq!(anywhere.why(&open), None, "a file without stations: at this box");
}

/// S4.25, S4.71, S4.90.
#[test]
fn papers_and_training() {
    let none = |case: Case| case.with(|c| c.book = Book::default());
    let play = || Case::deed("head", Deed::Playback);
    let long_ago = |person: &'static str, kind, said: &'static [(&str, &str)]| {
        move |c: &mut Case| {
            c.book.enter_at(now() - Span::days(400), kind, Some(person), said);
        }
    };
    let paper = |version| [(fields::PAPER, "staff"), (fields::VERSION, version)];
    let signs = |case: Case, version: &'static str| {
        none(case).with(|c| {
            c.book.enter(Kind::Acceptance, Some("head"), &paper(version));
            c.book.enter(Kind::Training, Some("head"), &[]);
        })
    };
    let unsigned = || Some(Why::Unsigned(text("Staff code")));
    told(vec![
        ("nothing before the code is signed", none(play()), unsigned()),
        ("but signing", none(Case::of("head", Wish::Sign)), None),
        ("and reporting", none(Case::of("head", Wish::Report)), None),
        ("signed", signs(play(), "2"), None),
        ("in another version", signs(play(), "1"), unsigned()),
        (
            "too long ago",
            play().with(long_ago(
                "head",
                Kind::Acceptance,
                &[(fields::PAPER, "staff"), (fields::VERSION, "2")],
            )),
            unsigned(),
        ),
        (
            "administrators sign more",
            signs(Case::deed("head", Deed::Audit), "2"),
            Some(Why::Unsigned(text("Code for administrators"))),
        ),
        (
            "trained too long ago",
            play().with(long_ago("head", Kind::Training, &[])),
            Some(Why::Untrained("2026-10-19".parse().unwrap())),
        ),
        (
            "which hinders no entry",
            Case::of("head", Wish::Write(Kind::Incident, Act::Open)).with(long_ago(
                "head",
                Kind::Training,
                &[],
            )),
            None,
        ),
        (
            "nor entering a training",
            Case::of("head", Wish::Duty(DutyKind::Training)).with(long_ago(
                "head",
                Kind::Training,
                &[],
            )),
            None,
        ),
    ]);
}

/// S4.55: a refusal says why, whom to ask, and leaves an entry that passes for nothing else.
#[test]
fn a_refusal_speaks_and_is_entered() {
    let denied = Case::deed("clerk", Deed::Playback).ask(&school()).unwrap_err();
    assert_eq!(
        denied.to_string(),
        "The file does not give you the right: playback. If in doubt, ask Headteacher."
    );
    let draft = denied.draft();
    assert_eq!(draft.kind, Kind::Refused);
    assert_eq!(
        draft.body.outcome.as_deref(),
        Some("The file does not give you the right: playback.")
    );
    let mut book = Book::default();
    book.add(draft.clone());
    assert_eq!(book.standing.last_use(&id("clerk"), Deed::Playback), None);
}

/// An effect takes what was entered, by value; a grant without its entry gives nothing.
#[test]
fn a_grant_is_entered_and_used_once() {
    let config = school();
    let mut case = Case::deed("head", Deed::Playback);
    let grant = case.ask(&config).unwrap();
    let grant = *grant.unentered().unwrap_err();
    assert_eq!(grant.wish(), Wish::Deed(Deed::Playback));
    let entered = case.entered(&config);
    assert_eq!(entered.cameras(), [camera("yard-1")]);
    assert!(entered.number().is_some() && entered.person().as_str() == "head");
    let read = Case::of("guard", Wish::Read(Register::Visits)).ask(&config).unwrap();
    assert_eq!(read.unentered().unwrap().number(), None);
}

/// R1.26, S1.61.
#[test]
fn a_second_factor_is_shown_by_whoever_has_to() {
    let asks = |whom: &str| {
        let line = format!("in-doubt=\"head\" second-factor=\"{whom}\"");
        edited(&[("in-doubt=\"head\"", line.as_str())])
    };
    let end = || Case::deed("head", Deed::EndHold).beside("clerk");
    let first = |case: Case| case.with(|c| c.who.second_factor = true);
    let second = |case: Case| case.with(|c| c.second.as_mut().unwrap().second_factor = true);
    let missing = || Some(Why::SecondFactor);
    let of_second = || Some(Why::Second(Box::new(Why::SecondFactor)));
    for (whom, case, want) in [
        ("none", end(), None),
        ("privileged", end(), missing()),
        ("privileged", first(end()), of_second()),
        ("privileged", second(first(end())), None),
        ("privileged", Case::deed("head", Deed::Playback), None),
        ("everyone", Case::deed("head", Deed::Playback), missing()),
        ("everyone", first(Case::deed("head", Deed::Playback)), None),
    ] {
        assert_eq!(case.why(&asks(whom)), want, "{whom} {}", case.asking.wish);
    }
}

/// S4.52: the word that opens a report is not that of the person whom it is about.
#[test]
fn nobody_allows_a_report_on_themselves() {
    let desk = "may \"witness\" \"export\" at=\"office server\";";
    let config = edited(&[
        (desk, "may \"witness\" \"audit\";"),
        ("may \"spot-check\" limit=\"30s\"", "may \"spot-check\" \"investigate\" limit=\"30s\""),
    ]);
    let (paper, own_word) = (Some("P-7"), |title: &str| Some(Why::OwnWord(text(title))));
    for (about, by, form, want) in [
        ("guard", "guard", AuthorityForm::Verbal, own_word("Guard")),
        ("guard", "guard", AuthorityForm::Written, own_word("Guard")),
        ("guard", "head", AuthorityForm::Written, None),
        ("tech-2", "guard", AuthorityForm::Verbal, None),
        ("head", "head", AuthorityForm::Written, own_word("Headteacher")),
        // Who stands in for them speaks with their right.
        ("head", "deputy", AuthorityForm::Written, own_word("Headteacher")),
        ("deputy", "head", AuthorityForm::Written, None),
        ("head", "guard", AuthorityForm::Written, None),
    ] {
        let case = Case::deed("clerk", Deed::Audit).word(by, form, paper).with(|c| {
            c.asking.subject = Some(id(about));
            c.book.enter(Kind::Told, None, &[(fields::PERSONS, &format!("list {about}"))]);
        });
        assert_eq!(case.why(&config), want, "about {about} on the word of {by}");
    }
}
