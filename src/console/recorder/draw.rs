//! Disks, people, clock and logbook.

use ratatui::text::{Line, Span};

use super::{Pane, disks, page};
use crate::console::draw::{closed, marked, paragraph, part, piece, tab_line};
use crate::console::glyphs::{fit, wrap};
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::console::words;
use crate::logbook::{Account, ClockState};
use crate::wire::people::PersonLine;

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let recorder = &state.recorder;
    let page = page(state);
    let people = recorder.people.as_ref().map_or(0, Vec::len);
    let names = [("Disks", 0), ("People", people), ("Clock and logbook", 0)];
    let place = match recorder.pane {
        Pane::People => part(list::first(recorder.at, page), page, people),
        _ => part(recorder.scroll, page, text(state, theme, width).len()),
    };
    let mut rows = vec![tab_line(&names, recorder.pane as usize, &place, theme, width)];
    match recorder.pane {
        Pane::People if !state.is_open() => rows.extend(closed(state, "people", width)),
        Pane::People => rows.extend(people_rows(state, theme, width, page)),
        _ => rows.extend(text(state, theme, width).into_iter().skip(recorder.scroll).take(page)),
    }
    rows
}

/// A pane of text, whole.
pub fn text(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    match state.recorder.pane {
        Pane::Disks => disks::lines(state, theme, width),
        Pane::People => vec![],
        Pane::Logbook if !state.is_open() => closed(state, "the logbook", width),
        Pane::Logbook => machine(state, theme, width),
    }
}

fn machine(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(machine) = &state.recorder.machine else {
        return vec![Line::from(piece(theme, Tone::Quiet, " Asking."))];
    };
    let zone = state.zone();
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let mut rows = row("Program", Tone::Plain, &format!("Beadle {}", machine.version));
    let (tone, clock) = match machine.clock {
        ClockState::Synced => (Tone::Good, "kept right by another clock"),
        ClockState::Holdover => (Tone::Warn, "was right once, and runs by itself now"),
        ClockState::Manual => (Tone::Warn, "set by hand"),
        ClockState::Unknown => (Tone::Plain, "nobody says whether it is right"),
    };
    rows.extend(row("Clock", tone, &format!("{}, {clock}", zone.show(machine.now))));
    rows.extend(row(
        "Logbook",
        Tone::Plain,
        &words::several_of(machine.entries, "entry", "entries"),
    ));
    if machine.owed > 0 {
        let owed = words::several_of(machine.owed, "entry waits", "entries wait");
        rows.extend(row("", Tone::Warn, &format!("{owed} for room on the disk")));
    }
    if let Some(why) = &machine.blind {
        rows.extend(row("", Tone::Bad, &format!("FAULT: it cannot be searched: {why}")));
    }
    let copies = machine.copies.len() as u64;
    let (tone, text) = match copies {
        0 => (Tone::Warn, "no copy on a footage disk yet".to_string()),
        n => {
            (Tone::Good, words::several_of(n, "copy on a footage disk", "copies on footage disks"))
        }
    };
    rows.extend(row("Copies", tone, &text));
    for copy in &machine.copies {
        let (tone, stands) = match copy.forked {
            None => (Tone::Plain, "the same".to_string()),
            Some(n) => (Tone::Bad, format!("FAULT: says something else from entry {n} on")),
        };
        rows.extend(row("", tone, &format!("disk {}: {stands}", copy.disk)));
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
    rows
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
    let remark = match (&line.suspended, line.unused.len()) {
        (Some(why), _) => format!("RESTS: {why}"),
        (None, 0) => String::new(),
        (None, _) => format!("does not use: {}", line.unused.join(" ")),
    };
    let bad = if line.suspended.is_some() { Tone::Bad } else { Tone::Quiet };
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
