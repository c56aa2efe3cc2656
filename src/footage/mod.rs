//! What a recording is: segments, gaps, holds, and the decisions about them. Pure.

pub mod days;
pub mod journal;
pub mod naming;
pub mod outlived;
pub mod pending;
pub mod retention;
pub mod rotation;
pub mod unit;

use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc};

/// What compresses the pictures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    H264,
    H265,
}

impl Codec {
    /// For the reader; the file spells it `h264`.
    pub fn name(self) -> &'static str {
        match self {
            Codec::H264 => "H.264",
            Codec::H265 => "H.265",
        }
    }
}

/// One file of one camera, about a minute, as the index knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    pub camera: CameraId,
    pub disk: DiskId,
    /// Below the disk's footage folder: `front-gate/2026-11-21/084100Z.mp4`.
    pub path: String,
    pub start: Utc,
    /// Start plus what is durable of it; for an open segment this moves.
    pub end: Utc,
    pub frames: u32,
    pub bytes: u64,
    pub codec: Codec,
    /// SHA-256 over exactly the length-prefixed video samples as stored (R3.10); `None` while open.
    pub digest: Option<Digest>,
}

impl Segment {
    pub fn span(&self) -> Span {
        self.end - self.start
    }

    pub fn is_open(&self) -> bool {
        self.digest.is_none()
    }
}

/// Why there is no footage. A closed list: reports count by it, remedies hang on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// The supervisor was stopped on purpose.
    Stopped,
    /// The supervisor died and came back.
    Crash,
    /// Power was lost, or the machine reset.
    PowerLoss,
    /// `disabled` in the file, or the camera was not in it.
    Disabled,
    /// The camera's recording was started anew because the file changed its stream.
    Reconfigured,
    /// No route, no answer, name not found.
    NoRoute,
    /// The address answers, but refuses the connection or does not speak RTSP.
    Refused,
    /// User or password not accepted.
    WrongPassword,
    /// The camera has no such stream, or none with pictures.
    NoStream,
    /// Frames came, but no key frame to start from.
    NoKeyFrame,
    /// A codec that Beadle does not record.
    Codec,
    /// The camera stopped sending.
    Stalled,
    /// The camera closed the connection.
    Closed,
    /// The camera sent what cannot be understood.
    Garbage,
    /// Packets or frames were lost on the way.
    Loss,
    /// The camera's time jumped.
    TimeJump,
    /// The recorder's clock was stepped forward: the footage is whole, the hour is not.
    ClockStep,
    /// No writable footage disk.
    NoDisk,
    /// The disk was full and nothing could be deleted.
    DiskFull,
    /// The disk was too slow and frames had to be dropped.
    DiskSlow,
    /// A GStreamer child failed.
    Pipeline,
    /// Nobody knows: the record itself was lost and rebuilt from the files.
    Unknown,
}

/// Time of one camera without footage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Gap {
    pub camera: CameraId,
    pub start: Utc,
    /// `None` while it lasts.
    pub end: Option<Utc>,
    pub reason: GapReason,
}

/// Footage that retention may not touch (S1.49, S4.49).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hold {
    /// `H-2026-0001`; made by the store, never used twice.
    pub id: String,
    /// Which cameras; empty means all.
    pub cameras: Vec<CameraId>,
    pub start: Utc,
    pub end: Utc,
    /// Crime number, request number: never a pupil's name.
    pub reference: String,
    pub reason: String,
    pub placed: Utc,
    /// When somebody has to look at it again; 90 days by default.
    pub review: Utc,
    /// When it was ended; ended holds stay on record.
    pub ended: Option<Utc>,
}

impl Hold {
    /// Does it forbid deleting footage of `camera` between `start` and `end`?
    pub fn covers(&self, camera: &CameraId, start: Utc, end: Utc) -> bool {
        self.ended.is_none()
            && start < self.end
            && end > self.start
            && (self.cameras.is_empty() || self.cameras.contains(camera))
    }
}
