//! A still picture on its way to whoever asked for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::base::time::Utc;

/// The reference still of a camera that counts, and what was said to it (R4.20).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReferenceFile {
    pub still: StillFile,
    /// Title of whoever found it good.
    pub by: String,
    pub verdict: String,
}

/// A PNG or JPEG, as text: it travels in a line of JSON.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StillFile {
    /// When the picture was taken; at most a frame before the moment that was asked for.
    pub at: Utc,
    pub width: u16,
    pub height: u16,
    base64: String,
}

impl StillFile {
    pub fn new(at: Utc, (width, height): (u16, u16), file: &[u8]) -> StillFile {
        StillFile { at, width, height, base64: STANDARD.encode(file) }
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// They are none.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        STANDARD.decode(&self.base64).map_err(|e| format!("the picture cannot be read: {e}"))
    }
}
