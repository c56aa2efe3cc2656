//! The one place where the console's state changes: an event in, actions out. Pure.

use super::answers;
use super::ask::{For, Wanted};
use super::begin;
use super::cases;
use super::door;
use super::draw;
use super::event::{Action, Event};
use super::filling;
use super::key::Key;
use super::keymap::{self, Cmd};
use super::list;
use super::live;
use super::logbook;
use super::over::{Over, Pick};
use super::playback;
use super::print;
use super::recorder;
use super::sight;
use super::site;
use super::state::{Link, Screen, State};
use super::theme::Tone;
use super::today;
use super::whole;
use crate::base::time::Utc;
use crate::logbook::{Act, Kind, Value};
use crate::wire::viewing::News;
use crate::wire::{Request, Status};

/// While somebody works, what a screen shows is asked for anew this often, seconds.
const REFRESH_EVERY: i64 = 30;
/// Small pictures that somebody looks at, seconds.
const FRESH_EVERY: i64 = 2;

pub fn update(state: &mut State, event: Event) -> Vec<Action> {
    let watched = state.watch.is_some();
    let mut actions = match event {
        Event::Key(key) => pressed(state, key),
        Event::Size(columns, rows) => {
            (state.columns, state.rows) = (columns, rows);
            vec![]
        }
        Event::Tick(now) => tick(state, now),
        Event::Status(status) => heard(state, status),
        Event::Silent(why) => {
            silent(state, why);
            vec![]
        }
        Event::Reply(ticket, reply) => match state.asks.take(ticket) {
            Some(what) => answers::heard(state, what, *reply),
            None => return vec![],
        },
        Event::NoReply(ticket, why) => match state.asks.take(ticket) {
            Some(what) => answers::nobody(state, &what, &why),
            None => return vec![],
        },
        Event::Pictures(batch) => {
            sight::pictures(state, batch);
            vec![]
        }
        Event::News(_, News::Screen { on, why }) => whole::heard(state, on, why),
        Event::News(turn, news) => {
            sight::news(state, turn, news);
            vec![]
        }
        Event::Gone(turn, why) => {
            let ours = state.watch.as_ref().is_none_or(|watch| watch.turn == turn);
            sight::gone(state, turn, why);
            if ours { whole::gone(state) } else { vec![] }
        }
        Event::Vt(news) => whole::vt(state, news),
        Event::Hangup => vec![Action::Quit],
    };
    clamp(state);
    actions.extend(sight::resized(state));
    actions.extend(playback::follow(state));
    if watched && state.watch.is_none() {
        actions.push(Action::CloseLine);
    }
    whole::follow(state, &mut actions);
    actions.push(Action::Draw);
    actions
}

fn tick(state: &mut State, now: Utc) -> Vec<Action> {
    // A clock that was put back must not make everything look stale.
    state.renewed = state.renewed.min(now);
    state.now = now;
    let mut actions = door::tick(state);
    if state.is_open() && i64::from(state.idle) < REFRESH_EVERY && now.as_secs() % FRESH_EVERY == 0
    {
        actions.extend(today::glance::again(state));
    }
    actions.extend(recorder::tick(state));
    actions.extend(cases::leave::tick(state));
    actions.extend(print::tick(state));
    actions.extend(site::tick(state));
    actions.extend(sight::tick(state));
    // Asking keeps a session awake: only where a key was pressed since the last time.
    let worked = i64::from(state.idle) < REFRESH_EVERY;
    if state.is_open() && worked && state.over.is_empty() && now.as_secs() % REFRESH_EVERY == 0 {
        actions.extend(refresh(state));
    }
    actions
}

fn heard(state: &mut State, status: Box<Status>) -> Vec<Action> {
    if state.status.as_ref().is_none_or(|old| old.now != status.now) {
        state.renewed = state.now;
    }
    let back = state.link != Link::Live || state.room.is_none();
    state.link = Link::Live;
    state.status = Some(status);
    if state.begins() {
        // Nobody is there, and nothing of a site: all that is asked for anew when it begins.
        state.room = None;
        return vec![];
    }
    today::heard(state);
    if back && !state.asks.waits(&For::Room) {
        return vec![state.ask(For::Room, Request::Room)];
    }
    vec![]
}

/// The first silence sets the hour; later tries only change the reason.
fn silent(state: &mut State, why: String) {
    let since = match &state.link {
        Link::Silent { since, .. } => *since,
        Link::Live => state.now,
    };
    state.link = Link::Silent { since, why };
}

fn pressed(state: &mut State, key: Key) -> Vec<Action> {
    let mut actions = door::key(state);
    let typing = state.types();
    actions.extend(match keymap::cmd(&state.scopes(), key, typing) {
        Some(cmd) => {
            if !typing {
                state.notice = None;
            }
            command(state, cmd)
        }
        None if typing && matches!(state.over.last(), Some(Over::Edit(_))) => {
            state.notice = None;
            site::key(state, key)
        }
        None if typing && state.over.is_empty() => logbook::search_key(state, key),
        None if typing => filling::key(state, key),
        None if begin::is_for_later(state, key) => {
            state.say(Tone::Plain, begin::NOT_YET);
            vec![]
        }
        None => vec![],
    });
    actions
}

fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::Quit if !site::may_leave(state) => return vec![],
        Cmd::Quit => return vec![Action::Quit],
        Cmd::Redraw => return vec![Action::Redraw],
        Cmd::Help => {
            if !matches!(state.over.last(), Some(Over::Help { .. })) {
                state.over.push(Over::Help { scroll: 0 });
            }
            return vec![];
        }
        Cmd::Emergency => {
            state.over.retain(|over| *over != Over::Emergency);
            state.over.push(Over::Emergency);
            return vec![];
        }
        Cmd::Report => return report(state),
        _ => {}
    }
    match state.over.last() {
        Some(Over::Help { .. } | Over::Page(_)) => read(state, cmd),
        Some(Over::Emergency) => emergency(state, cmd),
        Some(Over::Menu(_)) => menu(state, cmd),
        Some(Over::Form(_)) => filling::command(state, cmd),
        Some(Over::Record(_)) => logbook::record::command(state, cmd),
        Some(Over::Check(_)) => today::check::command(state, cmd),
        Some(Over::Glance(_)) => today::glance::command(state, cmd),
        Some(Over::Edit(_)) => {
            state.notice = None;
            site::edit_command(state, cmd)
        }
        Some(Over::Plan(_)) => site::plan::command(state, cmd),
        Some(Over::History(_)) => site::history::command(state, cmd),
        Some(Over::Keep(_)) => site::keep_command(state, cmd),
        None if state.begins() => begin::command(state, cmd),
        None => screen(state, cmd),
    }
}

fn screen(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::Show(screen) => show(state, screen),
        Cmd::NextScreen => show(state, state.screen.turn(1)),
        Cmd::PreviousScreen => show(state, state.screen.turn(Screen::ALL.len() - 1)),
        Cmd::Whole => {
            whole::key(state);
            vec![]
        }
        Cmd::Lock => door::lock_key(state),
        Cmd::LogOut => door::log_out(state),
        Cmd::Print => print::begin(state),
        _ => match state.screen {
            Screen::Today => today::command(state, cmd),
            Screen::Live => live::command(state, cmd),
            Screen::Playback => playback::command(state, cmd),
            Screen::Cases => cases::command(state, cmd),
            Screen::Logbook if state.logbook.search.is_some() => {
                logbook::search_command(state, cmd)
            }
            Screen::Logbook => logbook::command(state, cmd),
            Screen::Site => site::command(state, cmd),
            Screen::Box => recorder::command(state, cmd),
        },
    }
}

fn show(state: &mut State, screen: Screen) -> Vec<Action> {
    let mut actions = playback::left(state, screen);
    let came = state.screen != screen || screen == Screen::Playback;
    state.screen = screen;
    state.today.details = false;
    state.live.why = None;
    actions.extend(refresh(state));
    if came && screen == Screen::Playback {
        actions.extend(playback::entered(state));
    }
    actions
}

/// What the screen shows is asked for anew.
pub fn refresh(state: &mut State) -> Vec<Action> {
    match state.screen {
        Screen::Today => today::refresh(state),
        Screen::Live => live::refresh(state),
        Screen::Playback => playback::refresh(state),
        Screen::Cases => cases::refresh(state),
        Screen::Logbook => logbook::refresh(state),
        Screen::Site => site::refresh(state),
        Screen::Box => recorder::refresh(state),
    }
}

/// Help and pages.
fn read(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let (all, rows) = (draw::length_of_top(state), state.body_rows());
    match state.over.last_mut() {
        Some(Over::Help { scroll } | Over::Page(super::over::Page { scroll, .. }))
            if cmd != Cmd::Back =>
        {
            list::scroll(scroll, cmd, all, rows);
        }
        _ => drop(state.over.pop()),
    }
    vec![]
}

fn menu(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let page = state.body_rows().saturating_sub(2);
    let Some(Over::Menu(menu)) = state.over.last_mut() else { return vec![] };
    match cmd {
        Cmd::Back => drop(state.over.pop()),
        Cmd::Open => {
            let picked = menu.items.get(menu.at).map(|(_, pick)| pick.clone());
            state.over.pop();
            return picked.map_or(vec![], |pick| chosen(state, pick));
        }
        _ => list::step(&mut menu.at, cmd, menu.items.len(), page),
    }
    vec![]
}

fn chosen(state: &mut State, pick: Pick) -> Vec<Action> {
    match pick {
        Pick::Begin(taking) => begin::taking(state, taking),
        Pick::Site(choice) => site::chosen(state, choice),
        Pick::Update(stick) => recorder::update::look(state, stick),
        Pick::Own(choice) => recorder::own::chosen(state, choice),
        Pick::Paper { word, of } => {
            print::chosen(state, word, of);
            vec![]
        }
        Pick::Hold => {
            cases::hold(state);
            vec![]
        }
        Pick::Still { case, camera, at } => cases::leave::mark(state, case, camera, at),
        Pick::Form { kind, act, about, fill } => {
            let wanted = Wanted { kind, act, about, fill };
            vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
        }
    }
}

/// The call is entered (S1.35); the page stays below the form.
fn emergency(state: &mut State, cmd: Cmd) -> Vec<Action> {
    if cmd != Cmd::Call999 {
        state.over.pop();
        return vec![];
    }
    if !state.is_open() {
        return door::must_be_in(state);
    }
    let mut fill = vec![("called".to_string(), Value::Text(state.now.to_string()))];
    if let Some((person, _)) = state.person() {
        fill.push(("called-by".into(), Value::Text(person.into())));
    }
    chosen(state, Pick::Form { kind: Kind::Emergency, act: Act::Open, about: None, fill })
}

/// Misuse is reported from anywhere, by whoever is logged in (S4.32).
fn report(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    chosen(state, Pick::Form { kind: Kind::Misuse, act: Act::Open, about: None, fill: vec![] })
}

/// Nothing is chosen or scrolled past its end, whatever became of what is shown.
fn clamp(state: &mut State) {
    let alarms =
        today::alarms::lines(state, super::theme::BRIGHT, usize::from(state.columns.max(60)));
    let page = today::page(state);
    state.today.scroll = state.today.scroll.min(alarms.len().saturating_sub(page));
    let duties = state.today.duties.as_ref().map_or(0, Vec::len);
    state.today.duty = state.today.duty.min(duties.saturating_sub(1));
    let pane = state.cases.pane as usize;
    state.cases.at[pane] = state.cases.at[pane].min(state.cases.rows().saturating_sub(1));
    let people = state.recorder.people.as_ref().map_or(0, Vec::len);
    state.recorder.at = state.recorder.at.min(people.saturating_sub(1));
    site::clamp(state);
    if state.notice.as_ref().is_some_and(|n| n.tone == Tone::Quiet) && state.idle > 30 {
        state.notice = None;
    }
}
