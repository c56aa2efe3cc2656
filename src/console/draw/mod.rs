//! Draws the state. Nothing here changes anything: the same state gives the same picture.
//!
//! ```text
//! row 0      top line: name, version, site, who is there, clock, one word
//! row 1      the screens; the one shown is in brackets
//! rows 2-3   the verdict, or who does not answer since when
//! rows 4-    the screen, or what lies over it
//! before last  what came of the last thing that was done
//! last row   keys
//! ```
//! Every text goes through `glyphs::plain` on its way to a cell, so that one character is one cell
//! and the Linux console's font has it.

mod frame;
mod keys;
mod over;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::cases;
use super::glyphs::{plain, wrap};
use super::live;
use super::logbook;
use super::over::Over;
use super::playback;
use super::recorder;
use super::site;
use super::state::{FRAME_ROWS, Screen, State};
use super::theme::{self, Theme, Tone};
use super::today;

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
    let mut rows = Vec::with_capacity(usize::from(area.height));
    rows.push(frame::top(state, width));
    rows.push(frame::screens(state, width));
    rows.extend(frame::verdict(state, width));
    let body = usize::from(area.height) - FRAME_ROWS;
    let mut inner = match state.over.last() {
        Some(over) => over_rows(state, over, width),
        None if state.begins() => super::begin::rows(state, width),
        None => screen(state, width),
    };
    // A long notice takes rows from the end of the screen until the next key.
    let notice = frame::notice(state, width);
    let body = (body + 1).saturating_sub(notice.len());
    inner.truncate(body);
    inner.resize(body, Line::default());
    rows.extend(inner);
    rows.extend(notice);
    rows.push(keys::bottom(state, width));
    for (y, row) in (area.y..).zip(rows) {
        frame.render_widget(row, Rect { y, height: 1, ..area });
    }
}

fn screen(state: &State, width: usize) -> Vec<Line<'static>> {
    let theme = Theme { faded: state.trouble().is_some() };
    match state.screen {
        Screen::Today => today::draw::rows(state, theme, width),
        Screen::Live => live::draw::rows(state, theme, width),
        Screen::Playback => playback::draw::rows(state, theme, width),
        Screen::Cases => cases::draw::rows(state, theme, width),
        Screen::Logbook => logbook::draw::rows(state, theme, width),
        Screen::Site => {
            let text = site::file::lines(state, theme, width);
            text.into_iter().skip(state.site.scroll).collect()
        }
        Screen::Box => recorder::draw::rows(state, theme, width),
    }
}

fn over_rows(state: &State, over: &Over, width: usize) -> Vec<Line<'static>> {
    match over {
        Over::Help { scroll } => keys::help(state).into_iter().skip(*scroll).collect(),
        Over::Emergency => over::emergency(state, width),
        Over::Page(page) => over::page(page, width, state.body_rows()),
        Over::Menu(menu) => over::menu(menu, width, state.body_rows()),
        Over::Form(form) => super::form::draw::rows(state, form, width),
        Over::Record(view) => logbook::draw::record(state, view, width),
        Over::Check(check) => today::check::rows(state, check, width),
        Over::Glance(view) => today::glance::rows(state, view, width),
        Over::Edit(editor) => site::paint::rows(state, editor, width),
        Over::Plan(plan) => site::plan::rows(state, plan, width),
        Over::History(history) => site::history::rows(state, history, width),
        Over::Keep(trying) => site::plan::keep_rows(state, trying, width),
    }
}

/// Lines of the page or help that lies on top, for scrolling.
pub fn length_of_top(state: &State) -> usize {
    let width = usize::from(state.columns.max(COLUMNS_MIN));
    match state.over.last() {
        Some(Over::Help { .. }) => keys::help(state).len(),
        Some(Over::Page(page)) => over::page_lines(page, width, state.body_rows()).len(),
        _ => 0,
    }
}

/// Before the first answer.
pub(super) fn cameras_waiting(state: &State, width: usize) -> Vec<Line<'static>> {
    frame::waiting(state, width)
}

/// Instead of what names people, while nobody is there.
pub(super) fn closed(state: &State, what: &str, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let text = format!(" Log in to see {what}: press l.");
    let mut rows = vec![Line::default(), Line::from(piece(theme, Tone::Strong, &text))];
    if let Some(room) = state.room.as_ref().filter(|_| !state.is_open()) {
        rows.push(Line::default());
        let text = wrap(&room.banner, width.saturating_sub(2));
        rows.extend(text.iter().map(|l| Line::from(piece(theme, Tone::Plain, &format!(" {l}")))));
    }
    rows
}

/// One piece of a row.
pub(super) fn piece(theme: Theme, tone: Tone, text: &str) -> Span<'static> {
    Span::styled(plain(text), theme.style(tone))
}

/// A label and what stands beside it, in the two columns of overview and details.
pub(super) fn labelled(theme: Theme, label: &str, rest: Vec<Span<'static>>) -> Line<'static> {
    let label = format!(" {label:<12}");
    let mut spans = vec![Span::styled(label, theme.style(Tone::Quiet))];
    spans.extend(rest);
    Line::from(spans)
}

/// The same with text of any length, broken into as many rows as it needs.
pub(super) fn paragraph(
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
pub(super) fn part(first: usize, shown: usize, all: usize) -> String {
    if all <= shown {
        return String::new();
    }
    format!("{}-{} of {all}", first + 1, (first + shown).min(all))
}

/// The chosen row, across the whole window; the mark says it without colour.
pub(super) fn marked(row: Line<'static>, width: usize) -> Line<'static> {
    let used = row.width();
    let mut spans: Vec<Span> = row.spans;
    if let Some(first) = spans.first_mut() {
        let mut rest = first.content.chars();
        rest.next();
        first.content = format!(">{}", rest.as_str()).into();
    }
    spans.push(Span::raw(" ".repeat(width.saturating_sub(used))));
    for span in &mut spans {
        span.style = theme::chosen(span.style);
    }
    Line::from(spans)
}

/// `─[Cameras]─ Duties: 2 ─ Alarms ────────── 1-14 of 64 ──`
pub(super) fn tab_line(
    names: &[(&str, usize)],
    chosen: usize,
    place: &str,
    theme: Theme,
    width: usize,
) -> Line<'static> {
    let quiet = theme.style(Tone::Quiet);
    let mut spans = vec![Span::styled("─", quiet)];
    let mut used = 1;
    for (n, (name, count)) in names.iter().enumerate() {
        let (open, close) = if n == chosen { ('[', ']') } else { (' ', ' ') };
        let tone = if n == chosen { Tone::Strong } else { Tone::Plain };
        let count = if *count == 0 { String::new() } else { format!(": {count}") };
        let text = plain(&format!("{open}{name}{count}{close}"));
        used += text.chars().count() + 1;
        spans.push(Span::styled(text, theme.style(tone)));
        spans.push(Span::styled("─", quiet));
    }
    let tail = if place.is_empty() { String::new() } else { format!(" {place} ──") };
    let line = width.saturating_sub(used + tail.chars().count());
    spans.push(Span::styled("─".repeat(line), quiet));
    spans.push(Span::styled(tail, quiet));
    Line::from(spans)
}

const _: () = assert!(ROWS_MIN as usize > FRAME_ROWS + today::draw::ABOVE + 2);
