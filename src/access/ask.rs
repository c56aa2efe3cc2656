//! What a person asks for, and everything around it that an answer depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::standing::Standing;
use super::waiting::Waiting;
use crate::base::name::CameraId;
use crate::base::time::{Day, Utc};
use crate::config::disclosure::{Proof, RecipientKind};
use crate::config::duties::DutyKind;
use crate::config::registers::Register;
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::config::viewing::Viewer;
use crate::logbook::{Account, Act, Authority, ClockState, Kind, Number, Value};

/// One thing that a person may want.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Wish {
    /// A right of the file.
    Deed(Deed),
    Read(Register),
    /// An entry made by hand. Kinds that only a deed makes are refused here.
    Write(Kind, Act),
    /// Entering a duty as done: whoever the file names for it.
    Duty(DutyKind),
    /// The same with a duty that comes without a line of the file (a fee, somebody who leaves):
    /// whoever is responsible.
    OwnDuty,
    /// Destroying bodies of entries (R5.7): the right `dispose`, always with a witness.
    Forget,
    /// Signing a paper for oneself (S4.25). Nothing else is possible before it.
    Sign,
    /// Reporting misuse, from any screen and account (S4.32).
    Report,
    /// Confirming one's own word given by mouth (S4.12, K7).
    Confirm,
    /// Confirming a version of the file that waits (S4.48).
    Approve,
}

impl Wish {
    /// Belongs on an admin account (S4.40, S4.47).
    pub fn privileged(self) -> bool {
        match self {
            Wish::Deed(deed) => deed.privileged(),
            Wish::Forget => true,
            _ => false,
        }
    }

    /// Shows footage.
    pub fn watches(self) -> bool {
        matches!(self, Wish::Deed(deed) if deed.watches())
    }

    /// Shows recorded footage: a window, a purpose and a reason are asked for (S4.11, S4.67).
    pub fn recorded(self) -> bool {
        self.watches() && self != Wish::Deed(Deed::Live)
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Deed(deed) => f.pad(deed.as_str()),
            Wish::Read(register) => write!(f, "read {register}"),
            Wish::Write(kind, Act::Close) => write!(f, "close {kind}"),
            Wish::Write(kind, Act::Correct) => write!(f, "correct {kind}"),
            Wish::Write(kind, _) => write!(f, "write {kind}"),
            Wish::Duty(kind) => write!(f, "duty {kind}"),
            Wish::OwnDuty => f.pad("duty"),
            Wish::Forget => f.pad("forget"),
            Wish::Sign => f.pad("sign"),
            Wish::Report => f.pad("report"),
            Wish::Confirm => f.pad("confirm"),
            Wish::Approve => f.pad("approve"),
        }
    }
}

/// What is asked for. Everything not needed by the wish stays at its default.
#[derive(Clone, PartialEq, Debug)]
pub struct Asking {
    pub wish: Wish,
    /// The entry that it is to make; `None`: the usual one of the wish.
    pub entry: Option<(Kind, Act)>,
    pub cameras: Vec<CameraId>,
    /// First and last moment of footage.
    pub window: Option<(Utc, Utc)>,
    /// Of the file's closed list (S0.3).
    pub purpose: Option<Id>,
    pub reason: Option<String>,
    /// What came of it, where the form asks (S0.7).
    pub outcome: Option<String>,
    /// To the purpose's own question (S0.10).
    pub answer: Option<String>,
    /// On whose word; `None`: their own.
    pub authority: Option<Authority>,
    /// The person of the file whom it is about or whom it favours.
    pub subject: Option<Id>,
    /// For `export`.
    pub release: Option<Release>,
    /// For `authorise-viewing`.
    pub permit: Option<Permit>,
    /// The entry that this adds to, ends or puts right.
    pub about: Option<Number>,
    /// What the form of the entry asks beside that.
    pub more: BTreeMap<String, Value>,
}

impl Asking {
    pub fn to(wish: Wish) -> Asking {
        Asking {
            wish,
            entry: None,
            cameras: Vec::new(),
            window: None,
            purpose: None,
            reason: None,
            outcome: None,
            answer: None,
            authority: None,
            subject: None,
            release: None,
            permit: None,
            about: None,
            more: BTreeMap::new(),
        }
    }
}

/// To whom a copy goes, and what they showed (S1.16, S1.51).
#[derive(Clone, PartialEq, Debug)]
pub struct Release {
    pub recipient: RecipientKind,
    pub proofs: Vec<Proof>,
}

/// An allowance to view (S0.18).
#[derive(Clone, PartialEq, Debug)]
pub struct Permit {
    /// A person or a role.
    pub to: Id,
    /// Empty: all cameras.
    pub cameras: Vec<CameraId>,
    pub window: (Utc, Utc),
    pub expires: Utc,
}

/// A person who logged in.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    pub person: Id,
    pub account: Account,
    pub began: Utc,
    /// Why an admin session was opened (S4.53).
    pub reason: Option<String>,
    /// A second factor was shown at log-in.
    pub second_factor: bool,
    /// Its entry.
    pub entry: Option<Number>,
}

/// Somebody who is not of the school and watches too (S1.40, S1.41, S1.30).
#[derive(Clone, PartialEq, Debug)]
pub struct Guest {
    pub class: Viewer,
    /// Name or badge number, for the entry.
    pub name: String,
    /// On whose word they watch; `None`: that of whoever asks.
    pub authority: Option<Authority>,
    /// The person of the file who stays with them; `None`: whoever asks.
    pub supervisor: Option<Id>,
    pub proofs: Vec<Proof>,
    /// What the form asks about them beside that: field and answer.
    pub shown: BTreeMap<String, String>,
}

/// Everything that an answer depends on beside the file and the question.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub who: &'a Session,
    /// The second person, logged in beside the first (S1.61).
    pub second: Option<&'a Session>,
    /// Where; `None`: a terminal that is no station.
    pub station: Option<&'a Id>,
    pub guests: &'a [Guest],
    /// The declaration of confidentiality was accepted in this session (S4.14).
    pub declared: bool,
    /// The clip is approved for showing until this day (S1.41, S4.88); `None`: it is no such clip.
    pub clip: Option<Day>,
    /// Everybody who has a passphrase.
    pub enrolled: &'a BTreeSet<Id>,
    pub standing: &'a Standing,
    /// The version of the file that waits.
    pub waiting: Option<&'a Waiting>,
    pub now: Utc,
    pub clock: ClockState,
}
