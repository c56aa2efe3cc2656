//! `just bench`: what Beadle costs, as ratios in one run on one machine.
//!
//! Each round runs the floor program, Beadle, ffmpeg and GStreamer one after the other on the same
//! simulated cameras and the same disk, so that a machine that others use slows all four alike. The
//! floor is this program again, as `bench floor`: it reads the same RTP over TCP on one thread and
//! writes the bytes. CPU is what the kernel counted for every thread of the recording processes
//! (`schedstat`, nanoseconds); the kernel's own threads, which write dirty pages back, are in none
//! of the four. Ratios are taken within a round; the table shows the median of the rounds.
//!
//! Then one long run of Beadle alone: bytes that reached the block device (as root: an ext4 on a
//! loop device for the footage and another for the state, both counted), edits of the file under
//! load, frames lost (each frame carries a counter). Then the most cameras, an index of four
//! million segments, a logbook of a million entries, and an hour of one camera exported. Between
//! them the console.

mod console;
mod export;
mod figures;
mod floor;
mod index;
mod logbook;
mod long;
mod place;
mod recorders;
mod rounds;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

pub type Outcome<T> = Result<T, String>;

/// Prints the table of ratios, about ten minutes on two cores.
#[derive(Parser, Debug)]
pub struct Args {
    /// Cameras of the comparison.
    #[arg(long, default_value_t = 64)]
    cameras: u16,
    /// Rounds of the comparison; 0 leaves it out.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds measured of each recorder in each round.
    #[arg(long, default_value_t = 12)]
    seconds: u64,
    /// Seconds of the long run, which counts bytes and frames, a minute at least so that every
    /// camera closes a segment; 0 leaves it out.
    #[arg(long, default_value_t = 120)]
    long: u64,
    /// Cameras of the greatest load; 0 leaves it out.
    #[arg(long, default_value_t = 512)]
    most: u16,
    /// Days of 32 cameras in the index: 90 are four million segments; 0 leaves it out.
    #[arg(long, default_value_t = 90)]
    days: i64,
    /// Entries in the logbook: a million are five busy years; 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// The console's pictures, its rest and its start are left out.
    #[arg(long)]
    no_console: bool,
    /// Minutes of one camera that are exported; 0 leaves it out.
    #[arg(long, default_value_t = 60)]
    export: i64,
    /// Only Beadle and the floor, without the peers.
    #[arg(long)]
    alone: bool,
    /// Folder for everything written; 14 GB at its fullest.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Cargo says this to every bench.
    #[arg(long, hide = true)]
    bench: bool,
    /// Run a recorder under this program, like `perf record -g -o FILE`.
    #[arg(long)]
    under: Option<String>,
}

impl Args {
    fn window(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let done = match words.get(1).map(String::as_str) {
        Some("floor") => floor::run(&words[2..]),
        _ => measure(&Args::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Outcome<()> {
    let mut table = table::Table::new();
    let place = place::Place::new(args.folder.as_deref())?;
    table.note(place.words());
    if args.rounds > 0 || args.long > 0 || !args.no_console {
        let cameras = recorders::Cameras::start(args.cameras, &place)?;
        if args.rounds > 0 {
            rounds::compare(args, &cameras, &place, &mut table)?;
        }
        if args.long > 0 {
            long::run(args, &cameras, &place, &mut table)?;
        }
        if !args.no_console {
            console::run(args, &cameras, &place, &mut table)?;
        }
    }
    if args.most > 0 {
        let cameras = recorders::Cameras::start(args.most, &place)?;
        long::most(args, &cameras, &place, &mut table)?;
    }
    if args.days > 0 {
        index::run(args.days, &place, &mut table)?;
    }
    if args.entries > 0 {
        logbook::run(args.entries, &place, &mut table)?;
    }
    if args.export > 0 {
        export::run(args.export, &place, &mut table)?;
    }
    table.print();
    Ok(())
}
