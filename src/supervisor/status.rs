//! The snapshot that socket and console show: what is, what is wrong, what to do.

use std::collections::BTreeMap;

use super::camera::Camera;
use super::file::Source;
use super::{Supervisor, nameless};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc};
use crate::config::cameras::Camera as Named;
use crate::footage::GapReason;
use crate::wire::{
    Alarm, CameraState, CameraStatus, DaysHeld, DiskState, FileStatus, IndexStatus, Level,
    RetentionStatus, Status, Verdict,
};

impl Supervisor {
    /// Everything as it is now. Costs about 10 us a camera: days held are read from a cache of a
    /// minute.
    pub fn status(&self) -> Status {
        let (_, now) = self.now();
        let cameras: Vec<_> =
            self.file.config.cameras.list.iter().map(|c| self.camera_status(c)).collect();
        let disks = self.disks.statuses(|disk| self.cameras_on(disk));
        let retention = self.retention_status();
        let mut alarms = self.alarms(&cameras, now);
        alarms.sort_by_key(|a| std::cmp::Reverse(a.level));
        let mut status = Status {
            site: self.file.config.site.name.value.clone(),
            timezone: self.file.config.site.timezone.value.clone(),
            now,
            verdict: verdict(&cameras, &alarms),
            file: self.file_status(),
            cameras,
            disks,
            sticks: self.stick_lines(),
            retention,
            index: IndexStatus {
                segments: self.keep.figures.segments,
                rebuilding: self.keep.rebuilding(),
            },
            alarms,
            begin: None,
            signs: self.office.signs.told.clone(),
        };
        nameless::make(&mut status, &self.files_of_people());
        status
    }

    fn cameras_on(&self, disk: &DiskId) -> u32 {
        let on = |id: &&CameraId| self.disk_of(id).as_ref() == Some(disk);
        self.cameras.keys().filter(on).count() as u32
    }

    fn file_status(&self) -> FileStatus {
        FileStatus {
            path: self.file.path.clone(),
            revision: self.file.record.revision,
            digest: self.file.record.digest.clone(),
            since: self.file.record.at,
            source: self.file.source.words().into(),
            findings: self.file.findings.clone(),
            stale: self.file.stale.is_some(),
        }
    }

    fn camera_status(&self, named: &Named) -> CameraStatus {
        let (mono, utc) = self.now();
        let id = &named.id.value;
        let unborn;
        let camera = match self.cameras.get(id) {
            Some(camera) => camera,
            None => {
                unborn = Camera::new(mono, utc);
                &unborn
            }
        };
        let (fps, kbps) = camera.rates(mono);
        let reason = self.reason(id);
        let figures = self.keep.figures.cameras.get(id).cloned().unwrap_or_default();
        let (gaps_today, gap_seconds_today) = self.gaps_today(camera, figures.gaps, utc);
        CameraStatus {
            id: id.clone(),
            title: named.title.value.clone(),
            state: camera.shown,
            reason: reason.as_ref().map(|r| r.0),
            reason_text: reason.map(|r| r.1),
            since: camera.shown_since,
            last_frame: camera.covered_until,
            fps,
            kbps,
            codec: camera.codec.map(|c| c.name().to_string()),
            picture: camera.picture,
            frames: camera.frames,
            gaps_today,
            gap_seconds_today,
            clock_offset_ms: camera.clock_offset.map(Span::as_millis),
            certificate: camera.certificate.clone(),
            disk: self.disk_of(id),
            held: self.days_held(named, &figures.held),
            ill: self.picture_ill(id),
        }
    }

    /// Closed gaps come from the minute's figures; the one that lasts is counted to now.
    fn gaps_today(&self, camera: &Camera, closed: (u32, Span), utc: Utc) -> (u32, u64) {
        let midnight = self.zone().start_of(self.zone().day_of(utc));
        let lasting = camera.gap.map(|(from, _)| utc - from.max(midnight));
        let span = closed.1 + lasting.unwrap_or(Span::ZERO);
        (closed.0 + u32::from(lasting.is_some()), span.as_secs().max(0) as u64)
    }

    fn days_held(&self, named: &Named, held: &crate::footage::days::Held) -> DaysHeld {
        let keep = self.file.config.keep(named);
        DaysHeld {
            days: f64::from(held.days),
            oldest: held.oldest,
            hours: held.hours,
            bytes: held.bytes,
            floor_days: keep.min_days.value,
            target_days: keep.target_days.value,
            ceiling_days: keep.max_days.value,
            forecast_days: self.keep.figures.forecast.map(|f| f.days),
        }
    }

    fn retention_status(&self) -> RetentionStatus {
        let keep = &self.file.config.retention.keep;
        RetentionStatus {
            floor_days: keep.min_days.value,
            target_days: keep.target_days.value,
            ceiling_days: keep.max_days.value,
            forecast_days: self.keep.figures.forecast.map(|f| f.days),
            holds: self.keep.holds_in_force(),
            pending: self.keep.figures.pending.clone(),
            deleted: self.keep.figures.deleted.clone(),
        }
    }

    fn alarms(&self, cameras: &[CameraStatus], now: Utc) -> Vec<Alarm> {
        let mut alarms = self.notices.clone();
        alarms.extend(camera_alarms(cameras));
        alarms.extend(super::health::alarms(cameras));
        alarms.extend(self.disk_alarms());
        alarms.extend(self.guard_alarms());
        alarms.extend(self.other_codecs().into_iter().map(|other| Alarm {
            level: Level::Warning,
            text: other.text,
            remedy: "It is recorded. Correct codec= in its line, or set the camera.".into(),
            since: other.since,
        }));
        alarms.extend(self.keep.alarms(self.zone(), now, self.copies.fault.as_deref()));
        alarms.extend(self.keep_free_pending());
        alarms.extend(self.copy_troubles().into_iter().map(|trouble| Alarm {
            level: trouble.level,
            text: trouble.text,
            remedy: trouble.remedy.into(),
            since: trouble.since,
        }));
        alarms.extend(self.unsealed_secrets());
        alarms.extend(self.secret_alarms());
        alarms.extend(self.version_alarm());
        alarms.extend(self.office_alarms());
        alarms.extend(self.trial_alarm());
        alarms.extend(self.network_alarm());
        if let Some(stale) = &self.file.stale {
            let in_force = match self.file.source {
                Source::File => "the last version that loaded stays in force",
                Source::LastGood => "the last good copy is in force",
            };
            alarms.push(Alarm {
                level: Level::Warning,
                text: format!("{}; {in_force}", stale.text),
                remedy: "Run `beadle check` on it, or look at the findings below.".into(),
                since: stale.since,
            });
        }
        alarms
    }

    fn disk_alarms(&self) -> Vec<Alarm> {
        let bad = self.disks.units.iter().filter(|u| u.state != DiskState::Writing);
        bad.map(|u| {
            let (level, word, remedy) = match u.state {
                DiskState::Writing | DiskState::Slow => (
                    Level::Warning,
                    "is slow",
                    "Replace it soon; a disk that slows down often dies.",
                ),
                DiskState::Full => {
                    (Level::Fault, "is full", "Add a disk, or ask for fewer days in the file.")
                }
                DiskState::ReadOnly => {
                    (Level::Fault, "cannot be written to", "Check the disk; it may be dying.")
                }
                DiskState::Missing => {
                    (Level::Fault, "is not there", "Check its cable and that it is mounted.")
                }
                DiskState::Foreign => {
                    let remedy = "Put the right disk in, or an empty one. By its recovery key \
                                  a new box takes over the disk of the box before it (beadle \
                                  recovery put).";
                    (Level::Fault, "is not this box's", remedy)
                }
                DiskState::Failed => (Level::Fault, "fails", "Check the disk and its cable."),
            };
            let why = u.why.as_deref().map(|w| format!(": {w}")).unwrap_or_default();
            Alarm {
                level,
                text: format!("footage disk {} {word}{why}", u.path),
                remedy: remedy.into(),
                since: u.since,
            }
        })
        .collect()
    }
}

/// Failed cameras, those with one reason in one alarm: a dead switch is one thing to do, not
/// twelve.
fn camera_alarms(cameras: &[CameraStatus]) -> Vec<Alarm> {
    let mut by_text: BTreeMap<String, Vec<&CameraStatus>> = BTreeMap::new();
    for camera in cameras.iter().filter(|c| c.state == CameraState::Failed) {
        let reason = camera.reason.map(|r| format!("{r:?}")).unwrap_or_default();
        by_text.entry(reason).or_default().push(camera);
    }
    let alarm = |failed: Vec<&CameraStatus>| {
        let first = failed[0]; // groups are never empty: they are made by pushing
        let why = first.reason_text.clone().unwrap_or_default();
        let text = match failed.len() {
            1 => format!("{} is not recording: {why}", first.id),
            n => {
                let names: Vec<_> = failed.iter().take(4).map(|c| c.id.to_string()).collect();
                let rest = if n > 4 { format!(" and {} more", n - 4) } else { String::new() };
                format!("{n} cameras are not recording ({}{rest}): {why}", names.join(", "))
            }
        };
        Alarm {
            level: Level::Fault,
            text,
            remedy: remedy(first.reason).into(),
            since: failed.iter().map(|c| c.since).min().unwrap_or_default(),
        }
    };
    by_text.into_values().map(alarm).collect()
}

/// What to look at first; the sentence before it is more exact.
fn remedy(reason: Option<GapReason>) -> &'static str {
    use GapReason::*;
    match reason {
        Some(NoStream | NoKeyFrame | Codec | Garbage) => {
            "Compare the camera's own page with its line in the file."
        }
        Some(Pipeline) => "Compare its line in the file with what is installed.",
        _ => "Check the camera's power and cable, then its address and password.",
    }
}

/// One line: the worst that is, or that all is well.
fn verdict(cameras: &[CameraStatus], alarms: &[Alarm]) -> Verdict {
    let wanted = cameras.iter().filter(|c| c.state != CameraState::Disabled).count();
    let recording = cameras.iter().filter(|c| c.state == CameraState::Recording).count();
    if let Some(worst) = alarms.iter().max_by_key(|a| a.level)
        && worst.level > Level::Notice
    {
        let more = alarms.iter().filter(|a| a.level > Level::Notice).count() - 1;
        let rest = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        return Verdict { level: worst.level, text: format!("{}{rest}", worst.text) };
    }
    if recording < wanted {
        let text = format!("{recording} of {wanted} cameras recording, the others connecting");
        return Verdict { level: Level::Notice, text };
    }
    let text = match wanted {
        0 => "no camera is to be recorded".into(),
        1 => "the camera is recording".into(),
        n => format!("all {n} cameras are recording"),
    };
    Verdict { level: Level::Ok, text }
}
