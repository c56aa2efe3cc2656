//! `beadle secret`: camera passwords, which the file names and never holds.
//!
//! `accounts::vault` keeps them: sealed by the TPM, or for one user's eyes. A camera that is
//! refused
//! is tried again with what stands there then, so a corrected password needs no restart. A password
//! is asked for without echo, or read from a pipe; never from the command line, which every user of
//! the machine can see. Beside them lie the certificates that cameras over RTSPS showed first,
//! which
//! are forgotten here.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Failure, ended, prompt};
use crate::accounts::vault::{Secrets, Vault, is_factory};
use crate::base::clock::Mono;
use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::ingest::pins::Pins;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The state folder of the box.
    #[arg(long, value_name = "PATH", default_value = "/var/lib/beadle/state")]
    state: PathBuf,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(clap::Subcommand, Debug)]
enum Deed {
    /// Sets a password; asks for it, or reads the first line of the standard input.
    Set { name: String },
    /// Lists the names.
    List,
    /// Removes one.
    Remove { name: String },
    /// Lists the certificates that cameras over RTSPS showed first.
    Certificates,
    /// Forgets one, after the camera was replaced or reset; HOST:PORT as in the list.
    Forget { place: String },
}

/// Exit 0 when done, 1 when not.
pub fn run(args: &Args) -> ExitCode {
    ended(carry_out(args))
}

fn carry_out(args: &Args) -> Result<(), Failure> {
    let (mut vault, pins) = (Vault::new(&args.state), Pins::new(&args.state));
    match &args.deed {
        Deed::List => {
            for name in vault.read(Mono(0)).map_err(refused)?.keys() {
                println!("{name}");
            }
            eprintln!("{}.", vault.kept().map_err(refused)?);
        }
        Deed::Remove { name } => {
            let mut secrets = vault.read(Mono(0)).map_err(refused)?.clone();
            if secrets.remove(name).is_none() {
                let text = format!("There is no secret \"{name}\"; see `beadle secret list`.");
                return Err(Failure::refused(text));
            }
            write(&mut vault, &secrets)?;
        }
        Deed::Set { name } => {
            crate::base::name::CameraId::new(name)
                .map_err(|why| Failure::refused(format!("\"{name}\": {why}")))?;
            let mut secrets = vault.read(Mono(0)).map_err(refused)?.clone();
            secrets.insert(name.clone(), password()?);
            write(&mut vault, &secrets)?;
        }
        Deed::Certificates => {
            for (place, digest) in pins.list().map_err(refused)? {
                println!("{place} {digest}");
            }
        }
        Deed::Forget { place } => {
            if !pins.forget(place).map_err(refused)? {
                return Err(Failure::refused(format!(
                    "No certificate of \"{place}\" is kept; see `beadle secret certificates`."
                )));
            }
        }
    }
    Ok(())
}

fn password() -> Result<Secret, Failure> {
    let password = prompt::passphrase("Password")?;
    if is_factory(&password) {
        eprintln!(
            "Warning: this is a password that cameras come with. Give the camera one of its own, \
             then set that one here (S4.62)."
        );
    }
    Ok(password)
}

fn write(vault: &mut Vault, secrets: &Secrets) -> Result<(), Failure> {
    let kept = vault.write(secrets).map_err(refused)?;
    eprintln!("Done: {kept}.");
    Ok(())
}

fn refused(fault: Fault) -> Failure {
    Failure::refused(fault.text)
}
