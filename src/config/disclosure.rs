//! `disclosure`: releases, their carrier, their witness, their conditions.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Length, Setting, Size, words};
use crate::base::time::Span;

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
        /// Inspection agencies, admitted like the police (S4.89).
        Inspection = "inspection",
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
    /// Out of hours any person of the file may be that second one, as an exception that somebody
    /// reviews on the next school day (S1.61).
    pub out_of_hours_witness: Setting<bool>,
    pub medium: Setting<Medium>,
    /// No file larger than this (R2.26).
    pub split: Setting<Size>,
    /// Class of the hold that an export starts (K12).
    /// `None`: the built-in class `export`.
    pub hold: Option<At<Id>>,
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

/// `recipient "media" by="headteacher" needs="crime-reference written-police-authority"` (S1.16,
/// S1.50, S1.51).
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

impl Disclosure {
    pub(super) fn decode(mut n: Node<'_>) -> Disclosure {
        let witness = n.set("witness", true, "evidence is witnessed before release (S1.61)");
        let why = "holders of the right witness sign at every hour (S1.61)";
        let out_of_hours_witness = n.set("out-of-hours-witness", false, why);
        let medium =
            n.set("medium", Medium::Encrypted, "personal data leave on encrypted carriers (S4.27)");
        let split = n.set(
            "split",
            Size(4_000_000_000),
            "FAT32 and older police portals take no larger file (R2.26)",
        );
        if !(Size(100_000_000)..=Size(1_000_000_000_000)).contains(&split.value)
            && let Some(place) = split.place()
        {
            let text = format!("split: {} is out of range", split.value);
            n.cx.error("out-of-range", place, text, "give \"100MB\" to \"1TB\"");
        }
        let hold = n.reference("hold", Kind::HoldClass);
        let protected =
            n.set("protected-persons", true, "a child at risk must not be shown (S4.21)");
        let recipients = n.many("recipient").into_iter().filter_map(Recipient::decode).collect();
        let bases = n.many("basis").into_iter().filter_map(Basis::decode).collect();
        let conditions = n.texts("condition").into_iter();
        let conditions = conditions.map(|text| Condition { text }).collect();
        let original = n.one("original").and_then(|mut o| {
            let text = o.arg("the procedure in words");
            o.finish();
            text
        });
        let subject_access = SubjectAccess::decode(n.section("subject-access"));
        n.finish();
        Disclosure {
            witness,
            out_of_hours_witness,
            medium,
            split,
            hold,
            recipients,
            bases,
            conditions,
            original,
            protected_persons: protected,
            subject_access,
        }
    }
}

impl Recipient {
    fn decode(mut n: Node<'_>) -> Option<Recipient> {
        let kind = n.arg("who, like \"police\"");
        let title = n.arg_opt("a title");
        let by = n.refs("by", Kind::Who);
        let needs = n.words("needs");
        let needs_one = n.words("needs-one");
        let refused = n.flag("refused");
        let because = n.prop("because");
        n.finish();
        Some(Recipient { kind: kind?, title, by, needs, needs_one, refused, because })
    }
}

impl Basis {
    fn decode(mut n: Node<'_>) -> Option<Basis> {
        let id = n.id(Kind::Basis);
        let title = n.arg("its name");
        n.finish();
        Some(Basis { id: id?, title: title? })
    }
}

impl SubjectAccess {
    fn decode(mut n: Node<'_>) -> SubjectAccess {
        let to = n.refs("to", Kind::Who);
        let answer_within =
            n.set("answer-within", Length(Span::days(30)), "one month by law (UK GDPR Art. 12)");
        n.finish();
        SubjectAccess { to, answer_within }
    }
}
