//! One finding about the file. One text for the command line, the console and the logbook.

use super::value::Place;

/// `Error` when the file cannot be understood (it is then not loaded); the others load and are
/// shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

/// A finding: what is wrong, where, and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    pub severity: Severity,
    /// The rule that made it, like `unknown-setting`; never changes its meaning.
    pub code: &'static str,
    pub place: Place,
    /// One sentence in the reader's words, without a full stop at the end.
    pub text: String,
    /// What to do; may be empty where the text says it.
    pub remedy: String,
    /// The row of the requirements that the rule comes from: `S4.20`.
    pub row: Option<&'static str>,
}

/// Every code that reading a file can give. A test holds a bad file against each.
pub const READING_CODES: &[&str] = &[
    "always-encrypted",
    "backslash",
    "backwards",
    "bad-address",
    "bad-date",
    "bad-keyword",
    "bad-name",
    "bad-path",
    "bad-port",
    "bad-printer",
    "bad-time",
    "bad-timezone",
    "bad-url",
    "bare-true",
    "bare-unit",
    "brackets",
    "colon",
    "comma",
    "contradiction",
    "covers-nothing",
    "curly-quotes",
    "decimal-comma",
    "deputy-of-deputy",
    "empty",
    "empty-file",
    "extra-brace",
    "extra-semicolon",
    "floor-above-ceiling",
    "given-twice",
    "held-by-nobody",
    "id-twice",
    "invisible",
    "missing",
    "missing-brace",
    "missing-quote",
    "no-name",
    "no-new-line",
    "no-space",
    "no-value",
    "not-declared",
    "not-text",
    "not-utf8",
    "open-comment",
    "out-of-range",
    "own-deputy",
    "password-in-file",
    "password-in-url",
    "section-twice",
    "stream-twice",
    "syntax",
    "target-outside",
    "too-deep",
    "too-large",
    "too-many",
    "type-annotation",
    "unexpected-value",
    "unknown-node",
    "unknown-setting",
    "unknown-word",
    "unquoted",
    "unquoted-address",
    "unquoted-date",
    "unquoted-time",
    "wrong-type",
    "wrong-unit",
];

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "advice",
        }
    }
}

/// Cells of a source line that are shown; longer ones are cut around the place.
const SHOWN_CELLS: usize = 96;
/// Cells shown before the place in a line that was cut.
const LEAD_CELLS: usize = 40;
/// A tab is shown as this many spaces.
const TAB: &str = "    ";

/// Line and column of a byte, both from 1; columns count characters, as editors do.
pub fn line_and_column(source: &str, byte: usize) -> (usize, usize) {
    let byte = floor(source, byte);
    let before = &source[..byte];
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// The nearest character boundary at or below `byte`.
fn floor(source: &str, byte: usize) -> usize {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// Cells that a terminal gives to a character: none for combining marks, two for wide ones.
fn cells(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
        0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff => 2,
        0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// A stretch of a line as it is shown: no tabs, no control characters that could move the cursor.
fn shown(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\t' => out.push_str(TAB),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => out.push('?'),
            c if c.is_control() => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

/// The last characters of `text` that fill at most `most` cells.
fn tail(text: &str, most: usize) -> &str {
    let mut sum = 0;
    let mut from = text.len();
    for (i, c) in text.char_indices().rev() {
        sum += cells(c);
        if sum > most {
            break;
        }
        from = i;
    }
    &text[from..]
}

/// The first characters of `text` that fill at most `most` cells.
fn head(text: &str, most: usize) -> &str {
    let mut sum = 0;
    for (i, c) in text.char_indices() {
        sum += cells(c);
        if sum > most {
            return &text[..i];
        }
    }
    text
}

impl Note {
    /// Place, sentence, source line with carets under the exact text, remedy. ASCII but for what
    /// the file itself
    /// holds, because the Linux console lacks most other glyphs; ends with a line feed.
    pub fn render(&self, name: &str, source: &str) -> String {
        let (line, column) = line_and_column(source, self.place.start);
        let row = self.row.map(|row| format!(" ({row})")).unwrap_or_default();
        let severity = self.severity.as_str();
        let mut out = format!("{name}:{line}:{column}: {severity}: {}{row}\n", self.text);
        let start = floor(source, self.place.start);
        let from = source[..start].rfind('\n').map_or(0, |i| i + 1);
        let to = source[start..].find('\n').map_or(source.len(), |i| start + i);
        let stop = floor(source, self.place.end).clamp(start, to);
        let mut before = shown(tail(&source[from..start], 2 * SHOWN_CELLS));
        let marked = shown(head(source[start..stop].trim_end_matches('\r'), 2 * SHOWN_CELLS));
        let after = shown(head(source[stop..to].trim_end_matches('\r'), 2 * SHOWN_CELLS));
        if !(before.trim().is_empty() && marked.is_empty() && after.trim().is_empty()) {
            if width(&before) + width(&marked) + width(&after) > SHOWN_CELLS
                && width(&before) > LEAD_CELLS
            {
                before = format!("...{}", tail(&before, LEAD_CELLS));
            }
            let room = SHOWN_CELLS.saturating_sub(width(&before)).max(20);
            let rest = format!("{marked}{after}");
            let cut = head(&rest, room);
            let dots = if cut.len() < rest.len() { "..." } else { "" };
            let carets = width(&marked).clamp(1, room);
            let (gap, pad) = (" ".repeat(width(&before)), " ".repeat(line.to_string().len()));
            out.push_str(&format!(" {line} | {before}{cut}{dots}\n"));
            out.push_str(&format!(" {pad} | {gap}{}\n", "^".repeat(carets)));
        }
        if !self.remedy.is_empty() {
            out.push_str(&format!("   = {}\n", self.remedy));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(start: usize, end: usize) -> Note {
        Note {
            severity: Severity::Error,
            code: "test",
            place: Place::new(start, end),
            text: "wrong".into(),
            remedy: String::new(),
            row: None,
        }
    }

    /// The text above the carets, as a reader sees it.
    fn under(source: &str, start: usize, end: usize) -> String {
        let text = note(start, end).render("f", source);
        let mut lines = text.lines().skip(1);
        let (line, carets) = (lines.next().unwrap(), lines.next().unwrap());
        let first = carets.find('^').unwrap();
        let many = carets.matches('^').count();
        let mut at = 0;
        let mut out = String::new();
        for c in line.chars() {
            if (first..first + many).contains(&at) {
                out.push(c);
            }
            at += cells(c);
        }
        out
    }

    #[test]
    fn carets_stand_under_the_exact_text() {
        for (source, word) in [
            ("a b\nzone kind=\"x\"\n", "\"x\""),
            ("\t\tzone kind", "kind"),
            ("\"\u{c5}lesund\" zone", "zone"),
            ("\"\u{65e5}\u{672c}\" zone", "zone"),
            ("\"e\u{301}\" zone", "zone"),
            ("zone bad\r\nb", "bad"),
        ] {
            let start = source.find(word).unwrap();
            assert_eq!(under(source, start, start + word.len()), word, "{source:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{} wrong {}", "x".repeat(3_000), "y".repeat(3_000));
        let text = note(3_001, 3_006).render("f", &source);
        assert!(text.lines().all(|l| l.chars().count() < 120), "{text}");
        assert_eq!(under(&source, 3_001, 3_006), "wrong");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_and_column("a\n\u{c5}b", 4), (2, 2));
        assert_eq!(line_and_column("", 7), (1, 1));
    }

    #[test]
    fn control_characters_cannot_reach_the_terminal() {
        let text = note(0, 1).render("f", "\u{1b}[2J\u{202e}x");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }
}
