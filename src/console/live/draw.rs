//! The wall, or one camera with its health below.

use ratatui::text::Line;

use super::{MOSAICS, all};
use crate::console::draw::{cameras_waiting, closed, part, piece};
use crate::console::glyphs::{fit, wrap};
use crate::console::list;
use crate::console::sight::{self, tiles};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::CameraStatus;
use crate::wire::look::Looking;

/// Rows of the health of one camera.
const HEALTH: usize = 3;

/// Rows above the pictures.
pub const HEAD: usize = 1;

/// Rows that are no picture's.
pub fn around(state: &State) -> usize {
    if state.live.full { HEAD + HEALTH } else { HEAD }
}

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if state.status.is_none() {
        return cameras_waiting(state, width);
    }
    if !state.is_open() && state.watch.is_none() {
        return closed(state, "live pictures", width);
    }
    let watch = state.watch.as_ref().filter(|watch| watch.wish == Looking::Live);
    let mut rows = vec![head(state, theme, width)];
    let Some(watch) = watch else {
        rows.extend(none(state, width));
        return rows;
    };
    let page = state.live.page();
    rows.extend(tiles::rows(state, watch, state.live.at % page.max(1), theme));
    if state.live.full {
        let id = all(state).get(state.live.at);
        let camera = state.cameras().iter().find(|camera| Some(&camera.id) == id);
        rows.resize(state.body_rows().saturating_sub(HEALTH), Line::default());
        if let Some(camera) = camera {
            rows.extend(health(state, camera, theme, width));
        }
    }
    rows
}

/// What is shown of how many, by whom, and what is wrong since when.
fn head(state: &State, theme: Theme, width: usize) -> Line<'static> {
    let (count, page) = (all(state).len(), state.live.page());
    let place = part(list::first(state.live.at, page), page, count);
    let who = tiles::watcher(state);
    let number = super::number(state).map(|n| format!("   entry {n}   watched by {who}"));
    let number = number.unwrap_or_default();
    let left = format!(" Live   {} at once   {place}{number}", MOSAICS[state.live.mosaic % 4]);
    let left = if state.live.full { format!(" Live   one camera   {place}{number}") } else { left };
    let left = if state.whole.can { format!("{left}   f: whole screen") } else { left };
    match sight::trouble(state) {
        Some((since, why)) => {
            let clock = tiles::short(&state.zone(), since);
            let text = format!("{left}   NO PICTURES since {clock}: {why}");
            Line::from(piece(theme, Tone::Warn, &fit(&text, width)))
        }
        None => Line::from(piece(theme, Tone::Strong, &fit(&left, width))),
    }
}

/// Instead of pictures: why there are none.
fn none(state: &State, width: usize) -> Vec<Line<'static>> {
    let sights = state.room.as_ref().map(|room| &room.sights);
    let text = match (&state.live.why, sights) {
        (Some(why), _) => why.clone(),
        (None, Some(sights)) if sights.live.is_empty() && !state.cameras().is_empty() => {
            "The file does not let you watch live pictures here.".into()
        }
        (None, _) if state.cameras().is_empty() => "The file names no camera.".into(),
        (None, _) => "Asking for the pictures.".into(),
    };
    let lines = wrap(&text, width.saturating_sub(2)).into_iter();
    let mut rows = vec![Line::default()];
    rows.extend(lines.map(|l| Line::from(piece(theme::BRIGHT, Tone::Plain, &format!(" {l}")))));
    rows
}

/// State, rate, codec, last frame, gaps of today.
fn health(state: &State, camera: &CameraStatus, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let zone = state.zone();
    let word = words::camera(camera.state);
    let since = words::since(&zone, camera.since, state.now);
    let mut first = format!(" {word} since {since}");
    if let Some(why) = camera.reason.map(words::reason) {
        first += &format!(": {why}");
    }
    let codec = camera.codec.clone().unwrap_or_else(|| "no codec seen yet".into());
    let size = camera.picture.map(|(w, h)| format!(" {w} x {h}")).unwrap_or_default();
    let last = camera.last_frame.map_or("none".into(), |at| match state.now - at {
        age if words::age(age) == "now" => "now".to_string(),
        age => format!("{} ago", words::age(age)),
    });
    let second = format!(
        " {} frames a second   {} kbit/s   {codec}{size}",
        words::rate(camera.fps),
        words::count(camera.kbps.max(0.0).round() as u64)
    );
    let gaps = match camera.gaps_today {
        0 => "no gap today".to_string(),
        n => format!(
            "{} today, {} s in all",
            words::several(u64::from(n), "gap"),
            words::count(camera.gap_seconds_today)
        ),
    };
    let third = format!(" last frame: {last}   {gaps}");
    let tone = theme::camera(camera.state);
    [(tone, first), (Tone::Plain, second), (Tone::Plain, third)]
        .into_iter()
        .map(|(tone, text)| Line::from(piece(theme, tone, &fit(&text, width))))
        .collect()
}
