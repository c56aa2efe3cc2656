//! The next version of the image, from a stick: shown, begun, told, and judged after the restart.
//!
//! ```text
//! who, why (entry) -> root service: signature, copy, slot -> entry: written, or refused and why
//!    -> restart (entry) -> entry: it runs, or the one before came back by itself
//! ```
//! What is written is remembered in `updating.json` until a later boot shows which version runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::Supervisor;
use super::state;
use crate::disk::Disk;
use crate::machine::client::Machine;
use crate::machine::order::Which;
use crate::wire::update::{FoundSet, Going, Stage, UpdateSheet};
use crate::wire::{Alarm, Level};

const UPDATING: &str = "updating.json";

/// A version that was written, until the machine was restarted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Updating {
    pub from: String,
    pub to: String,
    /// The boot in which it was written.
    pub boot: String,
}

/// See the module. Clones are the same.
#[derive(Clone, Default)]
pub struct Updates {
    /// The version of the image that runs.
    running: Option<String>,
    boot: String,
    now: Arc<Mutex<Now>>,
}

#[derive(Default)]
struct Now {
    found: Option<(Which, FoundSet)>,
    going: Option<Going>,
    /// An end that has no entry yet.
    ended: Option<String>,
}

impl Updates {
    pub fn new(running: Option<String>, boot: String) -> Updates {
        Updates { running, boot, now: Arc::default() }
    }

    /// Plain values: what a panic left is as good as any.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sheet(&self) -> UpdateSheet {
        let now = self.now();
        UpdateSheet {
            running: self.running.clone(),
            found: now.found.as_ref().map(|(_, found)| found.clone()),
            going: now.going.clone(),
        }
    }

    /// What lies on the stick; for a thread of its own.
    ///
    /// # Errors
    /// Why it is refused, for the reader.
    pub fn look(&self, machine: &Machine, stick: &Which) -> Result<UpdateSheet, String> {
        self.now().found = None;
        let (version, _, bytes) = machine.update_look(stick).map_err(|fault| fault.text)?;
        let found = FoundSet { stick: stick.name.clone(), version, bytes };
        self.now().found = Some((stick.clone(), found));
        Ok(self.sheet())
    }

    /// The set that was shown.
    ///
    /// # Errors
    /// Another one, or none, or one is being written already.
    pub fn shown(&self, stick: &str, version: &str) -> Result<Which, String> {
        let now = self.now();
        let goes_on = |going: &Going| matches!(going.stage, Stage::Copying | Stage::Writing);
        if now.going.as_ref().is_some_and(goes_on) {
            return Err("An update is being written already.".into());
        }
        let found = now.found.as_ref().filter(|(_, f)| f.stick == stick && f.version == version);
        found.map(|(which, _)| which.clone()).ok_or_else(|| "Look at the stick once more.".into())
    }

    /// On a thread of its own; `state` remembers what was written.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn begin(
        &self,
        machine: Machine,
        stick: Which,
        version: String,
        state: Arc<dyn Disk>,
    ) -> Result<(), String> {
        let stage = Stage::Copying;
        self.now().going = Some(Going { version: version.clone(), done: 0, total: 0, stage });
        let own = self.clone();
        let work = move || {
            let told = own.clone();
            let mut going = |done, total| {
                if let Some(going) = &mut told.now().going {
                    (going.done, going.total) = (done, total);
                    if done >= total {
                        going.stage = Stage::Writing;
                    }
                }
            };
            let written = machine.update(&stick, &version, &mut going);
            let (stage, ended) = match written {
                Ok(()) => {
                    let (from, to) = (own.running.clone().unwrap_or_default(), version.clone());
                    let updating = Updating { from, to, boot: own.boot.clone() };
                    if let Err(fault) = state::write(state.as_ref(), UPDATING, &updating) {
                        tracing::warn!("{fault}"); // the next start then cannot tell a fall-back
                    }
                    let text = format!("version {version} is written; it runs after a restart");
                    (Stage::Written, text)
                }
                Err(fault) => {
                    let text = format!("version {version} was refused: {fault}");
                    (Stage::Failed { why: fault.text }, text)
                }
            };
            let mut now = own.now();
            if let Some(going) = &mut now.going {
                going.stage = stage;
            }
            now.ended = Some(ended);
        };
        let begun = std::thread::Builder::new().name("update".into()).spawn(work);
        begun.map(drop).map_err(|e| format!("It cannot be begun: {e}."))
    }

    fn take_end(&self) -> Option<String> {
        self.now().ended.take()
    }
}

/// What became of a version that was written: `None` while the machine was not restarted.
fn judged(updating: &Updating, running: &str, boot: &str) -> Option<(bool, String)> {
    let Updating { from, to, boot: written } = updating;
    match () {
        () if boot == written => None,
        () if running == to => Some((true, format!("version {to} runs; before it ran {from}"))),
        () => {
            Some((false, format!("version {to} did not come up: {running} runs again, by itself")))
        }
    }
}

impl Supervisor {
    pub(super) fn use_updates(&mut self, updates: Updates) {
        let updating: Option<Updating> =
            state::read(self.state.as_ref(), UPDATING).unwrap_or_default();
        let running = updates.running.clone();
        if let (Some(updating), Some(running)) = (updating, running)
            && let Some((well, text)) = judged(&updating, &running, &updates.boot)
        {
            self.note_system(&text);
            if !well {
                let (level, since) = (Level::Warning, self.started);
                let remedy = "Say so to whoever made the update; nothing is lost.".into();
                let text = format!("the update was taken back: {text}");
                self.notice(Alarm { level, text, remedy, since });
            }
            let _ = self.state.remove(UPDATING); // told again at the next start, at worst
        }
        self.updates = updates;
    }

    /// An end that the thread left becomes an entry.
    pub(super) fn turn_updates(&mut self) {
        if let Some(text) = self.updates.take_end() {
            self.note_system(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_version_came_up_is_told_once_the_machine_was_restarted() {
        let updating = Updating { from: "1".into(), to: "2".into(), boot: "a".into() };
        assert_eq!(judged(&updating, "1", "a"), None);
        let (well, text) = judged(&updating, "2", "b").unwrap();
        assert!(well && text == "version 2 runs; before it ran 1", "{text}");
        let (well, text) = judged(&updating, "1", "b").unwrap();
        assert!(!well && text.contains("2 did not come up: 1 runs again"), "{text}");
    }
}
