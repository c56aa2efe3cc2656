//! Founding, log-in, wrong passphrases, the second factor; who is asked who they are, and who is
//! not.

use beadle::base::time::{Span, Utc};
use beadle::logbook::{Account, Act, Body, Kind};
use beadle::wire::people::{Founder, Second};
use beadle::wire::{Reply, Request, Sent, book};

use crate::desk::*;

/// One of every request that does something for somebody.
pub fn requests() -> Vec<Request> {
    let now = Utc::from_secs(1_795_250_460);
    let second =
        || Second { person: SITE.id.into(), passphrase: Sent::new(SITE.phrase), code: None };
    let body = || Box::new(Body::default());
    let (kind, act) = (Kind::Occurrence, Act::Open);
    vec![
        Request::Footage { camera: None, from: None, to: None, after: None },
        Request::Plan { name: "site.kdl".into(), text: file(NO_CAMERA) },
        Request::HoldAdd {
            cameras: vec![],
            start: now,
            end: now + Span::hours(1),
            reference: "CR-1".into(),
            reason: "An incident".into(),
            review_days: None,
            class: None,
            case: None,
        },
        Request::HoldList,
        Request::HoldEnd { id: "H-2026-0001".into() },
        Request::Reindex,
        Request::WhoAmI,
        Request::EnrolCode { person: DSL.id.into(), account: Account::Own },
        Request::Factor { digits: None },
        Request::FactorDrop {
            person: SITE.id.into(),
            account: Account::Own,
            reason: "lost".into(),
        },
        Request::RecoveryKey,
        Request::SealCodes,
        Request::People,
        Request::Forms { register: None },
        Request::Form { kind, act },
        Request::Enter { kind, act, about: None, body: body(), second: None },
        Request::Enter { kind, act, about: None, body: body(), second: Some(second()) },
        Request::Logbook(book::Find { limit: 20, ..book::Find::default() }),
        Request::Entry { number: 0 },
        Request::Records { register: "occurrences".into(), open: false },
        Request::Checkpoint,
        Request::Prove { number: 0 },
        Request::Forget { numbers: vec![0], reason: "R".into(), second: second() },
        Request::Duties,
        Request::Curiosity { from: None, to: None },
        Request::Misuse { from: None, to: None },
        Request::PersonReport {
            person: SITE.id.into(),
            reason: "R".into(),
            authority: "quillan".into(),
        },
        Request::Approve { digest: "012345".into() },
        Request::ExportState { number: 0 },
        Request::ExportStop { number: 0 },
    ]
}

/// What anybody sees who can reach the socket. The status that is given out may be half a second
/// old: from before anybody was enrolled, when it may name people.
fn names_nobody(desk: &Desk) {
    let before = desk.status().now;
    let late = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let mut status = desk.status();
    while status.now == before {
        assert!(std::time::Instant::now() < late, "the status stands still at {before}");
        std::thread::sleep(std::time::Duration::from_millis(20));
        status = desk.status();
    }
    let status = serde_json::to_string(&status).unwrap();
    for person in &PEOPLE {
        for word in [person.id, person.title, person.phrase] {
            assert!(!status.contains(word), "{word} stands in the status: {status}");
        }
    }
}

#[test]
fn two_people_begin_together_and_from_then_on_everything_but_status_asks_who_is_there() {
    let mut desk = Desk::open(&file(NO_CAMERA));
    assert!(matches!(desk.ask(None, &Request::HoldList), Reply::Holds { .. }), "the owner's box");
    let early = refusal(desk.try_log_in(HEAD.id, HEAD.phrase));
    assert!(early.contains("enrol --first"), "{early}");

    let founder = |person: &str, phrase: &str, admin: Option<&str>| Founder {
        person: person.into(),
        passphrase: Sent::new(phrase),
        admin_passphrase: admin.map(Sent::new),
    };
    let head = || founder(HEAD.id, HEAD.phrase, None);
    let it = || founder(IT.id, IT.phrase, Some(ADMIN_PHRASE));
    for (what, people, want) in [
        ("one", vec![head()], "Two different people"),
        ("the same twice", vec![head(), head()], "Two different people"),
        ("a stranger", vec![it(), founder("stranger", HEAD.phrase, None)], "no person of the file"),
        ("nobody who manages", vec![head(), founder(SITE.id, SITE.phrase, None)], "manage-access"),
        ("no admin phrase", vec![head(), founder(IT.id, IT.phrase, None)], "admin account"),
        ("one phrase for two", vec![founder(HEAD.id, IT.phrase, None), it()], "would be tried"),
        ("a short one", vec![founder(HEAD.id, "otter", None), it()], "quillan"),
        ("their own name", vec![founder(HEAD.id, "quillan ashdown 1", None), it()], "quillan"),
    ] {
        let why = refusal(desk.ask(None, &Request::Found { people }));
        assert!(why.contains(want), "{what}: {why}");
        assert!(matches!(desk.ask(None, &Request::HoldList), Reply::Holds { .. }), "{what}");
    }

    let (ok, printed, _) = desk.verb(
        &["enrol", "--first", HEAD.id, IT.id],
        &[HEAD.phrase, HEAD.phrase, IT.phrase, IT.phrase, ADMIN_PHRASE, ADMIN_PHRASE]
            .map(|line| format!("{line}\n"))
            .concat(),
    );
    assert!(ok && printed.contains("Sealed codes"), "{printed}");
    let again = refusal(desk.ask(None, &founding()));
    assert!(again.contains("has its people already"), "{again}");

    let session = desk.log_in(&HEAD);
    for wrong in [None, Some(Sent::new("")), Some(Sent::new("0".repeat(64)))] {
        for request in requests() {
            let why = asks_who(desk.ask(wrong.as_ref(), &request));
            assert!(why.contains("who you are") || why.contains("Log in"), "{request:?}: {why}");
        }
    }
    names_nobody(&desk);
    assert!(matches!(desk.ask(Some(&session), &Request::WhoAmI), Reply::WhoIs(_)));
    desk.crash();
    asks_who(desk.ask(Some(&session), &Request::WhoAmI));
    asks_who(desk.ask(None, &Request::Duties));
    names_nobody(&desk);
    desk.is_sound();
}

#[test]
fn wrong_passphrases_wait_and_no_restart_nor_clock_shortens_that() {
    let Some(mut desk) = Desk::with_clocks(&file(NO_CAMERA)) else { return };
    desk.found();
    for n in 1..=5 {
        let why = refusal(desk.try_log_in(HEAD.id, "parsnip parsnip 77"));
        assert!(why.contains("is wrong"), "attempt {n}: {why}");
    }
    let nobody = refusal(desk.try_log_in("nobody-here", "parsnip parsnip 77"));
    assert!(nobody.contains("is wrong"), "a wrong name is told like a wrong passphrase: {nobody}");
    let waits = |desk: &Desk, what: &str| {
        let why = refusal(desk.try_log_in(HEAD.id, HEAD.phrase));
        assert!(why.contains("Try again in"), "{what}: {why}");
    };
    waits(&desk, "at once");
    desk.crash();
    waits(&desk, "after kill -9");
    desk.by(Span::days(3), Span::ZERO);
    waits(&desk, "with the clock forward");
    desk.by(Span::days(-3), Span::ZERO);
    waits(&desk, "with the clock back");
    // Nobody else waits for them, and nobody's name is in what everybody sees.
    let admin = desk.admin();
    names_nobody(&desk);
    desk.by(Span::ZERO, Span::secs(61));
    let Reply::LoggedIn(welcome) = desk.try_log_in(HEAD.id, HEAD.phrase) else {
        panic!("the waiting does not end");
    };
    assert_eq!(welcome.failures_since, 5);
    // What was lent under another time is over.
    refusal(desk.ask(Some(&admin), &Request::SealCodes));
    let admin = desk.admin();
    let failed = desk.entries(&admin, Kind::LogInFailed);
    assert_eq!(failed.len(), 6, "{failed:#?}");
    // The last one is seen with the next turn.
    let late = std::time::Instant::now() + std::time::Duration::from_secs(5);
    let mut steps = desk.entries(&admin, Kind::ClockStep);
    while steps.len() < 3 && std::time::Instant::now() < late {
        std::thread::sleep(std::time::Duration::from_millis(50));
        steps = desk.entries(&admin, Kind::ClockStep);
    }
    assert!(steps.len() >= 3, "each step of the clock is an entry: {steps:#?}");
    desk.is_sound();
}

/// What an authenticator shows so many seconds from now.
fn digits(typed: &Sent, ahead: u64) -> Sent {
    use totp_rs::{Algorithm, Builder, Secret};
    let secret = Secret::try_from_base32(typed.0.expose().replace(' ', "")).unwrap();
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6);
    let totp = totp.with_skew(1).with_step_duration(30).with_secret(secret).build().unwrap();
    Sent::new(totp.generate(crate::live::now().as_secs() as u64 + ahead).to_string())
}

#[test]
fn the_second_factor_is_asked_for_where_the_file_wants_it() {
    let text = file(NO_CAMERA) + "accounts second-factor=\"privileged\"\n";
    let mut desk = Desk::open(&text);
    desk.found();
    let head = desk.log_in(&HEAD);
    entered(desk.ask(Some(&head), &occurrence("needs no second factor")));
    let admin = desk.admin();
    let code = Request::EnrolCode { person: DSL.id.into(), account: Account::Own };
    let why = refusal(desk.ask(Some(&admin), &code));
    assert!(why.contains("authenticator") || why.contains("second factor"), "{why}");

    let Reply::Factor { typed, .. } = desk.ask(Some(&admin), &Request::Factor { digits: None })
    else {
        panic!("no authenticator is offered");
    };
    let wrong = Request::Factor { digits: Some(Sent::new("000000")) };
    assert!(refusal(desk.ask(Some(&admin), &wrong)).contains("wrong"));
    let right = digits(&typed, 0);
    let proof = Request::Factor { digits: Some(right.clone()) };
    assert_eq!(desk.ask(Some(&admin), &proof), Reply::Done);

    let mut wish = wish(IT.id, Account::Admin, ADMIN_PHRASE);
    assert_eq!(desk.ask(None, &Request::LogIn(wish.clone())), Reply::CodeWanted);
    for (what, code) in [("wrong", Sent::new("123456")), ("used", right)] {
        wish.code = Some(code);
        let why = refusal(desk.ask(None, &Request::LogIn(wish.clone())));
        assert!(why.contains("is wrong"), "{what} digits: {why}");
    }
    // A telephone's clock may be half a minute fast: its next digits are let through, once.
    wish.code = Some(digits(&typed, 30));
    let Reply::LoggedIn(welcome) = desk.ask(None, &Request::LogIn(wish.clone())) else {
        panic!("the right digits do not let in");
    };
    let admin = welcome.session;
    assert!(refusal(desk.ask(None, &Request::LogIn(wish))).contains("is wrong"));
    assert!(matches!(desk.ask(Some(&admin), &code), Reply::Codes { .. }));
    let enrolled = outcomes(&desk.entries(&admin, Kind::Enrolment));
    assert!(enrolled.iter().any(|what| what.contains("authenticator")), "{enrolled:?}");
    desk.is_sound();
}
