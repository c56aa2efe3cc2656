//! The next version of the image, from a stick: shown, begun, told, and judged after the restart.
//!
//! ```text
//! who, why (entry) -> root service: signature, copy, slot -> entry: written, or refused and why
//!    -> restart (entry) -> entry: it runs, or the one before came back by itself
//! ```
//! What is written is remembered in `updating.json` until a later boot shows which version runs.
//! Which version ran last stands in `ran.json`: a box that starts an older one again, a month later
//! even, says so until a newer one runs.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::Supervisor;
use super::state;
use crate::disk::Disk;
use crate::machine::client::Machine;
use crate::machine::order::Which;
use crate::machine::update::newer;
use crate::wire::update::{FoundSet, Going, Stage, UpdateSheet};
use crate::wire::{Alarm, Level};

const UPDATING: &str = "updating.json";
const RAN: &str = "ran.json";

/// The version that ran last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Ran {
    version: String,
    /// It runs in place of this newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
}

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
    /// The newer version that the running one came in place of.
    instead_of: Option<String>,
    now: Arc<Mutex<Now>>,
}

#[derive(Default)]
struct Now {
    found: Option<(Which, FoundSet)>,
    going: Option<Going>,
    /// What has no entry yet.
    told: Vec<String>,
}

impl Updates {
    pub fn new(running: Option<String>, boot: String) -> Updates {
        Updates { running, boot, instead_of: None, now: Arc::default() }
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
        let name = &stick.name;
        let looked = machine.update_look(stick).map_err(|fault| fault.text);
        let mut now = self.now();
        now.told.push(match &looked {
            Ok((version, ..)) => {
                format!("version {version} lies on the stick {name}, signed by us")
            }
            Err(why) => format!("what lies on the stick {name} was refused as an update: {why}"),
        });
        let (version, _, bytes) = looked?;
        now.found = Some((stick.clone(), FoundSet { stick: name.clone(), version, bytes }));
        drop(now);
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
            now.told.push(ended);
        };
        let begun = std::thread::Builder::new().name("update".into()).spawn(work);
        begun.map(drop).map_err(|e| format!("It cannot be begun: {e}."))
    }

    fn take_told(&self) -> Vec<String> {
        std::mem::take(&mut self.now().told)
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

/// What this start makes of the version that ran last, and what is told of it. `failed`: the
/// version that was written and did not come up.
fn ran_now(ran: Option<&Ran>, running: &str, failed: Option<&str>) -> (Ran, Option<String>) {
    let now = |instead_of: Option<String>| Ran { version: running.into(), instead_of };
    let Some(ran) = ran else { return (now(failed.map(String::from)), None) };
    let older = newer(running, &ran.version) == Ordering::Less;
    match failed {
        Some(failed) => (now(Some(failed.into())), None), // told already
        None if older => {
            let text = format!(
                "version {running} runs again, in place of {}: the box went back to it by itself, or \
                 somebody started it",
                ran.version
            );
            (now(Some(ran.version.clone())), Some(text))
        }
        None if running == ran.version => (ran.clone(), None),
        None => {
            let text = format!("version {running} runs; before it ran {}", ran.version);
            (now(None), Some(text))
        }
    }
}

impl Supervisor {
    pub(super) fn use_updates(&mut self, mut updates: Updates) {
        if let Some(running) = updates.running.clone() {
            updates.instead_of = self.judge_version(&running, &updates.boot);
        }
        self.updates = updates;
    }

    /// Which newer version the running one came in place of. Entries say what is new about it.
    fn judge_version(&mut self, running: &str, boot: &str) -> Option<String> {
        let updating: Option<Updating> =
            state::read(self.state.as_ref(), UPDATING).unwrap_or_default();
        let ran: Option<Ran> = state::read(self.state.as_ref(), RAN).unwrap_or_default();
        let judged = updating.as_ref().and_then(|updating| judged(updating, running, boot));
        let failed = updating.as_ref().filter(|_| matches!(judged, Some((false, _))));
        let failed = failed.map(|updating| updating.to.as_str());
        let (now, told) = ran_now(ran.as_ref(), running, failed);
        let told = judged.map(|(_, text)| text).or(told);
        if let Some(text) = &told {
            self.note_system(text);
            let _ = self.state.remove(UPDATING); // told again at the next start, at worst
        }
        if ran.as_ref() != Some(&now)
            && let Err(fault) = state::write(self.state.as_ref(), RAN, &now)
        {
            tracing::warn!("{fault}"); // the next start tells it again
        }
        now.instead_of
    }

    /// The box runs an older version than it did: said until a newer one runs.
    pub(super) fn version_condition(&self) -> Option<String> {
        let (running, newer) = (self.updates.running.as_ref()?, self.updates.instead_of.as_ref()?);
        Some(format!(
            "the update was taken back: version {newer} did not come up or did not record, and \
             {running} runs again"
        ))
    }

    pub(super) fn version_alarm(&self) -> Option<Alarm> {
        let (level, since) = (Level::Warning, self.started);
        let remedy = "Say so to whoever made the update; nothing is lost.".into();
        self.version_condition().map(|text| Alarm { level, text, remedy, since })
    }

    /// What the threads left becomes entries.
    pub(super) fn turn_updates(&mut self) {
        for text in self.updates.take_told() {
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

    #[test]
    fn a_box_that_runs_an_older_version_again_says_so_until_a_newer_one_runs() {
        let ran = |version: &str, instead_of: Option<&str>| Ran {
            version: version.into(),
            instead_of: instead_of.map(String::from),
        };
        for (before, running, failed, now, says) in [
            (None, "1", None, ran("1", None), None),
            (Some(ran("1", None)), "1", None, ran("1", None), None),
            (Some(ran("1", None)), "2", None, ran("2", None), Some("2 runs; before it ran 1")),
            // A month later the newer one does not come up any more.
            (Some(ran("2", None)), "1", None, ran("1", Some("2")), Some("in place of 2")),
            (Some(ran("1", Some("2"))), "1", None, ran("1", Some("2")), None),
            (Some(ran("1", Some("2"))), "3", None, ran("3", None), Some("3 runs; before")),
            // The update itself did not come up: it never ran, and its own sentence tells it.
            (Some(ran("1", None)), "1", Some("2"), ran("1", Some("2")), None),
            (None, "1", Some("2"), ran("1", Some("2")), None),
        ] {
            let (is, told) = ran_now(before.as_ref(), running, failed);
            assert_eq!(is, now, "{before:?} {running}");
            let told = told.unwrap_or_default();
            let fits = says.map_or(told.is_empty(), |says| told.contains(says));
            assert!(fits, "{before:?} {running}: {told}");
        }
    }
}
