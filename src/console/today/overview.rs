//! Four rows that say how things are: cameras, footage, disks, file.

use ratatui::text::{Line, Span};

use crate::console::draw::{labelled, piece};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::{CameraState, DiskState, Level, Status};

/// Always four.
pub fn lines(state: &State, theme: Theme) -> Vec<Line<'static>> {
    let Some(status) = &state.status else {
        return vec![Line::default(); 4];
    };
    vec![
        labelled(theme, "Cameras", cameras(status, theme)),
        labelled(theme, "Footage", footage(status, theme)),
        labelled(theme, "Disks", disks(status, theme)),
        labelled(theme, "File", file(state, status, theme)),
    ]
}

fn cameras(status: &Status, theme: Theme) -> Vec<Span<'static>> {
    if status.cameras.is_empty() {
        return vec![piece(theme, Tone::Warn, "none in the file: nothing is recorded")];
    }
    let mut spans = Vec::new();
    for state in [
        CameraState::Recording,
        CameraState::Connecting,
        CameraState::Failed,
        CameraState::Disabled,
    ] {
        let n = status.cameras.iter().filter(|camera| camera.state == state).count();
        let (tone, text) = match (n, state) {
            (0, CameraState::Failed) => (Tone::Quiet, "no faults".to_string()),
            (0, _) => (Tone::Quiet, format!("0 {}", words::camera(state))),
            (n, _) => (theme::camera(state), format!("{n} {}", words::camera(state))),
        };
        spans.push(piece(theme, tone, &format!("{text:<16}")));
    }
    spans
}

fn footage(status: &Status, theme: Theme) -> Vec<Span<'static>> {
    let retention = &status.retention;
    let held = status.cameras.iter().filter(|c| c.state != CameraState::Disabled);
    let least = held.map(|c| c.held.days).reduce(f64::min);
    let (floor, ceiling) = (retention.floor_days, retention.ceiling_days);
    let text = match least {
        None => format!("nothing yet, of {floor}-{ceiling} days"),
        Some(days) => format!("{days:.1} of {floor}-{ceiling} days"),
    };
    let mut spans = vec![piece(theme, Tone::Plain, &text)];
    if let Some(days) = retention.forecast_days {
        let short = days < f64::from(floor);
        let tone = if short { Tone::Bad } else { Tone::Plain };
        let word = if short { "FAULT: " } else { "" };
        spans.push(piece(theme, tone, &format!("   {word}{days:.0} will fit")));
    }
    if retention.holds > 0 {
        let holds = words::several(retention.holds.into(), "hold");
        spans.push(piece(theme, Tone::Plain, &format!("   {holds}")));
    }
    if retention.pending.is_some() {
        spans.push(piece(theme, Tone::Warn, "   DELETION WAITS"));
    }
    if let Some(percent) = status.index.rebuilding {
        spans.push(piece(theme, Tone::Warn, &format!("   index {percent} %")));
    }
    spans
}

fn disks(status: &Status, theme: Theme) -> Vec<Span<'static>> {
    if status.disks.is_empty() {
        return vec![piece(theme, Tone::Bad, "FAULT: none")];
    }
    let good = |state| matches!(state, DiskState::Writing);
    let writing = status.disks.iter().filter(|disk| good(disk.state)).count();
    let text = format!("{writing} writing");
    let mut spans = vec![piece(theme, Tone::Good, &format!("{text:<16}"))];
    for disk in status.disks.iter().filter(|disk| !good(disk.state)).take(2) {
        let word = words::disk(disk.state);
        spans.push(piece(theme, theme::disk(disk.state), &format!("{word} {}   ", disk.path)));
    }
    let free = status.disks.iter().map(|disk| disk.free).sum();
    let total = status.disks.iter().map(|disk| disk.total).sum();
    let room = format!("{} free of {}", words::bytes(free), words::bytes(total));
    spans.push(piece(theme, Tone::Plain, &room));
    let writing = status.disks.iter().filter(|disk| good(disk.state) && disk.cameras > 0);
    if let Some(span) = writing.map(|disk| disk.safe_up_to).reduce(f64::max) {
        spans.push(piece(theme, Tone::Plain, &format!("   safe up to {span:.1} s")));
    }
    spans
}

fn file(state: &State, status: &Status, theme: Theme) -> Vec<Span<'static>> {
    let file = &status.file;
    let since = state.zone().show_near(file.since, state.now);
    let mut spans = Vec::new();
    if file.stale {
        spans.push(piece(theme, Tone::Bad, "FAULT: it does not load; "));
    }
    let text = format!("revision {} since {since}", file.revision);
    spans.push(piece(theme, Tone::Plain, &text));
    if file.source != "the file" {
        spans.push(piece(theme, Tone::Warn, &format!(", {}", file.source)));
    }
    let count = |level| file.findings.iter().filter(|f| f.level == level).count() as u64;
    for (level, word) in
        [(Level::Fault, "error"), (Level::Warning, "warning"), (Level::Notice, "advice")]
    {
        let n = count(level);
        let text = match (n, level) {
            (0, _) => continue,
            (n, Level::Notice) => format!("   {n} {word}"),
            (n, _) => format!("   {}", words::several(n, word)),
        };
        spans.push(piece(theme, theme::level(level), &text));
    }
    spans
}
