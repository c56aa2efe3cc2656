//! The console over the desk in memory: keys in, and what comes of them.

use std::collections::BTreeMap;

use beadle::base::time::Span;
use beadle::base::time::Utc;
use beadle::console::event::{Action, Event};
use beadle::console::key::Key;
use beadle::console::recording;
use beadle::console::sight::Batch;
use beadle::console::state::State;
use beadle::console::update::update;
use beadle::wire::pictures::Picture;
use beadle::wire::viewing::{News, Wish};
use beadle::wire::{Reply, Request, Status};

use super::desk::{Desk, PHRASE};
use super::now;

/// The console and the desk that it calls; what happens is written down as a session would be.
pub struct Face {
    pub state: State,
    pub desk: Desk,
    pub tape: Vec<String>,
    pub asked: Vec<Request>,
    /// Who stood beside them, for each of these.
    pub beside: Vec<Option<String>>,
    pub keys: usize,
    pub quit: bool,
    /// What went down the line to pictures.
    pub wishes: Vec<Wish>,
    /// The line that is open.
    pub line: Option<u64>,
    /// Answers that wait; filled while `slow`.
    pub late: BTreeMap<u64, Reply>,
    pub slow: bool,
}

impl Face {
    pub fn new(status: Option<Status>, size: (u16, u16)) -> Face {
        let mut face = Face {
            state: State::new("/run/beadle/beadle.sock".into(), now()),
            desk: Desk::default(),
            tape: vec![],
            asked: vec![],
            beside: vec![],
            keys: 0,
            quit: false,
            wishes: vec![],
            line: None,
            late: BTreeMap::new(),
            slow: false,
        };
        face.event(Event::Size(size.0, size.1));
        if let Some(status) = status {
            face.desk.cameras = status.cameras.iter().map(|c| c.id.clone()).collect();
            face.event(Event::Status(Box::new(status)));
        }
        face
    }

    pub fn event(&mut self, event: Event) {
        let mut waiting = vec![event];
        while let Some(event) = waiting.pop() {
            self.tape.push(recording::line(&self.state, &event).unwrap());
            for action in update(&mut self.state, event) {
                match action {
                    Action::Quit => self.quit = true,
                    Action::Ask { ticket, call } => {
                        self.asked.push(call.request.clone());
                        self.beside.push(call.beside.as_ref().map(|s| s.person.clone()));
                        let reply = self.desk.answer(&call.request, call.session.is_some());
                        if self.slow {
                            self.late.insert(ticket, reply);
                        } else {
                            waiting.insert(0, Event::Reply(ticket, Box::new(reply)));
                        }
                    }
                    Action::Look { turn, wishes, .. } => {
                        self.line = Some(turn);
                        self.wishes.extend(wishes);
                    }
                    Action::Wish(wish) => self.wishes.push(wish),
                    Action::CloseLine => self.line = None,
                    Action::Draw | Action::Redraw | Action::Vt(_) => {}
                }
            }
        }
    }

    pub fn press(&mut self, keys: &[Key]) {
        for key in keys {
            self.keys += 1;
            self.event(Event::Key(*key));
        }
    }

    /// A text, letter by letter.
    pub fn types(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(&[Key::Char(c)]));
    }

    pub fn log_in(&mut self, person: &str) {
        self.press(&[Key::Char('l')]);
        self.types(person);
        self.press(&[Key::Enter]);
        self.types(PHRASE);
        self.press(&[Key::Enter]);
        assert!(self.state.is_open(), "{:?}", self.state.over);
    }

    /// A picture of every camera that is shown, taken at this moment: bright above, dark below.
    pub fn pictures(&mut self, at: Utc) {
        let Some(turn) = self.line else { return };
        let seats = self.state.watch.as_ref().map_or(0, |watch| watch.seats.len());
        let shade = |n: usize| [(40 + n * 20) as u8, 120, (200 - n * 10) as u8];
        let picture = |n: usize| {
            let (width, height) = (32, 18);
            let pixel = |y: u16| if y < 9 { [230, 230, 230] } else { shade(n) };
            let rgb: Vec<u8> = (0..height).flat_map(|y| pixel(y).repeat(width.into())).collect();
            (n as u16, Picture { at, width, height, rgb: rgb.into() })
        };
        let pictures = (0..seats).map(picture).collect();
        self.event(Event::Pictures(Batch { turn, pictures }));
        self.event(Event::News(turn, News::Clock { at, quarters: Some(4), back: false }));
        self.event(Event::News(turn, News::Counts { shown: 120, dropped: 2 }));
    }

    /// So many seconds without a key.
    pub fn wait(&mut self, seconds: i64) {
        for s in 1..=seconds {
            self.event(Event::Tick(now() + Span::secs(s)));
        }
    }
}
