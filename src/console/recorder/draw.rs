//! Disks, people, clock and logbook.

use ratatui::text::{Line, Span};

use super::{Pane, disks, machine, page};
use crate::console::draw::{closed, marked, part, piece, tab_line};
use crate::console::glyphs::{fit, wrap};
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::logbook::Account;
use crate::wire::people::PersonLine;

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let recorder = &state.recorder;
    let page = page(state);
    let people = recorder.people.as_ref().map_or(0, Vec::len);
    let secrets = recorder.secrets.as_ref().map_or(0, |(names, _)| names.len());
    let names =
        [("Disks", 0), ("People", people), ("Passwords", secrets), ("Clock and logbook", 0)];
    let place = match recorder.pane {
        Pane::People => part(list::first(recorder.at, page), page, people),
        Pane::Passwords => part(list::first(recorder.secret, page), page, secrets),
        _ => part(recorder.scroll, page, text(state, theme, width).len()),
    };
    let mut rows = vec![tab_line(&names, recorder.pane as usize, &place, theme, width)];
    match recorder.pane {
        Pane::People if !state.is_open() => rows.extend(closed(state, "people", width)),
        Pane::People => rows.extend(people_rows(state, theme, width, page)),
        Pane::Passwords if !state.is_open() => rows.extend(closed(state, "passwords", width)),
        Pane::Passwords => rows.extend(password_rows(state, theme, width, page)),
        _ => rows.extend(text(state, theme, width).into_iter().skip(recorder.scroll).take(page)),
    }
    rows
}

/// A pane of text, whole.
pub fn text(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    match state.recorder.pane {
        Pane::Disks => disks::lines(state, theme, width),
        Pane::People | Pane::Passwords => vec![],
        Pane::Logbook if !state.is_open() => closed(state, "the logbook", width),
        Pane::Logbook => machine::lines(state, theme, width),
    }
}

/// Names alone: what a password is, nobody is shown.
fn password_rows(state: &State, theme: Theme, width: usize, page: usize) -> Vec<Line<'static>> {
    let text = |tone, text: &str| Line::from(piece(theme, tone, text));
    let recorder = &state.recorder;
    let Some((names, kept)) = &recorder.secrets else {
        let why = recorder.why_secrets.as_deref();
        let lines =
            wrap(why.unwrap_or(" Enter lists the names; the logbook keeps who did."), width - 2);
        return lines.iter().map(|l| text(Tone::Quiet, &format!(" {l}"))).collect();
    };
    let mut rows = vec![text(Tone::Quiet, &fit(&format!(" Kept {kept}."), width))];
    if names.is_empty() {
        rows.push(text(Tone::Plain, " No camera has a password here. p sets one."));
    }
    let first = list::first(recorder.secret, page);
    for (n, name) in names.iter().enumerate().skip(first).take(page) {
        let row = text(Tone::Strong, &format!(" {}", fit(name, width.saturating_sub(4))));
        rows.push(if n == recorder.secret { marked(row, width) } else { row });
    }
    rows
}

fn people_rows(state: &State, theme: Theme, width: usize, page: usize) -> Vec<Line<'static>> {
    let recorder = &state.recorder;
    if let Some(why) = &recorder.why {
        let text = wrap(why, width - 2);
        return text
            .iter()
            .map(|l| Line::from(piece(theme, Tone::Warn, &format!(" {l}"))))
            .collect();
    }
    let Some(people) = &recorder.people else {
        return vec![Line::from(piece(theme, Tone::Quiet, " Asking."))];
    };
    let head = format!(
        " {:<28}{:<8}{:<12}{:<12}{:<8}Remark",
        "Person", "Account", "Enrolled", "Last here", "Factor"
    );
    let mut rows = vec![Line::from(piece(theme, Tone::Quiet, &head))];
    let first = list::first(recorder.at, page);
    for (n, line) in people.iter().enumerate().skip(first).take(page) {
        let row = person(state, line, theme, width);
        rows.push(if n == recorder.at { marked(row, width) } else { row });
    }
    if let Some(line) = people.get(recorder.at) {
        rows.push(Line::default());
        rows.extend(whole(line, width).iter().map(|l| Line::from(piece(theme, Tone::Plain, l))));
    }
    rows
}

/// The chosen person in full: what a narrow window cuts off in the list.
fn whole(line: &PersonLine, width: usize) -> Vec<String> {
    let mut text = format!("{} ({})", line.title, line.person);
    let (_, remark) = remark(line);
    if !remark.is_empty() {
        text += &format!(" {remark}");
    }
    let mut rows = wrap(&text, width.saturating_sub(2));
    rows.truncate(super::DETAIL_ROWS - 1);
    rows.iter().map(|row| format!(" {row}")).collect()
}

/// What is to be known of somebody, and whether it is bad.
fn remark(line: &PersonLine) -> (Tone, String) {
    match (&line.suspended, line.unused.len()) {
        (Some(why), _) => (Tone::Bad, format!("RESTS: {why}")),
        (None, 0) => (Tone::Quiet, String::new()),
        (None, _) => (Tone::Quiet, format!("does not use: {}", line.unused.join(" "))),
    }
}

fn person(state: &State, line: &PersonLine, theme: Theme, width: usize) -> Line<'static> {
    let zone = state.zone();
    let day = |at: Option<crate::base::time::Utc>| {
        at.map_or("-".to_string(), |at| zone.day_of(at).to_string())
    };
    let account = match line.account {
        Account::Admin => "admin",
        _ => "own",
    };
    let (tone, enrolled) = match line.enrolled {
        Some(at) => (Tone::Plain, zone.day_of(at).to_string()),
        None => (Tone::Warn, "NOT YET".into()),
    };
    let (bad, remark) = remark(line);
    let who = format!("{} ({})", line.title, line.person);
    Line::from(vec![
        Span::styled(format!(" {}", fit(&who, 28)), theme.style(Tone::Strong)),
        piece(theme, Tone::Plain, &format!("{account:<8}")),
        piece(theme, tone, &format!("{enrolled:<12}")),
        piece(theme, Tone::Plain, &format!("{:<12}", day(line.last_log_in))),
        piece(theme, Tone::Plain, &format!("{:<8}", if line.second_factor { "yes" } else { "-" })),
        piece(theme, bad, &fit(&remark, width.saturating_sub(70))),
    ])
}
