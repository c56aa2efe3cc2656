//! A paper as a Typst script: calls of the house style with quoted texts, so that nothing in a text
//! can be taken for an instruction.

use crate::signage::page::{Document, Part, picture_kind};
use crate::signage::pictogram;
use crate::signage::sign::{Item, Line, Piece, Sheet};

/// The script, and the pictures that it names.
pub(super) struct Script {
    pub text: String,
    pub pictures: Vec<(String, Vec<u8>)>,
    said: String,
}

/// Longer words are given places where they may break, so that no column is too narrow for them.
const WORD_CHARS_MAX: usize = 24;
const CELL_WORD_CHARS_MAX: usize = 14;

/// A row of so many lines stays on one page: half of a sheet that lies.
const WHOLE_ROW_LINES_MAX: usize = 18;
/// Of a cell's line, with what its last word leaves empty; the sheet stands.
const CHARS_A_LINE: usize = 90;

/// Lines of the longest cell, about.
fn lines(row: &[String], shares: &[u32]) -> usize {
    let all = shares.iter().sum::<u32>().max(1) as usize;
    let lines = |(cell, share): (&String, &u32)| {
        let fit = (CHARS_A_LINE * *share as usize / all).max(4);
        cell.chars().count().div_ceil(fit)
    };
    row.iter().zip(shares).map(lines).max().unwrap_or(0)
}

impl Script {
    pub fn document(document: &Document) -> Script {
        let mut script = Script::begin();
        let head = format!(
            "#show: folder.with(title: {}, subtitle: {}, site: {}, ownership: {}, foot: {}, \
             wide: {})\n",
            script.quote(&document.title, WORD_CHARS_MAX),
            script.quote(&document.subtitle, WORD_CHARS_MAX),
            script.quote(&document.site, WORD_CHARS_MAX),
            script.quote(&document.ownership, WORD_CHARS_MAX),
            script.list(&document.foot, WORD_CHARS_MAX),
            document.landscape,
        );
        script.text += &head;
        for part in &document.parts {
            script.part(part);
        }
        script
    }

    pub fn sheet(sheet: &Sheet) -> Script {
        Script::sheets(std::slice::from_ref(sheet))
    }

    pub fn sheets(sheets: &[Sheet]) -> Script {
        let mut script = Script::begin();
        let (title, language) =
            sheets.first().map_or(("", "en"), |s| (s.title.as_str(), s.language));
        let title = if sheets.len() == 1 { title } else { "Signs" };
        let title = script.quote(title, usize::MAX);
        script.text += &format!("#show: wall.with(title: {title}, language: \"{language}\")\n");
        for sheet in sheets {
            script.one(sheet);
        }
        script
    }

    /// The letters of the paper, without those of the script.
    pub fn letters(&self) -> impl Iterator<Item = char> {
        self.said.chars()
    }

    fn begin() -> Script {
        let text = "#import \"house.typ\": *\n".to_string();
        Script { text, pictures: Vec::new(), said: String::new() }
    }

    /// A text as a string of the script; words longer than so much may break.
    fn quote(&mut self, text: &str, most: usize) -> String {
        let mut out = String::from("\"");
        let mut run = 0;
        for c in text.chars() {
            let c = if c.is_control() && c != '\n' { ' ' } else { c };
            run = if c.is_whitespace() { 0 } else { run + 1 };
            match c {
                '"' => out += "\\\"",
                '\\' => out += "\\\\",
                '\n' => out += "\\n",
                c => out.push(c),
            }
            self.said.push(c);
            if run >= most {
                out.push('\u{200b}');
                run = 0;
            }
        }
        out + "\""
    }

    fn list(&mut self, texts: &[String], most: usize) -> String {
        let quoted: Vec<String> = texts.iter().map(|t| self.quote(t, most) + ",").collect();
        format!("({})", quoted.join(" "))
    }

    fn pairs(&mut self, pairs: &[(String, String)]) -> String {
        let mut out = String::from("(");
        for (first, second) in pairs {
            out += &format!(
                "({}, {}), ",
                self.quote(first, WORD_CHARS_MAX),
                self.quote(second, WORD_CHARS_MAX)
            );
        }
        out + ")"
    }

    fn call(&mut self, name: &str, arguments: &str) {
        self.text += &format!("#{name}({arguments})\n");
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Heading(text) => self.one_text("heading-line", text),
            Part::Text(text) => self.one_text("prose", text),
            Part::Clause(text, source) => {
                let text = self.quote(text, WORD_CHARS_MAX);
                let source = self.quote(&source.shown(), WORD_CHARS_MAX);
                self.call("clause", &format!("{text}, {source}"));
            }
            Part::Points(points) => {
                let points = self.list(points, WORD_CHARS_MAX);
                self.call("points", &points);
            }
            Part::Table { head, shares: widths, rows } => {
                let head: Vec<String> = head.iter().map(|h| h.to_string()).collect();
                let head = self.list(&head, CELL_WORD_CHARS_MAX);
                let shares: String = widths.iter().map(|s| format!("{s}fr, ")).collect();
                let (mut whole, mut cells) = (String::from("("), String::from("("));
                for row in rows {
                    whole += &format!("{}, ", lines(row, widths) <= WHOLE_ROW_LINES_MAX);
                    cells += &self.list(row, CELL_WORD_CHARS_MAX);
                    cells += ", ";
                }
                self.call("rows", &format!("{head}, ({shares}), {whole}), {cells})"));
            }
            Part::Facts(facts) => {
                let facts = self.pairs(facts);
                self.call("facts", &facts);
            }
            Part::Blanks(names) => {
                let names = self.list(names, WORD_CHARS_MAX);
                self.call("blanks", &names);
            }
            Part::Checks(checks) => {
                let checks = self.pairs(checks);
                self.call("checks", &checks);
            }
            Part::Signatures(names) => {
                let names = self.list(names, WORD_CHARS_MAX);
                self.call("signatures", &names);
            }
            Part::Code { text, caption } => {
                let Some(code) = pictogram::code(text) else {
                    return;
                };
                let svg = code.svg.replace('\\', "\\\\").replace('"', "\\\"");
                let (caption, says) =
                    (self.quote(caption, WORD_CHARS_MAX), self.quote(text, usize::MAX));
                let side = (code.modules as f64 * 0.75).clamp(28.0, 70.0);
                self.call("code", &format!("\"{svg}\", {side}mm, {caption}, {says}"));
            }
            Part::Picture { file, caption } => {
                let name = format!("{}.{}", self.pictures.len(), picture_kind(file));
                self.pictures.push((name.clone(), file.clone()));
                let caption = self.quote(caption, WORD_CHARS_MAX);
                self.call("picture", &format!("\"{name}\", {caption}"));
            }
            Part::Exact(text) => {
                let text = self.quote(text, usize::MAX);
                self.call("exact", &text);
            }
            Part::NewPage => self.text += "#pagebreak(weak: true)\n",
        }
    }

    fn one_text(&mut self, name: &str, text: &str) {
        let text = self.quote(text, WORD_CHARS_MAX);
        self.call(name, &text);
    }

    fn one(&mut self, sheet: &Sheet) {
        self.text += &format!(
            "#page(width: {}mm, height: {}mm, margin: 0mm)[\n",
            sheet.width_mm, sheet.height_mm
        );
        for item in &sheet.items {
            match item {
                Item::Band { height_mm } => self.call("band", &format!("{height_mm}mm")),
                Item::Line(line) => self.line(line),
                Item::Drawing { x, y, width_mm, height_mm, svg, says } => {
                    let svg = svg.replace('\\', "\\\\").replace('"', "\\\"");
                    let says = self.quote(says, usize::MAX);
                    let at = format!("{x}mm, {y}mm, {width_mm}mm, {height_mm}mm");
                    self.call("drawing", &format!("{at}, \"{svg}\", {says}"));
                }
            }
        }
        self.text += "]\n";
    }

    fn line(&mut self, line: &Line) {
        let text = self.quote(&line.text, usize::MAX);
        let ink = if line.part == Piece::Imprint { "luma(30%)" } else { "black" };
        self.call(
            "letters",
            &format!(
                "{}mm, {}mm, {}mm, {}, \"{}\", {ink}, {text}",
                line.x,
                line.baseline,
                line.size_mm,
                if line.bold { "\"bold\"" } else { "\"regular\"" },
                line.language
            ),
        );
    }
}
