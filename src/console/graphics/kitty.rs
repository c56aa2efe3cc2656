//! Kitty's way: the picture's bytes in base64, in pieces, and how many cells it fills.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::wire::pictures::Picture;

/// All pictures and what is kept of them.
pub const CLEAR: &str = "\x1b_Ga=d,d=A,q=2\x1b\\";
/// Bytes of base64 in one piece, as the protocol has it.
const PIECE: usize = 4_096;

/// Puts the picture where the cursor is, in the place of the one of this number, in so many cells;
/// the cursor stays, and nothing is answered.
pub fn put(out: &mut String, number: usize, picture: &Picture, (columns, rows): (u16, u16)) {
    let all = STANDARD.encode(&picture.rgb);
    let (width, height) = (picture.width, picture.height);
    let (id, mut first) = (number + 1, true);
    let mut rest = all.as_str();
    out.reserve(all.len() + all.len() / PIECE * 16 + 128);
    while first || !rest.is_empty() {
        // Base64 is ASCII: any place is between two characters.
        let (piece, after) = rest.split_at(rest.len().min(PIECE));
        let more = u8::from(!after.is_empty());
        // A string takes everything.
        let _ = match first {
            true => write!(
                out,
                "\x1b_Ga=T,f=24,s={width},v={height},i={id},p=1,c={columns},r={rows},C=1,q=2,m={more};{piece}\x1b\\"
            ),
            false => write!(out, "\x1b_Gm={more};{piece}\x1b\\"),
        };
        (first, rest) = (false, after);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::base::time::Utc;

    /// Keys and values of the first piece, and all of the bytes.
    fn read(text: &str) -> (Vec<(String, String)>, Vec<u8>) {
        let mut keys = Vec::new();
        let mut all = String::new();
        let pieces: Vec<&str> = text.split("\x1b\\").filter(|p| !p.is_empty()).collect();
        for (n, piece) in pieces.iter().enumerate() {
            let (head, data) = piece.strip_prefix("\x1b_G").unwrap().split_once(';').unwrap();
            assert!(data.len() <= PIECE);
            let pair = |p: &str| p.split_once('=').map(|(a, b)| (a.to_string(), b.to_string()));
            let here: Vec<_> = head.split(',').filter_map(pair).collect();
            let more = here.iter().find(|(k, _)| k == "m").map(|(_, v)| v.as_str());
            assert_eq!(more, Some(if n + 1 < pieces.len() { "1" } else { "0" }));
            if n == 0 {
                keys = here;
            }
            all.push_str(data);
        }
        (keys, STANDARD.decode(all).unwrap())
    }

    #[test]
    fn every_dot_comes_back_as_it_was() {
        for (width, height) in [(1_u16, 1_u16), (64, 36), (123, 77)] {
            let bytes = usize::from(width) * usize::from(height) * 3;
            let rgb: Vec<u8> = (0..bytes).map(|n| (n * 7 % 251) as u8).collect();
            let picture = Picture { at: Utc(0), width, height, rgb: Bytes::from(rgb.clone()) };
            let mut text = String::new();
            put(&mut text, 4, &picture, (30, 9));
            let (keys, read) = read(&text);
            let is = |k: &str| keys.iter().find(|(key, _)| key == k).map(|(_, v)| v.clone());
            assert_eq!(read, rgb);
            let want = [("s", width.to_string()), ("v", height.to_string()), ("i", "5".into())];
            for (key, value) in want {
                assert_eq!(is(key), Some(value));
            }
            assert_eq!(
                (is("c"), is("r"), is("f")),
                (Some("30".into()), Some("9".into()), Some("24".into()))
            );
        }
    }
}
