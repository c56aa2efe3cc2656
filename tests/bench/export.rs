//! One hour of one camera into a plain folder, against what a careful person would type: `cp`, then
//! `sha256sum`. Same disk, same run, both from a warm cache; ours flushes and reads back as well.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use beadle::base::clock::{Clock, SimClock};
use beadle::base::digest::Digest;
use beadle::base::fault::Fault;
use beadle::base::name::{CameraId, DiskId};
use beadle::base::secret::Secret;
use beadle::base::time::{Span, Utc};
use beadle::disk::Disk;
use beadle::disk::real::RealDisk;
use beadle::evidence::manifest::*;
use beadle::evidence::{names, sshsig, texts};
use beadle::export::archive::archive;
use beadle::export::job::{Going, Job, Target};
use beadle::export::source::Disks;
use beadle::export::write::{Orderer, write};
use beadle::footage::unit::{AccessUnit, Params, VideoParams};
use beadle::footage::{Codec, Segment};
use beadle::ledger::Identity;
use beadle::logbook::ClockState;
use beadle::logbook::checkpoint::{Signs, origin};
use beadle::segment::commit::{Options, Writer};
use beadle::segment::{Order, Tag, Told};
use bytes::Bytes;

use super::Outcome;
use super::figures::{median, since};
use super::place::{Place, run as shell};
use super::table::Table;

const FPS: i64 = 15;
/// 2 Mbit/s: a key frame of 96 kB every two seconds, the others alike.
const KEY_BYTES: usize = 96_000;
const OTHER_BYTES: usize = 13_900;
const ROUNDS: usize = 3;

pub fn run(minutes: i64, place: &Place, table: &mut Table) -> Outcome<()> {
    place.clear()?;
    let words = |e: Fault| e.to_string();
    let began = Instant::now();
    let segments = record(&place.footage, minutes).map_err(words)?;
    let bytes: u64 = segments.iter().map(|s| s.bytes).sum();
    eprintln!("{} segments, {} MB, in {:.0} s", segments.len(), bytes / 1_000_000, since(began));
    let (mut ratios, mut rates, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let theirs = theirs(place, &segments)?;
        let (ours, checked) = ours(place, &segments, round as u64)?;
        eprintln!(
            "cp and sha256sum {theirs:.2} s; ours {ours:.2} s, {checked:.2} s of it reading back"
        );
        ratios.push(theirs / ours);
        bare.push(theirs / (ours - checked));
        rates.push(bytes as f64 / 1e6 / ours);
    }
    let (ratio, bare, rate) = (median(ratios), median(bare), median(rates));
    let what = format!("export of {minutes} minutes of one camera, written, flushed and read back");
    let figure = format!("{ratio:.2} x `cp` and `sha256sum`, {rate:.0} MB/s");
    table.row(&what, ">= 1.0 x", figure, ratio >= 1.0);
    table.note(format!("Without the reading back the export is {bare:.2} x `cp` and `sha256sum`."));
    let mut sealed = Vec::new();
    for round in 0..ROUNDS {
        let (took, checked) = archived(place, &segments, round as u64)?;
        eprintln!("as an archive {took:.2} s, {checked:.2} s of it reading back");
        sealed.push(bytes as f64 / 1e6 / (took - checked));
    }
    let rate = median(sealed);
    let figure = format!("{rate:.0} MB/s");
    table.row(
        "the same into an AES-256 archive, written and flushed",
        ">= 200 MB/s",
        figure,
        rate >= 200.0,
    );
    memory(table)
}

/// A day of 16 cameras, of small pictures, so that it fits memory: what the export holds is counted
/// in pictures, not in their bytes.
fn memory(table: &mut Table) -> Outcome<()> {
    let words = |e: Fault| e.to_string();
    let folder = tempfile::tempdir_in("/dev/shm").map_err(|e| e.to_string())?;
    let (footage, target) = (folder.path().join("footage"), folder.path().join("target"));
    for folder in [&footage, &target] {
        std::fs::create_dir(folder).map_err(|e| e.to_string())?;
    }
    let began = Instant::now();
    let cameras: Vec<CameraId> =
        (1..=16).filter_map(|n| CameraId::new(&format!("c{n}")).ok()).collect();
    let mut segments = Vec::new();
    for camera in &cameras {
        let small = Film { fps: 2, key_bytes: 400, other_bytes: 150, minutes: 24 * 60 };
        segments.push(record_as(&footage, camera, small).map_err(words)?);
    }
    eprintln!("a day of 16 cameras in {:.0} s", since(began));
    let key = Identity::of(&[3; 32]);
    let mut job = job(&segments[0], 0, key.public());
    let part = job.manifest.cameras[0].clone();
    let parts = cameras.iter().map(|id| CameraPart { id: id.clone(), ..part.clone() });
    (job.manifest.cameras, job.segments) = (parts.collect(), segments);
    let source: Box<dyn Disk> = Box::new(RealDisk::open(&footage, None).map_err(words)?);
    let disks: Disks = [(disk_id(), source)].into();
    let target = RealDisk::open(&target, None).map_err(words)?;
    let mut hand = Hand { key, checking: None, resident: Vec::new() };
    let whole = write(&job, &disks, &target, &mut hand).map_err(words)?;
    let tenth = hand.resident.len() / 10;
    let (early, late) = hand.resident.split_at(tenth.max(1));
    let most = |part: &[u64]| part.iter().max().copied().unwrap_or_default();
    let (early, late) = (most(early), most(late));
    let grown = late.saturating_sub(early);
    let what = format!("memory while a day of 16 cameras leaves ({} pictures)", whole.frames);
    let figure = format!("{early} MB in its first tenth, {late} MB at most");
    table.row(&what, "grows by < 32 MB", figure, grown < 32);
    Ok(())
}

/// This process's memory, in MB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or_default();
    pages * 4_096 / 1_000_000
}

/// Seconds of the whole archive, and of its reading back.
fn archived(place: &Place, segments: &[Segment], number: u64) -> Outcome<(f64, f64)> {
    let words = |e: Fault| e.to_string();
    let target = RealDisk::open(&target(place)?, None).map_err(words)?;
    let source: Box<dyn Disk> = Box::new(RealDisk::open(&place.footage, None).map_err(words)?);
    let disks: Disks = [(disk_id(), source)].into();
    let mut hand = Hand { key: Identity::of(&[3; 32]), checking: None, resident: Vec::new() };
    let job = job(segments, number, hand.key.public());
    let dice = |bytes: &mut [u8]| {
        bytes.fill(7);
        Ok(())
    };
    let began = Instant::now();
    let phrase = Secret::new("bench");
    archive(&job, &disks, &target, &phrase, &dice, &mut hand).map_err(words)?;
    Ok((since(began), hand.checking.map_or(0.0, since)))
}

fn disk_id() -> DiskId {
    DiskId("00112233445566778899aabbccddeeff".into())
}

#[derive(Clone, Copy)]
struct Film {
    fps: i64,
    key_bytes: usize,
    other_bytes: usize,
    minutes: i64,
}

/// Segments as the recorder writes them, as fast as the disk takes them.
fn record(folder: &Path, minutes: i64) -> Result<Vec<Segment>, Fault> {
    let film = Film { fps: FPS, key_bytes: KEY_BYTES, other_bytes: OTHER_BYTES, minutes };
    record_as(folder, &camera(), film)
}

fn record_as(folder: &Path, camera: &CameraId, film: Film) -> Result<Vec<Segment>, Fault> {
    let Film { fps, minutes, .. } = film;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::open(folder, None)?);
    let start: Utc = Utc::from_secs(1_795_250_460);
    let clock = Arc::new(SimClock::at(start));
    let mut writer = Writer::new(disk, clock.clone(), disk_id(), Options::default());
    let (camera, take) = (camera.clone(), 1);
    let mut told = Vec::new();
    let tag = Tag { camera: camera.clone(), site: "bench".into() };
    writer.order(Order::Begin { tag, take }, &mut told);
    let config = Bytes::from_static(&[1, 100, 0, 31, 1]);
    let video = VideoParams { codec: Codec::H264, config, width: 1920, height: 1080 };
    let params = Arc::new(Params::Video(video));
    let (key, other) = (unit(film.key_bytes), unit(film.other_bytes));
    for n in 0..minutes * 60 * fps {
        let is_key = n % (2 * fps) == 0;
        let unit = AccessUnit {
            data: if is_key { key.clone() } else { other.clone() },
            time: n * 90_000 / fps,
            key: is_key,
            arrived: clock.utc(),
            params: params.clone(),
            camera_offset: None,
            lost_packets: 0,
        };
        writer.order(Order::Unit { camera: camera.clone(), take, unit }, &mut told);
        clock.advance(Span(1_000_000 / fps));
        if writer.next_tick() <= clock.mono() {
            writer.tick(&mut told);
        }
    }
    writer.order(Order::Stop, &mut told);
    let closed = told.into_iter().filter_map(|told| match told {
        Told::Closed { segment, .. } => Some(segment),
        _ => None,
    });
    Ok(closed.collect())
}

fn camera() -> CameraId {
    CameraId::new("gate").expect("it is a name")
}

/// One NAL unit of bytes that no disk can make smaller.
fn unit(size: usize) -> Bytes {
    let mut data = ((size - 4) as u32).to_be_bytes().to_vec();
    let mut x = 0x9e37_79b9_7f4a_7c15_u64;
    while data.len() < size {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        data.extend(x.to_le_bytes());
    }
    data.truncate(size);
    data.into()
}

fn target(place: &Place) -> Outcome<PathBuf> {
    let target = place.footage.join("target");
    let _ = std::fs::remove_dir_all(&target); // none is there the first time
    std::fs::create_dir(&target).map_err(|e| e.to_string())?;
    nix::unistd::sync();
    Ok(target)
}

/// Seconds of `cp` and then `sha256sum`.
fn theirs(place: &Place, segments: &[Segment]) -> Outcome<f64> {
    let target = target(place)?;
    let paths: Vec<PathBuf> = segments.iter().map(|s| place.footage.join(&s.path)).collect();
    let began = Instant::now();
    shell(Command::new("cp").args(&paths).arg(&target))?;
    let copies = paths.iter().filter_map(|p| Some(target.join(p.file_name()?)));
    shell(Command::new("sha256sum").args(copies))?;
    Ok(since(began))
}

struct Hand {
    key: Identity,
    checking: Option<Instant>,
    /// Looked at now and then.
    resident: Vec<u64>,
}

impl Orderer for Hand {
    fn going(&mut self, going: Going) -> Result<(), Fault> {
        if going.stage == beadle::export::job::Stage::Checking {
            self.checking.get_or_insert_with(Instant::now);
        } else {
            self.resident.push(resident());
        }
        Ok(())
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        Ok(sshsig::sign(&self.key, &names::namespace("export-1"), list.as_bytes()))
    }
}

/// Seconds of the whole export, and of its reading back.
fn ours(place: &Place, segments: &[Segment], number: u64) -> Outcome<(f64, f64)> {
    let words = |e: Fault| e.to_string();
    let target = RealDisk::open(&target(place)?, None).map_err(words)?;
    let source: Box<dyn Disk> = Box::new(RealDisk::open(&place.footage, None).map_err(words)?);
    let disk = segments.first().map(|s| s.disk.clone()).ok_or("nothing was recorded")?;
    let disks: Disks = [(disk, source)].into();
    let mut hand = Hand { key: Identity::of(&[3; 32]), checking: None, resident: Vec::new() };
    let job = job(segments, number, hand.key.public());
    let began = Instant::now();
    let whole = write(&job, &disks, &target, &mut hand).map_err(words)?;
    let took = since(began);
    let frames: u64 = segments.iter().map(|s| u64::from(s.frames)).sum();
    if whole.frames != frames {
        return Err(format!("{} of {frames} pictures were exported", whole.frames));
    }
    Ok((took, hand.checking.map_or(0.0, since)))
}

fn job(segments: &[Segment], number: u64, public: [u8; 32]) -> Job {
    let from = segments.first().map_or(Utc(0), |s| s.start);
    let to = segments.last().map_or(Utc(0), |s| s.end);
    let text = String::from;
    let part = CameraPart {
        id: camera(),
        title: text("Gate"),
        place: text("Entrance"),
        address: None,
        hardware: None,
        hardware_from: None,
        device: None,
        retention_ends: None,
        given: None,
        clips: Vec::new(),
        copies: Vec::new(),
        stills: Vec::new(),
        gaps: Vec::new(),
        offsets: Vec::new(),
        sound_left_out: false,
    };
    let manifest = Manifest {
        format: text(FORMAT),
        version: VERSION,
        package: names::package(number),
        site: SiteSays {
            name: text("Bench"),
            id: text("bench"),
            timezone: text("Europe/London"),
            controller: text("Bench"),
            registration: None,
            owner: text("Bench"),
        },
        recorder: RecorderSays {
            program: text("Beadle"),
            machine: None,
            origin: origin("bench"),
            key: texts::fingerprint(&public),
            public_key: Digest(public),
        },
        release: Release {
            entry: number,
            at: to,
            operator: text("head"),
            acting_for: None,
            witness: None,
            authority: None,
            given: None,
            purpose: None,
            reason: None,
            recipient: text("police"),
            hold: text("H-2026-0001"),
            hold_entry: 0,
            carrier: text("plain"),
            carrier_serial: None,
            exhibit: None,
        },
        case: None,
        asked: Window { from, to },
        cameras: vec![part],
        clock: ClockSays { state: ClockState::Synced, last_sync: None, compared: None },
        ownership: texts::ownership("Bench"),
        conditions: Vec::new(),
        papers: Vec::new(),
        remarks: Vec::new(),
    };
    Job {
        target: Target::Folder { path: String::new() },
        archive: None,
        disks: Vec::new(),
        manifest,
        segments: vec![segments.to_vec()],
        files: Vec::new(),
        papers: Vec::new(),
        derived: Default::default(),
        file_bytes: 4_000_000_000,
        archive_bytes_max: None,
    }
}
