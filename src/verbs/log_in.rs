//! `beadle log-in` and `beadle log-out`: a session for the verbs that follow (S4.75).

use super::door::{Door, log_in};
use super::{Failure, ask_status, footage, print};
use crate::logbook::Account;
use crate::wire::{Reply, Request};

/// Below the help.
const SCRIPTS: &str = "\
The session ends by itself after four hours, or with `beadle log-out`. Its file is as good as your
passphrase while it lasts, and only you can read it. In a script:
  beadle log-in dsl --session /run/user/1000/s < passphrase-file
  beadle logbook --session /run/user/1000/s --json
BEADLE_SESSION names the file for all verbs. With no session, verbs ask who you are at a terminal.";

#[derive(clap::Args, Debug)]
#[command(after_help = SCRIPTS)]
pub struct Args {
    /// Who you are: the short name in the file
    person: String,
    /// The second account, for privileged work alone: it sees no footage
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct OutArgs {
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses, or the session cannot be kept.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let zone = footage::zone(&*ask_status(&mut client)?);
    let account = if args.admin { Account::Admin } else { Account::Own };
    let begun = log_in(&mut client, &args.person, account, true)?;
    let path = args.door.write_session(&begun.session)?;
    let mut text = String::new();
    if let Some(banner) = &begun.banner {
        text += &format!("{banner}\n\n");
    }
    text += &format!("You are {}.", begun.who.title);
    if let Some(last) = begun.last_log_in {
        text += &format!(" Your last log-in was on {}.", zone.show(last));
    }
    if begun.failures_since > 0 {
        text += &format!(" Wrong passphrases since: {}.", begun.failures_since);
    }
    for notice in &begun.notices {
        text += &format!("\n- {notice}");
    }
    let until = begun.who.until.map(|at| format!(" until {}", zone.show(at))).unwrap_or_default();
    text +=
        &format!("\nThe session is kept in {}{until}; `beadle log-out` ends it.", path.display());
    print(&text)
}

/// # Errors
/// Nobody answers.
pub fn out(args: &OutArgs) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let had = client.session.is_some();
    let reply = client.ask(&Request::LogOut)?;
    args.door.forget_session();
    match reply {
        Reply::Done if had => print("You are logged out."),
        _ => print("You were not logged in."),
    }
}
