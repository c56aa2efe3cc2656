//! The end of every recording pipeline: parser, sink, and samples turned into frames for the
//! parent.
//!
//! What flows out of a source is known only when it flows. So the source ends in a plain
//! `identity`, and a probe on it sees the format come by and attaches the parser that fits, or says
//! what came out instead.

use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use beadle::footage::unit::{AudioCodec, Params, TICKS_PER_SEC, VideoParams};
use beadle::footage::{Codec, GapReason};
use beadle::wire::frames::{self, Frame};
use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as app;

use super::coder;
use super::guard::write_both;
use super::ingest::Failed;
use super::line::Line;
use super::sound::params_of as params_of_sound;

/// Samples waiting between the parser's thread and the socket: a second at 60 frames.
const SAMPLES_MAX: u32 = 60;

/// The parent's end of a pipeline.
pub struct Outlet {
    state: Mutex<State>,
    /// What the packets say; empty where there are none.
    pub(super) line: Line,
}

struct State {
    socket: UnixStream,
    caps: Option<gst::Caps>,
    /// What the last sound was, and its samples a second.
    sound: Option<(gst::Caps, u32)>,
    codec: Codec,
    units: u64,
    last: Option<Instant>,
    verdict: Option<Failed>,
}

impl Outlet {
    pub fn new(socket: UnixStream) -> Outlet {
        let state = State {
            socket,
            caps: None,
            sound: None,
            codec: Codec::H264,
            units: 0,
            last: None,
            verdict: None,
        };
        Outlet { state: Mutex::new(state), line: Line::default() }
    }

    /// A poisoned lock means that a callback panicked, and a panic ends this process anyway.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the outlet found wrong with what came out of the source, if anything.
    pub fn verdict(&self) -> Option<Failed> {
        self.state().verdict.take()
    }

    pub fn judge(&self, failed: Failed) {
        self.state().verdict.get_or_insert(failed);
    }

    pub fn units(&self) -> u64 {
        self.state().units
    }

    pub fn last_unit(&self) -> Option<Instant> {
        self.state().last
    }

    /// Tells the parent; it may be gone, and then there is nobody to tell.
    pub fn failed(&self, failed: Failed) {
        let frame = Frame::Failed { reason: failed.reason, text: failed.text };
        let _ = write_both(&self.state().socket, &frames::encode(&frame), &[]);
    }

    /// Tells the parent which certificate was taken for the first time.
    pub fn certificate(&self, sha256: &str) {
        let frame = Frame::Certificate(sha256.to_owned());
        let _ = write_both(&self.state().socket, &frames::encode(&frame), &[]);
    }

    /// Makes `end` the end of the source: when its format is known the rest is attached to
    /// `pipeline`.
    pub fn attach(self: &Arc<Outlet>, pipeline: &gst::Pipeline, end: &gst::Element) {
        let Some(pad) = end.static_pad("src") else {
            self.judge(Failed::new(GapReason::Pipeline, "the pipeline's end has no output"));
            return;
        };
        let (outlet, pipeline) = (self.clone(), pipeline.downgrade());
        pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |pad, probe| {
            let caps = match probe.event().map(|e| e.view()) {
                Some(gst::EventView::Caps(caps)) => caps.caps_owned(),
                _ => return gst::PadProbeReturn::Ok,
            };
            let Some(pipeline) = pipeline.upgrade() else {
                return gst::PadProbeReturn::Remove;
            };
            if let Err(failed) = outlet.extend(&pipeline, pad, &caps) {
                outlet.judge(failed);
            }
            gst::PadProbeReturn::Remove
        });
    }

    fn extend(
        self: &Arc<Outlet>,
        pipeline: &gst::Pipeline,
        pad: &gst::Pad,
        caps: &gst::Caps,
    ) -> Result<(), Failed> {
        let name = caps.structure(0).map(|s| s.name().to_string()).unwrap_or_default();
        let (codec, parser, wanted) = match name.as_str() {
            "video/x-h264" => (Codec::H264, "h264parse", "video/x-h264,stream-format=avc"),
            "video/x-h265" => (Codec::H265, "h265parse", "video/x-h265,stream-format=hvc1"),
            other => return Err(wrong_end(other)),
        };
        self.state().codec = codec;
        let broken = |e: &dyn std::fmt::Display| {
            Failed::new(
                GapReason::Pipeline,
                format!("{parser} cannot be used: {e}; install gstreamer1.0-plugins-bad"),
            )
        };
        let parse = gst::ElementFactory::make(parser).build().map_err(|e| broken(&e))?;
        let wanted: gst::Caps =
            format!("{wanted},alignment=au").parse().map_err(|_| broken(&"its format"))?;
        let (outlet, outlet_eos) = (self.clone(), self.clone());
        let sink = app::AppSink::builder()
            .caps(&wanted)
            .sync(false)
            .max_buffers(SAMPLES_MAX)
            .callbacks(
                app::AppSinkCallbacks::builder()
                    .new_sample(move |sink| {
                        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                        outlet.sample(&sample).map_err(|failed| {
                            outlet_eos.judge(failed);
                            gst::FlowError::Error
                        })?;
                        Ok(gst::FlowSuccess::Ok)
                    })
                    .build(),
            )
            .build();
        let sink: gst::Element = sink.upcast();
        pipeline.add_many([&parse, &sink]).map_err(|e| broken(&e))?;
        parse.link(&sink).map_err(|e| broken(&e))?;
        sink.sync_state_with_parent().map_err(|e| broken(&e))?;
        parse.sync_state_with_parent().map_err(|e| broken(&e))?;
        let entry = parse.static_pad("sink").ok_or_else(|| broken(&"no input"))?;
        pad.link(&entry).map(drop).map_err(|e| broken(&e))
    }

    /// One packet of sound to the parent.
    pub(super) fn sound(&self, sample: &gst::Sample, codec: AudioCodec) -> Result<(), Failed> {
        let mut state = self.state();
        if let Some(caps) = sample.caps()
            && state.sound.as_ref().map(|(known, _)| known.as_ref()) != Some(caps)
        {
            let Some(params) = params_of_sound(caps, codec) else {
                return Ok(());
            };
            state.sound = Some((caps.to_owned(), params.rate_hz));
            tell(&state.socket, &frames::encode(&Frame::Params(Params::Audio(params))), &[])?;
        }
        let segment = sample.segment().and_then(|s| s.downcast_ref::<gst::ClockTime>());
        let (Some((_, rate)), Some(buffer)) = (&state.sound, sample.buffer()) else {
            return Ok(());
        };
        let running = segment.zip(buffer.pts()).and_then(|(s, pts)| s.to_running_time(pts));
        let (Some(running), Ok(data)) = (running, buffer.map_readable()) else {
            return Ok(());
        };
        if data.is_empty() {
            return Ok(());
        }
        let time = ticks(running, i64::from(*rate));
        let head = frames::unit_head(false, true, time, 0, None, data.len());
        tell(&state.socket, &head, &data)
    }

    /// One access unit to the parent.
    fn sample(&self, sample: &gst::Sample) -> Result<(), Failed> {
        let mut state = self.state();
        if let Some(caps) = sample.caps()
            && state.caps.as_deref() != Some(caps)
        {
            let params = params_of(caps, state.codec)?;
            tell(&state.socket, &frames::encode(&Frame::Params(Params::Video(params))), &[])?;
            state.caps = Some(caps.to_owned());
        }
        let Some(buffer) = sample.buffer() else {
            return Ok(());
        };
        let Some(pts) = buffer.pts() else {
            return Err(Failed::new(
                GapReason::TimeJump,
                "the pipeline's pictures carry no times; add do-timestamp=true to its source",
            ));
        };
        let Ok(map) = buffer.map_readable() else {
            return Ok(());
        };
        let data = without_sets(state.codec, &map);
        if data.is_empty() {
            return Ok(());
        }
        let key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        // Running time is common to picture, sound and packets; encoders move their own stamps.
        let segment = sample.segment().and_then(|s| s.downcast_ref::<gst::ClockTime>());
        let running = segment.and_then(|s| s.to_running_time(pts)).unwrap_or(pts);
        let time = ticks(running, TICKS_PER_SEC);
        let (lost, told) = (self.line.take_lost(), self.line.camera_time(running));
        let head = frames::unit_head(true, key, time, lost, told, data.len());
        tell(&state.socket, &head, &data)?;
        state.units += 1;
        state.last = Some(Instant::now());
        Ok(())
    }
}

/// In ticks of 1/`rate` s, to the nearest: stamps were rounded down on the way here.
fn ticks(time: gst::ClockTime, rate: i64) -> i64 {
    let scaled = i128::from(time.nseconds()) * i128::from(rate);
    ((scaled + 500_000_000) / 1_000_000_000) as i64
}

/// A parent that is gone ends this process, quietly.
fn tell(socket: &UnixStream, head: &[u8], body: &[u8]) -> Result<(), Failed> {
    write_both(socket, head, body).map_err(|e| {
        Failed::new(GapReason::Pipeline, format!("beadle did not take the pictures: {e}"))
    })
}

fn params_of(caps: &gst::CapsRef, codec: Codec) -> Result<VideoParams, Failed> {
    let missing = || {
        Failed::new(
            GapReason::NoKeyFrame,
            "the pipeline's stream carries no parameter sets; end it in h264parse (or h265parse)",
        )
    };
    let form = caps.structure(0).ok_or_else(missing)?;
    let config = form.get::<gst::Buffer>("codec_data").map_err(|_| missing())?;
    let config = config.map_readable().map_err(|_| missing())?;
    let side = |name: &str| form.get::<i32>(name).ok().and_then(|n| u16::try_from(n).ok());
    Ok(VideoParams {
        codec,
        config: Bytes::copy_from_slice(&config),
        width: side("width").ok_or_else(missing)?,
        height: side("height").ok_or_else(missing)?,
    })
}

/// The unit without the parameter sets that the parsers leave in it: an `avc1` or `hvc1` track
/// keeps them in its sample entry alone. Borrowed where there were none.
fn without_sets(codec: Codec, unit: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let is_set = |nal: &[u8]| match (codec, nal.first()) {
        (Codec::H264, Some(b)) => matches!(b & 0x1f, 7 | 8),
        (Codec::H265, Some(b)) => matches!(b >> 1 & 0x3f, 32..=34),
        (_, None) => true,
    };
    let (mut rest, mut kept, mut dropped) = (unit, Vec::new(), false);
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let Some(nal) = after.get(..u32::from_be_bytes(*length) as usize) else {
            break;
        };
        match is_set(nal) {
            true => dropped = true,
            false => kept.push(&rest[..4 + nal.len()]),
        }
        rest = &after[nal.len()..];
    }
    match dropped {
        true => kept.concat().into(),
        false => unit.into(),
    }
}

/// What came out was neither H.264 nor H.265. Never encoded silently: that costs a core and loses
/// detail, so the file has to say it.
fn wrong_end(format: &str) -> Failed {
    let text = match format {
        "video/x-raw" => {
            format!("the pipeline ends in raw video; add ! {}", coder::words())
        }
        "image/jpeg" => {
            format!("the pipeline ends in JPEG; add ! jpegdec ! {}", coder::words())
        }
        "application/x-rtp" => {
            "the pipeline ends in RTP packets; add ! rtph264depay ! h264parse".to_owned()
        }
        other => format!("the pipeline ends in {other}; it has to end in H.264 or H.265"),
    };
    Failed::new(GapReason::Codec, text)
}
