//! The evidence package: what lies in it, how a clip is cut and indexed, what proves it, and what a
//! check of it finds. Pure.
//!
//! ```text
//! export-123/
//!   READ-ME-FIRST.txt            how to look, and how to check, on Windows and Linux (R3.6)
//!   SHA256SUMS, SHA256SUMS.sig   digests of every file; the box's SSH signature over them (R3.7)
//!   signer.txt, allowed_signers  the box's key, for people and for ssh-keygen
//!   video/                       the masters: progressive MP4, stream copy (R2.16, R3.10)
//!   viewing-copies/, stills/     made from the masters, each with its time inside (R2.29, R2.13)
//!   manifest.json                request, authority, window, clips, gaps, digests (R3.15)
//!   clock.txt                    what is known of the recorder's clock (R7.3)
//!   player.html                  one page that plays and checks it all, without a network (R2.14)
//!   logbook-extract.txt, logbook/*   the entries of this release, and the proof of each (R5.2)
//! ```
//! No name of a file names a person. `NOT-FINISHED.txt` lies in it until the last byte was read
//! back: a package with that file is half a package.
//!
//! What ties the parts together: the signature covers the list, the list covers every file, the
//! manifest names the clips' own digests and those of the segments they were cut from, and the
//! logbook's proof shows that the release was entered before the first byte was written.
//!
//! Not shown by a check: that the camera filmed what it should; that nothing else was recorded;
//! and, where nobody compares the key with one from elsewhere, whose box it was.

pub mod check;
pub mod cut;
pub mod extract;
pub mod manifest;
pub mod movie;
pub mod names;
pub mod sshsig;
pub mod stamp;
pub mod sums;
pub mod tables;
pub mod texts;
pub mod track;

/// The page that plays the package; the same in each.
pub const PLAYER: &str = include_str!("player.html");
