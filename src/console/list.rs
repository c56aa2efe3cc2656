//! Moving in a list, and in a text that is longer than the screen.

use super::keymap::Cmd;

/// Moves the chosen place by a key. Pages turn whole; nothing goes past the ends.
pub fn step(at: &mut usize, cmd: Cmd, all: usize, page: usize) {
    let page = page.max(1) as isize;
    let by = match cmd {
        Cmd::Up => -1,
        Cmd::Down => 1,
        Cmd::PageUp => -page,
        Cmd::PageDown => page,
        Cmd::First => isize::MIN,
        Cmd::Last => isize::MAX,
        _ => 0,
    };
    *at = at.saturating_add_signed(by).min(all.saturating_sub(1));
}

/// The same for the first line shown of a text.
pub fn scroll(first: &mut usize, cmd: Cmd, all: usize, page: usize) {
    let most = all.saturating_sub(page);
    step(first, cmd, most + 1, page);
}

/// First row of the page that holds the chosen one.
pub fn first(at: usize, page: usize) -> usize {
    at / page.max(1) * page.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_past_the_ends() {
        let table = [
            (Cmd::Down, 0, 3, 1),
            (Cmd::Down, 2, 3, 2),
            (Cmd::Up, 0, 3, 0),
            (Cmd::PageDown, 1, 30, 11),
            (Cmd::Last, 0, 30, 29),
            (Cmd::First, 7, 30, 0),
            (Cmd::Last, 4, 0, 0),
            (Cmd::Open, 9, 3, 2),
        ];
        for (cmd, at, all, want) in table {
            let mut place = at;
            step(&mut place, cmd, all, 10);
            assert_eq!(place, want, "{cmd:?} at {at} of {all}");
        }
        let mut top = 0;
        scroll(&mut top, Cmd::Last, 25, 10);
        assert_eq!((top, first(14, 10)), (15, 10));
        scroll(&mut top, Cmd::Last, 5, 10);
        assert_eq!(top, 0);
    }
}
