//! Sessions as people and scripts meet them: a second one, idle screens, lent time, the file of the
//! verbs; and what an edit of the file does to those who are logged in.

use std::os::unix::fs::PermissionsExt;

use beadle::base::time::{Span, Utc};
use beadle::logbook::{Act, Kind};
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;

fn hold() -> Request {
    let now = crate::live::now();
    Request::HoldAdd {
        cameras: vec![],
        start: now - Span::hours(1),
        end: now,
        reference: "CR-1".into(),
        reason: "An incident at the gate".into(),
        review_days: None,
        class: None,
        case: None,
    }
}

fn holds(desk: &Desk, session: &Sent) -> usize {
    match desk.ask(Some(session), &Request::HoldList) {
        Reply::Holds { holds } => holds.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_screen_left_alone_locks_lent_time_ends_and_a_second_session_is_an_entry() {
    let Some(mut desk) = Desk::with_clocks(&file(NO_CAMERA)) else { return };
    let (head, admin) = desk.of_two();
    let Reply::LoggedIn(second) = desk.try_log_in(HEAD.id, HEAD.phrase) else {
        panic!("a second session of one person is allowed");
    };
    assert!(second.last_log_in.is_some(), "the last log-in is shown");
    assert!(second.banner.is_some(), "the notice is shown");
    assert_eq!(desk.entries(&admin, Kind::TwoSessions).len(), 1);
    until("everybody is told", || {
        desk.status().alarms.iter().any(|a| a.text.contains("logged in twice"))
    });
    assert_eq!(desk.ask(Some(&second.session), &Request::LogOut), Reply::Done);
    asks_who(desk.ask(Some(&second.session), &Request::WhoAmI));

    // Two minutes without a key; a wrong passphrase and somebody else's do not wake it.
    desk.by(Span::ZERO, Span::secs(90));
    entered(desk.ask(Some(&head), &occurrence("just in time")));
    desk.by(Span::ZERO, Span::secs(90 + 121));
    let why = asks_who(desk.ask(Some(&head), &occurrence("too late")));
    assert!(why.contains("locked"), "{why}");
    let unlock = |phrase: &str| Request::Unlock { passphrase: Sent::new(phrase) };
    assert!(refusal(desk.ask(Some(&head), &unlock(ADMIN_PHRASE))).contains("wrong"));
    asks_who(desk.ask(Some(&head), &hold()));
    assert_eq!(desk.ask(Some(&head), &unlock(HEAD.phrase)), Reply::Done);
    entered(desk.ask(Some(&head), &occurrence("awake again")));
    assert_eq!(desk.ask(Some(&head), &Request::Lock), Reply::Done);
    asks_who(desk.ask(Some(&head), &Request::WhoAmI));
    assert_eq!(desk.ask(Some(&head), &unlock(HEAD.phrase)), Reply::Done);

    // Half an hour of privilege, used or not; a clock set back does not prolong it.
    desk.by(Span::mins(-90), Span::mins(31));
    asks_who(desk.ask(Some(&admin), &Request::WhoAmI));
    let admin = desk.admin();
    // A session that lent privilege is a record, which its end closes.
    let mut ends = outcomes(&desk.entries(&admin, Kind::LogOut));
    ends.extend(outcomes(&desk.entries(&admin, Kind::AdminSession)));
    for want in ["logged out", "its time was over"] {
        assert!(ends.iter().any(|end| end == want), "{want}: {ends:?}");
    }
    let mut asked = desk.entries(&admin, Kind::AdminSession);
    asked.retain(|e| e.header.act == Act::Open);
    let reasons: Vec<_> = asked.iter().filter_map(|e| e.body.as_ref()?.reason.clone()).collect();
    assert_eq!(reasons, ["setting people up", "setting people up"]);
    desk.is_sound();
}

#[test]
fn the_session_file_of_the_verbs_is_private_and_expires() {
    let Some(mut desk) = Desk::with_clocks(&file(NO_CAMERA)) else { return };
    let (_, admin) = desk.of_two();
    let path = desk.places.config.with_file_name("session");
    let kept = path.to_str().unwrap();
    // One that lies there already, open to all, is made anew.
    std::fs::write(&path, "old").unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
    let log_in = ["log-in", HEAD.id, "--session", kept];
    let (ok, _, why) = desk.verb(&log_in, "parsnip parsnip 77\n");
    assert!(!ok && why.contains("is wrong"), "{why}");
    let (ok, said, _) = desk.verb(&log_in, &format!("{}\n", HEAD.phrase));
    assert!(ok && said.contains("You are Quillan Ashdown."), "{said}");
    assert!(said.contains("Wrong passphrases since: 1"), "{said}");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (ok, said, _) = desk.verb(&["hold", "list", "--session", kept], "");
    assert!(ok && said.contains("no holds"), "{said}");
    let (ok, _, why) = desk.verb(&["hold", "list"], "");
    assert!(!ok && why.contains("Log in first"), "{why}");
    // It does not lock, as nobody sits before it; it ends by itself.
    desk.by(Span::ZERO, Span::mins(239));
    let list = || desk.verb(&["logbook", "--register", "occurrences", "--session", kept], "");
    assert!(list().0);
    desk.by(Span::ZERO, Span::mins(241));
    let (ok, _, why) = list();
    assert!(!ok && why.contains("Log in"), "{why}");

    assert!(desk.verb(&log_in, &format!("{}\n", HEAD.phrase)).0);
    let token = std::fs::read_to_string(&path).unwrap();
    let (ok, said, _) = desk.verb(&["log-out", "--session", kept], "");
    assert!(ok && said.contains("logged out") && !path.exists(), "{said}");
    asks_who(desk.ask(Some(&Sent::new(token.trim())), &Request::WhoAmI));
    drop(admin);
    desk.is_sound();
}

#[test]
fn who_loses_person_or_role_in_the_file_loses_the_session_before_the_next_deed() {
    let mut desk = Desk::open(&file(NO_CAMERA));
    let (head, admin) = desk.of_two();
    desk.enrol(&admin, &SITE);
    desk.enrol(&admin, &DSL);
    let (site, dsl) = (desk.log_in(&SITE), desk.log_in(&DSL));
    let reply = desk.ask(Some(&site), &hold());
    assert!(matches!(reply, Reply::Hold(_)), "{reply:?}");
    let revision = |desk: &Desk| desk.status().file.revision;
    let accept = |text: &str| {
        let before = revision(&desk);
        desk.places.write(text);
        until("the edit is in force", || revision(&desk) == before + 1);
    };

    // Between log-in and the next hold the role goes.
    let less = file(NO_CAMERA).replace("held-by \"quillan\" \"tamsin\"", "held-by \"quillan\"");
    accept(&less);
    asks_who(desk.ask(Some(&site), &hold()));
    assert_eq!(holds(&desk, &head), 1, "no second hold was placed");
    // They may log in again, and may no longer do it.
    let site = desk.log_in(&SITE);
    let why = refusal(desk.ask(Some(&site), &hold()));
    assert!(!why.is_empty() && holds(&desk, &head) == 1, "{why}");

    let line = "    person \"odessa\" \"Odessa Birch\" post=\"Safeguarding Lead\"\n";
    accept(&less.replace(line, ""));
    asks_who(desk.ask(Some(&dsl), &Request::Duties));
    let out = refusal(desk.try_log_in(DSL.id, DSL.phrase));
    assert!(out.contains("does not name you"), "{out}");

    let ended = desk.entries(&admin, Kind::LogOut);
    let by_file: Vec<_> = ended
        .iter()
        .filter_map(|e| e.body.as_ref())
        .filter(|b| b.outcome.as_deref() == Some("the file no longer lets it in"))
        .filter_map(|b| b.who.as_ref().map(|w| w.person.as_str()))
        .collect();
    assert_eq!(by_file, [SITE.id, DSL.id]);
    let at: Vec<Utc> = ended.iter().map(|e| e.header.at).collect();
    assert!(at.is_sorted(), "{at:?}");
    desk.is_sound();
}
