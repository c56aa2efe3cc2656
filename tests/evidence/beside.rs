//! Recording never notices that footage leaves.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use beadle::base::clock::{Clock, SystemClock};
use beadle::simulate::SimCamera;
use beadle::simulate::count::{Tally, frames_in, tally};
use beadle::wire::Reply;
use beadle::wire::export::End;

use crate::school::{School, WITNESS};

const CAMERAS: u16 = 32;
/// Of recording before the police ask, and then of copying while all cameras record again.
const SPAN: Duration = Duration::from_secs(30);

/// Packages of 32 cameras of 2 Mbit/s are written one after the other; each frame that the cameras
/// sent meanwhile is on the disk, once. Only under SLOW: it takes two minutes.
#[test]
fn thirty_two_cameras_lose_no_frame_while_footage_leaves() {
    if std::env::var_os("SLOW").is_none() {
        println!("SKIPPED: takes two minutes; SLOW=1 runs it");
        return;
    }
    let camera = |n: u16| SimCamera {
        size: (640, 360),
        kbps: 2_000,
        ..SimCamera::named(&format!("cam-{n}"))
    };
    let mut school = School::opened((1..=CAMERAS).map(camera).collect(), "plain");
    std::thread::sleep(SPAN);
    school.wanted_by_the_police("plain");
    school.desk.places.write(&crate::school::text(&school.sim, "plain"));
    school.desk.recorder().all_recording();
    let (again, began) = (SystemClock::new().utc(), Instant::now());
    let (mut packages, mut bytes) = (0, 0);
    while began.elapsed() < SPAN {
        let Reply::Export(begun) = school.ask(school.wanted(), Some(&WITNESS)) else {
            panic!("the export is refused");
        };
        let ended = school.ended(begun.number);
        let Some(End::Whole { bytes: of_it, .. }) = ended.end else { panic!("{ended:?}") };
        packages += 1;
        bytes += of_it;
        std::fs::remove_dir_all(ended.package).unwrap();
    }
    let took = began.elapsed();
    let footage = school.desk.places.footage.clone();
    let meanwhile = school.all_off("plain").into_iter().filter(|s| s.end > again);
    let mut stamps = Vec::new();
    for segment in meanwhile {
        stamps.extend(frames_in(&std::fs::read(footage.join(&segment.path)).unwrap()));
    }
    let sums: BTreeMap<u16, Tally> = tally(&stamps);
    let sum = |of: fn(&Tally) -> u64| sums.values().map(of).sum::<u64>();
    println!(
        "{packages} packages, {} MB in {:.0} s; {} frames of {} cameras meanwhile, {} missing, \
         {} doubled",
        bytes / 1_000_000,
        took.as_secs_f64(),
        sum(|t| t.frames),
        sums.len(),
        sum(|t| t.missing),
        sum(|t| t.doubled)
    );
    assert_eq!(sums.len(), usize::from(CAMERAS));
    // 15 frames a second, for as long as was copied.
    let least = took.as_secs() * 15;
    assert!(sums.values().all(|t| t.frames >= least), "{sums:?}");
    assert_eq!((sum(|t| t.missing), sum(|t| t.doubled)), (0, 0), "{sums:?}");
}
