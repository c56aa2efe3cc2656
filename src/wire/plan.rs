//! What would change if a file came into force, and what came of saving one.

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::logbook::Number;

/// The answer to `plan`: one line per unit, then what it means.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Default)]
pub struct PlanReport {
    pub loads: bool,
    pub findings: Vec<Finding>,
    pub lines: Vec<PlanLine>,
    /// In words: "corridor-2: stops recording; 41 h of footage stays up to 90 days".
    pub consequences: Vec<String>,
}

/// What came of saving the file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// `false`: it does not load, and nothing was changed.
    pub written: bool,
    /// Its entry.
    pub number: Option<Number>,
    /// Of the text, errors first.
    pub findings: Vec<Finding>,
    /// In force, or waiting for whom; else what to do.
    pub text: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlanLine {
    /// `+` new, `-` gone, `~` changed, `=` untouched.
    pub sign: char,
    /// `camera front-gate`, `retention`, `signage` ...
    pub unit: String,
    /// What changes, field by field; empty for `=`.
    pub what: String,
}
