//! What an edit of the file will delete, told before it does: for `status` and `beadle plan`.

use std::collections::BTreeMap;

use super::Hold;
use super::days::Hour;
use super::retention::{Policy, in_force, inside_until, superseded};
use crate::base::limits::EDIT_GRACE;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc, Zone};

/// Footage that an edit will cost, told before it happens.
#[derive(Clone, PartialEq, Debug)]
pub struct Pending {
    /// When the first of it goes, unless the figure is put back before.
    pub takes_effect: Utc,
    pub hours: f64,
    pub bytes: u64,
    pub cameras: u32,
    /// Whose, and of when: whoever decides is told both (S4.49).
    pub each: Vec<Going>,
}

/// Footage of one camera that goes.
#[derive(Clone, PartialEq, Debug)]
pub struct Going {
    pub camera: CameraId,
    /// The first and the last moment of it.
    pub from: Utc,
    pub until: Utc,
    pub hours: f64,
}

/// What edits that wait out their grace will delete beyond what the rules in force delete by then.
///
/// For `beadle plan` the caller appends a version accepted `now`. Counts by the hours of the day
/// table: exact where the zone's midnights are whole hours of UTC; an hour that a hold touches
/// counts as held.
pub fn pending(
    hours: &BTreeMap<CameraId, Vec<Hour>>,
    policy: &Policy,
    holds: &[Hold],
    now: Utc,
    zone: &Zone,
) -> Option<Pending> {
    let mut out =
        Pending { takes_effect: Utc(i64::MAX), hours: 0.0, bytes: 0, cameras: 0, each: vec![] };
    for (camera, hours) in hours {
        let versions = policy.versions(camera);
        let (Some(old), Some(new)) = (in_force(versions, now), versions.last()) else {
            continue;
        };
        let drops = superseded(versions).map(|(_, s)| s + EDIT_GRACE).filter(|&end| {
            end > now && in_force(versions, end).is_some_and(|r| r.ceiling_days < old.ceiling_days)
        });
        let Some(from) = drops.min() else { continue };
        let lost: Vec<&Hour> = hours
            .iter()
            .filter(|h| {
                let start = h.start();
                inside_until(start, new.rules.ceiling_days, zone) <= from
                    && inside_until(start, old.ceiling_days, zone) > from
                    && !holds.iter().any(|hold| hold.covers(camera, start, h.end()))
            })
            .collect();
        let ends = lost.first().map(|h| h.start()).zip(lost.last().map(|h| h.end()));
        let (covered, bytes) =
            lost.iter().fold((Span::ZERO, 0), |(c, b), h| (c + h.covered, b + h.bytes));
        if covered > Span::ZERO {
            out.takes_effect = out.takes_effect.min(from);
            out.hours += covered.as_secs_f64() / 3600.0;
            out.bytes += bytes;
            out.cameras += 1;
            let (from, until) = ends.unwrap_or((now, now));
            let hours = covered.as_secs_f64() / 3600.0;
            out.each.push(Going { camera: camera.clone(), from, until, hours });
        }
    }
    (out.cameras > 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footage::days::split;
    use crate::footage::retention::{Rules, Version};

    #[test]
    fn a_shorter_ceiling_is_told_with_hours_and_cameras_and_taken_back() {
        let zone = Zone::named("Europe/London").unwrap();
        let utc = |text: &str| text.parse::<Utc>().unwrap();
        let now = utc("2026-11-21T14:10:00Z");
        let hours = |days: i64| split(now - Span::days(days), now, 1_000_000);
        let id = |name| CameraId::new(name).unwrap();
        let footage = BTreeMap::from([(id("hall"), hours(80)), (id("gate"), hours(10))]);
        let rules = |ceiling_days| Rules { floor_days: 10, ceiling_days };
        let version = |accepted, ceiling| Version { accepted, rules: rules(ceiling) };
        let old = version(now - Span::days(100), 90);
        let mut policy = Policy { otherwise: vec![old, version(now, 30)], ..Policy::default() };
        let got = pending(&footage, &policy, &[], now, &zone).unwrap();
        assert_eq!((got.takes_effect, got.cameras), (now + Span::days(1), 1));
        // 80 days back from 14:10; on 22 November 14:10 the days up to 22 October are past 30 days.
        // 2 September 14:10Z to 22 October 23:00Z (the midnight that ends it, summer time): 50 d 8
        // h 50 min.
        assert!((got.hours - (50.0 * 24.0 + 8.0 + 50.0 / 60.0)).abs() < 0.01, "{}", got.hours);
        let [going] = &got.each[..] else { panic!("{:?}", got.each) };
        assert_eq!((going.camera.as_str(), going.hours), ("hall", got.hours));
        let days = (zone.day_of(going.from), zone.day_of(going.until));
        assert_eq!(
            (days.0.to_string(), days.1.to_string()),
            ("2026-09-02".into(), "2026-10-23".into())
        );
        // Put back an hour later: nothing goes.
        policy.otherwise.push(version(now + Span::hours(1), 90));
        assert_eq!(pending(&footage, &policy, &[], now + Span::hours(2), &zone), None);
    }
}
