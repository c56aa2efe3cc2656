//! A day of one camera in a row of cells: where there is footage and how much of it, where there is
//! none and why, what is held.
//!
//! A minute is the smallest part. More bytes a second mean more that moves: the fuller the cell,
//! the more happens; measured against the busiest minute of the same camera's day.

use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::footage::{Gap, Hold, Segment};

const MINUTE: Span = Span::mins(1);
/// A day of a clock change has 25 hours.
const MINUTES: usize = 25 * 60;

/// One camera's day.
#[derive(Clone, PartialEq, Debug)]
pub struct Track {
    pub camera: CameraId,
    start: Utc,
    /// Bytes and microseconds of footage, minute by minute.
    minutes: Vec<(u64, i64)>,
    gaps: Vec<Gap>,
    /// All of it has come.
    pub whole: bool,
}

/// What a cell of the row shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// 1 to 4: how much moves.
    Footage(u8),
    /// None, and it is on record why.
    Gap,
    /// None: before it began, deleted, or still to come.
    Nothing,
}

impl Cell {
    pub fn glyph(self) -> char {
        match self {
            Cell::Footage(1) => '░',
            Cell::Footage(2) => '▒',
            Cell::Footage(3) => '▓',
            Cell::Footage(_) => '█',
            Cell::Gap => 'x',
            Cell::Nothing => ' ',
        }
    }
}

impl Track {
    pub fn new(camera: CameraId, start: Utc) -> Track {
        Track { camera, start, minutes: vec![(0, 0); MINUTES], gaps: Vec::new(), whole: false }
    }

    pub fn add(&mut self, segments: &[Segment], gaps: Vec<Gap>) {
        self.gaps.extend(gaps);
        for segment in segments {
            let all = segment.span().0.max(1);
            let (mut at, end) = (segment.start.max(self.start), segment.end);
            while at < end {
                let n = ((at - self.start).0 / MINUTE.0) as usize;
                let next = (self.start + Span((n as i64 + 1) * MINUTE.0)).min(end);
                let part = (next - at).0;
                let Some(minute) = self.minutes.get_mut(n) else { break };
                minute.0 += (i128::from(segment.bytes) * i128::from(part) / i128::from(all)) as u64;
                minute.1 += part;
                at = next;
            }
        }
    }

    /// Bits a second over a stretch; `None` without footage in it.
    pub fn rate(&self, from: Utc, until: Utc) -> Option<f64> {
        let (bytes, micros) = self.sum(from, until);
        (micros > 0).then(|| bytes as f64 * 8e6 / micros as f64)
    }

    fn sum(&self, from: Utc, until: Utc) -> (u64, i64) {
        let first = ((from - self.start).0 / MINUTE.0).max(0) as usize;
        let last = ((until - self.start).0 + MINUTE.0 - 1) / MINUTE.0;
        let last = (last.max(0) as usize).clamp(first.min(MINUTES) + 1, MINUTES.max(first + 1));
        let part = self.minutes.iter().take(last).skip(first);
        part.fold((0, 0), |sum, minute| (sum.0 + minute.0, sum.1 + minute.1))
    }

    /// The row, `cells` wide, from the day's first moment to its last.
    pub fn cells(&self, end: Utc, cells: usize) -> Vec<Cell> {
        let rates = self.minutes.iter().filter(|m| m.1 > 0).map(|m| m.0 as f64 / m.1 as f64);
        let most = rates.fold(0.0_f64, f64::max);
        let all = (end - self.start).0;
        let edge = |n: usize| self.start + Span(all * n as i64 / cells.max(1) as i64);
        (0..cells).map(|n| self.cell(edge(n), edge(n + 1), most)).collect()
    }

    fn cell(&self, from: Utc, until: Utc, most: f64) -> Cell {
        let (bytes, micros) = self.sum(from, until);
        let gap = self.gaps.iter().any(|gap| {
            let end = gap.end.unwrap_or(Utc(i64::MAX));
            // What is too short to be seen in this cell would hide the footage beside it.
            let part = end.min(until).0 - gap.start.max(from).0;
            part > 0 && (micros == 0 || 2 * part > (until - from).0)
        });
        match (gap, micros) {
            (true, _) => Cell::Gap,
            (false, 0) => Cell::Nothing,
            (false, micros) => {
                let share = bytes as f64 / micros as f64 / most.max(f64::MIN_POSITIVE);
                Cell::Footage((share * 4.0).ceil().clamp(1.0, 4.0) as u8)
            }
        }
    }

    /// The gap at this moment, or within a minute of it.
    pub fn gap_at(&self, at: Utc) -> Option<&Gap> {
        let near =
            |gap: &&Gap| gap.start - MINUTE <= at && gap.end.is_none_or(|end| at <= end + MINUTE);
        let exact = |gap: &&Gap| gap.start <= at && gap.end.is_none_or(|end| at < end);
        self.gaps.iter().find(exact).or_else(|| self.gaps.iter().find(near))
    }
}

/// The hold that keeps this camera's footage of this moment.
pub fn held<'a>(holds: &'a [Hold], camera: &CameraId, at: Utc) -> Option<&'a Hold> {
    holds.iter().find(|hold| {
        let its = hold.cameras.is_empty() || hold.cameras.contains(camera);
        its && hold.ended.is_none() && hold.start <= at && at <= hold.end
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footage::{Codec, GapReason};

    fn day() -> Utc {
        "2026-11-21T00:00:00Z".parse().unwrap()
    }

    fn at(minutes: i64) -> Utc {
        day() + Span::mins(minutes)
    }

    fn segment(from: i64, minutes: i64, bytes: u64) -> Segment {
        Segment {
            camera: CameraId::new("gate").unwrap(),
            disk: crate::base::name::DiskId("a1".into()),
            path: String::new(),
            start: at(from),
            end: at(from + minutes),
            frames: 900,
            bytes,
            codec: Codec::H264,
            digest: None,
        }
    }

    fn track() -> Track {
        let mut track = Track::new(CameraId::new("gate").unwrap(), day());
        let camera = track.camera.clone();
        let gap = |from, until: Option<i64>| Gap {
            camera: camera.clone(),
            start: at(from),
            end: until.map(at),
            reason: GapReason::NoRoute,
        };
        let segments =
            [segment(0, 60, 60_000_000), segment(60, 60, 240_000_000), segment(180, 1, 4_000_000)];
        track.add(&segments, vec![gap(120, Some(180)), gap(1_200, None)]);
        track
    }

    #[test]
    fn a_row_shows_footage_by_its_rate_and_gaps() {
        let track = track();
        let cells = track.cells(at(24 * 60), 24);
        assert_eq!(
            cells[..5],
            [Cell::Footage(1), Cell::Footage(4), Cell::Gap, Cell::Footage(4), Cell::Nothing]
        );
        assert_eq!((cells[19], cells[20], cells[23]), (Cell::Nothing, Cell::Gap, Cell::Gap));
        for width in [1, 7, 60, 200, 2_000] {
            assert_eq!(track.cells(at(24 * 60), width).len(), width);
        }
        let glyphs: Vec<char> = cells.iter().map(|c| c.glyph()).collect();
        assert!(glyphs.iter().all(|c| crate::console::glyphs::is_safe(*c)), "{glyphs:?}");
    }

    #[test]
    fn the_reason_is_found_under_the_cursor() {
        let track = track();
        assert_eq!(track.gap_at(at(150)).unwrap().start, at(120));
        assert_eq!(track.gap_at(at(1_300)).unwrap().end, None);
        assert!(track.gap_at(at(30)).is_none());
        assert_eq!(track.rate(at(0), at(60)), Some(60_000_000.0 * 8.0 / 3_600.0));
        assert_eq!(track.rate(at(300), at(400)), None);
    }
}
