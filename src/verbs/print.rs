//! `beadle print`: signs, notices, the code of practice, the papers of a case and of the year.
//!
//! What needs the file alone is printed on any machine with `--file`; what needs the logbook is
//! asked of the recorder, in the session of whoever prints, with the entries that such looks make.

mod desk;
mod send;
mod sheets;
pub mod work;

use std::path::PathBuf;

use super::door::Door;
use super::{Failure, print, print_exact};
use crate::signage::Document;
use crate::signage::list::{self, Line, Needs, Paper};
use crate::signage::upkeep::Shown;
use desk::Desk;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// What to print; --list shows all of it
    what: Option<String>,
    /// Which one: a sign, a register, the number of a request, a month or a year
    name: Option<String>,
    /// What can be printed
    #[arg(long)]
    list: bool,
    /// This file instead of the recorder's; with --session or --socket the rest is asked of it
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// [default: pdf; text where this program has no typesetter]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Into this file or folder; text and html go to the screen without it
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Pictures for the commissioning record: a folder with CAMERA.png in it
    #[arg(long, value_name = "FOLDER")]
    stills: Option<PathBuf>,
    /// On the printer of the recorder's file
    #[arg(long, conflicts_with_all = ["file", "output", "format", "stills"])]
    to_printer: bool,
    /// Onto a stick that is plugged into the recorder; `beadle stick list` names it
    #[arg(long, value_name = "STICK")]
    #[arg(conflicts_with_all = ["to_printer", "file", "output", "format", "stills"])]
    to_stick: Option<String>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    Pdf,
    Svg,
    Png,
    Html,
    Text,
}

impl Format {
    const fn ending(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Html => "html",
            Format::Text => "txt",
        }
    }

    /// Pages, which need the typesetter.
    const fn pages(self) -> bool {
        matches!(self, Format::Pdf | Format::Svg | Format::Png)
    }
}

/// # Errors
/// There is no such paper, the file does not load, a sign does not fit its sheet, or the recorder
/// refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    let Some(what) = args.what.as_deref().filter(|_| !args.list) else {
        return print(&list::shown());
    };
    let line = list::named(what).ok_or_else(|| {
        Failure::usage(format!("There is no \"{what}\" to print; beadle print --list shows all."))
    })?;
    if args.to_printer || args.to_stick.is_some() {
        return send::send(&args.door, line, args.name.as_deref(), args.to_stick.as_deref());
    }
    let paged = cfg!(feature = "paper");
    let format = args.format.unwrap_or(if paged { Format::Pdf } else { Format::Text });
    if format.pages() && !paged {
        return Err(Failure::usage(
            "This program was built without its typesetter: --format html or --format text.",
        ));
    }
    let mut desk = open(args, line)?;
    let stills = desk::stills(args.stills.as_deref(), &desk.config)?;
    let (made, refused) = made(&mut desk, line, args.name.as_deref(), &stills, format)?;
    if matches!(line.paper, Paper::Sign | Paper::Signs) {
        sheets::remarks(&desk).iter().try_for_each(|remark| super::say(remark))?;
    }
    for paper in made {
        put(args, &paper.name, format, paper.files)?;
    }
    match refused.is_empty() {
        true => Ok(()),
        false => Err(Failure::refused(refused.join("\n"))),
    }
}

/// One paper, written.
struct Made {
    /// The stem of its files.
    name: String,
    /// It holds personal data.
    personal: bool,
    /// Its sheets, as printers name them.
    media: String,
    /// One, or one a page.
    files: Vec<Vec<u8>>,
}

/// `iso_a4_210x297mm`: a sheet of this size, whichever way it lies.
fn sheet(width_mm: f64, height_mm: f64) -> String {
    let (short, long) = (width_mm.min(height_mm).round(), width_mm.max(height_mm).round());
    let name = match short as u32 {
        0..=148 => "a5",
        149..=210 => "a4",
        211..=297 => "a3",
        298..=420 => "a2",
        _ => "a1",
    };
    format!("iso_{name}_{short}x{long}mm")
}

/// All that a line of the list means, and what of it was refused.
fn made(
    desk: &mut Desk,
    line: &Line,
    of: Option<&str>,
    stills: &[Shown],
    format: Format,
) -> Result<(Vec<Made>, Vec<String>), Failure> {
    if matches!(line.paper, Paper::Sign | Paper::Signs) {
        return sheets::made(desk, of, line.paper, format);
    }
    let document = |document: Document| {
        let files = written(&document, format)?;
        let (name, personal, media) = (document.name, document.personal, sheet(210.0, 297.0));
        Ok(Made { name, personal, media, files })
    };
    let all = documents(desk, line, of, stills)?.into_iter().map(document);
    Ok((all.collect::<Result<_, Failure>>()?, Vec::new()))
}

fn open(args: &Args, line: &Line) -> Result<Desk, Failure> {
    let Some(path) = &args.file else {
        return Desk::of_box(&args.door);
    };
    let named = args.door.session.is_some() || args.door.socket.is_some();
    match line.needs {
        Needs::Box => Desk::of_both(path, &args.door),
        Needs::FileOrBox if named => Desk::of_both(path, &args.door),
        Needs::File | Needs::FileOrBox => Desk::of_file(path),
    }
}

fn documents(
    desk: &mut Desk,
    line: &Line,
    of: Option<&str>,
    stills: &[Shown],
) -> Result<Vec<Document>, Failure> {
    use crate::signage::phrase::Reader;
    use crate::signage::{code, confidence, manual, notice, sign, survey, upkeep};
    let name = || {
        let which = format!("Say which: beadle print {} {}", line.word, line.of);
        of.ok_or_else(|| Failure::usage(which))
    };
    let mut all = match line.paper {
        Paper::Register => vec![desk.register(name()?)?],
        Paper::Case => desk.case(name()?)?,
        Paper::Seal => vec![desk.seal()?],
        Paper::Month => vec![desk.month(of)?],
        Paper::Year => vec![desk.year(of)?],
        Paper::SignWalk => {
            let checks = desk.checks()?;
            vec![sign::sign_walk(&desk.config, checks.as_deref())]
        }
        Paper::SelfAssessment => {
            let entries = desk.last_year()?;
            let config = &desk.config;
            vec![survey::self_assessment(config, entries.as_deref(), &config.site.zone)]
        }
        Paper::Maintenance => {
            let (status, version) = (desk.status()?, desk.version()?);
            vec![upkeep::maintenance(&desk.config, status.as_deref(), version.as_deref())]
        }
        Paper::Code => vec![code::code(&desk.config, Reader::Public)],
        Paper::CodeStaff => vec![code::code(&desk.config, Reader::Staff)],
        Paper::Notice => vec![notice::notice(&desk.config)],
        Paper::Dpia => vec![survey::dpia_appendix(&desk.config)],
        Paper::Commissioning if stills.is_empty() => {
            let kept = desk.references()?;
            vec![upkeep::commissioning(&desk.config, &kept)]
        }
        Paper::Commissioning => vec![upkeep::commissioning(&desk.config, stills)],
        Paper::Manual => vec![manual::manual(&desk.config, &keys())],
        Paper::Declaration => vec![confidence::declaration(&desk.config)],
        Paper::Acceptance => vec![confidence::acceptances(&desk.config)],
        // Signs are sheets, not documents: `made` knows.
        Paper::Sign | Paper::Signs => Vec::new(),
    };
    for document in &mut all {
        document.foot.push(desk.imprint());
        document.foot.extend(desk.lacks.clone());
    }
    Ok(all)
}

/// The keys that an operator needs, as the console has them.
fn keys() -> Vec<(&'static str, &'static str)> {
    use crate::console::keymap::{ROWS, Scope};
    let rows = ROWS.iter().filter(|r| matches!(r.scope, Scope::Anywhere | Scope::Screens));
    rows.map(|r| (r.shown, r.help)).collect()
}

fn written(document: &Document, format: Format) -> Result<Vec<Vec<u8>>, Failure> {
    match format {
        Format::Html => Ok(vec![crate::signage::html::write(document).into_bytes()]),
        Format::Text => Ok(vec![crate::signage::text::write(document).into_bytes()]),
        #[cfg(feature = "paper")]
        _ => crate::paper::document(document, paged(format))
            .map_err(|flaw| Failure::refused(flaw.to_string())),
        #[cfg(not(feature = "paper"))]
        _ => Ok(Vec::new()), // `run` refused it already
    }
}

#[cfg(feature = "paper")]
const fn paged(format: Format) -> crate::paper::Format {
    match format {
        Format::Svg => crate::paper::Format::Svg,
        Format::Png => crate::paper::Format::Png,
        _ => crate::paper::Format::Pdf,
    }
}

/// Writes the files of one paper where they belong, and says where.
fn put(args: &Args, stem: &str, format: Format, files: Vec<Vec<u8>>) -> Result<(), Failure> {
    if !format.pages() && args.output.is_none() {
        for file in &files {
            print_exact(&String::from_utf8_lossy(file))?;
        }
        return Ok(());
    }
    let many = files.len() > 1;
    for (n, file) in files.iter().enumerate() {
        let page = if many { format!("-{}", n + 1) } else { String::new() };
        let own = format!("{stem}{page}.{}", format.ending());
        let path = match &args.output {
            None => PathBuf::from(own),
            Some(path) if path.is_dir() => path.join(own),
            Some(path) if many => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_string();
                path.with_file_name(format!("{stem}{page}.{}", format.ending()))
            }
            Some(path) => path.clone(),
        };
        std::fs::write(&path, file)
            .map_err(|e| Failure::refused(format!("Writing {}: {e}", path.display())))?;
        super::say(&format!("Written: {}", path.display()))?;
    }
    Ok(())
}
