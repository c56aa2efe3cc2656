//! The way to pictures: under an entry alone, within what it says, and shut the moment it ends.

use beadle::base::time::Span;
use beadle::logbook::{Act, Kind};
use beadle::wire::book::Find;
use beadle::wire::look::{Looking, View};
use beadle::wire::viewing::{Seen, Wish};
use beadle::wire::{Reply, Request, Sent};

use crate::rig::Place;
use crate::school::*;

/// The end of the newest look of this kind, as the logbook has it.
fn end_of(client: &mut beadle::socket::dial::Client, kind: Kind) -> (Act, String) {
    let find = Find { kind: Some(kind), limit: 5, ..Find::default() };
    let Reply::Entries(found) = client.ask(&Request::Logbook(find)).unwrap() else { panic!() };
    let newest = found.entries.first().expect("an entry").clone();
    (newest.header.act, newest.body.and_then(|b| b.outcome).unwrap_or_default())
}

#[test]
fn pictures_are_given_under_their_entry_alone() {
    let sim = cameras(2);
    let place = Place::new();
    place.write(&site(&sim, RIGHTS));
    let running = place.run();
    let (from, until) = recorded_so_far(&running, 2, 8);
    found(&place);
    let mut nobody = beadle::socket::dial::Client::connect(&place.socket).unwrap();
    assert!(refused(nobody.ask(&sight(1, ids(&["cam-1"]), None)).unwrap()).contains("who you are"));
    let mut head = log_in(&place, "head");
    assert!(
        refused(head.ask(&sight(1, ids(&["cam-1"]), None)).unwrap()).contains("not yours"),
        "no look, no pictures"
    );
    let looked =
        number(head.ask(&Request::View(recorded(ids(&["cam-1"]), (from, until)))).unwrap());
    let why = refused(head.ask(&sight(looked, ids(&["cam-1", "cam-2"]), None)).unwrap());
    assert!(why.contains("does not name cam-2"), "{why}");
    let mut other = log_in(&place, "caretaker");
    let why = refused(other.ask(&sight(looked, ids(&["cam-1"]), None)).unwrap());
    assert!(why.contains("not yours"), "{why}");

    // Within the window and never beyond, whatever is wished for.
    let mut line = Line::of(head.ask(&sight(looked, ids(&["cam-1"]), None)).unwrap());
    let mut seen = line.until("a picture", |seen| is_picture(seen, 0));
    for wish in [
        Wish::Seek { at: until + Span::hours(1) },
        Wish::Play { quarters: 128, back: false },
        Wish::Step { pictures: 9 },
        Wish::Seek { at: from - Span::hours(1) },
        Wish::Play { quarters: 16, back: true },
        Wish::Step { pictures: -9 },
    ] {
        line.say(&wish);
        seen.extend(line.for_so_long(std::time::Duration::from_millis(900)));
    }
    let shown = seen.iter().filter_map(|seen| match seen {
        Seen::Picture { picture, .. } => Some(picture.at),
        Seen::News(_) => None,
    });
    let shown: Vec<_> = shown.collect();
    assert!(shown.len() > 2, "{shown:?}");
    for at in &shown {
        assert!(from - Span::secs(1) <= *at && *at <= until, "{at} is outside {from} to {until}");
    }
    // Other pictures of the same look shut the first way.
    let mut second = Line::of(head.ask(&sight(looked, ids(&["cam-1"]), Some(until))).unwrap());
    assert!(line.ends().contains("Other pictures"));
    second.until("a picture", |seen| is_picture(seen, 0));

    // Locked: gone at once, entered, and no way for a locked session.
    assert_eq!(head.ask(&Request::Lock).unwrap(), Reply::Done);
    assert!(second.ends().contains("the screen was locked"));
    let why = refused(head.ask(&sight(looked, ids(&["cam-1"]), None)).unwrap());
    assert!(why.contains("locked"), "{why}");
    assert_eq!(
        head.ask(&Request::Unlock { passphrase: Sent::new(phrase("head")) }).unwrap(),
        Reply::Done
    );
    assert_eq!(end_of(&mut head, Kind::Viewing), (Act::Close, "the screen was locked".into()));
    let why = refused(head.ask(&sight(looked, ids(&["cam-1"]), None)).unwrap());
    assert!(why.contains("put away already"), "{why}");

    // Live follows by itself and goes nowhere else.
    let live = View { cameras: ids(&["cam-1", "cam-2"]), ..View::of(Looking::Live) };
    let live = number(head.ask(&Request::View(live)).unwrap());
    let mut line = Line::of(head.ask(&sight(live, ids(&["cam-1", "cam-2"]), None)).unwrap());
    line.until("a live picture", |seen| is_picture(seen, 1));
    line.say(&Wish::Seek { at: from });
    for seen in line.for_so_long(std::time::Duration::from_secs(2)) {
        if let Seen::Picture { picture, .. } = seen {
            assert!(now() - picture.at < Span::secs(16), "live is {}", picture.at);
        }
    }
    // The file takes the right away while the person stays: gone, and entered.
    place.write(&site(&sim, "\"spot-check\" \"hold\""));
    assert!(line.ends().contains("the file no longer allows it"));
    assert_eq!(end_of(&mut head, Kind::Live), (Act::Close, "the file no longer allows it".into()));
    running.stop();
}
