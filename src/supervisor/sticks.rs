//! The sticks that are plugged in: heard of from the root service, looked at once each, told in the
//! status. One thread; the supervisor's own never waits for a stick.
//!
//! A stick is looked at read-only, and let go at once. While an export writes to it nobody looks,
//! not even when it was pulled out and is back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Supervisor;
use crate::base::fault::Fault;
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::evidence::names;
use crate::logbook::Number;
use crate::machine::client::Machine;
use crate::machine::order::{Filing, Stick, Which};
use crate::wire::stick::{Filed, Held, StickLine, StickState};

/// The service is not there, or was started again.
const RETRY_SPAN: Duration = Duration::from_secs(5);
/// By then a list that was made while a stick was being erased has come, and was passed over.
const STALE_SPAN: Duration = Duration::from_secs(1);
/// What somebody types before a stick is erased.
const TYPED_CHARS: usize = 6;
/// Entries at the top of a stick that are counted; a stick with more is somebody's archive.
const TOP_MAX: usize = 10_000;

/// See the module. Clones are the same.
#[derive(Clone)]
pub struct Sticks {
    socket: PathBuf,
    all: Arc<Mutex<All>>,
}

#[derive(Default)]
struct All {
    seen: BTreeMap<Which, Seen>,
    /// Sticks that exports are on, by serial number and size: they may come back.
    taken: Vec<Same>,
    /// Sticks that were made new since somebody asked: the entry, and why it failed.
    made: Vec<Made>,
}

/// The entry of a stick that was to be made new, and how that ended.
pub type Made = (Number, Result<(), String>);
/// By what a stick is known again.
pub type Same = (String, u64);

struct Seen {
    stick: Stick,
    doing: Doing,
    top: Top,
}

#[derive(Clone, Default)]
struct Top {
    free: Option<u64>,
    packages: Vec<Held>,
    others: u32,
}

#[derive(Clone, PartialEq)]
enum Doing {
    Looking,
    Nothing,
    Formatting,
    /// So many per cent of it are done.
    Wiping(u8),
    Safe,
    Failed(String),
}

impl Sticks {
    /// Listens to the service from now on.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(socket: &Path) -> std::io::Result<Sticks> {
        let sticks = Sticks { socket: socket.to_path_buf(), all: Arc::default() };
        let own = sticks.clone();
        std::thread::Builder::new().name("sticks".into()).spawn(move || own.follow())?;
        Ok(sticks)
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Plain values: what a panic left is as good as any.
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn machine(&self) -> Machine {
        Machine::at(&self.socket)
    }

    fn follow(&self) {
        loop {
            if let Ok(mut watching) = self.machine().watch() {
                while let Ok(sticks) = watching.hear() {
                    self.hear(sticks);
                }
            }
            self.all().seen.clear();
            std::thread::sleep(RETRY_SPAN);
        }
    }

    /// The list as it is now; whatever is new or was formatted is looked at.
    fn hear(&self, sticks: Vec<Stick>) {
        let mut wanted = Vec::new();
        {
            let mut all = self.all();
            let mut seen = BTreeMap::new();
            for stick in sticks {
                let which = stick.which.clone();
                let known = all.seen.remove(&which);
                // What is told of a stick that is being made new is old when it comes.
                if let Some(old) = known.as_ref().map(|old| &old.doing)
                    && matches!(old, Doing::Formatting | Doing::Wiping(_))
                {
                    seen.extend(known.map(|old| (which, old)));
                    continue;
                }
                let same = known.filter(|old| old.stick.filing == stick.filing);
                let (doing, top) = match same {
                    Some(old) => (old.doing, old.top),
                    None => (Doing::Looking, Top::default()),
                };
                if doing == Doing::Looking {
                    wanted.push(which.clone());
                }
                seen.insert(which, Seen { stick, doing, top });
            }
            all.seen = seen;
        }
        wanted.iter().for_each(|which| self.look(which));
    }

    /// What lies on it; not while somebody writes, and not behind a BitLocker lock.
    fn look(&self, which: &Which) {
        let looks = {
            let all = self.all();
            let Some(seen) = all.seen.get(which) else { return };
            let closed = seen.stick.filing == Filing::BitLocker;
            seen.stick.why.is_none() && !closed && !all.taken.contains(&same(&seen.stick))
        };
        let found =
            if looks { self.top(which).map_err(|fault| fault.text) } else { Ok(Top::default()) };
        if let Some(seen) = self.all().seen.get_mut(which) {
            match found {
                Ok(top) => (seen.doing, seen.top) = (Doing::Nothing, top),
                Err(why) => seen.doing = Doing::Failed(why),
            }
        }
    }

    fn top(&self, which: &Which) -> Result<Top, Fault> {
        let machine = self.machine();
        let (folder, _) = machine.mount(which, false)?;
        let disk = RealDisk::at(folder);
        let read = read_top(&disk);
        drop(disk);
        machine.release(which)?;
        read
    }

    /// As the status shows them. `case` knows to which case an export belongs.
    pub fn lines(&self, case: &dyn Fn(Number) -> Option<Number>) -> Vec<StickLine> {
        let all = self.all();
        let taken = |stick: &Stick| all.taken.contains(&same(stick));
        let lines = all.seen.values().map(|seen| line(seen, taken(&seen.stick)));
        let mut lines: Vec<StickLine> = lines.collect();
        drop(all);
        for held in lines.iter_mut().flat_map(|line| &mut line.packages) {
            held.case = case(held.number);
        }
        lines
    }

    /// The plugging-in behind a name, and its line.
    pub fn named(&self, name: &str) -> Option<(Stick, StickLine)> {
        let all = self.all();
        let seen = all.seen.values().find(|seen| seen.stick.which.name == name)?;
        let taken = all.taken.contains(&same(&seen.stick));
        Some((seen.stick.clone(), line(seen, taken)))
    }

    /// An export writes to it from now on.
    pub fn take(&self, stick: Same) {
        self.all().taken.push(stick);
    }

    /// The export has ended; `whole`: the stick may be pulled out.
    pub fn give_back(&self, stick: &Same, whole: bool) {
        let mut all = self.all();
        all.taken.retain(|taken| taken != stick);
        let mut again = Vec::new();
        for seen in all.seen.values_mut().filter(|seen| same(&seen.stick) == *stick) {
            seen.doing = if whole { Doing::Safe } else { Doing::Looking };
            again.push(seen.stick.which.clone());
        }
        drop(all);
        if !whole {
            let own = self.clone();
            // Without a thread it stays as it is until it is plugged in anew.
            drop(std::thread::Builder::new().spawn(move || again.iter().for_each(|w| own.look(w))));
        }
    }

    /// How sticks ended that were to be made new; told once.
    pub fn made(&self) -> Vec<Made> {
        std::mem::take(&mut self.all().made)
    }

    /// Formats it, or overwrites every byte of it first; on a thread of its own. [`Sticks::made`]
    /// tells under `entry` how it ended.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn erase(&self, which: &Which, wipe: bool, entry: Number) -> Result<(), String> {
        let doing = if wipe { Doing::Wiping(0) } else { Doing::Formatting };
        if let Some(seen) = self.all().seen.get_mut(which) {
            seen.doing = doing;
        }
        let (own, which) = (self.clone(), which.clone());
        let moved = self.clone();
        let on = which.clone();
        let mut going = move |done: u64, total: u64| {
            if let Some(seen) = moved.all().seen.get_mut(&on) {
                seen.doing = Doing::Wiping((done * 100 / total.max(1)) as u8); // 0 to 100
            }
        };
        let work = move || {
            let machine = own.machine();
            let done = match wipe {
                true => machine.wipe(&which, &mut going),
                false => machine.format(&which),
            };
            own.all().made.push((entry, done.clone().map_err(|fault| fault.text)));
            std::thread::sleep(STALE_SPAN);
            let fresh = machine.sticks().unwrap_or_default();
            let fresh = fresh.into_iter().find(|stick| stick.which == which);
            if let (Some(seen), Some(fresh)) = (own.all().seen.get_mut(&which), fresh) {
                seen.stick = fresh;
                seen.doing = match &done {
                    Ok(()) => Doing::Looking,
                    Err(fault) => Doing::Failed(fault.text.clone()),
                };
            }
            if done.is_ok() {
                own.look(&which);
            }
        };
        let thread = std::thread::Builder::new().name("stick".into());
        thread.spawn(work).map(drop).map_err(|e| format!("It cannot be begun: {e}."))
    }
}

pub fn same(stick: &Stick) -> Same {
    (stick.serial.clone(), stick.bytes)
}

fn read_top(disk: &dyn Disk) -> Result<Top, Fault> {
    let mut top = Top { free: Some(disk.room()?.free), ..Top::default() };
    for item in disk.list("")?.into_iter().take(TOP_MAX) {
        let number = item.name.strip_prefix("export-").and_then(|n| n.parse().ok());
        match number {
            Some(number) if item.folder => {
                let inner = disk.list(&item.name)?;
                let finished = !inner.iter().any(|file| file.name == names::UNFINISHED);
                top.packages.push(Held { number, case: None, finished });
            }
            // What Windows and cameras leave everywhere.
            _ if item.name == "System Volume Information" => {}
            _ => top.others += 1,
        }
    }
    Ok(top)
}

fn line(seen: &Seen, taken: bool) -> StickLine {
    let stick = &seen.stick;
    let (mut state, mut why) = match &seen.doing {
        Doing::Looking => (StickState::Looking, None),
        Doing::Nothing => (StickState::Ready, None),
        Doing::Formatting => (StickState::Formatting, None),
        Doing::Wiping(_) => (StickState::Wiping, None),
        Doing::Safe => (StickState::SafeToRemove, None),
        Doing::Failed(why) => (StickState::Unusable, Some(why.clone())),
    };
    if taken {
        state = StickState::Writing;
    } else if matches!(seen.doing, Doing::Looking | Doing::Nothing) {
        if let Some(ill) = &stick.why {
            (state, why) = (StickState::Unusable, Some(ill.clone()));
        } else if stick.read_only {
            let ill = "it is protected against writing; is there a switch on its side?";
            (state, why) = (StickState::Unusable, Some(ill.into()));
        }
    }
    StickLine {
        name: stick.which.name.clone(),
        title: stick.title.clone(),
        serial: stick.serial.clone(),
        typed: typed(stick),
        bytes: stick.bytes,
        filed: match stick.filing {
            Filing::Fat => Filed::Fat,
            Filing::ExFat => Filed::ExFat,
            Filing::Ntfs => Filed::Ntfs,
            Filing::BitLocker => Filed::BitLocker,
            Filing::Linux => Filed::Other,
            Filing::Nothing => Filed::Nothing,
        },
        free: seen.top.free,
        state,
        wiped: match seen.doing {
            Doing::Wiping(done) => Some(done),
            _ => None,
        },
        why,
        packages: seen.top.packages.clone(),
        others: seen.top.others,
    }
}

/// The end of the serial number, else of the size.
fn typed(stick: &Stick) -> String {
    let size = stick.bytes.to_string();
    let whole = if stick.serial.is_empty() { &size } else { &stick.serial };
    let skip = whole.chars().count().saturating_sub(TYPED_CHARS);
    whole.chars().skip(skip).collect()
}

impl Supervisor {
    /// Sticks from now on.
    pub fn use_sticks(&mut self, sticks: Sticks) {
        self.sticks = Some(sticks);
    }
}
