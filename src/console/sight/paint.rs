//! Pictures in a terminal's cells: two pixels a cell, one above the other.
//!
//! On the Linux console a cell has one of 16 colours for its letter and of 8 for its ground;
//! between them a pattern of four by four pixels mixes, so that a face is a face and not a blot.

use ratatui::style::{Color, Style};
use ratatui::text::Span;

use crate::wire::pictures::Picture;

/// How many colours the terminal says that it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    Sixteen,
    Indexed,
    True,
}

impl Depth {
    /// By what the environment says: `TERM` and `COLORTERM`.
    pub fn of(term: &str, colorterm: &str) -> Depth {
        match colorterm {
            "truecolor" | "24bit" => Depth::True,
            _ if term.ends_with("-direct") || term.contains("kitty") => Depth::True,
            _ if term.contains("256") => Depth::Indexed,
            _ => Depth::Sixteen,
        }
    }
}

pub type Rgb = [u8; 3];

/// The Linux console's own, and near those of others; the first eight can be a ground.
pub const SIXTEEN: [(Color, Rgb); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [170, 0, 0]),
    (Color::Green, [0, 170, 0]),
    (Color::Yellow, [170, 85, 0]),
    (Color::Blue, [0, 0, 170]),
    (Color::Magenta, [170, 0, 170]),
    (Color::Cyan, [0, 170, 170]),
    (Color::Gray, [170, 170, 170]),
    (Color::DarkGray, [85, 85, 85]),
    (Color::LightRed, [255, 85, 85]),
    (Color::LightGreen, [85, 255, 85]),
    (Color::LightYellow, [255, 255, 85]),
    (Color::LightBlue, [85, 85, 255]),
    (Color::LightMagenta, [255, 85, 255]),
    (Color::LightCyan, [85, 255, 255]),
    (Color::White, [255, 255, 255]),
];
const GROUNDS: usize = 8;

/// Thresholds of the pattern, in sixteenths.
const PATTERN: [[i32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
/// How far the pattern pushes a colour: half the way from one of the sixteen to the next.
const PUSH: i32 = 64;

/// A row of cells of `columns`, of a picture scaled into `columns` by `rows` cells; beyond its
/// edges there is ground.
pub fn row(
    picture: &Picture,
    (columns, rows): (usize, usize),
    y: usize,
    depth: Depth,
) -> Vec<Span<'static>> {
    let (width, height) = (usize::from(picture.width), usize::from(picture.height));
    let (wide, high) = fit((width, height), (columns, rows * 2));
    let (left, top) = ((columns - wide) / 2, (rows * 2 - high) / 2);
    let pixel = |x: usize, line: usize| -> Option<Rgb> {
        let (x, line) = (x.checked_sub(left)?, line.checked_sub(top)?);
        if x >= wide || line >= high {
            return None;
        }
        let at = (line * height / high * width + x * width / wide) * 3;
        let rgb = picture.rgb.get(at..at + 3)?;
        Some([rgb[0], rgb[1], rgb[2]])
    };
    let mut spans: Vec<Span<'static>> = Vec::with_capacity(columns);
    for x in 0..columns {
        let (above, below) = (pixel(x, 2 * y), pixel(x, 2 * y + 1));
        spans.push(match (above, below) {
            (None, None) => Span::raw(" "),
            (above, below) => {
                let black = [0, 0, 0];
                let two = [above.unwrap_or(black), below.unwrap_or(black)];
                cell(two, (x, 2 * y), depth)
            }
        });
    }
    spans
}

/// The largest size of the same shape that fits; never nothing. Pixels of half blocks are square,
/// as near as a font makes them.
pub fn fit((width, height): (usize, usize), (columns, lines): (usize, usize)) -> (usize, usize) {
    let (width, height) = (width.max(1), height.max(1));
    let high = (columns * height / width).clamp(1, lines.max(1));
    let wide = (lines * width / height).clamp(1, columns.max(1));
    if columns * height <= lines * width { (columns.max(1), high) } else { (wide, lines.max(1)) }
}

fn cell([above, below]: [Rgb; 2], (x, y): (usize, usize), depth: Depth) -> Span<'static> {
    let style = |above, below| Style::new().fg(above).bg(below);
    let upper = |above, below| Span::styled("▀", style(above, below));
    match depth {
        Depth::True => {
            let colour = |[r, g, b]: Rgb| Color::Rgb(r, g, b);
            upper(colour(above), colour(below))
        }
        Depth::Indexed => upper(Color::Indexed(indexed(above)), Color::Indexed(indexed(below))),
        Depth::Sixteen => {
            let (above, below) = (pushed(above, x, y), pushed(below, x, y + 1));
            let (one, two) = (nearest(above, 16), nearest(below, 16));
            let colour = |n: usize| SIXTEEN[n].0;
            if one == two {
                return match one < GROUNDS {
                    true => Span::styled(" ", Style::new().bg(colour(one))),
                    false => Span::styled("█", Style::new().fg(colour(one))),
                };
            }
            // The letter takes the colour that no ground has.
            match (one < GROUNDS, two < GROUNDS) {
                (_, true) => upper(colour(one), colour(two)),
                (true, false) => Span::styled("▄", style(colour(two), colour(one))),
                (false, false) => upper(colour(one), colour(nearest(below, GROUNDS))),
            }
        }
    }
}

/// Up or down by the pattern, so that neighbours mix.
pub fn pushed(rgb: Rgb, x: usize, y: usize) -> Rgb {
    let push = (PATTERN[y % 4][x % 4] * 2 - 15) * PUSH / 32;
    rgb.map(|n| (i32::from(n) + push).clamp(0, 255) as u8)
}

/// Of the first `many` colours.
pub fn nearest(rgb: Rgb, many: usize) -> usize {
    let far = |other: &Rgb| -> i32 {
        // What the eye minds: green most, blue least.
        let weigh = |n: usize, by: i32| {
            let d = i32::from(rgb[n]) - i32::from(other[n]);
            d * d * by
        };
        weigh(0, 3) + weigh(1, 6) + weigh(2, 1)
    };
    let all = SIXTEEN[..many].iter().enumerate();
    all.min_by_key(|(_, (_, rgb))| far(rgb)).map_or(0, |(n, _)| n)
}

/// In the cube of 6 by 6 by 6 colours or the 24 greys of a terminal with 256.
fn indexed(rgb: Rgb) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |n: u8| {
        let near = STEPS.iter().enumerate().min_by_key(|(_, s)| s.abs_diff(n));
        near.map_or(0, |(i, _)| i)
    };
    let [r, g, b] = rgb.map(step);
    let cube = [STEPS[r], STEPS[g], STEPS[b]];
    let mean = rgb.iter().map(|n| i32::from(*n)).sum::<i32>() / 3;
    let grey = ((mean - 8) / 10).clamp(0, 23);
    let level = (8 + 10 * grey) as u8;
    let far = |other: Rgb| -> i32 {
        rgb.iter().zip(other).map(|(a, b)| (i32::from(*a) - i32::from(b)).pow(2)).sum()
    };
    match far([level; 3]) < far(cube) {
        true => 232 + grey as u8,
        false => (16 + 36 * r + 6 * g + b) as u8,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::base::time::Utc;
    use crate::console::glyphs::is_safe;

    fn picture(width: u16, height: u16, of: fn(usize, usize) -> Rgb) -> Picture {
        let pixels = (0..usize::from(height))
            .flat_map(|y| (0..usize::from(width)).flat_map(move |x| of(x, y)));
        Picture { at: Utc(0), width, height, rgb: Bytes::from(pixels.collect::<Vec<u8>>()) }
    }

    #[test]
    fn a_pixel_is_half_a_cell_in_its_colour() {
        let two = picture(4, 4, |_, y| if y < 2 { [250, 20, 20] } else { [10, 10, 240] });
        let top = row(&two, (4, 2), 0, Depth::True);
        assert_eq!(top.len(), 4);
        assert_eq!(
            top[0].style,
            Style::new().fg(Color::Rgb(250, 20, 20)).bg(Color::Rgb(250, 20, 20))
        );
        let striped = picture(2, 2, |_, y| if y == 0 { [255; 3] } else { [0; 3] });
        for (depth, above, below) in [
            (Depth::True, Color::Rgb(255, 255, 255), Color::Rgb(0, 0, 0)),
            (Depth::Indexed, Color::Indexed(231), Color::Indexed(16)),
            (Depth::Sixteen, Color::White, Color::Black),
        ] {
            let cells = row(&striped, (2, 1), 0, depth);
            assert_eq!(cells[0].content, "▀");
            assert_eq!(cells[0].style, Style::new().fg(above).bg(below), "{depth:?}");
        }
    }

    #[test]
    fn sixteen_colours_mix_and_no_ground_is_bright() {
        let grey = picture(16, 16, |x, _| [(x * 16) as u8; 3]);
        for y in 0..8 {
            for span in row(&grey, (16, 8), y, Depth::Sixteen) {
                assert!(span.content.chars().all(is_safe));
                let ground = SIXTEEN[..GROUNDS].iter().any(|(c, _)| span.style.bg == Some(*c));
                assert!(ground || span.style.bg.is_none(), "{span:?}");
            }
        }
        // The same grey is not the same cell everywhere: it is mixed.
        let flat = picture(16, 16, |_, _| [128; 3]);
        let cells = row(&flat, (16, 8), 0, Depth::Sixteen);
        assert!(cells.iter().any(|c| c.style != cells[0].style || c.content != cells[0].content));
    }

    #[test]
    fn shapes_are_kept() {
        for (picture, room, want) in [
            ((160, 90), (80, 40), (71, 40)),
            ((160, 90), (40, 80), (40, 22)),
            ((64, 36), (64, 36), (64, 36)),
            ((90, 160), (80, 40), (22, 40)),
            ((1, 1), (0, 0), (1, 1)),
        ] {
            assert_eq!(fit(picture, room), want, "{picture:?} in {room:?}");
        }
        assert_eq!(Depth::of("xterm-256color", ""), Depth::Indexed);
        assert_eq!(Depth::of("linux", ""), Depth::Sixteen);
        assert_eq!(Depth::of("tmux", "truecolor"), Depth::True);
    }
}
