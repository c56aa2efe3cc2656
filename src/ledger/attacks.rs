//! A program that has the state folder and changes it: every change is found by `verify`, or is one
//! that `logbook/verify.rs` says is not, and here is the limit.

use std::collections::BTreeMap;

use super::line::Record;
use super::proof::{SITE, audit, draft, grow, identity, nth, open, open_on};
use super::*;
use crate::base::time::Span;
use crate::disk::fake::FakeDisk;
use crate::logbook::checkpoint::{Signs, sign};
use crate::logbook::leaf::{body_bytes, body_digest, leaf_bytes};
use crate::logbook::tree::CHUNK;
use crate::logbook::verify::{Expect, Report, What};
use crate::logbook::{Body, Kind, Value};

const SIZE: u64 = CHUNK + 60;

/// A logbook over two chunks, and a checkpoint of it that left the box.
fn stage() -> (FakeDisk, String) {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, SIZE);
    let left = ledger.checkpoint().unwrap();
    (disk, left)
}

fn lines(disk: &FakeDisk, chunk: u64) -> Vec<Vec<u8>> {
    let bytes = disk.read_at(&line::path(chunk), 0, 1 << 24).unwrap();
    bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
}

fn put(disk: &FakeDisk, chunk: u64, lines: &[Vec<u8>]) {
    disk.replace(&line::path(chunk), &lines.concat()).unwrap();
}

fn record(line: &[u8]) -> Record {
    Record::read(&line[..line.len() - 1]).unwrap()
}

/// The same entry with other words, made as the box itself would make it.
fn forged(record: &Record, words: &str) -> Record {
    let entry = record.entry().unwrap();
    let body = Body { reason: Some(words.into()), ..entry.body.unwrap() };
    let bytes = body_bytes(&body).unwrap();
    let header = crate::logbook::Header { body: body_digest(&[8; 32], &bytes), ..entry.header };
    let leaf = leaf_bytes(&header).unwrap();
    Record { number: record.number, leaf, body: Some(([8; 32], bytes)) }
}

fn finds(report: &Report, what: What, number: Option<u64>) -> bool {
    report.findings.iter().any(|f| f.what == what && (number.is_none() || f.number == number))
}

/// Edits of the files alone: no key, and no knowledge of the sums, or with the sums made good.
#[test]
fn every_edit_of_the_files_is_found() {
    type Attack = fn(&mut Vec<Vec<u8>>);
    let attacks: [(&str, Attack, What, Option<u64>); 14] = [
        ("a body edited", |l| edit(&mut l[32], "window 31", "window 99"), What::Line, Some(31)),
        (
            "a body edited, the sum made good",
            |l| {
                let mut changed = record(&l[32]);
                let body = changed.body.as_mut().unwrap();
                edit(&mut body.1, "window 31", "window 99");
                l[32] = changed.line();
            },
            What::Body,
            Some(31),
        ),
        (
            "a salt edited",
            |l| {
                let mut changed = record(&l[32]);
                changed.body.as_mut().unwrap().0[5] ^= 1;
                l[32] = changed.line();
            },
            What::Body,
            Some(31),
        ),
        (
            "a time edited, the sum made good",
            |l| {
                let mut changed = record(&l[32]);
                edit(&mut changed.leaf, "2026", "2025");
                l[32] = changed.line();
            },
            What::Time,
            Some(31),
        ),
        (
            "an entry replaced by one made as the box makes them",
            |l| l[32] = forged(&record(&l[32]), "nothing").line(),
            What::Root,
            None,
        ),
        ("an entry deleted", |l| drop(l.remove(32)), What::Order, Some(32)),
        (
            "an entry deleted, the others counted anew",
            |l| {
                l.remove(32);
                renumber(l);
            },
            What::Root,
            None,
        ),
        (
            "an entry put in",
            |l| {
                let more = forged(&record(&l[32]), "more").line();
                l.insert(32, more);
            },
            What::Order,
            Some(31),
        ),
        (
            "an entry put in, the others counted anew",
            |l| {
                let more = forged(&record(&l[32]), "more").line();
                l.insert(32, more);
                renumber(l);
            },
            What::Root,
            None,
        ),
        ("two entries swapped", |l| l.swap(32, 33), What::Order, Some(32)),
        (
            "two entries swapped, counted anew",
            |l| {
                l.swap(32, 33);
                renumber(l);
            },
            What::Root,
            None,
        ),
        (
            "a body destroyed",
            |l| l[32] = Record { body: None, ..record(&l[32]) }.line(),
            What::Forgotten,
            Some(31),
        ),
        ("a line torn", |l| l[32].truncate(70), What::Line, Some(31)),
        ("the first line edited", |l| edit(&mut l[0], "chunk", "junk!"), What::Line, None),
    ];
    for (name, attack, what, number) in attacks {
        for chunk in 0..2 {
            let (disk, left) = stage();
            let mut lines = lines(&disk, chunk);
            let number = number.map(|n| n + chunk * CHUNK);
            if chunk == 1 && name.contains("edited") && !name.contains("time") {
                // The words differ there.
                continue;
            }
            attack(&mut lines);
            put(&disk, chunk, &lines);
            let report = audit(&disk, &[left], None);
            // One fewer at the very end is an end cut off.
            let cut = chunk == 1 && name == "an entry deleted, the others counted anew";
            let what = if cut { What::Cut } else { what };
            assert!(finds(&report, what, number), "{name} in {chunk}: {:?}", report.findings);
        }
    }
}

fn edit(line: &mut [u8], from: &str, to: &str) {
    let at = line.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
    line[at..at + to.len()].copy_from_slice(to.as_bytes());
}

/// Numbers from the front, each record whole; what overflows the chunk falls off.
fn renumber(lines: &mut Vec<Vec<u8>>) {
    let first = record(&lines[1]).number / CHUNK * CHUNK;
    lines.truncate(1 + CHUNK as usize);
    for (line, number) in lines.iter_mut().skip(1).zip(first..) {
        *line = Record { number, ..record(line) }.line();
    }
}

#[test]
fn the_end_cut_off_shows_by_the_checkpoint_and_by_the_silence() {
    let (disk, left) = stage();
    let mut lines = lines(&disk, 1);
    lines.truncate(40);
    put(&disk, 1, &lines);
    assert!(finds(&audit(&disk, &[left], None), What::Cut, None));
    // Without any checkpoint, the clock says it: the box was not stopped and has not beaten since.
    disk.remove("logbook/checkpoint").unwrap();
    assert!(audit(&disk, &[], None).holds(), "nothing in the files shows it");
    let now = nth(SIZE).at + Span::hours(1);
    assert!(finds(&audit(&disk, &[], Some(now)), What::Silence, None));
    // A whole chunk gone, and the first one gone.
    for chunk in [1, 0] {
        let (disk, left) = stage();
        disk.remove(&line::path(chunk)).unwrap();
        let report = audit(&disk, &[left], None);
        assert!(!report.holds(), "{chunk}");
        assert!(finds(&report, if chunk == 1 { What::Cut } else { What::Order }, None));
    }
}

#[test]
fn chunks_swapped_or_doubled_are_found() {
    let (disk, left) = stage();
    let (a, b) = (lines(&disk, 0), lines(&disk, 1));
    put(&disk, 0, &b);
    put(&disk, 1, &a);
    assert!(finds(&audit(&disk, std::slice::from_ref(&left), None), What::Order, None));
    put(&disk, 0, &a);
    assert!(finds(&audit(&disk, &[left], None), What::Order, None));
}

/// Signs whatever the folder holds with the box's own key, as the box would.
fn sign_anew(disk: &FakeDisk) -> Head {
    disk.remove("logbook/checkpoint").unwrap();
    disk.remove("logbook/roots").unwrap();
    let mut ledger = open(disk);
    ledger.checkpoint().unwrap();
    ledger.head()
}

#[test]
fn rewriting_with_the_boxs_own_key_shows_from_the_checkpoint_that_left() {
    let (disk, left) = stage();
    let mut lines = lines(&disk, 0);
    lines[31] = forged(&record(&lines[31]), "nothing happened").line();
    put(&disk, 0, &lines);
    sign_anew(&disk);
    // The limit: inside the box everything fits.
    assert!(audit(&disk, &[], None).holds(), "what nobody outside has seen cannot be shown");
    // A checkpoint on paper or a stick contradicts it, however much is appended since.
    let mut ledger = open(&disk);
    grow(&mut ledger, SIZE + 100);
    let report = audit(&disk, std::slice::from_ref(&left), None);
    assert!(finds(&report, What::Root, None), "{:?}", report.findings);
    // Two logbooks of one size, both signed, convict the key itself.
    let other = sign(
        ledger.origin(),
        Head { size: SIZE, root: ledger.root_at(SIZE).unwrap() },
        ledger.identity(),
    );
    let report = audit(&disk, &[left, other.unwrap()], None);
    assert!(finds(&report, What::Fork, None), "{:?}", report.findings);
}

#[test]
fn what_came_after_the_checkpoint_that_left_can_be_rewritten_until_the_next_leaves() {
    let (disk, left) = stage();
    let mut ledger = open(&disk);
    grow(&mut ledger, SIZE + 30);
    let next = ledger.checkpoint().unwrap();
    let mut lines = lines(&disk, 1);
    let changed = lines.len() - 10;
    lines[changed] = forged(&record(&lines[changed]), "nothing happened").line();
    put(&disk, 1, &lines);
    sign_anew(&disk);
    let report = audit(&disk, std::slice::from_ref(&left), None);
    assert!(report.holds(), "the limit: {:?}", report.findings);
    let report = audit(&disk, &[left, next], None);
    let found = report.findings.iter().find(|f| f.what == What::Root).unwrap();
    assert!(found.text.contains(&format!("entries {SIZE} to {}", SIZE + 29)), "{}", found.text);
}

#[test]
fn a_folder_put_back_shows_by_what_left_it() {
    let (disk, _) = stage();
    let yesterday = disk.files();
    let mut ledger = open(&disk);
    grow(&mut ledger, SIZE + 144);
    let left = ledger.checkpoint().unwrap();
    drop(ledger);
    for path in disk.files().keys() {
        disk.remove(path).unwrap();
    }
    for (path, bytes) in &yesterday {
        disk.replace(path, bytes).unwrap();
    }
    // The limit: the folder of yesterday is as good as it was yesterday.
    assert!(audit(&disk, &[], None).holds());
    assert!(open_on(&disk).unwrap().1.disputed.is_none());
    // By the checkpoint that left since,
    assert!(finds(&audit(&disk, std::slice::from_ref(&left), None), What::Cut, None));
    // by a right clock,
    let now = nth(SIZE + 144).at;
    assert!(finds(&audit(&disk, &[], Some(now)), What::Silence, None));
    // by the TPM's counter,
    let keys = [identity().public()];
    let origin = format!("beadle/{SITE}");
    let counter = Some((SIZE + 144) / 6);
    let expect = Expect { origin: &origin, keys: &keys, counter, ..Expect::default() };
    assert!(finds(&verify(&disk, &expect).unwrap(), What::Counter, None));
    // and by the start that does not know when it was stopped, once it goes on.
    let mut ledger = open(&disk);
    ledger.append(vec![draft(Kind::Started, now, "power")]).unwrap();
    grow(&mut ledger, SIZE + 300);
    let report = audit(&disk, &[left], None);
    assert!(finds(&report, What::Root, None) && report.remarks[0].what == What::Unclean);
}

#[test]
fn a_checkpoint_of_another_box_or_key_counts_for_nothing() {
    let (disk, _) = stage();
    let ledger = open(&disk);
    let (origin, head) = (ledger.origin(), ledger.head());
    let stranger = Identity::of(&[77; 32]);
    for text in [
        sign(origin, head, &stranger).unwrap(),
        sign("beadle/other", head, ledger.identity()).unwrap(),
        sign(origin, head, ledger.identity()).unwrap().replace("4156", "4157"),
        "nonsense".into(),
    ] {
        let report = audit(&disk, std::slice::from_ref(&text), None);
        assert!(finds(&report, What::Signature, None), "{text}");
    }
}

#[test]
fn a_body_that_was_to_be_forgotten_and_came_back_is_found() {
    let disk = FakeDisk::new(1);
    let mut ledger = open(&disk);
    grow(&mut ledger, 30);
    let before = disk.read_at(&line::path(0), 0, 1 << 20).unwrap();
    let mut notice = draft(Kind::Forgotten, nth(30).at, "");
    notice.body.fields = BTreeMap::from([(forget::ENTRIES.into(), forget::ranges(&[7, 8]))]);
    ledger.append(vec![notice]).unwrap();
    ledger.forget(&[7, 8]).unwrap();
    let mut after = lines(&disk, 0);
    let old: Vec<Vec<u8>> = before.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    after[8] = old[8].clone();
    put(&disk, 0, &after);
    let report = audit(&disk, &[], None);
    assert!(finds(&report, What::Forgotten, Some(7)), "{:?}", report.findings);
    assert!(!finds(&report, What::Forgotten, Some(8)));
    // More gone than was said.
    after[8] = Record { body: None, ..record(&old[8]) }.line();
    after[10] = Record { body: None, ..record(&old[10]) }.line();
    put(&disk, 0, &after);
    assert!(finds(&audit(&disk, &[], None), What::Forgotten, Some(9)));
    let listed = Value::List(vec!["7-8".into()]);
    assert_eq!(forget::ranges(&[8, 7]), listed);
}
