//! Live: pictures as they come, one, four, nine or sixteen at once, page by page; one camera whole
//! with its health. It wants the right to live, and its entry; it is put away when another screen
//! is shown, and gone at once when the screen locks.

pub mod draw;

use super::ask::{For, Wanted};
use super::door;
use super::event::Action;
use super::keymap::Cmd;
use super::list;
use super::sight;
use super::state::State;
use crate::base::name::CameraId;
use crate::logbook::{Act, Kind, Number, Value};
use crate::wire::Request;
use crate::wire::look::{Looking, View};

/// Pictures at once.
pub const MOSAICS: [usize; 4] = [1, 4, 9, 16];

#[derive(Clone, PartialEq, Debug)]
pub struct Live {
    /// Place in [`MOSAICS`].
    pub mosaic: usize,
    /// Of all cameras that may be watched.
    pub at: usize,
    /// The chosen camera alone, with its health.
    pub full: bool,
    /// Why nothing is shown, in a sentence.
    pub why: Option<String>,
}

impl Default for Live {
    fn default() -> Live {
        Live { mosaic: 1, at: 0, full: false, why: None }
    }
}

impl Live {
    /// Cameras of a page.
    pub fn page(&self) -> usize {
        if self.full { 1 } else { MOSAICS[self.mosaic % MOSAICS.len()] }
    }
}

/// Cameras that may be watched, in the order of the file.
pub fn all(state: &State) -> &[CameraId] {
    match &state.watch {
        Some(watch) if watch.wish == Looking::Live => &watch.view.cameras,
        _ => state.room.as_ref().map_or(&[], |room| &room.sights.live),
    }
}

/// Those of the page.
pub fn shown(state: &State) -> Vec<CameraId> {
    let page = state.live.page();
    let first = list::first(state.live.at, page);
    all(state).iter().skip(first).take(page).cloned().collect()
}

/// Is this screen's look under way, or asked for?
fn is_begun(state: &State) -> bool {
    let asked = state.asks.waits(&For::view()) || state.asks.waits(&For::sheet());
    asked || state.watch.as_ref().is_some_and(|watch| watch.wish == Looking::Live)
}

/// The screen is shown, or somebody is there again.
pub fn refresh(state: &mut State) -> Vec<Action> {
    if !state.is_open() || is_begun(state) || state.live.why.is_some() || !state.over.is_empty() {
        return vec![];
    }
    begin(state)
}

/// Asks for every camera that the file lets this person watch: pages turn within one entry.
fn begin(state: &mut State) -> Vec<Action> {
    let Some(room) = &state.room else { return vec![] };
    let cameras = room.sights.live.clone();
    if cameras.is_empty() {
        return vec![];
    }
    if room.sights.live_asks {
        let list = Value::List(cameras.iter().map(ToString::to_string).collect());
        let fill = vec![("cameras".to_string(), list)];
        let (kind, act) = (Kind::Live, Act::Open);
        let wanted = Wanted { kind, act, about: None, fill };
        return vec![state.ask(For::Sheet(Box::new(wanted)), Request::Form { kind, act })];
    }
    sight::begin(state, View { cameras, ..View::of(Looking::Live) })
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    let (before, was) = (shown(state), state.live.full);
    match cmd {
        Cmd::Open if !is_begun(state) => {
            state.live.why = None;
            return begin(state);
        }
        Cmd::Open => state.live.full = true,
        Cmd::Back if state.live.full => state.live.full = false,
        Cmd::Back => {
            state.live.why = Some(PUT_AWAY.into());
            return sight::put_away(state);
        }
        Cmd::Mosaic => {
            state.live.full = false;
            state.live.mosaic = (state.live.mosaic + 1) % MOSAICS.len();
        }
        _ => {
            let (count, page) = (all(state).len(), state.live.page());
            let live = &mut state.live;
            // A page that turns is a whole other page.
            live.at = match cmd {
                Cmd::PageDown if list::first(live.at, page) + page < count => {
                    list::first(live.at, page) + page
                }
                Cmd::PageDown => 0,
                Cmd::PageUp => list::first(live.at, page)
                    .checked_sub(page)
                    .unwrap_or_else(|| list::first(count.saturating_sub(1), page)),
                _ => {
                    let mut at = live.at;
                    list::step(&mut at, cmd, count, page);
                    at
                }
            };
        }
    }
    if state.watch.is_some() && (before != shown(state) || was != state.live.full) {
        return sight::show(state, None);
    }
    vec![]
}

const PUT_AWAY: &str = "The pictures are put away. Enter shows them again.";

/// The entry about what is watched now, for whoever reads it later.
pub fn number(state: &State) -> Option<Number> {
    state.watch.as_ref().filter(|watch| watch.wish == Looking::Live).map(|watch| watch.number)
}
