//! The file being edited: its text, the findings at their places, what could be written here.
//!
//! Findings are those of `config`, the same that `beadle check` prints. The file is judged anew
//! when a second has passed since a change, when the cursor leaves a line that was changed, and
//! before a plan: never while it is drawn, and never between two letters of a word.

use super::text::{Spot, Text};
use crate::base::limits::FILE_BYTES_MAX;
use crate::base::time::Utc;
use crate::config;
use crate::config::lint::Known;
use crate::config::note::Severity;
use crate::config::outline::{self, Here, Offer};
use crate::config::token::{self, Carry};
use crate::console::form::Line;
use crate::console::key::Key;

/// A finding where it belongs. Columns in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spotted {
    pub severity: Severity,
    pub from: Spot,
    pub to: Spot,
    pub text: String,
    pub remedy: String,
    /// The requirement that it comes from.
    pub law: Option<&'static str>,
}

/// What could be written here, to choose from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offers {
    pub items: Vec<Offer>,
    pub at: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Editor {
    pub text: Text,
    /// As it lay on disk when it was opened, and the digest of that.
    pub opened: String,
    pub based_on: String,
    pub path: String,
    pub may_save: bool,
    /// The first row and column shown.
    pub top: usize,
    pub left: usize,
    pub findings: Vec<Spotted>,
    /// Changed since the findings were made.
    pub stale: bool,
    pub here: Here,
    pub offers: Option<Offers>,
    /// Words to look for, while they are typed.
    pub search: Option<Line>,
    pub sought: String,
    cut: String,
    /// What each line begins in, as far as it was looked at.
    carries: Vec<Carry>,
    /// Esc was pressed once on a changed text.
    pub leaving: bool,
    /// A question about it is on its way.
    pub sending: bool,
    /// What the plan should say first: of a guided edit.
    pub notes: Vec<String>,
}

impl Editor {
    pub fn new(path: &str, text: &str, based_on: &str, may_save: bool) -> Editor {
        Editor {
            text: Text::new(text),
            opened: text.into(),
            based_on: based_on.into(),
            path: path.into(),
            may_save,
            top: 0,
            left: 0,
            findings: Vec::new(),
            stale: true,
            here: Here::default(),
            offers: None,
            search: None,
            sought: String::new(),
            cut: String::new(),
            carries: vec![Carry::default()],
            leaving: false,
            sending: false,
            notes: Vec::new(),
        }
    }

    pub fn is_changed(&self) -> bool {
        self.text.whole() != self.opened
    }

    /// Looks at the whole text again.
    pub fn judge(&mut self, now: Utc) {
        let whole = self.text.whole();
        let parsed = config::parse(&self.path, whole.as_bytes());
        let today = parsed.config.as_ref().map(|c| c.site.zone.day_of(now));
        let parsed = parsed.judged(Known { today, disk_bytes: None });
        let spotted = parsed.notes.iter().map(|note| Spotted {
            severity: note.severity,
            from: self.text.spot_of(note.place.start),
            to: self.text.spot_of(note.place.end),
            text: note.text.clone(),
            remedy: note.remedy.clone(),
            law: note.row,
        });
        self.findings = spotted.collect();
        self.findings.sort_by_key(|f| (f.from, f.severity as u8));
        self.stale = false;
    }

    pub fn mistakes(&self) -> usize {
        self.findings.iter().filter(|f| f.severity == Severity::Error).count()
    }

    /// The worst finding of a row; of several the one at or behind the cursor.
    pub fn finding_of(&self, row: usize) -> Option<&Spotted> {
        let here = self.findings.iter().filter(|f| f.from.row == row);
        let column = self.text.at.column;
        here.min_by_key(|f| {
            let away = if row == self.text.at.row { f.from.column.abs_diff(column) } else { 0 };
            (f.severity as u8, away)
        })
    }

    /// To the next finding, round the end; `false`: there is none.
    pub fn next_finding(&mut self) -> bool {
        let next = self.findings.iter().find(|f| f.from > self.text.at);
        let Some(spot) = next.or(self.findings.first()).map(|f| f.from) else { return false };
        self.text.go(spot);
        true
    }

    /// To the first mistake.
    pub fn first_mistake(&mut self) {
        let first = self.findings.iter().find(|f| f.severity == Severity::Error);
        if let Some(spot) = first.map(|f| f.from) {
            self.text.go(spot);
        }
    }

    /// The part of the text that is shown holds the cursor; what is known of it is brought up to
    /// date. After every event.
    pub fn settle(&mut self, rows: usize, columns: usize) {
        let (rows, columns) = (rows.max(1), columns.max(8));
        let Spot { row, column } = self.text.at;
        self.top = self.top.clamp((row + 1).saturating_sub(rows), row);
        if column < self.left || column >= self.left + columns {
            self.left = (column + columns / 4).saturating_sub(columns - 1);
            if column < columns {
                self.left = 0;
            }
        }
        self.carried(self.top + rows);
        let byte = self.text.byte(self.text.at);
        self.here = outline::here(self.text.lines(), row, byte);
    }

    /// What the lines before `row` leave to the next one.
    fn carried(&mut self, row: usize) {
        let most = row.min(self.text.lines().len());
        while self.carries.len() < most {
            let last = self.carries.len() - 1;
            let carry = token::line(self.text.line(last), self.carries[last]).1;
            self.carries.push(carry);
        }
    }

    pub fn carry(&self, row: usize) -> Carry {
        self.carries.get(row).copied().unwrap_or_default()
    }

    /// Changes the text, and moves what stands below along with it.
    fn change(&mut self, now: Utc, edit: impl FnOnce(&mut Text)) {
        let (before, at) = (self.text.lines().len(), self.text.at.row);
        edit(&mut self.text);
        let row = at.min(self.text.at.row);
        let after = self.text.lines().len();
        for finding in self.findings.iter_mut().filter(|f| f.from.row > row) {
            let moved = |n: usize| (n + after).saturating_sub(before);
            (finding.from.row, finding.to.row) = (moved(finding.from.row), moved(finding.to.row));
        }
        self.carries.truncate(row + 1);
        self.stale = true;
        self.leaving = false;
        if before != after {
            self.judge(now);
        }
    }

    /// A letter, or a key that moves or deletes. What keys of the table do comes by command.
    pub fn key(&mut self, key: Key, now: Utc, page: usize) {
        if let Some(search) = &mut self.search {
            search.type_key(key);
            return;
        }
        if self.offers.is_some() && self.key_of_offers(key) {
            return;
        }
        let row = self.text.at.row;
        match key {
            Key::Char(c) if self.text.bytes() + c.len_utf8() <= FILE_BYTES_MAX => {
                self.change(now, |text| text.type_char(c));
            }
            Key::Enter => self.change(now, Text::new_line),
            Key::Backspace => self.change(now, Text::backspace),
            Key::Delete => self.change(now, Text::delete),
            Key::Up => self.text.rows(-1),
            Key::Down => self.text.rows(1),
            Key::PageUp => self.text.rows(-(page as isize)),
            Key::PageDown => self.text.rows(page as isize),
            Key::Left => self.text.left(),
            Key::Right => self.text.right(),
            Key::Home => self.text.home(),
            Key::End => self.text.line_end(),
            _ => return,
        }
        if self.text.at.row != row && self.stale {
            self.judge(now);
        }
        if self.offers.is_some() {
            let letters = matches!(key, Key::Char(_) | Key::Backspace);
            self.offers = if letters { self.offers_here() } else { None };
        }
    }

    fn key_of_offers(&mut self, key: Key) -> bool {
        let Some(offers) = &mut self.offers else { return false };
        let all = offers.items.len();
        match key {
            Key::Up => offers.at = (offers.at + all - 1) % all,
            Key::Down => offers.at = (offers.at + 1) % all,
            _ => return false,
        }
        true
    }

    fn offers_here(&self) -> Option<Offers> {
        let byte = self.text.byte(self.text.at);
        let (_, items) = outline::offers(self.text.lines(), self.text.at.row, byte);
        (!items.is_empty()).then_some(Offers { items, at: 0 })
    }

    /// What could be written here: one thing is written, several are offered; `false`: nothing.
    pub fn complete(&mut self, now: Utc) -> bool {
        match self.offers_here() {
            None => false,
            Some(offers) => {
                let only = offers.items.len() == 1;
                self.offers = Some(offers);
                if only {
                    self.accept(now);
                }
                true
            }
        }
    }

    /// Writes the offer that is chosen.
    pub fn accept(&mut self, now: Utc) {
        let Some(offers) = self.offers.take() else { return };
        let Some(offer) = offers.items.get(offers.at) else { return };
        let byte = self.text.byte(self.text.at);
        let here = outline::here(self.text.lines(), self.text.at.row, byte);
        let word = here.prefix.rsplit(' ').next().unwrap_or_default().chars().count();
        let at = self.text.at;
        let line = self.text.line(at.row);
        // A quote that stands there already is not written twice.
        let insert = match line[byte..].starts_with('"') {
            true => offer.insert.trim_end_matches('"').to_string(),
            false => offer.insert.clone(),
        };
        let past = insert.len() < offer.insert.len();
        let from = Spot::new(at.row, at.column - word.min(at.column));
        self.change(now, |text| {
            text.replace(from, at, &insert);
            if past {
                text.right();
            }
        });
        self.judge(now);
    }

    pub fn undo(&mut self, now: Utc) -> bool {
        let mut did = false;
        self.change(now, |text| did = text.undo());
        self.renew(now);
        did
    }

    pub fn redo(&mut self, now: Utc) -> bool {
        let mut did = false;
        self.change(now, |text| did = text.redo());
        self.renew(now);
        did
    }

    /// After a change anywhere in the text.
    fn renew(&mut self, now: Utc) {
        self.carries.truncate(1);
        self.judge(now);
    }

    pub fn cut_line(&mut self, now: Utc) {
        let mut cut = String::new();
        self.change(now, |text| cut = text.cut_line());
        self.cut = cut;
    }

    /// The line that was cut comes back above this one.
    pub fn put_line(&mut self, now: Utc) {
        let (cut, row) = (self.cut.clone(), self.text.at.row);
        if !cut.is_empty() && self.text.bytes() + cut.len() <= FILE_BYTES_MAX {
            let at = Spot::new(row, 0);
            self.change(now, |text| text.replace(at, at, &cut));
        }
    }

    /// Another text altogether, undone as one change.
    pub fn replace_all(&mut self, new: &str, now: Utc) {
        self.text.replace_all(new);
        self.renew(now);
    }

    /// To the next place of the words that are looked for; `false`: they stand nowhere.
    pub fn find_next(&mut self) -> bool {
        match self.text.find(&self.sought.clone()) {
            Some(spot) => {
                self.text.go(spot);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../../configs/demo.kdl");

    fn now() -> Utc {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn editor() -> Editor {
        let mut editor = Editor::new("site.kdl", FILE, "digest", true);
        editor.judge(now());
        editor.settle(12, 70);
        editor
    }

    fn types(editor: &mut Editor, text: &str) {
        for c in text.chars() {
            editor.key(if c == '\n' { Key::Enter } else { Key::Char(c) }, now(), 10);
            editor.settle(12, 70);
        }
    }

    fn to(editor: &mut Editor, words: &str) {
        let row = FILE.lines().position(|l| l.contains(words)).unwrap();
        let column = FILE.lines().nth(row).unwrap().find(words).unwrap();
        editor.text.go(Spot::new(row, column));
        editor.settle(12, 70);
    }

    #[test]
    fn a_mistake_is_seen_at_its_place_and_gone_when_it_is_repaired() {
        let mut editor = editor();
        assert_eq!(editor.mistakes(), 0, "{:?}", editor.findings);
        to(&mut editor, "zone=");
        let row = editor.text.at.row;
        editor.key(Key::Delete, now(), 10);
        assert_eq!(editor.mistakes(), 0, "not judged between two letters");
        editor.key(Key::Down, now(), 10);
        assert!(editor.mistakes() > 0);
        let found = editor.finding_of(row).unwrap().clone();
        assert!(found.text.contains("one") && !found.remedy.is_empty(), "{found:?}");
        editor.text.go(Spot::default());
        assert!(editor.next_finding());
        while editor.text.at.row != row {
            assert!(editor.next_finding());
        }
        editor.undo(now());
        assert_eq!((editor.mistakes(), editor.is_changed()), (0, false));
        assert!(!editor.undo(now()));
    }

    #[test]
    fn findings_below_move_with_their_lines() {
        let mut editor = editor();
        to(&mut editor, "retention");
        let row = editor.text.at.row;
        types(&mut editor, "x");
        editor.judge(now());
        let at = |e: &Editor| {
            e.findings.iter().find(|f| f.severity == Severity::Error).unwrap().from.row
        };
        assert_eq!(at(&editor), row);
        editor.text.go(Spot::default());
        types(&mut editor, "// one more line\n");
        assert_eq!(at(&editor), row + 1);
    }

    #[test]
    fn names_are_offered_and_written() {
        let mut editor = editor();
        to(&mut editor, "camera \"");
        editor.text.home();
        types(&mut editor, "cam");
        assert!(editor.complete(now()));
        assert!(editor.text.line(editor.text.at.row).trim_start().starts_with("camera "));
        types(&mut editor, "\"new\" \"New\" zone=");
        assert!(editor.complete(now()));
        let offers = editor.offers.clone().unwrap();
        assert!(offers.items.len() > 1, "{offers:?}");
        let second = offers.items[1].word.clone();
        editor.key(Key::Down, now(), 10);
        editor.accept(now());
        let line = editor.text.line(editor.text.at.row).to_string();
        assert!(line.contains(&format!("zone=\"{second}\"")), "{line}");
        // Letters narrow what is offered.
        types(&mut editor, " tr");
        assert!(editor.complete(now()));
        assert!(
            editor.text.line(editor.text.at.row).contains("transport=\""),
            "only one begins so"
        );
        types(&mut editor, "zz");
        assert!(!editor.complete(now()));
    }

    #[test]
    fn lines_are_cut_and_put_and_words_found() {
        let mut editor = editor();
        to(&mut editor, "retention min");
        let row = editor.text.at.row;
        let line = editor.text.line(row).to_string();
        editor.cut_line(now());
        assert!(editor.mistakes() > 0);
        editor.put_line(now());
        assert_eq!((editor.text.line(row), editor.mistakes()), (line.as_str(), 0));
        editor.sought = "ZONES".into();
        assert!(editor.find_next());
        assert!(editor.text.line(editor.text.at.row).to_lowercase().contains("zones"));
        editor.sought = "no such words".into();
        assert!(!editor.find_next());
    }

    #[test]
    fn the_part_that_is_shown_holds_the_cursor() {
        let mut editor = editor();
        for (row, column) in [(0, 0), (40, 3), (5, 500), (5, 0), (999, 0)] {
            editor.text.go(Spot::new(row, column));
            editor.settle(12, 30);
            let at = editor.text.at;
            assert!((editor.top..editor.top + 12).contains(&at.row), "{at:?} {}", editor.top);
            assert!((editor.left..editor.left + 30).contains(&at.column), "{at:?} {}", editor.left);
        }
    }
}
