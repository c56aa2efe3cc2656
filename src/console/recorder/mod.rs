//! Box: disks and what retention does with them, people and their accounts, clock and logbook.

pub mod disks;
pub mod draw;

use super::ask::For;
use super::door;
use super::event::Action;
use super::form::sheets;
use super::keymap::Cmd;
use super::list;
use super::logbook::record::ask_sheet_new;
use super::over::Over;
use super::state::State;
use super::theme::{BRIGHT, Tone};
use crate::logbook::{Kind, Value};
use crate::wire::Request;
use crate::wire::people::PersonLine;
use crate::wire::room::MachineSheet;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pane {
    #[default]
    Disks,
    People,
    Logbook,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recorder {
    pub pane: Pane,
    pub scroll: usize,
    pub at: usize,
    pub people: Option<Vec<PersonLine>>,
    pub machine: Option<MachineSheet>,
    /// Why people are not shown.
    pub why: Option<String>,
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return vec![];
    }
    match state.recorder.pane {
        Pane::Disks => vec![],
        // Each look at the list is judged, and a refusal is entered: only who wants it asks.
        Pane::People if state.room.as_ref().is_some_and(|room| room.people) => {
            vec![state.ask(For::People, Request::People)]
        }
        Pane::People => {
            state.recorder.why = Some("The file does not let you see people's accounts.".into());
            vec![]
        }
        Pane::Logbook => vec![state.ask(For::Machine, Request::Machine)],
    }
}

pub fn page(state: &State) -> usize {
    state.body_rows().saturating_sub(2).max(1)
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::NextPane => return turn(state, true),
        Cmd::PreviousPane => return turn(state, false),
        Cmd::Code | Cmd::Suspend | Cmd::Lift | Cmd::Authenticator | Cmd::DropFactor
            if !state.is_open() =>
        {
            return door::must_be_in(state);
        }
        Cmd::Authenticator => {
            return vec![state.ask(For::Authenticator, Request::Factor { digits: None })];
        }
        Cmd::Code => code(state),
        Cmd::DropFactor => drop_factor(state),
        Cmd::Suspend => return access(state, "suspended"),
        Cmd::Lift => return access(state, "reviewed"),
        _ if state.recorder.pane == Pane::People => {
            let all = state.recorder.people.as_ref().map_or(0, Vec::len);
            let page = page(state);
            list::step(&mut state.recorder.at, cmd, all, page);
        }
        _ => {
            let all = draw::text(state, BRIGHT, usize::from(state.columns.max(60))).len();
            let page = page(state);
            list::scroll(&mut state.recorder.scroll, cmd, all, page);
        }
    }
    vec![]
}

fn turn(state: &mut State, ahead: bool) -> Vec<Action> {
    use Pane::{Disks, Logbook, People};
    state.recorder.pane = match (state.recorder.pane, ahead) {
        (Disks, true) | (Logbook, false) => People,
        (People, true) | (Disks, false) => Logbook,
        (Logbook, true) | (People, false) => Disks,
    };
    state.recorder.scroll = 0;
    refresh(state)
}

fn chosen(state: &State) -> Option<&PersonLine> {
    state.recorder.people.as_ref()?.get(state.recorder.at)
}

fn code(state: &mut State) {
    let (person, account) = match chosen(state) {
        Some(line) => (line.person.clone(), line.account),
        None => (String::new(), crate::logbook::Account::Own),
    };
    let form = sheets::code_for(&person, account);
    state.over.push(Over::Form(Box::new(form)));
}

fn drop_factor(state: &mut State) {
    let Some(line) = chosen(state).filter(|line| line.second_factor) else {
        state.say(Tone::Plain, "Choose a person with an authenticator first: Right shows people.");
        return;
    };
    let form = sheets::drop_factor(&line.person, line.account);
    state.over.push(Over::Form(Box::new(form)));
}

/// Rights rest, or are given back: an entry of the register of privileged access (S4.59).
fn access(state: &mut State, change: &str) -> Vec<Action> {
    let Some(person) = chosen(state).map(|line| line.person.clone()) else {
        state.say(Tone::Plain, "Choose the person first: Right shows people.");
        return vec![];
    };
    let fill = vec![
        ("subject".to_string(), Value::Text(person)),
        ("change".to_string(), Value::Text(change.into())),
    ];
    ask_sheet_new(state, Kind::AccessGrant, fill)
}
