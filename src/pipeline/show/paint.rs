//! What is drawn on a raw picture: masks, and the words burnt in. Rows of RGB triples.

use beadle::base::time::{Span, Utc};
use beadle::wire::pictures::{Look, Overlay};

use crate::pipeline::font::{drawable, glyph};

/// What hides a masked part: a grey that no picture has by itself over an area.
const MASKED: [u8; 3] = [96, 96, 96];
const WHITE: [u8; 3] = [255, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];
/// A character's cell, in dots.
pub const CELL: (usize, usize) = (6, 9);
/// Narrower than this there is no room for words: a thumbnail has its title beside it.
const WORDS_WIDTH_MIN: usize = 120;

/// A picture being drawn on.
pub struct Canvas<'a> {
    pub rgb: &'a mut [u8],
    pub width: usize,
    pub height: usize,
}

impl Canvas<'_> {
    /// Masks first, so that words stand on top of them.
    pub fn finish(&mut self, look: &Look, at: Utc) {
        for mask in &look.masks {
            self.mask(&in_crop(mask, look.crop, (self.width, self.height)));
        }
        if let Some(overlay) = look.overlay.as_ref().filter(|_| self.width >= WORDS_WIDTH_MIN) {
            self.overlay(overlay, at);
        }
    }

    /// Fills a polygon (corners in pixels), by the even-odd rule. Every pixel that it touches is
    /// filled: rounding never shows what is to be hidden.
    pub fn mask(&mut self, corners: &[(f64, f64)]) {
        let (w, h) = (self.width as f64, self.height as f64);
        for y in 0..self.height {
            // A row is hidden where any of these lines through it is inside.
            for step in 0..=4 {
                let line = (y as f64 + f64::from(step) / 4.0).min(h - 1e-6);
                let mut cuts = crossings(corners, line);
                cuts.sort_by(f64::total_cmp);
                for pair in cuts.chunks_exact(2) {
                    let (left, right) = (pair[0].clamp(0.0, w), pair[1].clamp(0.0, w));
                    if right > left {
                        self.row(y, left.floor() as usize, right.ceil() as usize);
                    }
                }
            }
        }
    }

    fn row(&mut self, y: usize, left: usize, right: usize) {
        let row = &mut self.rgb[y * self.width * 3..(y + 1) * self.width * 3];
        for pixel in row[left * 3..right * 3].chunks_exact_mut(3) {
            pixel.copy_from_slice(&MASKED);
        }
    }

    fn overlay(&mut self, overlay: &Overlay, at: Utc) {
        let scale = (self.height / 240).max(1);
        if !overlay.watermark.is_empty() {
            self.watermark(&overlay.watermark, scale);
        }
        let step = CELL.1 * scale;
        if !overlay.title.is_empty() {
            self.line(&overlay.title, scale, scale);
        }
        if let Some(secs) = overlay.offset_secs {
            let local = shown(at + Span::secs(i64::from(secs)));
            let lines = [format!("{} UTC", shown(at)), format!("{local} {}", offset(secs))];
            for (n, line) in lines.iter().enumerate() {
                let top = self.height.saturating_sub((lines.len() - n) * step + scale);
                self.line(line, scale, top);
            }
        }
    }

    /// White on black from the left edge; what does not fit is cut.
    fn line(&mut self, text: &str, scale: usize, top: usize) {
        self.words(text, scale, (scale, top));
    }

    /// White on black from this corner on; what does not fit is cut.
    pub fn words(&mut self, text: &str, scale: usize, (begin, top): (usize, usize)) {
        let fits = (self.width.saturating_sub(begin) / scale).saturating_sub(1) / CELL.0;
        for (n, c) in drawable(text).chars().take(fits).enumerate() {
            let left = begin + n * CELL.0 * scale;
            self.cell(c, scale, (left, top), |pixel, lit| {
                pixel.copy_from_slice(if lit { &WHITE } else { &BLACK });
            });
        }
    }

    /// The watcher's name in several places, so that no part of the picture is without it, lightly,
    /// so that nothing is hidden by it.
    fn watermark(&mut self, text: &str, scale: usize) {
        let text = drawable(text);
        let scale = scale * 2;
        let long = (text.chars().count() + 2) * CELL.0 * scale;
        let between = CELL.1 * scale * 3;
        for (n, top) in (between / 2..self.height).step_by(between).enumerate() {
            let begin = if n % 2 == 0 { 0 } else { long / 2 };
            for start in (begin..self.width).step_by(long.max(1)) {
                for (i, c) in text.chars().enumerate() {
                    let left = start + i * CELL.0 * scale;
                    self.cell(c, scale, (left, top), |pixel, lit| {
                        if lit {
                            // A quarter of the way to white or black, whichever is farther.
                            let bright = pixel.iter().map(|n| u32::from(*n)).sum::<u32>() > 384;
                            for part in pixel {
                                *part = *part / 4 * 3 + if bright { 0 } else { 63 };
                            }
                        }
                    });
                }
            }
        }
    }

    fn cell(
        &mut self,
        c: char,
        scale: usize,
        (left, top): (usize, usize),
        mut set: impl FnMut(&mut [u8], bool),
    ) {
        let columns = glyph(c);
        for y in (0..CELL.1 * scale).take_while(|y| top + y < self.height) {
            for x in (0..CELL.0 * scale).take_while(|x| left + x < self.width) {
                let (column, row) = (x / scale, y / scale);
                let lit =
                    column < 5 && (1..8).contains(&row) && columns[column] >> (row - 1) & 1 == 1;
                let place = ((top + y) * self.width + left + x) * 3;
                set(&mut self.rgb[place..place + 3], lit);
            }
        }
    }
}

/// `2026-11-21 08:41:07.3`.
fn shown(at: Utc) -> String {
    let text = at.to_string().replace('T', " ");
    let whole = text.get(..19).unwrap_or(&text);
    format!("{whole}.{}", at.0.rem_euclid(1_000_000) / 100_000)
}

/// `+01:00`.
fn offset(secs: i32) -> String {
    let sign = if secs < 0 { '-' } else { '+' };
    let minutes = secs.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Where a polygon's edges cross a horizontal line.
fn crossings(corners: &[(f64, f64)], line: f64) -> Vec<f64> {
    let next = corners.iter().cycle().skip(1);
    let cut = |((x1, y1), (x2, y2)): (&(f64, f64), &(f64, f64))| {
        ((*y1 <= line) != (*y2 <= line)).then(|| x1 + (line - y1) / (y2 - y1) * (x2 - x1))
    };
    corners.iter().zip(next).filter_map(cut).collect()
}

/// From fractions of the whole picture to pixels of the part that is shown.
fn in_crop(mask: &[(u16, u16)], crop: [u16; 4], size: (usize, usize)) -> Vec<(f64, f64)> {
    let [left, top, width, height] = crop.map(f64::from);
    let place = |(x, y): &(u16, u16)| {
        (
            (f64::from(*x) - left) / width.max(1.0) * size.0 as f64,
            (f64::from(*y) - top) / height.max(1.0) * size.1 as f64,
        )
    };
    mask.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use beadle::wire::pictures::WHOLE;

    fn hidden(masks: &[Vec<(u16, u16)>], crop: [u16; 4]) -> Vec<String> {
        let (width, height) = (8, 4);
        let mut rgb = vec![0; width * height * 3];
        let mut canvas = Canvas { rgb: &mut rgb, width, height };
        let look = Look { masks: masks.to_vec(), crop, ..Look::within(8, 4) };
        canvas.finish(&look, Utc(0));
        let dot = |p: &[u8]| if p == MASKED { '#' } else { '.' };
        rgb.chunks(width * 3).map(|row| row.chunks(3).map(dot).collect()).collect()
    }

    #[test]
    fn a_mask_hides_every_pixel_that_it_touches() {
        const F: u16 = u16::MAX;
        let left_half = vec![(0, 0), (F / 2, 0), (F / 2, F), (0, F)];
        let corner = vec![(0, 0), (F / 4, 0), (0, F / 2)];
        let sliver = vec![(0, F / 2), (F, F / 2), (F, F / 2 + 900), (0, F / 2 + 900)];
        let all = vec![(0, 0), (F, 0), (F, F), (0, F)];
        for (mask, crop, want) in [
            (&left_half, WHOLE, ["####....", "####....", "####....", "####...."]),
            (&corner, WHOLE, ["##......", "#.......", "........", "........"]),
            (&sliver, WHOLE, ["........", "########", "########", "........"]),
            (&all, WHOLE, ["########"; 4]),
            // Only the right half is shown: the mask of the left one is out of sight.
            (&left_half, [F / 2 + 1, 0, F / 2, F], ["........"; 4]),
            // Only the left half is shown: all of it is hidden.
            (&left_half, [0, 0, F / 2, F], ["########"; 4]),
        ] {
            let got = hidden(std::slice::from_ref(mask), crop);
            let touches = got.iter().zip(want).all(|(got, want)| {
                got.chars().zip(want.chars()).all(|(g, w)| w == '.' || g == '#')
            });
            assert!(touches, "{mask:?}: {got:?} shows what {want:?} hides");
            let dots = |rows: &[String]| rows.concat().matches('.').count();
            let wanted: Vec<String> = want.iter().map(|r| (*r).to_string()).collect();
            assert!(dots(&got) + 12 >= dots(&wanted), "{mask:?}: {got:?} hides too much");
        }
    }

    #[test]
    fn words_are_drawn_and_never_outside() {
        let overlay = Overlay {
            title: "Front gate, a long title that does not fit".into(),
            offset_secs: Some(3_600),
            watermark: "site-manager".into(),
        };
        for (width, height) in [(1, 1), (119, 60), (160, 90), (161, 7), (640, 360)] {
            let mut rgb = vec![40; width * height * 3];
            let look = Look { overlay: Some(overlay.clone()), ..Look::within(640, 360) };
            let mut canvas = Canvas { rgb: &mut rgb, width, height };
            canvas.finish(&look, Utc(1_795_000_000_300_000));
            let white = rgb.chunks(3).filter(|p| *p == WHITE).count();
            assert_eq!(white > 0, width >= WORDS_WIDTH_MIN, "{width}x{height}");
        }
    }

    #[test]
    fn times_are_shown_to_the_tenth() {
        let at: Utc = "2026-11-21T08:41:07.349Z".parse().unwrap();
        assert_eq!(shown(at), "2026-11-21 08:41:07.3");
        let table = [(0, "+00:00"), (3_600, "+01:00"), (-12_600, "-03:30"), (20_700, "+05:45")];
        for (secs, want) in table {
            assert_eq!(offset(secs), want);
        }
    }
}
