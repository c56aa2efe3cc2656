//! The small tree that every paper is: a head, and parts from the top down. It goes as JSON to the
//! process that typesets.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A paper, whatever it is printed as.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Document {
    /// The stem of its file name: `a-z 0-9 -`.
    pub name: String,
    pub title: String,
    /// A line below the title.
    pub subtitle: String,
    /// Whose system it is, at the head of each page.
    pub site: String,
    /// Whose the paper is, at the foot of each page (S4.2, S1.10).
    pub ownership: String,
    /// Says more at the foot of each page: which file it was made from, which key signs.
    pub foot: Vec<String>,
    /// Wide tables want a wide page.
    pub landscape: bool,
    /// It holds personal data (S1.10): it leaves on paper, or encrypted.
    pub personal: bool,
    pub parts: Vec<Part>,
}

/// Where a clause comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Source {
    /// The part of `site.kdl`; empty where the program or the law says it.
    pub from: Cow<'static, str>,
    /// Of `tests/rows.kdl`.
    pub row: Cow<'static, str>,
}

impl Source {
    pub const fn new(from: &'static str, row: &'static str) -> Source {
        Source { from: Cow::Borrowed(from), row: Cow::Borrowed(row) }
    }

    /// As it stands behind the clause.
    pub fn shown(&self) -> String {
        match (&*self.from, &*self.row) {
            ("", row) => row.to_string(),
            (from, "") => from.to_string(),
            (from, row) => format!("{from}, {row}"),
        }
    }
}

/// One part of a paper.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Heading(String),
    /// A sentence that binds, with its source; numbered within its heading.
    Clause(String, Source),
    Text(String),
    Points(Vec<String>),
    Table {
        head: Vec<Cow<'static, str>>,
        /// Shares of the width, one a column.
        shares: Vec<u32>,
        rows: Vec<Vec<String>>,
    },
    /// What it is called, and what it is.
    Facts(Vec<(String, String)>),
    /// Lines to be filled in by hand.
    Blanks(Vec<String>),
    /// To be ticked: what, and what the box knows about it already; empty where it knows nothing.
    Checks(Vec<(String, String)>),
    /// A line to sign on, and one for the date, for each of these.
    Signatures(Vec<String>),
    /// A code with a line that says what it leads to.
    Code {
        text: String,
        caption: String,
    },
    /// A PNG or JPEG picture, with what it shows.
    Picture {
        file: Vec<u8>,
        caption: String,
    },
    /// Fixed-width lines, to be compared letter by letter.
    Exact(String),
    NewPage,
}

/// `jpeg` or `png`, by how it begins.
pub fn picture_kind(file: &[u8]) -> &'static str {
    if file.starts_with(&[0xff, 0xd8]) { "jpeg" } else { "png" }
}

impl Document {
    /// A paper of a site, so far empty.
    pub fn new(name: &str, title: impl Into<String>, site: &str, owner: &str) -> Document {
        Document {
            name: name.to_string(),
            title: title.into(),
            subtitle: String::new(),
            site: site.to_string(),
            ownership: format!("Owner and copyright: {owner}"),
            foot: Vec::new(),
            landscape: false,
            personal: false,
            parts: Vec::new(),
        }
    }

    /// It holds personal data: each page says so (S1.10).
    pub fn protect(&mut self) {
        self.personal = true;
        self.ownership += ". Protected personal data; not to be passed on without its consent.";
    }

    pub fn head(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Heading(text.into()));
    }

    pub fn clause(&mut self, text: impl Into<String>, from: &'static str, row: &'static str) {
        self.parts.push(Part::Clause(text.into(), Source::new(from, row)));
    }

    pub fn say(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    /// Points, where there are any.
    pub fn points(&mut self, points: impl IntoIterator<Item = String>) {
        let points: Vec<String> = points.into_iter().collect();
        if !points.is_empty() {
            self.parts.push(Part::Points(points));
        }
    }

    /// `shares` are shares of the width. A table without rows says so instead.
    pub fn table(&mut self, columns: &[(&'static str, u32)], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return self.say("None.");
        }
        let (head, shares) =
            columns.iter().map(|(head, share)| (Cow::Borrowed(*head), *share)).unzip();
        self.parts.push(Part::Table { head, shares, rows });
    }

    /// Facts, those left out that are empty.
    pub fn facts<'a>(&mut self, facts: impl IntoIterator<Item = (&'a str, String)>) {
        let said = facts.into_iter().filter(|(_, fact)| !fact.is_empty());
        let said: Vec<_> = said.map(|(name, fact)| (name.to_string(), fact)).collect();
        if !said.is_empty() {
            self.parts.push(Part::Facts(said));
        }
    }

    pub fn blanks(&mut self, names: &[&str]) {
        self.parts.push(Part::Blanks(names.iter().map(|n| n.to_string()).collect()));
    }

    pub fn signatures(&mut self, names: &[&str]) {
        self.parts.push(Part::Signatures(names.iter().map(|n| n.to_string()).collect()));
    }

    /// Every word of it, for whoever looks for one.
    pub fn words(&self) -> String {
        super::text::write(self).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
