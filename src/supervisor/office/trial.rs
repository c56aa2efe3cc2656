//! Another network or storage is tried before it is kept: a box that nobody reaches any more, or
//! that writes nowhere, goes back by itself.
//!
//! ```text
//! saved at a screen --> network or storage differ: in force, and tried (trying.json)
//!     |--> somebody keeps it: an entry; it stays
//!     |--> 60 s are over: the revision before comes back, as a revision of its own, with its entry
//!     \--> the file is changed by another way: whoever did that reaches the box; the trial is over
//! ```
//! The record is written before the version takes effect and read again at the start, so the way
//! back needs neither the screen nor this run. Going back is the machine's own doing: what comes
//! back was in force a minute ago, so it waits for nobody's approval, even where that minute's
//! version was the narrower one. A text that no screen ever saved is never undone: whoever edits
//! the file by another way reaches the box.

use serde::{Deserialize, Serialize};

use super::super::file::{Judged, Stale, judge, keep_version};
use super::super::{Supervisor, state};
use super::call::Caller;
use super::machine::{fields, text};
use crate::access::{Asking, Wish};
use crate::base::clock::Mono;
use crate::base::digest::Digest;
use crate::base::fault::Fault;
use crate::base::limits::{DISK_RETRY_SPAN, FILE_BYTES_MAX, TRIAL_SPAN};
use crate::base::time::{Span, Utc};
use crate::config::Config;
use crate::config::roles::Deed;
use crate::disk::Disk;
use crate::logbook::fields as f;
use crate::wire::site::Trying;
use crate::wire::{Alarm, Level, Reply};

/// A version that is tried, as the state folder knows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// Of the version that is tried.
    digest: String,
    /// The revision that comes back.
    before: u64,
    until: Utc,
}

/// The same with the end of its time by the clock that never steps.
pub struct Running {
    trial: Trial,
    due: Mono,
}

/// Who brings the earlier version back, as entries and versions name it.
const ITSELF: &str = "Beadle";

impl super::Office {
    /// A trial that was going on when the last run ended; at most its full time is left.
    pub(super) fn remember_trial(&mut self, state: &dyn Disk, now: crate::base::clock::Now) {
        // One that cannot be read is no reason not to record.
        let Ok(Some(trial)) = state::read::<Trial>(state, state::TRYING) else { return };
        let left = (trial.until - now.utc).clamp(Span::ZERO, TRIAL_SPAN);
        self.trial = Some(Running { due: now.mono + left, trial });
    }
}

/// What has to be tried: whatever could take the box off the net, or its footage off its disks.
pub(in crate::supervisor) fn is_tried(before: &Config, after: &Config) -> bool {
    before.network != after.network || before.storage != after.storage
}

impl Supervisor {
    /// Called before a version takes effect. A trial that was going on is over with it.
    ///
    /// # Errors
    /// The state disk does not take the record: the version must not count, since it could not go
    /// back.
    pub(in crate::supervisor) fn begin_trial(
        &mut self,
        before: &Config,
        after: &Config,
        judged: &Judged,
    ) -> Result<(), Fault> {
        self.office.trial = None;
        let at_screen = self.saved_at_screen(&judged.digest);
        if !at_screen || !is_tried(before, after) {
            return self.forget_trial();
        }
        let (mono, utc) = self.now();
        let trial = Trial {
            digest: judged.digest.to_string(),
            before: self.file.record.revision,
            until: utc + TRIAL_SPAN,
        };
        state::write(self.state.as_ref(), state::TRYING, &trial)?;
        self.office.trial = Some(Running { trial, due: mono + TRIAL_SPAN });
        Ok(())
    }

    fn forget_trial(&self) -> Result<(), Fault> {
        match self.state.remove(state::TRYING) {
            Err(fault) if fault.kind != crate::base::fault::FaultKind::Missing => Err(fault),
            _ => Ok(()),
        }
    }

    /// The trial that is going on, while its version is in force.
    pub(in crate::supervisor) fn trying(&self) -> Option<Trying> {
        let trial = &self.office.trial.as_ref()?.trial;
        let record = &self.file.record;
        (trial.digest == record.digest).then(|| Trying {
            digest: trial.digest.clone(),
            revision: record.revision,
            before: trial.before,
            until: trial.until,
        })
    }

    /// Somebody still reaches the box: what is tried stays.
    pub(super) fn keep_file(&mut self, caller: &Caller, digest: &str) -> Result<Reply, String> {
        let Some(trying) = self.trying().filter(|t| t.digest == digest) else {
            return Err("No such version is being tried: it was kept, or it went back.".into());
        };
        let mut asking = Asking::to(Wish::Deed(Deed::Configure));
        asking.reason = Some("the network and storage that were tried are kept".into());
        asking.more = fields([(f::DIGEST, text(&trying.digest))]);
        let _entered = self.allowed(caller, &asking)?;
        // Forgotten on the disk first: else a restart would go back on what was kept.
        self.forget_trial().map_err(|fault| {
            format!("It could not be kept, and goes back when the time is over: {fault}")
        })?;
        self.office.trial = None;
        Ok(Reply::Text { text: format!("Revision {} stays in force.", trying.revision) })
    }

    /// Goes back when the time is over; when to look again.
    pub(super) fn look_at_trial(&mut self) -> Option<Mono> {
        let (now, _) = self.now();
        let due = self.office.trial.as_ref()?.due;
        if self.trying().is_none() {
            // Its version never came into force, or another one did.
            self.office.trial = None;
            let _ = self.forget_trial(); // told by whoever writes there next
            return None;
        }
        if now < due {
            return Some(due);
        }
        let running = self.office.trial.take()?;
        if let Err(fault) = self.go_back(&running.trial) {
            let (_, since) = self.now();
            self.notice(Alarm {
                level: Level::Warning,
                text: format!(
                    "Nobody kept the new network and storage, and going back failed: {fault}"
                ),
                remedy: "It is tried again. Or roll back on the screen Site.".into(),
                since,
            });
            let again = now + DISK_RETRY_SPAN;
            self.office.trial = Some(Running { due: again, ..running });
            return Some(again);
        }
        None
    }

    fn go_back(&mut self, trial: &Trial) -> Result<(), Fault> {
        let (_, utc) = self.now();
        let bytes = state::version_bytes(self.state.as_ref(), trial.before)?;
        let mut judged = judge(&self.file.path.clone(), bytes.clone(), utc);
        let config = judged.config.take();
        let Some(config) = config else {
            // Another program reads it otherwise than the one that took it: what is tried stays.
            return self.forget_trial();
        };
        let tried = self.file.record.revision;
        let old = self.file.config.clone();
        let by = (ITSELF, &[][..], utc);
        let before = Some((&*old, tried));
        let record = keep_version(self.state.as_ref(), before, &judged, &config, by)?;
        let put_back = self.put_back(&trial.digest, &bytes);
        self.note_missed();
        self.take_effect(config, record);
        self.note_change(Some(&old), &[]);
        self.suspend_after(&old, &[]);
        let _ = self.forget_trial(); // of another version now: it no longer counts
        match put_back {
            Ok(()) => self.file.findings = std::mem::take(&mut judged.findings),
            Err(why) => self.file.stale = Some(Stale { text: why, since: utc }),
        }
        self.notice(Alarm {
            level: Level::Warning,
            text: format!(
                "Nobody kept revision {tried} of {} within {} s, so the network and storage of \
                 revision {} are back",
                self.file.path,
                TRIAL_SPAN.as_secs(),
                trial.before
            ),
            remedy: "Look at the edit on the screen Site, under history.".into(),
            since: utc,
        });
        Ok(())
    }

    /// The file itself, unless somebody wrote another one meanwhile.
    fn put_back(&self, tried: &str, bytes: &[u8]) -> Result<(), String> {
        let path = &self.file.path;
        let Some((folder, name)) = &self.office.site_file else {
            return Err(format!("{path} cannot be written, and is not what is in force"));
        };
        match folder.read_at(name, 0, FILE_BYTES_MAX) {
            Ok(there) if Digest::of(&there).to_string() != tried => {
                return Err(format!("{path} is another version than the one in force"));
            }
            _ => {}
        }
        let written = folder.replace(name, bytes);
        written.map_err(|fault| format!("{path} is not what is in force: {fault}"))
    }

    /// For the verdict, while it lasts.
    pub(in crate::supervisor) fn trial_alarm(&self) -> Option<Alarm> {
        let trying = self.trying()?;
        let until = self.zone().show(trying.until);
        Some(Alarm {
            level: Level::Warning,
            text: format!(
                "Another network or storage is tried (revision {}); revision {} comes back at {}",
                trying.revision, trying.before, until
            ),
            remedy: "If all is well, keep it: screen Site, k.".into(),
            since: self.file.record.at,
        })
    }
}
