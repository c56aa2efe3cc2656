//! A form on the screen: a row a field, choices and objections at the field that has the focus.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{Field, Form, Input, Sort};
use crate::console::draw::piece;
use crate::console::glyphs::{fit, plain, wrap};
use crate::console::list;
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};

/// Choices shown at once below their field.
const CHOICES: usize = 8;

pub fn rows(state: &State, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let mut rows = vec![Line::from(piece(theme, Tone::Strong, &format!(" {}", form.title)))];
    for line in &form.intro {
        let text = wrap(line, width.saturating_sub(2));
        rows.extend(text.iter().map(|l| Line::from(piece(theme, Tone::Quiet, &format!(" {l}")))));
    }
    for flaw in form.flaws_of_all() {
        rows.extend(objection(theme, &flaw.sentence, &flaw.remedy, flaw.blocks, 1, width));
    }
    rows.push(Line::default());
    let label = label_width(form, width);
    let (mut top, mut end) = (0, 0);
    for (n, field) in form.fields.iter().enumerate().filter(|(_, f)| f.asked) {
        let focused = n == form.focus;
        if focused {
            top = rows.len();
        }
        rows.extend(field_rows(form, field, focused, label, width));
        if focused {
            end = rows.len();
        }
    }
    if form.sending {
        rows.push(Line::default());
        rows.push(Line::from(piece(theme, Tone::Quiet, " On its way.")));
    }
    // The field in focus is on the screen, and some of what comes after it.
    let room = state.body_rows().max(1);
    let wanted = (end + 3).min(rows.len());
    let first = wanted.saturating_sub(room).min(top);
    rows.into_iter().skip(first).take(room).collect()
}

fn label_width(form: &Form, width: usize) -> usize {
    let shown = form.fields.iter().filter(|f| f.asked);
    let longest = shown.map(|f| f.title.chars().count() + 2).max().unwrap_or(12);
    longest.clamp(12, width / 2 - 4)
}

fn field_rows(
    form: &Form,
    field: &Field,
    focused: bool,
    label: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let mark = if focused { '>' } else { ' ' };
    let star = if field.needed { '*' } else { ' ' };
    let room = width.saturating_sub(label + 5);
    let titles = wrap(&field.title, label.saturating_sub(2));
    let answers = answer(field, focused, room);
    let mut rows = Vec::new();
    for n in 0..titles.len().max(answers.len()) {
        let title = titles.get(n).map_or("", String::as_str);
        let (mark, star) = if n == 0 { (mark, star) } else { (' ', ' ') };
        let tone = if focused { Tone::Strong } else { Tone::Quiet };
        let mut spans = vec![
            Span::styled(format!("{mark}{star}"), theme.style(Tone::Strong)),
            piece(theme, tone, &fit(title, label)),
            Span::raw(" "),
        ];
        spans.extend(answers.get(n).cloned().unwrap_or_default());
        rows.push(Line::from(spans));
    }
    if focused {
        rows.extend(below(field, label, width));
    }
    for flaw in form.flaws_of(field) {
        rows.extend(objection(theme, &flaw.sentence, &flaw.remedy, flaw.blocks, label + 3, width));
    }
    rows
}

/// What stands there, broken into rows; with the cursor where somebody types.
fn answer(field: &Field, focused: bool, room: usize) -> Vec<Vec<Span<'static>>> {
    let theme = theme::BRIGHT;
    let one = |tone, text: &str| -> Vec<Vec<Span<'static>>> {
        wrap(text, room.max(8)).iter().map(|row| vec![piece(theme, tone, row)]).collect()
    };
    match &field.input {
        Input::Line(line) => {
            let mut text: Vec<char> = plain(&line.text).chars().collect();
            let cursor = focused.then_some(line.cursor.min(text.len()));
            text.push(' ');
            let width = room.max(8);
            let rows = text.len().div_ceil(width);
            // A long text shows the part around the cursor.
            let around = cursor.unwrap_or(0) / width;
            let first = around.saturating_sub(3).min(rows.saturating_sub(1));
            let line = |n: usize| {
                let part = n * width..((n + 1) * width).min(text.len());
                typed(&text[part.clone()], cursor.and_then(|c| c.checked_sub(part.start)))
            };
            (first..rows.min(first + 4)).map(line).collect()
        }
        Input::Hidden(secret) => {
            let text = match (secret.is_empty(), focused) {
                (true, true) => "_",
                (true, false) => "",
                (false, true) => "(typed; it does not show) _",
                (false, false) => "(typed; it does not show)",
            };
            one(Tone::Plain, text)
        }
        Input::Yes(None) => one(Tone::Quiet, "y or n"),
        Input::Yes(Some(yes)) => one(Tone::Strong, if *yes { "yes" } else { "no" }),
        Input::Pick(None) => one(Tone::Quiet, "choose"),
        Input::Pick(Some(n)) => {
            one(Tone::Strong, field.choices.get(*n).map_or("", |c| c.title.as_str()))
        }
        Input::Several { on, .. } if on.is_empty() => one(Tone::Quiet, "none chosen"),
        Input::Several { on, .. } => {
            let titles = on.iter().filter_map(|n| field.choices.get(*n)).map(|c| c.title.as_str());
            let text = match on.len() {
                0..4 => titles.collect::<Vec<_>>().join(", "),
                n => format!("{n} of {}", field.choices.len()),
            };
            one(Tone::Strong, &text)
        }
    }
}

fn typed(text: &[char], cursor: Option<usize>) -> Vec<Span<'static>> {
    let Some(at) = cursor.filter(|at| *at < text.len()) else {
        return vec![Span::raw(text.iter().collect::<String>())];
    };
    let block = theme::BRIGHT.style(Tone::Strong).add_modifier(Modifier::REVERSED);
    vec![
        Span::raw(text[..at].iter().collect::<String>()),
        Span::styled(text[at].to_string(), block),
        Span::raw(text[at + 1..].iter().collect::<String>()),
    ]
}

/// Hint, shape and choices of the field that has the focus.
fn below(field: &Field, label: usize, width: usize) -> Vec<Line<'static>> {
    let theme = theme::BRIGHT;
    let indent = " ".repeat(label + 3);
    let mut hints: Vec<String> = Vec::new();
    hints.extend(field.hint.clone());
    if !field.shape().is_empty() {
        hints.push(field.shape().into());
    }
    let keys = match field.sort {
        Sort::Choice => "Left, Right or a letter",
        Sort::Several => "Left, Right or a letter; Space marks, * marks all",
        _ => "",
    };
    if !keys.is_empty() {
        hints.push(keys.into());
    }
    let mut rows = Vec::new();
    for line in hints.iter().flat_map(|h| wrap(h, width.saturating_sub(label + 4))) {
        rows.push(Line::from(piece(theme, Tone::Quiet, &format!("{indent}{line}"))));
    }
    let (at, on): (usize, Box<dyn Fn(usize) -> bool>) = match &field.input {
        Input::Pick(pick) => {
            let pick = *pick;
            (pick.unwrap_or(0), Box::new(move |n| pick == Some(n)))
        }
        Input::Several { on, at } => {
            let on = on.clone();
            (*at, Box::new(move |n| on.contains(&n)))
        }
        _ => return rows,
    };
    let several = matches!(field.input, Input::Several { .. });
    let first = list::first(at, CHOICES);
    for (n, choice) in field.choices.iter().enumerate().skip(first).take(CHOICES) {
        let mark = match (several, on(n)) {
            (true, true) => "[x]",
            (true, false) => "[ ]",
            (false, true) => "(*)",
            (false, false) => "( )",
        };
        let here = if n == at { '>' } else { ' ' };
        let tone = if n == at { Tone::Strong } else { Tone::Plain };
        for (m, text) in wrap(&choice.title, width.saturating_sub(label + 9)).iter().enumerate() {
            let before = if m == 0 { format!("{here}{mark} ") } else { " ".repeat(5) };
            rows.push(Line::from(piece(theme, tone, &format!("{indent}{before}{text}"))));
        }
    }
    if field.choices.len() > CHOICES {
        let last = (first + CHOICES).min(field.choices.len());
        let text = format!("{indent} {}-{last} of {}", first + 1, field.choices.len());
        rows.push(Line::from(piece(theme, Tone::Quiet, &text)));
    }
    rows
}

/// `! what is wrong (what to do)`
fn objection(
    theme: Theme,
    sentence: &str,
    remedy: &str,
    blocks: bool,
    indent: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let text = match remedy.is_empty() {
        true => sentence.to_string(),
        false => format!("{sentence} ({remedy})"),
    };
    let (tone, mark) = if blocks { (Tone::Bad, '!') } else { (Tone::Warn, '?') };
    let lines = wrap(&text, width.saturating_sub(indent + 3));
    let line = |(n, line): (usize, &String)| {
        let mark = if n == 0 { mark } else { ' ' };
        Line::from(piece(theme, tone, &format!("{}{mark} {line}", " ".repeat(indent))))
    };
    lines.iter().enumerate().map(line).collect()
}
