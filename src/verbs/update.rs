//! `beadle update`: the next version of the image, from a stick, and the restart into it.

use std::time::Duration;

use super::export::Bar;
use super::{Door, Failure, ask, ask_status, print, print_json, unexpected};
use crate::console::words;
use crate::socket::dial::Client;
use crate::wire::update::{Stage, UpdateSheet};
use crate::wire::{Reply, Request};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Which version runs
    Show(Show),
    /// Which version runs, and which is on the stick
    Look(Look),
    /// Copy, check and write the version on the stick; it runs after a restart
    Take(Take),
    /// Restart the machine
    Restart(Restart),
}

#[derive(clap::Args, Debug)]
pub struct Show {
    /// As JSON, with how a transfer goes
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Look {
    /// As `beadle stick list` names it; the only one that is plugged in, where none is named
    stick: Option<String>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Take {
    #[command(flatten)]
    look: Look,
    /// Why, for the logbook
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(clap::Args, Debug)]
pub struct Restart {
    /// Why, for the logbook
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// No image runs here; no stick, or none with an update of ours that is newer.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::Show(args) => {
            let sheet = sheet(&mut args.door.dial()?)?;
            if args.json { print_json(&sheet) } else { print(&found(&sheet)) }
        }
        Args::Look(args) => {
            let (_, sheet) = look(&mut args.door.dial()?, args.stick.as_deref())?;
            print(&found(&sheet))
        }
        Args::Take(args) => take(args),
        Args::Restart(args) => {
            let request = Request::Reboot { reason: args.reason.clone() };
            match ask(&mut args.door.dial()?, &request)? {
                Reply::Text { text } => print(&text),
                _ => Err(unexpected()),
            }
        }
    }
}

fn sheet(client: &mut Client) -> Result<UpdateSheet, Failure> {
    let Reply::Update(sheet) = ask(client, &Request::Update)? else { return Err(unexpected()) };
    Ok(sheet)
}

fn look(client: &mut Client, stick: Option<&str>) -> Result<(String, UpdateSheet), Failure> {
    let stick = match stick {
        Some(stick) => stick.to_string(),
        None => match &ask_status(client)?.sticks[..] {
            [one] => one.name.clone(),
            [] => return Err(Failure::refused("No stick is plugged in.")),
            _ => return Err(Failure::refused("Several sticks are plugged in: name one of them.")),
        },
    };
    match ask(client, &Request::UpdateLook { stick: stick.clone() })? {
        Reply::Update(sheet) => Ok((stick, sheet)),
        _ => Err(unexpected()),
    }
}

fn found(sheet: &UpdateSheet) -> String {
    let running = sheet.running.clone().unwrap_or_default();
    match &sheet.found {
        Some(set) => format!(
            "Version {running} runs; on the stick is {}, signed by us, {}.",
            set.version,
            words::bytes(set.bytes)
        ),
        None if running.is_empty() => {
            "No image runs here: this machine is updated as its own system is.".into()
        }
        None => format!("Version {running} runs."),
    }
}

fn take(args: &Take) -> Result<(), Failure> {
    let mut client = args.look.door.dial()?;
    let (stick, sheet) = look(&mut client, args.look.stick.as_deref())?;
    print(&found(&sheet))?;
    let Some(set) = sheet.found else { return Err(unexpected()) };
    let (version, reason) = (set.version, args.reason.clone());
    ask(&mut client, &Request::UpdateBegin { stick, version: version.clone(), reason })?;
    let mut bar = Bar::new();
    loop {
        let going = self::sheet(&mut client)?.going.filter(|going| going.version == version);
        match going.map(|going| (going.stage, going.done, going.total)) {
            Some((Stage::Failed { why }, ..)) => {
                bar.end()?;
                return Err(Failure::refused(why));
            }
            Some((Stage::Written, ..)) => {
                bar.end()?;
                return print(&format!(
                    "{version} is written, and runs after a restart: beadle update restart."
                ));
            }
            Some((Stage::Writing, ..)) => bar.show("being written")?,
            Some((Stage::Copying, done, total)) => {
                let percent = done * 100 / total.max(1);
                bar.show(&format!("{percent} % copied and checked"))?;
            }
            None => {}
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}
