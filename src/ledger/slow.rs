//! The costs that `ledger/mod.rs` speaks of, measured: `SLOW=1 cargo test --release --lib
//! ledger::slow -- --nocapture`. Without `SLOW` the logbook is small, and only that it works is
//! asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::proof::{SITE, audit, dice, identity, nth};
use super::*;
use crate::disk::real::RealDisk;

fn is_slow() -> bool {
    std::env::var("SLOW").is_ok_and(|v| v == "1")
}

/// What this thread spent on a processor so far, where the kernel counts it.
fn worked() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn open(root: &std::path::Path) -> Ledger {
    let disk = Arc::new(RealDisk::open(root, None).unwrap());
    Ledger::open_with(disk, identity(), SITE, dice(), 0).unwrap().0
}

#[test]
fn a_large_logbook_is_opened_verified_and_proved_in_seconds() {
    let size: u64 = if is_slow() { 1_000_000 } else { 9_000 };
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let mut ledger = open(folder.path());
    while ledger.size() < size {
        let from = ledger.size();
        ledger.append((from..size.min(from + 4_000)).map(nth).collect()).unwrap();
    }
    ledger.checkpoint().unwrap();
    let head = ledger.head();
    println!("{size} entries written in {:?}", began.elapsed());
    drop(ledger);
    let disk = RealDisk::open(folder.path(), None).unwrap();
    let timed = |what: &str, most: Duration, work: &mut dyn FnMut()| {
        let (began, before) = (Instant::now(), worked());
        work();
        let took = began.elapsed();
        let alone = worked().zip(before).map_or(took, |(after, before)| after - before);
        println!("{what}: {took:?}, {alone:?} of them at work");
        // Debug builds are measured and not judged; nor is what others on the machine took.
        let judged = is_slow() && !cfg!(debug_assertions);
        assert!(!judged || took.min(alone) < most, "{what} took {took:?}, {alone:?} at work");
    };
    timed("opened", Duration::from_secs(1), &mut || assert_eq!(open(folder.path()).head(), head));
    timed("one entry of the middle", Duration::from_millis(100), &mut || {
        open(folder.path()).entry(size / 2).unwrap();
    });
    timed("proved", Duration::from_secs(1), &mut || {
        open(folder.path()).prove(size / 2).unwrap();
    });
    timed("verified", Duration::from_secs(10), &mut || {
        let report = audit(&disk, &[], None);
        assert!(report.holds() && report.entries == size, "{:?}", report.findings);
    });
    disk.remove("logbook/roots").unwrap();
    timed("opened without the cache", Duration::from_secs(10), &mut || {
        assert_eq!(open(folder.path()).head(), head);
    });
    if is_slow() {
        let bytes: u64 = disk.list("logbook").unwrap().iter().map(|l| l.bytes).sum();
        println!("{} MB on disk", bytes / 1_000_000);
    }
}

#[test]
fn an_entry_is_durable_in_milliseconds() {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let mut ledger = open(folder.path());
    let rounds = if is_slow() { 500 } else { 20 };
    let mut took: Vec<Duration> = (0..rounds)
        .map(|n| {
            let began = Instant::now();
            ledger.append(vec![nth(n)]).unwrap();
            began.elapsed()
        })
        .collect();
    took.sort();
    let (middle, late) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("append with fsync: median {middle:?}, 99 of 100 within {late:?}");
    assert_eq!(ledger.size(), rounds);
    let judged = is_slow() && !cfg!(debug_assertions);
    assert!(!judged || middle < Duration::from_millis(5), "an append took {middle:?}");
}
