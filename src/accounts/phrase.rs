//! Which passphrases are let through (S4.43). Pure.
//!
//! Length counts, not kinds of characters: "one capital, one digit" gives `Password1!`, and three
//! or four words that have nothing to do with each other are easier to keep and harder to guess.
//! This is what the National Cyber Security Centre advises. There is no expiry either: people
//! number what they have to change.
//!
//! What is refused is what is guessed first. From the passphrase is taken away: words of the list
//! below (also with `0` for `o` and the like), the words of the person's id, name and post and of
//! the site, runs of the keyboard and the alphabet, and repetition. At least six characters,
//! four of them different, have to be left, and not digits alone: those are dates and telephones.

use crate::base::limits::PASSPHRASE_CHARS_MAX;
use crate::base::secret::Secret;
use crate::config::Config;

/// Characters that have to be the person's own.
const OWN_CHARS_MIN: usize = 6;
const OWN_DIFFERENT_MIN: usize = 4;
/// A shorter word is in too many others.
const WORD_CHARS_MIN: usize = 4;
/// Neighbours on the keyboard or in the alphabet that count as a run.
const RUN_CHARS_MIN: usize = 4;

/// What lists of stolen passwords begin with, and what people at a school's recorder think of.
/// Each stands for itself with any digits and signs around it.
const WELL_KNOWN: [&str; 117] = [
    "password",
    "passwort",
    "passphrase",
    "passcode",
    "letmein",
    "welcome",
    "iloveyou",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "trustno",
    "master",
    "shadow",
    "michael",
    "jennifer",
    "jordan",
    "hunter",
    "ashley",
    "charlie",
    "thomas",
    "daniel",
    "jessica",
    "andrew",
    "joshua",
    "matthew",
    "liverpool",
    "chelsea",
    "arsenal",
    "everton",
    "rangers",
    "celtic",
    "tottenham",
    "manchester",
    "england",
    "london",
    "summer",
    "winter",
    "spring",
    "autumn",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "christmas",
    "cookie",
    "chocolate",
    "cheese",
    "banana",
    "orange",
    "purple",
    "yellow",
    "flower",
    "secret",
    "private",
    "access",
    "admin",
    "administrator",
    "root",
    "toor",
    "guest",
    "user",
    "login",
    "logon",
    "system",
    "server",
    "computer",
    "internet",
    "default",
    "changeme",
    "change",
    "temp",
    "test",
    "testing",
    "hello",
    "whatever",
    "nothing",
    "starwars",
    "pokemon",
    "minecraft",
    "ninja",
    "mustang",
    "ginger",
    "pepper",
    "school",
    "teacher",
    "headteacher",
    "pupil",
    "student",
    "education",
    "academy",
    "college",
    "office",
    "camera",
    "cameras",
    "cctv",
    "beadle",
    "recorder",
    "security",
];

const RUNS: [&str; 7] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

/// Why a passphrase is not taken, for the person who chose it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Weak {
    #[error(
        "The passphrase is too short: it needs {min} characters. Three or four words that \
             have nothing to do with each other are easy to keep."
    )]
    Short { min: u32 },
    #[error(
        "The passphrase is longer than {PASSPHRASE_CHARS_MAX} characters. Was something \
             pasted?"
    )]
    Long,
    #[error(
        "The passphrase has a character in it that no keyboard types alike twice (a tab or \
             another control character)."
    )]
    Control,
    /// Also where another account has it: which one, or that one has, is told to nobody.
    #[error(
        "The passphrase is among the first that would be tried: well-known words, names of \
             this place, rows of keys or repetition. Take three or four words that have nothing \
             to do with each other, and that are yours alone."
    )]
    Guessable,
}

/// Judges a passphrase. `near` are the words from [`words_near`].
///
/// # Errors
/// Why it is not taken.
pub fn judge(phrase: &Secret, min: u32, near: &[String]) -> Result<(), Weak> {
    let text = phrase.expose();
    let chars = text.chars().count();
    if chars > PASSPHRASE_CHARS_MAX {
        return Err(Weak::Long);
    }
    if text.chars().any(char::is_control) {
        return Err(Weak::Control);
    }
    if chars < min as usize {
        return Err(Weak::Short { min });
    }
    let own = own_part(text, near);
    let mut different = own.clone();
    different.sort_unstable();
    different.dedup();
    let number = own.iter().all(char::is_ascii_digit);
    if own.len() < OWN_CHARS_MIN || different.len() < OWN_DIFFERENT_MIN || number {
        return Err(Weak::Guessable);
    }
    Ok(())
}

/// What somebody who knows the place tries first: the words of the person's id, name and post, and
/// of the site and its controller.
pub fn words_near(file: &Config, person: &str) -> Vec<String> {
    let known = file.people.iter().find(|p| p.id.as_str() == person);
    let named = known.map(|p| [Some(&p.title), p.post.as_ref(), p.department.as_ref()]);
    let named = named.into_iter().flatten().flatten().map(|at| at.value.as_str());
    let site = [file.site.name.value.as_str(), file.site.controller.name.value.as_str(), person];
    let mut words = Vec::new();
    for text in named.chain(site) {
        let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        words.extend(parts.filter(|word| word.chars().count() >= WORD_CHARS_MIN));
    }
    words.sort();
    words.dedup();
    words
}

/// The letters and digits that nobody would guess by a list.
fn own_part(text: &str, near: &[String]) -> Vec<char> {
    let mut lower: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    lower.truncate(period(&lower));
    let plain: Vec<char> = lower.iter().map(|&c| unmasked(c)).collect();
    let mut known = vec![false; lower.len()];
    for word in WELL_KNOWN.into_iter().chain(near.iter().map(String::as_str)) {
        let word: Vec<char> = word.chars().map(unmasked).collect();
        mark(&plain, &word, &mut known);
    }
    for row in RUNS {
        let row: Vec<char> = row.chars().collect();
        let back: Vec<char> = row.iter().rev().copied().collect();
        for run in row.windows(RUN_CHARS_MIN).chain(back.windows(RUN_CHARS_MIN)) {
            mark(&lower, run, &mut known);
        }
    }
    let own = lower.iter().zip(&known).filter(|(c, known)| !**known && c.is_alphanumeric());
    own.map(|(c, _)| *c).collect()
}

fn mark(text: &[char], word: &[char], known: &mut [bool]) {
    for (at, window) in text.windows(word.len().max(1)).enumerate() {
        if window == word {
            known[at..at + word.len()].fill(true);
        }
    }
}

/// The length of the part that the text repeats; its own length where it repeats nothing.
fn period(text: &[char]) -> usize {
    let repeats = |p: &usize| text.iter().enumerate().all(|(i, c)| *c == text[i % p]);
    (1..=text.len() / 2).find(repeats).unwrap_or(text.len())
}

/// The letter that a digit or sign stands for in `P@55w0rd`.
fn unmasked(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        // So that an l written as 1 is found too.
        'l' => 'i',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near() -> Vec<String> {
        ["maplewood", "head", "site", "manager"].map(String::from).to_vec()
    }

    #[test]
    fn each_rule_speaks_where_it_should() {
        let guessable = Err(Weak::Guessable);
        for (phrase, min, want) in [
            ("otter cabinet violin", 12, Ok(())),
            ("correct-horse-battery", 12, Ok(())),
            ("vK8#rTq2", 8, Ok(())),
            ("vK8#rTq2", 12, Err(Weak::Short { min: 12 })),
            ("øre på plænen", 12, Ok(())),
            ("", 12, Err(Weak::Short { min: 12 })),
            ("            ", 12, guessable),
            ("Password123!", 12, guessable),
            ("P@55w0rd2026", 12, guessable),
            ("password password", 12, guessable),
            ("we1c0me-Summer-26", 12, guessable),
            ("Welcome2026!", 8, guessable),
            ("Maplewood2026", 12, guessable),
            ("maplewood-cctv-camera", 12, guessable),
            ("site manager 12", 12, guessable),
            ("qwertyuiop12", 12, guessable),
            ("1qaz2wsx3edc", 12, guessable),
            ("abcdefghijkl", 12, guessable),
            ("987654321098", 12, guessable),
            ("aaaaaaaaaaaa", 12, guessable),
            ("xyxyxyxyxyxy", 12, guessable),
            ("tigrtigrtigr", 12, guessable),
            ("11/09/2001", 8, guessable),
            ("otter\tcabinet violin", 12, Err(Weak::Control)),
        ] {
            assert_eq!(judge(&Secret::new(phrase), min, &near()), want, "{phrase}");
        }
        let long = Secret::new("otter cabinet ".repeat(10));
        assert_eq!(judge(&long, 12, &near()), Err(Weak::Long));
        assert_eq!(judge(&Secret::new("Maplewood gate"), 12, &[]), Ok(()), "elsewhere it is fine");
    }

    #[test]
    fn words_come_from_the_person_and_the_site() {
        let text = std::fs::read_to_string("configs/smallest.kdl").unwrap();
        let file = crate::config::parse("site.kdl", text.as_bytes()).config.unwrap();
        let person = file.people[0].id.as_str().to_string();
        let words = words_near(&file, &person);
        assert!(words.contains(&person), "{words:?}");
        assert!(words.iter().all(|w| w.chars().count() >= WORD_CHARS_MIN));
    }
}
