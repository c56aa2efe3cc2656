//! Codes that the box makes up: one-time codes to enrol with, and the sealed ones (S4.42).
//!
//! Crockford's alphabet of 32: no I, L, O or U, and whoever types an O or an l is understood. Four
//! groups of four are 80 bits, six are 120.
//!
//! What guessing costs: a station lets a wrong code through every minute at best, in seven days
//! 10,080 of 2^80. From a stolen state folder, 2^79 tries of SHA-256 on average: a graphics card
//! that does 10^10 a second takes two million years. That is why codes are kept under one salted
//! SHA-256 and not under argon2: only what people choose needs to be slow. Sealed codes lie in a
//! safe for years, so they are longer.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::base::digest::{Digest, Summing};
use crate::base::secret::{Secret, same_digest};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// For reading aloud, in the order of the alphabet.
const SPELT: [&str; 32] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "Alfa",
    "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo", "Mike",
    "November", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey", "X-ray",
    "Yankee", "Zulu",
];

/// Characters of a one-time code: 80 bits.
pub const ONE_TIME_CHARS: usize = 16;
/// Characters of a sealed code: 120 bits.
pub const SEALED_CHARS: usize = 24;

/// A code as it is shown, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(Secret);

impl Code {
    /// One character for each byte: 256 is a multiple of 32, so none is likelier than another.
    pub fn from_random(random: &[u8]) -> Code {
        let mut text = String::with_capacity(random.len() + random.len() / 4);
        for (i, byte) in random.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Code(Secret::new(text))
    }

    /// `7K2M-QX4T-09RZ-WB5H`, for a screen or a sheet of paper.
    pub fn shown(&self) -> &str {
        self.0.expose()
    }

    /// `seven Kilo two Mike, Quebec ...`, for the telephone.
    pub fn spelt(&self) -> Secret {
        let mut text = String::new();
        for c in self.0.expose().bytes() {
            match ALPHABET.iter().position(|&a| a == c) {
                Some(at) => {
                    let gap = if text.is_empty() { "" } else { " " };
                    let _ = write!(text, "{gap}{}", SPELT[at]); // writing to a String cannot fail
                }
                None => text.push(','),
            }
        }
        Secret::new(text)
    }

    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// A code as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    salt: String,
    hash: Digest,
}

impl Kept {
    pub fn of(code: &Code, salt: &[u8; 16]) -> Kept {
        let salt: String = salt.iter().map(|b| format!("{b:02x}")).collect();
        let hash = hash(&salt, code.shown());
        Kept { salt, hash }
    }

    /// Whether what somebody typed is this code; hyphens, spaces, case and look-alikes aside.
    /// Constant time.
    pub fn fits(&self, typed: &Secret) -> bool {
        same_digest(&self.hash, &hash(&self.salt, typed.expose()))
    }

    /// Tells codes apart without being one.
    pub fn digest(&self) -> Digest {
        self.hash
    }
}

fn hash(salt: &str, typed: &str) -> Digest {
    let mut sum = Summing::default();
    sum.add(b"beadle code\0");
    sum.add(salt.as_bytes());
    for c in typed.chars().filter(|c| !matches!(c, '-' | ' ' | ',' | '.' | '\u{2013}')) {
        let plain = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        sum.add(plain.encode_utf8(&mut [0; 4]).as_bytes());
    }
    sum.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_aloud_and_typed_back_in_any_hand() {
        let bytes: Vec<u8> = (0..16).map(|i| i * 7 + 3).collect();
        let code = Code::from_random(&bytes);
        assert_eq!(code.shown(), "3AHR-Z6DM-V29G-QY5C");
        let aloud = code.spelt();
        assert!(aloud.expose().starts_with("three Alfa Hotel Romeo, Zulu six"), "{aloud:?}");
        let kept = Kept::of(&code, &[1; 16]);
        for (typed, fits) in [
            ("3AHR-Z6DM-V29G-QY5C", true),
            ("3ahr z6dm v29g qy5c", true),
            ("3AHRZ6DMV29GQY5C", true),
            ("3AHR-Z6DM-V29G-QY5D", false),
            ("3AHR-Z6DM-V29G", false),
            ("", false),
        ] {
            assert_eq!(kept.fits(&Secret::new(typed)), fits, "{typed}");
        }
        let ones = Kept::of(&Code::from_random(&[1, 0, 1, 0]), &[1; 16]);
        assert!(ones.fits(&Secret::new("lOiO")) && !ones.fits(&Secret::new("0101")));
        assert!(!Kept::of(&code, &[2; 16]).fits(&Secret::new("x")));
        assert_ne!(Kept::of(&code, &[2; 16]), kept, "the salt counts");
        let shown = format!("{code:?} {kept:?}");
        assert!(!shown.contains("3AHR") && !shown.contains("QY5C"), "{shown}");
    }

    #[test]
    fn every_character_is_as_likely_as_another() {
        let mut seen = std::collections::BTreeMap::new();
        for byte in 0..=255u8 {
            *seen.entry(Code::from_random(&[byte]).shown().to_string()).or_insert(0) += 1;
        }
        assert_eq!((seen.len(), seen.values().max()), (32, Some(&8)));
    }
}
