//! Conditions evaluated: what was said, what the file says, what a recipient has to bring.

use super::check::Scene;
use super::{Cond, Field, Form, Need, Rule, Says};
use crate::config::disclosure::{Medium, Proof, Recipient, RecipientKind};
use crate::config::practice::Acceptance;
use crate::config::roles::Deed;
use crate::config::value::Word;
use crate::config::viewing::{Viewer, ViewerRule};
use crate::logbook::entry::{Draft, Value};
use crate::logbook::{fields, holders};

/// Is the field asked for at all, as things stand?
pub fn asked(field: &Field, draft: &Draft, scene: &Scene<'_>) -> bool {
    match field.need {
        Need::Always | Need::May => true,
        Need::If(cond) | Need::MayIf(cond) => Talk { draft, scene }.holds(&cond),
    }
}

/// Does it have to be filled in, as things stand?
pub fn needed(field: &Field, draft: &Draft, scene: &Scene<'_>) -> bool {
    match field.need {
        Need::Always => true,
        Need::May | Need::MayIf(_) => false,
        Need::If(cond) => Talk { draft, scene }.holds(&cond),
    }
}

/// What the file itself says to a question, as things stand: the screen fills it in, and whoever
/// fills in the form may change it.
pub fn offered(form: &Form, draft: &Draft, scene: &Scene<'_>) -> Vec<(&'static str, Value)> {
    let talk = Talk { draft, scene };
    let version = form.rules.contains(&Rule::PresentVersion).then(|| talk.paper()).flatten();
    version.map(|(_, version)| (fields::VERSION, version.into())).into_iter().collect()
}

/// A draft in its surroundings.
#[derive(Clone, Copy)]
pub(super) struct Talk<'a> {
    pub draft: &'a Draft,
    pub scene: &'a Scene<'a>,
}

impl<'a> Talk<'a> {
    /// In the draft, or else in its record.
    pub fn said(&self, name: &str) -> Option<Value> {
        let before = || self.scene.record.and_then(|r| r.answers.get(name).cloned());
        self.draft.body.answer(name).or_else(before)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.said(name).and_then(|v| v.text().map(String::from))
    }

    pub fn yes(&self, name: &str) -> bool {
        self.said(name) == Some(Value::Yes(true))
    }

    pub fn is(&self, name: &str, words: &[&str]) -> bool {
        match self.said(name) {
            Some(Value::Text(text)) => words.contains(&text.as_str()),
            Some(Value::List(list)) => list.iter().any(|w| words.contains(&w.as_str())),
            _ => false,
        }
    }

    pub fn person(&self) -> Option<&'a str> {
        self.draft.body.who.as_ref().map(|w| w.person.as_str())
    }

    pub fn holds(&self, cond: &Cond) -> bool {
        match cond {
            Cond::Is(name, words) => self.is(name, words),
            Cond::Yes(name) => self.yes(name),
            Cond::No(name) => self.said(name) == Some(Value::Yes(false)),
            Cond::Given(name) => self.said(name).is_some(),
            Cond::File(says) => self.file_says(*says),
            Cond::Proof(proof) => {
                let bring = self.recipient().map(|k| proofs(self.scene, k)).unwrap_or_default();
                let show = self.viewer_rule().map(|r| r.needs.as_slice()).unwrap_or_default();
                bring.all.contains(proof)
                    || bring.one.contains(proof)
                    || show.iter().any(|p| p.value == *proof)
            }
            Cond::PurposeAsks => self.purpose_question().is_some(),
            Cond::PrivilegedPaper => self.acceptance().is_some_and(|paper| paper.privileged),
            Cond::Not(cond) => !self.holds(cond),
            Cond::All(all) => all.iter().all(|c| self.holds(c)),
            Cond::Any(any) => any.iter().any(|c| self.holds(c)),
        }
    }

    /// The paper of the file that is signed.
    fn acceptance(&self) -> Option<&'a Acceptance> {
        let paper = self.text(fields::PAPER)?;
        let mut papers = self.scene.config.practice.acceptances.iter();
        papers.find(|p| p.id.as_str() == paper)
    }

    /// The paper that is signed and its version in force, where the file gives it one (S4.25).
    pub fn paper(&self) -> Option<(&'a Acceptance, &'a str)> {
        let paper = self.acceptance()?;
        Some((paper, paper.version.as_ref()?.value.as_str()))
    }

    /// The question of the purpose that was said (S0.10).
    pub fn purpose_question(&self) -> Option<&'a str> {
        let purpose = self.text("purpose")?;
        let purposes = &self.scene.config.practice.purposes;
        let purpose = purposes.iter().find(|p| p.id.as_str() == purpose)?;
        purpose.needs.as_ref().map(|q| q.as_str())
    }

    pub fn recipient(&self) -> Option<RecipientKind> {
        let word = self.text("recipient")?;
        RecipientKind::WORDS.iter().find(|(w, _)| *w == word).map(|(_, k)| *k)
    }

    pub fn recipient_rule(&self) -> Option<&'a Recipient> {
        let kind = self.recipient()?;
        self.scene.config.disclosure.recipients.iter().find(|r| r.kind.value == kind)
    }

    pub fn viewer_rule(&self) -> Option<&'a ViewerRule> {
        let word = self.text("viewer")?;
        let rules = &self.scene.config.viewing.viewers;
        rules.iter().find(|r| r.kind.value.as_str() == word)
    }

    fn viewer(&self) -> Option<Viewer> {
        let word = self.text("viewer")?;
        Viewer::WORDS.iter().find(|(w, _)| *w == word).map(|(_, v)| *v)
    }

    fn file_says(&self, says: Says) -> bool {
        let config = self.scene.config;
        let visits = &config.viewing.visits;
        match says {
            Says::Witness => config.disclosure.witness.value,
            Says::ProtectedPersons => config.disclosure.protected_persons.value,
            Says::Conditions => !config.disclosure.conditions.is_empty(),
            Says::VisitIdentity => visits.identity.value,
            Says::VisitSupervised => visits.supervised.value,
            Says::VisitBook => visits.book.is_some(),
            Says::Declaration => config.viewing.declaration.is_some(),
            Says::DeclarationHere => {
                let here = self.draft.body.station.as_deref();
                let station = config.stations.iter().find(|s| Some(s.id.as_str()) == here);
                station.is_some_and(|s| s.declaration.value)
            }
            Says::DisposalWitness => config.disposal.witness.value,
            Says::RoomLocked => config.site.location.as_ref().is_some_and(|l| l.locked.value),
            Says::EncryptedOnly => config.disclosure.medium.value != Medium::Plain,
            Says::TwoKeys => config.approvals.iter().any(|a| {
                a.change.value == crate::config::approvals::Change::WidenRights && !a.and.is_empty()
            }),
            Says::ViewerSupervised => match self.viewer_rule() {
                Some(rule) => rule.supervised.value,
                None => self.viewer().is_some(),
            },
            Says::ApprovedClips => match self.viewer_rule() {
                Some(rule) => rule.approved_clips.value,
                None => matches!(self.viewer(), Some(Viewer::Demonstration | Viewer::Training)),
            },
        }
    }
}

/// What a recipient has to bring: all of the first, one of the second.
#[derive(Default)]
pub(super) struct Bring {
    pub all: Vec<Proof>,
    pub one: Vec<Proof>,
}

/// The file's words; where it has none for the kind, what the policies ask: an order from a court,
/// proof from a solicitor (S1.51). The media bring theirs whatever the file says (S1.16).
pub(super) fn proofs(scene: &Scene<'_>, kind: RecipientKind) -> Bring {
    let rule = scene.config.disclosure.recipients.iter().find(|r| r.kind.value == kind);
    let mut bring = match (rule, kind) {
        (Some(rule), _) => Bring {
            all: rule.needs.iter().map(|p| p.value).collect(),
            one: rule.needs_one.iter().map(|p| p.value).collect(),
        },
        (None, RecipientKind::Court) => Bring { all: vec![Proof::CourtOrder], one: vec![] },
        (None, RecipientKind::Solicitor) => {
            Bring { all: vec![], one: vec![Proof::Proceedings, Proof::CourtOrder] }
        }
        (None, _) => Bring::default(),
    };
    if kind == RecipientKind::Media {
        bring.all.extend([Proof::CrimeReference, Proof::WrittenPoliceAuthority]);
        bring.all.sort();
        bring.all.dedup();
    }
    bring
}

/// The field that carries a proof, and what it is called in a sentence.
pub(super) const fn proof_field(proof: Proof) -> (&'static str, &'static str) {
    match proof {
        Proof::CrimeReference => ("crime-reference", "the crime reference"),
        Proof::WrittenPoliceAuthority => {
            ("police-authority", "the reference of the police's written authority")
        }
        Proof::Proceedings => ("proceedings", "the reference of the proof of proceedings"),
        Proof::CourtOrder => ("court-order", "the reference of the court order"),
        Proof::Necessity => ("necessity", "why the pictures are necessary"),
        Proof::PossibleCrime => ("possible-crime", "whether a possible crime is shown"),
        Proof::PersonsShown => ("persons-shown", "whether identifiable persons are shown"),
        Proof::Countersignature => ("countersigned-by", "the inspector's countersignature"),
        Proof::Identity => ("identity", "what identity was seen"),
        Proof::Consent => ("consent", "the reference of the consent"),
    }
}

/// The proof that the answer to this field is, if it is one.
pub fn proof_in(field: &str) -> Option<Proof> {
    let all = Proof::WORDS.iter().map(|(_, proof)| *proof);
    all.into_iter().find(|proof| proof_field(*proof).0 == field)
}

/// Who may decide for this recipient or viewer: the names of the file's line, else the holders of
/// the right.
pub(super) fn deciders<'a>(
    scene: &Scene<'a>,
    by: Option<&'a [crate::config::value::At<crate::config::value::Id>]>,
    deed: Deed,
) -> Vec<&'a crate::config::people::Person> {
    match by {
        Some(by) if !by.is_empty() => holders::named(scene.config, by),
        _ => holders::with_right(scene.config, deed),
    }
}
