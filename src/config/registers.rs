//! `registers` and `incident-types`.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Setting, words};

words! {
    /// Views over the logbook; all exist, the file says which ones the console shows.
    Register {
        Releases = "releases",
        Viewings = "viewings",
        Visits = "visits",
        Incidents = "incidents",
        Occurrences = "occurrences",
        Maintenance = "maintenance",
        Faults = "faults",
        Complaints = "complaints",
        Breaches = "breaches",
        Covert = "covert",
        Holds = "holds",
        SubjectAccess = "subject-access",
        Disposals = "disposals",
        Meetings = "meetings",
        Reviews = "reviews",
        Acceptances = "acceptances",
        PrivilegedAccess = "privileged-access",
        Checks = "checks",
        Changes = "changes",
    }
}

/// `incident-types "vandalism" "assault"` (S0.7), each also as a child with a title.
#[derive(Clone, PartialEq, Debug)]
pub struct IncidentType {
    pub id: Setting<Id>,
    pub title: Option<At<String>>,
}

/// Which registers the console shows, in this order.
pub type Shown = Setting<Vec<Register>>;

/// What the console shows unless the file says.
const SHOWN: [Register; 6] = [
    Register::Releases,
    Register::Viewings,
    Register::Visits,
    Register::Incidents,
    Register::Maintenance,
    Register::Checks,
];

/// Kinds of incident unless the file names its own (S0.7).
const INCIDENT_TYPES: [&str; 5] =
    ["vandalism", "unauthorised-access", "assault", "bullying", "antisocial"];

/// `registers "releases" "viewings"`.
pub(super) fn decode_shown(mut n: Node<'_>) -> Shown {
    let all: Vec<At<Register>> = n.rest("a register");
    n.finish();
    let place = all.first().map(|first| first.place);
    let listed: Vec<Register> = all.iter().map(|r| r.value).collect();
    let given = place.map(|place| At::new(listed, place));
    Setting::or(given, SHOWN.to_vec(), "those are asked for most")
}

/// `incident-types "vandalism" { type "bullying" "Bullying of any kind" }`.
pub(super) fn decode_incidents(mut n: Node<'_>) -> Vec<IncidentType> {
    let mut out: Vec<IncidentType> = Vec::new();
    for id in n.rest::<Id>("an incident type") {
        n.cx.declare(Kind::IncidentType, id.as_str(), id.place);
        out.push(IncidentType { id: Setting::from(id), title: None });
    }
    for mut kid in n.many("type") {
        let id = kid.id(Kind::IncidentType);
        let title = kid.arg("its name");
        kid.finish();
        out.extend(id.map(|id| IncidentType { id: Setting::from(id), title }));
    }
    n.finish();
    if out.is_empty() {
        let because = "what the schools' policies name (S0.7, S0.8, S1.11)";
        for word in INCIDENT_TYPES {
            // They keep the rule of names: the test below reads them.
            let Ok(id) = Id::new(word) else { continue };
            out.push(IncidentType { id: Setting::default(id, because), title: None });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_incident_types_are_names() {
        for word in INCIDENT_TYPES {
            assert!(Id::new(word).is_ok(), "{word}");
        }
    }
}
