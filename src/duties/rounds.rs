//! When a duty comes round: the calendar is cut into rounds, and each wants the duty done once.
//!
//! Without a date of its own a duty goes by the calendar: each day, week from Monday, month, term,
//! half of the year. With `due=` its rounds lie around the dates, each from half-way after the
//! last date to half-way before the next, so that a visit counts for the date that it is nearest
//! to. All is counted in local days; a round may hold a day of 23 or 25 hours.

use jiff::civil::{Date, date};

use crate::base::time::{Day, Utc, Zone};
use crate::config::calendar::{Calendar, is_gap};
use crate::config::value::{Every, TimeOfDay};

/// What is cut, and how.
#[derive(Clone, Debug)]
pub(super) struct Rounds<'a> {
    pub zone: &'a Zone,
    pub calendar: &'a Calendar,
    pub every: Every,
    /// The first date; later ones follow by `every`.
    pub due: Option<Day>,
    pub before: Option<TimeOfDay>,
    /// Years without a date are counted from here.
    pub anchor: Day,
}

/// One round in local days, `first <= last < next`; the next round begins with `next`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Round {
    /// From this day on the duty counts as done for this round.
    pub first: Day,
    /// The day by which it is to be done.
    pub last: Day,
    pub next: Day,
    /// From this day on people are asked.
    pub asks: Day,
}

/// Rounds of a term that nobody entered begin with these months; they are the English terms.
const THIRDS: [i8; 3] = [1, 5, 9];
/// What is left of such a round before a known term begins is no round when shorter.
const REST_DAYS_MIN: i64 = 28;

/// How long before its last day a duty is asked for.
fn lead_days(every: Every) -> i64 {
    match every {
        Every::Day => 1,
        Every::Week => 7,
        Every::Month => 14,
        Every::Term => 30,
        Every::HalfYear => 45,
        Every::Year => 90,
    }
}

impl Rounds<'_> {
    /// The round that holds a day; before the first date of a dated duty, its first round.
    pub fn at(&self, day: Day) -> Round {
        let (first, last, next) = match (self.every, self.due) {
            (Every::Day, _) => (day, day, day.plus(1)),
            (every, Some(due)) => dated(due, every, day),
            (Every::Week, None) => {
                let first = day.plus(-i64::from(day.0.weekday().to_monday_zero_offset()));
                tile(first, first.plus(7))
            }
            (Every::Month, None) => {
                let first = Day(day.0.first_of_month());
                tile(first, months_after(first, 1))
            }
            (Every::Term, None) => self.term(day),
            (Every::HalfYear, None) => {
                let month = if day.0.month() < 7 { 1 } else { 7 };
                let first = Day(date(day.year(), month, 1));
                tile(first, months_after(first, 6))
            }
            (Every::Year, None) => {
                let k = steps(self.anchor, 12, day);
                tile(months_after(self.anchor, 12 * k), months_after(self.anchor, 12 * (k + 1)))
            }
        };
        let asks = first.max(last.plus(1 - lead_days(self.every)));
        Round { first, last, next, asks }
    }

    /// The moment by which it is to be done.
    pub fn deadline(&self, round: Round) -> Utc {
        let clock = self.before.map(|t| (t.hour as i8, t.minute as i8, 0));
        let moment = clock.and_then(|clock| self.zone.moments_of(round.last, clock).ok());
        // An hour that comes twice is over when it is over the second time.
        moment.map_or(self.zone.end_of(round.last), |(_, later)| later)
    }

    /// Does the calendar alone say when, so that a round that was half over when the duty came is
    /// none of its rounds?
    pub fn is_tiled(&self) -> bool {
        self.every == Every::Day || self.due.is_none()
    }

    /// A known term; else a third of the year, so far as no known term has it.
    fn term(&self, day: Day) -> (Day, Day, Day) {
        let terms = self.calendar.terms_in_order();
        let begun = terms.iter().rposition(|(first, _)| *first <= day);
        let after = terms.get(begun.map_or(0, |n| n + 1)).map(|(first, _)| *first);
        let is_rest = |from: Day| after.is_some_and(|after| after.since(from) < REST_DAYS_MIN);
        if let Some((first, last)) = begun.map(|n| terms[n]) {
            let third = third_from(last.plus(1));
            let next = match after {
                Some(after) if is_gap(last, after) || is_rest(third) => after,
                _ => third,
            };
            if day < next {
                return (first, last, next);
            }
        }
        let first = third_of(day);
        let next = months_after(first, 4);
        match after {
            Some(after) if is_rest(first) => (months_after(first, -4), first.plus(-1), after),
            Some(after) if is_rest(next) => (first, next.min(after).plus(-1), after),
            _ => tile(first, next),
        }
    }
}

fn tile(first: Day, next: Day) -> (Day, Day, Day) {
    (first, next.plus(-1), next)
}

/// The third of the year that holds a day.
fn third_of(day: Day) -> Day {
    let month = THIRDS.iter().rfind(|m| **m <= day.0.month()).copied().unwrap_or(1);
    Day(date(day.year(), month, 1))
}

/// The first third of a year that begins on that day or later.
fn third_from(day: Day) -> Day {
    let first = third_of(day);
    if first == day { day } else { months_after(first, 4) }
}

/// The same day of a later month, or the last day of a shorter one; stays put at the ends of the
/// calendar.
pub(super) fn months_after(day: Day, months: i64) -> Day {
    let step = jiff::Span::new().try_months(months).unwrap_or_default();
    Day(Date::saturating_add(day.0, step))
}

/// How often `months` go into the time from `from` to `day`; 0 before `from`.
fn steps(from: Day, months: i64, day: Day) -> i64 {
    let apart = |d: Day| i64::from(d.year()) * 12 + i64::from(d.0.month());
    let guess = (apart(day) - apart(from)).div_euclid(months).max(0);
    // The day of the month decides the last step.
    if guess > 0 && months_after(from, guess * months) > day { guess - 1 } else { guess }
}

/// The date that a day is nearest to, with the middles before and after it.
fn dated(due: Day, every: Every, day: Day) -> (Day, Day, Day) {
    let date_of = |k: i64| match every {
        Every::Day => due.plus(k),
        Every::Week => due.plus(7 * k),
        Every::Month => months_after(due, k),
        Every::Term => months_after(due, 4 * k),
        Every::HalfYear => months_after(due, 6 * k),
        Every::Year => months_after(due, 12 * k),
    };
    let middle = |k: i64| {
        let (a, b) = (date_of(k), date_of(k + 1));
        // Never before the date itself is over.
        a.plus((b.since(a) / 2).max(1))
    };
    let mut k = match every {
        Every::Day => day.since(due).max(0),
        Every::Week => (day.since(due) / 7).max(0),
        Every::Month => steps(due, 1, day),
        Every::Term => steps(due, 4, day),
        Every::HalfYear => steps(due, 6, day),
        Every::Year => steps(due, 12, day),
    };
    if day >= middle(k) {
        k += 1;
    }
    (middle(k - 1), date_of(k), middle(k))
}
