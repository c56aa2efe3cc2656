//! The brain: what the file wants, what is seen, and the steps from one to the other. Pure.
//!
//! `plan(desired, observed, now)` is level-triggered: it looks at the whole state and never at the
//! event that woke it. The same state planned twice gives no second step, because the first one's
//! effect is visible in `Observed` as soon as it was carried out. One camera's trouble never shows
//! up in another camera's steps.
//!
//! ```text
//!              Start                first segment durable
//!   Idle ---------------> Connecting ------------------> Recording
//!    ^                        |                              |
//!    |  time is up            | attempt ended                | attempt ended, disk lost
//!    +------ Waiting <--------+------------------------------+
//! ```
//! A changed feed or a lost disk is a Stop, then a Start; a changed title, zone or retention is
//! neither.

pub mod backoff;
pub mod spread;

use std::collections::BTreeMap;

use crate::base::clock::Mono;
use crate::base::name::{CameraId, DiskId};
use crate::footage::{Codec, GapReason};

/// Where the pictures of one camera come from. Two equal feeds need no restart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Feed {
    Rtsp { url: String, user: Option<String>, secret: Option<String>, udp: bool },
    Pipeline { words: String },
}

/// What the file wants of one camera.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    Record {
        feed: Feed,
        audio: bool,
        /// What the file says that the camera sends. Where it says nothing, what comes is taken.
        codec: Option<Codec>,
    },
    /// Named in the file but not to be recorded: disabled, or covert without an authorisation
    /// (S1.39).
    Off { because: String },
}

/// The whole wish.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desired {
    pub cameras: BTreeMap<CameraId, Wish>,
}

/// Where one camera's recording stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Nothing runs.
    Idle,
    /// An attempt runs; no segment is durable yet.
    Connecting,
    Recording,
    /// The last attempt failed; the next one may start at `until`.
    Waiting {
        until: Mono,
    },
}

/// One camera as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub phase: Phase,
    /// What the running (or last) attempt records.
    pub feed: Option<Feed>,
    pub audio: bool,
    /// The codec that the running (or last) attempt was told to expect, and the one that came.
    pub declared: Option<Codec>,
    pub sent: Option<Codec>,
    pub disk: Option<DiskId>,
    /// Attempts in a row that failed; forgotten after a good minute.
    pub failures: u32,
}

impl Seen {
    pub fn idle() -> Seen {
        Seen {
            phase: Phase::Idle,
            feed: None,
            audio: false,
            declared: None,
            sent: None,
            disk: None,
            failures: 0,
        }
    }

    /// An attempt is under way.
    pub fn runs(&self) -> bool {
        matches!(self.phase, Phase::Connecting | Phase::Recording)
    }
}

/// Everything that a plan looks at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Observed {
    pub cameras: BTreeMap<CameraId, Seen>,
    /// Disks that may be written to now.
    pub disks: Vec<DiskId>,
    /// `when-full "stop"` and only protected footage is left: nothing may be recorded (S1.25).
    pub stopped_for_space: bool,
}

/// One thing to do. Each is carried out by one arm in the supervisor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    Stop {
        camera: CameraId,
        reason: GapReason,
    },
    Start {
        camera: CameraId,
        feed: Feed,
        audio: bool,
        codec: Option<Codec>,
        disk: DiskId,
    },
    /// The camera is no longer in the file and nothing of it runs.
    Forget {
        camera: CameraId,
    },
}

/// Steps in a fixed order (stops before starts, then by camera), and when to look again at the
/// latest.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub wake_at: Option<Mono>,
}

/// What has to be done now, from the whole state.
pub fn plan(desired: &Desired, observed: &Observed, now: Mono) -> Plan {
    let mut plan = Plan::default();
    let mut load = spread::Load::of(observed);
    for (camera, seen) in &observed.cameras {
        if let Some(step) = stop_or_forget(desired.cameras.get(camera), camera, seen, observed) {
            load.leave(seen.disk.as_ref());
            plan.steps.push(step);
        }
    }
    for (camera, wish) in &desired.cameras {
        let Wish::Record { feed, audio, codec } = wish else {
            continue;
        };
        let seen = observed.cameras.get(camera);
        if seen.is_some_and(|s| s.runs()) {
            continue; // either right as it is, or stopped above: the next turn starts it
        }
        if observed.stopped_for_space {
            continue;
        }
        if let Some(Phase::Waiting { until }) = seen.map(|s| &s.phase)
            && *until > now
            && seen.is_some_and(|s| s.feed.as_ref() == Some(feed) && s.declared == *codec)
        {
            plan.wake_at = earliest(plan.wake_at, Some(*until));
            continue;
        }
        let Some(disk) = load.lightest(seen.and_then(|s| s.disk.as_ref())) else {
            continue;
        };
        plan.steps.push(Step::Start {
            camera: camera.clone(),
            feed: feed.clone(),
            audio: *audio,
            codec: *codec,
            disk,
        });
    }
    plan
}

fn stop_or_forget(
    wish: Option<&Wish>,
    camera: &CameraId,
    seen: &Seen,
    observed: &Observed,
) -> Option<Step> {
    let stop = |reason| Some(Step::Stop { camera: camera.clone(), reason });
    match wish {
        None if seen.runs() => stop(GapReason::Disabled),
        None => Some(Step::Forget { camera: camera.clone() }),
        Some(Wish::Off { .. }) if seen.runs() => stop(GapReason::Disabled),
        Some(Wish::Record { .. }) if seen.runs() && observed.stopped_for_space => {
            stop(GapReason::DiskFull)
        }
        Some(Wish::Record { feed, audio, codec }) if seen.runs() => {
            // One attempt with the new word: the camera may offer both. What comes then is kept.
            let other = seen.declared != *codec && contradicts(*codec, seen.sent);
            if seen.feed.as_ref() != Some(feed) || seen.audio != *audio || other {
                return stop(GapReason::Reconfigured);
            }
            let disk_lost = seen.disk.as_ref().is_none_or(|d| !observed.disks.contains(d));
            if disk_lost { stop(GapReason::NoDisk) } else { None }
        }
        Some(_) => None,
    }
}

/// Does the file declare another codec than the one that comes? A declaration that fits, or that
/// was taken away, costs no frame.
pub fn contradicts(declared: Option<Codec>, sent: Option<Codec>) -> bool {
    matches!((declared, sent), (Some(declared), Some(sent)) if declared != sent)
}

/// The earlier of two alarm times.
pub fn earliest(a: Option<Mono>, b: Option<Mono>) -> Option<Mono> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
