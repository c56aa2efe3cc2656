//! Calls to the supervisor, one after another, on a thread of their own: a passphrase takes half a
//! second to look at, and keys are not kept waiting.
//!
//! Each call dials anew. A line that broke may have done what it asked for: nothing is asked twice.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::mpsc::Sender;

use super::event::Event;
use crate::socket::dial::Client;
use crate::wire::Call;

/// Calls that wait; people make one at a time, a screen up to four at once.
const CALLS_MAX: usize = 32;

pub struct Talk {
    calls: SyncSender<(u64, Box<Call>)>,
}

impl Talk {
    /// # Errors
    /// The system gives no thread.
    pub fn begin(socket: PathBuf, events: Sender<Event>) -> std::io::Result<Talk> {
        let (calls, inbox) = sync_channel(CALLS_MAX);
        std::thread::Builder::new()
            .name("calls".into())
            .spawn(move || answer_all(&socket, &inbox, &events))?;
        Ok(Talk { calls })
    }

    /// The event that stands for the answer where the call could not even wait.
    pub fn ask(&self, ticket: u64, call: Box<Call>) -> Option<Event> {
        match self.calls.try_send((ticket, call)) {
            Ok(()) => None,
            Err(TrySendError::Full(_)) => {
                Some(Event::NoReply(ticket, "Too much waits for an answer already.".into()))
            }
            Err(TrySendError::Disconnected(_)) => {
                Some(Event::NoReply(ticket, "The console is closing.".into()))
            }
        }
    }
}

fn answer_all(
    socket: &std::path::Path,
    inbox: &Receiver<(u64, Box<Call>)>,
    events: &Sender<Event>,
) {
    while let Ok((ticket, call)) = inbox.recv() {
        let answer = Client::connect(socket).and_then(|mut client| {
            client.session = call.session;
            client.beside = call.beside;
            client.ask(&call.request)
        });
        let event = match answer {
            Ok(reply) => Event::Reply(ticket, Box::new(reply)),
            Err(why) => Event::NoReply(ticket, why.to_string()),
        };
        if events.blocking_send(event).is_err() {
            return;
        }
    }
}
