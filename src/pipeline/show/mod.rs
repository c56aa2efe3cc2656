//! `beadle-pictures show`: units in, raw pictures out, until the parent hangs up.
//!
//! One thread reads the socketpair and deals the messages out; workers decode, scale, hide what is
//! masked, burn in what is asked for, and write pictures back ([`beadle::wire::pictures`]). It
//! keeps no footage, knows no file, and decides nothing: which units come, and when, is the
//! parent's matter.

mod decoder;
mod encoder;
pub mod paint;
mod sample;
mod scale;
mod worker;

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use beadle::base::limits::{PICTURES_MEMORY_BYTES_MAX, PICTURES_QUEUED_MAX};
use beadle::wire::pictures::{self, FromChild, NO_CHANNEL, ToChild, VERSION};
use bytes::BytesMut;
use gstreamer as gst;

use super::guard;
use worker::{Rounds, Voice, Worker};

/// Read at once: a key frame of 2 Mbit/s.
const READ_BYTES: usize = 128 * 1024;
/// More threads than a viewing has cameras would stand idle.
const WORKERS_MAX: u8 = 16;

/// Exit status 0 when the parent hung up, 1 when nothing can be decoded here (and the parent was
/// told), 2 when this was not started by a supervisor.
pub fn run() -> ExitCode {
    let socket = match guard::guard(PICTURES_MEMORY_BYTES_MAX).and_then(|()| guard::socket()) {
        Ok(socket) => socket,
        Err(e) => {
            eprintln!("beadle-pictures show is started by beadle, with a socket as its input: {e}");
            return ExitCode::from(2);
        }
    };
    match show(socket) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("beadle-pictures show: {why}");
            ExitCode::FAILURE
        }
    }
}

fn show(mut socket: UnixStream) -> Result<(), String> {
    let voice = Voice::new(socket.try_clone().map_err(|e| e.to_string())?);
    let refuse = |text: String| {
        voice.say(&FromChild::Failed { channel: NO_CHANNEL, text: text.clone() });
        text
    };
    let mut buffer = BytesMut::with_capacity(READ_BYTES);
    let workers = match next(&mut socket, &mut buffer)? {
        Some(ToChild::Begin { version: VERSION, workers, hurry }) => {
            guard::stand_back(hurry);
            workers.clamp(1, WORKERS_MAX)
        }
        Some(ToChild::Begin { version, .. }) => {
            return Err(refuse(format!(
                "beadle speaks version {version} of the pictures' language and \
                 beadle-pictures {VERSION}; install both from one release"
            )));
        }
        _ => return Err("the first message was no beginning".into()),
    };
    gst::init().map_err(|e| refuse(format!("GStreamer does not start: {e}; install it anew")))?;
    let rounds = Arc::new(Rounds::new());
    let mut queues = Vec::new();
    for _ in 0..workers {
        queues.push(begin(rounds.clone(), voice.clone()).map_err(&refuse)?);
    }
    voice.say(&FromChild::Ready { version: VERSION, decoders: decoder::in_words() });
    while let Some(message) = next(&mut socket, &mut buffer)? {
        let channel = match &message {
            ToChild::Begin { .. } => return Err("began twice".into()),
            ToChild::Round { channel, round, .. } => {
                rounds.set(*channel, *round);
                *channel
            }
            ToChild::Params { channel, .. }
            | ToChild::Look { channel, .. }
            | ToChild::Unit { channel, .. }
            | ToChild::Drain { channel, .. }
            | ToChild::Code { channel }
            | ToChild::Close { channel } => *channel,
        };
        let worker = &queues[usize::from(channel) % queues.len()];
        worker.send(message).map_err(|_| "a decoding thread ended".to_string())?;
    }
    // Pictures under way are for nobody any more.
    std::process::exit(0)
}

fn begin(rounds: Arc<Rounds>, voice: Voice) -> Result<SyncSender<ToChild>, String> {
    let (queue, messages) = sync_channel(PICTURES_QUEUED_MAX);
    let work = move || {
        let mut worker = Worker::new(rounds, voice);
        while let Ok(message) = messages.recv() {
            worker.take(message);
        }
    };
    let thread = std::thread::Builder::new().name("decode".into()).spawn(work);
    thread.map(|_| queue).map_err(|e| e.to_string())
}

/// The next message; `None` when the parent hung up.
fn next(socket: &mut UnixStream, buffer: &mut BytesMut) -> Result<Option<ToChild>, String> {
    loop {
        if let Some(message) = pictures::to_child(buffer).map_err(|e| e.to_string())? {
            return Ok(Some(message));
        }
        let mut piece = [0; READ_BYTES];
        match socket.read(&mut piece) {
            Ok(0) | Err(_) => return Ok(None),
            Ok(length) => buffer.extend_from_slice(&piece[..length]),
        }
    }
}
