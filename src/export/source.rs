//! The recordings that a package is cut from: scanned, cut, and read again piece by piece.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::DiskId;
use crate::base::time::Utc;
use crate::disk::Disk;
use crate::evidence::cut::{Clip, Cutting, Piece};
use crate::evidence::manifest::PieceSays;
use crate::evidence::tables::{Picture, Tables};
use crate::footage::Segment;
use crate::segment::reader::{Contents, Header, Sample, scan_file};

/// Read at once; pictures larger than that are read alone.
const BLOCK_BYTES: u64 = 512 << 10;

/// The footage disks.
pub type Disks = BTreeMap<DiskId, Box<dyn Disk>>;

/// One camera's segments.
pub struct Source<'a> {
    pub disks: &'a Disks,
    pub segments: &'a [Segment],
}

/// One picture of a piece, and where its bytes stand.
pub struct Shot {
    /// When it was taken.
    pub at: Utc,
    pub key: bool,
    from: u64,
    bytes: u32,
}

/// One segment as it was scanned.
struct Scanned {
    header: Header,
    contents: Contents,
    sound: bool,
}

impl Scanned {
    /// When its line of time begins.
    fn start(&self) -> Utc {
        self.header.start
    }

    fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.contents.samples().filter(|sample| !sample.sound)
    }

    fn pictures(&self) -> Vec<Picture> {
        let edit = self.header.edit;
        let picture = |sample: &Sample| Picture {
            bytes: sample.size,
            decoded: sample.time - edit,
            shown: sample.shown() - edit,
            duration: sample.duration,
            key: sample.key,
        };
        self.samples().map(picture).collect()
    }
}

/// Pictures as they were read, with what lies between them passed over: nothing is copied.
pub struct Block {
    bytes: Vec<u8>,
    parts: Vec<Range<usize>>,
}

impl Block {
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().map(|part| &self.bytes[part.clone()])
    }

    /// Bytes of its pictures.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.len() as u64).sum()
    }
}

/// What cutting one camera's segments gave.
pub struct Planned {
    pub clips: Vec<Clip>,
    pub has_sound: bool,
}

impl Source<'_> {
    fn disk(&self, segment: &Segment) -> Result<&dyn Disk, Fault> {
        self.disks.get(&segment.disk).map(AsRef::as_ref).ok_or_else(|| {
            let text = format!("the disk with {} is not there", segment.path);
            Fault::new(FaultKind::Missing, text)
        })
    }

    fn scan(&self, number: usize) -> Result<Scanned, Fault> {
        let segment = &self.segments[number];
        let contents = scan_file(self.disk(segment)?, &segment.path)?;
        let sound = contents.samples().any(|sample| sample.sound);
        let header = contents.header.clone().ok_or_else(|| {
            Fault::new(FaultKind::Corrupt, format!("{} is no recording", segment.path))
        })?;
        if header.camera != segment.camera {
            let text = format!("{} is a recording of {}", segment.path, header.camera);
            return Err(Fault::new(FaultKind::Foreign, text));
        }
        Ok(Scanned { header, contents, sound })
    }

    /// Scans and cuts.
    ///
    /// # Errors
    /// The disk's; a file that is no recording of this camera.
    pub fn plan(
        &self,
        window: (Utc, Utc),
        file_bytes: u64,
        going: &mut dyn FnMut() -> Result<(), Fault>,
    ) -> Result<Planned, Fault> {
        let mut cutting = Cutting::new(window, file_bytes);
        let mut has_sound = false;
        for (number, segment) in self.segments.iter().enumerate() {
            going()?;
            let scanned = self.scan(number)?;
            has_sound |= scanned.sound;
            let closed = segment.digest.is_some();
            let (start, video) = (scanned.start(), &scanned.header.video);
            cutting.take(number, start, video, &scanned.pictures(), closed);
        }
        Ok(Planned { clips: cutting.clips(), has_sound })
    }

    /// The index of a clip.
    ///
    /// # Errors
    /// As [`Source::plan`]; or a recording has fewer pictures than before.
    pub fn tables(&self, clip: &Clip) -> Result<Tables, Fault> {
        let mut tables = Tables::default();
        let mut origin: Option<Utc> = None;
        for piece in &clip.pieces {
            let scanned = self.scan(piece.segment)?;
            let origin = *origin.get_or_insert(scanned.start());
            let shift = crate::evidence::cut::ticks(scanned.start() - origin);
            let pictures = scanned.pictures();
            let part = pictures.get(range(piece)).ok_or_else(|| self.shrunk(piece))?;
            part.iter().for_each(|picture| tables.add(shift, picture));
        }
        tables.close();
        Ok(tables)
    }

    /// Gives the pictures of a piece, in order and in blocks.
    ///
    /// # Errors
    /// The disk's; those of `take`.
    pub fn copy(
        &self,
        piece: &Piece,
        take: &mut dyn FnMut(Block) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let scanned = self.scan(piece.segment)?;
        let samples: Vec<&Sample> = scanned.samples().collect();
        let samples = samples.get(range(piece)).ok_or_else(|| self.shrunk(piece))?;
        let segment = &self.segments[piece.segment];
        let disk = self.disk(segment)?;
        let mut rest = samples;
        while let Some(first) = rest.first() {
            // As many as lie within one block; heads of fragments between them are passed over.
            let end = |sample: &Sample| sample.at + u64::from(sample.size);
            let within = |s: &&&Sample| s.at >= first.at && end(s) - first.at <= BLOCK_BYTES;
            let fits = rest.iter().take_while(within).count().max(1);
            let (now, later) = rest.split_at(fits);
            let len = now.iter().map(|sample| end(sample)).max().unwrap_or(first.at) - first.at;
            let bytes = disk.read_at(&segment.path, first.at, len as usize)?;
            let mut parts: Vec<Range<usize>> = Vec::new();
            for sample in now {
                let at = (sample.at - first.at) as usize;
                let end = at + sample.size as usize;
                if end > bytes.len() {
                    return Err(self.shrunk(piece));
                }
                match parts.last_mut() {
                    Some(last) if last.end == at => last.end = end,
                    _ => parts.push(at..end),
                }
            }
            take(Block { bytes, parts })?;
            rest = later;
        }
        Ok(())
    }

    /// The pictures of a piece, one by one.
    ///
    /// # Errors
    /// As [`Source::tables`].
    pub fn shots(&self, piece: &Piece) -> Result<Vec<Shot>, Fault> {
        let scanned = self.scan(piece.segment)?;
        let samples: Vec<&Sample> = scanned.samples().collect();
        let part = samples.get(range(piece)).ok_or_else(|| self.shrunk(piece))?;
        let shot = |sample: &&Sample| Shot {
            at: scanned.header.at(sample),
            key: sample.key,
            from: sample.at,
            bytes: sample.size,
        };
        Ok(part.iter().map(shot).collect())
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The disk's.
    pub fn shot(&self, piece: &Piece, shot: &Shot) -> Result<Vec<u8>, Fault> {
        let segment = &self.segments[piece.segment];
        let bytes = self.disk(segment)?.read_at(&segment.path, shot.from, shot.bytes as usize)?;
        match bytes.len() == shot.bytes as usize {
            true => Ok(bytes),
            false => Err(self.shrunk(piece)),
        }
    }

    /// What the manifest says of a piece whose pictures have this digest.
    pub fn says(&self, piece: &Piece, sha256: Digest) -> PieceSays {
        let segment = &self.segments[piece.segment];
        PieceSays {
            segment: segment.path.clone(),
            segment_sha256: segment.digest,
            first: piece.first,
            frames: piece.frames,
            sha256,
            whole: piece.whole,
        }
    }

    fn shrunk(&self, piece: &Piece) -> Fault {
        let path = &self.segments[piece.segment].path;
        Fault::new(FaultKind::Corrupt, format!("{path} has fewer pictures than it had before"))
    }
}

fn range(piece: &Piece) -> Range<usize> {
    piece.first as usize..piece.first as usize + piece.frames as usize
}
