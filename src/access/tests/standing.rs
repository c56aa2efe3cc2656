//! What entries come to, and that an entry of the wrong hand comes to nothing.

use super::world::{Book, Case, id, now, school};
use crate::access::{Wish, fields};
use crate::base::time::Span;
use crate::config::roles::Deed;
use crate::config::stations::Trigger;
use crate::logbook::{Act, AuthorityForm, Kind};

const ALL: [Trigger; 4] =
    [Trigger::Notice, Trigger::RoleChange, Trigger::ContractExpiry, Trigger::Breach];

#[test]
fn a_permission_goes_round_through_its_entry() {
    let config = school();
    let mut giver = Case::deed("head", Deed::AuthoriseViewing);
    let number = giver.entered(&config).number().unwrap();
    let guard = Case::deed("guard", Deed::Playback).with(|c| c.book = giver.book.clone());
    let grant = guard.ask(&config).unwrap();
    let authority = grant.draft().unwrap().body.authority.clone().unwrap();
    assert_eq!(authority.form, AuthorityForm::Permission);
    assert_eq!(authority.reference, Some(format!("#{number}")));
    // Taken back: over.
    giver.asking.about = Some(number);
    drop(giver.entered(&config));
    let guard = guard.with(|c| c.book = giver.book.clone());
    assert!(guard.ask(&config).is_err());
}

#[test]
fn an_entry_of_another_hand_is_no_permission_and_no_decision() {
    let said = |deed| {
        [
            (fields::DEED, deed),
            (fields::TO, "guard"),
            (fields::CAMERAS, fields::ALL),
            (fields::FROM, "2026-11-01T00:00:00Z"),
            (fields::UNTIL, "2026-11-30T00:00:00Z"),
            (fields::EXPIRES, "2026-11-30T00:00:00Z"),
            (fields::DECISION, fields::ALLOWED),
            (fields::SUBJECT, "tech"),
            (fields::CHANGE, fields::REVIEWED),
        ]
    };
    let count = |deed| {
        let mut book = Book::default();
        book.suspend("tech", "breach");
        for kind in [Kind::Permission, Kind::Request, Kind::AccessGrant] {
            book.enter(kind, Some("head"), &said(deed));
        }
        let standing = &book.standing;
        let decided = (0..4).filter(|n| standing.decision_of(*n).is_some()).count();
        let free = usize::from(standing.suspended(&id("tech"), &ALL).is_none());
        (standing.permissions().count(), decided, free)
    };
    for (deed, want) in [
        ("authorise-viewing", (1, 0, 0)),
        ("authorise-disclosure", (0, 1, 0)),
        ("manage-access", (0, 0, 1)),
        ("write permission", (0, 0, 0)),
        ("write request", (0, 0, 0)),
    ] {
        assert_eq!(count(deed), want, "{deed}");
    }
}

#[test]
fn a_form_never_overwrites_what_is_known_here() {
    let config = school();
    let case = Case::of("head", Wish::Write(Kind::Incident, Act::Open)).with(|c| {
        let forged = crate::logbook::Value::Text("authorise-viewing".into());
        c.asking.more.insert(fields::DEED.into(), forged);
    });
    assert_eq!(super::world::said(&case, &config)[fields::DEED], "write incident");
}

#[test]
fn a_spoken_word_waits_until_its_giver_confirms_it() {
    let config = school();
    let mut case = Case::deed("clerk", Deed::Export).beside("head").word(
        "deputy",
        AuthorityForm::Verbal,
        None,
    );
    let number = case.entered(&config).number().unwrap();
    let open: Vec<_> = case.book.standing.words().map(|(number, _)| number).collect();
    assert_eq!(open, [number]);
    let confirm = |person: &str, about| {
        let book = case.book.clone();
        Case::of(person, Wish::Confirm).with(|c| (c.asking.about, c.book) = (Some(about), book))
    };
    assert!(confirm("head", number).ask(&config).is_err(), "somebody else's word");
    assert!(confirm("deputy", number + 1).ask(&config).is_err(), "another entry");
    let mut giver = confirm("deputy", number);
    drop(giver.entered(&config));
    assert_eq!(giver.book.standing.words().count(), 0);
}

#[test]
fn a_suspension_stands_until_its_review() {
    let mut book = Book::settled();
    for (deed, who, change, want) in [
        ("manage-access", Some("head"), fields::SUSPENDED, true),
        ("write misuse", Some("tech"), fields::REVIEWED, true),
        ("manage-access", Some("head"), fields::REVIEWED, false),
        ("", None, fields::SUSPENDED, true),
    ] {
        book.enter(
            Kind::AccessGrant,
            who,
            &[
                (fields::DEED, deed),
                (fields::SUBJECT, "tech"),
                (fields::CHANGE, change),
                (fields::TRIGGER, "notice-to-leave"),
            ],
        );
        let standing = &book.standing;
        assert_eq!(standing.suspended(&id("tech"), &ALL).is_some(), want, "{deed} {change}");
        assert_eq!(standing.suspended(&id("tech"), &[Trigger::Breach]), None);
    }
}

#[test]
fn unused_rights_are_named_and_used_ones_are_not() {
    let config = school();
    let mut guard = Case::deed("guard", Deed::Live);
    drop(guard.entered(&config));
    let unused = guard.book.standing.unused(&config, now() + Span::days(10), Span::days(30));
    let of = |person: &str| -> Vec<Deed> {
        unused.iter().filter(|u| u.person.as_str() == person).map(|u| u.deed).collect()
    };
    assert_eq!(of("guard"), [Deed::Playback, Deed::SpotCheck]);
    assert_eq!(of("gone"), [], "who is not in force has none");
    let later = guard.book.standing.unused(&config, now() + Span::days(31), Span::days(30));
    let again = later.iter().find(|u| u.person.as_str() == "guard" && u.deed == Deed::Live);
    assert_eq!(again.and_then(|u| u.last), Some(now()));
}

#[test]
fn people_hear_of_changes_once() {
    let mut book = Book::default();
    let change = book.enter(Kind::Change, None, &[(fields::AFFECTS, "list guard clerk")]);
    let due = |book: &Book, person: &str| book.standing.untold(&id(person));
    assert_eq!((due(&book, "guard"), due(&book, "head")), (vec![change], vec![]));
    let mut told = crate::logbook::Draft {
        at: now(),
        clock: crate::logbook::ClockState::Synced,
        kind: Kind::Told,
        act: Act::Open,
        about: Some(change),
        body: crate::logbook::Body::default(),
    };
    let persons = crate::logbook::Value::List(vec!["guard".into()]);
    told.body.fields.insert(fields::PERSONS.into(), persons);
    book.add(told);
    assert_eq!((due(&book, "guard"), due(&book, "clerk")), (vec![], vec![change]));
    assert!(book.standing.was_told(&id("guard")));
}

#[test]
fn a_sealed_code_is_open_until_it_is_reviewed() {
    let mut book = Book::default();
    book.enter(Kind::BreakGlass, Some("head"), &[(fields::EVENT, "printed")]);
    let used = book.enter(Kind::BreakGlass, Some("tech"), &[(fields::EVENT, fields::USED)]);
    let open = |book: &Book| book.standing.emergencies().map(|(n, _)| n).collect::<Vec<_>>();
    assert_eq!(open(&book), [used]);
    book.add(crate::logbook::Draft {
        at: now(),
        clock: crate::logbook::ClockState::Synced,
        kind: Kind::BreakGlass,
        act: Act::Close,
        about: Some(used),
        body: crate::logbook::Body::default(),
    });
    assert_eq!(open(&book), [] as [u64; 0]);
}
