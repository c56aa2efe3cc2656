//! What a viewing is for, what may be wished in it, and what comes out of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::child::Heard;
use super::playhead::Speed;
use crate::base::clock::Clock;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc, Zone};
use crate::disk::Disk;
use crate::wire::pictures::{Look, Overlay, Picture};

/// Whom and what a player is for.
pub struct Setup {
    pub program: PathBuf,
    pub reach: Reach,
    pub clock: Arc<dyn Clock>,
    pub disks: Vec<Arc<dyn Disk>>,
    /// One to nine; live up to sixteen.
    pub cameras: Vec<Shown>,
    pub zone: Zone,
    /// The largest picture wanted, in pixels.
    pub within: (u16, u16),
    /// Burn camera and times in.
    pub overlay: bool,
    /// Who watches, burnt in with the rest; empty for none.
    pub watermark: String,
}

/// Which moments may be seen. Wishes beyond are not heard, pictures beyond are not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// All that there is: stills, whose moment was judged, and tests.
    All,
    /// From the first moment to the last.
    Window(Utc, Utc),
    /// What happens now: it follows by itself.
    Live,
}

/// A picture stands for what follows it; one from before the window by more is not of it.
const BEFORE: Span = Span::secs(1);
/// Older than this nothing is live.
const LIVE_AGE: Span = Span::secs(15);

impl Reach {
    /// The nearest moment that may be seen.
    pub fn nearest(self, at: Utc) -> Utc {
        match self {
            Reach::Window(from, until) => at.clamp(from, until.max(from)),
            Reach::All | Reach::Live => at,
        }
    }

    /// May a picture of this moment be shown?
    pub fn shows(self, at: Utc, now: Utc) -> bool {
        match self {
            Reach::All => true,
            Reach::Window(from, until) => from - BEFORE <= at && at <= until,
            Reach::Live => now - at < LIVE_AGE,
        }
    }
}

/// One camera to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    pub camera: CameraId,
    pub title: String,
    /// What is hidden; empty where a right lifts it.
    pub masks: Vec<Vec<(u16, u16)>>,
}

/// What a viewer may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    Seek(Utc),
    Play(Speed),
    /// The same towards the past.
    Back(Speed),
    Stop,
    /// So many pictures on, or back where negative; it stands then.
    Step(i32),
    /// The largest picture wanted from now on.
    Size(u16, u16),
    /// Camera, times and watcher are burnt in from now on, or not any more; and the largest picture.
    Burn(bool, (u16, u16)),
    /// Part of one camera's picture; see [`Look::crop`].
    Zoom {
        seat: usize,
        crop: [u16; 4],
    },
    End,
}

/// What comes into a player.
pub enum Input {
    Wish(Wish),
    /// From the child of this number.
    Heard(u32, Heard),
}

/// What comes out of it.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    Picture {
        seat: usize,
        picture: Picture,
    },
    /// `speed` is `None` while it stands.
    Clock {
        at: Utc,
        speed: Option<Speed>,
        back: bool,
    },
    /// There is no footage of this camera at the clock's moment; what is shown is older, or
    /// younger.
    Hole {
        seat: usize,
        hole: bool,
    },
    /// What the last wish asked for is shown, as far as there is any; it took this long.
    Settled {
        took: Span,
    },
    /// In words, for the reader. It goes on trying.
    Trouble {
        text: String,
    },
}

impl Setup {
    /// How pictures of this camera look, taken at about this moment.
    pub fn look(&self, shown: &Shown, at: Utc, crop: [u16; 4]) -> Look {
        let (width, height) = self.within;
        let overlay = self.overlay.then(|| Overlay {
            title: shown.title.clone(),
            offset_secs: Some(self.zone.ahead_of_utc(at).as_secs_f64() as i32),
            watermark: self.watermark.clone(),
        });
        Look { width, height, crop, masks: shown.masks.clone(), overlay }
    }
}
