//! Layer 0: the words that every other module shares. Imports nothing of ours.
//!
//! A thing belongs here when three modules of different layers need it and it has no opinion of its
//! own.

pub mod clock;
pub mod digest;
pub mod fault;
pub mod limits;
pub mod name;
pub mod secret;
pub mod time;
