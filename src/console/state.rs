//! Everything that a picture of the console depends on. Changed by `update` alone, read by `draw`.

use crate::base::limits::STATUS_STALE_SPAN;
use crate::base::name::CameraId;
use crate::base::time::{Utc, Zone};
use crate::wire::{CameraStatus, Status};

/// What the lower part of the screen shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pane {
    Cameras,
    Disks,
    File,
    Alarms,
}

impl Pane {
    pub const ALL: [Pane; 4] = [Pane::Cameras, Pane::Disks, Pane::File, Pane::Alarms];

    /// The neighbour `by` places on, round and round.
    pub fn turn(self, by: usize) -> Pane {
        Pane::ALL[(self as usize + by) % Pane::ALL.len()]
    }
}

/// Does the supervisor answer?
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    Live,
    /// Not, or not yet; why, in a sentence.
    Silent {
        since: Utc,
        why: String,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// This machine's clock, once a second.
    pub now: Utc,
    pub link: Link,
    /// The last that was heard; kept when the supervisor falls silent.
    pub status: Option<Box<Status>>,
    /// When `status.now` last moved on, by our clock.
    pub renewed: Utc,
    pub socket: String,
    /// What `q` does here, for the bottom line.
    pub leaving: &'static str,
    pub columns: u16,
    pub rows: u16,
    pub pane: Pane,
    /// By name, so that an edit of the file does not move the selection to another camera.
    pub selected: Option<CameraId>,
    pub details: bool,
    pub help: bool,
    /// First line shown, for each pane of text.
    pub scroll: [usize; 4],
}

impl State {
    pub fn new(socket: String, now: Utc) -> State {
        State {
            now,
            link: Link::Silent { since: now, why: "Asking.".into() },
            status: None,
            renewed: now,
            socket,
            leaving: "leave",
            columns: 80,
            rows: 24,
            pane: Pane::Cameras,
            selected: None,
            details: false,
            help: false,
            scroll: [0; 4],
        }
    }

    /// Since when what is shown cannot be trusted, and why; `None` while all is well.
    pub fn trouble(&self) -> Option<(Utc, &str)> {
        match &self.link {
            Link::Silent { since, why } => Some((*since, why)),
            Link::Live if self.now - self.renewed > STATUS_STALE_SPAN => Some((
                self.renewed,
                "It answers, but has not looked at anything since then: it may hang.",
            )),
            Link::Live => None,
        }
    }

    pub fn cameras(&self) -> &[CameraStatus] {
        self.status.as_ref().map_or(&[], |status| &status.cameras)
    }

    /// Place of the selected camera in the list; the first where it is gone.
    pub fn selected_place(&self) -> usize {
        let selected = self.selected.as_ref();
        self.cameras().iter().position(|c| Some(&c.id) == selected).unwrap_or(0)
    }

    pub fn selected_camera(&self) -> Option<&CameraStatus> {
        self.cameras().get(self.selected_place())
    }

    /// The school's time zone, or UTC until it is known.
    pub fn zone(&self) -> Zone {
        let named = self.status.as_ref().map(|status| Zone::named(&status.timezone));
        named.and_then(Result::ok).unwrap_or_else(Zone::utc)
    }

    /// Rows of the lower part.
    pub fn pane_rows(&self) -> usize {
        usize::from(self.rows).saturating_sub(FRAME_ROWS)
    }

    /// Cameras that fit on a page: all rows but the heads of the columns.
    pub fn page(&self) -> usize {
        self.pane_rows().saturating_sub(1).max(1)
    }
}

/// Rows that are not the lower part: top line, verdict (2), overview (4), tabs, keys.
pub const FRAME_ROWS: usize = 9;
