//! The random check (S1.54): the box picks camera and moment, a person judges the picture.
//!
//! The pick stands until the check is entered: nobody looks for a better one.

use super::super::Supervisor;
use super::machine::text;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::duties::pick::{Covered, Pick, pick};
use crate::logbook::Body;
use crate::wire::duty::Pick as Shown;

/// What was picked.
pub(super) type Picked = Pick;

const CAMERA: &str = "camera";
const MOMENT: &str = "moment";

impl Supervisor {
    /// The camera and moment that are to be judged; `None`: there is no footage.
    pub(super) fn random_pick(&mut self) -> Option<Shown> {
        if self.office.picked.as_ref().is_none_or(|picked| !self.is_there(picked)) {
            self.office.picked = self.pick_one();
        }
        let picked = self.office.picked.as_ref()?;
        Some(Shown { camera: picked.camera.clone(), at: picked.at })
    }

    /// Retention may have taken it meanwhile.
    fn is_there(&self, picked: &Picked) -> bool {
        let (from, to) = (Some(picked.at), Some(picked.at + Span::millis(1)));
        let found = self.store.segments(Some(&picked.camera), from, to, None, 1);
        found.is_ok_and(|(segments, _)| !segments.is_empty())
    }

    /// First a camera, then an hour of it, then a moment of that hour's footage: the index is asked
    /// for a few hundred rows, and not for millions.
    fn pick_one(&mut self) -> Option<Picked> {
        let mut random = [0; 8];
        (self.office.dice)(&mut random).ok()?;
        let seed = u64::from_le_bytes(random);
        let config = self.file.config.clone();
        let all = self.store.cameras().ok()?.into_iter();
        let spans = all.filter_map(|camera| {
            let start = self.store.first_start(&camera).ok()??;
            let end = self.store.last_end(&camera).ok()??;
            Some(Covered { camera, start, end })
        });
        let camera = pick(&config, &spans.collect::<Vec<_>>(), seed)?.camera;
        let hours = self.store.hours(&camera).ok()?.into_iter().filter(|h| h.covered > Span::ZERO);
        let of = |start: Utc, end: Utc| Covered { camera: camera.clone(), start, end };
        let hours: Vec<_> = hours.map(|h| of(h.start(), h.end())).collect();
        let hour = pick(&config, &hours, seed.rotate_left(21))?.at;
        let hour = hours.iter().find(|h| h.start <= hour && hour < h.end)?;
        let footage = self.segments_of(&camera, hour)?;
        let picked = pick(&config, &footage, seed.rotate_left(42))?;
        // As it is shown and entered.
        Some(Pick { at: Utc(picked.at.0.div_euclid(1_000) * 1_000), ..picked })
    }

    fn segments_of(&self, camera: &CameraId, hour: &Covered) -> Option<Vec<Covered>> {
        let (from, to) = (Some(hour.start), Some(hour.end));
        let most = crate::base::limits::FOOTAGE_LISTED_MAX;
        let (segments, _) = self.store.segments(Some(camera), from, to, None, most).ok()?;
        let of = segments.into_iter().map(|segment| Covered {
            camera: camera.clone(),
            start: segment.start.max(hour.start),
            end: segment.end.min(hour.end),
        });
        Some(of.collect())
    }

    /// The entry is about what was picked.
    ///
    /// # Errors
    /// It names something else, or nothing was picked yet.
    pub(super) fn fill_in_pick(&mut self, body: &mut Body) -> Result<(), String> {
        let seen = self.office.picked.is_some();
        let Some(picked) = self.random_pick() else { return Ok(()) };
        let mut is_it = seen;
        // Screens show whole seconds; the entry has the moment itself.
        let given = body.text(MOMENT).and_then(|at| at.parse::<Utc>().ok());
        if given.is_some_and(|at| (at - picked.at).abs() < Span::secs(1)) {
            body.fields.insert(MOMENT.into(), text(picked.at));
        }
        for (name, value) in [(CAMERA, text(&picked.camera)), (MOMENT, text(picked.at))] {
            is_it &= *body.fields.entry(name.into()).or_insert_with(|| value.clone()) == value;
        }
        match is_it {
            true => Ok(()),
            false => Err(format!(
                "The box picks what is judged: {} at {}. Look at that first.",
                picked.camera,
                self.zone().show(picked.at)
            )),
        }
    }
}
