//! The child that owns the box's own screen while pictures play there: `beadle-pictures screen`.
//!
//! It is another one than the child that decodes: what holds the card parses nothing that a camera
//! sent. In the image it has a user of its own, who alone may open the card: a socket of the
//! system's service manager stands there, and each connection is a fresh child ([`SERVICE`]).
//! Elsewhere it is started here. The screen is let go when this is dropped: the drop waits until
//! the child says so by hanging up, which it does last, and kills what does not.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use bytes::BytesMut;

use crate::wire::pictures::display::{FromScreen, ToScreen, VERSION, encode_to, from_screen};
use crate::wire::pictures::{Picture, picture_head};

/// Where the image's screen is asked for; elsewhere nothing stands there.
pub const SERVICE: &str = "/run/beadle-screen/screen.sock";
/// A child that does not take a picture for so long hangs.
const WRITE_SPAN: Duration = Duration::from_secs(2);
/// From the end of the line to the child's own: the mode that was before is set again.
const CLOSE_SPAN: Duration = Duration::from_secs(2);
/// Without a registry of plugins GStreamer looks at each of them first.
const START_SPAN: Duration = Duration::from_secs(25);

/// What became of the child.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// The screen is ours; the size of a tile in pixels.
    Ready { tile: (u16, u16) },
    /// It is not, or no longer; in words.
    Gone(String),
}

pub struct Display {
    stream: UnixStream,
    process: Option<std::process::Child>,
    said: Receiver<Result<FromScreen, String>>,
    began: Instant,
    ready: bool,
    /// What was said last of each tile and of the bar: once is enough.
    words: Vec<String>,
    bar: (String, u16),
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write); // gone already
        let late = Instant::now() + CLOSE_SPAN;
        loop {
            match self.said.recv_timeout(late.saturating_duration_since(Instant::now())) {
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    tracing::warn!("the screen's child did not let go in time and is ended");
                    break;
                }
            }
        }
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait(); // killed: it ends at once
        }
    }
}

impl Display {
    /// Asks for the screen, for so many pictures side by side. The answer comes with
    /// [`Display::said`].
    ///
    /// # Errors
    /// There is no child; in words.
    pub fn open(program: &Path, tiles: usize) -> Result<Display, String> {
        Display::at(Path::new(SERVICE), program, tiles)
    }

    fn at(service: &Path, program: &Path, tiles: usize) -> Result<Display, String> {
        let failed = |e: std::io::Error| format!("The box's own screen cannot be asked for: {e}.");
        let (stream, process) = match service.exists() {
            true => (UnixStream::connect(service).map_err(failed)?, None),
            false => {
                let (ours, theirs) = UnixStream::pair().map_err(failed)?;
                let mut command = Command::new(program);
                command.arg("screen").stdin(Stdio::from(OwnedFd::from(theirs)));
                let process = command.stdout(Stdio::null()).spawn().map_err(failed)?;
                (ours, Some(process))
            }
        };
        stream.set_write_timeout(Some(WRITE_SPAN)).map_err(failed)?;
        let ear = stream.try_clone().map_err(failed)?;
        let (voice, said) = sync_channel(16);
        let mut display = Display {
            stream,
            process,
            said,
            began: Instant::now(),
            ready: false,
            words: vec![String::new(); tiles],
            bar: (String::new(), 0),
        };
        let listening = move || listen(ear, &voice);
        std::thread::Builder::new().name("screen".into()).spawn(listening).map_err(failed)?;
        let begin = ToScreen::Begin { version: VERSION, tiles: tiles.min(255) as u8 };
        match display.say(&begin) {
            true => Ok(display),
            false => Err("The box's own screen hung up at once.".into()),
        }
    }

    /// What it said since the last time; waits for nothing.
    pub fn said(&mut self) -> Option<Said> {
        match self.said.try_recv() {
            Ok(Ok(FromScreen::Ready { version: VERSION, tile, card, .. })) => {
                tracing::info!("pictures take the screen ({card})");
                self.ready = true;
                Some(Said::Ready { tile })
            }
            Ok(Ok(FromScreen::Ready { .. })) => {
                Some(Said::Gone("beadle-pictures is of another release than beadle.".into()))
            }
            Ok(Ok(FromScreen::Failed { text }) | Err(text)) => Some(Said::Gone(text)),
            Err(TryRecvError::Disconnected) => {
                Some(Said::Gone("The program that shows pictures on the screen ended.".into()))
            }
            Err(TryRecvError::Empty) if !self.ready && self.began.elapsed() > START_SPAN => {
                Some(Said::Gone("The box's own screen does not answer.".into()))
            }
            Err(TryRecvError::Empty) => None,
        }
    }

    /// Is the screen ours?
    pub fn is_ready(&self) -> bool {
        self.ready
    }

    /// The line takes bytes now.
    pub fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// `false`: it takes nothing any more.
    pub fn picture(&mut self, tile: usize, picture: &Picture) -> bool {
        let head = picture_head(tile as u16, 0, picture);
        let mut stream = &self.stream;
        stream.write_all(&head).and_then(|()| stream.write_all(&picture.rgb)).is_ok()
    }

    /// Words in the place of a picture; none: the picture again.
    pub fn words(&mut self, tile: usize, text: &str) -> bool {
        let Some(known) = self.words.get_mut(tile).filter(|known| *known != text) else {
            return true;
        };
        *known = text.to_string();
        self.say(&ToScreen::Said { tile: tile as u16, text: text.into() })
    }

    /// The line below the pictures, and how far the clock has come in 1/65,535.
    pub fn bar(&mut self, text: String, at: u16) -> bool {
        if self.bar == (text.clone(), at) {
            return true;
        }
        self.bar = (text.clone(), at);
        self.say(&ToScreen::Bar { text, at })
    }

    fn say(&mut self, message: &ToScreen) -> bool {
        self.stream.write_all(&encode_to(message)).is_ok()
    }
}

fn listen(mut ear: UnixStream, voice: &std::sync::mpsc::SyncSender<Result<FromScreen, String>>) {
    let mut buffer = BytesMut::new();
    let mut piece = [0; 4_096];
    loop {
        match from_screen(&mut buffer) {
            Ok(Some(said)) => {
                if voice.send(Ok(said)).is_err() {
                    return;
                }
                continue;
            }
            Ok(None) => {}
            Err(broken) => {
                let _ = voice.send(Err(format!("The screen's program spoke strangely: {broken}.")));
                return;
            }
        }
        match ear.read(&mut piece) {
            Ok(length @ 1..) => buffer.extend_from_slice(&piece[..length]),
            // The end of the channel says it.
            Ok(0) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    fn nowhere() -> &'static Path {
        Path::new("/nowhere/screen.sock")
    }

    fn wait(display: &mut Display) -> Said {
        let late = Instant::now() + Duration::from_secs(30);
        loop {
            match display.said() {
                Some(said) => return said,
                None if Instant::now() > late => panic!("nothing was said"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    #[test]
    fn a_child_that_is_none_is_told_and_leaves_nothing_behind() {
        let missing = Display::at(nowhere(), Path::new("/nowhere/beadle-pictures"), 1);
        assert!(missing.is_err_and(|why| why.contains("cannot be asked for")));
        // It hangs up at once, as one that crashes does.
        match Display::at(nowhere(), Path::new("/bin/true"), 1) {
            Ok(mut display) => assert!(matches!(wait(&mut display), Said::Gone(_))),
            Err(why) => assert!(why.contains("hung up"), "{why}"),
        }
    }

    #[test]
    fn the_drop_waits_until_the_screen_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("screen.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let child = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let ready = FromScreen::Ready {
                version: VERSION,
                screen: (1280, 800),
                tile: (640, 390),
                card: "made up".into(),
            };
            let ready = crate::wire::pictures::display::encode_from(&ready);
            stream.write_all(&ready).unwrap();
            let (mut heard, mut piece) = (0, [0; 256]);
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                heard += length;
            }
            // The mode that was before takes its time.
            std::thread::sleep(Duration::from_millis(120));
            heard
        });
        let mut display = Display::at(&path, Path::new("/nowhere"), 4).unwrap();
        assert_eq!(wait(&mut display), Said::Ready { tile: (640, 390) });
        assert!(display.bar("14:35".into(), 9) && display.words(0, "NO FOOTAGE"));
        let began = Instant::now();
        drop(display);
        assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
        assert!(child.join().unwrap() > 20);
    }
}
