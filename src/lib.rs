//! Beadle: a CCTV recorder for schools. This page is the map.

pub mod base;
pub mod config;
pub mod disk;
pub mod footage;
pub mod ingest;
pub mod segment;
pub mod verbs;
pub mod wire;
