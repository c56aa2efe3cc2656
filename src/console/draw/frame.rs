//! The rows around the screens: top line, screens, verdict, notice, and what is shown before
//! anybody answers.

use ratatui::text::{Line, Span};

use super::piece;
use crate::base::time::Utc;
use crate::console::glyphs::{fit, plain, wrap};
use crate::console::state::{Screen, State};
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

/// Columns from which each screen's name has a space on either side.
const ROOMY: usize = 100;

/// `[1 Today] 2 Live  3 Playback  4 Cases  5 Logbook  6 Site  7 Box   Headteacher`
pub fn screens(state: &State, width: usize) -> Line<'static> {
    let theme = theme::BRIGHT;
    if state.begins() && state.over.is_empty() {
        return Line::from(piece(theme, Tone::Strong, "[Beginning]"));
    }
    // Eighty columns hold all screens and a name where neighbours share the space between them.
    let tight = width < ROOMY;
    let mut spans = Vec::new();
    let (mut used, mut before) = (0, ' ');
    for screen in Screen::ALL {
        let chosen = screen == state.screen;
        let (open, close) = if chosen { ('[', ']') } else { (' ', ' ') };
        let text = match tight {
            true if chosen => format!("[{}", screen.title()),
            true => format!("{before}{}", screen.title()),
            false => format!("{open}{}{close}", screen.title()),
        };
        before = close;
        used += text.len();
        let tone = if chosen { Tone::Strong } else { Tone::Plain };
        spans.push(Span::styled(text, theme.style(tone)));
    }
    if tight {
        spans.push(Span::raw(before.to_string()));
        used += 1;
    }
    let who = if state.room.is_some() { state.door.words() } else { String::new() };
    let room = width.saturating_sub(used + 2);
    let who: String = plain(&who).chars().take(room).collect();
    let tone = if state.is_open() { Tone::Strong } else { Tone::Quiet };
    let gap = room.saturating_sub(who.chars().count());
    spans.push(Span::raw(" ".repeat(gap + 1)));
    spans.push(piece(theme, tone, &who));
    Line::from(spans)
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
            let whole = why.chars().count() <= width - 2;
            // There is one row for it: the first sentence says what is wrong.
            let why = match why.split_once(". ").filter(|_| !whole) {
                Some((first, _)) => format!("{first}."),
                None => why.to_string(),
            };
            let why = format!(" {}", fit(&why, width - 2));
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

/// Rows that a notice may take from the screen below it.
const NOTICE_ROWS: usize = 3;

/// What came of the last thing that somebody did: a row, or as many as its words need.
pub fn notice(state: &State, width: usize) -> Vec<Line<'static>> {
    let Some(notice) = &state.notice else { return vec![Line::default()] };
    let room = width.saturating_sub(2);
    let mut rows = wrap(&notice.text, room);
    if rows.len() > NOTICE_ROWS {
        let rest = rows.split_off(NOTICE_ROWS - 1).join(" ");
        rows.push(fit(&rest, room));
    }
    if rows.is_empty() {
        rows.push(String::new());
    }
    let row = |text: &String| Line::from(piece(theme::BRIGHT, notice.tone, &format!(" {text}")));
    rows.iter().map(row).collect()
}
