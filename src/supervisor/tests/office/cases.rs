//! Holds by class, what their end destroys, and the certificate of it.

use super::*;

fn hold(class: Option<&str>, around: Utc) -> Request {
    Request::HoldAdd {
        cameras: vec![gate()],
        start: around - Span::hours(1),
        end: around + Span::hours(1),
        reference: "DSL/7".into(),
        reason: "a matter of safeguarding".into(),
        review_days: None,
        class: class.map(String::from),
        case: None,
    }
}

fn placed(reply: Reply) -> crate::footage::Hold {
    match reply {
        Reply::Hold(hold) => hold,
        other => panic!("{other:?}"),
    }
}

/// What the entry says of files: how many, and how many bytes.
fn counted(entry: &Entry) -> Vec<Option<i64>> {
    let body = entry.body.as_ref().unwrap();
    let number = |name: &str| match body.fields.get(name) {
        Some(Value::Number(n)) => Some(*n),
        _ => None,
    };
    ["segments", "bytes"].map(number).to_vec()
}

#[test]
fn a_hold_is_looked_at_again_as_the_file_says_of_its_class() {
    let from = "retention min-days=30 max-days=90";
    let to = "retention min-days=30 max-days=90 {\n    hold-class \"safeguarding\" \"Children\" \
              review-days=365\n}";
    let mut office = Office::with_people(&SCHOOL.replace(from, to));
    let head = office.log_in("head");
    let now = office.all.clock.utc();
    for (class, days) in [(Some("safeguarding"), 365), (Some("police"), 90), (None, 90)] {
        let hold = placed(office.ask(Some(&head), hold(class, now - Span::hours(5))));
        assert_eq!((hold.review - hold.placed), Span::days(days), "{class:?}");
    }
    let unknown = office.ask(Some(&head), hold(Some("archive"), now - Span::hours(5)));
    assert!(text(unknown).contains("Class"), "a class that the file does not have");
}

#[test]
fn the_end_of_a_hold_destroys_what_it_alone_kept_and_leaves_a_certificate() {
    let mut office = Office::with_people(SCHOOL);
    let head = office.log_in("head");
    // Past the ceiling of ninety days: only the hold keeps it.
    let ago = Span::days(100);
    let old = office.all.clock.utc() - ago;
    let first = placed(office.ask(Some(&head), hold(Some("safeguarding"), old)));
    let second = placed(office.ask(Some(&head), hold(Some("police"), old)));
    let path = office.all.footage(ago, 0);
    office.all.pass(130);
    assert!(!office.all.world.deleted.contains(&path));
    let end = |office: &mut Office, id: &str| {
        let head = office.log_in("head"); // the screen locked meanwhile
        let request = Request::HoldEnd { id: id.into() };
        placed(office.ask_beside(Some(&head), Some("clerk"), request));
        office.last(Kind::Hold)
    };
    // The other one still keeps it: nothing goes, and nothing is certified.
    assert_eq!(counted(&end(&mut office, &second.id)), [Some(0), Some(0)]);
    office.all.pass(130);
    assert!(!office.all.world.deleted.contains(&path));
    let close = end(&mut office, &first.id);
    assert_eq!(counted(&close)[0], Some(1));
    office.all.pass(130);
    assert!(office.all.world.deleted.contains(&path), "within minutes, not a day");
    let certificate = office.last(Kind::Hold);
    assert_eq!(certificate.header.act, Act::Note);
    assert_eq!(certificate.header.about, close.header.about);
    assert_eq!(counted(&certificate), counted(&close));
    assert_eq!(certificate.body.unwrap().who, None, "the recorder's own");
    office.all.pass(30);
    assert_eq!(office.entries(Kind::Hold).len(), 5, "once: two placed, two ended, one certified");
}

#[test]
fn a_drive_leaves_with_two_signatures_and_only_where_another_records() {
    let from = "register \"incidents\" \"read\" \"write\" \"close\"";
    let to = format!("{from}\n        register \"releases\" \"read\" \"write\" \"close\"");
    let mut office = Office::with_people(&SCHOOL.replacen(from, &to, 1));
    let head = office.log_in("head");
    let drive = |replacement: Option<&str>| {
        let mut said = fields(&[
            ("court", "Crown Court".into()),
            ("court-order", "T2026/114".into()),
            ("serial", "WD-117".into()),
            ("bag", "B-1".into()),
            ("seal", "S-9".into()),
            ("signed-by", "head".into()),
            ("received-by", "An usher".into()),
            ("handed-over", "2026-11-23T08:30:00.000Z".into()),
            ("key", "sealed, by signed-for delivery, to the court".into()),
        ]);
        said.extend(replacement.map(|serial| ("replacement".to_string(), serial.into())));
        let body = std::boxed::Box::new(Body { fields: said, ..Body::default() });
        let (kind, act) = (Kind::OriginalDrive, Act::Open);
        Request::Enter { kind, act, about: None, body, second: None }
    };
    // The second signature is that of whoever stands there.
    let alone = text(office.ask(Some(&head), drive(Some("WD-118"))));
    assert!(alone.contains("Second signature"), "{alone}");
    // One disk: nothing would record on.
    let only = office.ask_beside(Some(&head), Some("clerk"), drive(None));
    assert!(text(only).contains("no other disk to record on"));
    let reply = office.ask_beside(Some(&head), Some("clerk"), drive(Some("WD-118")));
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    let who = office.last(Kind::OriginalDrive).body.unwrap().who.unwrap();
    assert_eq!((who.person.as_str(), who.second.as_deref()), ("head", Some("clerk")));
}
