//! Signs: as pages, or in words where there is no typesetter.

use super::desk::Desk;
use super::{Args, Format, put};
use crate::config::signage::Sign;
use crate::signage::html::escaped;
use crate::signage::list::Paper;
use crate::signage::sign::{self, Sheet};
use crate::verbs::{Failure, say};

/// # Errors
/// There is no such sign, or one does not fit its sheet: then none is printed.
pub(super) fn print(desk: &Desk, args: &Args, paper: Paper, format: Format) -> Result<(), Failure> {
    let signs = &desk.config.signage.signs;
    let chosen: Vec<&Sign> = match paper {
        Paper::Signs => signs.iter().collect(),
        _ => vec![one(signs, args.name.as_deref())?],
    };
    let imprint = desk.imprint();
    let made: Vec<Result<Sheet, _>> =
        chosen.iter().map(|s| sign::sheet(&desk.config, s, &imprint)).collect();
    let mut refused = String::new();
    for refusal in made.iter().filter_map(|m| m.as_ref().err()) {
        refused += &format!("{refusal}\n");
    }
    let sheets: Vec<Sheet> = made.into_iter().flatten().collect();
    for finding in sign::findings(&desk.config).iter().filter(|f| f.row != "R1.33") {
        say(&format!("{} ({})", finding.text, finding.row))?;
    }
    for sheet in &sheets {
        put(args, &sheet.name, format, written(sheet, format)?)?;
    }
    match refused.is_empty() {
        true => Ok(()),
        false => Err(Failure::refused(refused.trim_end())),
    }
}

fn one<'a>(signs: &'a [Sign], name: Option<&str>) -> Result<&'a Sign, Failure> {
    let known: Vec<&str> = signs.iter().map(|s| s.id.value.as_str()).collect();
    let known = known.join(", ");
    let Some(name) = name else {
        return Err(Failure::usage(format!("Say which sign: {known}.")));
    };
    let found = signs.iter().find(|s| s.id.value.as_str() == name);
    found
        .ok_or_else(|| Failure::usage(format!("The file has no sign \"{name}\"; it has: {known}.")))
}

fn written(sheet: &Sheet, format: Format) -> Result<Vec<Vec<u8>>, Failure> {
    let lines: Vec<&str> = sheet.lines().map(|l| l.text.as_str()).collect();
    match format {
        Format::Text => Ok(vec![(lines.join("\n") + "\n").into_bytes()]),
        Format::Html => {
            let lines: String = lines.iter().map(|l| format!("<p>{}</p>\n", escaped(l))).collect();
            let title = escaped(&sheet.title);
            let page = format!(
                "<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\">\n\
                 <title>{title}</title>\n{lines}</html>\n",
                sheet.language
            );
            Ok(vec![page.into_bytes()])
        }
        #[cfg(feature = "paper")]
        _ => crate::paper::sign(sheet, super::paged(format))
            .map_err(|flaw| Failure::refused(flaw.to_string())),
        #[cfg(not(feature = "paper"))]
        _ => Ok(Vec::new()), // `run` of this verb refused it already
    }
}
