//! The office seen from outside: the real `beadle run`, spoken to over its socket by its verbs and
//! by hand. Who gets in and who does not, what the file does to people who are logged in, what a
//! full disk and `kill -9` leave, where secrets turn up, and what rude clients achieve.
//!
//! Figures and SKIPPED lines are printed. `SLOW=1`: more kills, more rude lines.

#![cfg(feature = "simulate")]

#[path = "../live/mod.rs"]
mod live;

mod approvals;
mod codes;
mod desk;
mod emergency;
mod full;
mod kills;
mod people;
mod rude;
mod seals;
mod secrets;
mod sessions;
mod shift;
mod stills;
