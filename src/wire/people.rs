//! Log-in, enrolment and what is told about people.

use serde::{Deserialize, Serialize};

use super::Sent;
use crate::base::time::Utc;
use crate::logbook::Account;

/// Somebody says who they are.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LogIn {
    pub person: String,
    /// `own` or `admin` (S4.47).
    pub account: Account,
    pub passphrase: Sent,
    /// Six digits, where the file asks for a second factor (R1.26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Sent>,
    /// Why an admin session is opened (S4.53).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A session for a script: it has no screen to lock, and ends by itself.
    #[serde(default)]
    pub script: bool,
}

/// A session has begun.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LoggedIn {
    pub session: Sent,
    pub who: WhoIs,
    /// Shown to everybody who logs in (S4.31).
    pub banner: Option<String>,
    pub last_log_in: Option<Utc>,
    /// Wrong passphrases since then.
    pub failures_since: u32,
    /// What this person has to know: changes that affect them, things that wait for them (S4.50).
    pub notices: Vec<String>,
}

/// Whose session it is, and how long it lasts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WhoIs {
    pub person: String,
    pub title: String,
    pub account: Account,
    pub station: Option<String>,
    pub since: Utc,
    /// When it ends by itself, if it does.
    pub until: Option<Utc>,
    pub locked: bool,
}

/// One of the first people of a box on which nobody is enrolled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Founder {
    pub person: String,
    pub passphrase: Sent,
    /// For the admin account, where the file gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_passphrase: Option<Sent>,
}

/// The second person of a two-person deed shows who they are (S1.61).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Second {
    pub person: String,
    pub passphrase: Sent,
    /// Six digits, where this person has an authenticator (R1.26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Sent>,
}

/// One account, as `beadle people` shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PersonLine {
    pub person: String,
    pub title: String,
    pub account: Account,
    pub enrolled: Option<Utc>,
    pub last_log_in: Option<Utc>,
    pub second_factor: bool,
    /// Why privileged rights rest, where they do (S4.59).
    pub suspended: Option<String>,
    /// Rights that were not used since the given day (S4.46).
    pub unused: Vec<String>,
}
