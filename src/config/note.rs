//! One finding about the file. One text for the command line, the console and the logbook.

use super::value::Place;

/// `Error` when the file cannot be understood (it is then not loaded); the others load and are shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

/// A finding: what is wrong, where, and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    pub severity: Severity,
    /// The rule that made it, like `unknown-setting`; never changes its meaning.
    pub code: &'static str,
    pub place: Place,
    /// One sentence in the reader's words, without a full stop at the end.
    pub text: String,
    /// What to do; may be empty where the text says it.
    pub remedy: String,
    /// The row of the requirements that the rule comes from: `S4.20`.
    pub row: Option<&'static str>,
}
