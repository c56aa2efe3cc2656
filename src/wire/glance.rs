//! Small pictures for a screen of letters: what a camera shows now, beside its reference still.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::Number;

/// Pictures of so many cameras in one answer: a page of the daily check on the largest screen.
pub const GLANCE_CAMERAS_MAX: usize = 16;
/// No small picture is larger, in pixels: an answer of 16 pairs is 1.9 MB at most, one of the usual
/// 36 by 20 pixels 92 kB.
pub const GLANCE_SIZE_MAX: (u16, u16) = (160, 90);

/// Red, green and blue of each pixel, row by row.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SmallPicture {
    /// When it was taken.
    pub at: Utc,
    pub width: u16,
    pub height: u16,
    base64: String,
}

impl std::fmt::Debug for SmallPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmallPicture({} x {} of {})", self.width, self.height, self.at)
    }
}

impl SmallPicture {
    pub fn new(at: Utc, (width, height): (u16, u16), rgb: &[u8]) -> SmallPicture {
        SmallPicture { at, width, height, base64: STANDARD.encode(rgb) }
    }

    /// `None`: the bytes are not as many as the size says.
    pub fn rgb(&self) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(&self.base64).ok()?;
        let wanted = usize::from(self.width) * usize::from(self.height) * 3;
        (bytes.len() == wanted).then_some(bytes)
    }
}

/// One camera at a glance.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Shot {
    pub camera: CameraId,
    /// The newest picture.
    pub now: Option<SmallPicture>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The picture that a person found good (R4.20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<SmallPicture>,
    /// Why that cannot be shown, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// The answer: the entry under which they are shown, and the pictures.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Glance {
    pub number: Number,
    pub shots: Vec<Shot>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_back_and_one_that_is_cut_does_not() {
        let rgb: Vec<u8> = (0..4 * 2 * 3).collect();
        let small = SmallPicture::new(Utc(0), (4, 2), &rgb);
        let text = serde_json::to_string(&small).unwrap();
        let back: SmallPicture = serde_json::from_str(&text).unwrap();
        assert_eq!(back.rgb(), Some(rgb.clone()));
        assert_eq!(SmallPicture::new(Utc(0), (4, 3), &rgb).rgb(), None);
    }
}
