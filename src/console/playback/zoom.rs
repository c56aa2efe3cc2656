//! Part of a picture, larger; moved about within it.

use crate::console::event::Action;
use crate::console::keymap::Cmd;
use crate::console::state::State;
use crate::wire::pictures::WHOLE;
use crate::wire::viewing::Wish;

/// At most 16 times as large.
const LEAST: u16 = u16::MAX / 16;

/// The crop after a key.
pub fn next(crop: [u16; 4], cmd: Cmd) -> [u16; 4] {
    let [left, top, width, height] = crop;
    let (wide, high) = match cmd {
        Cmd::ZoomIn => ((width / 2).max(LEAST), (height / 2).max(LEAST)),
        Cmd::ZoomOut => (width.saturating_mul(2), height.saturating_mul(2)),
        _ => (width, height),
    };
    // The middle stays where it is.
    let middle =
        |start: u16, old: u16, new: u16| i32::from(start) + (i32::from(old) - i32::from(new)) / 2;
    let (dx, dy) = match cmd {
        Cmd::PanLeft => (-i32::from(width) / 4, 0),
        Cmd::PanRight => (i32::from(width) / 4, 0),
        Cmd::PanUp => (0, -i32::from(height) / 4),
        Cmd::PanDown => (0, i32::from(height) / 4),
        _ => (0, 0),
    };
    let inside = |at: i32, size: u16| at.clamp(0, i32::from(u16::MAX - size)) as u16;
    let x = inside(middle(left, width, wide) + dx, wide);
    let y = inside(middle(top, height, high) + dy, high);
    // All but all of it is all of it.
    if wide > u16::MAX - 64 { WHOLE } else { [x, y, wide, high] }
}

/// The chosen picture; nothing happens at the ends.
pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let chosen = if state.playback.full { 0 } else { state.playback.at };
    let Some(watch) = &mut state.watch else { return vec![] };
    let Some(seat) = watch.seats.get_mut(chosen) else { return vec![] };
    let crop = next(seat.crop, cmd);
    if crop == seat.crop {
        return vec![];
    }
    seat.crop = crop;
    vec![Action::Wish(Wish::Zoom { seat: chosen as u8, crop })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_middle_and_panning_the_edges() {
        let half = next(WHOLE, Cmd::ZoomIn);
        assert_eq!(half[2..], [32_767, 32_767]);
        assert!(half[0].abs_diff(16_384) < 2 && half[1].abs_diff(16_384) < 2, "{half:?}");
        assert_eq!(next(half, Cmd::ZoomOut), WHOLE);
        assert_eq!(next(WHOLE, Cmd::ZoomOut), WHOLE);
        assert_eq!(next(WHOLE, Cmd::PanLeft), WHOLE, "there is nothing beside all of it");
        let mut crop = half;
        for _ in 0..9 {
            crop = next(crop, Cmd::PanLeft);
        }
        assert_eq!(crop, [0, half[1], half[2], half[3]]);
        for _ in 0..9 {
            crop = next(crop, Cmd::ZoomIn);
        }
        assert_eq!(crop[2..], [LEAST, LEAST]);
        for _ in 0..99 {
            crop = next(crop, Cmd::PanDown);
        }
        assert_eq!(u32::from(crop[1]) + u32::from(crop[3]), u32::from(u16::MAX));
    }
}
