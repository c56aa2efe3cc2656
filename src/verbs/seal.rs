//! `beadle break-glass`: the sealed codes for the day on which nobody can log in (S4.42).

use super::door::{Door, ask};
use super::{Failure, print, prompt, unexpected};
use crate::wire::{Reply, Request, Sent};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// New sealed codes; the old ones no longer count. Print, seal, lock away
    Issue(Here),
    /// Come in with a sealed code. Everybody is told, and the use is reviewed
    Use(Here),
}

#[derive(clap::Args, Debug)]
pub struct Here {
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::Issue(here) => {
            let mut client = here.door.dial()?;
            match ask(&mut client, &Request::SealCodes)? {
                Reply::Codes { codes, .. } => show(&codes),
                _ => Err(unexpected()),
            }
        }
        Args::Use(here) => {
            let mut client = here.door.dial()?;
            let code = Sent(prompt::passphrase("The sealed code")?);
            let reason = prompt::line("What has happened?")?;
            match ask(&mut client, &Request::BreakGlass { code, reason })? {
                Reply::LoggedIn(begun) => {
                    let path = here.door.write_session(&begun.session)?;
                    print(&format!(
                        "You are in, by a sealed code. This code is used up, the use is in the \
                         logbook, and it has to be reviewed. The session is kept in {}.",
                        path.display()
                    ))
                }
                _ => Err(unexpected()),
            }
        }
    }
}

/// Once: nothing keeps them but their digests.
///
/// # Errors
/// The terminal is gone.
pub fn show(codes: &[Sent]) -> Result<(), Failure> {
    if codes.is_empty() {
        return Ok(());
    }
    let mut text = String::from(
        "Sealed codes, shown this once. Write each on a sheet of its own, put it into an envelope, \
         seal and sign it, and lock them away in two places:\n",
    );
    for (n, code) in codes.iter().enumerate() {
        text += &format!("\n    {}.  {}", n + 1, code.0.expose());
    }
    print(&text)
}
