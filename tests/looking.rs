//! Live and Playback as people use them: keys in, a screen, calls and wishes out. The desk and the
//! pictures are those of `tests/samples`; `tests/watching` has a real recorder.

mod samples;

use beadle::base::time::{Span, Utc};
use beadle::console::event::Event;
use beadle::console::form::Task;
use beadle::console::key::Key;
use beadle::console::over::Over;
use beadle::logbook::{Act, Kind};
use beadle::wire::look::{Looking, View};
use beadle::wire::viewing::{News, Wish};
use beadle::wire::{Reply, Request, Status};
use samples::face::Face;
use samples::shown::screen;
use samples::{busy, camera, empty, failing, now};

const SMALL: (u16, u16) = (80, 24);
const SIZES: [((u16, u16), &str); 2] = [(SMALL, "80x24"), ((120, 40), "120x40")];

fn yesterday() -> Utc {
    "2026-11-20T14:35:00Z".parse().unwrap()
}

fn views(face: &Face) -> Vec<View> {
    let views = face.asked.iter().filter_map(|request| match request {
        Request::View(view) => Some(view.clone()),
        _ => None,
    });
    views.collect()
}

/// A school of four cameras, which the desk's file has too.
fn inside(size: (u16, u16)) -> Face {
    let mut status = busy();
    let cameras = ["front-gate", "reception", "hall", "corridor-1"];
    status.cameras = cameras.map(|id| camera(id, id)).into();
    with(status, size)
}

fn with(status: Status, size: (u16, u16)) -> Face {
    let mut face = Face::new(Some(status), size);
    face.log_in("headteacher");
    face.state.notice = None;
    face.keys = 0;
    face
}

/// Two cameras of yesterday afternoon; the keys that it takes.
fn look_up(face: &mut Face) -> usize {
    let before = face.keys;
    face.press(&[Key::Char('3')]);
    // The purpose by its letter, then the reason.
    face.press(&[Key::Char('p'), Key::Enter]);
    face.types("fight");
    face.press(&[Key::Enter, Key::Char(' '), Key::Right, Key::Char(' '), Key::Enter]);
    face.types("y 14:35");
    face.press(&[Key::F(10)]);
    assert!(face.line.is_some(), "{:?}", face.state.over);
    face.pictures(yesterday());
    face.keys - before
}

#[test]
fn live_is_asked_for_once_and_put_away_with_its_screen() {
    let mut face = with(busy(), SMALL);
    face.press(&[Key::Char('2')]);
    let asked = views(&face);
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].wish, asked[0].cameras.len()), (Looking::Live, 64));
    let sight = |face: &Face| {
        face.asked.iter().rev().find_map(|request| match request {
            Request::Sight(sight) => Some(sight.cameras.clone()),
            _ => None,
        })
    };
    let all = face.desk.cameras.clone();
    assert_eq!(sight(&face).unwrap(), all[..4]);
    for (keys, first, count) in [
        (&[Key::PageDown][..], 4, 4),
        (&[Key::Char('g')], 0, 9),
        (&[Key::Char('g')], 0, 16),
        (&[Key::PageDown], 16, 16),
        (&[Key::PageUp, Key::PageUp], 48, 16),
        (&[Key::Down, Key::Enter], 49, 1),
        (&[Key::Esc], 48, 16),
    ] {
        face.press(keys);
        assert_eq!(sight(&face).unwrap(), all[first..first + count], "{keys:?}");
    }
    assert_eq!(views(&face).len(), 1, "pages turn within one entry");
    face.press(&[Key::Char('1')]);
    assert!(face.asked.iter().any(|r| matches!(r, Request::ViewEnd(end) if end.number == 59)));
    assert!(face.state.watch.is_none() && face.line.is_none());
}

#[test]
fn a_right_that_wants_a_reason_gets_a_form_and_one_that_is_missing_a_sentence() {
    let mut face = inside(SMALL);
    face.desk.live_asks = true;
    let room = face.desk.answer(&Request::Room, true);
    face.state.room = match room {
        Reply::Room(room) => Some(room),
        other => panic!("{other:?}"),
    };
    face.press(&[Key::Char('2')]);
    assert!(views(&face).is_empty());
    assert!(matches!(face.state.over.last(), Some(Over::Form(_))), "{:?}", face.state.over);
    face.press(&[Key::F(10)]);
    let asked = views(&face);
    assert_eq!((asked.len(), asked[0].wish, asked[0].cameras.len()), (1, Looking::Live, 4));
    let mut none = inside(SMALL);
    if let Some(room) = &mut none.state.room {
        room.sights = Default::default();
    }
    none.press(&[Key::Char('2')]);
    assert!(views(&none).is_empty(), "what would be refused is not asked for");
    assert!(screen(&none.state).contains("does not let you watch live"));
}

#[test]
fn a_locked_screen_shows_and_keeps_no_picture() {
    for open in [Key::Char('2'), Key::Char('3')] {
        let mut face = inside(SMALL);
        match open {
            Key::Char('3') => drop(look_up(&mut face)),
            key => face.press(&[key]),
        }
        face.pictures(now());
        assert!(screen(&face.state).contains('▀') || screen(&face.state).contains('█'));
        face.press(&[Key::Char('l')]);
        assert!(face.state.watch.is_none() && face.line.is_none());
        assert!(!screen(&face.state).contains('▀') && !screen(&face.state).contains('█'));
        // What is still under way comes to nobody.
        face.line = Some(face.state.turns);
        face.pictures(now());
        assert!(face.state.watch.is_none() && !screen(&face.state).contains('▀'));
    }
}

/// S4.33: where the file says so a wall stays past the idle lock, and nothing else; a key asks for
/// the passphrase, and the lock key hides all.
#[test]
fn a_wall_stays_past_the_idle_lock_where_the_file_says_so() {
    for wall in [false, true] {
        let mut face = Face::new(Some(busy()), SMALL);
        face.desk.wall = wall;
        face.log_in("headteacher");
        face.press(&[Key::Char('2')]);
        face.pictures(now());
        face.wait(121);
        assert!(!face.state.is_open());
        assert_eq!(face.state.watch.is_some(), wall);
        assert_eq!(face.asked.iter().any(|r| matches!(r, Request::Lock)), !wall);
        if !wall {
            continue;
        }
        face.pictures(now() + Span::secs(121));
        let shown = screen(&face.state);
        assert!(
            shown.contains("LOCKED: headteacher"[..13].trim()) && shown.contains('█'),
            "{shown}"
        );
        face.press(&[Key::PageDown]);
        assert!(screen(&face.state).contains("Passphrase"), "a key asks who is there");
        face.types(samples::desk::PHRASE);
        face.press(&[Key::Enter]);
        assert!(face.state.is_open() && face.state.watch.is_some());
        face.press(&[Key::Char('l')]);
        assert!(face.state.watch.is_none() && face.line.is_none());
        assert!(!screen(&face.state).contains('█'));
    }
    // A wall whose line breaks is not asked for again by nobody.
    let mut face = Face::new(Some(busy()), SMALL);
    face.desk.wall = true;
    face.log_in("headteacher");
    face.press(&[Key::Char('2')]);
    face.pictures(now());
    face.wait(121);
    let turn = face.line.unwrap();
    face.event(Event::Gone(turn, "The picture service hung up.".into()));
    face.event(Event::Tick(now() + Span::secs(123)));
    assert!(face.state.watch.is_none() && face.line.is_none());
}

/// The path: yesterday 14:35, two cameras, marked, held.
#[test]
fn a_clip_is_found_and_held_in_few_keys() {
    let mut face = inside(SMALL);
    let found = look_up(&mut face);
    let view = views(&face).pop().unwrap();
    assert_eq!(view.wish, Looking::Playback);
    assert_eq!(view.cameras, face.desk.cameras[..2]);
    assert_eq!(view.window, Some((yesterday(), yesterday() + Span::hours(1))));
    assert_eq!((view.reason.as_deref(), view.guests.len()), (Some("fight"), 0));
    assert!(view.purpose.is_some());
    face.press(&[Key::Char('['), Key::PageDown, Key::Char(']'), Key::Char('h'), Key::F(10)]);
    let held = face.asked.iter().find_map(|r| match r {
        Request::HoldAdd { cameras, start, end, reference, reason, .. } => {
            Some((cameras.clone(), *start, *end, reference.clone(), reason.clone()))
        }
        _ => None,
    });
    let until = yesterday() + Span::mins(1);
    let cameras = face.desk.cameras[..2].to_vec();
    let want = (cameras, yesterday(), until, "entry 59".to_string(), "fight".to_string());
    assert_eq!(held, Some(want), "{:?}", face.state.over);
    let typed = "fight".len() + "y 14:35".len();
    println!(
        "keys to find a clip of two cameras: {found}; to find and hold it: {}, of them {typed} \
         letters of the reason and the time",
        face.keys
    );
    assert!(face.keys <= 27 && face.keys - typed <= 25, "{}", face.keys);
    assert_eq!(face.wishes, [Wish::Seek { at: until }]);
}

#[test]
fn keys_move_the_one_clock_within_the_entry() {
    let mut face = inside(SMALL);
    look_up(&mut face);
    let at = yesterday();
    let stop = |face: &mut Face, at: Utc| {
        let turn = face.line.unwrap();
        face.event(Event::News(turn, News::Clock { at, quarters: None, back: false }));
        face.wishes.clear();
    };
    stop(&mut face, at + Span::mins(30));
    let mid = at + Span::mins(30);
    let table: &[(&[Key], Wish)] = &[
        (&[Key::Char(' ')], Wish::Play { quarters: 4, back: false }),
        (&[Key::Char('.')], Wish::Step { pictures: 1 }),
        (&[Key::Char(',')], Wish::Step { pictures: -1 }),
        (&[Key::Right], Wish::Seek { at: mid + Span::secs(10) }),
        (&[Key::Left], Wish::Seek { at: mid - Span::secs(10) }),
        (&[Key::PageDown], Wish::Seek { at: mid + Span::mins(1) }),
        (&[Key::Home, Key::PageUp], Wish::Seek { at }),
        (&[Key::End, Key::Right], Wish::Seek { at: at + Span::hours(1) }),
        (&[Key::Char('z')], Wish::Zoom { seat: 0, crop: [16_384, 16_384, 32_767, 32_767] }),
        (&[Key::Char('>'), Key::Char('r'), Key::Char(' ')], Wish::Play { quarters: 8, back: true }),
    ];
    for (keys, want) in table {
        stop(&mut face, mid);
        face.press(keys);
        assert_eq!(face.wishes.last(), Some(want), "{keys:?}");
    }
    // 32x is the fastest and a quarter the slowest; while it goes each is wished for at once.
    let turn = face.line.unwrap();
    face.event(Event::News(turn, News::Clock { at: mid, quarters: Some(8), back: true }));
    face.press(&[Key::Char('r')]);
    face.press(&[Key::Char('>'); 9]);
    assert_eq!(face.wishes.last(), Some(&Wish::Play { quarters: 128, back: false }));
    face.press(&[Key::Char('<'); 9]);
    assert_eq!(face.wishes.last(), Some(&Wish::Play { quarters: 1, back: false }));
    // A typed time inside the entry goes there; one outside asks what for, with the words so far.
    face.press(&[Key::Char('t')]);
    face.types("y 15:00");
    face.press(&[Key::Enter]);
    let want = "2026-11-20T15:00:00Z".parse().unwrap();
    assert_eq!(face.wishes.last(), Some(&Wish::Seek { at: want }));
    face.press(&[Key::Char('t')]);
    face.types("y 08:00");
    face.press(&[Key::Enter]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    assert_eq!(form.field("reason").unwrap().text(), "fight");
    assert_eq!(form.field("from").unwrap().text(), "2026-11-20 08:00:00");
    face.press(&[Key::F(10)]);
    assert_eq!(views(&face).len(), 2);
    assert!(face.asked.iter().any(|r| matches!(r, Request::ViewEnd(_))), "the old one ends");
    // A day earlier: two keys.
    face.press(&[Key::Char('-'), Key::F(10)]);
    let view = views(&face).pop().unwrap();
    assert_eq!(view.window.unwrap().0, "2026-11-19T08:00:00Z".parse().unwrap());
}

/// S1.28: a minute, and nothing is kept from it.
/// The first person stays; the second is named beside them in the same call.
#[test]
fn two_people_look_together() {
    let mut face = inside(SMALL);
    face.press(&[Key::Char('3'), Key::Char('p'), Key::Enter]);
    face.types("fight");
    face.press(&[Key::Enter, Key::Char(' '), Key::Enter]);
    face.types("y 14:35");
    face.press(&[Key::Ctrl('w')]);
    face.types("dsl");
    face.press(&[Key::Enter]);
    face.types(samples::desk::PHRASE);
    face.press(&[Key::F(10)]);
    let place = face.asked.iter().position(|r| matches!(r, Request::View(_))).expect("a look");
    assert_eq!(face.beside[place].as_deref(), Some("dsl"));
    assert!(face.line.is_some() && face.state.is_open());
    // Afterwards each call is theirs alone.
    face.press(&[Key::Enter]);
    assert_eq!(face.beside.last().unwrap().as_deref(), None);
}

/// A key marks what is shown, to the thousandth; the export of the case takes it along.
#[test]
fn a_still_goes_straight_into_a_case() {
    let mut face = inside(SMALL);
    look_up(&mut face);
    face.pictures(yesterday() + Span::millis(1_200));
    face.press(&[Key::Down, Key::Char('i')]);
    let marked = face.asked.iter().find_map(|r| match r {
        Request::Enter { about, body, .. } => Some((*about, body.clone())),
        _ => None,
    });
    let (about, body) = marked.expect("an entry");
    let text = |name: &str| body.answer(name).unwrap().text().unwrap().to_string();
    assert_eq!((about, text("step").as_str()), (Some(41), "still"));
    assert_eq!(text("still-camera"), "reception");
    assert_eq!(text("still-at"), "2026-11-20T14:35:01.200Z");
    assert!(screen(&face.state).contains("goes with case 41"), "{}", screen(&face.state));
    // The desk keeps no entries: here is one that it would have now.
    let note = samples::desk::entry(58, now(), Kind::Request, Act::Note, about, *body);
    face.desk.entries.push(note);
    face.press(&[Key::Char('4'), Key::Enter]);
    assert!(screen(&face.state).contains("beside you; a still"), "{}", screen(&face.state));
    face.press(&[Key::Char('e')]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    let Task::Export { stills, .. } = &form.task else { panic!("{:?}", form.task) };
    assert_eq!(stills.len(), 1);
}

/// Why a mask is lifted is the form's own question, not a guest's.
#[test]
fn the_reason_for_lifting_a_mask_reaches_the_recorder() {
    let mut face = inside(SMALL);
    look_up(&mut face);
    face.press(&[Key::Char('u')]);
    face.types("gardens");
    face.press(&[Key::Enter]);
    face.types("the fence was climbed");
    face.press(&[Key::F(10)]);
    let lift = views(&face).into_iter().find(|view| view.wish == Looking::LiftMask);
    let view = lift.unwrap_or_else(|| panic!("{:?}", face.state.over));
    assert_eq!(view.more["necessity"].text(), Some("the fence was climbed"));
    assert_eq!((view.cameras.len(), view.window.is_some()), (1, true));
}

/// From the chosen camera on Today, with one key.
#[test]
fn a_spot_check_begins_on_today() {
    let mut face = inside(SMALL);
    face.press(&[Key::Down, Key::Char('s')]);
    let Some(Over::Form(form)) = face.state.over.last() else { panic!("no form") };
    assert_eq!(form.task, Task::Look(Looking::SpotCheck));
    face.press(&[Key::F(10)]);
    let view = views(&face).pop().unwrap_or_else(|| panic!("{:?}", face.state.over));
    assert_eq!(view.cameras, [face.desk.cameras[1].clone()]);
    let (from, until) = view.window.unwrap();
    assert_eq!(until - from, Span::secs(60));
}

#[test]
fn a_spot_check_is_a_minute_and_gives_nothing_away() {
    let mut face = inside(SMALL);
    face.press(&[Key::Char('3'), Key::Esc, Key::Char('s')]);
    let Some(Over::Form(form)) = face.state.over.last_mut() else { panic!("no form") };
    form.focus = form.fields.iter().position(|f| f.name == "cameras").unwrap();
    face.press(&[Key::Char(' '), Key::Enter]);
    face.types("08:00");
    face.press(&[Key::F(10)]);
    let view = views(&face).pop().unwrap();
    let (from, until) = view.window.unwrap();
    assert_eq!((view.wish, until - from), (Looking::SpotCheck, Span::secs(60)));
    assert_eq!(view.reason, None);
    face.pictures(from);
    face.press(&[Key::Char('['), Key::Right, Key::Char(']'), Key::Char('h')]);
    assert!(face.state.over.is_empty(), "no hold: {:?}", face.state.over);
    assert!(face.state.notice.as_ref().unwrap().text.contains("nothing is kept"));
    // The minute is over, here too.
    face.press(&[Key::Down]);
    face.wait(61);
    assert!(face.state.watch.is_none() && face.line.is_none());
}

#[test]
fn what_breaks_is_said_with_since_when_and_asked_for_again() {
    let mut face = inside(SMALL);
    look_up(&mut face);
    let turn = face.line.unwrap();
    let dead = "the picture service hung; it is started again";
    face.event(Event::News(turn, News::Trouble { text: dead.into() }));
    let shown = screen(&face.state);
    assert!(shown.contains("NO PICTURES since 08:41:07 GMT: the picture service hung"), "{shown}");
    face.event(Event::News(turn, News::Settled { millis: 90 }));
    assert!(!screen(&face.state).contains("NO PICTURES"));
    face.event(Event::Gone(turn, "The picture service hung up.".into()));
    assert!(screen(&face.state).contains("The picture service hung up."));
    let sights = |face: &Face| face.asked.iter().filter(|r| matches!(r, Request::Sight(_))).count();
    let before = sights(&face);
    face.wait(3);
    assert_eq!(sights(&face), before + 1);
    face.pictures(yesterday() + Span::secs(9));
    assert!(!screen(&face.state).contains("NO PICTURES"));
    // The look ended over there: the pictures go here.
    let turn = face.line.unwrap();
    face.event(Event::News(turn, News::Ended { text: "its time was over".into() }));
    face.slow = true;
    (4..9).for_each(|s| face.event(Event::Tick(now() + Span::secs(s))));
    let ticket = *face.late.keys().next_back().unwrap();
    let why = "Those pictures were put away already, or are not yours.";
    face.event(Event::Reply(ticket, Box::new(Reply::Refused { why: why.into() })));
    assert!(face.state.watch.is_none() && face.line.is_none());
    assert!(screen(&face.state).contains("put away already"));
}

#[test]
fn no_picture_is_written_down() {
    let mut face = inside(SMALL);
    look_up(&mut face);
    let tape = face.tape.join("\n");
    assert!(!tape.contains("rgb") && !tape.contains("230,230"), "pixels in the recording");
    assert!(!tape.contains("ticket-of-the-look"));
    let events = beadle::console::recording::read(&tape).unwrap();
    assert!(events.len() > 10);
}

/// Both screens with pictures, in every situation, at both sizes; every key draws.
#[test]
fn pictures_on_the_screen() {
    for (size, at) in SIZES {
        for (what, status) in [("empty", empty()), ("busy", busy()), ("failing", failing())] {
            let mut face = Face::new(Some(status), size);
            face.log_in("headteacher");
            face.state.notice = None;
            face.press(&[Key::Char('2')]);
            face.pictures(now() - Span::secs(2));
            insta::assert_snapshot!(format!("live_{what}_{at}"), screen(&face.state));
            if what != "empty" {
                face.press(&[Key::Down, Key::Enter]);
                face.pictures(now() - Span::secs(2));
                insta::assert_snapshot!(format!("live_one_{what}_{at}"), screen(&face.state));
            }
        }
        let mut face = inside(size);
        look_up(&mut face);
        face.press(&[Key::Char('['), Key::PageDown, Key::Char(']')]);
        insta::assert_snapshot!(format!("playback_marked_{at}"), screen(&face.state));
        let turn = face.line.unwrap();
        let noon = "2026-11-20T12:20:00Z".parse().unwrap();
        face.event(Event::News(turn, News::Clock { at: noon, quarters: None, back: false }));
        face.event(Event::News(turn, News::Hole { seat: 0, hole: true }));
        face.event(Event::News(turn, News::DiskRate { bytes: 100_000_000 }));
        insta::assert_snapshot!(format!("playback_gap_{at}"), screen(&face.state));
        face.event(Event::Gone(turn, "The picture service hung up.".into()));
        face.event(Event::Silent("No Beadle is running here.".into()));
        face.event(Event::Tick(now() + Span::secs(90)));
        insta::assert_snapshot!(format!("playback_away_{at}"), screen(&face.state));
        let mut idle = inside(size);
        idle.press(&[Key::Char('3'), Key::Esc]);
        insta::assert_snapshot!(format!("playback_idle_{at}"), screen(&idle.state));
    }
    for size in [(60, 16), (80, 24), (240, 67)] {
        let mut face = inside(size);
        look_up(&mut face);
        let began = std::time::Instant::now();
        screen(&face.state);
        println!("a picture of playback at {size:?}: {:?}", began.elapsed());
        for row in beadle::console::keymap::ROWS {
            for key in row.keys.iter().filter(|k| !matches!(k, Key::Char('q') | Key::Ctrl('c'))) {
                face.press(&[*key]);
                face.pictures(yesterday());
            }
            screen(&face.state);
        }
    }
}
