//! A person and one of their two accounts (S4.47).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::logbook::Account;

/// Which of the two. Each has a passphrase of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Everyday work.
    Own,
    /// Privileged deeds alone (S4.47).
    Admin,
}

impl From<Which> for Account {
    fn from(which: Which) -> Account {
        match which {
            Which::Own => Account::Own,
            Which::Admin => Account::Admin,
        }
    }
}

/// One account: `headteacher/admin`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Who {
    /// Id in the file.
    pub person: String,
    pub account: Which,
}

impl Who {
    pub fn own(person: &str) -> Who {
        Who { person: person.into(), account: Which::Own }
    }

    pub fn admin(person: &str) -> Who {
        Who { person: person.into(), account: Which::Admin }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = if self.account == Which::Own { "own" } else { "admin" };
        write!(f, "{}/{account}", self.person)
    }
}

impl TryFrom<String> for Who {
    type Error = String;
    fn try_from(text: String) -> Result<Who, String> {
        match text.rsplit_once('/') {
            Some((person, "own")) => Ok(Who::own(person)),
            Some((person, "admin")) => Ok(Who::admin(person)),
            _ => Err(format!("\"{text}\" is no account; accounts are like headteacher/own")),
        }
    }
}

impl From<Who> for String {
    fn from(who: Who) -> String {
        who.to_string()
    }
}
