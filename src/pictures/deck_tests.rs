//! Tables of what a deck feeds and shows.

use super::deck::{Deck, Unit, Want};
use crate::base::time::{Span, Utc};

fn at(ms: i64) -> Utc {
    Utc(ms * 1_000)
}

/// Units 100 ms apart from `first` on; the first of each `gop` is a key frame.
fn units(first: i64, count: i64, gop: i64) -> Vec<Unit<i64>> {
    let unit = |n: i64| Unit {
        at: at(first + n * 100),
        lasts: Span::millis(100),
        key: n % gop == 0,
        load: first + n * 100,
    };
    (0..count).map(unit).collect()
}

/// As a decoder does that keeps nothing back: feeds while the deck wants to; what was fed.
fn run(deck: &mut Deck<i64, i64>, now: i64, horizon: i64) -> Vec<i64> {
    let mut fed = Vec::new();
    while deck.want(at(now), at(horizon)) == Want::Feed {
        let unit = deck.feed().unwrap();
        fed.push(unit.load);
        if unit.at >= deck_from(deck, &unit) {
            deck.picture(unit.at, unit.load);
        }
        deck.done();
    }
    fed
}

/// Wanted units are under `coming`; the others give no picture.
fn deck_from(deck: &Deck<i64, i64>, unit: &Unit<i64>) -> Utc {
    if deck.after(unit.at - Span(1)) == Some(unit.at) { unit.at } else { unit.at + Span(1) }
}

#[test]
fn a_seek_feeds_from_the_key_frame_to_the_picture_and_no_further() {
    for (seek, from, fed, shown) in [
        (1_000, 1_000, vec![1_000], 1_000),
        (1_050, 1_000, vec![1_000], 1_000),
        (1_350, 1_300, vec![1_000, 1_100, 1_200, 1_300], 1_300),
        (1_499, 1_400, vec![1_000, 1_100, 1_200, 1_300, 1_400], 1_400),
        // Two groups were loaded: the nearer key frame will do.
        (1_600, 1_600, vec![1_500, 1_600], 1_600),
        // Footage begins later: its first picture stands in.
        (400, 1_000, vec![1_000], 1_000),
    ] {
        let mut deck = Deck::default();
        assert_eq!(deck.begin(at(seek), units(1_000, 10, 5)), at(from), "{seek}");
        assert_eq!(run(&mut deck, seek, seek), fed, "{seek}");
        assert!(!deck.settled(at(seek)) || seek < 1_000, "{seek}: not shown yet");
        assert_eq!(deck.show(at(seek)).map(|(_, p)| p), Some(shown), "{seek}");
        assert!(deck.settled(at(seek)), "{seek}");
        assert_eq!(deck.hole(at(seek), Span::default()), seek < 1_000, "{seek}");
        assert_eq!(deck.show(at(seek)), None, "{seek}: shown once");
    }
}

#[test]
fn a_decoder_that_keeps_pictures_back_is_fed_on_or_drained() {
    // Two units behind, as with B-frames: the picture comes when the second one after it is in.
    let mut deck: Deck<i64, ()> = Deck::default();
    deck.begin(at(1_200), units(1_000, 4, 10));
    let mut fed = Vec::new();
    for _ in 0..3 {
        assert_eq!(deck.want(at(1_200), at(1_200)), Want::Feed);
        fed.push(deck.feed().unwrap().load);
        deck.done();
    }
    assert_eq!(fed, [1_000, 1_100, 1_200]);
    assert_eq!(deck.want(at(1_200), at(1_200)), Want::Feed, "it is awaited");
    deck.feed().unwrap();
    assert_eq!(deck.want(at(1_200), at(1_200)), Want::Load, "nothing left to bring it out");
    deck.done();
    deck.add(Vec::new());
    assert_eq!(deck.want(at(1_200), at(1_200)), Want::Drain);
    deck.drain();
    deck.picture(at(1_200), ());
    deck.picture(at(1_300), ());
    deck.done();
    assert_eq!(deck.show(at(1_200)), Some((at(1_200), ())));
    assert!(deck.settled(at(1_200)) && deck.drained());
    assert_eq!(deck.after(at(1_200)), Some(at(1_300)));
}

#[test]
fn playing_shows_the_newest_picture_that_is_due() {
    let mut deck = Deck::default();
    deck.begin(at(0), units(0, 30, 10));
    let mut seen = Vec::new();
    // The screen is looked at every 40 ms, pictures are 100 ms apart.
    for now in (0..1_000).step_by(40) {
        run(&mut deck, now, now + 300);
        seen.extend(deck.show(at(now)).map(|(t, _)| t.0 / 1_000));
    }
    assert_eq!(seen, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    assert_eq!((deck.given, deck.dropped), (10, 0));
    // Looked at once in 250 ms, some are never seen.
    for now in (1_000..2_000).step_by(250) {
        run(&mut deck, now, now + 300);
        deck.show(at(now));
    }
    assert_eq!(deck.given, 14);
    assert!(deck.dropped >= 4, "{}", deck.dropped);
}

#[test]
fn whoever_is_late_goes_on_at_the_next_key_frame() {
    for (now, next, dropped) in [
        (300, 0, 0),        // not late enough
        (900, 0, 0),        // late, but no key frame is due
        (1_000, 1_000, 10), // the key frame of this moment
        (2_900, 2_000, 20),
    ] {
        let mut deck: Deck<i64, ()> = Deck::default();
        deck.begin(at(0), units(0, 30, 10));
        deck.catch_up(at(now));
        assert_eq!(deck.dropped, dropped, "at {now}");
        assert_eq!(deck.feed().map(|u| u.load), Some(next), "at {now}");
    }
}

#[test]
fn no_more_is_under_way_than_can_be_thrown_away() {
    let mut deck: Deck<i64, ()> = Deck::default();
    deck.begin(at(0), units(0, 30, 30));
    let mut fed = 0;
    while deck.want(at(2_000), at(2_000)) == Want::Feed {
        deck.feed().unwrap();
        fed += 1;
    }
    assert_eq!((fed, deck.under_way()), (4, 4));
}

#[test]
fn steps_go_from_picture_to_picture() {
    let mut deck = Deck::default();
    deck.begin(at(250), units(0, 5, 5));
    run(&mut deck, 250, 250);
    deck.show(at(250));
    let mut now = at(250);
    let mut seen = Vec::new();
    while let Some(next) = deck.after(now) {
        now = next;
        run(&mut deck, now.0 / 1_000, now.0 / 1_000);
        seen.extend(deck.show(now).map(|(t, _)| t.0 / 1_000));
    }
    assert_eq!(seen, [300, 400], "and then more has to be loaded");
    assert_eq!(deck.want(now, now), Want::Load);
}

#[test]
fn where_there_is_no_footage_it_says_so() {
    let mut deck: Deck<i64, i64> = Deck::default();
    deck.begin(at(0), Vec::new());
    assert!(deck.settled(at(0)) && deck.hole(at(0), Span::default()), "nothing at all");
    deck.begin(at(400), units(0, 5, 5));
    run(&mut deck, 400, 400);
    deck.show(at(400));
    for (now, hole) in [(400, false), (1_100, false), (1_300, true)] {
        assert_eq!(deck.hole(at(now), Span::default()), hole, "{now}");
    }
}
