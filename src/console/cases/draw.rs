//! Requests with their dates, incidents with what becomes of their footage, holds.

use ratatui::text::Line;

use super::{Pane, case, page};
use crate::console::draw::{closed, marked, part, piece, tab_line};
use crate::console::glyphs::{fit, wrap};
use crate::console::list;
use crate::console::logbook::read;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::console::today::duties::day_of;
use crate::console::words;
use crate::footage::Hold;
use crate::logbook::{Entry, Value};
use crate::wire::book::RecordLine;

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if !state.is_open() {
        return closed(state, "cases", width);
    }
    let cases = &state.cases;
    let page = page(state);
    let pane = cases.pane as usize;
    let first = list::first(cases.at[pane], page);
    let incidents = cases.incidents.as_ref().map_or(0, Vec::len);
    let names = [
        ("Requests", cases.requests().len()),
        ("Incidents", incidents),
        ("Holds", cases.shown_holds().len()),
    ];
    let which = if cases.all { "all" } else { "open" };
    let place = part(first, page, cases.rows());
    let place = if place.is_empty() { which.to_string() } else { format!("{which}, {place}") };
    let mut rows = vec![tab_line(&names, pane, &place, theme, width)];
    if let Some(why) = &cases.why {
        let text = wrap(why, width - 2);
        rows.extend(text.iter().map(|l| Line::from(piece(theme, Tone::Warn, &format!(" {l}")))));
        return rows;
    }
    let (head, all): (String, Vec<Line<'static>>) = match cases.pane {
        Pane::Requests => (
            format!(" {:>7}  {:<12}{:<14}What", "Entry", "Since", "By"),
            cases.requests().iter().map(|r| request(state, r, theme, width)).collect(),
        ),
        Pane::Incidents => (
            format!(" {:>7}  {:<18}{:<30}What", "Entry", "When", "Footage"),
            cases.incidents.iter().flatten().map(|e| incident(state, e, theme, width)).collect(),
        ),
        Pane::Holds => (
            format!(" {:<12}{:<14}{:<38}Reference", "Hold", "Look again", "From"),
            cases.shown_holds().iter().map(|h| hold(state, h, theme, width)).collect(),
        ),
    };
    rows.push(Line::from(piece(theme, Tone::Quiet, &head)));
    if all.is_empty() {
        rows.push(Line::from(piece(theme, Tone::Quiet, none(state))));
    }
    let chosen = cases.at[pane];
    for (n, row) in all.into_iter().enumerate().skip(first).take(page) {
        rows.push(if n == chosen { marked(row, width) } else { row });
    }
    rows
}

fn none(state: &State) -> &'static str {
    let cases = &state.cases;
    let asked = match cases.pane {
        Pane::Requests => cases.releases.is_some() || cases.own.is_some(),
        Pane::Incidents => cases.incidents.is_some(),
        Pane::Holds => cases.holds.is_some(),
    };
    let reads = match cases.pane {
        Pane::Requests => state.reads("releases") || state.reads("subject-access"),
        Pane::Incidents => state.reads("incidents"),
        Pane::Holds => true,
    };
    match (asked, cases.pane, cases.all) {
        _ if !reads => " The file does not let you read these. n enters one.",
        (false, ..) => " Asking.",
        (_, Pane::Holds, _) => " Nothing is held. h holds footage.",
        (_, _, false) => " None is open. n enters one; a shows those that are over.",
        (_, _, true) => " There is none. n enters one.",
    }
}

fn request(state: &State, record: &RecordLine, theme: Theme, width: usize) -> Line<'static> {
    let zone = state.zone();
    let (tone, by) = match (record.closed, record.due) {
        (Some(_), _) => (Tone::Good, "closed".to_string()),
        (None, Some(due)) if due < state.now => {
            (Tone::Bad, format!("LATE {}", day_of(due, &zone, state.now)))
        }
        (None, Some(due)) => (Tone::Warn, day_of(due, &zone, state.now)),
        (None, None) => (Tone::Plain, "open".into()),
    };
    let what = format!("{}: {}", words::kind(record.kind), record.title);
    Line::from(vec![
        piece(theme, Tone::Quiet, &format!(" {:>7}  ", record.number)),
        piece(theme, Tone::Plain, &fit(&day_of(record.opened, &zone, state.now), 12)),
        piece(theme, tone, &fit(&by, 14)),
        piece(theme, Tone::Strong, &fit(&what, width.saturating_sub(38))),
    ])
}

fn incident(state: &State, entry: &Entry, theme: Theme, width: usize) -> Line<'static> {
    let zone = state.zone();
    let at = case::happened(entry);
    let when = at.map_or("-".to_string(), |at| zone.show_near(at, state.now));
    let cameras = match entry.body.as_ref().and_then(|b| b.answer("cameras")) {
        Some(Value::List(list)) => list,
        _ => Vec::new(),
    };
    let holds = state.cases.holds.as_deref().unwrap_or_default();
    let (tone, footage) = match at {
        None => (Tone::Quiet, "no time is named".to_string()),
        Some(at) => {
            let (floor, ceiling) = case::days(state, &cameras);
            let (_, goes) = case::expires(at, &zone, floor, ceiling);
            match case::held(holds, &cameras, (at, at)) {
                Some(hold) => (Tone::Good, format!("held: {}", hold.id)),
                None if goes <= state.now => (Tone::Bad, "GONE".into()),
                None => {
                    let last = zone.day_of(crate::base::time::Utc(goes.0 - 1));
                    (Tone::Warn, format!("NOT HELD, goes {last}"))
                }
            }
        }
    };
    Line::from(vec![
        piece(theme, Tone::Quiet, &format!(" {:>7}  ", entry.number)),
        piece(theme, Tone::Plain, &fit(&when, 18)),
        piece(theme, tone, &fit(&footage, 30)),
        piece(theme, Tone::Strong, &fit(&read::gist(entry, &zone), width.saturating_sub(60))),
    ])
}

fn hold(state: &State, hold: &Hold, theme: Theme, width: usize) -> Line<'static> {
    let zone = state.zone();
    let (tone, review) = match hold.ended {
        Some(_) => (Tone::Quiet, "ended".to_string()),
        None if hold.review < state.now => (Tone::Bad, "LATE".into()),
        None => (Tone::Plain, day_of(hold.review, &zone, state.now)),
    };
    let minutes = |at| zone.show(at).chars().take(16).collect::<String>();
    let window = format!("{} - {}", minutes(hold.start), minutes(hold.end));
    let cameras = match hold.cameras.as_slice() {
        [] => "every camera".to_string(),
        [one] => one.to_string(),
        several => words::several(several.len() as u64, "camera"),
    };
    let what = format!("{}; {cameras}; {}", hold.reference, hold.reason);
    Line::from(vec![
        piece(theme, Tone::Strong, &format!(" {}", fit(&hold.id, 12))),
        piece(theme, tone, &fit(&review, 14)),
        piece(theme, Tone::Plain, &fit(&window, 38)),
        piece(theme, Tone::Plain, &fit(&what, width.saturating_sub(66))),
    ])
}
