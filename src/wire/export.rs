//! Packages over the socket: what is to leave, and how far it is.
//!
//! ```text
//! Export --> refused, with the sentence of the decision or of the form
//!       \--> Export(state): the release is entered under `number`, writing has begun
//! ExportState { number } --> Export(state), again until it has ended
//! ExportStop { number }  --> Done: it is broken off, and entered as such
//! ```

use serde::{Deserialize, Serialize};

use super::Sent;
use super::stick::Carrier;
use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::Number;
use crate::wire::book::Choice;

/// What somebody wants to hand over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Leaving {
    /// The request that it answers: its first entry.
    pub case: Number,
    pub cameras: Vec<CameraId>,
    pub from: Utc,
    pub to: Utc,
    /// A folder of this machine, in which the package's own folder is made; empty for a stick.
    #[serde(default)]
    pub folder: String,
    /// A stick of [`crate::wire::Status::sticks`] instead, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stick: Option<String>,
    #[serde(default)]
    pub carrier: Carrier,
    /// Passphrase or recovery key of a BitLocker stick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Sent>,
    /// One of the file's (S0.2).
    pub purpose: Option<String>,
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<String>,
    /// The exception that lets it leave unencrypted (S4.27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Number>,
    /// An export whose passphrase was lost: nobody can read it, and this one replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Number>,
    /// Pictures that go with it as pictures too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stills: Vec<StillWanted>,
}

/// The picture that a camera showed at a moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StillWanted {
    pub camera: CameraId,
    pub at: Utc,
}

/// May the footage of a case leave now? Found out with nothing entered.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Readiness {
    /// Why not, in a sentence for whoever asks; `None`: nothing is known that keeps it.
    pub why_not: Option<String>,
    /// A second person has to be there (S1.61).
    pub witness: bool,
    /// What is not encrypted leaves under an exception only (S4.27).
    pub encrypted: bool,
    /// Of the file (S0.2).
    pub purposes: Vec<Choice>,
    /// Marked for the case while its recordings were watched.
    pub stills: Vec<StillWanted>,
}

/// How an export is going.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Exporting {
    /// Its entry.
    pub number: Number,
    /// Where the package is, or will be: a path, or the folder's name on the stick.
    pub package: String,
    #[serde(default)]
    pub carrier: Carrier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stick: Option<String>,
    /// Of the archive: in the answer to `Export` and nowhere else. Show it once, print it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<Sent>,
    pub hold: String,
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
    /// Of this stage, bytes a second; `None` in its first second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u64>,
    /// Seconds until it is written and read back, as far as that can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// It stands still until somebody does something: what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
    pub end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    #[default]
    Planning,
    Writing,
    Checking,
    /// The stick is flushed and let go.
    Leaving,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum End {
    /// Written and read back. `list`: the digest of its list of digests.
    Whole { list: Digest, clips: u64, frames: u64, bytes: u64 },
    BrokenOff {
        why: String,
        /// It failed before the first byte of what was to leave (S4.23).
        #[serde(default)]
        nothing: bool,
    },
}
