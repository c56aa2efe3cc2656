//! The one-shot answer "yes", and what it becomes when its entry is in the logbook.
//!
//! A [`Grant`] can be made in `access` alone: its fields are private and it is neither cloned,
//! copied, defaulted nor deserialised. It does nothing but give its [`Draft`]. Once that is durable
//! its number turns the grant into [`Entered`], by value. An effect takes an [`Entered`] by value:
//! so it cannot run before its entry, and it runs once. Cameras, window and subject are read from
//! there and nowhere else: what is carried out is what was asked for.

use super::ask::{Asking, Wish};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::config::value::Id;
use crate::logbook::{Account, Draft, Number};

/// Yes, once its entry is made. Lost without effect when dropped.
#[must_use = "a grant does nothing until its entry is made"]
#[derive(Debug)]
pub struct Grant {
    allowed: Allowed,
    draft: Option<Draft>,
}

/// Yes, and entered. The only thing that effects take.
#[must_use = "what was entered is to be carried out"]
#[derive(Debug)]
pub struct Entered {
    allowed: Allowed,
    number: Option<Number>,
}

/// Who may do what.
#[derive(Debug)]
pub(super) struct Allowed {
    pub asking: Asking,
    pub person: Id,
    pub account: Account,
    pub acting_for: Option<Id>,
    pub second: Option<Id>,
}

impl Grant {
    pub(super) fn new(allowed: Allowed, draft: Option<Draft>) -> Grant {
        Grant { allowed, draft }
    }

    /// The entry that must be durable first; `None`: reading a register leaves none.
    pub fn draft(&self) -> Option<&Draft> {
        self.draft.as_ref()
    }

    pub fn wish(&self) -> Wish {
        self.allowed.asking.wish
    }

    /// Its entry is durable under this number.
    pub fn entered(self, number: Number) -> Entered {
        Entered { allowed: self.allowed, number: Some(number) }
    }

    /// For what leaves no entry.
    ///
    /// # Errors
    /// There is a draft: the grant comes back, to be entered.
    pub fn unentered(self) -> Result<Entered, Box<Grant>> {
        match self.draft {
            None => Ok(Entered { allowed: self.allowed, number: None }),
            Some(_) => Err(Box::new(self)),
        }
    }
}

impl Entered {
    pub fn wish(&self) -> Wish {
        self.allowed.asking.wish
    }

    pub fn person(&self) -> &Id {
        &self.allowed.person
    }

    pub fn account(&self) -> Account {
        self.allowed.account
    }

    /// Whom a deputy acts for (S4.5).
    pub fn acting_for(&self) -> Option<&Id> {
        self.allowed.acting_for.as_ref()
    }

    pub fn second(&self) -> Option<&Id> {
        self.allowed.second.as_ref()
    }

    /// What was asked for and allowed, to the last camera.
    pub fn asking(&self) -> &Asking {
        &self.allowed.asking
    }

    pub fn cameras(&self) -> &[CameraId] {
        &self.allowed.asking.cameras
    }

    pub fn window(&self) -> Option<(Utc, Utc)> {
        self.allowed.asking.window
    }

    /// `None` only for what leaves no entry.
    pub fn number(&self) -> Option<Number> {
        self.number
    }
}
