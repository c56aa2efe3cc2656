//! One passphrase to be looked at, carried to a thread that may block.
//!
//! `Accounts::begin_...` makes a [`Trial`]; its caller runs it on a thread of its own (0.3 s, or
//! for a new passphrase 0.3 s for each account of the box), and gives the [`Tried`] back to
//! `Accounts::finish`. One runs at a time, so that memory stays at 64 MiB.

use std::sync::{Mutex, PoisonError};

use super::verifier::{Cost, Verifier};
use super::who::Who;
use crate::base::digest::Digest;
use crate::base::fault::Fault;
use crate::base::secret::Secret;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What the passphrase is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    LogIn {
        factor: Option<Secret>,
    },
    /// A locked screen of a session that is open (S4.33).
    Unlock,
    /// A second person beside one who is logged in (S1.61).
    Beside {
        factor: Option<Secret>,
    },
    /// A one-time code, known by its hash.
    Redeem {
        code: Digest,
    },
    Change,
    Found,
}

/// A new passphrase: it may be nobody's yet (S4.43).
#[derive(Debug)]
pub(super) struct Choice {
    pub phrase: Secret,
    pub salt: [u8; 16],
    /// Of all other accounts.
    pub others: Vec<Verifier>,
}

/// Work that blocks. Shows nothing of what it carries.
#[derive(Debug)]
pub struct Trial {
    pub(super) purpose: Purpose,
    pub(super) who: Who,
    pub(super) station: String,
    /// `None` in the pair: no such account. The same work is done, so that nobody can tell.
    pub(super) prove: Option<(Option<Verifier>, Secret)>,
    /// Salt for a verifier whose cost is not today's.
    pub(super) fresh_salt: [u8; 16],
    pub(super) choose: Option<Choice>,
    pub(super) cost: Cost,
}

/// What came of it.
#[derive(Debug)]
pub struct Tried {
    pub(super) purpose: Purpose,
    pub(super) who: Who,
    pub(super) station: String,
    /// The passphrase was right, or none was asked for.
    pub(super) proved: bool,
    /// Another account has the passphrase that was chosen.
    pub(super) taken: bool,
    /// Of the chosen passphrase; or of the old one, at today's cost.
    pub(super) made: Option<Verifier>,
    /// The machine could not.
    pub(super) fault: Option<Fault>,
}

impl Trial {
    /// Blocks: 0.3 s, at enrolment 0.3 s for each account of the box, and as long for each trial
    /// before it. Not for the supervisor's thread.
    pub fn run(self) -> Tried {
        // A poisoned lock guards nothing: there is no state behind it.
        let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tried = Tried {
            purpose: self.purpose,
            who: self.who,
            station: self.station,
            proved: false,
            taken: false,
            made: None,
            fault: None,
        };
        let done = look(self.prove.as_ref(), self.fresh_salt, self.choose.as_ref(), self.cost);
        match done {
            Ok((proved, taken, made)) => {
                (tried.proved, tried.taken, tried.made) = (proved, taken, made);
            }
            Err(fault) => tried.fault = Some(fault),
        }
        tried
    }
}

fn look(
    prove: Option<&(Option<Verifier>, Secret)>,
    fresh_salt: [u8; 16],
    choose: Option<&Choice>,
    cost: Cost,
) -> Result<(bool, bool, Option<Verifier>), Fault> {
    let mut made = None;
    match prove {
        Some((Some(verifier), phrase)) => {
            if !verifier.fits(phrase)? {
                return Ok((false, false, None));
            }
            if !verifier.costs(cost) && choose.is_none() {
                made = Some(Verifier::make(phrase, &fresh_salt, cost)?);
            }
        }
        Some((None, phrase)) => {
            Verifier::make(phrase, &fresh_salt, cost)?;
            return Ok((false, false, None));
        }
        None => {}
    }
    if let Some(choice) = choose {
        for other in &choice.others {
            if other.fits(&choice.phrase)? {
                return Ok((true, true, None));
            }
        }
        made = Some(Verifier::make(&choice.phrase, &choice.salt, cost)?);
    }
    Ok((true, false, made))
}
