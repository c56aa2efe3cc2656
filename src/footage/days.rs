//! How much footage there is: hours, days, and how long the room will last (S0.20, R2.12).
//!
//! Counted in hours of UTC and gathered into local days when asked, because the zone can change in
//! the file and a local day has 23 or 25 hours twice a year. In a zone whose midnight is not a
//! whole hour of UTC, the hour that midnight cuts counts to the day in which it begins; only what
//! is shown depends on that, no deletion does.

use super::Hold;
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc, Zone};

const HOUR: Span = Span::hours(1);

/// One camera's footage in one hour of UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hour {
    /// Hours since 1970-01-01T00:00Z.
    pub hour: i64,
    /// At most an hour, unless a clock stepped back and the hour was recorded twice.
    pub covered: Span,
    pub bytes: u64,
}

impl Hour {
    pub fn start(&self) -> Utc {
        Utc(self.hour * HOUR.0)
    }

    pub fn end(&self) -> Utc {
        self.start() + HOUR
    }
}

/// Cuts a stretch of footage into the hours it touches; bytes are shared out by time and add up
/// exactly.
pub fn split(start: Utc, end: Utc, bytes: u64) -> Vec<Hour> {
    let span = (end - start).0.max(0);
    let first = start.0.div_euclid(HOUR.0);
    if span == 0 {
        return vec![Hour { hour: first, covered: Span::ZERO, bytes }];
    }
    let last = (end.0 - 1).div_euclid(HOUR.0);
    let mut left = bytes;
    (first..=last)
        .map(|hour| {
            let from = start.0.max(hour * HOUR.0);
            let to = end.0.min((hour + 1) * HOUR.0);
            let share = (u128::from(bytes) * (to - from) as u128 / span as u128) as u64;
            let bytes = if hour == last { left } else { share };
            left -= bytes;
            Hour { hour, covered: Span(to - from), bytes }
        })
        .collect()
}

/// What one camera has on disk.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Held {
    pub oldest: Option<Utc>,
    pub hours: f64,
    pub bytes: u64,
    /// Local days before today, counted back from yesterday, each with footage; the count ends at
    /// the first day without any. The oldest one counts only if its footage begins within its first
    /// hour. A floor of N is kept when this is at least N, or when the camera is younger than that.
    pub days: u32,
    /// Local days before today back to the oldest footage, days without any included.
    pub reach_days: u32,
    /// Of those, days without any footage: the camera was off, or a hold kept something much older.
    pub missing_days: u32,
    /// Bytes a day at the rate of the last 24 recorded hours; `None` before a quarter of an hour is
    /// recorded.
    pub bytes_per_day: Option<u64>,
}

/// Sums up one camera. `hours` in ascending order.
pub fn held(hours: &[Hour], oldest: Option<Utc>, zone: &Zone, now: Utc) -> Held {
    let covered: i64 = hours.iter().map(|h| h.covered.0).sum();
    let mut out = Held {
        oldest,
        hours: covered as f64 / HOUR.0 as f64,
        bytes: hours.iter().map(|h| h.bytes).sum(),
        bytes_per_day: rate(hours),
        ..Held::default()
    };
    let Some(oldest) = oldest else { return out };
    let today = zone.day_of(now);
    let with = days_with_footage(hours, zone);
    let oldest_day = zone.day_of(oldest);
    out.reach_days = today.since(oldest_day).max(0) as u32;
    let before = with.iter().filter(|&&d| d < today).count() as u32;
    out.missing_days = out.reach_days.saturating_sub(before);
    let mut day = today.plus(-1);
    for &found in with.iter().rev().filter(|&&d| d < today) {
        let whole = found != oldest_day || oldest - zone.start_of(found) <= HOUR;
        if found != day || !whole {
            break;
        }
        out.days += 1;
        day = day.plus(-1);
    }
    out
}

/// Local days that hold any footage, ascending. Asks the zone once a day, not once an hour.
fn days_with_footage(hours: &[Hour], zone: &Zone) -> Vec<Day> {
    let mut out: Vec<Day> = Vec::new();
    let mut until = Utc(i64::MIN);
    for h in hours.iter().filter(|h| h.covered > Span::ZERO) {
        if h.start() >= until {
            let day = zone.day_of(h.start());
            until = zone.end_of(day);
            out.push(day);
        }
    }
    out
}

/// Bytes a day at the rate of the newest 24 recorded hours, pauses not counted.
fn rate(hours: &[Hour]) -> Option<u64> {
    let (mut covered, mut bytes) = (0i64, 0u64);
    for h in hours.iter().rev() {
        if covered >= Span::hours(24).0 {
            break;
        }
        covered += h.covered.0;
        bytes += h.bytes;
    }
    let day = Span::days(1).0 as u128;
    (covered >= Span::mins(15).0).then(|| (u128::from(bytes) * day / covered as u128) as u64)
}

/// Bytes that a hold keeps, and how many of them began before `floor`: what retention cannot take,
/// whatever their age (S0.15, R1.23). An hour that a hold touches counts as held.
pub fn under_hold(hours: &[Hour], camera: &CameraId, holds: &[Hold], floor: Utc) -> (u64, u64) {
    let held = |h: &&Hour| holds.iter().any(|hold| hold.covers(camera, h.start(), h.end()));
    hours.iter().filter(held).fold((0, 0), |(all, past), h| {
        let old = if h.start() < floor { h.bytes } else { 0 };
        (all + h.bytes, past + old)
    })
}

/// One disk, or all disks that cameras can be spread over, looked at together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Load {
    /// Room above `keep-free`.
    pub free: u64,
    /// Bytes of footage on it that retention may delete one day: everything not held.
    pub deletable: u64,
    /// Of those, bytes already past their floor.
    pub past_floor: u64,
    /// What the cameras write in a day at their present rate.
    pub bytes_per_day: u64,
    /// The longest floor of the cameras on it.
    pub floor_days: u32,
}

/// How long the room will last.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Forecast {
    /// Days of footage that fit.
    pub days: f64,
    pub floor_kept: bool,
    /// When the floor will be broken if nothing changes.
    pub breaks_at: Option<Utc>,
}

/// `None` while nothing is being recorded: then there is no rate to judge by.
pub fn forecast(load: Load, now: Utc) -> Option<Forecast> {
    if load.bytes_per_day == 0 {
        return None;
    }
    let rate = load.bytes_per_day as f64;
    let days = load.free.saturating_add(load.deletable) as f64 / rate;
    // Today is kept beside the N whole days, so N + 1 days have to fit.
    let floor_kept = days >= f64::from(load.floor_days) + 1.0;
    let left = load.free.saturating_add(load.past_floor) as f64 / rate;
    let breaks = now + Span((left.min(36_500.0) * Span::days(1).0 as f64) as i64);
    Some(Forecast { days, floor_kept, breaks_at: (!floor_kept).then_some(breaks) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Utc {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str) -> Vec<Hour> {
        let (from, to) = (utc(from).0 / HOUR.0, utc(to).0 / HOUR.0);
        (from..to).map(|hour| Hour { hour, covered: HOUR, bytes: 1000 }).collect()
    }

    #[test]
    fn bytes_and_time_add_up_across_the_hour() {
        let parts = split(utc("2026-11-21T08:59:30Z"), utc("2026-11-21T09:00:30Z"), 1001);
        let shape: Vec<_> = parts.iter().map(|h| (h.covered.as_secs(), h.bytes)).collect();
        assert_eq!(shape, [(30, 500), (30, 501)]);
        assert_eq!(split(utc("2026-11-21T09:00:00Z"), utc("2026-11-21T10:00:00Z"), 7).len(), 1);
        assert_eq!(split(utc("2026-11-21T09:00:00Z"), utc("2026-11-21T09:00:00Z"), 7)[0].bytes, 7);
    }

    #[test]
    fn whole_local_days_are_counted_back_from_yesterday() {
        let london = Zone::named("Europe/London").unwrap();
        // (footage from, footage to, now, days, reach, missing)
        let table = [
            ("2026-11-10T00:00:00Z", "2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", 11, 11, 0),
            ("2026-11-10T05:00:00Z", "2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", 10, 11, 0),
            ("2026-11-21T05:00:00Z", "2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", 0, 0, 0),
            // The day of 23 hours began at 00:00 GMT, the days after it begin at 23:00Z.
            ("2026-03-29T00:00:00Z", "2026-04-01T08:00:00Z", "2026-04-01T08:00:00Z", 3, 3, 0),
            ("2026-03-29T23:00:00Z", "2026-04-01T08:00:00Z", "2026-04-01T08:00:00Z", 2, 2, 0),
            // The day of 25 hours began at 23:00Z.
            ("2026-10-24T23:00:00Z", "2026-10-27T08:00:00Z", "2026-10-27T08:00:00Z", 2, 2, 0),
            ("2026-10-25T01:00:00Z", "2026-10-27T08:00:00Z", "2026-10-27T08:00:00Z", 1, 2, 0),
            // Nothing since the day before yesterday: no day can be counted back from today.
            ("2026-11-10T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-21T08:00:00Z", 0, 11, 1),
        ];
        for (from, to, now, days, reach, missing) in table {
            let h = hours(from, to);
            let got = held(&h, Some(utc(from)), &london, utc(now));
            let shape = (got.days, got.reach_days, got.missing_days);
            assert_eq!(shape, (days, reach, missing), "{from} to {to}");
        }
    }

    #[test]
    fn an_island_under_hold_is_not_days_held() {
        let mut h = hours("2026-08-01T00:00:00Z", "2026-08-02T00:00:00Z");
        h.extend(hours("2026-11-11T00:00:00Z", "2026-11-21T08:00:00Z"));
        let now = utc("2026-11-21T08:00:00Z");
        let got = held(&h, Some(utc("2026-08-01T00:00:00Z")), &Zone::utc(), now);
        assert_eq!((got.days, got.reach_days, got.missing_days), (10, 112, 101));
        assert_eq!(got.bytes_per_day, Some(24_000));
    }

    #[test]
    fn the_forecast_says_when_the_floor_breaks() {
        let now = utc("2026-11-21T08:00:00Z");
        let load =
            Load { free: 100, deletable: 200, past_floor: 0, bytes_per_day: 10, floor_days: 29 };
        let f = forecast(load, now).unwrap();
        assert_eq!((f.days, f.floor_kept, f.breaks_at), (30.0, true, None));
        let f = forecast(Load { floor_days: 30, past_floor: 20, ..load }, now).unwrap();
        assert_eq!((f.floor_kept, f.breaks_at), (false, Some(now + Span::days(12))));
        assert_eq!(forecast(Load { bytes_per_day: 0, ..load }, now), None);
    }

    #[test]
    fn held_footage_is_no_room_that_retention_can_make() {
        let hours = hours("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z");
        let (gate, hall) = (CameraId::new("gate").unwrap(), CameraId::new("hall").unwrap());
        let hold = |cameras: Vec<CameraId>, ended| Hold {
            id: "H-2026-0001".into(),
            cameras,
            start: utc("2026-11-01T22:30:00Z"),
            end: utc("2026-11-02T02:00:00Z"),
            reference: String::new(),
            reason: String::new(),
            placed: Utc(0),
            review: Utc(0),
            ended,
        };
        let floor = utc("2026-11-02T00:00:00Z");
        for (holds, want) in [
            (vec![], (0, 0)),
            (vec![hold(vec![hall.clone()], None)], (0, 0)),
            (vec![hold(vec![], Some(floor))], (0, 0)),
            (vec![hold(vec![gate.clone()], None)], (4_000, 2_000)),
            // Twice held is held once.
            (vec![hold(vec![gate.clone()], None), hold(vec![], None)], (4_000, 2_000)),
        ] {
            assert_eq!(under_hold(&hours, &gate, &holds, floor), want, "{holds:?}");
        }
    }
}
