//! `beadle disk`: the box's own disks, footage disks made and opened, the system put on one.

use std::time::Duration;

use super::export::Bar;
use super::table::table;
use super::{Door, Failure, ask, print, print_json, prompt, unexpected};
use crate::console::words;
use crate::ledger::RecoveryKey;
use crate::socket::dial::Client;
use crate::wire::disk::{DisksSheet, Doing, SpaceLine};
use crate::wire::{Reply, Request, Sent};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// The disks of this box, and what is on each
    List(List),
    /// Erase a disk and make it a footage disk, encrypted
    Make(Erase),
    /// Open a footage disk of a box before this one, with its recovery key
    Open(Open),
    /// Put the system on a disk, from the stick that it runs from
    Install(Erase),
}

#[derive(clap::Args, Debug)]
pub struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Erase {
    /// Its name, as `beadle disk list` says it
    disk: String,
    /// The end of its serial number, to say that this one is meant; asked for where it is left out
    #[arg(long, value_name = "TEXT")]
    typed: Option<String>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Open {
    /// Its name, as `beadle disk list` says it
    disk: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, the recorder refuses, or the disk fails.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::List(args) => {
            let sheet = own(&mut args.door.dial()?)?;
            if args.json { print_json(&sheet) } else { print(&text(&sheet)) }
        }
        Args::Make(args) => make(args),
        Args::Open(args) => open(args),
        Args::Install(args) => install(args),
    }
}

fn own(client: &mut Client) -> Result<DisksSheet, Failure> {
    let Reply::Disks(sheet) = ask(client, &Request::Disks)? else { return Err(unexpected()) };
    Ok(*sheet)
}

/// A table, how the disks are guarded, and whether somebody has their key on paper.
pub fn text(sheet: &DisksSheet) -> String {
    let rows = sheet.spaces.iter().map(|space| {
        let why = space.why.as_ref().map_or("may be made anew".into(), |why| format!("no: {why}"));
        let cells = [
            space.name.clone(),
            format!("{} {}", space.title, space.serial),
            words::bytes(space.bytes),
            space.holds.words().into(),
            why,
        ];
        cells.to_vec()
    });
    let mut out = table(&["disk", "make", "size", "holds", ""], &[2], &rows.collect::<Vec<_>>());
    out += match sheet.tpm {
        Some(true) => "\nA TPM guards this box: a disk that is taken out of it stays closed.",
        Some(false) => "\nNOT GUARDED: this box has no TPM. Lock it away.",
        None => "\nThe service that looks after disks does not answer.",
    };
    out += match sheet.on_paper {
        Some(_) => "\nSomebody has proved that the recovery key is on paper.",
        None => "\nNOBODY has proved that the recovery key is on paper: beadle recovery confirm",
    };
    out
}

fn make(args: &Erase) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let found = own(&mut client)?.spaces;
    let typed = meant(args, &found)?;
    let name = args.disk.clone();
    ask(&mut client, &Request::FootageMake { name: name.clone(), typed })?;
    follow(|| Ok(own(&mut client)?.doing.filter(|doing| doing.name == name)))?;
    print("It is a footage disk now, and this box opens it by itself.")
}

fn install(args: &Erase) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let mut from_stick = || -> Result<_, Failure> {
        let begin = super::ask_status(&mut client)?.begin;
        let found = begin.and_then(|begin| begin.install);
        found.ok_or_else(|| {
            Failure::refused("This system does not run from a stick, so it is there already.")
        })
    };
    let typed = meant(args, &from_stick()?.spaces)?;
    let name = args.disk.clone();
    ask(&mut client, &Request::Install { name: name.clone(), typed })?;
    follow(|| {
        let begin = super::ask_status(&mut client)?.begin;
        let doing = begin.and_then(|begin| begin.install).and_then(|install| install.doing);
        Ok(doing.filter(|doing| doing.name == name))
    })?;
    print("The system is on that disk. Pull the stick out, and start the machine again.")
}

/// What somebody typed to say that this disk may be erased.
fn meant(args: &Erase, found: &[SpaceLine]) -> Result<String, Failure> {
    let space = found.iter().find(|space| space.name == args.disk);
    let space = space.ok_or_else(|| {
        Failure::refused(format!("There is no disk {}: beadle disk list.", args.disk))
    })?;
    match &args.typed {
        Some(typed) => Ok(typed.clone()),
        None => prompt::line(&format!(
            "Everything on {} ({}, {}, {}) will be gone. To say that you mean it, type {}",
            space.name,
            space.title,
            words::bytes(space.bytes),
            space.holds.words(),
            space.typed
        )),
    }
}

/// Until it is done, or failed.
fn follow(mut look: impl FnMut() -> Result<Option<Doing>, Failure>) -> Result<(), Failure> {
    let mut bar = Bar::new();
    loop {
        match look()? {
            Some(Doing { failed: Some(why), .. }) => {
                bar.end()?;
                return Err(Failure::refused(why));
            }
            Some(Doing { done, total, .. }) if done >= total => return bar.end(),
            Some(Doing { done, total, .. }) => bar.show(&format!("step {done} of {total}"))?,
            None => {}
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn open(args: &Open) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let typed = prompt::passphrase("The recovery key of its box (17 groups of four)")?;
    let key: RecoveryKey = typed
        .expose()
        .parse()
        .map_err(|why: String| Failure::refused(format!("{why}. Nothing was changed.")))?;
    let key = Sent::new(key.to_text().as_str());
    match ask(&mut client, &Request::FootageUnlock { name: args.disk.clone(), key })? {
        Reply::Text { text } => print(&text),
        _ => Err(unexpected()),
    }
}
