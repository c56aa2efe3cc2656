//! One screenful: tiles with pictures in the middle of black, a line of words below. Pure.

use beadle::wire::pictures::Picture;
use beadle::wire::pictures::display::grid;

use crate::pipeline::show::paint::{CELL, Canvas};

/// The line that shows how far the clock has come.
const DONE: [u8; 3] = [255, 255, 255];
const TO_COME: [u8; 3] = [72, 72, 72];

pub struct Sheet {
    pub width: usize,
    pub height: usize,
    /// Rows of RGB triples.
    pub rgb: Vec<u8>,
    across: usize,
    down: usize,
    /// Dots of a letter.
    scale: usize,
    /// What stands instead of a tile's picture; empty: the picture.
    said: Vec<String>,
}

impl Sheet {
    pub fn new(width: usize, height: usize, tiles: usize) -> Sheet {
        let (across, down) = grid(tiles);
        let scale = (height / 400).max(1);
        let said = vec!["WAITING".to_string(); tiles];
        let rgb = vec![0; width * height * 3];
        let mut sheet = Sheet { width, height, rgb, across, down, scale, said };
        (0..tiles).for_each(|tile| sheet.words(tile));
        sheet
    }

    /// Rows of the line of words at the bottom.
    fn foot(&self) -> usize {
        (CELL.1 + 4) * self.scale
    }

    /// The largest picture that a tile has room for. Between tiles two columns and rows stay black.
    pub fn tile(&self) -> (usize, usize) {
        let (_, _, width, height) = self.place(0);
        (width, height)
    }

    /// Left, top, width, height.
    fn place(&self, tile: usize) -> (usize, usize, usize, usize) {
        let wide = self.width / self.across;
        let high = (self.height - self.foot()) / self.down;
        let (x, y) = (tile % self.across * wide, tile / self.across * high);
        let gap = |many: usize| if many > 1 { 2 } else { 0 };
        (x, y, (wide - gap(self.across)).max(1), (high - gap(self.down)).max(1))
    }

    /// As large as the tile, in its own shape; each pixel is the nearest of the picture's.
    pub fn picture(&mut self, tile: usize, picture: &Picture) {
        if self.said.get(tile).is_none_or(|said| !said.is_empty() && said != "WAITING") {
            return;
        }
        self.said[tile].clear();
        let (from_w, from_h) = (usize::from(picture.width), usize::from(picture.height));
        if from_w == 0 || from_h == 0 || picture.rgb.len() < from_w * from_h * 3 {
            return;
        }
        let (left, top, wide, high) = self.place(tile);
        let (w, h) = match wide * from_h <= high * from_w {
            true => (wide, (wide * from_h / from_w).clamp(1, high)),
            false => ((high * from_w / from_h).clamp(1, wide), high),
        };
        self.clear((left, top, wide, high));
        let (left, top) = (left + (wide - w) / 2, top + (high - h) / 2);
        for y in 0..h {
            let row = &picture.rgb[y * from_h / h * from_w * 3..][..from_w * 3];
            let at = ((top + y) * self.width + left) * 3;
            let target = &mut self.rgb[at..at + w * 3];
            if w == from_w {
                target.copy_from_slice(row);
                continue;
            }
            for (x, pixel) in target.chunks_exact_mut(3).enumerate() {
                let from = x * from_w / w * 3;
                pixel.copy_from_slice(&row[from..from + 3]);
            }
        }
    }

    pub fn said(&mut self, tile: usize, text: String) {
        if let Some(said) = self.said.get_mut(tile) {
            *said = text;
            if !said.is_empty() {
                self.words(tile);
            }
        }
    }

    fn clear(&mut self, (left, top, wide, high): (usize, usize, usize, usize)) {
        for y in top..top + high {
            self.rgb[(y * self.width + left) * 3..(y * self.width + left + wide) * 3].fill(0);
        }
    }

    /// In the middle of the tile, on black: an old picture would mislead.
    fn words(&mut self, tile: usize) {
        let place = self.place(tile);
        self.clear(place);
        let (left, top, wide, high) = place;
        let (text, scale) = (self.said[tile].clone(), self.scale * 2);
        let long = text.chars().count() * CELL.0 * scale;
        let at = (left + wide.saturating_sub(long) / 2, top + high / 2);
        self.canvas().words(&text, scale, at);
    }

    pub fn bar(&mut self, text: &str, at: u16) {
        let (foot, scale) = (self.foot(), self.scale);
        let top = self.height - foot;
        self.clear((0, top, self.width, foot));
        let done = self.width * usize::from(at) / 65_535;
        for y in top..top + 2 * scale {
            for x in 0..self.width {
                let pixel = (y * self.width + x) * 3;
                let colour = if x < done { DONE } else { TO_COME };
                self.rgb[pixel..pixel + 3].copy_from_slice(&colour);
            }
        }
        self.canvas().words(text, scale, (2 * scale, top + 3 * scale));
    }

    fn canvas(&mut self) -> Canvas<'_> {
        Canvas { rgb: &mut self.rgb, width: self.width, height: self.height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beadle::base::time::Utc;
    use bytes::Bytes;

    fn picture(width: u16, height: u16, tone: [u8; 3]) -> Picture {
        let pixels = usize::from(width) * usize::from(height);
        Picture { at: Utc(0), width, height, rgb: Bytes::from(tone.repeat(pixels)) }
    }

    fn at(sheet: &Sheet, x: usize, y: usize) -> [u8; 3] {
        let place = (y * sheet.width + x) * 3;
        [sheet.rgb[place], sheet.rgb[place + 1], sheet.rgb[place + 2]]
    }

    #[test]
    fn each_picture_stands_in_its_tile_in_its_own_shape() {
        let mut sheet = Sheet::new(1280, 800, 4);
        let (width, height) = sheet.tile();
        assert_eq!((width, height), (638, 385));
        let red = [200, 0, 0];
        // Larger, smaller, tall, and of a tile that there is not.
        sheet.picture(0, &picture(width as u16, 200, red));
        sheet.picture(1, &picture(64, 36, [0, 200, 0]));
        sheet.picture(2, &picture(90, 160, [0, 0, 200]));
        sheet.picture(9, &picture(90, 160, [9; 3]));
        assert_eq!((at(&sheet, 319, 190), at(&sheet, 319, 20)), (red, [0; 3]));
        assert_eq!(at(&sheet, 640 + 319, 190), [0, 200, 0], "enlarged to its tile");
        assert_eq!(at(&sheet, 640 + 2, 192), [0, 200, 0]);
        assert_eq!((at(&sheet, 319, 600), at(&sheet, 20, 600)), ([0, 0, 200], [0; 3]));
        assert!(sheet.rgb.iter().all(|byte| *byte != 9));
    }

    #[test]
    fn words_stand_where_no_picture_may_mislead() {
        let mut sheet = Sheet::new(640, 480, 1);
        let white = |sheet: &Sheet| sheet.rgb.chunks(3).filter(|p| *p == [255; 3]).count();
        assert!(white(&sheet) > 50, "it says that it waits");
        let grey = picture(640, 400, [90; 3]);
        sheet.picture(0, &grey);
        assert_eq!((white(&sheet), at(&sheet, 320, 200)), (0, [90; 3]));
        sheet.said(0, "NO FOOTAGE".into());
        assert!(white(&sheet) > 50 && at(&sheet, 320, 100) == [0; 3]);
        sheet.picture(0, &grey);
        assert_eq!(at(&sheet, 320, 100), [0; 3], "an older picture does not come over it");
        sheet.said(0, String::new());
        sheet.picture(0, &grey);
        assert_eq!(at(&sheet, 320, 100), [90; 3]);
        let before = white(&sheet);
        sheet.bar("14:35:07 UTC", 32_767);
        let foot = sheet.height - sheet.foot();
        assert_eq!((at(&sheet, 300, foot), at(&sheet, 340, foot)), (DONE, TO_COME));
        assert!(white(&sheet) > before + 300);
        sheet.bar("", 0);
        assert_eq!(white(&sheet), before, "words of before are gone");
    }
}
