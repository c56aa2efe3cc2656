//! Coded pictures to raw ones.

pub mod child;
pub mod deck;
#[cfg(test)]
mod deck_tests;
pub mod film;
pub mod player;
pub mod playhead;
pub mod reel;
pub mod reference;
pub mod seat;
pub mod shelf;
pub mod still;
pub mod tap;
pub mod thumbs;
