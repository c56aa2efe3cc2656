//! Typed reads over `kdl`'s document API, which knows no schema: every read marks what it took, and
//! [`Node::finish`] reports what nobody asked for. All faults are kept; none stops the reading.

use std::cell::RefCell;

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

use super::note::{Note, Severity};
use super::refer::{Kind, Names};
use super::scalar::{Complaint, Value};
use super::schema::{Learner, Slot};
use super::value::{At, Id, Place, Setting};
use crate::base::time::Day;

/// What all nodes share while one file is read.
pub(super) struct Cx<'a> {
    pub source: &'a str,
    pub notes: RefCell<Vec<Note>>,
    pub names: RefCell<Names>,
    /// Nothing is read: what would be asked for is written down (`schema`).
    pub learner: Option<Learner>,
}

impl<'a> Cx<'a> {
    pub fn new(source: &'a str) -> Cx<'a> {
        Cx { source, notes: RefCell::default(), names: RefCell::default(), learner: None }
    }

    pub fn error(
        &self,
        code: &'static str,
        place: Place,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (text, remedy) = (text.into(), remedy.into());
        let severity = Severity::Error;
        self.notes.borrow_mut().push(Note { severity, code, place, text, remedy, row: None });
    }

    pub fn refer(&self, kind: Kind, name: &At<Id>) {
        self.names.borrow_mut().refer(kind, name.as_str(), name.place);
    }

    pub fn declare(&self, kind: Kind, name: &str, place: Place) {
        if let Some(fault) = self.names.borrow_mut().declare(kind, name, place) {
            self.error("id-twice", place, fault.0, fault.1);
        }
    }
}

/// One node being read; or none, where a section is left out and its defaults hold.
pub(super) struct Node<'a> {
    pub cx: &'a Cx<'a>,
    pub node: Option<&'a KdlNode>,
    pub name: &'static str,
    pub entries: Vec<(&'a KdlEntry, bool)>,
    pub children: Vec<(&'a KdlNode, bool)>,
    pub keys: Vec<&'static str>,
    pub kids: Vec<&'static str>,
    /// What leads to it from the top of the file; kept while learning alone.
    pub path: Vec<&'static str>,
}

impl<'a> Node<'a> {
    pub fn new(cx: &'a Cx<'a>, name: &'static str, node: Option<&'a KdlNode>) -> Node<'a> {
        let entries = node.map(|n| n.entries()).unwrap_or_default();
        let children = node.and_then(|n| n.children());
        Node {
            cx,
            node,
            name,
            entries: entries.iter().map(|e| (e, false)).collect(),
            children: children.map(kids_of).unwrap_or_default(),
            keys: Vec::new(),
            kids: Vec::new(),
            path: Vec::new(),
        }
    }

    /// Writes down what is asked for, where that is wanted.
    fn learn(&self, note: impl FnOnce(&Learner, &[&'static str])) {
        if let Some(learner) = &self.cx.learner {
            note(learner, &self.path);
        }
    }

    /// The value that was asked for last is a name that is declared here.
    pub fn declares(&self, kind: Kind) {
        self.learn(|learner, path| learner.declares(path, kind));
    }

    /// The value that was asked for last names something that the file declares elsewhere.
    pub fn means(&self, kind: Kind) {
        self.learn(|learner, path| learner.means(path, kind));
    }

    /// The document itself, as a node without a name.
    pub fn root(cx: &'a Cx<'a>, document: &'a KdlDocument) -> Node<'a> {
        Node { children: kids_of(document), ..Node::new(cx, "the file", None) }
    }

    /// The node's name: where findings about the node as a whole point.
    pub fn place(&self) -> Place {
        let end = self.cx.source.trim_end().len();
        self.node.map_or(Place::new(end, end), |n| name_place(n.name()))
    }

    pub fn at(&self) -> At<()> {
        At::new((), self.place())
    }

    /// Is there such a child at all? Does not count as reading it.
    pub fn has(&self, kid: &str) -> bool {
        self.children.iter().any(|(n, _)| n.name().value() == kid)
    }

    fn convert<T: Value>(&self, entry: &KdlEntry, what: &str) -> Option<At<T>> {
        let place = value_place(entry);
        if let Some(ty) = entry.ty() {
            self.cx.error(
                "type-annotation",
                name_place(ty),
                format!("\"({})\" means nothing in this file", ty.value()),
                "remove it with its brackets",
            );
            return None;
        }
        match T::read(entry.value()) {
            Ok(value) => Some(At::new(value, place)),
            Err(Complaint { code, text, remedy }) => {
                self.cx.error(code, place, format!("{what}: {text}"), remedy);
                None
            }
        }
    }

    fn take_arg(&mut self) -> Option<&'a KdlEntry> {
        let slot = self.entries.iter_mut().find(|(e, taken)| !taken && e.name().is_none())?;
        slot.1 = true;
        Some(slot.0)
    }

    /// The next value without a name; a finding where there is none.
    pub fn arg<T: Value>(&mut self, what: &'static str) -> Option<At<T>> {
        self.learn(|learner, path| learner.arg(path, Slot::of::<T>(what, true)));
        match self.take_arg() {
            Some(entry) => self.convert(entry, what),
            None => {
                let text = format!("\"{}\" lacks {what}", self.name);
                let remedy = format!("write it behind \"{}\": {}", self.name, T::EXAMPLE);
                self.cx.error("missing", self.place(), text, remedy);
                None
            }
        }
    }

    pub fn arg_opt<T: Value>(&mut self, what: &'static str) -> Option<At<T>> {
        self.learn(|learner, path| learner.arg(path, Slot::of::<T>(what, false)));
        let entry = self.take_arg()?;
        self.convert(entry, what)
    }

    /// All further values without a name.
    pub fn rest<T: Value>(&mut self, what: &'static str) -> Vec<At<T>> {
        self.learn(|learner, path| learner.rest(path, Slot::of::<T>(what, false)));
        let mut out = Vec::new();
        while let Some(entry) = self.take_arg() {
            out.extend(self.convert(entry, what));
        }
        out
    }

    /// Like [`Node::rest`], but one at least.
    pub fn some<T: Value>(&mut self, what: &'static str) -> Vec<At<T>> {
        let first = self.arg(what);
        first.into_iter().chain(self.rest(what)).collect()
    }

    fn take_prop(&mut self, key: &'static str) -> Option<&'a KdlEntry> {
        self.keys.push(key);
        let mut found: Option<&KdlEntry> = None;
        for (entry, taken) in &mut self.entries {
            if entry.name().is_none_or(|n| n.value() != key) {
                continue;
            }
            *taken = true;
            match found {
                None => found = Some(entry),
                Some(_) => self.cx.error(
                    "given-twice",
                    entry_place(entry),
                    format!("\"{key}\" is given twice on this line"),
                    "keep one of the two",
                ),
            }
        }
        found
    }

    pub fn prop<T: Value>(&mut self, key: &'static str) -> Option<At<T>> {
        self.learn(|learner, path| learner.prop(path, Slot::of::<T>(key, false)));
        let entry = self.take_prop(key)?;
        self.convert(entry, key)
    }

    /// A property that must be there.
    pub fn need<T: Value>(&mut self, key: &'static str) -> Option<At<T>> {
        self.learn(|learner, path| learner.prop(path, Slot::of::<T>(key, true)));
        if let Some(entry) = self.take_prop(key) {
            return self.convert(entry, key);
        }
        let text = format!("\"{}\" lacks {key}", self.name);
        self.cx.error("missing", self.place(), text, format!("add {key}={}", T::EXAMPLE));
        None
    }

    pub fn set<T: Value>(
        &mut self,
        key: &'static str,
        default: T,
        because: &'static str,
    ) -> Setting<T> {
        let given = self.prop(key);
        self.learn(|learner, path| learner.because(path, because));
        Setting::or(given, default, because)
    }

    /// `key=#true`; not given is no.
    pub fn flag(&mut self, key: &'static str) -> bool {
        self.prop::<bool>(key).is_some_and(|b| b.value)
    }

    /// A whole number between two bounds, both included.
    pub fn int(&mut self, key: &'static str, low: u32, high: u32) -> Option<At<u32>> {
        let given = self.prop::<u32>(key);
        let bounds = (f64::from(low), f64::from(high));
        self.learn(|learner, path| learner.between(path, bounds.0, bounds.1));
        let given = given?;
        self.within(key, f64::from(given.value), bounds, given.place).then_some(given)
    }

    /// A whole number that must be there.
    pub fn need_int(&mut self, key: &'static str, low: u32, high: u32) -> Option<At<u32>> {
        let given = self.need::<u32>(key);
        let bounds = (f64::from(low), f64::from(high));
        self.learn(|learner, path| learner.between(path, bounds.0, bounds.1));
        let given = given?;
        self.within(key, f64::from(given.value), bounds, given.place).then_some(given)
    }

    pub fn int_or(
        &mut self,
        key: &'static str,
        (low, high): (u32, u32),
        default: u32,
        because: &'static str,
    ) -> Setting<u32> {
        let given = self.int(key, low, high);
        self.learn(|learner, path| learner.because(path, because));
        Setting::or(given, default, because)
    }

    pub fn num(&mut self, key: &'static str, low: f64, high: f64) -> Option<At<f64>> {
        let given = self.prop::<f64>(key);
        self.learn(|learner, path| learner.between(path, low, high));
        let given = given?;
        self.within(key, given.value, (low, high), given.place).then_some(given)
    }

    pub fn within(&self, key: &str, n: f64, (low, high): (f64, f64), place: Place) -> bool {
        let good = (low..=high).contains(&n);
        if !good {
            let text = format!("{key}: {n} is out of range");
            self.cx.error("out-of-range", place, text, format!("give {low} to {high}"));
        }
        good
    }

    /// Several words in one quoted text: `covers="entrance hall"`; each with its own place.
    pub fn words<T: Value>(&mut self, key: &'static str) -> Vec<At<T>> {
        self.learn(|learner, path| learner.words(path, Slot::of::<T>(key, false)));
        let Some(entry) = self.take_prop(key) else {
            return Vec::new();
        };
        let KdlValue::String(text) = entry.value() else {
            let _: Option<At<String>> = self.convert(entry, key);
            return Vec::new();
        };
        let whole = value_place(entry);
        // Places inside are exact only where the text stands in the file as it is, without escapes.
        let inner = self.cx.source.get(whole.start + 1..whole.end.saturating_sub(1));
        let exact = inner == Some(text.as_str());
        let mut out = Vec::new();
        for word in text.split_whitespace() {
            let offset = word.as_ptr() as usize - text.as_ptr() as usize;
            let start = whole.start + 1 + offset;
            let place = if exact { Place::new(start, start + word.len()) } else { whole };
            match T::read(&KdlValue::String(word.to_string())) {
                Ok(value) => out.push(At::new(value, place)),
                Err(Complaint { code, text, remedy }) => {
                    let comma = word.contains(',');
                    let remedy = if comma {
                        "put spaces between the words, no commas".into()
                    } else {
                        remedy
                    };
                    self.cx.error(code, place, format!("{key}: {text}"), remedy);
                }
            }
        }
        if text.trim().is_empty() {
            self.cx.error(
                "empty",
                whole,
                format!("{key}: nothing is written between the quotes"),
                format!("write one or more words, or leave {key} out"),
            );
        }
        out
    }

    /// A property that names things declared elsewhere in the file.
    pub fn refs(&mut self, key: &'static str, kind: Kind) -> Vec<At<Id>> {
        let names: Vec<At<Id>> = self.words(key);
        self.means(kind);
        names.iter().for_each(|n| self.cx.refer(kind, n));
        names
    }

    pub fn reference(&mut self, key: &'static str, kind: Kind) -> Option<At<Id>> {
        let name = self.prop::<Id>(key);
        self.means(kind);
        let name = name?;
        self.cx.refer(kind, &name);
        Some(name)
    }

    /// Arguments that name things declared elsewhere.
    pub fn rest_refs(&mut self, what: &'static str, kind: Kind) -> Vec<At<Id>> {
        let names: Vec<At<Id>> = self.some(what);
        self.learn(|learner, path| learner.all_mean(path, kind));
        names.iter().for_each(|n| self.cx.refer(kind, n));
        names
    }

    /// The node's own short name, its first value; twice the same is a finding.
    pub fn id(&mut self, kind: Kind) -> Option<At<Id>> {
        let id = self.arg::<Id>("a short name");
        self.learn(|learner, path| learner.declares(path, kind));
        let id = id?;
        self.cx.declare(kind, id.as_str(), id.place);
        Some(id)
    }

    /// A child that may stand once.
    pub fn one(&mut self, kid: &'static str) -> Option<Node<'a>> {
        let mut all = self.many(kid).into_iter();
        let first = all.next();
        for again in all {
            self.cx.error(
                "section-twice",
                again.place(),
                format!("\"{kid}\" stands here a second time"),
                "keep one, and put everything into it",
            );
        }
        first
    }

    pub fn many(&mut self, kid: &'static str) -> Vec<Node<'a>> {
        self.kids.push(kid);
        let cx = self.cx;
        if let Some(learner) = &cx.learner {
            let path = learner.kid(&self.path, kid);
            return vec![Node { path, ..Node::new(cx, kid, None) }];
        }
        let named = self.children.iter_mut().filter(|(n, _)| n.name().value() == kid);
        named
            .map(|(node, taken)| {
                *taken = true;
                Node::new(cx, kid, Some(*node))
            })
            .collect()
    }

    /// A section that may be left out: then its defaults hold.
    pub fn section(&mut self, kid: &'static str) -> Node<'a> {
        self.one(kid).unwrap_or_else(|| Node::new(self.cx, kid, None))
    }

    /// A child that must be there.
    pub fn need_one(&mut self, kid: &'static str, example: &str) -> Option<Node<'a>> {
        let found = self.one(kid);
        if found.is_none() {
            let text = format!("\"{}\" lacks \"{kid}\"", self.name);
            self.cx.error("missing", self.place(), text, format!("add a line: {example}"));
        }
        found
    }

    /// Two dates of which the first must not be the later.
    pub fn in_order(&self, a: &str, first: &Option<At<Day>>, b: &str, last: &Option<At<Day>>) {
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        if first.value > last.value {
            let text = format!("{b} ({}) lies before {a} ({})", last.value, first.value);
            self.cx.error("backwards", last.place, text, "swap them, or correct the year");
        }
    }

    /// The texts of children like `changes "..."`.
    pub fn texts(&mut self, kid: &'static str) -> Vec<At<String>> {
        let mut out = Vec::new();
        for mut node in self.many(kid) {
            out.extend(node.some("a text in quotes"));
            node.finish();
        }
        out
    }

    /// Children `kid "who" "who"` that name persons or roles.
    pub fn whos(&mut self, kid: &'static str) -> Vec<At<Id>> {
        let mut out = Vec::new();
        for mut node in self.many(kid) {
            out.extend(node.rest_refs("a person or a role", Kind::Who));
            node.finish();
        }
        out
    }
}

fn kids_of(document: &KdlDocument) -> Vec<(&KdlNode, bool)> {
    document.nodes().iter().map(|n| (n, false)).collect()
}

pub(super) fn name_place(name: &KdlIdentifier) -> Place {
    let span = name.span();
    Place::new(span.offset(), span.offset() + span.len())
}

pub(super) fn entry_place(entry: &KdlEntry) -> Place {
    let span = entry.span();
    Place::new(span.offset(), span.offset() + span.len())
}

/// The value alone, without `name=`: it is written at the end of the entry.
fn value_place(entry: &KdlEntry) -> Place {
    let whole = entry_place(entry);
    let repr = entry.format().map_or(0, |f| f.value_repr.len());
    if repr == 0 || repr > whole.end - whole.start {
        return whole;
    }
    Place::new(whole.end - repr, whole.end)
}
