//! Every bound in the program, with its unit in the name and its reason beside it.

use super::time::Span;

/// Ids of cameras, zones, people: a folder name that still fits a column of the console.
pub const NAME_CHARS_MAX: usize = 64;

/// `site.kdl`: 512 cameras at 40 lines of 60 bytes are 1.2 MB; three times that is certainly a mistake.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The schema is four deep (cameras, camera, mask, point); deeper braces are a mistake, and bound recursion.
pub const FILE_DEPTH_MAX: usize = 16;
/// Findings shown for one file; past that the reader has the wrong file.
pub const NOTES_MAX: usize = 200;
/// Cameras on one box: what two cores and one disk were measured to carry.
pub const CAMERAS_MAX: usize = 512;

/// A segment is about a minute: 1,440 files a camera-day, and a minute is the grain of holds and deletion.
pub const SEGMENT_SPAN: Span = Span::secs(60);
/// A key frame that does not come: the segment goes on to this, then the stream counts as without key frames.
pub const SEGMENT_SPAN_MAX: Span = Span::secs(300);
/// One tick cuts the fragments of every camera, writes and flushes them. 0.5 to 0.8 s keeps
/// "older than one second survives kill -9" with room for the write itself.
pub const TICK_SPAN: Span = Span::millis(600);
/// The tick stretches to this on a slow disk; `status` states "safe up to N s".
pub const TICK_SPAN_MAX: Span = Span::secs(10);
/// Access units waiting for one disk: 64 cameras x 2 Mbit/s x 12 s = 192 MB is what a tick of 10 s needs at worst.
pub const DISK_QUEUE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// One access unit: an 8K intra frame at visually lossless quality is under 16 MiB.
pub const UNIT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// No frame for this long ends the attempt: 60 s of GOP at 1 fps still sends a frame a second.
pub const STALL_SPAN: Span = Span::secs(10);
/// From connecting to the first key frame: the longest GOP that is promised to work (60 s) and a little.
pub const FIRST_FRAME_SPAN: Span = Span::secs(75);
/// Retries double from one second to a minute, and start again after a good minute.
pub const BACKOFF_MIN: Span = Span::secs(1);
pub const BACKOFF_MAX: Span = Span::secs(60);
pub const BACKOFF_FORGET: Span = Span::secs(60);
/// A camera is shown as failed after this long without a frame; shorter flickers stay in the gap record only.
pub const SHOW_FAILED_AFTER: Span = Span::secs(10);

/// The clock against the monotonic clock: more than this between two looks is a step (R7.8).
pub const CLOCK_STEP: Span = Span::millis(500);

/// An edit of the file never deletes footage sooner than this after it was accepted.
pub const EDIT_GRACE: Span = Span::hours(24);

/// One line of the socket: a status of 512 cameras is about 200 kB; a file in a `plan` request is at most
/// FILE_BYTES_MAX, doubled by JSON's escapes.
pub const WIRE_LINE_BYTES_MAX: usize = 2 * FILE_BYTES_MAX + 64 * 1024;
/// Clients at once: consoles, scripts and a few forgotten ones.
pub const WIRE_CLIENTS_MAX: usize = 32;

/// Segments of one camera looked at in one round of retention: at 32 cameras 64,000 decisions,
/// about 50 ms.
pub const RETENTION_BATCH: usize = 2_000;
/// Below this a disk is truly full: a minute of 64 cameras at 2 Mbit/s is 960 MB, and retention
/// looks more often than once a minute. Half of `keep-free` where that is less.
pub const DISK_RESERVE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Between two segments less than this is a seam (a key frame waited for), more is a gap.
pub const SEAM_SPAN_MAX: Span = Span::secs(2);
/// No segment is longer; a window is searched this far before its beginning. Twelve times
/// SEGMENT_SPAN_MAX.
pub const SEGMENT_LOOKBACK: Span = Span::hours(1);
/// One line of a journal: the longest (a segment with two names of 64 characters) has about
/// 450 bytes.
pub const JOURNAL_LINE_BYTES_MAX: usize = 4096;
/// Journals are read in pieces of this size, so that a day of 512 cameras (180 MB) is never in
/// memory whole.
pub const JOURNAL_READ_BYTES: usize = 256 * 1024;
/// The file of holds: 10,000 holds at 600 bytes are 6 MB; more is not a school.
pub const HOLDS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Camera names that one index can remember, removed ones included: twelve bits of a page mark.
pub const INDEX_CAMERAS_MAX: i64 = 4095;
