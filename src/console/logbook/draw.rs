//! The list of entries, and one record in full.

use ratatui::text::{Line, Span};

use super::record::RecordView;
use super::{page, read, registers};
use crate::base::time::Zone;
use crate::console::cases::case;
use crate::console::draw::{closed, marked, paragraph, part, piece, tab_line};
use crate::console::glyphs::{fit, wrap};
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::console::words;
use crate::logbook::Entry;

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if !state.is_open() {
        return closed(state, "the logbook", width);
    }
    let book = &state.logbook;
    let all = book.entries.as_ref().map_or(0, Vec::len);
    let page = page(state);
    let names: Vec<String> = registers(state)
        .iter()
        .map(|r| r.as_deref().map_or("everything".into(), |word| word.replace('-', " ")))
        .collect();
    let here = book.register.min(names.len() - 1);
    // As many registers as the row holds, the chosen one among them.
    let room = width.saturating_sub(24) / 14;
    let first = here.saturating_sub(room.saturating_sub(1).max(1));
    let shown: Vec<(&str, usize)> =
        names.iter().skip(first).take(room.max(1)).map(|n| (n.as_str(), 0)).collect();
    let place = part(list::first(book.at, page), page, usize::try_from(book.total).unwrap_or(all));
    let mut rows = vec![tab_line(&shown, here - first, &place, theme, width), filter(state, theme)];
    if let Some(why) = &book.why {
        rows.extend(
            wrap(why, width - 2)
                .iter()
                .map(|l| Line::from(piece(theme, Tone::Warn, &format!(" {l}")))),
        );
        return rows;
    }
    let Some(entries) = &book.entries else {
        rows.push(Line::from(piece(theme, Tone::Quiet, " Asking.")));
        return rows;
    };
    if entries.is_empty() {
        rows.push(Line::from(piece(theme, Tone::Quiet, " No entry fits. n writes a new one.")));
    }
    let zone = state.zone();
    let first = list::first(book.at, page);
    for (n, entry) in entries.iter().enumerate().skip(first).take(page) {
        let row = row(entry, &zone, theme, width);
        rows.push(if n == book.at { marked(row, width) } else { row });
    }
    rows
}

/// What is searched for, and what is left out.
fn filter(state: &State, theme: Theme) -> Line<'static> {
    let book = &state.logbook;
    if let Some(line) = &book.search {
        return Line::from(vec![
            piece(theme, Tone::Strong, " Search: "),
            Span::raw(crate::console::glyphs::plain(&line.text)),
            Span::styled("_", theme.style(Tone::Strong)),
        ]);
    }
    let zone = state.zone();
    let find = &book.find;
    let mut parts = Vec::new();
    let text = |name: &str, value: &Option<String>| value.as_ref().map(|v| format!("{name} {v}"));
    parts.extend(find.open.then(|| "open records".to_string()));
    parts.extend(text("by", &find.person));
    parts.extend(text("with", &find.text));
    parts.extend(find.kind.map(|k| format!("kind {}", words::kind(k))));
    parts.extend(find.from.map(|at| format!("from {}", zone.show(at))));
    parts.extend(find.to.map(|at| format!("until {}", zone.show(at))));
    let head = format!(" {:>7}  {:<17}", "Entry", "Made");
    match parts.is_empty() {
        true => Line::from(piece(theme, Tone::Quiet, &format!("{head}{:<18}What", "By"))),
        false => {
            let text = format!(" Only: {}. Esc shows all.", parts.join(", "));
            Line::from(piece(theme, Tone::Warn, &text))
        }
    }
}

fn row(entry: &Entry, zone: &Zone, theme: Theme, width: usize) -> Line<'static> {
    let shown = zone.show(entry.header.at);
    let made: String = shown.chars().take(16).collect();
    let what = format!("{}  {}", read::head(entry), read::gist(entry, zone));
    Line::from(vec![
        piece(theme, Tone::Quiet, &format!(" {:>7}  ", entry.number)),
        piece(theme, Tone::Plain, &format!("{made:<17}")),
        piece(theme, Tone::Plain, &fit(&read::maker(entry), 17)),
        piece(theme, Tone::Strong, &format!(" {}", fit(&what, width.saturating_sub(46)))),
    ])
}

/// A record: what it is, what is due, and each entry in full; the part that is scrolled to.
pub fn record(state: &State, view: &RecordView, width: usize) -> Vec<Line<'static>> {
    let (rows, _) = record_rows(state, view, width);
    rows.into_iter().skip(view.scroll).take(state.body_rows().max(1)).collect()
}

/// The whole of it, and the rows at which its entries begin.
pub fn record_rows(
    state: &State,
    view: &RecordView,
    width: usize,
) -> (Vec<Line<'static>>, Vec<usize>) {
    let theme = Theme { faded: false };
    let Some(sheet) = &view.sheet else {
        return (vec![Line::from(piece(theme, Tone::Quiet, " Asking."))], vec![]);
    };
    let zone = state.zone();
    let line = &sheet.line;
    let mut rows = vec![Line::from(vec![
        piece(theme, Tone::Strong, &format!(" {} {}: ", words::kind(line.kind), line.number)),
        piece(theme, Tone::Strong, &fit(&line.title, width.saturating_sub(30))),
    ])];
    let (tone, stands) = stands(state, view);
    rows.extend(paragraph(theme, "Stands", tone, &stands, width));
    if case::is_case(line.kind) {
        rows.extend(case::rows(state, view, theme, width));
    }
    let mut tops = Vec::new();
    for (n, entry) in sheet.entries.iter().enumerate() {
        rows.push(Line::default());
        tops.push(rows.len());
        let at = zone.show(entry.header.at);
        let head = format!(" {}  {at}  {}", entry.number, read::head(entry));
        let head = Line::from(piece(theme, Tone::Strong, &head));
        rows.push(if n == view.at { marked(head, width) } else { head });
        for (title, text) in read::lines(entry, &zone) {
            rows.extend(answer(theme, &title, &text, width));
        }
    }
    (rows, tops)
}

/// Closed, due or open, in a few words.
fn stands(state: &State, view: &RecordView) -> (Tone, String) {
    let zone = state.zone();
    let Some(sheet) = &view.sheet else { return (Tone::Quiet, String::new()) };
    match (sheet.line.closed, sheet.line.due) {
        (Some(at), _) => (Tone::Good, format!("closed {}", zone.show(at))),
        (None, Some(due)) => {
            let what = sheet.due_what.clone().unwrap_or_else(|| "something is due".into());
            let tone = if due < state.now { Tone::Bad } else { Tone::Warn };
            let late = if due < state.now { "OVERDUE: by " } else { "by " };
            (tone, format!("{late}{}: {what}", zone.show(due)))
        }
        (None, None) => (Tone::Plain, format!("since {}", zone.show(sheet.line.opened))),
    }
}

/// A title and its answer; long titles push the answer to the next row.
fn answer(theme: Theme, title: &str, text: &str, width: usize) -> Vec<Line<'static>> {
    const TITLE: usize = 28;
    let mut rows = Vec::new();
    let long = title.chars().count() > TITLE;
    if long {
        rows.extend(
            wrap(title, width - 6)
                .iter()
                .map(|l| Line::from(piece(theme, Tone::Quiet, &format!("   {l}")))),
        );
    }
    for (n, line) in wrap(text, width.saturating_sub(TITLE + 6)).iter().enumerate() {
        let label = if n == 0 && !long { title } else { "" };
        rows.push(Line::from(vec![
            piece(theme, Tone::Quiet, &format!("   {}", fit(label, TITLE))),
            piece(theme, Tone::Plain, &format!(" {line}")),
        ]));
    }
    rows
}
