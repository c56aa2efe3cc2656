//! Papers as pages: PDF with tags, SVG, PNG. One house style (`house.typ`), the fonts in this
//! program, nothing read from anywhere else.
//!
//! Typst does the typesetting. It sees a world of three things: the house style, the script that
//! [`script`] writes of a paper, and its pictures. It has no clock, no network and no other file,
//! so the same paper gives the same bytes.
//!
//! # Not promised
//! Letters that the house font does not have (Chinese, Arabic) are refused by name: a box in their
//! place would be a paper that says something else.

pub mod printer;
mod script;
mod world;

use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::signage::page::Document;
use crate::signage::sign::Sheet;
use script::Script;
use world::House;

/// What pages are written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// All pages in one file.
    Pdf,
    /// One file a page.
    Svg,
    /// One file a page, 150 dots an inch.
    Png,
}

/// Pages that were not made, and why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Flaw(String);

/// Dots for each of the 72 points of an inch.
const DOTS_PER_POINT: f64 = 150.0 / 72.0;

/// The files of a paper: one for PDF, one a page for pictures.
///
/// # Errors
/// It holds letters that the house font does not have, or a picture that is none.
pub fn document(document: &Document, format: Format) -> Result<Vec<Vec<u8>>, Flaw> {
    pages(Script::document(document), &document.name, format)
}

/// The same of a sign.
///
/// # Errors
/// As for [`document()`].
pub fn sign(sheet: &Sheet, format: Format) -> Result<Vec<Vec<u8>>, Flaw> {
    pages(Script::sheet(sheet), &sheet.name, format)
}

/// Several signs in one go: a PDF with a page for each.
///
/// # Errors
/// As for [`document()`].
pub fn signs(sheets: &[Sheet], format: Format) -> Result<Vec<Vec<u8>>, Flaw> {
    pages(Script::sheets(sheets), "signs", format)
}

fn pages(script: Script, name: &str, format: Format) -> Result<Vec<Vec<u8>>, Flaw> {
    let house = House::open(script)?;
    let set = typst::compile::<PagedDocument>(&house);
    let set = set.output.map_err(|all| flaw("Typesetting", all.iter().map(|d| &d.message)))?;
    match format {
        Format::Pdf => pdf(&set, name).map(|file| vec![file]),
        Format::Svg => {
            let options = typst_svg::SvgOptions::default();
            let pages = set.pages().iter();
            Ok(pages.map(|page| typst_svg::svg(page, &options).into_bytes()).collect())
        }
        Format::Png => set.pages().iter().map(png).collect(),
    }
}

fn flaw<'a>(doing: &str, all: impl Iterator<Item = impl std::fmt::Display + 'a>) -> Flaw {
    let said: Vec<String> = all.map(|m| m.to_string()).collect();
    Flaw(format!("{doing}: {}", said.join("; ")))
}

/// PDF/UA-1: tagged, with its language and its title, so that it can be read aloud.
fn pdf(set: &PagedDocument, name: &str) -> Result<Vec<u8>, Flaw> {
    let standards = PdfStandards::new(&[PdfStandard::V_1_7, PdfStandard::Ua_1]);
    let standards = standards.map_err(|e| Flaw(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(name.to_string()),
        creator: Smart::Custom(Some("Beadle".to_string())),
        timestamp: None,
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(set, &options)
        .map_err(|all| flaw("Writing the PDF", all.iter().map(|d| &d.message)))
}

fn png(page: &typst_layout::Page) -> Result<Vec<u8>, Flaw> {
    let options =
        typst_render::RenderOptions { pixel_per_pt: DOTS_PER_POINT.into(), render_bleed: false };
    let drawn = typst_render::render(page, &options);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, drawn.width(), drawn.height());
    // The ground of every page is white and covers it, so nothing is left to be mixed.
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(drawn.data()));
    written.map_err(|e| Flaw(format!("Writing the picture: {e}")))?;
    Ok(file)
}
