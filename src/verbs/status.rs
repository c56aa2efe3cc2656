//! `beadle status`: how things are, once. The verdict first.

use std::time::{Duration, Instant};

use super::table::table;
use super::{Door, Failure, ask_status, print, print_json};
use crate::base::time::Zone;
use crate::console::words;
use crate::wire::{CameraState, CameraStatus, Finding, Level, Status};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The whole status as JSON
    #[arg(long)]
    json: bool,
    /// Wait until a camera records, or the file wants none; exit 1 if that does not come in time
    #[arg(long, value_name = "SECONDS")]
    until_recording: Option<u64>,
    /// Wait until the recorder answers; exit 1 if that does not come in time
    #[arg(long, value_name = "SECONDS", conflicts_with = "until_recording")]
    until_answering: Option<u64>,
    #[command(flatten)]
    door: Door,
}

/// Between two looks of one that waits.
const LOOK_SPAN: Duration = Duration::from_secs(2);

/// # Errors
/// Nobody answers; what was waited for did not come.
pub fn run(args: &Args) -> Result<(), Failure> {
    let look = || -> Result<Box<Status>, Failure> { ask_status(&mut args.door.dial()?) };
    let status = match (args.until_recording, args.until_answering) {
        (Some(seconds), _) => until(look, is_at_work, Duration::from_secs(seconds))?,
        (_, Some(seconds)) => until(look, |_| true, Duration::from_secs(seconds))?,
        (None, None) => look()?,
    };
    if args.json { print_json(&status) } else { print(&text(&status)) }
}

/// The health of a version that was started for the first time: one that answers but records
/// nothing is not kept. A single camera is enough, since the others may be broken themselves.
fn until(
    look: impl Fn() -> Result<Box<Status>, Failure>,
    is_well: fn(&Status) -> bool,
    patience: Duration,
) -> Result<Box<Status>, Failure> {
    let late = Instant::now() + patience;
    loop {
        let seen = look();
        if let Ok(status) = seen
            && is_well(&status)
        {
            return Ok(status);
        }
        if Instant::now() > late {
            return look().and_then(|status| {
                let why = format!("No camera records: {}", status.verdict.text);
                if is_well(&status) { Ok(status) } else { Err(Failure::refused(why)) }
            });
        }
        std::thread::sleep(LOOK_SPAN);
    }
}

/// Records, or has nothing to record.
fn is_at_work(status: &Status) -> bool {
    let records = |camera: &CameraStatus| camera.state == CameraState::Recording;
    let wanted = |camera: &CameraStatus| camera.state != CameraState::Disabled;
    status.cameras.iter().any(records) || !status.cameras.iter().any(wanted)
}

/// Also what `beadle demo` prints without a terminal.
pub fn text(status: &Status) -> String {
    let zone = Zone::named(&status.timezone).unwrap_or_else(|_| Zone::utc());
    let mut out = format!("{}, {}\n", status.site, zone.show(status.now));
    out += &format!("{}: {}\n", words::level(status.verdict.level), status.verdict.text);
    for alarm in &status.alarms {
        let since = zone.show_near(alarm.since, status.now);
        let word = words::level(alarm.level);
        out += &format!("\n{word} since {since}: {}\n", alarm.text);
        out += &format!("  {}\n", alarm.remedy);
    }
    out += "\n";
    out += &cameras(status, &zone);
    out += &disks(status);
    if !status.sticks.is_empty() {
        out += &(super::stick::text(&status.sticks) + "\n");
    }
    out += &retention(status, &zone);
    out += &file(status, &zone);
    status.signs.iter().for_each(|sign| out += &format!("SIGN: {sign}\n"));
    out
}

fn cameras(status: &Status, zone: &Zone) -> String {
    if status.cameras.is_empty() {
        return "No camera is in the file.\n\n".into();
    }
    let heads = [
        "camera",
        "state",
        "since",
        "fps",
        "kbit/s",
        "last frame",
        "days held",
        "gaps today",
        "why",
    ];
    let rows: Vec<_> = status.cameras.iter().map(|c| camera(status, zone, c)).collect();
    table(&heads, &[3, 4, 5, 7], &rows) + "\n"
}

fn camera(status: &Status, zone: &Zone, camera: &CameraStatus) -> Vec<String> {
    let recording = camera.state == CameraState::Recording;
    let figure = |text: String| if recording { text } else { "-".into() };
    let age = |at| match words::age(status.now - at).as_str() {
        "now" => "now".to_string(),
        age => format!("{age} ago"),
    };
    let certificate = camera.certificate.as_ref().map(|words| format!("certificate: {words}"));
    let why = camera.reason.map_or("", words::reason).to_string();
    vec![
        camera.id.to_string(),
        words::camera(camera.state).into(),
        words::since(zone, camera.since, status.now),
        figure(words::rate(camera.fps)),
        figure(words::count(camera.kbps.max(0.0).round() as u64)),
        camera.last_frame.map_or("-".into(), age),
        words::held(&camera.held),
        camera.gaps_today.to_string(),
        camera.reason_text.clone().or(certificate).unwrap_or(why),
    ]
}

fn disks(status: &Status) -> String {
    let row = |disk: &crate::wire::DiskStatus| {
        vec![
            disk.path.clone(),
            words::disk(disk.state).into(),
            format!("{} of {}", words::bytes(disk.free), words::bytes(disk.total)),
            disk.cameras.to_string(),
            format!("{:.1} s", disk.safe_up_to),
            disk.why.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = status.disks.iter().map(row).collect();
    let heads = ["disk", "state", "free", "cameras", "safe up to", "why"];
    table(&heads, &[2, 3, 4], &rows) + "\n"
}

fn retention(status: &Status, zone: &Zone) -> String {
    let retention = &status.retention;
    let mut out = format!(
        "Footage is kept at least {} and at most {} days; ",
        retention.floor_days, retention.ceiling_days
    );
    out += &match retention.forecast_days {
        None => "what will fit is not known yet.\n".to_string(),
        Some(days) if days < f64::from(retention.floor_days) => {
            format!("FAULT: only {days:.0} days will fit.\n")
        }
        Some(days) => format!("{days:.0} days will fit.\n"),
    };
    if retention.holds > 0 {
        out += &format!("{} in force.\n", words::several(retention.holds.into(), "hold"));
    }
    if let Some(pending) = &retention.pending {
        let when = zone.show_near(pending.takes_effect, status.now);
        out += &format!("WAITS until {when}: {}\n", pending.text);
    }
    for day in &retention.deleted {
        out += &format!(
            "Deleted on {}: {}, {}",
            day.day,
            words::several(day.segments, "segment"),
            words::bytes(day.bytes)
        );
        if day.shortfall > 0 {
            out += &format!(", {} of them BELOW THE FLOOR", words::count(day.shortfall));
        }
        out += "\n";
    }
    if let Some(percent) = status.index.rebuilding {
        out += &format!("The index is being made again from the files: {percent} % done.\n");
    }
    out
}

fn file(status: &Status, zone: &Zone) -> String {
    let file = &status.file;
    let since = zone.show_near(file.since, status.now);
    let mut out = format!(
        "\nFile {}: revision {} of {}, in force since {since}.\n",
        file.path, file.revision, file.source
    );
    let faulty = file.findings.iter().any(|f| f.level == Level::Fault);
    match (file.stale, faulty) {
        (true, true) => {
            out += "FAULT: the file on disk does not load; what was in force stays in force.\n";
        }
        (true, false) => {
            out += "The file on disk is not in force: it waits, or is not there; see above why.\n";
        }
        (false, _) => {}
    }
    for finding in &file.findings {
        out += &format!("  {}\n", finding_line(finding));
    }
    out
}

/// `error 42:12: text; remedy`, in one line.
pub fn finding_line(finding: &Finding) -> String {
    let word = match finding.level {
        Level::Fault => "error",
        Level::Warning => "warning",
        Level::Notice | Level::Ok => "advice",
    };
    let Finding { line, column, text, remedy, .. } = finding;
    let gap = if remedy.is_empty() { "" } else { "; " };
    format!("{word} {line}:{column}: {text}{gap}{remedy}")
}
