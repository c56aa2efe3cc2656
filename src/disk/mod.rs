//! The few file operations that footage needs, in the order that survives power loss.
//!
//! One real disk and one simulated disk that tears, fills and lies on request. Paths are relative
//! to the disk's root folder and use `/`. Nothing above this trait names `std::fs` for footage.

pub mod fake;
pub mod identity;
pub mod real;
pub mod spool;

use crate::base::fault::Fault;

/// One entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    pub name: String,
    pub folder: bool,
    pub bytes: u64,
}

/// Room on the disk, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Room {
    pub total: u64,
    pub free: u64,
}

/// An open file, append-only in spirit: the writer never seeks back over durable bytes.
pub trait DiskFile: Send {
    /// Writes all parts at the end, in one call where the system can.
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), Fault>;
    /// Starts write-back of what was appended; may do nothing.
    fn start_flush(&mut self) -> Result<(), Fault>;
    /// Writes back what is left and waits for it: an error of it may be told here and not again. On
    /// return nothing is promised yet; [`Disk::flush_all`] then makes it durable.
    ///
    /// # Errors
    /// The device's: what was appended is not on it.
    fn wait_flush(&mut self) -> Result<(), Fault>;
    /// On return everything appended so far survives a power cut.
    fn flush(&mut self) -> Result<(), Fault>;
    /// Reserves room beyond the end without changing the size; advisory.
    fn preallocate(&mut self, bytes: u64) -> Result<(), Fault>;
    /// Cuts the file to `bytes` and gives back what was preallocated beyond.
    fn truncate(&mut self, bytes: u64) -> Result<(), Fault>;
    /// Bytes written so far.
    fn len(&self) -> u64;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One footage disk, or the folder that stands for it.
pub trait Disk: Send + Sync {
    /// A new file for appending; an existing one is `FaultKind::Exists`. The folder must exist.
    fn create_new(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault>;
    /// The same for a file that will have just so many bytes: an archive has to know beforehand.
    fn create_sized(&self, path: &str, _bytes: u64) -> Result<Box<dyn DiskFile>, Fault> {
        self.create_new(path)
    }
    /// An existing file for appending (repair, journals).
    fn open_append(&self, path: &str) -> Result<Box<dyn DiskFile>, Fault>;
    /// Makes the folder and its parents, each synced into its parent.
    fn make_folder(&self, path: &str) -> Result<(), Fault>;
    /// On return the names in this folder survive a power cut.
    fn sync_folder(&self, path: &str) -> Result<(), Fault>;
    /// Reads at most `len` bytes from `at`; short at the end of the file.
    fn read_at(&self, path: &str, at: u64, len: usize) -> Result<Vec<u8>, Fault>;
    fn size(&self, path: &str) -> Result<u64, Fault>;
    /// What of the file lies in memory alone for speed is let go: the next read asks the device.
    /// Only a wish.
    fn uncache(&self, _path: &str) {}
    /// Replaces `path` by new content: temporary file, flush, rename, sync of the folder.
    fn replace(&self, path: &str, content: &[u8]) -> Result<(), Fault>;
    /// The same for what only this user may read: the file has mode 0600 from its first moment on.
    fn replace_private(&self, path: &str, content: &[u8]) -> Result<(), Fault>;
    /// Removes a file; a missing one is not a fault.
    fn remove(&self, path: &str) -> Result<(), Fault>;
    /// Removes an empty folder; a missing or filled one is not a fault.
    fn remove_folder(&self, path: &str) -> Result<(), Fault>;
    /// The folder's entries, sorted by name; an absent folder is `FaultKind::Missing`.
    fn list(&self, path: &str) -> Result<Vec<Listed>, Fault>;
    fn room(&self) -> Result<Room, Fault>;
    /// One flush for everything: on return every name survives a power cut, and all bytes that
    /// [`DiskFile::wait_flush`] was called for. `false` where the disk cannot, or where that would
    /// flush other people's bytes: the caller flushes file by file.
    fn flush_all(&self) -> Result<bool, Fault>;
}
