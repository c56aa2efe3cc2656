//! A start that went well is told to the boot loader.
//!
//! ```text
//! beadle_7+4-1.efi   the loader has begun its first try of five and counted it
//! beadle_7+5.efi     this start was a good one: all tries are given back
//! beadle_7+0-5.efi   no try is left: the other version comes up instead
//! ```
//! A version is counted at every start, for as long as it is there, not only after it came: a disk
//! that loses a byte of a version that was good for months has to lead to the other one too. What a
//! good start is differs: a new version has to record, an old one has to answer
//! (`beadle-health.service` and `beadle-health-again.service`), since cameras that are off are no
//! reason to fall back. Five tries, because people switch a box off twice before they wait.

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use crate::base::fault::{Fault, FaultKind};

const TRIES: u32 = 5;
/// Where the loader's partition is mounted, one or the other.
const LOADERS: [&str; 2] = ["/efi", "/boot"];
/// A file for each version that was found good once.
const GOOD: &str = "/var/lib/beadle-machine/good";

/// Where the loader and the marks are; other places in tests.
pub struct Places {
    pub loaders: Vec<PathBuf>,
    pub good: PathBuf,
}

impl Default for Places {
    fn default() -> Places {
        Places { loaders: LOADERS.map(PathBuf::from).to_vec(), good: GOOD.into() }
    }
}

/// Gives the version that runs all its tries back, durable on return; then marks it as good.
///
/// # Errors
/// The loader does not hold this version; its partition cannot be written.
pub fn bless(places: &Places, version: &str) -> Result<(), Fault> {
    let io = |e: std::io::Error| Fault::io("telling the boot loader of a good start", &e);
    let mut found = None;
    for loader in &places.loaders {
        let folder = loader.join("EFI/Linux");
        let Ok(listed) = fs::read_dir(&folder) else { continue };
        let mut names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        if let Some(name) = names.find(|name| is_of(name, version)) {
            found = Some((folder, name));
            break;
        }
    }
    let (folder, name) = found.ok_or_else(|| {
        Fault::new(FaultKind::Missing, format!("the loader's partition has no version {version}"))
    })?;
    let whole = format!("beadle_{version}+{TRIES}.efi");
    if name != whole {
        fs::rename(folder.join(name), folder.join(whole)).map_err(io)?;
        let folder = File::open(&folder).map_err(io)?;
        // SAFETY: a system call on a descriptor that `folder` keeps open. FAT has no folders that
        // can be flushed alone.
        if unsafe { libc::syncfs(folder.as_raw_fd()) } < 0 {
            return Err(io(std::io::Error::last_os_error()));
        }
    }
    mark(&places.good, version).map_err(io)
}

fn is_of(name: &str, version: &str) -> bool {
    let rest = name.strip_prefix("beadle_").and_then(|rest| rest.strip_prefix(version));
    let counted = rest.and_then(|rest| rest.strip_suffix(".efi"));
    counted.is_some_and(|count| count.is_empty() || count.starts_with('+'))
}

fn mark(good: &Path, version: &str) -> std::io::Result<()> {
    fs::create_dir_all(good)?;
    File::create(good.join(version))?.sync_all()?;
    File::open(good)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_start_gives_all_tries_back_to_its_own_version() {
        for (there, version, want) in [
            (&["beadle_7.efi"][..], "7", Some("beadle_7+5.efi")),
            (&["beadle_7+2-1.efi", "beadle_6+5.efi"], "7", Some("beadle_7+5.efi")),
            (&["beadle_7+5.efi"], "7", Some("beadle_7+5.efi")),
            (&["beadle_17.efi", "beadle_7.1+3.efi"], "7", None),
            (&[], "7", None),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let linux = folder.path().join("boot/EFI/Linux");
            fs::create_dir_all(&linux).unwrap();
            for name in there {
                fs::write(linux.join(name), "kernel").unwrap();
            }
            let loaders = ["efi", "boot"].map(|name| folder.path().join(name)).to_vec();
            let places = Places { loaders, good: folder.path().join("good") };
            let done = bless(&places, version);
            assert_eq!(done.is_ok(), want.is_some(), "{there:?}");
            assert_eq!(places.good.join(version).exists(), want.is_some(), "{there:?}");
            let left: Vec<_> =
                fs::read_dir(&linux).unwrap().map(|e| e.unwrap().file_name()).collect();
            assert_eq!(left.len(), there.len());
            if let Some(want) = want {
                assert!(left.iter().any(|name| name == want), "{left:?}");
            }
        }
    }
}
