//! Who is at the screen: nobody, the owner of a box without people, somebody, or somebody whose
//! screen is locked.
//!
//! ```text
//! Closed --log in--> In --lock key, idle--> Locked --passphrase--> In
//!    |  <--log out, session over-- In, Locked
//!    +--nobody is enrolled--> Owner --the first two--> Closed
//! ```
//! What a person saw is wiped when the screen locks; a form that they were filling in is laid
//! aside, without its passphrases, and is there again when the same person comes back.

use super::ask::For;
use super::event::Action;
use super::form::{Form, Input, Task, sheets};
use super::over::{Over, Page};
use super::site;
use super::state::State;
use super::theme::Tone;
use crate::logbook::Account;
use crate::wire::look::Looking;
use crate::wire::people::{LoggedIn, WhoIs};
use crate::wire::room::Room;
use crate::wire::{Request, Sent};

#[derive(Clone, PartialEq, Debug)]
pub enum Door {
    Closed,
    Owner,
    In(Box<Inside>),
    Locked {
        inside: Box<Inside>,
        /// Forms that wait for their writer.
        aside: Vec<Over>,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub struct Inside {
    pub session: Sent,
    pub who: WhoIs,
}

impl Door {
    pub fn token(&self) -> Option<Sent> {
        match self {
            Door::In(inside) | Door::Locked { inside, .. } => Some(inside.session.clone()),
            Door::Closed | Door::Owner => None,
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self, Door::In(_) | Door::Owner)
    }

    /// For the top line.
    pub fn words(&self) -> String {
        match self {
            Door::Closed => "nobody logged in".into(),
            Door::Owner => "nobody is enrolled".into(),
            Door::Locked { inside, .. } => format!("LOCKED: {}", inside.who.title),
            Door::In(inside) => match inside.who.account {
                Account::Admin => format!("{} (admin)", inside.who.title),
                _ => inside.who.title.clone(),
            },
        }
    }
}

/// The place was told: whether anybody is enrolled, and how long a key may stay away.
pub fn room(state: &mut State, room: Room) -> Vec<Action> {
    match (&state.door, room.enrolled) {
        (Door::Closed, false) => state.door = Door::Owner,
        (Door::Owner, true) => state.door = Door::Closed,
        _ => {}
    }
    state.room = Some(Box::new(room));
    super::recorder::ask_for_password(state);
    super::update::refresh(state)
}

/// The lock key: locks, or lets in.
pub fn lock_key(state: &mut State) -> Vec<Action> {
    match &state.door {
        Door::In(_) => lock(state),
        Door::Locked { .. } => {
            open_form(state, sheets::unlock);
            vec![]
        }
        Door::Closed => {
            open_form(state, sheets::log_in);
            vec![]
        }
        Door::Owner => {
            open_form(state, sheets::found);
            vec![]
        }
    }
}

/// For whatever needs a person: the form that lets one in, with the reason why it opens.
pub fn must_be_in(state: &mut State) -> Vec<Action> {
    if state.begins() {
        state.say(Tone::Plain, super::begin::NOT_YET);
        return vec![];
    }
    state.say(Tone::Warn, "Log in first; then do it again.");
    match state.door {
        Door::In(_) | Door::Owner => vec![],
        _ => lock_key(state),
    }
}

fn open_form(state: &mut State, make: fn(&State) -> Form) {
    let there = state.over.iter().any(|over| match over {
        Over::Form(form) => matches!(form.task, Task::LogIn | Task::Unlock),
        _ => false,
    });
    if !there {
        let form = make(state);
        state.over.push(Over::Form(Box::new(form)));
    }
}

/// Nothing of the site but how it stands is shown from here on.
pub fn lock(state: &mut State) -> Vec<Action> {
    let Door::In(inside) = std::mem::replace(&mut state.door, Door::Closed) else {
        return vec![];
    };
    site::set_aside(state, Some(inside.who.person.clone()));
    let aside = laid_aside(state);
    state.door = Door::Locked { inside, aside };
    let asked = state.ask(For::Lock, Request::Lock);
    wipe(state);
    let form = sheets::unlock(state);
    state.over.push(Over::Form(Box::new(form)));
    vec![asked]
}

/// Does the file leave live pictures on this screen when it locks by itself?
fn leaves_wall(state: &State) -> bool {
    let live = state.watch.as_ref().is_some_and(|watch| watch.wish == Looking::Live);
    live && state.over.is_empty() && state.room.as_ref().is_some_and(|room| room.wall)
}

/// As [`lock`], but the live pictures stay and nothing else does. The recorder locks its end by
/// itself; told to, it would put the pictures away.
fn leave_wall(state: &mut State) -> Vec<Action> {
    let Door::In(inside) = std::mem::replace(&mut state.door, Door::Closed) else {
        return vec![];
    };
    let (watch, live) = (state.watch.take(), std::mem::take(&mut state.live));
    state.door = Door::Locked { inside, aside: Vec::new() };
    wipe(state);
    (state.watch, state.live) = (watch, live);
    vec![]
}

/// Entries that were being written; passphrases in them are typed again.
fn laid_aside(state: &mut State) -> Vec<Over> {
    let mut kept = Vec::new();
    for over in std::mem::take(&mut state.over) {
        let Over::Form(mut form) = over else { continue };
        if !form.is_touched() || !matches!(form.task, Task::Enter { .. } | Task::Hold) {
            continue;
        }
        form.sending = false;
        for field in &mut form.fields {
            if matches!(field.input, Input::Hidden(_)) {
                field.input = Input::hidden();
            }
        }
        kept.push(Over::Form(form));
    }
    kept
}

/// Takes what one person saw away from the next.
pub fn wipe(state: &mut State) {
    state.asks.forget();
    state.over.clear();
    state.notice = None;
    state.watch = None;
    state.live = Default::default();
    state.playback = Default::default();
    state.today.forget();
    state.cases = Default::default();
    state.logbook = Default::default();
    state.site.forget();
    state.recorder = Default::default();
    state.printing = None;
    if let Some(room) = &mut state.room {
        room.in_doubt.clear();
        room.told.clear();
        room.registers.clear();
        room.sights = Default::default();
        room.readable.clear();
        (room.everything, room.people) = (false, false);
    }
}

pub fn log_out(state: &mut State) -> Vec<Action> {
    if state.door.token().is_none() {
        state.say(Tone::Plain, "Nobody is logged in.");
        return vec![];
    }
    let asked = state.ask(For::LogOut, Request::LogOut);
    over(state, "You are logged out.");
    vec![asked]
}

/// The session has ended, by whatever way.
pub fn over(state: &mut State, why: &str) {
    let owner = state.person().map(|(person, _)| person.to_string());
    site::set_aside(state, owner);
    state.door = Door::Closed;
    wipe(state);
    state.say(Tone::Plain, why);
}

/// Somebody is in: what they have to know, then what they were doing.
pub fn logged_in(state: &mut State, begun: LoggedIn) -> Vec<Action> {
    state.over.pop();
    let title = begun.who.title.clone();
    let zone = state.zone();
    let last = match begun.last_log_in {
        Some(at) => format!("Your last log-in: {}.", zone.show_near(at, state.now)),
        None => "This is your first log-in.".to_string(),
    };
    let wrong = match begun.failures_since {
        0 => String::new(),
        n => format!(" WRONG PASSPHRASES since: {n}."),
    };
    state.door = Door::In(Box::new(Inside { session: begun.session, who: begun.who }));
    state.idle = 0;
    let tone = if begun.failures_since > 0 { Tone::Warn } else { Tone::Good };
    state.say(tone, format!("You are {title}.{wrong} {last}"));
    if !begun.notices.is_empty() {
        let mut lines = vec![format!("{last}{wrong}"), String::new()];
        for notice in &begun.notices {
            lines.push(format!("- {notice}"));
            lines.push(String::new());
        }
        state.over.push(Over::Page(Page::new("What you have to know", lines)));
    }
    let mut actions = vec![state.ask(For::Room, Request::Room)];
    actions.extend(super::update::refresh(state));
    actions
}

/// The same person is back.
pub fn unlocked(state: &mut State) -> Vec<Action> {
    state.over.clear();
    let Door::Locked { mut inside, aside } = std::mem::replace(&mut state.door, Door::Closed)
    else {
        return vec![];
    };
    inside.who.locked = false;
    state.door = Door::In(inside);
    state.idle = 0;
    state.over = aside;
    state.notice = None;
    let person = state.person().map(|(person, _)| person.to_string());
    if let Some((_, draft)) =
        state.site.draft.take_if(|(owner, _)| Some(&*owner) == person.as_ref())
    {
        state.over.insert(0, Over::Edit(draft));
    }
    let mut actions = vec![state.ask(For::Room, Request::Room)];
    actions.extend(super::update::refresh(state));
    actions
}

/// A second is over: locks a screen that was left alone (S4.33).
pub fn tick(state: &mut State) -> Vec<Action> {
    state.idle = state.idle.saturating_add(1);
    state.told = state.told.saturating_add(1);
    let most = state.room.as_ref().map_or(IDLE_UNTOLD, |room| room.idle_lock.max(1));
    match matches!(state.door, Door::In(_)) && state.idle >= most {
        true if leaves_wall(state) => leave_wall(state),
        true => lock(state),
        false => vec![],
    }
}

/// Until the place is known.
const IDLE_UNTOLD: u32 = 120;
/// Somebody who only reads tells the supervisor that they are there this often, seconds.
const AWAKE_EVERY: u32 = 20;

/// A key was pressed: the session stays awake.
pub fn key(state: &mut State) -> Vec<Action> {
    state.idle = 0;
    if matches!(state.door, Door::In(_)) && state.told >= AWAKE_EVERY {
        return vec![state.ask(For::Awake, Request::WhoAmI)];
    }
    vec![]
}

/// The supervisor wants a log-in: it has locked the session, or ended it. Unlocking tells which.
pub fn closed(state: &mut State, why: &str) {
    match &state.door {
        Door::In(_) => {
            let _ = lock(state);
            state.say(Tone::Warn, why);
        }
        Door::Locked { .. } => over(state, why),
        Door::Closed => state.say(Tone::Warn, why),
        Door::Owner => {
            state.door = Door::Closed;
            state.say(Tone::Warn, why);
        }
    }
}
