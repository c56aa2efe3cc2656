//! The index when it fails: recording goes on, and the index is made again.
//!
//! ```text
//! Well --a call fails--> Failed --at once when damaged, else after INDEX_RETRY_SPAN-->
//!   ^                      |  opened anew, folders compared (failed again soon after: kept in
//!   |                      |  memory for INDEX_MEMORY_SPAN, then tried again)
//!   '----- the comparison with the files came through, and the index is in its file ----'
//! ```
//! What only memory knew is told to the new one: holds and gaps that last. Everything else is in
//! the files.

use super::Supervisor;
use super::world::World;
use crate::base::clock::Mono;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{INDEX_MEMORY_SPAN, INDEX_RETRY_SPAN};
use crate::store::Store;

/// What is known of the index's health.
#[derive(Default)]
pub(super) struct IndexHealth {
    fault: Option<Fault>,
    /// When to open it anew; `None` while it is well, or being compared.
    retry_at: Option<Mono>,
    /// It is not in its file.
    in_memory: bool,
    /// When it was last opened anew.
    opened: Option<Mono>,
}

impl IndexHealth {
    /// What is wrong, while it is.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_ref().map(|f| f.text.as_str())
    }

    /// Every folder was compared.
    pub fn compared(&mut self) {
        if !self.in_memory && self.retry_at.is_none() {
            self.fault = None;
        }
    }
}

impl Supervisor {
    /// At the start its file could not even be opened: memory serves.
    pub(super) fn index_is_in_memory(&mut self, fault: Fault) {
        let (now, _) = self.now();
        tracing::warn!("the index is kept in memory: {fault}");
        let health = &mut self.keep.index;
        (health.fault, health.in_memory) = (Some(fault), true);
        health.retry_at = Some(now + INDEX_MEMORY_SPAN);
    }

    /// A call to the index failed. Shown until a comparison with the files came through.
    pub(super) fn index_failed(&mut self, fault: &Fault) {
        let (now, _) = self.now();
        let health = &mut self.keep.index;
        if health.fault.as_ref().is_none_or(|known| known.text != fault.text) {
            tracing::warn!("{fault}");
        }
        let damaged = fault.kind == FaultKind::Corrupt;
        let soon = if damaged { now } else { now + INDEX_RETRY_SPAN };
        health.retry_at = Some(health.retry_at.map_or(soon, |at| at.min(soon)));
        if health.fault.as_ref().is_none_or(|known| known.kind != FaultKind::Corrupt) {
            health.fault = Some(fault.clone());
        }
    }

    /// Opens the index anew when that is due.
    pub(super) fn mend_index(&mut self, world: &mut dyn World) {
        let (now, _) = self.now();
        if self.keep.index.retry_at.is_none_or(|at| now < at) {
            return;
        }
        let health = &mut self.keep.index;
        let damaged = health.fault.as_ref().is_some_and(|f| f.kind == FaultKind::Corrupt);
        let again = health.opened.is_some_and(|at| now - at < INDEX_RETRY_SPAN + INDEX_RETRY_SPAN);
        health.opened = Some(now);
        let Ok(memory) = Store::in_memory() else { return }; // no memory at all: next turn
        // Closed before its file is moved: SQLite removes its companions by name when it closes.
        drop(std::mem::replace(&mut self.store, memory));
        let opened = match again {
            true => Err(None),
            false => world.open_index(damaged).map_err(Some),
        };
        let health = &mut self.keep.index;
        match opened {
            Ok(opened) => {
                self.store = opened.store;
                (health.in_memory, health.retry_at) = (false, None);
                if damaged && let Some(fault) = &mut health.fault {
                    // The damaged file is out of the way; what fails next is news.
                    *fault = Fault::new(FaultKind::Io, fault.text.clone());
                }
            }
            Err(fault) => {
                (health.in_memory, health.retry_at) = (true, Some(now + INDEX_MEMORY_SPAN));
                if let Some(fault) = fault {
                    tracing::warn!("the index is kept in memory: {fault}");
                    health.fault = Some(fault);
                }
            }
        }
        self.keep.rebuild = None;
        self.keep.compare = true;
        self.tell_new_index();
    }

    fn tell_new_index(&mut self) {
        self.index(|store| store.journals_unread());
        let (holds, certain) = (self.keep.holds_stored(), self.keep.doubt.is_none());
        let (_, utc) = self.now();
        let lasting: Vec<_> =
            self.cameras.iter().filter_map(|(id, c)| Some((id.clone(), c.gap?))).collect();
        self.index(|store| store.holds_merge(&holds, certain, utc));
        for (id, (start, reason)) in lasting {
            self.index(|store| store.gap_begin(&id, start, reason));
        }
    }
}
