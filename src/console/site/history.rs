//! The versions that were in force: who, when, approved by whom, what changed; what lies between
//! two of them; and the way back to one.

use ratatui::text::Line;

use super::compare::compare;
use super::plan::{of_rows, shown};
use crate::config;
use crate::config::diff::diff;
use crate::console::ask::{For, SiteAsk};
use crate::console::draw::{marked, part, piece};
use crate::console::event::Action;
use crate::console::glyphs::fit;
use crate::console::keymap::Cmd;
use crate::console::list;
use crate::console::over::Over;
use crate::console::state::State;
use crate::console::theme::{self, Tone};
use crate::wire::Request;
use crate::wire::site::VersionLine;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    /// The newest first.
    pub versions: Vec<VersionLine>,
    pub at: usize,
    /// Another one to compare with than the one before.
    pub marked: Option<u64>,
    /// The text of the older one of two, until that of the newer has come.
    older: Option<String>,
    /// What lies between two, to be read.
    pub reading: Option<(String, Vec<(Tone, String)>)>,
    pub scroll: usize,
}

impl History {
    pub fn new(versions: Vec<VersionLine>) -> History {
        History { versions, ..History::default() }
    }

    fn chosen(&self) -> Option<&VersionLine> {
        self.versions.get(self.at)
    }

    /// The older and the newer revision to be compared; the first one has nothing before it.
    fn pair(&self) -> Option<(u64, u64)> {
        let here = self.chosen()?.revision;
        let other = match self.marked.filter(|m| *m != here) {
            Some(marked) => marked,
            None => self.versions.get(self.at + 1)?.revision,
        };
        Some((here.min(other), here.max(other)))
    }
}

fn top(state: &mut State) -> Option<&mut History> {
    match state.over.last_mut() {
        Some(Over::History(history)) => Some(history),
        _ => None,
    }
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let (page, width) = (state.body_rows().saturating_sub(4), usize::from(state.columns.max(60)));
    let Some(history) = top(state) else { return vec![] };
    if let Some((_, lines)) = &history.reading {
        let all = shown(lines, width).len();
        match cmd {
            Cmd::Back => history.reading = None,
            _ => list::scroll(&mut history.scroll, cmd, all, page + 2),
        }
        return vec![];
    }
    match cmd {
        Cmd::Back => drop(state.over.pop()),
        Cmd::Diff => {
            let here = history.chosen().map(|v| v.revision);
            history.marked = if history.marked == here { None } else { here };
        }
        Cmd::Open => match history.pair() {
            Some((revision, _)) => {
                history.older = None;
                let what = For::Site(SiteAsk::Text { newer: false });
                return vec![state.ask(what, Request::Version { revision })];
            }
            None => state.say(Tone::Plain, "Nothing was in force before it."),
        },
        Cmd::RollBack => {
            let Some(revision) = history.chosen().map(|v| v.revision) else { return vec![] };
            let what = For::Site(SiteAsk::RollBack { revision });
            return vec![state.ask(what, Request::Version { revision })];
        }
        _ => {
            let all = history.versions.len();
            list::step(&mut history.at, cmd, all, page);
        }
    }
    vec![]
}

/// The text of one of the two that are compared has come.
pub fn text(state: &mut State, newer: bool, text: String) -> Vec<Action> {
    let Some(history) = top(state) else { return vec![] };
    let Some((old, new)) = history.pair() else { return vec![] };
    if !newer {
        history.older = Some(text);
        let what = For::Site(SiteAsk::Text { newer: true });
        return vec![state.ask(what, Request::Version { revision: new })];
    }
    let Some(before) = history.older.take() else { return vec![] };
    let lines = between(&before, &text);
    history.reading = Some((format!("From revision {old} to revision {new}"), lines));
    history.scroll = 0;
    vec![]
}

/// In words first, then line by line.
fn between(old: &str, new: &str) -> Vec<(Tone, String)> {
    let read = |text: &str| config::parse("site.kdl", text.as_bytes()).config;
    let mut lines = Vec::new();
    if let (Some(was), Some(is)) = (read(old), read(new)) {
        let changes = diff(Some(&was), &is).into_iter().filter(|c| c.sign != '=');
        lines.extend(changes.map(|c| {
            let what = if c.what.is_empty() { String::new() } else { format!(": {}", c.what) };
            (Tone::Plain, format!("  {} {}{what}", c.sign, c.unit))
        }));
    }
    if lines.is_empty() {
        lines.push((Tone::Plain, "  Nothing changed but words and spaces.".into()));
    }
    lines.push((Tone::Plain, String::new()));
    lines.extend(of_rows(&compare(old, new)));
    lines
}

pub fn rows(state: &State, history: &History, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let body = state.body_rows();
    if let Some((title, lines)) = &history.reading {
        let mut out =
            vec![Line::from(piece(theme, Tone::Strong, &format!(" {title}"))), Line::default()];
        out.extend(shown(lines, width).into_iter().skip(history.scroll).take(body - 2));
        return out;
    }
    let page = body.saturating_sub(4).max(1);
    let first = list::first(history.at, page);
    let part = part(first, page, history.versions.len());
    let mut out = vec![
        Line::from(vec![
            piece(theme, Tone::Strong, " Versions that were in force  "),
            piece(theme, Tone::Quiet, &part),
        ]),
        Line::from(piece(
            theme,
            Tone::Quiet,
            &fit("   Rev  When              By                What changed", width),
        )),
    ];
    let zone = state.zone();
    for (n, version) in history.versions.iter().enumerate().skip(first).take(page) {
        let mark = if history.marked == Some(version.revision) { '*' } else { ' ' };
        let when: String = zone.show(version.at).chars().take(16).collect();
        let what = match version.changes.len() {
            0 => "words and spaces".to_string(),
            1 => version.changes[0].clone(),
            more => format!("{}; {} more", version.changes[0], more - 1),
        };
        let text = format!(
            " {mark}{:>4}  {when}  {}  {}",
            version.revision,
            fit(&version.author, 16),
            fit(&what, width.saturating_sub(44))
        );
        let row = Line::from(piece(theme, Tone::Plain, &text));
        out.push(if n == history.at { marked(row, width) } else { row });
    }
    out.resize(page + 2, Line::default());
    if let Some(version) = history.chosen().filter(|v| !v.approved_by.is_empty()) {
        let text = format!(" Approved by: {}.", version.approved_by.join(", "));
        out.push(Line::from(piece(theme, Tone::Plain, &text)));
    }
    out
}
