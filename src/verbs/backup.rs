//! `beadle backup`: file, people, passwords and logbook onto a stick, sealed (R1.26, R4.7).

use super::{Door, Failure, ask, ask_status, print, unexpected};
use crate::wire::{Reply, Request};

/// Everything but footage; on a new box it opens with the recovery key.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `beadle stick list` names it; the only one that is plugged in, where none is named
    stick: Option<String>,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// No stick, or several; the supervisor's sentence.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let stick = match &args.stick {
        Some(name) => name.clone(),
        None => {
            let sticks = ask_status(&mut client)?.sticks;
            let mut ready = sticks.into_iter().filter(|stick| stick.state.is_writable());
            match (ready.next(), ready.next()) {
                (Some(only), None) => only.name,
                (None, _) => return Err(Failure::refused("No stick is plugged in and ready.")),
                _ => return Err(Failure::usage("Several sticks are plugged in: name one.")),
            }
        }
    };
    match ask(&mut client, &Request::Backup { stick })? {
        Reply::Text { text } => print(&text),
        _ => Err(unexpected()),
    }
}
