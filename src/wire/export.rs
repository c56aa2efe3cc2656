//! Packages over the socket: what is to leave, and how far it is.
//!
//! ```text
//! Export --> refused, with the sentence of the decision or of the form
//!       \--> Export(state): the release is entered under `number`, writing has begun
//! ExportState { number } --> Export(state), again until it has ended
//! ExportStop { number }  --> Done: it is broken off, and entered as such
//! ```

use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::Number;

/// What somebody wants to hand over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Leaving {
    /// The request that it answers: its first entry.
    pub case: Number,
    pub cameras: Vec<CameraId>,
    pub from: Utc,
    pub to: Utc,
    /// A folder of this machine, in which the package's own folder is made.
    pub folder: String,
    /// One of the file's (S0.2).
    pub purpose: Option<String>,
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<String>,
    /// The exception that lets it leave unencrypted (S4.27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Number>,
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

/// How an export is going.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Exporting {
    /// Its entry.
    pub number: Number,
    /// Where the package is, or will be.
    pub package: String,
    pub hold: String,
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
    pub end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    #[default]
    Planning,
    Writing,
    Checking,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum End {
    /// Written and read back. `list`: the digest of its list of digests.
    Whole {
        list: Digest,
        clips: u64,
        frames: u64,
        bytes: u64,
    },
    BrokenOff {
        why: String,
    },
}
