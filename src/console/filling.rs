//! A form that lies on top: its keys, and the way off.

use super::answers;
use super::ask::For;
use super::door;
use super::event::Action;
use super::form::send::Desk;
use super::form::{Form, Task, look, sheets};
use super::key::Key;
use super::keymap::Cmd;
use super::logbook;
use super::over::Over;
use super::playback;
use super::sight;
use super::site;
use super::state::State;
use super::theme::Tone;
use crate::base::time::Utc;
use crate::logbook::Number;
use crate::wire::look::Looking;

fn top(state: &mut State) -> Option<&mut Form> {
    match state.over.last_mut() {
        Some(Over::Form(form)) => Some(form),
        _ => None,
    }
}

/// Calls with the form on top and with who fills it in.
fn with_desk<T>(state: &State, call: impl FnOnce(&Form, Desk<'_>) -> T) -> Option<T> {
    let Some(Over::Form(form)) = state.over.last() else { return None };
    let zone = state.zone();
    Some(call(form, Desk { person: state.person(), zone: &zone, now: state.now }))
}

/// A key that is no command goes into the field.
pub fn key(state: &mut State, key: Key) -> Vec<Action> {
    let Some(form) = top(state) else { return vec![] };
    if form.sending {
        return vec![];
    }
    form.leaving = false;
    let place = form.focus;
    let Some(field) = form.fields.get_mut(place) else { return vec![] };
    let used = field.key(key);
    let at_once = field.answers_at_once();
    if used && !field.own {
        let name = field.name.clone();
        // What was wrong with the old answer is not said of the new one.
        form.flaws.retain(|f| f.field != name || f.missing);
    }
    if used && at_once { judge(state, false) } else { vec![] }
}

/// Asks how the form stands; `send`: it goes off if nothing keeps it.
pub fn judge(state: &mut State, send: bool) -> Vec<Action> {
    let (zone, now) = (state.zone(), state.now);
    let spot = state.room.as_ref().map_or(60, |room| room.sights.spot_secs);
    if let Some(form) = top(state) {
        look::complete(form, &zone, now, spot);
    }
    let request = with_desk(state, |form, desk| form.judge(desk)).flatten();
    request.map_or(vec![], |request| vec![state.ask(For::Judge { send }, request)])
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let Some(form) = top(state) else { return vec![] };
    if form.sending && cmd != Cmd::Back {
        return vec![];
    }
    if cmd != Cmd::Back {
        form.leaving = false;
    }
    match cmd {
        Cmd::NextField => {
            form.step(true);
            judge(state, false)
        }
        Cmd::PreviousField => {
            form.step(false);
            judge(state, false)
        }
        Cmd::First => {
            form.focus = 0;
            form.settle();
            judge(state, false)
        }
        Cmd::Last => {
            form.focus = form.fields.len().saturating_sub(1);
            form.settle();
            judge(state, false)
        }
        Cmd::Accept => {
            if let Some(field) = form.fields.get_mut(form.focus) {
                field.touched = true;
            }
            if form.step(true) { judge(state, false) } else { send(state) }
        }
        Cmd::Send => send(state),
        Cmd::Back => leave(state),
        Cmd::SecondPerson => {
            sheets::add_second(form);
            vec![]
        }
        Cmd::Admin => {
            sheets::turn_admin(form);
            vec![]
        }
        Cmd::LogOut if state.door.token().is_some() => {
            let actions = door::log_out(state);
            door::lock_key(state);
            actions
        }
        Cmd::SealedCode => instead(state, sheets::break_glass()),
        Cmd::Enrol => instead(state, sheets::enrol()),
        Cmd::Found => {
            let form = sheets::found(state);
            instead(state, form)
        }
        _ => vec![],
    }
}

fn instead(state: &mut State, form: Form) -> Vec<Action> {
    if matches!(top(state).map(|f| &f.task), Some(Task::LogIn | Task::Unlock | Task::Found)) {
        state.over.pop();
        state.over.push(Over::Form(Box::new(form)));
    }
    vec![]
}

/// What was typed is thrown away by a second Esc only.
fn leave(state: &mut State) -> Vec<Action> {
    let Some(form) = top(state) else { return vec![] };
    let typed = form.is_touched() && (form.is_entry() || form.is_long());
    if typed && !form.leaving && !form.sending {
        form.leaving = true;
        state.say(Tone::Warn, "Esc again throws away what you typed. Any other key goes on.");
        return vec![];
    }
    state.over.pop();
    state.notice = None;
    vec![]
}

/// Entries are judged first, so that each objection stands at its field.
fn send(state: &mut State) -> Vec<Action> {
    if let Some(form) = top(state) {
        form.tried = true;
    }
    let asked = judge(state, true);
    if asked.is_empty() { send_now(state) } else { asked }
}

pub fn send_now(state: &mut State) -> Vec<Action> {
    if let Some(Over::Form(form)) = state.over.last()
        && matches!(form.task, Task::Find(_))
    {
        return find(state);
    }
    if let Some(Over::Form(form)) = state.over.last()
        && matches!(form.task, Task::Guided(_))
    {
        let form = form.clone();
        return site::guide(state, &form).unwrap_or_default();
    }
    if let Some(Over::Form(form)) = state.over.last()
        && form.task == Task::Time
    {
        return go_to(state);
    }
    let built = with_desk(state, |form, desk| form.request(desk));
    match built {
        None => vec![],
        Some(Err(flaws)) => {
            if let Some(form) = top(state) {
                form.flaws = flaws;
                form.to_first_flaw();
            }
            vec![]
        }
        Some(Ok(request)) => {
            let mut beside = None;
            if let Some(form) = top(state) {
                form.sending = true;
                form.flaws.clear();
                beside = form.beside();
            }
            vec![state.ask_beside(For::Submit, request, beside)]
        }
    }
}

/// The look's entry is made: its pictures are shown instead of those before.
pub fn looked(state: &mut State, number: Number, until: Option<Utc>) -> Vec<Action> {
    let view = with_desk(state, |form, desk| match form.task {
        Task::Look(wish) => Some(form.view(desk, wish)),
        _ => None,
    });
    state.over.pop();
    let Some(view) = view.flatten() else { return vec![] };
    let mut actions = match view.wish {
        Looking::LiftMask => vec![],
        _ => sight::put_away(state),
    };
    actions.extend(sight::begun(state, view, number, until));
    actions
}

/// The typed time of the recordings.
fn go_to(state: &mut State) -> Vec<Action> {
    let built = with_desk(state, |form, desk| {
        form.request(desk)?;
        let value = form.field("at").and_then(|f| f.value(desk.zone, desk.now).ok().flatten());
        Ok(value.and_then(|v| v.text().and_then(|text| text.parse::<Utc>().ok())))
    });
    match built {
        Some(Ok(Some(at))) => {
            state.over.pop();
            playback::go_to(state, at)
        }
        Some(Err(flaws)) => {
            if let Some(form) = top(state) {
                form.flaws = flaws;
                form.to_first_flaw();
            }
            vec![]
        }
        _ => vec![],
    }
}

fn find(state: &mut State) -> Vec<Action> {
    match with_desk(state, |form, desk| form.find(desk)) {
        Some(Ok(find)) => {
            state.over.pop();
            state.logbook.find = find;
            state.logbook.at = 0;
            logbook::refresh(state)
        }
        Some(Err(flaws)) => {
            if let Some(form) = top(state) {
                form.flaws = flaws;
                form.to_first_flaw();
            }
            vec![]
        }
        None => vec![],
    }
}

/// The supervisor says how the form stands.
pub fn judged(state: &mut State, judged: crate::wire::room::Judged, and_send: bool) -> Vec<Action> {
    let Some(form) = top(state) else { return vec![] };
    let asked_before: Vec<String> =
        form.fields.iter().filter(|f| f.asked).map(|f| f.name.clone()).collect();
    form.heard(judged);
    if std::mem::take(&mut form.fresh) && !form.is_touched() {
        form.to_first_empty();
    }
    if !and_send {
        return vec![];
    }
    let new = form.fields.iter().any(|f| f.asked && f.needed && !asked_before.contains(&f.name));
    let shown = form.flaws.iter().any(|f| f.blocks);
    if shown {
        form.to_first_flaw();
        return vec![];
    }
    // A question that has just appeared is asked, not skipped.
    if new && form.to_first_empty() {
        return vec![];
    }
    send_now(state)
}

/// The answer to a form that was sent.
pub fn answered(state: &mut State, reply: crate::wire::Reply) -> Vec<Action> {
    let Some(form) = top(state) else { return answers::nowhere(state, reply) };
    form.sending = false;
    let task = form.task.clone();
    answers::of_form(state, &task, reply)
}
