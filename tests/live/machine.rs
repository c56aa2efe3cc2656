//! A disk that can lose its power: ext4 on a loop device. Needs root and loop devices.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `EXT4_IOC_SHUTDOWN`, which is `_IOR('X', 125, __u32)`.
const SHUTDOWN: libc::c_ulong = 0x8004_587d;
/// Nothing more reaches the device, the journal's tail included.
const NO_LOG_FLUSH: u32 = 2;
/// Limits of version 1 of the control groups, for the root group: the journal's kernel thread and
/// the flusher write in it, and the tests run in it.
const THROTTLE: &str = "/sys/fs/cgroup/blkio/blkio.throttle.write_iops_device";
const SERVICED: &str = "/sys/fs/cgroup/blkio/blkio.throttle.io_serviced";

/// How the folders of disks are called: this and the number of the process that made it.
const PREFIX: &str = "beadle-disks-";

/// A folder for disks, after what killed runs left behind was cleared away.
pub fn folder() -> tempfile::TempDir {
    clear_leftovers();
    let prefix = format!("{PREFIX}{}-", std::process::id());
    tempfile::Builder::new().prefix(&prefix).tempdir().unwrap()
}

/// A test that is killed unmounts nothing. Its loop devices are known by their files, which lie in
/// a folder that names a process that is gone.
fn clear_leftovers() {
    let words = ["--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE"];
    for line in run("losetup", &words).unwrap_or_default().lines() {
        let Some((device, file)) = line.split_once(' ') else { continue };
        let Some((_, rest)) = file.split_once(&format!("/{PREFIX}")) else { continue };
        let maker = rest.split('-').next().unwrap_or_default();
        if maker.parse::<u32>().is_err() || Path::new("/proc").join(maker).exists() {
            continue;
        }
        println!("  {device} was left behind by a killed run; it is cleared away");
        // What still has it open keeps it until it ends: hence lazily.
        let mut disk = LoopDisk {
            device: device.to_string(),
            mounted_at: PathBuf::new(),
            throttled: number_of(device).ok(),
        };
        disk.release();
        let _ = run("umount", &["--lazy", device]);
        drop(disk);
        let folder = Path::new(file.trim_end_matches(" (deleted)")).parent();
        let _ = folder.map(std::fs::remove_dir_all);
    }
}

/// As the control groups call a device: `7:0`.
fn number_of(device: &str) -> Result<String, String> {
    let number = std::fs::metadata(device).map_err(|e| e.to_string())?.rdev();
    Ok(format!("{}:{}", libc::major(number), libc::minor(number)))
}

/// A mounted loop device; unmounted and given back when the test ends.
pub struct LoopDisk {
    device: String,
    pub mounted_at: PathBuf,
    throttled: Option<String>,
}

fn run(program: &str, words: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(words).output();
    let output = output.map_err(|e| format!("{program} cannot be run: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(format!("{program} {}: {}", words.join(" "), text(&output.stderr))),
    }
}

impl LoopDisk {
    /// A fresh ext4 of so many megabytes in `folder`.
    ///
    /// # Errors
    /// Not root, no loop devices, no tools: why, for the line that says SKIPPED.
    pub fn new(folder: &Path, name: &str, megabytes: u64) -> Result<LoopDisk, String> {
        if !nix::unistd::geteuid().is_root() {
            return Err("only root may mount a disk".into());
        }
        let image = folder.join(format!("{name}.img"));
        let mounted_at = folder.join(name);
        let make = || -> std::io::Result<()> {
            File::create(&image)?.set_len(megabytes << 20)?;
            std::fs::create_dir_all(&mounted_at)
        };
        make().map_err(|e| e.to_string())?;
        let image = image.to_str().unwrap();
        run("mkfs.ext4", &["-q", "-F", image])?;
        let device = run("losetup", &["--find", "--show", image])?;
        let disk = LoopDisk { device, mounted_at, throttled: None };
        disk.mount()?;
        Ok(disk)
    }

    /// Mounting replays the journal, as the next boot does.
    ///
    /// # Errors
    /// What `mount` says.
    pub fn mount(&self) -> Result<(), String> {
        run("mount", &[&self.device, self.mounted_at.to_str().unwrap()]).map(|_| ())
    }

    /// # Errors
    /// What `umount` says.
    pub fn unmount(&self) -> Result<(), String> {
        run("umount", &[self.mounted_at.to_str().unwrap()]).map(|_| ())
    }

    /// From here on the file system sends nothing to the device. Requests that a limit holds back
    /// still reach it, as those in a real disk's own queue may: they are pictures, or blocks of a
    /// journal whose end is missing.
    pub fn cut_power(&self) {
        let root = File::open(&self.mounted_at).unwrap();
        // SAFETY: the call reads one u32 through the pointer, which lives long enough.
        let done = unsafe { libc::ioctl(root.as_raw_fd(), SHUTDOWN as _, &NO_LOG_FLUSH) };
        assert_eq!(done, 0, "EXT4_IOC_SHUTDOWN: {}", std::io::Error::last_os_error());
    }

    /// No more than so many write requests a second.
    ///
    /// # Errors
    /// The kernel has no such limit, or not here.
    pub fn throttle(&mut self, requests: u32) -> Result<(), String> {
        let group = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        if !group.lines().any(|line| line.ends_with(":blkio:/")) {
            return Err("the tests do not run in the root group of blkio (cgroup v1)".into());
        }
        let number = number_of(&self.device)?;
        std::fs::write(THROTTLE, format!("{number} {requests}"))
            .map_err(|e| format!("{THROTTLE}: {e}"))?;
        self.throttled = Some(number);
        Ok(())
    }

    /// Takes the limit off.
    pub fn release(&mut self) {
        if let Some(number) = self.throttled.take() {
            let _ = std::fs::write(THROTTLE, format!("{number} 0"));
        }
    }

    /// Write requests that the limit has let through: each counts as the file system sent it,
    /// before neighbours are merged, which makes this disk slower than a real one of the figure.
    pub fn writes(&self) -> u64 {
        let Some(number) = &self.throttled else { return 0 };
        let text = std::fs::read_to_string(SERVICED).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix(&format!("{number} Write ")));
        line.and_then(|n| n.trim().parse().ok()).unwrap_or(0)
    }

    /// Write requests that reached the device, neighbours merged.
    pub fn requests(&self) -> u64 {
        let name = self.device.trim_start_matches("/dev/");
        let text = std::fs::read_to_string(format!("/sys/block/{name}/stat")).unwrap_or_default();
        text.split_whitespace().nth(4).and_then(|n| n.parse().ok()).unwrap_or(0)
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        self.release();
        if self.mounted_at.exists() {
            let _ = self.unmount();
        }
        let _ = run("losetup", &["--detach", &self.device]);
    }
}
