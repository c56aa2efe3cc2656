//! What is to be written, and what is told meanwhile: lines of JSON between the supervisor and the
//! process that writes. The supervisor keeps the key; the writer sends it the list to sign.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::derived::Derived;
use crate::base::digest::Digest;
use crate::base::fault::Fault;
use crate::base::name::DiskId;
use crate::base::secret::Secret;
use crate::evidence::manifest::Manifest;
use crate::footage::Segment;
use crate::machine::order::Which;
use crate::signage::Document;

/// One package.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Job {
    pub target: Target,
    /// The passphrase of the archive that it goes into.
    #[serde(default, serialize_with = "write_secret")]
    pub archive: Option<Secret>,
    /// Footage folders, by disk.
    pub disks: Vec<(DiskId, String)>,
    /// Complete but for the clips of each camera.
    pub manifest: Manifest,
    /// For each camera of the manifest, in its order: its segments by start.
    pub segments: Vec<Vec<Segment>>,
    /// Files that are ready: logbook extract, proofs, key.
    pub files: Vec<(String, String)>,
    /// To be set as pages, or written as text where nothing sets pages.
    #[serde(default)]
    pub papers: Vec<Document>,
    /// No file larger than this.
    pub file_bytes: u64,
    /// The package goes into one archive, which may not be larger than this.
    #[serde(default)]
    pub archive_bytes_max: Option<u64>,
    /// Copies and stills that are made from the masters.
    #[serde(default)]
    pub derived: Derived,
}

/// Where the package's folder is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "kebab-case")]
pub enum Target {
    /// It has to be there.
    Folder {
        path: String,
    },
    Stick(OnStick),
}

/// A stick, as the root service knows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OnStick {
    /// Where that service listens.
    pub machine: PathBuf,
    pub which: Which,
    /// By these it is known again after it was pulled out.
    pub serial: String,
    pub bytes: u64,
    /// Of a BitLocker stick.
    #[serde(default, serialize_with = "write_secret")]
    pub key: Option<Secret>,
    /// Folders that broken-off exports left on it: they go first.
    #[serde(default)]
    pub stale: Vec<String>,
}

/// Through the pipe to the process that writes, and nowhere else.
fn write_secret<S: serde::Serializer>(secret: &Option<Secret>, s: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => s.serialize_some(secret.expose()),
        None => s.serialize_none(),
    }
}

/// From the writer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
pub enum Said {
    Going(Going),
    /// The first byte of what leaves comes now: before this word nothing of it is anywhere.
    Begins,
    /// The list of digests; its signature is to come back.
    Sign {
        list: String,
    },
    /// It stands still until somebody does something: what. `None`: it goes on.
    Waits {
        text: Option<String>,
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
    /// The stick is flushed and let go.
    Leaving,
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
