//! What an edit changes, unit by unit, in words: the lines of `beadle plan`.
//!
//! Both files are taken as their effective lines (`explain`), so a default that somebody writes out
//! is no change, and nothing that the file can say is forgotten here. A unit is what people think
//! of as one thing: a camera, a zone, a person, a sign, or a whole section such as `retention`.
//!
//! Promised: the order is that of the new file's sections and units, then what is gone; the same
//! two files give the same lines; a file against itself gives only `=`.
//! Not promised: that a unit which was renamed is recognised. It is one gone and one new.

use super::Config;
use super::explain::{Leaf, Value, sections};

/// What an edit of a unit does to the running system, mildest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// Words on screens, signs and papers.
    Paper,
    /// Rights, duties, retention: other rules from now on, and no camera is touched.
    Policy,
    /// The recording of this one camera starts, ends or starts anew.
    Records,
}

/// One unit of the file, before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// `+` new, `-` gone, `~` changed, `=` untouched.
    pub sign: char,
    /// `camera front-gate`, `zone hall`, `person it-manager`, `retention` ...
    pub unit: String,
    /// Field by field; empty for `=`.
    pub what: String,
    pub effect: Effect,
}

/// What `new` changes against `old`; without an old file everything is new.
pub fn diff(old: Option<&Config>, new: &Config) -> Vec<Change> {
    let before = old.map(units).unwrap_or_default();
    let after = units(new);
    let mut changes: Vec<Change> = after
        .iter()
        .map(|unit| match before.iter().find(|b| b.name == unit.name) {
            Some(was) => unit.since(was),
            None => unit.alone('+'),
        })
        .collect();
    let gone = before.iter().filter(|b| !after.iter().any(|a| a.name == b.name));
    changes.extend(gone.map(|unit| unit.alone('-')));
    changes
}

/// Sections whose lines of this name are units of their own.
const LISTS: &[(&str, &str)] = &[
    ("people", "person"),
    ("roles", "role"),
    ("cameras", "camera"),
    ("zones", "zone"),
    ("access-routes", "route"),
    ("signage", "sign"),
    ("stations", "station"),
];

struct Unit {
    name: String,
    section: &'static str,
    leaf: Leaf,
}

fn units(config: &Config) -> Vec<Unit> {
    let mut units = Vec::new();
    for mut section in sections(config) {
        let own = LISTS.iter().find(|(name, _)| *name == section.name);
        let (mut rest, name) = (Vec::new(), section.name);
        for leaf in std::mem::take(&mut section.below) {
            let key = leaf.args.first().map(Value::in_words);
            match (own, key) {
                (Some((_, line)), Some(id)) if *line == leaf.name => {
                    units.push(Unit { name: format!("{line} {id}"), section: name, leaf });
                }
                _ => rest.push(leaf),
            }
        }
        section.below = rest;
        if !section.is_bare() {
            units.push(Unit { name: name.to_string(), section: name, leaf: section });
        }
    }
    units
}

impl Unit {
    /// A unit that is new or gone.
    fn alone(&self, sign: char) -> Change {
        let effect = match self.section {
            "cameras" if self.leaf.name == "camera" => Effect::Records,
            section => mildest(section),
        };
        let title = self.leaf.args.get(1).or(self.leaf.args.first());
        let mut what = title.map(Value::in_words).unwrap_or_default();
        if self.leaf.name == "camera" {
            let source = self.leaf.below.iter().find(|l| is_source(l.name));
            if let Some(from) = source.and_then(|l| l.args.first()) {
                what = format!("{what}, from {}", from.in_words());
            }
        }
        Change { sign, unit: self.name.clone(), what, effect }
    }

    fn since(&self, was: &Unit) -> Change {
        let mut fields = Fields::default();
        fields.compare("", &was.leaf, &self.leaf);
        let effects = fields.0.iter().map(|f| effect(self, &f.path));
        let effect = effects.max().unwrap_or(Effect::Paper);
        let sign = if fields.0.is_empty() { '=' } else { '~' };
        let words: Vec<String> = fields.0.into_iter().map(|f| f.words).collect();
        Change { sign, unit: self.name.clone(), what: words.join("; "), effect }
    }
}

fn is_source(line: &str) -> bool {
    matches!(line, "stream" | "pipeline")
}

/// What a change anywhere in a section does at least.
fn mildest(section: &str) -> Effect {
    match section {
        "site" | "code-of-practice" | "access-routes" | "signage" | "escalation" => Effect::Paper,
        _ => Effect::Policy,
    }
}

/// What a change of one field does. A recording depends on where the pictures come from, with which
/// login, over which transport, on sound, and on being recorded at all; on nothing else
/// (title, task, masks, declared figures are for people).
fn effect(unit: &Unit, path: &str) -> Effect {
    if unit.leaf.name == "camera" && unit.section == "cameras" {
        return match path {
            "transport" | "user" | "secret" => Effect::Records,
            _ if first_word(path, "stream") || first_word(path, "pipeline") => {
                if declared(path) {
                    Effect::Paper
                } else {
                    Effect::Records
                }
            }
            _ if first_word(path, "audio") || first_word(path, "disabled") => Effect::Records,
            _ if first_word(path, "covert") => Effect::Records,
            "zone" => Effect::Policy,
            _ if first_word(path, "mask") => Effect::Policy,
            _ => Effect::Paper,
        };
    }
    match (unit.section, path) {
        // Days of retention are counted in this zone.
        ("site", "timezone") => Effect::Policy,
        ("zones", "title") => Effect::Paper,
        (section, _) => mildest(section),
    }
}

/// What the school says it set in the camera: forecasts use it, the recording does not. (A codec is
/// another matter: it chooses among the streams that a camera offers.)
fn declared(path: &str) -> bool {
    let last = path.split(' ').nth(1).unwrap_or_default();
    matches!(last, "kbps" | "fps" | "width" | "height")
}

fn first_word(path: &str, word: &str) -> bool {
    path.split(' ').next() == Some(word)
}

struct Field {
    /// `title`, `stream`, `stream kbps`, `mask gardens`.
    path: String,
    words: String,
}

#[derive(Default)]
struct Fields(Vec<Field>);

impl Fields {
    fn add(&mut self, path: &str, words: String) {
        self.0.push(Field { path: path.to_string(), words });
    }

    /// Two lines of one name, field by field; `path` is what leads to them.
    fn compare(&mut self, path: &str, was: &Leaf, is: &Leaf) {
        self.compare_args(path, was, is);
        let mut names: Vec<&str> = is.props.iter().map(|(n, _)| *n).collect();
        names.extend(was.props.iter().map(|(n, _)| *n).filter(|n| is.prop_of(n).is_none()));
        for name in names {
            self.one(&join(path, name), was.prop_of(name), is.prop_of(name));
        }
        let mut names: Vec<&str> = Vec::new();
        for leaf in is.below.iter().chain(&was.below) {
            if !names.contains(&leaf.name) {
                names.push(leaf.name);
            }
        }
        for name in names {
            let (was, is) = (was.below_named(name), is.below_named(name));
            self.lines(&join(path, name), &was, &is);
        }
    }

    /// The first value names a unit or is the line's own; a second one is its title.
    fn compare_args(&mut self, path: &str, was: &Leaf, is: &Leaf) {
        if was.args == is.args {
            return;
        }
        if path.is_empty()
            && was.args.first() == is.args.first()
            && is.args.len().max(was.args.len()) == 2
        {
            return self.one("title", was.args.get(1), is.args.get(1));
        }
        let path = if path.is_empty() { "name" } else { path };
        if let ([was], [is]) = (was.args.as_slice(), is.args.as_slice()) {
            return self.one(path, Some(was), Some(is));
        }
        let beyond = |a: &Leaf, b: &Leaf| {
            let words: Vec<String> =
                a.args.iter().filter(|v| !b.args.contains(v)).map(Value::in_words).collect();
            words.join(", ")
        };
        let (new, gone) = (beyond(is, was), beyond(was, is));
        let words = match (new.is_empty(), gone.is_empty()) {
            (false, false) => format!("{path} now {new}, no longer {gone}"),
            (false, true) => format!("{path} now also {new}"),
            (true, false) => format!("{path} no longer {gone}"),
            (true, true) => format!("{path} in another order"),
        };
        self.add(path, words);
    }

    fn one(&mut self, path: &str, was: Option<&Value>, is: Option<&Value>) {
        let words = match (was, is) {
            (Some(was), Some(is)) if was == is => return,
            (None, None) => return,
            (Some(was), Some(is)) => format!("{path} {} -> {}", was.in_words(), is.in_words()),
            (None, Some(is)) => format!("{path} now {}", is.in_words()),
            (Some(was), None) => format!("{path} no longer {}", was.in_words()),
        };
        self.add(path, words);
    }

    /// All lines of one name, matched by their first value where that tells them apart.
    fn lines(&mut self, path: &str, was: &[&Leaf], is: &[&Leaf]) {
        if let ([was], [is]) = (was, is) {
            return self.compare(path, was, is);
        }
        if !(keyed(was) && keyed(is)) {
            if was != is {
                self.add(path, format!("{path} changed ({} -> {} lines)", was.len(), is.len()));
            }
            return;
        }
        let key = |leaf: &Leaf| leaf.args.first().map(Value::in_words).unwrap_or_default();
        for leaf in is {
            let path = join(path, &key(leaf));
            match was.iter().find(|w| key(w) == key(leaf)) {
                Some(was) => self.compare(&path, was, leaf),
                None => self.add(&path, format!("{} added", path.trim_end())),
            }
        }
        for leaf in was.iter().filter(|w| !is.iter().any(|i| key(i) == key(w))) {
            let path = join(path, &key(leaf));
            self.add(&path, format!("{} gone", path.trim_end()));
        }
        let order = |list: &[&Leaf]| list.iter().map(|l| key(l)).collect::<Vec<_>>();
        let (mut a, mut b) = (order(was), order(is));
        if a != b {
            (a, b) = (sorted(a), sorted(b));
            if a == b {
                self.add(path, format!("{path} in another order"));
            }
        }
    }
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path} {name}") }
}

/// Does the first value of each line tell the lines apart? A lone line without a value does too.
fn keyed(list: &[&Leaf]) -> bool {
    let mut keys: Vec<Option<String>> =
        list.iter().map(|l| l.args.first().map(Value::in_words)).collect();
    keys.sort();
    let count = keys.len();
    keys.dedup();
    keys.len() == count && (count < 2 || keys.iter().all(Option::is_some))
}

#[cfg(test)]
#[path = "diff/tests.rs"]
mod tests;
