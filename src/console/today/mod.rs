//! Today: is all well, which cameras are there, what is due, what has to be done about it.
//!
//! The first screen, and the one that shows without a log-in: how things are names no person.

pub mod alarms;
pub mod camera;
pub mod cameras;
pub mod check;
pub mod draw;
pub mod duties;
pub mod glance;
pub mod overview;

use super::ask::For;
use super::door;
use super::event::Action;
use super::keymap::Cmd;
use super::list;
use super::playback;
use super::state::State;
use crate::base::name::CameraId;
use crate::wire::duty::DutyLine;
use crate::wire::{CameraState, CameraStatus, Request};

/// What the lower part of the screen shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pane {
    #[default]
    Cameras,
    Duties,
    Alarms,
}

impl Pane {
    pub const ALL: [Pane; 3] = [Pane::Cameras, Pane::Duties, Pane::Alarms];

    /// The neighbour `by` places on, round and round.
    pub fn turn(self, by: usize) -> Pane {
        Pane::ALL[(self as usize + by) % Pane::ALL.len()]
    }
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Today {
    pub pane: Pane,
    /// By name, so that an edit of the file does not move the selection to another camera.
    pub selected: Option<CameraId>,
    pub details: bool,
    /// `None`: not known, or nobody is logged in.
    pub duties: Option<Vec<DutyLine>>,
    pub duty: usize,
    /// First line shown of the alarms.
    pub scroll: usize,
}

impl Today {
    /// What names people goes when somebody leaves.
    pub fn forget(&mut self) {
        self.duties = None;
        self.duty = 0;
    }

    /// Place of the selected camera in the list; the first where it is gone.
    pub fn place(&self, cameras: &[CameraStatus]) -> usize {
        let selected = self.selected.as_ref();
        cameras.iter().position(|c| Some(&c.id) == selected).unwrap_or(0)
    }
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return vec![];
    }
    vec![state.ask(For::Duties, Request::Duties)]
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::NextPane => turn(state, 1),
        Cmd::PreviousPane => turn(state, Pane::ALL.len() - 1),
        Cmd::NextFault => next_fault(state),
        Cmd::DailyCheck => return check::begin(state),
        Cmd::Picture => return glance::open(state),
        Cmd::SpotCheck => return spot_check(state),
        Cmd::Back => state.today.details = false,
        Cmd::Open => return open(state),
        _ => step(state, cmd),
    }
    vec![]
}

/// Of the camera that is chosen.
fn spot_check(state: &mut State) -> Vec<Action> {
    if !matches!(state.door, door::Door::In(_)) {
        return door::must_be_in(state);
    }
    let place = state.today.place(state.cameras());
    let camera = state.cameras().get(place).map(|camera| camera.id.clone());
    playback::spot_check(state, camera)
}

fn turn(state: &mut State, by: usize) {
    state.today.pane = state.today.pane.turn(by);
    state.today.details = false;
}

pub(super) fn step(state: &mut State, cmd: Cmd) {
    match state.today.pane {
        Pane::Cameras => {
            let page = if state.today.details { 1 } else { page(state) };
            let mut place = state.today.place(state.cameras());
            list::step(&mut place, cmd, state.cameras().len(), page);
            select(state, place);
        }
        Pane::Duties => {
            let all = state.today.duties.as_ref().map_or(0, Vec::len);
            let page = duties::page(state);
            list::step(&mut state.today.duty, cmd, all, page);
        }
        Pane::Alarms => {
            let all = alarms::lines(state, super::theme::BRIGHT, usize::from(state.columns)).len();
            let page = page(state);
            list::scroll(&mut state.today.scroll, cmd, all, page);
        }
    }
}

/// Rows of the lower part without the heads of its columns.
pub fn page(state: &State) -> usize {
    state.body_rows().saturating_sub(draw::ABOVE + 1 + draw::summary_rows(state)).max(1)
}

fn select(state: &mut State, place: usize) {
    if let Some(camera) = state.cameras().get(place) {
        state.today.selected = Some(camera.id.clone());
    }
}

fn open(state: &mut State) -> Vec<Action> {
    match state.today.pane {
        Pane::Cameras => {
            state.today.details = !state.cameras().is_empty();
            vec![]
        }
        Pane::Duties if !state.is_open() => door::must_be_in(state),
        Pane::Duties => duties::begin(state),
        Pane::Alarms => vec![],
    }
}

fn next_fault(state: &mut State) {
    let cameras = state.cameras();
    let here = state.today.place(cameras);
    let wanted = |camera: &CameraStatus| {
        matches!(camera.state, CameraState::Failed | CameraState::Connecting)
            || camera.ill.is_some()
    };
    let mut after = (1..=cameras.len()).map(|n| (here + n) % cameras.len());
    let found = after.find(|place| wanted(&cameras[*place]));
    if let Some(place) = found {
        state.today.pane = Pane::Cameras;
        select(state, place);
    }
}

/// How things are came in: the selection stays with its camera.
pub fn heard(state: &mut State) {
    if state.today.selected.is_none() {
        state.today.selected = state.cameras().first().map(|camera| camera.id.clone());
    }
    if state.cameras().is_empty() {
        state.today.details = false;
    }
}
