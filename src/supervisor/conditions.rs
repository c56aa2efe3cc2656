//! What is wrong with keeping: conditions that last, each with the moment since when it does.
//!
//! A condition is found anew from the state each time it is asked for; what has to be remembered is
//! only since when, by its key. So an alarm's `since` stands still while its text may count on.

use std::collections::{BTreeMap, BTreeSet};

use super::Supervisor;
use super::health::PictureHealth;
use super::keep::Keep;
use super::report::{count, size};
use crate::base::name::CameraId;
use crate::base::time::{Utc, Zone};
use crate::reconcile::contradicts;
use crate::wire::{Alarm, CameraState, DiskState, Level};

pub(super) struct OtherCodec {
    pub camera: CameraId,
    pub text: String,
    pub since: Utc,
}

struct Condition {
    key: String,
    level: Level,
    text: String,
    remedy: &'static str,
}

impl Keep {
    /// As alarms, for a status; `uncopied` is why held footage could not be copied.
    pub fn alarms(&self, zone: &Zone, now: Utc, uncopied: Option<&str>) -> Vec<Alarm> {
        let alarm = |c: Condition| Alarm {
            level: c.level,
            since: self.since.get(&c.key).copied().unwrap_or(now),
            text: c.text,
            remedy: c.remedy.into(),
        };
        self.conditions(zone, now, uncopied).into_iter().map(alarm).collect()
    }

    /// The same with their keys, which stay while the text counts on.
    fn keyed(&self, zone: &Zone, now: Utc, uncopied: Option<&str>) -> Vec<(String, Level, String)> {
        let found = self.conditions(zone, now, uncopied).into_iter();
        found.map(|c| (c.key, c.level, c.text)).collect()
    }

    fn conditions(&self, zone: &Zone, now: Utc, uncopied: Option<&str>) -> Vec<Condition> {
        let mut found = Vec::new();
        let mut add = |key: &str, level, text: String, remedy| {
            found.push(Condition { key: key.into(), level, text, remedy });
        };
        if let Some(why) = &self.doubt {
            let text = format!("nothing is deleted, because the holds cannot be read: {why}");
            add("holds", Level::Warning, text, "Connect the footage disk that was there before.");
        }
        if let Some(rest) = self.rest.as_ref().filter(|_| self.rests(now)) {
            let until = zone.show_near(rest.until, now);
            let text = format!("nothing is deleted for its age before {until}: {}", rest.why);
            let remedy = "Check the box's date and time. If they are wrong, put them right before.";
            add("rest", Level::Warning, text, remedy);
        }
        self.shortness(&mut add);
        if let Some(f) =
            self.figures.forecast.filter(|f| !f.floor_kept && self.shortfall.is_empty())
        {
            let when = f.breaks_at.map(|at| zone.show_near(at, now)).unwrap_or_default();
            let text = format!(
                "only {:.1} days fit at the present bit rate: the floor breaks {when}",
                f.days
            );
            add("floor", Level::Warning, text, "Add a disk before then.");
        }
        if let Some((_, path)) = self.stuck.keys().next() {
            let files = count(self.stuck.len() as u64, "file");
            let text = format!("{files} could not be deleted, {path} among them");
            add("stuck", Level::Warning, text, "Check the disk; it may be dying.");
        }
        if let Some(why) = uncopied {
            let text = format!("held footage could not be copied to a second disk: {why}");
            add("copies", Level::Warning, text, "Check both disks.");
        }
        if let Some(why) = self.index.fault() {
            let text = format!("the footage index failed and is made again: {why}");
            add("index", Level::Warning, text, "Check the state disk's room and health.");
        }
        found
    }

    /// Too little room. What was deleted inside its floor is told for as long as its day is shown,
    /// since the moment itself passes between two looks.
    fn shortness(&self, add: &mut impl FnMut(&str, Level, String, &'static str)) {
        let remedy = "Add a disk, or ask for fewer days in the file.";
        for short in self.shortfall.iter().filter(|s| s.missing > 0) {
            let disk = &short.disk;
            let text = format!("disk {disk} is full and nothing on it may be deleted");
            add(&format!("full {disk}"), Level::Fault, text, remedy);
        }
        let short: u64 = self.figures.deleted.iter().map(|d| d.shortfall).sum();
        if short > 0 {
            let files = count(short, "segment");
            let text = format!("the floor is not kept: {files} inside it went since yesterday");
            add("shortfall", Level::Fault, text, remedy);
        }
    }
}

impl Supervisor {
    /// What lasts and is wrong, by a key of its own: a camera, a disk, a condition of keeping, the
    /// file. For the logbook: each of them begins and ends there once (R4.6).
    pub(super) fn lasting(&self) -> BTreeMap<String, (Level, String)> {
        let (_, now) = self.now();
        let mut out = BTreeMap::new();
        for (id, camera) in &self.cameras {
            if camera.shown == CameraState::Failed {
                let why = self.reason(id).map(|(_, text)| text).unwrap_or_default();
                out.insert(format!("camera {id}"), (Level::Fault, format!("not recording: {why}")));
            }
        }
        for id in self.cameras.keys() {
            if let Some(ill) = self.picture_ill(id) {
                let text = PictureHealth::sentence(ill.what);
                out.insert(format!("picture {id}"), (Level::Warning, text));
            }
        }
        for unit in self.disks.units.iter().filter(|u| u.state != DiskState::Writing) {
            let text = format!("{:?}", unit.state).to_lowercase();
            out.insert(format!("disk {}", unit.path), (Level::Fault, text));
        }
        for other in self.other_codecs() {
            out.insert(format!("codec {}", other.camera), (Level::Warning, other.text));
        }
        let uncopied = self.copies.fault.as_deref();
        let keeping = self.keep.keyed(self.zone(), now, uncopied);
        out.extend(keeping.into_iter().map(|(key, level, text)| (key, (level, text))));
        let copies = self.copy_troubles().into_iter();
        out.extend(copies.map(|trouble| (trouble.key, (trouble.level, trouble.text))));
        let office = self.office_conditions().into_iter();
        out.extend(office.map(|(key, c)| (key, (Level::Warning, c.text))));
        let secrets = self.unknown_secrets().into_iter();
        out.extend(secrets.map(|(key, text)| (key, (Level::Warning, text))));
        let version = self.version_condition();
        out.extend(version.map(|text| ("version".to_string(), (Level::Warning, text))));
        let guard = self.guard_conditions().into_iter();
        out.extend(guard.map(|(key, text, _)| (key.to_string(), (Level::Warning, text))));
        if let Some(stale) = &self.file.stale {
            out.insert("file".into(), (Level::Warning, stale.text.clone()));
        }
        out
    }

    /// Cameras that send another codec than the file says. They are recorded: the word in the file
    /// serves forecasts and findings, and footage is worth more than it.
    pub(super) fn other_codecs(&self) -> Vec<OtherCodec> {
        let named = self.file.config.cameras.list.iter();
        let other = named.filter_map(|named| {
            let camera = self.cameras.get(&named.id.value).filter(|c| c.seen.runs())?;
            let (declared, sent) = (named.declared.codec.as_ref()?.value, camera.seen.sent?);
            contradicts(Some(declared), Some(sent)).then(|| OtherCodec {
                camera: named.id.value.clone(),
                text: format!(
                    "{} sends {}, and the file says {}",
                    named.id.value,
                    sent.name(),
                    declared.name()
                ),
                since: camera.shown_since,
            })
        });
        other.collect()
    }

    /// Since when each condition lasts; those that are over are forgotten, notices that are old
    /// too.
    pub(super) fn remember_conditions(&mut self) {
        let (_, now) = self.now();
        let keys: BTreeSet<String> = self
            .keep
            .conditions(self.zone(), now, self.copies.fault.as_deref())
            .into_iter()
            .map(|c| c.key)
            .collect();
        self.keep.since.retain(|key, _| keys.contains(key));
        for key in keys {
            self.keep.since.entry(key).or_insert(now);
        }
        self.notices.retain(|n| (now - n.since).abs() < crate::base::limits::NOTICE_SPAN);
    }

    /// A raised `keep-free` that waits out its day: what it will cost.
    pub(super) fn keep_free_pending(&self) -> Option<Alarm> {
        let (_, now) = self.now();
        let figures = &self.keep.box_wide;
        let units = self.disks.units.iter().filter(|u| u.writer);
        let rises = units.filter_map(|u| {
            let (at, wanted) = figures.keep_free_rises(u.room.total, now)?;
            Some((at, wanted.saturating_sub(u.room.free)))
        });
        let (at, bytes) = rises.fold((None, 0), |(_, sum), (at, bytes)| (Some(at), sum + bytes));
        let at = at.filter(|_| bytes > 0)?;
        let when = self.zone().show_near(at, now);
        let text =
            format!("keep-free was raised: {} will be deleted for it from {when}", size(bytes));
        let remedy = "Put the figure back before then to keep them.".into();
        Some(Alarm { level: Level::Notice, text, remedy, since: self.file.record.at })
    }
}
