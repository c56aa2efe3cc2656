//! The stage on which the tests drive the writer: a simulated clock, a disk of either kind, and
//! streams.

use std::sync::Arc;

use bytes::Bytes;

use super::commit::{Options, Writer};
use super::{Order, Tag, Told};
use crate::base::clock::{Clock, SimClock};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Span, Utc};
use crate::disk::Disk;
use crate::disk::fake::FakeDisk;
use crate::disk::real::RealDisk;
use crate::footage::unit::{AccessUnit, Params, VideoParams};
use crate::footage::{Codec, GapReason, Segment};

/// A unit without a time of arrival.
#[derive(Clone)]
pub struct Au {
    pub data: Bytes,
    pub time: i64,
    pub key: bool,
    pub params: Arc<Params>,
}

pub const FPS: i64 = 15;
pub const FRAME: i64 = 90_000 / FPS;

pub fn start() -> Utc {
    "2026-11-21T08:41:00.250Z".parse().unwrap()
}

pub fn id() -> DiskId {
    DiskId("00112233445566778899aabbccddeeff".into())
}

pub fn camera(name: &str) -> CameraId {
    CameraId::new(name).unwrap()
}

pub fn params(mark: u8) -> Arc<Params> {
    Arc::new(Params::Video(VideoParams {
        codec: Codec::H264,
        config: Bytes::from(vec![1, 100, 0, 31, mark]),
        width: 320,
        height: 240,
    }))
}

/// Units of one NAL each, with a key frame every `gop`, at 15 fps.
pub fn synthetic(frames: i64, gop: i64, size: usize) -> Vec<Au> {
    let params = params(1);
    let unit = |n: i64| {
        let mut data = (size as u32).to_be_bytes().to_vec();
        data.extend((0..size).map(|i| (i as u8) ^ (n as u8) | 1));
        Au { data: data.into(), time: n * FRAME, key: n % gop == 0, params: params.clone() }
    };
    (0..frames).map(unit).collect()
}

pub struct Stage {
    pub clock: Arc<SimClock>,
    pub disk: Arc<dyn Disk>,
    pub fake: Option<FakeDisk>,
    pub folder: Option<tempfile::TempDir>,
    pub writer: Writer,
    pub told: Vec<Told>,
}

impl Stage {
    pub fn fake(seed: u64) -> Stage {
        let fake = FakeDisk::new(seed);
        let mut stage = Stage::on(Arc::new(fake.clone()));
        stage.fake = Some(fake);
        stage
    }

    pub fn real() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = Stage::on(Arc::new(RealDisk::open(folder.path(), None).unwrap()));
        stage.folder = Some(folder);
        stage
    }

    fn on(disk: Arc<dyn Disk>) -> Stage {
        let clock = Arc::new(SimClock::at(start()));
        let writer = Writer::new(disk.clone(), clock.clone(), id(), Options::default());
        Stage { clock, disk, fake: None, folder: None, writer, told: Vec::new() }
    }

    pub fn fake_disk(&self) -> &FakeDisk {
        self.fake.as_ref().unwrap()
    }

    pub fn order(&mut self, order: Order) {
        self.writer.order(order, &mut self.told);
    }

    pub fn begin(&mut self, name: &str, take: u64) {
        self.order(Order::Begin { tag: Tag { camera: camera(name), site: "s1".into() }, take });
    }

    pub fn unit(&mut self, name: &str, take: u64, au: &Au, shift: i64) {
        let unit = AccessUnit {
            data: au.data.clone(),
            time: au.time + shift,
            key: au.key,
            arrived: self.clock.utc(),
            params: au.params.clone(),
            camera_offset: None,
            lost_packets: 0,
        };
        self.order(Order::Unit { camera: camera(name), take, unit });
    }

    /// Time passes; ticks come when they are due.
    pub fn pass(&mut self, span: Span) {
        let end = self.clock.mono() + span;
        while self.writer.next_tick() <= end {
            let left = self.writer.next_tick() - self.clock.mono();
            self.clock.advance(Span(left.0.max(0)));
            self.writer.tick(&mut self.told);
        }
        let left = end - self.clock.mono();
        self.clock.advance(Span(left.0.max(0)));
    }

    /// Units arrive one frame time apart, in decode order; `shift` seconds are added to their
    /// times.
    pub fn feed(&mut self, name: &str, take: u64, units: &[Au], shift: f64) {
        for au in units {
            self.unit(name, take, au, (shift * 90_000.0) as i64);
            self.pass(Span(1_000_000 / FPS));
        }
    }

    pub fn stop(&mut self) {
        self.order(Order::Stop);
    }

    pub fn closed(&self) -> Vec<Segment> {
        let closed = self.told.iter().filter_map(|told| match told {
            Told::Closed { segment, .. } => Some(segment.clone()),
            _ => None,
        });
        closed.collect()
    }

    pub fn opened(&self) -> Vec<String> {
        let opened = self.told.iter().filter_map(|told| match told {
            Told::Opened { segment, .. } => Some(segment.path.clone()),
            _ => None,
        });
        opened.collect()
    }

    pub fn holes(&self) -> Vec<(GapReason, i64)> {
        let holes = self.told.iter().filter_map(|told| match told {
            Told::Hole { from, to, reason, .. } => Some((*reason, (*to - *from).as_millis())),
            _ => None,
        });
        holes.collect()
    }

    pub fn count(&self, want: impl Fn(&Told) -> bool) -> usize {
        self.told.iter().filter(|told| want(told)).count()
    }
}
