//! Rules about single cameras: where they look, what they send, what the disk has to hold.

use super::{Known, Out, ids, place_or};
use crate::config::Config;
use crate::config::cameras::{Camera, TaskKind};
use crate::footage::Codec;

fn enabled(config: &Config) -> impl Iterator<Item = &Camera> {
    config.cameras.list.iter().filter(|c| c.is_enabled())
}

/// No camera where people undress, unless an assessment of its own allows it (S4.20, S4.24, R1.25).
pub(super) fn private_area(config: &Config, _: Known, out: &mut Out) {
    for camera in enabled(config) {
        let Some(zone) = config.zone(&camera.zone.value).filter(|z| z.kind.value.private()) else {
            continue;
        };
        let assessed = |r: &&crate::config::practice::RiskAssessment| {
            ids(&r.zones).any(|id| *id == zone.id.value)
        };
        if zone.dpia.is_none() {
            out.warn(
                camera.zone.place,
                format!(
                    "\"{}\" films \"{}\" ({}) without an assessment of its own",
                    camera.id.value, zone.title.value, zone.kind.value
                ),
                "take the camera away, or add dpia=\"...\" to the zone once one was made",
            );
        } else if !config.practice.risk_assessments.iter().any(|r| assessed(&r)) {
            out.advise(
                zone.id.place,
                format!("no risk assessment names \"{}\"", zone.title.value),
                "add `risk-assessment` to code-of-practice, with this zone and who signs it",
            );
        }
    }
}

/// Sound is far more intrusive than pictures (R1.20).
pub(super) fn sound(config: &Config, _: Known, out: &mut Out) {
    for camera in &config.cameras.list {
        let Some(audio) = &camera.audio else { continue };
        if audio.because.is_none() || audio.dpia.is_none() {
            out.warn(
                audio.place.place,
                format!("\"{}\" records sound without a reason and an assessment", camera.id.value),
                "take `audio` out, or write audio because=\"...\" dpia=\"...\"",
            );
        } else {
            out.advise(
                audio.place.place,
                format!("\"{}\" records sound, which few schools can justify", camera.id.value),
                "look again whether pictures alone would do; signs must say that sound is recorded",
            );
        }
    }
}

/// H.265 does not play on an office PC as bought (R3.11).
pub(super) fn codec(config: &Config, _: Known, out: &mut Out) {
    for camera in enabled(config) {
        let Some(codec) = &camera.declared.codec else {
            continue;
        };
        if codec.value == Codec::H265 {
            out.advise(
                codec.place,
                "H.265 does not play on a Windows PC without a paid extension",
                "set the camera's main stream to H.264; else the police need VLC",
            );
        }
    }
}

/// Six frames a second at least, twelve where people pass close (R2.34, R2.35).
pub(super) fn frame_rate(config: &Config, _: Known, out: &mut Out) {
    for camera in enabled(config) {
        let Some(fps) = &camera.declared.fps else {
            continue;
        };
        let floor = if camera.door { 12.0 } else { 6.0 };
        if fps.value < floor {
            out.advise(
                fps.place,
                format!("{} frames a second are few for evidence", fps.value),
                format!(
                    "set {floor} or more in the camera{}",
                    if camera.door { ": people pass a door quickly" } else { "" }
                ),
            );
        }
    }
}

/// Cameras belong on a wire (S4.78).
pub(super) fn wireless(config: &Config, _: Known, out: &mut Out) {
    for camera in enabled(config).filter(|c| c.wifi) {
        out.advise(
            camera.id.place,
            format!("\"{}\" sends by Wi-Fi, which can be listened to and jammed", camera.id.value),
            "lay a cable, or see to it that the radio is encrypted",
        );
    }
}

/// Private property is masked, best in the camera (S1.13).
pub(super) fn mask(config: &Config, _: Known, out: &mut Out) {
    for camera in enabled(config) {
        if let (Some(property), true) = (camera.overlooks.first(), camera.masks.is_empty()) {
            out.warn(
                property.place,
                format!("\"{}\" sees {} and masks nothing", camera.id.value, property.value),
                "turn the camera, or set a mask in it and write `mask` with in-camera=#true",
            );
        }
        for mask in camera.masks.iter().filter(|m| !m.in_camera) {
            out.advise(
                mask.title.place,
                format!(
                    "the mask \"{}\" hides views and exports, but what is stored shows all",
                    mask.title.value
                ),
                "set it in the camera too and add in-camera=#true: the master copy is unmasked",
            );
        }
    }
}

/// A covert camera runs under an authorisation in force, and by a procedure (S1.39, R1.18, S1.38).
pub(super) fn covert(config: &Config, known: Known, out: &mut Out) {
    for camera in enabled(config) {
        let Some(covert) = &camera.covert else {
            continue;
        };
        let named = covert.authorisation.as_ref();
        let all = &config.covert.authorisations;
        let found = named.and_then(|n| all.iter().find(|a| a.reference.value == n.value));
        let place = named.map_or(covert.place.place, |n| n.place);
        match (found, known.today) {
            (None, _) => out.warn(
                place,
                format!(
                    "\"{}\" is covert without an authorisation: it is not recorded",
                    camera.id.value
                ),
                "write covert authorisation=\"...\" and the authorisation in the section covert",
            ),
            (Some(a), Some(today)) if !a.in_force(today) => out.warn(
                place,
                format!(
                    "the authorisation {} is not in force: nothing is recorded",
                    a.reference.value
                ),
                "renew it, or cancel it and take the camera down",
            ),
            _ => {}
        }
        if config.covert.procedure.is_none() || config.covert.addressee.is_none() {
            out.advise(
                covert.place.place,
                "the file does not say by what procedure, or to whom copies of the forms go",
                "add procedure and addressee to the section covert",
            );
        }
    }
}

/// Pixels for each metre by task, EN 62676-4:2015 (R2.37). The seven levels of the 2025 edition
/// have no figures here: those that circulate could not be checked against the standard (R2.38).
const fn pixels_per_metre(task: TaskKind) -> Option<f64> {
    match task {
        TaskKind::Monitor => Some(12.5),
        TaskKind::Detect => Some(25.0),
        TaskKind::Observe => Some(62.5),
        TaskKind::Recognise => Some(125.0),
        TaskKind::Identify => Some(250.0),
        TaskKind::Inspect => Some(1000.0),
        _ => None,
    }
}

/// The picture is fine enough for what the camera is there for (R2.37).
pub(super) fn pixels(config: &Config, _: Known, out: &mut Out) {
    for camera in enabled(config) {
        let Some(task) = &camera.task else { continue };
        let needs = pixels_per_metre(task.kind.value);
        let (Some(needs), Some(span), Some(wide)) = (needs, &task.width_m, &camera.declared.width)
        else {
            continue;
        };
        let has = f64::from(wide.value) / span.value;
        if has < needs {
            out.advise(
                task.kind.place,
                format!(
                    "{has:.0} pixels for each metre do not let anybody {}; it takes {needs}",
                    task.kind.value
                ),
                format!(
                    "a view of {:.1} m, a finer picture, or a task that it can meet",
                    f64::from(wide.value) / needs
                ),
            );
        }
    }
}

/// The disks hold the floor at the declared rates (S0.20).
pub(super) fn disk(config: &Config, known: Known, out: &mut Out) {
    let Some(total) = known.disk_bytes else {
        return;
    };
    let mut needed = 0.0;
    for camera in enabled(config) {
        let Some(kbps) = &camera.declared.kbps else {
            return; // One unknown rate and the sum says nothing.
        };
        let days = f64::from(config.keep(camera).min_days.value);
        needed += f64::from(kbps.value) * 125.0 * 86_400.0 * days;
    }
    let room = total.saturating_sub(config.storage.keep_free.value.of(total)) as f64;
    if needed > room {
        out.warn(
            place_or(&config.retention.keep.min_days, config.retention.node.place),
            format!(
                "the floor takes {:.1} TB at the declared rates, the disks hold {:.1} TB",
                needed / 1e12,
                room / 1e12
            ),
            "add a disk, or keep less: the oldest would go before its time",
        );
    }
}
