//! `beadle export`: footage leaves as a package that proves itself, for a case, with a witness.
//!
//! The recorder does it; this asks, shows how far it is, and says how it ended.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::footage::{name, zone};
use super::moment::{Edge, parse};
use super::{Door, Failure, ask, ask_status, print, print_exact, prompt, say, unexpected};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::console::words;
use crate::evidence::names;
use crate::logbook::Number;
use crate::socket::dial::Client;
use crate::wire::export::{End, Exporting, Leaving, Stage, StillWanted};
use crate::wire::stick::{Carrier, Filed, StickLine};
use crate::wire::{Reply, Request, Sent, Status};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The request that it answers: the number of its entry
    #[arg(long, value_name = "N", required_unless_present = "stop")]
    case: Option<Number>,
    /// Which cameras, separated by commas
    #[arg(long, value_name = "A,B", value_delimiter = ',', required_unless_present = "stop")]
    camera: Vec<String>,
    /// From when: "2026-11-21 08:41", "yesterday 14:35" or RFC 3339
    #[arg(long, value_name = "T", required_unless_present = "stop")]
    from: Option<String>,
    /// Up to when, and, given a second time, the folder in which the package is made
    #[arg(long, value_name = "T|DIR", required_unless_present = "stop")]
    to: Vec<String>,
    /// Onto a stick; its name where several are plugged in (`beadle stick list`)
    #[arg(long, value_name = "STICK", num_args = 0..=1, default_missing_value = "")]
    to_stick: Option<String>,
    /// How it leaves: an encrypted archive, files on a BitLocker stick, or plain by an exception
    #[arg(long, value_enum, value_name = "KIND")]
    carrier: Option<Kind>,
    /// The export whose passphrase was lost, and which this one replaces
    #[arg(long, value_name = "N")]
    instead_of: Option<Number>,
    /// One of the file's purposes
    #[arg(long, value_name = "NAME")]
    purpose: Option<String>,
    /// Why it has to leave; never a pupil's name
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The exhibit's reference, like JS/1
    #[arg(long, value_name = "REF")]
    exhibit: Option<String>,
    /// The entry of the exception that lets it leave unencrypted
    #[arg(long, value_name = "N")]
    exception: Option<Number>,
    /// A still picture of each camera at this moment; may be given several times
    #[arg(long, value_name = "T")]
    still: Vec<String>,
    /// Break this export off
    #[arg(long, value_name = "N", conflicts_with_all = ["case", "camera", "from", "to"])]
    stop: Option<Number>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Zip,
    Bitlocker,
    Plain,
}

/// # Errors
/// Nobody answers, the recorder refuses, or the copy was broken off.
pub fn run(args: &Args) -> Result<(), Failure> {
    if let Some(number) = args.stop {
        ask(&mut args.door.dial()?, &Request::ExportStop { number })?;
        return print("It is being broken off.");
    }
    let folder = match args.to_stick {
        Some(_) => String::new(),
        // Told before anybody types a passphrase.
        None => folder(&args.to)?.to_string_lossy().into_owned(),
    };
    let mut client = args.door.dial()?;
    let wanted = wanted(args, folder, &mut client)?;
    let Reply::Export(mut state) = ask(&mut client, &Request::Export(Box::new(wanted)))? else {
        return Err(unexpected());
    };
    let number = state.number;
    say(&format!("Entered as {number}; {} holds the original.", state.hold))?;
    if let Some(phrase) = state.passphrase.take() {
        show_phrase(&phrase, &state.package)?;
    }
    let mut bar = Bar::new();
    while state.end.is_none() {
        bar.show(&going(&state))?;
        std::thread::sleep(Duration::from_millis(200));
        // No second person is asked for again.
        client.beside = None;
        state = match ask(&mut client, &Request::ExportState { number })? {
            Reply::Export(state) => state,
            _ => return Err(unexpected()),
        };
    }
    bar.end()?;
    let last = match &state.stick {
        Some(stick) => format!("The stick {stick} is flushed and let go: it is safe to remove."),
        None => String::new(),
    };
    match state.end {
        Some(End::Whole { list, clips, frames, bytes }) => print(&format!(
            "{}: {clips} clips, {frames} pictures, {}, written and read back.\n\
             SHA256SUMS is {list}.\n{last}",
            state.package,
            words::bytes(bytes)
        )),
        Some(End::BrokenOff { why, nothing: true }) => Err(Failure::refused(format!(
            "The export was broken off: {why}. Nothing was written, and its entry says so."
        ))),
        Some(End::BrokenOff { why, nothing: false }) => Err(Failure::refused(format!(
            "The export was broken off: {why}. What is in {} says that it is not finished.",
            state.package
        ))),
        None => Err(unexpected()),
    }
}

/// Once, on the standard output, so that it can go to a printer and to no file beside the archive.
fn show_phrase(phrase: &Sent, package: &str) -> Result<(), Failure> {
    let name = names::archive(package.rsplit('/').next().unwrap_or(package));
    print_exact(&format!(
        "The passphrase of {package}/{name}, shown this once and kept nowhere:\n\n    {}\n\n\
         Write it down or print it, and hand it over apart from the carrier.\n\n",
        phrase.0.expose()
    ))
}

fn wanted(args: &Args, folder: String, client: &mut Client) -> Result<Leaving, Failure> {
    let status = ask_status(client)?;
    let line = args.to_stick.as_ref().map(|name| stick(&status, name)).transpose()?;
    let filed = line.map(|line| line.filed);
    let carrier = match (args.carrier, filed) {
        (Some(Kind::Zip), _) => Carrier::Zip,
        (Some(Kind::Bitlocker), _) | (None, Some(Filed::BitLocker)) => Carrier::BitLocker,
        (Some(Kind::Plain), _) | (None, None) => Carrier::Plain,
        (None, Some(_)) if args.exception.is_some() => Carrier::Plain,
        (None, Some(_)) => Carrier::Zip,
    };
    let key = match carrier {
        Carrier::BitLocker => {
            Some(Sent(prompt::passphrase("Passphrase or recovery key of the BitLocker stick")?))
        }
        _ => None,
    };
    let zone = zone(&status);
    let at = |text: &str, edge| parse(text, edge, &zone, status.now).map_err(Failure::usage);
    let until = args.to.iter().find(|text| !is_folder(text));
    let until = until.ok_or_else(|| Failure::usage("Say up to when: --to T."))?;
    let cameras: Vec<_> = args.camera.iter().map(|text| name(text)).collect::<Result<_, _>>()?;
    let moments: Vec<_> =
        args.still.iter().map(|text| at(text, Edge::From)).collect::<Result<_, _>>()?;
    Ok(Leaving {
        case: args.case.unwrap_or_default(), // clap asks for it
        cameras: cameras.clone(),
        from: at(args.from.as_deref().unwrap_or_default(), Edge::From)?,
        to: at(until, Edge::To)?,
        folder,
        stick: line.map(|line| line.name.clone()),
        carrier,
        key,
        purpose: args.purpose.clone(),
        reason: args.reason.clone(),
        exhibit: args.exhibit.clone(),
        exception: args.exception,
        instead_of: args.instead_of,
        stills: stills(&cameras, &moments),
    })
}

/// The one that is named, or the only one.
fn stick<'a>(status: &'a Status, name: &str) -> Result<&'a StickLine, Failure> {
    let mut fit = status.sticks.iter().filter(|line| name.is_empty() || line.name == name);
    match (fit.next(), fit.next()) {
        (Some(line), None) => Ok(line),
        (Some(_), Some(_)) => {
            Err(Failure::usage("Several sticks are plugged in: name one of `beadle stick list`."))
        }
        _ => Err(Failure::refused(
            "There is no such stick. `beadle stick list` says what is plugged in.",
        )),
    }
}

/// A picture of each camera at each moment.
fn stills(cameras: &[CameraId], moments: &[Utc]) -> Vec<StillWanted> {
    let of = |at: &Utc| {
        let at = *at;
        cameras.iter().map(move |camera| StillWanted { camera: camera.clone(), at })
    };
    moments.iter().flat_map(of).collect()
}

/// No time has a slash in it.
fn is_folder(text: &str) -> bool {
    text.contains('/') || Path::new(text).is_dir()
}

fn folder(to: &[String]) -> Result<PathBuf, Failure> {
    let usage = "Say up to when and where to: --to T --to DIR. DIR has to be there.";
    let mut folders = to.iter().filter(|text| is_folder(text));
    let (Some(folder), None) = (folders.next(), folders.next()) else {
        return Err(Failure::usage(usage));
    };
    let full = std::fs::canonicalize(folder).ok().filter(|path| path.is_dir());
    full.ok_or_else(|| Failure::usage(format!("{folder} is not a folder that is there. {usage}")))
}

fn going(state: &Exporting) -> String {
    let (done, total) = (words::bytes(state.done), words::bytes(state.total));
    if let Some(waits) = &state.waits {
        return waits.clone();
    }
    let pace = match (state.rate, state.left) {
        (Some(rate), Some(left)) => {
            let (minutes, seconds) = (left / 60, left % 60);
            format!(", {}/s, {minutes}:{seconds:02} left", words::bytes(rate))
        }
        _ => String::new(),
    };
    match state.stage {
        Stage::Planning => "looking through the recordings".into(),
        Stage::Writing => format!("writing {done} of {total}{pace}"),
        Stage::Checking => format!("reading back {done} of {total}{pace}"),
        Stage::Leaving => "flushing the stick".into(),
    }
}

/// One line that is written over, where somebody sits in front of it; else a line a stage.
pub(super) struct Bar {
    terminal: bool,
    last: String,
}

impl Bar {
    pub(super) fn new() -> Bar {
        Bar { terminal: std::io::stderr().is_terminal(), last: String::new() }
    }

    pub(super) fn show(&mut self, text: &str) -> Result<(), Failure> {
        let word = text.split(' ').next().unwrap_or_default();
        let shown = if self.terminal { text } else { word };
        if self.last == shown {
            return Ok(());
        }
        let mut out = std::io::stderr().lock();
        match self.terminal {
            true => write!(out, "\r\x1b[K{text}")?,
            false => writeln!(out, "{text}")?,
        }
        out.flush()?;
        self.last = shown.to_string();
        Ok(())
    }

    pub(super) fn end(&mut self) -> Result<(), Failure> {
        if self.terminal {
            write!(std::io::stderr().lock(), "\r\x1b[K")?;
        }
        Ok(())
    }
}
