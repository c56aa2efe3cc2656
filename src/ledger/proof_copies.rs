//! Copies on footage disks: they catch up from any lag, forget what is forgotten, survive crashes,
//! and either one alone restores the logbook.

use super::proof::{SITE, audit, draft, grow, identity, nth, open, open_on};
use super::*;
use crate::base::limits::LOGBOOK_COPIED_AT_ONCE;
use crate::disk::fake::FakeDisk;
use crate::logbook::Kind;
use crate::logbook::checkpoint::Signs;
use crate::logbook::tree::CHUNK;

fn key() -> RecoveryKey {
    RecoveryKey::of([4; 32])
}

/// Turns until the copy is level; how many it took.
fn follow(copy: &mut Copy, ledger: &mut Ledger, disk: &FakeDisk) -> usize {
    for turn in 1..1_000 {
        let progress = copy.replicate(ledger, disk).unwrap();
        assert_eq!(progress.forked, None);
        assert!(progress.copied <= LOGBOOK_COPIED_AT_ONCE as u64);
        if progress.lag == 0 && progress.rewritten == 0 {
            return turn;
        }
    }
    panic!("the copy never caught up");
}

fn fill(disk: &FakeDisk, size: u64) -> Ledger {
    let mut ledger = open(disk);
    grow(&mut ledger, size);
    ledger.checkpoint().unwrap();
    ledger
}

fn restored(state: &FakeDisk, copies: &[&FakeDisk]) -> Restored {
    let copies: Vec<&dyn Disk> = copies.iter().map(|disk| *disk as &dyn Disk).collect();
    let restored = restore(state, &copies, &key(), SITE).unwrap();
    let again = restore(state, &copies, &key(), SITE).unwrap();
    assert_eq!(again, Restored::default(), "restoring is done once");
    restored
}

#[test]
fn a_copy_catches_up_from_any_lag_and_restores_alone() {
    for size in [1, 1_000, CHUNK - 1, CHUNK, 2 * CHUNK + 30] {
        let (state, footage) = (FakeDisk::new(1), FakeDisk::new(2));
        let mut ledger = fill(&state, size);
        let mut copy = Copy::new(&key(), SITE);
        let turns = follow(&mut copy, &mut ledger, &footage) as u64;
        assert!(turns <= size / LOGBOOK_COPIED_AT_ONCE as u64 + 5, "{turns} for {size}");
        grow(&mut ledger, size + 3);
        // As after a restart: the copy looks at what is there.
        let mut copy = Copy::new(&key(), SITE);
        assert!(follow(&mut copy, &mut ledger, &footage) <= 2);
        let written = footage.operations();
        assert_eq!(follow(&mut copy, &mut ledger, &footage), 1);
        assert_eq!(footage.operations(), written, "nothing new costs nothing");
        for bytes in footage.files().values() {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("power on") && !text.contains("window"), "in the clear");
        }
        let empty = FakeDisk::new(3);
        let restored = restored(&empty, &[&footage]);
        assert_eq!((restored.gained, restored.from), (Some((0, size + 2)), Some(0)));
        assert_eq!(open(&empty).head(), ledger.head());
        let report = audit(&empty, &[], None);
        assert!(report.holds() && report.held == [size], "{:?}", report.findings);
    }
}

#[test]
fn either_copy_alone_restores_and_the_longer_one_wins() {
    let state = FakeDisk::new(1);
    let (near, far) = (FakeDisk::new(2), FakeDisk::new(3));
    let mut ledger = fill(&state, CHUNK + 10);
    let (mut a, mut b) = (Copy::new(&key(), SITE), Copy::new(&key(), SITE));
    follow(&mut a, &mut ledger, &near);
    follow(&mut b, &mut ledger, &far);
    grow(&mut ledger, CHUNK + 25);
    follow(&mut b, &mut ledger, &far);
    let head = ledger.head();
    for (copies, size) in [(vec![&near], CHUNK + 10), (vec![&near, &far], CHUNK + 25)] {
        let empty = FakeDisk::new(9);
        let restored = restored(&empty, &copies);
        assert_eq!(restored.gained, Some((0, size - 1)));
        assert_eq!(restored.from, Some(copies.len() - 1));
        assert_eq!((open(&empty).size(), &restored.forks), (size, &vec![]));
    }
    // A state folder put back to an earlier day gets its entries again.
    let put_back = FakeDisk::new(4);
    drop(fill(&put_back, CHUNK - 4));
    let gained = restored(&put_back, &[&near, &far]).gained;
    assert_eq!(gained, Some((CHUNK - 4, CHUNK + 24)));
    assert_eq!(open(&put_back).head(), head);
    // A damaged record too, and what stood there is kept.
    let path = line::path(1);
    state.overwrite(&path, 3_000, b"XX");
    let mended = restored(&state, &[&near, &far]);
    let (from, to) = mended.gained.unwrap();
    assert!(from > CHUNK && to == CHUNK + 24, "{mended:?}");
    assert_eq!(mended.damaged, Some(format!("logbook/damaged-{from}")));
    assert_eq!(open(&state).head(), head);
    // No key, nothing.
    let empty = FakeDisk::new(5);
    let other = RecoveryKey::of([5; 32]);
    let told = restore(&empty, &[&near], &other, SITE).unwrap();
    assert_eq!((told.gained, told.unread[0].1.kind), (None, FaultKind::Foreign));
    // Nor is a copy written over that another key may still open.
    let before = near.files();
    for wrong in [Copy::new(&other, SITE), Copy::new(&key(), "another")].iter_mut() {
        let fault = wrong.replicate(&mut ledger, &near).unwrap_err();
        assert_eq!((fault.kind, near.files() == before), (FaultKind::Foreign, true));
    }
    near.set_gone(true);
    let told = restore(&empty, &[&near, &far], &key(), SITE).unwrap();
    assert_eq!(told.from, Some(1));
}

#[test]
fn copies_that_contradict_are_both_kept() {
    let (state, footage) = (FakeDisk::new(1), FakeDisk::new(2));
    let mut ledger = fill(&state, 50);
    let mut copy = Copy::new(&key(), SITE);
    follow(&mut copy, &mut ledger, &footage);
    // Another history from entry 40 on, longer and shorter than ours.
    for (other, to) in [(30, 60), (49, 50)] {
        let forked = FakeDisk::new(7);
        let mut ours = open(&forked);
        grow(&mut ours, other);
        while ours.size() < to {
            let at = nth(ours.size()).at;
            ours.append(vec![draft(Kind::Occurrence, at, "another story")]).unwrap();
        }
        ours.checkpoint().unwrap();
        let turn = Copy::new(&key(), SITE).replicate(&mut ours, &footage).unwrap();
        assert_eq!((turn.copied, turn.forked), (0, Some(other)), "it is left alone");
        let told = restored(&forked, &[&footage]);
        let folder = format!("logbook/fork-{other}");
        let fork = Fork { number: other, copy: 0, folder: folder.clone() };
        assert_eq!((told.forks, told.gained), (vec![fork], None));
        // Theirs lies in the open below ours, with its checkpoint; ours is what it was.
        let theirs = forked.read_at(&format!("{folder}/000000000000.log"), 0, 1 << 20).unwrap();
        let read = line::read_chunk(&theirs, 0).records;
        assert_eq!(read.last().unwrap().leaf, ledger.record(49).unwrap().leaf);
        assert!(forked.size(&format!("{folder}/checkpoint")).is_ok());
        assert_eq!(open(&forked).head(), ours.head());
        // And the copy is made anew.
        follow(&mut Copy::new(&key(), SITE), &mut ours, &footage);
        let empty = FakeDisk::new(8);
        restored(&empty, &[&footage]);
        assert_eq!(open(&empty).head(), ours.head());
        // For the next round the disk has the first story again.
        for name in footage.list(".beadle/logbook").unwrap() {
            footage.remove(&format!(".beadle/logbook/{}", name.name)).unwrap();
        }
        follow(&mut Copy::new(&key(), SITE), &mut ledger, &footage);
    }
}

#[test]
fn a_history_rewritten_on_the_state_disk_shows_by_the_copy() {
    let (state, footage) = (FakeDisk::new(1), FakeDisk::new(2));
    let mut ledger = fill(&state, CHUNK + 50);
    follow(&mut Copy::new(&key(), SITE), &mut ledger, &footage);
    // All of it again, with one other entry in the first chunk, signed with the box's key.
    let forged = FakeDisk::new(1);
    let mut other = open(&forged);
    grow(&mut other, 30);
    other.append(vec![draft(Kind::Occurrence, nth(30).at, "nothing")]).unwrap();
    grow(&mut other, CHUNK + 50);
    other.checkpoint().unwrap();
    let turn = Copy::new(&key(), SITE).replicate(&mut other, &footage).unwrap();
    assert!(turn.forked.is_some());
    let copies: [&dyn Disk; 1] = [&footage];
    let told = restore(&forged, &copies, &key(), SITE).unwrap();
    assert_eq!(told.forks.len(), 1, "{told:?}");
}

#[test]
fn what_is_forgotten_is_forgotten_on_the_copies_too() {
    let (state, footage) = (FakeDisk::new(1), FakeDisk::new(2));
    let mut ledger = fill(&state, CHUNK + 50);
    let mut copy = Copy::new(&key(), SITE);
    follow(&mut copy, &mut ledger, &footage);
    let before: Vec<(String, Vec<u8>)> = footage.files().into_iter().collect();
    let numbers = [7, CHUNK + 7];
    let mut notice = draft(Kind::Forgotten, nth(CHUNK + 50).at, "");
    notice.body.fields.insert(forget::ENTRIES.into(), forget::ranges(&numbers));
    ledger.append(vec![notice]).unwrap();
    ledger.forget(&numbers).unwrap();
    let turn = copy.replicate(&mut ledger, &footage).unwrap();
    assert_eq!((turn.rewritten, turn.copied, turn.lag), (1, 0, 1), "forgetting goes first");
    follow(&mut copy, &mut ledger, &footage);
    let empty = FakeDisk::new(3);
    restored(&empty, &[&footage]);
    for state in [&state, &empty] {
        let ledger = open(state);
        assert!(numbers.iter().all(|n| ledger.entry(*n).unwrap().body.is_none()));
        assert!(audit(state, &[], None).holds());
    }
    // A copy of before, that was away: what it still has does not come back.
    let old = FakeDisk::new(4);
    old.make_folder(".beadle/logbook").unwrap();
    for (path, bytes) in &before {
        old.replace(path, bytes).unwrap();
    }
    assert_eq!(restored(&state, &[&old]), Restored::default());
    follow(&mut Copy::new(&key(), SITE), &mut ledger, &old);
    let empty = FakeDisk::new(5);
    restored(&empty, &[&old]);
    assert!(open(&empty).entry(7).unwrap().body.is_none());
    // And a state folder put back to before it forgets again.
    let back = FakeDisk::new(6);
    drop(fill(&back, CHUNK + 50));
    let told = restored(&back, &[&footage]);
    assert_eq!((told.forgot, told.gained), (2, Some((CHUNK + 50, CHUNK + 50))));
    assert!(open(&back).entry(7).unwrap().body.is_none());
}

#[test]
fn a_crash_at_any_operation_of_a_copy_is_made_good() {
    let first = FakeDisk::new(1);
    drop(fill(&first, CHUNK - 20));
    for n in 0..14 {
        for power in [true, false] {
            let (state, footage) = (FakeDisk::new(1), FakeDisk::new(n));
            state.make_folder(FOLDER).unwrap();
            first.files().iter().for_each(|(path, bytes)| state.replace(path, bytes).unwrap());
            let mut ledger = open(&state);
            let mut copy = Copy::new(&key(), SITE);
            footage.crash_after(n);
            let mut promised = 0;
            for step in 0..8 {
                if let Ok(progress) = copy.replicate(&mut ledger, &footage) {
                    promised = ledger.size() - progress.lag;
                }
                if step == 5 {
                    grow(&mut ledger, CHUNK + 20);
                }
            }
            match power {
                true => footage.power_cut(n),
                false => footage.kill(),
            }
            let empty = FakeDisk::new(3);
            restore(&empty, &[&footage], &key(), SITE).unwrap();
            let size = open_on(&empty).unwrap().0.size();
            assert!(size >= promised, "{n} {power}: {size} of {promised}");
            follow(&mut copy, &mut ledger, &footage);
            let empty = FakeDisk::new(4);
            restore(&empty, &[&footage], &key(), SITE).unwrap();
            assert_eq!(open(&empty).head(), ledger.head(), "{n} {power}");
        }
    }
}

#[test]
fn a_restore_that_a_crash_stops_is_done_by_the_next() {
    let (state, footage) = (FakeDisk::new(1), FakeDisk::new(2));
    let mut ledger = fill(&state, CHUNK + 50);
    follow(&mut Copy::new(&key(), SITE), &mut ledger, &footage);
    for n in 0..8 {
        let back = FakeDisk::new(n);
        drop(fill(&back, 300));
        back.crash_after(n);
        let _ = restore(&back, &[&footage], &key(), SITE);
        back.power_cut(n);
        restore(&back, &[&footage], &key(), SITE).unwrap();
        assert_eq!(open(&back).head(), ledger.head(), "{n}");
        assert!(audit(&back, &[], None).holds(), "{n}");
    }
    assert_eq!(identity().public(), ledger.identity().public());
}
