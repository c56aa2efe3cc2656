//! Matters of people: suspension, what is unread, second persons, the random check, holds by hand.

use super::*;

fn breach(office: &mut Office, session: &Sent, more: &[(&str, Value)]) -> Number {
    let noticed = office.all.clock.utc();
    let mut said = fields(&[
        ("date", "2026-11-23".into()),
        ("time", "08:14".into()),
        ("location", "office".into()),
        ("extent", "one camera, one hour".into()),
        ("noticed", Value::Text(noticed.to_string())),
        ("what", "a screen stood open".into()),
        ("personal-data", false.into()),
        ("about-head", false.into()),
        ("severity", "minor".into()),
        ("investigator", "clerk".into()),
        ("reported-by", "clerk".into()),
    ]);
    said.extend(fields(more));
    let form = crate::logbook::form::form(Kind::Breach, Act::Open).unwrap();
    said.retain(|name, _| form.field(name).is_some());
    let body = Body { fields: said, ..Body::default() };
    match office.enter(session, (Kind::Breach, Act::Open, None), body) {
        Reply::Entered { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_breach_that_names_somebody_lets_their_privileged_rights_rest() {
    let mut office = Office::with_people(SCHOOL);
    let (head, tech) = (office.log_in("head"), office.log_in("tech"));
    assert_eq!(office.ask(Some(&tech), Request::Reindex), Reply::Done);
    breach(&mut office, &head, &[("suspects", Value::List(vec!["tech".into()]))]);
    // Entered, and their sessions are over.
    let entry = office.last(Kind::AccessGrant).body.unwrap();
    let want = fields(&[
        ("subject", "tech".into()),
        ("change", "suspended".into()),
        ("trigger", "breach".into()),
        ("on", "2026-11-23".into()),
    ]);
    assert_eq!((entry.who, entry.fields), (None, want));
    assert!(text(office.ask(Some(&tech), Request::WhoAmI)).contains("session has ended"));
    // They log in, are told, and may do nothing privileged.
    let welcome = office.welcome("tech");
    assert!(welcome.notices.iter().any(|n| n.contains("rights rest")), "{:?}", welcome.notices);
    assert!(
        text(office.ask(Some(&welcome.session), Request::Reindex)).contains("wait for a review")
    );
    // Somebody looked at it.
    let body = Body {
        reason: Some("looked into".into()),
        fields: fields(&[
            ("subject", "tech".into()),
            ("change", "reviewed".into()),
            ("rights", Value::List(vec!["restart".into()])),
            ("approved-by", "head".into()),
            ("on", "2026-11-23".into()),
            ("paper", "letter 7".into()),
        ]),
        ..Body::default()
    };
    let reply = office.enter(&head, (Kind::AccessGrant, Act::Open, None), body);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    assert_eq!(office.ask(Some(&welcome.session), Request::Reindex), Reply::Done);
}

#[test]
fn another_post_and_an_ended_contract_let_rights_rest() {
    for (was, is, days, trigger) in [
        ("post=\"Technician\"", "post=\"Caretaker\"", 0, "role-change"),
        ("post=\"Technician\"", "post=\"Technician\" until=\"2026-11-24\"", 2, "contract-expiry"),
    ] {
        let mut office = Office::with_people(SCHOOL);
        let edited = SCHOOL.replace(was, is);
        assert_ne!(edited, SCHOOL);
        office.all.save(&edited);
        office.all.clock.advance(Span::days(days));
        office.all.pass(3);
        let all = office.entries(Kind::AccessGrant);
        let said: Vec<_> =
            all.iter().map(|e| e.body.as_ref().unwrap().fields["trigger"].clone()).collect();
        assert_eq!(said, [trigger.into()], "{is}");
        office.all.clock.advance(Span::days(1));
        office.all.pass(3);
        assert_eq!(office.entries(Kind::AccessGrant).len(), 1, "once");
    }
}

#[test]
fn a_breach_is_unread_until_the_head_opens_it() {
    let mut office = Office::with_people(SCHOOL);
    let tech = office.log_in("tech");
    let number = breach(&mut office, &tech, &[]);
    let welcome = office.welcome("head");
    let head = welcome.session;
    let told = |notices: &[String]| notices.iter().any(|n| n.contains("not read"));
    assert!(told(&welcome.notices), "{:?}", welcome.notices);
    let unread = |office: &mut Office, who: &Sent| {
        let request = Request::Records { register: "breaches".into(), open: false };
        match office.ask(Some(who), request) {
            Reply::Records { records } => records.iter().filter(|r| r.unread).count(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unread(&mut office, &head), 1);
    assert!(matches!(office.ask(Some(&head), Request::Entry { number }), Reply::Entry(_)));
    assert_eq!(unread(&mut office, &head), 0);
    let seen = office.last(Kind::Breach);
    assert_eq!((seen.header.act, seen.header.about), (Act::Note, Some(number)));
    assert!(!told(&office.welcome("head").notices));
}

#[test]
fn a_hold_that_is_placed_by_its_form_is_held_reviewed_and_ended_by_two() {
    let mut office = Office::with_people(SCHOOL);
    let head = office.log_in("head");
    let now = office.all.clock.utc();
    let said = [
        ("class", "police".into()),
        ("reference", "CR/1".into()),
        ("index", "the gate at nine".into()),
        ("review-by", "2026-12-20".into()),
        ("cameras", Value::List(vec!["front-gate".into()])),
        ("from", Value::Text((now - Span::hours(2)).to_string())),
        ("until", Value::Text((now - Span::hours(1)).to_string())),
    ];
    let body = Body { reason: Some("police".into()), fields: fields(&said), ..Body::default() };
    let reply = office.enter(&head, (Kind::Hold, Act::Open, None), body);
    let Reply::Entered { number, .. } = reply else { panic!("{reply:?}") };
    let held = |office: &mut Office| match office.ask(Some(&head), Request::HoldList) {
        Reply::Holds { mut holds } => holds.pop().unwrap(),
        other => panic!("{other:?}"),
    };
    let hold = held(&mut office);
    assert_eq!((hold.reference.as_str(), hold.ended), ("CR/1", None));
    let later = Body {
        reason: Some("the court has it".into()),
        fields: fields(&[("review-by", "2027-01-20".into())]),
        ..Body::default()
    };
    let reply = office.enter(&head, (Kind::Hold, Act::Note, Some(number)), later);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    assert!(held(&mut office).review > hold.review + Span::days(30));
    // Past its day it is a duty (S1.49).
    let due = |office: &mut Office| match office.ask(Some(&head), Request::Duties) {
        Reply::Duties { duties } => duties.into_iter().filter(|d| d.duty == "hold-review").count(),
        other => panic!("{other:?}"),
    };
    assert_eq!(due(&mut office), 1);
    // Its end takes two (S4.49).
    let alone = office.ask(Some(&head), Request::HoldEnd { id: hold.id.clone() });
    assert!(text(alone).contains("second person"));
    let end = Request::HoldEnd { id: hold.id.clone() };
    let reply = office.ask_beside(Some(&head), Some("clerk"), end);
    assert!(matches!(reply, Reply::Hold(_)), "{reply:?}");
    assert!(held(&mut office).ended.is_some());
    assert_eq!(due(&mut office), 0);
    let entry = office.last(Kind::Hold);
    assert_eq!((entry.header.act, entry.header.about), (Act::Close, Some(number)));
    assert_eq!(entry.body.unwrap().who.unwrap().second.as_deref(), Some("clerk"));
}

#[test]
fn the_box_picks_what_the_random_check_judges() {
    let mut office = Office::with_people(SCHOOL);
    let clerk = office.log_in("clerk");
    for n in 0..3 {
        office.all.footage(Span::hours(30), n);
    }
    let pick = |office: &mut Office| match office.ask(Some(&clerk), Request::Duties) {
        Reply::Duties { duties } => {
            let line = duties.into_iter().find(|line| line.duty == "random-check").unwrap();
            assert!(line.what.contains("Front gate"), "{}", line.what);
            line.pick.unwrap()
        }
        other => panic!("{other:?}"),
    };
    let first = pick(&mut office);
    assert_eq!(pick(&mut office), first, "it stands until it is judged");
    let judged = |at: Utc| Body {
        fields: fields(&[
            ("camera", "front-gate".into()),
            ("moment", Value::Text(at.to_string())),
            ("verdict", "good".into()),
        ]),
        ..Body::default()
    };
    let kind = (Kind::RandomCheck, Act::Open, None);
    let other = office.enter(&clerk, kind, judged(first.at + Span::secs(1)));
    assert!(text(other).contains("The box picks"));
    // Typed as it is shown: to the second.
    let shown = Utc::from_secs(first.at.as_secs());
    let reply = office.enter(&clerk, kind, judged(shown));
    let entered = office.last(Kind::RandomCheck).body.unwrap();
    assert_eq!(entered.fields["moment"], Value::Text(first.at.to_string()));
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
}

#[test]
fn a_sealed_code_opens_what_keeps_the_box_going_and_is_reviewed() {
    let mut office = Office::new(SCHOOL);
    let founder = |person: &str| Founder {
        person: person.into(),
        passphrase: phrase(person),
        admin_passphrase: None,
    };
    let people = vec![founder("head"), founder("tech")];
    let Reply::Founded { codes, .. } = office.ask(None, Request::Found { people }) else {
        panic!("not founded")
    };
    let request = Request::BreakGlass { code: codes[0].clone(), reason: "nobody is here".into() };
    let Reply::LoggedIn(session) = office.ask(None, request) else { panic!("not let in") };
    let sealed = session.session;
    assert_eq!(office.ask(Some(&sealed), Request::Reindex), Reply::Done);
    let find = Find { limit: 10, ..Find::default() };
    assert!(
        text(office.ask(Some(&sealed), Request::Logbook(find))).contains("keeps the box running")
    );
    // Its screen wakes by its own code alone.
    office.ask(Some(&sealed), Request::Lock);
    let wake = |code: &Sent| Request::Unlock { passphrase: code.clone() };
    assert!(text(office.ask(Some(&sealed), wake(&codes[1]))).contains("sealed code that opened"));
    assert_eq!(office.ask(Some(&sealed), wake(&codes[0])), Reply::Done);
    let used = office
        .entries(Kind::BreakGlass)
        .into_iter()
        .find(|e| e.body.as_ref().unwrap().fields["event"] == "used".into())
        .unwrap();
    assert_eq!(used.body.as_ref().unwrap().reason.as_deref(), Some("nobody is here"));
    // Its session is a record that ends, and its use one that somebody reviews.
    office.ask(Some(&sealed), Request::LogOut);
    assert_eq!(office.last(Kind::AdminSession).header.act, Act::Close);
    let head = office.log_in("head");
    let body = Body { outcome: Some("it was right".into()), ..Body::default() };
    let review = (Kind::BreakGlass, Act::Close, Some(used.number));
    let reply = office.enter(&head, review, body);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    assert_eq!(office.last(Kind::BreakGlass).header.about, Some(used.number));
}
