//! One sign: what it has to say (R1.30, R1.35, R1.36), and where each line of it stands.
//!
//! The headline and the pictogram are as high as the reading distance asks (R1.33); the small print
//! is read by whoever steps up to a quarter of it, at least to one metre. Where the sheet has room,
//! all of it grows together. Where it has none, the sign is refused with what would help: a sign
//! that nobody can read tells nobody.

mod content;
mod layout;
#[cfg(test)]
pub(in crate::signage) mod tests;
mod walk;

pub use content::{Content, content, variant_of};
pub use walk::{Finding, findings, is_watched, sign_walk, told};

use crate::config::Config;
use crate::config::signage::{SheetSize, Sign};
use crate::config::value::Word;

/// A sheet with everything on it; mm from its upper left corner.
#[derive(Clone, PartialEq, Debug)]
pub struct Sheet {
    /// The stem of its file name.
    pub name: String,
    /// What it is, for whoever cannot see it.
    pub title: String,
    pub language: &'static str,
    pub width_mm: f64,
    pub height_mm: f64,
    pub items: Vec<Item>,
}

/// One thing on a sheet.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// The yellow ground of the headline, as wide as the sheet.
    Band {
        height_mm: f64,
    },
    Line(Line),
    Drawing {
        x: f64,
        y: f64,
        width_mm: f64,
        height_mm: f64,
        svg: String,
        /// What it shows, in words.
        says: String,
    },
}

/// One line of text.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    pub x: f64,
    /// Of the line that the letters stand on.
    pub baseline: f64,
    /// Font size in mm.
    pub size_mm: f64,
    pub bold: bool,
    pub text: String,
    pub language: &'static str,
    pub part: Piece,
}

/// What a line is part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    Headline,
    Small,
    /// Which sign this is; not for the passer-by.
    Imprint,
}

impl Line {
    /// Height of its capitals, mm.
    pub fn capital_mm(&self) -> f64 {
        self.size_mm * super::letters::CAPITAL
    }

    /// Height of its small letters, mm.
    pub fn small_mm(&self) -> f64 {
        self.size_mm * super::letters::SMALL
    }
}

impl Sheet {
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.items.iter().filter_map(|item| match item {
            Item::Line(line) => Some(line),
            _ => None,
        })
    }
}

/// Why a sign is not made, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub text: String,
    pub remedy: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.text, self.remedy)
    }
}

/// From which distance the small print is read: whoever wants to know more steps up.
pub fn step_up_m(read_from_m: f64) -> f64 {
    (read_from_m / 4.0).max(1.0)
}

/// Width and height upright, mm.
pub const fn sheet_mm(size: SheetSize) -> (f64, f64) {
    match size {
        SheetSize::A5 => (148.0, 210.0),
        SheetSize::A4 => (210.0, 297.0),
        SheetSize::A3 => (297.0, 420.0),
        SheetSize::A2 => (420.0, 594.0),
        SheetSize::A1 => (594.0, 841.0),
    }
}

/// The sign on its sheet; `imprint` says which file it was made from.
///
/// # Errors
/// Its letters do not fit the sheet (R1.33), it covers nothing that a camera sees (R1.34), or Welsh
/// is asked for and a purpose has none.
pub fn sheet(config: &Config, sign: &Sign, imprint: &str) -> Result<Sheet, Refusal> {
    let content = content(config, sign)?;
    let from = sign.read_from_m.value;
    let imprint =
        format!("{} - {} - read from {from} m - {imprint}", sign.id.value, sign.size.value);
    let on = |size| layout::on(&content, sheet_mm(size), from, &imprint);
    if let Some(mut sheet) = on(sign.size.value) {
        sheet.name = format!("sign-{}", sign.id.value);
        sheet.title = format!("{}: {}", content.headline(), sign.title.value);
        return Ok(sheet);
    }
    let larger = SheetSize::WORDS.iter().find(|(_, size)| on(*size).is_some());
    let capitals = from * super::letters::CAPITAL_MM_PER_M;
    Err(Refusal {
        text: format!(
            "The sign \"{}\" is to be read from {from} m, with capitals {capitals} mm high \
             (R1.33): what it has to say does not fit {}.",
            sign.title.value, sign.size.value
        ),
        remedy: match larger {
            Some((word, _)) => {
                format!("Write size=\"{word}\", shorten the text, or hang it nearer.")
            }
            None => "No sheet is large enough: shorten the text or hang it nearer.".into(),
        },
    })
}
