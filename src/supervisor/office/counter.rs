//! The counter that only goes up, against a logbook that is put back (R5.5): one step an hour at
//! most, told by the heartbeat; compared once a run with what the newest heartbeat says.
//!
//! Nothing waits for it. A counter that does not answer leaves its field out of the heartbeat, and
//! that is told once, as an alarm that lasts until it answers again.

use super::super::Supervisor;
use super::watchful::Condition;
use crate::base::limits::HEARTBEAT_SPAN;
use crate::base::time::{Span, Utc};
use crate::ledger::counter::Rising;
use crate::logbook::{Entry, Kind, Value, heartbeat};

/// A start soon after a heartbeat makes one of its own, and no step.
const EARLY: Span = Span::mins(5);
/// The counter moves before its heartbeat is durable: a power cut may lose one, and the next too.
const STEPS_LOST: u64 = 2;

/// The counter, and what was seen of it.
#[derive(Default)]
pub struct Count {
    rising: Option<Box<dyn Rising>>,
    /// What the newest heartbeat that says so says, and its moment.
    told: Option<(Utc, u64)>,
    /// It was compared in this run.
    compared: bool,
    /// Why it does not answer, and since when.
    silent: Option<(String, Utc)>,
    /// What the comparison found.
    odd: Option<(String, Utc)>,
}

impl Count {
    pub fn of(rising: Option<Box<dyn Rising>>) -> Count {
        Count { rising, ..Count::default() }
    }

    /// For a logbook that was opened anew.
    pub fn take(&mut self) -> Option<Box<dyn Rising>> {
        self.rising.take()
    }

    /// What a heartbeat says, after a restart too.
    pub fn remember(&mut self, entry: &Entry) {
        if entry.header.kind != Kind::Heartbeat {
            return;
        }
        let said = entry.body.as_ref().and_then(|b| b.fields.get(heartbeat::COUNTER));
        if let Some(Value::Number(n)) = said
            && let Ok(n) = u64::try_from(*n)
        {
            self.told = Some((entry.header.at, n));
        }
    }

    /// What it stands at, if it can be asked.
    pub fn read(&mut self) -> Option<u64> {
        self.rising.as_mut()?.read().ok().flatten()
    }

    /// What lasts: it does not answer; it says that heartbeats are missing.
    pub(super) fn conditions(&self) -> Vec<(String, Condition)> {
        let odd = self.odd.as_ref().map(|(text, since)| {
            let remedy = "Hold it against the newest seal outside of the box: `beadle logbook \
                          verify --checkpoint FILE`. If the board was changed, say so in an entry.";
            ("counter-odd".into(), Condition { text: text.clone(), remedy, since: *since })
        });
        let silent = self.silent.as_ref().map(|(why, since)| {
            let text = format!("heartbeats do not count: {why}");
            let remedy = "A logbook that is put back shows by seals and silence meanwhile.";
            ("counter".into(), Condition { text, remedy, since: *since })
        });
        odd.into_iter().chain(silent).collect()
    }
}

impl Supervisor {
    /// What the heartbeat of now says; `None`: nothing counts here, or it counted within the hour.
    /// A heartbeat that may be owed makes no step: it would be missing after a restart.
    pub(super) fn step_counter(&mut self) -> Option<u64> {
        self.compare_counter();
        let (_, now) = self.now();
        let office = &mut self.office;
        let ready = office.is_read() && office.owed.is_empty() && office.ledger.is_ok();
        let count = &mut office.counter;
        let due = count.told.is_none_or(|(at, _)| now < at || now - at >= HEARTBEAT_SPAN - EARLY);
        let rising = count.rising.as_mut().filter(|_| ready && due)?;
        match rising.step() {
            Ok(stands) => {
                count.silent = None;
                Some(stands)
            }
            Err(fault) => {
                count.silent.get_or_insert((fault.text, now));
                None
            }
        }
    }

    /// Is the counter where the logbook says? Once a run, before its first step.
    pub(super) fn compare_counter(&mut self) {
        let (_, now) = self.now();
        let office = &mut self.office;
        if office.counter.compared || !office.is_read() {
            return;
        }
        let count = &mut office.counter;
        count.compared = true;
        let stands = match count.rising.as_mut().map(|rising| rising.read()) {
            None | Some(Ok(None)) => return,
            Some(Ok(Some(stands))) => stands,
            Some(Err(fault)) => {
                count.silent.get_or_insert((fault.text, now));
                return;
            }
        };
        let Some((at, told)) = count.told else { return };
        let text = if stands > told.saturating_add(STEPS_LOST) {
            format!(
                "the TPM counted {} heartbeats after that of {at}, the newest that this logbook \
                 has: its folder may have been put back to that day (R5.5)",
                stands - told
            )
        } else if stands < told {
            format!(
                "the TPM's counter stands at {stands} and the heartbeat of {at} says {told}: this \
                 is another TPM, or another box"
            )
        } else {
            return;
        };
        count.odd = Some((text, now));
    }
}
