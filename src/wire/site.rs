//! The file over the socket: as it lies on disk, the version that waits, the one that is tried, and
//! those that were ever in force.

use serde::{Deserialize, Serialize};

use super::PlanLine;
use crate::base::time::Utc;

/// The file, for whoever may look at it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SiteSheet {
    /// As it lies on disk; `None`: this person may not read it, or it is not there.
    pub text: Option<String>,
    /// Of the file on disk; empty: it is not there. What a change of it is based on.
    pub digest: String,
    /// This person may save the file.
    pub may_edit: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<WaitingSheet>,
    /// The version on disk was refused: by whom and why, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trying: Option<Trying>,
}

/// A version that waits until others have confirmed it (S4.48).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct WaitingSheet {
    pub digest: String,
    /// Short name of who saved it; "unknown" for an edit outside of Beadle (S4.17).
    pub author: String,
    /// What it loosens, a sentence each: why it waits.
    pub changes: Vec<String>,
    /// All that it changes against the file in force.
    pub lines: Vec<PlanLine>,
    /// Titles of those who confirmed it already.
    pub confirmed: Vec<String>,
    /// Who still has to, a line each.
    pub missing: Vec<String>,
    /// This person's word would bring it further.
    pub may_confirm: bool,
}

/// A version with another network or storage, in force until somebody keeps it or the time is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Trying {
    pub digest: String,
    pub revision: u64,
    /// The revision that comes back by itself.
    pub before: u64,
    pub until: Utc,
}

/// A version that was in force, or is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct VersionLine {
    pub revision: u64,
    pub at: Utc,
    pub digest: String,
    pub author: String,
    pub approved_by: Vec<String>,
    /// One line a change.
    pub changes: Vec<String>,
}
