//! The graphics card with a screen on it, and nobody else's.

use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::path::Path;

/// `DRM_IOCTL_SET_MASTER` of `drm.h`: `_IO('d', 0x1e)`.
const SET_MASTER: libc::c_ulong = 0x641e;

pub struct Card {
    /// Open while the screen is ours.
    pub file: File,
    pub width: usize,
    pub height: usize,
    /// Card, plug and mode, in words.
    pub name: String,
}

impl Card {
    /// Takes the first card with a screen.
    ///
    /// # Errors
    /// There is none, or it cannot be opened, or another program draws on it; in words.
    pub fn take() -> Result<Card, String> {
        let found = plugs(Path::new("/sys/class/drm"));
        let Some(Plug { card, plug, width, height }) = found.into_iter().next() else {
            return Err("There is no graphics card with a screen on it.".into());
        };
        let path = format!("/dev/dri/{card}");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|e| format!("The graphics card {path} cannot be opened: {e}."))?;
        // Whoever opens a free card first is its master; this says whether that is us.
        // SAFETY: this request takes no argument and touches no memory of ours.
        if unsafe { libc::ioctl(file.as_raw_fd(), SET_MASTER, 0) } != 0 {
            let e = std::io::Error::last_os_error();
            return Err(format!("Another program draws on the screen ({path}: {e})."));
        }
        let name = format!("{card} {plug} {width}x{height}");
        Ok(Card { file, width, height, name })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Plug {
    card: String,
    plug: String,
    width: usize,
    height: usize,
}

/// Plugs with a screen, each with the mode that its screen likes best, in the order of the cards.
fn plugs(folder: &Path) -> Vec<Plug> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let plug = |name: &String| {
        let (card, plug) = name.split_once('-').filter(|(card, _)| card.starts_with("card"))?;
        let said = |what: &str| std::fs::read_to_string(folder.join(name).join(what)).ok();
        if said("status")?.trim() != "connected" {
            return None;
        }
        let modes = said("modes")?;
        let (width, height) = modes.lines().find_map(size)?;
        Some(Plug { card: card.into(), plug: plug.into(), width, height })
    };
    names.iter().filter_map(plug).collect()
}

/// `1280x800`; interlaced ones (`1920x1080i`) are left out.
fn size(mode: &str) -> Option<(usize, usize)> {
    let (width, height) = mode.trim().split_once('x')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    ((1..=4_096).contains(&width) && (1..=4_096).contains(&height)).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_screen_in_its_own_mode() {
        let folder = tempfile::tempdir().unwrap();
        for (name, status, modes) in [
            ("card0", None, ""),
            ("card0-VGA-1", Some("disconnected"), "640x480\n"),
            ("card1-HDMI-A-1", Some("connected"), "1920x1080i\n1280x800\n1920x1080\n"),
            ("card2-DP-1", Some("connected"), "8000x6000\n"),
            ("renderD128", None, ""),
            ("card3-DP-2", Some("connected"), "1920x1080\n"),
        ] {
            let place = folder.path().join(name);
            std::fs::create_dir(&place).unwrap();
            if let Some(status) = status {
                std::fs::write(place.join("status"), format!("{status}\n")).unwrap();
                std::fs::write(place.join("modes"), modes).unwrap();
            }
        }
        let plug = |card: &str, plug: &str, width, height| Plug {
            card: card.into(),
            plug: plug.into(),
            width,
            height,
        };
        let want = vec![plug("card1", "HDMI-A-1", 1280, 800), plug("card3", "DP-2", 1920, 1080)];
        assert_eq!(plugs(folder.path()), want);
        assert!(plugs(Path::new("/nowhere")).is_empty());
    }
}
