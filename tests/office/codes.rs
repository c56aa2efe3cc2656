//! One-time codes: good once, for one account, for a week, whatever the clock does.

use beadle::base::time::Span;
use beadle::logbook::{Account, Kind};
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;

#[test]
fn a_one_time_code_is_good_once_for_its_person_and_for_a_week() {
    let Some(mut desk) = Desk::with_clocks(&file(NO_CAMERA)) else { return };
    let (head, admin) = desk.of_two();
    let stranger = Request::EnrolCode { person: "stranger".into(), account: Account::Own };
    assert!(refusal(desk.ask(Some(&admin), &stranger)).contains("no person of the file"));
    let by_head = Request::EnrolCode { person: DSL.id.into(), account: Account::Own };
    refusal(desk.ask(Some(&head), &by_head));

    let code = desk.code(&admin, DSL.id);
    let never = refusal(desk.redeem(&DSL, &Sent::new("AAAA-BBBB-CCCC-DDDD")));
    assert!(never.contains("not good"), "{never}");
    assert!(refusal(desk.redeem(&SITE, &code)).contains("somebody else"));
    let same = Person { phrase: HEAD.phrase, ..DSL };
    refusal(desk.redeem(&same, &code));
    assert!(matches!(desk.redeem(&DSL, &code), Reply::Enrolled { .. }));
    assert!(refusal(desk.redeem(&DSL, &code)).contains("not good"), "it was used");
    desk.log_in(&DSL);

    let first = desk.code(&admin, SITE.id);
    let second = desk.code(&admin, SITE.id);
    assert!(refusal(desk.redeem(&SITE, &first)).contains("not good"), "a new one makes it void");
    desk.sleep(Span::days(8));
    let admin = desk.admin();
    assert!(refusal(desk.redeem(&SITE, &second)).contains("not good"), "it is a week old");
    // It was noticed that its time is over: a clock set back does not bring it to life.
    until("the code is void", || {
        let void = outcomes(&desk.entries(&admin, Kind::Enrolment));
        void.iter().any(|what| what.contains("is void"))
    });
    desk.by(Span::ZERO, Span::days(8));
    assert!(refusal(desk.redeem(&SITE, &second)).contains("not good"), "the clock was set back");
    refusal(desk.try_log_in(SITE.id, SITE.phrase));
    desk.is_sound();
}
