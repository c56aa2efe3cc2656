//! What happened, who did it and why, in an order that cannot be changed unseen (R5.1 to R5.7).

pub mod entry;
pub mod kind;

pub use entry::{Account, Act, Authority, AuthorityForm, Body, ClockState, Draft, Entry, Header};
pub use entry::{Number, Value, Who};
pub use kind::Kind;
