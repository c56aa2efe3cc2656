//! The first two people of a box (S4.42): enrolled together, or not at all.
//!
//! Nobody has a passphrase yet, so nobody can vouch for anybody. What vouches is the room: whoever
//! stands at the screen of a new box. Two different people each choose a passphrase there, within
//! half an hour; only then both count, in one write. One person alone never owns a box.
//!
//! The caller offers this only to people whom the file gives `manage-access`, and asks for the
//! admin
//! account where the file says `admin=#true`.

use super::people::Enrolled;
use super::phrase::{Weak, judge};
use super::trial::{Purpose, Trial, Tried};
use super::verifier::Verifier;
use super::{Accounts, Done, Fact, Refusal, Who};
use crate::base::clock::{Mono, Now};
use crate::base::limits::FOUNDING_SPAN;
use crate::base::secret::Secret;

/// Held in memory until it is whole.
pub(super) struct Founding {
    began: Mono,
    station: String,
    people: Vec<(Who, Verifier)>,
    /// The account that was announced as the last one.
    last: Option<Who>,
}

impl Accounts {
    /// Step one for one of the first two. The first call begins the ceremony; a person who comes
    /// again chooses anew.
    ///
    /// # Errors
    /// `AlreadyFounded`, `FoundingOver` (another screen, or too late: then it begins afresh),
    /// `Weak`, `Busy`.
    pub fn begin_founding(
        &mut self,
        who: &Who,
        phrase: Secret,
        rules: (u32, &[String]),
        station: &str,
        last: bool,
        now: Now,
    ) -> Result<Trial, Refusal> {
        if !self.is_empty() {
            return Err(Refusal::AlreadyFounded);
        }
        judge(&phrase, rules.0, rules.1)?;
        self.founding_in_time(station, now)?;
        let mut choice = self.choice(who, phrase)?;
        let so_far = self.founding.get_or_insert_with(|| Founding {
            began: now.mono,
            station: station.to_string(),
            people: Vec::new(),
            last: None,
        });
        if last {
            so_far.last = Some(who.clone());
        }
        let others = so_far.people.iter().filter(|(other, _)| other != who);
        choice.others.extend(others.map(|(_, verifier)| verifier.clone()));
        self.take_place()?;
        Ok(Trial {
            purpose: Purpose::Found,
            who: who.clone(),
            station: station.to_string(),
            prove: None,
            fresh_salt: [0; 16],
            choose: Some(choice),
            cost: self.cost,
        })
    }

    /// Who has chosen so far; empty before it begins, when it is over, and once it is done.
    pub fn founders(&self) -> Vec<Who> {
        let people = self.founding.iter().flat_map(|f| &f.people);
        people.map(|(who, _)| who.clone()).collect()
    }

    fn founding_in_time(&mut self, station: &str, now: Now) -> Result<(), Refusal> {
        let Some(founding) = &self.founding else { return Ok(()) };
        if now.mono - founding.began >= FOUNDING_SPAN {
            self.founding = None;
            return Err(Refusal::FoundingOver);
        }
        if founding.station != station {
            return Err(Refusal::FoundingOver);
        }
        Ok(())
    }

    pub(super) fn founded(&mut self, tried: Tried, now: Now) -> Result<Done, Refusal> {
        if let Some(fault) = tried.fault {
            return Err(Refusal::Machine(fault));
        }
        if !self.is_empty() {
            return Err(Refusal::AlreadyFounded);
        }
        self.founding_in_time(&tried.station, now)?;
        let Some(verifier) = tried.made.filter(|_| !tried.taken) else {
            return Err(Weak::Guessable.into());
        };
        let founding = self.founding.as_mut().ok_or(Refusal::FoundingOver)?;
        let whole = founding.last.as_ref() == Some(&tried.who);
        founding.people.retain(|(who, _)| *who != tried.who);
        founding.people.push((tried.who, verifier));
        let so_far: Vec<Who> = founding.people.iter().map(|(who, _)| who.clone()).collect();
        let two = so_far.iter().any(|who| who.person != so_far[0].person);
        let complete = two && whole;
        if complete {
            let chosen = founding.people.clone();
            let mut people = self.people.clone();
            for (who, verifier) in chosen {
                let person = people.people.entry(who.person.clone()).or_default();
                let enrolled = Enrolled { verifier, since: now.utc, factor: None };
                *person.account_mut(who.account) = Some(enrolled);
            }
            self.keep(people).map_err(Refusal::Unsaved)?;
            self.founding = None;
            let (by, station) = (so_far.clone(), tried.station);
            self.facts.push(Fact::Founded { by, station });
        }
        Ok(Done::Founding { so_far, complete })
    }
}
