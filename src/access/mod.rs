//! Who may do what. Pure: the file, the question and the situation in, a one-shot grant or a
//! reasoned refusal out.
//!
//! [`decide()`] denies by default. What it allows becomes an entry first: [`Grant::draft`] goes to
//! the logbook, its number turns the grant into [`Entered`], and effects take nothing else.
//!
//! # Modules
//! - `ask`: the question ([`Asking`], [`Wish`]) and what surrounds it ([`Situation`]).
//! - `decide`: the order of the rules; `session` (who, where, papers), `right` (roles, deputies),
//!   `watch` (pictures), `word` (on whose word), `pair` (two persons) hold them.
//! - `draft`: the entry of each decision; `makes`: which entries a wish may make.
//! - `standing`: what the logbook says about people. `waiting`, `keys`, `widen`: versions of the
//!   file that need confirmation. `table`: who may do what on a day.
//!
//! # Decisions
//! - Two accounts of one person are one person, wherever persons are compared.
//! - A deputy acts in those roles alone that say `deputies=#true`, while the principal is in force;
//!   rights of their own come first, and then nobody is acted for.
//! - The printed policy is the file: a class of viewer or recipient that it does not list gets
//!   nothing, but for a court with its order and the person shown, whom the law entitles.
//! - A sealed code opens what gets the box and its people going, never footage, holds or disposal.
//! - What this module cannot know it takes as an argument: whether somebody really stands at the
//!   station, showed the paper, or is the person they logged in as.

mod ask;
mod decide;
mod denied;
mod draft;
mod grant;
mod keys;
mod makes;
mod pair;
mod right;
mod session;
pub mod sessions;
mod standing;
mod table;
mod trigger;
mod waiting;
mod watch;
mod widen;
mod word;

pub use crate::logbook::fields;
pub use ask::{Asking, Guest, Permit, Release, Session, Situation, Wish};
pub use decide::decide;
pub use denied::{Denied, Why};
pub use grant::{Entered, Grant};
pub use makes::can_make;
pub use right::has as has_right;
pub use standing::{Decision, Permission, Signed, Spoken, Standing, Unused};
pub use table::{Holders, PersonRights, Right, by_right, rights};
pub use trigger::triggers;
pub use waiting::{Confirmed, Missing, Waiting, stuck};
pub use widen::{Change, widening};

#[cfg(test)]
mod tests;
