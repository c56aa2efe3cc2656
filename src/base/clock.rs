//! Time as an argument: the wall clock, the clock that never steps, and their simulated twin.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use super::time::{Span, Utc};

/// A moment of the monotonic clock: microseconds since the process (or simulation) began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Mono(pub i64);

impl std::ops::Sub for Mono {
    type Output = Span;
    fn sub(self, other: Mono) -> Span {
        Span(self.0 - other.0)
    }
}

impl std::ops::Add<Span> for Mono {
    type Output = Mono;
    fn add(self, span: Span) -> Mono {
        Mono(self.0.saturating_add(span.0))
    }
}

/// The two clocks. Waiting is judged by `mono`, stamping by `utc`; a step shows as their
/// difference.
pub trait Clock: Send + Sync {
    /// The recorder's disciplined wall clock; may step.
    fn utc(&self) -> Utc;
    /// Never steps, never runs back.
    fn mono(&self) -> Mono;
}

/// One moment on both clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Now {
    pub utc: Utc,
    pub mono: Mono,
}

impl Now {
    pub fn of(clock: &dyn Clock) -> Now {
        Now { utc: clock.utc(), mono: clock.mono() }
    }
}

/// The machine's clocks.
pub struct SystemClock {
    began: Instant,
}

impl SystemClock {
    pub fn new() -> SystemClock {
        SystemClock { began: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn utc(&self) -> Utc {
        Utc(jiff::Timestamp::now().as_microsecond())
    }

    fn mono(&self) -> Mono {
        Mono(self.began.elapsed().as_micros() as i64)
    }
}

/// A clock that moves when told; `step` moves the wall clock alone.
pub struct SimClock {
    utc: AtomicI64,
    mono: AtomicI64,
}

impl SimClock {
    pub fn at(utc: Utc) -> SimClock {
        SimClock { utc: AtomicI64::new(utc.0), mono: AtomicI64::new(0) }
    }

    /// Time passes on both clocks.
    pub fn advance(&self, by: Span) {
        self.utc.fetch_add(by.0, Ordering::SeqCst);
        self.mono.fetch_add(by.0, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub fn step(&self, by: Span) {
        self.utc.fetch_add(by.0, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn utc(&self) -> Utc {
        Utc(self.utc.load(Ordering::SeqCst))
    }

    fn mono(&self) -> Mono {
        Mono(self.mono.load(Ordering::SeqCst))
    }
}
