//! The screen: a client of the supervisor's socket that shows how things are and lets people do
//! what they may.
//!
//! A process of its own. It can crash, hang or be killed and no frame is lost; it starts before the
//! supervisor does, says what it waits for and since when, keeps the last known state faded when
//! the supervisor falls silent, and comes back by itself.
//!
//! ```text
//! keys    --+
//! socket  --+--> Event --update(&mut State)--> Actions --+--> draw(&State) --> terminal
//! seconds --+                                            +--> Ask(ticket, call) --> socket
//! pictures -+                                            +--> Look, Wish --> eyes --> gate
//! ```
//! Invariants
//! 1. The state changes in `update` alone; `draw` only reads. Keys become commands in `keymap`.
//! 2. One channel, so one order of events; it is emptied before each picture. An answer comes back
//!    with the ticket of its question; one that nobody waits for any more is dropped.
//! 3. Every glyph is in code page 437 and every colour among the eight of the Linux console; no
//!    colour says anything that a word does not say too.
//! 4. Nothing jumps: rows stay in the order of the file, columns keep their widths, pages turn
//!    whole.
//! 5. The terminal is put back as it was on every way out, a panic included.
//! 6. Before log-in the console shows how things are and no names of people. When it locks, what
//!    somebody saw is wiped. Passphrases and codes stand in no `{:?}` and no recording. The console
//!    starts no other program: no key leads to a shell.
//! 7. It decides nothing: the supervisor judges every call. Its idle lock is a courtesy beside the
//!    one of the session.
//!
//! 8. Pictures come over a line of their own ([`eyes`]) under an entry that stands already; one
//!    that is not drawn in time is dropped, none is written down, and all go when the screen locks.
//!
//! 9. Pictures fill the box's own screen only between [`whole`]'s `Take` and `Give`; whatever ends
//!    in between, text comes back.
//!
//! Screens stand in a closed list, [`state::Screen`], with a module each. What lies over a screen
//! (a form, a record, a page) is [`over::Over`]. Entries are written in forms whose fields come
//! from the supervisor ([`form`]).

pub mod answers;
pub mod ask;
pub mod begin;
pub mod cases;
pub mod door;
pub mod draw;
pub mod event;
pub mod eyes;
pub mod filling;
pub mod form;
pub mod glyphs;
pub mod graphics;
pub mod key;
pub mod keymap;
pub mod list;
pub mod live;
pub mod logbook;
pub mod moment;
pub mod over;
pub mod playback;
pub mod print;
pub mod recorder;
pub mod recording;
pub mod run;
pub mod screen;
pub mod sight;
pub mod site;
pub mod state;
pub mod talk;
pub mod theme;
pub mod today;
pub mod tty;
pub mod update;
pub mod whole;
pub mod words;
