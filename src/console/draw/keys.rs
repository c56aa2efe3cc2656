//! The keys: those of the moment in the bottom row, all of them in the help.

use ratatui::text::{Line, Span};

use crate::console::cases::case::is_case;
use crate::console::door::Door;
use crate::console::form::Task;
use crate::console::glyphs::fit;
use crate::console::key::Key;
use crate::console::keymap::{CHAPTERS, Cmd, ROWS, Row, Scope};
use crate::console::over::Over;
use crate::console::playback;
use crate::console::recorder;
use crate::console::state::{Screen, State};
use crate::console::theme::{self, Tone};

/// Always there, however narrow the window: the way back, whom to ring, the help, and the way in
/// while nobody is.
fn is_kept(state: &State, cmd: Cmd) -> bool {
    match cmd {
        Cmd::Back | Cmd::Emergency | Cmd::Help => true,
        Cmd::Lock => !state.is_open(),
        _ => false,
    }
}

/// The last row: what can be done here, as much as fits.
pub fn bottom(state: &State, width: usize) -> Line<'static> {
    let theme = theme::BRIGHT;
    let scopes = state.scopes();
    let here = |row: &&Row| scopes.contains(&row.scope) && !row.foot.is_empty();
    let letters = |row: &Row| row.keys.iter().all(|k| k.types().is_some());
    let mut rows: Vec<&Row> = ROWS.iter().filter(here).collect();
    // The nearest scope first, in the order of the table within it.
    rows.sort_by_key(|row| scopes.iter().position(|s| *s == row.scope));
    rows.retain(|row| !(state.types() && letters(row)) && fits(state, row));
    let mut taken: Vec<Key> = Vec::new();
    // What a nearer scope has taken means something else here.
    rows.retain(|row| {
        let free = !row.keys.iter().all(|key| taken.contains(key));
        taken.extend(row.keys);
        free
    });
    let shown = rows.iter().map(|row| {
        let key = if state.types() { typed_key(row) } else { row.shown.split(' ').next() };
        (is_kept(state, row.cmd), key.unwrap_or(row.shown), foot(state, row))
    });
    let shown: Vec<(bool, &str, &str)> = shown.collect();
    let cells = |(_, key, what): &(bool, &str, &str)| key.len() + what.len() + 3;
    let kept: usize = shown.iter().filter(|(kept, ..)| *kept).map(cells).sum();
    let mut room = width.saturating_sub(kept);
    let mut spans = Vec::new();
    for one in &shown {
        let (kept, key, what) = *one;
        if !kept && cells(one) > room {
            continue;
        }
        room -= if kept { 0 } else { cells(one) };
        spans.push(Span::styled(format!(" {key} "), theme.style(Tone::Strong)));
        spans.push(Span::styled(format!("{what} "), theme.style(Tone::Quiet)));
    }
    Line::from(spans)
}

/// Keys that mean nothing here are not shown: those of the log-in differ from form to form.
fn fits(state: &State, row: &Row) -> bool {
    let form = match state.over.last() {
        Some(Over::Form(form)) => form,
        // Nothing is behind an entry, nor behind a line of the file.
        Some(Over::Record(view)) => {
            let kind = view.sheet.as_ref().map(|sheet| sheet.line.kind);
            let of_cases = matches!(row.cmd, Cmd::NextStep | Cmd::Export);
            return row.cmd != Cmd::Open && (!of_cases || kind.is_some_and(is_case));
        }
        // Nothing is applied that this person may not save.
        Some(Over::Plan(plan)) => return row.cmd != Cmd::Send || plan.applies,
        None if state.screen == Screen::Playback && playback::watch(state).is_none() => {
            let begins = matches!(row.cmd, Cmd::Open | Cmd::New | Cmd::SpotCheck);
            return row.scope != Scope::Playback || begins && state.is_open();
        }
        None if state.screen == Screen::Box => {
            return recorder::is_of(row.cmd, state.recorder.pane);
        }
        None => return row.cmd != Cmd::Open || state.screen != Screen::Site,
        _ => return true,
    };
    let others = match form.task {
        Task::LogIn => &[Cmd::LogOut][..],
        Task::Unlock => &[Cmd::Admin, Cmd::Enrol, Cmd::SealedCode],
        Task::Found => &[Cmd::Admin, Cmd::Enrol, Cmd::SealedCode, Cmd::LogOut],
        _ => &[],
    };
    !others.contains(&row.cmd)
}

/// Where letters are letters, the twin that still works.
fn typed_key(row: &Row) -> Option<&'static str> {
    row.shown.split(' ').find(|word| word.chars().count() > 1)
}

fn foot(state: &State, row: &Row) -> &'static str {
    match (row.cmd, &state.door) {
        (Cmd::Quit, _) => state.leaving,
        (Cmd::Open, _) if row.scope == Scope::Playback && playback::watch(state).is_none() => "ask",
        (Cmd::PlayStop, _) if playback::goes(state) => "stop",
        (Cmd::Lock, Door::In(_)) => "lock",
        (Cmd::Lock, Door::Locked { .. }) => "unlock",
        (Cmd::Lock, Door::Owner) => "enrol the first two",
        _ => row.foot,
    }
}

/// Whom to ask, then the table of keys.
pub fn help(state: &State) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let strong = |text: String| Span::styled(text, theme.style(Tone::Strong));
    let plain = |text: &str| super::piece(theme, Tone::Plain, text);
    let mut rows = Vec::new();
    if let Some(room) = &state.room {
        let ask = |names: &[String]| names.join(", ");
        if !room.in_doubt.is_empty() {
            rows.push(Line::from(plain(&format!(" In doubt? Ask: {}.", ask(&room.in_doubt)))));
        }
        if !room.told.is_empty() {
            rows.push(Line::from(plain(&format!(" Misuse is told to: {}.", ask(&room.told)))));
        }
        if let Some(station) = &room.station {
            rows.push(Line::from(plain(&format!(" This station: {station}."))));
        }
    }
    for (chapter, scopes) in CHAPTERS {
        if !rows.is_empty() {
            rows.push(Line::default());
        }
        rows.push(Line::from(strong(format!(" {chapter}"))));
        for row in ROWS.iter().filter(|row| scopes.contains(&row.scope)) {
            let what = if row.cmd == Cmd::Quit { state.leaving } else { row.help };
            rows.push(Line::from(vec![
                strong(format!("   {}", fit(row.shown, 14))),
                Span::styled(what.to_string(), theme.style(Tone::Plain)),
            ]));
        }
    }
    rows
}
