//! Names that become folder names, unit names and entries: checked once, then trusted.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::limits::NAME_CHARS_MAX;

/// A camera's id as in the file: `a-z 0-9 -`, 1 to 64 characters, first a letter or digit.
/// It is a folder name on the footage disk, so nothing else is let through.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CameraId(Arc<str>);

impl CameraId {
    /// # Errors
    /// A sentence for the reader that says which characters are allowed.
    pub fn new(text: &str) -> Result<CameraId, String> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > NAME_CHARS_MAX {
            return Err(format!("a name has 1 to {NAME_CHARS_MAX} characters"));
        }
        if !text.chars().all(good) || text.starts_with('-') {
            return Err("a name has small letters, digits and hyphens only, like front-gate".into());
        }
        Ok(CameraId(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CameraId {
    type Error = String;
    fn try_from(text: String) -> Result<CameraId, String> {
        CameraId::new(&text)
    }
}

impl From<CameraId> for String {
    fn from(id: CameraId) -> String {
        id.0.to_string()
    }
}

impl fmt::Display for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A disk's identity: 16 random bytes in hexadecimal, made once, kept in its identity file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct DiskId(pub String);

impl fmt::Display for DiskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
