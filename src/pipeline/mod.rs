//! GStreamer. Seen by `beadle-pictures` alone; the supervisor never links it.
//!
//! What runs here may crash, hang or be killed at any moment: it owns nothing that anybody would
//! miss.

mod camera;
mod coder;
#[cfg(feature = "simulate")]
pub mod encode_loop;
mod font;
mod guard;
pub mod ingest;
mod line;
mod outlet;
pub mod screen;
pub mod show;
mod sound;
mod source;
