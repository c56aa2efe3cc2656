//! Cameras that `retina` is not for, through `rtspsrc`: over UDP, over TLS, or with MJPEG.

use std::sync::Arc;

use beadle::base::digest::Digest;
use beadle::footage::GapReason;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;

use super::coder;
use super::ingest::Failed;
use super::line;
use super::outlet::Outlet;
use super::sound;
use super::source::Blame;

/// Packets over UDP are put in order for this long; a school's network reorders within a few
/// milliseconds.
const LATENCY_MS: u32 = 200;
/// A key frame every two seconds at most rates.
const KEY_EACH: u32 = 30;

/// What the job says about the camera.
pub struct Asked<'a> {
    pub url: &'a str,
    pub login: Option<(&'a str, &'a str)>,
    pub udp: bool,
    pub audio: bool,
    /// SHA-256 of the certificate to expect over TLS.
    pub pin: Option<String>,
}

/// A pipeline from this camera to the outlet.
///
/// # Errors
/// A plugin is missing.
pub fn camera(asked: Asked, outlet: &Arc<Outlet>) -> Result<(gst::Pipeline, Blame), Failed> {
    let pipeline = gst::Pipeline::new();
    let src = make("rtspsrc")?;
    let place = place_of(asked.url);
    src.set_property("location", asked.url);
    src.set_property_from_str("protocols", if asked.udp { "udp+udp-mcast" } else { "tcp" });
    src.set_property("latency", LATENCY_MS);
    // The camera's own times. The other modes bend them towards our clock: in the first second of a
    // stream pictures 40.0 ms apart were seen to come out 37.6 ms apart.
    src.set_property_from_str("buffer-mode", "none");
    src.set_property("do-rtsp-keep-alive", true);
    src.set_property("add-reference-timestamp-meta", true);
    src.set_property("user-agent", concat!("Beadle/", env!("CARGO_PKG_VERSION")));
    if let Some((user, password)) = asked.login {
        src.set_property("user-id", user);
        src.set_property("user-pw", password);
    }
    accept(&src, asked.pin, &place, outlet);
    add(&pipeline, &src)?;
    // What is not recorded is not even SETUP: sound only where the file allows it (R1.20).
    let audio = asked.audio;
    src.connect("select-stream", false, move |values| {
        let caps = values.get(2).and_then(|v| v.get::<gst::Caps>().ok());
        let (media, name) = caps.map(|c| names(&c)).unwrap_or_default();
        let wanted = media == "video" || (audio && media == "audio" && sound::is_known(&name));
        Some(wanted.to_value())
    });
    let (weak, feed) = (pipeline.downgrade(), outlet.clone());
    src.connect_pad_added(move |_, pad| {
        let Some(pipeline) = weak.upgrade() else {
            return;
        };
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let (media, name) = names(&caps);
        if media == "audio" {
            // Sound that cannot be had costs no picture.
            if let Err(failed) = sound::join(&pipeline, pad, &name, &feed) {
                eprintln!("no sound: {}", failed.text);
            }
        } else if let Err(failed) = join(&pipeline, pad, &name, &feed) {
            feed.judge(failed);
        }
    });
    let seen = outlet.clone();
    src.connect_no_more_pads(move |src| {
        let is_video = |pad: &gst::Pad| {
            let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
            names(&caps).0 == "video"
        };
        if !src.src_pads().iter().any(is_video) {
            seen.judge(Failed::new(
                GapReason::NoStream,
                "the camera offers a stream without pictures; check what follows the address",
            ));
        }
    });
    let (login, tls) = (asked.login.is_some(), asked.url.starts_with("rtsps:"));
    Ok((pipeline, Blame { camera: Some(place), login, tls }))
}

/// Asked by `rtspsrc` about a certificate that no authority vouches for: the first one counts (see
/// `ingest::pins` of the library, which keeps it).
fn accept(src: &gst::Element, pin: Option<String>, place: &str, outlet: &Arc<Outlet>) {
    let (outlet, place) = (outlet.clone(), place.to_owned());
    src.connect("accept-certificate", false, move |values| {
        let shown = values.get(2).and_then(|v| v.get::<glib::Object>().ok());
        let shown = shown.map(|c| c.property::<glib::ByteArray>("certificate"));
        let Some(digest) = shown.map(|der| Digest::of(&der).to_string()) else {
            return Some(false.to_value());
        };
        match &pin {
            None => outlet.certificate(&digest),
            Some(pin) if *pin == digest => {}
            Some(pin) => {
                outlet.judge(Failed::new(
                    GapReason::Refused,
                    format!(
                        "{place} shows another certificate than at first (SHA-256 {digest}, \
                         before {pin}); if the camera was replaced or reset, say `beadle secret \
                         forget {place}`"
                    ),
                ));
                return Some(false.to_value());
            }
        }
        Some(true.to_value())
    });
}

/// `video` and `H264`, as the camera's description has them.
fn names(caps: &gst::Caps) -> (String, String) {
    let form = caps.structure(0);
    let text = |name: &str| form.and_then(|s| s.get::<String>(name).ok()).unwrap_or_default();
    (text("media"), text("encoding-name"))
}

/// From the camera's RTP stream of pictures to the outlet.
fn join(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    name: &str,
    outlet: &Arc<Outlet>,
) -> Result<(), Failed> {
    let chain: &[&str] = match name {
        "H264" => &["rtph264depay"],
        "H265" => &["rtph265depay"],
        "JPEG" => &["rtpjpegdepay", "jpegdec", "videoconvert"],
        other => {
            let other = if other.is_empty() { "something unknown" } else { other };
            return Err(Failed::new(
                GapReason::Codec,
                format!("the camera sends {other}, which is not recorded; set it to H.264"),
            ));
        }
    };
    line::watch(pad, outlet);
    let end = make("identity")?;
    end.set_property("silent", true);
    let mut elements = chain.iter().map(|name| make(name)).collect::<Result<Vec<_>, _>>()?;
    if name == "JPEG" {
        for element in [coder::plain(), coder::steady(KEY_EACH)] {
            elements.push(element.map_err(|why| Failed::new(GapReason::Pipeline, why))?);
        }
    }
    elements.push(end.clone());
    for element in &elements {
        add(pipeline, element)?;
    }
    outlet.attach(pipeline, &end);
    chain_up(pad, &elements)
}

/// Links `pad` through these elements, which are in the pipeline, and starts them.
pub(super) fn chain_up(pad: &gst::Pad, elements: &[gst::Element]) -> Result<(), Failed> {
    let mut from = pad.clone();
    for element in elements {
        let no =
            |what: &str| Failed::new(GapReason::Pipeline, format!("{}: {what}", element.name()));
        let entry = element.static_pad("sink").ok_or_else(|| no("no input"))?;
        from.link(&entry).map_err(|e| no(&e.to_string()))?;
        element.sync_state_with_parent().map_err(|e| no(&e.to_string()))?;
        match element.static_pad("src") {
            Some(pad) => from = pad,
            None => break, // a sink ends it
        }
    }
    Ok(())
}

pub(super) fn make(name: &str) -> Result<gst::Element, Failed> {
    gst::ElementFactory::make(name).build().map_err(|_| {
        Failed::new(
            GapReason::Pipeline,
            format!(
                "GStreamer's \"{name}\" is missing; install gstreamer1.0-plugins-good and -ugly"
            ),
        )
    })
}

pub(super) fn add(pipeline: &gst::Pipeline, element: &gst::Element) -> Result<(), Failed> {
    pipeline.add(element).map_err(|e| Failed::new(GapReason::Pipeline, e.to_string()))
}

/// Host and port, as the supervisor names them too.
fn place_of(url: &str) -> String {
    let default = if url.starts_with("rtsps:") { "322" } else { "554" };
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = rest.split(['/', '?']).next().unwrap_or_default();
    let port = place.rsplit_once(':').is_some_and(|(_, p)| p.bytes().all(|b| b.is_ascii_digit()));
    if port { place.to_owned() } else { format!("{place}:{default}") }
}
