//! `beadle disks`: the box's own disks: what is on each, one made a footage disk, one opened, the
//! system installed on one.

use super::door::{Door, ask};
use super::{Failure, print, print_json, prompt, say, unexpected};
use crate::ledger::RecoveryKey;
use crate::wire::disk::{DisksSheet, SpaceLine};
use crate::wire::{Reply, Request, Sent};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// What is on each, how a work on one goes, and who guards them
    List(List),
    /// Erase one and make it a footage disk, encrypted
    Make(Erase),
    /// Open a footage disk of a box before this one, by its recovery key
    Open(Named),
    /// Write the system that runs from a stick to one; everything on it is gone
    Install(Erase),
}

#[derive(clap::Args, Debug)]
pub struct List {
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Erase {
    /// As the list names it
    name: String,
    /// The end of its number, as the list shows it; asked for, where it is not given
    #[arg(long = "number", value_name = "CHARACTERS")]
    typed: Option<String>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Named {
    /// As the list names it
    name: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor's sentence.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::List(list) => {
            let sheet = sheet(&list.door)?;
            if list.json { print_json(&sheet) } else { print(&shown(&sheet)) }
        }
        Args::Make(erase) => {
            let (name, typed) = (erase.name.clone(), erase.typed()?);
            ask_done(&erase.door, &Request::FootageMake { name, typed })?;
            say("It has begun; `beadle disks list` says how far it is.")
        }
        Args::Install(erase) => {
            let (name, typed) = (erase.name.clone(), erase.typed()?);
            ask_done(&erase.door, &Request::Install { name, typed })?;
            say("It has begun; `beadle status` says how far it is.")
        }
        Args::Open(named) => {
            let mut client = named.door.dial()?;
            let typed = prompt::passphrase("The recovery key of that disk (17 groups of four)")?;
            let key: RecoveryKey = typed.expose().parse().map_err(Failure::refused)?;
            let key = Sent::new(key.to_text().as_str());
            match ask(&mut client, &Request::FootageUnlock { name: named.name.clone(), key })? {
                Reply::Text { text } => print(&text),
                _ => Err(unexpected()),
            }
        }
    }
}

impl Erase {
    fn typed(&self) -> Result<String, Failure> {
        match &self.typed {
            Some(typed) => Ok(typed.clone()),
            None => prompt::line(&format!(
                "EVERYTHING on {} is gone then. Type the last characters of its number",
                self.name
            )),
        }
    }
}

fn ask_done(door: &Door, request: &Request) -> Result<(), Failure> {
    match ask(&mut door.dial()?, request)? {
        Reply::Done => Ok(()),
        _ => Err(unexpected()),
    }
}

fn sheet(door: &Door) -> Result<DisksSheet, Failure> {
    match ask(&mut door.dial()?, &Request::Disks)? {
        Reply::Disks(sheet) => Ok(*sheet),
        _ => Err(unexpected()),
    }
}

fn shown(sheet: &DisksSheet) -> String {
    let mut lines: Vec<String> = sheet.spaces.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("No disk of the box can be seen from here.".into());
    }
    if let Some(doing) = &sheet.doing {
        lines.push(match &doing.failed {
            Some(why) => format!("{} was not made: {why}", doing.name),
            None if doing.done < doing.total => {
                format!("{} is being made: step {} of {}", doing.name, doing.done, doing.total)
            }
            None => format!("{} is made", doing.name),
        });
    }
    lines.push(match sheet.tpm {
        Some(true) => "guarded by the TPM of this box".into(),
        Some(false) => "NOT GUARDED: there is no TPM; lock the box away".into(),
        None => "there is no root service here (beadle machine)".to_string(),
    });
    lines.push(match sheet.on_paper {
        Some(at) => format!("the recovery key was proved to be on paper at {at}"),
        None => {
            "NOBODY has proved that the recovery key is on paper: beadle recovery confirm".into()
        }
    });
    lines.join("\n")
}

fn line(space: &SpaceLine) -> String {
    let why = space.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    format!(
        "{}: {} {}, {} GB, {}; number ends in {}{why}",
        space.name,
        space.title,
        space.serial,
        space.bytes / 1_000_000_000,
        space.holds.words(),
        space.typed
    )
}
