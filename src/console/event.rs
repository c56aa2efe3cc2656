//! What can happen to the console, and what it can do about it.

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::sight::Batch;
use super::whole::{Vt, VtNews};
use crate::base::time::Utc;
use crate::wire::look::Way;
use crate::wire::viewing::{News, Wish};
use crate::wire::{Call, Reply, Status};

/// Everything comes through one channel, in one order; written down, it is a session that can be
/// replayed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    Key(Key),
    /// The terminal has this many columns and rows.
    Size(u16, u16),
    /// A second has passed.
    Tick(Utc),
    /// The supervisor said how things are.
    Status(Box<Status>),
    /// The supervisor does not answer; a sentence that says why.
    Silent(String),
    /// The answer to a call, by the ticket that went with it.
    Reply(u64, Box<Reply>),
    /// A call found nobody; a sentence.
    NoReply(u64, String),
    /// Pictures came; never written down.
    #[serde(skip)]
    Pictures(Batch),
    /// What the line to the pictures says besides, by the number of the line.
    News(u64, News),
    /// That line is gone; a sentence that says why.
    Gone(u64, String),
    /// Of the machine's own text screen.
    Vt(VtNews),
    /// The terminal hung up, or the process was told to end.
    Hangup,
}

/// What the loop does after an update.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    Draw,
    /// Draw everything anew, whatever the terminal shows.
    Redraw,
    Quit,
    /// Ask the supervisor; the answer comes back with the ticket.
    Ask {
        ticket: u64,
        call: Box<Call>,
    },
    /// Open the line to pictures, instead of the one before.
    Look {
        turn: u64,
        way: Box<Way>,
        wishes: Vec<Wish>,
    },
    Wish(Wish),
    /// Hang that line up.
    CloseLine,
    /// The machine's own text screen is given up to pictures, or taken back.
    Vt(Vt),
}
