//! A forgiving reader of KDL's outline, for what people type who never saw KDL.
//!
//! `kdl` stops at the first thing it cannot read and speaks of "identifier strings". This scan goes over the
//! text once, without recursion, finds the usual slips (`true` without `#`, an unquoted address, a missing quote
//! or brace ...), says each in plain words, and writes down the [`Edit`] that mends it. The mended text is
//! then parsed and decoded, so that one run shows the other faults too. What the scan does not know, `kdl`
//! itself reports.

use super::scan_word::{self, Slip};
use super::value::Place;
use crate::base::limits::{FILE_DEPTH_MAX, NOTES_MAX};

/// Replace `at` by `with`, to go on reading.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Edit {
    pub at: Place,
    pub with: String,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Finding {
    pub code: &'static str,
    pub place: Place,
    pub text: String,
    pub remedy: String,
}

#[derive(Default)]
pub(super) struct Scanned {
    pub findings: Vec<Finding>,
    pub edits: Vec<Edit>,
    /// Where the text was mended: further findings that touch these would be about our mending.
    pub damaged: Vec<Place>,
    /// Too deep or too broken to give to the parser.
    pub hopeless: bool,
}

struct Open {
    at: usize,
    indent: usize,
}

/// What was read last in this node, with its end.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Nothing,
    Token(usize),
    Equals(usize),
    Closed(usize),
}

pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    indent: usize,
    last: Last,
    /// The first token of a node is its name.
    named: bool,
    open: Vec<Open>,
    /// Starts of lines that stand no deeper than the brace they are in: there a `}` is missing.
    suspects: Vec<(usize, usize)>,
    pub out: Scanned,
}

pub(super) fn scan(text: &str) -> Scanned {
    let mut s = Scan {
        text,
        at: 0,
        line: 0,
        indent: 0,
        last: Last::Nothing,
        named: false,
        open: Vec::new(),
        suspects: Vec::new(),
        out: Scanned::default(),
    };
    s.new_line(0);
    while s.at < text.len() && !s.out.hopeless && s.out.findings.len() < NOTES_MAX {
        s.step();
    }
    s.end();
    s.out
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn line_end(&self) -> usize {
        self.rest()
            .find('\n')
            .map_or(self.text.len(), |i| self.at + i)
    }

    pub fn find(&mut self, code: &'static str, place: Place, text: String, remedy: String) {
        self.out.findings.push(Finding {
            code,
            place,
            text,
            remedy,
        });
    }

    pub fn mend(&mut self, at: Place, with: impl Into<String>, damaged: Place) {
        self.out.edits.push(Edit {
            at,
            with: with.into(),
        });
        self.out.damaged.push(damaged);
    }

    fn new_line(&mut self, start: usize) {
        self.line = start;
        let rest = &self.text[start..];
        self.indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn end_node(&mut self) {
        if let Last::Equals(end) = self.last {
            let place = Place::new(end - 1, end);
            self.find(
                "no-value",
                place,
                "there is no value behind the equals sign".into(),
                "write the value behind it, or take the setting out".into(),
            );
            self.mend(Place::new(end, end), "\"?\"", Place::new(self.line, end));
        }
        self.last = Last::Nothing;
        self.named = false;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return };
        match c {
            '\n' => {
                self.end_node();
                self.at += 1;
                self.new_line(self.at);
            }
            '{' => self.brace_open(),
            '}' => self.brace_close(),
            ';' => self.semicolon(),
            '=' => self.equals(),
            '"' => self.string(),
            '#' => self.hash(),
            '\\' if self.continues() => {}
            '/' if rest.starts_with("//") => self.at = self.line_end(),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '/' if rest.starts_with("/-") => self.at += 2,
            // A type in brackets: the decoder says that it means nothing here.
            '(' => self.at = self.closing_bracket(),
            c if c.is_whitespace() => self.at += c.len_utf8(),
            c if invisible(c) => self.invisible(c),
            _ => self.word(),
        }
    }

    /// `\` at the end of a line goes on with the next one.
    fn continues(&mut self) -> bool {
        let end = self.line_end();
        let behind = self.text[self.at + 1..end].trim();
        let good = behind.is_empty() || behind.starts_with("//");
        if good {
            self.at = (end + 1).min(self.text.len());
            self.new_line(self.at);
        }
        good
    }

    fn closing_bracket(&self) -> usize {
        let close = self.text[self.at..self.line_end()].find(')');
        close.map_or(self.at + 1, |i| self.at + i + 1)
    }

    fn invisible(&mut self, c: char) {
        let place = Place::new(self.at, self.at + c.len_utf8());
        let text = format!("an invisible character (U+{:04X}) stands here", c as u32);
        self.find(
            "invisible",
            place,
            text,
            "delete it; type the line anew".into(),
        );
        self.mend(place, "", place);
        self.at = place.end;
    }

    fn brace_open(&mut self) {
        if let Last::Equals(_) = self.last {
            self.end_node();
        }
        self.open.push(Open {
            at: self.at,
            indent: self.indent,
        });
        if self.open.len() > FILE_DEPTH_MAX {
            let place = Place::new(self.at, self.at + 1);
            let text = format!("braces are nested more than {FILE_DEPTH_MAX} deep");
            self.find(
                "too-deep",
                place,
                text,
                "no setting lies deeper than four".into(),
            );
            self.out.hopeless = true;
        }
        self.at += 1;
        self.last = Last::Nothing;
        self.named = false;
    }

    fn brace_close(&mut self) {
        self.end_node();
        let place = Place::new(self.at, self.at + 1);
        if self.open.pop().is_none() {
            let text = "this } closes nothing".to_string();
            self.find(
                "extra-brace",
                place,
                text,
                "take it out, or add the { that it closes".into(),
            );
            self.mend(place, "", place);
        }
        self.at += 1;
        self.last = Last::Closed(self.at);
    }

    fn semicolon(&mut self) {
        let nothing = !self.named && !matches!(self.last, Last::Closed(_));
        self.end_node();
        let place = Place::new(self.at, self.at + 1);
        if nothing {
            let text = "this semicolon ends nothing".to_string();
            self.find("extra-semicolon", place, text, "take it out".into());
            self.mend(place, " ", place);
        }
        self.at += 1;
    }

    fn equals(&mut self) {
        let place = Place::new(self.at, self.at + 1);
        if let (Last::Token(_), true) = (self.last, self.named) {
            self.last = Last::Equals(self.at + 1);
        } else {
            let text = "this equals sign has no name before it".to_string();
            self.find("no-name", place, text, "write name=value".into());
            self.mend(place, " ", Place::new(self.line, self.line_end()));
        }
        self.at += 1;
    }

    /// Called at the start of every token: is there room between it and the one before?
    fn begin(&mut self, start: usize) {
        if !self.named && start == self.line + self.indent {
            self.suspect(start);
        }
        match self.last {
            Last::Token(end) if end == start => {
                let place = Place::new(self.line, self.line_end());
                let quote =
                    self.text[..start].ends_with('"') || self.text[start..].starts_with('"');
                let text = "a space is missing between two values".to_string();
                let hint = if quote {
                    "; count the quotes: every text has two"
                } else {
                    ""
                };
                self.find(
                    "no-space",
                    Place::new(start, start + 1),
                    text,
                    format!("put one here{hint}"),
                );
                self.mend(Place::new(start, start), " ", place);
            }
            Last::Closed(_) => {
                let text = "a new line is wanted behind a }".to_string();
                let place = Place::new(start, start + 1);
                self.find("no-new-line", place, text, "begin a new line here".into());
                self.mend(Place::new(start, start), "\n", place);
                self.named = false;
            }
            _ => {}
        }
    }

    fn suspect(&mut self, start: usize) {
        let Some(top) = self.open.last() else { return };
        if self.indent <= top.indent && self.suspects.iter().all(|(at, _)| *at != top.at) {
            self.suspects.push((top.at, start));
        }
    }

    /// After a token: the first of a node is its name.
    pub fn token(&mut self, end: usize) {
        self.at = end;
        self.last = Last::Token(end);
        self.named = true;
    }

    pub fn is_name(&self) -> bool {
        !self.named
    }

    pub fn is_value_of_setting(&self) -> bool {
        matches!(self.last, Last::Equals(_))
    }

    fn hash(&mut self) {
        let start = self.at;
        self.begin(start);
        let hashes = self.rest().len() - self.rest().trim_start_matches('#').len();
        let body = start + hashes;
        if self.text[body..].starts_with('"') {
            return self.raw_string(start, hashes);
        }
        let end = start + scan_word::word_len(self.rest());
        let word = &self.text[start..end];
        if !["#true", "#false", "#null", "#inf", "#-inf", "#nan"].contains(&word) {
            let place = Place::new(start, end);
            let yes = matches!(
                word.to_lowercase().as_str(),
                "#true" | "#yes" | "#on" | "#1"
            );
            let no = matches!(
                word.to_lowercase().as_str(),
                "#false" | "#no" | "#off" | "#0"
            );
            let shown: String = word.chars().take(40).collect();
            let text = format!("{shown} is not understood");
            let remedy = match (yes, no) {
                (false, false) => "comments begin with //; yes is #true, no is #false".to_string(),
                _ => "yes is written #true, no is written #false, in small letters".to_string(),
            };
            self.find("bad-keyword", place, text, remedy);
            let comment = !yes && !no && self.last == Last::Nothing;
            if comment {
                let line = Place::new(start, self.line_end());
                self.mend(line, "", line);
                self.at = line.end;
                return;
            }
            self.mend(place, if no { "#false" } else { "#true" }, place);
        }
        self.token(end.max(start + 1));
    }

    fn raw_string(&mut self, start: usize, hashes: usize) {
        let quotes = if self.text[start + hashes..].starts_with("\"\"\"") {
            3
        } else {
            1
        };
        let close = format!("{}{}", "\"".repeat(quotes), "#".repeat(hashes));
        let body = start + hashes + quotes;
        match self.text[body..].find(&close) {
            Some(i) => self.token(body + i + close.len()),
            None => self.unclosed(start, self.text.len()),
        }
    }

    /// A quote that never ends, or not before the end of its line.
    fn unclosed(&mut self, start: usize, end: usize) {
        let shown = self.text[start..end].trim_end();
        let stop = start + shown.len();
        let first = self.text[start..]
            .find('\n')
            .map_or(self.text.len(), |i| start + i);
        self.find(
            "missing-quote",
            Place::new(start, stop.min(first)),
            "this text has an opening quote but no closing one".into(),
            "every text stands between two quotes on one line: \"like this\"".into(),
        );
        let line = Place::new(self.line, first);
        if end > first + 1 || shown.len() < 2 {
            // A text of several lines: where it should end nobody can tell.
            self.out.damaged.push(line);
            self.out.hopeless = true;
            self.at = self.text.len();
            return;
        }
        // `"Front gate {`: the brace was meant as one.
        let inner = shown.trim_end_matches('{').trim_end();
        let close = start
            + if shown.ends_with('{') {
                inner.len().max(1)
            } else {
                shown.len()
            };
        self.mend(Place::new(close, close), "\"", line);
        self.token(close);
    }

    fn string(&mut self) {
        let start = self.at;
        self.begin(start);
        let triple = self.rest().starts_with("\"\"\"");
        let mut i = start + if triple { 3 } else { 1 };
        let bytes = self.text.as_bytes();
        while i < bytes.len() {
            match bytes[i] {
                b'\\' => i = self.escape(i),
                b'"' if triple && self.text[i..].starts_with("\"\"\"") => return self.token(i + 3),
                b'"' if !triple => {
                    self.token(i + 1);
                    return self.comma(i + 1);
                }
                b'\n' if !triple => return self.unclosed(start, i),
                _ => i += 1,
            }
        }
        self.unclosed(start, self.text.len());
    }

    /// `"crime", "safety"`.
    fn comma(&mut self, at: usize) {
        if self.text[at..].starts_with(',') {
            let place = Place::new(at, at + 1);
            let text = "values are separated by spaces, not by commas".to_string();
            self.find("comma", place, text, "take the comma out".into());
            self.mend(place, " ", place);
            self.token(at + 1);
            self.last = Last::Nothing;
        }
    }

    /// At a backslash inside a text; the index behind it.
    fn escape(&mut self, i: usize) -> usize {
        let behind = self.text[i + 1..].chars().next();
        match behind {
            Some('n' | 'r' | 't' | '\\' | '"' | 'b' | 'f' | 's') => i + 2,
            Some(c) if c.is_whitespace() => {
                let blank = &self.text[i + 1..];
                self.text.len() - blank.trim_start().len()
            }
            Some('u') if scan_word::is_unicode_escape(&self.text[i + 2..]) => i + 2,
            Some(c) => {
                let place = Place::new(i, i + 1 + c.len_utf8());
                self.find(
                    "backslash",
                    place,
                    format!("a backslash before \"{c}\" has no meaning in a quoted text"),
                    "write two: \\\\ for each; folders of this box are written with /".into(),
                );
                self.mend(Place::new(i, i), "\\", place);
                i + 1
            }
            None => i + 1,
        }
    }

    fn word(&mut self) {
        let start = self.at;
        self.begin(start);
        match scan_word::slip(self, self.text, start) {
            Slip::None(end) => self.token(end),
            Slip::Found {
                code,
                place,
                text,
                remedy,
                with,
                end,
            } => {
                self.find(code, place, text, remedy);
                self.mend(Place::new(start, end), with, place);
                self.token(end);
                self.comma(end);
            }
            Slip::Pair {
                place,
                text,
                remedy,
                colon,
                end,
            } => {
                self.find("colon", place, text, remedy);
                self.mend(colon, "=", place);
                self.token(end);
                self.last = Last::Equals(end);
            }
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 1;
        let mut i = start + 2;
        while i + 1 < bytes.len() && depth > 0 {
            match &bytes[i..i + 2] {
                b"/*" => {
                    depth += 1;
                    i += 2;
                }
                b"*/" => {
                    depth -= 1;
                    i += 2;
                }
                _ => i += 1,
            }
            if depth > FILE_DEPTH_MAX {
                break;
            }
        }
        if depth > 0 {
            let text = "this comment is opened but never closed".to_string();
            let remedy = "close it with */, or begin each line of it with //".to_string();
            self.find("open-comment", Place::new(start, start + 2), text, remedy);
            self.out.hopeless = true;
        }
        if let Some(newline) = self.text[start..i].rfind('\n') {
            self.new_line(start + newline + 1);
        }
        self.at = i;
    }

    fn end(&mut self) {
        if self.out.hopeless || self.out.findings.len() >= NOTES_MAX {
            return;
        }
        self.end_node();
        let open = std::mem::take(&mut self.open);
        let mut suspects = std::mem::take(&mut self.suspects).into_iter();
        for brace in open.iter().rev() {
            // The line that stands too far left tells which brace was meant to be closed before it.
            let (at, close) = suspects.next().unwrap_or((brace.at, self.text.len()));
            self.find(
                "missing-brace",
                Place::new(at, at + 1),
                "this { is never closed".into(),
                "put a } on a line of its own where the part ends".into(),
            );
            self.mend(Place::new(close, close), "\n}\n", Place::new(at, at + 1));
        }
    }
}

fn invisible(c: char) -> bool {
    (c.is_control() && c != '\r')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The mended text, and the way back from its places to those of the file.
pub(super) struct Mended {
    pub text: String,
    /// Where a stretch begins in the mended text, where in the file, and whether it is the file's own.
    stretches: Vec<(usize, usize, bool)>,
    len: usize,
}

impl Mended {
    pub fn new(text: &str, mut edits: Vec<Edit>) -> Mended {
        edits.sort_by_key(|e| (e.at.start, e.at.end));
        let mut out = Mended {
            text: String::new(),
            stretches: Vec::new(),
            len: text.len(),
        };
        let mut done = 0;
        for edit in edits {
            if edit.at.start < done {
                continue;
            }
            out.stretches.push((out.text.len(), done, true));
            out.text.push_str(&text[done..edit.at.start]);
            out.stretches.push((out.text.len(), edit.at.start, false));
            out.text.push_str(&edit.with);
            done = edit.at.end;
        }
        out.stretches.push((out.text.len(), done, true));
        out.text.push_str(&text[done..]);
        out
    }

    fn back_one(&self, at: usize) -> usize {
        let i = self.stretches.partition_point(|(start, _, _)| *start <= at);
        let (start, file, own) = self.stretches[i.saturating_sub(1)];
        (if own { file + at - start } else { file }).min(self.len)
    }

    pub fn back(&self, place: Place) -> Place {
        let start = self.back_one(place.start);
        Place::new(start, self.back_one(place.end).max(start))
    }
}
