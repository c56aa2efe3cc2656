//! The made-up scene: sky and ground, three figures that walk, camera noise, and text that can be
//! read.

use crate::pipeline::font::glyph;

/// What is to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    Moving(u8),
    Black,
    /// As [`Scene::Moving`], but stopped: no figure moves, the clock stands, the noise is always
    /// the same.
    Still,
}

/// From the command line.
pub fn scene(text: &str) -> Result<Scene, String> {
    match text {
        "black" => Ok(Scene::Black),
        "still" => Ok(Scene::Still),
        n => n.parse().map(Scene::Moving).map_err(|_| "a number, black, or still".into()),
    }
}

/// Draws I420 pictures.
pub struct Canvas {
    width: usize,
    height: usize,
    fps: u32,
    scene: Scene,
    title: String,
}

/// Noise of a camera at dusk: +-8 of 219 steps. Enough for 2 Mbit/s at 1080p15, measured.
const NOISE_MASK: u8 = 0x0f;

impl Canvas {
    pub fn new(size: (u16, u16), fps: u16, scene: Scene, title: &str) -> Canvas {
        let (width, height) = (usize::from(size.0), usize::from(size.1));
        let title = title.to_ascii_uppercase();
        Canvas { width, height, fps: u32::from(fps), scene, title }
    }

    /// Picture `n`: luma, then two chroma planes of a quarter each.
    pub fn picture(&mut self, n: u32) -> Vec<u8> {
        let (w, h) = (self.width, self.height);
        let stride = w / 2;
        let mut out = vec![16; w * h];
        out.resize(w * h + 2 * stride * (h / 2), 128);
        let (hue, at) = match self.scene {
            Scene::Black => return out,
            Scene::Still => (0, 0),
            Scene::Moving(hue) => (hue, n),
        };
        for (y, row) in out[..w * h].chunks_exact_mut(w).enumerate() {
            row.fill(if y < h / 3 { 150 - (60 * y / h) as u8 } else { 70 + (50 * y / h) as u8 });
        }
        // Eight pairs of colours around the wheel; ground and sky differ.
        let (u, v) = [
            (150, 110),
            (110, 120),
            (120, 150),
            (100, 150),
            (160, 120),
            (128, 100),
            (140, 140),
            (105, 105),
        ][usize::from(hue % 8)];
        let (luma, chroma) = out.split_at_mut(w * h);
        let (plane_u, plane_v) = chroma.split_at_mut(stride * (h / 2));
        plane_u[stride * (h / 6)..].fill(u);
        plane_v[stride * (h / 6)..].fill(v);
        self.figures(luma, at);
        noise(luma, u64::from(at) + 1);
        self.words(luma, at);
        out
    }

    /// Three upright bars that cross the picture in 8, 11 and 14 seconds.
    fn figures(&self, luma: &mut [u8], n: u32) {
        let (w, h) = (self.width, self.height);
        for (i, secs) in [8, 11, 14].into_iter().enumerate() {
            let wide = w / 24;
            let path = w - wide;
            let left =
                path * (n as usize % (secs * self.fps as usize)) / (secs * self.fps as usize);
            let top = h * (3 + i) / 8;
            for y in top..top + h / 5 {
                luma[y * w + left..y * w + left + wide].fill(30 + 60 * i as u8);
            }
        }
    }

    /// The title above; running time and picture counter below.
    fn words(&self, luma: &mut [u8], n: u32) {
        let scale = (self.height / 120).max(1);
        self.line(luma, &self.title, scale, scale * 3);
        let tenths = n * 10 / self.fps;
        let (minutes, secs) = (tenths / 600, tenths / 10 % 60);
        let clock = format!("{minutes:02}:{secs:02}.{} - {n:05}", tenths % 10);
        self.line(luma, &clock, scale, self.height - scale * 11);
    }

    /// White on black, 6 by 8 cells of `scale` pixels per character; what does not fit is cut.
    fn line(&self, luma: &mut [u8], text: &str, scale: usize, top: usize) {
        let (w, left) = (self.width, scale * 3);
        let fits = (w - 2 * left) / (6 * scale);
        for (i, c) in text.chars().take(fits).enumerate() {
            let columns = glyph(c);
            for y in 0..9 * scale {
                for x in 0..6 * scale {
                    let (column, row) = (x / scale, y / scale);
                    let lit = (1..8).contains(&row)
                        && column < 5
                        && columns[column] >> (row - 1) & 1 == 1;
                    let place = (top + y) * w + left + i * 6 * scale + x;
                    luma[place] = if lit { 235 } else { 16 };
                }
            }
        }
    }
}

fn noise(luma: &mut [u8], seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for eight in luma.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        for (pixel, random) in eight.iter_mut().zip(state.to_le_bytes()) {
            *pixel = *pixel - NOISE_MASK / 2 + (random & NOISE_MASK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_moves_still_stands_black_is_black() {
        let draw = |scene, n| Canvas::new((160, 88), 15, scene, "Gate 1").picture(n);
        assert_ne!(draw(Scene::Moving(1), 0), draw(Scene::Moving(1), 1));
        assert_eq!(draw(Scene::Still, 0), draw(Scene::Still, 99));
        assert!(draw(Scene::Black, 3)[..160 * 88].iter().all(|y| *y == 16));
        assert_eq!(draw(Scene::Black, 0).len(), 160 * 88 * 3 / 2);
    }

    #[test]
    fn a_title_wider_than_the_picture_is_cut() {
        let long = "a title that never ends ".repeat(20);
        Canvas::new((64, 64), 15, Scene::Still, &long).picture(0);
    }
}
