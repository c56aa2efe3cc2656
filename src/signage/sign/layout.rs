//! Where each line of a sign stands. All sizes come from the reading distance (R1.33); there are
//! three ways to set the same words, from roomy to close, and the first that fits is taken.

use super::content::{Content, Tongue};
use super::{Item, Line, Piece, Sheet, step_up_m};
use crate::config::signage::Variant;
use crate::signage::letters::{DEPTH, lines, size_for, width};
use crate::signage::pictogram;

/// The pictogram's height, mm a metre of reading distance (R1.33).
const PICTOGRAM_MM_PER_M: f64 = 15.0;
/// From one line to the next, in font sizes.
const LINE: f64 = 1.15;
const HEADLINE: f64 = 1.04;
/// Office printers leave this free, mm.
const MARGIN_MIN: f64 = 5.0;
/// The imprint's font size, mm: for whoever files the sign.
const IMPRINT_MM: f64 = 2.4;
/// The smallest module of a code that a telephone reads from a step away, mm.
const MODULE_MM: f64 = 0.7;
/// So much larger than it must be at most: a sign that shouts is no better read.
const GROWTH_MAX: f64 = 2.5;

/// How the words are set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One purpose a line, the line about the place, every way to ask.
    Roomy,
    /// The same with the purposes in a row.
    Rows,
    /// What a sign must say, and no more (R1.30).
    Close,
}

/// The sheet with everything on it; `None`: it does not fit.
pub(super) fn on(content: &Content, mm: (f64, f64), from: f64, imprint: &str) -> Option<Sheet> {
    let fit = |way, growth| Setter::new(mm, from, growth).set(content, way, imprint);
    let way = [Way::Roomy, Way::Rows, Way::Close].into_iter().find(|w| fit(*w, 1.0).is_some())?;
    let (mut low, mut high) = (1.0, GROWTH_MAX);
    // Twelve halvings: to a two-thousandth, far below what a printer shows.
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        match fit(way, middle) {
            Some(_) => low = middle,
            None => high = middle,
        }
    }
    fit(way, low)
}

struct Setter {
    width: f64,
    height: f64,
    margin: f64,
    head: f64,
    small: f64,
    pictogram: f64,
    y: f64,
    items: Vec<Item>,
}

impl Setter {
    fn new((width, height): (f64, f64), from: f64, growth: f64) -> Setter {
        let margin = (width / 30.0).max(MARGIN_MIN);
        Setter {
            width,
            height,
            margin,
            head: size_for(from) * growth,
            small: size_for(step_up_m(from)) * growth,
            pictogram: PICTOGRAM_MM_PER_M * from * growth,
            y: margin,
            items: Vec::new(),
        }
    }

    fn usable(&self) -> f64 {
        self.width - 2.0 * self.margin
    }

    fn set(mut self, content: &Content, way: Way, imprint: &str) -> Option<Sheet> {
        self.top(content)?;
        for tongue in &content.tongues {
            self.tongue(content, tongue, way)?;
        }
        let code = self.code(content)?;
        self.bottom(content, way, code)?;
        let (x, baseline) = (self.margin, self.height - MARGIN_MIN);
        let text = imprint.to_string();
        let imprint = Line {
            x,
            baseline,
            size_mm: IMPRINT_MM,
            bold: false,
            text,
            language: "en",
            part: Piece::Imprint,
        };
        self.items.push(Item::Line(imprint));
        Some(Sheet {
            name: String::new(),
            title: String::new(),
            language: content.tongues.first().map_or("en", |t| t.words.language),
            width_mm: self.width,
            height_mm: self.height,
            items: self.items,
        })
    }

    /// Pictogram and headlines on their yellow ground.
    fn top(&mut self, content: &Content) -> Option<()> {
        let wide = self.pictogram * pictogram::CAMERA_WIDE;
        if wide > self.usable() {
            return None;
        }
        let says = "A camera on its bracket".to_string();
        let drawing = Item::Drawing {
            x: (self.width - wide) / 2.0,
            y: self.y,
            width_mm: wide,
            height_mm: self.pictogram,
            svg: pictogram::CAMERA.to_string(),
            says,
        };
        self.y += self.pictogram + self.head * 0.1;
        let at = self.items.len();
        self.items.push(drawing);
        for tongue in &content.tongues {
            let set = lines(tongue.words.headline, true, self.usable() / self.head)?;
            for text in set {
                let x = (self.width - width(&text, true) * self.head) / 2.0;
                self.line(x, text, true, Piece::Headline, tongue.words.language);
            }
        }
        self.y += self.head * (DEPTH - (HEADLINE - 0.8)).max(0.06);
        self.items.insert(at, Item::Band { height_mm: self.y });
        self.y += self.small * 0.35;
        Some(())
    }

    /// One line at the pen; the pen moves down.
    fn line(&mut self, x: f64, text: String, bold: bool, part: Piece, language: &'static str) {
        let (size_mm, step, rise) = match part {
            Piece::Headline => (self.head, HEADLINE, 0.8),
            _ => (self.small, LINE, 0.85),
        };
        let baseline = self.y + size_mm * rise;
        self.items.push(Item::Line(Line { x, baseline, size_mm, bold, text, language, part }));
        self.y += size_mm * step;
    }

    fn paragraph(
        &mut self,
        text: &str,
        bold: bool,
        wide: f64,
        language: &'static str,
    ) -> Option<()> {
        for text in lines(text, bold, wide / self.small)? {
            self.line(self.margin, text, bold, Piece::Small, language);
        }
        Some(())
    }

    fn tongue(&mut self, content: &Content, tongue: &Tongue, way: Way) -> Option<()> {
        let (words, wide) = (&tongue.words, self.usable());
        let language = words.language;
        // A corridor before changing rooms says so in any case: it is why the sign hangs there.
        if way != Way::Close || tongue.variant == Variant::ChangingCorridor {
            self.paragraph(words.place(tongue.variant), false, wide, language)?;
        }
        let operator = format!("{} {}", words.operated_by, content.operator);
        self.paragraph(&operator, true, wide, language)?;
        if let Some(owner) = &content.owner {
            self.paragraph(&format!("{} {owner}", words.owned_by), false, wide, language)?;
        }
        match way {
            Way::Roomy => {
                self.paragraph(words.purposes, false, wide, language)?;
                for purpose in &tongue.purposes {
                    self.paragraph(&format!("\u{2022} {purpose}"), false, wide, language)?;
                }
            }
            Way::Rows | Way::Close => {
                let all = format!("{} {}.", words.purposes, tongue.purposes.join("; "));
                self.paragraph(&all, false, wide, language)?;
            }
        }
        if tongue.sound {
            self.paragraph(words.sound, true, wide, language)?;
        }
        if let Some(text) = &tongue.text {
            self.paragraph(text, false, wide, language)?;
        }
        self.y += self.small * 0.3;
        Some(())
    }

    /// The drawn code and its side in mm, where there is one.
    fn code(&self, content: &Content) -> Option<Option<(String, f64)>> {
        let Some(text) = &content.code else {
            return Some(None);
        };
        let code = pictogram::code(text)?;
        let side = (code.modules as f64 * MODULE_MM).max(self.small * 3.0).max(self.width / 7.0);
        Some(Some((code.svg, side)))
    }

    /// Whom to ask, beside the code, above the imprint.
    fn bottom(&mut self, content: &Content, way: Way, code: Option<(String, f64)>) -> Option<()> {
        let floor = self.height - MARGIN_MIN - IMPRINT_MM * 1.6;
        let side = code.as_ref().map_or(0.0, |(_, side)| *side);
        let wide = self.usable() - side - if side > 0.0 { self.margin } else { 0.0 };
        let begun = self.y;
        let questions: Vec<&str> = content.tongues.iter().map(|t| t.words.questions).collect();
        let mut contact = content.contact.iter();
        let name = contact.next().cloned().unwrap_or_default();
        let first = format!("{} {name}", questions.join(" / "));
        self.paragraph(&first, true, wide, "en")?;
        let rest: Vec<&String> = contact.collect();
        // Telephone or address: one of them where there is no room for both.
        let most = if way == Way::Close { 1 } else { rest.len() };
        for text in rest.into_iter().take(most) {
            self.paragraph(text, false, wide, "en")?;
        }
        if let Some(page) = &content.page {
            let scan: Vec<&str> = content.tongues.iter().map(|t| t.words.scan).collect();
            if way != Way::Close {
                self.paragraph(&format!("{}:", scan.join(" / ")), false, wide, "en")?;
            }
            self.address(page, wide)?;
        }
        let high = (self.y - begun).max(side);
        if begun + high > floor {
            return None;
        }
        // What is left stays between the words and the contact, so that the contact stands at the
        // foot.
        let down = floor - begun - high;
        for item in &mut self.items {
            if let Item::Line(line) = item
                && line.baseline > begun
                && line.part == Piece::Small
            {
                line.baseline += down;
            }
        }
        if let Some((svg, side)) = code {
            let says = match &content.page {
                Some(page) => format!("Code that leads to {page}"),
                None => "Code that leads to the contact".to_string(),
            };
            let (x, y) = (self.width - self.margin - side, floor - side);
            self.items.push(Item::Drawing { x, y, width_mm: side, height_mm: side, svg, says });
        }
        Some(())
    }

    /// An address has no spaces to break at: it breaks behind a stroke, and anywhere where it must.
    fn address(&mut self, page: &str, wide: f64) -> Option<()> {
        let room = wide / self.small;
        let (mut line, mut out) = (String::new(), Vec::new());
        for piece in page.split_inclusive(['/', '-', '?', '&', '.']) {
            if !line.is_empty() && width(&line, false) + width(piece, false) > room {
                out.push(std::mem::take(&mut line));
            }
            for letter in piece.chars() {
                if width(&line, false) + width(&letter.to_string(), false) > room {
                    out.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        out.push(line);
        for text in out.into_iter().filter(|l| !l.is_empty()) {
            self.line(self.margin, text, false, Piece::Small, "en");
        }
        Some(())
    }
}
