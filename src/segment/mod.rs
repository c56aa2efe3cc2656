//! The fMP4 writer and reader, group commit and repair: from access units to durable files.
//!
//! One writer per footage disk, on a thread of its own, fed through a bounded queue. The writer's
//! logic is a plain state machine over [`crate::disk::Disk`] and [`crate::base::clock::Clock`], so
//! that the simulator drives it step by step.
//!
//! Invariants, each with its test in `proof_writer.rs`, `proof_crash.rs` or `proof_real.rs`:
//! - a file that exists for longer than one call has a header and a whole fragment, and plays from
//!   its start to its last durable frame while it grows, after a cut and repair, and when closed;
//! - what was told is durable: after a power cut at any operation, everything up to the last `Tick`
//!   is there, and nothing that stands in an `INDEX` line was lost;
//! - `INDEX` plus the files it does not list is the whole truth about a camera-day;
//! - bytes of units are never copied: they go from the ingest's buffer into one `writev`.
//!
//! A file: `ftyp`, `moov`, tag, then per tick one `moof` + `mdat` (two where a key frame comes
//! within the tick, so that `mfra` can point at it), at close trailer and `mfra`. Each `moof`
//! carries the first 8 bytes of the running digest, so that repair finds a picture that tore in its
//! middle.
//!
//! Order at power loss: fragments and trailer, flush, and one flush later the `INDEX` line, flush.
//! So `Closed` comes a flush (two ticks) after the trailer. Procedures: the tick in `commit.rs`,
//! repair in `repair.rs`.
//!
//! Costs, measured: header 770 bytes a segment; 128 bytes a fragment and 8 (12 with B-frames) a
//! frame; trailer 190 bytes and 11 a key frame; `INDEX` 140. At 15 fps and 2 Mbit/s all of it is
//! 0.18 % of the video; what the file system's own journal adds is the device's to measure.
//!
//! Not handled: pictures that lead a key frame of an open GOP (HEVC CRA with RASL) begin the new
//! segment, where a player drops them. Sound is not covered by the digest, which R3.10 defines over
//! video.

pub mod boxes;
pub mod commit;
mod commit_flush;
mod commit_orders;
pub mod index_line;
pub mod journal;
pub mod keys;
mod open;
mod pace;
#[cfg(test)]
pub mod proof;
#[cfg(test)]
mod proof_crash;
#[cfg(test)]
mod proof_real;
#[cfg(test)]
mod proof_writer;
pub mod reader;
pub mod repair;
mod take;
pub mod thread;
pub mod times;

use crate::base::fault::Fault;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::footage::unit::AccessUnit;
use crate::footage::{GapReason, Segment};

/// Who a segment belongs to; written into the file itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    pub camera: CameraId,
    /// The site's random id, not its name.
    pub site: String,
}

/// What the supervisor asks of one disk's writer. Orders are obeyed in the order given.
#[derive(Debug)]
pub enum Order {
    /// Units of this camera's `take` (attempt number) follow. An older take still open is closed
    /// first.
    Begin { tag: Tag, take: u64 },
    /// Units of another take than the one begun are dropped.
    Unit { camera: CameraId, take: u64, unit: AccessUnit },
    /// No more units of this take: its segment is closed with everything that came.
    Finish { camera: CameraId, take: u64 },
    /// Unlinks these segments (paths below the footage folder), and their camera-day folder when it
    /// is empty.
    Delete { paths: Vec<String> },
    /// Small durable journals beside the footage: appended, flushed with the next tick.
    Append { path: String, line: Vec<u8> },
    /// Closes everything, flushes, ends the thread.
    Stop,
}

/// What a writer tells the supervisor. Each is told only after it is durable, except where it says
/// otherwise.
#[derive(Clone, Debug)]
pub enum Told {
    /// A segment began; its first fragment is durable. The index row is inserted now.
    Opened { take: u64, segment: Segment, picture: Option<(u16, u16)> },
    /// Once a tick: what became durable of the open segments.
    Tick { progress: Vec<Progress>, took: Span, safe_up_to: Span },
    /// The segment has its trailer and its `INDEX` line.
    Closed { take: u64, segment: Segment },
    /// Time without footage inside a take that goes on (loss, time jump, slow disk, clock step).
    Hole { camera: CameraId, from: Utc, to: Utc, reason: GapReason },
    /// The take cannot be recorded as it is (no key frame, codec); the supervisor ends it.
    Unfit { camera: CameraId, take: u64, reason: GapReason, text: String },
    /// The camera's own clock minus ours, when it first shows and when it moves by more than 0.5 s
    /// (R7.4).
    Offset { camera: CameraId, at: Utc, offset: Span },
    /// These are gone from the disk, or were not there.
    Deleted { paths: Vec<String> },
    /// An `Append` reached the disk.
    Kept { path: String },
    /// The disk does not do what it should: full, read-only, gone, errors. Said once per change of
    /// kind.
    Trouble { fault: Fault },
    /// It works again.
    Recovered,
    /// After `Stop`: everything is closed and flushed.
    Stopped,
}

/// One camera's open segment after a tick: totals of that segment, and of the tick.
#[derive(Clone, PartialEq, Debug)]
pub struct Progress {
    pub camera: CameraId,
    pub take: u64,
    pub path: String,
    /// End of the last durable frame.
    pub end: Utc,
    pub frames: u32,
    pub bytes: u64,
    /// Frames and bytes of this tick alone, for rates.
    pub tick_frames: u32,
    pub tick_bytes: u64,
}
