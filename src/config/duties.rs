//! `duties`: what somebody has to do, and when.

use super::value::{At, Every, Id, Setting, TimeOfDay, words};
use crate::base::time::Day;

words! {
    DutyKind {
        /// Every camera recording, picture good, room locked (S1.26, S1.33).
        DailyCheck = "daily-check",
        /// Machine picks camera and time, a person judges (S1.54).
        RandomCheck = "random-check",
        /// The recorder's clock against another (R7).
        ClockCheck = "clock-check",
        /// Who may do what (S4.44).
        AccessReview = "access-review",
        /// Every sign there and right (S0.5).
        SignCheck = "sign-check",
        /// The contractor's visit (S4.7).
        Maintenance = "maintenance",
        /// The code of practice (S1.6).
        PolicyReview = "policy-review",
        /// The impact assessment (R1.6).
        DpiaReview = "dpia-review",
        /// With police and others (S1.36).
        Liaison = "liaison",
        /// To the leadership team, with recommendations (S4.72).
        YearlyReport = "yearly-report",
        /// Audit and risk assessment (S4.74).
        Audit = "audit",
        /// Training of operators (S4.90).
        Training = "training",
        /// The logbook's checkpoint on paper.
        PrintCheckpoint = "print-checkpoint",
        /// A copy of the recovery key and the file is where it should be (R4.7).
        RecoveryCheck = "recovery-check",
    }
}

/// One duty. Those that Beadle always keeps stand here too, with defaults.
#[derive(Clone, PartialEq, Debug)]
pub struct Duty {
    pub kind: Setting<DutyKind>,
    /// Persons or roles; empty means whoever is `responsible`.
    pub by: Vec<At<Id>>,
    pub every: Setting<Every>,
    /// Due at this time of the school's day.
    pub before: Option<At<TimeOfDay>>,
    /// The next date; later ones follow by `every`.
    pub due: Option<At<Day>>,
    /// Whom it involves or is presented to.
    pub with: Vec<At<String>>,
    /// Maintenance alone.
    pub contract: Option<Contract>,
}

/// The maintenance firm (S4.8, S1.23).
#[derive(Clone, PartialEq, Debug)]
pub struct Contract {
    pub firm: At<String>,
    pub number: Option<At<String>>,
    pub from: Option<At<Day>>,
    pub until: Option<At<Day>>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
    /// When the firm accepted the code of practice (S1.23).
    pub accepted: Option<At<Day>>,
}
