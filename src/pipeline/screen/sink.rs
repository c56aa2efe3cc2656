//! From a sheet to the screen: `kmssink`, in the screen's own mode.
//!
//! Planes of simple cards do not scale, and nothing was shown without setting the mode (measured on
//! virtio and bochs): so pictures are as large as the mode is, and the mode is set.

use std::os::fd::AsRawFd;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as app;

use super::card::Card;
use super::sheet::Sheet;

/// A screen that does not show its first picture by then shows none.
const FIRST: gst::ClockTime = gst::ClockTime::from_seconds(8);

pub struct Sink {
    pipeline: gst::Pipeline,
    inlet: app::AppSrc,
    bus: gst::Bus,
}

impl Drop for Sink {
    fn drop(&mut self) {
        // Sets the mode that was before.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

impl Sink {
    /// # Errors
    /// A plugin is missing; in words.
    pub fn open(card: &Card) -> Result<Sink, String> {
        gst::init().map_err(|e| format!("GStreamer does not start: {e}; install it anew."))?;
        let screen = gst::ElementFactory::make("kmssink")
            .property("fd", card.file.as_raw_fd())
            .property("force-modesetting", true)
            .property("sync", false)
            .build()
            .map_err(|_| "GStreamer's \"kmssink\" is missing; install gstreamer1.0-plugins-bad.")?;
        let caps = gst::Caps::builder("video/x-raw")
            .field("format", "BGRx")
            .field("width", card.width as i32)
            .field("height", card.height as i32)
            .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
            .field("framerate", gst::Fraction::new(0, 1))
            .build();
        let inlet = app::AppSrc::builder().caps(&caps).block(true).max_bytes(1).build();
        inlet.set_format(gst::Format::Time);
        let pipeline = gst::Pipeline::new();
        let broken = |e: gst::glib::BoolError| e.to_string();
        pipeline.add_many([inlet.upcast_ref(), &screen]).map_err(broken)?;
        inlet.link(&screen).map_err(broken)?;
        let bus = pipeline.bus().ok_or("a pipeline without a bus")?;
        let sink = Sink { pipeline, inlet, bus };
        if sink.pipeline.set_state(gst::State::Playing).is_err() {
            sink.trouble()?;
            return Err("The screen does not take pictures.".into());
        }
        Ok(sink)
    }

    /// Waits until the first picture is on the screen.
    ///
    /// # Errors
    /// It does not come there; in words.
    pub fn settle(&self) -> Result<(), String> {
        let (done, ..) = self.pipeline.state(FIRST);
        self.trouble()?;
        match done {
            Ok(gst::StateChangeSuccess::Success | gst::StateChangeSuccess::NoPreroll) => Ok(()),
            Ok(_) => Err("The screen did not show a picture in time.".into()),
            Err(_) => Err("The screen does not take pictures.".into()),
        }
    }

    /// Waits until the screen has taken the one before.
    ///
    /// # Errors
    /// The screen's, in words.
    pub fn show(&mut self, sheet: &Sheet) -> Result<(), String> {
        let mut pixels = Vec::with_capacity(sheet.width * sheet.height * 4);
        for pixel in sheet.rgb.chunks_exact(3) {
            pixels.extend_from_slice(&[pixel[2], pixel[1], pixel[0], 0]);
        }
        let pushed = self.inlet.push_buffer(gst::Buffer::from_mut_slice(pixels));
        self.trouble()?;
        pushed.map(drop).map_err(|e| format!("The screen takes no more pictures ({e})."))
    }

    /// # Errors
    /// The first fault that was told since the last time, in words.
    pub fn trouble(&self) -> Result<(), String> {
        while let Some(message) = self.bus.pop() {
            if let gst::MessageView::Error(e) = message.view() {
                let more = e.debug().map(|d| format!(" ({d})")).unwrap_or_default();
                return Err(format!("The screen shows nothing: {}{more}", e.error().message()));
            }
        }
        Ok(())
    }
}
