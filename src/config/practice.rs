//! `code-of-practice`: its version, the decision behind it, and the closed list of purposes.

use super::value::{At, Id, words};
use crate::base::time::Day;

/// Header fields that every policy carries (S4.82), the decision (S0.1), the purposes (S0.2).
#[derive(Clone, PartialEq, Debug)]
pub struct CodeOfPractice {
    pub version: Option<At<String>>,
    pub approved: Option<At<Day>>,
    pub approved_by: Option<At<Id>>,
    /// Yearly review (S1.6).
    pub review_by: Option<At<Day>>,
    /// Whom the review consults (S1.6).
    pub consult: Vec<At<String>>,
    /// What this version changed.
    pub changes: Vec<At<String>>,
    /// Earlier versions (S4.17).
    pub revisions: Vec<Revision>,
    pub decided: Option<Decision>,
    /// Never empty.
    pub purposes: Vec<Purpose>,
    /// Sentences printed in the code that drive nothing: disclaimers, intents (S1.18).
    pub statements: Vec<Statement>,
    /// Documented departures from a rule (S4.58).
    pub exceptions: Vec<Exception>,
    /// Papers of risk (S4.24).
    pub risk_assessments: Vec<RiskAssessment>,
    /// What people sign before they may use the system (S4.25, S4.71).
    pub acceptances: Vec<Acceptance>,
}

/// `revision "1.11" "What changed" date="2022-10-27"`.
#[derive(Clone, PartialEq, Debug)]
pub struct Revision {
    pub version: At<String>,
    pub changes: At<String>,
    pub date: At<Day>,
}

words! {
    /// Why processing is lawful (R1.5).
    LawfulBasis {
        PublicTask = "public-task",
        LegitimateInterests = "legitimate-interests",
        LegalObligation = "legal-obligation",
        Consent = "consent",
    }
}

words! {
    /// Codes that the school follows of its own will (R1.16).
    Adopted {
        SurveillanceCamera = "surveillance-camera-code",
        Commissioner = "ico-cctv-guidance",
    }
}

/// `decided`: the need was weighed and written down (S0.1).
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    pub date: At<Day>,
    pub by: Option<At<Id>>,
    pub dpia: Option<At<String>>,
    pub dpia_review_by: Option<At<Day>>,
    pub lawful_basis: Option<At<LawfulBasis>>,
    pub adopts: Vec<At<Adopted>>,
    pub because: Option<At<String>>,
}

/// One purpose (S0.2, S1.8): no camera, viewing or release without one.
#[derive(Clone, PartialEq, Debug)]
pub struct Purpose {
    pub id: At<Id>,
    pub title: At<String>,
    /// The justification that an extra purpose needs (S0.9, K1).
    pub because: Option<At<String>>,
    /// A question that the form then asks (S0.10).
    pub needs: Option<At<String>>,
    /// Printed as the main aim (S0.6).
    pub main: bool,
}

/// `statement "..." about="coverage"`.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    pub text: At<String>,
    pub about: Option<At<String>>,
}

/// `exception "rule" because= control= by= until=` (S4.58).
#[derive(Clone, PartialEq, Debug)]
pub struct Exception {
    pub rule: At<String>,
    pub because: At<String>,
    pub control: At<String>,
    pub by: At<Id>,
    pub until: Option<At<Day>>,
}

/// `risk-assessment "RA-7" "Changing rooms" zones="..." date=` (S4.24).
#[derive(Clone, PartialEq, Debug)]
pub struct RiskAssessment {
    pub reference: At<String>,
    pub title: At<String>,
    pub date: Option<At<Day>>,
    pub review_by: Option<At<Day>>,
    pub zones: Vec<At<Id>>,
    /// Who must have read and signed it.
    pub signed_by: Vec<At<Id>>,
}

/// `acceptance "staff-code" "Staff code" version="3" by="..." renew="year"` (S4.25, S4.71).
#[derive(Clone, PartialEq, Debug)]
pub struct Acceptance {
    pub id: At<Id>,
    pub title: At<String>,
    pub version: Option<At<String>>,
    /// Roles or persons that must sign; empty means everybody.
    pub by: Vec<At<Id>>,
    pub renew: Option<At<super::value::Every>>,
    /// Only those with privileged rights (S4.71).
    pub privileged: bool,
}
