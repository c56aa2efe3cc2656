//! `beadle print`: signs, notices, the code of practice, the papers of a case and of the year.
//!
//! What needs the file alone is printed on any machine with `--file`; what needs the logbook is
//! asked of the recorder, in the session of whoever prints, with the entries that such looks make.

mod desk;
mod sheets;

use std::path::PathBuf;

use super::door::Door;
use super::{Failure, print, print_exact};
use crate::signage::Document;
use crate::signage::list::{self, Line, Needs, Paper};
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
    /// This file instead of the recorder's
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
    let paged = cfg!(feature = "paper");
    let format = args.format.unwrap_or(if paged { Format::Pdf } else { Format::Text });
    if format.pages() && !paged {
        return Err(Failure::usage(
            "This program was built without its typesetter: --format html or --format text.",
        ));
    }
    let mut desk = open(args, line)?;
    if matches!(line.paper, Paper::Sign | Paper::Signs) {
        return sheets::print(&desk, args, line.paper, format);
    }
    for document in documents(args, line, &mut desk)? {
        let files = written(&document, format)?;
        put(args, &document.name, format, files)?;
    }
    Ok(())
}

fn open(args: &Args, line: &Line) -> Result<Desk, Failure> {
    match (&args.file, line.needs) {
        (Some(_), Needs::Box) => Err(Failure::usage(format!(
            "\"{}\" is made from the logbook: leave out --file, and print it at the recorder.",
            line.word
        ))),
        (Some(path), _) => Desk::of_file(path),
        (None, _) => Desk::of_box(&args.door),
    }
}

fn name(args: &Args, line: &Line) -> Result<String, Failure> {
    args.name
        .clone()
        .ok_or_else(|| Failure::usage(format!("Say which: beadle print {} {}", line.word, line.of)))
}

fn documents(args: &Args, line: &Line, desk: &mut Desk) -> Result<Vec<Document>, Failure> {
    use crate::signage::phrase::Reader;
    use crate::signage::{code, confidence, manual, notice, sign, survey, upkeep};
    let mut all = match line.paper {
        Paper::Register => vec![desk.register(&name(args, line)?)?],
        Paper::Case => desk.case(&name(args, line)?)?,
        Paper::Seal => vec![desk.seal()?],
        Paper::Month => vec![desk.month(args.name.as_deref())?],
        Paper::Year => vec![desk.year(args.name.as_deref())?],
        Paper::SignWalk => {
            let checks = desk.entries_of("checks")?;
            vec![sign::sign_walk(&desk.config, checks.as_deref())]
        }
        Paper::SelfAssessment => {
            let entries = desk.last_year()?;
            let config = &desk.config;
            vec![survey::self_assessment(config, entries.as_deref(), &config.site.zone)]
        }
        Paper::Maintenance => {
            let status = desk.status()?;
            vec![upkeep::maintenance(&desk.config, status.as_deref())]
        }
        Paper::Code => vec![code::code(&desk.config, Reader::Public)],
        Paper::CodeStaff => vec![code::code(&desk.config, Reader::Staff)],
        Paper::Notice => vec![notice::notice(&desk.config)],
        Paper::Dpia => vec![survey::dpia_appendix(&desk.config)],
        Paper::Commissioning => {
            let stills = desk::stills(args.stills.as_deref(), &desk.config)?;
            vec![upkeep::commissioning(&desk.config, &stills)]
        }
        Paper::Manual => vec![manual::manual(&desk.config, &keys())],
        Paper::Declaration => vec![confidence::declaration(&desk.config)],
        Paper::Acceptance => vec![confidence::acceptances(&desk.config)],
        // Signs are sheets, not documents: `run` prints them.
        Paper::Sign | Paper::Signs => Vec::new(),
    };
    for document in &mut all {
        document.foot.push(desk.imprint());
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
