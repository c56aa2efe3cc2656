//! The small root service (`beadle machine`) and how the recorder speaks to it.
//!
//! The recorder has no privileges. What needs them is asked for here, from a closed list
//! ([`order::Order`]): look at sticks, mount one, let it go, open BitLocker, format, wipe; look at
//! the box's own disks, make one a footage disk, open and try those; look at an update, write it;
//! install the image from a stick; restart the machine; set its clock. Each is a variant of that
//! list with its own check. The network has a process of its own ([`network`]).
//!
//! # What keeps it small
//!
//! 1. The socket answers one user, the recorder's, as the kernel names the peer; a line is at most
//!    [`order::LINE_BYTES_MAX`] long, and nobody is waited for longer than [`order::LINE_SPAN`].
//! 2. No argument is a path. A stick is named as the kernel names it, with the number that the
//!    kernel gave to this plugging-in of it (`diskseq`): an order about a stick that was swapped
//!    meanwhile is refused.
//! 3. Each order is checked against what the kernel says now, not against what it said when the
//!    list was shown: on the USB bus, no keyboard in the same device, in use by nobody, one
//!    partition or none, a file system of the list.
//! 4. The few programs that are ever started (`mkfs.exfat`, `mkfs.ext4`, `sfdisk`, `cryptsetup`,
//!    `systemd-cryptenroll`, `systemd-cryptsetup`, `systemd-sysupdate`, `systemd-repart`,
//!    `systemctl`) are called by their full path, with fixed words,
//!    an empty environment and never a shell. A passphrase goes through a pipe or a file in memory.
//! 5. A disk is erased only when the end of its number was typed, and this is looked at here, in
//!    the process that erases.
//!
//! # A mount without a place
//!
//! What is mounted is given away as an open folder (`fsmount`, then a descriptor over the socket)
//! and appears in no tree of names: nobody but the recorder and the process that writes can see the
//! stick, the service itself can be shut off from the rest of the machine by a mount namespace, and
//! when its last holder closes it, or crashes, the kernel flushes and unmounts it. There is no
//! phantom mount to clean up after a stick was pulled out. Nothing on it runs: no set-user-id, no
//! devices, no programs, no links followed.

pub mod client;
mod clock;
pub mod order;
pub mod serve;

mod door;
mod footage;
#[cfg(test)]
mod footage_tests;
mod install;
mod kernel;
mod keyed;
mod lend;
pub mod luks;
mod make;
mod mount;
pub mod network;
mod probe;
mod space;
#[cfg(test)]
pub mod tests;
mod uevent;
pub mod update;

pub use kernel::Kernel;
