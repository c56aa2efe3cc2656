//! The supervisor whole, on a clock, disks and hands that a test moves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::event::Event;
use super::office::Desk;
use super::start::{Place, start};
use super::world::{OpenDisk, World};
use super::{Supervisor, state};
use crate::base::clock::{Clock, SimClock};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc};
use crate::disk::Disk;
use crate::disk::fake::FakeDisk;
use crate::footage::{Codec, GapReason, Segment};
use crate::ingest::{Attempt, Login};
use crate::segment::{Order, Told};
use crate::store::{Opened, Store};
use crate::watch::Look;
use crate::wire::DiskState;

#[cfg(test)]
mod copies;
#[cfg(test)]
mod deaths;
#[cfg(test)]
mod journals;
#[cfg(test)]
mod office;

/// Hands that note what they are told; files that are ordered to go are said to have gone.
#[derive(Default)]
struct Noted {
    disks: BTreeMap<String, (FakeDisk, bool)>,
    stubborn: BTreeSet<String>,
    told: Vec<Event>,
    started: Vec<(CameraId, u64)>,
    deleted: Vec<String>,
    writers: Vec<DiskId>,
    /// Its writers do not tick.
    mute: bool,
    ids: u32,
}

impl World for Noted {
    fn start(&mut self, attempt: Attempt, _disk: &DiskId) {
        self.started.push((attempt.camera, attempt.take));
    }
    fn stop(&mut self, _camera: &CameraId, _take: u64) {}
    fn order(&mut self, disk: &DiskId, order: Order) {
        if let Order::Delete { mut paths } = order {
            paths.retain(|path| !self.stubborn.contains(path));
            self.deleted.extend(paths.iter().cloned());
            if !paths.is_empty() {
                let told = Told::Deleted { paths };
                self.told.push(Event::Told { disk: disk.clone(), told });
            }
        }
    }
    fn open_disk(&mut self, path: &str, _make: bool) -> Result<OpenDisk, Fault> {
        let found = self.disks.get(path).cloned();
        let (disk, own_filesystem) =
            found.ok_or_else(|| Fault::new(FaultKind::Missing, "no such folder"))?;
        Ok(OpenDisk { disk: Arc::new(disk), own_filesystem })
    }
    fn start_writer(&mut self, id: &DiskId, _disk: Arc<dyn Disk>) {
        self.writers.push(id.clone());
    }
    fn drop_writer(&mut self, id: &DiskId) {
        self.writers.retain(|w| w != id);
    }
    fn login(&mut self, _user: &str, _secret: &str) -> Option<Login> {
        None
    }
    fn random_id(&mut self) -> String {
        self.ids += 1;
        format!("{:032x}", self.ids)
    }
}

const FILE: &str = include_str!("../../configs/smallest.kdl");

struct Box {
    clock: Arc<SimClock>,
    state: FakeDisk,
    world: Noted,
    supervisor: Supervisor,
}

fn utc(text: &str) -> Utc {
    text.parse().unwrap()
}

fn gate() -> CameraId {
    CameraId::new("front-gate").unwrap()
}

impl Box {
    fn new(file: &str) -> Box {
        let clock = Arc::new(SimClock::at(utc("2026-11-21T12:00:00Z")));
        let mut world = Noted::default();
        world.disks.insert("/footage".into(), (FakeDisk::new(1), true));
        let state = FakeDisk::new(2);
        let supervisor = begin(&clock, &state, &mut world, file);
        Box { clock, state, world, supervisor }
    }

    /// Lets time pass, a second a turn.
    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.supervisor.turn(&mut self.world);
            let tick =
                || Told::Tick { progress: vec![], took: Span::ZERO, safe_up_to: Span::secs(1) };
            let ticking = self.world.writers.iter().filter(|_| !self.world.mute).cloned();
            let ticks: Vec<_> = ticking.map(|disk| Event::Told { disk, told: tick() }).collect();
            for event in std::mem::take(&mut self.world.told).into_iter().chain(ticks) {
                self.supervisor.fold(event, &mut self.world);
            }
            self.clock.advance(Span::secs(1));
        }
        self.supervisor.turn(&mut self.world);
    }

    fn save(&mut self, file: &str) {
        let look = Event::File(Look::Bytes(file.as_bytes().to_vec()));
        self.supervisor.fold(look, &mut self.world);
        assert!(self.supervisor.file.stale.is_none(), "{:?}", self.supervisor.file.stale);
    }

    fn segment(&self, start: Utc) -> Segment {
        Segment {
            camera: gate(),
            disk: self.supervisor.disks.units[0].id.clone().unwrap(),
            path: crate::footage::naming::path(&gate(), start, 1),
            start,
            end: start + Span::mins(1),
            frames: 900,
            bytes: 1_000,
            codec: Codec::H264,
            digest: Some(Digest::of(b"")),
        }
    }

    fn footage(&mut self, ago: Span, number: usize) -> String {
        let segment = self.segment(self.clock.utc() - ago + Span::mins(number as i64));
        self.supervisor.store.closed(&segment).unwrap();
        segment.path
    }

    fn says(&self, words: &str) -> Option<Utc> {
        let status = self.supervisor.status();
        status.alarms.iter().find(|a| a.text.contains(words)).map(|a| a.since)
    }
}

fn place() -> Place {
    Place {
        config: "site.kdl".into(),
        footage: Some("/footage".into()),
        boot: "b".into(),
        only_mounted: false,
        backup: None,
    }
}

fn begin(clock: &Arc<SimClock>, state: &FakeDisk, world: &mut Noted, file: &str) -> Supervisor {
    begin_at(place(), clock, state, world, file)
}

fn begin_at(
    place: Place,
    clock: &Arc<SimClock>,
    state: &FakeDisk,
    world: &mut Noted,
    file: &str,
) -> Supervisor {
    let store = Store::in_memory().unwrap();
    let index = Opened { store, fresh: true, whole: false, damaged: None };
    let look = Look::Bytes(file.as_bytes().to_vec());
    let state: Arc<dyn Disk> = Arc::new(state.clone());
    let desk = Desk::in_memory().unwrap();
    start(place, clock.clone() as Arc<dyn Clock>, state, index, desk, &look, world).unwrap()
}

#[test]
fn a_file_that_cannot_be_deleted_holds_up_no_other() {
    let mut all = Box::new(FILE);
    all.pass(3);
    let first: Vec<_> = (0..3).map(|n| all.footage(Span::days(100), n)).collect();
    all.world.stubborn.insert(first[0].clone());
    all.pass(70);
    assert_eq!(all.world.deleted, first[1..]);
    let since = all.says("could not be deleted").expect("it is told");
    let later = all.footage(Span::days(100), 9);
    all.pass(70);
    assert_eq!(all.world.deleted.last(), Some(&later));
    assert_eq!(all.says("could not be deleted"), Some(since), "since stands still");
    // Even where it is the only one that was ordered.
    all.world.stubborn.clear();
    all.pass(3_700);
    assert_eq!(all.world.deleted.last(), Some(&first[0]), "it is tried again after an hour");
}

#[test]
fn a_clock_that_leaps_deletes_nothing_for_its_age_at_once() {
    // Set forward by, and hours in which nothing may go. Footage of a day is expired by both.
    for (leap, rest) in [(Span::days(100), 24 * 60), (Span::days(45), 30)] {
        let mut all = Box::new(
            &FILE.replace("max-days=90", "max-days=40").replace("min-days=30", "min-days=10"),
        );
        all.pass(3);
        all.footage(Span::days(1), 0);
        all.clock.step(leap);
        let began = all.clock.mono();
        all.pass(120);
        assert!(all.says("nothing is deleted for its age").is_some());
        let passed = |all: &Box| (all.clock.mono() - began).as_secs() / 60;
        while all.world.deleted.is_empty() && passed(&all) < 25 * 60 {
            all.clock.advance(Span::mins(1));
            all.pass(1);
        }
        let minutes = passed(&all);
        assert!((rest..rest + 4).contains(&minutes), "{leap:?}: {minutes} minutes");
    }
}

#[test]
fn a_zone_or_ceiling_that_was_edited_deletes_nothing_for_a_day() {
    let ceiling = FILE.replace("max-days=90", "max-days=40");
    let zone = FILE.replace("School\" {", "School\" timezone=\"Pacific/Kiritimati\" {");
    assert_ne!(zone, FILE);
    // Inside 90 days until midnight in London; in Kiritimati that midnight was ten hours ago.
    for (edited, ago) in [(ceiling, Span::days(60)), (zone, Span::days(90) + Span::hours(11))] {
        let mut all = Box::new(FILE);
        all.pass(3);
        all.footage(ago, 0);
        all.pass(65);
        assert!(all.world.deleted.is_empty());
        all.save(&edited);
        for _ in 0..11 {
            all.clock.advance(Span::hours(1));
            all.pass(65);
        }
        assert!(all.world.deleted.is_empty(), "within the day");
    }
}

#[test]
fn a_camera_that_was_out_of_the_file_has_its_gap() {
    let mut all = Box::new(FILE);
    all.pass(3);
    all.footage(Span::mins(2), 0);
    let other = FILE.replace("front-gate", "back-gate");
    all.save(&other);
    all.pass(600);
    all.save(FILE);
    all.pass(5);
    let gaps = all.supervisor.store.gaps(Some(&gate()), Utc(0), Utc(i64::MAX), 9).unwrap();
    let lasting = gaps.iter().find(|g| g.end.is_none()).expect("it is not recorded yet");
    assert_eq!(lasting.reason, GapReason::Disabled);
    let before = all.world.started.iter().filter(|(id, _)| *id == gate()).map(|(_, take)| *take);
    let takes: Vec<u64> = before.collect();
    assert!(takes.len() == 2 && takes[0] != takes[1], "{takes:?}");
}

#[test]
fn another_codec_than_the_file_says_is_recorded_and_told() {
    let stream = "stream \"rtsp://192.0.2.11/main\"";
    let declared = |codec: &str| FILE.replace(stream, &format!("{stream} codec=\"{codec}\""));
    let mut all = Box::new(&declared("h265"));
    all.pass(3);
    let segment = all.segment(all.clock.utc());
    let (disk, take) = (segment.disk.clone(), all.world.started[0].1);
    let told = Told::Opened { take, segment, picture: None };
    all.supervisor.fold(Event::Told { disk, told }, &mut all.world);
    all.pass(5);
    assert_eq!(all.world.started.len(), 1, "it was not stopped for a word");
    assert!(all.says("sends H.264, and the file says H.265").is_some());
    all.save(&declared("h264"));
    all.pass(5);
    assert_eq!((all.world.started.len(), all.says("sends H.264")), (1, None));
}

#[test]
fn a_lost_disk_comes_back_and_its_last_writer_does_no_harm() {
    let mut all = Box::new(FILE);
    all.pass(3);
    let id = all.supervisor.disks.units[0].id.clone().unwrap();
    let disk = all.world.disks["/footage"].0.clone();
    disk.set_gone(true);
    all.pass(5);
    assert_eq!(all.supervisor.disks.units[0].state, DiskState::Missing);
    // The folder below the mount point shows, with the identity of footage from before there was a
    // disk.
    let bare = FakeDisk::new(9);
    let site = all.supervisor.site_id.clone();
    let older = DiskId("ee".repeat(16));
    crate::disk::identity::claim(&bare, &site, older, "box", Utc(0)).unwrap();
    all.world.disks.insert("/footage".into(), (bare, false));
    all.pass(5);
    assert_eq!(all.supervisor.disks.units[0].state, DiskState::Missing);
    assert!(all.world.writers.is_empty());
    disk.set_gone(false);
    all.world.disks.insert("/footage".into(), (disk, true));
    all.pass(5);
    assert_eq!(all.world.writers, std::slice::from_ref(&id));
    let late = Event::Told { disk: id.clone(), told: Told::Stopped };
    all.supervisor.fold(late, &mut all.world);
    all.pass(1);
    assert_eq!(all.world.writers, [id]);
    assert!(!all.supervisor.disks.writable().is_empty());
}

#[test]
fn a_writer_that_says_nothing_is_a_disk_that_hangs() {
    let mut all = Box::new(FILE);
    all.world.mute = true;
    all.pass(20);
    assert_eq!(all.supervisor.disks.units[0].state, DiskState::Writing);
    all.pass(40);
    assert_eq!(all.supervisor.disks.units[0].state, DiskState::Failed);
    // With no other disk its queue is still the best place for what comes.
    assert!(!all.supervisor.disks.writable().is_empty());
    let disk = all.supervisor.disks.units[0].id.clone().unwrap();
    let told = Told::Tick { progress: vec![], took: Span::ZERO, safe_up_to: Span::secs(1) };
    all.supervisor.fold(Event::Told { disk, told }, &mut all.world);
    assert_eq!(all.supervisor.disks.units[0].state, DiskState::Writing);
}

#[test]
fn a_damaged_memory_of_rules_is_told_and_deletes_nothing_for_a_day() {
    let mut all = Box::new(FILE);
    all.pass(3);
    all.state.replace(state::RULES, b"{").unwrap();
    let (clock, state) = (all.clock.clone(), all.state.clone());
    all.supervisor = begin(&clock, &state, &mut all.world, FILE);
    all.pass(3);
    all.footage(Span::days(100), 0);
    all.pass(65);
    assert!(all.world.deleted.is_empty());
    assert!(all.says("rules.json").is_some() && all.says("nothing is deleted").is_some());
}

/// One of them is a copy, and nobody can tell which has the newest footage: neither is written.
#[test]
fn two_disks_with_one_identity_are_both_refused_and_both_named() {
    use crate::disk::identity::claim;
    let clock = Arc::new(SimClock::at(utc("2026-11-21T12:00:00Z")));
    let (state, mut world) = (FakeDisk::new(2), Noted::default());
    let site = "00112233445566778899aabbccddeeff";
    state.replace("site-id", site.as_bytes()).unwrap();
    for (n, path) in ["/a", "/b"].into_iter().enumerate() {
        let disk = FakeDisk::new(n as u64 + 7);
        claim(&disk, site, DiskId("ab".repeat(16)), "box", Utc(0)).unwrap();
        world.disks.insert(path.into(), (disk, true));
    }
    let file = format!("{FILE}\nstorage {{ footage \"/a\" \"/b\"; }}\n");
    let (config, boot) = ("site.kdl".into(), "b".into());
    let place = Place { config, footage: None, boot, only_mounted: true, backup: None };
    let mut supervisor = begin_at(place, &clock, &state, &mut world, &file);
    supervisor.turn(&mut world);
    let status = supervisor.status();
    for (disk, other) in [(0, "/b"), (1, "/a")] {
        let disk = &status.disks[disk];
        assert_eq!(disk.state, crate::wire::DiskState::Foreign);
        let why = disk.why.clone().unwrap_or_default();
        assert!(why.contains(other) && why.contains("neither is used"), "{why}");
    }
    // The copy is taken out: the disk is used.
    world.disks.remove("/b");
    clock.advance(Span::secs(10));
    supervisor.turn(&mut world);
    assert_eq!(supervisor.status().disks[0].state, crate::wire::DiskState::Writing);
}

/// In the image a footage folder that is no disk of its own is never written to, and a box that
/// never had a footage disk is fit all the same: it says what it lacks.
#[test]
fn without_a_footage_disk_the_image_writes_nothing_and_says_so() {
    let clock = Arc::new(SimClock::at(utc("2026-11-21T12:00:00Z")));
    let (state, mut world) = (FakeDisk::new(2), Noted::default());
    let disk = FakeDisk::new(1);
    world.disks.insert("/footage".into(), (disk.clone(), false));
    let (config, boot) = ("site.kdl".into(), "b".into());
    let footage = Some("/footage".into());
    let place = Place { config, footage, boot, only_mounted: true, backup: None };
    let mut supervisor = begin_at(place, &clock, &state, &mut world, FILE);
    supervisor.turn(&mut world);
    assert!(supervisor.ready(), "a new box is no bad boot");
    let status = supervisor.status();
    let why = status.disks[0].why.clone().unwrap_or_default();
    assert!(why.contains("no footage disk is mounted"), "{why}");
    assert!(disk.list("").unwrap().is_empty(), "nothing was written");
    assert!(status.alarms.iter().any(|a| a.text.contains("recovery key is on paper")));
    world.disks.insert("/footage".into(), (disk, true));
    clock.advance(Span::secs(10));
    supervisor.turn(&mut world);
    assert_eq!(supervisor.status().disks[0].state, crate::wire::DiskState::Writing);
    // Started without the disk that it had.
    let mut world = Noted::default();
    let (config, footage) = ("site.kdl".into(), Some("/footage".into()));
    let place = Place { config, footage, boot: "c".into(), only_mounted: true, backup: None };
    let mut supervisor = begin_at(place, &clock, &state, &mut world, FILE);
    supervisor.turn(&mut world);
    assert!(!supervisor.ready(), "a disk that was there and is away is another matter");
}
