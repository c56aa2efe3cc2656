//! A session written down, one event a line, and read back for a test.
//!
//! Passphrases, codes and tokens are not in it: letters typed into a secret field become `*`, and
//! what the supervisor tells once is blanked. What people saw is in it: whoever records a session
//! keeps the file as they would keep the logbook.

use super::event::Event;
use super::key::Key;
use super::state::State;
use crate::wire::{Reply, Sent};

/// The event as a line, as it may be kept; empty for pictures, which may not. `state`: as it is
/// before the event.
///
/// # Errors
/// An event that JSON has no words for: a sentence.
pub fn line(state: &State, event: &Event) -> Result<String, String> {
    // What was seen in pictures is nobody's to keep here.
    if matches!(event, Event::Pictures(_)) {
        return Ok(String::new());
    }
    let kept = match event {
        Event::Key(Key::Char(_)) if state.types_secret() => Event::Key(Key::Char('*')),
        Event::Reply(ticket, reply) => Event::Reply(*ticket, Box::new(blanked(reply))),
        other => other.clone(),
    };
    serde_json::to_string(&kept).map_err(|e| format!("The event cannot be written: {e}"))
}

fn blanked(reply: &Reply) -> Reply {
    let blank = || Sent::new("blanked");
    let all = |codes: &[Sent]| codes.iter().map(|_| blank()).collect();
    match reply.clone() {
        Reply::LoggedIn(mut begun) => {
            begun.session = blank();
            Reply::LoggedIn(begun)
        }
        Reply::Codes { codes, until } => Reply::Codes { codes: all(&codes), until },
        Reply::Founded { people, codes } => Reply::Founded { people, codes: all(&codes) },
        // What cameras showed is no part of a recording.
        Reply::Glance(mut glance) => {
            for shot in &mut glance.shots {
                (shot.now, shot.reference) = (None, None);
            }
            Reply::Glance(glance)
        }
        Reply::Way(mut way) => {
            way.ticket = blank();
            Reply::Way(way)
        }
        Reply::Export(mut copy) => {
            copy.passphrase = copy.passphrase.map(|_| blank());
            Reply::Export(copy)
        }
        Reply::Factor { .. } => Reply::Factor { address: blank(), typed: blank() },
        other => other,
    }
}

/// The events of a recording.
///
/// # Errors
/// A line that is no event, by its number.
pub fn read(text: &str) -> Result<Vec<Event>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(n, line)| {
            serde_json::from_str(line).map_err(|e| format!("Line {} is no event: {e}", n + 1))
        })
        .collect()
}
