//! The picture service with the real `beadle-pictures`: seek, step, play, and children that die.

mod footage;
mod play;
mod rig;
mod still;
