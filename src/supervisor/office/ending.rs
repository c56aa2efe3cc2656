//! Restart and power-off at a person's wish, and the logbook's own proof (S4.53, R5.1).

use std::sync::{Arc, Mutex, PoisonError};

use super::super::Supervisor;
use super::call::Caller;
use crate::access::Wish;
use crate::base::fault::Fault;
use crate::base::time::Utc;
use crate::config::roles::Deed;
use crate::disk::Disk;
use crate::ledger;
use crate::logbook::checkpoint::{self, Signs};
use crate::logbook::verify::{Expect, Report};
use crate::wire::room::Verified;
use crate::wire::{Ending, Reply};

/// Sentences of one look that are passed on; a logbook with more needs the verb, and an expert.
const FINDINGS_SHOWN: usize = 20;

/// How the proof stands, for the thread that looks and for whoever asks.
#[derive(Clone)]
pub(in crate::supervisor) struct Proof(Arc<Mutex<Verified>>);

impl Default for Proof {
    fn default() -> Proof {
        let none = Verified { since: None, at: None, entries: 0, holds: None, findings: vec![] };
        Proof(Arc::new(Mutex::new(none)))
    }
}

impl Proof {
    fn with<T>(&self, call: impl FnOnce(&mut Verified) -> T) -> T {
        call(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Supervisor {
    /// The end that somebody wished for; the loop obeys.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Right and reason, the entry, then the end, as after a signal: each segment is closed.
    pub(super) fn end_for(
        &mut self,
        caller: &Caller,
        how: Ending,
        reason: String,
    ) -> Result<Reply, String> {
        let said = reason.trim();
        if said.is_empty() {
            return Err("Say why Beadle is to end (S4.53).".into());
        }
        let what = match how {
            Ending::Restart => "restart",
            Ending::PowerOff => "switched off",
        };
        let reason = Some(format!("{what}: {said}"));
        let _entered = self.allowed_wish(caller, Wish::Deed(Deed::Restart), reason)?;
        self.ending = Some(how);
        let text = match how {
            Ending::Restart => {
                "Beadle closes every file and ends. Whatever started it starts it again: in the \
                 image that takes a second or two; elsewhere it may be you."
            }
            Ending::PowerOff => {
                "Beadle closes every file and ends, and is not started again. It has no right to \
                 switch the machine off: press its power button now. NOTHING IS RECORDED from here \
                 on."
            }
        };
        Ok(Reply::Text { text: text.into() })
    }

    /// Begins to look at the whole logbook, on a thread of its own, or says how it stands. Whoever
    /// is logged in may know: it names nobody.
    pub(super) fn verify(&mut self, anew: bool) -> Result<Reply, String> {
        let proof = self.office.proof.clone();
        let (_, now) = self.now();
        let begins = proof.with(|known| {
            let begins = anew && known.since.is_none();
            if begins {
                known.since = Some(now);
            }
            begins
        });
        if begins {
            let keys = self.known_keys(self.office.identity.public());
            let state = self.state.clone();
            let (site, proof) = (self.site_id.clone(), proof.clone());
            let counter = self.office.counter.read();
            let look = move || {
                let report = examine(state.as_ref(), &site, &keys, (now, counter));
                proof.with(|known| *known = sheet(report, now));
            };
            let thread = std::thread::Builder::new().name("proof".into());
            if let Err(e) = thread.spawn(look) {
                self.office.proof.with(|known| known.since = None);
                return Err(format!("The logbook cannot be looked at now: {e}."));
            }
        }
        Ok(Reply::Verified(self.office.proof.with(|known| known.clone())))
    }
}

fn examine(
    state: &dyn Disk,
    site: &str,
    keys: &[[u8; 32]],
    (now, counter): (Utc, Option<u64>),
) -> Result<Report, Fault> {
    let (origin, now) = (checkpoint::origin(site), Some(now));
    let expect = Expect { origin: &origin, keys, checkpoints: &[], now, counter };
    ledger::verify(state, &expect)
}

fn sheet(report: Result<Report, Fault>, at: Utc) -> Verified {
    let report = match report {
        Ok(report) => report,
        Err(fault) => {
            let why = format!("It could not be read: {}.", fault.text);
            let findings = vec![why];
            return Verified { since: None, at: Some(at), entries: 0, holds: None, findings };
        }
    };
    let wrong = report.findings.iter().map(|f| format!("WRONG: {}", f.text));
    let remarks = report.remarks.iter().map(|f| f.text.clone());
    let findings = wrong.chain(remarks).take(FINDINGS_SHOWN).collect();
    let (entries, holds) = (report.entries, Some(report.holds()));
    Verified { since: None, at: Some(at), entries, holds, findings }
}
