//! One segment that is being written: units wait here until the tick cuts them into a fragment.

use std::sync::Arc;

use bytes::Bytes;

use super::boxes::{self, KeyFragment, Piece, Run, Start, StoredEnd};
use super::times::{self, DecodeTimes};
use super::{Progress, Tag};
use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::SEGMENT_SPAN;
use crate::base::name::DiskId;
use crate::base::time::{Span, Utc};
use crate::disk::{Disk, DiskFile};
use crate::footage::unit::{AccessUnit, AudioParams, Params, VideoParams};
use crate::footage::{Segment, naming};

/// Copies of one start second that are tried before the disk is called broken.
const COPIES_MAX: u32 = 1_000;

/// I, P, B, b: a pyramid shows both its depths with the fourth frame.
const REORDER_SHOWS: usize = 4;

/// A picture that waits for its fragment.
struct Frame {
    bytes: Bytes,
    time: i64,
    key: bool,
}

/// A packet of sound that waits.
struct Sound {
    bytes: Bytes,
    /// In ticks of the sound's own clock, from the segment's start.
    time: i64,
}

/// What is in the file: written, and after a flush durable.
#[derive(Clone, Copy, Default)]
struct Totals {
    end: Utc,
    frames: u32,
    bytes: u64,
}

/// An open segment. Its file is made with its first fragment, so that no file without a picture
/// ever exists for longer than one call.
pub struct OpenSegment {
    pub tag: Tag,
    pub take: u64,
    pub start: Utc,
    /// Wall clock minus monotonic clock when it began.
    pub clock_offset: Span,
    /// The first key frame at or after this begins the next segment.
    pub boundary: Utc,
    /// Its row was told.
    pub told: bool,
    /// Written since the last flush.
    pub dirty: bool,
    pub file: Option<Box<dyn DiskFile>>,
    path: String,
    video: Arc<Params>,
    audio: Option<Arc<Params>>,
    decode: Option<DecodeTimes>,
    first: i64,
    latest: i64,
    frame_ticks: i64,
    pending: Vec<Frame>,
    sounds: Vec<Sound>,
    pending_bytes: usize,
    /// First sound unit's own time and its place in the segment.
    sound_zero: Option<(i64, i64)>,
    sound_next: i64,
    summing: Summing,
    number: u32,
    keys: Vec<KeyFragment>,
    written: Totals,
    durable: Totals,
    digest: Option<Digest>,
    rate: Option<u64>,
    /// Up to where room in the file is reserved.
    reserved: u64,
    may_wait: bool,
}

/// What a new segment is made from.
pub struct Begin {
    pub tag: Tag,
    pub take: u64,
    pub clock_offset: Span,
    pub boundary: Utc,
    pub audio: Option<Arc<Params>>,
    /// Bytes a second to reserve for; where it is not known, the first fragment says.
    pub rate: Option<u64>,
    /// The take's first: whether its pictures are reordered is not known yet.
    pub first: bool,
}

/// Memory that the cuts of all cameras share.
#[derive(Default)]
pub struct Scratch {
    head: Vec<u8>,
    pieces: Vec<Piece>,
    sound_pieces: Vec<Piece>,
}

impl OpenSegment {
    /// Begins with the key frame `unit` at `time` on the take's line.
    pub fn begin(begin: Begin, unit: AccessUnit, time: i64, frame_ticks: i64) -> OpenSegment {
        let mut segment = OpenSegment {
            tag: begin.tag,
            take: begin.take,
            start: unit.arrived,
            clock_offset: begin.clock_offset,
            boundary: begin.boundary,
            told: false,
            dirty: false,
            file: None,
            path: String::new(),
            video: unit.params.clone(),
            audio: begin.audio,
            decode: None,
            first: time,
            latest: time,
            frame_ticks,
            pending: Vec::new(),
            sounds: Vec::new(),
            pending_bytes: 0,
            sound_zero: None,
            sound_next: 0,
            summing: Summing::default(),
            number: 0,
            keys: Vec::new(),
            written: Totals::default(),
            durable: Totals::default(),
            digest: None,
            rate: begin.rate,
            reserved: 0,
            may_wait: begin.first,
        };
        segment.push(unit, time, frame_ticks);
        segment
    }

    pub fn push(&mut self, unit: AccessUnit, time: i64, frame_ticks: i64) {
        if self.decode.is_none() {
            // A picture that leads the key frame on the screen: presentation begins with it.
            self.first = self.first.min(time);
        }
        self.latest = self.latest.max(time);
        self.frame_ticks = frame_ticks;
        self.pending_bytes += unit.data.len();
        self.pending.push(Frame { bytes: unit.data, time, key: unit.key });
    }

    /// Sound is placed by its first arrival in each segment; from there its own clock counts.
    pub fn push_sound(&mut self, unit: AccessUnit) {
        let Some(rate) = self.audio_params().map(|a| i64::from(a.rate_hz)) else {
            return;
        };
        let zero = self.sound_zero.get_or_insert_with(|| {
            let late = (unit.arrived - self.start).0.max(0);
            (unit.time, (i128::from(late) * i128::from(rate) / 1_000_000) as i64)
        });
        let time = (unit.time - zero.0).saturating_add(zero.1).max(0);
        self.pending_bytes += unit.data.len();
        self.sounds.push(Sound { bytes: unit.data, time });
    }

    pub fn audio_params(&self) -> Option<&AudioParams> {
        match self.audio.as_deref() {
            Some(Params::Audio(audio)) => Some(audio),
            _ => None,
        }
    }

    pub fn video_params(&self) -> Option<&VideoParams> {
        match &*self.video {
            Params::Video(video) => Some(video),
            Params::Audio(_) => None,
        }
    }

    /// Below the footage folder; empty until the file exists.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// For a segment that outlives its take before its first fragment: the reordering seen in what
    /// waits.
    pub fn tail_depth(&self) -> usize {
        let later =
            |n: usize, time: i64| self.pending[..n].iter().filter(|f| f.time > time).count();
        self.pending.iter().enumerate().map(|(n, f)| later(n, f.time)).max().unwrap_or(0)
    }

    pub fn pending_bytes(&self) -> usize {
        self.pending_bytes
    }

    /// Bytes a second, of what is written.
    pub fn rate(&self) -> u64 {
        per_second(self.written.bytes, self.written.end - self.start)
    }

    /// What the file will take up to its boundary and the key frame after it, with a sixteenth to
    /// spare. A first fragment holds a key frame and overstates.
    fn likely_bytes(&self) -> u64 {
        let rate = self.rate.unwrap_or_else(|| per_second(self.pending_bytes as u64, self.span()));
        let left = (self.boundary - self.start).max(Span::ZERO).min(SEGMENT_SPAN);
        let bytes = rate.saturating_mul((left.as_millis() as u64).saturating_add(2_000)) / 1_000;
        bytes.saturating_add(bytes / 16)
    }

    /// A file that outgrows its room gets an eighth of it more: without, ext4 gives each tick's
    /// bytes a place of their own, and the list of places has to be written with every flush.
    fn reserve_more(&mut self, total: u64) {
        let more = self.reserved / 8;
        if let Some(file) = self.file.as_mut().filter(|_| total > self.reserved && more > 0) {
            let room = (total - self.written.bytes).saturating_add(more);
            // Only a wish, as the first.
            let _ = file.preallocate(room);
            self.reserved = self.written.bytes.saturating_add(room);
        }
    }

    /// The reorder depth that its file states; `None` while nothing is written.
    pub fn depth(&self) -> Option<usize> {
        self.decode.as_ref().map(DecodeTimes::depth)
    }

    /// End of everything that came, on the segment's own line.
    pub fn end(&self) -> Utc {
        self.start + times::span(self.latest - self.first + self.frame_ticks)
    }

    pub fn at(&self, time: i64) -> Utc {
        self.start + times::span(time - self.first)
    }

    pub fn span(&self) -> Span {
        self.end() - self.start
    }

    /// Writes everything that waits in one call; with `close`, the trailer too. `depth`: the
    /// camera's reorder depth, which counts for the segment's first fragment only.
    ///
    /// # Errors
    /// The disk's. The file may then hold a part of the fragment: repair trims it.
    pub fn write(
        &mut self,
        disk: &dyn Disk,
        scratch: &mut Scratch,
        depth: usize,
        close: bool,
    ) -> Result<(), Fault> {
        if !close && (self.pending.is_empty() || self.wait_once()) {
            return Ok(());
        }
        if self.file.is_none() {
            self.create(disk)?;
        }
        if self.pending.is_empty() {
            // Sound without a picture in the last cut: under a tick of it, and no fragment to carry
            // it.
            self.sounds.clear();
        }
        scratch.head.clear();
        let at = self.written.bytes;
        let mut cuts: Vec<(usize, usize)> = Vec::with_capacity(3);
        if at == 0 {
            self.put_header(&mut scratch.head, depth)?;
        }
        let split = self.split();
        let ends = [split, self.pending.len()];
        let (mut from, mut payload) = (0, 0_u64);
        for (n, to) in ends.into_iter().enumerate() {
            if to > from {
                let here = at + scratch.head.len() as u64 + payload;
                let with_sound = n + 1 == ends.len();
                self.put_fragment(scratch, from, to, here, with_sound)?;
                payload += self.pending[from..to].iter().map(|f| f.bytes.len() as u64).sum::<u64>();
                cuts.push((scratch.head.len(), to));
                from = to;
            }
        }
        payload += self.sounds.iter().map(|s| s.bytes.len() as u64).sum::<u64>();
        if close {
            self.put_trailer(&mut scratch.head)?;
        }
        let total = at + scratch.head.len() as u64 + payload;
        self.reserve_more(total);
        self.append(&scratch.head, &cuts)?;
        self.wrote(total, close)
    }

    /// Reordering shows within [`REORDER_SHOWS`] frames, and the header has to state it. A take's
    /// first fragment therefore waits one tick if it has fewer: at most 0.2 s at 15 fps plus a
    /// tick, still under a second.
    fn wait_once(&mut self) -> bool {
        std::mem::take(&mut self.may_wait) && self.pending.len() < REORDER_SHOWS
    }

    fn wrote(&mut self, total: u64, close: bool) -> Result<(), Fault> {
        self.written = Totals {
            end: self.end(),
            frames: self.written.frames + self.pending.len() as u32,
            bytes: total,
        };
        self.pending.clear();
        self.sounds.clear();
        self.pending_bytes = 0;
        self.dirty = true;
        if let Some(file) = self.file.as_mut().filter(|_| close) {
            // Gives back what was reserved and not needed.
            file.truncate(total)?;
        }
        Ok(())
    }

    /// One call: heads and samples interleaved, nothing copied.
    fn append(&mut self, head: &[u8], cuts: &[(usize, usize)]) -> Result<(), Fault> {
        let mut parts: Vec<&[u8]> =
            Vec::with_capacity(self.pending.len() + self.sounds.len() + cuts.len() + 1);
        let (mut head_from, mut from) = (0, 0);
        for (n, (head_to, to)) in cuts.iter().enumerate() {
            parts.push(&head[head_from..*head_to]);
            parts.extend(self.pending[from..*to].iter().map(|f| &f.bytes[..]));
            if n + 1 == cuts.len() {
                parts.extend(self.sounds.iter().map(|s| &s.bytes[..]));
            }
            (head_from, from) = (*head_to, *to);
        }
        parts.push(&head[head_from..]);
        match self.file.as_mut() {
            Some(file) => file.append(&parts),
            None => Err(Fault::new(FaultKind::Missing, format!("{} is not open", self.path))),
        }
    }

    fn create(&mut self, disk: &dyn Disk) -> Result<(), Fault> {
        disk.make_folder(&naming::folder(&self.tag.camera, self.start))?;
        for copy in 1..=COPIES_MAX {
            let path = naming::path(&self.tag.camera, self.start, copy);
            match disk.create_new(&path) {
                Ok(mut file) => {
                    self.reserved = self.likely_bytes();
                    // Only a wish: a disk without that much room says so when it is written.
                    let _ = file.preallocate(self.reserved);
                    (self.file, self.path) = (Some(file), path);
                    return Ok(());
                }
                Err(fault) if fault.kind == FaultKind::Exists => {}
                Err(fault) => return Err(fault),
            }
        }
        let path = naming::path(&self.tag.camera, self.start, 1);
        Err(Fault::new(
            FaultKind::Exists,
            format!("{path}: this second is used {COPIES_MAX} times"),
        ))
    }

    /// The first key frame that waits begins a fragment of its own, so that `mfra` can point at it.
    /// One split a tick: where every frame is a key frame, a fragment for each would cost 130 bytes
    /// a frame.
    fn split(&self) -> usize {
        self.pending.iter().position(|f| f.key).unwrap_or(0)
    }

    fn put_header(&mut self, head: &mut Vec<u8>, depth: usize) -> Result<(), Fault> {
        let decode = DecodeTimes::new(depth, self.frame_ticks, self.first);
        let strange = || Fault::new(FaultKind::Corrupt, "a segment without video parameters");
        let video = self.video_params().ok_or_else(strange)?;
        let start = Start {
            tag: &self.tag,
            start: self.start,
            video,
            audio: self.audio_params(),
            edit: decode.edit() as u64,
        };
        boxes::header(head, &start)?;
        self.decode = Some(decode);
        Ok(())
    }

    fn put_fragment(
        &mut self,
        scratch: &mut Scratch,
        from: usize,
        to: usize,
        here: u64,
        with_sound: bool,
    ) -> Result<(), Fault> {
        let strange = || Fault::new(FaultKind::Corrupt, "a fragment before its header");
        let decode = self.decode.as_mut().ok_or_else(strange)?;
        let frame = self.frame_ticks.clamp(1, i64::from(u32::MAX));
        scratch.pieces.clear();
        let (mut first, mut last) = (0, 0);
        for (n, unit) in self.pending[from..to].iter().enumerate() {
            let (time, offset) = decode.next(unit.time);
            if let Some(before) = scratch.pieces.last_mut() {
                before.duration = u32::try_from(time - last).unwrap_or(u32::MAX);
            } else {
                first = time;
            }
            last = time;
            self.summing.add(&unit.bytes);
            // The last one's duration is provisional: the next fragment's time corrects it.
            let (size, duration) = (unit.bytes.len() as u32, frame as u32);
            scratch.pieces.push(Piece { size, duration, offset, key: unit.key });
            if n == 0 && unit.key {
                let shown = (time + i64::from(offset)).max(0) as u64;
                self.keys.push(KeyFragment { time: shown, at: here });
            }
        }
        let sound_time = match with_sound {
            true => self.sound_run(&mut scratch.sound_pieces),
            false => {
                scratch.sound_pieces.clear();
                0
            }
        };
        self.number += 1;
        let check = self.summing.clone().finish();
        let video = Run { time: first as u64, pieces: &scratch.pieces };
        let sound = Run { time: sound_time, pieces: &scratch.sound_pieces };
        boxes::fragment(&mut scratch.head, self.number, &check.0[..8], &video, &sound)
    }

    fn sound_run(&mut self, pieces: &mut Vec<Piece>) -> u64 {
        pieces.clear();
        let mut last = 0;
        let mut first = 0;
        for sound in &self.sounds {
            // Never backwards: a sound clock that was set goes on where it is.
            let time = sound.time.max(self.sound_next);
            match pieces.last_mut() {
                Some(before) => before.duration = u32::try_from(time - last).unwrap_or(u32::MAX),
                None => first = time,
            }
            let duration = pieces.last().map_or(1, |p: &Piece| p.duration.max(1));
            pieces.push(Piece { size: sound.bytes.len() as u32, duration, offset: 0, key: true });
            last = time;
            self.sound_next = time + 1;
        }
        first as u64
    }

    fn put_trailer(&mut self, head: &mut Vec<u8>) -> Result<(), Fault> {
        let digest = self.summing.clone().finish();
        let frames = self.written.frames + self.pending.len() as u32;
        let end = StoredEnd { end_us: self.end().0, frames, sha256: digest };
        self.digest = Some(digest);
        boxes::trailer(head, &end, &self.keys)
    }

    /// A flush reached the disk: what was written is durable. Says what that added.
    pub fn flushed(&mut self) -> Progress {
        let before = std::mem::replace(&mut self.durable, self.written);
        self.dirty = false;
        Progress {
            camera: self.tag.camera.clone(),
            take: self.take,
            path: self.path.clone(),
            end: self.durable.end,
            frames: self.durable.frames,
            bytes: self.durable.bytes,
            tick_frames: self.durable.frames - before.frames,
            tick_bytes: self.durable.bytes - before.bytes,
        }
    }

    /// The index row as of the last flush; `closed` adds the digest.
    pub fn row(&self, disk: &DiskId, closed: bool) -> Option<Segment> {
        Some(Segment {
            camera: self.tag.camera.clone(),
            disk: disk.clone(),
            path: self.path.clone(),
            start: self.start,
            end: self.durable.end,
            frames: self.durable.frames,
            bytes: self.durable.bytes,
            codec: self.video_params()?.codec,
            digest: self.digest.filter(|_| closed),
        })
    }
}

fn per_second(bytes: u64, span: Span) -> u64 {
    bytes.saturating_mul(1_000) / span.as_millis().max(100) as u64
}
