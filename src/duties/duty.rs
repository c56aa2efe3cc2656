//! The closed list of what can be due, each with its name and the row that asks for it.

use crate::config::duties::DutyKind;
use crate::config::value::words;

words! {
    /// One kind of duty; most kinds come with something that they are about, as [`Key`] says.
    Duty {
        DailyCheck = "daily-check",
        RandomCheck = "random-check",
        ClockCheck = "clock-check",
        AccessReview = "access-review",
        SignCheck = "sign-check",
        Maintenance = "maintenance",
        PolicyReview = "policy-review",
        DpiaReview = "dpia-review",
        Liaison = "liaison",
        YearlyReport = "yearly-report",
        Audit = "audit",
        Training = "training",
        PrintCheckpoint = "print-checkpoint",
        RecoveryCheck = "recovery-check",
        /// Against the Commissioner's checklist and the twelve principles (R1.3, R1.15).
        SelfAssessment = "self-assessment",
        /// The data protection fee (R1.19).
        FeeRenewal = "fee-renewal",
        /// A maintenance contract ends (S4.8).
        ContractEnd = "contract-end",
        /// The known terms end: the next ones are to be entered.
        CalendarEnd = "calendar-end",
        RiskReview = "risk-assessment-review",
        /// A documented departure from a rule ends (S4.58).
        ExceptionEnd = "exception-end",
        CovertReview = "covert-review",
        /// Cancelled or renewed, never left to lapse (R1.18).
        CovertEnd = "covert-end",
        /// Copies of the forms go to the addressee (S1.38).
        CovertCopy = "covert-copy",
        /// Somebody leaves: their access is taken back (S4.54).
        Leaver = "leaver",
        /// A paper waits for a signature (S4.25, S4.71).
        Acceptance = "acceptance",
        /// A word given by mouth waits for its giver (S4.12, K7).
        Confirmation = "confirmation",
        BreakGlassReview = "break-glass-review",
        WitnessReview = "witness-review",
        /// A box was replaced: two people compare the printed seal with its logbook.
        KeyCheck = "key-check",
        Complaint = "complaint",
        Breach = "breach",
        SubjectAccess = "subject-access",
        HoldReview = "hold-review",
        /// Any other open record with a date.
        OpenRecord = "open-record",
    }
}

impl Duty {
    pub fn named(word: &str) -> Option<Duty> {
        use crate::config::value::Word;
        Duty::WORDS.iter().find(|(name, _)| *name == word).map(|(_, duty)| *duty)
    }

    /// The row that asks for it.
    pub const fn row(self) -> &'static str {
        match self {
            Duty::DailyCheck => "S1.26",
            Duty::RandomCheck => "S1.54",
            Duty::ClockCheck => "R7.1",
            Duty::AccessReview => "S4.44",
            Duty::SignCheck => "S0.5",
            Duty::Maintenance => "S4.7",
            Duty::PolicyReview => "S1.6",
            Duty::DpiaReview => "R1.6",
            Duty::Liaison => "S1.36",
            Duty::YearlyReport => "S4.72",
            Duty::Audit => "S4.74",
            Duty::Training => "S4.90",
            Duty::PrintCheckpoint => "R5.3",
            Duty::RecoveryCheck => "R4.7",
            Duty::SelfAssessment => "R1.15",
            Duty::FeeRenewal => "R1.19",
            Duty::ContractEnd => "S4.8",
            Duty::CalendarEnd => "K14",
            Duty::RiskReview => "S4.24",
            Duty::ExceptionEnd => "S4.58",
            Duty::CovertReview | Duty::CovertEnd => "R1.18",
            Duty::CovertCopy => "S1.38",
            Duty::Leaver => "S4.54",
            Duty::Acceptance => "S4.25",
            Duty::Confirmation => "S4.12",
            Duty::BreakGlassReview => "S4.42",
            Duty::WitnessReview => "S1.61",
            Duty::KeyCheck => "R5.3",
            Duty::Complaint => "R1.11",
            Duty::Breach => "R1.22",
            Duty::SubjectAccess => "R1.7",
            Duty::HoldReview => "S1.49",
            Duty::OpenRecord => "S1.42",
        }
    }
}

impl From<DutyKind> for Duty {
    fn from(kind: DutyKind) -> Duty {
        match kind {
            DutyKind::DailyCheck => Duty::DailyCheck,
            DutyKind::RandomCheck => Duty::RandomCheck,
            DutyKind::ClockCheck => Duty::ClockCheck,
            DutyKind::AccessReview => Duty::AccessReview,
            DutyKind::SignCheck => Duty::SignCheck,
            DutyKind::Maintenance => Duty::Maintenance,
            DutyKind::PolicyReview => Duty::PolicyReview,
            DutyKind::DpiaReview => Duty::DpiaReview,
            DutyKind::Liaison => Duty::Liaison,
            DutyKind::YearlyReport => Duty::YearlyReport,
            DutyKind::Audit => Duty::Audit,
            DutyKind::Training => Duty::Training,
            DutyKind::PrintCheckpoint => Duty::PrintCheckpoint,
            DutyKind::RecoveryCheck => Duty::RecoveryCheck,
        }
    }
}

/// One duty, and whom or what it is about where there are several: a firm, a person, a paper, an
/// authorisation's reference, an entry's number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    pub duty: Duty,
    pub of: Option<String>,
}

impl Key {
    pub fn one(duty: Duty) -> Key {
        Key { duty, of: None }
    }

    pub fn of(duty: Duty, of: impl ToString) -> Key {
        Key { duty, of: Some(of.to_string()) }
    }
}
