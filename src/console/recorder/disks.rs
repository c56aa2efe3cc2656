//! Disks, and what retention has done and will do with them.

use ratatui::text::Line;

use crate::console::draw::{paragraph, piece};
use crate::console::glyphs::{fit, wrap};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::{DeletionDay, DiskState, DiskStatus};

/// Cells of everything but the path: edge 1, state 11, free 10, of 10, cameras 9, safe 9, edge 1.
const FIXED: usize = 51;

pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(status) = &state.status else {
        return vec![];
    };
    let path = status.disks.iter().map(|disk| disk.path.chars().count()).max().unwrap_or(0);
    let path = path.clamp(8, width - FIXED);
    let head = format!(
        " {:<path$}  {:<9}{:>10}{:>10}{:>9}{:>9}",
        "Disk", "State", "Free", "Of", "Cameras", "Safe to"
    );
    let mut rows = vec![Line::from(piece(theme, Tone::Quiet, &head))];
    for disk in &status.disks {
        rows.extend(disk_rows(state, disk, theme, path, width));
    }
    rows.push(Line::default());
    rows.extend(retention(state, theme, width));
    rows.extend(super::own::lines(state, theme, width));
    rows.extend(super::update::lines(state, theme, width));
    rows
}

fn disk_rows(
    state: &State,
    disk: &DiskStatus,
    theme: Theme,
    path: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let figures = match disk.state {
        DiskState::Missing | DiskState::Foreign => [(); 4].map(|()| "-".to_string()),
        _ => [
            words::bytes(disk.free),
            words::bytes(disk.total),
            disk.cameras.to_string(),
            format!("{:.1} s", disk.safe_up_to),
        ],
    };
    let [free, total, cameras, safe] = figures;
    let figures = format!("{free:>10}{total:>10}{cameras:>9}{safe:>9}");
    let state_word = fit(words::disk(disk.state), 9);
    let mut rows = vec![Line::from(vec![
        piece(theme, Tone::Strong, &format!(" {}", fit(&disk.path, path))),
        piece(theme, theme::disk(disk.state), &format!("  {state_word}")),
        piece(theme, Tone::Plain, &figures),
    ])];
    if let Some(why) = &disk.why {
        let since = state.zone().show_near(disk.since, state.now);
        let text = wrap(&format!("since {since}: {why}"), width - 5);
        rows.extend(text.iter().map(|l| Line::from(piece(theme, Tone::Plain, &format!("   {l}")))));
    }
    rows
}

fn retention(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(status) = &state.status else {
        return vec![];
    };
    let retention = &status.retention;
    let plain = |label, text: String| paragraph(theme, label, Tone::Plain, &text, width);
    let holds = words::several(retention.holds.into(), "hold");
    let (floor, ceiling) = (retention.floor_days, retention.ceiling_days);
    let wished = retention.target_days;
    let kept = format!("at least {floor} days, {wished} wished, at most {ceiling}; {holds}");
    let mut rows = plain("Kept", kept);
    rows.extend(match retention.forecast_days {
        None => plain("Forecast", "not known until cameras have recorded for a while".into()),
        Some(days) if days < f64::from(floor) => {
            let text = format!("FAULT: only {days:.0} days fit at the present rate");
            paragraph(theme, "Forecast", Tone::Bad, &text, width)
        }
        Some(days) => plain("Forecast", format!("{days:.0} days fit at the present rate")),
    });
    if let Some(pending) = &retention.pending {
        let when = state.zone().show_near(pending.takes_effect, state.now);
        let text = format!("{} Takes effect: {when}.", pending.text);
        rows.extend(paragraph(theme, "WAITS", Tone::Warn, &text, width));
    }
    let index = words::several(status.index.segments, "segment");
    rows.extend(match status.index.rebuilding {
        None => plain("Index", index),
        Some(done) => {
            plain("Index", format!("{index}; being made again from the files, {done} % done"))
        }
    });
    for (n, day) in retention.deleted.iter().enumerate() {
        rows.extend(plain(if n == 0 { "Deleted" } else { "" }, deleted(day)));
    }
    rows
}

fn deleted(day: &DeletionDay) -> String {
    let mut text = format!(
        "{}: {}, {}",
        day.day,
        words::several(day.segments, "segment"),
        words::bytes(day.bytes)
    );
    for (n, why) in [
        (day.ceiling, "past the ceiling"),
        (day.space, "for space"),
        (day.shortfall, "BELOW THE FLOOR"),
    ] {
        if n > 0 {
            text += &format!("; {} {why}", words::count(n));
        }
    }
    text
}
