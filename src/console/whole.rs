//! Pictures on the whole screen of the box itself: who has the screen, and in which order it goes
//! from hand to hand. Pure; `tty` has the few calls to the kernel, `crate::pictures::display` the
//! child that draws.
//!
//! ```text
//!            f              the child has the screen
//!   Text -----------> Asked --------------------------> Shown
//!     ^  Take, ask      |  f, another screen, a form, Alt-F2, it dies    |
//!     |                 v                                                v
//!     +-------------- Ending  <------------------------------------------+
//!        Give back     the child has let go, or was silent for too long
//! ```
//! 1. The text console gives the screen up before the child is asked to take it, and takes it back
//!    after the child has let go: the kernel restores nothing by itself while anybody holds the
//!    card.
//! 2. Whoever switches to another text screen (Alt-F2) waits until the picture is gone.
//! 3. What would hang up the line to the pictures waits too, so that the child's last word is
//!    heard.

use super::event::Action;
use super::sight::Line;
use super::state::{Screen, State};
use super::theme::Tone;
use crate::base::time::{Span, Utc};
use crate::wire::look::Looking;
use crate::wire::viewing::Wish;

/// The child takes the screen within this, or not at all: looking at every plugin of GStreamer took
/// nine seconds on a slow machine.
const START_SPAN: Span = Span::secs(30);
/// It lets go within this; then the line is hung up, which ends it.
const END_SPAN: Span = Span::secs(4);

/// What the kernel is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vt {
    /// Text is not drawn any more, and switching waits for our word.
    Take,
    /// Text is drawn again and switching is free; `grant`: whoever waits may switch now.
    Give { grant: bool },
}

/// What happens to the text screen.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VtNews {
    /// Somebody wants another one.
    Leave,
    /// It cannot be given up; a sentence.
    Refused(String),
}

#[derive(Clone, PartialEq, Debug, Default)]
pub enum Stage {
    #[default]
    Text,
    Asked(Utc),
    Shown,
    Ending {
        since: Utc,
        /// Somebody waits for another text screen.
        grant: bool,
        /// What waits until the screen is back.
        then: Vec<Action>,
    },
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Whole {
    /// This is the box's own screen, and there is a card that pictures can be shown with.
    pub can: bool,
    /// Somebody asked for it, and it did not fail since.
    pub wanted: bool,
    pub stage: Stage,
}

/// The key: on, or off again.
pub fn key(state: &mut State) {
    if !state.whole.can {
        let text = "Only the screen of the box itself can be filled with a picture.";
        return state.say(Tone::Warn, text);
    }
    state.whole.wanted = !state.whole.wanted;
}

/// The child has the screen, or has let it go.
pub fn heard(state: &mut State, on: bool, why: Option<String>) -> Vec<Action> {
    match (&mut state.whole.stage, on) {
        (stage @ Stage::Asked(_), true) => *stage = Stage::Shown,
        (Stage::Asked(_) | Stage::Shown, false) => {
            state.whole.wanted = false;
            return back(state, why.or(Some("The picture ended.".into())));
        }
        (Stage::Ending { .. }, false) => return back(state, why),
        _ => {}
    }
    vec![]
}

/// The line to the pictures is gone, and the child with it.
pub fn gone(state: &mut State) -> Vec<Action> {
    match state.whole.stage {
        Stage::Text => vec![],
        _ => back(state, None),
    }
}

pub fn vt(state: &mut State, news: VtNews) -> Vec<Action> {
    let now = state.now;
    state.whole.wanted = false;
    match (&mut state.whole.stage, news) {
        (Stage::Text, VtNews::Leave) => vec![Action::Vt(Vt::Give { grant: true })],
        (Stage::Ending { grant, .. }, VtNews::Leave) => {
            *grant = true;
            vec![]
        }
        (stage, VtNews::Leave) => {
            *stage = Stage::Ending { since: now, grant: true, then: vec![] };
            vec![Action::Wish(Wish::Screen { on: false })]
        }
        (_, VtNews::Refused(why)) => {
            // The child may be on its way to a screen that text still is on.
            state.whole.stage = Stage::Ending { since: now, grant: false, then: vec![] };
            state.say(Tone::Warn, why);
            vec![Action::Wish(Wish::Screen { on: false })]
        }
    }
}

/// The text comes back, and what waited for it is done.
fn back(state: &mut State, why: Option<String>) -> Vec<Action> {
    let (grant, then) = match std::mem::take(&mut state.whole.stage) {
        Stage::Ending { grant, then, .. } => (grant, then),
        _ => (false, vec![]),
    };
    if let Some(why) = why {
        state.say(Tone::Warn, why);
    }
    let mut actions = vec![Action::Vt(Vt::Give { grant }), Action::Redraw];
    actions.extend(then);
    actions
}

/// Do pictures lie open on this screen, with nothing over them?
fn fits(state: &State) -> bool {
    let Some(watch) = &state.watch else { return false };
    let screen = match watch.wish {
        Looking::Live => Screen::Live,
        _ => Screen::Playback,
    };
    let seen = state.is_open() || watch.wish == Looking::Live;
    state.screen == screen && state.over.is_empty() && watch.line == Line::Open && seen
}

/// After each event: takes the screen or lets it go. `actions` are what the event led to.
pub fn follow(state: &mut State, actions: &mut Vec<Action>) {
    let fits = fits(state);
    if state.watch.is_none() {
        state.whole.wanted = false;
    }
    let now = state.now;
    let whole = &mut state.whole;
    let ends =
        |action: &Action| matches!(action, Action::CloseLine | Action::Look { .. } | Action::Quit);
    match &mut whole.stage {
        Stage::Text => {
            if fits && whole.wanted && whole.can && !actions.iter().any(ends) {
                whole.stage = Stage::Asked(now);
                actions.push(Action::Vt(Vt::Take));
                actions.push(Action::Wish(Wish::Screen { on: true }));
            }
        }
        Stage::Asked(since) => {
            let late = now - *since > START_SPAN;
            if late || !fits || !whole.wanted || actions.iter().any(ends) {
                whole.wanted &= !late;
                end(whole, now, actions, ends);
            }
        }
        Stage::Shown => {
            if !fits || !whole.wanted || actions.iter().any(ends) {
                end(whole, now, actions, ends);
            }
        }
        Stage::Ending { since, then, .. } => {
            then.extend(actions.extract_if(.., |action| ends(action)));
            if now - *since > END_SPAN {
                // Nobody answers: the end of the line ends the child.
                actions.push(Action::CloseLine);
                actions.extend(back(state, None));
            }
        }
    }
}

fn end(whole: &mut Whole, now: Utc, actions: &mut Vec<Action>, ends: impl Fn(&Action) -> bool) {
    let then = actions.extract_if(.., |action| ends(action)).collect();
    whole.stage = Stage::Ending { since: now, grant: false, then };
    actions.push(Action::Wish(Wish::Screen { on: false }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::sight::{Clock, Watch};
    use crate::wire::look::View;

    /// What happens, in the words of the table.
    #[derive(Clone, Copy)]
    enum It {
        Key,
        Taken,
        Died,
        LetGo,
        Leave,
        Refused,
        LineGone,
        /// A page lies over the pictures.
        Help,
        Seconds(i64),
        /// The watcher ends the look.
        PutAway,
        Quit,
    }

    fn live() -> State {
        let mut state = State::new("socket".into(), Utc(0));
        state.whole.can = true;
        state.screen = Screen::Live;
        state.watch = Some(watch());
        state
    }

    fn watch() -> Watch {
        Watch {
            number: 7,
            wish: Looking::Live,
            until: None,
            seats: vec![],
            line: Line::Open,
            turn: 1,
            within: (80, 40),
            clock: None::<Clock>,
            settled: None,
            counts: (0, 0),
            read_rate: None,
            trouble: None,
            view: View::of(Looking::Live),
        }
    }

    /// Take, Give, Grant, on, off, close, quit: what was done, in order.
    fn done(state: &mut State, it: It) -> String {
        let mut actions = match it {
            It::Key => {
                key(state);
                vec![]
            }
            It::Taken => heard(state, true, None),
            It::Died => heard(state, false, Some("The program that shows pictures ended.".into())),
            It::LetGo => heard(state, false, None),
            It::Leave => vt(state, VtNews::Leave),
            It::Refused => vt(state, VtNews::Refused("no".into())),
            It::LineGone => gone(state),
            It::Help => {
                state.over.push(crate::console::over::Over::Emergency);
                vec![]
            }
            It::Seconds(secs) => {
                state.now = state.now + Span::secs(secs);
                vec![]
            }
            It::PutAway => {
                state.watch = None;
                vec![Action::CloseLine]
            }
            It::Quit => vec![Action::Quit],
        };
        follow(state, &mut actions);
        let word = |action: &Action| match action {
            Action::Vt(Vt::Take) => "take",
            Action::Vt(Vt::Give { grant: false }) => "give",
            Action::Vt(Vt::Give { grant: true }) => "grant",
            Action::Wish(Wish::Screen { on: true }) => "on",
            Action::Wish(Wish::Screen { on: false }) => "off",
            Action::CloseLine => "close",
            Action::Quit => "quit",
            Action::Redraw => "redraw",
            _ => "else",
        };
        actions.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_screen_goes_from_hand_to_hand_in_order() {
        use It::*;
        let table: &[(&str, &[(It, &str)])] = &[
            (
                "there and back",
                &[
                    (Key, "take on"),
                    (Taken, ""),
                    (Key, "off"),
                    (LetGo, "give redraw"),
                    (Seconds(9), ""),
                    (Key, "take on"),
                ],
            ),
            (
                "the child dies",
                &[(Key, "take on"), (Taken, ""), (Died, "give redraw"), (Seconds(1), "")],
            ),
            (
                "it never comes up",
                &[
                    (Key, "take on"),
                    (Died, "give redraw"),
                    (Key, "take on"),
                    (Seconds(31), "off"),
                    (LetGo, "give redraw"),
                ],
            ),
            (
                "another text screen, asked twice",
                &[
                    (Key, "take on"),
                    (Taken, ""),
                    (Leave, "off"),
                    (Leave, ""),
                    (LetGo, "grant redraw"),
                    (Seconds(1), ""),
                ],
            ),
            (
                "another text screen while it begins",
                &[(Key, "take on"), (Leave, "off"), (Taken, ""), (LetGo, "grant redraw")],
            ),
            (
                "another text screen, and the child hangs",
                &[
                    (Key, "take on"),
                    (Taken, ""),
                    (Leave, "off"),
                    (Seconds(5), "close grant redraw"),
                    (LetGo, ""),
                ],
            ),
            ("nobody holds the screen", &[(Leave, "grant")]),
            ("a page lies over it, and goes", &[(Key, "take on"), (Taken, ""), (Help, "off")]),
            (
                "it is put away",
                &[(Key, "take on"), (Taken, ""), (PutAway, "off"), (LetGo, "give redraw close")],
            ),
            (
                "the console ends",
                &[(Key, "take on"), (Taken, ""), (Quit, "off"), (LetGo, "give redraw quit")],
            ),
            (
                "the console ends, and nobody answers",
                &[
                    (Key, "take on"),
                    (Taken, ""),
                    (Quit, "off"),
                    (Seconds(5), "close give redraw quit"),
                ],
            ),
            ("the supervisor goes", &[(Key, "take on"), (Taken, ""), (LineGone, "give redraw")]),
            ("the kernel refuses", &[(Key, "take on"), (Refused, "off"), (Died, "give redraw")]),
        ];
        for (name, steps) in table {
            let mut state = live();
            for (n, (it, want)) in steps.iter().enumerate() {
                assert_eq!(done(&mut state, *it), *want, "{name}, step {n}: {:?}", state.whole);
            }
        }
    }

    #[test]
    fn elsewhere_the_key_says_why_not() {
        let mut state = live();
        state.whole.can = false;
        assert_eq!(done(&mut state, It::Key), "");
        assert!(state.notice.is_some_and(|n| n.text.contains("box itself")));
    }
}
