//! A player and what came out of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use beadle::base::clock::SystemClock;
use beadle::base::time::{Span, Utc, Zone};
use beadle::pictures::player::{Input, Output, Player, Reach, Setup, Shown, Wish};
use beadle::pictures::playhead::Speed;
use beadle::wire::pictures::Picture;

use crate::footage::{Footage, camera};

pub fn program() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_beadle-pictures").into()
}

/// Cameras 0 to `cameras`.
pub fn setup(footage: &Footage, cameras: usize, within: (u16, u16)) -> Setup {
    let shown = |n| Shown { camera: camera(n), title: format!("Camera {n}"), masks: Vec::new() };
    Setup {
        program: program(),
        reach: Reach::All,
        clock: Arc::new(SystemClock::new()),
        disks: vec![footage.disk.clone()],
        cameras: (0..cameras).map(shown).collect(),
        zone: Zone::named("Europe/London").unwrap(),
        within,
        overlay: false,
        watermark: String::new(),
    }
}

/// A player that is turned by hand.
pub struct Rig {
    pub player: Player,
    /// What every seat shows.
    pub shows: BTreeMap<usize, Picture>,
    /// Every picture in the order of coming, with the seat.
    pub seen: Vec<(usize, Utc)>,
    /// Clock and, at that moment, what each seat shows.
    pub clocks: Vec<(Utc, Option<Speed>, Vec<Utc>)>,
    pub holes: BTreeMap<usize, bool>,
    pub troubles: Vec<String>,
    pub settled: Option<Span>,
}

impl Rig {
    pub fn new(setup: Setup, at: Utc) -> Rig {
        let player = Player::new(setup, at);
        Rig {
            player,
            shows: BTreeMap::new(),
            seen: Vec::new(),
            clocks: Vec::new(),
            holes: BTreeMap::new(),
            troubles: Vec::new(),
            settled: None,
        }
    }

    pub fn turn(&mut self) {
        let mut out = Vec::new();
        self.player.turn(&mut |output| {
            out.push(output);
            true
        });
        for output in out {
            match output {
                Output::Picture { seat, picture } => {
                    self.seen.push((seat, picture.at));
                    self.shows.insert(seat, picture);
                }
                Output::Clock { at, speed, .. } => {
                    let shows = self.shows.values().map(|p| p.at).collect();
                    self.clocks.push((at, speed, shows));
                }
                Output::Hole { seat, hole } => drop(self.holes.insert(seat, hole)),
                Output::Settled { took } => self.settled = Some(took),
                Output::Trouble { text } => self.troubles.push(text),
            }
        }
    }

    pub fn wish(&mut self, wish: Wish) {
        self.settled = None;
        self.player.inlet().send(Input::Wish(wish)).unwrap();
    }

    /// Until what was wished for is shown.
    pub fn settle(&mut self) -> Span {
        let late = Instant::now() + Duration::from_secs(30);
        while self.settled.is_none() {
            self.turn();
            assert!(Instant::now() < late, "never settled: {:?} {:?}", self.shows, self.troubles);
        }
        self.settled.unwrap()
    }

    /// From wish to picture.
    pub fn go(&mut self, wish: Wish) -> Span {
        self.wish(wish);
        self.settle()
    }

    pub fn run_for(&mut self, span: Duration) {
        let until = Instant::now() + span;
        while Instant::now() < until {
            self.turn();
        }
    }
}
