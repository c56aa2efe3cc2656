//! Cameras that fail in every way: small servers on the loopback, each with the reason and the
//! words expected.

mod tray;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use beadle::footage::GapReason as G;
use beadle::footage::unit::Params;
use beadle::ingest::{Ended, Transport, record};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tray::*;

/// 640x480, baseline, as x264 writes it.
const SPS: &[u8] = b"\x67\x42\xc0\x1e\xd9\x00\xa0\x3d\xb0\x11\x00\x00\
    \x03\x00\x01\x00\x00\x03\x00\x32\x0f\x16\x2e\x48";
const PPS: &[u8] = b"\x68\xcb\x83\xcb\x20";
const SDP_H264: &str = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\
    a=fmtp:96 packetization-mode=1;\
    sprop-parameter-sets=Z0LAHtkAoD2wEQAAAwABAAADADIPFi5I,aMuDyyA=\r\n\
    a=control:track0\r\n";
const SDP_BARE: &str = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track0\r\n";
const SDP_SOUND: &str = "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:track1\r\n";

/// What a fake camera does.
#[derive(Clone)]
enum Camera {
    /// Writes this on the first bytes it gets, and closes.
    Says(&'static [u8]),
    /// Takes the connection and nothing else.
    Mute,
    /// Closes at once.
    Hangs,
    /// Answers a method with a status, the others well.
    Status(&'static str, &'static str),
    /// Describes this and plays these bytes; then waits, or closes.
    Plays(String, Vec<u8>, After),
}

#[derive(Clone, Copy, PartialEq)]
enum After {
    Waits,
    Closes,
}

/// The methods it was asked, in order.
type Asked = Arc<Mutex<Vec<String>>>;

async fn serve(camera: Camera) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("rtsp://127.0.0.1:{}/main", listener.local_addr().unwrap().port());
    let asked = Asked::default();
    let notes = asked.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (camera, notes) = (camera.clone(), notes.clone());
            tokio::spawn(async move { converse(socket, camera, notes).await });
        }
    });
    (url, asked)
}

async fn converse(socket: TcpStream, camera: Camera, asked: Asked) -> Option<()> {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read);
    match camera {
        Camera::Hangs => return None,
        Camera::Mute => {
            let mut all = Vec::new();
            lines.read_to_end(&mut all).await.ok()?;
            return None;
        }
        Camera::Says(bytes) => {
            lines.read_line(&mut String::new()).await.ok()?;
            write.write_all(bytes).await.ok()?;
            tokio::time::sleep(Duration::from_millis(200)).await;
            return None;
        }
        _ => {}
    }
    loop {
        let (mut request, mut line) = (String::new(), String::new());
        while line != "\r\n" {
            line.clear();
            if lines.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            request.push_str(&line);
        }
        let method = request.split(' ').next()?.to_owned();
        asked.lock().unwrap().push(method.clone());
        let cseq = request.lines().find(|l| l.starts_with("CSeq"))?;
        let (status, body) = match &camera {
            Camera::Status(at, status) if *at == method => (*status, String::new()),
            Camera::Plays(sdp, ..) if method == "DESCRIBE" => ("200 OK", sdp.clone()),
            _ if method == "DESCRIBE" => ("200 OK", SDP_H264.to_owned()),
            _ => ("200 OK", String::new()),
        };
        let sdp = match body.is_empty() {
            true => String::new(),
            false => format!("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\n{body}"),
        };
        let track = if request.contains("track1") { "2-3" } else { "0-1" };
        let challenge = match status.starts_with("401") {
            true => "WWW-Authenticate: Digest realm=\"cam\", nonce=\"1\"\r\n",
            false => "",
        };
        let answer = format!(
            "RTSP/1.0 {status}\r\n{cseq}\r\nSession: 1\r\n{challenge}\
             Transport: RTP/AVP/TCP;unicast;interleaved={track}\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        write.write_all(answer.as_bytes()).await.ok()?;
        if let (Camera::Plays(_, bytes, after), "PLAY") = (&camera, method.as_str()) {
            write.write_all(bytes).await.ok()?;
            if *after == After::Closes {
                return None;
            }
        }
    }
}

/// One RTP packet as it stands between the RTSP messages.
fn packet(channel: u8, seq: u16, ticks: u32, payload: &[u8]) -> Vec<u8> {
    let kind = if channel == 0 { 0x80 | 96 } else { 8 };
    let mut out = vec![b'$', channel];
    out.extend((12 + payload.len() as u16).to_be_bytes());
    out.extend([0x80, kind]);
    out.extend(seq.to_be_bytes());
    out.extend(ticks.to_be_bytes());
    out.extend([0, 0, 0, 9]);
    out.extend(payload);
    out
}

/// Pictures 0, 1, 2 ...: the first a key frame, at 25 a second; `numbers` are the RTP sequence
/// numbers.
fn pictures(numbers: &[u16]) -> Vec<u8> {
    let one = |n: &u16| {
        let slice = [if *n == 0 { 0x65 } else { 0x41 }, 0x88, *n as u8, 0x80];
        packet(0, *n, 1_000 + u32::from(*n) * 3_600, &slice)
    };
    numbers.iter().flat_map(one).collect()
}

async fn outcome(url: &str) -> Ended {
    let source = with_login(url, "secretuser", "hunter2");
    record(attempt(source), plain_tools(), Tray::default()).await
}

/// What a camera does, and what is to be said about it.
#[rustfmt::skip] // one row, one line
fn failures() -> Vec<(Camera, G, &'static str)> {
    let plays = |sdp: &str, bytes: &[u8], after| {
        Camera::Plays(sdp.to_owned(), bytes.to_owned(), after)
    };
    let key = |n: u16| packet(0, n, u32::from(n) * 3600, b"\x65\x88\x80");
    let bare_keys = [key(0), key(1)].concat();
    let other = |name: &str| format!("m=video 0 RTP/AVP 96\r\na=rtpmap:96 {name}/90000\r\n");
    use After::*;
    vec![
        (Camera::Says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), G::Refused, "HTTP"),
        (Camera::Says(b"\x15\x03\x01\x00\x02\x02\x46"), G::Refused, "rtsps://"),
        (Camera::Says(b"SSH-2.0-OpenSSH_9.2\r\n"), G::Refused, "does not speak RTSP"),
        (Camera::Hangs, G::Closed, "closed the connection without an answer"),
        (Camera::Mute, G::Stalled, "does not answer"),
        (Camera::Status("DESCRIBE", "401 Unauthorized"), G::WrongPassword, "does not accept"),
        (Camera::Status("SETUP", "401 Unauthorized"), G::WrongPassword, "does not accept"),
        (Camera::Status("DESCRIBE", "403 Forbidden"), G::WrongPassword, "locked out"),
        (Camera::Status("DESCRIBE", "404 Not Found"), G::NoStream, "no such stream"),
        (Camera::Status("PLAY", "454 Session Not Found"), G::NoStream, "no such stream"),
        (Camera::Status("SETUP", "461 Unsupported"), G::Refused, "transport=\"udp\""),
        (Camera::Status("DESCRIBE", "302 Moved"), G::NoStream, "moved (302)"),
        (Camera::Status("SETUP", "453 Not Enough"), G::Refused, "close the others"),
        (Camera::Status("PLAY", "500 Oops"), G::Refused, "status 500"),
        (plays(SDP_SOUND, b"", Waits), G::NoStream, "without pictures"),
        (plays(&other("JPEG"), b"", Waits), G::Codec, "MJPEG"),
        (plays(&other("MP4V-ES"), b"", Waits), G::Codec, "MPEG-4"),
        (plays(&other("AV1"), b"", Waits), G::Codec, "AV1"),
        (plays("m=rubbish", b"", Waits), G::Garbage, "cannot be understood"),
        (plays(SDP_H264, b"", Closes), G::Closed, "closed the connection"),
        (plays(SDP_H264, b"", Waits), G::Stalled, "agreed to play but sent no picture"),
        (plays(SDP_H264, &pictures(&[0, 1]), Waits), G::Stalled, "sent no picture for"),
        (plays(SDP_H264, &pictures(&[0, 1]), Closes), G::Closed, "closed the connection"),
        (plays(SDP_H264, &b"\xde\xad\xbe\xef\r\n".repeat(99), Waits), G::Garbage, "not RTSP"),
        (plays(SDP_BARE, &bare_keys, Waits), G::NoKeyFrame, "sends no parameter sets"),
    ]
}

#[tokio::test]
async fn every_failure_has_its_reason_and_its_words() {
    let mut running = Vec::new();
    for (number, (camera, reason, words)) in failures().into_iter().enumerate() {
        let (url, _) = serve(camera).await;
        running.push(tokio::spawn(async move { (number, outcome(&url).await, reason, words) }));
    }
    let mut wrong = Vec::new();
    for one in running {
        let (number, ended, reason, words) = one.await.unwrap();
        let leaks = ended.text.contains("hunter2") || ended.text.contains("secretuser");
        if ended.reason != reason || !ended.text.contains(words) || leaks {
            wrong.push(format!("row {number}: wanted {reason:?} \"{words}\", got {ended:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn addresses_that_nobody_answers() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = format!("rtsp://u:hunter2@127.0.0.1:{closed}/main");
    let table = [
        (refused.as_str(), G::Refused, "refuses the connection"),
        ("rtsp://no-such-camera.invalid/main", G::NoRoute, "name"),
        ("http://127.0.0.1/main", G::NoRoute, "is not RTSP"),
    ];
    for (url, reason, words) in table {
        let ended = record(attempt(rtsp(url)), plain_tools(), Tray::default()).await;
        assert_eq!(ended.reason, reason, "{url}: {}", ended.text);
        assert!(ended.text.contains(words) && !ended.text.contains("hunter2"), "{}", ended.text);
    }
}

#[tokio::test]
async fn a_camera_that_wants_a_login_and_gets_none_says_so() {
    let (url, _) = serve(Camera::Status("DESCRIBE", "401 Unauthorized")).await;
    let ended = record(attempt(rtsp(&url)), plain_tools(), Tray::default()).await;
    assert_eq!(ended.reason, G::WrongPassword);
    assert!(ended.text.contains("needs a user and password"), "{}", ended.text);
}

#[tokio::test]
async fn what_retina_cannot_do_needs_the_second_program() {
    for (url, transport) in
        [("rtsps://127.0.0.1/main", Transport::Tcp), ("rtsp://127.0.0.1/main", Transport::Udp)]
    {
        let source = beadle::ingest::Source::Rtsp { url: url.into(), login: None, transport };
        let ended = record(attempt(source), plain_tools(), Tray::default()).await;
        assert_eq!(ended.reason, G::Pipeline);
        assert!(ended.text.contains("beadle-pictures"), "{}", ended.text);
    }
}

#[tokio::test]
async fn a_lost_packet_is_counted_and_ends_nothing() {
    let bytes = pictures(&[0, 1, 4, 5]);
    let (url, _) = serve(Camera::Plays(SDP_H264.into(), bytes, After::Waits)).await;
    let (tray, task) = start(attempt(rtsp(&url)), plain_tools());
    assert_eq!(tray.wait(4, 5).await, 4);
    let units = tray.pictures();
    assert_eq!(units.iter().map(|u| u.lost_packets).collect::<Vec<_>>(), [0, 0, 2, 0]);
    assert_eq!(units.iter().map(|u| u.key).collect::<Vec<_>>(), [true, false, false, false]);
    let ticks: Vec<i64> = units.iter().map(|u| u.time - units[0].time).collect();
    assert_eq!(ticks, [0, 3_600, 14_400, 18_000]);
    assert_eq!(&units[1].data[..], b"\0\0\0\x04\x41\x88\x01\x80");
    assert!(!task.is_finished());
    task.abort();
}

#[tokio::test]
async fn one_damaged_packet_is_a_loss_and_not_the_end() {
    let mut bytes = pictures(&[0, 1]);
    bytes.extend(packet(0, 2, 8_200, b"\xff\xff")); // forbidden bit set
    bytes.extend(pictures(&[3, 4]));
    let (url, _) = serve(Camera::Plays(SDP_H264.into(), bytes, After::Waits)).await;
    let (tray, task) = start(attempt(rtsp(&url)), plain_tools());
    assert_eq!(tray.wait(4, 5).await, 4);
    assert_eq!(tray.pictures().iter().map(|u| u.lost_packets).collect::<Vec<_>>(), [0, 0, 1, 0]);
    task.abort();
}

#[tokio::test]
async fn parameter_sets_in_the_stream_are_enough_and_stay_out_of_the_pictures() {
    let mut bytes = Vec::new();
    for (seq, ticks, nal) in [
        (0, 0, SPS),
        (1, 0, PPS),
        (2, 0, &b"\x06\x05\x01\x2a\x80"[..]), // SEI
        (3, 0, &b"\x65\x88\x80"[..]),
        (4, 3600, &b"\x41\x9a\x80"[..]),
        (5, 7200, SPS),
        (6, 7200, PPS),
        (7, 7200, &b"\x65\x88\x80"[..]),
    ] {
        let mut one = packet(0, seq, ticks, nal);
        one[5] &= if nal[0] & 0x1f == 5 || nal[0] & 0x1f == 1 { 0xff } else { 0x7f }; // marker
        bytes.extend(one);
    }
    let (url, _) = serve(Camera::Plays(SDP_BARE.into(), bytes, After::Waits)).await;
    let (tray, task) = start(attempt(rtsp(&url)), plain_tools());
    assert_eq!(tray.wait(3, 5).await, 3);
    let units = tray.pictures();
    assert_eq!(&units[0].data[..], b"\0\0\0\x05\x06\x05\x01\x2a\x80\0\0\0\x03\x65\x88\x80");
    let params = video(&units[0]);
    assert_eq!(params.config[0], 1, "an avcC record");
    assert!(params.config.windows(SPS.len()).any(|w| w == SPS));
    assert_eq!((params.width, params.height), (640, 480));
    // The same sets again: the same `Arc`, so that no segment ends for it.
    assert!(Arc::ptr_eq(&units[0].params, &units[2].params));
    task.abort();
}

#[tokio::test]
async fn sound_is_asked_for_only_where_the_file_allows_it() {
    let both = format!("{SDP_H264}{SDP_SOUND}");
    let mut bytes = pictures(&[0, 1]);
    bytes.extend(packet(2, 0, 0, &[0x55; 160]));
    bytes.extend(pictures(&[2]));
    for audio in [false, true] {
        let camera = Camera::Plays(both.clone(), bytes.clone(), After::Waits);
        let (url, asked) = serve(camera).await;
        let (tray, task) =
            start(beadle::ingest::Attempt { audio, ..attempt(rtsp(&url)) }, plain_tools());
        assert_eq!(tray.wait(3, 5).await, 3);
        let setups = asked.lock().unwrap().iter().filter(|m| *m == "SETUP").count();
        let sounds: Vec<_> = tray.all().into_iter().filter(|u| !u.is_video()).collect();
        assert_eq!((setups, sounds.len()), if audio { (2, 1) } else { (1, 0) });
        if let Some(sound) = sounds.first() {
            let Params::Audio(params) = &*sound.params else { panic!() };
            assert_eq!((params.rate_hz, params.channels, sound.data.len()), (8000, 1, 160));
        }
        task.abort();
    }
}

#[tokio::test]
async fn the_camera_s_own_clock_is_kept_beside_ours() {
    // A sender report: tick 1,000 was at 2020-01-01T00:00:00Z by the camera's clock.
    let seconds: u32 = 2_208_988_800 + 1_577_836_800;
    let mut report = vec![b'$', 1, 0, 28, 0x80, 200, 0, 6, 0, 0, 0, 9];
    report.extend(seconds.to_be_bytes());
    report.extend([0, 0, 0, 0]);
    report.extend(1_000u32.to_be_bytes());
    report.extend([0; 8]);
    let bytes = [pictures(&[0]), report, pictures(&[1])].concat();
    let (url, _) = serve(Camera::Plays(SDP_H264.into(), bytes, After::Waits)).await;
    let (tray, task) = start(attempt(rtsp(&url)), plain_tools());
    assert_eq!(tray.wait(2, 5).await, 2);
    let units = tray.pictures();
    assert_eq!(units[0].camera_offset, None);
    let camera = units[1].arrived + units[1].camera_offset.unwrap();
    assert_eq!(camera.to_string(), "2020-01-01T00:00:00.040Z");
    task.abort();
}

#[tokio::test]
async fn a_dropped_attempt_tells_the_camera() {
    let camera = Camera::Plays(SDP_H264.into(), pictures(&[0]), After::Waits);
    let (url, asked) = serve(camera).await;
    let tools = plain_tools();
    let (tray, task) = start(attempt(rtsp(&url)), tools.clone());
    assert_eq!(tray.wait(1, 5).await, 1);
    task.abort();
    let _ = task.await;
    tools.settle(beadle::base::time::Span::secs(1)).await;
    assert_eq!(asked.lock().unwrap().last().unwrap(), "TEARDOWN");
}
