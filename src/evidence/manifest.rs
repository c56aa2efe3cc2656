//! `manifest.json`: everything about the package in one file, for machines and for the page that
//! plays it (R3.15).
//!
//! Written in the canonical form of the logbook's leaves, so that the same facts are the same bytes
//! on every machine. Times are UTC; where people read them, the school's time stands beside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::{Day, Utc};
use crate::footage::{Codec, GapReason};
use crate::logbook::leaf::canonical;
use crate::logbook::{Authority, AuthorityForm, ClockState, Number};

pub const FORMAT: &str = "beadle-evidence";
/// Another number is another form; a reader says so.
pub const VERSION: u32 = 1;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    /// `export-123`: the number of its entry.
    pub package: String,
    pub site: SiteSays,
    pub recorder: RecorderSays,
    pub release: Release,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    pub asked: Window,
    pub cameras: Vec<CameraPart>,
    pub clock: ClockSays,
    /// Whose these pictures are, and that they are personal data (S1.10, S4.2).
    pub ownership: String,
    /// On which they were handed over (S1.46, S1.47).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Papers that lie beside the pictures: request, conditions, receipt (R2.24).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<PaperSays>,
    /// What a reader has to know: more files than a portal takes, sound that was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SiteSays {
    pub name: String,
    /// Random, made once.
    pub id: String,
    pub timezone: String,
    pub controller: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    pub owner: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecorderSays {
    /// `Beadle 0.1.0`.
    pub program: String,
    /// Of its logbook: `beadle/<site id>`.
    pub origin: String,
    /// Make, model and serial number of the computer, as far as its firmware tells the recorder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// As `ssh-keygen -l` shows it.
    pub key: String,
    pub public_key: Digest,
}

/// Who let it out, on whose word (R1.1, S1.61).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Release {
    pub entry: Number,
    pub at: Utc,
    pub operator: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting_for: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// How that word was given where it stands in an entry of its own: by themselves, in writing,
    /// by mouth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<AuthorityForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub recipient: String,
    /// The hold that keeps the original, and its entry (R2.22).
    pub hold: String,
    pub hold_entry: Number,
    pub carrier: String,
    /// Of the stick that it was written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_serial: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<String>,
}

/// The request that it answers, in the words of its form (R1.13).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Case {
    pub entry: Number,
    pub answers: BTreeMap<String, String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Window {
    pub from: Utc,
    pub to: Utc,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CameraPart {
    pub id: CameraId,
    pub title: String,
    pub place: String,
    /// Without any login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its hardware address (MAC); "not known" where neither the file nor the network tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// Who says so: the file, or the network at the time of the copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware_from: Option<String>,
    /// Make, model and serial number, as the file has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The last day on which the original would be there without its hold (R3.15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_ends: Option<Day>,
    /// What is there of the window that was asked for; `None`: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Window>,
    pub clips: Vec<ClipSays>,
    /// Copies coded anew: for those who may not have the master, or cannot play it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<CopySays>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stills: Vec<StillSays>,
    /// Time without pictures inside the window.
    pub gaps: Vec<GapSays>,
    /// The camera's own clock minus the recorder's, as it told (R7.4).
    pub offsets: Vec<OffsetSays>,
    /// There is sound in the recording, and none in the copy.
    #[serde(default)]
    pub sound_left_out: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ClipSays {
    pub file: String,
    pub bytes: u64,
    pub sha256: Digest,
    /// Over the pictures alone, as the camera sent them, each behind its length (R3.10).
    pub stream_sha256: Digest,
    pub from: Utc,
    pub to: Utc,
    pub last_frame: Utc,
    /// The same in the school's time.
    pub local_from: String,
    pub local_to: String,
    pub frames: u64,
    pub codec: Codec,
    pub width: u16,
    pub height: u16,
    /// Pictures a second over the whole clip, like `15.0`; empty in packages of before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rate: String,
    pub pieces: Vec<PieceSays>,
}

/// A copy that is no evidence by itself: its pictures were decoded, changed and coded anew.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CopySays {
    pub kind: CopyKind,
    pub file: String,
    pub bytes: u64,
    pub sha256: Digest,
    /// The master in this package; none where the master stays in the school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    pub from: Utc,
    pub to: Utc,
    pub last_frame: Utc,
    pub local_from: String,
    pub local_to: String,
    pub frames: u64,
    pub codec: Codec,
    pub width: u16,
    pub height: u16,
    /// Parts of the picture that are painted over, as the file hides them.
    pub masks: usize,
    /// The recordings that it was made from.
    pub pieces: Vec<PieceSays>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyKind {
    /// What the file hides is painted over, and gone from the copy (S1.13, R1.9).
    Masked,
    /// The same in H.264, for an office PC (R3.11).
    Viewing,
}

impl CopyKind {
    /// In names of files.
    pub fn word(self) -> &'static str {
        match self {
            CopyKind::Masked => "masked",
            CopyKind::Viewing => "viewing",
        }
    }

    /// Behind the camera's name, on each picture.
    pub fn mark(self) -> &'static str {
        match self {
            CopyKind::Masked => " - MASKED COPY",
            CopyKind::Viewing => " - VIEWING COPY",
        }
    }
}

/// One picture, with the true time of it (R2.13).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StillSays {
    pub file: String,
    pub bytes: u64,
    pub sha256: Digest,
    /// The moment that was asked for.
    pub asked: Utc,
    /// When the picture was taken.
    pub at: Utc,
    pub local: String,
    pub width: u16,
    pub height: u16,
    /// What the file hides is painted over.
    pub masked: bool,
}

/// One paper, and what it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaperSays {
    pub file: String,
    pub title: String,
}

/// From which recording a part of the clip comes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PieceSays {
    pub segment: String,
    /// Of the whole recording, as the recorder entered it when it closed; none yet while it grew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment_sha256: Option<Digest>,
    /// Number of its first picture in the recording, counted from 0.
    pub first: u32,
    pub frames: u32,
    /// Over these pictures; for a whole recording the same as `segment_sha256`.
    pub sha256: Digest,
    pub whole: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GapSays {
    pub from: Utc,
    pub to: Utc,
    pub reason: GapReason,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OffsetSays {
    pub at: Utc,
    pub milliseconds: i64,
}

/// What is known of the recorder's clock (R7.3).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ClockSays {
    pub state: ClockState,
    /// When another clock was last seen keeping it right; `None`: never, as far as the logbook
    /// goes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sync: Option<SyncSays>,
    /// The last time it was compared with another by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SyncSays {
    pub at: Utc,
    /// Microseconds, by the system's own estimate; none where it has none, or none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_error_us: Option<u64>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Compared {
    pub entry: Number,
    pub recorder: Utc,
    pub reference: Utc,
    pub against: String,
    /// Recorder minus the other clock.
    pub offset_ms: i64,
    pub by: String,
}

impl CameraPart {
    /// Its hardware address, and who says so; nothing where it is not known.
    pub fn hardware_in_words(&self) -> Option<String> {
        let from = self.hardware_from.as_ref()?;
        Some(format!("{} (by {from})", self.hardware.as_ref()?))
    }
}

impl Manifest {
    /// The bytes of the file, with a line end.
    ///
    /// # Errors
    /// A number that no JSON reader keeps.
    pub fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let json = serde_json::to_value(self).map_err(|e| e.to_string())?;
        let mut bytes = canonical(&json).map_err(|e| e.to_string())?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// # Errors
    /// It is no manifest, of another version, or not as Beadle writes it.
    pub fn read(bytes: &[u8]) -> Result<Manifest, String> {
        let manifest: Manifest =
            serde_json::from_slice(bytes).map_err(|e| format!("it is no manifest: {e}"))?;
        if (manifest.format.as_str(), manifest.version) != (FORMAT, VERSION) {
            return Err(format!(
                "it is a manifest of form {} {}; this Beadle knows {FORMAT} {VERSION}",
                manifest.format, manifest.version
            ));
        }
        match manifest.to_bytes() {
            Ok(again) if again == bytes => Ok(manifest),
            _ => Err("it is not written as Beadle writes it".into()),
        }
    }

    /// All clips, with the camera of each.
    pub fn clips(&self) -> impl Iterator<Item = (&CameraPart, &ClipSays)> {
        self.cameras.iter().flat_map(|camera| camera.clips.iter().map(move |clip| (camera, clip)))
    }

    /// What `suep` says of the recorder in each clip of this package.
    pub fn unit(&self) -> String {
        unit(&self.site.name, &self.package)
    }
}

pub fn unit(site: &str, package: &str) -> String {
    format!("{site}, Beadle, {package}")
}
