//! When something is due about a record: by local days where the law counts days and months, by
//! hours where it counts hours.
//!
//! A month is a calendar month: what comes on 31 January is due on the last day of February. Due
//! "on a day" means until the midnight that ends the school's day. Weekends and holidays move
//! nothing: the law lets some clocks run on to the next working day, and keeping the earlier date
//! is never late.

use super::record::{Due, Record, State};
use crate::base::time::{Day, Span, Utc, Zone};
use crate::config::Config;
use crate::logbook::entry::{Act, Value};
use crate::logbook::kind::Kind;

/// What of the file the clocks follow.
#[derive(Clone, PartialEq, Debug)]
pub struct Clocks {
    pub zone: Zone,
    /// Days to acknowledge a complaint (R1.11).
    pub complaint_days: i64,
    /// From noticing a breach to the Commissioner (R1.22).
    pub breach: Span,
    /// The school's own promise for access requests, where it is shorter than the law's month.
    pub access_days: Option<i64>,
    /// A spoken word is confirmed within this (K7).
    pub confirm: Span,
}

const DAY: i64 = 86_400;

impl Clocks {
    pub fn of(config: &Config) -> Clocks {
        let access = &config.disclosure.subject_access.answer_within;
        Clocks {
            zone: config.site.zone.clone(),
            complaint_days: config.complaints.answer_within.value.0.as_secs() / DAY,
            breach: config.breaches.notify_within.value.0,
            access_days: access.place().map(|_| access.value.0.as_secs() / DAY),
            confirm: config.viewing.confirm_within.value.0,
        }
    }
}

/// Does such a record go on until somebody closes it? A release does where the copy stays in the
/// school (S4.87), an alarm until it ends; most kinds are complete at once.
pub fn stays_open(record: &Record) -> bool {
    match record.kind {
        Kind::Release => record.text("keeper").is_some(),
        // Reviewed after a code was used (S4.42).
        Kind::BreakGlass => record.text("event") == Some("used"),
        kind => CLOSED_BY_HAND.contains(&kind),
    }
}

/// Kinds with a closing entry.
pub const CLOSED_BY_HAND: [Kind; 23] = [
    Kind::Alarm,
    Kind::Approval,
    Kind::Exception,
    Kind::AdminSession,
    Kind::Permission,
    Kind::Clip,
    Kind::Live,
    Kind::Viewing,
    Kind::SpotCheck,
    Kind::Still,
    Kind::Visit,
    Kind::Request,
    Kind::SubjectAccess,
    Kind::Export,
    Kind::Hold,
    Kind::OriginalDrive,
    Kind::Stick,
    Kind::Incident,
    Kind::Fault,
    Kind::Complaint,
    Kind::Breach,
    Kind::Misuse,
    Kind::Covert,
];

/// Kinds whose clock runs on when the record is closed: a spoken word still wants confirming.
pub fn outlives(record: &Record) -> bool {
    spoken_at(record).is_some()
}

/// By when something has to be done, if anything has.
pub fn due(record: &Record, clocks: &Clocks) -> Option<Due> {
    let by_kind = match record.state {
        State::Open => of_kind(record, clocks),
        State::Closed => None,
    };
    let spoken = spoken_at(record).map(|at| at + clocks.confirm);
    let spoken = spoken.map(|at| needs(at, "the spoken word is confirmed"));
    // Whatever comes first.
    [by_kind, spoken].into_iter().flatten().min_by_key(|d| d.at)
}

fn of_kind(record: &Record, clocks: &Clocks) -> Option<Due> {
    let end = |day: Day| clocks.zone.end_of(day);
    let day = |name: &str| record.text(name)?.parse::<Day>().ok();
    match record.kind {
        Kind::SubjectAccess => {
            let day = access(record).due(clocks.access_days)?;
            Some(needs(end(day), "it is answered"))
        }
        Kind::Complaint if !record.had_step("acknowledged") => {
            // The day after receipt counts as the first (R1.11).
            let day = day("received")?.plus(clocks.complaint_days);
            Some(needs(end(day), "it is acknowledged"))
        }
        Kind::Breach if record.yes("personal-data") => {
            if record.had_step("commissioner") || record.had_step("not-notifiable") {
                return None;
            }
            let noticed: Utc = record.text("noticed")?.parse().ok()?;
            Some(needs(noticed + clocks.breach, "the Information Commissioner is told"))
        }
        Kind::Covert => Some(needs(end(covert(record).until?), "it is renewed or cancelled")),
        Kind::Exception => Some(needs(end(day("until")?), "it is ended, or made anew")),
        Kind::Hold => Some(needs(end(day("review-by")?), "it is looked at again")),
        Kind::Still | Kind::Release => {
            Some(needs(end(day("destroy-by")?), "the copy is destroyed or looked at again"))
        }
        Kind::Permission => {
            let at = record.text("expires")?.parse().ok()?;
            Some(Due { at, what: "it ends".into(), lapses: true })
        }
        Kind::Clip => {
            let at = end(day("clip-until")?);
            Some(Due { at, what: "it is shown no more".into(), lapses: true })
        }
        _ => None,
    }
}

fn needs(at: Utc, what: &str) -> Due {
    Due { at, what: what.into(), lapses: false }
}

/// When a word was given by mouth that nobody has confirmed (S4.12).
fn spoken_at(record: &Record) -> Option<Utc> {
    // A word on which nothing was done needs nobody's confirmation.
    let spoken = |p: &&super::record::Part| {
        p.kind != Kind::Refused && p.text("authority-form") == Some("verbal")
    };
    let last = record.parts.iter().rfind(spoken)?;
    let confirmed = record.parts.iter().any(|p| {
        p.kind == Kind::Confirmation
            && p.number > last.number
            && p.answers.contains_key("confirmed")
    });
    (!confirmed).then_some(last.at)
}

/// The clock of an access request (R1.7).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccessClock {
    pub received: Option<Day>,
    /// Days that the clock stood.
    pub paused_days: i64,
    /// It stands since that day: nothing is due.
    pub paused_since: Option<Day>,
    /// Months of extension, 0 to 2.
    pub months: i64,
}

pub fn access(record: &Record) -> AccessClock {
    let mut clock = AccessClock {
        received: record.text("received").and_then(|d| d.parse().ok()),
        ..AccessClock::default()
    };
    for part in &record.parts {
        match part.text("step") {
            Some("pause") if clock.paused_since.is_none() => clock.paused_since = part.day("on"),
            Some("resume") => {
                if let Some((since, on)) = clock.paused_since.take().zip(part.day("on")) {
                    clock.paused_days += on.since(since).max(0);
                }
            }
            Some("extension") => {
                if let Some(Value::Number(n)) = part.answers.get("months") {
                    clock.months = (*n).clamp(0, 2);
                }
            }
            _ => {}
        }
    }
    clock
}

impl AccessClock {
    /// The last day of the law's month, pauses counted in.
    pub fn first_due(&self) -> Option<Day> {
        Some(self.received?.plus_months(1).plus(self.paused_days))
    }

    /// The last day to answer; `None` while the clock stands.
    pub fn due(&self, own_days: Option<i64>) -> Option<Day> {
        let received = self.received?;
        if self.paused_since.is_some() {
            return None;
        }
        let law = received.plus_months(1 + self.months);
        // An extension goes beyond the school's own promise as well.
        let own = own_days.filter(|_| self.months == 0).map(|n| received.plus(n));
        Some(own.map_or(law, |own| own.min(law)).plus(self.paused_days))
    }
}

/// The life of a covert authorisation (R1.18).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CovertClock {
    /// The last day on which it counts; `None` before it was authorised.
    pub until: Option<Day>,
    pub renewals: u32,
    /// Forms, reviews and cancellations of which no copy was sent on since (S1.38).
    pub copies_owed: Vec<u64>,
}

pub fn covert(record: &Record) -> CovertClock {
    let mut clock = CovertClock::default();
    for part in &record.parts {
        let step = part.text("step").unwrap_or_default();
        match (step, part.day("on")) {
            // Three months from the approval, less a day.
            ("authorised", Some(on)) => clock.until = Some(on.plus_months(3).plus(-1)),
            // From the day on which it would have ended, whenever it was granted.
            ("renewed", _) => {
                clock.until = clock.until.map(|until| until.plus(1).plus_months(3).plus(-1));
                clock.renewals += 1;
            }
            _ => {}
        }
        match step {
            "authorised" | "reviewed" | "renewed" => clock.copies_owed.push(part.number),
            "copy-sent" => clock.copies_owed.clear(),
            _ if part.act == Act::Close => clock.copies_owed.push(part.number),
            _ => {}
        }
    }
    clock
}
