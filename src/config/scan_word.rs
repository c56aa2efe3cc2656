//! The slips that a single unquoted word can hold.

use super::scan::Scan;
use super::value::Place;

pub(super) enum Slip {
    /// Nothing that we know of; the word ends here.
    None(usize),
    /// Say it, and read `with` instead of the word.
    Found {
        code: &'static str,
        place: Place,
        text: String,
        remedy: String,
        with: String,
        end: usize,
    },
    /// `fps: 15` where `fps=15` is meant; the value follows at `end`.
    Pair {
        place: Place,
        text: String,
        remedy: String,
        colon: Place,
        end: usize,
    },
}

/// Bytes to the end of the bare word at the start of `text`, at least one character.
pub(super) fn word_len(text: &str) -> usize {
    let stop = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"' | '=' | '(' | ')');
    let end = text.find(stop).unwrap_or(text.len());
    // An address goes on through = and brackets: rtsp://10.0.0.1/s?channel=1
    if text[..end].contains("://") {
        let stop = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"');
        return text.find(stop).unwrap_or(text.len());
    }
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

pub(super) fn is_unicode_escape(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|t| t.split_once('}')) else {
        return false;
    };
    let code = u32::from_str_radix(inner.0, 16).ok();
    inner.0.len() <= 6 && code.is_some_and(|c| char::from_u32(c).is_some())
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// For sentences: no longer than a line.
fn shown(word: &str) -> String {
    let cut: String = word.chars().take(60).collect();
    if cut.len() < word.len() {
        format!("{cut}...")
    } else {
        cut
    }
}

pub(super) fn slip(scan: &Scan<'_>, text: &str, start: usize) -> Slip {
    let end = start + word_len(&text[start..]);
    let word = &text[start..end];
    if let Some(slip) = curly(text, start) {
        return slip;
    }
    if let Some(slip) = colon(scan, text, start, end) {
        return slip;
    }
    let Some((code, said, remedy, with)) = classify(word) else {
        return Slip::None(end);
    };
    Slip::Found {
        code,
        place: Place::new(start, end),
        text: said,
        remedy,
        with,
        end,
    }
}

const CURLY: [char; 8] = [
    '\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{ab}', '\u{bb}', '\u{2018}', '\u{2019}',
];

/// Typographic quotes, as a word processor or a web page puts them; and single ones.
fn curly(text: &str, start: usize) -> Option<Slip> {
    let rest = &text[start..];
    let first = rest
        .chars()
        .next()
        .filter(|c| CURLY.contains(c) || *c == '\'' || *c == '`')?;
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let plain = first == '\'' || first == '`';
    let closes = |c: char| {
        if plain {
            c == first
        } else {
            CURLY.contains(&c) || c == '"'
        }
    };
    let behind = &line[first.len_utf8()..];
    let (inner, end) = match behind.char_indices().find(|(_, c)| closes(*c)) {
        Some((i, c)) => (&behind[..i], start + first.len_utf8() + i + c.len_utf8()),
        None => {
            let word = &line[..word_len(line)];
            (&word[first.len_utf8()..], start + word.len())
        }
    };
    let name = if plain { "single" } else { "curly" };
    Some(Slip::Found {
        code: "curly-quotes",
        place: Place::new(start, end),
        text: format!("this text stands between {name} quotes"),
        remedy: format!("use the straight double ones: {}", shown(&quoted(inner))),
        with: quoted(inner),
        end,
    })
}

/// `fps: 15`, `fps:15`.
fn colon(scan: &Scan<'_>, text: &str, start: usize, end: usize) -> Option<Slip> {
    let word = &text[start..end];
    if word.contains("://") || scan.is_value_of_setting() {
        return None;
    }
    let (name, behind) = word.split_once(':')?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic())
        || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        || behind.starts_with('\\')
    {
        return None;
    }
    let colon = start + name.len();
    let said = format!("\"{name}:\" is written with a colon");
    if scan.is_name() {
        return Some(Slip::Found {
            code: "colon",
            place: Place::new(start, colon + 1),
            text: said,
            remedy: format!("no colon is needed: write {name} and a space"),
            with: format!("{name} "),
            end: colon + 1,
        });
    }
    // With blanks up to the value, so that the mended text reads name=value.
    let line = &text[colon + 1..];
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    Some(Slip::Pair {
        place: Place::new(start, colon + 1),
        text: said,
        remedy: format!("a setting is written with an equals sign: {name}=..."),
        colon: Place::new(colon, colon + 1 + blanks),
        end: colon + 1 + blanks,
    })
}

type Found = (&'static str, String, String, String);

fn classify(word: &str) -> Option<Found> {
    let quote = || format!("put it in quotes: {}", shown(&quoted(word)));
    if matches!(word, "true" | "false") {
        return Some((
            "bare-true",
            format!("yes and no are written with a hash in this file, not as {word}"),
            format!("write #{word}"),
            format!("#{word}"),
        ));
    }
    if matches!(word, "null" | "inf" | "-inf" | "nan") {
        return Some((
            "unquoted",
            format!("{word} cannot stand alone"),
            quote(),
            quoted(word),
        ));
    }
    if word.contains("://") || (word.matches('.').count() == 3 && word.starts_with(digit)) {
        return Some((
            "unquoted-address",
            format!("the address {} stands without quotes", shown(word)),
            quote(),
            quoted(word),
        ));
    }
    if word.trim_start_matches(['+', '-', '.']).starts_with(digit) {
        return number(word);
    }
    if word.contains('\\') {
        let text = format!(
            "{} stands without quotes, and holds backslashes",
            shown(word)
        );
        return Some(("backslash", text, quote(), quoted(word)));
    }
    if let Some(bad) = word
        .chars()
        .find(|c| matches!(c, '/' | '[' | ']' | '#' | '(' | ')' | '\\'))
    {
        let text = format!("{} stands without quotes, and holds \"{bad}\"", shown(word));
        return Some(("unquoted", text, quote(), quoted(word)));
    }
    None
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A word that begins like a number; `None` when it is one.
fn number(word: &str) -> Option<Found> {
    let unsigned = word.trim_start_matches(['+', '-']);
    if is_number(unsigned) {
        return None;
    }
    let quote = format!("put it in quotes: {}", shown(&quoted(word)));
    let parts = |c: char| unsigned.split(c).collect::<Vec<_>>();
    let whole = |s: &&str| !s.is_empty() && s.chars().all(digit);
    let comma = parts(',');
    if comma.len() == 2 && comma.iter().all(whole) {
        let with = word.replace(',', ".");
        let text = format!("{} is written with a decimal comma", shown(word));
        return Some((
            "decimal-comma",
            text,
            format!("use a point: {}", shown(&with)),
            with,
        ));
    }
    let (dashes, colons) = (parts('-'), parts(':'));
    if dashes.len() == 3 && dashes.iter().all(whole) {
        let text = format!("the date {word} stands without quotes");
        return Some(("unquoted-date", text, quote, quoted(word)));
    }
    if colons.len() == 2 && colons.iter().all(whole) {
        let text = format!("the time {word} stands without quotes");
        return Some(("unquoted-time", text, quote, quoted(word)));
    }
    let unit = unsigned.trim_start_matches(|c: char| digit(c) || c == '.');
    if !unit.is_empty() && unit.chars().all(|c| c.is_alphabetic() || c == '%') {
        return Some((
            "bare-unit",
            format!(
                "{} is a number with a unit, and stands without quotes",
                shown(word)
            ),
            quote,
            quoted(word),
        ));
    }
    let text = format!("{} is neither a number nor a quoted text", shown(word));
    Some(("unquoted", text, quote, quoted(word)))
}

/// Numbers as KDL has them: 30, 4.5, 1_000, 1e3, 0xff.
fn is_number(text: &str) -> bool {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return digits.starts_with(|c: char| c.is_digit(radix))
                && digits.chars().all(|c| c.is_digit(radix) || c == '_');
        }
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e.trim_start_matches(['+', '-']))),
        None => (text, None),
    };
    let digits = |s: &str| s.starts_with(digit) && s.chars().all(|c| digit(c) || c == '_');
    let good = match mantissa.split_once('.') {
        Some((a, b)) => digits(a) && digits(b),
        None => digits(mantissa),
    };
    good && exponent.is_none_or(digits)
}
