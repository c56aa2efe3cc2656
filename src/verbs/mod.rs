//! One file a verb: arguments in, an exit code out. Texts for people, `--json` for scripts.
//!
//! Exit codes: 0 done, 1 refused or not as it should be, 2 the command line is wrong, 3 no Beadle
//! answers.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::console::glyphs::plain;
use crate::socket::default_path;
use crate::socket::dial::{Client, Silence};
use crate::wire::{Reply, Request, Status};

pub mod console;
#[cfg(feature = "simulate")]
pub mod demo;
pub mod footage;
pub mod hold;
mod moment;
pub mod plan;
pub mod reindex;
pub mod status;
mod table;

/// Where the supervisor listens.
#[derive(clap::Args, Debug, Clone, Default)]
pub struct Door {
    /// The supervisor's socket [default: $BEADLE_SOCKET or /run/beadle/beadle.sock]
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
}

impl Door {
    pub fn path(&self) -> PathBuf {
        self.socket.clone().unwrap_or_else(default_path)
    }

    fn dial(&self) -> Result<Client, Failure> {
        Ok(Client::connect(&self.path())?)
    }
}

/// Why a verb did not do what was asked, and how it ends.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// The supervisor, or the matter itself, says no.
    pub fn refused(text: impl Into<String>) -> Failure {
        Failure {
            code: 1,
            text: text.into(),
        }
    }

    /// The command line does not say what it should.
    pub fn usage(text: impl Into<String>) -> Failure {
        Failure {
            code: 2,
            text: text.into(),
        }
    }
}

impl From<Silence> for Failure {
    fn from(silence: Silence) -> Failure {
        let code = if matches!(silence, Silence::Nobody { .. }) {
            3
        } else {
            1
        };
        Failure {
            code,
            text: silence.to_string(),
        }
    }
}

impl From<std::io::Error> for Failure {
    /// Of writing our own output. A reader that has seen enough (`| head`) is no failure.
    fn from(e: std::io::Error) -> Failure {
        let quiet = e.kind() == ErrorKind::BrokenPipe;
        let text = if quiet {
            String::new()
        } else {
            format!("Writing the answer: {e}")
        };
        Failure {
            code: u8::from(!quiet),
            text,
        }
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

/// Asks; a refusal is a failure.
fn ask(client: &mut Client, request: &Request) -> Result<Reply, Failure> {
    match client.ask(request)? {
        Reply::Refused { why } => Err(Failure::refused(why)),
        reply => Ok(reply),
    }
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
