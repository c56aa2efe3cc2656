//! The clients' end: one that waits, for the verbs, and one that watches, for the console.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::base::limits::{
    WIRE_ANSWER_SPAN, WIRE_LINE_BYTES_MAX, WIRE_SILENCE_SPAN, WIRE_WRITE_SPAN,
};
use crate::base::time::Span;
use crate::wire::frame::{self, Lines};
use crate::wire::people::Second;
use crate::wire::{Call, Reply, Request, Sent, Status};

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Silence {
    #[error(
        "No Beadle is running here: nothing answers on {path}. \
         Start it with: beadle run --config site.kdl --socket {path}"
    )]
    Nobody { path: String },
    #[error(
        "You may not talk to the Beadle on {path}. \
         Ask as the user it runs as, or as root (sudo)."
    )]
    NotAllowed { path: String },
    /// It answered, and then something went wrong.
    #[error("{0}")]
    Broken(String),
}

fn explain(path: &Path, e: &std::io::Error) -> Silence {
    let path = path.display().to_string();
    match e.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => Silence::Nobody { path },
        ErrorKind::PermissionDenied => Silence::NotAllowed { path },
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Silence::Broken(format!(
            "The Beadle on {path} does not answer. It may be busy: try again, or look at its log."
        )),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => {
            Silence::Broken(format!("The Beadle on {path} hung up. It may have stopped."))
        }
        _ => Silence::Broken(format!("Talking to the Beadle on {path}: {e}")),
    }
}

/// A connection that blocks: one request, one reply, in order.
#[derive(Debug)]
pub struct Client {
    /// Goes with every request.
    pub session: Option<Sent>,
    /// A second person, who goes with every request too.
    pub beside: Option<Second>,
    stream: UnixStream,
    lines: Lines,
    path: PathBuf,
}

impl Client {
    /// # Errors
    /// Nobody answers, or not to us.
    pub fn connect(path: &Path) -> Result<Client, Silence> {
        let stream = UnixStream::connect(path).map_err(|e| explain(path, &e))?;
        // A little longer than the supervisor allows itself: its own sentence is the better one.
        let patience = (WIRE_ANSWER_SPAN + Span::secs(5)).to_std();
        stream.set_read_timeout(Some(patience)).map_err(|e| explain(path, &e))?;
        stream.set_write_timeout(Some(WIRE_WRITE_SPAN.to_std())).map_err(|e| explain(path, &e))?;
        let lines = Lines::new(WIRE_LINE_BYTES_MAX);
        Ok(Client { session: None, beside: None, stream, lines, path: path.to_path_buf() })
    }

    /// Asks and waits. A refusal is a reply, not an error.
    ///
    /// # Errors
    /// The connection broke, or the answer did not come.
    pub fn ask(&mut self, request: &Request) -> Result<Reply, Silence> {
        let (session, beside) = (self.session.clone(), self.beside.clone());
        let call = Call { session, beside, request: request.clone() };
        let line = frame::line(&call).map_err(Silence::Broken)?;
        // Turned away at the door, we find the sentence in the mailbox although the write failed.
        let written = self.stream.write_all(&line);
        let reply = self.read_reply();
        match (written, reply) {
            (_, Ok(reply)) => Ok(reply),
            (Err(e), Err(_)) => Err(explain(&self.path, &e)),
            (Ok(()), Err(why)) => Err(why),
        }
    }

    fn read_reply(&mut self) -> Result<Reply, Silence> {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let line = self.lines.next_line().map_err(|e| Silence::Broken(e.to_string()))?;
            if let Some(line) = line {
                return frame::reply(line).map_err(Silence::Broken);
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(explain(&self.path, &ErrorKind::UnexpectedEof.into())),
                Ok(n) => self.lines.push(&chunk[..n]),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(explain(&self.path, &e)),
            }
        }
    }
}

/// A connection that has asked to watch.
pub struct Watching {
    stream: tokio::net::UnixStream,
    lines: Lines,
    path: PathBuf,
}

/// Connects and asks to watch.
///
/// # Errors
/// Nobody answers, or not to us.
pub async fn watch(path: &Path) -> Result<Watching, Silence> {
    let late = || explain(path, &ErrorKind::TimedOut.into());
    let patience = WIRE_SILENCE_SPAN.to_std();
    let open = async {
        let mut stream = tokio::net::UnixStream::connect(path).await?;
        let line = frame::line(&Request::Watch).map_err(std::io::Error::other)?;
        stream.write_all(&line).await?;
        Ok(stream)
    };
    let stream =
        timeout(patience, open).await.map_err(|_| late())?.map_err(|e| explain(path, &e))?;
    Ok(Watching { stream, lines: Lines::new(WIRE_LINE_BYTES_MAX), path: path.to_path_buf() })
}

impl Watching {
    /// The next status. Comes at least every `WIRE_WATCH_MAX`.
    ///
    /// # Errors
    /// Hung up, refused, or silent for `WIRE_SILENCE_SPAN`; dial again.
    pub async fn next(&mut self) -> Result<Box<Status>, Silence> {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let line = self.lines.next_line().map_err(|e| Silence::Broken(e.to_string()))?;
            if let Some(line) = line {
                return match frame::reply(line).map_err(Silence::Broken)? {
                    Reply::Status(status) => Ok(status),
                    Reply::Refused { why } => Err(Silence::Broken(why)),
                    _ => Err(Silence::Broken("The answer is not a status.".into())),
                };
            }
            let read = timeout(WIRE_SILENCE_SPAN.to_std(), self.stream.read(&mut chunk)).await;
            match read {
                Err(_) => return Err(explain(&self.path, &ErrorKind::TimedOut.into())),
                Ok(Ok(0)) => return Err(explain(&self.path, &ErrorKind::UnexpectedEof.into())),
                Ok(Ok(n)) => self.lines.push(&chunk[..n]),
                Ok(Err(e)) => return Err(explain(&self.path, &e)),
            }
        }
    }
}
