//! What writers and attempts tell, folded into cameras, index and journals.

use super::Supervisor;
use super::camera::{Camera, Trouble};
use super::event::Event;
use super::world::World;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc};
use crate::footage::journal::Entry;
use crate::footage::{Gap, GapReason, Segment};
use crate::ingest::Ended;
use crate::reconcile::{Phase, Wish};
use crate::segment::{Order, Progress, Told};

impl Supervisor {
    /// Takes one event into the state. Starts nothing; at most it ends what has ended.
    pub fn fold(&mut self, event: Event, world: &mut dyn World) {
        match event {
            Event::File(look) => self.read_file(look),
            Event::Ended { camera, take, ended } => self.ended(&camera, take, ended, world),
            Event::Told { disk, told } => self.told(disk, told, world),
            Event::WriterDied { disk } => {
                let (_, utc) = self.now();
                self.disks.died(&disk, utc);
                world.drop_writer(&disk);
            }
        }
    }

    fn ended(&mut self, id: &CameraId, take: u64, ended: Ended, world: &mut dyn World) {
        let (now, _) = self.now();
        let Some(camera) = self.cameras.get_mut(id) else { return };
        if camera.take != take || !matches!(camera.seen.phase, Phase::Connecting | Phase::Recording)
        {
            return; // news of an attempt that was already given up
        }
        tracing::info!("{id}: {}", ended.text);
        if let Some(disk) = &camera.seen.disk {
            world.order(disk, Order::Finish { camera: id.clone(), take });
        }
        camera.failed(id, Trouble { reason: ended.reason, text: ended.text }, now);
    }

    fn told(&mut self, disk: DiskId, told: Told, world: &mut dyn World) {
        let (now, utc) = self.now();
        match told {
            Told::Opened { take, segment, picture } => self.opened(take, &segment, picture, world),
            Told::Tick { progress, took: _, safe_up_to } => {
                self.disks.ticked(&disk, safe_up_to, utc);
                self.progress(&disk, &progress);
            }
            Told::Closed { take: _, segment } => self.closed(&segment, world),
            Told::Hole { camera, from, to, reason } => {
                self.record_gap(Gap { camera, start: from, end: Some(to), reason }, world);
            }
            Told::Unfit { camera, take, reason, text } => {
                world.stop(&camera, take);
                self.ended(&camera, take, Ended { reason, text }, world);
            }
            Told::Offset { camera, at, offset } => self.offset(&camera, at, offset, world),
            Told::Deleted { paths } => self.deleted(&disk, &paths, world),
            Told::Kept { .. } => {}
            Told::Trouble { fault } => {
                tracing::warn!("disk {disk}: {fault}");
                self.disks.trouble(&disk, &fault, utc);
                self.keep.hurry(now);
            }
            Told::Recovered => self.disks.recovered(&disk, utc),
            Told::Stopped => {
                if let Some(left) = &mut self.stopping {
                    left.retain(|d| *d != disk);
                }
                self.disks.stopped(&disk);
                world.drop_writer(&disk);
            }
        }
    }

    fn opened(
        &mut self,
        take: u64,
        segment: &Segment,
        picture: Option<(u16, u16)>,
        world: &mut dyn World,
    ) {
        let (now, _) = self.now();
        self.index(|store| store.opened(segment));
        let mut ended = None;
        if let Some(camera) = self.cameras.get_mut(&segment.camera)
            && camera.take == take
            && matches!(camera.seen.phase, Phase::Connecting | Phase::Recording)
        {
            ended = camera.opened(&segment.camera, segment.start, now);
            camera.codec = Some(segment.codec);
            camera.picture = picture;
        }
        if let Some(gap) = ended {
            self.record_gap(gap, world);
        }
    }

    fn progress(&mut self, disk: &DiskId, progress: &[Progress]) {
        let (now, _) = self.now();
        for p in progress {
            if let Some(camera) = self.cameras.get_mut(&p.camera) {
                camera.progress(p, now);
            }
        }
        let rows: Vec<_> = progress
            .iter()
            .map(|p| (disk.clone(), p.path.clone(), p.end, p.frames, p.bytes))
            .collect();
        if !rows.is_empty() {
            self.index(|store| store.progress(&rows));
        }
    }

    fn closed(&mut self, segment: &Segment, world: &mut dyn World) {
        if let Some(camera) = self.cameras.get_mut(&segment.camera) {
            camera.covered_until = camera.covered_until.max(Some(segment.end));
        }
        self.index(|store| store.closed(segment));
        self.journal(&Entry::Segment(segment.clone()), world);
    }

    /// A gap is over: into the index, and into the journal of every disk.
    pub(super) fn record_gap(&mut self, gap: Gap, world: &mut dyn World) {
        self.index(|store| store.gap_add(&gap));
        self.journal(&Entry::Gap(gap), world);
    }

    fn offset(&mut self, id: &CameraId, at: Utc, offset: Span, world: &mut dyn World) {
        if let Some(camera) = self.cameras.get_mut(id) {
            camera.clock_offset = Some(offset);
        }
        self.index(|store| store.offset_add(id, at, offset.as_millis()));
        let (camera, offset_ms) = (id.clone(), offset.as_millis());
        self.journal(&Entry::Offset { camera, at, offset_ms }, world);
    }

    /// The index is a cache: when it fails, recording goes on, the fact is shown, and it is made
    /// again from the files.
    pub(super) fn index<T>(
        &mut self,
        work: impl FnOnce(&mut crate::store::Store) -> Result<T, crate::base::fault::Fault>,
    ) -> Option<T> {
        match work(&mut self.store) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.index_failed(&fault);
                None
            }
        }
    }

    /// A camera that the file names from now on; where it was recorded before, its gap begins where
    /// that footage, or the gap after it, ended.
    pub(super) fn newly_wanted(&self, id: &CameraId) -> Camera {
        let (now, utc) = self.now();
        let mut camera = Camera::new(now, utc);
        camera.covered_until = self.store.last_end(id).ok().flatten();
        if let Some(end) = camera.covered_until {
            let gaps = self.store.gaps(Some(id), end, utc, usize::MAX).unwrap_or_default();
            let ended = gaps.iter().filter_map(|g| g.end).max();
            camera.covered_until = Some(end.max(ended.unwrap_or(end)));
            let text = "it was not in the file".into();
            camera.trouble = Some(Trouble { reason: GapReason::Disabled, text });
        }
        camera
    }

    /// Opens the gaps that have begun, and moves the shown states.
    pub(super) fn judge_cameras(&mut self, world: &mut dyn World) {
        let (now, utc) = self.now();
        let mut begun = Vec::new();
        let unknown = |id: &&CameraId| !self.cameras.contains_key(*id);
        let new: Vec<CameraId> = self.desired.cameras.keys().filter(unknown).cloned().collect();
        for id in new {
            let camera = self.newly_wanted(&id);
            self.cameras.insert(id, camera);
        }
        for (id, wish) in &self.desired.cameras {
            let Some(camera) = self.cameras.get_mut(id) else { continue };
            if let Some((start, reason)) = camera.gap_to_open(wish, now) {
                begun.push(Gap { camera: id.clone(), start, end: None, reason });
            }
            camera.show(wish, now, utc);
        }
        for gap in begun {
            let told = self.index(|store| store.gap_begin(&gap.camera, gap.start, gap.reason));
            for gap in told.unwrap_or_default() {
                self.journal(&Entry::Gap(gap), world);
            }
        }
    }

    /// Why a camera that is wanted is not recording, in the reader's words.
    pub(super) fn reason(&self, id: &CameraId) -> Option<(GapReason, String)> {
        let camera = self.cameras.get(id)?;
        if camera.recording() {
            return None;
        }
        match self.desired.cameras.get(id)? {
            Wish::Off { because } => Some((GapReason::Disabled, because.clone())),
            Wish::Record { .. } if self.disks.writable().is_empty() => {
                let text = "there is no footage disk to write to; see the disks below";
                Some((GapReason::NoDisk, text.into()))
            }
            Wish::Record { .. } => {
                let trouble = camera.trouble.as_ref()?;
                Some((trouble.reason, trouble.text.clone()))
            }
        }
    }
}
