//! `kill -9` while several people enter things as fast as they can: whatever was answered with a
//! number is there, whole, and the logbook proves itself against the seal that was taken before.
//!
//! Two kills; `SLOW=1`: twenty.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use beadle::logbook::{Number, Value};
use beadle::socket::dial::Client;
use beadle::wire::book::Find;
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;
use crate::live::{self, Dice};

const CLIENTS: usize = 6;

/// Enters until the recorder is gone; what was acknowledged.
fn enter(mut client: Client, round: usize, own: usize) -> Vec<(Number, String)> {
    let mut made = Vec::new();
    for n in 0.. {
        let what = format!("{round}/{own}/{n} {} end", "x".repeat(n % 700));
        match client.ask(&occurrence(&what)) {
            Ok(Reply::Entered { number, .. }) => made.push((number, what)),
            Ok(other) => panic!("{other:?}"),
            Err(_) => break,
        }
    }
    made
}

/// The whole register, from the newest page to the oldest.
fn register(desk: &Desk, session: &Sent) -> BTreeMap<Number, String> {
    let mut all = BTreeMap::new();
    let register = Some("occurrences".to_string());
    let mut find = Find { register, limit: 200, ..Find::default() };
    loop {
        let Reply::Entries(page) = desk.ask(Some(session), &Request::Logbook(find.clone())) else {
            panic!("no page of the register");
        };
        for entry in page.entries {
            let what = entry.body.as_ref().and_then(|b| b.fields.get("what")).cloned();
            let Some(Value::Text(what)) = what else { panic!("half an entry: {entry:?}") };
            assert!(what.ends_with(" end"), "half an entry: {what}");
            assert!(all.insert(entry.number, what).is_none(), "{} twice", entry.number);
        }
        match page.more {
            Some(before) => find.before = Some(before),
            None => return all,
        }
    }
}

#[test]
fn whatever_was_acknowledged_survives_kill_9() {
    let kills = if live::slow() { 20 } else { 2 };
    let mut dice = Dice(11);
    let mut desk = Desk::open(&file(NO_CAMERA));
    desk.found();
    let (mut made, mut seals): (BTreeMap<Number, String>, Vec<PathBuf>) = Default::default();
    let mut unanswered = 0;
    let began = Instant::now();
    for round in 0..kills {
        let head = desk.log_in(&HEAD);
        let clients: Vec<Client> = (0..CLIENTS).map(|_| desk.client(Some(&head))).collect();
        let wait = Duration::from_millis(200 + dice.below(1_300));
        let (half, rest) = (wait / 2, wait - wait / 2);
        std::thread::scope(|scope| {
            let at_work: Vec<_> = clients
                .into_iter()
                .enumerate()
                .map(|(own, client)| scope.spawn(move || enter(client, round, own)))
                .collect();
            std::thread::sleep(half);
            seals.push(desk.seal(&head, &format!("seal-{round}")));
            std::thread::sleep(rest);
            desk.recorder.take().unwrap().kill();
            for client in at_work {
                made.extend(client.join().expect("a client is answered until the end"));
            }
        });
        // As the kill left it, and as the next start has it.
        desk.verify(&seals);
        desk.start();
        let head = desk.log_in(&HEAD);
        let there = register(&desk, &head);
        for (number, what) in &made {
            assert_eq!(there.get(number), Some(what), "kill {round}: entry {number}");
        }
        unanswered = there.len() - made.len();
        desk.verify(&seals);
    }
    println!(
        "{kills} kills in {:.0} s: {} entries acknowledged and there, {unanswered} more were \
         written and never answered; {} seals hold",
        began.elapsed().as_secs_f64(),
        made.len(),
        seals.len()
    );
    assert!(made.len() > kills * 20, "only {} entries: nothing was tried", made.len());
    assert!(unanswered <= kills * CLIENTS, "{unanswered} entries that nobody waited for");
    desk.is_sound();
}
