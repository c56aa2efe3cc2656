//! The daily check (S1.26): every camera looked at, only the bad ones marked, one key for the rest;
//! then the form with what the file asks besides, like the locked room (S1.33).
//!
//! A tile is a camera: what it shows now, its reference still, and what the recorder knows of it. A
//! box without pictures shows a row a camera instead, and says why.

use std::collections::BTreeSet;

use ratatui::text::{Line, Span};

use super::glance::{self, Pictures, Seen};
use crate::base::name::CameraId;
use crate::console::ask::{For, Wanted};
use crate::console::door::{self, Door};
use crate::console::draw::{marked, part, piece};
use crate::console::event::Action;
use crate::console::glyphs::{fit, wrap};
use crate::console::keymap::Cmd;
use crate::console::list;
use crate::console::over::Over;
use crate::console::state::State;
use crate::console::theme::{self, BRIGHT, Tone};
use crate::console::words;
use crate::logbook::{Act, Kind, Value};
use crate::wire::glance::GLANCE_CAMERAS_MAX;
use crate::wire::{CameraState, CameraStatus, Request};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Check {
    pub at: usize,
    pub bad: BTreeSet<CameraId>,
    pub pictures: Pictures,
}

/// Rows of a tile, an empty one below its pictures, and the width of one of those in cells: a
/// picture of 16 to 9 has 25 by 14 pixels.
const TILE_ROWS: usize = 8;
const PICTURE: usize = 25;
/// Mark, two pictures, their gaps, and words of at least 18 letters.
const TILE: usize = 2 + 2 * (PICTURE + 1) + 18;
/// Rows above the tiles.
const HEAD: usize = 2;
/// ... and of the sentence why there are none.
const WHY_ROWS: usize = 3;

/// Cameras that are not as they should be by the recorder's own count are marked already.
pub fn begin(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    let faulty = |c: &&CameraStatus| {
        matches!(c.state, CameraState::Failed | CameraState::Connecting) || c.ill.is_some()
    };
    let bad = state.cameras().iter().filter(faulty).map(|c| c.id.clone()).collect();
    let mut pictures = Pictures::default();
    if !matches!(state.door, Door::In(_)) {
        pictures.none = Some("Pictures are shown to people who are enrolled.".into());
    }
    state.over.push(Over::Check(Check { at: 0, bad, pictures }));
    ask(state)
}

/// Tiles beside each other.
fn across(state: &State) -> usize {
    (usize::from(state.columns) / TILE).max(1)
}

/// Cameras on the screen.
pub fn page(state: &State) -> usize {
    match state.over.last() {
        Some(Over::Check(check)) if check.pictures.none.is_none() => {
            let down = state.body_rows().saturating_sub(HEAD) / TILE_ROWS;
            (down * across(state)).clamp(1, GLANCE_CAMERAS_MAX)
        }
        _ => state.body_rows().saturating_sub(HEAD + WHY_ROWS).max(1),
    }
}

/// The cameras of the page that is shown.
fn shown(state: &State, at: usize) -> Vec<CameraId> {
    let page = page(state);
    let cameras = state.cameras().iter().skip(list::first(at, page)).take(page);
    cameras.map(|c| c.id.clone()).collect()
}

/// Asks for the pictures of the page that is shown.
pub fn ask(state: &mut State) -> Vec<Action> {
    let Some(Over::Check(check)) = state.over.last() else { return vec![] };
    let cameras = shown(state, check.at);
    if check.pictures.none.is_some() || cameras.is_empty() {
        return vec![];
    }
    let (width, height) = (PICTURE as u16, 2 * (TILE_ROWS as u16 - 1));
    vec![state.ask(For::Glance, Request::Glance { cameras, width, height })]
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let (all, page) = (state.cameras().len(), page(state));
    let ids: Vec<CameraId> = state.cameras().iter().map(|c| c.id.clone()).collect();
    let Some(Over::Check(check)) = state.over.last_mut() else { return vec![] };
    let before = list::first(check.at, page);
    match cmd {
        Cmd::Mark => {
            if let Some(id) = ids.get(check.at)
                && !check.bad.remove(id)
            {
                check.bad.insert(id.clone());
            }
            list::step(&mut check.at, Cmd::Down, all, page);
        }
        // A picture that was not seen is not good, nor is a page: the last one has to be reached.
        Cmd::Open if !is_seen(check, &ids, page) => {
            state.say(Tone::Plain, "The pictures of this page are coming; look at them first.");
            return vec![];
        }
        Cmd::Open if before + page < all => check.at = before + page,
        Cmd::Open => return done(state),
        Cmd::TakeReference => {
            if let Some(camera) = ids.get(check.at).filter(|_| check.pictures.none.is_none()) {
                glance::reference(state, camera);
            }
            return vec![];
        }
        Cmd::Back => {
            state.over.pop();
            return vec![];
        }
        _ => list::step(&mut check.at, cmd, all, page),
    }
    if list::first(check.at, page) == before { vec![] } else { ask(state) }
}

/// Has every camera of the page an answer: its picture, or why there is none?
fn is_seen(check: &Check, ids: &[CameraId], page: usize) -> bool {
    let mut shown = ids.iter().skip(list::first(check.at, page)).take(page);
    check.pictures.none.is_some() || shown.all(|id| check.pictures.known.contains_key(id))
}

/// All pages were seen: the form, with what the check says filled in.
fn done(state: &mut State) -> Vec<Action> {
    let recording = |c: &&CameraStatus| c.state == CameraState::Recording;
    let count = state.cameras().iter().filter(recording).count();
    let Some(Over::Check(check)) = state.over.pop() else { return vec![] };
    let bad: Vec<String> = check.bad.iter().map(ToString::to_string).collect();
    let mut fill = vec![
        ("all-good".to_string(), Value::Yes(bad.is_empty())),
        ("recording".to_string(), Value::Number(count as i64)),
    ];
    if !bad.is_empty() {
        fill.push(("bad".into(), Value::List(bad)));
    }
    let (kind, act) = (Kind::DailyCheck, Act::Open);
    let wanted = Wanted { kind, act, about: None, fill };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}

/// A page of tiles, or of rows where there are no pictures.
pub fn rows(state: &State, check: &Check, width: usize) -> Vec<Line<'static>> {
    let page = page(state);
    let (first, all) = (list::first(check.at, page), state.cameras().len());
    let last = first + page >= all;
    let others = if last { "Enter: all the others are good." } else { "Enter: the next page." };
    let head = match check.bad.len() {
        0 if last => "Is every picture good? Enter says that all are.".to_string(),
        0 => "Is every picture good? Enter shows the next page.".to_string(),
        n => format!("{n} marked as not good. {others}"),
    };
    let mut out = vec![Line::from(vec![
        piece(BRIGHT, Tone::Strong, &format!(" {}", fit(&head, width.saturating_sub(20)))),
        piece(BRIGHT, Tone::Quiet, &part(first, page, all)),
    ])];
    if all == 0 {
        out.push(Line::from(piece(BRIGHT, Tone::Warn, "  There is no camera.")));
        return out;
    }
    match &check.pictures.none {
        Some(why) => {
            let mut why = wrap(&format!("  Without pictures: {why}"), width.saturating_sub(2));
            why.truncate(WHY_ROWS);
            out.extend(why.iter().map(|line| Line::from(piece(BRIGHT, Tone::Quiet, line))));
            out.push(Line::from(piece(BRIGHT, Tone::Quiet, ROWS_HEAD)));
            for (n, camera) in state.cameras().iter().enumerate().skip(first).take(page) {
                let row = row(state, check, camera, width);
                out.push(if n == check.at { marked(row, width) } else { row });
            }
        }
        None => out.extend(tiles(state, check, (first, page), width)),
    }
    out
}

const ROWS_HEAD: &str = "          Camera                    What is known";

fn row(state: &State, check: &Check, camera: &CameraStatus, width: usize) -> Line<'static> {
    let (tone, word) = verdict(check, camera);
    let since = words::since(&state.zone(), camera.since, state.now);
    let why = camera.reason.map(words::reason).unwrap_or_default();
    let ill = glance::ill_word(camera).map(|ill| format!("; {ill}")).unwrap_or_default();
    let known = format!("{} since {since}  {why}{ill}", words::camera(camera.state));
    Line::from(vec![
        Span::raw("  "),
        piece(BRIGHT, tone, &format!("{word:<8}")),
        piece(BRIGHT, Tone::Strong, &fit(&camera.title, 26)),
        piece(BRIGHT, theme::camera(camera.state), &fit(&known, width.saturating_sub(37))),
    ])
}

fn verdict(check: &Check, camera: &CameraStatus) -> (Tone, &'static str) {
    match check.bad.contains(&camera.id) {
        true => (Tone::Bad, "[BAD]"),
        false => (Tone::Good, "[ok]"),
    }
}

fn tiles(
    state: &State,
    check: &Check,
    (first, page): (usize, usize),
    width: usize,
) -> Vec<Line<'static>> {
    let across = across(state);
    let room = width / across;
    let head = format!("  {:<w$}{:<w$}", "Now", "When it was found good", w = PICTURE + 1);
    let heads: Vec<Span> =
        (0..across).map(|_| piece(BRIGHT, Tone::Quiet, &fit(&head, room))).collect();
    let mut out = vec![Line::from(heads)];
    let cameras: Vec<(usize, &CameraStatus)> =
        state.cameras().iter().enumerate().skip(first).take(page).collect();
    for beside in cameras.chunks(across) {
        let tiles: Vec<Vec<Vec<Span>>> = beside
            .iter()
            .map(|(n, camera)| tile(state, check, camera, *n == check.at, room))
            .collect();
        for y in 0..TILE_ROWS {
            out.push(Line::from(tiles.iter().flat_map(|t| t[y].clone()).collect::<Vec<_>>()));
        }
    }
    out
}

/// Mark, picture, reference, words; `TILE_ROWS` rows.
fn tile(
    state: &State,
    check: &Check,
    camera: &CameraStatus,
    chosen: bool,
    room: usize,
) -> Vec<Vec<Span<'static>>> {
    let seen = check.pictures.known.get(&camera.id);
    let size = (PICTURE, TILE_ROWS - 1);
    let now = glance::part(state, seen, size, |s| (s.now.as_ref(), s.why.clone()));
    let reference =
        glance::part(state, seen, size, |s| (s.reference.as_ref(), Some(glance::no_reference(s))));
    let words = tile_words(state, check, camera, seen, room - 2 - 2 * (PICTURE + 1));
    let mut out = Vec::with_capacity(TILE_ROWS);
    for (y, said) in words.into_iter().enumerate() {
        let mark = if chosen { "> " } else { "  " };
        let mut spans = vec![piece(BRIGHT, Tone::Strong, mark)];
        match (now.get(y), reference.get(y)) {
            (Some(now), Some(reference)) => {
                spans.extend(now.iter().cloned());
                spans.push(Span::raw(" "));
                spans.extend(reference.iter().cloned());
                spans.push(Span::raw(" "));
            }
            _ => spans.push(Span::raw(" ".repeat(2 * (PICTURE + 1)))),
        }
        spans.push(said);
        out.push(spans);
    }
    out
}

fn tile_words(
    state: &State,
    check: &Check,
    camera: &CameraStatus,
    seen: Option<&Seen>,
    room: usize,
) -> Vec<Span<'static>> {
    let zone = state.zone();
    let (tone, verdict) = verdict(check, camera);
    let mut lines = vec![(tone, verdict.to_string())];
    let title = wrap(&camera.title, room.saturating_sub(1));
    lines.extend(title.into_iter().take(2).map(|line| (Tone::Strong, line)));
    let tone = theme::camera(camera.state);
    match camera.reason.filter(|_| camera.state != CameraState::Recording) {
        Some(reason) => lines.push((tone, words::reason(reason).to_string())),
        None => lines.push((tone, words::camera(camera.state).to_string())),
    }
    lines.extend(glance::ill_word(camera).map(|word| (Tone::Bad, word.to_string())));
    if let Some(now) = seen.and_then(|s| s.now.as_ref()) {
        let taken = zone.show_near(now.at, state.now);
        lines.push((Tone::Quiet, format!("taken {taken}")));
    }
    if let Some(good) = seen.and_then(|s| s.reference.as_ref()) {
        lines.push((Tone::Quiet, format!("good {}", zone.day_of(good.at))));
    }
    lines.resize(TILE_ROWS, (Tone::Plain, String::new()));
    lines.into_iter().map(|(tone, line)| piece(BRIGHT, tone, &fit(&line, room))).collect()
}
