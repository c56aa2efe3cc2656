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
use crate::reconcile::{Feed, Phase, Wish};
use crate::segment::{Order, Progress, Told};

impl Supervisor {
    /// Takes one event into the state. Starts nothing; at most it ends what has ended.
    pub fn fold(&mut self, event: Event, world: &mut dyn World) {
        match event {
            Event::File(look) => self.read_file(look),
            Event::Ended { camera, take, ended } => self.ended(&camera, take, ended, world),
            Event::Certificate { camera, take, words } => {
                if let Some(camera) = self.cameras.get_mut(&camera).filter(|c| c.take == take) {
                    camera.certificate = Some(words);
                }
            }
            Event::Told { disk, told } => self.told(disk, told, world),
            Event::WriterDied { disk } => {
                let (_, utc) = self.now();
                self.disks.died(&disk, utc);
                world.drop_writer(&disk);
                self.forget_leaving(&disk);
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
        let mut ended = ended;
        if let (
            GapReason::WrongPassword,
            Some(Feed::Rtsp { user: Some(user), secret: Some(name), .. }),
        ) = (ended.reason, &camera.seen.feed)
            && world.login(user, name).is_none()
        {
            ended.text += &format!(
                "; no password is stored under the name \"{name}\": \
                 `beadle secret set {name}` asks for it"
            );
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
                // Outside a stop it comes from a writer that was dropped already: the disk may be
                // back, with another.
                if let Some(left) = &mut self.stopping {
                    left.retain(|d| *d != disk);
                    self.disks.stopped(&disk);
                    world.drop_writer(&disk);
                }
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
            camera.seen.sent = Some(segment.codec);
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
        self.closed_segment(segment);
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

    /// A camera that came into the file while we run. One that was in an earlier version was not
    /// recorded in between.
    pub(super) fn new_camera(&mut self, id: &CameraId) {
        let (now, utc) = self.now();
        let mut camera = Camera::new(now, utc);
        if let Some(end) = self.store.last_end(id).ok().flatten() {
            // Gaps of its last days in the file stand already.
            let known = self.store.gaps(Some(id), end, utc, 10_000).unwrap_or_default();
            let told = known.iter().filter_map(|gap| gap.end).max();
            camera.covered_until = Some(end.max(told.unwrap_or(end)).min(utc.max(end)));
            let text = "it was not in the file";
            camera.trouble = Some(Trouble { reason: GapReason::Disabled, text: text.into() });
        }
        self.cameras.insert(id.clone(), camera);
    }

    /// A camera that left the file: what it lacked is over, since nobody wants it any more.
    pub(super) fn forget_camera(&mut self, id: &CameraId, world: &mut dyn World) {
        let (_, utc) = self.now();
        self.cameras.remove(id);
        if let Some(gap) = self.index(|store| store.gap_end(id, utc)).flatten() {
            self.journal(&Entry::Gap(gap), world);
        }
    }

    /// The net under attempts whose end was never told.
    pub(super) fn give_up_mute(&mut self, world: &mut dyn World) {
        let (now, _) = self.now();
        let works = |c: &Camera| c.seen.disk.as_ref().is_some_and(|d| self.disks.works(d));
        let mute = self.cameras.iter().filter(|(_, c)| c.is_mute(now) && works(c));
        let mute: Vec<(CameraId, u64)> = mute.map(|(id, c)| (id.clone(), c.take)).collect();
        for (id, take) in mute {
            world.stop(&id, take);
            let text = "nothing came of the attempt, and it did not end by itself".to_string();
            self.ended(&id, take, Ended { reason: GapReason::Stalled, text }, world);
        }
    }

    /// Opens the gaps that have begun, and moves the shown states.
    pub(super) fn judge_cameras(&mut self, world: &mut dyn World) {
        let (now, utc) = self.now();
        let mut begun = Vec::new();
        let new = self.desired.cameras.keys().filter(|id| !self.cameras.contains_key(*id));
        let new: Vec<CameraId> = new.cloned().collect();
        for id in new {
            self.new_camera(&id);
        }
        let nowhere = self.nowhere_to_write();
        for (id, wish) in &self.desired.cameras {
            let Some(camera) = self.cameras.get_mut(id) else { continue }; // all are there now
            let unknown = |t: &Trouble| t.reason == GapReason::Unknown;
            let untried = camera.trouble.as_ref().is_none_or(unknown);
            if matches!(wish, Wish::Record { .. })
                && untried
                && camera.covered_until.is_none()
                && !camera.seen.runs()
                && nowhere.is_some()
            {
                camera.trouble = nowhere.clone(); // never tried, so nothing ever failed
            }
            if let (Wish::Off { because }, false) = (wish, camera.recording()) {
                let reason = GapReason::Disabled;
                camera.trouble = Some(Trouble { reason, text: because.clone() });
            }
            if let Some((start, reason)) = camera.gap_to_open(wish, now, utc) {
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

    /// Why no attempt is begun at all, where that is so.
    fn nowhere_to_write(&self) -> Option<Trouble> {
        let writable = self.disks.writable();
        let trouble = |reason, text: &str| Some(Trouble { reason, text: text.into() });
        if writable.is_empty() {
            return trouble(GapReason::NoDisk, "there is no footage disk to write to");
        }
        let full = writable.iter().all(|disk| self.keep.stop.contains(disk));
        let text = "the disk is full and nothing on it may be deleted";
        if full { trouble(GapReason::DiskFull, text) } else { None }
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
