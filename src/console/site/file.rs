//! The file in force, and the findings of the file on disk, as `beadle check` prints them.

use ratatui::text::Line;

use crate::console::draw::{paragraph, piece};
use crate::console::glyphs::{plain, wrap};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::Finding;

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
    if file.stale {
        let why = "FAULT: the file on disk does not load. What was in force stays in force.";
        rows.extend(row("On disk", Tone::Bad, why));
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
