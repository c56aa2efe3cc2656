//! `kill -9`, and the power goes, while several people enter things as fast as they can: whatever
//! was answered with a number is there, whole, and the logbook proves itself against the seals that
//! were taken before.
//!
//! Two kills and a cut; `SLOW=1`: twenty and five.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use beadle::logbook::{Number, Value};
use beadle::socket::dial::Client;
use beadle::wire::book::Find;
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;
use crate::live::machine::{LoopDisk, folder};
use crate::live::{self, Dice, Places, Recorder};

const CLIENTS: usize = 6;

/// Enters until the recorder is gone; what was acknowledged.
fn enter(mut client: Client, round: usize, own: usize) -> Vec<(Number, String)> {
    let mut made = Vec::new();
    for n in 0.. {
        let what = format!("{round}/{own}/{n} {} end", "x".repeat(n % 700));
        match client.ask(&occurrence(&what)) {
            Ok(Reply::Entered { number, .. }) => made.push((number, what)),
            // The disk is gone already, and the recorder not yet.
            Ok(Reply::Refused { why }) if why.contains("could not be entered") => break,
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

/// What was promised so far, on one box.
struct Promised {
    desk: Desk,
    made: BTreeMap<Number, String>,
    seals: Vec<PathBuf>,
    /// Written, and nobody was told.
    unanswered: usize,
}

impl Promised {
    fn on(desk: Desk) -> Promised {
        desk.found();
        Promised { desk, made: BTreeMap::new(), seals: Vec::new(), unanswered: 0 }
    }

    /// Everybody enters until `end` ends it, a seal is taken on the way.
    fn work_until(&mut self, round: usize, wait: Duration, end: impl FnOnce(Recorder)) {
        let desk = &mut self.desk;
        let head = desk.log_in(&HEAD);
        let clients: Vec<Client> = (0..CLIENTS).map(|_| desk.client(Some(&head))).collect();
        std::thread::scope(|scope| {
            let at_work: Vec<_> = clients
                .into_iter()
                .enumerate()
                .map(|(own, client)| scope.spawn(move || enter(client, round, own)))
                .collect();
            std::thread::sleep(wait / 2);
            self.seals.push(desk.seal(&head, &format!("seal-{round}")));
            std::thread::sleep(wait / 2);
            end(desk.recorder.take().unwrap());
            for client in at_work {
                self.made.extend(client.join().expect("a client is answered until the end"));
            }
        });
    }

    /// As the end left it, and as the next start has it.
    fn is_kept(&mut self, round: usize) {
        self.desk.verify(&self.seals);
        self.desk.start();
        let head = self.desk.log_in(&HEAD);
        let there = register(&self.desk, &head);
        for (number, what) in &self.made {
            assert_eq!(there.get(number), Some(what), "round {round}: entry {number}");
        }
        self.unanswered = there.len() - self.made.len();
        self.desk.verify(&self.seals);
    }

    fn judge(mut self, what: &str, rounds: usize, began: Instant) {
        println!(
            "{rounds} {what} in {:.0} s: {} entries acknowledged and there, {} more were written \
             and never answered; {} seals hold",
            began.elapsed().as_secs_f64(),
            self.made.len(),
            self.unanswered,
            self.seals.len()
        );
        assert!(self.made.len() > rounds * 20, "only {}: nothing was tried", self.made.len());
        assert!(self.unanswered <= rounds * CLIENTS, "{} unasked", self.unanswered);
        self.desk.is_sound();
    }
}

#[test]
fn whatever_was_acknowledged_survives_kill_9() {
    let kills = if live::slow() { 20 } else { 2 };
    let (mut dice, began) = (Dice(11), Instant::now());
    let mut promised = Promised::on(Desk::open(&file(NO_CAMERA)));
    for round in 0..kills {
        let wait = Duration::from_millis(200 + dice.below(1_300));
        promised.work_until(round, wait, |recorder| _ = recorder.kill());
        promised.is_kept(round);
    }
    promised.judge("kills", kills, began);
}

/// Needs root and loop devices (SKIPPED without).
#[test]
fn whatever_was_acknowledged_survives_a_power_cut() {
    let cuts = if live::slow() { 5 } else { 1 };
    let (mut dice, began) = (Dice(13), Instant::now());
    let folder = folder();
    let disk = match LoopDisk::new(folder.path(), "state", 128) {
        Ok(disk) => disk,
        Err(why) => return println!("SKIPPED: no power to cut: {why}"),
    };
    let mut places = Places::below(folder.path());
    places.state = disk.mounted_at.clone();
    places.write(&file(NO_CAMERA));
    let mut promised = Promised::on(Desk::at(places));
    for round in 0..cuts {
        let wait = Duration::from_millis(200 + dice.below(1_300));
        promised.work_until(round, wait, |recorder| {
            disk.cut_power();
            recorder.kill();
        });
        disk.unmount().unwrap();
        disk.mount().unwrap();
        promised.is_kept(round);
    }
    promised.judge("power cuts", cuts, began);
}
