//! The box's own disks, heard of from the root service every few seconds, and made footage disks.
//! A thread of its own; the supervisor's never waits for a disk that hangs.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::machine::client::Machine;
use crate::machine::order::{Holds, Space};
use crate::wire::disk::{Doing, SpaceHolds, SpaceLine};

const LOOK_SPAN: Duration = Duration::from_secs(3);

/// See the module. Clones are the same.
#[derive(Clone)]
pub struct Spaces {
    machine: Machine,
    all: Arc<Mutex<All>>,
}

#[derive(Default)]
struct All {
    spaces: Vec<Space>,
    tpm: Option<bool>,
    stick: bool,
    doing: Option<Doing>,
}

impl Spaces {
    /// # Errors
    /// No thread can be started.
    pub fn start(socket: &Path) -> std::io::Result<Spaces> {
        let spaces = Spaces { machine: Machine::at(socket), all: Arc::default() };
        let (machine, all) = (spaces.machine.clone(), Arc::downgrade(&spaces.all));
        std::thread::Builder::new().name("disks".into()).spawn(move || follow(&machine, &all))?;
        Ok(spaces)
    }

    /// Plain values: what a panic left is as good as any.
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn lines(&self) -> Vec<SpaceLine> {
        self.all().spaces.iter().map(line).collect()
    }

    /// `None`: no root service answers.
    pub fn tpm(&self) -> Option<bool> {
        self.all().tpm
    }

    pub fn doing(&self) -> Option<Doing> {
        self.all().doing.clone()
    }

    pub fn named(&self, name: &str) -> Option<Space> {
        self.all().spaces.iter().find(|space| called(space) == name).cloned()
    }

    /// Footage disks that somebody has to open.
    pub fn locked(&self) -> Vec<Space> {
        let locked = |space: &&Space| space.holds == (Holds::Footage { open: false });
        self.all().spaces.iter().filter(locked).cloned().collect()
    }

    /// Begins, on a thread of its own.
    ///
    /// # Errors
    /// A sentence: something is being made already; what was typed is not its number.
    pub fn make(&self, space: &Space, typed: &str, key: Secret) -> Result<(), String> {
        if let Some(why) = &space.why {
            return Err(format!("{} cannot become a footage disk: {why}.", called(space)));
        }
        if typed != space.typed {
            return Err(format!(
                "Everything on {} ({}) would be gone. To say that you mean it, type {}.",
                called(space),
                space.title,
                space.typed
            ));
        }
        let (typed, wanted) = (typed.to_string(), space.clone());
        self.work_on(space, move |machine, going| {
            machine.make_footage(&wanted, &typed, &key, going)
        })
    }

    /// Does this system run from a stick, to be installed?
    pub fn installs(&self) -> bool {
        self.all().stick
    }

    /// Writes the system that runs from a stick to a disk, on a thread of its own.
    ///
    /// # Errors
    /// As [`Spaces::make`].
    pub fn install(&self, name: &str, typed: &str) -> Result<(), String> {
        let space = self.named(name).ok_or("This disk is no longer there.")?;
        if typed != space.typed {
            return Err(format!("Type {}, the end of the number on its label.", space.typed));
        }
        let (typed, wanted) = (typed.to_string(), space.clone());
        self.work_on(&space, move |machine, _| machine.install(&wanted, &typed))
    }

    fn work_on(
        &self,
        space: &Space,
        work: impl FnOnce(&Machine, &mut dyn FnMut(u64, u64)) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), String> {
        let doing = Doing { name: called(space).into(), done: 0, total: 5, failed: None };
        {
            let mut all = self.all();
            if all.doing.as_ref().is_some_and(Doing::goes_on) {
                return Err("A disk is being written already; wait until it is over.".into());
            }
            all.doing = Some(doing);
        }
        let own = self.clone();
        let thread = move || {
            let told = own.clone();
            let mut going = |done, total| {
                if let Some(doing) = &mut told.all().doing {
                    (doing.done, doing.total) = (done, total);
                }
            };
            let done = work(&own.machine, &mut going);
            if let Some(doing) = &mut own.all().doing {
                match done {
                    Ok(()) => doing.done = doing.total,
                    Err(fault) => doing.failed = Some(fault.text),
                }
            }
        };
        let begun = std::thread::Builder::new().name("disk work".into()).spawn(thread);
        begun.map(drop).map_err(|e| format!("It cannot be begun: {e}."))
    }

    pub fn reboot(&self) -> Result<(), Fault> {
        self.machine.reboot()
    }

    /// Opens a footage disk of a box before this one.
    ///
    /// # Errors
    /// The key does not fit; the disk fails.
    pub fn unlock(&self, space: &Space, key: &Secret) -> Result<(), Fault> {
        self.machine.unlock(space, key)
    }
}

impl Doing {
    pub fn goes_on(&self) -> bool {
        self.failed.is_none() && self.done < self.total
    }
}

fn follow(machine: &Machine, all: &Weak<Mutex<All>>) {
    while let Some(here) = all.upgrade() {
        let told = machine.disks();
        let mut now = here.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Ok((spaces, tpm, stick)) => {
                (now.spaces, now.tpm, now.stick) = (spaces, Some(tpm), stick);
            }
            Err(_) => (now.spaces, now.tpm) = (Vec::new(), None),
        }
        drop(now);
        drop(here);
        let until = Instant::now() + LOOK_SPAN;
        while Instant::now() < until && all.strong_count() > 0 {
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

/// Its name in requests.
pub fn called(space: &Space) -> &str {
    space.part.as_deref().unwrap_or(&space.which.name)
}

fn line(space: &Space) -> SpaceLine {
    SpaceLine {
        name: called(space).into(),
        title: space.title.clone(),
        serial: space.serial.clone(),
        bytes: space.bytes,
        holds: match space.holds {
            Holds::Nothing => SpaceHolds::Nothing,
            Holds::Footage { open: true } => SpaceHolds::FootageOpen,
            Holds::Footage { open: false } => SpaceHolds::FootageLocked,
            Holds::Recorder => SpaceHolds::Recorder,
            Holds::Windows => SpaceHolds::Windows,
            Holds::Linux => SpaceHolds::Linux,
            Holds::Other => SpaceHolds::Other,
        },
        typed: space.typed.clone(),
        why: space.why.clone(),
    }
}
