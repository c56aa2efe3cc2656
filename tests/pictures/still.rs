//! Stills, masks, what is burnt in, and the gate through which viewers come.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use beadle::base::time::{Span, Utc};
use beadle::pictures::gate::Gate;
use beadle::pictures::player::Setup;
use beadle::pictures::still::{Format, encode, take};
use beadle::wire::viewing::{News, Seen, Wish, next_seen, wish};
use bytes::BytesMut;

use crate::footage::{Footage, SMALL, camera, frame, start};
use crate::rig::setup;

fn grey(rgb: &[u8]) -> usize {
    rgb.chunks(3).filter(|p| *p == [96, 96, 96]).count()
}

#[test]
fn a_still_is_masked_marked_and_of_its_moment() {
    let footage = Footage::new();
    footage.record(&camera(0), SMALL, 5, true);
    let bare = || setup(&footage, 1, (4_096, 4_096));
    let picture = take(bare(), frame(20) + Span::millis(30)).unwrap();
    assert!((picture.at - frame(20)).abs() < Span::millis(2), "{picture:?}");
    assert_eq!((picture.width, picture.height), (320, 180), "as it is, not enlarged");
    assert!(grey(&picture.rgb) < 600);
    assert!(encode(&picture, Format::Png).unwrap().starts_with(b"\x89PNG"));

    let mut masked: Setup = bare();
    const F: u16 = u16::MAX;
    masked.cameras[0].masks = vec![vec![(0, 0), (F / 2, 0), (F / 2, F), (0, F)]];
    let hidden = take(masked, picture.at).unwrap();
    for (n, (a, b)) in hidden.rgb.chunks(3).zip(picture.rgb.chunks(3)).enumerate() {
        match n % 320 {
            0..=159 => assert_eq!(a, [96, 96, 96], "pixel {n} is behind the mask"),
            162.. => assert_eq!(a, b, "pixel {n} is not"),
            _ => {}
        }
    }

    let marked = Setup { watermark: "site-manager".into(), overlay: true, ..bare() };
    let marked = take(marked, picture.at).unwrap();
    let differ = marked.rgb.chunks(3).zip(picture.rgb.chunks(3)).filter(|(a, b)| a != b).count();
    assert!(differ > 2_000, "{differ} pixels are written on");

    let late = take(bare(), start() + Span::mins(9)).unwrap_err();
    assert!(late.contains("no footage of cam-0 at") && late.contains("nearest"), "{late}");
    let none = take(setup(&Footage::new(), 1, (160, 90)), start()).unwrap_err();
    assert!(none.contains("no footage of cam-0"), "{none}");
}

/// A viewer's end.
struct Viewer {
    stream: UnixStream,
    buffer: BytesMut,
}

impl Viewer {
    fn knock(gate: &Gate, ticket: &str) -> Viewer {
        let stream = UnixStream::connect(&gate.path).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut viewer = Viewer { stream, buffer: BytesMut::new() };
        viewer.say(&Wish::Ticket { ticket: ticket.into() });
        viewer
    }

    fn say(&mut self, asked: &Wish) {
        self.stream.write_all(&wish(asked)).unwrap();
    }

    /// `None`: the line was closed.
    fn next(&mut self) -> Option<Seen> {
        let mut piece = vec![0; 65_536];
        loop {
            if let Some(seen) = next_seen(&mut self.buffer).unwrap() {
                return Some(seen);
            }
            let length = self.stream.read(&mut piece).ok().filter(|n| *n > 0)?;
            self.buffer.extend_from_slice(&piece[..length]);
        }
    }

    fn until(&mut self, wanted: impl Fn(&Seen) -> bool) -> Seen {
        loop {
            let seen = self.next().expect("the viewing goes on");
            if wanted(&seen) {
                return seen;
            }
        }
    }
}

#[test]
fn a_ticket_opens_one_viewing_until_it_is_ended() {
    let footage = Footage::new();
    for n in 0..2 {
        footage.record(&camera(n), SMALL, 10, true);
    }
    let gate = Gate::open(&footage.root().join("view.sock"), footage.root()).unwrap();
    let admitted = gate.admit("a1".repeat(16), setup(&footage, 2, (160, 90)), frame(30)).unwrap();
    let mut wrong = Viewer::knock(&gate, "guessed");
    assert!(matches!(wrong.next(), Some(Seen::News(News::Ended { .. }))));
    assert_eq!(wrong.next(), None);

    let mut viewer = Viewer::knock(&gate, &admitted.ticket);
    // Either camera may be the first.
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 2 {
        let is = |s: &Seen| matches!(s, Seen::Picture { .. });
        let Seen::Picture { seat, picture } = viewer.until(is) else { unreachable!() };
        assert!((picture.at - frame(30)).abs() < Span::millis(2));
        seen.insert(seat);
    }
    viewer.say(&Wish::Seek { at: frame(75) });
    let there = |at: Utc| (at - frame(75)).abs() < Span::millis(2);
    let near = |s: &Seen| matches!(s, Seen::Picture { picture, .. } if there(picture.at));
    viewer.until(near);
    viewer.say(&Wish::Play { quarters: 4, back: false });
    viewer.until(|s| matches!(s, Seen::News(News::Clock { quarters: Some(4), .. })));
    viewer.until(|s| matches!(s, Seen::News(News::Counts { shown, .. }) if *shown > 4));
    let mut twice = Viewer::knock(&gate, &admitted.ticket);
    assert!(matches!(twice.next(), Some(Seen::News(News::Ended { .. }))), "a ticket is good once");

    assert!(admitted.lasts());
    admitted.end("The screen was locked.");
    let ended = viewer.until(|s| matches!(s, Seen::News(News::Ended { .. })));
    assert_eq!(ended, Seen::News(News::Ended { text: "The screen was locked.".into() }));
    assert_eq!(viewer.next(), None);
    for _ in 0..100 {
        if !admitted.lasts() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the viewing did not end");
}
