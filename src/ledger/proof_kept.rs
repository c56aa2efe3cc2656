//! Small files on footage disks: sealed, replaced whole or not at all whatever crashes, the newest
//! whole one wins, and what is not ours is neither used nor replaced.

use zeroize::Zeroizing;

use super::kept::{Found, KEPT, Newest, Shelf, Whole, generation, newest};
use super::proof::{SITE, dice, noon};
use super::*;
use crate::disk::fake::FakeDisk;

fn key() -> RecoveryKey {
    RecoveryKey::of([4; 32])
}

fn shelf() -> Shelf {
    Shelf::new(&key(), SITE)
}

fn whole(generation: u64, text: &str) -> Whole {
    Whole { generation, content: Zeroizing::new(text.as_bytes().to_vec()) }
}

fn put(disk: &FakeDisk, generation: u64, text: &str) -> Result<(), Fault> {
    shelf().put(disk, "people", &whole(generation, text), &mut *dice())
}

fn seen(shelf: &Shelf, disk: &FakeDisk) -> String {
    match shelf.look(disk, "people").unwrap() {
        Found::Whole(whole) => {
            format!("{} {}", whole.generation, String::from_utf8_lossy(&whole.content))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn a_copy_is_sealed_and_holds_under_its_own_name_alone() {
    let disk = FakeDisk::new(1);
    assert_eq!(seen(&shelf(), &disk), "Missing");
    put(&disk, 7, "a verifier of the head").unwrap();
    assert_eq!(seen(&shelf(), &disk), "7 a verifier of the head");
    let (path, bytes) = disk.files().into_iter().next().unwrap();
    assert_eq!(path, format!("{KEPT}/people.sealed"));
    assert!(!bytes.windows(8).any(|w| w == b"verifier"), "nothing of it is in the clear");
    // Any byte changed, any byte missing.
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1;
        disk.replace(&path, &wrong).unwrap();
        assert!(!seen(&shelf(), &disk).starts_with("7 a"), "byte {at}");
        disk.replace(&path, &bytes[..at]).unwrap();
        assert_eq!(seen(&shelf(), &disk), "Damaged", "cut at {at}");
    }
    // Moved to another name, or put under another generation.
    disk.replace(&format!("{KEPT}/secrets.sealed"), &bytes).unwrap();
    assert!(matches!(shelf().look(&disk, "secrets").unwrap(), Found::Damaged));
    let later = String::from_utf8_lossy(&bytes[..90]).find("generation 7").unwrap();
    let mut wrong = bytes.clone();
    wrong[later + "generation ".len()] = b'8';
    disk.replace(&path, &wrong).unwrap();
    assert_eq!(seen(&shelf(), &disk), "Damaged");
}

#[test]
fn what_is_not_ours_is_neither_used_nor_replaced() {
    let disk = FakeDisk::new(1);
    put(&disk, 7, "of the old box").unwrap();
    let newer = b"beadle-kept-copy 2 key ? site ? item people, in some other way\n".to_vec();
    let ours = disk.files();
    let path = ours.keys().next().unwrap();
    for (shelf, bytes, want) in [
        (Shelf::new(&RecoveryKey::of([5; 32]), SITE), &ours[path], "Locked"),
        (Shelf::new(&key(), "another"), &ours[path], "Foreign"),
        (Shelf::new(&RecoveryKey::of([5; 32]), "another"), &ours[path], "Foreign"),
        (shelf(), &newer, "Newer"),
    ] {
        disk.replace(path, bytes).unwrap();
        assert_eq!(seen(&shelf, &disk), want);
        let fault = shelf.put(&disk, "people", &whole(9, "mine"), &mut *dice()).unwrap_err();
        assert_eq!((fault.kind, &disk.files()[path]), (FaultKind::Foreign, bytes), "{want}");
        shelf.clear(&disk).unwrap();
        assert_eq!(&disk.files()[path], bytes, "{want}");
    }
    // A damaged one is no copy any more.
    disk.replace(path, b"what a dying disk gives").unwrap();
    put(&disk, 8, "again").unwrap();
    assert_eq!(seen(&shelf(), &disk), "8 again");
    shelf().clear(&disk).unwrap();
    assert!(disk.files().is_empty(), "one under a key that was given up goes");
}

#[test]
fn the_newest_whole_copy_wins() {
    let (a, b, c) = (FakeDisk::new(1), FakeDisk::new(2), FakeDisk::new(3));
    put(&a, 5, "old").unwrap();
    put(&b, 9, "new").unwrap();
    put(&c, 12, "newest, but damaged").unwrap();
    let path = c.files().keys().next().unwrap().clone();
    c.overwrite(&path, 100, b"X");
    let look = |disks: &[&FakeDisk]| {
        let disks: Vec<&dyn Disk> = disks.iter().map(|d| *d as &dyn Disk).collect();
        let Newest { whole, locked, unread } = newest(&shelf(), &disks, "people");
        let text = whole.map(|w| String::from_utf8_lossy(&w.content).into_owned());
        (text, locked, unread.iter().map(|(i, _)| *i).collect::<Vec<_>>())
    };
    assert_eq!(look(&[&a, &b, &c]), (Some("new".into()), false, vec![2]));
    assert_eq!(look(&[&c, &a]), (Some("old".into()), false, vec![0]));
    b.set_gone(true);
    assert_eq!(look(&[&a, &b]), (Some("old".into()), false, vec![]), "a disk that is away");
    // Generations: later is higher, and a clock that was set back makes none that is lower.
    let now = noon();
    assert!(generation(now, 0) > generation(now - crate::base::time::Span::secs(1), 0));
    let ahead = generation(now + crate::base::time::Span::days(400), 0);
    assert_eq!(generation(now, ahead), ahead + 1);
    assert_eq!(whole(generation(now, 0), "").at(), now);
}

/// Three items, one of them twice; how often `people` was acknowledged.
fn work(disk: &FakeDisk) -> u64 {
    let mut told = 0;
    for n in 1..=3 {
        if put(disk, n, &format!("state {n}")).is_err() {
            return told;
        }
        told = n;
        let item = format!("version-{n:06}");
        if shelf().put(disk, &item, &whole(n, "a file"), &mut *dice()).is_err() {
            return told;
        }
    }
    told
}

#[test]
fn a_crash_at_any_operation_leaves_the_old_copy_or_the_new_one() {
    let count = {
        let disk = FakeDisk::new(1);
        work(&disk);
        disk.operations()
    };
    assert!(count >= 6, "{count} operations");
    let mut ends = [0; 4];
    for seed in 0..8 {
        for n in 0..=count {
            for power in [true, false] {
                let disk = FakeDisk::new(seed);
                disk.crash_after(n);
                let told = work(&disk);
                match power {
                    true => disk.power_cut(n),
                    false => disk.kill(),
                }
                let what = format!("seed {seed}, operation {n} of {count}, power {power}");
                let found = seen(&shelf(), &disk);
                let reached = match found.split_once(" state ") {
                    Some((generation, text)) if generation == text => text.parse().unwrap(),
                    _ if found == "Missing" => 0,
                    _ => panic!("{what}: {found}"),
                };
                assert!(reached >= told, "{what}: {told} was acknowledged, {found}");
                ends[reached as usize] += 1;
                for item in shelf().items(&disk).unwrap() {
                    let look = shelf().look(&disk, &item).unwrap();
                    assert!(matches!(look, Found::Whole(_)), "{what}: {item} {look:?}");
                }
                // And the next one is made as if nothing had been.
                put(&disk, 9, "next").unwrap();
                assert_eq!(seen(&shelf(), &disk), "9 next", "{what}");
            }
        }
    }
    assert!(ends.iter().all(|n| *n > 8), "{ends:?}: the crashes hit nothing");
}

#[test]
fn a_new_box_steps_aside_for_the_logbook_of_before() {
    let (state, footage) = (FakeDisk::new(1), FakeDisk::new(2));
    let mut before = super::proof::open(&state);
    super::proof::grow(&mut before, 40);
    before.checkpoint().unwrap();
    Copy::new(&key(), SITE).replicate(&mut before, &footage).unwrap();
    let disks: [&dyn Disk; 1] = [&footage];
    for n in 0..12 {
        let fresh = FakeDisk::new(n);
        let mut own = super::proof::open(&fresh);
        let mut other = super::proof::nth(0);
        other.body.reason = Some("a box without a key".into());
        own.append(vec![other]).unwrap();
        own.checkpoint().unwrap();
        // Whatever crashes on the way, the next start goes on.
        fresh.crash_after(n);
        let _ = step_aside(&fresh, &disks, &key(), SITE)
            .and_then(|_| restore(&fresh, &disks, &key(), SITE));
        fresh.power_cut(n);
        step_aside(&fresh, &disks, &key(), SITE).unwrap();
        let told = restore(&fresh, &disks, &key(), SITE).unwrap();
        assert!(told.forks.is_empty(), "{n}: {told:?}");
        assert_eq!(super::proof::open(&fresh).head(), before.head(), "{n}");
        let aside = fresh.files().into_iter().find(|(path, bytes)| {
            path.starts_with("logbook/before-recovery-0")
                && path.ends_with(".log")
                && bytes.windows(19).any(|w| w == b"a box without a key")
        });
        assert!(aside.is_some(), "{n}: its own entries are kept");
        assert_eq!(step_aside(&fresh, &disks, &key(), SITE).unwrap(), None);
        assert_eq!(check_copy(&key(), SITE, &footage).unwrap(), Some(Checked { entries: 40 }));
    }
    discard_copy(&RecoveryKey::of([5; 32]), SITE, &footage).unwrap();
    assert!(check_copy(&key(), SITE, &footage).unwrap().is_some(), "another key discards nothing");
    discard_copy(&key(), SITE, &footage).unwrap();
    assert_eq!(check_copy(&key(), SITE, &footage).unwrap(), None);
}
