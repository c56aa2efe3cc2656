//! A passphrase as it is kept: an argon2id hash in the PHC form (`$argon2id$v=19$m=...`).
//!
//! # Cost
//! 64 MiB, three passes, one lane: RFC 9106's second recommended choice but for the lanes, which
//! save time only with threads that a guesser has too. It is above OWASP's least (19 MiB, two
//! passes), and the recorder, which needs 1 MiB a camera, can spare 64 MiB for a third of a second.
//! Measured in a release build on the two cores (2026) where this was written: 0.25 s of one core a
//! passphrase. A guesser pays the same for each guess: the 10,000 most used passphrases take such a
//! core three quarters of an hour for one account, four random words of 2,000 some 63,000 years on
//! average.
//!
//! Every function here blocks for that long. Never call one on the supervisor's thread or on the
//! runtime's: a [`super::trial::Trial`] carries the work to a thread of its own, one at a time.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher, Error, PasswordVerifier};
use argon2::{Argon2, Params};
use serde::{Deserialize, Serialize};

use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;

/// What a hash costs to make and to try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Cost {
    /// What a box uses. A verifier made with another cost is made anew at the next log-in.
    pub const BOX: Cost = Cost { memory_kib: 64 * 1024, passes: 3 };

    fn params(self) -> Result<Params, Fault> {
        Params::new(self.memory_kib, self.passes, 1, None).map_err(|e| cannot(&e))
    }
}

/// Proves a passphrase without being it. Still nothing for other eyes: it can be guessed against.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verifier(String);

impl Verifier {
    /// Blocks for about 0.3 s at [`Cost::BOX`].
    ///
    /// # Errors
    /// The machine has not the memory.
    pub fn make(phrase: &Secret, salt: &[u8; 16], cost: Cost) -> Result<Verifier, Fault> {
        let phrase = phrase.expose().as_bytes();
        let made: Result<PasswordHash, Error> =
            Argon2::default().hash_password_with_params(phrase, salt, cost.params()?);
        made.map(|hash| Verifier(hash.to_string())).map_err(|e| cannot(&e))
    }

    /// Blocks as long as it took to make. Compares in constant time.
    ///
    /// # Errors
    /// The machine has not the memory, or the hash is damaged.
    pub fn fits(&self, phrase: &Secret) -> Result<bool, Fault> {
        match Argon2::default().verify_password(phrase.expose().as_bytes(), self.0.as_str()) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(e) => Err(cannot(&e)),
        }
    }

    /// Whether it was made at that cost.
    pub fn costs(&self, cost: Cost) -> bool {
        self.0.contains(&format!("$m={},t={},p=1$", cost.memory_kib, cost.passes))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

fn cannot(e: &dyn fmt::Display) -> Fault {
    let text = format!("the passphrase cannot be looked at: {e}; is the machine out of memory?");
    Fault::new(FaultKind::Busy, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Cost = Cost { memory_kib: 64, passes: 1 };

    #[test]
    fn a_verifier_fits_its_passphrase_alone() {
        let made = Verifier::make(&Secret::new("three green parrots"), &[7; 16], QUICK).unwrap();
        for (phrase, fits) in
            [("three green parrots", true), ("three green parrot", false), ("", false)]
        {
            assert_eq!(made.fits(&Secret::new(phrase)), Ok(fits), "{phrase}");
        }
        assert!(made.costs(QUICK) && !made.costs(Cost::BOX));
        assert!(made.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", made.0);
        let other = Verifier::make(&Secret::new("three green parrots"), &[8; 16], QUICK).unwrap();
        assert_ne!(made, other, "the salt counts");
        assert!(Verifier("$argon2id$nonsense".into()).fits(&Secret::new("x")).is_err());
        assert_eq!(format!("{made:?}"), "Verifier");
    }

    #[test]
    fn the_cost_is_no_trifle() {
        let began = std::time::Instant::now();
        let made = Verifier::make(&Secret::new("three green parrots"), &[7; 16], Cost::BOX);
        let took = began.elapsed();
        assert!(made.unwrap().costs(Cost::BOX));
        // The machine may be busy: only far too cheap is wrong for certain.
        assert!(took.as_millis() > 30, "64 MiB in {took:?}: is that argon2?");
        println!("one passphrase: {took:?}");
    }
}
