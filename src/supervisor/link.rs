//! The network that the file in force asks for, given to the root service until it has taken it.
//! One thread; the supervisor's own never waits. What is wanted follows the version in force, so a
//! trial that nobody keeps takes its network along.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Supervisor;
use crate::base::clock::Clock;
use crate::base::time::Utc;
use crate::machine::network::ask;
use crate::network::{Wanted, wanted};
use crate::wire::{Alarm, Level};

/// A service that refused or is not there is asked again.
const RETRY_SPAN: Duration = Duration::from_secs(5);

/// See the module.
pub struct Link {
    desk: Arc<Desk>,
    /// The version that was last given over.
    revision: Option<u64>,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    wish: Option<Wanted>,
    done: Option<Wanted>,
    /// Why the last try failed, and since when it does.
    fault: Option<(String, Utc)>,
}

impl Desk {
    /// Plain values: what a panic left is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, socket: &Path, clock: &dyn Clock) {
        loop {
            let wish = {
                let mut state = self.state();
                while state.wish.is_none() || state.wish == state.done {
                    state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                state.wish.clone().unwrap_or_default()
            };
            match ask(socket, &wish) {
                Ok(()) => {
                    let mut state = self.state();
                    (state.done, state.fault) = (Some(wish), None);
                }
                Err(fault) => {
                    let mut state = self.state();
                    let since = state.fault.as_ref().map_or_else(|| clock.utc(), |(_, at)| *at);
                    state.fault = Some((fault.text, since));
                    let waited = self.news.wait_timeout(state, RETRY_SPAN);
                    drop(waited.unwrap_or_else(PoisonError::into_inner));
                }
            }
        }
    }
}

impl Link {
    /// # Errors
    /// No thread can be started.
    pub fn start(socket: PathBuf, clock: Arc<dyn Clock>) -> std::io::Result<Link> {
        let desk = Arc::new(Desk::default());
        let own = desk.clone();
        let work = move || own.work(&socket, clock.as_ref());
        std::thread::Builder::new().name("network".into()).spawn(work)?;
        Ok(Link { desk, revision: None })
    }
}

impl Supervisor {
    /// The network follows the file from now on.
    pub fn use_link(&mut self, link: Link) {
        self.link = Some(link);
    }

    pub(super) fn look_at_network(&mut self) {
        let revision = self.file.record.revision;
        let Some(link) = self.link.as_mut().filter(|link| link.revision != Some(revision)) else {
            return;
        };
        link.revision = Some(revision);
        link.desk.state().wish = Some(wanted(&self.file.config));
        link.desk.news.notify_one();
    }

    pub(super) fn network_alarm(&self) -> Option<Alarm> {
        let (why, since) = self.link.as_ref()?.desk.state().fault.clone()?;
        Some(Alarm {
            level: Level::Fault,
            text: format!("The network is not as the file says: {why}"),
            remedy: "It is tried again every 5 s. Start the box again if that lasts.".into(),
            since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::SystemClock;
    use crate::machine::order::Answer;
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixListener;

    /// What is wanted last is what is asked for last, through a service that is not there at first
    /// and then refuses once.
    #[test]
    fn a_wish_is_asked_for_until_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let (heard, asked) = std::sync::mpsc::channel::<Wanted>();
        std::thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                heard.send(serde_json::from_str(&line).unwrap()).unwrap();
                let no =
                    crate::base::fault::Fault::new(crate::base::fault::FaultKind::Io, "not now");
                let answer = if n == 0 { Answer::Refused { fault: no } } else { Answer::Done };
                let line = serde_json::to_string(&answer).unwrap();
                stream.write_all(format!("{line}\n").as_bytes()).unwrap();
            }
        });
        let link = Link::start(socket, Arc::new(SystemClock::new())).unwrap();
        let named = Wanted { named: true, ..Wanted::default() };
        link.desk.state().wish = Some(Wanted::default());
        link.desk.news.notify_one();
        assert_eq!(asked.recv().unwrap(), Wanted::default());
        // Refused; the next wish comes before the time to try again is over.
        let late = std::time::Instant::now() + Duration::from_secs(60);
        while link.desk.state().fault.is_none() {
            assert!(std::time::Instant::now() < late);
            std::thread::sleep(Duration::from_millis(10));
        }
        link.desk.state().wish = Some(named.clone());
        link.desk.news.notify_one();
        assert_eq!(asked.recv().unwrap(), named);
        while link.desk.state().done.as_ref() != Some(&named) {
            assert!(std::time::Instant::now() < late);
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(link.desk.state().fault, None);
    }
}
