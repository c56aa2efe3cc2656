//! The editor on the screen: the text with its line numbers and marks, and below it what is to be
//! said about the line of the cursor.
//!
//! Nothing is said by a colour alone: names of lines are bold, a finding has its mark in the margin
//! and a line under the text that it means, a comment begins with its strokes.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::editor::{Editor, Offers};
use super::text::Spot;
use crate::config::guide;
use crate::config::note::Severity;
use crate::config::token::{self, Part};
use crate::console::draw::piece;
use crate::console::glyphs::{is_safe, plain, wrap};
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;

/// Rows below the text: a rule, and what is said.
fn panel_rows(body: usize) -> usize {
    if body >= 28 { 10 } else { 6 }
}

/// Rows and columns that the text itself has.
pub fn room(state: &State, editor: &Editor) -> (usize, usize) {
    let body = state.body_rows();
    let width = usize::from(state.columns.max(60));
    (body.saturating_sub(panel_rows(body)).max(1), width.saturating_sub(margin(editor)))
}

/// Cells of the line numbers, the mark and a space.
fn margin(editor: &Editor) -> usize {
    editor.text.lines().len().to_string().len().max(3) + 3
}

pub fn rows(state: &State, editor: &Editor, width: usize) -> Vec<Line<'static>> {
    let theme = Theme { faded: false };
    let (shown, columns) = room(state, editor);
    let mut out = Vec::new();
    for row in editor.top..editor.top + shown {
        out.push(match row < editor.text.lines().len() {
            true => text_row(editor, row, columns),
            false => Line::from(piece(theme, Tone::Quiet, " ~")),
        });
    }
    out.push(rule(editor, width));
    let said = panel_rows(state.body_rows()) - 1;
    out.extend(panel(editor, width, said).into_iter().take(said));
    out
}

/// The sign in the margin; never a colour alone.
pub fn mark(severity: Severity) -> (char, Tone) {
    match severity {
        Severity::Error => ('!', Tone::Bad),
        Severity::Warning => ('?', Tone::Warn),
        Severity::Advice => ('-', Tone::Quiet),
    }
}

fn style(part: Part) -> Style {
    let plain = Style::new();
    match part {
        Part::Node => plain.add_modifier(Modifier::BOLD),
        Part::Key => plain.fg(Color::Cyan),
        Part::Text => plain.fg(Color::Green),
        Part::Figure => plain.fg(Color::Yellow),
        Part::Comment => plain.fg(Color::DarkGray),
        Part::Space | Part::Word | Part::Brace | Part::Mark => plain,
    }
}

/// One cell for a character; a tab has four.
fn cells(c: char) -> String {
    match c {
        '\t' => "    ".into(),
        c if is_safe(c) => c.into(),
        c => plain(&c.to_string()).chars().next().unwrap_or(' ').into(),
    }
}

fn text_row(editor: &Editor, row: usize, columns: usize) -> Line<'static> {
    let line = editor.text.line(row);
    let finding = editor.finding_of(row);
    let (sign, tone) = finding.map_or((' ', Tone::Quiet), |f| mark(f.severity));
    let digits = margin(editor) - 3;
    let here = row == editor.text.at.row;
    let number = if here { Tone::Strong } else { Tone::Quiet };
    let theme = theme::BRIGHT;
    let mut spans = vec![
        piece(theme, number, &format!("{:>digits$} ", row + 1)),
        piece(theme, tone, &format!("{sign} ")),
    ];
    let (tokens, _) = token::line(line, editor.carry(row));
    let underlined = |spot: Spot| {
        let inside = |f: &&super::editor::Spotted| {
            f.from <= spot && (spot < f.to || f.from == f.to && spot == f.from)
        };
        editor.findings.iter().filter(inside).map(|f| f.severity).min_by_key(|s| *s as u8)
    };
    let mut all: Vec<(String, Style)> = Vec::new();
    let mut column = 0;
    for token in tokens {
        for c in line[token.start..token.end].chars() {
            let mut style = style(token.part);
            if let Some(severity) = underlined(Spot::new(row, column)) {
                style = theme.style(mark(severity).1).add_modifier(Modifier::UNDERLINED);
            }
            all.push((cells(c), style));
            column += 1;
        }
    }
    all.push((" ".into(), Style::new()));
    if here && editor.search.is_none() {
        let at = editor.text.at.column.min(all.len() - 1);
        all[at].1 = all[at].1.add_modifier(Modifier::REVERSED);
    }
    let (mut left, mut body): (usize, Vec<Span<'static>>) = (columns, Vec::new());
    for (text, style) in all.into_iter().skip(editor.left) {
        let cells = text.chars().count();
        if cells > left {
            break;
        }
        left -= cells;
        match body.last_mut().filter(|last| last.style == style) {
            Some(last) => last.content.to_mut().push_str(&text),
            None => body.push(Span::styled(text, style)),
        }
    }
    spans.extend(body);
    Line::from(spans)
}

/// `── line 12 of 120, column 5 ── 2 mistakes, 1 warning ── changed ──`
fn rule(editor: &Editor, width: usize) -> Line<'static> {
    let Spot { row, column } = editor.text.at;
    let place = format!("line {} of {}, column {}", row + 1, editor.text.lines().len(), column + 1);
    let count = |severity| editor.findings.iter().filter(|f| f.severity == severity).count() as u64;
    let mut found: Vec<String> = Vec::new();
    for (severity, what) in
        [(Severity::Error, "mistake"), (Severity::Warning, "warning"), (Severity::Advice, "remark")]
    {
        if count(severity) > 0 {
            found.push(words::several(count(severity), what));
        }
    }
    let found = if found.is_empty() { "no mistakes".into() } else { found.join(", ") };
    let mut parts = vec![place, found];
    if editor.is_changed() {
        parts.push("changed".into());
    }
    if !editor.may_save {
        parts.push("to look at only".into());
    }
    if editor.sending {
        parts.push("on its way".into());
    }
    let theme = theme::BRIGHT;
    let mut spans = Vec::new();
    let mut used = 0;
    for part in parts {
        let tone =
            if part.contains("mistake") && editor.mistakes() > 0 { Tone::Bad } else { Tone::Plain };
        spans.push(piece(theme, Tone::Quiet, "── "));
        used += part.chars().count() + 4;
        spans.push(piece(theme, tone, &format!("{part} ")));
    }
    spans.push(piece(theme, Tone::Quiet, &"─".repeat(width.saturating_sub(used))));
    Line::from(spans)
}

/// What is looked for, what could be written, what is wrong here, or what this line is.
fn panel(editor: &Editor, width: usize, rows: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let line = |tone, text: &str| Line::from(piece(theme, tone, text));
    if let Some(search) = &editor.search {
        return vec![line(Tone::Strong, &format!(" Look for: {}_", search.text))];
    }
    if let Some(offers) = &editor.offers {
        return offered(offers, width, rows);
    }
    let mut out = Vec::new();
    if let Some(finding) = editor.finding_of(editor.text.at.row) {
        let (sign, tone) = mark(finding.severity);
        let law = finding.law.map(|row| format!(" ({row})")).unwrap_or_default();
        let text = wrap(&format!("{sign} {}{law}", finding.text), width.saturating_sub(2));
        out.extend(text.iter().map(|l| line(tone, &format!(" {l}"))));
        let text = wrap(&finding.remedy, width.saturating_sub(4));
        out.extend(text.iter().map(|l| line(Tone::Plain, &format!("   {l}"))));
        if out.len() + 2 > rows {
            return out;
        }
    }
    let path = editor.here.path();
    let known = if guide::sentence(&path).is_some() { &path[..] } else { &[] };
    if known.is_empty() && out.is_empty() {
        let tip = " Tab: what can be written here. Ctrl-D: all about a line. Ctrl-T: the findings.";
        out.push(line(Tone::Quiet, tip));
    }
    if let Some(sentence) = guide::sentence(known) {
        let name = known.last().copied().unwrap_or_default();
        let text = wrap(&format!("{name}: {sentence}"), width.saturating_sub(2));
        out.extend(text.iter().map(|l| line(Tone::Strong, &format!(" {l}"))));
        let written = guide::written(known).unwrap_or_default();
        let text = wrap(&written, width.saturating_sub(4));
        out.extend(text.iter().map(|l| line(Tone::Quiet, &format!("   {l}"))));
    }
    out
}

fn offered(offers: &Offers, width: usize, rows: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let first = list::first(offers.at, rows);
    let items = offers.items.iter().enumerate().skip(first).take(rows);
    let word = offers.items.iter().map(|o| o.word.chars().count()).max().unwrap_or(8).min(30);
    items
        .map(|(n, offer)| {
            let here = if n == offers.at { '>' } else { ' ' };
            let about = crate::console::glyphs::fit(&offer.about, width.saturating_sub(word + 5));
            let tone = if n == offers.at { Tone::Strong } else { Tone::Plain };
            Line::from(vec![
                piece(theme, tone, &format!(" {here}{:<word$}  ", plain(&offer.word))),
                piece(theme, Tone::Quiet, &about),
            ])
        })
        .collect()
}
