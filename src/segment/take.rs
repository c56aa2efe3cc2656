//! One camera's take: where its units go, and when a new segment begins.
//!
//! ```text
//! Waiting --key frame--> Open --key frame at the boundary, or renewed--> Open (the old is closed)
//!    |                     |--other parameters without a key frame--> Waiting
//!    '--no key frame in    '--no key frame in SEGMENT_SPAN_MAX--> Unfit
//!       FIRST_FRAME_SPAN--> Unfit
//! ```

use std::sync::Arc;

use super::open::{Begin, OpenSegment};
use super::times::Times;
use super::{Tag, Told};
use crate::base::clock::Mono;
use crate::base::limits::{CLOCK_STEP, FIRST_FRAME_SPAN, SEGMENT_SPAN_MAX};
use crate::base::time::{Span, Utc};
use crate::footage::unit::{AccessUnit, Params};
use crate::footage::{GapReason, rotation};

/// An offset that moved by less is drift and jitter, not news (R7.4).
const OFFSET_NEWS: Span = Span::millis(500);

/// The two clocks at one moment.
#[derive(Clone, Copy)]
pub struct Now {
    pub mono: Mono,
    pub utc: Utc,
}

impl Now {
    pub fn offset(&self) -> Span {
        Span(self.utc.0 - self.mono.0)
    }
}

/// What comes out of a unit besides footage.
pub struct Out<'a> {
    pub told: &'a mut Vec<Told>,
    pub closing: &'a mut Vec<OpenSegment>,
    /// Bytes a second of the camera's last segment, to reserve for the next.
    pub rate: Option<u64>,
}

enum Phase {
    Waiting { since: Mono },
    Open(Box<OpenSegment>),
    Unfit,
}

/// One camera between `Begin` and `Finish`.
pub struct Take {
    pub tag: Tag,
    pub take: u64,
    phase: Phase,
    times: Times,
    audio: Option<Arc<Params>>,
    /// Begin a new segment at the next key frame, whatever the boundary.
    renew: bool,
    offset: Option<Span>,
    paused_until: Option<Mono>,
    /// A segment was begun before.
    begun: bool,
    /// Footage is missing since then, inside this take.
    gone: Option<(Utc, GapReason)>,
}

impl Take {
    pub fn new(tag: Tag, take: u64, now: Mono) -> Take {
        Take {
            tag,
            take,
            phase: Phase::Waiting { since: now },
            times: Times::new(),
            audio: None,
            renew: false,
            offset: None,
            paused_until: None,
            begun: false,
            gone: None,
        }
    }

    pub fn segment(&mut self) -> Option<&mut OpenSegment> {
        match &mut self.phase {
            Phase::Open(segment) => Some(segment),
            _ => None,
        }
    }

    pub fn peek(&self) -> Option<&OpenSegment> {
        match &self.phase {
            Phase::Open(segment) => Some(segment),
            _ => None,
        }
    }

    pub fn depth(&self) -> usize {
        self.times.depth()
    }

    pub fn is_paused(&self) -> bool {
        self.paused_until.is_some()
    }

    /// Ends the open segment, to be written and closed with the next tick.
    pub fn close(&mut self, now: Mono) -> Option<OpenSegment> {
        match std::mem::replace(&mut self.phase, Phase::Waiting { since: now }) {
            Phase::Open(segment) => Some(*segment),
            other => {
                self.phase = other;
                None
            }
        }
    }

    /// The disk failed: nothing is taken until `until`, then from the next key frame on.
    pub fn pause(&mut self, until: Mono, gone: Utc, reason: GapReason) {
        self.paused_until = Some(until);
        self.gone.get_or_insert((gone, reason));
    }

    /// Room was made: try again at once.
    pub fn resume(&mut self) {
        self.paused_until = None;
    }

    pub fn video(&mut self, unit: AccessUnit, now: Now, out: &mut Out) {
        self.tell_offset(&unit, out.told);
        let judged = self.times.judge(unit.time, unit.arrived, unit.lost_packets > 0);
        if self.is_waiting_for_disk(now.mono) {
            return;
        }
        let key = unit.key;
        let depth = self.times.depth();
        let Phase::Open(segment) = &mut self.phase else {
            if key && !matches!(self.phase, Phase::Unfit) {
                self.open(unit, judged.time, now, out);
            }
            return;
        };
        self.renew |= judged.jumped || segment.depth().is_some_and(|fixed| fixed < depth);
        if let Some(missing) = judged.missing {
            out.told.push(Told::Hole {
                camera: self.tag.camera.clone(),
                from: segment.at(judged.time - missing),
                to: segment.at(judged.time),
                reason: match (judged.jumped, unit.lost_packets) {
                    (true, _) => GapReason::TimeJump,
                    (false, 0) => GapReason::Stalled,
                    (false, _) => GapReason::Loss,
                },
            });
        }
        let other = match (&*unit.params, segment.video_params()) {
            (Params::Video(now), Some(then)) => now != then,
            _ => true,
        };
        let stepped = has_stepped(segment, &unit, now);
        let turn = key && (self.renew || stepped || unit.arrived >= segment.boundary);
        if !turn && !other {
            segment.push(unit, judged.time, self.times.frame());
            if !key && segment.span() > SEGMENT_SPAN_MAX {
                let text = format!("no key frame for {}", segment.span().in_words());
                out.closing.extend(self.close(now.mono));
                self.unfit(GapReason::NoKeyFrame, text, out.told);
            }
            return;
        }
        let Some(old) = self.close(now.mono) else {
            return;
        };
        let end = old.end();
        out.closing.push(old);
        if stepped && unit.arrived > end {
            let (camera, reason) = (self.tag.camera.clone(), GapReason::ClockStep);
            out.told.push(Told::Hole { camera, from: end, to: unit.arrived, reason });
        }
        match key {
            true => self.open(unit, judged.time, now, out),
            false => self.gone = Some((end, GapReason::NoKeyFrame)),
        }
    }

    pub fn sound(&mut self, unit: AccessUnit, now: Now) {
        if self.is_waiting_for_disk(now.mono) {
            return;
        }
        let changed = self.audio.as_ref().is_none_or(|audio| *audio != unit.params);
        if changed {
            self.audio = Some(unit.params.clone());
        }
        let Phase::Open(segment) = &mut self.phase else {
            return;
        };
        match (&*unit.params, segment.audio_params()) {
            (Params::Audio(now), Some(then)) if now == then => segment.push_sound(unit),
            // A track cannot be added to a file that is begun: the next key frame begins one that
            // has it.
            _ => self.renew = true,
        }
    }

    /// Looks at the time without a unit, once a tick.
    pub fn look(&mut self, now: Mono, told: &mut Vec<Told>) {
        if let Phase::Waiting { since } = self.phase
            && self.paused_until.is_none()
            && now - since > FIRST_FRAME_SPAN
        {
            let text = format!("no key frame for {}", (now - since).in_words());
            self.unfit(GapReason::NoKeyFrame, text, told);
        }
    }

    fn unfit(&mut self, reason: GapReason, text: String, told: &mut Vec<Told>) {
        self.phase = Phase::Unfit;
        let (camera, take) = (self.tag.camera.clone(), self.take);
        told.push(Told::Unfit { camera, take, reason, text });
    }

    fn open(&mut self, unit: AccessUnit, time: i64, now: Now, out: &mut Out) {
        let usable = matches!(&*unit.params, Params::Video(video) if !video.config.is_empty());
        if !usable {
            let text = "the stream has no parameter sets, so nothing could play it".to_string();
            self.unfit(GapReason::Codec, text, out.told);
            return;
        }
        if let Some((from, reason)) = self.gone.take().filter(|(from, _)| *from < unit.arrived) {
            let (camera, to) = (self.tag.camera.clone(), unit.arrived);
            out.told.push(Told::Hole { camera, from, to, reason });
        }
        let begin = Begin {
            tag: self.tag.clone(),
            take: self.take,
            clock_offset: now.offset(),
            boundary: rotation::boundary(&self.tag.camera, unit.arrived),
            audio: self.audio.clone(),
            rate: out.rate,
            first: !std::mem::replace(&mut self.begun, true),
        };
        self.renew = false;
        let segment = OpenSegment::begin(begin, unit, time, self.times.frame());
        self.phase = Phase::Open(Box::new(segment));
    }

    fn is_waiting_for_disk(&mut self, now: Mono) -> bool {
        match self.paused_until {
            Some(until) if now < until => true,
            Some(_) => {
                self.paused_until = None;
                if let Phase::Waiting { since } = &mut self.phase {
                    *since = now;
                }
                false
            }
            None => false,
        }
    }

    fn tell_offset(&mut self, unit: &AccessUnit, told: &mut Vec<Told>) {
        let Some(offset) = unit.camera_offset else {
            return;
        };
        if self.offset.is_none_or(|before| (offset - before).abs() > OFFSET_NEWS) {
            self.offset = Some(offset);
            let (camera, at) = (self.tag.camera.clone(), unit.arrived);
            told.push(Told::Offset { camera, at, offset });
        }
    }
}

/// Was the wall clock stepped since the segment began, and did this unit come after it? Units wait
/// for up to a tick, so one that comes to us after the step may bear the time from before: the
/// nearer clock decides.
fn has_stepped(segment: &OpenSegment, unit: &AccessUnit, now: Now) -> bool {
    let step = now.offset() - segment.clock_offset;
    let old_clock = now.utc - step;
    step.abs() > CLOCK_STEP && (unit.arrived - now.utc).abs() <= (unit.arrived - old_clock).abs()
}
