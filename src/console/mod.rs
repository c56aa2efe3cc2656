//! The screen: a client of the supervisor's socket that shows how things are.
//!
//! A process of its own. It can crash, hang or be killed and no frame is lost; it starts before the
//! supervisor does, says what it waits for and since when, keeps the last known state faded when
//! the supervisor falls silent, and comes back by itself.
//!
//! ```text
//! keys    --+
//! socket  --+--> Event --update(&mut State)--> Action --draw(&State)--> terminal
//! seconds --+
//! ```
//! Invariants
//! 1. The state changes in `update` alone; `draw` only reads. Keys become commands in `keymap`.
//! 2. One channel, so one order of events; it is emptied before each picture.
//! 3. Every glyph is in code page 437 and every colour among the eight of the Linux console; no
//!    colour says anything that a word does not say too.
//! 4. Nothing jumps: rows stay in the order of the file, columns keep their widths, pages turn
//!    whole.
//! 5. The terminal is put back as it was on every way out, a panic included.

pub mod draw;
pub mod event;
pub mod glyphs;
pub mod keymap;
pub mod run;
pub mod state;
pub mod theme;
pub mod update;
pub mod words;
