//! The first screen: four rows that say how things are, then cameras, duties or alarms.

use ratatui::text::{Line, Span};

use super::{Pane, alarms, camera, cameras, duties, overview, page};
use crate::console::draw::{cameras_waiting, part, piece, tab_line};
use crate::console::glyphs::fit;
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;

/// Rows above the lower part: overview and its tabs.
pub const ABOVE: usize = 5;
/// From so many rows on, duties and alarms stand below the cameras too.
const TALL: usize = 30;
const SUMMARY: usize = 12;

/// Rows of the summary below the cameras.
pub fn summary_rows(state: &State) -> usize {
    let below = state.today.pane == Pane::Cameras && !state.today.details;
    if below && state.body_rows() >= TALL { SUMMARY } else { 0 }
}

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if state.status.is_none() {
        return cameras_waiting(state, width);
    }
    let mut rows = overview::lines(state, theme);
    rows.push(tabs(state, theme, width));
    let page = page(state);
    match state.today.pane {
        Pane::Cameras if state.today.details => rows.extend(camera::lines(state, theme, width)),
        Pane::Cameras => {
            rows.extend(cameras::lines(state, theme, width));
            if summary_rows(state) > 0 {
                rows.resize(ABOVE + 1 + page, Line::default());
                rows.extend(summary(state, theme, width));
            }
        }
        Pane::Duties => rows.extend(duties::shown(state, theme, width)),
        Pane::Alarms => {
            let text = alarms::lines(state, theme, width);
            rows.extend(text.into_iter().skip(state.today.scroll).take(page + 1));
        }
    }
    rows
}

fn tabs(state: &State, theme: Theme, width: usize) -> Line<'static> {
    let alarms = state.status.as_ref().map_or(0, |s| s.alarms.len() + s.signs.len());
    let due = state.today.duties.as_ref().map_or(0, |d| duties::pressing(d));
    let names = [("Cameras", 0), ("Duties", due), ("Alarms", alarms)];
    let place = match state.today.pane {
        Pane::Cameras if state.today.details => String::new(),
        Pane::Cameras => cameras::place(state),
        Pane::Duties => {
            let all = state.today.duties.as_ref().map_or(0, Vec::len);
            let page = duties::page(state);
            part(list::first(state.today.duty, page), page, all)
        }
        Pane::Alarms => {
            let all = alarms::lines(state, theme, width).len();
            part(state.today.scroll, page(state) + 1, all)
        }
    };
    tab_line(&names, state.today.pane as usize, &place, theme, width)
}

/// On a tall screen: what presses, and what is wrong, without a key.
fn summary(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let quiet = theme.style(Tone::Quiet);
    let rule = |name: &str| {
        let line = "─".repeat(width.saturating_sub(name.len() + 4));
        Line::from(Span::styled(format!("─ {name} {line}"), quiet))
    };
    let mut rows = vec![rule("Duties")];
    rows.extend(duties::rows(state, theme, width).into_iter().take(SUMMARY / 2 - 1));
    rows.resize(SUMMARY / 2, Line::default());
    rows.push(rule("Alarms"));
    let alarms = state.status.as_ref().map_or(&[][..], |s| &s.alarms);
    let signs = state.status.as_ref().map_or(&[][..], |s| &s.signs);
    if alarms.is_empty() && signs.is_empty() {
        rows.push(Line::from(piece(theme, Tone::Good, " None. Nobody has to do anything.")));
    }
    for alarm in alarms.iter().take(SUMMARY / 2 - 1) {
        let word = words::level(alarm.level);
        rows.push(Line::from(vec![
            piece(theme, theme::level(alarm.level), &format!(" {word:<9}")),
            piece(theme, Tone::Plain, &fit(&alarm.text, width.saturating_sub(11))),
        ]));
    }
    for sign in signs.iter().take((SUMMARY / 2 - 1).saturating_sub(alarms.len())) {
        rows.push(Line::from(vec![
            piece(theme, Tone::Warn, &format!(" {:<9}", "SIGN")),
            piece(theme, Tone::Plain, &fit(sign, width.saturating_sub(11))),
        ]));
    }
    rows
}
