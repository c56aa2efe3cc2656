//! A school whose box has recorded two cameras for some seconds, one of them with a gap, and a
//! request of the police that was allowed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use beadle::base::time::{Span, Utc};
use beadle::evidence::manifest::Manifest;
use beadle::footage::{Codec, Segment};
use beadle::logbook::{Act, Authority, AuthorityForm, Body, Kind, Number, Value};
use beadle::simulate::{SimCamera, SimHandle, SimOptions, Simulator};
use beadle::wire::export::{End, Exporting, Leaving};
use beadle::wire::people::Second;
use beadle::wire::stick::Carrier;
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;
use crate::live::PATIENCE;
use crate::masked::MASK;

pub const EXPORTER: Person = SITE;
pub const WITNESS: Person = DSL;

/// The file: Tamsin exports, Odessa witnesses, Quillan decides.
pub fn text(sim: &SimHandle, medium: &str) -> String {
    let roles = format!(
        r#"    role "keeper" {{
        may "export" "hold" "playback" "print"
        register "releases" "read" "write" "close"
        register "subject-access" "read" "write" "close"
        register "changes" "read" "write" "close"
        held-by "tamsin"
    }}
    role "authority" {{ may "authorise-disclosure" "dispose"; held-by "quillan"; }}
    role "witness" {{ may "witness"; held-by "odessa" "tamsin"; }}
}}
disclosure witness=#true medium="{medium}" {{
    recipient "police" by="quillan" needs="crime-reference necessity"
    recipient "insurer" by="quillan"
    condition "The recording stays the property of the school."
}}
approvals {{"#
    );
    let text = file(&cameras(sim));
    let masked = "cam-1\" \"Camera cam-1\" zone=\"grounds\" {\n";
    assert!(text.contains(masked), "{text}");
    let text = text.replacen(masked, &format!("{masked}{MASK}"), 1);
    text.replacen("}\napprovals {", &roles, 1)
}

pub struct School {
    pub sim: SimHandle,
    pub desk: Desk,
    pub admin: Sent,
    pub exporter: Sent,
    pub case: Number,
    /// Where packages go.
    pub out: tempfile::TempDir,
    pub segments: Vec<Segment>,
}

impl School {
    /// Two cameras, about 12 seconds; `cam-2` is H.265, and off for a while in the middle.
    pub fn recorded(medium: &str) -> School {
        let h265 = SimCamera { codec: Codec::H265, ..SimCamera::named("cam-2") };
        let mut school = School::opened(vec![SimCamera::named("cam-1"), h265], medium);
        std::thread::sleep(Duration::from_secs(5));
        let written = text(&school.sim, medium);
        let off = "cam-2\" \"Camera cam-2\" zone=\"grounds\" {\n";
        let with = format!("{off}        disabled because=\"A ladder stands before it\"\n");
        school.desk.places.write(&written.replace(off, &with));
        std::thread::sleep(Duration::from_secs(4));
        school.desk.places.write(&written);
        school.desk.recorder().all_recording();
        std::thread::sleep(Duration::from_secs(5));
        school.wanted_by_the_police(medium);
        school
    }

    /// Its cameras record and its people are enrolled; nobody has asked for anything yet.
    pub fn opened(cameras: Vec<SimCamera>, medium: &str) -> School {
        let sim = Simulator::start(SimOptions::new(cameras)).expect("the cameras start");
        let mut desk = Desk::open(&text(&sim, medium));
        let (_, admin) = desk.of_two();
        desk.recorder().all_recording();
        for person in [&EXPORTER, &WITNESS] {
            desk.enrol(&admin, person);
        }
        let exporter = desk.log_in(&EXPORTER);
        let out = tempfile::Builder::new().prefix("packages-").tempdir().unwrap();
        School { sim, desk, admin, exporter, case: 0, out, segments: Vec::new() }
    }

    /// Ends the recordings; what is there is asked for by the police, and allowed.
    pub fn wanted_by_the_police(&mut self, medium: &str) {
        self.segments = self.all_off(medium);
        self.case = self.request_of("police", "police-sch2-2");
        self.decide("allowed");
    }

    /// Ends the recordings: every segment on the disk, all closed.
    pub fn all_off(&mut self, medium: &str) -> Vec<Segment> {
        let written = text(&self.sim, medium);
        self.desk.recorder().all_off_as(&written).0
    }

    pub fn window(&self) -> (Utc, Utc) {
        let start = self.segments.iter().map(|s| s.start).min().unwrap();
        let end = self.segments.iter().map(|s| s.end).max().unwrap();
        (start + Span::millis(1_500), end - Span::millis(500))
    }

    /// A request of somebody.
    pub fn request_of(&self, recipient: &str, kind: &str) -> Number {
        let (from, to) = self.window();
        let text = |t: &str| Value::Text(t.into());
        let mut fields = vec![
            ("type", text(kind)),
            ("recipient", text(recipient)),
            ("received", text(&from.utc_day().to_string())),
            ("requester", text("A. Constable")),
            ("requester-post", text("Police Constable")),
            ("organisation", text("Essex Police")),
            ("phone", text("101")),
            ("wanted", text("The gate")),
            ("power", text("DPA 2018, Schedule 2, Part 1, paragraph 2")),
            ("limited", Value::Yes(true)),
            ("from", text(&from.to_string())),
            ("until", text(&to.to_string())),
        ];
        if recipient == "police" {
            fields.extend([
                ("requester-number", text("1234")),
                ("offence-withheld", Value::Yes(false)),
                ("offence", text("Assault")),
                ("countersigned-by", text("An Inspector")),
                ("countersigned-rank", text("Inspector")),
                ("crime-reference", text("CR-77-2026")),
            ]);
        }
        let fields = fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        let reason = Some("an assault at the gate".to_string());
        let body = Box::new(Body { reason, fields, ..Body::default() });
        let (kind, act) = (Kind::Request, Act::Open);
        let request = Request::Enter { kind, act, about: None, body, second: None };
        entered(self.desk.ask(Some(&self.exporter), &request))
    }

    /// The Headteacher decides.
    pub fn decide(&self, decision: &str) -> Number {
        self.decide_on(self.case, decision)
    }

    pub fn decide_on(&self, case: Number, decision: &str) -> Number {
        let head = self.desk.log_in(&HEAD);
        let fields = [("step", "decision"), ("decision", decision)];
        let fields = fields.map(|(name, word)| (name.to_string(), Value::Text(word.into()))).into();
        let authority =
            Some(Authority { by: HEAD.id.into(), form: AuthorityForm::Own, reference: None });
        let reason = Some("it is necessary and proportionate".to_string());
        let body = Box::new(Body { reason, authority, fields, ..Body::default() });
        let (kind, act, about) = (Kind::Request, Act::Note, Some(case));
        let request = Request::Enter { kind, act, about, body, second: None };
        entered(self.desk.ask(Some(&head), &request))
    }

    pub fn wanted(&self) -> Leaving {
        let (from, to) = self.window();
        Leaving {
            case: self.case,
            cameras: self.sim.names().iter().map(|n| n.parse_camera()).collect(),
            from,
            to,
            folder: self.out.path().to_str().unwrap().into(),
            purpose: Some("safety".into()),
            reason: Some("CR-77-2026".into()),
            exhibit: Some("TO/1".into()),
            exception: None,
            stick: None,
            carrier: Carrier::Plain,
            key: None,
            instead_of: None,
            stills: vec![],
        }
    }

    /// The exporter asks, with somebody beside them or alone.
    pub fn ask(&self, wanted: Leaving, with: Option<&Person>) -> Reply {
        let beside = with.map(|person| self.beside(person));
        let mut client = self.desk.client(Some(&self.exporter));
        client.beside = beside;
        let late = Instant::now() + PATIENCE;
        loop {
            match client.ask(&Request::Export(Box::new(wanted.clone()))).expect("it answers") {
                Reply::Refused { why } if why.contains("still being read") => {
                    assert!(Instant::now() < late, "{why}");
                    std::thread::sleep(Duration::from_millis(50));
                }
                reply => return reply,
            }
        }
    }

    pub fn beside(&self, person: &Person) -> Second {
        let passphrase = Sent::new(person.phrase);
        Second { person: person.id.into(), passphrase, code: None }
    }

    pub fn ended(&self, number: Number) -> Exporting {
        let late = Instant::now() + PATIENCE * 5;
        loop {
            match self.desk.ask(Some(&self.exporter), &Request::ExportState { number }) {
                Reply::Export(state) if state.end.is_some() => return *state,
                Reply::Export(_) => {}
                other => panic!("{other:?}"),
            }
            assert!(Instant::now() < late, "the export does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A whole package.
    pub fn package(&self) -> PathBuf {
        let Reply::Export(begun) = self.ask(self.wanted(), Some(&WITNESS)) else {
            panic!("{:?}", self.ask(self.wanted(), Some(&WITNESS)));
        };
        let ended = self.ended(begun.number);
        assert!(matches!(ended.end, Some(End::Whole { .. })), "{ended:?}");
        PathBuf::from(ended.package)
    }

    pub fn manifest(package: &Path) -> Manifest {
        Manifest::read(&std::fs::read(package.join("manifest.json")).unwrap()).unwrap()
    }
}

trait Named {
    fn parse_camera(&self) -> beadle::base::name::CameraId;
}

impl Named for String {
    fn parse_camera(&self) -> beadle::base::name::CameraId {
        beadle::base::name::CameraId::new(self).unwrap()
    }
}

/// `beadle verify`, with what it said.
pub fn verify(package: &Path, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
    let Output { status, stdout, stderr } =
        command.arg("verify").arg(package).args(more).output().expect("beadle runs");
    let text = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (status.success(), text)
}

/// A copy of a package that a test may spoil.
pub fn copy(package: &Path, name: &str) -> PathBuf {
    let to = package.with_file_name(name);
    let done = Command::new("cp").arg("-r").arg(package).arg(&to).status().unwrap();
    assert!(done.success());
    to
}

/// Runs somebody else's program; `None`, after a word, where it is not installed.
pub fn foreign(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(e) => {
            println!("SKIPPED: {:?}: {e}", command.get_program());
            None
        }
    }
}

impl crate::live::Recorder {
    /// Every camera off by the file, with its people kept; all segments closed.
    fn all_off_as(&mut self, text: &str) -> (Vec<Segment>, ()) {
        let off = "        disabled because=\"The test is over\"\n        stream ";
        self.places.write(&text.replace("        stream ", off));
        let disabled =
            |c: &beadle::wire::CameraStatus| c.state == beadle::wire::CameraState::Disabled;
        self.wait("every camera is off", |status| status.cameras.iter().all(disabled));
        let late = Instant::now() + PATIENCE;
        loop {
            let mut client = beadle::socket::dial::Client::connect(&self.places.socket).unwrap();
            let segments = listed(&mut client, &self.places.footage);
            if !segments.is_empty() {
                return (segments, ());
            }
            assert!(Instant::now() < late, "segments stay open");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The closed segments as their `INDEX` lines and trailers say; none while one is open.
fn listed(_client: &mut beadle::socket::dial::Client, footage: &Path) -> Vec<Segment> {
    use beadle::disk::Disk;
    use beadle::disk::real::RealDisk;
    use beadle::segment::reader::scan_file;
    let disk = RealDisk::open(footage, None).unwrap();
    let mut found = Vec::new();
    for camera in disk.list("").unwrap().into_iter().filter(|c| c.folder) {
        for day in disk.list(&camera.name).unwrap_or_default() {
            let folder = format!("{}/{}", camera.name, day.name);
            for file in disk.list(&folder).unwrap_or_default() {
                let path = format!("{folder}/{}", file.name);
                if beadle::footage::naming::parse(&path).is_none() {
                    continue;
                }
                let contents = scan_file(&disk, &path).unwrap();
                let (Some(header), Some(end)) = (contents.header, contents.end) else {
                    return Vec::new();
                };
                found.push(Segment {
                    camera: header.camera.clone(),
                    disk: beadle::base::name::DiskId(String::new()),
                    path,
                    start: header.start,
                    end: Utc(end.end_us),
                    frames: end.frames,
                    bytes: contents.size,
                    codec: header.video.codec,
                    digest: Some(end.sha256),
                });
            }
        }
    }
    found
}
