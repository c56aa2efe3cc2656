//! The promises of `ledger/mod.rs` on a disk that works, fills and fails; and the stage for the
//! other proofs.

use super::*;
use crate::base::time::{Span, Utc};
use crate::disk::fake::FakeDisk;
use crate::logbook::checkpoint::{Signs, check};
use crate::logbook::tree::{CHUNK, check_consistency, check_inclusion};
use crate::logbook::verify::{Expect, Report};
use crate::logbook::{Act, Body, ClockState, Draft, Kind, Value, heartbeat, proof};

pub(super) const SITE: &str = "5f0c";

pub(super) fn identity() -> Arc<Identity> {
    Arc::new(Identity::of(&[3; 32]))
}

/// The same for every run.
pub(super) fn dice() -> Box<Dice> {
    let mut n = 0_u64;
    Box::new(move |bytes| {
        for part in bytes.chunks_mut(32) {
            n += 1;
            part.copy_from_slice(
                &crate::base::digest::Digest::of(&n.to_be_bytes()).0[..part.len()],
            );
        }
        Ok(())
    })
}

pub(super) fn open_on(disk: &FakeDisk) -> Result<(Ledger, Opened), Fault> {
    Ledger::open_with(Arc::new(disk.clone()), identity(), SITE, dice(), 0)
}

pub(super) fn open(disk: &FakeDisk) -> Ledger {
    let (ledger, opened) = open_on(disk).unwrap();
    assert_eq!((&opened.damage, &opened.disputed), (&None, &None));
    ledger
}

pub(super) fn noon() -> Utc {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(super) fn draft(kind: Kind, at: Utc, word: &str) -> Draft {
    let body = Body { reason: Some(word.into()), ..Body::default() };
    Draft { at, clock: ClockState::Synced, kind, act: Act::Open, about: None, body }
}

/// A day in the life: a start, a heartbeat an hour, something every ten minutes. Ten minutes each.
pub(super) fn nth(n: u64) -> Draft {
    let at = noon() + Span::mins(10 * n as i64);
    match n {
        0 => draft(Kind::Started, at, "power on"),
        n if n.is_multiple_of(6) => {
            let mut beat = draft(Kind::Heartbeat, at, "");
            beat.body =
                Body { fields: heartbeat::fields(&[], &[], Some(n / 6)), ..Body::default() };
            beat
        }
        n => draft(Kind::Occurrence, at, &format!("window {n} open")),
    }
}

pub(super) fn grow(ledger: &mut Ledger, to: u64) {
    while ledger.size() < to {
        let from = ledger.size();
        let upto = to.min(from + 300);
        ledger.append((from..upto).map(nth).collect()).unwrap();
    }
}

/// With the present checkpoint on disk and these others.
pub(super) fn audit(disk: &dyn Disk, checkpoints: &[String], now: Option<Utc>) -> Report {
    let keys = [identity().public()];
    let origin = format!("beadle/{SITE}");
    let expect = Expect { origin: &origin, keys: &keys, checkpoints, now, counter: None };
    verify(disk, &expect).unwrap()
}

#[test]
fn what_was_entered_is_there_after_the_next_start() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    let mut said = ledger.append((0..7).map(nth).collect()).unwrap();
    said.extend(ledger.append(vec![nth(7)]).unwrap());
    assert_eq!(ledger.append(Vec::new()).unwrap(), []);
    let head = ledger.head();
    drop(ledger);
    let ledger = open(&disk);
    assert_eq!((ledger.head(), ledger.size()), (head, 8));
    assert_eq!(ledger.entries(0, 100).unwrap(), said);
    assert_eq!(ledger.entries(3, 2).unwrap(), said[3..5]);
    assert_eq!(ledger.entry(7).unwrap(), said[7]);
    assert_eq!(ledger.entry(8).unwrap_err().kind, FaultKind::Missing);
    assert!(ledger.entries(8, 1).unwrap().is_empty());
    assert!(audit(&disk, &[], None).holds());
}

#[test]
fn chunks_follow_one_another_and_proofs_reach_into_them() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, 100);
    let early = ledger.checkpoint().unwrap();
    let mut old = vec![ledger.head()];
    for to in [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 50] {
        grow(&mut ledger, to);
        assert_eq!(open(&disk).head(), ledger.head(), "{to}");
        old.push(ledger.head());
    }
    // A batch that begins in one chunk and ends two further on.
    let size = ledger.size();
    let many = (size..4 * CHUNK + 3).map(nth).collect();
    assert_eq!(ledger.append(many).unwrap().len() as u64, 4 * CHUNK + 3 - size);
    ledger.append(vec![nth(4 * CHUNK + 3)]).unwrap();
    let mut ledger = open(&disk);
    let public = identity().public();
    let origin = ledger.origin().to_string();
    for number in [0, 99, CHUNK - 1, CHUNK, 3 * CHUNK, ledger.size() - 1] {
        let proof = ledger.prove(number).unwrap();
        let proven = proof.check(&origin, &public).unwrap();
        assert_eq!(proven.header, ledger.entry(number).unwrap().header);
        assert!(check_inclusion(
            &proof.path,
            ledger.head(),
            number,
            ledger.record(number).unwrap().hash()
        ));
        let (salt, body) = ledger.salted_body(number).unwrap().unwrap();
        assert!(proof::body_belongs(&proven.header, &salt, &body));
    }
    for head in old {
        let (again, path) = ledger.consistency(head.size).unwrap();
        assert_eq!(again, head);
        assert!(check_consistency(&path, head, ledger.head()), "{}", head.size);
    }
    let report = audit(&disk, &[early], None);
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!(report.held, [100, ledger.size()]);
    assert_eq!(report.root, Some(ledger.head().root));
    // Without its cache it reads everything and comes to the same.
    disk.remove("logbook/roots").unwrap();
    assert_eq!(open(&disk).head(), ledger.head());
    // A cache that is wrong is found by the checkpoint, and made again.
    disk.replace("logbook/roots", format!("{}\n", "00".repeat(32)).as_bytes()).unwrap();
    assert_eq!(open(&disk).head(), ledger.head());
}

/// Entry by entry, in any order: whole chunks are read once, and what changed on disk shows.
#[test]
fn entries_one_by_one_are_what_the_disk_has() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, 2 * CHUNK + 9);
    let said = |ledger: &Ledger, n: u64| ledger.entry(n).map(|e| e.body.and_then(|b| b.reason));
    let numbers = [CHUNK + 7, 3, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK + 5, CHUNK + 8, 4];
    for number in numbers.into_iter().chain(numbers) {
        let entry = ledger.entry(number).unwrap();
        assert_eq!((entry.number, entry.header.at), (number, nth(number).at));
        assert_eq!(entry.body.unwrap().fields, nth(number).body.fields, "{number}");
    }
    assert_eq!(ledger.entries(CHUNK - 3, 10).unwrap().len(), 3, "no further than the chunk");
    assert_eq!(ledger.entries(5, 7).unwrap().len(), 7);
    // Forgotten bodies are gone though their places were known, and the others found again.
    ledger.append(vec![draft(Kind::Forgotten, nth(2 * CHUNK + 9).at, "past their years")]).unwrap();
    ledger.forget(&[4]).unwrap();
    assert_eq!(said(&ledger, 4).unwrap(), None);
    assert_eq!(said(&ledger, 5).unwrap().as_deref(), Some("window 5 open"));
    // The file is rewritten behind our back, so that no place is right.
    let path = line::path(0);
    let mut read = line::read_chunk(&disk.files()[&path], 0);
    read.records[1].body = None;
    let lines = read.records.iter().flat_map(line::Record::line);
    let bytes: Vec<u8> =
        line::title(0, read.revision).into_bytes().into_iter().chain(lines).collect();
    disk.replace(&path, &bytes).unwrap();
    assert_eq!(said(&ledger, 5).unwrap().as_deref(), Some("window 5 open"));
    assert_eq!(said(&ledger, 1).unwrap(), None);
    let text = String::from_utf8(bytes).unwrap().replacen("window 5 open", "window 5 shut", 1);
    disk.replace(&path, text.as_bytes()).unwrap();
    assert_eq!(said(&ledger, 5).unwrap_err().kind, FaultKind::Corrupt);
}

#[test]
fn a_checkpoint_is_on_disk_before_it_leaves_and_contradicts_none() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, 20);
    let text = ledger.checkpoint().unwrap();
    assert_eq!(check(&text, ledger.origin(), &identity().public()), Ok(ledger.head()));
    assert_eq!(stored_checkpoint(&disk).unwrap(), Some(text.clone()));
    assert_eq!(ledger.checkpoint().unwrap(), text);
    // Entries are gone that it counts: nothing is signed until they are back.
    let path = line::path(0);
    let whole = disk.read_at(&path, 0, 1 << 20).unwrap();
    let cut = whole.len() - 30;
    disk.replace(&path, &whole[..cut]).unwrap();
    let (mut short, opened) = open_on(&disk).unwrap();
    assert_eq!(opened.size, 19);
    assert!(opened.disputed.is_some_and(|why| why.contains("19 entries")));
    assert_eq!(short.checkpoint().unwrap_err().kind, FaultKind::Corrupt);
    short.append(vec![draft(Kind::Started, noon(), "")]).unwrap();
    let (mut other, opened) = open_on(&disk).unwrap();
    assert!(opened.disputed.is_some_and(|why| why.contains("first 20 entries")));
    assert_eq!(other.checkpoint().unwrap_err().kind, FaultKind::Corrupt);
    disk.replace(&path, &whole).unwrap();
    assert_eq!(open(&disk).checkpoint().unwrap(), text);
}

#[test]
fn a_draft_that_cannot_be_entered_is_refused_and_the_others_with_it() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    let with = |change: fn(&mut Draft)| {
        let mut draft = nth(1);
        change(&mut draft);
        draft
    };
    for wrong in [
        with(|d| d.about = Some(2)),
        with(|d| d.body.reason = Some("x".repeat(70_000))),
        with(|d| drop(d.body.fields.insert("a b".into(), Value::Yes(true)))),
        with(|d| drop(d.body.fields.insert("n".into(), Value::Number(i64::MAX)))),
        with(|d| d.at = Utc(i64::MAX)),
    ] {
        let fault = ledger.append(vec![nth(0), nth(1), wrong]).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Denied, "{fault}");
        assert_eq!(ledger.size(), 0);
    }
    ledger.append(vec![nth(0), with(|d| d.about = Some(0))]).unwrap();
}

#[test]
fn a_disk_that_fails_enters_nothing_and_goes_on_where_it_was() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, CHUNK - 5);
    let head = ledger.head();
    disk.set_failing(true);
    for n in [1, 20] {
        let drafts = (0..n).map(|i| nth(ledger.size() + i)).collect();
        assert_eq!(ledger.append(drafts).unwrap_err().kind, FaultKind::Io);
    }
    assert_eq!((ledger.head(), ledger.entries(0, 1).unwrap().len()), (head, 1));
    disk.set_failing(false);
    grow(&mut ledger, CHUNK + 5);
    let (again, opened) = open_on(&disk).unwrap();
    assert_eq!((again.head(), opened.cut_bytes, opened.damage), (ledger.head(), 0, None));
    assert!(audit(&disk, &[], None).holds());
}

#[test]
fn a_full_disk_is_answered_with_the_reserve_and_then_with_a_debt() {
    let disk = FakeDisk::new(1);
    let mb = 1 << 20;
    let open =
        || Ledger::open_with(Arc::new(disk.clone()), identity(), SITE, dice(), 2 * mb).unwrap().0;
    let mut ledger = open();
    assert_eq!(ledger.reserve(), (2 * mb, 2 * mb));
    let full = |disk: &FakeDisk| disk.set_capacity(1_000_000_000_000 - disk.room().unwrap().free);
    full(&disk);
    ledger.append(vec![nth(0)]).unwrap();
    assert_eq!(ledger.reserve(), (mb, 2 * mb));
    // Somebody else takes what was given up, twice.
    full_up(&disk);
    ledger.append(vec![nth(1)]).unwrap();
    assert_eq!(ledger.reserve(), (0, 2 * mb));
    full_up(&disk);
    let mut owed = Owed::default();
    assert_eq!(ledger.append(vec![nth(2)]).unwrap_err().kind, FaultKind::Full);
    assert!(owed.enter(&mut ledger, vec![nth(2), nth(3)]).unwrap().is_empty());
    assert!(owed.enter(&mut ledger, vec![nth(4)]).unwrap().is_empty());
    assert_eq!((owed.len(), owed.since()), (3, Some(nth(2).at)));
    let late = noon() + Span::hours(1);
    assert!(owed.pay(&mut ledger, late, ClockState::Synced).is_err());
    assert_eq!((owed.len(), ledger.size()), (3, 2));
    disk.set_capacity(1_000_000_000_000);
    let paid = owed.pay(&mut ledger, late, ClockState::Synced).unwrap();
    assert_eq!(
        paid.iter().map(|e| e.header.at).collect::<Vec<_>>(),
        [late, nth(2).at, nth(3).at, nth(4).at]
    );
    assert_eq!(paid[0].header.kind, Kind::Owed);
    assert_eq!(paid[0].body.as_ref().unwrap().fields[owed::COUNT], Value::Number(3));
    assert!(owed.is_empty() && owed.pay(&mut ledger, late, ClockState::Synced).unwrap().is_empty());
    let next = draft(Kind::Heartbeat, late, "");
    assert_eq!(owed.enter(&mut ledger, vec![next]).unwrap()[0].number, 6);
    ledger.refill_reserve().unwrap();
    assert_eq!(ledger.reserve(), (2 * mb, 2 * mb));
    let report = audit(&disk, &[], None);
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!(open().size(), 7);
}

#[test]
fn a_draft_that_can_never_be_entered_does_not_stop_the_queue() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, 3);
    let mut owed = Owed::default();
    owed.owe(vec![Draft { about: Some(99), ..nth(3) }, nth(4)]);
    let paid = owed.pay(&mut ledger, nth(9).at, ClockState::Synced).unwrap();
    let fields = &paid[0].body.as_ref().unwrap().fields;
    assert_eq!(fields[owed::COUNT], Value::Number(1));
    assert_eq!(fields[owed::DROPPED], Value::List(vec!["1 occurrence".into()]));
    assert_eq!((paid.len(), paid[1].header.at, owed.is_empty()), (2, nth(4).at, true));
}

/// A file that leaves no byte free.
fn full_up(disk: &FakeDisk) {
    let free = disk.room().unwrap().free as usize;
    let mut file = (0..9).find_map(|n| disk.create_new(&format!("fill{n}")).ok()).unwrap();
    file.append(&[&vec![1; free]]).unwrap();
}

#[test]
fn a_debt_past_its_limit_is_counted_by_kind() {
    let mut owed = Owed::default();
    let most = crate::base::limits::LOGBOOK_OWED_MAX;
    owed.owe((0..most as u64 + 4).map(|n| draft(Kind::Live, nth(n).at, "")).collect());
    owed.owe(vec![nth(0)]);
    assert_eq!((owed.len(), owed.dropped()), (most, 5));
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    let paid = owed.pay(&mut ledger, noon(), ClockState::Synced).unwrap();
    let told = &paid[0].body.as_ref().unwrap().fields[owed::DROPPED];
    assert_eq!(*told, Value::List(vec!["1 started".into(), "4 live".into()]));
    assert_eq!(paid.len(), 1 + crate::base::limits::LOGBOOK_OWED_AT_ONCE);
    while !owed.is_empty() {
        owed.pay(&mut ledger, noon(), ClockState::Synced).unwrap();
    }
    assert_eq!(ledger.size(), most as u64 + 10);
}

#[test]
fn what_is_forgotten_is_gone_and_the_tree_stands() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, CHUNK + 20);
    let early = ledger.checkpoint().unwrap();
    let proof = ledger.prove(7).unwrap();
    let head = ledger.head();
    let numbers = [7, 8, 9, 11, CHUNK + 3];
    let mut notice = draft(Kind::Forgotten, nth(CHUNK + 20).at, "past their years");
    let listed = Value::List(["7-9", "11", "4099"].map(String::from).to_vec());
    assert_eq!(forget::ranges(&numbers), listed);
    notice.body.fields.insert(forget::ENTRIES.into(), listed);
    ledger.append(vec![notice]).unwrap();
    assert_eq!(ledger.forget(&numbers).unwrap(), 5);
    assert_eq!(ledger.forget(&numbers).unwrap(), 0, "again does nothing");
    assert_eq!(ledger.forget(&[CHUNK + 20]).unwrap_err().kind, FaultKind::Denied);
    assert_eq!(ledger.forget(&[CHUNK + 21]).unwrap_err().kind, FaultKind::Missing);
    let at = ledger.size();
    grow(&mut ledger, at + 3);
    for bytes in disk.files().values() {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("window 7 open") && !text.contains("window 4099 open"));
        assert!(!text.contains("forgetting"));
    }
    for number in numbers {
        let entry = ledger.entry(number).unwrap();
        assert_eq!((entry.body, entry.header.kind), (None, Kind::Occurrence));
    }
    assert!(ledger.entry(10).unwrap().body.is_some());
    assert_eq!(open(&disk).head(), ledger.head());
    assert!(proof.check(ledger.origin(), &identity().public()).is_ok(), "old proofs hold");
    assert_eq!(ledger.consistency(head.size).unwrap().0, head);
    let report = audit(&disk, &[early], None);
    assert!(report.holds(), "{:?}", report.findings);
}
