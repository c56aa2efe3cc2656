//! What every child does before any plugin is loaded: die with the parent, take no more than its
//! share, and find its socket.
//!
//! The limit is `RLIMIT_DATA`, which counts what a process writes to. `RLIMIT_AS` would count
//! GStreamer's mapped plugins and the 64 MB of address space that malloc reserves for each thread,
//! none of which is memory; and a parent that watched the resident size would come too late for a
//! decoder that takes a gigabyte in one call.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use beadle::base::limits::STALL_SPAN;
use beadle::wire::pictures::Hurry;

/// Dies with the parent; goes first when memory runs out; takes no more than its share.
pub fn guard(memory_bytes_max: u64) -> std::io::Result<()> {
    use nix::sys::resource::{Resource, setrlimit};
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    setrlimit(Resource::RLIMIT_DATA, memory_bytes_max, memory_bytes_max)?;
    // Not possible in every container, and no reason not to record.
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
    Ok(())
}

/// Whoever records comes first: this process takes what is left of the processors.
pub fn stand_back(hurry: Hurry) {
    let nice = if hurry == Hurry::Some { 2 } else { 10 };
    // SAFETY: plain numbers in, no memory of ours is touched; a refusal changes nothing.
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) };
}

/// Standard input as a socket; a plugin that reads standard input itself then finds nothing there.
pub fn socket() -> std::io::Result<UnixStream> {
    let stdin = std::io::stdin();
    let socket = UnixStream::from(stdin.as_fd().try_clone_to_owned()?);
    socket.peer_addr()?; // an error where it is no socket
    nix::unistd::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    // A parent that does not read for this long is not there any more.
    socket.set_write_timeout(Some(2 * STALL_SPAN.to_std()))?;
    Ok(socket)
}

/// Both slices, whatever the socket takes at once.
pub fn write_both(mut socket: &UnixStream, head: &[u8], body: &[u8]) -> std::io::Result<()> {
    use std::io::{IoSlice, Write};
    let written = socket.write_vectored(&[IoSlice::new(head), IoSlice::new(body)])?;
    match written.checked_sub(head.len()) {
        Some(of_body) => socket.write_all(&body[of_body..]),
        None => {
            socket.write_all(&head[written..])?;
            socket.write_all(body)
        }
    }
}
