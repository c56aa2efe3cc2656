//! Every entry that people make by hand, written from the console: each form of the table is
//! opened, filled in key by key as it asks, and sent.

mod samples;

use beadle::console::form::{Form, Sort};
use beadle::console::key::Key;
use beadle::console::over::{Menu, Over, Pick};
use beadle::logbook::form::{self, Maker};
use beadle::logbook::{Act, Kind};
use beadle::wire::Request;
use beadle::wire::print::{Onto, Print};
use samples::busy;
use samples::desk::PHRASE;
use samples::face::Face;

/// Answers to try, one after another, where the sort alone does not say what is wanted.
const TRIES: usize = 14;

fn form(face: &Face) -> Option<Form> {
    match face.state.over.last() {
        Some(Over::Form(form)) => Some((**form).clone()),
        _ => None,
    }
}

/// What is typed into a field, the n-th time that it was found wrong.
fn answer(face: &mut Face, sort: Sort, choices: usize, nth: usize) {
    // Whatever stands there goes.
    face.press(&[Key::Home]);
    for _ in 0..40 {
        face.press(&[Key::Delete]);
    }
    let text = match sort {
        Sort::YesNo => {
            face.press(&[Key::Char(if nth.is_multiple_of(2) { 'y' } else { 'n' })]);
            return;
        }
        Sort::Choice => {
            for _ in 0..=(nth % choices.max(1)) {
                face.press(&[Key::Right]);
            }
            return;
        }
        Sort::Several => {
            for _ in 0..(nth % choices.max(1)) {
                face.press(&[Key::Right]);
            }
            face.press(&[Key::Char(' ')]);
            return;
        }
        Sort::Line | Sort::Text => {
            ["what was seen", "57", "CR-1234", "11:00", "Chair of governors"][nth % 5]
        }
        Sort::List => ["one; two", "headteacher"][nth % 2],
        Sort::Number => ["1", "0", "57", "52", "10", "55"][nth % 6],
        Sort::Day => ["today", "tomorrow", "yesterday", "2026-12-01", "2026-11-01"][nth % 5],
        Sort::Moment => {
            ["yesterday 08:00", "2026-12-01 08:00", "now", "08:00", "yesterday 09:00"][nth % 5]
        }
        Sort::Secret => PHRASE,
    };
    face.types(text);
}

/// Fills in what is asked until it is sent, or nothing helps any more.
fn fill(face: &mut Face, kind: Kind, act: Act) -> Result<(), String> {
    let sent = |face: &Face| {
        let is = |request: &&Request| match request {
            Request::Enter { kind: k, act: a, .. } => (*k, *a) == (kind, act),
            _ => false,
        };
        face.asked.iter().rfind(is).is_some() && form(face).is_none()
    };
    let mut tried = std::collections::BTreeMap::new();
    for _ in 0..120 {
        if sent(face) {
            return Ok(());
        }
        let Some(now) = form(face) else {
            return Err(format!("the form is gone: {:?}", face.state.notice));
        };
        let wrong = |f: &beadle::console::form::Field| {
            let blocked = now.flaws.iter().any(|flaw| flaw.blocks && flaw.field == f.name);
            f.asked && (blocked || (f.needed && f.input.is_empty()))
        };
        match now.fields.iter().position(wrong) {
            None => {
                let whole: Vec<_> = now.flaws.iter().filter(|f| f.blocks).collect();
                if now.tried && !whole.is_empty() {
                    return Err(format!("nothing to fill in: {whole:?}"));
                }
                face.press(&[Key::F(10)]);
            }
            Some(place) => {
                let field = &now.fields[place];
                let nth = tried.entry(field.name.clone()).or_insert(0);
                if *nth > TRIES {
                    return Err(format!("{}: {:?}", field.name, now.flaws));
                }
                let (sort, choices, n) = (field.sort, field.choices.len(), *nth);
                *nth += 1;
                face.press(&[Key::PageUp]);
                while form(face).is_some_and(|f| f.focus < place) {
                    face.press(&[Key::Down]);
                }
                answer(face, sort, choices, n);
                face.press(&[Key::Up, Key::Down]);
            }
        }
    }
    Err(format!("it never ends: {:?}", form(face).map(|f| f.flaws)))
}

#[test]
fn each_kind_of_entry_is_written_from_the_console() {
    let mut face = Face::new(Some(busy()), (120, 40));
    face.log_in("headteacher");
    let (mut count, mut failed) = (0, Vec::new());
    // Looks begin on Live and Playback, with cameras and a time: see `looking`.
    let looks = [Kind::Live, Kind::Viewing, Kind::SpotCheck, Kind::LiftMask];
    let hand = form::all().filter(|f| f.maker != Maker::Machine && f.act == Act::Open);
    for form in hand.filter(|f| !looks.contains(&f.kind)) {
        face.asked.clear();
        face.state.over.clear();
        let pick = Pick::Form { kind: form.kind, act: form.act, about: None, fill: vec![] };
        let items = vec![(form.title.to_string(), pick)];
        let menu = Menu { title: "A new entry".into(), items, at: 0 };
        face.state.over.push(Over::Menu(menu));
        face.press(&[Key::Enter]);
        match fill(&mut face, form.kind, form.act) {
            Ok(()) => count += 1,
            Err(why) => failed.push(format!("{} ({}): {why}", form.kind, form.title)),
        }
    }
    println!("{count} kinds of entries written from the console");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(count > 30, "{count}");
}

/// What was asked to be printed last.
fn printed(face: &Face) -> Option<Print> {
    face.asked.iter().rev().find_map(|request| match request {
        Request::Print(wanted) => Some((**wanted).clone()),
        _ => None,
    })
}

#[test]
fn each_screen_prints_what_belongs_to_it() {
    for (screen, down, paper, of) in [
        ('1', 0, "month", None),
        ('1', 1, "sign-walk", None),
        ('5', 0, "register", Some("releases")),
        ('5', 1, "seal", None),
        ('6', 0, "signs", None),
        ('6', 2, "code", None),
        ('7', 0, "commissioning", None),
    ] {
        let mut face = Face::new(Some(busy()), (120, 40));
        face.log_in("headteacher");
        face.press(&[Key::Char(screen), Key::Char('P')]);
        assert!(matches!(face.state.over.last(), Some(Over::Menu(_))), "{screen}");
        for _ in 0..down {
            face.press(&[Key::Down]);
        }
        face.press(&[Key::Enter]);
        assert!(form(&face).is_some(), "{screen}: {:?}", face.state.notice);
        face.press(&[Key::Enter]);
        let of = of.map(String::from);
        assert_eq!(printed(&face), Some(Print { paper: paper.into(), of, onto: Onto::Printer }));
        if paper == "register" {
            assert!(matches!(face.state.over.last(), Some(Over::Page(p)) if p.secrets.len() == 1));
            face.press(&[Key::Esc]);
        }
        face.wait(2);
        let notice = face.state.notice.clone().expect("it says how it went");
        assert!(notice.text.contains("took it as its job 7"), "{notice:?}");
        assert_eq!(face.state.printing, None);
    }
}

#[test]
fn the_papers_of_a_request_are_printed_from_its_list_and_from_its_page() {
    for keys in
        [&[Key::Char('4'), Key::Char('P')][..], &[Key::Char('4'), Key::Enter, Key::Char('P')]]
    {
        let mut face = Face::new(Some(busy()), (120, 40));
        face.log_in("headteacher");
        face.press(keys);
        face.press(&[Key::Enter, Key::Enter]);
        let wanted = printed(&face).expect("something is printed");
        assert_eq!(wanted.paper, "case", "{keys:?}");
        assert!(wanted.of.is_some_and(|number| number.parse::<u64>().is_ok()));
    }
}
