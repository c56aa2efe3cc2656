//! Rules about signs: every way in, every zone, every purpose, nothing that is not there, legible.

use super::{Known, Out, ids};
use crate::config::Config;
use crate::config::signage::{SheetSize, Sign};
use crate::config::value::Id;

/// Does a camera work in this zone, one that people may know of?
fn watched(config: &Config, zone: &Id) -> bool {
    let mut cameras = config.cameras.list.iter();
    cameras.any(|c| c.zone.value == *zone && c.is_enabled() && c.covert.is_none())
}

/// A sign at every way into the covered areas (S1.19, S0.5).
pub(super) fn access_route(config: &Config, _: Known, out: &mut Out) {
    if config.routes.is_empty() {
        return out.advise(
            config.site.name.place,
            "the file lists no way into the site, so nobody can say that each has a sign",
            "add `access-routes { route \"gate\" \"Main gate\" sign=\"...\" }`",
        );
    }
    for route in config.routes.iter().filter(|r| r.sign.is_none()) {
        out.warn(
            route.id.place,
            format!("people come in by \"{}\" without passing a sign", route.title.value),
            "add sign=\"...\" once a sign hangs there",
        );
    }
}

/// Every covered zone is told of by a sign (S1.19, R1.31).
pub(super) fn zone_sign(config: &Config, _: Known, out: &mut Out) {
    for zone in config.zones.list.iter().filter(|z| watched(config, &z.id.value)) {
        let told = |s: &Sign| ids(&s.covers).any(|id| *id == zone.id.value);
        if !config.signage.signs.iter().any(told) {
            out.warn(
                zone.id.place,
                format!("\"{}\" has cameras and no sign covers it", zone.title.value),
                format!("add {} to covers= of the sign that people pass", zone.id.value),
            );
        }
    }
}

/// Each purpose of a zone stands on a sign that covers it (R1.35, K1).
pub(super) fn purpose_sign(config: &Config, _: Known, out: &mut Out) {
    for zone in config.zones.list.iter().filter(|z| watched(config, &z.id.value)) {
        let over = |s: &&Sign| ids(&s.covers).any(|id| *id == zone.id.value);
        let signs: Vec<&Sign> = config.signage.signs.iter().filter(over).collect();
        // Without any sign the zone is told so already; a sign with no list prints the zone's own.
        if signs.is_empty() || signs.iter().any(|s| s.purposes.is_empty()) {
            continue;
        }
        let all = config.practice.purposes.iter();
        let all = all.filter(|p| {
            zone.purposes.is_empty() || ids(&zone.purposes).any(|id| *id == p.id.value)
        });
        for purpose in all {
            let printed = |s: &&Sign| ids(&s.purposes).any(|id| *id == purpose.id.value);
            if !signs.iter().any(printed) {
                out.warn(
                    zone.id.place,
                    format!(
                        "no sign for \"{}\" says that it is filmed for \"{}\"",
                        zone.title.value, purpose.title.value
                    ),
                    format!("add {} to purposes= of a sign that covers it", purpose.id.value),
                );
            }
        }
    }
}

/// A sign speaks only of cameras that exist (R1.34).
pub(super) fn idle_sign(config: &Config, _: Known, out: &mut Out) {
    for sign in &config.signage.signs {
        if !ids(&sign.covers).any(|zone| watched(config, zone)) {
            out.warn(
                sign.id.place,
                format!(
                    "the sign \"{}\" speaks of cameras, and none works there",
                    sign.title.value
                ),
                "take the sign down and out of the file, or enable the camera",
            );
        }
    }
}

/// What is read from afar, in mm of letter height for each metre: 5 for capitals (R1.33).
const CAPITAL_MM_PER_M: f64 = 5.0;
/// The pictogram's share, mm for each metre (R1.33).
const PICTOGRAM_MM_PER_M: f64 = 15.0;
/// Capitals of a plain sans serif are 0.7 of its size; its mean character is half its size wide.
const CAPITAL_OF_SIZE: f64 = 0.7;
const WIDTH_OF_SIZE: f64 = 0.5;
const LINE_OF_SIZE: f64 = 1.2;
/// The small print is read by whoever steps up: from a quarter of the distance, at least one metre.
const STEP_UP: f64 = 4.0;
/// A twentieth of the sheet stays free on each side.
const USABLE: f64 = 0.9;

const HEADLINE: &str = "CCTV in operation";

/// Width and height upright, mm.
const fn sheet_mm(size: SheetSize) -> (f64, f64) {
    match size {
        SheetSize::A5 => (148.0, 210.0),
        SheetSize::A4 => (210.0, 297.0),
        SheetSize::A3 => (297.0, 420.0),
        SheetSize::A2 => (420.0, 594.0),
        SheetSize::A1 => (594.0, 841.0),
    }
}

/// Height of these paragraphs in a column, mm, to be read from so far; `None`: a word is too wide.
fn column_mm(paragraphs: &[String], width_mm: f64, from_m: f64) -> Option<f64> {
    let size = CAPITAL_MM_PER_M * from_m / CAPITAL_OF_SIZE;
    let room = (width_mm / (size * WIDTH_OF_SIZE)) as usize;
    let mut lines = 0;
    for paragraph in paragraphs {
        let mut used = room + 1; // The first word opens a line.
        for word in paragraph.split_whitespace() {
            let long = word.chars().count();
            if long > room {
                return None;
            }
            if used + 1 + long > room {
                (lines, used) = (lines + 1, long);
            } else {
                used += 1 + long;
            }
        }
    }
    Some(lines as f64 * size * LINE_OF_SIZE)
}

/// What a sign has to say besides its headline (R1.30): who, what for, whom to ask.
fn small_print(config: &Config, sign: &Sign) -> Vec<String> {
    let zones = ids(&sign.covers).filter_map(|id| config.zone(id));
    let of_zones: Vec<&Id> = zones.flat_map(|z| ids(&z.purposes)).collect();
    let wanted = |id: &Id| match (sign.purposes.is_empty(), of_zones.is_empty()) {
        (false, _) => ids(&sign.purposes).any(|p| p == id),
        (true, false) => of_zones.contains(&id),
        (true, true) => true,
    };
    let contact = &config.site.contact;
    let mut lines = vec![format!("Operated by {}", config.site.controller.name.value)];
    let purposes = config.practice.purposes.iter().filter(|p| wanted(&p.id.value));
    lines.extend(purposes.map(|p| p.title.value.clone()));
    lines.extend(sign.text.iter().map(|t| t.value.clone()));
    lines.push(match &sign.contact {
        Some(own) => own.value.clone(),
        None => contact.title.value.clone(),
    });
    lines.extend(contact.phone.iter().map(|p| p.value.clone()));
    lines
}

/// Letters and pictogram that the distance asks for fit the sheet (R1.33).
pub(super) fn letters(config: &Config, _: Known, out: &mut Out) {
    for sign in &config.signage.signs {
        let from = sign.read_from_m.value;
        let text = small_print(config, sign);
        let fits = |size| {
            let (wide, high) = sheet_mm(size);
            let wide = wide * USABLE;
            let head = column_mm(&[HEADLINE.to_string()], wide, from);
            let rest = column_mm(&text, wide, (from / STEP_UP).max(1.0));
            let pictogram = PICTOGRAM_MM_PER_M * from;
            let column = |(head, rest): (f64, f64)| head + rest + pictogram;
            pictogram <= wide && head.zip(rest).map(column).is_some_and(|mm| mm <= high * USABLE)
        };
        if fits(sign.size.value) {
            continue;
        }
        let all = [SheetSize::A5, SheetSize::A4, SheetSize::A3, SheetSize::A2, SheetSize::A1];
        let larger = all.into_iter().find(|s| fits(*s));
        let place = sign.read_from_m.place().or(sign.size.place());
        out.advise(
            place.unwrap_or(sign.id.place),
            format!(
                "letters to be read from {from} m do not fit a sheet of {} with this text",
                sign.size.value
            ),
            match larger {
                Some(size) => format!("take size=\"{size}\", shorten the text, or hang it nearer"),
                None => "no sheet is large enough: shorten the text or hang it nearer".into(),
            },
        );
    }
}
