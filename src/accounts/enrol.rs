//! One-time codes: issued by somebody entitled, redeemed with a passphrase of one's own.

use super::code::{Code, Kept, ONE_TIME_CHARS};
use super::people::Issued;
use super::phrase::{Weak, judge};
use super::trial::{Purpose, Trial, Tried};
use super::{Accounts, Done, Fact, Refusal, Who};
use crate::base::clock::Now;
use crate::base::limits::CODE_SPAN;
use crate::base::secret::Secret;
use crate::base::time::Span;

impl Accounts {
    /// A code for one account, shown once, good for seven days and one use; an older one for the
    /// account is void. Whether `by` may do this is decided before (`manage-access`); whether the
    /// file knows the account, too. Where the account has a passphrase, that one counts until the
    /// code is used.
    ///
    /// # Errors
    /// `Unsaved`: no code exists then.
    pub fn issue(&mut self, to: &Who, by: &str, now: Now) -> Result<Code, Refusal> {
        let code = Code::from_random(&self.random::<ONE_TIME_CHARS>()?);
        let kept = Kept::of(&code, &self.random()?);
        let until = now.utc + CODE_SPAN;
        let mut people = self.people.clone();
        people.codes.retain(|issued| issued.who != *to);
        people.codes.push(Issued {
            who: to.clone(),
            code: kept,
            by: by.to_string(),
            at: now.utc,
            until,
            tries: 0,
        });
        self.keep(people).map_err(Refusal::Unsaved)?;
        let again = self.people.account(to).is_some();
        self.facts.push(Fact::CodeIssued { to: to.clone(), by: by.to_string(), until, again });
        Ok(code)
    }

    /// Whose code this is, before a passphrase is asked for: the caller needs the person to judge
    /// it by (`phrase::words_near`). A wrong code counts at the station.
    ///
    /// # Errors
    /// `NoSuchCode`, `Wait`.
    pub fn whose(&mut self, code: &Secret, station: &str, now: Now) -> Result<Who, Refusal> {
        let wait = self.log_ins.throttle.wait(None, station, now);
        if wait > Span::ZERO {
            return Err(Refusal::Wait { wait });
        }
        if let Some(issued) = self.people.code(code, now.utc) {
            return Ok(issued.who.clone());
        }
        self.log_ins.throttle.count(None, station, now);
        self.save_log_ins();
        self.facts.push(Fact::CodeRefused { station: station.to_string() });
        Err(Refusal::NoSuchCode)
    }

    /// Step one of redeeming. `rules`: the file's least length, and the words near the person. The
    /// trial blocks for 0.3 s for each account of the box: the passphrase is held against every
    /// other one (S4.43).
    ///
    /// # Errors
    /// `NoSuchCode`, `Weak`, `Wait`, `Busy`; `Unsaved`: the try could not be counted.
    pub fn begin_redeem(
        &mut self,
        code: &Secret,
        phrase: Secret,
        rules: (u32, &[String]),
        station: &str,
        now: Now,
    ) -> Result<Trial, Refusal> {
        let who = self.whose(code, station, now)?;
        judge(&phrase, rules.0, rules.1)?;
        let choice = self.choice(&who, phrase)?;
        let mut people = self.people.clone();
        let Some(digest) = people.code(code, now.utc).map(|issued| issued.code.digest()) else {
            return Err(Refusal::NoSuchCode);
        };
        // Counted before it is looked at: a code is no way to ask for other people's passphrases.
        if let Some(issued) = people.code_mut(&digest) {
            issued.tries += 1;
        }
        self.take_place()?;
        if let Err(fault) = self.keep(people) {
            self.abandon();
            return Err(Refusal::Unsaved(fault));
        }
        Ok(Trial {
            purpose: Purpose::Redeem { code: digest },
            who,
            station: station.to_string(),
            prove: None,
            fresh_salt: [0; 16],
            choose: Some(choice),
            cost: self.cost,
        })
    }

    pub(super) fn redeemed(&mut self, tried: Tried, now: Now) -> Result<Done, Refusal> {
        if let Some(fault) = tried.fault {
            return Err(Refusal::Machine(fault));
        }
        let Purpose::Redeem { code } = tried.purpose else {
            return Err(Refusal::NoSuchCode);
        };
        // It may have been used, or replaced, while the passphrase was looked at.
        let codes = &self.people.codes;
        if !codes.iter().any(|i| i.code.digest() == code && i.at <= now.utc && now.utc < i.until) {
            return Err(Refusal::NoSuchCode);
        }
        let Some(verifier) = tried.made.filter(|_| !tried.taken) else {
            return Err(Weak::Guessable.into());
        };
        // Another enrolment may have finished meanwhile with the same passphrase; that one was not
        // among those it was held against. Two in the same ten seconds and by chance: let be.
        let again = self.people.account(&tried.who).is_some();
        self.set(&tried.who, verifier, now).map_err(Refusal::Unsaved)?;
        self.log_ins.throttle.keep(|who| *who != tried.who);
        self.save_log_ins();
        let (who, station) = (tried.who, tried.station);
        self.facts.push(Fact::Enrolled { who: who.clone(), station, again });
        Ok(Done::Enrolled(who))
    }
}
