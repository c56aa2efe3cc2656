//! This program again, as a child: started, heard, stopped.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::verbs::Failure;
use crate::verbs::console::die_with_parent;

/// From SIGTERM to SIGKILL: every segment is closed within two seconds, on a slow disk a few.
const STOP_SPAN: Duration = Duration::from_secs(10);
/// So much of the log is shown when a child fails.
const LOG_LINES: usize = 8;

/// One verb of this program, running.
pub struct Child {
    process: std::process::Child,
    /// The verb, for the reader.
    verb: String,
    log: PathBuf,
    /// What it prints, a line at a time.
    lines: Receiver<String>,
}

impl Child {
    /// Starts `beadle WORDS...`; what it says on its error output goes to `log`.
    ///
    /// # Errors
    /// The log cannot be written, or the program cannot be started again.
    pub fn start(words: &[String], log: &Path) -> Result<Child, Failure> {
        let verb = words.first().cloned().unwrap_or_default();
        let fault = |e: std::io::Error| Failure::refused(format!("Starting beadle {verb}: {e}."));
        let out = File::create(log).map_err(fault)?;
        let mut command = Command::new(std::env::current_exe().map_err(fault)?);
        // A pipe that nobody writes to, so that no child takes the console's keys.
        command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(out);
        // Away from the terminal's Ctrl-C: we stop our children ourselves, in order.
        command.process_group(0);
        // SAFETY: between fork and exec one system call is made, which is safe there.
        unsafe { command.pre_exec(die_with_parent) };
        let mut process = command.spawn().map_err(fault)?;
        let (tell, lines) = channel();
        if let Some(output) = process.stdout.take() {
            let read = move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = tell.send(line); // read on when nobody listens: a full pipe stops it
                }
            };
            let name = format!("{verb} says");
            std::thread::Builder::new()
                .name(name)
                .spawn(read)
                .map_err(fault)?;
        }
        Ok(Child {
            process,
            verb,
            log: log.to_path_buf(),
            lines,
        })
    }

    /// # Errors
    /// It ended before it said anything, or takes too long.
    pub fn wait_for_line(&mut self, patience: Duration) -> Result<String, Failure> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => Err(self.complain("says nothing")),
            Err(RecvTimeoutError::Disconnected) => Err(self.complain("ended")),
        }
    }

    /// # Errors
    /// It has ended, though nobody asked it to.
    pub fn check(&mut self) -> Result<(), Failure> {
        match self.process.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(how)) => Err(self.complain(&format!("ended ({how})"))),
            Err(e) => Err(self.complain(&e.to_string())),
        }
    }

    /// What is the matter, and the end of its log.
    pub fn complain(&self, what: &str) -> Failure {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let tail = &lines[lines.len().saturating_sub(LOG_LINES)..];
        let said = if tail.is_empty() {
            "nothing".into()
        } else {
            tail.join(" / ")
        };
        let (verb, log) = (&self.verb, self.log.display());
        Failure::refused(format!(
            "beadle {verb} {what}. It said: {said} (whole log: {log})"
        ))
    }

    /// Asks it to end, waits, and insists if need be. One that has ended already is no fault here.
    ///
    /// # Errors
    /// It had to be killed.
    pub fn stop(&mut self) -> Result<(), Failure> {
        if !matches!(self.process.try_wait(), Ok(None)) {
            return Ok(());
        }
        let late = Instant::now() + STOP_SPAN;
        // A process that we have not waited for keeps its number: this signal reaches no stranger.
        let _ = kill(Pid::from_raw(self.process.id() as i32), Signal::SIGTERM);
        while matches!(self.process.try_wait(), Ok(None)) {
            if Instant::now() > late {
                let _ = self.process.kill();
                let _ = self.process.wait();
                return Err(self.complain("did not stop and was killed"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Child {
    /// The way out when something else failed.
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            let _ = self.stop();
        }
    }
}
