//! Two surveys of the whole: the appendix to the impact assessment, and the yearly self-assessment.

use super::page::Document;
use super::phrase::{self, Reader, count, list};
use super::records;
use crate::base::time::{Utc, Zone};
use crate::config::Config;
use crate::config::cameras::Camera;
use crate::config::roles::Deed;
use crate::logbook::{Act, Entry, Kind};

/// Cameras, purposes, what each sees, and what it must not see: the appendix to the data protection
/// impact assessment (R1.6).
pub fn dpia_appendix(config: &Config) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper =
        Document::new("dpia-appendix", "Appendix to the impact assessment: cameras", site, owner);
    paper.landscape = true;
    let decided = config.practice.decided.as_ref();
    if let Some(reference) = decided.and_then(|d| d.dpia.as_ref()) {
        paper.subtitle = format!("To {}", reference.value);
    }
    paper.head("Purposes");
    for purpose in &config.practice.purposes {
        let because = purpose.because.as_ref().map(|b| format!(" Why: {}", b.value));
        let text =
            phrase::sentence(&format!("{}.{}", purpose.title.value, because.unwrap_or_default()));
        paper.clause(text, "code-of-practice", "S0.2");
    }
    paper.head("Areas");
    let areas = config.zones.list.iter().map(|zone| {
        let serves = |p: &&crate::config::practice::Purpose| {
            zone.purposes.is_empty() || zone.purposes.iter().any(|id| id.value == p.id.value)
        };
        let purposes = config.practice.purposes.iter().filter(serves);
        let purposes: Vec<&str> = purposes.map(|p| p.title.value.as_str()).collect();
        let cameras = config.cameras.list.iter().filter(|c| c.zone.value == zone.id.value).count();
        let reference = zone.dpia.as_ref().map(|d| d.value.clone()).unwrap_or_default();
        vec![
            zone.title.value.clone(),
            phrase::plain(&zone.kind.value.to_string()),
            cameras.to_string(),
            purposes.join("; "),
            reference,
        ]
    });
    let columns = [("Area", 4), ("Kind", 2), ("Cameras", 2), ("Purposes", 8), ("Reference", 2)];
    paper.table(&columns, areas.collect());
    paper.head("Cameras and their fields of view");
    let rows = config.cameras.list.iter().filter(|c| c.covert.is_none());
    let rows = rows.map(|c| camera(config, c)).collect();
    let columns =
        [("Camera", 4), ("Area", 4), ("Sees", 4), ("Must not see", 5), ("Sound", 3), ("Kept", 3)];
    paper.table(&columns, rows);
    let blind: Vec<String> = config.zones.blind_spots.iter().map(|b| b.value.clone()).collect();
    if !blind.is_empty() {
        paper.clause(format!("Not covered: {}.", list(&blind)), "zones", "S1.18");
    }
    let risks = config.practice.risk_assessments.iter().map(|r| {
        let date = r.date.as_ref().map(|d| phrase::day(d.value)).unwrap_or_default();
        vec![r.reference.value.clone(), r.title.value.clone(), date]
    });
    let risks: Vec<_> = risks.collect();
    if !risks.is_empty() {
        paper.head("Risk assessments");
        paper.table(&[("Reference", 3), ("About", 6), ("Date", 3)], risks);
    }
    super::protection::chapter(&mut paper);
    paper.signatures(&["Data protection officer"]);
    paper
}

fn camera(config: &Config, camera: &Camera) -> Vec<String> {
    let zone = config.zone(&camera.zone.value).map_or("", |z| z.title.value.as_str());
    let sees = camera.task.as_ref().map_or(String::new(), |t| {
        let wide = t.width_m.as_ref().map(|w| format!(", {} m wide", w.value));
        let far = t.distance_m.as_ref().map(|d| format!(", {} m away", d.value));
        format!("{}{}{}", t.kind.value, wide.unwrap_or_default(), far.unwrap_or_default())
    });
    let masks = camera.masks.iter().map(|m| {
        let share = area(&m.points) * 100.0;
        format!("{} (mask, {share:.0}% of the picture)", m.title.value)
    });
    let overlooks = camera.overlooks.iter().map(|o| o.value.clone());
    let hidden: Vec<String> = masks.chain(overlooks).collect();
    let sound = camera.audio.as_ref().map_or("no".to_string(), |a| {
        a.because.as_ref().map_or("yes, no reason given".into(), |b| format!("yes: {}", b.value))
    });
    let keep = config.keep(camera);
    let kept = format!("{} to {} days", keep.min_days.value, keep.max_days.value);
    vec![camera.title.value.clone(), zone.to_string(), sees, hidden.join("; "), sound, kept]
}

/// Of a polygon in the unit square.
fn area(points: &[(f64, f64)]) -> f64 {
    let next = points.iter().cycle().skip(1);
    let twice: f64 = points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    twice.abs() / 2.0
}

/// The Commissioner's checklist for limited systems (R1.3) and the twelve principles (R1.15), with
/// what file and logbook know about each. `entries` are those of the last year.
pub fn self_assessment(config: &Config, entries: Option<&[Entry]>, zone: &Zone) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("self-assessment", "Yearly self-assessment", site, owner);
    paper.landscape = true;
    let asked = Asked { config, entries, zone };
    let columns = [
        ("Is it so?", 5),
        ("What file and logbook know", 6),
        ("Checked on", 2),
        ("By", 2),
        ("Next", 2),
    ];
    paper.head("Checklist for limited CCTV systems (R1.3)");
    paper.table(&columns, asked.rows(&asked.checklist()));
    paper.head("The twelve guiding principles (R1.15)");
    paper.table(&columns, asked.rows(&asked.principles()));
    paper.blanks(&["What is not met, and what is done about it"]);
    paper.signatures(&["Assessed by", "Seen by the head of the school"]);
    paper
}

struct Asked<'a> {
    config: &'a Config,
    entries: Option<&'a [Entry]>,
    zone: &'a Zone,
}

impl Asked<'_> {
    fn rows(&self, asked: &[(&str, String)]) -> Vec<Vec<String>> {
        let row = |(what, known): &(&str, String)| {
            vec![what.to_string(), known.clone(), String::new(), String::new(), String::new()]
        };
        asked.iter().map(row).collect()
    }

    /// How often, and when last; nothing where the logbook is not at hand.
    fn done(&self, kind: Kind, what: &str) -> String {
        let Some(entries) = self.entries else {
            return String::new();
        };
        let of = |e: &&Entry| e.header.kind == kind && e.header.act == Act::Open;
        let all: Vec<&Entry> = entries.iter().filter(of).collect();
        match all.last() {
            None => format!("{what}: none in the logbook."),
            Some(last) => {
                let day: Utc = last.header.at;
                let day = phrase::day(self.zone.day_of(day));
                format!("{what}: {}, last on {day}.", all.len())
            }
        }
    }

    fn decision(&self) -> String {
        let Some(decided) = &self.config.practice.decided else {
            return "The file does not say when the need was weighed.".into();
        };
        let dpia = decided.dpia.as_ref().map(|d| format!(", assessment {}", d.value));
        format!("Decided on {}{}.", phrase::day(decided.date.value), dpia.unwrap_or_default())
    }

    fn keep(&self) -> String {
        let keep = &self.config.retention.keep;
        format!("{} to {} days, deleted by the recorder.", keep.min_days.value, keep.max_days.value)
    }

    fn signs(&self) -> String {
        let open = super::sign::findings(self.config);
        let signs = count(self.config.signage.signs.len() as u64, "sign", "signs");
        let known = format!(
            "{signs} in the file, {} open.",
            count(open.len() as u64, "finding", "findings")
        );
        join(&[known, self.done(Kind::SignCheck, "Sign checks")])
    }

    fn fee(&self) -> String {
        let controller = &self.config.site.controller;
        match (&controller.registration, &controller.renews) {
            (Some(number), Some(day)) => {
                format!("{}, renewed by {}.", number.value, phrase::day(day.value))
            }
            (Some(number), None) => {
                format!("{}; the day of renewal is not in the file.", number.value)
            }
            (None, _) => "The file gives no registration.".into(),
        }
    }

    fn purposes(&self) -> String {
        let titles: Vec<&str> =
            self.config.practice.purposes.iter().map(|p| p.title.value.as_str()).collect();
        phrase::sentence(&titles.join("; "))
    }

    fn responsible(&self) -> String {
        match &self.config.site.responsible {
            Some(id) => phrase::sentence(&phrase::who(self.config, &id.value, Reader::Staff)),
            None => "The file names nobody.".into(),
        }
    }

    fn basis(&self) -> String {
        let decided = self.config.practice.decided.as_ref();
        match decided.and_then(|d| d.lawful_basis.as_ref()) {
            Some(basis) => {
                let said = records::capital(&phrase::plain(&basis.value.to_string()));
                phrase::sentence(&said)
            }
            None => "The file names none.".into(),
        }
    }

    fn few(&self) -> String {
        let may = |deed| self.config.people.iter().filter(|p| holds(self.config, p, deed)).count();
        format!(
            "{} may watch recordings, {} may make copies.",
            count(may(Deed::Playback) as u64, "person", "persons"),
            may(Deed::Export)
        )
    }

    fn review(&self) -> String {
        let by = self.config.practice.review_by.as_ref();
        let by = by.map_or("The file sets no review.".to_string(), |d| {
            format!("Next review by {}.", phrase::day(d.value))
        });
        join(&[by, self.done(Kind::Review, "Reviews")])
    }

    fn checklist(&self) -> Vec<(&'static str, String)> {
        let config = self.config;
        let location = config.site.location.as_ref().map_or(String::new(), |l| {
            let locked = if l.locked.value { ", always locked" } else { "" };
            format!("{}{locked}.", l.title.value)
        });
        vec![
            ("The controller is named", phrase::sentence(&config.site.controller.name.value)),
            ("The need was weighed", self.decision()),
            ("The fee is paid, and its renewal known", self.fee()),
            ("Somebody named is responsible", self.responsible()),
            (
                "The problem is defined, and looked at again",
                join(&[self.purposes(), self.review()]),
            ),
            ("There is a lawful basis", self.basis()),
            (
                "Pictures are clear, and easily given to the police",
                join(&[
                    self.done(Kind::RandomCheck, "Random checks"),
                    self.done(Kind::Export, "Exports"),
                ]),
            ),
            ("Cameras avoid people who are not visiting", self.masks()),
            ("Signs are seen, with a contact", self.signs()),
            ("Pictures are kept safe; few may see them", join(&[location, self.few()])),
            ("They are kept no longer than needed", self.keep()),
            ("Somebody checks that it works", self.done(Kind::DailyCheck, "Daily checks")),
        ]
    }

    fn masks(&self) -> String {
        let masks: usize = self.config.cameras.list.iter().map(|c| c.masks.len()).sum();
        let overlooking =
            self.config.cameras.list.iter().filter(|c| !c.overlooks.is_empty()).count();
        format!(
            "{}; {} private property.",
            count(masks as u64, "mask", "masks"),
            count(overlooking as u64, "camera overlooks", "cameras overlook")
        )
    }

    fn principles(&self) -> Vec<(&'static str, String)> {
        let reviews = || self.done(Kind::AccessReview, "Access reviews");
        vec![
            ("1 A stated purpose that is lawful and needed", self.purposes()),
            ("2 Its effect on privacy is looked at regularly", self.decision()),
            ("3 Openness, and somebody to ask", self.signs()),
            ("4 Somebody answers for all of it", self.responsible()),
            (
                "5 Rules before use, known to all who use it",
                self.done(Kind::Acceptance, "Papers signed"),
            ),
            ("6 No more pictures than needed, then deleted", self.keep()),
            ("7 Few may see, and rules say when to disclose", join(&[self.few(), reviews()])),
            ("8 Operators know the standards", self.done(Kind::Training, "Trainings")),
            ("9 Pictures are kept safe", self.done(Kind::Breach, "Breaches")),
            ("10 Reviews and audits, and their results are told", self.review()),
            ("11 Good enough to serve the law", self.done(Kind::Release, "Releases")),
            (
                "12 Reference databases are right",
                "There is none: no face or number plate is looked up.".into(),
            ),
        ]
    }
}

fn holds(config: &Config, person: &crate::config::people::Person, deed: Deed) -> bool {
    config.roles.iter().any(|role| {
        role.held_by.iter().any(|h| h.value == person.id.value)
            && role.may.iter().any(|m| m.deeds.iter().any(|d| d.value == deed))
    })
}

fn join(all: &[String]) -> String {
    let said: Vec<&str> = all.iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
    said.join(" ")
}
