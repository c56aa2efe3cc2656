//! Where in the file a place is, and what could be written there: names of lines and settings from
//! the [`schema`](super::schema), names from the file itself. Works on half a file.

use super::refer::Kind;
use super::schema::{Shape, Slot, Sort, shape};
use super::token::{self, Carry, Part, Token};

/// What stands around a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Here {
    /// Names of the lines whose braces are around it, outermost first.
    pub around: Vec<String>,
    /// The line's own name, when the place is behind it.
    pub node: Option<String>,
    /// Values without a name before it.
    pub args: usize,
    /// Settings that the line gives already.
    pub keys: Vec<String>,
    /// The place is in the value of this setting.
    pub value_of: Option<String>,
    /// What is written of the word at the place, up to it.
    pub prefix: String,
    /// The word is in quotes, open or closed.
    pub quoted: bool,
    /// The place is in a comment, where nothing is offered.
    pub silent: bool,
    /// The line is complete up to its opening brace.
    pub behind: bool,
}

impl Here {
    /// Names that lead to the line that the place belongs to.
    pub fn path(&self) -> Vec<&str> {
        self.around.iter().chain(&self.node).map(String::as_str).collect()
    }
}

/// Goes over a text statement by statement.
#[derive(Default)]
struct Walk {
    around: Vec<String>,
    node: Option<String>,
    args: usize,
    keys: Vec<String>,
    value_of: Option<String>,
}

impl Walk {
    fn end(&mut self) {
        self.node = None;
        self.args = 0;
        self.keys.clear();
        self.value_of = None;
    }

    fn step(&mut self, token: &Token, text: &str) {
        match token.part {
            Part::Space | Part::Comment => {}
            Part::Node => {
                self.end();
                self.node = Some(bare(text).to_string());
            }
            Part::Key => {
                self.keys.push(bare(text).to_string());
                self.value_of = Some(bare(text).to_string());
            }
            Part::Text | Part::Figure | Part::Word => match self.value_of.take() {
                Some(_) => {}
                None => self.args += 1,
            },
            Part::Brace if text == "{" => {
                self.around.push(self.node.take().unwrap_or_default());
                self.end();
            }
            Part::Brace => {
                self.around.pop();
                self.end();
            }
            Part::Mark if text == ";" => self.end(),
            Part::Mark => {}
        }
    }
}

fn bare(text: &str) -> &str {
    text.trim_matches('"')
}

/// What stands at a place: `row` from 0, `column` in bytes of that line.
pub fn here(lines: &[impl AsRef<str>], row: usize, column: usize) -> Here {
    let mut walk = Walk::default();
    let mut carry = Carry::default();
    for line in lines.iter().take(row) {
        let line = line.as_ref();
        let (tokens, next) = token::line(line, carry);
        tokens.iter().for_each(|t| walk.step(t, &line[t.start..t.end]));
        carry = next;
        if carry == Carry::default() {
            walk.end();
        }
    }
    let line = lines.get(row).map(AsRef::as_ref).unwrap_or_default();
    let (tokens, _) = token::line(line, carry);
    let mut at = None;
    for token in &tokens {
        // A place at the end of a word belongs to it; between two marks it belongs to the first.
        if token.start < column && column <= token.end {
            at = Some(token);
            break;
        }
        if token.start >= column {
            break;
        }
        walk.step(token, &line[token.start..token.end]);
    }
    let written = at.map_or("", |t| &line[t.start..column]);
    let part = at.map(|t| t.part);
    let mut here = Here { silent: part == Some(Part::Comment), ..Here::default() };
    match part {
        Some(Part::Text) => {
            // A closed quote is left behind.
            let closed = written.len() > 1 && written.ends_with('"');
            if closed {
                walk.step(at.unwrap_or(&tokens[0]), written);
            } else {
                here.quoted = true;
                here.prefix = written.trim_start_matches('"').to_string();
            }
        }
        Some(Part::Node | Part::Key | Part::Word | Part::Figure) => here.prefix = written.into(),
        Some(_) => at.iter().for_each(|t| walk.step(t, &line[t.start..t.end])),
        None => {}
    }
    Here {
        around: walk.around,
        node: walk.node,
        args: walk.args,
        keys: walk.keys,
        value_of: walk.value_of,
        ..here
    }
}

/// One thing that could be written at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// As it is shown and found by its first letters.
    pub word: String,
    /// What is written instead of the letters before the cursor.
    pub insert: String,
    /// What it is, in a few words.
    pub about: String,
}

/// All that could be written there, what begins with the letters before the cursor alone.
pub fn offers(lines: &[impl AsRef<str>], row: usize, column: usize) -> (Here, Vec<Offer>) {
    let here = here(lines, row, column);
    if here.silent {
        return (here, Vec::new());
    }
    let around: Vec<&str> = here.around.iter().map(String::as_str).collect();
    let mut all = match &here.node {
        None => shape(&around).map(|s| of_lines(s, &around)).unwrap_or_default(),
        Some(_) => shape(&here.path()).map(|s| of_line(s, &here, lines)).unwrap_or_default(),
    };
    // Several words in one quoted text: the last of them is meant.
    let wanted = here.prefix.rsplit(' ').next().unwrap_or_default().to_lowercase();
    all.retain(|offer| offer.word.starts_with(&wanted) && offer.word != wanted);
    (here, all)
}

fn of_lines(shape: &Shape, around: &[&str]) -> Vec<Offer> {
    let offer = |kid: &&'static str| {
        let path: Vec<&str> = around.iter().copied().chain([*kid]).collect();
        let about = super::guide::sentence(&path).unwrap_or_default().to_string();
        Offer { word: (*kid).into(), insert: format!("{kid} "), about }
    };
    shape.kids.iter().map(offer).collect()
}

fn of_line(shape: &Shape, here: &Here, lines: &[impl AsRef<str>]) -> Vec<Offer> {
    if let Some(key) = &here.value_of {
        return shape.prop(key).map(|slot| of_value(slot, here.quoted, lines)).unwrap_or_default();
    }
    let mut all = Vec::new();
    if let Some(slot) = shape.arg(here.args) {
        all.extend(of_value(slot, here.quoted, lines));
    }
    if !here.quoted {
        let free = shape.props.iter().filter(|slot| !here.keys.iter().any(|k| k == slot.what));
        all.extend(free.map(|slot| Offer {
            word: slot.what.into(),
            insert: format!("{}={}", slot.what, if slot.quoted() { "\"" } else { "" }),
            about: in_words(slot),
        }));
    }
    all
}

fn of_value(slot: &Slot, quoted: bool, lines: &[impl AsRef<str>]) -> Vec<Offer> {
    let offer = |word: &str, about: String| {
        let insert = match (slot.quoted(), quoted, slot.several) {
            (true, false, _) => format!("\"{word}\""),
            (true, true, false) => format!("{word}\""),
            _ => word.to_string(),
        };
        Offer { word: word.into(), insert, about }
    };
    match &slot.sort {
        Sort::Words(words) => words.iter().map(|w| offer(w, String::new())).collect(),
        Sort::YesNo => ["#true", "#false"].iter().map(|w| offer(w, String::new())).collect(),
        Sort::Means(kind) => {
            let names = names(lines).into_iter().filter(|n| kind.served_by().contains(&n.kind));
            names.map(|n| offer(&n.name, n.title)).collect()
        }
        Sort::Declares(_) | Sort::Free(_) | Sort::Between(_) => Vec::new(),
    }
}

/// What a setting may be, in a few words: `fixed | dome | ptz`, `a zone`, `#true or #false`.
pub fn in_words(slot: &Slot) -> String {
    let needed = if slot.needed { "needed: " } else { "" };
    let what = match &slot.sort {
        Sort::Words(words) => words.join(" | "),
        Sort::YesNo => "#true or #false".into(),
        Sort::Between(bounds) => bounds.clone(),
        Sort::Means(kind) if slot.several => format!("the short name of each {}", kind.word()),
        Sort::Means(kind) => format!("the short name of a {}", kind.word()),
        Sort::Declares(kind) => format!("a short name for this {}", kind.word()),
        Sort::Free("\"...\"") => "a text".into(),
        Sort::Free(example) => format!("like {example}"),
    };
    match slot.because {
        Some(because) => format!("{needed}{what} (left out: {because})"),
        None => format!("{needed}{what}"),
    }
}

/// A name that the file declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    pub kind: Kind,
    pub name: String,
    /// The line's second value, where it has one.
    pub title: String,
    /// From 0.
    pub row: usize,
}

/// The names that the file declares, in its order.
pub fn names(lines: &[impl AsRef<str>]) -> Vec<Named> {
    let mut walk = Walk::default();
    let mut carry = Carry::default();
    let mut out: Vec<Named> = Vec::new();
    for (row, line) in lines.iter().enumerate() {
        let line = line.as_ref();
        let (tokens, next) = token::line(line, carry);
        for token in &tokens {
            let text = &line[token.start..token.end];
            let value = matches!(token.part, Part::Text | Part::Word) && walk.value_of.is_none();
            if let (true, Some(node)) = (value, &walk.node) {
                let mut path: Vec<&str> = walk.around.iter().map(String::as_str).collect();
                path.push(node);
                let slot = shape(&path).and_then(|s| s.arg(walk.args));
                match slot.map(|s| &s.sort) {
                    Some(Sort::Declares(kind)) => out.push(Named {
                        kind: *kind,
                        name: bare(text).into(),
                        title: String::new(),
                        row,
                    }),
                    Some(Sort::Free(_)) if walk.args == 1 => {
                        if let Some(last) = out.last_mut().filter(|last| last.row == row) {
                            last.title = bare(text).into();
                        }
                    }
                    _ => {}
                }
            }
            walk.step(token, text);
        }
        carry = next;
        if carry == Carry::default() {
            walk.end();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is the cursor.
    fn at(text: &str) -> (Vec<String>, usize, usize) {
        let before = text.split('|').next().unwrap();
        let row = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |n| n + 1);
        (text.replacen('|', "", 1).split('\n').map(String::from).collect(), row, column)
    }

    fn words(text: &str) -> Vec<String> {
        let (lines, row, column) = at(text);
        offers(&lines, row, column).1.into_iter().map(|o| o.insert).collect()
    }

    const FILE: &str = "people { person \"head\" \"Head\"; person \"hand\" \"Hand\" }\n\
        zones {\n  zone \"hall\" \"Main hall\"\n}\nroles { role \"all\" { held-by \"head\" } }\n";

    #[test]
    fn the_place_knows_what_stands_around_it() {
        let (lines, row, column) = at("cameras {\n  camera \"a\" \"A\" zone=\"ha|ll\" {");
        let here = here(&lines, row, column);
        assert_eq!(here.path(), ["cameras", "camera"]);
        assert_eq!((here.args, here.value_of.as_deref()), (2, Some("zone")));
        assert_eq!((here.prefix.as_str(), here.quoted), ("ha", true));
    }

    #[test]
    fn what_can_be_written_is_what_the_decoder_reads() {
        let table: [(&str, &[&str]); 12] = [
            ("cam|", &["cameras "]),
            ("cameras {\n  de|", &["defaults "]),
            ("cameras { camera \"a\" \"A\" zo|", &["zone=\""]),
            ("cameras { camera \"a\" \"A\" zone=\"|", &["hall\""]),
            (
                "cameras { camera \"a\" \"A\" zone=\"hall\" kind=|",
                &["\"fixed\"", "\"dome\"", "\"ptz\""],
            ),
            ("cameras { camera \"a\" \"A\" kind=\"d|", &["dome\""]),
            ("cameras { camera \"a\" \"A\" door=#|", &["#true", "#false"]),
            ("roles { role \"r\" { may \"liv|", &["live\""]),
            ("roles { role \"r\" { held-by \"ha|", &["hand\""]),
            ("duties { daily-check by=\"head a|", &["all"]),
            ("cameras { camera \"a\" {\n    stre|", &["stream "]),
            ("cameras { camera \"a\" // zo|", &[]),
        ];
        for (text, want) in table {
            assert_eq!(words(&format!("{FILE}{text}")), want, "{text}");
        }
    }

    #[test]
    fn a_setting_that_is_there_is_not_offered_again() {
        let offered = words(&format!("{FILE}zones {{ zone \"a\" \"A\" kind=\"office\" |"));
        assert!(offered.contains(&"purposes=\"".into()), "{offered:?}");
        assert!(!offered.contains(&"kind=\"".into()), "{offered:?}");
    }

    #[test]
    fn names_are_found_in_half_a_file() {
        let lines: Vec<&str> =
            FILE.lines().chain(["cameras { camera \"gate\" \"Front gate\" zone="]).collect();
        let found: Vec<(Kind, String, String)> =
            names(&lines).into_iter().map(|n| (n.kind, n.name, n.title)).collect();
        let named = |kind, name: &str, title: &str| (kind, name.to_string(), title.to_string());
        assert_eq!(
            found,
            [
                named(Kind::Person, "head", "Head"),
                named(Kind::Person, "hand", "Hand"),
                named(Kind::Zone, "hall", "Main hall"),
                named(Kind::Role, "all", ""),
                named(Kind::Camera, "gate", "Front gate"),
            ]
        );
    }
}
