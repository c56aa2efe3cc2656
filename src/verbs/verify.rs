//! `beadle verify`: is this package the one that was made? On any Linux machine, without a box.

use std::path::{Path, PathBuf};

use super::export::Bar;
use super::{Failure, print, print_json, prompt};
use crate::base::fault::{Fault, FaultKind};
use crate::console::words;
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::evidence::check::{Finding, Report, Seen, What, examine};
use crate::evidence::sshsig;
use crate::export::zip::open::OpenedZip;
use crate::export::{outer, read};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The package's folder, or the archive that it is in; its passphrase is asked for
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
    let (disk, archive) = place(&args.package)?;
    let mut bar = Bar::new();
    let looked = match archive {
        Some(archive) => sealed(&disk, &archive, expected, &mut bar),
        None => plain(&disk, "", &mut bar).map(|seen| examine(&seen, expected)),
    };
    bar.end()?;
    let report = looked?;
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

fn refused(fault: Fault) -> Failure {
    let asks = fault.text.ends_with('?');
    Failure::refused(if asks { fault.text } else { format!("{}.", fault.text) })
}

/// The folder, and the archive in it where that is what is meant.
fn place(path: &Path) -> Result<(RealDisk, Option<String>), Failure> {
    let gone = || Failure::refused(format!("{} cannot be read.", path.display()));
    let open = |folder: &Path| RealDisk::open(folder, None).map_err(|_| gone());
    let path = path.canonicalize().map_err(|_| gone())?;
    if path.is_dir() {
        let disk = open(&path)?;
        let archive = outer::archive_in(&disk).map_err(refused)?;
        return Ok((disk, archive));
    }
    let name = path.file_name().and_then(|name| name.to_str()).filter(|n| outer::is_archive(n));
    let (Some(name), Some(folder)) = (name, path.parent()) else {
        let shown = path.display();
        return Err(Failure::refused(format!("{shown} is no package's folder, and no archive.")));
    };
    Ok((open(folder)?, Some(name.to_string())))
}

fn plain(disk: &dyn Disk, folder: &str, bar: &mut Bar) -> Result<Seen, Failure> {
    let seen = read::package(disk, folder, &mut |done, total| {
        let line = format!("reading {} of {}", words::bytes(done), words::bytes(total));
        let _ = bar.show(&line); // how far it is matters less than that it goes on
    });
    seen.map_err(refused)
}

/// What lies around the archive, then what it holds.
fn sealed(
    disk: &dyn Disk,
    archive: &str,
    expected: Option<[u8; 32]>,
    bar: &mut Bar,
) -> Result<Report, Failure> {
    let phrase = prompt::passphrase(&format!("Passphrase of {archive}"))?;
    let mut findings = outer::examine(disk, archive, &mut |done| {
        let _ = bar.show(&format!("looking at the archive, {}", words::bytes(done))); // as above
    })
    .map_err(refused)?;
    let zip = match OpenedZip::open(disk, archive, &phrase) {
        Ok(zip) => zip,
        Err(fault) if fault.kind == FaultKind::Corrupt => {
            let file = archive.to_string();
            findings.push(Finding { what: What::CutShort, file, text: fault.text });
            return Ok(Report { package: archive.to_string(), findings, ..Report::default() });
        }
        Err(fault) => return Err(refused(fault)),
    };
    let seen = plain(&zip, &zip.top().unwrap_or_default(), bar)?;
    let mut report = examine(&seen, expected);
    findings.append(&mut report.findings);
    report.findings = findings;
    Ok(report)
}

fn key(path: &PathBuf) -> Result<[u8; 32], Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::usage(format!("Reading the key {shown}: {e}")))?;
    sshsig::read_key(&text).map_err(|why| Failure::usage(format!("{shown}: {why}.")))
}

fn text(report: &Report) -> String {
    let mut out = report.package.clone();
    if !report.site.is_empty() {
        out += &format!(" of {}", report.site);
    }
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
