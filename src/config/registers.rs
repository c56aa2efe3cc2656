//! `registers` and `incident-types`.

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
