//! `beadle plan FILE`: what would change if this file were the one in force.

use std::path::{Path, PathBuf};

use super::{Door, Failure, ask, print, print_json, unexpected};
use crate::base::clock::{Clock, SystemClock};
use crate::base::limits::FILE_BYTES_MAX;
use crate::console::words;
use crate::socket::dial::{Client, Silence};
use crate::wire::{Level, PlanReport, Reply, Request};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The file to look at; it is not put in force
    file: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

/// The plan of a file for a box that has nothing yet.
pub fn against_nothing(name: &str, text: &str) -> PlanReport {
    crate::supervisor::report::plan_offline(name, text, SystemClock::new().utc())
}

/// `offline` computes the plan against an empty box, for when no supervisor runs.
///
/// # Errors
/// The file cannot be read, or does not load.
pub fn run(args: &Args, offline: fn(&str, &str) -> PlanReport) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let text = read(&args.file)?;
    let (report, against) = match Client::connect(&args.door.path()) {
        Ok(mut client) => {
            let request = Request::Plan { name, text };
            let Reply::Plan(report) = ask(&mut client, &request)? else {
                return Err(unexpected());
            };
            (report, "the Beadle that runs here")
        }
        Err(Silence::Nobody { .. }) => (offline(&name, &text), "an empty box: no Beadle runs here"),
        Err(silence) => return Err(silence.into()),
    };
    if args.json {
        print_json(&report)?;
    } else {
        print(&shown(&report, against))?;
    }
    if report.loads {
        return Ok(());
    }
    Err(Failure::refused("The file does not load: nothing would change."))
}

/// # Errors
/// Not there, a folder, too large, or no text: a sentence each.
fn read(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let shown = path.display();
    let fault = |e: std::io::Error| Failure::refused(format!("Reading {shown}: {e}."));
    let file = std::fs::File::open(path).map_err(fault)?;
    if file.metadata().map_err(fault)?.is_dir() {
        return Err(Failure::refused(format!("{shown} is a folder. Name the file in it.")));
    }
    let mut bytes = Vec::new();
    // Bounded by what is read, not by what the system says: a device or a pipe has no size.
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() > FILE_BYTES_MAX {
        let most = words::bytes(FILE_BYTES_MAX as u64);
        return Err(Failure::refused(format!("{shown} is larger than {most}: not a site.kdl.")));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::refused(format!("{shown} is not text: byte {at} is not UTF-8."))
    })
}

pub fn shown(report: &PlanReport, against: &str) -> String {
    let mut out = String::new();
    for finding in report.findings.iter().filter(|f| !report.loads || f.level >= Level::Warning) {
        out += finding.rendered.trim_end();
        out += "\n\n";
    }
    if !report.loads {
        return out;
    }
    out += &format!("Compared with {against}\n\n");
    let untouched = report.lines.iter().filter(|line| line.sign == '=').count();
    for line in report.lines.iter().filter(|line| line.sign != '=') {
        out += format!("  {} {}  {}", line.sign, line.unit, line.what).trim_end();
        out += "\n";
    }
    if untouched > 0 {
        out += &format!("  = {} untouched\n", words::several(untouched as u64, "unit"));
    }
    if report.lines.len() == untouched {
        out += "\nNothing would change.\n";
    }
    if !report.consequences.is_empty() {
        out += "\nThat means:\n";
    }
    for consequence in &report.consequences {
        out += &format!("  {consequence}\n");
    }
    for line in &report.approvals {
        out += &format!("  {line}\n");
    }
    if let Some(seconds) = report.tried {
        out += &format!(
            "  Saved at a screen it is tried for {seconds} s, and goes back unless it is kept.\n"
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::PlanLine;

    #[test]
    fn what_cannot_be_a_file_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let huge = vec![b' '; FILE_BYTES_MAX + 1];
        for (path, want) in [
            (folder.path().join("none.kdl"), "No such file"),
            (folder.path().to_path_buf(), "is a folder"),
            (write("huge.kdl", &huge), "larger than"),
            (write("binary.kdl", b"site \xff"), "byte 5 is not UTF-8"),
        ] {
            let failure = read(&path).unwrap_err();
            assert!(failure.text.contains(want), "{}", failure.text);
        }
    }

    #[test]
    fn a_plan_reads_from_change_to_consequence() {
        let line =
            |sign, unit: &str, what: &str| PlanLine { sign, unit: unit.into(), what: what.into() };
        let report = PlanReport {
            loads: true,
            findings: vec![],
            lines: vec![
                line('+', "camera hall", ""),
                line('~', "retention", "max-days 90 -> 30"),
                line('=', "camera gate", ""),
            ],
            consequences: vec!["hall: starts recording".into()],
            ..PlanReport::default()
        };
        let want = [
            "Compared with an empty box",
            "",
            "  + camera hall",
            "  ~ retention  max-days 90 -> 30",
            "  = 1 unit untouched",
            "",
            "That means:",
            "  hall: starts recording\n",
        ];
        assert_eq!(shown(&report, "an empty box"), want.join("\n"));
    }
}
