//! Pages, menus, the emergency page.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use super::{marked, part, piece};
use crate::console::glyphs::{fit, wrap};
use crate::console::list;
use crate::console::over::{Menu, Page};
use crate::console::state::State;
use crate::console::theme::{self, Tone};

pub fn page(page: &Page, width: usize, rows: usize) -> Vec<Line<'static>> {
    page_lines(page, width, rows).into_iter().skip(page.scroll).take(rows).collect()
}

/// The whole of it, however long.
pub fn page_lines(page: &Page, width: usize, rows: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let mut out =
        vec![Line::from(piece(theme, Tone::Strong, &format!(" {}", page.title))), Line::default()];
    if let Some(code) = &page.code {
        out.extend(square(code.0.expose(), width, rows));
        out.push(Line::default());
    }
    for line in &page.lines {
        let text = wrap(line, width.saturating_sub(4));
        out.extend(text.iter().map(|l| Line::from(piece(theme, Tone::Plain, &format!("  {l}")))));
    }
    for secret in &page.secrets {
        out.push(Line::default());
        out.push(Line::from(piece(theme, Tone::Strong, &format!("      {}", secret.0.expose()))));
    }
    out
}

/// A code to photograph: two of its squares in one cell, dark on light whatever the terminal's
/// colours are. Shown whole or not at all.
fn square(text: &str, width: usize, rows: usize) -> Vec<Line<'static>> {
    let low = qrcode::EcLevel::L;
    let Ok(code) = qrcode::QrCode::with_error_correction_level(text.as_bytes(), low) else {
        return vec![];
    };
    let side = code.width();
    let dark = code.to_colors();
    const EDGE: usize = 2;
    let cells = side + 2 * EDGE;
    let high = cells.div_ceil(2);
    if cells + 2 > width || high > rows {
        let text = format!(
            "  The code needs a window of {} columns and {} rows; the text below says the same.",
            cells + 2,
            high + super::FRAME_ROWS
        );
        let lines = wrap(&text, width.saturating_sub(2));
        return lines.iter().map(|l| Line::from(piece(theme::BRIGHT, Tone::Quiet, l))).collect();
    }
    let is_dark = |x: usize, y: usize| {
        let inside = |n: usize| (EDGE..side + EDGE).contains(&n);
        inside(x) && inside(y) && dark[(y - EDGE) * side + x - EDGE] == qrcode::Color::Dark
    };
    let style = Style::new().fg(Color::Black).bg(Color::White);
    let row = |y: usize| {
        let cell = |x: usize| match (is_dark(x, 2 * y), is_dark(x, 2 * y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        let text: String = (0..cells).map(cell).collect();
        Line::from(vec![Span::raw("  "), Span::styled(text, style)])
    };
    (0..high).map(row).collect()
}

pub fn menu(menu: &Menu, width: usize, rows: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let page = rows.saturating_sub(2).max(1);
    let first = list::first(menu.at, page);
    let part = part(first, page, menu.items.len());
    let mut out = vec![
        Line::from(vec![
            piece(theme, Tone::Strong, &format!(" {}  ", menu.title)),
            piece(theme, Tone::Quiet, &part),
        ]),
        Line::default(),
    ];
    for (n, (title, _)) in menu.items.iter().enumerate().skip(first).take(page) {
        let text = fit(title, width.saturating_sub(4));
        let row = Line::from(piece(theme, Tone::Plain, &format!("  {text}")));
        out.push(if n == menu.at { marked(row, width) } else { row });
    }
    out
}

/// Numbers and steps of the file, without a log-in (S1.35).
pub fn emergency(state: &State, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let mut out = vec![Line::from(piece(theme, Tone::Bad, " EMERGENCY")), Line::default()];
    let Some(room) = &state.room else {
        let why = match state.begins() {
            true => "this box has no site file yet",
            false => "Beadle does not answer",
        };
        let text = format!(" Dial 999. The school's own steps are not known: {why}.");
        out.push(Line::from(piece(theme, Tone::Strong, &text)));
        return out;
    };
    if room.steps.is_empty() {
        let text = " 1  Dial 999. The file gives no steps of the school's own.";
        out.push(Line::from(piece(theme, Tone::Strong, text)));
    }
    for (n, step) in room.steps.iter().enumerate() {
        for (m, line) in wrap(step, width.saturating_sub(6)).iter().enumerate() {
            let number = if m == 0 { format!("{}", n + 1) } else { String::new() };
            out.push(Line::from(piece(theme, Tone::Strong, &format!(" {number:<3}{line}"))));
        }
    }
    out.push(Line::default());
    for dial in &room.numbers {
        let ways = [dial.phone.as_deref(), dial.email.as_deref()];
        let how: Vec<&str> = ways.into_iter().flatten().collect();
        out.push(Line::from(vec![
            piece(theme, Tone::Plain, &format!("  {}", fit(&dial.title, 34))),
            piece(theme, Tone::Strong, &format!("  {}", how.join("   "))),
        ]));
    }
    out.push(Line::default());
    let then = match state.is_open() {
        true => " Then enter the call: Enter. The logbook keeps when, which service and why.",
        false => " Then log in and enter the call: Enter.",
    };
    let lines = wrap(then, width.saturating_sub(2));
    out.extend(lines.iter().map(|l| Line::from(piece(theme, Tone::Plain, l))));
    out
}
