//! What the supervisor answers about the file, and what becomes of it.

use super::editor::Editor;
use super::guided::{self, Guide};
use super::history::{self, History};
use super::{Choice, plan, refresh};
use crate::console::ask::{For, SiteAsk};
use crate::console::event::Action;
use crate::console::form::{Form, Task};
use crate::console::over::{Menu, Over, Page, Pick};
use crate::console::state::State;
use crate::console::theme::Tone;
use crate::wire::site::SiteSheet;
use crate::wire::{PlanReport, Reply, Request, Saved};

/// An answer about the file; `None`: it fits another question.
pub fn heard(state: &mut State, what: SiteAsk, reply: Reply) -> Option<Vec<Action>> {
    Some(match (what, reply) {
        (SiteAsk::Show, Reply::SiteFile(sheet)) => shown(state, sheet),
        (SiteAsk::Open, Reply::SiteFile(sheet)) => opened(state, sheet),
        (SiteAsk::Guides, Reply::SiteFile(sheet)) => guides(state, sheet),
        (SiteAsk::Conflict { why }, Reply::SiteFile(sheet)) => conflict(state, sheet, &why),
        (SiteAsk::Plan, Reply::Plan(report)) => planned(state, &report),
        (SiteAsk::RollBackPlan { revision, text }, Reply::Plan(report)) => {
            back_planned(state, revision, &text, &report);
            vec![]
        }
        (SiteAsk::Save, Reply::Saved(saved)) => written(state, saved),
        (SiteAsk::Versions, Reply::Versions { versions }) => {
            state.over.push(Over::History(Box::new(History::new(versions))));
            vec![]
        }
        (SiteAsk::Text { newer }, Reply::Text { text }) => history::text(state, newer, text),
        (SiteAsk::RollBack { revision }, Reply::Text { text }) => {
            let request = Request::Plan { name: path(state), text: text.clone() };
            vec![state.ask(For::Site(SiteAsk::RollBackPlan { revision, text }), request)]
        }
        (SiteAsk::Keep, Reply::Text { text }) => {
            state.over.retain(|over| !matches!(over, Over::Keep(_)));
            state.say(Tone::Good, text);
            refresh(state)
        }
        _ => return None,
    })
}

fn path(state: &State) -> String {
    state.status.as_ref().map_or("site.kdl".into(), |status| status.file.path.clone())
}

fn editor(state: &mut State) -> Option<&mut Editor> {
    state.over.iter_mut().rev().find_map(|over| match over {
        Over::Edit(editor) => Some(&mut **editor),
        _ => None,
    })
}

fn shown(state: &mut State, sheet: Box<SiteSheet>) -> Vec<Action> {
    if let Some(trying) = sheet.trying.as_ref().filter(|_| sheet.may_edit)
        && state.site.asked_to_keep != trying.digest
        && state.over.is_empty()
    {
        state.site.asked_to_keep = trying.digest.clone();
        state.over.push(Over::Keep(trying.clone()));
    }
    state.site.sheet = Some(sheet);
    vec![]
}

fn opened(state: &mut State, sheet: Box<SiteSheet>) -> Vec<Action> {
    let person = state.person().map_or("", |(person, _)| person).to_string();
    if let Some((_, draft)) = state.site.draft.take_if(|(owner, _)| *owner == person) {
        state.over.push(Over::Edit(draft));
        state.say(Tone::Good, "This is the text that you left. Undo takes your changes back.");
        state.site.sheet = Some(sheet);
        return vec![];
    }
    if sheet.text.is_none() && !sheet.may_edit {
        state.say(Tone::Warn, "The file is for those who keep it, approve it, or audit.");
        return vec![];
    }
    let text = sheet.text.clone().unwrap_or_default();
    let mut editor = Editor::new(&path(state), &text, &sheet.digest, sheet.may_edit);
    editor.judge(state.now);
    state.over.push(Over::Edit(Box::new(editor)));
    state.site.sheet = Some(sheet);
    vec![]
}

fn guides(state: &mut State, sheet: Box<SiteSheet>) -> Vec<Action> {
    if !sheet.may_edit || sheet.text.is_none() {
        state.say(Tone::Warn, "Only those who keep the file can change it.");
        return vec![];
    }
    state.site.sheet = Some(sheet);
    let items = Guide::ALL.iter().map(|g| (g.title().to_string(), Pick::Site(Choice::Guide(*g))));
    let menu = Menu { title: "What is done most".into(), items: items.collect(), at: 0 };
    state.over.push(Over::Menu(menu));
    vec![]
}

/// A guided edit's form is filled in: the text opens in the editor, and its plan over it.
pub fn guide(state: &mut State, form: &Form) -> Option<Vec<Action>> {
    let Task::Guided(which) = form.task else { return None };
    let sheet = state.site.sheet.clone()?;
    let text = sheet.text.clone().unwrap_or_default();
    let zone = state.zone();
    match guided::edit(which, form, &text, (&zone, state.now)) {
        Err(flaws) => {
            if let Some(Over::Form(form)) = state.over.last_mut() {
                form.flaws = flaws;
                form.tried = true;
                form.to_first_flaw();
            }
            Some(vec![])
        }
        Ok((edited, notes)) => {
            state.over.pop();
            let open = !edited.open.is_empty();
            let page = notes.clone();
            let editor = guided::editor(&sheet, &path(state), &edited, notes, state.now);
            let broken = editor.mistakes() > 0;
            state.over.push(Over::Edit(Box::new(editor)));
            if open || broken {
                // No plan yet: what has to be settled is said, then shown at its places.
                let actions = super::plan_it(state);
                if !page.is_empty() {
                    state.over.push(Over::Page(Page::new(which.title(), page)));
                }
                return Some(actions);
            }
            Some(super::plan_it(state))
        }
    }
}

fn planned(state: &mut State, report: &PlanReport) -> Vec<Action> {
    let Some(editor) = editor(state) else { return vec![] };
    editor.sending = false;
    let text = editor.text.whole();
    if !report.loads {
        state.say(Tone::Warn, "It does not load. The next mistake: Ctrl-N.");
        return vec![];
    }
    let both = (editor.opened.as_str(), text.as_str());
    let view = plan::view("The plan", &editor.notes, report, both, &editor.based_on);
    let may_save = editor.may_save;
    state.over.push(Over::Plan(Box::new(plan::PlanView { applies: may_save, ..view })));
    vec![]
}

fn back_planned(state: &mut State, revision: u64, text: &str, report: &PlanReport) {
    if !report.loads {
        let why = report.findings.first().map(|f| f.text.clone()).unwrap_or_default();
        state.say(Tone::Warn, format!("Revision {revision} no longer loads: {why}."));
        return;
    }
    let sheet = state.site.sheet.clone().unwrap_or_default();
    let now = sheet.text.as_deref().unwrap_or_default();
    if now == text {
        state.say(Tone::Plain, format!("Revision {revision} is what lies on disk now."));
        return;
    }
    let title = format!("Back to revision {revision}: the plan");
    let view = plan::view(&title, &[], report, (now, text), &sheet.digest);
    let applies = view.applies && sheet.may_edit;
    state.over.push(Over::Plan(Box::new(plan::PlanView { applies, ..view })));
}

fn written(state: &mut State, saved: Saved) -> Vec<Action> {
    if !saved.written {
        let now = state.now;
        state.over.retain(|over| !matches!(over, Over::Plan(_)));
        if let Some(editor) = editor(state) {
            editor.judge(now);
        }
        state.say(Tone::Warn, saved.text);
        return vec![];
    }
    state.over.clear();
    state.say(Tone::Good, saved.text);
    refresh(state)
}

/// A refusal of the supervisor; the text in the editor stays whatever it was about.
pub fn refused(state: &mut State, what: &SiteAsk, why: &str) -> Vec<Action> {
    if let Some(editor) = editor(state) {
        editor.sending = false;
    }
    if let Some(Over::Plan(view)) = state.over.last_mut() {
        view.sending = false;
    }
    if *what == SiteAsk::Save {
        // Because somebody else was faster? Then both texts are shown.
        let what = For::Site(SiteAsk::Conflict { why: why.into() });
        return vec![state.ask(what, Request::SiteFile)];
    }
    if *what == SiteAsk::Keep {
        state.over.retain(|over| !matches!(over, Over::Keep(_)));
    }
    state.say(Tone::Warn, why);
    vec![]
}

/// A call about the file found nobody: nothing typed is lost.
pub fn nobody(state: &mut State, why: &str) {
    if let Some(editor) = editor(state) {
        editor.sending = false;
    }
    if let Some(Over::Plan(view)) = state.over.last_mut() {
        view.sending = false;
    }
    state.say(Tone::Bad, format!("Nothing was sent. {why}"));
}

fn conflict(state: &mut State, sheet: Box<SiteSheet>, why: &str) -> Vec<Action> {
    let based_on = match state.over.last() {
        Some(Over::Plan(view)) => view.based_on.clone(),
        _ => return vec![],
    };
    let other = sheet.digest != based_on;
    state.site.sheet = Some(sheet);
    if !other {
        state.say(Tone::Warn, why);
        return vec![];
    }
    state.over.pop();
    if editor(state).is_none() {
        state.say(Tone::Warn, "The file was changed meanwhile. Look at it, and do it again.");
        return vec![];
    }
    let item = |text: &str, choice| (text.to_string(), Pick::Site(choice));
    let items = vec![
        item("Look at both: what they changed, and what you changed", Choice::Both),
        item("Go on with your text; a plan shows what of theirs it takes away", Choice::Mine),
        item("Take theirs; undo brings your text back", Choice::Theirs),
    ];
    let title = "The file was changed by somebody else meanwhile; nothing is lost".into();
    state.over.push(Over::Menu(Menu { title, items, at: 0 }));
    vec![]
}

/// What somebody chose who was not the only one to change the file.
pub(super) fn after_conflict(state: &mut State, choice: Choice) {
    let now = state.now;
    let sheet = state.site.sheet.clone().unwrap_or_default();
    let theirs = sheet.text.clone().unwrap_or_default();
    let Some(editor) = editor(state) else { return };
    match choice {
        Choice::Mine => {
            editor.opened = theirs;
            editor.based_on = sheet.digest.clone();
            state.say(Tone::Plain, "Your text stands on top of theirs now. Plan it again: F10.");
        }
        Choice::Theirs => {
            editor.replace_all(&theirs, now);
            editor.opened = theirs;
            editor.based_on = sheet.digest.clone();
            state.say(Tone::Plain, "This is their text. Undo brings yours back: Ctrl-Z.");
        }
        _ => {
            let (opened, mine) = (editor.opened.clone(), editor.text.whole());
            let mut lines = vec!["What they changed:".to_string(), String::new()];
            let of = |new: &str| {
                plan::of_rows(&super::compare::compare(&opened, new)).into_iter().map(|(_, l)| l)
            };
            lines.extend(of(&theirs));
            lines.extend([String::new(), "What you changed:".into(), String::new()]);
            lines.extend(of(&mine));
            lines.extend([String::new(), "Back in the editor F10 asks again what to do.".into()]);
            state.over.push(Over::Page(Page::new("Both changes", lines)));
        }
    }
}

/// A second is over: a text that rests is judged, and a question whose time is over goes.
pub fn tick(state: &mut State) -> Vec<Action> {
    let now = state.now;
    match state.over.last_mut() {
        Some(Over::Edit(editor)) if editor.stale && state.idle > 0 => {
            editor.judge(now);
            vec![]
        }
        Some(Over::Keep(trying)) if now > trying.until => {
            state.over.pop();
            state.say(Tone::Warn, "Nobody kept it: the version before comes back.");
            refresh(state)
        }
        _ => vec![],
    }
}
