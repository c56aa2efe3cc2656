//! What can happen to the console, and what it can do about it.

use super::keymap::Cmd;
use crate::base::time::Utc;
use crate::wire::Status;

/// Everything comes through one channel, in one order.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A key, translated.
    Cmd(Cmd),
    /// The terminal has this many columns and rows.
    Size(u16, u16),
    /// A second has passed.
    Tick(Utc),
    /// The supervisor said how things are.
    Status(Box<Status>),
    /// The supervisor does not answer; a sentence that says why.
    Silent(String),
}

/// What the loop does after an update.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Nothing,
    Draw,
    /// Draw everything anew, whatever the terminal shows.
    Redraw,
    Quit,
}
