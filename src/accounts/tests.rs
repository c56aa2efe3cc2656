//! One box from its first day on: tables of what is typed and what comes of it.

use super::factor;
use super::phrase::Weak;
use super::*;
use crate::base::clock::{Clock, SimClock};
use crate::base::limits::{CODE_TRIES_MAX, TRIES_WAIT};
use crate::base::secret::Secret;
use crate::base::time::Span;
use crate::config::stations::SecondFactor;
use crate::disk::fake::FakeDisk;

/// A thousandth of the real work.
pub(super) const QUICK: Cost = Cost { memory_kib: 64, passes: 1 };
pub(super) const RULES: (u32, &[String]) = (12, &[]);

pub(super) const HEAD: &str = "otter cabinet violin";
pub(super) const BURSAR: &str = "lantern gravel tuba";
pub(super) const NEW: &str = "seven brittle maps";

pub(super) struct School {
    pub(super) disk: FakeDisk,
    pub(super) clock: SimClock,
    pub(super) accounts: Accounts,
}

/// Different bytes at each call, the same in each run.
pub(super) fn dice() -> Dice {
    let mut n = 0u64;
    Box::new(move |bytes| {
        for byte in bytes {
            n += 1;
            *byte = (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        }
        Ok(())
    })
}

pub(super) fn open(disk: &FakeDisk, seen_before: bool, now: Now) -> Result<Accounts, Fault> {
    Accounts::open(Arc::new(disk.clone()), dice(), QUICK, seen_before, now)
}

pub(super) fn empty() -> School {
    let (disk, clock) = (FakeDisk::new(1), SimClock::at("2026-11-21T09:00:00Z".parse().unwrap()));
    let accounts = open(&disk, false, Now::of(&clock)).unwrap();
    School { disk, clock, accounts }
}

/// With head/admin and bursar/admin, as a founding leaves it.
pub(super) fn founded() -> School {
    let mut b = empty();
    b.found("head", HEAD).unwrap();
    b.found("bursar", BURSAR).unwrap();
    b.accounts.take_facts();
    b
}

impl School {
    pub(super) fn now(&self) -> Now {
        Now::of(&self.clock)
    }

    pub(super) fn found(&mut self, person: &str, phrase: &str) -> Result<Done, Refusal> {
        let (now, who) = (self.now(), Who::admin(person));
        let trial =
            self.accounts.begin_founding(&who, Secret::new(phrase), RULES, "office", true, now)?;
        self.accounts.finish(trial.run(), now)
    }

    pub(super) fn log_in(&mut self, who: &Who, phrase: &str) -> Result<Welcome, Refusal> {
        self.log_in_with(who, phrase, None)
    }

    pub(super) fn log_in_with(
        &mut self,
        who: &Who,
        phrase: &str,
        digits: Option<Secret>,
    ) -> Result<Welcome, Refusal> {
        let now = self.now();
        let phrase = Secret::new(phrase);
        let trial = self.accounts.begin_log_in(who, phrase, digits, "office", now)?;
        match self.accounts.finish(trial.run(), now)? {
            Done::LoggedIn(welcome) => Ok(welcome),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn redeem(&mut self, code: &Secret, phrase: &str) -> Result<Done, Refusal> {
        let now = self.now();
        let trial = self.accounts.begin_redeem(code, Secret::new(phrase), RULES, "office", now)?;
        self.accounts.finish(trial.run(), now)
    }

    pub(super) fn issue(&mut self, to: &Who) -> Secret {
        let now = self.now();
        self.accounts.issue(to, "head", now).unwrap().secret().clone()
    }

    /// Power off and on: what the disk has is all there is.
    pub(super) fn restart(&mut self) {
        self.disk.power_cut(7);
        self.accounts = open(&self.disk, true, self.now()).unwrap();
    }
}

#[test]
fn nobody_owns_a_new_box_alone() {
    let mut b = empty();
    assert!(b.accounts.is_empty());
    assert_eq!(b.log_in(&Who::admin("head"), "admin").unwrap_err(), Refusal::Wrong);
    let so_far = vec![Who::admin("head")];
    assert_eq!(b.found("head", HEAD), Ok(Done::Founding { so_far, complete: false }));
    assert_eq!(b.log_in(&Who::admin("head"), HEAD).unwrap_err(), Refusal::Wrong, "not yet");
    assert_eq!(b.disk.files().get(people::PEOPLE), None, "nothing is kept before both are there");
    let again = b.found("head", NEW).unwrap();
    assert!(matches!(again, Done::Founding { complete: false, .. }), "one person twice is one");
    assert_eq!(b.found("bursar", NEW).unwrap_err(), Refusal::Weak(Weak::Guessable), "not the same");
    b.accounts.take_facts();
    assert!(matches!(b.found("bursar", BURSAR), Ok(Done::Founding { complete: true, .. })));
    assert!(matches!(&b.accounts.take_facts()[..], [Fact::Founded { by, .. }] if by.len() == 2));
    assert_eq!(b.found("third", "wicker salmon dusk").unwrap_err(), Refusal::AlreadyFounded);
    b.restart();
    assert!(b.log_in(&Who::admin("head"), NEW).is_ok());
    assert!(b.log_in(&Who::admin("bursar"), BURSAR).is_ok());
}

#[test]
fn a_founding_is_one_session() {
    let mut b = empty();
    b.found("head", HEAD).unwrap();
    let now = b.now();
    let elsewhere = b.accounts.begin_founding(
        &Who::admin("bursar"),
        Secret::new(BURSAR),
        RULES,
        "shed",
        true,
        now,
    );
    assert_eq!(elsewhere.unwrap_err(), Refusal::FoundingOver);
    b.clock.advance(Span::mins(30));
    assert_eq!(b.found("bursar", BURSAR).unwrap_err(), Refusal::FoundingOver);
    assert_eq!(b.accounts.founders(), []);
    let so_far = vec![Who::admin("bursar")];
    assert_eq!(b.found("bursar", BURSAR), Ok(Done::Founding { so_far, complete: false }));
    b.disk.set_read_only(true);
    assert!(matches!(b.found("head", HEAD), Err(Refusal::Unsaved(_))));
    assert!(b.accounts.is_empty(), "nobody is enrolled where nothing could be kept");
    b.disk.set_read_only(false);
    assert!(matches!(b.found("head", HEAD), Ok(Done::Founding { complete: true, .. })));
}

#[test]
fn one_code_one_passphrase_one_week() {
    let site = Who::own("site");
    let wait = |b: &mut School, span: Span| b.clock.advance(span);
    for (what, prepare, want) in [
        ("at once", (|_, _| ()) as fn(&mut School, &Secret), Ok(())),
        ("on the seventh day", |b, _| b.clock.advance(Span::hours(7 * 24 - 1)), Ok(())),
        ("after a week", |b, _| b.clock.advance(Span::days(7)), Err(Refusal::NoSuchCode)),
        (
            "after a week, the clock set back",
            |b, _| {
                b.clock.advance(Span::days(7));
                let now = b.now();
                b.accounts.sweep(&|_| true, now).unwrap();
                b.clock.step(Span::days(-6));
            },
            Err(Refusal::NoSuchCode),
        ),
        ("before it was issued", |b, _| b.clock.step(Span::days(-1)), Err(Refusal::NoSuchCode)),
        (
            "used already",
            |b, code| drop(b.redeem(code, "wicker salmon dusk").unwrap()),
            Err(Refusal::NoSuchCode),
        ),
        (
            "a newer one was issued",
            |b, _| drop(b.issue(&Who::own("site"))),
            Err(Refusal::NoSuchCode),
        ),
        (
            "the person left the file",
            |b, _| {
                let now = b.now();
                b.accounts.sweep(&|id| id != "site", now).unwrap();
            },
            Err(Refusal::NoSuchCode),
        ),
        ("after a restart", |b, _| b.restart(), Ok(())),
    ] {
        let mut b = founded();
        let code = b.issue(&site);
        prepare(&mut b, &code);
        assert_eq!(b.redeem(&code, NEW).map(|_| ()), want, "{what}");
        assert_eq!(b.log_in(&site, NEW).is_ok(), want.is_ok(), "{what}");
    }
    let mut b = founded();
    let code = b.issue(&site);
    wait(&mut b, Span::hours(1));
    assert_eq!(b.accounts.waiting().len(), 1);
    b.redeem(&code, NEW).unwrap();
    let facts = b.accounts.take_facts();
    assert!(matches!(&facts[0], Fact::CodeIssued { again: false, .. }), "{facts:?}");
    assert!(matches!(&facts[1], Fact::Enrolled { again: false, .. }), "{facts:?}");
    let shown = format!("{facts:?} {}", facts[0]);
    assert!(!shown.contains(code.expose()) && shown.contains("site/own"), "{shown}");
}

#[test]
fn a_code_does_not_tell_what_others_use() {
    let mut b = founded();
    let code = b.issue(&Who::own("site"));
    for (phrase, want) in [
        ("short", Weak::Short { min: 12 }),
        ("Password1234", Weak::Guessable),
        (HEAD, Weak::Guessable),
        (BURSAR, Weak::Guessable),
    ] {
        assert_eq!(b.redeem(&code, phrase).unwrap_err(), Refusal::Weak(want), "{phrase}");
    }
    for n in 2..CODE_TRIES_MAX {
        b.restart();
        assert_eq!(b.redeem(&code, HEAD).unwrap_err(), Refusal::Weak(Weak::Guessable), "{n}");
    }
    assert_eq!(b.redeem(&code, NEW).unwrap_err(), Refusal::NoSuchCode, "tried too often");
    let own = b.issue(&Who::own("head"));
    let same = b.redeem(&own, HEAD).unwrap_err();
    assert_eq!(same, Refusal::Weak(Weak::Guessable), "the two accounts of one person differ too");
    assert!(b.redeem(&own, NEW).is_ok());
    assert!(b.log_in(&Who::own("head"), HEAD).is_err(), "each has its own");
    assert!(
        b.log_in(&Who::own("head"), NEW).is_ok() && b.log_in(&Who::admin("head"), HEAD).is_ok()
    );
}

#[test]
fn a_forgotten_passphrase_counts_until_the_new_one_is_there() {
    let mut b = founded();
    let head = Who::admin("head");
    let code = b.issue(&head);
    assert!(b.log_in(&head, HEAD).is_ok());
    assert_eq!(b.redeem(&code, NEW), Ok(Done::Enrolled(head.clone())));
    assert!(b.log_in(&head, HEAD).is_err() && b.log_in(&head, NEW).is_ok());
    let facts = b.accounts.take_facts();
    assert!(facts.iter().any(|f| matches!(f, Fact::Enrolled { again: true, .. })), "{facts:?}");
}

#[test]
fn changing_needs_the_old_one() {
    let head = Who::admin("head");
    for (old, new, want) in [
        (HEAD, NEW, Ok(())),
        ("wrong wrong wrong", NEW, Err(Refusal::Wrong)),
        (HEAD, HEAD, Err(Refusal::Same)),
        (HEAD, "short", Err(Refusal::Weak(Weak::Short { min: 12 }))),
        (HEAD, BURSAR, Err(Refusal::Weak(Weak::Guessable))),
    ] {
        let mut b = founded();
        let now = b.now();
        let pair = (Secret::new(old), Secret::new(new));
        let begun = b.accounts.begin_change(&head, pair, RULES, "office", now);
        let got = begun.and_then(|trial| b.accounts.finish(trial.run(), now)).map(|_| ());
        assert_eq!(got, want, "{old} -> {new}");
        let keeps = if want.is_ok() { NEW } else { HEAD };
        b.restart();
        assert!(b.log_in(&head, keeps).is_ok(), "{old} -> {new}");
    }
}

#[test]
fn a_wrong_name_and_a_wrong_passphrase_are_one_sentence() {
    let mut b = founded();
    for (who, phrase) in [
        (Who::admin("head"), BURSAR),
        (Who::admin("head"), ""),
        (Who::own("head"), HEAD),
        (Who::own("nobody"), HEAD),
        (Who::admin("bursar"), &format!("{BURSAR} ")),
    ] {
        assert_eq!(b.log_in(&who, phrase).unwrap_err(), Refusal::Wrong, "{who} {phrase}");
    }
    let facts = b.accounts.take_facts();
    assert_eq!(facts.len(), 5);
    assert!(!format!("{facts:?}").contains("tuba"));
    let welcome = b.log_in(&Who::admin("head"), HEAD).unwrap();
    assert_eq!((welcome.last, welcome.wrong_since), (None, 2));
    b.clock.advance(Span::hours(1));
    b.restart();
    let welcome = b.log_in(&Who::admin("head"), HEAD).unwrap();
    assert_eq!(welcome.wrong_since, 0);
    let last = welcome.last.unwrap();
    assert_eq!((last.station.as_str(), last.at), ("office", b.clock.utc() - Span::hours(1)));
}

#[test]
fn waiting_survives_a_restart_and_a_clock_set_back() {
    let head = Who::admin("head");
    for (what, then, wait) in [
        ("nothing", (|_| ()) as fn(&mut School), TRIES_WAIT),
        ("restart", School::restart, TRIES_WAIT),
        (
            "clock back and restart",
            |b| {
                b.clock.step(Span::days(-30));
                b.restart();
            },
            TRIES_WAIT,
        ),
        ("ten seconds", |b| b.clock.advance(Span::secs(10)), Span::secs(20)),
        ("clock forward", |b| b.clock.step(Span::days(1)), TRIES_WAIT),
    ] {
        let mut b = founded();
        for _ in 0..5 {
            assert_eq!(b.log_in(&head, "wrong wrong wrong").unwrap_err(), Refusal::Wrong);
        }
        let failed = b.accounts.take_facts();
        assert!(failed[4].is_loud() && !failed[3].is_loud(), "{failed:?}");
        then(&mut b);
        assert_eq!(b.log_in(&head, HEAD).unwrap_err(), Refusal::Wait { wait }, "{what}");
        assert!(b.log_in(&Who::admin("bursar"), BURSAR).is_ok(), "{what}: others are free");
        b.clock.advance(TRIES_WAIT);
        assert!(b.log_in(&head, HEAD).is_ok(), "{what}: it ends");
    }
}

#[test]
fn an_attempt_counts_before_it_is_looked_at() {
    let mut b = founded();
    let head = Who::admin("head");
    // The plug is pulled, or a second attempt begins, before any answer is given.
    for _ in 0..5 {
        let now = b.now();
        let wrong = Secret::new("wrong wrong wrong");
        b.accounts.begin_log_in(&head, wrong, None, "office", now).unwrap();
        b.accounts.abandon();
    }
    b.restart();
    assert_eq!(b.log_in(&head, HEAD).unwrap_err(), Refusal::Wait { wait: TRIES_WAIT });
}

#[test]
fn the_bench_has_so_many_places() {
    let mut b = founded();
    let now = b.now();
    let begin = |b: &mut School, n: usize| {
        let who = Who::own(&format!("p{n}"));
        b.accounts.begin_log_in(&who, Secret::new("x"), None, &format!("s{n}"), now)
    };
    let trials: Vec<Trial> = (0..TRIALS_MAX).map(|n| begin(&mut b, n).unwrap()).collect();
    assert_eq!(begin(&mut b, 99).unwrap_err(), Refusal::Busy);
    for trial in trials {
        assert_eq!(b.accounts.finish(trial.run(), now).unwrap_err(), Refusal::Wrong);
    }
    assert!(begin(&mut b, 99).is_ok());
}

#[test]
fn a_sealed_code_opens_once_loudly_and_whatever_the_throttle_says() {
    let mut b = founded();
    let now = b.now();
    let first = b.accounts.print_sealed(2, "head", now).unwrap();
    let printed = b.accounts.print_sealed(2, "head", now).unwrap();
    assert_eq!(b.accounts.sealed_left(), [3, 4], "no number comes twice");
    b.accounts.take_facts();
    for n in 0..100 {
        let _ = b.log_in(&Who::admin("head"), &format!("wrong wrong {n}"));
        assert!(b.accounts.open_sealed(&Secret::new("0000-0000"), "office").is_err());
    }
    let loud = b.accounts.take_facts().into_iter().filter(Fact::is_loud).count();
    assert!(loud > 100, "{loud}");
    let old = first[0].1.secret();
    assert_eq!(b.accounts.open_sealed(old, "office"), Err(Refusal::NoSuchSealed), "older ones");
    let opened = b.accounts.open_sealed(printed[1].1.secret(), "office").unwrap();
    assert_eq!((opened.number, opened.left), (4, 1));
    for (number, code, wakes) in [(4, 1, true), (4, 0, false), (3, 1, false), (3, 0, false)] {
        let got = b.accounts.wakes_sealed(number, printed[code].1.secret(), "office");
        assert_eq!(got, wakes, "a locked screen of code {number}");
    }
    let facts = b.accounts.take_facts();
    let used = Fact::SealedUsed { number: 4, station: "office".into(), left: 1 };
    assert!(facts.contains(&used) && used.is_loud(), "{facts:?}");
    b.restart();
    let again = b.accounts.open_sealed(printed[1].1.secret(), "office");
    assert_eq!(again, Err(Refusal::NoSuchSealed), "used is used");
    assert!(b.accounts.open_sealed(printed[0].1.secret(), "office").is_ok());
    let many = b.accounts.print_sealed(5, "head", now).map(|_| ());
    assert_eq!(many, Err(Refusal::TooManySealed(4)));
}

#[test]
fn digits_are_asked_for_once_enrolled_and_are_good_once() {
    let mut b = founded();
    let (head, now) = (Who::admin("head"), b.now());
    for (who, asked, lacks) in [
        (&head, SecondFactor::None, false),
        (&head, SecondFactor::Privileged, true),
        (&head, SecondFactor::Everyone, true),
        (&Who::own("head"), SecondFactor::Privileged, false),
        (&Who::own("head"), SecondFactor::Everyone, true),
    ] {
        assert_eq!(b.accounts.lacks_factor(who, asked), lacks, "{who} {asked:?}");
    }
    let wrong = Secret::new("000000");
    assert_eq!(b.accounts.confirm_factor(&head, &wrong, now), Err(Refusal::NoOffer));
    let offer = b.accounts.offer_factor(&head, "Maplewood", now).unwrap();
    assert_eq!(b.accounts.confirm_factor(&head, &wrong, now), Err(Refusal::WrongDigits));
    assert!(!b.log_in(&head, HEAD).unwrap().factor, "an offer asks nothing yet");
    let first = factor::digits(&offer.factor, now.utc);
    b.accounts.confirm_factor(&head, &first, now).unwrap();
    assert!(!b.accounts.lacks_factor(&head, SecondFactor::Everyone));
    b.restart();
    assert!(b.accounts.has_factor(&head));
    assert!(b.log_in(&head, HEAD).is_err(), "without digits");
    assert!(b.log_in_with(&head, HEAD, Some(first)).is_err(), "used when they were confirmed");
    b.clock.advance(Span::secs(30));
    let digits = factor::digits(&offer.factor, b.clock.utc());
    let wrong_phrase = b.log_in_with(&head, NEW, Some(digits.clone()));
    assert_eq!(wrong_phrase.unwrap_err(), Refusal::Wrong);
    assert!(b.log_in_with(&head, HEAD, Some(digits.clone())).unwrap().factor);
    b.restart();
    assert!(b.log_in_with(&head, HEAD, Some(digits.clone())).is_err(), "replayed");
    b.clock.step(Span::secs(-30));
    assert!(b.log_in_with(&head, HEAD, Some(digits)).is_err(), "replayed, clock set back");
    b.clock.advance(Span::mins(5));
    let code = b.issue(&head);
    b.redeem(&code, NEW).unwrap();
    assert!(b.log_in(&head, NEW).is_err(), "a new passphrase keeps the authenticator");
    b.accounts.drop_factor(&head, "bursar").unwrap();
    assert!(b.log_in(&head, NEW).is_ok());
}

#[test]
fn a_locked_screen_wakes_with_the_passphrase_alone() {
    let mut b = founded();
    for (phrase, want) in
        [(HEAD, Ok(Done::Unlocked(Who::admin("head")))), (BURSAR, Err(Refusal::Wrong))]
    {
        let now = b.now();
        let begun =
            b.accounts.begin_unlock(&Who::admin("head"), Secret::new(phrase), "office", now);
        assert_eq!(b.accounts.finish(begun.unwrap().run(), now), want, "{phrase}");
    }
    assert!(matches!(&b.accounts.take_facts()[..], [Fact::LogInFailed { .. }]));
}
