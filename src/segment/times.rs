//! Times that cameras give, made into times that a file can hold. Pure.
//!
//! Units come in decode order with presentation times only. [`Times`] judges each against the one
//! before and the arrival clock: in order, reordered (B-frames), or set. [`DecodeTimes`] derives
//! decode times: with reorder depth D the n-th unit decodes at the (n-D)-th smallest presentation
//! time, which is final when the n-th unit is there, because at most D later pictures can come
//! before it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::base::limits::{
    FALLS_MAX, HOLE_SPAN_MIN, PAUSE_SPAN_MIN, REORDER_DEPTH_MAX, TIME_AHEAD_MAX, TIME_BACK_MAX,
    TRUST_AFTER,
};
use crate::base::time::{Span, Utc};
use crate::footage::unit::TICKS_PER_SEC;

/// Before two frames have come: 15 fps.
const FRAME_TICKS: i64 = TICKS_PER_SEC / 15;

pub fn ticks(span: Span) -> i64 {
    (i128::from(span.0) * i128::from(TICKS_PER_SEC) / 1_000_000) as i64
}

pub fn span(ticks: i64) -> Span {
    Span((i128::from(ticks) * 1_000_000 / i128::from(TICKS_PER_SEC)) as i64)
}

/// One camera's sense of time during one take.
pub struct Times {
    /// Added to the camera's times since the last jump.
    rebase: i64,
    /// Latest presentation time so far and when the last unit came.
    last: Option<(i64, Utc)>,
    /// When the unit with the latest time came.
    risen: Utc,
    /// The camera's own time of the last unit, and how often in a row it fell (negative: rose).
    raw: (i64, i32),
    /// Its clock runs backwards: the arrival clock is used until it has run forwards for a while.
    distrusted: bool,
    /// Ticks from the last unit but one to the last, where that was forward.
    step: i64,
    /// The newest times in decode order; what a later picture may precede.
    recent: VecDeque<i64>,
    /// Where the frame time is measured from, and frames since.
    origin: (i64, i64),
    depth: usize,
}

/// What is to be thought of one unit's time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judged {
    /// Ticks on a line that never jumps.
    pub time: i64,
    /// The camera's clock was set here.
    pub jumped: bool,
    /// Ticks without pictures just before, where that is sure.
    pub missing: Option<i64>,
}

impl Default for Times {
    fn default() -> Times {
        Times::new()
    }
}

impl Times {
    pub fn new() -> Times {
        let (last, recent) = (None, VecDeque::with_capacity(REORDER_DEPTH_MAX + 2));
        let (raw, distrusted, step) = ((0, 0), false, FRAME_TICKS);
        let (risen, origin) = (Utc(0), (0, 0));
        Times { rebase: 0, last, risen, raw, distrusted, step, recent, origin, depth: 0 }
    }

    /// Pictures that may come later than one they precede on the screen; only ever grows.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The mean time between frames in ticks, at least 1.
    pub fn frame(&self) -> i64 {
        match (self.origin, self.last) {
            ((from, count), Some((max, _))) if count >= 1 => ((max - from) / count).max(1),
            _ => FRAME_TICKS,
        }
    }

    /// Counts falls and rises of the camera's own times; `true` when a clock is first found to run
    /// backwards.
    fn fell(&mut self, raw: i64) -> bool {
        let (before, count) = self.raw;
        let count = match raw < before {
            true => count.max(0) + 1,
            false => count.min(0) - 1,
        };
        self.raw = (raw, count);
        if count <= -(TRUST_AFTER as i32) {
            self.distrusted = false;
        }
        !self.distrusted && count > FALLS_MAX as i32
    }

    pub fn judge(&mut self, raw: i64, arrived: Utc, lost: bool) -> Judged {
        let mut time = raw.saturating_add(self.rebase);
        let Some((max, before)) = self.last else {
            self.last = Some((time, arrived));
            self.origin = (time, 0);
            self.raw = (raw, 0);
            self.risen = arrived;
            self.recent.push_back(time);
            return Judged { time, jumped: false, missing: None };
        };
        let frame = self.frame();
        let waited = ticks(arrived - before).max(0);
        let back_max = ticks(TIME_BACK_MAX).max(4 * frame);
        let depth = self.recent.iter().filter(|t| **t > time).count();
        let step = time.saturating_sub(max);
        let fell = self.fell(raw);
        let jumped = fell
            || step < -back_max
            || step.saturating_sub(waited) > ticks(TIME_AHEAD_MAX)
            || depth > REORDER_DEPTH_MAX;
        let jumped = jumped && !self.distrusted;
        let mut missing = None;
        let sure = |ticks_long: i64| {
            let long = ticks_long > frame + frame / 2 && ticks_long - frame > ticks(HOLE_SPAN_MIN);
            long.then_some(ticks_long - frame)
        };
        if self.distrusted {
            // What it says is worth nothing: by arrival, so that nothing is shown twice as fast.
            time = max + waited.max(frame / 8).max(1);
            self.rebase = time.wrapping_sub(raw);
            missing = sure(waited).filter(|_| waited > ticks(PAUSE_SPAN_MIN));
        } else if jumped {
            // The line goes on by the arrival clock: a jump alone takes no time and makes none.
            time = max + ticks(arrived - self.risen).max(frame);
            self.rebase = time.wrapping_sub(raw);
            self.recent.clear();
            self.origin = (time, 0);
            missing = sure(waited);
            self.distrusted = fell;
        } else {
            self.depth = self.depth.max(depth);
            if lost {
                missing = sure(step);
            } else if step.min(waited) > ticks(PAUSE_SPAN_MIN).max(4 * frame.max(self.step)) {
                // The camera's clock and ours agree that nothing came. One that sends a picture
                // every few seconds does so at its usual pace.
                missing = Some(step - frame);
            }
        }
        while self.recent.contains(&time) {
            time += 1;
        }
        self.recent.push_back(time);
        if self.recent.len() > REORDER_DEPTH_MAX + 1 {
            self.recent.pop_front();
        }
        if time > max {
            self.step = time - max;
            self.risen = arrived;
        }
        self.last = Some((max.max(time), arrived));
        if !jumped {
            self.origin.1 += 1;
        }
        if self.origin.1 > 4_096 {
            // A day-old mean would be blind to a camera that changed its rate.
            self.origin = (max.max(time) - 64 * frame, 64);
        }
        Judged { time, jumped, missing }
    }
}

/// Decode times of one segment, from 0.
pub struct DecodeTimes {
    depth: usize,
    frame: i64,
    first: i64,
    count: usize,
    waiting: BinaryHeap<Reverse<i64>>,
    last: i64,
}

impl DecodeTimes {
    /// `first`: the earliest presentation time of the segment. `frame`: ticks between frames.
    pub fn new(depth: usize, frame: i64, first: i64) -> DecodeTimes {
        let waiting = BinaryHeap::with_capacity(depth + 2);
        DecodeTimes { depth, frame, first, count: 0, waiting, last: -1 }
    }

    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Media time at which presentation begins: the edit list's start.
    pub fn edit(&self) -> i64 {
        self.depth as i64 * self.frame
    }

    /// Decode time and composition offset of the next unit. Decode times strictly rise; the offset
    /// is negative only for a picture that breaks the depth.
    pub fn next(&mut self, time: i64) -> (i64, i32) {
        self.waiting.push(Reverse(time));
        let due = if self.count < self.depth {
            self.first - (self.depth - self.count) as i64 * self.frame
        } else {
            // Never empty: one was pushed just now.
            self.waiting.pop().map_or(time, |Reverse(t)| t)
        };
        self.count += 1;
        let due = due - self.first + self.edit();
        // An eighth of a frame, not a tick: ffmpeg calls steps that differ a thousandfold a
        // discontinuity.
        let decode = if due > self.last { due } else { self.last + (self.frame / 8).max(1) };
        self.last = decode;
        let shown = time - self.first + self.edit();
        let offset = (shown - decode).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        (decode, offset as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const F: i64 = 6_000;

    fn at(n: i64) -> Utc {
        Utc(n * 66_667)
    }

    #[test]
    fn b_frames_raise_the_depth_and_never_look_like_a_jump() {
        let mut times = Times::new();
        for (n, shown) in [0, 3, 1, 2, 6, 4, 5, 9, 7, 8].into_iter().enumerate() {
            let judged = times.judge(shown * F, at(n as i64), false);
            assert_eq!(judged, Judged { time: shown * F, jumped: false, missing: None });
        }
        assert_eq!((times.depth(), times.frame()), (1, F));
        let pyramid = [10, 14, 12, 11, 13];
        for t in pyramid {
            times.judge(t * F, at(t), false);
        }
        assert_eq!(times.depth(), 2);
    }

    #[test]
    fn a_clock_that_was_set_moves_nothing() {
        for (name, jump) in
            [("back 2 s", -180_000), ("back a year", -90_000 * 31_536_000), ("on 11 s", 990_000)]
        {
            let mut times = Times::new();
            for n in 0..20 {
                times.judge(n * F, at(n), false);
            }
            let judged = times.judge(20 * F + jump, at(20), false);
            assert!(judged.jumped && judged.missing.is_none(), "{name}: {judged:?}");
            assert!((judged.time - 20 * F).abs() < 10, "{name}: {judged:?}");
            let next = times.judge(21 * F + jump, at(21), false);
            assert!(!next.jumped && next.time - judged.time == F, "{name}: {next:?}");
        }
    }

    #[test]
    fn missing_time_is_told_only_where_it_is_missing() {
        let cases = [
            ("set, and 15 s without frames", 20 * F + 9_000_000, 20 + 225, false, Some(15)),
            ("a pause of 15 s, clock right", (20 + 225) * F, 20 + 225, false, Some(15)),
            ("a pause of 1.9 s", (20 + 28) * F, 20 + 28, false, None),
            ("three seconds ahead, nothing waited for", (20 + 45) * F, 20, false, None),
            ("a burst after 9 s", 20 * F, 20 + 135, false, None),
            ("packets lost, 2 s gone", (19 + 30) * F, 19 + 30, true, Some(1)),
            ("packets lost, no frame gone", 20 * F, 20, true, None),
        ];
        for (name, raw, arrived, lost, want) in cases {
            let mut times = Times::new();
            for n in 0..20 {
                times.judge(n * F, at(n), false);
            }
            let missing = times.judge(raw, at(arrived), lost).missing;
            assert_eq!(missing.map(|t| t / TICKS_PER_SEC), want, "{name}");
        }
    }

    #[test]
    fn a_slow_camera_has_no_pauses() {
        let mut times = Times::new();
        for n in 0..20 {
            times.judge(n * F, at(n), false);
        }
        // From 15 a second to one in 5 s: the first step is a pause, the next ones are its pace.
        let steps = (1..5).map(|n| 19 + n * 75);
        let told: Vec<_> = steps.map(|n| times.judge(n * F, at(n), false).missing).collect();
        assert!(told[0].is_some() && told[1..].iter().all(Option::is_none), "{told:?}");
    }

    #[test]
    fn a_clock_that_runs_backwards_is_replaced_by_the_arrivals_until_it_runs_forwards() {
        let mut times = Times::new();
        for n in 0..20 {
            times.judge(n * F, at(n), false);
        }
        let mut jumps = 0;
        let mut last = 19 * F;
        for n in 20..200 {
            let judged = times.judge((39 - n) * F, at(n), false);
            jumps += u32::from(judged.jumped);
            if n > 26 {
                assert!((judged.time - n * F).abs() < F, "{n}: {judged:?}");
                assert!(judged.time > last && judged.missing.is_none(), "{n}: {judged:?}");
            }
            last = judged.time;
        }
        assert_eq!(jumps, 1, "one new segment, not one for every group of pictures");
        for n in 200..300 {
            let judged = times.judge((n + 7_000) * F, at(n), false);
            assert!(!judged.jumped && (judged.time - n * F).abs() < F, "{n}: {judged:?}");
        }
        // Trusted again: a burst is shown at the pace that the camera says.
        let burst = times.judge(7_300 * F, at(299), false);
        assert!((burst.time - 300 * F).abs() < F, "{burst:?}");
    }

    #[test]
    fn decode_times_rise_and_never_pass_presentation_at_the_right_depth() {
        let cases: [(usize, &[i64]); 4] = [
            (0, &[0, 1, 2, 3]),
            (1, &[0, 3, 1, 2, 6, 4, 5]),
            (2, &[0, 4, 2, 1, 3, 8, 6, 5, 7]),
            (3, &[0, 1, 2, 3, 4]),
        ];
        for (depth, shown) in cases {
            let mut decode = DecodeTimes::new(depth, F, 100);
            let mut last = -1;
            for (n, t) in shown.iter().enumerate() {
                let (time, offset) = decode.next(100 + t * F);
                assert!(time > last && offset >= 0, "depth {depth}, unit {n}: {time} {offset}");
                assert_eq!(time + i64::from(offset), t * F + decode.edit());
                assert_eq!(time, n as i64 * F, "an even stream decodes evenly");
                last = time;
            }
        }
    }

    #[test]
    fn too_small_a_depth_gives_signed_offsets_and_true_presentation() {
        let mut decode = DecodeTimes::new(0, F, 0);
        let mut last = -1;
        for t in [0, 3, 1, 2, 6] {
            let (time, offset) = decode.next(t * F);
            assert!(time > last);
            assert_eq!(time + i64::from(offset), t * F);
            last = time;
        }
    }
}
