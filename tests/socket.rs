//! Both ends of the socket over a real one: stale and living sockets, slow clients, rude clients.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use beadle::base::fault::FaultKind;
use beadle::base::limits::{WIRE_CLIENTS_MAX, WIRE_LINE_BYTES_MAX};
use beadle::base::time::Utc;
use beadle::socket::dial::{Client, Silence};
use beadle::socket::listen::{Asked, Mode, bind};
use beadle::wire::{
    FileStatus, IndexStatus, Level, Reply, Request, RetentionStatus, Status, Verdict,
};
use tokio::sync::{mpsc, watch};

fn status(text: &str) -> Arc<Status> {
    Arc::new(Status {
        site: "School".into(),
        timezone: "Europe/London".into(),
        now: Utc::from_secs(1_795_250_460),
        verdict: Verdict { level: Level::Ok, text: text.into() },
        file: FileStatus {
            path: "/etc/beadle/site.kdl".into(),
            revision: 1,
            digest: String::new(),
            since: Utc::from_secs(1_795_250_000),
            source: "the file".into(),
            findings: vec![],
            stale: false,
        },
        cameras: vec![],
        disks: vec![],
        sticks: vec![],
        retention: RetentionStatus::default(),
        index: IndexStatus::default(),
        alarms: vec![],
        begin: None,
        signs: vec![],
    })
}

struct Server {
    _folder: tempfile::TempDir,
    path: PathBuf,
    publish: watch::Sender<Arc<Status>>,
    runtime: tokio::runtime::Runtime,
}

/// A server whose supervisor answers `HoldList` with `Done`, and never answers `Reindex`.
fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("beadle.sock");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (publish, seen) = watch::channel(status("first"));
    let (asks, mut asked) = mpsc::channel::<Asked>(8);
    let bound = bind(&path, &Mode::Owner).unwrap();
    runtime.spawn(async move { bound.serve(asks, seen).await });
    runtime.spawn(async move {
        let mut kept = Vec::new();
        while let Some((call, peer, to)) = asked.recv().await {
            assert_eq!(peer.pid, Some(std::process::id() as i32));
            match call.request {
                Request::HoldList => drop(to.send(Reply::Done)),
                _ => kept.push(to),
            }
        }
    });
    Server { _folder: folder, path, publish, runtime }
}

/// Writes bytes as they are and returns everything that comes until the server closes.
fn rude(path: &Path, bytes: &[u8], then_close: bool) -> String {
    let mut stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(bytes);
    if then_close {
        stream.shutdown(std::net::Shutdown::Write).unwrap();
    }
    let mut out = Vec::new();
    let _ = stream.read_to_end(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn asks_are_answered_in_order() {
    let server = server();
    let mut client = Client::connect(&server.path).unwrap();
    assert!(matches!(client.ask(&Request::Status), Ok(Reply::Status(s)) if s.site == "School"));
    assert_eq!(client.ask(&Request::HoldList).unwrap(), Reply::Done);
    assert!(matches!(client.ask(&Request::Status), Ok(Reply::Status(_))));
    let mode = std::fs::metadata(&server.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn rude_clients_get_one_sentence_and_the_door() {
    let server = server();
    let huge = vec![b'x'; WIRE_LINE_BYTES_MAX + 1];
    let table: [(&str, &[u8], bool, &str); 6] = [
        ("garbage", b"GET / HTTP/1.1\r\n\r\n", false, "not a request"),
        ("binary", b"\x00\xff\xfe\n", false, "not a request"),
        ("no such request", b"{\"ask\":\"reboot\"}\n", false, "not a request"),
        ("deep", &[vec![b'['; 100_000], b"\n".to_vec()].concat(), false, "not a request"),
        ("half a line", b"{\"ask\":\"sta", true, "had no end"),
        ("a huge line", &huge, false, "longer than"),
    ];
    for (what, bytes, then_close, want) in table {
        let got = rude(&server.path, bytes, then_close);
        assert!(got.contains("\"reply\":\"refused\"") && got.contains(want), "{what}: {got}");
        assert_eq!(got.matches('\n').count(), 1, "{what}: {got}");
    }
    // Nobody else was harmed.
    assert!(Client::connect(&server.path).unwrap().ask(&Request::Status).is_ok());
}

#[test]
fn a_line_that_does_not_end_is_given_ten_seconds() {
    let server = server();
    let began = Instant::now();
    let got = rude(&server.path, b"{\"ask\":", false);
    assert!(got.contains("did not end"), "{got}");
    assert!((9..15).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[test]
fn one_too_many_is_told_so_and_a_place_comes_free() {
    let server = server();
    let mut clients: Vec<Client> = Vec::new();
    for _ in 0..WIRE_CLIENTS_MAX {
        let mut client = Client::connect(&server.path).unwrap();
        client.ask(&Request::Status).unwrap();
        clients.push(client);
    }
    let mut late = Client::connect(&server.path).unwrap();
    let reply = late.ask(&Request::Status).unwrap();
    assert!(matches!(reply, Reply::Refused { why } if why.contains("already")));
    drop(clients.pop());
    let free = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let reply = Client::connect(&server.path).and_then(|mut c| c.ask(&Request::Status));
        matches!(reply, Ok(Reply::Status(_)))
    });
    assert!(free);
}

#[test]
fn watchers_hear_of_changes_but_not_more_than_twice_a_second_and_never_fall_silent() {
    let server = server();
    let path = server.path.clone();
    server.runtime.block_on(async {
        let mut watching = beadle::socket::dial::watch(&path).await.unwrap();
        assert_eq!(watching.next().await.unwrap().verdict.text, "first");
        let began = Instant::now();
        let mut heard = 0;
        for n in 0..150 {
            server.publish.send(status(&format!("change {n}"))).unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let last = loop {
            heard += 1;
            let text = watching.next().await.unwrap().verdict.text;
            if text == "change 149" {
                break began.elapsed();
            }
        };
        assert!(heard <= 5 && last < Duration::from_millis(2600), "{heard} in {last:?}");
        let began = Instant::now();
        assert_eq!(watching.next().await.unwrap().verdict.text, "change 149");
        assert!((1500..2500).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    });
}

#[test]
fn a_watcher_that_does_not_read_is_dropped_and_the_rest_go_on() {
    let server = server();
    let mut slow = UnixStream::connect(&server.path).unwrap();
    slow.write_all(b"{\"ask\":\"watch\"}\n").unwrap();
    let long = "x".repeat(400_000); // more than a socket's buffer
    server.publish.send(status(&long)).unwrap();
    let mut brisk = Client::connect(&server.path).unwrap();
    assert!(brisk.ask(&Request::HoldList).is_ok());
    std::thread::sleep(Duration::from_millis(6_500));
    let mut got = Vec::new();
    slow.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    slow.read_to_end(&mut got).unwrap(); // ends: the server hung up
    assert!(got.len() < 450_000, "{}", got.len());
    assert!(brisk.ask(&Request::HoldList).is_ok());
}

#[test]
fn a_dead_socket_is_replaced_a_living_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new-folder/beadle.sock");
    let first = bind(&path, &Mode::Owner).unwrap();
    let busy = bind(&path, &Mode::Owner).unwrap_err();
    assert_eq!(busy.kind, FaultKind::Busy);
    let me = std::process::id();
    let want = format!("another Beadle answers on {} (process {me})", path.display());
    assert!(busy.text.contains(&want), "{}", busy.text);
    drop(first);
    assert!(!path.exists());

    drop(UnixListener::bind(&path).unwrap()); // std leaves the file behind, as kill -9 does
    assert!(path.exists());
    let again = bind(&path, &Mode::Owner).unwrap();
    assert!(Client::connect(&path).is_ok());

    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "mine").unwrap();
    let fault = bind(&path, &Mode::Owner).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
    drop(again); // not its file any more
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn faults_of_the_path_are_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("x".repeat(120));
    assert!(bind(&long, &Mode::Owner).unwrap_err().text.contains("longer than 107 bytes"));
    let path = folder.path().join("beadle.sock");
    let fault = bind(&path, &Mode::Group("no-such-group".into())).unwrap_err();
    assert!(fault.text.contains("no group \"no-such-group\""), "{}", fault.text);
    let silence = Client::connect(&path).unwrap_err();
    assert!(matches!(silence, Silence::Nobody { .. }));
    assert!(silence.to_string().starts_with("No Beadle is running here: nothing answers on /"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn clients_learn_that_the_supervisor_went() {
    let server = server();
    let mut client = Client::connect(&server.path).unwrap();
    client.ask(&Request::Status).unwrap();
    let path = server.path.clone();
    server.runtime.shutdown_timeout(Duration::from_secs(1));
    let silence = client.ask(&Request::Status).unwrap_err();
    assert!(silence.to_string().contains("hung up"), "{silence}");
    assert!(matches!(Client::connect(&path), Err(Silence::Nobody { .. })));
}
