//! The supervisor: fold what happened into the state, plan from the whole state, carry the steps
//! out, publish.
//!
//! One hand writes: all mutable state lives in [`Supervisor`], on one thread. Writers, attempts,
//! the file's watch and the socket only send [`event::Event`]s and questions.
//!
//! ```text
//!   events --> fold --> state --> turn: disks, plan + apply, gaps, retention, rebuild --> orders
//!                         |
//!                         +--> status (a pure snapshot for socket and console)
//! ```
//! Invariants:
//! 1. `fold` never starts anything; only `turn` does, from the state as a whole. A doubled event
//!    does no harm, nor a lost one that can be lost (`event.rs`).
//! 2. A camera's failure changes that camera's state alone.
//! 3. A file that does not load changes nothing (S4.35); a version is kept in the state folder
//!    before it takes effect.
//! 4. Nothing is deleted while holds cannot be read, nor while a step of the clock is unexplained.
//! 5. What is told as done was told durable by a writer first.

pub mod ask;
pub mod backup;
pub mod begin;
pub mod camera;
pub mod cameras;
pub mod conditions;
pub mod copies;
pub mod desired;
pub mod disks;
pub mod duties;
pub mod event;
pub mod figures;
pub mod file;
pub mod grace;
pub mod hands;
mod hardware;
mod health;
pub mod index;
pub mod keep;
pub mod link;
pub mod memory;
pub mod nameless;
mod network;
pub mod office;
pub mod pictures;
pub mod prune;
pub mod recover;
pub mod report;
pub mod run;
pub mod spaces;
pub mod start;
pub mod state;
pub mod status;
pub mod sticks;
pub mod turn;
pub mod updates;
pub mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::clock::{Clock, Mono};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc, Zone};
use crate::disk::Disk;
use crate::logbook::ClockState;
use crate::reconcile::Desired;
use crate::store::Store;
use crate::wire::Alarm;

/// Everything the supervisor knows.
pub struct Supervisor {
    clock: Arc<dyn Clock>,
    /// The state folder.
    state: Arc<dyn Disk>,
    store: Store,
    site_id: String,
    file: file::Filed,
    desired: Desired,
    cameras: BTreeMap<CameraId, camera::Camera>,
    disks: disks::Disks,
    keep: keep::Keep,
    copies: copies::Copies,
    office: office::Office,
    /// What the kernel says of the clock, at the last turn.
    clock_state: ClockState,
    /// Where its program is installed.
    pictures: Option<pictures::Pictures>,
    /// Where the root service may be.
    sticks: Option<sticks::Sticks>,
    /// The box's own disks, in the image.
    spaces: Option<spaces::Spaces>,
    updates: updates::Updates,
    /// Who sets the network up, where the machine is ours.
    link: Option<link::Link>,
    health: health::PictureHealth,
    /// Somebody wished for an end of this run.
    ending: Option<crate::wire::Ending>,
    /// A file that differs from the one in force was found at the start: judged once the logbook
    /// is read, since it may have to wait for approval.
    unjudged: Option<crate::watch::Look>,
    /// Things that happened and that somebody should read; the newest [`NOTICES_MAX`].
    notices: Vec<Alarm>,
    clocks: Clocks,
    stopping: Option<Vec<DiskId>>,
    /// How the run before this one ended, until the gaps since then are on record.
    before: Option<camera::Trouble>,
    /// The marker of this run, while the state disk does not take it, and when it is tried again.
    unmarked: Option<(Mono, state::Running)>,
    /// Attempts begun so far.
    takes: u64,
    started: Utc,
}

/// Sticky notices: a week of daily ones is more than a reader takes in.
const NOTICES_MAX: usize = 8;

/// Both clocks at the last look, for steps (R7.8).
struct Clocks {
    utc: Utc,
    mono: Mono,
    /// The latest time that something but the clock itself speaks for: footage, or the clock before
    /// it was set.
    known: Utc,
    /// The clock at the start was compared with the newest footage.
    judged: bool,
    /// How far off it may be by the kernel's own estimate, while another clock keeps it right.
    error: Option<Span>,
}

impl Clocks {
    fn begun(utc: Utc, mono: Mono) -> Clocks {
        Clocks { utc, mono, known: Utc::default(), judged: false, error: None }
    }
}

impl Supervisor {
    fn zone(&self) -> &Zone {
        &self.file.config.site.zone
    }

    fn now(&self) -> (Mono, Utc) {
        (self.clock.mono(), self.clock.utc())
    }

    /// Is the box fit for its work: a file in force and a disk to write to (or nothing to record)?
    /// A dead camera does not make it unfit, else a new system version would be rolled back for a
    /// cut cable.
    pub fn ready(&self) -> bool {
        self.desired.cameras.is_empty()
            || !self.disks.writable().is_empty()
            || self.disks.is_new_box()
    }

    fn notice(&mut self, alarm: Alarm) {
        tracing::warn!("{} {}", alarm.text, alarm.remedy);
        self.notices.retain(|n| n.text != alarm.text);
        self.notices.push(alarm);
        let excess = self.notices.len().saturating_sub(NOTICES_MAX);
        self.notices.drain(..excess);
    }

    /// Ends every attempt and closes every segment; the writers answer `Stopped`.
    pub fn begin_stop(&mut self, world: &mut dyn world::World) {
        let (now, _) = self.now();
        let stopped = |text: &str| camera::Trouble {
            reason: crate::footage::GapReason::Stopped,
            text: text.into(),
        };
        for (id, camera) in &mut self.cameras {
            world.stop(id, camera.take);
            camera.cease(crate::reconcile::Phase::Idle, stopped("Beadle is being stopped"), now);
        }
        let disks = self.disks.started();
        for disk in &disks {
            world.order(disk, crate::segment::Order::Stop);
        }
        self.stopping = Some(disks);
    }

    pub fn stopped(&self) -> bool {
        self.stopping.as_ref().is_none_or(|left| left.is_empty())
    }

    /// The last write: without the marker the next start knows that this stop was meant.
    pub fn end_stop(&mut self) {
        self.note_stop();
        if self.stopped() {
            let _ = self.state.remove(state::RUNNING); // stays: the next start then says "crash"
        }
    }
}

#[cfg(test)]
mod tests;
