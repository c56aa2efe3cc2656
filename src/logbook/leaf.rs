//! The bytes that are summed up: the same on every machine and in every year.
//!
//! Canonical form: RFC 8785 (JSON Canonicalization Scheme), cut down to what cannot be read in two
//! ways. Keys are sorted, nothing stands between the tokens, texts carry only the escapes that JSON
//! demands (`\b \t \n \f \r \" \\`, and `\u00xx` for the other control characters), all else is
//! UTF-8 as it was typed: nothing is normalised. Refused: fractions, numbers outside ±(2^53 - 1),
//! `null` (what is not there is left out), keys other than 1 to 64 letters, digits, `-` and `_` of
//! ASCII, and moments that RFC 3339 cannot write. Any JCS library gives the same bytes.
//!
//! A leaf is the header in this form with its version: `{"act":…,"at":…,"body":…,"clock":…,
//! "kind":…,"v":1}`, and `about` before `act` where there is one. `body` is SHA-256 over 32 bytes
//! of salt and the body's canonical bytes: with the salt destroyed, not even a guess at a body can
//! be tried (R5.7). The leaf's hash is RFC 6962's: SHA-256 over a zero byte and the leaf.

use serde::Deserialize;
use serde_json::Value as Json;

use super::entry::{Act, Body, ClockState, Header, Number};
use super::kind::Kind;
use crate::base::digest::{Digest, Summing};
use crate::base::time::Utc;

/// Of the leaf's form. Another number is another form, and old leaves keep theirs.
pub const VERSION: u8 = 1;

/// Random bytes before each body.
pub type Salt = [u8; 32];

/// The largest number that every JSON reader keeps exactly.
const NUMBER_MAX: u64 = (1 << 53) - 1;
const KEY_CHARS_MAX: usize = 64;

/// Why something has no canonical bytes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotCanonical {
    #[error("{0} is no whole number of at most 9007199254740991; write it as a text")]
    Number(String),
    #[error("a field without a value: leave the field out")]
    Null,
    #[error("\"{0}\" is no name for a field: 1 to 64 letters, digits, - and _")]
    Key(String),
    #[error("a time outside the years 0 to 9999; is the clock right?")]
    Time,
    #[error("cannot be written as JSON: {0}")]
    Json(String),
}

/// The body's canonical bytes.
///
/// # Errors
/// A number or a field's name has no canonical form.
pub fn body_bytes(body: &Body) -> Result<Vec<u8>, NotCanonical> {
    let json = serde_json::to_value(body).map_err(|e| NotCanonical::Json(e.to_string()))?;
    canonical(&json)
}

/// What a header has as `body`.
pub fn body_digest(salt: &Salt, body_bytes: &[u8]) -> Digest {
    let mut sum = Summing::default();
    sum.add(salt);
    sum.add(body_bytes);
    sum.finish()
}

/// The leaf of a header.
///
/// # Errors
/// Its time or `about` has no canonical form.
pub fn leaf_bytes(header: &Header) -> Result<Vec<u8>, NotCanonical> {
    let at = header.at.to_string();
    if at.parse() != Ok(whole_millis(header.at)) {
        return Err(NotCanonical::Time);
    }
    let mut json = serde_json::to_value(header).map_err(|e| NotCanonical::Json(e.to_string()))?;
    if let Json::Object(map) = &mut json {
        map.retain(|_, value| !value.is_null());
        map.insert("v".into(), VERSION.into());
    }
    canonical(&json)
}

/// A moment as a leaf keeps it: whole milliseconds.
pub fn whole_millis(at: Utc) -> Utc {
    Utc(at.0.div_euclid(1_000).saturating_mul(1_000))
}

/// SHA-256 over a zero byte and the leaf, as RFC 6962 has it.
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    let mut sum = Summing::default();
    sum.add(&[0]);
    sum.add(leaf);
    sum.finish()
}

/// The header of a leaf.
///
/// # Errors
/// It is no leaf of a version that we know, or not in canonical form.
pub fn read_leaf(leaf: &[u8]) -> Result<Header, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Leaf {
        #[serde(default)]
        about: Option<Number>,
        act: Act,
        at: Utc,
        body: Digest,
        clock: ClockState,
        kind: Kind,
        v: u8,
    }
    let l: Leaf = serde_json::from_slice(leaf).map_err(|e| format!("no header: {e}"))?;
    if l.v != VERSION {
        return Err(format!("a header of version {}; this Beadle knows {VERSION}", l.v));
    }
    let Leaf { about, act, at, body, clock, kind, .. } = l;
    let header = Header { at, clock, kind, act, about, body };
    match leaf_bytes(&header) {
        Ok(again) if again == leaf => Ok(header),
        _ => Err("a header that is not in canonical form".into()),
    }
}

/// Any JSON in the form of this module.
///
/// # Errors
/// A number, a name of a field or a `null` that has no canonical form.
pub fn canonical(json: &Json) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::with_capacity(256);
    write(json, &mut out)?;
    Ok(out)
}

fn write(json: &Json, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    match json {
        Json::Null => return Err(NotCanonical::Null),
        Json::Bool(yes) => out.extend(if *yes { &b"true"[..] } else { b"false" }),
        Json::Number(n) => {
            let small = n.as_u64().is_some_and(|n| n <= NUMBER_MAX)
                || n.as_i64().is_some_and(|n| n.unsigned_abs() <= NUMBER_MAX);
            if !small {
                return Err(NotCanonical::Number(n.to_string()));
            }
            out.extend(n.to_string().bytes());
        }
        Json::String(text) => write_text(text, out),
        Json::Array(list) => {
            out.push(b'[');
            for (i, item) in list.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push(b'{');
            for (i, key) in keys.into_iter().enumerate() {
                let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                if key.is_empty() || key.len() > KEY_CHARS_MAX || !key.bytes().all(good) {
                    return Err(NotCanonical::Key(key.clone()));
                }
                if i > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(&map[key], out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend(b"\\\""),
            b'\\' => out.extend(b"\\\\"),
            0x08 => out.extend(b"\\b"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            0x0c => out.extend(b"\\f"),
            b'\r' => out.extend(b"\\r"),
            0..0x20 => out.extend(format!("\\u{byte:04x}").bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::entry::{Value, Who};
    use super::*;

    fn header() -> Header {
        Header {
            at: "2026-11-22T09:14:00.250Z".parse().unwrap(),
            clock: ClockState::Synced,
            kind: Kind::Viewing,
            act: Act::Close,
            about: Some(17),
            body: Digest([7; 32]),
        }
    }

    #[test]
    fn a_leaf_is_these_bytes_for_ever() {
        let sevens = "07".repeat(32);
        let rest = format!(
            "\"act\":\"close\",\"at\":\"2026-11-22T09:14:00.250Z\",\"body\":\"{sevens}\",\
             \"clock\":\"synced\",\"kind\":\"viewing\",\"v\":1}}"
        );
        let leaf = leaf_bytes(&header()).unwrap();
        assert_eq!(String::from_utf8(leaf.clone()).unwrap(), format!("{{\"about\":17,{rest}"));
        assert_eq!(read_leaf(&leaf), Ok(header()));
        let alone = leaf_bytes(&Header { about: None, ..header() }).unwrap();
        assert_eq!(String::from_utf8(alone).unwrap(), format!("{{{rest}"));
        // printf '\0{"about":17,...}' | sha256sum
        assert_eq!(leaf_hash(b"abc"), Digest::of(b"\0abc"));
    }

    #[test]
    fn a_body_is_these_bytes_for_ever() {
        let mut body = Body { reason: Some("a \"b\"\n\u{1}é".into()), ..Body::default() };
        body.fields.insert("zone".into(), Value::List(vec!["gate".into(), "hall".into()]));
        body.fields.insert("count".into(), Value::Number(-3));
        body.fields.insert("Yes".into(), Value::Yes(true));
        let bytes = String::from_utf8(body_bytes(&body).unwrap()).unwrap();
        let text = "{\"fields\":{\"Yes\":true,\"count\":-3,\"zone\":[\"gate\",\"hall\"]},\
                    \"reason\":\"a \\\"b\\\"\\n\\u0001é\"}";
        assert_eq!(bytes, text);
        let digest = body_digest(&[1; 32], bytes.as_bytes());
        assert_eq!(digest, Digest::of(&[&[1; 32], bytes.as_bytes()].concat()));
        assert_ne!(digest, body_digest(&[2; 32], bytes.as_bytes()));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let with = |key: &str, value: Value| {
            let fields = [(key.to_string(), value)].into();
            body_bytes(&Body { fields, ..Body::default() })
        };
        let most = i64::try_from(NUMBER_MAX).unwrap();
        assert!(with("n", Value::Number(most)).is_ok() && with("n", Value::Number(-most)).is_ok());
        for n in [most + 1, -most - 1, i64::MIN, i64::MAX] {
            assert_eq!(with("n", Value::Number(n)), Err(NotCanonical::Number(n.to_string())));
        }
        for key in ["", "é", "a b", "a.b", &"x".repeat(65)] {
            assert_eq!(with(key, Value::Yes(true)), Err(NotCanonical::Key(key.into())), "{key}");
        }
        assert_eq!(canonical(&Json::Null), Err(NotCanonical::Null));
        assert!(matches!(canonical(&serde_json::json!(0.5)), Err(NotCanonical::Number(_))));
        let late = Header { at: Utc(i64::MAX), ..header() };
        assert_eq!(leaf_bytes(&late), Err(NotCanonical::Time));
    }

    #[test]
    fn a_leaf_in_any_other_spelling_is_no_leaf() {
        let leaf = String::from_utf8(leaf_bytes(&header()).unwrap()).unwrap();
        for wrong in [
            leaf.replace("\"v\":1", "\"v\":2"),
            leaf.replace("\"v\":1", "\"v\": 1"),
            leaf.replace("{\"about\":17,", "{\"about\":17,\"about\":17,"),
            leaf.replace("{\"about\":17,", "{\"about\":null,"),
            leaf.replace("\"v\":1", "\"v\":1,\"who\":\"me\""),
            leaf.replace("\"viewing\"", "\"seeing\""),
            leaf.replace(".250Z", ".25Z"),
            leaf[..leaf.len() - 1].to_string(),
        ] {
            assert!(read_leaf(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn bodies_go_both_ways(
            reason in proptest::option::of(any::<String>()),
            who in proptest::option::of(any::<String>()),
            texts in proptest::collection::btree_map("[a-zA-Z0-9_-]{1,20}", any::<String>(), 0..6),
        ) {
            let account = super::super::entry::Account::Own;
            let who = who.map(|person| Who { person, account, acting_for: None, second: None });
            let fields = texts.into_iter().map(|(k, v)| (k, Value::Text(v))).collect();
            let body = Body { who, reason, fields, ..Body::default() };
            let bytes = body_bytes(&body).unwrap();
            prop_assert!(!bytes.iter().any(|b| *b < 0x20), "no tab and no line end inside");
            prop_assert_eq!(serde_json::from_slice::<Body>(&bytes).unwrap(), body);
            // serde_json escapes alike and keeps its maps sorted: an independent second opinion.
            let json: Json = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(serde_json::to_vec(&json).unwrap(), bytes);
        }

        #[test]
        fn any_bytes_are_a_leaf_or_an_error(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let _ = read_leaf(&bytes);
        }
    }
}
