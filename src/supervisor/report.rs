//! `beadle plan`: what would change if this text became the file, unit by unit and then in words.

use super::Supervisor;
use super::desired::desired;
use super::file::{Judged, judge};
use crate::base::time::{Span, Utc, Zone};
use crate::config::Config;
use crate::config::diff::{Change, Effect, diff};
use crate::footage::pending::Going;
use crate::footage::retention::{Rules, Version};
use crate::reconcile::{Wish, contradicts};
use crate::wire::{PlanLine, PlanReport};

/// Against a box that has nothing: every unit is new.
pub fn plan_offline(name: &str, text: &str, now: Utc) -> PlanReport {
    let judged = judge(name, text.as_bytes().to_vec(), now);
    let Some(config) = &judged.config else { return refused(judged) };
    let changes = diff(None, config);
    let cameras = desired(config, config.site.zone.day_of(now)).cameras;
    let starts = cameras.values().filter(|w| matches!(w, Wish::Record { .. })).count();
    let mut consequences = vec![format!("{starts} of {} cameras would be recorded", cameras.len())];
    consequences.extend(declared_rate(config));
    report(&judged, &changes, consequences)
}

fn refused(judged: Judged) -> PlanReport {
    let consequences = vec!["the file would not load: what runs now stays as it is".to_string()];
    PlanReport { findings: judged.findings, consequences, ..PlanReport::default() }
}

fn report(judged: &Judged, changes: &[Change], consequences: Vec<String>) -> PlanReport {
    let line = |c: &Change| PlanLine { sign: c.sign, unit: c.unit.clone(), what: c.what.clone() };
    PlanReport {
        loads: true,
        findings: judged.findings.clone(),
        lines: changes.iter().map(line).collect(),
        consequences,
        ..PlanReport::default()
    }
}

/// What the declared bit rates need, where every camera declares one (S0.20).
fn declared_rate(config: &Config) -> Option<String> {
    let recorded = config.cameras.list.iter().filter(|c| c.is_enabled());
    let rates: Option<Vec<u32>> =
        recorded.map(|c| c.declared.kbps.as_ref().map(|k| k.value)).collect();
    let kbps: u64 = rates?.iter().map(|k| u64::from(*k)).sum();
    let bytes_a_day = kbps * 1000 / 8 * 86_400;
    let floor = u64::from(config.retention.keep.min_days.value) + 1;
    Some(format!(
        "at the declared bit rates a day takes {}, and the floor of {} days needs {}",
        size(bytes_a_day),
        floor - 1,
        size(bytes_a_day * floor)
    ))
}

/// `3.2 TB`, decimal as on the box of a disk.
pub fn size(bytes: u64) -> String {
    let b = bytes as f64;
    match bytes {
        0..1_000_000_000 => format!("{:.0} MB", b / 1e6),
        1_000_000_000..1_000_000_000_000 => format!("{:.1} GB", b / 1e9),
        _ => format!("{:.1} TB", b / 1e12),
    }
}

/// `1 camera`, `1,204 segments`.
pub fn count(n: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// `1,204`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    let words = groups.iter().map(|g| String::from_utf8_lossy(g).to_string());
    words.collect::<Vec<_>>().join(",")
}

impl Supervisor {
    /// Against what runs now.
    pub(super) fn plan_report(&self, name: &str, text: &str) -> PlanReport {
        let (_, utc) = self.now();
        let judged = judge(name, text.as_bytes().to_vec(), utc);
        let Some(config) = &judged.config else { return refused(judged) };
        let changes = diff(Some(&self.file.config), config);
        let mut consequences = self.camera_consequences(config);
        consequences.extend(self.retention_consequences(config));
        consequences.extend(self.capacity(config));
        if consequences.is_empty() && changes.iter().all(|c| c.effect != Effect::Records) {
            consequences.push("no camera's recording is touched".into());
        }
        let mut report = report(&judged, &changes, consequences);
        self.what_it_asks(config, &mut report);
        report
    }

    fn camera_consequences(&self, config: &Config) -> Vec<String> {
        let (_, utc) = self.now();
        let wanted = desired(config, self.zone().day_of(utc)).cameras;
        let mut words = Vec::new();
        for (id, old) in &self.desired.cameras {
            let held = self.keep.figures.cameras.get(id).map_or(0.0, |f| f.held.hours);
            let days = self.keep.ceiling(id, utc);
            let stays = format!("{} h of footage stays up to {days} days", thousands(held as u64));
            match (old, wanted.get(id)) {
                (Wish::Record { .. }, None) => {
                    words.push(format!("{id}: stops recording; {stays}"))
                }
                (Wish::Record { .. }, Some(Wish::Off { because })) => {
                    words.push(format!("{id}: stops recording ({because}); {stays}"));
                }
                (Wish::Off { .. }, None) => words.push(format!("{id}: leaves the file; {stays}")),
                (Wish::Off { .. }, Some(Wish::Record { .. })) => {
                    words.push(format!("{id}: starts recording"));
                }
                (
                    Wish::Record { feed, audio, .. },
                    Some(Wish::Record { feed: f, audio: a, codec }),
                ) => {
                    let seen = self.cameras.get(id).map(|c| &c.seen);
                    let other =
                        seen.is_some_and(|s| s.declared != *codec && contradicts(*codec, s.sent));
                    if other || (feed, audio) != (f, a) {
                        words.push(format!("{id}: recording starts anew; a second or two is lost"));
                    }
                }
                _ => {}
            }
        }
        for (id, wish) in wanted.iter().filter(|(id, _)| !self.desired.cameras.contains_key(id)) {
            words.push(match wish {
                Wish::Record { .. } => format!("{id}: starts recording"),
                Wish::Off { because } => format!("{id}: is not recorded ({because})"),
            });
        }
        words
    }

    /// "retention 90 -> 30 days: 1,204 h on 6 cameras would be deleted from tomorrow 14:10", and
    /// below it whose footage, of which days (S4.49).
    fn retention_consequences(&self, config: &Config) -> Vec<String> {
        let (_, utc) = self.now();
        let pending = self.keep.pending_under(&self.store, config, self.zone(), utc);
        let Some(pending) = pending else { return vec![] };
        let old = self.file.config.retention.keep.max_days.value;
        let new = config.retention.keep.max_days.value;
        let what =
            if old == new { "retention".into() } else { format!("retention {old} -> {new} days") };
        let all = format!(
            "{what}: {} h on {} would be deleted from {}",
            thousands(pending.hours.ceil() as u64),
            count(u64::from(pending.cameras), "camera"),
            self.zone().show_near(pending.takes_effect, utc)
        );
        std::iter::once(all).chain(whose(&pending.each, self.zone())).collect()
    }

    fn capacity(&self, config: &Config) -> Option<String> {
        let floor = config.retention.keep.min_days.value;
        match self.keep.figures.forecast {
            Some(f) => {
                let fit = f.days;
                let short = if fit < f64::from(floor) + 1.0 { ", too few" } else { "" };
                Some(format!(
                    "{fit:.1} days fit at the present bit rate; the floor is {floor}{short}"
                ))
            }
            None => declared_rate(config),
        }
    }
}

/// Cameras that are named one by one; those with the most first.
const NAMED_MAX: usize = 12;

/// "  hall: 1,204 h of 2026-09-02 to 2026-10-22 would be deleted".
fn whose(each: &[Going], zone: &Zone) -> Vec<String> {
    let mut each: Vec<&Going> = each.iter().collect();
    each.sort_by(|a, b| b.hours.total_cmp(&a.hours).then_with(|| a.camera.cmp(&b.camera)));
    let line = |going: &&Going| {
        let last = zone.day_of(going.until - Span::secs(1));
        let hours = thousands(going.hours.ceil() as u64);
        format!("{}: {hours} h of {} to {last}", going.camera, zone.day_of(going.from))
    };
    let mut lines: Vec<String> = each.iter().take(NAMED_MAX).map(line).collect();
    if let Some(rest) = each.get(NAMED_MAX..).filter(|rest| !rest.is_empty()) {
        let hours: f64 = rest.iter().map(|going| going.hours).sum();
        let cameras = count(rest.len() as u64, "more camera");
        lines.push(format!("{cameras}: {} h", thousands(hours.ceil() as u64)));
    }
    lines
}

/// The versions that would count if these rules were accepted now.
pub fn with_version(versions: &[Version], rules: Rules, now: Utc) -> Vec<Version> {
    let mut versions = versions.to_vec();
    if versions.last().map(|v| v.rules) != Some(rules) {
        versions.push(Version { accepted: now, rules });
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::CameraId;

    #[test]
    fn whose_footage_goes_is_told_with_its_days() {
        let at = |text: &str| text.parse::<Utc>().unwrap();
        let going = |camera: &str, hours| Going {
            camera: CameraId::new(camera).unwrap(),
            from: at("2026-09-01T23:30:00Z"),
            until: at("2026-10-22T23:00:00Z"),
            hours,
        };
        let zone = Zone::named("Europe/London").unwrap();
        let lines = whose(&[going("gate", 3.2), going("hall", 1_203.1)], &zone);
        let want =
            ["hall: 1,204 h of 2026-09-02 to 2026-10-22", "gate: 4 h of 2026-09-02 to 2026-10-22"];
        assert_eq!(lines, want);
        let many: Vec<Going> = (0..20).map(|n| going(&format!("cam-{n:02}"), 2.0)).collect();
        let lines = whose(&many, &zone);
        assert_eq!((lines.len(), lines[12].as_str()), (13, "8 more cameras: 16 h"));
        assert!(whose(&[], &zone).is_empty());
    }

    #[test]
    fn figures_read_well() {
        assert_eq!(thousands(1_204), "1,204");
        assert_eq!(thousands(999), "999");
        assert_eq!(
            (count(1, "camera"), count(2, "camera")),
            ("1 camera".into(), "2 cameras".into())
        );
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(size(1_382_400_000_000), "1.4 TB");
        assert_eq!(size(5_400_000), "5 MB");
    }
}
