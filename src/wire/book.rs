//! The logbook over the socket: forms, entries, registers, proofs.

use serde::{Deserialize, Serialize};

use crate::base::time::Utc;
use crate::logbook::{Act, Entry, Kind, Number};

/// Which entries somebody wants to see.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Find {
    /// The word of a register, like `visits`; `None`: the whole logbook.
    pub register: Option<String>,
    pub kind: Option<Kind>,
    pub person: Option<String>,
    pub from: Option<Utc>,
    pub to: Option<Utc>,
    /// Words that must all stand in the entry.
    pub text: Option<String>,
    /// Records that are not closed.
    pub open: bool,
    /// Newest first: entries before this one.
    pub before: Option<Number>,
    /// At most so many, 1 to 200.
    pub limit: u32,
}

/// A page of entries, newest first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Found {
    pub entries: Vec<Entry>,
    /// All that fit, not only this page.
    pub total: u64,
    /// Ask again with this as `before`.
    pub more: Option<Number>,
}

/// A form by its name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FormTitle {
    pub kind: Kind,
    pub act: Act,
    pub title: String,
}

/// A form to fill in, with its choices taken from the file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FormSheet {
    pub kind: Kind,
    pub act: Act,
    pub title: String,
    pub fields: Vec<FormField>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FormField {
    /// `purpose`, `reason`, `outcome`, `authority` stand for parts of the body; others for fields.
    pub name: String,
    pub title: String,
    pub sort: FormSort,
    /// Empty where anything may be written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where the field comes from, like `S1.43`.
    pub row: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormSort {
    Line,
    Text,
    Choice,
    YesNo,
    Number,
    Day,
    Moment,
    List,
}

/// One of a list: the word that is kept, and what the reader sees.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choice {
    pub word: String,
    pub title: String,
}

/// One record of a register: what it is, and how it stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecordLine {
    pub number: Number,
    pub kind: Kind,
    pub opened: Utc,
    pub closed: Option<Utc>,
    pub due: Option<Utc>,
    pub title: String,
    /// It says something that whoever asks has not read, and is to read (S1.64).
    #[serde(default)]
    pub unread: bool,
}
