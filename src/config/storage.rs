//! `storage`: where footage lies and how much is left free.

use serde::{Deserialize, Serialize};

use super::read::Node;
use super::value::{At, Setting, Size};

/// Footage disks are encrypted (S0.4, S4.22). A policy may want to say so in the file; the file has
/// no word that switches it off (S4.38).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encrypted;

impl Encrypted {
    pub const WORD: &'static str = "disk";
}

impl std::fmt::Display for Encrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(Encrypted::WORD)
    }
}

/// Where the image mounts footage disks; the first is the default.
pub const FOOTAGE: [&str; 1] = ["/var/lib/beadle/footage"];

#[derive(Clone, PartialEq, Debug)]
pub struct Storage {
    /// Absolute folders, one a disk, in order of preference. Never empty.
    pub footage: Setting<Vec<String>>,
    pub keep_free: Setting<KeepFree>,
    pub encryption: Setting<Encrypted>,
    pub because: Option<At<String>>,
}

/// `"5%"` or `"50GB"`, of each disk.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
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

impl Storage {
    pub(super) fn decode(mut n: Node<'_>) -> Storage {
        let encryption =
            n.set("encryption", Encrypted, "recordings are personal data (S0.4, S4.22)");
        let because = n.prop("because");
        let mut folders: Vec<At<String>> = Vec::new();
        for mut line in n.many("footage") {
            for folder in line.some::<String>("a folder") {
                let twice = folders.iter().any(|f| f.value == folder.value);
                if !folder.starts_with('/') {
                    let text = format!("footage: \"{}\" is not a full path", folder.value);
                    n.cx.error("bad-path", folder.place, text, "begin it with /, from the root");
                } else if twice {
                    let text = format!("footage: \"{}\" is named twice", folder.value);
                    n.cx.error("given-twice", folder.place, text, "keep one of the two");
                }
                folders.push(folder);
            }
            line.finish();
        }
        let keep_free = n.one("keep-free").and_then(|mut k| {
            let share = k.arg("a share or a size");
            k.finish();
            share
        });
        let because_free = "file systems slow down when full, and holds need room";
        let keep_free = Setting::or(keep_free, KeepFree::Percent(5.0), because_free);
        n.finish();
        let place = folders.first().map(|f| f.place);
        let listed: Vec<String> = folders.into_iter().map(|f| f.value).collect();
        let given = place.map(|place| At::new(listed, place));
        let default = FOOTAGE.map(String::from).to_vec();
        let footage = Setting::or(given, default, "where the image mounts its footage disk");
        Storage { footage, keep_free, encryption, because }
    }
}
