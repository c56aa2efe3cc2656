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
    /// The terminal that the caller sits at, as the kernel says: `tty1`, `pts/3`. What a client
    /// says
    /// about itself is never taken for where it is (S4.6).
    pub terminal: Option<Terminal>,
}

/// A process' controlling terminal, from the device number in `/proc/PID/stat`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Terminal {
    /// `ttyN`: a screen of this box.
    Console(u32),
    /// `pts/N`: a window, or a connection from elsewhere.
    Window(u32),
}

impl std::fmt::Display for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Terminal::Console(n) => write!(f, "tty{n}"),
            Terminal::Window(n) => write!(f, "pts/{n}"),
        }
    }
}

impl Terminal {
    /// The seventh field of `/proc/PID/stat`; the second may hold spaces and brackets.
    pub fn of_stat(stat: &str) -> Option<Terminal> {
        let (_, rest) = stat.rsplit_once(')')?;
        let device: u32 = rest.split_whitespace().nth(4)?.parse::<i64>().ok()?.try_into().ok()?;
        let major = (device >> 8) & 0xfff;
        let minor = (device & 0xff) | ((device >> 12) & 0xf_ff00);
        match major {
            4 if minor < 64 => Some(Terminal::Console(minor)),
            136..=143 => Some(Terminal::Window((major - 136) * 256 + minor)),
            _ => None,
        }
    }
}

/// The socket's path: `BEADLE_SOCKET` if it is set, else `/run/beadle/beadle.sock`.
pub fn default_path() -> PathBuf {
    match std::env::var_os("BEADLE_SOCKET") {
        Some(path) if !path.is_empty() => path.into(),
        _ => PATH.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::Terminal;

    #[test]
    fn the_kernel_says_where_somebody_sits() {
        let table = [
            ("17 (beadle) S 1 17 17 1025 17 4194304", Some("tty1")),
            ("17 (a ) b (c) S 1 17 17 34816 17 4194304", Some("pts/0")),
            ("17 (x) S 1 17 17 34819 17", Some("pts/3")),
            ("17 (x) S 1 17 17 0 -1", None),
            ("17 (x) S 1 17 17 1088 -1", None),
            ("17 (x) S 1 17", None),
            ("", None),
        ];
        for (stat, want) in table {
            let got = Terminal::of_stat(stat).map(|t| t.to_string());
            assert_eq!(got.as_deref(), want, "{stat}");
        }
    }
}
