//! Looking at pictures over the socket: what is wanted, by whom, with whom beside them.
//!
//! ```text
//! View --> refused, with the sentence of the decision or of the form
//!     \--> Viewing { number, until }: the entry is durable, pictures may be shown under `number`
//! Sight { number, cameras } --> Way: a ticket, good once, and the socket to bring it to
//! ViewEnd { number, ... } --> Done: its end is entered
//! ```
//! A look belongs to the session that asked for it: it ends when that is locked or over, and a spot
//! check by itself (S1.28).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::call::Sent;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::{Authority, Kind, Number, Value};

/// A wish to see pictures. What is not asked for may be left out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct View {
    pub wish: Looking,
    #[serde(default)]
    pub cameras: Vec<CameraId>,
    /// First and last moment of recordings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<(Utc, Utc)>,
    /// One of the file's (S0.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// To the purpose's own question (S0.10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// On whose word, where it is not their own (S4.12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// The entry of a permission; stands for an authority (S0.18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Number>,
    /// Who looks on and is not of the school (S1.40, S1.41, S1.30).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<Guest>,
    /// The declaration of confidentiality was read and accepted (S4.14).
    #[serde(default)]
    pub declared: bool,
    /// The incident or request that it belongs to (S4.67).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Number>,
    /// What else the form asks: a mask, a clip, who keeps the picture.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, Value>,
}

impl View {
    /// A wish with nothing said yet.
    pub fn of(wish: Looking) -> View {
        View {
            wish,
            cameras: Vec::new(),
            window: None,
            purpose: None,
            reason: None,
            answer: None,
            authority: None,
            permission: None,
            guests: Vec::new(),
            declared: false,
            about: None,
            more: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Looking {
    Live,
    Playback,
    SpotCheck,
    Still,
    LiftMask,
}

impl Looking {
    pub const ALL: [Looking; 5] =
        [Looking::Live, Looking::Playback, Looking::SpotCheck, Looking::Still, Looking::LiftMask];

    /// The kind of its entry.
    pub fn kind(self) -> Kind {
        match self {
            Looking::Live => Kind::Live,
            Looking::Playback => Kind::Viewing,
            Looking::SpotCheck => Kind::SpotCheck,
            Looking::Still => Kind::Still,
            Looking::LiftMask => Kind::LiftMask,
        }
    }

    /// The look that makes such an entry.
    pub fn of(kind: Kind) -> Option<Looking> {
        Looking::ALL.into_iter().find(|look| look.kind() == kind)
    }
}

/// Somebody who looks on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Guest {
    /// A class of viewers of the file: `police`, `third-party` ...
    pub class: String,
    pub name: String,
    /// What they showed, by the names of the form: `viewer-number`, `crime-reference`, `identity`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shown: BTreeMap<String, String>,
    /// On whose word they look; else that of whoever asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// The person of the file who stays with them; else whoever asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<String>,
}

/// The end of a look.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct End {
    pub number: Number,
    /// What was seen (S4.11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What else the form asks: the verdict of a spot check, the incident.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, Value>,
}

/// Pictures of a look that goes on. Those that it showed before are put away.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sight {
    /// Of the look's entry.
    pub number: Number,
    /// Some of the look's: up to nine of recordings, up to sixteen live.
    pub cameras: Vec<CameraId>,
    /// Where recordings stand first; else where the window begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Utc>,
    /// The largest picture, in pixels.
    pub within: (u16, u16),
    /// Camera, times and watcher are burnt into the picture; else the screen writes them beside it.
    #[serde(default)]
    pub burnt: bool,
}

/// Where the pictures are: see [`super::viewing`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Way {
    /// Good once, and for seconds.
    pub ticket: Sent,
    /// Path of the socket.
    pub socket: String,
}

/// Cameras whose pictures somebody may ask for, by the file; their reason is judged when they ask.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sights {
    pub live: Vec<CameraId>,
    /// Live pictures want a purpose and a reason, or a permission.
    pub live_asks: bool,
    pub recorded: Vec<CameraId>,
    /// For spot checks (S1.28).
    pub spot: Vec<CameraId>,
    /// Longest spot check, seconds.
    pub spot_secs: u32,
    /// To be read and accepted before recordings are shown here (S4.14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<String>,
}
