//! Program, clock, network, logbook with its proof and its copies, and what waits for approval.

use ratatui::text::Line;

use crate::console::draw::{paragraph, piece};
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::console::words;
use crate::logbook::ClockState;
use crate::wire::room::{MachineSheet, Verified};

pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(machine) = &state.recorder.machine else {
        return vec![Line::from(piece(theme, Tone::Quiet, " Asking."))];
    };
    let zone = state.zone();
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let mut rows = row("Program", Tone::Plain, &format!("Beadle {}", machine.version));
    if let Some(status) = &state.status {
        let file = &status.file;
        let text = format!("revision {} of {}", file.revision, file.path);
        rows.extend(row("File", Tone::Plain, &text));
    }
    if let Some(digest) = &machine.waiting {
        let short: String = digest.chars().take(8).collect();
        let text = format!("a version of the file ({short}) waits for approval: w approves it");
        rows.extend(row("WAITS", Tone::Warn, &text));
    }
    let (tone, clock) = match machine.clock {
        ClockState::Synced => (Tone::Good, "kept right by another clock"),
        ClockState::Holdover => (Tone::Warn, "was right once, and runs by itself now"),
        ClockState::Manual => (Tone::Warn, "set by hand"),
        ClockState::Unknown => (Tone::Plain, "nobody says whether it is right"),
    };
    rows.extend(row("Clock", tone, &format!("{}, {clock}", zone.show(machine.now))));
    match machine.network.as_slice() {
        [] => rows.extend(row("Network", Tone::Warn, "no connection but to itself")),
        all => {
            for (n, line) in all.iter().enumerate() {
                rows.extend(row(if n == 0 { "Network" } else { "" }, Tone::Plain, line));
            }
        }
    }
    rows.extend(logbook(state, machine, theme, width));
    rows
}

fn logbook(
    state: &State,
    machine: &MachineSheet,
    theme: Theme,
    width: usize,
) -> Vec<Line<'static>> {
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let entries = words::several_of(machine.entries, "entry", "entries");
    let mut rows = row("Logbook", Tone::Plain, &entries);
    if machine.owed > 0 {
        let owed = words::several_of(machine.owed, "entry waits", "entries wait");
        rows.extend(row("", Tone::Warn, &format!("{owed} for room on the disk")));
    }
    if let Some(why) = &machine.blind {
        rows.extend(row("", Tone::Bad, &format!("FAULT: it cannot be searched: {why}")));
    }
    rows.extend(proof(state, theme, width));
    let (tone, text) = match machine.copies.len() as u64 {
        0 => (Tone::Warn, "no copy on a footage disk yet".to_string()),
        n => {
            (Tone::Good, words::several_of(n, "copy on a footage disk", "copies on footage disks"))
        }
    };
    rows.extend(row("Copies", tone, &text));
    for copy in &machine.copies {
        let (tone, stands) = match copy.forked {
            None => (Tone::Plain, "the same".to_string()),
            Some(n) => (Tone::Bad, format!("FAULT: says something else from entry {n} on")),
        };
        rows.extend(row("", tone, &format!("disk {}: {stands}", copy.disk)));
    }
    rows
}

/// What looking at the whole logbook found, and how far that reaches (R5.1).
pub fn proof(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let Some(known) = &state.recorder.proven else {
        return row("Proof", Tone::Quiet, "not looked at: v looks whether anything was changed");
    };
    let (tone, text) = stands(state, known);
    let mut rows = row("Proof", tone, &text);
    for finding in &known.findings {
        let tone = if finding.starts_with("WRONG") { Tone::Bad } else { Tone::Plain };
        rows.extend(row("", tone, finding));
    }
    rows
}

pub fn stands(state: &State, known: &Verified) -> (Tone, String) {
    let zone = state.zone();
    if let Some(since) = known.since {
        let text = format!("being looked at since {}", zone.show_near(since, state.now));
        return (Tone::Plain, text);
    }
    let entries = words::several_of(known.entries, "entry", "entries");
    let when = known.at.map(|at| zone.show_near(at, state.now)).unwrap_or_default();
    match known.holds {
        Some(true) => (
            Tone::Good,
            format!("{entries} looked at, {when}: nothing was changed, put in or taken out"),
        ),
        Some(false) => {
            (Tone::Bad, format!("{entries} looked at, {when}: IT IS NOT AS IT SHOULD BE"))
        }
        None if known.at.is_some() => (Tone::Bad, format!("FAULT: could not be read, {when}")),
        None => (Tone::Quiet, "not looked at: v looks whether anything was changed".into()),
    }
}
