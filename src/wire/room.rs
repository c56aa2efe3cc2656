//! What a screen has to know of its place before and after log-in, and forms judged as they are
//! filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::book::RecordLine;
use super::export::Readiness;
use super::look::Sights;
use crate::base::time::Utc;
use crate::logbook::case::Case;
use crate::logbook::{ClockState, Entry, Number, Value};

/// Where the screen stands and what may be said there before anybody logs in: no names of people.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Room {
    /// The station's title; `None`: a terminal that is no station of the file.
    pub station: Option<String>,
    /// Seconds without a key after which the screen locks (S4.33).
    pub idle_lock: u32,
    /// Live pictures stay when it locks by itself.
    #[serde(default)]
    pub wall: bool,
    /// Shown before log-in (S4.31).
    pub banner: String,
    /// False: nobody is enrolled, and whoever the socket lets in owns the box.
    pub enrolled: bool,
    /// What to do in an emergency, step by step (S1.35).
    pub steps: Vec<String>,
    /// Posts and offices with their numbers (S4.79, R1.24).
    pub numbers: Vec<Dial>,
    /// Whom to ask when in doubt (S4.55); empty before log-in.
    pub in_doubt: Vec<String>,
    /// To whom misuse is reported (S4.56); empty before log-in.
    pub told: Vec<String>,
    /// Registers that the file shows, in its order, as far as this person may read them; empty
    /// before log-in.
    pub registers: Vec<String>,
    /// Every register that they may read. What they may not is not asked for: a refusal is entered.
    pub readable: Vec<String>,
    /// They may read the whole logbook.
    pub everything: bool,
    /// They may see how people's accounts stand.
    pub people: bool,
    /// Pictures that they may ask for; empty before log-in.
    #[serde(default)]
    pub sights: Sights,
    /// Whether they may print, and on which printer of the file.
    #[serde(default)]
    pub prints: Prints,
    /// Passwords that the file names and this box has not, for whoever may set them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passwords: Vec<PasswordWanted>,
}

/// A camera's password that the box asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PasswordWanted {
    /// As the file names it.
    pub name: String,
    /// How many cameras wait for it.
    pub cameras: u32,
}

/// Papers from this screen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Prints {
    pub may: bool,
    /// The file names one: its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printer: Option<String>,
}

/// Whom to ring.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dial {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// How a half-filled form stands.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Judged {
    /// Names of the fields that are asked for as things stand.
    pub asked: Vec<String>,
    /// Of those, the ones that have to be filled in.
    pub needed: Vec<String>,
    /// What the file itself answers, as things stand: to be filled in where nothing stands yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub offered: BTreeMap<String, Value>,
    pub flaws: Vec<Flaw>,
}

/// One thing that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flaw {
    /// Empty: the form as a whole.
    pub field: String,
    /// Nothing stands there, and something has to.
    pub missing: bool,
    /// It keeps the entry from being made; else somebody should look twice.
    pub blocks: bool,
    pub sentence: String,
    pub remedy: String,
}

/// One record with all its entries, the first one first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecordSheet {
    pub line: RecordLine,
    /// Completes "by then ...", where something is due.
    pub due_what: Option<String>,
    pub entries: Vec<Entry>,
    /// Of an open request: may its footage leave?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Readiness>,
    /// Of a request: everything that points to it, gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Box<Case>>,
}

/// The recorder itself: what is no camera and no disk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MachineSheet {
    /// Of the program.
    pub version: String,
    pub now: Utc,
    pub clock: ClockState,
    pub entries: Number,
    /// Entries that could not be written yet.
    pub owed: u64,
    /// The logbook's copies, one a footage disk.
    pub copies: Vec<CopyLine>,
    /// A line for each of its connections.
    #[serde(default)]
    pub network: Vec<String>,
    /// The fingerprint of the box's key, for papers.
    #[serde(default)]
    pub key: String,
    /// Digest of the version of the file that waits for approval (S4.48).
    pub waiting: Option<String>,
    /// What keeps the registers from being searched, if something does.
    pub blind: Option<String>,
}

/// A copy of the logbook on a footage disk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CopyLine {
    pub disk: String,
    /// It says something else from this entry on.
    pub forked: Option<Number>,
}

/// What comes after Beadle's end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Whatever started it starts it again.
    Restart,
    /// The machine is to be switched off.
    PowerOff,
}

/// How the logbook's own proof stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Verified {
    /// It is being looked at since then; the rest is of the time before.
    pub since: Option<Utc>,
    /// When the last look ended.
    pub at: Option<Utc>,
    /// Entries that were looked at then.
    pub entries: Number,
    /// It is as it should be; `None`: never looked at, or it could not be.
    pub holds: Option<bool>,
    /// What is wrong, and what is worth saying, a sentence each.
    pub findings: Vec<String>,
}
