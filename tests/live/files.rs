//! What lies on the disk, compared with what the index says, and played.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use beadle::base::name::CameraId;
use beadle::base::time::{Span, Utc};
use beadle::disk::real::RealDisk;
use beadle::footage::{Gap, GapReason, Segment};
use beadle::segment::reader;
use beadle::simulate::count::{FrameStamp, frames_in};

use super::Places;

/// One recorded file and the stamps of its frames.
pub struct Film {
    /// Below the footage folder.
    pub path: String,
    pub bytes: u64,
    pub stamps: Vec<FrameStamp>,
}

impl Film {
    pub fn camera(&self) -> &str {
        self.path.split('/').next().unwrap()
    }
}

/// Every segment file, in the order of their names: by camera, then by time.
pub fn films(footage: &Path) -> Vec<Film> {
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        let path = path.strip_prefix(footage).unwrap().to_str().unwrap().to_string();
        Film { path, bytes: bytes.len() as u64, stamps: frames_in(&bytes) }
    };
    paths(footage).into_iter().map(read).collect()
}

/// Every `.mp4` below the folder.
pub fn paths(footage: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![footage.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(ending) if ending == "mp4" => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The newest stamp of each camera by its name.
pub fn newest(films: &[Film]) -> BTreeMap<String, FrameStamp> {
    let mut newest = BTreeMap::new();
    for film in films {
        if let Some(stamp) = film.stamps.last() {
            newest.insert(film.camera().to_string(), *stamp);
        }
    }
    newest
}

/// Milliseconds of footage that each camera had sent before `cut` and that the files do not have.
/// The time since the newest frame's moment is no loss as such: the next one was due a frame's
/// interval later.
pub fn lost(films: &[Film], cut: Utc, frame: Span) -> BTreeMap<String, i64> {
    let since = |stamp: FrameStamp| cut - Utc(stamp.wall_ms as i64 * 1_000);
    let lost = |stamp| (since(stamp) - frame).as_millis().max(0);
    newest(films).into_iter().map(|(camera, stamp)| (camera, lost(stamp))).collect()
}

/// What a cut took from each camera, in milliseconds, in the order of their names.
pub struct Loss {
    /// In the files as the cut left them, torn ends included.
    pub before: Vec<i64>,
    /// In the same files once the next start had repaired them: what the user gets.
    pub after: Vec<i64>,
}

/// Compares the files that were there at the cut with themselves after repair.
pub fn loss(torn: &[Film], repaired: &[Film], cut: Utc, frame: Span) -> Loss {
    let before = lost(torn, cut, frame);
    let old = |film: &&Film| torn.iter().any(|t| t.path == film.path);
    let mut after: BTreeMap<String, i64> = BTreeMap::new();
    for film in repaired.iter().filter(old) {
        // In the order of their names the camera's newest comes last.
        after.extend(lost(std::slice::from_ref(film), cut, frame));
    }
    for (camera, ms) in &after {
        assert!(before.get(camera).is_some_and(|b| b <= ms), "{camera}: repair made footage");
    }
    Loss { before: before.into_values().collect(), after: after.into_values().collect() }
}

/// The index knows exactly the files that are there, and says of each what it is. All must be
/// closed.
pub fn index_is_files(places: &Places, segments: &[Segment], films: &[Film]) {
    let disk = RealDisk::open(&places.footage, None).unwrap();
    let mut listed: BTreeMap<String, &Segment> = BTreeMap::new();
    for segment in segments {
        let below = Path::new(&segment.path).strip_prefix(&places.footage).unwrap();
        let twice = listed.insert(below.to_str().unwrap().to_string(), segment);
        assert!(twice.is_none(), "{} is listed twice", segment.path);
    }
    for film in films {
        let path = &film.path;
        let segment = listed.remove(path);
        let segment =
            segment.unwrap_or_else(|| panic!("{path} is not in the index: {segments:#?}"));
        assert_eq!(segment.bytes, film.bytes, "{path}");
        assert_eq!(segment.frames as usize, film.stamps.len(), "{path}");
        let contents = reader::scan_file(&disk, path).unwrap();
        let verified = reader::verify(&disk, path, &contents).unwrap();
        assert_eq!(segment.digest, Some(verified.digest), "{path}");
        assert!(contents.end.is_some() && contents.whole == contents.size, "{path} has no end");
    }
    assert!(listed.is_empty(), "in the index and not on the disk: {:?}", listed.keys());
}

/// Nothing between a camera's segments but what a gap explains; `None` where all is well.
pub fn unexplained(segments: &[Segment], gaps: &[Gap]) -> Option<String> {
    let mut by_camera: BTreeMap<&CameraId, Vec<&Segment>> = BTreeMap::new();
    for segment in segments {
        by_camera.entry(&segment.camera).or_default().push(segment);
    }
    for (camera, mut segments) in by_camera {
        segments.sort_by_key(|s| s.start);
        for pair in segments.windows(2) {
            let (from, to) = (pair[0].end, pair[1].start);
            let near = |a: Utc, b: Utc| (a - b).abs() < Span::millis(200);
            let told = gaps.iter().any(|gap| {
                gap.camera == *camera
                    && near(gap.start, from)
                    && gap.end.is_some_and(|end| near(end, to))
            });
            if to - from > Span::millis(600) && !told {
                let own = gaps.iter().filter(|gap| gap.camera == *camera);
                let own: Vec<_> = own.map(|g| (g.start, g.end, g.reason)).collect();
                let spans: Vec<_> = segments.iter().map(|s| (s.start, s.end)).collect();
                return Some(format!(
                    "{camera}: nothing from {from} to {to}, and no gap says why; gaps {own:?}; \
                     segments {spans:?}"
                ));
            }
        }
    }
    None
}

/// Gaps of this reason for this camera.
pub fn gaps_of(gaps: &[Gap], camera: &str, reason: GapReason) -> usize {
    gaps.iter().filter(|g| g.camera.as_str() == camera && g.reason == reason).count()
}

/// Plays every file to its last frame with ffprobe, which decodes as ffmpeg does; two at a time.
/// Every frame that carries a stamp must be shown, and not a word of complaint be said.
pub fn play_all(footage: &Path, films: &[Film]) {
    let next = AtomicUsize::new(0);
    let play = || {
        while let Some(film) = films.get(next.fetch_add(1, Ordering::SeqCst)) {
            let shown = play(&footage.join(&film.path));
            assert_eq!(shown, film.stamps.len(), "{}", film.path);
        }
    };
    std::thread::scope(|scope| {
        let both = [scope.spawn(play), scope.spawn(play)];
        both.into_iter().for_each(|thread| thread.join().expect("every file plays"));
    });
}

/// Frames that a player shows, after it said that nothing is wrong with the file.
pub fn play(file: &Path) -> usize {
    let words = ["-v", "warning", "-select_streams", "v", "-count_frames", "-show_entries"];
    let run = Command::new("ffprobe")
        .args(words)
        .args(["stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .expect("ffprobe is missing: apt-get install ffmpeg");
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert_eq!(complaint, "", "{}", file.display());
    let shown = String::from_utf8_lossy(&run.stdout);
    let shown = shown.trim().trim_end_matches(',');
    shown.parse().unwrap_or_else(|_| panic!("{}: ffprobe says {shown:?}", file.display()))
}
