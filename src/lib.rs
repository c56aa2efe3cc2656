//! Beadle: a CCTV recorder for schools. This page is the map.

pub mod base;
pub mod footage;
pub mod disk;
pub mod ingest;
pub mod segment;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod wire;
