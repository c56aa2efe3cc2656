//! BitLocker volumes, opened by `cryptsetup`: Linux can open what Windows formatted, and make none
//! itself (R3.2).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::kernel::Checked;
use super::order::{Filing, Which};
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;

const PROGRAM: &str = "/usr/sbin/cryptsetup";
/// Of a mapping that is ours.
const OURS: &str = "beadle-";
/// Until the kernel shows what was opened.
const SHOWS_WITHIN: Duration = Duration::from_secs(5);

fn mapping(which: &Which) -> String {
    format!("{OURS}{}-{}", which.name, which.seq)
}

/// The device-mapper disk that holds a partition, where it is one that we opened.
pub fn holder(part_sys: &Path) -> Option<String> {
    let listed = std::fs::read_dir(part_sys.join("holders")).ok()?;
    let mut names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.find(|name| {
        let called = part_sys.join("holders").join(name).join("dm/name");
        std::fs::read_to_string(called).is_ok_and(|called| called.starts_with(OURS))
    })
}

/// What lies open behind a BitLocker partition.
pub fn inside(dev: &Path, checked: &Checked) -> Option<PathBuf> {
    Some(dev.join(holder(&checked.part_sys)?))
}

/// # Errors
/// It is no BitLocker volume; the passphrase is wrong; `cryptsetup` is not there.
pub fn open(checked: &Checked, key: &Secret) -> Result<(), Fault> {
    if checked.stick.filing != Filing::BitLocker {
        return Err(Fault::new(FaultKind::Denied, "it is no BitLocker stick"));
    }
    if holder(&checked.part_sys).is_some() {
        return Ok(());
    }
    let name = mapping(&checked.stick.which);
    let mut command = Command::new(PROGRAM);
    command.args(["open", "--type", "bitlk", "--key-file", "-"]).arg(&checked.part).arg(&name);
    run(command, Some(key))?;
    let late = Instant::now() + SHOWS_WITHIN;
    while holder(&checked.part_sys).is_none() {
        if Instant::now() > late {
            return Err(Fault::new(FaultKind::Timeout, "the opened stick does not appear"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Closes what was opened; nothing to close is well.
///
/// # Errors
/// Somebody still uses it.
pub fn close(checked: &Checked) -> Result<(), Fault> {
    if holder(&checked.part_sys).is_none() {
        return Ok(());
    }
    let mut command = Command::new(PROGRAM);
    command.arg("close").arg(mapping(&checked.stick.which));
    run(command, None)
}

/// `cryptsetup` says 2 where no key fits.
const NO_KEY_FITS: i32 = 2;

fn run(mut command: Command, key: Option<&Secret>) -> Result<(), Fault> {
    // Nodes are devtmpfs's matter; nobody is asked over semaphores.
    command.env_clear().env("DM_DISABLE_UDEV", "1").stdout(Stdio::null()).stderr(Stdio::piped());
    command.stdin(if key.is_some() { Stdio::piped() } else { Stdio::null() });
    let wrong = |e: &std::io::Error| Fault::io(format_args!("starting {PROGRAM}"), e);
    let mut child = command.spawn().map_err(|e| wrong(&e))?;
    if let (Some(key), Some(mut ear)) = (key, child.stdin.take()) {
        // One that closed its ear says why by how it ends.
        let _ = ear.write_all(key.expose().as_bytes());
    }
    let ended = child.wait_with_output().map_err(|e| wrong(&e))?;
    if ended.status.success() {
        return Ok(());
    }
    if ended.status.code() == Some(NO_KEY_FITS) {
        let text = "neither the passphrase nor a recovery key of the BitLocker stick is like that";
        return Err(Fault::new(FaultKind::Denied, text));
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.lines().last().unwrap_or("it does not say why");
    Err(Fault::new(FaultKind::Io, format!("cryptsetup: {said}")))
}
