//! RTSP servers that are not ours: Debian's gst-rtsp-server, and aio-rtsp-toolkit from PyPI (pure
//! Python, PyAV). Pictures are recorded through `ingest::record` and counted: none may be missing.
//!
//! The second is installed into the build folder; without a package index that test says so and is
//! skipped.

#[cfg(feature = "simulate")]
mod live;
mod tray;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use beadle::base::time::Span;
use beadle::footage::unit::{AudioCodec, Params};
use beadle::footage::{Codec, GapReason as G};
use beadle::ingest::pins::Pins;
use beadle::ingest::{Attempt, Login, Source, Transport, record};
use tray::*;

/// A server that ends with the test.
struct Peer(Child, u16);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Peer {
    fn url(&self, path: &str) -> String {
        format!("rtsp://127.0.0.1:{}/{path}", self.1)
    }
}

/// Debian's server; its packages are among those that image/setup.sh installs.
fn gst(words: &[&str]) -> Peer {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/gst_rtsp_server.py");
    let mut child = Command::new("/usr/bin/python3")
        .arg(script)
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("/usr/bin/python3 is missing: apt-get install python3-gi");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().strip_prefix("port ").and_then(|p| p.parse().ok());
    let port = port.expect("no server: apt-get install python3-gi gir1.2-gst-rtsp-server-1.0");
    Peer(child, port)
}

fn udp(url: &str, login: Option<(&str, &str)>) -> Source {
    let login = login.map(|(u, p)| Login { user: u.into(), password: p.into() });
    Source::Rtsp { url: url.to_owned(), login, transport: Transport::Udp }
}

/// 100 pictures, and what every stream of these servers must show: a key frame each second, 40 ms
/// apart.
async fn hundred(source: Source, codec: Codec) {
    let shown = format!("{source:?}");
    let tools = tools();
    let (tray, task) = start(attempt(source), tools.clone());
    let count = tray.wait(100, 30).await;
    if task.is_finished() {
        panic!("{shown}: {:?}", task.await);
    }
    assert!(count >= 100, "{shown}: {count} pictures");
    let units = tray.pictures();
    assert_eq!(video(&units[0]).codec, codec);
    assert_eq!((video(&units[0]).width, video(&units[0]).height), (320, 240));
    assert!(units.iter().all(|u| u.lost_packets == 0), "{shown}: packets lost");
    let keys: Vec<usize> = (0..units.len()).filter(|i| units[*i].key).collect();
    assert_eq!(keys[0], 0);
    assert!(keys.windows(2).all(|k| k[1] - k[0] <= 30), "{shown}: {keys:?}");
    let steps: Vec<i64> = units.windows(2).map(|w| w[1].time - w[0].time).collect();
    // Stamps are rounded to microseconds and back on the way through other people's muxers.
    assert!(steps.iter().all(|s| (3_500..3_700).contains(s)), "{shown}: {steps:?}");
    task.abort();
    let _ = task.await;
    tools.settle(Span::secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gst_rtsp_server_over_tcp() {
    let peer = gst(&[]);
    hundred(rtsp(&peer.url("h264")), Codec::H264).await;
    hundred(rtsp(&peer.url("h265")), Codec::H265).await;
    let ended = record(attempt(rtsp(&peer.url("nothing"))), tools(), Tray::default()).await;
    assert_eq!(ended.reason, G::NoStream, "{}", ended.text);
    let ended = record(attempt(rtsp(&peer.url("raw"))), tools(), Tray::default()).await;
    assert_eq!(ended.reason, G::NoStream, "{}", ended.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gst_rtsp_server_over_udp() {
    let peer = gst(&["--udp"]);
    let ended = record(attempt(rtsp(&peer.url("h264"))), tools(), Tray::default()).await;
    assert!(ended.text.contains("transport=\"udp\""), "{ended:?}");
    hundred(udp(&peer.url("h264"), None), Codec::H264).await;
    hundred(udp(&peer.url("h265"), None), Codec::H265).await;
    let ended = record(attempt(udp(&peer.url("nothing"), None)), tools(), Tray::default()).await;
    assert_eq!(ended.reason, G::NoStream, "{}", ended.text);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("rtsp://127.0.0.1:{closed}/x");
    let ended = record(attempt(udp(&url, None)), tools(), Tray::default()).await;
    assert_eq!(ended.reason, G::Refused, "{}", ended.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gst_rtsp_server_over_tls() {
    let pem = Path::new(env!("CARGO_TARGET_TMPDIR")).join("camera.pem");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=cam"])
        .arg("-keyout")
        .arg(&pem)
        .arg("-out")
        .arg(pem.with_extension("crt"))
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is missing: apt-get install openssl").success());
    let certificate = std::fs::read(pem.with_extension("crt")).unwrap();
    let key = std::fs::read(&pem).unwrap();
    std::fs::write(&pem, [certificate, key].concat()).unwrap();
    let peer = gst(&["--tls", pem.to_str().unwrap()]);
    let secure = |path: &str| rtsp(&peer.url(path).replace("rtsp:", "rtsps:"));
    hundred(secure("h264"), Codec::H264).await;

    // The first certificate is kept, and told; the same one is taken again.
    let state = tempfile::tempdir().unwrap();
    let pinning = || tools().pinning(state.path());
    let place = format!("127.0.0.1:{}", peer.1);
    for _ in 0..2 {
        let (tray, task) = start(attempt(secure("h264")), pinning());
        assert!(tray.wait(10, 30).await >= 10, "{:?}", task.await);
        task.abort();
        let kept = Pins::new(state.path()).known(&place).unwrap().unwrap();
        let told = tray.certificates();
        assert!(told.len() == 1 && told[0].contains(&kept), "{told:?}");
    }
    // Another camera in its place is refused, until the old one is forgotten.
    let kept = state.path().join("certificates").join(&place);
    std::fs::write(&kept, "0f".repeat(32)).unwrap();
    let ended = record(attempt(secure("h264")), pinning(), Tray::default()).await;
    assert_eq!(ended.reason, G::Refused, "{}", ended.text);
    let remedy = format!("beadle secret forget {place}");
    assert!(ended.text.contains(&remedy) && ended.text.contains("0f0f"), "{}", ended.text);
    assert!(Pins::new(state.path()).forget(&place).unwrap());
    let (tray, task) = start(attempt(secure("h264")), pinning());
    assert!(tray.wait(10, 30).await >= 10);
    task.abort();
    // Without the s, the camera is heard to speak TLS, or hangs up.
    let ended = record(attempt(rtsp(&peer.url("h264"))), tools(), Tray::default()).await;
    assert!(matches!(ended.reason, G::Refused | G::Closed), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gst_rtsp_server_with_a_login() {
    let peer = gst(&["--auth", "recorder:swordfish"]);
    let url = peer.url("h264");
    hundred(with_login(&url, "recorder", "swordfish"), Codec::H264).await;
    hundred(udp(&url, Some(("recorder", "swordfish"))), Codec::H264).await;
    for (source, words) in [
        (with_login(&url, "recorder", "herring"), "does not accept"),
        (rtsp(&url), "needs a user and password"),
        (udp(&url, Some(("recorder", "herring"))), "does not accept"),
        (udp(&url, None), "needs a user and password"),
    ] {
        let shown = format!("{source:?}");
        let ended = record(attempt(source), tools(), Tray::default()).await;
        assert_eq!(ended.reason, G::WrongPassword, "{shown}: {}", ended.text);
        assert!(ended.text.contains(words) && !ended.text.contains("herring"), "{}", ended.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_out_of_order_of_showing_come_in_order_of_decoding() {
    let peer = gst(&[]);
    let (tray, task) = start(attempt(rtsp(&peer.url("bframes"))), tools());
    assert!(tray.wait(75, 30).await >= 75);
    let units = tray.pictures();
    assert!(units.windows(2).any(|w| w[1].time < w[0].time), "no B-frames came");
    let mut times: Vec<i64> = units.iter().map(|u| u.time).collect();
    times.sort_unstable();
    times.truncate(70); // the last ones may wait for one that is not there yet
    assert!(times.windows(2).all(|w| (3_500..3_700).contains(&(w[1] - w[0]))), "{times:?}");
    task.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mjpeg_is_encoded_anew() {
    let peer = gst(&[]);
    let (tray, task) = start(attempt(rtsp(&peer.url("jpeg"))), tools());
    let count = tray.wait(50, 30).await;
    if task.is_finished() {
        panic!("{:?}", task.await)
    }
    assert!(count >= 50, "{count} pictures");
    assert_eq!(video(&tray.pictures()[0]).codec, Codec::H264);
    task.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sound_comes_beside_the_pictures_when_allowed() {
    let (over_tcp, over_udp) = (gst(&[]), gst(&["--udp"]));
    for (source, codec, rate, bytes) in [
        (rtsp(&over_tcp.url("sound")), AudioCodec::Alaw, 8_000, 10_000..24_000),
        (udp(&over_udp.url("sound"), None), AudioCodec::Alaw, 8_000, 10_000..24_000),
        (rtsp(&over_tcp.url("aac")), AudioCodec::Aac, 48_000, 4_000..60_000),
        (udp(&over_udp.url("aac"), None), AudioCodec::Aac, 48_000, 4_000..60_000),
    ] {
        let shown = format!("{source:?}");
        let allowed = Attempt { audio: true, ..attempt(source.clone()) };
        let (tray, task) = start(allowed, tools());
        assert!(tray.wait(50, 30).await >= 50, "{shown}");
        task.abort();
        let sounds: Vec<_> = tray.all().into_iter().filter(|u| !u.is_video()).collect();
        let Params::Audio(params) = &*sounds[0].params else { panic!() };
        assert_eq!((params.codec, params.rate_hz, params.channels), (codec, rate, 1), "{shown}");
        assert_eq!(params.config.is_empty(), codec != AudioCodec::Aac, "{shown}");
        // Two seconds of pictures: about as many of sound, on the same line of time.
        let all: usize = sounds.iter().map(|u| u.data.len()).sum();
        assert!(bytes.contains(&all), "{shown}: {all} bytes");
        let seconds = |time: i64, rate: i64| time as f64 / rate as f64;
        let (first, last) = (&sounds[0], sounds.last().unwrap());
        let spoken = seconds(last.time - first.time, rate.into());
        assert!((1.0..3.5).contains(&spoken), "{shown}: {spoken} s of sound");
        let pictures = tray.pictures();
        let apart = seconds(first.time, rate.into()) - seconds(pictures[0].time, 90_000);
        assert!(apart.abs() < 2.0, "{shown}: sound {apart} s from the picture");
        assert!(sounds.windows(2).all(|w| w[1].time > w[0].time), "{shown}");

        // Not allowed: not one packet of it.
        let (tray, task) = start(attempt(source), tools());
        assert!(tray.wait(25, 30).await >= 25, "{shown}");
        task.abort();
        assert!(tray.all().iter().all(|u| u.is_video()), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_tells_the_camera_s_clock() {
    let peer = gst(&["--udp"]);
    let (tray, task) = start(attempt(udp(&peer.url("h264"), None)), tools());
    // The first sender report comes within 5 s.
    assert!(tray.wait(200, 30).await >= 200);
    task.abort();
    let offsets: Vec<_> = tray.pictures().iter().filter_map(|u| u.camera_offset).collect();
    assert!(offsets.len() > 25, "{} of the pictures say so", offsets.len());
    // The same machine, so the same clock; its encoder takes a few frames.
    assert!(offsets.iter().all(|o| o.abs() < Span::secs(1)), "{offsets:?}");
}

/// Installs the server once; `None` when there is no package index.
fn toolkit(home: &Path) -> Option<PathBuf> {
    let program = home.join("venv/bin/rtsp-server");
    if !program.exists() {
        let run = |program: &Path, words: &[&str]| {
            let done = Command::new(program).args(words).stdout(Stdio::null()).status();
            done.is_ok_and(|s| s.success()).then_some(())
        };
        let venv = home.join("venv");
        run(Path::new("python3"), &["-m", "venv", venv.to_str()?])?;
        let package = "aio-rtsp-toolkit[server]==0.1.4";
        run(&venv.join("bin/pip"), &["install", "-q", "--disable-pip-version-check", package])?;
    }
    Some(program)
}

/// Six seconds of each codec.
fn films(home: &Path) {
    for (name, codec) in [("h264", "libx264"), ("h265", "libx265")] {
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25"])
            .args(["-frames:v", "150", "-c:v", codec, "-g", "25", "-bf", "0"])
            .args(["-x265-params", "log-level=none:keyint=25:bframes=0", "-pix_fmt", "yuv420p"])
            .arg(home.join(format!("media/{name}.mp4")))
            .status();
        assert!(made.expect("ffmpeg is missing: apt-get install ffmpeg").success());
    }
}

/// The server on a folder with one film of each codec; `None`, and SKIPPED said, without it.
fn film_server(name: &str) -> Option<Peer> {
    // Tests that run side by side each install their own.
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(home.join("media")).unwrap();
    let Some(program) = toolkit(&home) else {
        println!("SKIPPED: aio-rtsp-toolkit[server] 0.1.4 cannot be installed with pip here");
        return None;
    };
    films(&home);
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (port, control) = (free(), free());
    let child = Command::new(program)
        .args(["-H", "127.0.0.1", "-p", &port.to_string(), "-cp", &control.to_string(), "-d"])
        .arg(home.join("media"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peer = Peer(child, port);
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Some(peer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aio_rtsp_toolkit_every_picture_of_a_file() {
    let Some(peer) = film_server("aio-rtsp-toolkit") else { return };
    // The server ends the stream with the file: every picture must be there, then the reason.
    for (path, codec) in [("h264.mp4", Codec::H264), ("h265.mp4", Codec::H265)] {
        let tray = Tray::default();
        let ended = record(attempt(rtsp(&peer.url(path))), tools(), tray.clone()).await;
        assert_eq!(ended.reason, G::Closed, "{path}: {}", ended.text);
        let units = tray.pictures();
        assert_eq!((units.len(), video(&units[0]).codec), (150, codec), "{path}");
        assert_eq!(units.iter().filter(|u| u.key).count(), 6, "{path}");
        assert_eq!(units.iter().map(|u| u.lost_packets).sum::<u32>(), 0);
    }
    let ended = record(attempt(rtsp(&peer.url("none.mp4"))), tools(), Tray::default()).await;
    assert_eq!(ended.reason, G::NoStream, "{}", ended.text);
}

/// Both servers through the whole program: what it wrote is played by ffprobe without a word.
#[cfg(feature = "simulate")]
mod whole_program {
    use super::*;
    use beadle::footage::Segment;
    use beadle::simulate::{SiteStream, site_kdl};
    use live::{Places, Recorder, files};

    /// Starts `beadle run` on these streams.
    fn record_all(folder: &Path, urls: &[(&str, String)]) -> Recorder {
        let stream = |(id, url): &(&str, String)| SiteStream {
            id: id.to_string(),
            title: id.to_string(),
            main: url.clone(),
            ..SiteStream::default()
        };
        let streams: Vec<SiteStream> = urls.iter().map(stream).collect();
        let places = Places::below(folder);
        places.write(&site_kdl(&streams, None));
        Recorder::start(&places)
    }

    /// Asks until the index has closed segments that will do.
    fn closed_until(recorder: &Recorder, enough: impl Fn(&[Segment]) -> bool) -> Vec<Segment> {
        let late = std::time::Instant::now() + 3 * live::PATIENCE;
        loop {
            let (mut segments, _) = recorder.places.listed();
            segments.retain(|s| !s.is_open());
            if enough(&segments) {
                return segments;
            }
            assert!(std::time::Instant::now() < late, "never closed: {segments:?}");
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    #[test]
    fn gst_rtsp_server_a_whole_segment_of_each_codec() {
        if !live::slow() {
            println!("SKIPPED: takes a minute; set SLOW=1");
            return;
        }
        let peer = gst(&[]);
        let folder = tempfile::tempdir().unwrap();
        let urls = ["h264", "h265", "bframes"].map(|path| (path, peer.url(path)));
        let recorder = record_all(folder.path(), &urls);
        // The one that began with the recording is cut short by the camera's boundary; the next is
        // a whole minute.
        let whole = |s: &&Segment| s.span() > Span::secs(57);
        let segments = closed_until(&recorder, |segments| {
            let whole: Vec<_> = segments.iter().filter(whole).collect();
            urls.iter().all(|(id, _)| whole.iter().any(|s| s.camera.as_str() == *id))
        });
        for segment in &segments {
            let shown = files::play(Path::new(&segment.path));
            assert_eq!(shown, segment.frames as usize, "{}", segment.path);
            let due = segment.span().as_secs_f64() * 25.0;
            assert!((due - shown as f64).abs() < 1.0, "{shown} of {due} frames: {segment:?}");
            println!("{}: {shown} frames play without a warning", segment.path);
        }
        recorder.stop();
    }

    #[test]
    fn aio_rtsp_toolkit_every_picture_of_a_file_reaches_the_disk() {
        let Some(peer) = film_server("aio-rtsp-toolkit-whole") else { return };
        let folder = tempfile::tempdir().unwrap();
        let urls = [("h264", peer.url("h264.mp4")), ("h265", peer.url("h265.mp4"))];
        let recorder = record_all(folder.path(), &urls);
        // The server ends the stream with the film; a segment may have turned in the middle.
        let frames_of = |segments: &[Segment], camera: &str| -> usize {
            let mut own: Vec<_> = segments.iter().filter(|s| s.camera.as_str() == camera).collect();
            own.sort_by_key(|s| s.start);
            let film = |s: &&&Segment| s.start - own[0].start < Span::millis(6_200);
            own.iter().filter(film).map(|s| s.frames as usize).sum()
        };
        let segments = closed_until(&recorder, |segments| {
            urls.iter().all(|(camera, _)| frames_of(segments, camera) >= 150)
        });
        for (camera, _) in &urls {
            assert_eq!(frames_of(&segments, camera), 150, "{camera}: {segments:?}");
        }
        for segment in &segments {
            let shown = files::play(Path::new(&segment.path));
            assert_eq!(shown, segment.frames as usize, "{}", segment.path);
        }
        recorder.stop();
    }
}
