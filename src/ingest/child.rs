//! The second ingest: `beadle-pictures ingest` in a process of its own, read over a socketpair.
//!
//! The child's standard input is the socketpair: it gets the job there (so that a password stands
//! on no command line) and answers with frames. It is killed when this future is dropped, when it
//! says nothing for longer than it is allowed to, and when it sends what is no frame. It costs
//! nothing else: its memory is limited by itself before GStreamer is loaded, and it is the first to
//! go when the machine runs out.

use std::convert::Infallible;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::offer::Offer;
use super::{Ended, Sink, Tools, blame};
use crate::base::limits::{CHILD_GRACE, STALL_SPAN};
use crate::footage::unit::{AccessUnit, Params};
use crate::wire::frames::{self, Frame, Job};

/// Read at once: a few pictures of 2 Mbit/s, one of most key frames.
const READ_BYTES: usize = 128 * 1024;

/// What one child is for.
pub(super) struct Call {
    pub job: Job,
    /// Host and port of a camera.
    pub place: Option<String>,
}

/// Runs one child until it ends.
pub(super) async fn run(
    mut call: Call,
    tools: Tools,
    mut sink: impl Sink,
) -> Result<Infallible, Ended> {
    let Some(program) = &tools.pictures else {
        return Err(blame::no_pictures());
    };
    if let Some(pin) = expect(&mut call, &tools)? {
        sink.certificate(&pinned(&pin));
    }
    let Call { job, place } = call;
    let place = place.unwrap_or_else(|| "the pipeline".to_owned());
    let started = start(program);
    let (mut child, mut socket) = started
        .map_err(|e| blame::child(format!("does not start ({}): {e}", program.display())))?;
    // The first frame fits the socket's buffer, so a child that does not read cannot hold us up.
    if let Err(e) = socket.write_all(&frames::encode(&Frame::Job(job))).await {
        return Err(gone(&mut child, &e.to_string()).await);
    }
    let mut offer = Offer::new(sink, tools.clock.mono());
    let mut params: [Option<Arc<Params>>; 2] = [None, None];
    let mut buffer = BytesMut::new();
    loop {
        while let Some(frame) = frames::next(&mut buffer)
            .map_err(|e| blame::child(format!("sent what is not understood: {e}")))?
        {
            if let Frame::Certificate(digest) = &frame {
                keep(digest, &place, &tools);
                offer.sink.certificate(&pinned(digest));
            }
            take(frame, &mut params, &mut offer, &tools)?;
        }
        // Silence is judged by the time-out below; this finds pictures without a key frame among
        // them.
        offer.patience(tools.clock.mono())?;
        let wanted = frames::wanted(&buffer).unwrap_or_default();
        buffer.reserve(wanted.max(READ_BYTES));
        let patience = STALL_SPAN + CHILD_GRACE;
        match timeout(patience.to_std(), socket.read_buf(&mut buffer)).await {
            Ok(Ok(0)) => return Err(gone(&mut child, "closed its end").await),
            Ok(Ok(_)) => {}
            Ok(Err(e)) => return Err(gone(&mut child, &e.to_string()).await),
            Err(_) => {
                let _ = child.start_kill();
                let span = patience.in_words();
                return Err(blame::child(format!("hung for {span} and was killed")));
            }
        }
    }
}

/// Fills in the certificate that a camera over TLS has to show, if one is known.
fn expect(call: &mut Call, tools: &Tools) -> Result<Option<String>, Ended> {
    let (Job::Camera { url, pin, .. }, Some(place)) = (&mut call.job, &call.place) else {
        return Ok(None);
    };
    if let Some(pins) = tools.pins.as_ref().filter(|_| url.starts_with("rtsps:")) {
        *pin = pins.known(place).map_err(|fault| blame::pin(&fault.text))?;
    }
    Ok(pin.clone())
}

/// A certificate that was never seen before. Not being able to keep it is no reason not to record.
fn keep(digest: &str, place: &str, tools: &Tools) {
    tracing::info!(place, "first certificate, SHA-256 {digest}: kept");
    if let Some(Err(fault)) = tools.pins.as_ref().map(|pins| pins.keep(place, digest)) {
        tracing::warn!("the certificate of {place} is not kept: {}", fault.text);
    }
}

fn pinned(digest: &str) -> String {
    format!("the one it showed first, SHA-256 {digest}")
}

fn start(program: &std::path::Path) -> std::io::Result<(Child, UnixStream)> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let child = Command::new(program)
        .arg("ingest")
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    Ok((child, UnixStream::from_std(ours)?))
}

fn take<S: Sink>(
    frame: Frame,
    params: &mut [Option<Arc<Params>>; 2],
    offer: &mut Offer<S>,
    tools: &Tools,
) -> Result<(), Ended> {
    match frame {
        Frame::Params(new) => {
            let slot = &mut params[usize::from(matches!(new, Params::Video(_)))];
            if slot.as_deref() != Some(&new) {
                *slot = Some(Arc::new(new));
            }
        }
        Frame::Unit(unit) => {
            let now = tools.clock.mono();
            let Some(params) = params[usize::from(unit.video)].clone() else {
                return offer.without_params(unit.video && unit.key, now);
            };
            let arrived = tools.clock.utc();
            let (video, unit) = (
                unit.video,
                AccessUnit {
                    data: unit.data,
                    time: unit.time,
                    key: unit.key,
                    arrived,
                    params,
                    camera_offset: unit.camera_time.map(|t| t - arrived),
                    lost_packets: unit.lost_packets,
                },
            );
            match video {
                true => {
                    offer.understood(now); // the child's parser lets nothing else pass
                    offer.video(unit, now)?;
                }
                false => offer.audio(unit),
            }
        }
        Frame::Failed { reason, text } => return Err(Ended { reason, text }),
        Frame::Certificate(_) => {} // taken by the caller
        Frame::Job(_) => return Err(blame::child("sent a job instead of pictures")),
    }
    Ok(())
}

/// The child's end is closed: how did it end?
async fn gone(child: &mut Child, what: &str) -> Ended {
    let second = std::time::Duration::from_secs(1);
    match timeout(second, child.wait()).await {
        Ok(Ok(status)) => blame::child(format!("{} without saying why", in_words(status))),
        _ => {
            let _ = child.start_kill();
            blame::child(format!("{what} and was killed"))
        }
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => "was killed (signal 9; by the system, if memory ran out)".into(),
        (Some(signal), _) => format!("crashed (signal {signal})"),
        (None, code) => format!("ended with status {}", code.unwrap_or_default()),
    }
}
