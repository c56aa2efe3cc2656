//! Site: the file in force, its findings, and a version that waits for approval.

pub mod file;

use super::ask::For;
use super::door;
use super::event::Action;
use super::form::sheets;
use super::keymap::Cmd;
use super::list;
use super::over::Over;
use super::state::State;
use super::theme::{BRIGHT, Tone};
use crate::wire::Request;
use crate::wire::room::MachineSheet;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Site {
    pub scroll: usize,
    pub machine: Option<MachineSheet>,
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return vec![];
    }
    vec![state.ask(For::Machine, Request::Machine)]
}

/// The whole text, however long.
fn length(state: &State) -> usize {
    file::lines(state, BRIGHT, usize::from(state.columns.max(60))).len()
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::Approve if !state.is_open() => return door::must_be_in(state),
        Cmd::Approve => approve(state),
        _ => {
            let (all, page) = (length(state), state.body_rows());
            list::scroll(&mut state.site.scroll, cmd, all, page);
        }
    }
    vec![]
}

fn approve(state: &mut State) {
    let waiting = state.site.machine.as_ref().and_then(|m| m.waiting.clone());
    match waiting {
        Some(digest) => state.over.push(Over::Form(Box::new(sheets::approve(&digest)))),
        None => state.say(Tone::Plain, "No version of the file waits for approval."),
    }
}

/// No text is scrolled past its last line.
pub fn clamp(state: &mut State) {
    let most = length(state).saturating_sub(state.body_rows());
    state.site.scroll = state.site.scroll.min(most);
}
