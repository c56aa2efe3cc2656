//! `logbook-extract.txt`: the entries of one release, for people, with what a machine needs to hold
//! them against their proofs.
//!
//! ```text
//! Entry 123: export, open, 2026-11-22T09:14:00.250Z
//!     deed: export
//!     ...
//!     leaf {"act":"open",...}
//!     salt 3q2+7w...
//!     body {"fields":{...}}
//! ```
//! The lines for people follow from the others: an extract whose words were edited is told apart
//! from what it would say.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::logbook::leaf::{Salt, read_leaf};
use crate::logbook::{Body, Number, Value};

const TITLE: &str = "Extract from the logbook, for this release only. Times are UTC.";

/// One entry as it leaves the box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub number: Number,
    /// Canonical bytes of its header.
    pub leaf: String,
    /// Salt and canonical bytes of its body; `None`: it was destroyed (R5.7).
    pub body: Option<(Salt, String)>,
}

/// The file.
pub fn to_text(items: &[Item]) -> String {
    let mut out = format!("{TITLE}\n");
    for item in items {
        out += "\n";
        out += &for_people(item);
        out += &format!("    leaf {}\n", item.leaf);
        if let Some((salt, body)) = &item.body {
            out += &format!("    salt {}\n    body {body}\n", STANDARD.encode(salt));
        }
    }
    out
}

fn for_people(item: &Item) -> String {
    let number = item.number;
    let Ok(header) = read_leaf(item.leaf.as_bytes()) else {
        return format!("Entry {number}: cannot be read\n");
    };
    let act = format!("{:?}", header.act).to_lowercase();
    let about = header.about.map(|n| format!(", about entry {n}")).unwrap_or_default();
    let mut out = format!("Entry {number}: {}, {act}, {}{about}\n", header.kind, header.at);
    let body = item.body.as_ref().and_then(|(_, body)| serde_json::from_str::<Body>(body).ok());
    let Some(body) = body else { return out + "    (its words were destroyed)\n" };
    if let Some(who) = &body.who {
        let second = who.second.as_ref().map(|s| format!(", with {s}")).unwrap_or_default();
        out += &format!("    by: {}{second}\n", who.person);
    }
    for (name, value) in body.answers() {
        let text = match value {
            Value::Yes(yes) => (if yes { "yes" } else { "no" }).to_string(),
            Value::Number(n) => n.to_string(),
            Value::Text(text) => text,
            Value::List(list) => list.join(", "),
        };
        // One line each: what people typed may not look like a line of ours.
        out += &format!("    {name}: {}\n", text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    out
}

/// # Errors
/// It is no extract, or its words for people are not those of its entries.
pub fn read(text: &str) -> Result<Vec<Item>, String> {
    let rest = text.strip_prefix(TITLE).ok_or("it does not begin as an extract does")?;
    let mut items: Vec<Item> = Vec::new();
    for line in rest.lines() {
        let words = line.trim_start();
        if let Some(rest) = line.strip_prefix("Entry ") {
            let number = rest.split(':').next().and_then(|n| n.parse().ok());
            let number = number.ok_or("an entry has no number")?;
            items.push(Item { number, leaf: String::new(), body: None });
        } else if let Some(item) = items.last_mut() {
            if let Some(leaf) = words.strip_prefix("leaf ") {
                item.leaf = leaf.to_string();
            } else if let Some(salt) = words.strip_prefix("salt ") {
                let salt = STANDARD.decode(salt).ok().and_then(|b| b.try_into().ok());
                item.body = Some((salt.ok_or("a salt is none")?, String::new()));
            } else if let (Some(body), Some((_, was))) =
                (words.strip_prefix("body "), item.body.as_mut())
            {
                *was = body.to_string();
            }
        }
    }
    match to_text(&items) == text {
        true => Ok(items),
        false => Err("its words are not those of its entries".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logbook::leaf::{body_bytes, body_digest, leaf_bytes};
    use crate::logbook::{Act, ClockState, Header, Kind};

    fn item() -> Item {
        let mut body = Body { reason: Some("An assault\n    leaf {}".into()), ..Body::default() };
        body.fields.insert("cameras".into(), Value::List(vec!["gate".into(), "hall".into()]));
        let bytes = body_bytes(&body).unwrap();
        let header = Header {
            at: "2026-11-22T09:14:00.250Z".parse().unwrap(),
            clock: ClockState::Synced,
            kind: Kind::Export,
            act: Act::Open,
            about: Some(4),
            body: body_digest(&[1; 32], &bytes),
        };
        Item {
            number: 7,
            leaf: String::from_utf8(leaf_bytes(&header).unwrap()).unwrap(),
            body: Some(([1; 32], String::from_utf8(bytes).unwrap())),
        }
    }

    #[test]
    fn an_extract_goes_both_ways_and_edits_show() {
        let gone = Item { number: 8, body: None, ..item() };
        let items = vec![item(), gone];
        let text = to_text(&items);
        assert!(text.contains("Entry 7: export, open, 2026-11-22T09:14:00.250Z, about entry 4\n"));
        assert!(text.contains("    cameras: gate, hall\n"), "{text}");
        assert_eq!(read(&text), Ok(items));
        for (from, to) in [
            ("gate, hall", "gate"),
            ("Entry 7", "Entry 9:"),
            ("salt ", "salt A"),
            ("An assault", "A theft"),
        ] {
            let edited = text.replacen(from, to, 1);
            assert!(read(&edited).is_err(), "{edited}");
        }
    }
}
