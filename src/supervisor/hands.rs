//! The real hands: ingest tasks on the runtime, one writer thread per disk, folders of this
//! machine.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::event::Event;
use super::world::{OpenDisk, World};
use crate::accounts::vault::Vault;
use crate::base::clock::Clock;
use crate::base::fault::Fault;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::Span;
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::footage::unit::AccessUnit;
use crate::ingest::{Attempt, Login, Sink, Tools};
use crate::logbook::ClockState;
use crate::pictures::tap::{Tap, Taps};
use crate::segment::commit::{Options, Writer};
use crate::segment::thread::{Inlet, spawn};
use crate::segment::{Order, Told};
use crate::store::{Opened, Store};

pub struct Hands {
    runtime: tokio::runtime::Handle,
    clock: Arc<dyn Clock>,
    tools: Tools,
    state: PathBuf,
    events: mpsc::Sender<Event>,
    inlets: HashMap<DiskId, Inlet>,
    /// Threads that write or were told to stop and have not ended yet.
    threads: Vec<(DiskId, JoinHandle<()>)>,
    attempts: HashMap<CameraId, (u64, AbortHandle)>,
    taps: Arc<Taps>,
    vault: Arc<Mutex<Vault>>,
}

impl Hands {
    pub fn new(
        runtime: tokio::runtime::Handle,
        clock: Arc<dyn Clock>,
        tools: Tools,
        state: &Path,
        vault: Arc<Mutex<Vault>>,
        events: mpsc::Sender<Event>,
    ) -> Hands {
        Hands {
            runtime,
            clock,
            tools,
            state: state.to_path_buf(),
            events,
            inlets: HashMap::new(),
            threads: Vec::new(),
            attempts: HashMap::new(),
            taps: Arc::default(),
            vault,
        }
    }

    /// Where the newest key frame of each camera is within reach.
    pub fn taps(&self) -> Arc<Taps> {
        self.taps.clone()
    }
}

/// The index in the state folder.
pub const INDEX_FILE: &str = "index.sqlite";

/// The registers' cache, beside it.
pub const LOGBOOK_INDEX_FILE: &str = "logbook.sqlite";

/// What a writer's thread speaks through; when the thread ends without having said `Stopped`, it
/// panicked.
struct Voice {
    events: mpsc::Sender<Event>,
    disk: DiskId,
    ended: AtomicBool,
}

impl Voice {
    fn tell(&self, told: Told) {
        if matches!(told, Told::Stopped) {
            self.ended.store(true, Ordering::Relaxed);
        }
        // An error means that we are leaving.
        let _ = self.events.blocking_send(Event::Told { disk: self.disk.clone(), told });
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        if !self.ended.load(Ordering::Relaxed) {
            // Full is a standstill of an hour; and this may run on the runtime's thread, which must
            // not block.
            let _ = self.events.try_send(Event::WriterDied { disk: self.disk.clone() });
        }
    }
}

/// Carries one attempt's units to its disk.
struct ToDisk {
    inlet: Inlet,
    camera: CameraId,
    take: u64,
    tap: Arc<Tap>,
    events: mpsc::Sender<Event>,
}

impl Sink for ToDisk {
    fn unit(&mut self, unit: AccessUnit) -> bool {
        self.tap.pass(&unit);
        self.inlet.unit(&self.camera, self.take, unit)
    }

    fn certificate(&mut self, words: &str) {
        let (camera, take, words) = (self.camera.clone(), self.take, words.to_owned());
        // Full is a standstill of an hour; the next attempt says it again.
        let _ = self.events.try_send(Event::Certificate { camera, take, words });
    }
}

impl World for Hands {
    fn start(&mut self, attempt: Attempt, disk: &DiskId) {
        let Some(inlet) = self.inlets.get(disk).cloned() else { return };
        let (camera, take) = (attempt.camera.clone(), attempt.take);
        let (tools, events) = (self.tools.clone(), self.events.clone());
        let tap = self.taps.of(&camera);
        let sink = ToDisk { inlet, camera: camera.clone(), take, tap, events: events.clone() };
        let name = camera.clone();
        let task = self.runtime.spawn(async move {
            let ended = crate::ingest::record(attempt, tools, sink).await;
            let _ = events.send(Event::Ended { camera: name, take, ended }).await; // we are leaving
        });
        if let Some((_, older)) = self.attempts.insert(camera, (take, task.abort_handle())) {
            older.abort();
        }
    }

    fn stop(&mut self, camera: &CameraId, take: u64) {
        if self.attempts.get(camera).is_some_and(|(running, _)| *running == take)
            && let Some((_, task)) = self.attempts.remove(camera)
        {
            task.abort();
        }
    }

    fn order(&mut self, disk: &DiskId, order: Order) {
        if let Some(inlet) = self.inlets.get(disk) {
            inlet.send(order);
        }
    }

    fn open_disk(&mut self, path: &str, make: bool) -> Result<OpenDisk, Fault> {
        if make {
            std::fs::create_dir_all(path)
                .map_err(|e| Fault::io(format!("making the footage folder {path}"), &e))?;
        }
        let disk = RealDisk::open(Path::new(path), Some(&self.state))?;
        let own_filesystem = disk.has_own_file_system();
        Ok(OpenDisk { disk: Arc::new(disk), own_filesystem })
    }

    fn start_writer(&mut self, id: &DiskId, disk: Arc<dyn Disk>) {
        let writer = Writer::new(disk, self.clock.clone(), id.clone(), Options::default());
        let voice = Voice { events: self.events.clone(), disk: id.clone(), ended: false.into() };
        let tell = move |told| voice.tell(told);
        match spawn(writer, self.clock.clone(), Box::new(tell)) {
            Ok((inlet, thread)) => {
                self.inlets.insert(id.clone(), inlet);
                self.threads.push((id.clone(), thread));
            }
            Err(e) => {
                let fault = Fault::io("starting the disk's writer", &e);
                let trouble = Event::Told { disk: id.clone(), told: Told::Trouble { fault } };
                let _ = self.events.try_send(trouble); // full: the next look at the disks finds it
            }
        }
    }

    fn drop_writer(&mut self, id: &DiskId) {
        self.inlets.remove(id);
    }

    fn writer_ended(&mut self, id: &DiskId) -> bool {
        self.threads.retain(|(_, thread)| !thread.is_finished());
        !self.threads.iter().any(|(disk, _)| disk == id)
    }

    fn open_index(&mut self, damaged: bool) -> Result<Opened, Fault> {
        let path = self.state.join(INDEX_FILE);
        if damaged {
            Store::set_aside(&path)?;
        }
        Store::open(&path)
    }

    fn login(&mut self, user: &str, secret: &str) -> Option<Login> {
        // A lock that a panic left behind still holds the passwords.
        let mut vault = self.vault.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let password = match vault.read(self.clock.mono()) {
            Ok(secrets) => secrets.get(secret)?.expose().to_string(),
            Err(fault) => {
                tracing::warn!("camera passwords: {fault}");
                return None;
            }
        };
        Some(Login { user: user.to_string(), password })
    }

    fn clock_state(&mut self) -> (ClockState, Option<Span>) {
        // SAFETY: an all-zero `timex` asks and changes nothing; the kernel fills it in.
        let mut asked: libc::timex = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a whole `timex` of ours.
        let state = unsafe { libc::adjtimex(&mut asked) };
        match state {
            -1 => (ClockState::Unknown, None),
            _ if asked.status & libc::STA_UNSYNC != 0 => (ClockState::Holdover, None),
            // Microseconds; a program that keeps the clock and tells no estimate leaves 0.
            _ => {
                let error = Some(Span(asked.esterror)).filter(|error| *error > Span(0));
                (ClockState::Synced, error)
            }
        }
    }

    fn random_id(&mut self) -> String {
        let id = crate::disk::identity::fresh_id();
        // Without randomness nothing on this machine is safe to identify: stop rather than reuse an
        // id.
        assert!(id.is_ok(), "/dev/urandom cannot be read; is /dev mounted?");
        id.map(|id| id.0).unwrap_or_default()
    }
}
