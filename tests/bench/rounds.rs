//! The comparison: floor, Beadle, ffmpeg, GStreamer, one after the other, some rounds.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::figures::{cpu_ns, median, pss, sha256_ns_a_byte, since, sizes, threads};
use super::place::Place;
use super::recorders::{self, Cameras, Recorder};
use super::table::Table;
use super::{Args, Outcome};

/// Connections, first pictures and first files are over after this.
const SETTLE: Duration = Duration::from_secs(4);

/// One recorder in one round.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Share of one core.
    pub cpu: f64,
    pub pss: u64,
    /// Bytes a second that its files grew by.
    pub rate: f64,
}

pub fn window(run: &Recorder, span: Duration, place: &Place) -> Measured {
    let pids = run.pids();
    let (began, cpu, bytes) = (Instant::now(), cpu_ns(&pids), sizes(&place.footage));
    sleep(span);
    let (spent, took) = (cpu_ns(&pids) - cpu, began.elapsed());
    Measured {
        cpu: spent as f64 / took.as_nanos() as f64,
        pss: pss(&pids),
        rate: sizes(&place.footage).saturating_sub(bytes) as f64 / took.as_secs_f64(),
    }
}

#[derive(Default)]
struct Rounds {
    floor: Vec<Measured>,
    sha: Vec<f64>,
    beadle: Vec<Measured>,
    ffmpeg: Vec<Measured>,
    gstreamer: Vec<Measured>,
    started: Vec<f64>,
}

pub fn compare(args: &Args, cameras: &Cameras, place: &Place, table: &mut Table) -> Outcome<()> {
    let mut rounds = Rounds::default();
    for round in 1..=args.rounds {
        let began = Instant::now();
        let measure = |run: Recorder, settle: Duration| {
            sleep(settle);
            let measured = window(&run, args.window(), place);
            run.stop().map(|()| measured)
        };
        let floor = measure(recorders::floor(cameras, place)?, SETTLE)?;
        let sha = sha256_ns_a_byte() * floor.rate / 1e9;
        let run = recorders::beadle(cameras, place, args.under.as_deref())?;
        rounds.started.push(run.started.as_secs_f64());
        sleep(SETTLE);
        let before = threads(run.pids()[0]);
        let beadle = window(&run, args.window(), place);
        let after = threads(run.pids()[0]);
        run.stop()?;
        let shares = shares(&before, &after, args.seconds);
        eprintln!(
            "round {round}: floor {:.2} %, SHA-256 {:.2} %, Beadle {:.2} % of a core ({shares})",
            floor.cpu * 100.0,
            sha * 100.0,
            beadle.cpu * 100.0,
        );
        rounds.floor.push(floor);
        rounds.sha.push(sha);
        rounds.beadle.push(beadle);
        if !args.alone {
            let ffmpeg = measure(recorders::ffmpeg(cameras, place)?, SETTLE * 2)?;
            let gstreamer = measure(recorders::gstreamer(cameras, place)?, SETTLE)?;
            for (name, it) in [("ffmpeg", ffmpeg), ("GStreamer", gstreamer)] {
                // Half the rate is a recorder that does not record, and no peer to compare with.
                if it.rate < floor.rate / 2.0 {
                    eprintln!(
                        "round {round}: {name} wrote {:.0} of {:.0} bytes a second, left out",
                        it.rate, floor.rate
                    );
                }
            }
            rounds.ffmpeg.extend(Some(ffmpeg).filter(|f| f.rate > floor.rate / 2.0));
            rounds.gstreamer.extend(Some(gstreamer).filter(|g| g.rate > floor.rate / 2.0));
        }
        eprintln!("round {round} took {:.0} s", since(began));
    }
    rows(args, &rounds, table);
    Ok(())
}

/// What each thread took, in percent of a core.
fn shares(before: &[(String, u64)], after: &[(String, u64)], seconds: u64) -> String {
    let was = |name: &str| before.iter().filter(|b| b.0 == name).map(|b| b.1).sum::<u64>();
    let mut names: Vec<&str> = after.iter().map(|a| a.0.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let share = |name: &&str| {
        let is: u64 = after.iter().filter(|a| a.0 == **name).map(|a| a.1).sum();
        let share = is.saturating_sub(was(name)) as f64 / (seconds as f64 * 1e7);
        format!("{name} {share:.2}")
    };
    names.iter().map(share).collect::<Vec<_>>().join(", ")
}

fn rows(args: &Args, rounds: &Rounds, table: &mut Table) {
    let cameras = f64::from(args.cameras);
    let base: Vec<f64> = rounds.floor.iter().zip(&rounds.sha).map(|(f, s)| f.cpu + s).collect();
    let ratio =
        |of: &[Measured]| median(of.iter().zip(&base).map(|(m, base)| m.cpu / base).collect());
    let mebibytes = |of: &[Measured]| {
        median(of.iter().map(|m| m.pss as f64).collect()) / cameras / (1 << 20) as f64
    };
    let floor = median(rounds.floor.iter().map(|f| f.cpu).collect()) * 100.0;
    let sha = median(rounds.sha.clone()) * 100.0;
    table.note(format!(
        "{} cameras: the floor takes {floor:.2} % of a core, one SHA-256 pass {sha:.2} %; medians of \
         {} rounds of {} s.",
        args.cameras, args.rounds, args.seconds
    ));
    let (cpu, memory) = (ratio(&rounds.beadle), mebibytes(&rounds.beadle));
    let what = "CPU with commit, index and digests / (floor + one SHA-256 pass)";
    table.row(what, "<= 1.5", format!("{cpu:.2}"), cpu <= 1.5);
    table.peer("  ffmpeg -c copy, one process a camera", ratio(&rounds.ffmpeg), "");
    table.peer("  GStreamer splitmuxsink, one process", ratio(&rounds.gstreamer), "");
    table.row("memory a camera (PSS)", "< 1 MiB", format!("{memory:.2} MiB"), memory < 1.0);
    table.peer("  ffmpeg", mebibytes(&rounds.ffmpeg), " MiB");
    table.peer("  GStreamer", mebibytes(&rounds.gstreamer), " MiB");
    let started = median(rounds.started.clone());
    let what = format!("start: exec to all {} recording", args.cameras);
    table.row(&what, "< 2 s", format!("{started:.2} s"), started < 2.0);
}
