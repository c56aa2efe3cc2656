//! What `beadle` and the child that owns the screen say to each other: whole pictures and words in,
//! nothing but how it goes back. Framed and bounded as the rest of this language.
//!
//! ```text
//!   beadle                              child
//!   Begin (version, tiles)      ->
//!                               <-      Ready (size of the screen and of a tile)
//!   Picture, Said, Bar ...      ->
//!                               <-      Failed (why it lets go of the screen)
//!   end of the line             ->      the screen is let go, then the line ends there too
//! ```
//! The child parses nothing that a camera sent: pictures come decoded, masked and written on.

use bytes::BytesMut;

use super::parts::{Put, Take};
use super::{
    Broken, PICTURE_BYTES_MAX, PICTURE_HEAD_BYTES, Picture, TEXT_BYTES_MAX, picture_head, split,
};
use crate::base::limits::LIVE_SEATS_MAX;

/// Of this language; another one's child is not used.
pub const VERSION: u16 = 1;

/// Towards the child.
#[derive(Clone, PartialEq, Debug)]
pub enum ToScreen {
    /// The first message: so many pictures side by side.
    Begin { version: u16, tiles: u8 },
    /// The newest picture of a tile.
    Picture { tile: u16, picture: Picture },
    /// Stands in the place of a tile's picture; empty: the picture comes again.
    Said { tile: u16, text: String },
    /// The line below all: words, and how far of its width the clock has come, in 1/65,535.
    Bar { text: String, at: u16 },
}

/// From the child.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FromScreen {
    /// The screen is ours: its size and that of a tile, in pixels, and what it is, in words.
    Ready { version: u16, screen: (u16, u16), tile: (u16, u16), card: String },
    /// The screen cannot be had, or is lost; in words.
    Failed { text: String },
}

/// How many tiles stand side by side and above each other.
pub fn grid(tiles: usize) -> (usize, usize) {
    match tiles {
        0 | 1 => (1, 1),
        2 => (2, 1),
        3 | 4 => (2, 2),
        5 | 6 => (3, 2),
        7..=9 => (3, 3),
        10..=12 => (4, 3),
        _ => (4, 4),
    }
}

/// A whole message as bytes. Pictures are better written with [`picture_head`].
pub fn encode_to(message: &ToScreen) -> Vec<u8> {
    let mut put;
    match message {
        ToScreen::Begin { version, tiles } => {
            put = Put::begin(b'B', 3);
            put.u16(*version).u8(*tiles);
        }
        ToScreen::Picture { tile, picture } => {
            return [&picture_head(*tile, 0, picture)[..], &picture.rgb].concat();
        }
        ToScreen::Said { tile, text } => {
            put = Put::begin(b's', 64);
            put.u16(*tile).text(text);
        }
        ToScreen::Bar { text, at } => {
            put = Put::begin(b'b', 64);
            put.u16(*at).text(text);
        }
    }
    put.end(0)
}

/// A whole message as bytes.
pub fn encode_from(message: &FromScreen) -> Vec<u8> {
    let mut put;
    match message {
        FromScreen::Ready { version, screen, tile, card } => {
            put = Put::begin(b'r', 64);
            put.u16(*version).u16(screen.0).u16(screen.1).u16(tile.0).u16(tile.1).text(card);
        }
        FromScreen::Failed { text } => {
            put = Put::begin(b'f', 64);
            put.text(text);
        }
    }
    put.end(0)
}

/// Takes the next whole message to the child off the front; `None`: more bytes are needed.
///
/// # Errors
/// The bytes cannot be a message, or announce one beyond its limit.
pub fn to_screen(buffer: &mut BytesMut) -> Result<Option<ToScreen>, Broken> {
    let most = |kind| match kind {
        b'B' => Some(3),
        b'p' => Some(PICTURE_HEAD_BYTES + PICTURE_BYTES_MAX),
        b's' | b'b' => Some(2 + 2 + TEXT_BYTES_MAX),
        _ => None,
    };
    let Some((kind, body)) = split(buffer, most)? else { return Ok(None) };
    let mut take = Take(body);
    let message = match kind {
        b'B' => ToScreen::Begin { version: take.u16()?, tiles: take.u8()? },
        b'p' => {
            let tile = tile(&mut take)?;
            take.u32()?; // rounds are the decoder's
            ToScreen::Picture { tile, picture: take.picture()? }
        }
        b's' => ToScreen::Said { tile: tile(&mut take)?, text: take.text()? },
        _ => ToScreen::Bar { at: take.u16()?, text: take.text()? },
    };
    take.end().map(|()| Some(message))
}

/// As [`to_screen`], the other way.
///
/// # Errors
/// As [`to_screen`].
pub fn from_screen(buffer: &mut BytesMut) -> Result<Option<FromScreen>, Broken> {
    let most = |kind| match kind {
        b'r' => Some(10 + 2 + TEXT_BYTES_MAX),
        b'f' => Some(2 + TEXT_BYTES_MAX),
        _ => None,
    };
    let Some((kind, body)) = split(buffer, most)? else { return Ok(None) };
    let mut take = Take(body);
    let message = match kind {
        b'r' => FromScreen::Ready {
            version: take.u16()?,
            screen: (take.u16()?, take.u16()?),
            tile: (take.u16()?, take.u16()?),
            card: take.text()?,
        },
        _ => FromScreen::Failed { text: take.text()? },
    };
    take.end().map(|()| Some(message))
}

fn tile(take: &mut Take) -> Result<u16, Broken> {
    let tile = take.u16()?;
    let known = usize::from(tile) < LIVE_SEATS_MAX;
    known.then_some(tile).ok_or(Broken("a tile beyond the last"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::base::time::Utc;

    #[test]
    fn what_is_written_is_read_back_however_it_is_cut() {
        let rgb = Bytes::from(vec![9; 3 * 2 * 3]);
        let to = vec![
            ToScreen::Begin { version: VERSION, tiles: 9 },
            ToScreen::Picture {
                tile: 3,
                picture: Picture { at: Utc(7), width: 3, height: 2, rgb },
            },
            ToScreen::Said { tile: 15, text: "NO FOOTAGE".into() },
            ToScreen::Bar { text: "14:35:07".into(), at: 900 },
        ];
        let from = vec![
            FromScreen::Ready {
                version: VERSION,
                screen: (1280, 800),
                tile: (426, 260),
                card: "virtio_gpu".into(),
            },
            FromScreen::Failed { text: "another program holds it".into() },
        ];
        for step in [1, 5, 64, 4_096] {
            let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
            for piece in to.iter().flat_map(encode_to).collect::<Vec<u8>>().chunks(step) {
                buffer.extend_from_slice(piece);
                while let Some(message) = to_screen(&mut buffer).unwrap() {
                    seen.push(message);
                }
            }
            assert!(seen == to && buffer.is_empty(), "cut every {step} bytes");
            let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
            for piece in from.iter().flat_map(encode_from).collect::<Vec<u8>>().chunks(step) {
                buffer.extend_from_slice(piece);
                while let Some(message) = from_screen(&mut buffer).unwrap() {
                    seen.push(message);
                }
            }
            assert!(seen == from && buffer.is_empty(), "cut every {step} bytes");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_messages_or_broken(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
            kind in proptest::sample::select(b"Bpsbrf".to_vec()),
        ) {
            if bytes.len() > 5 {
                let length = (bytes.len() - 4) as u32;
                bytes[..4].copy_from_slice(&length.to_be_bytes());
                bytes[4] = kind;
            }
            let mut to = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = to_screen(&mut to) {}
            let mut from = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = from_screen(&mut from) {}
        }
    }
}
