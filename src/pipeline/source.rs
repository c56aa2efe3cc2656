//! Sources that `retina` is not for: words of the file, and cameras over UDP, TLS or with MJPEG.

use std::sync::Arc;

use beadle::base::limits::STALL_SPAN;
use beadle::footage::GapReason;
use gstreamer as gst;
use gstreamer::prelude::*;

use super::ingest::Failed;
use super::outlet::Outlet;

/// Packets over UDP are put in order for this long; a school's network reorders within a few
/// milliseconds.
const LATENCY_MS: u32 = 200;

/// Turns what the bus says into a reason: it depends on what was asked for.
pub struct Blame {
    /// Host and port of a camera; `None` for words of the file.
    camera: Option<String>,
    login: bool,
}

/// A pipeline out of the file's gst-launch words.
///
/// # Errors
/// The words are no pipeline; with GStreamer's own sentence.
pub fn words(words: &str, outlet: &Arc<Outlet>) -> Result<(gst::Pipeline, Blame), Failed> {
    let text = format!("{words} ! identity name=beadle-end silent=true");
    let mut context = gst::ParseContext::new();
    let parsed = gst::parse::launch_full(&text, Some(&mut context), gst::ParseFlags::FATAL_ERRORS);
    let element = parsed.map_err(|e| {
        let missing = context.missing_elements();
        let remedy = match missing.first() {
            Some(name) => format!("; is the plugin of \"{name}\" installed?"),
            None => "; it has to end in an element with an output, not in a sink".to_owned(),
        };
        let said = e.message().replace("beadle-end", "the end");
        Failed::new(GapReason::Pipeline, format!("the pipeline is not understood: {said}{remedy}"))
    })?;
    let pipeline = element.downcast::<gst::Pipeline>().map_err(|_| {
        Failed::new(GapReason::Pipeline, "the pipeline has one element alone; join them with !")
    })?;
    let end = pipeline.by_name("beadle-end").ok_or_else(|| {
        Failed::new(GapReason::Pipeline, "the pipeline's end is missing; write it without brackets")
    })?;
    outlet.attach(&pipeline, &end);
    Ok((pipeline, Blame { camera: None, login: false }))
}

/// A camera through `rtspsrc`. Over `rtsps` any certificate is taken: cameras sign their own, so
/// the line is encrypted but the camera does not prove who it is.
///
/// # Errors
/// A plugin is missing.
pub fn camera(
    url: &str,
    login: Option<(&str, &str)>,
    udp: bool,
    outlet: &Arc<Outlet>,
) -> Result<(gst::Pipeline, Blame), Failed> {
    let pipeline = gst::Pipeline::new();
    let src = make("rtspsrc")?;
    src.set_property("location", url);
    src.set_property_from_str("protocols", if udp { "udp+udp-mcast" } else { "tcp" });
    src.set_property("latency", LATENCY_MS);
    // The camera's own times. The other modes bend them towards our clock: in the first second of a
    // stream pictures 40.0 ms apart were seen to come out 37.6 ms apart.
    src.set_property_from_str("buffer-mode", "none");
    src.set_property("do-rtsp-keep-alive", true);
    src.set_property("user-agent", concat!("Beadle/", env!("CARGO_PKG_VERSION")));
    src.set_property_from_str("tls-validation-flags", "");
    if let Some((user, password)) = login {
        src.set_property("user-id", user);
        src.set_property("user-pw", password);
    }
    add(&pipeline, &src)?;
    // Streams that are not pictures are not even SETUP.
    src.connect("select-stream", false, |values| {
        let caps = values.get(2).and_then(|v| v.get::<gst::Caps>().ok());
        let media = caps.as_ref().and_then(|c| c.structure(0)?.get::<String>("media").ok());
        Some((media.as_deref() == Some("video")).to_value())
    });
    let (weak, feed) = (pipeline.downgrade(), outlet.clone());
    src.connect_pad_added(move |_, pad| {
        let Some(pipeline) = weak.upgrade() else {
            return;
        };
        if let Err(failed) = join(&pipeline, pad, &feed) {
            feed.judge(failed);
        }
    });
    let (place, seen) = (place_of(url), outlet.clone());
    src.connect_no_more_pads(move |src| {
        if src.src_pads().is_empty() {
            seen.judge(Failed::new(
                GapReason::NoStream,
                "the camera offers a stream without pictures; check what follows the address",
            ));
        }
    });
    Ok((pipeline, Blame { camera: Some(place), login: login.is_some() }))
}

/// From one of the camera's RTP streams to the outlet.
fn join(pipeline: &gst::Pipeline, pad: &gst::Pad, outlet: &Arc<Outlet>) -> Result<(), Failed> {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let name = caps.structure(0).and_then(|s| s.get::<String>("encoding-name").ok());
    let chain: &[&str] = match name.as_deref() {
        Some("H264") => &["rtph264depay"],
        Some("H265") => &["rtph265depay"],
        Some("JPEG") => &["rtpjpegdepay", "jpegdec", "x264enc"],
        other => {
            let other = other.unwrap_or("something unknown");
            return Err(Failed::new(
                GapReason::Codec,
                format!("the camera sends {other}, which is not recorded; set it to H.264"),
            ));
        }
    };
    let end = make("identity")?;
    end.set_property("silent", true);
    let mut from = pad.clone();
    let mut elements = chain.iter().map(|name| make(name)).collect::<Result<Vec<_>, _>>()?;
    elements.push(end.clone());
    for element in &elements {
        if element.factory().is_some_and(|f| f.name() == "x264enc") {
            // A key frame every two seconds at most rates; no B-frames, no look-ahead.
            element.set_property_from_str("tune", "zerolatency");
            element.set_property_from_str("speed-preset", "veryfast");
            element.set_property("key-int-max", 30u32);
            element.set_property("bitrate", 3000u32);
        }
        add(pipeline, element)?;
    }
    outlet.attach(pipeline, &end);
    for element in &elements {
        let no =
            |what: &str| Failed::new(GapReason::Pipeline, format!("{}: {what}", element.name()));
        let entry = element.static_pad("sink").ok_or_else(|| no("no input"))?;
        from.link(&entry).map_err(|e| no(&e.to_string()))?;
        element.sync_state_with_parent().map_err(|e| no(&e.to_string()))?;
        from = element.static_pad("src").ok_or_else(|| no("no output"))?;
    }
    Ok(())
}

fn make(name: &str) -> Result<gst::Element, Failed> {
    gst::ElementFactory::make(name).build().map_err(|_| {
        Failed::new(
            GapReason::Pipeline,
            format!(
                "GStreamer's \"{name}\" is missing; install gstreamer1.0-plugins-good and -ugly"
            ),
        )
    })
}

fn add(pipeline: &gst::Pipeline, element: &gst::Element) -> Result<(), Failed> {
    pipeline.add(element).map_err(|e| Failed::new(GapReason::Pipeline, e.to_string()))
}

/// Host and port, for texts.
fn place_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default().to_owned()
}

impl Blame {
    fn of(&self) -> &str {
        self.camera.as_deref().unwrap_or("the pipeline")
    }

    /// An element's error, in its own words for a pipeline, sorted by kind for a camera.
    pub fn error(&self, e: &gst::message::Error) -> Failed {
        let (error, debug) = (e.error(), e.debug().unwrap_or_default());
        let name = e.src().map(|s| s.name().to_string()).unwrap_or_default();
        let said = error.message();
        // The first line says in which C file; what follows is the element's own detail.
        let detail: Vec<&str> = debug.lines().skip(1).collect();
        let said = match detail.is_empty() {
            true => said.to_owned(),
            false => format!("{said} ({})", detail.join(" ")),
        };
        let Some(place) = &self.camera else {
            return Failed::new(GapReason::Pipeline, format!("{name}: {said}"));
        };
        let (reason, text) = self.camera_error(&error, &debug, place);
        match text {
            Some(text) => Failed::new(reason, text),
            None => Failed::new(reason, format!("{place}: {said}")),
        }
    }

    fn camera_error(
        &self,
        error: &gst::glib::Error,
        debug: &str,
        place: &str,
    ) -> (GapReason, Option<String>) {
        use gst::ResourceError as R;
        let has = |words: &str| debug.contains(words) || error.message().contains(words);
        if error.kind::<R>() == Some(R::NotAuthorized) || has("Unauthorized") {
            let text = match self.login {
                true => "does not accept the user and password; enter the password again",
                false => "needs a user and password; name them with user= and secret=",
            };
            return (GapReason::WrongPassword, Some(format!("{place} {text}")));
        }
        if error.kind::<R>() == Some(R::NotFound) || has("Not Found") {
            let text = format!("{place} has no such stream; check what follows the address");
            return (GapReason::NoStream, Some(text));
        }
        if has("refused") {
            let text =
                format!("{place} refuses the connection; is RTSP switched on in the camera?");
            return (GapReason::Refused, Some(text));
        }
        if has("No route") || has("resolv") || has("Timeout while connecting") || has("imed out") {
            let text =
                format!("{place} does not answer; check its power, its cable and its address");
            return (GapReason::NoRoute, Some(text));
        }
        if has("allow more transport protocols") {
            let text = format!("{place} does not send that way; leave out transport=\"udp\"");
            return (GapReason::Refused, Some(text));
        }
        if has("Could not receive any UDP packets") {
            let text =
                format!("{place} sends no UDP packets that arrive here; write transport=\"tcp\"");
            return (GapReason::Stalled, Some(text));
        }
        match error.kind::<R>() {
            Some(R::OpenRead | R::OpenWrite | R::OpenReadWrite) => (GapReason::Refused, None),
            Some(R::Read) => (GapReason::Closed, None),
            Some(R::Settings) => (GapReason::Refused, None),
            _ => (GapReason::Pipeline, None),
        }
    }

    pub fn ended(&self, units: u64) -> Failed {
        match &self.camera {
            Some(place) => Failed::new(GapReason::Closed, format!("{place} closed the stream")),
            None => Failed::new(
                GapReason::Pipeline,
                format!("the pipeline came to its end after {units} pictures"),
            ),
        }
    }

    pub fn stalled(&self, units: u64) -> Failed {
        let (of, span) = (self.of(), STALL_SPAN.in_words());
        let after = if units == 0 { "gave no picture" } else { "gave no more pictures" };
        Failed::new(GapReason::Stalled, format!("{of} {after} for {span}"))
    }
}
