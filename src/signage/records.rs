//! Entries on paper: one with all its answers, and a register as a table (S1.34, S1.42).

use std::collections::BTreeMap;

use super::page::Document;
use super::phrase;
use crate::base::time::{Utc, Zone};
use crate::config::Config;
use crate::config::registers::Register;
use crate::logbook::form::form;
use crate::logbook::registers::{Clocks, Column, Record, cell, columns, fold};
use crate::logbook::{Act, Entry, Value};

/// Said elsewhere, or for programs alone.
const UNSAID: [&str; 2] = ["witness", "deed"];

/// Every answer of an entry, under the question that was asked.
pub fn entry(config: &Config, entry: &Entry, paper: &mut Document) {
    let form = form(entry.header.kind, entry.header.act);
    let title = form.map_or_else(|| phrase::plain(entry.header.kind.as_str()), |f| f.title.into());
    paper.head(format!("{title} (entry {})", entry.number));
    let zone = &config.site.zone;
    let mut facts = vec![("Entered".to_string(), zone.show(entry.header.at))];
    let Some(body) = &entry.body else {
        facts.push(("Contents".into(), "destroyed; its place in the logbook stands".into()));
        return paper.parts.push(super::Part::Facts(facts));
    };
    if let Some(who) = &body.who {
        facts.push(("By".into(), name(config, &who.person)));
        facts.extend(who.second.iter().map(|w| ("Witness".to_string(), name(config, w))));
    }
    let asked: Vec<&str> = form.iter().flat_map(|f| f.fields()).map(|f| f.name).collect();
    let answers = body.answers();
    let order = |field: &String| asked.iter().position(|n| n == field).unwrap_or(asked.len());
    let mut names: Vec<&String> =
        answers.keys().filter(|n| !UNSAID.contains(&n.as_str())).collect();
    names.sort_by_key(|n| (order(n), (*n).clone()));
    for field in names {
        let question = form.and_then(|f| f.field(field));
        let title = question.map_or_else(|| capital(&phrase::plain(field)), |q| q.title.into());
        facts.push((title, shown(config, &answers[field], zone)));
    }
    paper.parts.push(super::Part::Facts(facts));
}

/// Begins with a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

/// A person of the file by title, or the word as it stands.
pub fn name(config: &Config, id: &str) -> String {
    let found = config.people.iter().find(|p| p.id.value.as_str() == id);
    found.map_or_else(|| id.to_string(), |p| p.title.value.clone())
}

fn shown(config: &Config, value: &Value, zone: &Zone) -> String {
    let one = |text: &str| match text.parse::<Utc>() {
        Ok(at) => zone.show(at),
        Err(_) => name(config, text),
    };
    match value {
        Value::Text(text) => one(text),
        Value::List(all) => all.iter().map(|t| one(t)).collect::<Vec<_>>().join(", "),
        other => other.in_words(),
    }
}

/// The records of these entries, oldest first: each with what is about it, and about that in turn.
pub fn folded(config: &Config, entries: &[Entry]) -> Vec<Record> {
    let clocks = Clocks::of(config);
    let known: BTreeMap<u64, &Entry> = entries.iter().map(|e| (e.number, e)).collect();
    let mut parts: BTreeMap<u64, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let mut at = Some(entry);
        // Each step leads to an earlier entry, so it ends.
        while let Some(part) = at {
            parts.entry(part.number).or_default().push(entry);
            let about = part.header.about.filter(|about| *about < part.number);
            at = about.and_then(|about| known.get(&about).copied());
        }
    }
    let opens = entries.iter().filter(|e| e.header.act == Act::Open);
    let record = |first: &Entry| fold(parts.get(&first.number)?.iter().copied(), &clocks);
    opens.filter_map(record).collect()
}

/// A register on paper, with the columns that the screen has.
pub fn register(config: &Config, register: Register, entries: &[Entry], now: Utc) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let title = format!("Register: {}", phrase::plain(register.as_str()));
    let mut paper = Document::new(&format!("register-{}", register.as_str()), title, site, owner);
    paper.landscape = true;
    paper.protect();
    paper.subtitle = format!("As it stood on {}", config.site.zone.show(now));
    let columns: &[Column] = columns(register);
    let of: Vec<Entry> =
        entries.iter().filter(|e| e.header.kind.register() == Some(register)).cloned().collect();
    let zone = &config.site.zone;
    let row = |record: &Record| -> Vec<String> {
        columns.iter().map(|c| name(config, &cell(record, c, zone, now))).collect()
    };
    let rows: Vec<Vec<String>> = folded(config, &of).iter().map(row).collect();
    let widths: Vec<(&'static str, u32)> =
        columns.iter().map(|c| (c.title, (c.chars as u32).clamp(8, 26))).collect();
    paper.say(format!("{} in it.", phrase::count(rows.len() as u64, "record", "records")));
    paper.table(&widths, rows);
    paper.signatures(&["Seen by"]);
    paper
}
