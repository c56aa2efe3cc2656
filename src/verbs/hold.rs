//! `beadle hold`: footage that retention may not touch (S1.49, S4.49).

use super::footage::{name, zone};
use super::moment::{Edge, parse};
use super::table::table;
use super::{Door, Failure, ask, ask_status, print, print_json, unexpected};
use crate::base::time::{Utc, Zone};
use crate::footage::Hold;
use crate::logbook::Number;
use crate::wire::{Reply, Request};

#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Place a hold: this footage stays until the hold is ended
    Add(Add),
    /// All holds, ended ones included
    List(List),
    /// End a hold: retention decides again
    End(End),
}

#[derive(clap::Args, Debug)]
pub struct Add {
    /// Which camera; may be given several times. All cameras where it is left out
    #[arg(long, value_name = "ID")]
    camera: Vec<String>,
    /// From when: "2026-11-21 08:41", "yesterday 14:35" or RFC 3339
    #[arg(long, value_name = "T")]
    from: String,
    /// Up to when; a day alone means its end
    #[arg(long, value_name = "T")]
    to: String,
    /// Crime number or request number; never a pupil's name
    #[arg(long)]
    reference: String,
    /// Why it is held
    #[arg(long)]
    reason: String,
    /// What sort of hold: police, disciplinary, subject-access, safeguarding or one of the file's
    #[arg(long, value_name = "NAME")]
    class: Option<String>,
    /// The request that it is for: the number of its entry
    #[arg(long, value_name = "N")]
    case: Option<Number>,
    /// Look at it again after so many days [default: as the file says of its class, else 90]
    #[arg(long, value_name = "DAYS")]
    review_days: Option<u32>,
    #[command(flatten)]
    door: Door,
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
pub struct End {
    /// The hold's number, like H-2026-0001
    id: String,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, or the supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    match args {
        Args::Add(args) => add(args),
        Args::List(args) => list(args),
        Args::End(args) => end(args),
    }
}

fn add(args: &Add) -> Result<(), Failure> {
    let cameras = args.camera.iter().map(|text| name(text)).collect::<Result<Vec<_>, _>>()?;
    let mut client = args.door.dial()?;
    let status = ask_status(&mut client)?;
    let zone = zone(&status);
    let at = |text: &str, edge| parse(text, edge, &zone, status.now).map_err(Failure::usage);
    let (start, end) = (at(&args.from, Edge::From)?, at(&args.to, Edge::To)?);
    if start >= end {
        return Err(Failure::usage("--from is not before --to: nothing would be held."));
    }
    let request = Request::HoldAdd {
        cameras,
        start,
        end,
        reference: args.reference.clone(),
        reason: args.reason.clone(),
        review_days: args.review_days,
        class: args.class.clone(),
        case: args.case,
    };
    let Reply::Hold(hold) = ask(&mut client, &request)? else {
        return Err(unexpected());
    };
    print(&format!(
        "{} holds {} from {} to {}. Review on {}.",
        hold.id,
        cameras_of(&hold),
        zone.show(hold.start),
        zone.show(hold.end),
        zone.day_of(hold.review),
    ))
}

fn list(args: &List) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let Reply::Holds { holds } = ask(&mut client, &Request::HoldList)? else {
        return Err(unexpected());
    };
    if args.json {
        return print_json(&holds);
    }
    if holds.is_empty() {
        return print("There are no holds.");
    }
    let status = ask_status(&mut client)?;
    let zone = zone(&status);
    let rows: Vec<_> = holds.iter().map(|hold| row(hold, &zone, status.now)).collect();
    let heads = ["hold", "state", "cameras", "from", "to", "reference", "reason"];
    print(&table(&heads, &[], &rows))
}

fn row(hold: &Hold, zone: &Zone, now: Utc) -> Vec<String> {
    let state = match hold.ended {
        Some(at) => format!("ended {}", zone.day_of(at)),
        None if hold.review <= now => "REVIEW IS DUE".into(),
        None => format!("review {}", zone.day_of(hold.review)),
    };
    vec![
        hold.id.clone(),
        state,
        cameras_of(hold),
        zone.show(hold.start),
        zone.show(hold.end),
        hold.reference.clone(),
        hold.reason.clone(),
    ]
}

fn cameras_of(hold: &Hold) -> String {
    if hold.cameras.is_empty() {
        return "all cameras".into();
    }
    hold.cameras.iter().map(|camera| camera.as_str()).collect::<Vec<_>>().join(" ")
}

fn end(args: &End) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    ask(&mut client, &Request::HoldEnd { id: args.id.clone() })?;
    print(&format!("{} is ended. Retention decides about its footage again.", args.id))
}
