//! One encoder: pictures in by a call, H.264 units out before the call returns. For working copies
//! alone; a recording is never coded anew.
//!
//! As in [`super::decoder`], the elements are driven through pads of our own. The encoder looks at
//! no later picture, so that each comes out at once and in order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use beadle::base::time::Utc;
use beadle::footage::Codec;
use beadle::footage::unit::VideoParams;
use beadle::wire::pictures::{Coded, Picture};
use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as video;

use super::super::coder;

/// A key frame at least every so many pictures, so that a player can seek.
const KEY_EACH: u32 = 50;

/// What comes out at the end of the chain.
#[derive(Default)]
struct Basin {
    params: Option<VideoParams>,
    units: Vec<(bool, Bytes)>,
}

pub struct Encoder {
    entry: gst::Pad,
    /// A pad does not keep the one that it is linked to.
    _exit: gst::Pad,
    chain: Vec<gst::Element>,
    bus: gst::Bus,
    basin: Arc<Mutex<Basin>>,
    form: video::VideoInfo,
    size: (u16, u16),
    params: Option<VideoParams>,
    /// Of pictures that went in and have not come out.
    waiting: VecDeque<Utc>,
    first: Option<Utc>,
}

impl Drop for Encoder {
    fn drop(&mut self) {
        let _ = self.entry.set_active(false);
        for element in &self.chain {
            let _ = element.set_state(gst::State::Null);
        }
    }
}

fn make(name: &str) -> Result<gst::Element, String> {
    gst::ElementFactory::make(name).build().map_err(|_| format!("{name} is missing"))
}

impl Encoder {
    /// # Errors
    /// There is no encoder here; in words.
    pub fn new(size: (u16, u16)) -> Result<Encoder, String> {
        let chain = vec![
            make("videoconvert")?,
            coder::plain()?,
            coder::even(size, KEY_EACH)?,
            make("h264parse")?,
        ];
        let form = video::VideoInfo::builder(video::VideoFormat::Rgb, size.0.into(), size.1.into())
            .fps(gst::Fraction::new(25, 1))
            .build()
            .map_err(|e| e.to_string())?;
        let bus = gst::Bus::new();
        let basin = Arc::new(Mutex::new(Basin::default()));
        let entry = gst::Pad::builder(gst::PadDirection::Src).name("entry").build();
        let exit = exit(basin.clone(), size);
        for element in &chain {
            element.set_bus(Some(&bus));
        }
        for pair in chain.windows(2) {
            pair[0].link(&pair[1]).map_err(|_| "the encoder cannot be put together")?;
        }
        let ends = chain.first().zip(chain.last());
        let pads = ends.and_then(|(a, b)| a.static_pad("sink").zip(b.static_pad("src")));
        let (first, last) = pads.ok_or("the encoder has no pads")?;
        entry.link(&first).map_err(|_| "the encoder cannot be fed")?;
        last.link(&exit).map_err(|_| "the encoder cannot be read")?;
        for pad in [&exit, &entry] {
            pad.set_active(true).map_err(|_| "the encoder does not open")?;
        }
        for element in chain.iter().rev() {
            element.set_state(gst::State::Playing).map_err(|_| "the encoder does not start")?;
        }
        entry.push_event(gst::event::StreamStart::new("beadle"));
        let caps = form.to_caps().map_err(|e| e.to_string())?;
        entry.push_event(gst::event::Caps::new(&caps));
        let mut segment = gst::FormattedSegment::<gst::ClockTime>::new();
        segment.set_start(gst::ClockTime::ZERO);
        entry.push_event(gst::event::Segment::new(&segment));
        let (params, waiting, first) = (None, VecDeque::new(), None);
        Ok(Encoder { entry, _exit: exit, chain, bus, basin, form, size, params, waiting, first })
    }

    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Known from the first unit on.
    pub fn params(&self) -> Option<&VideoParams> {
        self.params.as_ref()
    }

    /// # Errors
    /// The encoder gave up, in its words.
    pub fn push(&mut self, picture: &Picture) -> Result<Vec<Coded>, String> {
        let mut buffer = self.rows(picture)?;
        let first = *self.first.get_or_insert(picture.at);
        if let Some(buffer) = buffer.get_mut() {
            let since = (picture.at - first).0.max(0) as u64;
            buffer.set_pts(gst::ClockTime::from_useconds(since));
        }
        self.waiting.push_back(picture.at);
        let pushed = self.entry.push(buffer);
        while let Some(message) = self.bus.pop() {
            if let gst::MessageView::Error(e) = message.view() {
                return Err(e.error().message().to_owned());
            }
        }
        pushed.map_err(|e| format!("the encoder stopped ({e})"))?;
        let mut basin = self.basin.lock().unwrap_or_else(PoisonError::into_inner);
        if self.params.is_none() {
            self.params = basin.params.clone();
        }
        let units = std::mem::take(&mut basin.units);
        drop(basin);
        let unit = |(key, data)| {
            let at = self.waiting.pop_front()?;
            Some(Coded { at, key, data })
        };
        Ok(units.into_iter().filter_map(unit).collect())
    }

    /// Rows as the format wants them: each begins at a multiple of four.
    fn rows(&self, picture: &Picture) -> Result<gst::Buffer, String> {
        let stride = self.form.stride().first().map_or(0, |n| *n as usize);
        let row = usize::from(picture.width) * 3;
        if stride < row {
            return Err("a picture wider than its row".into());
        }
        if stride == row {
            return Ok(gst::Buffer::from_slice(picture.rgb.clone()));
        }
        let mut padded = vec![0; stride * usize::from(picture.height)];
        for (to, from) in padded.chunks_mut(stride).zip(picture.rgb.chunks(row)) {
            to[..row].copy_from_slice(from);
        }
        Ok(gst::Buffer::from_slice(padded))
    }
}

/// The pad at the end: units behind their lengths, their parameters apart.
fn exit(basin: Arc<Mutex<Basin>>, (width, height): (u16, u16)) -> gst::Pad {
    let taken = basin.clone();
    let caps = gst::Caps::builder("video/x-h264")
        .field("stream-format", "avc")
        .field("alignment", "au")
        .build();
    let (sink, always) = (gst::PadDirection::Sink, gst::PadPresence::Always);
    let builder = match gst::PadTemplate::new("exit", sink, always, &caps) {
        Ok(template) => gst::Pad::builder_from_template(&template),
        Err(_) => gst::Pad::builder(sink),
    };
    builder
        .chain_function(move |_, _, buffer| {
            let mut basin = taken.lock().unwrap_or_else(PoisonError::into_inner);
            let map = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
            let key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
            basin.units.push((key, Bytes::copy_from_slice(&map)));
            Ok(gst::FlowSuccess::Ok)
        })
        .event_function(move |_, _, event| {
            if let gst::EventView::Caps(caps) = event.view() {
                let config = caps.caps().structure(0).and_then(|s| {
                    let buffer = s.get::<gst::Buffer>("codec_data").ok()?;
                    let map = buffer.map_readable().ok()?;
                    Some(Bytes::copy_from_slice(&map))
                });
                let mut basin = basin.lock().unwrap_or_else(PoisonError::into_inner);
                basin.params =
                    config.map(|config| VideoParams { codec: Codec::H264, config, width, height });
            }
            true
        })
        .build()
}
