//! Every pane at two sizes: nobody there, empty, busy, failing, and the supervisor gone.

mod samples;

use beadle::base::time::Span;
use beadle::console::draw::draw;
use beadle::console::event::{Action, Event};
use beadle::console::glyphs::is_safe;
use beadle::console::keymap::Cmd;
use beadle::console::state::{Pane, State};
use beadle::console::update::update;
use beadle::wire::{CameraState, Status};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;
use samples::{busy, empty, failing, now};

fn screen(state: &State) -> String {
    let backend = TestBackend::new(state.columns, state.rows);
    let mut terminal = Terminal::new(backend).unwrap();
    terminal.draw(|frame| draw(state, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut out = String::new();
    for y in 0..state.rows {
        let row: String = (0..state.columns).map(|x| buffer[(x, y)].symbol()).collect();
        for c in row.chars() {
            assert!(is_safe(c), "{c:?} is not in code page 437: {row}");
        }
        out += row.trim_end();
        out.push('\n');
    }
    for cell in buffer.content() {
        for colour in [cell.fg, cell.bg] {
            assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour:?}");
        }
    }
    out
}

/// After these events, at this size.
fn state(status: Option<Status>, size: (u16, u16)) -> State {
    let mut state = State::new("/run/beadle/beadle.sock".into(), now());
    update(&mut state, Event::Size(size.0, size.1));
    if let Some(status) = status {
        update(&mut state, Event::Status(Box::new(status)));
    }
    state
}

fn cmds(state: &mut State, cmds: &[Cmd]) {
    for cmd in cmds {
        update(state, Event::Cmd(*cmd));
    }
}

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (120, 40);

#[test]
fn every_pane_of_every_situation() {
    for (size, at) in [(SMALL, "80x24"), (LARGE, "120x40")] {
        for (what, status) in [("empty", empty()), ("busy", busy()), ("failing", failing())] {
            for pane in Pane::ALL {
                let mut state = state(Some(status.clone()), size);
                cmds(&mut state, &[Cmd::Show(pane)]);
                let name = format!("{what}_{pane:?}_{at}").to_lowercase();
                insta::assert_snapshot!(name, screen(&state));
            }
        }
    }
}

#[test]
fn details_help_waiting_and_gone() {
    for (size, at) in [(SMALL, "80x24"), (LARGE, "120x40")] {
        let mut details = state(Some(failing()), size);
        cmds(&mut details, &[Cmd::Down, Cmd::Open]);
        insta::assert_snapshot!(format!("details_{at}"), screen(&details));
        let mut help = state(Some(busy()), size);
        cmds(&mut help, &[Cmd::Help]);
        insta::assert_snapshot!(format!("help_{at}"), screen(&help));
        let mut waiting = state(None, size);
        let why = "No Beadle is running here: nothing answers on /run/beadle/beadle.sock. \
                   Start it with: beadle run --config site.kdl --socket /run/beadle/beadle.sock";
        update(&mut waiting, Event::Silent(why.into()));
        update(&mut waiting, Event::Tick(now() + Span::secs(3)));
        insta::assert_snapshot!(format!("waiting_{at}"), screen(&waiting));
        let mut gone = state(Some(failing()), size);
        update(&mut gone, Event::Silent(why.into()));
        update(&mut gone, Event::Tick(now() + Span::secs(90)));
        insta::assert_snapshot!(format!("gone_{at}"), screen(&gone));
    }
}

#[test]
fn gone_is_said_once_with_its_hour_and_forgotten_when_it_is_back() {
    let mut state = state(Some(busy()), SMALL);
    for s in 0..5 {
        update(&mut state, Event::Tick(now() + Span::secs(s)));
        update(&mut state, Event::Silent(format!("try {s}")));
    }
    let shown = screen(&state);
    assert!(shown.contains("not answering since 08:41:07"), "{shown}");
    assert!(shown.contains("try 4") && shown.contains("NO ANSWER"), "{shown}");
    let mut back = busy();
    back.now = now() + Span::secs(5);
    update(&mut state, Event::Status(Box::new(back)));
    let shown = screen(&state);
    assert!(!shown.contains("NO ANSWER") && shown.contains("GMT      OK"), "{shown}");
}

#[test]
fn a_supervisor_that_answers_but_hangs_is_noticed() {
    let mut state = state(Some(busy()), SMALL);
    for s in 1..=20 {
        update(&mut state, Event::Tick(now() + Span::secs(s)));
        update(&mut state, Event::Status(Box::new(busy()))); // its own clock stands still
        let gone = screen(&state).contains("NO ANSWER");
        assert_eq!(gone, s > 15, "after {s} s");
    }
    // A clock that is put back by an hour must not look like an hour of silence.
    let mut fresh = busy();
    fresh.now = now() - Span::hours(1);
    update(&mut state, Event::Tick(now() - Span::hours(1)));
    update(&mut state, Event::Status(Box::new(fresh)));
    update(&mut state, Event::Tick(now() - Span::mins(59)));
    assert!(state.trouble().is_some());
    assert!(screen(&state).contains("NO ANSWER"));
}

#[test]
fn pages_turn_whole_and_the_selection_stays_with_its_camera() {
    let mut state = state(Some(busy()), SMALL);
    assert_eq!(state.page(), 14);
    let table: [(&[Cmd], usize, &str); 6] = [
        (&[Cmd::Down], 1, "1-14 of 64"),
        (&[Cmd::PageDown], 15, "15-28 of 64"),
        (&[Cmd::Last], 63, "57-64 of 64"),
        (&[Cmd::Down, Cmd::PageDown], 63, "57-64 of 64"),
        (&[Cmd::PageUp], 49, "43-56 of 64"),
        (&[Cmd::First, Cmd::Up], 0, "1-14 of 64"),
    ];
    for (keys, place, part) in table {
        cmds(&mut state, keys);
        assert_eq!(state.selected_place(), place, "{keys:?}");
        assert!(screen(&state).contains(part), "{keys:?} {}", screen(&state));
    }
    cmds(&mut state, &[Cmd::PageDown]);
    let chosen = state.selected.clone();
    let mut edited = busy();
    edited.cameras.remove(0);
    update(&mut state, Event::Status(Box::new(edited)));
    assert_eq!(state.selected, chosen);
    assert_eq!(state.selected_place(), 13);
    let mut none = busy();
    none.cameras.clear();
    update(&mut state, Event::Status(Box::new(none)));
    cmds(&mut state, &[Cmd::Open, Cmd::Down, Cmd::Last, Cmd::NextFault]);
    assert!(screen(&state).contains("names no camera"));
}

#[test]
fn n_goes_round_the_cameras_that_do_not_record() {
    let mut state = state(Some(failing()), SMALL);
    let mut seen = Vec::new();
    for _ in 0..4 {
        cmds(&mut state, &[Cmd::NextFault]);
        let camera = state.selected_camera().unwrap();
        assert!(matches!(camera.state, CameraState::Failed | CameraState::Connecting));
        seen.push(camera.id.to_string());
    }
    let long = "a-camera-with-quite-a-long-name-of-its-own";
    assert_eq!(seen, ["corridor-2", "hall", long, "corridor-2"]);
}

#[test]
fn text_scrolls_to_its_end_and_no_further() {
    let mut state = state(Some(failing()), SMALL);
    cmds(&mut state, &[Cmd::Show(Pane::File), Cmd::Last]);
    let end = screen(&state);
    assert!(end.contains("target-days=31"), "{end}");
    cmds(&mut state, &[Cmd::Down, Cmd::PageDown]);
    assert_eq!(screen(&state), end);
    cmds(&mut state, &[Cmd::First]);
    assert!(screen(&state).contains("/etc/beadle/site.kdl"));
    // The findings are gone: nothing is scrolled past the end that is left.
    cmds(&mut state, &[Cmd::Last]);
    update(&mut state, Event::Status(Box::new(busy())));
    assert!(screen(&state).contains("Findings    none"), "{}", screen(&state));
}

#[test]
fn every_size_and_every_key_draws() {
    for size in [(0, 0), (1, 1), (59, 24), (60, 16), (80, 25), (100, 37), (240, 67)] {
        for status in [None, Some(empty()), Some(busy()), Some(failing())] {
            let mut state = state(status, size);
            for key in beadle::console::keymap::KEYS {
                if size.0 > 0 {
                    screen(&state);
                }
                let quit = update(&mut state, Event::Cmd(key.cmd)) == Action::Quit;
                assert_eq!(quit, key.cmd == Cmd::Quit);
            }
        }
    }
}

#[test]
fn drawing_changes_nothing() {
    let before = state(Some(failing()), SMALL);
    let state = before.clone();
    assert_eq!(screen(&state), screen(&state));
    assert_eq!(state, before);
}
