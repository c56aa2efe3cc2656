//! Carriers over the socket: the sticks that are plugged in, and what may be done with them.
//!
//! ```text
//! Status.sticks            what is plugged in now, newest news at most two seconds old
//! StickFormat, StickWipe --> Done: it has begun; `state` says when it is over
//! Export { stick, carrier } see `export`
//! ```

use serde::{Deserialize, Serialize};

use crate::logbook::Number;

/// How a copy leaves (R3.5), best first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// Plain files on a stick that the school made with BitLocker To Go.
    BitLocker,
    /// One AES-256 archive with a generated passphrase.
    Zip,
    /// As it is, by a recorded exception.
    #[default]
    Plain,
}

impl Carrier {
    /// As forms and manifests say it.
    pub fn word(self) -> &'static str {
        match self {
            Carrier::BitLocker => "bitlocker",
            Carrier::Zip => "zip",
            Carrier::Plain => "plain",
        }
    }
}

/// One stick, as the kernel and its first sectors say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StickLine {
    /// Names it in requests for as long as it is plugged in: `sdb`.
    pub name: String,
    /// What its maker calls it: `SanDisk Ultra`.
    pub title: String,
    /// The maker's serial number; a stick without one says so and is known by its size.
    pub serial: String,
    /// What has to be typed before it is formatted or wiped.
    pub typed: String,
    pub bytes: u64,
    pub filed: Filed,
    /// Known once it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<u64>,
    pub state: StickState,
    /// While it is wiped: how much of overwriting and reading back is done, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wiped: Option<u8>,
    /// Why it cannot be used, or what went wrong, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Packages of this box that lie on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Held>,
    /// Files and folders at its top that are not ours.
    #[serde(default)]
    pub others: u32,
}

/// How its bytes are filed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filed {
    Fat,
    ExFat,
    Ntfs,
    /// Opened with its passphrase or recovery key.
    BitLocker,
    /// LUKS, ext4 or something else that an office PC does not read.
    Other,
    /// Nothing that is known: it wants formatting.
    Nothing,
}

impl Filed {
    pub fn word(self) -> &'static str {
        match self {
            Filed::Fat => "FAT32",
            Filed::ExFat => "exFAT",
            Filed::Ntfs => "NTFS",
            Filed::BitLocker => "BitLocker",
            Filed::Other => "a file system that Beadle does not write",
            Filed::Nothing => "not formatted",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StickState {
    /// It was plugged in a moment ago.
    Looking,
    /// It can be written.
    Ready,
    /// An export is on its way; leave it in.
    Writing,
    Formatting,
    Wiping,
    /// Written or erased, flushed and let go.
    SafeToRemove,
    /// See `why`.
    Unusable,
}

impl StickState {
    /// Nothing is done with it now, and it takes files.
    pub fn is_writable(self) -> bool {
        matches!(self, StickState::Ready | StickState::SafeToRemove)
    }
}

/// A package that lies on a stick.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// The entry of its export.
    pub number: Number,
    /// The case it belongs to, where the logbook knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Number>,
    pub finished: bool,
}
