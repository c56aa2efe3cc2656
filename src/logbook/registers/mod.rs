//! Registers: views over the logbook. A record is the entries about one thing, folded; a register
//! shows the records of its kinds. Nothing is stored here and nothing is edited: the entries are
//! the truth, and a register is computed from them.

pub mod clocks;
mod columns;
mod record;
mod rights;
mod search;
#[cfg(test)]
mod tests;
mod titles;
mod unread;

pub use clocks::Clocks;
pub use columns::{Cell, Column, cell, columns};
pub use record::{Due, Part, Record, State, fold};
pub use rights::{kinds_of, may, rights};
pub use search::search_text;
pub use unread::{Reader, is_unread, read_by, unread};
