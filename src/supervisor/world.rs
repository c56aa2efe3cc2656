//! The supervisor's hands as an argument: real ones start tasks and threads, simulated ones keep a
//! script.

use std::sync::Arc;

use crate::base::fault::{Fault, FaultKind};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::Span;
use crate::disk::Disk;
use crate::ingest::{Attempt, Login};
use crate::logbook::ClockState;
use crate::segment::Order;
use crate::store::Opened;

/// What carrying out a step may need. No call blocks longer than a file operation on the state
/// disk.
pub trait World {
    /// Starts one attempt; its units go to this disk's writer, its end comes back as
    /// `Event::Ended`.
    fn start(&mut self, attempt: Attempt, disk: &DiskId);
    /// Ends an attempt; nothing comes back.
    fn stop(&mut self, camera: &CameraId, take: u64);
    /// Gives an order to the disk's writer, which must have been started.
    fn order(&mut self, disk: &DiskId, order: Order);
    /// Looks at a footage folder as it is mounted now; with `make`, a folder that is not there is
    /// made.
    fn open_disk(&mut self, path: &str, make: bool) -> Result<OpenDisk, Fault>;
    fn start_writer(&mut self, id: &DiskId, disk: Arc<dyn Disk>);
    /// The writer is told nothing more; its thread ends when it can.
    fn drop_writer(&mut self, id: &DiskId);
    /// Has every dropped writer of this disk come to its end? One that hangs in a system call could
    /// still write, so that its disk must not be given to another.
    fn writer_ended(&mut self, _id: &DiskId) -> bool {
        true
    }
    /// Opens the index anew after it failed; a damaged one is set aside first.
    ///
    /// # Errors
    /// As [`crate::store::Store::open`]; the default has no file and fails.
    fn open_index(&mut self, _damaged: bool) -> Result<Opened, Fault> {
        Err(Fault::new(FaultKind::Missing, "there is no file for the index here"))
    }
    /// A camera's password from the state folder, by the secret's name (never from the file).
    fn login(&mut self, user: &str, secret: &str) -> Option<Login>;
    /// Whether the clock is kept right by another one, and then how far off it may be by the
    /// kernel's own estimate, where it has one.
    fn clock_state(&mut self) -> (ClockState, Option<Span>) {
        (ClockState::Unknown, None)
    }
    /// 16 random bytes in hexadecimal.
    fn random_id(&mut self) -> String;
}

/// A footage folder that answers.
pub struct OpenDisk {
    pub disk: Arc<dyn Disk>,
    /// It is the root of a file system of its own, not a folder on the box's own disk.
    pub own_filesystem: bool,
}
