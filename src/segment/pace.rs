//! When the next tick and the next flush are due, and how much a power cut may take.
//!
//! Ticks stand on a grid of the tick's span, however long a flush takes: one that a flush held up
//! comes right after it, unless the next is due within half a tick. So footage reaches the page
//! cache in time for `kill -9` as long as a flush takes 0.9 s. A disk that is too slow has
//! fewer flushes, never fewer ticks: two flushes in a row that each take 0.9 of their interval
//! double it, up to `tick_max`; one that takes under 0.6 of the half halves it. One slow flush
//! alone (32 files that turn at once, the file system writing back its own blocks) costs less than
//! a longer interval would.

use std::collections::VecDeque;

use super::commit::Options;
use crate::base::clock::Mono;
use crate::base::limits::{FLUSH_TICKS, FLUSHES_STATED};
use crate::base::time::Span;

pub(super) struct Pace {
    tick: Span,
    /// Ticks from one flush to the next, at most.
    most: u32,
    every: u32,
    /// Ticks since the last flush.
    unflushed: u32,
    /// Where on the grid the last tick belongs; it came at most half a tick before or after.
    grid: Mono,
    next: Mono,
    /// Everything that was written before this is durable.
    durable: Mono,
    /// The last flush was too slow.
    slow: bool,
    /// Of the last flushes: from the one before's beginning to its own end.
    recent: VecDeque<Span>,
}

impl Pace {
    pub fn new(options: Options, now: Mono) -> Pace {
        let most = options.tick_max.0 / options.tick.0.max(1);
        Pace {
            tick: options.tick,
            most: (most as u32).max(FLUSH_TICKS),
            every: FLUSH_TICKS,
            unflushed: 0,
            grid: now,
            next: now + options.tick,
            durable: now,
            slow: false,
            recent: VecDeque::with_capacity(FLUSHES_STATED),
        }
    }

    pub fn next_tick(&self) -> Mono {
        self.next
    }

    /// The next tick flushes, whenever the last one did.
    pub fn hurry(&mut self) {
        self.unflushed = self.every;
    }

    /// The tick that began then wrote. Is its flush due? Ticks left out count.
    pub fn wrote(&mut self, began: Mono) -> bool {
        let half = Span(self.tick.0 / 2);
        let passed = ((began + half - self.grid).0 / self.tick.0.max(1)).max(0);
        self.grid = self.grid + Span(self.tick.0 * passed);
        self.unflushed = self.unflushed.saturating_add(passed.max(1) as u32);
        self.unflushed >= self.every
    }

    /// A flush of the tick that began then is done. The longest time, among the last
    /// FLUSHES_STATED, that footage waited until it was durable: what a cut may take.
    pub fn flushed(&mut self, began: Mono, now: Mono) -> Span {
        let interval = self.tick.0 * i64::from(self.every);
        let took = now - began;
        let slow = took.0 * 10 > interval * 9;
        if slow && self.slow {
            self.every = (self.every * 2).min(self.most);
        } else if took.0 * 10 < interval * 3 {
            self.every = (self.every / 2).max(FLUSH_TICKS);
        }
        self.slow = slow;
        self.unflushed = 0;
        if self.recent.len() == FLUSHES_STATED {
            self.recent.pop_front();
        }
        self.recent.push_back(now - self.durable);
        self.durable = began;
        self.recent.iter().copied().max().unwrap_or(Span::ZERO)
    }

    /// The tick is over.
    pub fn ticked(&mut self, now: Mono) {
        self.next = self.grid + self.tick;
        if self.next < now {
            let tick = self.tick.0.max(1);
            let late = (now - self.next).0;
            let following = self.next + Span((late + tick - 1) / tick * tick);
            let soon = (following - now).0 * 2 <= tick;
            self.next = if soon { following } else { now };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks for a minute on a disk whose n-th flush takes so many milliseconds: spans between
    /// flushes, the longest between two ticks, and the last figure stated, all in milliseconds.
    fn minute(took: impl Fn(usize) -> i64) -> (Vec<i64>, i64, i64) {
        let mut pace = Pace::new(Options::default(), Mono(0));
        let (mut flushes, mut wait, mut stated) = (Vec::new(), 0, 0);
        let mut began = pace.next_tick();
        while began < Mono(0) + Span::secs(60) {
            let mut now = began;
            if pace.wrote(began) {
                now = began + Span::millis(took(flushes.len()));
                flushes.push(began);
                stated = pace.flushed(began, now).as_millis();
            }
            pace.ticked(now);
            wait = wait.max((pace.next_tick() - began).as_millis());
            began = pace.next_tick();
        }
        let spans = flushes.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
        (spans, wait, stated)
    }

    #[test]
    fn flushes_come_in_time_whatever_one_of_them_takes() {
        // (first flush, second, all others), (shortest and longest interval, longest time between
        // two ticks, stated at the end).
        let table = [
            ((0, 0, 0), (1_200, 1_200, 600, 1_200)),
            ((500, 500, 500), (1_200, 1_200, 600, 1_700)),
            // Longer than a tick: the tick between comes late, the flush does not.
            ((800, 800, 800), (1_200, 1_200, 800, 2_000)),
            // One that is slow changes nothing, two in a row do, and it comes back.
            ((1_150, 500, 500), (1_200, 1_200, 1_200, 1_700)),
            ((1_150, 1_150, 500), (1_200, 2_400, 1_200, 1_700)),
            ((3_000, 3_000, 3_000), (3_000, 4_800, 3_000, 7_800)),
        ];
        for ((first, second, others), (least, most, apart, stated)) in table {
            let took = |n| [first, second].get(n).copied().unwrap_or(others);
            let (spans, wait, said) = minute(took);
            let what = format!("{first} {second} {others}: {spans:?}");
            assert_eq!(spans.iter().max(), Some(&most), "{what}");
            assert!(spans.iter().all(|s| *s >= least), "{what}");
            assert_eq!(said, stated, "{what}");
            assert_eq!(wait, apart, "{what}");
        }
    }
}
