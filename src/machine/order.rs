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
//! Disks              --> Disks: what is on the box's own disks, and whether there is a TPM
//! MakeFootage        --> Going, ... Done: one LUKS volume with ext4, open
//! Unlock { key }     --> Done: a footage disk of a box before this one is open
//! TryKey { key }     --> Done: the key opens it; nothing was changed
//! UpdateLook         --> Update: a newer version of ours lies on the stick
//! Update             --> Going, ... Done: it is in the slot that does not run
//! Install { typed }  --> Done: the image that runs from a stick is on that disk
//! Reboot             --> Done: the machine goes down and comes up
//! SetClock { at }    --> Done: its clock shows that moment
//! ```
//!
//! Anything may be answered by `Refused`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::base::time::Utc;

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
    Disks,
    MakeFootage {
        disk: Which,
        part: Option<String>,
        /// See [`Space::typed`].
        typed: String,
        #[serde(serialize_with = "Secret::write_out")]
        key: Secret,
    },
    Unlock {
        disk: Which,
        part: Option<String>,
        #[serde(serialize_with = "Secret::write_out")]
        key: Secret,
    },
    TryKey {
        disk: Which,
        part: Option<String>,
        #[serde(serialize_with = "Secret::write_out")]
        key: Secret,
    },
    UpdateLook {
        stick: Which,
    },
    Update {
        stick: Which,
        /// The version that was shown.
        version: String,
    },
    Install {
        disk: Which,
        typed: String,
    },
    Reboot,
    SetClock {
        at: Utc,
    },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    Sticks {
        sticks: Vec<Stick>,
    },
    Mounted {
        filed: Filing,
    },
    Going {
        done: u64,
        total: u64,
    },
    Done,
    /// `stick`: this system runs from one, to be installed.
    Disks {
        spaces: Vec<Space>,
        tpm: bool,
        stick: bool,
    },
    Update {
        version: String,
        running: String,
        bytes: u64,
    },
    Refused {
        fault: Fault,
    },
}

/// A disk of the box, or a partition of one that is there for footage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Space {
    /// The disk.
    #[serde(flatten)]
    pub which: Which,
    /// `None`: the whole of it.
    pub part: Option<String>,
    pub title: String,
    /// Empty where its maker gave it none.
    pub serial: String,
    pub bytes: u64,
    pub holds: Holds,
    /// What somebody types before it is erased: the last six of its number.
    pub typed: String,
    /// Why it cannot become a footage disk.
    pub why: Option<String>,
}

/// What is on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "holds", rename_all = "kebab-case")]
pub enum Holds {
    Nothing,
    /// A footage disk of Beadle, encrypted.
    Footage {
        open: bool,
    },
    /// The system disk of this box, or of another.
    Recorder,
    Windows,
    Linux,
    Other,
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
