//! What somebody has to do something about, worst first, and what to do.

use ratatui::text::Line;

use crate::console::draw::piece;
use crate::console::glyphs::wrap;
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;

pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let alarms = state.status.as_ref().map_or(&[][..], |status| &status.alarms);
    let signs = state.status.as_ref().map_or(&[][..], |status| &status.signs);
    if alarms.is_empty() && signs.is_empty() {
        let text = " None. Nobody has to do anything.";
        return vec![Line::default(), Line::from(piece(theme, Tone::Good, text))];
    }
    let zone = state.zone();
    let mut rows = Vec::new();
    for alarm in alarms {
        let tone = theme::level(alarm.level);
        let word = words::level(alarm.level);
        for (n, line) in wrap(&alarm.text, width - 11).iter().enumerate() {
            let word = if n == 0 { word } else { "" };
            rows.push(Line::from(vec![
                piece(theme, tone, &format!(" {word:<9}")),
                piece(theme, Tone::Strong, line),
            ]));
        }
        let indent = " ".repeat(10);
        let remedy = wrap(&alarm.remedy, width - 11).into_iter().filter(|line| !line.is_empty());
        for line in remedy {
            rows.push(Line::from(piece(theme, Tone::Plain, &format!("{indent}{line}"))));
        }
        let since = format!("{indent}since {}", zone.show_near(alarm.since, state.now));
        rows.push(Line::from(piece(theme, Tone::Quiet, &since)));
        rows.push(Line::default());
    }
    for sign in signs {
        for (n, line) in wrap(sign, width - 11).iter().enumerate() {
            let word = if n == 0 { "SIGN" } else { "" };
            rows.push(Line::from(vec![
                piece(theme, Tone::Warn, &format!(" {word:<9}")),
                piece(theme, Tone::Strong, line),
            ]));
        }
    }
    match signs.is_empty() {
        true => drop(rows.pop()),
        false => {
            let how = "P prints the list for a walk past every sign; then enter the sign check.";
            let indent = " ".repeat(10);
            let how = wrap(how, width - 11);
            rows.extend(
                how.iter()
                    .map(|line| Line::from(piece(theme, Tone::Plain, &format!("{indent}{line}")))),
            );
        }
    }
    rows
}
