//! Cases: requests and what follows from them, incidents and when their footage goes, holds.

pub mod case;
pub mod draw;
pub mod leave;
pub mod order;

use super::ask::For;
use super::door;
use super::event::Action;
use super::form::sheets;
use super::keymap::Cmd;
use super::list;
use super::over::{Menu, Over, Pick};
use super::state::State;
use super::today::duties::open_record;
use crate::base::time::Utc;
use crate::footage::Hold;
use crate::logbook::{Act, Entry, Kind, Value};
use crate::wire::Request;
use crate::wire::book::{Find, RecordLine};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pane {
    #[default]
    Requests,
    Incidents,
    Holds,
}

impl Pane {
    pub const ALL: [Pane; 3] = [Pane::Requests, Pane::Incidents, Pane::Holds];
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cases {
    pub pane: Pane,
    /// What is over is shown too.
    pub all: bool,
    pub at: [usize; 3],
    /// By register: requests and releases, requests for one's own pictures.
    pub releases: Option<Vec<RecordLine>>,
    pub own: Option<Vec<RecordLine>>,
    pub incidents: Option<Vec<Entry>>,
    pub holds: Option<Vec<Hold>>,
    pub why: Option<String>,
    /// The folder that a package was made in last.
    pub folder: Option<String>,
}

impl Cases {
    /// Requests of both registers, what is due first on top; what is over below.
    pub fn requests(&self) -> Vec<&RecordLine> {
        let both = self.releases.iter().chain(&self.own).flatten();
        let wanted = |r: &&RecordLine| matches!(r.kind, Kind::Request | Kind::SubjectAccess);
        let mut lines: Vec<&RecordLine> = both.filter(wanted).collect();
        let late = Utc(i64::MAX);
        lines.sort_by_key(|r| {
            (r.closed.is_some(), r.due.unwrap_or(late), std::cmp::Reverse(r.number))
        });
        lines
    }

    /// The holds that last, then those that ended.
    pub fn shown_holds(&self) -> Vec<&Hold> {
        let all = self.holds.iter().flatten();
        let mut holds: Vec<&Hold> = all.filter(|h| self.all || h.ended.is_none()).collect();
        holds.sort_by_key(|h| (h.ended.is_some(), h.review));
        holds
    }

    pub fn rows(&self) -> usize {
        match self.pane {
            Pane::Requests => self.requests().len(),
            Pane::Incidents => self.incidents.as_ref().map_or(0, Vec::len),
            Pane::Holds => self.shown_holds().len(),
        }
    }
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return vec![];
    }
    let open = !state.cases.all;
    let incidents = Find {
        register: Some("incidents".into()),
        kind: Some(Kind::Incident),
        open,
        limit: 200,
        ..Find::default()
    };
    let mut actions = vec![state.ask(For::Holds, Request::HoldList)];
    actions.extend(requests(state));
    if state.reads("incidents") {
        actions.push(state.ask(For::Incidents, Request::Logbook(incidents)));
    }
    actions
}

/// Both registers of requests, as far as they may be read.
pub fn requests(state: &mut State) -> Vec<Action> {
    let open = !state.cases.all;
    let mut actions = Vec::new();
    for register in ["releases", "subject-access"] {
        if state.reads(register) {
            let request = Request::Records { register: register.into(), open };
            actions.push(state.ask(For::Records(register), request));
        }
    }
    actions
}

pub fn page(state: &State) -> usize {
    state.body_rows().saturating_sub(3).max(1)
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let pane = state.cases.pane as usize;
    match cmd {
        Cmd::NextPane => state.cases.pane = Pane::ALL[(pane + 1) % 3],
        Cmd::PreviousPane => state.cases.pane = Pane::ALL[(pane + 2) % 3],
        _ if !state.is_open() => return door::must_be_in(state),
        Cmd::OpenOnly => {
            state.cases.all = !state.cases.all;
            state.cases.at = [0; 3];
            return refresh(state);
        }
        Cmd::New => {
            state.over.push(Over::Menu(new_menu()));
        }
        Cmd::Hold => hold(state),
        Cmd::EndHold => end_hold(state),
        Cmd::Open => return open(state),
        _ => {
            let (all, page) = (state.cases.rows(), page(state));
            list::step(&mut state.cases.at[pane], cmd, all, page);
        }
    }
    vec![]
}

fn new_menu() -> Menu {
    let form = |kind| Pick::Form { kind, act: Act::Open, about: None, fill: Vec::new() };
    let items = vec![
        ("A request for footage".to_string(), form(Kind::Request)),
        ("A request for one's own pictures".to_string(), form(Kind::SubjectAccess)),
        ("An incident".to_string(), form(Kind::Incident)),
        ("A hold".to_string(), Pick::Hold),
    ];
    Menu { title: "A new case".into(), items, at: 0 }
}

fn open(state: &mut State) -> Vec<Action> {
    let at = state.cases.at[state.cases.pane as usize];
    let number = match state.cases.pane {
        Pane::Requests => state.cases.requests().get(at).map(|r| r.number),
        Pane::Incidents => state.cases.incidents.as_ref().and_then(|i| i.get(at)).map(|e| e.number),
        Pane::Holds => return vec![],
    };
    number.map_or(vec![], |number| open_record(state, number))
}

/// For the chosen incident with its time and cameras, or an empty form.
pub fn hold(state: &mut State) {
    let at = state.cases.at[state.cases.pane as usize];
    let incident = match state.cases.pane {
        Pane::Incidents => state.cases.incidents.as_ref().and_then(|i| i.get(at)).cloned(),
        _ => None,
    };
    let form = match incident {
        None => sheets::hold(state, &[], None, ""),
        Some(entry) => {
            let cameras = match entry.body.as_ref().and_then(|b| b.answer("cameras")) {
                Some(Value::List(list)) => list,
                _ => Vec::new(),
            };
            let around = case::happened(&entry).map(|at| (at - case::AROUND, at + case::AROUND));
            sheets::hold(state, &cameras, around, &format!("entry {}", entry.number))
        }
    };
    state.over.push(Over::Form(Box::new(form)));
}

fn end_hold(state: &mut State) {
    let at = state.cases.at[Pane::Holds as usize];
    let chosen = match state.cases.pane {
        Pane::Holds => state.cases.shown_holds().get(at).copied().cloned(),
        _ => None,
    };
    match chosen.filter(|hold| hold.ended.is_none()) {
        Some(hold) => {
            let form = sheets::end_hold(&hold.id, &hold.reference);
            state.over.push(Over::Form(Box::new(form)));
        }
        None => state.say(super::theme::Tone::Plain, "Choose a hold that lasts: Right, then Down."),
    }
}
