//! Pictures in the terminal's own dots, where the terminal says that it has them: kitty's way or
//! sixels. Everywhere else a picture is half blocks in cells (`sight::paint`). Pure but for
//! [`ask`], which is asked once, after the first frame, and gives a silent terminal no more than
//! [`ask::PATIENCE`].
//!
//! ```text
//! draw(&State): cells, with those of pictures left out --> places(&State): where, of whom
//!     --> sent after the cells, those alone that changed
//! ```
//! A place that goes or moves wipes the whole screen: no terminal tells which dots lie where.

pub mod ask;
pub mod kitty;
pub mod sixel;

use std::fmt::Write;

use crate::wire::pictures::Picture;

/// How the terminal takes pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// In half blocks.
    #[default]
    Cells,
    Kitty,
    /// With so many colours at once.
    Sixel(u16),
}

/// The terminal's way, and a cell's size in dots.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Graphics {
    pub way: Way,
    pub cell: (u16, u16),
}

/// A picture is at most so large: what comes down a line to another building is a third of a
/// megabyte in sixels, and four times that in kitty's way.
const DOTS_MAX: (u16, u16) = (800, 450);

/// Cells: left, top, columns, rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub left: u16,
    pub top: u16,
    pub columns: u16,
    pub rows: u16,
}

impl Graphics {
    /// Are pictures dots here?
    pub fn is_on(self) -> bool {
        self.way != Way::Cells && self.cell.0 > 0 && self.cell.1 > 0
    }

    /// The largest picture for a place of so many cells, in dots; without dots two a cell.
    pub fn within(self, (columns, rows): (usize, usize)) -> (u16, u16) {
        let side = |n: usize, most: u16| n.min(usize::from(most)) as u16;
        match self.is_on() {
            true => (
                side(columns * usize::from(self.cell.0), DOTS_MAX.0),
                side(rows * usize::from(self.cell.1), DOTS_MAX.1),
            ),
            false => (side(columns, 1_000), side(rows * 2, 1_000)),
        }
    }

    /// Where a picture of this size stands in its place, in the middle, and in how many cells.
    fn middle(self, picture: &Picture, place: Place) -> Place {
        let cells =
            |dots: u16, cell: u16, most: u16| dots.div_ceil(cell.max(1)).clamp(1, most.max(1));
        let (mut columns, mut rows) = (
            cells(picture.width, self.cell.0, place.columns),
            cells(picture.height, self.cell.1, place.rows),
        );
        if self.way == Way::Kitty {
            // It scales, so the picture fills its place, in its own shape.
            let (w, h) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
            let wide = u64::from(place.columns) * u64::from(self.cell.0);
            let high = u64::from(place.rows) * u64::from(self.cell.1);
            let (wide, high) = match wide * h <= high * w {
                true => (wide, wide * h / w),
                false => (high * w / h, high),
            };
            columns = ((wide / u64::from(self.cell.0)) as u16).clamp(1, place.columns.max(1));
            rows = ((high / u64::from(self.cell.1)) as u16).clamp(1, place.rows.max(1));
        }
        Place {
            left: place.left + (place.columns.saturating_sub(columns)) / 2,
            top: place.top + (place.rows.saturating_sub(rows)) / 2,
            columns,
            rows,
        }
    }

    /// What puts this picture there; `number` tells places apart.
    pub fn put(self, out: &mut String, number: usize, picture: &Picture, place: Place) {
        if picture.width == 0 || picture.height == 0 {
            return;
        }
        let there = self.middle(picture, place);
        // A string takes everything.
        let _ = write!(out, "\x1b[{};{}H", there.top + 1, there.left + 1);
        match self.way {
            Way::Cells => {}
            Way::Kitty => kitty::put(out, number, picture, (there.columns, there.rows)),
            Way::Sixel(colours) => sixel::put(out, picture, colours),
        }
    }

    /// What takes all pictures away; the cells are wiped besides.
    pub fn clear(self) -> &'static str {
        if self.way == Way::Kitty { kitty::CLEAR } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::base::time::Utc;

    fn picture(width: u16, height: u16) -> Picture {
        let rgb = Bytes::from(vec![9; usize::from(width) * usize::from(height) * 3]);
        Picture { at: Utc(0), width, height, rgb }
    }

    #[test]
    fn places_are_measured_in_dots_and_pictures_stand_in_their_middle() {
        let cells = Graphics::default();
        let sixel = Graphics { way: Way::Sixel(256), cell: (8, 16) };
        let kitty = Graphics { way: Way::Kitty, cell: (8, 16) };
        assert_eq!(cells.within((79, 16)), (79, 32));
        assert_eq!(sixel.within((39, 10)), (312, 160));
        assert_eq!(kitty.within((200, 60)), (800, 450));
        let blind = Graphics { way: Way::Kitty, cell: (0, 0) };
        assert!(!blind.is_on() && blind.within((79, 16)) == (79, 32));
        let place = Place { left: 10, top: 5, columns: 40, rows: 10 };
        for (graphics, size, want) in [
            // As large as it is.
            (sixel, (160, 80), Place { left: 20, top: 7, columns: 20, rows: 5 }),
            (sixel, (320, 160), place),
            // Scaled to its place.
            (kitty, (160, 80), place),
            (kitty, (160, 160), Place { left: 20, top: 5, columns: 20, rows: 10 }),
        ] {
            assert_eq!(graphics.middle(&picture(size.0, size.1), place), want, "{size:?}");
        }
        let mut out = String::new();
        sixel.put(&mut out, 0, &picture(160, 80), place);
        assert!(out.starts_with("\x1b[8;21H\x1bP"), "{out}");
        out.clear();
        kitty.put(&mut out, 3, &picture(0, 0), place);
        assert!(out.is_empty(), "a picture that is none puts nothing");
    }
}
