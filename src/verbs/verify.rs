//! `beadle verify`: is this package the one that was made? On any Linux machine, without a box.

use std::path::PathBuf;

use super::export::Bar;
use super::{Failure, print, print_json};
use crate::console::words;
use crate::disk::real::RealDisk;
use crate::evidence::check::{Report, examine};
use crate::evidence::sshsig;
use crate::export::read;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The package's folder
    package: PathBuf,
    /// The recorder's public key from elsewhere: a file with its ssh-ed25519 line
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// # Errors
/// The package is not as it was made, or cannot be read.
pub fn run(args: &Args) -> Result<(), Failure> {
    let expected = args.public_key.as_ref().map(key).transpose()?;
    let failed = |fault: crate::base::fault::Fault| Failure::refused(fault.text);
    let disk = RealDisk::open(&args.package, None).map_err(|_| {
        Failure::refused(format!("{} is not a folder that can be read.", args.package.display()))
    })?;
    let mut bar = Bar::new();
    let seen = read::package(&disk, "", &mut |done, total| {
        let line = format!("reading {} of {}", words::bytes(done), words::bytes(total));
        let _ = bar.show(&line); // how far it is matters less than that it goes on
    });
    bar.end()?;
    let report = examine(&seen.map_err(failed)?, expected);
    if args.json {
        print_json(&report)?;
    } else {
        print(&text(&report))?;
    }
    match report.holds() {
        true => Ok(()),
        false => Err(Failure::refused("The package is NOT as it was made.")),
    }
}

fn key(path: &PathBuf) -> Result<[u8; 32], Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::usage(format!("Reading the key {shown}: {e}")))?;
    sshsig::read_key(&text).map_err(|why| Failure::usage(format!("{shown}: {why}.")))
}

fn text(report: &Report) -> String {
    let mut out = format!("{} of {}", report.package, report.site);
    if let Some(made) = report.made {
        out += &format!(", made {made}");
    }
    out += &format!(
        "\n{} files; {} clips with {} pictures, {}\n",
        report.files,
        report.clips,
        report.frames,
        words::bytes(report.bytes)
    );
    if report.copies + report.stills > 0 {
        let (copies, stills) = (report.copies, report.stills);
        out += &format!("{copies} working copies, {stills} stills, made from the masters\n");
    }
    out += &format!(
        "recordings: {} whole, as the recorder entered them when they closed; {} in part\n",
        report.whole_recordings, report.parts_of_recordings
    );
    let entries: Vec<String> = report.entries.iter().map(u64::to_string).collect();
    if !entries.is_empty() {
        out += &format!("entries proven: {}\n", entries.join(", "));
    }
    out += &format!("signed with {}\n", report.key);
    for remark in &report.remarks {
        out += &format!("remark: {remark}\n");
    }
    for finding in &report.findings {
        let place = if finding.file.is_empty() { "" } else { ": " };
        out += &format!("WRONG: {}{place}{}\n", finding.file, finding.text);
    }
    if report.holds() {
        out +=
            "Every file is the one that was signed. Nothing was changed, cut, swapped or added.\n";
    }
    out
}
