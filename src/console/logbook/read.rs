//! Entries as people read them: the titles of the form's fields, local times, no codes.

use crate::base::time::{Utc, Zone};
use crate::console::words;
use crate::logbook::form::{self, Sort, Words};
use crate::logbook::{Account, Act, Body, Entry, Value};

/// `visit`, `visit, ends 41`.
pub fn head(entry: &Entry) -> String {
    let head = &entry.header;
    let about = head.about.map_or("an entry".to_string(), |n| n.to_string());
    let act = match head.act {
        Act::Open => String::new(),
        Act::Note => format!(", adds to {about}"),
        Act::Close => format!(", ends {about}"),
        Act::Correct => format!(", puts {about} right"),
    };
    format!("{}{act}", words::kind(head.kind))
}

/// Who made it, in a few words.
pub fn maker(entry: &Entry) -> String {
    match entry.body.as_ref().and_then(|b| b.who.as_ref()) {
        Some(who) => who.person.clone(),
        None if entry.body.is_none() => "-".into(),
        None => "the recorder".into(),
    }
}

/// One line that tells it from the next.
pub fn gist(entry: &Entry, zone: &Zone) -> String {
    let Some(body) = &entry.body else { return "(destroyed; its place stands)".into() };
    let mut parts: Vec<String> = Vec::new();
    for text in [&body.reason, &body.outcome].into_iter().flatten() {
        parts.push(text.clone());
    }
    for (name, value) in body.fields.iter().filter(|(_, v)| !v.is_empty()) {
        parts.push(format!("{}: {}", title(entry, name), shown(value, zone)));
    }
    parts.join("; ")
}

/// Every answer with its title, in the order of the form.
pub fn lines(entry: &Entry, zone: &Zone) -> Vec<(String, String)> {
    let Some(body) = &entry.body else {
        return vec![("Body".into(), "destroyed; its place in the logbook stands".into())];
    };
    let mut out = who(body);
    let answers = body.answers();
    let order: Vec<&str> = form::form(entry.header.kind, shape(entry.header.act))
        .map(|f| f.fields().map(|field| field.name).collect())
        .unwrap_or_default();
    let place = |name: &str| order.iter().position(|n| *n == name).unwrap_or(usize::MAX);
    let mut named: Vec<(&String, &Value)> = answers.iter().collect();
    named.sort_by_key(|(name, _)| (place(name), (*name).clone()));
    for (name, value) in named {
        if name != "witness" {
            out.push((title(entry, name), chosen(entry, name, value, zone)));
        }
    }
    out
}

/// A word of the form's own list by its title.
fn chosen(entry: &Entry, name: &str, value: &Value, zone: &Zone) -> String {
    let field = form::form(entry.header.kind, shape(entry.header.act)).and_then(|f| f.field(name));
    let listed = match field.map(|f| f.sort) {
        Some(Sort::Choice(Words::These(listed)) | Sort::Several(Words::These(listed))) => listed,
        _ => return shown(value, zone),
    };
    let title = |word: &str| {
        let found = listed.iter().find(|(w, _)| *w == word);
        found.map_or(word, |(_, title)| title).to_string()
    };
    match value {
        Value::Text(word) => title(word),
        Value::List(words) => words.iter().map(|w| title(w)).collect::<Vec<_>>().join(", "),
        other => other.in_words(),
    }
}

fn who(body: &Body) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Some(who) = &body.who {
        let mut text = who.person.clone();
        match who.account {
            Account::Own => {}
            Account::Admin => text += ", admin account",
            Account::BreakGlass => text += ", by a sealed code",
            Account::Owner => text += ", owner of the box",
        }
        if let Some(principal) = &who.acting_for {
            text += &format!(", for {principal}");
        }
        if let Some(second) = &who.second {
            text += &format!(", with {second}");
        }
        out.push(("Made by".into(), text));
    }
    if let Some(station) = &body.station {
        out.push(("At".into(), station.clone()));
    }
    out
}

/// A correction restates the fields of what it puts right.
fn shape(act: Act) -> Act {
    if act == Act::Correct { Act::Open } else { act }
}

fn title(entry: &Entry, name: &str) -> String {
    let head = &entry.header;
    let known = [shape(head.act), Act::Open, Act::Note, Act::Close]
        .into_iter()
        .find_map(|act| form::form(head.kind, act)?.field(name));
    match (known, name) {
        (Some(field), _) if !field.title.is_empty() => field.title.into(),
        (_, "deed") => "Asked for".into(),
        (_, "reason") => "Reason".into(),
        (_, "outcome") => "Outcome".into(),
        (_, "correction") => "What is put right".into(),
        _ => words::sentence(&name.replace('-', " ")),
    }
}

/// Moments in the school's time; lists with commas.
pub fn shown(value: &Value, zone: &Zone) -> String {
    match value {
        Value::Text(text) => moment(text, zone).unwrap_or_else(|| text.clone()),
        other => other.in_words(),
    }
}

fn moment(text: &str, zone: &Zone) -> Option<String> {
    let looks = text.len() >= 20 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    looks.then(|| text.parse::<Utc>().ok().map(|at| zone.show(at))).flatten()
}
