//! `beadle-pictures`: everything that needs GStreamer. Started by `beadle`, one process per use.

#[path = "../pipeline/mod.rs"]
mod pipeline;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "beadle-pictures", version, about = "Beadle's pictures: GStreamer, one use each")]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Record one source for `beadle run`; the job comes over the socketpair on standard input.
    Ingest,
    /// Decode for `beadle`: units in, raw pictures out, over the socketpair on standard input.
    Show,
    /// Show pictures on the box's own screen for `beadle`, over the socket on standard input.
    Screen,
    /// Encode a few seconds of a made-up scene for `beadle simulate`.
    #[cfg(feature = "simulate")]
    EncodeLoop(pipeline::encode_loop::Args),
}

fn main() -> ExitCode {
    // The job of a camera has its password in it.
    beadle::verbs::keep_no_core();
    match Line::parse().verb {
        Verb::Ingest => pipeline::ingest::run(),
        Verb::Show => pipeline::show::run(),
        Verb::Screen => pipeline::screen::run(),
        #[cfg(feature = "simulate")]
        Verb::EncodeLoop(args) => pipeline::encode_loop::run(&args),
    }
}
