//! The words by which an entry is found.

use crate::logbook::entry::{Entry, Value};
use crate::logbook::form::once_called;

/// Everything that the entry says in words, and the older names of the law that it cites (K3).
/// Digests are left out: nobody searches them by a word. Empty where the body was destroyed.
pub fn search_text(entry: &Entry) -> String {
    let Some(body) = &entry.body else {
        return String::new();
    };
    let mut words = vec![entry.header.kind.as_str().to_string()];
    if let Some(who) = &body.who {
        words.push(who.person.clone());
        words.extend(who.acting_for.clone());
    }
    for (name, value) in body.answers() {
        match value {
            Value::Text(text) if text.len() == 64 && text.parse::<Digest>().is_ok() => {}
            Value::Text(text) => {
                if matches!(name.as_str(), "type" | "basis") {
                    words.push(once_called(&text).to_string());
                }
                words.push(text);
            }
            Value::List(list) => words.extend(list),
            Value::Number(n) => words.push(n.to_string()),
            // "yes" and "no" say nothing without their question: the question is the word.
            Value::Yes(true) => words.push(name),
            Value::Yes(false) => {}
        }
    }
    words.retain(|w| !w.is_empty());
    words.join(" ")
}

use crate::base::digest::Digest;
