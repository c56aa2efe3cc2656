//! The conversation with the process that writes a package: it gets the order, and the signature of
//! its list; it tells how far it is.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::evidence::{names, sshsig};
use crate::export::job::{self, Going, Job, Said, Say};
use crate::ledger::Identity;
use crate::wire::export::{End, Exporting, Stage};

/// Between the supervisor and the thread that listens to the writing process.
pub(super) struct Shared {
    state: Mutex<Exporting>,
    /// Taken away: the process stops.
    ear: Mutex<Option<ChildStdin>>,
    /// Why it was stopped, where that was not the wish of whoever began it.
    why: Mutex<Option<String>>,
}

impl Shared {
    pub(super) fn new(state: Exporting, ear: Option<ChildStdin>) -> Shared {
        Shared { state: Mutex::new(state), ear: Mutex::new(ear), why: Mutex::new(None) }
    }

    /// The process stops at its next step.
    ///
    /// # Errors
    /// Somebody speaks to it just now.
    pub(super) fn stop(&self) -> Result<(), String> {
        // Held by the thread that speaks while the process takes an order: never waited for here.
        let ear = self.ear.try_lock();
        let mut ear = ear.map_err(|_| "It is just taking its order; try again.")?;
        drop(ear.take());
        Ok(())
    }

    /// The same, for a reason that is entered with its end.
    ///
    /// # Errors
    /// As [`Shared::stop`]: try again.
    pub(super) fn stop_because(&self, why: &str) -> Result<(), String> {
        *self.why() = Some(why.to_string());
        self.stop()
    }

    fn why(&self) -> MutexGuard<'_, Option<String>> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The states are plain values: one that a panic left is as good as any.
    pub(super) fn state(&self) -> MutexGuard<'_, Exporting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ear(&self) -> MutexGuard<'_, Option<ChildStdin>> {
        self.ear.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Not for people; nicer than the recorder.
pub(super) fn start() -> std::io::Result<Child> {
    let program = std::env::current_exe()?;
    Command::new(program).arg("export-work").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

/// Gives the order, signs the list, hears how it ends.
pub(super) fn listen(mut child: Child, job: &Job, identity: &Identity, shared: &Shared) {
    let mut begun = false;
    let end = converse(&mut child, job, identity, shared, &mut begun).unwrap_or_else(|why| {
        let _ = child.kill(); // one that has ended is as good as killed
        End::BrokenOff { why, nothing: !begun }
    });
    drop(shared.ear().take());
    let _ = child.wait(); // it has ended, or was killed
    let end = match (end, shared.why().take()) {
        (End::BrokenOff { nothing, .. }, Some(why)) => End::BrokenOff { why, nothing },
        (end, _) => end,
    };
    shared.state().end = Some(end);
}

fn converse(
    child: &mut Child,
    job: &Job,
    identity: &Identity,
    shared: &Shared,
    begun: &mut bool,
) -> Result<End, String> {
    say(shared, job)?;
    let mouth = child.stdout.take().ok_or("the process that writes has no output")?;
    let mut pace = Pace::default();
    for line in BufReader::new(mouth).lines() {
        let line = line.map_err(|e| format!("the process that writes cannot be heard: {e}"))?;
        let said: Said = serde_json::from_str(&line)
            .map_err(|e| format!("the process that writes speaks strangely: {e}"))?;
        match said {
            Said::Going(Going { stage, done, total }) => {
                let mut state = shared.state();
                (state.done, state.total) = (done, total);
                state.stage = match stage {
                    job::Stage::Planning => Stage::Planning,
                    job::Stage::Writing => Stage::Writing,
                    job::Stage::Checking => Stage::Checking,
                    job::Stage::Leaving => Stage::Leaving,
                };
                (state.rate, state.left) = pace.at(state.stage, done, total);
            }
            Said::Begins => *begun = true,
            Said::Waits { text } => {
                shared.state().waits = text;
                pace = Pace::default();
            }
            Said::Sign { list } => {
                let space = names::namespace(&job.manifest.package);
                let signature = sshsig::sign(identity, &space, list.as_bytes());
                say(shared, &Say::Signed { signature })?;
            }
            Said::Whole(whole) => {
                let job::Whole { list, clips, frames, bytes } = whole;
                return Ok(End::Whole { list, clips, frames, bytes });
            }
            Said::Failed { fault } => {
                return Ok(End::BrokenOff { why: fault.text, nothing: !*begun });
            }
        }
    }
    Err("the process that writes ended without a word".into())
}

/// How fast it goes.
#[derive(Default)]
struct Pace {
    /// The stage, when it began, and with how many bytes done.
    stage: Option<(Stage, Instant, u64)>,
}

/// Before that a rate says nothing.
const PACE_AFTER: Duration = Duration::from_secs(1);

impl Pace {
    /// Bytes a second, and seconds until it is read back; reading is taken to be as fast as
    /// writing.
    fn at(&mut self, stage: Stage, done: u64, total: u64) -> (Option<u64>, Option<u64>) {
        let moves = matches!(stage, Stage::Writing | Stage::Checking);
        let begun = match self.stage {
            Some((known, since, from)) if known == stage && from <= done => (since, from),
            _ => (Instant::now(), done),
        };
        self.stage = Some((stage, begun.0, begun.1));
        let took = begun.0.elapsed();
        if !moves || took < PACE_AFTER || done == begun.1 {
            return (None, None);
        }
        let rate = ((done - begun.1) as f64 / took.as_secs_f64()).max(1.0) as u64;
        let again = if stage == Stage::Writing { total } else { 0 };
        (Some(rate), Some((total.saturating_sub(done) + again).div_ceil(rate)))
    }
}

fn say(shared: &Shared, what: &impl serde::Serialize) -> Result<(), String> {
    let mut line = serde_json::to_vec(what).map_err(|e| e.to_string())?;
    line.push(b'\n');
    let mut ear = shared.ear();
    let ear = ear.as_mut().ok_or("it was stopped")?;
    let written = ear.write_all(&line).and_then(|()| ear.flush());
    written.map_err(|e| format!("the process that writes takes no order: {e}"))
}
