//! What the running system sees of a fake disk, what its platter has, and how the two part when the
//! power goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::clock::SimClock;
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Span;

pub(super) struct State {
    pub(super) random: u64,
    pub(super) clock: Option<Arc<SimClock>>,
    pub(super) own_file_system: bool,
    /// Path to content number; folders have none.
    pub(super) names: BTreeMap<String, Option<usize>>,
    pub(super) durable_names: BTreeMap<String, Option<usize>>,
    pub(super) contents: Vec<Content>,
    /// Handles of an earlier life do nothing.
    pub(super) life: u64,
    pub(super) capacity: u64,
    pub(super) used: u64,
    pub(super) read_only: bool,
    pub(super) gone: bool,
    pub(super) failing: bool,
    pub(super) latency: Span,
    pub(super) operations: u64,
    pub(super) flushed_bytes: u64,
    pub(super) crash_at: Option<u64>,
    pub(super) crashed: bool,
}

#[derive(Default)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    /// How much of the front is on the platter.
    pub(super) durable: usize,
    /// What a truncation cut off that was on the platter, until the next flush.
    pub(super) cut_off: Vec<u8>,
}

impl State {
    /// Empty, of 1 TB, and well.
    pub(super) fn new(seed: u64) -> State {
        let root = BTreeMap::from([(String::new(), None)]);
        State {
            random: seed,
            clock: None,
            own_file_system: true,
            durable_names: root.clone(),
            names: root,
            contents: Vec::new(),
            life: 0,
            capacity: 1_000_000_000_000,
            used: 0,
            read_only: false,
            gone: false,
            failing: false,
            latency: Span::ZERO,
            operations: 0,
            flushed_bytes: 0,
            crash_at: None,
            crashed: false,
        }
    }

    /// SplitMix64: small, seeded, and the same everywhere.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % (n as u64 + 1)) as usize
    }

    pub(super) fn reading(&self, path: &str) -> Result<(), Fault> {
        if self.crashed {
            return Err(Fault::new(FaultKind::Io, format!("{path}: the machine is off")));
        }
        if self.gone {
            return Err(Fault::new(FaultKind::Missing, format!("{path}: the disk is gone")));
        }
        Ok(())
    }

    /// The gate before every change. `Ok(true)`: this one is interrupted half way.
    pub(super) fn changing(&mut self, path: &str) -> Result<bool, Fault> {
        self.reading(path)?;
        if self.read_only {
            return Err(Fault::new(FaultKind::ReadOnly, format!("{path}: read-only file system")));
        }
        if self.failing {
            return Err(Fault::new(FaultKind::Io, format!("{path}: input/output error")));
        }
        self.operations += 1;
        let off = self.crash_at.is_some_and(|at| self.operations > at);
        self.crashed = off;
        Ok(off)
    }

    /// For changes that happen wholly or not at all.
    pub(super) fn change(&mut self, path: &str) -> Result<(), Fault> {
        if self.changing(path)? { self.reading(path) } else { Ok(()) }
    }

    pub(super) fn content(&self, path: &str) -> Result<usize, Fault> {
        let missing = || Fault::new(FaultKind::Missing, format!("{path}: no such file"));
        self.names.get(path).copied().flatten().ok_or_else(missing)
    }

    pub(super) fn folder(&self, path: &str) -> Result<(), Fault> {
        match self.names.get(path) {
            Some(None) => Ok(()),
            _ => Err(Fault::new(FaultKind::Missing, format!("{path}: no such folder"))),
        }
    }

    pub(super) fn is_used(&self, path: &str) -> bool {
        self.names.keys().any(|name| parent(name) == path && name != path)
    }

    pub(super) fn flush_content(&mut self, n: usize) {
        let content = &mut self.contents[n];
        self.flushed_bytes += content.bytes.len().saturating_sub(content.durable) as u64;
        content.durable = content.bytes.len();
        content.cut_off.clear();
    }

    pub(super) fn wait(&self) {
        if let Some(clock) = &self.clock {
            clock.advance(self.latency);
        }
    }

    pub(super) fn sync_names(&mut self, path: &str) {
        let inside = |name: &str| parent(name) == path && name != path;
        self.durable_names.retain(|name, _| !inside(name));
        let now = self.names.iter().filter(|(name, _)| inside(name));
        self.durable_names.extend(now.map(|(name, n)| (name.clone(), *n)));
    }

    pub(super) fn cut_power(&mut self) {
        // Changes of names that no sync promised: each happens or not.
        let mut names = self.durable_names.clone();
        let changed: Vec<String> = (self.names.keys().chain(self.durable_names.keys()))
            .filter(|name| self.names.get(*name) != self.durable_names.get(*name))
            .cloned()
            .collect();
        for name in changed {
            if self.next().is_multiple_of(2) {
                match self.names.get(&name) {
                    Some(n) => names.insert(name, *n),
                    None => names.remove(&name),
                };
            }
        }
        // A name in a folder that did not survive is not there either.
        let known = names.clone();
        names.retain(|name, _| name.is_empty() || known.get(parent(name)) == Some(&None));
        for n in 0..self.contents.len() {
            self.tear(n);
        }
        self.used = names.values().flatten().map(|n| self.contents[*n].bytes.len() as u64).sum();
        self.durable_names = names.clone();
        self.names = names;
    }

    fn tear(&mut self, n: usize) {
        let unflushed = self.contents[n].bytes.len() - self.contents[n].durable;
        let kept = self.below(unflushed);
        let zeros = if self.next().is_multiple_of(3) { self.below(unflushed - kept) } else { 0 };
        let restore = self.next().is_multiple_of(2);
        let content = &mut self.contents[n];
        content.bytes.truncate(content.durable + kept);
        if restore && kept == 0 {
            content.bytes.extend(std::mem::take(&mut content.cut_off));
        } else {
            content.bytes.resize(content.bytes.len() + zeros, 0);
        }
        content.cut_off.clear();
        content.durable = content.bytes.len();
    }
}

/// The folder of a path; the root is its own.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
