//! Sixels: bands of six rows, each colour of a band drawn over the same columns. Colours are a cube
//! of six by six by six, or the sixteen of old terminals; between them a pattern mixes.

use std::fmt::Write;

use crate::console::sight::paint::{SIXTEEN, nearest, pushed};
use crate::wire::pictures::Picture;

/// Steps of the cube.
const STEPS: usize = 6;
/// Between two steps.
const STEP: i32 = 255 / (STEPS as i32 - 1);
const CUBE: usize = STEPS * STEPS * STEPS;

/// Puts the picture where the cursor is, in as many colours as the terminal has at once.
pub fn put(out: &mut String, picture: &Picture, colours: u16) {
    let (width, height) = (usize::from(picture.width), usize::from(picture.height));
    if picture.rgb.len() < width * height * 3 {
        return;
    }
    let cube = usize::from(colours) >= CUBE;
    // A string takes everything. Dots are square, and what is not drawn stays as it is.
    let _ = write!(out, "\x1bP0;1q\"1;1;{width};{height}");
    for n in 0..if cube { CUBE } else { SIXTEEN.len() } {
        let [r, g, b] = colour(n, cube).map(|part| (u32::from(part) * 100 + 127) / 255);
        let _ = write!(out, "#{n};2;{r};{g};{b}");
    }
    let mut band = vec![0_u8; width * 6];
    for top in (0..height).step_by(6) {
        let rows = (height - top).min(6);
        for (n, place) in band.iter_mut().enumerate().take(rows * width) {
            let (x, y) = (n % width, top + n / width);
            let at = (y * width + x) * 3;
            let rgb = [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]];
            *place = index(rgb, x, y, cube);
        }
        draw(out, &band[..rows * width], width);
        out.push('-');
    }
    out.push_str("\x1b\\");
}

fn colour(n: usize, cube: bool) -> [u8; 3] {
    if !cube {
        return SIXTEEN[n].1;
    }
    [n / (STEPS * STEPS), n / STEPS % STEPS, n % STEPS].map(|step| (step as i32 * STEP) as u8)
}

/// The colour of a dot; neighbours are pushed up and down, so that in the middle they are right.
fn index(rgb: [u8; 3], x: usize, y: usize, cube: bool) -> u8 {
    if !cube {
        return nearest(pushed(rgb, x, y), SIXTEEN.len()) as u8;
    }
    const PATTERN: [[i32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    // From 0 to a whole step, rounded down afterwards.
    let push = PATTERN[y % 4][x % 4] * STEP / 16 + STEP / 32;
    let step = rgb.map(|part| ((i32::from(part) + push) / STEP).min(STEPS as i32 - 1) as usize);
    (step[0] * STEPS * STEPS + step[1] * STEPS + step[2]) as u8
}

/// One band: for each of its colours which of the six dots of each column have it.
fn draw(out: &mut String, band: &[u8], width: usize) {
    let mut masks: Vec<Option<Vec<u8>>> = vec![None; 256];
    for (n, colour) in band.iter().enumerate() {
        let mask = masks[usize::from(*colour)].get_or_insert_with(|| vec![0; width]);
        mask[n % width] |= 1 << (n / width);
    }
    for (n, mask) in masks.iter().enumerate() {
        let Some(mask) = mask else { continue };
        let _ = write!(out, "#{n}"); // a string takes everything
        let used = mask.iter().rposition(|bits| *bits != 0).map_or(0, |last| last + 1);
        for run in mask[..used].chunk_by(|a, b| a == b) {
            let letter = char::from(63 + run[0]);
            match run.len() {
                1..4 => (0..run.len()).for_each(|_| out.push(letter)),
                long => drop(write!(out, "!{long}{letter}")),
            }
        }
        out.push('$');
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::base::time::Utc;

    /// A terminal that reads them: the dots, and those that were never drawn.
    fn read(text: &str) -> (usize, usize, Vec<Option<[u8; 3]>>) {
        let body = text.strip_prefix("\x1bP0;1q\"1;1;").unwrap().strip_suffix("\x1b\\").unwrap();
        let mut chars = body.chars().peekable();
        let number = |chars: &mut std::iter::Peekable<std::str::Chars>| {
            let mut n = 0;
            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                n = n * 10 + digit as usize;
                chars.next();
            }
            n
        };
        let width = number(&mut chars);
        assert_eq!(chars.next(), Some(';'));
        let height = number(&mut chars);
        let mut dots = vec![None; width * height];
        let mut palette = vec![[0_u8; 3]; 256];
        let (mut colour, mut x, mut top) = (0, 0, 0);
        while let Some(c) = chars.next() {
            let (mut many, mut letter) = (1, c);
            match c {
                '#' => {
                    colour = number(&mut chars);
                    if chars.next_if_eq(&';').is_some() {
                        assert_eq!(number(&mut chars), 2);
                        for part in &mut palette[colour] {
                            assert_eq!(chars.next(), Some(';'));
                            *part = (number(&mut chars) * 255 / 100) as u8;
                        }
                    }
                    continue;
                }
                '$' => x = 0,
                '-' => (x, top) = (0, top + 6),
                '!' => {
                    many = number(&mut chars);
                    letter = chars.next().unwrap();
                }
                _ => {}
            }
            if !('?'..='~').contains(&letter) {
                continue;
            }
            for _ in 0..many {
                for bit in (0..6).filter(|bit| (letter as u8 - 63) >> bit & 1 == 1) {
                    dots[(top + bit) * width + x] = Some(palette[colour]);
                }
                x += 1;
            }
        }
        (width, height, dots)
    }

    fn bars(width: u16, height: u16) -> Picture {
        let colour = |x: u16| match x * 4 / width {
            0 => [250, 20, 20],
            1 => [20, 200, 40],
            2 => [30, 30, 230],
            _ => [128, 128, 128],
        };
        let rows = (0..height).flat_map(|_| (0..width).flat_map(colour));
        Picture { at: Utc(0), width, height, rgb: Bytes::from(rows.collect::<Vec<u8>>()) }
    }

    #[test]
    fn a_known_pattern_is_read_back() {
        for (width, height) in [(64_u16, 36_u16), (161, 91), (4, 1), (8, 7)] {
            for (colours, far) in [(256, 14), (1_024, 14), (16, 60)] {
                let picture = bars(width, height);
                let mut text = String::new();
                put(&mut text, &picture, colours);
                let (w, h, dots) = read(&text);
                assert_eq!((w, h), (usize::from(width), usize::from(height)));
                assert!(dots.iter().all(Option::is_some), "every dot is drawn");
                if width < 64 {
                    continue;
                }
                // In the middle of a bar the mean is the colour, as near as the palette is.
                for bar in 0..4 {
                    let from = w * bar / 4 + 2;
                    let mut sums = [0_u32; 3];
                    for y in 8..24 {
                        for x in from..from + 8 {
                            let dot = dots[y * w + x].unwrap();
                            sums.iter_mut().zip(dot).for_each(|(sum, n)| *sum += u32::from(n));
                        }
                    }
                    for (n, sum) in sums.iter().enumerate() {
                        let (got, at) = (sum / 128, (20 * w + from) * 3 + n);
                        let want = u32::from(picture.rgb[at]);
                        assert!(got.abs_diff(want) <= far, "{colours}: bar {bar}: {got}, {want}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_picture_shorter_than_it_says_draws_nothing() {
        let mut text = String::new();
        put(&mut text, &Picture { rgb: Bytes::from(vec![1; 5]), ..bars(8, 8) }, 256);
        assert!(text.is_empty());
    }
}
