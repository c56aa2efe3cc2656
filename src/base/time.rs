//! Moments, spans, local calendar days. The one place that knows the school's time zone.
//!
//! Everything stored is UTC; local time is for people and for counting days of retention (R7.2).

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z. Serialised as RFC 3339 with milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Utc(pub i64);

/// A length of time in microseconds; may be negative (a clock that stepped back).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Span(pub i64);

impl Span {
    pub const ZERO: Span = Span(0);

    pub const fn micros(us: i64) -> Span {
        Span(us)
    }

    pub const fn millis(ms: i64) -> Span {
        Span(ms * 1_000)
    }

    pub const fn secs(s: i64) -> Span {
        Span(s * 1_000_000)
    }

    pub const fn mins(m: i64) -> Span {
        Span::secs(m * 60)
    }

    pub const fn hours(h: i64) -> Span {
        Span::secs(h * 3_600)
    }

    pub const fn days(d: i64) -> Span {
        Span::hours(d * 24)
    }

    pub const fn as_millis(self) -> i64 {
        self.0 / 1_000
    }

    pub const fn as_secs(self) -> i64 {
        self.0 / 1_000_000
    }

    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    pub const fn abs(self) -> Span {
        Span(self.0.abs())
    }

    /// For timers; a negative span waits for nothing.
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_micros(self.0.max(0) as u64)
    }

    /// For people: `31 h`, `4 min 05 s`, `0.8 s`, `12 days`.
    pub fn in_words(self) -> String {
        let s = self.0.abs() / 1_000_000;
        match s {
            0..10 => format!("{:.1} s", self.0.abs() as f64 / 1e6),
            10..120 => format!("{s} s"),
            120..7_200 => format!("{} min", s / 60),
            7_200..172_800 => format!("{} h", s / 3_600),
            _ => format!("{} days", s / 86_400),
        }
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0 + other.0)
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0 - other.0)
    }
}

impl Utc {
    pub const fn from_secs(s: i64) -> Utc {
        Utc(s * 1_000_000)
    }

    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// `2026-11-21` and `084100Z`: the folder and the stem of a segment that starts now. By integer
    /// arithmetic: a page of 2,000 rows of the index asks this 2,000 times, and a calendar library
    /// takes ten times as long.
    pub fn folder_and_stem(self) -> (String, String) {
        let secs = self.as_secs();
        let (y, m, d) = civil(secs.div_euclid(86_400));
        let s = secs.rem_euclid(86_400);
        let (hour, minute, second) = (s / 3600, s / 60 % 60, s % 60);
        (format!("{y:04}-{m:02}-{d:02}"), format!("{hour:02}{minute:02}{second:02}Z"))
    }

    /// The UTC calendar day, for folders and journals; never for retention, which counts local
    /// days.
    pub fn utc_day(self) -> Day {
        Day(self.timestamp().to_zoned(TimeZone::UTC).date())
    }
}

/// Year, month, day of a number of days since 1970: years begin in March, eras have 400 years.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

impl Add<Span> for Utc {
    type Output = Utc;
    fn add(self, span: Span) -> Utc {
        Utc(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Utc {
    type Output = Utc;
    fn sub(self, span: Span) -> Utc {
        Utc(self.0.saturating_sub(span.0))
    }
}

impl Sub for Utc {
    type Output = Span;
    fn sub(self, other: Utc) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let z = self.timestamp().to_zoned(TimeZone::UTC);
        write!(f, "{}", z.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
    }
}

impl fmt::Debug for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Utc {
    type Err = String;
    fn from_str(text: &str) -> Result<Utc, String> {
        let moment: Timestamp = text
            .parse()
            .map_err(|_| format!("\"{text}\" is not a time; write it like 2026-11-21T08:41:00Z"))?;
        Ok(Utc(moment.as_microsecond()))
    }
}

impl Serialize for Utc {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Utc {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Utc, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar day without a zone; which moments it holds is asked of a [`Zone`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub Date);

impl Day {
    /// The day `n` days later, or earlier when negative; stays put at the ends of the calendar.
    pub fn plus(self, n: i64) -> Day {
        let step = jiff::Span::new().try_days(n).unwrap_or_default();
        Day(self.0.saturating_add(step))
    }

    /// The same day `n` calendar months later; the last of its month where that one is shorter.
    pub fn plus_months(self, n: i64) -> Day {
        let step = jiff::Span::new().try_months(n).unwrap_or_default();
        Day(self.0.saturating_add(step))
    }

    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Days from `earlier` to `self`.
    pub fn since(self, earlier: Day) -> i64 {
        (self.0 - earlier.0).get_days() as i64
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Day {
    type Err = String;
    fn from_str(text: &str) -> Result<Day, String> {
        text.parse()
            .map(Day)
            .map_err(|_| format!("\"{text}\" is not a date; write it like 2026-11-21"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Day, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The school's time zone, from bundled tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// # Errors
    /// The name is not in the IANA tables (`Europe/London` is).
    pub fn named(name: &str) -> Result<Zone, String> {
        TimeZone::get(name)
            .map(Zone)
            .map_err(|_| format!("\"{name}\" is not a time zone; write it like Europe/London"))
    }

    pub fn day_of(&self, at: Utc) -> Day {
        Day(at.timestamp().to_zoned(self.0.clone()).date())
    }

    /// The hour of the local clock, 0 to 23.
    pub fn hour_of(&self, at: Utc) -> i8 {
        at.timestamp().to_zoned(self.0.clone()).hour()
    }

    /// The first moment of a local day. Where a clock change skips midnight, the moment after the
    /// skip.
    pub fn start_of(&self, day: Day) -> Utc {
        match day.0.to_zoned(self.0.clone()) {
            Ok(z) => Utc(z.timestamp().as_microsecond()),
            Err(_) => Utc(i64::MAX / 2),
        }
    }

    /// The midnight that ends a local day; 23, 24 or 25 hours after it began.
    pub fn end_of(&self, day: Day) -> Utc {
        self.start_of(day.plus(1))
    }

    /// The first and the last moment that a local clock time can mean: the same but in the hour
    /// that autumn repeats. A time that spring skips is read as if the clock had not been put
    /// forward.
    ///
    /// # Errors
    /// No such time of day.
    pub fn moments_of(&self, day: Day, clock: (i8, i8, i8)) -> Result<(Utc, Utc), String> {
        let (h, m, s) = clock;
        let fault = |_| format!("{h:02}:{m:02}:{s:02} is not a time of day");
        let time = jiff::civil::Time::new(h, m, s, 0).map_err(fault)?;
        let local = self.0.to_ambiguous_zoned(day.0.to_datetime(time));
        let at = |z: jiff::Zoned| Utc(z.timestamp().as_microsecond());
        if matches!(local.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            let only = at(local.compatible().map_err(fault)?);
            return Ok((only, only));
        }
        let first = at(local.clone().earlier().map_err(fault)?);
        Ok((first, at(local.later().map_err(fault)?)))
    }

    /// Local date and time as MS-DOS counts them, in two seconds from 1980 on: what a ZIP file
    /// says of its files.
    pub fn dos_date(&self, at: Utc) -> (u16, u16) {
        let at = at.timestamp().to_zoned(self.0.clone());
        let years = (at.year() - 1980).clamp(0, 127) as u16; // within seven bits
        let part = |n: i8| n as u16; // a civil field is never negative
        let date = years << 9 | part(at.month()) << 5 | part(at.day());
        (date, part(at.hour()) << 11 | part(at.minute()) << 5 | (part(at.second()) / 2))
    }

    /// `2026-11-21 08:41:07 GMT`, for people; zone shown because twice a year it matters (R7.2).
    pub fn show(&self, at: Utc) -> String {
        at.timestamp().to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    /// How far local time is ahead of UTC at this moment.
    pub fn ahead_of_utc(&self, at: Utc) -> Span {
        Span::secs(i64::from(at.timestamp().to_zoned(self.0.clone()).offset().seconds()))
    }

    /// `14:10`, `yesterday 14:10` or `2026-10-03 14:10`, seen from `now`.
    pub fn show_near(&self, at: Utc, now: Utc) -> String {
        let clock = at.timestamp().to_zoned(self.0.clone()).strftime("%H:%M").to_string();
        match self.day_of(at).since(self.day_of(now)) {
            0 => clock,
            -1 => format!("yesterday {clock}"),
            1 => format!("tomorrow {clock}"),
            _ => format!("{} {clock}", self.day_of(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn folders_and_stems_are_the_calendar_s(us in 0i64..(1 << 52)) {
            let z = Utc(us).timestamp().to_zoned(TimeZone::UTC);
            let calendar =
                (z.strftime("%Y-%m-%d").to_string(), z.strftime("%H%M%SZ").to_string());
            proptest::prop_assert_eq!(Utc(us).folder_and_stem(), calendar);
        }
    }

    #[test]
    fn a_day_of_the_clock_change_has_23_or_25_hours() {
        let london = Zone::named("Europe/London").unwrap();
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)] {
            let day: Day = day.parse().unwrap();
            assert_eq!(london.end_of(day) - london.start_of(day), Span::hours(hours));
        }
    }

    #[test]
    fn an_hour_that_comes_twice_has_two_moments() {
        let london = Zone::named("Europe/London").unwrap();
        for (day, clock, first, last) in [
            ("2026-11-21", (8, 41, 0), "2026-11-21T08:41:00Z", "2026-11-21T08:41:00Z"),
            ("2026-10-25", (1, 30, 0), "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("2026-03-29", (1, 30, 0), "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z"),
        ] {
            let got = london.moments_of(day.parse().unwrap(), clock).unwrap();
            assert_eq!(got, (first.parse().unwrap(), last.parse().unwrap()), "{day}");
        }
        assert!(london.moments_of("2026-10-25".parse().unwrap(), (25, 0, 0)).is_err());
    }

    #[test]
    fn times_travel_as_rfc_3339() {
        let t: Utc = "2026-11-21T08:41:00.250Z".parse().unwrap();
        assert_eq!(t.to_string(), "2026-11-21T08:41:00.250Z");
        assert_eq!(t.folder_and_stem(), ("2026-11-21".into(), "084100Z".into()));
    }

    #[test]
    fn days_count_across_months() {
        let a: Day = "2026-02-27".parse().unwrap();
        assert_eq!(a.plus(3).to_string(), "2026-03-02");
        assert_eq!(a.plus(90).since(a), 90);
    }
}
