//! Pictures on the first screen, and the screen of the box: keys in, and what comes of them.

mod samples;

use beadle::base::time::Span;
use beadle::console::event::Event;
use beadle::console::key::Key;
use beadle::console::over::Over;
use beadle::console::today::check;
use beadle::logbook::{Kind, Value};
use beadle::wire::{Ending, Reply, Request};
use samples::face::Face;
use samples::{busy, camera, failing, now};

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (120, 40);

fn face(cameras: usize, size: (u16, u16)) -> Face {
    let mut status = busy();
    status.cameras =
        (1..=cameras).map(|n| camera(&format!("cam-{n}"), &format!("Place {n}"))).collect();
    let mut face = Face::new(Some(status), size);
    face.log_in("site-manager");
    face.asked.clear();
    face.keys = 0;
    face
}

/// Cameras whose pictures were asked for, call by call.
fn glances(face: &Face) -> Vec<Vec<String>> {
    let cameras = face.asked.iter().filter_map(|request| match request {
        Request::Glance { cameras, .. } => Some(cameras.iter().map(|c| c.to_string()).collect()),
        _ => None,
    });
    cameras.collect()
}

fn entered(face: &Face, wanted: Kind) -> Vec<beadle::logbook::Body> {
    let sent = face.asked.iter().filter_map(|request| match request {
        Request::Enter { kind, body, .. } if *kind == wanted => Some((**body).clone()),
        _ => None,
    });
    sent.collect()
}

#[test]
fn pages_of_pictures_are_asked_for_as_they_are_seen() {
    let mut face = face(5, SMALL);
    face.press(&[Key::Char('c')]);
    assert_eq!(check::page(&face.state), 2);
    assert_eq!(glances(&face), [["cam-1", "cam-2"]]);
    face.press(&[Key::Enter, Key::Enter]);
    assert_eq!(glances(&face), vec![vec!["cam-1", "cam-2"], vec!["cam-3", "cam-4"], vec!["cam-5"]]);
    // A tick every other second brings fresh ones of the page that is shown.
    for s in 1..=4 {
        face.event(Event::Tick(now() + Span::secs(s)));
    }
    assert!(glances(&face)[3..].iter().all(|page| page == &["cam-5"]), "{:?}", glances(&face));
    assert!(glances(&face).len() >= 5);
    face.press(&[Key::Enter, Key::Char('y'), Key::F(10)]);
    let all = entered(&face, Kind::DailyCheck);
    assert_eq!(all.len(), 1, "{:?}", face.state.over);
    assert_eq!(all[0].answer("all-good"), Some(Value::Yes(true)));
}

#[test]
fn sixteen_cameras_take_few_pages() {
    for (size, pages, keys) in [(SMALL, 8, 12), (LARGE, 4, 8), ((240, 67), 1, 5)] {
        let mut face = face(16, size);
        face.press(&[Key::Char('c')]);
        while !face.state.over.iter().any(|over| matches!(over, Over::Form(_))) {
            face.press(&[Key::Enter]);
        }
        face.press(&[Key::Char('y'), Key::F(10)]);
        assert_eq!(entered(&face, Kind::DailyCheck).len(), 1);
        println!(
            "daily check of 16 cameras at {size:?}: {} keys, {} pages",
            face.keys,
            glances(&face).len()
        );
        assert_eq!(glances(&face).len(), pages, "{size:?}");
        assert!(face.keys <= keys, "{} keys at {size:?}", face.keys);
    }
}

#[test]
fn what_was_not_seen_is_not_called_good() {
    let mut face = face(4, SMALL);
    face.slow = true;
    face.press(&[Key::Char('c'), Key::Enter, Key::Enter, Key::Enter]);
    let Some(Over::Check(check)) = face.state.over.last() else { panic!("{:?}", face.state.over) };
    assert_eq!(check.at, 0, "no page is passed over before its pictures are there");
    let late = std::mem::take(&mut face.late);
    for (ticket, reply) in late {
        face.event(Event::Reply(ticket, Box::new(reply)));
    }
    face.press(&[Key::Enter]);
    let Some(Over::Check(check)) = face.state.over.last() else { panic!() };
    assert_eq!(check.at, 2);
}

#[test]
fn without_pictures_the_check_goes_on_and_says_why() {
    let mut face = face(20, SMALL);
    face.desk.blind = true;
    face.press(&[Key::Char('c')]);
    let Some(Over::Check(check)) = face.state.over.last() else { panic!() };
    assert!(check.pictures.none.as_ref().unwrap().contains("not installed"));
    assert_eq!(check::page(&face.state), 13);
    face.press(&[Key::Enter, Key::Enter, Key::Char('y'), Key::F(10)]);
    assert_eq!(entered(&face, Kind::DailyCheck).len(), 1, "{:?}", face.state.over);
}

#[test]
fn a_camera_that_the_recorder_doubts_is_marked_already() {
    let mut face = Face::new(Some(failing()), LARGE);
    face.log_in("site-manager");
    face.press(&[Key::Char('c')]);
    let Some(Over::Check(check)) = face.state.over.last() else { panic!() };
    let bad: Vec<String> = check.bad.iter().map(ToString::to_string).collect();
    let long = "a-camera-with-quite-a-long-name-of-its-own";
    assert_eq!(bad, [long, "corridor-2", "gym", "hall"], "gym's picture is frozen");
}

#[test]
fn a_reference_still_is_taken_from_the_check() {
    let mut face = face(2, SMALL);
    face.press(&[Key::Char('c'), Key::Down, Key::Char('t'), Key::Char('g'), Key::Enter]);
    face.types("both doors");
    face.press(&[Key::F(10)]);
    let taken = face.asked.iter().find_map(|request| match request {
        Request::ReferenceTake { camera, good, verdict } => {
            Some((camera.to_string(), *good, verdict.clone()))
        }
        _ => None,
    });
    assert_eq!(taken, Some(("cam-2".into(), true, "both doors".into())));
    assert!(matches!(face.state.over.last(), Some(Over::Check(_))), "back in the check");
    assert!(face.state.notice.as_ref().unwrap().text.contains("is kept"));
}

#[test]
fn the_picked_picture_is_seen_before_it_is_judged() {
    let mut face = face(2, SMALL);
    // The duties, the third of them.
    face.press(&[Key::Right, Key::Down, Key::Down, Key::Enter]);
    assert!(matches!(face.state.over.last(), Some(Over::Glance(_))), "{:?}", face.state.over);
    assert!(face.asked.iter().any(|r| matches!(r, Request::PickShown { .. })));
    face.press(&[Key::Enter, Key::Char('g'), Key::F(10)]);
    let all = entered(&face, Kind::RandomCheck);
    assert_eq!(all.len(), 1, "{:?}", face.state.over);
    assert_eq!(all[0].answer("camera"), Some("front-gate".into()));
    assert_eq!(all[0].answer("verdict"), Some("good".into()));
    assert!(all[0].answer("moment").unwrap().text().unwrap().starts_with("2026-11-19T06:41:07"));
}

#[test]
fn pictures_go_when_the_screen_locks_and_stand_in_no_recording() {
    let mut face = face(4, SMALL);
    face.press(&[Key::Char('p')]);
    let Some(Over::Glance(view)) = face.state.over.last() else { panic!() };
    assert!(view.pictures.known.values().any(|seen| seen.now.is_some()));
    let tape = face.tape.join("\n");
    assert!(tape.contains("glance") && !tape.contains("base64"), "{tape}");
    face.wait(130);
    assert!(!face.state.is_open());
    assert!(!face.state.over.iter().any(|over| matches!(over, Over::Glance(_) | Over::Check(_))));
    // Nobody sees one without a log-in.
    face.asked.clear();
    face.press(&[Key::Esc]);
    face.press(&[Key::Char('p')]);
    assert!(glances(&face).is_empty());
}

#[test]
fn the_box_ends_with_a_reason_and_is_switched_off_in_words() {
    let mut face = face(2, SMALL);
    let stops = |face: &Face| {
        let all = face.asked.iter().filter_map(|request| match request {
            Request::Stop { how, reason } => Some((*how, reason.clone())),
            _ => None,
        });
        all.collect::<Vec<_>>()
    };
    face.press(&[Key::Char('7'), Key::Char('r'), Key::F(10)]);
    assert!(stops(&face).is_empty(), "without a reason nothing ends");
    face.types("new switch");
    face.press(&[Key::F(10)]);
    assert_eq!(stops(&face), [(Ending::Restart, "new switch".to_string())]);
    face.press(&[Key::Enter, Key::Char('x')]);
    face.types("the building closes");
    face.press(&[Key::Enter]);
    face.types("yes");
    face.press(&[Key::F(10)]);
    assert_eq!(stops(&face).len(), 1, "it is typed in words");
    face.press(&[Key::Backspace, Key::Backspace, Key::Backspace]);
    face.types("switch off");
    face.press(&[Key::F(10)]);
    assert_eq!(stops(&face)[1], (Ending::PowerOff, "the building closes".to_string()));
}

#[test]
fn a_password_is_set_and_shown_nowhere() {
    let mut face = face(2, SMALL);
    face.press(&[Key::Char('7'), Key::Right, Key::Right]);
    assert!(!face.asked.iter().any(|r| matches!(r, Request::Secrets)), "a look is an entry");
    face.press(&[Key::Enter, Key::Down, Key::Char('p')]);
    for _ in 0..2 {
        face.types("zebra-quartz");
        face.press(&[Key::Enter]);
    }
    let set = face.asked.iter().find_map(|request| match request {
        Request::SecretSet { name, password } => {
            Some((name.clone(), password.0.expose().to_string()))
        }
        _ => None,
    });
    assert_eq!(set, Some(("hall".to_string(), "zebra-quartz".to_string())));
    assert!(!face.tape.join("\n").contains("zebra"));
    assert!(!format!("{:?}", face.state).contains("zebra"));
}

#[test]
fn the_logbook_is_proven_from_its_screen() {
    let mut face = face(2, SMALL);
    face.press(&[Key::Char('5'), Key::Char('v')]);
    assert!(face.asked.iter().any(|r| matches!(r, Request::Verify { anew: true })));
    let said = &face.state.notice.as_ref().unwrap().text;
    assert!(said.contains("57 entries") && said.contains("nothing was changed"), "{said}");
    // While it goes on it is asked for again, and a fault is said at once.
    let going = beadle::wire::room::Verified {
        since: Some(now()),
        at: None,
        entries: 0,
        holds: None,
        findings: vec![],
    };
    face.slow = true;
    face.press(&[Key::Char('v')]);
    let (ticket, _) = std::mem::take(&mut face.late).pop_last().unwrap();
    face.event(Event::Reply(ticket, Box::new(Reply::Verified(going.clone()))));
    face.asked.clear();
    face.event(Event::Tick(now() + Span::secs(1)));
    assert!(face.asked.iter().any(|r| matches!(r, Request::Verify { anew: false })));
    let (ticket, _) = std::mem::take(&mut face.late).pop_last().unwrap();
    let findings = vec!["WRONG: entry 12 was changed".to_string()];
    let bad = beadle::wire::room::Verified {
        since: None,
        at: Some(now()),
        entries: 57,
        holds: Some(false),
        findings,
    };
    face.event(Event::Reply(ticket, Box::new(Reply::Verified(bad))));
    assert!(face.state.notice.as_ref().unwrap().text.contains("NOT AS IT SHOULD BE"));
}

#[test]
fn one_picture_is_left_by_one_key() {
    let mut face = face(2, SMALL);
    face.press(&[Key::Char('p'), Key::Char('t'), Key::Char('g'), Key::Enter]);
    face.types("both doors");
    face.press(&[Key::F(10)]);
    assert!(matches!(face.state.over[..], [Over::Glance(_)]), "{:?}", face.state.over);
    face.press(&[Key::Esc]);
    assert!(face.state.over.is_empty());
    face.press(&[Key::Char('p'), Key::Down]);
    assert_eq!(glances(&face).last().unwrap(), &["cam-2"]);
    assert!(matches!(face.state.over[..], [Over::Glance(_)]));
}
