//! The logbook: registers, search as you type, entries in full, new ones, the seal.

pub mod draw;
pub mod read;
pub mod record;

use super::ask::For;
use super::door;
use super::event::Action;
use super::form::{Line, sheets};
use super::key::Key;
use super::keymap::Cmd;
use super::list;
use super::over::{Menu, Over, Page, Pick};
use super::state::State;
use super::theme::Tone;
use crate::logbook::{Act, Entry, Number};
use crate::wire::book::{Find, FormTitle, Found};
use crate::wire::{Request, Sent};

/// Entries asked for at once; more come as somebody pages on.
const PAGE: u32 = 100;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Logbook {
    /// Place among the registers that are shown; past the last one: everything.
    pub register: usize,
    pub find: Find,
    /// `None`: not asked yet.
    pub entries: Option<Vec<Entry>>,
    pub total: u64,
    pub more: Option<Number>,
    pub at: usize,
    /// Words that are being typed.
    pub search: Option<Line>,
    /// Why nothing is shown.
    pub why: Option<String>,
}

/// The registers of the file, by their words; then everything.
pub fn registers(state: &State) -> Vec<Option<String>> {
    let named = state.room.as_ref().map_or(&[][..], |room| &room.registers);
    let everything = state.room.as_ref().is_some_and(|room| room.everything);
    let all = everything.then_some(None);
    let mut shown: Vec<Option<String>> = named.iter().cloned().map(Some).chain(all).collect();
    if shown.is_empty() {
        // Nothing to read: the screen says so, and entries can be written all the same.
        shown.push(None);
    }
    shown
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() || state.room.is_none() {
        return vec![];
    }
    let registers = registers(state);
    let place = state.logbook.register.min(registers.len() - 1);
    if registers[place].is_none() && !state.room.as_ref().is_some_and(|room| room.everything) {
        state.logbook.why = Some("You may write entries here (n), and read none.".into());
        return vec![];
    }
    let find = Find {
        register: registers[place].clone(),
        before: None,
        limit: PAGE,
        ..state.logbook.find.clone()
    };
    vec![state.ask(For::Book { more: false }, Request::Logbook(find))]
}

/// A page of entries came in.
pub fn heard(state: &mut State, found: Found, more: bool) {
    let book = &mut state.logbook;
    book.why = None;
    book.total = found.total;
    book.more = found.more;
    match (&mut book.entries, more) {
        (Some(entries), true) => entries.extend(found.entries),
        (entries, _) => {
            *entries = Some(found.entries);
            let all = entries.as_ref().map_or(0, Vec::len);
            book.at = book.at.min(all.saturating_sub(1));
        }
    }
}

pub fn page(state: &State) -> usize {
    state.body_rows().saturating_sub(3).max(1)
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::NextPane => turn(state, 1),
        Cmd::PreviousPane => turn(state, registers(state).len() - 1),
        _ if !state.is_open() => door::must_be_in(state),
        Cmd::New => {
            let registers = registers(state);
            let register = registers.get(state.logbook.register).cloned().flatten();
            vec![state.ask(For::Forms, Request::Forms { register })]
        }
        Cmd::Search => {
            let text = state.logbook.find.text.clone().unwrap_or_default();
            state.logbook.search = Some(Line { cursor: text.chars().count(), text });
            vec![]
        }
        Cmd::Filter => {
            let form = sheets::find(&state.logbook.find, state);
            state.over.push(Over::Form(Box::new(form)));
            vec![]
        }
        Cmd::OpenOnly => {
            state.logbook.find.open = !state.logbook.find.open;
            state.logbook.at = 0;
            refresh(state)
        }
        Cmd::Verify => vec![state.ask(For::Proven, Request::Verify { anew: true })],
        Cmd::Seal => vec![state.ask(For::Seal, Request::Checkpoint)],
        Cmd::Open => open(state),
        Cmd::Back => {
            let shown = std::mem::take(&mut state.logbook.find) != Find::default();
            if shown { refresh(state) } else { vec![] }
        }
        _ => step(state, cmd),
    }
}

fn turn(state: &mut State, by: usize) -> Vec<Action> {
    let all = registers(state).len();
    let book = &mut state.logbook;
    book.register = (book.register + by) % all;
    book.at = 0;
    book.entries = None;
    book.why = None;
    refresh(state)
}

fn open(state: &mut State) -> Vec<Action> {
    let entries = state.logbook.entries.as_ref();
    let entry = entries.and_then(|e| e.get(state.logbook.at));
    let Some(number) = entry.map(|e| e.number) else { return vec![] };
    super::today::duties::open_record(state, number)
}

/// Near the end of what is here the next page is asked for.
fn step(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let page = page(state);
    let book = &mut state.logbook;
    let all = book.entries.as_ref().map_or(0, Vec::len);
    list::step(&mut book.at, cmd, all, page);
    let near = book.at + page >= all;
    let Some(before) = book.more.filter(|_| near) else { return vec![] };
    if state.asks.waits(&For::Book { more: true }) {
        return vec![];
    }
    let registers = registers(state);
    let find = Find {
        register: registers.get(state.logbook.register).cloned().flatten(),
        before: Some(before),
        limit: PAGE,
        ..state.logbook.find.clone()
    };
    vec![state.ask(For::Book { more: true }, Request::Logbook(find))]
}

/// A letter of the search: the answer to the letters before it is stale.
pub fn search_key(state: &mut State, key: Key) -> Vec<Action> {
    let Some(line) = &mut state.logbook.search else { return vec![] };
    line.type_key(key);
    let text = line.text.trim().to_string();
    state.logbook.find.text = (!text.is_empty()).then_some(text);
    state.logbook.at = 0;
    refresh(state)
}

pub fn search_command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::Open => {
            state.logbook.search = None;
            vec![]
        }
        Cmd::Back => {
            state.logbook.search = None;
            state.logbook.find.text = None;
            refresh(state)
        }
        _ => vec![],
    }
}

/// What can be entered: a menu, or the form where there is only one.
pub fn menu(state: &mut State, forms: Vec<FormTitle>) -> Vec<Action> {
    let items: Vec<(String, Pick)> = forms
        .into_iter()
        .filter(|f| f.act == Act::Open)
        .map(|f| {
            let pick = Pick::Form { kind: f.kind, act: f.act, about: None, fill: Vec::new() };
            (f.title, pick)
        })
        .collect();
    if items.is_empty() {
        state.say(Tone::Warn, "Nothing is entered by hand in this register.");
        return vec![];
    }
    state.over.push(Over::Menu(Menu { title: "A new entry".into(), items, at: 0 }));
    vec![]
}

/// The seal of this moment, to be printed, written down or photographed (R5.3).
pub fn seal(state: &mut State, text: &str) {
    let mut lines: Vec<String> = vec![
        "Sign and date this on paper, or photograph the code: whoever keeps it can tell later \
         whether the logbook was changed."
            .into(),
        String::new(),
    ];
    lines.extend(text.lines().map(String::from));
    let mut page = Page::new("The seal of the logbook", lines);
    page.code = Some(Sent::new(text));
    state.over.push(Over::Page(page));
}
