//! A crash after every single operation, by `kill -9` and by power cut: nothing acknowledged is
//! lost, nothing is half there, and the tree is the one that was.

use super::proof::{audit, draft, grow, noon, nth, open_on};
use super::*;
use crate::disk::fake::FakeDisk;
use crate::logbook::Kind;
use crate::logbook::tree::CHUNK;

/// A logbook of this size, on a disk that has it all.
fn stage(seed: u64, size: u64) -> FakeDisk {
    let disk = FakeDisk::new(seed);
    let mut ledger = open_on(&disk).unwrap().0;
    grow(&mut ledger, size);
    ledger.checkpoint().unwrap();
    disk
}

/// The same on another disk.
fn again(seed: u64, disk: &FakeDisk) -> FakeDisk {
    let copy = FakeDisk::new(seed);
    copy.make_folder(FOLDER).unwrap();
    disk.files().iter().for_each(|(path, bytes)| copy.replace(path, bytes).unwrap());
    copy
}

/// What was promised before the disk died.
#[derive(Default)]
struct Promised {
    entries: Vec<Entry>,
    checkpoint: Option<String>,
    forgotten: Vec<Number>,
}

/// Batches of one to five, a checkpoint now and then, and a forgetting.
fn work(disk: &FakeDisk) -> Promised {
    let mut promised = Promised::default();
    let Ok((mut ledger, _)) = open_on(disk) else { return promised };
    for batch in 0..6 {
        let from = ledger.size();
        let drafts = (from..from + 1 + batch % 5).map(nth).collect();
        match ledger.append(drafts) {
            Ok(entries) => promised.entries.extend(entries),
            Err(_) => return promised,
        }
        if batch == 2 {
            match ledger.checkpoint() {
                Ok(text) => promised.checkpoint = Some(text),
                Err(_) => return promised,
            }
        }
        if batch == 4 {
            let numbers = [1, 2, ledger.size() - 1];
            let mut notice = draft(Kind::Forgotten, nth(ledger.size()).at, "");
            notice.body.fields.insert(forget::ENTRIES.into(), forget::ranges(&numbers));
            match ledger.append(vec![notice]).and_then(|entries| {
                promised.entries.extend(entries);
                ledger.forget(&numbers)
            }) {
                Ok(_) => promised.forgotten = numbers.to_vec(),
                Err(_) => return promised,
            }
        }
    }
    promised
}

fn check(disk: &FakeDisk, before: Head, promised: &Promised, what: &str) {
    let (ledger, opened) = open_on(disk).unwrap();
    assert_eq!((&opened.damage, &opened.disputed), (&None, &None), "{what}");
    assert_eq!(ledger.root_at(before.size).unwrap(), before.root, "{what}");
    for entry in &promised.entries {
        let found = ledger.entry(entry.number).unwrap();
        assert_eq!(found.header, entry.header, "{what}");
        assert!(found.body.is_none() || found.body == entry.body, "{what}");
        let gone = promised.forgotten.contains(&entry.number);
        assert!(!gone || found.body.is_none(), "{what}: {} is back", entry.number);
    }
    for number in &promised.forgotten {
        assert_eq!(ledger.entry(*number).unwrap().body, None, "{what}: {number} is back");
    }
    // At most the batch that nobody was told of is there besides.
    let told = before.size + promised.entries.len() as u64;
    assert!((told..told + 6).contains(&ledger.size()), "{what}: {} of {told}", ledger.size());
    let checkpoints: Vec<String> = promised.checkpoint.clone().into_iter().collect();
    let report = audit(disk, &checkpoints, None);
    // A forgetting that was entered and cut short before its first step is told, and not undone.
    let undone = |f: &crate::logbook::verify::Finding| {
        promised.forgotten.is_empty() && f.text.contains("was to be forgotten")
    };
    let wrong: Vec<_> = report.findings.iter().filter(|f| !undone(f)).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?}");
    assert_eq!(report.root, Some(ledger.head().root), "{what}");
    let (again, opened) = open_on(disk).unwrap();
    assert_eq!((again.head(), opened.cut_bytes), (ledger.head(), 0), "{what}: repaired once");
}

#[test]
fn a_crash_after_any_operation_loses_nothing_that_was_acknowledged() {
    for size in [0, 40, CHUNK - 7] {
        let first = stage(1, size);
        let head = open_on(&first).unwrap().0.head();
        let whole = again(1, &first);
        let before = whole.operations();
        let all = work(&whole);
        assert_eq!((all.entries.len(), all.forgotten.len()), (17, 3));
        let operations = whole.operations() - before;
        assert!(operations >= 20, "{operations}");
        let (mut torn, mut kept) = (0, 0);
        for n in 0..=operations {
            for power in [true, false] {
                let disk = again(n, &first);
                disk.crash_after(n);
                let promised = work(&disk);
                let what = format!("size {size}, operation {n} of {operations}, power {power}");
                match power {
                    true => disk.power_cut(n),
                    false => disk.kill(),
                }
                let bytes = disk.files().values().map(Vec::len).sum::<usize>();
                check(&disk, head, &promised, &what);
                let left = disk.files().values().map(Vec::len).sum::<usize>();
                torn += u32::from(left < bytes);
                kept += promised.entries.len();
            }
        }
        assert!(torn > 2 && kept > 50, "torn {torn}, kept {kept}: the crashes hit nothing");
    }
}

#[test]
fn a_crash_in_the_middle_of_opening_is_mended_by_the_next() {
    for n in 0..8 {
        for seed in 0..6 {
            let disk = stage(seed, 40);
            let head = open_on(&disk).unwrap().0.head();
            disk.crash_after(6 + seed);
            let promised = work(&disk);
            disk.power_cut(seed);
            disk.crash_after(n);
            let _ = open_on(&disk);
            if disk.has_crashed() {
                disk.power_cut(seed + 100);
            } else {
                disk.kill();
            }
            check(&disk, head, &promised, &format!("opening stopped after {n}, seed {seed}"));
        }
    }
}

#[test]
fn damage_is_no_torn_end_and_is_set_aside() {
    let disk = stage(1, 40);
    let before = open_on(&disk).unwrap().0.head();
    let path = line::path(0);
    let bytes = disk.read_at(&path, 0, 1 << 20).unwrap();
    let at = bytes.windows(14).position(|w| w == b"window 20 open").unwrap();
    disk.overwrite(&path, at, b"X");
    let (mut ledger, opened) = open_on(&disk).unwrap();
    let folder = "logbook/damaged-20".to_string();
    let damage = Damage { from: 20, folder: folder.clone() };
    assert_eq!((opened.size, opened.damage), (20, Some(damage)));
    let kept = disk.read_at(&format!("{folder}/{}", line::file_name(0)), 0, 1 << 20).unwrap();
    assert_eq!((kept.len(), kept[at]), (bytes.len(), b'X'));
    assert!(opened.disputed.is_some(), "what was signed is not there");
    // It goes on, and signs nothing.
    ledger.append(vec![draft(Kind::Started, noon(), "")]).unwrap();
    assert!(ledger.checkpoint().is_err());
    assert_ne!(ledger.root_at(20).unwrap(), before.root);
}
