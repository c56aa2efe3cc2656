//! Reports over entries: what to look at twice, one person's use, the figures of a month or year.
//!
//! They read entries and decide nothing. Whether somebody may see a report, a report on a person
//! above all (S4.51, S4.52), is decided before, and is an entry of its own.

mod activity;
mod curiosity;
pub mod misuse;
mod statistics;
#[cfg(test)]
mod tests;

pub use activity::{Activity, Deed, Part, activity};
pub use curiosity::{Curiosity, Finding, Look, Odd, curiosity};
pub use statistics::{Period, Statistics, statistics};

use std::collections::BTreeSet;

pub use super::fields;

use super::entry::{Act, Entry, Number, Value};

/// Entries that a correction took back.
fn withdrawn(entries: &[Entry]) -> BTreeSet<Number> {
    let corrections = entries.iter().filter(|e| e.header.act == Act::Correct);
    let back = corrections.filter(|e| {
        let fields = e.body.as_ref().map(|body| &body.fields);
        fields.and_then(|f| f.get(fields::WITHDRAWN)) == Some(&Value::Yes(true))
    });
    back.filter_map(|e| e.header.about).collect()
}
