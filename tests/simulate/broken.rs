//! The judge is judged: each invariant is broken on purpose, and must be seen to be.

use beadle::base::clock::Clock;
use beadle::base::time::Span;
use beadle::disk::Disk;
use beadle::footage::{Gap, GapReason};
use beadle::watch::Look;

use super::judge::Listing;
use super::play::{IndexFate, Op, Sim};
use super::world::Broken;

/// Two cameras for three hours, floor and ceiling in days, this much room.
fn going(floor: u32, ceiling: u32, room: u64) -> Sim {
    let mut sim = Sim::new(3);
    sim.world.shelf.iter().for_each(|disk| disk.set_capacity(room));
    (sim.site.floor, sim.site.ceiling, sim.site.stop_when_full) = (floor, ceiling, false);
    sim.file = Look::Bytes(sim.site.text().into_bytes());
    sim.boot(IndexFate::Lost);
    sim.go_on(Span::hours(3));
    assert!(sim.faults.is_empty(), "{:?}", sim.faults);
    sim
}

fn roomy() -> Sim {
    going(0, 1, 200_000_000)
}

pub fn with(broken: Broken) -> Sim {
    spoilt(roomy(), broken)
}

fn spoilt(mut sim: Sim, broken: Broken) -> Sim {
    sim.happen(Op::HoldAdd(vec![], Span::hours(1), Span::mins(30)));
    sim.world.broken = broken;
    sim.go_on(Span::hours(38));
    sim
}

/// Footage inside its floor went, and was counted.
fn short() -> Sim {
    let mut sim = going(3, 4, 3_000_000);
    sim.world.broken = Broken::ForgetsShortfall;
    sim.go_on(Span::hours(24));
    assert!(sim.world.model.shortfall > 0 && sim.faults.is_empty(), "{:?}", sim.faults);
    sim
}

fn any_file(sim: &Sim) -> String {
    sim.world.model.any(0, false).unwrap()
}

fn listed(sim: &mut Sim, start: i64, end: Option<i64>) {
    let now = sim.clock.utc();
    let camera = sim.site.cameras[0].id.clone();
    let end = end.map(|mins| now + Span::mins(mins));
    let gap = Gap { camera, start: now + Span::mins(start), end, reason: GapReason::Closed };
    let status = sim.status().unwrap();
    sim.gaps_are_whole(&Listing { segments: vec![], gaps: vec![gap] }, &status, now);
}

type Row = (&'static str, fn() -> Sim);

/// What the judge says, and what was done that it should say so.
const BROKEN: [Row; 20] = [
    ("held footage is to be deleted", || with(Broken::OrdersHeld)),
    ("is deleted for space, and", || with(Broken::DeletesOneMore)),
    ("is inside its floor and deleted with room left", || {
        spoilt(going(1, 1, 200_000_000), Broken::DeletesOneMore)
    }),
    ("had to be gone on", || with(Broken::DeletesNothing)),
    ("is well and wanted, and not recorded", || with(Broken::DumbCamera)),
    ("is forgotten", || {
        let mut sim = roomy();
        sim.happen(Op::HoldAdd(vec![], Span::hours(1), Span::mins(30)));
        let mut other = sim.world.model.holds[0].clone();
        other.id = "H-1999-0001".into();
        sim.world.model.holds.push(other);
        sim.go_on(Span::hours(1));
        sim
    }),
    ("is gone, and nobody ordered that", || {
        let mut sim = roomy();
        sim.world.shelf[0].remove(&any_file(&sim)).unwrap();
        sim.go_on(Span::hours(1));
        sim
    }),
    ("shrank from", || {
        let mut sim = roomy();
        sim.world.shelf[0].replace(&any_file(&sim), b"torn").unwrap();
        sim.go_on(Span::hours(1));
        sim
    }),
    ("is not in the index", || {
        let mut sim = roomy();
        let disk = sim.world.shelf[0].clone();
        let folder = any_file(&sim).rsplit_once('/').unwrap().0.to_string();
        disk.replace(&format!("{folder}/000001Z.mp4"), b"who wrote this?").unwrap();
        sim.go_on(Span::hours(14));
        sim
    }),
    ("is no file of ours", || {
        let mut sim = roomy();
        sim.world.shelf[0].replace("stray.txt", b"hello").unwrap();
        sim.go_on(Span::hours(1));
        sim
    }),
    ("a gap that ends before it begins", || {
        let mut sim = roomy();
        listed(&mut sim, -5, Some(-9));
        sim
    }),
    ("and a gap lasts", || {
        let mut sim = roomy();
        listed(&mut sim, -5, None);
        sim
    }),
    ("nobody knows why there is nothing", || {
        let mut sim = roomy();
        let (id, now) = (sim.site.cameras[0].id.clone(), sim.clock.utc());
        sim.every_stretch_is_explained(&id, &Listing { segments: vec![], gaps: vec![] }, now);
        sim
    }),
    ("was disturbed by", || {
        let mut sim = roomy();
        let (before, all) = (sim.world.disturbed.clone(), sim.recording());
        *sim.world.disturbed.get_mut(&all[0]).unwrap() += 1;
        sim.undisturbed(&before, &all, &all, "a test");
        sim
    }),
    ("a file that does not load came into force", || {
        let mut sim = roomy();
        sim.site.cameras[0].title = "Renamed".into();
        let good = Look::Bytes(sim.site.text().into_bytes());
        sim.spoil(good, Span::mins(1));
        sim
    }),
    ("another school's disk was written to", || {
        let mut sim = roomy();
        sim.foreign.push((0, sim.world.shelf[0].operations()));
        sim.go_on(Span::hours(1));
        sim
    }),
    ("the folder under the unmounted disk", || {
        let mut sim = roomy();
        sim.world.mounts["/mnt/a"].bare.replace("beadle-disk.json", b"{}").unwrap();
        sim.go_on(Span::hours(1));
        sim
    }),
    ("came by itself", || {
        let mut sim = roomy();
        sim.in_force.0 += 1;
        sim.go_on(Span::hours(1));
        sim
    }),
    ("went inside their floor", || {
        let mut sim = short();
        sim.revive(true);
        sim.boot(IndexFate::Lost);
        sim.go_on(Span::hours(2));
        sim
    }),
    ("is counted, and", || {
        let mut sim = short();
        (sim.world.model.shortfall, sim.world.model.untold) = (0, 0);
        sim.go_on(Span::hours(1));
        sim
    }),
];

#[test]
fn each_invariant_can_fail() {
    let said = |(words, broken): &Row| {
        let sim = broken();
        let noticed = sim.faults.iter().any(|fault| fault.contains(words));
        (!noticed).then(|| format!("\"{words}\" was not said: {:?}", sim.faults))
    };
    // Half of them on another thread: each is a school of its own.
    let (some, others) = BROKEN.split_at(BROKEN.len() / 2);
    let unsaid: Vec<String> = std::thread::scope(|scope| {
        let others = scope.spawn(|| others.iter().filter_map(said).collect::<Vec<_>>());
        some.iter().filter_map(said).chain(others.join().unwrap()).collect()
    });
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

#[test]
fn a_journal_that_goes_too_early_is_noticed() {
    let mut sim = roomy();
    let disk = sim.world.shelf[0].clone();
    let path = beadle::footage::journal::path(sim.clock.utc());
    sim.world.model.judge_journals(&[0], &disk, &[path]);
    let wrong = sim.world.model.wrongs().join("; ");
    assert!(wrong.contains("footage beside it stays") && wrong.contains("nothing says"), "{wrong}");
}
