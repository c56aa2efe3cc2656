//! The figures of a month or a year: for senior leaders each month (S4.85), for the yearly report
//! and the audit (S4.72, S4.74).

use std::collections::BTreeMap;

use jiff::civil::date;

use super::{fields, withdrawn};
use crate::base::time::{Day, Zone};
use crate::logbook::entry::{Act, Entry, Number};
use crate::logbook::kind::Kind;

/// Local days, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    pub first: Day,
    pub last: Day,
}

impl Period {
    /// `month` is 1 to 12, the year one that people live in.
    ///
    /// # Errors
    /// There is no such month.
    pub fn month(year: i16, month: i8) -> Result<Period, String> {
        let first = jiff::civil::Date::new(year, month, 1)
            .map_err(|_| format!("{year}-{month:02} is not a month; write it like 2026-11"))?;
        Ok(Period { first: Day(first), last: Day(first.last_of_month()) })
    }

    /// # Errors
    /// The calendar has no such year.
    pub fn year(year: i16) -> Result<Period, String> {
        let first = Period::month(year, 1)?.first;
        Ok(Period { first, last: Day(date(year, 12, 31)) })
    }
}

/// Records that began in the period, counted. Entries that a correction took back are left out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Statistics {
    /// Releases, by class of recipient.
    pub disclosures: BTreeMap<String, usize>,
    pub requests: usize,
    pub subject_access: usize,
    pub viewings: usize,
    pub live: usize,
    pub stills: usize,
    pub complaints: usize,
    /// Breaches and reported misuse.
    pub breaches: usize,
    /// By type.
    pub incidents: BTreeMap<String, usize>,
    pub emergencies: usize,
    pub visits: usize,
    pub faults: usize,
    pub alarms: usize,
    pub holds: usize,
    /// Daily checks by a person, and by the box on closed days.
    pub daily_checks: (usize, usize),
    /// By duty.
    pub missed: BTreeMap<String, usize>,
    /// Entries that say that footage younger than the floor was lost; none: the floor was kept
    /// (S1.25).
    pub shortfalls: Vec<Number>,
    /// Days on which retention deleted something (S0.19).
    pub deletion_days: usize,
}

impl Statistics {
    /// Was nothing lost before its time?
    pub fn retention_kept(&self) -> bool {
        self.shortfalls.is_empty()
    }
}

/// What a field says where a body was destroyed or leaves it out.
const UNKNOWN: &str = "unknown";

pub fn statistics(entries: &[Entry], period: Period, zone: &Zone) -> Statistics {
    let back = withdrawn(entries);
    let (from, to) = (zone.start_of(period.first), zone.end_of(period.last));
    let mut all = Statistics::default();
    for entry in entries {
        let header = &entry.header;
        let inside = from <= header.at && header.at < to;
        if inside && header.act == Act::Open && !back.contains(&entry.number) {
            all.count(entry);
        }
    }
    all
}

impl Statistics {
    fn count(&mut self, entry: &Entry) {
        let body = entry.body.as_ref();
        let word = |field| body.and_then(|b| b.text(field)).unwrap_or(UNKNOWN).to_string();
        let single = match entry.header.kind {
            Kind::Request => &mut self.requests,
            Kind::SubjectAccess => &mut self.subject_access,
            Kind::Viewing => &mut self.viewings,
            Kind::Live => &mut self.live,
            Kind::Still => &mut self.stills,
            Kind::Complaint => &mut self.complaints,
            Kind::Breach | Kind::Misuse => &mut self.breaches,
            Kind::Emergency => &mut self.emergencies,
            Kind::Visit => &mut self.visits,
            Kind::Fault => &mut self.faults,
            Kind::Alarm => &mut self.alarms,
            Kind::Hold => &mut self.holds,
            Kind::DeletionDay => &mut self.deletion_days,
            Kind::Release => self.disclosures.entry(word(fields::RECIPIENT)).or_default(),
            Kind::Incident => self.incidents.entry(word(fields::TYPE)).or_default(),
            Kind::DutyMissed => self.missed.entry(word(fields::DUTY)).or_default(),
            // Where the body is gone, a person's check is the likelier one: there are more.
            Kind::DailyCheck if body.is_some_and(|b| b.who.is_none()) => &mut self.daily_checks.1,
            Kind::DailyCheck => &mut self.daily_checks.0,
            Kind::Shortfall => return self.shortfalls.push(entry.number),
            _ => return,
        };
        *single += 1;
    }
}
