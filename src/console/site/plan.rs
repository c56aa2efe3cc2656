//! What a text would change, in words, before it is applied; and the question after it whether
//! another network or storage is kept.

use ratatui::text::Line;

use super::compare::{Row, compare};
use crate::console::ask::{For, SiteAsk};
use crate::console::begin;
use crate::console::draw::piece;
use crate::console::event::Action;
use crate::console::glyphs::wrap;
use crate::console::keymap::Cmd;
use crate::console::list;
use crate::console::over::Over;
use crate::console::state::State;
use crate::console::theme::{self, Tone};
use crate::console::words;
use crate::wire::site::Trying;
use crate::wire::{Level, PlanReport, Request};

#[derive(Clone, PartialEq, Debug)]
pub struct PlanView {
    pub title: String,
    /// The text that would be saved, and the digest of the file that it replaces.
    pub text: String,
    pub based_on: String,
    pub lines: Vec<(Tone, String)>,
    /// It can be applied from here.
    pub applies: bool,
    /// It is no edit: the first file of a box that has none, by the name of the candidate.
    pub begins: Option<String>,
    pub scroll: usize,
    pub sending: bool,
}

/// The plan of a text against the file as it lies on disk.
pub fn view(
    title: &str,
    notes: &[String],
    report: &PlanReport,
    (old, new): (&str, &str),
    based_on: &str,
) -> PlanView {
    let mut lines: Vec<(Tone, String)> = Vec::new();
    lines.extend(notes.iter().map(|note| (Tone::Plain, note.clone())));
    let head = |lines: &mut Vec<(Tone, String)>, text: &str| {
        if !lines.is_empty() {
            lines.push((Tone::Plain, String::new()));
        }
        lines.push((Tone::Strong, text.into()));
    };
    if !report.approvals.is_empty() {
        head(&mut lines, "Before it counts");
        lines.extend(report.approvals.iter().map(|a| (Tone::Warn, format!("  {a}"))));
    }
    if let Some(seconds) = report.tried {
        head(&mut lines, "It is tried first");
        let text = format!(
            "  Network or storage change. You are asked to keep them within {seconds} s; else the \
             version before comes back by itself."
        );
        lines.push((Tone::Warn, text));
    }
    if !report.consequences.is_empty() {
        head(&mut lines, "What it means");
        lines.extend(report.consequences.iter().map(|c| (Tone::Plain, format!("  {c}"))));
    }
    let changes = changes(report);
    if !changes.is_empty() {
        head(&mut lines, "What changes");
        lines.extend(changes);
    }
    let rows = compare(old, new);
    if !rows.is_empty() {
        head(&mut lines, "Line by line");
        lines.extend(of_rows(&rows));
    }
    let remarks: Vec<_> = report.findings.iter().filter(|f| f.level >= Level::Warning).collect();
    if !remarks.is_empty() {
        head(&mut lines, "What Beadle would tell about it");
        lines.extend(
            remarks
                .iter()
                .map(|f| (Tone::Plain, format!("  line {}: {} ({})", f.line, f.text, f.remedy))),
        );
    }
    PlanView {
        title: title.into(),
        text: new.into(),
        based_on: based_on.into(),
        lines,
        applies: report.loads,
        begins: None,
        scroll: 0,
        sending: false,
    }
}

/// Nothing, of a file that does not load: nobody can say what it would change.
fn changes(report: &PlanReport) -> Vec<(Tone, String)> {
    let changed: Vec<_> = report.lines.iter().filter(|l| l.sign != '=').collect();
    let mut lines: Vec<(Tone, String)> = Vec::new();
    if report.loads && changed.is_empty() {
        lines.push((Tone::Plain, "  Nothing but words and spaces that Beadle passes over.".into()));
    }
    lines.extend(changed.iter().map(|l| {
        let what = if l.what.is_empty() { String::new() } else { format!(": {}", l.what) };
        (sign_tone(l.sign), format!("  {} {}{what}", l.sign, l.unit))
    }));
    let untouched = (report.lines.len() - changed.len()) as u64;
    if untouched > 0 {
        let text = format!("  {} as before", words::several(untouched, "part"));
        lines.push((Tone::Quiet, text));
    }
    lines
}

fn sign_tone(sign: char) -> Tone {
    match sign {
        '+' => Tone::Good,
        '-' => Tone::Warn,
        '~' => Tone::Plain,
        _ => Tone::Quiet,
    }
}

/// `+  12 | camera "gate" ...`
pub fn of_rows(rows: &[Row]) -> Vec<(Tone, String)> {
    let line = |row: &Row| match row.sign {
        '.' => (Tone::Quiet, "      ...".to_string()),
        sign => (sign_tone(sign), format!("  {sign}{:>4} | {}", row.number, row.text)),
    };
    rows.iter().map(line).collect()
}

/// The lines of a text: broken at the edge where they show the file itself, at words where they
/// speak.
pub fn shown(lines: &[(Tone, String)], width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let mut out = Vec::new();
    for (tone, text) in lines {
        let indent = text.chars().take_while(|c| *c == ' ').count();
        let rows = match text.find(" | ") {
            Some(bar) => folded(text, bar, width.saturating_sub(2)),
            None => {
                let rows = wrap(text.trim_start(), width.saturating_sub(indent + 4));
                let rows = rows.iter().enumerate();
                rows.map(|(n, l)| format!("{}{l}", " ".repeat(indent + 2 * usize::from(n > 0))))
                    .collect::<Vec<String>>()
            }
        };
        out.extend(rows.iter().map(|l| Line::from(piece(theme, *tone, &format!(" {l}")))));
    }
    out
}

/// A line of the file, broken at the edge; what follows stands behind the same bar.
fn folded(text: &str, bar: usize, width: usize) -> Vec<String> {
    let all: Vec<char> = text.chars().collect();
    let first = width.min(all.len());
    let mut rows = vec![all[..first].iter().collect::<String>()];
    let room = width.saturating_sub(bar + 5).max(8);
    for part in all[first..].chunks(room) {
        rows.push(format!("{} |   {}", " ".repeat(bar), part.iter().collect::<String>()));
    }
    rows
}

pub fn rows(state: &State, view: &PlanView, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let mut title = format!(" {}", view.title);
    if view.sending {
        title += "  (on its way)";
    }
    let mut out = vec![Line::from(piece(theme, Tone::Strong, &title)), Line::default()];
    let body = state.body_rows().saturating_sub(2);
    out.extend(shown(&view.lines, width).into_iter().skip(view.scroll).take(body));
    out
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let page = state.body_rows().saturating_sub(2);
    let width = usize::from(state.columns.max(60));
    let Some(Over::Plan(view)) = state.over.last_mut() else { return vec![] };
    match cmd {
        Cmd::Back => {
            state.over.pop();
        }
        Cmd::Send if !view.sending && view.applies => {
            let (text, based_on) = (view.text.clone(), view.based_on.clone());
            if let Some(name) = view.begins.clone() {
                return begin::take(state, name, based_on);
            }
            view.sending = true;
            let request = Request::SaveFile { text, based_on };
            return vec![state.ask(For::Site(SiteAsk::Save), request)];
        }
        _ => {
            let all = shown(&view.lines, width).len();
            list::scroll(&mut view.scroll, cmd, all, page);
        }
    }
    vec![]
}

/// "Keep it?", with the seconds that are left.
pub fn keep_rows(state: &State, trying: &Trying, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let left = (trying.until - state.now).as_secs().max(0);
    let mut out = vec![
        Line::from(piece(theme, Tone::Warn, " Keep the new network and storage?")),
        Line::default(),
    ];
    let said = [
        format!(
            "Revision {} is in force and is being tried. If this box is still reached as it should \
             be, and still records, keep it.",
            trying.revision
        ),
        String::new(),
        format!("In {left} s revision {} comes back by itself if nobody says so.", trying.before),
    ];
    for text in said {
        let lines = wrap(&text, width.saturating_sub(4));
        out.extend(lines.iter().map(|l| Line::from(piece(theme, Tone::Plain, &format!("  {l}")))));
    }
    out
}
