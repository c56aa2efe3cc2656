//! `storage`: where footage lies and how much is left free.

use super::value::{At, Setting, Size, words};

words! {
    Encryption {
        /// Footage disks are encrypted (S0.4, S4.22).
        Disk = "disk",
        None = "none",
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Storage {
    /// Absolute folders, one a disk, in order of preference. Never empty.
    pub footage: Setting<Vec<String>>,
    pub keep_free: Setting<KeepFree>,
    pub encryption: Setting<Encryption>,
    pub because: Option<At<String>>,
}

/// `"5%"` or `"50GB"`, of each disk.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum KeepFree {
    /// 0 to 50.
    Percent(f64),
    Bytes(Size),
}

impl KeepFree {
    /// Bytes to leave free on a disk of `total` bytes.
    pub fn of(self, total: u64) -> u64 {
        match self {
            KeepFree::Percent(p) => (total as f64 * p / 100.0) as u64,
            KeepFree::Bytes(size) => size.0,
        }
    }
}

impl std::fmt::Display for KeepFree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KeepFree::Percent(p) => write!(f, "{p}%"),
            KeepFree::Bytes(size) => write!(f, "{size}"),
        }
    }
}
