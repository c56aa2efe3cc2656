//! The recorder's side of the root service.

use std::io::{BufRead, BufReader, ErrorKind, IoSliceMut, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};

use super::order::{Answer, Filing, LINE_BYTES_MAX, Order, Space, Stick, Which};
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;
use crate::base::time::Utc;

/// Flushing a slow stick takes minutes; a service that says nothing for longer hangs.
const SILENCE: Duration = Duration::from_secs(660);

/// Where the service listens. Each order is a connection of its own.
#[derive(Clone, Debug)]
pub struct Machine {
    socket: PathBuf,
}

impl Machine {
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    pub fn at(socket: &Path) -> Machine {
        Machine { socket: socket.to_path_buf() }
    }

    /// # Errors
    /// Nobody answers; the service refuses. So for all below.
    pub fn sticks(&self) -> Result<Vec<Stick>, Fault> {
        match self.ask(&Order::Sticks, &mut |_, _| {})? {
            Answer::Sticks { sticks } => Ok(sticks),
            _ => Err(strange()),
        }
    }

    /// The top folder of the stick; it is mounted for as long as somebody has this open.
    pub fn mount(&self, stick: &Which, write: bool) -> Result<(OwnedFd, Filing), Fault> {
        let mut stream = self.send(&Order::Mount { stick: stick.clone(), write })?;
        let (answer, folder) = receive_with(&mut stream)?;
        match (answer, folder) {
            (Answer::Mounted { filed }, Some(folder)) => Ok((folder, filed)),
            (Answer::Refused { fault }, _) => Err(fault),
            _ => Err(strange()),
        }
    }

    pub fn open(&self, stick: &Which, key: &Secret) -> Result<(), Fault> {
        self.order(&Order::Open { stick: stick.clone(), key: key.clone() })
    }

    pub fn release(&self, stick: &Which) -> Result<(), Fault> {
        self.order(&Order::Release { stick: stick.clone() })
    }

    pub fn format(&self, stick: &Which) -> Result<(), Fault> {
        self.order(&Order::Format { stick: stick.clone() })
    }

    /// `going` hears bytes done, and of how many.
    pub fn wipe(&self, stick: &Which, going: &mut dyn FnMut(u64, u64)) -> Result<(), Fault> {
        self.work(&Order::Wipe { stick: stick.clone() }, going)
    }

    /// The box's own disks, whether it has a TPM, and whether the system runs from a stick.
    pub fn disks(&self) -> Result<(Vec<Space>, bool, bool), Fault> {
        match self.ask(&Order::Disks, &mut |_, _| {})? {
            Answer::Disks { spaces, tpm, stick } => Ok((spaces, tpm, stick)),
            _ => Err(strange()),
        }
    }

    /// Erases it and makes it a footage disk; `going` hears steps done, and of how many.
    pub fn make_footage(
        &self,
        space: &Space,
        typed: &str,
        key: &Secret,
        going: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Fault> {
        let (disk, part) = (space.which.clone(), space.part.clone());
        let order = Order::MakeFootage { disk, part, typed: typed.into(), key: key.clone() };
        self.work(&order, going)
    }

    pub fn unlock(&self, space: &Space, key: &Secret) -> Result<(), Fault> {
        let (disk, part, key) = (space.which.clone(), space.part.clone(), key.clone());
        self.order(&Order::Unlock { disk, part, key })
    }

    pub fn try_key(&self, space: &Space, key: &Secret) -> Result<(), Fault> {
        let (disk, part, key) = (space.which.clone(), space.part.clone(), key.clone());
        self.order(&Order::TryKey { disk, part, key })
    }

    /// Version, the one that runs, and bytes of a set that may be taken.
    pub fn update_look(&self, stick: &Which) -> Result<(String, String, u64), Fault> {
        match self.ask(&Order::UpdateLook { stick: stick.clone() }, &mut |_, _| {})? {
            Answer::Update { version, running, bytes } => Ok((version, running, bytes)),
            _ => Err(strange()),
        }
    }

    /// `going` hears bytes copied and checked, and of how many.
    pub fn update(
        &self,
        stick: &Which,
        version: &str,
        going: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Fault> {
        let order = Order::Update { stick: stick.clone(), version: version.into() };
        self.work(&order, going)
    }

    /// Writes the system that runs from a stick to this disk.
    pub fn install(&self, space: &Space, typed: &str) -> Result<(), Fault> {
        self.order(&Order::Install { disk: space.which.clone(), typed: typed.into() })
    }

    pub fn reboot(&self) -> Result<(), Fault> {
        self.order(&Order::Reboot)
    }

    pub fn set_clock(&self, at: Utc) -> Result<(), Fault> {
        self.order(&Order::SetClock { at })
    }

    pub fn watch(&self) -> Result<Watching, Fault> {
        let stream = self.send(&Order::Watch)?;
        stream.set_read_timeout(None).map_err(silent)?;
        Ok(Watching { reader: BufReader::new(stream) })
    }

    fn order(&self, order: &Order) -> Result<(), Fault> {
        self.work(order, &mut |_, _| {})
    }

    /// What takes a while: `going` hears how far it is, and of how much.
    fn work(&self, order: &Order, going: &mut dyn FnMut(u64, u64)) -> Result<(), Fault> {
        match self.ask(order, going)? {
            Answer::Done => Ok(()),
            _ => Err(strange()),
        }
    }

    fn ask(&self, order: &Order, going: &mut dyn FnMut(u64, u64)) -> Result<Answer, Fault> {
        let mut reader = BufReader::new(self.send(order)?);
        loop {
            match receive(&mut reader)? {
                Answer::Going { done, total } => going(done, total),
                Answer::Refused { fault } => return Err(fault),
                answer => return Ok(answer),
            }
        }
    }

    fn send(&self, order: &Order) -> Result<UnixStream, Fault> {
        let mut stream = UnixStream::connect(&self.socket).map_err(silent)?;
        stream.set_read_timeout(Some(SILENCE)).map_err(silent)?;
        let mut line = zeroize::Zeroizing::new(serde_json::to_vec(order).unwrap_or_default());
        line.push(b'\n');
        stream.write_all(&line).map_err(silent)?;
        Ok(stream)
    }
}

/// A connection that hears of every change.
pub struct Watching {
    reader: BufReader<UnixStream>,
}

impl Watching {
    /// The sticks, when they have changed.
    ///
    /// # Errors
    /// The service has gone.
    pub fn hear(&mut self) -> Result<Vec<Stick>, Fault> {
        match receive(&mut self.reader)? {
            Answer::Sticks { sticks } => Ok(sticks),
            _ => Err(strange()),
        }
    }
}

fn silent(e: std::io::Error) -> Fault {
    let mut fault = Fault::io("asking the service for sticks (beadle machine)", &e);
    if matches!(e.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) {
        return hung_up();
    }
    if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) {
        fault.text =
            "this machine has no service for sticks (beadle machine); write into a folder \
                      with --to DIR instead"
                .into();
    }
    fault
}

fn hung_up() -> Fault {
    let text = "the service for sticks hung up: it serves the recorder's user alone";
    Fault::new(FaultKind::Denied, text)
}

fn strange() -> Fault {
    Fault::new(FaultKind::Corrupt, "the service for sticks answers something else")
}

fn parse(line: &[u8]) -> Result<Answer, Fault> {
    serde_json::from_slice(line).map_err(|_| strange())
}

fn receive(reader: &mut BufReader<UnixStream>) -> Result<Answer, Fault> {
    let mut line = Vec::new();
    let limit = LINE_BYTES_MAX as u64 + 1;
    let read = std::io::Read::take(reader, limit).read_until(b'\n', &mut line).map_err(silent)?;
    if read == 0 {
        return Err(hung_up());
    }
    parse(&line)
}

/// One line, and the descriptor that came with it.
fn receive_with(stream: &mut UnixStream) -> Result<(Answer, Option<OwnedFd>), Fault> {
    let mut bytes = vec![0; LINE_BYTES_MAX];
    let mut space = nix::cmsg_space!([std::os::fd::RawFd; 1]);
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let got = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(&mut space), flags);
    let got = got.map_err(|e| silent(e.into()))?;
    let mut folder = None;
    for with in got.cmsgs().map_err(|_| strange())? {
        if let ControlMessageOwned::ScmRights(fds) = with {
            // SAFETY: the kernel made these descriptors for us with this message; nobody else has
            // them.
            let mut owned = fds.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
            folder = owned.next();
            owned.for_each(drop);
        }
    }
    let len = got.bytes;
    match len {
        0 => Err(hung_up()),
        _ => Ok((parse(&bytes[..len])?, folder)),
    }
}
