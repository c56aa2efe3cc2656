//! Passphrases of archives: seven words that nobody chose (R3.4).
//!
//! A ZIP stretches its passphrase a thousand times and no more, so the strength has to lie in the
//! words themselves: each is five letters, consonants and vowels in turn, and carries 16 bits;
//! seven carry 112. They are in no language, so nobody spells them "right", and can be read out
//! over a telephone.

use crate::base::secret::Secret;

/// R3.4 asks for seven.
pub const WORDS: usize = 7;
/// Each one a different sound, also over a telephone: no c beside k, no x, no y.
const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 4] = b"aiou";

/// The words of 14 random bytes, with hyphens between them.
pub fn words(random: &[u8; 2 * WORDS]) -> Secret {
    let mut text = String::with_capacity(6 * WORDS);
    for pair in random.chunks_exact(2) {
        if !text.is_empty() {
            text.push('-');
        }
        let bits = u16::from_be_bytes([pair[0], pair[1]]);
        let consonant = |shift: u16| char::from(CONSONANTS[usize::from(bits >> shift & 15)]);
        let vowel = |shift: u16| char::from(VOWELS[usize::from(bits >> shift & 3)]);
        text.extend([consonant(12), vowel(10), consonant(6), vowel(4), consonant(0)]);
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_of_the_65536_words_is_another_and_seven_make_a_passphrase() {
        let word = |n: u16| {
            let mut random = [0; 14];
            random[..2].copy_from_slice(&n.to_be_bytes());
            words(&random).expose()[..5].to_string()
        };
        let all: BTreeSet<String> = (0..=u16::MAX).map(word).collect();
        assert_eq!(all.len(), 65_536);
        let phrase = words(&[7, 77, 0, 1, 255, 255, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(phrase.expose().split('-').count(), WORDS);
        let plain = |c: char| c == '-' || CONSONANTS.contains(&(c as u8)) || "aiou".contains(c);
        assert!(phrase.expose().chars().all(plain));
    }
}
