//! A paper as plain text: 80 columns, no control characters, readable aloud.

use std::borrow::Cow;

use super::page::{Document, Part};

const COLUMNS: usize = 78;

/// The whole paper, with a line end at its end.
pub fn write(document: &Document) -> String {
    let mut out = format!("{}\n{}\n", document.site, document.title);
    if !document.subtitle.is_empty() {
        out += &wrapped(&document.subtitle, "", "");
    }
    let mut numbers = Numbers::default();
    for part in &document.parts {
        out.push('\n');
        out += &written(part, &mut numbers);
    }
    out.push('\n');
    out += &wrapped(&document.ownership, "", "");
    for line in &document.foot {
        out += &wrapped(line, "", "");
    }
    out
}

/// Headings are 1, 2, 3; clauses below them 1.1, 1.2.
#[derive(Default)]
pub(super) struct Numbers {
    heading: u32,
    clause: u32,
}

impl Numbers {
    pub(super) fn heading(&mut self) -> u32 {
        (self.heading, self.clause) = (self.heading + 1, 0);
        self.heading
    }

    pub(super) fn clause(&mut self) -> String {
        self.clause += 1;
        match self.heading {
            // A short paper without headings counts its clauses alone.
            0 => self.clause.to_string(),
            heading => format!("{heading}.{}", self.clause),
        }
    }
}

fn written(part: &Part, numbers: &mut Numbers) -> String {
    match part {
        Part::Heading(text) => {
            let line = format!("{}. {text}", numbers.heading());
            format!("{line}\n{}\n", "-".repeat(line.chars().count()))
        }
        Part::Clause(text, source) => {
            let number = format!("{:<5}", numbers.clause());
            wrapped(&format!("{text} [{}]", source.shown()), &number, "     ")
        }
        Part::Text(text) => wrapped(text, "", ""),
        Part::Points(points) => points.iter().map(|p| wrapped(p, "- ", "  ")).collect(),
        Part::Table { head, rows, .. } => rows.iter().map(|row| record(head, row)).collect(),
        Part::Facts(facts) => {
            facts.iter().map(|(name, fact)| wrapped(fact, &format!("{name}: "), "    ")).collect()
        }
        Part::Blanks(names) => names.iter().map(|n| format!("{n}: {}\n", "_".repeat(40))).collect(),
        Part::Checks(checks) => checks.iter().map(|(what, known)| check(what, known)).collect(),
        Part::Signatures(names) => names
            .iter()
            .map(|n| format!("{n}: {}  Date: {}\n", "_".repeat(30), "_".repeat(12)))
            .collect(),
        Part::Code { text, caption } => wrapped(text, &format!("{caption}: "), "    "),
        Part::Picture { caption, .. } => wrapped(caption, "Picture: ", "    "),
        Part::Exact(text) => {
            let mut text = plain(text);
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text
        }
        Part::NewPage => String::new(),
    }
}

fn check(what: &str, known: &str) -> String {
    let mut out = wrapped(what, "[ ] ", "    ");
    if !known.is_empty() {
        out += &wrapped(known, "    ", "    ");
    }
    out
}

/// A row with its column's name before each cell: read aloud, a table is a list of records.
fn record(head: &[Cow<'static, str>], row: &[String]) -> String {
    let said = head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    let said: Vec<String> = said.map(|(name, cell)| format!("{name}: {cell}")).collect();
    wrapped(&said.join("; "), "- ", "  ")
}

/// Control characters would move the cursor of a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let (mut out, mut line) = (String::new(), first.to_string());
    let mut empty = true;
    for word in plain(text).split_whitespace() {
        let room = line.chars().count() + usize::from(!empty) + word.chars().count();
        if !empty && room > COLUMNS {
            out += line.trim_end();
            out.push('\n');
            line = rest.to_string();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    out + line.trim_end() + "\n"
}
