//! Where films come from: a folder of them, filled by `beadle-pictures encode-loop` when one is missing.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use super::film::Film;
use super::rtp::Reel;
use crate::footage::Codec;

/// What is to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scene {
    /// A moving picture with noise; the number picks its colours.
    Moving(u8),
    Black,
    /// A moving picture that stopped.
    Still,
}

impl Scene {
    fn word(self) -> String {
        match self {
            Scene::Moving(n) => n.to_string(),
            Scene::Black => "black".into(),
            Scene::Still => "still".into(),
        }
    }
}

/// Everything that makes one film differ from another; also its file name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FilmKey {
    pub codec: Codec,
    pub width: u16,
    pub height: u16,
    pub fps: u16,
    /// Frames from key frame to key frame.
    pub gop: u32,
    pub kbps: u32,
    pub b_frames: bool,
    pub scene: Scene,
    /// Burned in.
    pub title: String,
}

/// About this long: long enough that the clock in the picture is worth reading, short enough to encode
/// six of them in the first seconds of a demo.
const FILM_SECS: u32 = 8;

impl FilmKey {
    /// Whole groups of pictures, at least one, about [`FILM_SECS`]; one second of anything above 4K.
    pub fn pictures(&self) -> u32 {
        let secs = if self.width > 4096 { 1 } else { FILM_SECS };
        let wanted = secs * u32::from(self.fps);
        self.gop * wanted.div_ceil(self.gop).max(1)
    }

    fn file_name(&self) -> String {
        let codec = codec_word(self.codec);
        let b = if self.b_frames { "-b" } else { "" };
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let title: String = self.title.chars().map(plain).collect();
        let (w, h, fps, gop, kbps) = (self.width, self.height, self.fps, self.gop, self.kbps);
        let scene = self.scene.word();
        format!("{codec}-{w}x{h}-{fps}fps-gop{gop}-{kbps}k{b}-{scene}-{title}.film")
    }
}

fn codec_word(codec: Codec) -> &'static str {
    match codec {
        Codec::H264 => "h264",
        Codec::H265 => "h265",
    }
}

/// Told in words what is being waited for.
pub type Say = Arc<dyn Fn(&str) + Send + Sync>;

/// Films on disk and reels in memory. One reel serves any number of connections.
pub struct Shelf {
    folder: PathBuf,
    say: Say,
    reels: Mutex<HashMap<(FilmKey, bool), Arc<Reel>>>,
}

impl Shelf {
    pub fn new(folder: PathBuf, say: Say) -> Shelf {
        Shelf { folder, say, reels: Mutex::new(HashMap::new()) }
    }

    /// Blocks while a missing film is encoded: 0.3 s for eight seconds of 720p H.264 on two cores.
    ///
    /// # Errors
    /// The encoder is not there or failed, or the folder cannot be written.
    pub fn reel(&self, key: &FilmKey, in_band: bool) -> Result<Arc<Reel>, String> {
        // Held while encoding: two encoders at once would only share the same two cores.
        let mut reels = self.reels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reel) = reels.get(&(key.clone(), in_band)) {
            return Ok(reel.clone());
        }
        let path = self.folder.join(key.file_name());
        let film = match read(&path) {
            Ok(film) => film,
            Err(_) => {
                (self.say)(&format!("encoding {}", key.file_name()));
                encode(key, &path)?;
                read(&path).map_err(|why| format!("{}: {why}", path.display()))?
            }
        };
        let reel = Arc::new(Reel::new(&film, in_band));
        reels.insert((key.clone(), in_band), reel.clone());
        Ok(reel)
    }
}

fn read(path: &Path) -> Result<Film, String> {
    Film::from_bytes(fs::read(path).map_err(|e| e.to_string())?.into())
}

fn encode(key: &FilmKey, path: &Path) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| {
        format!("{}: cannot be made: {e}; name another with --loops", folder.display())
    })?;
    // Written beside and renamed: two simulators may want the same film at the same time.
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut command = Command::new(encoder()?);
    command
        .arg("encode-loop")
        .args(["--codec", codec_word(key.codec)])
        .args(["--size", &format!("{}x{}", key.width, key.height)])
        .args(["--fps", &key.fps.to_string()])
        .args(["--gop", &key.gop.to_string()])
        .args(["--kbps", &key.kbps.to_string()])
        .args(["--pictures", &key.pictures().to_string()])
        .args(["--scene", &key.scene.word()])
        .args(["--title", &key.title])
        .arg("--out")
        .arg(&draft)
        .stdin(Stdio::null());
    if key.b_frames {
        command.arg("--b-frames");
    }
    let out = command.output().map_err(|e| format!("beadle-pictures cannot be started: {e}"))?;
    if !out.status.success() {
        let why = String::from_utf8_lossy(&out.stderr);
        return Err(format!("{}: not encoded: {}", key.file_name(), why.trim()));
    }
    fs::rename(&draft, path).map_err(|e| format!("{}: cannot be written: {e}", path.display()))
}

/// `beadle-pictures` beside this program; test programs lie one folder deeper.
fn encoder() -> Result<PathBuf, String> {
    let me = std::env::current_exe().map_err(|e| format!("this program has no path: {e}"))?;
    let mut folder = me.parent();
    for _ in 0..2 {
        let Some(here) = folder else { break };
        let candidate = here.join("beadle-pictures");
        if candidate.is_file() {
            return Ok(candidate);
        }
        folder = here.parent();
    }
    Err(format!(
        "beadle-pictures is not beside {}: build it with `cargo build --bin beadle-pictures`",
        me.display()
    ))
}

/// The usual folder: `target/loops` for what cargo built, else the user's cache.
pub fn default_loops_dir() -> PathBuf {
    let me = std::env::current_exe().unwrap_or_default();
    for folder in me.ancestors().skip(1).take(4) {
        if folder.join("CACHEDIR.TAG").is_file() {
            return folder.join("loops");
        }
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    cache.unwrap_or_else(std::env::temp_dir).join("beadle").join("loops")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fps: u16, gop: u32, width: u16) -> FilmKey {
        FilmKey {
            codec: Codec::H264,
            width,
            height: 180,
            fps,
            gop,
            kbps: 200,
            b_frames: false,
            scene: Scene::Moving(1),
            title: "Front gate/../x".into(),
        }
    }

    #[test]
    fn films_are_whole_groups_of_pictures() {
        for (key, pictures) in [
            (key(15, 30, 320), 120),
            (key(15, 50, 320), 150),
            (key(15, 900, 320), 900),
            (key(1, 1, 320), 8),
            (key(15, 15, 7680), 15),
        ] {
            assert_eq!(key.pictures(), pictures);
        }
    }

    #[test]
    fn a_title_cannot_leave_the_folder() {
        assert!(!key(15, 30, 320).file_name().contains(['/', ' ']));
    }
}
