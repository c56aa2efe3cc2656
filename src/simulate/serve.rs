//! The server: listeners, connections, requests, and the clock that sends frames.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until, timeout};

use super::camera::{Behaviour, Camera};
use super::fault::Fault;
use super::play::{Player, Track, Turn, mix};
use super::request::{Request, fill, take_request};
use super::rtp::Reel;
use super::sdp::describe;
use super::shelf::{Say, Shelf};
use crate::base::clock::{Clock, SystemClock};
use crate::base::limits::SIM_CLIENT_STALL;

/// Everything the server knows.
pub(super) struct World {
    pub cameras: Vec<Arc<Camera>>,
    pub shelf: Shelf,
    pub say: Say,
    /// Scatters session names and nonces.
    pub seed: AtomicU64,
}

impl World {
    pub fn camera(&self, name: &str) -> Option<&Arc<Camera>> {
        self.cameras.iter().find(|c| c.is.name == name)
    }

    /// The camera and stream of a path; the flag says preview.
    fn stream(&self, path: &str) -> Option<(Arc<Camera>, bool)> {
        for camera in &self.cameras {
            for preview in [false, true] {
                if camera.is.path(preview) == path {
                    return Some((camera.clone(), preview));
                }
            }
        }
        None
    }

    fn word(&self) -> String {
        let clock = SystemClock::new().utc().0 as u64;
        format!("{:016x}", mix(clock ^ mix(self.seed.fetch_add(1, Ordering::Relaxed))))
    }
}

/// Accepts for ever.
pub(super) async fn listen(listener: TcpListener, world: Arc<World>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(Session::new(world.clone()).run(stream));
            }
            // Out of file descriptors, most likely: wait instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Accepts for one camera with its own port, except while it refuses.
pub(super) async fn listen_alone(first: TcpListener, camera: Arc<Camera>, world: Arc<World>) {
    let mut listener = Some(first);
    loop {
        if camera.behaviour().has(Fault::Refuse) {
            listener = None;
        } else if listener.is_none() {
            listener = super::bind(camera.at).ok();
        }
        match &listener {
            None => {
                // A port that somebody took meanwhile is tried again.
                let _ = timeout(Duration::from_millis(200), camera.changed.notified()).await;
            }
            Some(l) => tokio::select! {
                () = camera.changed.notified() => {}
                accepted = l.accept() => if let Ok((stream, _)) = accepted {
                    tokio::spawn(Session::new(world.clone()).run(stream));
                }
            },
        }
    }
}

/// One connection.
struct Session {
    world: Arc<World>,
    name: String,
    nonce: String,
    stream: Option<(Arc<Camera>, bool)>,
    reel: Option<Arc<Reel>>,
    tracks: [Option<Track>; 2],
    player: Option<Player>,
}

/// What to do after an answer.
#[derive(PartialEq, Eq)]
enum Then {
    Stay,
    Leave,
}

impl Session {
    fn new(world: Arc<World>) -> Session {
        let (name, nonce) = (world.word(), world.word());
        let tracks = [None, None];
        Session { world, name, nonce, stream: None, reel: None, tracks, player: None }
    }

    async fn run(mut self, mut stream: TcpStream) {
        // Frames are whole writes already; waiting for more would only blur the times.
        let _ = stream.set_nodelay(true);
        let mut buffer = Vec::with_capacity(4096);
        self.talk(&mut stream, &mut buffer).await;
        if let (Some(_), Some((camera, _))) = (&self.player, &self.stream) {
            camera.playing.fetch_sub(1, Ordering::SeqCst);
        }
    }

    async fn talk(&mut self, stream: &mut TcpStream, buffer: &mut Vec<u8>) {
        loop {
            let due = self.player.as_ref().map(Player::due);
            tokio::select! {
                filled = fill(stream, buffer) => {
                    if !filled {
                        return;
                    }
                    loop {
                        match take_request(buffer) {
                            Ok(None) => break,
                            Err(_) => return,
                            Ok(Some(request)) => {
                                let (answer, then) = self.answer(&request).await;
                                if !self.write(stream, &[answer.as_bytes()]).await {
                                    return;
                                }
                                if then == Then::Leave {
                                    return;
                                }
                            }
                        }
                    }
                }
                () = until(due) => {
                    if !self.play(stream).await {
                        return;
                    }
                }
            }
        }
    }

    /// One frame; `false` ends the connection.
    async fn play(&mut self, stream: &mut TcpStream) -> bool {
        let Some(mut player) = self.player.take() else {
            return true;
        };
        let turn = player.step(Instant::now());
        // Counted before it is written: whoever has the frame in hand can rely on its being
        // counted.
        let counted = match &self.stream {
            Some((camera, false)) if turn == (Turn::Write { frame: true }) => Some(camera.clone()),
            _ => None,
        };
        if let Some(camera) = &counted {
            camera.sent.fetch_add(1, Ordering::SeqCst);
        }
        let went = match turn {
            Turn::Close => false,
            Turn::Nothing => true,
            Turn::Write { .. } => {
                let pieces: Vec<&[u8]> = player.pieces().collect();
                self.write(stream, &pieces).await
            }
        };
        if let (false, Some(camera)) = (went, counted) {
            camera.sent.fetch_sub(1, Ordering::SeqCst);
        }
        self.player = Some(player);
        went
    }

    /// `false` when the client is gone, or took nothing for three seconds.
    async fn write(&self, stream: &mut TcpStream, pieces: &[&[u8]]) -> bool {
        for piece in pieces {
            // Nearly always the kernel takes it all at once; a timer for each frame would cost
            // more.
            let taken = stream.try_write(piece).unwrap_or(0);
            if taken == piece.len() {
                continue;
            }
            let limit = Duration::from_micros(SIM_CLIENT_STALL.0 as u64);
            match timeout(limit, stream.write_all(&piece[taken..])).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return false,
                Err(_) => {
                    if let Some((camera, _)) = &self.stream {
                        camera.dropped.fetch_add(1, Ordering::SeqCst);
                        let name = &camera.is.name;
                        (self.world.say)(&format!("{name}: a client stalled and was dropped"));
                    }
                    return false;
                }
            }
        }
        true
    }

    async fn answer(&mut self, request: &Request) -> (String, Then) {
        if request.method == "OPTIONS" && self.stream.is_none() {
            // Cameras say what they can before they know which stream is meant, and some clients
            // ask `*`.
            if let Some((camera, _)) = self.world.stream(request.path())
                && let Some(rude) = rude_answer(&camera.behaviour())
            {
                return rude;
            }
            return (self.reply(request, "200 OK", &[public()], ""), Then::Stay);
        }
        let Some((camera, preview)) = self.world.stream(request.path()).or(self.stream.clone())
        else {
            return (self.reply(request, "404 Stream Not Found", &[], ""), Then::Stay);
        };
        let behaviour = camera.behaviour();
        if let Some(rude) = rude_answer(&behaviour) {
            return rude;
        }
        if let Some(login) = &camera.is.login {
            let word = request.header("Authorization").unwrap_or_default();
            let right = login.admits(word, &request.method, &self.nonce);
            if behaviour.has(Fault::RefuseLogin) || !right {
                let challenge = format!("WWW-Authenticate: {}", login.challenge(&self.nonce));
                return (self.reply(request, "401 Unauthorized", &[challenge], ""), Then::Stay);
            }
        } else if behaviour.has(Fault::RefuseLogin) {
            let challenge = format!("WWW-Authenticate: Basic realm=\"{}\"", super::login::REALM);
            return (self.reply(request, "401 Unauthorized", &[challenge], ""), Then::Stay);
        }
        self.obey(request, camera, preview, &behaviour).await
    }

    async fn obey(
        &mut self,
        request: &Request,
        camera: Arc<Camera>,
        preview: bool,
        behaviour: &Behaviour,
    ) -> (String, Then) {
        match request.method.as_str() {
            "DESCRIBE" => self.describe(request, camera, preview, behaviour).await,
            "SETUP" => {
                let track = request.track();
                if track > usize::from(camera.is.audio.is_some()) || self.player.is_some() {
                    return (self.reply(request, "404 Not Found", &[], ""), Then::Stay);
                }
                let Some(channel) = request.channel().filter(|c| *c < 255) else {
                    return (self.reply(request, "461 Unsupported Transport", &[], ""), Then::Stay);
                };
                let seed = mix(self.world.seed.fetch_add(1, Ordering::Relaxed) ^ 0x5eed);
                let track_made = Track::new(channel, seed);
                let transport = format!(
                    "Transport: RTP/AVP/TCP;unicast;interleaved={channel}-{};ssrc={:08X}",
                    channel + 1,
                    track_made.source
                );
                self.tracks[track] = Some(track_made);
                self.stream = Some((camera, preview));
                (self.reply(request, "200 OK", &[transport], ""), Then::Stay)
            }
            "PLAY" => self.start_playing(request, camera, preview).await,
            "TEARDOWN" => (self.reply(request, "200 OK", &[], ""), Then::Leave),
            "OPTIONS" => (self.reply(request, "200 OK", &[public()], ""), Then::Stay),
            "GET_PARAMETER" | "SET_PARAMETER" => {
                (self.reply(request, "200 OK", &[], ""), Then::Stay)
            }
            _ => (self.reply(request, "501 Not Implemented", &[], ""), Then::Stay),
        }
    }

    async fn describe(
        &mut self,
        request: &Request,
        camera: Arc<Camera>,
        preview: bool,
        behaviour: &Behaviour,
    ) -> (String, Then) {
        if behaviour.has(Fault::NotFound) {
            return (self.reply(request, "404 Stream Not Found", &[], ""), Then::Stay);
        }
        let Some(reel) = self.reel(&camera, preview).await else {
            return (self.reply(request, "503 Service Unavailable", &[], ""), Then::Stay);
        };
        let sdp = describe(&camera.is, behaviour, &reel);
        let base = format!("Content-Base: {}/", request.url.trim_end_matches('/'));
        let kind = "Content-Type: application/sdp".to_string();
        self.reel = Some(reel);
        self.stream = Some((camera, preview));
        (self.reply(request, "200 OK", &[kind, base], &sdp), Then::Stay)
    }

    /// The preview's film may have to be encoded first, which must not stop the other cameras.
    async fn reel(&self, camera: &Arc<Camera>, preview: bool) -> Option<Arc<Reel>> {
        if !preview {
            return Some(camera.behaviour().reel.clone());
        }
        let (camera, world) = (camera.clone(), self.world.clone());
        let encoded = tokio::task::spawn_blocking(move || {
            camera.preview_reel(&world.shelf).map_err(|why| (world.say)(&why)).ok()
        });
        encoded.await.ok().flatten()
    }

    async fn start_playing(
        &mut self,
        request: &Request,
        camera: Arc<Camera>,
        preview: bool,
    ) -> (String, Then) {
        if self.player.is_some() {
            return (self.reply(request, "200 OK", &[], ""), Then::Stay);
        }
        let described = match self.reel.take() {
            Some(reel) => Some(reel),
            None => self.reel(&camera, preview).await,
        };
        let (Some(video), Some(reel)) = (self.tracks[0].take(), described) else {
            return (
                self.reply(request, "455 Method Not Valid in This State", &[], ""),
                Then::Stay,
            );
        };
        let audio = self.tracks[1].take();
        let player = Player::new(camera.clone(), preview, reel, video, audio, Instant::now());
        let url = request.url.trim_end_matches('/');
        let headers =
            [format!("RTP-Info: {}", player.rtp_position(url)), "Range: npt=now-".to_string()];
        camera.playing.fetch_add(1, Ordering::SeqCst);
        self.player = Some(player);
        self.stream = Some((camera, preview));
        (self.reply(request, "200 OK", &headers, ""), Then::Stay)
    }

    fn reply(&self, request: &Request, status: &str, headers: &[String], body: &str) -> String {
        let mut out = format!("RTSP/1.0 {status}\r\n");
        if let Some(cseq) = request.header("CSeq") {
            out += &format!("CSeq: {cseq}\r\n");
        }
        if matches!(request.method.as_str(), "SETUP" | "PLAY" | "GET_PARAMETER") {
            out += &format!("Session: {};timeout=60\r\n", self.name);
        }
        for header in headers {
            out += header;
            out += "\r\n";
        }
        if !body.is_empty() {
            out += &format!("Content-Length: {}\r\n", body.len());
        }
        out + "\r\n" + body
    }
}

fn public() -> String {
    "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN".into()
}

/// Answers that are no RTSP.
fn rude_answer(behaviour: &Behaviour) -> Option<(String, Then)> {
    if behaviour.has(Fault::HangUp) {
        return Some((String::new(), Then::Leave));
    }
    if behaviour.has(Fault::Http) {
        let page = "<html><body>Login</body></html>";
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
        return Some((
            format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()),
            Then::Leave,
        ));
    }
    None
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
