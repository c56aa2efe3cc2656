//! Entries that could not be written: they wait here in order, with their own times.

use std::collections::{BTreeMap, VecDeque};

use super::{Ledger, append};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{LOGBOOK_OWED_AT_ONCE, LOGBOOK_OWED_MAX};
use crate::base::time::Utc;
use crate::logbook::{Act, Body, ClockState, Draft, Entry, Kind, Value};

/// Fields of the entry that goes before what was owed.
pub use crate::logbook::fields::{COUNT, DROPPED, SINCE};

/// A bounded queue of drafts. Recording and retention never wait for the logbook: what they have to
/// say goes in here and is paid when there is room. A crash loses it.
#[derive(Default)]
pub struct Owed {
    drafts: VecDeque<Draft>,
    /// Of each kind, those that found the queue full.
    dropped: BTreeMap<Kind, u64>,
    since: Option<Utc>,
}

impl Owed {
    pub fn len(&self) -> usize {
        self.drafts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty() && self.dropped.is_empty()
    }

    /// Entries that found the queue full, and are lost but for their number.
    pub fn dropped(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// When the oldest of them was made.
    pub fn since(&self) -> Option<Utc> {
        self.since
    }

    /// Takes drafts in. Past the limit they are only counted, by kind.
    pub fn owe(&mut self, drafts: Vec<Draft>) {
        for draft in drafts {
            self.since = Some(self.since.map_or(draft.at, |since| since.min(draft.at)));
            if self.drafts.len() < LOGBOOK_OWED_MAX {
                self.drafts.push_back(draft);
            } else {
                *self.dropped.entry(draft.kind).or_default() += 1;
            }
        }
    }

    /// Takes over what another owed, behind its own.
    pub fn take(&mut self, other: Owed) {
        self.owe(other.drafts.into());
        for (kind, count) in other.dropped {
            *self.dropped.entry(kind).or_default() += count;
        }
    }

    /// Writes drafts, or owes them where the disk is at fault: behind what is owed already, so that
    /// the order stays. `Err` is for a draft that cannot be entered as it is (`Denied`), and the
    /// caller's to put right.
    ///
    /// # Errors
    /// As [`Ledger::append`], of kind `Denied` only.
    pub fn enter(&mut self, ledger: &mut Ledger, drafts: Vec<Draft>) -> Result<Vec<Entry>, Fault> {
        if !self.is_empty() {
            self.owe(drafts);
            return Ok(Vec::new());
        }
        match ledger.append(drafts.clone()) {
            Err(fault) if fault.kind != FaultKind::Denied => {
                tracing::warn!("owed to the logbook: {}: {fault}", drafts.len());
                self.owe(drafts);
                Ok(Vec::new())
            }
            outcome => outcome,
        }
    }

    /// Writes what is owed, a bounded part of it at once, behind an entry that says how much it is
    /// and since when. Empty: nothing is owed.
    ///
    /// # Errors
    /// The disk still fails: everything stays owed.
    pub fn pay(
        &mut self,
        ledger: &mut Ledger,
        now: Utc,
        clock: ClockState,
    ) -> Result<Vec<Entry>, Fault> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let size = ledger.size();
        // One that cannot be entered as it is would stop the queue for ever.
        let good = |draft: &Draft| match append::written(draft, size) {
            Ok(_) => true,
            Err(fault) => {
                tracing::warn!("an entry that was owed is lost: {fault}");
                false
            }
        };
        let batch = self.drafts.len().min(LOGBOOK_OWED_AT_ONCE);
        let (drafts, lost): (Vec<Draft>, Vec<Draft>) =
            self.drafts.iter().take(batch).cloned().partition(good);
        let mut dropped = self.dropped.clone();
        for draft in lost {
            *dropped.entry(draft.kind).or_default() += 1;
        }
        let notice = self.notice(drafts.len(), &dropped, now, clock);
        let entries = ledger.append(std::iter::once(notice).chain(drafts).collect())?;
        self.drafts.drain(..batch);
        self.dropped.clear();
        self.since = self.drafts.iter().map(|draft| draft.at).min();
        Ok(entries)
    }

    fn notice(
        &self,
        count: usize,
        dropped: &BTreeMap<Kind, u64>,
        at: Utc,
        clock: ClockState,
    ) -> Draft {
        let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
        let mut fields = BTreeMap::from([(COUNT.to_string(), number(count as u64))]);
        fields.extend(self.since.map(|at| (SINCE.to_string(), Value::Text(at.to_string()))));
        if !dropped.is_empty() {
            let lost = dropped.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
            fields.insert(DROPPED.into(), Value::List(lost));
        }
        let body = Body { fields, ..Body::default() };
        Draft { at, clock, kind: Kind::Owed, act: Act::Open, about: None, body }
    }
}
