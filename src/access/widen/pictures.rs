//! What cameras may show and what people are told of them: masks, sound, signs.

use super::Versions;
use super::masks::shows_more;
use crate::config::Config;
use crate::config::cameras::{Camera, CameraSource};
use crate::config::value::Id;

pub(super) fn compare(v: &mut Versions<'_>) {
    for is in &v.new.cameras.list {
        if let Some(was) = before(v.old, is) {
            camera(v, was, is);
        }
    }
    for is in &v.new.zones.list {
        let was = v.old.zone(&is.id.value);
        if was.is_some_and(|was| was.kind.value.private() && !is.kind.value.private()) {
            v.weaken(format!("{} is no private zone any more", is.title.value));
        }
    }
    signs(v);
}

/// The same camera in the old file: of that name, or, where it was renamed, of that stream.
fn before<'a>(old: &'a Config, camera: &Camera) -> Option<&'a Camera> {
    let source = |source: &CameraSource| match source {
        CameraSource::Stream(url) => url.normal.clone(),
        CameraSource::Pipeline(words) => words.value.clone(),
    };
    let same = |was: &&Camera| source(&was.source) == source(&camera.source);
    old.camera(&camera.id.value).or_else(|| old.cameras.list.iter().find(same))
}

fn camera(v: &mut Versions<'_>, was: &Camera, is: &Camera) {
    let title = &is.title.value;
    if shows_more(&was.masks, &is.masks) {
        v.weaken(format!("{title} shows what a mask hid"));
    }
    let unmasked = was
        .masks
        .iter()
        .filter(|mask| mask.in_camera)
        .any(|mask| is.masks.iter().any(|m| m.points == mask.points && !m.in_camera));
    if unmasked {
        v.weaken(format!("{title}: the mask is no longer set in the camera itself"));
    }
    if was.audio.is_none() && is.audio.is_some() {
        v.weaken(format!("{title} records sound"));
    }
    if was.covert.is_none() && is.covert.is_some() {
        v.weaken(format!("{title} becomes covert"));
    }
}

/// Fewer signs for a zone that is still there, or a way in without its sign (S0.5, S1.19).
fn signs(v: &mut Versions<'_>) {
    let count = |config: &Config, zone: &Id| {
        let covers = |s: &&crate::config::signage::Sign| s.covers.iter().any(|z| z.value == *zone);
        config.signage.signs.iter().filter(covers).count()
    };
    for zone in &v.new.zones.list {
        let id = &zone.id.value;
        if count(v.new, id) < count(v.old, id) {
            v.weaken(format!("{} has fewer signs", zone.title.value));
        }
    }
    for is in &v.new.routes {
        let was = v.old.routes.iter().find(|was| was.id.value == is.id.value);
        if was.is_some_and(|was| was.sign.is_some()) && is.sign.is_none() {
            v.weaken(format!("{} has no sign any more", is.title.value));
        }
    }
}
