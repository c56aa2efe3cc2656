//! One file a verb of `beadle`: arguments in, exit code out.

pub mod check;
