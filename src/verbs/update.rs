//! `beadle update`: the next version of the image, from a stick.

use super::door::{Door, ask};
use super::{Failure, print, print_json, say, unexpected};
use crate::wire::update::{Stage, UpdateSheet};
use crate::wire::{Reply, Request};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Which version runs, and how the next one goes
    Show(Show),
    /// Is there a newer one of ours on this stick? An entry says who looked, and what was found
    Look(Stick),
    /// Take the one that was found: it goes into the place of the version that does not run
    Take(Take),
    /// Restart the machine; it comes up with the version that was written last
    Restart(Reason),
}

#[derive(clap::Args, Debug)]
pub struct Show {
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Stick {
    /// As `beadle stick list` names it
    stick: String,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Take {
    /// As `beadle stick list` names it
    stick: String,
    /// The version that was found
    version: String,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Reason {
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor's sentence.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::Show(show) => {
            let sheet = sheet(&show.door, &Request::Update)?;
            if show.json { print_json(&sheet) } else { print(&shown(&sheet)) }
        }
        Args::Look(stick) => {
            let request = Request::UpdateLook { stick: stick.stick.clone() };
            print(&shown(&sheet(&stick.door, &request)?))
        }
        Args::Take(take) => {
            let (stick, version) = (take.stick.clone(), take.version.clone());
            let reason = take.reason.clone();
            let request = Request::UpdateBegin { stick, version, reason };
            match ask(&mut take.door.dial()?, &request)? {
                Reply::Done => say("It has begun; `beadle update show` says how far it is."),
                _ => Err(unexpected()),
            }
        }
        Args::Restart(args) => {
            let request = Request::Reboot { reason: args.reason.clone() };
            match ask(&mut args.door.dial()?, &request)? {
                Reply::Text { text } => print(&text),
                _ => Err(unexpected()),
            }
        }
    }
}

fn sheet(door: &Door, request: &Request) -> Result<UpdateSheet, Failure> {
    match ask(&mut door.dial()?, request)? {
        Reply::Update(sheet) => Ok(sheet),
        _ => Err(unexpected()),
    }
}

fn shown(sheet: &UpdateSheet) -> String {
    let mut lines = vec![match &sheet.running {
        Some(version) => format!("version {version} of the image runs"),
        None => "no image runs here: this machine is updated as its own system is".into(),
    }];
    lines.extend(sheet.found.as_ref().map(|found| {
        let megabytes = found.bytes / 1_000_000;
        format!("version {} lies on the stick {} ({megabytes} MB)", found.version, found.stick)
    }));
    lines.extend(sheet.going.as_ref().map(|going| match &going.stage {
        Stage::Copying => {
            let percent = going.done * 100 / going.total.max(1);
            format!("version {}: {percent} % copied and checked", going.version)
        }
        Stage::Writing => format!("version {} is being written", going.version),
        Stage::Written => format!("version {} is written; it runs after a restart", going.version),
        Stage::Failed { why } => format!("version {} was NOT taken: {why}", going.version),
    }));
    lines.join("\n")
}
