//! Every bound in the program, with its unit in the name and its reason beside it.

use super::time::Span;

/// Ids of cameras, zones, people: a folder name that still fits a column of the console.
pub const NAME_CHARS_MAX: usize = 64;

/// `site.kdl`: 512 cameras at 40 lines of 60 bytes are 1.2 MB; three times that is certainly a mistake.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The schema is four deep (cameras, camera, mask, point); deeper braces are a mistake, and bound recursion.
pub const FILE_DEPTH_MAX: usize = 16;
/// Lines (nodes) of the file: 512 cameras at 40 lines, and three times that.
pub const FILE_NODES_MAX: usize = 60_000;
/// Values, settings and signs on one line; a list of 512 camera names still fits. The parser's time grows
/// with the square of it.
pub const FILE_VALUES_MAX: usize = 1_600;
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
