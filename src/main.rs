//! `beadle`: arguments in, one call per verb, an exit code out.

use std::process::ExitCode;

use beadle::verbs;
use clap::Parser;

#[derive(Parser)]
#[command(name = "beadle", version, about, max_term_width = 100)]
enum Verb {
    /// How things are: verdict, cameras, disks, retention, findings
    Status(verbs::status::Args),
    /// The screen: the same, live
    Console(verbs::console::Args),
    /// Which recordings there are, and which gaps, with their reasons
    Footage(verbs::footage::Args),
    /// Footage that retention may not touch
    #[command(subcommand)]
    Hold(verbs::hold::Args),
    /// Throw the index away and make it again from the files
    Reindex(verbs::reindex::Args),
}

fn main() -> ExitCode {
    verbs::ended(match Verb::parse() {
        Verb::Status(args) => verbs::status::run(&args),
        Verb::Console(args) => verbs::console::run(&args),
        Verb::Footage(args) => verbs::footage::run(&args),
        Verb::Hold(args) => verbs::hold::run(&args),
        Verb::Reindex(args) => verbs::reindex::run(&args),
    })
}
