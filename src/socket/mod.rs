//! Both ends of the supervisor's Unix socket: `listen` for the supervisor, `dial` for the rest.
//!
//! Who may connect is decided by the file system: the socket is 0600, or 0660 with a group.
//! Everything else (who may watch what) is for later layers; `Peer` carries the caller's user id.
//!
//! Invariants
//! 1. The socket appears under its name with its final mode and already listening: bound under a
//!    short name beside it, then renamed. Nobody ever meets it half made.
//! 2. A socket that answers is never taken over; one that refuses belongs to a dead process and is
//!    replaced.
//! 3. No client costs another anything: each has its own task, one unfinished line, one reply under
//!    way, and five seconds to take it. There are at most `WIRE_CLIENTS_MAX` of them.
//! 4. A watcher hears something at least every `WIRE_WATCH_MAX`, so that silence means that nobody
//!    is there.
//!
//! Cost: 512 cameras are about 200 kB a status, twice a second a watcher, encoded once for each.

use std::path::PathBuf;

pub mod dial;
pub mod listen;

/// Where the supervisor listens unless told otherwise.
pub const PATH: &str = "/run/beadle/beadle.sock";

/// Who is on the other end, as the kernel says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peer {
    pub uid: u32,
    /// `None` where the kernel does not tell.
    pub pid: Option<i32>,
}

/// The socket's path: `BEADLE_SOCKET` if it is set, else `/run/beadle/beadle.sock`.
pub fn default_path() -> PathBuf {
    match std::env::var_os("BEADLE_SOCKET") {
        Some(path) if !path.is_empty() => path.into(),
        _ => PATH.into(),
    }
}
