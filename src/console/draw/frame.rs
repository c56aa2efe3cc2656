//! The rows around the panes: top line, verdict, tabs, and what is shown before anybody answers.

use ratatui::text::{Line, Span};

use super::{cameras, part, piece, text_of};
use crate::base::time::Utc;
use crate::console::glyphs::{fit, plain, wrap};
use crate::console::state::{Pane, State};
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::Level;

/// ` Beadle 0.1.0   Site   ...   2026-11-21 08:41:07 GMT   OK `
pub fn top(state: &State, width: usize) -> Line<'static> {
    let (word, level) = match (state.trouble(), &state.status) {
        (_, None) => ("WAITING", Level::Notice),
        (Some(_), Some(_)) => ("NO ANSWER", Level::Fault),
        (None, Some(status)) => (words::level(status.verdict.level), status.verdict.level),
    };
    let badge = format!("{word:^11}");
    let right = format!("{}  ", state.zone().show(state.now));
    let name = format!(" Beadle {}  ", env!("CARGO_PKG_VERSION"));
    let room = width.saturating_sub(name.len() + right.chars().count() + badge.len());
    let site = state.status.as_ref().map_or("", |status| &status.site);
    Line::from(vec![
        Span::styled(name, theme::bar()),
        Span::styled(fit(site, room), theme::bar()),
        Span::styled(plain(&right), theme::bar()),
        Span::styled(badge, theme::badge(level)),
    ])
}

/// Always two rows, so that nothing below moves.
pub fn verdict(state: &State, width: usize) -> Vec<Line<'static>> {
    let theme = Theme { faded: false };
    let mut rows: Vec<Line> = match (state.trouble(), &state.status) {
        (Some((since, why)), Some(_)) => {
            let since = exactly(state, since);
            let what =
                format!("Beadle is not answering since {since}. Below is what was last known.");
            let first = Line::from(piece(theme, Tone::Bad, &format!(" {}", fit(&what, width - 2))));
            let why = format!(" {}", fit(why, width - 2));
            vec![first, Line::from(piece(theme, Tone::Plain, &why))]
        }
        (None, Some(status)) => {
            let tone = match theme::level(status.verdict.level) {
                Tone::Good => Tone::Plain,
                tone => tone,
            };
            let lines = wrap(&status.verdict.text, width - 2);
            lines.iter().map(|l| Line::from(piece(theme, tone, &format!(" {l}")))).collect()
        }
        (_, None) => vec![],
    };
    rows.resize(2, Line::default());
    rows
}

/// `08:41:07` today, else with its day.
fn exactly(state: &State, at: Utc) -> String {
    let zone = state.zone();
    let shown = zone.show(at);
    if zone.day_of(at) != zone.day_of(state.now) {
        return shown;
    }
    shown.split(' ').nth(1).unwrap_or(&shown).to_string()
}

/// Before the first answer.
pub fn waiting(state: &State, width: usize) -> Vec<Line<'static>> {
    let theme = Theme { faded: false };
    let Some((since, why)) = state.trouble() else {
        return vec![];
    };
    let waited = words::age(state.now - since);
    let head = format!(" Waiting for Beadle to answer on {} ({waited}).", state.socket);
    let mut rows = vec![Line::from(piece(theme, Tone::Strong, &head)), Line::default()];
    let text = wrap(why, width - 4);
    rows.extend(text.iter().map(|l| Line::from(piece(theme, Tone::Plain, &format!(" {l}")))));
    rows.push(Line::default());
    rows.push(Line::from(piece(theme, Tone::Quiet, " This screen goes on by itself.")));
    rows
}

/// `──[1 Cameras]── 2 Disks ── 3 File: 2 ── 4 Alarms: 1 ────────── 1-14 of 64 ──`
pub fn tabs(state: &State, theme: Theme, width: usize) -> Line<'static> {
    let quiet = theme.style(Tone::Quiet);
    let mut spans = vec![Span::styled("─", quiet)];
    let mut used = 1;
    for (n, pane) in Pane::ALL.into_iter().enumerate() {
        let name = name(state, pane);
        let chosen = pane == state.pane;
        let (open, close) = if chosen { ('[', ']') } else { (' ', ' ') };
        let tone = if chosen { Tone::Strong } else { Tone::Plain };
        let text = format!("{open}{} {name}{close}", n + 1);
        used += text.chars().count() + 1;
        spans.push(Span::styled(text, theme.style(tone)));
        spans.push(Span::styled("─", quiet));
    }
    let place = match state.pane {
        _ if state.details => String::new(),
        Pane::Cameras => cameras::place(state),
        pane => {
            let all = text_of(state, pane).len();
            part(state.scroll[pane as usize], state.pane_rows(), all)
        }
    };
    let tail = if place.is_empty() { String::new() } else { format!(" {place} ──") };
    let line = width.saturating_sub(used + tail.chars().count());
    spans.push(Span::styled("─".repeat(line), quiet));
    spans.push(Span::styled(tail, quiet));
    Line::from(spans)
}

fn name(state: &State, pane: Pane) -> String {
    let status = state.status.as_ref();
    let (name, n) = match pane {
        Pane::Cameras => ("Cameras", 0),
        Pane::Disks => ("Disks", 0),
        Pane::File => ("File", status.map_or(0, |s| s.file.findings.len())),
        Pane::Alarms => ("Alarms", status.map_or(0, |s| s.alarms.len())),
    };
    if n == 0 { name.to_string() } else { format!("{name}: {n}") }
}
