//! `beadle-pictures ingest`: one source, access units out, until it fails or nobody reads them.
//!
//! 1. Die with the parent, and bound the memory, before any plugin is loaded.
//! 2. Read the job from the socketpair on standard input.
//! 3. Build the pipeline ([`super::source`]), whose end turns samples into frames
//!    ([`super::outlet`]).
//! 4. Follow the bus; the first error, the end of the stream or a stall is told to the parent as
//!    `Failed`.
//!
//! The limit is `RLIMIT_DATA`, which counts what a process writes to. `RLIMIT_AS` would count
//! GStreamer's mapped plugins and the 64 MB of address space that malloc reserves for each thread,
//! none of which is memory.

use std::io::{Read, Write};
use std::os::fd::AsFd;
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
    let socket = match guard().and_then(|()| socket()) {
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

/// Dies with the parent; goes first when memory runs out; takes no more than its share.
fn guard() -> std::io::Result<()> {
    use nix::sys::resource::{Resource, setrlimit};
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    setrlimit(Resource::RLIMIT_DATA, CHILD_MEMORY_BYTES_MAX, CHILD_MEMORY_BYTES_MAX)?;
    // Not possible in every container, and no reason not to record.
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
    Ok(())
}

/// Standard input as a socket; a plugin that reads standard input itself then finds nothing there.
fn socket() -> std::io::Result<UnixStream> {
    let stdin = std::io::stdin();
    let socket = UnixStream::from(stdin.as_fd().try_clone_to_owned()?);
    socket.peer_addr()?; // an error where it is no socket
    nix::unistd::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    // A parent that does not read for this long is not there any more.
    socket.set_write_timeout(Some(2 * STALL_SPAN.to_std()))?;
    Ok(socket)
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

/// Both slices, whatever the socket takes at once.
pub(super) fn write_both(mut socket: &UnixStream, head: &[u8], body: &[u8]) -> std::io::Result<()> {
    use std::io::IoSlice;
    let written = socket.write_vectored(&[IoSlice::new(head), IoSlice::new(body)])?;
    match written.checked_sub(head.len()) {
        Some(of_body) => socket.write_all(&body[of_body..]),
        None => {
            socket.write_all(&head[written..])?;
            socket.write_all(body)
        }
    }
}
