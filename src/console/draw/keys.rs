//! The keys: those of the moment in the bottom row, all of them in the help.

use ratatui::text::{Line, Span};

use crate::console::glyphs::fit;
use crate::console::keymap::{Cmd, KEYS};
use crate::console::state::{Pane, State};
use crate::console::theme::{Theme, Tone};

/// The last row: what can be done here.
pub fn bottom(state: &State, width: usize) -> Line<'static> {
    let theme = Theme { faded: false };
    let leave = ("q", state.leaving);
    let keys: Vec<(&str, &str)> = if state.help {
        vec![("any key", "back"), leave]
    } else if state.status.is_none() {
        vec![("?", "help"), leave]
    } else if state.details {
        vec![("Esc", "back"), ("Up Down", "other cameras"), ("n", "next fault"), leave]
    } else if state.pane == Pane::Cameras {
        vec![
            ("Up Down", "choose"),
            ("Enter", "details"),
            ("n", "next fault"),
            ("Tab 1-4", "panes"),
            ("?", "help"),
            leave,
        ]
    } else {
        vec![("Up Down", "scroll"), ("Tab 1-4", "panes"), ("?", "help"), leave]
    };
    let mut spans = Vec::new();
    let mut used = 0;
    for (key, what) in keys {
        used += key.len() + what.len() + 3;
        if used > width {
            break;
        }
        spans.push(Span::styled(format!(" {key} "), theme.style(Tone::Strong)));
        spans.push(Span::styled(format!("{what} "), theme.style(Tone::Quiet)));
    }
    Line::from(spans)
}

/// The table of keys, one row each.
pub fn help(state: &State) -> Vec<Line<'static>> {
    let theme = Theme { faded: false };
    KEYS.iter()
        .map(|key| {
            let what = if key.cmd == Cmd::Quit { state.leaving } else { key.help };
            Line::from(vec![
                Span::styled(format!("   {}", fit(key.shown, 14)), theme.style(Tone::Strong)),
                Span::styled(what.to_string(), theme.style(Tone::Plain)),
            ])
        })
        .collect()
}
