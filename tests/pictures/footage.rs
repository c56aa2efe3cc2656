//! Footage without cameras: films of the simulator, written by the real writer on a clock that is
//! turned by hand.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use beadle::base::clock::{Clock, SimClock};
use beadle::base::name::{CameraId, DiskId};
use beadle::base::time::{Span, Utc};
use beadle::disk::Disk;
use beadle::disk::real::RealDisk;
use beadle::footage::Codec;
use beadle::footage::unit::{AccessUnit, Params, VideoParams};
use beadle::segment::commit::{Options, Writer};
use beadle::segment::{Order, Tag};
use beadle::simulate::film::{Film, nal_units};
use bytes::Bytes;

pub const FPS: i64 = 15;

/// What to encode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    pub codec: Codec,
    pub size: (u16, u16),
    pub kbps: u32,
    pub b_frames: bool,
    pub scene: u8,
}

/// Small, and quick to decode.
pub const SMALL: Kind =
    Kind { codec: Codec::H264, size: (320, 180), kbps: 300, b_frames: false, scene: 1 };
/// What a school's camera sends.
pub const FULL: Kind =
    Kind { codec: Codec::H264, size: (1920, 1080), kbps: 2_000, b_frames: false, scene: 2 };

/// Units in decode order with their times in ticks, ten seconds of them, a key frame every two.
pub struct Coded {
    pub params: Arc<Params>,
    pub units: Vec<(Bytes, i64, bool)>,
}

pub fn coded(kind: Kind) -> Coded {
    static TMP: OnceLock<PathBuf> = OnceLock::new();
    let folder = TMP.get_or_init(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    let path =
        folder.join(format!("{kind:?}.film").replace([' ', '{', '}', ':', '(', ')', ','], ""));
    if !path.exists() {
        let new = path.with_extension(format!("{}", std::process::id()));
        let codec = if kind.codec == Codec::H264 { "h264" } else { "h265" };
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle-pictures"));
        command.args(["encode-loop", "--codec", codec, "--fps", "15", "--gop", "30"]);
        command.args(["--pictures", "150", "--title", "Test", "--size"]);
        command.arg(format!("{}x{}", kind.size.0, kind.size.1));
        command.args(["--kbps", &kind.kbps.to_string(), "--scene", &kind.scene.to_string()]);
        if kind.b_frames {
            command.arg("--b-frames");
        }
        assert!(command.arg("--out").arg(&new).status().unwrap().success());
        std::fs::rename(&new, &path).unwrap();
    }
    let film = Film::from_bytes(std::fs::read(path).unwrap().into()).unwrap();
    let config = config(&film);
    let (width, height) = kind.size;
    let params = VideoParams { codec: kind.codec, config, width, height };
    let ticks = 90_000 / FPS;
    let unit = |p: &beadle::simulate::film::Picture| {
        (prefixed(film.codec, &p.annex_b), i64::from(p.shown) * ticks, p.key)
    };
    let units = film.pictures.iter().map(unit).collect();
    Coded { params: Arc::new(Params::Video(params)), units }
}

fn is_set(codec: Codec, nal: &[u8]) -> bool {
    match codec {
        Codec::H264 => matches!(nal[0] & 31, 7..=9),
        Codec::H265 => matches!(nal[0] >> 1 & 63, 32..=35),
    }
}

fn prefixed(codec: Codec, annex_b: &Bytes) -> Bytes {
    let mut out = Vec::new();
    for nal in nal_units(annex_b).iter().filter(|nal| !is_set(codec, nal)) {
        out.extend_from_slice(&(nal.len() as u32).to_be_bytes());
        out.extend_from_slice(nal);
    }
    out.into()
}

/// `avcC` or `hvcC` out of the first picture's parameter sets.
fn config(film: &Film) -> Bytes {
    let nals = nal_units(&film.pictures[0].annex_b);
    let of = |kind: u8| {
        let is = |nal: &&Bytes| match film.codec {
            Codec::H264 => nal[0] & 31 == kind,
            Codec::H265 => nal[0] >> 1 & 63 == kind,
        };
        nals.iter().find(is).unwrap().clone()
    };
    let put = |out: &mut Vec<u8>, nal: &Bytes| {
        out.extend_from_slice(&(nal.len() as u16).to_be_bytes());
        out.extend_from_slice(nal);
    };
    let mut out;
    match film.codec {
        Codec::H264 => {
            let (sps, pps) = (of(7), of(8));
            out = vec![1, sps[1], sps[2], sps[3], 0xff, 0xe1];
            put(&mut out, &sps);
            out.push(1);
            put(&mut out, &pps);
        }
        Codec::H265 => {
            // Main profile, level 4; the decoder reads the sets themselves.
            out = vec![1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 120, 0xf0, 0, 0xfc, 0xfd, 0xf8];
            out.extend([0xf8, 0, 0, 0x0f, 3]);
            for kind in [32, 33, 34] {
                out.extend([0x80 | kind, 0, 1]);
                put(&mut out, &of(kind));
            }
        }
    }
    out.into()
}

/// A footage folder.
pub struct Footage {
    pub folder: tempfile::TempDir,
    pub disk: Arc<dyn Disk>,
}

pub fn camera(n: usize) -> CameraId {
    CameraId::new(&format!("cam-{n}")).unwrap()
}

/// The first frame's moment.
pub fn start() -> Utc {
    "2026-11-21T08:41:00.250Z".parse().unwrap()
}

/// Frame `n`, from the first.
pub fn frame(n: i64) -> Utc {
    start() + Span(n * 1_000_000 / FPS)
}

impl Footage {
    pub fn new() -> Footage {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(RealDisk::open(folder.path(), None).unwrap());
        Footage { folder, disk }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// So many seconds of this film, over and over; `closed` or as a recorder has it that goes on.
    pub fn record(&self, camera: &CameraId, kind: Kind, secs: i64, closed: bool) {
        record(&self.disk, start(), camera, kind, secs, closed);
    }
}

/// The same on any disk, from any moment.
pub fn record(
    disk: &Arc<dyn Disk>,
    start: Utc,
    camera: &CameraId,
    kind: Kind,
    secs: i64,
    closed: bool,
) {
    let coded = coded(kind);
    let clock = Arc::new(SimClock::at(start));
    let id = DiskId("00112233445566778899aabbccddeeff".into());
    let mut writer = Writer::new(disk.clone(), clock.clone(), id, Options::default());
    let mut told = Vec::new();
    let tag = Tag { camera: camera.clone(), site: "s1".into() };
    writer.order(Order::Begin { tag, take: 1 }, &mut told);
    let film_ticks = coded.units.len() as i64 * 90_000 / FPS;
    for n in 0..secs * FPS {
        let (data, time, key) = &coded.units[n as usize % coded.units.len()];
        let unit = AccessUnit {
            data: data.clone(),
            time: time + n / coded.units.len() as i64 * film_ticks,
            key: *key,
            arrived: clock.utc(),
            params: coded.params.clone(),
            camera_offset: None,
            lost_packets: 0,
        };
        writer.order(Order::Unit { camera: camera.clone(), take: 1, unit }, &mut told);
        clock.advance(Span(1_000_000 / FPS));
        while writer.next_tick() <= clock.mono() {
            writer.tick(&mut told);
        }
    }
    if closed {
        writer.order(Order::Stop, &mut told);
    }
}
