//! Mounts without a place: `fsopen`, `fsconfig`, `fsmount`. The result is an open folder.

use std::ffi::{CStr, CString};
use std::fs::OpenOptions;
use std::io::{Error, ErrorKind};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::order::Filing;
use crate::base::fault::{Fault, FaultKind};

// The kernel's numbers (linux/mount.h), which libc lacks in part.
const FSOPEN_CLOEXEC: libc::c_uint = 1;
const FSMOUNT_CLOEXEC: libc::c_uint = 1;
const FSCONFIG_SET_FLAG: libc::c_uint = 0;
const FSCONFIG_SET_STRING: libc::c_uint = 1;
const FSCONFIG_CMD_CREATE: libc::c_uint = 6;
const READ_ONLY: libc::c_uint = 0x1;
const CLOSED_IN: libc::c_uint = NO_SUID | NO_DEV | NO_EXEC | NO_LINKS;
const NO_SUID: libc::c_uint = 0x2;
const NO_DEV: libc::c_uint = 0x4;
const NO_EXEC: libc::c_uint = 0x8;
const NO_LINKS: libc::c_uint = 0x20_0000;

/// Who owns everything on it, where the file system knows no owners.
#[derive(Clone, Copy)]
pub struct Owner {
    pub uid: u32,
    pub gid: u32,
}

/// Mounts `node` and gives its top folder.
///
/// # Errors
/// The kernel lacks the file system, or does not like what it finds.
pub fn mount(
    node: &Path,
    filing: Filing,
    also: &[String],
    write: bool,
    owner: Owner,
) -> Result<OwnedFd, Fault> {
    let (uid, gid) = (owner.uid.to_string(), owner.gid.to_string());
    let masks = [("uid", uid.as_str()), ("gid", &gid), ("fmask", "0177"), ("dmask", "0077")];
    let (kind, options): (&str, &[(&str, &str)]) = match filing {
        Filing::Fat => ("vfat", &masks),
        Filing::ExFat => ("exfat", &masks),
        Filing::Ntfs => ("ntfs3", &masks),
        // In a test's kernel, which has none of these.
        _ => match also.first() {
            Some(kind) => (kind.as_str(), &[]),
            None => {
                let text = "it has no file system that is mounted here";
                return Err(Fault::new(FaultKind::Denied, text));
            }
        },
    };
    let wrong = |e: &Error| fault(kind, e);
    let context = open(kind).map_err(|e| wrong(&e))?;
    let source = CString::new(node.as_os_str().as_bytes()).map_err(|e| wrong(&e.into()))?;
    let set = |name: &str, value: &CStr| configure(&context, FSCONFIG_SET_STRING, name, value);
    set("source", &source).map_err(|e| wrong(&e))?;
    for (name, value) in options {
        let value = CString::new(*value).map_err(|e| wrong(&e.into()))?;
        set(name, &value).map_err(|e| wrong(&e))?;
    }
    if !write {
        configure_flag(&context, "ro").map_err(|e| wrong(&e))?;
    }
    create(&context).map_err(|e| wrong(&e))?;
    let attributes = if write { CLOSED_IN } else { CLOSED_IN | READ_ONLY };
    // SAFETY: a system call with a descriptor that `context` keeps open and two numbers.
    let made = unsafe {
        libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, attributes)
    };
    owned(made).map_err(|e| wrong(&e))
}

fn fault(kind: &str, e: &Error) -> Fault {
    let text = match e.raw_os_error() {
        Some(libc::ENODEV) => format!("this machine's kernel does not know {kind}"),
        Some(libc::EROFS | libc::EACCES) => "it is protected against writing".into(),
        Some(libc::EBUSY) => "it is still in use".into(),
        Some(libc::EINVAL | libc::EIO | libc::EUCLEAN) => format!(
            "its file system ({kind}) is damaged or was not ejected; plug it into a Windows PC and \
             let that repair it, or format it"
        ),
        _ => format!("mounting it ({kind}): {e}"),
    };
    Fault::new(Fault::io("", e).kind, text)
}

fn owned(result: libc::c_long) -> Result<OwnedFd, Error> {
    if result < 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY: the kernel made this descriptor for us a moment ago; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(result as i32) })
}

fn open(kind: &str) -> Result<OwnedFd, Error> {
    let kind = CString::new(kind)?;
    // SAFETY: a system call with a text that ends in zero and lives until it returns.
    owned(unsafe { libc::syscall(libc::SYS_fsopen, kind.as_ptr(), FSOPEN_CLOEXEC) })
}

fn configure(fs: &OwnedFd, how: libc::c_uint, name: &str, value: &CStr) -> Result<(), Error> {
    let name = CString::new(name)?;
    // SAFETY: a system call with an open descriptor and two texts that live until it returns.
    let done = unsafe {
        let (name, value) = (name.as_ptr(), value.as_ptr());
        libc::syscall(libc::SYS_fsconfig, fs.as_raw_fd(), how, name, value, 0)
    };
    if done < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

fn configure_flag(fs: &OwnedFd, name: &str) -> Result<(), Error> {
    let name = CString::new(name)?;
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: as above; a flag has no value.
    let done = unsafe {
        let (fd, name) = (fs.as_raw_fd(), name.as_ptr());
        libc::syscall(libc::SYS_fsconfig, fd, FSCONFIG_SET_FLAG, name, none, 0)
    };
    if done < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

fn create(fs: &OwnedFd) -> Result<(), Error> {
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: as above; the order has neither name nor value.
    let done = unsafe {
        libc::syscall(libc::SYS_fsconfig, fs.as_raw_fd(), FSCONFIG_CMD_CREATE, none, none, 0)
    };
    if done < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

/// Waits until nobody has the disk mounted any more; then everything is on it.
///
/// # Errors
/// `Busy`: somebody still has it open.
pub fn wait_until_free(node: &Path, patience: Duration) -> Result<(), Fault> {
    let late = Instant::now() + patience;
    loop {
        let open = OpenOptions::new().read(true).custom_flags(libc::O_EXCL).open(node);
        match open {
            Ok(node) => return node.sync_all().map_err(|e| Fault::io("flushing the stick", &e)),
            Err(e) if e.kind() == ErrorKind::ResourceBusy && Instant::now() < late => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(e) if e.kind() == ErrorKind::ResourceBusy => {
                return Err(Fault::new(FaultKind::Busy, "the stick is still in use"));
            }
            Err(e) => return Err(Fault::io("letting the stick go", &e)),
        }
    }
}
