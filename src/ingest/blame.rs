//! Every way an attempt can fail, as a reason and a sentence with the remedy. The one place for
//! these words.
//!
//! `retina` tells an RTSP status by number and everything else by text alone; the texts that matter
//! are matched here and pinned by tests/ingest_faults.rs, and its version is pinned in Cargo.toml.

use super::Ended;
use crate::base::limits::{BAD_PACKETS_MAX, STALL_SPAN, UNDERSTOOD_SPAN, UNIT_BYTES_MAX};
use crate::base::time::Span;
use crate::footage::{Codec, GapReason};

fn ended(reason: GapReason, text: impl Into<String>) -> Ended {
    Ended { reason, text: text.into() }
}

/// How far the attempt had come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Connecting, DESCRIBE, SETUP, PLAY.
    Asking,
    /// Pictures flow.
    Flowing,
}

/// What failed in `retina`; `place` is host and port, `login` whether we had one to give.
pub(super) fn retina(e: &retina::Error, stage: Stage, place: &str, login: bool) -> Ended {
    let text = e.to_string();
    let first = text.lines().next().unwrap_or_default();
    if let Some(status) = e.status_code() {
        return status_of(status, first, place, login);
    }
    if let Some(why) = text.strip_prefix("Unable to connect to RTSP server: ") {
        return connect(why, place);
    }
    if text.starts_with("RTSP framing error") {
        return framing(&text, first, stage, place);
    }
    if text.starts_with("Error reading") || text.starts_with("Error writing") {
        return cut(first, stage, place);
    }
    ended(
        GapReason::Garbage,
        format!("{place} sends what cannot be understood ({first}); restart the camera"),
    )
}

/// A connection that did not come about, by the system's words.
pub(super) fn connect(why: &str, place: &str) -> Ended {
    let is = |errno: i32| why.contains(&format!("(os error {errno})"));
    if why.contains("failed to lookup address") {
        return ended(
            GapReason::NoRoute,
            format!(
                "the name in {place} is not known; check its spelling, or write the IP address"
            ),
        );
    }
    if is(libc::ECONNREFUSED) {
        return ended(
            GapReason::Refused,
            format!(
                "{place} refuses the connection; is RTSP switched on there, and is this its port?"
            ),
        );
    }
    if is(libc::EMFILE) || is(libc::ENFILE) {
        return ended(
            GapReason::NoRoute,
            "this machine has no file handles left; raise the limit of open files".to_owned(),
        );
    }
    no_route(place)
}

pub(super) fn no_route(place: &str) -> Ended {
    ended(
        GapReason::NoRoute,
        format!("{place} does not answer; check the camera's power, its cable and its address"),
    )
}

/// Connected, but nothing came back in time.
pub(super) fn silent(place: &str) -> Ended {
    ended(
        GapReason::Stalled,
        format!("{place} takes the connection but does not answer; restart the camera"),
    )
}

fn status_of(status: u16, first: &str, place: &str, login: bool) -> Ended {
    use GapReason::*;
    let (reason, text) = match status {
        401 if first.contains("understand WWW-Authenticate") => (
            WrongPassword,
            format!(
                "{place} asks for a kind of login that Beadle does not know; set it to digest there"
            ),
        ),
        401 if !login => (
            WrongPassword,
            format!("{place} needs a user and password; name them with user= and secret="),
        ),
        401 => (
            WrongPassword,
            format!("{place} does not accept the user and password; enter the password again"),
        ),
        403 => (
            WrongPassword,
            format!(
                "{place} forbids it (403): this user may not watch, or is locked out by many tries"
            ),
        ),
        404 | 410 | 454 => (
            NoStream,
            format!("{place} has no such stream ({status}); check what follows the address"),
        ),
        461 => (Refused, udp_only(place)),
        453 | 503 => (
            Refused,
            format!("{place} is serving as many viewers as it can ({status}); close the others"),
        ),
        300..=399 => (
            NoStream,
            format!("{place} says the stream has moved ({status}); write the new address"),
        ),
        200..=299 if first.contains("missing interleaved") => (Refused, udp_only(place)),
        200..=299 => (
            Garbage,
            format!("{place} describes its stream in a way that cannot be understood ({first})"),
        ),
        _ => (Refused, format!("{place} refuses with status {status}; restart the camera")),
    };
    ended(reason, text)
}

fn udp_only(place: &str) -> String {
    format!("{place} does not send over TCP; write transport=\"udp\" for this camera")
}

fn framing(text: &str, first: &str, stage: Stage, place: &str) -> Ended {
    if stage == Stage::Flowing {
        return match first.contains("at EOF") {
            true => closed(place),
            false => ended(
                GapReason::Garbage,
                format!(
                    "{place} sent what is not RTSP in the middle of the stream; restart the camera"
                ),
            ),
        };
    }
    // The dump's text column shows the answer's first 16 bytes.
    let what = if text.contains("HTTP/1.") || text.contains("HTTP/2") {
        "answers with HTTP: this is its web page's port, RTSP is usually on 554"
    } else if text.contains("0000:   15 03") {
        "answers with TLS: write rtsps:// instead of rtsp://"
    } else {
        "answers, but does not speak RTSP; check the port"
    };
    ended(GapReason::Refused, format!("{place} {what}"))
}

fn cut(first: &str, stage: Stage, place: &str) -> Ended {
    let timed_out = first.contains("keepalive") || first.contains("timed out");
    match stage {
        _ if timed_out => stalled(),
        Stage::Flowing => closed(place),
        Stage::Asking => ended(
            GapReason::Closed,
            format!(
                "{place} closed the connection without an answer; it may have too many viewers"
            ),
        ),
    }
}

pub(super) fn closed(place: &str) -> Ended {
    ended(GapReason::Closed, format!("{place} closed the connection; it may have restarted"))
}

/// The address in the file is not one.
pub(super) fn address(why: &str) -> Ended {
    ended(
        GapReason::NoRoute,
        format!("the stream's address cannot be used: {why}; write rtsp://HOST/PATH"),
    )
}

pub(super) fn no_video(place: &str) -> Ended {
    ended(
        GapReason::NoStream,
        format!("{place} offers a stream without pictures; check what follows the address"),
    )
}

/// `name` as the camera calls it.
pub(super) fn codec(place: &str, name: &str) -> Ended {
    let shown = match name.to_ascii_uppercase().as_str() {
        "JPEG" => "MJPEG, which needs the program beadle-pictures to be encoded anew".to_owned(),
        "MP4V-ES" => "MPEG-4 part 2, which is not recorded".to_owned(),
        other => format!("{other}, which is not recorded"),
    };
    ended(GapReason::Codec, format!("{place} sends {shown}; set the camera to H.264 (or H.265)"))
}

pub(super) fn never_sent() -> Ended {
    let span = STALL_SPAN.in_words();
    ended(
        GapReason::Stalled,
        format!("the camera agreed to play but sent no picture for {span}; restart it"),
    )
}

pub(super) fn stalled() -> Ended {
    let span = STALL_SPAN.in_words();
    ended(GapReason::Stalled, format!("the camera sent no picture for {span}"))
}

pub(super) fn no_key(limit: Span) -> Ended {
    ended(
        GapReason::NoKeyFrame,
        format!(
            "the camera sent no key frame for {}; set its key-frame interval to 2 s",
            limit.in_words()
        ),
    )
}

pub(super) fn no_params() -> Ended {
    ended(
        GapReason::NoKeyFrame,
        "the camera sends no parameter sets, without which no picture can be decoded; restart it, \
         or set its stream anew",
    )
}

pub(super) fn too_big(bytes: usize) -> Ended {
    let limit = UNIT_BYTES_MAX >> 20;
    ended(
        GapReason::Garbage,
        format!(
            "the camera sent one picture of {} MB; more than {limit} is not taken",
            bytes >> 20
        ),
    )
}

pub(super) fn bad_packets(place: &str, last: &str) -> Ended {
    ended(
        GapReason::Garbage,
        format!(
            "{place} sent {BAD_PACKETS_MAX} packets that cannot be understood ({last}); is its \
             stream in the codec that it announces? Restart it"
        ),
    )
}

/// `codec` is what the camera announced, `last` why its last packet was refused.
pub(super) fn not_as_announced(place: &str, codec: Codec, last: &str) -> Ended {
    let (span, codec) = (UNDERSTOOD_SPAN.in_words(), codec.name());
    ended(
        GapReason::Garbage,
        format!(
            "{place} announces {codec}, but for {span} nothing came that is {codec} ({last}); set \
             its codec anew, or restart it"
        ),
    )
}

pub(super) fn not_understood() -> Ended {
    let span = UNDERSTOOD_SPAN.in_words();
    ended(
        GapReason::Garbage,
        format!(
            "the camera sent no picture for {span} that can be understood; is its stream in the \
             codec that it announces? Restart it"
        ),
    )
}

pub(super) fn restarted(place: &str) -> Ended {
    ended(GapReason::Closed, format!("{place} started its stream anew without being asked"))
}

/// A GStreamer child that failed without its own words.
pub(super) fn child(what: impl std::fmt::Display) -> Ended {
    ended(GapReason::Pipeline, format!("beadle-pictures {what}"))
}

/// The certificate to expect cannot be read.
pub(super) fn pin(what: &str) -> Ended {
    ended(GapReason::Refused, what)
}

pub(super) fn no_pictures() -> Ended {
    ended(
        GapReason::Pipeline,
        "this stream needs the program beadle-pictures, which is not installed beside beadle",
    )
}
