//! What was written and nobody asked for: unknown settings, lines and values.

use kdl::KdlEntry;

use super::near::nearest;
use super::read::{Node, entry_place, name_place};
use super::value::Place;

impl Node<'_> {
    /// Reports everything that no read asked for.
    pub fn finish(self) {
        if let Some(ty) = self.node.and_then(|n| n.ty()) {
            self.cx.error(
                "type-annotation",
                name_place(ty),
                format!("\"({})\" means nothing in this file", ty.value()),
                "remove it with its brackets",
            );
        }
        for (entry, _) in self.entries.iter().filter(|(_, taken)| !taken) {
            match entry.name() {
                Some(name) => self.unknown_key(name.value(), name_place(name)),
                None => self.unexpected(entry),
            }
        }
        for (node, _) in self.children.iter().filter(|(_, taken)| !taken) {
            self.unknown_kid(node.name().value(), name_place(node.name()));
        }
    }

    fn unknown_key(&self, key: &str, place: Place) {
        let text = format!("\"{}\" has no setting \"{key}\"", self.name);
        let remedy = if self.kids.contains(&key) {
            format!("\"{key}\" stands on a line of its own, between the braces {{ }}")
        } else {
            suggest(key, &self.keys, "settings here")
        };
        self.cx.error("unknown-setting", place, text, remedy);
    }

    fn unexpected(&self, entry: &KdlEntry) {
        let shown = self
            .cx
            .source
            .get(entry_place(entry).range())
            .unwrap_or("this");
        let text = format!(
            "\"{}\" takes no further value, but {shown} is written",
            self.name
        );
        let word = entry.value().as_string().unwrap_or_default();
        let remedy = if self.keys.contains(&word) {
            format!("write {word}=..., with an equals sign")
        } else if self.keys.is_empty() {
            "remove it".to_string()
        } else {
            format!(
                "a setting is written name=value; settings here: {}",
                self.keys.join(", ")
            )
        };
        self.cx
            .error("unexpected-value", entry_place(entry), text, remedy);
    }

    fn unknown_kid(&self, kid: &str, place: Place) {
        let (text, remedy) = if self.keys.contains(&kid) {
            (
                format!("\"{kid}\" is not a line of its own"),
                format!(
                    "write it behind \"{}\", before the brace, as {kid}=...",
                    self.name
                ),
            )
        } else if self.kids.is_empty() {
            (
                format!("\"{}\" has nothing between braces", self.name),
                "remove it".to_string(),
            )
        } else if self.node.is_none() {
            (
                format!("there is no section \"{kid}\""),
                suggest(kid, &self.kids, "sections"),
            )
        } else {
            (
                format!("\"{kid}\" is not known inside \"{}\"", self.name),
                suggest(kid, &self.kids, "what may stand here"),
            )
        };
        self.cx.error("unknown-node", place, text, remedy);
    }
}

fn suggest(word: &str, known: &[&'static str], label: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if known.is_empty() => "remove it".to_string(),
        None => format!("{label}: {}", known.join(", ")),
    }
}
