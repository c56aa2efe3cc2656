//! Small pictures on the first screen: what a camera shows now beside its reference still, and the
//! picture that the box picked for the random check (S1.54).
//!
//! They come one answer at a time and are drawn as half blocks. The entry stands before the first
//! one is shown: the supervisor makes it, and answers with its number.

use std::collections::BTreeMap;

use bytes::Bytes;
use ratatui::text::{Line, Span};

use crate::base::name::CameraId;
use crate::console::ask::{For, Wanted};
use crate::console::door::{self, Door};
use crate::console::draw::{paragraph, piece};
use crate::console::event::Action;
use crate::console::form::sheets;
use crate::console::glyphs::{fit, wrap};
use crate::console::keymap::Cmd;
use crate::console::over::Over;
use crate::console::sight::paint;
use crate::console::state::State;
use crate::console::theme::{BRIGHT, Tone};
use crate::console::words;
use crate::logbook::{Act, Kind, Number, Value};
use crate::wire::Request;
use crate::wire::duty::Pick;
use crate::wire::glance::{Glance, Shot, SmallPicture};
use crate::wire::pictures::Picture;

/// What is known of one camera's picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    pub now: Option<Picture>,
    pub why: Option<String>,
    pub reference: Option<Picture>,
    pub damaged: Option<String>,
}

/// Pictures as they came in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pictures {
    pub known: BTreeMap<CameraId, Seen>,
    /// The entry under which they are shown.
    pub number: Option<Number>,
    /// Why there are none at all.
    pub none: Option<String>,
}

impl Pictures {
    pub fn heard(&mut self, glance: Glance) {
        self.number = Some(glance.number);
        for shot in glance.shots {
            let (camera, seen) = seen(shot);
            self.known.insert(camera, seen);
        }
    }
}

fn seen(shot: Shot) -> (CameraId, Seen) {
    let (now, reference) = (shot.now.and_then(picture), shot.reference.and_then(picture));
    (shot.camera, Seen { now, why: shot.why, reference, damaged: shot.damaged })
}

fn picture(small: SmallPicture) -> Option<Picture> {
    let rgb = small.rgb()?;
    Some(Picture { at: small.at, width: small.width, height: small.height, rgb: Bytes::from(rgb) })
}

/// What is looked at.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    Camera(CameraId),
    /// To be judged.
    Pick(Pick),
}

/// One camera's pictures, as large as the screen.
#[derive(Clone, PartialEq, Debug)]
pub struct View {
    pub what: What,
    pub pictures: Pictures,
}

impl View {
    fn camera(&self) -> &CameraId {
        match &self.what {
            What::Camera(camera) => camera,
            What::Pick(pick) => &pick.camera,
        }
    }
}

/// Rows above and below the pictures.
const HEAD: usize = 3;

/// The chosen camera's pictures.
pub fn open(state: &mut State) -> Vec<Action> {
    if !matches!(state.door, Door::In(_)) {
        return door::must_be_in(state);
    }
    let place = state.today.place(state.cameras());
    let Some(camera) = state.cameras().get(place).map(|c| c.id.clone()) else { return vec![] };
    let view = View { what: What::Camera(camera), pictures: Pictures::default() };
    state.over.push(Over::Glance(Box::new(view)));
    ask(state)
}

/// The picture of the random check; its form comes after it.
pub fn judge(state: &mut State, pick: Pick) -> Vec<Action> {
    let view = View { what: What::Pick(pick), pictures: Pictures::default() };
    state.over.push(Over::Glance(Box::new(view)));
    ask(state)
}

/// Cells of one picture of the view on top.
fn cells(state: &State, what: &What) -> (usize, usize) {
    let rows = state.body_rows().saturating_sub(HEAD).max(1);
    let width = usize::from(state.columns);
    match what {
        What::Camera(_) => (width.saturating_sub(3) / 2, rows),
        What::Pick(_) => (width.saturating_sub(2), rows),
    }
}

fn ask(state: &mut State) -> Vec<Action> {
    let Some(Over::Glance(view)) = state.over.last() else { return vec![] };
    let (columns, rows) = cells(state, &view.what);
    let pixels = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let (width, height) = (pixels(columns), pixels(2 * rows));
    let request = match &view.what {
        What::Camera(camera) => Request::Glance { cameras: vec![camera.clone()], width, height },
        What::Pick(_) => Request::PickShown { width, height },
    };
    vec![state.ask(For::Glance, request)]
}

/// Somebody looks on: fresh pictures. A picture that is judged stands still.
pub fn again(state: &mut State) -> Vec<Action> {
    match state.over.last() {
        Some(Over::Glance(view)) if matches!(view.what, What::Camera(_)) => ask(state),
        Some(Over::Check(_)) => super::check::ask(state),
        _ => vec![],
    }
}

/// Pictures came for whatever lies on top.
pub fn heard(state: &mut State, glance: Glance) {
    match state.over.last_mut() {
        Some(Over::Glance(view)) => view.pictures.heard(glance),
        Some(Over::Check(check)) => check.pictures.heard(glance),
        _ => {}
    }
}

/// There are none, for this reason; the check goes on without them.
pub fn refused(state: &mut State, why: &str) {
    match state.over.last_mut() {
        Some(Over::Glance(view)) => view.pictures.none = Some(why.into()),
        Some(Over::Check(check)) => check.pictures.none = Some(why.into()),
        _ => {}
    }
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    let Some(Over::Glance(view)) = state.over.last() else { return vec![] };
    match (cmd, view.what.clone()) {
        (Cmd::Open, What::Pick(pick)) => {
            if view.pictures.known.is_empty() && view.pictures.none.is_none() {
                state.say(Tone::Plain, "The picture is coming; look at it first.");
                return vec![];
            }
            state.over.pop();
            let fill = vec![
                ("camera".to_string(), Value::Text(pick.camera.to_string())),
                ("moment".to_string(), Value::Text(pick.at.to_string())),
            ];
            let (kind, act) = (Kind::RandomCheck, Act::Open);
            let wanted = Wanted { kind, act, about: None, fill };
            vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })]
        }
        (Cmd::Up | Cmd::Down, What::Camera(_)) => {
            super::step(state, cmd);
            state.over.pop();
            open(state)
        }
        (Cmd::TakeReference, What::Camera(camera)) => {
            reference(state, &camera);
            vec![]
        }
        (Cmd::TakeReference, _) => vec![],
        _ => {
            state.over.pop();
            vec![]
        }
    }
}

/// The form that keeps what a camera shows now (R4.20).
pub fn reference(state: &mut State, camera: &CameraId) {
    let title = title(state, camera);
    let form = sheets::reference(camera, &title);
    state.over.push(Over::Form(Box::new(form)));
}

fn title(state: &State, camera: &CameraId) -> String {
    let known = state.cameras().iter().find(|c| c.id == *camera);
    known.map_or_else(|| camera.to_string(), |c| c.title.clone())
}

pub fn rows(state: &State, view: &View, width: usize) -> Vec<Line<'static>> {
    let camera = view.camera();
    let size = cells(state, &view.what);
    let seen = view.pictures.known.get(camera);
    let zone = state.zone();
    let title = title(state, camera);
    let head = match &view.what {
        What::Camera(_) => format!(" {title}: now, and when it was found good"),
        What::Pick(pick) => format!(" Random check: {title}, {}", zone.show(pick.at)),
    };
    let mut out =
        vec![Line::from(piece(BRIGHT, Tone::Strong, &fit(&head, width))), Line::default()];
    if let Some(why) = &view.pictures.none {
        out.extend(paragraph(BRIGHT, "No picture", Tone::Warn, why, width));
        return out;
    }
    let now = part(state, seen, size, |seen| (seen.now.as_ref(), seen.why.clone()));
    let reference = match &view.what {
        What::Pick(_) => None,
        What::Camera(_) => Some(part(state, seen, size, |seen| {
            (seen.reference.as_ref(), Some(no_reference(seen)))
        })),
    };
    for row in 0..size.1 {
        let mut spans = vec![Span::raw(" ")];
        spans.extend(now[row].iter().cloned());
        if let Some(reference) = &reference {
            spans.push(Span::raw(" "));
            spans.extend(reference[row].iter().cloned());
        }
        out.push(Line::from(spans));
    }
    let said = seen.map(|seen| said(state, seen)).unwrap_or_default();
    out.push(Line::from(piece(BRIGHT, Tone::Quiet, &fit(&format!(" {said}"), width))));
    out
}

/// When the pictures were taken.
fn said(state: &State, seen: &Seen) -> String {
    let zone = state.zone();
    let near = |picture: &Picture| zone.show_near(picture.at, state.now);
    let now = seen.now.as_ref().map(|p| format!("taken {}", near(p)));
    let reference = seen.reference.as_ref().map(|p| format!("reference still of {}", near(p)));
    now.into_iter().chain(reference).collect::<Vec<_>>().join("; ")
}

pub fn no_reference(seen: &Seen) -> String {
    seen.damaged.clone().unwrap_or_else(|| {
        "There is no reference still of this camera. t takes it now, if the picture is good.".into()
    })
}

/// A picture as rows of cells, or the words that stand in its place.
pub fn part(
    state: &State,
    seen: Option<&Seen>,
    (columns, rows): (usize, usize),
    of: impl Fn(&Seen) -> (Option<&Picture>, Option<String>),
) -> Vec<Vec<Span<'static>>> {
    let text = match seen.map(of) {
        Some((Some(picture), _)) => {
            let row = |y| paint::row(picture, (columns, rows), y, state.depth);
            return (0..rows).map(row).collect();
        }
        Some((None, why)) => why.unwrap_or_default(),
        None => "Asking.".into(),
    };
    let mut lines = wrap(&text, columns.saturating_sub(2));
    lines.truncate(rows);
    lines.resize(rows, String::new());
    let cell = |line: &String| vec![piece(BRIGHT, Tone::Quiet, &fit(&format!(" {line}"), columns))];
    lines.iter().map(cell).collect()
}

/// What is wrong with a picture, for a column of ten.
pub fn ill_word(camera: &crate::wire::CameraStatus) -> Option<&'static str> {
    camera.ill.as_ref().map(|ill| words::ill(ill.what))
}
