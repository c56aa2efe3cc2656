//! One file per verb of the command line that is not a program of its own.

#[cfg(feature = "simulate")]
pub mod simulate;
