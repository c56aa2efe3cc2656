//! What a viewer and a viewing say to each other, once a ticket has opened the way: wishes up,
//! pictures and news down.
//!
//! Messages are framed as in [`super::pictures`]; pictures are raw and binary, all else is JSON
//! and short. Bounded both ways, and any bytes give messages or [`Broken`].

use bytes::{Buf, BytesMut};
use serde::{Deserialize, Serialize};

pub use super::pictures::{Broken, picture_head};
use super::pictures::{FromChild, HEAD_BYTES, Picture, encode_from, from_child};
use crate::base::time::Utc;

/// A ticket or a wish: a few numbers.
const WISH_BYTES_MAX: usize = 1_024;
/// News holds a sentence.
const NEWS_BYTES_MAX: usize = 16 * 1_024;

/// From the viewer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wish {
    /// The first message: what the supervisor gave for this viewing. Good once.
    Ticket {
        ticket: String,
    },
    Seek {
        at: Utc,
    },
    /// In quarters of real time: 1, 2, 4 ... 128.
    Play {
        quarters: u16,
        /// Towards the past.
        #[serde(default)]
        back: bool,
    },
    Stop,
    /// So many pictures on, or back where negative.
    Step {
        pictures: i32,
    },
    /// The largest picture, in pixels.
    Size {
        width: u16,
        height: u16,
    },
    /// Part of one camera's picture: left, top, width, height in 1/65,535.
    Zoom {
        seat: u8,
        crop: [u16; 4],
    },
    /// The box's own screen shows the pictures, and they come down this line no more; or again.
    /// Whoever asks has made room on the screen before, and takes it back after the answer.
    Screen {
        on: bool,
    },
}

/// To the viewer, besides pictures. `seat` counts the cameras in the order that was asked for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "kebab-case", deny_unknown_fields)]
pub enum News {
    /// Where the one clock is; `quarters` is none while it stands.
    Clock {
        at: Utc,
        quarters: Option<u16>,
        /// It goes towards the past.
        #[serde(default)]
        back: bool,
    },
    /// No footage at the clock's moment.
    Hole {
        seat: u8,
        hole: bool,
    },
    /// What the last wish asked for is shown; it took this long.
    Settled {
        millis: u32,
    },
    /// Pictures shown, and dropped because they came late, since the viewing began.
    Counts {
        shown: u64,
        dropped: u64,
    },
    /// So many bytes a second came from the disk when this was tried; cached or not.
    DiskRate {
        bytes: u64,
    },
    Trouble {
        text: String,
    },
    /// The box's own screen shows the pictures, or has been let go; why, where nobody asked.
    Screen {
        on: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// The viewing ends: the sentence says why.
    Ended {
        text: String,
    },
}

/// What comes down.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
    Picture { seat: u16, picture: Picture },
    News(News),
}

/// A wish as bytes.
pub fn wish(wish: &Wish) -> Vec<u8> {
    json(b'w', wish)
}

/// News as bytes.
pub fn news(news: &News) -> Vec<u8> {
    json(b'n', news)
}

/// A whole picture as bytes; better written with [`picture_head`] (round 0) and its own bytes.
pub fn picture(seat: u16, picture: Picture) -> Vec<u8> {
    encode_from(&FromChild::Picture { channel: seat, round: 0, picture })
}

fn json(kind: u8, message: &impl Serialize) -> Vec<u8> {
    // Neither can fail to become JSON: no maps, no foreign types.
    let body = serde_json::to_vec(message).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEAD_BYTES + body.len());
    bytes.extend_from_slice(&(1 + body.len() as u32).to_be_bytes());
    bytes.push(kind);
    bytes.extend_from_slice(&body);
    bytes
}

/// The next wish off the front of `buffer`; `None`: more bytes are needed.
///
/// # Errors
/// The bytes are none, or too many.
pub fn next_wish(buffer: &mut BytesMut) -> Result<Option<Wish>, Broken> {
    let Some(body) = body(buffer, b'w', WISH_BYTES_MAX)? else { return Ok(None) };
    serde_json::from_slice(&body).map(Some).map_err(|_| Broken("a wish that cannot be read"))
}

/// What came next; `None`: more bytes are needed.
///
/// # Errors
/// As [`next_wish`].
pub fn next_seen(buffer: &mut BytesMut) -> Result<Option<Seen>, Broken> {
    match buffer.get(HEAD_BYTES - 1) {
        None => Ok(None),
        Some(b'p') => Ok(from_child(buffer)?.and_then(|message| match message {
            FromChild::Picture { channel, picture, .. } => {
                Some(Seen::Picture { seat: channel, picture })
            }
            _ => None,
        })),
        Some(_) => {
            let Some(body) = body(buffer, b'n', NEWS_BYTES_MAX)? else { return Ok(None) };
            let news = serde_json::from_slice(&body).map_err(|_| Broken("news in no language"))?;
            Ok(Some(Seen::News(news)))
        }
    }
}

fn body(buffer: &mut BytesMut, kind: u8, most: usize) -> Result<Option<BytesMut>, Broken> {
    let Some(head) = buffer.first_chunk::<HEAD_BYTES>() else { return Ok(None) };
    let announced = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let length = announced.checked_sub(1).filter(|n| *n <= most);
    let length = length.ok_or(Broken("a message longer than its kind may be"))?;
    if head[4] != kind {
        return Err(Broken("a message of an unknown kind"));
    }
    if buffer.len() < HEAD_BYTES + length {
        return Ok(None);
    }
    buffer.advance(HEAD_BYTES);
    Ok(Some(buffer.split_to(length)))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_said_is_heard_however_it_is_cut() {
        let wishes = [
            Wish::Ticket { ticket: "ab".repeat(16) },
            Wish::Seek { at: Utc(5_000_000) },
            Wish::Play { quarters: 128, back: true },
            Wish::Stop,
            Wish::Step { pictures: -3 },
            Wish::Size { width: 160, height: 90 },
            Wish::Zoom { seat: 8, crop: [1, 2, 3, 4] },
        ];
        let shown = Picture { at: Utc(7), width: 1, height: 2, rgb: Bytes::from_static(b"rgbRGB") };
        let told = [
            News::Clock { at: Utc(1_000_000), quarters: Some(4), back: false },
            News::Hole { seat: 1, hole: true },
            News::Settled { millis: 90 },
            News::Counts { shown: 9, dropped: 1 },
            News::DiskRate { bytes: 80_000_000 },
            News::Trouble { text: "it \"hung\"".into() },
            News::Ended { text: "the screen was locked".into() },
        ];
        let up: Vec<u8> = wishes.iter().flat_map(wish).collect();
        let mut down: Vec<u8> = told.iter().flat_map(news).collect();
        down.extend(picture(3, shown.clone()));
        for step in [1, 3, 1_000] {
            let (mut buffer, mut heard) = (BytesMut::new(), Vec::new());
            for piece in up.chunks(step) {
                buffer.extend_from_slice(piece);
                while let Some(wish) = next_wish(&mut buffer).unwrap() {
                    heard.push(wish);
                }
            }
            assert_eq!(heard, wishes);
            let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
            for piece in down.chunks(step) {
                buffer.extend_from_slice(piece);
                while let Some(one) = next_seen(&mut buffer).unwrap() {
                    seen.push(one);
                }
            }
            let mut want: Vec<Seen> = told.iter().cloned().map(Seen::News).collect();
            want.push(Seen::Picture { seat: 3, picture: shown.clone() });
            assert_eq!(seen, want);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_wishes_or_broken(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..200),
            kind in proptest::sample::select(b"wnp?".to_vec()),
        ) {
            if bytes.len() > 5 {
                let length = (bytes.len() - 4) as u32;
                bytes[..4].copy_from_slice(&length.to_be_bytes());
                bytes[4] = kind;
            }
            let mut buffer = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = next_wish(&mut buffer) {}
            let mut buffer = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = next_seen(&mut buffer) {}
        }
    }
}
