//! Logging in, waking a screen, changing one's passphrase; and what comes of a trial.

use super::people::{Enrolled, Notice, Seen};
use super::phrase::judge;
use super::trial::{Choice, Purpose, Trial, Tried};
use super::{Accounts, Fact, Refusal, Who};
use crate::base::clock::Now;
use crate::base::secret::Secret;
use crate::base::time::Span;

/// Somebody is who they say they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome {
    pub who: Who,
    /// To be shown: a log-in that one does not remember is a finding.
    pub last: Option<Seen>,
    /// Wrong attempts since then.
    pub wrong_since: u32,
    /// What changed for them (S4.50); `word_was_read` when shown.
    pub notices: Vec<Notice>,
    /// An authenticator was asked for and right.
    pub factor: bool,
}

/// What came of a trial.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Done {
    LoggedIn(Welcome),
    /// The passphrase of a locked session's account was right: wake it.
    Unlocked(Who),
    /// The second person of two is who they say they are.
    Beside {
        who: Who,
        /// An authenticator was asked for and right.
        factor: bool,
    },
    /// A one-time code became a passphrase. Log in with it next.
    Enrolled(Who),
    Changed(Who),
    /// The box is founded (`true`), or waits for the second of its first two people.
    Founding {
        so_far: Vec<Who>,
        complete: bool,
    },
}

impl Accounts {
    /// Step one of a log-in. `factor`: the six digits, where [`Accounts::has_factor`] says that
    /// they are asked for; asked at every log-in of an account that has them, so that a file that
    /// no longer asks does not weaken anybody by itself.
    ///
    /// # Errors
    /// `Wait` and `Busy` only: a wrong name is found out as late as a wrong passphrase.
    pub fn begin_log_in(
        &mut self,
        who: &Who,
        phrase: Secret,
        factor: Option<Secret>,
        station: &str,
        now: Now,
    ) -> Result<Trial, Refusal> {
        self.begin(Purpose::LogIn { factor }, who, phrase, None, station, now)
    }

    /// Step one of waking a locked session of this account.
    ///
    /// # Errors
    /// `Wait` and `Busy`.
    pub fn begin_unlock(
        &mut self,
        who: &Who,
        phrase: Secret,
        station: &str,
        now: Now,
    ) -> Result<Trial, Refusal> {
        self.begin(Purpose::Unlock, who, phrase, None, station, now)
    }

    /// Step one of a second person's proof, beside somebody who is logged in (S1.61). `factor` as
    /// at a log-in.
    ///
    /// # Errors
    /// `Wait` and `Busy`.
    pub fn begin_beside(
        &mut self,
        who: &Who,
        phrase: Secret,
        factor: Option<Secret>,
        station: &str,
        now: Now,
    ) -> Result<Trial, Refusal> {
        self.begin(Purpose::Beside { factor }, who, phrase, None, station, now)
    }

    /// Step one of a new passphrase for an account that is logged in. Blocks later for 0.3 s for
    /// each account of the box.
    ///
    /// # Errors
    /// `Weak`, `Same`, `Wait` and `Busy`.
    pub fn begin_change(
        &mut self,
        who: &Who,
        (old, new): (Secret, Secret),
        rules: (u32, &[String]),
        station: &str,
        now: Now,
    ) -> Result<Trial, Refusal> {
        judge(&new, rules.0, rules.1)?;
        if old == new {
            return Err(Refusal::Same);
        }
        let choice = self.choice(who, new)?;
        self.begin(Purpose::Change, who, old, Some(choice), station, now)
    }

    fn begin(
        &mut self,
        purpose: Purpose,
        who: &Who,
        phrase: Secret,
        choose: Option<Choice>,
        station: &str,
        now: Now,
    ) -> Result<Trial, Refusal> {
        let verifier = self.people.account(who).map(|enrolled| enrolled.verifier.clone());
        // An account that does not exist counts for the station alone: names are without end.
        let known = verifier.is_some().then_some(who);
        let wait = self.log_ins.throttle.wait(known, station, now);
        if wait > Span::ZERO {
            return Err(Refusal::Wait { wait });
        }
        let fresh_salt = self.random()?;
        self.take_place()?;
        self.log_ins.throttle.count(known, station, now);
        self.save_log_ins();
        Ok(Trial {
            purpose,
            who: who.clone(),
            station: station.to_string(),
            prove: Some((verifier, phrase)),
            fresh_salt,
            choose,
            cost: self.cost,
        })
    }

    /// A passphrase that has to be nobody else's.
    pub(super) fn choice(&mut self, who: &Who, phrase: Secret) -> Result<Choice, Refusal> {
        let others = self.people.accounts().filter(|(other, _)| other != who);
        let others = others.map(|(_, enrolled)| enrolled.verifier.clone()).collect();
        Ok(Choice { phrase, salt: self.random()?, others })
    }

    /// Step three: keeps what came of a trial.
    ///
    /// # Errors
    /// The sentence for the person at the keyboard; the facts are counted and durable by then.
    pub fn finish(&mut self, tried: Tried, now: Now) -> Result<Done, Refusal> {
        self.abandon();
        match &tried.purpose {
            Purpose::Redeem { .. } => return self.redeemed(tried, now),
            Purpose::Found => return self.founded(tried, now),
            Purpose::LogIn { .. } | Purpose::Unlock | Purpose::Beside { .. } | Purpose::Change => {}
        }
        let known = self.people.account(&tried.who).is_some().then(|| tried.who.clone());
        if let Some(fault) = tried.fault {
            self.log_ins.throttle.void(known.as_ref(), &tried.station);
            self.save_log_ins();
            return Err(Refusal::Machine(fault));
        }
        let Some(step) = self.factor_step(&tried, now).filter(|_| tried.proved && known.is_some())
        else {
            return Err(self.wrong(&tried, known.as_ref(), now));
        };
        self.log_ins.throttle.right(known.as_ref(), &tried.station);
        if let Some(step) = step {
            self.log_ins.accounts.entry(tried.who.clone()).or_default().step = Some(step);
        }
        match tried.purpose {
            Purpose::Change => self.changed(tried, now),
            Purpose::LogIn { .. } => Ok(Done::LoggedIn(self.welcome(tried, step.is_some(), now))),
            Purpose::Beside { .. } => {
                self.save_log_ins();
                Ok(Done::Beside { who: tried.who, factor: step.is_some() })
            }
            _ => {
                self.save_log_ins();
                Ok(Done::Unlocked(tried.who))
            }
        }
    }

    /// `None`: digits were needed and are missing, wrong or used. `Some(None)`: none are needed.
    fn factor_step(&self, tried: &Tried, now: Now) -> Option<Option<u64>> {
        let factor = self.people.account(&tried.who).and_then(|e| e.factor.as_ref());
        match (&tried.purpose, factor) {
            (
                Purpose::LogIn { factor: digits } | Purpose::Beside { factor: digits },
                Some(factor),
            ) => {
                let used = self.log_ins.accounts.get(&tried.who).and_then(|story| story.step);
                factor.step(digits.as_ref()?, used, now.utc).map(Some)
            }
            _ => Some(None),
        }
    }

    fn wrong(&mut self, tried: &Tried, known: Option<&Who>, now: Now) -> Refusal {
        if let Some(who) = known {
            let story = self.log_ins.accounts.entry(who.clone()).or_default();
            story.wrong_since = story.wrong_since.saturating_add(1);
        }
        self.save_log_ins();
        self.facts.push(Fact::LogInFailed {
            who: tried.who.clone(),
            station: tried.station.clone(),
            wrong: known.map_or(0, |who| self.log_ins.throttle.wrong(who)),
            wait: self.log_ins.throttle.wait(known, &tried.station, now),
        });
        Refusal::Wrong
    }

    fn welcome(&mut self, tried: Tried, factor: bool, now: Now) -> Welcome {
        if let Some(made) = tried.made {
            self.renew(&tried.who, made);
        }
        let story = self.log_ins.accounts.entry(tried.who.clone()).or_default();
        let last = story.last.replace(Seen { at: now.utc, station: tried.station.clone() });
        let wrong_since = std::mem::take(&mut story.wrong_since);
        self.save_log_ins();
        let (who, station) = (tried.who, tried.station);
        self.facts.push(Fact::LoggedIn { who: who.clone(), station, wrong_before: wrong_since });
        let notices = self.people.people.get(&who.person).map(|p| p.notices.clone());
        Welcome { who, last, wrong_since, notices: notices.unwrap_or_default(), factor }
    }

    /// The same passphrase at today's cost. Where the disk takes nothing, the next log-in does it.
    fn renew(&mut self, who: &Who, verifier: super::verifier::Verifier) {
        let mut people = self.people.clone();
        let person = people.people.get_mut(&who.person);
        if let Some(enrolled) = person.and_then(|p| p.account_mut(who.account).as_mut()) {
            enrolled.verifier = verifier;
            if let Err(fault) = self.keep(people) {
                self.facts.push(Fact::Unsaved { fault });
            }
        }
    }

    fn changed(&mut self, tried: Tried, now: Now) -> Result<Done, Refusal> {
        self.save_log_ins();
        let Some(verifier) = tried.made.filter(|_| !tried.taken) else {
            return Err(super::phrase::Weak::Guessable.into());
        };
        self.set(&tried.who, verifier, now).map_err(Refusal::Unsaved)?;
        let (who, station) = (tried.who, tried.station);
        self.facts.push(Fact::PassphraseChanged { who: who.clone(), station });
        Ok(Done::Changed(who))
    }

    /// A new verifier; the authenticator stays.
    pub(super) fn set(
        &mut self,
        who: &Who,
        verifier: super::verifier::Verifier,
        now: Now,
    ) -> Result<(), crate::base::fault::Fault> {
        let mut people = self.people.clone();
        people.codes.retain(|issued| issued.who != *who);
        let person = people.people.entry(who.person.clone()).or_default();
        let account = person.account_mut(who.account);
        let factor = account.take().and_then(|before| before.factor);
        *account = Some(Enrolled { verifier, since: now.utc, factor });
        self.keep(people)
    }
}
