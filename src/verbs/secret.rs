//! `beadle secret`: camera passwords, which the file names and never holds.
//!
//! They lie in `secrets.json` of the state folder, mode 0600, replaced whole. A camera that is
//! refused is tried again with what stands there then, so a corrected password needs no restart.
//! Beside them lie the certificates that cameras over RTSPS showed first, which are forgotten here.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nix::sys::termios::{self, LocalFlags, SetArg, Termios};

use crate::base::limits::SECRET_BYTES_MAX;
use crate::ingest::pins::Pins;
use crate::supervisor::hands::read_secrets;

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
    /// Sets a password; it is read from the first line of the standard input.
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
pub fn run(args: Args) -> ExitCode {
    match carry_out(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(args: &Args) -> Result<(), String> {
    let pins = Pins::new(&args.state);
    let known = read_secrets(&args.state).map_err(|e| e.text)?;
    let mut secrets: BTreeMap<String, String> = known.into_iter().collect();
    match &args.deed {
        Deed::List => {
            for name in secrets.keys() {
                println!("{name}");
            }
            return Ok(());
        }
        Deed::Certificates => {
            for (place, digest) in pins.list().map_err(|e| e.text)? {
                println!("{place} {digest}");
            }
            return Ok(());
        }
        Deed::Forget { place } => {
            return pins.forget(place).map_err(|e| e.text)?.then_some(()).ok_or_else(|| {
                format!("No certificate of \"{place}\" is kept; see `beadle secret certificates`.")
            });
        }
        Deed::Remove { name } => {
            secrets.remove(name).ok_or_else(|| {
                format!("There is no secret \"{name}\"; see `beadle secret list`.")
            })?;
        }
        Deed::Set { name } => {
            crate::base::name::CameraId::new(name).map_err(|why| format!("\"{name}\": {why}"))?;
            secrets.insert(name.clone(), read_password()?);
        }
    }
    write(&args.state, &secrets)
}

fn read_password() -> Result<String, String> {
    let _quiet = Quiet::ask();
    let mut line = String::new();
    let mut input = std::io::stdin().lock();
    let limited = std::io::Read::take(&mut input, SECRET_BYTES_MAX as u64 + 2);
    std::io::BufReader::new(limited)
        .read_line(&mut line)
        .map_err(|e| format!("The password cannot be read from the standard input: {e}"))?;
    let password = line.trim_end_matches(['\n', '\r']);
    match password.len() {
        0 => Err("The password is empty; nothing was changed.".into()),
        n if n > SECRET_BYTES_MAX => {
            Err(format!("The password is longer than {SECRET_BYTES_MAX} bytes."))
        }
        _ => Ok(password.to_string()),
    }
}

/// A terminal that does not show what is typed, until this is dropped. Nothing where the input is
/// no terminal.
struct Quiet(Option<Termios>);

impl Quiet {
    fn ask() -> Quiet {
        let Ok(before) = termios::tcgetattr(std::io::stdin()) else {
            return Quiet(None);
        };
        let mut quiet = before.clone();
        quiet.local_flags.remove(LocalFlags::ECHO);
        let hidden = termios::tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, &quiet).is_ok();
        eprint!("Password{}: ", if hidden { "" } else { " (it shows while you type)" });
        Quiet(hidden.then_some(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // An error means that the terminal has gone.
            let _ = termios::tcsetattr(std::io::stdin(), SetArg::TCSANOW, before);
            eprintln!();
        }
    }
}

/// Temporary file, flush, rename, sync of the folder: the old file or the new one, never half of
/// it.
fn write(state: &Path, secrets: &BTreeMap<String, String>) -> Result<(), String> {
    let fault = |e: std::io::Error| format!("{}: {e}", state.join("secrets.json").display());
    let text = serde_json::to_vec_pretty(secrets).map_err(|e| e.to_string())?;
    let temporary = state.join(".secrets.json.new");
    let _ = std::fs::remove_file(&temporary);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(fault)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(fault)?;
    std::fs::rename(&temporary, state.join("secrets.json")).map_err(fault)?;
    std::fs::File::open(state).and_then(|folder| folder.sync_all()).map_err(fault)
}
