//! Live pictures and recordings of a real recorder: who gets them, what a terminal shows of them,
//! and that recording does not notice.

#[allow(dead_code)] // a part of it is enough here
#[path = "../pictures/footage.rs"]
mod footage;
mod gate;
#[allow(dead_code)]
#[path = "../rig/mod.rs"]
mod rig;
mod school;
mod together;
mod walk;
