//! `beadle footage`: which recordings there are, and which there are not, and why.

use std::io::{BufWriter, Write};

use super::moment::{Edge, parse};
use super::{Door, Failure, ask, ask_status, unexpected};
use crate::base::name::CameraId;
use crate::base::time::{Utc, Zone};
use crate::console::words;
use crate::footage::{Gap, Segment};
use crate::socket::dial::Client;
use crate::wire::{Reply, Request, Status};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only this camera
    #[arg(long, value_name = "ID")]
    camera: Option<String>,
    /// From when: "2026-11-21 08:41", 08:41, "yesterday 14:35" or RFC 3339
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// Up to when; a day alone means its end
    #[arg(long, value_name = "T")]
    to: Option<String>,
    /// Segments and gaps as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// Nobody answers, or a time or name that is none.
pub fn run(args: &Args) -> Result<(), Failure> {
    let camera = args.camera.as_deref().map(name).transpose()?;
    let mut client = args.door.dial()?;
    let status = ask_status(&mut client)?;
    let zone = zone(&status);
    let at = |text: &Option<String>, edge| {
        let parsed = text.as_ref().map(|text| parse(text, edge, &zone, status.now));
        parsed.transpose().map_err(Failure::usage)
    };
    let (from, to) = (at(&args.from, Edge::From)?, at(&args.to, Edge::To)?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(Failure::usage("--from is not before --to: the window is empty."));
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let found = match args.json {
        true => json(&mut out, &mut client, camera, from, to)?,
        false => text(&mut out, &mut client, &status, camera, from, to)?,
    };
    out.flush()?;
    if !found && !args.json {
        return Err(Failure::refused("There is no footage and no record of a gap in this window."));
    }
    Ok(())
}

pub(super) fn name(text: &str) -> Result<CameraId, Failure> {
    CameraId::new(text).map_err(|why| Failure::usage(format!("\"{text}\" is not a camera: {why}.")))
}

pub(super) fn zone(status: &Status) -> Zone {
    Zone::named(&status.timezone).unwrap_or_else(|_| Zone::utc())
}

/// Follows a list that the supervisor cuts, page by page; nothing is held but one page.
pub(super) fn pages(
    client: &mut Client,
    window: (Option<CameraId>, Option<Utc>, Option<Utc>),
    mut take: impl FnMut(Vec<Segment>, Vec<Gap>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (camera, from, to) = window;
    let mut after = None;
    loop {
        let request = Request::Footage { camera: camera.clone(), from, to, after };
        let Reply::Footage { segments, gaps, more } = ask(client, &request)? else {
            return Err(unexpected());
        };
        take(segments, gaps)?;
        if more.is_none() {
            return Ok(());
        }
        if more == after {
            return Err(unexpected()); // a list that does not move on would never end
        }
        after = more;
    }
}

/// `{"segments":[...],"gaps":[...]}`, one item a line, segments written as they come.
fn json(
    out: &mut impl Write,
    client: &mut Client,
    camera: Option<CameraId>,
    from: Option<Utc>,
    to: Option<Utc>,
) -> Result<bool, Failure> {
    let mut all_gaps = Vec::new();
    let mut first = true;
    write!(out, "{{\"segments\":[")?;
    pages(client, (camera, from, to), |segments, gaps| {
        for segment in &segments {
            writeln!(out, "{}", if first { "" } else { "," })?;
            serde_json::to_writer(&mut *out, segment).map_err(std::io::Error::from)?;
            first = false;
        }
        all_gaps.extend(gaps);
        Ok(())
    })?;
    write!(out, "\n],\"gaps\":[")?;
    for (n, gap) in all_gaps.iter().enumerate() {
        writeln!(out, "{}", if n == 0 { "" } else { "," })?;
        serde_json::to_writer(&mut *out, gap).map_err(std::io::Error::from)?;
    }
    writeln!(out, "\n]}}")?;
    Ok(true)
}

/// One line a segment or gap, in local time; `false` when there is neither.
fn text(
    out: &mut impl Write,
    client: &mut Client,
    status: &Status,
    camera: Option<CameraId>,
    from: Option<Utc>,
    to: Option<Utc>,
) -> Result<bool, Failure> {
    let zone = zone(status);
    let mut all_gaps = Vec::new();
    let mut found = false;
    pages(client, (camera, from, to), |segments, gaps| {
        for segment in &segments {
            let (start, end) = (zone.show(segment.start), zone.show(segment.end));
            let open = if segment.is_open() { " (open)" } else { "" };
            let bytes = words::bytes(segment.bytes);
            let path = &segment.path;
            writeln!(out, "{:<20} {start}  {end}  {bytes:>7}  {path}{open}", segment.camera)?;
            found = true;
        }
        all_gaps.extend(gaps);
        Ok(())
    })?;
    if !all_gaps.is_empty() {
        writeln!(out, "\nGaps")?;
    }
    for gap in &all_gaps {
        let start = zone.show(gap.start);
        let end = gap.end.map_or("and it lasts".to_string(), |end| zone.show(end));
        let span = (gap.end.unwrap_or(status.now) - gap.start).in_words();
        let reason = words::reason(gap.reason);
        writeln!(out, "{:<20} {start}  {end:<23}  {span:>7}  {reason}", gap.camera)?;
    }
    Ok(found || !all_gaps.is_empty())
}
