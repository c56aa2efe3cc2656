//! Words of the file as a source, and what an element's error means to the reader.

use std::sync::Arc;

use beadle::base::limits::STALL_SPAN;
use beadle::footage::GapReason;
use gstreamer as gst;
use gstreamer::prelude::*;

use super::ingest::Failed;
use super::outlet::Outlet;

/// Turns what the bus says into a reason: it depends on what was asked for.
pub struct Blame {
    /// Host and port of a camera; `None` for words of the file.
    pub(super) camera: Option<String>,
    pub(super) login: bool,
    pub(super) tls: bool,
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
    Ok((pipeline, Blame { camera: None, login: false, tls: false }))
}

/// Has one of glib-networking's backends been loaded? It is by the first attempt to use TLS.
fn speaks_tls() -> bool {
    let backends = ["GTlsBackendGnutls", "GTlsBackendOpenssl"];
    backends.iter().any(|name| gst::glib::Type::from_name(*name).is_some())
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
        if has("Unacceptable TLS certificate") {
            let text = format!("{place} shows a certificate that is not accepted");
            return (GapReason::Refused, Some(text));
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
        // `rtspsrc` says no more than "Generic error" where TLS itself is missing.
        if self.tls && !speaks_tls() {
            let text = format!("{place} speaks TLS, for which glib-networking is not installed");
            return (GapReason::Pipeline, Some(text));
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
