//! `beadle machine --state`: the box's own disk is opened, before anything on it is needed. Asks on
//! the screen for the recovery key where the box cannot open it by itself.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::ledger::RecoveryKey;
use crate::machine::install::ON_STICK;
use crate::machine::luks::Guard;
use crate::machine::state::Volume;
use crate::machine::{Kernel, footage};

/// The box's screen; the console comes later, when the disk is open.
const SCREEN: &str = "/dev/tty1";

/// # Errors
/// There is no such disk, or nothing opens it.
pub fn run(kernel: &Kernel) -> Result<(), Fault> {
    let volume = Volume::find(kernel, Path::new("/"))?;
    if volume.on_usb {
        mark(ON_STICK)?;
    }
    let guard = Guard::here();
    if let Some(key) = volume.open(&guard, &mut ask)? {
        // It is the key of the footage too: nobody types it twice.
        footage::open_all(kernel, &guard, &key);
    }
    Ok(())
}

/// For the services that come later.
fn mark(path: &str) -> Result<(), Fault> {
    fs::write(path, "").map_err(|e| Fault::io(format_args!("writing {path}"), &e))
}

/// Until something that is a key was typed; `None`: there is no screen.
fn ask(why: &Fault) -> Option<Secret> {
    let mut screen = OpenOptions::new().read(true).write(true).open(SCREEN).ok()?;
    let mut lines = BufReader::new(screen.try_clone().ok()?).lines();
    // Clears what was there.
    let words = format!(
        "\x1bc\n  This box cannot open its own disk: {why}.\n\n  Its TPM was cleared, its firmware \
         was changed, or the disk was put into another machine.\n  What was recorded is not lost. \
         Type the recovery key from its paper, and Enter.\n"
    );
    screen.write_all(words.as_bytes()).ok()?;
    loop {
        screen.write_all(b"\n  Recovery key: ").ok()?;
        let typed = lines.next()?.ok()?;
        match typed.parse::<RecoveryKey>() {
            Ok(key) => {
                let _ = screen.write_all(b"\n  Trying it ...\n"); // the key counts, not the words
                return Some(Secret::new(key.to_text().as_str()));
            }
            Err(why) => screen.write_all(format!("  {why}\n").as_bytes()).ok()?,
        }
    }
}
