//! The player: one to nine cameras in step on one clock, for the console and for stills.
//!
//! It belongs to one thread, reads footage from the disks, feeds one child and gives pictures to
//! whoever asked. [`Player::turn`] is one round of waiting and doing; nothing happens between two
//! calls but that the child decodes.
//!
//! 1. Wishes and what the child says come in through one bounded queue.
//! 2. A seek begins every camera anew: the key frame before the moment, and on to the picture.
//! 3. While it plays, units are fed up to a little ahead of the clock; the clock starts when every
//!    camera has its first picture, so they begin together.
//! 4. Towards the past the clock goes on while pictures are fetched: each time that all cameras
//!    have theirs, the next is the one of where the clock is by then. Fewer are shown, none is
//!    late.
//! 5. A child that dies, or hangs for longer than [`PATIENCE`], is replaced, and every camera
//!    begins anew where the clock stands.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use super::child::{Child, Heard, PATIENCE, START_PATIENCE, hung, restart_after};
use super::playhead::{Playhead, Speed};
use super::reel::Grain;
use super::seat::Seat;
pub use super::viewing::{Input, Output, Reach, Setup, Shown, Wish};
use crate::base::clock::Mono;
use crate::base::fault::Fault;
use crate::base::limits::{LIVE_SEATS_MAX, PLAYER_INPUTS_MAX, SEATS_MAX};
use crate::base::time::{Span, Utc};
use crate::wire::pictures::{FromChild, Hurry, NO_CHANNEL, WHOLE};

/// Units are fed so far ahead of the clock, in real time: a fragment, and what decoding takes.
const LEAD: Span = Span::millis(300);
/// Pictures that do not come hold the clock up for no longer than this.
const SETTLE_MAX: Span = Span::secs(2);
/// Footage is whole on the disk this long after it was taken, at the latest: two ticks and a
/// flush's time. The clock does not go beyond.
const EDGE: Span = Span::millis(2_500);
/// Live pictures that lag behind that by more skip what they missed.
const LAG_MAX: Span = Span::secs(1);
/// A screen of 60 pictures a second is looked at often enough.
const TICK: Duration = Duration::from_millis(8);
/// The clock is told this often while it goes.
const TELL: Span = Span::millis(200);

pub struct Player {
    setup: Setup,
    seats: Vec<Seat>,
    head: Playhead,
    child: Option<(Child, bool)>,
    /// Counts children; what an older one says does not count.
    number: u32,
    failures: u32,
    start_at: Mono,
    heard: Mono,
    inputs: Receiver<Input>,
    inlet: SyncSender<Input>,
    /// Since when a wish waits for its pictures.
    wished: Option<Mono>,
    steps: i32,
    /// Towards the past: the moment whose pictures are fetched.
    fetched: Option<Utc>,
    told: (Mono, Option<(Utc, Option<Speed>, bool)>),
    /// What was said last: once is enough.
    trouble: Option<String>,
    over: bool,
}

impl Player {
    /// It stands at `at`; the first turns start the child and fetch the pictures.
    pub fn new(setup: Setup, at: Utc) -> Player {
        let (inlet, inputs) = sync_channel(PLAYER_INPUTS_MAX);
        let now = setup.clock.mono();
        let seat = |(n, shown): (usize, &Shown)| {
            let look = setup.look(shown, at, WHOLE);
            Seat::new(n as u16, shown.camera.clone(), setup.disks.clone(), look)
        };
        let live = setup.reach == Reach::Live;
        let most = if live { LIVE_SEATS_MAX } else { SEATS_MAX };
        let seats = setup.cameras.iter().take(most).enumerate().map(seat).collect();
        let mut head = Playhead::standing_at(setup.reach.nearest(at));
        if live {
            head.play(Speed::REAL, false, now);
        }
        Player {
            seats,
            head,
            child: None,
            number: 0,
            failures: 0,
            start_at: now,
            heard: now,
            inputs,
            inlet,
            wished: Some(now),
            steps: 0,
            fetched: None,
            told: (now, None),
            trouble: None,
            over: false,
            setup,
        }
    }

    /// Where wishes go in; full is a standstill, and whoever wishes waits.
    pub fn inlet(&self) -> SyncSender<Input> {
        self.inlet.clone()
    }

    /// Pictures given and dropped, decoded, and the decoder's processor time in microseconds; all
    /// cameras together.
    pub fn counts(&self) -> (u64, u64, u64, u64) {
        self.seats.iter().fold((0, 0, 0, 0), |sum, seat| {
            let (given, dropped) = seat.counts();
            (sum.0 + given, sum.1 + dropped, sum.2 + seat.decoded, sum.3 + seat.busy_us)
        })
    }

    /// The child's process, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(|(child, _)| child.pid())
    }

    /// Until the viewer ends it, or `out` says `false`.
    pub fn run(mut self, out: &mut dyn FnMut(Output) -> bool) {
        while self.turn(out) {}
    }

    /// Waits a moment for something to happen, and does what is due; `false`: it is over.
    pub fn turn(&mut self, out: &mut dyn FnMut(Output) -> bool) -> bool {
        let mut go_on = true;
        let mut trouble = self.trouble.take();
        let mut out = |output| {
            if let Output::Trouble { text } = &output
                && trouble.replace(text.clone()).as_ref() == Some(text)
            {
                return;
            }
            go_on &= out(output);
        };
        let busy = self.head.speed().is_some() || self.wished.is_some() || self.steps != 0;
        let patience = if busy { TICK } else { Duration::from_millis(100) };
        if let Ok(input) = self.inputs.recv_timeout(patience) {
            self.take(input, &mut out);
            while let Ok(input) = self.inputs.try_recv() {
                self.take(input, &mut out);
            }
        }
        let now = self.setup.clock.mono();
        self.mind_child(now, &mut out);
        self.follow(now, &mut out);
        self.tell(now, &mut out);
        self.trouble = trouble;
        go_on && !self.over
    }

    fn take(&mut self, input: Input, out: &mut dyn FnMut(Output)) {
        match input {
            Input::Wish(wish) => self.wish(wish, out),
            Input::Heard(number, heard) if number == self.number => self.hear(heard, out),
            Input::Heard(..) => {}
        }
    }

    fn wish(&mut self, wish: Wish, out: &mut dyn FnMut(Output)) {
        let now = self.setup.clock.mono();
        let position = self.head.position(now);
        // What is live is watched as it comes.
        let moves =
            !matches!(wish, Wish::Size(..) | Wish::Burn(..) | Wish::Zoom { .. } | Wish::End);
        if moves && self.setup.reach == Reach::Live {
            return;
        }
        (self.wished, self.fetched) = (Some(now), None);
        match wish {
            Wish::Seek(at) => {
                self.steps = 0;
                self.head.jump(self.setup.reach.nearest(at));
                self.begin(out);
            }
            Wish::Play(speed) | Wish::Back(speed) => {
                let grain = self.grain();
                let turned = self.head.is_back();
                self.steps = 0;
                self.head.play(speed, matches!(wish, Wish::Back(_)), now);
                if self.grain() != grain || turned {
                    self.begin(out);
                }
            }
            Wish::Stop => {
                let (grain, turned) = (self.grain(), self.head.is_back());
                self.head.halt(self.setup.reach.nearest(position));
                if self.grain() != grain || turned {
                    self.begin(out);
                }
            }
            Wish::Step(by) => {
                let (grain, turned) = (self.grain(), self.head.is_back());
                self.head.halt(self.setup.reach.nearest(position));
                if self.grain() != grain || turned {
                    self.begin(out);
                }
                self.steps = self.steps.saturating_add(by).clamp(-100, 100);
            }
            Wish::Burn(burnt, (width, height)) => {
                self.setup.overlay = burnt;
                return self.wish(Wish::Size(width, height), out);
            }
            Wish::Size(width, height) => {
                self.setup.within = (width.max(1), height.max(1));
                self.head.jump(position);
                self.begin(out);
            }
            Wish::Zoom { seat, crop } => {
                if let Some(seat) = self.seats.get_mut(seat) {
                    seat.look.crop = crop;
                    self.head.jump(position);
                    self.begin(out);
                }
            }
            Wish::End => self.over = true,
        }
    }

    fn hear(&mut self, heard: Heard, out: &mut dyn FnMut(Output)) {
        self.heard = self.setup.clock.mono();
        match heard {
            Heard::Said(FromChild::Ready { decoders, .. }) => {
                tracing::debug!("pictures: {decoders}");
                if let Some((_, ready)) = &mut self.child {
                    *ready = true;
                }
                self.begin(out);
            }
            Heard::Said(FromChild::Picture { channel, round, picture }) => {
                self.failures = 0;
                if let Some(seat) = self.seats.get_mut(usize::from(channel)) {
                    seat.picture(round, picture);
                }
            }
            // Nobody asked for any.
            Heard::Said(FromChild::Coding { .. } | FromChild::Coded { .. }) => {}
            Heard::Said(FromChild::Done { channel, round, counts }) => {
                if let Some(seat) = self.seats.get_mut(usize::from(channel)) {
                    seat.done(round, counts);
                }
            }
            Heard::Said(FromChild::Failed { channel: NO_CHANNEL, text }) => self.lost(text, out),
            Heard::Said(FromChild::Failed { channel, text }) => {
                let seat = self.seats.get(usize::from(channel));
                let camera = seat.map_or_else(String::new, |seat| format!("{}: ", seat.camera));
                out(Output::Trouble { text: format!("{camera}{text}") });
            }
            Heard::Gone(why) => {
                let child = self.child.as_mut();
                let why = child.map_or(why.clone(), |(child, _)| child.epitaph(why));
                self.lost(why, out);
            }
        }
    }

    /// Starts a child where there is none, and ends one that hangs.
    fn mind_child(&mut self, now: Mono, out: &mut dyn FnMut(Output)) {
        match &self.child {
            None if now >= self.start_at => {
                self.number = self.number.wrapping_add(1);
                let (number, inlet) = (self.number, self.inlet.clone());
                let voice = move |heard| inlet.send(Input::Heard(number, heard)).is_ok();
                let workers = self.seats.len() as u8;
                self.heard = now;
                match Child::start(&self.setup.program, workers, Hurry::Some, voice) {
                    Ok(child) => {
                        self.seats.iter_mut().for_each(Seat::forget_child);
                        self.child = Some((child, false));
                    }
                    Err(why) => self.lost(why, out),
                }
            }
            None => {}
            Some((_, false)) if now - self.heard > START_PATIENCE => self.lost(hung(), out),
            Some((_, false)) => {}
            Some((_, true)) => {
                let busy = self.seats.iter().any(Seat::is_busy);
                if !busy {
                    self.heard = now;
                } else if now - self.heard > PATIENCE {
                    self.lost(hung(), out);
                }
            }
        }
    }

    /// The child is gone: another one after a while.
    fn lost(&mut self, why: String, out: &mut dyn FnMut(Output)) {
        self.child = None;
        self.number = self.number.wrapping_add(1);
        self.start_at = self.setup.clock.mono() + restart_after(self.failures);
        self.failures = self.failures.saturating_add(1);
        tracing::warn!("{why}; it is started again");
        out(Output::Trouble { text: format!("{why}; it is started again") });
    }

    fn grain(&self) -> Grain {
        let fast = |speed: Speed| speed.keys_alone() || self.head.is_back() && speed > Speed::REAL;
        // So many live cameras would take a core each.
        let many = self.seats.len() > SEATS_MAX;
        match many || self.head.speed().is_some_and(fast) {
            true => Grain::Key,
            false => Grain::Whole,
        }
    }

    /// Every camera begins anew where the clock is.
    fn begin(&mut self, out: &mut dyn FnMut(Output)) {
        let now = self.setup.clock.mono();
        let at = match self.setup.reach {
            Reach::Live => self.setup.clock.utc() - EDGE,
            reach => reach.nearest(self.head.position(now)),
        };
        self.head.jump(at);
        self.fetched = None;
        self.wished = self.wished.or(Some(now));
        self.fetch(at, out);
    }

    /// Every camera begins anew at this moment; the clock does what it did.
    fn fetch(&mut self, at: Utc, out: &mut dyn FnMut(Output)) {
        let grain = self.grain();
        let Some((child, true)) = &mut self.child else { return };
        let mut faults = Vec::new();
        let mut gone = None;
        for (seat, shown) in self.seats.iter_mut().zip(&self.setup.cameras) {
            seat.look = self.setup.look(shown, at, seat.look.crop);
            let begun = seat.say_look(child).and_then(|()| seat.begin(child, at, grain));
            match begun {
                Ok(Ok(())) => {}
                Ok(Err(fault)) => faults.push(fault),
                Err(why) => gone = Some(why),
            }
        }
        tell_faults(faults, out);
        if let Some(why) = gone {
            self.lost(why, out);
        }
    }

    /// Feeds, shows, and steps.
    fn follow(&mut self, now: Mono, out: &mut dyn FnMut(Output)) {
        let utc = self.setup.clock.utc();
        self.head.follow(utc - EDGE, now);
        self.keep_within(now);
        self.go_back(now, out);
        let at = self.fetched.unwrap_or_else(|| self.head.position(now));
        let (grain, speed) = (self.grain(), self.head.speed().filter(|_| !self.head.is_back()));
        let horizon = speed.map_or(at, |speed| at + speed.times(LEAD));
        let (mut faults, mut gone) = (Vec::new(), None);
        if let Some((child, true)) = &mut self.child {
            for seat in &mut self.seats {
                match seat.feed(child, (at, horizon), grain, now) {
                    Ok(Ok(())) => {}
                    Ok(Err(fault)) => faults.push(fault),
                    Err(why) => gone = Some(why),
                }
            }
        }
        tell_faults(faults, out);
        if let Some(why) = gone {
            self.lost(why, out);
        }
        let goes = speed.is_some() && !self.head.waits();
        for (n, seat) in self.seats.iter_mut().enumerate() {
            let picture = seat.show(at, goes);
            if let Some(picture) = picture.filter(|p| self.setup.reach.shows(p.at, utc)) {
                out(Output::Picture { seat: n, picture });
            }
        }
        self.settle(now, at, out);
    }

    /// The clock stops at the ends of what may be seen.
    fn keep_within(&mut self, now: Mono) {
        if self.setup.reach == Reach::Live {
            self.head.hurry(self.setup.clock.utc() - EDGE, LAG_MAX, now);
            return;
        }
        let at = self.head.position(now);
        let nearest = self.setup.reach.nearest(at);
        if nearest != at {
            self.head.halt(nearest);
        }
    }

    /// Towards the past: the pictures of where the clock is, once the last ones are there.
    fn go_back(&mut self, now: Mono, out: &mut dyn FnMut(Output)) {
        if !self.head.is_back() || self.head.waits() {
            return;
        }
        let at = self.head.position(now);
        let there = self.fetched.is_none_or(|at| self.seats.iter().all(|seat| seat.settled(at)));
        if there && self.seats.iter().filter_map(Seat::shown).any(|shown| shown > at) {
            self.fetched = Some(at);
            self.fetch(at, out);
        }
    }

    fn settle(&mut self, now: Mono, at: Utc, out: &mut dyn FnMut(Output)) {
        let grain = self.grain();
        let ready = self.child.as_ref().is_some_and(|(_, ready)| *ready);
        let settled = ready && self.seats.iter().all(|seat| seat.settled(at));
        let late = self.wished.is_some_and(|since| now - since > SETTLE_MAX);
        if !(settled || late && ready) {
            return;
        }
        self.head.settled(now);
        for (n, seat) in self.seats.iter_mut().enumerate() {
            let hole = seat.is_hole(at, grain);
            if seat.hole.replace(hole) != Some(hole) {
                out(Output::Hole { seat: n, hole });
            }
        }
        if self.steps != 0 {
            self.step(now, at, out);
        } else if settled && let Some(since) = self.wished.take() {
            out(Output::Settled { took: now - since });
        }
    }

    /// One picture on or back, of whichever camera has the nearest.
    fn step(&mut self, now: Mono, at: Utc, out: &mut dyn FnMut(Output)) {
        let mut faults = Vec::new();
        let mut found = Vec::new();
        let forward = self.steps > 0;
        let newest = self.seats.iter().filter_map(Seat::shown).filter(|t| *t <= at).max();
        for seat in &mut self.seats {
            let next = match forward {
                true => seat.after(at, now),
                false => seat.before(newest.unwrap_or(at)),
            };
            match next {
                Ok(next) => found.extend(next),
                Err(fault) => faults.push(fault),
            }
        }
        tell_faults(faults, out);
        found.retain(|t| self.setup.reach.nearest(*t) == *t);
        let next = if forward { found.into_iter().min() } else { found.into_iter().max() };
        match next {
            Some(next) => {
                self.steps -= self.steps.signum();
                self.head.jump(next);
                if !forward {
                    self.begin(out);
                }
            }
            // The end of the footage, or its beginning.
            None => self.steps = 0,
        }
    }

    fn tell(&mut self, now: Mono, out: &mut dyn FnMut(Output)) {
        let is = (self.head.position(now), self.head.speed(), self.head.is_back());
        let (when, told) = self.told;
        let turned = told.is_none_or(|(at, speed, back)| {
            (speed, back) != (is.1, is.2) || (speed.is_none() && at != is.0)
        });
        if turned || (told != Some(is) && now - when > TELL) {
            self.told = (now, Some(is));
            out(Output::Clock { at: is.0, speed: is.1, back: is.2 });
        }
    }
}

fn tell_faults(faults: Vec<Fault>, out: &mut dyn FnMut(Output)) {
    for fault in faults {
        out(Output::Trouble { text: fault.text });
    }
}
