//! What went wrong outside, sorted by what the loop should do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind decides: wait, shout, move elsewhere, or give up. The text is for the reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Not there (file, folder, disk).
    Missing,
    /// Already there, when it had to be new.
    Exists,
    /// The machine does not let us.
    Denied,
    /// No space left.
    Full,
    /// Mounted read-only, or turned so after errors.
    ReadOnly,
    /// The device reports errors.
    Io,
    /// Bytes that are not what they should be.
    Corrupt,
    /// A disk of another site, or of a newer Beadle.
    Foreign,
    /// In use by another process.
    Busy,
    /// Took too long.
    Timeout,
}

/// One fault: kind, a sentence that says what and where, and what to do where we know it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub struct Fault {
    pub kind: FaultKind,
    pub text: String,
}

impl Fault {
    pub fn new(kind: FaultKind, text: impl Into<String>) -> Fault {
        Fault { kind, text: text.into() }
    }

    /// An operating-system error while `doing` (a phrase: `writing /x/y`).
    pub fn io(doing: impl fmt::Display, e: &std::io::Error) -> Fault {
        use std::io::ErrorKind as K;
        let kind = match e.kind() {
            K::NotFound => FaultKind::Missing,
            K::AlreadyExists => FaultKind::Exists,
            K::PermissionDenied => FaultKind::Denied,
            K::StorageFull | K::QuotaExceeded => FaultKind::Full,
            K::ReadOnlyFilesystem => FaultKind::ReadOnly,
            K::InvalidData | K::UnexpectedEof => FaultKind::Corrupt,
            K::ResourceBusy | K::AddrInUse => FaultKind::Busy,
            K::TimedOut => FaultKind::Timeout,
            _ => FaultKind::Io,
        };
        Fault::new(kind, format!("{doing}: {e}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
