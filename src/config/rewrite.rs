//! Edits of the file that are done most, as edits of its text: comments, spacing and order stay as
//! they are, and everything that is not part of the edit stays byte for byte.
//!
//! The parser says where lines and values stand; the text is cut and filled there. What comes out
//! is judged like any other text: nothing here decides whether it is good.

use kdl::{KdlDocument, KdlNode};

use super::parse::uses;
use super::refer::Kind;
use crate::base::time::Day;

/// A text, changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edited {
    pub text: String,
    /// Byte where it changed first, in the new text.
    pub at: usize,
    /// What is left to settle, in words.
    pub open: Vec<String>,
}

/// A camera that comes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewCamera {
    pub id: String,
    pub title: String,
    pub zone: String,
    pub stream: String,
    pub preview: Option<String>,
    pub secret: Option<String>,
}

/// What replaces a camera under its name. `None`: as it was.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Replacement {
    pub stream: Option<String>,
    pub preview: Option<String>,
    pub serial: Option<String>,
    pub installed: Option<String>,
}

/// Cuts and fillings of one text, by bytes of the text as it was.
struct Cuts<'a> {
    text: &'a str,
    cuts: Vec<(usize, usize, String)>,
}

impl<'a> Cuts<'a> {
    fn of(text: &'a str) -> Cuts<'a> {
        Cuts { text, cuts: Vec::new() }
    }

    fn put(&mut self, start: usize, end: usize, new: impl Into<String>) {
        self.cuts.push((start, end, new.into()));
    }

    fn done(mut self, open: Vec<String>) -> Edited {
        self.cuts.sort_by_key(|(start, end, _)| (*start, *end));
        let at = self.cuts.first().map_or(0, |(start, ..)| *start);
        let (mut out, mut from) = (String::with_capacity(self.text.len() + 200), 0);
        for (start, end, new) in &self.cuts {
            // Two cuts at one place: the second finds it gone.
            if *start < from {
                continue;
            }
            out += &self.text[from..*start];
            out += new;
            from = *end;
        }
        out += &self.text[from..];
        // The first thing that a reader should look at, not the line feed before it.
        let skip = out[at..].find(|c: char| !c.is_whitespace()).unwrap_or(0);
        Edited { at: at + skip, text: out, open }
    }

    /// The spaces that the line of this byte begins with.
    fn indent(&self, at: usize) -> &'a str {
        let from = self.text[..at].rfind('\n').map_or(0, |n| n + 1);
        let line = &self.text[from..at];
        &line[..line.len() - line.trim_start().len()]
    }
}

/// # Errors
/// The text is not in order yet.
fn read(text: &str) -> Result<KdlDocument, String> {
    KdlDocument::parse(text)
        .map_err(|_| "The file has mistakes that have to be repaired first.".to_string())
}

fn start(node: &KdlNode) -> usize {
    node.name().span().offset()
}

/// Behind its last value, name, or closing brace.
fn end(text: &str, node: &KdlNode) -> usize {
    let of_name = node.name().span();
    let mut end = of_name.offset() + of_name.len();
    for entry in node.entries() {
        end = end.max(entry.span().offset() + entry.span().len());
    }
    if node.children().is_some() {
        end = closing(text, node).map_or(end, |at| at + 1).max(end);
    }
    end
}

/// Where the node's closing brace stands.
fn closing(text: &str, node: &KdlNode) -> Option<usize> {
    let kids = node.children()?;
    let from = match kids.nodes().last() {
        Some(last) => end(text, last),
        None => {
            let entries = node.entries().iter().map(|e| e.span().offset() + e.span().len());
            let name = node.name().span().offset() + node.name().span().len();
            let before = entries.max().unwrap_or(name).max(name);
            before + find(&text[before..], '{')? + 1
        }
    };
    Some(from + find(&text[from..], '}')?)
}

/// The first such character that stands in no comment.
fn find(text: &str, wanted: char) -> Option<usize> {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |n| n + 2)
        } else if c == wanted {
            return Some(at);
        } else {
            c.len_utf8()
        };
    }
    None
}

/// As KDL writes a text.
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn id_of(node: &KdlNode) -> Option<&str> {
    let first = node.entries().iter().find(|e| e.name().is_none())?;
    first.value().as_string()
}

fn section<'d>(document: &'d KdlDocument, name: &str) -> Option<&'d KdlNode> {
    document.nodes().iter().find(|n| n.name().value() == name)
}

fn lines_of<'d>(node: &'d KdlNode, name: &'d str) -> impl Iterator<Item = &'d KdlNode> {
    let kids = node.children().map(|c| c.nodes()).unwrap_or_default();
    kids.iter().filter(move |n| n.name().value() == name)
}

/// Puts a line into a section, behind the last line of its name, or the last one, in their style;
/// `line` has one row or several, indented from nothing.
fn insert(cuts: &mut Cuts<'_>, document: &KdlDocument, into: &str, like: &str, line: &str) {
    let text = cuts.text;
    let indented = |indent: &str| {
        let rows: Vec<String> = line.lines().map(|row| format!("{indent}{row}")).collect();
        rows.join("\n")
    };
    let Some(node) = section(document, into) else {
        let gap = if text.ends_with('\n') { "" } else { "\n" };
        let new = format!("{gap}\n{into} {{\n{}\n}}\n", indented("    "));
        return cuts.put(text.len(), text.len(), new);
    };
    let kids = node.children().map(|c| c.nodes()).unwrap_or_default();
    let after = lines_of(node, like).last().or(kids.last());
    let Some(after) = after else {
        let indent = cuts.indent(start(node));
        let new = indented(&format!("{indent}    "));
        match closing(text, node) {
            Some(at) => {
                let gap = if text[..at].trim_end_matches(' ').ends_with('\n') { "" } else { "\n" };
                let from = text[..at].trim_end_matches(' ').len();
                cuts.put(from, at, format!("{gap}{new}\n{indent}"));
            }
            None => {
                let at = end(text, node);
                cuts.put(at, at, format!(" {{\n{new}\n{indent}}}"));
            }
        }
        return;
    };
    let at = end(text, after);
    let rest = &text[at..text[at..].find('\n').map_or(text.len(), |n| at + n)];
    let own_line = text[..start(after)].rfind('\n').map_or(0, |n| n + 1);
    let alone = text[own_line..start(after)].trim().is_empty();
    if find(rest, '}').is_none() && alone {
        let line_end = at + rest.trim_end_matches('\r').len();
        let new = indented(cuts.indent(start(after)));
        cuts.put(line_end, line_end, format!("\n{new}"));
    } else {
        // All on one line: it stays so.
        let flat: Vec<&str> = line.lines().map(str::trim).collect();
        cuts.put(at, at, format!("; {}", flat.join(" ")));
    }
}

/// Takes a whole line of the file out, with what stands behind it on that line.
fn remove(cuts: &mut Cuts<'_>, node: &KdlNode) {
    let text = cuts.text;
    let (from, to) = (start(node), end(text, node));
    let line_start = text[..from].rfind('\n').map_or(0, |n| n + 1);
    let rest_end = text[to..].find('\n').map_or(text.len(), |n| to + n);
    let rest = text[to..rest_end].trim_start_matches([';', ' ', '\t', '\r']);
    let alone = text[line_start..from].trim().is_empty();
    if alone && (rest.is_empty() || rest.starts_with("//")) {
        cuts.put(line_start, (rest_end + 1).min(text.len()), "");
    } else {
        let behind = text[to..].trim_start_matches([' ', '\t']);
        let to = if behind.starts_with(';') { text.len() - behind.len() + 1 } else { to };
        let gap = text[to..].len() - text[to..].trim_start_matches(' ').len();
        cuts.put(from, to + gap, "");
    }
}

/// Gives a line's setting another value, or the setting to the line.
fn set_prop(cuts: &mut Cuts<'_>, node: &KdlNode, key: &str, value: &str) {
    let entry = node.entries().iter().find(|e| e.name().is_some_and(|n| n.value() == key));
    match entry {
        Some(entry) => {
            let (from, to) = (entry.span().offset(), entry.span().offset() + entry.span().len());
            cuts.put(from, to, format!("{key}={}", quote(value)));
        }
        None => {
            let last = node.entries().iter().map(|e| e.span().offset() + e.span().len()).max();
            let name = node.name().span();
            let at = last.unwrap_or(name.offset() + name.len());
            cuts.put(at, at, format!(" {key}={}", quote(value)));
        }
    }
}

/// Gives a line another first value.
fn set_arg(cuts: &mut Cuts<'_>, node: &KdlNode, value: &str) {
    if let Some(entry) = node.entries().iter().find(|e| e.name().is_none()) {
        let (from, to) = (entry.span().offset(), entry.span().offset() + entry.span().len());
        cuts.put(from, to, quote(value));
    }
}

/// A camera more, behind the others.
///
/// # Errors
/// A sentence: the file cannot be read, or there is such a camera.
pub fn add_camera(text: &str, new: &NewCamera) -> Result<Edited, String> {
    let document = read(text)?;
    let known = section(&document, "cameras");
    if known.is_some_and(|n| lines_of(n, "camera").any(|c| id_of(c) == Some(&new.id))) {
        return Err(format!(
            "There is a camera \"{}\" already. Its place is taken by replacing it.",
            new.id
        ));
    }
    let (id, title, zone) = (quote(&new.id), quote(&new.title), quote(&new.zone));
    let secret = new.secret.as_ref().map(|s| format!(" secret={}", quote(s)));
    let mut line = format!(
        "camera {id} {title} zone={zone}{} {{\n    stream {}",
        secret.unwrap_or_default(),
        quote(&new.stream)
    );
    if let Some(preview) = &new.preview {
        line += &format!("\n    preview {}", quote(preview));
    }
    line += "\n}";
    let mut cuts = Cuts::of(text);
    insert(&mut cuts, &document, "cameras", "camera", &line);
    Ok(cuts.done(Vec::new()))
}

/// Another camera under the same name: its footage stays one timeline.
///
/// # Errors
/// A sentence: the file cannot be read, or has no such camera with a stream.
pub fn replace_camera(text: &str, id: &str, with: &Replacement) -> Result<Edited, String> {
    let document = read(text)?;
    let cameras = section(&document, "cameras").ok_or("The file has no cameras.")?;
    let camera = lines_of(cameras, "camera").find(|c| id_of(c) == Some(id));
    let camera = camera.ok_or_else(|| format!("The file has no camera \"{id}\"."))?;
    let mut cuts = Cuts::of(text);
    if let Some(stream) = &with.stream {
        let line = lines_of(camera, "stream").next();
        let line = line.ok_or("It is no network camera: edit its line in the file.")?;
        set_arg(&mut cuts, line, stream);
    }
    if let Some(preview) = &with.preview {
        match lines_of(camera, "preview").next() {
            Some(line) => set_arg(&mut cuts, line, preview),
            None => {
                if let Some(line) = lines_of(camera, "stream").next() {
                    let at = end(text, line);
                    let own = text[..start(line)].rfind('\n').map_or(0, |n| n + 1);
                    let gap = match text[own..start(line)].trim().is_empty() {
                        true => format!("\n{}", cuts.indent(start(line))),
                        false => "; ".to_string(),
                    };
                    cuts.put(at, at, format!("{gap}preview {}", quote(preview)));
                }
            }
        }
    }
    if let Some(serial) = &with.serial {
        set_prop(&mut cuts, camera, "serial", serial);
    }
    if let Some(installed) = &with.installed {
        set_prop(&mut cuts, camera, "installed", installed);
    }
    Ok(cuts.done(Vec::new()))
}

/// A person more, and the roles that they hold.
///
/// # Errors
/// A sentence: the file cannot be read, or the short name is taken.
pub fn add_person(
    text: &str,
    id: &str,
    title: &str,
    post: Option<&str>,
    roles: &[String],
) -> Result<Edited, String> {
    let document = read(text)?;
    let taken = |part: &str, line: &str| {
        section(&document, part).is_some_and(|n| lines_of(n, line).any(|p| id_of(p) == Some(id)))
    };
    if taken("people", "person") || taken("roles", "role") {
        return Err(format!("The short name \"{id}\" is taken; persons and roles share theirs."));
    }
    let post = post.map(|p| format!(" post={}", quote(p))).unwrap_or_default();
    let line = format!("person {} {}{post}", quote(id), quote(title));
    let mut cuts = Cuts::of(text);
    insert(&mut cuts, &document, "people", "person", &line);
    for name in roles {
        let all = section(&document, "roles");
        let role = all.and_then(|n| lines_of(n, "role").find(|r| id_of(r) == Some(name)));
        let role = role.ok_or_else(|| format!("The file has no role \"{name}\"."))?;
        match lines_of(role, "held-by").next() {
            Some(holders) => {
                let at = end(text, holders);
                cuts.put(at, at, format!(" {}", quote(id)));
            }
            None => return Err(format!("The role \"{name}\" has no line \"held-by\".")),
        }
    }
    Ok(cuts.done(Vec::new()))
}

/// A person less. `instead` takes over what they hold; without one, lists go on without them, and
/// what they held alone is left as it is and named in [`Edited::open`].
///
/// # Errors
/// A sentence: the file cannot be read, or has no such person.
pub fn remove_person(text: &str, id: &str, instead: Option<&str>) -> Result<Edited, String> {
    let document = read(text)?;
    let people = section(&document, "people").ok_or("The file has no people.")?;
    let person = lines_of(people, "person").find(|p| id_of(p) == Some(id));
    let person = person.ok_or_else(|| format!("The file has no person \"{id}\"."))?;
    let mut cuts = Cuts::of(text);
    let mut open = Vec::new();
    remove(&mut cuts, person);
    // What was given to them is history: the line goes with them.
    let roles = section(&document, "roles");
    let roles = roles.map(|n| lines_of(n, "role").collect::<Vec<_>>()).unwrap_or_default();
    let given: Vec<&KdlNode> = roles
        .iter()
        .flat_map(|role| lines_of(role, "granted"))
        .filter(|line| id_of(line) == Some(id))
        .collect();
    given.iter().for_each(|line| remove(&mut cuts, line));
    let gone = |at: usize| given.iter().any(|line| (start(line)..end(text, line)).contains(&at));
    for place in uses(text, Kind::Person, id) {
        if gone(place.start) || (start(person)..end(text, person)).contains(&place.start) {
            continue;
        }
        if let Some(what) = take_over(&mut cuts, (place.start, place.end), instead) {
            open.push(what);
        }
    }
    Ok(cuts.done(open))
}

/// One use of a name: the other one takes it over, or the list goes on without it, or it stays and
/// is told.
fn take_over(
    cuts: &mut Cuts<'_>,
    (from, to): (usize, usize),
    other: Option<&str>,
) -> Option<String> {
    let text = cuts.text;
    let line = |at: usize| {
        let first = text[..at].rfind('\n').map_or(0, |n| n + 1);
        let last = text[at..].find('\n').map_or(text.len(), |n| at + n);
        (first, last)
    };
    let (first, last) = line(from);
    let quoted = text[from..to].starts_with('"');
    let inner = if quoted { (from + 1, to - 1) } else { (from, to) };
    let among = neighbours(&text[first..last], (from - first, to - first));
    let there = other.is_some_and(|o| among.contains(&o));
    if let (Some(other), false) = (other, there) {
        cuts.put(inner.0, inner.1, other);
        return None;
    }
    if among.is_empty() {
        let number = text[..from].matches('\n').count() + 1;
        return Some(format!("line {number}: {}", text[first..last].trim()));
    }
    // With the space on one side of it.
    let before = quoted || text[..from].ends_with(' ');
    match before {
        true => cuts.put(from - 1, to, ""),
        false => cuts.put(from, to + usize::from(text[to..].starts_with(' ')), ""),
    }
    None
}

/// The other words of the list that a word of a line stands in: in the same quotes, or the same
/// line's other values.
fn neighbours(line: &str, (from, to): (usize, usize)) -> Vec<&str> {
    if !line[from..to].starts_with('"') {
        let open = line[..from].rfind('"').map_or(0, |n| n + 1);
        let close = line[to..].find('"').map_or(line.len(), |n| to + n);
        let inside = line[open..close].split(' ');
        return inside.filter(|w| !w.is_empty() && *w != &line[from..to]).collect();
    }
    if line[..from].ends_with('=') {
        return Vec::new();
    }
    let begin = line[..from].rfind(['{', ';']).map_or(0, |n| n + 1);
    let stop = line[to..].find(['{', ';', '}']).map_or(line.len(), |n| to + n);
    let own = &line[from + 1..to - 1];
    let words = line[begin..stop].split(' ').filter(|w| w.starts_with('"') && w.ends_with('"'));
    words.map(|w| w.trim_matches('"')).filter(|w| *w != own).collect()
}

/// Terms more, from first day to last, behind those that are there.
///
/// # Errors
/// A sentence: the file cannot be read, or a term ends before it begins.
pub fn add_terms(text: &str, terms: &[(Day, Day)]) -> Result<Edited, String> {
    let document = read(text)?;
    if let Some((first, last)) = terms.iter().find(|(first, last)| first > last) {
        return Err(format!("A term ends on {last}, before it begins on {first}."));
    }
    let mut cuts = Cuts::of(text);
    let lines: Vec<String> =
        terms.iter().map(|(first, last)| format!("term \"{first}\" \"{last}\"")).collect();
    insert(&mut cuts, &document, "calendar", "term", &lines.join("\n"));
    Ok(cuts.done(Vec::new()))
}

#[cfg(test)]
#[path = "rewrite/tests.rs"]
mod tests;
