//! What left the recorder for a case, to whom, and how each copy ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Case, entry_in, points_to, stands};
use crate::base::time::Utc;
use crate::logbook::entry::{Act, Number};
use crate::logbook::fields as f;
use crate::logbook::kind::Kind;
use crate::logbook::registers::{Record, State};

/// What was put on something.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Copy {
    /// Of the export, the still or the release.
    pub entry: Number,
    pub kind: Kind,
    pub at: Utc,
    /// `bitlocker`, `zip`, `plain`, `paper`, `portal`; empty where nobody said.
    pub carrier: String,
    pub serial: Option<String>,
    /// The export was broken off: part of it may lie on the carrier.
    pub unfinished: bool,
    /// It is being written.
    pub going: bool,
    /// Reference of an upload that was made from it (R2.25).
    pub portal: Option<String>,
    /// The export that was made in its place because nobody can read this one (R3.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Number>,
    /// `None`: it is still somewhere.
    pub fate: Option<Fate>,
}

/// How a copy ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Fate {
    pub how: How,
    /// The entry that says so.
    pub entry: Number,
    pub at: Utc,
    /// Who has it, where somebody has.
    pub to: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Whoever asked has it.
    HandedOver,
    Returned,
    Wiped,
    Destroyed,
    /// Nothing of it was ever written.
    Never,
}

impl How {
    /// Completes "it was ...".
    pub fn in_words(self) -> &'static str {
        match self {
            How::HandedOver => "handed over",
            How::Returned => "given back",
            How::Wiped => "wiped",
            How::Destroyed => "destroyed",
            How::Never => "never written",
        }
    }
}

/// A release to somebody.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Released {
    pub entry: Number,
    pub at: Utc,
    /// The class: "police".
    pub recipient: String,
    pub to: Option<String>,
    pub organisation: Option<String>,
    /// The export that was handed over.
    pub export: Option<Number>,
    pub transfer: String,
    /// Reference and time of an upload (R2.25).
    pub portal: Option<String>,
    /// The conditions were accepted (S1.46).
    pub conditions: bool,
    /// Reference of the signed receipt.
    pub receipt: Option<String>,
    /// Wishes to pass it on, and the school's answers (S1.47).
    pub onward: Vec<Onward>,
    /// It stays in the school, and its record is not ended (S4.87).
    pub inside: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Onward {
    pub entry: Number,
    pub at: Utc,
    pub to: String,
    pub consent: bool,
    pub reason: Option<String>,
}

impl Copy {
    /// It failed before its first byte.
    pub fn is_never(&self) -> bool {
        self.fate.as_ref().is_some_and(|fate| fate.how == How::Never)
    }

    /// "The copy of entry 24 (BitLocker stick S-117)".
    pub fn in_words(&self) -> String {
        let what = match (self.kind, self.unfinished && !self.is_never()) {
            (Kind::Still, _) => "The still picture",
            (_, true) => "The unfinished copy",
            _ => "The copy",
        };
        let carrier = match (self.carrier.as_str(), &self.serial) {
            ("", None) => String::new(),
            (carrier, None) => format!(" ({})", spelt(carrier)),
            (carrier, Some(serial)) => format!(" ({} {serial})", spelt(carrier)),
        };
        let replaced = self.replaced.map(|by| format!(", unreadable, made again as entry {by}"));
        format!("{what} of entry {}{carrier}{}", self.entry, replaced.unwrap_or_default())
    }
}

/// A carrier as people call it.
pub fn spelt(carrier: &str) -> &str {
    match carrier {
        "bitlocker" => "BitLocker stick",
        "zip" => "AES-256 archive",
        "plain" => "unencrypted carrier",
        "portal" => "upload",
        "paper" => "print",
        "" => "carrier",
        other => other,
    }
}

pub(super) fn gather(case: &mut Case, records: &BTreeMap<Number, Record>) {
    let of_it: Vec<&Record> =
        records.values().filter(|r| points_to(r, f::REQUEST, case.number) && stands(r)).collect();
    case.releases = of_it.iter().filter(|r| r.kind == Kind::Release).map(|r| released(r)).collect();
    let again = of_it.iter().filter_map(|r| Some((entry_in(r, "unreadable")?, r.number)));
    let again: BTreeMap<Number, Number> = again.collect();
    for record in of_it {
        let copy = match record.kind {
            Kind::Export | Kind::Still => made(record),
            Kind::Release if own_copy(record) => made(record),
            _ => continue,
        };
        case.copies.push(copy);
    }
    for copy in &mut case.copies {
        let of_copy = case.releases.iter().filter(|r| r.export == Some(copy.entry));
        copy.portal = of_copy.clone().find_map(|r| r.portal.clone());
        copy.replaced = again.get(&copy.entry).copied();
        let ended = copy.fate.take();
        let handed = of_copy.filter_map(handed).next();
        copy.fate = disposed(copy.entry, records).or(ended).or(handed);
    }
    case.copies.sort_by_key(|copy| copy.entry);
}

/// A release for which no export was made, and after which somebody has something.
fn own_copy(record: &Record) -> bool {
    entry_in(record, "export").is_none() && record.text("transfer") != Some("viewed-only")
}

fn made(record: &Record) -> Copy {
    let close = record.parts.iter().rfind(|p| p.act == Act::Close && !p.withdrawn);
    let export = record.kind == Kind::Export;
    let broken = export && close.is_some_and(|p| p.text(f::ENDED) == Some("broken-off"));
    let nothing = record.answers.get(f::BYTES) == Some(&crate::logbook::Value::Number(0));
    let ended = |how, to| close.map(|p| Fate { how, entry: p.number, at: p.at, to });
    let fate = match record.kind {
        Kind::Export if broken && nothing => ended(How::Never, None),
        Kind::Still => ended(How::Returned, None),
        Kind::Release if is_inside(record) => ended(How::Returned, None),
        Kind::Release => handed(&released(record)),
        _ => None,
    };
    Copy {
        entry: record.number,
        kind: record.kind,
        at: record.opened,
        carrier: record.text("carrier").unwrap_or_default().to_string(),
        serial: record.text("serial").map(String::from),
        unfinished: broken,
        going: export && close.is_none(),
        portal: record.text("portal").map(String::from),
        replaced: None,
        fate,
    }
}

/// A copy that stays in the school has somebody who keeps it (S4.87).
fn is_inside(record: &Record) -> bool {
    record.text("keeper").is_some()
}

fn released(record: &Record) -> Released {
    let said = |name: &str| record.text(name).map(String::from);
    let onward = record.steps("onward").filter(|part| !part.withdrawn).map(|part| Onward {
        entry: part.number,
        at: part.at,
        to: part.text("onward-to").unwrap_or_default().to_string(),
        consent: part.answers.get("onward-consent") == Some(&crate::logbook::Value::Yes(true)),
        reason: part.text("reason").map(String::from),
    });
    Released {
        entry: record.number,
        at: record.opened,
        recipient: said(f::RECIPIENT).unwrap_or_default(),
        to: said("recipient-name"),
        organisation: said("organisation"),
        export: entry_in(record, "export"),
        transfer: said("transfer").unwrap_or_default(),
        portal: said("portal"),
        conditions: record.yes("conditions"),
        receipt: said("receipt"),
        onward: onward.collect(),
        inside: is_inside(record) && record.state == State::Open,
    }
}

/// Did that release end the copy's stay in the school? An upload does where there was nothing but
/// the upload.
fn handed(release: &Released) -> Option<Fate> {
    let left = match release.transfer.as_str() {
        "by-hand" | "signed-for" | "collected" => true,
        "portal" => release.export.is_none(),
        _ => false,
    };
    let inside = release.recipient == "internal-proceedings";
    (left && !inside).then(|| Fate {
        how: How::HandedOver,
        entry: release.entry,
        at: release.at,
        to: release.organisation.clone().or_else(|| release.to.clone()),
    })
}

/// The certificate of its end.
fn disposed(copy: Number, records: &BTreeMap<Number, Record>) -> Option<Fate> {
    let mut all = records.values().filter(|r| r.kind == Kind::Disposal && stands(r));
    let record = all.find(|r| points_to(r, "copy", copy))?;
    let how = match record.text("method") {
        Some("erase") => How::Wiped,
        Some("returned") => How::Returned,
        Some("handed-over") => How::HandedOver,
        _ => How::Destroyed,
    };
    Some(Fate { how, entry: record.number, at: record.opened, to: None })
}
