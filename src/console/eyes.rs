//! The line to the gate, on two threads of its own: wishes up, pictures and news down.
//!
//! A picture that is not drawn before the next one of its camera comes is dropped: at most one
//! batch is on its way to the loop, and the next is given when that was drawn. Keys never wait for
//! pictures.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::mpsc::Sender;

use super::event::Event;
use super::sight::Batch;
use crate::wire::look::Way;
use crate::wire::pictures::Picture;
use crate::wire::viewing::{Seen, Wish, next_seen, wish};

/// Wishes on their way; whoever holds a key down makes thirty a second.
const WISHES_MAX: usize = 64;
/// A gate that takes no wish for so long is gone.
const WRITE_SPAN: Duration = Duration::from_secs(5);

/// Between the thread that reads and the loop that draws.
#[derive(Default)]
struct Slot {
    newest: BTreeMap<u16, Picture>,
    /// A batch is on its way, or not drawn yet.
    given: bool,
    dropped: u64,
}

/// One line; dropping it hangs up.
struct Eye {
    turn: u64,
    slot: Arc<Mutex<Slot>>,
    wishes: SyncSender<Wish>,
    line: Arc<Mutex<Option<UnixStream>>>,
}

/// The line that is open, if one is.
pub struct Eyes {
    events: Sender<Event>,
    eye: Option<Eye>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Eye {
    fn drop(&mut self) {
        if let Some(stream) = locked(&self.line).take() {
            let _ = stream.shutdown(std::net::Shutdown::Both); // gone already
        }
    }
}

impl Eyes {
    pub fn new(events: Sender<Event>) -> Eyes {
        Eyes { events, eye: None }
    }

    /// Opens a line, instead of the one before.
    pub fn look(&mut self, turn: u64, way: Way, first: Vec<Wish>) {
        self.eye = None;
        let (wishes, inbox) = sync_channel(WISHES_MAX);
        for wish in first {
            let _ = wishes.try_send(wish); // a wish a camera: they fit
        }
        let eye = Eye { turn, slot: Arc::default(), wishes, line: Arc::default() };
        let (slot, line, events) = (eye.slot.clone(), eye.line.clone(), self.events.clone());
        let read = move || {
            let why = watch(turn, way, inbox, &slot, &line, &events);
            let _ = events.blocking_send(Event::Gone(turn, why)); // the console is closing
        };
        // Without a thread nothing comes; the screen says so after a while.
        if std::thread::Builder::new().name("pictures".into()).spawn(read).is_ok() {
            self.eye = Some(eye);
        }
    }

    pub fn wish(&self, wish: Wish) {
        if let Some(eye) = &self.eye {
            // Full: the gate does not read, and its silence is noticed.
            let _ = eye.wishes.try_send(wish);
        }
    }

    pub fn close(&mut self) {
        self.eye = None;
    }

    /// What came was drawn: what came since then is given.
    pub fn drawn(&self) {
        let Some(eye) = &self.eye else { return };
        let mut slot = locked(&eye.slot);
        slot.given = false;
        give(&mut slot, eye.turn, |event| self.events.try_send(event).is_ok());
    }

    /// Pictures of the line that were overtaken before they were drawn.
    pub fn dropped(&self) -> u64 {
        self.eye.as_ref().map_or(0, |eye| locked(&eye.slot).dropped)
    }
}

/// One batch at a time, and none where there is no room: pictures wait for nobody.
fn give(slot: &mut Slot, turn: u64, send: impl FnOnce(Event) -> bool) {
    if slot.given || slot.newest.is_empty() {
        return;
    }
    let pictures = std::mem::take(&mut slot.newest).into_iter().collect();
    slot.given = send(Event::Pictures(Batch { turn, pictures }));
}

/// Until the line ends; why, in a sentence.
fn watch(
    turn: u64,
    way: Way,
    inbox: Receiver<Wish>,
    slot: &Mutex<Slot>,
    line: &Mutex<Option<UnixStream>>,
    events: &Sender<Event>,
) -> String {
    let failed = |e: std::io::Error| format!("The pictures cannot be reached: {e}.");
    let path = PathBuf::from(&way.socket);
    let mut stream = match UnixStream::connect(&path) {
        Ok(stream) => stream,
        Err(e) => return failed(e),
    };
    let told = || -> std::io::Result<UnixStream> {
        stream.set_write_timeout(Some(WRITE_SPAN))?;
        let ticket = way.ticket.0.expose().to_string();
        (&stream).write_all(&wish(&Wish::Ticket { ticket }))?;
        *locked(line) = Some(stream.try_clone()?);
        stream.try_clone()
    };
    let mouth = match told() {
        Ok(mouth) => mouth,
        Err(e) => return failed(e),
    };
    let speak = move || {
        while let Ok(wished) = inbox.recv() {
            if (&mouth).write_all(&wish(&wished)).is_err() {
                return;
            }
        }
    };
    if let Err(e) = std::thread::Builder::new().name("wishes".into()).spawn(speak) {
        return failed(e);
    }
    let mut buffer = BytesMut::with_capacity(64 * 1024);
    let mut piece = vec![0; 64 * 1024];
    loop {
        loop {
            match next_seen(&mut buffer) {
                Ok(Some(Seen::Picture { seat, picture })) => {
                    let mut slot = locked(slot);
                    slot.dropped += u64::from(slot.newest.insert(seat, picture).is_some());
                    give(&mut slot, turn, |event| events.try_send(event).is_ok());
                }
                Ok(Some(Seen::News(news))) => {
                    if events.blocking_send(Event::News(turn, news)).is_err() {
                        return "The console is closing.".into();
                    }
                }
                Ok(None) => break,
                Err(broken) => return format!("The pictures cannot be read: {broken}."),
            }
        }
        match stream.read(&mut piece) {
            Ok(0) => return "The picture service hung up.".into(),
            Ok(n) => buffer.extend_from_slice(&piece[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return failed(e),
        }
    }
}
