//! `escalation`, `breaches`, `complaints`: whom to tell, who looks into it, by when.

use super::value::{At, Id, Length, Setting};

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

/// `breaches by= about-head= independent= report-to= notify-within=` (S1.52 to S1.53, S4.56 to S4.57, K13).
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
