//! Writes one package; the procedure stands in the module's essay.

use std::collections::BTreeMap;

use super::derived::Making;
use super::job::{Going, Job, Stage, Whole};
use super::papers::{self, Pages};
use super::read;
use super::source::{Disks, Source};
use super::stream::{Threads, stream};
use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Zone;
use crate::disk::Disk;
use crate::evidence::cut::{Clip, FILES_ADVISED_MAX, HOLE_MIN};
use crate::evidence::manifest::{CameraPart, ClipSays, Manifest, Window};
use crate::evidence::movie::{self, Head};
use crate::evidence::sums::{self, Sums};
use crate::evidence::{PLAYER, names, texts};
use crate::footage::Segment;
use crate::signage::Document;

/// Texts beside clips and their lines in the manifest.
const TEXT_BYTES: u64 = 2 << 20;
const PIECE_BYTES: u64 = 512;

/// Whoever ordered the package: hears how it goes, may stop it, holds the key.
pub trait Orderer {
    /// # Errors
    /// It is to stop.
    fn going(&mut self, going: Going) -> Result<(), Fault>;
    /// The first byte of recordings or papers comes now. Said before it is written, so that
    /// whoever did not hear it knows that nothing left.
    ///
    /// # Errors
    /// It is to stop; nobody hears.
    fn begins(&mut self) -> Result<(), Fault> {
        Ok(())
    }
    /// The signature of the list.
    ///
    /// # Errors
    /// There is none.
    fn sign(&mut self, list: &str) -> Result<String, Fault>;
    /// Something failed: a carrier that was pulled out can come back. On return it is there again,
    /// with what was flushed.
    ///
    /// # Errors
    /// `fault`, where nothing will come back; or it is to stop.
    fn lost(&mut self, fault: Fault) -> Result<(), Fault> {
        Err(fault)
    }
    /// Everything is written and flushed; the carrier's own end of it comes now.
    ///
    /// # Errors
    /// The carrier's.
    fn written(&mut self) -> Result<(), Fault> {
        Ok(())
    }
    /// The papers as pages, in their order; inside: why there are none, and they go as text.
    ///
    /// # Errors
    /// It is to stop.
    fn pages(&mut self, _papers: &[Document]) -> Result<Pages, Fault> {
        Ok(Err("nothing here sets pages".into()))
    }
}

/// Writes it, reads it back.
///
/// # Errors
/// There is a whole package of this name (`Exists`); too little room (`Full`); the disks'; those of
/// `orderer`. What was written stays, and says that it is not finished.
pub fn write(
    job: &Job,
    disks: &Disks,
    target: &dyn Disk,
    orderer: &mut dyn Orderer,
) -> Result<Whole, Fault> {
    let zone = Zone::named(&job.manifest.site.timezone).unwrap_or_else(|_| Zone::utc());
    let mut packing = Packing {
        job,
        disks,
        target,
        zone,
        folder: job.manifest.package.clone(),
        sums: Sums::new(),
        going: Going::default(),
        frames: 0,
        returned: false,
    };
    let plans = packing.again(orderer, &mut Packing::plan)?;
    packing.again(orderer, &mut |packing, _| packing.begin())?;
    orderer.begins()?;
    let mut manifest = packing.clips(plans, orderer)?;
    let papers = papers::made(&job.papers, &mut manifest, orderer)?;
    let list = packing.again(orderer, &mut |packing, orderer| {
        packing.texts(&manifest)?;
        for (name, content) in &papers {
            packing.keep(name, content)?;
        }
        let list = sums::to_text(&packing.sums);
        let signature = orderer.sign(&list)?;
        packing.keep(names::SUMS, list.as_bytes())?;
        packing.keep(names::SIGNATURE, signature.as_bytes())?;
        packing.sync()?;
        orderer.written()?;
        Ok(list)
    })?;
    let bytes = packing.again(orderer, &mut Packing::read_back)?;
    target.remove(&packing.at(names::UNFINISHED))?;
    target.sync_folder(&packing.folder)?;
    let clips = manifest.clips().count() as u64;
    Ok(Whole { list: Digest::of(list.as_bytes()), clips, frames: packing.frames, bytes })
}

/// A stage of the work, which can be done again after the carrier was away.
type Work<'w, 'a, T> = &'w mut dyn FnMut(&mut Packing<'a>, &mut dyn Orderer) -> Result<T, Fault>;

struct Packing<'a> {
    job: &'a Job,
    disks: &'a Disks,
    target: &'a dyn Disk,
    zone: Zone,
    folder: String,
    sums: Sums,
    going: Going,
    frames: u64,
    /// The carrier was away: what of the small files is there need not be written again.
    returned: bool,
}

impl<'a> Packing<'a> {
    /// Until it is done, or the carrier stays away.
    fn again<T>(&mut self, orderer: &mut dyn Orderer, work: Work<'_, 'a, T>) -> Result<T, Fault> {
        loop {
            match work(self, orderer) {
                Ok(done) => return Ok(done),
                Err(fault) => orderer.lost(fault)?,
            }
            self.returned = true;
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.folder)
    }

    fn source(&self, camera: usize) -> Source<'a> {
        let segments: &'a [Segment] = self.job.segments.get(camera).map_or(&[], Vec::as_slice);
        Source { disks: self.disks, segments }
    }

    /// Cuts every camera and compares what it needs with the room.
    fn plan(&mut self, orderer: &mut dyn Orderer) -> Result<Vec<(Vec<Clip>, bool)>, Fault> {
        let asked = (self.job.manifest.asked.from, self.job.manifest.asked.to);
        self.going = Going::default();
        self.going.total = self.job.segments.iter().map(|s| s.len() as u64).sum();
        let (mut plans, mut needed, mut pictures) = (Vec::new(), TEXT_BYTES, 0);
        for camera in 0..self.job.manifest.cameras.len() {
            let planned = self.source(camera).plan(asked, self.job.file_bytes, &mut || {
                self.going.done += 1;
                orderer.going(self.going)
            })?;
            let wanted = &self.job.derived;
            for clip in &planned.clips {
                let copy = wanted.copy_bytes_max(camera, clip);
                needed += copy + clip.pieces.len() as u64 * PIECE_BYTES;
                pictures += if copy > 0 { clip.bytes } else { 0 };
                if !wanted.withholds(camera) {
                    needed += clip.file_bytes_max();
                    pictures += clip.bytes;
                }
            }
            plans.push((planned.clips, planned.has_sound));
        }
        self.fits_one_file(needed)?;
        let free = self.target.room()?.free;
        if free < needed {
            let mb = |bytes: u64| bytes.div_ceil(1_000_000);
            let (needed, free) = (mb(needed), mb(free));
            let text = format!(
                "the copy needs {needed} MB and there are {free} MB free; take a larger carrier, \
                 a shorter time or fewer cameras"
            );
            return Err(Fault::new(FaultKind::Full, text));
        }
        self.going = Going { stage: Stage::Writing, done: 0, total: pictures };
        Ok(plans)
    }

    /// An archive is one file, and FAT32 takes none of 4 GiB.
    fn fits_one_file(&self, needed: u64) -> Result<(), Fault> {
        match self.job.archive_bytes_max {
            Some(most) if needed > most => Err(Fault::new(
                FaultKind::Full,
                format!(
                    "the archive would have {} MB, and this carrier's file system takes no file \
                     over {} MB; format the stick as exFAT, or take a shorter time",
                    needed.div_ceil(1_000_000),
                    most / 1_000_000
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The folder, empty but for the mark that it is not finished.
    fn begin(&self) -> Result<(), Fault> {
        let listed = match self.target.list(&self.folder) {
            Ok(listed) => listed,
            Err(fault) if fault.kind == FaultKind::Missing => Vec::new(),
            Err(fault) => return Err(fault),
        };
        let unfinished = listed.iter().any(|item| item.name == names::UNFINISHED);
        if !listed.is_empty() && !unfinished {
            let text = format!("there is a whole package {} there already", self.folder);
            return Err(Fault::new(FaultKind::Exists, text));
        }
        self.target.make_folder(&self.folder)?;
        self.target.replace(&self.at(names::UNFINISHED), texts::UNFINISHED.as_bytes())?;
        for (path, _) in read::files(self.target, &self.folder)? {
            if path != names::UNFINISHED {
                self.target.remove(&self.at(&path))?;
            }
        }
        self.target.make_folder(&self.at(names::VIDEO))?;
        self.target.make_folder(&self.at(names::LOGBOOK))
    }

    fn clips(
        &mut self,
        plans: Vec<(Vec<Clip>, bool)>,
        orderer: &mut dyn Orderer,
    ) -> Result<Manifest, Fault> {
        let mut manifest = self.job.manifest.clone();
        for (camera, (clips, has_sound)) in manifest.cameras.iter_mut().zip(&plans) {
            camera.sound_left_out = *has_sound;
            let given = clips.first().zip(clips.last());
            camera.given = given.map(|(first, last)| Window { from: first.start, to: last.end });
            unlisted_gaps(camera, clips);
        }
        self.masters(&plans, &mut manifest, orderer)?;
        for (number, (clips, _)) in plans.iter().enumerate() {
            let camera = &mut manifest.cameras[number]; // the plans are those of the cameras
            let said = self.again(orderer, &mut |packing, orderer| {
                let whole = |file: &str| packing.target.size(&packing.at(file)).ok();
                camera.copies.retain(|copy| whole(&copy.file) == Some(copy.bytes));
                camera.stills.retain(|still| whole(&still.file) == Some(still.bytes));
                packing.derive(number, clips, camera, orderer)
            })?;
            manifest.remarks.extend(said);
        }
        manifest.remarks.extend(remarks(&manifest));
        Ok(manifest)
    }

    /// The clips, again where the carrier came back without them; a withheld camera has none, its
    /// masked copies go instead.
    fn masters(
        &mut self,
        plans: &[(Vec<Clip>, bool)],
        manifest: &mut Manifest,
        orderer: &mut dyn Orderer,
    ) -> Result<(), Fault> {
        let mut wanted = Vec::new();
        for (number, (clips, _)) in plans.iter().enumerate() {
            let leaves = !self.job.derived.withholds(number);
            for (part, clip) in (1..).zip(clips).filter(|_| leaves) {
                let id = &manifest.cameras[number].id;
                wanted.push((number, names::clip(id, clip.start, part, clips.len()), clip));
            }
        }
        let mut said: BTreeMap<&str, ClipSays> = BTreeMap::new();
        while let Some((number, file, clip)) =
            wanted.iter().find(|(_, file, _)| !said.contains_key(file.as_str()))
        {
            let camera = &manifest.cameras[*number];
            match self.clip(*number, camera, clip, file, orderer) {
                Ok(says) => drop(said.insert(file, says)),
                Err(fault) => {
                    orderer.lost(fault)?;
                    self.returned = true;
                    let whole = |file: &str| self.target.size(&self.at(file)).ok();
                    said.retain(|file, says| whole(file) == Some(says.bytes));
                    let kept = wanted.iter().filter(|(_, file, _)| said.contains_key(&**file));
                    self.going.done = kept.map(|(_, _, clip)| clip.bytes).sum();
                }
            }
        }
        for (number, file, clip) in &wanted {
            self.frames += clip.frames;
            let says = said.remove(file.as_str());
            manifest.cameras[*number].clips.extend(says);
        }
        Ok(())
    }

    /// Copies and stills of one camera; what of them could not be made.
    fn derive(
        &mut self,
        number: usize,
        clips: &[Clip],
        camera: &mut CameraPart,
        orderer: &mut dyn Orderer,
    ) -> Result<Vec<String>, Fault> {
        let making = Making {
            wanted: &self.job.derived,
            manifest: &self.job.manifest,
            number,
            source: self.source(number),
            target: self.target,
            folder: &self.folder,
            zone: &self.zone,
        };
        let mut going = self.going;
        let said = making.all(clips, camera, &mut self.sums, &mut |bytes| {
            going.done = (going.done + bytes).min(going.total); // a second try counts again
            orderer.going(going)
        })?;
        self.going = going;
        Ok(said)
    }

    fn clip(
        &mut self,
        number: usize,
        camera: &CameraPart,
        clip: &Clip,
        file: &str,
        orderer: &mut dyn Orderer,
    ) -> Result<ClipSays, Fault> {
        let source = self.source(number);
        let tables = source.tables(clip)?;
        let unit = self.job.manifest.unit();
        let head = Head {
            video: &clip.video,
            start: clip.start,
            exported: self.job.manifest.release.at,
            unit: &unit,
            operator: &self.job.manifest.release.operator,
            camera: &camera.title,
            address: camera.address.as_deref().unwrap_or_default(),
            mac: camera.hardware_from.as_ref().and(camera.hardware.as_deref()).unwrap_or_default(),
        };
        let header = movie::header(&head, &tables);
        let header = header.map_err(|why| Fault::new(FaultKind::Corrupt, why))?;
        drop(tables);
        let full = self.at(file);
        if self.returned {
            self.target.remove(&full)?; // what the carrier had of it when it went
        }
        let bytes = header.len() as u64 + clip.bytes;
        let out = self.target.create_sized(&full, bytes)?;
        let (mut pieces, begun) = (Vec::new(), self.going.done);
        let written = stream(out, header, &mut |hasher: &Threads| {
            for piece in &clip.pieces {
                let mut sum = Summing::default();
                source.copy(piece, &mut |block| {
                    block.slices().for_each(|slice| sum.add(slice));
                    self.going.done += block.bytes();
                    hasher.give(block)?;
                    orderer.going(self.going)
                })?;
                pieces.push(source.says(piece, sum.finish()));
            }
            Ok(())
        })?;
        debug_assert_eq!(self.going.done - begun, clip.bytes);
        // Its name too: a carrier that is pulled out now gives it back whole.
        self.target.sync_folder(&self.at(names::VIDEO))?;
        self.sums.insert(file.into(), written.file);
        Ok(ClipSays {
            file: file.into(),
            bytes: written.bytes,
            sha256: written.file,
            stream_sha256: written.stream,
            from: clip.start,
            to: clip.end,
            last_frame: clip.last,
            local_from: self.zone.show(clip.start),
            local_to: self.zone.show(clip.end),
            frames: clip.frames,
            codec: clip.video.codec,
            width: clip.video.width,
            height: clip.video.height,
            rate: rate(clip),
            pieces,
        })
    }

    /// A small file, durable, and its line in the list.
    fn keep(&mut self, path: &str, content: &[u8]) -> Result<(), Fault> {
        let full = self.at(path);
        let bytes = content.len() as u64;
        if !self.returned || self.target.size(&full).ok() != Some(bytes) {
            self.target.replace(&full, content)?;
        }
        if !matches!(path, names::SUMS | names::SIGNATURE) {
            self.sums.insert(path.to_string(), Digest::of(content));
        }
        Ok(())
    }

    fn texts(&mut self, manifest: &Manifest) -> Result<(), Fault> {
        let bytes = manifest.to_bytes().map_err(|why| Fault::new(FaultKind::Corrupt, why))?;
        self.keep(names::MANIFEST, &bytes)?;
        for (path, text) in &self.job.files {
            self.keep(path, text.as_bytes())?;
        }
        let public = &manifest.recorder.public_key.0;
        let allowed = texts::allowed_signers(&manifest.recorder.origin, &manifest.package, public);
        self.keep(names::ALLOWED, allowed.as_bytes())?;
        self.keep(names::SIGNER, texts::signer(manifest).as_bytes())?;
        let clock =
            texts::clock(&manifest.clock, &manifest.cameras, &manifest.ownership, &self.zone);
        self.keep(names::CLOCK, clock.as_bytes())?;
        self.keep(names::PLAYER, PLAYER.as_bytes())?;
        self.keep(names::README, texts::readme(manifest, &self.zone).as_bytes())
    }

    fn sync(&self) -> Result<(), Fault> {
        for folder in [names::VIDEO, names::LOGBOOK] {
            self.target.sync_folder(&self.at(folder))?;
        }
        self.target.sync_folder(&self.folder)
    }

    /// From the device, not from memory. The bytes of all files.
    fn read_back(&mut self, orderer: &mut dyn Orderer) -> Result<u64, Fault> {
        let files = read::files(self.target, &self.folder)?;
        let total = files.iter().map(|(_, bytes)| bytes).sum();
        self.going = Going { stage: Stage::Checking, done: 0, total };
        for (path, digest) in &self.sums {
            let full = self.at(path);
            self.target.uncache(&full);
            let begun = self.going.done;
            let read = read::digest(self.target, &full, &mut |passed| {
                self.going.done = begun + passed;
                orderer.going(self.going)
            })?;
            if read.sha256 != *digest {
                let text = format!("{path} is not on the carrier as it was written; take another");
                return Err(Fault::new(FaultKind::Corrupt, text));
            }
        }
        Ok(total)
    }
}

/// Pictures a second, to one decimal.
fn rate(clip: &Clip) -> String {
    let seconds = (clip.end - clip.start).0.max(1) as f64 / 1_000_000.0;
    format!("{:.1}", clip.frames as f64 / seconds)
}

/// Holes between clips that no record explains are gaps all the same.
fn unlisted_gaps(camera: &mut CameraPart, clips: &[Clip]) {
    use crate::evidence::manifest::GapSays;
    use crate::footage::GapReason;
    for pair in clips.windows(2) {
        let (from, to) = (pair[0].end, pair[1].start);
        let listed = camera.gaps.iter().any(|gap| gap.from < to && gap.to > from);
        if to - from >= HOLE_MIN && !listed {
            camera.gaps.push(GapSays { from, to, reason: GapReason::Unknown });
        }
    }
    camera.gaps.sort_by_key(|gap| gap.from);
}

/// What whoever opens it should know.
fn remarks(manifest: &Manifest) -> Vec<String> {
    let mut out = Vec::new();
    let files = manifest.clips().count();
    if files > FILES_ADVISED_MAX {
        out.push(format!(
            "There are {files} video files; upload portals of the police take \
             {FILES_ADVISED_MAX} at a time."
        ));
    }
    for camera in manifest.cameras.iter().filter(|c| c.sound_left_out) {
        out.push(format!("Camera {} records sound; this copy has none.", camera.id));
    }
    let high = manifest.clips().any(|(_, clip)| clip.codec == crate::footage::Codec::H265);
    if high {
        out.push(
            "Some clips are H.265, which an office PC may not play as bought: VLC does.".into(),
        );
    }
    out
}
