//! The service's side: one thread a connection, one order after the other.

use std::io::{BufRead, BufReader, ErrorKind, IoSlice, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};

use super::clock;
use super::install::{self, Installer};
use super::kernel::Kernel;
use super::lend::{self, AtWork};
use super::luks::Guard;
use super::mount::Owner;
use super::order::{Answer, Filing, LINE_BYTES_MAX, LINE_SPAN, Order, Stick, Which};
use super::uevent::News;
use super::update::{self, Slots};
use super::{door, footage, keyed, luks, make, mount, state};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::real::RealDisk;

/// The recorder's watcher, two exports, a wipe and as many again.
const CLIENTS_MAX: usize = 8;
/// The safety net where the kernel tells nothing.
const LOOK_SPAN: Duration = Duration::from_secs(3);
/// A slow stick with much in memory: 2 GB at 8 MB/s are four minutes.
const RELEASE_SPAN: Duration = Duration::from_secs(600);

/// Whom it serves, and what of.
pub struct Service {
    pub kernel: Kernel,
    /// The recorder's user: nobody else is answered.
    pub owner: Owner,
    /// How the box opens its own disks.
    pub guard: Guard,
    /// Versions of the image.
    pub slots: Slots,
    pub installer: Installer,
    /// A look and a mount exclude each other: both claim the disk for a moment.
    claims: Mutex<()>,
}

impl Service {
    pub fn new(kernel: Kernel, uid: u32, gid: u32) -> Service {
        let (owner, claims) = (Owner { uid, gid }, Mutex::new(()));
        let (guard, slots, installer) = (Guard::here(), Slots::here(), Installer::here());
        Service { kernel, owner, guard, slots, installer, claims }
    }

    /// Opens the footage disks that this box can open by itself. Before [`Service::serve`]: whoever
    /// asks then sees how they are.
    pub fn open_own(&self) {
        state::furnish_own(&self.kernel, &self.guard);
        footage::open_own(&self.kernel, &self.guard);
    }

    fn sticks(&self) -> Vec<Stick> {
        let _claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        self.kernel.sticks()
    }

    /// Listens until the process ends; `ready` is called once it does.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub fn serve(self, socket: &Path, ready: impl FnOnce()) -> Result<(), Fault> {
        let listener = door::open(socket)?;
        ready();
        let (service, clients) = (Arc::new(self), Arc::new(AtomicUsize::new(0)));
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                std::thread::sleep(Duration::from_millis(100)); // out of descriptors, most likely
                continue;
            };
            if !service.is_recorder(&stream) || clients.load(Ordering::Relaxed) >= CLIENTS_MAX {
                continue; // closed
            }
            let (service, place) = (service.clone(), Place::take(&clients));
            let client = move || {
                let _place = place;
                service.client(stream);
            };
            // Without a thread the client is closed, and asks again.
            let _ = std::thread::Builder::new().name("client".into()).spawn(client);
        }
        Ok(())
    }

    fn is_recorder(&self, stream: &UnixStream) -> bool {
        door::is_from(stream, self.owner.uid)
    }

    /// Until it hangs up, dawdles or says something that is no order.
    fn client(&self, stream: UnixStream) {
        let Ok(mut speaker) = stream.try_clone() else { return };
        if stream.set_read_timeout(Some(LINE_SPAN)).is_err() {
            return;
        }
        let mut reader = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            let limit = LINE_BYTES_MAX as u64 + 1;
            let read = (&mut reader).take(limit).read_until(b'\n', &mut line);
            if read.is_err() || line.pop() != Some(b'\n') {
                return;
            }
            let order: Order = match serde_json::from_slice(&line) {
                Ok(order) => order,
                Err(e) => {
                    let fault = Fault::new(FaultKind::Denied, format!("this is no order: {e}"));
                    let _ = tell(&mut speaker, &Answer::Refused { fault }); // it is closed anyway
                    return;
                }
            };
            let told = match order {
                Order::Watch => self.watch(&mut speaker),
                order => self.carry_out(order, &mut speaker),
            };
            if told.is_err() {
                return;
            }
        }
    }

    fn watch(&self, speaker: &mut UnixStream) -> std::io::Result<()> {
        let news = News::open();
        let mut told: Option<Vec<Stick>> = None;
        loop {
            let sticks = self.sticks();
            if told.as_ref() != Some(&sticks) {
                tell(speaker, &Answer::Sticks { sticks: sticks.clone() })?;
                told = Some(sticks);
            }
            news.wait(LOOK_SPAN);
            if has_left(speaker) {
                return Err(ErrorKind::BrokenPipe.into());
            }
        }
    }

    fn carry_out(&self, order: Order, speaker: &mut UnixStream) -> std::io::Result<()> {
        let done = match order {
            Order::Watch | Order::Sticks => Ok(Answer::Sticks { sticks: self.sticks() }),
            Order::Mount { stick, write } => match self.mount(&stick, write) {
                Ok((folder, filed)) => {
                    let told = tell_with(speaker, &Answer::Mounted { filed }, &folder);
                    lend::lend(&stick);
                    return told;
                }
                Err(fault) => Err(fault),
            },
            Order::Open { stick, key } => at_work(&stick, || {
                let checked = self.kernel.check(&stick)?;
                keyed::open(&checked, &key)
            }),
            Order::Release { stick } => at_work(&stick, || self.release(&stick)),
            Order::Format { stick } => at_work(&stick, || {
                let checked = self.claimed(|| self.kernel.check_to_erase(&stick))?;
                make::format(&self.kernel, &checked)
            }),
            Order::Wipe { stick } => at_work(&stick, || self.wipe(&stick, speaker)),
            Order::UpdateLook { stick } => self.update_look(&stick),
            Order::Update { stick, version } => {
                at_work(&stick, || self.update(&stick, &version, speaker))
            }
            Order::Reboot => reboot(),
            Order::SetClock { at } => clock::set(at).map(|()| Answer::Done),
            order => self.of_disks(order, speaker),
        };
        tell(speaker, &done.unwrap_or_else(|fault| Answer::Refused { fault }))
    }

    /// Orders about the box's own disks.
    fn of_disks(&self, order: Order, speaker: &mut UnixStream) -> Result<Answer, Fault> {
        match order {
            Order::MakeFootage { disk, part, typed, key } => at_work(&disk, || {
                let total = footage::STEPS;
                let mut going = |done| {
                    let told = tell(speaker, &Answer::Going { done, total });
                    told.map_err(|e| Fault::io("telling how far it is", &e))
                };
                let (place, word) = ((&disk, part.as_deref()), (typed.as_str(), &key));
                footage::make(&self.kernel, &self.guard, self.owner, place, word, &mut going)?;
                state::put_recovery_own(&self.kernel, &self.guard, &key);
                Ok(())
            }),
            Order::Unlock { disk, part, key } => at_work(&disk, || {
                footage::unlock(&self.kernel, &self.guard, (&disk, part.as_deref()), &key)?;
                state::put_recovery_own(&self.kernel, &self.guard, &key);
                Ok(())
            }),
            Order::Install { disk, typed } => {
                at_work(&disk, || install::install(&self.kernel, &self.installer, &disk, &typed))
            }
            Order::TryKey { disk, part, key } => {
                at_work(&disk, || footage::try_key(&self.kernel, (&disk, part.as_deref()), &key))
            }
            _ => Ok(Answer::Disks {
                spaces: self.kernel.spaces(),
                tpm: self.guard.tpm.is_some(),
                stick: self.installer.from_stick,
            }),
        }
    }

    /// The top of a stick, for this service alone, and read-only.
    fn top_of(&self, stick: &Which) -> Result<RealDisk, Fault> {
        let (folder, _) = self.mount(stick, false)?;
        Ok(RealDisk::at(folder))
    }

    fn update_look(&self, stick: &Which) -> Result<Answer, Fault> {
        let found = update::look(&self.top_of(stick)?, &self.slots)?;
        let running = self.slots.running.clone().unwrap_or_default();
        let bytes = found.bytes();
        Ok(Answer::Update { version: found.version, running, bytes })
    }

    /// From the set that lies there now, whatever lay there when it was shown.
    fn update(&self, stick: &Which, version: &str, speaker: &mut UnixStream) -> Result<(), Fault> {
        let disk = self.top_of(stick)?;
        let set = update::look(&disk, &self.slots)?;
        if set.version != version {
            let text = format!("version {} lies on the stick now; look at it again", set.version);
            return Err(Fault::new(FaultKind::Denied, text));
        }
        let total = set.bytes();
        let mut going = |done| {
            let told = tell(speaker, &Answer::Going { done, total });
            told.map_err(|e| Fault::io("telling how far it is", &e))
        };
        update::copy(&disk, &set, &self.slots, &mut going)?;
        drop(disk);
        update::install(&set, &self.slots)
    }

    fn claimed<T>(&self, what: impl FnOnce() -> T) -> T {
        let _claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        what()
    }

    fn mount(&self, which: &Which, write: bool) -> Result<(OwnedFd, Filing), Fault> {
        self.claimed(|| {
            let checked = self.kernel.check(which)?;
            let filing = checked.stick.filing;
            if write && checked.stick.read_only {
                let text = "it is protected against writing; is there a switch on its side?";
                return Err(Fault::new(FaultKind::ReadOnly, text));
            }
            let (node, filing) = match filing {
                Filing::BitLocker => self.opened(&checked)?,
                _ => (checked.part.clone(), filing),
            };
            let folder = mount::mount(&node, filing, &self.kernel.also, write, self.owner)?;
            Ok((folder, filing))
        })
    }

    /// What lies inside an opened volume.
    fn opened(
        &self,
        checked: &super::kernel::Checked,
    ) -> Result<(std::path::PathBuf, Filing), Fault> {
        let node = keyed::inside(&self.kernel.dev, checked).ok_or_else(|| {
            Fault::new(FaultKind::Denied, "it is a BitLocker stick, and was not opened")
        })?;
        let filing = super::kernel::front(&node);
        Ok((node, filing))
    }

    fn release(&self, which: &Which) -> Result<(), Fault> {
        let checked = self.kernel.named(which)?;
        if let Some(inside) = keyed::inside(&self.kernel.dev, &checked) {
            mount::wait_until_free(&inside, RELEASE_SPAN)?;
            keyed::close(&checked)?;
        }
        mount::wait_until_free(&checked.part, RELEASE_SPAN)?;
        lend::give_back(which);
        Ok(())
    }

    fn wipe(&self, which: &Which, speaker: &mut UnixStream) -> Result<(), Fault> {
        let checked = self.claimed(|| self.kernel.check_to_erase(which))?;
        let total = 2 * checked.stick.bytes;
        make::wipe(&checked, &mut |done| {
            let told = tell(speaker, &Answer::Going { done, total });
            told.map_err(|e| Fault::io("telling how far it is", &e))
        })?;
        make::format(&self.kernel, &checked)
    }
}

/// systemd stops every service in its order; the recorder closes its files.
fn reboot() -> Result<Answer, Fault> {
    let mut command = std::process::Command::new("/usr/bin/systemctl");
    command.arg("reboot");
    luks::run(command, "systemctl", None).map(|()| Answer::Done)
}

/// One of the places for clients.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(all: &Arc<AtomicUsize>) -> Place {
        all.fetch_add(1, Ordering::Relaxed);
        Place(all.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn at_work(which: &Which, work: impl FnOnce() -> Result<(), Fault>) -> Result<Answer, Fault> {
    let Some(_work) = AtWork::begin(which) else {
        return Err(Fault::new(FaultKind::Busy, "something else is being done to this stick"));
    };
    work().map(|()| Answer::Done)
}

fn line(answer: &Answer) -> Vec<u8> {
    // Our answers hold nothing that JSON cannot say.
    let mut line = serde_json::to_vec(answer).unwrap_or_default();
    line.push(b'\n');
    line
}

fn tell(to: &mut UnixStream, answer: &Answer) -> std::io::Result<()> {
    to.write_all(&line(answer))
}

fn tell_with(to: &mut UnixStream, answer: &Answer, folder: &OwnedFd) -> std::io::Result<()> {
    let line = line(answer);
    let (parts, fds) = ([IoSlice::new(&line)], [folder.as_raw_fd()]);
    let with = [ControlMessage::ScmRights(&fds)];
    let sent = sendmsg::<()>(to.as_raw_fd(), &parts, &with, MsgFlags::MSG_NOSIGNAL, None)?;
    if sent == line.len() { Ok(()) } else { Err(ErrorKind::WriteZero.into()) }
}

/// A watcher says nothing more: whatever can be read is its end.
fn has_left(stream: &UnixStream) -> bool {
    use nix::sys::socket::recv;
    let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_PEEK;
    !matches!(recv(stream.as_raw_fd(), &mut [0], flags), Err(nix::errno::Errno::EAGAIN))
}
