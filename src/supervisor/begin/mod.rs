//! A box without a file: it looks for one, shows what it found, and waits until somebody takes it.
//!
//! ```text
//! the state folder's   counts without a question: then nothing here runs
//! a stick's            every *.kdl at its top                           } offered, shown with its
//! a footage disk's     the newest version, opened with the recovery key } plan, and taken when
//! the one built in     where no footage disk is anybody's yet           } somebody says so
//! ```
//! Nothing is taken silently, whichever is found alone. What is taken is written to the file's
//! place, durable, before the box begins with it; a copy of a footage disk brings its recovery key
//! along, and with it people, passwords, versions and logbook (`recover`).
//!
//! Meanwhile the process counts as started: a box that waits for its file is no bad boot.

mod look;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, watch};

pub use self::look::KEY_FILE;
use self::look::{Found, OnStick, Sticks};
use super::report::plan_offline;
use super::spaces::{Spaces, called};
use super::state;
use crate::base::clock::Clock;
use crate::base::fault::Fault;
use crate::base::limits::BEGIN_LOOK_SPAN;
use crate::base::secret::Secret;
use crate::base::time::Utc;
use crate::disk::Disk;
use crate::disk::identity::Owner;
use crate::disk::real::RealDisk;
use crate::ledger::RecoveryKey;
use crate::socket::listen::Asked;
use crate::wire::begin::{Beginning, Candidate, CandidateKind, Installing};
use crate::wire::disk::SpaceHolds;
use crate::wire::{
    FileStatus, IndexStatus, Level, PlanReport, Reply, Request, RetentionStatus, Status, Verdict,
};

/// A disk that checks itself after a power cut takes longer than one that does not.
const MOUNTED_WITHIN: std::time::Duration = std::time::Duration::from_secs(20);

/// Where a box without a file looks.
pub struct Places {
    /// Where the file is to lie.
    pub config: PathBuf,
    pub baked: PathBuf,
    /// Footage folders that may be another box's.
    pub footage: Vec<PathBuf>,
    /// Of the root service.
    pub machine: PathBuf,
    /// In the state folder, where the backup of a stick goes.
    pub backup: PathBuf,
}

impl Places {
    /// Where a box before this one may have left its copies.
    fn copies(&self) -> Vec<PathBuf> {
        self.footage.iter().chain([&self.backup]).cloned().collect()
    }
}

/// See the module.
pub struct Begin {
    places: Places,
    state: Arc<dyn Disk>,
    why: String,
    sticks: Arc<Mutex<Sticks>>,
    /// Disks of the box, where the root service tells of them.
    spaces: Option<Spaces>,
    /// Typed, or left by somebody in the state folder.
    keys: Vec<RecoveryKey>,
    found: BTreeMap<(CandidateKind, String), Found>,
    /// Whose footage disks are here.
    owners: Vec<Owner>,
}

/// How the wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waited {
    Taken,
    /// A signal.
    Stopped,
}

impl Begin {
    /// `why`: there is no file to run.
    ///
    /// # Errors
    /// The state folder cannot be read.
    pub fn new(places: Places, state: Arc<dyn Disk>, why: String) -> Result<Begin, Fault> {
        let keys = RecoveryKey::kept(state.as_ref())?.into_iter().collect();
        let sticks = look::follow_sticks(&places.machine, state.clone());
        let spaces = Spaces::start(&places.machine);
        let (found, owners) = (BTreeMap::new(), Vec::new());
        let spaces = spaces.inspect_err(|e| tracing::warn!("disks are not looked at: {e}")).ok();
        Ok(Begin { places, state, why, sticks, spaces, keys, found, owners })
    }

    /// Answers until a file was taken; the caller goes on with the same socket.
    /// `stop`: a signal came.
    pub async fn wait(
        &mut self,
        clock: &dyn Clock,
        asks: &mut mpsc::Receiver<Asked>,
        told: &watch::Sender<Arc<Status>>,
        stop: impl Future<Output = ()>,
    ) -> Waited {
        tokio::pin!(stop);
        loop {
            self.look();
            told.send_replace(Arc::new(self.status(clock.utc())));
            let _ = sd_notify::notify(&[
                sd_notify::NotifyState::Ready,
                sd_notify::NotifyState::Watchdog,
                sd_notify::NotifyState::Status("waits for a site file"),
            ]);
            tokio::select! {
                Some((call, _, answer)) = asks.recv() => {
                    let (reply, taken) = self.answer(call.request, clock.utc());
                    let _ = answer.send(reply); // the asker may have left
                    if taken {
                        return Waited::Taken;
                    }
                }
                () = tokio::time::sleep(BEGIN_LOOK_SPAN.to_std()) => {}
                () = &mut stop => return Waited::Stopped,
            }
        }
    }

    /// What could be the file now.
    fn look(&mut self) {
        let (on_sticks, keys_on_sticks) = {
            let sticks = self.sticks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            (sticks.files.clone(), sticks.keys())
        };
        let mut keys: Vec<&RecoveryKey> = self.keys.iter().collect();
        keys.extend(&keys_on_sticks);
        let mut found: Vec<Found> = on_sticks.into_iter().map(OnStick::into_found).collect();
        let disks = look::footage_disks(&self.places.copies(), &keys);
        let locked = self.spaces.as_ref().map(|spaces| spaces.locked()).unwrap_or_default();
        let empty = disks.is_empty() && locked.is_empty();
        found.extend(disks);
        found.extend(locked.iter().map(look::locked));
        found.extend(empty.then(|| look::baked(&self.places.baked)).flatten());
        self.owners = look::owners(&self.places.footage);
        let named = |f: Found| ((f.kind, f.name.clone()), f);
        self.found = found.into_iter().map(named).collect();
    }

    pub fn status(&self, now: Utc) -> Status {
        let line = |found: &Found| {
            let other = self.other_school(found, now).map(ToString::to_string);
            Candidate { other, ..found.line(now) }
        };
        let candidates = self.found.values().map(line).collect();
        let text = "This box has no site file yet, so it records nothing. Choose one.";
        Status {
            site: String::new(),
            timezone: "UTC".into(),
            now,
            verdict: Verdict { level: Level::Warning, text: text.into() },
            file: FileStatus {
                path: self.places.config.display().to_string(),
                revision: 0,
                digest: String::new(),
                since: now,
                source: "none".into(),
                findings: Vec::new(),
                stale: false,
            },
            cameras: Vec::new(),
            disks: Vec::new(),
            sticks: Vec::new(),
            retention: RetentionStatus::default(),
            index: IndexStatus::default(),
            alarms: Vec::new(),
            signs: Vec::new(),
            begin: Some(Box::new(Beginning {
                why: self.why.clone(),
                candidates,
                install: self.installing(),
            })),
        }
    }

    /// Where the system may be written to, while it runs from a stick.
    fn installing(&self) -> Option<Installing> {
        let spaces = self.spaces.as_ref().filter(|spaces| spaces.installs())?;
        let whole = |space: &crate::wire::disk::SpaceLine| {
            space.why.is_none() || space.holds == SpaceHolds::Recorder
        };
        let lines = spaces.lines().into_iter().filter(whole).collect();
        Some(Installing { spaces: lines, doing: spaces.doing() })
    }

    /// What is asked of the root service, and answered by it.
    fn of_machine(&self, request: &Request) -> Result<Reply, String> {
        let spaces = self.spaces.as_ref().ok_or("There is no root service here.")?;
        match request {
            Request::Install { name, typed } => {
                spaces.install(name, typed)?;
                Ok(Reply::Done)
            }
            _ => {
                spaces.reboot().map_err(|fault| format!("It cannot be restarted: {fault}."))?;
                let text = "The machine is restarted. Pull the stick out.".into();
                Ok(Reply::Text { text })
            }
        }
    }

    /// The answer, and whether the box begins now.
    fn answer(&mut self, request: Request, now: Utc) -> (Reply, bool) {
        let refused = |why: String| (Reply::Refused { why }, false);
        match request {
            Request::Status | Request::Watch => (Reply::Status(Box::new(self.status(now))), false),
            Request::BeginPlan { name } => match self.readable(&name) {
                Ok(found) => (Reply::Plan(self.plan(found, now)), false),
                Err(why) => refused(why),
            },
            Request::Install { .. } | Request::Reboot { .. } => match self.of_machine(&request) {
                Ok(reply) => (reply, false),
                Err(why) => refused(why),
            },
            Request::Plan { name, text } => (Reply::Plan(plan_offline(&name, &text, now)), false),
            Request::BeginTake { name, digest, adopt } => {
                match self.take(&name, &digest, adopt, now) {
                    Ok(text) => (Reply::Text { text }, true),
                    Err(why) => refused(why),
                }
            }
            Request::RecoveryPut { key, .. } => match self.put_key(key.0.expose()) {
                Ok(text) => (Reply::Text { text }, false),
                Err(why) => refused(why),
            },
            _ => refused("This box has no site file yet: choose one first (beadle begin).".into()),
        }
    }

    /// The footage disk of another school than that of this file: nobody takes it silently.
    fn other_school(&self, found: &Found, now: Utc) -> Option<&Owner> {
        let config = found.judged(now).config.filter(|_| found.site.is_none())?;
        self.owners.iter().find(|owner| !owner.may_be(&config.site.name.value))
    }

    /// What it would do, with what it means for the footage that is here.
    fn plan(&self, found: &Found, now: Utc) -> PlanReport {
        let mut plan = found.plan(now);
        if !plan.loads || found.site.is_some() {
            return plan;
        }
        let other = self.other_school(found, now);
        plan.consequences.extend(other.map(|owner| {
            format!(
                "ANOTHER SCHOOL'S FOOTAGE IS HERE, that of {owner}: it is left alone, and nothing is \
                 recorded on that disk, unless you say that it is this box's from now on (beadle \
                 begin NAME --take --adopt)"
            )
        }));
        let mut same = self.owners.iter().filter(|owner| Some(*owner) != other);
        plan.consequences.extend(same.next().map(|owner| {
            format!(
                "the footage disk of {owner} becomes this box's, and these rules count for it; people \
                 and logbook on it stay locked until its recovery key is typed"
            )
        }));
        plan
    }

    fn readable(&self, name: &str) -> Result<&Found, String> {
        let found = self.found.values().find(|found| found.name == name);
        let found = found.ok_or("It is no longer there; look at the list again.")?;
        match &found.why {
            Some(why) => Err(why.clone()),
            None => Ok(found),
        }
    }

    /// Writes what was shown to the file's place, with the key of its footage disk before it.
    fn take(&mut self, name: &str, digest: &str, adopt: bool, now: Utc) -> Result<String, String> {
        let found = self.readable(name)?;
        if found.digest() != digest {
            return Err("It is another file than the one that was shown. Look at it again.".into());
        }
        if !found.plan(now).loads {
            return Err("This file has mistakes and does not load; put them right first.".into());
        }
        if let Some(key) = &found.key {
            let kept = RecoveryKey::kept(self.state.as_ref()).ok().flatten();
            let same = kept.is_some_and(|kept| kept.is(key));
            let put = || {
                RecoveryKey::announce(self.state.as_ref())?;
                key.keep(self.state.as_ref())
            };
            if !same {
                put().map_err(|fault: Fault| format!("The key cannot be kept: {fault}."))?;
            }
        }
        let failed = |fault: Fault| format!("The file cannot be written: {fault}.");
        let theirs = || self.other_school(found, now).map(|owner| owner.site.clone());
        if let Some(site) = found.site.clone().or_else(|| theirs().filter(|_| adopt)) {
            state::site_id(self.state.as_ref(), || site).map_err(failed)?;
        }
        if found.name != look::name_of(&self.places.backup) {
            // Else the start would take it for that of this box.
            let _ = std::fs::remove_dir_all(&self.places.backup);
        }
        let config = &self.places.config;
        let folder = config.parent().filter(|f| !f.as_os_str().is_empty());
        let disk = RealDisk::open(folder.unwrap_or(".".as_ref()), None).map_err(failed)?;
        let file = config.file_name().and_then(|name| name.to_str()).unwrap_or("site.kdl");
        disk.replace(file, &found.bytes).map_err(failed)?;
        tracing::info!("the file of this box is {}", found.from);
        Ok(format!("Taken: {}. The box begins.", found.from))
    }

    /// Opens footage disks and the copies on them, so that their file can be shown. Nothing typed:
    /// the key on a stick.
    fn put_key(&mut self, typed: &str) -> Result<String, String> {
        let keys = match typed.trim().is_empty() {
            false => vec![typed.parse::<RecoveryKey>()?],
            true => {
                let sticks = self.sticks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                sticks.keys()
            }
        };
        if keys.is_empty() {
            return Err(format!("No stick here has a recovery key on it ({KEY_FILE})."));
        }
        let keys: Vec<&RecoveryKey> = keys.iter().collect();
        let unlocked = self.unlock(&keys)?;
        let opened = self.opened(&keys, unlocked);
        let Some(first) = opened.first() else {
            return Err(
                "This key opens none of the copies on the footage disks here. Look at the \
                        paper again: the site and the date on it, and whether every disk of the \
                        old box is connected."
                    .into(),
            );
        };
        let text = format!("The key fits: {}. Look at its file, and take it.", first.from);
        self.keys.extend(keys.into_iter().map(RecoveryKey::copy));
        Ok(text)
    }

    /// Encrypted disks first; how many opened.
    fn unlock(&self, keys: &[&RecoveryKey]) -> Result<usize, String> {
        let Some(spaces) = &self.spaces else { return Ok(0) };
        let mut opened = 0;
        let mut why = None;
        for space in spaces.locked() {
            for key in keys {
                match spaces.unlock(&space, &Secret::new(key.to_text().as_str())) {
                    Ok(()) => {
                        opened += 1;
                        break;
                    }
                    Err(fault) => why = Some(format!("{}: {fault}.", called(&space))),
                }
            }
        }
        if opened > 0 { Ok(opened) } else { why.map_or(Ok(0), Err) }
    }

    /// A disk that was opened a moment ago is mounted by another, and shows a little later.
    fn opened(&self, keys: &[&RecoveryKey], unlocked: usize) -> Vec<Found> {
        let late = std::time::Instant::now() + MOUNTED_WITHIN;
        loop {
            let found = look::footage_disks(&self.places.copies(), keys);
            let open: Vec<Found> = found.into_iter().filter(|found| found.key.is_some()).collect();
            if !open.is_empty() || unlocked == 0 || std::time::Instant::now() > late {
                return open;
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }
}

impl Found {
    fn line(&self, now: Utc) -> Candidate {
        let judged = (!self.bytes.is_empty()).then(|| self.judged(now));
        let loads = judged.as_ref().is_none_or(|judged| judged.config.is_some());
        let site = judged.and_then(|j| j.config.map(|c| c.site.name.value));
        let broken = (!loads).then(|| "it has mistakes and does not load: look at them".into());
        Candidate {
            name: self.name.clone(),
            from: self.from.clone(),
            kind: self.kind,
            digest: (!self.bytes.is_empty()).then(|| self.digest()),
            site,
            why: self.why.clone().or(broken),
            other: None,
        }
    }
}

#[cfg(test)]
mod tests;
