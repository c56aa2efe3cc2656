//! One decoder: units in by a call, decoded buffers out before the call returns.
//!
//! Parser and decoder are driven through pads of our own, without appsrc, appsink, queues or
//! threads: what a unit gave is known when the push is over, a drain is two events, and a camera
//! costs no thread. Hardware (VA-API) is tried first and left for good where it fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use beadle::base::time::Utc;
use beadle::footage::Codec;
use beadle::footage::unit::VideoParams;
use beadle::wire::pictures::Coded;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as video;

/// Hardware first, then libav, then what Debian has without it.
const H264: &[&str] = &["vah264dec", "avdec_h264", "openh264dec"];
const H265: &[&str] = &["vah265dec", "avdec_h265"];

/// A hardware decoder failed in this process: the others are used from then on.
static SOFTWARE_ONLY: AtomicBool = AtomicBool::new(false);

/// One decoded picture.
pub struct Decoded {
    pub at: Utc,
    pub buffer: gst::Buffer,
    pub form: video::VideoInfo,
}

/// What comes out at the end of the chain.
#[derive(Default)]
struct Basin {
    form: Option<video::VideoInfo>,
    decoded: Vec<Decoded>,
}

pub struct Decoder {
    entry: gst::Pad,
    /// A pad does not keep the one that it is linked to.
    _exit: gst::Pad,
    chain: Vec<gst::Element>,
    bus: gst::Bus,
    basin: Arc<Mutex<Basin>>,
    hardware: bool,
    codec: Codec,
    params: Option<VideoParams>,
    /// Of the last unit.
    last: Option<Utc>,
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let _ = self.entry.set_active(false);
        for element in &self.chain {
            let _ = element.set_state(gst::State::Null);
        }
    }
}

fn names(codec: Codec) -> impl Iterator<Item = &'static str> {
    let all = if codec == Codec::H264 { H264 } else { H265 };
    let software = SOFTWARE_ONLY.load(Ordering::Relaxed);
    all.iter().copied().filter(move |name| !(software && name.starts_with("va")))
}

/// What this machine decodes with, in words.
pub fn in_words() -> String {
    let of = |codec, title: &str| {
        let found = names(codec).find(|name| gst::ElementFactory::find(name).is_some());
        format!("{title}: {}", found.unwrap_or("no decoder"))
    };
    format!("{}, {}", of(Codec::H264, "H.264"), of(Codec::H265, "H.265"))
}

impl Decoder {
    /// # Errors
    /// No decoder of this codec works here; in words.
    pub fn new(codec: Codec) -> Result<Decoder, String> {
        let mut why = String::new();
        for name in names(codec).filter(|name| gst::ElementFactory::find(name).is_some()) {
            match Decoder::with(codec, name) {
                Ok(decoder) => return Ok(decoder),
                Err(said) => why = format!(" ({said})"),
            }
        }
        let (title, package) = match codec {
            Codec::H264 => ("H.264", "gstreamer1.0-libav or -plugins-bad"),
            Codec::H265 => ("H.265", "gstreamer1.0-libav"),
        };
        Err(format!("there is no decoder for {title} here; install {package}{why}"))
    }

    fn with(codec: Codec, name: &str) -> Result<Decoder, String> {
        let make = |name: &str| {
            gst::ElementFactory::make(name).build().map_err(|_| format!("{name} is missing"))
        };
        let parser = if codec == Codec::H264 { "h264parse" } else { "h265parse" };
        let (parse, decode) = (make(parser)?, make(name)?);
        if decode.has_property("max-threads") {
            // More threads hold pictures back, one a thread; the channels have theirs.
            decode.set_property("max-threads", 1i32);
        }
        let bus = gst::Bus::new();
        let basin = Arc::new(Mutex::new(Basin::default()));
        let entry = gst::Pad::builder(gst::PadDirection::Src).name("entry").build();
        let exit = exit(basin.clone());
        for element in [&parse, &decode] {
            element.set_bus(Some(&bus));
        }
        let broken = |what: &str| format!("{name}: {what}");
        parse.link(&decode).map_err(|_| broken("does not take what the parser gives"))?;
        let (first, last) = (parse.static_pad("sink"), decode.static_pad("src"));
        let (first, last) = first.zip(last).ok_or_else(|| broken("has no pads"))?;
        entry.link(&first).map_err(|_| broken("cannot be fed"))?;
        last.link(&exit).map_err(|_| broken("cannot be read"))?;
        for pad in [&exit, &entry] {
            pad.set_active(true).map_err(|_| broken("a pad does not open"))?;
        }
        let chain = vec![decode, parse];
        let hardware = name.starts_with("va");
        let decoder = Decoder {
            entry,
            _exit: exit,
            chain,
            bus,
            basin,
            hardware,
            codec,
            params: None,
            last: None,
        };
        for element in &decoder.chain {
            element.set_state(gst::State::Playing).map_err(|_| broken("does not start"))?;
        }
        decoder.entry.push_event(gst::event::StreamStart::new("beadle"));
        Ok(decoder)
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Units that follow were coded with these.
    pub fn params(&mut self, params: &VideoParams) {
        if self.params.as_ref() == Some(params) {
            return;
        }
        let form = match params.codec {
            Codec::H264 => gst::Caps::builder("video/x-h264").field("stream-format", "avc"),
            Codec::H265 => gst::Caps::builder("video/x-h265").field("stream-format", "hvc1"),
        };
        let caps = form
            .field("alignment", "au")
            .field("width", i32::from(params.width))
            .field("height", i32::from(params.height))
            .field("codec_data", gst::Buffer::from_slice(params.config.clone()))
            .build();
        let first = self.params.replace(params.clone()).is_none();
        self.entry.push_event(gst::event::Caps::new(&caps));
        if first {
            self.segment();
        }
    }

    fn segment(&self) {
        let mut segment = gst::FormattedSegment::<gst::ClockTime>::new();
        segment.set_start(gst::ClockTime::ZERO);
        self.entry.push_event(gst::event::Segment::new(&segment));
    }

    /// Decodes one unit; gives what came out because of it.
    ///
    /// # Errors
    /// The decoder gave up, in its words; a new one is needed, and a key frame.
    pub fn push(&mut self, unit: &Coded) -> Result<Vec<Decoded>, String> {
        // A decoder gives a picture that is older than its last one the time of that one.
        if unit.key && self.last.is_some_and(|last| last > unit.at) {
            self.forget();
        }
        self.last = Some(unit.at);
        let mut buffer = gst::Buffer::from_slice(unit.data.clone());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(stamp(unit.at));
            if !unit.key {
                buffer.set_flags(gst::BufferFlags::DELTA_UNIT);
            }
        }
        let pushed = self.entry.push(buffer);
        match (pushed, self.trouble()) {
            (Ok(_), None) => Ok(self.take()),
            (_, Some(why)) => Err(self.failed(why)),
            (Err(e), None) => Err(self.failed(format!("the decoder stopped ({e})"))),
        }
    }

    /// Gives what the decoder keeps back; the next unit has to be a key frame.
    ///
    /// # Errors
    /// As [`Decoder::push`].
    pub fn drain(&mut self) -> Result<Vec<Decoded>, String> {
        self.entry.push_event(gst::event::Eos::new());
        let taken = self.take();
        self.forget();
        match self.trouble() {
            None => Ok(taken),
            Some(why) => Err(self.failed(why)),
        }
    }

    /// Drops what was fed and has not come out.
    pub fn forget(&mut self) {
        self.entry.push_event(gst::event::FlushStart::new());
        self.entry.push_event(gst::event::FlushStop::new(true));
        if self.params.is_some() {
            self.segment();
        }
        self.take();
        self.last = None;
    }

    fn failed(&self, why: String) -> String {
        if self.hardware {
            SOFTWARE_ONLY.store(true, Ordering::Relaxed);
        }
        why
    }

    fn take(&self) -> Vec<Decoded> {
        let mut basin = self.basin.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut basin.decoded)
    }

    /// The first error on the bus.
    fn trouble(&self) -> Option<String> {
        while let Some(message) = self.bus.pop() {
            if let gst::MessageView::Error(e) = message.view() {
                return Some(e.error().message().to_owned());
            }
        }
        None
    }
}

/// Microseconds since 1970 fit as nanoseconds until 2554.
fn stamp(at: Utc) -> gst::ClockTime {
    gst::ClockTime::from_useconds(at.0.max(0) as u64)
}

/// The pad at the end: takes pictures in the machine's own memory, with whatever padding the
/// decoder likes.
fn exit(basin: Arc<Mutex<Basin>>) -> gst::Pad {
    let taken = basin.clone();
    let caps = gst::Caps::builder("video/x-raw").build();
    let (sink, always) = (gst::PadDirection::Sink, gst::PadPresence::Always);
    let builder = match gst::PadTemplate::new("exit", sink, always, &caps) {
        Ok(template) => gst::Pad::builder_from_template(&template),
        Err(_) => gst::Pad::builder(sink),
    };
    builder
        .chain_function(move |_, _, buffer| {
            let mut basin = taken.lock().unwrap_or_else(PoisonError::into_inner);
            let form = basin.form.clone().ok_or(gst::FlowError::NotNegotiated)?;
            if let Some(pts) = buffer.pts() {
                let at = Utc(pts.useconds() as i64);
                basin.decoded.push(Decoded { at, buffer, form });
            }
            Ok(gst::FlowSuccess::Ok)
        })
        .event_function(move |_, _, event| {
            if let gst::EventView::Caps(caps) = event.view() {
                let mut basin = basin.lock().unwrap_or_else(PoisonError::into_inner);
                basin.form = video::VideoInfo::from_caps(caps.caps()).ok();
                return basin.form.is_some();
            }
            true
        })
        .query_function(|pad, parent, query| match query.view_mut() {
            gst::QueryViewMut::Allocation(query) => {
                query.add_allocation_meta::<video::VideoMeta>(None);
                true
            }
            _ => gst::Pad::query_default(pad, parent, query),
        })
        .build()
}
