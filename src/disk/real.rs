//! A folder on a real file system.
//!
//! Every call names its path in its fault. Folders and files are opened per call except for
//! [`DiskFile`], which keeps its descriptor; nothing is cached, because the disk may be pulled at
//! any time.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, IoSlice, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::sys::time::TimeSpec;

use super::{Disk, DiskFile, Listed, Room};
use crate::base::fault::{Fault, FaultKind};

/// `writev` takes at most this many parts (Linux's IOV_MAX).
const PARTS_MAX: usize = 1024;

/// Together they leave no page out; SYNC_FILE_RANGE_WRITE alone passes over those that the kernel
/// is just writing, though they have changed since.
const WRITE_AND_WAIT: libc::c_uint = libc::SYNC_FILE_RANGE_WAIT_BEFORE
    | libc::SYNC_FILE_RANGE_WRITE
    | libc::SYNC_FILE_RANGE_WAIT_AFTER;

/// One footage disk below `root`.
pub struct RealDisk {
    root: PathBuf,
    own_file_system: bool,
    journaled: bool,
    /// Keeps a mount without a place where it is.
    _top: Option<OwnedFd>,
}

impl RealDisk {
    /// Looks at the folder and writes nothing. `state` is the state folder: where it lies on the
    /// same file system, flushing everything would wait for the index and the logbook too.
    ///
    /// # Errors
    /// The folder is not there or is no folder.
    pub fn open(root: &Path, state: Option<&Path>) -> Result<RealDisk, Fault> {
        let at = |e| Fault::io(format_args!("opening the footage folder {}", root.display()), &e);
        let meta = fs::metadata(root).map_err(at)?;
        if !meta.is_dir() {
            return Err(Fault::new(
                FaultKind::Missing,
                format!("{} is not a folder; footage needs a folder", root.display()),
            ));
        }
        let root = fs::canonicalize(root).map_err(at)?;
        let device = meta.dev();
        let parent = root.parent().and_then(|p| fs::metadata(p).ok()).map(|m| m.dev());
        let state = state.and_then(|p| fs::metadata(p).ok()).map(|m| m.dev());
        let own_file_system = parent.is_some_and(|d| d != device) && state != Some(device);
        let journaled = is_journaled_ext4(device);
        Ok(RealDisk { root, own_file_system, journaled, _top: None })
    }

    /// A file system that is mounted nowhere, by its top folder. It stays as long as this value and
    /// the files opened through it.
    pub fn at(top: OwnedFd) -> RealDisk {
        // Never made canonical: the kernel would call it "/".
        let root = PathBuf::from(format!("/proc/self/fd/{}", top.as_raw_fd()));
        RealDisk { root, own_file_system: true, journaled: false, _top: Some(top) }
    }

    /// Is the folder the top of a file system that the state folder is not on? A disk that should
    /// be mounted here and is not shows as `false` together with a fresh identity.
    pub fn has_own_file_system(&self) -> bool {
        self.own_file_system
    }

    fn full(&self, path: &str) -> Result<PathBuf, Fault> {
        let good = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if path.is_empty() {
            return Ok(self.root.clone());
        }
        if !good || path.contains('\0') {
            return Err(Fault::new(
                FaultKind::Denied,
                format!("\"{path}\" is not a path below the footage disk"),
            ));
        }
        Ok(self.root.join(path))
    }

    /// `mode` counts less the process's mask, as everywhere.
    fn replace_with(&self, path: &str, content: &[u8], mode: u32) -> Result<(), Fault> {
        let path = self.full(path)?;
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".new");
        let fresh = path.with_file_name(name);
        // One that a crash left may have another mode. Where it cannot go, creating says why.
        let _ = fs::remove_file(&fresh);
        let made = OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh);
        let written = made.and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
        written.map_err(|e| fault("writing", &fresh, &e))?;
        fs::rename(&fresh, &path).map_err(|e| fault("replacing", &path, &e))?;
        sync_path(path.parent().unwrap_or(&self.root))
    }
}

fn fault(doing: &str, path: &Path, e: &std::io::Error) -> Fault {
    Fault::io(format_args!("{doing} {}", path.display()), e)
}

fn sync_path(path: &Path) -> Result<(), Fault> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| fault("syncing the folder", path, &e))
}

impl Disk for RealDisk {
    fn create_new(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        let path = self.full(path)?;
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(|e| fault("creating", &path, &e))?;
        Ok(Box::new(RealFile { file, path, len: 0 }))
    }

    fn open_append(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault> {
        let path = self.full(path)?;
        let file =
            OpenOptions::new().append(true).open(&path).map_err(|e| fault("opening", &path, &e))?;
        let len = file.metadata().map_err(|e| fault("looking at", &path, &e))?.len();
        Ok(Box::new(RealFile { file, path, len }))
    }

    fn make_folder(&self, path: &str) -> Result<(), Fault> {
        self.full(path)?;
        let mut here = self.root.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let parent = here.clone();
            here.push(part);
            match fs::create_dir(&here) {
                Ok(()) => sync_path(&parent)?,
                Err(e) if e.kind() == ErrorKind::AlreadyExists && here.is_dir() => {}
                Err(e) => return Err(fault("making the folder", &here, &e)),
            }
        }
        Ok(())
    }

    fn sync_folder(&self, path: &str) -> Result<(), Fault> {
        sync_path(&self.full(path)?)
    }

    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault> {
        let path = self.full(path)?;
        let wrong = |e| fault("reading", &path, &e);
        let file = File::open(&path).map_err(wrong)?;
        let there = file.metadata().map_err(wrong)?.len().saturating_sub(at);
        let mut bytes = vec![0; (len as u64).min(there) as usize];
        let mut read = 0;
        while read < bytes.len() {
            match file.read_at(&mut bytes[read..], at + read as u64) {
                Ok(0) => break,
                Ok(n) => read += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(wrong(e)),
            }
        }
        bytes.truncate(read);
        Ok(bytes)
    }

    fn size(&self, path: &str) -> Result<u64, Fault> {
        let path = self.full(path)?;
        fs::metadata(&path).map(|m| m.len()).map_err(|e| fault("looking at", &path, &e))
    }

    fn uncache(&self, path: &str) {
        use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
        let file = self.full(path).ok().and_then(|path| File::open(path).ok());
        if let Some(file) = file {
            // A file system that keeps its pages is read from memory, as it would have been.
            let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
        }
    }

    fn replace(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        self.replace_with(path, content, 0o666)
    }

    fn replace_private(&self, path: &str, content: &[u8]) -> Result<(), Fault> {
        self.replace_with(path, content, 0o600)
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        let path = self.full(path)?;
        match fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(fault("removing", &path, &e)),
            _ => Ok(()),
        }
    }

    fn remove_folder(&self, path: &str) -> Result<(), Fault> {
        let path = self.full(path)?;
        match fs::remove_dir(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
            Err(e) if e.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            Err(e) => Err(fault("removing the folder", &path, &e)),
            Ok(()) => Ok(()),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault> {
        let path = self.full(path)?;
        let wrong = |e| fault("listing", &path, &e);
        let mut listed = Vec::new();
        for entry in fs::read_dir(&path).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            // Names that are not text are not ours; a file removed meanwhile is not there.
            let (Ok(name), Ok(meta)) = (entry.file_name().into_string(), entry.metadata()) else {
                continue;
            };
            let bytes = if meta.is_dir() { 0 } else { meta.len() };
            listed.push(Listed { name, folder: meta.is_dir(), bytes });
        }
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    fn room(&self) -> Result<Room, Fault> {
        let s = nix::sys::statvfs::statvfs(&self.root)
            .map_err(|e| fault("asking for the room on", &self.root, &e.into()))?;
        let block = s.fragment_size();
        Ok(Room { total: s.blocks() * block, free: s.blocks_available() * block })
    }

    fn flush_all(&self) -> Result<bool, Fault> {
        if !self.journaled && !self.own_file_system {
            return Ok(false);
        }
        let wrong = |e: std::io::Error| fault("flushing", &self.root, &e);
        let folder = File::open(&self.root).map_err(wrong)?;
        if self.journaled {
            commit_journal(&folder).map_err(wrong)?;
            return Ok(true);
        }
        nix::unistd::syncfs(&folder).map_err(|e| wrong(e.into()))?;
        Ok(true)
    }
}

/// Is it an ext4 that keeps a journal? `false` where the kernel does not say so.
fn is_journaled_ext4(device: u64) -> bool {
    let (major, minor) = (libc::major(device), libc::minor(device));
    let device = fs::canonicalize(format!("/sys/dev/block/{major}:{minor}"));
    let name = device.ok().and_then(|path| path.file_name().map(PathBuf::from));
    let task = name.map(|name| Path::new("/sys/fs/ext4").join(name).join("journal_task"));
    // The number of the journal's kernel thread, or "<none>".
    let text = task.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    text.trim().parse::<u32>().is_ok()
}

/// ext4 has one journal and writes it down whole and in order: with any change, all before it. So a
/// change of the root folder, synced, makes every name, size and place of bytes durable that came
/// before. Bytes themselves were written back before they had a place in a file's list
/// ([`DiskFile::wait_flush`]). `syncfs` does the same and then writes each of those blocks a second
/// time, in its own place, which the file system does by itself every half minute: with 32 cameras
/// on a disk of 120 requests a second that was 36 requests of 145 in a flush.
fn commit_journal(folder: &File) -> std::io::Result<()> {
    let now = TimeSpec::UTIME_NOW; // both: whoever may write in the folder may say so
    nix::sys::stat::futimens(folder, &now, &now)?;
    folder.sync_all()
}

struct RealFile {
    file: File,
    path: PathBuf,
    len: u64,
}

impl DiskFile for RealFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), Fault> {
        let mut slices: Vec<IoSlice> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut left = &mut slices[..];
        // Empty parts in front would make a write of nothing look like the end.
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            let batch = left.len().min(PARTS_MAX);
            match self.file.write_vectored(&left[..batch]) {
                Ok(0) => {
                    return Err(Fault::new(
                        FaultKind::Io,
                        format!("writing {}: the system took nothing", self.path.display()),
                    ));
                }
                Ok(n) => {
                    self.len += n as u64;
                    IoSlice::advance_slices(&mut left, n);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(fault("writing", &self.path, &e)),
            }
        }
        Ok(())
    }

    fn start_flush(&mut self) -> Result<(), Fault> {
        // SAFETY: a plain system call on a descriptor that `self.file` keeps open; no memory is
        // passed.
        let done = unsafe {
            libc::sync_file_range(self.file.as_raw_fd(), 0, 0, libc::SYNC_FILE_RANGE_WRITE)
        };
        // Only a hint to start early: a file system without it (overlay, FUSE) loses nothing but
        // time, and an error of the device is reported by the flush that follows.
        let _ = done;
        Ok(())
    }

    fn wait_flush(&mut self) -> Result<(), Fault> {
        // SAFETY: a plain system call on a descriptor that `self.file` keeps open; no memory is
        // passed.
        let done = unsafe { libc::sync_file_range(self.file.as_raw_fd(), 0, 0, WRITE_AND_WAIT) };
        let e = std::io::Error::last_os_error();
        match e.raw_os_error() {
            // The kernel tells a file's write error once: the flush that follows would be silent.
            Some(libc::EIO | libc::ENOSPC | libc::EDQUOT | libc::EROFS) if done < 0 => {
                Err(fault("writing", &self.path, &e))
            }
            _ => Ok(()), // a file system that cannot: the flush waits
        }
    }

    fn flush(&mut self) -> Result<(), Fault> {
        self.file.sync_data().map_err(|e| fault("flushing", &self.path, &e))
    }

    fn preallocate(&mut self, bytes: u64) -> Result<(), Fault> {
        use nix::fcntl::{FallocateFlags, fallocate};
        let (at, bytes) = (self.len as i64, bytes.min(i64::MAX as u64 / 2) as i64);
        if bytes == 0 {
            return Ok(());
        }
        match fallocate(&self.file, FallocateFlags::FALLOC_FL_KEEP_SIZE, at, bytes) {
            // Where the file system cannot, the file simply grows as it is written.
            Ok(()) | Err(nix::errno::Errno::EOPNOTSUPP) => Ok(()),
            Err(e) => Err(fault("reserving room for", &self.path, &e.into())),
        }
    }

    fn truncate(&mut self, bytes: u64) -> Result<(), Fault> {
        // Also when the size stays: that is what gives the preallocated blocks back.
        self.file.set_len(bytes).map_err(|e| fault("trimming", &self.path, &e))?;
        self.len = bytes;
        Ok(())
    }

    fn len(&self) -> u64 {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> (tempfile::TempDir, RealDisk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::open(folder.path(), None).unwrap();
        (folder, disk)
    }

    #[test]
    fn what_is_private_is_private_from_its_first_moment() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::open(folder.path(), None).unwrap();
        let mode = |name: &str| {
            fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777
        };
        // What a crash left, readable for all.
        fs::write(folder.path().join("people.json.new"), b"half").unwrap();
        for content in [&b"first"[..], b"second"] {
            disk.replace_private("people.json", content).unwrap();
            assert_eq!(disk.read_at("people.json", 0, 99).unwrap(), content);
            assert_eq!(mode("people.json"), 0o600);
        }
        disk.replace("site-id", b"x").unwrap();
        assert_ne!(mode("site-id"), 0o600);
    }

    #[test]
    fn two_thousand_parts_arrive_in_order() {
        let (_folder, disk) = disk();
        disk.make_folder("footage/a").unwrap();
        let mut file = disk.create_new("footage/a/x").unwrap();
        let numbers: Vec<[u8; 4]> = (0..2_000_u32).map(u32::to_be_bytes).collect();
        let mut parts: Vec<&[u8]> = vec![b""];
        parts.extend(numbers.iter().map(|n| &n[..]));
        parts.push(b"");
        file.append(&parts).unwrap();
        file.start_flush().unwrap();
        file.flush().unwrap();
        assert_eq!(file.len(), 8_000);
        assert_eq!(disk.read_at("footage/a/x", 0, 10_000).unwrap(), numbers.concat());
        assert_eq!(disk.read_at("footage/a/x", 7_996, 100).unwrap(), 1_999_u32.to_be_bytes());
    }

    #[test]
    fn preallocated_blocks_come_back_on_trimming() {
        let (folder, disk) = disk();
        let mut file = disk.create_new("x").unwrap();
        file.append(&[b"abc"]).unwrap();
        file.preallocate(4 << 20).unwrap();
        let blocks = || fs::metadata(folder.path().join("x")).unwrap().blocks() * 512;
        assert_eq!(disk.size("x").unwrap(), 3);
        let reserved = blocks();
        file.truncate(3).unwrap();
        file.flush().unwrap();
        assert!(blocks() <= 8_192, "{} of {reserved} bytes are still taken", blocks());
        file.append(&[b"d"]).unwrap();
        assert_eq!(disk.read_at("x", 0, 9).unwrap(), b"abcd");
    }

    #[test]
    fn faults_have_kinds_and_name_the_path() {
        let (_folder, disk) = disk();
        disk.create_new("x").unwrap();
        let kind = |f: Fault| f.kind;
        assert_eq!(disk.create_new("x").err().map(kind), Some(FaultKind::Exists));
        assert_eq!(disk.create_new("no/x").err().map(kind), Some(FaultKind::Missing));
        assert_eq!(disk.list("no").err().map(kind), Some(FaultKind::Missing));
        assert_eq!(disk.remove("../x").err().map(kind), Some(FaultKind::Denied));
        assert_eq!(disk.size("/etc/passwd").err().map(kind), Some(FaultKind::Denied));
        assert!(disk.open_append("gone").err().unwrap().text.contains("gone"));
        disk.remove("gone").unwrap();
        disk.remove_folder("gone").unwrap();
        let nowhere = RealDisk::open(Path::new("/nonexistent/footage"), None);
        assert_eq!(nowhere.err().map(kind), Some(FaultKind::Missing));
    }

    #[test]
    fn a_folder_is_removed_only_when_empty() {
        let (_folder, disk) = disk();
        disk.make_folder("a/b").unwrap();
        disk.make_folder("a/b").unwrap();
        disk.replace("a/b/c", b"one").unwrap();
        disk.replace("a/b/c", b"two").unwrap();
        disk.remove_folder("a/b").unwrap();
        let listed = Listed { name: "c".into(), folder: false, bytes: 3 };
        assert_eq!(disk.list("a/b").unwrap(), [listed]);
        disk.remove("a/b/c").unwrap();
        disk.remove_folder("a/b").unwrap();
        assert!(disk.list("a").unwrap().is_empty());
        assert!(disk.room().unwrap().total > 0);
        assert!(!disk.has_own_file_system());
        assert_eq!(disk.flush_all().unwrap(), disk.journaled);
    }
}
