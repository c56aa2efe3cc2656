//! A small picture reduced to what is compared: how bright each of 32 by 18 cells is.
//!
//! Noise, rain and people are smaller than a cell or fill few of them; walls, doors and the horizon
//! are what stays. Pure.

use crate::base::digest::Digest;
use crate::wire::pictures::Picture;

/// Cells across and down. A thumbnail is 160 by 90 pixels, so a cell is 5 by 5 of them: a fortieth
/// of a person at the gate, a thirtieth of the picture's width.
pub const CELLS: (usize, usize) = (32, 18);

#[derive(Clone, PartialEq, Debug)]
pub struct Sketch {
    /// Of all the picture's bytes: two pictures with one digest are the same picture.
    digest: Digest,
    /// Brightness of each cell, row by row, 0 to 255.
    cells: Vec<f32>,
}

impl Sketch {
    /// `None`: the picture has fewer pixels than there are cells.
    pub fn of(picture: &Picture) -> Option<Sketch> {
        let (width, height) = (usize::from(picture.width), usize::from(picture.height));
        let (across, down) = CELLS;
        if width < across || height < down || picture.rgb.len() < width * height * 3 {
            return None;
        }
        let mut cells = Vec::with_capacity(across * down);
        for row in 0..down {
            let rows = row * height / down..(row + 1) * height / down;
            for column in 0..across {
                let columns = column * width / across..(column + 1) * width / across;
                let (mut sum, mut count) = (0_u32, 0_u32);
                for y in rows.clone() {
                    let line = &picture.rgb[3 * (y * width + columns.start)..];
                    for pixel in line.chunks_exact(3).take(columns.len()) {
                        sum += luma(pixel);
                        count += 1;
                    }
                }
                cells.push(sum as f32 / count.max(1) as f32 / 256.0);
            }
        }
        Some(Sketch { digest: Digest::of(&picture.rgb), cells })
    }

    /// The very same picture, to the last bit?
    pub fn is_same(&self, other: &Sketch) -> bool {
        self.digest == other.digest
    }

    /// Mean brightness, 0 to 255.
    pub fn brightness(&self) -> f32 {
        mean(&self.cells)
    }

    /// Standard deviation of the cells: how much there is to be seen at all.
    pub fn contrast(&self) -> f32 {
        let mean = self.brightness();
        let squares: Vec<f32> = self.cells.iter().map(|c| (c - mean) * (c - mean)).collect();
        self::mean(&squares).sqrt()
    }

    /// How far the brightness of cells is apart: in the mean, and where it is most.
    pub fn difference(&self, other: &Sketch) -> (f32, f32) {
        let apart = self.cells.iter().zip(&other.cells).map(|(a, b)| (a - b).abs());
        let all: Vec<f32> = apart.collect();
        (mean(&all), all.into_iter().fold(0.0, f32::max))
    }

    /// How alike the edges of two pictures are where the second is moved by so many cells: 1 the
    /// same, 0 nothing in common. Brightness and contrast do not count, nor whether a thing is
    /// lighter or darker than its neighbour: a lamp that is lit, or infra-red, changes all three.
    pub fn likeness(&self, other: &Sketch, (dx, dy): (i32, i32)) -> f32 {
        let (mine, theirs) = (self.edges(), other.edges());
        let (across, down) = (CELLS.0 as i32, CELLS.1 as i32);
        let mut pairs = Vec::with_capacity(mine.len());
        for y in 1..down - 1 {
            for x in 1..across - 1 {
                let (u, v) = (x + dx, y + dy);
                if (1..across - 1).contains(&u) && (1..down - 1).contains(&v) {
                    let at = |x: i32, y: i32| (y * across + x) as usize;
                    pairs.push((mine[at(x, y)], theirs[at(u, v)]));
                }
            }
        }
        correlation(&pairs)
    }

    /// How steep brightness is at each cell; its square root, so that one window frame against the
    /// sky does not outweigh all the rest.
    fn edges(&self) -> Vec<f32> {
        let (across, down) = CELLS;
        let mut out = vec![0.0; self.cells.len()];
        for y in 1..down - 1 {
            for x in 1..across - 1 {
                let at = y * across + x;
                let level = self.cells[at + 1] - self.cells[at - 1];
                let steep = self.cells[at + across] - self.cells[at - across];
                out[at] = level.hypot(steep).sqrt();
            }
        }
        out
    }
}

/// 256 times the brightness of a pixel.
fn luma(rgb: &[u8]) -> u32 {
    77 * u32::from(rgb[0]) + 150 * u32::from(rgb[1]) + 29 * u32::from(rgb[2])
}

fn mean(all: &[f32]) -> f32 {
    all.iter().sum::<f32>() / all.len().max(1) as f32
}

fn correlation(pairs: &[(f32, f32)]) -> f32 {
    let n = pairs.len().max(1) as f32;
    let (a, b) = pairs.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (a, b) = (a / n, b / n);
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        both += (x - a) * (y - b);
        first += (x - a) * (x - a);
        second += (y - b) * (y - b);
    }
    let scale = (first * second).sqrt();
    // Two pictures without any edge have nothing in common, and nothing that differs.
    if scale < 1e-3 { 0.0 } else { both / scale }
}
