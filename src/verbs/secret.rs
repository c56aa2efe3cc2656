//! `beadle secret`: camera passwords, which the file names and never holds.
//!
//! A running box is asked over its socket, so that rights count and the logbook has an entry. With
//! `--state` the folder of a box that is stopped is written to: that needs its user's rights on the
//! machine, and is entered by the box when it next starts. `accounts::vault` keeps them, sealed by
//! the TPM or for one user's eyes.
//!
//! A password is asked for without echo, or read from a pipe; never taken from the command line,
//! which every user of the machine can see. Beside them lie the certificates that cameras over
//! RTSPS showed first, which are forgotten here.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::door::{Door, ask};
use super::{Failure, ended, print, prompt, say, unexpected};
use crate::accounts::changed::{self, Changed};
use crate::accounts::factory::is_factory;
use crate::accounts::vault::{Secrets, Vault};
use crate::base::clock::{Clock, Mono, SystemClock};
use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::disk::real::RealDisk;
use crate::ingest::pins::Pins;
use crate::socket::dial::Client;
use crate::wire::room::PasswordWanted;
use crate::wire::{Reply, Request, Sent};

/// Of the boot image.
const STATE: &str = "/var/lib/beadle/state";

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The state folder of a box that is stopped; without it the running box is asked
    #[arg(long, value_name = "PATH", global = true)]
    state: Option<PathBuf>,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(clap::Subcommand, Debug)]
enum Deed {
    /// Set a camera's password: asks for it, or reads one line from a pipe
    Set {
        /// The name that the file gives it: secret="NAME". Without one: each that the file names
        /// and the box has not
        name: Option<String>,
        #[command(flatten)]
        door: Door,
    },
    /// The names that have a password, and how they are kept
    List {
        #[command(flatten)]
        door: Door,
    },
    /// Remove one
    Remove {
        name: String,
        #[command(flatten)]
        door: Door,
    },
    /// The certificates that cameras over RTSPS showed first
    Certificates,
    /// Forget one, after the camera was replaced or reset
    Forget {
        /// HOST:PORT as in the list
        place: String,
    },
}

/// Exit 0 when done, 1 when not.
pub fn run(args: &Args) -> ExitCode {
    let state = args.state.as_deref();
    ended(match (&args.deed, state) {
        (Deed::Certificates, _) => certificates(state.unwrap_or(Path::new(STATE))),
        (Deed::Forget { place }, _) => forget(place, state.unwrap_or(Path::new(STATE))),
        (deed, Some(state)) => in_folder(deed, state),
        (
            deed @ (Deed::Set { door, .. } | Deed::List { door } | Deed::Remove { door, .. }),
            None,
        ) => over_socket(deed, door),
    })
}

fn over_socket(deed: &Deed, door: &Door) -> Result<(), Failure> {
    let mut client = door.dial()?;
    let request = match deed {
        Deed::Set { name: None, .. } => return each_wanted(&mut client),
        Deed::Set { name: Some(name), .. } => {
            let (name, password) = (name.clone(), Sent(password(name)?));
            Request::SecretSet { name, password }
        }
        Deed::Remove { name, .. } => Request::SecretRemove { name: name.clone() },
        _ => Request::Secrets,
    };
    match ask(&mut client, &request)? {
        Reply::Text { text } => say(&text),
        Reply::Secrets { names, kept } => {
            print(&names.join("\n"))?;
            say(&format!("{kept}."))
        }
        _ => Err(unexpected()),
    }
}

/// Those that the file names and the box has not.
fn each_wanted(client: &mut Client) -> Result<(), Failure> {
    let Reply::Room(room) = ask(client, &Request::Room)? else { return Err(unexpected()) };
    if room.passwords.is_empty() {
        return say("Every camera that waits has its password, or you may not set any.");
    }
    for PasswordWanted { name, cameras } in room.passwords {
        let wait = match cameras {
            1 => "1 camera waits".to_string(),
            n => format!("{n} cameras wait"),
        };
        say(&format!("The file names the password \"{name}\" ({wait})."))?;
        let password = Sent(password(&name)?);
        match ask(client, &Request::SecretSet { name, password })? {
            Reply::Text { text } => say(&text)?,
            _ => return Err(unexpected()),
        }
    }
    Ok(())
}

fn in_folder(deed: &Deed, state: &Path) -> Result<(), Failure> {
    let mut vault = Vault::new(state);
    let mut secrets = vault.read(Mono(0)).map_err(refused)?.clone();
    match deed {
        Deed::Set { name: None, .. } => {
            return Err(Failure::usage(
                "Name it: a box that is stopped does not say what it lacks.",
            ));
        }
        Deed::Set { name: Some(name), .. } => {
            crate::base::name::CameraId::new(name)
                .map_err(|why| Failure::refused(format!("\"{name}\": {why}")))?;
            secrets.insert(name.clone(), password(name)?);
            note(state, name, "set")?;
        }
        Deed::Remove { name, .. } => {
            if secrets.remove(name).is_none() {
                let text = format!("There is no password \"{name}\"; see `beadle secret list`.");
                return Err(Failure::refused(text));
            }
            note(state, name, "removed")?;
        }
        _ => {
            note(state, "all", "names listed")?;
            print(&secrets.keys().cloned().collect::<Vec<_>>().join("\n"))?;
            return say(&format!("{}.", vault.kept().map_err(refused)?));
        }
    }
    write(&mut vault, &secrets)
}

/// For the logbook: the next start enters it.
fn note(state: &Path, name: &str, what: &str) -> Result<(), Failure> {
    let (name, what) = (name.to_string(), what.to_string());
    let user = nix::unistd::getuid().as_raw();
    let changed = Changed { name, what, at: SystemClock::new().utc(), user };
    RealDisk::open(state, None).and_then(|disk| changed::note(&disk, changed)).map_err(refused)
}

fn certificates(state: &Path) -> Result<(), Failure> {
    let list = Pins::new(state).list().map_err(refused)?;
    let lines: Vec<_> = list.iter().map(|(place, digest)| format!("{place} {digest}")).collect();
    print(&lines.join("\n"))
}

fn forget(place: &str, state: &Path) -> Result<(), Failure> {
    match Pins::new(state).forget(place).map_err(refused)? {
        true => Ok(()),
        false => Err(Failure::refused(format!(
            "No certificate of \"{place}\" is kept; see `beadle secret certificates`."
        ))),
    }
}

fn password(name: &str) -> Result<Secret, Failure> {
    let password = prompt::passphrase(&format!("Password of {name}"))?;
    if is_factory(&password) {
        say(
            "Warning: this is a password that cameras come with, and lists of them are public. Give \
             the camera one of its own, then set that one here (S4.62).",
        )?;
    }
    Ok(password)
}

fn write(vault: &mut Vault, secrets: &Secrets) -> Result<(), Failure> {
    let kept = vault.write(secrets).map_err(refused)?;
    say(&format!("Done: {kept}."))
}

fn refused(fault: Fault) -> Failure {
    Failure::refused(fault.text)
}
