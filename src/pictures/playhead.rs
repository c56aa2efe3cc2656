//! The one clock of a viewing: where it stands in recorded time, and how fast it goes. Pure.

use crate::base::clock::Mono;
use crate::base::time::{Span, Utc};

/// In quarters of real time: 1 is a quarter, 4 is as it was, 128 is 32 times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Speed(u16);

impl Speed {
    /// As it was.
    pub const REAL: Speed = Speed(4);
    /// All that there are, slowest first.
    pub const ALL: [Speed; 8] =
        [Speed(1), Speed(2), Speed(4), Speed(8), Speed(16), Speed(32), Speed(64), Speed(128)];

    /// `None`: not one of [`Speed::ALL`].
    pub fn quarters(n: u16) -> Option<Speed> {
        Speed::ALL.into_iter().find(|speed| speed.0 == n)
    }

    pub fn in_quarters(self) -> u16 {
        self.0
    }

    /// From 8x on key frames alone are shown: decoding all would take a core a camera, and nobody
    /// sees 120 pictures a second.
    pub fn keys_alone(self) -> bool {
        self.0 >= 32
    }

    /// So much recorded time passes in this real time.
    pub fn times(self, span: Span) -> Span {
        Span((i128::from(span.0) * i128::from(self.0) / 4) as i64)
    }
}

/// Stands, or goes since a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Playhead {
    at: Utc,
    speed: Speed,
    /// Towards the past.
    back: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Stands,
    /// It will go when every camera has its first picture.
    Waits,
    Goes(Mono),
}

impl Playhead {
    pub fn standing_at(at: Utc) -> Playhead {
        Playhead { at, speed: Speed::REAL, back: false, state: State::Stands }
    }

    pub fn position(&self, now: Mono) -> Utc {
        match self.state {
            State::Goes(since) if self.back => self.at - self.speed.times(now - since),
            State::Goes(since) => self.at + self.speed.times(now - since),
            State::Stands | State::Waits => self.at,
        }
    }

    /// The speed, unless it stands.
    pub fn speed(&self) -> Option<Speed> {
        (self.state != State::Stands).then_some(self.speed)
    }

    /// Does it go, or wait to go, towards the past?
    pub fn is_back(&self) -> bool {
        self.back && self.state != State::Stands
    }

    pub fn waits(&self) -> bool {
        self.state == State::Waits
    }

    /// Elsewhere; if it went, it goes on from there when the pictures are there.
    pub fn jump(&mut self, at: Utc) {
        self.at = at;
        if self.state != State::Stands {
            self.state = State::Waits;
        }
    }

    pub fn play(&mut self, speed: Speed, back: bool, now: Mono) {
        self.at = self.position(now);
        (self.speed, self.back) = (speed, back);
        self.state = State::Waits;
    }

    pub fn stop(&mut self, now: Mono) {
        self.at = self.position(now);
        self.state = State::Stands;
    }

    /// At most so far behind `edge` while it goes.
    pub fn hurry(&mut self, edge: Utc, most: Span, now: Mono) {
        if matches!(self.state, State::Goes(_)) && edge - self.position(now) > most {
            (self.at, self.state) = (edge, State::Goes(now));
        }
    }

    /// Stands here, wherever it was.
    pub fn halt(&mut self, at: Utc) {
        (self.at, self.state) = (at, State::Stands);
    }

    /// Every camera has its picture.
    pub fn settled(&mut self, now: Mono) {
        if self.state == State::Waits {
            self.state = State::Goes(now);
        }
    }

    /// Never ahead of `edge`, up to which there is footage: from there on it follows in real time.
    pub fn follow(&mut self, edge: Utc, now: Mono) {
        if matches!(self.state, State::Goes(_)) && !self.back && self.position(now) > edge {
            (self.at, self.speed, self.state) = (edge, Speed::REAL, State::Goes(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: f64) -> Utc {
        Utc((s * 1e6) as i64)
    }

    fn mono(s: f64) -> Mono {
        Mono((s * 1e6) as i64)
    }

    #[test]
    fn it_goes_at_its_speed_from_when_the_pictures_are_there() {
        for (quarters, after_4s) in [(1, 101.0), (4, 104.0), (32, 132.0), (128, 228.0)] {
            let mut head = Playhead::standing_at(at(100.0));
            assert_eq!(head.position(mono(7.0)), at(100.0));
            head.play(Speed::quarters(quarters).unwrap(), false, mono(7.0));
            assert_eq!(head.position(mono(9.0)), at(100.0), "no picture yet");
            head.settled(mono(9.0));
            assert_eq!(head.position(mono(13.0)), at(after_4s), "{quarters}");
            head.stop(mono(13.0));
            assert_eq!((head.position(mono(99.0)), head.speed()), (at(after_4s), None));
        }
    }

    #[test]
    fn it_goes_back_too_and_no_edge_holds_it() {
        let mut head = Playhead::standing_at(at(100.0));
        head.play(Speed::quarters(8).unwrap(), true, mono(0.0));
        head.settled(mono(1.0));
        assert_eq!((head.position(mono(4.0)), head.is_back()), (at(94.0), true));
        head.follow(at(50.0), mono(4.0));
        assert_eq!(head.position(mono(5.0)), at(92.0));
        head.halt(at(90.0));
        assert_eq!(
            (head.position(mono(9.0)), head.speed(), head.is_back()),
            (at(90.0), None, false)
        );
    }

    #[test]
    fn a_jump_keeps_it_going() {
        let mut head = Playhead::standing_at(at(0.0));
        head.jump(at(50.0));
        assert_eq!((head.speed(), head.waits()), (None, false));
        head.play(Speed::REAL, false, mono(0.0));
        head.settled(mono(0.0));
        head.jump(at(10.0));
        assert_eq!((head.position(mono(5.0)), head.waits()), (at(10.0), true));
        head.settled(mono(6.0));
        assert_eq!(head.position(mono(8.0)), at(12.0));
    }

    #[test]
    fn the_edge_is_followed_in_real_time() {
        let mut head = Playhead::standing_at(at(0.0));
        head.play(Speed::quarters(128).unwrap(), false, mono(0.0));
        head.settled(mono(0.0));
        head.follow(at(100.0), mono(1.0));
        assert_eq!(head.position(mono(1.0)), at(32.0));
        head.follow(at(100.0), mono(5.0));
        assert_eq!((head.position(mono(5.0)), head.speed()), (at(100.0), Some(Speed::REAL)));
        assert_eq!(head.position(mono(6.0)), at(101.0));
    }

    #[test]
    fn only_the_speeds_of_the_list() {
        let known: Vec<u16> = (0..=200).filter(|n| Speed::quarters(*n).is_some()).collect();
        assert_eq!(known, [1, 2, 4, 8, 16, 32, 64, 128]);
        assert_eq!(Speed::ALL.map(Speed::keys_alone).iter().filter(|k| **k).count(), 3);
    }
}
