//! Every screen at two sizes: nobody there, empty, busy, failing, locked, the supervisor gone; and
//! the frame that they stand on.

mod samples;

use beadle::base::time::Span;
use beadle::console::draw::draw;
use beadle::console::event::Event;
use beadle::console::key::Key;
use beadle::console::keymap::{self, ROWS};
use beadle::console::state::{Screen, State};
use beadle::console::theme::Tone;
use beadle::console::today;
use beadle::console::update::update;
use beadle::wire::begin::{Beginning, Candidate, CandidateKind};
use beadle::wire::{CameraState, Status};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use samples::face::Face;
use samples::shown::screen;
use samples::{busy, empty, failing, now};

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (120, 40);
const SIZES: [((u16, u16), &str); 2] = [(SMALL, "80x24"), (LARGE, "120x40")];
const WHY: &str = "No Beadle is running here: nothing answers on /run/beadle/beadle.sock. \
                   Start it with: beadle run --config site.kdl --socket /run/beadle/beadle.sock";

fn show(face: &mut Face, screen: Screen) {
    let row = ROWS.iter().find(|row| row.cmd == keymap::Cmd::Show(screen)).unwrap();
    face.press(&[row.keys[0]]);
}

#[test]
fn every_screen_of_every_situation() {
    for (size, at) in SIZES {
        for (what, status) in [("empty", empty()), ("busy", busy()), ("failing", failing())] {
            for which in Screen::ALL {
                let mut face = Face::new(Some(status.clone()), size);
                if what == "empty" {
                    face.desk.entries.clear();
                    face.desk.holds.clear();
                }
                face.log_in("headteacher");
                face.state.notice = None;
                show(&mut face, which);
                let name = format!("{what}_{which:?}_{at}").to_lowercase();
                insta::assert_snapshot!(name, screen(&face.state));
            }
        }
    }
}

#[test]
fn closed_locked_and_gone() {
    for (size, at) in SIZES {
        for which in Screen::ALL {
            let mut face = Face::new(Some(busy()), size);
            show(&mut face, which);
            let name = format!("closed_{which:?}_{at}").to_lowercase();
            insta::assert_snapshot!(name, screen(&face.state));
            face.log_in("headteacher");
            face.press(&[Key::Char('l')]);
            let name = format!("locked_{which:?}_{at}").to_lowercase();
            insta::assert_snapshot!(name, screen(&face.state));
            let mut gone = Face::new(Some(failing()), size);
            gone.log_in("headteacher");
            gone.state.notice = None;
            show(&mut gone, which);
            gone.event(Event::Silent(WHY.into()));
            gone.event(Event::Tick(now() + Span::secs(90)));
            let name = format!("gone_{which:?}_{at}").to_lowercase();
            insta::assert_snapshot!(name, screen(&gone.state));
        }
        let mut waiting = Face::new(None, size);
        waiting.event(Event::Silent(WHY.into()));
        waiting.event(Event::Tick(now() + Span::secs(3)));
        insta::assert_snapshot!(format!("waiting_{at}"), screen(&waiting.state));
    }
}

/// What lies over a screen, and the panes that no key shows at once.
#[test]
fn forms_pages_and_panes() {
    use Key::{Char, Down, Enter, F, Right};
    let table: &[(&str, &[Key])] = &[
        ("help", &[Char('?')]),
        ("emergency", &[Char('!')]),
        ("misuse", &[Char('m')]),
        ("today_duties", &[Right]),
        ("today_alarms", &[Right, Right]),
        ("today_camera", &[Down, Enter]),
        ("check", &[Char('c'), Down, Char(' ')]),
        ("check_second_page", &[Char('c'), Key::Enter]),
        ("check_reference", &[Char('c'), Char('t')]),
        ("picture", &[Char('p')]),
        ("logbook_new", &[Char('5'), Right, Char('n')]),
        ("logbook_incident", &[Char('5'), Right, Char('n'), Enter]),
        ("logbook_refused", &[Char('5'), Right, Char('n'), Enter, F(10)]),
        ("logbook_filter", &[Char('5'), Char('f')]),
        ("logbook_search", &[Char('5'), Char('/'), Char('D'), Char('C')]),
        ("logbook_seal", &[Char('5'), Char('s')]),
        ("case", &[Char('4'), Enter]),
        ("case_export", &[Char('4'), Enter, Char('e')]),
        ("case_correct", &[Char('4'), Enter, Char('r')]),
        ("case_decision", &[Char('4'), Enter, Char('n')]),
        ("incidents", &[Char('4'), Right]),
        ("incident", &[Char('4'), Right, Enter]),
        ("holds", &[Char('4'), Right, Right]),
        ("hold", &[Char('4'), Right, Char('h')]),
        ("hold_end", &[Char('4'), Right, Right, Char('e')]),
        ("people", &[Char('7'), Right]),
        ("people_code", &[Char('7'), Right, Down, Char('e'), F(10)]),
        ("passwords", &[Char('7'), Right, Right, Enter]),
        ("password", &[Char('7'), Right, Right, Enter, Char('p')]),
        ("machine", &[Char('7'), Right, Right, Right, Char('v')]),
        ("restart", &[Char('7'), Char('r'), F(10)]),
        ("power_off", &[Char('7'), Char('x')]),
        ("logbook_proof", &[Char('5'), Char('v')]),
    ];
    for (size, at) in SIZES {
        for (name, keys) in table {
            let mut face = Face::new(Some(failing()), size);
            face.log_in("headteacher");
            face.state.notice = None;
            face.press(keys);
            insta::assert_snapshot!(format!("{name}_{at}"), screen(&face.state));
        }
    }
}

#[test]
fn the_door() {
    for (size, at) in SIZES {
        let mut face = Face::new(Some(busy()), size);
        face.press(&[Key::Char('l')]);
        face.types("headteacher");
        insta::assert_snapshot!(format!("log_in_{at}"), screen(&face.state));
        face.press(&[Key::Enter]);
        face.types("wrong");
        face.press(&[Key::Enter]);
        insta::assert_snapshot!(format!("log_in_wrong_{at}"), screen(&face.state));
        let mut owner = Face::new(None, size);
        owner.desk.enrolled = false;
        owner.event(Event::Status(Box::new(busy())));
        owner.press(&[Key::Char('l')]);
        insta::assert_snapshot!(format!("found_{at}"), screen(&owner.state));
    }
}

/// A box that has no file yet: what was found, and that its keys say what they cannot do.
#[test]
fn a_box_without_a_file() {
    let candidate = |from: &str, site: Option<&str>, why: Option<&str>| Candidate {
        name: from.into(),
        from: from.into(),
        kind: CandidateKind::Stick,
        digest: Some("00".into()),
        site: site.map(String::from),
        why: why.map(String::from),
        other: None,
    };
    let mut status = empty();
    status.verdict.text = "This box has no site file yet, so it records nothing.".into();
    status.begin = Some(Box::new(Beginning {
        why: "site.kdl is not there".into(),
        candidates: vec![
            candidate("stick SanDisk Ultra: School.kdl", Some("A School"), None),
            candidate("stick SanDisk Ultra: site.kdl", None, Some("it has mistakes")),
        ],
        install: None,
    }));
    for (size, at) in SIZES {
        let mut face = Face::new(Some(status.clone()), size);
        insta::assert_snapshot!(format!("begin_{at}"), screen(&face.state));
        for key in [Key::Char('2'), Key::Char('7'), Key::Char('l'), Key::Char('m'), Key::Tab] {
            face.state.notice = None;
            face.press(&[key]);
            assert!(face.state.over.is_empty(), "{key:?}: nobody can log in yet");
            let said = face.state.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
            assert!(said.contains("once the box has its file"), "{key:?}: {said}");
        }
        face.press(&[Key::Char('!')]);
        let shown = screen(&face.state);
        assert!(shown.contains("Dial 999") && shown.contains("no site file yet"), "{shown}");
    }
}

/// On every screen and form of a small window the foot has the way back, whom to ring and the help;
/// what came of something is never cut.
#[test]
fn the_foot_keeps_what_matters_and_a_long_notice_is_whole() {
    let foot = |face: &Face| screen(&face.state).lines().last().unwrap().to_string();
    for who in [None, Some("headteacher")] {
        for which in Screen::ALL {
            let mut face = Face::new(Some(busy()), SMALL);
            if let Some(who) = who {
                face.log_in(who);
            }
            show(&mut face, which);
            let foot = foot(&face);
            // A form that opens by itself has them on other keys.
            assert!(foot.contains("emergency") && foot.contains("help"), "{which:?}: {foot}");
            assert!(who.is_some() || foot.contains("l log in"), "{which:?}: {foot}");
        }
    }
    let mut face = Face::new(Some(busy()), SMALL);
    face.press(&[Key::Char('l')]);
    let foot = foot(&face);
    assert!(foot.contains("Esc leave") && foot.contains("F9 emergency"), "{foot}");
    let long = "No footage disk has whole copies just now: a backup is made of those. Look at the \
                alarms, or try again in a minute.";
    face.state.over.clear();
    face.state.say(Tone::Bad, long);
    let shown = screen(&face.state);
    let words: Vec<&str> = shown.split_whitespace().collect();
    let wanted: Vec<&str> = long.split_whitespace().collect();
    assert!(words.windows(wanted.len()).any(|part| part == wanted), "{shown}");
    assert_eq!(shown.lines().count(), usize::from(SMALL.1));
}

#[test]
fn gone_is_said_once_with_its_hour_and_forgotten_when_it_is_back() {
    let mut face = Face::new(Some(busy()), SMALL);
    for s in 0..5 {
        face.event(Event::Tick(now() + Span::secs(s)));
        face.event(Event::Silent(format!("try {s}")));
    }
    let shown = screen(&face.state);
    assert!(shown.contains("not answering since 08:41:07"), "{shown}");
    assert!(shown.contains("try 4") && shown.contains("NO ANSWER"), "{shown}");
    let mut back = busy();
    back.now = now() + Span::secs(5);
    face.event(Event::Status(Box::new(back)));
    let shown = screen(&face.state);
    assert!(!shown.contains("NO ANSWER") && shown.contains("GMT      OK"), "{shown}");
}

#[test]
fn a_supervisor_that_answers_but_hangs_is_noticed() {
    let mut face = Face::new(Some(busy()), SMALL);
    for s in 1..=20 {
        face.event(Event::Tick(now() + Span::secs(s)));
        face.event(Event::Status(Box::new(busy()))); // its own clock stands still
        let gone = screen(&face.state).contains("NO ANSWER");
        assert_eq!(gone, s > 15, "after {s} s");
    }
    // A clock that is put back by an hour must not look like an hour of silence.
    let mut fresh = busy();
    fresh.now = now() - Span::hours(1);
    face.event(Event::Tick(now() - Span::hours(1)));
    face.event(Event::Status(Box::new(fresh)));
    face.event(Event::Tick(now() - Span::mins(59)));
    assert!(face.state.trouble().is_some());
    assert!(screen(&face.state).contains("NO ANSWER"));
}

#[test]
fn pages_turn_whole_and_the_selection_stays_with_its_camera() {
    use Key::{Down, End, Home, PageDown, PageUp, Up};
    let mut face = Face::new(Some(busy()), SMALL);
    assert_eq!(today::page(&face.state), 12);
    let table: [(&[Key], usize, &str); 6] = [
        (&[Down], 1, "1-12 of 64"),
        (&[PageDown], 13, "13-24 of 64"),
        (&[End], 63, "61-64 of 64"),
        (&[Down, PageDown], 63, "61-64 of 64"),
        (&[PageUp], 51, "49-60 of 64"),
        (&[Home, Up], 0, "1-12 of 64"),
    ];
    let place = |state: &State| state.today.place(state.cameras());
    for (keys, want, part) in table {
        face.press(keys);
        assert_eq!(place(&face.state), want, "{keys:?}");
        assert!(screen(&face.state).contains(part), "{keys:?} {}", screen(&face.state));
    }
    face.press(&[PageDown]);
    let chosen = face.state.today.selected.clone();
    let mut edited = busy();
    edited.cameras.remove(0);
    face.event(Event::Status(Box::new(edited)));
    assert_eq!(face.state.today.selected, chosen);
    assert_eq!(place(&face.state), 11);
    let mut none = busy();
    none.cameras.clear();
    face.event(Event::Status(Box::new(none)));
    face.press(&[Key::Enter, Down, End, Key::Char('n')]);
    assert!(screen(&face.state).contains("names no camera"));
}

#[test]
fn n_goes_round_the_cameras_with_a_fault() {
    let mut face = Face::new(Some(failing()), SMALL);
    let mut seen = Vec::new();
    for _ in 0..4 {
        face.press(&[Key::Char('n')]);
        let camera = &face.state.cameras()[face.state.today.place(face.state.cameras())];
        let fails = matches!(camera.state, CameraState::Failed | CameraState::Connecting);
        assert!(fails || camera.ill.is_some());
        seen.push(camera.id.to_string());
    }
    let long = "a-camera-with-quite-a-long-name-of-its-own";
    assert_eq!(seen, ["corridor-2", "hall", "gym", long]);
}

#[test]
fn text_scrolls_to_its_end_and_no_further() {
    let mut face = Face::new(Some(failing()), SMALL);
    face.press(&[Key::Char('6'), Key::End]);
    let end = screen(&face.state);
    assert!(end.contains("target-days=31"), "{end}");
    face.press(&[Key::Down, Key::PageDown]);
    assert_eq!(screen(&face.state), end);
    face.press(&[Key::Home]);
    assert!(screen(&face.state).contains("/etc/beadle/site.kdl"));
    // The findings are gone: nothing is scrolled past the end that is left.
    face.press(&[Key::End]);
    face.event(Event::Status(Box::new(busy())));
    assert!(screen(&face.state).contains("Findings    none"), "{}", screen(&face.state));
}

#[test]
fn every_size_and_every_key_draws() {
    let statuses: [Option<Status>; 4] = [None, Some(empty()), Some(busy()), Some(failing())];
    for size in [(0, 0), (59, 24), (60, 16), (240, 67)] {
        for status in &statuses {
            for inside in [false, true] {
                // The largest is drawn once: it costs most and has the fewest edges.
                if size.0 == 240 && !(inside && *status == Some(failing())) {
                    continue;
                }
                let mut face = Face::new(status.clone(), size);
                if inside && status.is_some() {
                    face.log_in("headteacher");
                }
                for key in ROWS.iter().flat_map(|row| row.keys) {
                    if size.0 > 0 {
                        screen(&face.state);
                    }
                    if !matches!(key, Key::Char('q') | Key::Ctrl('c')) {
                        face.press(&[*key]);
                    }
                }
                assert!(!face.quit);
            }
        }
    }
}

#[test]
fn drawing_changes_nothing_and_takes_little() {
    let mut face = Face::new(Some(busy()), (240, 67));
    face.log_in("headteacher");
    let before = face.state.clone();
    assert_eq!(screen(&face.state), screen(&face.state));
    assert_eq!(face.state, before);
    let backend = TestBackend::new(240, 67);
    let mut terminal = Terminal::new(backend).unwrap();
    let started = std::time::Instant::now();
    let rounds = 20;
    for s in 0..rounds {
        update(&mut face.state, Event::Tick(now() + Span::secs(s)));
        terminal.draw(|frame| draw(&face.state, frame)).unwrap();
    }
    let each = started.elapsed().as_secs_f64() * 1000.0 / rounds as f64;
    println!("one picture at 240x67 with 64 cameras: {each:.2} ms");
    // Unoptimised, and beside other tests: ten times the promise.
    assert!(each < 100.0, "{each} ms");
}

/// The README lists the keys as the table has them.
#[test]
fn the_readme_has_the_keys() {
    let readme = include_str!("../README.md");
    let list = keymap::markdown();
    assert!(readme.contains(&list), "README.md lacks the list of keys:\n{list}");
}

#[path = "screens/site.rs"]
mod site;
