//! `escalation`, `breaches`, `complaints`: whom to tell, who looks into it, by when.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Length, Setting};
use crate::base::time::Span;

/// Whom to ring (S4.79, R1.24) and what to do in an emergency (S1.35).
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Escalation {
    pub dsl: Option<Call>,
    pub deputy_dsl: Option<Call>,
    /// Where staff are involved.
    pub lado: Option<Call>,
    pub police: Option<Call>,
    /// Anybody else.
    pub contacts: Vec<Call>,
    /// Steps, in order.
    pub emergency: Vec<At<String>>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    pub title: At<String>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
}

/// `breaches by= about-head= independent= report-to= notify-within=` (S1.52 to S1.53, S4.56 to
/// S4.57, K13).
#[derive(Clone, PartialEq, Debug)]
pub struct Breaches {
    /// Who investigates first.
    pub by: Vec<At<Id>>,
    /// The head of the school, if `by` is not enough to tell.
    pub head: Option<At<Id>>,
    /// Who acts in the Headteacher's place when the matter is about the Headteacher (K13).
    pub about_head: Option<At<String>>,
    /// Who investigates a serious breach independently.
    pub independent: Option<At<String>>,
    /// To whom remedies are reported (S1.64).
    pub report_to: Vec<At<Id>>,
    /// To the Commissioner (R1.22).
    pub notify_within: Setting<Length>,
}

/// `complaints to= answer-within=` (S1.55, S1.56).
#[derive(Clone, PartialEq, Debug)]
pub struct Complaints {
    pub to: Vec<At<Id>>,
    pub answer_within: Setting<Length>,
}

impl Escalation {
    pub(super) fn decode(mut n: Node<'_>) -> Escalation {
        let dsl = n.one("dsl").and_then(Call::decode);
        let deputy_dsl = n.one("deputy-dsl").and_then(Call::decode);
        let lado = n.one("lado").and_then(Call::decode);
        let police = n.one("police").and_then(Call::decode);
        let contacts = n
            .many("contact")
            .into_iter()
            .filter_map(Call::decode)
            .collect();
        let emergency = n.texts("emergency");
        n.finish();
        Escalation {
            dsl,
            deputy_dsl,
            lado,
            police,
            contacts,
            emergency,
        }
    }
}

impl Call {
    fn decode(mut n: Node<'_>) -> Option<Call> {
        let title = n.arg("a name or post");
        let phone = n.prop("phone");
        let email = n.prop("email");
        n.finish();
        Some(Call {
            title: title?,
            phone,
            email,
        })
    }
}

impl Breaches {
    pub(super) fn decode(mut n: Node<'_>) -> Breaches {
        let by = n.refs("by", Kind::Who);
        let head = n.reference("head", Kind::Who);
        let about_head = n.prop("about-head");
        let independent = n.prop("independent");
        let report_to = n.refs("report-to", Kind::Who);
        let notify_within = n.set(
            "notify-within",
            Length(Span::hours(72)),
            "by law (UK GDPR Art. 33, R1.22)",
        );
        n.finish();
        Breaches {
            by,
            head,
            about_head,
            independent,
            report_to,
            notify_within,
        }
    }
}

impl Complaints {
    pub(super) fn decode(mut n: Node<'_>) -> Complaints {
        let to = n.refs("to", Kind::Who);
        let answer_within = n.set(
            "answer-within",
            Length(Span::days(30)),
            "acknowledged within 30 days by law",
        );
        n.finish();
        Complaints { to, answer_within }
    }
}
