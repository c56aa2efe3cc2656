//! Where viewers come for pictures: a second socket, beside the one for questions.
//!
//! The supervisor decides who may see what, makes the entry, and leaves a viewing here for a
//! ticket; whoever brings the ticket within `TICKET_SPAN` gets that viewing, once. From then on
//! the connection carries wishes up and pictures down ([`crate::wire::viewing`]), on threads of its
//! own. A viewing ends when the viewer hangs up, or when the supervisor says so ([`Admitted`]).
//!
//! A viewer that does not keep up loses pictures and costs nobody anything: what its connection
//! does not take at once is dropped.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::measure::read_rate;
use super::outlet::{Asked, Outlet};
use super::player::{Input, Player, Setup, Wish};
use super::playhead::Speed;
use crate::base::fault::Fault;
use crate::base::limits::VIEWINGS_MAX;
use crate::base::time::Utc;
use crate::wire::viewing::{self, News, Wish as Words};
use bytes::BytesMut;

/// A ticket that is not used by then is void.
const TICKET_SPAN: Duration = Duration::from_secs(10);
/// News that is not taken by then finds nobody.
const WRITE_SPAN: Duration = Duration::from_secs(5);
/// How pictures fared is told this often.
const COUNT_SPAN: Duration = Duration::from_secs(1);

/// A viewing that was allowed. Dropping it changes nothing; [`Admitted::end`] ends the viewing.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// For the viewer, and nobody else.
    pub ticket: String,
    over: Arc<Mutex<Option<String>>>,
    lasts: Arc<AtomicBool>,
}

impl Admitted {
    /// Ends it, with a sentence for whoever watches.
    pub fn end(&self, why: &str) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_string());
    }

    /// Is it still waited for, or watched?
    pub fn lasts(&self) -> bool {
        self.lasts.load(Ordering::Relaxed)
    }
}

struct Waiting {
    since: Instant,
    setup: Setup,
    at: Utc,
    admitted: Admitted,
}

#[derive(Default)]
struct Desk {
    waiting: Mutex<HashMap<String, Waiting>>,
    viewings: AtomicUsize,
}

impl Desk {
    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tickets that nobody came with are void.
    fn sweep(&self) {
        self.waiting().retain(|_, waiting| {
            let fresh = waiting.since.elapsed() < TICKET_SPAN;
            waiting.admitted.lasts.fetch_and(fresh, Ordering::Relaxed);
            fresh
        });
    }
}

/// The socket; it goes away with this.
pub struct Gate {
    desk: Arc<Desk>,
    pub path: PathBuf,
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path); // gone already
    }
}

impl Gate {
    /// Whoever may talk on the socket `like` may come here too.
    ///
    /// # Errors
    /// The socket cannot be made, or no thread started.
    pub fn open(path: &Path, like: &Path) -> Result<Gate, Fault> {
        let failed = |e: std::io::Error| Fault::io(format!("making {}", path.display()), &e);
        let unnamed = path.with_extension(format!("{}", std::process::id()));
        let _ = std::fs::remove_file(&unnamed);
        let listener = UnixListener::bind(&unnamed).map_err(failed)?;
        let (mode, group) = match std::fs::metadata(like) {
            Ok(meta) => (meta.permissions().mode() & 0o660, Some(meta.gid())),
            Err(_) => (0o600, None),
        };
        std::os::unix::fs::chown(&unnamed, None, group).map_err(failed)?;
        std::fs::set_permissions(&unnamed, PermissionsExt::from_mode(mode)).map_err(failed)?;
        std::fs::rename(&unnamed, path).map_err(failed)?;
        let desk = Arc::new(Desk::default());
        let inside = desk.clone();
        let serve = move || {
            for stream in listener.incoming() {
                match stream {
                    Ok(stream) => meet(&inside, stream),
                    // Out of file descriptors, most likely: they come back.
                    Err(_) => std::thread::sleep(Duration::from_millis(100)),
                }
            }
        };
        std::thread::Builder::new().name("gate".into()).spawn(serve).map_err(failed)?;
        Ok(Gate { desk, path: path.to_path_buf() })
    }

    /// A viewing for whoever brings this ticket, which has to be beyond guessing. It begins
    /// standing at `at`.
    ///
    /// # Errors
    /// There are as many viewings as the box can carry; in words.
    pub fn admit(&self, ticket: String, setup: Setup, at: Utc) -> Result<Admitted, String> {
        self.desk.sweep();
        let mut waiting = self.desk.waiting();
        if self.desk.viewings.load(Ordering::Relaxed) + waiting.len() >= VIEWINGS_MAX {
            return Err(format!("{VIEWINGS_MAX} people watch already. Close a viewing first."));
        }
        let admitted = Admitted {
            ticket: ticket.clone(),
            over: Arc::default(),
            lasts: Arc::new(AtomicBool::new(true)),
        };
        let since = Instant::now();
        waiting.insert(ticket, Waiting { since, setup, at, admitted: admitted.clone() });
        Ok(admitted)
    }
}

/// Somebody knocks: their ticket is read on a thread of its own.
fn meet(desk: &Arc<Desk>, stream: UnixStream) {
    let desk = desk.clone();
    let talk = move || {
        let _ = stream.set_read_timeout(Some(WRITE_SPAN));
        let _ = stream.set_write_timeout(Some(WRITE_SPAN));
        let mut buffer = BytesMut::new();
        let Some(Words::Ticket { ticket }) = hear(&stream, &mut buffer) else { return };
        desk.sweep();
        let Some(waiting) = desk.waiting().remove(&ticket) else {
            let text = "This viewing is over, or was never allowed. Ask for it again.".to_string();
            let _ = (&stream).write_all(&viewing::news(&News::Ended { text }));
            return;
        };
        desk.viewings.fetch_add(1, Ordering::Relaxed);
        let lasts = waiting.admitted.lasts.clone();
        view(waiting, &stream, buffer);
        lasts.store(false, Ordering::Relaxed);
        desk.viewings.fetch_sub(1, Ordering::Relaxed);
    };
    // Without a thread nobody can be served; whoever knocked sees the line closed.
    let _ = std::thread::Builder::new().name("viewing".into()).spawn(talk);
}

/// The next wish; `None`: the viewer hung up, was silent, or spoke another language.
fn hear(mut stream: &UnixStream, buffer: &mut BytesMut) -> Option<Words> {
    let mut piece = [0; 4_096];
    loop {
        match viewing::next_wish(buffer) {
            Ok(Some(wish)) => return Some(wish),
            Ok(None) => {}
            Err(_) => return None,
        }
        let length = stream.read(&mut piece).ok().filter(|n| *n > 0)?;
        buffer.extend_from_slice(&piece[..length]);
    }
}

/// Wishes from the viewer to the player, until the viewer is gone.
fn listen(stream: &UnixStream, mut buffer: BytesMut, inlet: &SyncSender<Input>, screen: &Asked) {
    while let Some(asked) = hear(stream, &mut buffer) {
        let wish = match asked {
            Words::Ticket { .. } => break,
            Words::Seek { at } => Wish::Seek(at),
            Words::Play { quarters, back } => match Speed::quarters(quarters) {
                Some(speed) if back => Wish::Back(speed),
                Some(speed) => Wish::Play(speed),
                None => break,
            },
            Words::Stop => Wish::Stop,
            Words::Step { pictures } => Wish::Step(pictures),
            Words::Size { width, height } => Wish::Size(width, height),
            Words::Zoom { seat, crop } => Wish::Zoom { seat: usize::from(seat), crop },
            Words::Screen { on } => {
                screen.ask(on);
                continue;
            }
        };
        if inlet.send(Input::Wish(wish)).is_err() {
            return;
        }
    }
    let _ = inlet.send(Input::Wish(Wish::End)); // it ended by itself
}

fn view(waiting: Waiting, stream: &UnixStream, buffer: BytesMut) {
    let (disks, at) = (waiting.setup.disks.clone(), waiting.at);
    let first = waiting.setup.cameras.first().map(|shown| shown.camera.clone());
    let wanted = Arc::new(Asked::default());
    let mut outlet = Outlet::new(stream, &waiting.setup, wanted.clone());
    let mut player = Player::new(waiting.setup, waiting.at);
    let (inlet, over) = (player.inlet(), waiting.admitted.over.clone());
    let Ok(ear) = stream.try_clone() else { return };
    let _ = ear.set_read_timeout(None);
    let wishes = inlet.clone();
    let listening = move || listen(&ear, buffer, &wishes, &wanted);
    if std::thread::Builder::new().name("wishes".into()).spawn(listening).is_err() {
        return;
    }
    let mut counted = Instant::now();
    // Tried beside the pictures, once the first ones are there.
    let (rate, measured) = std::sync::mpsc::sync_channel(1);
    let mut try_disk = first.map(|camera| {
        move || {
            let _ = rate.send(read_rate(disks, camera, at)); // nobody waits any more
        }
    });
    loop {
        let go_on = player.turn(&mut |output| outlet.give(output)) && outlet.follow(&inlet);
        if let (1.., Some(_)) = (player.counts().0, &try_disk)
            && let Some(try_disk) = try_disk.take()
        {
            // Without a thread nothing is measured, and nothing is said.
            let _ = std::thread::Builder::new().name("disk rate".into()).spawn(try_disk);
        }
        if let Ok(Some(bytes)) = measured.try_recv()
            && !outlet.news(&News::DiskRate { bytes })
        {
            break;
        }
        let ended = over.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(text) = ended {
            outlet.let_go(None);
            outlet.news(&News::Ended { text });
            break;
        }
        if !go_on {
            break;
        }
        if counted.elapsed() > COUNT_SPAN {
            counted = Instant::now();
            let (shown, dropped, ..) = player.counts();
            let unsent = outlet.unsent;
            let counts = News::Counts { shown: shown - unsent, dropped: dropped + unsent };
            if !outlet.news(&counts) {
                break;
            }
        }
    }
    drop(outlet);
    // Wakes the thread that listens.
    let _ = stream.shutdown(std::net::Shutdown::Both);
}
