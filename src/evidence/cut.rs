//! Where a copy is cut: on key frames, outside the window that was asked for, and into files that
//! every carrier takes (R2.26, R3.16).
//!
//! Rules, each with its test:
//! - a clip begins with the last key frame at or before the window, and ends before the first key
//!   frame at or after its end: nothing that was asked for is missing, and little else is there;
//! - time without footage ends a clip: no picture ever stands still for a gap;
//! - other parameters of the camera end a clip, and so does the size of a file;
//! - a clip consists of pieces of stored segments, in order; a piece that is a whole segment has
//!   that segment's digest.

use crate::base::time::{Span, Utc};
use crate::footage::unit::{TICKS_PER_SEC, VideoParams};

use super::tables::Picture;

/// No file is larger, whatever the site's file says: FAT32 ends at 4 GiB, and the index has 32
/// bits.
pub const FILE_BYTES_MAX: u64 = 4_000_000_000;
/// More files than this do not go into one upload of the police's portals (R2.26).
pub const FILES_ADVISED_MAX: usize = 16;
/// Time without pictures from which on a clip ends. Below it the last picture lasts a little.
pub const HOLE_MIN: Span = Span::secs(2);
/// Two segments may overlap by this much (a clock that was put right); beyond it a clip ends.
const OVERLAP_MAX: Span = Span::millis(500);
/// Bytes of the index for each picture, and of the rest: never more.
const INDEX_BYTES_EACH: u64 = 40;
const INDEX_BYTES: u64 = 4_096;

pub fn span(ticks: i64) -> Span {
    Span((i128::from(ticks) * 1_000_000 / i128::from(TICKS_PER_SEC)) as i64)
}

pub fn ticks(span: Span) -> i64 {
    (i128::from(span.0) * i128::from(TICKS_PER_SEC) / 1_000_000) as i64
}

/// A stretch of one stored segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Which of the camera's segments, counted from 0.
    pub segment: usize,
    /// Its first picture, and how many: numbers within the segment.
    pub first: u32,
    pub frames: u32,
    pub bytes: u64,
    /// Everything the segment has.
    pub whole: bool,
}

/// What becomes one file.
#[derive(Clone, PartialEq, Debug)]
pub struct Clip {
    pub video: VideoParams,
    /// When its first picture was taken.
    pub start: Utc,
    /// When its last picture was taken, and when that one ends.
    pub last: Utc,
    pub end: Utc,
    pub frames: u64,
    /// Of its pictures.
    pub bytes: u64,
    pub pieces: Vec<Piece>,
}

impl Clip {
    /// An upper bound of the file's size.
    pub fn file_bytes_max(&self) -> u64 {
        self.bytes + self.frames * INDEX_BYTES_EACH + INDEX_BYTES
    }
}

/// Cuts one camera's segments, given in order of their start.
#[derive(Debug)]
pub struct Cutting {
    from: Utc,
    to: Utc,
    file_bytes: u64,
    clips: Vec<Clip>,
}

impl Cutting {
    /// The window that was asked for, and the largest file.
    pub fn new((from, to): (Utc, Utc), file_bytes: u64) -> Cutting {
        let file_bytes = file_bytes.min(FILE_BYTES_MAX);
        Cutting { from, to, file_bytes, clips: Vec::new() }
    }

    /// One more segment: its number, when its line of time begins, its pictures in decode order.
    /// `closed`: it will not grow.
    pub fn take(
        &mut self,
        segment: usize,
        start: Utc,
        video: &VideoParams,
        pictures: &[Picture],
        closed: bool,
    ) {
        let at = |p: &Picture| start + span(p.shown);
        let keys = pictures.iter().enumerate().filter(|(_, p)| p.key);
        let first = keys.clone().rfind(|(_, p)| at(p) <= self.from);
        let first = first.or_else(|| keys.clone().next()).map(|(n, _)| n);
        let Some(first) = first else { return };
        let beyond = keys.clone().find(|(n, p)| *n > first && at(p) >= self.to);
        let end = beyond.map_or(pictures.len(), |(n, _)| n);
        let ends = pictures.iter().map(|p| at(p) + span(i64::from(p.duration))).max();
        if at(&pictures[first]) >= self.to || ends.is_none_or(|end| end <= self.from) {
            return;
        }
        // From key frame to key frame: nothing smaller can be split off.
        let starts = keys.map(|(n, _)| n).filter(|n| (first..end).contains(n));
        let mut ends: Vec<usize> = starts.clone().skip(1).collect();
        ends.push(end);
        for (begin, end) in starts.zip(ends) {
            let whole = closed && begin == 0 && end == pictures.len();
            let group = Group { segment, start, first: begin, pictures: &pictures[begin..end] };
            self.add(&group, video, whole);
        }
        let all = closed && first == 0 && end == pictures.len();
        if let Some(piece) = self.clips.last_mut().and_then(|clip| clip.pieces.last_mut()) {
            piece.whole = all && piece.first == 0 && piece.frames as usize == pictures.len();
        }
    }

    fn add(&mut self, group: &Group<'_>, video: &VideoParams, whole: bool) {
        let (begins, last, ends) = group.times();
        let (bytes, frames) = (group.bytes(), group.pictures.len() as u32);
        let more = bytes + u64::from(frames) * INDEX_BYTES_EACH;
        let goes_on = self.clips.last().is_some_and(|clip| {
            let hole = begins - clip.end;
            clip.video == *video
                && hole < HOLE_MIN
                && hole.0 > -OVERLAP_MAX.0
                && clip.file_bytes_max() + more <= self.file_bytes
        });
        if !goes_on {
            self.clips.push(Clip {
                video: video.clone(),
                start: begins,
                last,
                end: ends,
                frames: 0,
                bytes: 0,
                pieces: Vec::new(),
            });
        }
        // Pushed a moment ago where there was none.
        let Some(clip) = self.clips.last_mut() else { return };
        clip.last = clip.last.max(last);
        clip.end = clip.end.max(ends);
        clip.frames += u64::from(frames);
        clip.bytes += bytes;
        let first = group.first as u32;
        match clip.pieces.last_mut() {
            Some(p) if p.segment == group.segment && p.first + p.frames == first => {
                p.frames += frames;
                p.bytes += bytes;
            }
            _ => {
                let segment = group.segment;
                clip.pieces.push(Piece { segment, first, frames, bytes, whole });
            }
        }
    }

    pub fn clips(self) -> Vec<Clip> {
        self.clips
    }
}

/// A key frame and what depends on it.
struct Group<'a> {
    segment: usize,
    start: Utc,
    first: usize,
    pictures: &'a [Picture],
}

impl Group<'_> {
    fn bytes(&self) -> u64 {
        self.pictures.iter().map(|p| u64::from(p.bytes)).sum()
    }

    /// When its key frame is shown, when its last picture is, and when that ends.
    fn times(&self) -> (Utc, Utc, Utc) {
        let begins = self.pictures.first().map_or(0, |p| p.shown);
        let last = self.pictures.iter().max_by_key(|p| p.shown);
        let (last, ends) = last.map_or((0, 0), |p| (p.shown, p.shown + i64::from(p.duration)));
        (self.start + span(begins), self.start + span(last), self.start + span(ends))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::footage::Codec;

    fn video(mark: u8) -> VideoParams {
        let config = Bytes::from(vec![mark]);
        VideoParams { codec: Codec::H264, config, width: 320, height: 240 }
    }

    fn at(secs: i64) -> Utc {
        Utc::from_secs(1_000_000 + secs)
    }

    /// A segment of so many seconds, 10 pictures of 1,000 bytes each, a key frame every second.
    fn segment(secs: i64) -> Vec<Picture> {
        let one = |n: i64| {
            let time = n * 9_000;
            Picture { bytes: 1_000, decoded: time, shown: time, duration: 9_000, key: n % 10 == 0 }
        };
        (0..secs * 10).map(one).collect()
    }

    fn cut(window: (i64, i64), size: u64, starts: &[(i64, u8)]) -> Vec<Clip> {
        let mut cutting = Cutting::new((at(window.0), at(window.1)), size);
        for (n, (start, mark)) in starts.iter().enumerate() {
            cutting.take(n, at(*start), &video(*mark), &segment(10), true);
        }
        cutting.clips()
    }

    /// Start and end in seconds, pictures, and the pieces.
    type Shape = (i64, i64, u64, Vec<(usize, u32, u32, bool)>);

    fn shape(clips: &[Clip]) -> Vec<Shape> {
        let pieces = |c: &Clip| {
            c.pieces.iter().map(|p| (p.segment, p.first, p.frames, p.whole)).collect::<Vec<_>>()
        };
        let each = clips
            .iter()
            .map(|c| ((c.start - at(0)).as_secs(), (c.end - at(0)).as_secs(), c.frames, pieces(c)));
        each.collect()
    }

    #[test]
    fn a_cut_lies_on_key_frames_outside_the_window() {
        let big = FILE_BYTES_MAX;
        let three = [(0, 1), (10, 1), (20, 1)];
        let halfway = at(0) + Span::millis(3_500);
        let mut cutting = Cutting::new((halfway, at(0) + Span::millis(25_500)), big);
        for (n, (start, mark)) in three.iter().enumerate() {
            cutting.take(n, at(*start), &video(*mark), &segment(10), true);
        }
        let parts = vec![(0, 30, 70, false), (1, 0, 100, true), (2, 0, 60, false)];
        assert_eq!(shape(&cutting.clips()), [(3, 26, 230, parts)]);
        // On the second: exactly what was asked for.
        let parts = vec![(0, 30, 70, false), (1, 0, 50, false)];
        assert_eq!(shape(&cut((3, 15), big, &three)), [(3, 15, 120, parts)]);
        // Inside a gap at both ends: what there is between.
        let parts = vec![(0, 0, 100, true)];
        assert_eq!(shape(&cut((-50, 90), big, &three[..1])), [(0, 10, 100, parts)]);
        assert!(cut((50, 90), big, &[]).is_empty());
    }

    #[test]
    fn gaps_other_parameters_and_size_end_a_clip() {
        let big = FILE_BYTES_MAX;
        for (why, starts, size, want) in [
            ("a gap", [(0, 1), (13, 1)], big, vec![(0, 10), (13, 23)]),
            ("no gap", [(0, 1), (11, 1)], big, vec![(0, 21)]),
            ("a clock set back", [(0, 1), (8, 1)], big, vec![(0, 10), (8, 18)]),
            ("another picture size", [(0, 1), (10, 2)], big, vec![(0, 10), (10, 20)]),
            // 5 groups of 10 x 1,040 bytes fit beside the index.
            ("size", [(0, 1), (10, 1)], 60_000, vec![(0, 5), (5, 10), (10, 15), (15, 20)]),
        ] {
            let clips = cut((-1, 90), size, &starts);
            let got: Vec<_> = shape(&clips).iter().map(|c| (c.0, c.1)).collect();
            assert_eq!(got, want, "{why}");
            assert_eq!(clips.iter().map(|c| c.frames).sum::<u64>(), 200, "{why}");
            assert!(clips.iter().all(|c| c.file_bytes_max() <= size), "{why}");
        }
    }

    proptest::proptest! {
        /// Whatever is asked for is there, and no more than a group on either side.
        #[test]
        fn nothing_asked_for_is_missing(from in 0i64..40_000, long in 1i64..40_000) {
            let window = (at(0) + Span::millis(from), at(0) + Span::millis(from + long));
            let mut cutting = Cutting::new(window, FILE_BYTES_MAX);
            for n in 0..3 {
                cutting.take(n, at(n as i64 * 10), &video(1), &segment(10), true);
            }
            let clips = cutting.clips();
            let there = (window.0, window.1.min(at(30)));
            if there.0 >= there.1 {
                proptest::prop_assert!(clips.is_empty());
            } else {
                proptest::prop_assert_eq!(clips.len(), 1);
                let (start, end) = (clips[0].start, clips[0].end);
                proptest::prop_assert!(start <= there.0 && start > there.0 - Span::secs(1));
                proptest::prop_assert!(end >= there.1 && end < there.1 + Span::secs(1));
            }
        }
    }
}
