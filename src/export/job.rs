//! What is to be written, and what is told meanwhile: lines of JSON between the supervisor and the
//! process that writes. The supervisor keeps the key; the writer sends it the list to sign.

use serde::{Deserialize, Serialize};

use super::derived::Derived;
use crate::base::digest::Digest;
use crate::base::fault::Fault;
use crate::base::name::DiskId;
use crate::evidence::manifest::Manifest;
use crate::footage::Segment;

/// One package.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The folder in which the package's folder is made. It has to be there.
    pub target: String,
    /// Footage folders, by disk.
    pub disks: Vec<(DiskId, String)>,
    /// Complete but for the clips of each camera.
    pub manifest: Manifest,
    /// For each camera of the manifest, in its order: its segments by start.
    pub segments: Vec<Vec<Segment>>,
    /// Files that are ready: logbook extract, proofs, key.
    pub files: Vec<(String, String)>,
    /// No file larger than this.
    pub file_bytes: u64,
    /// Copies and stills that are made from the masters.
    #[serde(default)]
    pub derived: Derived,
}

/// From the writer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
pub enum Said {
    Going(Going),
    /// The list of digests; its signature is to come back.
    Sign {
        list: String,
    },
    Whole(Whole),
    Failed {
        fault: Fault,
    },
}

/// To the writer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum Say {
    Signed { signature: String },
    Stop,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Going {
    pub stage: Stage,
    /// Bytes of this stage.
    pub done: u64,
    pub total: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    #[default]
    Planning,
    Writing,
    /// Reading back what was written.
    Checking,
}

/// The package is on the disk, and was read back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Whole {
    /// Of `SHA256SUMS`: it stands for the whole package (R2.22).
    pub list: Digest,
    pub clips: u64,
    pub frames: u64,
    /// Of all files.
    pub bytes: u64,
}
