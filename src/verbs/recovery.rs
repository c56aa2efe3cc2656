//! `beadle recovery`: the key that opens the copies on the footage disks, when the box is lost
//! (R4.7).
//!
//! The key is typed, or read from a pipe; never given on the command line, which every user of the
//! machine can see.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::door::{Door, ask};
use super::{Failure, print, prompt, say, unexpected};
use crate::accounts::people::PEOPLE;
use crate::base::fault::Fault;
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::ledger::RecoveryKey;
use crate::wire::{Reply, Request, Sent};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Show the key, to be written down or printed, and locked away outside the recorder's room
    Show(Show),
    /// Type the key from paper into a new box: people, passwords and logbook come back
    Put(Put),
    /// Prove that a key on paper still opens the copies; changes nothing
    Check(Here),
    /// Type three groups back from the paper: the key is there and can be read
    Confirm(Here),
    /// Write the key to a stick, to be locked away like the paper
    Stick(Stick),
}

#[derive(clap::Args, Debug)]
pub struct Show {
    /// Without the code to photograph
    #[arg(long)]
    no_code: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Put {
    /// The state folder of a box that is stopped; without it the running box is asked
    #[arg(long, value_name = "PATH", conflicts_with = "socket")]
    state: Option<PathBuf>,
    /// The school of the disk, where it is another one than that of the file and is meant
    #[arg(long, value_name = "NAME")]
    school: Option<String>,
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
pub struct Here {
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses, the key has a slip in it, or it cannot be kept.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::Show(args) => show(args),
        Args::Put(Put { state: Some(state), .. }) => put_into(state),
        Args::Put(Put { door, school, .. }) => {
            let put = |key| Request::RecoveryPut { key, school: school.clone() };
            answer(door, put, "The recovery key from paper")
        }
        Args::Confirm(here) => confirm(&here.door),
        Args::Stick(Stick { stick, door }) => {
            match ask(&mut door.dial()?, &Request::RecoveryStick { stick: stick.clone() })? {
                Reply::Text { text } => print(&text),
                _ => Err(unexpected()),
            }
        }
        Args::Check(here) => {
            answer(&here.door, |key| Request::RecoveryCheck { key }, "The recovery key to check")
        }
    }
}

fn show(args: &Show) -> Result<(), Failure> {
    let Reply::Text { text } = ask(&mut args.door.dial()?, &Request::RecoveryKey)? else {
        return Err(unexpected());
    };
    say(
        "The recovery key of this box. Whoever has it and a footage disk reads the logbook and the \
         camera passwords: write it down, seal it, and lock it away where the box is not. The last \
         group is a check on the others.\n",
    )?;
    print(&in_rows(&text))?;
    if args.no_code { Ok(()) } else { print(&super::logbook::code(&text)?) }
}

/// Which groups, the box says; others each day.
fn confirm(door: &Door) -> Result<(), Failure> {
    let mut client = door.dial()?;
    let Reply::Groups { places } = ask(&mut client, &Request::RecoveryGroups)? else {
        return Err(unexpected());
    };
    let mut groups = Vec::new();
    for place in places {
        let typed = prompt::passphrase(&format!("Group {place} of the key on paper"))?;
        groups.push(Sent::new(typed.expose()));
    }
    match ask(&mut client, &Request::RecoveryConfirm { groups })? {
        Reply::Text { text } => print(&text),
        _ => Err(unexpected()),
    }
}

/// Five groups a row, as one reads them out.
fn in_rows(text: &str) -> String {
    let groups: Vec<&str> = text.split('-').collect();
    let rows: Vec<String> =
        groups.chunks(5).map(|row| format!("    {}", row.join(" - "))).collect();
    rows.join("\n")
}

/// Asked for first, so that a slip is told before anybody is asked to log in.
fn typed(question: &str) -> Result<RecoveryKey, Failure> {
    let typed = prompt::passphrase(&format!("{question} (17 groups of four)"))?;
    typed.expose().parse().map_err(|why| Failure::refused(format!("{why}. Nothing was changed.")))
}

fn answer(door: &Door, request: impl Fn(Sent) -> Request, question: &str) -> Result<(), Failure> {
    let mut client = door.dial()?;
    let key = typed(question)?;
    let key = Sent::new(key.to_text().as_str());
    match ask(&mut client, &request(key))? {
        Reply::Text { text } => print(&text),
        _ => Err(unexpected()),
    }
}

/// A box that is stopped: the key goes into its state folder, and the next start takes back what it
/// opens.
fn put_into(state: &Path) -> Result<(), Failure> {
    let refused = |fault: Fault| Failure::refused(fault.text);
    let failed = |e: std::io::Error| Failure::refused(format!("{}: {e}.", state.display()));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(state).map_err(failed)?;
    let _lock = lock(state)?;
    let disk = RealDisk::open(state, None).map_err(refused)?;
    if disk.size(PEOPLE).is_ok() {
        return Err(Failure::refused(format!(
            "{} has people enrolled, so it has no need of a key from paper. To see whether a key \
             still opens the copies, start the box and use: beadle recovery check",
            state.display()
        )));
    }
    let key = typed("The recovery key from paper")?;
    RecoveryKey::announce(&disk).map_err(refused)?;
    key.keep(&disk).map_err(refused)?;
    print(
        "The key is kept. At its next start, with the old footage disks connected, the box takes \
         back people, camera passwords, versions of the file and the logbook, and enters that it \
         did. `beadle status` says if a disk stays locked: then it was another key.",
    )
}

/// The lock that a running supervisor holds.
fn lock(state: &Path) -> Result<nix::fcntl::Flock<std::fs::File>, Failure> {
    let failed = |e: std::io::Error| Failure::refused(format!("{}: {e}.", state.display()));
    let file = std::fs::File::create(state.join("lock")).map_err(failed)?;
    nix::fcntl::Flock::lock(file, nix::fcntl::FlockArg::LockExclusiveNonblock).map_err(|_| {
        Failure::refused(
            "A Beadle runs on this state folder. Ask it instead: beadle recovery put, without \
             --state.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_hold_every_group_and_can_be_typed_back() {
        let key = RecoveryKey::of(std::array::from_fn(|i| i as u8));
        let rows = in_rows(&key.to_text());
        assert_eq!(rows.lines().count(), 4);
        let typed: String = rows.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(typed.parse::<RecoveryKey>().unwrap().is(&key));
    }
}
