//! The one place where the console's state changes: an event in, an action out. Pure.

use super::draw;
use super::event::{Action, Event};
use super::keymap::Cmd;
use super::state::{Link, Pane, State};
use crate::base::time::Utc;
use crate::wire::{CameraState, Status};

pub fn update(state: &mut State, event: Event) -> Action {
    match event {
        Event::Cmd(cmd) => return command(state, cmd),
        Event::Size(columns, rows) => (state.columns, state.rows) = (columns, rows),
        Event::Tick(now) => tick(state, now),
        Event::Status(status) => heard(state, status),
        Event::Silent(why) => silent(state, why),
    }
    clamp(state);
    Action::Draw
}

fn tick(state: &mut State, now: Utc) {
    // A clock that was put back must not make everything look stale.
    state.renewed = state.renewed.min(now);
    state.now = now;
}

fn heard(state: &mut State, status: Box<Status>) {
    if state.status.as_ref().is_none_or(|old| old.now != status.now) {
        state.renewed = state.now;
    }
    state.link = Link::Live;
    if state.selected.is_none() {
        state.selected = status.cameras.first().map(|camera| camera.id.clone());
    }
    state.status = Some(status);
    if state.cameras().is_empty() {
        state.details = false;
    }
}

/// The first silence sets the hour; later tries only change the reason.
fn silent(state: &mut State, why: String) {
    let since = match &state.link {
        Link::Silent { since, .. } => *since,
        Link::Live => state.now,
    };
    state.link = Link::Silent { since, why };
}

fn command(state: &mut State, cmd: Cmd) -> Action {
    if state.help && cmd != Cmd::Quit {
        // Any key leaves the help: nobody should be caught in it.
        state.help = false;
        return Action::Draw;
    }
    match cmd {
        Cmd::Quit => return Action::Quit,
        Cmd::Redraw => return Action::Redraw,
        Cmd::Help => state.help = true,
        Cmd::Back => state.details = false,
        Cmd::Open => state.details = state.pane == Pane::Cameras && !state.cameras().is_empty(),
        Cmd::Show(pane) => show(state, pane),
        Cmd::NextPane => show(state, state.pane.turn(1)),
        Cmd::PreviousPane => show(state, state.pane.turn(Pane::ALL.len() - 1)),
        Cmd::NextFault => next_fault(state),
        Cmd::Up => step(state, -1),
        Cmd::Down => step(state, 1),
        Cmd::PageUp => step(state, -page(state)),
        Cmd::PageDown => step(state, page(state)),
        Cmd::First => step(state, isize::MIN),
        Cmd::Last => step(state, isize::MAX),
    }
    clamp(state);
    Action::Draw
}

fn show(state: &mut State, pane: Pane) {
    state.pane = pane;
    state.details = false;
}

fn page(state: &State) -> isize {
    if state.details { 1 } else { state.page() as isize }
}

/// Moves the selection, or scrolls a pane of text.
fn step(state: &mut State, by: isize) {
    if state.pane == Pane::Cameras {
        let last = state.cameras().len().saturating_sub(1);
        select(state, state.selected_place().saturating_add_signed(by).min(last));
    } else {
        let scroll = &mut state.scroll[state.pane as usize];
        *scroll = scroll.saturating_add_signed(by);
    }
}

fn select(state: &mut State, place: usize) {
    if let Some(camera) = state.cameras().get(place) {
        state.selected = Some(camera.id.clone());
    }
}

fn next_fault(state: &mut State) {
    let cameras = state.cameras();
    let after = (1..=cameras.len()).map(|n| (state.selected_place() + n) % cameras.len());
    let wanted = |state| matches!(state, CameraState::Failed | CameraState::Connecting);
    let found = after.into_iter().find(|place| wanted(cameras[*place].state));
    if let Some(place) = found {
        state.pane = Pane::Cameras;
        select(state, place);
    }
}

/// No pane of text is scrolled past its last line.
fn clamp(state: &mut State) {
    for pane in Pane::ALL {
        let most = draw::text_of(state, pane).len().saturating_sub(state.pane_rows());
        let scroll = &mut state.scroll[pane as usize];
        *scroll = (*scroll).min(most);
    }
}
