//! Everything that a picture of the console depends on. Changed by `update` alone, read by `draw`.

use super::ask::{Asks, For};
use super::cases::Cases;
use super::door::Door;
use super::event::Action;
use super::graphics::Graphics;
use super::keymap::Scope;
use super::live::Live;
use super::logbook::Logbook;
use super::over::Over;
use super::playback::Playback;
use super::recorder::Recorder;
use super::sight::Watch;
use super::sight::paint::Depth;
use super::site::Site;
use super::theme::Tone;
use super::today::Today;
use super::whole::Whole;
use crate::base::limits::STATUS_STALE_SPAN;
use crate::base::time::{Utc, Zone};
use crate::logbook::{Account, Number};
use crate::wire::people::Second;
use crate::wire::room::Room;
use crate::wire::stick::StickLine;
use crate::wire::{CameraStatus, Request, Status};

/// The screens. Their numbers are those of the keys, and stay when others come between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Screen {
    Today,
    Live,
    Playback,
    Cases,
    Logbook,
    Site,
    Box,
}

impl Screen {
    pub const ALL: [Screen; 7] = [
        Screen::Today,
        Screen::Live,
        Screen::Playback,
        Screen::Cases,
        Screen::Logbook,
        Screen::Site,
        Screen::Box,
    ];

    /// The neighbour `by` places on, round and round.
    pub fn turn(self, by: usize) -> Screen {
        Screen::ALL[(self as usize + by) % Screen::ALL.len()]
    }

    pub const fn title(self) -> &'static str {
        match self {
            Screen::Today => "1 Today",
            Screen::Live => "2 Live",
            Screen::Playback => "3 Playback",
            Screen::Cases => "4 Cases",
            Screen::Logbook => "5 Logbook",
            Screen::Site => "6 Site",
            Screen::Box => "7 Box",
        }
    }

    /// Where its keys are looked up. Pictures have keys of their own, and no list.
    fn scopes(self) -> Vec<Scope> {
        match self {
            Screen::Live | Screen::Playback => {
                vec![self.scope(), Scope::Screens, Scope::Anywhere]
            }
            _ => vec![self.scope(), Scope::List, Scope::Screens, Scope::Anywhere],
        }
    }

    const fn scope(self) -> Scope {
        match self {
            Screen::Today => Scope::Today,
            Screen::Live => Scope::Live,
            Screen::Playback => Scope::Playback,
            Screen::Cases => Scope::Cases,
            Screen::Logbook => Scope::Logbook,
            Screen::Site => Scope::Site,
            Screen::Box => Scope::Box,
        }
    }
}

/// Does the supervisor answer?
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    Live,
    /// Not, or not yet; why, in a sentence.
    Silent {
        since: Utc,
        why: String,
    },
}

/// What came of the last thing that somebody did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
}

#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// This machine's clock, once a second.
    pub now: Utc,
    /// Seconds since a key was pressed, counted by ticks: a clock that is set locks nobody out.
    pub idle: u32,
    /// Seconds since the session was last told that somebody is there.
    pub told: u32,
    pub link: Link,
    /// The last that was heard; kept when the supervisor falls silent.
    pub status: Option<Box<Status>>,
    /// When `status.now` last moved on, by our clock.
    pub renewed: Utc,
    pub socket: String,
    /// What `q` does here, for the bottom line.
    pub leaving: &'static str,
    pub columns: u16,
    pub rows: u16,
    pub screen: Screen,
    pub room: Option<Box<Room>>,
    pub door: Door,
    pub notice: Option<Notice>,
    /// What lies over the screen; the last one is on top.
    pub over: Vec<Over>,
    pub asks: Asks,
    /// Pictures that are watched now.
    pub watch: Option<Watch>,
    /// Lines to pictures so far.
    pub turns: u64,
    /// Colours of the terminal.
    pub depth: Depth,
    /// The chosen file, while there is none.
    pub candidate: usize,
    /// Its own way of pictures, where it has one.
    pub graphics: Graphics,
    pub today: Today,
    pub live: Live,
    pub playback: Playback,
    pub cases: Cases,
    pub logbook: Logbook,
    pub site: Site,
    pub recorder: Recorder,
    /// The entry of a print that has not come yet.
    pub printing: Option<Number>,
    /// Pictures on the whole of the box's own screen.
    pub whole: Whole,
}

impl State {
    pub fn new(socket: String, now: Utc) -> State {
        State {
            now,
            idle: 0,
            told: 0,
            link: Link::Silent { since: now, why: "Asking.".into() },
            status: None,
            renewed: now,
            socket,
            leaving: "leave",
            columns: 80,
            rows: 24,
            screen: Screen::Today,
            room: None,
            door: Door::Closed,
            notice: None,
            over: Vec::new(),
            asks: Asks::default(),
            watch: None,
            turns: 0,
            depth: Depth::Sixteen,
            candidate: 0,
            graphics: Graphics::default(),
            today: Today::default(),
            live: Live::default(),
            playback: Playback::default(),
            cases: Cases::default(),
            logbook: Logbook::default(),
            site: Site::default(),
            recorder: Recorder::default(),
            printing: None,
            whole: Whole::default(),
        }
    }

    /// Since when what is shown cannot be trusted, and why; `None` while all is well.
    pub fn trouble(&self) -> Option<(Utc, &str)> {
        match &self.link {
            Link::Silent { since, why } => Some((*since, why)),
            Link::Live if self.now - self.renewed > STATUS_STALE_SPAN => Some((
                self.renewed,
                "It answers, but has not looked at anything since then: it may hang.",
            )),
            Link::Live => None,
        }
    }

    pub fn cameras(&self) -> &[CameraStatus] {
        self.status.as_ref().map_or(&[], |status| &status.cameras)
    }

    /// The school's time zone, or UTC until it is known.
    pub fn zone(&self) -> Zone {
        let named = self.status.as_ref().map(|status| Zone::named(&status.timezone));
        named.and_then(Result::ok).unwrap_or_else(Zone::utc)
    }

    /// Sticks that can be written now.
    pub fn writable_sticks(&self) -> Vec<StickLine> {
        let all = self.status.iter().flat_map(|status| &status.sticks);
        all.filter(|stick| stick.state.is_writable()).cloned().collect()
    }

    /// Rows between the frame's: what a screen has for itself.
    pub fn body_rows(&self) -> usize {
        usize::from(self.rows).saturating_sub(FRAME_ROWS)
    }

    /// Calls the supervisor as whoever is logged in.
    pub fn ask(&mut self, what: For, request: Request) -> Action {
        self.ask_beside(what, request, None)
    }

    /// The same with a second person who is here too.
    pub fn ask_beside(&mut self, what: For, request: Request, beside: Option<Second>) -> Action {
        let ticket = self.asks.ticket(what);
        let session = self.door.token();
        if session.is_some() {
            self.told = 0;
        }
        Action::Ask { ticket, call: Box::new(crate::wire::Call { session, beside, request }) }
    }

    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.notice = Some(Notice { tone, text: text.into() });
    }

    /// Where a key is looked up, nearest first.
    pub fn scopes(&self) -> Vec<Scope> {
        match self.over.last() {
            Some(over) => over.scopes().to_vec(),
            None if self.screen == Screen::Logbook && self.logbook.search.is_some() => {
                vec![Scope::Search, Scope::Anywhere]
            }
            None if self.begins() => vec![Scope::Begin, Scope::Anywhere],
            None => self.screen.scopes(),
        }
    }

    /// Is there no file yet?
    pub fn begins(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.begin.is_some())
    }

    /// Do letters go into a field?
    pub fn types(&self) -> bool {
        match self.over.last() {
            Some(Over::Form(form)) => !form.sending,
            Some(Over::Edit(_)) => true,
            Some(_) => false,
            None => self.screen == Screen::Logbook && self.logbook.search.is_some(),
        }
    }

    /// Would a letter be part of a passphrase or code?
    pub fn types_secret(&self) -> bool {
        matches!(self.over.last(), Some(Over::Form(form)) if form.types_secret())
    }

    /// May more be shown than how things are?
    pub fn is_open(&self) -> bool {
        self.door.is_open()
    }

    /// May whoever is here read this register?
    pub fn reads(&self, register: &str) -> bool {
        self.room.as_ref().is_some_and(|room| room.readable.iter().any(|r| r == register))
    }

    /// Who is logged in, for entries that name whoever makes them.
    pub fn person(&self) -> Option<(&str, Account)> {
        match &self.door {
            Door::In(inside) => Some((&inside.who.person, inside.who.account)),
            _ => None,
        }
    }
}

/// Those above a screen.
pub const FRAME_ABOVE: u16 = 4;

/// Rows that are no screen's: top line, tabs, verdict (2), notice, keys.
pub const FRAME_ROWS: usize = 6;

/// Every list of scopes that can hold at once, for the tests of the table of keys.
pub fn chains() -> Vec<Vec<Scope>> {
    let mut all: Vec<Vec<Scope>> = Screen::ALL.iter().map(|s| s.scopes()).collect();
    all.extend(Over::chains().into_iter().map(<[Scope]>::to_vec));
    all.push(vec![Scope::Search, Scope::Anywhere]);
    all.push(vec![Scope::Begin, Scope::Anywhere]);
    all
}
