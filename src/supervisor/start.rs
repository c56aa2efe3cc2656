//! How a supervisor begins, in order; every step can be repeated after a crash in the middle of it.
//!
//! 1. The site's id is read, taken from the footage disks, or made; what the state folder lost is
//!    taken back from their copies (`recover`).
//! 2. The file is read. When it does not load, the last accepted version that does is in force, and
//!    says so.
//! 3. A file that loads and is new is kept as the next version.
//! 4. How the last run ended is judged from the marker it left; the marker of this run is written.
//!    The logbook's first entry of the run says so, before anything else does.
//! 5. Disks are looked at in the first turn: holds, repair of what was open, newest footage.
//! 6. The gap of every wanted camera since its last footage is on record with the reason of step 4,
//!    durable on these disks before any of them takes a new frame: a death at any later moment
//!    leaves a gap with a reason, however short it is (S0.11).
//! 7. Cameras start, and the comparison of all folders runs behind them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::camera::{Camera, Trouble};
use super::disks::Disks;
use super::file::{self, Filed, Judged, Source, Stale, judge, keep_version};
use super::keep::{Keep, Rest};
use super::office::{Desk, Office};
use super::recover::at_start;
use super::state::{self, Accepted, KnownRules, Running};
use super::world::World;
use super::{Clocks, Supervisor};
use crate::base::clock::{Clock, Mono, Now};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::EDIT_GRACE;
use crate::base::time::Utc;
use crate::config::Config;
use crate::disk::Disk;
use crate::footage::GapReason;
use crate::logbook::checkpoint::Signs;
use crate::store::Opened;
use crate::watch::Look;
use crate::wire::{Alarm, Level};

/// Where this run takes place.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file's path, for sentences.
    pub config: String,
    /// One footage folder instead of the file's.
    pub footage: Option<String>,
    /// The kernel's boot id.
    pub boot: String,
    /// Footage goes to disks of its own alone: the image.
    pub only_mounted: bool,
    /// Where a backup lies that this box begins with.
    pub backup: Option<String>,
}

/// # Errors
/// The state folder cannot be read or written, or no version of the file ever loaded.
pub fn start(
    place: Place,
    clock: Arc<dyn Clock>,
    state: Arc<dyn Disk>,
    index: Opened,
    desk: Desk,
    look: &Look,
    world: &mut dyn World,
) -> Result<Supervisor, Fault> {
    let utc = clock.utc();
    let (copies, from_disks) = footage_disks(&place, look, state.as_ref(), utc, world);
    let site_id =
        state::site_id(state.as_ref(), || from_disks.unwrap_or_else(|| world.random_id()))?;
    let (taken, untaken) = at_start(state.as_ref(), &copies, &desk.recovery, &site_id);
    let key_now = desk.identity.public();
    let unread = desk.take_secrets(&taken, clock.mono());
    let (versions, mut faults) = state::accepted(state.as_ref())?;
    faults.extend(untaken);
    let chosen = choose(&place, look, state.as_ref(), &versions, utc)?;
    let before = last_end(state.as_ref(), &place.boot, &versions)?;
    let (office, told_by_office) =
        Office::open(&state, &site_id, desk, &copies, Now::of(clock.as_ref()));
    let marker = Running { boot: place.boot.clone(), since: utc };
    // A full state disk keeps nobody from recording; what it costs is told.
    let refused = state::write(state.as_ref(), state::RUNNING, &marker).err();
    let unmarked = refused.as_ref().map(|_| (clock.mono(), marker));
    faults.extend(refused);
    let known_disks = whole(state.as_ref(), state::DISKS, &mut faults)?;
    let told = faults.len();
    let rules: KnownRules = whole(state.as_ref(), state::RULES, &mut faults)?;
    let rules_lost = faults.len() > told;
    let mut keep = Keep::new(rules);
    keep.adopt_rules(state.as_ref(), &chosen.config, utc);
    let disks = Disks::new(place.footage, known_disks, &chosen.config, utc);
    let mut supervisor = Supervisor {
        clocks: Clocks::begun(utc, clock.mono()),
        clock,
        state,
        store: index.store,
        site_id,
        unjudged: (chosen.source == Source::LastGood).then(|| look.clone()),
        desired: super::desired::desired(&chosen.config, chosen.config.site.zone.day_of(utc)),
        file: chosen,
        cameras: BTreeMap::new(),
        disks: disks.mounted(place.only_mounted),
        keep,
        copies: super::copies::Copies::default(),
        office,
        clock_state: world.clock_state().0,
        pictures: None,
        sticks: None,
        spaces: None,
        updates: Default::default(),
        link: None,
        health: Default::default(),
        ending: None,
        notices: Vec::new(),
        stopping: None,
        before: Some(before.clone()),
        unmarked,
        takes: 0,
        started: utc,
    };
    supervisor.note_start(&before.text);
    supervisor.remember_cameras(&before);
    supervisor.tell_start(told_by_office, faults, rules_lost, index.damaged);
    supervisor.note_taken_in(taken, key_now, unread);
    Ok(supervisor)
}

/// The file, or else the last version that was accepted: where disks are, and whose.
fn config_named(place: &Place, look: &Look, state: &dyn Disk, utc: Utc) -> Option<Config> {
    let in_file = match look {
        Look::Bytes(bytes) => judge(&place.config, bytes.clone(), utc).config,
        _ => None,
    };
    in_file.or_else(|| {
        let (versions, _) = state::accepted(state).ok()?;
        last_good(state, &versions, utc).map(|(_, config)| config)
    })
}

/// The footage disks that answer now: each may hold copies; and the site that they are of, where
/// they may be this school's.
fn footage_disks(
    place: &Place,
    look: &Look,
    state: &dyn Disk,
    utc: Utc,
    world: &mut dyn World,
) -> (Vec<Arc<dyn Disk>>, Option<String>) {
    let named = config_named(place, look, state, utc);
    let roots = match &place.footage {
        Some(path) => vec![path.clone()],
        None => named.as_ref().map_or(Vec::new(), |c| c.storage.footage.to_vec()),
    };
    let roots = roots.iter().chain(&place.backup);
    let disks = roots.filter_map(|path| world.open_disk(path, false).ok());
    let disks: Vec<Arc<dyn Disk>> = disks.map(|open| open.disk).collect();
    let school = named.as_ref().map(|config| config.site.name.value.as_str());
    let site = super::recover::site_of(&disks, school);
    (disks, site)
}

/// A file of ours in the state folder; a damaged one counts as absent, and is told.
fn whole<T: DeserializeOwned + Default>(
    folder: &dyn Disk,
    path: &str,
    faults: &mut Vec<Fault>,
) -> Result<T, Fault> {
    match state::read(folder, path) {
        Ok(found) => Ok(found.unwrap_or_default()),
        Err(fault) if fault.kind == FaultKind::Corrupt => {
            faults.push(fault);
            Ok(T::default())
        }
        Err(fault) => Err(fault),
    }
}

/// The file, or the last good copy.
fn choose(
    place: &Place,
    look: &Look,
    folder: &dyn Disk,
    versions: &[Accepted],
    utc: Utc,
) -> Result<Filed, Fault> {
    let mut findings = Vec::new();
    let mut why = file::trouble(&place.config, look);
    let mut untaken = None;
    if let Look::Bytes(bytes) = look {
        let mut judged = judge(&place.config, bytes.clone(), utc);
        findings = std::mem::take(&mut judged.findings);
        match judged.config.take() {
            // It may have to wait for approval: that is judged when the logbook is read. Until then
            // the version before is in force, where there is one that loads.
            Some(_) if is_new(versions, &judged) && last_good(folder, versions, utc).is_some() => {
                why = Some(format!("{} changed while Beadle was off", place.config));
            }
            Some(config) => match record_of(folder, versions, &judged, &config, utc) {
                Ok(record) => {
                    return Ok(filed(place, config, record, Source::File, findings, None));
                }
                Err(fault) if versions.is_empty() => return Err(fault),
                Err(fault) => {
                    let text = "the new file cannot be kept, so it is not in force";
                    why = Some(format!("{text}: {fault}"));
                    untaken = Some((Mono(0), judged.bytes));
                }
            },
            None => {
                let faults = findings.iter().filter(|f| f.level == Level::Fault).count();
                let faults = super::report::count(faults as u64, "mistake");
                why = Some(format!("{} does not load ({faults})", place.config));
            }
        }
    }
    let why = why.unwrap_or_default();
    if let Some((version, config)) = last_good(folder, versions, utc) {
        let stale = Some(Stale { text: why, since: utc });
        let last_good = filed(place, config, version, Source::LastGood, findings, stale);
        return Ok(Filed { untaken, ..last_good });
    }
    let shown: Vec<_> = findings.iter().map(|f| f.rendered.clone()).collect();
    let hint = "and no earlier version was ever in force here, so there is nothing to run";
    Err(Fault::new(FaultKind::Missing, format!("{}{why}, {hint}", shown.join("\n"))))
}

/// Why there is nothing to run: the file does not load, and no version of before does.
///
/// # Errors
/// The state folder cannot be read.
pub fn fileless(
    config: &str,
    look: &Look,
    folder: &dyn Disk,
    utc: Utc,
) -> Result<Option<String>, Fault> {
    let why = match look {
        Look::Bytes(bytes) => match judge(config, bytes.clone(), utc).config {
            Some(_) => return Ok(None),
            None => format!("{config} does not load"),
        },
        _ => file::trouble(config, look).unwrap_or_default(),
    };
    let (versions, _) = state::accepted(folder)?;
    Ok(last_good(folder, &versions, utc).is_none().then_some(why))
}

fn is_new(versions: &[Accepted], judged: &Judged) -> bool {
    versions.last().is_some_and(|last| last.digest != judged.digest.to_string())
}

/// The newest accepted version that this program can read.
fn last_good(folder: &dyn Disk, versions: &[Accepted], utc: Utc) -> Option<(Accepted, Config)> {
    versions.iter().rev().find_map(|version| {
        let bytes = state::version_bytes(folder, version.revision).ok()?;
        let name = format!("revision {}", version.revision);
        Some((version.clone(), judge(&name, bytes, utc).config?))
    })
}

fn filed(
    place: &Place,
    config: Config,
    record: Accepted,
    source: Source,
    findings: Vec<crate::wire::Finding>,
    stale: Option<Stale>,
) -> Filed {
    let path = place.config.clone();
    Filed { path, config: Arc::new(config), record, source, findings, stale, untaken: None }
}

/// Saved outside of Beadle, or while it was off.
const NOBODY: &str = "unknown";

/// The version that these bytes are: the newest one, or a new one after it.
fn record_of(
    folder: &dyn Disk,
    versions: &[Accepted],
    judged: &Judged,
    config: &Config,
    utc: Utc,
) -> Result<Accepted, Fault> {
    let Some(last) = versions.last() else {
        return keep_version(folder, None, judged, config, (NOBODY, &[], utc));
    };
    if last.digest == judged.digest.to_string() {
        return Ok(last.clone());
    }
    let old = state::version_bytes(folder, last.revision)
        .ok()
        .and_then(|bytes| judge(&place_of(last), bytes, utc).config);
    match &old {
        Some(old) => {
            keep_version(folder, Some((old, last.revision)), judged, config, (NOBODY, &[], utc))
        }
        // The old one no longer loads with this program: everything counts as new.
        None => {
            keep_version(folder, Some((config, last.revision)), judged, config, (NOBODY, &[], utc))
        }
    }
}

fn place_of(version: &Accepted) -> String {
    format!("revision {}", version.revision)
}

/// How the run before this one ended, as the reason of the gap since then.
fn last_end(folder: &dyn Disk, boot: &str, versions: &[Accepted]) -> Result<Trouble, Fault> {
    let marker: Option<Running> = match state::read(folder, state::RUNNING) {
        Ok(marker) => marker,
        Err(e) if e.kind == FaultKind::Corrupt => None,
        Err(e) => return Err(e),
    };
    let (reason, text) = match marker {
        Some(marker) if marker.boot == boot => {
            (GapReason::Crash, "Beadle ended unexpectedly and was started again")
        }
        Some(_) => (GapReason::PowerLoss, "the box lost power or was reset"),
        None if versions.is_empty() => (GapReason::Unknown, "this box did not record before"),
        None => (GapReason::Stopped, "Beadle was stopped"),
    };
    Ok(Trouble { reason, text: text.into() })
}

impl Supervisor {
    /// Every camera of the file starts where its footage ended.
    fn remember_cameras(&mut self, before: &Trouble) {
        let (now, utc) = self.now();
        let open = self.store.open_gaps().unwrap_or_default();
        for id in self.desired.cameras.keys() {
            let mut camera = Camera::new(now, utc);
            camera.covered_until = self.store.last_end(id).ok().flatten();
            camera.trouble = Some(before.clone());
            camera.gap = open.iter().find(|g| g.camera == *id).map(|g| (g.start, g.reason));
            self.cameras.insert(id.clone(), camera);
        }
    }

    /// What starting found that somebody should know.
    fn tell_start(
        &mut self,
        by_office: Vec<String>,
        faults: Vec<Fault>,
        rules_lost: bool,
        index_damaged: Option<String>,
    ) {
        for text in by_office {
            self.notice_at_start(text, "Run `beadle logbook verify`, and look at its copies.");
        }
        for fault in faults {
            self.notice_at_start(fault.text, "Check the state disk's room and health.");
        }
        if rules_lost {
            // The longer ceilings of an edit in its grace, or of cameras no longer in the file,
            // may have stood there.
            let why = "the rules of before were lost, and may have been longer".into();
            let from = self.started;
            self.keep.rest = Some(Rest { from, until: from + EDIT_GRACE, why });
        }
        if let Some(damaged) = index_damaged {
            let remedy = "It is made again from the files, behind the recording.";
            self.notice_at_start(format!("the footage index was damaged: {damaged}"), remedy);
        }
    }

    fn notice_at_start(&mut self, text: String, remedy: &str) {
        let since = self.started;
        self.notice(Alarm { level: Level::Warning, text, remedy: remedy.into(), since });
    }
}
