//! One `beadle-pictures show`: started, spoken to, listened to, killed.
//!
//! Speaking can block for [`PATIENCE`], so it is done on threads that nobody waits for: a viewing's
//! or the thumbnails' own. What the child says is read on a thread of its own and given to a voice,
//! so that neither side ever waits for the other while that one waits for it. The child dies with
//! the thread that started it (`PR_SET_PDEATHSIG`), and when this is dropped.

use std::io::{IoSlice, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use bytes::BytesMut;

use crate::base::time::Span;
use crate::wire::pictures::{self, Coded, FromChild, Hurry, ToChild, VERSION};

/// A child that does not answer for this long hangs: the slowest unit there is takes a tenth.
pub const PATIENCE: Span = Span::secs(5);
/// From its start to its first word: without a registry of plugins GStreamer looks at each of them.
pub const START_PATIENCE: Span = Span::secs(20);
/// After a failure it is started again after this, then twice that, and so on.
pub const RESTART_MIN: Span = Span::millis(200);
pub const RESTART_MAX: Span = Span::secs(30);

/// How long to wait before a start, after so many failures in a row.
pub fn restart_after(failures: u32) -> Span {
    match failures {
        0 => Span(0),
        n => Span((RESTART_MIN.0 << (n - 1).min(20)).min(RESTART_MAX.0)),
    }
}

/// What comes from a child.
#[derive(Debug)]
pub enum Heard {
    Said(FromChild),
    /// It will say nothing more; why, in words.
    Gone(String),
}

pub struct Child {
    process: std::process::Child,
    socket: UnixStream,
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait(); // killed: it ends at once
    }
}

impl Child {
    /// Starts one. `voice` is called from another thread; `false` ends that thread.
    ///
    /// # Errors
    /// It cannot be started; in words.
    pub fn start(
        program: &Path,
        workers: u8,
        hurry: Hurry,
        voice: impl FnMut(Heard) -> bool + Send + 'static,
    ) -> Result<Child, String> {
        let failed = |e: std::io::Error| format!("{} does not start: {e}", program.display());
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        ours.set_write_timeout(Some(PATIENCE.to_std())).map_err(failed)?;
        let ear = ours.try_clone().map_err(failed)?;
        let process = Command::new(program)
            .arg("show")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let mut child = Child { process, socket: ours };
        let listening = move || listen(ear, voice);
        std::thread::Builder::new().name("pictures".into()).spawn(listening).map_err(failed)?;
        child.say(&ToChild::Begin { version: VERSION, workers, hurry })?;
        Ok(child)
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// # Errors
    /// It does not take it; how it ended, in words. It is to be dropped.
    pub fn say(&mut self, message: &ToChild) -> Result<(), String> {
        let bytes = pictures::encode_to(message);
        self.socket.write_all(&bytes).map_err(|e| self.ended(&e))
    }

    /// A unit, without a copy of it.
    ///
    /// # Errors
    /// As [`Child::say`].
    pub fn unit(&mut self, channel: u16, round: u32, unit: &Coded) -> Result<(), String> {
        let head = pictures::unit_head(channel, round, unit);
        let parts = [IoSlice::new(&head), IoSlice::new(&unit.data)];
        let written = self.socket.write_vectored(&parts).map_err(|e| self.ended(&e))?;
        let rest = match written.checked_sub(head.len()) {
            Some(of_data) => self.socket.write_all(&unit.data[of_data..]),
            None => {
                let head = self.socket.write_all(&head[written..]);
                head.and_then(|()| self.socket.write_all(&unit.data))
            }
        };
        rest.map_err(|e| self.ended(&e))
    }

    /// Why nothing goes to it any more.
    fn ended(&mut self, e: &std::io::Error) -> String {
        use std::io::ErrorKind as K;
        if matches!(e.kind(), K::WouldBlock | K::TimedOut) {
            return hung();
        }
        self.epitaph(format!("the picture service hung up ({e})"))
    }

    /// How it ended, as far as the system knows; else what was heard of it.
    pub fn epitaph(&mut self, heard: String) -> String {
        // It may just have died: the system knows in a moment.
        for _ in 0..10 {
            if let Ok(Some(status)) = self.process.try_wait() {
                return in_words(status);
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        heard
    }
}

/// What is said of a child that did not answer.
pub fn hung() -> String {
    format!("the picture service hung for {} and was ended", PATIENCE.in_words())
}

fn in_words(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => "the picture service was killed (by the system, if memory ran out)".into(),
        (Some(signal), _) => format!("the picture service crashed (signal {signal})"),
        (None, code) => format!("the picture service ended (status {})", code.unwrap_or_default()),
    }
}

fn listen(mut ear: UnixStream, mut voice: impl FnMut(Heard) -> bool) {
    let mut buffer = BytesMut::with_capacity(128 * 1024);
    let mut piece = vec![0; 128 * 1024];
    let why = loop {
        match pictures::from_child(&mut buffer) {
            Ok(Some(said)) => {
                if !voice(Heard::Said(said)) {
                    return;
                }
                continue;
            }
            Ok(None) => {}
            Err(e) => break format!("the picture service sent what is not understood: {e}"),
        }
        match ear.read(&mut piece) {
            Ok(0) => break "the picture service ended".to_string(),
            Ok(length) => buffer.extend_from_slice(&piece[..length]),
            Err(e) => break format!("the picture service hung up ({e})"),
        }
    };
    voice(Heard::Gone(why));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_come_less_and_less_often() {
        let waits: Vec<i64> = (0..12).map(|n| restart_after(n).as_millis()).collect();
        assert_eq!(waits[..4], [0, 200, 400, 800]);
        assert_eq!(waits[11], 30_000);
        assert_eq!(restart_after(u32::MAX), RESTART_MAX);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let started = Child::start(Path::new("/nowhere/beadle-pictures"), 1, Hurry::None, |_| true);
        assert!(started.is_err_and(|why| why.contains("/nowhere/beadle-pictures does not start")));
    }
}
