//! What is made from the masters for those who may not have them, or cannot play them: masked
//! copies, viewing copies, still pictures. Decoded and coded anew by a child of their own; marked
//! as copies in their names, in their boxes, on each picture and in the manifest. A master is
//! never touched.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::source::Source;
use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc, Zone};
use crate::disk::Disk;
use crate::disk::spool::nameless;
use crate::evidence::cut::{Clip, ticks};
use crate::evidence::manifest::{CameraPart, CopyKind, CopySays, Manifest, StillSays};
use crate::evidence::movie::{self, Head};
use crate::evidence::sums::Sums;
use crate::evidence::tables::{Picture, Tables};
use crate::evidence::{names, stamp};
use crate::footage::Codec;
use crate::logbook::ClockState;
use crate::pictures::recode::{Given, Recoder};
use crate::pictures::still::{Format, encode};
use crate::wire::pictures::{Coded, Look, Overlay};

/// A corner of a mask, in 1/65,535 of the picture's sides.
pub type Corner = (u16, u16);

/// What a job asks for beside its masters.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Derived {
    /// The program that decodes; empty: nothing is made.
    pub program: String,
    /// For each camera of the manifest, in its order: what the file hides of it.
    pub masks: Vec<Vec<Vec<Corner>>>,
    /// Masters of cameras with masks stay in the school; their masked copies go (S1.13, R1.9).
    pub masked: bool,
    /// H.264 copies beside H.265 masters (R3.11).
    pub viewing: bool,
    /// Pictures of these cameras at these moments.
    pub stills: Vec<(CameraId, Utc)>,
    /// A folder of a footage disk, where footage may lie: what is coded waits there, in a file
    /// without a name, until its index is known.
    pub spool: String,
}

impl Derived {
    /// Its masters do not leave.
    pub fn withholds(&self, camera: usize) -> bool {
        self.masked && self.masks.get(camera).is_some_and(|masks| !masks.is_empty())
    }

    /// What is made of a clip of this camera.
    pub fn copies(&self, camera: usize, clip: &Clip) -> Option<CopyKind> {
        match self.withholds(camera) {
            true => Some(CopyKind::Masked),
            false => (self.viewing && clip.video.codec == Codec::H265).then_some(CopyKind::Viewing),
        }
    }

    /// Bytes that the copy of a clip takes at most, as near as can be said before it is coded: no
    /// encoder of ours spends more than four bits a second on each pixel, or twice the master.
    pub fn copy_bytes_max(&self, camera: usize, clip: &Clip) -> u64 {
        if self.copies(camera, clip).is_none() {
            return 0;
        }
        let pixels = u64::from(clip.video.width) * u64::from(clip.video.height);
        let secs = u64::try_from((clip.end - clip.start).as_secs()).unwrap_or(0) + 1;
        let rate = (pixels * COPY_BITS_A_PIXEL).max(COPY_BITS_MIN) / 8;
        clip.file_bytes_max() - clip.bytes + (2 * clip.bytes).max(rate * secs)
    }

    fn masks(&self, camera: usize) -> &[Vec<Corner>] {
        self.masks.get(camera).map_or(&[], Vec::as_slice)
    }
}

/// As the encoder of the picture service is set.
const COPY_BITS_A_PIXEL: u64 = 4;
const COPY_BITS_MIN: u64 = 500_000;
/// Blocks in which a finished copy is moved behind its index.
const BLOCK_BYTES: usize = 1 << 20;
/// Pictures that a decoder may want to see after the one that is wanted.
const AHEAD: usize = 8;
/// No camera sends larger pictures.
const SIDE_MAX: u16 = crate::base::limits::PICTURE_SIDE_MAX;

/// One camera of a package.
pub struct Making<'a> {
    pub wanted: &'a Derived,
    pub manifest: &'a Manifest,
    pub number: usize,
    pub source: Source<'a>,
    pub target: &'a dyn Disk,
    /// The package's.
    pub folder: &'a str,
    pub zone: &'a Zone,
}

/// Hears of each byte of the masters that was made something of, and stops it.
pub type Going<'a> = &'a mut dyn FnMut(u64) -> Result<(), Fault>;

impl Making<'_> {
    /// Makes all that is asked for of this camera, whose masters stand in `camera` already; says
    /// what could not be made and may be missing.
    ///
    /// # Errors
    /// The disks'; a masked copy cannot be made, without which nothing of the camera can leave.
    pub fn all(
        &self,
        clips: &[Clip],
        camera: &mut CameraPart,
        sums: &mut Sums,
        going: Going<'_>,
    ) -> Result<Vec<String>, Fault> {
        let mut remarks = self.copies(clips, camera, sums, going)?;
        remarks.extend(self.stills(clips, camera, sums, going)?);
        for (folder, made) in
            [(names::COPIES, !camera.copies.is_empty()), (names::STILLS, !camera.stills.is_empty())]
        {
            if made {
                self.target.sync_folder(&self.at(folder))?;
            }
        }
        Ok(remarks)
    }

    fn copies(
        &self,
        clips: &[Clip],
        camera: &mut CameraPart,
        sums: &mut Sums,
        going: Going<'_>,
    ) -> Result<Vec<String>, Fault> {
        let mut remarks = Vec::new();
        let (masked, count) = (self.wanted.withholds(self.number), clips.len());
        for (part, clip) in (1..).zip(clips) {
            let Some(kind) = self.wanted.copies(self.number, clip) else { continue };
            let of = camera.clips.get(part - 1).map(|master| master.file.clone());
            let file = names::copy(&camera.id, clip.start, part, count, kind.word());
            if camera.copies.iter().any(|copy| copy.file == file) {
                continue; // made before the carrier was pulled out
            }
            match self.copy(clip, camera, (kind, file.clone(), of), going) {
                Ok(says) => {
                    sums.insert(says.file.clone(), says.sha256);
                    camera.copies.push(says);
                }
                Err(fault) if masked || fault.kind != FaultKind::Missing => return Err(fault),
                Err(fault) => {
                    self.target.remove(&self.at(&file))?; // half of it
                    let id = &camera.id;
                    remarks.push(format!("Camera {id}: no viewing copy was made: {}.", fault.text));
                }
            }
        }
        Ok(remarks)
    }

    fn stills(
        &self,
        clips: &[Clip],
        camera: &mut CameraPart,
        sums: &mut Sums,
        going: Going<'_>,
    ) -> Result<Vec<String>, Fault> {
        let mut remarks = Vec::new();
        for (_, asked) in self.wanted.stills.iter().filter(|(id, _)| *id == camera.id) {
            let Some(clip) = clips.iter().find(|c| c.start <= *asked && *asked < c.end) else {
                let (id, at) = (&camera.id, self.zone.show(*asked));
                remarks.push(format!("Camera {id}: there is no picture of {at}."));
                continue;
            };
            match self.still(clip, camera, *asked) {
                Ok((says, _)) if camera.stills.iter().any(|still| still.file == says.file) => {}
                Ok((says, bytes)) => {
                    self.folder(names::STILLS)?;
                    self.target.replace(&self.at(&says.file), &bytes)?;
                    sums.insert(says.file.clone(), says.sha256);
                    camera.stills.push(says);
                }
                Err(fault) if fault.kind != FaultKind::Missing => return Err(fault),
                Err(fault) => {
                    let (id, at) = (&camera.id, self.zone.show(*asked));
                    let why = fault.text;
                    remarks.push(format!("Camera {id}: no still of {at} was made: {why}."));
                }
            }
            going(0)?;
        }
        Ok(remarks)
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.folder)
    }

    fn folder(&self, name: &str) -> Result<(), Fault> {
        self.target.make_folder(&self.at(name))
    }

    /// Whole pictures, what the file hides painted over, camera and time on each.
    fn look(&self, clip: &Clip, camera: &CameraPart, mark: &str) -> Look {
        let even = |n: u16| (n & !1).clamp(2, SIDE_MAX);
        let offset = self.zone.ahead_of_utc(clip.start).as_secs();
        let masks = match self.wanted.masked {
            true => self.wanted.masks(self.number).to_vec(),
            false => Vec::new(),
        };
        let overlay = Overlay {
            title: format!("{}{mark}", camera.title),
            offset_secs: i32::try_from(offset).ok(),
            watermark: String::new(),
        };
        let within = Look::within(even(clip.video.width), even(clip.video.height));
        Look { masks, overlay: Some(overlay), ..within }
    }

    fn recoder(&self, look: Look, code: bool) -> Result<Recoder, Fault> {
        let program = Path::new(&self.wanted.program);
        if self.wanted.program.is_empty() || !program.exists() {
            return Err(Fault::new(FaultKind::Missing, "no picture service is installed"));
        }
        Recoder::start(program, look, code).map_err(missing)
    }

    fn copy(
        &self,
        clip: &Clip,
        camera: &CameraPart,
        (kind, file, of): (CopyKind, String, Option<String>),
        going: Going<'_>,
    ) -> Result<CopySays, Fault> {
        let mut recoder = self.recoder(self.look(clip, camera, kind.mark()), true)?;
        recoder.begin(&clip.video, clip.start - Span::secs(1)).map_err(missing)?;
        self.folder(names::COPIES)?;
        let (mut coded, clock) = (Track::default(), self.manifest.clock.state);
        let mut spool = nameless(Path::new(&self.wanted.spool))?;
        let mut pieces = Vec::new();
        for piece in &clip.pieces {
            let mut sum = Summing::default();
            for shot in self.source.shots(piece)? {
                let data = self.source.shot(piece, &shot)?;
                sum.add(&data);
                let bytes = data.len() as u64;
                let unit = Coded { at: shot.at, key: shot.key, data: Bytes::from(data) };
                let given = recoder.push(&unit).map_err(missing)?;
                coded.take(given, clock, &mut spool)?;
                going(bytes)?;
            }
            pieces.push(self.source.says(piece, sum.finish()));
        }
        coded.take(recoder.drain().map_err(missing)?, clock, &mut spool)?;
        let video = recoder.params.clone();
        let video = video.ok_or_else(|| missing("not one picture came out".into()))?;
        let tables = coded.tables(clip);
        let (unit, title) = (self.manifest.unit(), format!("{}{}", camera.title, kind.mark()));
        let head = Head {
            video: &video,
            start: coded.first.unwrap_or(clip.start),
            exported: self.manifest.release.at,
            unit: &unit,
            operator: &self.manifest.release.operator,
            camera: &title,
            address: camera.address.as_deref().unwrap_or_default(),
            mac: "",
        };
        let header = movie::header(&head, &tables);
        let header = header.map_err(|why| Fault::new(FaultKind::Corrupt, why))?;
        let (sha256, bytes) = self.behind(&header, &mut spool, &file)?;
        let last = coded.frames.last().map_or(clip.last, |frame| frame.at);
        Ok(CopySays {
            kind,
            file,
            bytes,
            sha256,
            of,
            from: clip.start,
            to: clip.end,
            last_frame: last,
            local_from: self.zone.show(clip.start),
            local_to: self.zone.show(clip.end),
            frames: coded.frames.len() as u64,
            codec: video.codec,
            width: video.width,
            height: video.height,
            masks: self.wanted.masks(self.number).len() * usize::from(kind == CopyKind::Masked),
            pieces,
        })
    }

    /// Puts the coded pictures behind their index; digest and size of the file.
    fn behind(&self, header: &[u8], spool: &mut File, file: &str) -> Result<(Digest, u64), Fault> {
        let failed = |e: std::io::Error| Fault::io("reading what was coded", &e);
        let coded = spool.metadata().map_err(failed)?.len();
        let (path, bytes) = (self.at(file), header.len() as u64 + coded);
        if self.target.size(&path).is_ok() {
            self.target.remove(&path)?; // what the carrier had of it when it was pulled out
        }
        let mut out = self.target.create_sized(&path, bytes)?;
        let mut sum = Summing::default();
        out.append(&[header])?;
        sum.add(header);
        spool.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut block = vec![0; BLOCK_BYTES];
        loop {
            let read = spool.read(&mut block).map_err(failed)?;
            if read == 0 {
                break;
            }
            out.append(&[&block[..read]])?;
            sum.add(&block[..read]);
        }
        out.flush()?;
        Ok((sum.finish(), out.len()))
    }

    /// The picture that was there at this moment, with the true time of it.
    fn still(
        &self,
        clip: &Clip,
        camera: &CameraPart,
        asked: Utc,
    ) -> Result<(StillSays, Vec<u8>), Fault> {
        let masked = self.wanted.withholds(self.number);
        let mark = if masked { CopyKind::Masked.mark() } else { "" };
        let mut recoder = self.recoder(self.look(clip, camera, mark), false)?;
        recoder.begin(&clip.video, clip.start - Span::secs(1)).map_err(missing)?;
        let mut best = None;
        for piece in &clip.pieces {
            let shots = self.source.shots(piece)?;
            let Some(near) = shots.iter().rposition(|shot| shot.at <= asked) else { continue };
            let follows = shots.get(near + 1).is_some();
            let key = shots[..=near].iter().rposition(|shot| shot.key).unwrap_or(0);
            let until = (near + 1 + AHEAD).min(shots.len());
            let mut pictures = Vec::new();
            for shot in &shots[key..until] {
                let data = Bytes::from(self.source.shot(piece, shot)?);
                let unit = Coded { at: shot.at, key: shot.key, data };
                pictures.extend(recoder.push(&unit).map_err(missing)?.pictures);
            }
            pictures.extend(recoder.drain().map_err(missing)?.pictures);
            best = pictures.into_iter().filter(|p| p.at <= asked).max_by_key(|p| p.at).or(best);
            if follows {
                break;
            }
        }
        let picture = best.ok_or_else(|| missing("no picture could be decoded".into()))?;
        let bytes = encode(&picture, Format::Png).map_err(missing)?;
        let says = StillSays {
            file: names::still(&camera.id, picture.at),
            sha256: Digest::of(&bytes),
            bytes: bytes.len() as u64,
            asked,
            at: picture.at,
            local: self.zone.show(picture.at),
            width: picture.width,
            height: picture.height,
            masked,
        };
        Ok((says, bytes))
    }
}

/// Something is not there that a package can do without, or cannot.
fn missing(why: String) -> Fault {
    Fault::new(FaultKind::Missing, why)
}

struct Frame {
    at: Utc,
    key: bool,
    bytes: u32,
}

/// What was coded so far, in order.
#[derive(Default)]
struct Track {
    first: Option<Utc>,
    frames: Vec<Frame>,
}

impl Track {
    /// Each picture with its time inside (R2.29).
    fn take(&mut self, given: Given, clock: ClockState, spool: &mut File) -> Result<(), Fault> {
        for unit in given.units {
            let (before, behind) = unit.data.split_at(stamp::place(&unit.data));
            let stamped = [before, &stamp::message(unit.at, clock), behind].concat();
            let kept = spool.write_all(&stamped);
            kept.map_err(|e| Fault::io("keeping what was coded", &e))?;
            self.first.get_or_insert(unit.at);
            let bytes = u32::try_from(stamped.len()).unwrap_or(u32::MAX);
            self.frames.push(Frame { at: unit.at, key: unit.key, bytes });
        }
        Ok(())
    }

    /// The coder keeps the order of showing: what is decoded is shown at once.
    fn tables(&self, clip: &Clip) -> Tables {
        let mut tables = Tables::default();
        let first = self.first.unwrap_or(clip.start);
        let lasts = ticks(clip.end - clip.last).clamp(1, i64::from(u32::MAX));
        for frame in &self.frames {
            let shown = ticks(frame.at - first);
            tables.add(
                0,
                &Picture {
                    bytes: frame.bytes,
                    decoded: shown,
                    shown,
                    duration: lasts as u32, // of the last one; the others last until the next
                    key: frame.key,
                },
            );
        }
        tables.close();
        tables
    }
}
