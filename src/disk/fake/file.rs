//! An open file of a fake disk: it tears where the disk is told to crash, and dies with the life of
//! the machine that opened it.

use std::sync::MutexGuard;

use super::{FakeDisk, State};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::DiskFile;

/// One handle; dead after a crash.
pub(super) struct FakeFile {
    pub(super) disk: FakeDisk,
    pub(super) path: String,
    pub(super) content: usize,
    pub(super) life: u64,
    pub(super) len: u64,
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
        state.dirty.insert(self.content);
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

    fn wait_flush(&mut self) -> Result<(), Fault> {
        let mut state = self.state()?;
        state.reading(&self.path)?;
        let content = &mut state.contents[self.content];
        content.sent = content.bytes.len();
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
        state.dirty.insert(self.content);
        let content = &mut state.contents[self.content];
        let (old, new) = (content.bytes.len(), bytes as usize);
        if new < content.durable {
            let mut cut: Vec<u8> = content.bytes[new..content.durable].to_vec();
            cut.append(&mut content.cut_off);
            content.cut_off = cut;
            content.durable = new;
        }
        content.sent = content.sent.min(new);
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
