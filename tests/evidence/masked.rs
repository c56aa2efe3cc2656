//! What those get who are neither police nor a court; and a case, from its intake to its end.

use std::path::Path;
use std::process::Command;

use beadle::base::time::Span;
use beadle::evidence::manifest::{CameraPart, CopyKind};
use beadle::footage::Codec;
use beadle::logbook::case::{Case, How};
use beadle::logbook::{Act, Body, Kind, Number, Value};
use beadle::wire::export::{End, Leaving, StillWanted};
use beadle::wire::{Reply, Request};

use crate::desk::HEAD;
use crate::school::{School, WITNESS, foreign, verify};

/// The mask of `cam-1` in the file: its left quarter.
pub const MASK: &str = "        mask \"The garden next door\" {
            point 0.0 0.0
            point 0.25 0.0
            point 0.25 1.0
            point 0.0 1.0
        }
";

fn case(school: &School, number: Number) -> Case {
    match school.desk.ask(Some(&school.exporter), &Request::Case { number }) {
        Reply::Case(case) => *case,
        other => panic!("{other:?}"),
    }
}

/// Whoever asks for their own pictures finds them held at once (R1.10).
pub fn own_pictures_are_held_at_the_intake(school: &School) {
    let (from, to) = school.window();
    let text = |t: &str| Value::Text(t.into());
    let fields = [
        ("reference", text("SAR-1")),
        ("received", text(&from.utc_day().to_string())),
        ("how", text("letter")),
        ("asker", text("self")),
        ("wanted", text("My own way through the gate")),
        ("cameras", Value::List(vec!["cam-1".into()])),
        ("footage", text("unknown")),
        ("from", text(&from.to_string())),
        ("until", text(&to.to_string())),
    ];
    let fields = fields.map(|(name, value)| (name.to_string(), value)).into();
    let body = Box::new(Body { fields, ..Body::default() });
    let (kind, act) = (Kind::SubjectAccess, Act::Open);
    let request = Request::Enter { kind, act, about: None, body, second: None };
    let (number, notes) = match school.desk.ask(Some(&school.exporter), &request) {
        Reply::Entered { number, notes } => (number, notes),
        other => panic!("{other:?}"),
    };
    assert!(notes.iter().any(|note| note.contains("holds the footage now")), "{notes:?}");
    let case = case(school, number);
    let held = case.held().expect("its footage is held");
    assert_eq!(held.class.as_deref(), Some("subject-access"));
    assert_eq!((held.cameras.as_slice(), held.own), (&["cam-1".to_string()][..], true));
    // Ninety days, as the file says nothing else (R1.23).
    let placed = from.utc_day();
    assert_eq!(held.review_by.unwrap().since(placed), 90);
}

/// An insurer's package: the camera with a mask gives a masked copy, the other its master.
pub fn others_get_masked_copies(school: &School) {
    let number = school.request_of("insurer", "solicitor");
    school.decide_on(number, "allowed");
    let (from, to) = school.window();
    let middle = from + Span((to - from).0 / 4);
    let stills = school.wanted().cameras.into_iter();
    let stills = stills.map(|camera| StillWanted { camera, at: middle }).collect();
    let wanted = Leaving { case: number, stills, ..school.wanted() };
    let Reply::Export(begun) = school.ask(wanted.clone(), Some(&WITNESS)) else {
        panic!("{:?}", school.ask(wanted, Some(&WITNESS)));
    };
    let ended = school.ended(begun.number);
    assert!(matches!(ended.end, Some(End::Whole { .. })), "{ended:?}");
    let package = Path::new(&ended.package);
    let manifest = School::manifest(package);
    let [one, two] = &manifest.cameras[..] else { panic!("two cameras") };
    assert!(one.clips.is_empty() && one.copies.len() == 1, "{one:?}");
    viewing_copies(package, two);
    let copy = &one.copies[0];
    assert_eq!((copy.kind, copy.masks, &copy.of), (CopyKind::Masked, 1, &None));
    let pictures: u64 = copy.pieces.iter().map(|p| u64::from(p.frames)).sum();
    assert_eq!(copy.frames, pictures, "every picture is in the copy");
    assert_eq!(stamps(&package.join(&copy.file)), copy.frames as usize);
    is_plain(&package.join(&copy.file));
    assert_eq!(one.hardware.as_deref(), Some("not known"));
    assert!(one.retention_ends.is_some());
    let (good, said) = verify(package, &[]);
    assert!(good && said.contains("3 working copies, 2 stills"), "{said}");

    let path = package.join(&copy.file);
    if let Some((frames, said)) = crate::fresh_eyes::decoded(&path) {
        assert_eq!((frames, said.as_str()), (copy.frames, ""), "{}", copy.file);
        hidden(&path, (copy.width.into(), copy.height.into()));
    }
    for still in one.stills.iter().chain(&two.stills) {
        let late = still.asked - still.at;
        assert!(late >= Span::ZERO && late < Span::secs(1), "{still:?}");
        let bytes = std::fs::read(package.join(&still.file)).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"));
    }
    println!("{}: {} pictures masked, stills {:?}", copy.file, copy.frames, one.stills[0].file);
    a_byte_is_found(package, &copy.file);
    the_case_stays_open(school, number, begun.number);
}

/// Neither waits for the other, and each is whole.
pub fn two_at_once(school: &School) {
    let begun: Vec<_> = (0..2)
        .map(|_| match school.ask(school.wanted(), Some(&WITNESS)) {
            Reply::Export(state) => state.number,
            other => panic!("{other:?}"),
        })
        .collect();
    for number in begun {
        let ended = school.ended(number);
        assert!(matches!(ended.end, Some(End::Whole { .. })), "{ended:?}");
        let (good, said) = verify(Path::new(&ended.package), &[]);
        assert!(good, "{said}");
    }
}

/// Beside each H.265 master lies the same in H.264.
pub fn viewing_copies(package: &Path, camera: &CameraPart) {
    assert!(!camera.clips.is_empty() && camera.copies.len() == camera.clips.len(), "{camera:?}");
    for (master, copy) in camera.clips.iter().zip(&camera.copies) {
        assert_eq!((master.codec, copy.codec), (Codec::H265, Codec::H264));
        assert_eq!((copy.kind, copy.of.as_ref()), (CopyKind::Viewing, Some(&master.file)));
        assert_eq!((copy.frames, copy.masks), (master.frames, 0));
        assert_eq!(stamps(&package.join(&copy.file)), copy.frames as usize);
        is_plain(&package.join(&copy.file));
        if let Some((frames, said)) = crate::fresh_eyes::decoded(&package.join(&copy.file)) {
            assert_eq!((frames, said.as_str()), (master.frames, ""), "{}", copy.file);
        }
    }
}

/// In the colours that every player takes, not those of a studio.
fn is_plain(path: &Path) {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", "v", "-show_entries", "stream=pix_fmt"]);
    command.args(["-of", "csv=p=0"]).arg(path);
    let Some(output) = foreign(&mut command) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "yuv420p", "{}", path.display());
}

/// Pictures that carry their time inside (R2.29).
fn stamps(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(16).filter(|part| part == b"MISPmicrosectime").count()
}

/// The left eighth is of one colour in a picture from the middle; the right half is not.
fn hidden(path: &Path, (width, height): (usize, usize)) {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-ss", "2", "-i"]).arg(path);
    command.args(["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]);
    let Some(output) = foreign(&mut command) else { return };
    assert_eq!(output.stdout.len(), width * height);
    // Between the lines with camera and times.
    let spread = |from: usize, to: usize| {
        let rows = output.stdout.chunks(width).skip(height / 4).take(height / 2);
        let pixels: Vec<u8> = rows.flat_map(|row| row[from..to].to_vec()).collect();
        let (least, most) = (pixels.iter().min().unwrap(), pixels.iter().max().unwrap());
        most - least
    };
    let (masked, free) = (spread(0, width / 8), spread(width / 2, width));
    assert!(masked <= 6 && free > 20, "masked {masked}, free {free}");
}

fn a_byte_is_found(package: &Path, file: &str) {
    let spoilt = crate::school::copy(package, "spoilt-copy");
    let path = spoilt.join(file);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
    let (good, said) = verify(&spoilt, &[]);
    assert!(!good && said.contains(&format!("WRONG: {file}: it was changed")), "{said}");
}

/// Until the copy has an end on record (S4.23).
fn the_case_stays_open(school: &School, number: Number, export: Number) {
    let before = case(school, number);
    assert_eq!(before.copies.len(), 1);
    assert!(before.keeps_open()[0].contains(&format!("entry {export}")), "{before:?}");
    let close = || {
        let fields = [("outcome", "all done")].map(|(n, t)| (n.to_string(), Value::from(t)));
        let mut body = Body::default();
        for (name, value) in fields {
            body.put(&name, value).unwrap();
        }
        let (kind, act, about) = (Kind::Request, Act::Close, Some(number));
        let body = Box::new(body);
        let request = Request::Enter { kind, act, about, body, second: None };
        school.desk.ask(Some(&school.exporter), &request)
    };
    match close() {
        Reply::Refused { why } => assert!(why.contains("no end on record"), "{why}"),
        other => panic!("{other:?}"),
    }
    dispose(school, export);
    let after = case(school, number);
    assert_eq!(after.copies[0].fate.as_ref().map(|fate| fate.how), Some(How::Wiped));
    assert!(matches!(close(), Reply::Entered { .. }), "{:?}", close());
    assert!(case(school, number).closed.is_some());
}

/// The certificate (R6.1).
fn dispose(school: &School, export: Number) {
    let text = |t: &str| Value::Text(t.into());
    let fields = [
        ("carrier", text("stick")),
        ("serial", text("S-117")),
        ("copy", Value::Number(export as i64)),
        ("method", text("erase")),
        ("technique", text("one pass of zeros")),
        ("operator", text("Tamsin Oakes")),
        ("verification", text("read back")),
        ("done-at", text(&school.window().0.to_string())),
    ];
    let fields = fields.map(|(name, value)| (name.to_string(), value)).into();
    let reason = Some("the insurer sent it back".to_string());
    let body = Box::new(Body { reason, fields, ..Body::default() });
    let (kind, act) = (Kind::Disposal, Act::Open);
    let request = Request::Enter { kind, act, about: None, body, second: None };
    let head = school.desk.log_in(&HEAD);
    let mut client = school.desk.client(Some(&head));
    client.beside = Some(school.beside(&WITNESS));
    match client.ask(&request).expect("it answers") {
        Reply::Entered { .. } => {}
        other => panic!("{other:?}"),
    }
}
