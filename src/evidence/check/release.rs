//! The release against the logbook: is it entered, in these words, before the copy was made (R5.2)?

use super::{Report, Seen, What, text};
use crate::evidence::extract::{self, Item};
use crate::evidence::manifest::Manifest;
use crate::evidence::names;
use crate::logbook::proof::{Proof, Proven, body_belongs};
use crate::logbook::{Act, Body, Kind, Value, fields};

/// `key`: that of the list's signature; without one nothing is proven.
pub fn examine(seen: &Seen, manifest: &Manifest, key: Option<[u8; 32]>, report: &mut Report) {
    if names::package(manifest.release.entry) != manifest.package {
        let text = "its package is not that of its entry";
        report.wrong(What::Manifest, names::MANIFEST, text);
    }
    let Some(extract) = text(seen, names::EXTRACT) else {
        return; // told as missing by the list
    };
    let items = match extract::read(extract) {
        Ok(items) => items,
        Err(why) => {
            report.wrong(What::Logbook, names::EXTRACT, format!("it was edited: {why}"));
            return;
        }
    };
    let key = key.unwrap_or(manifest.recorder.public_key.0);
    for item in &items {
        match proven(seen, manifest, &key, item) {
            Ok(_) => report.entries.push(item.number),
            Err((file, why)) => report.wrong(What::Logbook, &file, why),
        }
    }
    match items.iter().find(|item| item.number == manifest.release.entry) {
        Some(item) => words(item, manifest, report),
        None => {
            let text = "the entry of the release is not in it";
            report.wrong(What::Logbook, names::EXTRACT, text);
        }
    }
}

fn proven(
    seen: &Seen,
    manifest: &Manifest,
    key: &[u8; 32],
    item: &Item,
) -> Result<Proven, (String, String)> {
    let (number, file) = (item.number, names::proof(item.number));
    let at_proof = |why: String| (file.clone(), why);
    let at_extract = |why: String| (names::EXTRACT.to_string(), why);
    let Some(text) = text(seen, &file) else {
        return Err(at_extract(format!("entry {number} has no proof beside it")));
    };
    let proof = Proof::read(text).map_err(at_proof)?;
    let proven = proof.check(&manifest.recorder.origin, key).map_err(at_proof)?;
    if proven.number != number {
        return Err(at_proof(format!("it proves entry {}", proven.number)));
    }
    if proof.leaf != item.leaf.as_bytes() {
        let why = format!("entry {number} is not the one that was entered: its head was changed");
        return Err(at_extract(why));
    }
    let whole = item.body.as_ref();
    if whole.is_some_and(|(salt, body)| !body_belongs(&proven.header, salt, body.as_bytes())) {
        let why = format!("the words of entry {number} were changed after they were entered");
        return Err(at_extract(why));
    }
    Ok(proven)
}

/// The manifest says what the entry said.
fn words(item: &Item, manifest: &Manifest, report: &mut Report) {
    let mut wrong = |text: &str| report.wrong(What::Manifest, names::MANIFEST, text);
    let header = crate::logbook::leaf::read_leaf(item.leaf.as_bytes());
    if !header.is_ok_and(|h| (h.kind, h.act) == (Kind::Export, Act::Open)) {
        wrong("its entry in the logbook is no export");
    }
    let body = item.body.as_ref().and_then(|(_, b)| serde_json::from_str::<Body>(b).ok());
    let Some(body) = body else { return };
    let asked = manifest.asked;
    let same = |name: &str, at: crate::base::time::Utc| body.text(name) == Some(&at.to_string());
    if !same(fields::FROM, asked.from) || !same(fields::UNTIL, asked.to) {
        wrong("it names another window than the logbook");
    }
    let cameras: Vec<String> = manifest.cameras.iter().map(|c| c.id.to_string()).collect();
    if body.fields.get(fields::CAMERAS) != Some(&Value::List(cameras)) {
        wrong("it names other cameras than the logbook");
    }
    let who = body.who.as_ref();
    let operator = who.map(|who| who.person.as_str());
    let witness = who.and_then(|who| who.second.clone());
    if operator != Some(&manifest.release.operator) || witness != manifest.release.witness {
        wrong("it names other people than the logbook");
    }
}
