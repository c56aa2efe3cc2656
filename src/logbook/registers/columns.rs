//! What each register shows of a record, column by column.

use super::record::{Record, State};
use crate::base::time::{Day, Utc, Zone};
use crate::config::registers::Register;
use crate::logbook::entry::Value;

/// One column of a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    pub title: &'static str,
    pub cell: Cell,
    /// Characters that it wants; the last column takes what is left.
    pub chars: usize,
}

/// Where a column's text comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    Number,
    /// The day on which the record began, in the school's time.
    Opened,
    Kind,
    Title,
    State,
    /// The day, or "late" with the day.
    Due,
    Who,
    /// The first of these that was answered.
    Said(&'static [&'static str]),
}

const fn said(title: &'static str, names: &'static [&'static str], chars: usize) -> Column {
    Column { title, cell: Cell::Said(names), chars }
}

const NUMBER: Column = Column { title: "No.", cell: Cell::Number, chars: 7 };
const OPENED: Column = Column { title: "Date", cell: Cell::Opened, chars: 10 };
const KIND: Column = Column { title: "Kind", cell: Cell::Kind, chars: 16 };
const TITLE: Column = Column { title: "What", cell: Cell::Title, chars: 40 };
const STATE: Column = Column { title: "State", cell: Cell::State, chars: 6 };
const DUE: Column = Column { title: "Due", cell: Cell::Due, chars: 15 };
const WHO: Column = Column { title: "By", cell: Cell::Who, chars: 18 };
const OUTCOME: Column = said("Outcome", &["outcome", "decision", "result"], 30);

const RELEASES: &[Column] = &[
    NUMBER,
    OPENED,
    KIND,
    said("To", &["organisation", "recipient", "court"], 22),
    said("State of it", &["decision", "carrier", "transfer"], 14),
    said("Basis", &["basis", "type"], 18),
    WHO,
    said("Authorised by", &["authority-by"], 18),
    said("Witness", &["witness"], 18),
];
const VIEWINGS: &[Column] = &[
    NUMBER,
    OPENED,
    KIND,
    WHO,
    said("Purpose", &["purpose"], 14),
    said("Reason", &["reason", "cause"], 30),
    said("Viewer", &["viewer"], 14),
    said("Cameras", &["cameras", "camera"], 20),
];
const VISITS: &[Column] = &[
    NUMBER,
    OPENED,
    said("Visitor", &["visitor"], 20),
    said("From", &["organisation"], 18),
    said("Purpose", &["reason"], 20),
    said("In", &["in"], 20),
    said("Out", &["out"], 20),
    said("Admitted by", &["authority-by"], 18),
];
const INCIDENTS: &[Column] = &[
    NUMBER,
    OPENED,
    said("Kind", &["type", "service"], 18),
    said("Where", &["place"], 18),
    STATE,
    OUTCOME,
    WHO,
];
const SUBJECT_ACCESS: &[Column] =
    &[NUMBER, OPENED, TITLE, STATE, DUE, said("Severity", &["severity"], 8), OUTCOME];
const COVERT: &[Column] = &[
    NUMBER,
    OPENED,
    said("Reference", &["reference"], 16),
    STATE,
    DUE,
    said("By", &["granted-by"], 20),
    said("In charge", &["in-charge"], 20),
];
const HOLDS: &[Column] = &[
    NUMBER,
    OPENED,
    said("Class", &["class"], 14),
    said("Reference", &["reference"], 16),
    STATE,
    DUE,
    said("Shows", &["index"], 30),
];
const DISPOSALS: &[Column] = &[
    NUMBER,
    OPENED,
    said("Carrier", &["carrier", "entries"], 8),
    said("Serial", &["serial"], 16),
    said("Method", &["method"], 14),
    said("Operator", &["operator"], 18),
    said("Witness", &["witness"], 18),
    said("Verified", &["verification", "reason"], 20),
];
const ACCEPTANCES: &[Column] = &[
    NUMBER,
    OPENED,
    KIND,
    said("Person", &["person", "persons"], 20),
    said("Paper", &["paper", "topic"], 20),
    said("Version", &["version", "until"], 10),
];
const FAULTS: &[Column] =
    &[NUMBER, OPENED, KIND, TITLE, STATE, said("Passed to", &["passed-to"], 18), OUTCOME];
const CHECKS: &[Column] =
    &[NUMBER, OPENED, KIND, WHO, TITLE, said("Result", &["verdict", "all-good"], 8)];
const MEETINGS: &[Column] =
    &[NUMBER, OPENED, KIND, TITLE, said("Consulted", &["consulted", "bodies"], 24), OUTCOME];
const OCCURRENCES: &[Column] = &[NUMBER, OPENED, KIND, WHO, TITLE, STATE, DUE];

/// The columns of a register, from the left; the first ones fit a screen of 80.
pub const fn columns(register: Register) -> &'static [Column] {
    match register {
        Register::Releases => RELEASES,
        Register::Viewings => VIEWINGS,
        Register::Visits => VISITS,
        Register::Incidents => INCIDENTS,
        Register::SubjectAccess | Register::Complaints | Register::Breaches => SUBJECT_ACCESS,
        Register::Covert => COVERT,
        Register::Holds => HOLDS,
        Register::Disposals => DISPOSALS,
        Register::Acceptances => ACCEPTANCES,
        Register::Faults | Register::Maintenance => FAULTS,
        Register::Checks => CHECKS,
        Register::Meetings | Register::Reviews => MEETINGS,
        Register::Occurrences | Register::PrivilegedAccess | Register::Changes => OCCURRENCES,
    }
}

/// One cell as text; times in the school's zone.
pub fn cell(record: &Record, column: &Column, zone: &Zone, now: Utc) -> String {
    match column.cell {
        Cell::Number => record.number.to_string(),
        Cell::Opened => zone.day_of(record.opened).to_string(),
        Cell::Kind => record.kind.as_str().replace('-', " "),
        Cell::Title => record.title.clone(),
        Cell::State => match record.state_at(now) {
            State::Open => "open".into(),
            State::Closed => "closed".into(),
        },
        Cell::Due => due(record, zone, now),
        Cell::Who => record.parts.first().and_then(|p| p.who.clone()).unwrap_or_default(),
        Cell::Said(names) => {
            let found = names.iter().find_map(|n| record.answers.get(*n));
            found.map(|v| shown(v, zone)).unwrap_or_default()
        }
    }
}

fn due(record: &Record, zone: &Zone, now: Utc) -> String {
    let Some(due) = &record.due else {
        return String::new();
    };
    // The last day on which it is in time: a due moment at midnight belongs to the day before.
    let day: Day = zone.day_of(Utc(due.at.0 - 1));
    if record.overdue(now) { format!("late {day}") } else { day.to_string() }
}

fn shown(value: &Value, zone: &Zone) -> String {
    match value.text().and_then(|t| t.parse::<Utc>().ok()) {
        Some(at) => zone.show(at),
        None => value.in_words().replace('\n', " "),
    }
}
