//! One duty on its way to a screen: what, who, and how it stands.

use serde::{Deserialize, Serialize};

use crate::base::name::CameraId;
use crate::base::time::Utc;

/// A line of `beadle duties` and of the first screen. Lists of them are sorted worst first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DutyLine {
    /// `daily-check`, `clock-check` ...
    pub duty: String,
    /// Whom or what it is about, where there are several: a firm, a person's id, a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// One sentence for the reader, without its stop.
    pub what: String,
    /// Titles of the persons who are asked.
    pub by: Vec<String>,
    pub state: DutyState,
    /// What the box picked to be looked at: the random check (S1.54).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick: Option<Pick>,
    /// The logbook's entry that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<u64>,
    /// The row of the ledger of requirements that asks for it.
    pub row: String,
}

/// One moment of one camera.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pick {
    pub camera: CameraId,
    pub at: Utc,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum DutyState {
    Overdue {
        since: Utc,
    },
    Due {
        until: Utc,
    },
    NotYet {
        opens: Utc,
    },
    /// The school is closed: the box looks after itself.
    ByMachine,
    Done {
        when: Utc,
        /// A person's title; nobody where the entry's body was destroyed.
        by: Option<String>,
    },
}
