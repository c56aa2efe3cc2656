//! The daily check (S1.26): every camera looked at, only the bad ones marked, one key for the rest;
//! then the form with what the file asks besides, like the locked room (S1.33).
//!
//! A row is a camera and what the recorder knows of it. Pictures beside their reference stills will
//! stand in the same rows.

use std::collections::BTreeSet;

use crate::base::name::CameraId;
use crate::console::ask::{For, Wanted};
use crate::console::door;
use crate::console::event::Action;
use crate::console::keymap::Cmd;
use crate::console::list;
use crate::console::over::Over;
use crate::console::state::State;
use crate::logbook::{Act, Kind, Value};
use crate::wire::{CameraState, CameraStatus, Request};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Check {
    pub at: usize,
    pub bad: BTreeSet<CameraId>,
}

/// Cameras that are not as they should be by the recorder's own count are marked already.
pub fn begin(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    let faulty =
        |c: &&CameraStatus| matches!(c.state, CameraState::Failed | CameraState::Connecting);
    let bad = state.cameras().iter().filter(faulty).map(|c| c.id.clone()).collect();
    state.over.push(Over::Check(Check { at: 0, bad }));
    vec![]
}

/// Rows of cameras on the screen.
pub fn page(state: &State) -> usize {
    state.body_rows().saturating_sub(3).max(1)
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let (all, page) = (state.cameras().len(), page(state));
    let ids: Vec<CameraId> = state.cameras().iter().map(|c| c.id.clone()).collect();
    let Some(Over::Check(check)) = state.over.last_mut() else { return vec![] };
    match cmd {
        Cmd::Mark => {
            if let Some(id) = ids.get(check.at)
                && !check.bad.remove(id)
            {
                check.bad.insert(id.clone());
            }
            list::step(&mut check.at, Cmd::Down, all, page);
        }
        // A page that was not seen is not good: the last one has to be reached first.
        Cmd::Open if list::first(check.at, page) + page < all => {
            check.at = list::first(check.at, page) + page;
        }
        Cmd::Open => return done(state),
        Cmd::Back => drop(state.over.pop()),
        _ => list::step(&mut check.at, cmd, all, page),
    }
    vec![]
}

/// All pages were seen: the form, with what the check says filled in.
fn done(state: &mut State) -> Vec<Action> {
    let recording = |c: &&CameraStatus| c.state == CameraState::Recording;
    let count = state.cameras().iter().filter(recording).count();
    let Some(Over::Check(check)) = state.over.pop() else { return vec![] };
    let bad: Vec<String> = check.bad.iter().map(ToString::to_string).collect();
    let mut fill = vec![
        ("all-good".to_string(), Value::Yes(bad.is_empty())),
        ("recording".to_string(), Value::Number(count as i64)),
    ];
    if !bad.is_empty() {
        fill.push(("bad".into(), Value::List(bad)));
    }
    let (kind, act) = (Kind::DailyCheck, Act::Open);
    let wanted = Wanted { kind, act, about: None, fill };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}
