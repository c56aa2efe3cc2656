//! From a decoder's picture to RGB rows of the size that is wanted.

use beadle::wire::pictures::{Look, Picture};
use bytes::Bytes;
use gstreamer as gst;
use gstreamer_video as video;
use gstreamer_video::prelude::*;

use super::decoder::Decoded;
use super::paint::Canvas;
use super::sample::Sampler;

/// Keeps what one channel's pictures need to be converted, as long as neither they nor the look
/// change.
#[derive(Default)]
pub struct Scaler(Option<Ready>);

pub(super) struct Ready {
    from: video::VideoInfo,
    /// Box and crop.
    asked: ([u16; 2], [u16; 4]),
    pub to: video::VideoInfo,
    pub converter: video::VideoConverter,
    sampler: Option<(Sampler, Crop)>,
}

impl Scaler {
    /// # Errors
    /// The picture's format is not understood; in words.
    pub fn picture(&mut self, decoded: &Decoded, look: &Look) -> Result<Picture, String> {
        let asked = ([look.width, look.height], look.crop);
        let fits = |r: &Ready| r.asked == asked && r.from == decoded.form;
        if !self.0.as_ref().is_some_and(fits) {
            self.0 = Some(ready(&decoded.form, look)?);
        }
        let Some(Ready { to, converter, sampler, .. }) = &self.0 else {
            return Err("no converter".into());
        };
        let strange = |_| "a picture that cannot be read".to_string();
        let source = video::VideoFrameRef::from_buffer_ref_readable(&decoded.buffer, &decoded.form)
            .map_err(strange)?;
        let (width, height) = (to.width() as usize, to.height() as usize);
        if let Some(mut rgb) = sampler.as_ref().and_then(|(s, crop)| s.rgb(&source, crop)) {
            Canvas { rgb: &mut rgb, width, height }.finish(look, decoded.at);
            let (width, height) = (width as u16, height as u16);
            return Ok(Picture { at: decoded.at, width, height, rgb: Bytes::from(rgb) });
        }
        let mut target = gst::Buffer::with_size(to.size()).map_err(strange)?;
        let room = target.get_mut().ok_or("a picture that cannot be written")?;
        let mut frame =
            video::VideoFrameRef::from_buffer_ref_writable(room, to).map_err(strange)?;
        converter.frame_ref(&source, &mut frame);
        let stride = frame.plane_stride().first().map_or(width * 3, |s| *s as usize);
        let plane = frame.plane_data(0).map_err(|e| e.to_string())?;
        let mut rgb = Vec::with_capacity(width * height * 3);
        for row in plane.chunks(stride).take(height) {
            rgb.extend_from_slice(&row[..width * 3]);
        }
        Canvas { rgb: &mut rgb, width, height }.finish(look, decoded.at);
        let (width, height) = (width as u16, height as u16);
        Ok(Picture { at: decoded.at, width, height, rgb: Bytes::from(rgb) })
    }
}

pub(super) fn ready(from: &video::VideoInfo, look: &Look) -> Result<Ready, String> {
    let crop = Crop::of(from, look.crop);
    let par = from.par();
    let ratio = f64::from(par.numer().max(1)) / f64::from(par.denom().max(1));
    let (width, height) =
        fit((f64::from(crop.width) * ratio, f64::from(crop.height)), (look.width, look.height));
    let unknown = |e: &dyn std::fmt::Display| format!("{}: {e}", from.format());
    // The converter changes neither rate nor fields, and asks that both sides agree on them.
    let to = video::VideoInfo::builder(video::VideoFormat::Rgb, width.into(), height.into())
        .fps(from.fps())
        .interlace_mode(from.interlace_mode())
        .build()
        .map_err(|e| unknown(&e))?;
    let mut config = video::VideoConverterConfig::new();
    config.set_resampler_method(video::VideoResamplerMethod::Linear);
    // By itself every pixel would count, which for a thumbnail of 1080p took half as long as
    // decoding did: four of each row and column are enough to the eye.
    if crop.width > 4 * i32::from(width) {
        config.set_resampler_taps(4);
    }
    config.set_src_x(crop.left);
    config.set_src_y(crop.top);
    config.set_src_width(Some(crop.width));
    config.set_src_height(Some(crop.height));
    let converter = video::VideoConverter::new(from, &to, Some(config)).map_err(|e| unknown(&e))?;
    let sampler = Sampler::of(from, &crop, (width, height)).map(|sampler| (sampler, crop));
    let asked = ([look.width, look.height], look.crop);
    Ok(Ready { from: from.clone(), asked, to, converter, sampler })
}

/// The part to show, in the picture's pixels: even places, as half the colours lie between.
pub struct Crop {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

impl Crop {
    pub fn of(form: &video::VideoInfo, [left, top, width, height]: [u16; 4]) -> Crop {
        let part = |of: u32, n: u16| (f64::from(of) * f64::from(n) / 65_535.0).round() as i32;
        let (w, h) = (form.width() as i32, form.height() as i32);
        let even = |n: i32, most: i32| (n & !1).clamp(0, (most - 2).max(0));
        let (x, y) = (even(part(form.width(), left), w), even(part(form.height(), top), h));
        Crop {
            left: x,
            top: y,
            width: part(form.width(), width).clamp(2.min(w), w - x),
            height: part(form.height(), height).clamp(2.min(h), h - y),
        }
    }
}

/// The largest size of this shape that fits the box and does not enlarge.
fn fit(from: (f64, f64), within: (u16, u16)) -> (u16, u16) {
    let scale = (f64::from(within.0) / from.0).min(f64::from(within.1) / from.1).min(1.0);
    let side = |n: f64, most: u16| ((n * scale).round() as u16).clamp(1, most);
    (side(from.0, within.0), side(from.1, within.1))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_picture_keeps_its_shape_and_is_not_enlarged() {
        for (from, within, want) in [
            ((1920.0, 1080.0), (160, 90), (160, 90)),
            ((1920.0, 1080.0), (100, 100), (100, 56)),
            ((640.0, 360.0), (1920, 1080), (640, 360)),
            ((768.0, 576.0), (80, 48), (64, 48)),
            ((1920.0, 1080.0), (1, 1), (1, 1)),
            ((1920.0, 2.0), (100, 100), (100, 1)),
        ] {
            assert_eq!(fit(from, within), want, "{from:?} in {within:?}");
        }
    }
}
