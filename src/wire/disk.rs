//! The box's own disks over the socket: what is on each, and making one a footage disk.
//!
//! ```text
//! Disks                          --> Disks: the list, what is being done, how the key stands
//! FootageMake { name, typed }    --> Done: it has begun; `doing` says when it is over
//! FootageUnlock { name, key }    --> Text: a disk of before is open
//! RecoveryGroups                 --> Groups: which groups of the key on paper are to be typed
//! RecoveryConfirm { groups }     --> Text: the key is on paper
//! ```

use serde::{Deserialize, Serialize};

use crate::base::time::Utc;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DisksSheet {
    pub spaces: Vec<SpaceLine>,
    /// `None`: no root service answers.
    pub tpm: Option<bool>,
    pub doing: Option<Doing>,
    /// When somebody last proved that the recovery key is on paper.
    pub on_paper: Option<Utc>,
}

/// A disk, or a partition that is there for footage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SpaceLine {
    /// Names it in requests: `sda`, `vda5`.
    pub name: String,
    pub title: String,
    pub serial: String,
    pub bytes: u64,
    pub holds: SpaceHolds,
    /// What is typed before it is erased.
    pub typed: String,
    /// Why it cannot become a footage disk.
    pub why: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpaceHolds {
    Nothing,
    FootageOpen,
    FootageLocked,
    Recorder,
    Windows,
    Linux,
    Other,
}

impl SpaceHolds {
    pub fn words(self) -> &'static str {
        match self {
            SpaceHolds::Nothing => "empty",
            SpaceHolds::FootageOpen => "footage, open",
            SpaceHolds::FootageLocked => "footage, LOCKED",
            SpaceHolds::Recorder => "the system of a Beadle box",
            SpaceHolds::Windows => "Windows, with its files",
            SpaceHolds::Linux => "Linux, with its files",
            SpaceHolds::Other => "something that is not known",
        }
    }
}

/// A disk that is being made, or was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Doing {
    pub name: String,
    /// Steps done, of so many.
    pub done: u64,
    pub total: u64,
    pub failed: Option<String>,
}
