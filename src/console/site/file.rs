//! The file in force, what waits and what is tried, and the findings of the file on disk, as
//! `beadle check` prints them.

use ratatui::text::Line;

use crate::console::draw::{paragraph, piece};
use crate::console::glyphs::{plain, wrap};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::Finding;
use crate::wire::site::WaitingSheet;

pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(status) = &state.status else {
        return vec![];
    };
    let file = &status.file;
    let since = state.zone().show(file.since);
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let force = format!("revision {} of {}, since {since}", file.revision, file.source);
    let mut rows = row("Path", Tone::Plain, &file.path);
    rows.extend(row("In force", Tone::Plain, &force));
    let sheet = state.site.sheet.as_deref().filter(|_| state.is_open());
    let waiting = sheet.and_then(|s| s.waiting.as_ref());
    let refused = sheet.and_then(|s| s.refused.as_ref());
    if let Some(trying) = sheet.and_then(|s| s.trying.as_ref()) {
        let left = (trying.until - state.now).as_secs().max(0);
        let text = format!(
            "Another network or storage. In {left} s revision {} comes back by itself. Keep it: y",
            trying.before
        );
        rows.extend(row("Tried", Tone::Warn, &text));
    }
    if let Some(waiting) = waiting {
        rows.extend(waits(waiting, theme, width));
    } else if let Some(why) = refused {
        rows.extend(row("On disk", Tone::Warn, &format!("{why}. What was in force stays so.")));
    } else if file.stale {
        let why = "FAULT: the file on disk does not load. What was in force stays in force.";
        rows.extend(row("On disk", Tone::Bad, why));
    }
    if let Some((_, draft)) = &state.site.draft
        && state.person().is_some_and(|(person, _)| Some(person) == owner(state))
    {
        let text =
            format!("a text of yours is not saved yet ({} lines): e", draft.text.lines().len());
        rows.extend(row("Left", Tone::Warn, &text));
    }
    if file.findings.is_empty() {
        rows.extend(row("Findings", Tone::Good, "none"));
    }
    for finding in &file.findings {
        rows.push(Line::default());
        rows.extend(finding_rows(finding, theme, width));
    }
    rows
}

fn owner(state: &State) -> Option<&str> {
    state.site.draft.as_ref().map(|(owner, _)| owner.as_str())
}

/// Who saved it, who still has to confirm it, why it waits, and all that it changes.
fn waits(waiting: &WaitingSheet, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let missing = waiting.missing.join(" and ");
    let keys = if waiting.may_confirm { " Approve it: a. Refuse it: r." } else { "" };
    let text =
        format!("A version saved by {} waits until {missing} confirmed it.{keys}", waiting.author);
    let mut rows = row("Waiting", Tone::Warn, &text);
    if !waiting.confirmed.is_empty() {
        rows.extend(row("Confirmed", Tone::Good, &waiting.confirmed.join(", ")));
    }
    for (n, change) in waiting.changes.iter().enumerate() {
        rows.extend(row(if n == 0 { "Why" } else { "" }, Tone::Plain, change));
    }
    for (n, line) in waiting.lines.iter().enumerate() {
        let what = if line.what.is_empty() { String::new() } else { format!(": {}", line.what) };
        let text = format!("{} {}{what}", line.sign, line.unit);
        rows.extend(row(if n == 0 { "It changes" } else { "" }, Tone::Plain, &text));
    }
    rows
}
/// As rendered, so that carets stand under what they point at; cut at the edge, never wrapped.
fn finding_rows(finding: &Finding, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let tone = theme::level(finding.level);
    let word = words::level(finding.level);
    if finding.rendered.trim().is_empty() {
        let text = format!(
            "{word} line {}, column {}: {} {}",
            finding.line, finding.column, finding.text, finding.remedy
        );
        let lines = wrap(&text, width - 2);
        return lines.iter().map(|l| Line::from(piece(theme, tone, &format!(" {l}")))).collect();
    }
    let mut rows = Vec::new();
    for (n, line) in finding.rendered.lines().enumerate() {
        let tone = if n == 0 { tone } else { Tone::Plain };
        let line = plain(line);
        // Sentences may be long, source lines with their carets may not be broken.
        if n == 0 || !line.contains(['|', '│', '^']) {
            let broken = wrap(&line, width - 2);
            rows.extend(broken.iter().map(|l| Line::from(piece(theme, tone, &format!(" {l}")))));
        } else {
            let cut: String = line.chars().take(width - 2).collect();
            rows.push(Line::from(piece(theme, tone, &format!(" {cut}"))));
        }
    }
    rows
}
