//! `cameras`: where pictures come from, what they must show, what they must not.

use super::value::{At, Id, Setting, StreamUrl, words};
use crate::base::name::CameraId;
use crate::base::time::Day;
use crate::footage::Codec;

words! {
    /// How it is mounted (S1.3).
    CameraKind {
        Fixed = "fixed",
        Dome = "dome",
        /// Moved by a motor: directions are entered by hand (S1.14, S1.29).
        Ptz = "ptz",
    }
}

words! {
    /// How RTSP packets travel.
    Transport {
        Tcp = "tcp",
        Udp = "udp",
    }
}

words! {
    /// What the picture must be good for (R2.1), in both vocabularies (R2.37, R2.38).
    TaskKind {
        Monitor = "monitor",
        Detect = "detect",
        Observe = "observe",
        Recognise = "recognise",
        Identify = "identify",
        Inspect = "inspect",
        Overview = "overview",
        Outline = "outline",
        Discern = "discern",
        Perceive = "perceive",
        Characterise = "characterise",
        Validate = "validate",
        Scrutinise = "scrutinise",
    }
}

/// `cameras { ... }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Cameras {
    /// In the order of the file, 1 to 512.
    pub list: Vec<Camera>,
}

impl Cameras {
    /// The passwords that the file names, in its order, each with the cameras that are recorded
    /// with it.
    pub fn secrets(&self) -> Vec<(&Id, Vec<&CameraId>)> {
        let mut all: Vec<(&Id, Vec<&CameraId>)> = Vec::new();
        for camera in self.list.iter().filter(|c| c.is_enabled()) {
            let Some(secret) = &camera.secret else { continue };
            match all.iter_mut().find(|(name, _)| **name == secret.value) {
                Some((_, cameras)) => cameras.push(&camera.id.value),
                None => all.push((&secret.value, vec![&camera.id.value])),
            }
        }
        all
    }
}

/// One camera. `defaults` of the section are already applied to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Camera {
    pub id: At<CameraId>,
    pub title: At<String>,
    pub zone: At<Id>,
    pub kind: Setting<CameraKind>,
    pub source: CameraSource,
    /// Watched on demand, never recorded.
    pub preview: Option<At<StreamUrl>>,
    pub transport: Setting<Transport>,
    pub user: Option<At<String>>,
    /// Names a password in the state folder; the file holds none.
    pub secret: Option<At<Id>>,
    /// What the school set in the camera: for forecasts and findings. A camera that sends another
    /// codec than the declared one is recorded all the same, and an alarm says so.
    pub declared: Declared,
    pub task: Option<Task>,
    /// A narrow view through which people pass quickly: wants 12 frames a second (R2.34).
    pub door: bool,
    /// Reaches the recorder by radio (S4.78).
    pub wifi: bool,
    pub masks: Vec<Mask>,
    /// Private property in view (S1.13): what, in words.
    pub overlooks: Vec<At<String>>,
    /// `None`: sound is dropped at ingest (R1.20).
    pub audio: Option<Audio>,
    pub disabled: Option<Disabled>,
    pub covert: Option<CovertUse>,
    pub device: Device,
    pub node: At<()>,
}

impl Camera {
    pub fn is_enabled(&self) -> bool {
        self.disabled.is_none()
    }
}

/// Exactly one of the two.
#[derive(Clone, PartialEq, Debug)]
pub enum CameraSource {
    Stream(At<StreamUrl>),
    /// gst-launch words that end in H.264 or H.265 access units.
    Pipeline(At<String>),
}

/// Properties of `stream` and `pipeline`: `codec="h264" kbps=2000 fps=15 width=1920 height=1080`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Declared {
    pub codec: Option<At<Codec>>,
    pub kbps: Option<At<u32>>,
    pub fps: Option<At<f64>>,
    /// Pixels.
    pub width: Option<At<u32>>,
    pub height: Option<At<u32>>,
}

/// `task "recognise" width-m=4.0 distance-m=12.0`.
#[derive(Clone, PartialEq, Debug)]
pub struct Task {
    pub kind: At<TaskKind>,
    /// Metres that the picture spans where it matters: with `width` gives pixels per metre (R2.37).
    pub width_m: Option<At<f64>>,
    pub distance_m: Option<At<f64>>,
}

/// A polygon that views and exports hide (S1.13); coordinates are fractions of the picture, 0 to 1.
#[derive(Clone, PartialEq, Debug)]
pub struct Mask {
    pub title: At<String>,
    pub points: Vec<(f64, f64)>,
    /// Set in the camera itself: the stored picture is masked already.
    pub in_camera: bool,
    pub place: At<()>,
}

/// `audio because="..." dpia="..."` (R1.20). Both may be missing: that is a finding, not an error.
#[derive(Clone, PartialEq, Debug)]
pub struct Audio {
    pub because: Option<At<String>>,
    pub dpia: Option<At<String>>,
    pub place: At<()>,
}

/// `disabled because="..."`.
#[derive(Clone, PartialEq, Debug)]
pub struct Disabled {
    pub because: At<String>,
    pub until: Option<At<Day>>,
    pub place: At<()>,
}

/// `covert authorisation="..."`: names one of the section `covert`. Without one it is not recorded
/// (S1.39).
#[derive(Clone, PartialEq, Debug)]
pub struct CovertUse {
    pub authorisation: Option<At<String>>,
    pub place: At<()>,
}

/// For the manifest and the maintenance record (R3.15, R4.25).
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Device {
    pub make: Option<At<String>>,
    pub model: Option<At<String>>,
    pub serial: Option<At<String>>,
    pub mac: Option<At<String>>,
    pub installed: Option<At<Day>>,
}
