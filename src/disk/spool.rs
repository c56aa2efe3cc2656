//! Room for what is made on the way: a file without a name, which ends with whoever opened it, also
//! by a crash or a power cut.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::base::fault::Fault;

/// A new one on the file system of this folder; where none is named, on that of temporary files.
///
/// # Errors
/// The folder is not there, or its file system knows no such files.
pub fn nameless(folder: &Path) -> Result<File, Fault> {
    let temporary = std::env::temp_dir();
    let folder = if folder.as_os_str().is_empty() { temporary.as_path() } else { folder };
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600).custom_flags(libc::O_TMPFILE);
    let failed = |e| Fault::io("making room for a copy", &e);
    options.open(folder).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use super::nameless;

    #[test]
    fn nothing_is_left_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = nameless(folder.path()).unwrap();
        file.write_all(b"coded").unwrap();
        file.rewind().unwrap();
        let mut back = String::new();
        file.read_to_string(&mut back).unwrap();
        assert_eq!(back, "coded");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(nameless(&folder.path().join("nowhere")).is_err());
    }
}
