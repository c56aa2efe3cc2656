//! What is kept about people, and where: two files of the state folder, mode 0600.
//!
//! ```text
//! people.json     verifiers, authenticators, codes, notices: what was granted; replicated
//! log-ins.json    wrong attempts, last log-ins, used steps: what happened; changes often
//! ```
//! Each is replaced whole. A `people.json` that is damaged is a fault and never "nobody is
//! enrolled": otherwise whoever damages it could found the box anew. A damaged `log-ins.json` is
//! told and begun afresh: it holds no key, and whoever can write to it can do worse.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::code::Kept;
use super::factor::Factor;
use super::throttle::Throttle;
use super::verifier::Verifier;
use super::who::{Which, Who};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::PEOPLE_BYTES_MAX;
use crate::base::time::Utc;
use crate::disk::Disk;

pub const PEOPLE: &str = "people.json";
pub const LOG_INS: &str = "log-ins.json";
/// What this release writes and reads.
pub const FORMAT_VERSION: u32 = 1;

/// One account with its passphrase.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Enrolled {
    pub verifier: Verifier,
    /// When this passphrase was chosen.
    pub since: Utc,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
}

/// Something that a person is to be told at the next log-in (S4.50).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    pub at: Utc,
    pub text: String,
}

/// One person of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Enrolled>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<Enrolled>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Since when the file no longer names the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Utc>,
}

/// A one-time code that was issued and not used yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Issued {
    pub who: Who,
    pub code: Kept,
    pub by: String,
    pub at: Utc,
    pub until: Utc,
    /// Passphrases that were tried with it.
    pub tries: u32,
}

/// A sealed code that is still good (S4.42).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sealed {
    /// As printed on its envelope.
    pub number: u32,
    pub code: Kept,
    pub at: Utc,
}

/// `people.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct People {
    version: u32,
    pub people: BTreeMap<String, Person>,
    #[serde(default)]
    pub codes: Vec<Issued>,
    #[serde(default)]
    pub sealed: Vec<Sealed>,
    /// Numbers of sealed codes ever printed, so that none comes twice.
    #[serde(default)]
    pub sealed_ever: u32,
}

/// Where and when an account came in last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seen {
    pub at: Utc,
    pub station: String,
}

/// What happened with one account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Story {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Seen>,
    /// Wrong attempts since then.
    #[serde(default)]
    pub wrong_since: u32,
    /// The authenticator's step that was used last: it and those before are used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
}

/// `log-ins.json`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LogIns {
    pub accounts: BTreeMap<Who, Story>,
    pub throttle: Throttle,
}

/// A newer format may change everything but this.
#[derive(Deserialize)]
struct StoredVersion {
    version: u32,
}

impl Default for People {
    fn default() -> People {
        People {
            version: FORMAT_VERSION,
            people: BTreeMap::new(),
            codes: Vec::new(),
            sealed: Vec::new(),
            sealed_ever: 0,
        }
    }
}

impl Person {
    pub fn account(&self, which: Which) -> Option<&Enrolled> {
        match which {
            Which::Own => self.own.as_ref(),
            Which::Admin => self.admin.as_ref(),
        }
    }

    pub fn account_mut(&mut self, which: Which) -> &mut Option<Enrolled> {
        match which {
            Which::Own => &mut self.own,
            Which::Admin => &mut self.admin,
        }
    }
}

impl People {
    /// As it is kept; also what is replicated. Wiped when dropped.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        json(PEOPLE, self)
    }

    /// # Errors
    /// `Corrupt`: not what [`People::bytes`] gave. `Foreign`: of a newer Beadle.
    pub fn from_bytes(bytes: &[u8]) -> Result<People, Fault> {
        let damaged = |e: serde_json::Error| {
            let remedy = "restore it from the copy on a footage disk";
            Fault::new(FaultKind::Corrupt, format!("{PEOPLE} is damaged: {e}; {remedy}"))
        };
        let StoredVersion { version } = serde_json::from_slice(bytes).map_err(damaged)?;
        if version > FORMAT_VERSION {
            let text = format!(
                "{PEOPLE} is of a newer Beadle (format {version}, this one knows \
                 {FORMAT_VERSION}); update this box"
            );
            return Err(Fault::new(FaultKind::Foreign, text));
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }

    /// `None`: there is no file, nobody was ever enrolled here.
    ///
    /// # Errors
    /// It cannot be read, is damaged or is of a newer Beadle.
    pub fn load(state: &dyn Disk) -> Result<Option<People>, Fault> {
        match state.read_at(PEOPLE, 0, PEOPLE_BYTES_MAX) {
            Ok(bytes) => People::from_bytes(&Zeroizing::new(bytes)).map(Some),
            Err(e) if e.kind == FaultKind::Missing => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Durable on return.
    ///
    /// # Errors
    /// The disk's; the old file stands then.
    pub fn save(&self, state: &dyn Disk) -> Result<(), Fault> {
        state.replace_private(PEOPLE, &self.bytes()?)
    }

    pub fn account(&self, who: &Who) -> Option<&Enrolled> {
        self.people.get(&who.person)?.account(who.account)
    }

    /// Everybody who has a passphrase.
    pub fn accounts(&self) -> impl Iterator<Item = (Who, &Enrolled)> {
        self.people.iter().flat_map(|(id, person)| {
            let own = person.own.as_ref().map(|e| (Who::own(id), e));
            own.into_iter().chain(person.admin.as_ref().map(|e| (Who::admin(id), e)))
        })
    }

    /// The code that somebody typed, where it is good. Every code is looked at.
    pub fn code(&self, typed: &crate::base::secret::Secret, now: Utc) -> Option<&Issued> {
        let mut found = None;
        for issued in &self.codes {
            if issued.code.fits(typed) && issued.good(now) {
                found = Some(issued);
            }
        }
        found
    }

    pub fn code_mut(&mut self, digest: &Digest) -> Option<&mut Issued> {
        self.codes.iter_mut().find(|issued| issued.code.digest() == *digest)
    }
}

impl Issued {
    /// Not over, and not from a future that a clock set back has made.
    pub fn good(&self, now: Utc) -> bool {
        self.at <= now && now < self.until && self.tries < crate::base::limits::CODE_TRIES_MAX
    }
}

impl LogIns {
    /// The second value says what was wrong with the file, where it had to be begun afresh.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub fn load(state: &dyn Disk) -> Result<(LogIns, Option<Fault>), Fault> {
        match state.read_at(LOG_INS, 0, PEOPLE_BYTES_MAX) {
            Ok(bytes) => match parse(&bytes) {
                Ok(log_ins) => Ok((log_ins, None)),
                Err(e) => {
                    let text = format!("{LOG_INS} in the state folder was damaged: {e}");
                    Ok((LogIns::default(), Some(Fault::new(FaultKind::Corrupt, text))))
                }
            },
            Err(e) if e.kind == FaultKind::Missing => Ok((LogIns::default(), None)),
            Err(e) => Err(e),
        }
    }

    /// Durable on return.
    ///
    /// # Errors
    /// The disk's; the old file stands then.
    pub fn save(&self, state: &dyn Disk) -> Result<(), Fault> {
        state.replace_private(LOG_INS, &json(LOG_INS, self)?)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes)
}

fn json<T: Serialize>(path: &str, value: &T) -> Result<Zeroizing<Vec<u8>>, Fault> {
    serde_json::to_vec_pretty(value)
        .map(Zeroizing::new)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{path}: {e}")))
}
