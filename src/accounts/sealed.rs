//! Sealed codes for the day when nobody else can get in (S4.42): printed once, kept in envelopes.
//!
//! A sealed code never waits for a throttle, so while one exists the box cannot be locked: its 120
//! bits are not guessed. Each opens the box once, and its use is loud.

use super::code::{Code, Kept, SEALED_CHARS};
use super::people::Sealed;
use super::{Accounts, Fact, Refusal};
use crate::base::clock::Now;
use crate::base::secret::Secret;

/// The file allows no more (`break-glass`).
const SEALED_MAX: u32 = 4;

/// One opened envelope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opened {
    /// As on the envelope.
    pub number: u32,
    /// How many are still good.
    pub left: usize,
}

impl Accounts {
    /// Makes new codes, each with its number, to be printed at once: they are never shown again.
    /// All older ones are void. `count` is the file's `break-glass`. Whether `by` may is decided
    /// before (`manage-access`).
    ///
    /// # Errors
    /// `TooManySealed`; `Unsaved`: the older ones stay good.
    pub fn print_sealed(
        &mut self,
        count: u32,
        by: &str,
        now: Now,
    ) -> Result<Vec<(u32, Code)>, Refusal> {
        if count > SEALED_MAX {
            return Err(Refusal::TooManySealed(SEALED_MAX));
        }
        let mut people = self.people.clone();
        people.sealed.clear();
        let mut printed = Vec::new();
        for _ in 0..count {
            let code = Code::from_random(&self.random::<SEALED_CHARS>()?);
            let kept = Kept::of(&code, &self.random()?);
            people.sealed_ever += 1;
            let number = people.sealed_ever;
            people.sealed.push(Sealed { number, code: kept, at: now.utc });
            printed.push((number, code));
        }
        self.keep(people).map_err(Refusal::Unsaved)?;
        let numbers = printed.iter().map(|(number, _)| *number).collect();
        self.facts.push(Fact::SealedPrinted { by: by.to_string(), numbers });
        Ok(printed)
    }

    /// Numbers of the envelopes that should lie in the safe.
    pub fn sealed_left(&self) -> Vec<u32> {
        self.people.sealed.iter().map(|sealed| sealed.number).collect()
    }

    /// Opens the box with a sealed code, which is used up and durably so before this returns. Does
    /// not block.
    ///
    /// # Errors
    /// `NoSuchSealed`; `Unsaved`: the disk would let it be used twice, so it is not used at all.
    pub fn open_sealed(&mut self, typed: &Secret, station: &str) -> Result<Opened, Refusal> {
        let mut number = None;
        for sealed in &self.people.sealed {
            if sealed.code.fits(typed) {
                number = Some(sealed.number);
            }
        }
        let station = station.to_string();
        let Some(number) = number else {
            self.facts.push(Fact::SealedRefused { station });
            return Err(Refusal::NoSuchSealed);
        };
        let mut people = self.people.clone();
        people.sealed.retain(|sealed| sealed.number != number);
        let used = self.people.sealed.iter().find(|sealed| sealed.number == number).cloned();
        self.keep(people).map_err(Refusal::Unsaved)?;
        self.opened.extend(used);
        let left = self.people.sealed.len();
        self.facts.push(Fact::SealedUsed { number, station, left });
        Ok(Opened { number, left })
    }

    /// Whether this is the code that opened the box as `number`: wakes a locked screen of that
    /// session, and nothing else. Known until the restart that ends the session too.
    pub fn wakes_sealed(&mut self, number: u32, typed: &Secret, station: &str) -> bool {
        let fits = self.opened.iter().any(|s| s.number == number && s.code.fits(typed));
        if !fits {
            self.facts.push(Fact::SealedRefused { station: station.to_string() });
        }
        fits
    }
}
