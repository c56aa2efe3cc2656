//! Where everything is written: as root on two ext4 file systems on loop devices, so that what
//! reaches the device is counted; else in a folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Outcome;
use super::figures::device_bytes;

pub struct Place {
    scratch: tempfile::TempDir,
    pub footage: PathBuf,
    pub state: PathBuf,
    /// Footage first, state second; empty where there are none.
    devices: Vec<String>,
}

impl Place {
    pub fn new(folder: Option<&Path>) -> Outcome<Place> {
        let scratch = match folder {
            Some(folder) => tempfile::tempdir_in(folder),
            None => tempfile::Builder::new().prefix("beadle-bench-").tempdir(),
        };
        let scratch = scratch.map_err(|e| format!("no scratch folder: {e}"))?;
        let (footage, state) = (scratch.path().join("footage"), scratch.path().join("state"));
        for folder in [&footage, &state] {
            std::fs::create_dir(folder).map_err(|e| e.to_string())?;
        }
        let mut place = Place { scratch, footage, state, devices: Vec::new() };
        for (folder, gigabytes) in [(place.footage.clone(), 14), (place.state.clone(), 2)] {
            match mount(&folder, gigabytes) {
                Ok(device) => place.devices.push(device),
                Err(why) => {
                    eprintln!("no loop device, so a folder: {why}");
                    break;
                }
            }
        }
        Ok(place)
    }

    pub fn words(&self) -> String {
        match self.devices.len() {
            2 => "Footage and state each on an ext4 on a loop device.".into(),
            _ => format!("Footage and state in {}.", self.scratch.path().display()),
        }
    }

    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// Bytes that reached the two block devices so far.
    pub fn device_bytes(&self) -> Option<u64> {
        (self.devices.len() == 2).then(|| self.devices.iter().map(|d| device_bytes(d)).sum())
    }

    /// A new folder for one recorder's footage.
    pub fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.footage.join(name);
        self.clear()?;
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(folder)
    }

    /// Empties both folders, and waits until the disks are at rest.
    pub fn clear(&self) -> Outcome<()> {
        for folder in [&self.footage, &self.state] {
            let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?;
            for entry in entries.flatten() {
                let path = entry.path();
                let gone = match entry.file_type().is_ok_and(|t| t.is_dir()) {
                    true => std::fs::remove_dir_all(&path),
                    false => std::fs::remove_file(&path),
                };
                gone.map_err(|e| format!("{}: {e}", path.display()))?;
            }
        }
        nix::unistd::sync();
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for folder in [&self.footage, &self.state] {
            if !self.devices.is_empty() {
                let _ = run(Command::new("umount").arg("-d").arg(folder));
            }
        }
    }
}

fn mount(folder: &Path, gigabytes: u64) -> Outcome<String> {
    let image = folder.with_extension("img");
    let file = std::fs::File::create(&image).map_err(|e| e.to_string())?;
    file.set_len(gigabytes << 30).map_err(|e| e.to_string())?;
    run(Command::new("mkfs.ext4").args(["-q", "-F", "-E", "lazy_itable_init=0"]).arg(&image))?;
    let device = run(Command::new("losetup").args(["--find", "--show"]).arg(&image))?;
    let device = device.trim().to_string();
    if let Err(why) = run(Command::new("mount").arg(&device).arg(folder)) {
        let _ = run(Command::new("losetup").arg("-d").arg(&device));
        return Err(why);
    }
    let lost = folder.join("lost+found");
    std::fs::remove_dir(lost).map_err(|e| e.to_string())?;
    Ok(device.trim_start_matches("/dev/").to_string())
}

/// What it printed.
pub fn run(command: &mut Command) -> Outcome<String> {
    let shown = format!("{command:?}");
    let done = command.output().map_err(|e| format!("{shown}: {e}"))?;
    match done.status.success() {
        true => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
        false => Err(format!("{shown}: {}", String::from_utf8_lossy(&done.stderr).trim())),
    }
}
