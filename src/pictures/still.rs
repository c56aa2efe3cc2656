//! One picture of one camera at one moment, as a file.

use std::time::{Duration, Instant};

use super::player::{Output, Player, Setup};
use crate::base::time::{Span, Utc};
use crate::wire::pictures::Picture;

/// A still that has not come by then does not come: twice a child's patience, and its start.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the file is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Png,
    Jpeg,
}

impl Format {
    /// By the end of a file's name.
    pub fn of_name(name: &str) -> Option<Format> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "png" => Some(Format::Png),
            "jpg" | "jpeg" => Some(Format::Jpeg),
            _ => None,
        }
    }
}

/// The picture of this moment, of the first camera of `setup`. Blocks for as long as a child takes
/// to start and decode up to a group of pictures.
///
/// # Errors
/// There is no footage of that moment, or no picture could be had; in words.
pub fn take(setup: Setup, at: Utc) -> Result<Picture, String> {
    let camera = setup.cameras.first().map(|c| c.camera.to_string()).unwrap_or_default();
    let zone = setup.zone.clone();
    let mut player = Player::new(setup, at);
    let (mut found, mut hole, mut settled, mut trouble) = (None, false, false, None);
    let until = Instant::now() + PATIENCE;
    while !settled && Instant::now() < until {
        player.turn(&mut |output| {
            match output {
                Output::Picture { picture, .. } => found = Some(picture),
                Output::Hole { hole: is, .. } => hole = is,
                Output::Settled { .. } => settled = true,
                Output::Trouble { text } => trouble = Some(text),
                Output::Clock { .. } => {}
            }
            true
        });
    }
    match found {
        Some(picture) if !hole || (at - picture.at).abs() < Span::secs(1) => Ok(picture),
        Some(picture) => {
            let (at, near) = (zone.show(at), zone.show(picture.at));
            let which = format!("the nearest picture is of {near}");
            Err(format!("There is no footage of {camera} at {at}; {which}."))
        }
        None => Err(match trouble {
            Some(why) => format!("No picture of {camera} could be had: {why}."),
            None => format!("There is no footage of {camera}."),
        }),
    }
}

/// The file's bytes.
///
/// # Errors
/// The picture cannot be written so; in words.
pub fn encode(picture: &Picture, format: Format) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let (width, height) = (picture.width, picture.height);
    match format {
        Format::Png => {
            let mut encoder = png::Encoder::new(&mut out, width.into(), height.into());
            encoder.set_color(png::ColorType::Rgb);
            encoder.set_depth(png::BitDepth::Eight);
            let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
            writer.write_image_data(&picture.rgb).map_err(|e| e.to_string())?;
            writer.finish().map_err(|e| e.to_string())?;
        }
        Format::Jpeg => {
            // Whoever is to be recognised must be: 4:4:4, hardly any loss.
            let mut encoder = jpeg_encoder::Encoder::new(&mut out, 92);
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
            encoder
                .encode(&picture.rgb, width, height, jpeg_encoder::ColorType::Rgb)
                .map_err(|e| e.to_string())?;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn the_name_s_end_says_what_it_is() {
        for (name, want) in [
            ("a.png", Some(Format::Png)),
            ("b/c.JPG", Some(Format::Jpeg)),
            ("d.jpeg", Some(Format::Jpeg)),
            ("e.gif", None),
            ("png", None),
        ] {
            assert_eq!(Format::of_name(name), want, "{name}");
        }
    }

    #[test]
    fn a_png_is_the_picture_and_a_jpeg_nearly() {
        let rgb: Vec<u8> = (0..32 * 18).flat_map(|n| [n as u8, 100, (n / 8) as u8]).collect();
        let picture = Picture { at: Utc(0), width: 32, height: 18, rgb: Bytes::from(rgb) };
        let bytes = encode(&picture, Format::Png).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut back = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut back).unwrap();
        assert_eq!(back, picture.rgb);
        let bytes = encode(&picture, Format::Jpeg).unwrap();
        assert!(bytes.starts_with(b"\xff\xd8\xff") && bytes.ends_with(b"\xff\xd9"));
    }
}
