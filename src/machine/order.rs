//! What the recorder may ask of the root service, and what comes back: one JSON object a line.
//!
//! ```text
//! Watch              --> Sticks now, and again whenever they change, until the asker hangs up
//! Sticks             --> Sticks
//! Mount { write }    --> Mounted, and with it the open folder as a descriptor
//! Open { key }       --> Done: what is inside the BitLocker volume can be mounted
//! Release            --> Done: nobody holds it any more, everything is on it, it may be pulled out
//! Format             --> Done: one partition, exFAT, empty
//! Wipe               --> Going, Going, ... Done: every byte was overwritten; then as Format
//! ```
//!
//! Anything may be answered by `Refused`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::fault::Fault;
use crate::base::secret::Secret;

/// An order with a passphrase in it is under 1 kB; a list of all sticks a hub takes is under 16.
pub const LINE_BYTES_MAX: usize = 64 << 10;
/// An order comes in one piece.
pub const LINE_SPAN: Duration = Duration::from_secs(5);
/// Where the service listens in the image.
pub const SOCKET: &str = "/run/beadle-machine/machine.sock";

/// One plugging-in of one stick.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Which {
    /// `sdb`.
    pub name: String,
    /// The kernel's `diskseq`: another one each time.
    pub seq: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum Order {
    Watch,
    Sticks,
    Mount {
        stick: Which,
        write: bool,
    },
    Open {
        stick: Which,
        #[serde(serialize_with = "Secret::write_out")]
        key: Secret,
    },
    Release {
        stick: Which,
    },
    Format {
        stick: Which,
    },
    Wipe {
        stick: Which,
    },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    Sticks { sticks: Vec<Stick> },
    Mounted { filed: Filing },
    Going { done: u64, total: u64 },
    Done,
    Refused { fault: Fault },
}

/// As the kernel and the first sectors say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stick {
    #[serde(flatten)]
    pub which: Which,
    pub title: String,
    /// Empty where its maker gave it none.
    pub serial: String,
    pub bytes: u64,
    pub filing: Filing,
    pub read_only: bool,
    /// Why it is not used: the first reason that was found.
    pub why: Option<String>,
    /// It is refused, and formatting would help.
    pub format_helps: bool,
}

/// What the first sectors look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filing {
    Fat,
    ExFat,
    Ntfs,
    BitLocker,
    /// Of Linux: it may be a footage disk, and is never written or formatted.
    Linux,
    Nothing,
}
