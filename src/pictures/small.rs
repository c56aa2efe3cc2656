//! Pictures made smaller, for screens of letters and for comparing. Pure.

use bytes::Bytes;

use crate::wire::pictures::Picture;

/// Thumbnails, and the small twin of a reference still: eight pixels for each of a 1080p picture's
/// hundred.
pub const THUMBNAIL: (u16, u16) = (160, 90);

/// The picture within that size, each pixel the mean of those that it stands for; never enlarged,
/// its shape kept.
pub fn within(picture: &Picture, (width, height): (u16, u16)) -> Picture {
    let (from_w, from_h) = (usize::from(picture.width), usize::from(picture.height));
    let whole = picture.rgb.len() >= from_w * from_h * 3;
    if !whole || from_w == 0 || from_h == 0 || width == 0 || height == 0 {
        return Picture { at: picture.at, width: 0, height: 0, rgb: Bytes::new() };
    }
    let (most_w, most_h) = (usize::from(width), usize::from(height));
    if from_w <= most_w && from_h <= most_h {
        return picture.clone();
    }
    // The side that has to shrink more decides.
    let (w, h) = match from_w * most_h >= from_h * most_w {
        true => (most_w, (from_h * most_w / from_w).max(1)),
        false => ((from_w * most_h / from_h).max(1), most_h),
    };
    let mut rgb = Vec::with_capacity(w * h * 3);
    for y in 0..h {
        let rows = y * from_h / h..((y + 1) * from_h / h).max(y * from_h / h + 1);
        for x in 0..w {
            let columns = x * from_w / w..((x + 1) * from_w / w).max(x * from_w / w + 1);
            let mut sums = [0_u64; 3];
            for row in rows.clone() {
                let line = &picture.rgb[3 * (row * from_w + columns.start)..];
                for pixel in line.chunks_exact(3).take(columns.len()) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, one)| *sum += u64::from(*one));
                }
            }
            let count = (rows.len() * columns.len()) as u64;
            rgb.extend(sums.map(|sum| ((sum + count / 2) / count) as u8));
        }
    }
    // Both sides are at most those that were asked for.
    Picture { at: picture.at, width: w as u16, height: h as u16, rgb: Bytes::from(rgb) }
}

/// A small PNG that we wrote ourselves.
///
/// # Errors
/// It is none, or larger than a thumbnail; in words.
pub fn read_png(file: &[u8], at: crate::base::time::Utc) -> Result<Picture, String> {
    let fault = |e: png::DecodingError| format!("the small picture cannot be read: {e}");
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().map_err(fault)?;
    let (width, height) = (reader.info().width, reader.info().height);
    let (most_w, most_h) = (u32::from(THUMBNAIL.0), u32::from(THUMBNAIL.1));
    if width > most_w || height > most_h || reader.info().color_type != png::ColorType::Rgb {
        return Err(format!("a small picture of {width} x {height} is none of ours"));
    }
    let mut rgb = vec![0; (width * height * 3) as usize];
    reader.next_frame(&mut rgb).map_err(fault)?;
    Ok(Picture { at, width: width as u16, height: height as u16, rgb: Bytes::from(rgb) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Utc;
    use crate::pictures::still::{Format, encode};

    fn picture(width: u16, height: u16, tone: impl Fn(u16, u16) -> u8) -> Picture {
        let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb: Vec<u8> = rows.flat_map(|(x, y)| [tone(x, y); 3]).collect();
        Picture { at: Utc(7), width, height, rgb: Bytes::from(rgb) }
    }

    #[test]
    fn shapes_are_kept_and_nothing_grows() {
        for (size, most, wanted) in [
            ((1920, 1080), (160, 90), (160, 90)),
            ((1280, 960), (160, 90), (120, 90)),
            ((704, 576), (38, 20), (24, 20)),
            ((100, 50), (160, 90), (100, 50)),
            ((64, 2000), (160, 90), (2, 90)),
            ((0, 0), (160, 90), (0, 0)),
        ] {
            let small = within(&picture(size.0, size.1, |_, _| 77), most);
            assert_eq!((small.width, small.height), wanted, "{size:?} within {most:?}");
            assert_eq!(small.rgb.len(), usize::from(wanted.0) * usize::from(wanted.1) * 3);
            assert!(small.rgb.iter().all(|byte| *byte == 77) && small.at == Utc(7));
        }
    }

    #[test]
    fn a_pixel_is_the_mean_of_what_it_stands_for() {
        let small = within(&picture(8, 4, |x, _| if x % 2 == 0 { 100 } else { 200 }), (4, 2));
        assert!(small.rgb.iter().all(|byte| *byte == 150), "{:?}", small.rgb);
        let halves = within(&picture(8, 4, |x, _| if x < 4 { 10 } else { 250 }), (2, 2));
        assert_eq!(halves.rgb[..], [[10; 3], [250; 3]].concat());
    }

    #[test]
    fn what_was_written_is_read() {
        let small = picture(160, 90, |x, y| (x + y) as u8);
        let file = encode(&small, Format::Png).unwrap();
        assert_eq!(read_png(&file, Utc(7)).unwrap(), small);
        assert!(read_png(&file[..200], Utc(7)).is_err());
        assert!(read_png(b"nonsense", Utc(7)).is_err());
        let large = encode(&picture(161, 90, |_, _| 0), Format::Png).unwrap();
        assert!(read_png(&large, Utc(7)).unwrap_err().contains("none of ours"));
    }
}
