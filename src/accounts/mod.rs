//! How people prove who they are (S4.75): passphrases, authenticators, codes. Not what they may do;
//! that is `access`.
//!
//! # How somebody gets in
//! - On a box without anybody, the first two people enrol together at one screen (`founding`).
//! - Everybody else gets a one-time code from somebody entitled, and chooses a passphrase with it.
//!   A forgotten passphrase goes the same way.
//! - The everyday and the admin account of a person have a passphrase each (S4.47), and no two
//!   accounts of the box have the same (S4.43).
//! - Where the file asks, six digits of an authenticator come on top (R1.26).
//! - In an emergency a sealed code opens the box, once, loudly (S4.42).
//!
//! # Two steps for each passphrase
//! ```text
//! begin_log_in, begin_redeem ... : throttle, note the attempt on disk    supervisor's thread
//!   -> Trial::run                : argon2id, 0.3 s                       a thread of its own
//!   -> finish                    : keep what came of it, or refuse       supervisor's thread
//! ```
//! An attempt is counted and durable before it is looked at, so no answer is given that a pulled
//! plug could make uncounted. What happened is a [`Fact`], taken with [`Accounts::take_facts`] and
//! entered in the logbook.
//!
//! # When the state folder takes nothing
//! Enrolling, changing and sealed codes fail closed: nothing changed, and the sentence says so.
//! Logging in goes on with what memory counts, and tells it ([`Fact::Unsaved`]): a full disk is
//! when somebody has to get in.
//!
//! # What this does not stop
//! Whoever has root on the box, or the state disk without its encryption, reads the authenticators'
//! secrets and can guess at verifiers at the cost of `verifier`. Whoever deletes `people.json` can
//! found the box anew unless the caller knows better: [`Accounts::open`] is told whether the
//! logbook has seen an enrolment.

pub mod changed;
pub mod code;
mod enrol;
pub mod factor;
pub mod factory;
mod founding;
mod log_in;
pub mod people;
pub mod phrase;
mod sealed;
mod second;
pub mod throttle;
pub mod told;
pub mod trial;
pub mod vault;
pub mod verifier;
pub mod who;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use crate::base::clock::Now;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{ABSENT_SPAN, NOTICES_MAX, TRIALS_MAX};
use crate::base::time::Utc;
use crate::disk::Disk;
use founding::Founding;
pub use log_in::{Done, Welcome};
use people::{LogIns, Notice, PEOPLE, People};
pub use told::{Fact, Refusal};
pub use trial::{Trial, Tried};
use verifier::Cost;
pub use who::{Which, Who};

/// Fills with random bytes.
pub type Dice = Box<dyn FnMut(&mut [u8]) -> Result<(), Fault> + Send>;

/// Everybody's accounts. One hand holds it: the supervisor's.
pub struct Accounts {
    state: Arc<dyn Disk>,
    dice: Dice,
    cost: Cost,
    people: People,
    log_ins: LogIns,
    founding: Option<Founding>,
    offers: BTreeMap<Who, factor::Offer>,
    /// Sealed codes that were used in this run.
    opened: Vec<people::Sealed>,
    trials: usize,
    facts: Vec<Fact>,
    /// Counts changes of `people`.
    edition: u64,
}

/// The kernel's random bytes.
pub fn kernel_dice() -> Dice {
    Box::new(|bytes| {
        std::fs::File::open("/dev/urandom")
            .and_then(|mut file| file.read_exact(bytes))
            .map_err(|e| Fault::io("reading /dev/urandom", &e))
    })
}

impl Accounts {
    /// Reads the state folder; writes nothing. `seen_before`: the logbook has an enrolment.
    ///
    /// # Errors
    /// The files cannot be read; `people.json` is damaged, of a newer Beadle, or missing though it
    /// was there once. The caller records on and lets nobody in.
    pub fn open(
        state: Arc<dyn Disk>,
        dice: Dice,
        cost: Cost,
        seen_before: bool,
        now: Now,
    ) -> Result<Accounts, Fault> {
        let people = match People::load(state.as_ref())? {
            Some(people) => people,
            None if seen_before => {
                return Err(Fault::new(
                    FaultKind::Missing,
                    format!(
                        "{PEOPLE} is gone from the state folder, though people were enrolled here; \
                         restore it from a footage disk's copy"
                    ),
                ));
            }
            None => People::default(),
        };
        let (mut log_ins, damaged) = LogIns::load(state.as_ref())?;
        log_ins.throttle.wake(now);
        Ok(Accounts {
            state,
            dice,
            cost,
            people,
            log_ins,
            founding: None,
            offers: BTreeMap::new(),
            opened: Vec::new(),
            trials: 0,
            facts: damaged.map(|fault| Fact::Unsaved { fault }).into_iter().collect(),
            edition: 1,
        })
    }

    /// Nobody's accounts, for a box whose files cannot be read: nobody gets in by them.
    pub fn none(state: Arc<dyn Disk>, dice: Dice, cost: Cost) -> Accounts {
        Accounts {
            state,
            dice,
            cost,
            people: People::default(),
            log_ins: LogIns::default(),
            founding: None,
            offers: BTreeMap::new(),
            opened: Vec::new(),
            trials: 0,
            facts: Vec::new(),
            edition: 0,
        }
    }

    /// Puts people's verifiers back from a replica, for [`Accounts::open`] to read.
    ///
    /// # Errors
    /// The bytes are not what [`Accounts::bytes`] gave; the disk's.
    pub fn restore(state: &dyn Disk, bytes: &[u8]) -> Result<(), Fault> {
        People::from_bytes(bytes)?.save(state)
    }

    /// What has to outlive the box, for the replica that is encrypted under the recovery key.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn bytes(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, Fault> {
        self.people.bytes()
    }

    /// Another number after each change of what [`Accounts::bytes`] gives.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// What happened since the last call, oldest first; each becomes an entry.
    pub fn take_facts(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.facts)
    }

    /// Nobody has a passphrase yet: the box waits for its first two people.
    pub fn is_empty(&self) -> bool {
        self.people.accounts().next().is_none()
    }

    /// When this account last logged in.
    pub fn last_log_in(&self, who: &Who) -> Option<Utc> {
        self.log_ins.accounts.get(who)?.last.as_ref().map(|seen| seen.at)
    }

    /// Everybody who has a passphrase, and since when.
    pub fn enrolled(&self) -> Vec<(Who, Utc)> {
        self.people.accounts().map(|(who, enrolled)| (who, enrolled.since)).collect()
    }

    /// Codes that wait for their person: whom for, and until when.
    pub fn waiting(&self) -> Vec<(Who, Utc)> {
        self.people.codes.iter().map(|issued| (issued.who.clone(), issued.until)).collect()
    }

    /// Run each hour and after each change of the file: codes whose time is over are void for good,
    /// also if the clock is set back later; people who went out of the file keep their passphrase
    /// for a month (nobody lets them in meanwhile: `access` reads the file), then it is gone
    /// (S4.54).
    ///
    /// # Errors
    /// The disk's; it is tried again with the next call.
    pub fn sweep(&mut self, in_file: &dyn Fn(&str) -> bool, now: Now) -> Result<(), Fault> {
        let (mut people, mut facts) = (self.people.clone(), Vec::new());
        people.codes.retain(|issued| {
            let keep = issued.good(now.utc) && in_file(&issued.who.person);
            if !keep {
                facts.push(Fact::CodeVoid { to: issued.who.clone() });
            }
            keep
        });
        people.people.retain(|id, person| {
            person.absent = match (in_file(id), person.absent) {
                (true, _) => None,
                // A clock that was ahead when it was noted.
                (false, Some(since)) if since <= now.utc => Some(since),
                (false, _) => Some(now.utc),
            };
            let gone = person.absent.is_some_and(|since| now.utc - since >= ABSENT_SPAN);
            if gone {
                facts.push(Fact::Forgotten { person: id.clone() });
            }
            !gone
        });
        if people != self.people {
            people.save(self.state.as_ref())?;
            self.people = people;
            self.edition += 1;
            self.facts.extend(facts);
            let exists = |who: &Who| self.people.account(who).is_some();
            self.log_ins.accounts.retain(|who, _| exists(who));
            self.log_ins.throttle.keep(exists);
            self.save_log_ins();
        }
        Ok(())
    }

    /// Leaves word for a person's next log-in (S4.50). Past fifty the oldest goes.
    ///
    /// # Errors
    /// The disk's; nothing was left then.
    pub fn leave_word(&mut self, person: &str, text: &str, now: Now) -> Result<(), Fault> {
        let mut people = self.people.clone();
        let notices = &mut people.people.entry(person.to_string()).or_default().notices;
        notices.push(Notice { at: now.utc, text: text.to_string() });
        let over = notices.len().saturating_sub(NOTICES_MAX);
        notices.drain(..over);
        self.keep(people)
    }

    /// The person has seen what [`Welcome::notices`] gave; a fact for the entry. Nothing seen,
    /// nothing done.
    ///
    /// # Errors
    /// The disk's; they are shown again.
    pub fn word_was_read(&mut self, person: &str, seen: &[Notice]) -> Result<(), Fault> {
        let mut people = self.people.clone();
        if let Some(person) = people.people.get_mut(person) {
            person.notices.retain(|notice| !seen.contains(notice));
        }
        if seen.is_empty() {
            return Ok(());
        }
        self.keep(people)?;
        let texts = seen.iter().map(|notice| notice.text.clone()).collect();
        self.facts.push(Fact::Told { person: person.to_string(), texts });
        Ok(())
    }

    /// Writes first, then believes: on an error nothing has changed.
    fn keep(&mut self, people: People) -> Result<(), Fault> {
        people.save(self.state.as_ref())?;
        self.people = people;
        self.edition += 1;
        Ok(())
    }

    /// What was counted counts in memory even when the disk takes nothing.
    fn save_log_ins(&mut self) {
        if let Err(fault) = self.log_ins.save(self.state.as_ref()) {
            self.facts.push(Fact::Unsaved { fault });
        }
    }

    fn random<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let mut bytes = [0; N];
        (self.dice)(&mut bytes).map_err(Refusal::Machine)?;
        Ok(bytes)
    }

    /// One of the few places at the bench; given back by `finish` or [`Accounts::abandon`].
    fn take_place(&mut self) -> Result<(), Refusal> {
        if self.trials >= TRIALS_MAX {
            return Err(Refusal::Busy);
        }
        self.trials += 1;
        Ok(())
    }

    /// A trial that will never be finished (its thread or its client is gone) gives its place back.
    /// The attempt stays counted.
    pub fn abandon(&mut self) {
        self.trials = self.trials.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_kept;
