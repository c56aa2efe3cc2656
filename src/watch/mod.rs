//! Notices that `site.kdl` changed. `notify` only wakes; a content hash decides.
//!
//! The folder is watched, not the file: editors replace files by rename, and a watch on the old
//! inode goes dead. A slow poll of the same check covers file systems that tell nothing. A missing
//! file is told as such and changes nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::base::digest::Digest;
use crate::base::limits::{FILE_BYTES_MAX, WATCH_POLL_SPAN, WATCH_SETTLE_SPAN};

/// What lies at the file's path now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// Its bytes; at most one more than [`FILE_BYTES_MAX`], enough to be refused for its size.
    Bytes(Vec<u8>),
    /// Not there: no file, or a dangling link.
    Missing,
    /// There, but no file that we can read; a sentence for the reader.
    Unreadable(String),
}

impl Look {
    fn digest(&self) -> Digest {
        match self {
            Look::Bytes(bytes) => Digest::of(bytes),
            Look::Missing => Digest::of(b"missing"),
            Look::Unreadable(why) => Digest::of(format!("unreadable {why}").as_bytes()),
        }
    }
}

/// Looks once.
pub fn look(path: &Path) -> Look {
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;
    // A pipe that nobody writes to would hold an ordinary opening up for ever.
    let opened = std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Look::Missing,
        Err(e) => return Look::Unreadable(format!("{} cannot be read: {e}", path.display())),
    };
    if file.metadata().is_ok_and(|m| !m.is_file()) {
        let what = "is a folder, not a file; name the site.kdl inside it";
        return Look::Unreadable(format!("{} {what}", path.display()));
    }
    let mut bytes = Vec::new();
    match file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes) {
        Ok(_) => Look::Bytes(bytes),
        Err(e) => Look::Unreadable(format!("{} cannot be read: {e}", path.display())),
    }
}

/// Sends a [`Look`] whenever the content differs from the last one sent; `last` is what the caller
/// saw itself. Ends when the receiver is dropped. Without `notify` (inotify limits used up) the
/// poll alone serves.
pub async fn follow(path: PathBuf, last: Look, seen: mpsc::Sender<Look>) {
    let (wake, mut woken) = mpsc::channel::<()>(1);
    let watcher = watch_folder(&path, wake);
    if let Err(e) = &watcher {
        tracing::warn!("{}: changes are found by looking every few seconds: {e}", path.display());
    }
    let mut last = last.digest();
    loop {
        let poll = tokio::time::sleep(WATCH_POLL_SPAN.to_std());
        tokio::select! {
            Some(()) = woken.recv() => settle(&mut woken).await,
            () = poll => {}
            () = seen.closed() => return,
        }
        let now = look(&path);
        let digest = now.digest();
        if digest != last {
            last = digest;
            if seen.send(now).await.is_err() {
                return;
            }
        }
    }
}

/// Waits until the folder has been quiet for a moment, so that a half-written save raises no alarm.
async fn settle(woken: &mut mpsc::Receiver<()>) {
    let pause = WATCH_SETTLE_SPAN.to_std();
    for _ in 0..10 {
        if tokio::time::timeout(pause, woken.recv()).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn watch_folder(path: &Path, wake: mpsc::Sender<()>) -> notify::Result<RecommendedWatcher> {
    let name = path.file_name().map(|n| n.to_os_string());
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = event.map_or(true, |e| {
            !matches!(e.kind, notify::EventKind::Access(_))
                && (e.paths.is_empty() || e.paths.iter().any(|p| p.file_name() == name.as_deref()))
        });
        if ours {
            let _ = wake.try_send(()); // full means that a wake-up is already waiting
        }
    })?;
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(seen: &mut mpsc::Receiver<Look>) -> Look {
        tokio::time::timeout(Duration::from_secs(20), seen.recv()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn every_way_of_saving_is_seen_and_a_touch_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site.kdl");
        std::fs::write(&file, "one").unwrap();
        let (tell, mut seen) = mpsc::channel(4);
        tokio::spawn(follow(file.clone(), look(&file), tell));
        tokio::time::sleep(Duration::from_millis(200)).await;

        std::fs::write(&file, "two").unwrap();
        assert_eq!(next(&mut seen).await, Look::Bytes(b"two".to_vec()));

        let other = folder.path().join(".site.kdl.swp");
        std::fs::write(&other, "three").unwrap();
        std::fs::rename(&other, &file).unwrap();
        assert_eq!(next(&mut seen).await, Look::Bytes(b"three".to_vec()));

        std::fs::write(&file, "three").unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(next(&mut seen).await, Look::Missing);
        std::fs::create_dir(&file).unwrap();
        assert!(matches!(next(&mut seen).await, Look::Unreadable(_)));
    }
}
