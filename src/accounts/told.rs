//! What happened, for entries and alarms; why not, for the person at the keyboard.

use super::phrase::Weak;
use super::who::Who;
use crate::base::fault::Fault;
use crate::base::time::{Span, Utc};
use crate::logbook::Kind;

/// A fact of the logbook. `Display` is a sentence without anything secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
    /// The first two people were enrolled together; before that nobody was.
    Founded {
        by: Vec<Who>,
        station: String,
    },
    /// `again`: the account has a passphrase, which counts until the code is used.
    CodeIssued {
        to: Who,
        by: String,
        until: Utc,
        again: bool,
    },
    /// Nobody used it in time, it was tried too often, or the person went out of the file.
    CodeVoid {
        to: Who,
    },
    Enrolled {
        who: Who,
        station: String,
        again: bool,
    },
    PassphraseChanged {
        who: Who,
        station: String,
    },
    FactorEnrolled {
        who: Who,
    },
    FactorDropped {
        who: Who,
        by: String,
    },
    LoggedIn {
        who: Who,
        station: String,
        wrong_before: u32,
    },
    /// `wrong`: attempts in a row; of a name without an account, 0. `wait`: before the next one.
    LogInFailed {
        who: Who,
        station: String,
        wrong: u32,
        wait: Span,
    },
    CodeRefused {
        station: String,
    },
    SealedPrinted {
        by: String,
        numbers: Vec<u32>,
    },
    /// Loud: an entry, an alarm, a review of the use.
    SealedUsed {
        number: u32,
        station: String,
        left: usize,
    },
    /// Loud: nobody types such a thing by chance.
    SealedRefused {
        station: String,
    },
    /// A person was shown what changed (S4.50).
    Told {
        person: String,
        texts: Vec<String>,
    },
    /// Accounts of somebody who left the file a month ago are gone (S4.54).
    Forgotten {
        person: String,
    },
    /// The state folder took no note of it: what was counted counts until the next restart.
    Unsaved {
        fault: Fault,
    },
}

impl Fact {
    pub fn kind(&self) -> Kind {
        match self {
            Fact::Founded { .. }
            | Fact::CodeIssued { .. }
            | Fact::CodeVoid { .. }
            | Fact::Enrolled { .. }
            | Fact::FactorEnrolled { .. }
            | Fact::FactorDropped { .. }
            | Fact::PassphraseChanged { .. }
            | Fact::Forgotten { .. } => Kind::Enrolment,
            Fact::LoggedIn { .. } => Kind::LogIn,
            Fact::LogInFailed { .. } | Fact::CodeRefused { .. } => Kind::LogInFailed,
            Fact::SealedPrinted { .. } | Fact::SealedUsed { .. } | Fact::SealedRefused { .. } => {
                Kind::BreakGlass
            }
            Fact::Told { .. } => Kind::Told,
            Fact::Unsaved { .. } => Kind::Alarm,
        }
    }

    /// The sentence of its alarm, which anybody at the box may read: nobody is named.
    pub fn for_everybody(&self) -> String {
        match self {
            Fact::LogInFailed { station, wait, .. } => {
                let wait = wait.in_words();
                format!("wrong log-ins in a row at {station}; the next has to wait {wait}")
            }
            fact => fact.to_string(),
        }
    }

    /// Whether an alarm goes with the entry: somebody has to look at it today.
    pub fn is_loud(&self) -> bool {
        match self {
            Fact::SealedUsed { .. } | Fact::SealedRefused { .. } | Fact::Unsaved { .. } => true,
            Fact::LogInFailed { wait, .. } => *wait > Span::ZERO,
            _ => false,
        }
    }
}

impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fact::Founded { by, station } => {
                let names: Vec<String> = by.iter().map(Who::to_string).collect();
                write!(f, "{} enrolled together as the first, at {station}", names.join(" and "))
            }
            Fact::CodeIssued { to, by, until, again: false } => {
                write!(f, "{by} issued a one-time code to enrol {to}, good until {until}")
            }
            Fact::CodeIssued { to, by, until, again: true } => {
                write!(f, "{by} issued a one-time code for a new passphrase of {to}, until {until}")
            }
            Fact::CodeVoid { to } => write!(f, "the one-time code for {to} is void, unused"),
            Fact::Enrolled { who, station, again } => {
                let what = if *again { "a new passphrase" } else { "a passphrase" };
                write!(f, "{who} set {what} with a one-time code, at {station}")
            }
            Fact::PassphraseChanged { who, station } => {
                write!(f, "{who} changed the passphrase, at {station}")
            }
            Fact::FactorEnrolled { who } => write!(f, "{who} enrolled an authenticator"),
            Fact::FactorDropped { who, by } => {
                write!(f, "{by} took away the authenticator of {who}")
            }
            Fact::LoggedIn { who, station, wrong_before: 0 } => {
                write!(f, "{who} logged in at {station}")
            }
            Fact::LoggedIn { who, station, wrong_before } => {
                write!(f, "{who} logged in at {station} after {wrong_before} wrong attempts")
            }
            Fact::LogInFailed { who, station, wrong, wait } if *wait > Span::ZERO => write!(
                f,
                "wrong log-in as {who} at {station}, {wrong} in a row; the next has to wait {}",
                wait.in_words()
            ),
            Fact::LogInFailed { who, station, .. } => {
                write!(f, "wrong log-in as {who} at {station}")
            }
            Fact::CodeRefused { station } => {
                write!(f, "a one-time code that is not good was typed at {station}")
            }
            Fact::SealedPrinted { by, numbers } => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                write!(f, "{by} printed sealed codes {}; older ones are void", numbers.join(", "))
            }
            Fact::SealedUsed { number, station, left } => {
                write!(f, "sealed code {number} was used at {station}; {left} left")
            }
            Fact::SealedRefused { station } => {
                write!(f, "a sealed code that is not good was typed at {station}")
            }
            Fact::Told { person, texts } => {
                write!(f, "{person} was told of {} changes at log-in", texts.len())
            }
            Fact::Forgotten { person } => {
                write!(f, "the accounts of {person}, who left the file a month ago, are gone")
            }
            Fact::Unsaved { fault } => {
                write!(f, "the state folder took no note of a log-in: {fault}")
            }
        }
    }
}

/// Why not. The sentences tell a guesser nothing: a wrong name, passphrase and number are one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error(
        "The name, the passphrase or the number is wrong. After several wrong ones you have \
             to wait."
    )]
    Wrong,
    #[error("Too many wrong attempts. Try again in {}.", .wait.in_words())]
    Wait { wait: Span },
    #[error("Several people are logging in at this moment. Try again in a few seconds.")]
    Busy,
    #[error(
        "This code is not good: mistyped, used, or older than a week. Ask whoever issued it \
             for a new one."
    )]
    NoSuchCode,
    #[error("This sealed code is not good: mistyped, or used. Try the next one.")]
    NoSuchSealed,
    #[error(transparent)]
    Weak(#[from] Weak),
    #[error("This is the passphrase you have. Take a new one.")]
    Same,
    #[error("Nobody is enrolled with that name. Issue a one-time code first.")]
    NotEnrolled,
    #[error("This box has its people already. Ask one of them for a one-time code.")]
    AlreadyFounded,
    #[error(
        "The two people must enrol in one go, at one screen, within half an hour. Begin again."
    )]
    FoundingOver,
    #[error("No authenticator was offered to this account, or the box was restarted. Begin again.")]
    NoOffer,
    #[error("The six digits are wrong. Is the telephone's clock right?")]
    WrongDigits,
    #[error("At most {0} sealed codes are kept at once.")]
    TooManySealed(u32),
    /// Nothing has changed.
    #[error("Nothing was changed, because it could not be kept: {0}")]
    Unsaved(Fault),
    /// The machine could not look; it counts for nothing.
    #[error("That could not be looked at: {0}")]
    Machine(Fault),
}
