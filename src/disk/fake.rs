//! A disk in memory that tears, fills, slows and dies on request, deterministically from a seed.
//!
//! Two states are kept: what the running system sees, and what the platter has. A flush copies
//! content, a folder sync copies names. [`FakeDisk::kill`] is `kill -9`: the page cache survives.
//! [`FakeDisk::power_cut`] keeps what was durable, and of the rest an arbitrary part: appended
//! bytes torn anywhere, perhaps with zeros behind them as ext4 gives for reserved blocks, names
//! there or not. It is stricter than ext4, which usually persists a new file's name with its first
//! flush.

mod file;
mod power;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use file::FakeFile;

use super::{Disk, DiskFile, Listed, Room};
use crate::base::clock::SimClock;
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Span;

/// Shared: clones are the same disk.
#[derive(Clone)]
pub struct FakeDisk(Arc<Mutex<State>>);

struct State {
    random: u64,
    clock: Option<Arc<SimClock>>,
    own_file_system: bool,
    /// Path to content number; folders have none.
    names: BTreeMap<String, Option<usize>>,
    durable_names: BTreeMap<String, Option<usize>>,
    contents: Vec<Content>,
    /// What differs between the two states, so that a flush costs what it flushes.
    dirty: BTreeSet<usize>,
    renamed: BTreeSet<String>,
    /// Handles of an earlier life do nothing.
    life: u64,
    capacity: u64,
    used: u64,
    read_only: bool,
    gone: bool,
    failing: bool,
    latency: Span,
    operations: u64,
    flushed_bytes: u64,
    crash_at: Option<u64>,
    crashed: bool,
}

#[derive(Default)]
struct Content {
    bytes: Vec<u8>,
    /// How much of the front is on the platter.
    durable: usize,
    /// How much was written back: on the platter, but in no file until the next flush.
    sent: usize,
    /// What a truncation cut off that was on the platter, until the next flush.
    cut_off: Vec<u8>,
}

impl FakeDisk {
    /// An empty disk of 1 TB that works.
    pub fn new(seed: u64) -> FakeDisk {
        let root = BTreeMap::from([(String::new(), None)]);
        FakeDisk(Arc::new(Mutex::new(State {
            random: seed,
            clock: None,
            own_file_system: true,
            durable_names: root.clone(),
            names: root,
            contents: Vec::new(),
            dirty: BTreeSet::new(),
            renamed: BTreeSet::new(),
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
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned lock means a test already failed in another thread; the content is still
        // readable.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Every flush makes this clock advance by `latency`.
    pub fn set_slow(&self, clock: &Arc<SimClock>, latency: Span) {
        let mut state = self.state();
        state.clock = Some(clock.clone());
        state.latency = latency;
    }

    pub fn set_capacity(&self, bytes: u64) {
        self.state().capacity = bytes;
    }

    pub fn set_read_only(&self, on: bool) {
        self.state().read_only = on;
    }

    /// Pulled out: everything is `Missing`.
    pub fn set_gone(&self, on: bool) {
        self.state().gone = on;
    }

    /// Every write and flush fails with `Io`; reading works.
    pub fn set_failing(&self, on: bool) {
        self.state().failing = on;
    }

    /// Whether one flush for everything is offered.
    pub fn set_own_file_system(&self, on: bool) {
        self.state().own_file_system = on;
    }

    /// Changing operations so far: what [`FakeDisk::crash_after`] counts.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Bytes that flushes brought to the platter.
    pub fn flushed_bytes(&self) -> u64 {
        self.state().flushed_bytes
    }

    /// After `operations` more changing operations the machine is off: the next one is half done
    /// (an append writes a part), and everything fails until [`FakeDisk::kill`] or
    /// [`FakeDisk::power_cut`].
    pub fn crash_after(&self, operations: u64) {
        let mut state = self.state();
        state.crash_at = Some(state.operations + operations);
    }

    pub fn has_crashed(&self) -> bool {
        self.state().crashed
    }

    /// `kill -9` and start again: open files are gone, everything written is there.
    pub fn kill(&self) {
        let mut state = self.state();
        state.life += 1;
        (state.crash_at, state.crashed) = (None, false);
    }

    /// Power gone and back.
    pub fn power_cut(&self, seed: u64) {
        let mut state = self.state();
        state.random ^= seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state.cut_power();
        state.life += 1;
        (state.crash_at, state.crashed) = (None, false);
    }

    /// Every file and its content, as the running system sees it.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let files = state.names.iter().filter_map(|(path, content)| {
            content.map(|n| (path.clone(), state.contents[n].bytes.clone()))
        });
        files.collect()
    }

    /// Every file's size, without copying a terabyte.
    pub fn sizes(&self) -> BTreeMap<String, u64> {
        let state = self.state();
        let files = state.names.iter().filter_map(|(path, content)| {
            content.map(|n| (path.clone(), state.contents[n].bytes.len() as u64))
        });
        files.collect()
    }

    /// A bad sector, or somebody with an editor.
    pub fn overwrite(&self, path: &str, at: usize, bytes: &[u8]) {
        let mut state = self.state();
        if let Some(Some(n)) = state.names.get(path).copied() {
            state.contents[n].bytes[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }
}

impl State {
    /// SplitMix64: small, seeded, and the same everywhere.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % (n as u64 + 1)) as usize
    }

    fn reading(&self, path: &str) -> Result<(), Fault> {
        if self.crashed {
            return Err(Fault::new(FaultKind::Io, format!("{path}: the machine is off")));
        }
        if self.gone {
            return Err(Fault::new(FaultKind::Missing, format!("{path}: the disk is gone")));
        }
        Ok(())
    }

    /// The gate before every change. `Ok(true)`: this one is interrupted half way.
    fn changing(&mut self, path: &str) -> Result<bool, Fault> {
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
    fn change(&mut self, path: &str) -> Result<(), Fault> {
        if self.changing(path)? { self.reading(path) } else { Ok(()) }
    }

    fn content(&self, path: &str) -> Result<usize, Fault> {
        let missing = || Fault::new(FaultKind::Missing, format!("{path}: no such file"));
        self.names.get(path).copied().flatten().ok_or_else(missing)
    }

    fn folder(&self, path: &str) -> Result<(), Fault> {
        match self.names.get(path) {
            Some(None) => Ok(()),
            _ => Err(Fault::new(FaultKind::Missing, format!("{path}: no such folder"))),
        }
    }

    fn is_used(&self, path: &str) -> bool {
        let inside = format!("{path}/");
        self.names.range(inside.clone()..).next().is_some_and(|(name, _)| name.starts_with(&inside))
    }

    /// Names of what lies directly in a folder, with their content; whole branches below it are
    /// jumped over.
    fn inside(&self, path: &str) -> Vec<(&str, Option<usize>)> {
        let front = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut out = Vec::new();
        let mut from = front.clone();
        'branch: loop {
            for (name, content) in self.names.range(from.clone()..) {
                let Some(rest) = name.strip_prefix(&front) else { return out };
                if let Some((child, _)) = rest.split_once('/') {
                    // '0' is the character after '/'.
                    from = format!("{front}{child}0");
                    continue 'branch;
                }
                if !rest.is_empty() {
                    out.push((rest, *content));
                }
            }
            return out;
        }
    }

    /// The name as the running system sees it becomes what the platter has.
    fn sync_name(&mut self, name: &str) {
        let now = self.names.get(name).copied();
        let before = match now {
            Some(n) => self.durable_names.insert(name.to_string(), n),
            None => self.durable_names.remove(name),
        };
        if let Some(Some(n)) = before.filter(|b| Some(*b) != now) {
            // Nobody can read it again; weeks of simulation would not fit into memory.
            self.contents[n] = Content::default();
            self.dirty.remove(&n);
        }
    }

    fn flush_content(&mut self, n: usize) {
        let content = &mut self.contents[n];
        self.flushed_bytes += content.bytes.len().saturating_sub(content.durable) as u64;
        content.durable = content.bytes.len();
        content.cut_off.clear();
        self.dirty.remove(&n);
    }

    /// As the commit of a journal does it: sizes of what was written back, no byte besides.
    fn commit_content(&mut self, n: usize) {
        let content = &mut self.contents[n];
        let sent = content.sent.min(content.bytes.len());
        self.flushed_bytes += sent.saturating_sub(content.durable) as u64;
        content.durable = content.durable.max(sent);
        content.cut_off.clear();
        if content.durable < content.bytes.len() {
            self.dirty.insert(n);
        }
    }

    fn wait(&self) {
        if let Some(clock) = &self.clock {
            clock.advance(self.latency);
        }
    }

    fn sync_names(&mut self, path: &str) {
        let inside = self.renamed.extract_if(.., |name| parent(name) == path && !name.is_empty());
        for name in inside.collect::<Vec<_>>() {
            self.sync_name(&name);
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Disk for FakeDisk {
    fn create_new(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        let mut state = self.state();
        state.reading(path)?;
        state.folder(parent(path))?;
        if state.names.contains_key(path) {
            return Err(Fault::new(FaultKind::Exists, format!("{path}: is there already")));
        }
        state.change(path)?;
        state.contents.push(Content::default());
        let content = state.contents.len() - 1;
        state.names.insert(path.to_string(), Some(content));
        state.renamed.insert(path.to_string());
        let (disk, life) = (self.clone(), state.life);
        Ok(Box::new(FakeFile { disk, path: path.to_string(), content, life, len: 0 }))
    }

    fn open_append(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        let state = self.state();
        state.reading(path)?;
        let content = state.content(path)?;
        let len = state.contents[content].bytes.len() as u64;
        let (disk, life) = (self.clone(), state.life);
        Ok(Box::new(FakeFile { disk, path: path.to_string(), content, life, len }))
    }

    fn make_folder(&self, path: &str) -> Result<(), Fault> {
        let mut state = self.state();
        let mut here = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            here = if here.is_empty() { part.to_string() } else { format!("{here}/{part}") };
            if state.names.get(&here) != Some(&None) {
                state.change(&here)?;
                state.names.insert(here.clone(), None);
                state.renamed.insert(here.clone());
                let folder = parent(&here).to_string();
                state.sync_names(&folder);
            }
        }
        state.reading(path)
    }

    fn sync_folder(&self, path: &str) -> Result<(), Fault> {
        let mut state = self.state();
        state.change(path)?;
        state.folder(path)?;
        state.sync_names(path);
        state.wait();
        Ok(())
    }

    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault> {
        let state = self.state();
        state.reading(path)?;
        let bytes = &state.contents[state.content(path)?].bytes;
        let start = (at as usize).min(bytes.len());
        Ok(bytes[start..start.saturating_add(len).min(bytes.len())].to_vec())
    }

    fn size(&self, path: &str) -> Result<u64, Fault> {
        let state = self.state();
        state.reading(path)?;
        Ok(state.contents[state.content(path)?].bytes.len() as u64)
    }

    fn replace(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        let mut state = self.state();
        state.reading(path)?;
        state.folder(parent(path))?;
        state.change(path)?;
        let old = state.content(path).map_or(0, |n| state.contents[n].bytes.len() as u64);
        if state.used - old + content.len() as u64 > state.capacity {
            return Err(Fault::new(FaultKind::Full, format!("{path}: no space left")));
        }
        state.used = state.used - old + content.len() as u64;
        state.contents.push(Content { bytes: content.to_vec(), ..Content::default() });
        let n = state.contents.len() - 1;
        state.flush_content(n);
        state.names.insert(path.to_string(), Some(n));
        state.renamed.remove(path);
        state.sync_name(path);
        state.wait();
        Ok(())
    }

    /// Nobody else reads this memory.
    fn replace_private(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        self.replace(path, content)
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        let mut state = self.state();
        state.reading(path)?;
        let Ok(n) = state.content(path) else {
            return Ok(());
        };
        state.change(path)?;
        state.names.remove(path);
        state.renamed.insert(path.to_string());
        state.used -= state.contents[n].bytes.len() as u64;
        Ok(())
    }

    fn remove_folder(&self, path: &str) -> Result<(), Fault> {
        let mut state = self.state();
        state.reading(path)?;
        if state.folder(path).is_err() || state.is_used(path) {
            return Ok(());
        }
        state.change(path)?;
        state.names.remove(path);
        state.renamed.insert(path.to_string());
        Ok(())
    }

    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        let state = self.state();
        state.reading(path)?;
        state.folder(path)?;
        let listed = state.inside(path).into_iter().map(|(name, content)| Listed {
            name: name.to_string(),
            folder: content.is_none(),
            bytes: content.map_or(0, |n| state.contents[n].bytes.len() as u64),
        });
        Ok(listed.collect())
    }

    fn room(&self) -> Result<Room, Fault> {
        let state = self.state();
        state.reading("the disk")?;
        let free = state.capacity.saturating_sub(state.used);
        Ok(Room { total: state.capacity, free })
    }

    fn flush_all(&self) -> Result<bool, Fault> {
        let mut state = self.state();
        if !state.own_file_system {
            return Ok(false);
        }
        state.change("the disk")?;
        for n in std::mem::take(&mut state.dirty) {
            state.commit_content(n);
        }
        for name in std::mem::take(&mut state.renamed) {
            state.sync_name(&name);
        }
        state.wait();
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
