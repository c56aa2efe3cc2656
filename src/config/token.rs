//! A line of the file cut into parts, however broken the file is: for colours, and for where the
//! cursor stands. The parser wants a whole file; somebody who types has half of one.
//!
//! Promised: the parts of a line touch one another and are the whole line; any text gives an
//! answer.
//! Not promised: that a text which the parser refuses is cut as its writer meant it.

/// What a part of a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Space,
    Comment,
    /// The name that a line begins with.
    Node,
    /// A setting's name, before its `=`.
    Key,
    /// In quotes.
    Text,
    /// A number, or `#true` and its like.
    Figure,
    /// A word without quotes where a value stands.
    Word,
    /// `{` or `}`.
    Brace,
    /// `=`, `;` and what else stands by itself.
    Mark,
}

/// Bytes of its line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub part: Part,
    pub start: usize,
    pub end: usize,
}

/// What a line begins in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Carry {
    inside: Inside,
    /// The line goes on with the one before.
    goes_on: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Inside {
    #[default]
    Nothing,
    /// `/* */`, so many deep.
    Comment(u8),
    /// `"""`, with so many `#` around it.
    Lines(u8),
    /// `#"`, which ends with a quote and so many `#`.
    Raw(u8),
}

struct Cut<'a> {
    line: &'a str,
    at: usize,
    carry: Carry,
    /// Nothing but space and comments stands before in this statement.
    begins: bool,
    tokens: Vec<Token>,
}

/// Cuts one line, without its line feed; with what the next one begins in.
pub fn line(line: &str, carry: Carry) -> (Vec<Token>, Carry) {
    let mut cut = Cut { line, at: 0, carry, begins: !carry.goes_on, tokens: Vec::new() };
    let carried = carry.inside != Inside::Nothing;
    // A text or comment that goes on stands where its statement left off.
    cut.begins &= !carried;
    cut.carry.goes_on = false;
    while cut.at < line.len() {
        let start = cut.at;
        let part = cut.part();
        // Every part takes something, so that this ends.
        cut.at = cut.at.max(start + cut.width(start));
        if !matches!(part, Part::Space | Part::Comment) {
            cut.begins = matches!(part, Part::Brace) || &line[start..cut.at] == ";";
        }
        cut.tokens.push(Token { part, start, end: cut.at });
    }
    if cut.carry.inside != Inside::Nothing {
        cut.carry.goes_on = carry.goes_on || !cut.begins;
    }
    (cut.tokens, cut.carry)
}

impl Cut<'_> {
    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    fn width(&self, at: usize) -> usize {
        self.line[at..].chars().next().map_or(1, char::len_utf8)
    }

    fn take(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.line.len());
    }

    fn part(&mut self) -> Part {
        match self.carry.inside {
            Inside::Comment(deep) => return self.comment(deep),
            Inside::Lines(hashes) => return self.until(&close("\"\"\"", hashes)),
            Inside::Raw(hashes) => return self.until(&close("\"", hashes)),
            Inside::Nothing => {}
        }
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() || first == '\u{feff}' {
            let space = rest.find(|c: char| !c.is_whitespace() && c != '\u{feff}');
            self.take(space.unwrap_or(rest.len()));
            return Part::Space;
        }
        if rest.starts_with("//") {
            self.take(rest.len());
            return Part::Comment;
        }
        if rest.starts_with("/-") {
            self.take(2);
            return Part::Comment;
        }
        if rest.starts_with("/*") {
            self.take(2);
            return self.comment(1);
        }
        match first {
            '"' => self.quoted(),
            '#' => self.hash(),
            '{' | '}' => {
                self.take(1);
                Part::Brace
            }
            '=' | ';' | '(' | ')' => {
                self.take(1);
                Part::Mark
            }
            '\\' => {
                // Only space and a comment may follow.
                self.take(1);
                self.carry.goes_on = true;
                Part::Mark
            }
            _ => self.word(),
        }
    }

    fn comment(&mut self, deep: u8) -> Part {
        let mut deep = deep;
        while deep > 0 {
            let rest = self.rest();
            let (open, shut) = (rest.find("/*"), rest.find("*/"));
            match (open, shut) {
                (Some(o), Some(s)) if o < s => {
                    deep = deep.saturating_add(1);
                    self.take(o + 2);
                }
                (_, Some(s)) => {
                    deep -= 1;
                    self.take(s + 2);
                }
                _ => {
                    self.take(rest.len());
                    break;
                }
            }
        }
        self.carry.inside = if deep > 0 { Inside::Comment(deep) } else { Inside::Nothing };
        Part::Comment
    }

    /// The rest of a text that may go over lines.
    fn until(&mut self, close: &str) -> Part {
        match self.rest().find(close) {
            Some(at) => {
                self.take(at + close.len());
                self.carry.inside = Inside::Nothing;
            }
            None => self.take(self.rest().len()),
        }
        Part::Text
    }

    fn quoted(&mut self) -> Part {
        if self.rest().starts_with("\"\"\"") {
            self.take(3);
            self.carry.inside = Inside::Lines(0);
            return self.until("\"\"\"");
        }
        let mut escaped = false;
        let close = self.rest().char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        // An open quote is a slip: the next line is not swallowed by it.
        self.take(close.map_or(self.rest().len(), |(at, _)| at + 1));
        self.named_or(Part::Text)
    }

    fn hash(&mut self) -> Part {
        let hashes = self.rest().bytes().take_while(|b| *b == b'#').count();
        let after = &self.rest()[hashes..];
        if after.starts_with("\"\"\"") {
            self.take(hashes + 3);
            self.carry.inside = Inside::Lines(hashes.min(255) as u8);
            return self.until(&close("\"\"\"", hashes.min(255) as u8));
        }
        if after.starts_with('"') {
            self.take(hashes + 1);
            self.carry.inside = Inside::Raw(hashes.min(255) as u8);
            return self.until(&close("\"", hashes.min(255) as u8));
        }
        self.word();
        Part::Figure
    }

    fn word(&mut self) -> Part {
        let ends = |c: char| c.is_whitespace() || "{}()\\=;\"".contains(c);
        let rest = self.rest();
        let end =
            rest.char_indices().skip(1).find(|(_, c)| ends(*c)).map_or(rest.len(), |(n, _)| n);
        let number = rest.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit());
        self.take(end);
        self.named_or(if number { Part::Figure } else { Part::Word })
    }

    /// First in its statement it is a node's name, before `=` a setting's.
    fn named_or(&self, part: Part) -> Part {
        if self.rest().starts_with('=') {
            Part::Key
        } else if self.begins && part != Part::Figure {
            Part::Node
        } else {
            part
        }
    }
}

fn close(quote: &str, hashes: u8) -> String {
    format!("{quote}{}", "#".repeat(usize::from(hashes)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> String {
        let mut carry = Carry::default();
        let mut out = Vec::new();
        for row in text.split('\n') {
            let (tokens, next) = line(row, carry);
            let shown = tokens.iter().filter(|t| t.part != Part::Space).map(|t| {
                let letter = match t.part {
                    Part::Comment => 'c',
                    Part::Node => 'N',
                    Part::Key => 'k',
                    Part::Text => 't',
                    Part::Figure => 'f',
                    Part::Word => 'w',
                    Part::Brace => 'b',
                    Part::Mark => 'm',
                    Part::Space => ' ',
                };
                format!("{letter}{}", &row[t.start..t.end])
            });
            out.push(shown.collect::<Vec<_>>().join(" "));
            carry = next;
        }
        out.join("|")
    }

    #[test]
    fn lines_are_cut_into_their_parts() {
        for (text, want) in [
            (
                "zone \"hall\" kind=\"indoor\" // old",
                "Nzone t\"hall\" kkind m= t\"indoor\" c// old",
            ),
            ("a { b 1; c #true }", "Na b{ Nb f1 m; Nc f#true b}"),
            ("a \\\n  b", "Na m\\|wb"),
            ("a /* x\ny */ b\nc", "Na c/* x|cy */ wb|Nc"),
            ("a \"\"\"\n  x\n  \"\"\"\nb", "Na t\"\"\"|t  x|t  \"\"\"|Nb"),
            ("a #\"x\"y\"# 2", "Na t#\"x\"y\"# f2"),
            ("a \"open\nb", "Na t\"open|Nb"),
            ("/-camera \"x\"", "c/- Ncamera t\"x\""),
            ("a \"q\\\"r\" é=1", "Na t\"q\\\"r\" ké m= f1"),
        ] {
            assert_eq!(parts(text), want, "{text}");
        }
    }

    const ROW: &str = "[a\"#/*\\\\{}=; é-]{0,12}";

    proptest! {
        #[test]
        fn the_parts_are_the_whole_line(rows in prop::collection::vec(ROW, 0..6)) {
            let mut carry = Carry::default();
            for row in rows {
                let (tokens, next) = line(&row, carry);
                let mut at = 0;
                for token in tokens {
                    prop_assert_eq!(token.start, at);
                    prop_assert!(token.end > at && row.is_char_boundary(token.end));
                    at = token.end;
                }
                prop_assert_eq!(at, row.len());
                carry = next;
            }
        }
    }
}
