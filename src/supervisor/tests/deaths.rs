//! What a death at an awkward moment leaves behind.

use bytes::Bytes;

use super::*;
use crate::disk::Disk;
use crate::footage::unit::{AccessUnit, Params, VideoParams};
use crate::footage::{Gap, journal};
use crate::segment::commit::{Options, Writer};
use crate::segment::{Tag, repair};

impl Box {
    /// The machine dies and a new run begins, without an index.
    fn die(&mut self, power: bool) {
        let disks = self.world.disks.values().map(|(disk, _)| disk);
        for disk in disks.chain([&self.state]) {
            if power { disk.power_cut(7) } else { disk.kill() }
        }
        self.world.writers.clear();
        self.world.told.clear();
        self.supervisor = begin(&self.clock, &self.state, &mut self.world, FILE);
    }

    fn disk(&self) -> FakeDisk {
        self.world.disks["/footage"].0.clone()
    }

    fn gaps(&self) -> Vec<Gap> {
        self.supervisor.store.gaps(Some(&gate()), Utc(0), Utc(i64::MAX), 99).unwrap()
    }
}

/// A second of front-gate's footage that no journal and no index was told of; returns where it
/// ends.
fn record(disk: &FakeDisk, start: Utc) -> Utc {
    let clock = Arc::new(SimClock::at(start));
    let id = DiskId("aa".repeat(16));
    let mut writer =
        Writer::new(Arc::new(disk.clone()), clock.clone(), id.clone(), Options::default());
    let (config, codec) = (Bytes::from_static(&[1, 100, 0, 31, 1]), Codec::H264);
    let params = Arc::new(Params::Video(VideoParams { codec, config, width: 320, height: 240 }));
    let mut told = Vec::new();
    let tag = Tag { camera: gate(), site: "s".into() };
    writer.order(Order::Begin { tag, take: 1 }, &mut told);
    for n in 0..6 {
        let unit = AccessUnit {
            data: Bytes::from_static(&[0, 0, 0, 4, 0x65, 1, 2, 3]),
            time: n * 18_000,
            key: true,
            arrived: clock.utc(),
            params: params.clone(),
            camera_offset: None,
            lost_packets: 0,
        };
        writer.order(Order::Unit { camera: gate(), take: 1, unit }, &mut told);
        clock.advance(Span::millis(200));
    }
    writer.tick(&mut told);
    disk.kill();
    let folder = format!("front-gate/{}", start.utc_day());
    let found = repair::read_folder(disk, &id, &folder, &|_| false).unwrap();
    found.iter().map(|s| s.end).max().unwrap()
}

#[test]
fn a_death_right_after_the_claim_of_a_disk_leaves_no_doubt() {
    for operations in 0..12 {
        let mut all = Box::new(FILE);
        all.disk().crash_after(operations);
        all.pass(1);
        all.die(true);
        all.pass(5);
        assert_eq!(all.supervisor.keep.doubt, None, "after {operations} operations");
    }
}

#[test]
fn a_disk_with_footage_and_no_file_of_holds_stays_in_doubt() {
    let mut all = Box::new(FILE);
    all.pass(3);
    record(&all.disk(), all.clock.utc());
    all.disk().remove(journal::HOLDS).unwrap();
    all.disk().sync_folder(journal::FOLDER).unwrap();
    all.die(false);
    all.pass(3);
    all.footage(Span::days(100), 0);
    all.pass(65);
    assert!(all.world.deleted.is_empty() && all.supervisor.keep.doubt.is_some());
}

#[test]
fn a_camera_that_was_never_tried_has_its_gap() {
    let mut all = Box::new(FILE);
    all.world.disks.clear();
    all.pass(5);
    let known: Vec<_> = all.gaps().iter().map(|g| (g.end, g.reason)).collect();
    assert_eq!(known, [(None, GapReason::NoDisk)]);
}

#[test]
fn a_short_break_and_a_second_death_leave_a_gap_with_its_reason() {
    for short in [Span::millis(1), Span::millis(300), Span::secs(20)] {
        let mut all = Box::new(FILE);
        all.pass(3);
        let end = record(&all.disk(), all.clock.utc());
        all.clock.advance(end + short - all.clock.utc());
        all.die(false);
        all.supervisor.turn(&mut all.world);
        let lasting = all.gaps();
        let known: Vec<_> = lasting.iter().map(|g| (g.start, g.end, g.reason)).collect();
        let cut = journal::to_millis(end);
        assert_eq!(known, [(cut, None, GapReason::Crash)], "{short:?}");
        // Its first frames are on the disk; no tick was told, no journal line, no index: power
        // gone.
        let start = all.clock.utc();
        record(&all.disk(), start);
        all.die(true);
        all.pass(30);
        let gaps = all.gaps();
        let first = gaps.iter().find(|g| g.start == cut).expect("the gap is on record");
        assert_eq!((first.end, first.reason), (Some(start), GapReason::Crash), "{gaps:?}");
    }
}
