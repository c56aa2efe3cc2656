//! Versions of the image over the socket.
//!
//! ```text
//! Update                           --> Update: what runs, and how a transfer goes
//! UpdateLook { stick }             --> Update with `found`, or why it is refused
//! UpdateBegin { stick, version }   --> Done: it has begun
//! Reboot { reason }                --> Text: the machine goes down, and comes up with the new one
//! ```

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct UpdateSheet {
    /// `None`: no image runs here.
    pub running: Option<String>,
    pub found: Option<FoundSet>,
    pub going: Option<Going>,
}

/// A signed, newer set on a stick.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FoundSet {
    pub stick: String,
    pub version: String,
    pub bytes: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Going {
    pub version: String,
    /// Bytes copied and checked, of so many; then the slot is written.
    pub done: u64,
    pub total: u64,
    pub stage: Stage,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    Copying,
    Writing,
    /// It runs from the next start of the machine on.
    Written,
    Failed {
        why: String,
    },
}
