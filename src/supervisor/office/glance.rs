//! Small pictures for whoever does the daily check, the picture of the random check, and reference
//! stills (S1.26, S1.54, R4.20).
//!
//! The duty is the right: who may say that a camera's picture is good may see it. The entry comes
//! before the first picture, as with every look; it is a look of a quarter of an hour. No picture
//! of a covert camera is among them (S1.38).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::Supervisor;
use super::super::health::small_reference;
use super::super::pictures::Wishes;
use super::call::{Answer, Caller};
use super::machine::fields;
use crate::access::{Asking, Entered, Wish};
use crate::base::digest::Digest;
use crate::base::limits::PICTURE_SIDE_MAX;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::config::duties::DutyKind;
use crate::config::roles::Deed;
use crate::disk::Disk;
use crate::logbook::{Act, Kind, Number, Value, fields as f};
use crate::pictures::player::{Reach, Setup};
use crate::pictures::reference::{self, Reference};
use crate::pictures::small::{THUMBNAIL, within};
use crate::pictures::still::{self, Format};
use crate::wire::glance::{GLANCE_CAMERAS_MAX, GLANCE_SIZE_MAX, Glance, Shot, SmallPicture};
use crate::wire::pictures::Picture;
use crate::wire::{ReferenceFile, Reply, StillFile};

/// A daily check of 64 cameras takes a few minutes; a console that is left alone locks before.
const GLANCE_SPAN: Span = Span::mins(15);
const CHECK: Wish = Wish::Duty(DutyKind::DailyCheck);
/// Of the picture that the box picked: four times a thumbnail, since somebody judges it.
const PICKED_SIZE: (u16, u16) = (320, 180);
/// Of a person's word about a reference still.
const VERDICT_CHARS_MAX: usize = 200;

impl Supervisor {
    /// The newest small pictures; the first call of a session makes the entry.
    pub(super) fn glance(
        &mut self,
        caller: &Caller,
        cameras: Vec<CameraId>,
        size: (u16, u16),
    ) -> Answer {
        match self.glance_begun(caller, &cameras) {
            Ok((number, seen)) => {
                self.be_eager();
                let size = (size.0.min(GLANCE_SIZE_MAX.0), size.1.min(GLANCE_SIZE_MAX.1));
                let state = self.state.clone();
                let now = |id: &CameraId| match self.pictures() {
                    _ if !seen.contains(id) => Err("Its pictures are not shown here.".into()),
                    Some(pictures) => pictures.thumbs.latest(id),
                    None => Err(NO_SERVICE.into()),
                };
                let newest: Vec<_> = cameras.into_iter().map(|id| (now(&id), id)).collect();
                Answer::Later(Box::new(move || {
                    let shot = |(now, id)| shot(state.as_ref(), id, now, size);
                    let shots = newest.into_iter().map(shot).collect();
                    Reply::Glance(Box::new(Glance { number, shots }))
                }))
            }
            Err(why) => Reply::Refused { why }.into(),
        }
    }

    /// The look under which they are shown, and its cameras.
    fn glance_begun(
        &mut self,
        caller: &Caller,
        cameras: &[CameraId],
    ) -> Result<(Number, Vec<CameraId>), String> {
        let session = caller.number.ok_or("Pictures are shown to people who are enrolled.")?;
        if self.pictures().is_none() {
            return Err(NO_SERVICE.into());
        }
        if cameras.is_empty() || cameras.len() > GLANCE_CAMERAS_MAX {
            return Err(format!("Ask for 1 to {GLANCE_CAMERAS_MAX} cameras at a time."));
        }
        let going = self.looks().iter().find(|look| look.is_of(session) && look.wish() == CHECK);
        if let Some(look) = going {
            return Ok((look.number(), look.cameras().to_vec()));
        }
        let mut asking = Asking::to(CHECK);
        asking.entry = Some((Kind::Live, Act::Open));
        asking.cameras = self.checked_cameras();
        asking.reason = Some("the pictures of the daily check".into());
        let seen = asking.cameras.clone();
        let entered = self.allowed(caller, &asking)?;
        let number = self.begin_look(caller, asking, entered, (Kind::Live, GLANCE_SPAN))?;
        Ok((number, seen))
    }

    /// Enabled cameras that are no secret.
    fn checked_cameras(&self) -> Vec<CameraId> {
        let all = self.file.config.cameras.list.iter();
        let shown = all.filter(|camera| camera.is_enabled() && camera.covert.is_none());
        shown.map(|camera| camera.id.value.clone()).collect()
    }

    /// The picture that is to be judged (S1.54).
    pub(super) fn pick_shown(&mut self, caller: &Caller, size: (u16, u16)) -> Answer {
        let size = (size.0.min(PICKED_SIZE.0), size.1.min(PICKED_SIZE.1));
        match self.pick_begun(caller, size) {
            Ok((entered, setup, camera, at)) => Answer::Later(Box::new(move || {
                let number = entered.number().unwrap_or_default();
                let (now, why) = match still::take(setup, at) {
                    Ok(picture) => (Some(small(&within(&picture, size))), None),
                    Err(why) => (None, Some(why)),
                };
                let shot = Shot { camera, now, why, reference: None, damaged: None };
                Reply::Glance(Box::new(Glance { number, shots: vec![shot] }))
            })),
            Err(why) => Reply::Refused { why }.into(),
        }
    }

    fn pick_begun(
        &mut self,
        caller: &Caller,
        within: (u16, u16),
    ) -> Result<(Entered, Setup, CameraId, Utc), String> {
        self.logbook_is_read()?;
        let pick = self.random_pick().ok_or("There is no footage to judge yet.")?;
        let setup = self.viewing(std::slice::from_ref(&pick.camera), bare(within))?;
        let reason = "the random check".to_string();
        let window = (pick.at, pick.at + Span::secs(1));
        let duty = Wish::Duty(DutyKind::RandomCheck);
        let entered = self.allowed_look(caller, duty, &pick.camera, window, reason)?;
        Ok((entered, setup, pick.camera, pick.at))
    }

    /// One picture of one camera, seen in the course of a duty: an entry among the checks.
    fn allowed_look(
        &mut self,
        caller: &Caller,
        duty: Wish,
        camera: &CameraId,
        window: (Utc, Utc),
        reason: String,
    ) -> Result<Entered, String> {
        caller.number.ok_or("Pictures are shown to people who are enrolled.")?;
        let mut asking = Asking::to(duty);
        asking.entry = Some((Kind::SpotCheck, Act::Open));
        asking.cameras = vec![camera.clone()];
        asking.window = Some(window);
        asking.reason = Some(reason);
        asking.more = fields([(f::SECONDS, Value::Number(1))]);
        self.allowed(caller, &asking)
    }

    /// The one that counts, for the commissioning record: an entry each, read off the supervisor's
    /// thread.
    pub(super) fn reference_still(&mut self, caller: &Caller, camera: &CameraId) -> Answer {
        let known = self.file.config.camera(camera).filter(|c| c.covert.is_none()).is_some();
        if !known {
            return Reply::Refused { why: format!("There is no camera {camera}.") }.into();
        }
        let mut asking = Asking::to(Wish::Deed(Deed::Print));
        asking.entry = Some((Kind::Audit, Act::Open));
        asking.cameras = vec![camera.clone()];
        asking.reason = Some(format!("the reference still of {camera}, for its record"));
        if let Err(why) = self.allowed(caller, &asking) {
            return Reply::Refused { why }.into();
        }
        let (state, camera) = (self.state.clone(), camera.clone());
        let people = self.file.config.people.iter();
        let titles: Vec<_> =
            people.map(|p| (p.id.value.to_string(), p.title.value.clone())).collect();
        Answer::Later(Box::new(move || {
            let found = reference::current(state.as_ref(), &camera).and_then(|note| {
                let Some(note) = note else { return Ok(None) };
                let file = reference::picture(state.as_ref(), &note)?;
                let still = StillFile::new(note.taken, (note.width, note.height), &file);
                let by = titles.into_iter().find(|(id, _)| *id == note.by);
                let by = by.map_or(note.by, |(_, title)| title);
                Ok(Some(Box::new(ReferenceFile { still, by, verdict: note.verdict })))
            });
            match found {
                Ok(reference) => Reply::ReferenceStill { reference },
                Err(fault) => Reply::Refused { why: fault.text },
            }
        }))
    }

    /// Keeps what a camera shows now, with what a person says to it.
    pub(super) fn take_reference(
        &mut self,
        caller: &Caller,
        camera: CameraId,
        good: bool,
        verdict: String,
    ) -> Answer {
        let (_, now) = self.now();
        match self.reference_begun(caller, &camera, good, &verdict) {
            Ok((_entered, setup)) => {
                let (state, changed) = (self.state.clone(), self.health.changed.clone());
                let by = caller.session.person.to_string();
                let note = Wanted { camera, good, verdict, by, now };
                let zone = self.zone().clone();
                Answer::Later(Box::new(move || match kept(state, setup, note, &changed) {
                    Ok(taken) => Reply::Text {
                        text: format!("The reference still of {} is kept.", zone.show(taken)),
                    },
                    Err(why) => Reply::Refused { why },
                }))
            }
            Err(why) => Reply::Refused { why }.into(),
        }
    }

    fn reference_begun(
        &mut self,
        caller: &Caller,
        camera: &CameraId,
        good: bool,
        verdict: &str,
    ) -> Result<(Entered, Setup), String> {
        let (_, now) = self.now();
        if self.file.config.camera(camera).is_none() {
            return Err(format!("There is no camera {camera}."));
        }
        let said = verdict.trim();
        if said.is_empty() || said.chars().count() > VERDICT_CHARS_MAX {
            return Err(format!(
                "Say in 1 to {VERDICT_CHARS_MAX} letters what the picture shows and whether it is \
                 what the camera is there for."
            ));
        }
        let whole = (PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
        let setup = self.viewing(std::slice::from_ref(camera), bare(whole))?;
        let word = if good { "good" } else { "not good" };
        let reason = format!("its reference still; {word}: {said}");
        let window = (now - Span::secs(1), now);
        let entered = self.allowed_look(caller, CHECK, camera, window, reason)?;
        Ok((entered, setup))
    }
}

const NO_SERVICE: &str = "The program beadle-pictures is not installed, so there are no pictures.";

/// Small pictures of a moment that was judged.
fn bare(within: (u16, u16)) -> Wishes<'static> {
    Wishes { within, overlay: false, watermark: "", unmasked: &[], reach: Reach::All }
}

fn small(picture: &Picture) -> SmallPicture {
    SmallPicture::new(picture.at, (picture.width, picture.height), &picture.rgb)
}

/// What is known of one camera, off the supervisor's thread.
fn shot(
    state: &dyn Disk,
    camera: CameraId,
    now: Result<Option<Picture>, String>,
    size: (u16, u16),
) -> Shot {
    let (now, why) = match now {
        Ok(Some(picture)) => (Some(small(&within(&picture, size))), None),
        Ok(None) => (None, Some("There is no picture yet.".to_string())),
        Err(why) => (None, Some(why)),
    };
    let kept = reference::current(state, &camera).map_err(|fault| fault.text);
    let kept = kept.and_then(|note| note.map(|n| small_reference(state, &n)).transpose());
    let (reference, damaged) = match kept {
        Ok(picture) => (picture.map(|p| small(&within(&p, size))), None),
        Err(why) => (None, Some(why)),
    };
    Shot { camera, now, why, reference, damaged }
}

/// What a person says to a picture that is to be kept.
struct Wanted {
    camera: CameraId,
    good: bool,
    verdict: String,
    by: String,
    now: Utc,
}

/// The effect, on a thread of its own; when the picture was taken.
fn kept(
    state: Arc<dyn Disk>,
    setup: Setup,
    wanted: Wanted,
    changed: &AtomicBool,
) -> Result<Utc, String> {
    let picture = still::take(setup, wanted.now)?;
    let jpeg = still::encode(&picture, Format::Jpeg)?;
    let small = still::encode(&within(&picture, THUMBNAIL), Format::Png)?;
    let note = Reference {
        camera: wanted.camera,
        taken: picture.at,
        kept: wanted.now,
        by: wanted.by,
        good: wanted.good,
        verdict: wanted.verdict,
        width: picture.width,
        height: picture.height,
        sha256: Digest::of(&jpeg),
        small_sha256: Digest::of(&small),
    };
    reference::keep(state.as_ref(), &note, &jpeg, &small).map_err(|fault| fault.text)?;
    changed.store(true, Ordering::Relaxed);
    Ok(picture.at)
}
