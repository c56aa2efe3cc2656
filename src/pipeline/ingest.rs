//! `beadle-pictures ingest`: one source, access units out, until it fails or nobody reads them.
//!
//! 1. Die with the parent, and bound the memory, before any plugin is loaded.
//! 2. Read the job from the socketpair on standard input.
//! 3. Build the pipeline ([`super::source`]), whose end turns samples into frames
//!    ([`super::outlet`]).
//! 4. Follow the bus; the first error, the end of the stream or a stall is told to the parent as
//!    `Failed`.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use beadle::base::limits::{CHILD_MEMORY_BYTES_MAX, STALL_SPAN};
use beadle::footage::GapReason;
use beadle::wire::frames::{self, Frame, Job};
use bytes::BytesMut;
use gstreamer as gst;
use gstreamer::prelude::*;

use super::guard::{guard, socket};
use super::outlet::Outlet;
use super::{camera, source};

/// Why the source gave up: what a `Failed` frame carries.
pub struct Failed {
    pub reason: GapReason,
    pub text: String,
}

impl Failed {
    pub fn new(reason: GapReason, text: impl Into<String>) -> Failed {
        Failed { reason, text: text.into() }
    }
}

/// Exit status 0 when the parent hung up, 1 when the source failed (and the parent was told), 2
/// when this was not started by a supervisor.
pub fn run() -> ExitCode {
    let socket = match guard(CHILD_MEMORY_BYTES_MAX).and_then(|()| socket()) {
        Ok(socket) => socket,
        Err(e) => {
            eprintln!(
                "beadle-pictures ingest is started by beadle, with a socket as its input: {e}"
            );
            return ExitCode::from(2);
        }
    };
    let Some(job) = first_frame(&socket) else {
        return ExitCode::from(2);
    };
    watch_parent(&socket);
    let outlet = Arc::new(Outlet::new(socket));
    let Err(failed) = record(job, &outlet);
    outlet.failed(failed);
    ExitCode::FAILURE
}

fn first_frame(mut socket: &UnixStream) -> Option<Job> {
    let mut buffer = BytesMut::new();
    loop {
        match frames::next(&mut buffer) {
            Ok(Some(Frame::Job(job))) => return Some(job),
            Ok(None) => {}
            _ => return None,
        }
        let mut piece = [0; 4096];
        let length = socket.read(&mut piece).ok().filter(|n| *n > 0)?;
        buffer.extend_from_slice(&piece[..length]);
    }
}

/// The parent sends nothing more; what is read is its end.
fn watch_parent(socket: &UnixStream) {
    let Ok(mut socket) = socket.try_clone() else { std::process::exit(0) };
    std::thread::spawn(move || {
        let mut piece = [0; 64];
        while matches!(socket.read(&mut piece), Ok(n) if n > 0) {}
        std::process::exit(0);
    });
}

fn record(job: Job, outlet: &Arc<Outlet>) -> Result<std::convert::Infallible, Failed> {
    gst::init().map_err(|e| {
        Failed::new(GapReason::Pipeline, format!("GStreamer does not start: {e}; install it anew"))
    })?;
    let built = match job {
        Job::Words { words } => source::words(&words, outlet),
        Job::Camera { url, user, password, udp, audio, pin } => {
            let login = user.as_deref().zip(password.as_deref());
            let asked = camera::Asked { url: &url, login, udp, audio, pin };
            camera::camera(asked, outlet)
        }
    };
    let (pipeline, blame) = built?;
    let Some(bus) = pipeline.bus() else {
        return Err(Failed::new(GapReason::Pipeline, "GStreamer gives no bus"));
    };
    // An error of this is also an error message, with the words of the element that refused.
    let _ = pipeline.set_state(gst::State::Playing);
    let outcome = follow(&bus, &blame, outlet);
    // A camera is told TEARDOWN on the way down; one that does not answer must not hold us.
    let _ = pipeline.set_state(gst::State::Null);
    outcome
}

fn follow(
    bus: &gst::Bus,
    blame: &source::Blame,
    outlet: &Outlet,
) -> Result<std::convert::Infallible, Failed> {
    let began = Instant::now();
    loop {
        let message = bus.timed_pop(gst::ClockTime::from_mseconds(500));
        if let Some(failed) = outlet.verdict() {
            return Err(failed);
        }
        match message.as_ref().map(|m| m.view()) {
            Some(gst::MessageView::Error(e)) => {
                // What an element says because its neighbour gave up comes second: prefer the
                // verdict.
                std::thread::sleep(Duration::from_millis(20));
                return Err(outlet.verdict().unwrap_or_else(|| blame.error(e)));
            }
            Some(gst::MessageView::Eos(_)) => return Err(blame.ended(outlet.units())),
            _ => {}
        }
        let quiet = outlet.last_unit().unwrap_or(began).elapsed();
        if quiet > STALL_SPAN.to_std() {
            return Err(blame.stalled(outlet.units()));
        }
    }
}
