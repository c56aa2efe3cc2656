//! What is filmed, what is not, and how long it is kept.

use super::Code;
use crate::config::cameras::Camera;
use crate::config::retention::{Keep, WhenFull};
use crate::signage::page::Document;
use crate::signage::phrase::{count, list, sentence};

/// Days that one part keeps, for a sentence.
fn days(keep: &Keep) -> String {
    let (min, target, max) = (keep.min_days.value, keep.target_days.value, keep.max_days.value);
    match (min == max, target == max) {
        (true, _) => format!("{max} days"),
        (false, true) => format!("at least {min} days and at most {max} days"),
        (false, false) => {
            format!("at least {min} days and at most {max} days; the aim is {target} days")
        }
    }
}

/// One camera for the staff's list.
fn row(camera: &Camera, zone: &str) -> Vec<String> {
    let task = camera.task.as_ref().map_or(String::new(), |t| {
        let wide = t.width_m.as_ref().map(|w| format!(" over {} m", w.value));
        format!("{}{}", t.kind.value, wide.unwrap_or_default())
    });
    let masks: Vec<&str> = camera.masks.iter().map(|m| m.title.value.as_str()).collect();
    let notes = [
        (!masks.is_empty()).then(|| format!("masked: {}", list(&masks))),
        camera.audio.is_some().then(|| "with sound".to_string()),
        camera.disabled.as_ref().map(|d| format!("off: {}", d.because.value)),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    let kind = camera.kind.value.to_string();
    vec![camera.title.value.clone(), zone.to_string(), kind, task, notes.join("; ")]
}

impl Code<'_> {
    pub(super) fn system(&self, paper: &mut Document) {
        let config = self.config;
        paper.head("What it records");
        let open = config.cameras.list.iter().filter(|c| c.covert.is_none());
        let cameras: Vec<&Camera> = open.collect();
        paper.clause(
            format!(
                "The system has {}. It records round the clock on every day of the year.",
                count(cameras.len() as u64, "camera", "cameras")
            ),
            "cameras",
            "S0.11",
        );
        let areas = config.zones.list.iter();
        let areas = areas.filter(|z| cameras.iter().any(|c| c.zone.value == z.id.value));
        let areas: Vec<Vec<String>> = areas
            .map(|zone| {
                let serves = |p: &&crate::config::practice::Purpose| {
                    zone.purposes.is_empty()
                        || zone.purposes.iter().any(|id| id.value == p.id.value)
                };
                let purposes = config.practice.purposes.iter().filter(serves);
                let purposes: Vec<&str> = purposes.map(|p| p.title.value.as_str()).collect();
                vec![zone.title.value.clone(), purposes.join("; ")]
            })
            .collect();
        paper.table(&[("Area", 2), ("Purposes", 5)], areas);
        self.limits(paper, &cameras);
        if self.staff() {
            let zone =
                |c: &Camera| config.zone(&c.zone.value).map_or("", |z| z.title.value.as_str());
            let rows = cameras.iter().map(|c| row(c, zone(c))).collect();
            paper.head("The cameras");
            let columns =
                [("Camera", 4), ("Area", 4), ("Kind", 2), ("Good enough to", 3), ("Remarks", 4)];
            paper.table(&columns, rows);
            let blind: Vec<&str> =
                config.zones.blind_spots.iter().map(|b| b.value.as_str()).collect();
            if !blind.is_empty() {
                paper.clause(format!("Not covered: {}.", list(&blind)), "zones", "S1.18");
            }
        }
    }

    /// What it does not do.
    fn limits(&self, paper: &mut Document, cameras: &[&Camera]) {
        let config = self.config;
        paper.clause(
            "The system recognises no faces and uses no other biometrics; there is nothing in it \
             that could.",
            "",
            "R1.21",
        );
        paper.clause(
            "Nobody outside the school watches its pictures: there is no remote monitoring, and no \
             detector calls a monitoring centre.",
            "",
            "R4.23",
        );
        paper.clause(
            "The system turns and zooms no camera; nobody is followed by it.",
            "cameras",
            "S1.14",
        );
        let ptz = |c: &&&Camera| c.kind.value == crate::config::cameras::CameraKind::Ptz;
        if cameras.iter().any(|c| ptz(&c)) {
            paper.clause(
                "Cameras with a motor are turned by other means than this system; turning one at \
                 people is entered with its reason.",
                "cameras",
                "S1.29",
            );
        }
        let sound = cameras.iter().filter(|c| c.audio.is_some() && c.is_enabled());
        let mut zones: Vec<&str> = Vec::new();
        for camera in sound {
            let zone = config.zone(&camera.zone.value).map_or("", |z| z.title.value.as_str());
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
        let sound = match zones.is_empty() {
            true => "No sound is recorded.".to_string(),
            false => format!("Sound is recorded too in: {}.", list(&zones)),
        };
        paper.clause(sound, "cameras", "R1.20");
        if cameras.iter().any(|c| !c.masks.is_empty()) {
            let text =
                "Where a camera would see private property, that part of its picture is masked.";
            paper.clause(text, "cameras", "S1.13");
        }
        paper.clause(
            format!(
                "The system is designed to grade {} of BS EN 62676-1-1.",
                config.site.grade.value
            ),
            "site",
            "R4.1",
        );
        self.statements(paper, &["coverage", "privacy", "directing", "operation", ""]);
    }

    pub(super) fn retention(&self, paper: &mut Document) {
        let (config, keep) = (self.config, &self.config.retention);
        paper.head("How long recordings are kept");
        let text = format!("Recordings are kept for {}.", days(&keep.keep));
        paper.clause(text, "retention", "S1.25");
        if let Some(because) = &keep.because {
            paper.clause(format!("Why: {}", sentence(&because.value)), "retention", "S0.19");
        }
        for (id, own) in &keep.zones {
            let zone = config.zone(&id.value).map_or("", |z| z.title.value.as_str());
            let because = own.because.as_ref().map(|b| format!(" ({})", b.value));
            let text = format!("{zone}: {}{}.", days(own), because.unwrap_or_default());
            paper.clause(text, "retention", "S1.25");
        }
        for (id, own) in keep.cameras.iter().filter(|_| self.staff()) {
            let camera = config.camera(&id.value).map_or("", |c| c.title.value.as_str());
            paper.clause(format!("Camera {camera}: {}.", days(own)), "retention", "S1.25");
        }
        paper.clause(
            "After that they are deleted by the recorder itself, unless they are held for a stated \
             reason.",
            "retention",
            "S0.19",
        );
        let classes = keep.hold_classes.iter().map(|class| {
            vec![
                class.title.value.clone(),
                count(u64::from(class.review_days.value), "day", "days"),
            ]
        });
        paper.table(&[("Held for", 3), ("Looked at again after", 2)], classes.collect());
        let full = match keep.when_full.value {
            WhenFull::Oldest => {
                "When the disks are full, the oldest recordings are deleted first, even before \
                 their least time where nothing else is left; that raises an alarm and is entered."
            }
            WhenFull::Stop => {
                "When the disks are full of recordings that may not be deleted yet, recording \
                 stops; that raises an alarm and is entered."
            }
        };
        paper.clause(full, "retention", "S1.25");
        self.statements(paper, &["retention", "disposal"]);
    }
}
