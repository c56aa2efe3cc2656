//! A box without a file: what could be it, its plan, and the question whether to take it.
//!
//! ```text
//! list --Enter--> BeginPlan --> plan --F10--> BeginTake --> the box begins; then l, the first two
//!      --k--> the recovery key from paper: copies on footage disks open
//! ```

use ratatui::text::Line;

use super::ask::For;
use super::draw::{marked, piece};
use super::event::Action;
use super::form::{Field, Form, Sort, Task, sheets};
use super::glyphs::{fit, wrap};
use super::key::Key;
use super::keymap::{self, Cmd, Scope};
use super::list;
use super::over::{Menu, Over, Pick};
use super::recorder::{own, update};
use super::site::plan;
use super::state::State;
use super::theme::{self, Tone};
use crate::wire::begin::{Candidate, CandidateKind, Installing};
use crate::wire::disk::SpaceLine;
use crate::wire::{PlanReport, Request};

fn candidates(state: &State) -> &[Candidate] {
    let begin = state.status.as_ref().and_then(|status| status.begin.as_ref());
    begin.map_or(&[], |begin| &begin.candidates)
}

fn installing(state: &State) -> Option<&Installing> {
    state.status.as_ref()?.begin.as_ref()?.install.as_ref()
}

/// For keys that need a file to mean anything.
pub const NOT_YET: &str = "This comes once the box has its file. Choose one first.";

/// A key that does something on every screen, of which there are none yet.
pub fn is_for_later(state: &State, key: Key) -> bool {
    let here = state.begins() && state.over.is_empty();
    here && keymap::cmd(&[Scope::Screens], key, false).is_some()
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let all = match installing(state) {
        Some(installing) => installing.spaces.len(),
        None => candidates(state).len(),
    };
    state.candidate = state.candidate.min(all.saturating_sub(1));
    match cmd {
        Cmd::PutKey => {
            let form = put_key();
            state.over.push(Over::Form(Box::new(form)));
            vec![]
        }
        Cmd::Reboot => {
            state.over.push(Over::Form(Box::new(update::reboot())));
            vec![]
        }
        Cmd::Open if installing(state).is_some() => {
            let chosen = installing(state).and_then(|i| i.spaces.get(state.candidate));
            let form = chosen.map(install);
            state.over.extend(form.map(|form| Over::Form(Box::new(form))));
            vec![]
        }
        Cmd::Open => open(state),
        _ => {
            let page = state.body_rows();
            list::step(&mut state.candidate, cmd, all, page);
            vec![]
        }
    }
}

/// The plan of the chosen one; a disk that is locked asks for its key.
fn open(state: &mut State) -> Vec<Action> {
    let Some(chosen) = candidates(state).get(state.candidate).cloned() else {
        state.say(Tone::Plain, "Nothing was found yet. Plug in a stick with a site.kdl on it.");
        return vec![];
    };
    match (chosen.digest, chosen.kind) {
        (Some(digest), _) => {
            let name = chosen.name;
            let request = Request::BeginPlan { name: name.clone() };
            vec![state.ask(For::BeginPlan { name, digest }, request)]
        }
        (None, CandidateKind::FootageDisk) => command(state, Cmd::PutKey),
        (None, _) => {
            state.say(Tone::Warn, chosen.why.unwrap_or_default());
            vec![]
        }
    }
}

pub fn put_key() -> Form {
    let key = Field::secret(sheets::CODE, "The 17 groups of four")
        .may()
        .hint("empty: the one on the stick that is plugged in");
    let school = Field::new(sheets::SCHOOL, "The school of that disk", Sort::Line)
        .may()
        .hint("only where it is another one than that of the file, and is meant");
    let mut form = Form::new(Task::PutKey, "The recovery key from paper", vec![key, school]);
    form.intro = vec![
        "It opens what the box before this one kept on its footage disks: its file, people, camera \
         passwords and logbook. A slip of the finger is told; nothing is taken yet."
            .into(),
    ];
    form
}

/// The system goes to this disk, and everything on it is gone.
fn install(space: &SpaceLine) -> Form {
    let task = Task::Install { name: space.name.clone(), typed: space.typed.clone() };
    let title = format!("Type {} to confirm", space.typed);
    let field = Field::new("words", &title, Sort::Line).hint("the end of the number on its label");
    let mut form = Form::new(task, &format!("Install on {}", space.name), vec![field]);
    form.intro = vec![format!("EVERYTHING ON IT IS GONE THEN: {}.", own::describe(space))];
    form
}

/// The disks of a machine that runs from a stick.
fn install_rows(state: &State, installing: &Installing, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let text = |tone, text: &str| Line::from(piece(theme, tone, text));
    let mut out = vec![text(Tone::Strong, " Install Beadle on this machine"), Line::default()];
    let how = match installing.spaces.len() {
        0 => "No disk of this machine can take it: 8 GB at least, and in use by nobody.",
        1 => "This is the only disk that it can go to. Enter shows what is asked before it does.",
        _ => "Choose the disk for the system. Leave the footage disk of an old box as it is.",
    };
    out.push(text(Tone::Plain, &format!(" {how}")));
    out.push(Line::default());
    let at = state.candidate.min(installing.spaces.len().saturating_sub(1));
    for (n, space) in installing.spaces.iter().enumerate() {
        let row = text(Tone::Strong, &fit(&format!("  {}", own::describe(space)), width));
        out.push(if n == at { marked(row, width) } else { row });
    }
    if let Some(doing) = &installing.doing {
        out.push(Line::default());
        let (tone, words) = match &doing.failed {
            Some(why) => (Tone::Bad, format!("It was not installed: {why}")),
            None if doing.done < doing.total => {
                (Tone::Warn, "It is being written; that takes a minute or two.".to_string())
            }
            None => {
                (Tone::Good, "It is installed. Pull the stick out, then z restarts.".to_string())
            }
        };
        let lines = wrap(&words, width.saturating_sub(2));
        out.extend(lines.iter().map(|l| text(tone, &format!(" {l}"))));
    }
    out
}

/// What the chosen file would do, and how it is taken.
pub fn shown(state: &mut State, name: String, digest: String, report: &PlanReport) {
    let notes = match report.loads {
        true => {
            vec!["F10 (or Ctrl-S) takes this file: the box begins with it. Esc goes back.".into()]
        }
        false => vec![
            "This file does not load, so it cannot be taken. Put it right, or choose another."
                .into(),
        ],
    };
    let from = candidates(state).iter().find(|c| c.name == name).map(|c| c.from.clone());
    let title = format!("Begin with {}?", from.unwrap_or_else(|| name.clone()));
    // Nothing runs that could stay as it is.
    let none = PlanReport { consequences: Vec::new(), ..report.clone() };
    let report = if report.loads { report } else { &none };
    let view = plan::view(&title, &notes, report, ("", ""), &digest);
    let view = plan::PlanView { begins: Some(name), ..view };
    state.over.push(Over::Plan(Box::new(view)));
}

/// The plan was read. Where another school's footage is here, one more question.
pub fn take(state: &mut State, name: String, digest: String) -> Vec<Action> {
    let chosen = candidates(state).iter().find(|c| c.name == name);
    let Some(other) = chosen.and_then(|c| c.other.clone()) else {
        return taking(state, Taking { name, digest, adopt: false });
    };
    let pick = |adopt| {
        let (name, digest) = (name.clone(), digest.clone());
        Pick::Begin(Taking { name, digest, adopt })
    };
    let items = vec![
        (format!("leave the footage of {other} alone"), pick(false)),
        (format!("the footage of {other} is this box's from now on"), pick(true)),
    ];
    let title = "Another school's footage disk is here".into();
    state.over.push(Over::Menu(Menu { title, items, at: 0 }));
    vec![]
}

/// A file that is taken, and what becomes of the other school's disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taking {
    name: String,
    digest: String,
    adopt: bool,
}

pub fn taking(state: &mut State, taking: Taking) -> Vec<Action> {
    if let Some(Over::Plan(view)) = state.over.last_mut() {
        view.sending = true;
    }
    let Taking { name, digest, adopt } = taking;
    vec![state.ask(For::BeginTake, Request::BeginTake { name, digest, adopt })]
}

pub fn taken(state: &mut State, text: String) -> Vec<Action> {
    state.over.clear();
    state.say(Tone::Good, format!("{text} Then the first two people: l."));
    vec![]
}

pub fn refused(state: &mut State, why: String) {
    state.over.clear();
    state.say(Tone::Bad, why);
}

pub fn rows(state: &State, width: usize) -> Vec<Line<'static>> {
    if let Some(installing) = installing(state) {
        return install_rows(state, installing, width);
    }
    let theme = theme::BRIGHT;
    let text = |tone, text: &str| Line::from(piece(theme, tone, text));
    let said = |tone, what: &str, indent: usize| -> Vec<Line<'static>> {
        let lines = wrap(what, width.saturating_sub(indent + 1));
        lines.iter().map(|l| text(tone, &format!("{}{l}", " ".repeat(indent)))).collect()
    };
    let mut out = vec![text(Tone::Strong, " The first file of this box"), Line::default()];
    let why = state.status.as_ref().and_then(|s| s.begin.as_ref()).map(|b| b.why.clone());
    out.extend(said(Tone::Quiet, &format!("{}.", why.unwrap_or_default()), 1));
    out.push(Line::default());
    let candidates = candidates(state);
    let at = state.candidate.min(candidates.len().saturating_sub(1));
    for (n, candidate) in candidates.iter().enumerate() {
        let site = candidate.site.as_ref().map(|site| format!("  \"{site}\"")).unwrap_or_default();
        let row = format!("  {}{site}", candidate.from);
        let row = text(Tone::Strong, &fit(&row, width));
        out.push(if n == at { marked(row, width) } else { row });
        if let Some(why) = &candidate.why {
            out.extend(said(Tone::Warn, why, 4));
        }
    }
    if candidates.is_empty() {
        out.extend(said(Tone::Strong, "Nothing was found yet.", 2));
    }
    out.push(Line::default());
    let how = "Plug in a stick with the school's site.kdl on it, or connect the footage disk of \
               the box before this one. Nothing is taken before you have seen what it does and \
               said so.";
    out.extend(said(Tone::Plain, how, 1));
    out
}
