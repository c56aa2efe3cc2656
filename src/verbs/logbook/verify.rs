//! `beadle logbook verify`: the whole logbook against itself and against old seals. Reads the state
//! folder; the recorder need not run, and is not asked.

use std::path::{Path, PathBuf};

use crate::base::clock::{Clock, SystemClock};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::ledger::counter::{self, Machine, Rising};
use crate::ledger::{self, Identity};
use crate::logbook::checkpoint::{self, Signs};
use crate::logbook::verify::{Expect, Report};
use crate::verbs::{Failure, print, print_json};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The state folder
    #[arg(long, value_name = "PATH", default_value = "/var/lib/beadle/state")]
    state: PathBuf,
    /// A seal that left the box earlier; may be given several times
    #[arg(long, value_name = "PATH")]
    checkpoint: Vec<PathBuf>,
    /// The public key of a box before this one, 64 hexadecimal digits; may be given several times
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    /// What the TPM's counter of the box stands at, for a folder that lies on another machine
    /// [default: this machine's TPM is asked, if it has the counter]
    #[arg(long, value_name = "NUMBER", conflicts_with = "old")]
    counter: Option<u64>,
    /// An old copy: do not ask whether its end is missing
    #[arg(long)]
    old: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// # Errors
/// The logbook is not as it should be, or cannot be read.
pub fn run(args: &Args) -> Result<(), Failure> {
    let report = examine(args).map_err(|why| Failure::refused(why.text))?;
    if args.json {
        print_json(&report)?;
    } else {
        print(&text(&report))?;
    }
    match report.holds() {
        true => Ok(()),
        false => Err(Failure::refused("The logbook is NOT as it should be.")),
    }
}

fn examine(args: &Args) -> Result<Report, Fault> {
    let disk = RealDisk::open(&args.state, None)?;
    let site = disk.read_at("site-id", 0, 64)?;
    let origin = checkpoint::origin(String::from_utf8_lossy(&site).trim());
    let mut keys = vec![own_key(&args.state)?];
    for key in &args.key {
        let key: crate::base::digest::Digest = key.parse().map_err(|_| {
            Fault::new(FaultKind::Denied, format!("--key {key} is no key: 64 digits 0-9 and a-f"))
        })?;
        keys.push(key.0);
    }
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .map(|text| seal_in(&text))
            .map_err(|e| Fault::io(format!("reading the seal {}", path.display()), &e))
    };
    let checkpoints = args.checkpoint.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let now = (!args.old).then(|| SystemClock::new().utc());
    let asked = || counter_here(String::from_utf8_lossy(&site).trim());
    let counter = args.counter.or_else(|| (!args.old).then(asked).flatten());
    let expect = Expect { origin: &origin, keys: &keys, checkpoints: &checkpoints, now, counter };
    ledger::verify(&disk, &expect)
}

/// What this machine's TPM counted for the site; `None`: there is none, or it never did (R5.5).
fn counter_here(site: &str) -> Option<u64> {
    match Machine::find(Path::new(counter::DEVICE), site)?.read() {
        Ok(stands) => stands,
        Err(fault) => {
            // The findings go on without it, and the reader knows.
            eprintln!("{fault}");
            None
        }
    }
}

/// The seal in a file: the code to photograph, which is printed below it, is left out, and what a
/// keyboard or a scanner made of the dash before the signature is that dash again. Whether it holds
/// the signature says.
fn seal_in(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let mut seal: Vec<String> =
        lines.by_ref().take_while(|line| !line.is_empty()).map(String::from).collect();
    seal.push(String::new());
    let mut signatures = lines.skip_while(|line| line.is_empty());
    let dashes = ["\u{2014} ", "\u{2013} ", "- ", "-- "];
    let signature = move |line: &str| {
        let bare = dashes.iter().find_map(|dash| line.strip_prefix(dash))?;
        Some(format!("\u{2014} {bare}"))
    };
    seal.extend(signatures.by_ref().map_while(signature));
    seal.join("\n") + "\n"
}

/// The public key of this box. Reading never makes one.
fn own_key(state: &Path) -> Result<[u8; 32], Fault> {
    let text = format!("there is no identity.key in {}: is it a state folder?", state.display());
    let mut none = move |_: &mut [u8]| Err(Fault::new(FaultKind::Missing, text.clone()));
    Identity::open(state, &mut none).map(|(identity, _)| identity.public())
}

fn text(report: &Report) -> String {
    let mut out = format!("{} entries", report.entries);
    if let (Some(first), Some(last)) = (report.first, report.last) {
        out += &format!(", from {first} to {last}");
    }
    out += "\n";
    if let Some(root) = report.root {
        out += &format!("root {root}\n");
    }
    if !report.held.is_empty() {
        let sizes: Vec<_> = report.held.iter().map(u64::to_string).collect();
        out += &format!("seals that hold: over {} entries\n", sizes.join(", "));
    }
    for remark in &report.remarks {
        out += &format!("remark: {}\n", remark.text);
    }
    for finding in &report.findings {
        out += &format!("WRONG: {}\n", finding.text);
    }
    if report.more > 0 {
        out += &format!("and {} more\n", report.more);
    }
    if report.holds() {
        out += "Nothing was changed, put in, taken out or cut off.\n";
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_found_in_what_was_printed_around_it() {
        let seal = "beadle/abc\n1507\nAAAA\n\n\u{2014} beadle/abc BBBB\n";
        let typed = seal.replace('\u{2014}', "-").replace('\n', "\r\n");
        for text in [
            seal.to_string(),
            format!("{seal}        \n  \u{2588}\u{2580}\u{2588} \u{2584}\n"),
            format!("\n  {}", typed.replace('-', "--")),
            format!("\u{feff}{typed}"),
        ] {
            assert_eq!(seal_in(&text), seal, "{text:?}");
        }
        // What is no seal stays none.
        for text in ["", "\n\n", "beadle/abc\n1507"] {
            assert!(checkpoint::read(&seal_in(text)).is_err(), "{text:?}");
        }
    }
}
