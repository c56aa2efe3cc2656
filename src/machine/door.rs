//! The door of a root service: its socket, and who may speak there.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};

use crate::base::fault::Fault;

/// # Errors
/// The socket cannot be made.
pub fn open(socket: &Path) -> Result<UnixListener, Fault> {
    let io = |e| Fault::io(format_args!("making the socket {}", socket.display()), &e);
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(io(e)),
        _ => {}
    }
    let listener = UnixListener::bind(socket).map_err(io)?;
    // Who may speak is decided by the peer's user, not by the file's mode.
    std::fs::set_permissions(socket, PermissionsExt::from_mode(0o666)).map_err(io)?;
    Ok(listener)
}

pub fn is_from(stream: &UnixStream, user: u32) -> bool {
    getsockopt(stream, PeerCredentials).is_ok_and(|peer| peer.uid() == user)
}
