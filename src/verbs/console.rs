//! `beadle console`: the screen, here or on another terminal.

use std::fs::OpenOptions;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Door, Failure};
use crate::console::run::{Options, run as show};

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    door: Door,
    /// Draw on this terminal instead, and read its keys: /dev/tty1, /dev/ttyS0
    #[arg(long, value_name = "PATH")]
    tty: Option<PathBuf>,
    /// Write every event into this new file, to replay the session in a test; passphrases and codes
    /// are left out, what was seen is not
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// # Errors
/// No terminal.
pub fn run(args: &Args) -> Result<(), Failure> {
    if let Some(tty) = &args.tty {
        return elsewhere(tty, &args.door.path());
    }
    super::keep_no_core();
    let options =
        Options { socket: args.door.path(), leaving: "leave", record: args.record.clone() };
    show(options).map_err(Failure::refused)
}

/// Runs the console again as a child whose terminal that one is, so that size, keys and hang-up are
/// the other terminal's in every respect. Only a fresh process without a terminal can take one.
fn elsewhere(tty: &Path, socket: &Path) -> Result<(), Failure> {
    let fault =
        |e: std::io::Error| Failure::refused(format!("The terminal {}: {e}.", tty.display()));
    let terminal = OpenOptions::new().read(true).write(true).open(tty).map_err(fault)?;
    if !std::io::IsTerminal::is_terminal(&terminal) {
        return Err(Failure::refused(format!("{} is not a terminal.", tty.display())));
    }
    let terminal = OwnedFd::from(terminal);
    let copy = || terminal.try_clone().map(Stdio::from).map_err(fault);
    let program = std::env::current_exe().map_err(fault)?;
    let mut command = Command::new(program);
    command.arg("console").arg("--socket").arg(socket);
    command.stdin(copy()?).stdout(copy()?).stderr(copy()?);
    // SAFETY: between fork and exec only system calls are made: no allocation, no lock.
    unsafe {
        command.pre_exec(|| {
            nix::unistd::setsid()?;
            // Fails where another session has the terminal; drawing and keys work all the same.
            libc::ioctl(0, libc::TIOCSCTTY, 0);
            die_with_parent()
        });
    }
    let ended = command.status().map_err(fault)?;
    if ended.success() {
        Ok(())
    } else {
        Err(Failure::refused(format!("The console ended: {ended}.")))
    }
}

/// For a child between fork and exec: SIGTERM to it when whoever started it is gone.
pub(super) fn die_with_parent() -> std::io::Result<()> {
    // SAFETY: prctl with these arguments touches no memory of ours.
    let done = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM) };
    if done == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
