//! Pictures side by side: a row of words above each, which camera and when, and who watches.

use ratatui::text::{Line as Row, Span};

use super::{Seat, Watch, paint};
use crate::base::time::{Span as Time, Utc, Zone};
use crate::console::door::Door;
use crate::console::draw::piece;
use crate::console::glyphs::{fit, plain};
use crate::console::graphics::Place;
use crate::console::live;
use crate::console::playback;
use crate::console::state::{FRAME_ABOVE, Screen, State};
use crate::console::theme::{self, Theme, Tone};
use crate::wire::CameraState;
use crate::wire::look::Looking;
use crate::wire::pictures::Picture;
use crate::wire::pictures::display::grid;

/// Cells of one tile, words and picture together, and how many stand side by side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grid {
    pub across: usize,
    pub columns: usize,
    pub rows: usize,
}

/// Words above a picture.
const WORDS: usize = 1;

impl Grid {
    /// For so many tiles in this room.
    pub fn of(tiles: usize, (columns, rows): (usize, usize)) -> Grid {
        let (across, down) = grid(tiles);
        Grid { across, columns: columns / across, rows: rows / down }
    }

    /// Of a picture: one column stays free between tiles.
    fn picture(self) -> (usize, usize) {
        (self.columns.saturating_sub(1).max(1), self.rows.saturating_sub(WORDS).max(1))
    }
}

/// Columns and rows that the pictures of this screen have.
fn room(state: &State) -> (usize, usize) {
    let taken = match state.screen {
        Screen::Live => live::draw::around(state),
        _ => playback::draw::around(state),
    };
    (usize::from(state.columns), state.body_rows().saturating_sub(taken))
}

/// The largest picture that a tile has room for, in pixels: two a cell.
pub fn wanted(state: &State) -> (u16, u16) {
    let seats = state.watch.as_ref().map_or(0, |watch| watch.seats.len());
    let (columns, rows) = Grid::of(seats, room(state)).picture();
    state.graphics.within((columns, rows))
}

/// Where dots of pictures stand on the screen, and of which seat; none where pictures are cells.
pub fn places(state: &State) -> Vec<(usize, Place, &Picture)> {
    let shown = [Screen::Live, Screen::Playback].contains(&state.screen);
    let seen = state.status.is_some() && state.over.is_empty() && shown;
    let Some(watch) = state.watch.as_ref().filter(|_| seen && state.graphics.is_on()) else {
        return vec![];
    };
    let live = watch.wish == Looking::Live;
    if live != (state.screen == Screen::Live) || !(live || state.is_open()) {
        return vec![];
    }
    let head = if live { live::draw::HEAD } else { playback::draw::HEAD };
    let grid = Grid::of(watch.seats.len(), room(state));
    let (columns, rows) = grid.picture();
    let mut places = Vec::new();
    for (n, seat) in watch.seats.iter().enumerate() {
        let picture = seat.picture.as_ref().filter(|_| why_none(state, watch, seat).is_none());
        let Some(picture) = picture else { continue };
        let left = n % grid.across * grid.columns;
        let top = usize::from(FRAME_ABOVE) + head + n / grid.across * grid.rows + WORDS;
        // All of them are within the terminal's own columns and rows.
        let place = Place {
            left: left as u16,
            top: top as u16,
            columns: columns as u16,
            rows: rows as u16,
        };
        places.push((n, place, picture));
    }
    places
}

/// The pictures; `chosen` counts seats.
pub fn rows(state: &State, watch: &Watch, chosen: usize, theme: Theme) -> Vec<Row<'static>> {
    let room = room(state);
    let grid = Grid::of(watch.seats.len(), room);
    let mut out = Vec::with_capacity(room.1);
    for line in watch.seats.chunks(grid.across).enumerate() {
        let (n, seats) = line;
        for y in 0..grid.rows {
            let mut spans = Vec::new();
            for (m, seat) in seats.iter().enumerate() {
                let here = n * grid.across + m == chosen && watch.seats.len() > 1;
                spans.extend(tile_row(state, watch, seat, (grid, y), here, theme));
            }
            out.push(Row::from(spans));
        }
    }
    out.truncate(room.1);
    out
}

fn tile_row(
    state: &State,
    watch: &Watch,
    seat: &Seat,
    (grid, y): (Grid, usize),
    chosen: bool,
    theme: Theme,
) -> Vec<Span<'static>> {
    let (columns, rows) = grid.picture();
    let free = Span::raw(" ".repeat(grid.columns - columns.min(grid.columns)));
    let Some(y) = y.checked_sub(WORDS) else {
        return vec![words(state, watch, seat, columns, chosen, theme), free];
    };
    let said = why_none(state, watch, seat);
    if let Some(said) = &said
        && y == rows / 2
    {
        let text = format!("{:^columns$}", fit(said, said.chars().count().min(columns)));
        return vec![piece(theme, Tone::Warn, &text), free];
    }
    let picture = seat.picture.as_ref().filter(|_| said.is_none());
    let mut spans = match picture {
        // Dots come there.
        Some(_) if state.graphics.is_on() => vec![Span::raw(" ".repeat(columns))],
        Some(picture) => paint::row(picture, (columns, rows), y, state.depth),
        None => vec![piece(theme, Tone::Quiet, &"░".repeat(columns))],
    };
    spans.push(free);
    spans
}

/// What stands instead of a picture that would mislead.
fn why_none(state: &State, watch: &Watch, seat: &Seat) -> Option<String> {
    let recorded = watch.wish != Looking::Live;
    let camera = state.cameras().iter().find(|camera| camera.id == seat.camera);
    let silent = camera.filter(|camera| !recorded && camera.state != CameraState::Recording);
    match (&seat.picture, seat.hole) {
        _ if silent.is_some() => silent.map(|camera| {
            let why = camera.reason.map(crate::console::words::reason).unwrap_or("no picture");
            format!("NO PICTURE: {why}")
        }),
        (_, true) if recorded => Some("NO FOOTAGE".into()),
        (_, true) => Some("NO PICTURE".into()),
        (None, false) => Some("waiting".into()),
        _ => None,
    }
}

/// `Gate 08:41:07 GMT 08:41:07Z Headteacher`, as much as fits: the camera first, then the time.
fn words(
    state: &State,
    watch: &Watch,
    seat: &Seat,
    columns: usize,
    chosen: bool,
    theme: Theme,
) -> Span<'static> {
    let zone = state.zone();
    let title = title(state, seat);
    let at = seat.picture.as_ref().map(|picture| picture.at);
    let time = at.map(|at| short(&zone, at)).unwrap_or_default();
    let lagging = at.zip(watch.at()).is_some_and(|(at, clock)| (clock - at).abs() > Time::secs(2));
    let far = if lagging && watch.wish == Looking::Live { " late" } else { "" };
    let who = plain(&watcher(state));
    let mark = if chosen { ">" } else { " " };
    let zoomed = if seat.crop == crate::wire::pictures::WHOLE { "" } else { " zoomed" };
    let utc = at.map(|at| format!(" {}Z", utc_clock(at))).unwrap_or_default();
    let long = format!("{mark}{title}{zoomed}  {time}{utc}{far}  {who}");
    let middle = format!("{mark}{title}{zoomed}  {time}{far}  {who}");
    let text = match long.chars().count() <= columns {
        true => long,
        false if middle.chars().count() <= columns => middle,
        // The time stays; the title gives way, and the watcher, who stands above too.
        false => {
            let tail = format!("{zoomed}{far} {}", time.split(' ').next().unwrap_or_default());
            let room = columns.saturating_sub(tail.chars().count() + 1);
            let title = fit(&title, room.min(title.chars().count()).max(4));
            format!("{mark}{title}{tail}  {who}")
        }
    };
    let tone = if chosen { Tone::Strong } else { Tone::Plain };
    let style = theme.style(tone);
    let style = if chosen { theme::chosen(style) } else { style };
    Span::styled(fit(&text, columns), style)
}

fn title(state: &State, seat: &Seat) -> String {
    let camera = state.cameras().iter().find(|camera| camera.id == seat.camera);
    camera.map_or_else(|| seat.camera.to_string(), |camera| camera.title.clone())
}

/// Whose screen it is, on every picture.
pub fn watcher(state: &State) -> String {
    match &state.door {
        Door::In(inside) | Door::Locked { inside, .. } => inside.who.title.clone(),
        _ => String::new(),
    }
}

/// `14:35:07 GMT`.
pub fn short(zone: &Zone, at: Utc) -> String {
    zone.show(at).split(' ').skip(1).collect::<Vec<_>>().join(" ")
}

/// `13:35:07`, in UTC.
pub fn utc_clock(at: Utc) -> String {
    at.to_string().split('T').nth(1).map(|t| t.chars().take(8).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_fill_the_room() {
        for (tiles, across, columns, rows) in [
            (1, 1, 80, 16),
            (2, 2, 40, 16),
            (4, 2, 40, 8),
            (6, 3, 26, 8),
            (9, 3, 26, 5),
            (16, 4, 20, 4),
        ] {
            assert_eq!(Grid::of(tiles, (80, 16)), Grid { across, columns, rows }, "{tiles}");
        }
    }
}
