//! One simulated camera: what it is, what it was told to do wrong, what it counted.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::fault::Fault;
use super::login::SimLogin;
use super::rtp::Reel;
use super::shelf::{FilmKey, Scene, Shelf};
use crate::footage::Codec;

/// A sound track beside the picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SimAudio {
    /// G.711 A-law, 8 kHz: a quiet tone.
    Alaw,
    /// AAC-LC, 16 kHz, mono: silence.
    Aac,
}

/// What a camera is. `Default` is a small one that encodes in a blink, for tests.
#[derive(Clone, PartialEq, Debug)]
pub struct SimCamera {
    /// Unique; the path of its streams unless `paths` says otherwise.
    pub name: String,
    /// Burned into the picture. Cameras that differ in nothing else share one film, so many cameras
    /// should share a title.
    pub title: String,
    pub codec: Codec,
    /// Width and height of the main stream, multiples of 8.
    pub size: (u16, u16),
    /// Frames a second, 1 to 60.
    pub fps: u16,
    /// Frames from key frame to key frame.
    pub gop: u32,
    pub kbps: u32,
    /// Picks the colours: cameras with the same figure may share a film.
    pub scene: u8,
    pub login: Option<SimLogin>,
    pub audio: Option<SimAudio>,
    /// Listens on a port of its own, so that it can refuse connections.
    pub own_port: bool,
    /// Path of main and of preview stream; empty means `NAME/main` and `NAME/sub`.
    pub paths: Option<(String, String)>,
    /// Wrong from the start.
    pub faults: Vec<Fault>,
}

impl Default for SimCamera {
    fn default() -> SimCamera {
        SimCamera {
            name: "cam-1".into(),
            title: "Camera".into(),
            codec: Codec::H264,
            size: (320, 184),
            fps: 15,
            gop: 30,
            kbps: 256,
            scene: 0,
            login: None,
            audio: None,
            own_port: false,
            paths: None,
            faults: Vec::new(),
        }
    }
}

impl SimCamera {
    /// A small camera of this name.
    pub fn named(name: &str) -> SimCamera {
        SimCamera { name: name.into(), ..SimCamera::default() }
    }

    pub(super) fn path(&self, preview: bool) -> String {
        match (&self.paths, preview) {
            (Some((main, _)), false) => main.clone(),
            (Some((_, sub)), true) => sub.clone(),
            (None, false) => format!("{}/main", self.name),
            (None, true) => format!("{}/sub", self.name),
        }
    }

    fn film(&self, faults: &[Fault], preview: bool) -> FilmKey {
        let (mut width, mut height) = self.size;
        let (mut gop, mut kbps) = (self.gop, self.kbps);
        if preview {
            // A quarter of each edge, as second streams are, but not below what can be recognised.
            (width, height) = ((width / 4).max(160) & !7, (height / 4).max(88) & !7);
            (gop, kbps) = (u32::from(self.fps), (kbps / 8).max(64));
        }
        if faults.contains(&Fault::NewParameters) {
            (width, height) = ((width / 2).max(64) & !7, (height / 2).max(64) & !7);
        }
        if faults.contains(&Fault::LongGop) {
            (width, height) = (width.min(640), height.min(360));
            (gop, kbps) = (60 * u32::from(self.fps), kbps.min(300));
        }
        if faults.contains(&Fault::Huge) && !preview {
            (width, height, gop, kbps) = (7680, 4320, u32::from(self.fps), 8_000);
        }
        let scene = match faults {
            f if f.contains(&Fault::Black) => Scene::Black,
            f if f.contains(&Fault::Freeze) => Scene::Still,
            _ => Scene::Moving(self.scene),
        };
        let b_frames = faults.contains(&Fault::BFrames);
        let (codec, fps, title) = (self.codec, self.fps, self.title.clone());
        FilmKey { codec, width, height, fps, gop, kbps, b_frames, scene, title }
    }
}

/// What a camera does now; replaced as a whole, so a connection sees one consistent set.
pub(super) struct Behaviour {
    pub faults: Vec<Fault>,
    pub reel: Arc<Reel>,
}

impl Behaviour {
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

pub(super) struct Camera {
    pub is: SimCamera,
    /// Counted from 0; stands in every stamp.
    pub number: u16,
    /// When frame 0 was made: staggered, so that 512 cameras do not write in the same millisecond.
    pub epoch: Instant,
    pub at: SocketAddr,
    /// Frames of the main stream whose every byte was handed to the kernel.
    pub sent: AtomicU64,
    /// Connections that play now, main and preview.
    pub playing: AtomicU32,
    /// Clients that were dropped because they stalled.
    pub dropped: AtomicU32,
    pub closes: AtomicU32,
    pub lose_next: AtomicU32,
    /// Steps with every change of behaviour.
    pub revision: AtomicU32,
    /// Wakes the listener of a camera with its own port.
    pub changed: Notify,
    now: Mutex<Arc<Behaviour>>,
}

impl Camera {
    pub fn new(
        is: SimCamera,
        number: u16,
        epoch: Instant,
        at: SocketAddr,
        shelf: &Shelf,
    ) -> Result<Camera, String> {
        let behaviour = behave(&is, is.faults.clone(), shelf)?;
        Ok(Camera {
            is,
            number,
            epoch,
            at,
            sent: AtomicU64::new(0),
            playing: AtomicU32::new(0),
            dropped: AtomicU32::new(0),
            closes: AtomicU32::new(0),
            lose_next: AtomicU32::new(0),
            revision: AtomicU32::new(0),
            changed: Notify::new(),
            now: Mutex::new(Arc::new(behaviour)),
        })
    }

    pub fn behaviour(&self) -> Arc<Behaviour> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn interval(&self) -> Duration {
        Duration::from_nanos(1_000_000_000 / u64::from(self.is.fps))
    }

    /// Takes effect with the next frame. Blocks while a film is encoded for it.
    pub fn misbehave(&self, fault: Fault, shelf: &Shelf) -> Result<(), String> {
        match fault {
            Fault::Close => {
                self.closes.fetch_add(1, Ordering::SeqCst);
                return Ok(());
            }
            Fault::LoseNext { frames } => {
                self.lose_next.fetch_add(frames, Ordering::SeqCst);
                return Ok(());
            }
            Fault::Refuse if !self.is.own_port => {
                return Err(format!(
                    "{}: shares its port, so it cannot refuse; give it a port of its own",
                    self.is.name
                ));
            }
            _ => {}
        }
        let mut faults = self.behaviour().faults.clone();
        faults.retain(|f| f.word() != fault.word());
        faults.push(fault);
        self.change_to(faults, shelf)
    }

    /// Ends one fault, or all.
    pub fn heal(&self, fault: Option<Fault>, shelf: &Shelf) -> Result<(), String> {
        let mut faults = self.behaviour().faults.clone();
        faults.retain(|f| fault.is_some_and(|g| g.word() != f.word()));
        self.change_to(faults, shelf)
    }

    fn change_to(&self, faults: Vec<Fault>, shelf: &Shelf) -> Result<(), String> {
        let behaviour = Arc::new(behave(&self.is, faults, shelf)?);
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
        self.revision.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_one();
        Ok(())
    }

    /// The preview's reel; encoded when somebody first asks.
    pub fn preview_reel(&self, shelf: &Shelf) -> Result<Arc<Reel>, String> {
        let faults = &self.behaviour().faults;
        shelf.reel(&self.is.film(faults, true), !faults.contains(&Fault::NoParameters))
    }
}

fn behave(is: &SimCamera, faults: Vec<Fault>, shelf: &Shelf) -> Result<Behaviour, String> {
    let in_band = !faults.contains(&Fault::NoParameters);
    let reel = shelf.reel(&is.film(&faults, false), in_band)?;
    Ok(Behaviour { faults, reel })
}
