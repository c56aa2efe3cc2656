//! The table of cameras: one row each, in the order of the file, page by page.
//!
//! A camera that does not record says why where the figures of the others stand: they would be
//! zero, and at 80 columns there is no other place.

use ratatui::text::{Line, Span};

use super::page;
use crate::base::time::Zone;
use crate::console::draw::{marked, part, piece};
use crate::console::glyphs::fit;
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::{CameraState, CameraStatus};

/// Cells of everything but name and title: mark 1, state 12, since 12, fps 4, kbit/s 8, frame 8,
/// gap 2, held 14, edge 1.
const FIXED: usize = 62;
/// Cells of fps, kbit/s and last frame together.
const FIGURES: usize = 20;

/// Widths of the columns that depend on the list and the window.
struct Columns {
    name: usize,
    /// 0 where there is no room for titles.
    title: usize,
    /// 0 where there is no room for gaps.
    gaps: usize,
}

fn columns(state: &State, width: usize) -> Columns {
    let longest = |text: fn(&CameraStatus) -> usize| state.cameras().iter().map(text).max();
    let room = width.saturating_sub(FIXED);
    let name = longest(|c| c.id.as_str().len()).unwrap_or(0).clamp(8, 24).min(room);
    let room = room - name;
    let title = longest(|c| c.title.chars().count()).unwrap_or(0).min(36).min(room.max(2) - 2);
    let title = if title < 10 { 0 } else { title };
    let gaps = if room >= title + 2 + 14 { 14 } else { 0 };
    Columns { name, title, gaps }
}

/// First camera of the page that holds the selected one.
fn first(state: &State) -> usize {
    list::first(state.today.place(state.cameras()), page(state))
}

/// `1-14 of 64`.
pub fn place(state: &State) -> String {
    part(first(state), page(state), state.cameras().len())
}

pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if state.cameras().is_empty() {
        let text = " The file names no camera.";
        return vec![Line::default(), Line::from(piece(theme, Tone::Quiet, text))];
    }
    let columns = columns(state, width);
    let zone = state.zone();
    let mut rows = vec![head(&columns, theme)];
    let page = state.cameras().iter().enumerate().skip(first(state)).take(page(state));
    for (place, camera) in page {
        let row = row(state, &zone, camera, &columns, theme);
        rows.push(if place == state.today.place(state.cameras()) {
            marked(row, width)
        } else {
            row
        });
    }
    rows
}

fn head(columns: &Columns, theme: Theme) -> Line<'static> {
    let mut text = format!(" {:<w$}", "Camera", w = columns.name);
    if columns.title > 0 {
        text += &format!("  {:<w$}", "Title", w = columns.title);
    }
    text += &format!("  {:<10}  {:<10}", "State", "Since");
    text += &format!("{:>4}{:>8}{:>8}", "fps", "kbit/s", "frame");
    text += &format!("  {:<14}", "Days held");
    if columns.gaps > 0 {
        text += &format!("{:<14}", "Gaps today");
    }
    Line::from(piece(theme, Tone::Quiet, &text))
}

fn row(
    state: &State,
    zone: &Zone,
    camera: &CameraStatus,
    columns: &Columns,
    theme: Theme,
) -> Line<'static> {
    let text = |tone, text: String| Span::styled(text, theme.style(tone));
    let mut spans = vec![text(Tone::Strong, format!(" {}", fit(camera.id.as_str(), columns.name)))];
    if columns.title > 0 {
        spans.push(text(Tone::Plain, format!("  {}", fit(&camera.title, columns.title))));
    }
    let (tone, word, from) = match &camera.ill {
        Some(ill) => (Tone::Bad, words::ill(ill.what), ill.since),
        None => (theme::camera(camera.state), words::camera(camera.state), camera.since),
    };
    spans.push(text(tone, format!("  {}", fit(word, 10))));
    let since = words::since(zone, from, state.now);
    spans.push(text(Tone::Quiet, format!("  {}", fit(&since, 10))));
    spans.push(figures(state, camera, theme));
    spans.push(text(held_tone(camera), format!("  {}", fit(&words::held(&camera.held), 14))));
    if columns.gaps > 0 {
        spans.push(text(Tone::Quiet, fit(&gaps(camera), columns.gaps)));
    }
    Line::from(spans)
}

/// Frames, bit rate and last frame; or why there are none.
fn figures(state: &State, camera: &CameraStatus, theme: Theme) -> Span<'static> {
    if camera.state != CameraState::Recording {
        let why = camera.reason.map_or("", words::reason);
        let text = format!(" {}", fit(why, FIGURES - 1));
        return Span::styled(text, theme.style(theme::camera(camera.state)));
    }
    let rate = words::count(camera.kbps.max(0.0).round() as u64);
    let frame = camera.last_frame.map_or("-".into(), |at| words::age(state.now - at));
    let text = format!("{:>4}{rate:>8}{frame:>8}", words::rate(camera.fps));
    Span::styled(text, theme.style(Tone::Plain))
}

/// Judged by what will fit, not by what is there: a new camera has every right to hold little.
fn held_tone(camera: &CameraStatus) -> Tone {
    let floor = f64::from(camera.held.floor_days);
    let short = camera.held.forecast_days.is_some_and(|days| days < floor);
    if short { Tone::Warn } else { Tone::Plain }
}

fn gaps(camera: &CameraStatus) -> String {
    match (camera.gaps_today, camera.gap_seconds_today) {
        (0, _) => "none".into(),
        (n, s) => format!("{n}, {}", words::age(crate::base::time::Span::secs(s as i64))),
    }
}
