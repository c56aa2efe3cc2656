//! What the console draws, as text: every glyph and colour one of the Linux console's.

use beadle::console::draw::draw;
use beadle::console::glyphs::is_safe;
use beadle::console::state::State;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

pub fn screen(state: &State) -> String {
    let backend = TestBackend::new(state.columns, state.rows);
    let mut terminal = Terminal::new(backend).unwrap();
    terminal.draw(|frame| draw(state, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut out = String::new();
    for y in 0..state.rows {
        let row: String = (0..state.columns).map(|x| buffer[(x, y)].symbol()).collect();
        for c in row.chars() {
            assert!(is_safe(c), "{c:?} is not in code page 437: {row}");
        }
        out += row.trim_end();
        out.push('\n');
    }
    for cell in buffer.content() {
        for colour in [cell.fg, cell.bg] {
            assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour:?}");
        }
    }
    readers_words(&out);
    out
}

/// What the reader's screens never say: our own words for an entry, a release, a seal.
pub fn readers_words(shown: &str) {
    let shown = shown.to_lowercase();
    for word in ["deed", "leaf", "checkpoint", "grant"] {
        let ours = |c: char| c.is_alphabetic();
        let found = shown.match_indices(word).any(|(at, _)| {
            !shown[..at].ends_with(ours) && !shown[at + word.len()..].starts_with(ours)
        });
        assert!(!found, "the screen says {word}:\n{shown}");
    }
}
