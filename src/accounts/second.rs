//! Enrolling an authenticator, and taking it away (R1.26).

use super::factor::Offer;
use super::{Accounts, Fact, Refusal, Which, Who};
use crate::base::clock::Now;
use crate::base::secret::Secret;
use crate::config::stations::SecondFactor;

impl Accounts {
    /// Whether log-in asks this account for six digits.
    pub fn has_factor(&self, who: &Who) -> bool {
        self.people.account(who).is_some_and(|enrolled| enrolled.factor.is_some())
    }

    /// Whether the file asks for an authenticator that this account has not: then it enrols one
    /// before it does anything else.
    pub fn lacks_factor(&self, who: &Who, asked: SecondFactor) -> bool {
        let asks = match asked {
            SecondFactor::None => false,
            SecondFactor::Privileged => who.account == Which::Admin,
            SecondFactor::Everyone => true,
        };
        asks && !self.has_factor(who)
    }

    /// A new secret for the person's authenticator; counts once confirmed. Held in memory till
    /// then, one for each account.
    ///
    /// # Errors
    /// `NotEnrolled`.
    pub fn offer_factor(&mut self, who: &Who, site: &str, now: Now) -> Result<Offer, Refusal> {
        if self.people.account(who).is_none() {
            return Err(Refusal::NotEnrolled);
        }
        let offer = Offer::make(self.random()?, who, site, now.utc).ok_or(Refusal::NoOffer)?;
        self.offers.insert(who.clone(), offer.clone());
        Ok(offer)
    }

    /// The digits that the authenticator shows: proves that it took the secret. They are used up
    /// with this.
    ///
    /// # Errors
    /// `NoOffer`, `WrongDigits`, `NotEnrolled`, `Unsaved`.
    pub fn confirm_factor(&mut self, who: &Who, digits: &Secret, now: Now) -> Result<(), Refusal> {
        let offer = self.offers.get(who).ok_or(Refusal::NoOffer)?;
        let step = offer.factor.step(digits, None, now.utc).ok_or(Refusal::WrongDigits)?;
        let mut people = self.people.clone();
        let person = people.people.get_mut(&who.person);
        let enrolled = person.and_then(|p| p.account_mut(who.account).as_mut());
        enrolled.ok_or(Refusal::NotEnrolled)?.factor = Some(offer.factor.clone());
        self.keep(people).map_err(Refusal::Unsaved)?;
        self.offers.remove(who);
        self.log_ins.accounts.entry(who.clone()).or_default().step = Some(step);
        self.save_log_ins();
        self.facts.push(Fact::FactorEnrolled { who: who.clone() });
        Ok(())
    }

    /// For a lost telephone. Whether `by` may is decided before (`manage-access`).
    ///
    /// # Errors
    /// `NotEnrolled`, `Unsaved`.
    pub fn drop_factor(&mut self, who: &Who, by: &str) -> Result<(), Refusal> {
        let mut people = self.people.clone();
        let person = people.people.get_mut(&who.person);
        let enrolled = person.and_then(|p| p.account_mut(who.account).as_mut());
        enrolled.ok_or(Refusal::NotEnrolled)?.factor = None;
        self.keep(people).map_err(Refusal::Unsaved)?;
        self.facts.push(Fact::FactorDropped { who: who.clone(), by: by.to_string() });
        Ok(())
    }
}
