//! Signs: as pages, or in words where there is no typesetter.

use super::desk::Desk;
use super::{Format, Made};
use crate::config::signage::Sign;
use crate::signage::html::escaped;
use crate::signage::list::Paper;
use crate::signage::sign::{self, Sheet};
use crate::verbs::Failure;

/// The signs that can be made, and what keeps the others.
///
/// # Errors
/// There is no such sign, or a page cannot be written.
pub(super) fn made(
    desk: &Desk,
    name: Option<&str>,
    paper: Paper,
    format: Format,
) -> Result<(Vec<Made>, Vec<String>), Failure> {
    let signs = &desk.config.signage.signs;
    let chosen: Vec<&Sign> = match paper {
        Paper::Signs => signs.iter().collect(),
        _ => vec![one(signs, name)?],
    };
    let imprint = desk.imprint();
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for sign in chosen {
        match sign::sheet(&desk.config, sign, &imprint) {
            Ok(sheet) => {
                let files = written(&sheet, format)?;
                let media = super::sheet(sheet.width_mm, sheet.height_mm);
                all.push(Made { name: sheet.name, personal: false, media, files });
            }
            Err(refusal) => refused.push(refusal.to_string()),
        }
    }
    Ok((all, refused))
}

/// What is wrong with the signs as a whole; those that do not fit are refused one by one.
pub(super) fn remarks(desk: &Desk) -> Vec<String> {
    let found = sign::findings(&desk.config).into_iter().filter(|f| f.row != "R1.33");
    found.map(|f| format!("{} ({})", f.text, f.row)).collect()
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
