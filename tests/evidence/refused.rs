//! Who gets nothing: without authority, purpose or witness, or with the same person twice. Each is
//! told why and entered, and no hold is placed for it. Then what a good one leaves behind.

use beadle::logbook::case::How;
use beadle::logbook::{Act, Kind, Value};
use beadle::wire::export::Leaving;
use beadle::wire::{Reply, Request, Sent};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::desk::*;
use crate::live::PATIENCE;
use crate::school::{EXPORTER, School, WITNESS};

fn holds(school: &School) -> usize {
    match school.desk.ask(Some(&school.exporter), &Request::HoldList) {
        Reply::Holds { holds } => holds.len(),
        other => panic!("{other:?}"),
    }
}

fn readiness(school: &School) -> beadle::wire::export::Readiness {
    let request = Request::Record { number: school.case };
    match school.desk.ask(Some(&school.exporter), &request) {
        Reply::Record(sheet) => sheet.leaving.expect("it is an open request"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_export_needs_purpose_authority_and_another_person_and_leaves_its_entries() {
    let school = School::recorded("encrypted");
    let wanted = school.wanted();
    let exception = exception(&school);
    let wanted = Leaving { exception: Some(exception), ..wanted };
    let without = |change: &dyn Fn(&mut Leaving)| {
        let mut changed = wanted.clone();
        change(&mut changed);
        changed
    };
    let before = school.desk.entries(&school.admin, Kind::Refused).len();
    // The screen of the case knows it before anybody fills in a form, and nothing is entered.
    let ready = readiness(&school);
    assert_eq!((ready.why_not, ready.witness, ready.encrypted), (None, true, true));
    let table = [
        ("no witness", wanted.clone(), None, "second person", true),
        (
            "the same person twice",
            wanted.clone(),
            Some(&EXPORTER),
            "the second person is you",
            true,
        ),
        ("no right to witness", wanted.clone(), Some(&HEAD), "witness", true),
        ("no purpose", without(&|w| w.purpose = None), Some(&WITNESS), "purpose", true),
        ("no reason", without(&|w| w.reason = None), Some(&WITNESS), "reason", true),
        ("no exception", without(&|w| w.exception = None), Some(&WITNESS), "exception", false),
        ("no case", without(&|w| w.case = exception), Some(&WITNESS), "no request", false),
        ("no cameras", without(&|w| w.cameras.clear()), Some(&WITNESS), "cameras", false),
    ];
    let mut entered = before;
    for (why, wanted, with, says, is_entered) in table {
        let told = refusal(school.ask(wanted, with));
        println!("{why}: {told}");
        assert!(told.to_lowercase().contains(says), "{why}: {told}");
        entered += usize::from(is_entered);
        let now = school.desk.entries(&school.admin, Kind::Refused);
        assert_eq!(now.len(), entered, "{why}: {:?}", outcomes(&now));
    }
    school.decide("refused");
    let told = refusal(school.ask(wanted.clone(), Some(&WITNESS)));
    assert!(told.contains("Quillan Ashdown"), "{told}");
    println!("the Headteacher said no: {told}");
    let why = readiness(&school).why_not.expect("it is known before it is asked for");
    assert_eq!(why, told);
    assert_eq!(holds(&school), 0, "nothing is held for what was refused");
    assert_eq!(school.desk.entries(&school.admin, Kind::Export), []);
    assert_eq!(std::fs::read_dir(school.out.path()).unwrap().count(), 0);

    school.decide("allowed");
    leaves_its_entries(&school, wanted);
}

#[test]
fn the_verb_asks_for_the_witness_and_says_where_the_package_is() {
    let school = School::recorded("plain");
    let session = school.out.path().join("session");
    std::fs::write(&session, school.exporter.0.expose()).unwrap();
    let folder = school.out.path().join("stick");
    std::fs::create_dir(&folder).unwrap();
    let (from, to) = school.window();
    let (case, from, to) = (school.case.to_string(), from.to_string(), to.to_string());
    let (session, into) = (session.to_str().unwrap(), folder.to_str().unwrap());
    let words = [
        "export",
        "--case",
        &case,
        "--camera",
        "cam-1,cam-2",
        "--from",
        &from,
        "--to",
        &to,
        "--to",
        into,
        "--purpose",
        "safety",
        "--reason",
        "CR-77-2026",
        "--exhibit",
        "TO/1",
        "--with",
        WITNESS.id,
        "--session",
        session,
    ];
    let (good, said, beside) = school.desk.verb(&words, &format!("{}\n\n", WITNESS.phrase));
    println!("{said}{beside}");
    assert!(good && said.contains("written and read back"), "{said}{beside}");
    let package = folder.join(format!("export-{}", said_number(&said)));
    let (good, said) = crate::school::verify(&package, &["--json"]);
    assert!(good && said.contains("\"findings\": []"), "{said}");
    // A place that is none is told before anything is entered.
    let nowhere = words.map(|word| if word == into { "/nowhere/at/all" } else { word });
    let (good, said, beside) = school.desk.verb(&nowhere, "");
    assert!(!good && beside.contains("not a folder that is there"), "{said}{beside}");
}

/// Of `.../export-24: 3 clips`.
fn said_number(said: &str) -> &str {
    let rest = said.split("export-").nth(1).unwrap();
    rest.split(':').next().unwrap()
}

fn exception(school: &School) -> u64 {
    let text = |t: &str| Value::Text(t.into());
    let until = (school.window().1.utc_day()).plus(7).to_string();
    let fields = [
        ("rule", text("encrypted carriers only")),
        ("control", text("handed over in person, to a folder of the police")),
        ("approved-by", text(HEAD.id)),
        ("until", text(&until)),
    ];
    let fields = fields.map(|(name, value)| (name.to_string(), value)).into();
    let reason = Some("their machine takes no encrypted carrier".to_string());
    let body = Box::new(beadle::logbook::Body { reason, fields, ..Default::default() });
    let (kind, act) = (Kind::Exception, Act::Open);
    let request = Request::Enter { kind, act, about: None, body, second: None };
    entered(school.desk.ask(Some(&school.exporter), &request))
}

fn leaves_its_entries(school: &School, wanted: Leaving) {
    let Reply::Export(begun) = school.ask(wanted.clone(), Some(&WITNESS)) else {
        panic!("refused");
    };
    school.ended(begun.number);
    let hold = school.desk.entries(&school.admin, Kind::Hold);
    assert_eq!((hold.len(), holds(school)), (1, 1));
    assert!(hold[0].number < begun.number, "held before it is entered");
    let late = std::time::Instant::now() + PATIENCE;
    let export = loop {
        let export = school.desk.entries(&school.admin, Kind::Export);
        if export.len() == 2 {
            break export;
        }
        assert!(std::time::Instant::now() < late, "{export:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    let (open, close) = (&export[0], &export[1]);
    assert_eq!((open.number, open.header.act), (begun.number, Act::Open));
    let body = open.body.as_ref().unwrap();
    let who = body.who.as_ref().unwrap();
    assert_eq!((who.person.as_str(), who.second.as_deref()), (EXPORTER.id, Some(WITNESS.id)));
    assert_eq!(body.authority.as_ref().unwrap().by, HEAD.id);
    assert_eq!(body.text("recipient"), Some("police"));
    assert_eq!((close.header.act, close.header.about), (Act::Close, Some(begun.number)));
    let list = std::fs::read(format!("{}/SHA256SUMS", begun.package)).unwrap();
    let close = close.body.as_ref().unwrap();
    let digest = beadle::base::digest::Digest::of(&list).to_string();
    assert_eq!(close.text("manifest"), Some(digest.as_str()), "the master is defined by it");
    assert_eq!(close.text("ended"), Some("whole"));
    // A second copy finds the hold in place.
    let Reply::Export(again) = school.ask(wanted, Some(&WITNESS)) else { panic!("refused") };
    school.ended(again.number);
    assert_eq!((holds(school), &again.hold), (1, &begun.hold));
}

#[test]
fn a_copy_under_way_ends_with_the_recorder_or_with_the_right() {
    let mut school = School::recorded("plain");
    let reply = school.ask(school.wanted(), Some(&WITNESS));
    let Reply::Export(begun) = reply else { panic!("{reply:?}") };
    // The process that writes may have been quicker: then the end stands in the logbook already.
    school.desk.recorder.take().unwrap().kill();
    school.desk.start();
    school.desk.recorder().wait("it runs", |_| true);
    let admin = school.desk.admin();
    let ended = outcome(&school, &admin, begun.number);
    println!("after kill -9: {}", ended.0);
    assert!(["broken-off", "whole"].contains(&ended.0.as_str()));

    // A folder that is not there: the copy ends before its first byte. Its end is on record, and
    // the case asks for nothing more of it (S4.23).
    school.exporter = school.desk.log_in(&EXPORTER);
    let nowhere = Leaving { folder: "/nowhere/at/all".into(), ..school.wanted() };
    let Reply::Export(never) = school.ask(nowhere, Some(&WITNESS)) else { panic!("refused") };
    assert_eq!(outcome(&school, &admin, never.number).0, "broken-off");
    let request = Request::Case { number: school.case };
    let Reply::Case(case) = school.desk.ask(Some(&school.exporter), &request) else {
        panic!("it is a case")
    };
    let copy = case.copies.iter().find(|copy| copy.entry == never.number).unwrap();
    assert_eq!(copy.fate.as_ref().map(|fate| fate.how), Some(How::Never), "{copy:?}");
    let open = case.keeps_open();
    let said = format!("entry {} ", never.number);
    assert!(!open.iter().any(|line| line.contains(&said)), "{open:?}");

    // The right to export is taken away while a copy is under way (S4.59): it ends, and says why.
    school.exporter = school.desk.log_in(&EXPORTER);
    let holding = halted_writer(school.desk.recorder().pid());
    let Reply::Export(begun) = school.ask(school.wanted(), Some(&WITNESS)) else {
        panic!("refused")
    };
    let writer = holding.join().unwrap().expect("the process that writes was seen");
    let text = std::fs::read_to_string(&school.desk.places.config).unwrap();
    let less = text.replacen("may \"export\" \"hold\"", "may \"hold\"", 1);
    assert_ne!(less, text);
    let revision = school.desk.status().file.revision;
    school.desk.places.write(&less);
    school.desk.recorder().wait("the file is in force", |s| s.file.revision > revision);
    kill(writer, Signal::SIGCONT).unwrap();
    let (ended, why) = outcome(&school, &admin, begun.number);
    assert_eq!((ended.as_str(), why.as_str()), ("broken-off", "the file no longer allows it"));
}

/// How it ended, and why.
fn outcome(school: &School, admin: &Sent, export: u64) -> (String, String) {
    let late = std::time::Instant::now() + PATIENCE;
    loop {
        let entries = school.desk.entries(admin, Kind::Export);
        if let Some(close) = entries.iter().find(|e| e.header.about == Some(export)) {
            let body = close.body.as_ref().unwrap();
            let why = body.outcome.clone().unwrap_or_default();
            return (body.text("ended").unwrap().to_string(), why);
        }
        assert!(std::time::Instant::now() < late, "{entries:?}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Stops the process that writes for this recorder as soon as it is there, so that the rest of the
/// test happens while a copy is under way.
fn halted_writer(recorder: u32) -> std::thread::JoinHandle<Option<Pid>> {
    std::thread::spawn(move || {
        let late = std::time::Instant::now() + PATIENCE;
        while std::time::Instant::now() < late {
            for process in std::fs::read_dir("/proc").ok()?.flatten() {
                let said = |file| std::fs::read_to_string(process.path().join(file));
                let writes = said("cmdline").is_ok_and(|line| line.contains("export-work"));
                let ours = format!("PPid:\t{recorder}\n");
                if writes && said("status").is_ok_and(|status| status.contains(&ours)) {
                    let pid = process.file_name().to_string_lossy().parse().ok()?;
                    kill(Pid::from_raw(pid), Signal::SIGSTOP).ok()?;
                    return Some(Pid::from_raw(pid));
                }
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        None
    })
}
