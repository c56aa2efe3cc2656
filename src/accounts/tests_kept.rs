//! What the state folder keeps of people, what it loses, and what nobody may read.

use super::tests::*;
use super::*;
use crate::base::limits::TRIES_WAIT;
use crate::base::secret::Secret;
use crate::base::time::Span;
use crate::disk::fake::FakeDisk;

#[test]
fn a_disk_that_takes_nothing_changes_nothing_and_locks_nobody_out() {
    type Break = fn(&FakeDisk);
    let full: Break = |disk| disk.set_capacity(0);
    let breaks: [(&str, Break); 3] = [
        ("full", full),
        ("read-only", |d| d.set_read_only(true)),
        ("failing", |d| d.set_failing(true)),
    ];
    for (what, make_it) in breaks {
        let mut b = founded();
        let code = b.issue(&Who::own("site"));
        let now = b.now();
        let sealed = b.accounts.print_sealed(2, "head", now).unwrap();
        let before = b.accounts.bytes().unwrap().to_vec();
        b.accounts.take_facts();
        make_it(&b.disk);
        let unsaved = |r: Result<(), Refusal>| {
            assert!(matches!(r, Err(Refusal::Unsaved(_))), "{what}: {r:?}");
        };
        unsaved(b.redeem(&code, NEW).map(|_| ()));
        unsaved(b.accounts.issue(&Who::own("lunch"), "head", now).map(|_| ()));
        unsaved(b.accounts.print_sealed(2, "head", now).map(|_| ()));
        unsaved(b.accounts.open_sealed(sealed[0].1.secret(), "office").map(|_| ()));
        assert!(b.accounts.leave_word("head", "x", now).is_err());
        assert_eq!(b.accounts.bytes().unwrap().to_vec(), before, "{what}");
        for _ in 0..5 {
            assert_eq!(b.log_in(&Who::admin("head"), "wrong wrong wrong"), Err(Refusal::Wrong));
        }
        let waits = b.log_in(&Who::admin("head"), HEAD).unwrap_err();
        assert_eq!(waits, Refusal::Wait { wait: TRIES_WAIT }, "{what}: memory counts");
        assert!(b.log_in(&Who::admin("bursar"), BURSAR).is_ok(), "{what}: people get in");
        let told = b.accounts.take_facts().iter().any(|f| matches!(f, Fact::Unsaved { .. }));
        assert!(told, "{what}: and it is told");
        b.disk.set_capacity(1 << 40);
        b.disk.set_read_only(false);
        b.disk.set_failing(false);
        assert!(b.redeem(&code, NEW).is_ok(), "{what}: the code is still good");
        assert!(b.accounts.open_sealed(sealed[0].1.secret(), "office").is_ok(), "{what}");
    }
}

#[test]
fn a_power_cut_at_any_moment_leaves_the_old_or_the_new() {
    for n in 0..12 {
        let mut b = founded();
        let code = b.issue(&Who::own("site"));
        b.disk.crash_after(n);
        let done = b.redeem(&code, NEW).is_ok();
        b.restart();
        let there = b.log_in(&Who::own("site"), NEW).is_ok();
        assert!(there || !done, "{n}: it was said to be done");
        let (head, now) = (b.log_in(&Who::admin("head"), HEAD), b.now());
        assert!(head.is_ok(), "{n}: {head:?}");
        let again = b.accounts.whose(&code, "office", now).is_ok();
        assert!(there != again, "{n}: enrolled {there}, code good {again}");
    }
}

#[test]
fn word_is_left_for_the_next_log_in() {
    let mut b = founded();
    let now = b.now();
    for n in 0..NOTICES_MAX + 1 {
        b.accounts.leave_word("head", &format!("change {n}"), now).unwrap();
    }
    b.restart();
    let welcome = b.log_in(&Who::admin("head"), HEAD).unwrap();
    assert_eq!(welcome.notices.len(), NOTICES_MAX);
    assert_eq!(welcome.notices[0].text, "change 1", "the oldest goes");
    b.accounts.leave_word("head", "meanwhile", now).unwrap();
    b.accounts.word_was_read("head", &welcome.notices).unwrap();
    let later = b.log_in(&Who::admin("head"), HEAD).unwrap();
    assert_eq!(later.notices.len(), 1, "what came meanwhile was not read");
    let told = b.accounts.take_facts();
    assert!(told.iter().any(|f| matches!(f, Fact::Told { texts, .. } if texts.len() == 50)));
}

#[test]
fn whoever_leaves_the_file_is_forgotten_after_a_month() {
    for (back_after, days, there) in [(None, 29, true), (None, 30, false), (Some(20), 30, true)] {
        let mut b = founded();
        for day in 0..=days {
            let now = b.now();
            let back = back_after.is_some_and(|back| day >= back);
            b.accounts.sweep(&|id| id != "bursar" || back, now).unwrap();
            b.clock.advance(Span::days(1));
        }
        b.restart();
        let there_now = b.log_in(&Who::admin("bursar"), BURSAR).is_ok();
        assert_eq!(there_now, there, "back after {back_after:?}, {days} days");
        assert!(b.log_in(&Who::admin("head"), HEAD).is_ok());
    }
}

#[test]
fn people_come_back_from_bytes_and_from_nothing_else() {
    let mut b = founded();
    let code = b.issue(&Who::own("site"));
    let bytes = b.accounts.bytes().unwrap();
    let new_box = FakeDisk::new(2);
    Accounts::restore(&new_box, &bytes).unwrap();
    let accounts = open(&new_box, true, b.now()).unwrap();
    let mut there = School { disk: new_box, clock: b.clock, accounts };
    assert!(there.log_in(&Who::admin("head"), HEAD).is_ok());
    assert!(there.redeem(&code, NEW).is_ok());
    let newer = String::from_utf8(bytes.to_vec()).unwrap().replacen("1", "2", 1);
    for (content, kind) in [
        (b"".to_vec(), FaultKind::Corrupt),
        (b"{\"version\":1}".to_vec(), FaultKind::Corrupt),
        (bytes[..bytes.len() - 2].to_vec(), FaultKind::Corrupt),
        (newer.into_bytes(), FaultKind::Foreign),
    ] {
        let disk = FakeDisk::new(3);
        assert_eq!(Accounts::restore(&disk, &content).unwrap_err().kind, kind);
        disk.replace(people::PEOPLE, &content).unwrap();
        let opened = open(&disk, false, Now::default());
        assert_eq!(opened.err().map(|e| e.kind), Some(kind), "damaged is not empty");
    }
    let gone = open(&FakeDisk::new(4), true, Now::default());
    assert_eq!(gone.err().map(|e| e.kind), Some(FaultKind::Missing), "gone is not empty");
    there.disk.replace(people::LOG_INS, b"{").unwrap();
    there.restart();
    assert!(matches!(&there.accounts.take_facts()[..], [Fact::Unsaved { .. }]));
    assert!(there.log_in(&Who::admin("head"), HEAD).is_ok());
}

#[test]
fn a_cost_of_before_is_made_anew_at_log_in() {
    let mut b = founded();
    b.accounts.cost = Cost { memory_kib: 128, passes: 1 };
    b.log_in(&Who::admin("head"), HEAD).unwrap();
    let bytes = String::from_utf8(b.accounts.bytes().unwrap().to_vec()).unwrap();
    assert_eq!(bytes.matches("$m=128,").count(), 1);
    b.restart();
    assert!(b.log_in(&Who::admin("head"), HEAD).is_ok());
}

#[test]
fn nothing_shows_what_was_typed_or_printed() {
    let mut b = founded();
    let now = b.now();
    let code = b.issue(&Who::own("site"));
    let sealed = b.accounts.print_sealed(1, "head", now).unwrap();
    let offer = b.accounts.offer_factor(&Who::admin("head"), "Maplewood", now).unwrap();
    let head = Who::admin("head");
    let digits = Some(Secret::new("271828"));
    let trial = b.accounts.begin_log_in(&head, Secret::new(HEAD), digits, "office", now).unwrap();
    let redeem = b.accounts.begin_redeem(&code, Secret::new(NEW), RULES, "office", now).unwrap();
    let mut shown = format!("{trial:?} {redeem:?} {sealed:?} {offer:?} {:?}", b.accounts.people);
    shown += &format!("{:?} {:?}", trial.run(), redeem.run());
    let secrets = [
        HEAD,
        NEW,
        "271828",
        code.expose(),
        sealed[0].1.shown(),
        offer.typed.expose(),
        offer.address.expose(),
        "argon2id",
    ];
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} shows in {shown}");
    }
}
