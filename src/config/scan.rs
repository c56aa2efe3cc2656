//! A forgiving reader of KDL's outline, for what people type who never saw KDL.
//!
//! `kdl` stops at the first thing it cannot read and speaks of "identifier strings". This scan goes
//! over the
//! text once, without recursion, finds the usual slips (`true` without `#`, an unquoted address, a
//! missing quote
//! or brace ...), says each in plain words, and writes down the [`Edit`] that mends it. The mended
//! text is
//! then parsed and decoded, so that one run shows the other faults too. What the scan does not
//! know, `kdl`
//! itself reports.

use super::scan_word::{self, Slip};
use super::value::Place;
use crate::base::limits::{FILE_DEPTH_MAX, FILE_NODES_MAX, FILE_VALUES_MAX, NOTES_MAX};

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
pub(super) enum Last {
    Nothing,
    Token(usize),
    Equals(usize),
    Closed(usize),
}

pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub at: usize,
    pub line: usize,
    indent: usize,
    pub last: Last,
    /// The first token of a node is its name.
    named: bool,
    open: Vec<Open>,
    /// Starts of lines that stand no deeper than the brace they are in: there a `}` is missing.
    suspects: Vec<(usize, usize)>,
    /// Values of the present node, and nodes in all: the parser's time grows with their square.
    values: usize,
    nodes: usize,
    /// Where the name of the present node ends.
    name_end: usize,
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
        values: 0,
        nodes: 0,
        name_end: 0,
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
    pub(super) fn rest(&self) -> &'a str {
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

    pub(super) fn new_line(&mut self, start: usize) {
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
        self.nodes += usize::from(self.named);
        self.values = 0;
        self.last = Last::Nothing;
        self.named = false;
    }

    /// Counts what the parser will have to hold, and gives up on what no site has.
    fn count(&mut self, c: char) {
        self.values += usize::from(!c.is_whitespace());
        if self.values <= FILE_VALUES_MAX && self.nodes <= FILE_NODES_MAX {
            return;
        }
        let text = match self.values > FILE_VALUES_MAX {
            true => format!("more than {FILE_VALUES_MAX} values stand on this line"),
            false => format!("the file has more than {FILE_NODES_MAX} lines"),
        };
        let place = Place::new(self.at, self.at + c.len_utf8());
        self.find("too-many", place, text, "is this the right file?".into());
        self.out.hopeless = true;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return };
        self.count(c);
        if self.out.hopeless {
            return;
        }
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
            '[' | ']' => self.square(),
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

    /// Lists as other formats have them.
    fn square(&mut self) {
        let place = Place::new(self.at, self.at + 1);
        let text = "square brackets have no meaning in this file".to_string();
        let remedy = "write the values one behind the other, with spaces between".to_string();
        self.find("brackets", place, text, remedy);
        self.mend(place, " ", place);
        self.at += 1;
        if let Last::Token(_) = self.last {
            self.last = Last::Nothing;
        }
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
        self.nodes += 1;
        self.values = 0;
        self.last = Last::Nothing;
        self.named = false;
    }

    fn brace_close(&mut self) {
        self.end_node();
        let place = Place::new(self.at, self.at + 1);
        // Standing further left than the line of its {, it was meant for another.
        if let Some(top) = self.open.last()
            && self.at == self.line + self.indent
            && self.indent < top.indent
        {
            self.suspects.push((top.at, self.at));
        }
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
        let behind_name = self.last == Last::Token(self.name_end);
        if let (Last::Token(_), true, false) = (self.last, self.named, behind_name) {
            self.last = Last::Equals(self.at + 1);
        } else {
            let text = "this equals sign has no name before it".to_string();
            self.find("no-name", place, text, "write name=value".into());
            self.mend(place, " ", Place::new(self.line, self.line_end()));
        }
        self.at += 1;
    }

    /// Called at the start of every token: is there room between it and the one before?
    pub(super) fn begin(&mut self, start: usize) {
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
        if !self.named {
            self.name_end = end;
        }
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
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let isolates = matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}');
    (c.is_control() && c != '\r') || turns || isolates
}
