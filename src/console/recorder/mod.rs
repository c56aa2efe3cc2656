//! Box: disks and what retention does with them, people and their accounts, the cameras' passwords,
//! clock, network and logbook; restart and power-off.

pub mod disks;
pub mod draw;
pub mod machine;
pub mod own;
pub mod parts;
pub mod update;

use super::ask::For;
use super::door;
use super::event::Action;
use super::form::sheets;
use super::keymap::Cmd;
use super::list;
use super::logbook::record::ask_sheet_new;
use super::over::Over;
use super::state::{Screen, State};
use super::theme::{BRIGHT, Tone};
use crate::logbook::{Kind, Value};
use crate::wire::disk::DisksSheet;
use crate::wire::people::PersonLine;
use crate::wire::room::{MachineSheet, Verified};
use crate::wire::update::UpdateSheet;
use crate::wire::{Ending, Request};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pane {
    #[default]
    Disks,
    People,
    Passwords,
    Logbook,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recorder {
    pub pane: Pane,
    pub scroll: usize,
    pub at: usize,
    pub people: Option<Vec<PersonLine>>,
    pub machine: Option<MachineSheet>,
    /// The box's own disks, in the image.
    pub own: Option<DisksSheet>,
    pub update: Option<UpdateSheet>,
    /// Why people are not shown.
    pub why: Option<String>,
    /// Names of passwords, and how they are kept; `None`: not asked, since asking is an entry.
    pub secrets: Option<(Vec<String>, String)>,
    pub secret: usize,
    pub why_secrets: Option<String>,
    /// Passwords that this screen has asked for; once is enough, the alarm stays.
    pub asked: Vec<String>,
    /// How the logbook's own proof stands.
    pub proven: Option<Verified>,
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return vec![];
    }
    match state.recorder.pane {
        Pane::Disks => {
            let own = state.ask(For::Own, Request::Disks);
            vec![own, state.ask(For::Update, Request::Update)]
        }
        // Each look at the list is judged, and a refusal is entered: only who wants it asks.
        Pane::People if state.room.as_ref().is_some_and(|room| room.people) => {
            vec![state.ask(For::People, Request::People)]
        }
        Pane::People => {
            state.recorder.why = Some("The file does not let you see people's accounts.".into());
            vec![]
        }
        Pane::Passwords => vec![],
        Pane::Logbook => {
            let machine = state.ask(For::Machine, Request::Machine);
            vec![machine, state.ask(For::Proven, Request::Verify { anew: false })]
        }
    }
}

/// How the proof stands. On the screen of the logbook it is said below.
pub fn proven(state: &mut State, known: Verified) {
    if state.screen == Screen::Logbook {
        let (tone, text) = machine::stands(state, &known);
        let more = if known.holds == Some(false) { " The screen Box says where." } else { "" };
        state.say(tone, format!("The logbook: {text}.{more}"));
    }
    state.recorder.proven = Some(known);
}

/// While the logbook is being looked at, its state is asked for again.
pub fn tick(state: &mut State) -> Vec<Action> {
    if update::goes_on(state) && state.is_open() && !state.asks.waits(&For::Update) {
        return vec![state.ask(For::Update, Request::Update)];
    }
    let making = state.recorder.own.as_ref().and_then(|own| own.doing.as_ref());
    let making = making.is_some_and(|doing| doing.failed.is_none() && doing.done < doing.total);
    if making && state.is_open() && !state.asks.waits(&For::Own) {
        return vec![state.ask(For::Own, Request::Disks)];
    }
    let looking = state.recorder.proven.as_ref().is_some_and(|p| p.since.is_some());
    match looking && state.is_open() && !state.asks.waits(&For::Proven) {
        true => vec![state.ask(For::Proven, Request::Verify { anew: false })],
        false => vec![],
    }
}

/// Is it said at the foot of this pane? Every key works on every one.
pub fn is_of(cmd: Cmd, pane: Pane) -> bool {
    match cmd {
        Cmd::NewDisk | Cmd::ShowKey | Cmd::Update => pane == Pane::Disks,
        Cmd::Code | Cmd::Suspend | Cmd::Lift | Cmd::Authenticator | Cmd::Review => {
            pane == Pane::People
        }
        Cmd::Password | Cmd::RemovePassword => pane == Pane::Passwords,
        Cmd::Verify | Cmd::OnPaper => pane == Pane::Logbook,
        Cmd::Open => matches!(pane, Pane::People | Pane::Passwords),
        _ => true,
    }
}

/// Below the people: an empty row, and the chosen one in full.
const DETAIL_ROWS: usize = 4;

pub fn page(state: &State) -> usize {
    let detail = if state.recorder.pane == Pane::People { DETAIL_ROWS } else { 0 };
    state.body_rows().saturating_sub(2 + detail).max(1)
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::NextPane | Cmd::PreviousPane => return turn(state, cmd == Cmd::NextPane),
        _ if of_people(cmd) && !state.is_open() => return door::must_be_in(state),
        Cmd::Update | Cmd::Reboot => return update::command(state, cmd),
        Cmd::NewDisk | Cmd::ShowKey | Cmd::OnPaper => return own::command(state, cmd),
        Cmd::Authenticator => {
            return vec![state.ask(For::Authenticator, Request::Factor { digits: None })];
        }
        Cmd::SetClock => {
            let form = sheets::set_clock(state.now, &state.zone());
            state.over.push(Over::Form(Box::new(form)));
        }
        Cmd::Code => code(state),
        Cmd::DropFactor => drop_factor(state),
        Cmd::Suspend => return access(state, "suspended"),
        Cmd::Lift => return access(state, "reviewed"),
        Cmd::Review => return review(state),
        Cmd::Verify => return vec![state.ask(For::Proven, Request::Verify { anew: true })],
        Cmd::Licences => state.over.push(Over::Page(parts::page())),
        Cmd::Approve => approve(state),
        Cmd::Restart => state.over.push(Over::Form(Box::new(sheets::end(Ending::Restart)))),
        Cmd::PowerOff => state.over.push(Over::Form(Box::new(sheets::end(Ending::PowerOff)))),
        Cmd::Password => password(state, sheets::password),
        Cmd::RemovePassword if chosen_secret(state).is_some() => {
            password(state, sheets::remove_password);
        }
        Cmd::Open if state.recorder.pane == Pane::Passwords && state.is_open() => {
            return vec![state.ask(For::Secrets, Request::Secrets)];
        }
        _ if state.recorder.pane == Pane::Passwords => {
            let all = state.recorder.secrets.as_ref().map_or(0, |(names, _)| names.len());
            let page = page(state);
            list::step(&mut state.recorder.secret, cmd, all, page);
        }
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
    use Pane::{Disks, Logbook, Passwords, People};
    const ORDER: [Pane; 4] = [Disks, People, Passwords, Logbook];
    let here = ORDER.iter().position(|pane| *pane == state.recorder.pane).unwrap_or(0);
    let by = if ahead { 1 } else { ORDER.len() - 1 };
    state.recorder.pane = ORDER[(here + by) % ORDER.len()];
    state.recorder.scroll = 0;
    refresh(state)
}

/// What somebody has to be logged in for.
fn of_people(cmd: Cmd) -> bool {
    use Cmd::*;
    let all = [
        Code,
        Suspend,
        Lift,
        Authenticator,
        Review,
        Verify,
        Approve,
        Restart,
        PowerOff,
        DropFactor,
    ];
    all.contains(&cmd) || matches!(cmd, Password | RemovePassword | SetClock)
}

/// The chosen person's access is looked at (S4.44).
fn review(state: &mut State) -> Vec<Action> {
    let person = chosen(state).map(|line| line.person.clone());
    let fill = person.map(|p| ("persons".to_string(), Value::List(vec![p])));
    ask_sheet_new(state, Kind::AccessReview, fill.into_iter().collect())
}

fn approve(state: &mut State) {
    match state.recorder.machine.as_ref().and_then(|m| m.waiting.clone()) {
        Some(digest) => {
            let form = sheets::approve(&digest);
            state.over.push(Over::Form(Box::new(form)));
        }
        None => state.say(Tone::Plain, "No version of the file waits for approval."),
    }
}

fn chosen_secret(state: &State) -> Option<&String> {
    state.recorder.secrets.as_ref()?.0.get(state.recorder.secret)
}

fn password(state: &mut State, make: fn(&str) -> super::form::Form) {
    let name = chosen_secret(state).cloned().unwrap_or_default();
    let form = make(&name);
    state.over.push(Over::Form(Box::new(form)));
}

/// The file names a password that the box has not: it is asked for, once, where nothing else is
/// being done.
pub fn ask_for_password(state: &mut State) {
    let wanted = state.room.iter().flat_map(|room| &room.passwords);
    let mut wanted = wanted.filter(|wanted| !state.recorder.asked.contains(&wanted.name));
    let Some(wanted) = wanted.next().cloned().filter(|_| state.over.is_empty()) else { return };
    let form = sheets::wanted_password(&wanted);
    state.recorder.asked.push(wanted.name);
    state.over.push(Over::Form(Box::new(form)));
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
