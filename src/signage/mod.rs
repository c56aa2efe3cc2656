//! What goes on walls and into folders, as data: signs, notices, the code of practice, the papers
//! of a case and of a year.
//!
//! A paper is made in two steps. A function of this module turns the file, and where it needs them
//! the records and figures of the box, into a [`Document`] or a [`sign::Sheet`]: every sentence,
//! with the rule it comes from. [`text`] and [`html`] write that out by themselves; `paper`, which
//! typesets, is another module and another crate feature. So what a paper says is the same in every
//! format, and can be looked at without a typesetter.
//!
//! # Rules
//! - No figure, name or list stands in a paper that is not in the file or among the arguments.
//! - Each clause carries its [`page::Source`]: the part of the file and the row of
//!   `tests/rows.kdl`.
//! - A public paper names offices that the public is to turn to, and no camera, blind spot, mask,
//!   network or holder of a right.
//! - Every page says whose it is (S4.2, S1.10).
//! - The same arguments give the same document: no clock, no dice.

pub mod case;
pub mod code;
pub mod confidence;
pub mod figures;
pub mod html;
pub mod letters;
pub mod list;
pub mod manual;
pub mod notice;
pub mod page;
pub mod phrase;
pub mod pictogram;
mod protection;
pub mod records;
pub mod sign;
pub mod survey;
#[cfg(test)]
mod tests;
pub mod text;
pub mod upkeep;
pub mod wording;

pub use page::{Document, Part, Source};
