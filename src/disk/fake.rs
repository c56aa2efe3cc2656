//! A disk in memory that tears, fills, slows and dies on request, deterministically from a seed.
//!
//! Two states are kept: what the running system sees, and what the platter has. A flush copies
//! content, a folder sync copies names. [`FakeDisk::kill`] is `kill -9`: the page cache survives.
//! [`FakeDisk::power_cut`] keeps what was durable, and of the rest an arbitrary part: appended
//! bytes torn anywhere, perhaps with zeros behind them as ext4 gives for reserved blocks, names
//! there or not. It is stricter than ext4, which usually persists a new file's name with its first
//! flush.

mod platter;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use platter::{Content, State, parent};

use super::{Disk, DiskFile, Listed, Room};
use crate::base::clock::SimClock;
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Span;

/// Shared: clones are the same disk.
#[derive(Clone)]
pub struct FakeDisk(Arc<Mutex<State>>);

impl FakeDisk {
    /// An empty disk of 1 TB that works.
    pub fn new(seed: u64) -> FakeDisk {
        FakeDisk(Arc::new(Mutex::new(State::new(seed))))
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

    /// A bad sector, or somebody with an editor.
    pub fn overwrite(&self, path: &str, at: usize, bytes: &[u8]) {
        let mut state = self.state();
        if let Some(Some(n)) = state.names.get(path).copied() {
            state.contents[n].bytes[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }
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
        state.durable_names.insert(path.to_string(), Some(n));
        state.wait();
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        let mut state = self.state();
        state.reading(path)?;
        let Ok(n) = state.content(path) else {
            return Ok(());
        };
        state.change(path)?;
        state.names.remove(path);
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
        Ok(())
    }

    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        let state = self.state();
        state.reading(path)?;
        state.folder(path)?;
        let inside = state.names.iter().filter(|(name, _)| parent(name) == path && *name != path);
        let listed = inside.map(|(name, content)| Listed {
            name: name.rsplit('/').next().unwrap_or_default().to_string(),
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
        for n in 0..state.contents.len() {
            state.flush_content(n);
        }
        state.durable_names = state.names.clone();
        state.wait();
        Ok(true)
    }
}

struct FakeFile {
    disk: FakeDisk,
    path: String,
    content: usize,
    life: u64,
    len: u64,
}

impl FakeFile {
    fn state(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.disk.state();
        if state.life != self.life {
            let text = format!("{}: opened before the crash", self.path);
            return Err(Fault::new(FaultKind::Io, text));
        }
        Ok(state)
    }
}

impl DiskFile for FakeFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), Fault> {
        let mut state = self.state()?;
        let half = state.changing(&self.path)?;
        let mut bytes: Vec<u8> = parts.concat();
        let free = state.capacity.saturating_sub(state.used) as usize;
        let full = bytes.len() > free;
        bytes.truncate(free);
        if half {
            let kept = state.below(bytes.len());
            bytes.truncate(kept);
        }
        state.used += bytes.len() as u64;
        state.contents[self.content].bytes.extend_from_slice(&bytes);
        let outcome = match (half, full) {
            (true, _) => state.reading(&self.path),
            (_, true) => Err(Fault::new(FaultKind::Full, format!("{}: no space left", self.path))),
            _ => Ok(()),
        };
        drop(state);
        self.len += bytes.len() as u64;
        outcome
    }

    fn start_flush(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Fault> {
        let mut state = self.state()?;
        state.change(&self.path)?;
        state.flush_content(self.content);
        state.wait();
        Ok(())
    }

    fn preallocate(&mut self, _bytes: u64) -> Result<(), Fault> {
        self.state()?.reading(&self.path)
    }

    fn truncate(&mut self, bytes: u64) -> Result<(), Fault> {
        let mut state = self.state()?;
        state.change(&self.path)?;
        let content = &mut state.contents[self.content];
        let (old, new) = (content.bytes.len(), bytes as usize);
        if new < content.durable {
            let mut cut: Vec<u8> = content.bytes[new..content.durable].to_vec();
            cut.append(&mut content.cut_off);
            content.cut_off = cut;
            content.durable = new;
        }
        content.bytes.resize(new, 0);
        state.used = (state.used + bytes).saturating_sub(old as u64);
        drop(state);
        self.len = bytes;
        Ok(())
    }

    fn len(&self) -> u64 {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flushed_content_under_a_synced_name_survives_and_the_rest_may_tear() {
        let (mut torn, mut vanished) = (0, 0);
        for seed in 0..50 {
            let disk = FakeDisk::new(seed);
            disk.make_folder("a").unwrap();
            let mut kept = disk.create_new("a/kept").unwrap();
            kept.append(&[b"durable"]).unwrap();
            kept.flush().unwrap();
            disk.sync_folder("a").unwrap();
            kept.append(&[b"-and-not"]).unwrap();
            disk.create_new("a/unsynced").unwrap();
            disk.power_cut(seed);
            let bytes = disk.read_at("a/kept", 0, 99).unwrap();
            assert!(bytes.starts_with(b"durable"), "{bytes:?}");
            torn += u32::from(bytes != b"durable-and-not");
            vanished += u32::from(disk.size("a/unsynced").is_err());
            assert!(kept.append(&[b"x"]).is_err(), "a handle outlived the crash");
        }
        assert!(torn > 10 && vanished > 10 && vanished < 40, "{torn} {vanished}");
    }

    #[test]
    fn a_kill_loses_nothing_and_a_full_disk_takes_what_fits() {
        let disk = FakeDisk::new(1);
        let mut file = disk.create_new("x").unwrap();
        disk.set_capacity(5);
        assert_eq!(file.append(&[b"1234", b"5678"]).unwrap_err().kind, FaultKind::Full);
        disk.kill();
        assert_eq!(disk.read_at("x", 0, 9).unwrap(), b"12345");
        assert_eq!(disk.room().unwrap().free, 0);
        disk.remove("x").unwrap();
        assert_eq!(disk.room().unwrap().free, 5);
    }

    #[test]
    fn a_crash_comes_after_the_operation_asked_for() {
        for n in 0..4 {
            let disk = FakeDisk::new(n);
            disk.crash_after(n);
            let done = (0..4).take_while(|i| disk.replace(&format!("f{i}"), b"x").is_ok()).count();
            assert_eq!(done as u64, n);
            assert!(disk.has_crashed() && disk.list("").is_err());
            disk.power_cut(n);
            assert_eq!(disk.list("").unwrap().len() as u64, n);
        }
    }
}
