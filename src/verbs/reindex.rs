//! `beadle reindex`: throw the index away and make it again from the files, behind the recording.

use super::{Door, Failure, ask, print};
use crate::wire::Request;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, or the supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    ask(&mut args.door.dial()?, &Request::Reindex)?;
    print(
        "The index is being made again from the files. Recording goes on; \
         beadle status shows how far it is.",
    )
}
