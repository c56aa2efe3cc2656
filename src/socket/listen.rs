//! The supervisor's end: binds the socket, answers many clients, puts up with none.

use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener as StdListener, UnixStream as StdStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::{Peer, Terminal};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{
    WIRE_ANSWER_SPAN, WIRE_CLIENTS_MAX, WIRE_HALF_LINE_SPAN, WIRE_IDLE_SPAN, WIRE_LINE_BYTES_MAX,
    WIRE_WATCH_MAX, WIRE_WATCH_MIN, WIRE_WRITE_SPAN,
};
use crate::base::time::Span;
use crate::wire::frame::{self, Lines};
use crate::wire::{Call, Reply, Request, Status};

/// The kernel's `sun_path`, less its closing zero.
const PATH_BYTES_MAX: usize = 107;

/// A call on its way to the supervisor, who asks, and where the answer goes.
pub type Asked = (Call, Peer, oneshot::Sender<Reply>);

/// Who may connect besides root and the supervisor's own user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// 0600.
    #[default]
    Owner,
    /// 0660, given to this group.
    Group(String),
}

/// A socket that listens; its file goes away with it.
#[derive(Debug)]
pub struct Bound {
    listener: StdListener,
    path: PathBuf,
    inode: u64,
}

impl Drop for Bound {
    fn drop(&mut self) {
        // Somebody may have put another socket there; that one stays.
        if std::fs::symlink_metadata(&self.path).is_ok_and(|m| m.ino() == self.inode) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes the socket. Clients can connect from now on; they are answered once [`Bound::serve`] runs.
///
/// # Errors
/// `Busy` when another Beadle answers there, `Exists` when the path is something else than a
/// socket, `Denied` and the rest as the system says.
pub fn bind(path: &Path, mode: &Mode) -> Result<Bound, Fault> {
    let shown = path.display();
    if path.as_os_str().len() > PATH_BYTES_MAX {
        let why = format!(
            "The socket's path is longer than {PATH_BYTES_MAX} bytes: {shown}. \
             Give a shorter one with --socket."
        );
        return Err(Fault::new(FaultKind::Denied, why));
    }
    make_way(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    // Short, so that it fits a socket's name where `beadle.sock` does.
    let unnamed = folder.join(format!(".b{}", std::process::id()));
    let _ = std::fs::remove_file(&unnamed);
    let doing = || format!("making the socket {shown}");
    let listener = StdListener::bind(&unnamed).map_err(|e| Fault::io(doing(), &e))?;
    let finish = || -> Result<u64, Fault> {
        let bits = match mode {
            Mode::Owner => 0o600,
            Mode::Group(name) => {
                give_to_group(&unnamed, name)?;
                0o660
            }
        };
        let io = |e: std::io::Error| Fault::io(doing(), &e);
        std::fs::set_permissions(&unnamed, PermissionsExt::from_mode(bits)).map_err(io)?;
        let inode = std::fs::symlink_metadata(&unnamed).map_err(io)?.ino();
        listener.set_nonblocking(true).map_err(io)?;
        std::fs::rename(&unnamed, path).map_err(io)?;
        Ok(inode)
    };
    let inode = finish().inspect_err(|_| {
        let _ = std::fs::remove_file(&unnamed);
    })?;
    Ok(Bound { listener, path: path.to_path_buf(), inode })
}

/// Refuses a living socket and anything that is no socket; makes the folder where that is missing.
fn make_way(path: &Path) -> Result<(), Fault> {
    let shown = path.display();
    match std::fs::symlink_metadata(path) {
        Ok(meta) if !meta.file_type().is_socket() => Err(Fault::new(
            FaultKind::Exists,
            format!(
                "{shown} is there already and is not a socket. \
                 Move it away or give another --socket."
            ),
        )),
        Ok(_) => match StdStream::connect(path) {
            Ok(stream) => Err(Fault::new(
                FaultKind::Busy,
                format!(
                    "another Beadle answers on {shown}{}. Stop it first, or give another --socket.",
                    who(&stream)
                ),
            )),
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => Ok(()),
            Err(e) => Err(Fault::io(format!("looking who answers on {shown}"), &e)),
        },
        Err(e) if e.kind() == ErrorKind::NotFound => match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
                std::fs::create_dir(folder).map_err(|e| {
                    Fault::io(format!("making the socket's folder {}", folder.display()), &e)
                })
            }
            _ => Ok(()),
        },
        Err(e) => Err(Fault::io(format!("looking at {shown}"), &e)),
    }
}

fn who(stream: &StdStream) -> String {
    use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
    getsockopt(stream, PeerCredentials).map_or(String::new(), |c| format!(" (process {})", c.pid()))
}

fn give_to_group(path: &Path, name: &str) -> Result<(), Fault> {
    let group = nix::unistd::Group::from_name(name).ok().flatten().ok_or_else(|| {
        Fault::new(FaultKind::Missing, format!("There is no group \"{name}\" on this machine."))
    })?;
    nix::unistd::chown(path, None, Some(group.gid)).map_err(|e| {
        Fault::io(format!("giving the socket to the group \"{name}\""), &std::io::Error::from(e))
    })
}

/// Binds and serves until the supervisor drops its end of `status`.
///
/// # Errors
/// As [`bind`].
pub async fn serve(
    path: &Path,
    mode: &Mode,
    asks: mpsc::Sender<Asked>,
    status: watch::Receiver<Arc<Status>>,
) -> Result<(), Fault> {
    bind(path, mode)?.serve(asks, status).await
}

impl Bound {
    /// Accepts clients until the supervisor drops its end of `status`, or the future is dropped.
    /// `Status` and `Watch` are answered from `status` without troubling the supervisor; everything
    /// else goes through `asks`.
    ///
    /// # Errors
    /// The socket cannot be given to the runtime.
    pub async fn serve(
        self,
        asks: mpsc::Sender<Asked>,
        status: watch::Receiver<Arc<Status>>,
    ) -> Result<(), Fault> {
        let doing = || format!("listening on {}", self.path.display());
        let listener = self.listener.try_clone().map_err(|e| Fault::io(doing(), &e))?;
        let listener = UnixListener::from_std(listener).map_err(|e| Fault::io(doing(), &e))?;
        let places = Arc::new(Semaphore::new(WIRE_CLIENTS_MAX));
        let mut clients = tokio::task::JoinSet::new(); // dropped with us, and all clients with it
        let mut life = status.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = ended(&mut life) => return Ok(()),
            };
            while clients.try_join_next().is_some() {}
            let Ok((stream, _)) = accepted else {
                // Out of file descriptors, most likely: they come back; spinning would not help.
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Ok(place) = places.clone().try_acquire_owned() else {
                clients.spawn(turn_away(stream));
                continue;
            };
            let session = Session::new(stream, asks.clone(), status.clone());
            clients.spawn(async move {
                session.run().await;
                drop(place);
            });
        }
    }
}

/// `None`: it has none, or it is gone already.
fn terminal_of(pid: i32) -> Option<Terminal> {
    Terminal::of_stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Waits until the supervisor has dropped its end.
async fn ended(life: &mut watch::Receiver<Arc<Status>>) {
    while life.changed().await.is_ok() {}
}

async fn turn_away(mut stream: UnixStream) {
    let why = format!(
        "{WIRE_CLIENTS_MAX} programs talk to this Beadle already. \
         Close a console that nobody looks at."
    );
    if let Ok(line) = frame::line(&Reply::Refused { why }) {
        let _ = timeout(WIRE_WRITE_SPAN.to_std(), stream.write_all(&line)).await;
    }
}

/// One client.
struct Session {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
    peer: Peer,
    lines: Lines,
    asks: mpsc::Sender<Asked>,
    status: watch::Receiver<Arc<Status>>,
    /// When the last status went out, for a client that watches.
    watched: Option<Instant>,
    /// When the client last sent something, or its unfinished line began.
    heard: Instant,
}

/// Why a session is over. Nobody asks; the type makes `?` work.
struct Over;

impl Session {
    fn new(
        stream: UnixStream,
        asks: mpsc::Sender<Asked>,
        status: watch::Receiver<Arc<Status>>,
    ) -> Session {
        let cred = stream.peer_cred();
        // Without credentials the caller is nobody: 65534 holds no right anywhere.
        let nobody = Peer { uid: 65534, pid: None, terminal: None };
        let peer = cred.map_or(nobody, |c| {
            let terminal = c.pid().and_then(terminal_of);
            Peer { uid: c.uid(), pid: c.pid(), terminal }
        });
        let (reader, writer) = stream.into_split();
        let lines = Lines::new(WIRE_LINE_BYTES_MAX);
        let heard = Instant::now();
        Session { reader, writer, peer, lines, asks, status, watched: None, heard }
    }

    async fn run(mut self) {
        let mut chunk = vec![0; 64 * 1024];
        while self.turn(&mut chunk).await.is_ok() {}
    }

    /// One thing that happens: bytes arrive, a status is due, or patience ends.
    async fn turn(&mut self, chunk: &mut [u8]) -> Result<(), Over> {
        let half = self.lines.is_half();
        let patience = if half { WIRE_HALF_LINE_SPAN } else { WIRE_IDLE_SPAN };
        let impatient = half || self.watched.is_none();
        tokio::select! {
            read = self.reader.read(chunk) => match read {
                Ok(0) if half => self.refuse("The last line had no end.".into()).await,
                Ok(0) | Err(_) => Err(Over),
                Ok(n) => self.take(&chunk[..n]).await,
            },
            due = due(&mut self.status, self.watched), if self.watched.is_some() => {
                due?;
                self.watched = Some(Instant::now());
                self.tell_status().await
            }
            () = sleep_until(self.heard + patience.to_std()), if impatient => {
                let why = if half { "The line did not end" } else { "Nothing was asked" };
                self.refuse(format!("{why} within {}.", patience.in_words())).await
            }
        }
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), Over> {
        if !self.lines.is_half() {
            self.heard = Instant::now();
        }
        self.lines.push(bytes);
        loop {
            let call = match self.lines.next_line() {
                Ok(None) => return Ok(()),
                Ok(Some(line)) => frame::call(line),
                Err(e) => Err(format!("Refused: {e}.")),
            };
            match call {
                Ok(call) => self.answer(call).await?,
                Err(why) => return self.refuse(why).await,
            }
            self.heard = Instant::now();
        }
    }

    async fn answer(&mut self, call: Call) -> Result<(), Over> {
        match call.request {
            Request::Status => self.tell_status().await,
            Request::Watch => {
                self.watched = Some(Instant::now());
                self.tell_status().await
            }
            request => {
                let reply = self.ask(Call { request, ..call }).await;
                self.tell(&reply).await
            }
        }
    }

    async fn ask(&self, call: Call) -> Reply {
        let (to, answer) = oneshot::channel();
        let asking = async {
            self.asks.send((call, self.peer, to)).await.ok()?;
            answer.await.ok()
        };
        let why = match timeout(WIRE_ANSWER_SPAN.to_std(), asking).await {
            Ok(Some(reply)) => return reply,
            Ok(None) => "Beadle is stopping.".to_string(),
            Err(_) => busy(WIRE_ANSWER_SPAN),
        };
        Reply::Refused { why }
    }

    async fn tell_status(&mut self) -> Result<(), Over> {
        let status = self.status.borrow_and_update().clone();
        self.tell(&Reply::Status(Box::new(Status::clone(&status)))).await
    }

    async fn tell(&mut self, reply: &Reply) -> Result<(), Over> {
        let mut line = frame::line(reply).map_err(|_| Over)?;
        if line.len() > WIRE_LINE_BYTES_MAX {
            let why = "The answer is too long for one line. Ask for less of it.".to_string();
            line = frame::line(&Reply::Refused { why }).map_err(|_| Over)?;
        }
        let writing = self.writer.write_all(&line);
        match timeout(WIRE_WRITE_SPAN.to_std(), writing).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over), // hung up, or does not read: dropped, not buffered
        }
    }

    /// One sentence, then the end: after garbage nobody knows where the next request begins.
    async fn refuse(&mut self, why: String) -> Result<(), Over> {
        let _ = self.tell(&Reply::Refused { why }).await;
        Err(Over)
    }
}

fn busy(span: Span) -> String {
    format!(
        "Beadle has not answered within {}. Recording goes on; try again later.",
        span.in_words()
    )
}

/// Waits until a watcher is to hear again: on a change, but not before `WIRE_WATCH_MIN` after the
/// last status; without one, `WIRE_WATCH_MAX` after it. Safe to drop and begin again.
async fn due(status: &mut watch::Receiver<Arc<Status>>, last: Option<Instant>) -> Result<(), Over> {
    let last = last.unwrap_or_else(Instant::now);
    sleep_until(last + WIRE_WATCH_MIN.to_std()).await;
    match timeout_at(last + WIRE_WATCH_MAX.to_std(), status.changed()).await {
        Ok(Ok(())) | Err(_) => Ok(()),
        Ok(Err(_)) => Err(Over),
    }
}
