//! Rude clients of the real program: bytes at random, frames bent a little, foreign sessions, lines
//! without an end, answers that nobody takes, thousands of connections. It stays up, answers
//! others, and its memory stays bounded. What one rude client hears is in `tests/socket.rs`.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use beadle::base::limits::{WIRE_CLIENTS_MAX, WIRE_LINE_BYTES_MAX};
use beadle::wire::{Call, Reply, Request, Sent, frame};

use crate::desk::*;
use crate::live::{self, Dice};
use crate::people::requests;

fn dial(desk: &Desk) -> UnixStream {
    let stream = UnixStream::connect(&desk.places.socket).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// What the supervisor says to this line, after which it may hang up. `None`: nothing, because
/// there was no room for us.
fn say(desk: &Desk, line: &[u8]) -> Option<Reply> {
    let mut stream = dial(desk);
    // Turned away at the door, the sentence is there although the write failed.
    let _ = stream.write_all(line);
    let mut answer = Vec::new();
    BufReader::new(stream).read_until(b'\n', &mut answer).ok()?;
    frame::reply(answer.strip_suffix(b"\n")?).ok()
}

/// Kilobytes that the process has in memory now.
fn resident(desk: &mut Desk) -> u64 {
    let path = format!("/proc/{}/status", desk.recorder().pid());
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn answers(desk: &Desk, session: &Sent) {
    let began = Instant::now();
    assert!(matches!(desk.ask(Some(session), &Request::WhoAmI), Reply::WhoIs(_)));
    assert!(began.elapsed() < Duration::from_secs(3), "an answer took {:?}", began.elapsed());
}

/// A good line, bent: bytes changed, left out, doubled, cut off.
fn bent(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut line = good[..good.len() - 1].to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(line.len().max(1) as u64) as usize;
        match dice.below(5) {
            0 if at < line.len() => line[at] = dice.below(256) as u8,
            1 if at < line.len() => drop(line.remove(at)),
            2 => line.truncate(at),
            3 => line.extend_from_within(at.min(line.len())..),
            _ => line.insert(at.min(line.len()), b"\"{}[]:,\\0e-"[dice.below(11) as usize]),
        }
    }
    line.retain(|b| *b != b'\n');
    line.push(b'\n');
    line
}

#[test]
fn bytes_at_random_bent_frames_and_foreign_sessions_get_nowhere() {
    let lines = if live::slow() { 20_000 } else { 1_500 };
    let mut dice = Dice(5);
    let mut desk = Desk::open(&file(NO_CAMERA));
    let (head, _) = desk.of_two();
    let made = entered(desk.ask(Some(&head), &occurrence("before")));
    let token = head.0.expose().to_string();
    let requests = requests();
    let (mut refused, mut asked) = (0, 0);
    for n in 0..lines {
        let line = match n % 3 {
            0 => {
                let length = dice.below(300);
                let mut bytes: Vec<u8> = (0..length).map(|_| dice.below(256) as u8).collect();
                bytes.retain(|b| *b != b'\n');
                bytes.push(b'\n');
                bytes
            }
            // Sessions that are nearly right, of every length.
            1 => {
                let mut near = token.clone().into_bytes();
                let at = dice.below(64) as usize;
                match dice.below(4) {
                    0 => near[at] = if near[at] == b'0' { b'1' } else { b'0' },
                    1 => near.truncate(at),
                    2 => near.extend_from_within(..at + 1),
                    _ => near = near.to_ascii_uppercase(),
                }
                if near == token.as_bytes() {
                    continue; // digits alone
                }
                let session = Some(Sent::new(String::from_utf8(near).unwrap()));
                let request = requests[dice.below(requests.len() as u64) as usize].clone();
                frame::line(&Call { session, ..request.into() }).unwrap()
            }
            _ => {
                let request = requests[dice.below(requests.len() as u64) as usize].clone();
                bent(&frame::line(&Call::from(request)).unwrap(), &mut dice)
            }
        };
        match say(&desk, &line) {
            Some(Reply::Refused { .. }) => refused += 1,
            Some(Reply::LogIn { .. }) => asked += 1,
            // Bent into a request that anybody may make.
            Some(Reply::Status(_) | Reply::Done) => {}
            other => panic!("{}: {other:?}", String::from_utf8_lossy(&line)),
        }
    }
    println!("{lines} rude lines: {refused} refused, {asked} asked who they are");
    assert!(refused > lines / 4 && asked > lines / 8);
    answers(&desk, &head);
    let next = entered(desk.ask(Some(&head), &occurrence("after")));
    assert_eq!(next, made + 1, "rude lines left entries");
    desk.is_sound();
}

#[test]
fn endless_lines_untaken_answers_and_thousands_of_connections_are_borne() {
    let mut desk = Desk::open(&file(NO_CAMERA));
    let (head, _) = desk.of_two();
    for n in 0..60 {
        let long = format!("{n} {}", "A long story. ".repeat(200));
        entered(desk.ask(Some(&head), &occurrence(&long)));
    }
    let before = resident(&mut desk);

    // All places but two taken by lines that never end, each as long as a line may be.
    let piece = vec![b'x'; 64 * 1024];
    let mut endless: Vec<UnixStream> = (0..WIRE_CLIENTS_MAX - 2).map(|_| dial(&desk)).collect();
    for stream in &mut endless {
        let mut sent = 0;
        while sent + piece.len() < WIRE_LINE_BYTES_MAX && stream.write_all(&piece).is_ok() {
            sent += piece.len();
        }
    }
    answers(&desk, &head);
    let most = resident(&mut desk);
    let bound = before + (WIRE_CLIENTS_MAX * (2 * WIRE_LINE_BYTES_MAX + 128 * 1024)) as u64 / 1024;
    println!("{} MB before, {} MB with {} endless lines", before >> 10, most >> 10, endless.len());
    assert!(most < bound, "{most} kB, {bound} kB expected at most");
    // They are shown the door ten seconds after they began, or when they say one byte too many.
    for stream in &mut endless {
        let _ = stream.write_all(&piece);
        let mut said = String::new();
        let _ = BufReader::new(stream).read_line(&mut said);
        assert!(said.is_empty() || said.contains("\"refused\""), "{said}");
    }
    drop(endless);
    answers(&desk, &head);

    // Long answers that nobody takes.
    let find = beadle::wire::book::Find {
        register: Some("occurrences".into()),
        limit: 200,
        ..Default::default()
    };
    let ask = Call { session: Some(head.clone()), ..Request::Logbook(find).into() };
    let line = frame::line(&ask).unwrap();
    let mut deaf: Vec<UnixStream> = (0..WIRE_CLIENTS_MAX / 2).map(|_| dial(&desk)).collect();
    for stream in &mut deaf {
        for _ in 0..50 {
            stream.write_all(&line).unwrap();
        }
    }
    for _ in 0..5 {
        answers(&desk, &head);
        std::thread::sleep(Duration::from_millis(100));
    }

    // Thousands that come and go, hundreds that stay a while, some in the middle of a word.
    let (mut stay, mut turned_away) = (Vec::new(), 0);
    for n in 0..3_000 {
        let mut stream = match UnixStream::connect(&desk.places.socket) {
            Ok(stream) => stream,
            Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
            Err(e) => panic!("connection {n}: {e}"),
        };
        if n % 3 == 0 {
            let _ = stream.write_all(b"{\"ask\":");
        }
        if n % 10 == 0 {
            stay.push(stream);
        }
    }
    for stream in &mut stay {
        stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let mut bytes = [0; 4_096];
        if matches!(stream.read(&mut bytes), Ok(n) if n > 0) {
            turned_away += 1;
        }
    }
    println!("{turned_away} of {} that stayed were told that there is no room", stay.len());
    drop((stay, deaf));
    until("others are answered again", || {
        matches!(desk.client(Some(&head)).ask(&Request::WhoAmI), Ok(Reply::WhoIs(_)))
    });
    let after = resident(&mut desk);
    assert!(after < bound, "{after} kB afterwards, {before} kB before");
    let open = std::fs::read_dir(format!("/proc/{}/fd", desk.recorder().pid())).unwrap().count();
    assert!(open < 100, "{open} descriptors stay open");
    desk.is_sound();
}
