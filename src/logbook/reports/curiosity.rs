//! The curiosity report (S4.67): viewings that somebody should be asked about.
//!
//! It accuses nobody. Each finding has an innocent reading; the report says where to ask.

use std::collections::{BTreeMap, BTreeSet};

use super::{fields, withdrawn};
use crate::base::time::Utc;
use crate::config::Config;
use crate::logbook::entry::{Act, Body, Entry, Number};
use crate::logbook::kind::Kind;

/// Twice is a second look at the same thing. Three times is a habit.
const AGAIN_MIN: usize = 3;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Curiosity {
    /// With the most reasons first, then in the order of entries.
    pub findings: Vec<Finding>,
    /// By person: all viewings, and those among the findings.
    pub persons: BTreeMap<String, (usize, usize)>,
    /// Viewings whose body was destroyed: nothing can be said about them.
    pub unreadable: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub look: Look,
    /// Never empty.
    pub why: Vec<Odd>,
}

/// One viewing or still.
#[derive(Clone, PartialEq, Debug)]
pub struct Look {
    pub number: Number,
    pub at: Utc,
    pub kind: Kind,
    pub person: String,
    pub reason: Option<String>,
    pub cameras: Vec<String>,
    /// What was watched, where the entry says.
    pub window: Option<(Utc, Utc)>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Odd {
    /// It names no incident and no request.
    NoIncident,
    /// Before seven, after six, or on a closed day.
    OutOfHours,
    /// So often did this person watch this camera in this window, of all that is reported.
    Again { times: usize },
}

/// Viewings and stills by persons that began in `from <= at < to`.
pub fn curiosity(config: &Config, entries: &[Entry], from: Utc, to: Utc) -> Curiosity {
    let back = withdrawn(entries);
    let mut report = Curiosity::default();
    let mut looks: Vec<(Look, bool)> = Vec::new();
    // What it was for may be known at its end alone.
    let told_later: BTreeSet<Number> = entries
        .iter()
        .filter(|e| e.header.act != Act::Open && e.body.as_ref().is_some_and(names_its_matter))
        .filter_map(|e| e.header.about)
        .collect();
    for entry in entries {
        let header = &entry.header;
        let counts = matches!(header.kind, Kind::Viewing | Kind::Still)
            && header.act == Act::Open
            && (from <= header.at && header.at < to)
            && !back.contains(&entry.number);
        match &entry.body {
            _ if !counts => {}
            None => report.unreadable += 1,
            Some(_) => looks.extend(look(entry)),
        }
    }
    for (look, named) in &looks {
        let mut why = Vec::new();
        if !named && !told_later.contains(&look.number) {
            why.push(Odd::NoIncident);
        }
        if config.calendar.is_out_of_hours(&config.site.zone, look.at) {
            why.push(Odd::OutOfHours);
        }
        let times = looks.iter().filter(|(other, _)| same(look, other)).count();
        if times >= AGAIN_MIN {
            why.push(Odd::Again { times });
        }
        let (all, odd) = report.persons.entry(look.person.clone()).or_default();
        *all += 1;
        if !why.is_empty() {
            *odd += 1;
            report.findings.push(Finding { look: look.clone(), why });
        }
    }
    report.findings.sort_by_key(|f| (std::cmp::Reverse(f.why.len()), f.look.number));
    report
}

/// The viewing, and whether it names what it is for. `None`: the box itself looked.
fn look(entry: &Entry) -> Option<(Look, bool)> {
    let body = entry.body.as_ref()?;
    let person = body.who.as_ref()?.person.clone();
    let moment = |field| body.text(field).and_then(|at| at.parse().ok());
    let named = names_its_matter(body);
    let look = Look {
        number: entry.number,
        at: entry.header.at,
        kind: entry.header.kind,
        person,
        reason: body.reason.clone(),
        cameras: body.list(fields::CAMERAS).into_iter().map(str::to_string).collect(),
        window: moment(fields::FROM).zip(moment(fields::UNTIL)),
    };
    Some((look, named))
}

/// Does the entry say which incident or request it belongs to?
fn names_its_matter(body: &Body) -> bool {
    [fields::INCIDENT, fields::REQUEST].iter().any(|name| body.answer(name).is_some())
}

/// One person, one camera, windows that overlap. A viewing is the same as itself.
fn same(a: &Look, b: &Look) -> bool {
    let overlap = match (a.window, b.window) {
        (Some((from, to)), Some((since, until))) => from < until && since < to,
        _ => false,
    };
    a.person == b.person && overlap && a.cameras.iter().any(|c| b.cameras.contains(c))
}
