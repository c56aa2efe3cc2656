//! A text that is being edited: lines, a cursor, every change undone and done again.
//!
//! Places are counted in characters, rows and columns from 0. One change is one way of all: a
//! stretch is replaced by another one; what was there is kept. Letters typed one after another are
//! undone a word at a time.

use crate::config::token::{self, Carry, Part};

/// Changes that can be undone.
const STEPS_MAX: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Spot {
    pub row: usize,
    pub column: usize,
}

impl Spot {
    pub fn new(row: usize, column: usize) -> Spot {
        Spot { row, column }
    }
}

/// `from..to` became `from..new_to`.
#[derive(Clone, PartialEq, Debug)]
struct Step {
    from: Spot,
    to: Spot,
    old: String,
    new_to: Spot,
    new: String,
    /// Where the cursor stood before.
    cursor: Spot,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Text {
    lines: Vec<String>,
    pub at: Spot,
    /// The column that Up and Down keep to.
    wish: usize,
    done: Vec<Step>,
    undone: Vec<Step>,
    /// Lines end with CR LF, all of them.
    crlf: bool,
    bytes: usize,
}

impl Text {
    pub fn new(text: &str) -> Text {
        let crlf =
            text.contains('\n') && text.matches('\n').count() == text.matches("\r\n").count();
        let text = if crlf { text.replace("\r\n", "\n") } else { text.to_string() };
        let lines: Vec<String> = text.split('\n').map(String::from).collect();
        let (at, bytes) = (Spot::default(), text.len());
        Text { lines, at, wish: 0, done: Vec::new(), undone: Vec::new(), crlf, bytes }
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Bytes as they will be saved, within one a line.
    pub fn bytes(&self) -> usize {
        self.bytes + if self.crlf { self.lines.len() } else { 0 }
    }

    pub fn whole(&self) -> String {
        self.lines.join(if self.crlf { "\r\n" } else { "\n" })
    }

    pub fn line(&self, row: usize) -> &str {
        self.lines.get(row).map_or("", String::as_str)
    }

    fn width(&self, row: usize) -> usize {
        self.line(row).chars().count()
    }

    /// Bytes of a line before this column.
    pub fn byte(&self, spot: Spot) -> usize {
        let line = self.line(spot.row);
        line.char_indices().nth(spot.column).map_or(line.len(), |(at, _)| at)
    }

    /// The place of a byte of the whole text, as [`Text::whole`] would give it.
    pub fn spot_of(&self, byte: usize) -> Spot {
        let gap = if self.crlf { 2 } else { 1 };
        let mut left = byte;
        for (row, line) in self.lines.iter().enumerate() {
            if left <= line.len() {
                let column = line.char_indices().take_while(|(at, _)| *at < left).count();
                return Spot::new(row, column);
            }
            left = left.saturating_sub(line.len() + gap);
        }
        self.end()
    }

    fn end(&self) -> Spot {
        let row = self.lines.len().saturating_sub(1);
        Spot::new(row, self.width(row))
    }

    /// The nearest place that there is.
    pub fn clamp(&self, spot: Spot) -> Spot {
        let row = spot.row.min(self.lines.len().saturating_sub(1));
        Spot::new(row, spot.column.min(self.width(row)))
    }

    pub fn go(&mut self, spot: Spot) {
        self.at = self.clamp(spot);
        self.wish = self.at.column;
    }

    /// Rows up or down, in the column that was left.
    pub fn rows(&mut self, by: isize) {
        let row = self.at.row.saturating_add_signed(by).min(self.lines.len().saturating_sub(1));
        self.at = self.clamp(Spot::new(row, self.wish));
    }

    pub fn left(&mut self) {
        let Spot { row, column } = self.at;
        self.go(match (row, column) {
            (0, 0) => self.at,
            (row, 0) => Spot::new(row - 1, self.width(row - 1)),
            (row, column) => Spot::new(row, column - 1),
        });
    }

    pub fn right(&mut self) {
        let Spot { row, column } = self.at;
        let last = row + 1 >= self.lines.len();
        self.go(match column < self.width(row) {
            true => Spot::new(row, column + 1),
            false if last => self.at,
            false => Spot::new(row + 1, 0),
        });
    }

    /// To the first letter of the line; from there to its very beginning.
    pub fn home(&mut self) {
        let line = self.line(self.at.row);
        let first = line.chars().take_while(|c| c.is_whitespace()).count();
        let column = if self.at.column == first { 0 } else { first };
        self.go(Spot::new(self.at.row, column));
    }

    pub fn line_end(&mut self) {
        self.go(Spot::new(self.at.row, self.width(self.at.row)));
    }

    /// What stands between two places.
    fn between(&self, from: Spot, to: Spot) -> String {
        if from.row == to.row {
            return self.line(from.row)[self.byte(from)..self.byte(to)].to_string();
        }
        let mut out = self.line(from.row)[self.byte(from)..].to_string();
        for row in from.row + 1..to.row {
            out.push('\n');
            out += self.line(row);
        }
        out.push('\n');
        out += &self.line(to.row)[..self.byte(to)];
        out
    }

    /// Puts a text between two places; where it ends. The bare change, not kept.
    fn put(&mut self, from: Spot, to: Spot, new: &str) -> Spot {
        let old = self.between(from, to).len();
        let before = self.line(from.row)[..self.byte(from)].to_string();
        let after = self.line(to.row)[self.byte(to)..].to_string();
        let mut lines: Vec<String> = new.split('\n').map(String::from).collect();
        let last = lines.len() - 1;
        let end_column =
            lines[last].chars().count() + if last == 0 { before.chars().count() } else { 0 };
        lines[0].insert_str(0, &before);
        lines[last].push_str(&after);
        self.lines.splice(from.row..=to.row, lines);
        self.bytes = self.bytes + new.len() - old;
        Spot::new(from.row + last, end_column)
    }

    /// Replaces a stretch; the cursor stands behind what is new.
    pub fn replace(&mut self, from: Spot, to: Spot, new: &str) {
        let (one, two) = (self.clamp(from), self.clamp(to));
        let (from, to) = (one.min(two), one.max(two));
        let cursor = self.at;
        let old = self.between(from, to);
        if old == new {
            return self.go(to);
        }
        let new_to = self.put(from, to, new);
        self.go(new_to);
        self.undone.clear();
        let joins = |last: &Step| {
            let letter = new.chars().count() == 1 && !new.contains(['\n', ' ']);
            old.is_empty()
                && last.old.is_empty()
                && letter
                && last.new_to == from
                && !last.new.contains('\n')
        };
        if let Some(last) = self.done.last_mut().filter(|last| joins(last)) {
            last.new += new;
            last.new_to = new_to;
            return;
        }
        if self.done.len() >= STEPS_MAX {
            self.done.remove(0);
        }
        self.done.push(Step { from, to, old, new_to, new: new.into(), cursor });
    }

    /// `false`: there is nothing to take back.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.done.pop() else { return false };
        self.put(step.from, step.new_to, &step.old);
        self.go(step.cursor);
        self.undone.push(step);
        true
    }

    pub fn redo(&mut self) -> bool {
        let Some(step) = self.undone.pop() else { return false };
        self.put(step.from, step.to, &step.new);
        self.go(step.new_to);
        self.done.push(step);
        true
    }

    pub fn type_char(&mut self, c: char) {
        self.replace(self.at, self.at, c.encode_utf8(&mut [0; 4]));
    }

    /// A new line, indented like this one; deeper behind an opening brace.
    pub fn new_line(&mut self) {
        let line = self.line(self.at.row);
        let before = &line[..self.byte(self.at)];
        let mut indent: String = before.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        let (tokens, _) = token::line(before, Carry::default());
        let last = tokens.iter().rfind(|t| !matches!(t.part, Part::Space | Part::Comment));
        if last.is_some_and(|t| &before[t.start..t.end] == "{") {
            indent += "    ";
        }
        self.replace(self.at, self.at, &format!("\n{indent}"));
    }

    pub fn backspace(&mut self) {
        let to = self.at;
        self.left();
        let from = std::mem::replace(&mut self.at, to);
        // In the spaces that a line begins with, one step of them.
        let before = &self.line(to.row)[..self.byte(to)];
        let spaces = !before.is_empty()
            && before.len().is_multiple_of(4)
            && before.trim_matches(' ').is_empty();
        let from = if spaces { Spot::new(to.row, to.column - 4) } else { from };
        self.replace(from, to, "");
    }

    pub fn delete(&mut self) {
        let from = self.at;
        self.right();
        let to = std::mem::replace(&mut self.at, from);
        self.replace(from, to, "");
    }

    /// Takes the line out; what it was.
    pub fn cut_line(&mut self) -> String {
        let row = self.at.row;
        let line = format!("{}\n", self.line(row));
        let (from, to) = match row + 1 < self.lines.len() {
            true => (Spot::new(row, 0), Spot::new(row + 1, 0)),
            false => (Spot::new(row, 0), Spot::new(row, self.width(row))),
        };
        self.replace(from, to, "");
        self.go(Spot::new(row, 0));
        line
    }

    /// Everything at once, as one change that is undone as one.
    pub fn replace_all(&mut self, new: &str) {
        let new = if self.crlf { new.replace("\r\n", "\n") } else { new.to_string() };
        let at = self.at;
        self.replace(Spot::default(), self.end(), &new);
        self.go(at);
    }

    /// Finds words behind the cursor, from the top again after the end; capitals do not matter.
    pub fn find(&self, words: &str) -> Option<Spot> {
        let wanted = words.to_lowercase();
        if wanted.is_empty() {
            return None;
        }
        let all = self.lines.len();
        (0..=all).find_map(|n| {
            let row = (self.at.row + n) % all;
            let line = self.line(row).to_lowercase();
            let skip = if n == 0 { self.at.column + 1 } else { 0 };
            let from = line.char_indices().nth(skip).map_or(line.len(), |(at, _)| at);
            let found = line[from..].find(&wanted)? + from;
            Some(Spot::new(row, line[..found].chars().count()))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(text: &mut Text, letters: &str) {
        for c in letters.chars() {
            if c == '\n' { text.new_line() } else { text.type_char(c) }
        }
    }

    #[test]
    fn letters_lines_and_words_undone() {
        let mut text = Text::new("a { // b\n");
        text.line_end();
        text.new_line();
        assert_eq!(text.line(1), "    ", "deeper behind a brace, whatever is said of it");
        let mut text = Text::new("a {\n}\n");
        text.go(Spot::new(0, 3));
        typed(&mut text, "\nzone ŵ");
        assert_eq!((text.whole().as_str(), text.at), ("a {\n    zone ŵ\n}\n", Spot::new(1, 10)));
        for want in ["a {\n    zone\n}\n", "a {\n    \n}\n", "a {\n}\n"] {
            assert!(text.undo());
            assert_eq!(text.whole(), want);
        }
        assert!(!text.undo());
        while text.redo() {}
        assert_eq!(text.whole(), "a {\n    zone ŵ\n}\n");
        text.home();
        assert_eq!(text.at.column, 4);
        text.backspace();
        assert_eq!(text.line(1), "zone ŵ");
        text.backspace();
        assert_eq!(text.line(0), "a {zone ŵ");
        text.line_end();
        text.delete();
        assert_eq!(text.line(0), "a {zone ŵ}");
        assert_eq!(text.bytes(), text.whole().len());
    }

    #[test]
    fn lines_are_cut_found_and_kept_as_they_end() {
        let mut text = Text::new("one\r\ntwo\r\nthree");
        text.go(Spot::new(1, 2));
        assert_eq!(text.cut_line(), "two\n");
        assert_eq!(text.whole(), "one\r\nthree");
        text.undo();
        assert_eq!(text.whole(), "one\r\ntwo\r\nthree");
        assert_eq!(text.find("T"), Some(Spot::new(2, 0)));
        text.go(Spot::new(2, 1));
        assert_eq!(text.find("t"), Some(Spot::new(1, 0)), "round the end");
        assert_eq!(text.find("four"), None);
        assert_eq!(text.spot_of(5), Spot::new(1, 0));
        text.replace_all("x");
        assert_eq!((text.whole().as_str(), text.at), ("x", Spot::new(0, 1)));
        text.undo();
        assert_eq!(text.whole(), "one\r\ntwo\r\nthree");
    }

    const PLACE: (std::ops::Range<usize>, std::ops::Range<usize>) = (0..6, 0..6);
    const NEW: &str = "[bŵ\n]{0,3}";

    proptest! {
        #[test]
        fn everything_is_undone_and_done_again(
            start in "[aé\n ]{0,20}",
            edits in prop::collection::vec((PLACE, PLACE, NEW), 0..20),
        ) {
            let mut text = Text::new(&start);
            let mut seen = vec![text.whole()];
            for ((r, c), (r2, c2), new) in edits {
                text.replace(Spot::new(r, c), Spot::new(r2, c2), &new);
                let whole = text.whole();
                prop_assert_eq!(text.clamp(text.at), text.at);
                prop_assert_eq!(text.bytes(), whole.len());
                seen.push(whole);
            }
            let last = text.whole();
            while text.undo() {
                prop_assert!(seen.contains(&text.whole()));
            }
            prop_assert_eq!(text.whole(), start);
            while text.redo() {}
            prop_assert_eq!(text.whole(), last);
        }
    }
}
