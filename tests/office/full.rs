//! The state disk fills up while people are at work: what needs an entry first is not done any
//! more, and says so; recording goes on; what the machine has to say is written when there is room.
//! Needs root and loop devices (SKIPPED without).

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use beadle::base::time::Span;
use beadle::logbook::{Act, Kind, Value};
use beadle::simulate::count;
use beadle::wire::book::Find;
use beadle::wire::{CameraState, Reply, Request, Sent};

use crate::desk::*;
use crate::live::machine::{LoopDisk, folder};
use crate::live::{self, Places, files};

/// Megabytes: past four times the reserve, so that there is one.
const STATE: u64 = 128;

/// Until not a byte more is taken.
fn fill(ballast: &Path) {
    let mut file = std::fs::File::options().create(true).append(true).open(ballast).unwrap();
    for bytes in [1 << 20, 64 << 10, 4_096, 512, 64, 1] {
        while file.write_all(&vec![0xb5; bytes]).is_ok() {}
        // Blocks that were promised are taken now.
        let _ = file.sync_all();
    }
}

/// Entries until one is refused, with the disk filled up again before each; those that were made,
/// and the refusal.
fn until_refused(desk: &Desk, head: &Sent, ballast: &Path) -> (Vec<(u64, String)>, String) {
    let mut made = Vec::new();
    for n in 0..200 {
        fill(ballast);
        let what = format!("On a full disk, {n}: {}", "every word of it. ".repeat(100));
        match desk.ask(Some(head), &occurrence(what.trim())) {
            Reply::Entered { number, .. } => made.push((number, what.trim().to_string())),
            Reply::Refused { why } => return (made, why),
            other => panic!("{other:?}"),
        }
    }
    panic!("200 entries on a full disk, and none is refused");
}

fn occurrences(desk: &Desk, session: &Sent) -> u64 {
    let register = Some("occurrences".to_string());
    let find = Find { register, limit: 1, ..Find::default() };
    match desk.ask(Some(session), &Request::Logbook(find)) {
        Reply::Entries(found) => found.total,
        other => panic!("{other:?}"),
    }
}

#[test]
fn on_a_full_disk_effects_stop_and_recording_does_not() {
    let folder = folder();
    let disk = match LoopDisk::new(folder.path(), "state", STATE) {
        Ok(disk) => disk,
        Err(why) => return println!("SKIPPED: no disk to fill: {why}"),
    };
    let sim = live::cameras(2);
    let mut places = Places::below(folder.path());
    places.state = disk.mounted_at.clone();
    places.write(&file(&cameras(&sim)));
    let mut desk = Desk::at(places);
    let (head, admin) = desk.of_two();
    entered(desk.ask(Some(&head), &occurrence("There is room")));
    let seal = desk.seal(&head, "seal");

    let ballast = disk.mounted_at.join("ballast");
    let (made, why) = until_refused(&desk, &head, &ballast);
    println!("{} entries in the reserve, then: {why}", made.len());
    assert!(made.len() >= 10, "a reserve of 16 slices takes more than {}", made.len());
    assert!(why.contains("could not be entered"), "{why}");
    let now = live::now();
    let hold = Request::HoldAdd {
        cameras: vec![],
        start: now - Span::hours(1),
        end: now,
        reference: "CR-9".into(),
        reason: "An incident".into(),
        review_days: None,
        class: None,
        case: None,
    };
    // The footage index lies on the same disk, and may say so first.
    println!("a hold: {}", refusal(desk.ask(Some(&head), &hold)));
    let Reply::Holds { holds } = desk.ask(Some(&head), &Request::HoldList) else { panic!() };
    assert!(holds.is_empty(), "a hold without its entry: {holds:?}");
    // What happens by itself is owed: a log-in that failed, one that did not.
    refusal(desk.try_log_in(SITE.id, SITE.phrase));
    refusal(desk.try_log_in(HEAD.id, "parsnip parsnip 77"));
    let late = desk.log_in(&HEAD);
    std::thread::sleep(Duration::from_secs(3));
    let status = desk.status();
    assert!(status.cameras.iter().all(|c| c.state == CameraState::Recording), "{status:#?}");
    assert_eq!(occurrences(&desk, &head), made.len() as u64 + 1);

    std::fs::remove_file(&ballast).unwrap();
    until("what was owed is written", || !desk.entries(&admin, Kind::Owed).is_empty());
    until("all of it", || desk.entries(&admin, Kind::LogInFailed).len() == 2);
    let ins = desk.entries(&admin, Kind::LogIn);
    assert_eq!(ins.len(), 3, "{ins:#?}");
    let number = entered(desk.ask(Some(&late), &occurrence("Room again")));
    assert_eq!(occurrences(&desk, &head), made.len() as u64 + 2, "the register follows");
    for (number, what) in &made {
        let Reply::Entry(entry) = desk.ask(Some(&head), &Request::Entry { number: *number }) else {
            panic!("entry {number} is gone");
        };
        assert_eq!((entry.header.kind, entry.header.act), (Kind::Occurrence, Act::Open));
        let said = entry.body.unwrap().fields.remove("what");
        assert_eq!(said, Some(Value::Text(what.clone())), "entry {number}");
    }
    assert!(made.iter().all(|(n, _)| *n < number));
    let reply = desk.ask(Some(&late), &hold);
    assert!(matches!(reply, Reply::Hold(_)), "effects are back: {reply:?}");

    desk.recorder.take().unwrap().stop();
    let films = files::films(&desk.places.footage);
    for name in sim.names() {
        let own = films.iter().filter(|f| f.camera() == name);
        let mut stamps: Vec<_> = own.flat_map(|f| f.stamps.iter().copied()).collect();
        stamps.sort_by_key(|s| s.counter);
        let tally = count::tally(&stamps).into_values().next().unwrap();
        assert_eq!((tally.missing, tally.doubled), (0, 0), "{name}: {tally:?}");
    }
    println!("{}", desk.verify(&[seal]).trim());
}
