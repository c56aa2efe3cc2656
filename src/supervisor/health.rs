//! Are the pictures good, as far as a recorder can tell? Thumbnails are looked at all day, seldom
//! while nobody else does; what [`judge`](crate::pictures::judge) finds is a state of the camera
//! and an alarm.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Supervisor;
use crate::base::clock::Mono;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc, Zone};
use crate::config::cameras::Camera;
use crate::config::zones::ZoneKind;
use crate::disk::Disk;
use crate::pictures::judge::{LIGHT_HOURS, Light, Looked, REFERENCE_HOURS};
use crate::pictures::sketch::Sketch;
use crate::pictures::small::{THUMBNAIL, read_png};
use crate::pictures::thumbs::{EAGER, SELDOM};
use crate::pictures::{reference, small};
use crate::wire::pictures::Picture;
use crate::wire::{Alarm, CameraState, CameraStatus, Ill, Level, PictureIll};

/// After a start recording comes first, and cameras that are only now being dialled have no
/// picture.
const FIRST_LOOK: Span = Span::secs(20);
/// What was found is looked at this often; a third of the time between two thumbnails.
const LOOK_SPAN: Span = Span::secs(10);
/// Somebody who looks gets fresh pictures for so long after they asked last.
const EAGER_SPAN: Span = Span::secs(15);
/// References read in one look, each from two files of a few kilobytes.
const READ_AT_ONCE: usize = 4;

/// See the module.
#[derive(Default)]
pub(super) struct PictureHealth {
    looked: BTreeMap<CameraId, Looked>,
    /// `None` inside: there is none of the day.
    references: BTreeMap<CameraId, Option<Arc<Sketch>>>,
    begun: Option<Mono>,
    due: Mono,
    eager_until: Option<Mono>,
    /// A reference still was kept meanwhile.
    pub changed: Arc<AtomicBool>,
}

impl Supervisor {
    /// Somebody looks at small pictures: they are fresh from now on.
    pub(super) fn be_eager(&mut self) {
        let (now, _) = self.now();
        self.health.eager_until = Some(now + EAGER_SPAN);
        self.pace_thumbnails(now);
    }

    fn pace_thumbnails(&mut self, now: Mono) {
        self.want_thumbnails(Some(THUMBNAIL));
        let eager = self.health.eager_until.is_some_and(|until| now < until);
        if let Some(pictures) = &self.pictures {
            pictures.thumbs.pace(if eager { EAGER } else { SELDOM });
        }
    }

    /// Looks at what the thumbnails show, where it is time.
    pub(super) fn judge_pictures(&mut self) {
        let (now, _) = self.now();
        if self.pictures.is_none() || now < self.health.due {
            return;
        }
        self.health.due = now + LOOK_SPAN;
        let begun = *self.health.begun.get_or_insert(now);
        let eager = self.health.eager_until.is_some_and(|until| now < until);
        if now - begun < FIRST_LOOK && !eager {
            return;
        }
        self.pace_thumbnails(now);
        if self.health.changed.swap(false, Ordering::Relaxed) {
            self.health.references.clear();
            self.health.looked.values_mut().for_each(Looked::compare_anew);
        }
        let config = self.file.config.clone();
        self.health.looked.retain(|id, _| config.camera(id).is_some());
        let seen = self.pictures.as_ref().map(|p| p.thumbs.sketches()).unwrap_or_default();
        let mut read = 0;
        for (id, at, sketch) in seen {
            let Some(camera) = config.camera(&id) else { continue };
            if !self.health.references.contains_key(&id) {
                if read == READ_AT_ONCE {
                    continue;
                }
                read += 1;
                let known = of_the_day(self.state.as_ref(), &id, self.zone());
                self.health.references.insert(id.clone(), known);
            }
            let light = self.light(camera, at);
            let reference = self.health.references.get(&id).cloned().flatten();
            let looked = self.health.looked.entry(id).or_default();
            looked.see(at, &sketch, reference.as_deref(), light);
        }
    }

    /// Has there to be light where this camera looks? Rooms are lit while somebody is expected.
    fn light(&self, camera: &Camera, at: Utc) -> Light {
        let config = &self.file.config;
        let hour = self.zone().hour_of(at);
        let indoor =
            config.zone(&camera.zone.value).is_none_or(|zone| zone.kind.value != ZoneKind::Outdoor);
        let open = config.calendar.is_open(self.zone().day_of(at));
        match (LIGHT_HOURS.contains(&hour), indoor) {
            (true, false) => Light::Sky,
            (true, true) if open => Light::Day,
            _ => Light::Unknown,
        }
    }

    /// What is wrong with a camera's picture; nothing of one that does not record, which is worse.
    pub(super) fn picture_ill(&self, id: &CameraId) -> Option<PictureIll> {
        let recording = self.cameras.get(id).is_some_and(|c| c.shown == CameraState::Recording);
        let ill = self.health.looked.get(id).filter(|_| recording)?.ill();
        ill.map(|(what, since)| PictureIll { what, since })
    }
}

/// The reference that is compared with: found good, and taken by day.
fn of_the_day(disk: &dyn Disk, id: &CameraId, zone: &Zone) -> Option<Arc<Sketch>> {
    let note = reference::current(disk, id).ok()??;
    if !REFERENCE_HOURS.contains(&zone.hour_of(note.taken)) {
        return None;
    }
    let picture = small_reference(disk, &note).ok()?;
    Sketch::of(&picture).map(Arc::new)
}

/// The small twin of a reference still.
///
/// # Errors
/// It is not there or not what was kept; in words.
pub(super) fn small_reference(
    disk: &dyn Disk,
    note: &reference::Reference,
) -> Result<Picture, String> {
    let file = reference::small(disk, note).map_err(|fault| fault.text)?;
    let picture = read_png(&file, note.taken)?;
    Ok(small::within(&picture, THUMBNAIL))
}

/// In words, as it completes "its picture ...".
fn words(what: Ill) -> (&'static str, &'static str) {
    match what {
        Ill::Frozen => (
            "has not changed at all",
            "Restart the camera; footage of a picture that stands still proves nothing.",
        ),
        Ill::Black => ("is black", "Look at the lens, and at the light where it hangs."),
        Ill::Covered => {
            ("shows next to nothing", "Look whether something is over the lens; fog does it too.")
        }
        Ill::Moved => (
            "is not like its reference still",
            "Look whether the camera was turned. If it is right so, take a new reference still.",
        ),
    }
}

/// One alarm for each thing that is wrong, whatever the number of cameras.
pub(super) fn alarms(cameras: &[CameraStatus]) -> Vec<Alarm> {
    let mut by_what: BTreeMap<Ill, Vec<(&CameraStatus, Utc)>> = BTreeMap::new();
    for camera in cameras {
        if let Some(ill) = &camera.ill {
            by_what.entry(ill.what).or_default().push((camera, ill.since));
        }
    }
    let alarm = |(what, ill): (Ill, Vec<(&CameraStatus, Utc)>)| {
        let (is, remedy) = words(what);
        let names: Vec<_> = ill.iter().take(4).map(|(c, _)| c.id.to_string()).collect();
        let text = match ill.len() {
            1 => format!("the picture of {} {is}", names[0]), // one camera, one name
            n => {
                let rest = if n > 4 { format!(" and {} more", n - 4) } else { String::new() };
                format!("{n} cameras: the picture {is} ({}{rest})", names.join(", "))
            }
        };
        let since = ill.iter().map(|(_, since)| *since).min().unwrap_or_default();
        Alarm { level: Level::Warning, text, remedy: remedy.into(), since }
    };
    by_what.into_iter().map(alarm).collect()
}

impl PictureHealth {
    /// For entries: what lasts, by camera.
    pub(super) fn sentence(what: Ill) -> String {
        format!("its picture {}", words(what).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alarm_names_all_cameras_with_one_ill() {
        let camera = |n: u32, ill: Option<Ill>| CameraStatus {
            id: CameraId::new(&format!("cam-{n}")).unwrap(),
            title: String::new(),
            state: CameraState::Recording,
            reason: None,
            reason_text: None,
            since: Utc(0),
            last_frame: None,
            fps: 15.0,
            kbps: 0.0,
            codec: None,
            picture: None,
            frames: 0,
            gaps_today: 0,
            gap_seconds_today: 0,
            clock_offset_ms: None,
            certificate: None,
            disk: None,
            held: Default::default(),
            ill: ill.map(|what| PictureIll { what, since: Utc(i64::from(n)) }),
        };
        let mut all: Vec<CameraStatus> = (1..=6).map(|n| camera(n, Some(Ill::Black))).collect();
        all.extend([camera(7, None), camera(8, Some(Ill::Moved))]);
        let alarms = alarms(&all);
        let texts: Vec<&str> = alarms.iter().map(|a| a.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "6 cameras: the picture is black (cam-1, cam-2, cam-3, cam-4 and 2 more)",
                "the picture of cam-8 is not like its reference still",
            ]
        );
        assert!(alarms.iter().all(|a| a.level == Level::Warning && !a.remedy.is_empty()));
        assert_eq!(alarms[0].since, Utc(1));
    }
}
