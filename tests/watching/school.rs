//! A recorder with people who may look, and the line to its pictures.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use beadle::base::name::CameraId;
use beadle::base::time::{Span, Utc};
use beadle::simulate::{SimCamera, SimHandle};
use beadle::socket::dial::Client;
use beadle::wire::look::{Looking, Sight, View, Way};
use beadle::wire::people::{Founder, LogIn};
use beadle::wire::viewing::{News, Seen, Wish, next_seen, wish};
use beadle::wire::{Reply, Request, Sent};
use bytes::BytesMut;

use crate::rig::{self, Place, Running};

/// Each has their own.
pub fn phrase(person: &str) -> &'static str {
    if person == "head" { "wooden ladder seven" } else { "green bicycle lamp" }
}

/// Machines that build meanwhile are slow.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn slow() -> bool {
    std::env::var_os("SLOW").is_some()
}

pub fn now() -> Utc {
    Utc(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64)
}

pub fn cameras(n: usize) -> SimHandle {
    let named =
        |n: usize| SimCamera { scene: (n % 4) as u8, ..SimCamera::named(&format!("cam-{n}")) };
    rig::simulator((1..=n).map(named).collect())
}

/// The file: two people, who may do `rights` too.
pub fn site(sim: &SimHandle, rights: &str) -> String {
    let camera = |(id, url): &(String, String)| {
        let title = id.replace("cam-", "Camera ");
        format!("    camera \"{id}\" \"{title}\" zone=\"site\" {{ stream \"{url}\"; }}\n")
    };
    let cameras: String = rig::all(sim).iter().map(camera).collect();
    include_str!("site.kdl").replace("    CAMERAS\n", &cameras).replace("RIGHTS", rights)
}

pub const RIGHTS: &str = "\"live\" \"playback\" \"spot-check\" \"hold\"";

/// Enrols the first two.
pub fn found(place: &Place) {
    let founder = |person: &str| Founder {
        person: person.into(),
        passphrase: Sent::new(phrase(person)),
        admin_passphrase: None,
    };
    let people = vec![founder("head"), founder("caretaker")];
    let mut client = Client::connect(&place.socket).unwrap();
    let reply = client.ask(&Request::Found { people }).unwrap();
    assert!(matches!(reply, Reply::Founded { .. }), "{reply:?}");
}

/// Somebody who is logged in.
pub fn log_in(place: &Place, person: &str) -> Client {
    let mut client = Client::connect(&place.socket).unwrap();
    let wish = LogIn {
        person: person.into(),
        account: beadle::logbook::Account::Own,
        passphrase: Sent::new(phrase(person)),
        code: None,
        reason: None,
        script: false,
    };
    match client.ask(&Request::LogIn(wish)).unwrap() {
        Reply::LoggedIn(begun) => client.session = Some(begun.session),
        other => panic!("{other:?}"),
    }
    client
}

/// The same session over another line.
pub fn again(place: &Place, client: &Client) -> Client {
    let mut other = Client::connect(&place.socket).unwrap();
    other.session = client.session.clone();
    other
}

pub fn ids(names: &[&str]) -> Vec<CameraId> {
    names.iter().map(|n| CameraId::new(n).unwrap()).collect()
}

pub fn recorded(cameras: Vec<CameraId>, window: (Utc, Utc)) -> View {
    View {
        cameras,
        window: Some(window),
        purpose: Some("crime".into()),
        reason: Some("a fight".into()),
        ..View::of(Looking::Playback)
    }
}

pub fn number(reply: Reply) -> u64 {
    match reply {
        Reply::Viewing { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

pub fn refused(reply: Reply) -> String {
    match reply {
        Reply::Refused { why } | Reply::LogIn { why } => why,
        other => panic!("{other:?}"),
    }
}

pub fn sight(number: u64, cameras: Vec<CameraId>, at: Option<Utc>) -> Request {
    Request::Sight(Sight { number, cameras, at, within: (80, 46), burnt: false })
}

/// The line of a way, with what came down it.
pub struct Line {
    stream: UnixStream,
    buffer: BytesMut,
}

impl Line {
    pub fn of(reply: Reply) -> Line {
        let Reply::Way(way) = reply else { panic!("{reply:?}") };
        Line::open(&way)
    }

    pub fn open(way: &Way) -> Line {
        let stream = UnixStream::connect(&way.socket).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut line = Line { stream, buffer: BytesMut::new() };
        line.say(&Wish::Ticket { ticket: way.ticket.0.expose().to_string() });
        line
    }

    /// A line that is hung up takes no wish.
    pub fn say(&mut self, wished: &Wish) {
        let _ = self.stream.write_all(&wish(wished));
    }

    /// What came within a moment; `Err`: it is hung up.
    pub fn next(&mut self) -> Result<Option<Seen>, ()> {
        let mut piece = vec![0; 65_536];
        loop {
            if let Some(seen) = next_seen(&mut self.buffer).unwrap() {
                return Ok(Some(seen));
            }
            match self.stream.read(&mut piece) {
                Ok(0) => return Err(()),
                Ok(n) => self.buffer.extend_from_slice(&piece[..n]),
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return Ok(None),
                Err(_) => return Err(()),
            }
        }
    }

    /// Until this comes; everything before it is given too.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Seen) -> bool) -> Vec<Seen> {
        let late = Instant::now() + PATIENCE;
        let mut all = Vec::new();
        loop {
            assert!(Instant::now() < late, "never: {what}; {:?}", all.last());
            match self.next() {
                Ok(Some(seen)) => {
                    let done = wanted(&seen);
                    all.push(seen);
                    if done {
                        return all;
                    }
                }
                Ok(None) => {}
                Err(()) => panic!("hung up before {what}: {:?}", all.last()),
            }
        }
    }

    /// The sentence with which it ends.
    pub fn ends(&mut self) -> String {
        let all = self.until("its end", |seen| matches!(seen, Seen::News(News::Ended { .. })));
        match all.last() {
            Some(Seen::News(News::Ended { text })) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub fn for_so_long(&mut self, span: Duration) -> Vec<Seen> {
        let until = Instant::now() + span;
        let mut all = Vec::new();
        while Instant::now() < until {
            match self.next() {
                Ok(Some(seen)) => all.push(seen),
                Ok(None) => {}
                Err(()) => break,
            }
        }
        all
    }
}

/// A picture of this seat.
pub fn is_picture(seen: &Seen, of: u16) -> bool {
    matches!(seen, Seen::Picture { seat, .. } if *seat == of)
}

/// Everything is recorded for some seconds; the newest moment that can be looked at.
pub fn recorded_so_far(running: &Running, n: usize, seconds: u64) -> (Utc, Utc) {
    running.until("every camera records", 90, |status| {
        let good = |c: &&beadle::wire::CameraStatus| c.frames > seconds * 10;
        status.cameras.iter().filter(good).count() == n
    });
    std::thread::sleep(Duration::from_secs(3));
    let until = now() - Span::secs(3);
    (until - Span::secs(seconds as i64 / 2), until)
}
