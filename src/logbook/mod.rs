//! What happened, who did it and why, in an order that cannot be changed unseen (R5.1 to R5.7).

pub mod answer;
pub mod case;
pub mod checkpoint;
pub mod entry;
pub mod fields;
pub mod form;
pub mod heartbeat;
pub mod holders;
pub mod kind;
pub mod leaf;
pub mod proof;
pub mod registers;
pub mod reports;
pub mod tree;
pub mod verify;

pub use entry::{Account, Act, Authority, AuthorityForm, Body, ClockState, Draft, Entry, Header};
pub use entry::{Number, Value, Who};
pub use kind::Kind;
