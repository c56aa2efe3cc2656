//! `beadle clock`: what the box's clock shows, and setting it by hand where no time server is
//! (R7.8).

use super::door::{Door, ask};
use super::{Failure, print, unexpected};
use crate::base::time::Utc;
use crate::logbook::ClockState;
use crate::wire::{Reply, Request};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// What it shows, and whether it follows a time server
    Show(Show),
    /// Set it; before and after are entered
    Set(Set),
}

#[derive(clap::Args, Debug)]
pub struct Show {
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Set {
    /// The right time, in UTC: 2026-11-22T21:05:00Z
    to: Utc,
    /// Why, and by which other clock
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor's sentence.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::Show(show) => match ask(&mut show.door.dial()?, &Request::Machine)? {
            Reply::Machine(sheet) => print(&format!("{}, {}", sheet.now, words(sheet.clock))),
            _ => Err(unexpected()),
        },
        Args::Set(set) => {
            let request = Request::SetClock { to: set.to, reason: set.reason.clone() };
            match ask(&mut set.door.dial()?, &request)? {
                Reply::Text { text } => print(&text),
                _ => Err(unexpected()),
            }
        }
    }
}

fn words(state: ClockState) -> &'static str {
    match state {
        ClockState::Synced => "kept right by a time server",
        ClockState::Holdover => "was right once, and runs by itself now",
        ClockState::Manual => "set by hand",
        ClockState::Unknown => "nobody says whether it is right",
    }
}
