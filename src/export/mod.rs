//! Packages on a disk: written, read back, and read for a check.
//!
//! # Procedure
//!
//! 1. The segments are scanned (heads alone) and cut; the room is compared with what will be
//!    needed. Nothing was written so far.
//! 2. The folder, and in it `NOT-FINISHED.txt`, durable. A folder of that name that has this file
//!    is what a crash left: it is emptied and begun anew. One without it is whole and is not
//!    touched.
//! 3. Each clip: index, pictures, flush. While it is written pages go to the device as they come,
//!    so that no recorder waits behind a burst.
//! 4. The papers are set as pages, by a process of its own (`papers`).
//! 5. The small files, the manifest, the list; then its signature; folders synced.
//! 6. Everything is read back from the device, with the cache dropped, and compared with the list.
//! 7. `NOT-FINISHED.txt` is removed, the folder synced. Only now is the package told as whole.
//!
//! Into an archive (`archive`) the same goes through a disk that seals; onto a stick (`landing`)
//! through one that may be pulled out: then the work stands still, and goes on with the first file
//! that is not whole once the same stick is back.
//!
//! A power cut before 7 leaves a package that says of itself that it is not finished.
//!
//! # Costs
//!
//! Each picture is read once and hashed three times: for its recording, for the clip's stream, and
//! for the file. Two of these run beside the writing. Memory: a few blocks of 512 kB, and 40 bytes
//! a picture of the clip that is being written.

pub mod archive;
pub mod carry;
pub mod derived;
pub mod job;
mod landing;
pub mod outer;
pub mod papers;
pub mod phrase;
pub mod read;
pub mod source;
mod stream;
pub mod work;
pub mod write;
pub mod zip;

#[cfg(test)]
mod proof;
#[cfg(test)]
mod proof_attacks;
#[cfg(test)]
mod proof_pulled;
#[cfg(test)]
mod proof_stick;
