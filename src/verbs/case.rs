//! `beadle case`: a request for footage from its first entry to its end (S1.42, S4.23).

use super::footage::zone;
use super::logbook::add;
use super::table::table;
use super::{Door, Failure, ask, ask_status, print, print_json, unexpected};
use crate::base::time::Zone;
use crate::logbook::case::{Case, Scene, Stage, What};
use crate::logbook::{Act, Kind, Number};
use crate::socket::dial::Client;
use crate::wire::{Reply, Request, Status};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Enter a request for footage, question by question
    New(New),
    /// The requests that are open
    List(List),
    /// What is done, what is missing, and where each copy is
    Show(Show),
    /// End it: refused while a copy has no end on record
    Close(Close),
}

#[derive(clap::Args, Debug)]
pub struct New {
    /// Somebody asks for their own pictures: footage is held at once
    #[arg(long)]
    own_pictures: bool,
    /// The answers as JSON, from this file or `-` for the input
    #[arg(long, value_name = "PATH")]
    json: Option<String>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct List {
    /// Closed ones too
    #[arg(long)]
    all: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Show {
    /// The number of its first entry
    number: Number,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Close {
    /// The number of its first entry
    number: Number,
    /// The answers as JSON, from this file or `-` for the input
    #[arg(long, value_name = "PATH")]
    json: Option<String>,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, or the supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::New(args) => new(args),
        Args::List(args) => list(args),
        Args::Show(args) => show(args),
        Args::Close(args) => close(args),
    }
}

fn new(args: &New) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let kind = if args.own_pictures { Kind::SubjectAccess } else { Kind::Request };
    let number = add::enter(&mut client, (kind, Act::Open), None, args.json.as_deref())?;
    client.beside = None; // who stood there stood there for the entry
    let case = fetch(&mut client, number)?;
    let status = ask_status(&mut client)?;
    print(&sheet(&case, &status))
}

fn list(args: &List) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let Reply::Cases { cases } = ask(&mut client, &Request::Cases { open: !args.all })? else {
        return Err(unexpected());
    };
    if args.json {
        return print_json(&cases);
    }
    if cases.is_empty() {
        return print("There is none.");
    }
    let status = ask_status(&mut client)?;
    let zone = zone(&status);
    let rows: Vec<_> = cases.iter().map(|case| row(case, &status, &zone)).collect();
    let heads = ["case", "since", "by", "what", "next"];
    print(&table(&heads, &[], &rows))
}

fn row(case: &Case, status: &Status, zone: &Zone) -> Vec<String> {
    let by = match (&case.due, case.closed) {
        (_, Some(at)) => format!("closed {}", zone.day_of(at)),
        (Some(due), _) if due.at < status.now => format!("LATE {}", zone.day_of(due.at)),
        (Some(due), _) => zone.day_of(due.at).to_string(),
        (None, None) => String::new(),
    };
    let steps = steps(case, status, zone);
    let open = |stage| steps.iter().find(|(_, is, _)| *is == stage);
    let next = open(Stage::Missing).or(open(Stage::Waits)).filter(|_| case.closed.is_none());
    let next = next.map(|(what, _, text)| format!("{}: {text}", what.title()));
    let since = zone.day_of(case.opened).to_string();
    vec![case.number.to_string(), since, by, case.title.clone(), next.unwrap_or_default()]
}

fn show(args: &Show) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let case = fetch(&mut client, args.number)?;
    if args.json {
        return print_json(&case);
    }
    let status = ask_status(&mut client)?;
    print(&sheet(&case, &status))
}

fn close(args: &Close) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let case = fetch(&mut client, args.number)?;
    let why = case.keeps_open();
    if !why.is_empty() {
        let lines: Vec<String> = why.iter().map(|line| format!("- {line}")).collect();
        let head = format!("Case {} stays open:", case.number);
        return Err(Failure::refused(format!("{head}\n{}", lines.join("\n"))));
    }
    let about = Some(case.number);
    add::enter(&mut client, (case.kind, Act::Close), about, args.json.as_deref()).map(drop)
}

fn fetch(client: &mut Client, number: Number) -> Result<Case, Failure> {
    match ask(client, &Request::Case { number })? {
        Reply::Case(case) => Ok(*case),
        _ => Err(unexpected()),
    }
}

fn steps(case: &Case, status: &Status, zone: &Zone) -> Vec<(What, Stage, String)> {
    let retention = &status.retention;
    let days = (retention.floor_days, retention.ceiling_days);
    let name = |id: &str| id.to_string();
    let scene = Scene { now: status.now, zone, days, conditions: false, name: &name };
    case.steps(&scene).into_iter().map(|step| (step.what, step.stage, step.text)).collect()
}

fn sheet(case: &Case, status: &Status) -> String {
    let zone = zone(status);
    let mut out = format!("Case {}: {}\n", case.number, case.title);
    if let Some((from, until)) = case.window {
        let cameras = match case.cameras.as_slice() {
            [] => "all cameras".to_string(),
            named => named.join(" "),
        };
        out += &format!("{cameras}, {} to {}\n", zone.show(from), zone.show(until));
    }
    if let Some(due) = case.due.as_ref().filter(|_| case.closed.is_none()) {
        out += &format!("By {}: {}\n", zone.show(due.at), due.what);
    }
    for (what, stage, text) in steps(case, status, &zone) {
        let mark = match stage {
            Stage::Done => "done",
            Stage::Missing => "TO DO",
            Stage::Waits => "waits",
            Stage::Refused => "NO",
        };
        out += &format!("{:<9} {mark:<6} {text}\n", what.title());
    }
    for release in &case.releases {
        for onward in &release.onward {
            let word = if onward.consent { "may be" } else { "may NOT be" };
            let (on, to) = (zone.day_of(onward.at), &onward.to);
            out += &format!("          entry {}: {word} passed on to {to}, {on}\n", onward.entry);
        }
    }
    out
}
