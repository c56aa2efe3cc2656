//! One file a verb: arguments in, an exit code out. Texts for people, `--json` for scripts.
//!
//! Exit codes: 0 done, 1 refused or not as it should be, 2 the command line is wrong, 3 no Beadle
//! answers.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use crate::console::glyphs::plain;
use crate::console::moment;
use crate::socket::dial::{Client, Silence};
use crate::wire::{Reply, Request, Status};

pub use door::Door;
use door::ask;

pub mod approve;
pub mod backup;
pub mod begin;
pub mod case;
pub mod check;
pub mod clock;
pub mod console;
#[cfg(feature = "simulate")]
pub mod demo;
pub mod disk;
pub mod door;
pub mod duties;
pub mod enrol;
pub mod export;
pub mod export_work;
pub mod footage;
pub mod hold;
pub mod log_in;
pub mod logbook;
pub mod machine;
pub mod paper_work;
pub mod people;
pub mod plan;
pub mod print;
pub mod prompt;
pub mod recovery;
pub mod reindex;
pub mod report;
pub mod run;
pub mod seal;
pub mod secret;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod status;
pub mod stick;
pub mod still;
mod table;
pub mod update;
pub mod verify;

/// Why a verb did not do what was asked, and how it ends.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// The supervisor, or the matter itself, says no.
    pub fn refused(text: impl Into<String>) -> Failure {
        Failure { code: 1, text: text.into() }
    }

    /// The command line does not say what it should.
    pub fn usage(text: impl Into<String>) -> Failure {
        Failure { code: 2, text: text.into() }
    }
}

impl From<Silence> for Failure {
    fn from(silence: Silence) -> Failure {
        let code = if matches!(silence, Silence::Nobody { .. }) { 3 } else { 1 };
        Failure { code, text: silence.to_string() }
    }
}

impl From<std::io::Error> for Failure {
    /// Of writing our own output. A reader that has seen enough (`| head`) is no failure.
    fn from(e: std::io::Error) -> Failure {
        let quiet = e.kind() == ErrorKind::BrokenPipe;
        let text = if quiet { String::new() } else { format!("Writing the answer: {e}") };
        Failure { code: u8::from(!quiet), text }
    }
}

/// Says what failed on the error output, and gives the exit code.
pub fn ended(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else {
        return ExitCode::SUCCESS;
    };
    if !failure.text.is_empty() {
        // Nobody is left to tell when even this fails.
        let _ = writeln!(std::io::stderr(), "{}", plain(&failure.text));
    }
    ExitCode::from(failure.code)
}

fn ask_status(client: &mut Client) -> Result<Box<Status>, Failure> {
    match ask(client, &Request::Status)? {
        Reply::Status(status) => Ok(status),
        _ => Err(unexpected()),
    }
}

fn unexpected() -> Failure {
    Failure::refused("The answer fits another question. Are both programs of the same version?")
}

/// Core dumps of this process are off: they would hold passphrases and tokens. Nor can another
/// process of the same user look into it.
pub fn keep_no_core() {
    // Neither fails on Linux for lowering; a kernel without them writes no dump of ours either.
    let _ = nix::sys::prctl::set_dumpable(false);
    let _ = nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0);
}

/// One JSON value and a line end on the standard output.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for line in text.lines() {
        writeln!(out, "{}", plain(line))?;
    }
    out.flush()?;
    Ok(())
}

/// As it is, letter by letter: what is signed is another text with another dash. For our own seals
/// and proofs.
fn print_exact(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// A line to whoever types: on the error output, so that answers can be piped.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stderr().lock();
    for line in text.lines() {
        writeln!(out, "{}", plain(line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_crash_leaves_no_dump() {
        use nix::sys::resource::{Resource, getrlimit};
        super::keep_no_core();
        assert_eq!(getrlimit(Resource::RLIMIT_CORE), Ok((0, 0)));
        assert_eq!(nix::sys::prctl::get_dumpable(), Ok(false));
    }
}
