//! The part of the scan that reads quoted texts and comments over several lines.

use super::scan::{Last, Scan};
use super::scan_word;
use super::value::Place;
use crate::base::limits::FILE_DEPTH_MAX;

impl Scan<'_> {
    pub(super) fn raw_string(&mut self, start: usize, hashes: usize) {
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
        // With quotes out of step the words between them seem to touch: one sentence is enough.
        self.out
            .findings
            .retain(|f| f.code != "no-space" || f.place.start < line.start);
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

    pub(super) fn string(&mut self) {
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
    pub(super) fn comma(&mut self, at: usize) {
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

    pub(super) fn block_comment(&mut self) {
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
            self.at = self.text.len();
            return;
        }
        if let Some(newline) = self.text[start..i].rfind('\n') {
            self.new_line(start + newline + 1);
        }
        self.at = i;
    }
}
