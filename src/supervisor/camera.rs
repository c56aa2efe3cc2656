//! One camera at run time: its phase, how far footage is covered, its rates, and how it is shown.

use std::collections::VecDeque;

use crate::base::clock::Mono;
use crate::base::limits::{
    ATTEMPT_MUTE_MAX, BACKOFF_FORGET, GAP_SHOWS_AFTER, GAP_SPAN_MIN, SHOW_FAILED_AFTER,
};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::footage::{Codec, Gap, GapReason};
use crate::reconcile::{Phase, Seen, Wish, backoff};
use crate::segment::Progress;
use crate::wire::CameraState;

/// Seconds over which fps and kbit/s are averaged: four GOPs of two seconds, steady to the eye.
const RATE_SPAN: Span = Span::secs(8);

/// Why the camera is not recording, for the record and for the reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    pub reason: GapReason,
    pub text: String,
}

pub struct Camera {
    pub seen: Seen,
    /// The last attempt's number; units and news of older ones no longer count.
    pub take: u64,
    /// When the supervisor first wanted it recorded; a camera that never recorded has its gap from
    /// here.
    pub wanted_since: Utc,
    /// End of the last durable footage.
    pub covered_until: Option<Utc>,
    /// Start of the gap that lasts, as the index has it.
    pub gap: Option<(Utc, GapReason)>,
    pub trouble: Option<Trouble>,
    /// When it last ceased to record (or was first wanted).
    pub lost_at: Mono,
    /// When the present attempt began, or last gave footage.
    pub heard: Mono,
    /// When this take began to be durable.
    good_since: Option<Mono>,
    pub shown: CameraState,
    pub shown_since: Utc,
    rates: VecDeque<(Mono, u32, u64)>,
    pub frames: u64,
    pub codec: Option<Codec>,
    pub picture: Option<(u16, u16)>,
    pub clock_offset: Option<Span>,
    /// What it proved itself with, where it speaks TLS.
    pub certificate: Option<String>,
}

impl Camera {
    pub fn new(now: Mono, utc: Utc) -> Camera {
        Camera {
            seen: Seen::idle(),
            take: 0,
            wanted_since: utc,
            covered_until: None,
            gap: None,
            trouble: None,
            lost_at: now,
            heard: now,
            good_since: None,
            shown: CameraState::Connecting,
            shown_since: utc,
            rates: VecDeque::new(),
            frames: 0,
            codec: None,
            picture: None,
            clock_offset: None,
            certificate: None,
        }
    }

    pub fn recording(&self) -> bool {
        self.seen.phase == Phase::Recording
    }

    /// A segment of the present take is durable. Returns the gap that this ends or reveals.
    pub fn opened(&mut self, id: &CameraId, start: Utc, now: Mono) -> Option<Gap> {
        let first = !self.recording();
        self.seen.phase = Phase::Recording;
        self.good_since.get_or_insert(now);
        let gap = match self.gap.take() {
            // Also where the clock was set back to before it: the index has it open.
            Some((from, reason)) => Some((from, reason)),
            None if first => self.short_gap(start),
            None => None,
        };
        if first {
            self.trouble = None;
        }
        let (from, reason) = gap?;
        Some(Gap { camera: id.clone(), start: from, end: Some(start.max(from)), reason })
    }

    /// Too short to have been opened while it lasted.
    fn short_gap(&self, start: Utc) -> Option<(Utc, GapReason)> {
        let from = self.covered_until?;
        let reason = self.trouble.as_ref().map_or(GapReason::Unknown, |t| t.reason);
        (start - from > GAP_SPAN_MIN).then_some((from, reason))
    }

    pub fn progress(&mut self, p: &Progress, now: Mono) {
        self.covered_until = self.covered_until.max(Some(p.end));
        self.frames += u64::from(p.tick_frames);
        self.heard = now;
        self.rates.push_back((now, p.tick_frames, p.tick_bytes));
        while self.rates.front().is_some_and(|(at, ..)| now - *at > RATE_SPAN) {
            self.rates.pop_front();
        }
        if self.good_since.is_some_and(|since| now - since > BACKOFF_FORGET) {
            self.seen.failures = 0;
        }
    }

    /// Frames a second and kilobits a second of what became durable lately.
    pub fn rates(&self, now: Mono) -> (f64, f64) {
        let (Some((first, ..)), Some((last, ..))) = (self.rates.front(), self.rates.back()) else {
            return (0.0, 0.0);
        };
        if !self.recording() || self.rates.len() < 3 {
            return (0.0, 0.0);
        }
        // The first tick closed the span that the others are counted over.
        // Up to the last tick: counted up to now, a camera of 15 frames would show 14 most of the
        // time. Where no tick comes any more, the figures fall.
        let until = if now - *last > GAP_SHOWS_AFTER { now } else { *last };
        let span = (until - *first).as_secs_f64().max(0.1);
        let rest = self.rates.iter().skip(1);
        let (frames, bytes) = rest.fold((0, 0), |(f, b), r| (f + r.1, b + r.2));
        (f64::from(frames) / span, bytes as f64 * 8.0 / 1000.0 / span)
    }

    /// It runs, and nothing has come of it for longer than any attempt takes to notice.
    pub fn is_mute(&self, now: Mono) -> bool {
        self.seen.runs() && now - self.heard > ATTEMPT_MUTE_MAX
    }

    /// An attempt failed: wait, then try again.
    pub fn failed(&mut self, id: &CameraId, trouble: Trouble, now: Mono) {
        let good = self.good_since.take().is_some_and(|since| now - since > BACKOFF_FORGET);
        self.seen.failures = if good { 1 } else { self.seen.failures + 1 };
        let wait = backoff::wait(id, self.seen.failures, trouble.reason);
        self.cease(Phase::Waiting { until: now + wait }, trouble, now);
    }

    /// It stops recording, for a reason that the gap will carry.
    pub fn cease(&mut self, phase: Phase, trouble: Trouble, now: Mono) {
        if self.recording() {
            self.lost_at = now;
        }
        self.seen.phase = phase;
        self.good_since = None;
        self.rates.clear();
        self.trouble = Some(trouble);
    }

    /// The gap that must be opened now, if any: not recording for longer than a tick can explain,
    /// or no longer for the reason that the lasting gap has.
    pub fn gap_to_open(&mut self, wish: &Wish, now: Mono, utc: Utc) -> Option<(Utc, GapReason)> {
        if self.recording() || now - self.lost_at < GAP_SHOWS_AFTER {
            return None;
        }
        let reason = match wish {
            Wish::Off { .. } => GapReason::Disabled,
            Wish::Record { .. } => self.trouble.as_ref()?.reason,
        };
        let from = match self.gap {
            None if reason == GapReason::Unknown && self.covered_until.is_none() => return None,
            None => self.covered_until.unwrap_or(self.wanted_since),
            Some((from, before)) if turns(before, reason) && utc > from => utc,
            Some(_) => return None,
        };
        self.gap = Some((from, reason));
        self.gap
    }

    /// Moves the shown state, with hysteresis: a camera that flickers stays "connecting", and
    /// `since` moves only when the word changes.
    pub fn show(&mut self, wish: &Wish, now: Mono, utc: Utc) {
        let state = match wish {
            Wish::Off { .. } => CameraState::Disabled,
            Wish::Record { .. } if self.recording() => CameraState::Recording,
            Wish::Record { .. } => {
                let known = self.trouble.is_some() && self.seen.failures > 0;
                let long = now - self.lost_at > SHOW_FAILED_AFTER;
                if known && long { CameraState::Failed } else { CameraState::Connecting }
            }
        };
        if state != self.shown {
            self.shown = state;
            self.shown_since = utc;
        }
    }
}

/// Does a gap end where its reason changes? Not while the camera fails in one way and then in
/// another; but what the recorder was to blame for ends when the camera is, and the other way
/// round: three days of a dead camera are no crash.
fn turns(before: GapReason, now: GapReason) -> bool {
    use GapReason::*;
    let ours = |reason| {
        matches!(
            reason,
            Stopped
                | Crash
                | PowerLoss
                | Disabled
                | Reconfigured
                | NoDisk
                | DiskFull
                | DiskSlow
                | Unknown
        )
    };
    // "It is no longer to be recorded" is what a camera that was just enabled still says.
    before != now && now != Unknown && (ours(before) || ours(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::Feed;

    fn id() -> CameraId {
        CameraId::new("hall").unwrap()
    }

    fn wish() -> Wish {
        Wish::Record { feed: Feed::Pipeline { words: "x".into() }, audio: false, codec: None }
    }

    fn trouble(reason: GapReason) -> Trouble {
        Trouble { reason, text: "text".into() }
    }

    fn at(s: i64) -> (Mono, Utc) {
        (Mono(s * 1_000_000), Utc::from_secs(1_000 + s))
    }

    fn progress(end: Utc) -> Progress {
        let (camera, path) = (id(), "p".to_string());
        let (frames, bytes) = (9, 9_000);
        Progress { camera, take: 1, path, end, frames, bytes, tick_frames: 9, tick_bytes: 9_000 }
    }

    #[test]
    fn a_gap_keeps_its_first_reason_and_ends_with_the_first_frame() {
        let (mono, utc) = at(0);
        let mut camera = Camera::new(mono, utc);
        assert_eq!(camera.opened(&id(), utc, mono), None, "first footage, nothing before it");
        camera.progress(&progress(at(10).1), at(10).0);
        camera.failed(&id(), trouble(GapReason::Closed), at(11).0);
        let mut look = |s: i64| camera.gap_to_open(&wish(), at(s).0, at(s).1);
        assert_eq!(look(12), None, "its last frames may still come");
        let opened = look(14);
        assert_eq!(opened, Some((at(10).1, GapReason::Closed)));
        camera.failed(&id(), trouble(GapReason::NoRoute), at(15).0);
        let lasts = camera.gap_to_open(&wish(), at(20).0, at(20).1);
        assert_eq!(lasts, None, "it lasts");
        let gap = camera.opened(&id(), at(30).1, at(30).0).unwrap();
        assert_eq!((gap.start, gap.end), (at(10).1, Some(at(30).1)));
        assert_eq!(gap.reason, GapReason::Closed);
    }

    #[test]
    fn a_gap_ends_where_blame_changes() {
        let off = Wish::Off { because: "holidays".into() };
        let mut camera = Camera::new(at(0).0, at(0).1);
        camera.covered_until = Some(at(-60).1);
        camera.trouble = Some(trouble(GapReason::Crash));
        let steps = [
            (3, wish(), None, Some((at(-60).1, GapReason::Crash))),
            (5, wish(), Some(GapReason::NoRoute), Some((at(5).1, GapReason::NoRoute))),
            (9, wish(), Some(GapReason::Refused), None),
            (20, off.clone(), None, Some((at(20).1, GapReason::Disabled))),
            (30, off, None, None),
            (40, wish(), Some(GapReason::NoRoute), Some((at(40).1, GapReason::NoRoute))),
        ];
        for (second, wish, failed, want) in steps {
            if let Some(reason) = failed {
                camera.failed(&id(), trouble(reason), at(second).0);
            }
            let got = camera.gap_to_open(&wish, at(second).0, at(second).1);
            assert_eq!(got, want, "second {second}");
        }
    }

    #[test]
    fn a_short_break_is_a_gap_too() {
        let mut camera = Camera::new(at(0).0, at(0).1);
        camera.opened(&id(), at(0).1, at(0).0);
        camera.progress(&progress(at(10).1), at(10).0);
        camera.failed(&id(), trouble(GapReason::Closed), at(10).0);
        let gap = camera.opened(&id(), at(12).1, at(12).0).unwrap();
        assert_eq!((gap.start, gap.reason), (at(10).1, GapReason::Closed));
        assert_eq!(camera.opened(&id(), at(72).1, at(72).0), None, "rotation is no gap");
    }

    #[test]
    fn rates_are_the_cameras_between_ticks_and_fall_without() {
        let mut camera = Camera::new(at(0).0, at(0).1);
        camera.opened(&id(), at(0).1, at(0).0);
        for s in 1..=7 {
            camera.progress(&progress(at(s).1), at(s).0);
        }
        assert_eq!(camera.rates(at(8).0), (9.0, 72.0), "9 frames and 9,000 bytes a second");
        assert!(camera.rates(at(13).0).0 < 5.0);
    }

    #[test]
    fn the_shown_state_does_not_flicker() {
        let mut camera = Camera::new(at(0).0, at(0).1);
        let look = |camera: &mut Camera, s: i64| {
            camera.show(&wish(), at(s).0, at(s).1);
            (camera.shown, camera.shown_since == at(s).1)
        };
        assert_eq!(look(&mut camera, 1).0, CameraState::Connecting);
        camera.opened(&id(), at(2).1, at(2).0);
        assert_eq!(look(&mut camera, 3), (CameraState::Recording, true));
        camera.failed(&id(), trouble(GapReason::Stalled), at(20).0);
        assert_eq!(look(&mut camera, 25).0, CameraState::Connecting);
        assert_eq!(look(&mut camera, 31), (CameraState::Failed, true));
        assert_eq!(look(&mut camera, 40), (CameraState::Failed, false));
    }

    #[test]
    fn a_good_minute_forgets_the_failures() {
        let mut camera = Camera::new(at(0).0, at(0).1);
        for s in 0..5 {
            camera.failed(&id(), trouble(GapReason::NoRoute), at(s).0);
        }
        assert_eq!(camera.seen.failures, 5);
        camera.opened(&id(), at(10).1, at(10).0);
        camera.progress(&progress(at(71).1), at(71).0);
        camera.failed(&id(), trouble(GapReason::Closed), at(72).0);
        assert_eq!(camera.seen.failures, 1);
    }
}
