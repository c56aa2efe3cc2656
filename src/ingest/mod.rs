//! From a camera to access units: `retina` for RTSP over TCP, a GStreamer child for everything else.
//!
//! No policy here: one call is one attempt; it runs until the camera fails and says why. When to try again is
//! decided in `reconcile`.

use crate::base::name::CameraId;
use crate::footage::GapReason;
use crate::footage::unit::AccessUnit;

/// Where the pictures come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    Rtsp {
        url: String,
        login: Option<Login>,
        transport: Transport,
    },
    /// gst-launch words that end in H.264 or H.265 access units.
    Pipeline { words: String },
}

/// A camera's user and password; never shown, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({}, ***)", self.user)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Transport {
    #[default]
    Tcp,
    /// Through the GStreamer child.
    Udp,
}

/// One attempt to record one camera.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    pub camera: CameraId,
    pub take: u64,
    pub source: Source,
    /// Sound is dropped at ingest unless the file allows it (R1.20).
    pub audio: bool,
}

/// Why an attempt ended. The text is for the reader: what, and what to look at.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{text}")]
pub struct Ended {
    pub reason: GapReason,
    pub text: String,
}

/// Where units go. Called from the ingest's task; must not block.
pub trait Sink: Send + 'static {
    /// `false` when the disk's queue is full: the unit is dropped, and so are all until the next key frame.
    fn unit(&mut self, unit: AccessUnit) -> bool;
}
