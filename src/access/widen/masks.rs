//! Is every part of the picture that was hidden still hidden? At points of a grid.

use crate::config::cameras::Mask;

/// Points along each side.
const GRID: u32 = 128;

/// Some point was hidden by the old masks and is not by the new ones.
pub(super) fn shows_more(old: &[Mask], new: &[Mask]) -> bool {
    if old.iter().all(|was| new.iter().any(|is| is.points == was.points)) {
        return false;
    }
    let middle = |n: u32| (f64::from(n) + 0.5) / f64::from(GRID);
    let hidden = |masks: &[Mask], at| masks.iter().any(|mask| is_inside(&mask.points, at));
    let points = (0..GRID).flat_map(|y| (0..GRID).map(move |x| (middle(x), middle(y))));
    points.into_iter().any(|at| hidden(old, at) && !hidden(new, at))
}

/// Does a ray to the right cross the outline an odd number of times?
fn is_inside(outline: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let after = outline.iter().cycle().skip(1);
    let crossed = outline
        .iter()
        .zip(after)
        .filter(|(a, b)| (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0);
    crossed.count() % 2 == 1
}
