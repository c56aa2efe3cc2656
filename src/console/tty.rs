//! The Linux console's own screen: given up to pictures, and taken back. The order of things is
//! `whole`'s.
//!
//! Only the process whose terminal it is may ask (or root): the unit of the image starts the
//! console on its terminal, and `--tty` does so where no other session has it.

use std::os::fd::RawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::sync::atomic::{AtomicBool, Ordering};

use super::whole::Vt;

/// `linux/kd.h`, `linux/vt.h`.
const KDSETMODE: libc::c_ulong = 0x4b3a;
const KD_TEXT: libc::c_ulong = 0;
const KD_GRAPHICS: libc::c_ulong = 1;
const VT_SETMODE: libc::c_ulong = 0x5602;
const VT_RELDISP: libc::c_ulong = 0x5605;
const VT_AUTO: u8 = 0;
const VT_PROCESS: u8 = 1;

/// The kernel's `struct vt_mode`.
#[repr(C)]
struct VtMode {
    mode: u8,
    waitv: u8,
    relsig: i16,
    acqsig: i16,
    frsig: i16,
}

/// Text has given the screen up.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal that we draw on, where it is one of the machine's own.
const TERMINAL: RawFd = 1;

/// Is this a text screen of the machine itself, with a card that pictures can be shown with?
pub fn is_own_screen(term: &str) -> bool {
    let own = std::fs::metadata("/proc/self/fd/1").is_ok_and(|terminal| {
        let (major, minor) = (terminal.rdev() >> 8 & 0xfff, terminal.rdev() & 0xff);
        terminal.file_type().is_char_device() && major == 4 && (1..=63).contains(&minor)
    });
    term == "linux" && own && has_card()
}

fn has_card() -> bool {
    let cards = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    cards.into_iter().any(|card| card.file_name().to_string_lossy().starts_with("card"))
}

fn ask(what: libc::c_ulong, how: libc::c_ulong) -> std::io::Result<()> {
    // SAFETY: the requests that are made here take a number and touch no memory of ours.
    let done = unsafe { libc::ioctl(TERMINAL, what, how) };
    if done == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

fn switching(mode: u8) -> std::io::Result<()> {
    let wanted = VtMode {
        mode,
        waitv: 0,
        relsig: libc::SIGUSR1 as i16,
        acqsig: libc::SIGUSR2 as i16,
        frsig: 0,
    };
    // SAFETY: the pointer is to a whole `VtMode` of ours, which the kernel reads.
    let done = unsafe { libc::ioctl(TERMINAL, VT_SETMODE, &raw const wanted) };
    if done == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// # Errors
/// The kernel does not let us; nothing is changed then.
pub fn apply(vt: Vt) -> std::io::Result<()> {
    match vt {
        Vt::Take => {
            switching(VT_PROCESS)?;
            ask(KDSETMODE, KD_GRAPHICS).inspect_err(|_| drop(switching(VT_AUTO)))?;
            TAKEN.store(true, Ordering::SeqCst);
            Ok(())
        }
        Vt::Give { grant } => {
            TAKEN.store(false, Ordering::SeqCst);
            let text = ask(KDSETMODE, KD_TEXT);
            if grant {
                let _ = ask(VT_RELDISP, 1); // nobody waits any more
            }
            text.and(switching(VT_AUTO))
        }
    }
}

/// On every way out, a panic included.
pub fn restore() {
    if TAKEN.load(Ordering::SeqCst) {
        let _ = apply(Vt::Give { grant: false }); // nothing better is left to do
    }
}

/// What a console before us left is put back: it may have been killed under a picture, and whoever
/// drew it had the card until after that.
pub fn put_back() {
    let _ = ask(KDSETMODE, KD_GRAPHICS).and_then(|()| apply(Vt::Give { grant: false }));
}
