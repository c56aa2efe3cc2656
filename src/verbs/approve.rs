//! `beadle approve`: a key is turned for the version of the file that waits (S4.48).

use super::door::{Door, ask};
use super::{Failure, print, unexpected};
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The beginning of the version's digest, as `beadle status` names it
    digest: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nothing waits, or it is not for this person to approve.
pub fn run(args: &Args) -> Result<(), Failure> {
    let request = Request::Approve { digest: args.digest.clone() };
    match ask(&mut args.door.dial()?, &request)? {
        Reply::Text { text } => print(&text),
        _ => Err(unexpected()),
    }
}
