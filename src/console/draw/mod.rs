//! Draws the state. Nothing here changes anything: the same state gives the same picture.
//!
//! ```text
//! row 0     top line: name, version, site, clock, one word
//! rows 1-2  the verdict, or who does not answer since when
//! rows 3-6  overview: cameras, footage, disks, file
//! row 7     the four panes; the one shown is in brackets
//! row 8-    the pane
//! last row  keys
//! ```
//! Every text goes through `glyphs::plain` on its way to a cell, so that one character is one cell
//! and the Linux console's font has it.

mod alarms;
mod camera;
mod cameras;
mod disks;
mod file;
mod frame;
mod keys;
mod overview;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::glyphs::{plain, wrap};
use super::state::{FRAME_ROWS, Pane, State};
use super::theme::{Theme, Tone};

/// Smaller than this nothing useful fits.
const COLUMNS_MIN: u16 = 60;
const ROWS_MIN: u16 = 16;

pub fn draw(state: &State, frame: &mut Frame) {
    let area = frame.area();
    if area.width < COLUMNS_MIN || area.height < ROWS_MIN {
        let text = format!("This window is too small: {COLUMNS_MIN} x {ROWS_MIN} at least.");
        frame.render_widget(Line::raw(text), Rect { height: area.height.min(1), ..area });
        return;
    }
    let width = usize::from(area.width);
    let theme = Theme { faded: state.trouble().is_some() };
    let mut rows = Vec::with_capacity(usize::from(area.height));
    rows.push(frame::top(state, width));
    rows.extend(frame::verdict(state, width));
    if state.help {
        rows.extend(keys::help(state));
    } else if state.status.is_none() {
        rows.extend(frame::waiting(state, width));
    } else {
        rows.extend(overview::lines(state, theme));
        rows.push(frame::tabs(state, theme, width));
        rows.extend(pane(state, theme, width));
    }
    rows.resize(usize::from(area.height) - 1, Line::default());
    rows.push(keys::bottom(state, width));
    for (y, row) in (area.y..).zip(rows) {
        frame.render_widget(row, Rect { y, height: 1, ..area });
    }
}

fn pane(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if state.details {
        return camera::lines(state, theme, width);
    }
    if state.pane == Pane::Cameras {
        return cameras::lines(state, theme, width);
    }
    let text = text_lines(state, state.pane, theme, width);
    text.into_iter().skip(state.scroll[state.pane as usize]).take(state.pane_rows()).collect()
}

/// The whole of a pane of text, however long; empty for the cameras, which turn pages instead.
pub fn text_of(state: &State, pane: Pane) -> Vec<Line<'static>> {
    let width = usize::from(state.columns.max(COLUMNS_MIN));
    text_lines(state, pane, Theme { faded: false }, width)
}

fn text_lines(state: &State, pane: Pane, theme: Theme, width: usize) -> Vec<Line<'static>> {
    match pane {
        Pane::Cameras => Vec::new(),
        Pane::Disks => disks::lines(state, theme, width),
        Pane::File => file::lines(state, theme, width),
        Pane::Alarms => alarms::lines(state, theme, width),
    }
}

/// One piece of a row.
fn piece(theme: Theme, tone: Tone, text: &str) -> Span<'static> {
    Span::styled(plain(text), theme.style(tone))
}

/// A label and what stands beside it, in the two columns of overview and details.
fn labelled(theme: Theme, label: &str, rest: Vec<Span<'static>>) -> Line<'static> {
    let label = format!(" {label:<12}");
    let mut spans = vec![Span::styled(label, theme.style(Tone::Quiet))];
    spans.extend(rest);
    Line::from(spans)
}

/// The same with text of any length, broken into as many rows as it needs.
fn paragraph(
    theme: Theme,
    label: &str,
    tone: Tone,
    text: &str,
    width: usize,
) -> Vec<Line<'static>> {
    let lines = wrap(text, width - LABEL - 1).into_iter().enumerate();
    lines
        .map(|(n, line)| {
            let label = if n == 0 { label } else { "" };
            labelled(theme, label, vec![piece(theme, tone, &line)])
        })
        .collect()
}

/// Cells of a label's column.
const LABEL: usize = 13;

/// Which part of a long list is shown: `1-14 of 64`; nothing when all of it is.
fn part(first: usize, shown: usize, all: usize) -> String {
    if all <= shown {
        return String::new();
    }
    format!("{}-{} of {all}", first + 1, (first + shown).min(all))
}

const _: () = assert!(ROWS_MIN as usize > FRAME_ROWS + 2);
