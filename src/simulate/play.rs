//! One connection that plays: which frame is due when, and its bytes.
//!
//! A camera makes frame N at `epoch + N * interval` whether anybody looks or not, so counters are
//! the same for every connection, and a reconnecting client can count what it missed. Each
//! connection starts at the film's first key frame. A simulator that wakes late sends what is due
//! at once and skips nothing: every hole in the counters is the client's, or ordered.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::camera::{Behaviour, Camera, SimAudio};
use super::count::FrameStamp;
use super::fault::Fault;
use super::rtp::{Head, Reel, interleaved_rtp, sender_report};
use crate::base::clock::{Clock, SystemClock};

/// How often a camera tells its own time (RFC 3550 6.2 says five seconds).
const REPORT_EVERY: Duration = Duration::from_secs(5);

const VIDEO_TICKS_PER_SEC: i64 = 90_000;

/// One RTP stream of the connection.
pub(super) struct Track {
    pub channel: u8,
    pub sequence: u16,
    pub source: u32,
    /// Random start of the RTP time.
    pub base: u32,
}

impl Track {
    pub fn new(channel: u8, seed: u64) -> Track {
        let seed = mix(seed);
        Track {
            channel,
            sequence: seed as u16,
            source: (seed >> 16) as u32,
            base: mix(seed) as u32,
        }
    }

    fn head(&mut self, ticks: i64) -> Head {
        let head = Head {
            channel: self.channel,
            sequence: self.sequence,
            time: self.base.wrapping_add(ticks as u32),
            source: self.source,
        };
        self.sequence = self.sequence.wrapping_add(1);
        head
    }
}

/// What one step asks of the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// Write [`Player::bytes`]; `frame` when a whole frame is in it.
    Write {
        frame: bool,
    },
    /// Nothing to write this time.
    Nothing,
    Close,
}

pub(super) struct Player {
    camera: Arc<Camera>,
    preview: bool,
    video: Track,
    audio: Option<Track>,
    clock: SystemClock,
    revision: u32,
    closes: u32,
    behaviour: Arc<Behaviour>,
    reel: Arc<Reel>,
    at: usize,
    /// Ticks of the next frame in decode order, from the connection's start.
    ticks: i64,
    counter: u32,
    due: Instant,
    next_report: Instant,
    audio_ticks: i64,
    packets: u32,
    octets: u32,
    random: u64,
    bytes: Vec<u8>,
    /// Where packets begin in `bytes`, for one write per packet.
    cuts: Vec<usize>,
}

impl Player {
    /// `reel` is what was described: the main stream's, or the preview's.
    pub fn new(
        camera: Arc<Camera>,
        preview: bool,
        reel: Arc<Reel>,
        video: Track,
        audio: Option<Track>,
        now: Instant,
    ) -> Player {
        let interval = camera.interval();
        let since = now.saturating_duration_since(camera.epoch).as_nanos();
        let counter = (since / interval.as_nanos()) as u32 + 1;
        let due = camera.epoch + interval * counter;
        let behaviour = camera.behaviour();
        Player {
            preview,
            revision: camera.revision.load(Ordering::SeqCst),
            closes: camera.closes.load(Ordering::SeqCst),
            reel: if preview { reel } else { behaviour.reel.clone() },
            behaviour,
            random: u64::from(video.source) << 8 | 1,
            video,
            audio,
            clock: SystemClock::new(),
            at: 0,
            ticks: 0,
            counter,
            due,
            next_report: now,
            audio_ticks: 0,
            packets: 0,
            octets: 0,
            bytes: Vec::with_capacity(64 * 1024),
            cuts: Vec::new(),
            camera,
        }
    }

    pub fn due(&self) -> Instant {
        self.due
    }

    /// `RTP-Info` of the answer to PLAY.
    pub fn rtp_position(&self, url: &str) -> String {
        let entry = |n: usize, track: &Track| {
            let (seq, time) = (track.sequence, track.base);
            format!("url={url}/trackID={n};seq={seq};rtptime={time}")
        };
        let mut info = entry(0, &self.video);
        if let Some(audio) = &self.audio {
            info = format!("{info},{}", entry(1, audio));
        }
        info
    }

    /// The bytes of this turn, in the pieces that are to be written one by one.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let dribble = self.behaviour.has(Fault::Dribble);
        let starts = if dribble { &self.cuts[..] } else { &self.cuts[..self.cuts.len().min(1)] };
        starts.iter().enumerate().map(move |(i, start)| {
            let end = starts.get(i + 1).copied().unwrap_or(self.bytes.len());
            &self.bytes[*start..end]
        })
    }

    /// Composes what is due now and moves on by one frame.
    pub fn step(&mut self, now: Instant) -> Turn {
        if self.camera.closes.load(Ordering::Relaxed) != self.closes {
            return Turn::Close;
        }
        if self.camera.revision.load(Ordering::Relaxed) != self.revision {
            self.adopt();
        }
        self.bytes.clear();
        self.cuts.clear();
        let (counter, ticks_per_frame) = (self.counter, self.pace());
        if self.behaviour.has(Fault::Stall) {
            self.at = 0;
            self.ticks += ticks_per_frame;
            return Turn::Nothing;
        }
        if now >= self.next_report {
            self.next_report = now + REPORT_EVERY;
            self.report();
        }
        self.garbage(counter);
        self.sound();
        let sent = if self.behaviour.has(Fault::Jpeg) || self.behaviour.has(Fault::Mpeg4) {
            self.foreign_frame()
        } else {
            self.frame(counter, ticks_per_frame)
        };
        self.ticks += ticks_per_frame;
        match self.bytes.is_empty() {
            true => Turn::Nothing,
            false => Turn::Write { frame: sent },
        }
    }

    /// The next frame's moment and number; ticks from this frame to the next.
    fn pace(&mut self) -> i64 {
        let slow = self.behaviour.has(Fault::OneFps);
        let interval = if slow { Duration::from_secs(1) } else { self.camera.interval() };
        self.due += interval;
        self.counter = self.counter.wrapping_add(1);
        VIDEO_TICKS_PER_SEC / if slow { 1 } else { i64::from(self.camera.is.fps) }
    }

    fn adopt(&mut self) {
        self.revision = self.camera.revision.load(Ordering::SeqCst);
        self.behaviour = self.camera.behaviour();
        if !self.preview && !Arc::ptr_eq(&self.reel, &self.behaviour.reel) {
            self.reel = self.behaviour.reel.clone();
            self.at = 0;
        }
    }

    /// Takes the film's next frame and appends it, unless it is to be lost or was never made.
    fn frame(&mut self, counter: u32, ticks_per_frame: i64) -> bool {
        let reel = self.reel.clone();
        if self.behaviour.has(Fault::NoKeyFrames) {
            while reel.frames[self.at].key {
                // A film of key frames only has nothing to send.
                if reel.frames.iter().all(|f| f.key) {
                    return false;
                }
                self.at = (self.at + 1) % reel.frames.len();
            }
        }
        let frame = &reel.frames[self.at];
        // With B-frames the place of showing is not the place of sending; else the two are equal.
        let later = i64::from(frame.shown) - self.at as i64;
        let time = self.stamp_ticks(self.ticks + later * ticks_per_frame);
        self.at = (self.at + 1) % reel.frames.len();
        let (skip, lose) = self.losses(counter);
        if skip {
            return false;
        }
        if lose {
            let packets = frame.packets.len() as u16;
            self.video.sequence = self.video.sequence.wrapping_add(packets);
            return false;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&frame.wire);
        for at in &frame.packets {
            let at = start + *at as usize;
            self.cuts.push(at);
            self.video.head(time).patch(&mut self.bytes[at..]);
        }
        let stamp = FrameStamp {
            camera: self.camera.number,
            counter,
            wall_ms: (self.clock.utc().0 / 1_000) as u64,
            preview: self.preview,
        };
        stamp.write(&mut self.bytes[start + frame.stamp_at..]);
        self.packets = self.packets.wrapping_add(frame.packets.len() as u32);
        self.octets = self.octets.wrapping_add(frame.wire.len() as u32);
        true
    }

    /// RTP time with what the camera's clock does wrong.
    fn stamp_ticks(&self, ticks: i64) -> i64 {
        let jump = self.behaviour.faults.iter().find_map(|f| match f {
            Fault::RtpJump { ms } => Some(ms * VIDEO_TICKS_PER_SEC / 1_000),
            _ => None,
        });
        match self.behaviour.has(Fault::Backwards) {
            true => -ticks,
            false => ticks + jump.unwrap_or(0),
        }
    }

    /// Was this frame never made; is it lost on the way?
    fn losses(&self, counter: u32) -> (bool, bool) {
        let (mut skip, mut lose) = (false, false);
        for fault in &self.behaviour.faults {
            match fault {
                Fault::Skip { one_in } => skip |= counter.is_multiple_of(*one_in),
                Fault::Lose { one_in } => lose |= counter.is_multiple_of(*one_in),
                _ => {}
            }
        }
        let next = &self.camera.lose_next;
        let less = |n: u32| n.checked_sub(1);
        lose |=
            !self.preview && next.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
        (skip, lose)
    }

    fn report(&mut self) {
        self.cuts.push(self.bytes.len());
        let ticks = self.stamp_ticks(self.ticks);
        let head = Head {
            channel: self.video.channel + 1,
            sequence: 0,
            time: self.video.base.wrapping_add(ticks as u32),
            source: self.video.source,
        };
        let jump = self.behaviour.faults.iter().find_map(|f| match f {
            Fault::NtpJump { ms } => Some(ms * 1_000),
            _ => None,
        });
        let utc_us = self.clock.utc().0 + jump.unwrap_or(0);
        sender_report(&mut self.bytes, head, utc_us, self.packets, self.octets);
    }

    /// A burst a second of bytes that begin no packet.
    fn garbage(&mut self, counter: u32) {
        let every = u32::from(self.camera.is.fps);
        if !self.behaviour.has(Fault::Garbage) || !counter.is_multiple_of(every) {
            return;
        }
        self.cuts.push(self.bytes.len());
        self.bytes.push(0); // neither `$` nor a letter: no parser may take it for a beginning
        self.noise(2_000);
    }

    fn noise(&mut self, n: usize) {
        for _ in 0..n {
            self.random = mix(self.random);
            self.bytes.push(self.random as u8);
        }
    }

    /// A packet of a codec that nobody asked for: well-formed RTP, noise inside.
    fn foreign_frame(&mut self) -> bool {
        let start = self.bytes.len();
        self.cuts.push(start);
        // RFC 2435: no offset, type 1, quality 50, 320x240. MPEG-4: the start code of a picture.
        let (kind, before): (u8, &[u8]) = match self.behaviour.has(Fault::Jpeg) {
            true => (26, &[0, 0, 0, 0, 1, 50, 40, 30]),
            false => (96, &[0, 0, 1, 0xb6]),
        };
        interleaved_rtp(&mut self.bytes, kind, true, before, &[0x5a; 600]);
        let head = self.video.head(self.ticks);
        head.patch(&mut self.bytes[start..]);
        true
    }

    /// Sound up to the picture's time.
    fn sound(&mut self) {
        let (Some(track), Some(audio)) = (&mut self.audio, self.camera.is.audio) else {
            return;
        };
        let (rate, step) = match audio {
            SimAudio::Alaw => (8_000, 320),
            SimAudio::Aac => (16_000, 1_024),
        };
        while self.audio_ticks * VIDEO_TICKS_PER_SEC < self.ticks * rate {
            let start = self.bytes.len();
            self.cuts.push(start);
            match audio {
                // 400 Hz: 20 samples a wave, at a tenth of full scale (A-law of about +-3,000).
                SimAudio::Alaw => {
                    let tone: Vec<u8> =
                        (0..320).map(|i| if i % 20 < 10 { 0xb2 } else { 0x32 }).collect();
                    interleaved_rtp(&mut self.bytes, 8, true, &[], &tone);
                }
                // RFC 3640: one header of 16 bits, size 6; the frame decodes to silence.
                SimAudio::Aac => {
                    let silence = [0x00, 0xc8, 0x00, 0x80, 0x23, 0x80];
                    interleaved_rtp(&mut self.bytes, 97, true, &[0, 16, 0, 6 << 3], &silence);
                }
            }
            track.head(self.audio_ticks).patch(&mut self.bytes[start..]);
            self.audio_ticks += step;
        }
    }
}

/// One step of splitmix64: scatters seeds, and makes noise that is the same for the same seed.
pub(super) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
