//! `calendar`: terms and closed days. On a closed day the machine's own check stands alone (K14).

use super::read::Node;
use super::value::At;
use crate::base::time::{Day, Utc, Zone};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Calendar {
    pub terms: Vec<Period>,
    pub closed: Vec<Period>,
    /// Closed on Saturday and Sunday too.
    pub weekends_closed: bool,
}

/// Both days included; `first <= last`.
#[derive(Clone, PartialEq, Debug)]
pub struct Period {
    pub first: At<Day>,
    pub last: At<Day>,
    pub title: Option<At<String>>,
}

/// Days between two terms that are a holiday at most. English summers have six weeks, those of
/// independent schools up to ten; a longer hole means that a term was never entered.
const HOLIDAY_DAYS_MAX: i64 = 75;

/// Caretakers open and close a school in this time of day; what happens outside it is rare.
const HOURS: (i8, i8) = (7, 18);

impl Calendar {
    /// Is anybody expected at school on that day (K14)? Closed are the closed days, the days
    /// between two terms, and weekends where the file says so. Before the first term, after the
    /// last and in a hole that is no holiday nobody said, so the day counts as open.
    pub fn is_open(&self, day: Day) -> bool {
        use jiff::civil::Weekday::{Saturday, Sunday};
        let weekend = matches!(day.0.weekday(), Saturday | Sunday);
        let closed = self.closed.iter().any(|p| p.holds(day));
        !(closed || self.is_holiday(day) || (weekend && self.weekends_closed))
    }

    /// Before seven, after six, or on a day on which nobody is expected (S1.31, S4.67).
    pub fn is_out_of_hours(&self, zone: &Zone, at: Utc) -> bool {
        let day = zone.day_of(at);
        let hour = |h: i8| zone.moments_of(day, (h, 0, 0)).map(|(first, _)| first);
        let inside = |(from, to): (Utc, Utc)| from <= at && at < to;
        let staffed = hour(HOURS.0).ok().zip(hour(HOURS.1).ok()).is_some_and(inside);
        !(staffed && self.is_open(day))
    }

    fn is_holiday(&self, day: Day) -> bool {
        let before = self.terms.iter().map(|t| t.last.value).filter(|last| *last < day).max();
        let after = self.terms.iter().map(|t| t.first.value).filter(|first| *first > day).min();
        let inside = self.terms.iter().any(|t| t.holds(day));
        before.zip(after).is_some_and(|(last, first)| !inside && is_gap(last, first))
    }

    /// First and last day of each term, in order. Each ends before the next begins: where two of
    /// the file overlap, the later one begins after the earlier.
    pub fn terms_in_order(&self) -> Vec<(Day, Day)> {
        let mut all: Vec<(Day, Day)> =
            self.terms.iter().map(|t| (t.first.value, t.last.value)).collect();
        all.sort();
        let mut out: Vec<(Day, Day)> = Vec::new();
        for (first, last) in all {
            let first = out.last().map_or(first, |(_, before)| first.max(before.plus(1)));
            if first <= last {
                out.push((first, last));
            }
        }
        out
    }

    pub(super) fn decode(mut n: Node<'_>) -> Calendar {
        let weekends_closed = n.flag("weekends-closed");
        let terms = n.many("term").into_iter().filter_map(Period::decode).collect();
        let closed = n.many("closed").into_iter().filter_map(Period::decode).collect();
        n.finish();
        Calendar { terms, closed, weekends_closed }
    }
}

/// Are the days from the end of one term to the beginning of the next a holiday?
pub fn is_gap(last: Day, first: Day) -> bool {
    first.since(last) - 1 <= HOLIDAY_DAYS_MAX
}

impl Period {
    pub fn holds(&self, day: Day) -> bool {
        (self.first.value..=self.last.value).contains(&day)
    }

    fn decode(mut n: Node<'_>) -> Option<Period> {
        let first = n.arg::<Day>("the first day");
        let last = n.arg_opt::<Day>("the last day");
        let title = n.prop("title");
        n.in_order("the first day", &first, "the last day", &last);
        n.finish();
        let first = first?;
        // One day alone, like a training day.
        let last = last.unwrap_or_else(|| first.clone());
        Some(Period { first, last, title })
    }
}
