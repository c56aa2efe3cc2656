//! The effective file as a tree of lines, before it is text: printed and compared.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use crate::base::name::CameraId;
use crate::base::time::Day;
use crate::config::network::Net;
use crate::config::storage::{Encrypted, KeepFree};
use crate::config::value::{At, Id, Length, PrinterUrl, Setting, Size, StreamUrl, TimeOfDay, Word};
use crate::footage::Codec;

/// Reasons that would make a line longer than this stand above it instead of behind it.
const LINE_CHARS_MAX: usize = 100;

/// One value of a line, printed as KDL writes it.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Text(String),
    Whole(i64),
    Real(f64),
    Yes(bool),
}

impl Value {
    /// For the reader: text without quotes, `yes` and `no`.
    pub fn in_words(&self) -> String {
        match self {
            Value::Text(t) => t.clone(),
            Value::Whole(n) => n.to_string(),
            Value::Real(x) => x.to_string(),
            Value::Yes(true) => "yes".into(),
            Value::Yes(false) => "no".into(),
        }
    }

    fn kdl(&self, out: &mut String) {
        match self {
            Value::Text(t) => quoted(t, out),
            Value::Whole(n) => write!(out, "{n}").unwrap_or(()),
            // A whole number must keep its point, or it would be read back as an integer.
            Value::Real(x) if x.fract() == 0.0 => write!(out, "{x:.1}").unwrap_or(()),
            Value::Real(x) => write!(out, "{x}").unwrap_or(()),
            Value::Yes(b) => out.push_str(if *b { "#true" } else { "#false" }),
        }
    }
}

/// What can stand in a line of the file.
pub trait Shown {
    fn value(&self) -> Value;
}

impl<T: Word + fmt::Display> Shown for T {
    fn value(&self) -> Value {
        Value::Text(self.to_string())
    }
}

macro_rules! shown {
    ($($kind:ty: $it:ident => $value:expr;)+) => {
        $(impl Shown for $kind {
            fn value(&self) -> Value {
                let $it = self;
                $value
            }
        })+
    };
}

shown! {
    str: it => Value::Text(it.into());
    String: it => Value::Text(it.clone());
    bool: it => Value::Yes(*it);
    f64: it => Value::Real(*it);
    u32: it => Value::Whole((*it).into());
    Id: it => Value::Text(it.to_string());
    CameraId: it => Value::Text(it.to_string());
    Day: it => Value::Text(it.to_string());
    TimeOfDay: it => Value::Text(it.to_string());
    Length: it => Value::Text(it.to_string());
    Size: it => Value::Text(it.to_string());
    KeepFree: it => Value::Text(it.to_string());
    Encrypted: it => Value::Text(it.to_string());
    PrinterUrl: it => Value::Text(it.to_string());
    StreamUrl: it => Value::Text(it.to_string());
    Net: it => Value::Text(it.to_string());
    IpAddr: it => Value::Text(it.to_string());
    Codec: it => Value::Text(match it {
        Codec::H264 => "h264".into(),
        Codec::H265 => "h265".into(),
    });
}

/// A node of the effective file: name, values, properties, lines below it, and what is a default.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Leaf {
    pub name: &'static str,
    pub args: Vec<Value>,
    pub props: Vec<(&'static str, Value)>,
    pub below: Vec<Leaf>,
    /// Comments at the end of the line: `default: R2.8, police expect 31 days`.
    pub notes: Vec<String>,
}

impl Leaf {
    pub fn new(name: &'static str) -> Leaf {
        Leaf { name, ..Leaf::default() }
    }

    /// Says nothing: no value, nothing below.
    pub fn is_bare(&self) -> bool {
        self.args.is_empty() && self.props.is_empty() && self.below.is_empty()
    }

    pub fn prop_of(&self, name: &str) -> Option<&Value> {
        self.props.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    pub fn below_named(&self, name: &str) -> Vec<&Leaf> {
        self.below.iter().filter(|leaf| leaf.name == name).collect()
    }

    pub fn arg(mut self, value: &(impl Shown + ?Sized)) -> Leaf {
        self.args.push(value.value());
        self
    }

    pub fn args<T: Shown>(mut self, list: &[At<T>]) -> Leaf {
        self.args.extend(list.iter().map(|at| at.value.value()));
        self
    }

    pub fn prop(mut self, name: &'static str, value: &(impl Shown + ?Sized)) -> Leaf {
        self.props.push((name, value.value()));
        self
    }

    /// A property that may be missing.
    pub fn opt<T: Shown>(self, name: &'static str, given: &Option<At<T>>) -> Leaf {
        match given {
            Some(at) => self.prop(name, &at.value),
            None => self,
        }
    }

    /// A property with a default, and the reason when it is one.
    pub fn set<T: Shown>(mut self, name: &'static str, setting: &Setting<T>) -> Leaf {
        if let Some(because) = setting.default_because() {
            self.notes.push(format!("default {name}: {because}"));
        }
        self.prop(name, &setting.value)
    }

    /// A property that lists words, with a space between them.
    pub fn list<T: fmt::Display>(self, name: &'static str, list: &[At<T>]) -> Leaf {
        if list.is_empty() {
            return self;
        }
        let words: Vec<String> = list.iter().map(|at| at.value.to_string()).collect();
        self.prop(name, &words.join(" "))
    }

    /// A property that stands there only when it is true.
    pub fn flag(self, name: &'static str, yes: bool) -> Leaf {
        if yes { self.prop(name, &true) } else { self }
    }

    pub fn below(mut self, leaves: impl IntoIterator<Item = Leaf>) -> Leaf {
        self.below.extend(leaves);
        self
    }

    /// A line below with one value, when there is one.
    pub fn line<T: Shown>(self, name: &'static str, given: &Option<At<T>>) -> Leaf {
        let line = given.as_ref().map(|at| Leaf::new(name).arg(&at.value));
        self.below(line)
    }

    /// A line below with all values, when there is any.
    pub fn lines<T: Shown>(self, name: &'static str, list: &[At<T>]) -> Leaf {
        let line = (!list.is_empty()).then(|| Leaf::new(name).args(list));
        self.below(line)
    }

    /// The reason of a default that is the whole line.
    pub fn because(mut self, because: Option<&'static str>) -> Leaf {
        if let Some(because) = because {
            // One reason for the whole line says it for each of its settings.
            self.notes.retain(|note| !note.ends_with(because));
            self.notes.push(format!("default: {because}"));
        }
        self
    }

    /// The leaf as KDL, `depth` braces deep.
    pub fn print(&self, depth: usize, out: &mut String) {
        let indent = "    ".repeat(depth);
        let mut line = format!("{indent}{}", self.name);
        for value in &self.args {
            line.push(' ');
            value.kdl(&mut line);
        }
        for (name, value) in &self.props {
            let _ = write!(line, " {name}=");
            value.kdl(&mut line);
        }
        if !self.below.is_empty() {
            line.push_str(" {");
        }
        let notes = self.notes.join("; ");
        if self.notes.is_empty() {
            let _ = writeln!(out, "{line}");
        } else if line.chars().count() + notes.chars().count() + 5 <= LINE_CHARS_MAX {
            let _ = writeln!(out, "{line}  // {notes}");
        } else {
            for note in &self.notes {
                let _ = writeln!(out, "{indent}// {note}");
            }
            let _ = writeln!(out, "{line}");
        }
        if !self.below.is_empty() {
            self.below.iter().for_each(|leaf| leaf.print(depth + 1, out));
            let _ = writeln!(out, "{indent}}}");
        }
    }
}

/// A KDL string on one line, whatever is in it.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // KDL counts these as line ends or forbids them in the open.
            c if c.is_control() || unseen(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Line ends of other scripts, the byte-order mark, and marks that turn the writing direction.
fn unseen(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
