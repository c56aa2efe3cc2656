//! Papers over the socket: one is typeset by a process of its own and goes to a stick or a printer.
//!
//! ```text
//! Print --> refused, with the sentence of the decision
//!      \--> Print(state): the print is entered under `number`, and has begun
//! PrintState { number } --> Print(state), again until it has ended
//! ```

use serde::{Deserialize, Serialize};

use super::Sent;
use crate::logbook::Number;

/// What somebody wants on paper.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Print {
    /// A word of `signage::list`.
    pub paper: String,
    /// Which one: a sign, a register, the number of a request, a month, a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    pub onto: Onto,
}

/// Where it goes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "onto", rename_all = "kebab-case")]
pub enum Onto {
    /// The one that the file names.
    Printer,
    /// A stick of [`crate::wire::Status::sticks`], by its name.
    Stick {
        stick: String,
        /// Passphrase or recovery key of a BitLocker stick.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Sent>,
    },
}

/// How a print goes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Printing {
    /// Its entry.
    pub number: Number,
    /// What is printed, and where to.
    pub title: String,
    /// Of the archive on the stick, where the paper holds personal data: in the answer to `Print`
    /// and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<Sent>,
    pub end: Option<Printed>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Printed {
    /// On the stick and read back, or taken by the printer: a sentence.
    Done {
        text: String,
    },
    Failed {
        why: String,
    },
}
