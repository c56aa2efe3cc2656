//! The supervisor whole, on a simulated clock, disks and cameras, from a seed.
//!
//! A run is weeks of a school: the file is edited, spoiled and mended; cameras fail in every way;
//! disks fill, slow down, refuse, are pulled out and swapped for another school's; the machine dies
//! after any operation of any disk, by `kill -9` or by a power cut that tears what was not flushed;
//! clocks are set; footage is held; the state disk falls
//! ill; events come twice or never. What must be true is judged while it goes on, by code of its
//! own (`simulate/model.rs`, `simulate/judge.rs`), never by the code under test:
//!
//! 1. Footage inside its floor goes only when the disk is truly full, nothing else on it can go,
//!    and `when-full` does not say stop; then it counts as shortfall, no more
//!    and no less (S1.25).
//! 2. What is past its ceiling is gone within the hour, held footage apart (S1.49).
//! 3. Held footage is never deleted; an answered hold is remembered.
//! 4. An edit deletes nothing for 24 hours.
//! 5. What a writer told as durable is there after every death, byte for byte counted.
//! 6. The index lists every file of the mounted disks, once, and no other.
//! 7. No camera is disturbed by another one's change or failure.
//! 8. Every stretch without footage of a wanted camera is a gap with a reason; no gap lasts while
//!    its camera records.
//! 9. A file that does not load changes nothing; an accepted version stays in force.
//! 10. A disk of another school, and the folder under an unmounted disk, are never written to.
//! 11. A status always builds.
//! 12. A camera that is well, wanted and has a disk is recorded, minutes after whatever happened:
//!     also where events came twice or never, and wake-ups late.
//! 13. A state disk that takes nothing disturbs no recording and stops no start; an edit that it
//!     did not take is refused, says so, and comes into force when the disk is well.
//! 14. A journal goes only when no footage beside its day is left, and what it says that lasts
//!     stands elsewhere on its disk.
//!
//! `simulate/broken.rs` breaks each of them on purpose and wants to hear of it.
//!
//! A failure prints its seed: `just sim SEED` plays the same weeks again.
//! `BEADLE_SIM_RUNS=200 just sim` plays that many seeds, `BEADLE_SIM_DAYS` days each.

#[path = "simulate/broken.rs"]
mod broken;
#[path = "simulate/dice.rs"]
mod dice;
#[path = "simulate/judge.rs"]
mod judge;
#[path = "simulate/model.rs"]
mod model;
#[path = "simulate/play.rs"]
mod play;
#[path = "simulate/site.rs"]
mod site;
#[path = "simulate/world.rs"]
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use beadle::base::clock::{Clock, Mono};
use beadle::base::time::Span;

use play::{IndexFate, Sim};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.trim().parse().ok()
}

/// Plays one seed for so many simulated days; what was wrong, with what led to it.
fn play(seed: u64, days: i64) -> (Sim, Option<String>) {
    let mut sim = Sim::new(seed);
    sim.boot(IndexFate::Lost);
    sim.go_on(Span::mins(5));
    let end = Mono(Span::days(days).0);
    while sim.clock.mono() < end && sim.faults.is_empty() {
        let op = sim.roll();
        sim.happen(op);
        let rest = sim.dice.span(Span::mins(2), Span::hours(20));
        sim.go_on(rest);
    }
    sim.compare_disks();
    let wrong = (!sim.faults.is_empty()).then(|| report(&sim));
    (sim, wrong)
}

fn report(sim: &Sim) -> String {
    let mut text = format!("seed {} (replay: just sim {})\n", sim.seed, sim.seed);
    for (at, what) in sim.log.iter().rev().take(25).rev() {
        text.push_str(&format!("  {at} {what}\n"));
    }
    for fault in &sim.faults {
        text.push_str(&format!("  WRONG {fault}\n"));
    }
    let status = sim.status().map(|s| (s.disks, s.alarms));
    text + &format!("  {status:?}\n")
}

/// What one seed's weeks came to.
#[derive(Default)]
struct Sum {
    ops: u64,
    turns: u64,
    deleted: u64,
    short: u64,
    held: u64,
    journals: u64,
    simulated: Span,
    failed: Vec<(u64, String)>,
}

impl Sum {
    fn add(&mut self, seed: u64, days: i64) {
        let (sim, wrong) = play(seed, days);
        self.ops += sim.ops;
        self.turns += sim.turns;
        self.deleted += sim.world.model.deleted;
        self.short += sim.world.model.shortfall;
        self.held += sim.world.model.held_kept;
        self.journals += sim.world.model.journals_gone;
        self.simulated = self.simulated + (sim.clock.mono() - Mono(0));
        self.failed.extend(wrong.map(|wrong| (seed, wrong)));
    }

    fn join(&mut self, other: Sum) {
        self.ops += other.ops;
        self.turns += other.turns;
        self.deleted += other.deleted;
        self.short += other.short;
        self.held += other.held;
        self.journals += other.journals;
        self.simulated = self.simulated + other.simulated;
        self.failed.extend(other.failed);
    }
}

#[test]
fn weeks_pass_and_everything_stays_true() {
    let seeds: Vec<u64> = match number("BEADLE_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("BEADLE_SIM_RUNS").unwrap_or(2)).collect(),
    };
    let days = number("BEADLE_SIM_DAYS").unwrap_or(2) as i64;
    let began = Instant::now();
    let sum = Mutex::new(Sum::default());
    let next = AtomicUsize::new(0);
    // Each seed is one thread's from its first minute to its last.
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(seeds.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut one = Sum::default();
                    one.add(*seed, days);
                    sum.lock().unwrap().join(one);
                }
            });
        }
    });
    let mut sum = sum.into_inner().unwrap();
    sum.failed.sort();
    for (_, wrong) in &sum.failed {
        println!("{wrong}");
    }
    let took = began.elapsed().as_secs_f64();
    let weeks = sum.simulated.as_secs_f64() / 604_800.0;
    println!(
        "{} seeds on {threads} threads, {weeks:.1} weeks in {took:.1} s ({:.2} weeks a second), {} \
         events, {} turns, {} deletions ({} of them shortfall), {} looks at held footage, {} \
         journals let go",
        seeds.len(),
        weeks / took,
        sum.ops,
        sum.turns,
        sum.deleted,
        sum.short,
        sum.held,
        sum.journals
    );
    let failed: Vec<u64> = sum.failed.iter().map(|(seed, _)| *seed).collect();
    assert!(failed.is_empty(), "seeds that failed: {failed:?}; replay one with `just sim SEED`");
    if seeds.len() > 2 {
        let enough = sum.deleted > 100 && sum.held > 100 && sum.ops > 30;
        assert!(enough, "too little happened to prove anything");
    }
}

/// The judge itself is judged: one held file that goes with the next deletion must be noticed.
#[test]
fn a_held_file_that_goes_is_noticed() {
    let sim = broken::with(world::Broken::DeletesHeld);
    let noticed = sim.faults.iter().any(|f| f.contains("nobody ordered that"));
    assert!(noticed, "{:?}", sim.faults);
}

#[test]
fn a_seed_always_plays_the_same() {
    let (one, other) = (play(1, 1).0, play(1, 1).0);
    assert_eq!((one.ops, one.turns, &one.log), (other.ops, other.turns, &other.log));
}
