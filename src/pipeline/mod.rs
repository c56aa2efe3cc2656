//! GStreamer. Seen by `beadle-pictures` alone; the supervisor never links it.
//!
//! What runs here may crash, hang or be killed at any moment: it owns nothing that anybody would
//! miss.

mod camera;
#[cfg(feature = "simulate")]
pub mod encode_loop;
pub mod ingest;
mod line;
mod outlet;
mod sound;
mod source;
