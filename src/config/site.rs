//! `site`: whose system it is, whom to ask, which papers govern it.

use super::value::{At, Id, Setting, words};
use crate::base::time::{Day, Zone};

/// The school and its people to ask.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    pub name: At<String>,
    /// The name as written; `zone` is what it means.
    pub timezone: Setting<String>,
    pub zone: Zone,
    /// "Designed to" this grade of EN 62676-1-1, 1 to 4; never "certified" (R4.1).
    pub grade: Setting<u32>,
    pub controller: Controller,
    /// Who owns the system, the recordings and the copyright (S1.7, S4.2); the controller unless named.
    pub owner: Setting<String>,
    /// On signs and notices (R1.30).
    pub contact: Contact,
    pub data_protection_officer: Option<Contact>,
    /// The one officer responsible for the system (S4.4); a person or role.
    pub responsible: Option<At<Id>>,
    /// Who runs the scheme (S1.20).
    pub managed_by: Vec<At<Id>>,
    /// Day-to-day management (S1.21).
    pub day_to_day: Vec<At<Id>>,
    /// Technical management (S1.22).
    pub technical: Vec<At<Id>>,
    /// Who answers questions about the code (S4.16).
    pub questions_to: Option<At<Id>>,
    /// Where the recorder stands (S4.9, S1.33).
    pub location: Option<Location>,
    /// Papers above this file (S4.1, S4.18).
    pub governed_by: Vec<Governing>,
    /// Other papers of the school that the code names (S0.8).
    pub related: Vec<Related>,
    /// Where the public gets the code of practice (S1.57).
    pub copies_at: Vec<At<String>>,
}

/// The data controller (S1.7) with its register entry (S1.9, R1.19).
#[derive(Clone, PartialEq, Debug)]
pub struct Controller {
    pub name: At<String>,
    pub registration: Option<At<String>>,
    pub renews: Option<At<Day>>,
    pub address: Option<At<String>>,
}

/// Somebody to write to or ring; at least one way is given.
#[derive(Clone, PartialEq, Debug)]
pub struct Contact {
    pub title: At<String>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
    pub web: Option<At<String>>,
    pub address: Option<At<String>>,
}

/// The room of the recorder.
#[derive(Clone, PartialEq, Debug)]
pub struct Location {
    pub title: At<String>,
    /// Always locked: the daily check asks for it (S1.33).
    pub locked: Setting<bool>,
}

words! {
    /// Subjects that a governing paper may cover instead of this file (S4.18).
    Subject {
        Purposes = "purposes",
        Retention = "retention",
        Disclosure = "disclosure",
        SubjectAccess = "subject-access",
        ThirdParties = "third-parties",
        Complaints = "complaints",
        Breaches = "breaches",
        Signage = "signage",
        Covert = "covert",
        Security = "security",
    }
}

/// `governed-by`.
#[derive(Clone, PartialEq, Debug)]
pub struct Governing {
    pub title: At<String>,
    pub covers: Vec<At<Subject>>,
    /// Where it can be read.
    pub available_at: Option<At<String>>,
}

/// `related`.
#[derive(Clone, PartialEq, Debug)]
pub struct Related {
    pub title: At<String>,
    pub available_at: Option<At<String>>,
}
