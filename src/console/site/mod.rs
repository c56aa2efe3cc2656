//! Site: the file. What is in force and what waits; edited in place, planned in words, applied with
//! the approvals that it asks for; its history, and the way back.
//!
//! ```text
//! e, c --> SiteFile --> editor --F10--> Plan --> plan --F10--> SaveFile --> in force, or waiting
//!                          ^               |                     |--> changed meanwhile: shown
//!                          +----- Esc -----+                     \--> tried: "keep it?"
//! h --> Versions --> two texts side by side; r: the old text, planned like any other
//! ```
//! A text that somebody typed is never thrown away unasked: not by a lock, not by the end of a
//! session, not because somebody else saved meanwhile.

pub mod compare;
pub mod editor;
pub mod file;
pub mod guided;
pub mod history;
pub mod paint;
pub mod plan;
pub mod text;
mod work;

pub use work::{guide, heard, nobody, refused, tick};

use super::ask::{For, SiteAsk};
use super::door;
use super::event::Action;
use super::form::sheets;
use super::keymap::Cmd;
use super::list;
use super::over::{Menu, Over, Page, Pick};
use super::state::State;
use super::theme::{BRIGHT, Tone};
use crate::base::time::Utc;
use crate::wire::Request;
use crate::wire::room::MachineSheet;
use crate::wire::site::SiteSheet;
use editor::Editor;
use guided::Guide;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Site {
    pub scroll: usize,
    pub machine: Option<MachineSheet>,
    /// The file, as far as whoever is here may see it.
    pub sheet: Option<Box<SiteSheet>>,
    /// A text that was being edited when its writer went, and who that was.
    pub draft: Option<(String, Box<Editor>)>,
    /// The version that somebody was asked to keep: once is enough.
    pub asked_to_keep: String,
}

impl Site {
    /// What one person saw is not for the next; a text that they typed waits for them.
    pub fn forget(&mut self) {
        self.machine = None;
        self.sheet = None;
        self.scroll = 0;
    }
}

/// What choosing a line of a menu does here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    Guide(Guide),
    /// To this finding of the editor.
    Finding(usize),
    /// Both changes since the file was opened.
    Both,
    /// On with one's own text, instead of what was saved meanwhile.
    Mine,
    /// What was saved meanwhile, instead of one's own text.
    Theirs,
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return vec![];
    }
    vec![
        state.ask(For::Machine, Request::Machine),
        state.ask(For::Site(SiteAsk::Show), Request::SiteFile),
    ]
}

/// The whole text, however long.
fn length(state: &State) -> usize {
    file::lines(state, BRIGHT, usize::from(state.columns.max(60))).len()
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let inside = matches!(
        cmd,
        Cmd::Edit | Cmd::History | Cmd::Guides | Cmd::Approve | Cmd::Refuse | Cmd::Keep
    );
    if inside && !state.is_open() {
        return door::must_be_in(state);
    }
    match cmd {
        Cmd::Edit => vec![state.ask(For::Site(SiteAsk::Open), Request::SiteFile)],
        Cmd::Guides => vec![state.ask(For::Site(SiteAsk::Guides), Request::SiteFile)],
        Cmd::History => vec![state.ask(For::Site(SiteAsk::Versions), Request::Versions)],
        Cmd::Approve | Cmd::Refuse => {
            answer_waiting(state, cmd == Cmd::Approve);
            vec![]
        }
        Cmd::Keep => keep(state),
        _ => {
            let (all, page) = (length(state), state.body_rows());
            list::scroll(&mut state.site.scroll, cmd, all, page);
            vec![]
        }
    }
}

fn answer_waiting(state: &mut State, yes: bool) {
    let sheet =
        state.site.sheet.as_ref().and_then(|s| s.waiting.as_ref()).map(|w| w.digest.clone());
    let machine = || state.site.machine.as_ref().and_then(|m| m.waiting.clone());
    match sheet.or_else(machine) {
        Some(digest) => {
            let form = if yes { sheets::approve(&digest) } else { sheets::refuse(&digest) };
            state.over.push(Over::Form(Box::new(form)));
        }
        None => state.say(Tone::Plain, "No version of the file waits for approval."),
    }
}

/// What is tried stays.
pub fn keep(state: &mut State) -> Vec<Action> {
    let trying = state.site.sheet.as_ref().and_then(|s| s.trying.as_ref());
    let Some(digest) = trying.map(|t| t.digest.clone()) else {
        state.say(Tone::Plain, "No network or storage is being tried.");
        return vec![];
    };
    vec![state.ask(For::Site(SiteAsk::Keep), Request::KeepFile { digest })]
}

/// Keys over "keep it?".
pub fn keep_command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    match cmd {
        Cmd::Keep => keep(state),
        _ => {
            state.over.pop();
            vec![]
        }
    }
}

fn top(state: &mut State) -> Option<&mut Editor> {
    match state.over.last_mut() {
        Some(Over::Edit(editor)) => Some(editor),
        _ => None,
    }
}

/// A key that is no command goes into the text.
pub fn key(state: &mut State, key: super::key::Key) -> Vec<Action> {
    let (now, page) = (state.now, page(state));
    if let Some(editor) = top(state).filter(|editor| !editor.sending) {
        editor.key(key, now, page);
    }
    vec![]
}

fn page(state: &State) -> usize {
    match state.over.last() {
        Some(Over::Edit(editor)) => paint::room(state, editor).0,
        _ => state.body_rows(),
    }
}

/// Commands over the editor.
pub fn edit_command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let now = state.now;
    let Some(editor) = top(state) else { return vec![] };
    let mut said = None;
    match cmd {
        Cmd::Send => return plan_it(state),
        Cmd::Back => return back(state),
        Cmd::Accept => accept(editor, now, &mut said),
        Cmd::Undo if !editor.undo(now) => said = Some("There is nothing to undo."),
        Cmd::Redo if !editor.redo(now) => said = Some("There is nothing to do again."),
        Cmd::Search => editor.search = Some(super::form::Line::default()),
        Cmd::NextMatch if !editor.find_next() => said = Some("These words stand nowhere."),
        Cmd::NextFault => {
            editor.judge(now);
            if !editor.next_finding() {
                said = Some("Beadle finds nothing wrong with it.");
            }
        }
        Cmd::Findings => return findings(state),
        Cmd::Complete if editor.offers.is_some() => editor.accept(now),
        Cmd::Complete if editor.search.is_none() && !editor.complete(now) => {
            said = Some("Nothing is known that could be written here.");
        }
        Cmd::CutLine => editor.cut_line(now),
        Cmd::PutLine => editor.put_line(now),
        Cmd::Explain => {
            let path = editor.here.path();
            let lines = crate::config::guide::help(&path);
            let title = path.last().map_or("The file".to_string(), |name| name.to_string());
            state.over.push(Over::Page(Page::new(&title, spaced(lines))));
        }
        _ => {}
    }
    if let Some(text) = said {
        state.say(Tone::Plain, text);
    }
    vec![]
}

/// Enter: the offer that is chosen, the words that are looked for, or a new line.
fn accept(editor: &mut Editor, now: Utc, said: &mut Option<&'static str>) {
    if editor.offers.is_some() {
        editor.accept(now);
    } else if let Some(search) = editor.search.take() {
        if !search.text.is_empty() {
            editor.sought = search.text;
        }
        if !editor.find_next() {
            *said = Some("These words stand nowhere.");
        }
    } else {
        editor.key(super::key::Key::Enter, now, 1);
    }
}

/// A first line, a gap, the others.
fn spaced(lines: Vec<String>) -> Vec<String> {
    let mut out = Vec::new();
    for (n, line) in lines.into_iter().enumerate() {
        if n == 1 || n == 2 {
            out.push(String::new());
        }
        out.push(line);
    }
    out
}

fn findings(state: &mut State) -> Vec<Action> {
    let now = state.now;
    let Some(editor) = top(state) else { return vec![] };
    editor.judge(now);
    let title = |f: &editor::Spotted| {
        format!("{} {:>4}  {}", paint::mark(f.severity).0, f.from.row + 1, f.text)
    };
    let items: Vec<(String, Pick)> = editor
        .findings
        .iter()
        .enumerate()
        .map(|(n, f)| (title(f), Pick::Site(Choice::Finding(n))))
        .collect();
    if items.is_empty() {
        state.say(Tone::Plain, "Beadle finds nothing wrong with it.");
    } else {
        let title = "Findings, by line".to_string();
        state.over.push(Over::Menu(Menu { title, items, at: 0 }));
    }
    vec![]
}

/// Mistakes first; then the supervisor says what it would mean.
pub fn plan_it(state: &mut State) -> Vec<Action> {
    let now = state.now;
    let Some(editor) = top(state) else { return vec![] };
    editor.offers = None;
    editor.search = None;
    editor.judge(now);
    let mistakes = editor.mistakes() as u64;
    if mistakes > 0 {
        editor.first_mistake();
        let text = format!(
            "{} to repair first. The next one: Ctrl-N.",
            super::words::several(mistakes, "mistake")
        );
        state.say(Tone::Warn, text);
        return vec![];
    }
    if !editor.is_changed() {
        state.say(Tone::Plain, "Nothing is changed.");
        return vec![];
    }
    editor.sending = true;
    let (name, text) = (editor.path.clone(), editor.text.whole());
    vec![state.ask(For::Site(SiteAsk::Plan), Request::Plan { name, text })]
}

/// What was typed is thrown away by a second Esc only.
fn back(state: &mut State) -> Vec<Action> {
    let Some(editor) = top(state) else { return vec![] };
    if editor.offers.take().is_some() || editor.search.take().is_some() {
        return vec![];
    }
    if may_leave(state) {
        state.over.pop();
        state.notice = None;
        return refresh(state);
    }
    vec![]
}

/// `false`: a changed text would be lost, and is asked about first.
pub fn may_leave(state: &mut State) -> bool {
    let changed = |editor: &Editor| editor.is_changed() && !editor.leaving;
    let Some(editor) = state.over.iter_mut().find_map(|over| match over {
        Over::Edit(editor) if changed(editor) => Some(editor),
        _ => None,
    }) else {
        return true;
    };
    editor.leaving = true;
    state.say(Tone::Warn, "The same key again throws away what you typed. Any other goes on.");
    false
}

/// A menu's line was chosen.
pub fn chosen(state: &mut State, choice: Choice) -> Vec<Action> {
    match choice {
        Choice::Guide(guide) => {
            let sheet = state.site.sheet.as_ref();
            let text = sheet.and_then(|s| s.text.clone()).unwrap_or_default();
            state.over.push(Over::Form(Box::new(guided::form(guide, &text))));
        }
        Choice::Finding(n) => {
            if let Some(editor) = top(state)
                && let Some(spot) = editor.findings.get(n).map(|f| f.from)
            {
                editor.text.go(spot);
            }
        }
        Choice::Both | Choice::Mine | Choice::Theirs => work::after_conflict(state, choice),
    }
    vec![]
}

/// A changed text waits for its writer; called when a screen is wiped.
pub fn set_aside(state: &mut State, owner: Option<String>) {
    let found = state.over.iter().position(|over| matches!(over, Over::Edit(_)));
    let Some(place) = found else { return };
    if let (Over::Edit(mut editor), Some(owner)) = (state.over.remove(place), owner)
        && editor.is_changed()
    {
        editor.sending = false;
        state.site.draft = Some((owner, editor));
    }
}

/// Nothing is scrolled past its last line; the editor shows its cursor.
pub fn clamp(state: &mut State) {
    let most = length(state).saturating_sub(state.body_rows());
    state.site.scroll = state.site.scroll.min(most);
    if let Some(Over::Edit(editor)) = state.over.last() {
        let (rows, columns) = paint::room(state, editor);
        if let Some(editor) = top(state) {
            editor.settle(rows, columns);
        }
    }
}
