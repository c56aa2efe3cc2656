//! Playback on the screen: what it is for, the pictures, the day below.

use ratatui::text::{Line, Span};

use super::timeline::{self, Track};
use super::{chosen, watch};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::console::draw::{cameras_waiting, closed, piece};
use crate::console::glyphs::{fit, wrap};
use crate::console::sight::{self, Watch, tiles};
use crate::console::state::State;
use crate::console::theme::{self, Theme, Tone};
use crate::console::words;
use crate::wire::look::Looking;

/// Rows above the pictures.
pub const HEAD: usize = 2;
/// Below: hours, marks, what stands under the cursor, what an export takes.
const BELOW: usize = 4;
/// Cells of a camera's name in the timeline.
const LABEL: usize = 12;
/// From so many rows of the screen on every camera has its row in the timeline.
const TALL: u16 = 36;

/// Rows that are no picture's.
pub fn around(state: &State) -> usize {
    HEAD + BELOW + lanes(state)
}

/// Cameras in the timeline: all, where there is room; else the chosen one alone.
fn lanes(state: &State) -> usize {
    let all = watch(state).map_or(1, |watch| watch.view.cameras.len()).max(1);
    let most = if state.rows >= TALL { 9 } else { 2 };
    if all > most { 1 } else { all }
}

pub fn rows(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    if state.status.is_none() {
        return cameras_waiting(state, width);
    }
    if !state.is_open() {
        return closed(state, "recordings", width);
    }
    let Some(watch) = watch(state) else { return none(state, width) };
    let mut rows = vec![clock(state, watch, theme, width), purpose(state, watch, theme, width)];
    let seat = if state.playback.full { 0 } else { state.playback.at };
    rows.extend(tiles::rows(state, watch, seat, theme));
    rows.resize(state.body_rows().saturating_sub(BELOW + lanes(state)), Line::default());
    rows.extend(below(state, watch, theme, width));
    rows
}

fn none(state: &State, width: usize) -> Vec<Line<'static>> {
    let sights = state.room.as_ref().map(|room| &room.sights);
    let text = match sights {
        Some(sights) if sights.recorded.is_empty() && sights.spot.is_empty() => {
            "The file does not let you look at recordings here."
        }
        _ => {
            "Nothing is looked at. Enter asks for recordings: purpose, reason, cameras and time \
             come first, and are entered. s is for a spot check: does the camera work?"
        }
    };
    let lines = wrap(text, width.saturating_sub(2)).into_iter();
    let mut rows = vec![Line::from(piece(theme::BRIGHT, Tone::Strong, " Playback"))];
    rows.push(Line::default());
    rows.extend(lines.map(|l| Line::from(piece(theme::BRIGHT, Tone::Plain, &format!(" {l}")))));
    rows
}

/// `1/4x`, `32x`.
fn speed(quarters: u16) -> String {
    match quarters {
        1 => "1/4x".into(),
        2 => "1/2x".into(),
        n => format!("{}x", n / 4),
    }
}

/// What the clock does, in both times; or what is wrong since when.
fn clock(state: &State, watch: &Watch, theme: Theme, width: usize) -> Line<'static> {
    if let Some((since, why)) = sight::trouble(state) {
        let text = format!(" NO PICTURES since {}: {why}", tiles::short(&state.zone(), since));
        return Line::from(piece(theme, Tone::Warn, &fit(&text, width)));
    }
    let playback = &state.playback;
    let goes = watch.clock.and_then(|clock| clock.quarters.map(|q| (q, clock.back)));
    let does = match goes {
        None if playback.back => format!("stands  (back {})", speed(playback.quarters)),
        None => format!("stands  ({})", speed(playback.quarters)),
        Some((q, true)) => format!("back {}", speed(q)),
        Some((q, false)) => format!("plays {}", speed(q)),
    };
    let at = watch.at();
    let local = at.map_or(String::new(), |at| state.zone().show(at));
    let utc = at.map_or(String::new(), |at| format!("{}Z", tiles::utc_clock(at)));
    let (shown, dropped) = watch.counts;
    let counts = match shown + dropped {
        0 => String::new(),
        _ => format!("   shown {}, dropped {}", words::count(shown), words::count(dropped)),
    };
    let whole = if state.whole.can { "   f: whole screen" } else { "" };
    let text = format!(" {local}   {utc}   {does}{counts}{whole}");
    Line::from(piece(theme, Tone::Strong, &fit(&text, width)))
}

/// What it is for, from when to when, under which entry.
fn purpose(state: &State, watch: &Watch, theme: Theme, width: usize) -> Line<'static> {
    let zone = state.zone();
    let window = watch.window().map_or(String::new(), |(from, until)| {
        let end: String = tiles::short(&zone, until).chars().take(5).collect();
        format!("{} to {end}", zone.show_near(from, state.now))
    });
    let what = match watch.wish {
        Looking::SpotCheck => "Spot check".to_string(),
        _ => {
            let reason = watch.view.reason.clone().unwrap_or_default();
            format!("{}: {reason}", watch.view.purpose.clone().unwrap_or_default())
        }
    };
    let ends = watch
        .until
        .map_or(String::new(), |until| format!("   ends in {}", (until - state.now).in_words()));
    let who = tiles::watcher(state);
    let text = format!(" entry {}   {who}   {window}{ends}   {what}", watch.number);
    Line::from(piece(theme, Tone::Quiet, &fit(&text, width)))
}

fn below(state: &State, watch: &Watch, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let zone = state.zone();
    let at = watch.at().unwrap_or(state.now);
    let day = state.playback.day.unwrap_or_else(|| zone.day_of(at));
    let (start, end) = (zone.start_of(day), zone.end_of(day));
    let cells = width.saturating_sub(LABEL + 1).max(24);
    let place = |at: Utc| -> Option<usize> {
        let inside = start <= at && at < end;
        let all = (end - start).0.max(1);
        inside.then(|| ((i128::from((at - start).0) * cells as i128) / i128::from(all)) as usize)
    };
    let mut rows = vec![hours(theme, &day.to_string(), cells)];
    let mut lanes = lanes(state);
    let many = lanes < watch.view.cameras.len();
    for (n, camera) in watch.view.cameras.iter().enumerate() {
        if lanes == 0 || (many && n != state.playback.at) {
            continue;
        }
        lanes -= 1;
        let track = state.playback.tracks.iter().find(|track| track.camera == *camera);
        let mark = if n == state.playback.at { '>' } else { ' ' };
        let label = format!("{mark}{}", fit(&title(state, camera), LABEL - 2) + " ");
        let tone = if n == state.playback.at { Tone::Strong } else { Tone::Quiet };
        let mut spans = vec![piece(theme, tone, &label)];
        spans.extend(lane(theme, track, end, cells));
        rows.push(Line::from(spans));
    }
    rows.push(marks(state, watch, theme, (start, end), cells, &place));
    rows.push(under_cursor(state, watch, theme, at, width));
    rows.push(takes(state, theme, at, width));
    rows
}

/// As the file calls it; a camera that left the file by its short name.
fn title(state: &State, camera: &CameraId) -> String {
    let found = state.cameras().iter().find(|known| known.id == *camera);
    found.map_or_else(|| camera.to_string(), |known| known.title.clone())
}

/// `2026-11-21  00    03    06 ...`
fn hours(theme: Theme, day: &str, cells: usize) -> Line<'static> {
    let step = if cells >= 120 { 1 } else { 3 };
    let mut row = vec![' '; cells];
    for hour in (0..24).step_by(step) {
        let at = hour * cells / 24;
        for (n, c) in format!("{hour:02}").chars().enumerate() {
            if let Some(cell) = row.get_mut(at + n) {
                *cell = c;
            }
        }
    }
    let text = format!(" {}{}", fit(day, LABEL - 1), row.iter().collect::<String>());
    Line::from(piece(theme, Tone::Quiet, &text))
}

fn lane(theme: Theme, track: Option<&Track>, end: Utc, cells: usize) -> Vec<Span<'static>> {
    let Some(track) = track else {
        return vec![piece(theme, Tone::Quiet, &fit("asking", cells))];
    };
    let row = track.cells(end, cells);
    // Runs of the same meaning are one piece.
    row.chunk_by(|a, b| (*a == timeline::Cell::Gap) == (*b == timeline::Cell::Gap))
        .map(|run| {
            let tone = if run[0] == timeline::Cell::Gap { Tone::Bad } else { Tone::Good };
            let text: String = run.iter().map(|cell| cell.glyph()).collect();
            piece(theme, tone, &text)
        })
        .collect()
}

/// Below the cells: what is held `=`, the entry's window `(` `)`, marks `[` `]`, the clock `^`.
fn marks(
    state: &State,
    watch: &Watch,
    theme: Theme,
    (start, end): (Utc, Utc),
    cells: usize,
    place: &dyn Fn(Utc) -> Option<usize>,
) -> Line<'static> {
    let mut row = vec![' '; cells];
    let holds = state.cases.holds.as_deref().unwrap_or_default();
    if let Some(camera) = chosen(state) {
        let all = (end - start).0;
        for (n, cell) in row.iter_mut().enumerate() {
            let middle = crate::base::time::Span(all * (2 * n as i64 + 1) / (2 * cells as i64));
            if timeline::held(holds, camera, start + middle).is_some() {
                *cell = '=';
            }
        }
    }
    let (from, until) = watch.window().unzip();
    let (mark_in, mark_out) = state.playback.marks;
    for (at, c) in [(from, '('), (until, ')'), (mark_in, '['), (mark_out, ']'), (watch.at(), '^')] {
        if let Some(cell) = at.and_then(place).and_then(|n| row.get_mut(n)) {
            *cell = c;
        }
    }
    let text = format!(" {}{}", fit("", LABEL - 1), row.iter().collect::<String>());
    Line::from(piece(theme, Tone::Strong, &text))
}

/// Why there is no footage here, what holds it, what is marked.
fn under_cursor(
    state: &State,
    watch: &Watch,
    theme: Theme,
    at: Utc,
    width: usize,
) -> Line<'static> {
    let zone = state.zone();
    let short = |at: Utc| zone.show(at).split(' ').nth(1).unwrap_or_default().to_string();
    let mut parts: Vec<(Tone, String)> = Vec::new();
    let camera = chosen(state);
    let track = state.playback.tracks.iter().find(|track| Some(&track.camera) == camera);
    if let Some(gap) = track.and_then(|track| track.gap_at(at)) {
        let end = gap.end.map_or("now".to_string(), short);
        let why = words::reason(gap.reason);
        parts.push((Tone::Bad, format!("no footage {} to {end}: {why}", short(gap.start))));
    }
    let holds = state.cases.holds.as_deref().unwrap_or_default();
    if let Some(hold) = camera.and_then(|camera| timeline::held(holds, camera, at)) {
        parts.push((Tone::Good, format!("held by {} ({})", hold.id, hold.reference)));
    }
    let marked = match state.playback.marks {
        (Some(from), Some(until)) => {
            let lasts = (until - from).in_words();
            Some(format!("marked {} to {}, {lasts}: h holds it", short(from), short(until)))
        }
        (Some(from), None) => Some(format!("marked from {}: ] marks its end", short(from))),
        (None, Some(until)) => {
            Some(format!("marked until {}: [ marks its beginning", short(until)))
        }
        (None, None) => None,
    };
    parts.extend(marked.map(|text| (Tone::Strong, text)));
    if parts.is_empty() {
        let size = match watch.settled {
            Some(ms) => format!("shown {ms} ms after the key"),
            None => String::new(),
        };
        parts.push((Tone::Quiet, size));
    }
    let mut left = width.saturating_sub(1);
    let mut spans = vec![Span::raw(" ")];
    for (tone, text) in parts {
        let text = format!("{text}   ");
        let text: String = text.chars().take(left).collect();
        left -= text.chars().count().min(left);
        spans.push(piece(theme, tone, &text));
    }
    Line::from(spans)
}

/// How much an hour of the chosen camera is, and how long it takes to get it out (R2.12): what was
/// measured, and where nothing was, that.
fn takes(state: &State, theme: Theme, at: Utc, width: usize) -> Line<'static> {
    let hour = crate::base::time::Span::mins(30);
    let camera = chosen(state);
    let track = state.playback.tracks.iter().find(|track| Some(&track.camera) == camera);
    let bits = track.and_then(|track| track.rate(at - hour, at + hour));
    let one = " One hour of one camera takes";
    let text = match bits {
        None => format!("{one} as long as was never measured: there is no footage here."),
        Some(bits) => {
            let bytes = (bits / 8.0 * 3_600.0) as u64;
            let size = words::bytes(bytes);
            match watch(state).and_then(|watch| watch.read_rate).filter(|rate| *rate > 0) {
                Some(rate) => {
                    let time = match bytes / rate / 60 {
                        0 => "less than a minute".to_string(),
                        minutes => words::several(minutes + 1, "minute"),
                    };
                    let rate = words::bytes(rate);
                    format!("{one} {time} and {size} to export (the disk reads {rate}/s)")
                }
                None => format!("{one} {size} to export; how long was not measured yet"),
            }
        }
    };
    Line::from(piece(theme, Tone::Quiet, &fit(&text, width)))
}
