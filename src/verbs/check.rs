//! `beadle check FILE`: every finding of a file, at its place, with the remedy.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use crate::base::clock::{Clock, SystemClock};
use crate::base::limits::FILE_BYTES_MAX;
use crate::config::explain::explain;
use crate::config::lint::Known;
use crate::config::note::{Note, Severity, line_and_column};
use crate::config::{self, Parsed};

#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The file to look at.
    pub file: PathBuf,
    /// Findings as one JSON object, for scripts.
    #[arg(long)]
    pub json: bool,
    /// The file as it is understood: every setting, with every default and its reason.
    #[arg(long)]
    pub explain: bool,
}

/// Exit 0 when the file loads, warnings shown; 1 when it does not.
pub fn run(args: &Args) -> ExitCode {
    let name = args.file.display().to_string();
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    let bytes = match read(&args.file) {
        Ok(bytes) => bytes,
        Err(why) if args.json => {
            let report = Report {
                file: name,
                loads: false,
                fault: Some(why),
                findings: vec![],
                effective: None,
            };
            // A reader that went away takes nothing from the answer in the exit code.
            let _ = writeln!(out, "{}", as_json(&report));
            return ExitCode::FAILURE;
        }
        Err(why) => {
            let _ = writeln!(err, "{why}");
            return ExitCode::FAILURE;
        }
    };
    let source = String::from_utf8_lossy(&bytes);
    let parsed = judged(config::parse(&name, &bytes));
    let loads = parsed.config.is_some();
    let effective = parsed.config.as_ref().filter(|_| args.explain).map(explain);
    let _ = match (args.json, &effective) {
        (true, _) => writeln!(out, "{}", as_json(&report(&name, &source, &parsed, effective))),
        (false, None) => write!(out, "{}", as_text(&name, &source, &parsed)),
        // The effective file goes alone to the output, so that it can be saved; findings beside it.
        (false, Some(told)) => {
            let _ = write!(err, "{}", as_text(&name, &source, &parsed));
            write!(out, "{told}")
        }
    };
    if loads { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// With the findings of the law, as they stand today on the school's own calendar.
fn judged(parsed: Parsed) -> Parsed {
    let zone = parsed.config.as_ref().map(|c| c.site.zone.clone());
    let today = zone.map(|zone| zone.day_of(SystemClock::new().utc()));
    parsed.judged(Known { today, disk_bytes: None })
}

/// The bytes of the file, at most one more than allowed: enough for the sentence about its size.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let name = path.display();
    let said = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => {
            format!("{name}: there is no such file; look at the spelling and the folder")
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("{name}: this account may not read it; ask its owner, or use sudo")
        }
        std::io::ErrorKind::IsADirectory => folder(path),
        _ => format!("{name}: cannot be read: {e}"),
    };
    let about = std::fs::metadata(path).map_err(said)?;
    if about.is_dir() {
        return Err(folder(path));
    }
    if about.len() > FILE_BYTES_MAX as u64 {
        let (is, most) = (about.len() / 1_000_000, FILE_BYTES_MAX / 1_000_000);
        return Err(format!(
            "{name}: has {is} MB, but a list of cameras has less than {most} MB; \
             is this the right file?"
        ));
    }
    let file = std::fs::File::open(path).map_err(said)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(said)?;
    Ok(bytes)
}

fn folder(path: &Path) -> String {
    let name = path.display();
    format!("{name}: is a folder; name the file in it, like {}", path.join("site.kdl").display())
}

fn count(notes: &[Note], severity: Severity) -> usize {
    notes.iter().filter(|n| n.severity == severity).count()
}

fn plural(n: usize, word: &str, words: &str) -> String {
    format!("{n} {}", if n == 1 { word } else { words })
}

fn as_text(name: &str, source: &str, parsed: &Parsed) -> String {
    let mut out = String::new();
    for note in &parsed.notes {
        out.push_str(&note.render(name, source));
        out.push('\n');
    }
    let errors = plural(count(&parsed.notes, Severity::Error), "error", "errors");
    let warnings = plural(count(&parsed.notes, Severity::Warning), "warning", "warnings");
    let advice =
        plural(count(&parsed.notes, Severity::Advice), "piece of advice", "pieces of advice");
    match &parsed.config {
        Some(config) => {
            let cameras = plural(config.cameras.list.len(), "camera", "cameras");
            out.push_str(&format!("{name}: loads; {cameras}; {warnings}, {advice}\n"));
        }
        None => out.push_str(&format!("{name}: does not load; {errors}\n")),
    }
    out
}

#[derive(Serialize)]
struct Report {
    file: String,
    loads: bool,
    /// Why the file could not be read at all.
    fault: Option<String>,
    findings: Vec<JsonFinding>,
    /// With `--explain`: the effective file.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective: Option<String>,
}

#[derive(Serialize)]
struct JsonFinding {
    severity: &'static str,
    code: &'static str,
    /// From 1; columns count characters.
    line: usize,
    column: usize,
    /// Bytes from the start of the file.
    start: usize,
    end: usize,
    text: String,
    remedy: String,
    row: Option<&'static str>,
}

fn report(name: &str, source: &str, parsed: &Parsed, effective: Option<String>) -> Report {
    let finding = |n: &Note| {
        let (line, column) = line_and_column(source, n.place.start);
        JsonFinding {
            severity: n.severity.as_str(),
            code: n.code,
            line,
            column,
            start: n.place.start,
            end: n.place.end,
            text: n.text.clone(),
            remedy: n.remedy.clone(),
            row: n.row,
        }
    };
    Report {
        file: name.to_string(),
        loads: parsed.config.is_some(),
        fault: None,
        findings: parsed.notes.iter().map(finding).collect(),
        effective,
    }
}

fn as_json(report: &Report) -> String {
    // Strings, numbers and lists only: nothing in a report can fail to encode.
    serde_json::to_string_pretty(report).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_said_in_a_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let big = dir.path().join("big.kdl");
        std::fs::File::create(&big).unwrap().set_len(50_000_000).unwrap();
        for (path, want) in [
            (dir.path().join("none.kdl"), "no such file"),
            (dir.path().to_path_buf(), "is a folder"),
            (big, "50 MB"),
        ] {
            let said = read(&path).unwrap_err();
            assert!(said.contains(want), "{said}");
        }
    }

    #[test]
    fn a_file_that_does_not_load_fails_and_one_that_loads_succeeds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("site.kdl");
        let go = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let args = Args { file: path.clone(), json: false, explain: false };
            format!("{:?}", run(&args))
        };
        let good = include_str!("../../configs/smallest.kdl");
        assert_eq!(go(good), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(go(""), format!("{:?}", ExitCode::FAILURE));
        assert_eq!(go("site true"), format!("{:?}", ExitCode::FAILURE));
    }
}
