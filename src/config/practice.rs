//! `code-of-practice`: its version, the decision behind it, and the closed list of purposes.

use super::read::Node;
use super::refer::Kind;
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
    /// The same in Welsh, for the signs.
    pub welsh: Option<At<String>>,
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

impl CodeOfPractice {
    pub(super) fn decode(mut n: Node<'_>) -> Option<CodeOfPractice> {
        let version = n.prop("version");
        let approved = n.prop("approved");
        let approved_by = n.reference("by", Kind::Who);
        let review_by = n.prop("review-by");
        let consult = n.texts("consult");
        let changes = n.texts("changes");
        let revisions = n.many("revision").into_iter().filter_map(Revision::decode).collect();
        let decided = n.one("decided").and_then(Decision::decode);
        if !n.has("purpose") {
            n.cx.error(
                "missing",
                n.place(),
                "the code of practice names no purpose (S0.2)",
                "add one: code-of-practice { purpose \"safety\" \"Safety of pupils and staff\" }",
            );
        }
        let purposes: Vec<Purpose> =
            n.many("purpose").into_iter().filter_map(Purpose::decode).collect();
        let statements = n.many("statement").into_iter().filter_map(Statement::decode).collect();
        let exceptions = n.many("exception").into_iter().filter_map(Exception::decode).collect();
        let risks = n.many("risk-assessment").into_iter();
        let risk_assessments = risks.filter_map(RiskAssessment::decode).collect();
        let acceptances = n.many("acceptance").into_iter().filter_map(Acceptance::decode);
        let acceptances = acceptances.collect();
        n.finish();
        (!purposes.is_empty()).then_some(CodeOfPractice {
            version,
            approved,
            approved_by,
            review_by,
            consult,
            changes,
            revisions,
            decided,
            purposes,
            statements,
            exceptions,
            risk_assessments,
            acceptances,
        })
    }
}

impl Revision {
    fn decode(mut n: Node<'_>) -> Option<Revision> {
        let version = n.arg("the version");
        let changes = n.arg("what changed");
        let date = n.need("date");
        n.finish();
        Some(Revision { version: version?, changes: changes?, date: date? })
    }
}

impl Decision {
    fn decode(mut n: Node<'_>) -> Option<Decision> {
        let date = n.arg("the date of the decision");
        let by = n.reference("by", Kind::Who);
        let dpia = n.prop("dpia");
        let dpia_review_by = n.prop("dpia-review-by");
        let lawful_basis = n.prop("lawful-basis");
        let adopts = n.words("adopts");
        let because = n.prop("because");
        n.finish();
        Some(Decision { date: date?, by, dpia, dpia_review_by, lawful_basis, adopts, because })
    }
}

impl Purpose {
    fn decode(mut n: Node<'_>) -> Option<Purpose> {
        let id = n.id(Kind::Purpose);
        let title = n.arg("the purpose in words");
        let because = n.prop("because");
        let needs = n.prop("needs");
        let welsh = n.prop("welsh");
        let main = n.flag("main");
        n.finish();
        Some(Purpose { id: id?, title: title?, because, needs, welsh, main })
    }
}

impl Statement {
    fn decode(mut n: Node<'_>) -> Option<Statement> {
        let text = n.arg("a sentence");
        let about = n.prop("about");
        n.finish();
        Some(Statement { text: text?, about })
    }
}

impl Exception {
    fn decode(mut n: Node<'_>) -> Option<Exception> {
        let rule = n.arg("the rule that it departs from");
        let because = n.need("because");
        let control = n.need("control");
        let by = n.need::<Id>("by");
        n.means(Kind::Who);
        if let Some(by) = &by {
            n.cx.refer(Kind::Who, by);
        }
        let until = n.prop("until");
        n.finish();
        Some(Exception { rule: rule?, because: because?, control: control?, by: by?, until })
    }
}

impl RiskAssessment {
    fn decode(mut n: Node<'_>) -> Option<RiskAssessment> {
        let reference = n.arg("its reference");
        let title = n.arg("what it is about");
        let date = n.prop("date");
        let review_by = n.prop("review-by");
        let zones = n.refs("zones", Kind::Zone);
        let signed_by = n.refs("signed-by", Kind::Who);
        n.finish();
        let (reference, title) = (reference?, title?);
        Some(RiskAssessment { reference, title, date, review_by, zones, signed_by })
    }
}

impl Acceptance {
    fn decode(mut n: Node<'_>) -> Option<Acceptance> {
        let id = n.id(Kind::Acceptance);
        let title = n.arg("the paper's name");
        let version = n.prop("version");
        let by = n.refs("by", Kind::Who);
        let renew = n.prop("renew");
        let privileged = n.flag("privileged");
        n.finish();
        Some(Acceptance { id: id?, title: title?, version, by, renew, privileged })
    }
}
