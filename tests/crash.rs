//! `kill -9` at random moments, again and again, with every camera running: what was older than a
//! second is there, every file plays to its last frame, the index is what lies on the disk, and the
//! time between is a gap with its reason (S0.11).
//!
//! Losses are counted in the files as the kill left them and again after repair; the promise is
//! about the second, which is what the user gets.
//!
//! The short version always runs; `SLOW=1` is the long one: 16 cameras, 20 kills.

#![cfg(feature = "simulate")]

mod live;

use std::collections::BTreeMap;
use std::time::Duration;

use beadle::base::time::{Span, Utc};
use beadle::footage::GapReason;
use beadle::simulate::SimHandle;
use beadle::simulate::count::{self, FrameStamp};
use live::{Dice, Places, Recorder, files};

/// The simulated cameras send 15 frames a second.
const FRAME: Span = Span::millis(67);

struct Kills {
    /// The moment of each kill in the middle of recording, and the files that it left.
    cuts: Vec<(Utc, Vec<files::Film>)>,
    /// Kills before the recorder recorded anything.
    early: usize,
}

/// Kills in the middle of recording, then starts again; every fourth kill comes at any moment of
/// the start itself.
fn kill_again_and_again(places: &Places, sim: &SimHandle, kills: usize, seed: u64) -> Kills {
    let mut dice = Dice(seed);
    let mut done = Kills { cuts: Vec::new(), early: 0 };
    for n in 0..kills {
        let early = n % 4 == 3;
        let mut recorder = Recorder::exec(places);
        if early {
            std::thread::sleep(Duration::from_millis(dice.below(1_500)));
        } else {
            recorder.all_recording();
            std::thread::sleep(Duration::from_millis(500 + dice.below(4_500)));
        }
        let cut = recorder.kill();
        // Shorter than half a second is no gap, and it would be back by then.
        std::thread::sleep(Duration::from_secs(1));
        let films = files::films(&places.footage);
        if early {
            done.early += 1;
            continue;
        }
        let cameras = files::newest(&films).len();
        assert_eq!(cameras, sim.names().len(), "kill {n}: a camera has no file");
        done.cuts.push((cut, films));
    }
    done
}

/// Frames that the recorder received in one run are all there: holes lie only where it was dead.
fn holes_are_kills(films: &[files::Film], kills: usize) {
    let mut by_camera: BTreeMap<&str, Vec<FrameStamp>> = BTreeMap::new();
    for film in films {
        assert!(count::gaps(&film.stamps).is_empty(), "{}: frames are missing inside", film.path);
        by_camera.entry(film.camera()).or_default().extend(&film.stamps);
    }
    for (camera, stamps) in by_camera {
        let sum = &count::tally(&stamps).into_values().next().unwrap();
        assert_eq!((sum.doubled, sum.disordered), (0, 0), "{camera}: {sum:?}");
        let holes = count::gaps(&stamps).len();
        assert!(holes <= kills, "{camera}: {holes} holes for {kills} kills");
    }
}

#[test]
fn what_was_older_than_a_second_survives_kill_9() {
    let (count, kills) = if live::slow() { (16, 20) } else { (4, 2) };
    let seed = std::env::var("BEADLE_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let folder = tempfile::tempdir().unwrap();
    let places = Places::below(folder.path());
    let sim = live::cameras(count);
    places.write_site(&sim);
    let done = kill_again_and_again(&places, &sim, kills, seed);

    let mut recorder = Recorder::start(&places);
    recorder.wait("the index is whole", |s| s.index.rebuilding.is_none());
    std::thread::sleep(Duration::from_secs(1));
    let (segments, gaps) = recorder.all_off(&sim);
    let took = recorder.stop();
    assert!(took < Duration::from_secs(2), "stopping took {took:?}");
    let films = files::films(&places.footage);
    files::index_is_files(&places, &segments, &films);
    assert_eq!(files::unexplained(&segments, &gaps), None);
    for name in sim.names() {
        let crashes = files::gaps_of(&gaps, &name, GapReason::Crash);
        assert!((1..=kills).contains(&crashes), "{name}: {crashes} gaps by crash: {gaps:?}");
    }
    holes_are_kills(&films, kills);
    files::play_all(&places.footage, &films);

    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (cut, torn) in &done.cuts {
        let loss = files::loss(torn, &films, *cut, FRAME);
        assert_eq!(loss.after.len(), count, "repair left a camera nothing");
        before.extend(loss.before);
        after.extend(loss.after);
    }
    let most = |all: &[i64]| all.iter().max().copied().unwrap_or(0);
    let mean = |all: &[i64]| all.iter().sum::<i64>() / all.len().max(1) as i64;
    println!(
        "{kills} kills of {count} cameras ({} while it started): lost at most {} ms, on average {} \
         ms; {} and {} before repair; {} files play",
        done.early,
        most(&after),
        mean(&after),
        most(&before),
        mean(&before),
        films.len()
    );
    assert!(most(&after) <= live::promise(1_000), "a camera lost {} ms", most(&after));
}
