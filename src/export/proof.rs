//! Packages made of real segments, on a real disk and on one that loses power: whole or plainly
//! not, and every attack named.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::derived::Derived;
use super::job::{Going, Job, Target, Whole};
use super::source::Disks;
use super::write::{Orderer, write};
use super::{read, source};
use crate::base::clock::Clock;
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::{Span, Utc};
use crate::disk::Disk;
use crate::disk::fake::FakeDisk;
use crate::evidence::check::{Report, What, examine};
use crate::evidence::manifest::*;
use crate::evidence::{extract, names, sshsig, texts};
use crate::footage::unit::{AccessUnit, AudioCodec, AudioParams, Params};
use crate::footage::{GapReason, Segment};
use crate::logbook::checkpoint::tests::TestKey;
use crate::logbook::checkpoint::{self, Signs};
use crate::logbook::leaf::{self, body_bytes, body_digest};
use crate::logbook::proof::Proof;
use crate::logbook::tree::Tree;
use crate::logbook::{Account, Act, Body, ClockState, Header, Kind, Value, Who};
use crate::segment::proof::{Stage, camera, id, synthetic};
use crate::segment::{Order, Told};

const SITE: &str = "s1";
pub const KEY: u8 = 5;

/// Signs, counts, and stops where it is told to.
struct Hand {
    package: String,
    stop_after: Option<u64>,
    said: u64,
}

impl Orderer for Hand {
    fn going(&mut self, _: Going) -> Result<(), Fault> {
        self.said += 1;
        match self.stop_after.is_some_and(|n| self.said > n) {
            true => Err(Fault::new(FaultKind::Busy, "it was stopped")),
            false => Ok(()),
        }
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        let space = names::namespace(&self.package);
        Ok(sshsig::sign(&TestKey::new(KEY), &space, list.as_bytes()))
    }
}

/// A disk with two segments of `gate` and a hole between them.
pub struct Footage {
    disk: FakeDisk,
    segments: Vec<Segment>,
}

pub fn footage() -> Footage {
    recorded(None)
}

/// With this sound beside the pictures.
fn recorded(sound: Option<&Arc<Params>>) -> Footage {
    let mut stage = Stage::fake(3);
    for take in 1..=2 {
        stage.begin("gate", take);
        for (n, au) in (0..).zip(&synthetic(300, 30, 700)) {
            if let Some(params) = sound {
                let unit = AccessUnit {
                    data: vec![0x55; 160].into(),
                    time: n * 8_000 / 15,
                    key: true,
                    arrived: stage.clock.utc(),
                    params: params.clone(),
                    camera_offset: None,
                    lost_packets: 0,
                };
                stage.order(Order::Unit { camera: camera("gate"), take, unit });
            }
            stage.feed("gate", take, std::slice::from_ref(au), 0.0);
        }
        stage.order(Order::Finish { camera: camera("gate"), take });
        stage.pass(Span::secs(10));
    }
    stage.stop();
    let closed = stage.told.iter().filter_map(|told| match told {
        Told::Closed { segment, .. } => Some(segment.clone()),
        _ => None,
    });
    let segments: Vec<Segment> = closed.collect();
    assert_eq!(segments.len(), 2);
    Footage { disk: stage.fake_disk().clone(), segments }
}

impl Footage {
    pub fn disks(&self) -> Disks {
        let disk: Box<dyn Disk> = Box::new(self.disk.clone());
        [(id(), disk)].into()
    }

    /// From the third second on, to the end.
    fn window(&self) -> (Utc, Utc) {
        (self.segments[0].start + Span::millis(3_100), self.segments[1].end)
    }
}

/// The entry of the export with its proof, as the office gives it.
fn entered(number: u64, window: (Utc, Utc)) -> Vec<(String, String)> {
    let mut body = Body {
        who: Some(Who { second: Some("witness".into()), ..Who::alone("head", Account::Own) }),
        ..Body::default()
    };
    let text = |at: Utc| Value::Text(at.to_string());
    body.fields.insert("from".into(), text(window.0));
    body.fields.insert("until".into(), text(window.1));
    body.fields.insert("cameras".into(), Value::List(vec!["gate".into()]));
    let bytes = body_bytes(&body).unwrap();
    let body = body_digest(&[9; 32], &bytes);
    let (kind, act, clock) = (Kind::Export, Act::Open, ClockState::Synced);
    let header = Header { at: window.1, clock, kind, act, about: None, body };
    let leaf = leaf::leaf_bytes(&header).unwrap();
    let mut tree = Tree::default();
    for n in 0..number {
        tree.push(leaf::leaf_hash(&n.to_be_bytes()));
    }
    tree.push(leaf::leaf_hash(&leaf));
    let origin = checkpoint::origin(SITE);
    let checkpoint = checkpoint::sign(&origin, tree.head(), &TestKey::new(KEY)).unwrap();
    let path = tree.inclusion(number, number + 1, &BTreeMap::new()).unwrap();
    let proof = Proof { number, leaf: leaf.clone(), path, checkpoint: checkpoint.clone() };
    let leaf = String::from_utf8(leaf).unwrap();
    let body = Some(([9; 32], String::from_utf8(bytes).unwrap()));
    vec![
        (names::EXTRACT.into(), extract::to_text(&[extract::Item { number, leaf, body }])),
        (names::proof(number), proof.to_text()),
        (names::CHECKPOINT.into(), checkpoint),
    ]
}

pub fn job(footage: &Footage, number: u64) -> Job {
    let (from, to) = footage.window();
    let public = TestKey::new(KEY).public();
    let manifest = Manifest {
        format: FORMAT.into(),
        version: VERSION,
        package: names::package(number),
        site: SiteSays {
            name: "A School".into(),
            id: SITE.into(),
            timezone: "Europe/London".into(),
            controller: "The school".into(),
            registration: None,
            owner: "The school".into(),
        },
        recorder: RecorderSays {
            program: "Beadle".into(),
            machine: None,
            origin: checkpoint::origin(SITE),
            key: texts::fingerprint(&public),
            public_key: crate::base::digest::Digest(public),
        },
        release: Release {
            entry: number,
            at: to,
            operator: "head".into(),
            acting_for: None,
            witness: Some("witness".into()),
            authority: None,
            given: None,
            purpose: Some("crime".into()),
            reason: None,
            recipient: "police".into(),
            hold: "H-2026-0001".into(),
            hold_entry: 1,
            carrier: "plain".into(),
            carrier_serial: None,
            exhibit: None,
        },
        case: None,
        asked: Window { from, to },
        cameras: vec![CameraPart {
            id: camera("gate"),
            title: "Front gate".into(),
            place: "Entrance".into(),
            address: None,
            hardware: Some("02:fc:00:00:00:13".into()),
            hardware_from: Some("the school's file".into()),
            device: Some("Axis, P3245, serial S-1".into()),
            retention_ends: None,
            given: None,
            clips: Vec::new(),
            copies: Vec::new(),
            stills: Vec::new(),
            gaps: vec![GapSays {
                from: footage.segments[0].end,
                to: footage.segments[1].start,
                reason: GapReason::Stalled,
            }],
            offsets: Vec::new(),
            sound_left_out: false,
        }],
        clock: ClockSays {
            state: ClockState::Holdover,
            last_sync: Some(SyncSays { at: to, estimated_error_us: Some(1_250) }),
            compared: None,
        },
        ownership: texts::ownership("The school"),
        conditions: vec!["Return or destroy it after use.".into()],
        papers: Vec::new(),
        remarks: Vec::new(),
    };
    Job {
        target: Target::Folder { path: String::new() },
        archive: None,
        disks: Vec::new(),
        files: entered(number, footage.window()),
        segments: vec![footage.segments.clone()],
        manifest,
        papers: Vec::new(),
        derived: Default::default(),
        file_bytes: 4_000_000_000,
        archive_bytes_max: None,
    }
}

pub fn make(
    footage: &Footage,
    job: &Job,
    target: &dyn Disk,
    stop_after: Option<u64>,
) -> Result<Whole, Fault> {
    let mut hand = Hand { package: job.manifest.package.clone(), stop_after, said: 0 };
    write(job, &footage.disks(), target, &mut hand)
}

pub fn check(target: &dyn Disk, folder: &str) -> Report {
    let seen = read::package(target, folder, &mut |_, _| {}).unwrap();
    examine(&seen, Some(TestKey::new(KEY).public()))
}

#[test]
fn a_package_is_whole_and_its_pictures_are_those_of_the_recordings() {
    let footage = footage();
    let target = FakeDisk::new(1);
    let whole = make(&footage, &job(&footage, 7), &target, None).unwrap();
    // The first two seconds are left out; key frames come every two seconds.
    assert_eq!((whole.clips, whole.frames), (2, 300 - 30 + 300));
    let report = check(&target, "export-7");
    assert_eq!(report.findings, []);
    assert_eq!((report.clips, report.frames, report.entries.clone()), (2, 570, vec![7]));
    assert_eq!((report.whole_recordings, report.parts_of_recordings), (1, 1));
    let files = target.files();
    let manifest = Manifest::read(&files["export-7/manifest.json"]).unwrap();
    let clips = &manifest.cameras[0].clips;
    assert_eq!(clips[0].from, footage.segments[0].start + Span::secs(2));
    assert_eq!(clips[1].pieces[0].segment_sha256, footage.segments[1].digest);
    assert_eq!(clips[1].stream_sha256, footage.segments[1].digest.unwrap());
    for name in [names::README, names::CLOCK, names::SIGNER, names::PLAYER, names::ALLOWED] {
        assert!(files.contains_key(&format!("export-7/{name}")), "{name}");
    }
    let readme = String::from_utf8(files["export-7/READ-ME-FIRST.txt"].clone()).unwrap();
    for said in [
        "Owner and copyright: The school",
        "ONVIF Export File Format",
        "ISO 22311, withdrawn",
        "Ed25519, which does not run out",
        "no content credentials (C2PA)",
        "no time stamp of the",
        "hardware address 02:fc:00:00:00:13 (by the school's file)",
        "Axis, P3245, serial S-1",
    ] {
        assert!(readme.contains(said), "{said}: {readme}");
    }
    let clock = String::from_utf8(files["export-7/clock.txt"].clone()).unwrap();
    for said in ["ran by itself", "Last seen being kept right", "by the system itself: 1.250 ms"] {
        assert!(clock.contains(said), "{said}: {clock}");
    }
    // A player that knows the boxes of ONVIF shows it too (R2.31).
    let clip = &files[&format!("export-7/{}", clips[0].file)];
    let head = &clip[..400];
    assert!(head.windows(17).any(|w| w == b"02:fc:00:00:00:13"), "no address in the clip's head");
    assert!(files.keys().all(|path| !path.contains("head") && !path.contains("witness")));
}

/// A camera that records sound: the copy has none, and says so.
#[test]
fn sound_stays_at_the_school_and_the_package_says_so() {
    let codec = AudioCodec::Alaw;
    let params = AudioParams { codec, rate_hz: 8_000, channels: 1, config: Default::default() };
    for sound in [None, Some(&Arc::new(Params::Audio(params)))] {
        let (footage, target) = (recorded(sound), FakeDisk::new(1));
        let whole = make(&footage, &job(&footage, 7), &target, None).unwrap();
        assert_eq!(whole.frames, 570, "the pictures alone");
        assert!(check(&target, "export-7").holds());
        let files = target.files();
        let manifest = Manifest::read(&files["export-7/manifest.json"]).unwrap();
        let readme = String::from_utf8(files["export-7/READ-ME-FIRST.txt"].clone()).unwrap();
        let told = readme.contains("Camera gate records sound; this copy has none.");
        assert_eq!((manifest.cameras[0].sound_left_out, told), (sound.is_some(), sound.is_some()));
        let clip = &manifest.cameras[0].clips[0];
        assert!(clip.rate.parse::<f64>().is_ok_and(|rate| rate > 1.0), "{clip:?}");
    }
}

#[test]
fn files_are_split_where_they_grow_too_large() {
    let footage = footage();
    let target = FakeDisk::new(1);
    let job = Job { file_bytes: 100_000, ..job(&footage, 7) };
    let whole = make(&footage, &job, &target, None).unwrap();
    assert!(whole.clips > 4 && whole.frames == 570, "{whole:?}");
    let files = target.files();
    let videos = files.iter().filter(|(path, _)| path.contains("/video/"));
    assert!(videos.clone().all(|(_, bytes)| bytes.len() <= 100_000));
    assert!(videos.clone().all(|(path, _)| path.contains(&format!("of{}.mp4", whole.clips))));
    assert!(check(&target, "export-7").holds());
}

pub type Files = BTreeMap<String, Vec<u8>>;

pub fn package_files(target: &FakeDisk, folder: &str) -> Files {
    let prefix = format!("{folder}/");
    let files = target.files().into_iter();
    files.filter_map(|(p, b)| Some((p.strip_prefix(&prefix)?.to_string(), b))).collect()
}

/// The same files on another disk.
pub fn laid_out(files: &Files) -> FakeDisk {
    let disk = FakeDisk::new(2);
    for (path, bytes) in files {
        if let Some((folder, _)) = path.rsplit_once('/') {
            disk.make_folder(folder).unwrap();
        }
        disk.replace(path, bytes).unwrap();
    }
    disk
}

#[test]
fn a_copy_that_was_stopped_says_so_and_is_begun_anew() {
    let footage = footage();
    let target = FakeDisk::new(1);
    let job = job(&footage, 7);
    for stop_after in [0, 2, 3, 4, 5, 8] {
        let fault = make(&footage, &job, &target, Some(stop_after)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Busy);
        let files = package_files(&target, "export-7");
        assert!(files.is_empty() || files.contains_key(names::UNFINISHED), "{stop_after}");
    }
    make(&footage, &job, &target, None).unwrap();
    assert!(check(&target, "export-7").holds());
    let again = make(&footage, &job, &target, None).unwrap_err();
    assert_eq!(again.kind, FaultKind::Exists, "a whole package is never written over");
}

#[test]
fn after_a_power_cut_a_package_is_whole_or_says_that_it_is_not() {
    let footage = footage();
    let job = job(&footage, 7);
    let counted = FakeDisk::new(1);
    make(&footage, &job, &counted, None).unwrap();
    let all = counted.operations();
    assert!(all > 20, "{all} operations");
    let (mut whole, mut broken) = (0, 0);
    for cut in 0..=all {
        let target = FakeDisk::new(cut);
        target.crash_after(cut);
        let made = make(&footage, &job, &target, None);
        target.power_cut(cut + 1);
        let files = package_files(&target, "export-7");
        let report = if files.is_empty() { None } else { Some(check(&laid_out(&files), "")) };
        match (&made, report) {
            (Ok(_), report) => {
                whole += 1;
                assert!(report.unwrap().holds(), "told as whole, cut after {cut}");
            }
            (Err(_), Some(report)) => {
                broken += 1;
                let says = report.findings.iter().any(|f| f.what == What::Unfinished);
                assert!(says || report.holds(), "cut after {cut}: {:#?}", report.findings);
            }
            (Err(_), None) => {}
        }
        make(&footage, &job, &target, None).ok().filter(|_| made.is_err());
        assert!(check(&target, "export-7").holds(), "made again after a cut at {cut}");
    }
    assert!(whole > 0 && broken > 10, "{whole} whole, {broken} broken");
}

#[test]
fn too_little_room_is_told_before_anything_is_written() {
    let footage = footage();
    let target = FakeDisk::new(1);
    target.set_capacity(1_000_000);
    let fault = make(&footage, &job(&footage, 7), &target, None).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Full);
    assert!(fault.text.contains("3 MB and there are 1 MB free"), "{}", fault.text);
    assert!(target.files().is_empty());
}

/// Working copies have no size before they are made, and want room all the same.
#[test]
fn room_is_asked_for_with_the_copies_that_will_be_made() {
    let footage = footage();
    let needed = |derived: Derived| {
        let target = FakeDisk::new(1);
        target.set_capacity(1_000);
        let job = Job { derived, ..job(&footage, 7) };
        let told = make(&footage, &job, &target, None).unwrap_err();
        assert_eq!(told.kind, FaultKind::Full, "{told}");
        let words = told.text.split_whitespace().skip(3);
        words.take(1).filter_map(|n| n.parse::<u64>().ok()).next().unwrap()
    };
    let masks = vec![vec![vec![(0, 0), (9, 0), (9, 9)]]];
    let plain = needed(Derived { viewing: true, ..Derived::default() });
    let masked = needed(Derived { masked: true, masks, ..Derived::default() });
    // 2 MB of texts, and the masters; or, for 40 seconds of a small picture, 500 kbit/s of masked
    // copies in their place.
    assert!(plain == 3 && masked >= 5, "{plain} MB, {masked} MB");
}

#[test]
fn a_recording_that_was_damaged_is_copied_and_told() {
    let footage = footage();
    let path = &footage.segments[1].path;
    let mut bytes = footage.disk.files()[path].clone();
    let at = bytes.len() / 2;
    bytes[at..at + 4].copy_from_slice(&[0xee; 4]);
    footage.disk.replace(path, &bytes).unwrap();
    let target = FakeDisk::new(1);
    make(&footage, &job(&footage, 7), &target, None).unwrap();
    let report = check(&target, "export-7");
    let named = report.findings.iter().any(|f| {
        f.what == What::Stream && f.text.contains(path) && f.text.contains("before the copy")
    });
    assert!(named, "{:#?}", report.findings);
}

#[test]
fn a_disk_that_is_gone_is_told_by_the_recording_on_it() {
    let footage = footage();
    let disks = Disks::new();
    let from = source::Source { disks: &disks, segments: &footage.segments };
    let told = from.plan(footage.window(), 4_000_000_000, &mut || Ok(())).err().unwrap();
    assert!(told.kind == FaultKind::Missing && told.text.contains("gate/"), "{}", told.text);
    let _keep: Arc<dyn Disk> = Arc::new(footage.disk);
}
