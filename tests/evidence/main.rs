//! Evidence packages seen from outside: the real `beadle run` records simulated cameras, people ask
//! for a package over its socket, and what comes out is checked with other people's programs:
//! ffmpeg, sha256sum, ssh-keygen, and a browser that opens the page from its folder.
//!
//! SKIPPED lines are printed where such a program is not installed.

#![cfg(feature = "simulate")]

#[path = "../office/desk.rs"]
#[allow(dead_code)] // this test uses its part
mod desk;
#[path = "../live/mod.rs"]
mod live;
#[path = "../office/shift.rs"]
#[allow(dead_code)] // the desk names it
mod shift;

mod beside;
mod browser;
mod fresh_eyes;
mod masked;
mod page;
mod papers;
mod refused;
mod school;
mod stick;
