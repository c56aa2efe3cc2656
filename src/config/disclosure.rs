//! `disclosure`: releases, their carrier, their witness, their conditions.

use super::value::{At, Id, Length, Setting, Size, words};

words! {
    /// What a copy leaves on (S4.27, S4.77, K8).
    Medium {
        /// BitLocker stick or AES-256 ZIP.
        Encrypted = "encrypted",
        /// BitLocker stick only.
        BitLocker = "bitlocker",
        /// AES-256 ZIP only.
        Zip = "zip",
        /// Plain files allowed without an exception each time: a finding.
        Plain = "plain",
    }
}

words! {
    /// Who may receive a copy.
    RecipientKind {
        Police = "police",
        Court = "court",
        Solicitor = "solicitor",
        Insurer = "insurer",
        Internal = "internal-proceedings",
        SupervisingAuthority = "supervising-authority",
        DataSubject = "data-subject",
        Media = "media",
        Other = "other",
    }
}

words! {
    /// What the form of a release insists on.
    Proof {
        CrimeReference = "crime-reference",
        WrittenPoliceAuthority = "written-police-authority",
        Proceedings = "proof-of-proceedings",
        CourtOrder = "court-order",
        Necessity = "necessity",
        PossibleCrime = "possible-crime",
        PersonsShown = "persons-shown",
        Countersignature = "inspector-countersignature",
        Identity = "identity",
        Consent = "consent",
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Disclosure {
    /// A second person signs before the seal (S1.61).
    pub witness: Setting<bool>,
    pub medium: Setting<Medium>,
    /// No file larger than this (R2.26).
    pub split: Setting<Size>,
    /// Class of the hold that an export starts (K12).
    pub hold: Setting<Id>,
    pub recipients: Vec<Recipient>,
    /// Lawful gateways that can be chosen: "Safer Schools Partnership" (S0.12).
    pub bases: Vec<Basis>,
    /// Printed on the conditions page and signed (S1.46, S1.47).
    pub conditions: Vec<Condition>,
    /// What is done when a court wants the original (S1.48).
    pub original: Option<At<String>>,
    /// Ask "does it show a protected person?" (S4.21).
    pub protected_persons: Setting<bool>,
    pub subject_access: SubjectAccess,
}

/// `recipient "media" by="headteacher" needs="crime-reference written-police-authority"` (S1.16, S1.50, S1.51).
#[derive(Clone, PartialEq, Debug)]
pub struct Recipient {
    pub kind: At<RecipientKind>,
    pub title: Option<At<String>>,
    /// Who decides; empty means whoever may `authorise-disclosure`.
    pub by: Vec<At<Id>>,
    /// All of these.
    pub needs: Vec<At<Proof>>,
    /// At least one of these (S1.51: proceedings or a court order).
    pub needs_one: Vec<At<Proof>>,
    pub refused: bool,
    pub because: Option<At<String>>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Basis {
    pub id: At<Id>,
    pub title: At<String>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    pub text: At<String>,
}

/// `subject-access to="..." answer-within="30d"` (R1).
#[derive(Clone, PartialEq, Debug)]
pub struct SubjectAccess {
    pub to: Vec<At<Id>>,
    pub answer_within: Setting<Length>,
}
