//! `beadle stick`: what is plugged in, and sticks made new.

use std::time::{Duration, Instant};

use super::export::Bar;
use super::table::table;
use super::{Door, Failure, ask, ask_status, print, print_json, prompt};
use crate::console::words;
use crate::socket::dial::Client;
use crate::wire::Request;
use crate::wire::stick::{StickLine, StickState};

/// The status shows what was begun.
const SHOWS_WITHIN: Duration = Duration::from_secs(5);

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// The sticks that are plugged in
    List(List),
    /// Make a stick new: one partition, exFAT, empty
    Format(Erase),
    /// Overwrite every byte of a stick, then format it
    Wipe(Erase),
}

#[derive(clap::Args, Debug)]
pub struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Erase {
    /// Its name, as `beadle stick list` says it
    stick: String,
    /// The end of its serial number, to say that this one is meant; asked for where it is left out
    #[arg(long, value_name = "TEXT")]
    typed: Option<String>,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, the recorder refuses, or the stick fails.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::List(args) => {
            let status = ask_status(&mut args.door.dial()?)?;
            if args.json { print_json(&status.sticks) } else { print(&text(&status.sticks)) }
        }
        Args::Format(args) => erase(args, false),
        Args::Wipe(args) => erase(args, true),
    }
}

/// A table.
pub fn text(sticks: &[StickLine]) -> String {
    if sticks.is_empty() {
        return "No stick is plugged in.".into();
    }
    let rows = sticks.iter().map(|line| {
        let free = line.free.map_or("-".into(), words::bytes);
        let cells = [
            line.name.clone(),
            line.title.clone(),
            words::bytes(line.bytes),
            line.filed.word().into(),
            free,
            state(line),
        ];
        cells.to_vec()
    });
    table(&["stick", "make", "size", "filed", "free", "state"], &[2, 4], &rows.collect::<Vec<_>>())
}

/// In words, with what lies on it.
fn state(line: &StickLine) -> String {
    let said = match line.state {
        StickState::Looking => "being looked at",
        StickState::Ready => "ready",
        StickState::Writing => "an export writes to it; leave it in",
        StickState::Formatting => "being formatted",
        StickState::Wiping => "being wiped",
        StickState::SafeToRemove => "safe to remove",
        StickState::Unusable => "cannot be used",
    };
    let mut out = said.to_string();
    if let Some(wiped) = line.wiped {
        out += &format!(", {wiped} per cent");
    }
    if let Some(why) = &line.why {
        out += &format!(": {why}");
    }
    for held in &line.packages {
        let case = held.case.map_or("another box or case".into(), |case| format!("case {case}"));
        let half = if held.finished { "" } else { ", not finished" };
        out += &format!("; holds export-{} of {case}{half}", held.number);
    }
    out
}

fn erase(args: &Erase, wipe: bool) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let line = find(&mut client, &args.stick)?;
    let typed = match &args.typed {
        Some(typed) => typed.clone(),
        None => prompt::line(&format!(
            "Everything on {} ({}, {}) will be gone. To say that you mean it, type {}",
            line.name,
            line.title,
            words::bytes(line.bytes),
            line.typed
        ))?,
    };
    let stick = args.stick.clone();
    let request = match wipe {
        true => Request::StickWipe { stick, typed },
        false => Request::StickFormat { stick, typed },
    };
    ask(&mut client, &request)?;
    let (mut bar, began, mut seen) = (Bar::new(), Instant::now(), false);
    let ended = loop {
        let line = find(&mut client, &args.stick)?;
        match line.state {
            StickState::Formatting | StickState::Wiping | StickState::Looking => {
                seen = true;
                bar.show(&state(&line))?;
            }
            // What is published may be older than the order.
            _ if !seen && began.elapsed() < SHOWS_WITHIN => {}
            _ => break line,
        }
        std::thread::sleep(Duration::from_millis(300));
    };
    bar.end()?;
    match ended.state {
        StickState::Unusable => Err(Failure::refused(state(&ended))),
        _ => print(&format!("{}: {}, {}.", ended.name, ended.filed.word(), state(&ended))),
    }
}

fn find(client: &mut Client, name: &str) -> Result<StickLine, Failure> {
    let status = ask_status(client)?;
    let found = status.sticks.into_iter().find(|line| line.name == name);
    found.ok_or_else(|| Failure::refused(format!("No stick {name} is plugged in.")))
}
