//! What each entry says: one table of forms, one field a line, each with the rule it comes from.
//!
//! The console draws its entry screens from this table, `beadle logbook add` asks its questions
//! from it, and [`check()`] holds a draft against it. Nothing else knows what a release or a breach
//! consists of.
//!
//! # Rules of the table
//! - A kind has a form for each [`Act`] that it takes. `Correct` has none of its own: a correction
//!   restates the fields of the entry that it puts right, and says why ([`CORRECTION`]).
//! - Records that go on have one form for all notes; its field `step` says which step it is, and
//!   the other fields are asked for by their conditions. Conditions are data, so that a screen can
//!   show a field the moment it is needed.
//! - A register takes down what happened. What must not happen is refused before it does: a
//!   decision or a release against the file or the law ([`Ill::Refused`]). What has happened
//!   already and looks odd is written down with a [`Ill::Doubt`].
//! - Forms ask for references, never for pupils' names: bodies can be destroyed, habits cannot.
//! - No entry carries what its form does not ask, but for what the recorder adds to each
//!   ([`ADDED`]). [`check()`] judges what people fill in, [`shape()`] every entry that is made.

mod check;
mod choices;
mod condition;
mod legal;
mod rules;
mod shape;
mod sort;
mod tables;
#[cfg(test)]
pub(in crate::logbook) mod tests;

use super::entry::Act;
use super::fields;
use super::kind::Kind;
use crate::config::disclosure::Proof;
use crate::config::roles::Deed;

pub use check::{Ill, Objection, Scene, check};
pub use choices::{Choice, choices};
pub use condition::{asked, needed, offered, proof_in};
pub use legal::{BASES, Legal, REQUEST_TYPES, legal_of, once_called};
pub use shape::shape;
pub use sort::parse_answer;

/// The questions of one entry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Form {
    pub kind: Kind,
    pub act: Act,
    /// What the screen is headed with.
    pub title: &'static str,
    pub maker: Maker,
    /// Fields in the order of asking; groups are shared between forms.
    pub groups: &'static [&'static [Field]],
    /// What holds between fields, the file and the record.
    pub rules: &'static [Rule],
}

/// Who makes such an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Maker {
    /// Somebody who is logged in.
    Person,
    /// The recorder alone.
    Machine,
    /// The recorder, for somebody who is logged in or nobody at all.
    Either,
}

/// One question.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Field {
    /// As it is spelt in entries: `a-z -`.
    pub name: &'static str,
    /// In the reader's words.
    pub title: &'static str,
    pub sort: Sort,
    pub need: Need,
    /// The rule that asks for it; empty where common sense does.
    pub row: &'static str,
    /// What to write; empty where the title says it all.
    pub hint: &'static str,
}

/// What an answer looks like.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Sort {
    /// One line, at most `FORM_LINE_CHARS_MAX` characters.
    Line,
    /// Several lines, at most `FORM_TEXT_CHARS_MAX` characters.
    Text,
    /// One of these words.
    Choice(Words),
    /// One or more of these words.
    Several(Words),
    YesNo,
    /// A declaration: only "yes" is an answer.
    Confirmed,
    /// `2026-11-22`.
    Day(Side),
    /// `2026-11-22T09:14:00Z`; shown and typed in the school's time.
    Moment(Side),
    /// A time of day as people tell it, `09:14`.
    Clock,
    Number {
        min: i64,
        max: i64,
        unit: &'static str,
    },
    /// One line each, at most `FORM_LIST_MAX`.
    List,
    /// One line each that begins with the day it is due: `2026-12-01 Change the lock`.
    Dated,
    /// The number of another entry, of one of these kinds.
    Entry(&'static [Kind]),
    /// SHA-256, 64 hexadecimal digits: filled in by the machine.
    Digest,
}

/// Where a day or moment may lie, seen from now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Any,
    /// Now at the latest.
    Past,
    /// Today at the earliest.
    Ahead,
}

/// Where the words of a choice come from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Words {
    /// Word and title.
    These(&'static [(&'static str, &'static str)]),
    /// The file, as it is in force.
    From(Source),
}

/// What of the file can be chosen; [`choices()`] lists it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    Purposes,
    IncidentTypes,
    /// The file's, and those of the law ([`BASES`]).
    Bases,
    Cameras,
    Zones,
    Persons,
    /// Persons and roles.
    Whos,
    /// Classes of viewers, and "staff".
    Viewers,
    /// Classes of recipients; there is no commercial one (S1.15).
    Recipients,
    Signs,
    /// The file's classes of hold and the five that stand by themselves.
    HoldClasses,
    /// What people sign (`acceptance`).
    Papers,
    /// `disposal methods=`, and the two ways in which a carrier leaves whole.
    Methods,
    /// Whoever holds this right; everybody of the file where nobody does.
    Holders(Deed),
    /// Whoever may be the second person of a release: holders of `witness`, and everybody where the
    /// file lets anybody be one out of hours (S1.61).
    Witnesses,
    /// What suspends rights (S4.59).
    Triggers,
    Rights,
}

/// Whether a field has to be filled in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Need {
    Always,
    /// It may be left empty.
    May,
    /// Has to be filled in while this holds, and is not asked for otherwise.
    If(Cond),
    /// Is asked for while this holds, and may be left empty.
    MayIf(Cond),
}

/// A condition over the draft, its record and the file. "Said" means: in the draft, or else in the
/// record that it goes on with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cond {
    /// The answer is one of these words, or a list with one of them.
    Is(&'static str, &'static [&'static str]),
    Yes(&'static str),
    No(&'static str),
    Given(&'static str),
    File(Says),
    /// The recipient or viewer that was said must bring this.
    Proof(Proof),
    /// The purpose that was said has a question of its own (S0.10).
    PurposeAsks,
    /// The paper that was said is for privileged rights (S4.71).
    PrivilegedPaper,
    Not(&'static Cond),
    All(&'static [Cond]),
    Any(&'static [Cond]),
}

/// A setting of the file that a form follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// `disclosure witness=#true`.
    Witness,
    ProtectedPersons,
    /// There are conditions to accept.
    Conditions,
    VisitIdentity,
    VisitSupervised,
    VisitBook,
    /// There is a declaration of confidentiality.
    Declaration,
    /// This station shows recordings after the declaration only.
    DeclarationHere,
    DisposalWitness,
    /// The recorder's room is kept locked.
    RoomLocked,
    /// No unencrypted carrier without an exception.
    EncryptedOnly,
    /// Wider rights need two.
    TwoKeys,
    /// The viewer that was said is never left alone.
    ViewerSupervised,
    /// The viewer that was said sees approved clips only.
    ApprovedClips,
}

/// What holds beyond single fields. Each is one function in `rules`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rule {
    /// Two answers name two different persons.
    Apart(&'static str, &'static str),
    /// The answer is not the one who writes the entry.
    NotSelf(&'static str),
    /// The first is not later than the second.
    InOrder(&'static str, &'static str),
    /// At least one of these, and what to call them.
    OneOf(&'static [&'static str], &'static str),
    /// A word by mouth counts only where the file lets it (S4.12), one's own is one's own.
    Authority,
    /// A recipient that the file or the law refuses gets nothing (S1.15, S1.17).
    Recipient,
    /// The papers that the recipient has to bring (S1.16, S1.51).
    Proofs,
    /// Only those whom the file names decide (S1.50).
    Decider,
    /// A viewer whom the file refuses (S1.60).
    Viewer,
    /// One's own pictures are asked for elsewhere (R1.7).
    OwnRegister,
    /// An inspector or higher signed (R1.13).
    Countersigned,
    /// A protected person goes to the police alone without a second look (S4.21).
    Protected,
    /// Masters of cameras with masks are for police and courts alone (R1.9).
    Unmasked,
    /// Only out of hours somebody without the right is a witness (S1.61).
    Witness,
    /// The file's limit of a spot check (S1.28).
    SpotLimit,
    /// Independent investigator, dated recommendations (S1.53).
    Serious,
    /// The Headteacher has no part in matters about the Headteacher (K13).
    AboutHead,
    /// The Commissioner was told, or it is said why not (R1.22).
    Notified,
    /// Pauses and extensions come in order (R1.7).
    AccessSteps,
    /// Reviews and renewals only while the authorisation lasts (R1.18).
    CovertSteps,
    /// The offset is the difference of the readings (R7.1).
    Offset,
    /// What cannot be erased is destroyed (S4.23).
    Erasable,
    /// Those whom `approvals` names, and never who gains by it (S4.48).
    Approvers,
    /// A paper is signed in the version that is in force (S4.25).
    PresentVersion,
    /// Nobody allows a report on their own use (S4.52).
    NotAuthority(&'static str),
}

/// What a correction says besides the fields that it restates.
pub const CORRECTION: Field = tables::line("correction", "What is put right, and why", "R5.7")
    .hint("a typing slip in a date");

/// A correction that takes the whole entry back: what it said counts as not said.
pub const WITHDRAWN: Field =
    tables::field("withdrawn", "The whole entry is taken back", Sort::YesNo, "R5.7").may();

/// What the recorder adds to people's entries: how they asked, who was with them, what waits.
pub const ADDED: &[(&str, Sort)] = &[
    (fields::DEED, Sort::Line),
    (fields::SUBJECT, Sort::Line),
    (fields::ANSWER, Sort::Line),
    (fields::GUESTS, Sort::List),
    (fields::GUEST_AUTHORITY, Sort::List),
    (fields::SUPERVISOR, Sort::Line),
    (fields::SPOKEN_BY, Sort::List),
    (fields::CONFIRM_BY, Sort::Moment(Side::Any)),
    (fields::PROOFS, Sort::List),
    (fields::COVERT, Sort::List),
    (fields::PERMISSION, Sort::Entry(&[Kind::Permission])),
    (fields::REQUEST, Sort::Entry(&[Kind::Request, Kind::SubjectAccess])),
    (fields::INCIDENT, Sort::Entry(&[Kind::Incident])),
    (fields::DECLARATION, Sort::Digest),
    (fields::DECLARED, Sort::Confirmed),
    (fields::WITNESS_EXCEPTION, Sort::YesNo),
];

/// The sort of such an addition.
pub fn added(name: &str) -> Option<Sort> {
    ADDED.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort)
}

impl Form {
    /// All fields, in the order of asking.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|f| f.name == name)
    }
}

/// The form of an entry. For a correction: the act of the entry that it puts right.
pub fn form(kind: Kind, act: Act) -> Option<&'static Form> {
    all().find(|f| f.kind == kind && f.act == act)
}

/// Every form there is.
pub fn all() -> impl Iterator<Item = &'static Form> {
    tables::ALL.iter().flat_map(|table| table.iter())
}
