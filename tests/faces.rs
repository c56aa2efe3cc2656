//! The console as people use it: keys in, a screen and calls out. The desk that it calls is the one
//! of `tests/samples/desk.rs`; `tests/walks.rs` goes the same ways through a terminal.

mod samples;

use beadle::base::time::Span;
use beadle::console::event::Event;
use beadle::console::key::Key;
use beadle::console::over::Over;
use beadle::console::recording;
use beadle::console::state::State;
use beadle::console::update::update;
use beadle::logbook::{Act, Kind, Value};
use beadle::wire::{Reply, Request};
use samples::desk::PHRASE;
use samples::face::Face;
use samples::shown::screen;
use samples::{busy, camera, now};

const SMALL: (u16, u16) = (80, 24);

fn face() -> Face {
    let mut status = busy();
    let cameras = ["front-gate", "reception", "hall", "corridor-1"];
    status.cameras = cameras.map(|id| camera(id, id)).into();
    Face::new(Some(status), SMALL)
}

/// Entries that were sent.
fn entered(face: &Face) -> Vec<(Kind, Act, Option<u64>, beadle::logbook::Body)> {
    let sent = face.asked.iter().filter_map(|request| match request {
        Request::Enter { kind, act, about, body, .. } => {
            Some((*kind, *act, *about, (**body).clone()))
        }
        _ => None,
    });
    sent.collect()
}

#[test]
fn a_daily_check_of_four_cameras_takes_few_keys() {
    let mut face = face();
    face.log_in("site-manager");
    face.keys = 0;
    // Two pages of two pictures, then whether the room is locked.
    face.press(&[Key::Char('c'), Key::Enter, Key::Enter, Key::Char('y'), Key::F(10)]);
    let all = entered(&face);
    assert_eq!(all.len(), 1, "{:?}", face.state.over);
    assert_eq!((all[0].0, all[0].1), (Kind::DailyCheck, Act::Open));
    let answer = |name: &str| all[0].3.answer(name);
    assert_eq!(answer("all-good"), Some(Value::Yes(true)));
    assert_eq!(answer("room-locked"), Some(Value::Yes(true)));
    assert_eq!(answer("recording"), Some(Value::Number(4)));
    println!("keys of a daily check of 4 cameras: {}", face.keys);
    assert!(face.keys <= 12);
    assert!(face.state.over.is_empty());
    assert!(face.state.notice.as_ref().unwrap().text.contains("entry 58"));
}

#[test]
fn a_bad_picture_is_marked_and_says_what_is_done() {
    let mut face = face();
    face.log_in("site-manager");
    face.press(&[Key::Char('c'), Key::Down, Key::Char(' '), Key::Enter]);
    // The room, then what is done about it: the question appears because one is bad.
    face.press(&[Key::Char('y'), Key::Enter]);
    face.types("cleaned tomorrow");
    face.press(&[Key::F(10)]);
    let all = entered(&face);
    assert_eq!(all.len(), 1, "{:?}", face.state.over);
    let bad = face.state.cameras()[1].id.to_string();
    assert_eq!(all[0].3.answer("bad"), Some(Value::List(vec![bad])));
    assert_eq!(all[0].3.answer("remark"), Some("cleaned tomorrow".into()));
}

#[test]
fn what_is_missing_is_said_at_its_field_and_nothing_is_sent() {
    let mut face = face();
    face.log_in("headteacher");
    face.press(&[Key::Char('m'), Key::F(10)]);
    assert_eq!(entered(&face), vec![]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    assert_eq!(form.focused().unwrap().name, "what");
    assert_eq!(form.flaws_of(form.focused().unwrap()).count(), 1);
    face.types("Somebody filmed the screen");
    face.press(&[Key::Enter]);
    face.press(&[Key::F(10)]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    assert_eq!(form.focused().unwrap().name, "about-head", "{:?}", form.flaws);
    face.press(&[Key::Char('n'), Key::F(10)]);
    assert_eq!(entered(&face)[0].0, Kind::Misuse);
}

/// From typing a wrong passphrase to a second factor; the admin account says what it is for.
#[test]
fn the_door_opens_to_the_right_passphrase_alone() {
    let mut face = face();
    face.press(&[Key::Char('l')]);
    face.types("it-manager");
    face.press(&[Key::Enter]);
    face.types("wrong");
    face.press(&[Key::Enter]);
    assert!(!face.state.is_open());
    face.desk.factor = true;
    face.types(PHRASE);
    face.press(&[Key::Ctrl('a')]);
    let Some(Over::Form(form)) = face.state.over.last_mut() else { panic!("no form") };
    form.focus = 1;
    face.types("a new disk");
    face.press(&[Key::F(10)]);
    assert!(!face.state.is_open(), "the digits are still to come");
    face.types("123456");
    face.press(&[Key::Enter]);
    assert!(face.state.is_open(), "{:?}", face.state.over);
    let wish = face.asked.iter().rev().find_map(|r| match r {
        Request::LogIn(wish) => Some(wish.clone()),
        _ => None,
    });
    let wish = wish.unwrap();
    assert_eq!(wish.reason.as_deref(), Some("a new disk"));
    assert_eq!(wish.code.unwrap().0.expose(), "123456");
}

#[test]
fn a_screen_left_alone_locks_and_keeps_the_half_written_entry() {
    let mut face = face();
    face.log_in("headteacher");
    face.press(&[Key::Char('m')]);
    face.types("Somebody filmed the sc");
    face.wait(119);
    assert!(face.state.is_open());
    face.wait(1);
    assert!(!face.state.is_open());
    assert!(face.asked.iter().any(|r| matches!(r, Request::Lock)));
    assert_eq!(face.state.today.duties, None, "what was seen is wiped");
    assert!(face.state.room.as_ref().unwrap().in_doubt.is_empty());
    face.types(PHRASE);
    face.press(&[Key::Enter]);
    assert!(face.state.is_open());
    face.types("reen");
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("the entry is gone") };
    assert_eq!(form.field("what").unwrap().text(), "Somebody filmed the screen");
    // Somebody else does not get it.
    face.press(&[Key::Esc, Key::Esc, Key::Char('l'), Key::Ctrl('o')]);
    face.types("dsl");
    face.press(&[Key::Enter]);
    face.types(PHRASE);
    face.press(&[Key::Enter]);
    assert!(face.state.is_open() && face.state.over.is_empty(), "{:?}", face.state.over);
}

#[test]
fn only_keys_keep_a_session_awake() {
    let mut face = face();
    face.log_in("headteacher");
    face.asked.clear();
    face.wait(29);
    let calls = face.asked.len();
    face.wait(60);
    assert_eq!(face.asked.len(), calls, "{:?}", face.asked);
    face.press(&[Key::Down]);
    assert!(matches!(face.asked.last(), Some(Request::WhoAmI)));
}

#[test]
fn an_answer_that_comes_late_is_dropped() {
    let mut face = face();
    face.log_in("headteacher");
    face.slow = true;
    face.press(&[Key::Char('5'), Key::Char('/'), Key::Char('D')]);
    face.press(&[Key::Char('C')]);
    let tickets: Vec<u64> = face.late.keys().copied().collect();
    let last = *tickets.last().unwrap();
    let late = std::mem::take(&mut face.late);
    for (ticket, reply) in late.into_iter().rev() {
        let before = face.state.logbook.clone();
        face.event(Event::Reply(ticket, Box::new(reply)));
        assert_eq!(ticket == last, before != face.state.logbook, "ticket {ticket}");
    }
    assert_eq!(face.state.logbook.find.text.as_deref(), Some("DC"));
    assert_eq!(face.state.logbook.entries.as_ref().unwrap().len(), 1);
}

#[test]
fn a_hold_is_placed_from_an_incident_and_ended_in_words() {
    let mut face = face();
    face.log_in("headteacher");
    face.keys = 0;
    face.press(&[Key::Char('4'), Key::Right, Key::Char('h')]);
    face.types("it shows who did it");
    face.press(&[Key::F(10)]);
    println!("keys to hold the footage of an incident, its reason included: {}", face.keys);
    assert!(face.keys <= 25);
    let held = face.asked.iter().find_map(|r| match r {
        Request::HoldAdd { cameras, start, end, reference, .. } => {
            Some((cameras.len(), *end - *start, reference.clone()))
        }
        _ => None,
    });
    assert_eq!(held, Some((2, Span::hours(1), "entry 44".into())));
    face.press(&[Key::Right, Key::Char('e')]);
    face.types("2026-2");
    face.press(&[Key::Enter]);
    assert!(!face.asked.iter().any(|r| matches!(r, Request::HoldEnd { .. })), "wrong words");
    face.press(&[Key::Backspace]);
    face.types("1");
    face.press(&[Key::Enter]);
    let ended = face.asked.iter().any(|r| *r == Request::HoldEnd { id: "2026-1".into() });
    assert!(ended, "{:?}", face.state.over);
}

#[test]
fn a_record_is_put_right_with_what_it_said() {
    let mut face = face();
    face.log_in("headteacher");
    face.press(&[Key::Char('4'), Key::Right, Key::Enter, Key::Char('r')]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    assert_eq!(form.field("place").unwrap().text(), "Bicycle shed");
    assert_eq!(form.focused().unwrap().name, "correction", "{:?}", form.flaws);
    face.types("the other shed");
    face.press(&[Key::F(10)]);
    let all = entered(&face);
    assert_eq!(all.len(), 1, "{:?}", face.state.over);
    assert_eq!((all[0].1, all[0].2), (Act::Correct, Some(44)));
    assert_eq!(all[0].3.answer("correction"), Some("the other shed".into()));
}

#[test]
fn the_witness_types_their_own_passphrase() {
    let mut face = face();
    face.log_in("headteacher");
    face.press(&[Key::Char('4'), Key::Enter, Key::Char('x')]);
    let Some(Over::Form(form)) = face.state.over.last_mut() else { panic!("no form") };
    assert_eq!(form.field("request").unwrap().text(), "41");
    let place = form.fields.iter().position(|f| f.name == "witness").unwrap();
    form.focus = place;
    face.press(&[Key::Right, Key::Tab]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    let phrase = form.field("second-passphrase").expect("the witness is asked");
    assert!(phrase.asked && phrase.needed);
}

/// Enter takes the next step; the copy says how far it is and how it ended.
#[test]
fn footage_leaves_from_the_case_with_a_second_person() {
    let mut face = face();
    face.log_in("headteacher");
    face.desk.keeps = Some("This needs the word of Quillan Ashdown.".into());
    face.press(&[Key::Char('4'), Key::Enter]);
    assert!(screen(&face.state).contains("cannot go on: This needs the word of Quillan"));
    face.press(&[Key::Char('e')]);
    assert!(matches!(face.state.over.last(), Some(Over::Record(_))), "nothing is asked in vain");
    face.press(&[Key::Esc]);
    face.desk.keeps = None;
    face.press(&[Key::Enter, Key::Enter]);
    let form = |face: &Face| match face.state.over.last() {
        Some(Over::Form(form)) => form.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(form(&face).focused().unwrap().name, "purpose");
    assert_eq!(form(&face).field("reason").unwrap().text(), "A theft from a car");
    face.press(&[Key::Right, Key::Enter, Key::Enter]);
    face.types("media");
    face.press(&[Key::Enter, Key::Enter]);
    face.types("dsl");
    face.press(&[Key::Enter]);
    face.types(PHRASE);
    face.press(&[Key::F(10)]);
    assert!(form(&face).flaws.iter().any(|f| f.field == "folder"), "{:?}", form(&face).flaws);
    face.press(&[Key::Home]);
    face.types("/");
    face.press(&[Key::F(10)]);
    let place = face.asked.iter().position(|r| matches!(r, Request::Export(_))).unwrap();
    let Request::Export(wanted) = &face.asked[place] else { panic!() };
    assert_eq!((wanted.case, wanted.cameras.len(), wanted.folder.as_str()), (41, 1, "/media"));
    assert_eq!(wanted.to - wanted.from, Span::hours(1));
    assert_eq!(face.beside[place].as_deref(), Some("dsl"));
    let mut said = Vec::new();
    for s in 1..=8 {
        face.event(Event::Tick(now() + Span::secs(s)));
        let shown = screen(&face.state);
        said.push(shown.lines().find(|l| l.contains(" Copy  ")).unwrap().to_string());
    }
    println!("{}", said.join("\n"));
    assert!(said[0].contains("GOES") && said[0].contains("writing 1.0 GB of 4.0 GB"), "{said:?}");
    assert!(said[1].contains("a second, about"), "{said:?}");
    assert!(said[7].contains("done") && said[7].contains("3 clips, 4.0 GB"), "{said:?}");
    let asked = face.asked.iter().filter(|r| matches!(r, Request::ExportState { .. })).count();
    face.event(Event::Tick(now() + Span::secs(9)));
    let again = face.asked.iter().filter(|r| matches!(r, Request::ExportState { .. })).count();
    assert_eq!(asked, again, "one that has ended is not asked after");
    // What comes next is the release, which knows the copy.
    face.press(&[Key::Enter]);
    assert_eq!(form(&face).field("export").unwrap().text(), "61");
    assert_eq!(form(&face).field("request").unwrap().text(), "41");
}

/// No passphrase, code or token is in what is written down, nor in what `{:?}` shows.
#[test]
fn secrets_stay_secret() {
    let mut face = Face::new(None, SMALL);
    face.desk.enrolled = false;
    face.event(Event::Status(Box::new(busy())));
    face.press(&[Key::Char('l')]);
    for (n, person) in ["headteacher", "it-manager"].iter().enumerate() {
        face.types(person);
        face.press(&[Key::Enter]);
        for _ in 0..2 {
            face.types(PHRASE);
            face.press(&[Key::Enter]);
        }
        if n == 0 {
            face.press(&[Key::Enter, Key::Enter]);
        }
    }
    face.desk.enrolled = true;
    face.press(&[Key::F(10)]);
    let Some(Over::Page(page)) = face.state.over.last() else { panic!("no codes") };
    assert_eq!(page.secrets.len(), 2);
    let shown = format!("{:?}", face.state);
    face.press(&[Key::Enter]);
    face.log_in("headteacher");
    let later = format!("{:?}", face.state);
    let tape = face.tape.join("\n");
    for secret in [PHRASE, "SEALED-CODE-ONE", "token-of-the-session"] {
        assert!(!shown.contains(secret) && !later.contains(secret), "{secret} in the state");
        assert!(!tape.contains(secret), "{secret} in the recording");
    }
    let typed: String = PHRASE.chars().rev().collect();
    assert!(!tape.contains(&typed));
    assert!(tape.contains(r#"{"key":{"char":"*"}}"#), "{}", &tape[tape.len() - 600..]);
}

/// A session that was written down gives the same screens again, without a supervisor.
#[test]
fn a_recorded_session_is_replayed() {
    let mut face = face();
    face.log_in("site-manager");
    face.press(&[Key::Char('c'), Key::Enter, Key::Char('y'), Key::Enter, Key::Enter]);
    face.press(&[Key::Char('5'), Key::Right, Key::Enter]);
    let events = recording::read(&face.tape.join("\n")).unwrap();
    let mut again = State::new("/run/beadle/beadle.sock".into(), now());
    for event in events {
        update(&mut again, event);
    }
    assert_eq!(again.over.len(), face.state.over.len());
    assert_eq!(again.screen, face.state.screen);
    assert_eq!(again.logbook, face.state.logbook);
    assert_eq!(again.notice, face.state.notice);
    assert!(recording::read("{\"key\":\"nothing\"}").unwrap_err().contains("Line 1"));
}

#[test]
fn a_session_that_ended_elsewhere_asks_again() {
    let mut face = face();
    face.log_in("headteacher");
    face.slow = true;
    face.press(&[Key::Char('4')]);
    let ticket = *face.late.keys().next().unwrap();
    let why = "You are not logged in here, or your session has ended. Log in again.";
    face.event(Event::Reply(ticket, Box::new(Reply::LogIn { why: why.into() })));
    assert!(!face.state.is_open());
    assert!(matches!(face.state.over.last(), Some(Over::Form(_))));
}
