//! Reads a package from a disk, as a check wants to see it: digests of every file, content of the
//! small ones, and what the clips say.

use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::evidence::check::{Seen, SeenClip, SeenFile};
use crate::evidence::manifest::Manifest;
use crate::evidence::names;
use crate::evidence::track::{self, FRONT_BYTES_MAX, Front, Outer};

const BLOCK_BYTES: usize = 1 << 20;
/// A list of a whole school's month has fewer bytes.
const SMALL_BYTES_MAX: u64 = 256 << 20;
/// No package has folders in folders, nor that many files.
const FILES_MAX: usize = 100_000;

/// Bytes read so far, and of how many.
pub type Going<'a> = &'a mut dyn FnMut(u64, u64);

/// Every file below the package, with its size.
///
/// # Errors
/// The disk's; more files than any package has.
pub fn files(disk: &dyn Disk, folder: &str) -> Result<Vec<(String, u64)>, Fault> {
    let mut found = Vec::new();
    let below = |a: &str, b: &str| match a {
        "" => b.to_string(),
        _ => format!("{a}/{b}"),
    };
    for item in disk.list(folder)? {
        if !item.folder {
            found.push((item.name, item.bytes));
            continue;
        }
        for inner in disk.list(&below(folder, &item.name))? {
            found.push((below(&item.name, &inner.name), inner.bytes));
        }
        if found.len() > FILES_MAX {
            let text = format!("{folder} has more than {FILES_MAX} files: it is no package");
            return Err(Fault::new(FaultKind::Foreign, text));
        }
    }
    Ok(found)
}

/// Reads everything below `folder`, once.
///
/// # Errors
/// The disk's. What is strange about a file is for the check to say.
pub fn package(disk: &dyn Disk, folder: &str, going: Going<'_>) -> Result<Seen, Fault> {
    let found = files(disk, folder)?;
    let total = found.iter().map(|(_, bytes)| bytes).sum();
    let (mut seen, mut done) = (Seen::default(), 0);
    let at = |path: &str| if folder.is_empty() { path.into() } else { format!("{folder}/{path}") };
    let is_clip = |path: &str| path.starts_with(names::VIDEO) || path.starts_with(names::COPIES);
    for (path, bytes) in found.iter().filter(|(p, n)| !is_clip(p) && *n <= SMALL_BYTES_MAX) {
        let content = disk.read_at(&at(path), 0, SMALL_BYTES_MAX as usize)?;
        let file = SeenFile { bytes: content.len() as u64, sha256: Digest::of(&content) };
        seen.files.insert(path.clone(), file);
        seen.small.insert(path.clone(), content);
        done += bytes;
        going(done, total);
    }
    let manifest = seen.small.get(names::MANIFEST).and_then(|b| Manifest::read(b).ok());
    for (path, bytes) in &found {
        if seen.files.contains_key(path) {
            continue;
        }
        let clips = manifest.iter().flat_map(|m| m.clips());
        let named = clips.map(|(_, clip)| clip).find(|clip| clip.file == *path);
        let frames = named.map(|clip| clip.pieces.iter().map(|p| p.frames).collect::<Vec<_>>());
        let mut passed = |n| going(done + n, total);
        let (file, clip) = clip(disk, &at(path), *bytes, &frames.unwrap_or_default(), &mut passed)?;
        seen.files.insert(path.clone(), file);
        seen.clips.insert(path.clone(), clip);
        done += bytes;
    }
    Ok(seen)
}

/// Digest and size of a file, in one pass.
///
/// # Errors
/// The disk's.
pub fn digest(
    disk: &dyn Disk,
    path: &str,
    passed: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<SeenFile, Fault> {
    let (mut sum, mut at) = (Summing::default(), 0);
    loop {
        let bytes = disk.read_at(path, at, 4 * BLOCK_BYTES)?;
        if bytes.is_empty() {
            return Ok(SeenFile { bytes: at, sha256: sum.finish() });
        }
        sum.add(&bytes);
        at += bytes.len() as u64;
        passed(at)?;
    }
}

type ClipRead = Result<SeenClip, String>;

/// A clip in one pass: digests of the file, of its pictures and of each piece.
fn clip(
    disk: &dyn Disk,
    path: &str,
    bytes: u64,
    pieces: &[u32],
    passed: &mut dyn FnMut(u64),
) -> Result<(SeenFile, ClipRead), Fault> {
    let front = front(disk, path, bytes)?;
    let mut file = Summing::default();
    let mut stream = front.as_ref().ok().map(|front| Pictures::new(front, pieces));
    let mut at = 0;
    loop {
        let block = disk.read_at(path, at, BLOCK_BYTES)?;
        if block.is_empty() {
            break;
        }
        file.add(&block);
        if let Some(stream) = &mut stream {
            stream.add(at, &block);
        }
        at += block.len() as u64;
        passed(at);
    }
    let seen = SeenFile { bytes: at, sha256: file.finish() };
    let read = front.map(|front| {
        let (stream, pieces) =
            stream.map(Pictures::finish).unwrap_or((Digest([0; 32]), Vec::new()));
        SeenClip { front, stream, pieces }
    });
    Ok((seen, read))
}

/// Digests over the pictures of a clip, of which every byte passes in order.
struct Pictures {
    from: u64,
    stream: Summing,
    /// Bytes of each piece that are still to come, the first of them begun.
    left: std::collections::VecDeque<u64>,
    piece: Summing,
    done: Vec<Digest>,
}

impl Pictures {
    fn new(front: &Front, pieces: &[u32]) -> Pictures {
        let mut sizes = front.sizes.iter();
        let bytes = |n: &u32| sizes.by_ref().take(*n as usize).map(|s| u64::from(*s)).sum();
        let left = pieces.iter().map(bytes).collect();
        let (stream, piece) = (Summing::default(), Summing::default());
        Pictures { from: front.first_at, stream, left, piece, done: Vec::new() }
    }

    fn add(&mut self, at: u64, block: &[u8]) {
        let skip = self.from.saturating_sub(at).min(block.len() as u64) as usize;
        let mut rest = &block[skip..];
        self.stream.add(rest);
        while let Some(left) = self.left.front_mut() {
            let now = (*left).min(rest.len() as u64);
            self.piece.add(&rest[..now as usize]);
            rest = &rest[now as usize..];
            *left -= now;
            if *left > 0 {
                return;
            }
            self.left.pop_front();
            self.done.push(std::mem::take(&mut self.piece).finish());
        }
    }

    fn finish(self) -> (Digest, Vec<Digest>) {
        (self.stream.finish(), self.done)
    }
}

/// The boxes before the pictures.
fn front(disk: &dyn Disk, path: &str, bytes: u64) -> Result<Result<Front, String>, Fault> {
    let (mut meta, mut moov) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes {
        let head = disk.read_at(path, at, 16)?;
        let Some(outer) = track::outer(at, &head) else {
            return Ok(Err("it is no MP4 file of Beadle's".into()));
        };
        if outer.at + outer.bytes > bytes {
            let (there, all) = (bytes, outer.at + outer.bytes);
            return Ok(Err(format!("it was cut short: {there} of at least {all} bytes are there")));
        }
        let Outer { kind, bytes: size, .. } = outer;
        match &kind {
            b"mdat" => return Ok(track::read(&meta, &moov, outer)),
            b"meta" | b"moov" if size <= FRONT_BYTES_MAX => {
                let body = disk.read_at(path, at + 8, size as usize - 8)?;
                *(if &kind == b"meta" { &mut meta } else { &mut moov }) = body;
            }
            _ => {}
        }
        at += size;
    }
    Ok(Err("it has no pictures".into()))
}
