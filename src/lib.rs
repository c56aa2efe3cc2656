//! Beadle: a CCTV recorder for schools. This page is the map.

pub mod base;
pub mod footage;
pub mod disk;
pub mod ingest;
pub mod segment;
pub mod store;
pub mod wire;
