//! The kernel's own news of devices that come and go (netlink), with a look every few seconds as a
//! safety net. The text of the news is not read: it is a reason to look, and nothing more.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, socket,
};

/// The kernel's own group; udev's is 2.
const KERNEL: u32 = 1;
/// One piece of news is a few hundred bytes.
const NEWS_BYTES: usize = 16 << 10;
/// A stick that comes brings a dozen: disk, partition, SCSI, USB.
const SETTLE: Duration = Duration::from_millis(150);

/// `None`: this kernel or this sandbox gives none; looking every few seconds has to do.
pub struct News(Option<OwnedFd>);

impl News {
    pub fn open() -> News {
        let kind = (SockType::Datagram, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK);
        let proto = SockProtocol::NetlinkKObjectUEvent;
        let opened = socket(AddressFamily::Netlink, kind.0, kind.1, proto).and_then(|fd| {
            bind(fd.as_raw_fd(), &NetlinkAddr::new(0, KERNEL))?;
            Ok(fd)
        });
        News(opened.inspect_err(|e| tracing::warn!("no news of devices: {e}")).ok())
    }

    /// Returns at news, or after `patience`.
    pub fn wait(&self, patience: Duration) {
        let Some(fd) = &self.0 else { return std::thread::sleep(patience) };
        let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
        let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
        if matches!(poll(&mut fds, timeout), Ok(n) if n > 0) {
            std::thread::sleep(SETTLE);
            self.drain();
        }
    }

    fn drain(&self) {
        let Some(fd) = &self.0 else { return };
        let mut buffer = [0; NEWS_BYTES];
        // ENOBUFS means that some were lost: a look shows what they said.
        while let Ok(_) | Err(Errno::ENOBUFS | Errno::EINTR) =
            recv(fd.as_raw_fd(), &mut buffer, MsgFlags::empty())
        {}
    }
}
