//! What is refused before anybody fills it in, and what takes a second person beside the first.

use super::*;

impl Office {
    /// The account of a session gets an authenticator, by the standard's arithmetic (RFC 6238).
    fn give_factor(&mut self, session: &Sent) {
        let reply = self.ask(Some(session), Request::Factor { digits: None });
        let Reply::Factor { typed, .. } = reply else { panic!("{reply:?}") };
        let secret = typed.0.expose().replace(' ', "");
        let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let totp = totp_rs::Builder::new().with_algorithm(totp_rs::Algorithm::SHA1);
        let totp = totp.with_digits(6).with_step_duration(30).with_secret(secret).build().unwrap();
        let digits = totp.generate(self.all.clock.utc().as_secs() as u64).to_string();
        let proof = Request::Factor { digits: Some(Sent::new(digits)) };
        assert_eq!(self.ask(Some(session), proof), Reply::Done);
    }
}

fn form(office: &mut Office, who: &Sent, kind: Kind, act: Act) -> Result<(), String> {
    match office.ask(Some(who), Request::Form { kind, act }) {
        Reply::Form(_) => Ok(()),
        Reply::Refused { why } => Err(why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_form_that_could_not_be_sent_is_refused_before_its_first_field() {
    let mut office = Office::with_people(SCHOOL);
    let head = office.log_in("head");
    let guard = office.log_in("guard");
    let clerk = office.log_in("clerk");
    for (who, kind, act, may) in [
        (&head, Kind::Incident, Act::Open, true),
        (&guard, Kind::Incident, Act::Open, false),
        (&guard, Kind::Incident, Act::Close, false),
        // Anybody reports misuse, signs their own paper and confirms their own word.
        (&guard, Kind::Misuse, Act::Open, true),
        (&guard, Kind::Acceptance, Act::Open, true),
        (&guard, Kind::Confirmation, Act::Note, true),
        // A deed stands behind these, a duty behind the next.
        (&head, Kind::Permission, Act::Open, true),
        (&guard, Kind::Permission, Act::Open, false),
        (&head, Kind::AccessGrant, Act::Open, true),
        (&guard, Kind::AccessGrant, Act::Open, false),
        (&clerk, Kind::RandomCheck, Act::Open, true),
        (&guard, Kind::RandomCheck, Act::Open, false),
        (&guard, Kind::DutyDone, Act::Open, true),
    ] {
        let before = office.entries(Kind::Refused).len();
        let got = form(&mut office, who, kind, act);
        assert_eq!(got.is_ok(), may, "{kind} {act:?}: {got:?}");
        let entered = office.entries(Kind::Refused).len() - before;
        assert_eq!(entered, usize::from(!may), "{kind} {act:?}: a refusal is entered, once");
        if let Err(why) = got {
            assert!(why.contains("does not give you the right"), "{why}");
        }
    }
    // Nobody is logged in: the question is who asks.
    let kind = Kind::Incident;
    let reply = office.ask(None, Request::Form { kind, act: Act::Open });
    assert!(matches!(reply, Reply::LogIn { .. }), "{reply:?}");
}

#[test]
fn a_weak_passphrase_is_told_to_whoever_types_it_and_nothing_is_kept() {
    let mut office = Office::with_people(SCHOOL);
    for (person, typed, want) in [
        ("head", "short", Some("too short")),
        ("head", "Headteacher2026", Some("among the first")),
        ("head", "Little School", Some("among the first")),
        ("head", "green bicycle lamp", None),
        // Somebody else has it: that is told at the end alone.
        ("head", phrase("tech").0.expose(), None),
        ("stranger", "green bicycle lamp", None),
    ] {
        let before = office.all.state.sizes();
        let (person, passphrase) = (person.to_string(), Sent::new(typed));
        let reply = office.ask(None, Request::JudgePhrase { person, passphrase });
        match (want, reply) {
            (None, Reply::Done) => {}
            (Some(want), Reply::Refused { why }) => assert!(why.contains(want), "{why}"),
            (_, other) => panic!("{typed}: {other:?}"),
        }
        assert_eq!(office.all.state.sizes(), before);
    }
}

#[test]
fn a_lost_authenticator_is_taken_away_by_whoever_manages_access_with_an_entry() {
    let keys = r#"approvals { widen-rights by="head" and="clerk"; }"#;
    let mut office = Office::with_people(&(SCHOOL.to_string() + keys));
    let head = office.log_in("head");
    let lost = |person: &str, reason: &str| Request::FactorDrop {
        person: person.into(),
        account: Account::Own,
        reason: reason.into(),
    };
    assert!(text(office.ask(Some(&head), lost("guard", "lost"))).contains("no authenticator"));
    for person in ["guard", "tech", "head"] {
        let session = office.log_in(person);
        office.give_factor(&session);
    }
    // Only who manages access, for a reason, and nobody their own.
    let clerk = office.log_in("clerk");
    assert!(text(office.ask(Some(&clerk), lost("guard", "lost"))).contains("manage-access"));
    assert!(text(office.ask(Some(&head), lost("guard", " "))).contains("Say why"));
    assert!(text(office.ask(Some(&head), lost("head", "lost"))).contains("about you"));
    let before = office.entries(Kind::Enrolment).len();
    let reply = office.ask(Some(&head), lost("guard", "the telephone is lost"));
    assert!(matches!(reply, Reply::Text { .. }), "{reply:?}");
    let entries = office.entries(Kind::Enrolment).split_off(before);
    let asked = entries[0].body.as_ref().unwrap();
    assert_eq!(asked.who.as_ref().unwrap().person, "head");
    assert!(asked.reason.as_ref().unwrap().contains("the telephone is lost"));
    let done = entries[1].body.as_ref().unwrap().outcome.as_deref();
    assert_eq!(done, Some("head took away the authenticator of guard/own"));
    let welcome = office.welcome("guard");
    assert!(welcome.notices.iter().any(|n| n.contains("authenticator")), "{:?}", welcome.notices);
    // The technician has privileged rights: another key-holder stands beside, and is no one else.
    let alone = text(office.ask(Some(&head), lost("tech", "lost")));
    assert!(alone.contains("second person"), "{alone}");
    let same = text(office.ask_beside(Some(&head), Some("head"), lost("tech", "lost")));
    assert!(same.contains("authenticator") || same.contains("wrong"), "{same}");
    let guard = text(office.ask_beside(Some(&head), Some("guard"), lost("tech", "lost")));
    assert!(guard.contains("cannot take part"), "{guard}");
    let reply = office.ask_beside(Some(&head), Some("clerk"), lost("tech", "lost"));
    assert!(matches!(reply, Reply::Text { .. }), "{reply:?}");
    office.log_in("tech");
}

/// A copy for the police on a stick, with this witness.
fn release(office: &Office) -> Body {
    let now = office.all.clock.utc();
    let said = [
        ("recipient", "police".into()),
        ("recipient-name", "PC 118".into()),
        ("organisation", "Essex Police".into()),
        ("carrier", "bitlocker".into()),
        ("serial", "S-17".into()),
        ("transfer", "by-hand".into()),
        ("protected-person", false.into()),
        ("possible-crime", true.into()),
        ("persons-shown", true.into()),
        ("necessity", "the crime was seen by nobody".into()),
        ("crime-reference", "42/1/26".into()),
        ("basis", "sch2-para2".into()),
        ("recipient-number", "118".into()),
        ("handed-over", Value::Text((now - Span::mins(5)).to_string())),
        ("cameras", Value::List(vec!["front-gate".into()])),
        ("from", Value::Text((now - Span::hours(2)).to_string())),
        ("until", Value::Text((now - Span::hours(1)).to_string())),
    ];
    let authority = crate::logbook::Authority {
        by: "head".into(),
        form: crate::logbook::AuthorityForm::Own,
        reference: None,
    };
    let form = crate::logbook::form::form(Kind::Release, Act::Open).unwrap();
    let mut said = fields(&said);
    said.retain(|name, _| form.field(name).is_some());
    Body {
        purpose: Some("safety".into()),
        reason: Some("the police ask".into()),
        authority: Some(authority),
        fields: said,
        ..Body::default()
    }
}

#[test]
fn out_of_hours_any_person_witnesses_where_the_file_allows_and_it_is_reviewed() {
    let registers = r#"register "incidents" "read" "write" "close""#;
    let releases = format!("{registers}; register \"releases\" \"read\" \"write\"");
    let base = SCHOOL.replace(registers, &releases);
    let allows = base.clone() + "disclosure out-of-hours-witness=#true";
    let refused = [
        (&base, "clerk", 0, None),
        (&base, "guard", 0, Some("among the choices")),
        (&base, "guard", 10, Some("among the choices")),
        (&allows, "clerk", 0, None),
        (&allows, "guard", 0, Some("out of hours only")),
        (&allows, "guard", 10, None),
        (&allows, "clerk", 10, None),
    ];
    for (file, witness, hours, want) in refused {
        let mut office = Office::with_people(file);
        office.all.clock.advance(Span::hours(hours));
        office.all.pass(2);
        let head = office.log_in("head");
        let mut body = release(&office);
        // A tick of one's own makes nobody an exception.
        body.fields.insert("witness-exception".into(), true.into());
        let (kind, act, about) = (Kind::Release, Act::Open, None);
        let alone = Request::Enter { kind, act, about, body: body.clone().into(), second: None };
        let why = text(office.ask(Some(&head), alone.clone()));
        assert!(why.contains("Witness"), "{why}");
        let reply = office.ask_beside(Some(&head), Some(witness), alone);
        let case = format!("{witness}, {hours} hours later, {}", file.len());
        match (want, reply) {
            (None, Reply::Entered { .. }) => {}
            (Some(want), Reply::Refused { why }) if why.contains(want) => continue,
            (_, other) => panic!("{case}: {other:?}"),
        }
        let entry = office.last(Kind::Release).body.unwrap();
        assert_eq!(entry.who.unwrap().second.as_deref(), Some(witness), "{case}");
        let exception = witness == "guard";
        let marked = entry.fields.get("witness-exception") == Some(&Value::Yes(true));
        assert_eq!(marked, exception, "{case}");
        let Reply::Duties { duties } = office.ask(Some(&head), Request::Duties) else { panic!() };
        let review = duties.iter().filter(|line| line.duty == "witness-review").count();
        assert_eq!(review, usize::from(exception), "{case}");
    }
}

#[test]
fn what_was_refused_is_entered_whatever_its_own_form_has_in_those_fields() {
    let mut office = Office::with_people(SCHOOL);
    let guard = office.log_in("guard");
    let report = Request::PersonReport {
        person: "clerk".into(),
        reason: "a question".into(),
        authority: "head".into(),
    };
    assert!(text(office.ask(Some(&guard), report)).contains("audit"));
    let entry = office.last(Kind::Refused).body.unwrap();
    assert_eq!(entry.fields["subject"], "clerk".into());
    assert_eq!(entry.fields.get("from"), None, "a day of that form is no moment");
    // The word was claimed to be spoken; nothing was done on it, so nobody has to confirm it.
    assert_eq!(entry.authority.unwrap().form, crate::logbook::AuthorityForm::Verbal);
    let Reply::Duties { duties } = office.ask(Some(&guard), Request::Duties) else { panic!() };
    assert!(duties.iter().all(|line| line.duty != "confirmation"), "{duties:?}");
    // By hand, with fields of any sort.
    for cameras in [true.into(), "front-gate".into(), Value::List(vec!["front-gate".into()])] {
        let said = fields(&[
            ("happened", Value::Text(office.all.clock.utc().to_string())),
            ("cameras", cameras),
            ("from", Value::Number(7)),
            ("until", "yesterday".into()),
        ]);
        let body = Body { fields: said, ..Body::default() };
        let reply = office.enter(&guard, (Kind::Incident, Act::Open, None), body);
        assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
    }
    assert!(office.verify().holds());
}

/// S4.73: the summary. S4.52: a report is allowed by somebody who investigates.
#[test]
fn signs_of_misuse_are_told_to_whoever_audits() {
    let told = format!("{SCHOOL}\naccounts {{ banner \"Use is examined.\"; }}\n");
    let mut office = Office::with_people(&told);
    let (guard, head) = (office.log_in("guard"), office.log_in("head"));
    let ask = Request::Misuse { from: None, to: None };
    assert!(text(office.ask(Some(&guard), ask.clone())).contains("audit"));
    office.all.clock.advance(Span::mins(1));
    let Reply::Text { text: told } = office.ask(Some(&head), ask) else { panic!() };
    let refusal = office.last(Kind::Refused).number;
    let wanted =
        format!("    1  something was refused\n       of guard 1\n       entries {refusal}");
    assert!(told.contains(&wanted), "{told}");
    assert_eq!(
        office.last(Kind::Audit).body.unwrap().reason.as_deref(),
        Some("the signs of misuse")
    );
    // A report that its own subject would allow is refused, and entered as that.
    let report = |authority: &str| Request::PersonReport {
        person: "clerk".into(),
        reason: "a question".into(),
        authority: authority.into(),
    };
    let why = text(office.ask(Some(&head), report("clerk: a letter of their own")));
    assert!(why.starts_with("This needs the word of Headteacher"), "{why}");
    assert!(office.last(Kind::Refused).number > refusal);
    let reply = office.ask(Some(&head), report("head"));
    assert!(matches!(reply, Reply::Text { .. }), "{reply:?}");
}

/// The report on the network is for those whose right it is (S4.63).
#[test]
fn the_network_is_shown_to_those_who_set_the_box_up_or_audit_it() {
    let mut office = Office::with_people(SCHOOL);
    let lines = crate::supervisor::network::lines();
    for (person, shown) in [("tech", true), ("head", true), ("guard", false), ("clerk", false)] {
        let session = office.log_in(person);
        let Reply::Machine(sheet) = office.ask(Some(&session), Request::Machine) else {
            panic!("{person}")
        };
        let want = if shown { lines.clone() } else { Vec::new() };
        assert_eq!(sheet.network, want, "{person}");
    }
}
