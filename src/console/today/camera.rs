//! Everything that is known of one camera.

use ratatui::text::Line;

use crate::base::time::{Span, Zone};
use crate::console::draw::{labelled, paragraph, piece};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::{CameraState, CameraStatus, Ill};

pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(camera) = state.cameras().get(state.today.place(state.cameras())) else {
        return vec![];
    };
    let zone = state.zone();
    let text = |tone, text: &str| vec![piece(theme, tone, text)];
    let place =
        format!("   {} of {}", state.today.place(state.cameras()) + 1, state.cameras().len());
    let mut rows = vec![
        Line::from(vec![
            piece(theme, Tone::Strong, &format!(" {}   {}", camera.id, camera.title)),
            piece(theme, Tone::Quiet, &place),
        ]),
        Line::default(),
    ];
    let since = zone.show_near(camera.since, state.now);
    let word = words::camera(camera.state);
    let lasting = (state.now - camera.since).in_words();
    let line = format!("{word} since {since} ({lasting})");
    rows.push(labelled(theme, "State", text(theme::camera(camera.state), &line)));
    let row = |label, text: String| paragraph(theme, label, Tone::Plain, &text, width);
    if let Some(why) = why(camera) {
        rows.extend(row("Why", why).into_iter().take(5));
    }
    if let Some(ill) = &camera.ill {
        let from = zone.show_near(ill.since, state.now);
        let text = format!("{} since {from}, as far as Beadle can tell; p shows it", ill_of(ill));
        rows.extend(paragraph(theme, "Picture", Tone::Bad, &text, width));
    }
    rows.extend(row("Last frame", last_frame(state, &zone, camera)));
    rows.extend(row("Stream", stream(camera)));
    rows.extend(row("Gaps today", gaps(camera)));
    rows.extend(row("Its clock", clock(camera)));
    if let Some(words) = &camera.certificate {
        rows.extend(row("Certificate", words.clone()));
    }
    rows.extend(row("On disk", on_disk(&zone, camera)));
    rows.extend(row("Promised", promised(camera)));
    rows.extend(row("Disk", disk(state, camera)));
    rows
}

fn ill_of(ill: &crate::wire::PictureIll) -> &'static str {
    match ill.what {
        Ill::Frozen => "FROZEN: has not changed at all",
        Ill::Black => "BLACK: nothing is to be seen",
        Ill::Covered => "COVERED: shows next to nothing",
        Ill::Moved => "MOVED: is not like its reference still",
    }
}

/// The sentence with the remedy where there is one.
fn why(camera: &CameraStatus) -> Option<String> {
    let reason = camera.reason.map(|reason| words::reason(reason).to_string());
    camera.reason_text.clone().or(reason)
}

fn last_frame(state: &State, zone: &Zone, camera: &CameraStatus) -> String {
    let Some(at) = camera.last_frame else {
        return "none since Beadle started".into();
    };
    let frames = words::several(camera.frames, "frame");
    let age = match words::age(state.now - at).as_str() {
        "now" => "now".to_string(),
        age => format!("{age} ago, at {}", zone.show_near(at, state.now)),
    };
    format!("{age}; {frames} since Beadle started")
}

fn stream(camera: &CameraStatus) -> String {
    let mut parts = Vec::new();
    parts.extend(camera.codec.clone());
    parts.extend(camera.picture.map(|(w, h)| format!("{w} x {h}")));
    if camera.state == CameraState::Recording {
        parts.push(format!("{} frames a second", words::rate(camera.fps)));
        parts.push(format!("{} kbit/s", words::count(camera.kbps.max(0.0).round() as u64)));
    }
    if parts.is_empty() { "not seen yet".into() } else { parts.join(", ") }
}

fn gaps(camera: &CameraStatus) -> String {
    match camera.gaps_today {
        0 => "none".into(),
        n => {
            let all = Span::secs(camera.gap_seconds_today as i64).in_words();
            format!("{n}, {all} in all")
        }
    }
}

fn clock(camera: &CameraStatus) -> String {
    match camera.clock_offset_ms {
        None => "the camera does not tell".into(),
        Some(ms) if ms.abs() < 100 => "right".into(),
        Some(ms) => {
            let word = if ms > 0 { "ahead of" } else { "behind" };
            format!("{} {word} this recorder", Span::millis(ms).in_words())
        }
    }
}

fn on_disk(zone: &Zone, camera: &CameraStatus) -> String {
    let held = &camera.held;
    let Some(oldest) = held.oldest else {
        return "nothing yet".into();
    };
    format!(
        "{:.1} days, {:.0} h, {}; the oldest of {}",
        held.days,
        held.hours,
        words::bytes(held.bytes),
        zone.day_of(oldest)
    )
}

fn promised(camera: &CameraStatus) -> String {
    let held = &camera.held;
    let promised = format!("at least {} days, at most {}", held.floor_days, held.ceiling_days);
    match held.forecast_days {
        None => promised,
        Some(days) => format!("{promised}; {days:.0} will fit"),
    }
}

fn disk(state: &State, camera: &CameraStatus) -> String {
    let disks = state.status.as_ref().map_or(&[][..], |status| &status.disks);
    let disk = disks.iter().find(|disk| disk.id.is_some() && disk.id == camera.disk);
    disk.map_or("none".into(), |disk| disk.path.clone())
}
