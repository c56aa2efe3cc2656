//! Everything that can wake the supervisor. Closed: a new cause is a new variant.
//!
//! Any of them may come twice. Lost may be a [`Event::File`] (the watch polls), an
//! [`Event::Ended`] (an attempt of which nothing comes is given up), an [`Event::WriterDied`] (the
//! disk counts as hanging) and the tick of a writer. What else a writer tells is never lost: its
//! thread waits until there is room for it.

use crate::base::name::{CameraId, DiskId};
use crate::ingest::Ended;
use crate::segment::Told;
use crate::watch::Look;

/// Folded into the state; acted upon only by the turn that follows.
#[derive(Clone, Debug)]
pub enum Event {
    /// The file on disk has other content than before.
    File(Look),
    /// An attempt ended by itself.
    Ended { camera: CameraId, take: u64, ended: Ended },
    /// What a camera over TLS proved itself with.
    Certificate { camera: CameraId, take: u64, words: String },
    /// A writer tells.
    Told { disk: DiskId, told: Told },
    /// A writer's thread is gone, though nobody asked it to stop.
    WriterDied { disk: DiskId },
}
