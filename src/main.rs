//! `beadle`: arguments in, one call per verb, an exit code out.

use std::process::ExitCode;

use beadle::verbs::{self, ended};
use clap::Parser;

#[derive(Parser)]
#[command(name = "beadle", version, about, max_term_width = 100)]
enum Verb {
    /// Look at a site's file: every mistake at its place, and what law and practice say to it
    Check(verbs::check::Args),
    /// What would change if a file came into force
    Plan(verbs::plan::Args),
    /// The first file of a box that has none: what was found, its plan, taking it
    Begin(verbs::begin::Args),
    /// Record what the file says, until stopped
    Run(verbs::run::Args),
    /// How things are: verdict, cameras, disks, retention, findings
    Status(verbs::status::Args),
    /// The screen: the same, live
    Console(verbs::console::Args),
    /// Which recordings there are, and which gaps, with their reasons
    Footage(verbs::footage::Args),
    /// One picture of one camera at one moment, as a PNG or JPEG file
    Still(verbs::still::Args),
    /// Footage leaves as a package that proves itself
    Export(verbs::export::Args),
    /// Sticks: what is plugged in, and sticks made new
    #[command(subcommand)]
    Stick(verbs::stick::Args),
    /// The box's own disks: footage disks made and opened, the system put on one
    #[command(subcommand)]
    Disk(verbs::disk::Args),
    /// The next version of the image, from a stick
    #[command(subcommand)]
    Update(verbs::update::Args),
    /// The box's clock, set by hand where no time server is
    #[command(subcommand)]
    Clock(verbs::clock::Args),
    /// Is a package the one that was made? Needs no recorder
    Verify(verbs::verify::Args),
    #[command(hide = true)]
    ExportWork,
    #[command(hide = true)]
    PaperWork,
    #[command(hide = true)]
    PrintWork,
    #[command(hide = true)]
    Machine(verbs::machine::Args),
    /// Requests for footage: what is done, what is missing, where each copy is
    #[command(subcommand)]
    Case(verbs::case::Args),
    /// Footage that retention may not touch
    #[command(subcommand)]
    Hold(verbs::hold::Args),
    /// Log in: the verbs that follow speak for you
    LogIn(verbs::log_in::Args),
    /// End that
    LogOut(verbs::log_in::OutArgs),
    /// Give somebody a passphrase of their own, by a one-time code; the first two together
    Enrol(verbs::enrol::Args),
    /// The second factor of the account that is logged in
    Authenticator(verbs::enrol::FactorArgs),
    /// Sealed codes for the day on which nobody can log in
    #[command(subcommand)]
    BreakGlass(verbs::seal::Args),
    /// The key on paper that brings people and logbook back when the box is lost
    #[command(subcommand)]
    Recovery(verbs::recovery::Args),
    /// File, people, passwords and logbook onto a stick, sealed under that key
    Backup(verbs::backup::Args),
    /// What happened, who did it and why; new entries; seals and proofs
    Logbook(verbs::logbook::Args),
    /// What is due, overdue and done
    Duties(verbs::duties::Args),
    /// Signs, notices, the code of practice and the papers of the year, ready to print
    Print(verbs::print::Args),
    /// Approve the version of the file that waits
    Approve(verbs::approve::Args),
    /// How the system is used: viewings to ask about, or one person's use
    Report(verbs::report::Args),
    /// Who may do what on a day, by a file
    People(verbs::people::Args),
    /// Camera passwords, which the file names and never holds
    Secret(verbs::secret::Args),
    /// Compare the index with the files again, behind the recording
    Reindex(verbs::reindex::Args),
    /// Cameras that are not there, for trying things out
    #[cfg(feature = "simulate")]
    Simulate(verbs::simulate::Args),
    /// Simulated cameras, a recorder and the screen, all in one folder
    #[cfg(feature = "simulate")]
    Demo(verbs::demo::Args),
}

fn main() -> ExitCode {
    log_to_stderr();
    match Verb::parse() {
        Verb::Check(args) => verbs::check::run(&args),
        Verb::Backup(args) => ended(verbs::backup::run(&args)),
        Verb::Begin(args) => ended(verbs::begin::run(&args)),
        Verb::Plan(args) => ended(verbs::plan::run(&args, verbs::plan::against_nothing)),
        Verb::Run(args) => verbs::run::run(args),
        Verb::Status(args) => ended(verbs::status::run(&args)),
        Verb::Console(args) => ended(verbs::console::run(&args)),
        Verb::Footage(args) => ended(verbs::footage::run(&args)),
        Verb::Still(args) => ended(verbs::still::run(&args)),
        Verb::Export(args) => ended(verbs::export::run(&args)),
        Verb::Stick(args) => ended(verbs::stick::run(&args)),
        Verb::Disk(args) => ended(verbs::disk::run(&args)),
        Verb::Update(args) => ended(verbs::update::run(&args)),
        Verb::Clock(args) => ended(verbs::clock::run(&args)),
        Verb::Verify(args) => ended(verbs::verify::run(&args)),
        Verb::ExportWork => verbs::export_work::run(),
        Verb::PaperWork => verbs::paper_work::run(),
        Verb::PrintWork => verbs::print::work::run(),
        Verb::Machine(args) => verbs::machine::run(args),
        Verb::Case(args) => ended(verbs::case::run(&args)),
        Verb::Hold(args) => ended(verbs::hold::run(&args)),
        Verb::People(args) => ended(verbs::people::run(&args)),
        Verb::LogIn(args) => ended(verbs::log_in::run(&args)),
        Verb::LogOut(args) => ended(verbs::log_in::out(&args)),
        Verb::Enrol(args) => ended(verbs::enrol::run(&args)),
        Verb::Authenticator(args) => ended(verbs::enrol::factor(&args)),
        Verb::BreakGlass(args) => ended(verbs::seal::run(&args)),
        Verb::Recovery(args) => ended(verbs::recovery::run(&args)),
        Verb::Logbook(args) => ended(verbs::logbook::run(&args)),
        Verb::Duties(args) => ended(verbs::duties::run(&args)),
        Verb::Print(args) => ended(verbs::print::run(&args)),
        Verb::Approve(args) => ended(verbs::approve::run(&args)),
        Verb::Report(args) => ended(verbs::report::run(&args)),
        Verb::Secret(args) => verbs::secret::run(&args),
        Verb::Reindex(args) => ended(verbs::reindex::run(&args)),
        #[cfg(feature = "simulate")]
        Verb::Simulate(args) => verbs::simulate::run(&args),
        #[cfg(feature = "simulate")]
        Verb::Demo(args) => ended(verbs::demo::run(&args, &verbs::demo::KIT)),
    }
}

/// One line an event, to stderr: journald's on the box. `RUST_LOG=debug` says more.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,beadle=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false)
        .init();
}
