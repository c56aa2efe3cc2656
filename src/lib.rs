//! Beadle: a CCTV recorder for schools. This page is the map.

pub mod base;
pub mod disk;
pub mod footage;
pub mod ingest;
pub mod segment;
pub mod socket;
pub mod wire;
pub mod console;
pub mod verbs;
