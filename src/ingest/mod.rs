//! From a camera to access units: `retina` for RTSP over TCP, a GStreamer child for everything
//! else.
//!
//! No policy here: one call of [`record`] is one attempt; it runs until the camera fails and says
//! why. When to try again is decided in `reconcile`.
//!
//! Invariants
//! 1. Units reach the sink in decode order, the first of an attempt is a key frame, and every unit
//!    carries the parameters it was coded with.
//! 2. A picture's bytes are what the camera sent (R2.32), without its parameter sets: those stand
//!    in [`crate::footage::unit::Params`].
//! 3. Time is the camera's; whether it jumped is judged by the writer, not here and not by
//!    `retina`.
//! 4. Lost packets are counted on the next unit and are no reason to end.
//! 5. No text holds a password, a user name, or what stood before the `@` of an address.
//!
//! An attempt: `rtsp` connects, chooses the streams and plays; `flow` turns what `retina` gives
//! into units; `offer` holds back what cannot be decoded and judges silence; `blame` turns every
//! failure into a reason and a sentence. `child` does the same over a socketpair with
//! `beadle-pictures ingest`: for `pipeline` words, `transport="udp"`, `rtsps://`, and for MJPEG,
//! which is encoded anew because MP4 players do not play it. Such a camera gives what others give:
//! lost packets (holes in its RTP numbers), its clock (RTCP), and sound where the file allows it;
//! `pipeline` words end in pictures alone and give none of the three. `pins` says what is believed
//! of a camera over TLS.
//!
//! Cost: one task, one timer that is set again only when it fires, no copy beside `retina`'s own
//! from the socket's ring into the picture. Known hole: `retina` does not bound a picture that
//! never ends, so a camera that sends one without pause takes as much memory as its line carries in
//! [`STALL_SPAN`].
//!
//! [`STALL_SPAN`]: crate::base::limits::STALL_SPAN

mod blame;
mod child;
mod flow;
mod offer;
pub mod pins;
mod rtsp;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::clock::Clock;
use crate::base::name::CameraId;
use crate::base::time::Span;
use crate::footage::unit::AccessUnit;
use crate::footage::{Codec, GapReason};
use crate::wire::frames::Job;
use pins::Pins;

/// Where the pictures come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    Rtsp {
        url: String,
        login: Option<Login>,
        transport: Transport,
    },
    /// gst-launch words that end in H.264 or H.265 access units.
    Pipeline {
        words: String,
    },
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
    /// What the file says that the camera sends; anything else ends the attempt. `None`: what
    /// comes is taken.
    pub codec: Option<Codec>,
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
    /// `false` when the disk's queue is full: the unit is dropped, and so are all until the next
    /// key frame.
    fn unit(&mut self, unit: AccessUnit) -> bool;
    /// The camera proved itself with this certificate, in words for the reader; see `pins`.
    fn certificate(&mut self, _words: &str) {}
}

/// What an attempt needs of the machine. Cheap to clone.
#[derive(Clone)]
pub struct Tools {
    pub clock: Arc<dyn Clock>,
    /// The program `beadle-pictures`; without it only RTSP over TCP is recorded.
    pub pictures: Option<PathBuf>,
    /// What cameras over RTSPS showed first.
    pins: Option<Pins>,
    /// Sessions that still have to be told TEARDOWN.
    group: Arc<retina::client::SessionGroup>,
}

impl Tools {
    pub fn new(clock: Arc<dyn Clock>, pictures: Option<PathBuf>) -> Tools {
        Tools { clock, pictures, pins: None, group: Arc::default() }
    }

    /// Keeps the certificates of cameras in this folder; without it every one is taken as new.
    #[must_use]
    pub fn pinning(mut self, state: &Path) -> Tools {
        self.pins = Some(Pins::new(state));
        self
    }

    /// Waits until the cameras of attempts that ended were told so, at most `span`: for a clean
    /// stop. A camera that is not told keeps a dead session for a minute, and cheap ones then
    /// refuse the next one.
    pub async fn settle(&self, span: Span) {
        let _ = tokio::time::timeout(span.to_std(), self.group.await_teardown()).await;
    }
}

/// Runs one attempt until the camera fails. Dropping the future ends it: the camera is sent
/// TEARDOWN by a detached task, a child is killed. Must run inside a tokio runtime.
pub async fn record(attempt: Attempt, tools: Tools, sink: impl Sink) -> Ended {
    let (url, login, transport) = match attempt.source {
        Source::Pipeline { words } => {
            let call = child::Call { job: Job::Words { words }, place: None };
            let Err(ended) = child::run(call, tools, sink).await;
            return ended;
        }
        Source::Rtsp { url, login, transport } => (url, login, transport),
    };
    let target = match rtsp::Target::new(&url, login) {
        Ok(target) => target,
        Err(ended) => return ended,
    };
    let udp = transport == Transport::Udp;
    let outcome = if udp || target.secure() {
        child::run(target.call(udp, attempt.audio), tools, sink).await
    } else {
        match rtsp::play(&target, attempt.audio, attempt.codec, &tools).await {
            Ok(rtsp::Playing::Flow(flow)) => flow.run(&tools, sink).await,
            Ok(rtsp::Playing::Mjpeg) if tools.pictures.is_some() => {
                tracing::info!(camera = %attempt.camera, "sends MJPEG: encoded anew as H.264");
                child::run(target.call(false, attempt.audio), tools, sink).await
            }
            Ok(rtsp::Playing::Mjpeg) => Err(blame::codec(&target.place, "JPEG")),
            Err(ended) => Err(ended),
        }
    };
    let Err(ended) = outcome;
    ended
}
