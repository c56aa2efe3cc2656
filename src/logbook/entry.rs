//! One entry: a header that stays, and a body that can be destroyed while the tree stands (R5.7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use crate::base::digest::Digest;
use crate::base::time::Utc;

/// An entry's place in the logbook, counted from 0: the index of its leaf.
pub type Number = u64;

/// Whether the time of an entry can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockState {
    /// Kept right by another clock.
    Synced,
    /// Was right once, and runs by itself.
    Holdover,
    /// Set by hand.
    Manual,
    /// Nobody said.
    Unknown,
}

/// What an entry does to the record that it begins or goes on with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Begins a record; for most kinds the record is this one entry.
    Open,
    /// Adds to the record `about`.
    Note,
    /// Ends it, with its outcome.
    Close,
    /// Puts the entry `about` right; that one stays as it was.
    Correct,
}

/// What stays for ever: nothing in it names a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    pub at: Utc,
    pub clock: ClockState,
    pub kind: Kind,
    pub act: Act,
    /// The entry that this one adds to, ends or puts right.
    pub about: Option<Number>,
    /// SHA-256 over the salt and the body's canonical bytes.
    pub body: Digest,
}

/// A header with its body, unless that one was destroyed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub number: Number,
    pub header: Header,
    pub body: Option<Body>,
}

/// An entry that is not yet in the logbook: what the caller knows. Number, salt and digest come
/// from the ledger.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Draft {
    pub at: Utc,
    pub clock: ClockState,
    pub kind: Kind,
    pub act: Act,
    pub about: Option<Number>,
    pub body: Body,
}

/// Who, where, why, on whose word, and the fields of the kind (`form` lists them).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// `None`: the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// One of the file's purposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

/// A person of the file, by id, and under which account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    pub person: String,
    pub account: Account,
    /// Whom a deputy acts for (S4.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting_for: Option<String>,
    /// The second person of a two-person deed (S1.61).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
}

impl Who {
    /// Somebody who acts for themselves, alone.
    pub fn alone(person: impl Into<String>, account: Account) -> Who {
        Who { person: person.into(), account, acting_for: None, second: None }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// The everyday one.
    Own,
    /// For privileged deeds alone; sees no footage (S4.47).
    Admin,
    /// A sealed code (S4.42).
    BreakGlass,
    /// Nobody is enrolled yet: whoever owns the box, by the system's user.
    Owner,
}

/// On whose word something is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Authority {
    /// A person of the file, or an office outside ("Essex Police").
    pub by: String,
    pub form: AuthorityForm,
    /// Of the paper, or of the permission's entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityForm {
    /// Their own right.
    Own,
    Written,
    /// By mouth: open until they confirm it under their own log-in (S4.12, K7).
    Verbal,
    /// A permission in this logbook (S0.18).
    Permission,
}

/// The value of a field. Dates and moments are texts (`2026-11-22`, `2026-11-22T09:14:00Z`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Yes(bool),
    Number(i64),
    Text(String),
    List(Vec<String>),
}
