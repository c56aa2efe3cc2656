//! Which encoder for H.264 there is: a developer's machine has x264, the image openh264.

use gstreamer as gst;
use gstreamer::prelude::*;

/// The better one first; the second is in the image.
const NAMES: [&str; 2] = ["x264enc", "openh264enc"];
/// Of openh264enc, which has no mode of even quality: bits a second for each pixel of the picture.
const BITS_A_PIXEL: u32 = 4;
const BITS_MIN: u32 = 500_000;
/// What a camera that sends JPEG is recorded at.
const CAMERA_KBITS: u32 = 3_000;

/// The name of the one that is here.
///
/// # Errors
/// There is none; what to install.
pub fn name() -> Result<&'static str, String> {
    let found = NAMES.into_iter().find(|name| gst::ElementFactory::find(name).is_some());
    found.ok_or_else(|| {
        "there is no encoder for H.264 here; install gstreamer1.0-plugins-bad".to_string()
    })
}

/// Even quality, no look ahead, one thread of its own: several copies share the machine. A key
/// frame at least every `key_each` pictures.
///
/// # Errors
/// As [`name()`].
pub fn even((width, height): (u16, u16), key_each: u32) -> Result<gst::Element, String> {
    let bits = u32::from(width) * u32::from(height) * BITS_A_PIXEL;
    make(&[("pass", "qual"), ("quantizer", "21"), ("threads", "1")], bits.max(BITS_MIN), key_each)
}

/// For a camera that codes nothing itself: no B-frames, no look ahead, a steady rate.
///
/// # Errors
/// As [`name()`].
pub fn steady(key_each: u32) -> Result<gst::Element, String> {
    make(&[("bitrate", &CAMERA_KBITS.to_string())], CAMERA_KBITS * 1_000, key_each)
}

/// In front of the coder: what every player takes. Left to themselves the elements agree on the
/// colours of each pixel (4:4:4), which no office PC shows.
///
/// # Errors
/// GStreamer's own elements are missing.
pub fn plain() -> Result<gst::Element, String> {
    let element = gst::ElementFactory::make("capsfilter").build();
    let element = element.map_err(|_| "capsfilter is missing".to_string())?;
    element.set_property("caps", gst::Caps::builder("video/x-raw").field("format", "I420").build());
    Ok(element)
}

/// `x264` is for that one alone, `bits` a second for the other.
fn make(x264: &[(&str, &str)], bits: u32, key_each: u32) -> Result<gst::Element, String> {
    let name = name()?;
    let element = gst::ElementFactory::make(name).build();
    let element = element.map_err(|_| format!("{name} is missing"))?;
    if name == NAMES[0] {
        element.set_property_from_str("tune", "zerolatency");
        element.set_property_from_str("speed-preset", "veryfast");
        element.set_property_from_str("key-int-max", &key_each.to_string());
        x264.iter().for_each(|(property, value)| element.set_property_from_str(property, value));
    } else {
        element.set_property_from_str("bitrate", &bits.to_string());
        element.set_property_from_str("gop-size", &key_each.to_string());
        element.set_property_from_str("enable-frame-skip", "false");
    }
    Ok(element)
}

/// In gst-launch words, for advice.
pub fn words() -> &'static str {
    match name() {
        Ok("openh264enc") => "videoconvert ! openh264enc gop-size=50 ! h264parse",
        _ => "x264enc tune=zerolatency key-int-max=50 ! h264parse",
    }
}
