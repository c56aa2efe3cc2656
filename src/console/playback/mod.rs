//! Playback: purpose and reason first, then recordings of up to nine cameras on one clock; a
//! timeline of the day; marks, and from them a hold.
//!
//! What may be seen is what the entry says: its cameras, from its first moment to its last. Another
//! time is another entry, with the same words filled in.

pub mod draw;
pub mod timeline;
pub mod zoom;

use self::timeline::Track;
use super::ask::{For, Wanted};
use super::cases::leave;
use super::door;
use super::event::Action;
use super::form::{look, sheets};
use super::keymap::Cmd;
use super::over::Over;
use super::sight::{self, Line, Watch};
use super::state::{Screen, State};
use super::theme::Tone;
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc};
use crate::footage::{Gap, Segment};
use crate::logbook::{Act, Kind, Value};
use crate::wire::Request;
use crate::wire::look::Looking;
use crate::wire::viewing::Wish;

/// As it was, in quarters.
const REAL: u16 = 4;
const FASTEST: u16 = 128;

#[derive(Clone, PartialEq, Debug)]
pub struct Playback {
    /// The chosen picture.
    pub at: usize,
    /// It alone is shown.
    pub full: bool,
    /// In quarters of real time.
    pub quarters: u16,
    pub back: bool,
    pub marks: (Option<Utc>, Option<Utc>),
    /// Of the timeline.
    pub day: Option<Day>,
    pub tracks: Vec<Track>,
}

impl Default for Playback {
    fn default() -> Playback {
        Playback {
            at: 0,
            full: false,
            quarters: REAL,
            back: false,
            marks: (None, None),
            day: None,
            tracks: Vec::new(),
        }
    }
}

/// The look of this screen.
pub fn watch(state: &State) -> Option<&Watch> {
    state.watch.as_ref().filter(|watch| watch.wish != Looking::Live)
}

/// Does the clock go?
pub fn goes(state: &State) -> bool {
    watch(state).and_then(|watch| watch.clock).is_some_and(|clock| clock.quarters.is_some())
}

/// The cameras that are shown now.
pub fn shown(state: &State) -> Vec<CameraId> {
    let Some(watch) = watch(state) else { return vec![] };
    let all = &watch.view.cameras;
    match state.playback.full {
        true => all.get(state.playback.at).cloned().into_iter().collect(),
        false => all.clone(),
    }
}

/// The chosen camera.
pub fn chosen(state: &State) -> Option<&CameraId> {
    watch(state)?.view.cameras.get(state.playback.at)
}

/// The screen is shown: pictures that wait are shown again, else the form asks what for.
pub fn entered(state: &mut State) -> Vec<Action> {
    match (state.is_open(), watch(state).is_some()) {
        (true, true) => sight::show(state, None),
        (true, false) if may(state, Looking::Playback) => ask(state, Kind::Viewing, vec![]),
        _ => vec![],
    }
}

/// Another screen is shown: live pictures end, recordings wait without a line.
pub fn left(state: &mut State, next: Screen) -> Vec<Action> {
    if next == state.screen {
        return vec![];
    }
    let now = state.now;
    match &mut state.watch {
        Some(watch) if watch.wish == Looking::Live => sight::put_away(state),
        Some(watch) if state.screen == Screen::Playback => {
            watch.line = Line::Coming(now);
            watch.turn = 0;
            watch.clock = watch.clock.map(|clock| sight::Clock { quarters: None, ..clock });
            vec![Action::CloseLine]
        }
        _ => vec![],
    }
}

/// Does a camera work? Where one is named: now, in its last minute.
pub fn spot_check(state: &mut State, camera: Option<CameraId>) -> Vec<Action> {
    let Some(sights) = state.room.as_ref().map(|room| &room.sights) else { return vec![] };
    if sights.spot.is_empty() {
        state.say(Tone::Warn, "The file does not let you make spot checks here.");
        return vec![];
    }
    let length = Span::secs(i64::from(sights.spot_secs));
    let text = |at: Utc| Value::Text(at.to_string());
    let fill = match camera.filter(|id| sights.spot.contains(id)) {
        Some(id) => vec![
            ("cameras".to_string(), Value::List(vec![id.to_string()])),
            ("from".to_string(), text(state.now - length)),
            ("until".to_string(), text(state.now)),
        ],
        None => vec![],
    };
    ask(state, Kind::SpotCheck, fill)
}

fn may(state: &State, wish: Looking) -> bool {
    let sights = state.room.as_ref().map(|room| &room.sights);
    sights.is_some_and(|sights| match wish {
        Looking::SpotCheck => !sights.spot.is_empty(),
        _ => !sights.recorded.is_empty(),
    })
}

fn ask(state: &mut State, kind: Kind, fill: Vec<(String, Value)>) -> Vec<Action> {
    let act = Act::Open;
    let wanted = Wanted { kind, act, about: None, fill };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}

/// The entry is made: nothing of an earlier look is left.
pub fn begun(state: &mut State) -> Vec<Action> {
    let speed = state.playback.quarters;
    state.playback = Playback { quarters: speed, ..Playback::default() };
    if let Some(watch) = &mut state.watch
        && let Some((from, _)) = watch.view.window
    {
        watch.clock = Some(sight::Clock { at: from, quarters: None, back: false });
    }
    let mut actions = follow(state);
    // A still goes straight into a case.
    actions.extend(super::cases::requests(state));
    actions
}

pub fn refresh(state: &mut State) -> Vec<Action> {
    if watch(state).is_none() || !state.is_open() {
        return vec![];
    }
    timeline_of(state)
}

/// The timeline is of the day that the clock is in.
pub fn follow(state: &mut State) -> Vec<Action> {
    let Some(at) = watch(state).and_then(Watch::at) else { return vec![] };
    let day = state.zone().day_of(at);
    if state.playback.day == Some(day) || state.screen != Screen::Playback {
        return vec![];
    }
    state.playback.day = Some(day);
    state.playback.tracks.clear();
    timeline_of(state)
}

fn timeline_of(state: &mut State) -> Vec<Action> {
    let Some(day) = state.playback.day else { return vec![] };
    let cameras = watch(state).map(|watch| watch.view.cameras.clone()).unwrap_or_default();
    let mut actions = vec![state.ask(For::Holds, Request::HoldList)];
    for camera in cameras {
        actions.push(ask_footage(state, camera, day, None));
    }
    actions
}

fn ask_footage(state: &mut State, camera: CameraId, day: Day, after: Option<u64>) -> Action {
    let zone = state.zone();
    let (from, to) = (Some(zone.start_of(day)), Some(zone.end_of(day)));
    let request = Request::Footage { camera: Some(camera.clone()), from, to, after };
    state.ask(For::Footage(camera), request)
}

/// Segments and gaps of the timeline came in; more are asked for.
pub fn footage(
    state: &mut State,
    camera: CameraId,
    (segments, gaps): (Vec<Segment>, Vec<Gap>),
    more: Option<u64>,
) -> Vec<Action> {
    let Some(day) = state.playback.day else { return vec![] };
    let start = state.zone().start_of(day);
    let first = more.is_none() || !gaps.is_empty();
    let tracks = &mut state.playback.tracks;
    // A list that begins again replaces the one before.
    if first && tracks.iter().any(|track| track.camera == camera && track.whole) {
        tracks.retain(|track| track.camera != camera);
    }
    let place = tracks.iter().position(|track| track.camera == camera);
    let place = place.unwrap_or_else(|| {
        tracks.push(Track::new(camera.clone(), start));
        tracks.len() - 1
    });
    tracks[place].add(&segments, gaps);
    tracks[place].whole = more.is_none();
    match more {
        Some(after) => vec![ask_footage(state, camera, day, Some(after))],
        None => vec![],
    }
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    match cmd {
        Cmd::New => return ask(state, Kind::Viewing, said(state, Span::default())),
        Cmd::SpotCheck => {
            return spot_check(state, None);
        }
        Cmd::Open if watch(state).is_none() => return entered(state),
        _ if watch(state).is_none() => return vec![],
        Cmd::NextDay => return ask(state, Kind::Viewing, said(state, Span::days(1))),
        Cmd::PreviousDay => return ask(state, Kind::Viewing, said(state, Span::days(-1))),
        Cmd::TypeTime => {
            state.over.push(Over::Form(Box::new(look::time())));
            return vec![];
        }
        Cmd::Unmask => return ask(state, Kind::LiftMask, behind_mask(state)),
        Cmd::Hold => hold(state),
        Cmd::Still => return still(state),
        Cmd::MarkIn | Cmd::MarkOut => mark(state, cmd),
        Cmd::Close => return end(state),
        Cmd::Back if state.playback.full => return whole(state, false),
        Cmd::Back => {
            state.say(Tone::Plain, "The pictures are put away, and their end is entered.");
            return sight::put_away(state);
        }
        Cmd::Open => {
            let full = !state.playback.full;
            return whole(state, full);
        }
        Cmd::Up | Cmd::Down => choose(state, cmd),
        Cmd::ZoomIn | Cmd::ZoomOut | Cmd::PanLeft | Cmd::PanRight | Cmd::PanUp | Cmd::PanDown => {
            return zoom::command(state, cmd);
        }
        _ => return moved(state, cmd),
    }
    vec![]
}

/// What was said before, with the window so far on; for the form.
fn said(state: &State, on: Span) -> Vec<(String, Value)> {
    let Some(watch) = watch(state) else { return vec![] };
    let view = &watch.view;
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let cameras = view.cameras.iter().map(ToString::to_string).collect();
    let mut fill = vec![("cameras".to_string(), Value::List(cameras))];
    for (name, value) in [
        ("purpose", text(&view.purpose)),
        ("answer", text(&view.answer)),
        ("reason", text(&view.reason)),
    ] {
        fill.extend(value.map(|value| (name.to_string(), value)));
    }
    if let Some((from, until)) = view.window.filter(|_| on != Span::default()) {
        for (name, at) in [("from", from + on), ("until", (until + on).min(state.now))] {
            fill.push((name.into(), Value::Text(at.to_string())));
        }
    }
    fill
}

fn behind_mask(state: &State) -> Vec<(String, Value)> {
    let mut fill: Vec<_> =
        said(state, Span::default()).into_iter().filter(|(name, _)| name != "cameras").collect();
    fill.extend(chosen(state).map(|id| ("cameras".into(), Value::List(vec![id.to_string()]))));
    if let Some((from, until)) = watch(state).and_then(Watch::window) {
        fill.push(("from".into(), Value::Text(from.to_string())));
        fill.push(("until".into(), Value::Text(until.to_string())));
    }
    fill
}

fn whole(state: &mut State, full: bool) -> Vec<Action> {
    let many = watch(state).is_some_and(|watch| watch.view.cameras.len() > 1);
    if !many || full == state.playback.full {
        return vec![];
    }
    state.playback.full = full;
    sight::show(state, None)
}

fn choose(state: &mut State, cmd: Cmd) {
    let all = watch(state).map_or(0, |watch| watch.view.cameras.len());
    if !state.playback.full {
        super::list::step(&mut state.playback.at, cmd, all, 1);
    }
}

/// What moves the clock.
fn moved(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let Some((from, until)) = watch(state).and_then(Watch::window) else { return vec![] };
    let Some(at) = watch(state).and_then(Watch::at) else { return vec![] };
    let goes = watch(state).and_then(|watch| watch.clock).and_then(|clock| clock.quarters);
    let by = |span: Span| Some(Wish::Seek { at: (at + span).clamp(from, until.max(from)) });
    let playback = &mut state.playback;
    let wish = match cmd {
        Cmd::PlayStop if goes.is_some() => Some(Wish::Stop),
        Cmd::PlayStop => Some(Wish::Play { quarters: playback.quarters, back: playback.back }),
        Cmd::Faster | Cmd::Slower | Cmd::Backwards => {
            match cmd {
                Cmd::Faster => playback.quarters = (playback.quarters * 2).min(FASTEST),
                Cmd::Slower => playback.quarters = (playback.quarters / 2).max(1),
                _ => playback.back = !playback.back,
            }
            let (quarters, back) = (playback.quarters, playback.back);
            goes.map(|_| Wish::Play { quarters, back })
        }
        Cmd::StepOn => Some(Wish::Step { pictures: 1 }),
        Cmd::StepBack => Some(Wish::Step { pictures: -1 }),
        Cmd::NextPane => by(Span::secs(10)),
        Cmd::PreviousPane => by(Span::secs(-10)),
        Cmd::PageDown => by(Span::mins(1)),
        Cmd::PageUp => by(Span::mins(-1)),
        Cmd::First => Some(Wish::Seek { at: from }),
        Cmd::Last => Some(Wish::Seek { at: until }),
        _ => None,
    };
    wish.map_or(vec![], |wish| wished(state, wish))
}

/// A wish goes down the line; the clock shows at once where it will be.
fn wished(state: &mut State, wish: Wish) -> Vec<Action> {
    if let (Wish::Seek { at }, Some(watch)) = (&wish, &mut state.watch)
        && let Some(clock) = &mut watch.clock
    {
        clock.at = *at;
    }
    vec![Action::Wish(wish)]
}

/// The typed time. Outside the entry's window it is another entry.
pub fn go_to(state: &mut State, at: Utc) -> Vec<Action> {
    let Some((from, until)) = watch(state).and_then(Watch::window) else { return vec![] };
    if from <= at && at <= until {
        return wished(state, Wish::Seek { at });
    }
    state.say(Tone::Warn, "That time is outside this entry: say once more what for.");
    let mut fill = said(state, Span::default());
    fill.push(("from".into(), Value::Text(at.to_string())));
    ask(state, Kind::Viewing, fill)
}

fn mark(state: &mut State, cmd: Cmd) {
    let Some(at) = watch(state).and_then(Watch::at) else { return };
    let marks = &mut state.playback.marks;
    match cmd {
        Cmd::MarkIn => *marks = (Some(at), marks.1.filter(|out| *out > at)),
        _ => *marks = (marks.0.filter(|begin| *begin < at), Some(at)),
    }
}

/// The picture that is shown of the chosen camera, for a case.
fn still(state: &mut State) -> Vec<Action> {
    if watch(state).is_some_and(|watch| watch.wish == Looking::SpotCheck) {
        state.say(Tone::Warn, "A spot check shows that a camera works; nothing is kept from it.");
        return vec![];
    }
    let Some(camera) = chosen(state).cloned() else { return vec![] };
    let Some(watch) = watch(state) else { return vec![] };
    let seat = watch.seats.iter().find(|seat| seat.camera == camera);
    let shown = seat.and_then(|seat| seat.picture.as_ref()).map(|picture| picture.at);
    match shown {
        Some(at) => leave::still(state, camera, at),
        None => {
            state.say(Tone::Warn, format!("No picture of {camera} is shown now."));
            vec![]
        }
    }
}

/// The marked stretch of the cameras that are shown, kept for a case.
fn hold(state: &mut State) {
    if watch(state).is_some_and(|watch| watch.wish == Looking::SpotCheck) {
        state.say(Tone::Warn, "A spot check shows that a camera works; nothing is kept from it.");
        return;
    }
    let (Some(from), Some(until)) = state.playback.marks else {
        state.say(Tone::Warn, "Mark where it begins and ends first: [ and ].");
        return;
    };
    let cameras: Vec<String> = shown(state).iter().map(ToString::to_string).collect();
    let Some(watch) = watch(state) else { return };
    let (number, reason) = (watch.number, watch.view.reason.clone());
    let reference = format!("entry {number}");
    let mut form = sheets::hold(state, &cameras, Some((from, until)), &reference);
    if let (Some(reason), Some(field)) = (reason, form.field_mut(sheets::REASON)) {
        field.fill(&Value::Text(reason), &state.zone());
    }
    form.to_first_empty();
    state.over.push(Over::Form(Box::new(form)));
}

/// What was seen is said, and the pictures are put away.
fn end(state: &mut State) -> Vec<Action> {
    let Some(watch) = watch(state) else { return vec![] };
    let (kind, act, about) = (watch.wish.kind(), Act::Close, Some(watch.number));
    let wanted = Wanted { kind, act, about, fill: vec![] };
    vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
}
