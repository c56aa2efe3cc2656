//! The sealed code: opens the box once, loudly, for what gets people going again (S4.42).

use beadle::logbook::{Account, Kind};
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;

fn break_in(desk: &Desk, code: &Sent, reason: &str) -> Reply {
    desk.ask(None, &Request::BreakGlass { code: code.clone(), reason: reason.into() })
}

#[test]
fn a_sealed_code_opens_once_is_loud_and_lets_somebody_be_enrolled() {
    let mut desk = Desk::open(&file(NO_CAMERA));
    let codes = desk.found();
    assert_eq!(codes.len(), 2);
    let wrong = Sent::new("0000-0000-0000-0000-0000-0000");
    assert!(refusal(break_in(&desk, &wrong, "a try")).contains("not good"));
    // A slip at the keyboard does not use the code up.
    refusal(break_in(&desk, &codes[0], "  "));
    let Reply::LoggedIn(welcome) = break_in(&desk, &codes[0], "The IT Manager is ill") else {
        panic!("the sealed code does not open the box");
    };
    let session = welcome.session;
    assert_eq!(welcome.who.account, Account::BreakGlass);
    until("everybody is told", || {
        desk.status().alarms.iter().any(|a| a.text.contains("sealed code 1 was used"))
    });
    assert!(refusal(break_in(&desk, &codes[0], "once more")).contains("not good"));

    // What it is for, and what it is not for.
    let code = desk.code(&session, SITE.id);
    assert!(matches!(desk.redeem(&SITE, &code), Reply::Enrolled { .. }));
    for request in [occurrence("by nobody"), Request::SealCodes, Request::RecoveryKey] {
        let reply = desk.ask(Some(&session), &request);
        let allowed = matches!(request, Request::SealCodes | Request::RecoveryKey);
        assert_eq!(matches!(reply, Reply::Refused { .. }), !allowed, "{request:?}: {reply:?}");
    }
    // New ones were made: the second of the old ones is void, a restart changes nothing.
    desk.crash();
    asks_who(desk.ask(Some(&session), &Request::WhoAmI));
    for old in &codes {
        assert!(refusal(break_in(&desk, old, "an old envelope")).contains("not good"));
    }
    let admin = desk.admin();
    let said = outcomes(&desk.entries(&admin, Kind::BreakGlass));
    for want in ["printed sealed codes 1, 2", "sealed code 1 was used", "is not good"] {
        assert!(said.iter().any(|what| what.contains(want)), "{want}: {said:#?}");
    }
    let sessions = desk.entries(&admin, Kind::AdminSession);
    let lent = |e: &&beadle::logbook::Entry| {
        let body = e.body.as_ref();
        let who = body.and_then(|b| b.who.as_ref());
        who.is_some_and(|w| w.account == Account::BreakGlass)
            && body.is_some_and(|b| b.reason.as_deref() == Some("The IT Manager is ill"))
    };
    assert_eq!(sessions.iter().filter(lent).count(), 1, "{sessions:#?}");
    desk.is_sound();
}
