//! What crosses the socketpair between `beadle` and a child that turns coded pictures into raw
//! ones: units in, pictures out.
//!
//! A message is `length (u32, big endian, of what follows) | kind (1 byte) | body`, as in
//! [`super::frames`]. Neither side trusts the other: every length is bounded before it is believed,
//! and any bytes at all give messages or [`Broken`], never a panic. After [`Broken`] the stream has
//! no more meaning. Units and pictures are handed out as slices of the buffer they were read into.
//!
//! ```text
//!   beadle                                   child
//!   Begin (version, workers)        ->
//!                                   <-       Ready (version, decoders in words)
//!   Params, Look (one channel)      ->
//!   Round (forget; pictures from T) ->
//!   Unit, Unit, ...                 ->
//!                                   <-       Picture*, Done (after each unit)
//!   Drain                           ->
//!                                   <-       Picture*, Done
//! ```
//! A channel that was asked to `Code` gives `Coding` once and `Coded` in the place of `Picture`.
//! A channel is one camera's line of units. A round begins anew on it: what the child still says
//! about an older round does not count. `Done` comes after the pictures that its unit gave, so that
//! whoever feeds knows how much is under way, and when a decoder keeps a picture back.

pub mod display;
mod parts;
#[cfg(test)]
mod tests;

use bytes::{Buf, Bytes, BytesMut};

pub use super::frames::Broken;
use crate::base::limits::{
    LOOK_BYTES_MAX, PARAMS_BYTES_MAX, PICTURE_SIDE_MAX, PICTURES_CHANNELS_MAX, UNIT_BYTES_MAX,
};
use crate::base::time::Utc;
use crate::footage::Codec;
use crate::footage::unit::VideoParams;
use parts::{Put, Take};

/// Of this language; another one's child is not used.
pub const VERSION: u16 = 2;
/// Length and kind.
pub const HEAD_BYTES: usize = 5;
/// Channel, round, key flag, time: what stands before a unit's own bytes.
const UNIT_HEAD_BYTES: usize = 2 + 4 + 1 + 8;
/// Channel, round, time, width, height: what stands before a picture's own bytes.
const PICTURE_HEAD_BYTES: usize = 2 + 4 + 8 + 2 + 2;
/// A sentence; longer ones are cut.
pub const TEXT_BYTES_MAX: usize = 4096;
/// Three bytes a pixel, the largest picture there is.
const PICTURE_BYTES_MAX: usize = PICTURE_SIDE_MAX as usize * PICTURE_SIDE_MAX as usize * 3;
/// A [`FromChild::Failed`] about the child as a whole.
pub const NO_CHANNEL: u16 = u16::MAX;

/// Towards the child.
#[derive(Clone, PartialEq, Debug)]
pub enum ToChild {
    /// The first message.
    Begin {
        version: u16,
        workers: u8,
        hurry: Hurry,
    },
    /// What the units of this channel that follow were coded with.
    Params {
        channel: u16,
        params: VideoParams,
    },
    /// How pictures of this channel are to look.
    Look {
        channel: u16,
        look: Look,
    },
    /// Forget what was fed; give pictures from this moment on.
    Round {
        channel: u16,
        round: u32,
        from: Utc,
        each: Each,
    },
    Unit {
        channel: u16,
        round: u32,
        unit: Coded,
    },
    /// No more units follow for now: give what is kept back. The next unit has to be a key frame.
    Drain {
        channel: u16,
        round: u32,
    },
    /// Pictures of this channel come back coded anew, as H.264, from the next unit on: for copies
    /// that leave the school, never for the recording.
    Code {
        channel: u16,
    },
    /// The channel is not needed any more.
    Close {
        channel: u16,
    },
}

/// Who comes first where the processors are busy; recording always does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hurry {
    /// Nobody waits: thumbnails.
    None,
    /// Somebody pressed a key.
    Some,
}

/// How units of a round hang together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Each {
    /// They follow one another.
    Follows,
    /// Each is a key frame that gives its picture at once, whatever comes after it.
    Alone,
}

/// One access unit, as in [`crate::footage::unit::AccessUnit`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coded {
    /// When it is to be seen.
    pub at: Utc,
    pub key: bool,
    pub data: Bytes,
}

/// How pictures are to look. Fractions are in 1/65,535 of the picture's side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// The box to fit the picture into, in pixels; its shape is kept, and it is never enlarged
    /// beyond `crop`.
    pub width: u16,
    pub height: u16,
    /// The part to show: left, top, width, height.
    pub crop: [u16; 4],
    /// Polygons that are hidden (S1.13).
    pub masks: Vec<Vec<(u16, u16)>>,
    pub overlay: Option<Overlay>,
}

/// What is burnt in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overlay {
    /// The camera; empty for none.
    pub title: String,
    /// Seconds that local time is ahead of UTC; `None`: no clock is shown.
    pub offset_secs: Option<i32>,
    /// The watcher, across the picture; empty for none.
    pub watermark: String,
}

impl Look {
    /// The whole picture, unmasked and bare, at most this large.
    pub fn within(width: u16, height: u16) -> Look {
        Look { width, height, crop: WHOLE, masks: Vec::new(), overlay: None }
    }
}

/// All of the picture.
pub const WHOLE: [u16; 4] = [0, 0, u16::MAX, u16::MAX];

/// From the child.
#[derive(Clone, PartialEq, Debug)]
pub enum FromChild {
    /// The first message: what it decodes with, in words.
    Ready {
        version: u16,
        decoders: String,
    },
    Picture {
        channel: u16,
        round: u32,
        picture: Picture,
    },
    /// What the coded pictures that follow were coded with.
    Coding {
        channel: u16,
        params: VideoParams,
    },
    /// A picture of a channel that was asked to [`ToChild::Code`].
    Coded {
        channel: u16,
        round: u32,
        unit: Coded,
    },
    /// A unit (or a drain) is dealt with.
    Done {
        channel: u16,
        round: u32,
        counts: Counts,
    },
    /// Why there is no picture of this channel ([`NO_CHANNEL`]: of any).
    Failed {
        channel: u16,
        text: String,
    },
}

/// A raw picture: rows of `width` RGB triples without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub at: Utc,
    pub width: u16,
    pub height: u16,
    pub rgb: Bytes,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} {}x{})", self.at, self.width, self.height)
    }
}

/// What one unit came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Pictures that the decoder gave.
    pub decoded: u16,
    /// ... of which so many were not wanted (before the round's beginning).
    pub skipped: u16,
    /// Processor time of it, in microseconds.
    pub busy_us: u32,
}

/// Takes the next whole message to a child off the front of `buffer`; `None`: more bytes are
/// needed.
///
/// # Errors
/// The bytes cannot be a message, or announce one beyond its limit.
pub fn to_child(buffer: &mut BytesMut) -> Result<Option<ToChild>, Broken> {
    let Some((kind, body)) = split(buffer, to_child_max)? else { return Ok(None) };
    let mut take = Take(body);
    let message = match kind {
        b'B' => ToChild::Begin {
            version: take.u16()?,
            workers: take.u8()?,
            hurry: if take.flag()? { Hurry::Some } else { Hurry::None },
        },
        b'V' => ToChild::Params { channel: take.channel()?, params: take.params()? },
        b'L' => ToChild::Look { channel: take.channel()?, look: take.look()? },
        b'R' => ToChild::Round {
            channel: take.channel()?,
            round: take.u32()?,
            from: take.utc()?,
            each: if take.flag()? { Each::Alone } else { Each::Follows },
        },
        b'U' => ToChild::Unit { channel: take.channel()?, round: take.u32()?, unit: take.coded()? },
        b'D' => ToChild::Drain { channel: take.channel()?, round: take.u32()? },
        b'E' => ToChild::Code { channel: take.channel()? },
        _ => ToChild::Close { channel: take.channel()? },
    };
    take.end().map(|()| Some(message))
}

/// As [`to_child`], the other way.
///
/// # Errors
/// As [`to_child`].
pub fn from_child(buffer: &mut BytesMut) -> Result<Option<FromChild>, Broken> {
    let Some((kind, body)) = split(buffer, from_child_max)? else { return Ok(None) };
    let mut take = Take(body);
    let message = match kind {
        b'r' => FromChild::Ready { version: take.u16()?, decoders: take.text()? },
        b'p' => FromChild::Picture {
            channel: take.channel()?,
            round: take.u32()?,
            picture: take.picture()?,
        },
        b'v' => FromChild::Coding { channel: take.channel()?, params: take.params()? },
        b'c' => {
            FromChild::Coded { channel: take.channel()?, round: take.u32()?, unit: take.coded()? }
        }
        b'd' => FromChild::Done {
            channel: take.channel()?,
            round: take.u32()?,
            counts: Counts { decoded: take.u16()?, skipped: take.u16()?, busy_us: take.u32()? },
        },
        _ => FromChild::Failed { channel: take.u16()?, text: take.text()? },
    };
    take.end().map(|()| Some(message))
}

/// The longest body of each kind; `None`: there is no such kind.
fn to_child_max(kind: u8) -> Option<usize> {
    Some(match kind {
        b'B' => 4,
        b'V' => 2 + 5 + PARAMS_BYTES_MAX,
        b'L' => 2 + LOOK_BYTES_MAX,
        b'R' => 2 + 4 + 8 + 1,
        b'U' => UNIT_HEAD_BYTES + UNIT_BYTES_MAX,
        b'D' => 2 + 4,
        b'E' | b'X' => 2,
        _ => return None,
    })
}

fn from_child_max(kind: u8) -> Option<usize> {
    Some(match kind {
        b'r' | b'f' => 2 + 2 + TEXT_BYTES_MAX,
        b'p' => PICTURE_HEAD_BYTES + PICTURE_BYTES_MAX,
        b'v' => 2 + 5 + PARAMS_BYTES_MAX,
        b'c' => UNIT_HEAD_BYTES + UNIT_BYTES_MAX,
        b'd' => 2 + 4 + 8,
        _ => return None,
    })
}

/// Kind and body of the message at the front; its length is checked before it is waited for.
fn split(
    buffer: &mut BytesMut,
    bytes_max: fn(u8) -> Option<usize>,
) -> Result<Option<(u8, Bytes)>, Broken> {
    let Some(head) = buffer.first_chunk::<HEAD_BYTES>() else { return Ok(None) };
    let announced = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let kind = head[4];
    let most = bytes_max(kind).ok_or(Broken("a message of an unknown kind"))?;
    let length = announced.checked_sub(1).ok_or(Broken("a message without a kind"))?;
    if length > most {
        return Err(Broken("a message longer than its kind may be"));
    }
    if buffer.len() < HEAD_BYTES + length {
        // Room for the whole of it at once, and never more than its kind may take.
        buffer.reserve(HEAD_BYTES + length - buffer.len());
        return Ok(None);
    }
    buffer.advance(HEAD_BYTES);
    Ok(Some((kind, buffer.split_to(length).freeze())))
}

/// The bytes before a unit's own, which must follow: written together, so that nothing is copied.
pub fn unit_head(channel: u16, round: u32, unit: &Coded) -> Vec<u8> {
    head_of_unit(b'U', channel, round, unit)
}

fn head_of_unit(kind: u8, channel: u16, round: u32, unit: &Coded) -> Vec<u8> {
    let mut put = Put::begin(kind, UNIT_HEAD_BYTES);
    put.u16(channel).u32(round).u8(u8::from(unit.key)).utc(unit.at);
    put.end(unit.data.len())
}

/// The bytes before a picture's own, which must follow.
pub fn picture_head(channel: u16, round: u32, picture: &Picture) -> Vec<u8> {
    let mut put = Put::begin(b'p', PICTURE_HEAD_BYTES);
    put.u16(channel).u32(round).utc(picture.at).u16(picture.width).u16(picture.height);
    put.end(picture.rgb.len())
}

/// A whole message as bytes. Units are better written with [`unit_head`].
pub fn encode_to(message: &ToChild) -> Vec<u8> {
    let mut put;
    match message {
        ToChild::Begin { version, workers, hurry } => {
            put = Put::begin(b'B', 4);
            put.u16(*version).u8(*workers).u8(u8::from(*hurry == Hurry::Some));
        }
        ToChild::Params { channel, params } => {
            put = Put::begin(b'V', 7 + params.config.len());
            put.u16(*channel).params(params);
        }
        ToChild::Look { channel, look } => {
            put = Put::begin(b'L', 64);
            put.u16(*channel).look(look);
        }
        ToChild::Round { channel, round, from, each } => {
            put = Put::begin(b'R', 15);
            put.u16(*channel).u32(*round).utc(*from).u8(u8::from(*each == Each::Alone));
        }
        ToChild::Unit { channel, round, unit } => {
            return [&unit_head(*channel, *round, unit)[..], &unit.data].concat();
        }
        ToChild::Drain { channel, round } => {
            put = Put::begin(b'D', 6);
            put.u16(*channel).u32(*round);
        }
        ToChild::Code { channel } => {
            put = Put::begin(b'E', 2);
            put.u16(*channel);
        }
        ToChild::Close { channel } => {
            put = Put::begin(b'X', 2);
            put.u16(*channel);
        }
    }
    put.end(0)
}

/// A whole message as bytes. Pictures are better written with [`picture_head`].
pub fn encode_from(message: &FromChild) -> Vec<u8> {
    let mut put;
    match message {
        FromChild::Ready { version, decoders } => {
            put = Put::begin(b'r', 64);
            put.u16(*version).text(decoders);
        }
        FromChild::Picture { channel, round, picture } => {
            return [&picture_head(*channel, *round, picture)[..], &picture.rgb].concat();
        }
        FromChild::Coding { channel, params } => {
            put = Put::begin(b'v', 7 + params.config.len());
            put.u16(*channel).params(params);
        }
        FromChild::Coded { channel, round, unit } => {
            return [&head_of_unit(b'c', *channel, *round, unit)[..], &unit.data].concat();
        }
        FromChild::Done { channel, round, counts } => {
            put = Put::begin(b'd', 14);
            put.u16(*channel).u32(*round).u16(counts.decoded).u16(counts.skipped);
            put.u32(counts.busy_us);
        }
        FromChild::Failed { channel, text } => {
            put = Put::begin(b'f', 64);
            put.u16(*channel).text(text);
        }
    }
    put.end(0)
}
