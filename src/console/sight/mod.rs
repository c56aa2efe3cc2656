//! Pictures on a screen of letters.

pub mod paint;
