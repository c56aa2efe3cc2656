//! A small picture of a large one, from a few of its pixels: what thumbnails are made with.
//!
//! The converter of GStreamer took nearly as long for this as decoding did. Sixteen pixels of each
//! of those that a small one stands for are enough to the eye, and to whoever compares.

use gstreamer_video as video;
use gstreamer_video::prelude::*;

use super::scale::Crop;

/// So many places in each row and each column of what a small pixel stands for.
const EACH: usize = 4;

/// Where the planes of such a picture are, or `None`: it is not one that this knows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sampler {
    /// U and V lie in one plane, by turns.
    paired: bool,
    /// What a step of brightness is worth, and of each colour, in 1/65,536.
    matrix: Matrix,
    size: (usize, usize),
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Matrix {
    dark: i32,
    light: i32,
    red_v: i32,
    green_u: i32,
    green_v: i32,
    blue_u: i32,
}

impl Matrix {
    fn of(form: &video::VideoColorimetry) -> Matrix {
        let (kr, kb) = match form.matrix() {
            video::VideoColorMatrix::Bt601 | video::VideoColorMatrix::Fcc => (0.299, 0.114),
            video::VideoColorMatrix::Bt2020 => (0.2627, 0.0593),
            _ => (0.2126, 0.0722),
        };
        let full = form.range() == video::VideoColorRange::Range0_255;
        let (dark, light, colour) = match full {
            true => (0, 1.0, 1.0),
            false => (16, 255.0 / 219.0, 255.0 / 224.0),
        };
        let kg = 1.0 - kr - kb;
        let fixed = |n: f64| (n * 65_536.0).round() as i32;
        Matrix {
            dark,
            light: fixed(light),
            red_v: fixed(2.0 * (1.0 - kr) * colour),
            green_u: fixed(-2.0 * (1.0 - kb) * kb / kg * colour),
            green_v: fixed(-2.0 * (1.0 - kr) * kr / kg * colour),
            blue_u: fixed(2.0 * (1.0 - kb) * colour),
        }
    }

    fn rgb(self, [y, u, v]: [i32; 3]) -> [u8; 3] {
        let (y, u, v) = ((y - self.dark) * self.light + 32_768, u - 128, v - 128);
        let part = |n: i32| (n >> 16).clamp(0, 255) as u8;
        [
            part(y + v * self.red_v),
            part(y + u * self.green_u + v * self.green_v),
            part(y + u * self.blue_u),
        ]
    }
}

impl Sampler {
    /// For pictures of this form, made this small; `None`: they are of another form, or not small
    /// enough for it to pay.
    pub fn of(form: &video::VideoInfo, crop: &Crop, size: (u16, u16)) -> Option<Sampler> {
        let paired = match form.format() {
            video::VideoFormat::I420 => false,
            video::VideoFormat::Nv12 => true,
            _ => return None,
        };
        let (width, height) = (usize::from(size.0), usize::from(size.1));
        let pays = crop.width as usize > EACH * width && crop.height as usize > EACH * height;
        let matrix = Matrix::of(&form.colorimetry());
        pays.then_some(Sampler { paired, matrix, size: (width, height) })
    }

    /// Rows of RGB triples; `None`: the picture is shorter than it says.
    pub fn rgb(
        &self,
        frame: &video::VideoFrameRef<&gstreamer::BufferRef>,
        crop: &Crop,
    ) -> Option<Vec<u8>> {
        let plane = |n: u32| frame.plane_data(n).ok();
        let strides = frame.plane_stride();
        let stride = |n: usize| strides.get(n).map(|s| *s as usize);
        let (luma, first) = (plane(0)?, plane(1)?);
        let (second, step) = if self.paired { (first.get(1..)?, 2) } else { (plane(2)?, 1) };
        let (wide, tight) = (stride(0)?, stride(1)?);
        let (left, top) = (crop.left.max(0) as usize, crop.top.max(0) as usize);
        let place = |n: usize, of: usize, whole: i32| {
            // The middle of each of the parts.
            (2 * n + 1) * whole.max(1) as usize / (2 * of)
        };
        let (w, h) = self.size;
        let columns: Vec<usize> =
            (0..w * EACH).map(|n| left + place(n, w * EACH, crop.width)).collect();
        let mut rgb = Vec::with_capacity(w * h * 3);
        for y in 0..h {
            let mut sums = vec![[0_i32; 3]; w];
            for n in 0..EACH {
                let row = top + place(y * EACH + n, h * EACH, crop.height);
                let bright = luma.get(row * wide..)?;
                // Colours have half the rows and half the columns; two of the four are enough.
                let colours = (n % 2 == 0).then_some(row / 2 * tight);
                for (sum, columns) in sums.iter_mut().zip(columns.chunks_exact(EACH)) {
                    for column in columns {
                        sum[0] += i32::from(*bright.get(*column)?);
                    }
                    let Some(at) = colours else { continue };
                    for column in [columns[0], columns[2]] {
                        let at = at + column / 2 * step;
                        sum[1] += i32::from(*first.get(at)?);
                        sum[2] += i32::from(*second.get(at)?);
                    }
                }
            }
            for [y, u, v] in sums {
                rgb.extend(self.matrix.rgb([(y + 8) / 16, (u + 2) / 4, (v + 2) / 4]));
            }
        }
        Some(rgb)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scale::ready;
    use super::*;
    use beadle::wire::pictures::Look;
    use gstreamer as gst;

    /// A picture whose left half is of one colour and its right half of another.
    fn halves(
        format: video::VideoFormat,
        left: [u8; 3],
        right: [u8; 3],
    ) -> (gst::Buffer, video::VideoInfo) {
        let form = video::VideoInfo::builder(format, 1280, 720).build().unwrap();
        let mut buffer = gst::Buffer::with_size(form.size()).unwrap();
        {
            let room = buffer.get_mut().unwrap();
            let mut frame = video::VideoFrameRef::from_buffer_ref_writable(room, &form).unwrap();
            let strides: Vec<usize> = frame.plane_stride().iter().map(|s| *s as usize).collect();
            for (n, stride) in strides.into_iter().enumerate() {
                let paired = format == video::VideoFormat::Nv12 && n == 1;
                let data = frame.plane_data_mut(n as u32).unwrap();
                for (place, byte) in data.iter_mut().enumerate() {
                    let x = place % stride;
                    let side = if x < stride / 2 { left } else { right };
                    *byte = side[if paired { 1 + x % 2 } else { n }];
                }
            }
        }
        (buffer, form)
    }

    #[test]
    fn it_shows_what_the_converter_shows() {
        gst::init().unwrap();
        for format in [video::VideoFormat::I420, video::VideoFormat::Nv12] {
            for (left, right) in
                [([40, 90, 200], [200, 160, 60]), ([16, 128, 128], [235, 128, 128])]
            {
                let (buffer, form) = halves(format, left, right);
                let look = Look::within(160, 90);
                let crop = Crop::of(&form, look.crop);
                let sampler = Sampler::of(&form, &crop, (160, 90)).expect("it knows this form");
                let frame = video::VideoFrameRef::from_buffer_ref_readable(&buffer, &form).unwrap();
                let ours = sampler.rgb(&frame, &crop).unwrap();
                let ready = ready(&form, &look).unwrap();
                let mut target = gst::Buffer::with_size(ready.to.size()).unwrap();
                let room = target.get_mut().unwrap();
                let mut theirs =
                    video::VideoFrameRef::from_buffer_ref_writable(room, &ready.to).unwrap();
                ready.converter.frame_ref(&frame, &mut theirs);
                let theirs = theirs.plane_data(0).unwrap();
                for (x, y) in [(10, 10), (60, 45), (100, 45), (150, 80)] {
                    let at = (y * 160 + x) * 3;
                    for n in 0..3 {
                        let (a, b) = (ours[at + n], theirs[at + n]);
                        assert!(a.abs_diff(b) <= 2, "{format:?} {x},{y}: {a} and {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn other_forms_and_little_smaller_ones_are_the_converters() {
        gst::init().unwrap();
        for (format, size, want) in [
            (video::VideoFormat::I420, (160, 90), true),
            (video::VideoFormat::I420, (640, 360), false),
            (video::VideoFormat::I42010le, (160, 90), false),
            (video::VideoFormat::Rgb, (160, 90), false),
        ] {
            let form = video::VideoInfo::builder(format, 1280, 720).build().unwrap();
            let crop = Crop::of(&form, beadle::wire::pictures::WHOLE);
            assert_eq!(Sampler::of(&form, &crop, size).is_some(), want, "{format:?} {size:?}");
        }
    }
}
