//! One record with all its entries: to be read, added to, ended, put right, proved.

use crate::base::time::Utc;
use crate::console::ask::{For, Wanted};
use crate::console::cases::case::{self, Next};
use crate::console::cases::leave;
use crate::console::cases::order;
use crate::console::event::Action;
use crate::console::form::sheets;
use crate::console::keymap::Cmd;
use crate::console::list;
use crate::console::over::Over;
use crate::console::state::State;
use crate::console::theme::Tone;
use crate::footage::Hold;
use crate::logbook::{Act, Entry, Kind, Number, Value};
use crate::wire::Request;
use crate::wire::book::Find;
use crate::wire::export::Exporting;
use crate::wire::room::RecordSheet;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct RecordView {
    /// `None`: on its way.
    pub sheet: Option<RecordSheet>,
    /// The chosen entry.
    pub at: usize,
    /// First row shown.
    pub scroll: usize,
    /// Of a case: releases and copies that belong to it.
    pub releases: Vec<Entry>,
    pub holds: Vec<Hold>,
    /// Copies that the recorder told of.
    pub exports: Vec<Exporting>,
}

impl RecordView {
    pub fn entry(&self) -> Option<&Entry> {
        self.sheet.as_ref().and_then(|s| s.entries.get(self.at))
    }

    /// The answer that stands in it, the newest one first.
    pub fn answer(&self, name: &str) -> Option<Value> {
        let entries = self.sheet.as_ref().map_or(&[][..], |s| &s.entries);
        entries.iter().rev().find_map(|e| e.body.as_ref()?.answer(name))
    }

    /// Which footage it is about: cameras and window, as far as it says; else those that are held
    /// for it.
    pub fn footage(&self) -> (Vec<String>, Option<(Utc, Utc)>) {
        let moment = |name: &str| self.answer(name)?.text()?.parse::<Utc>().ok();
        let cameras = match self.answer("cameras") {
            Some(Value::List(list)) => list,
            _ => Vec::new(),
        };
        let around = |at: Utc| (at - case::AROUND, at + case::AROUND);
        let window = moment("from").zip(moment("until"));
        let window = window.or_else(|| moment("happened").map(around));
        let number = self.sheet.as_ref().map_or(0, |sheet| sheet.line.number);
        let reference = format!("entry {number}");
        let mut held = self.holds.iter().filter(|hold| hold.ended.is_none());
        match held.find(|hold| hold.reference == reference) {
            Some(hold) => (
                match cameras.is_empty() {
                    true => hold.cameras.iter().map(ToString::to_string).collect(),
                    false => cameras,
                },
                window.or(Some((hold.start, hold.end))),
            ),
            None => (cameras, window),
        }
    }
}

/// The record came in. A case wants its releases and holds too.
pub fn heard(state: &mut State, sheet: RecordSheet) -> Vec<Action> {
    let Some(Over::Record(view)) = state.over.last_mut() else { return vec![] };
    let about_footage = case::is_case(sheet.line.kind);
    let all = sheet.entries.len();
    view.sheet = Some(sheet);
    view.at = view.at.min(all.saturating_sub(1));
    if !about_footage {
        return vec![];
    }
    let find = Find { register: Some("releases".into()), limit: 200, ..Find::default() };
    let mut actions = vec![state.ask(For::Holds, Request::HoldList)];
    if state.reads("releases") {
        actions.push(state.ask(For::Releases, Request::Logbook(find)));
    }
    actions
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let Some(Over::Record(view)) = state.over.last_mut() else { return vec![] };
    let Some(sheet) = &view.sheet else {
        if cmd == Cmd::Back {
            state.over.pop();
        }
        return vec![];
    };
    let (kind, number) = (sheet.line.kind, sheet.line.number);
    match cmd {
        Cmd::Back => {
            state.over.pop();
            super::super::update::refresh(state)
        }
        Cmd::Note => ask_sheet(state, kind, Act::Note, number, vec![]),
        Cmd::Close => ask_sheet(state, kind, Act::Close, number, vec![]),
        Cmd::Correct => {
            let Some(entry) = view.entry().cloned() else { return vec![] };
            let answers = entry.body.as_ref().map(|b| b.answers()).unwrap_or_default();
            let fill = answers.into_iter().collect();
            correct(state, &entry, fill)
        }
        Cmd::NextStep => next_step(state),
        Cmd::Export => {
            order::begin(state);
            vec![]
        }
        Cmd::StopExport => {
            leave::stop(state);
            vec![]
        }
        Cmd::Receipt => receipt(state),
        Cmd::Print => crate::console::print::begin(state),
        Cmd::Release => {
            let mut fill = vec![("request".to_string(), Value::Number(number as i64))];
            for name in [
                "recipient",
                "organisation",
                "cameras",
                "from",
                "until",
                "purpose",
                "crime-reference",
            ] {
                fill.extend(view.answer(name).map(|v| (name.to_string(), v)));
            }
            for (theirs, ours) in
                [("requester", "recipient-name"), ("requester-number", "recipient-number")]
            {
                fill.extend(view.answer(theirs).map(|v| (ours.to_string(), v)));
            }
            fill.extend(left_already(view));
            ask_sheet_new(state, Kind::Release, fill)
        }
        Cmd::Hold => {
            let (cameras, window) = view.footage();
            let form = sheets::hold(state, &cameras, window, &format!("entry {number}"));
            state.over.push(Over::Form(Box::new(form)));
            vec![]
        }
        Cmd::Prove => {
            let Some(number) = view.entry().map(|e| e.number) else { return vec![] };
            vec![state.ask(For::Proof, Request::Prove { number })]
        }
        _ => {
            moved(state, cmd);
            vec![]
        }
    }
}

/// What is known of the copy that was made for it.
fn left_already(view: &RecordView) -> Vec<(String, Value)> {
    let Some(leave::Copy::Whole { number, .. }) = leave::copy(view) else { return vec![] };
    let entry = view.releases.iter().find(|entry| entry.number == number);
    let said = |name: &str| entry?.body.as_ref()?.answer(name);
    let mut fill = vec![("export".to_string(), Value::Number(number as i64))];
    for name in ["carrier", "exhibit", "exception", "purpose"] {
        fill.extend(said(name).map(|value| (name.to_string(), value)));
    }
    fill
}

/// The first thing that is still to be done for a case; elsewhere the record is added to.
fn next_step(state: &mut State) -> Vec<Action> {
    let Some(Over::Record(view)) = state.over.last() else { return vec![] };
    let Some(line) = view.sheet.as_ref().map(|sheet| &sheet.line) else { return vec![] };
    if !case::is_case(line.kind) {
        return command(state, Cmd::Note);
    }
    let (kind, number) = (line.kind, line.number);
    match case::next(state, view) {
        Some(Next::Decide) => {
            let fill = vec![("step".to_string(), Value::Text("decision".into()))];
            ask_sheet(state, kind, Act::Note, number, fill)
        }
        Some(Next::Hold) => command(state, Cmd::Hold),
        Some(Next::Export) => command(state, Cmd::Export),
        Some(Next::Release) => command(state, Cmd::Release),
        Some(Next::Receipt) => command(state, Cmd::Receipt),
        Some(Next::Dispose(copy)) => {
            let fill = vec![("copy".to_string(), Value::Number(copy as i64))];
            ask_sheet_new(state, Kind::Disposal, fill)
        }
        Some(Next::Close) => command(state, Cmd::Close),
        None => {
            state.say(Tone::Plain, "Nothing can be done about it here just now.");
            vec![]
        }
    }
}

/// The signed receipt belongs to the release.
fn receipt(state: &mut State) -> Vec<Action> {
    let Some(Over::Record(view)) = state.over.last() else { return vec![] };
    let case = view.sheet.as_ref().and_then(|sheet| sheet.case.as_ref());
    let Some(release) = case.and_then(|case| case.releases.last()).map(|last| last.entry) else {
        state.say(Tone::Plain, "First x: to whom it went.");
        return vec![];
    };
    let fill = vec![("step".to_string(), Value::Text("receipt".into()))];
    ask_sheet(state, Kind::Release, Act::Note, release, fill)
}

/// Up and Down choose an entry and show its head; the page keys scroll.
fn moved(state: &mut State, cmd: Cmd) {
    let room = state.body_rows().max(1);
    let Some(Over::Record(view)) = state.over.last() else { return };
    let (rows, tops) = super::draw::record_rows(state, view, usize::from(state.columns.max(60)));
    let most = rows.len().saturating_sub(room);
    let (mut at, mut scroll) = (view.at, view.scroll);
    if matches!(cmd, Cmd::PageUp | Cmd::PageDown) {
        list::scroll(&mut scroll, cmd, rows.len(), room);
    } else {
        list::step(&mut at, cmd, tops.len(), 1);
        let top = if at == 0 { 0 } else { tops.get(at).map_or(0, |top| top.saturating_sub(1)) };
        scroll = top.min(most);
    }
    if let Some(Over::Record(view)) = state.over.last_mut() {
        (view.at, view.scroll) = (at, scroll.min(most));
    }
}

fn correct(state: &mut State, entry: &Entry, fill: Vec<(String, Value)>) -> Vec<Action> {
    let kind = entry.header.kind;
    // A correction of a correction puts the same entry right again.
    let (about, act) = match (entry.header.act, entry.header.about) {
        (Act::Correct, Some(about)) => (about, Act::Open),
        (act, _) => (entry.number, act),
    };
    let wanted = Wanted { kind, act: Act::Correct, about: Some(about), fill };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}

fn ask_sheet(
    state: &mut State,
    kind: Kind,
    act: Act,
    about: Number,
    fill: Vec<(String, Value)>,
) -> Vec<Action> {
    let wanted = Wanted { kind, act, about: Some(about), fill };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}

pub fn ask_sheet_new(state: &mut State, kind: Kind, fill: Vec<(String, Value)>) -> Vec<Action> {
    let act = Act::Open;
    let wanted = Wanted { kind, act, about: None, fill };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}
