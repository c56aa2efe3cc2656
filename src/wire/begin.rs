//! A box that has no file yet: what could be its file, and what is said about it.
//!
//! ```text
//! Status.begin          while there is none: the candidates, newest news two seconds old
//! BeginPlan { name }    --> Plan: what this one would do; findings where it does not load
//! BeginTake { name, .. } --> Text: it is taken; the box begins with it
//! Install { name, typed } --> Done: the system goes from its stick to that disk
//! RecoveryPut { key }   --> Text: copies on footage disks open, and are candidates now
//! ```
//! Nobody is enrolled then: whoever stands at the box decides, and is asked each time.

use serde::{Deserialize, Serialize};

use super::disk::{Doing, SpaceLine};

/// Why there is no file, and what could be it, the nearest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Beginning {
    pub why: String,
    pub candidates: Vec<Candidate>,
    /// The system runs from a stick: it is installed on one of these disks first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<Installing>,
}

/// Disks that the system may be written to, and how that goes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Installing {
    pub spaces: Vec<SpaceLine>,
    pub doing: Option<Doing>,
}

/// One file that could be the box's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// Names it in requests.
    pub name: String,
    /// Where it is, for people: `stick SanDisk Ultra: site.kdl`.
    pub from: String,
    pub kind: CandidateKind,
    /// Of its bytes; `None` where they cannot be read yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The school that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The school whose footage disk is here, where it is another one than the file's: it is left
    /// alone unless somebody says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// Why it cannot be taken, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CandidateKind {
    Stick,
    /// The box before this one kept it there, sealed under the recovery key.
    FootageDisk,
    /// Built into the image; counts on an empty box alone.
    BakedIn,
}
