//! What is due: the list, and the key that does it.

use ratatui::text::{Line, Span};

use crate::base::time::{Utc, Zone};
use crate::console::ask::{For, Wanted};
use crate::console::draw::{marked, paragraph, piece};
use crate::console::event::Action;
use crate::console::glyphs::fit;
use crate::console::over::{Over, Page};
use crate::console::recorder::own;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::logbook::{Act, Kind, Number, Value};
use crate::wire::Request;
use crate::wire::duty::{DutyLine, DutyState};

use super::{check, glance};
use crate::console::door::Door;

/// Which entry does a duty.
fn entry_of(duty: &str) -> Option<Kind> {
    Some(match duty {
        "random-check" => Kind::RandomCheck,
        "clock-check" => Kind::ClockCheck,
        "sign-check" => Kind::SignCheck,
        "access-review" => Kind::AccessReview,
        "liaison" => Kind::Meeting,
        "training" => Kind::Training,
        "acceptance" => Kind::Acceptance,
        "maintenance" => Kind::Maintenance,
        "policy-review"
        | "dpia-review"
        | "self-assessment"
        | "yearly-report"
        | "audit"
        | "risk-assessment-review"
        | "fee-renewal" => Kind::Review,
        "print-checkpoint" | "contract-end" | "calendar-end" | "leaver" | "key-check" => {
            Kind::DutyDone
        }
        _ => return None,
    })
}

/// Enter on a duty: its form, its record, or what has to be done elsewhere.
pub fn begin(state: &mut State) -> Vec<Action> {
    let duties = state.today.duties.as_ref();
    let Some(line) = duties.and_then(|d| d.get(state.today.duty)).cloned() else {
        return vec![];
    };
    if line.duty == "daily-check" {
        return check::begin(state);
    }
    if let (Some(pick), Door::In(_)) = (&line.pick, &state.door) {
        return glance::judge(state, pick.clone());
    }
    if line.duty == "recovery-check" {
        return own::chosen(state, own::Choice::TryKey);
    }
    if let Some(about) = line.about {
        return open_record(state, about);
    }
    let Some(kind) = entry_of(&line.duty) else {
        let lines = vec![line.what.clone(), String::new(), asked(&line)];
        state.over.push(Over::Page(Page::new("A duty", lines)));
        return vec![];
    };
    let act = Act::Open;
    let wanted = Wanted { kind, act, about: None, fill: filled(&line) };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}

pub fn open_record(state: &mut State, number: Number) -> Vec<Action> {
    state.over.push(Over::Record(Default::default()));
    vec![state.ask(For::Record, Request::Record { number })]
}

/// What the line of the duty says already. A form takes what it knows of these.
fn filled(line: &DutyLine) -> Vec<(String, Value)> {
    let mut fill = vec![("duty".to_string(), Value::Text(line.duty.clone()))];
    if let Some(of) = &line.of {
        fill.push(("of".into(), Value::Text(of.clone())));
        fill.push(("persons".into(), Value::List(vec![of.clone()])));
        // Of a signature: whose, and on which paper.
        if let Some((person, paper)) = of.split_once(' ') {
            fill.push(("person".into(), Value::Text(person.into())));
            fill.push(("paper".into(), Value::Text(paper.into())));
        }
    }
    fill
}

fn asked(line: &DutyLine) -> String {
    match line.by.is_empty() {
        true => "Nobody is named for it.".into(),
        false => format!("Asked for: {}.", line.by.join(", ")),
    }
}

/// How many want something now.
pub fn pressing(duties: &[DutyLine]) -> usize {
    let now = |d: &&DutyLine| matches!(d.state, DutyState::Overdue { .. } | DutyState::Due { .. });
    duties.iter().filter(now).count()
}

/// `OVERDUE  2026-10-31  what (whom)`, one row each; `None`: nothing is known.
pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(duties) = &state.today.duties else {
        let text = match state.is_open() {
            true => " Asking.",
            false => " Log in to see what is due: l",
        };
        return vec![Line::from(piece(theme, Tone::Quiet, text))];
    };
    if duties.is_empty() {
        return vec![Line::from(piece(theme, Tone::Quiet, " There are no duties."))];
    }
    let zone = state.zone();
    duties.iter().map(|line| row(line, &zone, state.now, theme, width)).collect()
}

/// Rows below the list: the chosen one in full.
const FULL: usize = 4;

/// Rows of the list alone.
pub fn page(state: &State) -> usize {
    super::page(state).saturating_sub(FULL - 1).max(1)
}

/// The page of them that holds the chosen one, and that one in full.
pub fn shown(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let page = page(state);
    let mut rows = listed(state, theme, width, page);
    rows.resize(page, Line::default());
    let chosen = state.today.duties.as_ref().and_then(|d| d.get(state.today.duty));
    if let Some(line) = chosen {
        rows.push(Line::default());
        let key = match line.state {
            DutyState::Done { .. } | DutyState::ByMachine => String::new(),
            _ => " Enter does it.".into(),
        };
        let text = format!("{}. {}{key}", line.what, asked(line));
        rows.extend(
            paragraph(theme, &line.row, Tone::Plain, &text, width).into_iter().take(FULL - 1),
        );
    }
    rows
}

fn listed(state: &State, theme: Theme, width: usize, page: usize) -> Vec<Line<'static>> {
    let rows = rows(state, theme, width);
    let known = state.today.duties.as_ref().is_some_and(|d| !d.is_empty());
    let first = crate::console::list::first(state.today.duty, page);
    let numbered = rows.into_iter().enumerate().skip(first).take(page);
    numbered
        .map(|(n, row)| if known && n == state.today.duty { marked(row, width) } else { row })
        .collect()
}

fn row(line: &DutyLine, zone: &Zone, now: Utc, theme: Theme, width: usize) -> Line<'static> {
    let (tone, word, when) = match &line.state {
        DutyState::Overdue { since } => (Tone::Bad, "OVERDUE", until(*since, zone, now)),
        DutyState::Due { until: at } => (Tone::Warn, "due", until(*at, zone, now)),
        DutyState::NotYet { opens } => (Tone::Quiet, "from", day_of(*opens, zone, now)),
        DutyState::ByMachine => (Tone::Quiet, "by box", "closed today".into()),
        DutyState::Done { when, .. } => (Tone::Good, "done", zone.show_near(*when, now)),
    };
    let who = match &line.state {
        DutyState::Done { by, .. } => by.clone().unwrap_or_default(),
        DutyState::ByMachine => String::new(),
        _ => line.by.join(", "),
    };
    let what = if who.is_empty() { line.what.clone() } else { format!("{} ({who})", line.what) };
    Line::from(vec![
        Span::styled(format!(" {word:<8}"), theme.style(tone)),
        Span::styled(fit(&when, 17), theme.style(Tone::Quiet)),
        piece(theme, Tone::Plain, &fit(&what, width.saturating_sub(27))),
    ])
}

/// The end of a day is named by the day that it ends.
fn until(at: Utc, zone: &Zone, now: Utc) -> String {
    match zone.start_of(zone.day_of(at)) == at {
        true => day_of(Utc(at.0 - 1), zone, now),
        false => zone.show_near(at, now),
    }
}

pub fn day_of(at: Utc, zone: &Zone, now: Utc) -> String {
    let day = zone.day_of(at);
    match day.since(zone.day_of(now)) {
        0 => "today".to_string(),
        -1 => "yesterday".to_string(),
        1 => "tomorrow".to_string(),
        _ => day.to_string(),
    }
}
