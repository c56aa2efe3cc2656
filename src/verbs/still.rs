//! `beadle still`: one picture of one camera at one moment, as a file.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::footage::{name, zone};
use super::moment::{Edge, parse};
use super::{Door, Failure, ask, ask_status, say, unexpected};
use crate::base::time::Day;
use crate::pictures::still::Format;
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The camera's short name in the file
    camera: String,
    /// When: "2026-11-21 08:41", 08:41, "yesterday 14:35" or RFC 3339 [default: now]
    #[arg(long, value_name = "T")]
    at: Option<String>,
    /// Where to write it; the name ends in .png or .jpg. A file that is there is not replaced
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// One of the file's purposes
    #[arg(long, value_name = "NAME")]
    purpose: Option<String>,
    /// Why the picture is needed; never a pupil's name
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who keeps the copy [default: you]
    #[arg(long, value_name = "PERSON")]
    keeper: Option<String>,
    /// The day by which it is destroyed or looked at again [default: in thirty days]
    #[arg(long, value_name = "DATE")]
    destroy_by: Option<Day>,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, the right is missing, there is no footage of that moment, or the file cannot be
/// written.
pub fn run(args: &Args) -> Result<(), Failure> {
    let camera = name(&args.camera)?;
    let shown = args.out.display();
    let format = Format::of_name(&args.out.to_string_lossy())
        .ok_or_else(|| Failure::usage(format!("{shown} does not end in .png or .jpg.")))?;
    if args.out.exists() {
        return Err(Failure::usage(format!("{shown} is there already. Give another name.")));
    }
    let mut client = args.door.dial()?;
    let status = ask_status(&mut client)?;
    let zone = zone(&status);
    let at = args.at.as_ref().map(|text| parse(text, Edge::From, &zone, status.now));
    let at = at.transpose().map_err(Failure::usage)?;
    let (purpose, reason) = (args.purpose.clone(), args.reason.clone());
    let jpeg = format == Format::Jpeg;
    let (keeper, destroy_by) = (args.keeper.clone(), args.destroy_by);
    let request = Request::Still { camera, at, purpose, reason, jpeg, keeper, destroy_by };
    let Reply::Still(still) = ask(&mut client, &request)? else {
        return Err(unexpected());
    };
    let bytes = still.bytes().map_err(Failure::refused)?;
    let failed = |e: std::io::Error| Failure::refused(format!("Writing {shown}: {e}"));
    // Pictures of people: for this user alone.
    let options = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).clone();
    let mut file = options.open(&args.out).map_err(failed)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    let taken = zone.show(still.at);
    say(&format!("{shown}: {}, {taken}, {}x{}", args.camera, still.width, still.height))
}
