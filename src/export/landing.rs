//! A stick as a disk that may be pulled out and come back.
//!
//! It is mounted for as long as this process holds it: when the process ends, however it ends, the
//! kernel flushes and unmounts it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::job::OnStick;
use super::read;
use crate::base::fault::{Fault, FaultKind};
use crate::disk::real::RealDisk;
use crate::disk::{Disk, DiskFile, Listed, Room};
use crate::evidence::names;
use crate::machine::client::Machine;
use crate::machine::order::{Stick, Which};

/// Errors come before the kernel says that the stick has gone, by less than this.
const LOOKS_FOR_GONE: u32 = 15;
const LOOK_SPAN: Duration = Duration::from_millis(200);
/// Bursts of written bytes that may wait in memory: a slow stick must not fill it, or whoever
/// records has to wait for the stick as well.
const BURSTS_MAX: u32 = 4;

/// See the module.
pub struct Landing {
    machine: Machine,
    stick: OnStick,
    package: String,
    /// Its present plugging-in.
    which: Mutex<Which>,
    disk: StickDisk,
}

/// Nothing of the box itself goes to whoever gets the copy.
///
/// # Errors
/// The recovery key, or a backup of the box, lies where the copy would go.
pub fn keep_apart(target: &dyn Disk) -> Result<(), Fault> {
    let key = target.size(names::RECOVERY_KEY).is_ok().then_some("the recovery key");
    let backup = || target.list(names::BACKUP).is_ok().then_some("a backup");
    let Some(what) = key.or_else(backup) else { return Ok(()) };
    let text = format!("{what} of a box lies there, and would leave with the copy; take another");
    Err(Fault::new(FaultKind::Exists, text))
}

impl Landing {
    /// Opens and mounts it.
    ///
    /// # Errors
    /// The root service's.
    pub fn take(stick: OnStick, package: String) -> Result<Landing, Fault> {
        let machine = Machine::at(&stick.machine);
        let which = stick.which.clone();
        let disk = StickDisk { held: Mutex::new(None) };
        let landing = Landing { machine, stick, package, which: Mutex::new(which.clone()), disk };
        landing.mount(&which)?;
        landing.stick.stale.iter().try_for_each(|folder| landing.remove_stale(folder))?;
        Ok(landing)
    }

    /// A copy that is not finished is of no use, and its room is wanted.
    fn remove_stale(&self, folder: &str) -> Result<(), Fault> {
        let listed = match self.disk.list(folder) {
            Ok(listed) => listed,
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(()),
            Err(fault) => return Err(fault),
        };
        if !listed.iter().any(|item| item.name == names::UNFINISHED) {
            return Ok(());
        }
        let files = read::files(&self.disk, folder)?;
        let (mark, others): (Vec<_>, Vec<_>) =
            files.iter().partition(|(path, _)| path == names::UNFINISHED);
        // The mark goes last: what is left after another pull says what it is.
        for (path, _) in others.into_iter().chain(mark) {
            self.disk.remove(&format!("{folder}/{path}"))?;
        }
        for inner in listed.iter().filter(|item| item.folder) {
            self.disk.remove_folder(&format!("{folder}/{}", inner.name))?;
        }
        self.disk.remove_folder(folder)
    }

    pub fn disk(&self) -> &dyn Disk {
        &self.disk
    }

    fn which(&self) -> MutexGuard<'_, Which> {
        self.which.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mount(&self, which: &Which) -> Result<(), Fault> {
        if let Some(key) = &self.stick.key {
            self.machine.open(which, key)?;
        }
        let (top, _) = self.machine.mount(which, true)?;
        *self.disk.held() = Some(Arc::new(RealDisk::at(top)));
        *self.which() = which.clone();
        Ok(())
    }

    /// Something failed. Where the stick was pulled out, waits until it is back; `waits` hears what
    /// somebody has to do.
    ///
    /// # Errors
    /// `fault`, where the stick is still there; those of `waits`.
    pub fn back(
        &self,
        fault: Fault,
        waits: &mut dyn FnMut(&str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        use FaultKind::{Corrupt, Io, Missing, ReadOnly};
        if !matches!(fault.kind, Corrupt | Io | Missing | ReadOnly) {
            return Err(fault);
        }
        let then = self.which().clone();
        let mut looks = 0;
        while self.sticks()?.iter().any(|stick| stick.which == then) {
            looks += 1;
            if looks > LOOKS_FOR_GONE {
                return Err(fault);
            }
            std::thread::sleep(LOOK_SPAN);
        }
        *self.disk.held() = None;
        let mut text = "The stick was pulled out. Put the same stick back: it goes on by itself.";
        let mut refused;
        loop {
            waits(text)?;
            std::thread::sleep(LOOK_SPAN);
            let sticks = self.sticks()?;
            let new = |stick: &&Stick| stick.which.seq != then.seq;
            let same = |stick: &&Stick| {
                stick.serial == self.stick.serial && stick.bytes == self.stick.bytes
            };
            let Some(stick) = sticks.iter().filter(new).find(same) else { continue };
            match self.mount(&stick.which) {
                Ok(()) if self.is_ours() => return Ok(()),
                Ok(()) => {
                    *self.disk.held() = None;
                    text = "The stick that was put in is not the one that was pulled out.";
                }
                Err(fault) => {
                    refused = format!("The stick is back, but {}.", fault.text);
                    text = &refused;
                }
            }
        }
    }

    fn sticks(&self) -> Result<Vec<Stick>, Fault> {
        self.machine.sticks()
    }

    /// Does what we began lie on it? Pulled out in the first moment it may hold nothing of it; then
    /// its number has to do.
    fn is_ours(&self) -> bool {
        match self.disk.list(&self.package) {
            Ok(listed) if listed.is_empty() => !self.stick.serial.is_empty(),
            Ok(listed) => listed.iter().any(|item| item.name == names::UNFINISHED),
            Err(fault) => fault.kind == FaultKind::Missing && !self.stick.serial.is_empty(),
        }
    }

    /// Flushed, unmounted, closed: it may be pulled out.
    ///
    /// # Errors
    /// The root service's.
    pub fn leave(&self) -> Result<(), Fault> {
        *self.disk.held() = None;
        self.machine.release(&self.which())
    }
}

/// Whatever is plugged in now.
struct StickDisk {
    held: Mutex<Option<Arc<dyn Disk>>>,
}

impl StickDisk {
    fn held(&self) -> MutexGuard<'_, Option<Arc<dyn Disk>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Result<Arc<dyn Disk>, Fault> {
        let gone = || Fault::new(FaultKind::Missing, "the stick is not there");
        self.held().clone().ok_or_else(gone)
    }
}

impl Disk for StickDisk {
    fn create_new(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        Ok(Box::new(StickFile { file: self.now()?.create_new(path)?, bursts: 0 }))
    }

    fn open_append(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        Ok(Box::new(StickFile { file: self.now()?.open_append(path)?, bursts: 0 }))
    }

    fn make_folder(&self, path: &str) -> Result<(), Fault> {
        self.now()?.make_folder(path)
    }

    fn sync_folder(&self, path: &str) -> Result<(), Fault> {
        self.now()?.sync_folder(path)
    }

    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault> {
        self.now()?.read_at(path, at, len)
    }

    fn size(&self, path: &str) -> Result<u64, Fault> {
        self.now()?.size(path)
    }

    fn uncache(&self, path: &str) {
        if let Ok(disk) = self.now() {
            disk.uncache(path);
        }
    }

    fn replace(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        self.now()?.replace(path, content)
    }

    fn replace_private(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        self.now()?.replace_private(path, content)
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        self.now()?.remove(path)
    }

    fn remove_folder(&self, path: &str) -> Result<(), Fault> {
        self.now()?.remove_folder(path)
    }

    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        self.now()?.list(path)
    }

    fn room(&self) -> Result<Room, Fault> {
        self.now()?.room()
    }

    fn flush_all(&self) -> Result<bool, Fault> {
        self.now()?.flush_all()
    }
}

/// Waits for the stick before much of it lies in memory.
struct StickFile {
    file: Box<dyn DiskFile>,
    bursts: u32,
}

impl DiskFile for StickFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), Fault> {
        self.file.append(parts)
    }

    fn start_flush(&mut self) -> Result<(), Fault> {
        self.bursts += 1;
        match self.bursts % BURSTS_MAX {
            0 => self.file.wait_flush(),
            _ => self.file.start_flush(),
        }
    }

    fn wait_flush(&mut self) -> Result<(), Fault> {
        self.file.wait_flush()
    }

    fn flush(&mut self) -> Result<(), Fault> {
        self.file.flush()
    }

    fn preallocate(&mut self, bytes: u64) -> Result<(), Fault> {
        self.file.preallocate(bytes)
    }

    fn truncate(&mut self, bytes: u64) -> Result<(), Fault> {
        self.file.truncate(bytes)
    }

    fn len(&self) -> u64 {
        self.file.len()
    }
}
