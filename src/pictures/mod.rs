//! Coded pictures to raw ones: thumbnails, playback, stills. The decoding is done by children, one
//! `beadle-pictures show` a use; here is what starts, feeds, times out and kills them.
//!
//! ```text
//!   ingest --> tap (newest key frame) --> thumbs --+
//!                                                  +--> child --> raw pictures
//!   disks --> shelf --> reel --> film --> deck ----+
//!                                 (seat: one camera)     player: up to nine seats, one playhead
//!                                                        gate: a ticket opens a player to a viewer
//!                                                        display: or to the box's own screen
//! ```
//!
//! Invariants
//! 1. Nothing here is ever waited for by the supervisor's thread, the ingest or a writer: they
//!    hand out and go on. A tap that is busy misses one key frame.
//! 2. A child may crash, hang or be killed at any moment: it is replaced, sooner the first time
//!    than the tenth, and what it was for goes on where it was. Not one recorded frame depends on
//!    it.
//! 3. Every queue has a limit. What is dropped is a thumbnail first, and always the older one.
//! 4. No policy: who may see what, and whether masks are lifted, is decided before a setup is made
//!    ([`player::Setup`]); masks are drawn by the child, on the picture itself.
//! 5. What a child says is believed only as far as it is bounded ([`crate::wire::pictures`]).
//!
//! [`judge`] is pure too: which pictures are frozen, black, covered or of something else.
//! [`deck`] and [`playhead`] are pure: which unit is decoded next, which picture is shown when.
//! Everything on disk is found by the names of files ([`shelf`]), not by the index.
//!
//! Costs, measured: see [`thumbs`] and the tests in `tests/pictures_beside.rs`, which print them. A
//! viewing takes two threads here and as many as it has cameras in its child; it holds at most four
//! units under way and six raw pictures a camera.
//!
//! Not handled: sound. The clock follows the newest footage 2.5 s behind ([`player`]): that is what
//! "live" is; beyond nine cameras at once by key frames alone. The box's own screen (KMS) belongs
//! to a child of its own while pictures play there ([`display`]).

pub mod child;
pub mod deck;
#[cfg(test)]
mod deck_tests;
pub mod display;
pub mod film;
pub mod gate;
pub mod judge;
#[cfg(test)]
mod judge_tests;
pub mod measure;
pub mod outlet;
pub mod player;
pub mod playhead;
pub mod recode;
pub mod reel;
pub mod reference;
pub mod seat;
pub mod shelf;
pub mod sketch;
pub mod small;
pub mod still;
pub mod tap;
pub mod thumbs;
pub mod viewing;
