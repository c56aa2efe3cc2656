//! `beadle logbook`: read it, add to it, prove it.

pub mod add;
mod forget;
mod list;
mod prove;
mod verify;

use super::Failure;
pub use prove::code;

#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    list: list::Args,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Make an entry: asks for each field, or takes them as JSON
    Add(add::Args),
    /// Check the whole logbook, and old seals against it; needs no running Beadle
    Verify(verify::Args),
    /// The seal of this moment: text to sign, and a code to photograph
    Checkpoint(prove::SealArgs),
    /// The proof that an entry stands in the logbook
    Prove(prove::Args),
    /// Destroy what entries say, by two people, when their time is over; the rest still proves
    Forget(forget::Args),
}

/// # Errors
/// The supervisor refuses, or the logbook is not as it should be.
pub fn run(args: &Args) -> Result<(), Failure> {
    match &args.verb {
        None => list::run(&args.list),
        Some(Verb::Add(args)) => add::run(args),
        Some(Verb::Verify(args)) => verify::run(args),
        Some(Verb::Checkpoint(args)) => prove::seal(args),
        Some(Verb::Prove(args)) => prove::run(args),
        Some(Verb::Forget(args)) => forget::run(args),
    }
}
