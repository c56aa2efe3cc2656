//! The access unit: what both ingests give and the one writer takes.

use std::sync::Arc;

use bytes::Bytes;

use super::Codec;
use crate::base::time::{Span, Utc};

/// Ticks of media time: 1/90,000 s, the RTP video clock, so that no stamp is ever rounded.
pub const TICKS_PER_SEC: i64 = 90_000;

/// What a decoder has to know before the first frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VideoParams {
    pub codec: Codec,
    /// The `avcC` or `hvcC` record's payload, parameter sets included.
    pub config: Bytes,
    pub width: u16,
    pub height: u16,
}

/// What sound is recorded as, where the file allows sound at all (R1.20).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AudioParams {
    pub codec: AudioCodec,
    pub rate_hz: u32,
    pub channels: u16,
    /// AudioSpecificConfig for AAC, else empty.
    pub config: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AudioCodec {
    Aac,
    /// G.711 A-law, as received.
    Alaw,
    /// G.711 mu-law, as received.
    Ulaw,
}

/// Picture or sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Params {
    Video(VideoParams),
    Audio(AudioParams),
}

/// One coded picture (or packet of sound) exactly as the camera made it.
#[derive(Clone, Debug)]
pub struct AccessUnit {
    /// Length-prefixed (4 bytes) NAL units, slices and SEI byte for byte (R2.32); or one audio
    /// frame.
    pub data: Bytes,
    /// Presentation time in ticks of the track's own clock, unwrapped, from an arbitrary zero that
    /// holds for one connection. Units come in decode order. Video: 90 kHz. Audio:
    /// `AudioParams::rate_hz`.
    pub time: i64,
    pub key: bool,
    /// The recorder's wall clock when the unit's last byte came.
    pub arrived: Utc,
    /// The same `Arc` on every unit until the camera changes its parameters.
    pub params: Arc<Params>,
    /// The camera's own UTC for this unit minus `arrived`, where RTCP told it (R7.4).
    pub camera_offset: Option<Span>,
    /// Packets known lost just before this unit.
    pub lost_packets: u32,
}

impl AccessUnit {
    pub fn is_video(&self) -> bool {
        matches!(*self.params, Params::Video(_))
    }
}
